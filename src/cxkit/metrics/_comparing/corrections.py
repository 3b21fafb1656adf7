"""Corrections for many tests: of twenty comparisons, one looks like a change by luck alone."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import TypeVar, overload

from cxkit._checks import each
from cxkit.errors import InvalidTypeError, InvalidValueError

NameT = TypeVar("NameT", bound=Hashable)
Adjustment = Callable[[Sequence[float]], Iterable[float]]
"""Adjusts p-values that rise, and gives them in the same order."""


@overload
def holm(p_values: Mapping[NameT, float]) -> dict[NameT, float]: ...
@overload
def holm(p_values: Sequence[float]) -> tuple[float, ...]: ...
def holm(p_values: Mapping[NameT, float] | Sequence[float]) -> dict[NameT, float] | tuple[float, ...]:
    """Adjust p-values so that a single false change among all of them is unlikely (Holm 1979).

    In rising order, the i-th of m is multiplied by `m - i + 1`; none is less than the one before it, or above 1. Whatever
    is then below 0.05 keeps the probability of any false change under 5 %, however the tests depend on each other.

    Args:
        p_values: By name, or one after the other; leave out what has none.

    Returns:
        The adjusted p-values, by the same names or in the same order.

    Raises:
        InvalidTypeError: A p-value is no number.
        InvalidValueError: A p-value is not between 0 and 1.

    >>> from cxkit.metrics import holm
    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    return _adjusted(p_values, _holm)


@overload
def benjamini_hochberg(p_values: Mapping[NameT, float]) -> dict[NameT, float]: ...
@overload
def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]: ...
def benjamini_hochberg(p_values: Mapping[NameT, float] | Sequence[float]) -> dict[NameT, float] | tuple[float, ...]:
    """Adjust p-values so that few of the changes that they tell are false (Benjamini and Hochberg 1995).

    In rising order, the i-th of m is multiplied by `m / i`; none is more than the one after it, or above 1. Of what is
    then below 0.05, no more than 5 % is false on average, where the tests are independent or depend positively.

    Args:
        p_values: By name, or one after the other; leave out what has none.

    Returns:
        The adjusted p-values, by the same names or in the same order.

    Raises:
        InvalidTypeError: A p-value is no number.
        InvalidValueError: A p-value is not between 0 and 1.

    >>> from cxkit.metrics import benjamini_hochberg
    >>> benjamini_hochberg({"north": 0.01, "south": 0.04, "west": 0.03})
    {'north': 0.03, 'south': 0.04, 'west': 0.04}
    """
    return _adjusted(p_values, _benjamini_hochberg)


def _holm(rising: Sequence[float]) -> Iterable[float]:
    return accumulate((p * (len(rising) - before) for before, p in enumerate(rising)), max)


def _benjamini_hochberg(rising: Sequence[float]) -> Iterable[float]:
    scaled = [p * (len(rising) / rank) for rank, p in enumerate(rising, 1)]
    return reversed(list(accumulate(reversed(scaled), min)))


def _adjusted(
    p_values: Mapping[NameT, float] | Sequence[float], adjust: Adjustment
) -> dict[NameT, float] | tuple[float, ...]:
    if isinstance(p_values, Mapping):
        return dict(zip(p_values, _in_order(p_values.values(), adjust), strict=True))
    return _in_order(each(p_values, "p-values"), adjust)


def _in_order(p_values: Iterable[float], adjust: Adjustment) -> tuple[float, ...]:
    """Adjust p-values in rising order, and put them back into their own."""
    given = [_a_p_value(p) for p in p_values]
    places = sorted(range(len(given)), key=given.__getitem__)
    found = dict(zip(places, adjust([given[place] for place in places]), strict=True))
    return tuple(min(1.0, found[place]) for place in range(len(given)))


def _a_p_value(p: float) -> float:
    if isinstance(p, bool) or not isinstance(p, int | float):
        msg = f"a p-value must be a number between 0 and 1, got {p!r}; leave out what has none"
        raise InvalidTypeError(msg, p)
    if not 0 <= p <= 1:
        msg = f"a p-value must be between 0 and 1, got {p!r}; leave out what has none"
        raise InvalidValueError(msg, p)
    return float(p)
