"""Groups: what is compared, and what makes two of them comparable."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

import attrs

from cxkit._checks import frozen, shown
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics import Nps
from cxkit.metrics._comparing.answers import Comparable
from cxkit.metrics._surveys.boxes import BoxScore
from cxkit.metrics._surveys.measures import MeanScore, NetBox
from cxkit.tallies import Interval, PopulationRate, Rate

_STATISTIC: Mapping[type, str] = {NetBox: "net", MeanScore: "mean"}
DefaultT = TypeVar("DefaultT")


class Comparison(Protocol):
    """What the difference of two tallies answers."""

    @property
    def is_defined(self) -> bool:
        """Whether both have a value."""
        ...

    def value_or(self, default: DefaultT) -> float | DefaultT:
        """Return the difference, or `default` where there is none."""
        ...

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return where it may lie."""
        ...

    def p_value(self) -> float:
        """Return how likely so large a difference is if there is none."""
        ...


def by_group(groups: Mapping[Any, Comparable]) -> Mapping[Hashable, Comparable]:
    """Keep the tallies of groups, which measure the same."""
    if not isinstance(groups, Mapping):
        msg = f"groups must be a mapping from names to a score or a rate each, got {shown(groups)}"
        raise InvalidTypeError(msg, groups)
    if not groups:
        msg = "there must be at least one group, got none"
        raise InvalidValueError(msg, groups)
    for tally in groups.values():
        a_comparable(tally)
    alike(groups.values())
    return frozen(groups)


def a_comparable(tally: Comparable) -> Comparable:
    """Check what is to be compared."""
    if not isinstance(tally, Nps | BoxScore | Rate | PopulationRate):
        statistic = _STATISTIC.get(type(tally))
        hint = f"; give the BoxScore itself, on a scale with statistic={statistic!r}" if statistic else ""
        msg = f"what is compared must be an Nps, a BoxScore, a Rate or a PopulationRate, got {shown(tally)}{hint}"
        raise InvalidTypeError(msg, tally)
    return tally


def alike(tallies: Iterable[Comparable]) -> None:
    """Check that tallies measure the same; one without data may measure anything of its kind."""
    first, *rest = tallies
    for tally in rest:
        if type(tally) is not type(first):
            msg = f"cannot compare {shown(tally)} with {shown(first)}: they are of two kinds"
            raise InvalidTypeError(msg, tally)
        if tally.is_defined and first.is_defined and _measure(tally) != _measure(first):
            msg = f"cannot compare {shown(tally)} with {shown(first)}: they measure two things"
            raise InvalidValueError(msg, tally)


def emptied(tally: Comparable) -> Comparable:
    """Return a tally of the same metric without data."""
    if isinstance(tally, Nps):
        return attrs.evolve(tally, promoters=0, passives=0, detractors=0, missing=0)
    if isinstance(tally, BoxScore):
        return BoxScore(tally.spec)
    return attrs.evolve(tally, count=0, total=0)


def _measure(tally: Comparable) -> Comparable:
    """Return what tells metrics apart, whenever they are of."""
    empty = emptied(tally)
    return attrs.evolve(empty, window=None) if isinstance(empty, PopulationRate) else empty


def in_both(
    after: Mapping[Hashable, Comparable], before: Mapping[Hashable, Comparable]
) -> dict[Hashable, tuple[Comparable, Comparable]]:
    """Return each group's two tallies, in the order of those before; of a group that is not there, one without data."""
    nobody = [emptied(overall(period)) for period in (after, before)]
    return {group: (after.get(group, nobody[0]), before.get(group, nobody[1])) for group in {**before, **after}}


def compared(after: Comparable, before: Any) -> Comparison:
    """Return the difference of two tallies of one kind."""
    return after.difference(before)


def overall(groups: Mapping[Hashable, Comparable]) -> Comparable:
    """Return the tally of all groups together."""
    first, *rest = groups.values()
    whole: Any = first  # all are of one kind
    return sum(rest, start=whole)
