"""Rates per period: a discount and a retention that know what they are per, so that no month meets a week."""

from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from math import exp, expm1, isfinite, log, log1p
from typing import Self

import attrs

from cxkit._checks import a_count, an_amount, shown, text_hint
from cxkit._forms import DECIMAL, nested, stored
from cxkit.calendar import Span
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics._months import Days, days_of_a_month

Number = Decimal | float
HOURS = 24  # of a day of UTC
NOBODY = 1e-25
MOST_PERIODS = 10_000
SPAN = nested(Span)
# Every setting is spelt out: what is left out would come from decimal.DefaultContext, which a caller may have changed.
_ROUNDED = Context(28, ROUND_HALF_EVEN, MIN_EMIN, MAX_EMAX, capitals=1, clamp=0, flags=[], traps=[])


def a_period_length(per: Span) -> Span:
    """Check the length of a period: so many months, or so many days or hours; the zone of its calendar is left out."""
    if not isinstance(per, Span):
        msg = f"per must be a span such as months(1) or weeks(1), got {per!r}"
        raise InvalidTypeError(msg, per)
    if not per or (per.months and (per.days or per.hours)):
        msg = f"per must be some months, or some days or hours, got {per!r}"
        raise InvalidValueError(msg, per)
    return attrs.evolve(per, tz="UTC")


def a_number_of_periods(number: int, what: str, *, least: int = 0) -> int:
    """Check a number of periods, or of renewals: up to 10,000."""
    if a_count(number, what, least=least) > MOST_PERIODS:
        msg = f"{what} must be at most {MOST_PERIODS}, got {shown(number)}"
        raise InvalidValueError(msg, number)
    return number


def check_same_period(discount: "DiscountRate", per: Span) -> None:
    """Check that a discount is per the period of what it discounts."""
    if not isinstance(discount, DiscountRate):
        msg = f"discount must be a DiscountRate, such as DiscountRate(0.10, per=years(1)), got {discount!r}"
        raise InvalidTypeError(msg, discount)
    if discount.per != per:
        msg = (
            f"the discount is per {discount.per!r} and the retention per {per!r}; "
            f"convert it, as in discount.to({per!r})"
        )
        raise InvalidValueError(msg, discount)


def exact_number(number: Number, what: str) -> Decimal:
    """Take a number as the decimal that it prints as: 0.1 is a tenth."""
    if isinstance(number, bool) or not isinstance(number, Decimal | int | float):
        msg = f"{what} must be a number, got {number!r}{text_hint(number)}"
        raise InvalidTypeError(msg, number)
    if not isinstance(number, float):
        return an_amount(number, what)
    if not isfinite(number):
        msg = f"{what} must be finite, got {number!r}"
        raise InvalidValueError(msg, number)
    return an_amount(Decimal(repr(float(number))), what)


def _discount(number: Number) -> Decimal:
    return exact_number(number, "a discount rate")


def _retention(number: Number) -> Decimal:
    return exact_number(number, "a retention rate")


def as_decimal(number: Fraction) -> Decimal:
    """Write a fraction as a decimal, with as many digits as any rate needs."""
    return _ROUNDED.divide(number.numerator, number.denominator)


@stored("metrics.discount_rate", value=DECIMAL, per=SPAN)
@attrs.frozen
class DiscountRate:
    """How much less money is worth when it comes a period later: 1 then is worth `1 / (1 + value)` now.

    Attributes:
        value: The rate, from 0 on; a float is taken as the decimal that it prints as.
        per: The period.

    >>> from cxkit.calendar import months, years
    >>> from cxkit.metrics import DiscountRate
    >>> round(DiscountRate(0.10, per=years(1)).to(months(1)).value, 6), DiscountRate(0.01, per=months(1))
    (Decimal('0.007974'), DiscountRate(value=Decimal('0.01'), per=months(1)))
    """

    value: Decimal = attrs.field(converter=_discount)
    per: Span = attrs.field(kw_only=True, converter=a_period_length)

    def __attrs_post_init__(self) -> None:
        if self.value < 0:
            msg = f"a discount rate must not be negative, got {self.value}"
            raise InvalidValueError(msg, self.value)

    @classmethod
    def from_continuous(cls, rate: float, *, per: Span) -> Self:
        """Return the rate of continuous discounting: 1 is worth `exp(-rate)` a period earlier."""
        return cls(expm1(exact_number(rate, "a continuous rate")), per=per)

    @property
    def continuous(self) -> float:
        """The rate that discounts as much continuously: `log(1 + value)`."""
        return log1p(self.value)

    @property
    def factor(self) -> Fraction:
        """What 1 a period later is worth now, exact."""
        return 1 / (1 + Fraction(self.value))

    def to(self, per: Span, *, days_per_month: Days | None = None) -> Self:
        """Return the rate per another period that discounts as much: `(1 + value) ** (other / this) - 1`.

        Args:
            per: The other period.
            days_per_month: How many days a month is taken to have on average; needed between months or years and days or weeks.
                `Fraction(364, 12)` makes 52 weeks of a year.
        """
        steps = _steps(per, self.per, days_per_month)
        try:
            return attrs.evolve(self, value=expm1(steps * self.continuous), per=per)
        except OverflowError:
            msg = f"{self!r} is more per {per!r} than a number can hold"
            raise InvalidValueError(msg, per) from None


@stored("metrics.retention_rate", value=DECIMAL, per=SPAN)
@attrs.frozen
class RetentionRate:
    """The share of customers that stays from one period to the next, taken to be the same for ever.

    Attributes:
        value: The share, from 0 to 1; a float is taken as the decimal that it prints as.
        per: The period.

    >>> from cxkit.calendar import months, years
    >>> from cxkit.metrics import RetentionRate
    >>> round(RetentionRate(0.95, per=months(1)).to(years(1)).value, 6)
    Decimal('0.540360')
    """

    value: Decimal = attrs.field(converter=_retention)
    per: Span = attrs.field(kw_only=True, converter=a_period_length)

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.value <= 1:
            msg = f"a retention rate must be between 0 and 1, got {self.value}; write 0.8 for 80 %"
            raise InvalidValueError(msg, self.value)

    def to(self, per: Span, *, days_per_month: Days | None = None) -> Self:
        """Return the rate per another period: `value ** (other / this)`.

        This assumes that customers leave at the same rate at any time and after any tenure, which few do: where churn falls
        with tenure, 5 % a month is less than 46 % a year.

        Args:
            per: The other period.
            days_per_month: As in `DiscountRate.to`.
        """
        steps = _steps(per, self.per, days_per_month)
        share = exp(steps * log(self.value)) if self.value else 0.0
        return attrs.evolve(self, value=share if share > NOBODY else 0, per=per)


def _steps(per: Span, other: Span, days_per_month: Days | None) -> float:
    """Return how many times as long one period is as another."""
    length = a_period_length(per)
    if length.months and other.months:
        return length.months / other.months
    if not length.months and not other.months:
        return float(_hours(length) / _hours(other))
    if days_per_month is None:
        msg = (
            f"{per!r} and {other!r} have no fixed ratio; say how many days a month has on average, "
            "as in to(weeks(1), days_per_month=Fraction(364, 12))"
        )
        raise InvalidValueError(msg, per)
    days = days_of_a_month(days_per_month)
    return float(_hours(length, days) / _hours(other, days))


def _hours(per: Span, days_per_month: Fraction = Fraction()) -> Fraction:
    return HOURS * (per.days + days_per_month * per.months) + Fraction(per.hours)
