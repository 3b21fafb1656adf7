"""What several rates in an order say: a trend, and how many more of the first than of the last."""

from collections.abc import Sequence
from math import erfc, inf, sqrt
from typing import NamedTuple

import attrs

from cxkit import _measured
from cxkit.errors import UndefinedMetricError
from cxkit.tallies import Interval, PopulationRate


class TrendTest(NamedTuple):
    """Whether a rate rises or falls from band to band.

    Attributes:
        statistic: How much it does, in standard errors; below 0 where it falls.
        p_value: How likely a trend at least as strong is, either way, if there is none.
    """

    statistic: float
    p_value: float


def trend_of(rates: Sequence[PopulationRate]) -> TrendTest:
    """Test for a trend, with a score for each rate by its place (Cochran 1954; Armitage 1955)."""
    total, count = sum(rate.total for rate in rates), sum(rate.count for rate in rates)
    scores = sum(place * rate.total for place, rate in enumerate(rates))
    spread = total * sum(place * place * rate.total for place, rate in enumerate(rates)) - scores * scores
    if not (spread and 0 < count < total):
        msg = "the trend is undefined: it takes two bands with customers, some of whom came back and some did not"
        raise UndefinedMetricError(msg)
    apart = total * sum(place * rate.count for place, rate in enumerate(rates)) - scores * count
    statistic = apart * sqrt(total / (count * (total - count) * spread))
    return TrendTest(statistic, erfc(abs(statistic) / sqrt(2.0)))


@attrs.frozen
class Lift(_measured.Measured):
    """How many more, in proportion, are counted of one rate than of another: 0.42 for 42 % more.

    Attributes:
        rate: The rate.
        baseline: The rate that it is compared with.
    """

    rate: PopulationRate
    baseline: PopulationRate

    @property
    def is_defined(self) -> bool:
        """Whether both rates are, and the baseline is above 0."""
        return self.rate.is_defined and self.baseline.count > 0

    @property
    def value(self) -> float:
        """The rate over the baseline, less 1; raises `UndefinedMetricError` where there is none."""
        if not self.is_defined:
            msg = "the lift is undefined: it takes a rate, and a baseline above 0; use value_or(...) where that can happen"
            raise UndefinedMetricError(msg)
        return self.rate.value / self.baseline.value - 1.0

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return where it may lie, from the Wilson intervals of both (Donner and Zou 2012); from -1 on where it has no value."""
        low, high = self.rate.interval(confidence)
        base_low, base_high = self.baseline.interval(confidence)
        if not self.is_defined:
            return Interval(-1.0, inf)
        rate, base = self.rate.value, self.baseline.value
        least, most = low * (2.0 * rate - low), high * (2.0 * rate - high)
        base_least, base_most = base_low * (2.0 * base - base_low), base_high * (2.0 * base - base_high)
        both = rate * base
        lower = least / (both + sqrt(max(0.0, both * both - least * base_most))) if both else 0.0
        upper = (both + sqrt(max(0.0, both * both - most * base_least))) / base_least
        return Interval(lower - 1.0, upper - 1.0)
