"""Contracts: terms that follow each other, and the notice that ends them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal

import attrs

from cxkit._checks import a_name, an_instant
from cxkit._forms import MOMENT, TEXT, optional, stored
from cxkit.answers import Decision, Reason
from cxkit.calendar import LENGTH_FORM, Length, Span, a_length, earlier, later
from cxkit.errors import InvalidValueError
from cxkit.journey._contacts import CONTACT_FORM, Contact, a_contact
from cxkit.journey._journey import Journey, each_journey, known_touchpoints
from cxkit.journey._obligations.due import AT_ONCE, Due, a_match, is_about
from cxkit.journey._obligations.planned import LAST, between, first_from, or_last, times
from cxkit.journey._touchpoint import Touchpoint

ContractOutcome = Literal["not_known", "not_started", "running", "cancelled", "ended"]
"""How a contract stands; see `ContractDecision`."""
_TICK = timedelta(microseconds=1)


@attrs.frozen(kw_only=True)
class ContractDecision(Decision[ContractOutcome]):
    """How a contract stands at a moment.

    Attributes:
        outcome: It is `not_started`, `running`, `cancelled` (notice was given, and it runs on until `ends_at`) or
            `ended`. `not_known`: it was recorded later.
        contract: The id of the contract.
        cancelled_at: When notice was given.
        ends_at: When it ends, or ended; `None` for one that renews until notice is given.
        renews_at: When the next term begins, unless notice is given in time; `None` where none follows.
        notice_by: Before when notice has to be given next; `None` where it changes nothing.
        earliest_end: When it ends if notice is given before `notice_by`.
    """

    contract: str
    cancelled_at: datetime | None = None
    ends_at: datetime | None = None
    renews_at: datetime | None = None
    notice_by: datetime | None = None
    earliest_end: datetime | None = None


def _identity(contract: "Contract") -> str:
    return contract.name if contract.reference is None else f"{contract.name} {contract.reference}"


@stored(
    "journey.contract",
    name=TEXT,
    start=MOMENT,
    term=LENGTH_FORM,
    renews=optional(LENGTH_FORM),
    notice=LENGTH_FORM,
    cancelled_by=optional(CONTACT_FORM),
    reference=optional(TEXT),
    match=optional(TEXT),
    signed_at=optional(MOMENT),
    recorded_at=optional(MOMENT),
    id=TEXT,
)
@attrs.frozen
class Contract:
    """An agreement for a term, which renews until notice is given.

    The terms are half-open and anchored on the start, so that months that begin on the 31st do not wander. Notice ends
    the contract with the first term that ends more than `notice` later: before the deadline `end - notice`, with the
    running term; from the deadline on, one term later.

    Attributes:
        name: What it is about, as in `"phone plan"`.
        start: When the first term begins; kept in UTC.
        term: The first term; months of a zone keep its midnights, as in `months(24, tz="Europe/Berlin")`.
        renews: Each later term; `None` if the contract ends with the first one.
        notice: How long before the end of a term notice has to be given.
        cancelled_by: Which touchpoints give notice, from when it was signed on.
        reference: The number by which the shop and its touchpoints know it.
        match: Which property of such a touchpoint must be the reference, as in `"properties.contract"`.
        signed_at: When it was agreed; `start` unless given.
        recorded_at: When it became known; `signed_at` unless given.
        id: Its identity; its name, with its reference, unless given.

    >>> from datetime import datetime, timezone
    >>> from cxkit.calendar import months
    >>> from cxkit.journey import Contract, journeys
    >>> start = datetime(2026, 1, 1, tzinfo=timezone.utc)
    >>> plan = Contract("plan", start, term=months(12), renews=months(1), notice=months(1), cancelled_by="cancellation")
    >>> anna, = journeys([("anna", "cancellation", "2026-12-05T09:00Z")])
    >>> decision = plan.explain(anna, as_of=datetime(2026, 12, 24, tzinfo=timezone.utc))
    >>> decision.outcome, decision.ends_at.date().isoformat(), [reason.code for reason in decision.reasons]
    ('cancelled', '2027-02-01', ['cancelled', 'notice_late'])
    """

    name: str
    start: datetime
    term: Length = attrs.field(kw_only=True)
    renews: Length | None = attrs.field(kw_only=True)
    notice: Length = attrs.field(default=AT_ONCE, kw_only=True)
    cancelled_by: Contact | None = attrs.field(default=None, kw_only=True)
    reference: str | None = attrs.field(default=None, kw_only=True)
    match: str | None = attrs.field(default=None, kw_only=True)
    signed_at: datetime | None = attrs.field(default=None, kw_only=True)
    recorded_at: datetime | None = attrs.field(default=None, kw_only=True)
    id: str = attrs.field(kw_only=True, default=attrs.Factory(_identity, takes_self=True))

    def __attrs_post_init__(self) -> None:
        a_name(self.name, "the name of a contract")
        a_name(self.id, "the id of a contract")
        keep = object.__setattr__
        keep(self, "start", an_instant(self.start, "start"))
        signed = self.start if self.signed_at is None else an_instant(self.signed_at, "signed_at")
        keep(self, "signed_at", signed)
        keep(self, "recorded_at", signed if self.recorded_at is None else an_instant(self.recorded_at, "recorded_at"))
        a_length(self.notice, "notice")
        for what, length in (("term", self.term), ("renews", self.renews)):
            if length is not None and not a_length(length, what):
                msg = f"{what} must not be zero, got {length!r}"
                raise InvalidValueError(msg, length)
        if self.cancelled_by is not None:
            a_contact(self.cancelled_by, "cancelled_by")
        elif self.notice != AT_ONCE:
            msg = f"notice is given by a touchpoint; say which with cancelled_by=, got notice={self.notice!r} alone"
            raise InvalidValueError(msg, self.notice)
        a_match(self.match, self.reference)
        self._end(0 if self.renews is None else 1)  # refuses lengths that do not add
        self._deadline(0)

    def explain(self, journey: Journey, *, as_of: datetime) -> ContractDecision:
        """Say how the contract stands, and why.

        Args:
            journey: The customer's.
            as_of: The moment; no touchpoint that came to be known later counts.
        """
        [journey] = each_journey([journey])
        instant = an_instant(as_of, "as_of")
        if not self._is_known(instant):
            return ContractDecision(
                outcome="not_known", reasons=(Reason("not_known", found=instant),), contract=self.id
            )
        notice, last = self._course(journey, instant)
        return self._renewing(instant) if last is None else self._ending(instant, notice, last)

    def dues(self, journey: Journey, *, as_of: datetime, until: datetime) -> tuple[Due, ...]:
        """Return what is ahead, as known at a moment: dues named `"notice"`, `"renewal"` and `"end"`, by date.

        Args:
            journey: The customer's.
            as_of: The moment; what is due from then on is given.
            until: Before when it is due.

        Raises:
            InvalidValueError: There are more than 10000.
        """
        [journey] = each_journey([journey])
        start, end = an_instant(as_of, "as_of"), an_instant(until, "until")
        if not self._is_known(start):
            return ()
        _, last = self._course(journey, start)
        renewals = between(self._end_or_last, start, end)
        found = [self._due("renewal", number, self._end) for number in renewals if last is None or number < last]
        if last is None:
            found += [self._due("notice", number, self._deadline) for number in between(self._deadline, start, end)]
        elif last in renewals:
            found.append(self._due("end", last, self._end))
        return tuple(sorted(found, key=lambda due: (due.due_at, due.id)))

    def _due(self, name: str, number: int, at: Callable[[int], datetime]) -> Due:
        id_ = f"{self.id} {name} {number + 1}"
        return Due(name, at(number), reference=self.id, recorded_at=self.recorded_at, id=id_)

    def _is_known(self, instant: datetime) -> bool:
        return self.recorded_at is None or self.recorded_at <= instant

    def _course(self, journey: Journey, as_of: datetime) -> tuple[Touchpoint | None, int | None]:
        """Return the notice that was given, and the number of the last term; `None` while there is none."""
        given = (contact for contact in known_touchpoints(journey, as_of) if self._is_notice(contact))
        notice = next(given, None)
        if self.renews is None:
            return notice if notice is None or notice.at < self._end(0) else None, 0
        return notice, None if notice is None else _first_after(self._deadline, notice.at)

    def _is_notice(self, touchpoint: Touchpoint) -> bool:
        contact = self.cancelled_by
        return contact is not None and is_about(touchpoint, contact, self.signed_at, self.match, self.reference)

    def _renewing(self, instant: datetime) -> ContractDecision:
        number = _first_after(self._deadline, instant)
        notice_by = self._deadline(number)
        outcome, reason = self._begun(instant, notice_by)
        return ContractDecision(
            outcome=outcome,
            reasons=(reason,),
            retry_at=self.start if outcome == "not_started" else None,
            contract=self.id,
            renews_at=self._end(_first_after(self._end_or_last, instant)),
            notice_by=notice_by,
            earliest_end=self._end(number),
        )

    def _ending(self, instant: datetime, notice: Touchpoint | None, last: int) -> ContractDecision:
        ends_at = self._end(last)
        outcome, reason = self._begun(instant, ends_at)
        reasons: tuple[Reason, ...] = (reason,)
        if instant >= ends_at:
            outcome, reasons = "ended", (Reason("ended", found=instant, needed=ends_at),)
        elif notice is not None:
            outcome, reasons = "cancelled", tuple(self._why(notice.at, last))
        turns: Mapping[ContractOutcome, datetime] = {
            "not_started": self.start,
            "running": ends_at,
            "cancelled": ends_at,
        }
        return ContractDecision(
            outcome=outcome,
            reasons=reasons,
            retry_at=turns.get(outcome),
            contract=self.id,
            cancelled_at=None if notice is None else notice.at,
            ends_at=ends_at,
        )

    def _begun(self, instant: datetime, until: datetime) -> tuple[ContractOutcome, Reason]:
        if instant < self.start:
            return "not_started", Reason("not_started", found=instant, needed=self.start)
        return "running", Reason("running", found=instant, needed=until)

    def _why(self, given: datetime, last: int) -> Iterator[Reason]:
        """Say when notice was given, and whether that was too late for the term that ran then."""
        yield Reason("cancelled", found=given, needed=self._deadline(last))
        if (running := _first_after(self._end_or_last, given)) < last:
            yield Reason("notice_late", found=given, needed=self._deadline(running))

    def _end(self, number: int) -> datetime:
        """Return when a term ends, counted from 0: in one step from the start, where both lengths are of one kind."""
        if self.renews is None or number == 0:
            return later(self.start, self.term)
        more = times(self.renews, number)
        if isinstance(self.term, Span) and isinstance(more, Span):
            return later(self.start, self.term + more)
        return later(later(self.start, self.term), more)

    def _end_or_last(self, number: int) -> datetime:
        """Return when a term ends; the last moment there is, for one that never comes."""
        return LAST if number and self.renews is None else or_last(lambda: self._end(number))

    def _deadline(self, number: int) -> datetime:
        """Return before when notice ends the contract with a term."""
        end = self._end_or_last(number)
        return end if end == LAST else earlier(end, self.notice)


def _first_after(at: Callable[[int], datetime], moment: datetime) -> int:
    return first_from(at, min(moment, LAST - _TICK) + _TICK)
