"""What the records of one kind hold, declared."""

import pytest
from described import Customer

from cxkit.errors import CxError, InvalidTypeError, InvalidValueError, UnknownFieldError
from cxkit.predicates import Fields, Value, flag, integer, money, text


class Person(Fields):
    name = text()
    adult = flag()


class Member(Person, label="club member"):
    number = integer()


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


@pytest.mark.parametrize("name", ["label", "fields", "_private", "__hidden__"])
def test_a_field_cannot_take_a_name_that_the_class_needs(name: str):
    with pytest.raises(InvalidValueError) as caught:
        type("Thing", (Fields,), {name: text()})
    assert str(caught.value) == f"a field must not be called {name!r}: that name is taken"
    assert caught.value.found == name


def test_a_fields_class_has_no_instances():
    expected = r"^Person describes records and has no instances; give predicates a mapping or an object$"
    with pytest.raises(InvalidTypeError, match=expected):
        Person()


@pytest.mark.parametrize(
    "use",
    [repr, lambda field: field >= "3", lambda field: (field == 3).about, lambda field: hash(field == 3)],
    ids=["print", "compare", "about", "hash"],
)
def test_a_field_outside_of_a_fields_class_says_where_it_belongs(use):
    with pytest.raises(InvalidTypeError) as caught:
        use(integer())
    assert str(caught.value) == (
        "this field belongs to no Fields class; write it as an attribute of one: class Customer(Fields): ..."
    )


def test_money_names_a_currency_that_there_is():
    with pytest.raises(InvalidValueError, match="did you mean 'EUR'"):
        money("eur")


@pytest.mark.parametrize("field", Customer.fields.values(), ids=Customer.fields)
def test_a_field_is_a_value_that_prints_as_its_place(field: Value):
    assert repr(field) == f"Customer.{field.source.name}"
