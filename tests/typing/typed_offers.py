"""What a type checker sees of offers: exact money, outcomes as words, and values of one kind wherever a benefit is asked for."""

from collections.abc import Iterator
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import assert_type

from cxkit.loyalty import (
    Adjustment,
    AmountOff,
    Backtest,
    Basket,
    Benefit,
    Bundle,
    BuyXGetY,
    Claim,
    Condition,
    Cut,
    Effect,
    EffectKind,
    Gift,
    LaneMode,
    LimitName,
    Limits,
    Line,
    Offer,
    OfferCheck,
    OfferDecision,
    OfferDiff,
    OfferLaw,
    OfferOutcome,
    OfferPolicy,
    OfferWindow,
    Part,
    PercentOff,
    Receipt,
    ReceiptLine,
    ReturnPolicy,
    Reversal,
    Spend,
    Tiered,
    TierStep,
    Together,
    UnitCount,
    UnitGroup,
    Usage,
    apply_offers,
    backtest,
    check_offers,
    offer_diff,
    reverse,
)
from cxkit.predicates import Predicate

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
coffee = Line.fields.tags.contains("coffee")
line = Line(
    "espresso", Decimal("2.50"), quantity=4, tags=["coffee"], kind="goods", floor_price=1, tax_rate=Decimal("0.19")
)
assert_type(line.floor_price, Decimal | None)
assert_type(line.unit_price, Decimal)
basket = Basket([line, Line("parcel", 5, kind="shipping")], currency="EUR", customer="anna", at=NOON, prices="gross")

benefits: list[Benefit] = [
    PercentOff(10, coffee, cap=5),
    AmountOff(Decimal("1.50")),
    BuyXGetY(buy=5, get=1, items=coffee, reading="separate", pick="dearest", percent=50),
    Bundle(7, [Part(2, coffee)]),
    Tiered([TierStep(50, percent=5), TierStep(100, amount=20)], by="spend"),
    Gift(line),
    Together([PercentOff(10), Gift(line)]),
]
conditions: list[Condition] = [UnitCount(2, coffee), Spend(20, price="list", tax="net")]
offer = Offer(
    "spring",
    benefits[0],
    conditions=conditions,
    channels=["web"],
    window=OfferWindow.days(date(2026, 3, 1), date(2026, 3, 31), tz="Europe/Berlin"),
    limits=Limits(per_order=1, budget=500),
)
assert_type(offer.benefit, Benefit)
assert_type(offer.conditions, tuple[Condition, ...])
assert_type(offer.who, Predicate | None)
assert_type(offer.explain(basket), OfferDecision)
assert_type(offer.combines(offer), bool)

policy = OfferPolicy(within="first", lanes={1: "all"})
assert_type(policy.mode(1), LaneMode)
assert_type(policy.breaks, tuple[OfferLaw, ...])
assert_type(OfferPolicy.sylius_like(), OfferPolicy)

receipt = apply_offers(
    basket, iter([offer]), policy=policy, profile={"tier": "gold"}, codes=["SPRING"], used={"spring": Usage()}
)
assert_type(receipt, Receipt)
assert_type((receipt.total, receipt.optimal, receipt.gap), tuple[Decimal, bool, Decimal])
assert_type(receipt.lines[0], ReceiptLine)
assert_type(receipt.lines[0].groups, tuple[UnitGroup, ...])
assert_type(receipt.lines[0].groups[0].cuts, tuple[Cut, ...])
assert_type(receipt.lines[0].adjustments, tuple[Adjustment, ...])
assert_type(receipt.trace[0].outcome, OfferOutcome)
assert_type(receipt.claims, tuple[Claim, ...])
assert_type(receipt.claims[0].limit, LimitName)
assert_type(receipt.effects, tuple[Effect, ...])
assert_type(receipt.effects[0].kind, EffectKind)
assert_type(Usage().after(receipt.claims), Usage)

reversal = reverse(receipt, {"espresso": 1}, policy="as_paid")
assert_type(reversal, Reversal)
assert_type(reverse(reversal, {"espresso": 1}, policy=ReturnPolicy("recompute", gifts="keep")).refund, Decimal)
assert_type(reversal.kept, Basket | None)

assert_type(check_offers([offer], catalogue=[line]), OfferCheck)
assert_type(offer_diff([offer], [], [basket]), OfferDiff)


def orders() -> Iterator[Basket]:
    yield basket


assert_type(backtest([offer], orders()), Backtest)

PercentOff(0.1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Offer("tea", coffee)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Spend(20)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
OfferPolicy(within="worst")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
reverse(receipt, {"espresso": 1})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
