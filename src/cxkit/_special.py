"""Special functions of the purchase and renewal models, as plain functions on checked floats."""

from collections.abc import Callable
from functools import lru_cache
from math import exp, lgamma, log, log1p, sinh, sqrt

__all__ = ["beta_mean", "digamma", "log_beta", "log_gamma_ratio"]

_LARGE_ARGUMENT = 10.0
_FAINT = 100.0  # -log of the weight, relative to the largest, from which a point counts no more
_AGREED = 1e-11
_COARSEST, _FINEST = 1.0 / 8.0, 1.0 / 4096.0


def digamma(x: float) -> float:
    """Give the derivative of `log(gamma(x))`, for `x > 0`; Abramowitz and Stegun 6.3.5 and 6.3.18.

    >>> round(digamma(1.0), 12)  # less Euler's constant
    -0.577215664902
    """
    below = 0.0
    while x < _LARGE_ARGUMENT:
        below += 1.0 / x
        x += 1.0
    square = 1.0 / (x * x)
    tail = 1 / 252 - square * (1 / 240 - square * (1 / 132 - square * (691 / 32760 - square / 12)))
    return log(x) - 0.5 / x - square * (1 / 12 - square * (1 / 120 - square * tail)) - below


def log_gamma_ratio(x: float, n: float) -> float:
    """Give `log(gamma(x + n) / gamma(x))`, for `x > 0` and `n >= 0`; nothing cancels where `x` is far above `n`.

    >>> round(log_gamma_ratio(3.0, 2.0), 12), log_gamma_ratio(1e18, 1.0) == log(1e18)
    (2.484906649788, True)
    """
    if x < _LARGE_ARGUMENT:
        return lgamma(x + n) - lgamma(x)
    return (x - 0.5) * log1p(n / x) + n * (log(x + n) - 1.0) + _stirling_rest(x + n) - _stirling_rest(x)


def log_beta(a: float, b: float) -> float:
    """Give the log of the beta function, for `a > 0` and `b > 0`, with no difference of large numbers.

    >>> round(exp(log_beta(2.0, 3.0)), 12)  # 1 / 12
    0.083333333333
    """
    low, high = min(a, b), max(a, b)
    return lgamma(low) - log_gamma_ratio(high, low)


def beta_mean(value: Callable[[float], float], a: float, b: float) -> float:
    """Give the mean of `value(p)` where p has the beta distribution with parameters `a` and `b`.

    The trapezoidal rule over the log odds of p, drawn out at both ends by a hyperbolic sine (Takahasi and Mori 1974), so
    that any `a` and `b` above 0 take some hundred points. The weights are their own norm. `value` must be smooth, positive,
    and not grow faster than a power of p at either end.

    >>> round(beta_mean(lambda p: p * p, 2.0, 3.0), 12)  # a * (a + 1) / ((a + b) * (a + b + 1))
    0.2
    """
    step, mean = _COARSEST, 0.0
    points = _points(a, b, step)
    weights = sum(weight for _, weight in points)
    total = sum(weight * value(p) for p, weight in points)
    while abs(total / weights - mean) > _AGREED * abs(mean) and step > _FINEST:
        mean, step = total / weights, step / 2.0
        between = _points(a, b, step, odd=True)
        weights += sum(weight for _, weight in between)
        total += sum(weight * value(p) for p, weight in between)
    return total / weights


@lru_cache(maxsize=256)
def _points(a: float, b: float, step: float, *, odd: bool = False) -> tuple[tuple[float, float], ...]:
    """Return the points of the rule and their weights, from the mode of the log odds outwards."""
    mode, scale = log(a / b), min(1.0, sqrt(1.0 / a + 1.0 / b))
    peak = _log_weight(mode, a, b)
    found: list[tuple[float, float]] = []
    for way in (1.0, -1.0):
        place = step if odd or way < 0.0 else 0.0
        while True:
            odds = mode + scale * sinh(way * place)
            height = _log_weight(odds, a, b) - peak
            if height < -_FAINT:
                break
            stretch = sqrt(1.0 + ((odds - mode) / scale) ** 2)
            found.append((exp(-_softplus(-odds)), exp(height) * stretch))
            place += 2.0 * step if odd else step
    return tuple(found)


def _log_weight(odds: float, a: float, b: float) -> float:
    return -a * _softplus(-odds) - b * _softplus(odds)


def _softplus(x: float) -> float:
    return x + log1p(exp(-x)) if x > 0.0 else log1p(exp(x))


def _stirling_rest(t: float) -> float:
    """Give what Stirling's formula leaves of log(gamma(t)), for `t >= 10`."""
    square = t * t
    tail = 1 / 1188 - (691 / 360360 - 1 / (156 * square)) / square
    return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - tail / square) / square) / square) / square) / t
