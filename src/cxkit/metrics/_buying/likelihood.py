"""How likely the purchases of many customers are under a model, and how that changes with its parameters.

Both models say: a customer buys at a rate of their own, gamma distributed, and leaves at each chance to do so with a
probability of their own, beta distributed. In the BG/NBD model the chances are the repeat purchases (Fader, Hardie and
Lee 2005, eq. 6); in the MBG/NBD model the first purchase is one as well (Batislam, Denizel and Filiztekin 2007). Who has x
repeat purchases and is still there has passed up x chances, or x + 1.

The parameters are fitted as the mean rate, r, the mean probability and a + b, all as logs, so that there are no bounds and
each limit at which data can put a model is an end of one of them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from math import exp, inf, log, log1p
from typing import NamedTuple

from cxkit._fitting import Point

Row = tuple[int, float, float, int]


class Shape(NamedTuple):
    """The parameters of a model, as they are fitted.

    Attributes:
        rate: The mean number of purchases per unit of time, r / alpha.
        r: How alike the rates are.
        leave: The mean probability to leave at a chance, a / (a + b).
        stay: The rest of it, b / (a + b).
        size: How alike the probabilities are, a + b.
    """

    rate: float
    r: float
    leave: float
    stay: float
    size: float

    @classmethod
    def at(cls, point: Point) -> "Shape":
        """Return the parameters at a point of logs, and of the log odds to leave."""
        rate, r, odds, size = point
        return cls(exp(rate), exp(r), 1.0 / (1.0 + exp(-odds)), 1.0 / (1.0 + exp(odds)), exp(size))


class Likelihood:
    """The mean log-likelihood of customers' purchases, as a function of the parameters of a model."""

    def __init__(self, rows: Iterable[Row], *, first: int) -> None:
        """Gather what depends on no parameter.

        Args:
            rows: Repeat purchases, recency, T, and how many customers have them.
            first: 1 where the first purchase is a chance to leave, else 0.
        """
        known = [row for row in rows if row[3]]
        self.customers = sum(number for *_, number in known)
        self.purchases = sum(x * number for x, _, _, number in known)
        self.buyers = _more_than(known, 0)
        self.leavers = _more_than(known, first)
        ages, recencies = _Places(), _Places()
        groups: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for x, recency, age, number in known:
            groups[x].append((recencies[recency], ages[age], number))
        self.ages, self.recencies = list(ages), list(recencies)
        self.groups = [(x, x + first, group) for x, group in sorted(groups.items())]

    def __call__(self, point: Point) -> tuple[float, Point]:
        """Return the mean log-likelihood at a point, and its slope."""
        shape = Shape.at(point)
        value, by_rate, by_r = self._paces(shape)
        ends, by_odds, by_size = self._chances(shape)
        left = self._departures(shape)
        total = (value + ends, by_rate, by_r, by_odds, by_size)
        value, *slope = ((one + other) / self.customers for one, other in zip(total, left, strict=True))
        return value, tuple(slope)

    def _paces(self, shape: Shape) -> tuple[float, float, float]:
        """Return what the counts of purchases say of the rates: `log(m**x * (r)_x / r**x)`."""
        value = self.purchases * log(shape.rate)
        by_r = 0.0
        for i, number in enumerate(self.buyers):
            value += number * log1p(i / shape.r)
            by_r -= number * i / (shape.r + i)
        return value, float(self.purchases), by_r

    def _chances(self, shape: Shape) -> tuple[float, float, float]:
        """Return what the chances passed up say of the probabilities: `log((b)_k / (a + b)_k)`."""
        value = by_odds = by_size = 0.0
        for i, number in enumerate(self.leavers):
            part = i / shape.size
            stay = shape.stay + part
            value += number * (log(stay) - log1p(part))
            by_odds -= number * shape.leave * shape.stay / stay
            by_size += number * part * (1.0 / (1.0 + part) - 1.0 / stay)
        return value, by_odds, by_size

    def _departures(self, shape: Shape) -> tuple[float, float, float, float, float]:
        """Return the rest: that nothing came after the last purchase, because the customer left then or was slow."""
        rate, r, leave, stay, size = shape
        ages, recencies = _slowness(self.ages, rate, r), _slowness(self.recencies, rate, r)
        value = by_rate = by_r = by_odds = by_size = 0.0
        for x, chances, group in self.groups:
            bought, part = r + x, (chances - 1) / size
            lead = log(leave / (stay + part)) if chances else -inf
            gone = 0.0
            for recency, age, number in group:
                whole, whole_share = ages[age]
                before, before_share = recencies[recency]
                odds = lead + bought * (whole - before)
                if odds > 0.0:
                    faint = exp(-odds)
                    there, rest = 1.0 / (1.0 + faint), odds + log1p(faint)
                else:
                    faint = exp(odds)
                    there, rest = faint / (1.0 + faint), log1p(faint)
                there *= number
                gone += there
                shift = bought * (there * (whole_share - before_share) - number * whole_share)
                value += number * (rest - bought * whole)
                by_rate += shift
                by_r += r * (there * (whole - before) - number * whole) - shift
            if chances:
                by_odds += gone * stay * (1.0 + leave / (stay + part))
                by_size += gone * part / (stay + part)
        return value, by_rate, by_r, by_odds, by_size


class _Places(dict[float, int]):
    """The place of each value in the order in which they came first."""

    def __missing__(self, key: float) -> int:
        self[key] = place = len(self)
        return place


def _more_than(rows: Iterable[Row], first: int) -> list[int]:
    """Return how many customers have more chances than 0, 1, 2, ... up to the most that anybody has."""
    exactly: Counter[int] = Counter()
    for x, _, _, number in rows:
        exactly[x + first] += number
    found: list[int] = []
    number = 0
    for chances in range(max(exactly, default=0), 0, -1):
        number += exactly[chances]
        found.append(number)
    return found[::-1]


def _slowness(times: Iterable[float], rate: float, r: float) -> list[tuple[float, float]]:
    """Return `log(1 + m * t / r)` and its slope by log m, for each time."""
    pace = rate / r
    return [(log1p(pace * time), pace * time / (1.0 + pace * time)) for time in times]
