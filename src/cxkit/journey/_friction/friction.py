"""Friction: how hard a journey was, in points that lead back to touchpoints."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import attrs
from typing_extensions import override

from cxkit._forms import TEXT, many, nested, optional, stored
from cxkit._money import minor_unit
from cxkit.answers import Reason
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError
from cxkit.journey._friction.decision import FrictionDecision, FrictionPoint
from cxkit.journey._friction.parts import FrictionPart
from cxkit.journey._friction.result import Counts, FrictionResult
from cxkit.journey._journey import Journey, each_journey, known_touchpoints
from cxkit.journey._labels import Label, a_label
from cxkit.journey._maps.journey_map import JourneyMap
from cxkit.journey._maps.stages import listed, shown
from cxkit.journey._maps.walk import Plan, Walk
from cxkit.journey._touchpoint import Touchpoint


def _reader(by: Label | JourneyMap) -> Callable[[Sequence[Touchpoint]], Callable[[Touchpoint], str | None]]:
    """Return what reads a label from the touchpoints of a journey."""
    if not isinstance(by, JourneyMap):
        read = a_label(by, "by")
        return lambda _: read
    plan = Plan(by.stages)

    def on_map(touchpoints: Sequence[Touchpoint]) -> Callable[[Touchpoint], str | None]:
        stages = {id(placed.touchpoint): placed.stage for placed in Walk(plan, touchpoints).placements}
        return lambda touchpoint: stages[id(touchpoint)]

    return on_map


@stored("journey.friction", parts=many(nested(FrictionPart)), currency=optional(TEXT))
@attrs.frozen(repr=False)
class Friction:
    """What makes journeys hard: named, weighted parts, each of which leads back to touchpoints.

    Attributes:
        parts: The parts.
        currency: The currency of the log, in which touchpoints cost; costs are not counted, unless given.

    >>> from datetime import timedelta
    >>> from cxkit.journey import Friction, HelpContact, RepeatedContact, journeys
    >>> friction = Friction([RepeatedContact(within=timedelta(hours=1)), HelpContact(of="ticket", weight=3)])
    >>> rows = [("anna", "payment", "2026-03-01T09:00Z"), ("anna", "payment", "2026-03-01T09:05Z")]
    >>> log = list(journeys([*rows, ("ben", "payment", "2026-03-01T09:00Z"), ("ben", "ticket", "2026-03-02T09:00Z")]))
    >>> print(friction.run(log))
    part              name     points  times  customers  share  cost
    help_contact      ticket        3      1          1    0.5     -
    repeated_contact  payment       1      1          1    0.5     -
    """

    parts: tuple[FrictionPart, ...] = attrs.field(converter=listed)
    currency: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        names = set[str]()
        for part in self.parts:
            if not isinstance(part, FrictionPart):
                msg = f"friction is made of parts such as LongWait(days(2)), got {part!r}"
                raise InvalidTypeError(msg, part)
            if part.name in names:
                msg = f"two parts of the friction are called {part.name!r}; give one of them a name= of its own"
                raise DuplicateError(msg, part)
            names.add(part.name)
        if not self.parts:
            msg = "friction must have parts, got none"
            raise InvalidValueError(msg, self.parts)
        if self.currency is not None:
            minor_unit(self.currency)

    def explain(self, journey: Journey, *, as_of: datetime | None = None) -> FrictionDecision:
        """Say how hard one journey was, and where it was.

        Args:
            journey: The customer's.
            as_of: The moment; nothing that came to be known later counts.
        """
        [checked] = each_journey([journey])
        findings = self._findings(known_touchpoints(checked, as_of))
        shows = Counter(found.part for found in findings)
        return FrictionDecision(
            outcome="friction" if findings else "smooth",
            reasons=tuple(Reason(part, found=count) for part, count in shows.items()) or (Reason("smooth"),),
            customer=checked.customer,
            findings=findings,
            parts=self.parts,
            currency=self.currency,
        )

    def run(
        self, journeys: Iterable[Journey], *, by: Label | JourneyMap = "name", as_of: datetime | None = None
    ) -> FrictionResult:
        """Rank where friction shows in a log.

        Args:
            journeys: The log, read one by one.
            by: By what touchpoints are grouped, such as `"stage"` or `"channel"`; a map groups them by its stages.
            as_of: As in `explain`.
        """
        reader, counts = _reader(by), Counts(self.currency)
        for journey in each_journey(journeys):
            touchpoints = known_touchpoints(journey, as_of)
            counts.add(self._findings(touchpoints), reader(touchpoints))
        name = "stage" if isinstance(by, JourneyMap) else by if isinstance(by, str) else repr(by)
        return counts.result(name, as_of)

    def _findings(self, touchpoints: Sequence[Touchpoint]) -> tuple[FrictionPoint, ...]:
        return tuple(
            [FrictionPoint(part.name, *sign, part.weight) for part in self.parts for sign in part.signs(touchpoints)]
        )

    @override
    def __repr__(self) -> str:
        return shown(self)
