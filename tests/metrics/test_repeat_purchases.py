"""Repeat purchases: buyers who bought more than once, over all buyers."""

from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import journeys, moments, touchpoints

from cxkit.calendar import Period, days
from cxkit.errors import InvalidTypeError, InvalidValueError, NaiveDatetimeError, UndefinedMetricError
from cxkit.journey import Journey, Touchpoint
from cxkit.journey import journeys as gather
from cxkit.metrics import inactivity_churn, repeat_purchase_rate

at = datetime.fromisoformat
LOG = Path(__file__).parents[2] / "examples/data/CDNOW_sample.txt"
CUSTOMERS = st.lists(journeys(), max_size=5).map(
    lambda drawn: [Journey(f"customer {number}", journey.touchpoints) for number, journey in enumerate(drawn)]
)
PERIODS = st.sampled_from([None, Period.month(2024, 2), Period.quarter(2024, 1, tz="Asia/Tokyo")])


@given(CUSTOMERS, PERIODS, st.none() | moments(), st.sampled_from(["order", "visit"]))
def test_buyers_and_repeat_buyers_are_counted_within_the_period(customers, period, as_of, event):
    rate = repeat_purchase_rate(iter(customers), period=period, as_of=as_of, event=event)
    orders = [
        sum(
            one.name == event
            and (period is None or one.at in period)
            and (as_of is None or (one.at <= as_of and one.recorded_at <= as_of))
            for one in customer
        )
        for customer in customers
    ]

    assert rate.count == sum(number >= 2 for number in orders)
    assert rate.total == sum(number >= 1 for number in orders)


@pytest.mark.parametrize(
    ("period", "as_of", "window"),
    [
        (None, None, None),
        (Period.month(2026, 3), None, ("2026-03-01T00:00Z", "2026-04-01T00:00Z")),
        (Period.month(2026, 3), "2026-03-09T09:00Z", ("2026-03-01T00:00Z", "2026-03-09T09:00Z")),
        (Period.month(2026, 3), "2026-05-09T09:00Z", ("2026-03-01T00:00Z", "2026-04-01T00:00Z")),
        (None, "2026-03-09T10:00+01:00", (None, "2026-03-09T09:00Z")),
    ],
)
def test_the_window_of_a_rate_ends_with_the_period_or_what_was_known(period, as_of, window):
    rate = repeat_purchase_rate([], period=period, as_of=as_of and at(as_of))

    assert rate.window == (window and tuple(end and at(end) for end in window))


@given(CUSTOMERS, CUSTOMERS, PERIODS)
def test_the_rate_of_all_is_the_sum_of_the_rates_of_its_parts(here, there, period):
    parts = [repeat_purchase_rate(part, period=period) for part in (here, there, [])]

    assert repeat_purchase_rate(here + there, period=period) == parts[0] + parts[1] + parts[2]


@given(journeys(), st.lists(touchpoints()), moments(), PERIODS)
def test_what_came_to_be_known_later_changes_no_rate(journey, more, as_of, period):
    longer = Journey("anna", [*journey, *(one for one in more if one.known_at > as_of)])

    assert repeat_purchase_rate([longer], as_of=as_of, period=period) == repeat_purchase_rate(
        [journey], as_of=as_of, period=period
    )


def orders(customer, *times):
    return Journey(customer, [Touchpoint("order", at(time)) for time in times])


def test_both_counts_lie_within_the_period():
    march = Period.month(2026, 3, tz="Europe/Berlin")
    customers = [
        orders("anna", "2026-02-28T23:00Z", "2026-03-31T21:59:59Z"),  # the first and the last second of March
        orders("ben", "2026-02-28T22:59:59Z", "2026-03-05T09:00Z"),
        orders("cleo", "2026-03-05T09:00Z", "2026-03-31T22:00Z"),
        orders("dora", "2026-02-05T09:00Z", "2026-02-06T09:00Z"),
        orders("emil", "2026-03-05T09:00Z", "2026-03-05T09:00Z", "2026-03-06T09:00Z"),
    ]
    rate = repeat_purchase_rate(customers, period=march)

    assert (rate.count, rate.total, rate.value) == (2, 4, 0.5)
    assert (rate.name, rate.unit) == ("repeat purchase rate", "buyers")
    assert repeat_purchase_rate(customers).count == 5


def test_what_counts_as_an_order_is_a_name_or_a_predicate():
    at_once = at("2026-03-05T09:00Z")
    customer = Journey("anna", [Touchpoint(name, at_once, channel="web") for name in ("order", "visit", "renewal")])

    assert repeat_purchase_rate([customer]).count == 0
    assert repeat_purchase_rate([customer], event="visit").total == 1
    assert repeat_purchase_rate([customer], event=Touchpoint.fields.channel == "web").count == 1


def test_no_buyers_have_no_rate():
    rate = repeat_purchase_rate([Journey("anna"), Journey("ben", [Touchpoint("visit", at("2026-03-05T09:00Z"))])])

    assert rate.value_or(None) is None
    with pytest.raises(UndefinedMetricError, match=r"^repeat purchase rate is undefined: no buyers"):
        _ = rate.value


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        (
            {"period": "2026-03"},
            InvalidTypeError,
            "period must be a Period such as Period.month(2026, 3), got '2026-03'",
        ),
        ({"as_of": at("2026-03-06T09:00")}, NaiveDatetimeError, "as_of must be an aware datetime"),
        ({"event": ""}, InvalidValueError, "event must not be blank"),
        ({"event": 3}, InvalidTypeError, "event must be "),
    ],
)
def test_a_question_without_sense_is_refused_before_anyone_is_read(options, kind, message):
    customers = iter([Journey("anna")])
    with pytest.raises(kind) as caught:
        repeat_purchase_rate(customers, **options)

    assert str(caught.value).startswith(message)
    assert len(list(customers)) == 1


@pytest.mark.parametrize("stranger", ["anna", None, Touchpoint("order", at("2026-03-05T09:00Z"))])
def test_only_journeys_are_counted(stranger):
    questions = (
        repeat_purchase_rate,
        lambda customers: inactivity_churn(customers, threshold=days(60), as_of=at("2026-03-06T09:00Z")),
    )
    for question in questions:
        with pytest.raises(InvalidTypeError) as caught:
            question([Journey("anna"), stranger])
        assert str(caught.value) == f"expected a Journey, got {stranger!r}"
        assert caught.value.found is stranger


# A real log: 2,357 customers of an online shop (see examples/data)


@pytest.fixture(scope="module")
def shop():
    lines = [line.split() for line in LOG.read_text(encoding="utf-8").splitlines()]
    return gather(((customer, "order", day) for _, customer, day, _, _ in lines), tz="UTC")


def test_1152_of_2357_customers_bought_again(shop):
    rate = repeat_purchase_rate(shop)

    assert (rate.count, rate.total) == (1152, 2357)


def test_1843_of_2357_customers_were_silent_for_180_days(shop):
    churn = inactivity_churn(shop, threshold=days(180), as_of=at("1998-06-30T00:00Z"))

    assert (churn.count, churn.total) == (1843, 2357)
    assert churn.window == (at("1998-01-01T00:00Z"), at("1998-06-30T00:00Z"))


def test_rates_of_other_events_are_other_metrics():
    log = gather([("anna", "order", "2026-03-01T09:00Z"), ("anna", "visit", "2026-03-01T09:00Z")])
    orders, visits = repeat_purchase_rate(log), repeat_purchase_rate(log, event="visit")

    assert visits.name == "repeat purchase rate of 'visit'"
    with pytest.raises(InvalidValueError, match="they measure two things"):
        _ = orders + visits


def test_a_period_of_the_future_has_an_empty_window():
    december = Period.month(2026, 12)
    rate = repeat_purchase_rate([], period=december, as_of=datetime(2026, 6, 15, tzinfo=timezone.utc))

    assert rate.window == (december.start, december.start)
