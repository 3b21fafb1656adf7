"""What differs between a journey and a map in which each touchpoint is planned once, found by search over names."""

from datetime import datetime
from functools import cached_property

from cxkit.journey import JourneyMap, Touchpoint


class MapOracle:
    """One journey, as far as it was known, in front of such a map."""

    def __init__(self, drawn: JourneyMap, known: list[Touchpoint], as_of: datetime | None):
        self.map, self.known, self.as_of = drawn, known, as_of
        self.spots = {
            one.name: (s, p) for s, stage in enumerate(drawn.stages) for p, one in enumerate(stage.touchpoints)
        }
        self.first = {}
        for place, touchpoint in enumerate(known):
            self.first.setdefault(touchpoint.name, (place, touchpoint.at))

    @cached_property
    def begun(self):
        """When each stage that was reached began."""
        reached = {self.spots[name][0] for name in self.first if name in self.spots}
        return {s: min(t.at for t in self.known if self.stage_of(t.name) == s) for s in reached}

    @property
    def start(self):
        return min(self.begun.values(), default=None)

    @cached_property
    def required(self):
        """The names that the journey needs, with their stages."""
        return {
            name: s
            for name, (s, p) in self.spots.items()
            if not self.map.stages[s].touchpoints[p].optional and (s in self.begun or not self.map.stages[s].optional)
        }

    def stage_of(self, name):
        return self.spots[name][0] if name in self.spots else None

    def in_line(self, name):
        return not self.map.stages[self.stage_of(name)].anytime

    def comes_later(self, name, other):
        """Whether a touchpoint has to come after another on the map."""
        (s, p), (s2, p2) = self.spots[name], self.spots[other]
        return (self.in_line(name) and self.in_line(other) and s2 > s) or (
            self.map.stages[s].ordered and s2 == s and p2 > p
        )

    def anchor(self, name, before):
        """When the nearest touchpoint planned before came, of those at places before one."""
        earlier = [
            (self.spots[other], self.first[other][1])
            for other in self.spots
            if self.spots[other] < self.spots[name]
            and (self.stage_of(other) == self.stage_of(name) or (self.in_line(name) and self.in_line(other)))
            and other in self.first
            and self.first[other][0] < before
        ]
        return max(earlier)[1] if earlier else None

    def differences(self):
        """Return what differs as code, stage and touchpoint, but for sentiment."""
        return {*self.extra(), *self.channels(), *self.disordered(), *self.slow(), *self.slow_stages(), *self.missing()}

    def extra(self):
        return {("extra", None, name) for name in self.first if name not in self.spots}

    def channels(self):
        for touchpoint in self.known:
            if touchpoint.name in self.spots and touchpoint.channel is not None:
                stage = self.map.stages[self.stage_of(touchpoint.name)]
                if stage.channels and touchpoint.channel not in stage.channels:
                    yield "channel", stage.name, touchpoint.name

    def disordered(self):
        for name, (place, _) in self.first.items():
            if name in self.spots and any(
                self.first[other][0] < place and self.comes_later(name, other)
                for other in self.first
                if other in self.spots
            ):
                yield "out_of_order", self.map.stages[self.stage_of(name)].name, name

    def slow(self):
        for name, (s, p) in self.spots.items():
            stage = self.map.stages[s]
            if name in self.first:
                place, when = self.first[name]
                if is_over(self.anchor(name, place), stage.touchpoints[p].within, when):
                    yield "slow", stage.name, name

    def slow_stages(self):
        limits = [(s, self.map.stages[s].name, when, self.map.stages[s].within) for s, when in self.begun.items()]
        for s, name, begin, within in [*limits, (None, None, self.start, self.map.within)]:
            needed = [one for one, where in self.required.items() if s in (None, where)]
            complete = bool(needed) and all(one in self.first for one in needed)
            if complete and is_over(begin, within, max(self.first[one][1] for one in needed)):
                yield "slow", name, None

    def is_gone(self, name):
        """Whether a touchpoint that has not come is missing."""
        s, p = self.spots[name]
        stage = self.map.stages[s]
        limits = [
            (self.anchor(name, len(self.known)), stage.touchpoints[p].within),
            (self.begun.get(s), stage.within),
            (self.start, self.map.within),
        ]
        passed = any(self.comes_later(name, other) for other in self.first if other in self.spots)
        late = self.as_of is None or any(is_over(begin, within, self.as_of) for begin, within in limits)
        return bool(self.known) and (passed or late)

    def missing(self):
        lacking = [name for name in self.required if name not in self.first and self.is_gone(name)]
        return {("missing", self.map.stages[self.stage_of(name)].name, name) for name in lacking}

    def awaited(self):
        return {name for name in self.required if name not in self.first and not self.is_gone(name)}


def is_over(begin, length, moment):
    return begin is not None and length is not None and moment > begin + length
