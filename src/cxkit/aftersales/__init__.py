"""What should reach a customer next: rules, a contact policy, and a decision about every message.

A rule says which contact a message follows, how long after it, and until when it makes sense. `due_messages` answers
for a journey at a moment: what to send now, what to hold or to wait for and until when, and what not to send and why.
What the host sent goes back in as history, so that nothing goes out twice.

>>> from datetime import datetime, timezone
>>> from cxkit.aftersales import Rule, due_messages
>>> from cxkit.calendar import days
>>> from cxkit.journey import journeys
>>> anna, = journeys([("anna", "order", "2026-03-02T09:00Z")])
>>> survey = Rule("survey", after="order", delay=days(3), channel="email", valid_for=days(7), unless="ticket")
>>> friday = datetime(2026, 3, 6, 9, tzinfo=timezone.utc)
>>> decision, = due_messages(anna, [survey], as_of=friday)
>>> decision.outcome
'send'
>>> decision, = due_messages(anna, [survey], history=[decision.sent(at=friday)], as_of=friday)
>>> decision.outcome
'sent'
"""

from cxkit.aftersales._due import due_messages
from cxkit.aftersales._message import MessageDecision, MessageOutcome, SentMessage
from cxkit.aftersales._policy import ContactPolicy
from cxkit.aftersales._rule import Rule

__all__ = ["ContactPolicy", "MessageDecision", "MessageOutcome", "Rule", "SentMessage", "due_messages"]
