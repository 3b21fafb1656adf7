"""The parts of a retention table: cohorts, cells and means."""

from itertools import zip_longest
from math import hypot
from typing import Self

import attrs

from cxkit import _measured
from cxkit._checks import a_count, as_tuple
from cxkit._forms import INTEGER, form_of, many, stored
from cxkit.calendar import Period, a_period
from cxkit.errors import InvalidValueError, UndefinedMetricError
from cxkit.metrics._retention.settings import RetentionColumn, label
from cxkit.tallies import Interval, PopulationRate, refused


@stored("metrics.retention_cohort", period=form_of(Period), size=INTEGER, counts=many(INTEGER), totals=many(INTEGER))
@attrs.frozen
class RetentionCohort:
    """The customers who started in one period, and how many of them came back.

    Attributes:
        period: When they started.
        size: How many they are.
        counts: How many of them came back, by column.
        totals: Of how many that is known by now, by column.
    """

    period: Period
    size: int = 0
    counts: tuple[int, ...] = attrs.field(default=(), converter=as_tuple)
    totals: tuple[int, ...] = attrs.field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        a_period(self.period)
        a_count(self.size, "size")
        if len(self.counts) != len(self.totals):
            msg = f"there must be a total for each count, got {len(self.totals)} of {len(self.counts)}"
            raise InvalidValueError(msg, self.totals)
        for count, total in zip(self.counts, self.totals, strict=True):
            if not 0 <= a_count(count, "a count") <= a_count(total, "a total") <= self.size:
                msg = f"a count must not exceed its total, nor that the size of {self.size}, got {count} of {total}"
                raise InvalidValueError(msg, count)
        known = max((place for place, total in enumerate(self.totals, 1) if total), default=0)
        for part in ("counts", "totals"):  # what is not known of anybody is not kept, so that equal cohorts are equal
            object.__setattr__(self, part, getattr(self, part)[:known])

    def of(self, place: int) -> tuple[int, int]:
        """Return how many came back, of how many that is known, in the column of a place."""
        return (self.counts[place], self.totals[place]) if place < len(self.totals) else (0, 0)

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if self.period != other.period:
            raise refused(self, other, "they are of two periods; a customer would be counted twice")
        counts, totals = (
            [sum(both) for both in zip_longest(ours, theirs, fillvalue=0)]
            for ours, theirs in ((self.counts, other.counts), (self.totals, other.totals))
        )
        return type(self)(self.period, self.size + other.size, counts, totals)


@attrs.frozen
class RetentionCell:
    """One cell of a retention table.

    Attributes:
        cohort: When its customers started.
        column: How many periods later they came back: one, or the first and the last of a window.
        rate: The share that did, of those of whom it is known.
        is_complete: Whether its time is over, for all of the cohort. It is final then, but for one of `on_or_after`, which
            can still rise.
    """

    cohort: Period
    column: RetentionColumn
    rate: PopulationRate
    is_complete: bool

    @property
    def label(self) -> str:
        """The column in words: `2`, or `4-7` for a window."""
        return label(self.column)


@attrs.frozen
class RetentionMean(_measured.Measured):
    """The mean of the rates of cohorts, each of which counts alike, however large it is.

    Attributes:
        rates: The rates; those of 0 % are among them.
        name: What it is called, in errors too.
    """

    rates: tuple[PopulationRate, ...]
    name: str = "mean retention"

    @property
    def is_defined(self) -> bool:
        """Whether there are any rates."""
        return bool(self.rates)

    @property
    def value(self) -> float:
        """The mean, from 0 to 1; raises `UndefinedMetricError` where there are no rates."""
        if not self.rates:
            raise UndefinedMetricError.no_data(self.name, "complete cohorts")
        return sum(rate.value for rate in self.rates) / len(self.rates)

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return where the mean may lie; from 0 to 1 where there are no rates.

        The Wilson intervals of the rates are put together: their distances to the rates, squared and added (Zou and Donner
        2008).
        """
        if not self.rates:
            return Interval(0.0, 1.0)
        ends = [(rate.value, *rate.interval(confidence)) for rate in self.rates]
        below = hypot(*(value - low for value, low, _ in ends)) / len(ends)
        above = hypot(*(high - value for value, _, high in ends)) / len(ends)
        return Interval(self.value - below, self.value + above)
