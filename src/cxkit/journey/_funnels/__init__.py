"""Funnels: how far customers come along some steps, and why they stop."""

from cxkit.journey._funnels.course import FunnelOutcome
from cxkit.journey._funnels.funnel import Anchor, Funnel, FunnelTies, Reading, StepOrder, Touch
from cxkit.journey._funnels.readings import FunnelReadings, ReadingDifference
from cxkit.journey._funnels.result import FunnelBreakdown, FunnelGroup, FunnelResult, FunnelStep, step_names
from cxkit.journey._funnels.steps import Exclusion, Step
from cxkit.journey._funnels.stop import FunnelReason, FunnelStop

__all__ = [
    "Anchor",
    "Exclusion",
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
    "Reading",
    "ReadingDifference",
    "Step",
    "StepOrder",
    "Touch",
    "step_names",
]
