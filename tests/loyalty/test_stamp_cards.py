"""Stamp cards: worked visits, redemptions, retries."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import attrs
import pytest

from cxkit.errors import DuplicateError
from cxkit.loyalty import Basket, BuyXGetY, Line, Offer, StampCard, apply_offers

COFFEE = Line.fields.tags.contains("coffee")
CARD = StampCard("coffee card", buy=5, get=2, items=COFFEE)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)


def bag(coffees, teas=0, *, price=2):
    """Make a basket of some coffees and teas."""
    lines = [Line("espresso", price, quantity=coffees, tags={"coffee"})] if coffees else []
    return Basket(lines + ([Line("tea", 1, quantity=teas)] if teas else []), currency="EUR")


def stamped(*visits, card=CARD):
    """Return the state after some visits, by how many coffees each bought, a day apart."""
    state = card.open("anna")
    for day, coffees in enumerate(visits):
        state = card.stamp(state, bag(coffees), at=MONDAY + timedelta(days=day), reference=f"order-{day}").state
    return state


# Stamping


@pytest.mark.parametrize(
    ("visits", "stamps", "rewards"),
    [((), 0, 0), ((4,), 4, 0), ((5,), 0, 2), ((4, 4), 3, 2), ((11,), 1, 4), ((1, 1, 1, 1, 1), 0, 2), ((4, 12), 1, 6)],
)
def test_stamps_over_a_full_card_are_carried_over(visits, stamps, rewards):
    state = stamped(*visits)

    assert (state.stamps, state.rewards, state.version) == (stamps, rewards, len(visits))


def test_a_stamping_says_what_it_did_and_what_it_must_replace():
    state = stamped(4)
    stamping = CARD.stamp(state, bag(3, 9), at=MONDAY, reference="order-17")

    assert (stamping.outcome, stamping.reason, stamping.reasons[0].found) == ("stamped", "stamped", 3)
    assert (stamping.expected_version, stamping.state.version) == (1, 2)
    assert (stamping.state.card, stamping.state.customer) == ("coffee card", "anna")
    assert state == stamped(4)


def test_a_basket_without_the_thing_stamps_nothing():
    state = stamped(4)
    stamping = CARD.stamp(state, bag(0, 9), at=MONDAY, reference="order-17")

    assert (stamping.outcome, stamping.reason) == ("nothing_to_stamp", "nothing_to_stamp")
    assert (stamping.reasons[0].found, stamping.reasons[0].needed) == (0, 1)
    assert (stamping.state, stamping.expected_version) == (state, 1)


def test_a_free_unit_earns_no_stamp():
    offer = Offer("third free", BuyXGetY(buy=2, get=1, items=COFFEE))
    receipt = apply_offers(bag(4, 3), [offer])
    redeemed = CARD.redeem(stamped(5), bag(4), at=MONDAY, reference="order-17", rewards=2).receipt

    assert CARD.stamp(CARD.open("anna"), receipt, at=MONDAY, reference="order-17").state.stamps == 3
    assert CARD.stamp(CARD.open("anna"), redeemed, at=MONDAY, reference="order-17").state.stamps == 2


def test_a_thousand_million_units_are_stamped_at_once():
    state = stamped(10**9 + 3)

    assert (state.stamps, state.rewards) == (3, 4 * 10**8)


# Redeeming


def test_the_cheapest_covered_units_become_free():
    basket = Basket(
        [
            Line("mocha", Decimal("4.00"), tags={"coffee"}),
            Line("espresso", Decimal("2.50"), tags={"coffee"}),
            Line("tea", Decimal("1.00")),
        ],
        currency="EUR",
    )
    one, two = (CARD.redeem(stamped(5), basket, at=MONDAY, reference="r", rewards=number) for number in (1, 2))

    assert (one.outcome, one.reason, one.reasons[0].found, one.expected_version) == ("redeemed", "redeemed", 1, 1)
    assert (one.state.stamps, one.state.rewards, one.state.version) == (0, 1, 2)
    assert [line.free_units for line in one.receipt.lines] == [0, 1, 0]
    assert one.receipt.total == Decimal("5.00")
    assert (two.state.rewards, [line.free_units for line in two.receipt.lines]) == (0, [1, 1, 0])
    assert [found.offer for line in two.receipt.lines for found in line.adjustments] == ["coffee card", "coffee card"]


@pytest.mark.parametrize(
    ("visits", "basket", "rewards", "outcome", "found"),
    [
        ((4,), bag(3), 1, "no_reward", 0),
        ((5,), bag(3), 3, "no_reward", 2),
        ((5,), bag(0, 3), 1, "no_items", 0),
        ((5,), bag(1, 3), 2, "no_items", 1),
        ((4,), bag(0), 1, "no_reward", 0),
    ],
)
def test_what_cannot_be_redeemed_leaves_the_card_alone(visits, basket, rewards, outcome, found):
    state = stamped(*visits)
    redemption = CARD.redeem(state, basket, at=MONDAY, reference="r", rewards=rewards)

    assert (redemption.outcome, redemption.reason) == (outcome, outcome)
    assert (redemption.reasons[0].found, redemption.reasons[0].needed) == (found, rewards)
    assert (redemption.state, redemption.expected_version) == (state, 1)
    assert redemption.receipt.total == redemption.receipt.subtotal == basket_total(basket)


def basket_total(basket):
    return sum(line.unit_price * line.quantity for line in basket)


@pytest.mark.parametrize(
    ("visits", "outcome", "reasons"),
    [
        ((), "collecting", [("stamps", 0, 5)]),
        ((4,), "collecting", [("stamps", 4, 5)]),
        ((6,), "reward", [("rewards", 2, 1), ("stamps", 1, 5)]),
    ],
)
def test_a_card_explains_how_far_it_is(visits, outcome, reasons):
    why = CARD.explain(stamped(*visits))

    assert why.outcome == outcome
    assert [(reason.code, reason.found, reason.needed) for reason in why.reasons] == reasons


# Retries


def test_a_retry_changes_nothing_whenever_it_comes_and_however_its_lines_are_ordered():
    state = stamped(4)
    basket = bag(6, 1)
    again = Basket([Line("tea", 1), *bag(5).lines, *bag(1).lines], currency="EUR")
    first = CARD.stamp(state, basket, at=MONDAY, reference="order-17")
    later = CARD.stamp(first.state, again, at=MONDAY + timedelta(days=1), reference="order-17")

    assert (later.outcome, later.reasons, later.state) == ("already_applied", (), first.state)
    assert later.expected_version == 2


def test_a_retried_redemption_gives_the_same_receipt():
    state = stamped(5)
    first = CARD.redeem(state, bag(3, 1), at=MONDAY, reference="r", rewards=2)
    again = Basket([Line("tea", 1), *bag(3).lines], currency="EUR")
    later = CARD.redeem(first.state, again, at=MONDAY + timedelta(days=1), reference="r", rewards=2)

    assert (later.outcome, later.reasons, later.state) == ("already_applied", (), first.state)
    assert later.receipt == first.receipt


OTHERS = {
    "fewer": bag(5),
    "more": bag(6, 1),
    "another price": bag(6, price=Decimal("2.01")),
    "another currency": Basket(bag(6).lines, currency="USD"),
    "another thing": Basket([Line("mocha", 2, quantity=6, tags={"coffee"})], currency="EUR"),
    "another tag": Basket([Line("espresso", 2, quantity=6, tags={"coffee", "hot"})], currency="EUR"),
    "another attribute": Basket([attrs.evolve(*bag(6).lines, attributes={"size": "S"})], currency="EUR"),
    "another id": Basket([attrs.evolve(*bag(6).lines, id="l1")], currency="EUR"),
    "free units": apply_offers(bag(6), [Offer("x", BuyXGetY(buy=2, get=1, items=COFFEE))]),
}


@pytest.mark.parametrize("other", OTHERS)
def test_a_reference_for_something_else_is_refused(other):
    state = CARD.stamp(stamped(4), bag(6), at=MONDAY, reference="order-17").state

    with pytest.raises(
        DuplicateError, match=r"^the reference 'order-17' stands for another stamp of 2026-03-02T09:00:"
    ):
        CARD.stamp(state, OTHERS[other], at=MONDAY, reference="order-17")


def test_a_receipt_without_free_units_is_its_basket():
    state = CARD.stamp(stamped(4), bag(6), at=MONDAY, reference="order-17").state

    assert CARD.stamp(state, apply_offers(bag(6), []), at=MONDAY, reference="order-17").outcome == "already_applied"


@pytest.mark.parametrize(("basket", "rewards"), [(bag(3), 1), (bag(4), 2)])
def test_a_reference_for_another_redemption_is_refused(basket, rewards):
    state = CARD.redeem(stamped(11), bag(3), at=MONDAY, reference="r", rewards=2).state

    with pytest.raises(
        DuplicateError, match=r"^the reference 'r' stands for another redeem of .* must repeat it as it was$"
    ):
        CARD.redeem(state, basket, at=MONDAY, reference="r", rewards=rewards)


def test_a_reference_is_unique_for_a_kind_of_operation_only():
    state = stamped(5)

    assert CARD.redeem(state, bag(5), at=MONDAY, reference="order-0").outcome == "redeemed"
