"""The best combination of the offers of a lane.

A plan is an order of compatible offers, each with a number of applications; what it saves is found by letting them take
units in turn. Best first: the plan with the highest bound is carried on, and what cannot exceed the best plan found is left.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from heapq import heappop, heappush
from itertools import chain
from typing import NamedTuple

import attrs

from cxkit.loyalty._applying.bounds import Bounds
from cxkit.loyalty._applying.parts import components, conflicts
from cxkit.loyalty._applying.play import Play
from cxkit.loyalty._applying.sharing import Sharing
from cxkit.loyalty._benefits.deal import Draw, Taking
from cxkit.loyalty._stock import Left, Shelf, without


@attrs.frozen
class Plan:
    """What the offers of a lane take.

    Attributes:
        takings: What each offer takes, by its id.
        value: What that is worth, in minor units.
        bound: A value that no plan exceeds.
        nodes: How many partial plans were looked at.
    """

    takings: dict[str, Taking]
    value: int
    bound: int
    nodes: int = 0


class Node(NamedTuple):
    """A partial plan.

    Attributes:
        value: What its offers are worth so far.
        turns: Their turns, in order: which offer, what was left for it, and how often it applies.
        chosen: Their places among the offers.
        shared: The places of the unit-wise offers that share what is not taken.
        kept: The places of those that keep their units from the offers to come.
        open: The places of the offers that may still take units in turn.
        left: The units that offers may still take in turn.
        pool: The units that no offer took in turn, which the unit-wise ones share.
    """

    value: int
    turns: tuple[tuple[int, Left, int], ...]
    chosen: frozenset[int]
    shared: frozenset[int]
    kept: frozenset[int]
    open: tuple[int, ...]
    left: Left
    pool: Left


def best_plan(plays: Sequence[Play], shelf: Shelf, nodes: int) -> Plan:
    """Return the plan that is worth most, and how sure that is.

    Offers that share no units are planned apart, the fewest first; what they leave of the nodes is for the others, in equal
    parts.

    Args:
        plays: The offers that may apply, in their order.
        shelf: What the lane found.
        nodes: How many partial plans may be looked at.
    """
    parts = components(plays)
    plans: dict[int, Plan] = {}
    for number in sorted(range(len(parts)), key=lambda number: len(parts[number])):
        plans[number] = _planned(parts[number], shelf, nodes // (len(parts) - len(plans)))
        nodes -= plans[number].nodes
    found = [plans[number] for number in range(len(parts))]
    return Plan(
        dict(chain.from_iterable(plan.takings.items() for plan in found)),
        sum(plan.value for plan in found),
        sum(plan.bound for plan in found),
        sum(plan.nodes for plan in found),
    )


def _planned(plays: Sequence[Play], shelf: Shelf, nodes: int) -> Plan:
    """Return the best plan of some offers that share units; one alone takes what it can."""
    if len(plays) > 1:
        return Search(plays, shelf).run(nodes)
    play = plays[0]
    taking = play.take(shelf.left, play.alone)
    bound = max(taking.value, play.bound(shelf.left)) if play.is_sampled else taking.value
    return Plan({play.offer.id: taking} if taking.is_something else {}, taking.value, bound)


class Search:
    """The search for the best plan of offers that share units."""

    def __init__(self, plays: Sequence[Play], shelf: Shelf) -> None:
        """Prepare the bounds."""
        self._plays = plays
        self._barred: dict[int, set[int]] = {number: set() for number in range(len(plays))}
        for one, other in conflicts(plays):
            self._barred[one].add(other)
            self._barred[other].add(one)
        self._unitwise = frozenset(number for number, play in enumerate(plays) if play.unitwise)
        self._takers = [number for number in range(len(plays)) if number not in self._unitwise]
        free = frozenset(number for number in self._unitwise if not self._barred[number])
        places = sorted(frozenset[int]().union(*(play.places for play in plays)))
        full = {place: shelf.left[place] for place in places}
        self._start = Node(0, (), frozenset(), free, frozenset(), tuple(self._takers), full, full)
        self._best: tuple[int, int, int] = (-1, 0, 0)
        self._plan = self._start
        self._seen: dict[tuple[frozenset[int], ...], dict[tuple[int, ...], int]] = {}
        self._sharings: dict[frozenset[int], Sharing] = {}
        self._bounds = Bounds(plays, full, choosy=free != self._unitwise)

    def _sharing(self, numbers: frozenset[int]) -> Sharing:
        if numbers not in self._sharings:
            self._sharings[numbers] = Sharing(self._plays[number] for number in sorted(numbers))
        return self._sharings[numbers]

    def run(self, nodes: int) -> Plan:
        """Return the best plan that so many partial plans lead to."""
        self._finish(self._start)
        if not self._takers and self._start.shared == self._unitwise:  # there is nothing to choose
            return self._closed(self._best[0], 0)
        for node in self._greedy():
            self._finish(node)
        return self._searched(nodes)

    def _searched(self, nodes: int) -> Plan:
        waiting: list[tuple[int, int, Node]] = [(-self._bound(self._start), 0, self._start)]
        looked_at = 0
        while waiting and -waiting[0][0] > self._best[0]:
            if looked_at >= nodes:
                return self._closed(-waiting[0][0], looked_at)
            _, _, node = heappop(waiting)
            for child in self._children(node):
                looked_at += 1
                bound = self._bound(child)
                if bound >= self._best[0] and self._is_new(child):
                    self._finish(child)
                    if bound > self._best[0]:
                        heappush(waiting, (-bound, looked_at, child))
                if looked_at >= nodes:
                    heappush(waiting, (-self._bound(node), looked_at + 1, node))  # it has more children, perhaps
                    break
        sampled = any(play.is_sampled for play in self._plays)
        return self._closed(self._bound(self._start) if sampled else self._best[0], looked_at)

    def _closed(self, bound: int, looked_at: int) -> Plan:
        """Return the best plan found, with whatever else takes something of what it leaves and costs it nothing."""
        for number in self._takers:
            if number not in self._plan.chosen:
                self._finish(self._along(self._plan, number))
        node = self._plan
        takings = {
            self._plays[number].offer.id: self._plays[number].take(left, times) for number, left, times in node.turns
        }
        takings |= self._sharing(node.shared).takings(node.pool)
        value = sum(taking.value for taking in takings.values())
        return Plan(
            {offer: taking for offer, taking in takings.items() if taking.is_something},
            value,
            max(bound, value),
            looked_at,
        )

    def _is_new(self, node: Node) -> bool:
        """Whether no plan with the same offers left the same units for as much."""
        known = self._seen.setdefault((node.chosen, node.shared, node.kept), {})
        key = tuple(node.pool.values())
        if known.get(key, -1) >= node.value:
            return False
        known[key] = node.value
        return True

    def _children(self, node: Node) -> Iterator[Node]:
        wanted = frozenset[int]().union(*(self._plays[number].places for number in node.open))
        for number, play in enumerate(self._plays):
            if number in node.open:
                for times, draw in play.draws(node.left):
                    if draw.value or play.deal.effectual:  # an offer that takes nothing off does not apply
                        yield self._after(node, number, times, draw)
                    elif play.deal.rising:
                        break
            elif number not in self._unitwise or number in node.kept:
                continue
            elif number in node.shared:
                if any(node.left[place] for place in play.places & wanted):
                    yield self._keeping(node, [number])
            elif not self._barred[number] & (node.chosen | node.shared):
                yield self._sharing_too(node, number)

    def _finish(self, node: Node) -> None:
        """Let the unit-wise offers share what a plan leaves, and keep the plan if it is better than any before.

        It is if it is worth more; of equal ones that with more offers, and then that which takes fewer units.
        """
        if node.value + self._bounds.shared(node.pool) < self._best[0]:
            return
        sharing = self._sharing(node.shared)
        value = node.value + sharing.value(node.pool)
        found = value, len(node.turns) + sharing.applied(node.pool), sum(node.pool.values()) - sharing.units(node.pool)
        if found > self._best:
            self._best, self._plan = found, node

    def _bound(self, node: Node) -> int:
        """Return a value that no plan which goes on from here exceeds."""
        shared = node.value + self._bounds.shared(node.pool)
        return shared + self._bounds.in_turn(node.left, node.open) if node.open else shared

    def _greedy(self) -> Iterator[Node]:
        """Yield plans to begin with: those that save most first, with and without the unit-wise ones before; by priority."""
        worth = {number: self._along(self._start, number).value for number in self._takers}
        by_value = sorted(self._takers, key=lambda number: (-worth[number], number))
        kept = self._keeping(self._start, self._start.shared)
        yield self._joined(reduce(self._along, by_value, self._start))
        yield self._joined(reduce(self._along, by_value, kept))
        if by_value != self._takers:
            yield self._joined(reduce(self._along, self._takers, self._start))
        yield self._by_priority()

    def _keeping(self, node: Node, numbers: Iterable[int]) -> Node:
        """Let unit-wise offers keep their units from the offers to come."""
        taken = dict.fromkeys(chain.from_iterable(self._plays[number].places for number in numbers), 0)
        return node._replace(kept=node.kept.union(numbers), left={**node.left, **taken})

    def _along(self, node: Node, number: int) -> Node:
        """Let one more offer take what it can, where it may."""
        play = self._plays[number]
        times = play.often(node.left) if number in node.open else 0
        if not times:
            return node
        draw = play.draw(node.left, times)
        return self._after(node, number, times, draw) if draw.value or play.deal.effectual else node

    def _joined(self, node: Node) -> Node:
        for number in sorted(self._unitwise - node.shared):
            if not self._barred[number] & (node.chosen | node.shared):
                node = self._sharing_too(node, number)
        return node

    def _by_priority(self) -> Node:
        """Return the plan in which every offer takes in its order, the unit-wise ones too."""
        node = self._start._replace(shared=frozenset[int]())
        for number in range(len(self._plays)):
            if number not in self._unitwise:
                node = self._along(node, number)
            elif not self._barred[number] & (node.chosen | node.shared):
                node = self._keeping(self._sharing_too(node, number), [number])
        return node

    def _sharing_too(self, node: Node, number: int) -> Node:
        """Return a plan with one more unit-wise offer."""
        return node._replace(shared=node.shared | {number}, open=self._open_beside(node, number))

    def _after(self, node: Node, number: int, times: int, draw: Draw) -> Node:
        """Return a plan with one more turn."""
        pool = without(node.pool, draw.used)
        return Node(
            node.value + draw.value,
            (*node.turns, (number, node.left, times)),
            node.chosen | {number},
            node.shared,
            node.kept,
            self._open_beside(node, number),
            pool if node.left is node.pool else without(node.left, draw.used),
            pool,
        )

    def _open_beside(self, node: Node, number: int) -> tuple[int, ...]:
        barred = self._barred[number]
        return tuple([other for other in node.open if other != number and other not in barred])


def sequence(plays: Sequence[Play], left: Left, *, only_first: bool) -> dict[str, Taking]:
    """Let offers take units in order, each what those before it left; or only the first that can."""
    takings: dict[str, Taking] = {}
    applied: list[Play] = []
    for play in plays:
        if all(play.offer.combines(other.offer) for other in applied):
            taking = play.taking(left)
            if taking.is_something:
                takings[play.offer.id] = taking
                left = without(left, taking.used)
                applied.append(play)
                if only_first:
                    break
    return takings
