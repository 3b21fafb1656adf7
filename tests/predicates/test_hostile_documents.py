"""Documents from strangers: each is refused with a `DocumentError`, or is a predicate like any other."""

import json
import time
from datetime import timedelta
from random import Random

import pytest
from described import MISSING, Customer
from mutations import NOON, ORIGINALS, bomb, mutated
from strategies import VALUES

from cxkit.codec import Limits, from_dict, to_dict
from cxkit.errors import CxError, DocumentError
from cxkit.journey import Journey, Touchpoint
from cxkit.predicates import Predicate
from cxkit.segments import Profile

C = Customer
RECORDS = [
    {},
    {field: values[0] for field, values in VALUES.items()},
    {field: values[-1] for field, values in VALUES.items()},
    *(dict.fromkeys(VALUES, mark) for mark in MISSING),
    dict.fromkeys(VALUES, "?"),
    dict.fromkeys(VALUES, 3),
]
ANNA = Journey("anna", [Touchpoint("order", NOON - timedelta(days=day), channel="web", value=day) for day in range(40)])


def use(predicate: Predicate) -> None:
    """Ask a loaded predicate everything; it may refuse, but with an error of the library."""
    assert from_dict(json.loads(json.dumps(to_dict(predicate))), Predicate, fields=C) == predicate
    assert hash(predicate) == hash(~~predicate)
    assert repr(predicate)
    assert str(predicate)
    for record in RECORDS:
        for subject in (record, Profile(record, ANNA)):
            try:
                why = predicate.explain(subject, as_of=NOON)
                assert predicate.matches(subject, as_of=NOON) is (why.outcome == "match")
            except CxError:
                continue


@pytest.mark.parametrize("seed", range(30))
def test_a_spoilt_document_is_refused_or_loads_as_any_other(seed: int):
    random = Random(seed)
    refused = 0
    for _ in range(100):
        document = mutated(random)
        began = time.process_time()
        try:
            predicate = from_dict(document, Predicate, fields=C)
        except DocumentError as error:
            refused += 1
            told = [str(fault) for fault in error.exceptions]
            assert all(fault.startswith("$") for fault in told)
        else:
            use(predicate)
        assert time.process_time() - began < 5
    assert 0 < refused < 100


@pytest.mark.parametrize("original", range(len(ORIGINALS)))
def test_an_intact_document_loads(original: int):
    predicate = from_dict(json.loads(json.dumps(ORIGINALS[original])), Predicate, fields=C)
    assert to_dict(predicate) == ORIGINALS[original]
    use(predicate)


@pytest.mark.parametrize("wrap", ["not", "all", "[]"])
@pytest.mark.parametrize("depth", [120, 100_000])
def test_a_deep_document_is_refused_before_it_is_read(wrap: str, depth: int):
    document = ORIGINALS[0] | {"where": bomb(depth, ORIGINALS[0]["where"], wrap)}
    with pytest.raises(DocumentError) as caught:
        from_dict(document, Predicate, fields=C)
    assert str(caught.value) == "the document has 1 fault; $: more than 120 levels deep"


def test_a_wide_document_tells_each_fault():
    wrong = {"value": "Customer.orders", "test": "eq", "than": "x"}
    document = ORIGINALS[0] | {"where": {"all": [wrong] * 10_000}}
    with pytest.raises(DocumentError) as caught:
        from_dict(document, Predicate, fields=C)
    assert len(caught.value.exceptions) == 10_000


def test_a_number_beyond_every_float_is_a_fault_however_long_numbers_may_be():
    document = ORIGINALS[0] | {"where": {"value": "Customer.score", "test": "eq", "than": 10**400}}
    with pytest.raises(DocumentError) as caught:
        from_dict(document, Predicate, fields=C, limits=Limits(digits=1000))
    [fault] = caught.value.exceptions
    assert str(fault) == "$.where.than: expected a number that a float can hold, got a int"
