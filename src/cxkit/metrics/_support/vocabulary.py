"""What the touchpoints of a ticket mean: the words of the host's help desk, as data."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Literal, NamedTuple, get_args

import attrs

from cxkit._forms import stored
from cxkit.errors import DuplicateError, InvalidTypeError
from cxkit.journey import (
    CONTACT_FORM,
    Contact,
    Journey,
    Label,
    Touchpoint,
    a_contact,
    a_label,
    each_journey,
    known_touchpoints,
)
from cxkit.predicates import Predicate

TicketEvent = Literal[
    "opened",
    "customer_message",
    "agent_reply",
    "bot_reply",
    "handoff",
    "bot_resolved",
    "paused",
    "resumed",
    "resolved",
    "reopened",
]
"""What can happen to a ticket."""
EVENTS: tuple[TicketEvent, ...] = get_args(TicketEvent)
NOTHING: frozenset[TicketEvent] = frozenset()


class TicketMoment(NamedTuple):
    """Something that happened to a ticket.

    Attributes:
        at: When, in UTC.
        events: What it was; one touchpoint may be several things.
        touchpoint: The touchpoint that says so.
    """

    at: datetime
    events: frozenset[TicketEvent]
    touchpoint: Touchpoint


@stored("metrics.ticket_events", **dict.fromkeys(EVENTS, CONTACT_FORM))
@attrs.frozen(kw_only=True)
class TicketEvents:
    """Which touchpoints of a ticket mean what: each by their name, or by a predicate about `Touchpoint.fields`.

    A touchpoint that is none of these, such as an internal note, means nothing to any clock.

    Attributes:
        opened: The ticket came into being.
        customer_message: The customer wrote.
        agent_reply: A human answered, for the customer to see.
        bot_reply: A bot answered, or an automatic reply went out.
        handoff: The bot handed over to humans.
        bot_resolved: The bot took the matter as solved.
        paused: The ticket waits for the customer or a third party.
        resumed: It waits no longer.
        resolved: It was solved, or closed.
        reopened: It was opened again.

    >>> from cxkit.journey import Touchpoint
    >>> from cxkit.metrics import TicketEvents
    >>> TicketEvents(agent_reply=Touchpoint.fields.name.is_in(["mail sent", "chat reply"])).resolved
    'resolved'
    """

    opened: Contact = "opened"
    customer_message: Contact = "customer_message"
    agent_reply: Contact = "agent_reply"
    bot_reply: Contact = "bot_reply"
    handoff: Contact = "handoff"
    bot_resolved: Contact = "bot_resolved"
    paused: Contact = "paused"
    resumed: Contact = "resumed"
    resolved: Contact = "resolved"
    reopened: Contact = "reopened"
    _by_name: Mapping[str, frozenset[TicketEvent]] = attrs.field(init=False, repr=False, eq=False)
    _asked: tuple[tuple[TicketEvent, Predicate], ...] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        contacts: list[tuple[TicketEvent, Contact]] = [
            (event, a_contact(getattr(self, event), event)) for event in EVENTS
        ]
        named: dict[str, set[TicketEvent]] = {}
        for event, name in contacts:
            if isinstance(name, str):
                named.setdefault(name, set()).add(event)
        asked = tuple((event, contact) for event, contact in contacts if not isinstance(contact, str))
        object.__setattr__(self, "_by_name", {name: frozenset(events) for name, events in named.items()})
        object.__setattr__(self, "_asked", asked)

    def of(self, touchpoint: Touchpoint) -> frozenset[TicketEvent]:
        """Return what a touchpoint means; nothing, for many."""
        asked: list[TicketEvent] = [event for event, predicate in self._asked if predicate.matches(touchpoint)]
        return self._named(touchpoint).union(asked)

    def moments(self, ticket: Journey, *, as_of: datetime | None = None) -> tuple[TicketMoment, ...]:
        """Return what happened to a ticket, in order, as it was known at a moment."""
        if not isinstance(ticket, Journey):
            msg = f"a ticket is a Journey, got {ticket!r}"
            raise InvalidTypeError(msg, ticket)
        known = known_touchpoints(ticket, as_of)
        of = self.of if self._asked else self._named
        return tuple([TicketMoment(each.at, events, each) for each in known if (events := of(each))])

    def _named(self, touchpoint: Touchpoint) -> frozenset[TicketEvent]:
        return self._by_name.get(touchpoint.name, NOTHING)


def a_vocabulary(events: TicketEvents) -> TicketEvents:
    """Check which touchpoints mean what."""
    if not isinstance(events, TicketEvents):
        msg = f"events must be TicketEvents, got {events!r}"
        raise InvalidTypeError(msg, events)
    return events


def the_events(events: TicketEvents | None) -> TicketEvents:
    """Check which touchpoints mean what; the names of the events are theirs, unless given."""
    return TicketEvents() if events is None else a_vocabulary(events)


def tickets(journeys: Iterable[Journey], *, ticket: Label) -> Iterator[Journey]:
    """Cut the journeys of customers into those of their tickets, one by one.

    Each ticket is a journey of the touchpoints that carry its label, and is called by it; touchpoints without one belong
    to no ticket.

    Args:
        journeys: The journeys of customers.
        ticket: What names a ticket, such as `"properties.ticket"`; no two customers may share one.

    >>> from datetime import datetime, timezone
    >>> from cxkit.journey import Journey, Touchpoint
    >>> from cxkit.metrics import tickets
    >>> at = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
    >>> anna = Journey("anna", [Touchpoint("visit", at), Touchpoint("opened", at, properties={"ticket": "T-1"})])
    >>> [(each.customer, len(each)) for each in tickets([anna], ticket="properties.ticket")]
    [('T-1', 1)]
    """
    return chain.from_iterable(theirs for _, theirs in tickets_of_each(journeys, ticket))


def tickets_of_each(journeys: Iterable[Journey], ticket: Label) -> Iterator[tuple[str, tuple[Journey, ...]]]:
    """Return an iterator over customers, each with their tickets, by a label that names a ticket."""
    return _cut(journeys, a_label(ticket, "ticket"))


def _cut(
    journeys: Iterable[Journey], ticket_of: Callable[[Touchpoint], str | None]
) -> Iterator[tuple[str, tuple[Journey, ...]]]:
    whose: dict[str, str] = {}
    for journey in each_journey(journeys):
        parts: dict[str, list[Touchpoint]] = {}
        for touchpoint in journey:
            name = ticket_of(touchpoint)
            if name is not None:
                parts.setdefault(name, []).append(touchpoint)
        for name in parts:
            if name in whose:
                msg = f"ticket {name!r} is in the journeys of {whose[name]!r} and {journey.customer!r}; a ticket is one customer's"
                raise DuplicateError(msg, name)
            whose[name] = journey.customer
        yield journey.customer, tuple(Journey(name, touchpoints) for name, touchpoints in parts.items())
