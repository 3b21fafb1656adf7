"""Messages: what was decided about one, and what a host keeps of one that went out."""

from datetime import datetime
from typing import Literal

import attrs

from cxkit._checks import a_name, an_instant
from cxkit._forms import MOMENT, TEXT, stored
from cxkit.answers import Decision
from cxkit.errors import InvalidValueError
from cxkit.journey import Touchpoint

MessageOutcome = Literal["send", "hold", "not_due", "sent", "cancelled", "expired", "not_triggered"]
"""What can become of a message; see `MessageDecision`."""


@stored("aftersales.sent_message", customer=TEXT, rule=TEXT, contact=TEXT, channel=TEXT, at=MOMENT)
@attrs.frozen
class SentMessage:
    """A message that went out, for the host to keep and to give back as history.

    Attributes:
        customer: To whom.
        rule: The id of the rule.
        contact: Which contact it followed.
        channel: Where it went out.
        at: When.
    """

    customer: str
    rule: str
    contact: str
    channel: str
    at: datetime

    def __attrs_post_init__(self) -> None:
        for what in ("customer", "rule", "contact", "channel"):
            a_name(getattr(self, what), what)
        object.__setattr__(self, "at", an_instant(self.at, "at"))


@attrs.frozen(kw_only=True)
class MessageDecision(Decision[MessageOutcome]):
    """What is to become of one message now.

    Attributes:
        outcome: `send` it; `hold` it until `retry_at`; it is `not_due` before `retry_at`; it was `sent`; it is
            `cancelled` by a later contact; it is `expired`. `not_triggered`: there is no contact that it would follow.
        customer: To whom.
        rule: The id of the rule.
        channel: Where it goes out.
        touchpoint: The contact that it follows.
        contact: The text by which that contact is known again.
        due_at: From when on it may go out.
        expires_at: Until before when it may go out.
    """

    customer: str
    rule: str
    channel: str
    touchpoint: Touchpoint | None = None
    contact: str | None = None
    due_at: datetime | None = None
    expires_at: datetime | None = None

    def sent(self, *, at: datetime) -> SentMessage:
        """Return what to keep once the message has gone out.

        Raises:
            InvalidValueError: The decision is not to send.
        """
        if self.outcome != "send" or self.contact is None:
            msg = f"only a message to send can have been sent; {self.rule!r} to {self.customer!r} is {self.outcome!r}"
            raise InvalidValueError(msg, self.outcome)
        return SentMessage(self.customer, self.rule, self.contact, self.channel, at)


def contact_key(touchpoint: Touchpoint, place: int) -> str:
    """Return the text by which a contact is known again: its id, or its name, time and place among its like."""
    if touchpoint.id is not None:
        return f"id {touchpoint.id}"
    return f"at {touchpoint.at.isoformat()} #{place + 1} {touchpoint.name}"
