"""Service levels: what was promised for tickets, and whether the promise is kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import attrs

from cxkit import _tables
from cxkit._checks import an_instant
from cxkit._forms import ELAPSED, form_of, optional, stored
from cxkit.answers import Decision, Reason
from cxkit.calendar import BusinessCalendar, Length, end_of
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Journey
from cxkit.metrics._support.clocks import Measurement
from cxkit.metrics._support.promises import (
    NOT_APPLICABLE,
    OUTCOMES,
    SlaClock,
    SlaOutcome,
    a_calendar,
    a_target,
    outcome_of,
    together,
    worst,
)
from cxkit.metrics._support.rules import METRICS, TicketMetric, TicketRules, a_rules
from cxkit.metrics._support.vocabulary import TicketMoment

MICROSECOND = timedelta(microseconds=1)


def _target(length: Length | None) -> timedelta | None:
    return None if length is None else a_target(length, "a target")


@attrs.frozen
class SlaMetric:
    """What became of one promise for a ticket: that of its first response, its next responses or its resolution.

    Attributes:
        metric: Which promise.
        target: How much business time it may take; `None` where nothing is promised.
        clocks: What was measured, in order. There may be several next responses.
        outcome: `"missed"` where any of them is; else that of the last one; `"not_applicable"` where there is none.
        deciding: The measurement that the outcome is from: the first that is missed, else the last.
    """

    metric: TicketMetric
    target: timedelta | None = None
    clocks: tuple[SlaClock, ...] = ()
    outcome: SlaOutcome = attrs.field(init=False, eq=False, repr=False)
    deciding: SlaClock | None = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        missed = (clock for clock in self.clocks if clock.outcome == "missed")
        deciding = next(missed, self.clocks[-1] if self.clocks else None)
        object.__setattr__(self, "deciding", deciding)
        object.__setattr__(self, "outcome", NOT_APPLICABLE if deciding is None else deciding.outcome)

    @property
    def due(self) -> datetime | None:
        """When the deciding one is, or was, due; `None` while it is paused, and where there is none."""
        return None if self.deciding is None else self.deciding.due

    @property
    def at(self) -> datetime | None:
        """When the deciding one ended; `None` while it is open, and where there is none."""
        return None if self.deciding is None else self.deciding.at

    @property
    def elapsed(self) -> timedelta | None:
        """The business time that the deciding one took, or has taken up to now; `None` where there is none."""
        return None if self.deciding is None else self.deciding.elapsed

    @property
    def left(self) -> timedelta | None:
        """The business time that is left; `None` where the promise is kept or broken, or there is none."""
        return None if self.deciding is None else self.deciding.left

    @property
    def overdue_by(self) -> timedelta | None:
        """The business time by which the deciding one is, or was, too late; `None` where it is not."""
        return None if self.deciding is None else self.deciding.overdue_by

    def row(self) -> dict[str, object]:
        """Return it as a row of a table."""
        names = ("metric", "outcome", "target", "due", "at", "elapsed", "left", "overdue_by")
        return {name: getattr(self, name) for name in names}


@attrs.frozen(kw_only=True)
class SlaStatus(_tables.Tabled, Decision[SlaOutcome]):
    """Whether what was promised for a ticket is kept, as was known at a moment.

    Attributes:
        outcome: `"missed"` where any promise is broken, else `"pending"` or `"paused"` where one is, else `"hit"`;
            `"not_applicable"` where nothing promised was begun.
        reasons: A reason for each promise that was begun, by the name of its metric and its outcome, as in
            `"first_response_missed"`: when it was met, and when it was, or is, due.
        retry_at: Of one that is pending, the first moment at which it is missed, if nothing else happens.
        ticket: The name of the ticket.
        as_of: The moment, in UTC.
        metrics: What was promised, and what became of it.
    """

    ticket: str
    as_of: datetime
    metrics: tuple[SlaMetric, ...]

    @property
    def first_response(self) -> SlaMetric:
        """What became of the first response."""
        return self._of("first_response")

    @property
    def next_response(self) -> SlaMetric:
        """What became of the next responses."""
        return self._of("next_response")

    @property
    def resolution(self) -> SlaMetric:
        """What became of the resolution."""
        return self._of("resolution")

    def _of(self, name: TicketMetric) -> SlaMetric:
        return next((found for found in self.metrics if found.metric == name), SlaMetric(name))

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each promise."""
        return [found.row() for found in self.metrics]


@stored(
    "metrics.sla_policy",
    first_response=optional(ELAPSED),
    next_response=optional(ELAPSED),
    resolution=optional(ELAPSED),
    calendar=form_of(BusinessCalendar),
    rules=form_of(TicketRules),
)
@attrs.frozen(kw_only=True)
class SlaPolicy:
    """How fast tickets are promised to be served, in business time.

    Attributes:
        first_response: How long the first response may take; `None` where nothing is promised.
        next_response: How long each response after it may take.
        resolution: How long the resolution may take.
        calendar: What counts as business time; it has some in a week.
        rules: When the clocks run.

    >>> from datetime import datetime, timedelta, timezone
    >>> from cxkit.calendar import BusinessCalendar, hours
    >>> from cxkit.journey import Journey, Touchpoint
    >>> from cxkit.metrics import SlaPolicy
    >>> office = BusinessCalendar.weekdays("09:00", "17:00", tz="Europe/Berlin")
    >>> policy = SlaPolicy(first_response=hours(2), resolution=timedelta(hours=8), calendar=office)
    >>> at = lambda day, hour: datetime(2026, 3, day, hour, tzinfo=timezone.utc)
    >>> ticket = Journey("T-1", [Touchpoint("opened", at(6, 15)), Touchpoint("agent_reply", at(9, 8))])
    >>> status = policy.explain(ticket, as_of=at(9, 9))
    >>> status.outcome, status.first_response.outcome, status.resolution.left
    ('pending', 'hit', datetime.timedelta(seconds=21600))
    >>> status.resolution.due.isoformat()
    '2026-03-09T15:00:00+00:00'
    """

    first_response: timedelta | None = attrs.field(default=None, converter=_target)
    next_response: timedelta | None = attrs.field(default=None, converter=_target)
    resolution: timedelta | None = attrs.field(default=None, converter=_target)
    calendar: BusinessCalendar
    rules: TicketRules = attrs.field(factory=TicketRules)

    def __attrs_post_init__(self) -> None:
        if not a_calendar(self.calendar).hours:
            msg = "the calendar of a policy must have business hours in a week, or nothing would ever fall due"
            raise InvalidValueError(msg, self.calendar)
        a_rules(self.rules)
        if not self.targets:
            msg = "a policy must promise something: first_response=, next_response= or resolution="
            raise InvalidValueError(msg, self)

    @property
    def targets(self) -> dict[TicketMetric, timedelta]:
        """What is promised."""
        given: dict[TicketMetric, timedelta | None] = {metric: getattr(self, metric) for metric in METRICS}
        return {metric: target for metric, target in given.items() if target is not None}

    def explain(self, ticket: Journey, *, as_of: datetime) -> SlaStatus:
        """Say whether the promises for a ticket are kept, and until when there is time.

        Args:
            ticket: The ticket.
            as_of: The moment; nothing that came to be known later counts.

        Raises:
            InvalidValueError: The calendar has too few hours left, up to the year 9999, for something to fall due.
        """
        now = an_instant(as_of, "as_of")
        moments = self.rules.events.moments(ticket, as_of=now)
        metrics = tuple(self._metric(metric, target, moments, now) for metric, target in self.targets.items())
        outcome = worst(found.outcome for found in metrics)
        ends = [found.due for found in metrics if found.outcome == "pending" and found.due is not None]
        return SlaStatus(
            outcome=outcome,
            reasons=_reasons(metrics),
            retry_at=end_of(min(ends), MICROSECOND) if outcome == "pending" else None,
            ticket=ticket.customer,
            as_of=now,
            metrics=metrics,
        )

    def _metric(
        self, metric: TicketMetric, target: timedelta, moments: Sequence[TicketMoment], now: datetime
    ) -> SlaMetric:
        measured = self.rules.clock(metric).measure(moments)
        return SlaMetric(metric, target, tuple([SlaClock.of(each, target, self.calendar, now) for each in measured]))

    def outcomes(self, ticket: Journey, *, as_of: datetime) -> dict[TicketMetric, SlaOutcome]:
        """Return only what became of each promise: `explain` in short, for many tickets.

        Args:
            ticket: The ticket.
            as_of: As in `explain`.
        """
        judged = judged_of(self, ticket, an_instant(as_of, "as_of"))
        return {metric: together([outcome for _, outcome in found]) for metric, found in judged.items()}


def judged_of(
    policy: SlaPolicy, ticket: Journey, now: datetime
) -> dict[TicketMetric, list[tuple[Measurement, SlaOutcome]]]:
    """Return what was measured for each promise, in order, each with what became of it."""
    moments = policy.rules.events.moments(ticket, as_of=now)
    return {
        metric: [
            (each, outcome_of(each, target, policy.calendar, now))
            for each in policy.rules.clock(metric).measure(moments)
        ]
        for metric, target in policy.targets.items()
    }


def _reasons(metrics: Sequence[SlaMetric]) -> tuple[Reason, ...]:
    """Tell of each promise that was begun what became of it, those that decide first."""
    told = sorted((found for found in metrics if found.clocks), key=lambda found: OUTCOMES.index(found.outcome))
    return tuple(Reason(f"{found.metric}_{found.outcome}", found.at, found.due) for found in told) or (
        Reason("not_applicable"),
    )


def sla_status(ticket: Journey, policy: SlaPolicy, *, as_of: datetime) -> SlaStatus:
    """Return whether the promises for a ticket are kept: `policy.explain(ticket, as_of=as_of)`.

    Args:
        ticket: The ticket.
        policy: What is promised.
        as_of: The moment; nothing that came to be known later counts.

    >>> from datetime import datetime, timezone
    >>> from cxkit.calendar import BusinessCalendar, hours
    >>> from cxkit.journey import Journey, Touchpoint
    >>> from cxkit.metrics import SlaPolicy, sla_status
    >>> at = lambda hour: datetime(2026, 3, 2, hour, tzinfo=timezone.utc)
    >>> policy = SlaPolicy(first_response=hours(2), calendar=BusinessCalendar.always())
    >>> status = sla_status(Journey("T-1", [Touchpoint("opened", at(9))]), policy, as_of=at(12))
    >>> status.outcome, status.reason, status.first_response.overdue_by
    ('missed', 'first_response_missed', datetime.timedelta(seconds=3600))
    """
    return a_policy(policy).explain(ticket, as_of=as_of)


def a_policy(policy: SlaPolicy) -> SlaPolicy:
    """Check a policy."""
    if not isinstance(policy, SlaPolicy):
        msg = f"policy must be an SlaPolicy, got {policy!r}"
        raise InvalidTypeError(msg, policy)
    return policy
