"""Walks: where the touchpoints of a journey belong on a map."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import attrs

from cxkit.journey._contacts import Contact, is_contact
from cxkit.journey._maps.stages import PlannedTouchpoint, Stage
from cxkit.journey._touchpoint import Touchpoint


@attrs.frozen
class Placement:
    """Where one touchpoint belongs on a map.

    Attributes:
        touchpoint: The touchpoint.
        stage: The name of its stage; `None` where no stage plans it.
        planned: The name of the planned touchpoint that it is.
        is_first: Whether it is the first that is.
        after: What the customer had reached before although it comes later on the map: a stage, or a touchpoint of an
            ordered one; `None` where it came in order.
    """

    touchpoint: Touchpoint
    stage: str | None = None
    planned: str | None = None
    is_first: bool = False
    after: str | None = None


class Spot(NamedTuple):
    """A planned touchpoint: its stage, and its place there."""

    stage: int
    place: int


class Plan:
    """The stages of a map, ready to find touchpoints in them."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        self.stages = stages
        self.places = {stage.name: number for number, stage in enumerate(stages)}
        self.line = [number for number, stage in enumerate(stages) if not stage.anytime]
        self.anytime = [number for number, stage in enumerate(stages) if stage.anytime]
        self.spots = [
            Spot(number, place) for number, stage in enumerate(stages) for place in range(len(stage.touchpoints))
        ]
        self.before = {spot: self._before(spot) for spot in self.spots}
        self._named: defaultdict[str, list[Spot]] = defaultdict(list)
        self._asked: list[tuple[Contact, Spot]] = []
        for spot in self.spots:
            contact = self.planned(spot).contact
            if isinstance(contact, str):
                self._named[contact].append(spot)
            else:
                self._asked.append((contact, spot))

    def planned(self, spot: Spot) -> PlannedTouchpoint:
        return self.stages[spot.stage].touchpoints[spot.place]

    def _before(self, spot: Spot) -> tuple[Spot, ...]:
        """Return what is planned before, the nearest first; a stage that may come at any time stands for itself."""
        together = [spot.stage] if self.stages[spot.stage].anytime else self.line
        return tuple(other for other in reversed(self.spots) if other < spot and other.stage in together)

    def spots_of(self, touchpoint: Touchpoint) -> list[Spot]:
        """Return the planned touchpoints that one may be, in the order of the map."""
        named = self._named.get(touchpoint.name, [])
        if not self._asked:
            return named
        return sorted([*named, *(spot for contact, spot in self._asked if is_contact(contact, touchpoint))])


class Walk:
    """One journey over a map.

    Each touchpoint belongs to a stage that plans it: to the one that it names itself; else to the stage that the
    customer is in, where that still lacks it; to the next, if that lacks it and the customer has all that this one
    requires; to this one again; to one that may come at any time; to the nearest later one; to the nearest earlier one.
    """

    def __init__(self, plan: Plan, touchpoints: Iterable[Touchpoint]) -> None:
        self.plan = plan
        self.firsts: dict[Spot, Touchpoint] = {}
        self.anchors: dict[Spot, Touchpoint] = {}
        self.stays: defaultdict[int, list[Touchpoint]] = defaultdict(list)
        self.came_from: dict[int, Touchpoint] = {}
        self._here = 0  # the place in the line of stages that the customer has reached
        self._last: Touchpoint | None = None
        self.placements = tuple([self._place(touchpoint) for touchpoint in touchpoints])

    @property
    def start(self) -> datetime | None:
        """When the customer first touched the map."""
        return min((stay[0].at for stay in self.stays.values()), default=None)

    def anchor(self, spot: Spot) -> Touchpoint | None:
        """Return the nearest touchpoint planned before that the customer has had."""
        return next((self.firsts[before] for before in self.plan.before[spot] if before in self.firsts), None)

    def passed(self, spot: Spot) -> str | None:
        """Return what the customer has had that comes later than a planned touchpoint: a stage, or a touchpoint."""
        stage = self.plan.stages[spot.stage]
        if not stage.anytime and self._furthest > spot.stage:
            return self.plan.stages[self._furthest].name
        later = [first for first in self.firsts if first.stage == spot.stage and first > spot]
        return self.plan.planned(min(later)).name if stage.ordered and later else None

    @property
    def _furthest(self) -> int:
        """The stage that the customer has reached."""
        return self.plan.line[self._here] if self.plan.line else -1

    def _place(self, touchpoint: Touchpoint) -> Placement:
        spots = self.plan.spots_of(touchpoint)
        if not spots:
            return Placement(touchpoint)
        number = self._stage_of(touchpoint, spots)
        here = [spot for spot in spots if spot.stage == number]
        first = next((spot for spot in here if spot not in self.firsts), None)
        stage, after = self.plan.stages[number], None
        if first is not None:
            after = self.passed(first)
            if (anchor := self.anchor(first)) is not None:
                self.anchors[first] = anchor
            self.firsts[first] = touchpoint
        self._stay(number, touchpoint)
        planned = self.plan.planned(here[0] if first is None else first).name
        return Placement(touchpoint, stage.name, planned, first is not None, after)

    def _stay(self, number: int, touchpoint: Touchpoint) -> None:
        if number not in self.stays and self._last is not None:
            self.came_from[number] = self._last
        self.stays[number].append(touchpoint)
        self._last = touchpoint
        if number > self._furthest and not self.plan.stages[number].anytime:
            self._here = self.plan.line.index(number)

    def _stage_of(self, touchpoint: Touchpoint, spots: Sequence[Spot]) -> int:
        stages = {spot.stage for spot in spots}
        if len(stages) == 1:
            return spots[0].stage
        named = self.plan.places.get(touchpoint.stage or "")
        if named in stages:
            return named
        lacking = {spot.stage for spot in spots if spot not in self.firsts}
        line, here = self.plan.line, self._here
        near = [*line[here : here + 1], *(line[here + 1 : here + 2] if self._is_complete() else [])]
        rest = [*line[here : here + 1], *self.plan.anytime, *line[here + 1 :], *reversed(line[:here])]
        return next((stage for stage in near if stage in lacking), next(stage for stage in rest if stage in stages))

    def _is_complete(self) -> bool:
        """Whether the customer has had all that the stage requires that they have reached."""
        required = (spot for spot in self.plan.spots if spot.stage == self._furthest)
        return all(spot in self.firsts or self.plan.planned(spot).optional for spot in required)
