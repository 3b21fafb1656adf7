"""Messages: which contact is which occasion, what a host keeps, what is refused."""

import pickle
from datetime import datetime, timedelta

import attrs
import pytest
from samples import NAMESPACE

from cxkit.aftersales import ContactPolicy, MessageDecision, Rule, SentMessage, due_messages
from cxkit.answers import Reason
from cxkit.calendar import days, hours
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError, NaiveDatetimeError
from cxkit.journey import Journey, Touchpoint

at = datetime.fromisoformat
MONDAY = at("2026-03-02T09:00Z")
HOUR = timedelta(hours=1)
ORDER = Touchpoint("order", MONDAY)
THANKS = Rule("thanks", after="order", channel="email", valid_for=days(7))
SENT = SentMessage("anna", "thanks", "at 2026-03-02T09:00:00+00:00 #1 order", "email", MONDAY + HOUR)


def decide(*contacts, history=(), as_of=MONDAY + HOUR, rules=(THANKS,)):
    return due_messages(Journey("anna", contacts), rules, history=history, as_of=as_of)


def send_all(*contacts, as_of=MONDAY + HOUR):
    return [found.sent(at=as_of) for found in decide(*contacts, as_of=as_of) if found.outcome == "send"]


def outcomes(*contacts, history, as_of=MONDAY + 2 * HOUR):
    return [found.outcome for found in decide(*contacts, history=history, as_of=as_of)]


# Which contact is which


@pytest.mark.parametrize(
    ("contacts", "known_as"),
    [
        ([ORDER], ["at 2026-03-02T09:00:00+00:00 #1 order"]),
        ([ORDER] * 3, [f"at 2026-03-02T09:00:00+00:00 #{number} order" for number in (1, 2, 3)]),
        ([attrs.evolve(ORDER, id="o-17")], ["id o-17"]),
        (
            [ORDER, attrs.evolve(ORDER, id="o-17"), attrs.evolve(ORDER, channel="web")],
            ["at 2026-03-02T09:00:00+00:00 #1 order", "id o-17", "at 2026-03-02T09:00:00+00:00 #2 order"],
        ),
    ],
)
def test_a_contact_is_known_by_its_id_or_by_its_name_time_and_place_among_its_like(contacts, known_as):
    """This text is kept by hosts: another one would send every message again."""
    assert [found.contact for found in decide(*contacts)] == known_as


def test_equal_contacts_without_an_id_are_two_occasions():
    history = send_all(ORDER)

    assert outcomes(ORDER, ORDER, history=history) == ["sent", "send"]
    assert outcomes(ORDER, ORDER, history=send_all(ORDER, ORDER)) == ["sent", "sent"]


def test_equal_contacts_with_an_id_are_one():
    order = attrs.evolve(ORDER, id="o-17")

    assert outcomes(order, order, history=()) == ["send"]


def test_a_contact_with_an_id_is_the_same_when_its_time_is_corrected():
    order = attrs.evolve(ORDER, id="o-17")
    corrected = attrs.evolve(order, at=MONDAY - HOUR, name="order", channel="web")

    assert outcomes(corrected, history=send_all(order)) == ["sent"]


def test_a_contact_without_an_id_is_another_when_its_time_is_corrected():
    assert outcomes(attrs.evolve(ORDER, at=MONDAY - HOUR), history=send_all(ORDER)) == ["send"]


def test_a_contact_that_became_known_late_triggers_from_then_on():
    late = attrs.evolve(ORDER, recorded_at=MONDAY + HOUR)

    assert decide(late, as_of=MONDAY + HOUR - timedelta(microseconds=1)) == ()
    (decision,) = decide(late)
    assert (decision.outcome, decision.due_at) == ("send", MONDAY)


def test_a_twin_that_became_known_late_gets_one_message_too():
    late = attrs.evolve(ORDER, recorded_at=MONDAY + 2 * HOUR)
    history = send_all(late, ORDER)

    assert [message.contact for message in history] == ["at 2026-03-02T09:00:00+00:00 #1 order"]
    assert outcomes(late, ORDER, history=history) == ["send", "sent"]


def test_contacts_that_do_not_trigger_have_no_place_among_those_that_do():
    web = attrs.evolve(THANKS, after=Touchpoint.fields.channel == "web")
    (decision,) = decide(ORDER, attrs.evolve(ORDER, channel="web"), rules=[web])

    assert decision.contact == "at 2026-03-02T09:00:00+00:00 #1 order"


def test_a_contact_is_never_taken_for_another():
    strange = Touchpoint("id", MONDAY)
    named = Touchpoint("id", MONDAY, id="2026-03-02T09:00:00+00:00")
    rule = attrs.evolve(THANKS, after="id")

    one, two = decide(strange, named, rules=[rule])
    assert one.contact != two.contact


# Several rules


def test_decisions_come_by_rule_as_given_then_by_time():
    other = attrs.evolve(THANKS, name="survey", id="survey", delay=days(1))
    later = Touchpoint("order", MONDAY + HOUR)
    decisions = decide(later, ORDER, Touchpoint("visit", MONDAY), rules=iter([other, THANKS]))

    assert [(found.rule, found.touchpoint, found.outcome) for found in decisions] == [
        ("survey", ORDER, "not_due"),
        ("survey", later, "not_due"),
        ("thanks", ORDER, "send"),
        ("thanks", later, "send"),
    ]


def test_without_rules_or_contacts_there_is_nothing_to_decide():
    assert decide(ORDER, rules=[]) == ()
    assert decide() == ()


def test_two_rules_under_one_id_are_refused():
    with pytest.raises(DuplicateError) as caught:
        decide(rules=[THANKS, attrs.evolve(THANKS, delay=days(1))])
    assert str(caught.value) == "two of the rules have the id 'thanks'; give one of them an id= of its own"


def test_a_rule_that_comes_twice_is_refused():
    with pytest.raises(DuplicateError):
        decide(rules=[THANKS, THANKS])


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"journey": [ORDER]}, InvalidTypeError, "expected a Journey, got [Touchpoint("),
        ({"rules": ["thanks"]}, InvalidTypeError, "expected a Rule, got 'thanks'"),
        ({"policy": None}, InvalidTypeError, "expected a ContactPolicy, got None"),
        ({"as_of": datetime(2026, 3, 2)}, NaiveDatetimeError, "as_of must be an aware datetime, got the naive "),  # noqa: DTZ001
        ({"history": [("anna", "thanks")]}, InvalidTypeError, "history is made of what decision.sent(at=...) gives, got ('anna',"),
    ],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(change, error, message):
    asked = {"journey": Journey("anna"), "rules": [], "policy": ContactPolicy(), "as_of": MONDAY} | change
    with pytest.raises(error) as caught:
        due_messages(**asked)
    assert str(caught.value).startswith(message)
    assert [caught.value.found] in (list(change.values()), *change.values())


# What a host keeps


@pytest.mark.parametrize(
    ("delay", "history", "outcome"), [(days(1), (), "not_due"), (days(0), (SENT,), "sent")], ids=["not due", "sent"]
)
def test_only_a_message_to_send_can_have_been_sent(delay, history, outcome):
    (decision,) = decide(ORDER, history=history, rules=[attrs.evolve(THANKS, delay=delay)])

    with pytest.raises(InvalidValueError) as caught:
        decision.sent(at=MONDAY)
    assert str(caught.value) == f"only a message to send can have been sent; 'thanks' to 'anna' is '{outcome}'"
    assert caught.value.found == outcome


def test_a_decision_that_follows_nothing_cannot_have_been_sent():
    with pytest.raises(InvalidValueError, match=r"is 'not_triggered'$"):
        THANKS.explain(Journey("anna"), as_of=MONDAY).sent(at=MONDAY)
    with pytest.raises(InvalidValueError, match=r"^only a message to send can have been sent"):
        MessageDecision(outcome="send", customer="anna", rule="thanks", channel="email").sent(at=MONDAY)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        *[
            ({what: ""}, InvalidValueError, f"{what} must not be blank, got ''")
            for what in ("customer", "rule", "contact", "channel")
        ],
        ({"contact": None}, InvalidTypeError, "contact must be text, got None"),
        ({"at": datetime(2026, 3, 2)}, NaiveDatetimeError, "at must be an aware datetime, got the naive 2026-03-02T00:00"),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_a_sent_message_that_makes_no_sense_is_refused(change, error, message):
    with pytest.raises(error) as caught:
        attrs.evolve(SENT, **change)
    assert str(caught.value).startswith(message)


def test_the_time_of_a_sent_message_is_kept_in_utc():
    assert attrs.evolve(SENT, at=at("2026-03-02T11:00+01:00")).at.isoformat() == "2026-03-02T10:00:00+00:00"


@pytest.mark.parametrize(
    "value", [SENT, *decide(ORDER), *decide(ORDER, history=[SENT])], ids=["sent message", "to send", "sent"]
)
def test_a_value_pickles_and_prints_as_the_code_that_makes_it(value):
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own
    made = eval(repr(value), {**NAMESPACE, "Reason": Reason})  # noqa: S307 - our own
    assert made == value
    assert hash(made) == hash(value)


def test_a_window_may_follow_the_calendar():
    (decision,) = decide(ORDER, rules=[attrs.evolve(THANKS, delay=days(1), valid_for=hours(2))])

    assert (decision.due_at, decision.expires_at) == (at("2026-03-03T09:00Z"), at("2026-03-03T11:00Z"))


def test_a_twin_that_is_recorded_late_does_not_take_the_place_of_the_first():
    first = Touchpoint("order", MONDAY, value=10)
    late = Touchpoint("order", MONDAY, value=20, recorded_at=MONDAY + timedelta(days=1))
    rule = Rule("thanks", after="order", channel="email", valid_for=timedelta(days=7))
    anna = Journey("anna", [late, first])
    [sent] = due_messages(anna, [rule], as_of=MONDAY)
    decided = due_messages(anna, [rule], history=[sent.sent(at=MONDAY)], as_of=MONDAY + timedelta(days=2))

    assert {(decision.touchpoint.value, decision.outcome) for decision in decided} == {(10, "sent"), (20, "send")}


def test_what_is_expired_stays_expired_whatever_becomes_known_later():
    ticket = Touchpoint("ticket", MONDAY + timedelta(hours=1), recorded_at=MONDAY + timedelta(days=5))
    rule = Rule("survey", after="order", channel="email", valid_for=timedelta(days=3), unless="ticket")
    anna = Journey("anna", [Touchpoint("order", MONDAY), ticket])
    outcomes = [rule.explain(anna, as_of=MONDAY + timedelta(days=day)).outcome for day in (1, 4, 6)]

    assert outcomes == ["send", "expired", "expired"]
