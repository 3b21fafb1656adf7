"""Segments: named predicates about customers."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeVar

import attrs
from typing_extensions import override

from cxkit._checks import a_flag, a_name, an_instant
from cxkit._forms import TEXT, stored
from cxkit.errors import InvalidTypeError
from cxkit.predicates import PREDICATE_FORM, Explanation, Predicate, as_predicate
from cxkit.segments._replay import Stay, next_change, timeline

T = TypeVar("T")


@stored("segments.segment", name=TEXT, where=PREDICATE_FORM, description=TEXT)
@attrs.frozen
class Segment:
    """A group of customers, by a condition on what they are and what they did.

    Attributes:
        name: What it is called.
        where: Who belongs to it.
        description: What it is for, in words.

    >>> from datetime import datetime, timezone
    >>> from cxkit.journey import journeys
    >>> from cxkit.segments import Segment, events
    >>> buyers = Segment("buyers", events("order").count() >= 1)
    >>> anna, = journeys([("anna", "order", "2026-03-02T09:00Z")])
    >>> buyers.contains(anna, as_of=datetime(2026, 3, 10, tzinfo=timezone.utc))
    True
    """

    name: str
    where: Predicate
    description: str = ""

    def __attrs_post_init__(self) -> None:
        a_name(self.name, "the name of a segment")
        try:
            object.__setattr__(self, "where", as_predicate(self.where))  # a flag by itself is one, too
        except InvalidTypeError as error:
            msg = f"where must be a predicate, got {self.where!r}"
            raise InvalidTypeError(msg, self.where) from error
        if not isinstance(self.description, str):
            msg = f"description must be text, got {self.description!r}"
            raise InvalidTypeError(msg, self.description)

    def __cxkit_predicate__(self) -> Predicate:
        """Say which condition it is, where one is asked for."""
        return self.where

    @override
    def __str__(self) -> str:
        return f"{self.name}: {self.where}"

    def contains(self, customer: object, *, as_of: datetime) -> bool:
        """Whether a customer belongs to it at a moment.

        Args:
            customer: A `Profile`, a bare `Journey`, or a record with the attributes alone.
            as_of: The moment; nothing that came to be known later counts.
        """
        return self.where.matches(customer, as_of=as_of)

    def filter(self, customers: Iterable[T], *, as_of: datetime) -> Iterator[T]:
        """Yield those who belong to it, one by one as they come; the arguments are those of `contains`."""
        return self.where.filter(customers, as_of=as_of)

    def next_change(self, customer: object, *, after: datetime) -> datetime | None:
        """Return the first moment after `after` at which a customer enters or leaves, if nothing else happens.

        What is known at `after` stays, and nothing is added. `None` says that time alone changes nothing.

        Raises:
            UnsupportedError: The condition speaks of time in a way that cannot tell when it changes.

        >>> from datetime import datetime, timezone
        >>> from cxkit.calendar import days
        >>> from cxkit.journey import journeys
        >>> from cxkit.segments import Segment, events
        >>> active = Segment("active", events("order").within(days(14)).any())
        >>> anna, = journeys([("anna", "order", "2026-03-02T09:00Z")])
        >>> active.next_change(anna, after=datetime(2026, 3, 10, tzinfo=timezone.utc)).isoformat()
        '2026-03-16T09:00:00+00:00'
        """
        return next_change(self.where, customer, an_instant(after, "after"))

    def timeline(
        self, customer: object, start: datetime, end: datetime, *, assume_attributes: bool = False
    ) -> tuple[Stay, ...]:
        """Return when a customer belonged to it from `start` until before `end`, by replaying what was known when.

        Args:
            customer: As in `contains`.
            start: Where the replay begins.
            end: Where it ends.
            assume_attributes: Take the attributes of the customer as those of the whole time. They have no dates, so
                without this a condition that reads them is refused.
        """
        instants = an_instant(start, "start"), an_instant(end, "end")
        return timeline(
            self.where, customer, *instants, assume_attributes=a_flag(assume_attributes, "assume_attributes")
        )

    def explain(self, customer: object, *, as_of: datetime) -> Explanation:
        """Say why a customer belongs to it, or does not; the arguments are those of `contains`."""
        return self.where.explain(customer, as_of=as_of)
