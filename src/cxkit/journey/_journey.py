"""Journeys: one customer's touchpoints, in order."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import overload

import attrs
from typing_extensions import override

from cxkit._checks import FrozenDict, a_name, an_instant, each
from cxkit._forms import TEXT, form_of, many, stored
from cxkit.calendar import Length, a_length, later
from cxkit.errors import DuplicateError, InvalidTypeError
from cxkit.journey._touchpoint import Touchpoint

_NO_ATTRIBUTES = FrozenDict()


def each_journey(journeys: Iterable["Journey"]) -> Iterator["Journey"]:
    """Check that all are journeys, one by one."""
    for journey in each(journeys, "journeys"):
        if not isinstance(journey, Journey):
            msg = f"expected a Journey, got {journey!r}"
            raise InvalidTypeError(msg, journey)
        yield journey


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


def _at(touchpoint: Touchpoint) -> datetime:
    return touchpoint.at


def _order(touchpoint: Touchpoint) -> tuple[datetime, int]:
    return touchpoint.at, -1 if touchpoint.sequence is None else touchpoint.sequence


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

    def __attrs_post_init__(self) -> None:
        a_name(self.customer, "customer")

    def as_of(self, moment: datetime) -> "Journey":
        """Return the journey as it was known at a moment: what had happened by then, and was recorded by then."""
        known = tuple(self.known(moment))[::-1]
        return self if len(known) == len(self) else Journey(self.customer, known)

    def known(self, as_of: datetime) -> Iterator[Touchpoint]:
        """Yield what had happened and was recorded by a moment, the latest first."""
        instant = an_instant(as_of, "as_of")
        for place in range(bisect_right(self.touchpoints, instant, key=_at) - 1, -1, -1):
            if self.touchpoints[place].known_at <= instant:
                yield self.touchpoints[place]

    def sessions(self, gap: Length) -> "tuple[Journey, ...]":
        """Split the journey where the next touchpoint comes more than `gap` after the one before it.

        Args:
            gap: The longest silence within a session; one of exactly this length does not split.
        """
        a_length(gap, "gap")
        sessions: list[list[Touchpoint]] = []
        for touchpoint in self.touchpoints:
            if sessions and touchpoint.at <= later(sessions[-1][-1].at, gap):
                sessions[-1].append(touchpoint)
            else:
                sessions.append([touchpoint])
        return tuple(Journey(self.customer, session) for session in sessions)

    @property
    def start(self) -> datetime | None:
        """When it began; `None` for a journey without touchpoints."""
        return self.touchpoints[0].at if self.touchpoints else None

    @property
    def end(self) -> datetime | None:
        """When the last touchpoint was; `None` for a journey without touchpoints."""
        return self.touchpoints[-1].at if self.touchpoints else None

    @property
    def duration(self) -> timedelta:
        """The time from the first touchpoint to the last; none at all for a journey without touchpoints."""
        return self.touchpoints[-1].at - self.touchpoints[0].at if self.touchpoints else timedelta(0)

    def __iter__(self) -> Iterator[Touchpoint]:
        return iter(self.touchpoints)

    def __len__(self) -> int:
        return len(self.touchpoints)

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
