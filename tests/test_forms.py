"""Forms: how single values are written and read, and how the faults of a document are gathered."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from cxkit import _forms
from cxkit._forms import (
    ATTRIBUTES,
    DAY,
    DECIMAL,
    ELAPSED,
    FLAG,
    INTEGER,
    MOMENT,
    NUMBER,
    PLAIN,
    TEXT,
    Reader,
    Unreadable,
    pair,
    table,
)
from cxkit.errors import InvalidTypeError

UTC = timezone.utc
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def reader():
    return Reader("$", [], ())


def faults(form, data):
    """Read what cannot be read, and tell what is said about it."""
    place = reader()
    with pytest.raises(Unreadable):
        form.load(data, place)
    return [str(fault) for fault in place.faults]


@pytest.mark.parametrize(
    ("form", "value", "data"),
    [
        (TEXT, "", ""),
        (TEXT, "Grüße\n", "Grüße\n"),
        (INTEGER, -(10**39), -(10**39)),
        (FLAG, False, False),
        (NUMBER, 0.1, 0.1),
        (NUMBER, 2.0, 2.0),
        (DECIMAL, Decimal("18.30"), "18.30"),
        (DECIMAL, Decimal("-0.5"), "-0.5"),
        (DECIMAL, Decimal("1E+3"), "1000"),
        (DECIMAL, Decimal("1E-7"), "0.0000001"),
        (DECIMAL, Decimal("9" * 40 + "." + "9" * 40), "9" * 40 + "." + "9" * 40),
        (MOMENT, NOON, "2026-03-02T12:00:00+00:00"),
        (MOMENT, NOON + timedelta(microseconds=1), "2026-03-02T12:00:00.000001+00:00"),
        (DAY, date(2026, 3, 2), "2026-03-02"),
        (ELAPSED, timedelta(days=-1, microseconds=1), -86399999999),
        (ELAPSED, timedelta.max, 86399999999999999999),
        (_forms.choice("on", "off"), "off", "off"),
        (_forms.optional(INTEGER), None, None),
        (_forms.optional(INTEGER), 0, 0),
        (_forms.many(INTEGER), (), []),
        (_forms.many(_forms.optional(DAY)), (date(2026, 3, 2), None), ["2026-03-02", None]),
        (_forms.pair(INTEGER), (1, 2), [1, 2]),
        (_forms.mapping(INTEGER), {"": 1, "type": 2}, [["", 1], ["type", 2]]),
        (PLAIN, None, None),
        (PLAIN, True, True),
        (PLAIN, "text", "text"),
        (PLAIN, 1.5, 1.5),
        (PLAIN, Decimal("1.50"), {"decimal": "1.50"}),
        (PLAIN, NOON, {"moment": "2026-03-02T12:00:00+00:00"}),
        (PLAIN, date(2026, 3, 2), {"day": "2026-03-02"}),
    ],
)
def test_a_value_is_written_and_read_back(form, value, data):
    assert repr(form.dump(value)) == repr(data)

    read = form.load(data, reader())

    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("form", "data", "message"),
    [
        (TEXT, 1, "expected text, got 1"),
        (TEXT, None, "expected text, got None"),
        (INTEGER, True, "expected a whole number, got True"),
        (INTEGER, 1.0, "expected a whole number, got 1.0"),
        (INTEGER, "1", "expected a whole number, got '1'"),
        (FLAG, 1, "expected true or false, got 1"),
        (NUMBER, True, "expected a number, got True"),
        (NUMBER, "1.5", "expected a number, got '1.5'"),
        (NUMBER, 10**400, "expected a number that a float can hold, got a int"),
        (DECIMAL, 1, "expected a decimal number as text, got 1"),
        *[
            (DECIMAL, text, f"expected a decimal number as text, got {text!r}")
            for text in [
                "",
                "NaN",
                "Infinity",
                "1E5",
                "+1",
                " 1",
                "1\n",
                "1.",
                ".5",
                "1,5",
                "1_000",
                "٣",
            ]
        ],
        (MOMENT, "2026-03-02", "expected an ISO 8601 time with its offset, got '2026-03-02'"),
        (MOMENT, "2026-03-02T12:00", "expected an ISO 8601 time with its offset, got '2026-03-02T12:00'"),
        (MOMENT, "noon", "expected an ISO 8601 time with its offset, got 'noon'"),
        (MOMENT, 1772452800, "expected an ISO 8601 time with its offset, got 1772452800"),
        (MOMENT, "0001-01-01T00:00+01:00", "expected an ISO 8601 time with its offset, got '0001-01-01T00:00+01:00'"),
        (DAY, "2026-02-30", "expected an ISO 8601 date, got '2026-02-30'"),
        (DAY, 20260302, "expected an ISO 8601 date, got 20260302"),
        (ELAPSED, 1.5, "expected a whole number, got 1.5"),
        (ELAPSED, 86400000000000000000, "expected a length of time, got 86400000000000000000"),
        (_forms.choice("on", "off"), "no", "expected one of on, off, got 'no'"),
        (_forms.choice("on", "off"), ["on"], "expected one of on, off, got ['on']"),
        (_forms.optional(INTEGER), "", "expected a whole number, got ''"),
        (_forms.many(INTEGER), {}, "expected a list, got {}"),
        (_forms.many(INTEGER), "12", "expected a list, got '12'"),
        (_forms.pair(INTEGER), [1], "expected two values, got [1]"),
        (_forms.pair(INTEGER), [1, 2, 3], "expected two values, got [1, 2, 3]"),
        (PLAIN, [], "expected a plain value, got []"),
        (PLAIN, {}, "expected a plain value, got {}"),
        (PLAIN, {"float": 1}, "expected a plain value, got {'float': 1}"),
        (PLAIN, {"decimal": "1", "day": "x"}, "expected a plain value, got {'decimal': '1', 'day': 'x'}"),
    ],
)
def test_what_is_not_of_the_form_is_a_fault(form, data, message):
    assert faults(form, data) == [f"$: {message}"]


def test_a_moment_is_read_in_utc():
    assert MOMENT.load("2026-03-02T13:00+01:00", reader()).tzinfo is UTC
    assert MOMENT.load("2026-03-02T13:00+01:00", reader()) == NOON


def test_a_whole_number_is_a_number_too():
    assert type(NUMBER.load(2, reader())) is float


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (None, "None"),
        (True, "True"),
        (1.5, "1.5"),
        ("x" * 58, repr("x" * 58)),
        ("x" * 59, "a str"),
        (10**60 - 1, "9" * 60),
        (10**60, "a int"),
        (-(10**60), "a int"),
        ([1, "a", None], "[1, 'a', None]"),
        ({"a": 1.5}, "{'a': 1.5}"),
        ([0] * 20, str([0] * 20)),
        ([0] * 21, "a list"),
        ([1] * 100_000, "a list"),
        ({"x": 10**60}, "a dict"),
        ([[]], "a list"),
        ({"x": {}}, "a dict"),
        (set(), "a set"),
    ],
)
def test_what_was_found_is_shown_if_it_is_short(found, shown):
    assert faults(DAY, found) == [f"$: expected an ISO 8601 date, got {shown}"]


@pytest.mark.parametrize("value", [(1, 2), {1}, timedelta(1), b"", object])
def test_what_cannot_be_stored_is_refused_when_it_is_written(value):
    with pytest.raises(InvalidTypeError, match=r"^a stored attribute must be text, a flag, .* got ") as caught:
        PLAIN.dump(value)
    assert caught.value.found == value


@pytest.mark.parametrize(
    ("form", "data", "found"),
    [
        (
            _forms.many(INTEGER),
            [1, "2", None],
            ["$[1]: expected a whole number, got '2'", "$[2]: expected a whole number, got None"],
        ),
        (_forms.pair(INTEGER), ["1", 2], ["$[0]: expected a whole number, got '1'"]),
        (_forms.mapping(INTEGER), [["a", "1"], ["b", 1]], ["$[0][1]: expected a whole number, got '1'"]),
        (_forms.mapping(INTEGER), {"a": 1}, ["$: expected a list, got {'a': 1}"]),
        *[
            (_forms.mapping(INTEGER), [["a", 1], pair], [f"$[1]: expected a pair of a text and a value, got {pair!r}"])
            for pair in (["b"], [3, 3], ["c", 3, 3], "de", None, {})
        ],
        (PLAIN, {"decimal": 1}, ["$.decimal: expected a decimal number as text, got 1"]),
        (
            ATTRIBUTES,
            [["a", {"day": "x"}], ["b", []]],
            ["$[0][1].day: expected an ISO 8601 date, got 'x'", "$[1][1]: expected a plain value, got []"],
        ),
    ],
)
def test_every_fault_of_a_part_has_its_path(form, data, found):
    assert faults(form, data) == found


def test_attributes_are_read_as_a_mapping_that_cannot_be_changed():
    attributes = ATTRIBUTES.load([["size", "S"]], reader())

    with pytest.raises(InvalidTypeError):
        attributes["size"] = "L"
    assert hash(attributes) == hash(ATTRIBUTES.load([["size", "S"]], reader()))


def test_a_mapping_with_keys_in_order_is_written_in_that_order_and_has_each_key_once():
    form = table(pair(INTEGER), "each length once")

    assert form.dump({3: 1, -1: 2}) == [[-1, 2], [3, 1]]
    assert form.load([[3, 1], [-1, 2]], reader()) == {3: 1, -1: 2}
    assert faults(form, [[3, 1], [3, 2]]) == ["$: expected each length once, got a list"]
