"""Rates of one period as rates of another, under the assumption of a constant hazard."""

from datetime import timedelta
from fractions import Fraction
from math import expm1, log1p
from typing import Literal

import attrs

from cxkit import _measured
from cxkit.calendar import Length, Span, a_length
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics._months import Days, days_of_a_month
from cxkit.tallies import Interval, PopulationRate, Rate

MICROSECOND, DAY = timedelta(microseconds=1), timedelta(days=1)
SomeRate = float | Rate | PopulationRate
Assumption = Literal["constant_hazard"]


def _a_share(rate: SomeRate) -> SomeRate:
    if isinstance(rate, Rate | PopulationRate):
        return rate
    if isinstance(rate, bool) or not isinstance(rate, int | float):
        msg = f"a rate must be a float from 0 to 1, a Rate or a PopulationRate, got {rate!r}"
        raise InvalidTypeError(msg, rate)
    if not 0 <= rate <= 1:
        msg = f"a rate must be between 0 and 1, got {rate!r}; write 0.05 for 5 %"
        raise InvalidValueError(msg, rate)
    return float(rate)


@attrs.frozen
class ConvertedRate(_measured.Measured):
    """A rate of one period, converted to another one, as if the risk were the same at all times.

    `1 - (1 - rate) ** periods`. The assumption is strong: where customers differ, those who leave easily do so early, and the
    churn of a year is less than that of its first month says (Fader and Hardie 2007, "How to project customer retention").

    Attributes:
        rate: The rate of the one period: a number, or a rate with its counts.
        periods: How many of the one make the other, exact.
    """

    rate: SomeRate = attrs.field(converter=_a_share)
    periods: Fraction

    @property
    def assumption(self) -> Assumption:
        """What it rests on."""
        return "constant_hazard"

    @property
    def is_defined(self) -> bool:
        """Whether there is a rate to convert."""
        return _is_known(self.rate)

    @property
    def value(self) -> float:
        """The rate of the other period; raises `UndefinedMetricError` where there is none to convert."""
        return _over(_number(self.rate), self.periods)

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return the interval of the rate with its ends converted; raises `InvalidTypeError` for a number without counts."""
        if not isinstance(self.rate, Rate | PopulationRate):
            msg = f"a rate without its counts has no interval, got {self.rate!r}; convert a Rate or a PopulationRate"
            raise InvalidTypeError(msg, self.rate)
        low, high = self.rate.interval(confidence)
        return Interval(_over(low, self.periods), _over(high, self.periods))


def convert_rate(rate: SomeRate, *, from_: Length, to: Length, days_per_month: Days | None = None) -> ConvertedRate:
    """Convert a churn rate from one period to another: 5 % a month are 46 % a year, not 60 %.

    Args:
        rate: The share that is lost in one period: a number, or a rate with its counts.
        from_: That period.
        to: The other one: both in months and years, or both in weeks, days and hours.
        days_per_month: How many days a month has on average, where one is in months and the other is not: 30.4375 in the
            Julian calendar. There is no default, because months differ.

    Raises:
        InvalidValueError: One is in months and the other is not, or a period has no length.

    >>> from cxkit.calendar import months
    >>> from cxkit.metrics import convert_rate
    >>> year = convert_rate(0.05, from_=months(1), to=months(12))
    >>> round(year.value, 4), year.assumption
    (0.4596, 'constant_hazard')
    """
    average = None if days_per_month is None else days_of_a_month(days_per_month)
    return ConvertedRate(rate, _size(to, "to", from_, average) / _size(from_, "from_", to, average))


@attrs.frozen
class ExpectedLifetime(_measured.Measured):
    """How many periods a customer stays on average, if the same share is lost in each.

    `1 / rate`, counted from the first period, which everybody is there for: 1 where all are lost after it.

    Attributes:
        rate: The share that is lost in each period.
    """

    rate: SomeRate = attrs.field(converter=_a_share)

    @property
    def assumption(self) -> Assumption:
        """What it rests on."""
        return "constant_hazard"

    @property
    def is_defined(self) -> bool:
        """Whether anybody is lost at all."""
        return _is_known(self.rate) and _number(self.rate) > 0

    @property
    def periods(self) -> float:
        """The number of periods; raises `UndefinedMetricError` where nobody is lost."""
        if not self.is_defined:
            raise UndefinedMetricError.no_data("the expected lifetime", "losses")  # noqa: EM101 - not a message
        return 1.0 / _number(self.rate)

    @property
    def value(self) -> float:
        """The number of periods."""
        return self.periods


def expected_lifetime(rate: SomeRate) -> ExpectedLifetime:
    """Return how many periods a customer stays on average under a constant churn rate.

    Args:
        rate: The share that is lost in each period: a number, or a rate with its counts.

    >>> from cxkit.metrics import expected_lifetime
    >>> expected_lifetime(0.05).periods, expected_lifetime(0).value_or(None)
    (20.0, None)
    """
    return ExpectedLifetime(rate)


def _is_known(rate: SomeRate) -> bool:
    return not isinstance(rate, Rate | PopulationRate) or rate.is_defined


def _number(rate: SomeRate) -> float:
    return rate.value if isinstance(rate, Rate | PopulationRate) else rate


def _over(rate: float, periods: Fraction) -> float:
    """Return 1 - (1 - rate) ** periods, exact for small rates."""
    return 1.0 if rate == 1 else -expm1(float(periods) * log1p(-rate))


def _size(length: Length, what: str, other: Length, days_per_month: Fraction | None) -> Fraction:
    """Return how long a period is: in months if both are in months, else in days."""
    months, days = _parts(length, what)
    other_months, other_days = _parts(other, "the other period")
    if not months and not days:
        msg = f"{what} must be longer than nothing, got {length!r}"
        raise InvalidValueError(msg, length)
    if not days and not other_days:
        return months
    if days_per_month is None and (months or other_months):
        msg = (
            f"months have no fixed number of days, got {length!r} and {other!r}; say what to take with days_per_month="
        )
        raise InvalidValueError(msg, length)
    return days + months * (days_per_month or 0)


def _parts(length: Length, what: str) -> tuple[Fraction, Fraction]:
    """Return the months and the days of a length of time."""
    size = a_length(length, what)
    if isinstance(size, Span):
        return Fraction(size.months), size.days + Fraction(size.hours, 24)
    return Fraction(0), Fraction(size // MICROSECOND, DAY // MICROSECOND)
