"""Lifetime value: what a customer's payments are worth now, under a convention that has a name."""

from decimal import Decimal
from fractions import Fraction
from math import fsum
from typing import Literal, TypeAlias, get_args

import attrs

from cxkit import _tables
from cxkit._checks import an_amount, one_of
from cxkit._money import from_minor, minor_unit, round_minor
from cxkit.errors import InvalidTypeError
from cxkit.metrics._projection.models import Geometric, ShiftedBetaGeometric, infinite
from cxkit.metrics._projection.rates import DiscountRate, RetentionRate, a_number_of_periods, check_same_period

PaymentConvention = Literal["immediate", "before_renewal", "after_first_payment", "end_of_period"]
"""When a customer pays, seen from now."""
Retention: TypeAlias = RetentionRate | Geometric | ShiftedBetaGeometric
"""Who stays: a share that is the same for ever, or a model of renewal."""


def _a_margin(margin: Decimal | int) -> Decimal:
    return an_amount(margin, "margin")


@attrs.frozen(kw_only=True)
class LifetimeValue(_tables.Tabled):
    """What a customer's payments are worth now.

    Attributes:
        margin: What one payment leaves.
        retention: Who stays.
        discount: How much less a payment is worth that comes later.
        convention: When the customer pays.
        periods: Up to when payments count; `None` for all of them.
        currency: The currency of the margin and of the value.
    """

    margin: Decimal = attrs.field(converter=_a_margin)
    retention: Retention
    discount: DiscountRate
    convention: PaymentConvention
    periods: int | None = None
    currency: str

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.retention, RetentionRate | Geometric | ShiftedBetaGeometric):
            msg = f"retention must be a RetentionRate or a model of renewal, got {self.retention!r}"
            raise InvalidTypeError(msg, self.retention)
        check_same_period(self.discount, self.retention.per)
        one_of(self.convention, get_args(PaymentConvention), "convention")
        minor_unit(self.currency)
        if self.periods is not None:
            a_number_of_periods(self.periods, "periods", least=1)
        _ = self.payments  # raises where they are infinite

    @property
    def payments(self) -> Fraction:
        """How many payments the customer is expected to make, each for what it is worth now.

        Exact for a `RetentionRate`; a model counts in floats.
        """
        one_less = None if self.periods is None else self.periods - 1
        match self.convention:
            case "immediate":
                return _lifetime(self.retention, self.discount, self.periods)
            case "before_renewal":
                return _residual(self.retention, self.discount, self.periods)
            case "after_first_payment":
                return self.discount.factor * _residual(self.retention, self.discount, one_less)
            case _:  # at the end of each period
                return self.discount.factor * _lifetime(self.retention, self.discount, one_less)

    @property
    def exact(self) -> Fraction:
        """What they are worth, before rounding."""
        return Fraction(self.margin) * self.payments

    @property
    def value(self) -> Decimal:
        """What they are worth, to the minor unit, half to even."""
        return in_currency(self.exact, self.currency)

    def rows(self) -> list[dict[str, object]]:
        """Return a row."""
        return [
            {
                "convention": self.convention,
                "periods": self.periods,
                "margin": self.margin,
                "payments": float(self.payments),
                "value": self.value,
                "currency": self.currency,
            }
        ]


def lifetime_value(
    *,
    margin: Decimal | int,
    retention: Retention,
    discount: DiscountRate,
    convention: PaymentConvention,
    currency: str,
    periods: int | None = None,
) -> LifetimeValue:
    """Return what a customer's payments are worth now: the margin of one, times how many are expected, discounted.

    With a margin m, a retention r and a discount d per period, there are several formulas in use, which differ by up to a
    payment and must not be compared (Fader and Hardie 2012, Reconciling and Clarifying CLV Formulas).

    Args:
        margin: What one payment leaves.
        retention: A `RetentionRate`, or a model of renewal, such as `model.after(renewals=4)` for who renewed four times.
        discount: Per the period of the retention.
        convention: `"immediate"`: a new customer pays now, and at each renewal, `m (1 + d) / (1 + d - r)`.
            `"after_first_payment"`: one has just paid and pays next at the first renewal, `m r / (1 + d - r)`.
            `"end_of_period"`: one pays at the end of each period, and surely at the end of this one, `m / (1 + d - r)`.
            `"before_renewal"`: one pays now if they renew, `m r (1 + d) / (1 + d - r)`.
        currency: Which, as an ISO 4217 code.
        periods: Only payments within so many periods from now count, which makes it a value to a horizon and not of a
            lifetime; all count unless given. With 4 there are five payments where the first is now (`"immediate"`,
            `"before_renewal"`) and four otherwise. At most 10,000.

    Raises:
        InvalidValueError: The retention and the discount are per two periods; convert one of them.
        UndefinedMetricError: The value is infinite.

    >>> from cxkit.calendar import years
    >>> from cxkit.metrics import DiscountRate, RetentionRate, lifetime_value
    >>> yearly, discount = RetentionRate(0.8, per=years(1)), DiscountRate(0.10, per=years(1))
    >>> for convention in ("immediate", "after_first_payment", "end_of_period"):
    ...     lifetime_value(margin=100, retention=yearly, discount=discount, convention=convention, currency="EUR").value
    Decimal('366.67')
    Decimal('266.67')
    Decimal('333.33')
    """
    return LifetimeValue(
        margin=margin,
        retention=retention,
        discount=discount,
        convention=convention,
        periods=periods,
        currency=currency,
    )


def in_currency(amount: Fraction, currency: str) -> Decimal:
    """Round an exact amount to the minor unit of a currency, half to even."""
    units = amount * 10 ** minor_unit(currency)
    return from_minor(round_minor(units.numerator, units.denominator, "half_even"), currency)


def _lifetime(retention: Retention, discount: DiscountRate, periods: int | None) -> Fraction:
    """Return how many payments are expected at the beginning of periods, the first of them now."""
    if isinstance(retention, RetentionRate):
        return _geometric_sum(Fraction(retention.value) * discount.factor, periods)
    if periods is None:
        return Fraction(retention.discounted_expected_lifetime(discount))
    factor = float(discount.factor)
    shares = enumerate((1.0, *retention.survivors(periods)))
    return Fraction(fsum(share * factor**time for time, share in shares))


def _residual(retention: Retention, discount: DiscountRate, periods: int | None) -> Fraction:
    """Return how many payments are expected at renewals, the first of which is due now."""
    if isinstance(retention, RetentionRate):
        return Fraction(retention.value) * _lifetime(retention, discount, periods)
    return Fraction(retention.retention_rate(1)) * _lifetime(retention.after(renewals=1), discount, periods)


def _geometric_sum(ratio: Fraction, periods: int | None) -> Fraction:
    """Return `1 + ratio + ratio**2 + ...`, all of it or up to a power."""
    if periods is None:
        if ratio == 1:
            raise infinite()
        return 1 / (1 - ratio)
    return Fraction(periods + 1) if ratio == 1 else (1 - ratio ** (periods + 1)) / (1 - ratio)
