"""Offers together: the answer is one that trying everything on single units gives, and the best there is."""

from decimal import Decimal

import attrs
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from offer_deals import Amount, Deal, Free, House, Need, Set, Single, Thing, UnsettledError
from offer_oracle import oracle
from strategies_offers import deals, each, houses, needs, simple, some, things

from cxkit.loyalty import Basket, apply_offers

BEST, ALL, FIRST = House(), House(within="all"), House(within="first")


def receipt_of(basket, several, house=BEST, **options):
    """Apply offers to a basket, all of it written with the library."""
    lines = [thing.line for thing in basket]
    offers = [deal.offer for deal in several]
    return apply_offers(Basket(lines, currency="EUR"), offers, policy=house.policy, **options)


def came_out(basket, receipt):
    """Say what a receipt charges for each thing, and what each offer took off."""
    totals = dict.fromkeys((thing.sku for thing in basket), Decimal(0))
    for line in receipt.lines:
        totals[line.line.sku] += line.total
    return {found.offer: found.discount for found in receipt.trace if found.discount}, tuple(totals.values())


def allowed(basket, several, house=BEST):
    """Work out by brute force how a basket may come out."""
    try:
        found = oracle(basket, several, house)
    except UnsettledError:
        reject()
    return [(outcome.by_offer, outcome.by_thing) for outcome in found]


def optimum(basket, several):
    """Work out by brute force what offers of one lane can take off at most."""
    return sum(allowed(basket, several)[0][0].values(), Decimal(0))


@given(things(), simple())
def test_the_best_combination_is_the_one_that_trying_everything_finds(basket, several):
    receipt = receipt_of(basket, several)

    assert came_out(basket, receipt) in allowed(basket, several)
    assert (receipt.optimal, receipt.gap) == (True, 0)


@given(things(ties=True), simple())
def test_different_things_of_one_price_rank_by_sku(basket, several):
    house = House(ties="ranked")

    assert came_out(basket, receipt_of(basket, several, house)) in allowed(basket, several, house)


@given(things(), simple(each() | some()))
def test_offers_on_each_unit_share_the_units(basket, several):
    assert came_out(basket, receipt_of(basket, several)) in allowed(basket, several)


@given(things(), deals())
def test_offers_compete_as_they_say(basket, several):
    receipt = receipt_of(basket, several)

    assert came_out(basket, receipt) in allowed(basket, several)
    assert (receipt.optimal, receipt.gap) == (True, 0)


@given(things(), deals(lanes=3), houses())
def test_lanes_come_out_as_trying_everything_says(basket, several, house):
    assert came_out(basket, receipt_of(basket, several, house)) in allowed(basket, several, house)


@given(things(), simple(), st.sampled_from([ALL, FIRST]), st.lists(st.integers(0, 2), min_size=4, max_size=4))
def test_first_and_all_take_offers_in_their_order(basket, several, house, priorities):
    several = [attrs.evolve(deal, priority=priority) for deal, priority in zip(several, priorities, strict=False)]

    assert came_out(basket, receipt_of(basket, several, house)) in allowed(basket, several, house)


@given(things(floors=True), simple(), st.sampled_from([0, 0, 50, 300]), houses(exclusive="best"))
def test_floors_hold(basket, several, floor, house):
    several = [attrs.evolve(several[0], floor=floor), *several[1:]]

    assert came_out(basket, receipt_of(basket, several, house)) in allowed(basket, several, house)


@given(things(), deals(each(), most=3, lanes=3), houses(base="list"))
def test_later_discounts_may_reckon_on_the_first_price(basket, several, house):
    assert came_out(basket, receipt_of(basket, several, house)) in allowed(basket, several, house)


@given(things(), simple(each()), houses(), st.sampled_from(["unit", "line", "offer"]))
def test_percentages_are_rounded_as_the_policy_says(basket, several, house, round_each):
    house = attrs.evolve(house, round_each=round_each)

    assert came_out(basket, receipt_of(basket, several, house)) in allowed(basket, several, house)


@given(
    things(), simple(some(), most=2), needs(), simple(most=2), st.sampled_from([None, 1, 2]), houses(stacking="lanes")
)
def test_a_condition_that_is_used_up_holds_as_often_as_units_allow(basket, several, need, others, times, house):
    basket = [attrs.evolve(thing, price=100 * thing.price) for thing in basket]  # percentages of which are whole cents
    need = attrs.evolve(need, consume=True, spend=need.spend and 100 * need.spend)
    several = [attrs.evolve(deal, needs=(need,), per_order=times) for deal in several]
    several += [attrs.evolve(deal, id=f"other {deal.id}") for deal in others]

    assert came_out(basket, receipt_of(basket, several, house)) in allowed(basket, several, house)


@given(things(), deals())
def test_the_best_combination_is_no_worse_than_the_order_of_priority(basket, several):
    best, greedy, first = (receipt_of(basket, several, house).discount for house in (BEST, ALL, FIRST))

    assert best >= max(greedy, first)


@given(things(), deals(), st.integers(1, 30))
def test_with_little_work_the_gap_still_covers_the_optimum(basket, several, nodes):
    receipt = receipt_of(basket, several, nodes=nodes)
    most = optimum(basket, several)

    assert receipt.discount <= most <= receipt.discount + receipt.gap
    assert receipt.gap >= 0
    assert receipt.optimal == (receipt.gap == 0)
    assert all(0 <= line.total <= line.subtotal for line in receipt.lines)


@given(things(), deals(lanes=2), houses(), st.integers(1, 10))
def test_with_little_work_the_receipt_is_still_valid(basket, several, house, nodes):
    receipt = receipt_of(basket, several, house, nodes=nodes)

    assert sum(line.total for line in receipt.lines) == receipt.total == receipt.subtotal - receipt.discount
    assert sum(found.discount for found in receipt.trace) == receipt.discount
    assert all(0 <= line.total <= line.subtotal for line in receipt.lines)


A, B = frozenset("a"), frozenset("b")

# Worked out by hand: a basket, its offers, a policy, and what they take off.
BY_HAND = {
    "one group of free units, and the rest at half price": (
        [Thing("a", 100), Thing("b", 200), Thing("c", 300), Thing("d", 400)],
        [Free(buy=1, get=1), Single(percent=40)],
        BEST,
        {"offer 1": "4.00"},
    ),
    "the bundle takes what the free unit would": (
        [Thing("a", 900, 3), Thing("b", 500)],
        [Set(price=2000, parts=((3, None),)), Free(buy=1, get=1)],
        BEST,
        {"offer 1": "14.00"},
    ),
    "two offers that need the same units": (
        [Thing("a", 500, 2), Thing("b", 300, 2)],
        [Free(buy=1, get=1, items=A), Free(buy=1, get=1, items=A, rewards=B), Single(percent=10)],
        BEST,
        {"offer 1": "6.00"},
    ),
    "in the order of the ids": (
        [Thing("a", 500, 2), Thing("b", 300, 2)],
        [Free(buy=1, get=1, items=A, rewards=B), Free(buy=1, get=1, items=A), Single(percent=10)],
        ALL,
        {"offer 0": "6.00"},
    ),
    "only the first": (
        [Thing("a", 500, 2), Thing("b", 300, 2)],
        [Free(buy=5, get=1), Single(percent=10, items=B), Single(percent=50)],
        FIRST,
        {"offer 1": "0.60"},
    ),
    "one amount, and a percentage on what it leaves": (
        [Thing("a", 1000), Thing("b", 600)],
        [Amount(amount=500, items=A), Single(percent=20)],
        BEST,
        {"offer 0": "5.00", "offer 1": "1.20"},
    ),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_combinations_worked_out_by_hand(name):
    basket, gives, house, expected = BY_HAND[name]
    several = [Deal(id=f"offer {number}", gives=given) for number, given in enumerate(gives)]
    receipt = receipt_of(basket, several, house)
    expected = {offer: Decimal(amount) for offer, amount in expected.items()}

    assert [found for found, _ in allowed(basket, several, house)] == [expected]
    assert came_out(basket, receipt)[0] == expected


def off(receipt):
    """Say what each offer took off, in cents."""
    return {found.offer: int(found.discount * 100) for found in receipt.trace if found.discount}


def test_a_condition_that_is_not_used_up_is_asked_once():
    basket = [Thing("a", 400, 2), Thing("b", 200, 2)]
    cheapest = Single(percent=100, units=1)

    for need, cents in [(Need(units=2), 200), (Need(units=2, consume=True), 400), (Need(units=5), 0)]:
        receipt = receipt_of(basket, [Deal(id="x", gives=cheapest, needs=(need,))])
        assert sum(off(receipt).values()) == cents


def test_an_offer_applies_less_often_where_that_saves_more():
    """Once, a 9.00 is free for the other; twice, both pay for the two of 3.00."""
    receipt = receipt_of(
        [Thing("a", 300, 2), Thing("b", 900, 2)],
        [Deal(id="x", gives=Free(buy=1, get=1, items=B, rewards=None, pick="dearest"))],
    )

    assert (off(receipt), receipt.optimal) == ({"x": 900}, True)


def test_each_application_of_an_offer_is_rounded_by_itself():
    """5 % of a unit of 1.10 are 5.5 cents, and three times 6 cents come off."""
    needs = (Need(units=1, consume=True),)

    assert off(receipt_of([Thing("a", 110, 3)], [Deal(id="x", gives=Single(percent=5, units=1), needs=needs)])) == {
        "x": 18
    }


def test_an_offer_that_takes_nothing_off_keeps_no_other_away():
    """What the first offer gave away may be free for the second once more, which is not worth a word."""
    several = [
        Deal(id="x", gives=Single(percent=100, items=A), group="g"),
        Deal(id="y", gives=Free(buy=1, get=1, items=A), lane=1, combines_with=frozenset("g")),
        Deal(id="z", gives=Single(percent=50, items=B), lane=2),
    ]

    assert off(receipt_of([Thing("a", 100, 2), Thing("b", 200)], several)) == {"x": 200, "z": 100}


def test_a_unit_goes_where_it_saves_most_unless_rounding_takes_that_back():
    """10 % of a and b and 11 % of c are 19.5 and 9.57 cents; 10 % of a and 11 % of b and c are 13.3 and 16.39."""
    basket = [Thing("a", 133), Thing("b", 62), Thing("c", 87)]
    several = [
        Deal(id="x", gives=Single(percent=10, items=frozenset("ab"))),
        Deal(id="y", gives=Single(percent=11, items=frozenset("bc"))),
    ]

    assert receipt_of(basket, several).discount >= receipt_of(basket, several, ALL).discount == Decimal("0.30")


def test_all_offers_on_each_unit_take_part_even_if_rounding_takes_a_cent():
    """38 % of each on its own are 30.4 and 239.4 cents; of both together 269.8, which no plan looks for."""
    several = [
        Deal(id="x", gives=Single(percent=38, items=A)),
        Deal(id="y", gives=Single(percent=38), priority=-1),
    ]

    assert off(receipt_of([Thing("a", 80), Thing("b", 630)], several)) == {"x": 30, "y": 239}


def test_the_gap_covers_what_an_exclusive_offer_won_against():
    several = [
        Deal(id="w", gives=Amount(amount=1)),
        Deal(id="x", gives=Amount(amount=2), exclusive=True),
        Deal(id="y", gives=Single(percent=5), combines_with=frozenset("g")),
    ]
    found = [receipt_of([Thing("a", 60)], several, nodes=nodes) for nodes in range(1, 10)]

    assert all(receipt.discount + receipt.gap >= Decimal("0.03") for receipt in found)
