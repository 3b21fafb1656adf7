"""Returns: gifts, claims, entitlements and points, and what the host is asked to do about them."""

from decimal import Decimal

import attrs
import pytest

from cxkit.loyalty import (
    AmountOff,
    Basket,
    BuyXGetY,
    Entitlement,
    Gift,
    Limits,
    Line,
    Offer,
    PercentOff,
    PointsFactor,
    ReturnPolicy,
    ShippingOff,
    Spend,
    Together,
    UnitCount,
    Usage,
    apply_offers,
    reverse,
)

BOTH = pytest.mark.parametrize("refund", ["as_paid", "recompute"])
FROM_50 = Spend(50, price="list")
TINS = Offer("a tin with two", Gift(Line("tin", 3), each_time=True), conditions=UnitCount(2, consume=True))
MUG = Offer("a mug from 50", Gift(Line("mug", 8)), conditions=FROM_50)


def bought(*lines, offers=(), codes=(), used=None, **options):
    return apply_offers(Basket(lines, currency="EUR", **options), offers, codes=codes, used=used or {})


def lamps(*offers, **options):
    return bought(Line("lamp", 30, quantity=2), Line("bulb", 5), offers=offers, **options)


def done(reversal):
    """Return what is to be done, as short texts."""
    return [
        f"{effect.kind} {effect.offer} {effect.name or (effect.line and effect.line.sku)} {effect.amount}"
        for effect in reversal.effects
    ]


@BOTH
def test_a_gift_stays_while_its_offer_applies(refund):
    reversal = reverse(lamps(MUG), {"bulb": 1}, policy=refund)

    assert (reversal.refund, reversal.effects, reversal.broken, reversal.reasons) == (5, (), (), ())
    assert [(line.name, line.kept) for line in reversal.lines] == [("lamp", 2), ("bulb", 0), ("mug", 1)]


@BOTH
def test_a_gift_whose_offer_broke_must_come_back_and_is_asked_for_once(refund):
    first = reverse(lamps(MUG), {"lamp": 1}, policy=refund)
    second = reverse(first, {"lamp": 1}, policy=refund)

    assert (first.refund, done(first)) == (30, ["return_gift a mug from 50 mug 1"])
    assert (first.effects[0].line.quantity, first.effects[0].line.kind) == (1, "gift")
    assert (second.refund, done(second)) == (30, [])
    last = reverse(second, {"mug": 1, "bulb": 1}, policy=refund)
    assert (last.refund, last.refunded, last.kept, done(last)) == (5, 65, None, [])


@BOTH
def test_a_gift_that_came_back_is_not_asked_for(refund):
    assert done(reverse(lamps(MUG), {"lamp": 1, "mug": 1}, policy=refund)) == []
    early = reverse(lamps(MUG), {"mug": 1}, policy=refund)
    assert (early.refund, done(early), done(reverse(early, {"lamp": 1}, policy=refund))) == (0, [], [])


@BOTH
def test_a_gift_may_be_kept(refund):
    policy = ReturnPolicy(refund, gifts="keep")
    reversal = reverse(lamps(MUG), {"lamp": 2, "bulb": 1}, policy=policy)

    assert (reversal.refund, reversal.effects) == (65, ())


@BOTH
def test_a_gift_may_be_charged_until_it_comes_back(refund):
    policy = ReturnPolicy(refund, gifts="charge")
    first = reverse(lamps(MUG), {"lamp": 1}, policy=policy)

    assert (first.refund, first.total, first.effects) == (22, 43, ())
    assert first.lines[-1].after == 8
    assert [str(reason) for reason in first.reasons] == [
        "offer broken: found a mug from 50, needed 15.00 more",
        "gift charged: found mug at 8.00",
    ]
    assert reverse(first, {"mug": 1}, policy=policy).refund == 8


@BOTH
def test_a_gift_that_came_back_early_is_neither_charged_nor_refunded(refund):
    policy = ReturnPolicy(refund, gifts="charge")
    early = reverse(lamps(MUG), {"mug": 1}, policy=policy)

    assert (early.refund, early.total) == (0, 65)
    assert reverse(early, {"lamp": 1}, policy=policy).refund == 30


def test_every_unit_of_a_gift_is_charged():
    receipt = bought(Line("tea", 4, quantity=6), offers=[TINS])

    assert reverse(receipt, {"tea": 5}, policy=ReturnPolicy("as_paid", gifts="charge")).refund == 20 - 3 * 3


def test_a_gift_that_is_worth_more_than_what_came_back_makes_a_shortfall():
    policy = ReturnPolicy("as_paid", gifts="charge")
    receipt = bought(Line("lamp", 45), Line("bulb", 5), offers=[MUG])

    first = reverse(receipt, {"bulb": 1}, policy=policy)
    assert (first.refund, first.shortfall) == (0, 3)
    assert reverse(first, {"lamp": 1}, policy=policy).refund == 42


@BOTH
def test_gifts_that_come_each_time_come_back_one_by_one(refund):
    receipt = bought(Line("tea", 4, quantity=6), offers=[TINS])

    assert receipt.lines[-1].line.quantity == 3
    first = reverse(receipt, {"tea": 1}, policy=refund)
    second = reverse(first, {"tea": 3}, policy=refund)
    assert (done(first), done(second)) == (["return_gift a tin with two tin 1"], ["return_gift a tin with two tin 1"])
    assert (first.broken, second.broken) == ((), ())


@BOTH
def test_free_units_that_were_added_come_back_like_gifts(refund):
    offer = Offer("3 + 1", BuyXGetY(buy=3, get=1, items=Line.fields.sku == "tea", reading="added"))
    receipt = bought(Line("tea", 4, quantity=3), offers=[offer])

    assert receipt.total == 12
    first = reverse(receipt, {"tea": 1}, policy=refund)
    assert (first.refund, done(first)) == (4, ["return_gift 3 + 1 tea 1"])
    assert reverse(receipt, {"tea": 1}, policy=ReturnPolicy(refund, gifts="charge")).refund == 0
    # three of the four came back before, and what was bought goes first: the last one is the gift
    last = reverse(reverse(first, {"tea": 2}, policy=refund), {"tea": 1}, policy=refund)
    assert (last.refund, last.refunded, last.returned) == (0, 12, {"tea": 4})


CODE = Offer(
    "spring",
    AmountOff(10),
    conditions=FROM_50,
    codes={"SPRING"},
    limits=Limits(in_all=100, per_customer=1, per_code=50),
)


def with_code(**options):
    used = {"spring": Usage(in_all=7, by_code={"SPRING": 3})}
    return lamps(CODE, codes=["SPRING"], customer="anna", used=used, **options)


def released(reversal):
    return [
        (effect.offer, effect.name, effect.details.get("key"), effect.amount)
        for effect in reversal.effects
        if effect.kind == "release_claim"
    ]


ALL_OF_IT = [
    ("spring", "in_all", None, 1),
    ("spring", "per_customer", "anna", 1),
    ("spring", "per_code", "SPRING", 1),
]


def test_recomputed_claims_are_released_once_the_offer_broke():
    receipt = with_code()
    first = reverse(receipt, {"bulb": 1}, policy="recompute")
    second = reverse(first, {"lamp": 1}, policy="recompute")
    third = reverse(second, {"lamp": 1}, policy="recompute")

    assert len(receipt.claims) == 3
    assert [sorted(released(reversal), key=str) for reversal in (first, second, third)] == [
        [],
        sorted(ALL_OF_IT, key=str),
        [],
    ]


def test_as_paid_claims_are_released_once_nothing_discounted_is_kept():
    first = reverse(with_code(), {"lamp": 2}, policy="as_paid")
    second = reverse(first, {"bulb": 1}, policy="as_paid")

    assert (released(first), sorted(released(second), key=str)) == ([], sorted(ALL_OF_IT, key=str))


@BOTH
def test_claims_may_stay_used(refund):
    policy = ReturnPolicy(refund, claims="keep")

    assert reverse(with_code(), {"lamp": 2, "bulb": 1}, policy=policy).effects == ()


@BOTH
def test_a_kept_gift_keeps_its_claim_used(refund):
    mug = Offer("mug", Gift(Line("mug", 8)), conditions=FROM_50, limits=Limits(in_all=10))
    keep = reverse(lamps(mug), {"lamp": 2, "bulb": 1}, policy=ReturnPolicy(refund, gifts="keep"))
    back = reverse(lamps(mug), {"lamp": 1}, policy=ReturnPolicy(refund, gifts="return"))

    assert released(keep) == []
    assert released(back) == [("mug", "in_all", None, 1)]
    assert released(reverse(keep, {"mug": 1}, policy=keep.policy)) == [("mug", "in_all", None, 1)]


def test_a_claim_of_an_offer_without_money_is_released_once_it_broke_under_both():
    early = Offer("early access", Entitlement("early access"), conditions=FROM_50, limits=Limits(in_all=10))

    for refund in ("as_paid", "recompute"):
        first = reverse(lamps(early), {"bulb": 1}, policy=refund)
        second = reverse(first, {"lamp": 1}, policy=refund)
        assert (done(first), done(second)) == (
            [],
            ["release_claim early access in_all 1", "withdraw_entitlement early access early access None"],
        )


def test_each_limit_is_released_in_its_time():
    offer = Offer("10 %", PercentOff(10), limits=Limits(budget=1000, in_all=10))
    first = reverse(lamps(offer), {"lamp": 2}, policy="as_paid")
    second = reverse(first, {"bulb": 1}, policy="as_paid")

    assert released(first) == [("10 %", "budget", None, 6)]
    assert sorted(released(second)) == [("10 %", "budget", None, Decimal("0.50")), ("10 %", "in_all", None, 1)]


TENTH = Offer("10 %", PercentOff(10), limits=Limits(budget=1000))


@BOTH
def test_a_budget_gets_back_what_is_no_longer_taken_off(refund):
    first = reverse(lamps(TENTH), {"lamp": 1}, policy=refund)
    second = reverse(first, {"lamp": 1}, policy=refund)
    third = reverse(second, {"bulb": 1}, policy=refund)

    assert [released(reversal) for reversal in (first, second, third)] == [
        [("10 %", "budget", None, Decimal("3.00"))],
        [("10 %", "budget", None, Decimal("3.00"))],
        [("10 %", "budget", None, Decimal("0.50"))],
    ]


def test_claims_of_free_shipping_are_released_with_the_last_of_the_goods():
    free = Offer("free shipping", ShippingOff(), limits=Limits(in_all=10))
    receipt = bought(Line("lamp", 30), Line("bulb", 5), Line("parcel", 5, kind="shipping"), offers=[free])

    for refund in ("as_paid", "recompute"):
        first = reverse(receipt, {"lamp": 1}, policy=refund)
        second = reverse(first, {"bulb": 1}, policy=refund)
        assert (released(first), released(second)) == ([], [("free shipping", "in_all", None, 1)])


DOUBLE = Offer("double points", PointsFactor(2, Line.fields.sku == "lamp"), conditions=FROM_50)


def test_points_are_taken_back_of_the_money_that_no_longer_counts():
    first = reverse(lamps(DOUBLE), {"bulb": 1}, policy="as_paid")
    second = reverse(first, {"lamp": 1}, policy="as_paid")
    third = reverse(second, {"lamp": 1}, policy="as_paid")

    assert (first.effects, third.effects) == ((), ())
    [effect] = second.effects
    # below 50 the factor counts for neither lamp
    assert (effect.kind, effect.offer, effect.amount, effect.details["factor"]) == (
        "points_back",
        "double points",
        60,
        2,
    )
    assert effect.items == (Line.fields.sku == "lamp")


def test_points_on_everything_are_taken_back_of_what_is_refunded():
    receipt = bought(
        Line("lamp", 30, quantity=2),
        Line("bulb", 5),
        Line("p", 5, kind="shipping"),
        offers=[Offer("triple", PointsFactor(3)), Offer("10 %", PercentOff(10))],
    )

    [effect] = reverse(receipt, {"lamp": 1, "p": 1}, policy="as_paid").effects
    assert (effect.amount, effect.items) == (27, None)


def test_an_offer_of_several_benefits_goes_with_all_of_them():
    both = Offer("club", Together([PercentOff(10), Gift(Line("mug", 8)), Entitlement("preview")]), conditions=FROM_50)

    reversal = reverse(lamps(both), {"lamp": 1}, policy="recompute")
    assert reversal.total == 35
    assert done(reversal) == ["return_gift club mug 1", "withdraw_entitlement club preview None"]


def test_nothing_is_left_of_gifts_that_ask_for_nothing_once_all_came_back():
    hello = Offer("hello", Together([Gift(Line("pin", 1)), Entitlement("club")]), limits=Limits(in_all=5))

    for refund in ("as_paid", "recompute"):
        reversal = reverse(lamps(hello), {"lamp": 2, "bulb": 1}, policy=refund)
        assert done(reversal) == [
            "release_claim hello in_all 1",
            "return_gift hello pin 1",
            "withdraw_entitlement hello club None",
        ]
        assert [decision.offer for decision in reversal.broken] == ["hello"]


def test_an_offer_that_comes_and_goes_is_taken_back_once():
    tenth = Offer(
        "10 %",
        Together([PercentOff(10), PointsFactor(2), Entitlement("club"), Gift(Line("pin", 1))]),
        exclusive=True,
        limits=Limits(in_all=5),
    )
    six = Offer("6 off with jam", AmountOff(6), conditions=UnitCount(1, Line.fields.sku == "jam"), exclusive=True)
    receipt = bought(Line("lamp", 60), Line("jam", 4), Line("bulb", 36), offers=[tenth, six])
    taken_back = [
        "release_claim 10 % in_all 1",
        "return_gift 10 % pin 1",
        "withdraw_entitlement 10 % club None",
        "points_back 10 % None 90.00",
    ]

    # 10 % is 10 at first, 4 without the lamp, where 6 are better; without the jam there is nothing better than 3.60
    first = reverse(receipt, {"lamp": 1}, policy="recompute")
    second = reverse(first, {"jam": 1}, policy="recompute")
    third = reverse(second, {"bulb": 1}, policy="recompute")
    assert (first.total, [lost.offer for lost in first.broken], done(first)) == (34, ["10 %"], taken_back)
    assert (second.total, second.broken, second.effects) == (Decimal("32.40"), (), ())
    assert (third.total, [lost.offer for lost in third.broken], third.effects) == (0, ["10 %"], ())
    assert third.earlier == first.effects


def test_a_gift_that_is_out_again_is_asked_for_again():
    receipt = bought(Line("tea", 4, quantity=6), offers=[TINS])
    first = reverse(receipt, {"tea": 2}, policy="as_paid")
    second = reverse(first, {"tin": 1}, policy="as_paid")
    third = reverse(second, {"tea": 4}, policy="as_paid")

    assert [done(reversal) for reversal in (first, second, third)] == [
        ["return_gift a tin with two tin 1"],
        [],
        ["return_gift a tin with two tin 2"],
    ]
    early = reverse(reverse(receipt, {"tin": 2}, policy="as_paid"), {"tea": 2}, policy="as_paid")
    assert done(early) == []
    assert done(reverse(early, {"tea": 4}, policy="as_paid")) == ["return_gift a tin with two tin 1"]


def test_two_entitlements_of_one_name_are_withdrawn_once_each():
    offer = Offer("twice", Together([Entitlement("seat"), Entitlement("seat")]), conditions=FROM_50)
    first = reverse(lamps(offer), {"lamp": 1}, policy="as_paid")

    assert done(first) == ["withdraw_entitlement twice seat None"] * 2
    assert reverse(first, {"bulb": 1}, policy="as_paid").effects == ()


def test_another_gift_of_the_same_offer_stands_for_the_one_given():
    added = Offer("2 + 1", BuyXGetY(buy=2, get=1, items=Line.fields.tags.contains("tea"), reading="added"))
    receipt = bought(
        Line("green", 3, quantity=2, tags={"tea"}), Line("black", 4, quantity=2, tags={"tea"}), offers=[added]
    )

    assert [(line.line.sku, line.line.quantity) for line in receipt.lines[2:]] == [("green", 2)]
    kept = reverse(receipt, {"green": 2}, policy="as_paid")
    assert done(kept) == ["return_gift 2 + 1 green 1"]


def test_two_gifts_of_one_offer_are_asked_for_apart():
    offer = Offer("set", Together([Gift(Line("tin", 3)), Gift(Line("cup", 2))]), conditions=FROM_50)
    first = reverse(lamps(offer), {"lamp": 1}, policy="as_paid")
    without_cup = attrs.evolve(first, effects=first.effects[:1])

    assert done(first) == ["return_gift set tin 1", "return_gift set cup 1"]
    assert done(reverse(without_cup, {"bulb": 1}, policy="as_paid")) == ["return_gift set cup 1"]


def test_two_factors_of_one_offer_are_taken_back_apart():
    lamp, bulb = Line.fields.sku == "lamp", Line.fields.sku == "bulb"
    offer = Offer("club", Together([PointsFactor(2, bulb), PointsFactor(2, lamp), PointsFactor(2, lamp)]))
    first = reverse(lamps(offer), {"lamp": 1}, policy="as_paid")
    second = reverse(first, {"lamp": 1, "bulb": 1}, policy="as_paid")

    assert [effect.amount for effect in first.effects] == [30, 30]
    assert [effect.amount for effect in second.effects if effect.items == bulb] == [5]
    assert sum(effect.amount for effect in second.effects if effect.items == lamp) == 60


def test_another_gift_stands_for_one_and_not_for_two():
    tea, cup = Line.fields.tags.contains("tea"), Line.fields.sku == "cup"
    both = Together([BuyXGetY(buy=2, get=1, items=items, reading="added") for items in (tea, cup)])
    receipt = bought(
        Line("green", 3, tags={"tea"}),
        Line("black", 4, quantity=2, tags={"tea"}),
        Line("cup", 9, quantity=2),
        offers=[Offer("set", both)],
    )

    assert [line.line.sku for line in receipt.lines[3:]] == ["green", "cup"]
    # the two black ones would bring a black one, which stands for the green one that was given
    assert done(reverse(receipt, {"green": 1, "cup": 1}, policy="as_paid")) == ["return_gift set cup 1"]


@pytest.mark.parametrize(("shipping", "refund"), [("keep", "25.10"), ("as_charged", "30.00")])
def test_shipping_that_was_free_may_stay_free_when_a_threshold_breaks(shipping, refund):
    offer = Offer("free shipping from 50", ShippingOff(), conditions=FROM_50)
    receipt = bought(Line("rug", 30, quantity=2), Line("parcel", Decimal("4.90"), kind="shipping"), offers=[offer])
    one_back = reverse(receipt, {"rug": 1}, policy=ReturnPolicy("recompute", shipping=shipping))

    assert str(one_back.refund) == refund
    assert str(reverse(one_back, {"rug": 1}, policy=ReturnPolicy("recompute", shipping=shipping)).refunded) == "60.00"
