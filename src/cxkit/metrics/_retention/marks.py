"""Marks: of each customer and each column a `1` for a return, a `0` for none, and a `-` where there was no time yet."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import zip_longest
from typing import Any, NamedTuple, cast

from cxkit.calendar import Length, Span, elapsed, end_of
from cxkit.errors import InvalidValueError
from cxkit.metrics._retention.grid import Grid
from cxkit.metrics._retention.log import Moments, masks_of_rows, of_journeys, of_rows, rows_of
from cxkit.metrics._retention.settings import RetentionSettings

MANY = 4096  # customers whose marks are kept until they are counted


class Counts(NamedTuple):
    """What is counted of one cohort.

    Attributes:
        size: How many customers it has.
        counts: How many of them came back, by column.
        totals: Out of how many, by column.
    """

    size: int
    counts: list[int]
    totals: list[int]


class _Cohort:
    """The marks of one cohort, counted now and then."""

    def __init__(self) -> None:
        self.size = 0
        self.counts: list[int] = []
        self.totals: list[int] = []
        self._marks: list[str] = []

    def add(self, marks: str) -> None:
        self._marks.append(marks)
        if len(self._marks) == MANY:
            self.count()

    def count(self) -> Counts:
        """Count the marks that were not yet counted."""
        self.size += len(self._marks)
        columns = list(zip_longest(*self._marks, fillvalue="-"))
        ones = [column.count("1") for column in columns]
        known = [len(column) - column.count("-") for column in columns]
        self.counts = [sum(both) for both in zip_longest(self.counts, ones, fillvalue=0)]
        self.totals = [sum(both) for both in zip_longest(self.totals, known, fillvalue=0)]
        self._marks.clear()
        return Counts(self.size, self.counts, self.totals)


def counted(marked: Iterable[tuple[date, str]], first: date | None) -> dict[date, Counts]:
    """Count the marks of customers by the first day of their cohort, and by column."""
    cohorts: defaultdict[date, _Cohort] = defaultdict(_Cohort)
    for day, marks in marked:
        cohorts[day].add(marks)
    return {day: cohorts[day].count() for day in sorted(cohorts) if first is None or day >= first}


def marked(log: Iterable[Any], settings: RetentionSettings, as_of: datetime) -> Iterator[tuple[date, str]]:
    """Yield the first day of the cohort of each start that counts, and the marks of the columns."""
    grid = Grid(settings.period_of(as_of), as_of)
    rows, is_plain = rows_of(log)
    if is_plain and settings.returned is not None:
        msg = (
            "rows of (customer, moment) are of one event; for a return of another one, gather a log with journeys(...)"
        )
        raise InvalidValueError(msg, settings.returned)
    if settings.rolling is None and settings.returned is None:
        by_customer = of_journeys(rows, settings.start, None, as_of)
        masks = masks_of_rows(rows, grid) if is_plain else (grid.mask(starts) for starts, _ in by_customer)
        return _same_event(masks, grid, settings)
    visits = of_rows(rows, as_of) if is_plain else of_journeys(rows, settings.start, settings.returned, as_of)
    return (
        (grid.day(age), columns(text, settings))
        for starts, returns in visits
        for age, text in _texts(_entries(starts, grid, settings), returns, grid, settings.rolling, as_of)
    )


def _same_event(masks: Iterable[int], grid: Grid, settings: RetentionSettings) -> Iterator[tuple[date, str]]:
    """Yield the marks of calendar periods where a start is the return of its own period."""
    is_first = settings.mode == "first_time"
    for mask in masks:
        text = f"{mask:b}"
        for place in range(len(text)):
            if text[place] == "1":
                yield grid.day(len(text) - 1 - place), columns(text[place:], settings)
                if is_first:
                    break


def _texts(
    entries: Iterable[tuple[int, datetime]], returns: Moments, grid: Grid, rolling: Length | None, as_of: datetime
) -> Iterator[tuple[int, str]]:
    """Yield the age of the period of each start, and the marks of the periods from it on."""
    mask, in_order = (0, []) if rolling is not None else (grid.mask(returns), sorted(returns))
    for age, start in entries:
        yield (
            age,
            _calendar(age, start, mask, in_order, grid)
            if rolling is None
            else _rolling(start, returns, rolling, as_of),
        )


def _entries(starts: Moments, grid: Grid, settings: RetentionSettings) -> Iterable[tuple[int, datetime]]:
    """Return the ages of the periods of whose cohorts a customer is, and the first start in each."""
    entries: dict[int, datetime] = {}
    for start in sorted(starts):
        entries.setdefault(grid.age(start), start)
        if settings.mode == "first_time":
            break
    return entries.items()


def _calendar(age: int, start: datetime, mask: int, in_order: Moments, grid: Grid) -> str:
    """Return the marks of calendar periods from the one of a start on; in that one, only what is not before it counts."""
    first = bisect_left(in_order, start)
    is_at_once = first < len(in_order) and grid.age(in_order[first]) == age
    return f"{(is_at_once << age) | (mask & ((1 << age) - 1)):0{age + 1}b}"


def _rolling(start: datetime, returns: Iterable[datetime], length: Length, as_of: datetime) -> str:
    """Return the marks of the periods from a start on; the last of them has begun by the moment and not ended."""
    since = [moment for moment in returns if moment >= start]
    exact = elapsed(length)
    if exact is not None:
        found = {(moment - start) // exact for moment in since}
        last = (as_of - start) // exact
    else:
        bounds = _bounds(start, cast("Span", length), as_of)  # any other length is the same from every moment
        found = {bisect_right(bounds, moment) - 1 for moment in since}
        last = len(bounds) - 1
    return "".join(["1" if place in found else "0" for place in range(last + 1)])


def _bounds(start: datetime, span: Span, as_of: datetime) -> list[datetime]:
    """Return where periods of a span begin, from a start on and up to a moment; they are anchored on the start."""
    bounds: list[datetime] = []
    bound: datetime | None = start
    while bound is not None and bound <= as_of:
        bounds.append(bound)
        number = len(bounds)
        bound = end_of(start, Span(number * span.months, number * span.days, number * span.hours, tz=span.tz))
    return bounds


def columns(text: str, settings: RetentionSettings) -> str:
    """Return the marks of the columns from those of the periods from a start on, of which the last has not ended.

    A calendar period counts from its begin on, as it is one for all; a rolling one counts once it has ended, customer by customer.
    """
    known = len(text) if settings.rolling is None else len(text) - 1
    if settings.windows is None:
        if settings.bracket == "on_or_after":
            text = ("1" * (text.rfind("1") + 1)).ljust(len(text), "0")
        return text[: settings.places(known)]
    return "".join([_window(text, known, settings.rolling is None, *window) for window in settings.windows])


def _window(text: str, known: int, is_calendar: bool, first: int, last: int) -> str:  # noqa: FBT001 - private
    if (first if is_calendar else last) >= known:
        return "-"
    return "1" if "1" in text[first : last + 1] else "0"
