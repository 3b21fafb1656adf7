"""The backlog: who is open, since when, and what came in and went out."""

import json
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import Period
from cxkit.codec import from_dict, to_dict
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError
from cxkit.journey import Journey, Touchpoint
from cxkit.metrics import Backlog, BacklogPeriod, TicketEvents, backlog, open_ages
from cxkit.tallies import Durations

START = datetime(2026, 3, 2, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
DAY = [Period.of(date(2026, 3, number), "day") for number in (1, 2, 3, 4, 5)]
NAMES = ("opened", "customer_message", "resolved", "bot_resolved", "reopened", "handoff", "note")


def hour(number):
    return START + number * HOUR


def ticket(*moments, name="T-1"):
    return Journey(name, [Touchpoint(what, hour(at), recorded_at=hour(at + late)) for at, what, late in moments])


def ages(*hours):
    return Durations.from_lengths(number * HOUR for number in hours)


def test_what_came_in_and_went_out_leaves_what_is_open():
    log = [
        ticket((0, "opened", 0), (30, "resolved", 0), (50, "reopened", 0)),
        ticket((24, "customer_message", 0), (24, "resolved", 0), name="T-2"),
        ticket((23, "opened", 0), name="T-3"),
        ticket((47, "opened", 0), (48, "resolved", 0), name="T-4"),
        ticket((1, "note", 0), name="T-5"),
    ]
    found = backlog(log, [DAY[3], DAY[1], DAY[2]])

    assert found.periods == (
        BacklogPeriod(DAY[1], new=2, ages=ages(24, 1)),
        BacklogPeriod(DAY[2], before=2, new=2, resolved=2, ages=ages(25, 1)),
        BacklogPeriod(DAY[3], before=2, resolved=1, reopened=1, ages=ages(72, 49)),
    )
    assert found.as_of is None
    assert found.periods[2].open == 2
    assert [found.periods[2].older_than(age * HOUR) for age in (48, 49, 71, 72)] == [2, 1, 1, 0]


def test_of_a_period_that_goes_on_there_is_what_was_known():
    log = [ticket((0, "opened", 0)), ticket((1, "opened", 9), name="T-2")]
    [yesterday, today] = backlog(log, DAY[:2], as_of=hour(5)).periods

    assert today == BacklogPeriod(DAY[1], new=1, ages=ages(5))
    assert yesterday == BacklogPeriod(DAY[0])
    assert backlog(log, DAY[1:2], as_of=hour(10)).periods[0].open == 2


@pytest.mark.parametrize(("now", "complete"), [(0, [True, False]), (23, [True, False]), (24, [True, True])])
def test_a_period_that_goes_on_is_told_from_one_that_is_over(now, complete):
    assert [row["complete"] for row in backlog([], DAY[:2], as_of=hour(now)).rows()] == complete
    assert [row["complete"] for row in backlog([], DAY[:2]).rows()] == [True, True]


def test_nothing_is_said_of_a_period_that_has_not_begun():
    log = [ticket((0, "opened", 0))]

    assert backlog(log, DAY[2:3], as_of=hour(24)).periods[0] == BacklogPeriod(DAY[2], before=1, ages=ages(24))
    with pytest.raises(
        InvalidValueError, match=r"^2026-03-03 begins on 2026-03-03T00:00:00\+00:00, so nothing is known"
    ):
        backlog(log, DAY[1:3], as_of=hour(24) - timedelta(microseconds=1))
    with pytest.raises(InvalidValueError, match="leave it out"):
        Backlog([BacklogPeriod(DAY[4])], hour(0))


def test_ages_at_a_moment_are_those_of_the_open_tickets():
    log = [
        ticket((0, "opened", 0), (3, "resolved", 0), (4, "reopened", 0)),
        ticket((1, "opened", 0), (5, "resolved", 0), name="T-2"),
        ticket((5, "opened", 0), name="T-3"),
        ticket((6, "opened", 0), name="T-4"),
    ]

    assert open_ages(log, as_of=hour(5)) == ages(5, 0)
    assert open_ages(log, as_of=hour(3)) == ages(2)
    assert open_ages([ticket((0, "open", 0))], as_of=hour(3), events=TicketEvents(opened="open")) == ages(3)
    assert backlog([ticket((0, "open", 0))], DAY[1:2], events=TicketEvents(opened="open")).periods[0].open == 1


def is_open(contacts, moment):
    """Replay what happened to a ticket before a moment."""
    state = None
    for at, what in sorted(contacts, key=lambda contact: contact[0]):
        if at < moment and what != "note":
            state = True if state is None or what in ("opened", "reopened", "handoff") else state
            state = False if what in ("resolved", "bot_resolved") else state
    return bool(state)


MOMENTS = st.lists(st.tuples(st.integers(-9, 99), st.sampled_from(NAMES), st.sampled_from([0, 0, 30])), max_size=7)
LOGS = st.lists(MOMENTS, max_size=4)


def tickets(drawn):
    return [ticket(*moments, name=f"T-{place}") for place, moments in enumerate(drawn)]


@given(LOGS, st.integers(0, 110))
def test_the_roll_forward_agrees_with_a_replay_of_each_moment(drawn, now):
    known = [[(at, what) for at, what, late in moments if at + late <= now] for moments in drawn]
    begun = [day for day, start in zip(DAY, (-24, 0, 24, 48, 72), strict=True) if start <= now]
    found = backlog(tickets(drawn), begun, as_of=hour(now))
    for part, end in zip(found.periods, (0, 24, 48, 72, 96), strict=False):
        assert part.before == sum(is_open(each, end - 24) for each in known)
        assert part.open == sum(is_open(each, end) for each in known)
        assert part.open == part.before + part.new - part.resolved + part.reopened == part.ages.count
    for one, other in zip(found.periods, found.periods[1:], strict=False):
        assert other.before == one.open
    assert open_ages(tickets(drawn), as_of=hour(now)).count == sum(is_open(each, now + 1) for each in known)
    assert found == backlog([each.as_of(hour(now)) for each in tickets(drawn)], begun, as_of=hour(now))


@given(st.tuples(LOGS, LOGS, LOGS))
def test_backlogs_of_different_tickets_add(drawn):
    one, two, three = (backlog(tickets(each), DAY[:4], as_of=hour(60)) for each in drawn)
    together = [
        Journey(f"{place} {each.customer}", each.touchpoints)
        for place, log in enumerate(map(tickets, drawn))
        for each in log
    ]

    assert (one + two) + three == one + (two + three) == backlog(together, DAY[:4], as_of=hour(60))


def test_two_backlogs_add_period_by_period():
    one = backlog([ticket((0, "opened", 0))], DAY[1:3])
    other = backlog([ticket((1, "opened", 0), (30, "resolved", 0), (40, "reopened", 0))], DAY[1:3])

    assert (one + other).periods == (
        BacklogPeriod(DAY[1], new=2, ages=ages(24, 23)),
        BacklogPeriod(DAY[2], before=2, resolved=1, reopened=1, ages=ages(48, 47)),
    )


def test_backlogs_of_other_periods_or_moments_do_not_add():
    one = backlog([], DAY[:2], as_of=hour(1))
    for other in (backlog([], DAY[:1], as_of=hour(1)), backlog([], DAY[:2], as_of=hour(2))):
        with pytest.raises(InvalidValueError, match="they are of other periods, or of another moment"):
            _ = one + other
    with pytest.raises(InvalidValueError, match="they are of two periods"):
        _ = BacklogPeriod(DAY[0]) + BacklogPeriod(DAY[1])
    for tally in (one, BacklogPeriod(DAY[0])):
        with pytest.raises(TypeError):
            _ = tally + 1


def test_a_backlog_is_stored_and_printed():
    found = backlog([ticket((0, "opened", 0), (30, "resolved", 0))], DAY[1:3], as_of=hour(90))

    assert from_dict(json.loads(json.dumps(to_dict(found))), Backlog) == found
    assert from_dict(to_dict(found.periods[0]), BacklogPeriod) == found.periods[0]
    assert [row["oldest"] for row in found.rows()] == [24 * HOUR, None]
    assert str(found).splitlines() == [
        "period      before  new  resolved  reopened  open      median age          oldest  complete",
        "2026-03-02       0    1         0         0     1  1 day, 0:00:00  1 day, 0:00:00  True",
        "2026-03-03       1    0         1         0     0               -               -  True",
    ]
    assert found.chart()["data"]["values"] == [{"period": "2026-03-02", "open": 1}, {"period": "2026-03-03", "open": 0}]
    assert Backlog([]).as_of is None


def test_what_makes_no_sense_is_refused():
    day = DAY[0]
    for make, kind, message in (
        (lambda: BacklogPeriod("2026-03"), InvalidTypeError, "period must be a Period"),
        (lambda: BacklogPeriod(day, -1), InvalidValueError, "before must be at least 0"),
        (lambda: BacklogPeriod(day, ages=[HOUR]), InvalidTypeError, "ages must be Durations"),
        (lambda: BacklogPeriod(day, 2, 1, 1, 1), InvalidValueError, "leave 3 open, got 0 ages"),
        (lambda: Backlog([3]), InvalidTypeError, "a backlog is made of BacklogPeriod values, got 3"),
        (lambda: Backlog([BacklogPeriod(day), BacklogPeriod(day)]), DuplicateError, "got 2026-03-01 twice"),
        (lambda: Backlog([], "now"), InvalidTypeError, "as_of must be a datetime"),
        (lambda: backlog([], ["2026-03"]), InvalidTypeError, "period must be a Period"),
        (lambda: backlog([], DAY, events=3), InvalidTypeError, "events must be TicketEvents"),
        (lambda: open_ages([], as_of=None), InvalidTypeError, "as_of must be a datetime"),
    ):
        with pytest.raises(kind, match=message):
            make()


def test_a_period_that_is_asked_for_twice_stands_once():
    assert len(backlog([], [DAY[0], DAY[0]]).periods) == 1
