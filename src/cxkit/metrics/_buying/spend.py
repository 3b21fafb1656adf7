"""What customers spend at a purchase, where little is known of each."""

from collections.abc import Iterable
from math import exp, log, log1p
from typing import Self

import attrs

from cxkit._checks import a_count, each, shown
from cxkit._fitting import Point
from cxkit._forms import NUMBER, stored
from cxkit._special import digamma, log_beta
from cxkit.errors import InvalidTypeError, UndefinedMetricError
from cxkit.metrics._buying.fit import PurchaseFit, PurchaseFitLimit, a_parameter, most_likely, unidentified
from cxkit.metrics._buying.history import PurchaseHistory

_LOW: tuple[PurchaseFitLimit | None, ...] = ("no_pattern", "no_middle", None)
_HIGH: tuple[PurchaseFitLimit | None, ...] = ("always_the_same", "all_alike", None)
_START = (1.0, 1.0, 0.0)
_END = log(1e6)  # where a parameter is as good as at its limit


@stored("metrics.gamma_gamma", p=NUMBER, q=NUMBER, v=NUMBER)
@attrs.frozen
class GammaGamma:
    """The Gamma-Gamma model: what customers spend at a purchase varies around a mean of their own.

    Fader and Hardie 2013, "The Gamma-Gamma Model of Monetary Value". What a customer spends must have nothing to do with how
    often they buy. Spends are estimates, so they are floats, in the currency of the data.

    Attributes:
        p: What a customer spends is gamma distributed with this shape,
        q: and a rate of their own that is gamma distributed, with this shape
        v: and this rate; it is an amount.

    >>> model = GammaGamma(p=6.25, q=3.74, v=15.44)
    >>> round(model.mean_spend, 2), round(model.expected_spend(2, 22.35), 2)
    (35.22, 24.66)
    """

    p: float
    q: float
    v: float

    def __attrs_post_init__(self) -> None:
        for name in ("p", "q", "v"):
            object.__setattr__(self, name, a_parameter(getattr(self, name), name))

    @classmethod
    def fit(cls, histories: Iterable[PurchaseHistory]) -> PurchaseFit[Self]:
        """Fit the model to what customers spent when they bought again, by maximum likelihood.

        Args:
            histories: The customers, one by one. Those who bought once, of whom an amount is not known, or who spent nothing, do
                not count: see `PurchaseFit.used`.
        """
        known: list[tuple[int, float]] = []
        customers = 0
        for history in each(histories, "purchase histories"):
            if not isinstance(history, PurchaseHistory):
                msg = f"expected a PurchaseHistory, got {shown(history)}; see purchase_histories(...)"
                raise InvalidTypeError(msg, history)
            customers += 1
            mean = history.mean_spend
            if mean is not None and mean > 0.0:
                known.append((history.frequency, mean))
        used = len(known)
        if len({mean for _, mean in known}) <= 1:
            alike = "all of them spend the same at a purchase on average; " * (used > 1)
            return unidentified(f"{alike}it takes 2 who bought again and spend differently", customers, used)
        scale = sum(mean for _, mean in known) / used
        likelihood = _Likelihood([(x, mean / scale) for x, mean in known])
        best, limits = most_likely(likelihood, [_START], low=_LOW, high=_HIGH, end=_END)
        p, q, middle = map(exp, best.point)
        return PurchaseFit(
            status="boundary" if limits else "ok",
            model=cls(p, q, middle * scale * q / p),
            log_likelihood=(best.value - log(scale)) * used,
            iterations=best.iterations,
            customers=customers,
            used=used,
            limits=limits,
        )

    @property
    def mean_spend(self) -> float:
        """The mean spend of customers, `p * v / (q - 1)`.

        Raises:
            UndefinedMetricError: q is 1 or less: some customers spend so much that there is no mean.
        """
        return self.expected_spend(0)

    def expected_spend(self, x: int, mean: float = 0.0) -> float:
        """Return what a customer will spend at a purchase, on average: `p * (v + x * mean) / (p * x + q - 1)`.

        Args:
            x: On how many days they bought again; for 0 it is the mean spend of customers.
            mean: What they spent on one of those days, on average; does not count for 0.

        Raises:
            UndefinedMetricError: There is no mean, as `p * x + q` is 1 or less.
        """
        seen = a_parameter(mean, "the mean spend") if a_count(x, "x") else 0.0
        rest = self.p * x + self.q - 1.0
        if rest <= 0.0:
            msg = f"expected spend is undefined: p * x + q must be above 1, got {rest + 1.0:.4g}"
            raise UndefinedMetricError(msg, self)
        return self.p * (self.v + x * seen) / rest


class _Likelihood:
    """The mean log-likelihood of customers' mean spends, as a function of the logs of p, q and p * v / q.

    With w = x * mean: `-log(mean) - log(B(p * x, q)) - p * x * log(1 + v / w) - q * log(1 + w / v)`.
    """

    def __init__(self, known: list[tuple[int, float]]) -> None:
        self.known = [(x, x * mean) for x, mean in known]
        self.constant = sum(log(mean) for _, mean in known)

    def __call__(self, point: Point) -> tuple[float, Point]:
        p, q, middle = map(exp, point)
        v = middle * q / p
        value, by_p, by_q, by_v = -self.constant, 0.0, 0.0, 0.0
        psi_q = digamma(q)
        for x, spent in self.known:
            shape = p * x
            less, more = log1p(v / spent), log1p(spent / v)
            both = digamma(shape + q)
            value -= log_beta(shape, q) + shape * less + q * more
            by_p += shape * (both - digamma(shape) - less)
            by_q += q * (both - psi_q - more)
            by_v += (q * spent - shape * v) / (v + spent)
        total = len(self.known)
        # v falls with p and rises with q where p * v / q stays.
        return value / total, ((by_p - by_v) / total, (by_q + by_v) / total, by_v / total)
