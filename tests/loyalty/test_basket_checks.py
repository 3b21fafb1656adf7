"""Baskets: what is refused."""

from datetime import date
from decimal import Decimal

import pytest

from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.loyalty import Basket, Line

TEA = Line("tea", Decimal(3), tags={"hot"})


@pytest.mark.parametrize(
    ("price", "error", "message"),
    [
        (2.5, InvalidTypeError, "unit_price must be a Decimal or an int, got 2.5; write Decimal('2.5')"),
        (float("nan"), InvalidTypeError, "unit_price must be a Decimal or an int, got nan"),
        (True, InvalidTypeError, "unit_price must be a Decimal or an int, got True"),
        ("2.50", InvalidTypeError, "unit_price must be a Decimal or an int, got '2.50'"),
        (None, InvalidTypeError, "unit_price must be a Decimal or an int, got None"),
        (-1, InvalidValueError, "unit_price must not be negative, got -1; what is given back is an offer or a return"),
        (Decimal("-0.01"), InvalidValueError, "unit_price must not be negative, got -0.01; what is given back is an "),
        (
            Decimal("NaN"),
            InvalidValueError,
            "unit_price must be finite and have up to 30 digits, got Decimal('NaN')",
        ),
        (
            Decimal("sNaN"),
            InvalidValueError,
            "unit_price must be finite and have up to 30 digits, got Decimal('sNaN')",
        ),
        (10**30, InvalidValueError, "unit_price must be finite and have up to 30 digits, got Decimal('1000"),
        (
            Decimal("1E+31"),
            InvalidValueError,
            "unit_price must be finite and have up to 30 digits, got Decimal('1E+31')",
        ),
        (
            Decimal("1E-31"),
            InvalidValueError,
            "unit_price must be finite and have up to 30 digits, got Decimal('1E-31')",
        ),
        (
            Decimal("Infinity"),
            InvalidValueError,
            "unit_price must be finite and have up to 30 digits, got Decimal('Inf",
        ),
    ],
)
def test_a_price_that_is_none_is_refused(price, error, message):
    with pytest.raises(error) as caught:
        Line("tea", price)
    assert str(caught.value).startswith(message)
    assert caught.value.found is price or caught.value.found == price


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"sku": ""}, InvalidValueError, "sku must not be blank, got ''"),
        ({"sku": " "}, InvalidValueError, "sku must not be blank, got ' '"),
        ({"sku": 17}, InvalidTypeError, "sku must be text, got 17"),
        ({"quantity": 0}, InvalidValueError, "quantity must be at least 1, got 0"),
        ({"quantity": -1}, InvalidValueError, "quantity must be at least 1, got -1"),
        ({"quantity": True}, InvalidTypeError, "quantity must be an int, got True"),
        ({"quantity": 1.0}, InvalidTypeError, "quantity must be an int, got 1.0"),
        ({"id": ""}, InvalidValueError, "the id of a line must not be blank, got ''"),
        ({"id": 1}, InvalidTypeError, "the id of a line must be text, got 1"),
        ({"tags": "hot"}, InvalidTypeError, "tags must be a set or list of texts, got 'hot'; write {'hot'}"),
        ({"tags": [""]}, InvalidValueError, "a tag must not be blank, got ''"),
        ({"tags": [1]}, InvalidTypeError, "a tag must be text, got 1"),
        ({"attributes": {1: "S"}}, InvalidTypeError, "attributes must be a mapping from text, got {1: 'S'}"),
        ({"attributes": ["S"]}, InvalidTypeError, "attributes must be a mapping from text, got ['S']"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(options, error, message):
    with pytest.raises(error) as caught:
        Line(**{"sku": "tea", "unit_price": 3} | options)
    assert str(caught.value).startswith(message)


NUMBERS = [10**30, -(10**30), 1e30, Decimal("1E+30"), float("nan"), Decimal("Infinity")]


@pytest.mark.parametrize("value", [["S"], {"S"}, range(3), *NUMBERS], ids=repr)
def test_an_attribute_that_is_not_plain_is_refused(value):
    with pytest.raises(InvalidTypeError) as caught:
        Line("tea", 3, attributes={"size": "S", "x": value})
    assert str(caught.value) == (
        f"attributes of a line must be text, finite numbers, flags or dates, got {value!r} for 'x'"
    )
    assert caught.value.found is value


@pytest.mark.parametrize(
    "value", [10**30 - 1, 1 - 10**30, -1e29, Decimal("9" * 30), None, "", date(2026, 3, 2)], ids=repr
)
def test_a_plain_attribute_is_kept_as_it_is(value):
    assert Line("tea", 3, attributes={"x": value}).attributes["x"] is value


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Line("tea", 3, tags=3), "tags must be a set or list of texts, got 3"),
        (lambda: Basket(3, currency="EUR"), "a basket is made of lines, got 3"),
        (lambda: Basket([TEA, 3], currency="EUR"), "a basket is made of lines, got 3"),
    ],
    ids=["tags", "lines", "a line"],
)
def test_what_is_no_collection_is_refused_in_words(make, message):
    with pytest.raises(InvalidTypeError) as caught:
        make()
    assert (str(caught.value), caught.value.found) == (message, 3)


@pytest.mark.parametrize(
    ("lines", "currency", "error", "message"),
    [
        ([TEA], "EURO", InvalidValueError, "currency must be an ISO 4217 code such as 'EUR', got 'EURO'"),
        ([], "EURO", InvalidValueError, "currency must be an ISO 4217 code such as 'EUR', got 'EURO'"),
        ([TEA], "XAU", InvalidValueError, "currency must be an ISO 4217 code such as 'EUR', got 'XAU', which has no "),
        ([], None, InvalidTypeError, "currency must be an ISO 4217 code such as 'EUR', got the NoneType None"),
        (
            [Line("tea", Decimal("2.505"))],
            "EUR",
            InvalidValueError,
            "unit_price of 'tea' 2.505 has 3 decimals, EUR has 2",
        ),
        ([Line("tea", Decimal("0.5"))], "JPY", InvalidValueError, "unit_price of 'tea' 0.5 has 1 decimal, JPY has 0"),
        ([TEA, "coffee"], "EUR", InvalidTypeError, "a basket is made of lines, got 'coffee'"),
        ([TEA, None], "EUR", InvalidTypeError, "a basket is made of lines, got None"),
    ],
)
def test_a_basket_that_makes_no_sense_is_refused(lines, currency, error, message):
    with pytest.raises(error) as caught:
        Basket(lines, currency=currency)
    assert str(caught.value).startswith(message)
