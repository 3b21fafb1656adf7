"""Lanes: which offers run when, and what each lane leaves for the next."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import attrs

from cxkit.loyalty._applying.play import Play
from cxkit.loyalty._applying.search import best_plan, sequence
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._benefits.deal import Taking
from cxkit.loyalty._benefits.spreading import Off
from cxkit.loyalty._offers.offer import Offer
from cxkit.loyalty._offers.policy import LaneMode, OfferPolicy
from cxkit.loyalty._stock import Group, Left, Shelf, Things, without


@attrs.frozen
class Lane:
    """What became of one lane.

    Attributes:
        mode: How its offers stood together.
        shelf: What it found.
        plays: The offers that could have applied, in their order.
        barred: The ids of offers of earlier lanes that keep an offer of this one out, by its id.
        takings: What each offer took, by its id.
        left: The units that none took.
        value: What that is worth to the customer, in minor units.
        bound: A value that no plan exceeds.
    """

    mode: LaneMode
    shelf: Shelf
    plays: tuple[Play, ...]
    barred: Mapping[str, tuple[str, ...]]
    takings: Mapping[str, Taking]
    left: Left
    value: int
    bound: int


@attrs.frozen
class Run:
    """All lanes of a basket, one after the other.

    Attributes:
        lanes: What became of each.
        groups: The units with their last prices.
    """

    lanes: tuple[Lane, ...]
    groups: tuple[Group, ...]

    @property
    def value(self) -> int:
        """What it is worth to the customer, in minor units."""
        return sum(lane.value for lane in self.lanes)

    @property
    def bound(self) -> int:
        """A value that it would not exceed with the best plan in each lane, given the lanes before."""
        return sum(lane.bound for lane in self.lanes)

    @property
    def takings(self) -> Mapping[str, Taking]:
        """What each offer took, by its id."""
        return {offer: taking for lane in self.lanes for offer, taking in lane.takings.items()}


def run(
    things: Things,
    basket: Basket,
    offers: Iterable[Offer],
    policy: OfferPolicy,
    budgets: Mapping[str, int],
    nodes: int,
) -> Run:
    """Run offers that are open to a basket, lane by lane.

    Args:
        things: What the basket holds.
        basket: The basket.
        offers: The offers.
        policy: How they stand together.
        budgets: How much some of them may still take off, in minor units, by their ids.
        nodes: How many partial plans may be looked at in all.
    """
    groups = things.groups()
    applied: list[Offer] = []
    lanes: list[Lane] = []
    for mode, several in _in_lanes(offers, policy):
        base = "running" if not lanes else policy.base
        lane = _lane(mode, Shelf(things, groups, base=base), basket, several, applied, policy, budgets, nodes)
        applied += [offer for offer in several if offer.id in lane.takings]
        groups = after(lane.shelf, lane.takings)
        lanes.append(lane)
    return Run(tuple(lanes), groups)


def _in_lanes(offers: Iterable[Offer], policy: OfferPolicy) -> Iterator[tuple[LaneMode, list[Offer]]]:
    ordered = sorted(offers, key=lambda offer: (offer.lane, -offer.priority, offer.id))
    if policy.stacking == "sequence":
        for offer in ordered:
            yield "all", [offer]
        return
    for number, several in groupby(ordered, key=lambda offer: offer.lane):
        yield policy.mode(number), list(several)


def _lane(
    mode: LaneMode,
    shelf: Shelf,
    basket: Basket,
    offers: Sequence[Offer],
    applied: Sequence[Offer],
    policy: OfferPolicy,
    budgets: Mapping[str, int],
    nodes: int,
) -> Lane:
    barred = {
        offer.id: against
        for offer in offers
        if (against := tuple(other.id for other in applied if not offer.combines(other)))
    }
    plays = tuple(
        Play(offer, shelf, basket, policy, budgets.get(offer.id)) for offer in offers if offer.id not in barred
    )
    able = [play for play in plays if play.alone]
    takings, value, bound = _taken(mode, able, shelf, nodes)
    left = shelf.left
    for taking in takings.values():
        left = without(left, taking.used)
    return Lane(mode, shelf, plays, barred, takings, left, value, bound)


def _taken(mode: LaneMode, plays: Sequence[Play], shelf: Shelf, nodes: int) -> tuple[Mapping[str, Taking], int, int]:
    """Return what offers take, what it is worth, and a value that no plan exceeds."""
    if mode != "best":
        takings = sequence(plays, shelf.left, only_first=mode == "first")
        value = sum(taking.value for taking in takings.values())
        return takings, value, value
    plan = best_plan(plays, shelf, nodes)
    if sum(play.unitwise and play.slack > 0 for play in plays) > 1:  # who shares a unit is settled before rounding,
        takings = sequence(plays, shelf.left, only_first=False)  # so that taking in order may come to a cent more
        value = sum(taking.value for taking in takings.values())
        if value > plan.value:
            return takings, value, max(value, plan.bound)
    return plan.takings, plan.value, plan.bound


def after(shelf: Shelf, takings: Mapping[str, Taking]) -> tuple[Group, ...]:
    """Return the units of a shelf at the prices that offers leave."""
    offs: dict[int, list[tuple[str, Off]]] = {}
    for offer, taking in sorted(takings.items()):
        for off in taking.off:
            offs.setdefault(off.place, []).append((offer, off))
    found: list[Group] = []
    for place, group in enumerate(shelf.groups):
        found += _cut(group, offs[place]) if place in offs else [group]
    return tuple(found)


def _cut(group: Group, offs: Iterable[tuple[str, Off]]) -> list[Group]:
    """Return the units of a group at their new prices, those of equal units as even as can be."""
    numbers: dict[tuple[str, int], int] = {}
    rest = group.number
    for offer, (_, number, amount) in offs:
        whole, more = divmod(amount, number)
        even, higher = (offer, whole), (offer, whole + 1)
        if more:
            numbers[higher] = numbers.get(higher, 0) + more
        numbers[even] = numbers.get(even, 0) + number - more
        rest -= number
    cut = [Group(group.thing, group.price - each[1], number, (*group.cuts, each)) for each, number in numbers.items()]
    return [*cut, Group(group.thing, group.price, rest, group.cuts)] if rest else cut
