"""Survival curves: the share that is still there after each time, and how sure it is."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, pairwise
from math import exp, log, sqrt
from operator import add, mul, not_, sub, truediv
from typing import Literal, NamedTuple, TypeAlias

import attrs
from typing_extensions import override

from cxkit import _charts, _stats
from cxkit._checks import one_of
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics._survival.counts import Count, Time, a_time
from cxkit.metrics._survival.table import SurvivalTable
from cxkit.tallies import Interval

SurvivalMethod = Literal["log-log", "log", "plain"]
"""How the interval of a survival curve is found."""
ROUNDING = 1e-9  # what a share that is a product of many may be off
STEEPEST = 700.0  # the exponential of it is a float


class Quantile(NamedTuple):
    """The time by which a share of the customers is lost, and how sure it is.

    Attributes:
        value: The first time at which no more than the rest is left; `None` where the curve does not come down to it.
        low: The lower end of its interval; `None` where that is not reached.
        high: The upper end; `None` where that is not reached.
    """

    value: Time | None
    low: Time | None
    high: Time | None

    @property
    def is_reached(self) -> bool:
        """Whether so many were lost within the time observed."""
        return self.value is not None


class Band(NamedTuple):
    """The ends of the intervals of a survival curve, one for each of its times.

    Attributes:
        low: The lower ends.
        high: The upper ends.
    """

    low: tuple[float, ...]
    high: tuple[float, ...]


@attrs.frozen
class RestrictedMean:
    """How long customers stay on average up to a horizon: the area under the survival curve.

    Attributes:
        value: The time, in the unit of the curve.
        standard_error: Its standard error (Klein and Moeschberger 2003, 4.5.1).
        horizon: Up to when; longer stays count as so long.
    """

    value: float
    standard_error: float
    horizon: Time

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return where it may lie, by the normal approximation; from 0 to the horizon at most."""
        margin = _stats.z_value(confidence) * self.standard_error
        return Interval(max(0.0, self.value - margin), min(float(self.horizon), self.value + margin))


@attrs.frozen(repr=False)
class SurvivalCurve(_charts.Charted):
    """The share of customers that is still there after each time, of some of whom the end was not seen.

    It is estimated as the product of the shares that stayed at each time at which somebody was lost (Kaplan and Meier 1958).
    Who was last seen at that time is at risk at it.

    Attributes:
        table: The counts that it was made of.
        times: The times at which somebody was lost.
        at_risk: How many could have been lost then.
        events: How many were lost then.
        survival: The share that is left after that.

    >>> from cxkit.metrics import kaplan_meier
    >>> curve = kaplan_meier([1, 2, 3, 4], [True, True, True, False], unit="months")
    >>> curve.survival, curve.median.value, curve.survival_at(1.5)
    ((0.75, 0.5, 0.25), 2, 0.75)
    >>> low, high = curve.interval_at(2)
    >>> round(low, 3), round(high, 3)
    (0.058, 0.845)
    """

    table: SurvivalTable
    times: tuple[Time, ...] = attrs.field(init=False, eq=False)
    at_risk: tuple[Count, ...] = attrs.field(init=False, eq=False)
    events: tuple[Count, ...] = attrs.field(init=False, eq=False)
    survival: tuple[float, ...] = attrs.field(init=False, eq=False)
    _spread: tuple[float, ...] = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.table, SurvivalTable):
            msg = f"a survival curve is made of a SurvivalTable, got {self.table!r}; see kaplan_meier(...)"
            raise InvalidTypeError(msg, self.table)
        keep = object.__setattr__
        keep(self, "times", tuple(self.table.events))
        keep(self, "events", tuple(self.table.events.values()))
        keep(self, "at_risk", tuple(self.table.at_risk(self.times)))
        survival, spread = _estimates(_floats(self.at_risk), _floats(self.events))
        keep(self, "survival", survival)
        keep(self, "_spread", spread)

    @property
    def unit(self) -> str:
        """The unit of the times, in words."""
        return self.table.unit

    @property
    def is_defined(self) -> bool:
        """Whether there were any customers."""
        return self.table.is_defined

    @property
    def observed_until(self) -> Time:
        """The last time at which anybody was seen; what comes later is not known."""
        if not self.is_defined:
            msg = "survival is undefined: no customers; ask is_defined where that can happen"
            raise UndefinedMetricError(msg)
        return max(max(part, default=0) for part in (self.table.events, self.table.censored))

    def survival_at(self, time: Time) -> float:
        """Return the share that is still there after a time.

        Raises:
            UndefinedMetricError: There were no customers, or none was observed for so long and some were left.
        """
        place = self._place(time)
        return self.survival[place] if place >= 0 else 1.0

    def standard_error_at(self, time: Time) -> float:
        """Return the standard error of the share that is still there after a time (Greenwood 1926); 0 where nobody is left."""
        place = self._place(time)
        return self.survival[place] * sqrt(self._spread[place]) if place >= 0 else 0.0

    def interval_at(self, time: Time, confidence: float = 0.95, *, method: SurvivalMethod = "log-log") -> Interval:
        """Return where the share that is still there after a time may lie.

        Args:
            time: After how long.
            confidence: Between 0 and 1, at each time.
            method: `"log-log"` never leaves [0, 1] and is sound for few customers (Kalbfleisch and Prentice 1980); `"log"` is cut
                off at 1, and `"plain"` at 0 and 1. Before anybody was lost there is no width; where nobody is left, it reaches
                from 0 to where it did just before.
        """
        place, z = self._place(time), _stats.z_value(confidence)
        bounds = _BOUNDS[one_of(method, _BOUNDS, "method")]
        left = min(place, bisect_left(self.survival, 1, key=not_) - 1)  # the last time that left somebody
        if left < 0:
            return Interval(1.0, 1.0) if place < 0 else Interval(0.0, 1.0)
        [low], [high] = bounds([self.survival[left]], [z * sqrt(self._spread[left])])
        return Interval(low if left == place else 0.0, high)

    def band(self, confidence: float = 0.95, *, method: SurvivalMethod = "log-log") -> Band:
        """Return the ends of the interval at each time at which somebody was lost; see `interval_at`."""
        z, bounds = _stats.z_value(confidence), _BOUNDS[one_of(method, _BOUNDS, "method")]
        left = bisect_left(self.survival, 1, key=not_)  # how many times leave somebody
        low, high = bounds(self.survival[:left], [z * sqrt(spread) for spread in self._spread[:left]])
        nobody, highest = len(self.times) - left, high[-1] if high else 1.0
        return Band((*low, *[0.0] * nobody), (*high, *[highest] * nobody))

    @property
    def median(self) -> Quantile:
        """The time by which half of the customers are lost, with its 95 % interval."""
        return self.quantile(0.5)

    def quantile(self, share: float, *, confidence: float = 0.95, method: SurvivalMethod = "log-log") -> Quantile:
        """Return the first time by which at least a share of the customers is lost, and where it may lie.

        Its interval holds the times at which that of the curve holds what is left (Brookmeyer and Crowley 1982). On a flat step
        at exactly that height, the time is where the step begins.

        Args:
            share: Of the customers, more than 0 and under 1.
            confidence: Between 0 and 1.
            method: How the interval of the curve is found; see `interval_at`.
        """
        if type(share) not in (int, float) or not 0 < share < 1:
            msg = f"the share that is lost must be a float between 0 and 1, got {share!r}"
            raise InvalidValueError(msg, share)
        left = 1.0 - share + ROUNDING
        return Quantile(
            *(self._first(heights, left) for heights in (self.survival, *self.band(confidence, method=method)))
        )

    def restricted_mean(self, horizon: Time) -> RestrictedMean:
        """Return how long customers stay on average, up to a horizon.

        Raises:
            UndefinedMetricError: Nobody was observed for so long and some were left.
        """
        last = self._place(horizon)
        edges = [0, *self.times[: last + 1], horizon]
        heights = [1.0, *self.survival[: last + 1]]
        areas = [(end - start) * height for (start, end), height in zip(pairwise(edges), heights, strict=True)]
        rest, variance = 0.0, 0.0
        for place in range(last, -1, -1):
            rest += areas[place + 1]
            number, lost = self.at_risk[place], self.events[place]
            variance += float(rest * rest * lost / (number * (number - lost))) if number > lost else 0.0
        return RestrictedMean(float(sum(areas)), sqrt(variance), horizon)

    def cumulative_hazard_at(self, time: Time) -> float:
        """Return the cumulative hazard after a time: the sum of lost over at risk (Nelson 1972, Aalen 1978)."""
        place = self._place(time)
        return float(sum(lost / number for lost, number in self._losses(place)))

    def cumulative_hazard_interval_at(self, time: Time, confidence: float = 0.95) -> Interval:
        """Return where the cumulative hazard after a time may lie.

        It is symmetric on the scale of the logarithm, with the variance of Aalen, the sum of lost over at risk squared (Klein and
        Moeschberger 2003, 4.3.2); without width before anybody was lost.
        """
        place, z = self._place(time), _stats.z_value(confidence)
        hazard = float(sum(lost / number for lost, number in self._losses(place)))
        if not hazard:
            return Interval(0.0, 0.0)
        reach = _exp(z * sqrt(sum(lost / (number * number) for lost, number in self._losses(place))) / hazard)
        return Interval(hazard / reach, hazard * reach)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each time at which somebody was lost."""
        return [
            {
                "time": time,
                "at_risk": number,
                "events": lost,
                "survival": share,
                "low": low,
                "high": high,
            }
            for time, number, lost, share, low, high in zip(
                self.times, self.at_risk, self.events, self.survival, *self.band(), strict=True
            )
        ]

    @override
    def chart(self) -> _charts.Spec:
        """Return the curve with its 95 % interval as a Vega-Lite v5 specification."""
        began: dict[str, object] = {"time": 0, "survival": 1.0, "low": 1.0, "high": 1.0}
        return _charts.step_band(
            [began, *self.rows()],
            x="time",
            y="survival",
            low="low",
            high="high",
            title=f"still there after ({self.unit})",
        )

    @override
    def __repr__(self) -> str:
        return f"SurvivalCurve({self.table!r})"

    def _place(self, time: Time) -> int:
        """Return the place of the last loss up to a time; -1 before the first."""
        place = bisect_right(self.times, a_time(time)) - 1
        if time > self.observed_until and (place < 0 or self.survival[place]):
            msg = f"survival after {time} {self.unit} is undefined: nobody was observed for longer than {self.observed_until}"
            raise UndefinedMetricError(msg)
        return place

    def _losses(self, place: int) -> Sequence[tuple[Count, Count]]:
        return tuple(zip(self.events[: place + 1], self.at_risk[: place + 1], strict=True))

    def _first(self, heights: Sequence[float], left: float) -> Time | None:
        return next((time for time, height in zip(self.times, heights, strict=True) if height <= left), None)


def _estimates(at_risk: Sequence[float], events: Sequence[float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the shares left after each loss, and Greenwood's sums of lost / (at risk * left); none where nobody is left."""
    rest = list(map(sub, at_risk, events))
    some = rest.index(0) if 0 in rest else len(rest)  # how many times leave somebody
    nobody = [0.0] * (len(rest) - some)
    shares = accumulate(map(truediv, rest[:some], at_risk), mul)
    spreads = accumulate(map(truediv, events, map(mul, at_risk[:some], rest)))
    return (*shares, *nobody), (*spreads, *nobody)


def _exp(power: float) -> float:
    """Return the exponential, of what is within a float's reach: beyond it, an interval is as wide as can be."""
    return exp(min(max(power, -STEEPEST), STEEPEST))


def _floats(counts: Sequence[Count]) -> list[float]:
    return list(map(float, counts))


_Ends: TypeAlias = tuple[list[float], list[float]]


def _log_log(shares: Sequence[float], errors: Sequence[float]) -> _Ends:
    depths = list(map(log, shares))
    reaches = [_exp(error / depth) if depth else 1.0 for error, depth in zip(errors, depths, strict=True)]
    return list(map(exp, map(truediv, depths, reaches))), list(map(exp, map(mul, depths, reaches)))


def _log(shares: Sequence[float], errors: Sequence[float]) -> _Ends:
    reaches = list(map(_exp, errors))
    return list(map(truediv, shares, reaches)), [min(1.0, high) for high in map(mul, shares, reaches)]


def _plain(shares: Sequence[float], errors: Sequence[float]) -> _Ends:
    margins = list(map(mul, shares, errors))
    return [max(0.0, low) for low in map(sub, shares, margins)], [min(1.0, high) for high in map(add, shares, margins)]


_BOUNDS: Mapping[SurvivalMethod, Callable[[Sequence[float], Sequence[float]], _Ends]] = {
    "log-log": _log_log,
    "log": _log,
    "plain": _plain,
}
