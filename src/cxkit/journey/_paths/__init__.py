"""Paths: what follows what, whole paths, what is done again, and how long it takes."""

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
    "Begin",
    "Diagram",
    "EdgeLabel",
    "EventuallyFollows",
    "Node",
    "Paths",
    "Repeats",
    "Rework",
    "Terminal",
    "Transition",
    "TransitionChange",
    "TransitionChanges",
    "Transitions",
    "Variant",
    "Variants",
    "durations",
    "eventually_follows",
    "gaps",
    "paths",
    "rework",
    "transitions",
    "variants",
]
