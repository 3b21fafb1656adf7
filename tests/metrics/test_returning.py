"""Returning customers: buyers of a period who had bought before, in it or at any time before."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import journeys, moments, touchpoints

from cxkit.calendar import Period
from cxkit.errors import InvalidTypeError, InvalidValueError, NaiveDatetimeError, UndefinedMetricError
from cxkit.journey import Journey
from cxkit.journey import journeys as gather
from cxkit.metrics import repeat_purchase_rate, returning_customer_rate

at = datetime.fromisoformat
MARCH = Period.month(2026, 3)
CUSTOMERS = st.lists(journeys(), max_size=5).map(
    lambda drawn: [Journey(f"customer {number}", journey.touchpoints) for number, journey in enumerate(drawn)]
)
PERIODS = st.sampled_from([Period.month(2024, 2), Period.quarter(2024, 1, tz="Asia/Tokyo")])


@given(CUSTOMERS, PERIODS, st.none() | moments(), st.sampled_from(["order", "visit"]))
def test_the_second_order_lies_in_the_period_and_the_first_one_anywhere_before_it(customers, period, as_of, event):
    rate = returning_customer_rate(iter(customers), period=period, as_of=as_of, event=event)
    count = total = 0
    for customer in customers:
        known = sorted(
            one.at
            for one in customer
            if one.name == event and (as_of is None or (one.at <= as_of and one.recorded_at <= as_of))
        )
        numbers = [number for number, moment in enumerate(known, 1) if moment in period]
        total += numbers != []
        count += any(number >= 2 for number in numbers)

    assert (rate.count, rate.total) == (count, total)
    assert count >= repeat_purchase_rate(customers, period=period, as_of=as_of, event=event).count


@given(CUSTOMERS, CUSTOMERS, PERIODS)
def test_rates_of_disjoint_customers_add(here, there, period):
    parts = [returning_customer_rate(part, period=period) for part in (here, there)]

    assert returning_customer_rate(here + there, period=period) == parts[0] + parts[1]


@given(journeys(), st.lists(touchpoints()), moments(), PERIODS)
def test_what_came_to_be_known_later_changes_no_rate(journey, more, as_of, period):
    longer = Journey("anna", [*journey, *(one for one in more if one.known_at > as_of)])

    assert returning_customer_rate([longer], as_of=as_of, period=period) == returning_customer_rate(
        [journey], as_of=as_of, period=period
    )


def test_the_two_rates_of_the_same_orders_are_50_and_75_per_cent():
    # Four buyers of March: two bought twice in it, one had bought in January, one is new. By hand.
    rows = [("anna", "2026-03-02"), ("anna", "2026-03-20"), ("ben", "2026-03-03"), ("ben", "2026-03-04")]
    rows += [("cleo", "2026-01-09"), ("cleo", "2026-03-05"), ("dora", "2026-03-06"), ("dora", "2026-04-01")]
    rows += [("emil", "2026-01-01"), ("emil", "2026-02-01")]
    log = gather([(customer, "order", day) for customer, day in rows], tz="UTC")
    repeat, returning = (ask(log, period=MARCH) for ask in (repeat_purchase_rate, returning_customer_rate))

    assert (repeat.count, repeat.total, repeat.value) == (2, 4, 0.5)
    assert (returning.count, returning.total, returning.value) == (3, 4, 0.75)
    assert returning.window == repeat.window == MARCH.window
    assert (returning.name, returning.unit) == ("returning customer rate", "buyers")
    with pytest.raises(InvalidValueError, match="they measure two things"):
        _ = repeat + returning


def test_no_buyers_have_no_rate():
    with pytest.raises(UndefinedMetricError, match=r"^returning customer rate of 'visit' is undefined: no buyers"):
        _ = returning_customer_rate([Journey("anna")], period=MARCH, event="visit").value


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"period": None}, InvalidTypeError),
        ({"period": "2026-03"}, InvalidTypeError),
        ({"period": MARCH, "as_of": at("2026-03-06T09:00")}, NaiveDatetimeError),
        ({"period": MARCH, "event": ""}, InvalidValueError),
    ],
)
def test_a_question_without_sense_is_refused(options, kind):
    with pytest.raises(kind):
        returning_customer_rate([], **options)
