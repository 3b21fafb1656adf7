"""Values that are derived from fields, as documents: what a stranger may write and what is refused."""

import json

import pytest
from samples import Customer

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError
from cxkit.predicates import Predicate, bucket

C = Customer
FOLDED = "predicates.casefolded"
HOUR = "predicates.hour"
UNTIL = "predicates.days_until_anniversary"


def leaf(than: object = 1, /, **source: object) -> dict[str, object]:
    return {"value": source, "test": "eq", "than": than}


def load(where: dict[str, object], **options: object) -> Predicate:
    return from_dict({"cxkit": 1, "type": "predicates.predicate", "where": where}, Predicate, fields=C, **options)


@pytest.mark.parametrize(
    ("predicate", "where"),
    [
        (C.country.casefold() == "De", leaf("de", type=FOLDED, of="Customer.country", ascii_only=False)),
        (C.born.month() == 2, leaf(2, type="predicates.date_part", of="Customer.born", part="month")),
        (C.joined.hour(tz="UTC") == 6, leaf(6, type=HOUR, of="Customer.joined", tz="UTC")),
        (
            C.joined.date(tz="UTC").days_since(tz="Asia/Tokyo") == 6,
            leaf(
                6,
                type="predicates.days_since",
                of={"type": "predicates.local_day", "of": "Customer.joined", "tz": "UTC"},
                tz="Asia/Tokyo",
            ),
        ),
        (
            bucket(C.address.city.casefold(), salt="s").eq(0.5),
            leaf(
                0.5,
                type="predicates.bucket",
                of={"type": FOLDED, "of": "Customer.address.city", "ascii_only": False},
                salt="s",
                algorithm="md5-52",
            ),
        ),
    ],
    ids=repr,
)
def test_a_derived_value_is_stored_with_what_it_is_derived_from(predicate: Predicate, where: dict[str, object]):
    assert to_dict(predicate)["where"] == where
    again = load(json.loads(json.dumps(where)))
    assert again == predicate
    assert hash(again) == hash(predicate)
    assert repr(again) == repr(predicate)


def test_what_a_folded_text_of_a_document_is_compared_with_is_folded():
    assert load(leaf("DE", type=FOLDED, of="Customer.country", ascii_only=False)).matches({"country": "de"})


@pytest.mark.parametrize(
    ("where", "told"),
    [
        (
            leaf(type=FOLDED, of="Customer.orders", ascii_only=False),
            "$.where.value: expected a source of text or ordered text, got Customer.orders",
        ),
        (
            leaf(type=FOLDED, of="Customer.country", ascii_only=1),
            "$.where.value.ascii_only: expected true or false, got 1",
        ),
        (leaf(type=FOLDED, of="Customer.country", ascii_only=False, x=1), "$.where.value.x: unknown key"),
        (leaf(type=FOLDED, ascii_only=False), "$.where.value.of: missing key"),
        (
            leaf(type=FOLDED, of="Customer.age", ascii_only=False),
            "$.where.value.of: unknown field 'Customer.age'; this call was given fields=Customer",
        ),
        (
            leaf(type=HOUR, of="Customer.joined", tz="Mars"),
            "$.where.value: tz must be the IANA name of a zone such as 'Europe/Berlin', got 'Mars'",
        ),
        (
            leaf(type=HOUR, of="Customer.joined", tz="../../etc/passwd"),
            "$.where.value: tz must be the IANA name of a zone such as 'Europe/Berlin', got '../../etc/passwd'",
        ),
        (leaf(type=HOUR, of="Customer.joined", tz=None), "$.where.value.tz: expected text, got None"),
        (
            leaf(type=HOUR, of={"type": HOUR, "of": "Customer.joined", "tz": "UTC"}, tz="UTC"),
            "$.where.value: expected a source of moment, got Customer.joined.hour(tz='UTC')",
        ),
        (
            leaf(type="predicates.date_part", of="Customer.born", part="week"),
            "$.where.value.part: expected one of year, month, day, isoweekday, got 'week'",
        ),
        (leaf(type=UNTIL, of="Customer.born", tz="UTC"), "$.where.value.leap_day: missing key"),
        (
            leaf(type=UNTIL, of="Customer.born", tz="UTC", leap_day="02-29"),
            "$.where.value.leap_day: expected one of 02-28, 03-01, got '02-29'",
        ),
        (
            leaf(type="predicates.bucket", of="Customer.score", salt="x", algorithm="md5-52"),
            "$.where.value: a bucket is found by a text or a whole number, such as an id, got Customer.score",
        ),
        (
            leaf(type="predicates.bucket", of="Customer.id", salt="", algorithm="md5-52"),
            "$.where.value: the salt of a bucket must not be blank, got ''",
        ),
        (
            leaf(type="predicates.within", of="Customer.joined", window="P1D"),
            "$.where.value.window: expected a whole number, got 'P1D'",
        ),
        (
            leaf(type="predicates.date", of="Customer.born"),
            "$.where.value.type: expected the type name of a Source, got",
        ),
    ],
    ids=lambda value: str(value)[:75],
)
def test_a_derived_value_that_cannot_be_is_a_fault(where: dict[str, object], told: str):
    with pytest.raises(DocumentError) as caught:
        load(where)
    [fault] = caught.value.exceptions
    assert str(fault).startswith(told)


def test_a_deep_derivation_is_bounded_like_any_document():
    def folded(times: int) -> object:
        of: object = "Customer.country"
        for _ in range(times):
            of = {"type": FOLDED, "of": of, "ascii_only": False}
        return of

    p = load({"value": folded(100), "test": "eq", "than": "DE"})
    assert p.matches({"country": "de"})
    assert hash(p) == hash(load(to_dict(p)["where"]))
    with pytest.raises(DocumentError, match=r"^the document has 1 fault") as caught:
        load({"value": folded(10_000), "test": "eq", "than": "DE"})
    assert [str(fault) for fault in caught.value.exceptions] == ["$: more than 120 levels deep"]
