"""Due messages: worked days, what cancels, what history prevents, who is who."""

from datetime import datetime
from zoneinfo import ZoneInfo

import attrs
import pytest

from cxkit.aftersales import ContactPolicy, Rule, SentMessage, due_messages
from cxkit.answers import Reason
from cxkit.calendar import QuietHours, days, hours
from cxkit.journey import Journey, Touchpoint

at = datetime.fromisoformat
ORDER = Touchpoint("order", at("2026-03-02T09:00Z"))
TICKET = Touchpoint("ticket", at("2026-03-03T09:00Z"))
SURVEY = Rule("survey", after="order", delay=days(1), channel="email", valid_for=hours(12), unless="ticket")
NIGHT = ContactPolicy(quiet_hours=QuietHours("18:00", "08:00", tz="UTC"))


def decide(*contacts, as_of, rule=SURVEY, policy=NIGHT, history=()):
    """Decide about the one message that some contacts trigger."""
    journey = Journey("anna", contacts)
    (decision,) = due_messages(journey, [rule], as_of=at(as_of), policy=policy, history=history)
    return decision


def outcomes(*contacts, as_of, rule=SURVEY, **options):
    return [found.outcome for found in due_messages(Journey("anna", contacts), [rule], as_of=at(as_of), **options)]


# The window: due on 3 March at 09:00, over at 21:00, quiet from 18:00


@pytest.mark.parametrize(
    ("as_of", "outcome", "reasons", "retry_at"),
    [
        ("2026-03-02T09:00Z", "not_due", [("not_due", "2026-03-02T09:00Z", "2026-03-03T09:00Z")], "2026-03-03T09:00Z"),
        ("2026-03-03T08:59:59.999999Z", "not_due", [("not_due", "2026-03-03T08:59:59.999999Z", "2026-03-03T09:00Z")], "2026-03-03T09:00Z"),
        ("2026-03-03T09:00Z", "send", [("due", "2026-03-03T09:00Z", "2026-03-03T09:00Z")], None),
        ("2026-03-03T17:59:59.999999Z", "send", [("due", "2026-03-03T17:59:59.999999Z", "2026-03-03T09:00Z")], None),
        # Held past its end: both reasons, and no moment to ask again.
        ("2026-03-03T18:00Z", "expired", [("expired", "2026-03-03T18:00Z", "2026-03-03T21:00Z"), ("quiet_hours", "2026-03-03T18:00Z", "2026-03-04T08:00Z")], None),
        ("2026-03-03T21:00Z", "expired", [("expired", "2026-03-03T21:00Z", "2026-03-03T21:00Z")], None),
        ("2026-03-09T12:00Z", "expired", [("expired", "2026-03-09T12:00Z", "2026-03-03T21:00Z")], None),
    ],
)  # fmt: skip
def test_a_message_goes_out_in_its_window(as_of, outcome, reasons, retry_at):
    decision = decide(ORDER, as_of=as_of)

    assert decision.outcome == outcome
    assert decision.reasons == tuple(Reason(code, at(found), at(needed)) for code, found, needed in reasons)
    assert decision.retry_at == (retry_at and at(retry_at))
    assert (decision.due_at, decision.expires_at) == (at("2026-03-03T09:00Z"), at("2026-03-03T21:00Z"))
    assert (decision.customer, decision.rule, decision.channel, decision.touchpoint) == (
        "anna",
        "survey",
        "email",
        ORDER,
    )


@pytest.mark.parametrize(
    ("valid_for", "transactional", "as_of", "outcome", "codes", "retry_at"),
    [
        (hours(24), False, "2026-03-03T19:00Z", "hold", ["quiet_hours"], "2026-03-04T08:00Z"),
        (hours(24), False, "2026-03-04T07:59Z", "hold", ["quiet_hours"], "2026-03-04T08:00Z"),
        (hours(24), False, "2026-03-04T08:00Z", "send", ["due"], None),
        (hours(23), False, "2026-03-03T19:00Z", "expired", ["expired", "quiet_hours"], None),
        (hours(24), True, "2026-03-03T19:00Z", "send", ["due"], None),
        (hours(12), True, "2026-03-03T20:59Z", "send", ["due"], None),
        (hours(12), True, "2026-03-03T21:00Z", "expired", ["expired"], None),
    ],
)
def test_quiet_hours_hold_and_release(valid_for, transactional, as_of, outcome, codes, retry_at):
    rule = attrs.evolve(SURVEY, valid_for=valid_for, transactional=transactional)
    decision = decide(ORDER, rule=rule, as_of=as_of)

    assert (decision.outcome, [reason.code for reason in decision.reasons]) == (outcome, codes)
    assert decision.retry_at == (retry_at and at(retry_at))


@pytest.mark.parametrize("as_of", ["2026-03-02T20:00Z", "2026-03-02T21:59Z", "2026-03-02T22:00Z", "2026-03-05T12:00Z"])
def test_a_message_that_could_never_go_out_expired_for_both_reasons(as_of):
    rule = attrs.evolve(SURVEY, delay=hours(11), valid_for=hours(2))
    decision = decide(ORDER, rule=rule, as_of=as_of)

    assert (decision.outcome, [reason.code for reason in decision.reasons]) == ("expired", ["expired", "quiet_hours"])
    assert decision.reasons[1].needed == at("2026-03-03T08:00Z")


def test_a_moment_of_any_zone_is_understood():
    journey = Journey("anna", [ORDER])
    berlin = at("2026-03-03T09:00Z").astimezone(ZoneInfo("Europe/Berlin"))

    assert due_messages(journey, [SURVEY], as_of=berlin) == due_messages(
        journey, [SURVEY], as_of=at("2026-03-03T09:00Z")
    )


# What cancels


@pytest.mark.parametrize(
    ("moment", "as_of", "outcome"),
    [
        ("2026-03-02T08:59Z", "2026-03-03T10:00Z", "send"),  # before the order
        ("2026-03-02T09:00Z", "2026-03-03T10:00Z", "cancelled"),  # at once after it
        ("2026-03-02T12:00Z", "2026-03-02T13:00Z", "cancelled"),  # before it is due
        ("2026-03-03T20:59:59.999999Z", "2026-03-09T10:00Z", "cancelled"),
        ("2026-03-03T21:00Z", "2026-03-09T10:00Z", "expired"),  # when its window is over
        ("2026-03-03T12:00Z", "2026-03-03T11:00Z", "send"),  # later than the question
    ],
)
def test_a_later_contact_cancels_before_the_window_ends(moment, as_of, outcome):
    ticket = attrs.evolve(TICKET, at=at(moment), recorded_at=None)
    decision = decide(ORDER, ticket, as_of=as_of)

    assert decision.outcome == outcome
    if outcome == "cancelled":
        assert decision.reasons == (Reason("unless", found=ticket.at, needed="ticket"),)
        assert decision.retry_at is None


@pytest.mark.parametrize(
    ("recorded_at", "outcome"), [("2026-03-03T20:59:59.999999Z", "cancelled"), ("2026-03-03T21:00Z", "expired")]
)
def test_a_contact_cancels_only_if_it_is_known_before_the_window_ends(recorded_at, outcome):
    ticket = attrs.evolve(TICKET, recorded_at=at(recorded_at))

    assert decide(ORDER, ticket, as_of="2026-03-09T10:00Z").outcome == outcome


def test_a_contact_of_the_same_instant_cancels_if_it_comes_after():
    order, ticket = (attrs.evolve(ORDER, name=name, sequence=number) for name, number in (("order", 1), ("ticket", 2)))

    assert decide(ticket, order, as_of="2026-03-03T10:00Z").outcome == "cancelled"
    assert decide(attrs.evolve(ticket, sequence=0), order, as_of="2026-03-03T10:00Z").outcome == "send"


def test_only_the_contact_that_was_asked_for_cancels():
    rule = attrs.evolve(SURVEY, unless=None)

    assert decide(ORDER, TICKET, rule=rule, as_of="2026-03-03T10:00Z").outcome == "send"
    assert decide(ORDER, attrs.evolve(TICKET, name="visit"), as_of="2026-03-03T10:00Z").outcome == "send"


def test_a_contact_that_triggers_may_cancel_the_one_before():
    rule = attrs.evolve(SURVEY, unless="order")
    again = attrs.evolve(ORDER, at=at("2026-03-03T08:00Z"), recorded_at=None)

    assert outcomes(ORDER, again, rule=rule, as_of="2026-03-03T10:00Z") == ["cancelled", "not_due"]


# History


def test_what_was_sent_is_not_sent_again():
    decision = decide(ORDER, as_of="2026-03-03T10:00Z")
    sent = decision.sent(at=at("2026-03-03T10:01Z"))
    again = decide(ORDER, TICKET, as_of="2026-03-09T10:00Z", history=[sent])

    assert sent == SentMessage("anna", "survey", decision.contact, "email", at("2026-03-03T10:01Z"))
    assert (again.outcome, again.reasons, again.retry_at) == ("sent", (Reason("sent", found=sent.at),), None)


def test_what_was_sent_later_than_the_question_is_not_known():
    sent = decide(ORDER, as_of="2026-03-03T10:00Z").sent(at=at("2026-03-03T10:01Z"))

    assert decide(ORDER, as_of="2026-03-03T10:00:59.999999Z", history=[sent]).outcome == "send"
    assert decide(ORDER, as_of="2026-03-03T10:01Z", history=iter([sent])).outcome == "sent"


@pytest.mark.parametrize("other", [{"customer": "ben"}, {"rule": "survey-2"}, {"contact": "order-18"}])
def test_what_was_sent_to_others_or_for_others_does_not_count(other):
    sent = decide(ORDER, as_of="2026-03-03T10:00Z").sent(at=at("2026-03-03T10:00Z"))

    assert decide(ORDER, as_of="2026-03-03T10:01Z", history=[attrs.evolve(sent, **other)]).outcome == "send"


def test_a_rule_with_another_name_and_the_same_id_is_the_same():
    sent = decide(ORDER, as_of="2026-03-03T10:00Z").sent(at=at("2026-03-03T10:00Z"))
    renamed = attrs.evolve(SURVEY, name="how was it?")

    assert decide(ORDER, rule=renamed, as_of="2026-03-03T10:01Z", history=[sent]).outcome == "sent"
