"""Tests of one field against another."""

import copy
import operator
import pickle
from datetime import datetime, timezone
from decimal import Decimal
from enum import StrEnum
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from described import MISSING

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError
from cxkit.predicates import (
    Fields,
    Predicate,
    bucket,
    choice,
    day,
    flag,
    integer,
    moment,
    money,
    nested,
    real,
    tags,
    text,
)


class Tier(StrEnum):
    BASIC = "basic"
    GOLD = "gold"


class Limits(Fields):
    orders = integer()
    city = text()


class Customer(Fields):
    country = text()
    shipped_to = text()
    code = text(ordered=True)
    last_code = text(ordered=True)
    orders = integer()
    returns = integer()
    score = real()
    spend = money("EUR")
    credit = money("EUR")
    dollars = money("USD")
    points = money()
    churned = flag()
    blocked = flag()
    joined = moment()
    seen = moment()
    born = day()
    married = day()
    interests = tags()
    dislikes = tags()
    tier = choice(Tier)
    last_tier = choice(Tier)
    plan = choice("a", "b")
    limits = nested(Limits)


C = Customer
NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
SIGNS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        (C.orders, C.returns, 2, 3),
        (C.code, C.last_code, "A10", "A2"),
        (C.spend, C.credit, Decimal("9.90"), 10),
        (C.joined, C.seen, NOON, NOON.replace(microsecond=1)),
        (C.born, C.married, NOON.date(), NOON.date().replace(month=4)),
        (C.orders, C.limits.orders, 2, 3),
        (C.orders, C.born.year(), 1999, 2000),
        (C.score, bucket(C.country, salt="a"), 0.0, 1.0),
    ],
    ids=repr,
)
def test_what_has_an_order_is_compared_in_all_six_ways(one, other, low: object, high: object):
    if repr(other).startswith(("bucket", "Customer.born.year")):
        other_value = {"born": NOON.date().replace(year=2000)} if "year" in repr(other) else {"country": "DE"}
        assert (one < other).matches({one.source.label: low} | other_value)
        assert not (one > other).matches({one.source.label: low} | other_value)
        return
    for left, right in ((low, high), (high, low), (low, low), (high, high)):
        record = {one.source.label: left, other.source.label: right, "limits": {"orders": right}}
        for sign in SIGNS:
            assert sign(one, other).matches(record) is sign(left, right), (sign, left, right)


@pytest.mark.parametrize(
    ("one", "other", "alike", "unlike"),
    [
        (C.country, C.shipped_to, "DE", "de"),
        (C.country, C.limits.city, "DE", "FR"),
        (C.churned, C.blocked, True, False),
        (C.tier, C.last_tier, Tier.GOLD, "basic"),
    ],
    ids=repr,
)
def test_what_has_no_order_is_compared_for_equality(one, other, alike: object, unlike: object):
    for right, equal in ((alike, True), (unlike, False)):
        record = {one.source.label: alike, other.source.label: right, "limits": {"city": right}}
        assert (one == other).matches(record) is equal
        assert (one != other).matches(record) is not equal
        assert one.eq(other).matches(record) is equal
    with pytest.raises(InvalidTypeError, match="which has no order"):
        _ = one < other


@pytest.mark.parametrize("mark", MISSING, ids=["None", "nan", "NaN", "-NaN", "NA", "NaT"])
def test_a_value_that_is_missing_on_either_side_passes_no_test(mark: object):
    for record in ({"orders": 3, "returns": mark}, {"orders": mark, "returns": 3}, {"orders": mark, "returns": mark}):
        for sign in (operator.eq, operator.lt, operator.le, operator.gt, operator.ge):
            p = sign(C.orders, C.returns)
            assert not p.matches(record)
            assert (~p).matches(record)
            why = p.explain(record)
            assert [reason.code for reason in why.reasons] == ["missing"]
            assert why.could_change
        assert (C.orders != C.returns).matches(record)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (C.orders, C.score),
        (C.orders, C.spend),
        (C.orders, C.country),
        (C.country, C.code),
        (C.spend, C.dollars),
        (C.spend, C.points),
        (C.joined, C.born),
        (C.churned, C.orders),
        (C.tier, C.plan),
        (C.tier, C.country),
        (C.joined, C.orders),
    ],
    ids=repr,
)
def test_fields_of_two_kinds_are_not_compared(one, other):
    for left, right in ((one, other), (other, one)):
        with pytest.raises(InvalidTypeError) as caught:
            left.eq(right)
        assert str(caught.value) == (
            f"{left!r} is {left.kind.name} and is compared with its like, got {right!r}, which is {right.kind.name}"
        )
        assert caught.value.found is right


@pytest.mark.parametrize(
    "build",
    [
        lambda: C.orders.is_in([C.returns]),
        lambda: C.orders.not_in([1, C.returns]),
        lambda: C.orders.between(0, C.returns),
        lambda: C.country.contains(C.shipped_to),
        lambda: C.country.starts_with(C.shipped_to),
        lambda: C.country.ends_with(C.shipped_to),
        lambda: C.interests.contains(C.country),
        lambda: C.interests.contains_any([C.country]),
        lambda: C.interests.contains_all([C.country]),
    ],
    ids=count(),
)
def test_other_tests_take_values_only(build):
    with pytest.raises(InvalidTypeError, match=r" is compared with values only here, got Customer\.\w+$"):
        build()


def test_sets_of_tags_are_not_compared():
    with pytest.raises(InvalidTypeError, match=r"^Customer\.interests is a set of tags; write \.contains\("):
        _ = C.interests == C.dislikes


def test_a_field_equals_itself_wherever_it_is_known():
    assert (C.orders == C.orders).matches({"orders": 3})
    assert not (C.orders == C.orders).matches({})
    assert not (C.orders < C.orders).matches({"orders": 3})


def test_moments_compare_as_instants():
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=timezone.utc).astimezone(berlin)
    second = datetime(2026, 10, 25, 1, 30, tzinfo=timezone.utc).astimezone(berlin)  # both 02:30 on the wall
    assert (C.joined < C.seen).matches({"joined": first, "seen": second})
    assert (C.joined == C.seen).matches({"joined": first, "seen": first.astimezone(timezone.utc)})


def test_one_reason_tells_both_fields():
    [reason] = (C.orders > C.returns).explain({"orders": 2, "returns": 3}).reasons
    assert (reason.code, reason.field, reason.found, reason.needed) == ("failed", "orders", 2, "> Customer.returns")


def test_it_prints_as_the_code_that_makes_it():
    p = (C.orders > C.returns) & (C.country != C.limits.city) & ~(C.joined.date(tz="UTC") <= C.born)
    assert repr(p) == (
        "(Customer.orders > Customer.returns) & (Customer.country != Customer.limits.city) & "
        "~(Customer.joined.date(tz='UTC') <= Customer.born)"
    )
    assert eval(repr(p), {"Customer": C}) == p  # noqa: S307


def test_what_is_compared_with_belongs_to_the_identity():
    assert (C.orders > C.returns) == (C.orders > C.returns)
    assert hash(C.orders > C.returns) == hash(C.orders > C.returns)
    assert (C.orders > C.returns) != (C.orders > C.limits.orders)
    assert (C.orders > C.returns) != (C.orders > 3)
    assert (C.orders > C.returns).about == {C}
    for again in (pickle.loads(pickle.dumps(C.orders > C.returns)), copy.deepcopy(C.orders > C.returns)):  # noqa: S301
        assert again == (C.orders > C.returns)
        assert again.matches({"orders": 3, "returns": 2})


def test_it_speaks_of_time_if_either_side_does():
    p = C.orders >= C.born.days_since(tz="UTC")
    assert p.timed
    assert (C.born.days_since(tz="UTC") < C.orders).timed
    with pytest.raises(InvalidTypeError, match=r"speaks of time; pass as_of=$"):
        p.matches({"orders": 3})
    assert p.matches({"orders": 3, "born": NOON.date()}, as_of=NOON)


def test_it_is_about_the_records_of_both():
    assert (Limits.orders == C.orders).about == {Limits, C}


def test_it_is_stored_with_the_field_it_is_compared_with():
    p = (C.orders > C.returns) & (C.spend != C.credit) & (C.born >= C.joined.date(tz="UTC"))
    assert to_dict(p)["where"]["all"] == [
        {"value": "Customer.orders", "test": "gt", "than_value": "Customer.returns"},
        {"not": {"value": "Customer.spend", "test": "eq", "than_value": "Customer.credit"}},
        {
            "value": "Customer.born",
            "test": "ge",
            "than_value": {"type": "predicates.local_day", "of": "Customer.joined", "tz": "UTC"},
        },
    ]
    assert from_dict(to_dict(p), Predicate, fields=C) == p


@pytest.mark.parametrize(
    ("where", "told"),
    [
        (
            {"value": "Customer.orders", "test": "gt", "than_value": "Customer.return"},
            "$.where.than_value: unknown field 'Customer.return'; did you mean 'Customer.returns'?",
        ),
        (
            {"value": "Customer.orders", "test": "gt", "than_value": "Customer.score"},
            "$.where: Customer.orders is an integer and is compared with its like, got Customer.score, which is a real number",
        ),
        (
            {"value": "Customer.orders", "test": "in", "than_value": "Customer.returns"},
            "$.where.test: expected a comparison beside than_value, got 'in'",
        ),
        (
            {"value": "Customer.country", "test": "contains", "than_value": "Customer.shipped_to"},
            "$.where.test: expected a comparison beside than_value, got 'contains'",
        ),
        (
            {"value": "Customer.country", "test": "matches", "than_value": "Customer.shipped_to"},
            "$.where.test: expected a comparison beside than_value, got 'matches'",
        ),
        (
            {"value": "Customer.country", "test": "lt", "than_value": "Customer.shipped_to"},
            "$.where.test: expected a test of text, got 'lt'",
        ),
        (
            {"value": "Customer.orders", "test": "gt", "than_value": 3},
            "$.where.than_value: expected an object, got 3",
        ),
        (
            {"value": "Customer.orders", "test": "gt", "than_value": "Customer.returns", "than": 3},
            "$.where: expected one of all, any, not, always, or value with test, got a dict",
        ),
        (
            {"value": "Customer.spend", "test": "gt", "than_value": "Customer.credit", "currency": "EUR"},
            "$.where: expected one of all, any, not, always, or value with test, got a dict",
        ),
    ],
    ids=lambda value: str(value)[:70],
)
def test_a_document_that_compares_what_cannot_be_compared_is_refused(where: dict, told: str):
    with pytest.raises(DocumentError) as caught:
        from_dict({"cxkit": 1, "type": "predicates.predicate", "where": where}, Predicate, fields=C)
    assert [str(fault) for fault in caught.value.exceptions] == [told]


def test_a_test_that_states_nothing_takes_no_field():
    where = {"value": "Customer.orders", "test": "known", "than_value": "Customer.returns"}
    with pytest.raises(DocumentError) as caught:
        from_dict({"cxkit": 1, "type": "predicates.predicate", "where": where}, Predicate, fields=C)
    assert [str(fault) for fault in caught.value.exceptions] == ["$.where: unknown key 'than_value'"]


def test_an_ill_typed_value_on_either_side_is_refused():
    for orders, returns in (("3", 3), (3, "3")):
        with pytest.raises(InvalidTypeError) as caught:
            (C.orders > C.returns).matches({"orders": orders, "returns": returns})
        assert str(caught.value) == (
            f"expected two values that compare, got {orders!r} and {returns!r} in Customer.orders > Customer.returns"
        )
    with pytest.raises(InvalidTypeError, match=r"^blocked must be a flag, got 1: expected True or False$"):
        (C.churned == C.blocked).matches({"churned": True, "blocked": 1})
