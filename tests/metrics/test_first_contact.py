"""First-contact resolution: resolved, not reopened, and nobody came back within the window."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import days
from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError, InvalidValueError, UnknownFieldError
from cxkit.journey import Journey, Touchpoint
from cxkit.metrics import FirstContactResolution, FirstContactRule, TicketEvents, first_contact_resolution, tickets

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/feedback.json").read_text(encoding="utf-8"))
}
START = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
BY = "properties.ticket"
OUTCOMES = ("resolved", "reopened", "several_contacts", "repeated", "unresolvable", "follow_up", "pending", "open")
RULE = FirstContactRule(window=10 * HOUR)


def hour(number):
    return START + number * HOUR


def touch(at, what, of, topic=None, known=None):
    return Touchpoint(
        what, hour(at), recorded_at=None if known is None else hour(known), properties={"ticket": of, "topic": topic}
    )


def customer(*contacts, name="anna"):
    """A customer whose touchpoints are given as hour, name and ticket, and maybe topic and when it was known."""
    return Journey(name, [touch(*contact) for contact in contacts])


def outcomes(rule, journey, as_of=None):
    decisions = rule.decisions(tickets([journey], ticket=BY), as_of=None if as_of is None else hour(as_of))
    return {decision.ticket: decision.outcome for decision in decisions}


# The cases of others


@pytest.mark.parametrize("name", ["feedback-081", "feedback-082"])
def test_the_share_is_that_of_first_contacts(name):
    case = CASES[name]
    first, total = case["input"]["resolved_first"], case["input"]["total"]
    found = FirstContactResolution(resolved=first, repeated=total - first)

    assert 100 * found.gross.value == pytest.approx(case["expected"]["fcr"], abs=1e-9)
    assert found.net.value == found.gross.value


def test_net_leaves_out_what_could_not_be_resolved():
    """MetricNet: net = resolved initially / (all contacts - those that cannot be resolved at level one)."""
    found = FirstContactResolution(resolved=60, repeated=10, reopened=5, several_contacts=5, unresolvable=20)

    assert (found.gross.count, found.gross.total, found.gross.value) == (60, 100, 0.6)
    assert (found.net.count, found.net.total, found.net.value) == (60, 80, 0.75)
    assert (found.failed, found.tickets) == (20, 100)


def test_freshservice_counts_the_messages_of_the_customer():
    """Resolved tickets with no customer interaction but the first, irrespective of the answers of the agent."""
    rule = FirstContactRule.freshservice_like()
    log = [
        customer((0, "customer_message", "A"), (1, "agent_reply", "A"), (2, "agent_reply", "A"), (3, "resolved", "A")),
        customer((0, "customer_message", "B"), (1, "customer_message", "B"), (3, "resolved", "B"), name="ben"),
        customer((0, "customer_message", "C"), (1, "customer_message", "C"), name="cleo"),
        customer(
            (0, "opened", "D"), (0, "customer_message", "D"), (2, "resolved", "D"), (3, "opened", "E"), name="dora"
        ),
        customer((0, "opened", "F"), (1, "customer_message", "F"), (2, "resolved", "F"), name="emil"),
    ]
    found = first_contact_resolution(log, rule, ticket=BY, as_of=hour(4))

    assert found == FirstContactResolution(rule=rule, resolved=2, several_contacts=2, open=2)
    assert (rule.window, rule.single_interaction, rule.events) == (None, True, TicketEvents())
    assert FirstContactRule.freshservice_like(events=TicketEvents(resolved="closed")).events.resolved == "closed"


# Repeat contacts


@pytest.mark.parametrize(
    ("back", "as_of", "expected"),
    [
        (11, 11, {"A": "repeated", "B": "follow_up"}),
        (11, 10, {"A": "pending"}),
        (12, 12, {"A": "resolved", "B": "open"}),
        (12, 11, {"A": "pending"}),
        (2, 20, {"A": "resolved", "B": "open"}),  # began at the very moment
        (1, 20, {"A": "resolved", "B": "open"}),  # began before
        (11, None, {"A": "repeated", "B": "follow_up"}),
        (30, None, {"A": "resolved", "B": "open"}),
    ],
)
def test_a_ticket_within_the_window_after_a_resolution_is_a_repeat_contact(back, as_of, expected):
    journey = customer((0, "opened", "A"), (2, "resolved", "A"), (back, "opened", "B"))

    assert outcomes(RULE, journey, as_of) == expected


def test_reasons_name_the_other_ticket_and_the_moment_to_ask_again():
    journey = customer((0, "opened", "A"), (2, "resolved", "A"), (9, "opened", "C"), (5, "opened", "B"))
    first, *later = RULE.decisions(tickets([journey], ticket=BY), as_of=hour(9))
    waiting = RULE.explain(next(tickets([journey], ticket=BY)), as_of=hour(3))

    assert (first.reason, first.reasons[0].found, first.retry_at) == ("repeated", "B", None)
    assert [(each.reason, each.reasons[0].found) for each in later] == [("follow_up", "A"), ("follow_up", "A")]
    assert (waiting.outcome, waiting.reason, waiting.retry_at) == ("pending", "pending", hour(12))
    assert RULE.explain(Journey("A"), as_of=hour(3)).outcome == "unknown"


def test_a_follow_up_of_a_reopened_ticket_is_one_too():
    journey = customer(
        (0, "opened", "A"), (1, "resolved", "A"), (2, "reopened", "A"), (3, "opened", "B"), (30, "resolved", "A")
    )

    assert outcomes(RULE, journey) == {"A": "reopened", "B": "follow_up"}
    assert RULE.explain(next(tickets([journey], ticket=BY))).reasons[0].found == 1


def test_a_ticket_may_follow_any_resolution():
    journey = customer(
        (0, "opened", "A"), (1, "resolved", "A"), (2, "reopened", "A"), (30, "resolved", "A"), (35, "opened", "B")
    )

    assert outcomes(RULE, journey) == {"A": "reopened", "B": "follow_up"}


def test_repeats_are_about_the_same_topic():
    journey = customer(
        *((0, "opened", "A", "bill"), (1, "resolved", "A")),
        *((2, "opened", "B", "app"), (3, "resolved", "B")),
        *((4, "opened", "C"), (5, "customer_message", "C", "bill")),
        *((6, "opened", "D"), (7, "resolved", "D")),
        *((8, "opened", "E"), (9, "resolved", "E")),
    )
    rule = FirstContactRule(window=10 * HOUR, topic="properties.topic")

    assert outcomes(rule, journey) == {
        "A": "repeated",
        "B": "resolved",
        "C": "follow_up",
        "D": "repeated",
        "E": "follow_up",
    }
    assert outcomes(rule, journey, 4) == {"A": "pending", "B": "pending", "C": "open"}
    assert set(outcomes(RULE, journey).values()) == {"repeated", "follow_up"}
    by_name = {ticket.customer: ticket for ticket in tickets([journey], ticket=BY)}
    assert rule.explain(by_name["A"], others=[by_name["B"]]).outcome == "resolved"
    assert rule.explain(by_name["A"], others=list(by_name.values())).outcome == "repeated"


def test_what_could_not_be_resolved_says_why_it_was_not():
    rule = FirstContactRule(window=10 * HOUR, unresolvable="hardware")
    log = [
        customer(
            (0, "opened", "A"), (1, "hardware", "A"), (2, "resolved", "A"), (3, "reopened", "A"), (4, "resolved", "A")
        ),
        customer((0, "opened", "B"), (1, "hardware", "B"), (2, "resolved", "B"), name="ben"),  # it was, after all
        customer((0, "opened", "C"), (1, "hardware", "C"), name="cleo"),
        customer((0, "opened", "D"), (2, "resolved", "D"), (3, "reopened", "D"), (4, "resolved", "D"), name="dora"),
    ]
    found = first_contact_resolution(log, rule, ticket=BY)

    assert found == FirstContactResolution(rule=rule, resolved=1, unresolvable=1, reopened=1, open=1)
    [decision] = rule.decisions(tickets(log[:1], ticket=BY))
    assert [reason.code for reason in decision.reasons] == ["unresolvable", "reopened"]
    assert outcomes(
        rule,
        customer(
            (0, "opened", "A"),
            (1, "hardware", "A", None, 9),
            (2, "bot_resolved", "A"),
            (3, "handoff", "A"),
            (4, "resolved", "A"),
        ),
        8,
    ) == {"A": "reopened"}


def test_a_call_that_is_solved_at_once_is_one_touchpoint():
    call = Touchpoint.fields.name == "call"
    rule = FirstContactRule(window=HOUR, events=TicketEvents(opened=call, resolved=call))

    assert outcomes(rule, customer((0, "call", "A"))) == {"A": "resolved"}
    assert outcomes(rule, customer((0, "call", "A"), (1, "call", "A"))) == {"A": "reopened"}


# An oracle


class Replay:
    """What a ticket is, read off the rule's text; `contacts` are pairs of an hour and what happened."""

    def __init__(self, contacts):
        self.opened, self.is_open, self.solved, self.again = contacts[0][0], True, [], 0
        self.messages = sum(what == "customer_message" and at > self.opened for at, what in contacts)
        for at, what in contacts:
            if not self.is_open and what in ("opened", "reopened", "handoff"):
                self.is_open, self.again = True, self.again + 1
            elif self.is_open and what in ("resolved", "bot_resolved"):
                self.is_open = False
                self.solved.append(at)

    def repeats(self, other, window):
        return window is not None and any(at < self.opened < at + window for at in other.solved)

    def outcome(self, everyone, now, window, single):
        asked = [
            ("follow_up", any(self.repeats(other, window) for other in everyone)),
            ("open", self.is_open),
            ("reopened", self.again),
            ("several_contacts", single and self.messages),
            ("repeated", any(other.repeats(self, window) for other in everyone)),
            ("pending", window is not None and self.solved and now < self.solved[-1] + window),
            ("resolved", True),
        ]
        return next(outcome for outcome, holds in asked if holds)


def oracle(log, now, window, single):
    """Read the rule off its text, for tickets as lists of (hour, what, when known)."""
    known = {
        name: sorted((at, what) for at, what, when in contacts if when <= now and what != "note")
        for name, contacts in log.items()
    }
    replayed = {name: Replay(contacts) for name, contacts in known.items() if contacts}
    return {name: each.outcome(replayed.values(), now, window, single) for name, each in replayed.items()}


NAMES = ("opened", "customer_message", "agent_reply", "resolved", "bot_resolved", "reopened", "handoff", "note")
LOGS = st.dictionaries(
    st.sampled_from("ABC"),
    st.lists(
        st.tuples(st.integers(0, 20), st.sampled_from(NAMES), st.sampled_from([0, 0, 4])),
        max_size=6,
        unique_by=lambda drawn: drawn[0],
    ),
    max_size=3,
)


@given(LOGS, st.integers(0, 30), st.sampled_from([None, 0, 5, 10]), st.booleans())
def test_outcomes_are_those_of_an_oracle(drawn, now, window, single):
    log = {name: [(at, what, at + late) for at, what, late in contacts] for name, contacts in drawn.items()}
    journey = customer(*((at, what, name, None, when) for name, contacts in log.items() for at, what, when in contacts))
    rule = FirstContactRule(window=None if window is None else window * HOUR, single_interaction=single)

    assert outcomes(rule, journey, now) == oracle(log, now, window, single)


# Laws


@given(LOGS, st.integers(0, 30))
def test_nothing_later_changes_an_outcome(drawn, now):
    contacts = [(at, what, name, None, at + late) for name, given in drawn.items() for at, what, late in given]
    journey = customer(*contacts)
    found = first_contact_resolution([journey], RULE, ticket=BY, as_of=hour(now))

    assert found == first_contact_resolution([journey.as_of(hour(now))], RULE, ticket=BY, as_of=hour(now))
    assert found.tickets == len(outcomes(RULE, journey, now))
    assert found + found == FirstContactResolution(rule=RULE, **{each: 2 * getattr(found, each) for each in OUTCOMES})


TALLIES = st.builds(
    lambda counts: FirstContactResolution(**dict(zip(OUTCOMES, counts, strict=True))),
    st.tuples(*[st.integers(0, 9)] * 8),
)


@given(TALLIES, TALLIES, TALLIES)
def test_tallies_add(one, two, three):
    assert (one + two) + three == one + (two + three)
    assert one + FirstContactResolution() == FirstContactResolution() + one == one
    assert (one + two).gross.total == one.gross.total + two.gross.total
    assert one.net.value_or(1.0) >= one.gross.value_or(1.0) or not one.net.is_defined
    assert from_dict(to_dict(one), FirstContactResolution) == one


def test_tallies_of_two_rules_do_not_add():
    one, two = (FirstContactResolution(rule=rule, resolved=1) for rule in (RULE, FirstContactRule.freshservice_like()))

    with pytest.raises(InvalidValueError, match="counted by two rules"):
        _ = one + two


# Forms and refusals


def test_a_rule_and_its_tally_are_stored_and_printed():
    rule = FirstContactRule(window=days(7), topic="channel", unresolvable=Touchpoint.fields.channel == "lab")
    tally = FirstContactResolution(rule=rule, resolved=3, open=1)

    assert from_dict(json.loads(json.dumps(to_dict(rule))), FirstContactRule) == rule
    assert from_dict(json.loads(json.dumps(to_dict(tally))), FirstContactResolution) == tally
    assert str(tally).splitlines()[:2] == ["outcome           tickets  share", "resolved                3   0.75"]
    assert tally.chart()["title"] == "First-contact resolution"


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"window": 7}, InvalidTypeError, "window must be a timedelta or a span"),
        ({"window": None, "events": "opened"}, InvalidTypeError, "events must be TicketEvents"),
        ({"window": None, "events": None}, InvalidTypeError, "events must be TicketEvents, got None"),
        ({"window": None, "single_interaction": 1}, InvalidTypeError, "single_interaction must be True or False"),
        ({"window": None, "unresolvable": ""}, InvalidValueError, "unresolvable must not be blank"),
        ({"window": None, "topic": Touchpoint.fields.channel}, InvalidTypeError, "topic must be the name of a label"),
        ({"window": None, "topic": "topic"}, UnknownFieldError, "a touchpoint has no label 'topic'"),
    ],
)
def test_a_rule_without_sense_is_refused(options, kind, message):
    with pytest.raises(kind) as caught:
        FirstContactRule(**options)
    assert str(caught.value).startswith(message)


def test_questions_without_sense_are_refused():
    with pytest.raises(InvalidTypeError, match="rule must be a FirstContactRule such as"):
        first_contact_resolution([], days(7), ticket=BY)
    with pytest.raises(InvalidTypeError, match="rule must be a FirstContactRule, got 7"):
        FirstContactResolution(rule=7)
    with pytest.raises(InvalidValueError, match="open must be at least 0"):
        FirstContactResolution(open=-1)
    with pytest.raises(UnknownFieldError, match="no label 'ticket'"):
        first_contact_resolution([Journey("anna")], RULE, ticket="ticket")


def test_a_rule_with_a_window_needs_to_know_whose_a_ticket_is():
    with pytest.raises(InvalidValueError, match="window= needs the journeys of customers; say what names a ticket"):
        first_contact_resolution([Journey("T-1")], RULE)


ANNA = [(0, "opened", "A-1"), (1, "resolved", "A-1"), (3, "opened", "A-2"), (4, "resolved", "A-2")]


def test_tickets_that_were_cut_before_are_refused_where_repeats_count():
    log = [customer(*ANNA)]
    cut = list(tickets(log, ticket=BY))

    assert first_contact_resolution(log, RULE, ticket=BY).repeated == 1
    with pytest.raises(
        InvalidValueError, match="window= needs the journeys of customers, got those of tickets, such as 'A-1'"
    ):
        first_contact_resolution(cut, RULE, ticket=BY)


def test_without_a_window_tickets_do_as_well_as_customers():
    log = [customer(*ANNA)]
    rule = FirstContactRule.freshservice_like()
    cut = list(tickets(log, ticket=BY))

    whole = first_contact_resolution(log, rule, ticket=BY)
    assert whole.resolved == 2
    assert first_contact_resolution(cut, rule) == first_contact_resolution(cut, rule, ticket=BY) == whole


def test_guests_who_are_called_like_their_only_ticket_are_customers():
    guests = [customer((0, "opened", f"G-{n}"), (1, "resolved", f"G-{n}"), name=f"G-{n}") for n in range(2)]
    visitor = customer((0, "visit", None), name="V")

    assert first_contact_resolution([*guests, customer(*ANNA)], RULE, ticket=BY).resolved == 2
    assert first_contact_resolution([guests[0], visitor], RULE, ticket=BY).resolved == 1
    with pytest.raises(InvalidValueError, match="such as 'G-0' and 'G-1'"):
        first_contact_resolution([*guests, visitor], RULE, ticket=BY)
