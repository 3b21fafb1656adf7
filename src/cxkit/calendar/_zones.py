"""Zones and wall clocks: the one place that knows what a clock change does."""

from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cxkit._checks import UTC
from cxkit.errors import InvalidTypeError, InvalidValueError

SECOND = timedelta(seconds=1)


def zone(name: str) -> tzinfo:
    """Return the zone of an IANA name such as `Europe/Berlin`; `UTC` is there without a database of zones, too."""
    if name == "UTC":
        return UTC
    if not isinstance(name, str):
        msg = f"tz must be the IANA name of a zone such as 'Europe/Berlin', got {name!r}"
        raise InvalidTypeError(msg, name)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = f"tz must be the IANA name of a zone such as 'Europe/Berlin', got {name!r}"
        raise InvalidValueError(msg, name) from error


def wall(moment: datetime, tz: tzinfo) -> datetime:
    """Return what the clock on the wall shows at a moment: a naive datetime."""
    try:
        return moment.astimezone(tz).replace(tzinfo=None)
    except OverflowError as error:
        raise beyond(f"{moment.isoformat()} in {tz}") from error


def at_wall(clock: datetime, tz: tzinfo) -> datetime:
    """Return the instant at which the wall clock shows a time; the earlier one of two.

    A time that a clock change leaves out is read with the offset before the change (RFC 5545): 02:30 becomes 03:30.
    """
    try:
        return clock.replace(tzinfo=tz).astimezone(UTC)
    except OverflowError as error:
        raise beyond(f"{clock.isoformat()} in {tz}") from error


def beyond(what: str) -> InvalidValueError:
    """Build the error of a time that no datetime can hold."""
    return InvalidValueError(f"{what} lies outside of the years 1 to 9999")


def first_at_or_past(clock: datetime, tz: tzinfo) -> datetime:
    """Return the first instant at which the wall clock shows a time or has passed it.

    It differs from `at_wall` for a time that a clock change leaves out: it is the moment of the change then, which is
    when a day that has no midnight begins, and when a rest until 02:30 ends.
    """
    found = at_wall(clock, tz)
    if wall(found, tz) == clock:
        return found
    return next_change(at_wall(clock.replace(fold=1), tz), found, tz) or found


def next_change(start: datetime, end: datetime, tz: tzinfo) -> datetime | None:
    """Return the instant of the clock change after `start` and up to `end`, which are less than a day or so apart."""
    offset = _offset(start, tz)
    if _offset(end, tz) == offset:
        return None
    before, after = start, end
    while after - before > SECOND:
        middle = before + (after - before) // 2
        if _offset(middle, tz) == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _offset(instant: datetime, tz: tzinfo) -> timedelta:
    return wall(instant, tz) - instant.replace(tzinfo=None)
