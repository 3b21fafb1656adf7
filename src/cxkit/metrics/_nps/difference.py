"""The difference of two Net Promoter Scores."""

from math import hypot
from statistics import NormalDist
from typing import Literal

import attrs

from cxkit import _measured, _stats
from cxkit._checks import one_of
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics._nps.planning import power_deviate
from cxkit.metrics._nps.scale import POINTS
from cxkit.metrics._nps.score import NPS_METHODS, Nps, NpsMethod, deviate
from cxkit.tallies import Interval

NpsTest = Literal["wald", "adjusted-wald"]
"""How a difference of scores is tested; the adjusted test adds three answers to each group."""
NPS_TESTS: tuple[NpsTest, ...] = ("wald", "adjusted-wald")


@attrs.frozen
class NpsDifference(_measured.Measured):
    """The difference of the scores of two groups of answers, and how sure it is.

    Attributes:
        score: The score.
        baseline: The score that it is compared with.

    >>> from cxkit.metrics import Nps
    >>> change = Nps(promoters=57, passives=31, detractors=12).difference(Nps(promoters=45, passives=35, detractors=20))
    >>> low, high = change.interval()
    >>> round(change.value, 1), round(low, 1), round(high, 1), round(change.p_value(), 3)
    (20.0, -0.6, 40.0, 0.058)
    """

    score: Nps
    baseline: Nps

    def __attrs_post_init__(self) -> None:
        for given in (self.score, self.baseline):
            if not isinstance(given, Nps):
                msg = f"an nps is compared with an Nps, got {given!r}"
                raise InvalidTypeError(msg, given)
        if self.score.scale != self.baseline.scale:
            msg = f"two scores compare on one scale, got {self.score!r} and {self.baseline!r}"
            raise InvalidValueError(msg, self.baseline)

    @property
    def is_defined(self) -> bool:
        """Whether there are answers on both sides."""
        return self.score.is_defined and self.baseline.is_defined

    @property
    def value(self) -> float:
        """By how many points the score exceeds the baseline; raises `UndefinedMetricError` where one has no answers."""
        return self.score.value - self.baseline.value

    def interval(self, confidence: float = 0.95, *, method: NpsMethod = "score") -> Interval:
        """Return where the difference may lie, in points; from -200 to 200 where one of the scores has no answers.

        Args:
            confidence: Between 0 and 1.
            method: `"score"` is made of the two score intervals (the hybrid of Newcombe 1998, method 10, for net scores:
                Zou and Donner 2008); `"wald"`, `"adjusted-wald"` and `"goodman"` of the standard errors. Goodman's holds
                for all contrasts between the shares of the two groups at once (1964).
        """
        one_of(method, NPS_METHODS, "method")
        if not self.is_defined:
            _stats.z_value(confidence)  # checks it
            return Interval(-2.0 * POINTS, 2.0 * POINTS)
        if method != "score":
            centre, error = self._moments(method)
            margin = deviate(confidence, method) * error
            return Interval(max(-2.0 * POINTS, centre - margin), min(2.0 * POINTS, centre + margin))
        ours, theirs = (side.interval(confidence) for side in (self.score, self.baseline))
        return Interval(*_stats.hybrid(self.score.value, ours, self.baseline.value, theirs))

    def p_value(self, *, method: NpsTest = "adjusted-wald") -> float:
        """Return how likely a difference at least as large is, either way, if there is none: the test of its normal deviate.

        Args:
            method: Whether three answers are added to each group (`"adjusted-wald"`) or none (`"wald"`).

        Raises:
            UndefinedMetricError: One of the scores has no answers, or by `"wald"` all answers of each group agree.
        """
        centre, error = self._tested(method)
        return 2.0 * NormalDist().cdf(-abs(centre / error))

    def detectable_change(
        self, *, power: float = 0.8, confidence: float = 0.95, method: NpsTest = "adjusted-wald"
    ) -> float:
        """Return the change, in points, that the test of these answers will most likely show.

        `(z + z_power)` standard errors of the difference. A smaller change may be there and not show: where the value
        is below this and the interval holds 0, the answers are too few to tell.

        Args:
            power: How likely the change is to be seen if it is there, between 0 and 1.
            confidence: Of the two-sided test, between 0 and 1.
            method: Which test, as for `p_value`.

        Raises:
            UndefinedMetricError: One of the scores has no answers, or by `"wald"` all answers of each group agree.

        >>> from cxkit.metrics import Nps
        >>> week = Nps(promoters=57, passives=31, detractors=12)
        >>> round(week.difference(week).detectable_change(), 1)
        27.4
        """
        _, error = self._tested(method)
        return (_stats.z_value(confidence) + power_deviate(power)) * error

    def _tested(self, method: NpsTest) -> tuple[float, float]:
        """Return the difference that a test takes, and its standard error, in points."""
        centre, error = self._moments(one_of(method, NPS_TESTS, "method"))
        if not error:
            msg = "the test is undefined: all answers of each group agree; use method='adjusted-wald'"
            raise UndefinedMetricError(msg)
        return centre, error

    def _moments(self, method: NpsMethod) -> tuple[float, float]:
        """Return the difference that a method takes, and its standard error, in points."""
        (centre, error), (other, other_error) = self.score.moments(method), self.baseline.moments(method)
        return POINTS * (centre - other), POINTS * hypot(error, other_error)
