"""Aging: open dues by days overdue."""

import json
import operator
import pickle
from collections import Counter
from datetime import datetime, timedelta, timezone
from decimal import Context, Decimal, localcontext
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError
from cxkit.journey import Aging, AgingBucket, Due, Journey, Obligations, Statement, Touchpoint

UTC = timezone.utc
NOW = datetime(2026, 6, 1, tzinfo=UTC)
START = NOW - timedelta(days=400)
LIMITS = (7, 14, 30)


def owes(customer: str, *owed: tuple[float, int, str], as_of: datetime = NOW) -> Statement:
    dues = [
        Due(
            "invoice",
            as_of - timedelta(days=overdue),
            id=str(number),
            amount=amount,
            currency=currency,
            settled_by="payment",
            raised_at=START,
        )
        for number, (overdue, amount, currency) in enumerate(owed)
    ]
    return Obligations(customer, dues).statement(Journey(customer), as_of=as_of)


def aged(*statements: Statement) -> Aging:
    return Aging.from_statements(statements, as_of=NOW, limits=LIMITS)


@pytest.mark.parametrize(
    ("overdue", "label"),
    [
        (-1, "none"),
        (0, "1-7"),
        (6.99, "1-7"),
        (7, "8-14"),
        (13.99, "8-14"),
        (14, "15-30"),
        (29.99, "15-30"),
        (30, "over 30"),
        (300, "over 30"),
    ],
)
def test_a_day_overdue_is_24_hours_that_have_begun(overdue, label):
    assert [row["days overdue"] for row in aged(owes("anna", (overdue, 5, "EUR"))).rows() if row["dues"]] == [label]


owed = st.lists(st.tuples(st.integers(-3, 40), st.integers(1, 9)), max_size=4)
currencies = st.sampled_from(["EUR", "JPY"])


@given(st.lists(st.tuples(currencies, owed), max_size=4))
def test_aging_counts_what_is_open_and_adds_over_customers(shop):
    statements = [
        owes(f"c{number}", *[(overdue, amount, currency) for overdue, amount in dues])
        for number, (currency, dues) in enumerate(shop)
    ]
    dues: Counter[tuple[str, str]] = Counter()
    amounts: Counter[tuple[str, str]] = Counter()
    for currency, customer in shop:
        for overdue, amount in customer:
            label = (
                "none"
                if overdue < 0
                else "1-7"
                if overdue < 7
                else "8-14"
                if overdue < 14
                else "15-30"
                if overdue < 30
                else "over 30"
            )
            dues[label, currency] += 1
            amounts[label, currency] += amount
    whole = aged(*statements)

    assert {(row["days overdue"], row["currency"]): row["dues"] for row in whole.rows() if row["dues"]} == dues
    assert {(row["days overdue"], row["currency"]): row["amount"] for row in whole.rows() if row["dues"]} == amounts
    assert reduce(operator.add, map(aged, statements), Aging(NOW, LIMITS)) == whole
    assert reduce(operator.add, map(aged, statements[::-1]), Aging(NOW, LIMITS)) == whole
    assert whole + Aging(NOW, LIMITS) == whole
    assert from_dict(json.loads(json.dumps(to_dict(whole))), Aging) == whole
    assert pickle.loads(pickle.dumps(whole)) == whole  # noqa: S301 - our own bytes


def test_what_is_settled_or_without_money_is_no_amount():
    dues = [
        Due("visit", NOW - timedelta(3), settled_by="visit", raised_at=START),
        Due("call", NOW - timedelta(2), settled_by="call", raised_at=START),
        Due("birthday", NOW - timedelta(1)),
    ]
    called = Journey("anna", [Touchpoint("call", NOW - timedelta(5))])
    aging = aged(Obligations("anna", dues).statement(called, as_of=NOW), owes("ben", (20, 5, "EUR")))

    assert str(aging).splitlines() == [
        "days overdue  currency  dues  amount",
        "none          EUR          0    0.00",
        "1-7           EUR          0    0.00",
        "8-14          EUR          0    0.00",
        "15-30         EUR          1    5.00",
        "over 30       EUR          0    0.00",
        "none          -            0       -",
        "1-7           -            1       -",
        "8-14          -            0       -",
        "15-30         -            0       -",
        "over 30       -            0       -",
    ]
    assert json.dumps(aging.chart()["data"]["values"][3]) == '{"days overdue": "15-30", "currency": "EUR", "dues": 1}'
    assert set(aging._repr_mimebundle_()) == {"application/vnd.vegalite.v5+json", "text/plain"}


def test_aging_may_have_no_limits():
    aging = Aging.from_statements([owes("anna", (3, 5, "EUR"))], as_of=NOW, limits=[])

    assert [(row["days overdue"], row["dues"]) for row in aging.rows()] == [("none", 0), ("1 or more", 1)]
    assert str(Aging(NOW)) == "(no rows)"


def test_no_decimal_context_changes_amounts():
    with localcontext(Context(prec=1)):
        total = aged(owes("anna", (3, 1234, "EUR"))) + aged(owes("ben", (3, 1, "EUR")))

    assert total.buckets == (AgingBucket(1, "EUR", 2, Decimal("1235.00")),)


def test_a_bucket_of_nothing_is_none():
    assert Aging(NOW, LIMITS, [AgingBucket(1, "EUR", 0, Decimal(0))]) == Aging(NOW, LIMITS)


@pytest.mark.parametrize("other", [Aging(NOW), Aging(NOW + timedelta(1), LIMITS)])
def test_agings_of_other_moments_or_limits_do_not_add(other):
    with pytest.raises(InvalidValueError, match=r"^agings add for the same moment and the same limits only"):
        Aging(NOW, LIMITS) + other
    with pytest.raises(TypeError):
        other + 1


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: Aging("now"), InvalidTypeError, "as_of must be a datetime"),
        (lambda: Aging(NOW, (30, 30)), InvalidValueError, "limits must be days in rising order from 1 on"),
        (lambda: Aging(NOW, (0,)), InvalidValueError, r"limits must be days .*got \(0,\)"),
        (lambda: Aging(NOW, (1.5,)), InvalidTypeError, "a limit must be an int"),
        (lambda: Aging(NOW, LIMITS, [7]), InvalidTypeError, "expected an AgingBucket, got 7"),
        (lambda: Aging(NOW, LIMITS, 7), InvalidTypeError, "expected buckets, got 7"),
        (
            lambda: Aging(NOW, (7,), [AgingBucket(9, None, 1)]),
            InvalidValueError,
            "a bucket begins on day 0, 1, 8, got 9",
        ),
        (lambda: AgingBucket(-1, None, 1), InvalidValueError, "first_day must be at least 0"),
        (lambda: AgingBucket(1, None, 1.0), InvalidTypeError, "dues must be an int"),
        (lambda: AgingBucket(1, "EUR", 1), InvalidValueError, "currency and amount go together"),
        (lambda: AgingBucket(1, "EUR", 1, 1.5), InvalidTypeError, "amount must be a Decimal or an int"),
        (lambda: aged(7), InvalidTypeError, "expected a Statement, got 7"),
        (lambda: Aging.from_statements(7, as_of=NOW), InvalidTypeError, "expected statements, got 7"),
        (lambda: aged(owes("anna", as_of=START)), InvalidValueError, "expected statements as of 2026-06-01T00:00:00"),
        (lambda: aged(owes("anna"), owes("anna")), DuplicateError, "two statements are of the customer 'anna'"),
    ],
)
def test_aging_says_what_is_wrong(make, kind, message):
    with pytest.raises(kind, match="^" + message):
        make()
