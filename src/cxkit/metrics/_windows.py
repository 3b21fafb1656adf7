"""Windows: the period that churn and recurring revenue are counted in."""

from datetime import datetime
from typing import TypeAlias

from cxkit._checks import an_instant, shown
from cxkit.calendar import Period
from cxkit.errors import InvalidTypeError, InvalidValueError

Window: TypeAlias = tuple[datetime, datetime]
ReportingPeriod: TypeAlias = Period | Window
"""A period of the calendar, or any stretch from one moment until before another."""


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
