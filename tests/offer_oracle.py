"""What offers must come to, worked out by trying everything on single units: slow, plain, without a look at the library.

`oracle` takes a basket apart into units and gives every outcome that the rules allow: where they leave a choice (a cent that
two things have an equal claim to, two plans that save the same) there are several. Where they leave more than that open
(which of two different things of one price is the cheapest), it raises `UnsettledError`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain, combinations, groupby, product
from math import ceil, floor
from typing import TypeAlias

import attrs
from offer_deals import NOTHING, Context, Deal, House, Single, Taken, Thing, Unit, money, within

Takings: TypeAlias = dict[Deal, Taken]
Equal: TypeAlias = tuple[object, ...]


def rounded(deal: Deal, taken: Taken, house: House) -> int:
    """Give what an offer takes off in whole cents."""
    if house.round_each == "offer" or taken.spread:
        return house.whole(taken.total)
    return sum(split(deal, taken, house)[0].values())


def split(deal: Deal, taken: Taken, house: House) -> list[dict[Equal, int]]:
    """Share out what an offer takes off among equal units, in each way that gives the largest remainders a cent."""
    context = Context(house, deal.floor)
    exact, most, each = {}, {}, {}
    for unit, cut in taken.cuts.items():
        thing = unit.equal
        exact[thing] = exact.get(thing, NOTHING) + cut
        most[thing] = most.get(thing, 0) + context.room(unit)
        each.setdefault(thing, []).append(cut)
    if house.round_each == "unit" and not taken.spread:
        return [{thing: sum(map(house.whole, cuts)) for thing, cuts in each.items()}]
    if house.round_each == "line" and not taken.spread:
        return [{thing: house.whole(cut) for thing, cut in exact.items()}]
    total, due = house.whole(taken.total), taken.total
    shares = {thing: total * cut / due for thing, cut in exact.items()} if due else exact
    down = {thing: min(floor(share), most[thing]) for thing, share in shares.items()}
    cents = total - sum(down.values())
    may_rise = [thing for thing, share in shares.items() if share > down[thing] and ceil(share) <= most[thing]]
    ranked = sorted(may_rise, key=lambda thing: down[thing] - shares[thing])
    assert len(ranked) >= cents
    least = shares[ranked[cents - 1]] - down[ranked[cents - 1]] if cents else NOTHING
    sure = [thing for thing in ranked if shares[thing] - down[thing] > least] if cents else []
    tied = [thing for thing in ranked if shares[thing] - down[thing] == least]
    return [
        {thing: cut + (thing in sure or thing in lucky) for thing, cut in down.items()}
        for lucky in combinations(tied, cents - len(sure))
    ]


def shared(units: Iterable[Unit], deals: Sequence[Deal], house: House) -> Takings:
    """Give each unit to the offer that saves most on it."""
    found = {}
    for unit in units:
        cuts = {}
        for deal in sorted(deals, key=lambda deal: deal.rank):
            assert isinstance(deal.gives, Single)
            if within([unit], deal.gives.items):
                cuts[deal] = deal.gives.cut(unit, Context(house, deal.floor))
        if any(cuts.values()):
            best = max(cuts, key=lambda deal: cuts[deal])
            found.setdefault(best, {})[unit] = cuts[best]
    return {deal: Taken(cuts) for deal, cuts in found.items()}


def plans(deals: Sequence[Deal], units: Sequence[Unit], house: House) -> Iterator[Takings]:
    """Try every order of every set of offers that go together, each with every number of applications.

    Of the offers on each unit all take part that go with every other one.
    """
    able = [deal for deal in deals if deal.sharing or any(deal.ways(units, house))]
    always = [
        deal for deal in able if deal.sharing and all(deal.goes_with(other) for other in able if other is not deal)
    ]

    def grown(
        waiting: tuple[Deal, ...], left: tuple[Unit, ...], so_far: Takings, sharing: list[Deal]
    ) -> Iterator[Takings]:
        taken = {unit for found in so_far.values() for unit in found.units}
        yield so_far | shared([unit for unit in units if unit not in taken], sharing, house)
        for deal in waiting:
            others = tuple(other for other in waiting if other is not deal and other.goes_with(deal))
            if deal.sharing:
                kept = shared(left, [deal], house).get(deal, Taken()).units
                rest = tuple(unit for unit in left if unit not in kept)
                yield from grown(others, rest, so_far, [*sharing, *([] if deal in sharing else [deal])])
                continue
            for found in deal.ways(left, house):
                rest = tuple(unit for unit in left if unit not in found.units)
                yield from grown(others, rest, {**so_far, deal: found}, sharing)

    yield from grown(tuple(deals), tuple(units), {}, always)


def best(deals: Sequence[Deal], units: Sequence[Unit], house: House) -> list[Takings]:
    """Find the plans that save most, that in which offers simply take in their order among them."""
    most: int | None = None
    found: list[Takings] = []
    for plan in chain([greedy(deals, units, house, one=False)], plans(deals, units, house)):
        saved = [rounded(deal, taken, house) for deal, taken in plan.items()]
        turns = [each for deal, each in zip(plan, saved, strict=True) if not deal.sharing]
        if not all(turns):  # an offer that takes nothing off does not apply
            continue
        if most is None or sum(saved) > most:
            most, found = sum(saved), []
        if sum(saved) == most and plan not in found:
            found.append(plan)
    return found


def greedy(deals: Sequence[Deal], units: Sequence[Unit], house: House, *, one: bool) -> Takings:
    """Apply offers in their order, each so often that it saves most, on what those before it left."""
    found: Takings = {}
    for deal in sorted(deals, key=lambda deal: deal.rank):
        taken = {unit for other in found.values() for unit in other.units}
        left = [unit for unit in units if unit not in taken]
        if not all(deal.goes_with(other) for other in found) or (one and found):
            continue
        if deal.sharing:
            taken_now = shared(left, [deal], house).get(deal, Taken())
            if rounded(deal, taken_now, house):
                found[deal] = taken_now
        elif ways := list(deal.ways(left, house)):
            saved, place = max((rounded(deal, way, house), place) for place, way in enumerate(ways))
            if saved:
                found[deal] = ways[place]
    return found


# A basket.


@attrs.frozen
class Outcome:
    """A way in which a basket may come out: what each thing costs, and what each offer took off.

    Attributes:
        units: The units at their last price.
        saved: What each offer took off, those that took something.
    """

    units: tuple[Unit, ...]
    saved: Mapping[Deal, int] = attrs.field(factory=dict)

    @property
    def discount(self) -> int:
        return sum(self.saved.values())

    @property
    def by_offer(self) -> dict[str, Decimal]:
        return {deal.id: money(amount) for deal, amount in self.saved.items()}

    @property
    def by_thing(self) -> tuple[Decimal, ...]:
        """What the units of each thing cost in all."""
        return tuple(
            money(sum(unit.now for unit in units)) for _, units in groupby(self.units, key=lambda unit: unit.thing)
        )


def apart(basket: Sequence[Thing]) -> tuple[Unit, ...]:
    """Take a basket apart."""
    whole = [(place, thing) for place, thing in enumerate(basket) for _ in range(thing.quantity)]
    return tuple(
        Unit(number, place, thing.sku, thing.price, thing.price, thing.floor, thing.open)
        for number, (place, thing) in enumerate(whole)
    )


def oracle(basket: Sequence[Thing], deals: Sequence[Deal], house: House | None = None) -> list[Outcome]:
    """Give every outcome that the rules allow."""
    house = house or House()
    usual = [deal for deal in deals if not deal.exclusive]
    alone = sorted((deal for deal in deals if deal.exclusive), key=lambda deal: deal.rank)
    if house.exclusive == "priority":
        for deal in alone:
            found = through_lanes(basket, [deal], house)
            if any(outcome.saved for outcome in found):
                return found
        return through_lanes(basket, usual, house)
    several = [through_lanes(basket, usual, house)] + [through_lanes(basket, [deal], house) for deal in alone]
    least = max(min(outcome.discount for outcome in found) for found in several)
    return [outcome for found in several for outcome in found if outcome.discount >= least]


def through_lanes(basket: Sequence[Thing], deals: Sequence[Deal], house: House) -> list[Outcome]:
    """Run the lanes in order, each on the prices that those before it left."""
    outcomes = [Outcome(apart(basket))]
    for lane, competing in lanes(deals, house):
        outcomes = unique(after for before in outcomes for after in run(before, competing, house, house.mode(lane)))
    return outcomes


def lanes(deals: Sequence[Deal], house: House) -> Iterator[tuple[int, list[Deal]]]:
    ranked = sorted(deals, key=lambda deal: (deal.lane, *deal.rank))
    if house.stacking == "sequence":
        return ((deal.lane, [deal]) for deal in ranked)
    return ((lane, list(several)) for lane, several in groupby(ranked, key=lambda deal: deal.lane))


def unique(outcomes: Iterable[Outcome]) -> list[Outcome]:
    found: list[Outcome] = []
    for outcome in outcomes:
        if outcome not in found:
            found.append(outcome)
    return found


def run(before: Outcome, deals: Sequence[Deal], house: House, mode: str) -> Iterator[Outcome]:
    """Run one lane."""
    asked = [
        deal
        for deal in deals
        if all(need.met(before.units) for need in deal.needs) and all(deal.goes_with(other) for other in before.saved)
    ]
    options = best(asked, before.units, house) if mode == "best" else None
    for takings in options or [greedy(asked, before.units, house, one=mode == "first")]:
        saved = {deal: amount for deal, taken in takings.items() if (amount := rounded(deal, taken, house))}
        for splits in product(*(split(deal, taken, house) for deal, taken in takings.items())):
            after = dict(enumerate(before.units))
            for (deal, taken), amounts in zip(takings.items(), splits, strict=True):
                after |= {unit.number: unit for unit in charged(deal, taken, amounts)}
            yield Outcome(in_order(after.values()), {**before.saved, **saved})


def charged(deal: Deal, taken: Taken, amounts: Mapping[Equal, int]) -> Iterator[Unit]:
    """Take what each thing is given off its units, as evenly as can be."""
    for equal, amount in amounts.items():
        units = [unit for unit in taken.cuts if unit.equal == equal]
        assert len({taken.cuts[unit] for unit in units}) == 1
        for place, unit in enumerate(units):
            cut = (amount + place) // len(units)
            yield attrs.evolve(unit, now=unit.now - cut, cuts=(*unit.cuts, (deal.id, cut)))


def in_order(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Number the units anew, those of one thing by price: which of them is which does not matter."""
    ranked = sorted(units, key=lambda unit: (unit.thing, unit.now, unit.cuts))
    return tuple(attrs.evolve(unit, number=number) for number, unit in enumerate(ranked))
