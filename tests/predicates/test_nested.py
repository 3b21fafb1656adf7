"""Records within records."""

import copy
import pickle
from types import SimpleNamespace

import attrs
import pytest

from cxkit.codec import from_dict, to_dict
from cxkit.errors import CxError, InvalidTypeError, InvalidValueError, UnknownFieldError
from cxkit.predicates import Fields, Predicate, bucket, flag, integer, nested, real, text


class Place(Fields):
    lat = real()
    lon = real(key="long")


class Address(Fields):
    city = text()
    place = nested(Place, key="geo location")


class Person(Fields):
    name = text()
    home = nested(Address)
    work = nested(Address, key="office")


class Employee(Person):
    number = integer()


IN_BERLIN = Person.home.city == "Berlin"
UP_NORTH = Person.work.place.lat > 54


@attrs.frozen
class Home:
    city: str


@pytest.mark.parametrize(
    "home",
    [{"city": "Berlin"}, SimpleNamespace(city="Berlin"), Home("Berlin")],
    ids=["mapping", "namespace", "attrs"],
)
def test_a_part_of_a_nested_record_is_tested_whatever_holds_it(home: object):
    assert IN_BERLIN.matches({"home": home})
    assert IN_BERLIN.matches(SimpleNamespace(home=home))
    assert not (~IN_BERLIN).matches({"home": home})


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"home": None},
        {"home": float("nan")},
        {"home": "Berlin"},
        {"home": b"Berlin"},
        {"home": 3},
        {"home": True},
        {"home": ["Berlin"]},
        {"home": ("Berlin",)},
        {"home": {"Berlin"}},
        {"home": {}},
        {"home": {"city": None}},
        pytest.param({"home": object()}, id="an object"),
        {"city": "Berlin"},
        {"home.city": "Berlin"},
        {"work": {"city": "Berlin"}},
    ],
    ids=repr,
)
def test_a_way_that_leads_to_no_value_leads_to_a_missing_one(record: dict):
    assert not IN_BERLIN.matches(record)
    assert (~IN_BERLIN).matches(record)
    assert Person.home.city.is_missing().matches(record)


def test_keys_lead_the_way_and_names_are_what_code_says():
    assert UP_NORTH.matches({"office": {"geo location": {"lat": 55.5}}})
    assert not UP_NORTH.matches({"work": {"place": {"lat": 55.5}}})
    assert Person.home.place.lon.eq(13).matches({"home": {"geo location": {"long": 13}}})
    assert repr(UP_NORTH) == "Person.work.place.lat > 54.0"
    [reason] = UP_NORTH.explain({"office": {"geo location": {"lat": 52}}}).reasons
    assert (reason.code, reason.field, reason.found, reason.needed) == ("failed", "work.place.lat", 52, "> 54.0")


def test_the_fields_of_a_class_hold_the_parts_by_their_path():
    assert list(Person.fields) == [
        "name",
        *("home.city", "home.place.lat", "home.place.lon"),
        *("work.city", "work.place.lat", "work.place.lon"),
    ]
    assert list(Employee.fields) == [*Person.fields, "number"]
    assert repr(Person.fields["work.place.lon"]) == repr(Person.work.place.lon) == "Person.work.place.lon"
    assert repr(Person.home.place) == "Person.home.place"


def test_a_predicate_of_a_part_is_about_the_outermost_record():
    assert (IN_BERLIN & UP_NORTH).about == {Person}
    assert (Employee.home.city == "Berlin") == IN_BERLIN
    assert (Address.city == "Berlin").about == {Address}
    assert (Address.city == "Berlin") != IN_BERLIN
    assert Person.home.city.eq("Berlin") != Person.work.city.eq("Berlin")


@pytest.mark.parametrize(
    ("use", "told"),
    [
        (lambda: Person.hme, "Person has no field 'hme'"),
        (lambda: Person.home.ctiy, "Person.home has no field 'ctiy'; did you mean 'city'?"),
        (lambda: Person.work.plac, "Person.work has no field 'plac'; did you mean 'place'?"),
        (lambda: Person.work.place.latt, "Person.work.place has no field 'latt'; did you mean 'lat'?"),
        (lambda: Person.home.zzz, "Person.home has no field 'zzz'"),
    ],
)
def test_an_unknown_part_is_named_with_the_nearest_known_one(use, told: str):
    with pytest.raises(UnknownFieldError) as caught:
        use()
    assert str(caught.value).startswith(told)


def test_names_with_an_underscore_are_ordinary_attributes():
    with pytest.raises(AttributeError, match=r"^_x$") as caught:
        _ = Person.home._x  # noqa: SLF001
    assert not isinstance(caught.value, CxError)


@pytest.mark.parametrize("described", [int, "Address", None, Address.city, {"city": str}], ids=repr)
def test_a_nested_record_is_described_by_a_fields_class(described: object):
    with pytest.raises(InvalidTypeError) as caught:
        nested(described)
    assert str(caught.value) == f"a nested record is described by a Fields class, got {described!r}"


def test_one_nested_record_under_two_names_is_refused():
    with pytest.raises(InvalidValueError) as caught:

        class Pair(Fields):
            first = second = nested(Address)

    assert str(caught.value) == "Pair.second is Pair.first already; declare a nested record of its own"


@pytest.mark.parametrize("name", ["fields", "check", "_home"])
def test_a_nested_record_cannot_take_a_name_that_the_class_needs(name: str):
    with pytest.raises(InvalidValueError, match=r"^a field must not be called "):
        type("Thing", (Fields,), {name: nested(Address)})


def test_a_nested_record_that_has_no_place_yet_says_what_it_is():
    assert repr(nested(Address)) == "nested(Address)"


def test_records_nest_to_any_depth():
    inner: type[Fields] = type("Level0", (Fields,), {"leaf": flag()})
    for number in range(1, 12):
        inner = type(f"Level{number}", (Fields,), {"down": nested(inner)})
    way = ".".join(["down"] * 11)
    record: object = {"leaf": True}
    value = inner
    for _ in range(11):
        record, value = {"down": record}, value.down
    assert list(inner.fields) == [f"{way}.leaf"]
    assert value.leaf.is_true().matches(record)
    assert repr(value.leaf) == f"Level11.{way}.leaf"
    assert from_dict(to_dict(value.leaf.is_true()), Predicate, fields=inner) == value.leaf.is_true()


def test_a_part_is_stored_by_its_path():
    document = to_dict(IN_BERLIN & UP_NORTH)
    assert document["where"] == {
        "all": [
            {"value": "Person.home.city", "test": "eq", "than": "Berlin"},
            {"value": "Person.work.place.lat", "test": "gt", "than": 54.0},
        ]
    }
    assert from_dict(document, Predicate, fields=Person) == IN_BERLIN & UP_NORTH


def test_a_part_survives_copies_and_pickles():
    for again in (pickle.loads(pickle.dumps(UP_NORTH)), copy.deepcopy(UP_NORTH)):  # noqa: S301
        assert again == UP_NORTH
        assert again.matches({"office": {"geo location": {"lat": 55.5}}})
    assert pickle.loads(pickle.dumps(Person.home.city)).source is Person.home.city.source  # noqa: S301


def test_what_a_nested_class_derives_from_its_fields_is_no_part_of_the_outer_record():
    class Visit(Fields):
        number = integer()
        arm = bucket(number, salt="sale")

    class Visitor(Fields):
        first = nested(Visit)

    assert list(Visit.fields) == ["number", "arm"]
    assert list(Visitor.fields) == ["first.number"]
    assert bucket(Visitor.first.number, salt="sale", share=1).matches({"first": {"number": 7}})
    with pytest.raises(UnknownFieldError):
        _ = Visitor.first.arm


def test_an_ill_typed_part_is_named_by_its_path():
    with pytest.raises(InvalidTypeError, match=r"^work\.place\.lat must be a real number, got '55' in Person\.work"):
        UP_NORTH.matches({"office": {"geo location": {"lat": "55"}}})
