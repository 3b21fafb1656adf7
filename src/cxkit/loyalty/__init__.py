"""What customers get: offers on a basket, and stamp cards across visits.

A basket is the lines that a customer is about to buy. An offer is a promise about them; `apply_offers` turns basket and
offers into a receipt, on which all money lands on lines and every offer says what became of it. A stamp card keeps the
promise across visits: its state goes in and comes out, and the host keeps it.

>>> from decimal import Decimal
>>> from cxkit.loyalty import Basket, BuyXGetY, Line, Offer, apply_offers
>>> basket = Basket([Line("espresso", Decimal("2.50"), quantity=6, tags={"coffee"})], currency="EUR")
>>> sixth_free = Offer("sixth free", BuyXGetY(buy=5, get=1, items=Line.fields.tags.contains("coffee")))
>>> receipt = apply_offers(basket, [sixth_free])
>>> receipt.total, receipt.trace[0].outcome
(Decimal('12.50'), 'applied')
"""

from cxkit.loyalty._apply import apply_offers
from cxkit.loyalty._basket import Basket, Line, LineFields
from cxkit.loyalty._buy_x_get_y import BuyXGetY
from cxkit.loyalty._offer import Offer, OfferDecision, OfferOutcome
from cxkit.loyalty._receipt import Adjustment, Receipt, ReceiptLine
from cxkit.loyalty._stamp_state import StampEntry, StampState
from cxkit.loyalty._stamps import RedeemOutcome, Redemption, StampCard, Stamping, StampOutcome

__all__ = [
    "Adjustment",
    "Basket",
    "BuyXGetY",
    "Line",
    "LineFields",
    "Offer",
    "OfferDecision",
    "OfferOutcome",
    "Receipt",
    "ReceiptLine",
    "RedeemOutcome",
    "Redemption",
    "StampCard",
    "StampEntry",
    "StampOutcome",
    "StampState",
    "Stamping",
    "apply_offers",
]
