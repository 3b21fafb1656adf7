"""The example of the help desk says of its week what plain loops over it say."""

import csv
import runpy
from collections import Counter, defaultdict
from datetime import datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from statistics import median

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
EXAMPLE = runpy.run_path(str(EXAMPLES / "support_week.py"))
MINUTE = timedelta(minutes=1)
FRIDAY = datetime(2026, 3, 6, 17)  # noqa: DTZ001 - the log, too, is in local time
LIMITS = {  # minutes of the office, of each promise
    "standard": {"first_response": 240, "next_response": 240, "resolution": 960},
    "premium": {"first_response": 60, "next_response": 120, "resolution": 480},
}


@pytest.fixture(scope="module")
def found():
    return EXAMPLE["report"](EXAMPLE["read"]())


@pytest.fixture(scope="module")
def log():
    """Read the log again: the rows of each ticket, with what happened in one minute to it together."""
    gathered = defaultdict(list)
    with (EXAMPLES / "data/support_week.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            gathered[row["ticket"]].append(row)
    return gathered


def office(start, end, pauses=()):
    """Count the minutes of the office from one moment to another, one by one."""
    count, now = 0, start
    while now < end:
        works = now.weekday() < 5 and time(9) <= now.time() < time(17)
        count += works and not any(begin <= now < over for begin, over in pauses)
        now += MINUTE
    return count


def happened(rows, *names):
    """Give when something happened, and who did it."""
    return [(datetime.fromisoformat(row["at"]), row["actor"]) for row in rows if row["event"] in names]


def first_response(rows):
    """Give who gave the first response, and after how long, from the last handover or opening before it."""
    begun = None
    for row in rows:
        now = datetime.fromisoformat(row["at"])
        if row["event"] in {"opened", "reopened", "handoff", "bot_resolved"} or (
            row["event"] == "customer_message" and begun is None
        ):
            begun = now
        elif row["event"] == "resolved":
            begun = None
        elif row["event"] == "agent_reply" and begun is not None:
            return [(row["actor"], office(begun, now))]
    return [(None, office(begun, FRIDAY))] if begun else []


def next_responses(rows):
    """Give who gave each later response, and after how long."""
    since, replied, found = None, False, []
    for row in rows:
        now = datetime.fromisoformat(row["at"])
        if row["event"] == "customer_message" and replied and since is None:
            since = now
        elif row["event"] == "resolved":
            since = None
        elif row["event"] == "agent_reply":
            found += [(row["actor"], office(since, now))] if since else []
            since, replied = None, True
    return found


def resolution(rows):
    """Give who resolved it, and after how long, but for the time for which it waited or was resolved."""
    starts = happened(rows, "opened", "customer_message", "reopened")
    pauses, since, who, until = [], None, None, ()
    for row in rows if starts else ():
        now = datetime.fromisoformat(row["at"])
        if row["event"] in until:
            pauses.append((since, now))
            since, who, until = None, None, ()
        elif row["event"] == "resolved":
            since, who, until = since or now, row["actor"], ("customer_message", "reopened")
        elif row["event"] == "paused":
            since, until = now, ("resumed",)
    return [(who, office(starts[0][0], since or FRIDAY, pauses))] if starts else []


TIMES = {"first_response": first_response, "next_response": next_responses, "resolution": resolution}


@pytest.mark.parametrize("metric", TIMES)
def test_times_are_those_of_a_plain_loop(found, log, metric):
    waits = [wait for rows in log.values() for wait in TIMES[metric](rows)]
    ended = [minutes for who, minutes in waits if who is not None]
    row = next(row for row in found.times.rows() if row["metric"] == metric)

    assert (row["count"], row["open"]) == (len(ended), len(waits) - len(ended))
    assert (row["median"], row["maximum"]) == (median(ended) * MINUTE, max(ended) * MINUTE)
    for agent, times in found.agents.items():
        theirs = [minutes for who, minutes in waits if who == agent and agent is not None]
        assert getattr(times, metric).microseconds == sum(theirs) * MINUTE // timedelta(microseconds=1)


@pytest.mark.parametrize("metric", TIMES)
def test_promises_are_kept_as_a_plain_loop_says(found, log, metric):
    outcomes = Counter()
    for rows in log.values():
        limit = LIMITS[rows[0]["plan"]][metric]
        waits = TIMES[metric](rows)
        if any(minutes > limit for _, minutes in waits):
            outcomes["missed"] += 1
        elif waits:
            outcomes["hit" if waits[-1][0] else "open"] += 1
    row = next(row for row in found.attainment.rows() if row["metric"] == metric)

    assert (row["hit"], row["missed"]) == (outcomes["hit"], outcomes["missed"])
    assert row["pending"] + row["paused"] == outcomes["open"]


@pytest.mark.parametrize("metric", TIMES)
def test_each_agent_keeps_what_a_plain_loop_says(found, log, metric):
    kept = defaultdict(Counter)
    for rows in log.values():
        limit = LIMITS[rows[0]["plan"]][metric]
        late = defaultdict(set)
        for who, minutes in TIMES[metric](rows):
            late[who].add(minutes > limit)
        for who, which in late.items():
            kept[who]["missed" if True in which else "hit" if who else "open"] += 1

    for agent, attainment in found.by_agent.items():
        row = next(row for row in attainment.rows() if row["metric"] == metric)
        assert (row["hit"], row["missed"]) == (kept[agent]["hit"], kept[agent]["missed"])
        assert row["pending"] + row["paused"] == kept[agent]["open"]
    assert {*kept} <= {*found.by_agent}


def test_each_ticket_is_told_once(found, log):
    outcomes = Counter(status.outcome for status in found.statuses)
    assert sorted(status.ticket for status in found.statuses) == sorted(log)
    assert {name: getattr(found.attainment.tickets, name) for name in outcomes} == outcomes
    assert sum(rate.tickets.total for rate in found.by_plan.values()) == len(log)


def test_answers_within_half_an_hour_are_those_of_a_plain_loop(found, log):
    by_channel = sorted(log.values(), key=lambda rows: rows[0]["channel"])
    for channel, tickets in groupby(by_channel, key=lambda rows: rows[0]["channel"]):
        waits = [wait for rows in tickets for wait in first_response(rows)]
        rate = found.chats[channel]
        assert rate.in_time == sum(who is not None and minutes <= 30 for who, minutes in waits)
        assert rate.late == sum(minutes > 30 for _, minutes in waits)
        assert rate.in_time + rate.late + rate.open == len(waits)


def test_the_data_hold_what_makes_reports_hard(log):
    names = Counter(row["event"] for rows in log.values() for row in rows)
    assert {"bot_reply", "handoff", "bot_resolved", "paused", "resumed", "reopened"} <= {*names}
    assert any(row["recorded_at"] for rows in log.values() for row in rows)
    assert 60 <= sum(names.values()) <= 120
