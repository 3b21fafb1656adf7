"""What counts as solved at the first contact."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, Self

import attrs

from cxkit._checks import a_flag, an_instant
from cxkit._forms import FLAG, TEXT, form_of, optional, stored
from cxkit.answers import Decision, Reason
from cxkit.calendar import LENGTH_FORM, Length, a_length, end_of
from cxkit.errors import InvalidTypeError
from cxkit.journey import (
    CONTACT_FORM,
    Contact,
    Journey,
    a_contact,
    a_label,
    is_contact,
    known_touchpoints,
)
from cxkit.metrics._desk.cases import Case, cases_of, follows, is_over
from cxkit.metrics._support.vocabulary import TicketEvents, a_vocabulary, the_events

FirstContactOutcome = Literal[
    "resolved", "reopened", "several_contacts", "repeated", "unresolvable", "follow_up", "pending", "open", "unknown"
]
"""What became of a ticket: resolved at the first contact; not so, because it was opened again, because the customer had to
write more than once, or because they came back with another ticket; it could not have been; it is itself such another ticket;
the customer may still come back; it is not resolved; nothing is known of it yet."""


@attrs.frozen(kw_only=True)
class FirstContactDecision(Decision[FirstContactOutcome]):
    """Whether one ticket was solved at the first contact, and why.

    Attributes:
        outcome: See `FirstContactOutcome`.
        reasons: The outcome; `follow_up` and `repeated` name the other ticket, and an `unresolvable` one says second
            why it failed.
        retry_at: When the window ends in which the customer may still come back.
        ticket: Which ticket it is.
    """

    ticket: str


@stored(
    "metrics.first_contact_rule",
    window=optional(LENGTH_FORM),
    events=form_of(TicketEvents),
    single_interaction=FLAG,
    unresolvable=optional(CONTACT_FORM),
    topic=optional(TEXT),
)
@attrs.frozen(kw_only=True)
class FirstContactRule:
    """What counts as solved at the first contact: resolved, never opened again, and no repeat contact within a window.

    A ticket that starts within the window after a resolution of another one, of the same customer and topic, is a repeat
    contact: the other one failed, and it is itself no first contact but a follow-up, which counts on neither side.

    Attributes:
        window: How long after a resolution another ticket counts as a repeat contact, its end excluded; `None` if
            repeats are not looked for.
        events: Which touchpoints mean what.
        single_interaction: Whether a message of the customer after the instant at which the ticket began is a second
            contact, as for mails; not so for chats.
        unresolvable: Which touchpoints say that a ticket could not have been solved at the first contact, such as a
            broken device; it speaks where the ticket was not, and the net rate leaves it out.
        topic: The label of touchpoints that says what a ticket is about, such as `"properties.topic"`; a repeat contact
            is one about the same. The first touchpoint that has it decides, and tickets without one are alike.

    >>> from cxkit.calendar import days
    >>> from cxkit.journey import journeys
    >>> from cxkit.metrics import FirstContactRule
    >>> first, again = journeys([
    ...     ("T-1", "customer_message", "2026-03-02T09:00Z"),
    ...     ("T-1", "resolved", "2026-03-02T10:00Z"),
    ...     ("T-2", "customer_message", "2026-03-05T09:00Z"),
    ... ])
    >>> FirstContactRule(window=days(7)).explain(first, others=[again]).outcome
    'repeated'
    """

    window: Length | None
    events: TicketEvents = attrs.field(factory=TicketEvents)
    single_interaction: bool = False
    unresolvable: Contact | None = None
    topic: str | None = None

    def __attrs_post_init__(self) -> None:
        if self.window is not None:
            a_length(self.window, "window")
        a_vocabulary(self.events)
        a_flag(self.single_interaction, "single_interaction")
        if self.unresolvable is not None:
            a_contact(self.unresolvable, "unresolvable")
        if self.topic is not None:
            if not isinstance(self.topic, str):
                msg = f"topic must be the name of a label, such as 'properties.topic', got {self.topic!r}"
                raise InvalidTypeError(msg, self.topic)
            a_label(self.topic, "topic")

    @classmethod
    def freshservice_like(cls, *, events: TicketEvents | None = None) -> Self:
        """Return a rule that measures as Freshservice does: the customer wrote no more, however often the agent did, and no window.

        Args:
            events: Which touchpoints mean what.
        """
        return cls(window=None, events=the_events(events), single_interaction=True)

    def explain(
        self, ticket: Journey, *, others: Iterable[Journey] = (), as_of: datetime | None = None
    ) -> FirstContactDecision:
        """Say whether one ticket was solved at the first contact, and why.

        Args:
            ticket: The ticket.
            others: The other tickets of the same customer.
            as_of: The moment; nothing that came to be known later counts. Without it the log counts as given, and all
                time is over.
        """
        now = None if as_of is None else an_instant(as_of, "as_of")
        for case in cases_of([ticket], self.events, now):
            return self._decided(case, self._about(case, cases_of(others, self.events, now), now), now)
        return _decision(ticket.customer, "unknown")

    def decisions(
        self, tickets: Iterable[Journey], *, as_of: datetime | None = None
    ) -> tuple[FirstContactDecision, ...]:
        """Say of each of one customer's tickets whether it was solved; those of which nothing was known yet are left out.

        Args:
            tickets: All tickets of one customer.
            as_of: As in `explain`.
        """
        now = None if as_of is None else an_instant(as_of, "as_of")
        cases = list(cases_of(tickets, self.events, now))
        return tuple(self._decided(case, self._about(case, cases, now), now) for case in cases)

    def _about(self, case: Case, others: Iterable[Case], as_of: datetime | None) -> list[Case]:
        """Return the tickets about the same, in order."""
        alike = others
        if self.topic is not None:
            topic = self._topic(case, self.topic, as_of)
            alike = (other for other in others if self._topic(other, self.topic, as_of) == topic)
        return sorted(alike, key=lambda other: other.start)

    def _decided(self, case: Case, alike: Sequence[Case], as_of: datetime | None) -> FirstContactDecision:
        name, window = case.ticket.customer, self.window
        for other in alike:
            if self._repeats(case, other):
                return _decision(name, "follow_up", other.ticket.customer)
        if case.is_open:
            return _decision(name, "open")
        failure = self._failure(case, alike)
        if failure is not None:
            return self._failed(case, failure, as_of)
        last = case.resolutions[-1]
        if window is not None and not is_over(last, window, as_of):
            reason = Reason("pending", needed=f"{window!r} from {last.isoformat()}")
            return FirstContactDecision(
                outcome="pending", reasons=(reason,), retry_at=end_of(last, window), ticket=name
            )
        return _decision(name, "resolved")

    def _failure(self, case: Case, alike: Sequence[Case]) -> FirstContactDecision | None:
        """Say why a ticket that is resolved was not so at the first contact."""
        name = case.ticket.customer
        if len(case.stretches) > 1:
            return _decision(name, "reopened", len(case.stretches) - 1)
        messages = sum("customer_message" in events and at > case.start for at, events, _ in case.moments)
        if self.single_interaction and messages:
            return _decision(name, "several_contacts", messages)
        again = [other for other in alike if self._repeats(other, case)]
        return _decision(name, "repeated", again[0].ticket.customer) if again else None

    def _failed(self, case: Case, failure: FirstContactDecision, as_of: datetime | None) -> FirstContactDecision:
        known = known_touchpoints(case.ticket, as_of)
        if self.unresolvable is None or not any(is_contact(self.unresolvable, touchpoint) for touchpoint in known):
            return failure
        return attrs.evolve(failure, outcome="unresolvable", reasons=(Reason("unresolvable"), *failure.reasons))

    def _repeats(self, case: Case, other: Case) -> bool:
        """Whether a ticket comes within the window after a resolution of another one."""
        window = self.window
        return window is not None and any(follows(case.start, resolved, window) for resolved in other.resolutions)

    @staticmethod
    def _topic(case: Case, label: str, as_of: datetime | None) -> str | None:
        topics = map(a_label(label, "topic"), known_touchpoints(case.ticket, as_of))
        return next((topic for topic in topics if topic is not None), None)


def _decision(ticket: str, outcome: FirstContactOutcome, found: object = None) -> FirstContactDecision:
    return FirstContactDecision(outcome=outcome, reasons=(Reason(outcome, found=found),), ticket=ticket)
