"""Times: the silence between touchpoints, and how long journeys take."""

from datetime import timedelta
from itertools import pairwise

import pytest
from event_logs import by_customer, claims, log_of, logs
from hypothesis import given

from cxkit.errors import InvalidTypeError
from cxkit.journey import Journey, Touchpoint, durations, gaps, journeys
from cxkit.tallies import Durations

HOUR = timedelta(hours=1)


@given(logs())
def test_gaps_lie_between_touchpoints_that_follow_one_another(log):
    assert gaps(log) == Durations.from_lengths(b.at - a.at for journey in log for a, b in pairwise(journey))


@given(logs())
def test_gaps_of_some_touchpoints_pass_over_the_others(log):
    visits = [[contact.at for contact in journey if contact.name == "visit"] for journey in log]
    expected = Durations.from_lengths(b - a for mine in visits for a, b in pairwise(mine))

    assert gaps(log, "visit") == gaps(log, Touchpoint.fields.name == "visit") == expected


@given(logs())
def test_a_journey_takes_from_its_first_touchpoint_to_its_last(log):
    assert durations(log) == Durations.from_lengths(journey.duration for journey in log if len(journey))


def test_a_journey_of_one_touchpoint_takes_no_time_and_one_of_none_is_left_out():
    log = [*log_of(anna="visit", ben="visit cart order"), Journey("cleo")]

    assert durations(log).counts == {0: 1, 7200: 1}
    assert gaps(log).counts == {3600: 2}
    assert durations(log, resolution=HOUR).counts == {0: 1, 2: 1}


def test_the_times_of_the_claims_are_those_of_a_plain_loop():
    events = by_customer(claims())
    log = journeys(claims())

    assert durations(log) == Durations.from_lengths(mine[-1][2] - mine[0][2] for mine in events.values())
    assert gaps(log).microseconds == durations(log).microseconds  # all gaps of a journey make its duration


def test_a_contact_or_a_resolution_that_makes_no_sense_is_refused():
    with pytest.raises(InvalidTypeError, match="contact must be the name of a touchpoint or a predicate"):
        gaps([], 3)
    with pytest.raises(InvalidTypeError, match="resolution must be a timedelta"):
        durations([], resolution=1)
