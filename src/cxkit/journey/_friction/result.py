"""What friction is found in a log: its pain points."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Self

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import a_count, a_name, an_instant
from cxkit._forms import INTEGER, MOMENT, NUMBER, TEXT, form_of, many, optional, stored
from cxkit._money import from_minor, minor_unit
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey._friction.decision import FrictionPoint, cost_of
from cxkit.journey._friction.parts import MOST
from cxkit.journey._maps.stages import an_emotion, listed
from cxkit.journey._touchpoint import Touchpoint
from cxkit.tallies import refused


@stored(
    "journey.pain_point",
    part=TEXT,
    label=optional(TEXT),
    weight=NUMBER,
    customers=INTEGER,
    times=INTEGER,
    units=INTEGER,
)
@attrs.frozen
class PainPoint:
    """Where one part of friction shows in a log.

    Attributes:
        part: The name of the part.
        label: At which touchpoints: their name, or by what else they are grouped; `None` where that is missing.
        weight: How many points each time counts.
        customers: How many customers it hit.
        times: How often it shows.
        units: What the touchpoints cost, in minor units of the currency.
    """

    part: str
    label: str | None
    weight: float
    customers: int = 0
    times: int = 0
    units: int = 0

    def __attrs_post_init__(self) -> None:
        a_name(self.part, "part")
        object.__setattr__(self, "weight", an_emotion(self.weight, "weight", least=0, most=MOST))
        for what in ("customers", "times"):
            a_count(getattr(self, what), what)
        _whole(self.units, "units")
        if self.customers > self.times:
            msg = f"each customer who is hit is hit at least once, got {self!r}"
            raise InvalidValueError(msg, self)

    @property
    def points(self) -> float:
        """Its points in all."""
        return self.weight * self.times

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if (self.part, self.label, self.weight) != (other.part, other.label, other.weight):
            raise refused(self, other, "it is another part, or at another place")
        return attrs.evolve(
            self,
            customers=self.customers + other.customers,
            times=self.times + other.times,
            units=self.units + other.units,
        )


def _whole(number: int, what: str) -> None:
    """Check a whole number, which may be negative: what a refund costs."""
    if type(number) is not int:
        msg = f"{what} must be an int, got {number!r}"
        raise InvalidTypeError(msg, number)


def _ranked(given: Iterable[PainPoint]) -> tuple[PainPoint, ...]:
    """Put pain points together that are the same, and order them: most points, most cost, most customers first."""
    together: dict[object, PainPoint] = {}
    for found in listed(given):
        if not isinstance(found, PainPoint):
            msg = f"expected a PainPoint, got {found!r}"
            raise InvalidTypeError(msg, found)
        key = found.part, found.label, found.weight
        together[key] = together[key] + found if key in together else found
    return tuple(sorted(together.values(), key=_rank))


def _rank(found: PainPoint) -> tuple[float, int, int, str, bool, str]:
    return -found.points, -found.units, -found.customers, found.part, found.label is None, found.label or ""


@stored(
    "journey.friction_result",
    by=TEXT,
    currency=optional(TEXT),
    as_of=optional(MOMENT),
    pain_points=many(form_of(PainPoint)),
    customers=INTEGER,
    affected=INTEGER,
    units=INTEGER,
)
@attrs.frozen
class FrictionResult(_charts.Charted):
    """The friction of a log: a population tally, which adds over disjoint customers.

    Attributes:
        by: By what touchpoints are grouped.
        currency: The currency of the costs; `None` where costs are not counted.
        as_of: The moment up to which it looked, in UTC; `None` for all of the log.
        pain_points: Where friction shows, most points first, then most cost, then most customers.
        customers: How many customers there are in all.
        affected: How many of them had any friction.
        units: What the touchpoints cost at which friction shows, each counted once, in minor units of the currency.
    """

    by: str = "name"
    currency: str | None = None
    as_of: datetime | None = None
    pain_points: tuple[PainPoint, ...] = attrs.field(default=(), converter=_ranked)
    customers: int = 0
    affected: int = 0
    units: int = 0

    def __attrs_post_init__(self) -> None:
        if self.currency is not None:
            minor_unit(self.currency)
        if self.as_of is not None:
            object.__setattr__(self, "as_of", an_instant(self.as_of, "as_of"))
        for what in ("customers", "affected"):
            a_count(getattr(self, what), what)
        _whole(self.units, "units")
        if self.affected > self.customers or any(found.customers > self.affected for found in self.pain_points):
            msg = f"no more customers are affected than there are, got {self!r}"
            raise InvalidValueError(msg, self)
        weights = {(found.part, found.weight) for found in self.pain_points}
        if len({part for part, _ in weights}) < len(weights):
            msg = f"each part has one weight; friction of two weights does not add, got {sorted(weights)!r}"
            raise InvalidValueError(msg, self.pain_points)

    @property
    def points(self) -> float:
        """The points of all customers together."""
        return sum(found.points for found in self.pain_points)

    @property
    def cost(self) -> Decimal | None:
        """What the touchpoints cost at which friction shows, each counted once; `None` without a currency."""
        return self._money(self.units)

    def _money(self, units: int) -> Decimal | None:
        return None if self.currency is None else from_minor(units, self.currency)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each pain point, the worst first; the costs of two may be those of one touchpoint."""
        return [
            {
                "part": found.part,
                self.by: found.label,
                "points": found.points,
                "times": found.times,
                "customers": found.customers,
                "share": found.customers / self.customers,
                "cost": self._money(found.units),
            }
            for found in self.pain_points
        ]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if (self.by, self.currency, self.as_of) != (other.by, other.currency, other.as_of):
            raise refused(self, other, "friction adds for one grouping, one currency and one moment only")
        return attrs.evolve(
            self,
            pain_points=(*self.pain_points, *other.pain_points),
            customers=self.customers + other.customers,
            affected=self.affected + other.affected,
            units=self.units + other.units,
        )

    @override
    def chart(self) -> _charts.Spec:
        rows = [
            {
                "pain point": f"{found.part}: {found.label or '(none)'}",
                "points": found.points,
                "customers": found.customers,
            }
            for found in self.pain_points
        ]
        return _charts.bars(rows, category="pain point", number="points", title="Friction")


class Counts:
    """The friction that is being counted in a log."""

    def __init__(self, currency: str | None) -> None:
        self.currency = currency
        self.pain_points: dict[tuple[str, str | None], PainPoint] = {}
        self.customers = self.affected = self.units = 0

    def add(self, findings: Sequence[FrictionPoint], read: Callable[[Touchpoint], str | None]) -> None:
        """Take in what was found in one journey."""
        groups = defaultdict[tuple[str, str | None], list[FrictionPoint]](list)
        for found in findings:
            groups[found.part, read(found.touchpoint)].append(found)
        for (part, label), group in groups.items():
            ours = PainPoint(part, label, group[0].points, 1, len(group), self._cost_of(group))
            before = self.pain_points.get((part, label))
            self.pain_points[part, label] = ours if before is None else before + ours
        self.customers += 1
        self.affected += bool(findings)
        self.units += self._cost_of(findings)

    def _cost_of(self, findings: Sequence[FrictionPoint]) -> int:
        return 0 if self.currency is None else cost_of(findings, self.currency)

    def result(self, by: str, as_of: datetime | None) -> FrictionResult:
        found = tuple(self.pain_points.values())
        return FrictionResult(by, self.currency, as_of, found, self.customers, self.affected, self.units)
