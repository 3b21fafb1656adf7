"""Standings: what a purchase comes to once some of its units have come back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import attrs

from cxkit import _money
from cxkit.answers import Reason
from cxkit.loyalty._applying.apply import recomputed
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._line import thing
from cxkit.loyalty._offers.decision import OfferDecision
from cxkit.loyalty._receipt import Receipt
from cxkit.loyalty._returns.alike import Units, costs, part
from cxkit.loyalty._returns.policy import ReturnPolicy


class Given(NamedTuple):
    """A gift on a receipt."""

    place: int
    offer: str
    what: object
    units: int


@attrs.frozen
class Standing:
    """What the customer keeps, and what it comes to under a policy.

    Attributes:
        receipt: What was bought.
        policy: What the shop does with returns.
        kept: How many units of each line are kept.
        again: What the same offers make of what is kept; `None` where no goods are, and offers have nothing to apply to.
        costs: What each line costs now, in minor units.
    """

    receipt: Receipt
    policy: ReturnPolicy
    kept: Units
    again: Receipt | None
    costs: Units

    @property
    def paid(self) -> int:
        """What was paid in all, in minor units."""
        return _money.to_minor(self.receipt.total, self.receipt.currency)

    @property
    def total(self) -> int:
        """What is kept costs, in minor units."""
        return sum(self.costs)

    @property
    def stands(self) -> frozenset[str]:
        """The offers that would apply to what is kept."""
        return frozenset() if self.again is None else _applied(self.again)

    @property
    def broken(self) -> tuple[OfferDecision, ...]:
        """What became of the offers that applied at the time and no longer do, in the order of their ids."""
        lost = sorted(_applied(self.receipt) - self.stands)
        return tuple(self._decision(offer) for offer in lost)

    def _decision(self, offer: str) -> OfferDecision:
        if self.again is not None:
            return self.again.decision(offer)
        nothing, why = _money.from_minor(0, self.receipt.currency), (Reason("all_returned"),)
        return OfferDecision(outcome="not_met", reasons=why, offer=offer, discount=nothing)

    @property
    def gifts_owed(self) -> Mapping[int, int]:
        """How many units of which gifts are out that no offer gives any more, by the place of the line."""
        return _gifts_owed(self.receipt, self.kept, self.again)


def standing(receipt: Receipt, kept: Units, policy: ReturnPolicy) -> Standing:
    """Work out how a purchase stands once only some of its units are kept."""
    again = recomputed(receipt, kept_basket(receipt, kept)) if has_goods(receipt, kept) else None
    found = (
        _costs_again(receipt, kept, again) if again and policy.refund == "recompute" else _costs_as_paid(receipt, kept)
    )
    if policy.shipping == "as_charged":
        charged = _costs_as_paid(receipt, kept)
        found = [
            charged[place] if line.line.kind == "shipping" else cost
            for place, (line, cost) in enumerate(zip(receipt.lines, found, strict=True))
        ]
    if policy.gifts == "charge":
        for place, units in _gifts_owed(receipt, kept, again).items():
            found[place] = units * _value(receipt, place)
    return Standing(receipt, policy, kept, again, tuple(found))


def has_goods(receipt: Receipt, kept: Sequence[int]) -> bool:
    """Whether any goods are kept."""
    return any(units and line.line.kind == "goods" for line, units in zip(receipt.lines, kept, strict=True))


def kept_basket(receipt: Receipt, kept: Sequence[int]) -> Basket:
    """Return what is kept of a basket; the gifts of offers were never in it."""
    lines = [
        attrs.evolve(line, quantity=units) for line, units in zip(receipt.basket.lines, kept, strict=False) if units
    ]
    return attrs.evolve(receipt.basket, lines=lines)


def gifts(receipt: Receipt) -> list[Given]:
    """Return the gifts that offers added to a receipt, which stand after what was bought."""
    return [
        Given(place, given.offer, thing(line.line), line.line.quantity)
        for place, line in enumerate(receipt.lines)
        for given in line.adjustments[:1]
        if place >= len(receipt.basket)
    ]


def _applied(receipt: Receipt) -> frozenset[str]:
    return frozenset(decision.offer for decision in receipt.trace if decision.outcome == "applied")


def _costs_as_paid(receipt: Receipt, kept: Units) -> list[int]:
    quantities = [line.line.quantity for line in receipt.lines]
    return [
        cost - part(cost, quantity - units, quantity)
        for cost, units, quantity in zip(costs(receipt), kept, quantities, strict=True)
    ]


def _costs_again(receipt: Receipt, kept: Units, again: Receipt) -> list[int]:
    """Return what the kept lines cost now; what offers add to them now was not in the parcel."""
    places = [place for place in range(len(receipt.basket)) if kept[place]]
    found = dict(zip(places, costs(again), strict=False))
    return [found.get(place, 0) for place in range(len(receipt.lines))]


def _gifts_owed(receipt: Receipt, kept: Units, again: Receipt | None) -> dict[int, int]:
    """Return the gifts that are out and that their offers give no more, or give another gift for."""
    given = Counter[tuple[str, object]]()
    for gift in gifts(again) if again else ():
        given[gift.offer, gift.what] += gift.units
    owed = dict[int, int]()
    for gift in gifts(receipt):
        still = min(kept[gift.place], given[gift.offer, gift.what])
        given[gift.offer, gift.what] -= still
        owed[gift.place] = kept[gift.place] - still
    others = Counter[str]()
    for (offer, _), units in given.items():
        others[offer] += units
    for gift in gifts(receipt):
        instead = min(owed[gift.place], others[gift.offer])
        others[gift.offer] -= instead
        owed[gift.place] -= instead
    return {place: units for place, units in owed.items() if units}


def _value(receipt: Receipt, place: int) -> int:
    """Return what one unit of a gift is worth: its list price."""
    return _money.to_minor(receipt.lines[place].line.list_price or 0, receipt.currency)
