"""Returns: what is refunded under each policy, by hand and by the complaints of others."""

from decimal import Decimal

import pytest

from cxkit.loyalty import (
    AmountOff,
    AmountOffEach,
    Basket,
    BuyXGetY,
    FixedPrice,
    Line,
    Offer,
    PercentOff,
    ReturnPolicy,
    ShippingOff,
    Spend,
    Tiered,
    TierStep,
    Together,
    UnitCount,
    apply_offers,
    reverse,
)

COFFEE = Line.fields.tags.contains("coffee")
SIXTH_FREE = Offer("sixth free", BuyXGetY(buy=5, get=1, items=COFFEE))
FORTY_OFF = Offer("40 % off six", PercentOff(40), conditions=UnitCount(6))
SPRING = Offer("10 off 50", AmountOff(10), conditions=Spend(50, price="list"))
BOTH = pytest.mark.parametrize("policy", ["as_paid", "recompute"])


def bought(*lines, offers=(), **options):
    return apply_offers(Basket(lines, currency="EUR", **options), offers)


def coffees():
    """Return the receipt of the tour: one espresso of four is free."""
    return bought(
        Line("espresso", Decimal("2.50"), quantity=4, tags={"coffee"}),
        Line("flat white", Decimal("3.80"), quantity=2, tags={"coffee"}),
        Line("brownie", Decimal("3.20")),
        offers=[SIXTH_FREE],
    )


def refunds(receipt, *returns, policy):
    """Return the refund of each of several returns in a row."""
    found = []
    for returned in returns:
        receipt = reverse(receipt, returned, policy=policy)
        found.append(receipt.refund)
    return found


def eur(*amounts):
    return [Decimal(amount) for amount in amounts]


@BOTH
def test_without_offers_units_are_worth_their_price(policy):
    receipt = bought(Line("tea", 4, quantity=3), Line("jam", Decimal("2.99")))

    assert refunds(receipt, {"tea": 2}, {"jam": 1}, {"tea": 1}, policy=policy) == eur("8", "2.99", "4")


def test_a_return_under_the_two_policies():
    assert reverse(coffees(), {"flat white": 1}, policy="as_paid").refund == Decimal("3.80")
    # paid 18.30; the rest costs 4 x 2.50 + 3.80 + 3.20 = 17.00 without a sixth coffee
    assert reverse(coffees(), {"flat white": 1}, policy="recompute").refund == Decimal("1.30")


def test_what_equal_units_cost_is_spread_evenly_over_them():
    # 3 x 2.50 over 4 espressos, each 1.875: the first two cost 3.75 together, the first three 5.625, rounded to even
    assert refunds(coffees(), *[{"espresso": 1}] * 4, policy="as_paid") == eur("1.88", "1.87", "1.87", "1.88")
    assert refunds(coffees(), {"espresso": 4}, policy="as_paid") == eur("7.50")


def test_a_cent_that_does_not_divide_goes_back_with_one_of_the_units():
    receipt = bought(Line("a", 4, quantity=3), offers=[Offer("2 off", AmountOff(2))])

    assert receipt.total == 10
    assert refunds(receipt, *[{"a": 1}] * 3, policy="as_paid") == eur("3.33", "3.34", "3.33")


def test_half_a_cent_is_rounded_to_even_where_units_come_back_not_where_they_stay():
    receipt = bought(Line("a", 4, quantity=2), offers=[Offer("a cent", AmountOff(Decimal("0.01")))])

    assert refunds(receipt, {"a": 1}, {"a": 1}, policy="as_paid") == eur("4.00", "3.99")


def test_keeping_one_of_six_at_forty_percent_off():
    # https://github.com/smartlabsAT/sonata-project-ecommerce/issues/177
    receipt = bought(Line("wine", 10, quantity=6), offers=[FORTY_OFF])

    assert receipt.total == 36
    assert reverse(receipt, {"wine": 5}, policy="as_paid").refund == 30
    assert reverse(receipt, {"wine": 5}, policy="recompute").refund == 26


def pair_and_a_free_one():
    offer = Offer("2 shirts, free socks", BuyXGetY(buy=2, get=1, items=SHIRT, rewards=SOCKS))
    return bought(Line("shirt", 20, quantity=2), Line("socks", 5), offers=[offer])


SHIRT, SOCKS = Line.fields.sku == "shirt", Line.fields.sku == "socks"


def test_returning_the_paid_pair_and_keeping_the_free_one():
    # https://github.com/MicrosoftDocs/dynamics-365-unified-operations-public/issues/4215
    assert reverse(pair_and_a_free_one(), {"shirt": 2}, policy="as_paid").refund == 40
    reversal = reverse(pair_and_a_free_one(), {"shirt": 2}, policy="recompute")

    assert (reversal.refund, reversal.total) == (35, 5)
    assert reverse(reversal, {"socks": 1}, policy="recompute").refund == 5


def test_a_free_unit_that_comes_back_with_the_pair_is_not_charged():
    assert reverse(pair_and_a_free_one(), {"shirt": 2, "socks": 1}, policy="recompute").refund == 40
    assert reverse(pair_and_a_free_one(), {"socks": 1}, policy="recompute").refund == 0


def test_a_discount_is_neither_refunded_whole_nor_lost():
    # whole discount refunded or none: https://github.com/vendurehq/vendure/issues/3885
    receipt = bought(Line("lamp", 60), Line("bulb", 20), Line("shade", 20), offers=[SPRING])

    assert refunds(receipt, {"bulb": 1}, {"lamp": 1}, {"shade": 1}, policy="as_paid") == eur("18", "54", "18")
    # paid 90; lamp and shade are still above 50: they cost 70. Then the shade alone costs 20.
    assert refunds(receipt, {"bulb": 1}, {"lamp": 1}, {"shade": 1}, policy="recompute") == eur("20", "50", "20")


def test_each_line_says_what_its_kept_units_cost_now():
    receipt = bought(Line("lamp", 60), Line("bulb", 20), Line("shade", 20), offers=[SPRING])
    reversal = reverse(receipt, {"bulb": 1}, policy="recompute")

    # 10 off 80, in proportion to 60 and 20
    assert [line.before for line in reversal.lines] == eur("54", "18", "18")
    assert [line.after for line in reversal.lines] == eur("52.50", "0", "17.50")
    assert [line.refund for line in reversal.lines] == eur("1.50", "18", "0.50")


def test_offers_that_broke_stand_in_the_order_of_their_ids():
    offers = [Offer(name, AmountOff(1), conditions=UnitCount(6), lane=lane) for lane, name in enumerate("dfbeac")]
    receipt = bought(Line("wine", 10, quantity=6), offers=offers)

    assert [lost.offer for lost in reverse(receipt, {"wine": 1}, policy="as_paid").broken] == list("abcdef")


def test_a_shortfall_is_reported_and_not_lost_over_later_returns():
    # paid 50 - 10 = 40; the jam takes the basket below 50: the rest costs 48
    receipt = bought(Line("ham", 24, quantity=2), Line("jam", 2), offers=[SPRING])
    first = reverse(receipt, {"jam": 1}, policy="recompute")
    second = reverse(first, {"ham": 1}, policy="recompute")
    third = reverse(second, {"ham": 1}, policy="recompute")

    assert (first.refund, first.shortfall, first.total) == (0, 8, 48)
    assert (second.refund, second.shortfall, second.total) == (16, 0, 24)
    assert (third.refund, third.refunded, third.shortfall, third.total) == (24, 40, 0, 0)
    assert [reason.code for reason in first.reasons] == ["offer_broken", "shortfall"]
    assert first.reasons[1].found == 8
    assert [(reason.code, reason.found) for reason in second.reasons] == [
        ("offer_broken", "10 off 50"),
        ("earlier_shortfall", 8),
    ]
    assert [reason.code for reason in third.reasons] == ["offer_broken"]


def test_the_policy_of_a_return_holds_for_all_that_came_back_before():
    # 3.80 are due as paid; of the whole basket but a brownie 18.30 - 17.00 = 1.30 under the other policy
    lenient = reverse(coffees(), {"flat white": 1}, policy="as_paid")
    strict = reverse(lenient, {"brownie": 1}, policy="recompute")
    again = reverse(strict, {"espresso": 1}, policy="as_paid")

    assert strict.refund == Decimal("18.30") - Decimal("13.80") - Decimal("3.80")
    assert again.refunded == Decimal("3.80") + Decimal("3.20") + Decimal("1.88")


def test_tiers_are_worked_out_again():
    offer = Offer("the more", Tiered([TierStep(50, percent=10), TierStep(100, percent=20)], by="spend", price="list"))
    receipt = bought(Line("chair", 40, quantity=3), offers=[offer])

    assert receipt.total == 96
    assert refunds(receipt, {"chair": 1}, {"chair": 1}, {"chair": 1}, policy="recompute") == eur("24", "32", "40")
    assert refunds(receipt, {"chair": 1}, {"chair": 1}, {"chair": 1}, policy="as_paid") == eur("32", "32", "32")


def test_another_offer_takes_the_place_of_one_that_broke():
    offers = [FORTY_OFF, Offer("one off each", AmountOffEach(1))]
    receipt = bought(Line("wine", 10, quantity=6), offers=offers)

    assert receipt.total == 36
    reversal = reverse(receipt, {"wine": 1}, policy="recompute")
    assert (reversal.total, reversal.refund, reversal.shortfall) == (45, 0, 9)
    assert [decision.offer for decision in reversal.broken] == ["40 % off six"]


def test_a_fixed_price_of_some_units_stays_with_the_units_kept():
    offer = Offer("two at 5", FixedPrice(5, units=2))
    receipt = bought(Line("mug", 8, quantity=3), offers=[offer])

    assert refunds(receipt, {"mug": 1}, {"mug": 1}, {"mug": 1}, policy="recompute") == eur("8", "5", "5")
    assert refunds(receipt, {"mug": 1}, {"mug": 1}, {"mug": 1}, policy="as_paid") == eur("6", "6", "6")


def test_equal_lines_of_two_ids_share_what_they_cost():
    lines = [Line("espresso", Decimal("2.50"), quantity=3, tags={"coffee"}, id=name) for name in ("one", "two")]
    receipt = bought(*lines, offers=[SIXTH_FREE])

    reversal = reverse(receipt, {"two": 1}, policy="as_paid")
    assert [(line.name, line.units, line.before) for line in reversal.lines] == [
        ("one", 0, Decimal("6.25")),
        ("two", 1, Decimal("6.25")),
    ]
    assert reversal.refund == Decimal("2.08")
    assert refunds(receipt, {"two": 3}, {"one": 3}, policy="as_paid") == eur("6.25", "6.25")


@pytest.mark.parametrize("names", ["abc", "cba", "bac"])
def test_cents_fall_on_equal_lines_in_the_order_of_their_ids(names):
    lines = [Line("a", 4, quantity=2, id=name) for name in names]
    receipt = bought(*lines, offers=[Offer("2 off", AmountOff(2))])

    # 22.00 over 6 units: 7.33, 14.67 and 22.00 for the first two, four and six of them
    found = {name: reverse(receipt, {name: 2}, policy="as_paid").refund for name in "abc"}
    assert found == dict(zip("abc", eur("7.33", "7.34", "7.33"), strict=True))


def test_an_sku_on_equal_lines_comes_back_in_the_order_of_their_ids():
    lines = [Line("tea", 4, quantity=2, id=name) for name in ("b", "a")]
    reversal = reverse(bought(*lines), {"tea": 3}, policy="as_paid")

    assert reversal.returned == {"a": 2, "b": 1}


def test_an_id_goes_before_an_sku_of_the_same_name():
    receipt = bought(Line("tea", 4, quantity=2, id="x"), Line("x", 7, quantity=2))

    reversal = reverse(receipt, {"x": 2}, policy="as_paid")
    assert (reversal.refund, reversal.lines[0].returned) == (8, 2)


def test_ids_are_taken_before_the_skus_of_the_same_return():
    receipt = bought(Line("tea", 4, id="y"), Line("tea", 4, id="z"))

    assert reverse(receipt, {"tea": 1, "y": 1}, policy="as_paid").returned == {"y": 1, "z": 1}


def test_an_sku_at_two_prices_comes_back_by_id_or_whole():
    receipt = bought(Line("tea", 4, id="old", quantity=2), Line("tea", 5, id="new"))

    assert reverse(receipt, {"new": 1}, policy="as_paid").refund == 5
    assert reverse(receipt, {"tea": 3}, policy="as_paid").refund == 13
    rest = reverse(receipt, {"new": 1}, policy="as_paid")
    assert reverse(rest, {"tea": 1}, policy="as_paid").refund == 4


@BOTH
def test_a_full_return_refunds_what_was_paid_and_keeps_nothing(policy):
    reversal = reverse(coffees(), {"espresso": 4, "flat white": 2, "brownie": 1}, policy=policy)

    assert (reversal.refund, reversal.refunded, reversal.total) == tuple(eur("18.30", "18.30", "0"))
    assert reversal.kept is None
    assert [decision.offer for decision in reversal.broken] == ["sixth free"]


def test_what_is_kept_is_a_basket():
    reversal = reverse(coffees(), {"espresso": 3, "brownie": 1}, policy="as_paid")

    assert reversal.kept == Basket(
        [
            Line("espresso", Decimal("2.50"), tags={"coffee"}),
            Line("flat white", Decimal("3.80"), quantity=2, tags={"coffee"}),
        ],
        currency="EUR",
    )


def test_an_offer_that_broke_says_what_is_missing():
    reversal = reverse(coffees(), {"flat white": 2}, policy="as_paid")

    assert [(lost.offer, lost.outcome, lost.units_missing) for lost in reversal.broken] == [
        ("sixth free", "not_met", 2)
    ]
    assert [str(reason) for reason in reversal.reasons] == ["offer broken: found sixth free, needed 2 more units"]


def with_shipping(*offers):
    return bought(
        Line("lamp", 30, quantity=2),
        Line("parcel", Decimal("4.90"), kind="shipping"),
        Line("wrap", 2, kind="fee"),
        offers=offers,
    )


@BOTH
def test_shipping_and_fees_stay_paid_unless_named(policy):
    reversal = reverse(with_shipping(), {"lamp": 2}, policy=policy)

    assert (reversal.refund, reversal.total, len(reversal.kept)) == (60, Decimal("6.90"), 2)
    assert refunds(with_shipping(), {"lamp": 1, "parcel": 1}, {"wrap": 1}, policy=policy) == eur("34.90", "2")


@pytest.mark.parametrize("refund", ["as_paid", "recompute"])
def test_shipping_may_go_back_with_the_last_of_the_goods(refund):
    policy = ReturnPolicy(refund, shipping="refund_with_last")

    assert refunds(with_shipping(), {"lamp": 1}, {"lamp": 1}, policy=policy) == eur("30", "34.90")
    assert reverse(with_shipping(), {"lamp": 2}, policy=policy).returned == {"lamp": 2, "parcel": 1}


def test_free_shipping_is_charged_where_its_threshold_breaks_and_not_for_nothing():
    free = Offer("free shipping from 50", ShippingOff(), conditions=Spend(50, price="list"))
    receipt = with_shipping(free)

    assert receipt.total == 62
    first = reverse(receipt, {"lamp": 1}, policy="recompute")
    assert (first.refund, first.total) == (Decimal("25.10"), Decimal("36.90"))
    # once no goods are kept, shipping stays as it was charged: nothing
    second = reverse(first, {"lamp": 1}, policy="recompute")
    assert (second.refund, second.refunded, second.total) == (Decimal("34.90"), 60, 2)


DENTED = PercentOff(40, Line.fields.id == "dented")


@pytest.mark.parametrize("benefit", [DENTED, Together([DENTED])], ids=["alone", "inside another"])
def test_lines_that_an_offer_tells_apart_by_id_are_not_alike(benefit):
    lines = [Line("coat", 100, id="dented"), Line("coat", 100, id="sound")]
    receipt = bought(*lines, offers=[Offer("dented", benefit)])

    assert reverse(receipt, {"dented": 1}, policy="as_paid").refund == 60
    assert reverse(receipt, {"sound": 1}, policy="as_paid").refund == 100
    assert reverse(receipt, {"sound": 1}, policy="recompute").refund == 100
