"""Receipts: amounts line by line, equality in any order, copies."""

import pickle
from decimal import Decimal
from typing import get_type_hints

import attrs
import pytest
from hypothesis import given
from samples import NAMESPACE
from strategies_loyalty import an_offer, baskets, competing

from cxkit.errors import InvalidValueError
from cxkit.loyalty import Adjustment, Basket, BuyXGetY, Cut, Line, Offer, Receipt, ReceiptLine, UnitGroup, apply_offers

TEA = Line("tea", Decimal("3.50"), quantity=4, id="l1")
COFFEE = Line("coffee", Decimal("2.00"), quantity=2)
TWO_FOR_ONE = Offer("two for one", BuyXGetY(buy=1, get=1, items=Line.fields.sku.is_known()))
BASKET = Basket([TEA, COFFEE], currency="EUR")
RECEIPT = apply_offers(BASKET, [TWO_FOR_ONE])


def test_every_amount_stands_on_a_line():
    # Six units: the three cheapest are free.
    full, free = Decimal("3.50"), Decimal("0.00")
    assert RECEIPT.lines == (
        ReceiptLine(TEA, "EUR", (UnitGroup(1, free, (Cut("two for one", full),)), UnitGroup(3, full))),
        ReceiptLine(COFFEE, "EUR", (UnitGroup(2, free, (Cut("two for one", Decimal("2.00")),)),)),
    )
    assert [line.adjustments for line in RECEIPT.lines] == [
        (Adjustment("two for one", 1, 1, Decimal("-3.50")),),
        (Adjustment("two for one", 2, 2, Decimal("-4.00")),),
    ]
    assert [str(line.subtotal) for line in RECEIPT.lines] == ["14.00", "4.00"]
    assert [str(line.discount) for line in RECEIPT.lines] == ["3.50", "4.00"]
    assert [str(line.total) for line in RECEIPT.lines] == ["10.50", "0.00"]
    assert [line.free_units for line in RECEIPT.lines] == [1, 2]
    assert [str(amount) for amount in (RECEIPT.subtotal, RECEIPT.discount, RECEIPT.total)] == ["18.00", "7.50", "10.50"]


def test_a_line_adds_up_what_several_offers_did_to_it():
    half, rest = Cut("a", Decimal("1.75")), Cut("b", Decimal("1.75"))
    groups = (
        UnitGroup(1, Decimal("0.00"), (half, rest)),
        UnitGroup(2, Decimal("1.75"), (half,)),
        UnitGroup(1, Decimal("3.50")),
    )
    line = ReceiptLine(TEA, "EUR", groups)

    assert (line.free_units, str(line.discount), str(line.total)) == (1, "7.00", "7.00")
    # The unit is free by the offer that took off the rest of its price.
    assert line.adjustments == (Adjustment("a", 3, 0, Decimal("-5.25")), Adjustment("b", 1, 1, Decimal("-1.75")))


def test_a_line_without_an_offer_costs_what_its_units_cost():
    line = ReceiptLine(TEA, "EUR", (UnitGroup(4, Decimal("3.50")),))

    assert (line.free_units, str(line.discount), str(line.total), line.adjustments) == (0, "0.00", "14.00", ())


def test_a_receipt_prints_as_a_table():
    assert str(RECEIPT) == (
        "sku     kind   units  free  subtotal  discount  total  offers\n"
        "tea     goods      4     1     14.00      3.50  10.50  two for one\n"
        "coffee  goods      2     2      4.00      4.00   0.00  two for one"
    )


def test_what_became_of_an_offer_is_found_by_its_id():
    assert RECEIPT.decision("two for one") is RECEIPT.trace[0]
    with pytest.raises(InvalidValueError, match=r"there was no offer 'three for one'; there were \['two for one'\]"):
        RECEIPT.decision("three for one")


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
