"""Open tickets: the backlog, what came in and what went out."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Self

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import a_count, an_instant, as_tuple, each
from cxkit._forms import INTEGER, MOMENT, form_of, many, optional, stored
from cxkit.calendar import Period, a_period
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError
from cxkit.journey import Journey
from cxkit.metrics._desk.cases import Case, cases_of
from cxkit.metrics._support.vocabulary import TicketEvents
from cxkit.tallies import Durations, refused

FLOWS = ("before", "new", "resolved", "reopened")


@stored("metrics.backlog_period", period=form_of(Period), **dict.fromkeys(FLOWS, INTEGER), ages=form_of(Durations))
@attrs.frozen
class BacklogPeriod:
    """What came in and what went out in one period, and what is left.

    Attributes:
        period: The period, half-open.
        before: How many tickets were open just before it.
        new: How many came into being in it.
        resolved: How often one was resolved.
        reopened: How often one was opened again.
        ages: How old those are that are open just before its end, or at the moment of the question if that is earlier.
    """

    period: Period
    before: int = 0
    new: int = 0
    resolved: int = 0
    reopened: int = 0
    ages: Durations = attrs.field(factory=Durations)

    def __attrs_post_init__(self) -> None:
        a_period(self.period)
        for what in FLOWS:
            a_count(getattr(self, what), what)
        if not isinstance(self.ages, Durations):
            msg = f"ages must be Durations, got {self.ages!r}"
            raise InvalidTypeError(msg, self.ages)
        if self.ages.count != self.open:
            flows = f"{self.before} open before + {self.new} new - {self.resolved} resolved + {self.reopened} reopened"
            msg = f"{flows} leave {self.open} open, got {self.ages.count} ages"
            raise InvalidValueError(msg, self.ages)

    @property
    def open(self) -> int:
        """How many are open at its end: those before, and new, and reopened, less those resolved."""
        return self.before + self.new - self.resolved + self.reopened

    def older_than(self, age: timedelta) -> int:
        """Return how many of the open ones are older, to the unit in which ages are counted."""
        return sum(count for units, count in self.ages.counts.items() if units * self.ages.resolution > age)

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if self.period != other.period:
            raise refused(self, other, "they are of two periods; a ticket would be counted twice")
        flows = {what: getattr(self, what) + getattr(other, what) for what in FLOWS}
        return type(self)(self.period, **flows, ages=self.ages + other.ages)


def _in_order(periods: Iterable[BacklogPeriod]) -> tuple[BacklogPeriod, ...]:
    found = list(each(periods, "periods"))
    for part in found:
        if not isinstance(part, BacklogPeriod):
            msg = f"a backlog is made of BacklogPeriod values, got {part!r}"
            raise InvalidTypeError(msg, part)
    found.sort(key=lambda part: part.period)
    for one, other in pairwise(found):
        if one.period == other.period:
            msg = f"a period stands in a backlog once, got {one.period} twice"
            raise DuplicateError(msg, other)
    return tuple(found)


@stored("metrics.backlog", periods=many(form_of(BacklogPeriod)), as_of=optional(MOMENT))
@attrs.frozen
class Backlog(_charts.Charted):
    """The open tickets at the ends of periods: a population tally, which adds over different tickets and the same periods.

    Attributes:
        periods: What came in, what went out and what is left, in the order of the periods.
        as_of: The moment of the question, in UTC; of a period that it falls into, what was known by then, and none may
            begin after it.
    """

    periods: tuple[BacklogPeriod, ...] = attrs.field(converter=_in_order)
    as_of: datetime | None = None

    def __attrs_post_init__(self) -> None:
        if self.as_of is not None:
            object.__setattr__(self, "as_of", an_instant(self.as_of, "as_of"))
            for part in self.periods:
                _check_begun(part.period, self.as_of)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each period, with whether it was over; the ages are those of the open ones."""
        return [
            {
                "period": str(part.period),
                **{what: getattr(part, what) for what in FLOWS},
                "open": part.open,
                "median age": part.ages.median if part.open else None,
                "oldest": part.ages.maximum if part.open else None,
                "complete": self.as_of is None or part.period.window[1] <= self.as_of,
            }
            for part in self.periods
        ]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        ours, theirs = ([part.period for part in each.periods] for each in (self, other))
        if (ours, self.as_of) != (theirs, other.as_of):
            raise refused(
                self, other, "they are of other periods, or of another moment; a ticket would be counted twice"
            )
        return type(self)([one + another for one, another in zip(self.periods, other.periods, strict=True)], self.as_of)

    @override
    def chart(self) -> _charts.Spec:
        rows = [{"period": str(part.period), "open": part.open} for part in self.periods]
        return _charts.columns(rows, category="period", number="open", title="Open tickets at the end of each period")


def _check_begun(period: Period, as_of: datetime) -> None:
    start = period.window[0]
    if as_of < start:
        msg = (
            f"{period} begins on {start.isoformat()}, so nothing is known of it as of {as_of.isoformat()}; leave it out"
        )
        raise InvalidValueError(msg, period)


def backlog(
    tickets: Iterable[Journey],
    periods: Iterable[Period],
    *,
    events: TicketEvents | None = None,
    as_of: datetime | None = None,
) -> Backlog:
    """Count the tickets that are open at the ends of periods, and what came in and went out within them.

    A ticket is open from its first moment until it is resolved, by the bot or not, and again from a reopening or a
    handoff on. In each period, those open before + new - resolved + reopened = those open at its end.

    Args:
        tickets: The tickets, read one by one.
        periods: The periods.
        events: Which touchpoints mean what; `TicketEvents()` unless given.
        as_of: The moment; nothing that came to be known later counts. Without it the log counts as given.

    Raises:
        InvalidValueError: A period begins after the moment.

    >>> from cxkit.calendar import Period
    >>> from cxkit.journey import journeys
    >>> from cxkit.metrics import backlog
    >>> log = [("T-1", "opened", "2026-03-30T09:00Z"), ("T-1", "resolved", "2026-04-02T10:00Z")]
    >>> log += [("T-2", "opened", "2026-04-02T09:00Z")]
    >>> print(backlog(journeys(log), [Period.month(2026, 3), Period.month(2026, 4)]))
    period   before  new  resolved  reopened  open         median age             oldest  complete
    2026-03       0    1         0         0     1    1 day, 15:00:00    1 day, 15:00:00  True
    2026-04       1    1         1         0     1  28 days, 15:00:00  28 days, 15:00:00  True
    """
    now = None if as_of is None else an_instant(as_of, "as_of")
    asked = dict.fromkeys(a_period(period) for period in as_tuple(periods))
    cases = list(cases_of(tickets, events, now))
    moments = _Moments(cases)
    return Backlog([_counted(period, moments, cases, now) for period in asked], now)


def open_ages(tickets: Iterable[Journey], *, as_of: datetime, events: TicketEvents | None = None) -> Durations:
    """Count how old the tickets are that are open at a moment; its `count` is how many there are.

    Args:
        tickets: The tickets, read one by one.
        as_of: The moment; nothing that came to be known later counts.
        events: Which touchpoints mean what; `TicketEvents()` unless given.

    >>> from datetime import datetime, timezone
    >>> from cxkit.journey import journeys
    >>> from cxkit.metrics import open_ages
    >>> log = journeys([("T-1", "opened", "2026-03-30T09:00Z")])
    >>> ages = open_ages(log, as_of=datetime(2026, 3, 31, 9, tzinfo=timezone.utc))
    >>> ages.count, ages.median
    (1, datetime.timedelta(days=1))
    """
    now = an_instant(as_of, "as_of")
    cases = cases_of(tickets, events, now)
    return Durations.from_lengths(now - case.start for case in cases if case.is_open)


class _Moments:
    """When tickets came into being, were opened again, and were resolved, each in order."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.new = sorted(case.start for case in cases)
        self.reopened = sorted(stretch.opened for case in cases for stretch in case.stretches[1:])
        self.resolved = sorted(moment for case in cases for moment in case.resolutions)

    def open_before(self, moment: datetime) -> int:
        """Return how many were open just before a moment."""
        opened = bisect_left(self.new, moment) + bisect_left(self.reopened, moment)
        return opened - bisect_left(self.resolved, moment)


def _counted(period: Period, moments: _Moments, cases: Iterable[Case], as_of: datetime | None) -> BacklogPeriod:
    start, end = period.window
    until = end if as_of is None else min(end, as_of)
    left = (case for case in cases if any(stretch.is_open_before(end) for stretch in case.stretches))
    return BacklogPeriod(
        period,
        before=moments.open_before(start),
        new=_between(moments.new, start, end),
        resolved=_between(moments.resolved, start, end),
        reopened=_between(moments.reopened, start, end),
        ages=Durations.from_lengths(until - case.start for case in left),
    )


def _between(moments: Sequence[datetime], start: datetime, end: datetime) -> int:
    """Count the moments of a half-open period."""
    return bisect_left(moments, end) - bisect_left(moments, start)
