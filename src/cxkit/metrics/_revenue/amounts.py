"""Exact amounts: fractions of a currency inside, money outside."""

import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import attrs

from cxkit import _measured
from cxkit._checks import an_amount, shown
from cxkit._forms import Form, Json, Reader
from cxkit._money import from_minor, minor_unit, round_minor
from cxkit.errors import InvalidValueError, UndefinedMetricError

ZERO = Fraction()
_EXPECTED = "an exact amount as text, such as '25/3'"
_TEXT = re.compile(r"-?[0-9]{1,4000}(/[1-9][0-9]{0,3999})?", re.ASCII)  # what Python reads without a limit of its own


def exact(amount: Decimal | int | Fraction, what: str) -> Fraction:
    """Check an amount of money that is not negative, and keep it exact."""
    found = signed(amount, what)
    if found < 0:
        msg = f"{what} must not be negative, got {shown(amount)}"
        raise InvalidValueError(msg, amount)
    return found


def signed(amount: Decimal | int | Fraction, what: str) -> Fraction:
    """Check an amount of money, and keep it exact."""
    return amount if isinstance(amount, Fraction) else Fraction(an_amount(amount, what))


def to_units(amount: Fraction, currency: str) -> int:
    """Round an exact amount to minor units, half to even."""
    scaled = amount * 10 ** minor_unit(currency)
    return round_minor(scaled.numerator, scaled.denominator, "half_even")


def to_money(amount: Fraction, currency: str) -> Decimal:
    """Round an exact amount to the minor unit of its currency, half to even."""
    return from_minor(to_units(amount, currency), currency)


def total_of(amounts: Iterable[Fraction]) -> Fraction:
    """Add exact amounts."""
    return sum(amounts, start=ZERO)


def _load(data: Json, reader: Reader) -> Fraction:
    if not isinstance(data, str) or not _TEXT.fullmatch(data):
        raise reader.expected(_EXPECTED, data)
    return Fraction(data)


FRACTION: Form[Fraction] = Form(str, _load)


@attrs.frozen
class MoneyRatio(_measured.Measured):
    """An amount of money over another one.

    It has no interval: customers pay different amounts, so that it is no share of cases that are alike.

    Attributes:
        amount: The amount, exact.
        base: The amount that it is divided by, exact.
        name: What the ratio is called, in errors too.
        of: What the base is.

    >>> from fractions import Fraction
    >>> from cxkit.metrics import MoneyRatio
    >>> churn = MoneyRatio(Fraction(20), Fraction(100), name="gross MRR churn rate", of="MRR at the start")
    >>> churn.value, churn.exact
    (0.2, Fraction(1, 5))
    """

    amount: Fraction
    base: Fraction
    name: str = attrs.field(default="ratio", kw_only=True)
    of: str = attrs.field(default="base", kw_only=True)

    @property
    def is_defined(self) -> bool:
        """Whether there is anything to divide by."""
        return self.base != 0

    @property
    def exact(self) -> Fraction:
        """The ratio as a fraction; raises `UndefinedMetricError` where the base is 0."""
        if not self.base:
            raise UndefinedMetricError.no_data(self.name, self.of)
        return self.amount / self.base

    @property
    def value(self) -> float:
        """The ratio; raises `UndefinedMetricError` where the base is 0."""
        return float(self.exact)
