"""Texts whose order means something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.predicates import Fields, OrderedText, Predicate, Text, text


class Parcel(Fields):
    postcode = text(ordered=True)
    number = text(ordered=False)


P = Parcel


@pytest.mark.parametrize(
    ("predicate", "passing", "failing"),
    [
        (P.postcode < "20", ["", "1", "19999"], ["20", "200", "3", "A"]),
        (P.postcode <= "20", ["20", "1"], ["20 ", "200"]),
        (P.postcode > "Z", ["a", "É", "Za"], ["Z", "A", "1"]),  # the order of code points: capitals first
        (P.postcode >= "Z", ["Z", "ZZ"], ["Y"]),
        (P.postcode.between("10", "12"), ["10", "100", "12"], ["1", "120", "9"]),
        (P.postcode > "\uffff", ["\U00010000"], ["\ufffe"]),  # and not that of UTF-16
        (P.postcode == "10", ["10"], ["1"]),
        (P.postcode.is_in(["10"]), ["10"], ["1"]),
        (P.postcode.contains("9"), ["090"], ["080"]),
        (P.postcode.starts_with("1"), ["10"], ["01"]),
        (P.postcode.ends_with("1"), ["01"], ["10"]),
        (P.postcode.matches("^[0-9]{5}$"), ["10115"], ["1011"]),
    ],
    ids=repr,
)
def test_an_ordered_text_has_the_tests_of_a_text_and_an_order(predicate, passing: list, failing: list):
    assert [predicate.matches({"postcode": value}) for value in passing] == [True] * len(passing)
    assert [predicate.matches({"postcode": value}) for value in failing] == [False] * len(failing)
    assert not predicate.matches({})


def _points(word: str) -> list[int]:
    return [ord(letter) for letter in word]


@given(st.text(max_size=4), st.text(max_size=4))
def test_the_order_is_that_of_code_points(one: str, other: str):
    assert (P.postcode < one).matches({"postcode": other}) is (_points(other) < _points(one))


def test_a_text_has_an_order_only_where_it_is_declared():
    assert type(P.postcode) is OrderedText
    assert type(P.number) is type(text()) is Text
    assert not hasattr(P.number, "between")
    with pytest.raises(InvalidTypeError) as caught:
        _ = P.number < "20"
    assert str(caught.value) == "Parcel.number is text, which has no order; compare with == or is_in([...])"


def test_what_an_ordered_text_is_compared_with_is_checked():
    with pytest.raises(InvalidTypeError) as caught:
        _ = P.postcode >= 20
    assert str(caught.value) == "Parcel.postcode is ordered text: expected text, got 20"
    with pytest.raises(InvalidValueError, match="the lower one first"):
        P.postcode.between("b", "a")


def test_an_ordered_text_is_stored_and_read():
    p = P.postcode.between("10", "12") | (P.postcode > "Z")
    assert to_dict(p)["where"] == {
        "any": [
            {"value": "Parcel.postcode", "test": "between", "than": ["10", "12"]},
            {"value": "Parcel.postcode", "test": "gt", "than": "Z"},
        ]
    }
    assert from_dict(to_dict(p), Predicate, fields=P) == p


def test_an_ill_typed_value_is_refused():
    with pytest.raises(
        InvalidTypeError, match=r"^postcode must be ordered text, got 10115 in Parcel\.postcode >= '1'$"
    ):
        (P.postcode >= "1").matches({"postcode": 10115})
