"""What can be worked out of a table with gaps: how low and how high each hidden number may be.

A table with totals is a network in which counts flow: each number is an arc, and what flows into a row or a column flows
out of it. A hidden number can be larger by as much as can flow back around it through other hidden ones, which may grow
without a limit, and may shrink to 0. So its exact range is two greatest flows (Ford and Fulkerson 1956; for tables, Cox
1995, Journal of the American Statistical Association 90:1453-1462).
"""

from collections import Counter, defaultdict, deque
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from cxkit.metrics._suppression.parts import Parts

KeyT = TypeVar("KeyT")
Residual: TypeAlias = defaultdict[Hashable, defaultdict[Hashable, int]]
"""How much more can flow from one node to another."""
Step: TypeAlias = tuple[Hashable, Hashable]
"""From a node to another."""


class Arc(NamedTuple):
    """A number of a table: how much flows from a node to another, of each part."""

    tail: Hashable
    head: Hashable
    parts: Parts

    @property
    def flow(self) -> int:
        """How many answers they are together."""
        return self.parts.total()


class Network(Generic[KeyT]):
    """One part of the numbers of a table, some of which are hidden.

    Attributes:
        arcs: All numbers.
        part: The part of them.
        limit: More than any number that is not unbounded can be.
    """

    def __init__(self, arcs: Mapping[KeyT, Arc], part: str, hidden: Iterable[KeyT]) -> None:
        self.arcs = arcs
        self.part = part
        self.limit = sum(arc.parts[part] for arc in arcs.values()) + 1
        self._residual: Residual = defaultdict(lambda: defaultdict(int))
        for key in hidden:
            self.hide(key)

    def hide(self, key: KeyT, *, times: int = 1) -> None:
        """Let a number change."""
        tail, head, parts = self.arcs[key]
        _widen(self._residual, tail, head, times * self.limit)
        _widen(self._residual, head, tail, times * parts[self.part])

    def show(self, key: KeyT) -> None:
        """Let a number be known."""
        self.hide(key, times=-1)

    def range_of(self, key: KeyT) -> tuple[int, int | None]:
        """Return the least and the greatest that a hidden number may be; `None` where nothing bounds it."""
        tail, head, parts = self.arcs[key]
        count = parts[self.part]
        less, _ = self._around(key, tail, head, count)
        more, _ = self._around(key, head, tail, self.limit)
        return count - less, count + more if more < self.limit else None

    def growth(self, key: KeyT, most: int) -> tuple[int, Collection[Step]]:
        """Return by how much a hidden number can grow, up to so much, and by which steps."""
        tail, head, _ = self.arcs[key]
        return self._around(key, head, tail, most)

    def _around(self, key: KeyT, source: Hashable, sink: Hashable, most: int) -> tuple[int, Collection[Step]]:
        """Find how much can flow around a hidden number, and leave all as it was."""
        self.show(key)
        sent, flow = push(self._residual, source, sink, most)
        _move(self._residual, {step: -amount for step, amount in flow.items()})
        self.hide(key)
        return sent, flow.keys()


def push(residual: Residual, source: Hashable, sink: Hashable, most: int) -> tuple[int, Mapping[Step, int]]:
    """Send up to so much from a node to another along shortest ways, and return how much arrives, and the flow."""
    sent = 0
    flow = Counter[Step]()
    while sent < most and (way := _way(residual, source, sink)):
        amount = min(most - sent, *(residual[tail][head] for tail, head in way))
        moved = dict.fromkeys(way, amount)
        _move(residual, moved)
        flow.update(moved)
        sent += amount
    return sent, flow


def _move(residual: Residual, flow: Mapping[Step, int]) -> None:
    for (tail, head), amount in flow.items():
        _widen(residual, tail, head, -amount)
        _widen(residual, head, tail, amount)


def _widen(residual: Residual, tail: Hashable, head: Hashable, amount: int) -> None:
    room = residual[tail].pop(head, 0) + amount
    if room:  # what has none is left out, so that nobody looks there
        residual[tail][head] = room


def _way(residual: Residual, source: Hashable, sink: Hashable) -> list[Step]:
    """Return the steps of a shortest way with room; none where there is no way."""
    came_from: dict[Hashable, Hashable] = {}
    unseen = {*residual} - {source}
    waiting = deque([source])
    while waiting and sink not in came_from:
        node = waiting.popleft()
        found = residual[node].keys() & unseen  # few, soon: most nodes are near
        came_from |= dict.fromkeys(found, node)
        unseen -= found
        waiting.extend(found)
    steps = []
    while sink in came_from:
        steps.append((came_from[sink], sink))
        sink = came_from[sink]
    return steps
