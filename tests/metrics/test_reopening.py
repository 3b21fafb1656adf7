"""Reopening: which resolutions did not last."""

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import days
from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Journey, Touchpoint
from cxkit.metrics import Reopening, TicketEvents, reopen_rate

START = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
OUTCOMES = ("reopened", "kept", "pending", "unresolved")
NAMES = ("opened", "customer_message", "resolved", "bot_resolved", "reopened", "handoff", "note")


def hour(number):
    return START + number * HOUR


def ticket(*moments, name="T-1"):
    return Journey(name, [Touchpoint(what, hour(at), recorded_at=hour(at + late)) for at, what, late in moments])


def outcome(moments, within=None, as_of=None):
    """The outcome of one ticket, given as `"0 opened, 2 resolved"`."""
    parts = [part.split() for part in moments.split(",") if part]
    log = [ticket(*((int(at), what, 0) for at, what in parts))]
    found = reopen_rate(
        log, within=None if within is None else within * HOUR, as_of=None if as_of is None else hour(as_of)
    )
    assert found.tickets <= 1
    return next((name for name in OUTCOMES if getattr(found, name)), None)


@pytest.mark.parametrize(
    ("moments", "within", "as_of", "expected"),
    [
        ("0 opened,2 resolved", None, None, "kept"),
        ("0 opened,2 resolved,9 reopened", None, None, "reopened"),
        ("0 opened,2 resolved,9 reopened", None, 8, "kept"),
        ("0 opened,2 bot_resolved,3 handoff", None, None, "reopened"),
        ("0 opened,2 resolved,3 opened", None, None, "reopened"),
        ("0 opened,2 resolved,3 customer_message", None, None, "kept"),
        ("0 opened,1 reopened,2 resolved", None, None, "kept"),  # it was open
        ("0 opened", None, None, "unresolved"),
        ("0 customer_message", None, None, "unresolved"),
        ("0 customer_message,2 resolved", None, None, "kept"),
        ("0 note", None, None, None),
        ("", None, None, None),
        ("0 opened,2 resolved,5 reopened", 4, None, "reopened"),
        ("0 opened,2 resolved,6 reopened", 4, None, "kept"),  # the end of the time is excluded
        ("0 opened,2 resolved", 4, 5, "pending"),
        ("0 opened,2 resolved", 4, 6, "kept"),
        ("0 opened,2 resolved,7 reopened,8 resolved", 4, 11, "pending"),
        ("0 opened,2 resolved,7 reopened,8 resolved", 4, 12, "kept"),
        ("0 opened,2 resolved,7 reopened,8 resolved,9 reopened", 4, 12, "reopened"),
        ("0 opened,2 resolved,7 reopened", 4, 8, "kept"),
    ],
)
def test_a_ticket_is_reopened_where_a_resolution_did_not_last(moments, within, as_of, expected):
    assert outcome(moments, within, as_of) == expected


def test_the_rate_is_of_the_resolved_tickets_without_time_left():
    found = Reopening(reopened=1, kept=3, pending=5, unresolved=7)

    assert (found.rate.count, found.rate.total, found.rate.value) == (1, 4, 0.25)
    assert (found.rate.name, found.rate.unit) == ("reopen rate", "resolved tickets")
    assert not Reopening(pending=1).rate.is_defined


def test_the_events_of_the_host_say_what_is_resolved():
    log = [Journey("T-1", [Touchpoint("open", hour(0)), Touchpoint("closed", hour(1)), Touchpoint("open", hour(2))])]

    assert reopen_rate(log, events=TicketEvents(opened="open", resolved="closed")).reopened == 1
    assert reopen_rate(log).tickets == 0


MOMENTS = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(NAMES), st.sampled_from([0, 0, 3])), max_size=6)


@given(st.lists(MOMENTS, max_size=4), st.integers(0, 14), st.sampled_from([None, 2 * HOUR, days(1)]))
def test_nothing_later_counts_and_tallies_of_parts_add(drawn, now, within):
    log = [ticket(*moments, name=f"T-{place}") for place, moments in enumerate(drawn)]
    found = reopen_rate(log, within=within, as_of=hour(now))

    assert found == reopen_rate([each.as_of(hour(now)) for each in log], within=within, as_of=hour(now))
    parts = [reopen_rate(part, within=within, as_of=hour(now)) for part in (log[:2], log[2:])]
    assert sum(parts, start=Reopening()) == found
    known = [each.as_of(hour(now)).filter(~(Touchpoint.fields.name == "note")) for each in log]
    assert found.tickets == sum(bool(each) for each in known)


COUNTS = st.builds(lambda *counts: Reopening(**dict(zip(OUTCOMES, counts, strict=True))), *[st.integers(0, 9)] * 4)


@given(COUNTS, COUNTS, COUNTS)
def test_tallies_add(one, two, three):
    assert (one + two) + three == one + (two + three)
    assert one + Reopening() == Reopening() + one == one
    assert (one + two).rate == one.rate + two.rate or not (one + two).rate.total


def test_tallies_of_one_time_add_and_nothing_adds_to_any():
    one, other = Reopening(within=HOUR, reopened=1, pending=2), Reopening(within=HOUR, reopened=3, kept=4)

    assert one + other == Reopening(within=HOUR, reopened=4, kept=4, pending=2)
    assert one + Reopening() == Reopening() + one == one


def test_tallies_of_two_times_do_not_add():
    with pytest.raises(InvalidValueError, match="counted by two rules"):
        _ = Reopening(within=HOUR, kept=1) + Reopening(kept=1)


def test_a_tally_is_stored_and_printed():
    tally = Reopening(within=days(7), reopened=1, kept=3)

    assert from_dict(json.loads(json.dumps(to_dict(tally))), Reopening) == tally
    assert str(tally).splitlines()[1] == "reopened          1   0.25"
    assert tally.chart()["title"] == "Reopened tickets"


def test_what_makes_no_sense_is_refused():
    for make, kind, message in (
        (lambda: Reopening(within=3), InvalidTypeError, "within must be a timedelta"),
        (lambda: Reopening(kept=-1), InvalidValueError, "kept must be at least 0"),
        (lambda: reopen_rate([], within=3), InvalidTypeError, "within must be a timedelta"),
        (lambda: reopen_rate([], events=3), InvalidTypeError, "events must be TicketEvents, got 3"),
        (lambda: reopen_rate(["T-1"]), InvalidTypeError, "expected a Journey"),
    ):
        with pytest.raises(kind, match=message):
            make()
