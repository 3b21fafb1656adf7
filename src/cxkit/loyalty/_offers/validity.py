"""Windows: from when to when an offer holds."""

from datetime import date, datetime
from typing import Literal, Self

import attrs

from cxkit._checks import an_instant, one_of
from cxkit._forms import MOMENT, choice, optional, stored
from cxkit.calendar import Period
from cxkit.errors import InvalidTypeError, InvalidValueError

WindowEnds = Literal["included", "excluded"]
"""Whether a window holds at the very moment of its end."""


@stored(
    "loyalty.offer_window", start=optional(MOMENT), end=optional(MOMENT), ends=optional(choice("included", "excluded"))
)
@attrs.frozen
class OfferWindow:
    """From when to when an offer holds. Its start belongs to it; whether its end does is said, as shops differ in it.

    Attributes:
        start: The first moment, in UTC; open, unless given.
        end: The end, in UTC; open, unless given.
        ends: Whether the moment of the end is `included` or `excluded`; required where there is an end.

    >>> from datetime import datetime, timezone
    >>> from cxkit.loyalty import OfferWindow
    >>> closing = datetime(2026, 3, 31, 20, tzinfo=timezone.utc)
    >>> closing in OfferWindow(end=closing, ends="included"), closing in OfferWindow(end=closing, ends="excluded")
    (True, False)
    """

    start: datetime | None = None
    end: datetime | None = None
    ends: WindowEnds | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        if self.start is not None:
            keep(self, "start", an_instant(self.start, "start"))
        if self.ends is not None:
            one_of(self.ends, ("included", "excluded"), "ends")
        if self.end is None:
            keep(self, "ends", None)  # nothing ends
            return
        keep(self, "end", an_instant(self.end, "end"))
        if self.ends is None:
            msg = "a window with an end says whether that moment belongs to it: ends='included' or ends='excluded'"
            raise InvalidValueError(msg)
        if self.start is not None and self.has_ended(self.start):
            given = f"{self.start.isoformat()} to {self.end.isoformat()}, which is {self.ends}"
            msg = f"a window must hold some moment, got {given}"
            raise InvalidValueError(msg, self.end)

    @classmethod
    def days(cls, first: date, last: date, *, tz: str) -> Self:
        """Return the window of whole days on the calendar of a zone, from the first to the last, both included.

        >>> from datetime import date
        >>> from cxkit.loyalty import OfferWindow
        >>> summer = OfferWindow.days(date(2026, 3, 29), date(2026, 3, 29), tz="Europe/Berlin")
        >>> summer.end - summer.start
        datetime.timedelta(seconds=82800)
        """
        for day in (first, last):
            if not isinstance(day, date) or isinstance(day, datetime):
                msg = f"the first and last day of a window must be dates, got {day!r}; OfferWindow(start, end) takes moments"
                raise InvalidTypeError(msg, day)
        return cls(Period("day", first, tz=tz).start, Period("day", last, tz=tz).end, ends="excluded")

    def has_started(self, moment: datetime) -> bool:
        """Whether it has begun by a moment."""
        return self.start is None or an_instant(moment, "moment") >= self.start

    def has_ended(self, moment: datetime) -> bool:
        """Whether it is over at a moment."""
        if self.end is None:
            return False
        instant = an_instant(moment, "moment")
        return instant > self.end if self.ends == "included" else instant >= self.end

    def __contains__(self, moment: datetime) -> bool:
        return self.has_started(moment) and not self.has_ended(moment)
