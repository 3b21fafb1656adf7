"""The score interval of a mean on a scale, as a plain function on counts."""

from collections.abc import Mapping

from cxkit import _stats


def mean_interval(counts: Mapping[int, int], low: int, high: int, confidence: float) -> tuple[float, float]:
    """Give the means that the score test does not refuse: those with `|mean - m| <= z * sqrt(V(m) / n)`.

    V(m) is the variance of one answer under the most likely shares of the scores whose mean is m. On a scale of two
    points this is the interval of Wilson 1927, on one of three that of a net score (Tango 1998). It stays on the scale,
    holds the mean, and has a width even for one answer or unanimous ones.

    >>> [round(end, 3) for end in mean_interval({3: 1, 5: 4}, 1, 5, 0.95)]
    [3.036, 4.928]
    """
    z = _stats.z_value(confidence)
    if not any(counts.values()):
        return float(low), float(high)
    mirrored = {-score: count for score, count in counts.items()}
    return -_upper(mirrored, -low, z), _upper(counts, high, z)


def _upper(counts: Mapping[int, int], high: int, z: float) -> float:
    """Give the largest mean that is not refused."""
    total = sum(counts.values())
    mean = sum(score * count for score, count in counts.items()) / total

    def accepted(middle: float) -> bool:
        return total * (mean - middle) ** 2 <= z * z * _variance(counts, high, middle)

    return _stats.last(accepted, mean, float(high))


def _variance(counts: Mapping[int, int], high: int, mean: float) -> float:
    """Give the variance of one answer under the most likely shares with a mean, which is above that of the answers.

    The share of a score that was given is `count / (total * (1 + slope * away))`, where `away` is its distance from the
    mean and the slope makes the mean right (Owen 1988, Biometrika 75:237-249). What that leaves of 1, where no slope is
    steep enough, is the share of the highest score: the most likely answer that nobody gave.
    """
    total = sum(counts.values())
    away = [(score - mean, count) for score, count in counts.items() if count]

    def too_flat(slope: float) -> bool:
        return sum(count * distance / (1.0 + slope * distance) for distance, count in away) <= 0.0

    slope = _stats.last(too_flat, 0.0, -1.0 / (high - mean))
    shares = [(distance, count / (total * (1.0 + slope * distance))) for distance, count in away]
    rest = max(0.0, 1.0 - sum(share for _, share in shares))
    return sum(share * distance * distance for distance, share in shares) + rest * (high - mean) ** 2
