"""Offers: the laws, whatever the basket, the offers and the policy."""

from collections import Counter
from decimal import Decimal
from itertools import chain, combinations

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from offer_deals import House, money
from strategies_loyalty import PLACES, RANGES, an_offer, bags, baskets, competing, lines, terms, unit_by_unit
from strategies_offers import deals, houses, things

from cxkit.loyalty import Basket, OfferPolicy, apply_offers


def offers_of(several):
    return [an_offer(name, *said) for name, said in several.items()]


def written(basket):
    """Write things as lines without an id."""
    return [thing.line for thing in basket]


def numbered(several):
    """Give each line an id."""
    return [attrs.evolve(line, id=f"line {place}") for place, line in enumerate(several)]


def split(line):
    """Split a line of 3 into 1 and 2."""
    if line.quantity == 1:
        return [line]
    return [attrs.evolve(line, quantity=1), attrs.evolve(line, quantity=line.quantity - 1)]


def applied(several, offers, house=None, **policy):
    """Apply described offers to lines."""
    rules = attrs.evolve((house or House()).policy, **policy)
    return apply_offers(Basket(several, currency="EUR"), [deal.offer for deal in offers], policy=rules)


def by_thing(receipt):
    """Sum up what became of each thing at each price, whatever line it is on."""
    found = {}
    for line in receipt.lines:
        kind = line.line.sku, line.line.unit_price, line.line.tags, line.line.attributes, line.line.kind
        units, free, total = found.get(kind, (0, 0, 0))
        found[kind] = units + line.line.quantity, free + line.free_units, total + line.total
    return found


# Free units.


@pytest.mark.parametrize("currency", PLACES)
@given(st.data())
def test_one_offer_frees_the_cheapest_of_all_covered_units(currency, data):
    basket = data.draw(baskets(currency))
    buy, get, place = data.draw(terms())
    receipt = apply_offers(basket, [an_offer("x", buy, get, place)])

    prices = sorted(
        int(line.unit_price * 10 ** PLACES[currency])
        for line in basket
        if RANGES[place][1](line)
        for _ in range(line.quantity)
    )
    freed = len(prices) // (buy + get) * get
    assert receipt.discount * 10 ** PLACES[currency] == sum(prices[:freed])
    if receipt.discount:
        assert sum(line.free_units for line in receipt.lines) == sum(price > 0 for price in prices[:freed])
    assert receipt.trace[0].units_missing == (0 if freed else buy + get - len(prices))


@given(baskets(min_size=1), competing())
def test_the_best_offers_are_no_worse_than_the_largest_first(basket, several):
    receipt = apply_offers(basket, offers_of(several))

    assert receipt.discount >= sum(taken.discount for taken in unit_by_unit(basket.lines, several).values())


@given(baskets(min_size=1), competing())
def test_what_is_free_is_what_is_taken_off(basket, several):
    receipt = apply_offers(basket, offers_of(several))

    for line in receipt.lines:
        assert 0 <= line.free_units <= line.line.quantity
        assert line.discount == line.free_units * line.line.unit_price


@given(baskets(min_size=1), competing())
def test_no_unit_serves_two_offers(basket, several):
    """There is a way to hand each applied offer units of its own to pay with (Hall's condition)."""
    receipt = apply_offers(basket, offers_of(several))
    times = {decision.offer: decision.times for decision in receipt.trace}
    freed = dict.fromkeys(several, 0)
    spare = []
    for line in receipt.lines:
        spare.append(line.line.quantity - line.free_units)
        for adjustment in line.adjustments:
            freed[adjustment.offer] += adjustment.free_units
    for number in range(1, len(several) + 1):
        for group in combinations(several, number):
            needed = sum(times[name] * several[name][0] for name in group)
            covered = [any(RANGES[several[name][2]][1](line) for name in group) for line in basket]
            assert needed <= sum(units for units, is_covered in zip(spare, covered, strict=True) if is_covered)
    costly = all(line.unit_price for line in basket)  # a unit that costs nothing is not made free
    for name, (_, get, _) in several.items():
        assert freed[name] == times[name] * get if costly else freed[name] <= times[name] * get


# Order and splitting.


@given(bags(), competing(), st.randoms(use_true_random=False))
def test_order_and_splitting_change_nothing(bag, several, chance):
    offers = offers_of(several)
    receipt = apply_offers(Basket(bag, currency="EUR"), offers)
    parts = list(chain.from_iterable(split(line) if line.id is None else [line] for line in bag))
    chance.shuffle(parts)
    chance.shuffle(offers)
    other = apply_offers(Basket(parts, currency="EUR"), offers)

    assert other == receipt
    assert hash(other) == hash(receipt)


@given(things(ties=True, floors=True), deals(lanes=3), houses(), st.randoms(use_true_random=False))
def test_order_and_splitting_change_nothing_for_any_offers(basket, several, house, chance):
    receipt = applied(written(basket), several, house)
    parts = list(chain.from_iterable(map(split, written(basket))))
    shuffled = list(several)
    chance.shuffle(parts)
    chance.shuffle(shuffled)
    other = applied(parts, shuffled, house)

    assert other == receipt
    assert hash(other) == hash(receipt)


@given(st.lists(lines(), max_size=5), competing())
def test_splitting_lines_with_an_id_changes_nothing_for_a_thing(bag, several):
    bag = Basket(bag, currency="EUR").lines
    parts = numbered(chain.from_iterable(map(split, bag)))
    one, other = (apply_offers(Basket(given, currency="EUR"), offers_of(several)) for given in (numbered(bag), parts))

    assert (one.total, one.trace) == (other.total, other.trace)
    assert by_thing(one) == by_thing(other)


@given(things(ties=True, floors=True), deals(lanes=3), houses(), st.randoms(use_true_random=False))
def test_lines_with_an_id_are_charged_for_a_thing_as_those_without(basket, several, house, chance):
    parts = numbered(chain.from_iterable(map(split, written(basket))))
    chance.shuffle(parts)
    one, other = applied(written(basket), several, house), applied(parts, several, house)

    assert (one.total, one.trace) == (other.total, other.trace)
    assert {key: (units, total) for key, (units, _, total) in by_thing(one).items()} == {
        key: (units, total) for key, (units, _, total) in by_thing(other).items()
    }


@given(
    things(ties=True),
    deals(lanes=2),
    st.sampled_from(["largest", "first", "last"]),
    st.sampled_from(["offer", "line", "unit"]),
    st.randoms(use_true_random=False),
)
def test_what_a_policy_breaks_is_said(basket, several, remainder, round_each, chance):
    rules = {"remainder": remainder, "round_each": round_each}
    whole = numbered(written(basket))
    shuffled = chance.sample(whole, len(whole))
    parts = [attrs.evolve(part, id=f"{line.id}.{place}") for line in whole for place, part in enumerate(split(line))]
    receipt = applied(whole, several, **rules)

    if "shuffle" not in OfferPolicy(**rules).breaks:
        assert by_thing(applied(shuffled, several, **rules)) == by_thing(receipt)
    if "split" not in OfferPolicy(**rules).breaks:
        assert applied(parts, several, **rules).total == receipt.total


# Again.


@given(baskets(), competing())
def test_calling_twice_gives_equal_results(basket, several):
    offers = offers_of(several)

    assert apply_offers(basket, offers) == apply_offers(basket, offers)
    assert [offer.explain(basket) for offer in offers] == [apply_offers(basket, [offer]).trace[0] for offer in offers]


@given(things(floors=True), deals(lanes=3), houses())
def test_a_receipt_holds_what_it_was_computed_from(basket, several, house):
    receipt = applied(written(basket), several, house)
    again = apply_offers(receipt.basket, receipt.offers, policy=receipt.policy, codes=receipt.codes, used=receipt.used)

    assert again == receipt == applied(written(basket), several, house)


# Money.


@given(baskets(), competing())
def test_offers_never_make_a_basket_dearer(basket, several):
    without = apply_offers(basket, [])

    assert apply_offers(basket, offers_of(several)).total <= without.total == without.subtotal


@given(baskets(), competing())
def test_all_money_of_free_units_lands_on_lines(basket, several):
    money_adds_up(basket, apply_offers(basket, offers_of(several)))


@given(things(ties=True, floors=True), deals(lanes=3), houses(), st.sampled_from([0, 100]))
def test_all_money_lands_on_lines(basket, several, house, floor):
    several = [attrs.evolve(several[0], floor=floor), *several[1:]]
    receipt = applied(written(basket), several, house)

    money_adds_up(receipt.basket, receipt)


def money_adds_up(basket, receipt):
    """See that what offers take off is on lines, in groups of units, in adjustments and in the trace, and the same in all."""
    assert receipt.subtotal == sum(line.unit_price * line.quantity for line in basket)
    assert receipt.total == sum(line.total for line in receipt.lines)
    assert receipt.discount == receipt.subtotal - receipt.total == sum(found.discount for found in receipt.trace)
    assert [line.line for line in receipt.lines if line.line.kind != "gift"] == list(basket)
    by_offer = Counter()
    for line in receipt.lines:
        assert 0 <= line.total <= line.subtotal == line.line.unit_price * line.line.quantity
        assert line.total == line.subtotal - line.discount
        assert line.discount == -sum(found.amount for found in line.adjustments)
        assert sum(group.number for group in line.groups) == line.line.quantity
        assert sum(group.number * group.price for group in line.groups) == line.total
        assert 0 <= line.free_units <= line.line.quantity
        for found in line.adjustments:
            assert 0 <= found.free_units <= found.units <= line.line.quantity
            by_offer[found.offer] -= found.amount
    assert +by_offer == Counter({found.offer: found.discount for found in receipt.trace if found.discount})


@given(things(ties=True, floors=True), deals(lanes=3), houses(), st.sampled_from([0, 100]))
def test_prices_stay_above_their_floors_and_units_serve_one_offer_of_a_lane(basket, several, house, floor):
    several = [attrs.evolve(deal, floor=floor) for deal in several]
    receipt = applied(written(basket), several, house)
    place = {deal.id: deal.id if house.stacking == "sequence" else deal.lane for deal in several}

    for line in receipt.lines:
        least = min(line.line.unit_price, max(line.line.floor_price or Decimal(0), money(floor)))
        for group in line.groups:
            assert least <= group.price == line.line.unit_price - sum(cut.amount for cut in group.cuts)
            used = [place[cut.offer] for cut in group.cuts]
            assert len(used) == len(set(used))


@given(things(), deals(lanes=2), houses())
def test_offers_that_may_not_go_together_do_not(basket, several, house):
    receipt = applied(written(basket), several, house)
    there = [deal for deal in several for found in receipt.trace if found.offer == deal.id and found.discount]

    assert all(one.goes_with(other) for one, other in combinations(there, 2))
    assert len(there) == 1 or not any(deal.exclusive for deal in there)
    for deal in there:
        (found,) = [found for found in receipt.trace if found.offer == deal.id]
        assert found.outcome == "applied"
        assert deal.per_order is None or found.times <= deal.per_order


@given(things(ties=True, floors=True), deals(lanes=2))
def test_one_more_offer_in_the_last_lane_takes_no_less_off(basket, several):
    """The best of a lane is no less with an offer to choose from, so long as no offer keeps others away."""
    assume(not any(deal.exclusive for deal in several) and max(deal.lane for deal in several) == several[-1].lane)

    assert applied(written(basket), several).discount >= applied(written(basket), several[:-1]).discount
