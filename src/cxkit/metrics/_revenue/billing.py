"""Billing: what a price for a year, a week or 30 days comes to in a month."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal, TypeAlias, cast

import attrs

from cxkit._checks import an_amount, an_instant, one_of
from cxkit._forms import DECIMAL, MOMENT, Form, Json, Reader, optional, stored
from cxkit.calendar import LENGTH_FORM, Length, PeriodUnit, Span, a_length
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics._revenue.amounts import ZERO, exact

BillingPeriod: TypeAlias = PeriodUnit | Length
"""How often a price is charged: `"month"`, `"year"` and the like, or a length of time such as `months(6)`."""
CouponRule = Literal["forever", "all"]
"""Which coupons lower the monthly amount: those that last `"forever"`, or `"all"`, each while it lasts."""
COUPON_RULES: tuple[CouponRule, ...] = ("forever", "all")

_WEEKS, _DAYS = Fraction(52, 12), Fraction(365, 12)  # in a month
_PER_MONTH: Mapping[PeriodUnit, Fraction] = {
    "day": _DAYS,
    "week": _WEEKS,
    "month": Fraction(1),
    "quarter": Fraction(1, 3),
    "year": Fraction(1, 12),
}
_LENGTHS: Mapping[PeriodUnit, Span] = {
    "day": Span(days=1),
    "week": Span(days=7),
    "month": Span(months=1),
    "quarter": Span(months=3),
    "year": Span(months=12),
}
_EXPECTED = f"one of {', '.join(_PER_MONTH)}, or a length of time"
_DAY = timedelta(days=1)
_WEEK = 7  # days


@stored("metrics.coupon", percent=optional(DECIMAL), amount=optional(DECIMAL), until=optional(MOMENT))
@attrs.frozen(kw_only=True)
class Coupon:
    """What is taken off each bill of a subscription: a percentage, or an amount.

    Attributes:
        percent: How many per cent, from 0 to 100.
        amount: How much off the price of each billing period, in its currency; never more than the price.
        until: The first moment without it; `None` for one that lasts forever.

    >>> from cxkit.metrics import Coupon, monthly_amount
    >>> monthly_amount(120, per="year", coupon=Coupon(percent=10))
    Fraction(9, 1)
    """

    percent: Decimal | None = None
    amount: Decimal | None = None
    until: datetime | None = None

    def __attrs_post_init__(self) -> None:
        if (self.percent is None) == (self.amount is None):
            msg = f"a coupon takes off either a percent or an amount, got {self.percent!r} and {self.amount!r}"
            raise InvalidValueError(msg, self.percent)
        for what in ("percent", "amount"):
            if (given := getattr(self, what)) is not None:
                exact(given, f"{what} of a coupon")
                object.__setattr__(self, what, an_amount(given, what))
        if self.percent is not None and self.percent > 100:  # noqa: PLR2004 - per cent
            msg = f"percent of a coupon must be at most 100, got {self.percent}"
            raise InvalidValueError(msg, self.percent)
        if self.until is not None:
            object.__setattr__(self, "until", an_instant(self.until, "until"))

    def off(self, price: Fraction) -> Fraction:
        """Return what is left of the price of a billing period."""
        if self.percent is not None:
            return price * (1 - Fraction(self.percent) / 100)
        return max(ZERO, price - Fraction(self.amount or 0))


def monthly_amount(
    amount: Decimal | int, *, per: BillingPeriod, coupon: Coupon | None = None, coupons: CouponRule | None = None
) -> Fraction:
    """Return what a price comes to in a month, exactly.

    A year has 12 months, a quarter 3; 52 weeks are 12 months, and so are 365 days. The coupon is taken off first, from the
    price of the billing period. The answer is a fraction of the currency, so that a thousand prices of 100 a year add up to
    8333.33 and not to 8330; amounts of money are what `Subscriptions.mrr` and `MrrRollForward` give.

    Args:
        amount: The price of a billing period.
        per: The billing period: a name, or months, or days. A whole number of weeks counts as weeks.
        coupon: What is taken off.
        coupons: To be said of a coupon that ends: `"forever"` leaves it out, `"all"` takes it off while it lasts. Stripe does
            the first, ProfitWell and ChartMogul the second.

    Raises:
        InvalidValueError: For a coupon that ends, without `coupons`; and for a period of months and days.

    >>> from decimal import Decimal
    >>> from cxkit.calendar import months
    >>> from cxkit.metrics import monthly_amount
    >>> monthly_amount(Decimal("100.00"), per="year"), monthly_amount(10, per="week"), monthly_amount(90, per=months(6))
    (Fraction(25, 3), Fraction(130, 3), Fraction(15, 1))
    """
    exact(amount, "amount")
    per_month(per)
    is_off = coupon is not None and is_deducted(coupon, coupons)
    return in_a_month(an_amount(amount, "amount"), per, coupon if is_off else None)


@lru_cache(maxsize=1024)
def in_a_month(amount: Decimal, per: BillingPeriod, coupon: Coupon | None) -> Fraction:
    """Return what a price comes to in a month: of many customers, few prices."""
    price = Fraction(amount)
    return (price if coupon is None else coupon.off(price)) * per_month(per)


def is_deducted(coupon: Coupon, coupons: CouponRule | None) -> bool:
    """Whether a coupon lowers the monthly amount while it lasts."""
    if not isinstance(coupon, Coupon):
        msg = f"coupon must be a Coupon, got {coupon!r}"
        raise InvalidTypeError(msg, coupon)
    if coupons is not None:
        one_of(coupons, COUPON_RULES, "coupons")
    if coupon.until is None:
        return True
    if coupons is None:
        msg = "systems disagree on coupons that end; say coupons='forever' to leave them out, or 'all' to take them off"
        raise InvalidValueError(msg, coupon)
    return coupons == "all"


def per_month(per: BillingPeriod) -> Fraction:
    """Return how many billing periods a month has."""
    if isinstance(per, str):
        return _PER_MONTH[one_of(per, _PER_MONTH, "per")]
    length = a_length(per, "per")
    if isinstance(length, Span):
        if length.months and not (length.days or length.hours):
            return Fraction(1, length.months)
        days = length.days + Fraction(length.hours, 24)
        if length.months:
            msg = f"a billing period is of months or of days, got {length!r}"
            raise InvalidValueError(msg, length)
    else:
        days = Fraction(length // timedelta.resolution, _DAY // timedelta.resolution)
    if not days:
        msg = f"a billing period must not be zero, got {length!r}"
        raise InvalidValueError(msg, length)
    return _WEEKS * _WEEK / days if days % _WEEK == 0 else _DAYS / days


def length_of(per: BillingPeriod) -> Length:
    """Return a billing period as a length of time."""
    return _LENGTHS[per] if isinstance(per, str) else per


def _load(data: Json, reader: Reader) -> BillingPeriod:
    if not isinstance(data, str):
        return LENGTH_FORM.load(data, reader)
    if data not in _PER_MONTH:
        raise reader.expected(_EXPECTED, data)
    return cast("PeriodUnit", data)


BILLING_PERIOD: Form[BillingPeriod] = Form(lambda per: per if isinstance(per, str) else LENGTH_FORM.dump(per), _load)
