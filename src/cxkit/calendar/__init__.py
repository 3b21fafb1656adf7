"""Time as people keep it: spans, periods, business hours, quiet hours.

The library has no clock. Every moment is passed in, is aware, and is compared as an instant in UTC; what depends on
the wall clock (a calendar day, business hours, quiet hours) names its zone and survives the clock changes there. Wherever a length of
time is asked for, a `timedelta` (which elapses) and a `Span` (which steps over the calendar) both serve.

>>> from datetime import datetime, timezone
>>> from cxkit.calendar import days, months
>>> signed_up = datetime(2026, 1, 31, 9, tzinfo=timezone.utc)
>>> (signed_up + months(1)).date().isoformat(), (signed_up + days(30)).date().isoformat()
('2026-02-28', '2026-03-02')
"""

from cxkit.calendar._business import BusinessCalendar
from cxkit.calendar._periods import Period, PeriodUnit, Weekday
from cxkit.calendar._periods import a_period as a_period
from cxkit.calendar._quiet import QuietHours
from cxkit.calendar._spans import LENGTH_FORM as LENGTH_FORM  # this and the like: for the other packages of cxkit
from cxkit.calendar._spans import LeapDay, Length, Span, days, earlier, hours, later, months, weeks, years
from cxkit.calendar._spans import a_length as a_length
from cxkit.calendar._spans import elapsed as elapsed
from cxkit.calendar._spans import end_of as end_of
from cxkit.calendar._spans import horizon as horizon
from cxkit.calendar._zones import zone as zone

__all__ = [
    "BusinessCalendar",
    "LeapDay",
    "Length",
    "Period",
    "PeriodUnit",
    "QuietHours",
    "Span",
    "Weekday",
    "days",
    "earlier",
    "hours",
    "later",
    "months",
    "weeks",
    "years",
]
