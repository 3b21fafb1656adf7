"""Response times: how long customers waited, in business time."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self, overload

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import a_count, an_instant
from cxkit._forms import INTEGER, form_of, stored
from cxkit.calendar import BusinessCalendar
from cxkit.errors import InvalidTypeError
from cxkit.journey import Journey, Label, each_journey
from cxkit.metrics._support.groups import Labels, LabelSource, TicketGroups
from cxkit.metrics._support.promises import a_calendar
from cxkit.metrics._support.rules import METRICS, TicketMetric, TicketRules, a_rules
from cxkit.tallies import Durations

SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)
OPEN: dict[TicketMetric, str] = {
    "first_response": "unanswered",
    "next_response": "waiting",
    "resolution": "unresolved",
}
_DURATIONS = form_of(Durations)


@stored("metrics.response_times", **dict.fromkeys(METRICS, _DURATIONS), **dict.fromkeys(OPEN.values(), INTEGER))
@attrs.frozen(kw_only=True)
class ResponseTimes(_charts.Charted):
    """How long tickets took, in business time: an event tally, which adds over disjoint tickets.

    Only what has ended has a length. What is open is counted apart: where there is much of it, the times of those that
    were answered make the service look faster than it is.

    Attributes:
        first_response: The times to the first response.
        next_response: The times to each later one.
        resolution: The times to the resolution.
        unanswered: How many tickets wait for a first response.
        waiting: How many wait for a later one.
        unresolved: How many wait for a resolution.

    >>> from datetime import timedelta
    >>> from cxkit.metrics import ResponseTimes
    >>> from cxkit.tallies import Durations
    >>> times = ResponseTimes(first_response=Durations.from_lengths([timedelta(0), timedelta(minutes=8)]), unanswered=1)
    >>> times.first_response.median, (times + times).unanswered
    (datetime.timedelta(seconds=240), 2)
    """

    first_response: Durations = attrs.field(factory=Durations)
    next_response: Durations = attrs.field(factory=Durations)
    resolution: Durations = attrs.field(factory=Durations)
    unanswered: int = 0
    waiting: int = 0
    unresolved: int = 0

    def __attrs_post_init__(self) -> None:
        for metric, still in OPEN.items():
            a_count(getattr(self, still), still)
            if not isinstance(getattr(self, metric), Durations):
                msg = f"{metric} must be Durations, got {getattr(self, metric)!r}"
                raise InvalidTypeError(msg, getattr(self, metric))

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each metric: how many ended, how many are open, and how long it took."""
        return [self._row(metric) for metric in METRICS]

    def _row(self, metric: TicketMetric) -> dict[str, object]:
        found: Durations = getattr(self, metric)
        [row] = found.rows()
        count = row.pop("count")
        return {"metric": metric, "count": count, "open": getattr(self, OPEN[metric]), **row}

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        names = (*METRICS, *OPEN.values())
        return type(self)(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @override
    def chart(self) -> _charts.Spec:
        """Return the median and the 90th percentile of each metric, in hours, as a Vega-Lite v5 specification."""
        rows: list[dict[str, object]] = [
            {"time": f"{row['metric']} {what}", "hours": found / timedelta(hours=1)}
            for row in self.rows()
            for what in ("median", "p90")
            if isinstance(found := row[what], timedelta)
        ]
        return _charts.bars(rows, category="time", number="hours", title="Response times in business hours")


class _Lengths:
    """The lengths that are being counted, of each metric."""

    def __init__(self) -> None:
        self.counts: dict[TicketMetric, Counter[int]] = {metric: Counter() for metric in METRICS}
        self.total: Counter[TicketMetric] = Counter()
        self.open: Counter[TicketMetric] = Counter()

    def add(self, metric: TicketMetric, length: timedelta) -> None:
        self.counts[metric][length // SECOND] += 1
        self.total[metric] += length // MICROSECOND

    def result(self) -> ResponseTimes:
        lengths = {metric: Durations(SECOND, found, self.total[metric]) for metric, found in self.counts.items()}
        still = {OPEN[metric]: self.open[metric] for metric in METRICS}
        return ResponseTimes(**lengths, **still)  # type: ignore[arg-type]


@overload
def response_times(
    tickets: Iterable[Journey],
    *,
    calendar: BusinessCalendar,
    rules: TicketRules | None = None,
    as_of: datetime | None = None,
    by: None = None,
) -> ResponseTimes: ...


@overload
def response_times(
    tickets: Iterable[Journey],
    *,
    calendar: BusinessCalendar,
    rules: TicketRules | None = None,
    as_of: datetime | None = None,
    by: Label,
    label_of: LabelSource = "ticket",
) -> TicketGroups[ResponseTimes]: ...


def response_times(
    tickets: Iterable[Journey],
    *,
    calendar: BusinessCalendar,
    rules: TicketRules | None = None,
    as_of: datetime | None = None,
    by: Label | None = None,
    label_of: LabelSource = "ticket",
) -> ResponseTimes | TicketGroups[ResponseTimes]:
    """Count how long first responses, next responses and resolutions took, in business time.

    Args:
        tickets: The tickets, read one by one.
        calendar: What counts as business time.
        rules: When the clocks run; `TicketRules()` unless given.
        as_of: What came to be known later does not count; without it, the tickets count as given.
        by: A label, such as `"channel"` or `"properties.product"`, for a result for each.
        label_of: Where the label is read. `"ticket"`: it is the first that any touchpoint of the ticket has.
            `"answer"`: it is that of the touchpoint that ended what is measured, as in `by="actor"` for who answered;
            what is open has none then.

    >>> from cxkit.calendar import BusinessCalendar
    >>> from cxkit.journey import journeys
    >>> from cxkit.metrics import response_times
    >>> log = journeys([
    ...     ("T-1", "opened", "2026-03-02T09:00Z"),
    ...     ("T-1", "agent_reply", "2026-03-02T09:30Z"),
    ...     ("T-2", "opened", "2026-03-02T10:00Z"),
    ... ])
    >>> found = response_times(log, calendar=BusinessCalendar.always())
    >>> found.first_response.median, found.unanswered, found.unresolved
    (datetime.timedelta(seconds=1800), 1, 2)
    """
    a_calendar(calendar)
    meant = TicketRules() if rules is None else a_rules(rules)
    now = None if as_of is None else an_instant(as_of, "as_of")
    labels = Labels(by, label_of, now)
    found: defaultdict[str | None, _Lengths] = defaultdict(_Lengths)
    for ticket in each_journey(tickets):
        moments = meant.events.moments(ticket, as_of=now)
        label = labels.of(ticket)
        for metric in METRICS:
            for measured in meant.clock(metric).measure(moments):
                if measured.is_open:
                    found[label(measured)].open[metric] += 1
                else:
                    found[label(measured)].add(metric, measured.elapsed(calendar))
    if by is None:
        return found[None].result()
    return TicketGroups({name: lengths.result() for name, lengths in found.items()})
