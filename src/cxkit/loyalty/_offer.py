"""Offers: what a shop promises."""

from decimal import Decimal
from typing import Literal

import attrs

from cxkit._checks import a_name
from cxkit._forms import TEXT, nested, stored
from cxkit.answers import Decision
from cxkit.errors import InvalidTypeError
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._buy_x_get_y import BuyXGetY

OfferOutcome = Literal["applied", "not_met", "units_used"]
"""What can become of an offer; see `OfferDecision`."""


@attrs.frozen(kw_only=True)
class OfferDecision(Decision[OfferOutcome]):
    """What became of one offer.

    Attributes:
        outcome: `applied`; `not_met` where the basket lacks something; `units_used` where other offers took the units.
        offer: The id of the offer.
        discount: What it took off.
        units_missing: How many more units of its range would make it apply; 0 where it does.
    """

    offer: str
    discount: Decimal
    units_missing: int


@stored("loyalty.offer", name=TEXT, benefit=nested(BuyXGetY), id=TEXT)
@attrs.frozen
class Offer:
    """A promise of the shop.

    Attributes:
        name: What customers are told.
        benefit: What they get.
        id: Its identity; the name, unless given.

    >>> from cxkit.loyalty import Basket, BuyXGetY, Line, Offer
    >>> offer = Offer("3 for 2", BuyXGetY(buy=2, get=1, items=Line.fields.tags.contains("tea")))
    >>> decision = offer.explain(Basket([Line("assam", 4, tags={"tea"}, quantity=2)], currency="EUR"))
    >>> decision.outcome, decision.units_missing
    ('not_met', 1)
    """

    name: str
    benefit: BuyXGetY
    id: str = attrs.field(kw_only=True, default=attrs.Factory(lambda self: self.name, takes_self=True))

    def __attrs_post_init__(self) -> None:
        a_name(self.name, "the name of an offer")
        a_name(self.id, "the id of an offer")
        if not isinstance(self.benefit, BuyXGetY):
            msg = f"benefit must be a BuyXGetY, got {self.benefit!r}"
            raise InvalidTypeError(msg, self.benefit)

    def explain(self, basket: Basket) -> OfferDecision:
        """Say what would become of this offer alone on a basket."""
        from cxkit.loyalty._apply import apply_offers  # noqa: PLC0415 - which applies offers, and so imports this module

        return apply_offers(basket, [self]).trace[0]
