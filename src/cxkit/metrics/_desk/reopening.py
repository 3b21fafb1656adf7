"""Reopening: how many tickets that were resolved came back."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Literal

import attrs

from cxkit._checks import an_instant
from cxkit._forms import INTEGER, optional, stored
from cxkit.calendar import LENGTH_FORM, Length, a_length
from cxkit.journey import Journey
from cxkit.metrics._desk.cases import Case, cases_of, is_over
from cxkit.metrics._desk.outcome_counts import OutcomeCounts
from cxkit.metrics._support.vocabulary import TicketEvents
from cxkit.tallies import Rate

ReopeningOutcome = Literal["reopened", "kept", "pending", "unresolved"]
OUTCOMES: tuple[ReopeningOutcome, ...] = ("reopened", "kept", "pending", "unresolved")


@stored("metrics.reopening", within=optional(LENGTH_FORM), **dict.fromkeys(OUTCOMES, INTEGER))
@attrs.frozen(kw_only=True)
class Reopening(OutcomeCounts):
    """How many tickets were opened again, each counted once: an event tally, which adds over different tickets.

    The outcomes are disjoint, and sum up to the tickets. `Reopening()` is the identity.

    Attributes:
        within: Within which time after a resolution a ticket must be opened again to count; `None` for any.
        reopened: Resolved, and opened again in this time.
        kept: Resolved, and not so; the time is over.
        pending: Resolved, not opened again yet, and with time left.
        unresolved: Never resolved.

    >>> from cxkit.metrics import Reopening
    >>> Reopening(reopened=6, kept=94, pending=20).rate.value
    0.06
    """

    _OUTCOMES: ClassVar = OUTCOMES
    _RULE: ClassVar = "within"
    _TITLE: ClassVar = "Reopened tickets"

    within: Length | None = None
    reopened: int = 0
    kept: int = 0
    pending: int = 0
    unresolved: int = 0

    def __attrs_post_init__(self) -> None:
        if self.within is not None:
            a_length(self.within, "within")
        self._check_counts()

    @property
    def rate(self) -> Rate:
        """The share that was opened again, of the resolved tickets without time left."""
        return Rate(self.reopened, self.reopened + self.kept, name="reopen rate", unit="resolved tickets")


def reopen_rate(
    tickets: Iterable[Journey],
    *,
    events: TicketEvents | None = None,
    within: Length | None = None,
    as_of: datetime | None = None,
) -> Reopening:
    """Count how many of the tickets that were resolved were opened again.

    A ticket is open from its first moment until it is resolved, by the bot or not, and again from a reopening or a
    handoff on. It counts as reopened if any of its resolutions did not last.

    Args:
        tickets: The tickets, read one by one.
        events: Which touchpoints mean what; `TicketEvents()` unless given.
        within: Within which time after a resolution, its end excluded; at any time, unless given.
        as_of: The moment; nothing that came to be known later counts. Without it the log counts as given, and all time
            is over.

    >>> from cxkit.journey import journeys
    >>> from cxkit.metrics import reopen_rate
    >>> log = [("T-1", "opened", "2026-03-02T09:00Z"), ("T-1", "resolved", "2026-03-02T10:00Z")]
    >>> log += [("T-2", "opened", "2026-03-02T09:00Z"), ("T-2", "resolved", "2026-03-02T10:00Z")]
    >>> log += [("T-2", "reopened", "2026-03-03T10:00Z")]
    >>> reopen_rate(journeys(log)).rate.value
    0.5
    """
    if within is not None:
        a_length(within, "within")
    now = None if as_of is None else an_instant(as_of, "as_of")
    cases = cases_of(tickets, events, now)
    counts = Counter[str](_outcome(case, within, now) for case in cases)
    return Reopening(within=within, **counts)


def _outcome(case: Case, within: Length | None, as_of: datetime | None) -> ReopeningOutcome:
    if not case.resolutions:
        return "unresolved"
    if any(within is None or not is_over(resolved, within, again) for resolved, again in case.returns):
        return "reopened"
    if within is None or is_over(case.resolutions[-1], within, as_of):
        return "kept"
    return "pending"
