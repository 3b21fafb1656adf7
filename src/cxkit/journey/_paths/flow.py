"""Transitions: which touchpoint directly follows which, how often, how likely and how soon."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import chain, pairwise
from operator import sub
from typing import Any, Literal, Self, TypeAlias

import attrs
from typing_extensions import override

from cxkit import _charts, _mermaid
from cxkit._checks import a_count, one_of
from cxkit._forms import ELAPSED, INTEGER, TEXT, form_of, optional, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey._journey import Journey
from cxkit.journey._labels import Label
from cxkit.journey._paths.changes import TransitionChange, TransitionChanges
from cxkit.journey._paths.counted import Counted, a_mapping, added, added_times, entries, in_per_cent, kept, kept_counts
from cxkit.journey._paths.nodes import (
    END,
    NAMES,
    ROUTE,
    START,
    LabelReader,
    Node,
    Route,
    a_route,
    a_source,
    a_target,
    place_of_route,
)
from cxkit.journey._paths.transition import Transition, step_rate
from cxkit.tallies import Durations, Rate

Diagram: TypeAlias = Literal["flowchart", "sankey"]
"""Which diagram to draw."""
EdgeLabel: TypeAlias = Literal["count", "probability", "median"]
"""What is written on the arrows of a flowchart."""


def _times(times: Mapping[Route, Durations]) -> Any:
    for route, found in a_mapping(times).items():
        a_route(route)
        if not isinstance(found, Durations):
            msg = f"the times of a step must be Durations, got {found!r}"
            raise InvalidTypeError(msg, found)
    return kept((route, times[route]) for route in sorted(times, key=place_of_route))


def _counts(counts: Mapping[Route, int]) -> Any:
    return kept_counts(counts, a_route, place_of_route)


@stored(
    "journey.transitions",
    counts=entries(ROUTE, INTEGER, place_of_route),
    durations=entries(ROUTE, form_of(Durations), place_of_route),
    resolution=optional(ELAPSED),
    by=TEXT,
    missing=INTEGER,
)
@attrs.frozen(repr=False)
class Transitions(Counted):
    """How often each touchpoint was directly followed by each: an event tally, which adds over journeys.

    Every journey comes from `START` and goes to `END`, so that as many steps lead to a touchpoint as come from it.

    Attributes:
        counts: How often each step was taken, by what it comes from and what it leads to.
        durations: How long the steps between two touchpoints took; empty unless times were asked for.
        resolution: The unit in which times are counted; `None` where they were not asked for.
        by: The label that the touchpoints were counted by.
        missing: How many touchpoints had no such label and were left out.

    >>> from cxkit.journey import END, START, journeys, transitions
    >>> log = [("anna", "visit", "2026-03-01T09:00Z"), ("anna", "cart", "2026-03-01T10:00Z"), ("ben", "visit", "2026-03-02T09:00Z")]
    >>> flow = transitions(journeys(log))
    >>> print(flow)
    from     to     count  probability
    (start)  visit      2            1
    cart     (end)      1            1
    visit    cart       1          0.5
    visit    (end)      1          0.5
    >>> flow.count(START, "visit"), flow.probability("visit", END).value
    (2, 0.5)
    """

    counts: Mapping[Route, int] = attrs.field(factory=dict, converter=_counts)
    durations: Mapping[Route, Durations] = attrs.field(factory=dict, converter=_times, kw_only=True)
    resolution: timedelta | None = attrs.field(default=None, kw_only=True)

    @override
    def __attrs_post_init__(self) -> None:
        Counted.__attrs_post_init__(self)
        coming, going = self._totals(1), self._totals(0)
        for node in {*coming, *going} - {START, END}:
            if coming[node] != going[node]:
                msg = f"as many steps must lead to {node!r} as come from it, got {coming[node]} and {going[node]}"
                raise InvalidValueError(msg, self.counts)
        self._check_times()

    def _check_times(self) -> None:
        if self.resolution is not None:
            Durations(self.resolution)  # checks it
        timed = {} if self.resolution is None else {key: n for key, n in self.counts.items() if _is_inner(key)}
        if {route: times.count for route, times in self.durations.items()} != timed:
            msg = "there must be a time for each step between two touchpoints where a resolution is given, and none otherwise"
            raise InvalidValueError(msg, self.durations)
        if any(times.resolution != self.resolution for times in self.durations.values()):
            msg = f"all times must be counted at the resolution of {self.resolution!r}"
            raise InvalidValueError(msg, self.durations)

    @property
    def journeys(self) -> int:
        """How many journeys there are; those without touchpoints do not count."""
        return self._totals(0)[START]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, the most frequent first."""
        found = [(number, node) for node, number in self._totals(1).items() if isinstance(node, str)]
        return tuple(node for _, node in sorted(found, key=lambda pair: (-pair[0], pair[1])))

    @property
    def mix(self) -> dict[str, int]:
        """How many touchpoints there are of each label, the most frequent first; by channel, the channel mix."""
        totals = self._totals(1)
        return {label: totals[label] for label in self.labels}

    @property
    def switches(self) -> Rate:
        """Of the steps between two touchpoints, how many lead to another label; by channel, the channel switches."""
        inner = {route: count for route, count in self.counts.items() if _is_inner(route)}
        changed = sum(count for (source, target), count in inner.items() if source != target)
        return Rate(changed, sum(inner.values()), name="switch rate", unit="steps")

    def count(self, source: Node, target: Node) -> int:
        """Return how often a step was taken; 0 where it never was."""
        return self.counts.get((a_source(source), a_target(target)), 0)

    def probability(self, source: Node, target: Node) -> Rate:
        """Return the share of the steps from `source` that lead to `target`."""
        return step_rate(source, target, self.count(source, target), self._totals(0)[source])

    def probabilities(self) -> Mapping[Node, Mapping[Node, float]]:
        """Return the matrix of probabilities: of each step that was taken, by what it comes from and leads to."""
        totals = self._totals(0)
        matrix: defaultdict[Node, dict[Node, float]] = defaultdict(dict)
        for (source, target), count in self.counts.items():
            matrix[source][target] = count / totals[source]
        return dict(matrix)

    def after(self, source: Node) -> tuple[Transition, ...]:
        """Return what comes directly after a touchpoint or `START`, the most frequent first, of all steps from there."""
        a_source(source)
        return tuple(step for step in self.top() if step.source == source)

    def before(self, target: Node) -> tuple[Transition, ...]:
        """Return what came directly before a touchpoint or `END`, the most frequent first, of all steps that lead there."""
        a_target(target)
        total = self._totals(1)[target]
        return tuple(
            attrs.evolve(step, rate=step_rate(step.source, target, step.count, total))
            for step in self.top()
            if step.target == target
        )

    def top(self, number: int | None = None, *, least: int = 1) -> tuple[Transition, ...]:
        """Return the steps, the most frequent first, each with its share of all steps from the same place.

        Args:
            number: How many of them at most; all unless given.
            least: How often a step must have been taken.
        """
        if number is not None:
            a_count(number, "number")
        a_count(least, "least", least=1)
        totals = self._totals(0)
        ranked = sorted(self.counts, key=lambda route: (-self.counts[route], place_of_route(route)))
        chosen = [route for route in ranked if self.counts[route] >= least][:number]
        return tuple(Transition(*route, step_rate(*route, self.counts[route], totals[route[0]])) for route in chosen)

    def times(self, source: Node, target: Node) -> Durations:
        """Return how long a step took, wherever it was taken.

        Raises:
            InvalidValueError: Times were not asked for.
        """
        if self.resolution is None:
            msg = "no times were kept; ask for them with transitions(..., resolution=timedelta(seconds=1))"
            raise InvalidValueError(msg, self.resolution)
        return self.durations.get((a_source(source), a_target(target)), Durations(self.resolution))

    def difference(self, baseline: Self, *, confidence: float = 0.95) -> TransitionChanges:
        """Compare the probability of each step with another group of journeys, or another period.

        Args:
            baseline: What to compare with.
            confidence: Of the interval of each difference, between 0 and 1.
        """
        self._check_comparable(baseline)
        ours, theirs = self._totals(0), baseline._totals(0)
        changes = [
            TransitionChange(
                *route,
                step_rate(*route, self.counts.get(route, 0), ours[route[0]]),
                step_rate(*route, baseline.counts.get(route, 0), theirs[route[0]]),
            )
            for route in {*self.counts, *baseline.counts}
        ]
        return TransitionChanges(changes, confidence=confidence)

    @override
    def rows(self) -> list[dict[str, object]]:
        """Return a row for each step, the most frequent first; with the median time and the 90th percentile, if known."""
        return [self._row(step) for step in self.top()]

    def _row(self, step: Transition) -> dict[str, object]:
        row = _count_row(step)
        if self.resolution is None:
            return row
        times = self.durations.get((step.source, step.target))
        return {**row, "median": times and times.median, "p90": times and times.percentile(90)}

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        self._check_like(other, "resolution")
        return attrs.evolve(
            self,
            counts=added(self.counts, other.counts),
            durations=added_times(self.durations, other.durations),
            missing=self.missing + other.missing,
        )

    @override
    def chart(self, number: Literal["count", "probability"] = "count") -> _charts.Spec:
        """Return a heatmap in Vega-Lite v5: the most frequent labels first, the start above, the end to the right.

        Args:
            number: Whether the squares show the `"count"` of a step or its `"probability"`.
        """
        one_of(number, ("count", "probability"), "number")
        names = [str(START), *self.labels, str(END)]
        rows = [_count_row(step) for step in self.top()]
        chart = _charts.heatmap(rows, x="to", y="from", number=number, title="Transitions")
        if number == "probability":
            in_per_cent(chart)
        chart["encoding"]["x"]["sort"] = names[1:]
        chart["encoding"]["y"]["sort"] = names[:-1]
        return chart

    def to_mermaid(
        self,
        kind: Diagram = "flowchart",
        *,
        label: EdgeLabel = "count",
        top: int | None = None,
        least: int = 1,
    ) -> str:
        """Return the steps as a diagram in Mermaid text.

        Args:
            kind: `"flowchart"`, or `"sankey"` where no journey comes back to where it was; `Variants.to_mermaid` draws a
                Sankey diagram of any journeys, position by position.
            label: What is written on an arrow of a flowchart: the `"count"`, the `"probability"` in per cent, or the
                `"median"` time.
            top: How many steps to draw at most, the most frequent first; all unless given.
            least: How often a step must have been taken to be drawn.

        Raises:
            InvalidValueError: A Sankey diagram would have a circle, or there are no times.
        """
        one_of(kind, ("flowchart", "sankey"), "kind")
        one_of(label, ("count", "probability", "median"), "label")
        steps = self.top(top, least=least)
        drawn = {node for step in steps for node in (step.source, step.target)}
        nodes = {node: str(node) for node in (START, *self.labels, END) if node in drawn}
        if kind == "sankey":
            return _mermaid.sankey(nodes, [(step.source, step.target, step.count) for step in steps])
        return _mermaid.flowchart(nodes, [(step.source, step.target, self._label(step, label)) for step in steps])

    def _label(self, step: Transition, label: EdgeLabel) -> object:
        if label == "count":
            return step.count
        if label == "probability":
            return f"{step.rate.value:.0%}"
        return self.times(step.source, step.target).median if _is_inner((step.source, step.target)) else None

    def _totals(self, side: int) -> Counter[Node]:
        """Count the steps by what they come from (0) or lead to (1)."""
        totals = Counter[Node]()
        for route, number in self.counts.items():
            totals[route[side]] += number
        return totals


def _count_row(step: Transition) -> dict[str, object]:
    return {"from": str(step.source), "to": str(step.target), "count": step.count, "probability": step.rate.value}


def _is_inner(route: Route) -> bool:
    return route[0] is not START and route[1] is not END


def transitions(
    journeys: Iterable[Journey],
    *,
    as_of: datetime | None = None,
    by: Label = NAMES,
    resolution: timedelta | None = None,
) -> Transitions:
    """Count which touchpoint directly follows which, with the start and the end of each journey.

    Args:
        journeys: The journeys, consumed one by one; those without touchpoints do not count.
        as_of: What came to be known later does not count; without it, the log counts as given.
        by: What the touchpoints are counted by: their name, or another label, such as `"channel"`. Those without the
            label are passed over, and counted apart.
        resolution: Keep how long each step took, counted in this unit, too.

    >>> from datetime import timedelta
    >>> from cxkit.journey import journeys, transitions
    >>> log = [("anna", "visit", "2026-03-01T09:00Z"), ("anna", "cart", "2026-03-01T10:00Z")]
    >>> transitions(journeys(log), resolution=timedelta(minutes=1)).times("visit", "cart").median
    datetime.timedelta(seconds=3600)
    """
    reader = LabelReader(by, as_of)
    if resolution is None:
        counts = Counter(chain.from_iterable(map(_routes, reader.paths(journeys))))
        return Transitions(counts, by=reader.by, missing=reader.missing)
    Durations(resolution)  # checks it before anything is read
    counts = Counter[Route]()
    lengths: defaultdict[Route, list[timedelta]] = defaultdict(list)
    for moments, names in reader.walks(journeys):
        counts.update(_routes(names))
        for route, length in zip(pairwise(names), map(sub, moments[1:], moments), strict=False):
            lengths[route].append(length)
    durations = {route: Durations.from_lengths(found, resolution=resolution) for route, found in lengths.items()}
    return Transitions(counts, durations=durations, resolution=resolution, by=reader.by, missing=reader.missing)


def _routes(path: Iterable[str]) -> Iterable[Route]:
    return pairwise((START, *path, END))
