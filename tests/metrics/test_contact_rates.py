"""Contacts per order, and what a contact costs."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from math import inf, sqrt
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import Period
from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.journey import Journey, Touchpoint
from cxkit.metrics import ContactCost, CountRatio, contacts_per_order, cost_per_contact

START = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
DAY = timedelta(days=1)
MARCH = Period.month(2026, 3)
RATIOS = st.builds(lambda *counts: CountRatio(*counts, name="contacts per order"), *[st.integers(0, 50)] * 2)


def touch(name, day=0, late=0, cost=None):
    at = START + day * DAY
    return Touchpoint(name, at, recorded_at=at + late * DAY, cost=None if cost is None else Decimal(cost))


# Contacts per order


def test_there_may_be_more_contacts_than_orders():
    log = [Journey("anna", [touch("order"), touch("call"), touch("call", 1)]), Journey("ben", [touch("call")])]
    found = contacts_per_order(log, contact="call")

    assert (found.count, found.base, found.value) == (3, 1, 3.0)
    assert (found.name, found.unit) == ("contacts per order", "orders")
    assert contacts_per_order(log, contact="call", order="call").value == 1


def test_contacts_and_orders_lie_in_the_period_and_were_known():
    log = [
        Journey("anna", [touch("order", day) for day in (-2, -1, 30)]),
        Journey("ben", [touch("call", -1), touch("call", 29, late=5), touch("call", 29), touch("order", 29)]),
    ]
    march = contacts_per_order(log, contact="call", period=MARCH)
    known = contacts_per_order(log, contact="call", period=MARCH, as_of=START + 29 * DAY)

    assert (march.count, march.base) == (3, 2)  # 1 March and 31 March are in, 28 February and 1 April are not
    assert (known.count, known.base) == (2, 2)
    assert contacts_per_order(log, contact="call").base == 4


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
@given(tally=st.builds(CountRatio, st.integers(0, 10**6), st.integers(1, 10**6)))
def test_the_interval_ends_where_the_score_test_refuses(tally, confidence):
    """A rate r is accepted where (count - r * base)**2 <= z**2 * r * base."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    for end in tally.interval(confidence):
        expected = end * tally.base
        assert abs(tally.count - expected) == pytest.approx(z * sqrt(expected), rel=1e-9, abs=1e-9)
    assert tally.value in tally.interval(confidence)


def test_the_interval_of_few_counts_is_that_of_others():
    """Of 10 in an exposure of 1: 10 + z**2 / 2 +- z * sqrt(10 + z**2 / 4), by hand."""
    low, high = CountRatio(10, 1).interval()

    assert (round(low, 4), round(high, 4)) == (5.432, 18.4095)
    assert CountRatio(0, 10).interval().low == 0
    assert round(CountRatio(0, 10).interval().high, 5) == 0.38415  # the chi-square quantile of 95 %, 3.8415


def test_without_orders_there_is_no_ratio():
    found = CountRatio(3, 0, name="contacts per order", unit="orders")

    assert (found.is_defined, found.value_or(None), found.interval()) == (False, None, (0, inf))
    assert CountRatio(3, 2).value_or(None) == 1.5
    with pytest.raises(UndefinedMetricError, match="contacts per order is undefined: no orders"):
        _ = found.value
    with pytest.raises(InvalidValueError, match="confidence must be between 0 and 1"):
        found.interval(95)


@given(RATIOS, RATIOS, RATIOS)
def test_ratios_add(one, two, three):
    assert (one + two) + three == one + (two + three)
    assert one + CountRatio() == CountRatio() + one == one
    assert (one + two).count == one.count + two.count
    assert from_dict(json.loads(json.dumps(to_dict(one))), CountRatio) == one


def test_ratios_of_one_thing_add_and_nothing_adds_to_any():
    march, april = (CountRatio(*counts, name="contacts per order", unit="orders") for counts in ((1, 2), (3, 4)))

    assert march + april == CountRatio(4, 6, name="contacts per order", unit="orders")
    assert march + CountRatio() == CountRatio() + march == march
    assert sum([march, april], start=CountRatio()).value == 4 / 6


def test_ratios_of_two_things_do_not_add():
    for other in (CountRatio(1, 2, name="visits"), CountRatio(1, 2, unit="orders")):
        with pytest.raises(InvalidValueError, match="they measure two things"):
            _ = CountRatio(1, 2) + other
    with pytest.raises(TypeError):
        _ = CountRatio() + 1


def test_a_period_holds_its_start_and_not_its_end():
    log = [Journey("anna", [Touchpoint("call", end, cost=1) for end in MARCH.window])]

    assert contacts_per_order(log, contact="call", period=MARCH).count == 1
    assert cost_per_contact(log, contact="call", currency="EUR", period=MARCH).contacts == 1
    assert cost_per_contact(log, contact="call", currency="EUR", period=MARCH.next()).contacts == 1


# What a contact costs


def test_costs_in_one_currency_add():
    assert ContactCost("EUR", 100, 2, 1) + ContactCost("EUR", 50, 3, 4) == ContactCost("EUR", 150, 5, 5)


def test_what_has_no_cost_is_counted_apart():
    log = [
        Journey("anna", [touch("call", cost="4.10"), touch("call"), touch("mail", cost="9.00")]),
        Journey("ben", [touch("call", cost="2.01"), touch("call", 1, cost="-1.00")]),
    ]
    found = cost_per_contact(log, contact="call", currency="EUR")

    assert found == ContactCost("EUR", 511, 3, 1)
    assert (found.total, found.value) == (Decimal("5.11"), Decimal("1.70"))
    assert str(found.value) == "1.70"
    assert cost_per_contact(log, contact="mail", currency="JPY").value == Decimal(9)


def test_costs_lie_in_the_period_and_were_known():
    log = [Journey("anna", [touch("call", day, cost=1) for day in (-2, -1, 30)] + [touch("call", 1, 9, cost=1)])]

    assert cost_per_contact(log, contact="call", currency="EUR", period=MARCH).contacts == 2
    assert cost_per_contact(log, contact="call", currency="EUR", as_of=START + DAY).contacts == 2


@pytest.mark.parametrize(
    ("units", "contacts", "value"), [(5, 2, "0.02"), (15, 2, "0.08"), (-5, 2, "-0.02"), (10, 3, "0.03")]
)
def test_the_mean_is_rounded_half_to_even(units, contacts, value):
    assert ContactCost("EUR", units, contacts).value == Decimal(value)


def test_without_a_cost_there_is_no_mean():
    nothing = cost_per_contact([Journey("anna", [touch("call")])], contact="call", currency="EUR")

    assert (nothing.is_defined, nothing.value_or(None), nothing.total) == (False, None, Decimal("0.00"))
    assert nothing.rows()[0] == {
        "contacts": 0,
        "without cost": 1,
        "total": Decimal("0.00"),
        "cost per contact": None,
        "currency": "EUR",
    }
    assert str(nothing).splitlines()[1].split() == ["0", "1", "0.00", "-", "EUR"]
    with pytest.raises(UndefinedMetricError, match="cost per contact is undefined: no contacts with a cost"):
        _ = nothing.value


COSTS = st.builds(
    lambda costs, apart: ContactCost("EUR", sum(costs), len(costs), apart),
    st.lists(st.integers(-9, 99)),
    st.integers(0, 9),
)


@given(COSTS, COSTS, COSTS)
def test_costs_add(one, two, three):
    assert (one + two) + three == one + (two + three)
    assert one + ContactCost("EUR") == ContactCost("EUR") + one == one
    assert (one + two).without_cost == one.without_cost + two.without_cost
    assert from_dict(json.loads(json.dumps(to_dict(one))), ContactCost) == one
    if one.is_defined:
        assert abs(Fraction(one.value) - Fraction(one.units, 100 * one.contacts)) <= Fraction(1, 200)


def test_what_makes_no_sense_is_refused():
    log = iter([Journey("anna", [touch("call", cost="1.001")])])
    for make, kind, message in (
        (lambda: CountRatio(1.0, 2), InvalidTypeError, "count of ratio must be an int"),
        (lambda: CountRatio(1, -2), InvalidValueError, "base of ratio must be at least 0"),
        (lambda: CountRatio(name=""), InvalidValueError, "name must not be blank"),
        (lambda: CountRatio(unit=3), InvalidTypeError, "unit must be text"),
        (lambda: contacts_per_order(log, contact=3), InvalidTypeError, "contact must be the name"),
        (lambda: contacts_per_order(log, contact="call", order=""), InvalidValueError, "order must not be blank"),
        (lambda: contacts_per_order(log, contact="call", period=3), InvalidTypeError, "period must be a Period"),
        (lambda: ContactCost("EUR", 1.5), InvalidTypeError, "units must be an int, got 1.5"),
        (lambda: ContactCost("EUR", 1), InvalidValueError, "what costs are contacts, got 1 minor units and no contact"),
        (lambda: ContactCost("euro"), InvalidValueError, "currency must be an ISO 4217 code"),
        (lambda: ContactCost("EUR", 1, -1), InvalidValueError, "contacts must be at least 0"),
        (lambda: ContactCost("EUR", 0, 0, "1"), InvalidTypeError, "without_cost must be an int"),
        (lambda: ContactCost("EUR") + ContactCost("USD"), InvalidValueError, "two currencies never add"),
        (lambda: ContactCost("EUR") + 1, TypeError, "unsupported operand"),
        (lambda: cost_per_contact(log, contact="call", currency="EUR", period=3), InvalidTypeError, "period must be"),
        (lambda: cost_per_contact(log, contact="", currency="EUR"), InvalidValueError, "contact must not be blank"),
        (lambda: cost_per_contact(log, contact="call", currency="EUR"), InvalidValueError, "cost 1.001 has 3 decimals"),
    ):
        with pytest.raises(kind, match=message):
            make()
    assert not list(log)
