"""Trials: some offers of a scene, tried on baskets made of a shelf."""

from collections.abc import Iterable, Sequence

import attrs

from cxkit import _money
from cxkit.loyalty._applying.apply import apply_offers
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._line import Line
from cxkit.loyalty._offers.offer import Offer
from cxkit.loyalty._offers.policy import OfferPolicy
from cxkit.loyalty._receipt import Receipt
from cxkit.loyalty._trials.orders import applied
from cxkit.loyalty._trials.plans import Picks

MOST_KEPT = 20_000


@attrs.frozen(eq=False)
class Trial:
    """Offers on a shelf.

    Attributes:
        offers: The offers, open to everyone.
        lines: The shelf.
        policy: How offers are applied.
        like: A basket without lines, at the moment and in the channel of the scene.
    """

    offers: tuple[Offer, ...]
    lines: Sequence[Line]
    policy: OfferPolicy
    like: Basket
    _known: dict[object, tuple[Receipt, int]] = attrs.field(factory=dict, init=False, repr=False)

    def basket(self, picks: Picks) -> Basket:
        """Return a basket of some lines."""
        lines = [attrs.evolve(self.lines[place], quantity=picks[place]) for place in sorted(picks)]
        return attrs.evolve(self.like, lines=lines)

    def receipt(self, picks: Picks) -> Receipt:
        """Return what is paid for a basket, and why."""
        return self._tried(picks)[0]

    def cost(self, picks: Picks) -> int:
        """Return what a basket costs, in minor units."""
        return self._tried(picks)[1]

    def _tried(self, picks: Picks) -> tuple[Receipt, int]:
        key = tuple(sorted(picks.items()))
        if key not in self._known:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            receipt = apply_offers(self.basket(picks), self.offers, policy=self.policy)
            self._known[key] = receipt, _money.to_minor(receipt.total, receipt.currency)
        return self._known[key]

    def applied(self, picks: Picks) -> frozenset[str]:
        """Return the ids of the offers that apply to a basket."""
        return frozenset(applied(self.receipt(picks)))

    def of(self, offers: Iterable[Offer], policy: OfferPolicy | None = None) -> "Trial":
        """Return a trial of other offers on the same shelf."""
        return Trial(tuple(offers), self.lines, policy or self.policy, self.like)


def less(picks: Picks, place: int, number: int = 1) -> dict[int, int]:
    """Return a basket with some units of a line less."""
    rest = {**picks, place: picks[place] - number}
    return {line: left for line, left in rest.items() if left}
