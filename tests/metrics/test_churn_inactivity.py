"""Inactivity: of whom it is too early to say, and what thresholds would mean."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import journeys, moments, touchpoints

from cxkit.calendar import days, hours, months
from cxkit.errors import InvalidTypeError, InvalidValueError, NaiveDatetimeError, UndefinedMetricError
from cxkit.journey import Journey, Touchpoint
from cxkit.metrics import inactivity_churn, inactivity_states, inactivity_thresholds, kaplan_meier

at = datetime.fromisoformat
CUSTOMERS = st.lists(journeys(), max_size=5).map(
    lambda drawn: [Journey(f"customer {number}", journey.touchpoints) for number, journey in enumerate(drawn)]
)
THRESHOLDS = st.sampled_from([days(3), timedelta(hours=30), hours(12), months(1)])
DAY = timedelta(days=1)
NOW = at("2024-03-31T00:00Z")


def orders(customer, *numbers, name="order"):
    return Journey(customer, [Touchpoint(name, NOW - number * DAY) for number in numbers])


# Who is lost, active, or new


@given(CUSTOMERS, THRESHOLDS, moments())
def test_those_lost_are_those_of_inactivity_churn(customers, threshold, as_of):
    states = inactivity_states(iter(customers), threshold=threshold, as_of=as_of)
    churn = inactivity_churn(customers, threshold=threshold, as_of=as_of)

    assert len(states.lost) == churn.count
    assert len(states.lost) + len(states.active) + len(states.pending) == churn.total
    assert states.rate.count == churn.count
    assert states.rate.window == churn.window


@given(CUSTOMERS, st.integers(1, 200), moments())
def test_those_pending_came_less_than_the_threshold_ago(customers, number, as_of):
    states = inactivity_states(customers, threshold=hours(number), as_of=as_of)
    first = {
        customer.customer: min(
            (one.at for one in customer if one.name == "order" and one.at <= as_of and one.recorded_at <= as_of),
            default=None,
        )
        for customer in customers
    }

    assert list(states.pending) == sorted(
        who for who, since in first.items() if since is not None and as_of < since + timedelta(hours=number)
    )


def test_a_new_customer_is_pending_until_the_threshold_has_passed():
    found = {
        since: inactivity_states([orders("anna", since, 1)], threshold=days(10), as_of=NOW) for since in (9, 10, 11)
    }

    assert [states.pending for states in found.values()] == [("anna",), (), ()]
    assert [states.active for states in found.values()] == [(), ("anna",), ("anna",)]
    assert found[9].rate.value_or(None) is None


def test_states_are_a_table():
    log = [
        orders("ben", 40),
        orders("anna", 50),
        orders("cleo", 40, 2),
        orders("dora", 3),
        orders("eve", 3, name="visit"),
    ]
    states = inactivity_states(log, threshold=days(30), as_of=NOW)

    assert (states.lost, states.active, states.pending) == (("anna", "ben"), ("cleo",), ("dora",))
    assert (states.rate.name, states.rate.value) == ("inactivity churn rate without the pending", 2 / 3)
    assert str(states).splitlines()[1].split() == ["lost", "2"]
    assert [row["customers"] for row in states.chart()["data"]["values"]] == [2, 1, 1]
    assert inactivity_states(log, threshold=days(30), as_of=NOW, event="visit").rate.name == (
        "inactivity churn rate of 'visit' without the pending"
    )


# Thresholds


def test_thresholds_by_hand():
    """Gaps of 10, 10 and 30 days ended with a return; 20 and 60 days go on.

    S(10) = 1 - 2/5 = 0.6; 20 is censored; S(30) = 0.6 * (1 - 1/2) = 0.3, and so it stays up to 60.
    """
    log = [orders("anna", 70, 60), orders("ben", 60, 50, 20)]
    found = inactivity_thresholds(log, as_of=NOW, percentiles=[50, 67, 100], thresholds=[20 * DAY, 61 * DAY, 5 * DAY])

    assert [(one.percentile, one.threshold.days) for one in found.candidates] == [
        (None, 5),
        (50, 10),
        (None, 20),
        (67, 30),
        (100, 30),
        (None, 61),
    ]
    assert [one.alarm for one in found.candidates] == pytest.approx([1, 1, 0.6, 0.6, 0.6, 0.3])
    assert [one.false_alarm for one in found.candidates] == pytest.approx([0.7, 0.7, 0.5, 0.5, 0.5, 0])
    assert [one.silences for one in found.candidates] == [5, 5, 3, 2, 2, 0]
    assert [one.lost for one in found.candidates] == pytest.approx([0.3] * 6)
    assert [one.flagged.count for one in found.candidates] == [2, 2, 2, 1, 1, 0]
    assert found.curve.survival == pytest.approx((0.6, 0.3))


def test_the_cost_of_a_false_alarm_chooses():
    log = [orders("anna", 70, 60), orders("ben", 60, 50, 20)]
    found = inactivity_thresholds(log, as_of=NOW, percentiles=[50, 100])
    short, long = found.candidates

    assert short.cost(30 * DAY) / DAY == pytest.approx(0.7 * 30 + 0.3 * 10)
    assert long.cost(30 * DAY) / DAY == pytest.approx(0.3 * 30 + 0.3 * 30)
    assert found.cheapest(false_alarm=30 * DAY) == long
    assert found.cheapest(false_alarm=2 * DAY) == short


def test_all_silences_that_ended_are_false_alarms_however_long():
    found = inactivity_thresholds([orders("anna", 100, 50, 0)], as_of=NOW, percentiles=[], thresholds=[DAY, 51 * DAY])

    assert [(one.alarm, one.false_alarm) for one in found.candidates] == [(1.0, 1.0), (0.0, None)]


@given(CUSTOMERS, moments(), st.lists(st.integers(1, 300), min_size=1, max_size=4))
def test_a_threshold_is_what_the_gaps_say(customers, as_of, steps):
    thresholds = [timedelta(hours=6 * step) for step in steps]
    found = inactivity_thresholds(customers, as_of=as_of, percentiles=[], thresholds=thresholds)
    events = [
        [one.at for one in customer if one.name == "order" and one.at <= as_of and one.recorded_at <= as_of]
        for customer in customers
    ]
    ended = [b - a for each in events for a, b in pairwise(each)]
    open_ = [as_of - each[-1] for each in events if each]
    gaps = [gap / timedelta(hours=6) for gap in ended + open_]
    curve = kaplan_meier(gaps, [True] * len(ended) + [False] * len(open_)) if gaps else None
    for candidate in found.candidates:
        flagged = inactivity_churn(customers, threshold=candidate.threshold, as_of=as_of)
        assert candidate.flagged == flagged
        step = candidate.threshold / timedelta(hours=6)
        before = (
            [share for time, share in zip(curve.times, curve.survival, strict=True) if time < step] if curve else []
        )
        assert candidate.alarm == pytest.approx(([1.0, *before])[-1])
        if candidate.alarm:
            last = curve.survival[-1] if curve and curve.survival else 1.0
            assert candidate.false_alarm == pytest.approx(1 - last / candidate.alarm)


@given(CUSTOMERS, moments(), st.lists(st.sampled_from([0.5, 25, 50, 90, 100]), max_size=3))
def test_a_percentile_is_the_least_gap_that_so_many_do_not_exceed(customers, as_of, percentiles):
    found = inactivity_thresholds(customers, as_of=as_of, percentiles=percentiles)
    ended = sorted(
        gap
        for customer in customers
        for gap in Journey("x", [one for one in customer.as_of(as_of) if one.name == "order"]).gaps
    )

    assert len(found.candidates) == (len(percentiles) if ended else 0)
    for candidate in found.candidates:
        share = candidate.percentile / 100 * len(ended)
        assert sum(gap <= candidate.threshold for gap in ended) >= share
        assert sum(gap < candidate.threshold for gap in ended) < share


@given(journeys(), st.lists(touchpoints()), moments())
def test_what_came_to_be_known_later_changes_nothing(journey, more, as_of):
    longer = Journey("anna", [*journey, *(one for one in more if one.known_at > as_of)])

    assert inactivity_thresholds([longer], as_of=as_of) == inactivity_thresholds([journey], as_of=as_of)
    assert inactivity_states([longer], threshold=days(9), as_of=as_of) == inactivity_states(
        [journey], threshold=days(9), as_of=as_of
    )


def test_nobody_has_no_thresholds():
    nobody = inactivity_thresholds([], as_of=NOW)

    assert (nobody.candidates, str(nobody)) == ((), "(no rows)")
    with pytest.raises(UndefinedMetricError, match=r"^the cheapest threshold is undefined: no gaps"):
        nobody.cheapest(false_alarm=DAY)
    [given_] = inactivity_thresholds([], as_of=NOW, thresholds=[DAY]).rows()
    assert (given_["flagged"], given_["alarm"]) == (None, 1.0)


def test_thresholds_are_a_table_and_a_curve():
    found = inactivity_thresholds([orders("anna", 70, 60), orders("ben", 60, 50, 20)], as_of=NOW)

    assert [row["percentile"] for row in found.rows()] == [50, 75, 80, 90, 95]
    assert found.rows()[0] == {
        "percentile": 50,
        "threshold": 10 * DAY,
        "flagged": 1.0,
        "silences": 5,
        "alarm": 1.0,
        "false alarm": pytest.approx(0.7),
    }
    assert str(found).splitlines()[1].split() == ["50", "10", "days,", "0:00:00", "1", "5", "1", "0.7"]
    assert found.chart() == found.curve.chart()
    assert found.candidates[0].flagged.name == "inactivity churn rate"
    assert inactivity_thresholds([], as_of=NOW, event="visit", thresholds=[DAY]).candidates[0].flagged.name == (
        "inactivity churn rate of 'visit'"
    )


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"as_of": at("2024-03-31T00:00")}, NaiveDatetimeError, "as_of must be an aware datetime"),
        ({"event": ""}, InvalidValueError, "event must not be blank"),
        ({"percentiles": [0]}, InvalidValueError, "a percentile must be above 0 and at most 100, got 0"),
        ({"percentiles": [100.5]}, InvalidValueError, "a percentile must be above 0 and at most 100"),
        ({"percentiles": [True]}, InvalidTypeError, "a percentile must be a number above 0 and up to 100, got True"),
        ({"percentiles": ["50"]}, InvalidTypeError, "a percentile must be a number"),
        ({"percentiles": 50}, InvalidTypeError, "expected a list of values, got 50"),
        ({"thresholds": [days(3)]}, InvalidTypeError, r"a threshold must be a timedelta, got days\(3\)"),
        ({"thresholds": [timedelta(0)]}, InvalidValueError, "a threshold must be longer than nothing"),
    ],
)
def test_a_question_without_sense_is_refused(options, kind, message):
    with pytest.raises(kind, match=f"^{message}"):
        inactivity_thresholds(iter([]), **{"as_of": NOW, **options})


def test_a_false_alarm_costs_time():
    found = inactivity_thresholds([], as_of=NOW, thresholds=[DAY])
    with pytest.raises(InvalidTypeError, match=r"^the cost of a false alarm must be a timedelta, got 3"):
        found.cheapest(false_alarm=3)
    with pytest.raises(InvalidValueError, match=r"^the cost of a false alarm must be longer than nothing"):
        found.cheapest(false_alarm=-DAY)
    with pytest.raises(InvalidTypeError, match=r"^threshold must be a timedelta or a span"):
        inactivity_states([], threshold=3, as_of=NOW)
