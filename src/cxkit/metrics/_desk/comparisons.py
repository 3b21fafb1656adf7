"""Groups compared: agents, channels or products, each against the others or against one of them."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import reduce
from math import isinf
from operator import add
from typing import Any, TypeAlias, TypeVar

import attrs
from typing_extensions import override

from cxkit import _charts, _stats
from cxkit._checks import a_name, as_tuple, shown
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError, UndefinedMetricError, UnknownFieldError
from cxkit.metrics._comparing.answers import Comparable
from cxkit.metrics._comparing.groups import alike
from cxkit.metrics._desk.differences import DurationsDifference
from cxkit.metrics._nps.difference import NpsDifference
from cxkit.metrics._surveys.boxes import BoxScoreDifference
from cxkit.tallies import Durations, Interval, RateDifference

GroupTally: TypeAlias = Comparable | Durations
"""What groups are compared by."""
REST = "the others"
DefaultT = TypeVar("DefaultT")


@attrs.frozen
class GroupDifference:
    """One group, and what it is compared with.

    Attributes:
        group: Its name.
        tally: What was counted of it.
        against: What was counted of the others, or of the baseline.

    >>> from cxkit.metrics import GroupDifference
    >>> from cxkit.tallies import Rate
    >>> anna = GroupDifference("anna", Rate(45, 50), Rate(80, 100))
    >>> round(anna.difference.value, 2), round(anna.p_value_or(None), 3)
    (0.1, 0.121)
    """

    group: str
    tally: GroupTally
    against: GroupTally

    def __attrs_post_init__(self) -> None:
        a_name(self.group, "the name of a group")
        _check_alike(self.tally, self.against)

    @property
    def difference(self) -> RateDifference | NpsDifference | BoxScoreDifference | DurationsDifference:
        """By how much the group exceeds the others, with its interval: of times, by the means in seconds."""
        if isinstance(self.tally, Durations) and isinstance(self.against, Durations):
            return DurationsDifference(self.tally, self.against)
        tally: Any = self.tally
        found: RateDifference | NpsDifference | BoxScoreDifference = tally.difference(self.against)
        return found

    def p_value_or(self, default: DefaultT) -> float | DefaultT:
        """Return how likely so large a difference is, either way, if there is none: the `p_value()` of the difference.

        Args:
            default: What stands for it where a side has too few data.
        """
        try:
            return self.difference.p_value()
        except UndefinedMetricError:
            return default


def _distinct(differences: Iterable[GroupDifference]) -> tuple[GroupDifference, ...]:
    found: tuple[GroupDifference, ...] = as_tuple(differences)
    for difference in found:
        if not isinstance(difference, GroupDifference):
            msg = f"a comparison is made of GroupDifference values, got {difference!r}"
            raise InvalidTypeError(msg, difference)
    names = [difference.group for difference in found]
    if len(set(names)) < len(names):
        msg = f"each group is compared once, got {', '.join(names)}"
        raise DuplicateError(msg, differences)
    return found


@attrs.frozen
class GroupComparison(_charts.Charted):
    """Groups, each against the others or against a baseline, with intervals.

    Of twenty groups that are all alike, one is outside of its interval of 95 % by luck alone: adjust the p-values, as in
    `holm(comparison.p_values)`, before anyone is blamed.

    Attributes:
        differences: The groups, in the order in which they were given.
        baseline: The group that they are compared with; `None` for the others together.
        confidence: Of the intervals.
    """

    differences: tuple[GroupDifference, ...] = attrs.field(converter=_distinct)
    baseline: str | None = None
    confidence: float = attrs.field(default=0.95, kw_only=True)

    def __attrs_post_init__(self) -> None:
        _stats.z_value(self.confidence)  # checks it

    @property
    def p_values(self) -> dict[str, float]:
        """The p-value of each group that has one."""
        found = {each.group: each.p_value_or(None) for each in self.differences}
        return {group: p_value for group, p_value in found.items() if p_value is not None}

    def interval(self, group: str) -> Interval:
        """Return where the difference of a group may lie, at the confidence of this comparison."""
        for each in self.differences:
            if each.group == group:
                return each.difference.interval(self.confidence)
        raise UnknownFieldError.among("the comparison", group, self._names(), what="group")  # noqa: EM101 - a factory

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each group; of times, the means to the resolution of their counts, and how likely one is shorter."""
        return [self._row(each) for each in self.differences]

    def _row(self, each: GroupDifference) -> dict[str, object]:
        difference = each.difference
        numbers = {
            "value": _level(each.tally),
            self.baseline or REST: _level(each.against),
            **self._differs(each),
        }
        p_value = each.p_value_or(None)
        if not isinstance(difference, DurationsDifference):
            return {"group": each.group, **numbers, "p": p_value}
        unit = difference.durations.resolution
        lengths = {what: _length(number, unit) for what, number in numbers.items()}
        shorter = difference.shorter if difference.is_defined else None
        return {"group": each.group, **lengths, "p": p_value, "shorter": shorter}

    def _differs(self, each: GroupDifference) -> dict[str, float | None]:
        """Return by how much a group exceeds the others; of times, in seconds."""
        low, high = each.difference.interval(self.confidence)
        return {"difference": each.difference.value_or(None), "low": low, "high": high}

    def _names(self) -> list[str]:
        return [each.group for each in self.differences]

    @override
    def chart(self) -> _charts.Spec:
        is_of_times = any(isinstance(each.tally, Durations) for each in self.differences)
        number, unit = ("hours", 3600) if is_of_times else ("difference", 1)
        rows: list[dict[str, object]] = []
        for each in self.differences:
            difference, low, high = (_drawn(found, unit) for found in self._differs(each).values())
            rows.append({"group": each.group, number: difference, "low": low, "high": high})
        return _charts.forest(rows, number=number, title=f"Difference from {self.baseline or REST}")


def compare_groups(
    groups: Mapping[str, GroupTally], *, baseline: str | None = None, confidence: float = 0.95
) -> GroupComparison:
    """Compare each group, such as an agent or a channel, with all others together, or with one of them.

    Args:
        groups: What was counted of each: rates, scores or times of one kind, of different cases. A `BoxScore` is compared
            by the statistic of its scale, or by a box, as in `.top_box`; `TicketGroups.labelled` has those with a name.
        baseline: The group that the others are compared with; each with all others, unless given.
        confidence: Of the intervals, between 0 and 1.

    >>> from cxkit.metrics import compare_groups
    >>> from cxkit.tallies import Rate
    >>> solved = {"anna": Rate(45, 50), "ben": Rate(30, 50), "cleo": Rate(40, 50)}
    >>> print(compare_groups(solved, baseline="cleo"))
    group  value  cleo  difference       low      high       p
    anna     0.9   0.8         0.1  -0.04343    0.2421  0.1614
    ben      0.6   0.8        -0.2   -0.3636  -0.02013  0.0291
    """
    if not isinstance(groups, Mapping):
        msg = f"groups must be a mapping from names to tallies, got {shown(groups)}"
        raise InvalidTypeError(msg, groups)
    if len(groups) < 2:  # noqa: PLR2004 - it takes two
        msg = f"it takes two groups to compare, got {len(groups)}"
        raise InvalidValueError(msg, groups)
    if None in groups:
        msg = "a group must have a name, got None; leave out what has no label, as with TicketGroups.labelled"
        raise InvalidTypeError(msg, groups)
    if baseline is None:
        pairs = {name: (tally, _together(groups, name)) for name, tally in groups.items()}
    elif baseline in groups:
        pairs = {name: (tally, groups[baseline]) for name, tally in groups.items() if name != baseline}
    else:
        raise UnknownFieldError.among("the comparison", baseline, groups, what="group")  # noqa: EM101 - a factory
    return GroupComparison(
        [GroupDifference(name, *pair) for name, pair in pairs.items()], baseline, confidence=confidence
    )


def _together(groups: Mapping[str, GroupTally], name: str) -> GroupTally:
    """Return the tally of all groups but one."""
    others: list[Any] = [tally for other, tally in groups.items() if other != name]
    for tally in others:
        _check_alike(tally, others[0])
    whole: GroupTally = reduce(add, others)
    return whole


def _check_alike(tally: GroupTally, other: GroupTally) -> None:
    """Check that two tallies are of one kind, and measure the same."""
    for given in (tally, other):
        if not isinstance(given, GroupTally):
            msg = (
                f"groups are compared by an Nps, a BoxScore, a Rate, a PopulationRate or Durations, got {shown(given)}; of "
                "another result give the part that is meant, such as .rate, .first_response or .net"
            )
            raise InvalidTypeError(msg, given)
    if isinstance(tally, Durations) and isinstance(other, Durations):
        DurationsDifference(tally, other)  # checks their resolutions
    elif isinstance(tally, Durations) or isinstance(other, Durations):
        msg = f"cannot compare {shown(tally)} with {shown(other)}: they are of two kinds"
        raise InvalidTypeError(msg, tally)
    else:
        alike((tally, other))


def _level(tally: GroupTally) -> float | None:
    """Return the value of a group; of times, the mean in seconds."""
    if isinstance(tally, Durations):
        return tally.mean.total_seconds() if tally.is_defined else None
    return tally.value_or(None)


def _drawn(found: float | None, unit: int) -> float | None:
    """Return a number in a unit; not the end of an interval that has none: JSON has no word for infinity."""
    return None if found is None or isinf(found) else found / unit


def _length(seconds: float | None, unit: timedelta) -> timedelta | None:
    """Return a length of time to its unit; none for what is not known, or without an end."""
    return None if seconds is None or isinf(seconds) else round(timedelta(seconds=seconds) / unit) * unit
