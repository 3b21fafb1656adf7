"""Months: how many days they have on average, for what converts between months and days."""

from decimal import Decimal
from fractions import Fraction

from cxkit._checks import shown
from cxkit.errors import InvalidTypeError, InvalidValueError

Days = Fraction | Decimal | float


def days_of_a_month(days_per_month: Days) -> Fraction:
    """Check how many days a month is taken to have; a float counts as the decimal that it prints as."""
    if isinstance(days_per_month, bool) or not isinstance(days_per_month, Fraction | Decimal | int | float):
        msg = f"days_per_month must be a number such as 30.4375, got {days_per_month!r}"
        raise InvalidTypeError(msg, days_per_month)
    is_number = not isinstance(days_per_month, Decimal) or days_per_month.is_finite()  # a Decimal NaN has no order
    if not is_number or not 28 <= days_per_month <= 31:  # noqa: PLR2004 - the days of a month
        msg = f"days_per_month must be from 28 to 31, got {shown(days_per_month)}"
        raise InvalidValueError(msg, days_per_month)
    return Fraction(repr(float(days_per_month)) if isinstance(days_per_month, float) else days_per_month)
