"""Faults that were found by trying offers at random, each with the smallest basket that showed it."""

from decimal import Decimal

import pytest
from offer_results import ANY, line, receipt_of

from cxkit.loyalty import (
    AmountOffEach,
    Basket,
    Bundle,
    BuyXGetY,
    Limits,
    Line,
    Offer,
    OfferPolicy,
    Part,
    PercentOff,
    Together,
    apply_offers,
    reverse,
)

TAGGED = Line.fields.tags.contains("b")
CENT = Decimal("0.01")


@pytest.mark.parametrize("policy", [OfferPolicy.oscar_like(), OfferPolicy.saleor_like(), OfferPolicy(remainder="last")])
def test_a_cap_takes_no_more_off_a_unit_than_it_costs(policy):
    receipt = receipt_of(
        [line(sku, "0.01") for sku in "abcd"], Offer("o", PercentOff(100, cap=3 * CENT)), policy=policy
    )

    assert sorted(each.total for each in receipt.lines) == [0, 0, 0, CENT]


def test_a_cap_that_is_rounded_by_shares_takes_no_more_off_a_unit_than_it_costs():
    lines = [line("a", "0.03"), *(line(f"l{number}", "0.10") for number in range(9))]
    receipt = receipt_of(lines, Offer("o", PercentOff(100, cap=87 * CENT)), policy=OfferPolicy.sylius_like())

    assert receipt.discount == 87 * CENT
    assert all(each.total >= 0 for each in receipt.lines)


def test_a_cap_takes_no_unit_below_its_floor():
    lines = [line(sku, "1.00", floor_price=99 * CENT) for sku in "abcd"]
    receipt = receipt_of(lines, Offer("o", PercentOff(50, cap=3 * CENT)), policy=OfferPolicy.saleor_like())

    assert sorted(each.total for each in receipt.lines) == [99 * CENT, 99 * CENT, 99 * CENT, 1]


def dearest(get, **options):
    return Offer("o", BuyXGetY(buy=1, get=get, items=TAGGED, rewards=ANY, pick="dearest"), **options)


@pytest.mark.parametrize(
    ("dear", "cheap", "get", "budget", "discount"),
    [
        # Applied k times, 6 - k of the units at 10 can be free, and the rest of 2 k units at 1.
        (6, 12, 2, 35, 33),  # three times: 3 at 10 and 3 at 1
        (6, 12, 2, 100, 40),  # twice: 4 at 10
        # Once, a unit at 10 is free; twice, both pay for those at 1.
        (2, 2, 1, 5, 2),
        (2, 2, 1, 10, 10),
    ],
)
def test_a_budget_holds_where_more_applications_may_save_less(dear, cheap, get, budget, discount):
    lines = [Line("b", 10, quantity=dear, tags={"b"}), Line("c", 1, quantity=cheap)]

    assert receipt_of(lines, dearest(get, limits=Limits(budget=budget))).discount == discount


def test_what_is_not_tried_is_in_the_gap():
    """2,000 times would save 40,000.00; of 6,000 counts only some are tried."""
    lines = [Line("b", 10, quantity=6000, tags={"b"}), Line("c", 1, quantity=12000)]
    receipt = receipt_of(lines, dearest(2))

    assert receipt.discount > 39_900
    assert receipt.discount + receipt.gap >= 40_000
    assert not receipt.optimal
    beside = receipt_of(lines, dearest(2), Offer("p", PercentOff(1)))
    assert beside.discount + beside.gap >= 40_000


def test_free_units_that_cost_nothing_anyway_end_at_any_number():
    lines = [Line("x", 1, quantity=10**9, tags={"b"}), Line("y", 0, quantity=2 * 10**9)]
    offers = [Offer("a", BuyXGetY(buy=1, get=1, items=TAGGED, rewards=ANY)), Offer("b", Bundle(1, [Part(2)]))]

    assert receipt_of(lines, *offers).discount >= 0


def test_an_offer_that_its_budget_did_not_hold_may_apply_to_what_is_kept():
    half = Offer("half", Together([PercentOff(50)]), limits=Limits(budget=5))
    receipt = apply_offers(Basket([Line("a", 10), Line("b", 4)], currency="EUR"), [half])
    kept = reverse(receipt, {"a": 1}, policy="recompute")

    assert (receipt.trace[0].outcome, receipt.discount) == ("limit_reached", 0)
    assert kept.total == apply_offers(kept.kept, [half]).total == 2


def test_a_line_is_rounded_once_whatever_earlier_lanes_made_of_its_units():
    """One unit costs 0.13 and one 0.14: 10 % of the line are 2.7 cents."""
    offers = [Offer("c", AmountOffEach(CENT, units=1)), Offer("p", PercentOff(10), lane=1)]
    receipt = receipt_of([line("a", "0.14", 2)], *offers, policy=OfferPolicy.solidus_like())

    assert receipt.decision("p").discount == 3 * CENT
