"""Predicates as documents, and back."""

import json
from datetime import date, datetime, timezone
from decimal import Decimal

import pytest
from described import Customer, build
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import descriptions

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidValueError
from cxkit.predicates import Fields, Predicate, integer, text

C = Customer
NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


class Shop(Fields, label="shop"):
    name = text()
    staff = integer()


class Branch(Shop, label="branch"):
    city = text()


def document(where: object) -> dict[str, object]:
    return {"cxkit": 1, "type": "predicates.predicate", "where": where}


def load(where: object) -> Predicate:
    return from_dict(document(where), Predicate, fields=Customer)


def leaf(field: str, test: str, **than: object) -> dict[str, object]:
    return {"value": f"Customer.{field}", "test": test, **than}


def faults(stored: dict[str, object]) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        from_dict(stored, Predicate, fields=Customer)
    return [str(fault) for fault in caught.value.exceptions]


UNKNOWN = "$.where: expected one of all, any, not, always, or value with test, got a dict"
STORED = [
    (C.country == "DE", leaf("country", "eq", than="DE")),
    (C.country != "DE", {"not": leaf("country", "eq", than="DE")}),
    (C.country.is_in(["DE", "FR"]), leaf("country", "in", than=["DE", "FR"])),
    (C.country.not_in([]), {"not": leaf("country", "in", than=[])}),
    (C.country.contains("D"), leaf("country", "contains", than="D")),
    (C.country.starts_with("D"), leaf("country", "starts_with", than="D")),
    (C.country.ends_with("D"), leaf("country", "ends_with", than="D")),
    (C.country.is_known(), leaf("country", "known")),
    (C.country.is_missing(), {"not": leaf("country", "known")}),
    (C.orders < 3, leaf("orders", "lt", than=3)),
    (C.orders <= 3, leaf("orders", "le", than=3)),
    (C.orders > 3, leaf("orders", "gt", than=3)),
    (C.orders >= 3, leaf("orders", "ge", than=3)),
    (C.orders.between(-1, 3), leaf("orders", "between", than=[-1, 3])),
    (C.score >= 1, leaf("score", "ge", than=1.0)),
    (C.spend >= Decimal("1E+2"), leaf("spend", "ge", than="100", currency="EUR")),
    (C.spend < Decimal("9.90"), leaf("spend", "lt", than="9.90", currency="EUR")),
    (C.churned.is_true(), leaf("churned", "true")),
    (C.churned.is_false(), leaf("churned", "false")),
    (C.churned.eq(False), leaf("churned", "eq", than=False)),  # noqa: FBT003
    (C.joined >= NOON, leaf("joined", "ge", than="2026-03-01T12:00:00+00:00")),
    (C.born < date(2026, 3, 1), leaf("born", "lt", than="2026-03-01")),
    (C.interests.contains("a"), leaf("interests", "has", than="a")),
    (C.interests.contains_any(["a", "b"]), leaf("interests", "has_any", than=["a", "b"])),
    (C.interests.contains_all(["a"]), leaf("interests", "has_all", than=["a"])),
    (C.interests.is_empty(), leaf("interests", "empty")),
    ((C.orders > 3) & C.churned.is_true(), {"all": [leaf("orders", "gt", than=3), leaf("churned", "true")]}),
    ((C.orders > 3) | C.churned.is_true(), {"any": [leaf("orders", "gt", than=3), leaf("churned", "true")]}),
]


@pytest.mark.parametrize(("predicate", "where"), STORED, ids=repr)
def test_each_test_has_a_stored_form(predicate: Predicate, where: dict[str, object]):
    assert to_dict(predicate) == document(where)
    assert load(where) == predicate
    assert repr(load(where)) == repr(predicate)


@given(descriptions())
def test_a_predicate_survives_a_trip_through_json(description):
    p = build(description)
    again = from_dict(json.loads(json.dumps(to_dict(p), allow_nan=False)), Predicate, fields=Customer)
    assert again == p
    assert hash(again) == hash(p)
    assert to_dict(again) == to_dict(p)


@given(st.integers(-(10**30), 10**30), st.integers(-31, 31))
@example(1, 30)
def test_every_amount_that_is_taken_can_be_stored_and_printed(digits: int, exponent: int):
    try:
        p = C.spend >= Decimal(f"{digits}E{exponent}")
    except InvalidValueError:
        return
    assert load(json.loads(json.dumps(to_dict(p)))["where"]) == p
    assert eval(repr(p), {"Customer": Customer, "Decimal": Decimal}) == p  # noqa: S307


def test_a_whole_number_of_json_serves_as_a_real_one():
    assert load(leaf("score", "ge", than=1)) == (C.score >= 1.0)


def test_any_offset_serves_for_a_moment():
    assert load(leaf("joined", "eq", than="2026-03-01T13:00+01:00")) == C.joined.eq(NOON)


def test_a_double_negation_is_read_as_what_it_means():
    assert load({"not": {"not": leaf("churned", "true")}}) == C.churned.is_true()


def test_fields_are_found_by_label_in_several_classes():
    p = (Shop.name == "Mitte") & (C.orders >= 3) & (Branch.city == "Berlin") & (Branch.staff > 1)
    assert from_dict(to_dict(p), Predicate, fields=[int, Customer, Branch]) == p


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ((), "pass fields="),
        (int, "this call was given fields=<class 'int'>"),
        (Customer, "this call was given fields=Customer"),
        ([Customer, int, Branch], "this call was given fields=Customer, <class 'int'>, branch"),
    ],
    ids=["nothing", "no fields", "others", "several"],
)
def test_a_predicate_needs_its_fields_to_load(fields: object, told: str):
    stored = document({"value": "shop.boss", "test": "known"})
    with pytest.raises(DocumentError) as caught:
        from_dict(stored, Predicate, fields=fields)
    [fault] = caught.value.exceptions
    assert str(fault) == f"$.where.value: unknown field 'shop.boss'; {told}"
    assert fault.found == "shop.boss"


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (3, ["$.where: expected one of all, any, not, always, or value with test, got 3"]),
        ({}, ["$.where: expected one of all, any, not, always, or value with test, got {}"]),
        ({"all": 3}, ["$.where.all: expected a list, got 3"]),
        ({"any": None}, ["$.where.any: expected a list, got None"]),
        ({"any": []}, ["$.where.any: expected one term or more"]),
        ({"all": []}, ["$.where.all: expected one term or more"]),
        ({"not": 3}, ["$.where.not: expected one of all, any, not, always, or value with test, got 3"]),
        ({"value": "Customer.age", "test": "eq", "than": 3}, ["$.where.value: unknown field 'Customer.age'; this call was given fields=Customer"]),
        ({"value": "country", "test": "eq", "than": "DE"}, ["$.where.value: unknown field 'country'; did you mean 'Customer.country'?"]),
        ({"value": 3, "test": "eq", "than": 3}, ["$.where.value: expected an object, got 3"]),
        ({"value": {"type": "predicates.predicate"}, "test": "eq", "than": 3}, ["$.where.value.type: expected the type name of a Source, got 'predicates.predicate'"]),
        (leaf("orders", "contains", than="3"), ["$.where.test: expected a test of an integer, got 'contains'"]),
        (leaf("country", "lt", than="x"), ["$.where.test: expected a test of text, got 'lt'"]),
        (leaf("churned", "ge", than=True), ["$.where.test: expected a test of a flag, got 'ge'"]),
        (leaf("orders", "has", than="3"), ["$.where.test: expected a test of an integer, got 'has'"]),
        (leaf("orders", ["eq"], than=3), ["$.where.test: expected a test of an integer, got ['eq']"]),
        (leaf("orders", "eq"), ["$.where: missing key 'than'"]),
        (leaf("orders", "known", than=3), ["$.where: unknown key 'than'"]),
        (leaf("orders", "eq", than="3"), ["$.where.than: expected a whole number, got '3'"]),
        (leaf("orders", "eq", than=True), ["$.where.than: expected a whole number, got True"]),
        (leaf("orders", "eq", than=None), ["$.where.than: expected a whole number, got None"]),
        (leaf("orders", "eq", than=[3]), ["$.where.than: expected a whole number, got [3]"]),
        (leaf("orders", "in", than=3), ["$.where.than: expected a list, got 3"]),
        (leaf("orders", "in", than=[1, "2", 3, None]), ["$.where.than[1]: expected a whole number, got '2'", "$.where.than[3]: expected a whole number, got None"]),
        (leaf("orders", "between", than=[1]), ["$.where.than: expected a list of two bounds, got [1]"]),
        (leaf("orders", "between", than=[1, 2, 3]), ["$.where.than: expected a list of two bounds, got [1, 2, 3]"]),
        (leaf("orders", "between", than=[3, 1]), ["$.where: Customer.orders lies between two bounds, the lower one first, got (3, 1)"]),
        (
            leaf("spend", "ge", than="100", currency="USD"),
            ["$.where.currency: expected EUR, as the field is declared, got 'USD'"],
        ),
        (leaf("spend", "ge", than=9.9), ["$.where.than: expected a decimal number as text, got 9.9"]),
        (leaf("spend", "ge", than="1E+9"), ["$.where.than: expected a decimal number as text, got '1E+9'"]),
        (leaf("spend", "ge", than="1" * 35), [f"$.where: Customer.spend is money in EUR: an amount must be finite and have up to 30 digits, got Decimal('{'1' * 35}')"]),
        (leaf("joined", "ge", than="2026-03-01"), ["$.where.than: expected an ISO 8601 time with its offset, got '2026-03-01'"]),
        (leaf("born", "ge", than="1 March"), ["$.where.than: expected an ISO 8601 date, got '1 March'"]),
        (leaf("orders", "eq", than=3) | {"else": 4}, [UNKNOWN]),
        ({"all": [], "any": []}, [UNKNOWN]),
        ({"any": [], "all": [], "not": {}}, [UNKNOWN]),
        ({"not": leaf("churned", "true"), "and": 1}, [UNKNOWN]),
    ],
    ids=lambda value: str(value)[:60],
)  # fmt: skip
def test_a_fault_is_told_with_its_place(where: object, expected: list[str]):
    assert faults(document(where)) == expected


@pytest.mark.parametrize("junction", ["all", "any"])
def test_a_junction_of_one_term_is_the_term(junction: str):
    assert load({junction: [leaf("churned", "true")]}) == C.churned.is_true()
    assert load({"not": {junction: [{junction: [leaf("churned", "true")]}]}}) == ~C.churned


def test_all_faults_are_told_at_once():
    where = {"all": [{"any": [leaf("age", "eq"), 3]}, {"not": leaf("orders", "eq")}, leaf("country", "eq", than=1)]}
    assert [fault.partition(": ")[0] for fault in faults(document(where))] == [
        "$.where.all[0].any[0].value",
        "$.where.all[0].any[1]",
        "$.where.all[1].not",
        "$.where.all[2].than",
    ]


@pytest.mark.parametrize(
    ("extra", "found"),
    [({}, "{'type': 'predicates.predicate'}"), ({"where": leaf("churned", "true"), "name": "x"}, "a dict")],
    ids=["no where", "more"],
)
def test_the_document_of_a_predicate_holds_nothing_but_where(extra: dict[str, object], found: str):
    told = faults({"cxkit": 1, "type": "predicates.predicate", **extra})
    assert told == [f"$: expected an object with the key 'where', got {found}"]


def test_a_document_of_another_type_is_no_predicate():
    span = {"cxkit": 1, "type": "calendar.span", "months": 1, "days": 0, "hours": 0, "tz": "UTC"}
    assert faults(span) == ["$.type: expected the type name of a Predicate, got 'calendar.span'"]
