"""Due messages: what should reach a customer now, what should not, and why."""

from collections.abc import Iterable
from datetime import datetime

from cxkit._checks import distinct
from cxkit.aftersales._decide import Situation, decide, triggers
from cxkit.aftersales._message import MessageDecision, SentMessage
from cxkit.aftersales._policy import ContactPolicy
from cxkit.aftersales._rule import Rule
from cxkit.journey import Journey


def due_messages(
    journey: Journey,
    rules: Iterable[Rule],
    *,
    as_of: datetime,
    policy: ContactPolicy = ContactPolicy(),  # noqa: B008 - frozen
    history: Iterable[SentMessage] = (),
) -> tuple[MessageDecision, ...]:
    """Decide about every message that the contacts of a customer have triggered.

    Args:
        journey: The customer's.
        rules: The messages of the shop, each of an id of its own.
        as_of: The moment; nothing that came to be known later counts.
        policy: When the customer may be reached at all.
        history: The messages that went out, so that none goes out twice.

    Returns:
        A decision for each rule and each contact that triggers it: by rule as given, then by time.

    Raises:
        DuplicateError: Two rules have the same id.

    >>> from datetime import datetime, timezone
    >>> from cxkit.aftersales import Rule, due_messages
    >>> from cxkit.calendar import days
    >>> from cxkit.journey import journeys
    >>> anna, = journeys([("anna", "order", "2026-03-02T09:00Z")])
    >>> survey = Rule("survey", after="order", delay=days(3), channel="email", valid_for=days(7))
    >>> decision, = due_messages(anna, [survey], as_of=datetime(2026, 3, 4, tzinfo=timezone.utc))
    >>> decision.outcome, decision.retry_at.isoformat()
    ('not_due', '2026-03-05T09:00:00+00:00')
    """
    situation = Situation.of(journey, policy, history, as_of)
    return tuple(
        decide(rule, situation, number, contact)
        for rule in distinct(rules, Rule)
        for number, contact in triggers(rule, situation)
    )
