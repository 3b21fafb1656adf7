"""How long customers waited, in business time."""

import pickle
from datetime import timedelta
from functools import reduce
from operator import add
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ticket_logs import at, ticket

from cxkit.calendar import BusinessCalendar
from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Journey, Touchpoint
from cxkit.metrics import ResponseTimes, TicketRules, response_times
from cxkit.tallies import Durations

ALWAYS = BusinessCalendar.always()
OFFICE = BusinessCalendar.weekdays("09:00", "10:00", tz="UTC")  # an hour a day
MINUTE = timedelta(minutes=1)
LOG = [
    ticket("0 opened, 8 agent_reply, 20 resolved", name="T-1"),
    ticket("0 opened, 12 agent_reply, 13 customer_message, 15 agent_reply, 31 resolved", name="T-2"),
    ticket("0 opened, 0 agent_reply, 5 customer_message, 9 paused", name="T-3"),
    ticket("55 opened", name="T-4"),
    ticket("0 note", name="T-5"),
]


def lengths(*minutes):
    """Count lengths in minutes."""
    return Durations.from_lengths([minute * MINUTE for minute in minutes])


def test_each_clock_has_its_times_and_what_is_open():
    assert response_times(iter(LOG), calendar=ALWAYS) == ResponseTimes(
        first_response=lengths(8, 12, 0),
        next_response=lengths(2),
        resolution=lengths(20, 31),
        unanswered=1,
        waiting=1,
        unresolved=2,
    )


def test_no_time_is_a_time():
    found = response_times(LOG[2:3], calendar=ALWAYS)
    assert (found.first_response.count, found.first_response.median) == (1, timedelta(0))
    assert found.unanswered == 0


def test_only_business_time_counts():
    log = [ticket("50 opened, 1445 agent_reply"), ticket("70 opened, 1439 agent_reply", name="T-2")]
    assert response_times(log, calendar=OFFICE).first_response == lengths(15, 0)


def test_percentiles_are_those_of_the_lengths():
    log = [ticket(f"0 opened, {minute} agent_reply", name=f"T-{minute}") for minute in range(101)]
    found = response_times(log, calendar=ALWAYS).first_response
    assert [found.percentile(percent) for percent in (50, 90, 95)] == [50 * MINUTE, 90 * MINUTE, 95 * MINUTE]


def test_nothing_later_counts():
    found = response_times(LOG, calendar=ALWAYS, as_of=at(10))
    assert (found.first_response, found.unanswered, found.unresolved) == (lengths(8, 0), 1, 3)
    late = [ticket("0 opened, 5>30 agent_reply")]
    assert response_times(late, calendar=ALWAYS, as_of=at(29)).unanswered == 1
    assert response_times(late, calendar=ALWAYS, as_of=at(30)).first_response == lengths(5)


def test_the_rules_say_what_a_time_is():
    log = [ticket("0 opened, 4 bot_reply, 6 handoff, 9 agent_reply")]
    assert response_times(log, calendar=ALWAYS).first_response == lengths(9)
    assert response_times(log, calendar=ALWAYS, rules=TicketRules.chatwoot_like()).first_response == lengths(3)


def touchpoint(minute, name, **details):
    """Give a touchpoint."""
    return Touchpoint(name, at(minute), **details)


HANDED_ON = Journey(
    "T-1",
    [
        touchpoint(0, "opened"),
        touchpoint(1, "customer_message", channel="mail", actor="customer"),
        touchpoint(4, "agent_reply", channel="phone", actor="eve"),
        touchpoint(5, "customer_message", channel="chat", actor="customer"),
        touchpoint(7, "agent_reply", channel="chat", actor="bob"),
        touchpoint(9, "resolved", actor="bob"),
    ],
)


def test_a_label_is_the_first_of_the_ticket():
    log = [HANDED_ON, ticket("0 opened", name="T-2")]
    found = response_times(log, calendar=ALWAYS, by="channel")
    assert list(found) == ["mail", None]
    assert found["mail"] == response_times([HANDED_ON], calendar=ALWAYS)
    assert found[None] == ResponseTimes(unanswered=1, unresolved=1)


def test_a_label_is_that_of_the_answer_where_that_is_asked():
    log = [HANDED_ON, ticket("0 opened", name="T-2", actor="customer")]
    found = response_times(log, calendar=ALWAYS, by="actor", label_of="answer")
    assert dict(found) == {
        "bob": ResponseTimes(next_response=lengths(2), resolution=lengths(9)),
        "eve": ResponseTimes(first_response=lengths(4)),
        None: ResponseTimes(unanswered=1, unresolved=1),
    }
    assert reduce(add, found.values()) == response_times(log, calendar=ALWAYS)
    assert len(found) == 3
    assert "carl" not in found


def test_groups_of_nothing_are_empty():
    found = response_times([], calendar=ALWAYS, by="channel")
    assert (dict(found), found.rows(), str(found)) == ({}, [], "(no rows)")
    assert response_times([], calendar=ALWAYS) == ResponseTimes()


WORDS = ("opened", "customer_message", "agent_reply", "bot_reply", "resolved", "reopened")
parts = st.lists(st.tuples(st.integers(0, 90), st.sampled_from(WORDS)), max_size=8)
logs = st.lists(parts, max_size=5).map(
    lambda log: [
        ticket(", ".join(f"{minute} {word}" for minute, word in part), name=f"T-{place}")
        for place, part in enumerate(log)
    ]
)


@given(logs, logs, logs)
def test_response_times_add_over_disjoint_tickets(some, others, more):
    def counted(log):
        return response_times(log, calendar=OFFICE)

    assert counted(some) + counted(others) == counted([*some, *others])
    assert counted(some) + ResponseTimes() == counted(some)
    assert (counted(some) + counted(others)) + counted(more) == counted(some) + (counted(others) + counted(more))


def waits(log, starts, stop):
    """Give how long each ticket took from the first of some touchpoints to the first of a name after it."""
    for one in log:
        begun = [place for place, each in enumerate(one) if each.name in starts]
        ends = [each.at for each in one[begun[0] + 1 :] if each.name == stop] if begun else []
        if ends:
            yield ends[0] - one[begun[0]].at


@given(logs)
def test_times_are_those_of_a_plain_loop(log):
    found = response_times(log, calendar=ALWAYS, rules=TicketRules.plain_like(resolution="first"))
    replies = [*waits(log, {"customer_message"}, "agent_reply")]
    ends = [*waits(log, {"opened", "customer_message", "reopened"}, "resolved")]

    assert found.first_response == Durations.from_lengths(replies)
    assert found.resolution == Durations.from_lengths(ends)
    if ends:
        assert found.resolution.median.total_seconds() == median(length.total_seconds() for length in ends)


def test_response_times_are_a_table_a_chart_and_a_document():
    found = response_times(LOG, calendar=ALWAYS)
    assert found.rows()[0] == {
        "metric": "first_response",
        "count": 3,
        "open": 1,
        "mean": 20 * MINUTE / 3,
        "median": 8 * MINUTE,
        "minimum": timedelta(0),
        "maximum": 12 * MINUTE,
        "p90": timedelta(minutes=11, seconds=12),
    }
    assert str(found).splitlines()[2].split()[:4] == ["next_response", "1", "1", "0:02:00"]
    hours = {row["time"]: row["hours"] for row in found.chart()["data"]["values"]}
    assert hours["first_response median"] == pytest.approx(8 / 60)
    assert hours["resolution p90"] == pytest.approx(29.9 / 60)
    assert len(ResponseTimes().chart()["data"]["values"]) == 0
    assert ResponseTimes().rows()[0]["median"] is None
    assert from_dict(to_dict(found), ResponseTimes) == found
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own


def test_response_times_refuse_what_makes_no_sense():
    with pytest.raises(InvalidValueError, match="waiting must be at least 0"):
        ResponseTimes(waiting=-1)
    with pytest.raises(InvalidTypeError, match="resolution must be Durations"):
        ResponseTimes(resolution=[MINUTE])
    with pytest.raises(TypeError):
        ResponseTimes() + 1
    with pytest.raises(InvalidTypeError, match="calendar must be a BusinessCalendar"):
        response_times(LOG, calendar=None)
    with pytest.raises(InvalidTypeError, match="rules must be TicketRules"):
        response_times(LOG, calendar=ALWAYS, rules="zendesk")
    with pytest.raises(AttributeError, match="did you mean 'channel'"):
        response_times(LOG, calendar=ALWAYS, by="chanel")
    with pytest.raises(InvalidTypeError, match="expected a list of journeys"):
        response_times(LOG[0], calendar=ALWAYS)
