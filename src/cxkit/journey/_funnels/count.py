"""Counting how far customers came along a funnel."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations, islice, repeat
from operator import floordiv
from typing import get_args

from cxkit._checks import one_of
from cxkit.journey._funnels.course import Course
from cxkit.journey._funnels.funnel import Funnel, Touch
from cxkit.journey._funnels.result import FunnelBreakdown, FunnelGroup, FunnelResult, FunnelStep, step_names
from cxkit.journey._journey import Journey, each_journey, known_touchpoints
from cxkit.journey._labels import Label, a_label
from cxkit.tallies import Durations

MICROSECOND = timedelta(microseconds=1)
MANY = 250  # at once, which is faster than one by one; a timedelta holds the sum of as many


class Count:
    """What a funnel counted so far."""

    def __init__(self, funnel: Funnel) -> None:
        self.funnel = funnel
        self.outcomes: Counter[tuple[str, int]] = Counter()  # with how many required steps were filled
        self.passed: Counter[tuple[int, str, int]] = Counter()  # the same for each optional step that was filled
        self.lengths: dict[tuple[int, int], Counter[int]] = {pair: Counter() for pair in _pairs(len(funnel.steps))}
        self.totals: Counter[tuple[int, int]] = Counter()
        self.optional = [place for place, step in enumerate(funnel.steps) if step.optional]

    def add(self, outcomes: Sequence[str], told: Sequence[Sequence[datetime | None]]) -> None:
        """Count customers by their outcome, and by when they filled the steps."""
        self.outcomes.update(zip(outcomes, map(self._depth, told) if self.optional else map(len, told), strict=True))
        for step in self.optional:
            reached = [
                (outcome, self._depth(moments))
                for outcome, moments in zip(outcomes, told, strict=True)
                if moments and moments[step]
            ]
            self.passed.update((step, *how) for how in reached)
        by_number: defaultdict[int, list[Sequence[datetime | None]]] = defaultdict(list)
        for moments in told:
            by_number[len(moments)].append(moments)
        for filled, many in by_number.items():
            self._add_times(filled, many)

    def _depth(self, moments: Sequence[datetime | None]) -> int:
        """Return how many steps were filled that are not optional."""
        return len([step for step, moment in enumerate(moments) if moment is not None and step not in self.optional])

    def _add_times(self, filled: int, many: Sequence[Sequence[datetime | None]]) -> None:
        """Count the times between steps of customers who filled equally many."""
        columns = list(zip(*many, strict=True))
        for start, end in _pairs(filled):
            lengths = list(_lengths(columns[start], columns[end]))
            self.lengths[start, end].update(map(floordiv, lengths, repeat(self.funnel.resolution)))
            self.totals[start, end] += sum(lengths, timedelta(0)) // MICROSECOND

    def result(self, as_of: datetime | None) -> FunnelResult:
        """Return what was counted."""
        return FunnelResult(
            self.funnel,
            as_of,
            customers=self.outcomes.total(),
            excluded=self.outcomes["excluded", 0],
            steps=tuple(self._steps()),
            lengths=tuple(
                Durations(self.funnel.resolution, lengths, self.totals[pair]) for pair, lengths in self.lengths.items()
            ),
        )

    def _steps(self) -> Iterator[FunnelStep]:
        depth = 0  # how many required steps there are up to here
        for place, (name, optional) in enumerate(step_names(self.funnel)):
            depth += not optional
            if optional:
                found = {(how, far): count for (step, how, far), count in self.passed.items() if step == place}
            else:
                found = {(how, far): count for (how, far), count in self.outcomes.items() if far >= depth}
            dropped, still_open = found.get(("dropped", depth), 0), found.get(("open", depth), 0)
            yield FunnelStep(name, sum(found.values()), dropped, still_open, optional)


def _pairs(steps: int) -> list[tuple[int, int]]:
    return list(combinations(range(steps), 2))


def _lengths(starts: Sequence[datetime | None], ends: Sequence[datetime | None]) -> Iterator[timedelta]:
    """Yield how long after one moment another one was, where there are both."""
    return (end - start for start, end in zip(starts, ends, strict=True) if start is not None and end is not None)


def counted(funnel: Funnel, journeys: Iterable[Journey], as_of: datetime | None) -> FunnelResult:
    """Count how far customers came."""
    course, count = Course(funnel, as_of), Count(funnel)
    checked = each_journey(journeys)
    while many := list(islice(checked, MANY)):
        count.add(*course.brief(many))
    return count.result(course.as_of)


def broken_down(
    funnel: Funnel, journeys: Iterable[Journey], by: Label, touch: Touch, as_of: datetime | None
) -> FunnelBreakdown:
    """Count how far customers came, by a label of the attempt that is told of them."""
    read = a_label(by, "by")
    one_of(touch, get_args(Touch), "touch")
    course = Course(funnel, as_of)
    counts: dict[str | None, Count] = {}
    for journey in each_journey(journeys):
        passage = course.passage(journey)
        filled = [place for place in passage.places if place is not None]
        touchpoints = known_touchpoints(journey, course.as_of) if filled else ()
        labels = (read(touchpoints[place]) for place in (filled if touch == "first" else filled[::-1]))
        label = next((label for label in labels if label is not None), None)
        counts.setdefault(label, Count(funnel)).add([passage.outcome], [passage.moments])
    return FunnelBreakdown(FunnelGroup(label, count.result(course.as_of)) for label, count in counts.items())
