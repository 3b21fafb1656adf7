"""Friction: what makes journeys hard, in named parts that lead back to touchpoints."""

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

__all__ = [
    "BadSentiment",
    "ChannelSwitch",
    "Friction",
    "FrictionDecision",
    "FrictionOutcome",
    "FrictionPart",
    "FrictionPoint",
    "FrictionResult",
    "HelpContact",
    "LongWait",
    "PainPoint",
    "RepeatedContact",
    "StepBack",
]
