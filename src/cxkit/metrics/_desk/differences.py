"""Differences of times: how much shorter they are after a change, and how often."""

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from math import hypot, inf, sqrt
from statistics import NormalDist
from typing import Literal

import attrs

from cxkit import _measured, _stats
from cxkit._checks import one_of
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.tallies import Durations, Interval

TimesTest = Literal["welch", "mann-whitney"]
"""By what two groups of times are tested: by their means, or by how often one is shorter than the other."""
TESTS: tuple[TimesTest, ...] = ("welch", "mann-whitney")
MICROSECONDS = 10**6  # in a second
MICROSECOND = timedelta(microseconds=1)


@attrs.frozen
class DurationsDifference(_measured.Measured):
    """The difference of two groups of times, such as after and before a training, and how sure it is.

    Attributes:
        durations: The times.
        baseline: The times that they are compared with, counted at the same resolution.

    >>> from datetime import timedelta
    >>> from cxkit.metrics import DurationsDifference
    >>> from cxkit.tallies import Durations
    >>> after, before = (Durations.from_lengths(timedelta(minutes=m) for m in given) for given in ([4, 6, 8], [6, 9, 12]))
    >>> change = DurationsDifference(after, before)
    >>> change.mean == timedelta(minutes=-3), round(change.shorter, 3)
    (True, 0.833)
    """

    durations: Durations
    baseline: Durations

    def __attrs_post_init__(self) -> None:
        for given in (self.durations, self.baseline):
            if not isinstance(given, Durations):
                msg = f"times are compared as Durations, got {given!r}"
                raise InvalidTypeError(msg, given)
        if self.durations.resolution != self.baseline.resolution:
            msg = (
                f"times are compared at one resolution, got {self.durations.resolution} and {self.baseline.resolution}"
            )
            raise InvalidValueError(msg, self.baseline)

    @property
    def is_defined(self) -> bool:
        """Whether there are times on both sides."""
        return self.durations.is_defined and self.baseline.is_defined

    @property
    def value(self) -> float:
        """The difference of the means in seconds, exact before the last rounding; below 0 where times got shorter.

        Raises:
            UndefinedMetricError: A side has no times.
        """
        return float(self._difference() / MICROSECONDS)

    @property
    def mean(self) -> timedelta:
        """The difference of the means; raises `UndefinedMetricError` where a side has no times."""
        return timedelta(microseconds=round(self._difference()))

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return where the difference of the means may lie, in seconds.

        It is Welch's, with the normal distribution in place of Student's: `difference +- z * sqrt(s1**2 / n1 + s2**2 /
        n2)`, of the variances at the resolution of the counts. It needs some thirty times on each side, more where a few
        are very long; with fewer than two it is the whole range.

        Args:
            confidence: Between 0 and 1.
        """
        margin = _stats.z_value(confidence) * self._standard_error()
        return Interval(-inf, inf) if margin == inf else Interval(self.value - margin, self.value + margin)

    @property
    def shorter(self) -> float:
        """How likely a time is shorter than one of the baseline, taken at random; of two that are equal, half count.

        It is the statistic of Mann and Whitney over the number of pairs, exact from the counts.

        Raises:
            UndefinedMetricError: A side has no times.
        """
        self._check_defined()
        won = _twice_won(self.durations.counts, self.baseline.counts)
        return float(Fraction(won, 2 * self.durations.count * self.baseline.count))

    def shorter_interval(self, confidence: float = 0.95) -> Interval:
        """Return where that probability may lie; from 0 to 1 where a side has no times.

        It is the score interval of Newcombe (2006, Statistics in Medicine 25:559-573, method 5): the probabilities `p`
        with `(shorter - p)**2 <= z**2 * v(p)`, where `v(p) = p * (1 - p) * (1 + k * (1 - p) / (2 - p) + k * p / (1 + p)) /
        (m * n)` and `k = (m + n) / 2 - 1`. It leaves 1/2 out exactly where the test of Mann and Whitney finds a difference.

        Args:
            confidence: Between 0 and 1.
        """
        z = _stats.z_value(confidence)
        if not self.is_defined:
            return Interval(0.0, 1.0)
        estimate = self.shorter

        def accepted(p: float) -> bool:
            return (estimate - p) ** 2 <= z * z * self._variance_under(p)

        return Interval(_stats.last(accepted, estimate, 0.0), _stats.last(accepted, estimate, 1.0))

    def p_value(self, *, method: TimesTest = "welch") -> float:
        """Return how likely a difference at least as large is, either way, if there is none.

        Args:
            method: `"welch"` asks of the means, by the normal distribution; `"mann-whitney"` of the probability that a
                time is shorter, without a correction for ties or continuity, which serves where a few times are very long.

        Raises:
            UndefinedMetricError: A side has too few times, or by `"welch"` all times of each side are equal.
        """
        if one_of(method, TESTS, "method") == "mann-whitney":
            away, error = self.shorter - 0.5, sqrt(self._variance_under(0.5))
        else:
            away, error = self.value, self._standard_error()
        if not 0 < error < inf:
            msg = "the p-value is undefined: it takes two times on each side, and not all of them equal; see method='mann-whitney'"
            raise UndefinedMetricError(msg)
        return 2.0 * NormalDist().cdf(-abs(away / error))

    def _difference(self) -> Fraction:
        """Return the difference of the means in microseconds."""
        self._check_defined()
        ours, theirs = self.durations, self.baseline
        return Fraction(ours.microseconds, ours.count) - Fraction(theirs.microseconds, theirs.count)

    def _standard_error(self) -> float:
        """Return that of the difference of the means, in seconds; infinite where one cannot tell."""
        return hypot(*map(_error_of_mean, (self.durations, self.baseline)))

    def _variance_under(self, p: float) -> float:
        """Return the variance of the estimate of a probability; under 1/2 it is that of Mann and Whitney."""
        m, n = self.durations.count, self.baseline.count
        k = (m + n) / 2.0 - 1.0
        return p * (1.0 - p) * (1.0 + k * (1.0 - p) / (2.0 - p) + k * p / (1.0 + p)) / (m * n)

    def _check_defined(self) -> None:
        if not self.is_defined:
            raise UndefinedMetricError.no_data("difference of times", "times on one side")  # noqa: EM101 - not a message


def _error_of_mean(durations: Durations) -> float:
    number = durations.count
    if number < 2:  # noqa: PLR2004 - one time says nothing about how times vary
        return inf
    total = sum(units * count for units, count in durations.counts.items())
    squares = sum(units * units * count for units, count in durations.counts.items())
    variance = Fraction(number * squares - total * total, number * number * (number - 1))
    return sqrt(variance) * durations.resolution.total_seconds()


def _twice_won(ours: Mapping[int, int], theirs: Mapping[int, int]) -> int:
    """Count the pairs in which our time is the shorter one twice, and those in which both are equal once."""
    left = sum(theirs.values())  # theirs that are at least as long as ours
    won = 0
    for units in sorted({*ours, *theirs}):
        equal = theirs.get(units, 0)
        won += ours.get(units, 0) * (2 * left - equal)
        left -= equal
    return won
