"""Counting churn: the spans of customers, over one period or over consecutive ones."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate, islice, pairwise

from cxkit.calendar import Period, PeriodUnit, later
from cxkit.errors import InvalidValueError
from cxkit.metrics._churning.course import Course, course
from cxkit.metrics._churning.policy import ChurnPolicy, a_policy
from cxkit.metrics._churning.result import CustomerChurn, in_sequence
from cxkit.metrics._churning.spans import LEAST, Spans, Stay, spans_known, stays_of
from cxkit.metrics._windows import ReportingPeriod, Window, window_of

DAY = timedelta(days=1)
MOST = 10_000  # days, or other parts, of one period


def customer_churn(
    spans: Spans, period: ReportingPeriod, *, policy: ChurnPolicy, as_of: datetime | None = None
) -> CustomerChurn:
    """Count who was lost in a period, by a policy.

    Args:
        spans: When each customer was one: `CustomerSpans`, or a mapping from each to pairs `(start, end)`.
        period: The period; a pair of moments for one that the calendar has no name for, such as the last 30 days.
        policy: What counts as lost, and of how many, such as `ChurnPolicy.chartmogul()`.
        as_of: The moment; what begins or ends later is not known, and whoever left so lately that the grace is not over is
            pending. Without it the spans count as given, or as of when they were read.

    Raises:
        InvalidValueError: The period has not begun, the spans were read as of another moment, some were recorded after
            `as_of`, or a rate by day is of more than 10000 days.

    >>> from datetime import datetime, timezone
    >>> from cxkit.calendar import Period
    >>> from cxkit.metrics import ChurnPolicy, customer_churn
    >>> day = lambda month, number: datetime(2026, month, number, tzinfo=timezone.utc)
    >>> spans = {
    ...     "anna": [(day(1, 5), None)],
    ...     "ben": [(day(2, 1), day(3, 14))],
    ...     "cleo": [(day(3, 2), day(3, 20))],
    ... }
    >>> march = customer_churn(spans, Period.month(2026, 3), policy=ChurnPolicy.chartmogul())
    >>> march.rate.value, march.customers(), march.customers("joined_and_left")
    (0.5, ('ben',), ('cleo',))
    """
    [churn] = counted(spans, [period], policy, as_of)
    return churn


def counted(
    spans: Spans, periods: Sequence[ReportingPeriod], policy: ChurnPolicy, as_of: datetime | None
) -> list[CustomerChurn]:
    """Count the churn of consecutive periods."""
    parts = [_windows(period, a_policy(policy)) for period in periods]
    known = spans_known(spans, as_of)
    count = _Count(policy, [window for part in parts for window in part], known.as_of)
    for customer, theirs in known.spans.items():
        count.add(customer, stays_of(theirs, grace=policy.grace, as_of=known.as_of, dated_back=policy.dated_back))
    found = iter(count.results())
    wholes = [list(islice(found, len(part))) for part in parts]
    return [in_sequence(whole) if policy.denominator == "daily" else whole[0] for whole in wholes]


class _Count:
    """The churn of consecutive windows that is being counted."""

    def __init__(self, policy: ChurnPolicy, windows: Sequence[Window], as_of: datetime | None) -> None:
        self.policy, self.windows, self.as_of = policy, windows, as_of
        self.boundaries = [*(start for start, _ in windows), windows[-1][1]]
        if as_of is not None and as_of < self.boundaries[0]:
            begins = self.boundaries[0].isoformat()
            msg = f"the period begins on {begins}, so nothing is known of it as of {as_of.isoformat()}"
            raise InvalidValueError(msg, as_of)
        self.steps = [0] * (len(self.boundaries) + 1)  # by how much those there change up to each boundary
        self.courses: list[list[tuple[str, Course]]] = [[] for _ in windows]

    def add(self, customer: str, stays: Sequence[Stay]) -> None:
        """Take in one customer: where they were there, and what they did in the windows in which they came or left."""
        touched: set[int] = set()
        for stay in stays:
            came = bisect_right(self.boundaries, stay.start)
            self.steps[came] += 1
            touched.add(came - 1)
            if stay.exit is not None:
                left = bisect_right(self.boundaries, stay.exit.dated)
                self.steps[left] -= not stay.exit.is_pending
                touched.add(left - 1)
        for place in touched:
            if 0 <= place < len(self.windows):
                self.courses[place].append((customer, course(customer, stays, self.windows[place], self.policy)))

    def results(self) -> list[CustomerChurn]:
        """Return the churn of each window."""
        there = pairwise(accumulate(self.steps[:-1]))
        return [self._result(*of) for of in zip(self.windows, there, self.courses, strict=True)]

    def _result(self, window: Window, there: tuple[int, int], courses: Sequence[tuple[str, Course]]) -> CustomerChurn:
        added = [customer for customer, theirs in courses if theirs.is_added]
        events = [event for _, theirs in courses for event in theirs.events]
        lost = sum(event.outcome == "counted" for event in events)
        return CustomerChurn(
            self.policy,
            window,
            as_of=self.as_of,
            at_start=there[0],
            new=sum(theirs.new for _, theirs in courses),
            reactivated=sum(theirs.reactivated for _, theirs in courses),
            at_end=there[1],
            added=added,
            events=events,
            days=[(lost, there[0] + len(added))] if self.policy.denominator == "daily" else [],
        )


def _windows(period: ReportingPeriod, policy: ChurnPolicy) -> list[Window]:
    """Return the windows in which a policy counts: the days of a period, for a rate by day."""
    window = window_of(period)
    if policy.denominator != "daily":
        return [window]
    return [day.window for day in parts_of(period, "day")] if isinstance(period, Period) else _days_of(*window)


def parts_of(period: Period, unit: PeriodUnit) -> list[Period]:
    """Return the days, weeks or months of a period, which must be made of whole ones."""
    parts = [Period.of(period.first_day, unit, tz=period.tz, week_start=period.week_start)]
    while parts[-1].end < period.end:
        _few_enough(len(parts), period)
        parts.append(parts[-1].next())
    if (parts[0].start, parts[-1].end) != period.window:
        msg = f"{period} is not made of whole periods of the unit {unit!r}; take a smaller one, or a longer period"
        raise InvalidValueError(msg, unit)
    return parts


def _few_enough(number: float, period: ReportingPeriod) -> None:
    if number >= MOST:
        msg = f"expected a period of up to {MOST} days or other parts, got more; take a shorter one"
        raise InvalidValueError(msg, period)


def _days_of(start: datetime, end: datetime) -> list[Window]:
    """Return the days of a stretch, of 24 hours each from its start; the last may be shorter."""
    _few_enough((end - start - LEAST) / DAY, (start, end))
    starts = [start]
    while (following := later(starts[-1], DAY)) < end:
        starts.append(following)
    return [*pairwise([*starts, end])]
