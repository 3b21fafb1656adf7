"""Decisions: what is to become of the message that follows one contact."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

import attrs

from cxkit._checks import an_instant, each
from cxkit.aftersales._message import MessageDecision, MessageOutcome, SentMessage, contact_key
from cxkit.aftersales._policy import ContactPolicy
from cxkit.answers import Reason
from cxkit.errors import InvalidTypeError
from cxkit.journey import Journey, Touchpoint, is_contact

if TYPE_CHECKING:
    from cxkit.aftersales._rule import Rule

Sent: TypeAlias = Mapping[tuple[str, str, str], datetime]
Answer: TypeAlias = tuple[MessageOutcome, tuple[Reason, ...], datetime | None]


@attrs.frozen
class Situation:
    """What is known when messages are decided about.

    Attributes:
        customer: To whom.
        touchpoints: What had happened and was recorded, in order.
        policy: When the customer may be reached at all.
        sent: When the messages that went out by then did, by customer, rule and contact.
        as_of: The moment, in UTC.
    """

    customer: str
    touchpoints: Sequence[Touchpoint]
    policy: ContactPolicy
    sent: Sent
    as_of: datetime

    @classmethod
    def of(
        cls, journey: Journey, policy: ContactPolicy, history: Iterable[SentMessage], as_of: datetime
    ) -> "Situation":
        """Check what a caller gives, and hide what lies after `as_of`."""
        for given, kind in ((journey, Journey), (policy, ContactPolicy)):
            if not isinstance(given, kind):
                msg = f"expected a {kind.__name__}, got {given!r}"
                raise InvalidTypeError(msg, given)
        instant = an_instant(as_of, "as_of")
        sent: dict[tuple[str, str, str], datetime] = {}
        for message in each(history, "a history of sent messages"):
            if not isinstance(message, SentMessage):
                msg = f"history is made of what decision.sent(at=...) gives, got {message!r}"
                raise InvalidTypeError(msg, message)
            if message.at <= instant:
                sent.setdefault((message.customer, message.rule, message.contact), message.at)
        return cls(journey.customer, journey.as_of(instant).touchpoints, policy, sent, instant)


def triggers(rule: "Rule", situation: Situation) -> Iterator[tuple[int, str]]:
    """Yield the contacts that trigger a rule, in order: their place in the journey, and the text they are known by."""
    found = [
        (number, touchpoint)
        for number, touchpoint in enumerate(situation.touchpoints)
        if is_contact(rule.after, touchpoint)
    ]
    alike: dict[str, int] = {}
    known_as: dict[int, str] = {}
    for number, touchpoint in sorted(found, key=_known_at):  # of equal ones, one that is recorded late comes last
        like = contact_key(touchpoint, 0)
        known_as[number] = contact_key(touchpoint, alike.get(like, 0))
        alike[like] = alike.get(like, 0) + 1
    for number, _ in found:
        yield number, known_as[number]


def _known_at(numbered: tuple[int, Touchpoint]) -> datetime:
    return numbered[1].known_at


def decide(rule: "Rule", situation: Situation, number: int, contact: str) -> MessageDecision:
    """Decide about the message that follows one contact."""
    touchpoint = situation.touchpoints[number]
    due, end = rule.window(touchpoint)
    outcome, reasons, retry_at = (
        _if_final(rule, situation, number, contact, end)
        or _if_early(situation, due)
        or _if_due(rule, situation, due, end)
    )
    return MessageDecision(
        outcome=outcome,
        reasons=reasons,
        retry_at=retry_at,
        customer=situation.customer,
        rule=rule.id,
        channel=rule.channel,
        touchpoint=touchpoint,
        contact=contact,
        due_at=due,
        expires_at=end,
    )


def _if_final(rule: "Rule", situation: Situation, number: int, contact: str, end: datetime) -> Answer | None:
    """Answer where nothing can happen any more: it was sent, or a later contact made it pointless in time."""
    sent_at = situation.sent.get((situation.customer, rule.id, contact))
    if sent_at is not None:
        return "sent", (Reason("sent", found=sent_at),), None
    if rule.unless is not None:
        for touchpoint in situation.touchpoints[number + 1 :]:
            if touchpoint.known_at < end and is_contact(rule.unless, touchpoint):
                return "cancelled", (Reason("unless", found=touchpoint.at, needed=rule.unless),), None
    return None


def _if_early(situation: Situation, due: datetime) -> Answer | None:
    if situation.as_of < due:
        return "not_due", (Reason("not_due", found=situation.as_of, needed=due),), due
    return None


def _if_due(rule: "Rule", situation: Situation, due: datetime, end: datetime) -> Answer:
    """Answer where it is due: whether it may go out now, later in its window, or not at all."""
    as_of = situation.as_of
    open_from = situation.policy.open_from(due if as_of >= end else as_of, transactional=rule.transactional)
    quiet = Reason("quiet_hours", found=as_of, needed=open_from)
    if as_of >= end or open_from >= end:
        expired = Reason("expired", found=as_of, needed=end)
        return "expired", (expired, quiet) if open_from >= end else (expired,), None
    if open_from > as_of:
        return "hold", (quiet,), open_from
    return "send", (Reason("due", found=as_of, needed=due),), None
