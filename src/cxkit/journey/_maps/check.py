"""Checks: what a journey did against what its map plans."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Literal, NamedTuple

import attrs
from typing_extensions import override

from cxkit._checks import one_of
from cxkit._tables import aligned
from cxkit.answers import Decision, Reason
from cxkit.calendar import Length, end_of
from cxkit.journey._journey import Journey, each_journey, known_touchpoints
from cxkit.journey._maps.overlay import MapOverlay, Sight, in_millionths, summed
from cxkit.journey._maps.walk import Placement, Plan, Spot, Walk

if TYPE_CHECKING:
    from cxkit.journey._maps.journey_map import JourneyMap

MapOutcome = Literal["conforms", "deviates", "open"]
"""Whether a journey goes as planned: it does, it does not, or it is not finished."""
DeviationCode = Literal["missing", "extra", "out_of_order", "slow", "channel", "worse"]
"""How a journey may differ from its map."""
CODES = ("missing", "extra", "out_of_order", "slow", "channel", "worse")
_NEXT = timedelta(microseconds=1)
_SHOWN = 3


@attrs.frozen
class Deviation:
    """One difference between a journey and its map.

    Attributes:
        code: `"missing"` (planned and required, and did not come), `"extra"` (came, and no stage plans it),
            `"out_of_order"` (came for the first time after what comes later on the map), `"slow"` (took longer than it
            may), `"channel"` (came through another channel than planned) or `"worse"` (the mean sentiment is below the
            expected emotion).
        customer: Whose journey it is; `None` for all of a log.
        stage: In which stage; `None` for an extra touchpoint, and for the map as a whole.
        touchpoint: Which touchpoint, by its planned name; `None` for a stage as a whole.
        at: When; `None` for what did not come.
        found: What was there.
        needed: What was planned.
    """

    code: DeviationCode
    customer: str | None = None
    stage: str | None = None
    touchpoint: str | None = None
    at: datetime | None = None
    found: object = None
    needed: object = None


@attrs.frozen
class Awaited:
    """What a journey still lacks, and has time for.

    Attributes:
        stage: In which stage.
        touchpoint: Which touchpoint.
        expires_at: The last moment at which it is in time; `None` where nothing says.
    """

    stage: str
    touchpoint: str
    expires_at: datetime | None = None


@attrs.frozen(kw_only=True)
class MapDecision(Decision[MapOutcome]):
    """Whether a journey goes as its map plans, and why not.

    Attributes:
        outcome: `"deviates"` where anything differs, else `"open"` where it still lacks something, else `"conforms"`.
        reasons: The deviations, or what is awaited.
        retry_at: Of one that is open, the moment at which it deviates if nothing else happens.
        customer: Whose journey it is.
        deviations: What differs: what happened, in order, then what did not.
        awaited: What it still lacks, and has time for.
        placements: Where each touchpoint belongs on the map.
    """

    customer: str
    deviations: tuple[Deviation, ...] = ()
    awaited: tuple[Awaited, ...] = ()
    placements: tuple[Placement, ...] = ()


class Limit(NamedTuple):
    """A length of time that something may take."""

    start: datetime
    within: Length

    @property
    def end(self) -> datetime | None:
        return end_of(self.start, self.within)

    def is_over(self, moment: datetime) -> bool:
        return (end := self.end) is not None and moment > end


class _Case:
    """One journey in front of its map."""

    def __init__(
        self,
        journey_map: "JourneyMap",
        customer: str,
        walk: Walk,
        as_of: datetime | None,
        ignored: Collection[str] = (),
    ) -> None:
        self.map, self.customer, self.walk, self.as_of, self.ignored = journey_map, customer, walk, as_of, ignored
        self.plan = walk.plan
        self.absent = [spot for spot in self.plan.spots if self._is_required(spot) and spot not in walk.firsts]

    def _is_required(self, spot: Spot) -> bool:
        if self.plan.planned(spot).optional:
            return False
        return spot.stage in self.walk.stays or not self.plan.stages[spot.stage].optional

    def deviation(self, code: DeviationCode, spot: Spot, at: datetime, found: object, needed: object) -> Deviation:
        stage, planned = self.plan.stages[spot.stage], self.plan.planned(spot)
        return Deviation(code, self.customer, stage.name, planned.name, at, found, needed)

    def happened(self) -> Iterator[Deviation]:
        """Yield what differs in what came."""
        for placement in self.walk.placements:
            touchpoint, planned, name = placement.touchpoint, placement.planned, placement.stage
            if name is None:
                yield Deviation("extra", self.customer, None, touchpoint.name, touchpoint.at, touchpoint.name)
                continue
            if placement.after is not None:
                yield Deviation("out_of_order", self.customer, name, planned, touchpoint.at, placement.after)
            channels = self.plan.stages[self.plan.places[name]].channels
            if channels and touchpoint.channel is not None and touchpoint.channel not in channels:
                yield Deviation("channel", self.customer, name, planned, touchpoint.at, touchpoint.channel, channels)

    def slow(self) -> Iterator[Deviation]:
        """Yield what took longer than it may: a touchpoint, a stage, the journey."""
        for spot, touchpoint in self.walk.firsts.items():
            within, anchor = self.plan.planned(spot).within, self.walk.anchors.get(spot)
            if within is not None and anchor is not None and Limit(anchor.at, within).is_over(touchpoint.at):
                yield self.deviation("slow", spot, touchpoint.at, touchpoint.at - anchor.at, within)
        for number, stay in self.walk.stays.items():
            stage = self.plan.stages[number]
            if stage.within is not None:
                spots = [spot for spot in self.plan.spots if spot.stage == number]
                yield from self._late(Limit(stay[0].at, stage.within), spots, stage.name)
        if self.map.within is not None and self.walk.start is not None:
            yield from self._late(Limit(self.walk.start, self.map.within), self.plan.spots, None)

    def _late(self, limit: Limit, spots: Sequence[Spot], stage: str | None) -> Iterator[Deviation]:
        """Yield whether what is required of a stage, or of all, came too late."""
        firsts = [self.walk.firsts.get(spot) for spot in spots if self._is_required(spot)]
        moments = [first.at for first in firsts if first is not None]
        if moments and len(moments) == len(firsts) and limit.is_over(end := max(moments)):
            yield Deviation("slow", self.customer, stage, None, end, end - limit.start, limit.within)

    def deadline(self, spot: Spot) -> datetime | None:
        """Return the last moment at which a touchpoint that has not come is in time."""
        within, anchor = self.plan.planned(spot).within, self.walk.anchor(spot)
        stage, stay, start = self.plan.stages[spot.stage], self.walk.stays.get(spot.stage), self.walk.start
        limits = [
            Limit(anchor.at, within) if within is not None and anchor is not None else None,
            Limit(stay[0].at, stage.within) if stage.within is not None and stay is not None else None,
            Limit(start, self.map.within) if self.map.within is not None and start is not None else None,
        ]
        return min((end for limit in limits if limit is not None and (end := limit.end) is not None), default=None)

    def is_missing(self, spot: Spot, deadline: datetime | None) -> bool:
        """Whether a touchpoint that has not come is past hope: its time is over, or what follows it has come."""
        if self.as_of is None or self.walk.passed(spot) is not None:
            return True
        return deadline is not None and self.as_of > deadline

    def worse(self) -> Iterator[Deviation]:
        for number, stay in sorted(self.walk.stays.items()):
            stage = self.plan.stages[number]
            count, millionths = summed(stay)
            yield from worse(self.map, stage.name, stage.emotion, count, millionths, self.customer)

    def decision(self) -> MapDecision:
        deviations = sorted([*self.happened(), *self.slow()], key=attrgetter("at"))
        awaited = []
        for spot in self.absent:
            stage, planned, deadline = self.plan.stages[spot.stage], self.plan.planned(spot), self.deadline(spot)
            if self.walk.placements and self.is_missing(spot, deadline):
                deviations.append(Deviation("missing", self.customer, stage.name, planned.name, needed=planned.name))
            else:
                awaited.append(Awaited(stage.name, planned.name, deadline))
        deviations += self.worse()
        counted = tuple(found for found in deviations if found.code not in self.ignored)
        return self._answer(counted, tuple(awaited))

    def _answer(self, deviations: tuple[Deviation, ...], awaited: tuple[Awaited, ...]) -> MapDecision:
        outcome: MapOutcome = "deviates" if deviations else "open" if awaited else "conforms"
        reasons = [Reason(found.code, found.found, found.needed) for found in deviations]
        reasons = reasons or [Reason("awaited", needed=lacking.touchpoint) for lacking in awaited]
        ends = [lacking.expires_at for lacking in awaited if lacking.expires_at is not None]
        return MapDecision(
            outcome=outcome,
            reasons=tuple(reasons or [Reason("conforms")]),
            retry_at=end_of(min(ends), _NEXT) if ends and not deviations else None,  # at its end, a limit is not over
            customer=self.customer,
            deviations=deviations,
            awaited=awaited,
            placements=self.walk.placements,
        )


def explain(journey_map: "JourneyMap", journey: Journey, as_of: datetime | None) -> MapDecision:
    """Check one journey."""
    walk = Walk(Plan(journey_map.stages), known_touchpoints(journey, as_of))
    return _Case(journey_map, journey.customer, walk, as_of).decision()


def check(
    journey_map: "JourneyMap", journeys: Iterable[Journey], as_of: datetime | None, ignored: Collection[str]
) -> "MapCheck":
    """Check the journeys of a log, one by one; how customers felt is a question to all of them together."""
    plan = Plan(journey_map.stages)
    sights = [Sight(stage) for stage in journey_map.stages]
    outcomes = Counter[MapOutcome]()
    deviations: list[Deviation] = []
    for journey in each_journey(journeys):
        walk = Walk(plan, known_touchpoints(journey, as_of))
        decision = _Case(journey_map, journey.customer, walk, as_of, {*ignored, "worse"}).decision()
        outcomes[decision.outcome] += 1
        deviations += decision.deviations
        for number, stay in walk.stays.items():
            sights[number].add(stay, walk.came_from.get(number))
    stages = [sight.overlay() for sight in sights]
    for stage in stages if "worse" not in ignored else ():
        deviations += worse(journey_map, stage.name, stage.emotion, stage.sentiments, stage.millionths, None)
    seen = outcomes["conforms"], outcomes["deviates"], outcomes["open"]
    return MapCheck(MapOverlay(journey_map.name, stages, *seen, as_of), tuple(deviations))


def worse(
    journey_map: "JourneyMap", stage: str, emotion: float | None, count: int, millionths: int, customer: str | None
) -> Iterator[Deviation]:
    """Yield whether the mean sentiment in a stage is below what is expected, less the tolerance."""
    if emotion is None or not count:
        return
    least = in_millionths(emotion) - in_millionths(journey_map.tolerance)
    if millionths < least * count:
        yield Deviation("worse", customer, stage, None, None, millionths / count / 1_000_000, emotion)


@attrs.frozen(repr=False)
class MapCheck:
    """How the journeys of a log compare with their map.

    It prints as a table of what differs, so that a test says what is wrong: `assert check.ok, check`.

    Attributes:
        overlay: What was seen in each stage.
        deviations: What differs: of each customer, in the order of the log, then of the log as a whole.
    """

    overlay: MapOverlay
    deviations: tuple[Deviation, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing differs; what is still open does not, and in an empty log nothing does."""
        return not self.deviations

    def having(self, *codes: DeviationCode) -> tuple[Deviation, ...]:
        """Return the deviations of some kinds."""
        for code in codes:
            one_of(code, CODES, "a code")
        return tuple(deviation for deviation in self.deviations if deviation.code in codes)

    def of(self, customer: str) -> tuple[Deviation, ...]:
        """Return the deviations of one customer."""
        return tuple(deviation for deviation in self.deviations if deviation.customer == customer)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each kind of difference at each touchpoint, with the most customers first.

        `customers` is `None` for what differs in the log as a whole.
        """
        groups: dict[tuple[str, str | None, str | None], list[Deviation]] = {}
        for found in self.deviations:
            groups.setdefault((found.code, found.stage, found.touchpoint), []).append(found)
        rows = [self._row(*group, found) for group, found in groups.items()]
        rows.sort(key=lambda row: -_number(row["customers"]))
        return rows

    def _row(
        self, code: str, stage: str | None, touchpoint: str | None, found: Sequence[Deviation]
    ) -> dict[str, object]:
        customers = {deviation.customer for deviation in found} - {None}
        total = self.overlay.customers
        return {
            "deviation": code,
            "stage": stage,
            "touchpoint": touchpoint,
            "customers": len(customers) or None,
            "share": len(customers) / total if customers else None,
            "times": len(found),
            "found": found[0].found,
            "needed": found[0].needed,
        }

    @override
    def __str__(self) -> str:
        return "\n".join([self._summary(), aligned(self.rows())] if self.deviations else [self._summary()])

    def _summary(self) -> str:
        seen = self.overlay
        counts = f"conforming {seen.conforming}, deviating {seen.deviating}, open {seen.open}"
        return f"{seen.name!r}: journeys {seen.customers}, {counts}"

    @override
    def __repr__(self) -> str:
        counts = Counter((found.code, found.touchpoint or found.stage) for found in self.deviations)
        most = [f"{code} {what!r} {count}x" for (code, what), count in counts.most_common(_SHOWN)]
        return f"<MapCheck {self._summary()}{''.join('; ' + one for one in most)}>"


def _number(customers: object) -> int:
    return customers if isinstance(customers, int) else 0
