"""Models of renewal: who stays, for how long, and how many payments that is worth now."""

from collections.abc import Iterator
from itertools import islice
from typing import Self, TypeAlias, TypeVar

import attrs
from typing_extensions import override

from cxkit import _special
from cxkit._checks import shown
from cxkit._forms import NUMBER, stored
from cxkit.calendar import Span
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics._projection.counts import RenewalCounts
from cxkit.metrics._projection.fits import RetentionFit
from cxkit.metrics._projection.likelihood import Estimate, log_likelihood, of_alike, of_beta
from cxkit.metrics._projection.rates import SPAN, DiscountRate, a_number_of_periods, a_period_length, check_same_period

ModelT = TypeVar("ModelT")
_LIMIT = 1e-9  # alpha + beta of customers of whom some leave at once and some never
_LEAST, _MOST = 1e-30, 1e15


class _Renewing:
    """What both models derive from their churn at each renewal."""

    __slots__ = ()

    def churn_rate(self, renewal: int) -> float:
        """Return the share that is lost at a renewal, from 1, of those who came to it."""
        raise NotImplementedError

    def after(self, *, renewals: int) -> Self:
        """Return the model of the customers who have renewed so many times."""
        raise NotImplementedError

    def discounted_expected_lifetime(self, discount: DiscountRate) -> float:
        """Return how many payments a new customer makes, each for what it is worth now (DEL).

        The first is made now, and the others with each renewal.

        Args:
            discount: Per the period of the model.

        Raises:
            InvalidValueError: The discount is per another period.
            UndefinedMetricError: The number is infinite: without a discount, of customers who do not all leave soon enough.
        """
        raise NotImplementedError

    def retention_rate(self, renewal: int) -> float:
        """Return the share that renews, from 1, of those who came to that renewal."""
        return 1.0 - self.churn_rate(renewal)

    def survivor(self, renewals: int) -> float:
        """Return the share of new customers that is still there after so many renewals, up to 10,000."""
        number = a_number_of_periods(renewals, "renewals")
        return next(islice(self._survivors(), number, None))

    def survivors(self, renewals: int) -> tuple[float, ...]:
        """Return the share of new customers that is still there after each renewal, from the first to so many."""
        return tuple(islice(self._survivors(), 1, a_number_of_periods(renewals, "renewals") + 1))

    def discounted_residual_lifetime(self, discount: DiscountRate, *, before_renewal: int) -> float:
        """Return how many more payments a customer makes who is about to decide on a renewal (DERL).

        The payment for that renewal is not discounted, and not certain (Fader and Hardie 2010, Marketing Science 29:85-93).

        Args:
            discount: Per the period of the model.
            before_renewal: Which renewal, from 1: the customer has renewed once less.
        """
        number = a_number_of_periods(before_renewal, "before_renewal", least=1)
        return self.retention_rate(number) * self.after(renewals=number).discounted_expected_lifetime(discount)

    def _survivors(self) -> Iterator[float]:
        """Yield the share that is left after no renewal, after one, and so on."""
        share, renewal = 1.0, 0
        while True:
            yield share
            renewal += 1
            share *= self.retention_rate(renewal)


@stored("metrics.geometric", churn=NUMBER, per=SPAN)
@attrs.frozen
class Geometric(_Renewing):
    """Customers who are all alike, and leave with the same probability at each renewal.

    Attributes:
        churn: That probability.
        per: The time from one renewal to the next.

    >>> from cxkit.calendar import years
    >>> from cxkit.metrics import DiscountRate, Geometric
    >>> model = Geometric(0.2, per=years(1))
    >>> round(model.survivor(2), 2), round(model.discounted_expected_lifetime(DiscountRate(0.10, per=years(1))), 2)
    (0.64, 3.67)
    """

    churn: float
    per: Span = attrs.field(kw_only=True, converter=a_period_length)

    def __attrs_post_init__(self) -> None:
        if not 0.0 <= _a_number(self.churn, "churn") <= 1.0:
            msg = f"churn must be between 0 and 1, got {shown(self.churn)}; write 0.2 for 20 %"
            raise InvalidValueError(msg, self.churn)
        object.__setattr__(self, "churn", float(self.churn))

    @classmethod
    def fit(cls, counts: RenewalCounts) -> "RetentionFit[Geometric]":
        """Fit the churn: those lost over those who came to a renewal, which is the most likely one.

        >>> from cxkit.calendar import years
        >>> from cxkit.metrics import Geometric, RenewalCounts
        >>> Geometric.fit(RenewalCounts.from_survivors([100, 80, 64], per=years(1))).model
        Geometric(churn=0.2, per=months(12))
        """
        found = of_alike(_renewals(counts))
        model = None if found.churn is None else cls(found.churn, per=counts.per)
        return _fitted(counts, found, model)

    @override
    def churn_rate(self, renewal: int) -> float:
        a_number_of_periods(renewal, "renewal", least=1)
        return self.churn

    @override
    def after(self, *, renewals: int) -> Self:
        a_number_of_periods(renewals, "renewals")
        return self

    @override
    def discounted_expected_lifetime(self, discount: DiscountRate) -> float:
        check_same_period(discount, self.per)
        rate = float(discount.value)
        if not rate + self.churn:
            raise infinite()
        return (1.0 + rate) / (rate + self.churn)


@stored("metrics.shifted_beta_geometric", alpha=NUMBER, beta=NUMBER, per=SPAN)
@attrs.frozen
class ShiftedBetaGeometric(_Renewing):
    """Customers who differ: each leaves with the same probability at each renewal, and that is beta-distributed over them.

    Those who leave easily leave early, so that retention rises with tenure though no customer changes: it is `(beta + t - 1)
    / (alpha + beta + t - 1)` at renewal t (Fader and Hardie 2007, Journal of Interactive Marketing 21:76-90).

    Attributes:
        alpha: The first parameter of the beta distribution of churn, whose mean is `alpha / (alpha + beta)`.
        beta: The second one.
        per: The time from one renewal to the next.

    >>> from cxkit.calendar import years
    >>> from cxkit.metrics import DiscountRate, ShiftedBetaGeometric
    >>> model = ShiftedBetaGeometric(0.668, 3.806, per=years(1))
    >>> [round(model.retention_rate(renewal), 3) for renewal in (1, 2, 12)]
    [0.851, 0.878, 0.957]
    >>> round(model.discounted_expected_lifetime(DiscountRate(0.10, per=years(1))), 4)
    5.9226
    """

    alpha: float
    beta: float
    per: Span = attrs.field(kw_only=True, converter=a_period_length)

    def __attrs_post_init__(self) -> None:
        for name in ("alpha", "beta"):
            number = _a_number(getattr(self, name), name)
            if not _LEAST <= number <= _MOST:
                msg = f"{name} must be between {_LEAST:g} and {_MOST:g}, got {shown(number)}"
                raise InvalidValueError(msg, number)
            object.__setattr__(self, name, float(number))

    @classmethod
    def fit(cls, counts: RenewalCounts) -> "RetentionFit[ShiftedBetaGeometric | Geometric]":
        """Fit the model to renewals by maximum likelihood.

        The status of the fit says where these lead to a limit of the model, and where they leave it open.

        >>> from cxkit.calendar import years
        >>> from cxkit.metrics import RenewalCounts, ShiftedBetaGeometric
        >>> fit = ShiftedBetaGeometric.fit(RenewalCounts.from_survivors([1000, 631, 468, 382, 326], per=years(1)))
        >>> fit.status, round(fit.model.alpha, 3), round(fit.model.beta, 3), round(fit.log_likelihood, 3)
        ('ok', 0.764, 1.296, -1401.559)
        """
        found = of_beta(_renewals(counts))
        return _fitted(counts, found, cls._of(found, counts.per))

    @classmethod
    def _of(cls, found: Estimate, per: Span) -> "ShiftedBetaGeometric | Geometric | None":
        if found.churn is None or found.status == "not_identified":
            return None
        if found.spread == 0.0:
            return Geometric(found.churn, per=per)
        size = _LIMIT if found.spread is None else 1.0 / found.spread
        return cls(found.churn * size, (1.0 - found.churn) * size, per=per)

    @override
    def churn_rate(self, renewal: int) -> float:
        return self.alpha / (self.alpha + self.beta + a_number_of_periods(renewal, "renewal", least=1) - 1)

    @override
    def after(self, *, renewals: int) -> Self:
        return attrs.evolve(self, beta=self.beta + a_number_of_periods(renewals, "renewals"))

    @override
    def discounted_expected_lifetime(self, discount: DiscountRate) -> float:
        check_same_period(discount, self.per)
        rate, size = float(discount.value), self.alpha + self.beta
        if rate:
            # 2F1(1, beta; alpha + beta; 1 / (1 + rate)) (Fader and Hardie 2010): the mean over all customers of what one
            # makes, in a form in which nothing cancels where alpha is small beside beta.
            return _special.beta_mean(lambda churn: (1.0 + rate) / (rate + churn), self.alpha, self.beta)
        if self.alpha <= 1.0:
            raise infinite()
        return (size - 1.0) / (self.alpha - 1.0)


RetentionModel: TypeAlias = Geometric | ShiftedBetaGeometric
"""A model of renewal."""


def _a_number(value: float, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        msg = f"{what} must be a number, got {value!r}"
        raise InvalidTypeError(msg, value)
    return value


def infinite() -> UndefinedMetricError:
    return UndefinedMetricError("the expected lifetime is infinite; give a discount above 0, or a number of periods")


def _renewals(counts: RenewalCounts) -> list[tuple[int, int]]:
    if not isinstance(counts, RenewalCounts):
        msg = f"a model is fitted to RenewalCounts, got {counts!r}"
        raise InvalidTypeError(msg, counts)
    return list(zip(counts.at_risk, counts.lost, strict=True))


def _fitted(counts: RenewalCounts, found: Estimate, model: ModelT | None) -> RetentionFit[ModelT]:
    """Put a fit together; where only the first renewal tells anything, that is what is likely."""
    renewals, spread = (_renewals(counts)[:1], 0.0) if found.spread is None else (_renewals(counts), found.spread)
    likely = None if found.churn is None else log_likelihood(renewals, found.churn, spread)
    return RetentionFit(
        counts=counts,
        status=found.status,
        reason=found.reason,
        mean_churn=found.churn,
        log_likelihood=likely,
        model=model,
    )
