"""What the rules of the library take: predicates about one kind of record, checked and stored."""

import pytest
from described import Customer

from cxkit._forms import Reader
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.predicates import Fields, Predicate, a_predicate, flag, predicate_form, text


class Shop(Fields, label="shop"):
    name = text()
    is_open = flag()


MITTE = Shop.name == "Mitte"


def test_a_predicate_about_the_right_fields_is_taken():
    assert a_predicate(MITTE & ~MITTE, Shop, "where") == MITTE & ~MITTE


def test_a_flag_by_itself_is_taken_as_the_predicate_that_it_is_true():
    assert a_predicate(Shop.is_open, Shop, "where") == Shop.is_open.is_true()


@pytest.mark.parametrize("given", [True, "Mitte", None, Shop.name], ids=repr)
def test_what_is_no_predicate_is_refused(given: object):
    with pytest.raises(InvalidTypeError) as caught:
        a_predicate(given, Shop, "where")
    assert str(caught.value) == f"where must be a predicate about shop, got {given!r}"
    assert caught.value.found is given


@pytest.mark.parametrize("given", [Customer.orders == 3, MITTE & (Customer.orders == 3)], ids=repr)
def test_a_predicate_about_other_fields_is_refused(given: Predicate):
    with pytest.raises(InvalidValueError) as caught:
        a_predicate(given, Shop, "where")
    assert str(caught.value) == f"where must be a predicate about shop only, got {given!r}"
    assert caught.value.found is given


def test_the_fields_of_the_library_need_not_be_given_to_load():
    form = predicate_form(Shop)
    mixed = MITTE & (Customer.orders == 3)
    assert form.load(form.dump(MITTE), Reader("$", [], ())) == MITTE
    assert form.load(form.dump(mixed), Reader("$", [], (Customer,))) == mixed
