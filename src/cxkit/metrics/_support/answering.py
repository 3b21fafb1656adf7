"""Answering in real time: how many are answered as soon as customers expect it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self, overload

import attrs
from typing_extensions import override

from cxkit import _charts, _measured
from cxkit._checks import a_count, an_instant
from cxkit._forms import ELAPSED, INTEGER, stored
from cxkit.calendar import BusinessCalendar, Length
from cxkit.journey import Journey, Label, each_journey
from cxkit.metrics._support.clocks import Measurement
from cxkit.metrics._support.groups import Labels, LabelSource, TicketGroups
from cxkit.metrics._support.promises import SlaOutcome, a_calendar, a_target, outcome_of
from cxkit.metrics._support.rules import TicketMetric, TicketRules, a_rules
from cxkit.tallies import Interval, Rate, refused


def _within(length: Length) -> timedelta:
    return a_target(length, "within")


@stored("metrics.answer_rate", within=ELAPSED, in_time=INTEGER, late=INTEGER, open=INTEGER)
@attrs.frozen
class AnswerRate(_measured.Measured, _charts.Charted):
    """The share of customers who were answered as soon as they expect: an event tally.

    It is the share of those answered in time, of those that were answered or have waited for longer. It adds over
    disjoint tickets, for one limit.

    Attributes:
        within: How much business time the answer may take.
        in_time: How many were answered by then.
        late: How many were answered later, or wait for longer.
        open: How many wait, and still have time; they do not count in the share.

    >>> from datetime import timedelta
    >>> from cxkit.metrics import AnswerRate
    >>> rate = AnswerRate(timedelta(minutes=10), in_time=3, late=1, open=2)
    >>> rate.value, rate.rate.total
    (0.75, 4)
    """

    within: timedelta = attrs.field(converter=_within)
    in_time: int = attrs.field(default=0, kw_only=True)
    late: int = attrs.field(default=0, kw_only=True)
    open: int = attrs.field(default=0, kw_only=True)

    def __attrs_post_init__(self) -> None:
        for what in ("in_time", "late", "open"):
            a_count(getattr(self, what), what)

    @property
    def rate(self) -> Rate:
        """The share, with its counts."""
        return Rate(self.in_time, self.in_time + self.late, name=f"answered within {self.within}", unit="responses")

    @property
    def is_defined(self) -> bool:
        """Whether there is one that is answered, or has waited for longer."""
        return self.rate.is_defined

    @property
    def value(self) -> float:
        """The share, from 0 to 1; raises `UndefinedMetricError` where none is answered, or has waited for longer."""
        return self.rate.value

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return the interval of the share (Wilson 1927)."""
        return self.rate.interval(confidence)

    def rows(self) -> list[dict[str, object]]:
        """Return a row of what there is."""
        names = ("in_time", "late", "open")
        counts = {name: getattr(self, name) for name in names}
        return [{"within": self.within, "share": self.value_or(None), **counts}]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if self.within != other.within:
            raise refused(self, other, "they have two limits")
        return type(self)(
            self.within,
            in_time=self.in_time + other.in_time,
            late=self.late + other.late,
            open=self.open + other.open,
        )

    @override
    def chart(self) -> _charts.Spec:
        """Return a bar for those in time, those late and those open, as a Vega-Lite v5 specification."""
        rows = [
            {"answer": what.replace("_", " "), "responses": getattr(self, what)} for what in ("in_time", "late", "open")
        ]
        return _charts.bars(rows, category="answer", number="responses", title=f"Answered within {self.within}")


@overload
def answer_rate(
    tickets: Iterable[Journey],
    *,
    within: Length,
    calendar: BusinessCalendar,
    rules: TicketRules | None = None,
    metric: TicketMetric = "first_response",
    as_of: datetime | None = None,
    by: None = None,
) -> AnswerRate: ...


@overload
def answer_rate(
    tickets: Iterable[Journey],
    *,
    within: Length,
    calendar: BusinessCalendar,
    rules: TicketRules | None = None,
    metric: TicketMetric = "first_response",
    as_of: datetime | None = None,
    by: Label,
    label_of: LabelSource = "ticket",
) -> TicketGroups[AnswerRate]: ...


def answer_rate(
    tickets: Iterable[Journey],
    *,
    within: Length,
    calendar: BusinessCalendar,
    rules: TicketRules | None = None,
    metric: TicketMetric = "first_response",
    as_of: datetime | None = None,
    by: Label | None = None,
    label_of: LabelSource = "ticket",
) -> AnswerRate | TicketGroups[AnswerRate]:
    """Count how many are answered as soon as customers expect it.

    Args:
        tickets: The tickets, read one by one.
        within: The limit that customers expect, in business time; an answer at its very end is in time.
        calendar: What counts as business time; `BusinessCalendar.always()` for customers who do not look at the clock.
        rules: When the clocks run; `TicketRules()` unless given.
        metric: Which clock: that of the first response, unless given, or that of all later ones.
        as_of: The moment; nothing that came to be known later counts. Without it, the tickets count as given, and what
            is not answered is open, however long it has been.
        by: A label, such as `"channel"`, for a result for each.
        label_of: Where the label is read, as in `response_times`.

    >>> from datetime import datetime, timedelta, timezone
    >>> from cxkit.calendar import BusinessCalendar
    >>> from cxkit.journey import journeys
    >>> from cxkit.metrics import answer_rate
    >>> log = journeys([
    ...     ("T-1", "opened", "2026-03-02T09:00Z"),
    ...     ("T-1", "agent_reply", "2026-03-02T09:10Z"),
    ...     ("T-2", "opened", "2026-03-02T09:00Z"),
    ...     ("T-3", "opened", "2026-03-02T11:55Z"),
    ... ])
    >>> noon = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
    >>> answer_rate(log, within=timedelta(minutes=10), calendar=BusinessCalendar.always(), as_of=noon)
    AnswerRate(within=datetime.timedelta(seconds=600), in_time=1, late=1, open=1)
    """
    limit = a_target(within, "within")
    a_calendar(calendar)
    meant = TicketRules() if rules is None else a_rules(rules)
    clock = meant.clock(metric)
    now = None if as_of is None else an_instant(as_of, "as_of")
    labels = Labels(by, label_of, now)
    found: defaultdict[str | None, Counter[SlaOutcome]] = defaultdict(Counter)
    for ticket in each_journey(tickets):
        label = labels.of(ticket)
        for measured in clock.measure(meant.events.moments(ticket, as_of=now)):
            found[label(measured)][_outcome(measured, limit, calendar, now)] += 1
    if by is None:
        return _result(limit, found[None])
    return TicketGroups({name: _result(limit, outcomes) for name, outcomes in found.items()})


def _outcome(measured: Measurement, limit: timedelta, calendar: BusinessCalendar, now: datetime | None) -> SlaOutcome:
    moment = now or measured.stopped
    return "pending" if moment is None else outcome_of(measured, limit, calendar, moment)


def _result(limit: timedelta, found: Counter[SlaOutcome]) -> AnswerRate:
    return AnswerRate(limit, in_time=found["hit"], late=found["missed"], open=found["pending"] + found["paused"])
