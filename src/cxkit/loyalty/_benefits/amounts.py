"""One amount off a whole range, spread over its units."""

from collections.abc import Iterable
from decimal import Decimal

import attrs
from typing_extensions import override

from cxkit._checks import a_flag
from cxkit._forms import DECIMAL, FLAG, optional, stored
from cxkit.loyalty._benefits.benefit import Benefit, an_amount_off, the_items
from cxkit.loyalty._benefits.deal import Deal, Draw, Taking, about
from cxkit.loyalty._benefits.spreading import Terms, spread
from cxkit.loyalty._brief import brief
from cxkit.loyalty._line import ITEMS_FORM
from cxkit.loyalty._stock import Left, units
from cxkit.predicates import Predicate


class SpreadAmount(Deal):
    """An amount, spread over all units of a range in proportion to their price."""

    divisible = True

    def __init__(self, terms: Terms, places: Iterable[int], amount: int, *, times: int = 1) -> None:
        """Keep the units that can bear something, and the amount for so many times."""
        self._range = tuple(places)
        super().__init__(terms, (place for place in self._range if terms.rooms[place]))
        self._amount, self._times = amount * times, times

    @override
    def most(self, left: Left) -> int:
        return 1 if any(left[place] for place in self.places) else 0

    @override
    def take(self, left: Left, times: int, *, cap: int | None = None) -> Taking:
        taken = {place: left[place] for place in self.places if left[place]}
        amount = self._amount if cap is None else min(cap, self._amount)
        return Taking(self._times, taken, spread(amount, taken, self.terms))

    @override
    def draw(self, left: Left, times: int, *, cap: int | None = None) -> Draw:
        taken = {place: left[place] for place in self.places if left[place]}
        return Draw(taken, min(self._amount if cap is None else min(cap, self._amount), self.bearable(left)))

    @override
    def missing(self, left: Left) -> int:
        return 0 if units(left, self._range) else 1  # where none can be cheaper, none is missing

    @override
    def bound(self, left: Left) -> int:
        return min(self._amount, self.bearable(left))


@stored("loyalty.amount_off", amount=DECIMAL, items=optional(ITEMS_FORM), each_time=FLAG)
@attrs.frozen
class AmountOff(Benefit):
    """One amount off a range, spread over its units in proportion to their price; never more than they cost.

    Attributes:
        amount: What comes off in all.
        items: The range, as a predicate about `Line.fields`; all goods, unless given.
        each_time: Take it off as many times as the conditions of the offer are met by the whole basket: 2 off for every 20
            spent. Otherwise it comes off once.

    >>> from cxkit.loyalty import AmountOff, Basket, Line, Offer, apply_offers
    >>> basket = Basket([Line("tea", 20), Line("cup", 30), Line("pot", 100)], currency="EUR")
    >>> [line.discount for line in apply_offers(basket, [Offer("15 off", AmountOff(15))]).lines]
    [Decimal('2.00'), Decimal('3.00'), Decimal('10.00')]
    """

    amount: Decimal = attrs.field(converter=an_amount_off)
    items: Predicate | None = attrs.field(default=None, converter=the_items)
    each_time: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_flag(self.each_time, "each_time")

    __repr__ = brief

    @override
    def __cxkit_deal__(self, terms: Terms) -> Deal:
        places = terms.shelf.range(self.items)
        times = terms.multiple if self.each_time else 1
        return about(self.items, SpreadAmount(terms, places, terms.minor(self.amount, "amount"), times=times))
