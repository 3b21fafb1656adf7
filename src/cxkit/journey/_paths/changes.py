"""Changes: which steps two groups of journeys, or two periods, take with another probability."""

from collections.abc import Iterator, Mapping

import attrs
from typing_extensions import override

from cxkit import _charts, _mermaid
from cxkit._checks import a_count, as_tuple
from cxkit.errors import InvalidTypeError
from cxkit.journey._paths.counted import shortened
from cxkit.journey._paths.nodes import Node, RoutePlace, place_of_route
from cxkit.tallies import Interval, Rate, RateDifference


@attrs.frozen
class TransitionChange:
    """By how much the probability of a step differs between two groups of journeys.

    Attributes:
        source: What the step comes from: a label, or `START`.
        target: What it leads to: a label, or `END`.
        rate: Its share of the steps from there.
        baseline: The same in the group that it is compared with.

    >>> from cxkit.journey import TransitionChange
    >>> from cxkit.tallies import Rate
    >>> change = TransitionChange("cart", "order", Rate(30, 40), Rate(20, 60))
    >>> round(change.difference.value, 3), round(change.at_least(), 3)
    (0.417, 0.219)
    """

    source: Node
    target: Node
    rate: Rate
    baseline: Rate

    @property
    def difference(self) -> RateDifference:
        """The rate less the baseline, with its interval."""
        return self.rate.difference(self.baseline)

    def at_least(self, confidence: float = 0.95) -> float:
        """Return how great the difference is at least: the end of its interval next to 0; 0 where 0 lies within."""
        low, high = self.difference.interval(confidence)
        return max(low, -high, 0.0)


@attrs.frozen
class TransitionChanges(_charts.Charted):
    """The steps of two groups of journeys, those first whose probability differs for certain, and most.

    A difference counts as much as its interval leaves of it (`at_least`), and those of which nothing is left go by their
    size. The interval is that of Newcombe (1998, method 10). It takes what is counted as independent, which the steps of
    one customer are only more or less, and of a hundred intervals of 95 % some five miss the truth.

    Attributes:
        changes: The changes, in this order.
        confidence: The confidence of the intervals.

    >>> from cxkit.journey import END, TransitionChange, TransitionChanges
    >>> from cxkit.tallies import Rate
    >>> rare = TransitionChange("call", "order", Rate(1, 1), Rate(0, 1))
    >>> sure = TransitionChange("cart", END, Rate(30, 40), Rate(20, 60))
    >>> [change.source for change in TransitionChanges([rare, sure])]
    ['cart', 'call']
    """

    changes: tuple[TransitionChange, ...] = attrs.field(converter=as_tuple)
    confidence: float = attrs.field(default=0.95, kw_only=True)

    def __attrs_post_init__(self) -> None:
        RateDifference(Rate(), Rate()).interval(self.confidence)  # checks it
        for change in self.changes:
            if not isinstance(change, TransitionChange):
                msg = f"changes must be TransitionChange values, got {change!r}"
                raise InvalidTypeError(msg, change)
        object.__setattr__(self, "changes", tuple(sorted(self.changes, key=self._rank)))

    def _rank(self, change: TransitionChange) -> tuple[float, float, RoutePlace]:
        size = abs(change.difference.value_or(0.0))
        return -change.at_least(self.confidence), -size, place_of_route((change.source, change.target))

    def interval(self, change: TransitionChange) -> Interval:
        """Return the interval of a change, at the confidence of this comparison."""
        return change.difference.interval(self.confidence)

    def clear(self) -> tuple[TransitionChange, ...]:
        """Return the changes whose interval leaves no change out."""
        return tuple(change for change in self.changes if change.at_least(self.confidence))

    def __iter__(self) -> Iterator[TransitionChange]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each step, with both counts; `None` where one of the groups never came from there."""
        return [self._row(change) for change in self.changes]

    def _row(self, change: TransitionChange) -> dict[str, object]:
        low, high = self.interval(change)
        return {
            "from": str(change.source),
            "to": str(change.target),
            "count": change.rate.count,
            "of": change.rate.total,
            "baseline": change.baseline.count,
            "baseline of": change.baseline.total,
            "difference": change.difference.value_or(None),
            "low": low,
            "high": high,
        }

    @override
    def chart(self, number: int = 20) -> _charts.Spec:
        """Return the first changes as bars, in Vega-Lite v5.

        Args:
            number: How many.
        """
        rows = [{"transition": _named(row), **row} for row in self.rows()[: a_count(number, "number")]]
        return _charts.bars(rows, category="transition", number="difference", title="Change in probability")

    def to_mermaid(self, number: int = 20) -> str:
        """Return the first changes as a flowchart in Mermaid text, with both probabilities on its arrows.

        Args:
            number: How many.
        """
        changes = self.changes[: a_count(number, "number")]
        nodes = {node: str(node) for change in changes for node in (change.source, change.target)}
        return _mermaid.flowchart(nodes, [(change.source, change.target, _both(change)) for change in changes])

    @override
    def __str__(self) -> str:
        return shortened(self.rows(), len(self))


def _both(change: TransitionChange) -> str:
    before, after = (f"{rate.value:.0%}" if rate.is_defined else "-" for rate in (change.baseline, change.rate))
    return f"{before} to {after}"


def _named(row: Mapping[str, object]) -> str:
    return f"{row['from']} > {row['to']}"
