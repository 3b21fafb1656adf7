"""Dues that come back on the calendar, and those that a log promises."""

import json
import pickle
from calendar import isleap, monthrange
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import Period, days, hours, months, weeks, years
from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError, InvalidValueError, UnknownFieldError
from cxkit.journey import Due, Journey, Obligations, Promise, Recurring, Touchpoint

UTC = timezone.utc
BERLIN = "Europe/Berlin"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def day(*parts: int) -> Period:
    return Period("day", date(*parts), tz=BERLIN)


def dates(recurring: Recurring, start: datetime, end: datetime) -> list[str]:
    return [
        str(due.at) if isinstance(due.at, Period) else due.at.date().isoformat() for due in recurring.dues(start, end)
    ]


def nth_month(first: date, number: int) -> date:
    """The same day, that many months on, or the last one of a shorter month: by hand."""
    year, month = divmod(12 * first.year + first.month - 1 + number, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


@given(
    st.dates(date(2020, 1, 1), date(2024, 12, 31)),
    st.integers(1, 14),
    st.dates(date(2019, 1, 1), date(2027, 1, 1)),
    st.integers(0, 900),
    st.sampled_from([None, 1, 7]),
)
def test_months_are_anchored_on_the_first_day(first, step, start, length, times):
    recurring = Recurring(Due("rent", Period("day", first)), every=months(step), times=times, leap_day="02-28")
    end = start + timedelta(days=length)
    wanted = [nth_month(first, step * number) for number in range(times or 200)]

    found = dates(recurring, utc(start.year, start.month, start.day), utc(end.year, end.month, end.day))
    assert found == [found.isoformat() for found in wanted if start <= found < end]


@given(st.sampled_from([timedelta(hours=5), hours(7), days(1), weeks(2)]), st.integers(0, 300), st.integers(0, 300))
def test_moments_come_back_after_equal_steps_half_open(every, start, length):
    first = utc(2026, 1, 1)
    seconds = {hours(7): 7, days(1): 24, weeks(2): 14 * 24}.get(every, 5) if not isinstance(every, timedelta) else 5
    moments = [first + timedelta(hours=seconds * number) for number in range(200)]
    low = first + timedelta(hours=start - 50)
    high = low + timedelta(hours=length)

    found = Recurring(Due("call", first), every=every).dues(low, high)
    assert [due.at for due in found] == [moment for moment in moments if low <= moment < high]


@pytest.mark.parametrize("leap_day", ["02-28", "03-01"])
@pytest.mark.parametrize("step", [1, 4])
def test_29_february_comes_back_as_is_said(leap_day, step):
    birthday = Recurring(Due("birthday", day(1896, 2, 29)), every=years(step), leap_day=leap_day)
    wanted = [
        f"{year}-02-29" if isleap(year) else f"{year}-{leap_day}" for year in range(1896, 2030, step)
    ]  # 1900 was no leap year

    assert dates(birthday, utc(1800, 1, 1), utc(2030, 1, 1)) == wanted


def test_29_february_has_to_be_said_for_years_only():
    with pytest.raises(InvalidValueError, match=r"^leap_day must say when 29 February comes back"):
        Recurring(Due("birthday", day(1992, 2, 29)), every=years(1))
    monthly = Recurring(Due("rent", day(2024, 2, 29)), every=months(1))

    assert Recurring(Due("birthday", day(1992, 2, 28)), every=years(1), leap_day="03-01").leap_day == "03-01"
    assert dates(monthly, utc(2025, 1, 1), utc(2025, 4, 1)) == ["2025-01-29", "2025-02-28", "2025-03-29"]


def test_a_day_keeps_its_zone_and_a_moment_the_clock_of_its_span():
    rent = Recurring(Due("rent", day(2026, 3, 1)), every=months(1))
    noon = datetime(2026, 3, 1, 12, tzinfo=ZoneInfo(BERLIN))
    call = Recurring(Due("call", noon), every=months(1, tz=BERLIN))

    assert [due.due_at for due in rent.dues(utc(2026, 2, 1), utc(2026, 4, 10))] == [
        utc(2026, 2, 28, 23),
        utc(2026, 3, 31, 22),
    ]
    assert [due.due_at for due in call.dues(utc(2026, 3, 1), utc(2026, 4, 10))] == [
        utc(2026, 3, 1, 11),
        utc(2026, 4, 1, 10),
    ]


def test_weeks_and_months_come_back_as_periods():
    report = Recurring(Due("report", Period.month(2026, 1)), every=months(3))

    assert dates(report, utc(2026, 2, 1), utc(2027, 1, 1)) == ["2026-04", "2026-07", "2026-10"]


def test_what_a_due_holds_comes_back_with_it():
    first = Due(
        "rent",
        day(2026, 1, 31),
        reference="R7",
        amount=Decimal(50),
        currency="EUR",
        settled_by="payment",
        raised_at=utc(2026, 1, 17),
        grace=days(3),
    )
    recurring = Recurring(first, every=months(1), times=2)
    zeroth, second = recurring.dues(utc(2026, 1, 1), utc(2027, 1, 1))

    assert (zeroth.id, zeroth.at, zeroth.raised_at) == (
        "invoice R7 #0".replace("invoice", "rent"),
        first.at,
        first.raised_at,
    )
    assert (second.id, second.raised_at, second.recorded_at) == ("rent R7 #1", utc(2026, 2, 17), utc(2026, 1, 17))
    assert (second.amount, second.grace, second.settled_by) == (first.amount, first.grace, "payment")


def test_a_far_future_ends_with_time():
    last = Recurring(Due("call", utc(9999, 12, 1)), every=months(1))

    assert dates(last, utc(2026, 1, 1), datetime.max.replace(tzinfo=UTC)) == ["9999-12-01"]
    assert Recurring(Due("call", utc(2026, 1, 1)), every=timedelta.max).dues(utc(2026, 1, 1), utc(2027, 1, 1))
    assert Recurring(Due("call", utc(2026, 1, 1)), every=timedelta(1)).dues(utc(2027, 1, 1), utc(2026, 1, 1)) == ()


def test_no_call_gives_more_than_10000_dues():
    often = Recurring(Due("call", utc(1, 1, 1)), every=timedelta(microseconds=1))

    assert len(often.dues(utc(2026, 1, 1), utc(2026, 1, 1, 0, 0, 0, 10_000))) == 10_000
    with pytest.raises(InvalidValueError, match=r"^expected up to 10000 dues, got 10001 from 2026-01-01T00:00:00\+00"):
        often.dues(utc(2026, 1, 1), utc(2026, 1, 1, 0, 0, 0, 10_001))


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"first": 7}, InvalidTypeError, "first must be a Due, got 7"),
        ({"every": days(0)}, InvalidValueError, r"every must not be zero, got days\(0\)"),
        ({"every": 7}, InvalidTypeError, "every must be a timedelta or a span"),
        ({"every": timedelta(7)}, InvalidValueError, "a day comes back after days, weeks, months or years"),
        ({"every": days(1) + hours(1)}, InvalidValueError, "a day comes back after days, weeks, months or years"),
        ({"times": 0}, InvalidValueError, "times must be at least 1"),
        ({"leap_day": "29-02"}, InvalidValueError, "leap_day must be one of '02-28', '03-01'"),
    ],
)
def test_recurring_says_what_is_wrong(options, kind, message):
    with pytest.raises(kind, match="^" + message):
        Recurring(**({"first": Due("birthday", day(2026, 3, 1)), "every": years(1)} | options))


# Promises.

DELIVERY = Promise("delivery", after="order", within=days(5), settled_by="delivery", match="properties.order")


def at(number: int) -> datetime:
    return utc(2026, 3, number)


def event(name: str, number: int, order: object = None, **options: object) -> Touchpoint:
    return Touchpoint(name, at(number), properties={} if order is None else {"order": order}, **options)


def test_each_order_promises_a_delivery():
    journey = Journey("anna", [event("order", 2, "A"), event("order", 3, "B"), event("delivery", 4, "B")])
    first, second = DELIVERY.statement(journey, as_of=at(7)).decisions

    assert (first.due.id, first.due.at, first.outcome) == ("delivery A", at(7), "overdue")
    assert (second.due.id, second.due.at, second.outcome) == ("delivery B", at(8), "settled")
    assert first.due.raised_at == first.due.recorded_at == at(2)


def test_contacts_that_carry_one_reference_promise_once():
    journey = Journey(
        "anna", [event("order", 3, "A"), event("order", 2, "A"), event("order", 4, 7), event("order", 5, 7)]
    )

    assert [(due.id, due.raised_at) for due in DELIVERY.dues(journey)] == [
        ("delivery A", at(2)),
        ("delivery 7", at(4)),
    ]


def test_without_a_reference_the_oldest_promise_is_kept_first():
    answer = Promise(
        "answer", after="ticket", within=hours(24), settled_by="reply", cancelled_by="spam", grace=hours(1)
    )
    journey = Journey("anna", [event("ticket", 2), event("ticket", 2), event("ticket", 3, id="t3"), event("reply", 4)])
    stated = answer.statement(journey, as_of=at(9))

    assert [(found.due.id, found.outcome) for found in stated.decisions] == [
        ("answer at 2026-03-02T00:00:00+00:00 ticket", "settled"),
        ("answer at 2026-03-02T00:00:00+00:00 ticket #2", "overdue"),
        ("answer id t3", "overdue"),
    ]
    assert stated.decisions[0].is_late
    released = answer.statement(Journey("anna", [event("ticket", 2), event("spam", 2)]), as_of=at(2))
    assert [found.outcome for found in released.decisions] == ["cancelled"]


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_an_order_without_a_number_is_kept_by_any_delivery(blank):
    journey = Journey("anna", [event("order", 2, blank), event("delivery", 3, "Z")])

    assert [found.outcome for found in DELIVERY.statement(journey, as_of=at(9)).decisions] == ["settled"]


@given(st.integers(2, 12), st.permutations([0, 0, 3, 6]))
def test_a_promise_is_read_as_it_was_known(as_of, late):
    contacts = [
        event(name, number, order, recorded_at=at(number + delay))
        for (name, number, order), delay in zip(
            [("order", 2, "A"), ("order", 3, "A"), ("order", 4, None), ("delivery", 5, "A")], late, strict=True
        )
    ]
    journey = Journey("anna", contacts)
    known = journey.as_of(at(as_of))

    assert DELIVERY.statement(journey, as_of=at(as_of)) == DELIVERY.statement(known, as_of=at(as_of))
    assert DELIVERY.dues(journey, as_of=at(as_of)) == DELIVERY.dues(known)
    assert Obligations("anna", DELIVERY.dues(known)).statement(journey, as_of=at(as_of)) == DELIVERY.statement(
        journey, as_of=at(as_of)
    )


def test_recurring_and_promise_survive_storage_and_print_as_code():
    due = Due("birthday", day(1992, 2, 29))
    values = [DELIVERY, Recurring(due, every=years(1), times=3, leap_day="02-28"), Recurring(due, every=days(1))]
    names = {
        "Promise": Promise, "Recurring": Recurring, "Due": Due, "Period": Period, "months": months, "days": days,
        "datetime": __import__("datetime"),
    }  # fmt: skip

    for value in values:
        assert from_dict(json.loads(json.dumps(to_dict(value))), type(value)) == value
        assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own bytes
        assert eval(repr(value), names) == value  # noqa: S307 - our own text


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"name": ""}, InvalidValueError, "the name of a promise must not be blank"),
        ({"after": 7}, InvalidTypeError, "after must be the name of a touchpoint"),
        ({"settled_by": None}, InvalidTypeError, "settled_by must be the name of a touchpoint"),
        ({"cancelled_by": 7}, InvalidTypeError, "cancelled_by must be the name of a touchpoint"),
        ({"within": 5}, InvalidTypeError, "within must be a timedelta or a span"),
        ({"grace": 5}, InvalidTypeError, "grace must be a timedelta or a span"),
        ({"match": "order"}, UnknownFieldError, "a touchpoint has no label 'order'"),
    ],
)
def test_a_promise_says_what_is_wrong(options, kind, message):
    with pytest.raises(kind, match="^" + message):
        Promise(**({"name": "delivery", "after": "order", "within": days(5), "settled_by": "delivery"} | options))
    with pytest.raises(InvalidTypeError, match=r"^expected a Journey"):
        DELIVERY.dues([])
