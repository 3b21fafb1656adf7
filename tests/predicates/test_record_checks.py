"""What is wrong with a record."""

from datetime import date, datetime, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import SimpleNamespace

import pytest
from described import MISSING

from cxkit.errors import InvalidTypeError
from cxkit.predicates import (
    FieldReason,
    Fields,
    RecordCheck,
    bucket,
    choice,
    day,
    flag,
    integer,
    moment,
    money,
    nested,
    real,
    tags,
    text,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
NAIVE = datetime(2026, 3, 1, 12)  # noqa: DTZ001


class Tier(Enum):
    BASIC = "basic"
    GOLD = "gold"


class Place(Fields):
    lat = real()


class Address(Fields):
    city = text()
    place = nested(Place)


class Customer(Fields):
    country = text()
    code = text(ordered=True)
    orders = integer()
    score = real()
    spend = money("EUR")
    balance = money()
    churned = flag()
    joined = moment()
    born = day()
    interests = tags()
    tier = choice(Tier)
    stars = choice(1, 2)
    visits = integer(key="Visit Count")
    address = nested(Address)


SOUND = {
    "country": "DE",
    "code": "A1",
    "orders": 3,
    "score": 0.5,
    "spend": Decimal("9.90"),
    "balance": 10,
    "churned": False,
    "joined": NOON,
    "born": date(2000, 2, 29),
    "interests": {"tea"},
    "tier": Tier.GOLD,
    "stars": 2,
    "Visit Count": 7,
    "address": {"city": "Berlin", "place": {"lat": 52.5}},
}
numpyish = {name: type(name, (), {"__module__": "numpy", "__bool__": lambda _: True})() for name in ("bool", "bool_")}


def test_a_sound_record_has_no_faults():
    checked = Customer.check(SOUND)
    assert checked == RecordCheck(outcome="sound", reasons=())
    assert (checked.reason, str(checked)) == (None, "sound")
    assert Customer.check(SimpleNamespace(**SOUND)) == checked


@pytest.mark.parametrize(
    ("field", "kind", "wrong"),
    [
        ("country", "text", [3, b"DE", True, ["DE"]]),
        ("code", "ordered text", [3, b"A"]),
        ("orders", "an integer", [True, False, 1.0, "3", Decimal(3), Fraction(3)]),
        ("score", "a real number", [True, "1", Decimal(1), Fraction(1, 2), 1j]),
        ("spend", "money in EUR", [9.9, True, "9.90", Decimal("Infinity"), Fraction(1)]),
        ("balance", "money", [9.9, False]),
        ("churned", "a flag", [0, 1, "yes", 1.0]),
        ("joined", "a moment", [NAIVE, date(2026, 3, 1), "2026-03-01T12:00Z", 0]),
        ("born", "a day", [NOON, NAIVE, "2000-02-29"]),
        ("interests", "a set of tags", ["tea", [1], {"tea": 1}, [["tea"]], 3]),
        ("tier", "a member of Tier", ["gold", "x", 1, ["gold"]]),
        ("stars", "one of 1, 2", [True, 3, "1", [1]]),
        ("address.city", "text", [3]),
        ("address.place.lat", "a real number", ["52", True]),
    ],
)
def test_a_value_of_another_kind_is_ill_typed(field: str, kind: str, wrong: list):
    for value in wrong:
        *way, last = field.split(".")
        record = {last: value}
        for key in reversed(way):
            record = {key: record}
        checked = Customer.check(record)
        assert checked.outcome == "faulty"
        assert checked.ill_typed == (field,)
        assert checked.unknown == ()
        assert checked.reasons[0] == FieldReason("ill_typed", value, kind, field=field)
        assert str(checked.reasons[0]) == f"ill_typed: {field} is {kind}, found {value!r}"


@pytest.mark.parametrize(
    ("field", "right"),
    [
        ("orders", [0, -3, 10**40]),
        ("score", [1, 1.5, float("inf")]),
        ("spend", [3, Decimal(-1), Decimal("0.001")]),
        ("churned", [True, False, numpyish["bool"], numpyish["bool_"]]),
        ("joined", [NOON, datetime(2026, 3, 1, tzinfo=timezone.min)]),
        ("interests", [[], (), set(), frozenset({"a"}), ["a", "a"]]),
        ("stars", [1, 2]),
        ("address", [{"city": "x"}, {}, SimpleNamespace(city="x"), SimpleNamespace()]),
    ],
)
def test_a_value_of_its_kind_is_sound(field: str, right: list):
    assert [Customer.check({field: value}).outcome for value in right] == ["sound"] * len(right)


def test_a_flag_of_numpy_is_told_by_its_module_and_name():
    for flag_like in numpyish.values():
        assert Customer.churned.is_true().matches({"churned": flag_like})
        assert Customer.churned.eq(True).matches({"churned": flag_like})  # noqa: FBT003
        assert not (~Customer.churned).matches({"churned": flag_like})
    stranger = type("bool_", (), {"__bool__": lambda _: True})()
    assert Customer.check({"churned": stranger}).ill_typed == ("churned",)
    with pytest.raises(InvalidTypeError, match=r"^churned must be a flag, got "):
        Customer.churned.is_true().matches({"churned": stranger})


def test_an_unknown_key_is_told_with_the_nearest_field():
    checked = Customer.check({"contry": "DE", "zzz": 1})
    assert checked.unknown == ("contry", "zzz")
    assert checked.reasons[:2] == (
        FieldReason("unknown", "DE", "country", field="contry"),
        FieldReason("unknown", 1, None, field="zzz"),
    )
    assert [str(reason) for reason in checked.reasons[:2]] == [
        "unknown: contry; did you mean 'country'?",
        "unknown: zzz",
    ]


def test_an_unknown_key_of_a_nested_record_is_told_by_its_path():
    checked = Customer.check({"address": {"ctiy": "Berlin", "place": {"lat": 1, "lot": 2}}})
    assert [str(reason) for reason in checked.reasons if reason.code == "unknown"] == [
        "unknown: address.ctiy; did you mean 'address.city'?",
        "unknown: address.place.lot; did you mean 'address.place.lat'?",
    ]


def test_a_key_with_dots_that_names_a_nested_field_is_told_where_it_belongs():
    checked = Customer.check({"address.city": "Berlin"})
    assert checked.unknown == ("address.city",)
    assert str(checked.reasons[0]) == "unknown: address.city; a nested record holds it, not a key with dots"
    assert "address.city" in checked.missing


@pytest.mark.parametrize("value", ["Berlin", 3, ["Berlin"], True, {"Berlin"}], ids=repr)
def test_what_is_no_record_is_ill_typed_where_a_nested_one_belongs(value: object):
    checked = Customer.check({"address": value})
    assert checked.ill_typed == ("address",)
    assert checked.reasons[0] == FieldReason("ill_typed", value, "a nested record", field="address")
    assert checked.unknown == ()


def test_a_field_is_looked_up_by_its_key():
    checked = Customer.check({"visits": 3})
    assert checked.unknown == ("visits",)
    assert "visits" in checked.missing
    assert Customer.check({"Visit Count": "3"}).ill_typed == ("visits",)


@pytest.mark.parametrize("mark", MISSING, ids=["None", "nan", "NaN", "-NaN", "NA", "NaT"])
def test_a_missing_value_is_no_fault(mark: object):
    checked = Customer.check({"country": mark, "address": mark, "churned": mark, "tier": mark})
    assert checked.outcome == "sound"
    assert checked.missing == tuple(Customer.fields)
    assert checked.reasons[0] == FieldReason("missing", None, "text", field="country")
    assert str(checked.reasons[0]) == "missing: country"


def test_the_unknown_come_before_the_ill_typed_and_these_before_the_missing():
    record = {key: value for key, value in SOUND.items() if key not in ("country", "born")}
    checked = Customer.check(record | {"orders": "3", "contry": "DE", "spend": 1.5})
    assert [(reason.code, reason.field) for reason in checked.reasons] == [
        ("unknown", "contry"),
        ("ill_typed", "orders"),
        ("ill_typed", "spend"),
        ("missing", "country"),
        ("missing", "born"),
    ]
    assert (checked.outcome, checked.reason) == ("faulty", "unknown")
    assert str(checked).split("\n") == [
        "faulty",
        "- unknown: contry; did you mean 'country'?",
        "- ill_typed: orders is an integer, found '3'",
        "- ill_typed: spend is money in EUR, found 1.5",
        "- missing: country",
        "- missing: born",
    ]


def test_of_an_object_only_the_declared_fields_are_looked_at():
    assert Customer.check(SimpleNamespace(contry="DE", orders="3")).unknown == ()
    assert Customer.check(SimpleNamespace(contry="DE", orders="3")).ill_typed == ("orders",)


def test_a_key_that_is_no_text_is_unknown():
    assert Customer.check({3: "x"}).unknown == ("3",)


@pytest.mark.parametrize("record", ["anna", 3, None, ["DE"], (1,)], ids=repr)
def test_what_can_hold_no_values_is_not_checked(record: object):
    with pytest.raises(InvalidTypeError, match=r"^a record must be a mapping or an object with attributes"):
        Customer.check(record)


def test_a_value_that_is_derived_from_a_field_is_not_looked_for_in_the_record():
    class Visitor(Fields):
        name = text()
        arm = bucket(name, salt="spring sale")

    assert Visitor.check({"name": "anna"}).outcome == "sound"
    assert Visitor.check({"arm": 0.5}).unknown == ("arm",)
