"""The oracle of offers, against what is easily worked out by hand and against what other systems say."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from offer_deals import Amount, Deal, Free, House, Need, Set, Single, Thing, UnsettledError
from offer_oracle import oracle

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/loyalty.json").read_text(encoding="utf-8"))
}
ALL, FIRST = House(within="all"), House(within="first")


def things(*said):
    """Make things of prices in cents, or of prices and quantities, with the skus a, b, c and so on."""
    return [
        Thing(sku, *(each if isinstance(each, tuple) else (each,))) for sku, each in zip("abcdefgh", said, strict=False)
    ]


def only(found):
    """Unpack the only outcome."""
    (outcome,) = found
    return outcome


def saved(basket, *gives, house=None, **options):
    """What offers of one lane take off in all, which every outcome agrees on."""
    deals = [Deal(id=f"offer {number}", gives=each, **options) for number, each in enumerate(gives)]
    (discount,) = {outcome.discount for outcome in oracle(basket, deals, house)}
    return discount


def test_nothing_is_taken_off_without_an_offer():
    assert saved(things(250, 320)) == 0


def test_the_coffee_shop_of_the_tour():
    basket = [Thing("espresso", 250, 4), Thing("flat white", 380, 2), Thing("brownie", 320)]
    coffee = frozenset(["espresso", "flat white"])

    assert saved(basket, Free(buy=5, get=1, items=coffee)) == 250
    assert saved(basket[:1], Free(buy=5, get=1, items=coffee)) == 0


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("reading", ["in_basket", "included"])
def test_three_for_two_of_deutsche_welle(number, reading):
    case = CASES["dw-3for2"]
    prices = [int(Decimal(price) * 100) for price in case["setup"]["cases"][number]["prices"]]
    free = Free(buy=3 if reading == "included" else 2, get=1, reading=reading)

    assert sum(prices) - saved(things(*prices), free, house=House(ties="ranked")) == int(
        Decimal(case["expected"]["total"][number]) * 100
    )


def test_the_readings_of_buy_three_get_one():
    six, mugs = [Thing("a", 100, 6)], [Thing("a", 100, 6), Thing("mug", 700)]

    assert saved(six, Free(buy=3, get=1)) == 100
    assert saved(six, Free(buy=3, get=1, reading="included")) == 200
    assert saved(six, Free(buy=3, get=1, reading="added")) == 0
    assert saved(mugs, Free(buy=3, get=1, items=frozenset("a"), rewards=frozenset(["mug"]), reading="separate")) == 700
    assert saved(mugs, Free(buy=3, get=2, items=frozenset("a"), rewards=frozenset(["mug"]), reading="separate")) == 700
    assert saved(mugs, Free(buy=3, get=2, items=frozenset("a"), rewards=frozenset(["mug"]))) == 0


def test_a_unit_that_is_needed_to_pay_is_not_free():
    basket, coffee = things((100, 2), 300), frozenset("a")

    assert saved(basket, Free(buy=2, get=1, items=coffee, rewards=None)) == 300
    assert saved(basket, Free(buy=1, get=1, items=coffee, rewards=None)) == 100
    assert saved(basket, Free(buy=1, get=1, items=coffee, rewards=None, pick="dearest", percent=50)) == 150


def test_one_amount_is_spread_in_proportion_to_price():
    """Sylius: 300 over 4300, 1400 and 2300 is 161.25, 52.5 and 86.25."""
    found = oracle(things(4300, 1400, 2300), [Deal(id="x", gives=Amount(amount=300))])

    assert [outcome.by_thing for outcome in found] == [(Decimal("41.39"), Decimal("13.47"), Decimal("22.14"))]


def test_a_tie_of_remainders_leaves_a_choice():
    found = oracle(things(101, 99), [Deal(id="x", gives=Single(percent=50))])

    assert [outcome.discount for outcome in found] == [100, 100]
    assert {outcome.by_thing for outcome in found} == {
        (Decimal("0.50"), Decimal("0.50")),
        (Decimal("0.51"), Decimal("0.49")),
    }


def test_what_a_floor_blocks_goes_to_the_others():
    basket = [Thing("a", 1000, 1, 900), Thing("b", 1000)]

    assert only(oracle(basket, [Deal(id="x", gives=Amount(amount=500))])).by_thing == (Decimal(9), Decimal(6))
    assert only(oracle(basket, [Deal(id="x", gives=Single(percent=50))])).by_thing == (Decimal(9), Decimal(5))
    assert saved(basket, Free(buy=1, get=1), house=House(ties="ranked")) == 100


def test_percentages_are_rounded_once_for_each_offer():
    basket = things(105, 105)  # of one price, but two things

    assert saved(basket, Single(percent=50)) == 105
    assert saved(basket, Single(percent=50), house=House(round_each="line")) == 106
    assert saved(things((105, 2)), Single(percent=50), house=House(round_each="line")) == 105
    assert saved(things((105, 2)), Single(percent=50), house=House(round_each="unit")) == 106
    assert saved(things(105), Single(percent=50), house=House(rounding="down")) == 52


def test_a_cap_and_so_many_units():
    basket = things(1000, 800, 500)

    assert saved(basket, Single(percent=50, units=1)) == 250
    assert saved(basket, Single(percent=50, units=2, pick="dearest")) == 900
    assert saved(basket, Single(percent=50, groups_of=2)) == 650
    assert saved(basket, Single(percent=50, cap=600)) == 600
    assert saved(basket, Single(amount=600)) == 1700
    assert saved(basket, Single(price=600)) == 600


def test_bundles_repeat_and_are_never_dearer():
    assert saved([Thing("a", 900, 7)], Set(price=2000, parts=((3, None),))) == 1400
    assert saved([Thing("a", 600, 3)], Set(price=2000, parts=((3, None),)), house=ALL) == 0
    assert saved(things((900, 3), (500, 3)), Set(price=2000, parts=((3, None),)), house=ALL) == 700
    assert saved(things((900, 2), (500, 3)), Set(price=1000, parts=((1, frozenset("a")), (1, frozenset("b"))))) == 800


def test_offers_of_a_lane_share_no_unit():
    basket = things(1000, 600)

    assert saved(basket, Single(percent=10), Free(buy=1, get=1)) == 600
    assert saved(basket, Single(percent=50, items=frozenset("a")), Single(amount=450)) == 500 + 450
    assert saved(basket, Single(amount=450), Single(percent=50, items=frozenset("a")), house=ALL) == 900
    assert saved(basket, Single(amount=100), Single(percent=50, items=frozenset("a")), house=FIRST) == 200


def test_the_best_plan_may_leave_an_application_out():
    """Two groups of 1 + 1 free 100 + 200; one group leaves 300 and 400 to the half price."""
    basket = things(100, 200, 300, 400)

    assert saved(basket, Free(buy=1, get=1), Single(percent=50)) == 500
    assert saved(basket, Free(buy=1, get=1), Single(percent=40)) == 400
    assert saved(basket, Free(buy=1, get=1), Single(percent=20), house=ALL) == 300


def test_lanes_run_on_the_prices_that_the_last_one_left():
    deals = [Deal(id="x", gives=Single(percent=50)), Deal(id="y", gives=Single(percent=10), lane=1)]

    assert only(oracle(things(1000), deals)).by_offer == {"x": Decimal(5), "y": Decimal("0.50")}
    assert only(oracle(things(1000), deals, House(base="list"))).by_offer == {"x": Decimal(5), "y": Decimal(1)}
    same = [Deal(id="x", gives=Single(percent=50)), Deal(id="y", gives=Single(percent=10))]
    assert only(oracle(things(1000), same, House(stacking="sequence"))).discount == 550


def test_who_goes_with_whom():
    basket = things(1000, 600)
    x = Deal(id="x", gives=Single(percent=10, items=frozenset("a")), group="g")
    y = Deal(id="y", gives=Single(percent=10, items=frozenset("b")), group="g")
    z = Deal(id="z", gives=Single(percent=10, items=frozenset("b")), combines_with=frozenset("h"))

    assert [outcome.by_offer for outcome in oracle(basket, [x, y])] == [{"x": Decimal(1)}]
    assert [outcome.by_offer for outcome in oracle(basket, [x, z])] == [{"x": Decimal(1)}]
    later = Deal(id="y", gives=Single(percent=50), group="g", lane=1)
    assert [outcome.by_offer for outcome in oracle(basket, [x, later])] == [{"x": Decimal(1)}]
    alone = Deal(id="y", gives=Single(percent=50), exclusive=True)
    assert [outcome.by_offer for outcome in oracle(basket, [x, alone])] == [{"y": Decimal(8)}]
    poor = Deal(id="y", gives=Single(amount=10), exclusive=True)
    assert [outcome.by_offer for outcome in oracle(basket, [x, poor])] == [{"x": Decimal(1)}]
    first = House(exclusive="priority")
    assert [outcome.by_offer for outcome in oracle(basket, [x, poor], first)] == [{"y": Decimal("0.20")}]


def test_conditions():
    basket = things((400, 2), (200, 2))
    cheapest = Single(percent=100, units=1)

    assert saved(basket, cheapest, needs=(Need(spend=1200),)) == 200
    assert saved(basket, cheapest, needs=(Need(spend=1201),)) == 0
    assert saved(basket, cheapest, needs=(Need(kinds=2),)) == 200
    assert saved(basket, cheapest, needs=(Need(kinds=2, items=frozenset("a")),)) == 0
    assert saved(basket, cheapest, needs=(Need(units=4), Need(units=3, items=frozenset("a")))) == 0


def test_a_condition_that_is_used_up_holds_as_often_as_units_allow():
    basket = things((400, 2), (200, 2))
    cheapest = Single(percent=100, units=1)

    # oscar-multibuy-3: 2 + 4 + 4 are used up for the first 2
    assert saved(basket, cheapest, needs=(Need(spend=1000, consume=True),)) == 200
    assert saved(basket, cheapest, needs=(Need(units=2, consume=True),)) == 400
    assert saved(basket, cheapest, needs=(Need(units=2, consume=True),), per_order=1) == 200
    assert saved(basket, cheapest, needs=(Need(kinds=2, consume=True),)) == 400
    assert saved(basket, Amount(amount=300), needs=(Need(units=2, consume=True),)) == 300


def test_prices_of_two_things_that_tie_are_not_settled():
    with pytest.raises(UnsettledError):
        oracle(things(400, 400), [Deal(id="x", gives=Single(percent=100, units=1))])


def test_things_that_may_not_be_discounted_count_and_stay():
    basket = [Thing("a", 1000, 2, open=False), Thing("b", 500)]

    assert saved(basket, Single(percent=50), needs=(Need(units=3),)) == 250


def test_an_offer_applies_less_often_where_that_saves_more():
    basket, gives = things((300, 2), (900, 2)), Free(buy=1, get=1, items=frozenset("b"), rewards=None, pick="dearest")

    assert saved(basket, gives) == 900
    assert only(oracle(basket, [Deal(id="x", gives=gives)], ALL)).discount == 900


def test_units_that_nothing_can_be_taken_off_are_not_covered():
    assert saved(things(60, 61, 99), Single(price=60, units=1)) == 1
    assert saved([Thing("a", 60, 1, 60), Thing("b", 61)], Single(percent=100, units=1)) == 61
    assert saved([Thing("a", 60, 1, 60), Thing("b", 61)], Single(amount=10, groups_of=2)) == 0


def test_a_set_saves_no_more_than_the_floors_of_its_own_units_let_it():
    basket = [Thing("a", 900, 3, 850), Thing("b", 700, 3)]

    assert saved(basket, Set(price=2000, parts=((3, None),))) == 150 + 100
