"""The status of tickets, against looking at every moment and every minute."""

from datetime import datetime, timedelta, timezone
from functools import cache

import business_oracle
import pytest
import sla_oracle as oracle
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import BusinessCalendar
from cxkit.journey import Journey, Touchpoint
from cxkit.metrics import ClockRule, SlaPolicy, TicketEvents, TicketRules, sla_status

MINUTE = timedelta(minutes=1)
HORIZON = 7 * 24 * 60  # the oracle looks no further
EVENTS = [
    "opened",
    "customer_message",
    "agent_reply",
    "bot_reply",
    "handoff",
    "bot_resolved",
    "paused",
    "resumed",
    "resolved",
    "reopened",
]
METRICS = ["first_response", "next_response", "resolution"]
SPLIT = BusinessCalendar(
    dict.fromkeys(business_oracle.WEEKDAYS, (("08:00", "12:00"), ("13:00", "17:00"))), tz="Europe/Berlin"
)
NOTHING = dict.fromkeys(oracle.PARTS, frozenset())
WORDS = TicketEvents(**{event: Touchpoint.fields.name.contains(f"|{event}|") for event in EVENTS})

# A shift in which lunch, the night and the change of the clocks are near
SPLITS = st.integers(-1440, 2880).map(
    lambda minute: (SPLIT, business_oracle.utc("2026-03-28T12:00Z") + minute * MINUTE)
)
DRAWN = business_oracle.calendars("Europe/Berlin").filter(lambda found: found[0].hours)


def sets(least=0):
    return st.frozensets(st.sampled_from(EVENTS), min_size=least, max_size=2)


@st.composite
def rules(draw):
    """Draw when a clock starts, stops and pauses."""
    pauses = draw(st.booleans())
    return {
        **{part: draw(sets(part in {"start", "stop"})) for part in ("start", "stop", "cancel", "restart", "after")},
        **{part: draw(sets(1)) if pauses else frozenset() for part in ("pause", "resume")},
        "then": draw(st.sampled_from(["done", "idle", "resumes", "continues"])),
    }


@st.composite
def moments(draw, rule):
    """Draw what happens to a ticket, often something that the rule is about, and after how long it was recorded."""
    about = sorted({event for part in oracle.PARTS for event in rule[part]})
    events = st.frozensets(st.sampled_from(about) | st.sampled_from(about) | st.sampled_from(EVENTS), max_size=3)
    begin = draw(events) | draw(st.sampled_from([frozenset(), rule["start"]]))
    minutes = st.integers(0, 20) | st.integers(0, 3000)
    happened = draw(st.lists(st.tuples(minutes, events, st.sampled_from([0, 0, 0, 0, 1, 500])), max_size=7))
    return [(0, begin, 0), *sorted(happened, key=lambda moment: moment[0])]


def ticket_of(moments, start):
    """Write the ticket; each touchpoint is named by what it means."""
    return Journey(
        "T-1",
        [
            Touchpoint(
                f"|{'|'.join(sorted(events))}|",
                start + minute * MINUTE,
                recorded_at=start + (minute + delay) * MINUTE if delay else None,
            )
            for minute, events, delay in moments
        ],
    )


def told(metric, start):
    """Tell of a metric in minutes; no due that lies behind the horizon."""

    def minute(moment):
        return None if moment is None else (moment - start) / MINUTE

    def due(clock):
        return None if clock.due is None or minute(clock.due) > HORIZON else minute(clock.due)

    return {
        "outcome": metric.outcome,
        "measurements": [
            {
                "started": minute(clock.measurement.started),
                "stopped": minute(clock.measurement.stopped),
                "pauses": [(minute(since), minute(until)) for since, until in clock.measurement.pauses],
                "paused_at": minute(clock.measurement.paused_at),
                "outcome": clock.outcome,
                "due": due(clock),
                "left": (clock.target - clock.elapsed) / MINUTE,
            }
            for clock in metric.clocks
        ],
    }


@given(st.data(), SPLITS | DRAWN, rules(), st.integers(1, 60) | st.integers(1, 600), st.sampled_from(METRICS))
def test_a_status_is_that_of_looking_at_every_minute(data, where, rule, target, metric):
    calendar, start = where
    happened = data.draw(moments(rule))
    as_of = data.draw(st.integers(-1, 5000) | st.sampled_from([minute for minute, _, _ in happened]))
    ticket = ticket_of(happened, start)
    clocks = TicketRules(events=WORDS, **{metric: ClockRule(**rule)})
    policy = SlaPolicy(**{metric: target * MINUTE}, calendar=calendar, rules=clocks)

    @cache
    def is_open(minute):
        return business_oracle.is_open(calendar, start + minute * MINUTE)

    def expected(as_of):
        known = [(minute, events) for minute, events, delay in happened if minute + delay <= as_of]
        return oracle.status(known, rule, target, is_open, as_of, HORIZON)

    dues = [one["due"] for one in expected(as_of)["measurements"] if one["due"] is not None]
    for moment in {as_of, *dues, *(due + 1 for due in dues)}:
        now = start + moment * MINUTE
        status = sla_status(ticket, policy, as_of=now)
        found = getattr(status, metric)

        assert told(found, start) == expected(moment)
        assert status.outcome == found.outcome
        assert policy.outcomes(ticket, as_of=now) == {metric: found.outcome}
        assert sla_status(ticket.as_of(now), policy, as_of=now) == status


WEEK = {"monday": [("09:00", "12:00"), ("13:00", "17:00")]}
NINE = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)  # a Monday
OPEN_TO_SOLVED = {
    **NOTHING,
    "start": {"opened"},
    "stop": {"resolved"},
    "cancel": {"bot_resolved"},
    "pause": {"paused"},
    "resume": {"resumed"},
    "restart": {"handoff"},
}


@pytest.mark.parametrize(
    ("events", "then", "as_of", "outcome", "due", "left"),
    [
        pytest.param([(0, "opened")], "done", 180, "pending", 180, 0, id="due as it closes for lunch"),
        pytest.param([(0, "opened")], "done", 181, "missed", 180, 0, id="late, though it is closed"),
        pytest.param([(0, "opened"), (60, "paused")], "done", 400, "paused", None, 120, id="paused with time left"),
        pytest.param([(0, "opened"), (200, "paused")], "done", 400, "missed", 180, 0, id="paused after it was due"),
        pytest.param(
            [(0, "opened"), (60, "paused"), (90, "resumed")], "done", 100, "pending", 270, 110, id="lunch and a pause"
        ),
        pytest.param(
            [(0, "opened"), (60, "resolved"), (300, "opened")], "resumes", 300, "pending", 420, 120, id="resumes"
        ),
        pytest.param(
            [(0, "opened"), (60, "resolved"), (300, "opened")], "continues", 300, "missed", 180, -60, id="continues"
        ),
        pytest.param([(0, "opened"), (240, "resolved")], "done", 999, "missed", 180, 0, id="stopped late"),
        pytest.param([(0, "opened"), (60, "paused"), (470, "resolved")], "done", 999, "hit", None, 120, id="kept"),
        pytest.param(
            [(0, "opened"), (10, "bot_resolved"), (20, "opened")], "done", 20, "pending", 260, 180, id="begun again"
        ),
        pytest.param(
            [(0, "opened"), (10, "bot_resolved handoff"), (20, "opened")], "idle", 20, "pending", 260, 180, id="dropped"
        ),
    ],
)
def test_both_count_as_a_hand_does(events, then, as_of, outcome, due, left):
    calendar = BusinessCalendar(WEEK, tz="UTC")
    known = [(minute, set(names.split())) for minute, names in events]
    rule = {**OPEN_TO_SOLVED, "then": then}
    policy = SlaPolicy(
        resolution=180 * MINUTE, calendar=calendar, rules=TicketRules(events=WORDS, resolution=ClockRule(**rule))
    )
    ticket = ticket_of([(*moment, 0) for moment in known], NINE)

    found = oracle.status(
        known, rule, 180, lambda minute: business_oracle.is_open(calendar, NINE + minute * MINUTE), as_of, HORIZON
    )

    assert found["outcome"] == outcome
    assert [(one["due"], one["left"]) for one in found["measurements"]] == [(due, left)]
    assert told(sla_status(ticket, policy, as_of=NINE + as_of * MINUTE).resolution, NINE) == found
