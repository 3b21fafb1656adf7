"""Gifts, points, entitlements, shipping, and several benefits at once."""

from decimal import Decimal

import pytest
from offer_results import ANY, COFFEE, TEA, costs, line, receipt_of, saved, units

from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.loyalty import (
    AmountOff,
    AmountOffEach,
    Bundle,
    BuyXGetY,
    Effect,
    Entitlement,
    Gift,
    Limits,
    Line,
    Offer,
    Part,
    PercentOff,
    PointsFactor,
    ShippingOff,
    Spend,
    Tiered,
    TierStep,
    Together,
    UnitCount,
)

TIN = Line("tin", 9)
PARCEL = line("parcel", "4.99", kind="shipping")


def given(receipt):
    """Say which gifts there are, and how many of each."""
    return [(each.line.sku, each.line.quantity) for each in receipt.lines if each.line.kind == "gift"]


# Gifts


def test_a_gift_is_a_line_at_no_price_that_keeps_its_worth():
    receipt = receipt_of([line("tea", "4.00")], Offer("a tin", Gift(Line("tin", 9, tags={"metal"}, id="t1"))))
    tea, tin = receipt.lines

    assert (tea.line.kind, tea.total) == ("goods", 4)
    assert tin.line == Line("tin", 0, tags={"metal"}, kind="gift", list_price=9)
    assert (tin.subtotal, tin.discount, tin.total, tin.free_units) == (0, 0, 0, 1)
    assert [(cut.offer, cut.amount) for group in tin.groups for cut in group.cuts] == [("a tin", 0)]
    assert (receipt.subtotal, receipt.discount, receipt.total) == (4, 0, 4)
    assert receipt.effects == (Effect("gift", "a tin", line=tin.line),)
    assert receipt.rows()[1] == {
        "sku": "tin",
        "kind": "gift",
        "units": 1,
        "free": 1,
        "subtotal": 0,
        "discount": 0,
        "total": 0,
        "offers": "a tin",
    }


def test_a_gift_comes_with_an_empty_basket_too():
    receipt = receipt_of([], Offer("a tin", Gift(TIN)))

    assert (given(receipt), receipt.total, receipt.trace[0].outcome) == ([("tin", 1)], 0, "applied")


@pytest.mark.parametrize(
    ("number", "once", "each_time"), [(1, [], []), (2, [("tin", 3)], [("tin", 3)]), (5, [("tin", 3)], [("tin", 6)])]
)
def test_a_gift_comes_once_or_each_time_that_units_are_used_up(number, once, each_time):
    teas, two = [line("tea", "4.00", number)], UnitCount(2, TEA, consume=True)
    gift = Line("tin", 9, quantity=3)

    assert given(receipt_of(teas, Offer("x", Gift(gift), conditions=two))) == once
    assert given(receipt_of(teas, Offer("x", Gift(gift, each_time=True), conditions=two))) == each_time
    # Of a condition that uses nothing up, as many times as the basket meets it.
    assert given(receipt_of(teas, Offer("x", Gift(gift, each_time=True), conditions=UnitCount(2, TEA)))) == each_time


@pytest.mark.parametrize(
    ("spent", "off", "times"), [("19.99", 0, 0), ("20.00", 2, 1), ("39.99", 2, 1), ("40.00", 4, 2), ("65.00", 6, 3)]
)
def test_so_much_off_for_every_so_much_spent(spent, off, times):
    offer = Offer("x", AmountOff(2, each_time=True), conditions=Spend(20, price="list"))
    receipt = receipt_of([line("lamp", spent)], offer)

    assert (receipt.discount, receipt.trace[0].times) == (off, times)


def test_an_amount_for_each_time_comes_no_more_often_than_an_order_may_have_it():
    conditions = [Spend(20, price="list"), UnitCount(2)]
    lines = [line("tea", "25.00", 5)]  # 125.00 spent, and five units: twice two

    for most, off in ((None, 4), (3, 4), (2, 4), (1, 2)):
        offer = Offer("x", AmountOff(2, each_time=True), conditions=conditions, limits=Limits(per_order=most))
        assert receipt_of(lines, offer).discount == off
    assert receipt_of(lines, Offer("x", AmountOff(2, each_time=True))).discount == 2


def test_a_gift_meets_no_condition_and_is_in_no_range():
    offers = [
        Offer("a tin", Gift(Line("tin", 9, tags={"tea"}))),
        Offer("two", PercentOff(10), conditions=UnitCount(2), lane=1),
        Offer("teas", BuyXGetY(buy=1, get=1, items=TEA), lane=1),
    ]
    receipt = receipt_of([line("tea", "4.00")], *offers)

    assert [(found.outcome, found.units_missing) for found in receipt.trace[1:]] == [("not_met", 1), ("not_met", 1)]


def test_a_gift_is_worth_its_price_to_the_customer():
    offers = [Offer("a tin", Gift(TIN), group="thanks"), Offer("off", AmountOff(8), group="thanks")]

    assert saved(receipt_of([line("rug", "20.00")], *offers)) == {"a tin": "0.00"}
    offers[1] = Offer("off", AmountOff(10), group="thanks")
    assert saved(receipt_of([line("rug", "20.00")], *offers)) == {"off": "10.00"}


def test_a_line_that_is_a_gift_already_keeps_its_list_price():
    receipt = receipt_of([], Offer("x", Gift(Line("tin", 0, kind="gift", list_price=9))))

    assert receipt.lines[0].line.list_price == 9


def test_gifts_come_in_the_order_of_their_offers():
    gifts = [Offer(name, Gift(Line(f"gift of {name}", 1))) for name in "cab"]

    assert given(receipt_of([], *gifts)) == [("gift of a", 1), ("gift of b", 1), ("gift of c", 1)]


# Effects


def test_points_and_entitlements_are_effects_and_use_no_unit():
    offers = [
        Offer("points", PointsFactor(2, COFFEE)),
        Offer("early", Entitlement("early access", {"days": 2})),
        Offer("tenth", PercentOff(10)),
    ]
    receipt = receipt_of([line("coffee", "4.00")], *offers)

    assert receipt.effects == (
        Effect("entitlement", "early", name="early access", details={"days": 2}),
        Effect("points_factor", "points", amount=Decimal(2), items=COFFEE),
    )
    assert saved(receipt) == {"points": "0.00", "early": "0.00", "tenth": "0.40"}
    assert [found.times for found in receipt.trace] == [1, 1, 1]


def test_an_effect_comes_once_however_often_its_condition_is_met():
    offer = Offer("points", PointsFactor(2), conditions=UnitCount(2, consume=True))

    assert receipt_of([line("tea", "4.00", 7)], offer).effects == (
        Effect("points_factor", "points", amount=Decimal(2)),
    )


def test_an_effect_waits_for_its_condition():
    receipt = receipt_of([line("tea", "4.00")], Offer("early", Entitlement("early access"), conditions=UnitCount(2)))

    assert (receipt.effects, receipt.trace[0].units_missing) == ((), 1)


# Shipping


@pytest.mark.parametrize(
    ("benefit", "off"),
    [
        (ShippingOff(), "4.99"),
        (ShippingOff(percent=100), "4.99"),
        (ShippingOff(percent=50), "2.50"),
        (ShippingOff(amount=3), "3.00"),
        (ShippingOff(amount=5), "4.99"),
    ],
)
def test_shipping_is_reduced_and_nothing_else(benefit, off):
    goods = [line("tea", "4.00"), line("bag", "1.00", kind="fee")]
    receipt = receipt_of([*goods, PARCEL], Offer("ship", benefit))

    assert saved(receipt) == {"ship": off}
    assert [str(each.total) for each in receipt.lines[:2]] == ["4.00", "1.00"]


def test_an_amount_off_shipping_is_spread_over_its_lines():
    lines = [line("parcel", "4.00", kind="shipping"), line("crate", "2.00", kind="shipping")]

    assert costs(receipt_of(lines, Offer("ship", ShippingOff(amount=3)))) == {"parcel": "2.00", "crate": "1.00"}


def test_shipping_stops_at_its_floor():
    lines = [line("parcel", "4.00", kind="shipping", floor_price=Decimal("1.50"))]

    assert receipt_of(lines, Offer("ship", ShippingOff())).total == Decimal("1.50")
    assert receipt_of(lines, Offer("ship", ShippingOff(amount=3))).total == Decimal("1.50")


def test_without_a_line_for_it_no_shipping_is_reduced():
    (decision,) = receipt_of([line("tea", "4.00")], Offer("ship", ShippingOff())).trace

    # Before the till knows what shipping costs, no unit is missing for it to be free.
    assert (decision.outcome, decision.reason, decision.units_missing) == ("not_met", "no_shipping", 0)
    assert decision.missing == ()


# Several benefits at once


@pytest.mark.parametrize(
    ("benefits", "paid"),
    [
        ([PercentOff(10), AmountOffEach(1)], "17.00"),
        ([AmountOffEach(1), PercentOff(10)], "17.00"),  # each on the same price
        ([PercentOff(10), PercentOff(10)], "16.00"),
        ([PercentOff(60), PercentOff(60)], "0.00"),
        ([PercentOff(60), AmountOffEach(9)], "0.00"),
        ([AmountOff(3), AmountOff(4), AmountOffEach(5)], "8.00"),
        ([PercentOff(10)], "18.00"),
    ],
)
def test_what_several_benefits_take_off_a_unit_adds_up_to_its_price_at_most(benefits, paid):
    receipt = receipt_of([line("rug", "20.00")], Offer("both", Together(benefits)))

    assert costs(receipt) == {"rug": paid}
    assert [found.offer for found in receipt.lines[0].adjustments] == ["both"]


def test_several_benefits_stop_at_the_floors():
    lines = [line("rug", "20.00", floor_price=Decimal(7)), line("tea", "20.00")]

    assert costs(receipt_of(lines, Offer("both", Together([PercentOff(50), AmountOffEach(8)]), floor=3))) == {
        "rug": "7.00",
        "tea": "3.00",
    }


def test_a_free_unit_loses_no_more_than_its_price():
    both = Together([BuyXGetY(buy=2, get=1, items=ANY), PercentOff(10)])
    receipt = receipt_of([line("tea", "3.00", 3)], Offer("both", both))

    # One is free, and 0.30 come off the two others.
    assert units(receipt, "tea") == [(1, "0.00"), (2, "2.70")]
    assert (receipt.discount, receipt.lines[0].free_units) == (Decimal("3.60"), 1)


def test_amounts_that_differ_between_equal_units_add_up_unit_by_unit():
    both = Together([AmountOff(Decimal("0.05")), AmountOffEach(1)])

    # 5 cents over three units are 2, 2 and 1.
    assert units(receipt_of([line("tea", "5.00", 3)], Offer("both", both)), "tea") == [(2, "3.98"), (1, "3.99")]
    three = Together([AmountOff(Decimal("0.05")), AmountOff(Decimal("0.04")), PercentOff(50, units=1)])
    # 2 + 2 + 250 on the first, 2 + 1 on the second, 1 + 1 on the third.
    assert units(receipt_of([line("tea", "5.00", 3)], Offer("x", three)), "tea") == [
        (1, "2.46"),
        (1, "4.97"),
        (1, "4.98"),
    ]


def test_benefits_of_different_ranges_go_together():
    both = Together([PercentOff(10, TEA), AmountOffEach(1, COFFEE), ShippingOff(), Gift(TIN), PointsFactor(3)])
    receipt = receipt_of([line("tea", "5.00"), line("coffee", "4.00"), line("cup", "9.00"), PARCEL], Offer("all", both))

    assert [str(each.total) for each in receipt.lines] == ["4.50", "3.00", "9.00", "0.00", "0.00"]
    assert [effect.kind for effect in receipt.effects] == ["gift", "points_factor"]
    assert saved(receipt) == {"all": "6.49"}


def test_of_several_benefits_those_apply_that_can():
    both = Together([BuyXGetY(buy=2, get=1, items=ANY), PercentOff(10)])

    assert saved(receipt_of([line("tea", "3.00", 2)], Offer("both", both))) == {"both": "0.60"}


def test_where_none_of_several_benefits_can_apply_the_nearest_is_told():
    both = Together([BuyXGetY(buy=5, get=1, items=TEA), BuyXGetY(buy=2, get=2, items=TEA)])
    (decision,) = receipt_of([line("tea", "3.00", 3)], Offer("both", both)).trace

    assert (decision.outcome, decision.units_missing) == ("not_met", 1)


def test_where_none_of_several_benefits_can_apply_what_is_missing_is_told_in_money_too():
    below = Tiered([TierStep(50, percent=10)])
    (decision,) = receipt_of([line("rug", "20.00")], Offer("x", Together([below]))).trace

    assert (decision.outcome, decision.units_missing, decision.money_missing) == ("not_met", 0, 30)
    assert [reason.code for reason in decision.reasons] == ["spend"]


def test_of_several_benefits_a_step_that_is_not_reached_keeps_the_others_in():
    both = Together([Tiered([TierStep(50, percent=10)]), AmountOff(3)])

    assert saved(receipt_of([line("rug", "20.00")], Offer("x", both), Offer("y", AmountOff(2)))) == {"x": "3.00"}


@pytest.mark.parametrize("beside", [PointsFactor(2), AmountOffEach(1, units=1)], ids=repr)
@pytest.mark.parametrize(("each_time", "number"), [(False, 1), (True, 2)])
def test_a_gift_beside_other_benefits_comes_once_or_each_time_too(beside, each_time, number):
    both = Together([Gift(TIN, each_time=each_time), beside])
    receipt = receipt_of([line("tea", "4.00", 5)], Offer("x", both, conditions=UnitCount(2, consume=True)))

    assert (given(receipt), receipt.trace[0].times) == ([("tin", number)], 2)


def test_of_several_benefits_a_bundle_that_is_not_full_keeps_the_others_in():
    both = Together([Bundle(5, [Part(3, TEA)]), AmountOff(3, COFFEE)])
    lines = [line("tea", "4.00"), line("coffee", "4.00")]

    assert saved(receipt_of(lines, Offer("x", both), Offer("y", AmountOff(2, COFFEE)))) == {"x": "3.00"}


def test_units_that_one_of_several_benefits_uses_serve_no_other_offer():
    both = Offer("both", Together([Bundle(5, [Part(2, TEA)]), AmountOffEach(1, COFFEE)]))
    lines = [line("tea", "4.00", 3), line("coffee", "4.00")]

    # 3 + 1, and half off the tea left over.
    assert saved(receipt_of(lines, both, Offer("half", PercentOff(50, units=1)))) == {"both": "4.00", "half": "2.00"}


# What is refused


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Gift("tin"), InvalidTypeError, "a gift is a Line, got 'tin'"),
        (lambda: Gift(TIN, each_time=1), InvalidTypeError, "each_time must be True or False, got 1"),
        (lambda: PointsFactor(0), InvalidValueError, "factor must be above 0, got 0"),
        (lambda: PointsFactor(1.5), InvalidTypeError, "factor must be a Decimal or an int, got 1.5; write Decimal('1.5')"),
        (lambda: PointsFactor(2, "tea"), InvalidTypeError, "items must be a predicate about Line.fields, got 'tea'"),
        (lambda: Entitlement(""), InvalidValueError, "the name of an entitlement must not be blank, got ''"),
        (lambda: Entitlement(5), InvalidTypeError, "the name of an entitlement must be text, got 5"),
        (lambda: Entitlement("x", "y"), InvalidTypeError, "details must be a mapping from text, got 'y'"),
        (lambda: ShippingOff(percent=50, amount=2), InvalidValueError, "shipping is reduced by a percentage or by an amount"),
        (lambda: ShippingOff(percent=0), InvalidValueError, "percent must be above 0 and at most 100, got 0"),
        (lambda: ShippingOff(amount=0), InvalidValueError, "amount must be above 0, got 0"),
        (lambda: Together([]), InvalidValueError, "at least one benefit must be given"),
        (lambda: Together([5]), InvalidTypeError, "what is given together must be benefits, such as PercentOff(10), got 5"),
        (lambda: Together([Together([PercentOff(5)])]), InvalidTypeError, "what is given together must be benefits"),
        (lambda: Together(PercentOff(5)), InvalidTypeError, "expected a list of values, got PercentOff"),
    ],
)  # fmt: skip
def test_a_benefit_that_makes_no_sense_is_refused(make, error, message):
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value).startswith(message)


def test_the_price_of_a_gift_needs_the_decimals_of_the_currency():
    gift = Gift(Line("tin", Decimal("0.005")))

    with pytest.raises(InvalidValueError, match=r"^the gift of 'x' 0.005 has 3 decimals, EUR has 2; round it first$"):
        receipt_of([], Offer("x", gift))
