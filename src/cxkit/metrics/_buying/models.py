"""Models of customers who buy for a while and then leave without a word."""

from math import exp, log
from typing import ClassVar, Self

import attrs

from cxkit._checks import a_name
from cxkit._fitting import Point, maximise
from cxkit._forms import NUMBER, TEXT, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics._buying import future
from cxkit.metrics._buying.fit import PurchaseFit, PurchaseFitLimit, a_parameter, most_likely, unidentified
from cxkit.metrics._buying.history import PurchaseHistory, a_length_of_time, a_number_of_purchases, check_purchases
from cxkit.metrics._buying.likelihood import Likelihood, Row, Shape
from cxkit.metrics._buying.outlook import PurchaseOutlook
from cxkit.metrics._buying.spend import GammaGamma
from cxkit.metrics._buying.summary import PurchaseSummary

_SIZES = ("same_chance", "at_once_or_never")
_ENOUGH = 100  # rows to find a start from
_NEAR = 4.0
_STARTS = ((0.0, -1.0, 1.0), (0.0, 0.0, -1.0), (0.5, -5.0, 3.0))  # small data can have several local maxima
_LOW: tuple[PurchaseFitLimit | None, ...] = (None, "no_rate", "nobody_leaves", "at_once_or_never")
_HIGH: tuple[PurchaseFitLimit | None, ...] = (None, "same_rate", "everybody_leaves", "same_chance")
_END = log(1e9)  # where a parameter is as good as at its limit


@attrs.frozen
class _BuyTillYouDie:
    """What the two models share: they differ in whether the first purchase is a chance to leave."""

    r: float
    alpha: float
    a: float
    b: float
    unit: str = attrs.field(default="periods", kw_only=True)

    _FIRST: ClassVar[int]

    def __attrs_post_init__(self) -> None:
        for name in ("r", "alpha", "a", "b"):
            object.__setattr__(self, name, a_parameter(getattr(self, name), name))
        a_name(self.unit, "unit")

    @classmethod
    def fit(cls, summary: PurchaseSummary) -> PurchaseFit[Self]:
        """Fit the model to the purchases of customers, by maximum likelihood.

        It always comes to an answer, whose status says what it is worth (see `PurchaseFit`).

        Args:
            summary: What they bought; the model has its unit.
        """
        if not isinstance(summary, PurchaseSummary):
            msg = f"a model of purchases is fitted to a PurchaseSummary, got {summary!r}; see purchase_summary(...)"
            raise InvalidTypeError(msg, summary)
        rows = [(*purchases, number) for purchases, number in summary.counts.items()]
        customers, repeat = summary.customers, summary.repeat_customers
        if max((row[0] for row in rows), default=0) + cls._FIRST < 2:  # noqa: PLR2004 - chances, of which one was passed up
            return unidentified(f"it takes a customer who bought again{' twice' * (not cls._FIRST)}", customers, repeat)
        likelihood = Likelihood(rows, first=cls._FIRST)
        best, limits = most_likely(likelihood, _starts(rows, cls._FIRST), low=_LOW, high=_HIGH, end=_END)
        shape = Shape.at(best.point)
        model = cls(shape.r, shape.r / shape.rate, shape.leave * shape.size, shape.stay * shape.size, unit=summary.unit)
        return PurchaseFit(
            status="boundary" if limits else "ok",
            model=model,
            log_likelihood=best.value * customers,
            iterations=best.iterations,
            customers=customers,
            used=repeat,
            limits=_telling(limits),
        )

    def p_alive(self, x: int, t_x: float, T: float) -> float:  # noqa: N803 - as the papers write it
        """Return the probability that a customer with these purchases has not left.

        Args:
            x: Repeat purchases.
            t_x: From the first purchase to the last, in the unit of the model.
            T: From the first purchase until now.
        """
        check_purchases(x, t_x, T)
        chances = x + self._FIRST
        if not chances:
            return 1.0
        odds = future.log_odds_gone(self.r, self.alpha, self.a, self.b, bought=x, chances=chances, ends=(t_x, T))
        return 1.0 / (1.0 + exp(odds)) if odds < 0.0 else exp(-odds) / (1.0 + exp(-odds))

    def expected_purchases(self, t: float, x: int, t_x: float, T: float) -> float:  # noqa: N803 - as the papers write it
        """Return how many purchases a customer with these purchases will make within a time from now, on average.

        Args:
            t: The time, in the unit of the model.
            x: Repeat purchases.
            t_x: From the first purchase to the last.
            T: From the first purchase until now.
        """
        a_length_of_time(t, "t")
        alive, chances = self.p_alive(x, t_x, T), x + self._FIRST
        return alive * future.expected_before_leaving(self.r + x, t / (self.alpha + T), self.a, self.b + chances)

    def expected_purchases_of_new(self, t: float) -> float:
        """Return how many repeat purchases a new customer will make within a time from the first one, on average."""
        return self.expected_purchases(t, 0, 0.0, 0.0)

    def probability_of(self, n: int, t: float) -> float:
        """Return the probability that a new customer makes n repeat purchases within a time from the first one."""
        odds = a_length_of_time(t, "t") / self.alpha
        chances = a_number_of_purchases(n, "n") + self._FIRST
        still = exp(future.log_still_there(chances, self.a, self.b))
        gone = still * self.a / (self.b + (chances - 1)) if chances else 0.0
        here = still * future.chance_of(n, self.r, odds)
        return here + (gone * future.chance_of_at_least(n, self.r, odds) if gone else 0.0)

    def outlook(self, history: PurchaseHistory, t: float, *, spend: GammaGamma | None = None) -> PurchaseOutlook:
        """Return what a customer will do within a time from now.

        Args:
            history: What they bought; it must have the unit of the model.
            t: The time, in that unit.
            spend: A model of what customers spend; who has no spend that is known counts as a new customer in it.

        Raises:
            InvalidValueError: The units differ.
        """
        if not isinstance(history, PurchaseHistory):
            msg = f"an outlook is that of a PurchaseHistory, got {history!r}; see purchase_histories(...)"
            raise InvalidTypeError(msg, history)
        if history.unit != self.unit:
            msg = f"the model counts in {self.unit}, the history in {history.unit}; see in_unit(...)"
            raise InvalidValueError(msg, history)
        seen = (history.frequency, history.recency, history.T)
        each = None if spend is None else _expected_spend(spend, history)
        return PurchaseOutlook(history.customer, self.p_alive(*seen), self.expected_purchases(t, *seen), each)

    def in_unit(self, unit: str, *, per: float) -> Self:
        """Return the same model for times in another unit.

        Args:
            unit: The unit, in words.
            per: How many of the unit of this model one of them is: 365.25 / 12 / 7 for months, from weeks.
        """
        return attrs.evolve(self, alpha=self.alpha / a_parameter(per, "per"), unit=unit)


@stored("metrics.bg_nbd", r=NUMBER, alpha=NUMBER, a=NUMBER, b=NUMBER, unit=TEXT)
@attrs.frozen
class BetaGeometricNBD(_BuyTillYouDie):
    """The BG/NBD model: customers buy at random, and may leave for good after each repeat purchase.

    Fader, Hardie and Lee 2005, Marketing Science 24:275-284. Who never bought again counts as there, however long ago that
    was; `ModifiedBetaGeometricNBD` knows better.

    Attributes:
        r: The rates of customers are gamma distributed, with this shape.
        alpha: And this rate; it is a time, in the unit.
        a: The probabilities to leave are beta distributed, with this
        b: and this parameter.
        unit: The unit of the times, in words.

    >>> model = BetaGeometricNBD(r=0.243, alpha=4.414, a=0.793, b=2.426, unit="weeks")
    >>> round(model.p_alive(2, 30.43, 38.86), 3), round(model.expected_purchases(39, 2, 30.43, 38.86), 3)
    (0.727, 1.226)
    """

    _FIRST = 0


@stored("metrics.mbg_nbd", r=NUMBER, alpha=NUMBER, a=NUMBER, b=NUMBER, unit=TEXT)
@attrs.frozen
class ModifiedBetaGeometricNBD(_BuyTillYouDie):
    """The MBG/NBD model: customers buy at random, and may leave for good after each purchase, the first one too.

    Batislam, Denizel and Filiztekin 2007, International Journal of Research in Marketing 24:201-209.

    Attributes:
        r: The rates of customers are gamma distributed, with this shape.
        alpha: And this rate; it is a time, in the unit.
        a: The probabilities to leave are beta distributed, with this
        b: and this parameter.
        unit: The unit of the times, in words.

    >>> model = ModifiedBetaGeometricNBD(r=0.525, alpha=6.183, a=0.891, b=1.614, unit="weeks")
    >>> round(model.p_alive(0, 0, 38.86), 3)
    0.39
    """

    _FIRST = 1


def _expected_spend(model: GammaGamma, history: PurchaseHistory) -> float:
    mean = history.mean_spend
    return model.mean_spend if mean is None or mean <= 0.0 else model.expected_spend(history.frequency, mean)


def _telling(limits: tuple[PurchaseFitLimit, ...]) -> tuple[PurchaseFitLimit, ...]:
    """Leave out how alike the probabilities to leave are where all are 0 or 1."""
    is_certain = "nobody_leaves" in limits or "everybody_leaves" in limits
    return tuple(limit for limit in limits if not (is_certain and limit in _SIZES))


def _starts(rows: list[Row], first: int) -> list[Point]:
    """Return where to begin: for a few rows some places, for many one, the best for a few of them."""
    rate = log(sum(x * number for x, _, _, number in rows) / sum(age * number for _, _, age, number in rows))
    starts: list[Point] = [(rate, *start) for start in _STARTS]
    if len(rows) < 2 * _ENOUGH:
        return starts
    some = Likelihood(rows[:: len(rows) // _ENOUGH], first=first)
    best = max((maximise(some, start) for start in starts), key=lambda optimum: optimum.value)
    # Not far out, where it is flat: a few rows may be at a limit that all are not at.
    return [(best.point[0], *(max(-_NEAR, min(_NEAR, value)) for value in best.point[1:]))]
