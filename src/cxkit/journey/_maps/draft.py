"""Drafts: a first map of what happened."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, TypeVar

import attrs

from cxkit.errors import InvalidValueError
from cxkit.journey._journey import Journey
from cxkit.journey._maps.check import Deviation
from cxkit.journey._maps.overlay import MILLION, StageOverlay
from cxkit.journey._maps.stages import PlannedTouchpoint, Stage

if TYPE_CHECKING:
    from cxkit.journey._maps.journey_map import JourneyMap

MapT = TypeVar("MapT", bound="JourneyMap")
NO_STAGE = "journey"


def drafted(make: Callable[[Sequence[Stage]], MapT], log: Sequence[Journey]) -> MapT:
    """Make a strict map of a log, and loosen it where the log differs, until it does not."""
    stages = _strict(log)
    if not stages:
        msg = "a map is drafted from journeys with touchpoints, got none"
        raise InvalidValueError(msg, log)
    while True:
        check = make(stages).check(log)
        if check.ok:
            break
        reached = {stage.name: stage.customers == check.overlay.customers for stage in check.overlay.stages}
        stages = [_loosened(stage, check.deviations, is_reached=reached[stage.name]) for stage in stages]
    emotions = [_rounded_down(seen) for seen in check.overlay.stages]
    return make([attrs.evolve(stage, emotion=emotion) for stage, emotion in zip(stages, emotions, strict=True)])


def _rounded_down(seen: StageOverlay) -> float | None:
    """Return the mean sentiment of a stage, rounded down to two decimals."""
    return seen.millionths // (seen.sentiments * (MILLION // 100)) / 100 if seen.sentiments else None


def _strict(log: Sequence[Journey]) -> list[Stage]:
    """Return the stages of a log, with all that they had required."""
    order = _usual_order([touchpoint.stage or NO_STAGE for touchpoint in journey] for journey in log)
    return [_stage(name, log) for name in order]


def _stage(name: str, log: Sequence[Journey]) -> Stage:
    stays = [[touchpoint for touchpoint in journey if (touchpoint.stage or NO_STAGE) == name] for journey in log]
    channels = {touchpoint.channel for stay in stays for touchpoint in stay if touchpoint.channel}
    return Stage(
        name,
        [
            PlannedTouchpoint(found)
            for found in _usual_order([touchpoint.name for touchpoint in stay] for stay in stays)
        ],
        channels=sorted(channels),
    )


def _usual_order(sequences: Iterable[Iterable[str]]) -> list[str]:
    """Order names by how many others they precede in more sequences than they follow (Copeland's method)."""
    leads = Counter[tuple[str, str]]()
    names = set[str]()
    for sequence in sequences:
        firsts = list(dict.fromkeys(sequence))
        names.update(firsts)
        leads.update(combinations(firsts, 2))
    wins = Counter[str]()
    for first, second in combinations(sorted(names), 2):
        lead = leads[first, second] - leads[second, first]
        wins[first if lead > 0 else second] += bool(lead)
        wins[second if lead > 0 else first] -= bool(lead)
    return sorted(names, key=lambda name: (-wins[name], name))


def _loosened(stage: Stage, deviations: Sequence[Deviation], *, is_reached: bool) -> Stage:
    """Allow what differs in a stage: one that not all customers reached is optional, then what not all had there is."""
    ours = [found for found in deviations if found.stage == stage.name]
    missing = {found.touchpoint for found in ours if found.code == "missing"}
    channels = {str(found.found) for found in ours if found.code == "channel"}
    if missing and not is_reached and not stage.optional:
        stage, missing = attrs.evolve(stage, optional=True), set()
    return attrs.evolve(
        stage,
        touchpoints=[
            attrs.evolve(planned, optional=planned.optional or planned.name in missing) for planned in stage.touchpoints
        ],
        channels=sorted({*stage.channels, *channels}),
        anytime=stage.anytime or any(found.code == "out_of_order" for found in ours),
    )
