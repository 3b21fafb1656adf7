"""What happened between a shop and its customers: touchpoints, and the journeys that they make.

A touchpoint is one contact at a time. A journey is one customer's touchpoints in order, whatever order they came in.
What happened (`at`) and when it became known (`recorded_at`) are two things, so that a journey can be read as it was
known at any moment.

>>> from datetime import timedelta
>>> from cxkit.journey import journeys
>>> rows = [
...     ("anna", "visit", "2026-03-01T09:00Z"),
...     ("ben", "visit", "2026-03-01T09:30Z"),
...     ("anna", "order", "2026-03-02T09:00Z"),
... ]
>>> anna, ben = journeys(rows)
>>> anna.customer, [touchpoint.name for touchpoint in anna], anna.duration
('anna', ['visit', 'order'], datetime.timedelta(days=1))
>>> [len(session) for session in anna.sessions(gap=timedelta(minutes=30))]
[1, 1]
"""

from typing import TYPE_CHECKING

from cxkit._forms import register_late
from cxkit._late import late
from cxkit.journey._contacts import CONTACT_FORM as CONTACT_FORM  # this and the like: for the other packages of cxkit
from cxkit.journey._contacts import Contact
from cxkit.journey._contacts import a_contact as a_contact
from cxkit.journey._contacts import contact_words as contact_words
from cxkit.journey._contacts import is_contact as is_contact
from cxkit.journey._journey import Journey, SentimentPoint, StageEntry
from cxkit.journey._journey import each_journey as each_journey
from cxkit.journey._journey import known_touchpoints as known_touchpoints
from cxkit.journey._labels import Label
from cxkit.journey._labels import a_label as a_label
from cxkit.journey._load import Row, journeys
from cxkit.journey._sessions import ExactGap
from cxkit.journey._touchpoint import Touchpoint, TouchpointFields

if TYPE_CHECKING:
    from cxkit.journey._attribution.attribution import Attribution
    from cxkit.journey._attribution.comparison import LabelComparison, ModelComparison, compare_models
    from cxkit.journey._attribution.conversion_paths import ConversionPath, ConversionPaths
    from cxkit.journey._attribution.crediting import attribute
    from cxkit.journey._attribution.decision import AttributionDecision, AttributionOutcome, TouchCredit
    from cxkit.journey._attribution.markov import Markov
    from cxkit.journey._attribution.models import AttributionModel
    from cxkit.journey._attribution.path_models import First, Last, Linear, PathModel, PositionBased, TimeDecay
    from cxkit.journey._attribution.shapley import Shapley, ShapleyReading, ShapleyWorth, shapley_values
    from cxkit.journey._friction.decision import FrictionDecision, FrictionOutcome, FrictionPoint
    from cxkit.journey._friction.friction import Friction
    from cxkit.journey._friction.parts import (
        BadSentiment,
        ChannelSwitch,
        FrictionPart,
        HelpContact,
        LongWait,
        RepeatedContact,
        StepBack,
    )
    from cxkit.journey._friction.result import FrictionResult, PainPoint
    from cxkit.journey._funnels.course import FunnelOutcome
    from cxkit.journey._funnels.funnel import Anchor, Funnel, FunnelTies, Reading, StepOrder, Touch
    from cxkit.journey._funnels.readings import FunnelReadings, ReadingDifference
    from cxkit.journey._funnels.result import FunnelBreakdown, FunnelGroup, FunnelResult, FunnelStep
    from cxkit.journey._funnels.result import step_names as step_names
    from cxkit.journey._funnels.steps import Exclusion, Step
    from cxkit.journey._funnels.stop import FunnelReason, FunnelStop
    from cxkit.journey._maps.check import Awaited, Deviation, DeviationCode, MapCheck, MapDecision, MapOutcome
    from cxkit.journey._maps.journey_map import JourneyMap
    from cxkit.journey._maps.overlay import MapOverlay, StageOverlay
    from cxkit.journey._maps.stages import PlannedTouchpoint, Stage
    from cxkit.journey._maps.walk import Placement
    from cxkit.journey._obligations.aging import Aging, AgingBucket
    from cxkit.journey._obligations.contract import Contract, ContractDecision, ContractOutcome
    from cxkit.journey._obligations.due import Due, DueFields
    from cxkit.journey._obligations.obligations import DueDecision, DueOutcome, Obligations, Settlement, Statement
    from cxkit.journey._obligations.planned import Promise, Recurring
    from cxkit.journey._paths.between import Begin, Paths, paths
    from cxkit.journey._paths.changes import TransitionChange, TransitionChanges
    from cxkit.journey._paths.flow import Diagram, EdgeLabel, Transitions, transitions
    from cxkit.journey._paths.follows import EventuallyFollows, eventually_follows
    from cxkit.journey._paths.nodes import END, START, Node, Terminal
    from cxkit.journey._paths.repeats import Repeats, Rework, rework
    from cxkit.journey._paths.times import durations, gaps
    from cxkit.journey._paths.transition import Transition
    from cxkit.journey._paths.whole import Variant, Variants, variants

__all__ = [
    "END",
    "START",
    "Aging",
    "AgingBucket",
    "Anchor",
    "Attribution",
    "AttributionDecision",
    "AttributionModel",
    "AttributionOutcome",
    "Awaited",
    "BadSentiment",
    "Begin",
    "ChannelSwitch",
    "Contact",
    "Contract",
    "ContractDecision",
    "ContractOutcome",
    "ConversionPath",
    "ConversionPaths",
    "Deviation",
    "DeviationCode",
    "Diagram",
    "Due",
    "DueDecision",
    "DueFields",
    "DueOutcome",
    "EdgeLabel",
    "EventuallyFollows",
    "ExactGap",
    "Exclusion",
    "First",
    "Friction",
    "FrictionDecision",
    "FrictionOutcome",
    "FrictionPart",
    "FrictionPoint",
    "FrictionResult",
    "Funnel",
    "FunnelBreakdown",
    "FunnelGroup",
    "FunnelOutcome",
    "FunnelReadings",
    "FunnelReason",
    "FunnelResult",
    "FunnelStep",
    "FunnelStop",
    "FunnelTies",
    "HelpContact",
    "Journey",
    "JourneyMap",
    "Label",
    "LabelComparison",
    "Last",
    "Linear",
    "LongWait",
    "MapCheck",
    "MapDecision",
    "MapOutcome",
    "MapOverlay",
    "Markov",
    "ModelComparison",
    "Node",
    "Obligations",
    "PainPoint",
    "PathModel",
    "Paths",
    "Placement",
    "PlannedTouchpoint",
    "PositionBased",
    "Promise",
    "Reading",
    "ReadingDifference",
    "Recurring",
    "RepeatedContact",
    "Repeats",
    "Rework",
    "Row",
    "SentimentPoint",
    "Settlement",
    "Shapley",
    "ShapleyReading",
    "ShapleyWorth",
    "Stage",
    "StageEntry",
    "StageOverlay",
    "Statement",
    "Step",
    "StepBack",
    "StepOrder",
    "Terminal",
    "TimeDecay",
    "Touch",
    "TouchCredit",
    "Touchpoint",
    "TouchpointFields",
    "Transition",
    "TransitionChange",
    "TransitionChanges",
    "Transitions",
    "Variant",
    "Variants",
    "attribute",
    "compare_models",
    "durations",
    "eventually_follows",
    "gaps",
    "journeys",
    "paths",
    "rework",
    "shapley_values",
    "transitions",
    "variants",
]

# What few programs ask for is imported when it is asked for. The rooms are private packages, and this names their modules.
_LATE = {
    "_attribution.attribution": ("Attribution",),
    "_attribution.comparison": ("LabelComparison", "ModelComparison", "compare_models"),
    "_attribution.conversion_paths": ("ConversionPath", "ConversionPaths"),
    "_attribution.crediting": ("attribute",),
    "_attribution.decision": ("AttributionDecision", "AttributionOutcome", "TouchCredit"),
    "_attribution.markov": ("Markov",),
    "_attribution.models": ("AttributionModel",),
    "_attribution.path_models": ("First", "Last", "Linear", "PathModel", "PositionBased", "TimeDecay"),
    "_attribution.shapley": ("Shapley", "ShapleyReading", "ShapleyWorth", "shapley_values"),
    "_friction.decision": ("FrictionDecision", "FrictionOutcome", "FrictionPoint"),
    "_friction.friction": ("Friction",),
    "_friction.parts": (
        "BadSentiment",
        "ChannelSwitch",
        "FrictionPart",
        "HelpContact",
        "LongWait",
        "RepeatedContact",
        "StepBack",
    ),
    "_friction.result": ("FrictionResult", "PainPoint"),
    "_funnels.course": ("FunnelOutcome",),
    "_funnels.funnel": ("Anchor", "Funnel", "FunnelTies", "Reading", "StepOrder", "Touch"),
    "_funnels.readings": ("FunnelReadings", "ReadingDifference"),
    "_funnels.result": ("FunnelBreakdown", "FunnelGroup", "FunnelResult", "FunnelStep", "step_names"),
    "_funnels.steps": ("Exclusion", "Step"),
    "_funnels.stop": ("FunnelReason", "FunnelStop"),
    "_maps.check": ("Awaited", "Deviation", "DeviationCode", "MapCheck", "MapDecision", "MapOutcome"),
    "_maps.journey_map": ("JourneyMap",),
    "_maps.overlay": ("MapOverlay", "StageOverlay"),
    "_maps.stages": ("PlannedTouchpoint", "Stage"),
    "_maps.walk": ("Placement",),
    "_obligations.aging": ("Aging", "AgingBucket"),
    "_obligations.contract": ("Contract", "ContractDecision", "ContractOutcome"),
    "_obligations.due": ("Due", "DueFields"),
    "_obligations.obligations": ("DueDecision", "DueOutcome", "Obligations", "Settlement", "Statement"),
    "_obligations.planned": ("Promise", "Recurring"),
    "_paths.between": ("Begin", "Paths", "paths"),
    "_paths.changes": ("TransitionChange", "TransitionChanges"),
    "_paths.flow": ("Diagram", "EdgeLabel", "Transitions", "transitions"),
    "_paths.follows": ("EventuallyFollows", "eventually_follows"),
    "_paths.nodes": ("END", "START", "Node", "Terminal"),
    "_paths.repeats": ("Repeats", "Rework", "rework"),
    "_paths.times": ("durations", "gaps"),
    "_paths.transition": ("Transition",),
    "_paths.whole": ("Variant", "Variants", "variants"),
}
register_late("cxkit.journey._attribution.attribution", "journey.attribution")
register_late("cxkit.journey._attribution.conversion_paths", "journey.conversion_paths")
register_late("cxkit.journey._attribution.markov", "journey.markov")
register_late(
    "cxkit.journey._attribution.path_models",
    "journey.first",
    "journey.last",
    "journey.linear",
    "journey.position_based",
    "journey.time_decay",
)
register_late("cxkit.journey._attribution.shapley", "journey.shapley")
register_late("cxkit.journey._friction.friction", "journey.friction")
register_late(
    "cxkit.journey._friction.parts",
    "journey.bad_sentiment",
    "journey.channel_switch",
    "journey.help_contact",
    "journey.long_wait",
    "journey.repeated_contact",
    "journey.step_back",
)
register_late("cxkit.journey._friction.result", "journey.friction_result", "journey.pain_point")
register_late("cxkit.journey._funnels.funnel", "journey.funnel")
register_late(
    "cxkit.journey._funnels.result",
    "journey.funnel_breakdown",
    "journey.funnel_group",
    "journey.funnel_result",
    "journey.funnel_step",
)
register_late("cxkit.journey._funnels.steps", "journey.exclusion", "journey.step")
register_late("cxkit.journey._maps.journey_map", "journey.journey_map")
register_late("cxkit.journey._maps.overlay", "journey.map_overlay", "journey.stage_overlay")
register_late("cxkit.journey._maps.stages", "journey.planned_touchpoint", "journey.stage")
register_late("cxkit.journey._obligations.aging", "journey.aging", "journey.aging_bucket")
register_late("cxkit.journey._obligations.contract", "journey.contract")
register_late("cxkit.journey._obligations.due", "journey.due")
register_late("cxkit.journey._obligations.obligations", "journey.obligations")
register_late("cxkit.journey._obligations.planned", "journey.promise", "journey.recurring")
register_late("cxkit.journey._paths.between", "journey.paths")
register_late("cxkit.journey._paths.flow", "journey.transitions")
register_late("cxkit.journey._paths.follows", "journey.eventually_follows")
register_late("cxkit.journey._paths.repeats", "journey.repeats", "journey.rework")
register_late("cxkit.journey._paths.whole", "journey.variants")

if not TYPE_CHECKING:
    __getattr__ = late(__name__, _LATE)
    __dir__ = __all__.copy  # what is imported late stands there, too
