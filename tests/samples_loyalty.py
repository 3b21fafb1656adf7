"""Values of the types of `cxkit.loyalty` about offers that have a stored form; `samples` has those of all packages."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from cxkit.answers import Reason
from cxkit.calendar import BusinessCalendar
from cxkit.loyalty import (
    AmountOff,
    AmountOffEach,
    Basket,
    Bundle,
    BuyXGetY,
    Claim,
    Cut,
    DistinctSkus,
    Effect,
    Entitlement,
    FixedPrice,
    Gift,
    Limits,
    Line,
    Offer,
    OfferDecision,
    OfferPolicy,
    OfferWindow,
    Part,
    PercentOff,
    PointsFactor,
    ReceiptLine,
    ReturnPolicy,
    ShippingOff,
    Spend,
    Tiered,
    TierStep,
    Together,
    UnitCount,
    UnitGroup,
    Usage,
    Without,
    apply_offers,
    reverse,
)
from cxkit.predicates import LeafReason

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
COFFEE = Line.fields.tags.contains("coffee")
CAKE = Line.fields.sku == "cake"
WEEK = OfferWindow(NOON, NOON + timedelta(days=7), ends="excluded")
SPRING = Offer(
    "spring",
    PercentOff(10, COFFEE, units=4, groups_of=2, pick="dearest", cap=5),
    id="offer-9",
    conditions=[Spend(20, price="running"), UnitCount(2, COFFEE), Without(Line.fields.sku == "bargain")],
    channels={"shop", "web"},
    window=WEEK,
    hours=BusinessCalendar.weekdays("09:00", "17:00", tz="Europe/Berlin"),
    codes={"SPRING", "MARCH"},
    lane=1,
    priority=5,
    group="coupons",
    combines_with={"staples"},
    limits=Limits(per_customer=1, in_all=1000, budget=Decimal("500.50")),
    floor=Decimal("1.00"),
)
BASKET = Basket(
    [
        Line(
            "flat white", Decimal("3.80"), quantity=6, tags={"coffee"}, tax_rate=Decimal("0.19"), tax_class="standard"
        ),
        Line("cake", Decimal("4.20"), list_price=5, floor_price=4, id="line 2"),
        Line("voucher", 20, discountable=False),
        Line("parcel", Decimal("4.90"), kind="shipping"),
    ],
    currency="EUR",
    customer="anna",
    at=NOON,
    channel="web",
    prices="gross",
)
RECEIPT = apply_offers(
    BASKET,
    [
        SPRING,
        Offer("a tin", Gift(Line("tin", 9)), group="staples"),
        Offer("six cakes", AmountOff(2, CAKE), conditions=UnitCount(6, CAKE)),
    ],
    codes=["SPRING", "WINTER"],
    used={"offer-9": Usage(in_all=7, spent=Decimal("12.50"))},
)

REVERSAL = reverse(RECEIPT, {"flat white": 5}, policy="recompute")

OFFERS: Mapping[str, object] = {
    "loyalty.amount_off": AmountOff(5, COFFEE),
    "loyalty.amount_off_each": AmountOffEach(Decimal("0.50"), COFFEE, units=3),
    "loyalty.basket.whole": BASKET,
    "loyalty.bundle": Bundle(Decimal("6.50"), [Part(1, COFFEE), Part(1, CAKE)], pick="cheapest"),
    "loyalty.buy_x_get_y.whole": BuyXGetY(
        buy=2, get=1, items=COFFEE, rewards=CAKE, reading="separate", pick="dearest", percent=50
    ),
    "loyalty.claim": Claim(offer="spring", limit="per_code", key="SPRING", amount=1, expected=3),
    "loyalty.claim.budget": Claim(offer="spring", limit="budget", amount=Decimal("2.50"), expected=Decimal(0)),
    "loyalty.cut": Cut("spring", Decimal("0.38")),
    "loyalty.distinct_skus": DistinctSkus(3),
    "loyalty.effect": Effect("points_factor", "spring", amount=Decimal(2), items=COFFEE),
    "loyalty.effect.gift": Effect("gift", "a tin", line=Line("tin", 0, kind="gift", list_price=9)),
    "loyalty.entitlement": Entitlement("early access", {"from": NOON}),
    "loyalty.fixed_price": FixedPrice(3, COFFEE, groups_of=2),
    "loyalty.gift": Gift(Line("tin", 9, quantity=2), each_time=True),
    "loyalty.limits": Limits(per_order=1, per_customer=2, in_all=1000, per_code=3, budget=5000),
    "loyalty.offer.whole": SPRING,
    "loyalty.offer_decision": OfferDecision(
        outcome="not_eligible",
        reasons=(Reason("who"), LeafReason("failed", 2, ">= 3", field="orders")),
        offer="ten",
        discount=Decimal(0),
    ),
    "loyalty.offer_policy": OfferPolicy(within="all", lanes={1: "first"}, rounding="down", remainder="rounded_first"),
    "loyalty.part": Part(3),
    "loyalty.percent_off": PercentOff(15, COFFEE, cap=10),
    "loyalty.points_factor": PointsFactor(2, COFFEE),
    "loyalty.receipt": RECEIPT,
    "loyalty.receipt_line": ReceiptLine(
        Line("tea", 3, quantity=3),
        "EUR",
        (UnitGroup(1, Decimal("0.00"), (Cut("spring", Decimal("3.00")),)), UnitGroup(2, Decimal("3.00"))),
    ),
    "loyalty.return_policy": ReturnPolicy("recompute", gifts="charge"),
    "loyalty.reversal": REVERSAL,
    "loyalty.reversal_line": REVERSAL.lines[0],
    "loyalty.shipping_off": ShippingOff(amount=Decimal("2.50")),
    "loyalty.spend": Spend(50, price="running", tax="net"),
    "loyalty.tier_step": TierStep(20, percent=15),
    "loyalty.tiered": Tiered([TierStep(0, percent=10), TierStep(100, amount=25)], COFFEE, price="list"),
    "loyalty.together": Together([PercentOff(10), ShippingOff()]),
    "loyalty.unit_count": UnitCount(2, COFFEE, consume=True),
    "loyalty.unit_group": UnitGroup(2, Decimal("1.50"), (Cut("spring", Decimal("0.50")),)),
    "loyalty.usage": Usage(in_all=7, by_customer=1, by_code={"SPRING": 3}, spent=Decimal("12.50")),
    "loyalty.offer_window": WEEK,
    "loyalty.without": Without(Line.fields.on_sale.is_true()),
}
