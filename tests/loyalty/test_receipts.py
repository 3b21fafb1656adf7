"""Receipts: amounts line by line, equality in any order, copies."""

import pickle
from decimal import Decimal
from typing import get_type_hints

import attrs
import pytest
from hypothesis import given
from samples import NAMESPACE
from strategies_loyalty import an_offer, baskets, competing

from cxkit.loyalty import Adjustment, Basket, BuyXGetY, Line, Offer, Receipt, ReceiptLine, apply_offers

TEA = Line("tea", Decimal("3.50"), quantity=4, id="l1")
COFFEE = Line("coffee", Decimal("2.00"), quantity=2)
TWO_FOR_ONE = Offer("two for one", BuyXGetY(buy=1, get=1, items=Line.fields.sku.is_known()))
BASKET = Basket([TEA, COFFEE], currency="EUR")
RECEIPT = apply_offers(BASKET, [TWO_FOR_ONE])


def test_every_amount_stands_on_a_line():
    # Six units: the three cheapest are free.
    assert RECEIPT.lines == (
        ReceiptLine(TEA, "EUR", (Adjustment("two for one", 1, Decimal("-3.50")),)),
        ReceiptLine(COFFEE, "EUR", (Adjustment("two for one", 2, Decimal("-4.00")),)),
    )
    assert [str(line.subtotal) for line in RECEIPT.lines] == ["14.00", "4.00"]
    assert [str(line.discount) for line in RECEIPT.lines] == ["3.50", "4.00"]
    assert [str(line.total) for line in RECEIPT.lines] == ["10.50", "0.00"]
    assert [line.free_units for line in RECEIPT.lines] == [1, 2]
    assert [str(amount) for amount in (RECEIPT.subtotal, RECEIPT.discount, RECEIPT.total)] == ["18.00", "7.50", "10.50"]


def test_a_line_adds_up_what_several_offers_did_to_it():
    line = ReceiptLine(TEA, "EUR", (Adjustment("a", 1, Decimal("-3.50")), Adjustment("b", 2, Decimal("-7.00"))))

    assert (line.free_units, str(line.discount), str(line.total)) == (3, "10.50", "3.50")


def test_a_line_without_an_offer_costs_what_its_units_cost():
    line = ReceiptLine(TEA, "EUR")

    assert (line.free_units, str(line.discount), str(line.total)) == (0, "0.00", "14.00")


def test_nothing_costs_nothing():
    receipt = apply_offers(Basket([], currency="JPY"), [TWO_FOR_ONE])

    assert [str(amount) for amount in (receipt.subtotal, receipt.discount, receipt.total)] == ["0", "0", "0"]
    assert receipt.lines == ()


def test_a_receipt_keeps_what_it_was_computed_from():
    assert RECEIPT.basket == BASKET
    assert RECEIPT.offers == (TWO_FOR_ONE,)
    assert apply_offers(RECEIPT.basket, RECEIPT.offers) == RECEIPT


def test_a_receipt_keeps_the_order_of_its_basket_and_is_equal_in_any():
    other = apply_offers(Basket([COFFEE, TEA], currency="EUR"), [TWO_FOR_ONE])

    assert [line.line for line in RECEIPT.lines] == [TEA, COFFEE]
    assert [line.line for line in other.lines] == [COFFEE, TEA]
    assert other == RECEIPT
    assert hash(other) == hash(RECEIPT)


def test_lines_of_one_thing_at_two_prices_have_an_order():
    dear = attrs.evolve(COFFEE, unit_price=3)
    offers = [TWO_FOR_ONE]

    assert apply_offers(Basket([dear, COFFEE], currency="EUR"), offers) == apply_offers(
        Basket([COFFEE, dear], currency="EUR"), offers
    )


@pytest.mark.parametrize(
    "other",
    [
        apply_offers(BASKET, []),
        apply_offers(BASKET, [attrs.evolve(TWO_FOR_ONE, id="x")]),
        apply_offers(Basket([TEA], currency="EUR"), [TWO_FOR_ONE]),
        apply_offers(Basket([TEA, COFFEE], currency="USD"), [TWO_FOR_ONE]),
    ],
    ids=["no offer", "another id", "another basket", "another currency"],
)
def test_receipts_that_say_something_else_are_not_equal(other):
    assert other != RECEIPT


@given(baskets(min_size=1), competing())
def test_a_receipt_pickles_and_prints_as_the_code_that_makes_it(basket, several):
    receipt = apply_offers(basket, [an_offer(name, *said) for name, said in several.items()])
    names = {**NAMESPACE, "Reason": type(receipt.trace[0].reasons[0])}

    assert pickle.loads(pickle.dumps(receipt)) == receipt  # noqa: S301 - our own
    assert eval(repr(receipt), names) == receipt  # noqa: S307 - our own


def test_a_receipt_cannot_be_changed():
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        RECEIPT.lines = ()


def test_the_annotations_of_a_receipt_can_be_resolved():
    assert get_type_hints(Receipt)["offers"] == tuple[Offer, ...]
