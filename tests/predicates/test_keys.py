"""Fields whose key in a record is not their name."""

import pickle
from types import SimpleNamespace

import pytest

from cxkit.codec import from_dict, to_dict
from cxkit.predicates import Fields, Predicate, choice, day, flag, integer, moment, money, real, tags, text


class Export(Fields):
    order_count = integer(key="Order Count")
    class_ = text(key="class")
    label_ = text(key="label")
    plain = text()


MANY = Export.order_count >= 3


def test_a_record_is_read_by_the_key_and_not_by_the_name():
    assert MANY.matches({"Order Count": 3})
    assert not MANY.matches({"order_count": 3})
    assert (Export.class_ == "b").matches({"class": "b"})
    assert (Export.label_ == "x").matches({"label": "x"})
    assert (Export.plain == "x").matches({"plain": "x"})


def test_an_object_is_read_by_the_key_too():
    assert MANY.matches(SimpleNamespace(**{"Order Count": 3}))
    assert (Export.label_ == "x").matches(SimpleNamespace(label="x"))


def test_code_reasons_and_documents_say_the_name():
    assert list(Export.fields) == ["order_count", "class_", "label_", "plain"]
    assert repr(MANY) == "Export.order_count >= 3"
    assert [reason.field for reason in MANY.explain({}).reasons] == ["order_count"]
    document = to_dict(MANY)
    assert document["where"] == {"value": "Export.order_count", "test": "ge", "than": 3}
    again = from_dict(document, Predicate, fields=Export)
    assert again == MANY
    assert again.matches({"Order Count": 3})


def test_a_predicate_with_a_key_pickles():
    again = pickle.loads(pickle.dumps(MANY))  # noqa: S301
    assert again == MANY
    assert again.matches({"Order Count": 3})


def test_two_fields_of_one_class_are_told_apart_by_their_keys():
    class Renamed(Fields):
        first = integer(key="a")
        second = integer(key="b")
        again = integer(key="a")

    assert (Renamed.first == 1) != (Renamed.second == 1)
    assert (Renamed.first == 1) == (Renamed.again == 1)


@pytest.mark.parametrize(
    ("make", "value"),
    [
        (text, "x"),
        (lambda **key: text(ordered=True, **key), "x"),
        (integer, 3),
        (real, 1.5),
        (money, 3),
        (lambda **key: money("EUR", **key), 3),
        (flag, True),
        (moment, None),
        (day, None),
        (tags, {"a"}),
        (lambda **key: choice("a", "b", **key), "a"),
    ],
)
def test_a_field_of_any_kind_takes_a_key(make, value: object):
    class Row(Fields):
        field = make(key="the key")

    assert Row.field.is_known().matches({"the key": value}) is (value is not None)
    assert Row.field.is_missing().matches({"field": value})
