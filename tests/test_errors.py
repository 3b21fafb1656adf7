"""Errors: each is also a built-in, says what came, and travels between processes."""

import copy
import pickle

import pytest

from cxkit import errors
from cxkit.errors import (
    CxError,
    DocumentError,
    DocumentFault,
    DuplicateError,
    InvalidTypeError,
    InvalidValueError,
    NaiveDatetimeError,
    UndefinedMetricError,
    UnknownFieldError,
    UnsupportedError,
)

BUILT_IN = {
    CxError: Exception,
    DocumentError: ValueError,
    DocumentFault: ValueError,
    DuplicateError: ValueError,
    InvalidTypeError: TypeError,
    InvalidValueError: ValueError,
    NaiveDatetimeError: ValueError,
    UndefinedMetricError: ValueError,
    UnknownFieldError: AttributeError,
    UnsupportedError: NotImplementedError,
}
FAULTS = [DocumentFault("expected text, got 9", 9, "$.start"), DocumentFault("missing key", None, "$.tz")]
ONE_VALUE = [kind for kind in BUILT_IN if kind is not DocumentError]


def test_every_error_is_in_the_table_of_built_ins():
    assert {kind.__name__ for kind in BUILT_IN} == set(errors.__all__)


@pytest.mark.parametrize(("kind", "built_in"), BUILT_IN.items())
def test_an_error_is_the_built_in_that_a_caller_would_catch(kind, built_in):
    assert issubclass(kind, CxError)
    assert issubclass(kind, built_in)


@pytest.mark.parametrize("kind", [NaiveDatetimeError, DuplicateError, UndefinedMetricError])
def test_a_special_wrong_value_is_a_wrong_value(kind):
    assert issubclass(kind, InvalidValueError)


@pytest.mark.parametrize("kind", ONE_VALUE)
def test_an_error_keeps_what_it_says_and_what_came(kind):
    error = kind("must be 3, got 4", 4)

    assert error.message == "must be 3, got 4"
    assert error.found == 4
    assert kind("must be 3").found is None


@pytest.mark.parametrize("kind", [kind for kind in ONE_VALUE if kind is not DocumentFault])
def test_an_error_prints_as_its_message(kind):
    assert str(kind("must be 3, got 4", 4)) == "must be 3, got 4"


@pytest.mark.parametrize("kind", ONE_VALUE)
@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])  # noqa: S301
def test_an_error_travels_with_its_attributes(kind, again):
    error = again(kind("must be 3, got 4", 4))

    assert type(error) is kind
    assert (error.message, error.found) == ("must be 3, got 4", 4)


# Hints


def test_a_mistyped_field_is_told_the_nearest_one():
    error = UnknownFieldError.among("Customer", "ordres", ["country", "orders", "order_value"])

    assert str(error) == "Customer has no field 'ordres'; did you mean 'orders'?"
    assert error.found == "ordres"


def test_a_field_like_no_other_gets_no_hint():
    error = UnknownFieldError.among("Customer", "colour", iter(["orders", "nps"]))

    assert str(error) == "Customer has no field 'colour'"


def test_a_metric_without_data_says_which_and_what_to_do():
    error = UndefinedMetricError.no_data("nps", "responses")

    assert type(error) is UndefinedMetricError
    assert str(error) == "nps is undefined: no responses; use value_or(...) where that can happen"


# Documents


def test_a_fault_says_where_it_is():
    fault = DocumentFault("expected text, got 9", 9, "$.start")

    assert str(fault) == "$.start: expected text, got 9"
    assert fault.message == "expected text, got 9"
    assert DocumentFault("expected an object").path == "$"


@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])  # noqa: S301
def test_a_fault_travels_with_its_path(again):
    fault = again(FAULTS[0])

    assert (fault.path, fault.message, fault.found) == ("$.start", "expected text, got 9", 9)


def test_a_document_error_prints_all_its_faults():
    error = DocumentError("the document has 2 faults", FAULTS)

    assert str(error) == "the document has 2 faults; $.start: expected text, got 9; $.tz: missing key"
    assert error.message == "the document has 2 faults"
    assert error.exceptions == tuple(FAULTS)


def test_a_document_error_is_a_group_of_its_faults():
    caught = []
    try:
        raise DocumentError("the document has 2 faults", FAULTS)
    except* DocumentFault as group:
        caught.extend(group.exceptions)

    assert caught == FAULTS


def test_a_part_of_a_document_error_is_a_document_error():
    error = DocumentError("the document has 2 faults", FAULTS)

    matching, rest = error.split(lambda fault: getattr(fault, "path", None) == "$.tz")
    derived = error.derive(FAULTS[:1])

    assert (type(matching), matching.exceptions) == (DocumentError, (FAULTS[1],))
    assert (type(rest), rest.exceptions) == (DocumentError, (FAULTS[0],))
    assert (type(derived), derived.message, derived.exceptions) == (DocumentError, error.message, (FAULTS[0],))
    assert type(error.subgroup(DocumentFault)) is DocumentError


@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])  # noqa: S301
def test_a_document_error_travels_with_its_faults(again):
    error = again(DocumentError("the document has 2 faults", FAULTS))

    assert type(error) is DocumentError
    assert error.message == "the document has 2 faults"
    assert [str(fault) for fault in error.exceptions] == [str(fault) for fault in FAULTS]
