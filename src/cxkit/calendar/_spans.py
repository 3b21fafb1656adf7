"""Spans: lengths of calendar time."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal, TypeAlias

import attrs
from dateutil.relativedelta import relativedelta
from typing_extensions import override

from cxkit._checks import a_count, an_instant
from cxkit._forms import ELAPSED, INTEGER, TEXT, Form, Json, Reader, nested, stored
from cxkit.calendar._zones import at_wall, beyond, wall, zone
from cxkit.errors import InvalidTypeError, InvalidValueError

ZERO = timedelta(0)


@stored("calendar.span", months=INTEGER, days=INTEGER, hours=INTEGER, tz=TEXT)
@attrs.frozen(repr=False)
class Span:
    """A length of time: months, then days on the calendar of a zone, then hours that elapse.

    A span added to a moment is anchored on that moment: its months clamp to the last day of a shorter month, and
    `start + months(2)` is not `(start + months(1)) + months(1)`. The clock on the wall stays through the months and
    days of a span that names a zone; hours always elapse. Build one with `hours`, `days`, `weeks`, `months`, `years`.

    Attributes:
        months: Calendar months.
        days: Calendar days.
        hours: Elapsed hours.
        tz: The IANA name of the zone whose calendar it follows.

    >>> from datetime import datetime, timezone
    >>> from cxkit.calendar import days, months
    >>> datetime(2026, 1, 31, tzinfo=timezone.utc) + months(1)
    datetime.datetime(2026, 2, 28, 0, 0, tzinfo=datetime.timezone.utc)
    >>> months(1) + days(3)
    months(1) + days(3)
    """

    months: int = 0
    days: int = 0
    hours: int = 0
    tz: str = attrs.field(default="UTC", kw_only=True)

    def __attrs_post_init__(self) -> None:
        for unit in ("months", "days", "hours"):
            a_count(getattr(self, unit), unit)
        zone(self.tz)
        if not self._steps():  # hours elapse, wherever they do
            object.__setattr__(self, "tz", "UTC")

    def _steps(self) -> bool:
        return bool(self.months or self.days)

    def __add__(self, other: "Span") -> "Span":
        if not isinstance(other, Span):
            return NotImplemented
        if self._steps() and other._steps() and self.tz != other.tz:
            msg = f"cannot add a span in {other.tz} to a span in {self.tz}; give both the same tz"
            raise InvalidValueError(msg, other)
        tz = self.tz if self._steps() else other.tz
        return Span(self.months + other.months, self.days + other.days, self.hours + other.hours, tz=tz)

    def __radd__(self, moment: datetime) -> datetime:
        if not isinstance(moment, datetime):
            return NotImplemented
        return _step(moment, self, 1)

    def __rsub__(self, moment: datetime) -> datetime:
        if not isinstance(moment, datetime):
            return NotImplemented
        return _step(moment, self, -1)

    def __lt__(self, other: "Span") -> bool:
        ours, theirs = _comparable(self, other)
        return ours < theirs

    def __le__(self, other: "Span") -> bool:
        ours, theirs = _comparable(self, other)
        return ours <= theirs

    def __bool__(self) -> bool:
        return bool(self.months or self.days or self.hours)

    @override
    def __repr__(self) -> str:
        zoned = "" if self.tz == "UTC" else f", tz={self.tz!r}"
        parts = [f"{unit}({n}{zoned})" for unit in ("months", "days") if (n := getattr(self, unit))]
        if self.hours:
            parts.append(f"hours({self.hours})")
        return " + ".join(parts) or "days(0)"


LeapDay = Literal["02-28", "03-01"]
"""On which day an anniversary of 29 February is kept in a common year."""
Length: TypeAlias = timedelta | Span
"""A length of time: a `timedelta` elapses, a `Span` steps over the calendar."""


def _dump_length(length: Length) -> Json:
    return ELAPSED.dump(length) if isinstance(length, timedelta) else _SPAN.dump(length)


def _load_length(data: Json, reader: Reader) -> Length:
    return _SPAN.load(data, reader) if isinstance(data, dict) else ELAPSED.load(data, reader)


_SPAN = nested(Span)
LENGTH_FORM: Form[Length] = Form(_dump_length, _load_length)


def _step(moment: datetime, span: Span, sign: int) -> datetime:
    instant = an_instant(moment, "the moment a span is added to")
    try:
        if span.months or span.tz != "UTC":
            tz = zone(span.tz)
            step = relativedelta(months=sign * span.months, days=sign * span.days)
            instant = at_wall(wall(instant, tz) + step, tz) + sign * timedelta(hours=span.hours)
        else:  # every day of UTC has 24 hours
            instant += sign * timedelta(days=span.days, hours=span.hours)
        return instant.astimezone(moment.tzinfo)
    except (OverflowError, ValueError) as error:
        raise beyond(f"{span!r} from {moment.isoformat()}") from error


def _comparable(ours: Span, theirs: Span) -> tuple[int, int]:
    if isinstance(theirs, Span) and ours.tz == theirs.tz:
        for unit, others in (
            ("months", ("days", "hours")),
            ("days", ("months", "hours")),
            ("hours", ("months", "days")),
        ):
            if not any(getattr(span, other) for span in (ours, theirs) for other in others):
                return getattr(ours, unit), getattr(theirs, unit)
    msg = f"{ours!r} and {theirs!r} have no order in general; compare moments: start + a < start + b"
    raise InvalidTypeError(msg, theirs)


def hours(number: int) -> Span:
    """Return a length of elapsed hours."""
    return Span(hours=a_count(number, "hours"))


def days(number: int, *, tz: str = "UTC") -> Span:
    """Return a length of calendar days: the same wall-clock time in `tz`, that many days on."""
    return Span(days=a_count(number, "days"), tz=tz)


def weeks(number: int, *, tz: str = "UTC") -> Span:
    """Return a length of calendar weeks, seven days each."""
    return Span(days=7 * a_count(number, "weeks"), tz=tz)


def months(number: int, *, tz: str = "UTC") -> Span:
    """Return a length of calendar months; a day that the last of them lacks becomes its last day."""
    return Span(months=a_count(number, "months"), tz=tz)


def years(number: int, *, tz: str = "UTC") -> Span:
    """Return a length of calendar years, twelve months each; 29 February becomes the 28th of a common year."""
    return Span(months=12 * a_count(number, "years"), tz=tz)


def a_length(length: Length, what: str) -> Length:
    """Check a length of time: a `Span`, or a `timedelta` that is not negative."""
    if isinstance(length, Span):
        return length
    if not isinstance(length, timedelta):
        msg = f"{what} must be a timedelta or a span such as days(3), got {length!r}"
        raise InvalidTypeError(msg, length)
    if length < ZERO:
        msg = f"{what} must not be negative, got {length!r}"
        raise InvalidValueError(msg, length)
    return length


def later(moment: datetime, length: Length) -> datetime:
    """Return the instant a length of time after a moment, in UTC: a `timedelta` elapses, a `Span` steps.

    >>> from datetime import datetime, timedelta, timezone
    >>> from cxkit.calendar import later, months
    >>> later(datetime(2026, 1, 31, tzinfo=timezone.utc), months(1)).isoformat()
    '2026-02-28T00:00:00+00:00'
    """
    instant = an_instant(moment, "moment")
    try:
        return instant + length
    except OverflowError as error:
        raise beyond(f"{length!r} from {moment.isoformat()}") from error


def end_of(moment: datetime, length: Length) -> datetime | None:
    """Return the end of a length of time; `None` beyond the end of time."""
    try:
        return later(moment, length)
    except InvalidValueError:
        return None


def elapsed(length: Length) -> timedelta | None:
    """Return a length that is the same from every moment as elapsed time; `None` for months, and for days of a zone."""
    if isinstance(length, timedelta):
        return length
    if length.months or (length.days and length.tz != "UTC"):
        return None
    try:
        return timedelta(days=length.days, hours=length.hours)
    except OverflowError:  # longer than time
        return None


@lru_cache(maxsize=1024)
def horizon(window: Length, as_of: datetime) -> datetime | None:
    """Return the moment before which a rolling window began; `None` where that is to be asked of each event.

    So it is for days and months of a zone with clock changes: there an event can leave before an earlier one does.
    """
    length = elapsed(window)
    if length is None:
        return None
    try:
        return as_of - length
    except OverflowError:
        return datetime.min.replace(tzinfo=as_of.tzinfo)


def earlier(moment: datetime, length: Length) -> datetime:
    """Return the instant a length of time before a moment, in UTC: a `timedelta` elapses, a `Span` steps."""
    instant = an_instant(moment, "moment")
    try:
        return instant - length
    except OverflowError as error:
        raise beyond(f"{length!r} before {moment.isoformat()}") from error
