"""Predicates and fields are values: they copy and pickle."""

import copy
import pickle

import pytest
from described import Customer, build
from hypothesis import given
from strategies import descriptions

from cxkit.predicates import Value


@given(descriptions())
def test_a_predicate_survives_copies_and_pickles(description):
    p = build(description)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(p, protocol)) == p  # noqa: S301
    assert copy.copy(p) == copy.deepcopy(p) == p
    assert repr(copy.deepcopy(p)) == repr(p)


@pytest.mark.parametrize("field", Customer.fields.values(), ids=Customer.fields)
def test_a_field_comes_back_as_the_field_of_its_class(field: Value):
    for again in (pickle.loads(pickle.dumps(field)), copy.copy(field), copy.deepcopy(field)):  # noqa: S301
        assert type(again) is type(field)
        assert again.source is field.source


def test_a_predicate_cannot_be_changed():
    p = Customer.orders >= 3
    with pytest.raises(AttributeError):
        p.stated = 4
    with pytest.raises(AttributeError):
        (p & p).terms = ()
    with pytest.raises(AttributeError):
        (~p).anything = 1
