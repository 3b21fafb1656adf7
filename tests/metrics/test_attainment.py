"""How many tickets were served as promised, and how many customers as soon as they expect."""

import json
import pickle
from collections import Counter
from datetime import timedelta
from functools import reduce
from operator import add

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ticket_logs import at, ticket

from cxkit.calendar import BusinessCalendar, days, hours
from cxkit.codec import from_dict, to_dict
from cxkit.errors import CxError, DocumentError, InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.journey import Journey
from cxkit.metrics import (
    AnswerRate,
    SlaAttainment,
    SlaCounts,
    SlaPolicy,
    TicketGroups,
    TicketRules,
    answer_rate,
    compare_groups,
    response_times,
    sla_attainment,
    sla_status,
)
from cxkit.tallies import PopulationRate, Rate

ALWAYS = BusinessCalendar.always()
MINUTE = timedelta(minutes=1)
POLICY = SlaPolicy(first_response=10 * MINUTE, next_response=10 * MINUTE, resolution=30 * MINUTE, calendar=ALWAYS)
PREMIUM = SlaPolicy(first_response=5 * MINUTE, calendar=ALWAYS)
LOG = [
    ticket("0 opened, 8 agent_reply, 20 resolved", name="T-1", channel="mail"),
    ticket("0 opened, 12 agent_reply, 31 resolved", name="T-2", channel="chat"),
    ticket("0 opened, 8 agent_reply, 9 paused", name="T-3", channel="mail"),
    ticket("55 opened", name="T-4"),
    ticket("0 opened, 2 agent_reply, 3 customer_message, 20 agent_reply, 21 resolved", name="T-5", channel="mail"),
    ticket("0 note", name="T-6"),
    ticket("", name="T-7"),
]
NOW = at(60)
WORDS = ("opened", "customer_message", "agent_reply", "paused", "resumed", "resolved", "reopened")


@st.composite
def logs(draw):
    """Draw a few tickets."""
    part = st.tuples(st.integers(0, 90), st.sampled_from(WORDS)).map(lambda each: f"{each[0]} {each[1]}")
    texts = draw(st.lists(st.lists(part, max_size=8).map(", ".join), max_size=5))
    channels = st.sampled_from([None, "mail", "chat"])
    return [ticket(text, name=f"T-{place}", channel=draw(channels)) for place, text in enumerate(texts)]


# Attainment


def test_tickets_are_counted_by_what_became_of_each_promise():
    found = sla_attainment(iter(LOG), POLICY, as_of=NOW)

    assert found.first_responses == SlaCounts(hit=3, missed=1, pending=1, not_applicable=1)
    assert found.next_responses == SlaCounts(missed=1, not_applicable=5)
    assert found.resolutions == SlaCounts(hit=2, missed=1, pending=1, paused=1, not_applicable=1)
    assert found.tickets == SlaCounts(hit=1, missed=2, pending=1, paused=1, not_applicable=1)


def test_attainment_is_the_share_of_what_is_decided():
    found = sla_attainment(LOG, POLICY, as_of=NOW)
    rates = [found.overall, found.first_response, found.next_response, found.resolution]
    assert [(rate.count, rate.total) for rate in rates] == [(1, 3), (3, 4), (0, 1), (2, 3)]
    assert found.first_response == PopulationRate(
        3, 4, name="sla attainment of first_response", unit="tickets", window=(None, NOW)
    )
    assert found.overall.name == "sla attainment of all"
    assert (found.tickets.decided, found.tickets.total) == (3, 6)


def test_attainment_of_nothing_is_undefined():
    found = sla_attainment([], POLICY, as_of=NOW)
    assert found == SlaAttainment(as_of=NOW)
    assert found.overall.value_or(None) is None
    with pytest.raises(UndefinedMetricError, match="sla attainment of all is undefined"):
        _ = found.overall.value
    assert [row["attained"] for row in found.rows()] == [None] * 4


def test_each_ticket_may_be_under_a_policy_of_its_own():
    policies = {"T-1": PREMIUM, "T-2": POLICY}
    found = sla_attainment(LOG, lambda ticket: policies.get(ticket.customer), as_of=NOW)

    assert found.first_responses == SlaCounts(missed=2, not_applicable=4)
    assert found.resolutions == SlaCounts(missed=1, not_applicable=5)
    assert found.tickets.total == len(LOG) - 1  # T-7 has nothing


def test_attainment_by_channel_reads_the_first_label_of_a_ticket():
    found = sla_attainment(LOG, POLICY, as_of=NOW, by="channel")

    assert list(found) == ["chat", "mail", None]
    assert found["mail"].overall.total == 2
    assert found["chat"] == sla_attainment(LOG[1:2], POLICY, as_of=NOW)
    assert reduce(add, found.values()) == sla_attainment(LOG, POLICY, as_of=NOW)
    assert [row["group"] for row in found.rows()] == ["chat"] * 4 + ["mail"] * 4 + ["(none)"] * 4
    assert str(found).splitlines()[0].split()[:3] == ["group", "metric", "attained"]


def test_a_label_that_came_to_be_known_later_is_not_read():
    late = ticket("0>70 note", channel="mail").merge(ticket("0 opened"))
    assert list(sla_attainment([late], POLICY, as_of=at(69), by="channel")) == [None]
    assert list(sla_attainment([late], POLICY, as_of=at(70), by="channel")) == ["mail"]


@pytest.mark.parametrize("by", [{}, {"by": "channel"}, {"by": "channel", "label_of": "answer"}])
def test_tickets_that_come_later_change_no_attainment(by):
    later = [ticket("61 opened, 62 agent_reply", name="T-8", channel="phone"), ticket("0>61 opened", name="T-9")]
    before = sla_attainment(LOG, POLICY, as_of=NOW, **by)

    assert sla_attainment([*LOG, *later], POLICY, as_of=NOW, **by) == before
    assert sla_attainment(later, POLICY, as_of=at(61), **by) != sla_attainment([], POLICY, as_of=at(61), **by)


@given(logs(), st.integers(0, 100), st.sampled_from(["ticket", "answer"]))
def test_nothing_later_changes_an_attainment(log, now, label_of):
    def counted(log):
        return sla_attainment(log, POLICY, as_of=at(now), by="channel", label_of=label_of)

    assert counted(log) == counted([each.as_of(at(now)) for each in log])


def test_a_policy_is_chosen_by_what_was_known():
    seen = []
    log = [ticket("0 opened, 9 upgraded, 30>70 note, 61 resolved"), ticket("61 opened", name="T-2")]
    sla_attainment(log, seen.append, as_of=NOW)

    assert seen == [ticket("0 opened, 9 upgraded")]


# Attainment by who answered


HANDED_ON = reduce(
    Journey.merge,
    [
        ticket("0 opened, 9 customer_message, 29 customer_message", actor="ann"),
        ticket("8 agent_reply", actor="eve"),
        ticket("20 agent_reply, 30 agent_reply, 31 resolved", actor="bob"),
    ],
)


def test_a_ticket_counts_for_each_who_answered_in_it_by_what_they_answered():
    found = sla_attainment([HANDED_ON], POLICY, as_of=NOW, by="actor", label_of="answer")

    assert dict(found) == {
        "bob": SlaAttainment(
            as_of=NOW,
            tickets=SlaCounts(missed=1),
            first_responses=SlaCounts(not_applicable=1),
            next_responses=SlaCounts(missed=1),  # 11 minutes, then 1
            resolutions=SlaCounts(missed=1),
        ),
        "eve": SlaAttainment(
            as_of=NOW,
            tickets=SlaCounts(hit=1),
            first_responses=SlaCounts(hit=1),
            next_responses=SlaCounts(not_applicable=1),
            resolutions=SlaCounts(not_applicable=1),
        ),
    }
    assert dict(sla_attainment([HANDED_ON], POLICY, as_of=NOW, by="actor")) == {
        "ann": sla_attainment([HANDED_ON], POLICY, as_of=NOW)
    }


def test_what_nobody_answered_is_the_attainment_of_nobody():
    log = [ticket("0 opened", actor="eve"), ticket("55 opened", name="T-2"), ticket("0 note", name="T-3", actor="eve")]
    found = sla_attainment(log, POLICY, as_of=NOW, by="actor", label_of="answer")

    assert list(found) == [None]
    assert found[None] == sla_attainment(log, POLICY, as_of=NOW)
    nothing_promised = sla_attainment(log, lambda _: None, as_of=NOW, by="actor", label_of="answer")
    assert nothing_promised[None].tickets == SlaCounts(not_applicable=3)


@given(logs(), logs(), st.integers(0, 100))
def test_attainment_by_who_answered_adds_over_disjoint_tickets(some, others, now):
    def counted(log):
        return sla_attainment(log, POLICY, as_of=at(now), by="channel", label_of="answer")

    assert counted(some) + counted(others) == counted([*some, *others])


@given(logs(), st.integers(0, 100))
def test_attainment_by_who_answered_is_that_of_their_measurements(log, now):
    """By a loop over the measurements of each status."""
    named = [
        Journey(one.customer, [attrs.evolve(each, actor=f"{place % 3}") for place, each in enumerate(one)])
        for one in log
    ]
    found = sla_attainment(named, POLICY, as_of=at(now), by="actor", label_of="answer")

    expected = {}
    for one in named:
        for metric in sla_status(one, POLICY, as_of=at(now)).metrics:
            for clock in metric.clocks:
                answer = clock.measurement.answer
                key = (answer and answer.actor, metric.metric, one.customer)
                expected.setdefault(key, []).append(clock.outcome)
    for label, part in found.items():
        for metric, counts in (("first_response", part.first_responses), ("next_response", part.next_responses)):
            theirs = [each for (who, what, _), each in expected.items() if (who, what) == (label, metric)]
            assert counts.missed == sum("missed" in each for each in theirs)
            assert counts.hit == sum(set(each) == {"hit"} for each in theirs)
            assert counts.total - counts.not_applicable == len(theirs)


@given(logs(), logs(), st.integers(0, 100))
def test_attainment_adds_over_disjoint_tickets(some, others, now):
    def counted(log, **by):
        return sla_attainment(log, POLICY, as_of=at(now), **by)

    assert counted(some) + counted(others) == counted([*some, *others])
    assert counted(some) + SlaAttainment(as_of=at(now)) == counted(some)
    by_channel = counted(some, by="channel") + counted(others, by="channel")
    assert by_channel == counted([*some, *others], by="channel")


@given(logs(), st.integers(0, 100))
def test_attainment_counts_what_each_status_says(log, now):
    found = sla_attainment(log, POLICY, as_of=at(now))
    each = [sla_status(one, POLICY, as_of=at(now)) for one in log if len(one.as_of(at(now)))]
    assert found.tickets == SlaCounts(**Counter(status.outcome for status in each))
    assert found.first_responses == SlaCounts(**Counter(status.first_response.outcome for status in each))
    assert found.next_responses == SlaCounts(**Counter(status.next_response.outcome for status in each))
    assert found.resolutions == SlaCounts(**Counter(status.resolution.outcome for status in each))


def test_attainment_of_two_moments_does_not_add():
    one, other = (sla_attainment(LOG, POLICY, as_of=at(minute)) for minute in (60, 61))
    with pytest.raises(InvalidValueError, match="a ticket of two moments would be counted twice"):
        one + other
    with pytest.raises(TypeError):
        one + 1
    with pytest.raises(TypeError):
        one.tickets + 1
    with pytest.raises(TypeError):
        TicketGroups({}) + one


def test_attainment_is_a_table_a_chart_and_a_document():
    found = sla_attainment(LOG, POLICY, as_of=NOW)
    assert found.rows()[1] == {
        "metric": "first_response",
        "attained": 0.75,
        "missed": 1,
        "pending": 1,
        "paused": 0,
        "hit": 3,
        "not_applicable": 1,
    }
    assert str(found).splitlines()[1].split() == ["all", "0.3333", "2", "1", "1", "1", "1"]
    chart = found.chart()
    bars = {(row["metric"], row["outcome"]): row["tickets"] for row in chart["data"]["values"]}
    assert len(bars) == 20
    assert (bars["resolution", "not applicable"], bars["all", "missed"]) == (1, 2)
    assert chart["$schema"].endswith("v5.json")
    assert from_dict(to_dict(found), SlaAttainment) == found
    assert from_dict(to_dict(found.tickets), SlaCounts) == found.tickets
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own
    assert eval(repr(found.tickets)) == found.tickets  # noqa: S307 - our own


@pytest.mark.parametrize(
    "ask",
    [
        lambda **by: sla_attainment(LOG, POLICY, as_of=NOW, **by),
        lambda **by: response_times(LOG, calendar=ALWAYS, **by),
        lambda **by: answer_rate(LOG, within=MINUTE, calendar=ALWAYS, **by),
    ],
    ids=["attainment", "times", "rates"],
)
def test_groups_are_stored(ask):
    found = ask(by="channel")
    document = json.loads(json.dumps(to_dict(found)))

    assert {"chat", "mail", None} == set(found)
    assert from_dict(document, TicketGroups) == found
    assert list(from_dict(document, TicketGroups)) == list(found)
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own
    assert from_dict(to_dict(TicketGroups({})), TicketGroups) == TicketGroups({})


def test_documents_of_groups_that_make_no_sense_are_refused():
    document = to_dict(sla_attainment(LOG, POLICY, as_of=NOW, by="channel"))
    first, second, _ = document["groups"]
    rate = {"label": "phone", "result": {"type": "metrics.answer_rate", "within": 1}}
    for groups, message in (
        ([first, first], "expected each label once"),
        ([{**first, "label": 3}], "expected text, got 3"),
        ([{**first, "result": {"type": "calendar.period"}}], "expected the type name of a Charted"),
        ([first, second, rate], "groups have results of one kind, got AnswerRate and SlaAttainment"),
    ):
        with pytest.raises(DocumentError) as caught:
            from_dict({**document, "groups": groups}, TicketGroups)
        assert message in str(caught.value.exceptions[0])


def test_what_has_a_label_is_told_from_what_has_none():
    found = sla_attainment(LOG, POLICY, as_of=NOW, by="channel")

    assert list(found.labelled) == ["chat", "mail"]
    assert found.labelled["mail"] == found["mail"]
    rates = {channel: part.first_response for channel, part in found.labelled.items()}
    assert [each.group for each in compare_groups(rates).differences] == ["chat", "mail"]
    with pytest.raises(InvalidTypeError, match=r"a group must have a name, got None; .*as with TicketGroups.labelled"):
        compare_groups({channel: part.first_response for channel, part in found.items()})


def test_groups_are_a_chart_of_charts():
    chart = sla_attainment(LOG, POLICY, as_of=NOW, by="channel").chart()
    assert [part["title"] for part in chart["vconcat"]] == ["chat", "mail", "(none)"]
    assert not any("$schema" in part for part in chart["vconcat"])
    assert chart["$schema"].endswith("v5.json")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"tickets": 3}, "tickets must be SlaCounts, got 3"),
        ({"resolutions": SlaCounts(hit=1)}, "each ticket counts once in each part, got 0 in all and 1 in resolutions"),
        ({"as_of": "now"}, "as_of must be a datetime"),
    ],
)
def test_attainment_that_makes_no_sense_is_refused(given, message):
    with pytest.raises(CxError, match=message):
        SlaAttainment(**{"as_of": NOW, **given})


def test_what_is_asked_for_is_checked():
    with pytest.raises(InvalidTypeError, match="policy must be an SlaPolicy, or a function"):
        sla_attainment(LOG, hours(1), as_of=NOW)
    with pytest.raises(InvalidTypeError, match="policy must be an SlaPolicy, got 'gold'"):
        sla_attainment(LOG, lambda _: "gold", as_of=NOW)
    with pytest.raises(InvalidTypeError, match="expected a Journey"):
        sla_attainment(["T-1"], POLICY, as_of=NOW)
    with pytest.raises(InvalidValueError, match="missed must be at least 0"):
        SlaCounts(missed=-1)
    with pytest.raises(InvalidTypeError, match="groups must be a mapping"):
        TicketGroups(3)
    with pytest.raises(InvalidTypeError, match="the label of a group must be text, or None for what has none, got 3"):
        TicketGroups({3: SlaAttainment(as_of=NOW)})


# Answers in time


ANSWERS = [
    ticket("0 opened, 5 agent_reply", name="T-1", actor="eve"),
    ticket("0 opened, 6 agent_reply", name="T-2", actor="bob"),
    ticket("0 opened", name="T-3", actor="bob"),
    ticket("58 opened", name="T-4", actor="eve"),
    ticket("0 opened, 0 agent_reply", name="T-5", actor="eve"),
]


def test_answers_are_in_time_late_or_open():
    found = answer_rate(iter(ANSWERS), within=5 * MINUTE, calendar=ALWAYS, as_of=NOW)
    assert found == AnswerRate(5 * MINUTE, in_time=2, late=2, open=1)
    assert (found.value, found.is_defined, found.rate.total) == (0.5, True, 4)
    assert found.rate == Rate(2, 4, name="answered within 0:05:00", unit="responses")
    assert found.interval() == found.rate.interval()


def test_without_a_moment_what_is_not_answered_is_open():
    assert answer_rate(ANSWERS, within=5 * MINUTE, calendar=ALWAYS) == AnswerRate(5 * MINUTE, in_time=2, late=1, open=2)


def test_answers_later_in_a_ticket_count_each():
    log = [ticket("0 agent_reply, 1 customer_message, 2 agent_reply, 3 customer_message, 20 agent_reply")]
    found = answer_rate(log, within=hours(1), calendar=ALWAYS, metric="next_response")
    assert found == AnswerRate(hours(1), in_time=2)
    found = answer_rate(log, within=2 * MINUTE, calendar=ALWAYS, metric="next_response", as_of=NOW)
    assert found == AnswerRate(2 * MINUTE, in_time=1, late=1)


def test_what_is_paused_is_open():
    log = [ticket("0 opened, 2 paused")]
    rules = TicketRules.zammad_like()
    assert answer_rate(log, within=5 * MINUTE, calendar=ALWAYS, rules=rules, as_of=NOW).open == 1
    assert answer_rate(log, within=2 * MINUTE, calendar=ALWAYS, rules=rules, as_of=NOW).late == 1


def test_answers_by_who_gave_them():
    def counted(**by):
        return answer_rate(ANSWERS, within=5 * MINUTE, calendar=ALWAYS, as_of=NOW, **by)

    by_agent = counted(by="actor", label_of="answer")
    assert list(by_agent) == ["bob", "eve", None]
    assert (by_agent["eve"].value, by_agent["bob"].late, by_agent[None].open) == (1.0, 1, 1)
    assert by_agent[None].late == 1
    assert counted(by="actor")["bob"] == AnswerRate(5 * MINUTE, late=2)
    assert reduce(add, by_agent.values()) == counted()


@given(logs(), logs(), st.integers(0, 100))
def test_answer_rates_add_over_disjoint_tickets(some, others, now):
    def counted(log):
        return answer_rate(log, within=9 * MINUTE, calendar=ALWAYS, as_of=at(now))

    assert counted(some) + counted(others) == counted([*some, *others])
    assert counted(some) + AnswerRate(9 * MINUTE) == counted(some)


def test_answer_rates_are_undefined_without_answers():
    nothing = AnswerRate(MINUTE, open=4)
    assert (nothing.is_defined, nothing.value_or(None), nothing.interval()) == (False, None, (0.0, 1.0))
    with pytest.raises(UndefinedMetricError, match="answered within 0:01:00 is undefined: no responses"):
        _ = nothing.value


def test_answer_rates_are_a_table_a_chart_and_a_document():
    found = AnswerRate(MINUTE, in_time=3, late=1, open=2)
    assert found.rows() == [{"within": MINUTE, "share": 0.75, "in_time": 3, "late": 1, "open": 2}]
    assert str(found).splitlines()[1].split() == ["0:01:00", "0.75", "3", "1", "2"]
    assert [(row["answer"], row["responses"]) for row in found.chart()["data"]["values"]] == [
        ("in time", 3),
        ("late", 1),
        ("open", 2),
    ]
    assert from_dict(to_dict(found), AnswerRate) == found
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own


def test_answer_rates_refuse_what_makes_no_sense():
    with pytest.raises(InvalidValueError, match="they have two limits"):
        AnswerRate(MINUTE) + AnswerRate(2 * MINUTE)
    with pytest.raises(TypeError):
        AnswerRate(MINUTE) + 1
    with pytest.raises(InvalidValueError, match="late must be at least 0"):
        AnswerRate(MINUTE, late=-1)
    with pytest.raises(InvalidTypeError, match="within must be a timedelta or hours"):
        answer_rate(ANSWERS, within=days(1), calendar=ALWAYS)
    with pytest.raises(InvalidTypeError, match="rules must be TicketRules"):
        answer_rate(ANSWERS, within=MINUTE, calendar=ALWAYS, rules="zendesk")
    with pytest.raises(InvalidTypeError, match="calendar must be a BusinessCalendar"):
        answer_rate(ANSWERS, within=MINUTE, calendar="office")
    with pytest.raises(InvalidValueError, match="label_of must be one of 'ticket', 'answer'"):
        answer_rate(ANSWERS, within=MINUTE, calendar=ALWAYS, by="actor", label_of="agent")
    with pytest.raises(InvalidValueError, match="metric must be one of"):
        answer_rate(ANSWERS, within=MINUTE, calendar=ALWAYS, metric="frt")
