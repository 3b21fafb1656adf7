"""Benefits that lower the price of each unit: percentages, amounts, and fixed prices."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from math import gcd

import attrs
from typing_extensions import override

from cxkit._checks import a_count, one_of
from cxkit._forms import DECIMAL, INTEGER, choice, optional, stored
from cxkit.answers import Reason
from cxkit.errors import InvalidValueError
from cxkit.loyalty._benefits.amounts import SpreadAmount
from cxkit.loyalty._benefits.benefit import (
    Benefit,
    a_percentage,
    a_price,
    an_amount_off,
    money_off,
    some_amount_off,
    some_percentage,
    the_items,
)
from cxkit.loyalty._benefits.deal import Deal, Draw, Idle, Short, Taking, about
from cxkit.loyalty._benefits.spreading import Terms, rounded, slack_of, worked_out
from cxkit.loyalty._brief import brief
from cxkit.loyalty._line import ITEMS_FORM
from cxkit.loyalty._offers.policy import Pick
from cxkit.loyalty._stock import Left, taken_in_order, units
from cxkit.predicates import Predicate

PICK = choice("cheapest", "dearest")


class UnitCuts(Deal):
    """Something off each of some units.

    Attributes:
        each: What is taken off a unit of each group, as parts of the scale.
        scale: How many parts make a minor unit.
    """

    divisible = True

    def __init__(
        self,
        terms: Terms,
        each: Mapping[int, int],
        scale: int = 1,
        *,
        most_units: int | None = None,
        groups_of: int = 1,
        pick: Pick | None = None,
        cap: int | None = None,
    ) -> None:
        """Keep the units that it can lower, in the order in which it takes them."""
        bearable = {place: min(cut, terms.rooms[place] * scale) for place, cut in each.items()}
        self.each = {place: cut for place, cut in bearable.items() if cut}
        self._range = tuple(each)
        super().__init__(terms, picked(self.each, pick or terms.policy.pick))
        self.slack = slack_of(self.places, scale, terms)
        self.scale, self._most_units, self._groups_of, self._cap = scale, most_units, groups_of, cap
        self.bounds_all = cap is None
        self.unitwise = most_units is None and groups_of == 1 and cap is None

    def _number(self, left: Left) -> int:
        there = units(left, self.places)
        wanted = there if self._most_units is None else min(there, self._most_units)
        return wanted - wanted % self._groups_of

    def _taken(self, left: Left) -> dict[int, int]:
        if self.unitwise:
            return {place: left[place] for place in self.places if left[place]}
        return taken_in_order(left, self.places, self._number(left))

    def worth(self, left: Left) -> int:
        """Return what a unit-wise one takes off all that is left."""
        return rounded({place: left[place] for place in self.places}, self.each, self.scale, self.terms)

    @override
    def most(self, left: Left) -> int:
        return 1 if self._number(left) else 0

    @override
    def take(self, left: Left, times: int, *, cap: int | None = None) -> Taking:
        taken = self._taken(left)
        return Taking(1, taken, worked_out(taken, self.each, self.scale, self.terms, self._lower(cap)))

    @override
    def draw(self, left: Left, times: int, *, cap: int | None = None) -> Draw:
        taken = self._taken(left)
        return Draw(taken, rounded(taken, self.each, self.scale, self.terms, self._lower(cap)))

    def _lower(self, cap: int | None) -> int | None:
        return self._cap if cap is None else cap if self._cap is None else min(cap, self._cap)

    @override
    def bound(self, left: Left) -> int:
        whole = sum(left[place] * self.each[place] for place in self.places) // self.scale + self.slack
        return whole if self._cap is None else min(whole, self._cap)

    @override
    def rates(self) -> Mapping[int, tuple[int, int]]:
        return {place: (cut, self.scale) for place, cut in self.each.items()}

    @override
    def missing(self, left: Left) -> int:
        there = units(left, self.places)
        if self._number(left) or (not there and units(left, self._range)):  # where none can be cheaper, none is missing
            return 0
        return self._groups_of - there


def picked(places: Iterable[int], pick: Pick) -> tuple[int, ...]:
    """Return groups in the order in which their units are taken; those of a shelf stand from cheap to dear."""
    return tuple(sorted(places, reverse=pick == "dearest"))


def percent_of(percent: Decimal, places: Iterable[int], terms: Terms) -> tuple[dict[int, int], int]:
    """Return a percentage of the base price of each group, with its scale."""
    part, scale = percent.as_integer_ratio()
    common = gcd(part, 100)
    part, scale, bases = part // common, scale * 100 // common, terms.shelf.bases
    return {place: bases[place] * part for place in places}, scale


def _check_units(units_: int | None, groups_of: int, pick: Pick | None) -> None:
    if units_ is not None:
        a_count(units_, "units", least=1)
    a_count(groups_of, "groups_of", least=1)
    if pick is not None:
        one_of(pick, ("cheapest", "dearest"), "pick")
    if units_ is not None and units_ < groups_of:
        msg = f"units must be at least groups_of, got {units_} units in groups of {groups_of}"
        raise InvalidValueError(msg, units_)


def _cap(given: Decimal | int | None) -> Decimal | None:
    return None if given is None else money_off(given, "cap")


@stored(
    "loyalty.percent_off",
    percent=DECIMAL,
    items=optional(ITEMS_FORM),
    units=optional(INTEGER),
    groups_of=INTEGER,
    pick=optional(PICK),
    cap=optional(DECIMAL),
)
@attrs.frozen
class PercentOff(Benefit):
    """So many percent off each unit of a range.

    Attributes:
        percent: Above 0, at most 100; 15 is 15 %.
        items: The range, as a predicate about `Line.fields`; all goods, unless given.
        units: At most so many units; all, unless given.
        groups_of: Only units that fill groups of so many.
        pick: Which units come first where not all are taken; the policy says, unless given.
        cap: The most that it takes off in all.

    >>> from cxkit.loyalty import Basket, Line, Offer, PercentOff, apply_offers
    >>> basket = Basket([Line("tea", 4), Line("pot", 30)], currency="EUR")
    >>> apply_offers(basket, [Offer("half a cheap one", PercentOff(50, units=1))]).total
    Decimal('32.00')
    """

    percent: Decimal = attrs.field(converter=a_percentage)
    items: Predicate | None = attrs.field(default=None, converter=the_items)
    units: int | None = attrs.field(default=None, kw_only=True)
    groups_of: int = attrs.field(default=1, kw_only=True)
    pick: Pick | None = attrs.field(default=None, kw_only=True)
    cap: Decimal | None = attrs.field(default=None, kw_only=True, converter=_cap)

    __repr__ = brief

    def __attrs_post_init__(self) -> None:
        _check_units(self.units, self.groups_of, self.pick)

    @override
    def __cxkit_deal__(self, terms: Terms) -> Deal:
        each, scale = percent_of(self.percent, terms.shelf.range(self.items), terms)
        cap = None if self.cap is None else terms.minor(self.cap, "cap")
        return about(
            self.items,
            UnitCuts(terms, each, scale, most_units=self.units, groups_of=self.groups_of, pick=self.pick, cap=cap),
        )


@stored(
    "loyalty.amount_off_each",
    amount=DECIMAL,
    items=optional(ITEMS_FORM),
    units=optional(INTEGER),
    groups_of=INTEGER,
    pick=optional(PICK),
)
@attrs.frozen
class AmountOffEach(Benefit):
    """An amount off each unit of a range; no unit falls below 0.

    Attributes:
        amount: What comes off a unit.
        items: The range, as a predicate about `Line.fields`; all goods, unless given.
        units: At most so many units; all, unless given.
        groups_of: Only units that fill groups of so many.
        pick: Which units come first where not all are taken; the policy says, unless given.

    >>> from cxkit.loyalty import AmountOffEach, Basket, Line, Offer, apply_offers
    >>> basket = Basket([Line("tea", 4, quantity=3)], currency="EUR")
    >>> apply_offers(basket, [Offer("1 off each", AmountOffEach(1))]).total
    Decimal('9.00')
    """

    amount: Decimal = attrs.field(converter=an_amount_off)
    items: Predicate | None = attrs.field(default=None, converter=the_items)
    units: int | None = attrs.field(default=None, kw_only=True)
    groups_of: int = attrs.field(default=1, kw_only=True)
    pick: Pick | None = attrs.field(default=None, kw_only=True)

    __repr__ = brief

    def __attrs_post_init__(self) -> None:
        _check_units(self.units, self.groups_of, self.pick)

    @override
    def __cxkit_deal__(self, terms: Terms) -> Deal:
        each = dict.fromkeys(terms.shelf.range(self.items), terms.minor(self.amount, "amount"))
        return about(self.items, UnitCuts(terms, each, most_units=self.units, groups_of=self.groups_of, pick=self.pick))


@stored(
    "loyalty.fixed_price",
    price=DECIMAL,
    items=optional(ITEMS_FORM),
    units=optional(INTEGER),
    groups_of=INTEGER,
    pick=optional(PICK),
)
@attrs.frozen
class FixedPrice(Benefit):
    """Each unit of a range at one price; units that cost less keep theirs.

    Attributes:
        price: What a unit costs.
        items: The range, as a predicate about `Line.fields`; all goods, unless given.
        units: At most so many units; all, unless given.
        groups_of: Only units that fill groups of so many.
        pick: Which units come first where not all are taken; the policy says, unless given.

    >>> from cxkit.loyalty import Basket, FixedPrice, Line, Offer, apply_offers
    >>> basket = Basket([Line("tea", 4), Line("pot", 30)], currency="EUR")
    >>> apply_offers(basket, [Offer("all at 10", FixedPrice(10))]).total
    Decimal('14.00')
    """

    price: Decimal = attrs.field(converter=a_price)
    items: Predicate | None = attrs.field(default=None, converter=the_items)
    units: int | None = attrs.field(default=None, kw_only=True)
    groups_of: int = attrs.field(default=1, kw_only=True)
    pick: Pick | None = attrs.field(default=None, kw_only=True)

    __repr__ = brief

    def __attrs_post_init__(self) -> None:
        _check_units(self.units, self.groups_of, self.pick)

    @override
    def __cxkit_deal__(self, terms: Terms) -> Deal:
        price, groups = terms.minor(self.price, "price"), terms.shelf.groups
        each = {place: max(0, groups[place].price - price) for place in terms.shelf.range(self.items)}
        return about(self.items, UnitCuts(terms, each, most_units=self.units, groups_of=self.groups_of, pick=self.pick))


@stored("loyalty.shipping_off", percent=optional(DECIMAL), amount=optional(DECIMAL))
@attrs.frozen(kw_only=True)
class ShippingOff(Benefit):
    """Free or reduced shipping: it touches lines of the kind `shipping`, and only it does.

    Attributes:
        percent: So many percent off; all of it, unless an amount is given.
        amount: So much off in all.

    >>> from cxkit.loyalty import Basket, Line, Offer, ShippingOff, apply_offers
    >>> basket = Basket([Line("tea", 4), Line("parcel", 5, kind="shipping")], currency="EUR")
    >>> apply_offers(basket, [Offer("free shipping", ShippingOff())]).total
    Decimal('4.00')
    """

    percent: Decimal | None = attrs.field(default=None, converter=some_percentage)
    amount: Decimal | None = attrs.field(default=None, converter=some_amount_off)

    __repr__ = brief

    def __attrs_post_init__(self) -> None:
        if self.percent is not None and self.amount is not None:
            msg = f"shipping is reduced by a percentage or by an amount, got both: {self.percent} and {self.amount}"
            raise InvalidValueError(msg, self.percent)

    @override
    def __cxkit_deal__(self, terms: Terms) -> Deal:
        places = terms.shelf.range(None, kind="shipping")
        if not places:
            return Idle(terms, (), Short(Reason("no_shipping")))
        if self.amount is not None:
            return SpreadAmount(terms, places, terms.minor(self.amount, "amount"))
        return UnitCuts(terms, *percent_of(Decimal(100) if self.percent is None else self.percent, places, terms))
