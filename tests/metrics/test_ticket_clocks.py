"""When the clocks of tickets start, stop and pause, and how help desks differ."""

import json
import pickle
from datetime import timedelta
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ticket_logs import at, ticket

from cxkit.calendar import BusinessCalendar
from cxkit.codec import from_dict, to_dict
from cxkit.errors import CxError, InvalidTypeError, InvalidValueError
from cxkit.journey import Touchpoint
from cxkit.metrics import (
    ClockRule,
    Measurement,
    SlaPolicy,
    TicketEvents,
    TicketRules,
    bot_outcomes,
    open_ages,
    response_times,
    sla_status,
)

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/feedback.json").read_text(encoding="utf-8"))
}
ALWAYS = BusinessCalendar.always()
START_OR_STOP = TicketEvents(customer_message="both", agent_reply="both")
RULE = ClockRule(start="customer_message", stop="agent_reply")
PAUSES = attrs.evolve(RULE, pause="paused", resume="resumed")


def measured(rule, text, events=None, as_of=None):
    """Give what a clock measured, in minutes: started, stopped, pauses, paused since."""
    found = rule.measure((events or TicketEvents()).moments(ticket(text), as_of=as_of))
    return [
        (
            minute(each.started),
            minute(each.stopped),
            [(minute(start), minute(end)) for start, end in each.pauses],
            minute(each.paused_at),
        )
        for each in found
    ]


def minute(moment):
    """Give the minute of a moment."""
    return None if moment is None else (moment - at(0)) // timedelta(minutes=1)


# How a clock walks


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        pytest.param(RULE, "", [], id="nothing happened"),
        pytest.param(RULE, "0 opened, 5 agent_reply", [], id="nothing started it"),
        pytest.param(RULE, "0 customer_message", [(0, None, [], None)], id="open"),
        pytest.param(RULE, "0 customer_message, 5 agent_reply", [(0, 5, [], None)], id="stopped"),
        pytest.param(RULE, "0 customer_message, 0 agent_reply", [(0, 0, [], None)], id="no time is a time"),
        pytest.param(RULE, "0 agent_reply, 3 customer_message", [(3, None, [], None)], id="a stop before the start"),
        pytest.param(RULE, "0 agent_reply, 0 customer_message", [(0, None, [], None)], id="the order of one instant"),
        pytest.param(
            RULE, "0 customer_message, 3 customer_message, 5 agent_reply", [(0, 5, [], None)], id="the oldest"
        ),
        pytest.param(
            RULE, "0 customer_message, 5 agent_reply, 6 customer_message, 9 agent_reply", [(0, 5, [], None)], id="done"
        ),
        pytest.param(RULE, "0 customer_message, 2 resolved, 5 agent_reply", [(0, 5, [], None)], id="other events"),
        pytest.param(
            PAUSES,
            "0 customer_message, 2 paused, 4 resumed, 5 paused, 7 resumed, 9 agent_reply",
            [(0, 9, [(2, 4), (5, 7)], None)],
            id="two pauses",
        ),
        pytest.param(PAUSES, "0 customer_message, 2 paused", [(0, None, [], 2)], id="paused now"),
        pytest.param(
            PAUSES, "0 customer_message, 2 paused, 4 agent_reply", [(0, 4, [(2, 4)], None)], id="stopped while paused"
        ),
        pytest.param(
            PAUSES,
            "0 customer_message, 2 paused, 2 resumed, 3 agent_reply",
            [(0, 3, [], None)],
            id="a pause of no time",
        ),
        pytest.param(
            PAUSES, "0 customer_message, 2 paused, 2 agent_reply", [(0, 2, [], None)], id="paused when it is stopped"
        ),
        pytest.param(
            PAUSES, "0 customer_message, 2 paused, 3 paused, 5 resumed", [(0, None, [(2, 5)], None)], id="paused twice"
        ),
        pytest.param(PAUSES, "0 customer_message, 2 resumed", [(0, None, [], None)], id="resumed though it runs"),
        pytest.param(PAUSES, "0 paused, 1 customer_message", [(1, None, [], None)], id="paused before it starts"),
    ],
)
def test_a_clock_starts_stops_and_pauses(rule, text, expected):
    assert measured(rule, text) == expected


def test_a_touchpoint_that_starts_and_stops_takes_no_time():
    assert measured(RULE, "0 both", START_OR_STOP) == [(0, 0, [], None)]


def test_a_touchpoint_that_stops_and_starts_a_running_clock_stops_it():
    idle = attrs.evolve(RULE, then="idle")
    assert measured(idle, "0 both, 5 customer, 9 both", START_OR_STOP) == [(0, 0, [], None), (9, 9, [], None)]
    events = TicketEvents(agent_reply="answer", customer_message=Touchpoint.fields.name.is_in(["answer", "mail"]))
    assert measured(idle, "0 mail, 5 answer", events) == [(0, 5, [], None)]


CANCELS = attrs.evolve(PAUSES, cancel="resolved", restart="reopened")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("0 customer_message, 5 resolved", [], id="cancelled"),
        pytest.param("0 customer_message, 3 paused, 5 resolved", [], id="cancelled while paused"),
        pytest.param("0 customer_message, 5 resolved, 7 agent_reply", [], id="nothing is left to stop"),
        pytest.param(
            "0 customer_message, 5 resolved, 7 customer_message", [(7, None, [], None)], id="as if it never was"
        ),
        pytest.param("0 customer_message, 5 agent_reply, 6 resolved", [(0, 5, [], None)], id="what is over stays"),
        pytest.param("0 customer_message, 5 reopened, 9 agent_reply", [(5, 9, [], None)], id="begun anew"),
        pytest.param(
            "0 customer_message, 1 paused, 2 resumed, 3 paused, 5 reopened",
            [(5, None, [], None)],
            id="pauses forgotten",
        ),
        pytest.param("5 reopened", [], id="what does not run is not begun anew"),
        pytest.param(
            "0 customer_message, 5 agent_reply, 6 reopened", [(0, 5, [], None)], id="what is over is not, either"
        ),
    ],
)
def test_a_clock_is_cancelled_and_begins_anew(text, expected):
    assert measured(CANCELS, text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("stop", [(0, 5, [], None)]),
        ("cancel", []),
        ("restart", [(5, None, [], None)]),
        ("pause", [(0, None, [], 5)]),
    ],
)
def test_the_first_that_applies_is_what_a_moment_does(name, expected):
    order = ("stop", "cancel", "restart", "pause")
    same = order[order.index(name) :]
    rule = ClockRule(start="opened", **{"stop": "agent_reply", "resume": "resumed", **dict.fromkeys(same, "handoff")})
    assert measured(rule if "pause" in same else attrs.evolve(rule, pause="paused"), "0 opened, 5 handoff") == expected


def test_a_pause_and_a_resumption_take_turns_where_one_event_is_both():
    rule = ClockRule(start="opened", stop="resolved", pause="handoff", resume="handoff")
    text = "0 opened, 1 handoff, 4 handoff, 6 handoff"
    assert measured(rule, text) == [(0, None, [(1, 4)], 6)]


def test_a_clock_waits_for_an_earlier_touchpoint():
    rule = attrs.evolve(RULE, after="handoff")
    assert measured(rule, "0 customer_message, 1 agent_reply") == []
    assert measured(rule, "0 customer_message, 1 handoff, 2 agent_reply, 3 customer_message") == [(3, None, [], None)]
    both = TicketEvents(handoff="both", customer_message="both")
    assert measured(rule, "0 both", both) == []
    assert measured(rule, "0 both, 1 both", both) == [(1, None, [], None)]


# What a clock does once it has stopped


@pytest.mark.parametrize(
    ("then", "text", "expected"),
    [
        ("idle", "0 opened, 5 resolved, 7 opened, 8 opened, 9 resolved", [(0, 5, [], None), (7, 9, [], None)]),
        ("idle", "0 opened, 5 resolved, 7 opened", [(0, 5, [], None), (7, None, [], None)]),
        ("idle", "0 opened, 5 resolved, 6 opened, 7 handoff", [(0, 5, [], None)]),
        ("resumes", "0 opened, 5 resolved", [(0, 5, [], None)]),
        ("resumes", "0 opened, 5 resolved, 7 resolved", [(0, 5, [], None)]),
        ("resumes", "0 opened, 5 resolved, 7 opened", [(0, None, [(5, 7)], None)]),
        ("resumes", "0 opened, 5 resolved, 5 opened, 6 resolved", [(0, 6, [], None)]),
        ("resumes", "0 opened, 5 resolved, 7 opened, 9 resolved", [(0, 9, [(5, 7)], None)]),
        ("resumes", "0 opened, 3 paused, 5 resolved, 7 opened", [(0, None, [(3, 5), (5, 7)], None)]),
        ("resumes", "0 opened, 5 resolved, 7 opened, 8 paused", [(0, None, [(5, 7)], 8)]),
        ("resumes", "0 opened, 5 resolved, 6 paused, 7 opened", [(0, None, [(5, 7)], None)]),
        ("resumes", "0 opened, 5 resolved, 7 opened, 8 handoff", []),
        ("resumes", "0 opened, 5 resolved, 7 opened, 8 handoff, 9 opened", [(9, None, [], None)]),
        ("continues", "0 opened, 5 resolved, 7 opened", [(0, None, [], None)]),
        ("continues", "0 opened, 5 resolved, 7 opened, 9 resolved", [(0, 9, [], None)]),
        ("continues", "0 opened, 3 paused, 5 resolved, 7 opened, 9 resolved", [(0, 9, [(3, 5)], None)]),
    ],
)
def test_a_clock_that_has_stopped_may_go_on(then, text, expected):
    rule = ClockRule(start="opened", stop="resolved", cancel="handoff", pause="paused", resume="resumed", then=then)
    assert measured(rule, text) == expected


@pytest.mark.parametrize(("then", "pauses"), [("resumes", [(5, 7)]), ("continues", [])])
def test_what_goes_on_and_stops_in_one_touchpoint_stops_then(then, pauses):
    rule = ClockRule(start="customer_message", stop="agent_reply", then=then)
    assert measured(rule, "0 both, 5 both, 7 both", START_OR_STOP)[0][:2] == (0, 7)
    events = TicketEvents(customer_message=Touchpoint.fields.name.is_in(["mail", "both"]), agent_reply="both")
    assert measured(rule, "0 mail, 5 both, 7 both", events) == [(0, 7, pauses, None)]


# What was known


def test_what_became_known_late_changes_what_was_measured():
    text = "0 customer_message, 5>20 agent_reply, 9 resolved"
    assert measured(RULE, text, as_of=at(19)) == [(0, None, [], None)]
    assert measured(RULE, text, as_of=at(20)) == [(0, 5, [], None)]
    assert measured(RULE, text) == [(0, 5, [], None)]


# Measurements


def test_a_measurement_takes_business_time():
    office = BusinessCalendar.weekdays("09:00", "10:00", tz="UTC")
    closed = Measurement(at(30), at(24 * 60 + 30), ((at(40), at(50)),))
    assert closed.elapsed(office) == timedelta(minutes=50)
    assert closed.elapsed(office, as_of=at(35)) == timedelta(minutes=50)
    assert Measurement(at(30), at(30)).elapsed(office) == timedelta(0)


def test_an_open_measurement_takes_until_a_moment():
    assert Measurement(at(0)).elapsed(ALWAYS, as_of=at(7)) == timedelta(minutes=7)
    paused = Measurement(at(0), None, ((at(1), at(3)),), at(6))
    assert paused.elapsed(ALWAYS, as_of=at(6)) == paused.elapsed(ALWAYS, as_of=at(60)) == timedelta(minutes=4)


def test_an_open_measurement_needs_a_moment_after_what_is_known():
    with pytest.raises(InvalidValueError, match="has not ended; say up to when with as_of="):
        Measurement(at(0)).elapsed(ALWAYS)
    with pytest.raises(InvalidValueError, match="as_of must not be before"):
        Measurement(at(5)).elapsed(ALWAYS, as_of=at(4))
    with pytest.raises(InvalidValueError, match="as_of must not be before"):
        Measurement(at(0), None, (), at(5)).elapsed(ALWAYS, as_of=at(4))


def test_a_measurement_knows_what_ended_it():
    moments = TicketEvents().moments(ticket("0 customer_message, 5 agent_reply", actor="eve"))
    [found] = RULE.measure(moments)
    assert found.answer.actor == "eve"
    assert found == Measurement(at(0), at(5))
    assert (found.is_open, Measurement(at(0)).is_open) == (False, True)


# Rules as values


def test_events_are_kept_in_their_order_and_once():
    rule = ClockRule(start=["reopened", "opened", "reopened"], stop="resolved")
    assert rule == ClockRule(start=("opened", "reopened"), stop=["resolved"])
    assert rule.start == ("opened", "reopened")
    assert eval(repr(rule)) == rule  # noqa: S307 - our own


@pytest.mark.parametrize("rule", [RULE, CANCELS, attrs.evolve(RULE, then="continues", after="handoff")])
def test_rules_are_stored(rule):
    assert from_dict(to_dict(rule), ClockRule) == rule
    assert pickle.loads(pickle.dumps(rule)) == rule  # noqa: S301 - our own
    rules = TicketRules(events=TicketEvents(opened="mail"), resolution=rule)
    assert from_dict(to_dict(rules), TicketRules) == rules


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"start": "open"}, "a ticket event must be one of 'opened', 'customer_message'"),
        ({"start": ()}, "a clock must have events that start it"),
        ({"stop": []}, "a clock must have events that stop it"),
        ({"start": 3}, "expected a list of ticket events, got 3"),
        ({"pause": "paused"}, "a clock that pauses must resume"),
        ({"resume": "resumed"}, "a clock that pauses must resume"),
        ({"then": "stops"}, "then must be one of 'done', 'idle'"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(given, message):
    with pytest.raises(CxError, match=message):
        ClockRule(**{"start": "opened", "stop": "resolved", **given})


def test_a_clock_reads_moments_of_tickets():
    with pytest.raises(InvalidTypeError, match=r"expected what TicketEvents.moments\(ticket\) gives"):
        RULE.measure(ticket("0 customer_message"))
    with pytest.raises(InvalidTypeError, match="expected the moments of a ticket"):
        RULE.measure(None)


def test_ticket_rules_are_made_of_clocks_and_events():
    with pytest.raises(InvalidTypeError, match="events must be TicketEvents"):
        TicketRules(events="opened")
    with pytest.raises(InvalidTypeError, match="events must be TicketEvents, got None"):
        TicketRules(events=None)
    with pytest.raises(InvalidTypeError, match="events must be TicketEvents, got 0"):
        TicketRules.intercom_like(events=0)
    with pytest.raises(InvalidTypeError, match="next_response must be a ClockRule"):
        TicketRules(next_response=None)
    with pytest.raises(InvalidValueError, match="metric must be one of 'first_response'"):
        TicketRules().measurements(ticket("0 opened"), "frt")
    with pytest.raises(InvalidValueError, match="resolution must be one of 'requester_wait_time'"):
        TicketRules.zendesk_like(resolution="total")
    with pytest.raises(InvalidValueError, match="resolution must be one of 'first', 'total'"):
        TicketRules.plain_like(resolution="last")


# What help desks mean

PRESETS = {
    "default": TicketRules(),
    "zendesk": TicketRules.zendesk_like(),
    "zendesk total": TicketRules.zendesk_like(resolution="total_resolution_time"),
    "zendesk full": TicketRules.zendesk_like(resolution="full_resolution_time"),
    "intercom": TicketRules.intercom_like(),
    "chatwoot": TicketRules.chatwoot_like(),
    "zammad": TicketRules.zammad_like(),
    "plain": TicketRules.plain_like(),
    "plain first": TicketRules.plain_like(resolution="first"),
}


def times(rules, metric, text):
    """Give the minutes that each measurement took, and `None` for what is open."""
    found = rules.measurements(ticket(text), metric)
    return [None if each.is_open else each.elapsed(ALWAYS) // timedelta(minutes=1) for each in found]


@pytest.mark.parametrize("name", PRESETS)
def test_a_bot_stops_no_clock_in_any_system(name):
    found = CASES["feedback-207"]
    names = {"customer": "customer_message", "bot": "bot_reply", "agent": "agent_reply"}
    text = ", ".join(f"{int(clock[3:])} {names[who]}" for who, clock in found["input"]["messages"])
    assert times(PRESETS[name], "first_response", text) == [found["expected"]["frt_min"]]


@pytest.mark.parametrize("name", [f"feedback-{number}" for number in range(200, 206)])
def test_the_clock_of_chatwoot_starts_at_the_latest_opening_or_handover(name):
    found = CASES[name]
    names = {"bot_handoff": "handoff", "bot_resolved": "bot_resolved", "resolved": "resolved", "opened": "reopened"}
    now = 10 * 24 * 60
    created = 2 * 24 * 60
    parts = [f"{created} opened", *(f"{now + minutes(when)} {names[what]}" for what, when in found["input"]["events"])]
    expected = found["expected"]["clock_start"]
    start = created if expected == "created" else now + minutes(expected)

    [measured] = PRESETS["chatwoot"].measurements(ticket(", ".join([*parts, f"{now} agent_reply"])), "first_response")
    assert (measured.started, measured.stopped) == (at(start), at(now))


def minutes(text):
    """Read a length such as `"-5d+5m"`."""
    units = {"m": 1, "h": 60, "d": 24 * 60}
    return sum(int(part[:-1]) * units[part[-1]] for part in text.replace("+", " +").split())


@pytest.mark.parametrize(
    ("names", "metric", "text", "expected"),
    [
        # opened by an agent, who writes first: no customer waits until one writes
        ("intercom, plain, plain first", "first_response", "0 agent_reply, 5 customer_message, 9 agent_reply", [4]),
        ("zendesk, zammad, chatwoot, default", "first_response", "0 opened, 5 customer_message, 9 agent_reply", [9]),
        ("intercom, plain", "first_response", "0 opened, 5 customer_message, 9 agent_reply", [4]),
        # no opening
        ("zendesk, zammad, chatwoot, default", "first_response", "5 customer_message, 9 agent_reply", [4]),
        # resolved without a reply
        ("zendesk, plain, zammad", "first_response", "0 customer_message, 5 resolved", [None]),
        ("intercom, chatwoot, default", "first_response", "0 customer_message, 5 resolved", []),
        ("zammad", "first_response", "0 opened, 5 resolved, 8 reopened, 9 agent_reply", [6]),
        ("zendesk, plain", "first_response", "0 customer_message, 5 resolved, 8 reopened, 9 agent_reply", [9]),
        ("chatwoot, default", "first_response", "0 opened, 5 resolved, 8 reopened, 9 agent_reply", [1]),
        ("intercom", "first_response", "0 customer_message, 5 resolved, 8 reopened, 9 agent_reply", []),
        # pauses
        ("zammad", "first_response", "0 opened, 2 paused, 5 resumed, 9 agent_reply", [6]),
        ("zendesk, chatwoot, default", "first_response", "0 opened, 2 paused, 5 resumed, 9 agent_reply", [9]),
        # the bot
        ("chatwoot", "first_response", "0 opened, 1 bot_reply, 4 handoff, 9 agent_reply", [5]),
        ("zendesk, zammad, default", "first_response", "0 opened, 1 bot_reply, 4 handoff, 9 agent_reply", [9]),
        # resolved by the bot
        ("default, zendesk, intercom, plain", "first_response", "0 customer_message, 2 bot_resolved", []),
        ("chatwoot", "first_response", "0 opened, 2 bot_resolved, 2 resolved", []),
        ("chatwoot", "first_response", "0 opened, 2 resolved, 2 bot_resolved", []),
        ("chatwoot", "first_response", "0 opened, 2 bot_resolved, 9 agent_reply", [7]),
        ("zammad", "first_response", "0 opened, 2 bot_resolved, 5 reopened, 9 agent_reply", [6]),
        ("zammad", "first_response", "0 opened, 2 bot_resolved, 5 handoff, 9 agent_reply", [6]),
        (
            "default, zendesk, intercom, plain, chatwoot",
            "first_response",
            "0 customer_message, 2 bot_resolved, 5 handoff, 9 agent_reply",
            [4],
        ),
        (
            "default, zendesk, intercom, plain",
            "first_response",
            "0 customer_message, 2 bot_resolved, 5 customer_message, 9 agent_reply",
            [4],
        ),
        ("default, zendesk", "first_response", "0 opened, 2 bot_resolved, 5 reopened, 9 agent_reply", [4]),
        (
            "default, zendesk, intercom, plain, chatwoot",
            "next_response",
            "0 agent_reply, 4 customer_message, 6 bot_resolved",
            [],
        ),
        ("zammad", "next_response", "4 customer_message, 6 bot_resolved, 7 reopened, 9 agent_reply", [4]),
        (", ".join(PRESETS), "resolution", "0 customer_message, 2 bot_resolved", [2]),
        (", ".join(PRESETS), "resolution", "0 customer_message, 2 bot_resolved, 4 resolved", [2]),
        (
            "default, zendesk, zendesk total",
            "resolution",
            "0 customer_message, 2 bot_resolved, 5 handoff, 9 resolved",
            [6],
        ),
        ("zendesk full, plain", "resolution", "0 customer_message, 2 bot_resolved, 5 handoff, 9 resolved", [9]),
        (
            "intercom, chatwoot, zammad, plain first",
            "resolution",
            "0 customer_message, 2 bot_resolved, 5 handoff, 9 resolved",
            [2],
        ),
        # the next response
        ("zammad", "next_response", "0 customer_message, 3 agent_reply, 4 customer_message, 9 agent_reply", [3, 5]),
        (
            "zendesk, intercom, chatwoot, plain, default",
            "next_response",
            "0 customer_message, 3 agent_reply, 4 customer_message, 6 customer_message, 9 agent_reply",
            [5],
        ),
        (
            "zendesk, intercom, chatwoot, plain, default",
            "next_response",
            "0 agent_reply, 4 customer_message, 6 resolved",
            [],
        ),
        ("zammad", "next_response", "4 customer_message, 6 resolved, 7 reopened, 9 agent_reply", [4]),
        # the resolution
        ("zendesk, default", "resolution", "0 opened, 2 paused, 5 resumed, 9 resolved", [6]),
        ("zammad, plain, plain first", "resolution", "0 customer_message, 2 paused, 5 resumed, 9 resolved", [6]),
        ("zendesk total, zendesk full, chatwoot", "resolution", "0 opened, 2 paused, 5 resumed, 9 resolved", [9]),
        ("intercom", "resolution", "0 customer_message, 2 paused, 5 resumed, 9 resolved", [9]),
        ("zendesk, zendesk total, default", "resolution", "0 opened, 3 resolved, 5 reopened, 9 resolved", [7]),
        ("zendesk full", "resolution", "0 opened, 3 resolved, 5 reopened, 9 resolved", [9]),
        ("plain", "resolution", "0 customer_message, 3 resolved, 5 reopened, 9 resolved", [9]),
        (
            "intercom, chatwoot, zammad, plain first",
            "resolution",
            "0 customer_message, 3 resolved, 5 reopened, 9 resolved",
            [3],
        ),
        ("zendesk, default, plain", "resolution", "0 customer_message, 3 resolved, 5 reopened", [None]),
        # opened again without having been resolved: nothing changes
        ("zendesk, default, zendesk full", "resolution", "0 opened, 5 reopened, 9 resolved", [9]),
        ("zendesk, default", "resolution", "5 reopened, 9 resolved", [4]),
        ("chatwoot, zammad, intercom", "resolution", "5 reopened, 9 resolved", []),
    ],
)
def test_help_desks_differ(names, metric, text, expected):
    found = {name: times(PRESETS[name], metric, text) for name in names.split(", ")}
    assert found == dict.fromkeys(found, expected)


@pytest.mark.parametrize("name", PRESETS)
def test_what_the_bot_resolved_is_missed_in_no_system(name):
    chat = ticket("0 opened, 0 customer_message, 1 bot_reply, 2 bot_resolved, 2 resolved")
    minute = timedelta(minutes=1)
    policy = SlaPolicy(
        first_response=5 * minute,
        next_response=5 * minute,
        resolution=5 * minute,
        calendar=ALWAYS,
        rules=PRESETS[name],
    )
    status = sla_status(chat, policy, as_of=at(10_000))

    assert bot_outcomes([chat]).contained == 1
    assert status.resolution.outcome == "hit"
    assert (status.first_response.outcome, status.next_response.outcome) == (
        ("paused", "paused") if name == "zammad" else ("not_applicable", "not_applicable")
    )


@given(
    st.lists(st.sampled_from(["bot_reply", "handoff", "bot_resolved", "resolved", "reopened", "agent_reply", "note"]))
)
def test_what_is_open_waits_and_what_is_not_does_not(names):
    text = ", ".join(f"{minute} {name}" for minute, name in enumerate(["opened", *names]))
    log = [ticket(text)]
    times = response_times(log, calendar=ALWAYS)

    assert times.unresolved == open_ages(log, as_of=at(100)).count
    assert times.unanswered + times.waiting <= times.unresolved


@pytest.mark.parametrize("name", ["zendesk_like", "intercom_like", "chatwoot_like", "zammad_like", "plain_like"])
def test_presets_take_the_words_of_the_host(name):
    events = TicketEvents(agent_reply="mail sent")
    assert getattr(TicketRules, name)(events=events).events is events
    assert getattr(TicketRules, name)().events == TicketEvents()
