"""Opening hours as arithmetic: how much open time a stretch of time holds, and when so much of it has gone by.

Everything here is a whole number of microseconds since the start of the year 1, or a day counted from there. Between
two clock changes the wall clock runs evenly, so that open time there is a difference of two sums over days, and a sum
over days is whole weeks, a part of a week, and what the exceptional days have more. Nothing walks day by day.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import accumulate, chain, pairwise
from typing import NamedTuple, Self, TypeAlias

import attrs

from cxkit._checks import UTC
from cxkit.calendar._zones import next_change, wall, zone

Stretches: TypeAlias = tuple[tuple[int, int], ...]
"""Parts of a day, or of all time, in order and apart: the start and the end of each, half-open."""

MICROSECOND = timedelta(microseconds=1)
FIRST = datetime.min.replace(tzinfo=UTC)
DAY = timedelta(days=1) // MICROSECOND
END = date.max.toordinal() * DAY
SLACK = 2 * DAY  # more than any wall clock differs from UTC, or is moved by a change
STEP = 3 * DAY  # no zone of the tz database has two clock changes within it
FIRST_CHANGES = 1800  # the year; before it, the database has local mean time alone
CYCLE_START, CYCLE_YEARS = 2101, 400  # from then on there are the rules alone, which repeat with the calendar
CYCLE = 146_097 * DAY


def number_of(instant: datetime) -> int:
    """Return an instant as a number."""
    since = instant - FIRST
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def instant_of(number: int) -> datetime:
    """Return the instant of a number, in UTC."""
    return FIRST + timedelta(microseconds=number)


@attrs.frozen
class DaySum:
    """A number for each day, the same every week but for some days, summed.

    Attributes:
        week: The sums over a week that begins on Monday, from no day to all seven.
        days: The exceptional days, in order.
        extra: What these have more than others of their weekday, summed, from none of them to all.
    """

    week: tuple[int, ...]
    days: tuple[int, ...]
    extra: tuple[int, ...]

    @classmethod
    def of(cls, week: Sequence[int], exceptions: Mapping[int, int]) -> Self:
        """Sum the numbers of the seven weekdays, and of the days that have their own."""
        days = sorted(exceptions)
        extra = (exceptions[day] - week[day % 7] for day in days)  # the year 1 begins on a Monday
        return cls(tuple(accumulate(week, initial=0)), tuple(days), tuple(accumulate(extra, initial=0)))

    def before(self, day: int) -> int:
        """Return the sum over all days before a day."""
        weeks, weekday = divmod(day, 7)
        return weeks * self.week[7] + self.week[weekday] + self.extra[bisect_left(self.days, day)]

    def reaching(self, total: int, first: int, last: int) -> int:
        """Return the day from `first` to `last` that brings the sum to a total which the days before `first` lack."""
        return first + bisect_left(range(first + 1, last + 1), total, key=self.before)


@attrs.frozen
class Schedule:
    """When it is open by a wall clock: the stretches of each weekday, and those of the days that have their own.

    Attributes:
        week: From Monday to Sunday.
        exceptions: By the day.
        lengths: How long it is open, summed over days.
        openings: On how many days it is open at all.
    """

    week: tuple[Stretches, ...]
    exceptions: Mapping[int, Stretches]
    lengths: DaySum = attrs.field(init=False)
    openings: DaySum = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "lengths", self._summed(_length))
        object.__setattr__(self, "openings", self._summed(bool))

    def _summed(self, number: Callable[[Stretches], int]) -> DaySum:
        return DaySum.of([*map(number, self.week)], {day: number(hours) for day, hours in self.exceptions.items()})

    def on(self, day: int) -> Stretches:
        """Return when it is open on a day."""
        return self.exceptions.get(day, self.week[day % 7])

    def is_open(self, clock: int) -> bool:
        """Whether it is open when the wall clock shows a time."""
        day, time = divmod(clock, DAY)
        return any(start <= time < end for start, end in self.on(day))

    def before(self, clock: int) -> int:
        """Return how long it is open up to a time that the wall clock shows."""
        day, time = divmod(clock, DAY)
        return self.lengths.before(day) + sum(min(end, time) - start for start, end in self.on(day) if start < time)

    def reaching(self, total: int, start: int, end: int) -> int:
        """Return the first time from `start` to `end` up to which it is open for so long, and not up to `start`."""
        day = self.lengths.reaching(total, start // DAY, end // DAY)
        reached = [*accumulate((end - start for start, end in self.on(day)), initial=self.lengths.before(day))]
        index = bisect_left(reached, total)
        return day * DAY + self.on(day)[index - 1][1] - (reached[index] - total)

    def inverted(self) -> "Schedule":
        """Return the schedule that is open when this one is closed."""
        return Schedule(tuple(map(_gaps, self.week)), {day: _gaps(hours) for day, hours in self.exceptions.items()})


def _length(stretches: Stretches) -> int:
    return sum(end - start for start, end in stretches)


def _gaps(stretches: Stretches) -> Stretches:
    edges = [0, *chain.from_iterable(stretches), DAY]
    return tuple((end, start) for end, start in zip(edges[::2], edges[1::2], strict=True) if end < start)


class Piece(NamedTuple):
    """A stretch of time through which the wall clock differs from UTC by the same."""

    start: int
    end: int
    offset: int

    def within(self, start: int, end: int, pauses: Stretches) -> Iterator["Piece"]:
        """Go through what of it lies between two instants and in no pause."""
        start, end = max(start, self.start), min(end, self.end)
        for pause, resumed in pauses:
            if start < min(pause, end):
                yield Piece(start, min(pause, end), self.offset)
            start = max(start, resumed)
        if start < end:
            yield Piece(start, end, self.offset)


def pieces(tz: str, start: int, end: int, pauses: Stretches = ()) -> Iterator[Piece]:
    """Go through what lies between two instants and in no pause, cut at the clock changes of a zone."""
    for year in range(_year(start), _year(end - 1) + 1):
        for piece in _pieces_of(tz, year):
            yield from piece.within(start, end, pauses)


def backwards(tz: str, start: int, end: int, pauses: Stretches = ()) -> Iterator[Piece]:
    """Go through the same from its end."""
    for year in range(_year(end - 1), _year(start) - 1, -1):
        for piece in reversed(_pieces_of(tz, year)):
            yield from reversed([*piece.within(start, end, pauses)])


def _year(number: int) -> int:
    return date.fromordinal(max(number // DAY, 0) + 1).year


@lru_cache(maxsize=2048)
def _pieces_of(tz: str, year: int) -> tuple[Piece, ...]:
    """Cut a year of UTC at the clock changes of a zone."""
    cycles = max(0, (year - CYCLE_START) // CYCLE_YEARS)
    if cycles:
        shift, same = cycles * CYCLE, _pieces_of(tz, year - cycles * CYCLE_YEARS)
        return tuple(Piece(start + shift, end + shift, offset) for start, end, offset in same)
    start, end = (date(year, 1, 1).toordinal() - 1) * DAY, date(year, 12, 31).toordinal() * DAY
    if tz == "UTC":
        return (Piece(start, end, 0),)
    if year < FIRST_CHANGES:
        return (Piece(start, end, _offset(FIRST + timedelta(days=1), zone(tz))),)
    looks = [instant_of(number) for number in (*range(start, end, STEP), end)]
    cuts = {start: _offset(looks[0], zone(tz)), **dict(_changes(looks, zone(tz)))}
    return tuple(Piece(*edge, cuts[edge[0]]) for edge in pairwise([*cuts, end]))


def _changes(days: Sequence[datetime], tz: tzinfo) -> Iterator[tuple[int, int]]:
    """Find the clock changes between moments: when, and how far the wall clock is from UTC afterwards."""
    offsets = [day.astimezone(tz).utcoffset() for day in days]
    for (start, end), (before, after) in zip(pairwise(days), pairwise(offsets), strict=True):
        if before != after and (change := next_change(start, end, tz)):
            yield number_of(change), _offset(change, tz)


def _offset(instant: datetime, tz: tzinfo) -> int:
    return (wall(instant, tz) - instant.replace(tzinfo=None)) // MICROSECOND


def open_time(schedule: Schedule, parts: Iterable[Piece]) -> int:
    """Return how long it is open."""
    return sum(schedule.before(end + offset) - schedule.before(start + offset) for start, end, offset in parts)


def first_after(schedule: Schedule, parts: Iterable[Piece], length: int) -> int | None:
    """Return the first instant up to which it was open for a length of time; `None` where there is none."""
    for start, end, offset in parts:
        begun = schedule.before(start + offset)
        found = schedule.before(end + offset) - begun
        if length <= found:
            return schedule.reaching(begun + length, start + offset, end + offset) - offset
        length -= found
    return None


def last_before(schedule: Schedule, parts: Iterable[Piece], length: int) -> int | None:
    """Return the last instant from which on it was open for a length of time; `None` where there is none."""
    for start, end, offset in parts:
        done = schedule.before(end + offset)
        found = done - schedule.before(start + offset)
        if length <= found:  # what follows the last such instant is open, if only for a microsecond
            return schedule.reaching(done - length + 1, start + offset, end + offset) - 1 - offset
        length -= found
    return None
