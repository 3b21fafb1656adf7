"""Outcomes of conversations with a bot: the last one counts, and who comes back was not contained."""

import json
from datetime import datetime, timedelta, timezone
from functools import reduce
from operator import add
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import days
from cxkit.codec import from_dict, to_dict
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError, NaiveDatetimeError
from cxkit.journey import Journey, Touchpoint
from cxkit.metrics import BotOutcomes, BotRule, TicketEvents, bot_outcomes, tickets

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/feedback.json").read_text(encoding="utf-8"))
}
START = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
OUTCOMES = ("contained", "recontacted", "handed_off", "abandoned", "pending", "open", "no_bot")
EVENTS = (
    *("opened", "customer_message", "agent_reply", "bot_reply", "handoff"),
    *("bot_resolved", "paused", "resolved", "reopened", "note"),
)
BY = "properties.ticket"
RULE = BotRule(abandoned_after=3 * HOUR, recontact_within=4 * HOUR, satisfied="thumbs up", rated="thumbs up")


def hour(number):
    return START + number * HOUR


def ticket(*names, name="T-1", start=0):
    """A ticket whose touchpoints are an hour apart."""
    return Journey(name, [Touchpoint(what, hour(start + place)) for place, what in enumerate(names)])


def customer(*contacts, name="anna"):
    """A customer whose touchpoints are given as hour, name and ticket."""
    return Journey(name, [Touchpoint(what, hour(at), properties={"ticket": of}) for at, what, of in contacts])


# One conversation


@pytest.mark.parametrize(
    ("names", "outcome", "reason"),
    [
        (["customer_message", "bot_reply", "bot_resolved"], "contained", "bot_resolved"),
        (["customer_message", "bot_reply", "resolved"], "contained", "resolved"),
        (["bot_resolved", "resolved"], "contained", "bot_resolved"),
        (["bot_reply", "resolved", "bot_resolved"], "contained", "bot_resolved"),
        (["bot_reply", "handoff", "agent_reply", "resolved"], "handed_off", "handoff"),
        (["bot_reply", "agent_reply", "resolved"], "handed_off", "agent_reply"),
        (["bot_resolved", "handoff"], "handed_off", "handoff"),
        (["handoff", "bot_resolved"], "contained", "bot_resolved"),
        (["handoff", "resolved"], "handed_off", "handoff"),
        (["handoff", "reopened"], "handed_off", "handoff"),
        (["handoff", "agent_reply", "bot_resolved"], "handed_off", "handoff"),
        (["agent_reply", "bot_resolved"], "handed_off", "agent_reply"),
        (["bot_resolved", "agent_reply"], "handed_off", "agent_reply"),
        (["bot_resolved", "reopened"], "open", "reopened"),
        (["bot_resolved", "opened"], "open", "reopened"),
        (["bot_resolved", "reopened", "bot_reply", "resolved"], "contained", "resolved"),
        (["bot_resolved", "customer_message"], "contained", "bot_resolved"),
        (["opened", "bot_reply"], "open", "opened"),
        (["resolved", "bot_reply"], "contained", "resolved"),
        (["opened", "agent_reply", "resolved"], "no_bot", "no_bot"),
        (["note"], "no_bot", "no_bot"),
        ([], "no_bot", "no_bot"),
    ],
)
def test_the_last_outcome_counts(names, outcome, reason):
    decision = BotRule().explain(ticket(*names))

    assert (decision.outcome, decision.reason, decision.ticket) == (outcome, reason, "T-1")


def test_a_decision_says_when_it_fell():
    assert BotRule().explain(ticket("bot_reply", "resolved", "bot_resolved")).at == hour(2)
    assert BotRule().explain(ticket("bot_reply", "handoff", "agent_reply")).at == hour(1)
    assert BotRule().explain(ticket("bot_resolved", "resolved", "resolved")).at == hour(0)
    assert BotRule().explain(ticket("agent_reply")).at is None


def test_a_touchpoint_that_is_several_things_goes_to_the_human():
    events = TicketEvents(handoff=Touchpoint.fields.channel == "desk")
    both = Journey("T-1", [Touchpoint("bot_resolved", hour(0), channel="desk")])

    assert BotRule(events=events).explain(both).outcome == "handed_off"


def last_outcome(names):
    """The rule, looked at from the end."""
    if not {"bot_reply", "bot_resolved", "handoff"} & set(names):
        return "no_bot"
    if "agent_reply" in names:
        return "handed_off"
    last = {what: max((place for place, name in enumerate(names) if name == what), default=-1) for what in EVENTS}
    if last["handoff"] > last["bot_resolved"]:
        return "handed_off"
    tail = [name for name in names[last["bot_resolved"] + 1 :] if name in ("opened", "reopened", "resolved")]
    ending = tail[-1] if tail else "resolved" if last["bot_resolved"] >= 0 else "opened"
    return "contained" if ending == "resolved" else "open"


@given(st.lists(st.sampled_from(EVENTS), max_size=9))
def test_outcomes_are_those_of_the_last_outcome_rule(names):
    assert BotRule().explain(ticket(*names)).outcome == last_outcome(names)


# Silence


def test_an_unended_conversation_is_abandoned_when_the_silence_is_over():
    rule, chat = BotRule(abandoned_after=2 * HOUR), ticket("bot_reply", "bot_reply")
    waiting = rule.explain(chat, as_of=hour(3) - timedelta(microseconds=1))
    silent = rule.explain(chat, as_of=hour(3))

    assert (waiting.outcome, waiting.retry_at, [reason.code for reason in waiting.reasons]) == (
        "open",
        hour(3),
        ["opened", "window"],
    )
    assert (silent.outcome, silent.reason, silent.at, silent.retry_at) == ("abandoned", "silent", hour(1), None)
    assert rule.explain(chat).outcome == "abandoned"
    assert rule.explain(ticket("bot_reply", "handoff"), as_of=hour(9)).outcome == "handed_off"


def test_a_customer_who_returns_from_silence_is_not_abandoned():
    chat = Journey("T-1", [Touchpoint("bot_reply", hour(0)), Touchpoint("bot_resolved", hour(5))])
    rule = BotRule(abandoned_after=HOUR)

    assert [rule.explain(chat, as_of=hour(at)).outcome for at in (0, 1, 4, 5)] == [
        "open",
        "abandoned",
        "abandoned",
        "contained",
    ]


# Coming back


@pytest.mark.parametrize(
    ("back", "as_of", "outcome", "at", "retry_at"),
    [
        (4, 4, "recontacted", 4, None),
        (4, 3, "pending", 1, 5),
        (5, 5, "contained", 1, None),
        (5, 4, "pending", 1, 5),
        (1, 9, "contained", 1, None),  # began at the same moment: not after it
        (0, 9, "contained", 1, None),  # began before
        (4, None, "recontacted", 4, None),
        (9, None, "contained", 1, None),
    ],
)
def test_a_customer_who_comes_back_within_the_window_was_not_contained(back, as_of, outcome, at, retry_at):
    rule = BotRule(recontact_within=4 * HOUR)
    chat, other = ticket("bot_reply", "bot_resolved"), ticket("customer_message", name="T-2", start=back)
    decision = rule.explain(chat, others=[other], as_of=None if as_of is None else hour(as_of))

    assert (decision.outcome, decision.at) == (outcome, hour(at))
    assert decision.retry_at == (None if retry_at is None else hour(retry_at))


def test_the_reason_names_the_first_ticket_that_came_back():
    others = [ticket("opened", name="T-3", start=3), ticket("opened", name="T-2", start=2)]
    decision = BotRule(recontact_within=4 * HOUR).explain(ticket("bot_reply", "bot_resolved"), others=others)

    assert (decision.reason, decision.reasons[0].found, decision.at) == ("recontact", "T-2", hour(2))


def test_customers_who_come_back_are_found_by_the_label_of_their_tickets():
    log = [
        customer((0, "bot_resolved", "A-1"), (3, "bot_resolved", "A-2"), (3, "visit", None)),
        customer((0, "bot_resolved", "B-1"), (2, "handoff", "B-1"), name="ben"),
        customer((3, "bot_reply", "C-1"), name="cleo"),
        customer((3, "opened", "D-1"), name="dora"),
    ]
    rule = BotRule(recontact_within=4 * HOUR)
    found = bot_outcomes(log, rule, ticket=BY, as_of=hour(5))

    assert found == BotOutcomes(rule=rule, recontacted=1, pending=1, handed_off=1, open=1, no_bot=1)
    assert (found.recontact.count, found.recontact.total) == (1, 1)
    assert bot_outcomes(log, rule, ticket=BY).contained == 1


def test_a_window_beyond_the_end_of_time_never_ends():
    rule = BotRule(recontact_within=days(10**7))
    decision = rule.explain(ticket("bot_resolved"), as_of=hour(9))

    assert (decision.outcome, decision.retry_at) == ("pending", None)
    assert rule.explain(ticket("bot_resolved"), others=[ticket("opened", name="T-2", start=2)]).outcome == "recontacted"


# Satisfaction


def test_the_last_rating_decides():
    rule = BotRule(satisfied=Touchpoint.fields.sentiment > 0, rated="rating")

    def rated(*sentiments):
        ratings = [Touchpoint("rating", hour(place), sentiment=how) for place, how in enumerate(sentiments, 1)]
        return Journey("T-1", [Touchpoint("bot_resolved", hour(0)), *ratings])

    assert [rule.explain(rated(*given)).is_satisfied for given in ((), (1,), (1, -1), (-1, 1), (0,))] == [
        *(None, True, False, True, False),
    ]
    assert rule.explain(rated(1, -1), as_of=hour(1)).is_satisfied is True
    found = bot_outcomes(
        [Journey(f"T-{n}", rated(*given).touchpoints) for n, given in enumerate([(), (1,), (-1,)])], rule
    )
    assert (found.contained, found.rated, found.satisfied) == (3, 2, 1)
    assert (found.satisfied_containment.count, found.satisfied_containment.total) == (1, 3)
    assert (found.satisfaction.count, found.satisfaction.total) == (1, 2)


def test_one_touchpoint_that_satisfies_is_enough_where_nothing_says_what_a_rating_is():
    rule = BotRule(satisfied="thumbs up")

    assert rule.explain(ticket("bot_resolved", "thumbs up", "thumbs down")).is_satisfied is True
    assert rule.explain(ticket("bot_resolved", "thumbs down")).is_satisfied is None


def test_the_satisfied_are_counted_among_the_contained_only():
    rule = BotRule(satisfied="thumbs up")
    found = bot_outcomes([ticket("handoff", "thumbs up")], rule)

    assert (found.handed_off, found.rated, found.satisfied) == (1, 0, 0)


def test_satisfied_containment_has_no_value_where_nobody_asks():
    found = bot_outcomes([ticket("bot_resolved")])

    assert found.containment.value == 1
    assert not found.satisfied_containment.is_defined
    assert not BotOutcomes(contained=1).satisfaction.is_defined
    assert BotOutcomes(contained=2, rated=1, satisfied=1).satisfied_containment.value == 0.5


# Shares


def test_containment_is_the_share_that_the_bot_ended():
    case = CASES["feedback-084"]
    contained, total = case["input"]["contained"], case["input"]["total"]

    assert (
        100 * BotOutcomes(contained=contained, handed_off=total - contained).containment.value
        == case["expected"]["containment"]
    )


def test_a_conversation_with_both_events_counts_once():
    case = CASES["feedback-087"]  # of Chatwoot, which counts it twice
    assert case["expected"] == {"resolution_rate": 100, "handoff_rate": 100}
    found = bot_outcomes([ticket("bot_resolved", "handoff")])

    assert (found.containment.value, found.handoff.value, found.conversations) == (0, 1, 1)


COUNTED = BotOutcomes(
    contained=4, recontacted=1, handed_off=3, abandoned=2, pending=5, open=5, no_bot=20, rated=3, satisfied=2
)


@pytest.mark.parametrize(
    ("of", "total", "unit"),
    [("ended", 10, "ended bot conversations"), ("conversations", 20, "bot conversations"), ("tickets", 40, "tickets")],
)
def test_each_share_says_of_what_it_is_taken(of, total, unit):
    metrics = {"containment": 4, "deflection": 7, "handoff": 3, "abandonment": 2, "satisfied_containment": 2}
    rates = {metric: COUNTED.rate(metric, of=of) for metric in metrics}

    assert {metric: rate.count for metric, rate in rates.items()} == metrics
    assert {(rate.total, rate.unit) for rate in rates.values()} == {(total, unit)}
    assert [rate.name for rate in rates.values()] == [metric.replace("_", " ") for metric in metrics]


def test_the_shares_by_name_are_those_of_the_ended():
    for metric in ("containment", "deflection", "handoff", "abandonment", "satisfied_containment"):
        assert getattr(COUNTED, metric) == COUNTED.rate(metric)
    assert (COUNTED.ended, COUNTED.conversations, COUNTED.tickets) == (10, 20, 40)
    assert COUNTED.deflection.value + COUNTED.handoff.value == 1
    assert (COUNTED.recontact.count, COUNTED.recontact.total) == (1, 5)
    assert (COUNTED.involvement.count, COUNTED.involvement.total) == (20, 40)


# Laws


CONTACTS = st.builds(
    lambda name, at, late, of: Touchpoint(name, hour(at), recorded_at=hour(at + late), properties={"ticket": of}),
    st.sampled_from((*EVENTS, "thumbs up")),
    st.integers(0, 12),
    st.sampled_from([0, 0, 5]),
    st.sampled_from(["1", "2", "3"]),
)


@st.composite
def customers(draw):
    logs = draw(st.lists(st.lists(CONTACTS, max_size=8), max_size=4))
    return [
        Journey(
            f"customer {number}",
            [
                Touchpoint(
                    each.name,
                    each.at,
                    recorded_at=each.recorded_at,
                    properties={"ticket": f"{number}-{each.properties['ticket']}"},
                )
                for each in log
            ],
        )
        for number, log in enumerate(logs)
    ]


@given(customers(), st.integers(0, 15))
def test_outcomes_are_disjoint_and_sum_up_to_the_tickets_known(log, now):
    found = bot_outcomes(log, RULE, ticket=BY, as_of=hour(now))
    known = {
        each.properties["ticket"]
        for journey in log
        for each in journey
        if each.known_at <= hour(now) and each.name not in ("note", "thumbs up")
    }

    assert sum(getattr(found, outcome) for outcome in OUTCOMES) == found.tickets == len(known)


@given(customers(), st.integers(0, 15))
def test_nothing_later_changes_an_outcome(log, now):
    before = [journey.as_of(hour(now)) for journey in log]

    assert bot_outcomes(log, RULE, ticket=BY, as_of=hour(now)) == bot_outcomes(before, RULE, ticket=BY, as_of=hour(now))


@given(customers(), st.integers(0, 15), st.integers(0, 15))
def test_an_outcome_stays_until_something_happens_or_it_says_so(log, now, hours):
    """Of one log at two moments with nothing in between, only what has a `retry_at` in between may differ."""
    for journey in log:
        frozen = journey.as_of(hour(now))
        both = [RULE.decisions(tickets([frozen], ticket=BY), as_of=hour(now + after)) for after in (0, hours)]
        for first, second in zip(*both, strict=True):
            turns = first.retry_at is not None and first.retry_at <= hour(now + hours)
            assert (first.outcome != second.outcome) == turns


@given(customers(), st.integers(0, 4))
def test_the_tally_of_a_log_is_the_sum_of_those_of_its_parts(log, cut):
    parts = [bot_outcomes(part, RULE, ticket=BY, as_of=hour(9)) for part in (log[:cut], log[cut:])]

    assert sum(parts, start=BotOutcomes()) == bot_outcomes(log, RULE, ticket=BY, as_of=hour(9))


TALLIES = st.builds(
    lambda counts, rated, satisfied: BotOutcomes(
        **dict(zip(OUTCOMES, (counts[0] + rated + satisfied, *counts[1:]), strict=True)),
        rated=rated + satisfied,
        satisfied=satisfied,
    ),
    st.tuples(*[st.integers(0, 9)] * 7),
    st.integers(0, 3),
    st.integers(0, 3),
)


@given(TALLIES, TALLIES, TALLIES)
def test_tallies_add(one, two, three):
    assert (one + two) + three == one + (two + three)
    assert one + two == two + one
    assert one + BotOutcomes() == BotOutcomes() + one == one
    assert reduce(add, (one, two)).contained == one.contained + two.contained
    assert from_dict(to_dict(one), BotOutcomes) == one


def test_the_satisfied_add_too():
    one, other = BotOutcomes(contained=3, rated=2, satisfied=1), BotOutcomes(contained=4, rated=3, satisfied=2, open=1)

    assert one + other == BotOutcomes(contained=7, rated=5, satisfied=3, open=1)


def test_tallies_of_two_rules_do_not_add():
    one, two = (
        bot_outcomes([ticket("bot_resolved")]),
        bot_outcomes([ticket("bot_resolved")], BotRule(abandoned_after=HOUR)),
    )

    with pytest.raises(InvalidValueError, match="counted by two rules"):
        _ = one + two
    with pytest.raises(TypeError):
        _ = one + 3


# Forms


def test_a_rule_and_its_tally_are_stored():
    rule = BotRule(
        events=TicketEvents(bot_reply=Touchpoint.fields.actor == "bot"),
        abandoned_after=HOUR,
        recontact_within=days(7),
        satisfied=Touchpoint.fields.sentiment > 0,
        rated="rating",
    )

    assert from_dict(json.loads(json.dumps(to_dict(rule))), BotRule) == rule
    tally = BotOutcomes(rule=rule, contained=1)
    assert from_dict(json.loads(json.dumps(to_dict(tally))), BotOutcomes) == tally


def test_a_tally_prints_as_a_table_and_has_a_chart():
    found = BotOutcomes(contained=1, no_bot=1)

    assert found.rows()[0] == {"outcome": "contained", "tickets": 1, "share": 0.5}
    assert BotOutcomes().rows()[0]["share"] is None
    assert str(found).splitlines()[1] == "contained          1    0.5"
    assert found.chart()["title"] == "Outcomes of bot conversations"
    assert [row["outcome"] for row in found.chart()["data"]["values"]] == list(OUTCOMES)


# What is refused


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"events": "bot"}, InvalidTypeError, "events must be TicketEvents, got 'bot'"),
        ({"events": None}, InvalidTypeError, "events must be TicketEvents, got None"),
        ({"abandoned_after": 3}, InvalidTypeError, "abandoned_after must be a timedelta or a span"),
        ({"recontact_within": -HOUR}, InvalidValueError, "recontact_within must not be negative"),
        ({"satisfied": ""}, InvalidValueError, "satisfied must not be blank"),
        ({"satisfied": "yes", "rated": 3}, InvalidTypeError, "rated must be the name of a touchpoint"),
        ({"rated": "rating"}, InvalidValueError, "rated= says which touchpoints are answers; satisfied= must say"),
    ],
)
def test_a_rule_without_sense_is_refused(options, kind, message):
    with pytest.raises(kind) as caught:
        BotRule(**options)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("counts", "kind", "message"),
    [
        ({"contained": -1}, InvalidValueError, "contained must be at least 0"),
        ({"rated": 0.5}, InvalidTypeError, "rated must be an int"),
        ({"contained": 1, "rated": 2}, InvalidValueError, "those satisfied are among those rated"),
        ({"contained": 2, "rated": 1, "satisfied": 2}, InvalidValueError, "those satisfied are among those rated"),
        ({"rule": "last"}, InvalidTypeError, "rule must be a BotRule, got 'last'"),
    ],
)
def test_counts_without_sense_are_refused(counts, kind, message):
    with pytest.raises(kind) as caught:
        BotOutcomes(**counts)
    assert str(caught.value).startswith(message)


def test_a_question_without_sense_is_refused_before_anyone_is_read():
    log = iter([ticket("bot_reply")])
    for question, kind, message in (
        (lambda: bot_outcomes(log, "last"), InvalidTypeError, "rule must be a BotRule"),
        (
            lambda: bot_outcomes(log, BotRule(recontact_within=HOUR)),
            InvalidValueError,
            "recontact_within= needs the journeys",
        ),
        (lambda: bot_outcomes(log, as_of=datetime(2026, 3, 2)), NaiveDatetimeError, "as_of must be an aware"),  # noqa: DTZ001
        (lambda: COUNTED.rate("resolution"), InvalidValueError, "metric must be one of"),
        (lambda: COUNTED.rate("handoff", of="customers"), InvalidValueError, "of must be one of"),
    ):
        with pytest.raises(kind, match=message):
            question()
    assert len(list(log)) == 1


def test_a_ticket_is_of_one_customer():
    log = [customer((0, "bot_reply", "A-1")), customer((0, "bot_reply", "A-1"), name="ben")]

    with pytest.raises(DuplicateError, match="'A-1' is in the journeys of 'anna' and 'ben'"):
        bot_outcomes(log, ticket=BY)
    with pytest.raises(InvalidTypeError, match="expected a Journey"):
        BotRule().explain("T-1")


def test_tickets_that_were_cut_before_are_refused_where_recontacts_count():
    log = [customer((0, "bot_resolved", "A-1"), (3, "bot_resolved", "A-2"))]
    cut = list(tickets(log, ticket=BY))
    rule = BotRule(recontact_within=4 * HOUR)

    assert bot_outcomes(log, rule, ticket=BY).recontacted == 1
    assert bot_outcomes(cut, ticket=BY) == bot_outcomes(cut) == bot_outcomes(log, ticket=BY)
    with pytest.raises(
        InvalidValueError, match="recontact_within= needs the journeys of customers, got those of tickets"
    ):
        bot_outcomes(cut, rule, ticket=BY)
