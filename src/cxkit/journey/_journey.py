"""Journeys: one customer's touchpoints, in order."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, Self, overload

import attrs
from typing_extensions import override

from cxkit._checks import FrozenDict, a_name, an_instant, each, shown
from cxkit._forms import TEXT, form_of, many, stored
from cxkit.calendar import Length
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError
from cxkit.journey._contacts import Contact, a_contact, is_contact
from cxkit.journey._labels import Label
from cxkit.journey._sessions import ExactGap, session_bounds
from cxkit.journey._timeline import Timeline, chosen
from cxkit.journey._touchpoint import Touchpoint

_NO_ATTRIBUTES = FrozenDict()


def each_journey(journeys: Iterable["Journey"]) -> Iterator["Journey"]:
    """Check that all are journeys, one by one."""
    if isinstance(journeys, Journey):
        msg = f"expected a list of journeys, got one; write [journey] for that of {journeys.customer!r}"
        raise InvalidTypeError(msg, journeys)
    for journey in each(journeys, "journeys"):
        if not isinstance(journey, Journey):
            hint = "; gather rows with journeys(rows)" if isinstance(journey, tuple | list | Mapping) else ""
            msg = f"expected a Journey, got {shown(journey)}{hint}"
            raise InvalidTypeError(msg, journey)
        yield journey


def known_touchpoints(journey: "Journey", as_of: datetime | None) -> tuple[Touchpoint, ...]:
    """Return what was known at a moment, in order; everything where none is given."""
    timeline = journey._timeline  # noqa: SLF001 - of the same module
    if as_of is None or timeline.is_complete(as_of := an_instant(as_of, "as_of")):
        return journey.touchpoints
    return chosen(journey.touchpoints, timeline.places(as_of))


def timeline_of(journey: "Journey", as_of: datetime | None) -> Timeline:
    """Return when the contacts were that were known at a moment, and what they were."""
    timeline = journey._timeline  # noqa: SLF001 - of the same module
    return timeline if as_of is None else timeline.known(an_instant(as_of, "as_of"))


def names_of(journey: "Journey", as_of: datetime | None) -> tuple[str, ...]:
    """Return what the contacts were that were known at a moment."""
    return timeline_of(journey, as_of).names


def _in_order(touchpoints: Iterable[Touchpoint]) -> tuple[Touchpoint, ...]:
    """Sort by time, then by sequence, then as they came; keep one of those that a host sent twice."""
    kept: list[Touchpoint] = []
    by_id: dict[str, Touchpoint] = {}
    for touchpoint in each(touchpoints, "touchpoints"):
        if not isinstance(touchpoint, Touchpoint):
            msg = f"a journey is made of touchpoints, got {touchpoint!r}"
            raise InvalidTypeError(msg, touchpoint)
        if touchpoint.id is None:
            kept.append(touchpoint)
        elif touchpoint.id not in by_id:
            by_id[touchpoint.id] = touchpoint
            kept.append(touchpoint)
        elif by_id[touchpoint.id] != touchpoint:
            msg = (
                f"two different touchpoints have the id {touchpoint.id!r}: {by_id[touchpoint.id]!r} and {touchpoint!r}"
            )
            raise DuplicateError(msg, touchpoint)
    kept.sort(key=_order)
    return tuple(kept)


def _order(touchpoint: Touchpoint) -> tuple[datetime, int]:
    return touchpoint.at, -1 if touchpoint.sequence is None else touchpoint.sequence


class StageEntry(NamedTuple):
    """A stage that a customer reached.

    Attributes:
        stage: Which.
        at: When for the first time.
    """

    stage: str
    at: datetime


class SentimentPoint(NamedTuple):
    """How a customer felt at a touchpoint.

    Attributes:
        at: When it was.
        name: What it was.
        sentiment: From -1 to 1.
    """

    at: datetime
    name: str
    sentiment: float


@stored("journey.journey", customer=TEXT, touchpoints=many(form_of(Touchpoint)))
@attrs.frozen(repr=False)
class Journey:
    """One customer's touchpoints in order of time, whatever order they came in.

    Touchpoints of one instant go by their `sequence`, and those without one first, as they came. It iterates, and a
    slice of it is a journey.

    Attributes:
        customer: Whose journey it is.
        touchpoints: The contacts.

    >>> from datetime import datetime, timezone
    >>> from cxkit.journey import Journey, Touchpoint
    >>> day = lambda number: datetime(2026, 3, number, tzinfo=timezone.utc)
    >>> ben = Journey("ben", [Touchpoint("cart", day(4)), Touchpoint("visit", day(3))])
    >>> [touchpoint.name for touchpoint in ben], len(ben.as_of(day(3)))
    (['visit', 'cart'], 1)
    """

    customer: str
    touchpoints: tuple[Touchpoint, ...] = attrs.field(default=(), converter=_in_order)
    _timeline: Timeline = attrs.field(init=False, eq=False)

    if not TYPE_CHECKING:  # of a journey from a log, the touchpoints are made when they are asked for

        def __getattr__(self, name: str) -> object:
            if name != "touchpoints":
                msg = f"{type(self).__name__!r} object has no attribute {name!r}"
                raise AttributeError(msg)
            timeline = self._timeline
            made = tuple(map(Touchpoint, timeline.names, timeline.moments))
            object.__setattr__(self, "touchpoints", made)
            return made

    @classmethod
    def _of_log(cls, customer: str, moments: list[datetime], names: list[str]) -> Self:
        """Build the journey of contacts of which no more is known than when they were, in UTC, and what."""
        journey = object.__new__(cls)
        object.__setattr__(journey, "customer", customer)
        object.__setattr__(journey, "_timeline", Timeline.of_log(moments, names))
        return journey

    def __attrs_post_init__(self) -> None:
        a_name(self.customer, "customer")
        object.__setattr__(self, "_timeline", Timeline.of(self.touchpoints))

    def as_of(self, moment: datetime) -> "Journey":
        """Return the journey as it was known at a moment: what had happened by then, and was recorded by then."""
        known = known_touchpoints(self, moment)
        return self if len(known) == len(self) else Journey(self.customer, known)

    def known(self, as_of: datetime) -> Iterator[Touchpoint]:
        """Yield what had happened and was recorded by a moment, the latest first."""
        return reversed(known_touchpoints(self, as_of))

    def sessions(
        self,
        gap: Length,
        *,
        exact: ExactGap = "joins",
        midnight: str | None = None,
        on: Label | None = None,
    ) -> "tuple[Journey, ...]":
        """Split the journey where the next touchpoint comes more than `gap` after the one before it.

        Args:
            gap: The longest silence within a session.
            exact: Whether a touchpoint after exactly this silence `"joins"` the session or `"splits"` it.
            midnight: A zone at whose midnights a session ends as well.
            on: A label, such as `"properties.campaign"`; where it changes from one that is known to another one, a
                session ends as well.
        """
        return tuple(self[start:end] for start, end in session_bounds(self.touchpoints, gap, exact, midnight, on))

    def filter(self, contact: Contact) -> "Journey":
        """Return the journey of some touchpoints only: those of a name, or that pass a predicate."""
        a_contact(contact, "what is kept")
        return Journey(self.customer, [each for each in self.touchpoints if is_contact(contact, each)])

    def merge(self, other: "Journey", *, customer: str | None = None) -> "Journey":
        """Return one journey of the touchpoints of two, as when a visitor turns out to be a known customer.

        What both have under one id is one touchpoint.

        Args:
            other: What else the customer did.
            customer: Whose journey it is, where the two name different customers.
        """
        if not isinstance(other, Journey):
            msg = f"a journey merges with a journey, got {other!r}"
            raise InvalidTypeError(msg, other)
        if customer is None and self.customer != other.customer:
            msg = f"the journeys are of {self.customer!r} and {other.customer!r}; say whose they are with customer="
            raise InvalidValueError(msg, other.customer)
        return Journey(self.customer if customer is None else customer, (*self.touchpoints, *other.touchpoints))

    @property
    def gaps(self) -> tuple[timedelta, ...]:
        """The times between its touchpoints."""
        return tuple(later - earlier for earlier, later in pairwise(self._timeline.moments))

    @property
    def stages(self) -> tuple[StageEntry, ...]:
        """The stages that the customer reached, and when for the first time, in this order."""
        first: dict[str, datetime] = {}
        for touchpoint in self.touchpoints:
            if touchpoint.stage is not None:
                first.setdefault(touchpoint.stage, touchpoint.at)
        return tuple(StageEntry(stage, at) for stage, at in first.items())

    @property
    def sentiment_curve(self) -> tuple[SentimentPoint, ...]:
        """How the customer felt, of the touchpoints that tell."""
        return tuple(
            SentimentPoint(touchpoint.at, touchpoint.name, touchpoint.sentiment)
            for touchpoint in self.touchpoints
            if touchpoint.sentiment is not None
        )

    @property
    def start(self) -> datetime | None:
        """When it began; `None` for a journey without touchpoints."""
        moments = self._timeline.moments
        return moments[0] if moments else None

    @property
    def end(self) -> datetime | None:
        """When the last touchpoint was; `None` for a journey without touchpoints."""
        moments = self._timeline.moments
        return moments[-1] if moments else None

    @property
    def duration(self) -> timedelta:
        """The time from the first touchpoint to the last; none at all for a journey without touchpoints."""
        moments = self._timeline.moments
        return moments[-1] - moments[0] if moments else timedelta(0)

    def __iter__(self) -> Iterator[Touchpoint]:
        return iter(self.touchpoints)

    def __len__(self) -> int:
        return len(self._timeline.names)

    @overload
    def __getitem__(self, place: int) -> Touchpoint: ...

    @overload
    def __getitem__(self, place: slice) -> "Journey": ...

    def __getitem__(self, place: int | slice) -> "Touchpoint | Journey":
        if isinstance(place, slice):
            return Journey(self.customer, self.touchpoints[place])
        return self.touchpoints[place]

    def __cxkit_record__(self) -> Mapping[str, object]:
        """Say that a journey alone has no attributes: every field of a customer is missing in it."""
        return _NO_ATTRIBUTES

    @override
    def __repr__(self) -> str:
        return f"Journey({self.customer!r}, {list(self.touchpoints)!r})"
