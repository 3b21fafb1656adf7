"""Journey maps: what should happen, and how it compares with what did."""

from cxkit.journey._maps.check import Awaited, Deviation, DeviationCode, MapCheck, MapDecision, MapOutcome
from cxkit.journey._maps.journey_map import JourneyMap
from cxkit.journey._maps.overlay import MapOverlay, StageOverlay
from cxkit.journey._maps.stages import PlannedTouchpoint, Stage
from cxkit.journey._maps.walk import Placement

__all__ = [
    "Awaited",
    "Deviation",
    "DeviationCode",
    "JourneyMap",
    "MapCheck",
    "MapDecision",
    "MapOutcome",
    "MapOverlay",
    "Placement",
    "PlannedTouchpoint",
    "Stage",
    "StageOverlay",
]
