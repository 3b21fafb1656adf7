"""Business hours: when an organisation is there, and how long it has been."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Self, TypeAlias

import attrs

from cxkit._checks import FrozenDict, a_count, an_instant, each, one_of
from cxkit._forms import DAY as A_DAY
from cxkit._forms import TEXT, Form, Json, Reader, many, mapping, pair, stored
from cxkit.calendar import _opening
from cxkit.calendar._opening import DAY, END, MICROSECOND, Schedule, Stretches, instant_of, number_of
from cxkit.calendar._periods import WEEKDAYS, Weekday
from cxkit.calendar._quiet import a_clock
from cxkit.calendar._spans import Length, Span
from cxkit.calendar._zones import at_wall, beyond, wall, zone
from cxkit.errors import InvalidTypeError, InvalidValueError

Clock: TypeAlias = str | time
Periods: TypeAlias = tuple[tuple[str, str], ...]
Pauses: TypeAlias = Iterable[tuple[datetime, datetime]]

LAST_DAY = END // DAY - 1
MIDNIGHT = "24:00"  # the end of a day, which no datetime.time is
ALL_DAY = (("00:00", MIDNIGHT),)
MINUTE = timedelta(minutes=1) // MICROSECOND
PAUSED = "a pause's moment"


def _period(given: tuple[Clock, Clock]) -> tuple[str, str]:
    """Check one period of a day."""
    if not isinstance(given, tuple | list) or len(given) != 2:  # noqa: PLR2004 - a start and an end
        msg = f"a period must be a pair such as ('09:00', '17:00'), got {given!r}; a day takes a list of them"
        raise InvalidTypeError(msg, given)
    start, end = (MIDNIGHT if clock == MIDNIGHT else a_clock(clock) for clock in given)
    if start >= end:
        msg = f"a period must end after it starts, got {start} to {end}; split one that goes past midnight at '24:00'"
        raise InvalidValueError(msg, given)
    return start, end


def _periods(given: Iterable[tuple[Clock, Clock]]) -> Periods:
    """Check the periods of a day."""
    found = sorted(map(_period, each(given, "a list of periods such as [('09:00', '17:00')]")))
    for (start, end), (opening, closing) in pairwise(found):
        if opening < end:
            msg = f"the periods of a day must not overlap, got {start} to {end} and {opening} to {closing}"
            raise InvalidValueError(msg, given)
    return tuple(found)


def _items(given: Mapping[Any, Any], what: str) -> Iterable[tuple[Any, Any]]:
    if not isinstance(given, Mapping):
        msg = f"{what} must be a mapping to lists of periods, got {given!r}"
        raise InvalidTypeError(msg, given)
    return given.items()


def _week(given: Mapping[Weekday, Iterable[tuple[Clock, Clock]]]) -> Mapping[Weekday, Periods]:
    """Check the hours of a week, and order its days."""
    found = {one_of(day, WEEKDAYS, "a weekday"): _periods(periods) for day, periods in _items(given, "hours")}
    kept: Any = FrozenDict({day: found[day] for day in WEEKDAYS if found.get(day)})
    return kept  # type: ignore[no-any-return]


def _special(given: Mapping[date, Iterable[tuple[Clock, Clock]]]) -> Mapping[date, Periods]:
    """Check the hours of special days, and order these."""
    kept: Any = dict(sorted((_a_day(day), _periods(periods)) for day, periods in _items(given, "special")))
    return FrozenDict(kept)  # type: ignore[return-value]


def _days(given: Iterable[date]) -> tuple[date, ...]:
    """Check days, and order them."""
    return tuple(sorted(set(map(_a_day, each(given, "a list of days")))))


def _a_day(day: date) -> date:
    if not isinstance(day, date) or isinstance(day, datetime):
        msg = f"a holiday or special day must be a date, got {day!r}"
        raise InvalidTypeError(msg, day)
    return day


_PERIODS: Form[Periods] = many(pair(TEXT))


def _load_special(data: Json, reader: Reader) -> Mapping[date, Periods]:
    found = mapping(_PERIODS).load(data, reader)
    return {A_DAY.load(day, reader.at(number).at(0)): found[day] for number, day in enumerate(found)}


_SPECIAL: Form[Mapping[date, Periods]] = Form(
    lambda special: mapping(_PERIODS).dump({day.isoformat(): periods for day, periods in special.items()}),
    _load_special,
)


def _stretches(periods: Periods) -> Stretches:
    return tuple((_since_midnight(start), _since_midnight(end)) for start, end in periods)


def _since_midnight(clock: str) -> int:
    return (int(clock[:2]) * 60 + int(clock[3:])) * MINUTE


def _without_overlap(pauses: Pauses) -> Stretches:
    """Check pauses, and join those that overlap."""
    if isinstance(pauses, tuple) and not pauses:  # as it mostly is
        return ()
    found: list[tuple[int, int]] = []
    for start, end in sorted(map(_pause, each(pauses, "pauses as pairs of moments"))):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return tuple(found)


def _pause(given: tuple[datetime, datetime]) -> tuple[int, int]:
    if not isinstance(given, tuple | list) or len(given) != 2:  # noqa: PLR2004 - a start and an end
        msg = f"a pause must be a pair of moments, when it starts and when it ends, got {given!r}"
        raise InvalidTypeError(msg, given)
    start, end = number_of(an_instant(given[0], PAUSED)), number_of(an_instant(given[1], PAUSED))
    if start > end:
        msg = f"a pause must not end before it starts, got {given[0].isoformat()} to {given[1].isoformat()}"
        raise InvalidValueError(msg, given)
    return start, end


def _business_length(length: Length) -> int:
    """Check a length of business time."""
    if isinstance(length, Span) and not (length.months or length.days):
        length = timedelta(hours=length.hours)
    if not isinstance(length, timedelta):
        msg = f"business time must be a timedelta or hours(...), got {length!r}; add_days(...) adds business days"
        raise InvalidTypeError(msg, length)
    return length // MICROSECOND


@stored("calendar.business_calendar", hours=mapping(_PERIODS), tz=TEXT, holidays=many(A_DAY), special=_SPECIAL)
@attrs.frozen
class BusinessCalendar:
    """The hours of a week at which it is business time, by the wall clock of a zone, but for holidays and special days.

    It is open at an instant if the clock on the wall shows a time in one of the day's periods, which are half-open:
    `[start, end)`. An hour that a clock change leaves out is no business time, and one that comes twice is twice as
    long: elapsed time counts.

    Attributes:
        hours: The periods of each weekday, as in `{"monday": [("09:00", "12:30"), ("13:30", "17:00")]}`. A day may end at
            `"24:00"`; hours that go past midnight are split there.
        tz: The IANA name of the zone whose clocks count.
        holidays: Days without business time.
        special: Days with periods of their own, instead of those of their weekday; a holiday may be one, too.

    >>> from datetime import date, datetime, timedelta, timezone
    >>> from cxkit.calendar import BusinessCalendar
    >>> office = BusinessCalendar.weekdays("09:00", "17:00", tz="Europe/Berlin", holidays=[date(2026, 4, 3), date(2026, 4, 6)])
    >>> maundy_thursday = datetime(2026, 4, 2, 13, tzinfo=timezone.utc)
    >>> office.add(maundy_thursday, timedelta(hours=4)).isoformat()
    '2026-04-07T09:00:00+00:00'
    """

    hours: Mapping[Weekday, Periods] = attrs.field(converter=_week)
    tz: str = attrs.field(kw_only=True)
    holidays: tuple[date, ...] = attrs.field(default=(), converter=_days, kw_only=True)
    special: Mapping[date, Periods] = attrs.field(factory=dict, converter=_special, kw_only=True)
    _schedule: Schedule = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        zone(self.tz)
        closed: dict[date, Periods] = dict.fromkeys(self.holidays, ())
        exceptions = {day.toordinal() - 1: _stretches(found) for day, found in {**closed, **self.special}.items()}
        week = tuple(_stretches(self.hours.get(day, ())) for day in WEEKDAYS)
        object.__setattr__(self, "_schedule", Schedule(week, exceptions))

    @classmethod
    def weekdays(
        cls,
        start: Clock,
        end: Clock,
        *,
        tz: str,
        holidays: Iterable[date] = (),
        special: Mapping[date, Iterable[tuple[Clock, Clock]]] | None = None,
    ) -> Self:
        """Return a calendar with the same hours from Monday to Friday."""
        return cls(dict.fromkeys(WEEKDAYS[:5], ((start, end),)), tz=tz, holidays=holidays, special=special or {})

    @classmethod
    def always(cls, *, tz: str = "UTC") -> Self:
        """Return a calendar that is never closed: business time is elapsed time."""
        return cls(dict.fromkeys(WEEKDAYS, ALL_DAY), tz=tz)

    def is_open(self, moment: datetime) -> bool:
        """Whether a moment is in business hours; when it closes is not."""
        instant = number_of(an_instant(moment, "moment"))
        return self._schedule.is_open(instant + _opening.piece_at(self.tz, instant).offset)

    def next_open(self, moment: datetime) -> datetime:
        """Return the first instant from `moment` on that is in business hours, in UTC; `moment` itself where it is.

        Raises:
            InvalidValueError: If there is none in the years 1 to 9999.
        """
        return self._first_in(self._schedule, an_instant(moment, "moment"), "the next opening")

    def next_close(self, moment: datetime) -> datetime:
        """Return when the business hours that hold `moment`, or else the next ones, end: the instant of closing, in UTC.

        Raises:
            InvalidValueError: If there is no closing in the years 1 to 9999.
        """
        return self._first_in(_opening.inverted(self._schedule), self.next_open(moment), "the next closing")

    def elapsed(self, start: datetime, end: datetime, *, pauses: Pauses = ()) -> timedelta:
        """Return the business time from one moment to another; below zero where the second is the earlier one.

        Args:
            start: The one moment.
            end: The other.
            pauses: Pairs of moments between which no time counts; they may overlap, and lie anywhere.
        """
        begun, ended = number_of(an_instant(start, "start")), number_of(an_instant(end, "end"))
        if ended < begun:
            return -self.elapsed(end, start, pauses=pauses)
        parts = _opening.pieces(self.tz, _opening.outside(_without_overlap(pauses), begun, ended))
        return _opening.open_time(self._schedule, parts) * MICROSECOND

    def add(self, moment: datetime, length: Length, *, pauses: Pauses = ()) -> datetime:
        """Return the first instant from `moment` on at which so much business time has elapsed, in UTC.

        Business time that is used up exactly when it closes is used up then, not when it opens again. Nothing added
        gives the moment itself, open or not. A length below zero gives the last instant since which so much has elapsed.

        Args:
            moment: From when.
            length: A `timedelta`, or a span of hours.
            pauses: Pairs of moments between which no time counts.

        Raises:
            InvalidValueError: If there is no such instant in the years 1 to 9999.
        """
        instant, number, stopped = an_instant(moment, "moment"), _business_length(length), _without_overlap(pauses)
        if not number:
            return instant
        if number > 0:
            parts = _opening.pieces(self.tz, _opening.outside(stopped, number_of(instant), END))
            found = _opening.first_after(self._schedule, parts, number)
        else:
            parts = _opening.backwards(self.tz, _opening.outside(stopped, 0, number_of(instant)))
            found = _opening.last_before(self._schedule, parts, -number)
        if found is None or found == END:
            side, size = "after" if number > 0 else "before", timedelta(microseconds=abs(number))
            raise beyond(f"{size} of business time {side} {instant.isoformat()}")
        return instant_of(found)

    def add_days(self, moment: datetime, number: int) -> datetime:
        """Return the same wall-clock time a number of business days later, in UTC; earlier, where it is below zero.

        A business day is one with any business hours. The day of the moment is not counted, so that one day after any
        time of a weekend is Monday; no days give the moment itself. A time that a clock change leaves out is read with
        the offset before the change, and of one that comes twice the earlier is taken.
        """
        instant, days = an_instant(moment, "moment"), _opening.daily(self._schedule)
        if a_count(number, "a number of business days", least=-LAST_DAY) == 0:
            return instant
        clock = wall(instant, zone(self.tz))
        day = clock.toordinal() - 1
        total = days.before((day + (number > 0)) * DAY) + number
        if not 0 <= total <= days.before(END):
            raise beyond(f"{number} business days from {instant.isoformat()}")
        found = days.reaching(total + (number < 0)) // DAY
        return at_wall(clock + timedelta(days=found - day), zone(self.tz))

    def _first_in(self, schedule: Schedule, moment: datetime, what: str) -> datetime:
        """Return the first instant that is open in a schedule: a microsecond before it has been open for one."""
        parts = _opening.pieces(self.tz, ((number_of(moment), END),))
        found = _opening.first_after(schedule, parts, 1)
        if found is None:
            raise beyond(f"{what} after {moment.isoformat()}")
        return instant_of(found - 1)
