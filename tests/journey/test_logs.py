"""Logs: journeys gathered from rows, which are read one by one."""

from collections import UserDict
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import moments

from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError, NaiveDatetimeError
from cxkit.journey import Journey, Touchpoint, journeys

at = datetime.fromisoformat
NINE, TEN = at("2026-03-01T09:00Z"), at("2026-03-01T10:00Z")


class Row(NamedTuple):
    who: str
    what: str
    when: datetime


def test_each_customer_has_a_journey_in_the_order_in_which_they_come():
    rows = [("ben", "order", TEN), ("anna", "visit", NINE), ("ben", "visit", NINE)]

    assert journeys(rows) == (
        Journey("ben", [Touchpoint("visit", NINE), Touchpoint("order", TEN)]),
        Journey("anna", [Touchpoint("visit", NINE)]),
    )
    assert journeys([]) == ()


@given(st.lists(st.tuples(st.sampled_from(["anna", "ben", "cleo"]), st.sampled_from(["visit", "order"]), moments())))
def test_every_row_becomes_a_touchpoint_of_its_customer(rows):
    gathered = journeys(iter(rows))

    assert [journey.customer for journey in gathered] == list(dict.fromkeys(who for who, _, _ in rows))
    for journey in gathered:
        assert journey == Journey(
            journey.customer, [Touchpoint(*row[1:]) for row in rows if row[0] == journey.customer]
        )


@pytest.mark.parametrize(
    "row",
    [
        ("anna", "visit", NINE),
        Row("anna", "visit", NINE),
        ["anna", "visit", NINE],
        ("anna", "visit", "2026-03-01T09:00Z"),
        ("anna", "visit", "2026-03-01T10:00:00+01:00"),
        {"customer": "anna", "name": "visit", "at": NINE},
        {"customer": "anna", "name": "visit", "at": "2026-03-01T09:00:00Z", "browser": "lynx"},
        UserDict(customer="anna", name="visit", at=NINE),
    ],
)
def test_a_row_is_a_tuple_a_list_or_a_mapping(row):
    assert journeys([row]) == (Journey("anna", [Touchpoint("visit", NINE)]),)


def test_columns_are_named():
    row = {"user": "anna", "event": "order", "time": NINE, "source": "web", "known": "2026-03-01T10:00Z", "eur": 25}
    row["phase"] = None
    details = {"channel": "source", "recorded_at": "known", "value": "eur", "stage": "phase"}
    order = Touchpoint("order", NINE, channel="web", recorded_at=TEN, value=Decimal(25))

    assert journeys([row], customer="user", name="event", at="time", details=details) == (Journey("anna", [order]),)


def test_every_detail_has_a_column():
    row = {
        "id": "17",
        "recorded_at": TEN,
        "sequence": 1,
        "channel": "web",
        "stage": "purchase",
        "sentiment": 0.5,
        "value": 25,
        "cost": 2,
        "actor": "customer",
    }
    [anna] = journeys(
        [{"customer": "anna", "name": "order", "at": NINE, **row}], details={detail: detail for detail in row}
    )

    assert anna.touchpoints == (Touchpoint("order", NINE, **row),)


def test_properties_keep_the_columns_that_a_row_has():
    rows = [
        {"customer": "anna", "name": "visit", "at": NINE, "page": "/", "browser": "lynx"},
        {"customer": "anna", "name": "visit", "at": TEN, "page": None, "language": "de"},
    ]
    [anna] = journeys(rows, properties=["page", "language"])

    assert [touchpoint.properties for touchpoint in anna] == [{"page": "/"}, {"page": None, "language": "de"}]


@pytest.mark.parametrize("columns", [{"details": {"value": "EUR"}}, {"properties": ["EUR"]}])
@pytest.mark.parametrize("row", [{"customer": "anna", "name": "order", "at": NINE, "eur": 25}, ("anna", "order", NINE)])
def test_a_column_that_no_row_has_is_told(columns, row):
    with pytest.raises(InvalidValueError) as caught:
        journeys([row, row], **columns)

    assert str(caught.value) == "no row has a column 'EUR', which details= or properties= names"
    assert journeys([], **columns) == ()


def test_two_touchpoints_of_one_id_are_told_with_their_customer():
    rows = [{"customer": "anna", "name": name, "at": NINE, "id": "17"} for name in ("visit", "order")]
    with pytest.raises(DuplicateError, match=r"^customer 'anna': two different touchpoints have the id '17'"):
        journeys(rows, details={"id": "id"})


@pytest.mark.parametrize("wrong", [{"rows": None}, {"rows": [], "details": ["value"]}])
def test_what_is_no_log_is_refused(wrong):
    with pytest.raises(InvalidTypeError):
        journeys(**wrong)


@pytest.mark.parametrize("detail", ["channel", "sentiment", "value", "sequence", "recorded_at"])
def test_a_missing_detail_is_not_given(detail):
    row = {"customer": "anna", "name": "visit", "at": NINE, "column": float("nan")}

    assert journeys([row], details={detail: "column"}) == (Journey("anna", [Touchpoint("visit", NINE)]),)


def test_a_number_names_a_customer_too():
    assert [journey.customer for journey in journeys([(17, "visit", NINE), ("17", "order", TEN)])] == ["17"]


def test_a_zone_is_attached_to_the_times_that_name_none():
    rows = [
        ("anna", "visit", "2026-03-01T10:00"),
        ("anna", "visit", at("2026-07-01T11:00")),
        ("anna", "visit", "2026-03-01T10:00Z"),
        {"customer": "anna", "name": "visit", "at": "2026-03-01T10:00", "known": at("2026-03-01T11:00")},
    ]
    [anna] = journeys(rows, tz="Europe/Berlin", details={"recorded_at": "known"})

    assert [touchpoint.at for touchpoint in anna] == [NINE, NINE, TEN, at("2026-07-01T09:00Z")]
    assert [touchpoint.recorded_at for touchpoint in anna][:2] == [NINE, TEN]


def test_rows_are_read_one_by_one_and_no_further_than_the_first_wrong_one():
    read = []

    def rows():
        for row in [("anna", "visit", NINE), ("ben", "visit", "noon"), ("cleo", "visit", NINE)]:
            read.append(row[0])
            yield row

    with pytest.raises(InvalidValueError, match=r"^row 1: "):
        journeys(rows())
    assert read == ["anna", "ben"]


# Wrong rows

TIME = "a time must be a datetime or a text in ISO 8601, got"
ROW = "a row must be (customer, name, at) or a mapping, got"
WRONG = [
    (("anna", "visit", "noon"), InvalidValueError, f"{TIME} 'noon'"),
    (("anna", "visit", 1772355600), InvalidTypeError, f"{TIME} 1772355600"),
    (("anna", "visit", date(2026, 3, 1)), InvalidTypeError, f"{TIME} datetime.date(2026, 3, 1)"),
    (("anna", "visit", None), InvalidTypeError, f"{TIME} None"),
    (
        ("anna", "visit", "2026-03-01T09:00"),
        NaiveDatetimeError,
        "at must be an aware datetime, got the naive 2026-03-01",
    ),
    (("anna", "", NINE), InvalidValueError, "the name of a touchpoint must not be blank, got ''"),
    (("anna", None, NINE), InvalidTypeError, "the name of a touchpoint must be text, got None"),
    ((" ", "visit", NINE), InvalidValueError, "customer must not be blank, got ' '"),
    ((None, "visit", NINE), InvalidTypeError, "a customer must be text or a whole number, got None"),
    ((True, "visit", NINE), InvalidTypeError, "a customer must be text or a whole number, got True"),
    ((1.0, "visit", NINE), InvalidTypeError, "a customer must be text or a whole number, got 1.0"),
    (("anna", "visit"), InvalidTypeError, f"{ROW} ('anna', 'visit')"),
    (("anna", "visit", NINE, "web"), InvalidTypeError, f"{ROW} ('anna', 'visit', "),
    (["anna", "visit"], InvalidTypeError, f"{ROW} ['anna', 'visit']"),
    ("anna", InvalidTypeError, f"{ROW} 'anna'"),
    ({"name": "visit", "at": NINE}, InvalidValueError, "there is no column 'customer'; the row has 'name', 'at'"),
    ({"customer": "anna", "at": NINE}, InvalidValueError, "there is no column 'name'; the row has 'customer', 'at'"),
    (
        {"customer": "anna", "name": "visit"},
        InvalidValueError,
        "there is no column 'at'; the row has 'customer', 'name'",
    ),
    (
        {"customer": "anna", "name": "visit", "at": NINE, "source": 7},
        InvalidTypeError,
        "channel, stage and actor of a touchpoint must be text, got 7",
    ),
    (
        {"customer": "anna", "name": "visit", "at": NINE, "known": "soon"},
        InvalidValueError,
        f"{TIME} 'soon'",
    ),
]


@pytest.mark.parametrize(("row", "kind", "message"), WRONG)
def test_a_wrong_row_is_told_by_its_number(row, kind, message):
    with pytest.raises(kind) as caught:
        journeys([("anna", "visit", NINE), row], details={"channel": "source", "recorded_at": "known"})

    assert str(caught.value).startswith(f"row 1: {message}")
    assert caught.value.found is row
    assert type(caught.value) is type(caught.value.__cause__) is kind


def test_rows_that_share_an_id_and_differ_are_refused():
    row = {"customer": "anna", "name": "visit", "at": NINE, "id": "17"}
    with pytest.raises(DuplicateError):
        journeys([row, row | {"name": "order"}], details={"id": "id"})
    assert [len(journey) for journey in journeys([row, row], details={"id": "id"})] == [1]


def test_a_detail_that_no_touchpoint_has_is_refused():
    details = {"channel": "source", "page": "url", "browser": "agent"}
    with pytest.raises(InvalidValueError) as caught:
        journeys([], details=details)

    assert str(caught.value) == (
        "details must be among id, recorded_at, sequence, channel, stage, sentiment, value, cost, actor, "
        "got browser, page; see properties="
    )
    assert caught.value.found is details


def test_an_unknown_zone_is_refused_before_any_row_is_read():
    rows = iter([("anna", "visit", NINE)])
    with pytest.raises(InvalidValueError, match=r"^tz must be the IANA name"):
        journeys(rows, tz="Europe/Bonn")

    assert list(rows) == [("anna", "visit", NINE)]
