"""The customer churn of a period: who was lost, who was not counted, and of how many."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from itertools import chain
from typing import Self

import attrs
from typing_extensions import override

from cxkit import _charts, _measured
from cxkit._checks import a_count, a_name, an_instant, as_tuple, each
from cxkit._forms import INTEGER, MOMENT, TEXT, form_of, many, optional, pair, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics._churning.course import OUTCOMES, ChurnEvent, ChurnOutcome
from cxkit.metrics._churning.policy import ChurnPolicy, a_policy
from cxkit.metrics._churning.ratio import ChurnRatio
from cxkit.metrics._churning.spans import ChurnKind
from cxkit.metrics._windows import window_of
from cxkit.tallies import PopulationRate, refused

Day = tuple[int, int]
UNITS: Mapping[str, str] = {
    "start": "customers at the start",
    "start_and_new": "customers at the start or new",
    "everyone": "customers of the period",
}


def _events(given: Iterable[ChurnEvent]) -> tuple[ChurnEvent, ...]:
    events = tuple(each(given, "churn events"))
    for event in events:
        if not isinstance(event, ChurnEvent):
            msg = f"expected a ChurnEvent, got {event!r}"
            raise InvalidTypeError(msg, event)
    return tuple(sorted(events, key=lambda event: (event.at, event.customer)))


def _names(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(a_name(name, "customer") for name in each(given, "names of customers")))


def _days(given: Iterable[Sequence[int]]) -> tuple[Day, ...]:
    days = as_tuple(given)
    for day in days:
        if not isinstance(day, tuple | list) or len(day) != 2:  # noqa: PLR2004 - lost, of so many
            msg = f"each of days must be how many were lost of how many, got {day!r}"
            raise InvalidTypeError(msg, day)
    return tuple((a_count(lost, "lost"), a_count(total, "total")) for lost, total in days)


@stored(
    "metrics.customer_churn",
    policy=form_of(ChurnPolicy),
    window=pair(MOMENT),
    as_of=optional(MOMENT),
    at_start=INTEGER,
    new=INTEGER,
    reactivated=INTEGER,
    at_end=INTEGER,
    added=many(TEXT),
    events=many(form_of(ChurnEvent)),
    days=many(pair(INTEGER)),
)
@attrs.frozen
class CustomerChurn(_measured.Measured, _charts.Charted):
    """The customer churn of a period by a policy: a population tally, which adds over disjoint customers.

    Those at the start + new + reactivated - churned - set aside are those at the end, whatever the policy. A sum in which
    somebody is named twice, in `events` or `added`, is refused; those who stayed have no names here, so whether they are
    counted twice is not noticed.

    Attributes:
        policy: What counts as lost, and of how many.
        window: From when until before when, in UTC; a `Period` serves as well.
        as_of: The moment up to which it looks; `None` where the spans counted as given.
        at_start: How many were there just before it.
        new: How many were there for the first time, and count as new.
        reactivated: How often somebody came back, as far as that counts.
        at_end: How many were there just before its end; those who may still come back within the grace are.
        added: Who is in the denominator without having been there at the start.
        events: Everybody who left, when, and whether it counts, in order of time.
        days: In a rate by day, how many were lost on each day of how many.
    """

    policy: ChurnPolicy = attrs.field(validator=lambda _, __, policy: a_policy(policy))
    window: tuple[datetime, datetime] = attrs.field(converter=window_of)
    as_of: datetime | None = attrs.field(default=None, kw_only=True)
    at_start: int = attrs.field(default=0, kw_only=True)
    new: int = attrs.field(default=0, kw_only=True)
    reactivated: int = attrs.field(default=0, kw_only=True)
    at_end: int = attrs.field(default=0, kw_only=True)
    added: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=_names)
    events: tuple[ChurnEvent, ...] = attrs.field(default=(), kw_only=True, converter=_events)
    days: tuple[Day, ...] = attrs.field(default=(), kw_only=True, converter=_days)

    def __attrs_post_init__(self) -> None:
        if self.as_of is not None:
            object.__setattr__(self, "as_of", an_instant(self.as_of, "as_of"))
        for what in ("at_start", "new", "reactivated", "at_end"):
            a_count(getattr(self, what), what)
        left = self.at_start + self.new + self.reactivated - self.churned - self.set_aside
        if left != self.at_end:
            msg = (
                f"{self.at_start} at the start + {self.new} new + {self.reactivated} reactivated - {self.churned} churned - "
                f"{self.set_aside} set aside leave {left}, got {self.at_end} at the end"
            )
            raise InvalidValueError(msg, self.at_end)
        if self.days and self.policy.denominator != "daily":
            msg = f"days are for a policy with the denominator 'daily', got {self.policy.denominator!r}"
            raise InvalidValueError(msg, self.days)
        by_day = sum(lost for lost, _ in self.days)
        if self.policy.denominator == "daily" and by_day != self.churned:
            msg = f"the days must hold all who churned, got {by_day} of {self.churned}"
            raise InvalidValueError(msg, self.days)
        _ = self.rate  # which refuses more who churned than there were

    @property
    def outcomes(self) -> Mapping[ChurnOutcome, int]:
        """How many of those who left count, and how many do not for which reason."""
        found = Counter(event.outcome for event in self.events)
        return {outcome: found[outcome] for outcome in OUTCOMES if found[outcome]}

    @property
    def kinds(self) -> Mapping[ChurnKind | None, int]:
        """How many of the losses that count were voluntary, involuntary, or not known to be either."""
        return dict(Counter(event.kind for event in self.events if event.outcome == "counted"))

    @property
    def churned(self) -> int:
        """How many losses count."""
        return self.outcomes.get("counted", 0)

    @property
    def set_aside(self) -> int:
        """How many left in a way that the policy does not count, and so are not there at the end."""
        return self.outcomes.get("other_kind", 0)

    def customers(self, outcome: ChurnOutcome = "counted") -> tuple[str, ...]:
        """Return who left with some outcome, in order of time, each once."""
        return tuple(dict.fromkeys(event.customer for event in self.events if event.outcome == outcome))

    @property
    def is_complete(self) -> bool:
        """Whether nothing can change any more: the period is over, and so is the grace of all who left in it."""
        return self.as_of is None or (self.as_of >= self.window[1] and "pending" not in self.outcomes)

    @property
    def rate(self) -> PopulationRate | ChurnRatio:
        """The rate: a `PopulationRate`, which has an interval, where `policy.is_proportion`; else a `ChurnRatio`."""
        name = f"{self.policy.name} churn rate"
        if self.policy.denominator == "daily":
            return ChurnRatio(*_columns(self.days), name=name)
        if self.policy.is_proportion:
            unit = UNITS[self.policy.denominator]
            total = self.at_start + len(self.added)
            return PopulationRate(self.churned, total, name=name, unit=unit, window=self.window)
        at_risk = Fraction(self.at_start + self.at_end, 2) if self.policy.denominator == "average" else self.at_start
        return ChurnRatio((self.churned,), (Fraction(at_risk + len(self.added)),), name=name)

    @property
    def is_defined(self) -> bool:
        """Whether the rate has a value."""
        return self.rate.is_defined

    @property
    def value(self) -> float:
        """The rate; raises `UndefinedMetricError` where there was nobody to lose."""
        return self.rate.value

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        ours, theirs = ((one.policy, one.window, one.as_of, len(one.days)) for one in (self, other))
        if ours != theirs:
            raise refused(self, other, "they are of two policies, periods or moments; compare them instead")
        if both := _mentioned(self) & _mentioned(other):
            raise refused(self, other, f"{min(both)!r} would be counted twice; they must be of disjoint customers")
        return attrs.evolve(
            self,
            **{what: getattr(self, what) + getattr(other, what) for what in _SUMS},
            days=((a + c, b + d) for (a, b), (c, d) in zip(self.days, other.days, strict=True)),
        )

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each customer who left, with what it counts as."""
        return [
            {"customer": event.customer, "at": event.at, "kind": event.kind, "outcome": event.outcome}
            for event in self.events
        ]

    @override
    def chart(self) -> _charts.Spec:
        rows = [{"outcome": outcome, "customers": number} for outcome, number in self.outcomes.items()]
        return _charts.bars(rows, category="outcome", number="customers", title="Who left, and what counts")


_SUMS = ("at_start", "new", "reactivated", "at_end", "added", "events")


def in_sequence(parts: Sequence[CustomerChurn]) -> CustomerChurn:
    """Put the churn of consecutive stretches together: of the days of a period, for a rate by day."""
    first, last = parts[0], parts[-1]
    return attrs.evolve(
        first,
        window=(first.window[0], last.window[1]),
        new=sum(part.new for part in parts),
        reactivated=sum(part.reactivated for part in parts),
        at_end=last.at_end,
        added=chain.from_iterable(part.added for part in parts),
        events=chain.from_iterable(part.events for part in parts),
        days=chain.from_iterable(part.days for part in parts),
    )


def _columns(days: Sequence[Day]) -> tuple[tuple[int, ...], tuple[Fraction, ...]]:
    return tuple(lost for lost, _ in days), tuple(Fraction(total) for _, total in days)


def _mentioned(churn: CustomerChurn) -> set[str]:
    return {*churn.added, *(event.customer for event in churn.events)}
