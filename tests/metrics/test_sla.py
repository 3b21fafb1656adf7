"""What became of promises: when they are due, kept, broken, or on hold."""

import json
import pickle
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import attrs
import pytest
from ticket_logs import at, ticket

from cxkit.answers import Reason
from cxkit.calendar import BusinessCalendar, days, hours
from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError, InvalidValueError, NaiveDatetimeError
from cxkit.journey import Journey, Touchpoint
from cxkit.metrics import ClockRule, Measurement, SlaMetric, SlaPolicy, TicketRules, sla_status

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/feedback.json").read_text(encoding="utf-8"))
}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ALWAYS = BusinessCalendar.always()
OFFICE = BusinessCalendar.weekdays("09:00", "10:00", tz="UTC")  # an hour a day: a day later is 1440 minutes later
DAY = 1440
MINUTE = timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)
TEN = SlaPolicy(first_response=10 * MINUTE, calendar=ALWAYS)
PAUSED = SlaPolicy(resolution=10 * MINUTE, calendar=ALWAYS)
REPLIES = SlaPolicy(next_response=10 * MINUTE, calendar=ALWAYS)


def moment(text):
    """Read a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def calendar_of(case):
    """Build the calendar of a case."""
    given = case["input"]["calendar"]
    names = {day[:3]: day for day in DAYS}
    return BusinessCalendar(
        {names[day]: periods for day, periods in given["hours"].items()},
        tz=given["tz"],
        holidays=map(date.fromisoformat, given.get("holidays", ())),
    )


# The answers of other systems


@pytest.mark.parametrize("name", ["feedback-160", "feedback-161"])
def test_a_first_response_is_in_time_or_breached_as_in_zammad(name):
    given, expected = CASES[name]["input"], CASES[name]["expected"]
    policy = SlaPolicy(
        first_response=given["target_min"] * MINUTE, calendar=calendar_of(CASES[name]), rules=TicketRules.zammad_like()
    )
    touchpoints = [
        Touchpoint("opened", moment(given["created"])),
        Touchpoint("agent_reply", moment(given["first_response"])),
    ]
    found = policy.explain(Journey("T", touchpoints), as_of=moment("2013-04-01")).first_response

    assert found.outcome == ("missed" if expected["breached"] else "hit")
    assert found.elapsed == expected["in_min"] * MINUTE
    assert found.overdue_by == (-expected["diff_min"] * MINUTE if expected["breached"] else None)


SETTLED = {"feedback-163": moment("2013-06-04T16:00"), "feedback-171": moment("2016-11-09T09:26:36")}


@pytest.mark.parametrize("name", ["feedback-159", "feedback-163", "feedback-169", "feedback-171"])
def test_a_solution_is_due_as_in_zammad_but_at_the_closing_instant_and_to_the_second(name):
    given = CASES[name]["input"]
    touchpoints = [Touchpoint("opened", start := moment(given["start"]))]
    for begun, ended in given.get("pauses", ()):
        touchpoints += [Touchpoint("paused", moment(begun)), Touchpoint("resumed", moment(ended))]
    policy = SlaPolicy(
        resolution=timedelta(seconds=given["seconds"]),
        calendar=calendar_of(CASES[name]),
        rules=TicketRules.zammad_like(),
    )
    due = SETTLED.get(name) or moment(CASES[name]["expected"]["at"])

    found = policy.explain(Journey("T", touchpoints), as_of=max(each.at for each in touchpoints)).resolution
    assert (found.outcome, found.due) == ("pending", due)
    assert due > start


def test_a_budget_used_up_at_closing_is_in_time_then_and_missed_when_it_opens_again():
    case = CASES["feedback-163"]
    opened = Touchpoint("opened", moment(case["input"]["start"]))
    waits = zip(("paused", "resumed"), map(moment, case["input"]["pauses"][0]), strict=True)
    policy = SlaPolicy(resolution=hours(2), calendar=calendar_of(case), rules=TicketRules.zammad_like())

    def resolved(when):
        touchpoints = [opened, *(Touchpoint(*wait) for wait in waits_of), Touchpoint("resolved", when)]
        return policy.explain(Journey("T", touchpoints), as_of=moment("2013-07-01")).resolution

    waits_of = list(waits)
    assert resolved(moment("2013-06-04T16:00")).outcome == "hit"
    late = resolved(moment(case["expected"]["at"]))
    assert (late.outcome, late.elapsed, late.overdue_by) == ("missed", timedelta(hours=2), timedelta(0))


def test_a_close_with_a_pause_takes_what_it_takes_in_zammad():
    case = CASES["feedback-165"]
    given = case["input"]
    [(begun, ended)] = given["pauses"]
    names = {"opened": given["start"], "paused": begun, "resumed": ended, "resolved": given["end"]}
    journey = Journey("T", [Touchpoint(name, moment(when)) for name, when in names.items()])
    policy = SlaPolicy(resolution=250 * MINUTE, calendar=calendar_of(case), rules=TicketRules.zammad_like())

    found = policy.explain(journey, as_of=moment("2013-07-01")).resolution
    assert (found.outcome, found.elapsed) == ("hit", timedelta(seconds=case["expected"]["seconds"]))


def test_a_hold_outside_of_business_hours_moves_no_deadline():
    case = CASES["feedback-199"]
    given = case["input"]
    names = {"opened": given["created"], "paused": given["on_hold"], "resumed": given["resumed"]}
    journey = Journey("T", [Touchpoint(name, moment(when)) for name, when in names.items()])
    office = BusinessCalendar.weekdays("10:00", "18:00", tz="UTC")
    policy = SlaPolicy(resolution=hours(given["target_h"]), calendar=office)

    assert policy.explain(journey, as_of=moment(given["resumed"])).resolution.due == moment(
        case["expected"]["business_time_due"]
    )


def test_a_late_first_reply_stays_a_miss():
    given, expected = CASES["feedback-210"]["input"], CASES["feedback-210"]["expected"]
    due, reply = (int(given[what][3:]) for what in ("due", "first_reply"))
    found = sla_status(ticket(f"{due - 10} opened, {due + reply} agent_reply"), TEN, as_of=at(500)).first_response

    assert (found.due, found.at, found.outcome) == (at(due), at(due + reply), expected["frt"])
    assert sla_status(ticket(f"{due - 10} opened, {due} agent_reply"), TEN, as_of=at(500)).outcome == "hit"


# What becomes of one promise


@pytest.mark.parametrize(
    ("text", "now", "outcome"),
    [
        ("0 opened", 9, "pending"),
        ("0 opened", 10, "pending"),
        ("0 opened", 11, "missed"),
        ("0 opened, 10 agent_reply", 10, "hit"),
        ("0 opened, 10 agent_reply", 500, "hit"),
        ("0 opened, 11 agent_reply", 11, "missed"),
        ("0 opened, 0 agent_reply", 0, "hit"),
        ("0 agent_reply", 500, "not_applicable"),
        ("", 500, "not_applicable"),
        ("5 opened", 4, "not_applicable"),
        ("0 opened, 5>20 agent_reply", 19, "missed"),
        ("0 opened, 5>20 agent_reply", 20, "hit"),
    ],
)
def test_a_first_response_is_pending_hit_or_missed(text, now, outcome):
    status = sla_status(ticket(text), TEN, as_of=at(now))
    assert (status.outcome, status.first_response.outcome) == (outcome, outcome)


def test_what_is_pending_says_when_it_is_due_and_what_is_left():
    status = TEN.explain(ticket("0 opened"), as_of=at(4))
    found = status.first_response
    assert (found.due, found.at, found.elapsed, found.left, found.overdue_by) == (
        at(10),
        None,
        4 * MINUTE,
        6 * MINUTE,
        None,
    )
    assert status.retry_at == at(10) + MICROSECOND
    assert status.reasons == (Reason("first_response_pending", None, at(10)),)
    assert TEN.explain(ticket("0 opened"), as_of=status.retry_at - MICROSECOND).outcome == "pending"
    assert TEN.explain(ticket("0 opened"), as_of=status.retry_at).outcome == "missed"


def test_what_is_missed_says_by_how_much():
    status = TEN.explain(ticket("0 opened, 25 agent_reply"), as_of=at(60))
    found = status.first_response
    assert (found.due, found.at, found.elapsed, found.left, found.overdue_by) == (
        at(10),
        at(25),
        25 * MINUTE,
        None,
        15 * MINUTE,
    )
    assert (status.retry_at, status.reason) == (None, "first_response_missed")
    assert TEN.explain(ticket("0 opened"), as_of=at(60)).first_response.overdue_by == 50 * MINUTE


def test_what_is_hit_keeps_its_times():
    status = TEN.explain(ticket("0 opened, 0 agent_reply"), as_of=at(60))
    found = status.first_response
    assert (found.elapsed, found.at, found.left, found.overdue_by) == (timedelta(0), at(0), None, None)
    assert (status.retry_at, status.reasons) == (None, (Reason("first_response_hit", at(0), at(10)),))


def test_what_does_not_apply_has_no_times():
    status = TEN.explain(ticket(""), as_of=at(60))
    found = status.first_response
    assert (found.due, found.at, found.elapsed, found.left, found.overdue_by) == (None,) * 5
    assert (status.reasons, status.retry_at) == ((Reason("not_applicable"),), None)
    assert status.resolution == SlaMetric("resolution")


def test_business_hours_decide_when_it_is_due():
    policy = attrs.evolve(TEN, calendar=OFFICE)
    assert policy.explain(ticket("55 opened"), as_of=at(56)).first_response.due == at(DAY + 5)
    at_closing = policy.explain(ticket("50 opened"), as_of=at(60)).first_response
    assert (at_closing.outcome, at_closing.due, at_closing.left) == ("pending", at(60), timedelta(0))
    after = policy.explain(ticket("50 opened"), as_of=at(61)).first_response
    assert (after.outcome, after.overdue_by) == ("missed", timedelta(0))


# Pauses


@pytest.mark.parametrize(
    ("text", "now", "outcome", "due", "left"),
    [
        ("0 opened, 4 paused", 100, "paused", None, 6),
        ("0 opened, 4 paused, 50 resumed", 51, "pending", 56, 5),
        ("0 opened, 4 paused, 50 resumed", 57, "missed", 56, None),
        ("0 opened, 4 paused, 50 resolved", 99, "hit", 56, None),
        ("0 opened, 4 paused, 50 resumed, 56 resolved", 99, "hit", 56, None),
        ("0 opened, 4 paused, 50 resumed, 57 resolved", 99, "missed", 56, None),
        ("0 opened, 12 paused", 99, "missed", 10, None),
        ("0 opened, 12 paused, 90 resumed, 91 resolved", 99, "missed", 10, None),
        # used up exactly when it is paused
        ("0 opened, 10 paused", 10, "pending", 10, 0),
        ("0 opened, 10 paused", 11, "missed", 10, None),
        ("0 opened, 10 paused, 11 resolved", 11, "missed", 10, None),
        ("0 opened, 10 paused, 10 resolved", 11, "hit", 10, None),
        # opened again: the time for which it was resolved does not count
        ("0 opened, 4 resolved", 99, "hit", 10, None),
        ("0 opened, 4 resolved, 50 reopened", 52, "pending", 56, 4),
        ("0 opened, 4 resolved, 50 reopened, 57 resolved", 99, "missed", 56, None),
        ("0 opened, 4 resolved, 50 reopened, 56 resolved", 99, "hit", 56, None),
        ("0 opened, 11 resolved, 50 reopened", 51, "missed", 10, None),
    ],
)
def test_a_pause_moves_the_due_moment(text, now, outcome, due, left):
    found = PAUSED.explain(ticket(text), as_of=at(now)).resolution
    expected = (outcome, None if due is None else at(due), None if left is None else left * MINUTE)
    assert (found.outcome, found.due, found.left) == expected


def test_what_is_paused_turns_by_no_time():
    status = PAUSED.explain(ticket("0 opened, 4 paused"), as_of=at(100))
    assert (status.outcome, status.retry_at, status.reason) == ("paused", None, "resolution_paused")


def test_what_goes_on_and_counts_the_time_in_between_may_be_missed_at_once():
    policy = attrs.evolve(PAUSED, rules=TicketRules.plain_like())
    text = "0 customer_message, 4 resolved, 50 reopened"
    assert policy.explain(ticket(text), as_of=at(49)).resolution.outcome == "hit"
    assert policy.explain(ticket(text), as_of=at(50)).resolution.outcome == "missed"


# Several measurements, several promises


@pytest.mark.parametrize(
    ("text", "now", "outcome", "due"),
    [
        ("0 agent_reply, 5 customer_message, 9 agent_reply", 99, "hit", 15),
        ("0 agent_reply, 5 customer_message, 9 agent_reply, 20 customer_message", 21, "pending", 30),
        ("0 agent_reply, 5 customer_message, 9 agent_reply, 20 customer_message", 31, "missed", 30),
        ("0 agent_reply, 5 customer_message, 16 agent_reply, 20 customer_message, 21 agent_reply", 99, "missed", 15),
        ("0 agent_reply, 5 customer_message, 16 agent_reply, 20 customer_message", 21, "missed", 15),
        ("0 agent_reply, 5 customer_message, 16 agent_reply, 20 customer_message, 99 agent_reply", 99, "missed", 15),
        ("0 agent_reply, 5 customer_message, 6 agent_reply, 20 customer_message, 21 agent_reply", 99, "hit", 30),
        ("0 agent_reply, 5 customer_message, 7 resolved", 99, "not_applicable", None),
    ],
)
def test_one_late_response_misses_them_all(text, now, outcome, due):
    found = REPLIES.explain(ticket(text), as_of=at(now)).next_response
    assert (found.outcome, found.due) == (outcome, None if due is None else at(due))
    assert REPLIES.outcomes(ticket(text), as_of=at(now)) == {"next_response": outcome}


def test_all_measurements_are_listed():
    text = "0 agent_reply, 5 customer_message, 16 agent_reply, 20 customer_message, 21 agent_reply, 22 customer_message"
    found = REPLIES.explain(ticket(text), as_of=at(25)).next_response
    assert [(each.outcome, each.at, each.due) for each in found.clocks] == [
        ("missed", at(16), at(15)),
        ("hit", at(21), at(30)),
        ("pending", None, at(32)),
    ]
    assert found.deciding is found.clocks[0]
    assert found.clocks[2].measurement == Measurement(at(22))


ALL = SlaPolicy(first_response=10 * MINUTE, next_response=10 * MINUTE, resolution=30 * MINUTE, calendar=ALWAYS)


@pytest.mark.parametrize(
    ("text", "now", "outcome", "reasons"),
    [
        ("0 opened, 5 agent_reply", 6, "pending", ["resolution_pending", "first_response_hit"]),
        ("0 opened, 11 agent_reply", 12, "missed", ["first_response_missed", "resolution_pending"]),
        ("0 opened, 5 agent_reply, 8 paused", 60, "paused", ["resolution_paused", "first_response_hit"]),
        ("0 opened, 5 agent_reply, 8 resolved", 60, "hit", ["first_response_hit", "resolution_hit"]),
        (
            "0 opened, 2 agent_reply, 3 customer_message, 5 paused",
            6,
            "pending",
            ["next_response_pending", "resolution_paused", "first_response_hit"],
        ),
    ],
)
def test_the_worst_promise_decides(text, now, outcome, reasons):
    status = ALL.explain(ticket(text), as_of=at(now))
    assert (status.outcome, [reason.code for reason in status.reasons]) == (outcome, reasons)
    assert (status.retry_at is not None) == (outcome == "pending")


def test_time_turns_the_promise_that_is_due_first():
    status = ALL.explain(ticket("0 opened, 5 agent_reply, 6 customer_message"), as_of=at(7))
    assert status.retry_at == at(16) + MICROSECOND


def test_the_short_answer_is_that_of_explain():
    text = "0 opened, 2 agent_reply, 3 customer_message, 5 paused"
    assert ALL.outcomes(ticket(text), as_of=at(6)) == {
        "first_response": "hit",
        "next_response": "pending",
        "resolution": "paused",
    }
    assert TEN.outcomes(ticket(""), as_of=at(6)) == {"first_response": "not_applicable"}


def test_a_status_is_a_table():
    status = ALL.explain(ticket("0 opened, 5 agent_reply, 8 paused", name="T-7"), as_of=at(60))
    assert (status.ticket, status.as_of) == ("T-7", at(60))
    assert status.rows()[2] == {
        "metric": "resolution",
        "outcome": "paused",
        "target": 30 * MINUTE,
        "due": None,
        "at": None,
        "elapsed": 8 * MINUTE,
        "left": 22 * MINUTE,
        "overdue_by": None,
    }
    assert [line.split()[0] for line in str(status).splitlines()] == ["metric", *ALL.targets]
    assert [row["metric"] for row in TEN.explain(ticket("0 opened"), as_of=at(1)).rows()] == ["first_response"]


def test_a_clock_that_begins_anew_takes_back_a_miss():
    policy = attrs.evolve(TEN, rules=TicketRules.chatwoot_like())
    text = "0 opened, 30 handoff"
    assert policy.explain(ticket(text), as_of=at(29)).outcome == "missed"
    assert policy.explain(ticket(text), as_of=at(31)).first_response.due == at(40)


# Policies as values


def test_a_policy_takes_hours_and_lengths():
    assert SlaPolicy(first_response=hours(1), calendar=ALWAYS) == SlaPolicy(first_response=60 * MINUTE, calendar=ALWAYS)
    assert ALL.targets == {"first_response": 10 * MINUTE, "next_response": 10 * MINUTE, "resolution": 30 * MINUTE}


@pytest.mark.parametrize(
    "policy", [ALL, TEN, SlaPolicy(resolution=hours(8), calendar=OFFICE, rules=TicketRules.zammad_like())]
)
def test_policies_are_stored(policy):
    assert from_dict(to_dict(policy), SlaPolicy) == policy
    assert pickle.loads(pickle.dumps(policy)) == policy  # noqa: S301 - our own
    assert hash(policy) == hash(pickle.loads(pickle.dumps(policy)))  # noqa: S301 - our own
    assert "SlaPolicy(first_response=" in repr(policy)


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        ({}, InvalidValueError, "a policy must promise something"),
        ({"first_response": timedelta(0)}, InvalidValueError, "a target must be longer than nothing"),
        ({"first_response": -MINUTE}, InvalidValueError, "a target must be longer than nothing"),
        ({"resolution": days(1)}, InvalidTypeError, "a target must be a timedelta or hours"),
        ({"resolution": 60}, InvalidTypeError, "a target must be a timedelta or hours"),
        ({"resolution": MINUTE, "calendar": "office"}, InvalidTypeError, "calendar must be a BusinessCalendar"),
        ({"resolution": MINUTE, "rules": ClockRule}, InvalidTypeError, "rules must be TicketRules"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(given, kind, message):
    with pytest.raises(kind, match=message):
        SlaPolicy(**{"calendar": ALWAYS, **given})


def test_a_status_needs_a_policy_a_ticket_and_a_moment():
    with pytest.raises(InvalidTypeError, match="policy must be an SlaPolicy"):
        sla_status(ticket("0 opened"), hours(1), as_of=at(0))
    with pytest.raises(InvalidTypeError, match="a ticket is a Journey"):
        sla_status("T-1", TEN, as_of=at(0))
    with pytest.raises(NaiveDatetimeError):
        sla_status(ticket("0 opened"), TEN, as_of=datetime(2026, 3, 2))  # noqa: DTZ001 - that is the point


def test_a_calendar_without_hours_is_an_error_and_no_endless_wait():
    with pytest.raises(InvalidValueError, match="must have business hours in a week, or nothing would ever fall due"):
        SlaPolicy(first_response=hours(1), calendar=BusinessCalendar({}, tz="UTC"))
