"""Quiet hours: when nobody is to be woken."""

from datetime import datetime, time, timedelta

import attrs

from cxkit._checks import an_instant
from cxkit._forms import TEXT, stored
from cxkit.calendar._zones import beyond, next_change, wall, zone
from cxkit.errors import InvalidTypeError, InvalidValueError

DAY = timedelta(days=1)


def a_clock(text: str | time) -> str:
    """Normalise a wall-clock time to `HH:MM`."""
    try:
        found = text if isinstance(text, time) else _read(text)
    except (TypeError, ValueError) as error:
        msg = f"a time of day must read like '21:00', got {text!r}"
        kind = InvalidValueError if isinstance(text, str) else InvalidTypeError
        raise kind(msg, text) from error
    if found.tzinfo is not None or found.second or found.microsecond:
        msg = f"a time of day must be hours and minutes without a zone, got {text!r}; the zone goes into tz="
        raise InvalidValueError(msg, text)
    return found.isoformat("minutes")


def _read(text: str) -> time:
    if str(text).removeprefix("T").startswith("24"):  # the end of a day, which Python 3.14 reads as its start
        raise ValueError(text)
    return time.fromisoformat(text)


@stored("calendar.quiet_hours", start=TEXT, end=TEXT, tz=TEXT)
@attrs.frozen
class QuietHours:
    """A stretch of every day, by the wall clock of a zone, half-open: `[start, end)`; it may run past midnight.

    Attributes:
        start: When it becomes quiet, as in `"21:00"`.
        end: When it is over, as in `"08:00"`.
        tz: The IANA name of the zone whose clocks count.

    >>> from datetime import datetime, timezone
    >>> from cxkit.calendar import QuietHours
    >>> night = QuietHours("21:00", "08:00", tz="Europe/Berlin")
    >>> late = datetime(2026, 3, 6, 22, tzinfo=timezone.utc)
    >>> late in night, night.release(late).isoformat()
    (True, '2026-03-07T07:00:00+00:00')
    """

    start: str = attrs.field(converter=a_clock)
    end: str = attrs.field(converter=a_clock)
    tz: str = attrs.field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        zone(self.tz)
        if self.start == self.end:
            msg = f"quiet hours must not start and end at the same time, got {self.start}; leave them out for none"
            raise InvalidValueError(msg, self.start)

    def __contains__(self, moment: datetime) -> bool:
        clock = f"{wall(an_instant(moment, 'moment'), zone(self.tz)):%H:%M}"
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def release(self, moment: datetime) -> datetime:
        """Return the first instant from `moment` on that is not quiet, in UTC; `moment` itself where it is not.

        The clock on the wall says when. Where it is changed, the rest may end at once, go on, or come twice.
        """
        instant, tz = an_instant(moment, "moment"), zone(self.tz)
        while instant in self:
            end = self._end(instant, wall(instant, tz))
            instant = next_change(instant, end, tz) or end
        return instant

    def _end(self, instant: datetime, clock: datetime) -> datetime:
        """Return when the rest ends if no clock is changed before."""
        try:
            end = datetime.combine(clock.date(), time.fromisoformat(self.end))
            return instant + (end - clock if end > clock else end + DAY - clock)
        except OverflowError as error:
            raise beyond(f"the end of quiet hours after {instant.isoformat()}") from error
