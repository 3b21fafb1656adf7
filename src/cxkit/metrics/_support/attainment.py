"""Attainment: how many tickets were served as promised."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Self, TypeAlias, overload

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import a_count, an_instant
from cxkit._forms import INTEGER, MOMENT, form_of, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Journey, Label, each_journey
from cxkit.metrics._support.clocks import Measurement
from cxkit.metrics._support.groups import Labels, LabelSource, TicketGroups
from cxkit.metrics._support.promises import OUTCOMES, SlaOutcome, together, worst
from cxkit.metrics._support.rules import TicketMetric
from cxkit.metrics._support.sla import SlaPolicy, a_policy, judged_of
from cxkit.tallies import PopulationRate, refused

SlaPolicyOf: TypeAlias = Callable[[Journey], SlaPolicy | None]
"""Which policy a ticket is under, by what is known of it; `None` where nothing is promised."""


@stored("metrics.sla_counts", **dict.fromkeys(OUTCOMES, INTEGER))
@attrs.frozen(kw_only=True)
class SlaCounts:
    """How many tickets have which outcome.

    Attributes:
        missed: The promise is broken.
        pending: There is time left.
        paused: There is time left, and it does not run.
        hit: The promise is kept.
        not_applicable: Nothing was promised, or it has not begun.
    """

    missed: int = 0
    pending: int = 0
    paused: int = 0
    hit: int = 0
    not_applicable: int = 0

    def __attrs_post_init__(self) -> None:
        for outcome in OUTCOMES:
            a_count(getattr(self, outcome), outcome)

    @property
    def decided(self) -> int:
        """How many are kept or broken."""
        return self.hit + self.missed

    @property
    def total(self) -> int:
        """How many there are in all."""
        return sum(getattr(self, outcome) for outcome in OUTCOMES)

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        return type(self)(**{outcome: getattr(self, outcome) + getattr(other, outcome) for outcome in OUTCOMES})


COUNTS: dict[TicketMetric, str] = {  # by the metric, the attribute that counts it
    "first_response": "first_responses",
    "next_response": "next_responses",
    "resolution": "resolutions",
}
PARTS: dict[str, str] = {"tickets": "all", **{part: metric for metric, part in COUNTS.items()}}
_FORM = form_of(SlaCounts)


@stored("metrics.sla_attainment", as_of=MOMENT, **dict.fromkeys(PARTS, _FORM))
@attrs.frozen(kw_only=True)
class SlaAttainment(_charts.Charted):
    """How many tickets were served as promised, as was known at a moment.

    A population tally: it adds over disjoint tickets at the same moment. Tickets are counted, so that one with two late
    responses is missed once; those that came later do not count.

    Attributes:
        as_of: The moment, in UTC.
        tickets: What became of all promises for a ticket together: missed where any is.
        first_responses: What became of the first responses.
        next_responses: What became of the next responses: missed where any of a ticket is.
        resolutions: What became of the resolutions.

    >>> from datetime import datetime, timezone
    >>> from cxkit.metrics import SlaAttainment, SlaCounts
    >>> counts = SlaCounts(hit=9, missed=1, pending=4)
    >>> none = SlaCounts(not_applicable=14)
    >>> now = datetime(2026, 3, 2, tzinfo=timezone.utc)
    >>> found = SlaAttainment(as_of=now, tickets=counts, first_responses=counts, next_responses=none, resolutions=none)
    >>> found.first_response.value, found.first_response.total, found.resolution.value_or(None)
    (0.9, 10, None)
    """

    as_of: datetime
    tickets: SlaCounts = attrs.field(factory=SlaCounts)
    first_responses: SlaCounts = attrs.field(factory=SlaCounts)
    next_responses: SlaCounts = attrs.field(factory=SlaCounts)
    resolutions: SlaCounts = attrs.field(factory=SlaCounts)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "as_of", an_instant(self.as_of, "as_of"))
        for part in PARTS:
            counts = getattr(self, part)
            if not isinstance(counts, SlaCounts):
                msg = f"{part} must be SlaCounts, got {counts!r}"
                raise InvalidTypeError(msg, counts)
            if counts.total != self.tickets.total:
                msg = f"each ticket counts once in each part, got {self.tickets.total} in all and {counts.total} in {part}"
                raise InvalidValueError(msg, counts)

    @property
    def overall(self) -> PopulationRate:
        """The share of tickets for which all is kept, of those of which it is decided."""
        return self._rate("tickets")

    @property
    def first_response(self) -> PopulationRate:
        """The share of first responses in time, of those of which it is decided."""
        return self._rate("first_responses")

    @property
    def next_response(self) -> PopulationRate:
        """The share of tickets with all next responses in time, of those of which it is decided."""
        return self._rate("next_responses")

    @property
    def resolution(self) -> PopulationRate:
        """The share of resolutions in time, of those of which it is decided."""
        return self._rate("resolutions")

    def _rate(self, part: str) -> PopulationRate:
        counts: SlaCounts = getattr(self, part)
        name = f"sla attainment of {PARTS[part]}"
        return PopulationRate(counts.hit, counts.decided, name=name, unit="tickets", window=(None, self.as_of))

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each promise, and one for all of them together."""
        return [
            {
                "metric": metric,
                "attained": self._rate(part).value_or(None),
                **{outcome: getattr(getattr(self, part), outcome) for outcome in OUTCOMES},
            }
            for part, metric in PARTS.items()
        ]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if self.as_of != other.as_of:
            raise refused(self, other, "a ticket of two moments would be counted twice; compare them instead")
        return type(self)(as_of=self.as_of, **{part: getattr(self, part) + getattr(other, part) for part in PARTS})

    @override
    def chart(self) -> _charts.Spec:
        """Return a bar for each promise, made of its outcomes, as a Vega-Lite v5 specification."""
        rows: list[dict[str, object]] = [
            {"metric": row["metric"], "tickets": row[outcome], "outcome": outcome.replace("_", " ")}
            for row in self.rows()
            for outcome in OUTCOMES
        ]
        return _charts.stacked(rows, category="metric", part="outcome", number="tickets", title="Promises kept")


class _Tally:
    """The outcomes that are being counted."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[SlaOutcome]] = {part: Counter() for part in PARTS}

    def add(self, outcomes: Mapping[TicketMetric, SlaOutcome]) -> None:
        """Take in one ticket."""
        self.counts["tickets"][worst(outcomes.values())] += 1
        for metric, part in COUNTS.items():
            self.counts[part][outcomes.get(metric, "not_applicable")] += 1

    def result(self, as_of: datetime) -> SlaAttainment:
        return SlaAttainment(as_of=as_of, **{part: _counts(found) for part, found in self.counts.items()})


def _counts(found: Mapping[SlaOutcome, int]) -> SlaCounts:
    given: dict[str, int] = {outcome: found[outcome] for outcome in found}
    return SlaCounts(**given)


@overload
def sla_attainment(
    tickets: Iterable[Journey], policy: SlaPolicy | SlaPolicyOf, *, as_of: datetime, by: None = None
) -> SlaAttainment: ...


@overload
def sla_attainment(
    tickets: Iterable[Journey],
    policy: SlaPolicy | SlaPolicyOf,
    *,
    as_of: datetime,
    by: Label,
    label_of: LabelSource = "ticket",
) -> TicketGroups[SlaAttainment]: ...


def sla_attainment(
    tickets: Iterable[Journey],
    policy: SlaPolicy | SlaPolicyOf,
    *,
    as_of: datetime,
    by: Label | None = None,
    label_of: LabelSource = "ticket",
) -> SlaAttainment | TicketGroups[SlaAttainment]:
    """Count how many tickets were served as promised.

    Args:
        tickets: The tickets, read one by one; those of which nothing was known at the moment do not count.
        policy: What is promised: one policy, or a function that says for each ticket under which it is, or `None`. The
            function is given the ticket as it was known at the moment.
        as_of: The moment; nothing that came to be known later counts.
        by: A label, such as `"channel"` or `"properties.product"`, for a result for each.
        label_of: Where the label is read. `"ticket"`: it is the first that any touchpoint of the ticket has.
            `"answer"`: it is that of the touchpoint that ended what is measured, as in `by="actor"` for who answered. A
            ticket counts for each who answered something in it then, by what they answered alone; what is open, late or
            not, and tickets in which nothing began, have no label.

    >>> from datetime import datetime, timezone
    >>> from cxkit.calendar import BusinessCalendar, hours
    >>> from cxkit.journey import journeys
    >>> from cxkit.metrics import SlaPolicy, sla_attainment
    >>> log = journeys([
    ...     ("T-1", "opened", "2026-03-02T09:00Z"),
    ...     ("T-1", "agent_reply", "2026-03-02T09:30Z"),
    ...     ("T-2", "opened", "2026-03-02T09:00Z"),
    ... ])
    >>> policy = SlaPolicy(first_response=hours(1), resolution=hours(8), calendar=BusinessCalendar.always())
    >>> print(sla_attainment(log, policy, as_of=datetime(2026, 3, 2, 12, tzinfo=timezone.utc)))
    metric          attained  missed  pending  paused  hit  not_applicable
    all                    0       1        1       0    0               0
    first_response       0.5       1        0       0    1               0
    next_response          -       0        0       0    0               2
    resolution             -       0        2       0    0               0
    """
    now = an_instant(as_of, "as_of")
    policy_of = _policies(policy)
    labels = Labels(by, label_of, now)
    found: defaultdict[str | None, _Tally] = defaultdict(_Tally)
    for ticket in each_journey(tickets):
        known = ticket.as_of(now)
        if known.touchpoints:
            for label, outcomes in _outcomes(known, policy_of(known), labels.of(known), now).items():
                found[label].add(outcomes)
    if by is None:
        return found[None].result(now)
    return TicketGroups({label: tally.result(now) for label, tally in found.items()})


def _outcomes(
    ticket: Journey, policy: SlaPolicy | None, label: Callable[[Measurement | None], str | None], now: datetime
) -> dict[str | None, dict[TicketMetric, SlaOutcome]]:
    """Return what became of each promise for a ticket, by the labels of what was measured."""
    found: dict[str | None, dict[TicketMetric, list[SlaOutcome]]] = {}
    judged = {} if policy is None else judged_of(a_policy(policy), ticket, now)
    for metric, measurements in judged.items():
        for measured, outcome in measurements:
            found.setdefault(label(measured), {}).setdefault(metric, []).append(outcome)
    if not found:
        return {label(None): {}}
    return {name: {metric: together(each) for metric, each in theirs.items()} for name, theirs in found.items()}


def _policies(policy: SlaPolicy | SlaPolicyOf) -> SlaPolicyOf:
    if isinstance(policy, SlaPolicy):
        return lambda _: policy
    if not callable(policy):
        msg = f"policy must be an SlaPolicy, or a function from a ticket to one, got {policy!r}"
        raise InvalidTypeError(msg, policy)
    return policy
