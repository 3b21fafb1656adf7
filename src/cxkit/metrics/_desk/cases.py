"""Cases: when a ticket was open, and which tickets a customer had beside it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from cxkit._checks import an_instant
from cxkit.calendar import Length, end_of
from cxkit.errors import InvalidValueError
from cxkit.journey import Journey, Label, each_journey
from cxkit.metrics._support.vocabulary import TicketEvents, TicketMoment, the_events, tickets_of_each

OPENING = frozenset({"opened", "reopened", "handoff"})
CLOSING = frozenset({"resolved", "bot_resolved"})


class Stretch(NamedTuple):
    """A time in which a ticket was open.

    Attributes:
        opened: From when on.
        resolved: Until when; `None` where it is open.
    """

    opened: datetime
    resolved: datetime | None

    def is_open_before(self, moment: datetime) -> bool:
        """Whether it was open just before a moment."""
        return self.opened < moment and (self.resolved is None or moment <= self.resolved)


class Case(NamedTuple):
    """What is known of one ticket.

    Attributes:
        ticket: The journey.
        moments: What happened to it, in order; at least one thing did.
        stretches: When it was open, in order.
    """

    ticket: Journey
    moments: tuple[TicketMoment, ...]
    stretches: tuple[Stretch, ...]

    @classmethod
    def of(cls, ticket: Journey, events: TicketEvents, as_of: datetime | None) -> "Case | None":
        """Read a ticket as it was known at a moment; `None` if nothing was known of it."""
        moments = events.moments(ticket, as_of=as_of)
        return cls(ticket, moments, _stretches(moments)) if moments else None

    @property
    def start(self) -> datetime:
        """When it came into being."""
        return self.stretches[0].opened

    @property
    def resolutions(self) -> tuple[datetime, ...]:
        """When it was resolved."""
        return tuple(stretch.resolved for stretch in self.stretches if stretch.resolved is not None)

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self.stretches[-1].resolved is None

    @property
    def returns(self) -> Iterator[tuple[datetime, datetime]]:
        """Each resolution that did not last, with the moment at which the ticket was opened again."""
        return ((one.resolved, other.opened) for one, other in pairwise(self.stretches) if one.resolved is not None)


def cases_of(journeys: Iterable[Journey], events: TicketEvents | None, as_of: datetime | None) -> Iterator[Case]:
    """Return an iterator over the tickets of which something was known at a moment."""
    given = the_events(events)
    now = None if as_of is None else an_instant(as_of, "as_of")
    read = (Case.of(ticket, given, now) for ticket in each_journey(journeys))
    return (case for case in read if case is not None)


def by_customer(
    journeys: Iterable[Journey], ticket: Label | None, window: Length | None, what: str
) -> Iterator[tuple[Journey, ...]]:
    """Return the tickets of each customer; without a label, each journey is one ticket, of a customer of its own.

    Args:
        journeys: The customers, or the tickets.
        ticket: What names a ticket.
        window: In which other tickets of a customer count, if they do: customers are needed for that.
        what: What the window is called.

    Raises:
        InvalidValueError: There is a window, and these are no customers.
    """
    if ticket is None and window is not None:
        msg = f"{what}= needs the journeys of customers; say what names a ticket in them, as in ticket='properties.ticket'"
        raise InvalidValueError(msg, window)
    if ticket is None:
        return ((journey,) for journey in each_journey(journeys))
    found = tickets_of_each(journeys, ticket)
    return (theirs for _, theirs in (found if window is None else _of_customers(found, what)))


def _of_customers(
    found: Iterable[tuple[str, tuple[Journey, ...]]], what: str
) -> Iterator[tuple[str, tuple[Journey, ...]]]:
    """Yield customers with their tickets; refuse them in the end if all are called like their only ticket.

    They are tickets that were cut before, and nobody seems to come back. One that is called so may be a guest.
    """
    cut = list[str]()
    customers = 0
    for customer, theirs in found:
        yield customer, theirs
        customers += bool(theirs)
        if [ticket.customer for ticket in theirs] == [customer]:
            cut.append(customer)
    if len(cut) == customers > 1:
        msg = (
            f"{what}= needs the journeys of customers, got those of tickets, such as {cut[0]!r} and {cut[1]!r}; give what "
            "they were cut from, and all tickets of a customer in one journey"
        )
        raise InvalidValueError(msg, cut)


def follows(moment: datetime, resolved: datetime, window: Length) -> bool:
    """Whether a moment comes after a resolution and within a window: `resolved < moment < resolved + window`."""
    return resolved < moment and not is_over(resolved, window, moment)


def is_over(since: datetime, window: Length, as_of: datetime | None) -> bool:
    """Whether a window has ended: at its end it has. Without a moment, the log counts as given, and all time is over."""
    end = end_of(since, window)
    return as_of is None or (end is not None and end <= as_of)


def _stretches(moments: Iterable[TicketMoment]) -> tuple[Stretch, ...]:
    """Find when a ticket was open: from its first moment on, until it is resolved, and again from when it is reopened."""
    found: list[Stretch] = []
    opened: datetime | None = None
    for at, events, _ in moments:
        if opened is None and (not found or events & OPENING):
            opened = at
        if opened is not None and events & CLOSING:
            found.append(Stretch(opened, at))
            opened = None
    return (*found, Stretch(opened, None)) if opened is not None else tuple(found)
