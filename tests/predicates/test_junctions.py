"""Predicates that are joined: all_of, any_of, not_, constants, and how deep they go."""

import copy
import json
import pickle
from datetime import timedelta
from functools import reduce
from itertools import count

import pytest
from described import Customer, build, means
from hypothesis import given
from hypothesis import strategies as st
from strategies import descriptions, records

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError
from cxkit.journey import Touchpoint
from cxkit.predicates import Fields, Leaf, Predicate, all_of, any_of, flag, not_
from cxkit.segments import events

C = Customer
P, Q, R = C.country == "DE", C.orders >= 3, C.churned.is_true()
ALWAYS, NEVER = all_of(), any_of()


class Switch(Fields):
    on = flag()


# Iterables


@pytest.mark.parametrize(
    "join",
    [
        lambda junction: junction(P, Q, R),
        lambda junction: junction([P, Q, R]),
        lambda junction: junction((P, Q), R),
        lambda junction: junction(P, [Q, [R]]),
        lambda junction: junction(part for part in (P, Q, R)),
        lambda junction: junction(iter([P, Q]), R),
        lambda junction: junction({"a": P, "b": Q}.values(), R),
        lambda junction: junction(P, Q, C.churned),
        lambda junction: junction([P, Q, C.churned]),
        lambda junction: junction([], P, (), Q, R),
    ],
    ids=count(),
)
def test_predicates_flags_and_iterables_of_them_are_joined_in_their_order(join):
    assert repr(join(all_of)) == repr(P & Q & R)
    assert repr(join(any_of)) == repr(P | Q | R)


def test_a_set_of_predicates_is_joined_too():
    assert all_of({P, Q}) == P & Q


def test_terms_of_the_same_junction_stand_side_by_side():
    assert repr(all_of(P & Q, R)) == repr(P & Q & R)
    assert repr(all_of(P | Q, R)) == repr((P | Q) & R)
    assert all_of(P & Q, [P & R]).depth == 2
    assert any_of(P & Q, [P & R]).depth == 3


def test_one_term_is_joined_to_itself():
    for junction in (all_of, any_of):
        assert junction(P) is P
        assert junction([P]) is P
        assert isinstance(junction(C.churned), Leaf)


def test_not_is_the_complement():
    assert not_(P) == ~P
    assert not_(~P) is P
    assert not_(C.churned) == ~C.churned == ~R


@given(st.lists(descriptions(), max_size=4), records())
def test_all_and_any_mean_what_python_means_by_them(drawn, record):
    predicates = [build(description) for description in drawn]
    answers = [means(description, record) for description in drawn]
    assert all_of(predicates).matches(record) is all(answers)
    assert any_of(predicates).matches(record) is any(answers)
    assert not_(all_of(predicates)) == any_of(not_(p) for p in predicates)
    assert not_(any_of(predicates)) == all_of(not_(p) for p in predicates)


@pytest.mark.parametrize("given_", [True, None, 3, "ab", C.orders, [P, 3], [["x"]], object], ids=repr)
def test_what_is_no_predicate_is_refused(given_: object):
    for junction in (all_of, any_of):
        with pytest.raises(InvalidTypeError, match=r"^a predicate combines with predicates only, got "):
            junction(P, given_)


@pytest.mark.parametrize("given_", [True, None, [P], C.orders], ids=repr)
def test_only_a_condition_has_a_complement(given_: object):
    with pytest.raises(InvalidTypeError, match=r"^a predicate combines with predicates only, got "):
        not_(given_)


# A flag by itself


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (lambda: C.churned & Q, R & Q),
        (lambda: Q & C.churned, Q & R),
        (lambda: C.churned | Q, R | Q),
        (lambda: Q | C.churned, Q | R),
        (lambda: C.churned & C.churned, R),
        (lambda: ~C.churned, ~R),
        (lambda: ~(C.churned | ~C.churned), NEVER | (~R & R)),
        (lambda: C.churned & C.joined.within(timedelta(1)), R & C.joined.within(timedelta(1)).is_true()),
    ],
    ids=count(),
)
def test_a_flag_by_itself_is_the_condition_that_it_is_true(written, meant: Predicate):
    assert written() == meant


@pytest.mark.parametrize("value", [True, False, None])
def test_a_missing_flag_is_not_true(value: object):
    assert all_of(Switch.on).matches({"on": value}) is (value is True)
    assert (~Switch.on).matches({"on": value}) is (value is not True)


@pytest.mark.parametrize("other", [True, None, 3, C.orders], ids=repr)
def test_a_flag_combines_with_conditions_only(other: object):
    for join in (lambda: C.churned & other, lambda: C.churned | other):
        with pytest.raises(InvalidTypeError):
            join()


@pytest.mark.parametrize(
    "join", [lambda: True & C.churned, lambda: 3 | C.churned, lambda: C.orders & C.churned], ids=count()
)
def test_what_stands_before_a_flag_is_told_too(join):
    with pytest.raises(InvalidTypeError, match="is a field, not a condition; put comparisons in brackets"):
        join()


def test_a_flag_is_still_not_its_value():
    with pytest.raises(InvalidTypeError, match=r"is a field, not its value; write & | ~ between predicates"):
        bool(C.churned)


# Constants


def test_all_of_nothing_holds_always_and_any_of_nothing_never():
    for record in ({}, {"orders": 3}, {"orders": None}):
        assert ALWAYS.matches(record)
        assert not NEVER.matches(record)
        assert not (~ALWAYS).matches(record)
        assert (~NEVER).matches(record)


def test_a_constant_is_the_identity_of_its_junction():
    assert ALWAYS & P is P
    assert P & ALWAYS is P
    assert NEVER | P is P
    assert (NEVER & P) != P
    assert not (NEVER & P).matches({"country": "DE"})
    assert (ALWAYS | P).matches({})
    assert ~ALWAYS == NEVER
    assert ALWAYS != NEVER
    assert hash(~NEVER) == hash(ALWAYS)


def test_a_constant_has_no_reasons_and_cannot_change():
    for constant, outcome in ((ALWAYS, "match"), (NEVER, "no_match"), (~ALWAYS, "no_match")):
        why = constant.explain({})
        assert (why.outcome, why.reasons, why.could_change, why.reason) == (outcome, (), False, None)
    assert (ALWAYS | Q).explain({}).reasons == ()
    assert not (ALWAYS | Q).explain({}).could_change
    assert [reason.field for reason in (NEVER | Q).explain({}).reasons] == ["orders"]


def test_a_constant_is_about_nothing():
    assert ALWAYS.about == NEVER.about == frozenset()
    assert not ALWAYS.timed
    assert list(ALWAYS.leaves()) == []
    assert (ALWAYS.depth, (~ALWAYS).depth, (ALWAYS | P).depth) == (1, 2, 2)


def test_a_constant_prints_and_pickles():
    assert repr(ALWAYS) == "all_of()"
    assert repr(NEVER | (ALWAYS & P & ~NEVER)) == "(Customer.country == 'DE') & ~any_of()"
    assert repr(ALWAYS | P) == "all_of() | (Customer.country == 'DE')"
    for again in (pickle.loads(pickle.dumps(ALWAYS | P)), copy.deepcopy(ALWAYS | P)):  # noqa: S301
        assert again == (ALWAYS | P)


@pytest.mark.parametrize(
    ("predicate", "where"),
    [
        (ALWAYS, {"always": True}),
        (NEVER, {"always": False}),
        (~ALWAYS, {"not": {"always": True}}),
        (ALWAYS | R, {"any": [{"always": True}, {"value": "Customer.churned", "test": "true"}]}),
    ],
    ids=repr,
)
def test_a_constant_is_stored_as_what_it_is_always(predicate: Predicate, where: dict):
    document = {"cxkit": 1, "type": "predicates.predicate", "where": where}
    assert to_dict(predicate) == document
    assert from_dict(document, Predicate) == predicate if not predicate.about else True
    assert from_dict(document, Predicate, fields=C) == predicate


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ({"always": 1}, "$.where: expected one of all, any, not, always, or value with test, got {'always': 1}"),
        ({"always": None}, "$.where: expected one of all, any, not, always, or value with test, got {'always': None}"),
        ({"always": "true"}, "$.where: expected one of all, any, not, always, or value with test, got {'always': 'true'}"),
        ({"always": True, "all": []}, "$.where: expected one of all, any, not, always, or value with test, got a dict"),
        ({"all": []}, "$.where.all: expected one term or more"),
        ({"any": []}, "$.where.any: expected one term or more"),
        ({"not": {"any": []}}, "$.where.not.any: expected one term or more"),
    ],
    ids=str,
)  # fmt: skip
def test_a_document_says_a_constant_outright(where: dict, told: str):
    with pytest.raises(DocumentError) as caught:
        from_dict({"cxkit": 1, "type": "predicates.predicate", "where": where}, Predicate, fields=C)
    assert [str(fault) for fault in caught.value.exceptions] == [told]


# Depth


def deep(levels: int) -> Predicate:
    """Join a predicate of so many levels, by turns with & and |."""

    def deeper(inner: Predicate, level: int) -> Predicate:
        leaf = C.orders >= level
        return inner & leaf if level % 2 else inner | leaf

    return reduce(deeper, range(1, levels), C.orders >= 0)


TOLD = "a predicate has up to 32 levels; join many terms with all_of and any_of, side by side"


def test_levels_are_counted_from_the_tests_upwards():
    assert P.depth == 1
    assert (~P).depth == (P & Q).depth == 2
    assert (~(P & Q) | R).depth == 4
    assert (~~(P & Q)).depth == 2
    assert [deep(levels).depth for levels in (1, 2, 3, 32)] == [1, 2, 3, 32]


def test_terms_side_by_side_are_one_level_however_many():
    assert all_of(C.orders != number for number in range(1_000)).depth == 3
    assert reduce(lambda joined, number: joined | (C.orders == number), range(1_000), P).depth == 2


@pytest.mark.parametrize(
    "deeper",
    [lambda p: p & P if p.depth % 2 else p | P, lambda p: (p | P) & Q, lambda p: ~p],
    ids=["and", "or and", "not"],
)
def test_a_predicate_of_more_than_32_levels_is_refused(deeper):
    with pytest.raises(InvalidValueError) as caught:
        deeper(deep(32) if deeper(deep(31)).depth > 31 else ~deep(31))
    assert str(caught.value) == TOLD
    assert caught.value.found == 33


def test_everything_can_be_asked_of_32_levels():
    p = deep(32)
    document = json.loads(json.dumps(to_dict(p)))
    assert from_dict(document, Predicate, fields=C) == p
    assert pickle.loads(pickle.dumps(p)) == copy.deepcopy(p) == p  # noqa: S301
    assert hash(p) == hash(from_dict(document, Predicate, fields=C))
    assert eval(repr(p), {"Customer": C}) == p  # noqa: S307
    assert str(p)
    assert p.matches({"orders": 100})
    assert not p.matches({})
    assert p.explain({"orders": 100}).outcome == "match"
    assert str(p.explain({}))
    assert p.about == {C}


def test_a_document_of_more_than_32_levels_is_a_fault():
    where: dict = to_dict(deep(32))["where"]
    with pytest.raises(DocumentError) as caught:
        from_dict({"cxkit": 1, "type": "predicates.predicate", "where": {"not": where}}, Predicate, fields=C)
    assert [str(fault) for fault in caught.value.exceptions] == [f"$.where: {TOLD}"]


def test_the_levels_below_a_count_of_events_are_counted():
    web, dear = Touchpoint.fields.channel == "web", Touchpoint.fields.value >= 10
    assert (events(web | (dear & web)).count() >= 1).depth == 1 + (web | (dear & web)).depth == 4


def test_a_double_negation_of_a_document_is_read_as_none():
    leaf = {"value": "Customer.churned", "test": "true"}
    document = {"cxkit": 1, "type": "predicates.predicate", "where": {"not": {"not": leaf}}}
    assert repr(from_dict(document, Predicate, fields=C)) == "Customer.churned.is_true()"
