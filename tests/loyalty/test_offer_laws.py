"""Offers: the laws, and the answer that taking a basket apart unit by unit gives."""

from collections import Counter
from itertools import chain, combinations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies_loyalty import PLACES, RANGES, an_offer, bags, baskets, competing, lines, terms, unit_by_unit

from cxkit.loyalty import Basket, apply_offers


def offers_of(several):
    return [an_offer(name, *said) for name, said in several.items()]


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
    assert sum(line.free_units for line in receipt.lines) == freed
    assert receipt.trace[0].units_missing == (0 if freed else buy + get - len(prices))


@given(baskets(min_size=1), competing())
def test_competing_offers_take_what_they_would_unit_by_unit(basket, several):
    receipt = apply_offers(basket, offers_of(several))
    taken = unit_by_unit(basket.lines, several)

    used = Counter(chain.from_iterable(found.consumed for found in taken.values()))
    for decision in receipt.trace:
        buy, get, place = several[decision.offer]
        covered = [number for number, line in enumerate(basket) if RANGES[place][1](line)]
        there = sum(basket.lines[number].quantity for number in covered)
        left = there - sum(used[number] for number in covered)
        if decision.offer in taken:
            wanted = "applied", taken[decision.offer].discount, 0
        else:
            wanted = "not_met" if there < buy + get else "units_used", 0, buy + get - left
        assert (decision.outcome, decision.discount, decision.units_missing) == wanted
    free = Counter(chain.from_iterable(found.free for found in taken.values()))
    assert [line.free_units for line in receipt.lines] == [free[number] for number in range(len(basket))]


@given(baskets(), competing())
def test_all_money_lands_on_lines(basket, several):
    receipt = apply_offers(basket, offers_of(several))

    assert receipt.total == sum(line.total for line in receipt.lines)
    assert receipt.subtotal == sum(line.unit_price * line.quantity for line in basket)
    assert receipt.discount == receipt.subtotal - receipt.total
    assert [line.line for line in receipt.lines] == list(basket)
    for line in receipt.lines:
        assert 0 <= line.total <= line.subtotal
        assert 0 <= line.free_units <= line.line.quantity
        assert line.discount == line.free_units * line.line.unit_price
        assert [found.offer for found in line.adjustments] == sorted(found.offer for found in line.adjustments)


@given(baskets(min_size=1), competing())
def test_no_unit_serves_two_offers(basket, several):
    """There is a way to hand each applied offer units of its own to pay with (Hall's condition)."""
    receipt = apply_offers(basket, offers_of(several))
    freed = dict.fromkeys(several, 0)
    spare = []
    for line in receipt.lines:
        spare.append(line.line.quantity - line.free_units)
        for adjustment in line.adjustments:
            freed[adjustment.offer] += adjustment.free_units
    for number in range(1, len(several) + 1):
        for group in combinations(several, number):
            needed = sum(freed[name] // several[name][1] * several[name][0] for name in group)
            covered = [any(RANGES[several[name][2]][1](line) for name in group) for line in basket]
            assert needed <= sum(units for units, is_covered in zip(spare, covered, strict=True) if is_covered)
    for name, (_, get, _) in several.items():
        assert freed[name] % get == 0


@given(bags(), competing(), st.randoms(use_true_random=False))
def test_order_and_splitting_change_nothing(bag, several, chance):
    offers = offers_of(several)
    receipt = apply_offers(Basket(bag, currency="EUR"), offers)
    parts = list(chain.from_iterable(map(split, bag)))
    chance.shuffle(parts)
    chance.shuffle(offers)
    other = apply_offers(Basket(parts, currency="EUR"), offers)

    assert other == receipt
    assert hash(other) == hash(receipt)


def split(line):
    """Split a line without an id: one of 3 into 1 and 2."""
    if line.id is not None or line.quantity == 1:
        return [line]
    return [attrs.evolve(line, quantity=1), attrs.evolve(line, quantity=line.quantity - 1)]


@given(st.lists(lines(), max_size=5), competing())
def test_splitting_lines_with_an_id_changes_nothing_for_a_thing(bag, several):
    whole = [attrs.evolve(line, id=f"line {place}") for place, line in enumerate(bag)]
    parts = [attrs.evolve(part, id=f"{line.id}.{n}") for line in whole for n, part in enumerate(split(bare(line)))]
    one, other = (apply_offers(Basket(given, currency="EUR"), offers_of(several)) for given in (whole, parts))

    assert (one.total, one.trace) == (other.total, other.trace)
    assert by_sku(one) == by_sku(other)


def bare(line):
    return attrs.evolve(line, id=None)


def by_sku(receipt):
    """Sum up what became of each thing at each price."""
    found = {}
    for line in receipt.lines:
        units, total = found.get((line.line.sku, line.line.unit_price), (0, 0))
        found[line.line.sku, line.line.unit_price] = units + line.free_units, total + line.total
    return found


@given(baskets(), competing())
def test_calling_twice_gives_equal_results(basket, several):
    offers = offers_of(several)

    assert apply_offers(basket, offers) == apply_offers(basket, offers)
    assert [offer.explain(basket) for offer in offers] == [apply_offers(basket, [offer]).trace[0] for offer in offers]


@given(baskets(), competing())
def test_offers_never_make_a_basket_dearer(basket, several):
    assert (
        apply_offers(basket, offers_of(several)).total
        <= apply_offers(basket, []).total
        == apply_offers(basket, []).subtotal
    )
