"""Rules: which contact a message follows, when, and for how long it makes sense."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import attrs

from cxkit._checks import a_name
from cxkit._forms import FLAG, TEXT, optional, stored
from cxkit.aftersales._decide import Situation, decide, triggers
from cxkit.aftersales._message import MessageDecision, SentMessage
from cxkit.aftersales._policy import ContactPolicy
from cxkit.answers import Reason
from cxkit.calendar import LENGTH_FORM, Length, a_length, later
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import CONTACT_FORM, Contact, Journey, Touchpoint, a_contact


@stored(
    "aftersales.rule",
    name=TEXT,
    after=CONTACT_FORM,
    channel=TEXT,
    valid_for=LENGTH_FORM,
    delay=LENGTH_FORM,
    unless=optional(CONTACT_FORM),
    transactional=FLAG,
    id=TEXT,
)
@attrs.frozen
class Rule:
    """One message that follows each contact of a kind.

    It is due `delay` after the contact, and may go out in the half-open window `[due, due + valid_for)`.

    Attributes:
        name: What the message is called.
        after: Which touchpoints it follows: their name, or a predicate about `Touchpoint.fields`.
        channel: Where it goes out.
        valid_for: How long it makes sense once it is due.
        delay: How long after the contact it is due; at once, unless given.
        unless: Which later touchpoints make it pointless, if they come, and are known, before its window ends.
        transactional: Whether the customer needs it, such as a confirmation: it passes quiet hours.
        id: Its identity; the name, unless given.

    >>> from cxkit.aftersales import Rule
    >>> from cxkit.calendar import days
    >>> Rule("survey", after="order", delay=days(3), channel="email", valid_for=days(7)).id
    'survey'
    """

    name: str
    after: Contact = attrs.field(kw_only=True)
    channel: str = attrs.field(kw_only=True)
    valid_for: Length = attrs.field(kw_only=True)
    delay: Length = attrs.field(default=timedelta(0), kw_only=True)
    unless: Contact | None = attrs.field(default=None, kw_only=True)
    transactional: bool = attrs.field(default=False, kw_only=True)
    id: str = attrs.field(kw_only=True, default=attrs.Factory(lambda self: self.name, takes_self=True))

    def __attrs_post_init__(self) -> None:
        a_name(self.name, "the name of a rule")
        a_name(self.id, "the id of a rule")
        a_name(self.channel, "channel")
        a_contact(self.after, "after")
        a_length(self.delay, "delay")
        if not a_length(self.valid_for, "valid_for"):
            msg = f"valid_for must not be zero, got {self.valid_for!r}: the message could never go out"
            raise InvalidValueError(msg, self.valid_for)
        if self.unless is not None:
            a_contact(self.unless, "unless")
        if not isinstance(self.transactional, bool):
            msg = f"transactional must be True or False, got {self.transactional!r}"
            raise InvalidTypeError(msg, self.transactional)

    def window(self, touchpoint: Touchpoint) -> tuple[datetime, datetime]:
        """Return from when, and until before when, its message may follow a touchpoint."""
        due = later(touchpoint.at, self.delay)
        return due, later(due, self.valid_for)

    def explain(
        self,
        journey: Journey,
        *,
        as_of: datetime,
        policy: ContactPolicy = ContactPolicy(),  # noqa: B008 - frozen
        history: Iterable[SentMessage] = (),
    ) -> MessageDecision:
        """Say what is to become of the message after the latest contact that triggers it, and why.

        Args:
            journey: The customer's.
            as_of: The moment; nothing that came to be known later counts.
            policy: When the customer may be reached at all.
            history: The messages that went out.
        """
        situation = Situation.of(journey, policy, history, as_of)
        found = tuple(triggers(self, situation))
        if found:
            return decide(self, situation, *found[-1])
        reason = Reason("not_triggered", needed=self.after)
        return MessageDecision(
            outcome="not_triggered", reasons=(reason,), customer=journey.customer, rule=self.id, channel=self.channel
        )
