"""Sessions: a journey split where the customer was silent for too long."""

import json
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import journeys

from cxkit.calendar import days, hours, months
from cxkit.errors import InvalidTypeError, InvalidValueError, UnknownFieldError
from cxkit.journey import Journey, Touchpoint

at = datetime.fromisoformat
GAPS = st.sampled_from([timedelta(0), timedelta(hours=6), timedelta(days=3), hours(12), days(2), months(1)])


@given(journeys(), GAPS)
def test_a_session_ends_where_the_silence_is_longer_than_the_gap(journey, gap):
    sessions = journey.sessions(gap)
    ends = {session.touchpoints[-1].at for session in sessions[:-1]}

    assert [contact for session in sessions for contact in session] == list(journey)
    assert all(len(session) and session.customer == "anna" for session in sessions)
    assert ends == {before.at for before, after in pairwise(journey) if after.at > before.at + gap}


@pytest.mark.parametrize(
    ("gap", "lengths"),
    [
        (timedelta(minutes=29), [1, 1, 1, 1]),
        (timedelta(minutes=30), [2, 1, 1]),  # a silence of exactly the gap does not split
        (timedelta(hours=28), [2, 1, 1]),
        (days(1), [2, 1, 1]),
        (days(2), [3, 1]),
        (months(1), [4]),  # from 31 January to 28 February at the same time
    ],
)
def test_a_gap_elapses_or_steps(gap, lengths):
    times = ["2026-01-30T08:00Z", "2026-01-30T08:30Z", "2026-01-31T12:31Z", "2026-02-28T12:31Z"]
    journey = Journey("anna", [Touchpoint("visit", at(time)) for time in times])

    assert [len(session) for session in journey.sessions(gap)] == lengths


def test_a_silence_is_counted_from_the_last_touchpoint_of_the_session():
    times = ["2026-03-01T09:00Z", "2026-03-01T09:20Z", "2026-03-01T09:40Z"]
    journey = Journey("anna", [Touchpoint("visit", at(time)) for time in times])

    assert journey.sessions(gap=timedelta(minutes=20)) == (journey,)


def test_a_journey_without_touchpoints_has_no_sessions():
    assert Journey("anna").sessions(timedelta(minutes=30)) == ()


@pytest.mark.parametrize(("gap", "kind"), [(30, InvalidTypeError), (timedelta(-1), InvalidValueError)])
def test_a_gap_is_a_length_of_time(gap, kind):
    with pytest.raises(kind, match=r"^gap must "):
        Journey("anna").sessions(gap)


@given(journeys(), GAPS)
def test_a_silence_of_exactly_the_gap_splits_where_that_is_asked(journey, gap):
    sessions = journey.sessions(gap, exact="splits")
    ends = {place for place, (before, after) in enumerate(pairwise(journey), 1) if after.at >= before.at + gap}
    starts = [0]
    for session in sessions:
        starts.append(starts[-1] + len(session))

    assert set(starts[1:-1]) == ends
    assert [contact for session in sessions for contact in session] == list(journey)


def test_a_session_ends_at_midnight_where_that_is_asked():
    """Midnight in Berlin is 23:00 UTC in winter; Universal Analytics split there."""
    journey = Journey(
        "anna", [Touchpoint("visit", at(f"2026-01-01T{time}:00+00:00")) for time in ("22:50", "23:05", "23:59")]
    )

    assert [len(each) for each in journey.sessions(timedelta(minutes=60), midnight="Europe/Berlin")] == [1, 2]
    assert [len(each) for each in journey.sessions(timedelta(minutes=60), midnight="UTC")] == [3]
    assert [len(each) for each in journey.sessions(timedelta(minutes=60))] == [3]


def test_a_session_ends_where_a_campaign_changes_to_another_one():
    campaigns = ["spring", None, "spring", None, "summer", "summer", None, "spring"]
    start = at("2026-03-01T09:00:00+00:00")
    journey = Journey(
        "anna",
        [
            Touchpoint("visit", start + timedelta(minutes=number), properties={"campaign": campaign})
            for number, campaign in enumerate(campaigns)
        ],
    )

    sessions = journey.sessions(timedelta(minutes=30), on="properties.campaign")
    assert [len(session) for session in sessions] == [4, 3, 1]


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"exact": "maybe"}, InvalidValueError, "exact must be "),
        (
            {"midnight": "Berlin"},
            InvalidValueError,
            r"midnight must be the IANA name of a zone such as .*, got 'Berlin'$",
        ),
        ({"midnight": 0}, InvalidTypeError, r"midnight must be the IANA name of a zone such as .*, got 0$"),
        ({"on": "campaign"}, UnknownFieldError, "a touchpoint has no label 'campaign'"),
        ({"on": 3}, InvalidTypeError, "on must be the name of a label"),
    ],
    ids=["exact", "midnight", "no zone", "label", "no label"],
)
def test_an_option_of_sessions_that_makes_no_sense_is_refused(options, error, told):
    with pytest.raises(error, match=told):
        Journey("anna", [Touchpoint("visit", at("2026-03-01T09:00:00+00:00"))]).sessions(
            timedelta(minutes=30), **options
        )


def test_a_journey_without_touchpoints_splits_nowhere():
    assert Journey("anna").sessions(timedelta(minutes=30), midnight="UTC", on="channel") == ()
    with pytest.raises(InvalidValueError, match="midnight must be the IANA name"):
        Journey("anna").sessions(timedelta(minutes=30), midnight="Berlin")


CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/journey.json").read_text(encoding="utf-8"))
}
NOT_ASKED_FOR = {
    "J061": "sessions that begin with a separating event",
    "J098": "clean-up of paths before attribution",
    "J100": "clean-up of paths before attribution",
}


def test_a_timeout_splits_as_retentioneering_does():
    """J060: split_sessions_test.py::test_timeout_duration_string of retentioneering 5.2.4."""
    asked, expected = CASES["J060"]["input"], CASES["J060"]["expected"]
    start = at("2026-03-01T09:00:00+00:00")
    journey = Journey(
        "u", [Touchpoint(name, start + timedelta(seconds=second)) for second, name in asked["users"]["u"]]
    )
    sessions = journey.sessions(timedelta(seconds=asked["timeout_seconds"]))

    assert [[touchpoint.name for touchpoint in session] for session in sessions] == expected["sessions"]


def test_what_is_not_met_was_not_asked_for():
    assert {name for name, case in CASES.items() if case.get("scope", "").startswith("out")} - {
        "J041",
        "J043",
        "J044",
    } == {*NOT_ASKED_FOR}
