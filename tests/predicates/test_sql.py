"""SQL for SQLite keeps the rows whose records pass, or is refused before anything runs."""

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from itertools import product
from typing import Any

import pytest
from described import Customer, Tier, build, is_gone, means, value_in
from hypothesis import event, given, settings
from hypothesis import strategies as st
from strategies import descriptions, records

from cxkit.calendar import days, hours, months
from cxkit.errors import InvalidTypeError, InvalidValueError, NaiveDatetimeError, UnknownFieldError, UnsupportedError
from cxkit.predicates import (
    Fields,
    Predicate,
    SqlCondition,
    Storage,
    all_of,
    any_of,
    bucket,
    choice,
    day,
    flag,
    integer,
    moment,
    money,
    nested,
    tags,
    text,
)
from cxkit.segments import events

C = Customer
UTC = timezone.utc
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STORAGES = [
    Storage(money=amounts, moments=instants)
    for amounts, instants in product(("number", "minor_units"), ("text", "seconds", "microseconds"))
]
NESTED = {"address.city": "city", "address.floor": "floor"}
MICROSECONDS = 1_000_000


def as_stored(value: Any, field: str, storage: Storage) -> object:
    """Say how a column holds a value, as the documentation of `Storage` does."""
    if is_gone(value):
        return None
    match field:
        case "spend":
            cents = int(value * 100)
            assert cents == value * 100
            return cents if storage.money == "minor_units" else float(str(value))
        case "joined" | "seen":
            value -= datetime(1970, 1, 1, tzinfo=UTC)
            whole = (value.days * 86_400 + value.seconds) * MICROSECONDS + value.microseconds
            utc = datetime(1970, 1, 1) + value  # noqa: DTZ001 - it is in UTC
            fraction = f".{utc.microsecond:06}" if utc.microsecond else ""
            parts = f"{utc.year:04}-{utc.month:02}-{utc.day:02}T{utc.hour:02}:{utc.minute:02}:{utc.second:02}"
            texts = {
                "text": f"{parts}{fraction}+00:00",
                "seconds": whole / MICROSECONDS,
                "microseconds": whole,
            }
            return texts[storage.moments]
        case "born":
            return f"{value.year:04}-{value.month:02}-{value.day:02}"
        case "interests":
            return json.dumps(list(value))
        case "tier":
            return {Tier.BASIC: "basic", Tier.SILVER: "silver", Tier.GOLD: "gold"}[value]
        case "churned":
            return 1 if value else 0
        case _:
            return value


def asked(
    where: str, parameters: Sequence[object], table: Mapping[str, Iterable[object]], *, kind: str = "", name: str = "t"
) -> list[bool]:
    """Ask SQLite which rows of a table a condition keeps."""
    quoted = ['"' + column.replace('"', '""') + '"' for column in table]
    rows = [(number, *row) for number, row in enumerate(zip(*table.values(), strict=True))]
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(f'CREATE TABLE "{name}" ("№", {", ".join(f"{column} {kind}" for column in quoted)})')
        places = ", ".join("?" * (1 + len(quoted)))
        database.executemany(f'INSERT INTO "{name}" VALUES ({places})', rows)  # noqa: S608
        found = database.execute(f'SELECT "№" FROM "{name}" WHERE {where}', parameters)  # noqa: S608
        numbers = {number for (number,) in found}
    return [number in numbers for number, *_ in rows]


def kept(
    predicate: Predicate, table: Mapping[str, Iterable[object]], /, *, kind: str = "", **options: Any
) -> list[bool]:
    """Ask SQLite which rows a predicate keeps; its complement must keep the others."""
    found = predicate.to_sql("sqlite", **options)
    answers = asked(found.text, found.parameters, table, kind=kind)
    other = (~predicate).to_sql("sqlite", **options)
    assert asked(other.text, other.parameters, table, kind=kind) == [not answer for answer in answers]
    return answers


@settings(max_examples=200)
@given(
    descriptions(),
    st.lists(records(), min_size=1, max_size=4),
    st.sampled_from(STORAGES),
    st.sampled_from(["", "COLLATE NOCASE", "COLLATE RTRIM"]),
)
def test_a_condition_keeps_the_rows_whose_records_pass(description, rows, storage, kind):
    predicate = build(description)
    try:
        where = predicate.to_sql("sqlite", storage=storage, columns=_nested(predicate))
    except UnsupportedError:
        event("refused")
        assert "casefold" in repr(description) or "matches" in repr(description)
        return
    table = {
        NESTED.get(field, field): [as_stored(value_in(row, field), field, storage) for row in rows]
        for field in C.fields
    }
    expected = [means(description, row) for row in rows]
    assert asked(where.text, where.parameters, table, kind=kind) == expected
    assert asked(f"({where}) IS NOT TRUE", where.parameters, table) == [not answer for answer in expected]
    assert asked(f"orders = 3 AND {where}", where.parameters, table) == [
        answer and means(("orders", "==", (3,)), row) for answer, row in zip(expected, rows, strict=True)
    ]
    assert asked(f"{where} OR orders = ?", (*where.parameters, 3), table) == [
        answer or means(("orders", "==", (3,)), row) for answer, row in zip(expected, rows, strict=True)
    ]


@settings(max_examples=150)
@given(descriptions(), st.lists(records(), min_size=1, max_size=4), st.sampled_from(STORAGES))
def test_a_complement_keeps_the_other_rows(description, rows, storage):
    predicate = ~build(description)
    try:
        where = predicate.to_sql("sqlite", storage=storage, columns=_nested(predicate), table="t")
    except UnsupportedError:
        return
    table = {
        NESTED.get(field, field): [as_stored(value_in(row, field), field, storage) for row in rows]
        for field in C.fields
    }
    assert asked(where.text, where.parameters, table) == [not means(description, row) for row in rows]


def _nested(predicate: Predicate) -> dict[str, str]:
    read = {leaf.field for leaf in predicate.leaves()} | {
        source.base.label for leaf in predicate.leaves() for source in leaf.sources
    }
    return {field: column for field, column in NESTED.items() if field in read}


def test_what_is_stated_stands_in_the_parameters_and_never_in_the_text():
    marks = ["'; DROP TABLE t; --", "%", "_", "?", "\\", "{}", "`", '"', "😀"]
    predicate = all_of(
        C.country.not_in(marks),
        *((C.country != mark) | C.country.contains(mark) | C.country.starts_with(mark) for mark in marks),
        *(C.interests.contains_any([mark, "x"]) | C.country.ends_with(mark) for mark in marks),
        C.spend >= Decimal("1234.56"),
        C.orders == 9_876_543,
        C.joined.within(days(1)),
        C.born > date(1987, 6, 5),
        C.tier == Tier.GOLD,
        C.score < 0.4321,
    )
    where = predicate.to_sql("sqlite", as_of=NOON)
    assert str(where) == where.text
    assert where == SqlCondition(where.text, where.parameters)
    assert not any(mark in where.text for mark in ["DROP", "%", "\\", "{}", '"', "😀"])
    assert not any(number in where.text for number in ["1234", "9876543", "2026", "1987", "gold", "4321", "'"])
    assert where.text.count("?") == len(where.parameters)
    assert set(marks) <= set(where.parameters)


def test_conditions_read_as_sql():
    cases = {
        C.orders >= 3: ("`orders` >= ?", (3,)),
        C.orders != 3: ("(`orders` = ?) IS NOT 1", (3,)),
        C.orders.between(1, 3): ("`orders` BETWEEN ? AND ?", (1, 3)),
        C.orders.is_in([]): ("1 = 0", ()),
        C.orders.is_missing(): ("(`orders` IS NOT NULL) IS NOT 1", ()),
        all_of(): ("1 = 1", ()),
        any_of(): ("1 = 0", ()),
        ~all_of(): ("1 = 0", ()),
        (C.orders == 1) | C.churned: ("(`orders` = ? OR `churned` = 1)", (1,)),
    }
    assert {predicate: attrs_of(predicate.to_sql("sqlite")) for predicate in cases} == cases
    assert (C.orders == 1).to_sql("sqlite", table="a`b", columns={"orders": "n n"}).text == "`a``b`.`n n` = ?"


def attrs_of(where: SqlCondition) -> tuple[str, tuple[Any, ...]]:
    return where.text, where.parameters


ODD_NAMES = [
    *("__import__('os')", "a'b", "new\nline", "`tick`", "``", "semi;colon", "--", "/*", "a b", 'a"b', "t", "T"),
    *("value", "select", "item", "key", "where", "null", "{0}", "{}", "?", "?1", ":name", "@x", "$x", "%s", "[x]"),
    *("a.b", "ключ", "😀", "0", "1=1", "x'00'", "json"),
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_name_is_a_column_whatever_is_in_it(name: str):
    class Odd(Fields):
        orders = integer(key=name)
        country = text(key=name)
        spend = money("EUR", key=name)

    assert kept(Odd.orders >= 3, {name: [3, 2, None]}) == [True, False, False]
    assert kept(Odd.orders >= 3, {name: [3, 2, None]}, table="t") == [True, False, False]
    assert kept(C.orders >= 3, {name: [3, 2, None]}, columns={"orders": name}) == [True, False, False]
    assert kept(Odd.country.contains("e") | (Odd.country == name), {name: ["DE", "Ge", name, None]}) == [
        *(name == "DE", True, True, False),
    ]
    assert kept(Odd.spend < 3, {name: [2.9, 10, None]}) == [True, False, False]


def test_a_column_called_true_changes_no_complement():
    assert kept(C.orders >= 3, {"orders": [3, 2, None], "true": [0, 0, 0]}) == [True, False, False]


@pytest.mark.parametrize("name", ["t", "select", "a b", "x`y", "value", "item", "schüler", "t;--", "main.t"])
def test_a_table_may_have_any_name(name: str):
    where = (C.interests.contains("a") & (C.orders >= 3)).to_sql("sqlite", table=name)
    table = {"interests": ['["a"]', '["b"]', '["a"]'], "orders": [3, 3, 2]}
    assert asked(where.text, where.parameters, table, name=name) == [True, False, False]


_OF_JSON_EACH = (
    "value",
    "key",
    "type",
    "atom",
    "id",
    "parent",
    "fullkey",
    "path",
    "json",
    "root",
    "rowid",
    "oid",
    "_rowid_",
)


@pytest.mark.parametrize(
    "name",
    ["tags", "item", "item.value", "t", "values"],
)
def test_tags_stand_in_a_column_of_any_name(name: str):
    class Tagged(Fields):
        tags = tags(key=name)

    table = {name: ['["a", "b"]', '["b"]', "[]", None]}
    assert kept(Tagged.tags.contains("a"), table) == [True, False, False, False]
    assert kept(Tagged.tags.contains_any(["a", "c"]), table) == [True, False, False, False]
    assert kept(Tagged.tags.contains_all(["a", "b"]), table) == [True, False, False, False]
    assert kept(Tagged.tags.is_empty(), table) == [False, False, True, False]


@pytest.mark.parametrize("name", [*_OF_JSON_EACH, "VALUE", "Path"])
def test_tags_in_a_column_that_json_each_has_too_need_the_name_of_the_table(name: str):
    class Tagged(Fields):
        tags = tags(key=name)

    for predicate in (
        Tagged.tags.contains("a"),
        ~Tagged.tags.contains_any(["a", "b"]),
        Tagged.tags.contains_all(["a"]),
    ):
        with pytest.raises(UnsupportedError, match=r"told apart from those of json_each by table="):
            predicate.to_sql("sqlite")
        with pytest.raises(UnsupportedError, match=r"told apart from those of json_each by table="):
            (C.interests.contains("a") & predicate).to_sql("sqlite", columns={"interests": name})


@pytest.mark.parametrize("name", _OF_JSON_EACH)
def test_tags_stand_in_a_column_of_any_name_where_the_table_is_named(name: str):
    class Tagged(Fields):
        tags = tags(key=name)

    table = {name: ['["a", "b"]', '["b"]', "[]", None]}
    assert kept(Tagged.tags.contains("a"), table, table="t") == [True, False, False, False]


def test_another_column_may_be_called_value():
    table = {"interests": ['["a"]', '["b"]', '["a"]'], "value": ["a", "a", "b"], "key": [1, 2, 3]}
    assert kept(C.interests.contains("a"), table) == [True, False, True]
    predicate = C.interests.contains("a") & (C.country == "a")
    assert kept(predicate, table, columns={"country": "value"}) == [True, False, False]


def test_tags_are_told_apart_exactly():
    stored = ['["a"]', '["A"]', '["a "]', '["ab", "é"]', "[]", '[""]', '["\\u0061"]', '["1"]', '["a", "a"]', None]
    table = {"interests": stored}
    T, F = True, False  # noqa: N806
    cases = {
        C.interests.contains("a"): [T, F, F, F, F, F, T, F, T, F],
        C.interests.contains("é"): [F, F, F, T, F, F, F, F, F, F],
        C.interests.contains(""): [F, F, F, F, F, T, F, F, F, F],
        C.interests.contains("1"): [F, F, F, F, F, F, F, T, F, F],
        C.interests.contains_any([]): [F] * 10,
        C.interests.contains_any(["a", "ab"]): [T, F, F, T, F, F, T, F, T, F],
        C.interests.contains_all([]): [T] * 9 + [F],
        C.interests.contains_all(["ab", "é"]): [F, F, F, T, F, F, F, F, F, F],
        C.interests.is_empty(): [F, F, F, F, T, F, F, F, F, F],
        C.interests.is_known(): [T] * 9 + [F],
    }
    for kind in ("", "TEXT COLLATE NOCASE", "TEXT COLLATE RTRIM"):
        assert {predicate: kept(predicate, table, kind=kind) for predicate in cases} == cases


def test_a_column_that_is_not_there_is_an_error_and_never_a_text():
    for predicate in (C.country == "country", C.country.contains("c"), C.interests.contains("a"), C.churned.is_true()):
        with pytest.raises(sqlite3.OperationalError, match=r"no such column"):
            kept(predicate, {"other": [1]})
        with pytest.raises(sqlite3.OperationalError, match=r"no such column"):
            kept(predicate, {"other": [1]}, table="t")


TEXTS = [
    *("", "a", "A", "ab", "aB", "ba", "b", " a", "a ", "%", "_", "a%b", "a_b", "a'b", 'a"b', "a`b", "\\", "a\nb"),
    *("😀", "a😀", "😀a", "é", "e\u0301", "ß", "ss", "İ", "i", "10", "1e1", "0", "?", "{}", "\U0010ffff", "\uffff"),
]


@pytest.mark.parametrize("kind", ["", "TEXT", "VARCHAR(3)", "TEXT COLLATE NOCASE", "TEXT COLLATE RTRIM"])
def test_texts_compare_exactly_whatever_the_column_would_do(kind: str):
    table = {"country": TEXTS, "code": TEXTS}
    for part in TEXTS:
        assert kept(C.country == part, table, kind=kind) == [value == part for value in TEXTS]
        assert kept(C.country.is_in([part, "b"]), table, kind=kind) == [value in (part, "b") for value in TEXTS]
        assert kept(C.country.contains(part), table, kind=kind) == [part in value for value in TEXTS]
        assert kept(C.country.starts_with(part), table, kind=kind) == [value.startswith(part) for value in TEXTS]
        assert kept(C.country.ends_with(part), table, kind=kind) == [value.endswith(part) for value in TEXTS]
        assert kept(C.code < part, table, kind=kind) == [value < part for value in TEXTS]
        assert kept(C.code >= part, table, kind=kind) == [value >= part for value in TEXTS]
        low, high = sorted((part, "b"))
        assert kept(C.code.between(low, high), table, kind=kind) == [low <= value <= high for value in TEXTS]
        folded = C.country.casefold(ascii_only=True)
        small = [re.sub("[A-Z]", lambda found: chr(ord(found[0]) + 32), value) for value in [part, *TEXTS]]
        assert kept(folded == part, table, kind=kind) == [value == small[0] for value in small[1:]]
        assert kept(folded.contains(part), table, kind=kind) == [small[0] in value for value in small[1:]]
    both = {"country": TEXTS, "city": [*TEXTS[1:], "?"]}
    predicate = C.country == C.address.city
    columns = {"address.city": "city"}
    assert kept(predicate, both, kind=kind, columns=columns) == [False] * len(TEXTS)
    assert kept(C.country.casefold(ascii_only=True) == "AB", {"country": ["ab", "aB", None]}) == [True, True, False]


def test_the_case_of_all_letters_is_not_what_sqlite_folds():
    for predicate in (C.country.casefold() == "ß", C.country.casefold().contains("x") | (C.orders == 1)):
        with pytest.raises(UnsupportedError, match=r"^this dialect has no exact words for Customer\.country\.casefold"):
            predicate.to_sql("sqlite")


@pytest.mark.parametrize("part", ["\0", "a\0", "\0a"])
def test_a_part_with_nul_is_refused(part: str):
    for predicate in (C.country.contains(part), ~C.country.starts_with(part), C.country.ends_with(part)):
        with pytest.raises(UnsupportedError, match=r"cannot be put exactly: expected text without NUL"):
            predicate.to_sql("sqlite")


def test_a_tag_with_nul_is_refused():
    for predicate in (C.interests.contains("a\0b"), ~C.interests.contains_all(["a", "\0"])):
        with pytest.raises(UnsupportedError, match=r"cannot be put exactly: expected text without NUL"):
            predicate.to_sql("sqlite")


@pytest.mark.parametrize("broken", ["\ud800", "a\udfff"])
def test_lone_surrogates_are_refused(broken: str):
    for predicate in (
        *(C.country == broken, C.country.is_in(["a", broken]), C.country.contains(broken), C.country.ends_with(broken)),
        *(C.code < broken, C.interests.contains(broken), C.interests.contains_all(["a", broken])),
        C.country.casefold(ascii_only=True) == broken,
    ):
        with pytest.raises(UnsupportedError, match=r"cannot be put exactly: expected text without lone surrogates"):
            (predicate | (C.orders == 1)).to_sql("sqlite")


EDGES = [-(2**63), -(2**53) - 1, -1, 0, 1, 2**53 - 1, 2**53, 2**53 + 1, 2**63 - 1]


def test_whole_numbers_of_64_bits_compare_exactly():
    for number in EDGES:
        table = {"orders": [*EDGES, None]}
        assert kept(C.orders == number, table) == [value == number for value in EDGES] + [False]
        assert kept(C.orders < number, table) == [value < number for value in EDGES] + [False]
        assert kept(C.orders >= number, table) == [value >= number for value in EDGES] + [False]


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**40])
def test_whole_numbers_beyond_64_bits_are_refused(number: int):
    for predicate in (
        C.orders == number,
        C.orders.is_in([1, number]),
        C.orders.between(min(0, number), max(0, number)),
    ):
        with pytest.raises(UnsupportedError, match=r"cannot be put exactly: expected a whole number of 64 bits, got "):
            predicate.to_sql("sqlite")


def test_real_numbers_compare_as_floats():
    values = [0.1, 0.2 + 0.1, 0.3, -0.0, 1e308, float("inf"), float("-inf"), 5e-324, 3, None, float("nan")]
    for number in (0.1, 0.3, 0.0, 1e308, 5e-324, 3):
        assert kept(C.score >= number, {"score": values}) == [
            value is not None and value >= number
            for value in values  # NaN is above nothing
        ]
        assert kept(C.score == number, {"score": values}) == [value == number for value in values]


class Bill(Fields):
    eur = money("EUR")
    jpy = money("JPY")
    kwd = money("KWD")
    any = money()
    other = money()


AMOUNTS = [
    "-12.345",
    "-0.01",
    "0",
    "0.1",
    "0.3",
    "9.99",
    "10",
    "10.001",
    "12.40",
    "1E+3",
    "999999999999.999",
    "123456789012.345",
]


@pytest.mark.parametrize("kind", ["", "NUMERIC", "DECIMAL(18, 3)", "REAL"])
def test_amounts_compare_exactly(kind: str):
    for field in (Bill.eur, Bill.jpy, Bill.kwd, Bill.any):
        table = {field.source.name: [*map(float, AMOUNTS), None]}
        for text_ in AMOUNTS:
            amount = Decimal(text_)
            for predicate, test in [
                (field == amount, "__eq__"),
                (field < amount, "__lt__"),
                (field >= amount, "__ge__"),
            ]:
                assert kept(predicate, table, kind=kind) == [
                    *(getattr(Decimal(other), test)(amount) for other in AMOUNTS),
                    False,
                ]


@pytest.mark.parametrize(("field", "unit"), [(Bill.eur, 100), (Bill.jpy, 1), (Bill.kwd, 1000)], ids=repr)
def test_minor_units_are_those_of_the_currency(field: Any, unit: int):
    units = [-1, 0, 1, 999, 1240, 12400, 999_999_999_999_999, None]
    storage = Storage(money="minor_units")
    for text_ in [*AMOUNTS, "12.4", "0.001", "0.0005"]:
        amount = Decimal(text_)
        expected = [number is not None and Decimal(number) / unit >= amount for number in units]
        assert kept(field >= amount, {field.source.name: units}, storage=storage) == expected
        expected = [number is not None and Decimal(number) / unit == amount for number in units]
        assert kept(field.is_in([amount]), {field.source.name: units}, storage=storage) == expected
    [parameter] = (field >= Decimal("12.4")).to_sql("sqlite", storage=storage).parameters
    assert parameter == {100: 1240, 1: 12.4, 1000: 12400}[unit]


def test_minor_units_need_a_currency():
    with pytest.raises(UnsupportedError, match=r"cannot be put exactly: expected money whose field names its currency"):
        (Bill.any >= 3).to_sql("sqlite", storage=Storage(money="minor_units"))


@pytest.mark.parametrize("form", ["number", "minor_units"])
@pytest.mark.parametrize("amount", ["1234567890123456.7", "0.1234567890123456", "12345678901234567", "1E-20", "1" * 30])
def test_amounts_of_more_digits_than_a_float_tells_apart_are_refused(form: str, amount: str):
    predicate = (Bill.eur == Decimal(amount)) | (Bill.eur > 3)
    if amount == "1E-20":
        assert predicate.to_sql("sqlite", storage=Storage(money=form)).parameters[0] in (1e-20, 1e-18)
        return
    with pytest.raises(UnsupportedError, match=r"cannot be put exactly: expected an amount of up to 15 digits, got "):
        predicate.to_sql("sqlite", storage=Storage(money=form))


def test_amounts_compare_with_one_another():
    table = {"any": [9.9, 10, 10.0, None, 2], "other": [10, 9.9, 10, 1, 10]}
    assert kept(Bill.any < Bill.other, table) == [True, False, False, False, True]
    assert kept(Bill.any == Bill.other, table) == [False, False, True, False, False]


def test_amounts_are_not_read_from_texts():
    with pytest.raises(InvalidValueError, match=r"^money must be one of 'number', 'minor_units', got 'text'$"):
        Storage(money="text")


class Contact(Fields):
    at = moment()
    until = moment()
    on = day()
    due = day()


def moments_around(*centres: datetime) -> list[datetime]:
    steps = [timedelta(0), timedelta(microseconds=1), timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)]
    return sorted({centre + sign * step for centre in centres for step in steps for sign in (-1, 1)})


MOMENTS = moments_around(
    NOON,
    NOON.replace(hour=0),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(999, 12, 31, tzinfo=UTC),
    datetime(1800, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2200, 1, 1, tzinfo=UTC),
)


def moments_stored(moments: Iterable[datetime | None], storage: Storage) -> list[object]:
    return [None if value is None else as_stored(value, "joined", storage) for value in moments]


@pytest.mark.parametrize("instants", ["text", "seconds", "microseconds"])
@pytest.mark.parametrize("kind", ["", "DATETIME"])
def test_moments_compare_as_instants(instants: str, kind: str):
    storage = Storage(moments=instants)
    known = [value for value in MOMENTS if instants != "seconds" or value.year > 1700]
    table = {"at": moments_stored([*known, None], storage)}
    for number, stated in enumerate(known[::3]):
        here = stated.astimezone(timezone(timedelta(hours=number % 24 - 12, minutes=number % 60)))
        options = {"kind": kind, "storage": storage}
        assert kept(Contact.at == here, table, **options) == [*(value == stated for value in known), False]
        assert kept(Contact.at < here, table, **options) == [*(value < stated for value in known), False]
        assert kept(Contact.at >= here, table, **options) == [*(value >= stated for value in known), False]
        assert kept(Contact.at.is_in([here, NOON]), table, **options) == [
            *(value in (stated, NOON) for value in known),
            False,
        ]


@pytest.mark.parametrize("instants", ["text", "seconds", "microseconds"])
def test_moments_compare_with_one_another(instants: str):
    storage = Storage(moments=instants)
    pairs = list(product([NOON, NOON + timedelta(microseconds=1), NOON + timedelta(days=1), None], repeat=2))
    table = {
        name: moments_stored(column, storage)
        for name, column in zip(("at", "until"), zip(*pairs, strict=False), strict=True)
    }
    both = [None not in pair for pair in pairs]
    assert kept(Contact.at < Contact.until, table, storage=storage) == [
        there and pair[0] < pair[1] for there, pair in zip(both, pairs, strict=True)
    ]
    assert kept(Contact.at == Contact.until, table, storage=storage) == [
        there and pair[0] == pair[1] for there, pair in zip(both, pairs, strict=True)
    ]


@pytest.mark.parametrize("year", [1600, 2300, 9999])
def test_moments_that_a_float_of_seconds_does_not_tell_apart_are_refused(year: int):
    far, storage = datetime(year, 1, 1, tzinfo=UTC), Storage(moments="seconds")
    for predicate in (
        Contact.at == far,
        Contact.at.is_in([NOON, far]),
        Contact.at.between(min(NOON, far), max(NOON, far)),
    ):
        with pytest.raises(UnsupportedError, match=r" cannot be put exactly: expected a moment of which "):
            predicate.to_sql("sqlite", storage=storage)


@pytest.mark.parametrize(
    ("window", "as_of"), [(days(200_000), NOON), (days(1), datetime(2300, 1, 1, tzinfo=UTC))], ids=repr
)
def test_windows_that_a_float_of_seconds_does_not_tell_exactly_are_refused(window: Any, as_of: datetime):
    with pytest.raises(UnsupportedError, match=r" cannot be put exactly: expected a moment of which "):
        Contact.at.within(window).is_true().to_sql("sqlite", storage=Storage(moments="seconds"), as_of=as_of)


@pytest.mark.parametrize("window", [days(10**9), hours(10**30)], ids=repr)
def test_a_window_longer_than_time_is_refused_or_holds_all_that_was(window: Any):
    predicate = Contact.at.within(window).is_true()
    with suppress(UnsupportedError):
        table = {"at": ["2026-01-01T00:00:00+00:00", "2026-04-01T00:00:00+00:00"]}
        assert kept(predicate, table, as_of=NOON) == [True, False]


DATES = [date(1, 1, 1) + timedelta(days=number) for number in (*range(0, 3_652_058, 1_237), *range(739_000, 740_500))]


@pytest.mark.parametrize("kind", ["", "DATE", "TEXT"])
def test_parts_of_days_are_those_of_the_calendar(kind: str):
    table = {"on": [*map(date.isoformat, DATES), None]}
    predicates = {
        Contact.on.year() == 2024: lambda value: value.year == 2024,
        Contact.on.year() < 1000: lambda value: value.year < 1000,
        Contact.on.month().is_in([2, 12]): lambda value: value.month in (2, 12),
        Contact.on.day() == 29: lambda value: value.day == 29,
        Contact.on.isoweekday() == 7: lambda value: value.isoweekday() == 7,
        Contact.on.isoweekday().between(1, 5): lambda value: value.isoweekday() <= 5,
        Contact.on >= date(2024, 2, 29): lambda value: value >= date(2024, 2, 29),
        Contact.on == date(1, 1, 1): lambda value: value == date(1, 1, 1),
        Contact.on.day() == Contact.on.month(): lambda value: value.day == value.month,
    }
    for predicate, test in predicates.items():
        assert kept(predicate, table, kind=kind) == [*map(test, DATES), False]


@pytest.mark.parametrize(
    "as_of", [NOON, datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)], ids=str
)
def test_days_since_are_counted_as_python_counts(as_of: datetime):
    table = {"on": [*map(date.isoformat, DATES), None]}
    for least in (-400, -1, 0, 1, 30, 365, 700_000):
        expected = [*((as_of.date() - value).days >= least for value in DATES), False]
        assert kept(Contact.on.days_since(tz="UTC") >= least, table, as_of=as_of) == expected
    same = [*(value == as_of.date() for value in DATES), False]
    assert kept(Contact.on.days_since(tz="UTC") == 0, table, as_of=as_of) == same


def test_today_is_that_of_the_zone():
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # 2 March in Berlin, 1 March in New York
    table = {"on": ["2026-03-01", "2026-03-02", None]}
    for tz, expected in [("Europe/Berlin", [False, True, False]), ("America/New_York", [True, False, False])]:
        assert kept(Contact.on.days_since(tz=tz) == 0, table, as_of=late) == expected
        predicate = Contact.on.in_last_days(1, tz=tz, include_today=True)
        assert kept(predicate, table, as_of=late) == expected


WINDOWS = [timedelta(days=1), timedelta(microseconds=1), timedelta(hours=36), days(1), days(30), days(1) + hours(2)]


@pytest.mark.parametrize("instants", ["text", "seconds", "microseconds"])
@pytest.mark.parametrize("window", WINDOWS, ids=repr)
def test_a_window_holds_what_python_says(instants: str, window: Any):
    storage = Storage(moments=instants)
    length = {days(1): timedelta(days=1), days(30): timedelta(days=30), days(1) + hours(2): timedelta(hours=26)}.get(
        window, window
    )
    known = moments_around(NOON, NOON - length)
    table = {"at": moments_stored([*known, None], storage)}
    expected = [*(value <= NOON < value + length for value in known), False]
    options = {"storage": storage, "as_of": NOON.astimezone(timezone(timedelta(hours=9)))}
    assert kept(Contact.at.within(window).is_true(), table, **options) == expected
    assert kept(Contact.at.within(window) == True, table, **options) == expected  # noqa: E712
    outside = [*(not answer for answer in expected[:-1]), False]
    assert kept(Contact.at.within(window).is_false(), table, **options) == outside
    assert kept(Contact.at.within(window).is_known(), table, **options) == [*(True for _ in known), False]


def test_a_window_that_begins_before_all_moments_holds_all_that_was():
    early = datetime(1, 1, 2, tzinfo=UTC)
    known = [datetime(1, 1, 1, tzinfo=UTC), early, early + timedelta(seconds=1)]
    for storage in (Storage(), Storage(moments="microseconds")):
        table = {"at": moments_stored(known, storage)}
        assert kept(Contact.at.within(days(5)).is_true(), table, storage=storage, as_of=early) == [True, True, False]


def test_the_day_and_the_hour_of_a_moment_are_read_from_its_text():
    table = {"at": moments_stored([*MOMENTS, None], Storage())}
    predicates = {
        Contact.at.date(tz="UTC") == date(2026, 3, 1): lambda value: value.date() == date(2026, 3, 1),
        Contact.at.date(tz="UTC").month() == 12: lambda value: value.month == 12,
        Contact.at.hour(tz="UTC") == 23: lambda value: value.hour == 23,
        Contact.at.hour(tz="UTC").between(9, 17): lambda value: 9 <= value.hour <= 17,
    }
    for predicate, test in predicates.items():
        assert kept(predicate, table) == [*map(test, MOMENTS), False]
    recent = Contact.at.in_last_days(2, tz="UTC", include_today=True)
    expected = [date(2026, 2, 28) <= value.date() <= date(2026, 3, 1) for value in MOMENTS]
    assert kept(recent, table, as_of=NOON) == [*expected, False]


REFUSED = {
    "casefold": C.country.casefold() == "de",
    "pattern": C.country.matches("a+"),
    "bucket": bucket(C.code, salt="s", share=0.5),
    "months": C.joined.within(months(1)).is_true(),
    "days of a zone": C.joined.within(days(1, tz="Europe/Berlin")).is_true(),
    "day of a zone": C.joined.date(tz="Europe/Berlin") == date(2026, 3, 1),
    "hour of a zone": C.joined.hour(tz="Europe/Berlin") == 3,
    "anniversary": C.born.days_until_anniversary(tz="UTC", leap_day="02-28") <= 7,
    "behaviour": events("order").count() >= 1,
}


@pytest.mark.parametrize("predicate", REFUSED.values(), ids=REFUSED.keys())
def test_what_sqlite_cannot_put_exactly_is_refused(predicate: Predicate):
    for whole in (predicate, ~predicate, all_of(C.orders >= 3, ~any_of(C.churned, predicate))):
        with pytest.raises(UnsupportedError, match=r"^this dialect has no exact words for .*; match the rows that "):
            whole.to_sql("sqlite", as_of=NOON)


@pytest.mark.parametrize("instants", ["seconds", "microseconds"])
def test_the_day_of_a_moment_is_read_from_texts_only(instants: str):
    for predicate in (C.joined.date(tz="UTC") == date(2026, 3, 1), C.joined.hour(tz="UTC") == 3):
        with pytest.raises(UnsupportedError, match=r"^this dialect has no exact words for "):
            predicate.to_sql("sqlite", storage=Storage(moments=instants))


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Colour(Enum):
    RED = "Red"
    BLUE = "blue"


class Item(Fields):
    level = choice(Level)
    colour = choice(Colour)
    size = choice("S", "M")
    number = choice(1, 2)
    sold = flag()
    ready = flag()


def test_choices_are_stored_as_their_values():
    table = {"level": [1, 2, None], "colour": ["Red", "blue", None], "size": ["S", "M", None], "number": [1, 2, None]}
    for predicate in (Item.level == Level.LOW, Item.colour == Colour.RED, Item.size.is_in(["S"]), Item.number == 1):
        assert kept(predicate, table) == [True, False, False]
        [parameter] = predicate.to_sql("sqlite").parameters
        assert type(parameter) in (int, str)
    assert kept(Item.colour == Colour.RED, {"colour": ["red", "RED", "Red"]}, kind="TEXT COLLATE NOCASE") == [
        *(False, False, True),
    ]
    assert kept(Item.number == Item.number, table) == [True, True, False]


def test_flags_are_one_and_zero():
    table = {"sold": [1, 0, None, 1], "ready": [1, 1, 1, None]}
    assert kept(Item.sold.is_true(), table) == [True, False, False, True]
    assert kept(Item.sold.is_false(), table) == [False, True, False, False]
    assert kept(Item.sold == True, table, kind="BOOLEAN") == [True, False, False, True]  # noqa: E712
    assert kept(Item.sold.is_in([False]), table) == [False, True, False, False]
    assert kept(Item.sold == Item.ready, table) == [True, False, False, False]


def test_columns_are_renamed_by_the_name_of_the_field():
    table = {"land": ["DE", "FR"], "n": [3, 3]}
    predicate = (C.country == "DE") & (C.orders >= 3)
    assert kept(predicate, table, columns={"country": "land", "orders": "n"}) == [True, False]
    with pytest.raises(UnknownFieldError, match=r"did you mean 'country'\?$"):
        predicate.to_sql("sqlite", columns={"contry": "land"})
    with pytest.raises(UnknownFieldError):
        predicate.to_sql("sqlite", columns={"spend": "land"})


class Address(Fields):
    city = text(key="town")


class Person(Fields):
    home = nested(Address)


def test_a_part_of_a_nested_record_needs_a_column():
    predicate = ~(Person.home.city == "Berlin")
    assert kept(predicate, {"x": ["Berlin", "Bonn", None]}, columns={"home.city": "x"}) == [False, True, True]
    with pytest.raises(
        UnsupportedError, match=r"^Person\.home\.city has no column of its own; say which holds it, as in "
    ):
        predicate.to_sql("sqlite")


@pytest.mark.parametrize("name", ["", "a\0b", None, 3, b"x"], ids=repr)
def test_a_name_that_no_column_can_have_is_refused(name: object):
    with pytest.raises(InvalidTypeError, match=r"^the name of a column or table must be text, got "):
        (C.orders >= 3).to_sql("sqlite", columns={"orders": name})
    if name is not None:
        with pytest.raises(InvalidTypeError, match=r"^the name of a column or table must be text, got "):
            (C.orders >= 3).to_sql("sqlite", table=name)


def test_arguments_are_checked():
    with pytest.raises(InvalidValueError, match=r"^the dialect must be one of 'sqlite', got 'oracle'$"):
        (C.orders >= 3).to_sql("oracle")
    with pytest.raises(InvalidTypeError, match=r"^storage must be a Storage, got 'text'$"):
        (C.orders >= 3).to_sql("sqlite", storage="text")
    with pytest.raises(InvalidValueError, match=r"^money must be one of 'number', 'minor_units', got 'cents'$"):
        Storage(money="cents")
    with pytest.raises(
        InvalidValueError, match=r"^moments must be one of 'text', 'seconds', 'microseconds', got 'days'$"
    ):
        Storage(moments="days")
    timed = C.joined.within(days(1)).is_true()
    with pytest.raises(InvalidTypeError, match=r" speaks of time; pass as_of=$"):
        timed.to_sql("sqlite")
    with pytest.raises(NaiveDatetimeError):
        timed.to_sql("sqlite", as_of=datetime(2026, 3, 1))  # noqa: DTZ001


def _deep(levels: int) -> Predicate:
    """Make a predicate whose brackets stand to the right, as few levels as there may be."""
    predicate = any_of(C.orders == 99, ~C.interests.contains_all(["a", "b"]))
    number = 0
    while predicate.depth < levels:
        join = any_of if number % 2 else all_of
        predicate, number = join(C.orders >= number % 3, predicate), number + 1
    return predicate


def test_a_deep_predicate_runs():
    predicate = _deep(19)
    assert (~predicate).depth == 20
    table = {"orders": [5, 0, None], "interests": [None, '["a", "b"]', "[]"]}
    rows = [{"orders": 5}, {"orders": 0, "interests": ["a", "b"]}, {"interests": []}]
    assert kept(predicate, table) == [predicate.matches(row) for row in rows]
    deepest = _deep(20)
    where = deepest.to_sql("sqlite")
    assert asked(where.text, where.parameters, table) == [deepest.matches(row) for row in rows]


@pytest.mark.parametrize("levels", [21, 32])
def test_a_predicate_that_is_too_deep_for_a_parser_is_refused(levels: int):
    predicate = _deep(levels)
    assert predicate.depth == levels
    with pytest.raises(UnsupportedError, match=rf"^a parser of SQL takes about 20 levels, got {levels}; "):
        predicate.to_sql("sqlite")


@pytest.mark.parametrize("width", [1, 2, 49, 50, 51, 100, 101, 1_000, 1_001, 5_000])
def test_a_wide_predicate_runs(width: int):
    table = {"orders": [0, width - 1, width, None]}
    assert kept(any_of(C.orders == number for number in range(width)), table) == [True, True, False, False]
    assert kept(all_of(C.orders != number for number in range(width)), table) == [False, False, True, True]


def test_a_long_list_runs():
    assert kept(C.orders.is_in(range(30_000)), {"orders": [3, 30_000, None]}) == [True, False, False]
