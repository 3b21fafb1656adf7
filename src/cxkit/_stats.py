"""Interval estimates for proportions and differences, as plain functions on counts.

Every function takes counts that a tally has checked (`0 <= count <= total`) and a two-sided confidence, and gives
`(low, high)`. Without data the answer is the whole range.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from math import ceil, erfc, exp, hypot, lgamma, log, log1p, pi, sqrt
from statistics import NormalDist

from cxkit.errors import InvalidTypeError, InvalidValueError

__all__ = [
    "clopper_pearson",
    "contrast_value",
    "equal_means",
    "hybrid",
    "last",
    "median_rank",
    "net_moments",
    "net_score",
    "newcombe",
    "wilson",
    "z_value",
]

_STANDARD_NORMAL = NormalDist()
_HALF_LOG_2PI = 0.5 * log(2.0 * pi)
_LARGE_ARGUMENT = 16.0
_LARGE_TOTAL = 10**12
_LAST_CORRECTION = 1e-15


def z_value(confidence: float) -> float:
    """Give the number of standard errors that a two-sided interval reaches to each side.

    Raises:
        InvalidTypeError: For a bool, and for what is not a float.
        InvalidValueError: Unless `0 < confidence < 1`.

    >>> round(z_value(0.95), 6)
    1.959964
    """
    return abs(_STANDARD_NORMAL.inv_cdf(_tail(confidence)))


def contrast_value(confidence: float) -> float:
    """Give the number of standard errors that an interval reaches if it is to hold for all contrasts of three shares.

    The root of the quantile of chi-squared with two degrees of freedom, `-2 * log(1 - confidence)`: Goodman 1964,
    Annals of Mathematical Statistics 35:716-725.

    >>> round(contrast_value(0.95), 6)
    2.447747
    """
    return sqrt(-2.0 * log(2.0 * _tail(confidence)))


def wilson(count: int, total: int, confidence: float) -> tuple[float, float]:
    """Give the score interval of a proportion.

    The proportions `p` with `|count/total - p| <= z * sqrt(p * (1 - p) / total)`: Wilson 1927; Newcombe 1998,
    Statistics in Medicine 17:857-872, method 3. It is never empty, never leaves [0, 1], holds `count / total`,
    and ends at exactly 0.0 and 1.0 where none or all were counted.

    >>> [round(end, 4) for end in wilson(81, 263, 0.95)]
    [0.2553, 0.3662]
    """
    z = z_value(confidence)
    if total == 0:
        return 0.0, 1.0
    estimate = count / total
    reach = count + z * z / 2.0 + z * sqrt(count * (total - count) / total + z * z / 4.0)
    # The product of the two roots is known, so the smaller one needs no difference of near-equal numbers.
    low = count * count / (total * reach) if count else 0.0
    high = reach / (total + z * z)
    return min(low, estimate), min(max(high, estimate), 1.0)


def clopper_pearson(count: int, total: int, confidence: float) -> tuple[float, float]:
    """Give the "exact" interval of a proportion, which covers at least as often as it promises.

    Its ends are the proportions under which `count` or more, and `count` or fewer, have the probability
    `(1 - confidence) / 2`: Clopper and Pearson 1934; Newcombe 1998, Statistics in Medicine 17:857-872, method 5.

    >>> [round(end, 4) for end in clopper_pearson(81, 263, 0.95)]
    [0.2527, 0.3676]
    """
    tail = _tail(confidence)
    if total == 0:
        return 0.0, 1.0
    rest, estimate = total - count, count / total
    low = last(lambda p: _beta_cdf(p, 1.0 - p, count, rest + 1) >= tail, estimate, 0.0)
    high = last(lambda p: _beta_cdf(1.0 - p, p, rest, count + 1) >= tail, estimate, 1.0)
    return low, high


def newcombe(count1: int, total1: int, count2: int, total2: int, confidence: float) -> tuple[float, float]:
    """Give the hybrid score interval of `count1 / total1 - count2 / total2`, two independent proportions.

    Newcombe 1998, Statistics in Medicine 17:873-890, method 10: the Wilson intervals of the two, squared and added.

    >>> [round(end, 4) for end in newcombe(9, 10, 3, 10, 0.95)]
    [0.1705, 0.809]
    """
    ours, theirs = wilson(count1, total1, confidence), wilson(count2, total2, confidence)
    if total1 == 0 or total2 == 0:
        return -1.0, 1.0
    return hybrid(count1 / total1, ours, count2 / total2, theirs)


def hybrid(
    value1: float, interval1: tuple[float, float], value2: float, interval2: tuple[float, float]
) -> tuple[float, float]:
    """Give the interval of `value1 - value2`, two independent estimates, from the interval of each.

    On each side it reaches as far as the two intervals do, squared and added: Newcombe 1998, Statistics in Medicine
    17:873-890, method 10, for proportions; Zou and Donner 2008, Statistics in Medicine 27:1693-1702, for any two numbers.

    >>> [round(end, 4) for end in hybrid(0.9, (0.5958, 0.9821), 0.3, (0.1078, 0.6032))]
    [0.1705, 0.809]
    """
    (low1, high1), (low2, high2) = interval1, interval2
    away = value1 - value2
    return away - hypot(value1 - low1, high2 - value2), away + hypot(high1 - value1, value2 - low2)


def equal_means(ours: Mapping[int, int], theirs: Mapping[int, int]) -> float:
    """Give how likely means of two groups of answers are at least as far apart, either way, if both answer alike.

    By the score test, which takes the variance of one answer from both groups together. Its chi-squared is
    `total * r**2`, where r correlates the answers with the group: the test for a trend (Cochran 1954, Biometrics
    10:417-451; Armitage 1955, Biometrics 11:375-386). For answers of two kinds it is that of a 2x2 table (Pearson 1900).

    Args:
        ours: How many gave each answer; there are some.
        theirs: The same of the other group.

    Returns:
        The p-value; 1 where all answers are equal.

    >>> round(equal_means({1: 9, 0: 1}, {1: 3, 0: 7}), 4)
    0.0062
    """
    (total1, sum1, squares1), (total2, sum2, squares2) = map(_power_sums, (ours, theirs))
    total, away = total1 + total2, sum1 * total2 - sum2 * total1
    if not away:
        return 1.0
    spread = total * (squares1 + squares2) - (sum1 + sum2) ** 2
    return erfc(sqrt(total * away * away / (total1 * total2 * spread) / 2.0))


def net_score(promoters: int, passives: int, detractors: int, confidence: float) -> tuple[float, float]:
    """Give the score interval of the share of promoters less the share of detractors.

    The differences `delta` with `|estimate - delta| <= z * sqrt((p + d - delta**2) / total)`, where `p` and `d` are
    the most likely shares under `p - d == delta`: Tango 1998, Statistics in Medicine 17:891-908; May and Johnson
    1997, Statistics in Medicine 16:2127-2136. It stays within [-1, 1], holds the estimate, turns round when
    promoters and detractors change places, and has a width even where all answered alike.

    >>> [round(end, 4) for end in net_score(promoters=10, passives=5, detractors=5, confidence=0.95)]
    [-0.1292, 0.5601]
    """
    z = z_value(confidence)
    total = promoters + passives + detractors
    if total == 0:
        return -1.0, 1.0
    return -_net_high(detractors, promoters, total, z), _net_high(promoters, detractors, total, z)


def net_moments(promoters: float, passives: float, detractors: float) -> tuple[float, float]:
    """Give the share of promoters less that of detractors, and its standard error: `sqrt((p + d - (p - d)**2) / n)`."""
    total = promoters + passives + detractors
    net = (promoters - detractors) / total
    return net, sqrt(((promoters + detractors) / total - net * net) / total)


def median_rank(total: int, confidence: float) -> int | None:
    """Give the place, from 0 and from either end of the ordered values, that bounds their median with a confidence.

    The median lies under the value at place r with the probability that a binomial of `total` and 1/2 is at most r.

    Returns:
        The greatest such place; `None` where even the least and the greatest value bound it with less confidence.
    """
    tail = _tail(confidence)
    if total > _LARGE_TOTAL:  # where the normal distribution gives the same place
        return (total - 1 - ceil(z_value(confidence) * sqrt(total))) // 2
    # From 0 to the middle, the chance to be outside grows.
    found = bisect_left(range(total // 2), tail, key=lambda rank: _beta_cdf(0.5, 0.5, total - rank, rank + 1)) - 1
    return found if found >= 0 else None


def last(holds: Callable[[float], bool], inside: float, outside: float) -> float:
    """Bisect, to the last bit, for the end of the region in which `holds` is true, going from inside to outside."""
    while (middle := (inside + outside) / 2.0) not in (inside, outside):
        if holds(middle):
            inside = middle
        else:
            outside = middle
    return inside


def _tail(confidence: object) -> float:
    """Give the probability left out on each side; as a lower tail it stays exact for a confidence close to 1."""
    if isinstance(confidence, bool) or not isinstance(confidence, (int, float)):
        kind = type(confidence).__name__
        message = f"confidence must be a float between 0 and 1, got the {kind} {confidence!r}"
        raise InvalidTypeError(message, confidence)
    if not 0 < confidence < 1:
        message = f"confidence must be between 0 and 1, got {confidence!r}; write 0.95 for 95 %"
        raise InvalidValueError(message, confidence)
    return (1.0 - confidence) / 2.0


def _power_sums(answers: Mapping[int, int]) -> tuple[int, int, int]:
    """Give how many answers there are, their sum, and that of their squares."""
    values = answers.items()
    return (
        sum(answers.values()),
        sum(value * count for value, count in values),
        sum(value * value * count for value, count in values),
    )


def _net_high(plus: int, minus: int, total: int, z: float) -> float:
    """Give the largest difference of shares that the score test does not refuse."""
    estimate = (plus - minus) / total

    def accepted(delta: float) -> bool:
        return total * (estimate - delta) ** 2 <= z * z * _net_variance(plus, minus, total, delta)

    return last(accepted, estimate, 1.0)


def _net_variance(plus: int, minus: int, total: int, delta: float) -> float:
    """Give the variance of one answer (1, 0 or -1) under the most likely shares whose difference is `delta`.

    Setting the slope of `plus * log(d + delta) + minus * log(d) + passive * log(1 - delta - 2 * d)` to zero gives
    `2 * total * d**2 + linear * d - minus * delta * (1 - delta) == 0`; `d` is its larger root.
    """
    if delta < 0.0:
        return _net_variance(minus, plus, total, -delta)
    linear = (2 * total - plus + minus) * delta - plus - minus
    root = sqrt(linear * linear + 8.0 * total * minus * delta * (1.0 - delta))
    share = (root - linear) / (4.0 * total)
    return 2.0 * share + delta * (1.0 - delta)


def _beta_cdf(x: float, y: float, a: int, b: int) -> float:
    """Give the regularised incomplete beta function I_x(a, b), where `y` is `1 - x`, for `x <= a / (a + b - 1)`.

    Up to there all terms of the continued fraction are positive. Didonato and Morris 1992, ACM TOMS 18:360-373,
    summed by Lentz's method; it ends at the latest at term b.
    """
    value = upper = a * (a * y - b * x + 1.0) / (a + 1.0)
    lower = correction = 0.0
    m = 0
    while abs(correction - 1.0) > _LAST_CORRECTION:
        m += 1
        step = a + 2.0 * m - 1.0
        over = m * (b - m) * x / step
        above = (a + m - 1.0) * (a + b + m - 1.0) * x * over / step
        below = m + over + (a + m) * (a * y - b * x + 1.0 + m * (1.0 + y)) / (step + 2.0)
        lower = 1.0 / (below + above * lower)
        upper = below + above / upper
        correction = upper * lower
        value *= correction
    return exp(_log_beta_density(x, y, a, b)) / value


def _log_beta_density(x: float, y: float, a: int, b: int) -> float:
    """Give log(x**a * y**b / B(a, b)), measured from the mean so that large terms do not cancel (Loader 2000)."""
    away = (a * y - b * x) / (a + b)
    peak = 0.5 * log(a * b / (a + b)) - _HALF_LOG_2PI + _stirling_rest(a + b) - _stirling_rest(a) - _stirling_rest(b)
    return peak - a * _log_near(away / x, a / ((a + b) * x)) - b * _log_near(-away / y, b / ((a + b) * y))


def _log_near(away: float, ratio: float) -> float:
    """Give log(ratio), where `ratio` is `1 + away`, from the one of them that keeps more digits."""
    return log1p(away) if abs(away) < 0.5 else log(ratio)  # noqa: PLR2004 - any point between 0 and 1 will do


def _stirling_rest(t: float) -> float:
    """Give what Stirling's formula leaves of log(gamma(t)); from the series where the difference would cancel."""
    if t < _LARGE_ARGUMENT:
        return lgamma(t) - (t - 0.5) * log(t) + t - _HALF_LOG_2PI
    square = t * t
    return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / (1188 * square)) / square) / square) / square) / t
