"""Segments: named predicates about customers."""

from datetime import datetime

import attrs

from cxkit._checks import a_name
from cxkit._forms import TEXT, stored
from cxkit.errors import InvalidTypeError
from cxkit.predicates import PREDICATE_FORM, Explanation, Predicate


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
        if not isinstance(self.where, Predicate):
            msg = f"where must be a predicate, got {self.where!r}"
            raise InvalidTypeError(msg, self.where)
        if not isinstance(self.description, str):
            msg = f"description must be text, got {self.description!r}"
            raise InvalidTypeError(msg, self.description)

    def contains(self, customer: object, *, as_of: datetime) -> bool:
        """Whether a customer belongs to it at a moment.

        Args:
            customer: A `Profile`, a bare `Journey`, or a record with the attributes alone.
            as_of: The moment; nothing that came to be known later counts.
        """
        return self.where.matches(customer, as_of=as_of)

    def explain(self, customer: object, *, as_of: datetime) -> Explanation:
        """Say why a customer belongs to it, or does not; the arguments are those of `contains`."""
        return self.where.explain(customer, as_of=as_of)
