"""One step that journeys take, with its share of others."""

import attrs

from cxkit.journey._paths.nodes import Node
from cxkit.tallies import Rate


@attrs.frozen
class Transition:
    """One step that journeys take.

    Attributes:
        source: What it comes from: a label, or `START`.
        target: What it leads to: a label, or `END`.
        rate: How many of which transitions it is; the method that gives it says of which.

    >>> from cxkit.journey import END, START, Transitions
    >>> flow = Transitions({(START, "visit"): 3, ("visit", "order"): 2, ("visit", END): 1, ("order", END): 2})
    >>> step = flow.after("visit")[0]
    >>> step.target, step.count, step.rate.total
    ('order', 2, 3)
    """

    source: Node
    target: Node
    rate: Rate

    @property
    def count(self) -> int:
        """How often it was taken."""
        return self.rate.count


def step_rate(source: Node, target: Node, count: int, total: int) -> Rate:
    """Return the share of a step."""
    return Rate(count, total, name=f"{source} to {target}", unit="transitions")
