"""Fits: a model as data ask for it, how likely it makes them, and whether they say enough."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypeVar

import attrs
from typing_extensions import override

from cxkit import _tables
from cxkit._checks import COUNTABLE, shown
from cxkit._fitting import Optimum, Point, Smooth, maximise
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics._fits import Fitted

ModelT = TypeVar("ModelT", bound=attrs.AttrsInstance)
PurchaseFitLimit = Literal[
    "same_rate",
    "no_rate",
    "nobody_leaves",
    "everybody_leaves",
    "same_chance",
    "at_once_or_never",
    "always_the_same",
    "no_pattern",
    "all_alike",
    "no_middle",
]
"""Which limit it is."""
Limits: TypeAlias = Sequence[PurchaseFitLimit | None]

_FAR = 5.0  # from the middle, as logs: from here on, a limit is tried
_SAME = 1e-9  # per customer: what a log-likelihood may be off


@attrs.frozen(kw_only=True, repr=False)
class PurchaseFit(Fitted[ModelT]):
    """What came of fitting a model to data by maximum likelihood.

    Attributes:
        status: `"ok"`; `"boundary"` where the likelihood rises for ever towards a limit of the model, which is then the model
            given; `"not_identified"` where the data are as likely under very different models, and there is none.
        log_likelihood: Of the data under the model; `None` without one.
        iterations: How many steps the fit took.
        customers: How many customers there were.
        used: How many of them have something to say: those who bought again.
        limits: The limits, for `"boundary"`: `"same_rate"` (r and alpha without bound: all buy at one rate), `"no_rate"` (r and
            alpha to 0), `"nobody_leaves"` (a / (a + b) to 0), `"everybody_leaves"` (to 1), `"same_chance"` (a and b without bound:
            all leave with one probability), `"at_once_or_never"` (a and b to 0). Of a model of spend: `"always_the_same"` (p without
            bound: a customer always spends alike), `"no_pattern"` (p to 0), `"all_alike"` (q and v without bound: all customers
            spend alike), `"no_middle"` (q to 0).
        reason: Why there is no model, in words.
    """

    iterations: int
    customers: int
    used: int
    limits: tuple[PurchaseFitLimit, ...] = ()
    reason: str | None = None

    @property
    def model(self) -> ModelT:
        """The model.

        Raises:
            UndefinedMetricError: The data do not say what it is.
        """
        if self._model is None:
            msg = f"the model is not identified: {self.used} of {self.customers} customers can tell; {self.reason}"
            raise UndefinedMetricError(msg, self)
        return self._model

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each parameter; none without a model."""
        if self._model is None:
            return []
        return [
            {"parameter": name, "value": getattr(self._model, name)}
            for name in attrs.fields_dict(type(self._model))
            if name != "unit"
        ]

    @override
    def __str__(self) -> str:
        words = ", ".join([self.status, *self.limits])
        return f"{words}\n{_tables.aligned(self.rows())}"


def unidentified(reason: str, customers: int, used: int) -> PurchaseFit[Any]:
    """Return the fit to data that say too little."""
    return PurchaseFit(
        status="not_identified",
        model=None,
        log_likelihood=None,
        iterations=0,
        customers=customers,
        used=used,
        reason=reason,
    )


def most_likely(
    likelihood: Smooth, starts: Sequence[Point], *, low: Limits, high: Limits, end: float
) -> tuple[Optimum, tuple[PurchaseFitLimit, ...]]:
    """Find the largest of the maxima that some starts lead to, and which limits of the model it is at.

    Args:
        likelihood: The mean log-likelihood of a customer, of parameters that are logs.
        starts: Where to begin; small data can have several local maxima.
        low: The limit to the low end of each parameter, if there is one.
        high: The limit to the high end.
        end: How far out a parameter is as good as at its limit.
    """
    found = [_at_limits(likelihood, maximise(likelihood, start), low, high, end) for start in starts]
    return max(found, key=lambda optimum: optimum[0].value)


def _at_limits(
    likelihood: Smooth, best: Optimum, low: Limits, high: Limits, end: float
) -> tuple[Optimum, tuple[PurchaseFitLimit, ...]]:
    """Go to the limit in each parameter that is far out, if the data are as likely there; say which limits those are."""
    limits: list[PurchaseFitLimit] = []
    held: dict[int, float] = {}
    for place, value in enumerate(best.point):
        limit = (high if value > 0.0 else low)[place]
        if abs(value) < _FAR or limit is None:
            continue
        ends = {**held, place: max(value, end) if value > 0.0 else min(value, -end)}
        there = _held(likelihood, best, ends)
        if there.value >= best.value - _SAME:
            best, held = there, ends
            limits.append(limit)
    return best, tuple(limits)


def _held(likelihood: Smooth, best: Optimum, ends: Mapping[int, float]) -> Optimum:
    """Fit again with some parameters held."""

    def held(point: Point) -> tuple[float, Point]:
        value, slope = likelihood(point)
        return value, tuple(0.0 if place in ends else part for place, part in enumerate(slope))

    found = maximise(held, tuple(ends.get(place, value) for place, value in enumerate(best.point)))
    return found._replace(iterations=best.iterations + found.iterations)


def a_parameter(value: float, what: str) -> float:
    """Check a parameter of a distribution: a number above 0 and below 10**60."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        msg = f"{what} must be a number, got {value!r}"
        raise InvalidTypeError(msg, value)
    if not 0.0 < value < COUNTABLE:
        msg = f"{what} must be finite and above 0, and below 10**60, got {shown(value)}"
        raise InvalidValueError(msg, value)
    return float(value)
