"""What friction is found in one journey."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

import attrs
from typing_extensions import override

from cxkit._money import from_minor, to_minor
from cxkit._tables import aligned
from cxkit.answers import Decision
from cxkit.journey._friction.parts import FrictionPart
from cxkit.journey._touchpoint import Touchpoint

FrictionOutcome = Literal["smooth", "friction"]
"""Whether a journey shows any friction."""


@attrs.frozen
class FrictionPoint:
    """One touchpoint at which one part of friction shows.

    Attributes:
        part: The name of the part.
        touchpoint: The touchpoint.
        before: The earlier touchpoint that makes it so: the same contact, the other channel, the start of a wait.
        points: What it counts: the weight of the part.
    """

    part: str
    touchpoint: Touchpoint
    before: Touchpoint | None
    points: float


@attrs.frozen(kw_only=True)
class FrictionDecision(Decision[FrictionOutcome]):
    """How hard one journey was, and why.

    Attributes:
        outcome: `"friction"` where any part shows, else `"smooth"`.
        reasons: A reason for each part that shows, by its name, with how often it was found.
        customer: Whose journey it is.
        findings: Where friction shows, by part and in order.
        parts: The parts that were looked for.
        currency: The currency of the costs; `None` where costs are not counted.
    """

    customer: str
    findings: tuple[FrictionPoint, ...]
    parts: tuple[FrictionPart, ...]
    currency: str | None

    @property
    def points(self) -> float:
        """The points of all parts together."""
        return sum(part.weight * len(self.of(part.name)) for part in self.parts)

    @property
    def cost(self) -> Decimal | None:
        """What the touchpoints cost at which friction shows, each counted once; `None` without a currency."""
        return self._cost(self.findings)

    def of(self, part: str) -> tuple[FrictionPoint, ...]:
        """Return where one part shows."""
        return tuple(found for found in self.findings if found.part == part)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each part; the costs of two parts may be those of one touchpoint."""
        return [
            {
                "part": part.name,
                "count": len(found := self.of(part.name)),
                "weight": part.weight,
                "points": part.weight * len(found),
                "cost": self._cost(found),
            }
            for part in self.parts
        ]

    def _cost(self, findings: Iterable[FrictionPoint]) -> Decimal | None:
        return None if self.currency is None else from_minor(cost_of(findings, self.currency), self.currency)

    @override
    def __str__(self) -> str:
        return aligned(self.rows())


def cost_of(findings: Iterable[FrictionPoint], currency: str) -> int:
    """Add what touchpoints cost, each once, in minor units."""
    costing = {id(found.touchpoint): found.touchpoint for found in findings}.values()
    return sum(to_minor(found.cost, currency, what="cost") for found in costing if found.cost is not None)
