"""Budgets cap what can be divided and allow fewer applications of the rest; so much per order."""

from decimal import Decimal

import pytest
from offer_results import ANY, COFFEE, TEA, costs, line, receipt_of, saved

from cxkit.errors import InvalidValueError
from cxkit.loyalty import (
    AmountOff,
    AmountOffEach,
    Bundle,
    BuyXGetY,
    Claim,
    FixedPrice,
    Gift,
    Limits,
    Line,
    Offer,
    OfferPolicy,
    Part,
    PercentOff,
    PointsFactor,
    ShippingOff,
    Tiered,
    TierStep,
    Together,
    UnitCount,
    Usage,
)

RUG = [line("rug", "100.00")]


def limited(benefit, budget, **terms):
    return Offer("x", benefit, limits=Limits(budget=budget), **terms)


def off(lines, benefit, budget, spent=0):
    """Return what an offer with a budget takes off, of which something may be spent."""
    return str(receipt_of(lines, limited(benefit, budget), used={"x": Usage(spent=spent)}).discount)


# What can be divided


@pytest.mark.parametrize(
    "benefit",
    [
        PercentOff(10),
        PercentOff(10, cap=9),
        AmountOff(10),
        AmountOffEach(10),
        FixedPrice(90),
        Tiered([TierStep(50, percent=10)]),
        Tiered([TierStep(50, amount=10)]),
        Tiered([TierStep(0, percent=10)], marginal=True),
    ],
    ids=repr,
)
@pytest.mark.parametrize(
    ("budget", "spent", "left"), [(6, 0, "6.00"), (1000, 994, "6.00"), (Decimal("6.01"), 6, "0.01")]
)
def test_a_budget_caps_what_can_be_divided(benefit, budget, spent, left):
    assert off(RUG, benefit, budget, spent) == left
    # And does not matter where it holds all of it.
    assert off(RUG, benefit, 5000, spent) == off(RUG, benefit, 6000, 0)


def test_a_budget_caps_shipping():
    lines = [line("parcel", "5.00", kind="shipping")]

    assert (off(lines, ShippingOff(), 3), off(lines, ShippingOff(amount=4), 3)) == ("3.00", "3.00")


def test_a_budget_is_spread_as_the_discount_would_be():
    lines = [line("a", "60.00"), line("b", "40.00")]

    assert costs(receipt_of(lines, limited(PercentOff(20), 5))) == {"a": "57.00", "b": "38.00"}
    assert costs(receipt_of(lines, limited(AmountOff(20), 5))) == {"a": "57.00", "b": "38.00"}


@pytest.mark.parametrize("round_each", ["offer", "line", "unit"])
def test_a_budget_holds_however_is_rounded(round_each):
    lines = [line("a", "0.05", 3), line("b", "0.15", 3)]
    receipt = receipt_of(lines, limited(PercentOff(50), Decimal("0.10")), policy=OfferPolicy(round_each=round_each))

    assert receipt.discount == Decimal("0.10")


def test_the_lower_of_cap_and_budget_holds():
    assert (off(RUG, PercentOff(50, cap=8), 9), off(RUG, PercentOff(50, cap=9), 8)) == ("8.00", "8.00")


# What applies a whole number of times


@pytest.mark.parametrize(
    ("budget", "times"), [(Decimal("2.99"), 0), (3, 1), (Decimal("5.99"), 1), (6, 2), (8, 2), (9, 3), (100, 3)]
)
@pytest.mark.parametrize(
    "benefit",
    [
        BuyXGetY(buy=1, get=1, items=ANY),
        BuyXGetY(buy=2, get=1, items=ANY, reading="included"),
        Bundle(3, [Part(2)]),
    ],
    ids=repr,
)
def test_a_budget_allows_so_many_applications(benefit, budget, times):
    receipt = receipt_of([line("tea", "3.00", 6)], limited(benefit, budget))

    assert (receipt.discount, receipt.trace[0].times) == (3 * times, times)


def test_a_budget_allows_the_applications_that_it_holds_of_cheap_and_dear_units():
    # One free of two: 1, 2 and 3 in this order. Two take 3, and three take 6.
    lines = [
        line(sku, price) for sku, price in zip("abcdef", ("1.00", "2.00", "3.00", "4.00", "5.00", "6.00"), strict=True)
    ]

    assert [off(lines, BuyXGetY(buy=1, get=1, items=ANY), budget) for budget in (1, 2, 3, 5, 6)] == [
        "1.00",
        "1.00",
        "3.00",
        "3.00",
        "6.00",
    ]


def test_several_benefits_apply_whole_or_not_at_all():
    both = Together([PercentOff(10), AmountOff(5)])

    assert (off(RUG, both, 15), off(RUG, both, 14)) == ("15.00", "0.00")


def test_an_offer_that_its_budget_does_not_hold_once_is_at_its_limit():
    receipt = receipt_of([line("tea", "3.00", 2)], limited(BuyXGetY(buy=1, get=1, items=ANY), 2))

    assert (receipt.trace[0].outcome, receipt.trace[0].units_missing) == ("limit_reached", 0)
    assert [(reason.code, reason.needed) for reason in receipt.trace[0].reasons] == [("budget_left", 3)]


# With conditions that are used up


@pytest.mark.parametrize(
    ("budget", "discount", "times"), [(3, 3, 1), (4, 4, 1), (10, 10, 3), (12, 12, 3), (100, 20, 5)]
)
def test_the_last_application_takes_what_is_left_where_it_can_be_divided(budget, discount, times):
    offer = limited(AmountOffEach(4, units=1), budget, conditions=UnitCount(2, consume=True))
    receipt = receipt_of([line("tea", "9.00", 10)], offer)

    assert (receipt.discount, receipt.trace[0].times) == (discount, times)


@pytest.mark.parametrize(("budget", "discount"), [(2, 0), (3, 3), (8, 6), (9, 9), (50, 9)])
def test_an_application_that_cannot_be_divided_is_left_out(budget, discount):
    free = BuyXGetY(buy=1, get=1, items=TEA)
    offer = limited(free, budget, conditions=UnitCount(1, COFFEE, consume=True))

    assert receipt_of([line("tea", "3.00", 10), line("coffee", "9.00", 3)], offer).discount == discount


def test_a_gift_costs_no_budget():
    offer = limited(Gift(Line("tin", 9), each_time=True), 1, conditions=UnitCount(2, consume=True))
    receipt = receipt_of([line("tea", "3.00", 6)], offer)

    assert (receipt.trace[0].times, receipt.lines[1].line.quantity, receipt.claims) == (3, 3, ())
    assert receipt_of([], limited(PointsFactor(2), 1)).claims == ()


# Beside others


def test_an_offer_that_costs_its_budget_is_chosen_for_what_it_may_take():
    offers = [limited(AmountOff(50), 10), Offer("y", AmountOff(20))]

    assert saved(receipt_of(RUG, *offers)) == {"y": "20.00"}


def test_an_offer_on_each_unit_with_a_budget_does_not_share_units():
    offers = [limited(PercentOff(50), 30), Offer("y", PercentOff(20))]
    lines = [line("a", "100.00"), line("b", "10.00")]

    # 30 in all, against 22 in all.
    assert saved(receipt_of(lines, *offers)) == {"x": "30.00"}


def test_a_budget_frees_units_for_other_offers():
    offers = [limited(BuyXGetY(buy=1, get=1, items=ANY), 3), Offer("y", PercentOff(10))]

    # One of two is free; ten percent of the four left over.
    assert saved(receipt_of([line("tea", "3.00", 6)], *offers)) == {"x": "3.00", "y": "1.20"}


# Claims and the limit itself


def test_what_is_taken_off_is_claimed_of_the_budget():
    offer = limited(PercentOff(10), 20)
    receipt = receipt_of(RUG, offer, used={"x": Usage(spent=Decimal("12.50"))})

    assert receipt.claims == (Claim(offer="x", limit="budget", amount=Decimal("7.50"), expected=Decimal("12.50")),)


@pytest.mark.parametrize("spent", [20, 21])
def test_a_budget_that_is_spent_is_a_limit_that_is_reached(spent):
    (decision,) = receipt_of(RUG, limited(PercentOff(10), 20), used={"x": Usage(spent=spent)}).trace

    assert (decision.outcome, [(reason.code, reason.found, reason.needed) for reason in decision.reasons]) == (
        "limit_reached",
        [("budget", spent, 20)],
    )


def test_a_budget_finer_than_the_currency_is_refused_by_name():
    with pytest.raises(
        InvalidValueError, match=r"^the budget left of 'x' 0.005 has 3 decimals, EUR has 2; round it first$"
    ):
        receipt_of(RUG, limited(PercentOff(10), Decimal("0.005")))


# In one order


@pytest.mark.parametrize(
    ("benefit", "discounts"),
    [
        (BuyXGetY(buy=1, get=1, items=ANY), {1: 3, 2: 6, 3: 9, 4: 9}),
        (Bundle(4, [Part(2)]), {1: 2, 2: 4, 3: 6, 4: 6}),
        (AmountOff(2), {1: 2, 2: 2}),
        (PercentOff(50), {1: 9, 2: 9}),
    ],
    ids=repr,
)
def test_an_offer_applies_so_often_in_one_order(benefit, discounts):
    lines = [line("tea", "3.00", 6)]
    found = {number: receipt_of(lines, Offer("x", benefit, limits=Limits(per_order=number))) for number in discounts}

    assert {number: receipt.discount for number, receipt in found.items()} == discounts


def test_added_units_come_so_often_in_one_order():
    offer = Offer("x", BuyXGetY(buy=2, get=1, items=ANY, reading="added"), limits=Limits(per_order=2))

    assert receipt_of([line("tea", "3.00", 9)], offer).lines[1].line.quantity == 2
