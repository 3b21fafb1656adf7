"""Baskets, offers and policies, described by names and cents, and what an offer takes of single units.

A `Thing` is a line, a `Deal` an offer and a `House` a policy; `Thing.line`, `Deal.offer` and `House.policy` write them with
the library, and all else here is said without it. What several offers come to together is for `offer_oracle`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import takewhile
from math import floor
from typing import Any, TypeAlias

import attrs

Skus: TypeAlias = frozenset[str] | None  # what a range covers; None: everything
NOTHING = Fraction(0)


class UnsettledError(Exception):
    """The rules do not say which units an offer takes."""


@attrs.frozen
class Thing:
    """Some units of one kind: their price and their floor in cents."""

    sku: str
    price: int
    quantity: int = 1
    floor: int = 0
    open: bool = True

    @property
    def line(self) -> Any:
        """The line, written with the library."""
        from cxkit.loyalty import Line

        return Line(
            self.sku,
            money(self.price),
            quantity=self.quantity,
            floor_price=money(self.floor) if self.floor else None,
            discountable=self.open,
        )


@attrs.frozen
class Unit:
    """One unit: the place of its thing, what it cost at first, what it costs now, and what each offer took off it."""

    number: int
    thing: int
    sku: str
    listed: int
    now: int
    floor: int
    open: bool
    cuts: tuple[tuple[str, int], ...] = ()

    @property
    def equal(self) -> tuple[object, ...]:
        """What units share that are reckoned as one."""
        return self.thing, self.cuts


@attrs.frozen(kw_only=True)
class House:
    """How offers are worked out, where they do not say so themselves.

    `ties` is about different things of one price, of which an offer takes some: they are "ranked" in the order of the basket,
    as if the later ones were dearer, or "refused".
    """

    within: str = "best"
    lanes: Mapping[int, str] = attrs.field(factory=dict)
    stacking: str = "lanes"
    base: str = "running"
    rounding: str = "half_up"
    round_each: str = "offer"
    pick: str = "cheapest"
    payers: str = "cheapest"
    reading: str = "in_basket"
    exclusive: str = "best"
    ties: str = "refused"

    @property
    def policy(self) -> Any:
        """The policy, written with the library."""
        from cxkit.loyalty import OfferPolicy

        return OfferPolicy(**attrs.asdict(self, filter=lambda field, _: field.name != "ties"))

    def mode(self, lane: int) -> str:
        """Say how the offers of a lane compete."""
        return self.lanes.get(lane, self.within)

    def basis(self, unit: Unit) -> int:
        """Give the price that percentages are reckoned on."""
        return unit.listed if self.base == "list" else unit.now

    def whole(self, amount: Fraction) -> int:
        """Round a fraction of a cent that is not negative."""
        down, rest = floor(amount), amount - floor(amount)
        half = Fraction(1, 2)
        up = {
            "half_up": rest >= half,
            "half_down": rest > half,
            "half_even": rest > half or (rest == half and down % 2 == 1),
            "up": rest > 0,
            "ceiling": rest > 0,
            "down": False,
            "floor": False,
        }[self.rounding]
        return down + up


@attrs.frozen
class Taken:
    """What an offer takes: what it takes off some units, before rounding, and the units that it holds besides.

    What is `spread` is one amount, which is whole; else each unit is reckoned on its own.
    """

    cuts: Mapping[Unit, Fraction] = attrs.field(factory=dict)
    held: frozenset[Unit] = frozenset()
    times: int = 1
    spread: bool = False

    @property
    def units(self) -> frozenset[Unit]:
        """All the units that it takes."""
        return self.held | self.cuts.keys()

    @property
    def total(self) -> Fraction:
        """What it takes off, before rounding."""
        return sum(self.cuts.values(), NOTHING)


# Benefits: `most` says how often one could be granted on the units left, `take` what it then takes.


@attrs.frozen
class Context:
    """What a benefit needs to know besides the units."""

    house: House
    floor: int = 0

    def room(self, unit: Unit) -> int:
        """Say how much may be taken off a unit at most."""
        return max(0, unit.now - max(unit.floor, self.floor))

    def percent(self, unit: Unit, percent: Fraction | int) -> Fraction:
        return min(Fraction(self.house.basis(unit)) * percent / 100, Fraction(self.room(unit)))

    def pick(self, units: Iterable[Unit], number: int, how: str | None) -> list[Unit]:
        """Take the cheapest or the dearest of some units."""
        dearest = (how or self.house.pick) == "dearest"
        ranked = sorted(units, key=lambda unit: (unit.now, unit.thing), reverse=dearest)
        first, last = ranked[:number], ranked[number:]
        if self.house.ties == "refused" and first and last and first[-1].now == last[0].now:
            price = last[0].now
            tied = [unit for unit in ranked if unit.now == price]
            if len({(unit.thing, unit.now) for unit in tied}) > 1:
                raise UnsettledError(tied)
        return first

    def spread(self, amount: Fraction | int, units: Sequence[Unit]) -> dict[Unit, Fraction]:
        """Spread an amount in proportion to price; what a floor blocks goes to the other units."""
        found, amount = dict.fromkeys(units, NOTHING), Fraction(amount)
        while amount and units:
            weight = sum(unit.now for unit in units)
            if not weight:
                break
            full = [u for u in units if Fraction(amount * u.now, weight) >= self.room(u)]
            if not full:
                return found | {unit: Fraction(amount * unit.now, weight) for unit in units}
            found |= {unit: Fraction(self.room(unit)) for unit in full}
            amount -= sum(self.room(unit) for unit in full)
            units = [unit for unit in units if unit not in full]
        return found


def within(units: Iterable[Unit], items: Skus, *, discountable: bool = True) -> list[Unit]:
    """Choose the units of a range, for a benefit those that may be discounted."""
    return [u for u in units if (items is None or u.sku in items) and (u.open or not discountable)]


def wanted(items: Skus) -> Any:
    """Write a range with the library."""
    from cxkit.loyalty import Line

    return None if items is None else Line.fields.sku.is_in(sorted(items))


@attrs.frozen(kw_only=True)
class Free:
    """Buy X, get Y."""

    buy: int
    get: int
    items: Skus = None
    rewards: Skus = attrs.field(default=frozenset(["-"]))  # the same as items
    reading: str | None = None
    pick: str | None = None
    percent: int = 100
    sharing = False

    @property
    def same(self) -> bool:
        return self.rewards == frozenset(["-"])

    @property
    def benefit(self) -> Any:
        from cxkit.loyalty import BuyXGetY, Line

        everything = Line.fields.sku.is_known()
        return BuyXGetY(
            buy=self.buy,
            get=self.get,
            items=everything if self.items is None else wanted(self.items),
            rewards=None if self.same else everything if self.rewards is None else wanted(self.rewards),
            reading=self.reading,
            pick=self.pick,
            percent=self.percent,
        )

    def most(self, left: Sequence[Unit], context: Context) -> int:
        times = 0
        while self.choose(left, times + 1, context) is not None:
            times += 1
        return times

    def take(self, left: Sequence[Unit], times: int, context: Context) -> Taken:
        chosen = self.choose(left, times, context)
        assert chosen is not None
        free, paying = chosen
        return Taken({unit: context.percent(unit, self.percent) for unit in free}, frozenset(paying), times)

    def choose(self, left: Sequence[Unit], times: int, context: Context) -> tuple[list[Unit], list[Unit]] | None:
        """Choose the free units and those that pay for them, or say that there are too few."""
        reading = self.reading or context.house.reading
        items = within(left, self.items)
        rewards = items if self.same else within(left, self.rewards)
        pay, free = times * self.buy, times * self.get
        if reading == "included":
            pay -= free
        if reading == "added":
            free = 0
        if reading == "separate":
            free = min(free, len(rewards))
            enough = len(items) >= pay and (times - 1) * self.get < len(rewards)
        else:
            enough = len(items) >= pay and len(rewards) >= free and len(set(items) | set(rewards)) >= pay + free
        if not enough:
            return None
        if reading == "separate":  # what is free may be what counts, too
            given = context.pick(rewards, free, self.pick)
            pay = min(pay, len(set(items) - set(given)))
        else:
            given = self.leaving(items, rewards, pay, free, context)
        return given, context.pick([u for u in items if u not in given], pay, context.house.payers)

    def leaving(self, items: list[Unit], rewards: list[Unit], pay: int, free: int, context: Context) -> list[Unit]:
        """Pick the free units, so that enough are left to pay."""
        both = [unit for unit in rewards if unit in items]
        apart = [unit for unit in rewards if unit not in items]
        spare = len(items) - pay
        shared = context.pick(both, min(len(both), spare, free), self.pick)
        return context.pick(apart + shared, free, self.pick)


@attrs.frozen(kw_only=True)
class Single:
    """What takes something off each unit: a percentage, an amount, or what is above a price."""

    percent: int | None = None
    amount: int | None = None
    price: int | None = None
    items: Skus = None
    units: int | None = None
    groups_of: int = 1
    pick: str | None = None
    cap: int | None = None

    @property
    def sharing(self) -> bool:
        return self.units is None and self.groups_of == 1 and self.cap is None

    @property
    def benefit(self) -> Any:
        from cxkit.loyalty import AmountOffEach, FixedPrice, PercentOff

        options: dict[str, Any] = {"units": self.units, "groups_of": self.groups_of, "pick": self.pick}
        if self.percent is not None:
            cap = None if self.cap is None else money(self.cap)
            return PercentOff(self.percent, wanted(self.items), cap=cap, **options)
        if self.amount is not None:
            return AmountOffEach(money(self.amount), wanted(self.items), **options)
        assert self.price is not None
        return FixedPrice(money(self.price), wanted(self.items), **options)

    def cut(self, unit: Unit, context: Context) -> Fraction:
        if self.percent is not None:
            return context.percent(unit, self.percent)
        each = self.amount if self.amount is not None else max(0, unit.now - (self.price or 0))
        return Fraction(min(each, context.room(unit)))

    def covered(self, left: Sequence[Unit], context: Context) -> list[Unit]:
        """Pick what it covers: of the units that it can take something off, so many, in whole groups."""
        there = [unit for unit in within(left, self.items) if self.cut(unit, context)]
        number = min(len(there), self.units if self.units is not None else len(there))
        return context.pick(there, number // self.groups_of * self.groups_of, self.pick)

    def most(self, left: Sequence[Unit], context: Context) -> int:
        return min(1, len(self.covered(left, context)))

    def take(self, left: Sequence[Unit], times: int, context: Context) -> Taken:
        assert times == 1
        cuts = {unit: self.cut(unit, context) for unit in self.covered(left, context)}
        capped = self.cap is not None and sum(cuts.values()) > self.cap
        if capped:
            cuts = {unit: cut * self.cap / sum(cuts.values()) for unit, cut in cuts.items()}
        return Taken(cuts, spread=capped)


@attrs.frozen(kw_only=True)
class Amount:
    """One amount off a range."""

    amount: int
    items: Skus = None
    sharing = False

    @property
    def benefit(self) -> Any:
        from cxkit.loyalty import AmountOff

        return AmountOff(money(self.amount), wanted(self.items))

    def covered(self, left: Sequence[Unit], context: Context) -> list[Unit]:
        return [unit for unit in within(left, self.items) if context.room(unit)]

    def most(self, left: Sequence[Unit], context: Context) -> int:
        return min(1, len(self.covered(left, context)))

    def take(self, left: Sequence[Unit], times: int, context: Context) -> Taken:
        assert times == 1
        return Taken(context.spread(self.amount, self.covered(left, context)), spread=True)


@attrs.frozen(kw_only=True)
class Set:
    """So many of each range together at a price; the ranges have nothing in common."""

    price: int
    parts: tuple[tuple[int, Skus], ...]
    pick: str = "dearest"
    sharing = False

    @property
    def benefit(self) -> Any:
        from cxkit.loyalty import Bundle, Part

        parts = [Part(number, wanted(items)) for number, items in self.parts]
        return Bundle(money(self.price), parts, pick=None if self.pick == "dearest" else self.pick)

    def most(self, left: Sequence[Unit], context: Context) -> int:
        """Say how many bundles there are that save something; the dearest units come first."""
        there = min(len(within(left, items)) // number for number, items in self.parts)
        return sum(1 for _ in takewhile(bool, (self.saves(left, place, context) for place in range(there))))

    def saves(self, left: Sequence[Unit], place: int, context: Context) -> int:
        """Say what one bundle saves, if the floors of its own units let it."""
        units = set(self.units(left, place + 1, context)) - set(self.units(left, place, context))
        return max(0, min(sum(unit.now for unit in units) - self.price, sum(map(context.room, units))))

    def units(self, left: Sequence[Unit], times: int, context: Context) -> list[Unit]:
        return [u for n, items in self.parts for u in context.pick(within(left, items), times * n, self.pick)]

    def take(self, left: Sequence[Unit], times: int, context: Context) -> Taken:
        saved = sum(self.saves(left, place, context) for place in range(times))
        return Taken(context.spread(saved, self.units(left, times, context)), frozenset(), times, spread=True)


Benefit: TypeAlias = Free | Single | Amount | Set


@attrs.frozen(kw_only=True)
class Need:
    """A condition: so many units, so much money or so many kinds of a range."""

    units: int | None = None
    spend: int | None = None
    kinds: int | None = None
    items: Skus = None
    price: str = "running"
    consume: bool = False

    @property
    def condition(self) -> Any:
        from cxkit.loyalty import DistinctSkus, Spend, UnitCount

        options: dict[str, Any] = {"consume": self.consume}
        if self.units is not None:
            return UnitCount(self.units, wanted(self.items), **options)
        if self.kinds is not None:
            return DistinctSkus(self.kinds, wanted(self.items), **options)
        assert self.spend is not None
        return Spend(money(self.spend), wanted(self.items), price=self.price, **options)

    def paid(self, unit: Unit) -> int:
        return unit.listed if self.price == "list" else unit.now

    def met(self, units: Iterable[Unit]) -> bool:
        there = within(units, self.items, discountable=False)
        if self.units is not None:
            return len(there) >= self.units
        if self.kinds is not None:
            return len({unit.sku for unit in there}) >= self.kinds
        assert self.spend is not None
        return sum(map(self.paid, there)) >= self.spend

    def used(self, left: Sequence[Unit], taken: Taken, context: Context) -> frozenset[Unit]:
        """Use up what fulfils it: what the benefit took, then the dearest."""
        used = set(taken.units)
        while not self.met(used):
            waiting = within([unit for unit in left if unit not in used], self.items, discountable=False)
            if self.kinds is not None:
                seen = {unit.sku for unit in within(used, self.items, discountable=False)}
                waiting = [unit for unit in waiting if unit.sku not in seen]
            used.update(context.pick(waiting, 1, "dearest"))
        return frozenset(used) - taken.cuts.keys()


@attrs.frozen(kw_only=True)
class Deal:
    """An offer: a benefit, what it needs, and how it competes."""

    id: str
    gives: Benefit
    needs: tuple[Need, ...] = ()
    lane: int = 0
    priority: int = 0
    exclusive: bool = False
    group: str | None = None
    combines_with: frozenset[str] | None = None
    per_order: int | None = None
    floor: int = 0

    @property
    def offer(self) -> Any:
        """The offer, written with the library."""
        from cxkit.loyalty import Limits, Offer

        return Offer(
            self.id,
            self.gives.benefit,
            conditions=[need.condition for need in self.needs],
            lane=self.lane,
            priority=self.priority,
            exclusive=self.exclusive,
            group=self.group,
            combines_with=self.combines_with,
            limits=Limits(per_order=self.per_order),
            floor=money(self.floor) if self.floor else None,
        )

    @property
    def rank(self) -> tuple[int, str]:
        return -self.priority, self.id

    @property
    def repeats(self) -> bool:
        """Whether it applies as often as a condition can be fulfilled anew."""
        return any(need.consume for need in self.needs)

    @property
    def sharing(self) -> bool:
        """Whether it is about each unit on its own."""
        return self.gives.sharing and not self.repeats

    def goes_with(self, other: "Deal") -> bool:
        if self.group is not None and self.group == other.group:
            return False
        return self.admits(other) and other.admits(self)

    def admits(self, other: "Deal") -> bool:
        return self.combines_with is None or other.group in self.combines_with

    def ways(self, left: Sequence[Unit], house: House) -> Iterator[Taken]:
        """Give what it takes if it applies once, twice, and so on."""
        context = Context(house, self.floor)
        if self.repeats:
            yield from self.again_and_again(left, context)
            return
        most = self.gives.most(left, context)
        for times in range(1, min(most, self.per_order or most) + 1):
            yield self.gives.take(left, times, context)

    def again_and_again(self, left: Sequence[Unit], context: Context) -> Iterator[Taken]:
        """Apply to what is left, until the condition that is used up holds no more."""
        assert isinstance(self.gives, Single | Amount)
        so_far, times = Taken(), 0
        need, *more = [need for need in self.needs if need.consume]
        assert not more
        while need.met(left) and times != self.per_order and self.gives.most(left, context):
            times += 1
            taken = self.gives.take(left, 1, context)
            held = need.used(left, taken, context)
            so_far = Taken({**so_far.cuts, **taken.cuts}, so_far.held | held, times, taken.spread)
            left = [unit for unit in left if unit not in so_far.units]
            yield so_far


def money(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
