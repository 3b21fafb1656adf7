"""What the records of one kind hold, declared."""

import pickle

import pytest
from described import Customer

from cxkit import predicates
from cxkit.errors import CxError, InvalidTypeError, InvalidValueError, UnknownFieldError
from cxkit.predicates import Fields, Value, choice, flag, integer, money, nested, text


class Person(Fields):
    name = text()
    adult = flag()


class Member(Person, label="club member"):
    number = integer()


def choice_of_two(*, key: str) -> Value:
    return choice("a", "b", key=key)


def test_fields_are_listed_by_name_in_the_order_of_their_declaration():
    assert list(Person.fields) == ["name", "adult"]
    assert Person.fields["adult"] is Person.adult


def test_a_subclass_has_the_fields_of_its_base_first():
    assert list(Member.fields) == ["name", "adult", "number"]
    assert list(Person.fields) == ["name", "adult"]
    assert Fields.fields == {}


def test_what_is_no_field_is_not_listed():
    class Shop(Fields):
        country = "DE"
        name = text()

    assert list(Shop.fields) == ["name"]


def test_the_label_is_the_name_of_the_class_unless_given():
    assert (Person.label, Member.label) == ("Person", "club member")
    assert repr(Member.number) == "club member.number"


def test_an_inherited_field_is_about_the_class_that_declares_it():
    assert repr(Member.name) == "Person.name"
    assert (Member.name == "Eve").about == {Person}


def test_a_predicate_knows_what_it_is_about():
    assert (Person.adult.is_true() & (Customer.orders >= 3) & ~(Customer.country == "DE")).about == {Person, Customer}


def test_a_field_of_another_class_is_refused():
    with pytest.raises(InvalidValueError) as caught:
        type("Guest", (Fields,), {"called": Person.name})
    assert str(caught.value) == "Guest.called is Person.name already; declare a field of its own"
    assert caught.value.found == "called"
    assert repr(Person.name) == "Person.name"


def test_one_field_under_two_names_is_refused():
    with pytest.raises(InvalidValueError, match=r"^Pair\.second is Pair\.first already; declare a field of its own$"):

        class Pair(Fields):
            first = second = text()


def test_an_unknown_field_is_named_with_the_nearest_known_one():
    with pytest.raises(UnknownFieldError) as caught:
        _ = Customer.contry
    assert str(caught.value) == "Customer has no field 'contry'; did you mean 'country'?"
    assert caught.value.found == "contry"
    assert isinstance(caught.value, AttributeError)


def test_an_unknown_field_that_is_like_no_other_gets_no_hint():
    with pytest.raises(UnknownFieldError, match=r"^club member has no field 'zzz'$"):
        _ = Member.zzz


def test_names_with_an_underscore_are_ordinary_attributes():
    assert not hasattr(Person, "_secret")
    with pytest.raises(AttributeError, match=r"^_secret$") as caught:
        _ = Person._secret  # noqa: SLF001
    assert not isinstance(caught.value, CxError)


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("label", "label_"),
        ("fields", "fields_"),
        ("check", "check_"),
        ("_private", "private_"),
        ("__hidden__", "hidden_"),
    ],
)
def test_a_field_cannot_take_a_name_that_the_class_needs(name: str, instead: str):
    with pytest.raises(InvalidValueError) as caught:
        type("Thing", (Fields,), {name: text()})
    assert str(caught.value) == (
        f"a field must not be called {name!r}: that name is taken; write {instead} = ...(key={name!r})"
    )
    assert caught.value.found == name
    assert type("Thing", (Fields,), {instead: text(key=name)}).fields[instead].eq("x").matches({name: "x"})


@pytest.mark.parametrize("name", ["label", "fields", "check"])
def test_a_nested_record_cannot_take_such_a_name_either(name: str):
    with pytest.raises(InvalidValueError, match=rf"^a field must not be called '{name}': that name is taken"):
        type("Thing", (Fields,), {name: nested(Person)})


@pytest.mark.parametrize(
    ("key", "error"),
    [("", InvalidValueError), (" ", InvalidValueError), (3, InvalidTypeError), (("a",), InvalidTypeError)],
)
@pytest.mark.parametrize("declare", [text, flag, integer, money, choice_of_two])
def test_the_key_of_a_field_is_a_name(declare, key: object, error: type[CxError]):
    with pytest.raises(error, match=r"^the key of a field must "):
        declare(key=key)


def test_a_flag_by_itself_is_no_predicate_yet_and_says_what_to_write():
    for name in ("matches", "explain", "compile", "to_sql", "is_satisfiable"):
        with pytest.raises(UnknownFieldError) as caught:
            getattr(Person.adult, name)
        assert str(caught.value) == f"Person.adult is a flag; write Person.adult.is_true().{name}(...)"
        assert not hasattr(Person.adult, name)
    with pytest.raises(AttributeError) as caught:
        _ = Person.adult.mathces
    assert not isinstance(caught.value, CxError)


def test_a_test_knows_the_path_of_its_value():
    class Order(Fields):
        buyer = nested(Member, key="the buyer")
        paid = flag(key="is paid")

    assert Order.paid.is_true().path == ("is paid",)
    assert Order.buyer.name.eq("Eve").path == ("the buyer", "name")
    assert Order.buyer.name.casefold().eq("Eve").path is None


def test_a_fields_class_has_no_instances():
    expected = r"^Person describes records and has no instances; give predicates a mapping or an object$"
    with pytest.raises(InvalidTypeError, match=expected):
        Person()


@pytest.mark.parametrize(
    "use",
    [lambda field: field >= "3", lambda field: (field == 3).about, lambda field: hash(field == 3), pickle.dumps],
    ids=["compare", "about", "hash", "pickle"],
)
def test_a_field_outside_of_a_fields_class_says_where_it_belongs(use):
    with pytest.raises(InvalidTypeError) as caught:
        use(integer())
    assert str(caught.value) == (
        "this field belongs to no Fields class; write it as an attribute of one: class Customer(Fields): ..."
    )


def test_a_field_outside_of_a_fields_class_prints_as_its_kind():
    assert [repr(field) for field in (integer(), text(), money("EUR"))] == ["an integer", "text", "money in EUR"]


def test_a_kind_prints_as_what_errors_call_it():
    assert [repr(field.kind) for field in (integer(), money("EUR"))] == ["<kind: an integer>", "<kind: money in EUR>"]


def test_money_names_a_currency_that_there_is():
    with pytest.raises(InvalidValueError, match="did you mean 'EUR'"):
        money("eur")


@pytest.mark.parametrize("field", Customer.fields.values(), ids=Customer.fields)
def test_a_field_is_a_value_that_prints_as_its_place(field: Value):
    assert repr(field) == f"Customer.{field.source.name}"


def test_what_is_imported_late_is_there_and_nothing_else():
    assert sorted(predicates.__all__) == predicates.__all__
    assert all(getattr(predicates, name) is not None for name in predicates.__all__)
    with pytest.raises(AttributeError, match=r"^module 'cxkit\.predicates' has no attribute 'bukket'$"):
        _ = predicates.bukket
