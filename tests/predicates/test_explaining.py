"""Why a record passes, or does not."""

import copy
import pickle
from itertools import product

import pytest
from described import MISSING, Customer, Description, build, fields_of, is_gone, means, value_in
from hypothesis import given
from hypothesis import strategies as st
from strategies import LIKE, descriptions, records

from cxkit.errors import InvalidTypeError
from cxkit.predicates import Fields, LeafReason, flag

C = Customer
FILLINGS = {  # one value for each way in which the literals of the strategies tell values apart
    "country": ("", "DE", "xe"),
    "orders": (-2, 0, 1, 4),
    "visits": (-2, 0, 1, 2, 4),
    "churned": (True, False),
    "interests": ((), ("a",), ("a", "b", "x")),
}


class Answers(Fields):
    a = flag()
    b = flag()
    c = flag()
    d = flag()
    e = flag()


def carried(predicate, record) -> list[tuple[str, str, object, object]]:
    return [(reason.code, reason.field, reason.found, reason.needed) for reason in predicate.explain(record).reasons]


def test_an_answer_names_what_was_found_and_what_was_needed():
    why = (C.orders >= 3).explain({"orders": 2})
    assert (why.outcome, why.reason, why.could_change, why.retry_at) == ("no_match", "failed", False, None)
    assert why.reasons == (LeafReason("failed", 2, ">= 3", field="orders"),)


def test_a_failed_and_names_the_terms_that_failed():
    p = (C.country == "DE") & (C.orders >= 3) & C.churned.is_false()
    assert carried(p, {"country": "DE", "orders": 2, "churned": True}) == [
        ("failed", "orders", 2, ">= 3"),
        ("failed", "churned", True, "is_false()"),
    ]


def test_a_passed_and_names_all_its_terms():
    p = (C.country == "DE") & (C.orders >= 3)
    assert carried(p, {"country": "DE", "orders": 3}) == [
        ("passed", "country", "DE", "== 'DE'"),
        ("passed", "orders", 3, ">= 3"),
    ]


def test_a_passed_or_names_the_terms_that_passed():
    p = (C.country == "DE") | (C.orders >= 3) | C.churned.is_false()
    assert carried(p, {"country": "DE", "orders": 2, "churned": False}) == [
        ("passed", "country", "DE", "== 'DE'"),
        ("passed", "churned", False, "is_false()"),
    ]


def test_a_failed_or_names_all_its_terms():
    p = (C.country == "DE") | (C.orders >= 3)
    assert carried(p, {"country": "FR", "orders": 2}) == [
        ("failed", "country", "FR", "== 'DE'"),
        ("failed", "orders", 2, ">= 3"),
    ]


def test_a_complement_turns_the_view_around():
    p = ~((C.country == "DE") & (C.orders >= 3))
    assert carried(p, {"country": "DE", "orders": 2}) == [("passed", "orders", 2, "not >= 3")]
    assert carried(p, {"country": "DE", "orders": 3}) == [
        ("failed", "country", "DE", "!= 'DE'"),
        ("failed", "orders", 3, "not >= 3"),
    ]


def test_the_failed_come_before_the_missing():
    p = (C.score >= 9) & (C.orders >= 3) & (C.country == "DE")
    why = p.explain({"orders": 2})
    assert [(reason.code, reason.field) for reason in why.reasons] == [
        ("failed", "orders"),
        ("missing", "score"),
        ("missing", "country"),
    ]
    assert why.failed == (LeafReason("failed", 2, ">= 3", field="orders"),)
    assert [reason.field for reason in why.missing] == ["score", "country"]
    assert why.passed == ()


def test_the_missing_come_before_the_passed():
    p = ~(C.orders >= 3) & (C.country == "DE") & ~(C.score >= 1)
    why = p.explain({"country": "DE", "orders": 1})
    assert why.outcome == "match"
    assert [(reason.code, reason.field) for reason in why.reasons] == [
        ("missing", "score"),
        ("passed", "orders"),
        ("passed", "country"),
    ]
    assert [reason.field for reason in why.passed] == ["orders", "country"]


@pytest.mark.parametrize("mark", MISSING, ids=["None", "nan", "NaN", "-NaN", "NA", "NaT"])
def test_every_mark_of_a_missing_value_is_found_as_none(mark: object):
    assert carried(C.orders >= 3, {"orders": mark}) == [("missing", "orders", None, ">= 3")]


def test_whether_a_value_is_known_has_an_answer_without_the_value():
    assert carried(C.orders.is_known(), {}) == [("failed", "orders", None, "is_known()")]
    assert carried(C.orders.is_missing(), {}) == [("passed", "orders", None, "is_missing()")]
    assert carried(C.orders.is_missing(), {"orders": 1}) == [("failed", "orders", 1, "is_missing()")]
    assert carried(C.orders.is_known(), {"orders": 1}) == [("passed", "orders", 1, "is_known()")]


@pytest.mark.parametrize(
    ("predicate", "needed"),
    [
        (C.country.is_in(["DE", "FR"]), "is_in(['DE', 'FR'])"),
        (C.country.not_in(["DE"]), "not_in(['DE'])"),
        (C.orders.between(1, 3), "between(1, 3)"),
        (~C.country.starts_with("D"), "not starts_with('D')"),
        (C.country.eq(" .x"), "== ' .x'"),
        (C.country.contains("{}"), "contains('{}')"),
        (C.spend >= 100, ">= 100"),
    ],
    ids=repr,
)
def test_what_is_needed_reads_as_code(predicate, needed: str):
    assert [reason.needed for reason in predicate.explain({}).reasons] == [needed]


@given(descriptions(), records())
def test_an_explanation_agrees_with_the_answer(description, record):
    p = build(description)
    why = p.explain(record)
    assert why.outcome == ("match" if p.matches(record) else "no_match")
    assert why.reasons or "always" in repr(description) or "never" in repr(description)
    asked = set(fields_of(description))
    for reason in why.reasons:
        field = reason.field.partition(".casefold(")[0]
        assert field in asked
        if reason.code == "missing":
            others, _ = LIKE.get(field, ((), ()))
            assert any(is_gone(value_in(record, name)) for name in (field, *others))
    assert [*why.failed, *why.missing, *why.passed] == list(why.reasons)
    assert bool(why.failed) <= (why.outcome == "no_match")
    assert bool(why.passed) <= (why.outcome == "match")


@given(descriptions(), records())
def test_an_answer_that_cannot_change_survives_every_filling_of_the_gaps(description, record):
    gaps = [field for field in sorted(FILLINGS.keys() & fields_of(description)) if is_gone(value_in(record, field))]
    if build(description).explain(record).could_change:
        return  # it need not: `(x > 3) & (x < 3)` is never true, but its tests are seen one by one
    for values in product(*(FILLINGS[field] for field in gaps)):
        assert means(description, record | dict(zip(gaps, values, strict=True))) is means(description, record)


@pytest.mark.parametrize(
    "predicate",
    [C.orders.is_missing(), C.orders.is_known() & (C.orders != 3), C.orders.is_missing() | (C.orders == 3)],
    ids=repr,
)
def test_the_answer_whether_a_value_is_known_could_change_once_it_is(predicate):
    assert predicate.matches({}) is not predicate.matches({"orders": 4})
    assert predicate.explain({}).could_change


def _formulas(names: tuple[str, ...]) -> st.SearchStrategy[Description]:
    """Draw formulas in which each flag stands once."""
    if len(names) == 1:
        leaf = (names[0], "is_true", ())
        return st.sampled_from([leaf, ("not", leaf)])
    halves = st.integers(1, len(names) - 1).flatmap(
        lambda place: st.tuples(_formulas(names[:place]), _formulas(names[place:])),
    )
    junction = st.tuples(st.sampled_from(["and", "or"]), halves)
    return st.one_of(junction, st.tuples(st.just("not"), junction))


def _built(formula: Description):
    match formula:
        case ("and", (left, right)):
            return _built(left) & _built(right)
        case ("or", (left, right)):
            return _built(left) | _built(right)
        case ("not", part):
            return ~_built(part)
        case (name, _, _):
            return Answers.fields[name].is_true()


ANSWERS = st.fixed_dictionaries({name: st.sampled_from([True, False, None]) for name in Answers.fields})


@given(_formulas(tuple(Answers.fields)), ANSWERS)
def test_an_answer_could_change_exactly_if_some_filling_changes_it_where_each_value_is_asked_once(formula, record):
    gaps = [name for name, answer in record.items() if answer is None]
    fillings = product([True, False], repeat=len(gaps))
    filled = {means(formula, record | dict(zip(gaps, values, strict=True))) for values in fillings}
    assert _built(formula).explain(record).could_change is (len(filled) == 2)


@given(_formulas(tuple(Answers.fields)), ANSWERS)
def test_the_responsible_values_settle_the_answer_alone_and_turning_them_turns_it(formula, record):
    why = _built(formula).explain(record)
    responsible = {reason.field for reason in why.reasons}
    others = [name for name in record if name not in responsible]
    for values in product([True, False], repeat=len(others)):
        assert means(formula, record | dict(zip(others, values, strict=True))) is (why.outcome == "match")
    turned = {name: not record[name] for name in responsible}
    assert means(formula, record | turned) is (why.outcome != "match")


def test_an_explanation_can_be_stored_beside_the_answer():
    why = (C.orders >= 3).explain({"orders": 2})
    assert pickle.loads(pickle.dumps(why)) == copy.deepcopy(why) == why  # noqa: S301
    assert hash(why) == hash((C.orders >= 3).explain({"orders": 2}))


def test_an_ill_typed_value_is_not_explained_away():
    with pytest.raises(InvalidTypeError, match=r"^orders must be an integer, got '3' in Customer\.orders >= 3$"):
        (C.orders >= 3).explain({"orders": "3"})
