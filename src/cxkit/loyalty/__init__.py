"""What customers get: offers on a basket, and stamp cards across visits.

A basket is the lines that a customer is about to buy. An offer is a promise about them: conditions, a benefit, and who may have
it. `apply_offers` turns basket and offers into a receipt, on which all money lands on lines and every offer says what became of
it; `reverse` takes a return back from the receipt. A stamp card keeps the promise across visits: its state goes in and comes
out, and the host keeps it.

>>> from decimal import Decimal
>>> from cxkit.loyalty import Basket, BuyXGetY, Line, Offer, apply_offers
>>> basket = Basket([Line("espresso", Decimal("2.50"), quantity=6, tags={"coffee"})], currency="EUR")
>>> sixth_free = Offer("sixth free", BuyXGetY(buy=5, get=1, items=Line.fields.tags.contains("coffee")))
>>> receipt = apply_offers(basket, [sixth_free])
>>> receipt.total, receipt.trace[0].outcome
(Decimal('12.50'), 'applied')
"""

from typing import TYPE_CHECKING

from cxkit._forms import register_late
from cxkit._late import late

if TYPE_CHECKING:
    from cxkit.loyalty._applying.apply import apply_offers
    from cxkit.loyalty._basket import Basket
    from cxkit.loyalty._benefits.amounts import AmountOff
    from cxkit.loyalty._benefits.benefit import Benefit
    from cxkit.loyalty._benefits.bundle import Bundle, Part
    from cxkit.loyalty._benefits.extras import Entitlement, Gift, PointsFactor
    from cxkit.loyalty._benefits.free_units import BuyXGetY
    from cxkit.loyalty._benefits.tiered import Tiered, TierMeasure, TierStep
    from cxkit.loyalty._benefits.together import Together
    from cxkit.loyalty._benefits.unit_cuts import AmountOffEach, FixedPrice, PercentOff, ShippingOff
    from cxkit.loyalty._effects import Effect, EffectKind
    from cxkit.loyalty._line import Line, LineFields, LineKind
    from cxkit.loyalty._offers.conditions import (
        Condition,
        DistinctSkus,
        Spend,
        SpendPrice,
        SpendTax,
        UnitCount,
        Without,
    )
    from cxkit.loyalty._offers.decision import OfferDecision, OfferOutcome
    from cxkit.loyalty._offers.limits import Claim, LimitName, Limits, Usage
    from cxkit.loyalty._offers.offer import Offer
    from cxkit.loyalty._offers.policy import (
        CodeMatch,
        ExclusiveRule,
        LaneMode,
        OfferLaw,
        OfferPolicy,
        Pick,
        PriceBase,
        Reading,
        Remainder,
        RoundEach,
        Stacking,
        SyliusPromotions,
    )
    from cxkit.loyalty._offers.validity import OfferWindow
    from cxkit.loyalty._receipt import Adjustment, Cut, Receipt, ReceiptLine, UnitGroup
    from cxkit.loyalty._returns.policy import ClaimRule, GiftRule, RefundRule, ReturnPolicy, ShippingRule
    from cxkit.loyalty._returns.refunds import reverse
    from cxkit.loyalty._returns.reversal import Reversal, ReversalLine
    from cxkit.loyalty._stamp_state import StampEntry, StampState
    from cxkit.loyalty._stamps import RedeemOutcome, Redemption, StampCard, Stamping, StampOutcome
    from cxkit.loyalty._trials.check import check_offers
    from cxkit.loyalty._trials.diff import BasketChange, OfferDiff, offer_diff
    from cxkit.loyalty._trials.finding import OfferCheck, OfferFinding, OfferFindingKind
    from cxkit.loyalty._trials.replay import backtest
    from cxkit.loyalty._trials.takings import Backtest, OfferUse, SegmentUse, Takings

__all__ = [
    "Adjustment",
    "AmountOff",
    "AmountOffEach",
    "Backtest",
    "Basket",
    "BasketChange",
    "Benefit",
    "Bundle",
    "BuyXGetY",
    "Claim",
    "ClaimRule",
    "CodeMatch",
    "Condition",
    "Cut",
    "DistinctSkus",
    "Effect",
    "EffectKind",
    "Entitlement",
    "ExclusiveRule",
    "FixedPrice",
    "Gift",
    "GiftRule",
    "LaneMode",
    "LimitName",
    "Limits",
    "Line",
    "LineFields",
    "LineKind",
    "Offer",
    "OfferCheck",
    "OfferDecision",
    "OfferDiff",
    "OfferFinding",
    "OfferFindingKind",
    "OfferLaw",
    "OfferOutcome",
    "OfferPolicy",
    "OfferUse",
    "OfferWindow",
    "Part",
    "PercentOff",
    "Pick",
    "PointsFactor",
    "PriceBase",
    "Reading",
    "Receipt",
    "ReceiptLine",
    "RedeemOutcome",
    "Redemption",
    "RefundRule",
    "Remainder",
    "ReturnPolicy",
    "Reversal",
    "ReversalLine",
    "RoundEach",
    "SegmentUse",
    "ShippingOff",
    "ShippingRule",
    "Spend",
    "SpendPrice",
    "SpendTax",
    "Stacking",
    "StampCard",
    "StampEntry",
    "StampOutcome",
    "StampState",
    "Stamping",
    "SyliusPromotions",
    "Takings",
    "TierMeasure",
    "TierStep",
    "Tiered",
    "Together",
    "UnitCount",
    "UnitGroup",
    "Usage",
    "Without",
    "apply_offers",
    "backtest",
    "check_offers",
    "offer_diff",
    "reverse",
]

_LATE = {
    "_applying.apply": ("apply_offers",),
    "_basket": ("Basket",),
    "_benefits.amounts": ("AmountOff",),
    "_benefits.benefit": ("Benefit",),
    "_benefits.bundle": (
        "Bundle",
        "Part",
    ),
    "_benefits.extras": (
        "Entitlement",
        "Gift",
        "PointsFactor",
    ),
    "_benefits.free_units": ("BuyXGetY",),
    "_benefits.tiered": (
        "TierStep",
        "Tiered",
        "TierMeasure",
    ),
    "_benefits.together": ("Together",),
    "_benefits.unit_cuts": (
        "AmountOffEach",
        "FixedPrice",
        "PercentOff",
        "ShippingOff",
    ),
    "_effects": (
        "Effect",
        "EffectKind",
    ),
    "_line": (
        "Line",
        "LineFields",
        "LineKind",
    ),
    "_offers.conditions": (
        "Condition",
        "DistinctSkus",
        "Spend",
        "SpendPrice",
        "SpendTax",
        "UnitCount",
        "Without",
    ),
    "_offers.decision": (
        "OfferDecision",
        "OfferOutcome",
    ),
    "_offers.limits": (
        "Claim",
        "LimitName",
        "Limits",
        "Usage",
    ),
    "_offers.offer": ("Offer",),
    "_offers.policy": (
        "CodeMatch",
        "ExclusiveRule",
        "LaneMode",
        "OfferLaw",
        "OfferPolicy",
        "Pick",
        "PriceBase",
        "Reading",
        "Remainder",
        "RoundEach",
        "Stacking",
        "SyliusPromotions",
    ),
    "_offers.validity": ("OfferWindow",),
    "_receipt": (
        "Adjustment",
        "Cut",
        "Receipt",
        "ReceiptLine",
        "UnitGroup",
    ),
    "_returns.policy": (
        "ClaimRule",
        "GiftRule",
        "RefundRule",
        "ReturnPolicy",
        "ShippingRule",
    ),
    "_returns.refunds": ("reverse",),
    "_returns.reversal": (
        "Reversal",
        "ReversalLine",
    ),
    "_stamp_state": (
        "StampEntry",
        "StampState",
    ),
    "_stamps": (
        "RedeemOutcome",
        "Redemption",
        "StampCard",
        "Stamping",
        "StampOutcome",
    ),
    "_trials.diff": (
        "BasketChange",
        "OfferDiff",
        "offer_diff",
    ),
    "_trials.replay": ("backtest",),
    "_trials.takings": (
        "Backtest",
        "OfferUse",
        "SegmentUse",
        "Takings",
    ),
    "_trials.check": ("check_offers",),
    "_trials.finding": (
        "OfferCheck",
        "OfferFinding",
        "OfferFindingKind",
    ),
}
register_late("cxkit.loyalty._basket", "loyalty.basket")
register_late("cxkit.loyalty._benefits.amounts", "loyalty.amount_off")
register_late("cxkit.loyalty._benefits.bundle", "loyalty.bundle", "loyalty.part")
register_late("cxkit.loyalty._benefits.extras", "loyalty.entitlement", "loyalty.gift", "loyalty.points_factor")
register_late("cxkit.loyalty._benefits.free_units", "loyalty.buy_x_get_y")
register_late("cxkit.loyalty._benefits.tiered", "loyalty.tier_step", "loyalty.tiered")
register_late("cxkit.loyalty._benefits.together", "loyalty.together")
register_late(
    "cxkit.loyalty._benefits.unit_cuts",
    "loyalty.amount_off_each",
    "loyalty.fixed_price",
    "loyalty.percent_off",
    "loyalty.shipping_off",
)
register_late("cxkit.loyalty._effects", "loyalty.effect")
register_late("cxkit.loyalty._line", "loyalty.line")
register_late(
    "cxkit.loyalty._offers.conditions",
    "loyalty.distinct_skus",
    "loyalty.spend",
    "loyalty.unit_count",
    "loyalty.without",
)
register_late("cxkit.loyalty._offers.decision", "loyalty.offer_decision")
register_late("cxkit.loyalty._offers.limits", "loyalty.claim", "loyalty.limits", "loyalty.usage")
register_late("cxkit.loyalty._offers.offer", "loyalty.offer")
register_late("cxkit.loyalty._offers.policy", "loyalty.offer_policy")
register_late("cxkit.loyalty._offers.validity", "loyalty.offer_window")
register_late("cxkit.loyalty._receipt", "loyalty.cut", "loyalty.receipt", "loyalty.receipt_line", "loyalty.unit_group")
register_late("cxkit.loyalty._returns.policy", "loyalty.return_policy")
register_late("cxkit.loyalty._returns.reversal", "loyalty.reversal", "loyalty.reversal_line")
register_late("cxkit.loyalty._stamp_state", "loyalty.stamp_entry", "loyalty.stamp_state")
register_late("cxkit.loyalty._stamps", "loyalty.stamp_card")

if not TYPE_CHECKING:
    __getattr__ = late(__name__, _LATE)
    __dir__ = __all__.copy  # what is imported late stands there, too
