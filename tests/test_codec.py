"""Documents from strangers: the envelope, the faults with their paths, the limits, and what is never touched."""

import copy
import json
import pickle
import sys
from types import SimpleNamespace

import pytest
from samples import STORED, Customer

from cxkit.codec import from_dict, to_dict
from cxkit.errors import CxError, DocumentError, DocumentFault, InvalidTypeError
from cxkit.loyalty import Basket, Offer
from cxkit.predicates import Fields, Predicate, integer
from cxkit.tallies import PopulationRate, Rate

RATE = {"cxkit": 1, "type": "tallies.rate", "count": 3, "total": 8, "name": "open rate", "unit": "mails"}
TEA = {"value": "Line.fields.tags", "test": "has", "than": "tea"}
OFFER = {
    "cxkit": 1,
    "type": "loyalty.offer",
    "name": "3 for 2",
    "benefit": {"type": "loyalty.buy_x_get_y", "buy": 2, "get": 1, "items": TEA},
}


def faults(document, cls, **options):
    """Read what cannot be read, and tell what is said about it."""
    with pytest.raises(DocumentError) as caught:
        from_dict(document, cls, **options)
    return [str(fault) for fault in caught.value.exceptions]


def without(document, key):
    return {name: part for name, part in document.items() if name != key}


# The envelope


@pytest.mark.parametrize("found", [0, 2, -1, True, 1.0, "1", None, [1], {}])
def test_a_format_of_another_time_is_refused(found):
    with pytest.raises(DocumentError) as caught:
        from_dict(RATE | {"cxkit": found}, Rate)

    (fault,) = caught.value.exceptions
    assert str(fault) == f"$.cxkit: expected a format from 1 to 1, the newest that this version reads, got {found!r}"
    assert fault.found is found


def test_a_document_without_a_format_is_refused():
    assert faults(without(RATE, "cxkit"), Rate) == [
        "$.cxkit: expected a format from 1 to 1, the newest that this version reads, got None"
    ]


@pytest.mark.parametrize("document", [None, "text", 3, [], [RATE], (), SimpleNamespace(cxkit=1)])
def test_a_document_is_an_object(document):
    with pytest.raises(DocumentError) as caught:
        from_dict(document, Rate)

    (fault,) = caught.value.exceptions
    assert str(fault).startswith("$: expected an object, got ")
    assert fault.found is document


@pytest.mark.parametrize(
    "name", [None, 3, "", "rate", "tallies", "tallies.", "tallies.Rate", "os.path", ["tallies.rate"]]
)
def test_an_unknown_type_is_refused(name):
    assert faults(RATE | {"type": name}, Rate) == [f"$.type: expected the type name of a Rate, got {name!r}"]
    assert faults(without(RATE, "type"), Rate) == ["$.type: expected the type name of a Rate, got None"]


def test_a_type_name_imports_nothing_but_the_packages_of_cxkit():
    assert "antigravity" not in sys.modules
    faults(RATE | {"type": "antigravity.rate"}, Rate)
    assert "antigravity" not in sys.modules


@pytest.mark.parametrize("cls", [PopulationRate, Predicate, Offer, int, DocumentError])
def test_a_document_of_another_type_is_refused(cls):
    assert faults(RATE, cls) == [f"$.type: expected the type name of a {cls.__name__}, got 'tallies.rate'"]


def test_a_class_above_the_stored_one_is_satisfied():
    assert from_dict(RATE, object) == Rate(3, 8, name="open rate", unit="mails")


def test_what_has_no_stored_form_is_refused_when_it_is_written():
    with pytest.raises(InvalidTypeError, match=r"^int has no stored form, got 3$"):
        to_dict(3)
    with pytest.raises(InvalidTypeError, match=r"^type has no stored form, got <class 'cxkit.tallies._rates.Rate'>$"):
        to_dict(Rate)


# The faults


@pytest.mark.parametrize(
    ("document", "cls", "found"),
    [
        (RATE | {"colour": 1}, Rate, ["$.colour: unknown key"]),
        (RATE | {"count": "3", "unit": 4}, Rate, ["$.count: expected a whole number, got '3'", "$.unit: expected text, got 4"]),
        (RATE | {"count": 9}, Rate, ["$: count of open rate must not exceed its total of 8 mails, got 9"]),
        (RATE | {1: 2}, Rate, ["$[1]: unknown key"]),
        (RATE | {None: 2}, Rate, ["$.None: unknown key"]),
        (without(OFFER, "benefit"), Offer, ["$.benefit: missing key"]),
        (OFFER | {"benefit": None}, Offer, ["$.benefit: expected an object, got None"]),
        (OFFER | {"benefit": OFFER}, Offer, ["$.benefit.type: expected the type name of a Benefit, got 'loyalty.offer'"]),
        (OFFER | {"benefit": OFFER["benefit"] | {"buy": 0}}, Offer, ["$.benefit: buy must be at least 1, got 0"]),
        (OFFER | {"benefit": OFFER["benefit"] | {"cxkit": 1}}, Offer, ["$.benefit.cxkit: unknown key"]),
        (
            OFFER | {"name": 3, "benefit": OFFER["benefit"] | {"buy": "2", "get": None, "items": TEA | {"test": "like"}}},
            Offer,
            [
                "$.name: expected text, got 3",
                "$.benefit.buy: expected a whole number, got '2'",
                "$.benefit.get: expected a whole number, got None",
                "$.benefit.items.test: expected a test of a set of tags, got 'like'",
            ],
        ),
        (
            {"cxkit": 1, "type": "loyalty.basket", "currency": 978, "lines": [{"sku": "a", "unit_price": 1}, {}, [], {"sku": "b", "unit_price": "-1"}]},
            Basket,
            [
                "$.currency: expected text, got 978",
                "$.lines[0].unit_price: expected a decimal number as text, got 1",
                "$.lines[1].sku: missing key",
                "$.lines[1].unit_price: missing key",
                "$.lines[2]: expected an object, got []",
                "$.lines[3]: unit_price must not be negative, got -1; what is given back is an offer or a return",
            ],
        ),
    ],
)  # fmt: skip
def test_all_faults_are_reported_at_once_with_their_paths(document, cls, found):
    assert sorted(faults(document, cls)) == sorted(found)


def test_an_error_tells_all_its_faults_and_can_be_caught_as_a_value_error():
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - what a caller without cxkit in mind would write
        from_dict(RATE | {"count": "3", "unit": 4}, Rate)

    error = caught.value
    assert isinstance(error, CxError)
    assert isinstance(error, ExceptionGroup)
    assert str(error) == (
        "the document has 2 faults; $.count: expected a whole number, got '3'; $.unit: expected text, got 4"
    )
    assert [(fault.path, fault.found) for fault in error.exceptions] == [("$.count", "3"), ("$.unit", 4)]
    assert error.__suppress_context__


def test_one_fault_is_one():
    with pytest.raises(DocumentError) as caught:
        from_dict(RATE | {"count": "3"}, Rate)

    assert caught.value.message == "the document has 1 fault"


def test_an_error_can_be_pickled_and_taken_apart():
    with pytest.raises(DocumentError) as caught:
        from_dict(RATE | {"count": "3", "unit": 4}, Rate)

    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert str(again) == str(caught.value)
    matching, rest = caught.value.split(lambda fault: isinstance(fault, DocumentFault) and fault.path == "$.count")
    assert [[str(fault) for fault in part.exceptions] for part in (matching, rest)] == [
        ["$.count: expected a whole number, got '3'"],
        ["$.unit: expected text, got 4"],
    ]
    assert isinstance(matching, DocumentError)


def test_a_fault_of_a_predicate_names_the_fields_that_were_given():
    document = to_dict(Customer.orders >= 3)

    assert faults(document, Predicate) == ["$.where.value: unknown field 'Customer.orders'; pass fields="]
    assert from_dict(document, Predicate, fields=[Other, Customer]) == (Customer.orders >= 3)


class Other(Fields):
    """Has a field of the same name."""

    orders = integer()


# What is never touched


@pytest.mark.parametrize("name", STORED)
def test_reading_changes_neither_the_document_nor_the_answer(name):
    document = json.loads(json.dumps(to_dict(STORED[name])))
    before = copy.deepcopy(document)
    first, second = (from_dict(document, object, fields=Customer, trusted=True) for _ in range(2))

    assert document == before
    assert first == second == STORED[name]


@pytest.mark.parametrize("name", STORED)
def test_writing_gives_a_new_document_each_time(name):
    document = to_dict(STORED[name])
    before = copy.deepcopy(document)
    empty(document)

    assert to_dict(STORED[name]) == before


def empty(data):
    """Take everything out of a document."""
    for part in list(data.values() if isinstance(data, dict) else data):
        if isinstance(part, dict | list):
            empty(part)
    data.clear()


@pytest.mark.parametrize("wrong", [{"type_": "Rate"}, {"type_": Rate, "fields": 5}])
def test_what_is_no_class_is_refused(wrong):
    with pytest.raises(InvalidTypeError):
        from_dict(RATE, **wrong)
