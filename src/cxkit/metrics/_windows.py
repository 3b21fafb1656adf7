"""Windows: the period that churn and recurring revenue are counted in."""

from datetime import datetime
from typing import TypeAlias

from cxkit._checks import an_instant, shown
from cxkit.calendar import Period
from cxkit.errors import InvalidTypeError, InvalidValueError

Window: TypeAlias = tuple[datetime, datetime]
ReportingPeriod: TypeAlias = Period | tuple[datetime, datetime]
"""A period of the calendar, or any stretch from one moment until before another."""


def a_record(as_of: datetime | None, recorded_by: datetime | None) -> tuple[datetime | None, datetime | None]:
    """Check up to when something is known, and by when all of it was recorded, which must not be later."""
    moment = None if as_of is None else an_instant(as_of, "as_of")
    last = None if recorded_by is None else an_instant(recorded_by, "recorded_by")
    if moment and last and moment < last:
        msg = (
            f"some of what was read from the journeys was recorded late, the last on {last.isoformat()}, so it does not say "
            f"what was known by {moment.isoformat()}; read it with as_of={moment.isoformat()}"
        )
        raise InvalidValueError(msg, moment)
    return moment, last


def window_of(period: ReportingPeriod) -> Window:
    """Check a period, or a stretch of time that is not empty, and give its two moments in UTC."""
    match period:
        case Period():
            return period.window
        case (datetime() as first, datetime() as last):
            start, end = an_instant(first, "the start of the period"), an_instant(last, "the end of the period")
            if start >= end:
                msg = f"the period must end after it starts, got {start.isoformat()} to {end.isoformat()}"
                raise InvalidValueError(msg, period)
            return start, end
        case _:
            msg = f"period must be a Period such as Period.month(2026, 3), or two moments, got {shown(period)}"
            raise InvalidTypeError(msg, period)
