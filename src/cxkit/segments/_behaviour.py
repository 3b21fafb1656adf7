"""Behaviour: what a customer did, as values that predicates can test."""

from collections.abc import Hashable
from datetime import datetime

import attrs
from typing_extensions import override

from cxkit._forms import form_of, optional, stored
from cxkit.calendar import LENGTH_FORM, Length, a_length, later
from cxkit.errors import InvalidValueError
from cxkit.journey import CONTACT_FORM, Contact, Journey, a_contact, is_contact
from cxkit.predicates import INTEGER_KIND, Integer, Kind, Source, Subject
from cxkit.segments._profile import journey_of


@stored("segments.events", contact=CONTACT_FORM, window=optional(LENGTH_FORM))
@attrs.frozen(repr=False)
class Events:
    """Some of the touchpoints of a customer, as `events(...)` says which.

    Attributes:
        contact: Their name, or a predicate about them.
        window: How far back they count; without it, all of them do.
    """

    contact: Contact
    window: Length | None = None

    def __attrs_post_init__(self) -> None:
        a_contact(self.contact, "the events")
        if self.window is not None:
            a_length(self.window, "the window")

    def within(self, window: Length) -> "Events":
        """Keep those of a rolling window: the events with `at <= as_of < at + window`."""
        if self.window is not None:
            msg = f"{self!r} has its window already; start from events({self.contact!r})"
            raise InvalidValueError(msg, window)
        return attrs.evolve(self, window=window)

    def count(self) -> Integer:
        """Return how many there are: 0 where there are none, missing where there is no journey."""
        return Integer(EventCount(self))

    def number(self, journey: Journey, as_of: datetime) -> int:
        """Count them in a journey as it was known at a moment in UTC."""
        return sum(
            is_contact(self.contact, touchpoint) and (self.window is None or as_of < later(touchpoint.at, self.window))
            for touchpoint in journey.known(as_of)  # all of them: of two, the earlier one may leave a month later
        )

    @override
    def __repr__(self) -> str:
        window = "" if self.window is None else f".within({self.window!r})"
        return f"events({self.contact!r}){window}"


@stored("segments.event_count", events=form_of(Events))
@attrs.frozen(repr=False)
class EventCount(Source):
    """How many of some events there are: a source of whole numbers for predicates."""

    events: Events

    timed = True

    @property
    @override
    def kind(self) -> Kind:
        return INTEGER_KIND

    @property
    @override
    def about(self) -> type[Journey]:
        return Journey

    @override
    def key(self) -> Hashable:
        return ("count", self.events)

    @override
    def read(self, subject: Subject) -> int | None:
        journey = journey_of(subject)
        if journey is None or subject.as_of is None:
            return None
        return self.events.number(journey, subject.as_of)

    @override
    def __repr__(self) -> str:
        return f"{self.events!r}.count()"


def events(contact: Contact) -> Events:
    """Ask about the touchpoints of a customer, by their name or by a predicate about `Touchpoint.fields`.

    >>> from cxkit.calendar import days
    >>> from cxkit.segments import events
    >>> (events("order").count() >= 1) & (events("order").within(days(90)).count() == 0)
    (events('order').count() >= 1) & (events('order').within(days(90)).count() == 0)
    """
    return Events(contact)
