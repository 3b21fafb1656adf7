"""What counts as the outcome of a conversation with a bot."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

import attrs

from cxkit._checks import an_instant
from cxkit._forms import form_of, optional, stored
from cxkit.answers import Decision, Reason
from cxkit.calendar import LENGTH_FORM, Length, a_length, end_of
from cxkit.errors import InvalidValueError
from cxkit.journey import CONTACT_FORM, Contact, Journey, a_contact, each_journey, is_contact, known_touchpoints
from cxkit.metrics._bots.course import Course, course_of
from cxkit.metrics._desk.cases import Case, cases_of, follows, is_over
from cxkit.metrics._support.vocabulary import TicketEvents, TicketMoment, a_vocabulary

BotOutcome = Literal["contained", "recontacted", "handed_off", "abandoned", "pending", "open", "no_bot"]
"""How a conversation with a bot ended: the bot ended it, and the customer did not come back; the customer came back; a human
took it over; the customer fell silent; the bot ended it, and the customer may still come back; it goes on; no bot took part."""


@attrs.frozen(kw_only=True)
class BotDecision(Decision[BotOutcome]):
    """How one conversation with a bot ended, and why.

    Attributes:
        outcome: See `BotOutcome`.
        reasons: What decided: `bot_resolved`, `resolved`, `handoff`, `agent_reply`, `recontact`, `silent`,
            `reopened`, `opened` or `no_bot`; then `window` where time is left.
        retry_at: When a window ends that may still change the outcome.
        ticket: Which conversation it is.
        at: When what decided happened; `None` where no bot took part.
        is_satisfied: Whether the customer was satisfied; `None` where they did not say, or nobody asked.
    """

    ticket: str
    at: datetime | None = None
    is_satisfied: bool | None = None


@stored(
    "metrics.bot_rule",
    events=form_of(TicketEvents),
    abandoned_after=optional(LENGTH_FORM),
    recontact_within=optional(LENGTH_FORM),
    satisfied=optional(CONTACT_FORM),
    rated=optional(CONTACT_FORM),
)
@attrs.frozen(kw_only=True)
class BotRule:
    """What counts as the outcome of a conversation with a bot: the last one.

    A bot takes part where it replies, resolves or hands over. Each conversation has one outcome. What was resolved and
    then handed over was handed over; what was handed over, and then resolved by the bot before a human answered, was
    contained; what a human answered was never contained.

    Attributes:
        events: Which touchpoints mean what.
        abandoned_after: The silence after which a conversation that nobody ended is abandoned; without it, it is open.
        recontact_within: A conversation that the bot ended counts as contained only if no other ticket of the customer
            starts within this time after it, its end excluded.
        satisfied: Which touchpoints of a ticket say that the customer was satisfied.
        rated: Which touchpoints are answers at all; the last of them decides. Without it, one that satisfies is enough.

    >>> from datetime import timedelta
    >>> from cxkit.journey import journeys
    >>> from cxkit.metrics import BotRule
    >>> [chat] = journeys([
    ...     ("T-1", "customer_message", "2026-03-02T09:00Z"),
    ...     ("T-1", "bot_resolved", "2026-03-02T09:01Z"),
    ...     ("T-1", "handoff", "2026-03-02T09:05Z"),
    ... ])
    >>> BotRule(abandoned_after=timedelta(hours=1)).explain(chat).outcome
    'handed_off'
    """

    events: TicketEvents = attrs.field(factory=TicketEvents)
    abandoned_after: Length | None = None
    recontact_within: Length | None = None
    satisfied: Contact | None = None
    rated: Contact | None = None

    def __attrs_post_init__(self) -> None:
        a_vocabulary(self.events)
        for length in ("abandoned_after", "recontact_within"):
            if getattr(self, length) is not None:
                a_length(getattr(self, length), length)
        for contact in ("satisfied", "rated"):
            if getattr(self, contact) is not None:
                a_contact(getattr(self, contact), contact)
        if self.rated is not None and self.satisfied is None:
            msg = "rated= says which touchpoints are answers; satisfied= must say which of them are good ones"
            raise InvalidValueError(msg, self.rated)

    def explain(self, ticket: Journey, *, others: Iterable[Journey] = (), as_of: datetime | None = None) -> BotDecision:
        """Say how one conversation ended, and why.

        Args:
            ticket: The conversation.
            others: The other tickets of the same customer, where re-contacts count.
            as_of: The moment; nothing that came to be known later counts. Without it the log counts as given, and all
                time is over.
        """
        now = None if as_of is None else an_instant(as_of, "as_of")
        [checked] = each_journey([ticket])
        moments = self.events.moments(checked, as_of=now)
        return self._decided(checked, moments, list(cases_of(others, self.events, now)), now)

    def decisions(self, tickets: Iterable[Journey], *, as_of: datetime | None = None) -> tuple[BotDecision, ...]:
        """Say how each of one customer's conversations ended; those of which nothing was known yet are left out.

        Args:
            tickets: All tickets of one customer.
            as_of: As in `explain`.
        """
        now = None if as_of is None else an_instant(as_of, "as_of")
        cases = list(cases_of(tickets, self.events, now))
        return tuple(self._decided(case.ticket, case.moments, cases, now) for case in cases)

    def _decided(
        self, ticket: Journey, moments: Sequence[TicketMoment], others: Sequence[Case], as_of: datetime | None
    ) -> BotDecision:
        course = course_of(moments)
        if course is None:
            return BotDecision(outcome="no_bot", reasons=(Reason("no_bot"),), ticket=ticket.customer)
        if course.ending == "contained":
            decision = self._contained(ticket.customer, course, others, as_of)
        elif course.ending == "open":
            decision = self._unended(ticket.customer, course, moments[-1].at, as_of)
        else:
            decision = _decision(ticket.customer, "handed_off", course)
        return attrs.evolve(decision, is_satisfied=self._is_satisfied(ticket, as_of))

    def _contained(self, ticket: str, course: Course, others: Sequence[Case], as_of: datetime | None) -> BotDecision:
        window = self.recontact_within
        if window is None:
            return _decision(ticket, "contained", course)
        again = [case for case in others if follows(case.start, course.at, window)]
        if again:
            first = min(again, key=lambda case: case.start)
            reason = Reason("recontact", found=first.ticket.customer, needed=f"no other ticket within {window!r}")
            return BotDecision(outcome="recontacted", reasons=(reason,), ticket=ticket, at=first.start)
        if is_over(course.at, window, as_of):
            return _decision(ticket, "contained", course)
        return _waiting(ticket, "pending", course, course.at, window)

    def _unended(self, ticket: str, course: Course, last: datetime, as_of: datetime | None) -> BotDecision:
        silence = self.abandoned_after
        if silence is None:
            return _decision(ticket, "open", course)
        if is_over(last, silence, as_of):
            reason = Reason("silent", found=f"nothing since {last.isoformat()}", needed=f"something within {silence!r}")
            return BotDecision(outcome="abandoned", reasons=(reason,), ticket=ticket, at=last)
        return _waiting(ticket, "open", course, last, silence)

    def _is_satisfied(self, ticket: Journey, as_of: datetime | None) -> bool | None:
        if self.satisfied is None:
            return None
        rated = self.satisfied if self.rated is None else self.rated
        answers = [touchpoint for touchpoint in known_touchpoints(ticket, as_of) if is_contact(rated, touchpoint)]
        return is_contact(self.satisfied, answers[-1]) if answers else None


def _decision(ticket: str, outcome: BotOutcome, course: Course) -> BotDecision:
    return BotDecision(outcome=outcome, reasons=(Reason(course.reason),), ticket=ticket, at=course.at)


def _waiting(ticket: str, outcome: BotOutcome, course: Course, since: datetime, window: Length) -> BotDecision:
    """Say that time alone may change the outcome."""
    reasons = (Reason(course.reason), Reason("window", needed=f"{window!r} from {since.isoformat()}"))
    return BotDecision(outcome=outcome, reasons=reasons, ticket=ticket, at=course.at, retry_at=end_of(since, window))
