"""Offers that ask for the id of a line: lines that are equal but for their ids are then told apart."""

import itertools

import pytest
from offer_results import line, receipt_of, saved

from cxkit.loyalty import (
    AmountOff,
    BuyXGetY,
    Gift,
    Line,
    Offer,
    OfferPolicy,
    PercentOff,
    Spend,
    Tiered,
    TierStep,
    UnitCount,
)

ID = Line.fields.id
ONE, TWO = line("tea", "10.00", 2, id="l1"), line("tea", "10.00", 3, id="l2")
FIRST = ID == "l1"


def by_id(receipt):
    return {each.line.id: str(each.total) for each in receipt.lines}


@pytest.mark.parametrize(
    ("benefit", "paid"),
    [
        (PercentOff(50, FIRST), {"l1": "10.00", "l2": "30.00"}),
        (PercentOff(50, ID == "l2"), {"l1": "20.00", "l2": "15.00"}),
        (PercentOff(50, ID.is_in(["l1", "l2"])), {"l1": "10.00", "l2": "15.00"}),
        (PercentOff(50, ~FIRST), {"l1": "20.00", "l2": "15.00"}),
        (PercentOff(50, ID == "l3"), {"l1": "20.00", "l2": "30.00"}),
        (AmountOff(8, FIRST), {"l1": "12.00", "l2": "30.00"}),
        (BuyXGetY(buy=1, get=1, items=FIRST), {"l1": "10.00", "l2": "30.00"}),
        (BuyXGetY(buy=3, get=1, items=ID == "l2", rewards=FIRST), {"l1": "10.00", "l2": "30.00"}),
        (Tiered([TierStep(20, percent=10)], FIRST), {"l1": "18.00", "l2": "30.00"}),
        (Tiered([TierStep(21, percent=10)], FIRST), {"l1": "20.00", "l2": "30.00"}),
    ],
    ids=repr,
)
def test_an_offer_may_be_for_one_of_several_equal_lines(benefit, paid):
    for order in ([ONE, TWO], [TWO, ONE]):
        assert by_id(receipt_of(order, Offer("x", benefit))) == paid


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        (UnitCount(2, FIRST), "applied"),
        (UnitCount(3, FIRST), "not_met"),
        (Spend(30, ID == "l2", price="list"), "applied"),
        (Spend(31, ID == "l2", price="list"), "not_met"),
    ],
    ids=repr,
)
def test_a_condition_may_ask_for_one_of_several_equal_lines(condition, outcome):
    assert receipt_of([ONE, TWO], Offer("x", PercentOff(10), conditions=condition)).trace[0].outcome == outcome


def test_where_no_offer_asks_for_ids_equal_lines_are_one_thing():
    offers = [Offer("x", BuyXGetY(buy=1, get=1, items=Line.fields.sku == "tea"))]

    # Two of five are free: those of the first line.
    assert (
        by_id(receipt_of([ONE, TWO], *offers))
        == by_id(receipt_of([TWO, ONE], *offers))
        == {"l1": "0.00", "l2": "30.00"}
    )
    # Even where one asks, and finds nothing.
    offers.append(Offer("y", PercentOff(50, ID == "l9")))
    assert by_id(receipt_of([TWO, ONE], *offers)) == {"l1": "0.00", "l2": "30.00"}


def test_cheaper_units_that_fall_between_equal_lines_are_those_of_the_first_id():
    offers = [Offer("x", PercentOff(50, units=3))]

    assert by_id(receipt_of([TWO, ONE], *offers)) == {"l1": "10.00", "l2": "25.00"}


def test_offers_that_ask_for_ids_stand_beside_others():
    offers = [
        Offer("half of the first", PercentOff(50, FIRST)),
        Offer("tenth", PercentOff(10)),
        Offer("later", AmountOff(4), lane=1),
    ]

    for order in itertools.permutations(offers):
        receipt = receipt_of([TWO, ONE], *order)
        # 10 and 27 are left; 4 off 37 is 1.08 and 2.92.
        assert by_id(receipt) == {"l1": "8.92", "l2": "24.08"}
        assert saved(receipt) == {"half of the first": "10.00", "tenth": "3.00", "later": "4.00"}


def test_an_exclusive_offer_may_ask_for_ids():
    offers = [Offer("half", PercentOff(50, ID == "l2"), exclusive=True), Offer("tenth", PercentOff(10))]

    assert by_id(receipt_of([ONE, TWO], *offers)) == {"l1": "20.00", "l2": "15.00"}


def test_an_offer_that_is_not_open_is_not_asked():
    closed = Offer("closed", PercentOff(50, FIRST), codes={"X"})
    free = Offer("free", BuyXGetY(buy=1, get=1, items=Line.fields.sku == "tea"))

    assert by_id(receipt_of([ONE, TWO], closed, free)) == {"l1": "0.00", "l2": "30.00"}


def test_lines_with_an_id_are_told_from_those_without():
    bare = line("tea", "10.00")
    receipt = receipt_of([ONE, bare], Offer("x", PercentOff(50, ID.is_known())))

    assert by_id(receipt) == {"l1": "10.00", None: "10.00"}


def test_a_condition_uses_up_units_of_the_line_that_it_asks_for():
    tin = Gift(Line("tin", 1), each_time=True)
    offer = Offer("x", tin, conditions=UnitCount(2, ID == "l2", consume=True))

    assert receipt_of([ONE, TWO], offer).trace[0].times == 1


@pytest.mark.parametrize("mode", ["best", "first", "all"])
def test_every_mode_tells_lines_by_their_ids(mode):
    receipt = receipt_of([ONE, TWO], Offer("x", PercentOff(50, FIRST)), policy=OfferPolicy(within=mode))

    assert by_id(receipt) == {"l1": "10.00", "l2": "30.00"}
