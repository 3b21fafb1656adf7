"""The shared checks: what comes in is right, or the error says what would be."""

from datetime import date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from cxkit._checks import UTC, a_count, a_name, an_amount, an_instant, distinct, one_of
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError, NaiveDatetimeError

at = datetime.fromisoformat

# Counts and names


@pytest.mark.parametrize(("number", "least"), [(0, 0), (1, 1), (10**30, 0), (-2, -2)])
def test_a_count_from_the_least_on_is_given_back(number, least):
    assert a_count(number, "stamps", least=least) == number


@pytest.mark.parametrize("number", [True, 1.0, "1", None])
def test_a_count_is_an_int_and_no_bool(number):
    with pytest.raises(InvalidTypeError) as caught:
        a_count(number, "stamps")

    assert str(caught.value) == f"stamps must be an int, got {number!r}"
    assert caught.value.found is number


@pytest.mark.parametrize(("number", "least"), [(-1, 0), (0, 1)])
def test_a_count_below_the_least_is_refused(number, least):
    with pytest.raises(InvalidValueError) as caught:
        a_count(number, "stamps", least=least)

    assert str(caught.value) == f"stamps must be at least {least}, got {number}"
    assert caught.value.found == number


@pytest.mark.parametrize("number", [10**60, 10**400, 10**5000], ids=["61", "401", "5001"])
def test_a_count_that_no_arithmetic_takes_is_refused(number):
    assert a_count(10**60 - 1, "stamps") == 10**60 - 1
    with pytest.raises(
        InvalidValueError, match=r"^stamps must be below 10\*\*60, got (1000|a int with too many digits)"
    ):
        a_count(number, "stamps")


def test_a_count_is_not_negative_unless_said():
    with pytest.raises(InvalidValueError, match="must be at least 0, got -1"):
        a_count(-1, "stamps")


class Channel(StrEnum):
    WEB = "web"


def test_a_name_is_given_back_as_it_came():
    assert a_name(" anna ", "customer") == " anna "


def test_a_name_of_an_enumeration_is_its_text():
    assert (type(a_name(Channel.WEB, "channel")), a_name(Channel.WEB, "channel")) == (str, "web")


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        (None, InvalidTypeError, "customer must be text, got None"),
        (17, InvalidTypeError, "customer must be text, got 17"),
        (b"anna", InvalidTypeError, "customer must be text, got b'anna'"),
        ("", InvalidValueError, "customer must not be blank, got ''"),
        (" \t", InvalidValueError, "customer must not be blank, got ' \\t'"),
    ],
)
def test_a_name_is_text_that_is_not_blank(name, kind, message):
    with pytest.raises(kind) as caught:
        a_name(name, "customer")

    assert str(caught.value) == message
    assert caught.value.found is name


# Amounts


@pytest.mark.parametrize("amount", [Decimal("1E29"), Decimal("1E-30"), Decimal("9" * 30), Decimal("-0.01"), Decimal(0)])
def test_an_amount_of_a_size_that_money_has_is_given_back(amount):
    assert an_amount(amount, "price") is amount


def test_a_whole_amount_becomes_a_decimal():
    assert str(an_amount(-25, "price")) == "-25"


@pytest.mark.parametrize(
    "amount",
    [Decimal("1E31"), Decimal("1E-31"), Decimal("1" * 31), 10**31, Decimal("NaN"), Decimal("sNaN"), Decimal("Inf")],
)
def test_an_amount_that_no_money_has_is_refused(amount):
    with pytest.raises(InvalidValueError) as caught:
        an_amount(amount, "price")

    assert str(caught.value) == f"price must be finite and have up to 30 digits, got {caught.value.found!r}"
    assert str(caught.value.found) == str(Decimal(amount))


@pytest.mark.parametrize(
    ("amount", "hint"),
    [(24.9, "; write Decimal('24.9')"), (float("inf"), ""), (float("nan"), ""), ("24.90", ""), (True, ""), (None, "")],
)
def test_an_amount_is_exact(amount, hint):
    with pytest.raises(InvalidTypeError) as caught:
        an_amount(amount, "price")

    assert str(caught.value) == f"price must be a Decimal or an int, got {amount!r}{hint}"
    assert caught.value.found is amount


# Instants


class Nowhere(tzinfo):
    """A zone that does not say where it is."""

    def utcoffset(self, _moment):
        return None


def test_an_instant_comes_back_in_utc():
    instant = an_instant(at("2026-03-01T09:00+05:30"), "at")

    assert instant == at("2026-03-01T03:30Z")
    assert instant.tzinfo is UTC


def test_an_instant_in_utc_comes_back_itself():
    moment = at("2026-03-01T09:00Z")

    assert an_instant(moment, "at") is moment


def test_the_two_passes_of_a_repeated_hour_are_two_instants():
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 2, 30, tzinfo=berlin)

    assert an_instant(first, "at") == at("2026-10-25T00:30Z")
    assert an_instant(first.replace(fold=1), "at") == at("2026-10-25T01:30Z")


@pytest.mark.parametrize("zone", [None, Nowhere()])
def test_a_naive_datetime_is_told_how_to_get_a_zone(zone):
    naive = at("2026-03-01T09:00").replace(tzinfo=zone)
    with pytest.raises(NaiveDatetimeError) as caught:
        an_instant(naive, "as_of")

    assert str(caught.value) == (
        "as_of must be an aware datetime, got the naive 2026-03-01T09:00:00; attach its zone, as in "
        "moment.replace(tzinfo=ZoneInfo('Europe/Berlin')), or give tz= to a bulk constructor"
    )
    assert caught.value.found is naive


@pytest.mark.parametrize("moment", [None, "2026-03-01T09:00Z", 1772355600, date(2026, 3, 1)])
def test_only_a_datetime_is_an_instant(moment):
    with pytest.raises(InvalidTypeError) as caught:
        an_instant(moment, "at")

    assert str(caught.value) == f"at must be a datetime, got {moment!r}"
    assert caught.value.found is moment


@pytest.mark.parametrize(
    "moment",
    [
        datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))),
    ],
)
def test_an_instant_lies_in_the_years_of_the_calendar(moment):
    with pytest.raises(InvalidValueError) as caught:
        an_instant(moment, "at")

    assert str(caught.value) == f"at must lie in the years 1 to 9999 in UTC, got {moment.isoformat()}"
    assert caught.value.found is moment


# Choices


@pytest.mark.parametrize("choices", [("omit", "raise"), {"omit": 1, "raise": 2}, frozenset({"omit"})])
def test_one_of_the_choices_is_given_back(choices):
    assert one_of("omit", choices, "missing") == "omit"


@pytest.mark.parametrize("choice", ["drop", None, 0])
def test_another_choice_is_told_which_there_are(choice):
    with pytest.raises(InvalidValueError) as caught:
        one_of(choice, ("omit", "raise"), "missing")

    assert str(caught.value) == f"missing must be one of 'omit', 'raise', got {choice!r}"
    assert caught.value.found is choice


@pytest.mark.parametrize("choice", [["omit"], True, 1.0])
def test_what_only_looks_like_a_choice_is_refused_too(choice):
    with pytest.raises(InvalidValueError) as caught:
        one_of(choice, {"omit": 1, 1: 2}, "missing")

    assert str(caught.value) == f"missing must be one of 'omit', 1, got {choice!r}"


# Distinct ids


class Rule(NamedTuple):
    id: str
    delay: int = 0


def test_things_with_ids_of_their_own_stay_in_order():
    assert distinct(iter([Rule("b"), Rule("a")]), Rule) == (Rule("b"), Rule("a"))
    assert distinct([], Rule) == ()


@pytest.mark.parametrize("second", [Rule("a", 3), Rule("a", 1)])
def test_two_things_with_one_id_are_refused(second):
    with pytest.raises(DuplicateError) as caught:
        distinct([Rule("a", 1), second], Rule)

    assert str(caught.value) == "two of the rules have the id 'a'; give one of them an id= of its own"
    assert caught.value.found is second


def test_one_thing_given_twice_is_refused_as_its_equal_is():
    rule = Rule("a", 1)
    with pytest.raises(DuplicateError):
        distinct([rule, rule], Rule)


def test_a_thing_of_another_kind_is_refused():
    with pytest.raises(InvalidTypeError) as caught:
        distinct([Rule("a"), "b"], Rule)

    assert str(caught.value) == "expected a Rule, got 'b'"
    assert caught.value.found == "b"
