"""The largest value of a smooth function of a few numbers: what models are fitted with."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

__all__ = ["Optimum", "maximise"]

Point: TypeAlias = tuple[float, ...]
Matrix: TypeAlias = tuple[Point, ...]
Smooth: TypeAlias = Callable[[Point], tuple[float, Point]]

_FLAT = 1e-9
_NOTHING = 1e-14  # of the value: a rise that rounding hides
_MOST_STEPS = 300
_SHARE = 1e-4  # of the rise that the slope promises, and that a step must bring (Armijo 1966)
_FARTHEST = 4.0
_SHORTEST = 1e-10


class Optimum(NamedTuple):
    """Where a function is largest.

    Attributes:
        point: Where.
        value: How large it is there.
        iterations: How many steps led there.
    """

    point: Point
    value: float
    iterations: int


class _Place(NamedTuple):
    point: Point
    value: float
    slope: Point


def maximise(function: Smooth, start: Sequence[float]) -> Optimum:
    """Find where a function is largest, from its values and slopes: a local maximum, for one that has several.

    The quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno (Nocedal and Wright 2006, 6.1). It never fails: where no
    step rises any more, that is the answer; where the function rises for ever, it is where it has become flat.

    Args:
        function: Gives its value and its slope along each coordinate; all should be of the order of 1.
        start: Where to begin.

    >>> hill = maximise(lambda at: (-((at[0] - 3.0) ** 2), (-2.0 * (at[0] - 3.0),)), [0.0])
    >>> round(hill.point[0], 9), hill.value > -1e-12
    (3.0, True)
    """
    here = _Place(tuple(start), *function(tuple(start)))
    metric: Matrix | None = None  # of a step along the slope, until the function has been seen to bend
    for iteration in range(_MOST_STEPS):
        way = here.slope if metric is None else tuple(_dot(row, here.slope) for row in metric)
        if max(map(abs, here.slope)) < _FLAT or _dot(way, here.slope) <= _NOTHING * abs(here.value):
            return Optimum(here.point, here.value, iteration)
        there = _climb(function, here, way)
        if there is None and metric is None:
            return Optimum(here.point, here.value, iteration)
        metric = None if there is None else _bent(metric, here, there)
        here = there or here
    return Optimum(here.point, here.value, _MOST_STEPS)


def _climb(function: Smooth, here: _Place, way: Point) -> _Place | None:
    """Go some way, half as far each time that it does not rise enough; `None` where it rises nowhere."""
    rise = _dot(way, here.slope)
    length = min(1.0, _FARTHEST / max(map(abs, way)))
    while length > _SHORTEST:
        point = tuple(x + length * w for x, w in zip(here.point, way, strict=True))
        value, slope = function(point)
        if value >= here.value + _SHARE * length * rise and point != here.point:
            return _Place(point, value, slope)
        # The top of the parabola through what is known, within bounds.
        curved = 2.0 * (here.value + length * rise - value)
        length *= min(max(length * rise / curved, 0.1), 0.5) if curved > 0.0 else 0.5
    return None


def _bent(metric: Matrix | None, here: _Place, there: _Place) -> Matrix | None:
    """Learn from a step how the function bends: the inverse of its Hessian, negated, changed as little as can be."""
    step = tuple(b - a for a, b in zip(here.point, there.point, strict=True))
    fall = tuple(a - b for a, b in zip(here.slope, there.slope, strict=True))
    bend = _dot(step, fall)
    if bend <= _SHORTEST * _dot(fall, fall):
        return metric
    places = range(len(step))
    if metric is None:
        scale = bend / _dot(fall, fall)
        metric = tuple(tuple(scale if i == j else 0.0 for j in places) for i in places)
    seen = tuple(_dot(row, fall) for row in metric)
    grown = (1.0 + _dot(fall, seen) / bend) / bend
    return tuple(
        tuple(metric[i][j] + grown * step[i] * step[j] - (seen[i] * step[j] + step[i] * seen[j]) / bend for j in places)
        for i in places
    )


def _dot(left: Point, right: Point) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))
