"""Tests of values, built: what is refused at once, and what a value is not."""

import operator
from datetime import date, datetime, timezone
from decimal import Decimal

import pytest
from described import Customer

from cxkit.errors import InvalidTypeError, InvalidValueError, NaiveDatetimeError
from cxkit.predicates import Choice, Day, Fields, Flag, Moment, Ordered, OrderedText, Tags, Text, money

C = Customer
NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


class Account(Fields):
    balance = money()


@pytest.mark.parametrize(
    ("field", "kind", "wanted", "refused"),
    [
        (C.country, "text", "expected text", [3, b"DE", True, ["DE"]]),
        (C.orders, "an integer", "expected an int", ["3", 3.0, True, Decimal(3)]),
        (C.score, "a real number", "expected an int or a float", ["1", True, Decimal(1), 1j]),
        (C.churned, "a flag", "expected True or False", [0, 1, "yes"]),
        (C.born, "a day", "expected a date without a time", [NOON, "2026-03-01"]),
        (C.spend, "money in EUR", "an amount must be a Decimal or an int", ["1", True, 1j]),
        (Account.balance, "money", "an amount must be a Decimal or an int", ["1", True]),
    ],
    ids=repr,
)
def test_a_literal_of_another_type_is_refused_when_the_test_is_built(field, kind: str, wanted: str, refused: list):
    for value in refused:
        with pytest.raises(InvalidTypeError) as caught:
            field.eq(value)
        assert str(caught.value) == f"{field!r} is {kind}: {wanted}, got {value!r}"
        assert caught.value.found is value


def test_who_looks_for_none_is_told_of_is_missing():
    with pytest.raises(InvalidTypeError) as caught:
        _ = C.country == None  # noqa: E711
    assert str(caught.value) == "Customer.country is text: expected text, got None; ask is_missing() for no value"


def test_a_float_for_money_is_refused_with_the_decimal_to_write():
    with pytest.raises(InvalidTypeError) as caught:
        _ = C.spend >= 9.99
    assert str(caught.value) == (
        "Customer.spend is money in EUR: an amount must be a Decimal or an int, got 9.99; write Decimal('9.99')"
    )


@pytest.mark.parametrize("value", ["2026-03-01", date(2026, 3, 1), None, 0])
def test_a_moment_is_compared_with_a_datetime_only(value: object):
    with pytest.raises(InvalidTypeError, match=r"^Customer\.joined is a moment: a moment must be a datetime, got "):
        _ = C.joined >= value


def test_a_naive_moment_is_refused():
    with pytest.raises(NaiveDatetimeError, match=r"^Customer\.joined is a moment: a moment must be an aware datetime"):
        _ = C.joined < datetime(2026, 3, 1)  # noqa: DTZ001


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), float("-inf"), 10**400], ids=lambda value: str(value)[:9]
)
def test_a_real_number_is_compared_with_finite_numbers_only(value: float):
    with pytest.raises(InvalidValueError) as caught:
        _ = C.score >= value
    assert str(caught.value) == (
        f"Customer.score is a real number: expected a finite number that a float can hold, got {value}; "
        "ask is_missing() for NaN"
    )


@pytest.mark.parametrize(
    "value", [Decimal("NaN"), Decimal("Infinity"), Decimal("1E+30"), Decimal("1E-31"), Decimal("9" * 31)]
)
def test_an_amount_beyond_thirty_digits_is_refused(value: Decimal):
    with pytest.raises(InvalidValueError) as caught:
        _ = C.spend >= value
    assert str(caught.value) == (
        f"Customer.spend is money in EUR: an amount must be finite and have up to 30 digits, got {value!r}"
    )


@pytest.mark.parametrize("value", ["1E+29", "-1E+29", "1E-29", "0E-29", "10.00", "9" * 30])
def test_an_amount_of_thirty_digits_is_taken(value: str):
    assert C.spend.eq(Decimal(value)).matches({"spend": Decimal(value)})


def test_an_amount_with_more_than_thirty_decimals_is_refused():
    with pytest.raises(InvalidValueError):
        _ = C.spend >= Decimal("1." + "0" * 31)


@pytest.mark.parametrize(
    "build",
    [
        lambda: C.orders.is_in([1, "2"]),
        lambda: C.country.not_in(["DE", None]),
        lambda: C.interests.contains_any(["a", 1]),
        lambda: C.interests.contains(3),
        lambda: C.country.contains(3),
        lambda: C.country.starts_with(None),
        lambda: C.orders.between(1, None),
        lambda: C.orders.between("1", 2),
    ],
    ids=["is_in", "not_in", "contains_any", "tag", "part", "beginning", "high", "low"],
)
def test_every_value_that_is_stated_is_checked(build):
    with pytest.raises(InvalidTypeError, match="expected"):
        build()


@pytest.mark.parametrize("values", ["DE", 3, None, C.country], ids=repr)
def test_a_list_is_asked_for_where_one_is_needed(values: object):
    with pytest.raises(InvalidTypeError) as caught:
        C.country.is_in(values)
    assert str(caught.value) == f"Customer.country takes a list of values here, got {values!r}"
    assert caught.value.found is values


def test_any_iterable_serves_as_a_list_and_is_read_once():
    from_generator = C.orders.is_in(number for number in range(3))
    assert from_generator == C.orders.is_in([0, 1, 2]) == C.orders.is_in({0, 1, 2})
    assert [from_generator.matches({"orders": number}) for number in (0, 2, 2, 3)] == [True, True, True, False]


def test_bounds_that_are_the_wrong_way_round_are_refused():
    with pytest.raises(InvalidValueError) as caught:
        C.orders.between(3, 1)
    assert str(caught.value) == "Customer.orders lies between two bounds, the lower one first, got (3, 1)"
    assert caught.value.found == (3, 1)
    assert C.orders.between(3, 3).matches({"orders": 3})


@pytest.mark.parametrize("bounds", [(), (1,), (1, 2, 3)], ids=repr)
def test_a_range_has_two_bounds(bounds: tuple[int, ...]):
    with pytest.raises(InvalidValueError) as caught:
        C.orders.test("between", bounds)
    assert str(caught.value) == f"Customer.orders lies between two bounds, the lower one first, got {bounds}"
    assert caught.value.found is bounds


def test_a_test_of_another_kind_of_value_is_refused():
    with pytest.raises(InvalidTypeError) as caught:
        C.interests.eq("a")
    assert str(caught.value) == (
        "Customer.interests is a set of tags; write .contains(...), .contains_any(...), .contains_all(...), "
        ".is_empty(), .is_known()"
    )
    assert caught.value.found == "a"


@pytest.mark.parametrize("field", [C.country, C.churned, C.interests], ids=repr)
@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
def test_what_has_no_order_refuses_to_be_ordered(field, compare):
    with pytest.raises(InvalidTypeError) as caught:
        compare(field, "x")
    assert str(caught.value) == (f"{field!r} is {field.kind.name}, which has no order; compare with == or is_in([...])")
    assert caught.value.found == "x"


def test_a_comparison_reads_the_same_from_the_other_side():
    assert (3 <= C.orders) == (C.orders >= 3)  # noqa: SIM300
    assert (3 > C.orders) == (C.orders < 3)  # noqa: SIM300
    assert (NOON == C.joined) == (C.joined == NOON)  # noqa: SIM300


@pytest.mark.parametrize("use", [bool, lambda field: field and True, operator.not_], ids=["bool", "and", "not"])
def test_a_field_is_neither_true_nor_false(use):
    with pytest.raises(InvalidTypeError) as caught:
        use(C.churned)
    assert str(caught.value) == (
        "Customer.churned is a field, not its value; write & | ~ between predicates, and .is_true() for a flag"
    )


@pytest.mark.parametrize("use", [hash, lambda field: {field: 1}, {"DE"}.__contains__], ids=["hash", "key", "in"])
def test_a_field_has_no_hash_so_that_membership_is_never_silently_false(use):
    with pytest.raises(InvalidTypeError) as caught:
        use(C.country)
    assert str(caught.value) == (
        "Customer.country is a field, not its value; "
        "write field.is_in([...]) for membership; a field cannot be a key, its name can"
    )


@pytest.mark.parametrize("use", [iter, list], ids=["iter", "list"])
def test_a_field_holds_nothing_to_iterate_over(use):
    expected = r"^Customer\.country is a field, not its value; write field\.is_in\(\[\.\.\.\]\) for membership$"
    with pytest.raises(InvalidTypeError, match=expected):
        use(C.country)


def test_in_does_not_look_into_a_field():
    expected = r"^Customer\.interests is a field, not its value; write field\.contains\(\.\.\.\)$"
    with pytest.raises(InvalidTypeError, match=expected):
        _ = "a" in C.interests


def test_a_field_is_not_looked_up_in_a_list():
    with pytest.raises(InvalidTypeError, match="is a condition, not an answer"):
        ["DE"].index(C.country)


def test_the_kind_of_a_field_decides_which_tests_it_has():
    shapes = {name: type(field) for name, field in C.fields.items()}
    assert shapes == {
        "country": Text,
        "code": OrderedText,
        "orders": Ordered,
        "visits": Ordered,
        "score": Ordered,
        "spend": Ordered,
        "churned": Flag,
        "joined": Moment,
        "seen": Moment,
        "born": Day,
        "tier": Choice,
        "interests": Tags,
        "address.city": Text,
        "address.floor": Ordered,
    }


@pytest.mark.parametrize(
    "build",
    [
        lambda: C.orders >= 3 | C.score,
        lambda: C.orders & C.score,
        lambda: C.orders | (C.score >= 1),
    ],
    ids=["the forgotten brackets", "two fields", "a field first"],
)
def test_a_comparison_without_brackets_is_told(build):
    expected = r"^Customer\.\w+ is a field, not a condition; put comparisons in brackets: \(a >= 1\) \| \(b >= 2\)$"
    with pytest.raises(InvalidTypeError, match=expected):
        build()
