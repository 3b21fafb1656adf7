"""What sums up the answers on a scale, besides the share of a box: a net score, and a mean."""

from collections.abc import Mapping
from fractions import Fraction
from math import sqrt
from typing import Literal

import attrs

from cxkit import _measured, _stats
from cxkit._checks import a_count, one_of
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics._surveys.intervals import mean_interval
from cxkit.metrics._surveys.scales import ScaleSpec
from cxkit.tallies import Interval, Proportion

POINTS = 100
MeanMethod = Literal["score", "wald"]
"""How the interval of a mean is found."""
METHODS: tuple[MeanMethod, ...] = ("score", "wald")


@attrs.frozen
class NetBox(_measured.Measured):
    """The share of the top box less that of the bottom box, in points.

    Attributes:
        spec: The scale.
        top: How many answers are in the top box.
        neutral: How many are in neither.
        bottom: How many are in the bottom box.
    """

    spec: ScaleSpec
    top: int
    neutral: int
    bottom: int

    @property
    def total(self) -> int:
        """How many answers there are."""
        return self.top + self.neutral + self.bottom

    @property
    def is_defined(self) -> bool:
        """Whether there are answers."""
        return self.total > 0

    @property
    def value(self) -> float:
        """The net score, from -100 to 100; raises `UndefinedMetricError` where there are no answers."""
        if not self.total:
            raise UndefinedMetricError.no_data(f"{self.spec.name} net", "answers")  # noqa: EM102 - not a message
        return POINTS * (self.top - self.bottom) / self.total

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return the score interval, in points, as that of the NPS; from -100 to 100 where there are no answers."""
        low, high = _stats.net_score(self.top, self.neutral, self.bottom, confidence)
        return Interval(POINTS * low, POINTS * high)


@attrs.frozen
class MeanScore(_measured.Measured):
    """The mean of the scores on a scale.

    Attributes:
        spec: The scale.
        counts: How many answers there are with each score.
    """

    spec: ScaleSpec
    counts: Mapping[int, int]

    @property
    def total(self) -> int:
        """How many scores there are."""
        return sum(self.counts.values())

    @property
    def is_defined(self) -> bool:
        """Whether there are scores."""
        return self.total > 0

    @property
    def exact(self) -> Fraction:
        """The mean as a fraction; raises `UndefinedMetricError` where there are no scores."""
        if not self.total:
            raise UndefinedMetricError.no_data(f"{self.spec.name} mean", "scores")  # noqa: EM102 - not a message
        return Fraction(sum(score * count for score, count in self.counts.items()), self.total)

    @property
    def value(self) -> float:
        """The mean; raises `UndefinedMetricError` where there are no scores."""
        return float(self.exact)

    @property
    def standard_deviation(self) -> float:
        """How far scores lie from their mean, that of a sample: over `n - 1`; raises `UndefinedMetricError` below two."""
        total, mean = self.total, self.exact
        if total == 1:
            msg = f"the standard deviation of {self.spec.name} is undefined: it needs two scores, got one"
            raise UndefinedMetricError(msg)
        squares = sum(count * (score - mean) ** 2 for score, count in self.counts.items())
        return sqrt(squares / (total - 1))

    @property
    def standard_error(self) -> float:
        """The standard deviation over the root of the number of scores; raises `UndefinedMetricError` below two."""
        return self.standard_deviation / sqrt(self.total)

    def interval(self, confidence: float = 0.95, *, method: MeanMethod = "score") -> Interval:
        """Return where the mean may lie; the whole scale where there are no scores.

        Args:
            confidence: Between 0 and 1.
            method: `"score"` inverts the score test under the most likely shares of the scores, and is sound for few
                answers and for unanimous ones: it is Wilson's interval on two points, and that of the NPS on three.
                `"wald"` is the normal one, of the standard error, cut off at the ends of the scale; it has no width
                where all agree, and is the whole scale below two scores. Spreadsheets that take Student's t are wider
                for few.
        """
        one_of(method, METHODS, "method")
        if method == "score" or self.total <= 1:
            counts = self.counts if method == "score" else {}
            return Interval(*mean_interval(counts, self.spec.low, self.spec.high, confidence))
        margin = _stats.z_value(confidence) * self.standard_error
        return Interval(max(float(self.spec.low), self.value - margin), min(float(self.spec.high), self.value + margin))

    def damped(self, *, prior: float, weight: int) -> float:
        """Return the mean as it would be with some more answers of another mean: what a list is ranked by.

        `(weight * prior + sum) / (weight + n)`, which keeps an item with one answer of five stars from the top. With
        the mean of all items for `prior`, it is what is called a Bayesian average.

        Args:
            prior: The mean of those answers, on the scale.
            weight: How many they are.
        """
        if type(prior) not in (int, float):
            msg = f"prior must be a number on the scale, got {prior!r}"
            raise InvalidTypeError(msg, prior)
        if not self.spec.low <= prior <= self.spec.high:
            msg = f"prior must lie on the scale, from {self.spec.low} to {self.spec.high}, got {prior!r}"
            raise InvalidValueError(msg, prior)
        a_count(weight, "weight", least=1)
        scores = sum(score * count for score, count in self.counts.items())
        return float((weight * Fraction(prior) + scores) / (weight + self.total))


def answers_of(measure: Proportion | NetBox | MeanScore) -> Mapping[int, int]:
    """Return how many answers there are by what each adds to a statistic."""
    if isinstance(measure, Proportion):
        return {1: measure.count, 0: measure.total - measure.count}
    if isinstance(measure, NetBox):
        return {1: measure.top, 0: measure.neutral, -1: measure.bottom}
    return measure.counts
