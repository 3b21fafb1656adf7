"""Fields derived from the annotations of attrs classes, dataclasses and typed dictionaries."""

import dataclasses
import pickle
import typing
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Final,
    Literal,
    NewType,
    NotRequired,
    Optional,
    Required,
    TypedDict,
)

import attrs
import pytest
import typing_extensions

from cxkit.errors import InvalidTypeError, InvalidValueError, UnknownFieldError
from cxkit.predicates import Fields, day, integer, moment, money, nested, tags, text
from cxkit.predicates._fields_of import fields_of

if TYPE_CHECKING:
    from elsewhere import Stranger

OPTIONS = "the options of a choice must be texts or ints, or the members of an enum of these"
Sku = NewType("Sku", str)
Amount = typing_extensions.TypeAliasType("Amount", Annotated[Decimal, money("EUR")])
MaybeSku = typing_extensions.TypeAliasType("MaybeSku", Sku | None)


class Tier(StrEnum):
    BASIC = "basic"
    GOLD = "gold"


class Stars(IntEnum):
    ONE = 1
    TWO = 2


class Shape(Enum):
    SQUARE = (1, 1)


class Code(str):
    __slots__ = ()


@attrs.frozen
class Address:
    city: str
    zip: "str | None" = None


@dataclasses.dataclass(frozen=True)
class Order:
    placed: datetime
    total: Decimal
    address: "Address | None" = None


class Visit(TypedDict):
    page: str
    order: NotRequired[Order]


@attrs.frozen
class Customer:
    fields: ClassVar[type[Fields]]
    country: "str"
    born: date
    churned: bool
    orders: int
    score: float
    tier: Tier
    address: Address
    last: Order | None = None


Customer.fields = fields_of(Customer, label="Customer.fields", currency="EUR")
EVE = Customer(
    country="DE",
    born=date(1990, 5, 17),
    churned=False,
    orders=3,
    score=0.5,
    tier=Tier.GOLD,
    address=Address("Berlin"),
    last=Order(datetime(2026, 1, 2, tzinfo=timezone.utc), Decimal("9.50"), Address("Graz", "8010")),
)


@attrs.frozen
class Employee:
    name: str
    manager: "Employee | None" = None


@attrs.frozen
class Team:
    lead: "Member"


@attrs.frozen
class Member:
    team: Team


def kinds(fields: type[Fields]) -> dict[str, str]:
    return {name: value.kind.name for name, value in fields.fields.items()}


def kind(annotation: object) -> str:
    record = attrs.make_class("Record", {"it": attrs.field(type=annotation)})
    return fields_of(record).fields["it"].kind.name


def test_an_attrs_class_gives_a_field_for_each_attribute_and_for_the_parts_of_nested_records():
    assert kinds(Customer.fields) == {
        "country": "text",
        "born": "a day",
        "churned": "a flag",
        "orders": "an integer",
        "score": "a real number",
        "tier": "a member of Tier",
        "address.city": "text",
        "address.zip": "text",
        "last.placed": "a moment",
        "last.total": "money in EUR",
        "last.address.city": "text",
        "last.address.zip": "text",
    }


def test_a_dataclass_gives_its_fields_without_class_and_init_variables():
    @dataclasses.dataclass
    class Cart:
        limit: ClassVar[int] = 3
        seed: dataclasses.InitVar[int]
        _: dataclasses.KW_ONLY
        total: Decimal

    assert kinds(fields_of(Cart)) == {"total": "money"}


@pytest.mark.parametrize("base", [typing.TypedDict, typing_extensions.TypedDict], ids=["typing", "extensions"])
def test_a_typed_dictionary_gives_its_keys_and_those_of_its_base(base):
    class Seen(base):
        page: Required[str]
        on: NotRequired["date | None"]

    class OnDevice(Seen, total=False):
        device: typing_extensions.ReadOnly[Literal["web", "app"]]

    assert kinds(fields_of(OnDevice)) == {"page": "text", "on": "a day", "device": "one of 'web', 'app'"}


def test_an_inherited_attribute_comes_first():
    @attrs.frozen
    class Guest(Address):
        nights: int = 1

    assert list(fields_of(Guest).fields) == ["city", "zip", "nights"]


def test_a_subclass_without_a_decorator_has_the_attributes_of_its_base():
    class Home(Address):
        garden: bool

    assert list(fields_of(Home).fields) == ["city", "zip"]


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (str, "text"),
        (Code, "text"),
        (Sku, "text"),
        (MaybeSku, "text"),
        (str | None, "text"),
        (Optional[int], "an integer"),  # noqa: UP045 - as others still write it
        (Final[bool], "a flag"),
        (datetime, "a moment"),
        (Decimal, "money"),
        (Amount, "money in EUR"),
        (Amount | None, "money in EUR"),
        (Stars, "a member of Stars"),
        (Literal["a", "b"], "one of 'a', 'b'"),
        (Literal["a", None], "one of 'a'"),  # noqa: PYI061 - as others still write it
        (Literal[1, 2] | None, "one of 1, 2"),
        (Annotated[str, "at most 20 letters", len], "text"),
        (Annotated[int | None, "at least 1"], "an integer"),
    ],
    ids=str,
)
def test_a_type_gives_its_kind(annotation, expected):
    assert kind(annotation) == expected


@pytest.mark.parametrize(
    "annotation",
    [
        set[str],
        frozenset[Sku],
        list[Code],
        tuple[str, ...],
        typing.List[str],  # noqa: UP006 - as others still write it
        Sequence[str],
        Collection[Annotated[str, "a tag"]],
        AbstractSet[str] | None,
        list[Annotated[str, text(ordered=True)]],
        set[Tier],
    ],
    ids=range(10),
)
def test_a_collection_of_text_gives_tags(annotation):
    assert kind(annotation) == "a set of tags"


@pytest.mark.parametrize(
    ("annotation", "shown"),
    [
        (dict[str, int], "dict[str, int]"),
        (object, "object"),
        (bytes, "bytes"),
        (timedelta, "timedelta"),
        (Any, "Any"),
        (int | str, "int | str"),
        (int | str | None, "int | str | None"),
        (list, "list"),
        (typing.List, "typing.List"),  # noqa: UP006 - as others still write it
        (list[int], "list[int]"),
        (set[str | None], "set[str | None]"),
        (tuple[str], "tuple[str]"),
        (tuple[str, str], "tuple[str, str]"),
        (dict[str, Annotated[Decimal, money("EUR")]], "dict[str, decimal.Decimal]"),
        (None, "NoneType"),
        (Customer.fields, "Customer.fields"),
        (Shape, f"Shape: {OPTIONS}, got <Shape.SQUARE: (1, 1)>"),
        (Literal[True], f"typing.Literal[True]: {OPTIONS}, got True"),
    ],
    ids=range(18),
)
def test_a_type_without_a_kind_is_refused(annotation, shown):
    class Record(TypedDict):
        it: annotation

    with pytest.raises(InvalidTypeError) as caught:
        fields_of(Record)
    assert str(caught.value) == (
        f"no kind of field fits Record.it ({shown}); leave it out with exclude=['it'], "
        'or annotate it as Annotated[..., money("EUR")] or the like'
    )
    assert caught.value.found == ("it",)


def test_all_attributes_that_no_kind_fits_are_reported_at_once_with_those_of_nested_records():
    @attrs.define
    class Place:
        city: str
        geo: bytes

    attributes = {
        "place": attrs.field(type=Place),
        "extra": attrs.field(type=dict[str, object]),
        "note": attrs.field(),
    }
    with pytest.raises(InvalidTypeError) as caught:
        fields_of(attrs.make_class("Shop", attributes))
    assert str(caught.value) == (
        "no kind of field fits Place.geo (bytes), Shop.extra (dict[str, object]), Shop.note (not annotated); "
        "leave them out with exclude=['place.geo', 'extra', 'note'], "
        'or annotate them as Annotated[..., money("EUR")] or the like'
    )


def test_what_is_excluded_is_left_out_also_from_a_nested_record():
    fields = fields_of(Order, exclude=["placed", "address.zip"])
    assert list(fields.fields) == ["total", "address.city"]
    assert list(fields_of(Order, exclude=(name for name in ["address"])).fields) == ["placed", "total"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("totl", "Order has no field 'totl'; did you mean 'total'?"),
        ("total.net", "Order has no field 'total.net'; did you mean 'total'?"),
        ("address.citty", "Address has no field 'citty'; did you mean 'city'?"),
    ],
)
def test_an_unknown_name_to_exclude_is_refused(given, message):
    with pytest.raises(UnknownFieldError) as caught:
        fields_of(Order, exclude=["placed", given])
    assert str(caught.value) == message


def test_one_text_is_no_list_of_names_to_exclude():
    with pytest.raises(InvalidTypeError, match=r"^exclude must be a list of names, got 'total'; write \['total'\]$"):
        fields_of(Order, exclude="total")
    with pytest.raises(InvalidTypeError, match=r"^expected a list of names to exclude, got 3$"):
        fields_of(Order, exclude=3)


def test_metadata_declares_a_field_and_the_last_of_it_wins():
    @dataclasses.dataclass
    class Line:
        price: Annotated[Decimal | None, money("EUR")]
        paid: Annotated[Amount, "gross", money("USD")]
        cost: Annotated[Amount, "net"]
        sku: Annotated[str, text(ordered=True, key="article")]
        labels: Annotated[dict[str, bool], tags()]
        sold: Annotated[int, moment().date(tz="UTC")]  # is of no record, so it declares nothing

    assert kinds(fields_of(Line)) == {
        "price": "money in EUR",
        "paid": "money in USD",
        "cost": "money in EUR",
        "sku": "ordered text",
        "labels": "a set of tags",
        "sold": "an integer",
    }
    assert (fields_of(Line).sku >= "B").matches({"article": "C"})


def test_metadata_in_a_text_declares_a_field():
    @attrs.frozen
    class Line:
        price: 'Annotated[Decimal, money("EUR")]'

    assert kinds(fields_of(Line)) == {"price": "money in EUR"}


def test_a_declaration_in_metadata_serves_any_number_of_classes():
    @attrs.frozen
    class Bill:
        net: Amount
        gross: Amount

    for derived in (fields_of(Bill), fields_of(Bill)):
        assert (derived.gross > derived.net).matches(Bill(Decimal(1), Decimal(2)))


def test_a_field_of_another_class_lends_its_kind_and_not_its_key():
    class Row(Fields):
        price = money("EUR", key="unit_price")

    @attrs.frozen
    class Line:
        cost: Annotated[Decimal, Row.price]

    assert kinds(fields_of(Line)) == {"cost": "money in EUR"}
    assert (fields_of(Line).cost == 2).matches(Line(Decimal(2)))
    assert repr(Row.price) == "Row.price"


def test_metadata_describes_a_nested_record():
    class Place(Fields):
        town = text(key="city")

    @attrs.frozen
    class Shop:
        first: Annotated[Address, Place]
        second: Annotated[Address | None, nested(Place, key="branch")]

    fields = fields_of(Shop)
    assert kinds(fields) == {"first.town": "text", "second.town": "text"}
    assert (fields.first.town == "Bonn").matches(Shop(Address("Bonn"), None))
    assert (fields.second.town == "Bonn").matches({"branch": {"city": "Bonn"}})
    assert list(fields_of(Shop).fields) == ["first.town", "second.town"]


def test_one_record_may_stand_in_two_places():
    @attrs.frozen
    class Parcel:
        sender: Address
        receiver: Address

    fields = fields_of(Parcel)
    assert (fields.sender.city != fields.receiver.city).matches(Parcel(Address("Bonn"), Address("Graz")))


def test_a_record_within_itself_is_refused():
    with pytest.raises(InvalidTypeError) as caught:
        fields_of(Employee)
    assert str(caught.value) == (
        f"no kind of field fits Employee.manager ({__name__}.Employee | None: a record within itself); "
        "leave it out with exclude=['manager'], or annotate it as Annotated[..., money(\"EUR\")] or the like"
    )
    assert list(fields_of(Employee, exclude=["manager"]).fields) == ["name"]


def test_a_record_within_itself_by_way_of_another_is_refused():
    with pytest.raises(InvalidTypeError, match=r"fits Member\.team \(Team: a record within itself\); .*'lead\.team'"):
        fields_of(Team)


@pytest.mark.parametrize("name", ["label", "fields", "check", "mro", "_secret", "class", "first name", "a.b"])
def test_a_name_that_no_field_can_have_is_refused(name):
    record = TypedDict("record", {"page": str, name: str})
    with pytest.raises(InvalidValueError) as caught:
        fields_of(record)
    assert str(caught.value) == (
        f"no field can have the name of record.{name}; leave it out with exclude=[{name!r}], "
        "or write the Fields class by hand, with key="
    )
    assert caught.value.found == (name,)
    assert list(fields_of(record, exclude=[name]).fields) == ["page"]


def test_all_names_that_no_field_can_have_are_reported_with_the_path_to_them():
    @attrs.define
    class Note:
        label: str
        _private: int = attrs.field(alias="private")

    class Record(TypedDict):
        note: Note

    with pytest.raises(InvalidValueError) as caught:
        fields_of(Record)
    assert str(caught.value) == (
        "no field can have the name of Note.label, Note._private; leave them out with "
        "exclude=['note.label', 'note._private'], or write the Fields class by hand, with key="
    )


def test_an_alias_is_not_the_name_of_an_attribute():
    @attrs.frozen
    class Point:
        amount: int = attrs.field(alias="points")

    assert (fields_of(Point).amount == 3).matches(Point(points=3))


def test_annotations_that_do_not_resolve_are_refused():
    @attrs.define
    class Lost:
        found: "Stranger"

    with pytest.raises(InvalidTypeError) as caught:
        fields_of(Lost)
    assert str(caught.value) == (
        "expected annotations of Lost that resolve at run time, got NameError: name 'Stranger' is not defined; "
        "import what they name outside of `if TYPE_CHECKING:`, define it at the top of a module, and write None "
        'inside of Annotated[Decimal | None, money("EUR")]'
    )
    assert caught.value.found is Lost


@pytest.mark.parametrize("cls", [dict, EVE, Customer.fields, "Customer", None, TypedDict, list[Order]], ids=range(7))
def test_what_is_no_such_class_is_refused(cls):
    with pytest.raises(InvalidTypeError) as caught:
        fields_of(cls)
    assert str(caught.value) == (
        f"expected an attrs class, a dataclass or a TypedDict, got {cls!r}; write its Fields class by hand"
    )


def test_a_currency_that_there_is_not_is_refused_where_no_amount_is():
    with pytest.raises(InvalidValueError):
        fields_of(Address, currency="EURO")


def test_the_label_is_the_name_of_the_class_unless_given():
    assert repr(fields_of(Order).total) == "Order.total"
    assert repr(Customer.fields.last.total) == "Customer.fields.last.total"
    assert (fields_of(Order).__module__, fields_of(Order).label) == (__name__, "Order")


def test_instances_of_the_class_match():
    fields = Customer.fields
    regular = (fields.country == "DE") & (fields.orders >= 3) & ~fields.churned & (fields.tier == Tier.GOLD)
    assert (regular & (fields.last.total > 9) & (fields.last.address.city == "Graz")).matches(EVE)
    assert not regular.matches(attrs.evolve(EVE, orders=2))
    assert not (fields.last.total > 9).matches(attrs.evolve(EVE, last=None))
    assert fields.address.zip.is_missing().matches(EVE)


def test_instances_of_the_class_are_sound_records():
    assert Customer.fields.check(EVE).outcome == "sound"
    assert Customer.fields.check(attrs.evolve(EVE, orders="3")).ill_typed == ("orders",)


def test_a_typed_dictionary_with_a_record_in_it_matches():
    visit: Visit = {"page": "/cart", "order": EVE.last}
    fields = fields_of(Visit)
    assert (fields.order.placed.date(tz="UTC") == date(2026, 1, 2)).matches(visit)
    assert fields.check({"page": "/cart", "pge": 1}).unknown == ("pge",)


def test_a_derived_field_is_as_one_that_is_declared():
    class Person(Fields):
        born = day()
        orders = integer()

    derived = fields_of(Customer, exclude=["last", "address", "tier", "score", "churned", "country"], label="Person")
    assert (derived.born >= date(2000, 1, 1)) & (derived.orders == 1) == (Person.born >= date(2000, 1, 1)) & (
        Person.orders == 1
    )


def test_a_predicate_pickles_where_the_module_knows_the_fields_by_their_label():
    gold = Customer.fields.tier == Tier.GOLD
    again = pickle.loads(pickle.dumps(gold))  # noqa: S301
    assert again == gold
    assert again.about == {Customer.fields}
