"""Churn: those lost over those at the start, and those who have been silent for too long."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import journeys, moments, touchpoints

from cxkit.calendar import Period, days, hours, months
from cxkit.errors import CxError, InvalidTypeError, InvalidValueError, NaiveDatetimeError, UndefinedMetricError
from cxkit.journey import Journey, Touchpoint
from cxkit.metrics import PopulationRate, churn_rate, inactivity_churn

at = datetime.fromisoformat
EVERY = json.loads((Path(__file__).parents[1] / "cases/churn.json").read_text(encoding="utf-8"))
CASES = {
    case["id"]: case
    for case in EVERY
    if case["input"]["op"] == "customer_churn_rate" and {"start", "end"} <= case["input"].keys()
}
COUNTS = st.integers(0, 50)

# From counts


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "error" not in case["expected"]])
def test_the_rate_is_that_of_others(name):
    case = CASES[name]
    counts = {key: number for key, number in case["input"].items() if key != "op"}
    churn = churn_rate(**counts)

    assert churn.value_or(None) == pytest.approx(case["expected"]["rate"], abs=case["tolerance"])
    assert churn.count == case["expected"].get("lost", churn.count)
    assert churn.total == counts["start"]


def test_what_others_find_inconsistent_is_refused():
    [case] = [case for case in CASES.values() if "error" in case["expected"]]
    with pytest.raises(InvalidValueError, match=r"^inconsistent counts: "):
        churn_rate(**{key: number for key, number in case["input"].items() if key != "op"})


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({"start": -(10**5000), "end": 0}, "start must be at least 0, got an? int with too many digits"),
        ({"start": 10**400, "end": 0}, r"start must be below 10\*\*60"),
        ({"start": 0, "end": 10**5000}, r"end must be below 10\*\*60"),
    ],
)
def test_counts_beyond_all_counting_are_refused(counts, message):
    with pytest.raises(InvalidValueError, match=message):
        churn_rate(**counts)


def test_every_known_case_is_checked():
    assert sorted(CASES) == [
        "churn-002",
        "churn-004",
        "churn-005",
        "churn-013",
    ]  # those of policies: test_churn_policies


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_those_lost_are_those_who_were_there_or_came_and_are_no_longer_there(start, lost, new, reactivated):
    lost = min(lost, start)
    end = start + new + reactivated - lost
    churn = churn_rate(start=start, end=end, new=new, reactivated=reactivated)

    assert churn == PopulationRate(lost, start, name="churn rate", unit="customers at the start")


def test_nobody_at_the_start_is_no_churn_of_zero():
    churn = churn_rate(start=0, end=40, new=40)

    assert (churn.value_or(None), churn.interval()) == (None, (0.0, 1.0))
    with pytest.raises(UndefinedMetricError, match=r"^churn rate is undefined: no customers at the start"):
        _ = churn.value


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        (
            {"start": 100, "end": 130, "new": 20, "reactivated": 9},
            "130 customers at the end are more than 100 at the start, 20 new and 9 reactivated; count those who joined",
        ),
        (
            {"start": 10, "end": 0, "new": 1},
            "11 lost of 10 at the start; some who joined left again within the period, so leave them out of new=",
        ),
        ({"start": 0, "end": 4, "new": 5}, "1 lost of 0 at the start; "),
        ({"start": 0, "end": 1}, "1 customers at the end are more than 0 at the start, "),
    ],
)
def test_counts_that_contradict_each_other_are_refused(counts, message):
    with pytest.raises(InvalidValueError) as caught:
        churn_rate(**counts)

    assert str(caught.value).startswith(f"inconsistent counts: {message}")
    assert caught.value.found == counts["end"]


@pytest.mark.parametrize("what", ["start", "end", "new", "reactivated"])
@pytest.mark.parametrize(
    ("number", "kind"), [(-1, InvalidValueError), (1.0, InvalidTypeError), (True, InvalidTypeError)]
)
def test_customers_are_counted(what, number, kind):
    with pytest.raises(kind, match=f"^{what} must be "):
        churn_rate(**{"start": 5, "end": 5, what: number})


def test_churn_adds_over_disjoint_customers_of_one_period():
    march, april = Period.month(2026, 3, tz="Europe/Berlin"), Period.month(2026, 4, tz="Europe/Berlin")
    north = churn_rate(start=500, end=450, period=march)

    assert north.window == (at("2026-02-28T23:00Z"), at("2026-03-31T22:00Z"))
    assert north + churn_rate(start=100, end=100, period=march) == churn_rate(start=600, end=550, period=march)
    for other in (churn_rate(start=100, end=100, period=april), churn_rate(start=100, end=100)):
        with pytest.raises(InvalidValueError, match=r"^cannot add "):
            north + other


def test_a_period_of_churn_is_a_period():
    with pytest.raises(InvalidTypeError) as caught:
        churn_rate(start=5, end=5, period="2026-03")

    assert str(caught.value) == "period must be a Period such as Period.month(2026, 3), got '2026-03'"
    assert caught.value.found == "2026-03"


# From silence

CUSTOMERS = st.lists(journeys(), max_size=5).map(
    lambda drawn: [Journey(f"customer {number}", journey.touchpoints) for number, journey in enumerate(drawn)]
)
THRESHOLDS = st.sampled_from([days(3), timedelta(hours=30), timedelta(0), hours(12), months(1), months(1) + days(1)])
CLAMPED = [  # both are one month before a 28 February, but the later one at an earlier hour
    Journey("anna", [Touchpoint("order", at("2026-01-30T12:00Z")), Touchpoint("order", at("2026-01-31T09:00Z"))])
]


def by_the_definition(customers, threshold, as_of, event):
    """Count those with an event by then, and those of them without one in the rolling window."""
    known = [
        [one.at for one in customer if one.name == event and one.at <= as_of and one.recorded_at <= as_of]
        for customer in customers
    ]
    alive = [any(as_of < moment + threshold for moment in events) for events in known if events]
    return alive.count(False), len(alive)


@given(CUSTOMERS, THRESHOLDS, moments(), st.sampled_from(["order", "visit"]))
@example(CLAMPED, months(1), at("2026-02-28T10:00Z"), "order")
def test_those_lost_have_no_event_in_the_rolling_window(customers, threshold, as_of, event):
    churn = inactivity_churn(iter(customers), threshold=threshold, as_of=as_of, event=event)

    assert (churn.count, churn.total) == by_the_definition(customers, threshold, as_of, event)
    assert churn.window == (as_of - threshold, as_of)


@given(CUSTOMERS, CUSTOMERS, THRESHOLDS, moments())
def test_the_churn_of_all_is_the_sum_of_the_churn_of_its_parts(here, there, threshold, as_of):
    parts = [inactivity_churn(part, threshold=threshold, as_of=as_of) for part in (here, there, [])]

    assert inactivity_churn(here + there, threshold=threshold, as_of=as_of) == parts[0] + parts[1] + parts[2]


@given(journeys(), st.lists(touchpoints()), THRESHOLDS, moments())
def test_what_came_to_be_known_later_changes_no_churn(journey, more, threshold, as_of):
    longer = Journey("anna", [*journey, *(one for one in more if one.known_at > as_of)])

    assert inactivity_churn([longer], threshold=threshold, as_of=as_of) == inactivity_churn(
        [journey], threshold=threshold, as_of=as_of
    )


@pytest.mark.parametrize(
    ("threshold", "as_of", "lost"),
    [
        (days(60), "2026-03-06T08:59:59Z", 0),
        (days(60), "2026-03-06T09:00Z", 1),  # the silence has lasted as long as the threshold
        (timedelta(days=60), "2026-03-06T09:00Z", 1),
        (months(2), "2026-03-06T09:00Z", 1),
        (months(2), "2026-03-05T08:59:59Z", 0),
        (months(2), "2026-03-05T10:00+01:00", 1),
    ],
)
def test_a_silence_as_long_as_the_threshold_is_a_loss(threshold, as_of, lost):
    churn = inactivity_churn(
        [Journey("anna", [Touchpoint("order", at("2026-01-05T09:00Z"))])], threshold=threshold, as_of=at(as_of)
    )

    assert (churn.count, churn.total) == (lost, 1)
    assert (churn.name, churn.unit) == ("inactivity churn rate", "customers")


def test_a_sign_of_life_is_an_order_a_name_or_a_predicate():
    journey = Journey(
        "anna", [Touchpoint("order", at("2026-01-05T09:00Z")), Touchpoint("visit", at("2026-03-01T09:00Z"))]
    )
    events = {None: 1, "order": 1, "visit": 0, Touchpoint.fields.name.is_in(["order", "visit"]): 0}

    for event, lost in events.items():
        options = {} if event is None else {"event": event}
        churn = inactivity_churn([journey], threshold=days(30), as_of=at("2026-03-06T09:00Z"), **options)
        assert (churn.count, churn.total) == (lost, 1)


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"threshold": 60}, InvalidTypeError, "threshold must be a timedelta or a span"),
        ({"threshold": timedelta(-1)}, InvalidValueError, "threshold must not be negative"),
        ({"as_of": at("2026-03-06T09:00")}, NaiveDatetimeError, "as_of must be an aware datetime"),
        ({"event": ""}, InvalidValueError, "event must not be blank"),
        ({"event": None}, InvalidTypeError, "event must be "),
    ],
)
def test_a_question_without_sense_is_refused_before_anyone_is_read(options, kind, message):
    customers = iter([Journey("anna")])
    with pytest.raises(kind) as caught:
        inactivity_churn(customers, **{"threshold": days(60), "as_of": at("2026-03-06T09:00Z"), **options})

    assert str(caught.value).startswith(message)
    assert len(list(customers)) == 1


@pytest.mark.parametrize("customers", [[], CLAMPED])
def test_a_threshold_of_ages_is_refused(customers):
    with pytest.raises(CxError):
        inactivity_churn(customers, threshold=timedelta(days=800_000), as_of=at("2026-03-06T09:00Z"))
