"""Baskets: what makes two lines one, what a line may hold, and what is refused."""

import decimal
import pickle
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import NAMESPACE
from strategies_loyalty import bags

from cxkit.errors import DuplicateError, InvalidTypeError
from cxkit.loyalty import Basket, Line

TEA = Line("tea", Decimal(3), tags={"hot"})


def test_a_line_is_one_unit_of_a_thing_unless_said_otherwise():
    line = Line("tea", 3)

    assert (line.quantity, line.id, line.tags, line.attributes) == (1, None, frozenset(), {})
    assert line.unit_price == Decimal(3)
    assert type(line.unit_price) is Decimal


@pytest.mark.parametrize("tags", [{"hot", "tea"}, ["tea", "hot", "hot"], ("hot", "tea"), iter(["hot", "tea"])])
def test_tags_come_as_any_collection(tags):
    assert Line("tea", 3, tags=tags).tags == frozenset({"hot", "tea"})


def test_attributes_are_copied_and_cannot_be_changed():
    given_attributes = {"size": "S"}
    line = Line("tea", 3, attributes=given_attributes)
    given_attributes["size"] = "L"

    assert line.attributes == {"size": "S"}
    with pytest.raises(InvalidTypeError):
        line.attributes["size"] = "L"


# What makes two lines one


def test_lines_that_agree_are_one():
    basket = Basket(iter([TEA, Line("coffee", 3), attrs.evolve(TEA, quantity=2), TEA]), currency="EUR")

    assert basket.lines == (attrs.evolve(TEA, quantity=4), Line("coffee", 3))
    assert list(basket) == list(basket.lines)
    assert len(basket) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"sku": "coffee"},
        {"unit_price": Decimal("3.01")},
        {"tags": {"cold"}},
        {"attributes": {"size": "S"}},
        {"id": "l1"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_lines_that_differ_are_two(other):
    assert len(Basket([TEA, attrs.evolve(TEA, **other)], currency="EUR")) == 2


def test_a_price_is_the_same_however_many_zeros_it_has():
    assert len(Basket([Line("tea", Decimal("3.00")), Line("tea", 3), Line("tea", Decimal("3E0"))], currency="EUR")) == 1


def test_a_line_that_a_host_sends_twice_is_one():
    line = Line("tea", 3, id="l1", quantity=2)

    assert Basket([line, Line("tea", Decimal("3.00"), id="l1", quantity=2)], currency="EUR").lines == (line,)


@pytest.mark.parametrize(
    "other",
    [{"quantity": 3}, {"unit_price": 4}, {"sku": "coffee"}, {"tags": {"hot"}}],
    ids=lambda other: next(iter(other)),
)
def test_two_different_lines_under_one_id_are_refused(other):
    line = Line("tea", 3, id="l1")
    clash = attrs.evolve(line, **other)
    with pytest.raises(
        DuplicateError, match=r"^two different lines have the id 'l1': Line\(.*\) and Line\(.*\)$"
    ) as caught:
        Basket([line, Line("coffee", 3, id="l2"), clash], currency="EUR")
    assert caught.value.found is clash


@given(bags(), st.randoms(use_true_random=False))
def test_a_basket_is_the_same_in_any_order_and_however_its_units_are_split(bag, chance):
    basket = Basket(bag, currency="EUR")
    parts = [part for line in bag for part in split(line)]
    chance.shuffle(parts)
    other = Basket(parts, currency="EUR")

    assert other == basket
    assert hash(other) == hash(basket)
    assert sum(line.quantity for line in basket) == sum(line.quantity for line in bag)


def split(line):
    """Split a line that may be split: one of 3 into 1 and 2."""
    if line.id is not None or line.quantity == 1:
        return [line]
    return [attrs.evolve(line, quantity=1), attrs.evolve(line, quantity=line.quantity - 1)]


@pytest.mark.parametrize(
    "other", [{"quantity": 2}, {"unit_price": 4}, {"sku": "coffee"}, {"tags": {"cold"}}, {"attributes": {"size": "S"}}]
)
def test_baskets_with_other_lines_are_not_equal(other):
    assert Basket([TEA], currency="EUR") != Basket([attrs.evolve(TEA, **other)], currency="EUR")
    assert Basket([TEA], currency="EUR") != Basket([TEA], currency="USD")
    assert Basket([TEA], currency="EUR") != Basket([], currency="EUR")


def test_baskets_of_equal_lines_are_equal_however_their_attributes_are_written():
    def basket(*sizes):
        return Basket([Line("tea", 3, attributes={"size": size}) for size in sizes], currency="EUR")

    assert basket(1) == basket(Decimal(1))
    assert basket(1, 2) == basket(Decimal(1), 2)


# Copies


@given(bags())
def test_a_basket_pickles_and_prints_as_the_code_that_makes_it(bag):
    basket = Basket(bag, currency="EUR")

    assert pickle.loads(pickle.dumps(basket)) == basket  # noqa: S301 - our own
    assert eval(repr(basket), NAMESPACE) == basket  # noqa: S307 - our own


def test_a_callers_decimal_context_changes_nothing():
    signals = [*decimal.Context().flags]
    with decimal.localcontext(decimal.Context(prec=2, traps=signals)):
        basket = Basket([Line("tea", Decimal("1234567.89")), Line("tea", 1234567)], currency="EUR")

    assert [line.unit_price for line in basket] == [Decimal("1234567.89"), Decimal(1234567)]
