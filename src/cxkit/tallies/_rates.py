"""Rates: so many of so many."""

from collections.abc import Callable, Mapping
from typing import Literal, Self

import attrs

from cxkit import _measured, _stats
from cxkit._checks import a_count, one_of
from cxkit._forms import INTEGER, MOMENT, TEXT, optional, pair, stored
from cxkit.errors import InvalidValueError, UndefinedMetricError
from cxkit.tallies._tally import Interval, Window, refused

ProportionMethod = Literal["wilson", "clopper-pearson"]
"""How the interval of a share is found."""


@attrs.frozen
class Proportion(_measured.Measured):
    """What the two kinds of rate share: so many of so many.

    Attributes:
        count: How many.
        total: Out of how many.
        name: What the rate is called, in errors too.
        unit: What is counted.
    """

    count: int = 0
    total: int = 0
    name: str = attrs.field(default="rate", kw_only=True)
    unit: str = attrs.field(default="cases", kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_count(self.count, f"count of {self.name}")
        a_count(self.total, f"total of {self.name}")
        if self.count > self.total:
            msg = f"count of {self.name} must not exceed its total of {self.total} {self.unit}, got {self.count}"
            raise InvalidValueError(msg, self.count)

    @property
    def is_defined(self) -> bool:
        """Whether there was anything to count."""
        return self.total > 0

    @property
    def value(self) -> float:
        """The share, from 0 to 1; raises `UndefinedMetricError` where the total is 0."""
        if not self.total:
            raise UndefinedMetricError.no_data(self.name, self.unit)
        return self.count / self.total

    def interval(self, confidence: float = 0.95, *, method: ProportionMethod = "wilson") -> Interval:
        """Return the interval of the share; from 0 to 1 where the total is 0.

        Args:
            confidence: Between 0 and 1.
            method: `"wilson"` (the score interval: Wilson 1927) is close to its confidence on average;
                `"clopper-pearson"` (1934) is never below it, and wider for that.
        """
        low, high = _METHODS[one_of(method, _METHODS, "method")](self.count, self.total, confidence)
        return Interval(low, high)

    def difference(self, baseline: Self) -> "RateDifference":
        """Return by how much this share exceeds the `baseline` of other cases."""
        return RateDifference(self, baseline)

    def _plus(self, other: Self) -> Self:
        if (self.name, self.unit) != (other.name, other.unit):
            raise refused(self, other, "they measure two things")
        return attrs.evolve(self, count=self.count + other.count, total=self.total + other.total)


_METHODS: Mapping[ProportionMethod, Callable[[int, int, float], tuple[float, float]]] = {
    "wilson": _stats.wilson,
    "clopper-pearson": _stats.clopper_pearson,
}


@stored("tallies.rate", count=INTEGER, total=INTEGER, name=TEXT, unit=TEXT)
@attrs.frozen
class Rate(Proportion):
    """A share with its counts, as an event tally: it adds over time and over shards.

    `Rate()` is the identity: it adds to any, as in `sum(rates, start=Rate())`.

    Attributes:
        count: How many there were.
        total: Out of how many.
        name: What the rate is called, in errors too; only rates of one name and unit add.
        unit: What is counted.

    >>> from cxkit.tallies import Rate
    >>> Rate(1, 4, name="open rate", unit="mails") + Rate(2, 4, name="open rate", unit="mails")
    Rate(count=3, total=8, name='open rate', unit='mails')
    """

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        nothing = type(self)()
        return self if other == nothing else other if self == nothing else self._plus(other)


@stored(
    "tallies.population_rate",
    count=INTEGER,
    total=INTEGER,
    name=TEXT,
    unit=TEXT,
    window=optional(pair(optional(MOMENT))),
)
@attrs.frozen
class PopulationRate(Proportion):
    """A share of the customers of one window, as a population tally: it adds over disjoint customers only.

    Many add up with `functools.reduce(operator.add, rates)`, or with `sum(others, start=first)`.

    Attributes:
        count: How many customers.
        total: Out of how many.
        name: What the rate is called; only rates of one name and unit add.
        unit: What is counted.
        window: From when to when the customers were looked at, in UTC; only rates of one window add.
    """

    window: Window | None = attrs.field(default=None, kw_only=True)

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        total = self._plus(other)
        if self.window != other.window:
            raise refused(self, other, "a customer of two windows would be counted twice; compare them instead")
        return total


@attrs.frozen
class RateDifference(_measured.Measured):
    """The difference of two shares of different cases, and how sure it is.

    Attributes:
        rate: The share.
        baseline: The share that it is compared with.

    >>> from cxkit.tallies import Rate
    >>> after, before = Rate(9, 10), Rate(3, 10)
    >>> gain = after.difference(before)
    >>> low, high = gain.interval()
    >>> round(gain.value, 2), round(low, 4), round(high, 4)
    (0.6, 0.1705, 0.809)
    """

    rate: Proportion
    baseline: Proportion

    @property
    def is_defined(self) -> bool:
        """Whether both shares are."""
        return self.rate.is_defined and self.baseline.is_defined

    @property
    def value(self) -> float:
        """The share less the baseline's, from -1 to 1; raises `UndefinedMetricError` where one of them has no value."""
        return self.rate.value - self.baseline.value

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return the hybrid score interval (Newcombe 1998, method 10); from -1 to 1 where a share has no value."""
        ours, theirs = self.rate, self.baseline
        return Interval(*_stats.newcombe(ours.count, ours.total, theirs.count, theirs.total, confidence))

    def p_value(self) -> float:
        """Return how likely a difference at least as large is, either way, if there is none.

        By the score test, whose deviate pools both shares: the chi-square test of a 2x2 table (Pearson 1900), without a
        continuity correction. It is 1 where all cases are alike. Where fewer than five are expected somewhere in the
        table, it is rough.

        Raises:
            UndefinedMetricError: One of the shares has no value.

        >>> from cxkit.tallies import Rate
        >>> round(Rate(9, 10).difference(Rate(3, 10)).p_value(), 4)
        0.0062
        """
        _ = self.value  # raises where a share has none
        ours, theirs = ({1: side.count, 0: side.total - side.count} for side in (self.rate, self.baseline))
        return _stats.equal_means(ours, theirs)
