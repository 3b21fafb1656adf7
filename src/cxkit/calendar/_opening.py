"""Opening hours as arithmetic: how much open time a stretch of time holds, and when so much of it has gone by.

Everything here is a whole number of microseconds since the start of the year 1. Between two clock changes the wall clock
runs evenly, and from one exceptional day to the next the same hours come every week. How long it is open up to a time is
then a product and a look into the sums of one week, and so is the way back. Nothing walks day by day.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import accumulate, chain, pairwise
from operator import sub
from typing import NamedTuple, Self, TypeAlias

import attrs

from cxkit._checks import UTC
from cxkit.calendar._zones import next_change, wall, zone

Stretch: TypeAlias = tuple[int, int]
"""A part of a day, of a week or of all time: its start and its end, half-open."""

Stretches: TypeAlias = tuple[Stretch, ...]
"""Several, in order and apart."""

Part: TypeAlias = tuple[int, int, int]
"""A stretch of time, and how far the wall clock is from UTC all through it."""

MICROSECOND = timedelta(microseconds=1)
FIRST = datetime.min.replace(tzinfo=UTC)
DAY = timedelta(days=1) // MICROSECOND
END = date.max.toordinal() * DAY
SLACK = 2 * DAY  # more than any wall clock differs from UTC, or is moved by a change
STEP = 3 * DAY  # no zone of the tz database has two clock changes within it
CYCLE_YEARS, CYCLE = 400, 146_097 * DAY  # the calendar repeats
YEAR = CYCLE // CYCLE_YEARS  # a mean one; years are counted from 0
FIRST_CHANGES = 1800  # the year; before it, the database has local mean time alone
CYCLE_START = 2101  # the year; from then on there are the rules alone, which repeat with the calendar


def number_of(instant: datetime) -> int:
    """Return an instant as a number."""
    return (instant - FIRST) // MICROSECOND


def instant_of(number: int) -> datetime:
    """Return the instant of a number, in UTC."""
    return FIRST + number * MICROSECOND


@attrs.frozen
class Hours:
    """The stretches of a day or of a week, as they come again and again from the start of the year 1.

    Attributes:
        period: How long the day or the week is.
        starts: When it opens.
        ends: When it closes, after a zero: the end that comes before each start.
        sums: How long it is open in all, from no stretch to all of them.
    """

    period: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sums: tuple[int, ...]

    @classmethod
    def of(cls, period: int, stretches: Stretches) -> Self:
        """Sum the stretches of a day or of a week."""
        starts, ends = (tuple(edge) for edge in zip((0, 0), *stretches, strict=True))
        return cls(period, starts[1:], ends, tuple(accumulate(map(sub, ends, starts))))

    @classmethod
    def of_week(cls, week: Iterable[Stretches]) -> Self:
        """Sum the stretches of seven days."""
        found = ((day * DAY + start, day * DAY + end) for day, hours in enumerate(week) for start, end in hours)
        return cls.of(7 * DAY, tuple(found))

    def is_open(self, clock: int) -> bool:
        """Whether it is open when the wall clock shows a time."""
        time = clock % self.period
        return time < self.ends[bisect_right(self.starts, time)]

    def before(self, clock: int) -> int:
        """Return how long it is open up to a time that the wall clock shows."""
        times, time = divmod(clock, self.period)
        index = bisect_right(self.starts, time)
        return times * self.sums[-1] + self.sums[index] - max(0, self.ends[index] - time)

    def reaching(self, total: int) -> int:
        """Return the first time up to which it is open for so long."""
        times, rest = divmod(total - 1, self.sums[-1])  # the end of a stretch reaches it, not the start of the next one
        index = bisect_right(self.sums, rest)
        return times * self.period + self.ends[index] - (self.sums[index] - rest - 1)


class Run(NamedTuple):
    """A time through which the same hours hold, every week or on one exceptional day.

    Attributes:
        hours: These.
        extra: How long it was open before, more than if they had held from the start of the year 1.
    """

    hours: Hours
    extra: int


@attrs.frozen(eq=False)  # it is itself, so that what is kept for it is found fast
class Schedule:
    """When it is open by a wall clock: the stretches of each weekday, and those of the days that have their own.

    Attributes:
        week: From Monday to Sunday; the year 1 begins on a Monday.
        exceptions: By the day, counted from the start of the year 1.
        runs: The week up to the first exceptional day, that day, the week up to the next one, and so on.
        edges: Where one run ends and the next one starts.
        sums: How long it is open up to there.
    """

    week: tuple[Stretches, ...]
    exceptions: Mapping[int, Stretches]
    runs: tuple[Run, ...] = attrs.field(init=False)
    edges: tuple[int, ...] = attrs.field(init=False)
    sums: tuple[int, ...] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        week = Hours.of_week(self.week)
        days = {stretches: Hours.of(DAY, stretches) for stretches in set(self.exceptions.values())}
        runs, edges, sums = [Run(week, 0)], [], []
        for day, stretches in sorted(self.exceptions.items()):
            for edge, hours in ((day * DAY, days[stretches]), ((day + 1) * DAY, week)):
                edges.append(edge)
                sums.append(runs[-1].hours.before(edge) + runs[-1].extra)
                runs.append(Run(hours, sums[-1] - hours.before(edge)))
        for name, found in (("runs", runs), ("edges", edges), ("sums", sums)):
            object.__setattr__(self, name, tuple(found))

    def is_open(self, clock: int) -> bool:
        """Whether it is open when the wall clock shows a time."""
        return self.runs[bisect_right(self.edges, clock)].hours.is_open(clock)

    def before(self, clock: int) -> int:
        """Return how long it is open up to a time that the wall clock shows."""
        hours, extra = self.runs[bisect_right(self.edges, clock)]
        return hours.before(clock) + extra

    def reaching(self, total: int) -> int:
        """Return the first time up to which it is open for so long; there must be one."""
        hours, extra = self.runs[bisect_left(self.sums, total)]
        return hours.reaching(total - extra)

    def most(self, start: int, end: int) -> int:
        """Return a length that the open time between two instants does not exceed, whatever the zone."""
        return 2 * (self.before(end + SLACK) - self.before(start - SLACK))  # no clock time comes thrice

    def changed(self, change: Callable[[Stretches], Stretches]) -> "Schedule":
        """Return the schedule whose days are changed in some way."""
        return Schedule(tuple(map(change, self.week)), {day: change(hours) for day, hours in self.exceptions.items()})


@lru_cache(maxsize=256)
def inverted(schedule: Schedule) -> Schedule:
    """Return the schedule that is open when another one is closed."""
    return schedule.changed(_gaps)


@lru_cache(maxsize=256)
def daily(schedule: Schedule) -> Schedule:
    """Return the schedule that is open for one microsecond of each day on which another one is open at all."""
    return schedule.changed(_first)


def _gaps(stretches: Stretches) -> Stretches:
    edges = [0, *chain.from_iterable(stretches), DAY]
    return tuple((end, start) for end, start in zip(edges[::2], edges[1::2], strict=True) if end < start)


def _first(stretches: Stretches) -> Stretches:
    return ((0, 1),) if stretches else ()


class Piece(NamedTuple):
    """A stretch of time through which the wall clock differs from UTC by the same."""

    start: int
    end: int
    offset: int


def outside(pauses: Stretches, start: int, end: int) -> Iterator[Stretch]:
    """Go through what lies between two instants and in no pause; a stretch that would end before it starts is empty."""
    for pause, resumed in pauses:
        yield start, min(pause, end)
        start = max(start, resumed)
    yield start, end


def pieces(tz: str, stretches: Iterable[Stretch]) -> Iterator[Part]:
    """Cut stretches of time at the clock changes of a zone."""
    for start, end in stretches:
        at = start
        while at < end:
            piece = piece_at(tz, at)
            yield at, min(piece.end, end), piece.offset
            at = piece.end


def backwards(tz: str, stretches: Iterable[Stretch]) -> Iterator[Part]:
    """Go through the same from its end."""
    for start, end in reversed([*stretches]):
        at = end
        while start < at:
            piece = piece_at(tz, at - 1)
            yield max(start, piece.start), at, piece.offset
            at = piece.start


def piece_at(tz: str, instant: int) -> Piece:
    """Return the piece of a year that holds an instant."""
    found = _pieces_of(tz, instant // YEAR)
    return found[bisect_left(found, (instant + 1,)) - 1]  # they sort by their starts


@lru_cache(maxsize=2048)
def _pieces_of(tz: str, year: int) -> tuple[Piece, ...]:
    """Cut a mean year at the clock changes of a zone."""
    cycles = max(0, (year - CYCLE_START) // CYCLE_YEARS)
    if cycles:
        shift, same = cycles * CYCLE, _pieces_of(tz, year - cycles * CYCLE_YEARS)
        return tuple(Piece(start + shift, end + shift, offset) for start, end, offset in same)
    start, end = year * YEAR, (year + 1) * YEAR
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


def open_time(schedule: Schedule, parts: Iterable[Part]) -> int:
    """Return how long it is open."""
    total = 0
    for start, end, offset in parts:
        total += schedule.before(end + offset) - schedule.before(start + offset)
    return total


def first_after(schedule: Schedule, parts: Iterable[Part], length: int) -> int | None:
    """Return the first instant up to which it was open for a length of time; `None` where there is none."""
    for start, end, offset in parts:
        begun = schedule.before(start + offset)
        found = schedule.before(end + offset) - begun
        if length <= found:
            return schedule.reaching(begun + length) - offset
        length -= found
        if length > schedule.most(end, END):
            break
    return None


def last_before(schedule: Schedule, parts: Iterable[Part], length: int) -> int | None:
    """Return the last instant from which on it was open for a length of time; `None` where there is none."""
    for start, end, offset in parts:
        done = schedule.before(end + offset)
        found = done - schedule.before(start + offset)
        if length <= found:  # what follows the last such instant is open, if only for a microsecond
            return schedule.reaching(done - length + 1) - 1 - offset
        length -= found
        if length > schedule.most(0, start):
            break
    return None
