"""Offers: what is refused, and that an offer is a value."""

import pickle

import attrs
import pytest
from samples import NAMESPACE

from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError
from cxkit.journey import Touchpoint
from cxkit.loyalty import Basket, BuyXGetY, Line, Offer, apply_offers
from cxkit.predicates import Fields, text

TEA = Line.fields.tags.contains("tea")
COFFEE = Line.fields.tags.contains("coffee")
EMPTY = Basket([], currency="EUR")


def an_offer(buy, get, items=TEA, name=None):
    return Offer(name or f"buy {buy} get {get}", BuyXGetY(buy=buy, get=get, items=items))


class Customer(Fields):
    country = text()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"buy": 0}, InvalidValueError, "buy must be at least 1, got 0"),
        ({"get": 0}, InvalidValueError, "get must be at least 1, got 0"),
        ({"buy": True}, InvalidTypeError, "buy must be an int, got True"),
        ({"get": 1.0}, InvalidTypeError, "get must be an int, got 1.0"),
        ({"items": "coffee"}, InvalidTypeError, "items must be a predicate about Line.fields, got 'coffee'"),
        ({"items": Line.fields.tags}, InvalidTypeError, "items must be a predicate about Line.fields, got Line.fields.tags"),
        ({"items": Customer.country == "DE"}, InvalidValueError, "items must be a predicate about Line.fields only, got Customer."),
        ({"items": TEA & (Customer.country == "DE")}, InvalidValueError, "items must be a predicate about Line.fields only, got "),
        ({"items": Touchpoint.fields.name == "tea"}, InvalidValueError, "items must be a predicate about Line.fields only, got "),
    ],
)  # fmt: skip
def test_a_benefit_that_makes_no_sense_is_refused(change, error, message):
    with pytest.raises(error) as caught:
        BuyXGetY(**{"buy": 2, "get": 1, "items": TEA} | change)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"name": ""}, InvalidValueError, "the name of an offer must not be blank, got ''"),
        ({"name": 3}, InvalidTypeError, "the name of an offer must be text, got 3"),
        ({"id": " "}, InvalidValueError, "the id of an offer must not be blank, got ' '"),
        (
            {"benefit": TEA},
            InvalidTypeError,
            "benefit must be a Benefit, got Line.fields.tags.contains('tea'); such as PercentOff(10)",
        ),
    ],
)
def test_an_offer_that_makes_no_sense_is_refused(change, error, message):
    with pytest.raises(error) as caught:
        attrs.evolve(an_offer(2, 1, TEA), **change)
    assert str(caught.value) == message


def test_two_offers_under_one_id_are_refused():
    message = "two of the offers have the id 'x'; give one of them an id= of its own"
    with pytest.raises(DuplicateError) as caught:
        apply_offers(EMPTY, [an_offer(1, 1, name="x"), Offer("y", an_offer(2, 1).benefit, id="x")])
    assert str(caught.value) == message


def test_an_offer_that_comes_twice_is_refused():
    twice = an_offer(1, 1)
    with pytest.raises(DuplicateError):
        apply_offers(EMPTY, [twice, twice])


@pytest.mark.parametrize("offers", [["x"], [None], [an_offer(1, 1).benefit]], ids=["text", "none", "benefit"])
def test_what_is_no_offer_is_refused(offers):
    with pytest.raises(InvalidTypeError, match=r"^expected an Offer, got "):
        apply_offers(EMPTY, offers)


@pytest.mark.parametrize("lines", [[Line("tea", 3)], None, Line("tea", 3)], ids=["list", "none", "line"])
def test_what_is_no_basket_is_refused(lines):
    with pytest.raises(InvalidTypeError, match=r"^offers apply to a Basket, got ") as caught:
        apply_offers(lines, [an_offer(1, 1)])
    assert caught.value.found is lines


# Copies


def test_an_offer_is_its_name_unless_an_id_is_given():
    assert an_offer(1, 1, name="x").id == "x"
    assert Offer("y", an_offer(2, 1).benefit, id="x").id == "x"


def test_an_offer_pickles_and_prints_as_the_code_that_makes_it():
    made = an_offer(2, 1, TEA & ~COFFEE)

    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - our own
    assert eval(repr(made), NAMESPACE) == made  # noqa: S307 - our own
