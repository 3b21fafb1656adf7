"""Conditions that are used up: which units they take, and how often the offer applies."""

from decimal import Decimal

import pytest
from offer_results import ANY, COFFEE, TEA, costs, line, receipt_of, saved

from cxkit.loyalty import (
    AmountOffEach,
    Bundle,
    BuyXGetY,
    DistinctSkus,
    Gift,
    Limits,
    Line,
    Offer,
    Part,
    PercentOff,
    Spend,
    UnitCount,
)

BILLION = 10**9
FREE_TEA = PercentOff(100, TEA, units=1)
TIN = Gift(Line("tin", 1), each_time=True)


def times(lines, *conditions, benefit=TIN, **terms):
    """Return how often an offer with conditions applies."""
    (decision,) = receipt_of(lines, Offer("x", benefit, conditions=conditions, **terms)).trace
    return decision.times


def left_over(lines, *conditions, benefit=TIN):
    """Return the things of which another offer of the lane finds a unit, once an offer has used up its own."""
    rest = Offer("rest", AmountOffEach(Decimal("0.01"), units=10**6))
    receipt = receipt_of(lines, Offer("x", benefit, conditions=conditions), rest)
    return {
        each.line.sku: sum(found.units for found in each.adjustments if found.offer == "rest")
        for each in receipt.lines
        if any(found.offer == "rest" for found in each.adjustments)
    }


# Units


@pytest.mark.parametrize(
    ("coffees", "teas", "often"),
    [(1, 3, 0), (2, 3, 1), (4, 3, 2), (5, 3, 2), (6, 3, 3), (9, 3, 3), (4, 1, 1), (4, 0, 0)],
)
def test_each_free_tea_uses_up_two_coffees(coffees, teas, often):
    lines = [
        line(sku, price, number)
        for sku, price, number in (("coffee", "3.00", coffees), ("tea", "2.00", teas))
        if number
    ]
    receipt = receipt_of(lines, Offer("x", FREE_TEA, conditions=UnitCount(2, COFFEE, consume=True)))

    assert (receipt.discount, receipt.trace[0].times) == (2 * often, often)


def test_a_condition_that_is_not_used_up_lets_the_offer_apply_once():
    lines = [line("coffee", "3.00", 6), line("tea", "2.00", 3)]

    assert receipt_of(lines, Offer("x", FREE_TEA, conditions=UnitCount(2, COFFEE))).discount == 2


def test_units_that_the_benefit_takes_count_first():
    # Units at 1 to 7. The first time 1 is free and uses up 7 and 6; then 2 uses up 5 and 4; and 3 is left.
    lines = [line(f"sku {price}", f"{price}.00") for price in range(1, 8)]
    receipt = receipt_of(lines, Offer("x", PercentOff(100, units=1), conditions=UnitCount(3, consume=True)))

    assert {sku for sku, paid in costs(receipt).items() if paid == "0.00"} == {"sku 1", "sku 2"}
    assert receipt.trace[0].times == 2


def test_the_benefit_alone_may_fulfil_the_condition():
    """Two of a bundle are the two that are asked for."""
    offer = Offer("x", Bundle(5, [Part(2)]), conditions=UnitCount(2, consume=True))

    assert saved(receipt_of([line("tea", "4.00", 5)], offer)) == {"x": "6.00"}


def test_the_dearest_units_are_used_up():
    lines = [line("a", "5.00"), line("b", "1.00"), line("c", "3.00")]

    assert left_over(lines, UnitCount(2, consume=True)) == {"b": 1}


def test_several_conditions_use_up_units_of_their_own():
    lines = [line("coffee", "3.00", 5), line("tea", "2.00", 9)]
    two_and_one = (UnitCount(2, COFFEE, consume=True), UnitCount(1, TEA, consume=True))

    assert times(lines, *two_and_one) == 2
    assert left_over(lines, *two_and_one) == {"coffee": 1, "tea": 7}


def test_what_one_condition_used_up_counts_for_the_next():
    lines = [line("coffee", "3.00", 5), line("tea", "2.00", 9)]
    two_of_three = (UnitCount(2, COFFEE, consume=True), UnitCount(3, consume=True))

    # Two coffees and a third; then the other two and a tea.
    assert times(lines, *two_of_three) == 2
    assert left_over(lines, *two_of_three) == {"tea": 8}


def test_a_condition_that_is_only_asked_stands_beside_one_that_is_used_up():
    lines = [line("coffee", "3.00", 5), line("tea", "2.00")]

    assert times(lines, UnitCount(2, COFFEE, consume=True), UnitCount(1, TEA)) == 2
    assert times(lines[:1], UnitCount(2, COFFEE, consume=True), UnitCount(1, TEA)) == 0


def test_units_that_may_not_be_discounted_are_used_up_too():
    assert times([line("book", "9.00", 4, discountable=False)], UnitCount(2, consume=True)) == 2


# Money


@pytest.mark.parametrize(("number", "often"), [(2, 0), (3, 1), (5, 1), (6, 2), (8, 2), (9, 3)])
def test_a_sum_uses_up_as_many_units_as_it_takes(number, often):
    assert times([line("tea", "4.00", number)], Spend(10, price="running", consume=True)) == often


def test_a_sum_of_just_so_much_is_enough():
    assert times([line("tea", "5.00", 6)], Spend(10, price="list", consume=True)) == 3


def test_a_cent_that_is_lacking_uses_up_another_unit():
    lines = [line("a", "9.99"), line("b", "5.00"), line("c", "4.00")]

    assert times([line("a", "10.00"), line("b", "9.99")], Spend(10, price="running", consume=True)) == 1
    assert times(lines[:2], Spend(10, price="running", consume=True)) == 1
    assert left_over(lines, Spend(10, price="running", consume=True)) == {"c": 1}


def test_the_dearest_units_make_up_a_sum():
    lines = [line("a", "9.00"), line("b", "5.00"), line("c", "4.00"), line("d", "3.00")]

    # 9 + 5 make ten, and 4 + 3 do not.
    assert times(lines, Spend(10, price="running", consume=True)) == 1
    assert left_over(lines, Spend(10, price="running", consume=True)) == {"c": 1, "d": 1}
    # One of the dearest is enough for 9.
    assert left_over(lines[:2], Spend(9, price="running", consume=True)) == {"b": 1}


def test_what_the_benefit_takes_counts_towards_a_sum_at_its_price_before():
    # The free tea counts 4, and one coffee at 6 does the rest.
    lines = [line("coffee", "6.00", 3), line("tea", "4.00", 2)]
    offer = Offer("x", FREE_TEA, conditions=Spend(10, price="running", consume=True))

    assert saved(receipt_of(lines, offer)) == {"x": "8.00"}


def test_several_units_that_the_benefit_takes_make_up_a_sum():
    two = Offer("x", PercentOff(100, TEA, units=2), conditions=Spend(8, price="running", consume=True))
    decision = receipt_of([line("tea", "4.00", 4)], two).trace[0]

    assert (decision.discount, decision.times) == (16, 2)


def test_units_that_cost_nothing_are_not_used_up_by_a_sum():
    lines = [line("tea", "10.00"), line("water", "0.00", 3)]

    assert times(lines, Spend(10, price="running", consume=True)) == 1
    assert times(lines, Spend(11, price="running", consume=True)) == 0


def test_a_sum_uses_up_units_at_the_prices_that_earlier_lanes_left_or_at_the_first():
    lines, half = [line("tea", "10.00", 4)], Offer("half", PercentOff(50))

    for price, often in (("running", 2), ("list", 4)):
        offer = Offer("x", TIN, conditions=Spend(10, price=price, consume=True), lane=1)
        assert receipt_of(lines, half, offer).decision("x").times == often


# Different things


@pytest.mark.parametrize(
    ("numbers", "often"),
    [
        ((1, 0, 0), 0),
        ((2, 0, 0), 0),
        ((1, 1, 0), 1),
        ((5, 1, 0), 1),
        ((5, 5, 0), 5),
        ((2, 1, 1), 1),  # c and b, which leaves a alone
        ((1, 2, 3), 3),  # c and b twice, and then c and a
    ],
)
def test_each_time_one_unit_of_each_of_the_dearest_things_is_used_up(numbers, often):
    prices = zip("abc", ("1.00", "2.00", "3.00"), numbers, strict=True)

    assert times([line(*each) for each in prices if each[2]], DistinctSkus(2, consume=True)) == often


def test_one_thing_at_two_prices_is_one():
    lines = [line("a", "1.00"), line("a", "2.00"), line("b", "3.00")]

    assert times(lines, DistinctSkus(2, consume=True)) == 1
    assert left_over(lines, DistinctSkus(2, consume=True)) == {"a": 1}
    assert times(lines, DistinctSkus(3, consume=True)) == 0


def test_the_thing_that_the_benefit_takes_is_one_of_them():
    lines = [line("tea", "4.00", 2), line("coffee", "3.00")]
    offer = Offer("x", FREE_TEA, conditions=DistinctSkus(2, consume=True))

    assert saved(receipt_of(lines, offer)) == {"x": "4.00"}
    assert saved(receipt_of([*lines, line("cup", "1.00")], offer)) == {"x": "8.00"}


# How often


def test_an_offer_applies_no_more_often_than_it_may():
    lines = [line("coffee", "3.00", 9), line("tea", "2.00", 9)]

    assert times(lines, UnitCount(2, COFFEE, consume=True), limits=Limits(per_order=3)) == 3
    assert times(lines, UnitCount(2, COFFEE, consume=True), limits=Limits(per_order=9)) == 4


def test_two_offers_do_not_use_up_the_same_units():
    lines = [line("coffee", "3.00", 5)]
    offers = [
        Offer(name, Gift(Line("tin", worth), each_time=True), conditions=UnitCount(number, consume=True))
        for name, worth, number in (("three", 5, 3), ("two", 4, 2))
    ]
    receipt = receipt_of(lines, *offers)

    # A tin of 5 and one of 4; two of 4 would be less.
    assert {found.offer: found.times for found in receipt.trace} == {"three": 1, "two": 1}


@pytest.mark.parametrize(("number", "pairs"), [(6, 1), (10, 3)])
def test_the_best_combination_may_apply_an_offer_less_often(number, pairs):
    offers = [
        Offer("a pair", Gift(Line("tin", 4), each_time=True), conditions=UnitCount(2, consume=True)),
        Offer("four", Gift(Line("box", 9)), conditions=UnitCount(4, consume=True), limits=Limits(per_order=1)),
    ]
    receipt = receipt_of([line("coffee", "3.00", number)], *offers)

    # Of 6 units three tins are 12, a box and a tin 13; of 10 units five tins are 20, a box and three tins 21.
    assert {found.offer: found.times for found in receipt.trace} == {"a pair": pairs, "four": 1}


def test_added_units_may_come_less_often():
    offers = [
        Offer("a unit more", BuyXGetY(buy=2, get=1, items=ANY, reading="added")),
        Offer("six", Gift(Line("box", 10)), conditions=UnitCount(6, consume=True)),
    ]
    receipt = receipt_of([line("coffee", "3.00", 10)], *offers)

    # Five coffees more are worth 15; a box and two of them 16.
    assert {found.offer: found.times for found in receipt.trace} == {"a unit more": 2, "six": 1}


@pytest.mark.parametrize(
    ("conditions", "often"),
    [
        ([UnitCount(3, consume=True)], 2 * BILLION // 3),
        ([UnitCount(2, COFFEE, consume=True)], BILLION // 2),
        ([Spend(7, price="running", consume=True)], BILLION // 3 + BILLION // 4),
        ([DistinctSkus(2, consume=True)], BILLION),
        ([UnitCount(2, COFFEE, consume=True), UnitCount(4, TEA, consume=True)], BILLION // 4),
    ],
    ids=["units", "coffees", "money", "skus", "both"],
)
def test_a_thousand_million_units_are_used_up_in_no_time(conditions, often):
    # At 3 and 2: three coffees make 7, and four teas; the single coffee left over makes 7 with two teas.
    lines = [line("coffee", "3.00", BILLION), line("tea", "2.00", BILLION)]

    assert times(lines, *conditions) == often


def test_a_thousand_million_units_that_offers_compete_for_come_to_an_end():
    lines = [line("coffee", "3.00", BILLION), line("tea", "2.00", BILLION)]
    offers = [
        Offer("a", TIN, conditions=UnitCount(3, consume=True)),
        Offer("b", AmountOffEach(1, units=1), conditions=Spend(7, price="running", consume=True)),
        Offer("c", FREE_TEA, conditions=DistinctSkus(2, consume=True)),
        Offer("d", BuyXGetY(buy=2, get=1, items=ANY)),
        Offer("e", Bundle(4, [Part(1, COFFEE), Part(1, TEA)])),
    ]
    receipt = receipt_of(lines, *offers, nodes=50)

    # A tea free with a coffee a thousand million times is one way.
    worth = receipt.discount + sum(each.line.quantity for each in receipt.lines if each.line.kind == "gift")
    assert worth >= 2 * BILLION
    assert receipt.gap >= 0
