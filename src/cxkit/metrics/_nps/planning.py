"""How many answers a Net Promoter Score needs, and what so many can show."""

from math import ceil, sqrt
from statistics import NormalDist
from typing import Literal, TypeVar

from cxkit import _stats
from cxkit._checks import a_count, one_of, shown
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics._nps.scale import POINTS
from cxkit.metrics._nps.score import PSEUDO_ANSWERS

PlanningMethod = Literal["wald", "adjusted-wald"]
"""By which interval or test answers are planned; the adjusted one adds three answers, and so needs three fewer."""
METHODS: tuple[PlanningMethod, ...] = ("wald", "adjusted-wald")
T = TypeVar("T")
FINEST = 1e-9  # points, for which nobody has answers enough
EQUAL_THIRDS = 2 / 3  # the variance of one answer if promoters, passives and detractors are equally many


def nps_sample_size(
    *,
    margin: float,
    variance: float = EQUAL_THIRDS,
    confidence: float = 0.95,
    method: PlanningMethod = "adjusted-wald",
) -> int:
    """Return how many answers it takes to know a score to so many points, up or down.

    `n = z**2 * variance / margin**2`, less three answers for the adjusted interval (Lewis and Sauro, MeasuringU 2021).

    Args:
        margin: Half the width of the interval, in points.
        variance: That of one answer, which counts 1, 0 or -1: `p + d - (p - d)**2`, at most 1.
        confidence: Of the interval, between 0 and 1.
        method: Which interval.

    >>> from cxkit.metrics import nps_sample_size
    >>> nps_sample_size(margin=5)
    1022
    """
    deviate = _stats.z_value(confidence)
    return _answers(deviate, _a_variance(variance), _points(margin, "margin"), method)


def nps_sample_size_per_group(
    *,
    change: float,
    variances: tuple[float, float] = (EQUAL_THIRDS, EQUAL_THIRDS),
    power: float = 0.8,
    confidence: float = 0.95,
    method: PlanningMethod = "adjusted-wald",
) -> int:
    """Return how many answers each of two groups needs, so that a change of so many points will most likely be seen.

    `n = (z + z_power)**2 * (v1 + v2) / change**2` in each group, less three answers for the adjusted test: the variance
    is that of the difference, and so the sum of both.

    Args:
        change: The smallest change that matters, in points.
        variances: Those of one answer in each group, at most 1.
        power: How likely the change is to be seen if it is there, between 0 and 1.
        confidence: Of the two-sided test, between 0 and 1.
        method: Which test.

    >>> from cxkit.metrics import nps_sample_size_per_group
    >>> nps_sample_size_per_group(change=10, variances=(0.4875, 0.4875))
    763
    """
    deviate = _stats.z_value(confidence) + power_deviate(power)
    return _answers(deviate, sum(_two_variances(variances)), _points(change, "change"), method)


def nps_detectable_change(
    *,
    answers: int | tuple[int, int],
    variances: tuple[float, float] = (EQUAL_THIRDS, EQUAL_THIRDS),
    power: float = 0.8,
    confidence: float = 0.95,
    method: PlanningMethod = "adjusted-wald",
) -> float:
    """Return the change, in points, that so many answers in each of two groups will most likely show.

    `(z + z_power) * sqrt(v1 / n1 + v2 / n2)`, with three more answers in each for the adjusted test. Of answers that are
    there already, `NpsDifference.detectable_change` knows the variances.

    Args:
        answers: How many there are in each group, or in the one and in the other.
        variances: Those of one answer in each group, at most 1.
        power: How likely the change is to be seen if it is there, between 0 and 1.
        confidence: Of the two-sided test, between 0 and 1.
        method: Which test.

    >>> from cxkit.metrics import nps_detectable_change
    >>> round(nps_detectable_change(answers=763, variances=(0.4875, 0.4875)), 2)
    10.0
    """
    deviate = _stats.z_value(confidence) + power_deviate(power)
    sizes = _pair(answers, "answers") if isinstance(answers, tuple | list) else (answers, answers)
    more = _spared(method)
    parts = [
        variance / (a_count(size, "answers", least=1) + more)
        for variance, size in zip(_two_variances(variances), sizes, strict=True)
    ]
    return POINTS * deviate * sqrt(sum(parts))


def _two_variances(variances: tuple[float, float]) -> tuple[float, float]:
    one, other = _pair(variances, "variances")
    return _a_variance(one), _a_variance(other)


def _pair(given: tuple[T, T], what: str) -> tuple[T, T]:
    """Check that there is something for the one group and for the other."""
    if not isinstance(given, tuple | list) or len(given) != 2:  # noqa: PLR2004 - two groups
        msg = f"{what} must be a pair, one for each of the two groups, got {shown(given)}"
        raise InvalidTypeError(msg, given)
    one, other = given
    return one, other


def _answers(deviate: float, variance: float, width: float, method: PlanningMethod) -> int:
    return max(1, ceil(deviate * deviate * variance / (width * width) - _spared(method)))


def _spared(method: PlanningMethod) -> float:
    """Return how many answers a method adds."""
    return sum(PSEUDO_ANSWERS) if one_of(method, METHODS, "method") == "adjusted-wald" else 0


def power_deviate(power: float) -> float:
    """Return how many standard errors beyond the limit of a test a change must lie, to be seen with so much power."""
    if type(power) is not float:
        msg = f"power must be a float between 0 and 1, got {power!r}"
        raise InvalidTypeError(msg, power)
    if not 0 < power < 1:
        msg = f"power must be between 0 and 1, got {power!r}; write 0.8 for 80 %"
        raise InvalidValueError(msg, power)
    return NormalDist().inv_cdf(power)


def _a_variance(variance: float) -> float:
    if type(variance) not in (int, float):
        msg = f"the variance of an answer must be a number, got {variance!r}"
        raise InvalidTypeError(msg, variance)
    if not 0 <= variance <= 1:
        msg = f"the variance of an answer must be between 0 and 1, got {variance!r}; an answer counts 1, 0 or -1"
        raise InvalidValueError(msg, variance)
    return variance


def _points(points: float, what: str) -> float:
    """Check a number of points, and give it as a share."""
    if type(points) not in (int, float):
        msg = f"{what} must be a number of points, got {points!r}"
        raise InvalidTypeError(msg, points)
    if not FINEST <= points <= 2 * POINTS:
        msg = f"{what} must be a number of points above 0, at least {FINEST:g} and up to {2 * POINTS}, got {shown(points)}"
        raise InvalidValueError(msg, points)
    return points / POINTS
