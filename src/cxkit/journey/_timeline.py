"""Timelines: when the contacts of a journey were and what they were, for what asks nothing else of them."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from operator import eq
from typing import NamedTuple, Self, TypeVar

from cxkit._checks import UTC
from cxkit.journey._touchpoint import Touchpoint

T = TypeVar("T")
EVER = datetime.min.replace(tzinfo=UTC)  # since when a journey without contacts is complete


class Timeline(NamedTuple):
    """When the contacts of a journey were, in UTC and in order, and what they were.

    Attributes:
        moments: When they were.
        names: What they were.
        known_at: When they became known; `None` where all were known at once.
        complete_at: Since when all are known.
        is_tied: Whether several were at one instant.
    """

    moments: tuple[datetime, ...]
    names: tuple[str, ...]
    known_at: tuple[datetime, ...] | None
    complete_at: datetime
    is_tied: bool

    @classmethod
    def of(cls, touchpoints: Sequence[Touchpoint]) -> Self:
        """Read the timeline of touchpoints."""
        moments = tuple([touchpoint.at for touchpoint in touchpoints])
        known_at = tuple([touchpoint.known_at for touchpoint in touchpoints])
        names = tuple([touchpoint.name for touchpoint in touchpoints])
        late = None if known_at == moments else known_at
        return cls(moments, names, late, max(known_at, default=EVER), _is_tied(moments))

    @classmethod
    def of_log(cls, moments: list[datetime], names: list[str]) -> Self:
        """Order what a log says."""
        if moments != sorted(moments):
            places = sorted(range(len(moments)), key=moments.__getitem__)
            moments, names = [moments[place] for place in places], [names[place] for place in places]
        return cls(tuple(moments), tuple(names), None, moments[-1], _is_tied(moments))

    def places(self, as_of: datetime) -> Sequence[int]:
        """Return which contacts had happened and were known by a moment, in UTC."""
        happened = range(bisect_right(self.moments, as_of))
        known_at = self.known_at
        return happened if known_at is None else [place for place in happened if known_at[place] <= as_of]

    def is_complete(self, as_of: datetime) -> bool:
        """Whether everything had happened and was known by a moment."""
        return self.complete_at <= as_of

    def known(self, as_of: datetime) -> Self:
        """Return what had happened and was known by a moment, in UTC."""
        if self.complete_at <= as_of:
            return self
        places = self.places(as_of)
        moments, names = chosen(self.moments, places), chosen(self.names, places)
        return self._replace(moments=moments, names=names, known_at=None, complete_at=as_of)


def _is_tied(moments: Sequence[datetime]) -> bool:
    return any(map(eq, moments, moments[1:]))


def chosen(items: Sequence[T], places: Sequence[int]) -> tuple[T, ...]:
    """Return the items at some places."""
    return tuple([items[place] for place in places])
