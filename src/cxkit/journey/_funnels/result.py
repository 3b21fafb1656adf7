"""What a funnel counted."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import combinations, pairwise
from typing import Any, Self, TypeVar

import attrs
from typing_extensions import override

from cxkit import _charts, _tables
from cxkit._checks import a_count, a_name, an_instant, as_tuple
from cxkit._forms import FLAG, INTEGER, MOMENT, TEXT, form_of, many, optional, stored
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError
from cxkit.journey._funnels.funnel import Funnel
from cxkit.tallies import Durations, Interval, PopulationRate, refused

DefaultT = TypeVar("DefaultT")


@stored(
    "journey.funnel_step",
    name=TEXT,
    reached=INTEGER,
    dropped=INTEGER,
    open=INTEGER,
    optional=FLAG,
)
@attrs.frozen
class FunnelStep:
    """One step of a funnel, counted in customers.

    Attributes:
        name: What it is called.
        reached: How many filled it.
        dropped: How many of them came no further, and have no time left.
        open: How many of them came no further yet, and still have time.
        optional: Whether customers may pass it by.
    """

    name: str
    reached: int = 0
    dropped: int = 0
    open: int = 0
    optional: bool = False

    def __attrs_post_init__(self) -> None:
        a_name(self.name, "the name of a step")
        for what in ("reached", "dropped", "open"):
            a_count(getattr(self, what), what)
        if self.dropped + self.open > self.reached:
            msg = f"at most those who reached a step can be dropped or open there, got {self!r}"
            raise InvalidValueError(msg, self)

    @property
    def advanced(self) -> int:
        """How many of them went on to a step that is not optional; at the last step, how many completed the funnel."""
        return self.reached - self.dropped - self.open


@stored(
    "journey.funnel_result",
    funnel=form_of(Funnel),
    as_of=optional(MOMENT),
    customers=INTEGER,
    excluded=INTEGER,
    steps=many(form_of(FunnelStep)),
    lengths=many(form_of(Durations)),
)
@attrs.frozen
class FunnelResult(_charts.Charted):
    """How far customers came along a funnel: a population tally, which adds over disjoint customers as of one moment.

    Its value is the conversion rate: of those who entered, the share that completed the funnel.

    Attributes:
        funnel: What was counted.
        as_of: As of when; `None` for the whole log.
        customers: How many journeys there were.
        excluded: How many of them had only attempts that something excluded ended.
        steps: The counts of each step.
        lengths: The times between each two steps, of those who filled both; see `times`.

    >>> from datetime import timedelta
    >>> from cxkit.journey import Funnel, journeys
    >>> log = journeys([("anna", "visit", "2026-03-01T09:00Z"), ("ben", "visit", "2026-03-02T09:00Z")])
    >>> result = Funnel(["visit", "order"], within=timedelta(days=7)).run(log)
    >>> print(result)
    step   reached  of entered  of previous  dropped  open  median time
    visit        2           1            -        2     0            -
    order        0           0            0        0     0            -
    """

    funnel: Funnel
    as_of: datetime | None
    customers: int
    excluded: int
    steps: tuple[FunnelStep, ...] = attrs.field(converter=as_tuple)
    lengths: tuple[Durations, ...] = attrs.field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        a_count(self.customers, "customers")
        a_count(self.excluded, "excluded")
        if self.as_of is not None:
            object.__setattr__(self, "as_of", an_instant(self.as_of, "as_of"))
        for part, kind in ((self.funnel, Funnel), *((step, FunnelStep) for step in self.steps)):
            if not isinstance(part, kind):
                msg = f"expected a {kind.__name__}, got {part!r}"
                raise InvalidTypeError(msg, part)
        reached = [step.reached for step in self.steps if not step.optional]
        if any(later > earlier for earlier, later in pairwise(reached)):
            msg = f"no more customers can reach a step than the one before it, got {reached}"
            raise InvalidValueError(msg, self.steps)
        if [(step.name, step.optional) for step in self.steps] != step_names(self.funnel):
            msg = f"the steps that are counted must be those of the funnel, got {[step.name for step in self.steps]}"
            raise InvalidValueError(msg, self.steps)
        are_times = all(isinstance(times, Durations) for times in self.lengths)
        if not are_times or len(self.lengths) != len(list(combinations(self.steps, 2))):
            msg = f"there must be times between each two steps, got {len(self.lengths)} values"
            raise InvalidValueError(msg, self.lengths)
        if self.entered + self.excluded > self.customers:
            msg = f"at most all {self.customers} customers can have entered, got {self.entered} and {self.excluded} excluded"
            raise InvalidValueError(msg, self.customers)

    @property
    def entered(self) -> int:
        """How many customers reached the first step."""
        return self.steps[0].reached

    @property
    def completed(self) -> int:
        """How many customers reached the last step."""
        return self.steps[-1].reached

    @property
    def conversion(self) -> PopulationRate:
        """Of those who entered, how many completed the funnel."""
        return self.of_entered(-1)

    def of_entered(self, step: int) -> PopulationRate:
        """Return how many of those who entered reached a step, counted from 0."""
        return self._rate(step, self.entered, "conversion from entry")

    def of_customers(self, step: int) -> PopulationRate:
        """Return how many of all customers reached a step, counted from 0."""
        return self._rate(step, self.customers, "conversion of all customers")

    def of_previous(self, step: int) -> PopulationRate:
        """Return how many of those at the step before reached a step, counted from 0; steps that are optional do not count.

        At the first step these are all customers.
        """
        before = [other.reached for other in self.steps[: self._place(step)] if not other.optional]
        return self._rate(step, before[-1] if before else self.customers, "conversion from the step before")

    def _rate(self, step: int, total: int, name: str) -> PopulationRate:
        window = (None, self.as_of)
        return PopulationRate(self.steps[self._place(step)].reached, total, name=name, unit="customers", window=window)

    def _place(self, step: int) -> int:
        """Return the place of a step; from the end, if it is negative."""
        places = range(len(self.steps))
        if type(step) is not int or not -len(places) <= step < len(places):
            msg = f"a step must be a number from 0 to {len(places) - 1}, got {step!r}"
            raise InvalidValueError(msg, step)
        return places[step]

    def times(self, start: int, end: int) -> Durations:
        """Return the times between two steps, counted from 0, of the customers who filled both.

        They are those of the attempt that is told of each customer.
        """
        pair = (self._place(start), self._place(end))
        if pair[0] >= pair[1]:
            msg = f"times go from a step to a later one, got {start} to {end}"
            raise InvalidValueError(msg, end)
        return self.lengths[list(combinations(range(len(self.steps)), 2)).index(pair)]

    @property
    def is_defined(self) -> bool:
        """Whether anybody entered."""
        return self.entered > 0

    @property
    def value(self) -> float:
        """The conversion rate; raises `UndefinedMetricError` where nobody entered."""
        return self.conversion.value

    def value_or(self, default: DefaultT) -> float | DefaultT:
        """Return the conversion rate, or `default` where nobody entered."""
        return self.conversion.value_or(default)

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return the Wilson interval of the conversion rate; from 0 to 1 where nobody entered."""
        return self.conversion.interval(confidence)

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if self.funnel != other.funnel:
            raise refused(self, other, "they are two funnels")
        if self.as_of != other.as_of:
            raise refused(self, other, "a customer of two moments would be counted twice; compare them instead")
        return attrs.evolve(
            self,
            customers=self.customers + other.customers,
            excluded=self.excluded + other.excluded,
            steps=tuple(_together(one, more) for one, more in zip(self.steps, other.steps, strict=True)),
            lengths=tuple(one + more for one, more in zip(self.lengths, other.lengths, strict=True)),
        )

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each step; shares are `None` where there is nobody to share, times where nobody went on.

        What is of the step before, shares and times alike, is of the last one that is not optional.
        """
        return [self._row(place, step) for place, step in enumerate(self.steps)]

    def _row(self, place: int, step: FunnelStep) -> dict[str, object]:
        before = [number for number, other in enumerate(self.steps[:place]) if not other.optional]
        times = self.times(before[-1], place) if before else None
        return {
            "step": step.name,
            "reached": step.reached,
            "of entered": self.of_entered(place).value_or(None),
            "of previous": self.of_previous(place).value_or(None) if place else None,
            "dropped": step.dropped,
            "open": step.open,
            "median time": times.median if times and times.is_defined else None,
        }

    @override
    def chart(self) -> dict[str, Any]:
        """Return a bar for each step, made of those who advanced, dropped and are open, as a Vega-Lite v5 specification."""
        rows = [
            {"step": f"{number} {step.name}", "customers": getattr(step, what), "outcome": what}
            for number, step in enumerate(self.steps, 1)  # a name may stand for several steps
            for what in ("advanced", "open", "dropped")
        ]
        return _charts.stacked(rows, category="step", part="outcome", number="customers", title="funnel")

    @override
    def __str__(self) -> str:
        return "\n".join([_tables.aligned(self.rows()), *self._remarks()])

    def _remarks(self) -> Iterator[str]:
        if self.excluded:
            yield f"{self.excluded:,} of {self.customers:,} customers are excluded"
        elif self.customers and not self.entered:  # its name may be misspelt
            first = "a step" if self.funnel.order == "any" else repr(self.funnel.steps[0].name)
            yield f"none of {self.customers:,} customers entered: {first} did not come"


@stored("journey.funnel_group", label=optional(TEXT), result=form_of(FunnelResult))
@attrs.frozen
class FunnelGroup:
    """The customers of one label.

    Attributes:
        label: Which, such as a channel; `None` for those whose attempt has no label, and who did not enter.
        result: What was counted of them.
    """

    label: str | None
    result: FunnelResult


def _in_order(groups: Iterable[FunnelGroup]) -> tuple[FunnelGroup, ...]:
    """Keep groups, the largest first; those without a label last."""
    kept = tuple(groups)
    if len({group.label for group in kept}) < len(kept):
        msg = f"two groups have one label, got {[group.label for group in kept]!r}"
        raise DuplicateError(msg, kept)
    return tuple(sorted(kept, key=lambda group: (group.label is None, -group.result.entered, group.label or "")))


@stored("journey.funnel_breakdown", groups=many(form_of(FunnelGroup)))
@attrs.frozen
class FunnelBreakdown(_charts.Charted):
    """A funnel by a label of touchpoints, such as the channel: each customer is in one group.

    Attributes:
        groups: What was counted of each label, the largest group first.
    """

    groups: tuple[FunnelGroup, ...] = attrs.field(converter=_in_order)

    @property
    def results(self) -> dict[str | None, FunnelResult]:
        """What was counted, by label."""
        return {group.label: group.result for group in self.groups}

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each step of each group."""
        return [{"group": group.label, **row} for group in self.groups for row in group.result.rows()]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        results = self.results
        for label, result in other.results.items():
            results[label] = results[label] + result if label in results else result
        return type(self)(FunnelGroup(label, result) for label, result in results.items())

    @override
    def chart(self) -> dict[str, Any]:
        """Return a bar for each step, made of those of each group who reached it, as a Vega-Lite v5 specification."""
        rows = [
            {"step": f"{number} {step.name}", "customers": step.reached, "group": group.label or "(none)"}
            for group in self.groups
            for number, step in enumerate(group.result.steps, 1)
        ]
        return _charts.stacked(rows, category="step", part="group", number="customers", title="funnel by group")


def _together(one: FunnelStep, more: FunnelStep) -> FunnelStep:
    return FunnelStep(
        one.name, one.reached + more.reached, one.dropped + more.dropped, one.open + more.open, one.optional
    )


def step_names(funnel: Funnel) -> list[tuple[str, bool]]:
    """Return what the steps of a funnel are called in its results, and which of them are optional."""
    if funnel.order == "any":
        return [(f"{number + 1} of {len(funnel.steps)}", False) for number in range(len(funnel.steps))]
    return [(step.name, step.optional) for step in funnel.steps]
