"""What can be worked out of a table with gaps: how low and how high each hidden number may be.

A table with totals is a network in which counts flow: each number is an arc, and what flows into a row or a column flows
out of it. A hidden number can be larger by as much as can flow back around it through other hidden ones, which may grow
without a limit, and may shrink to 0. So its exact range is two greatest flows (Ford and Fulkerson 1956; for tables, Cox
1995, Journal of the American Statistical Association 90:1453-1462).
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar

KeyT = TypeVar("KeyT")
Residual = defaultdict[object, defaultdict[object, int]]
"""How much more can flow from one node to another."""


class Arc(NamedTuple):
    """A number of a table: how much flows from a node to another."""

    tail: object
    head: object
    flow: int


class Network(Generic[KeyT]):
    """The numbers of a table, some of which are hidden.

    Attributes:
        arcs: All numbers.
        limit: More than any number that is not unbounded can be.
    """

    def __init__(self, arcs: Mapping[KeyT, Arc]) -> None:
        self.arcs = arcs
        self.limit = sum(arc.flow for arc in arcs.values()) + 1

    def range_of(self, key: KeyT, hidden: Iterable[KeyT]) -> tuple[int, int | None]:
        """Return the least and the greatest that a hidden number may be; `None` where nothing bounds it."""
        arc = self.arcs[key]
        less = push(self._residual(key, hidden), arc.tail, arc.head, arc.flow)
        more = push(self._residual(key, hidden), arc.head, arc.tail, self.limit)
        return arc.flow - less, arc.flow + more if more < self.limit else None

    def support(self, key: KeyT, hidden: Iterable[KeyT], least: int) -> frozenset[frozenset[object]] | None:
        """Return what a hidden number leans on to be possibly as large as `least`; `None` where it cannot be.

        Returns:
            Pairs of nodes: while the numbers between these stay hidden, it stays so.
        """
        arc = self.arcs[key]
        residual = self._residual(key, hidden)
        before = {(tail, head): room for tail, heads in residual.items() for head, room in heads.items()}
        if push(residual, arc.head, arc.tail, least - arc.flow) < least - arc.flow:
            return None
        return frozenset(frozenset(ends) for ends, room in before.items() if residual[ends[0]][ends[1]] != room)

    def _residual(self, key: KeyT, hidden: Iterable[KeyT]) -> Residual:
        """Return how much the hidden numbers can change, but for one."""
        residual: Residual = defaultdict(lambda: defaultdict(int))
        for other in hidden:
            if other != key:
                tail, head, count = self.arcs[other]
                residual[tail][head] += self.limit
                residual[head][tail] += count
        return residual


def push(residual: Residual, source: object, sink: object, most: int) -> int:
    """Send up to so much from a node to another along shortest ways, and return how much arrives."""
    sent = 0
    while sent < most and (way := _way(residual, source, sink)):
        amount = min(most - sent, *(residual[tail][head] for tail, head in way))
        for tail, head in way:
            residual[tail][head] -= amount
            residual[head][tail] += amount
        sent += amount
    return sent


def _way(residual: Residual, source: object, sink: object) -> list[tuple[object, object]]:
    """Return the steps of a shortest way with room; none where there is no way."""
    came_from: dict[object, object] = {source: source}
    waiting = deque([source])
    while waiting and sink not in came_from:
        node = waiting.popleft()
        for head, room in residual[node].items():
            if room and head not in came_from:
                came_from[head] = node
                waiting.append(head)
    steps = []
    while sink in came_from and sink != source:
        steps.append((came_from[sink], sink))
        sink = came_from[sink]
    return steps
