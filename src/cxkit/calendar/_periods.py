"""Periods: stretches of the calendar, such as a month of a shop in Berlin."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple, Self

import attrs
from dateutil.relativedelta import relativedelta
from typing_extensions import override

from cxkit._checks import a_count, an_instant, one_of
from cxkit._forms import DAY, TEXT, stored
from cxkit.calendar._zones import beyond, first_at_or_past, wall, zone
from cxkit.errors import InvalidTypeError, InvalidValueError

PeriodUnit = Literal["day", "week", "month", "quarter", "year"]
"""A stretch of the calendar."""
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
"""A day of the week."""
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class _Unit(NamedTuple):
    """What the calendar knows of a unit: where the one that holds a day begins, how long it is, how it is called."""

    begins: Callable[[date, int], date]
    step: relativedelta
    label: Callable[[date], str]


_UNITS: Mapping[PeriodUnit, _Unit] = {
    "day": _Unit(lambda day, _: day, relativedelta(days=1), date.isoformat),
    "week": _Unit(
        lambda day, week_start: day - timedelta(days=(day.weekday() - week_start) % 7),
        relativedelta(weeks=1),
        lambda day: f"week of {day}",
    ),
    "month": _Unit(lambda day, _: day.replace(day=1), relativedelta(months=1), lambda day: f"{day:%Y-%m}"),
    "quarter": _Unit(
        lambda day, _: day.replace(month=day.month - (day.month - 1) % 3, day=1),
        relativedelta(months=3),
        lambda day: f"{day:%Y}-Q{(day.month + 2) // 3}",
    ),
    "year": _Unit(lambda day, _: day.replace(month=1, day=1), relativedelta(years=1), lambda day: f"{day:%Y}"),
}


@stored("calendar.period", unit=TEXT, first_day=DAY, tz=TEXT, week_start=TEXT)
@attrs.frozen
class Period:
    """A day, week, month, quarter or year on the calendar of a zone, half-open: `[start, end)`.

    Attributes:
        unit: Which stretch of the calendar it is.
        first_day: Its first day, which must be one on which such a period begins.
        tz: The IANA name of the zone whose midnights bound it.
        week_start: The day on which weeks begin, where the unit is a week.

    >>> from datetime import datetime, timezone
    >>> from cxkit.calendar import Period
    >>> march = Period.month(2026, 3, tz="Europe/Berlin")
    >>> march.start.isoformat(), march.end.isoformat()
    ('2026-02-28T23:00:00+00:00', '2026-03-31T22:00:00+00:00')
    >>> datetime(2026, 3, 31, 22, tzinfo=timezone.utc) in march
    False
    >>> str(march.next())
    '2026-04'
    """

    unit: PeriodUnit
    first_day: date
    tz: str = attrs.field(default="UTC", kw_only=True)
    week_start: Weekday = attrs.field(default="monday", kw_only=True)

    def __attrs_post_init__(self) -> None:
        zone(self.tz)
        begins = _first_day(self.unit, self.first_day, self.week_start)
        if begins != self.first_day:
            msg = f"a {self.unit} that holds {self.first_day} begins on {begins}; use Period.of(...) to find it"
            raise InvalidValueError(msg, self.first_day)

    @classmethod
    def of(cls, moment: datetime | date, unit: PeriodUnit, *, tz: str = "UTC", week_start: Weekday = "monday") -> Self:
        """Return the period that holds a moment, or a day of the zone's calendar."""
        if not isinstance(moment, datetime):
            return cls(unit, _first_day(unit, moment, week_start), tz=tz, week_start=week_start)
        instant = an_instant(moment, "moment")
        day = wall(instant, zone(tz)).date()
        found = cls(unit, _first_day(unit, day, week_start), tz=tz, week_start=week_start)
        # A day that has begun goes on where its clock is set back across midnight.
        return found if instant < found.end else found.next()

    @classmethod
    def week(cls, day: date, *, starts_on: Weekday = "monday", tz: str = "UTC") -> Self:
        """Return the week that holds a day, from the weekday on which weeks begin."""
        return cls.of(day, "week", tz=tz, week_start=starts_on)

    @classmethod
    def month(cls, year: int, month: int, *, tz: str = "UTC") -> Self:
        """Return a month, counted from 1."""
        return cls("month", _day(year, one_of(month, range(1, 13), "month")), tz=tz)

    @classmethod
    def quarter(cls, year: int, quarter: int, *, tz: str = "UTC") -> Self:
        """Return a quarter, counted from 1; the first begins in January."""
        return cls("quarter", _day(year, 3 * one_of(quarter, range(1, 5), "quarter") - 2), tz=tz)

    @property
    def start(self) -> datetime:
        """The first instant of the period, in UTC."""
        return first_at_or_past(datetime.combine(self.first_day, time()), zone(self.tz))

    @property
    def end(self) -> datetime:
        """The first instant after the period, in UTC."""
        return self.next().start

    @property
    def window(self) -> tuple[datetime, datetime]:
        """The first instant of the period and the first one after it, in UTC."""
        return self.start, self.end

    def next(self) -> Self:
        """Return the period of the same unit that begins where this one ends."""
        return attrs.evolve(self, first_day=_step(self, 1))

    def previous(self) -> Self:
        """Return the period of the same unit that ends where this one begins."""
        return attrs.evolve(self, first_day=_step(self, -1))

    def __lt__(self, other: "Period") -> bool:
        """Order by start, then by end, for sorting."""
        return (self.start, self.end) < (other.start, other.end)

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= an_instant(moment, "moment") < self.end

    @override
    def __str__(self) -> str:
        return _UNITS[self.unit].label(self.first_day)


def a_period(period: Period) -> Period:
    """Check that something is a period."""
    if not isinstance(period, Period):
        msg = f"period must be a Period such as Period.month(2026, 3), got {period!r}"
        raise InvalidTypeError(msg, period)
    return period


def _first_day(unit: PeriodUnit, day: date, week_start: Weekday) -> date:
    """Return the day on which the period of a unit that holds a day begins."""
    if not isinstance(day, date) or isinstance(day, datetime):
        msg = f"a period begins on a date, got {day!r}"
        raise InvalidTypeError(msg, day)
    weekday = WEEKDAYS.index(one_of(week_start, WEEKDAYS, "week_start"))
    try:
        return _UNITS[one_of(unit, _UNITS, "unit")].begins(day, weekday)
    except OverflowError as error:
        raise beyond(f"the {unit} of {day}") from error


def _step(period: Period, sign: int) -> date:
    try:
        return period.first_day + sign * _UNITS[period.unit].step
    except (OverflowError, ValueError) as error:
        raise beyond(f"the {period.unit} {'after' if sign > 0 else 'before'} {period}") from error


def _day(year: int, month: int) -> date:
    """Return the first day of a month."""
    a_count(year, "year", least=1)
    try:
        return date(year, month, 1)
    except (OverflowError, ValueError) as error:
        raise beyond(f"the year {year}") from error
