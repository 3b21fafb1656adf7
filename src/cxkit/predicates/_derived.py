"""Derived sources: parts of times and folded texts, read from another source."""

from collections.abc import Hashable, Iterable, Sequence
from datetime import MAXYEAR, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

import attrs
from typing_extensions import override

from cxkit._checks import a_flag, one_of
from cxkit._forms import FLAG, TEXT, choice, stored
from cxkit.calendar import LENGTH_FORM, LeapDay, Length, Period, Span, a_length, end_of, zone
from cxkit.errors import CxError, InvalidTypeError
from cxkit.predicates._kinds import DAY_KIND, FLAG_KIND, INTEGER_KIND, TEXT_KIND, Kind
from cxkit.predicates._source import Source
from cxkit.predicates._source_form import SOURCE_FORM
from cxkit.predicates._subject import Subject

Part = Literal["year", "month", "day", "isoweekday"]
DAY = timedelta(days=1)
_BOUNDS = {"year": (1, 9999), "month": (1, 12), "day": (1, 31), "isoweekday": (1, 7)}
_ASCII_UPPER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


class Derived(Source):
    """A source that reads another, and makes something of its value."""

    __slots__ = ()

    shapes: tuple[str, ...] = ()
    """The shapes of what it can be derived from."""
    gives: Kind = INTEGER_KIND
    """The kind of what it gives."""
    asks_when: bool = False
    """Whether what it makes of a value depends on `as_of`."""
    looks_back: Literal["calendar", "rolling"] | None = None
    """Which kind of window of time it looks through, where it does."""
    saying: str = ""
    """How it is said in words."""

    of: Source

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.of, Source) or self.of.kind.shape not in self.shapes:
            msg = f"expected a source of {' or '.join(self.shapes)}, got {self.of!r}"
            raise InvalidTypeError(msg, self.of)
        self.check()

    def check(self) -> None:
        """Check what else it holds."""

    @property
    @override
    def kind(self) -> Kind:
        return self.gives

    @property
    @override
    def about(self) -> type:
        return self.of.about

    @property
    @override
    def base(self) -> Source:
        return self.of.base

    @property
    @override
    def subjects(self) -> frozenset[type]:
        return self.of.subjects

    @property
    @override
    def timed(self) -> bool:  # type: ignore[override]
        return self.asks_when or self.of.timed

    @property
    @override
    def depth(self) -> int:  # type: ignore[override]
        return self.of.depth

    @property
    @override
    def timing(self) -> Literal["calendar", "rolling"] | None:  # type: ignore[override]
        return self.looks_back or self.of.timing

    @property
    @override
    def label(self) -> str:
        return f"{self.of.label}{self.call()}"

    @property
    @override
    def words(self) -> str:
        return self.saying.format(of=self.of.words, self=self)

    @override
    def key(self) -> Hashable:
        return (self.call(), self.of.key())

    @override
    def read(self, subject: Subject) -> object:
        value = self.of.read(subject)
        if value is None:
            return None
        try:
            return self.derive(self.of.kind.fitting(value), subject.as_of)
        except CxError:
            raise
        except (TypeError, AttributeError, ValueError, OverflowError) as error:
            msg = f"{self.of.label} must be {self.of.kind.name}, got {value!r} in {self!r}"
            raise InvalidTypeError(msg, value) from error

    def derive(self, value: Any, as_of: datetime | None) -> object:
        """Return what it makes of a value that is there."""
        raise NotImplementedError

    @override
    def turn(self, subject: Subject, stated: Sequence[Any] | None) -> datetime | None:
        as_of, value = subject.as_of, self.of.read(subject)
        if as_of is None:
            return None
        own = self.turns(value, as_of, stated) if value is not None and self.of.kind.fits(value) else ()
        coming = [moment for moment in (self.of.turn(subject, None), *own) if moment is not None and moment > as_of]
        return min(coming, default=None)

    def turns(self, value: Any, as_of: datetime, stated: Sequence[Any] | None) -> Iterable[datetime | None]:  # noqa: ARG002
        """Yield moments at which what is made of a value may change, the next one among them."""
        return ()

    @override
    def origins(self, value: Any) -> Iterable[object]:
        for given in self.inputs(value):
            yield from self.of.origins(given)

    def inputs(self, value: Any) -> Iterable[object]:  # noqa: ARG002 - most cannot tell
        """Yield values of what it reads that give a value, as far as that can be told."""
        return ()

    def call(self) -> str:
        """Return the code that stands behind the value that it reads."""
        raise NotImplementedError

    @override
    def __repr__(self) -> str:
        return f"{self.of!r}{self.call()}"


@stored("predicates.casefolded", of=SOURCE_FORM, ascii_only=FLAG)
@attrs.frozen(repr=False)
class Casefolded(Derived):
    """A text without regard to case."""

    of: Source
    ascii_only: bool = attrs.field(default=False, kw_only=True)

    saying = "{of}, in any case"
    shapes = ("text", "ordered text")

    @override
    def check(self) -> None:
        a_flag(self.ascii_only, "ascii_only")

    @property
    @override
    def kind(self) -> Kind:
        # Another name, so that it is compared with its like only: with other folded texts.
        name = f"text without {'ASCII ' if self.ascii_only else ''}case"
        return TEXT_KIND._replace(name=name, accept=lambda value: self.derive(TEXT_KIND.accept(value), None))

    @override
    def derive(self, value: Any, as_of: datetime | None) -> str:
        return str(value.translate(_ASCII_UPPER) if self.ascii_only else value.casefold())

    @override
    def call(self) -> str:
        return f".casefold({'ascii_only=True' if self.ascii_only else ''})"

    @override
    def inputs(self, value: object) -> Iterable[object]:
        return (value, str(value).upper())


@stored("predicates.date_part", of=SOURCE_FORM, part=choice(*_BOUNDS))
@attrs.frozen(repr=False)
class DatePart(Derived):
    """The year, the month, the day of the month or the day of the week of a day."""

    of: Source
    part: Part

    saying = "{self.part_words} of {of}"
    shapes = ("day",)

    @override
    def check(self) -> None:
        one_of(self.part, tuple(_BOUNDS), "the part of a date")

    @property
    @override
    def least(self) -> int:  # type: ignore[override]
        return _BOUNDS[self.part][0]

    @property
    @override
    def most(self) -> int:  # type: ignore[override]
        return _BOUNDS[self.part][1]

    @override
    def derive(self, value: Any, as_of: datetime | None) -> int:
        found: int = value.isoweekday() if self.part == "isoweekday" else getattr(value, self.part)
        return found

    @property
    def part_words(self) -> str:
        """What the part is called."""
        return {"day": "the day of the month", "isoweekday": "the weekday (1 is Monday)"}.get(
            self.part, f"the {self.part}"
        )

    @override
    def call(self) -> str:
        return f".{self.part}()"

    @override
    def inputs(self, value: Any) -> Iterable[object]:
        if self.part == "isoweekday":
            return (date(2024, 1, value),)  # the first of January was a Monday
        return (date(2024, 1, 1).replace(**{self.part: value}),)


@stored("predicates.local_day", of=SOURCE_FORM, tz=TEXT)
@attrs.frozen(repr=False)
class LocalDay(Derived):
    """The day that a moment falls on in a zone."""

    of: Source
    tz: str = attrs.field(kw_only=True)

    saying = "the day of {of} in {self.tz}"
    shapes = ("moment",)
    gives = DAY_KIND

    @override
    def check(self) -> None:
        zone(self.tz)

    @override
    def derive(self, value: Any, as_of: datetime | None) -> date:
        return local_day(value, self.tz)

    @override
    def call(self) -> str:
        return f".date(tz={self.tz!r})"

    @override
    def inputs(self, value: Any) -> Iterable[object]:
        return (datetime(value.year, value.month, value.day, 12, tzinfo=zone(self.tz)),)


@stored("predicates.hour", of=SOURCE_FORM, tz=TEXT)
@attrs.frozen(repr=False)
class Hour(Derived):
    """The hour of the day of a moment in a zone."""

    of: Source
    tz: str = attrs.field(kw_only=True)

    saying = "the hour of {of} in {self.tz}"
    shapes = ("moment",)
    least = 0
    most = 23

    @override
    def check(self) -> None:
        zone(self.tz)

    @override
    def derive(self, value: Any, as_of: datetime | None) -> int:
        return local(value, self.tz).hour

    @override
    def call(self) -> str:
        return f".hour(tz={self.tz!r})"

    @override
    def inputs(self, value: Any) -> Iterable[object]:
        return (datetime(2024, 1, 1, value, tzinfo=zone(self.tz)),)


@stored("predicates.within", of=SOURCE_FORM, window=LENGTH_FORM)
@attrs.frozen(repr=False)
class Within(Derived):
    """Whether a moment lies in a rolling window: `at <= as_of < at + window`."""

    of: Source
    window: Length

    saying = "that {of} lies in the last {self.span}"
    shapes = ("moment",)
    gives = FLAG_KIND
    asks_when = True
    looks_back = "rolling"

    @override
    def check(self) -> None:
        a_length(self.window, "the window")

    @override
    def derive(self, value: Any, as_of: datetime | None) -> bool | None:
        if as_of is None:
            return None
        end = end_of(value, self.window)
        return value <= as_of and (end is None or as_of < end)

    @override
    def turns(self, value: Any, as_of: datetime, stated: Sequence[Any] | None) -> Iterable[datetime | None]:
        return (value, end_of(value, self.window))

    @property
    def span(self) -> str:
        """How long the window is, in words."""
        return span_words(self.window)

    @override
    def call(self) -> str:
        return f".within({self.window!r})"


@stored("predicates.days_since", of=SOURCE_FORM, tz=TEXT)
@attrs.frozen(repr=False)
class DaysSince(Derived):
    """How many calendar days ago a day is."""

    of: Source
    tz: str = attrs.field(kw_only=True)

    saying = "days since {of} in {self.tz}"
    shapes = ("day",)
    asks_when = True
    looks_back = "calendar"

    @override
    def check(self) -> None:
        zone(self.tz)

    @override
    def derive(self, value: Any, as_of: datetime | None) -> int | None:
        return None if as_of is None else (today(as_of, self.tz) - value).days

    @override
    def turns(self, value: Any, as_of: datetime, stated: Sequence[Any] | None) -> Iterable[datetime | None]:
        number = (today(as_of, self.tz) - value).days
        return (day_start(value, coming, self.tz) for coming in _next_numbers(number, stated))

    @override
    def call(self) -> str:
        return f".days_since(tz={self.tz!r})"


@stored("predicates.elapsed_days", of=SOURCE_FORM)
@attrs.frozen(repr=False)
class ElapsedDays(Derived):
    """How many whole days of 24 hours have passed since a moment."""

    of: Source

    saying = "whole days since {of}"
    shapes = ("moment",)
    asks_when = True
    looks_back = "rolling"

    @override
    def derive(self, value: Any, as_of: datetime | None) -> int | None:
        return None if as_of is None else (as_of - value) // DAY

    @override
    def turns(self, value: Any, as_of: datetime, stated: Sequence[Any] | None) -> Iterable[datetime | None]:
        numbers = _next_numbers((as_of - value) // DAY, stated)
        return (end_of(value, number * DAY) for number in numbers if number < timedelta.max.days)

    @override
    def call(self) -> str:
        return ".elapsed_days()"


@stored("predicates.days_until_anniversary", of=SOURCE_FORM, tz=TEXT, leap_day=choice("02-28", "03-01"))
@attrs.frozen(repr=False)
class DaysUntilAnniversary(Derived):
    """In how many days the anniversary of a day is."""

    of: Source
    tz: str = attrs.field(kw_only=True)
    leap_day: LeapDay = attrs.field(kw_only=True)

    saying = "days until the anniversary of {of}"
    shapes = ("day",)
    asks_when = True
    is_periodic = True
    least = 0
    most = 365

    @override
    def check(self) -> None:
        zone(self.tz)
        one_of(self.leap_day, ("02-28", "03-01"), "leap_day")

    @override
    def derive(self, value: Any, as_of: datetime | None) -> int | None:
        if as_of is None:
            return None
        now = today(as_of, self.tz)
        coming = self._anniversary(value, now.year)
        if coming < now:
            if now.year == MAXYEAR:
                return None
            coming = self._anniversary(value, now.year + 1)
        return (coming - now).days

    def _anniversary(self, value: date, year: int) -> date:
        try:
            return date(year, value.month, value.day)
        except ValueError:  # 29 February
            return date(year, 2, 28) + timedelta(days=self.leap_day == "03-01")

    @override
    def turns(self, value: Any, as_of: datetime, stated: Sequence[Any] | None) -> Iterable[datetime | None]:
        return (day_start(today(as_of, self.tz), 1, self.tz),)

    @override
    def call(self) -> str:
        return f".days_until_anniversary(tz={self.tz!r}, leap_day={self.leap_day!r})"


def local(moment: datetime, tz: str) -> datetime:
    """Return a moment as the clocks of a zone show it."""
    try:
        return moment.astimezone(zone(tz))
    except OverflowError:  # a day that stands for "forever" stays the last one
        last = moment.year == MAXYEAR
        return moment.replace(month=12, day=31, hour=23) if last else moment.replace(month=1, day=1, hour=0)


def local_day(moment: datetime, tz: str) -> date:
    """Return the day that a moment falls on in a zone."""
    return local(moment, tz).date()


@lru_cache(maxsize=64)
def today(as_of: datetime, tz: str) -> date:
    """Return the day that it is in a zone: a day that has begun goes on where its clock is set back across midnight."""
    try:
        return Period.of(as_of, "day", tz=tz).first_day
    except CxError:  # at the ends of time
        return local_day(as_of, tz)


def day_start(day: date, number: int, tz: str) -> datetime | None:
    """Return the moment at which the day so many days later begins in a zone; `None` beyond the end of time."""
    try:
        return Period("day", day + timedelta(days=number), tz=tz).start
    except (CxError, OverflowError):
        return None


def _next_numbers(number: int, stated: Sequence[Any] | None) -> Iterable[int]:
    """Return the next greater number at which a test against what is stated may answer otherwise."""
    if stated is None:
        return (number + 1,)
    return (edge for literal in stated for edge in (literal, literal + 1) if edge > number)


def span_words(length: Length) -> str:
    """Say a length of time."""
    if not isinstance(length, Span):
        return str(length)
    parts = [
        f"{n} {unit if n != 1 else unit[:-1]}" for unit in ("months", "days", "hours") if (n := getattr(length, unit))
    ]
    return " and ".join(parts) or "0 days"
