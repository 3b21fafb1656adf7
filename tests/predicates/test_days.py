"""How long ago, and how soon: days and moments against `as_of`."""

import calendar
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from described import Customer

from cxkit.calendar import days, hours, months, years
from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError, InvalidValueError, NaiveDatetimeError
from cxkit.predicates import Predicate

C = Customer
UTC = timezone.utc
BERLIN = "Europe/Berlin"


def at(year: int, month: int, number: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(year, month, number, hour, minute, tzinfo=UTC)


def each_day(first: date, last: date) -> Iterator[date]:
    return (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))


TIMED = [
    C.born.days_since(tz="UTC") >= 3,
    C.born.in_last_days(3, tz="UTC", include_today=True),
    C.joined.in_last_days(3, tz="UTC", include_today=False),
    C.born.days_until_anniversary(tz="UTC", leap_day="02-28") <= 7,
    C.joined.within(days(3)).is_true(),
    C.joined.elapsed_days() >= 3,
]


@pytest.mark.parametrize("predicate", TIMED, ids=repr)
def test_what_speaks_of_time_needs_the_moment_of_the_question(predicate: Predicate):
    record = {"born": date(2026, 3, 1), "joined": at(2026, 3, 1)}
    for p in (predicate, ~predicate, predicate & (C.orders >= 3)):
        assert p.timed
        for ask in (p.matches, p.explain):
            with pytest.raises(InvalidTypeError) as caught:
                ask(record)
            assert str(caught.value) == f"{p!r} speaks of time; pass as_of="
            with pytest.raises(NaiveDatetimeError, match=r"^as_of must be an aware datetime"):
                ask(record, as_of=datetime(2026, 3, 1))  # noqa: DTZ001


@pytest.mark.parametrize("predicate", TIMED, ids=repr)
def test_a_missing_day_passes_no_test_at_any_time(predicate: Predicate):
    assert not predicate.matches({}, as_of=at(2026, 3, 1))
    assert (~predicate).matches({"born": None, "joined": None}, as_of=at(2026, 3, 1))
    assert predicate.explain({}, as_of=at(2026, 3, 1)).could_change


@pytest.mark.parametrize("predicate", TIMED, ids=repr)
def test_what_speaks_of_time_is_stored_and_read(predicate: Predicate):
    assert from_dict(to_dict(predicate), Predicate, fields=C) == predicate


# days_since


def test_days_since_counts_the_midnights_between():
    today = date(2024, 3, 1)
    for distance in range(-400, 401):
        p = C.born.days_since(tz="UTC") == distance
        assert p.matches({"born": today - timedelta(days=distance)}, as_of=at(2024, 3, 1, 23, 59))
        assert p.matches({"born": today - timedelta(days=distance)}, as_of=at(2024, 3, 1, 0))


@pytest.mark.parametrize(
    ("as_of", "today"),
    [
        (at(2026, 3, 28, 22, 59), date(2026, 3, 28)),  # 23:59 in winter
        (at(2026, 3, 28, 23), date(2026, 3, 29)),
        (at(2026, 3, 29, 21, 59), date(2026, 3, 29)),  # 23:59 in summer: a day of 23 hours
        (at(2026, 3, 29, 22), date(2026, 3, 30)),
        (at(2026, 10, 24, 22), date(2026, 10, 25)),
        (at(2026, 10, 25, 22, 59), date(2026, 10, 25)),  # 23:59 in winter: a day of 25 hours
        (at(2026, 10, 25, 23), date(2026, 10, 26)),
    ],
)
def test_today_is_what_the_calendar_of_the_zone_shows(as_of: datetime, today: date):
    for distance in (-1, 0, 1, 40):
        record = {"born": today - timedelta(days=distance)}
        for same in (as_of, as_of.astimezone(ZoneInfo("Asia/Tokyo")), as_of.astimezone(ZoneInfo(BERLIN))):
            assert (C.born.days_since(tz=BERLIN) == distance).matches(record, as_of=same)


@pytest.mark.parametrize(
    ("number", "include_today", "passing"),
    [(1, True, [0]), (3, True, [0, 1, 2]), (1, False, [1]), (3, False, [1, 2, 3])],
)
def test_the_last_days_are_whole_days(number: int, include_today: bool, passing: list[int]):  # noqa: FBT001
    p = C.born.in_last_days(number, tz="UTC", include_today=include_today)
    q = C.joined.in_last_days(number, tz="UTC", include_today=include_today)
    today = date(2024, 3, 1)
    ages = range(-2, 6)
    assert [age for age in ages if p.matches({"born": today - timedelta(days=age)}, as_of=at(2024, 3, 1))] == passing
    for hour in (0, 23):
        moments = {age: at(2024, 3, 1, hour) - timedelta(days=age) for age in ages}
        found = [age for age, moment in moments.items() if q.matches({"joined": moment}, as_of=at(2024, 3, 1, 12))]
        assert found == passing


def test_the_last_days_of_a_moment_are_those_of_the_zone():
    yesterday = C.joined.in_last_days(1, tz=BERLIN, include_today=False)
    as_of = at(2026, 3, 30, 8)  # the 29th has 23 hours in Berlin: from 23:00 to 22:00 UTC
    edges = [at(2026, 3, 28, 22, 59), at(2026, 3, 28, 23), at(2026, 3, 29, 21, 59), at(2026, 3, 29, 22)]
    assert [yesterday.matches({"joined": moment}, as_of=as_of) for moment in edges] == [False, True, True, False]


@pytest.mark.parametrize("number", [0, -1, 1.5, "3", None], ids=repr)
def test_the_last_days_are_one_or_more(number: object):
    for field in (C.born, C.joined):
        with pytest.raises((InvalidValueError, InvalidTypeError), match=r"^the number of days must be "):
            field.in_last_days(number, tz="UTC", include_today=True)


@pytest.mark.parametrize("include_today", ["no", 1, None], ids=repr)
def test_whether_today_counts_is_a_yes_or_no(include_today: object):
    for field in (C.born, C.joined):
        with pytest.raises(InvalidTypeError) as caught:
            field.in_last_days(3, tz="UTC", include_today=include_today)
        assert str(caught.value) == f"include_today must be True or False, got {include_today!r}"


# within


@pytest.mark.parametrize(
    ("window", "joined", "first_out"),
    [
        (timedelta(days=3), at(2024, 2, 27, 12), at(2024, 3, 1, 12)),
        (days(3), at(2024, 2, 27, 12), at(2024, 3, 1, 12)),
        (hours(36), at(2024, 2, 28, 12), at(2024, 3, 1, 0)),
        (months(1), at(2024, 1, 31, 12), at(2024, 2, 29, 12)),
        (months(1), at(2023, 1, 31, 12), at(2023, 2, 28, 12)),
        (years(1), at(2024, 2, 29, 12), at(2025, 2, 28, 12)),
        (days(1, tz=BERLIN), at(2026, 10, 24, 12), at(2026, 10, 25, 13)),  # a day of 25 hours
        (days(1, tz=BERLIN), at(2026, 3, 28, 12), at(2026, 3, 29, 11)),  # and one of 23
        (timedelta(days=1), at(2026, 3, 28, 12), at(2026, 3, 29, 12)),
    ],
    ids=repr,
)
def test_a_moment_lies_in_a_window_from_itself_until_its_end(window, joined: datetime, first_out: datetime):
    tick = timedelta(microseconds=1)
    p = C.joined.within(window).is_true()
    edges = [joined - tick, joined, joined + tick, first_out - tick, first_out, first_out + tick]
    assert [p.matches({"joined": joined}, as_of=edge) for edge in edges] == [False, True, True, True, False, False]
    assert (C.joined.within(window) & all_known()).matches({"joined": joined, "orders": 1}, as_of=joined)


def all_known() -> Predicate:
    return C.orders.is_known()


def test_an_empty_window_holds_nothing():
    assert not C.joined.within(timedelta(0)).is_true().matches({"joined": at(2024, 1, 1)}, as_of=at(2024, 1, 1))


@pytest.mark.parametrize("window", [3, "3 days", None, days], ids=["int", "text", "None", "function"])
def test_a_window_is_a_length_of_time(window: object):
    with pytest.raises(InvalidTypeError, match=r"^the window must be a timedelta or a span such as days\(3\), got "):
        C.joined.within(window)


def test_a_negative_window_is_refused():
    with pytest.raises(InvalidValueError, match=r"^the window must not be negative, got "):
        C.joined.within(timedelta(days=-1))


def test_a_moment_at_the_end_of_time_has_not_come_yet():
    forever = {"joined": datetime(9999, 12, 31, tzinfo=UTC)}  # what some systems write for "never"
    assert not C.joined.within(days(30)).is_true().matches(forever, as_of=at(2026, 3, 1))
    assert (C.joined > C.seen).matches(forever | {"seen": at(2026, 3, 1)})


# elapsed_days


@pytest.mark.parametrize(
    ("passed", "number"),
    [
        (timedelta(0), 0),
        (timedelta(hours=23, minutes=59), 0),
        (timedelta(days=1), 1),
        (timedelta(days=2) - timedelta(microseconds=1), 1),
        (timedelta(days=400), 400),
        (-timedelta(microseconds=1), -1),  # still to come
        (-timedelta(days=1), -1),
    ],
    ids=str,
)
def test_a_day_that_has_passed_has_24_hours(passed: timedelta, number: int):
    p = C.joined.elapsed_days() == number
    for joined in (at(2026, 3, 28, 23), at(2026, 10, 24, 23), at(2024, 2, 28)):  # whatever the clocks do
        assert p.matches({"joined": joined.astimezone(ZoneInfo(BERLIN))}, as_of=joined + passed)


# days_until_anniversary


def is_anniversary(born: date, today: date, leap_day: str) -> bool:
    month, number = born.month, born.day
    if (month, number) == (2, 29) and not calendar.isleap(today.year):
        month, number = map(int, leap_day.split("-"))
    return (today.month, today.day) == (month, number)


BIRTHS = [
    *(date(2000, 2, number) for number in (1, 27, 28, 29)),
    *(date(2000, 3, number) for number in (1, 2)),
    *(date(1999, 12, 31), date(2000, 1, 1), date(1999, 7, 4), date(1, 2, 28), date(2096, 2, 29), date(2100, 2, 28)),
]


@pytest.mark.parametrize("leap_day", ["02-28", "03-01"])
@pytest.mark.parametrize("born", BIRTHS, ids=str)
def test_the_anniversary_is_the_next_day_with_the_same_date(born: date, leap_day: str):
    value = C.born.days_until_anniversary(tz="UTC", leap_day=leap_day)
    tests = [value == number for number in range(366)]
    left = None
    for first, last in (((2023, 1, 1), (2026, 3, 5)), ((2099, 12, 1), (2101, 4, 1))):  # 2100 is a common year
        for today in reversed(list(each_day(date(*first), date(*last)))):
            left = 0 if is_anniversary(born, today, leap_day) else left + 1 if left is not None else None
            if left is not None:
                as_of = datetime(today.year, today.month, today.day, 18, tzinfo=UTC)
                assert tests[left].matches({"born": born}, as_of=as_of), (today, left)
        left = None


@pytest.mark.parametrize(
    ("today", "leap_day", "left"),
    [
        (date(2026, 2, 27), "02-28", 1),
        (date(2026, 2, 28), "02-28", 0),
        (date(2026, 3, 1), "02-28", 364),
        (date(2026, 2, 27), "03-01", 2),
        (date(2026, 2, 28), "03-01", 1),
        (date(2026, 3, 1), "03-01", 0),
        (date(2028, 2, 28), "02-28", 1),  # a leap year has the day itself
        (date(2028, 2, 29), "03-01", 0),
        (date(2027, 3, 1), "02-28", 365),
        (date(2026, 12, 31), "02-28", 59),  # over new year: 31 days of January and 28 of February
    ],
)
def test_29_february_has_its_anniversary_where_the_caller_says(today: date, leap_day: str, left: int):
    p = C.born.days_until_anniversary(tz="UTC", leap_day=leap_day) == left
    assert p.matches({"born": date(1992, 2, 29)}, as_of=datetime(today.year, today.month, today.day, tzinfo=UTC))


def test_new_year_comes_when_it_does_in_the_zone():
    today = C.born.days_until_anniversary(tz="Asia/Tokyo", leap_day="02-28") == 0
    assert today.matches({"born": date(2000, 1, 1)}, as_of=at(2025, 12, 31, 15))
    assert not today.matches({"born": date(2000, 1, 1)}, as_of=at(2025, 12, 31, 14, 59))
    tomorrow = C.born.days_until_anniversary(tz="Asia/Tokyo", leap_day="02-28") == 1
    assert tomorrow.matches({"born": date(2000, 1, 1)}, as_of=at(2025, 12, 31, 14, 59))


@pytest.mark.parametrize(
    ("as_of", "left"), [(at(2026, 3, 28, 22, 59), 1), (at(2026, 3, 28, 23), 0), (at(2026, 3, 29, 22), 364)]
)
def test_a_clock_change_on_the_day_itself_does_not_count(as_of: datetime, left: int):
    p = C.born.days_until_anniversary(tz=BERLIN, leap_day="02-28") == left
    assert p.matches({"born": date(1990, 3, 29)}, as_of=as_of)


@pytest.mark.parametrize("leap_day", ["02-29", "28.2.", None, 28], ids=repr)
def test_the_caller_says_when_a_leap_day_is_kept(leap_day: object):
    with pytest.raises(InvalidValueError) as caught:
        C.born.days_until_anniversary(tz="UTC", leap_day=leap_day)
    assert str(caught.value) == f"leap_day must be one of '02-28', '03-01', got {leap_day!r}"
    with pytest.raises(TypeError):
        C.born.days_until_anniversary(tz="UTC")


@pytest.mark.parametrize("tz", ["Mars/Olympus", ""], ids=repr)
def test_the_zone_of_a_calendar_is_checked(tz: str):
    for use in (
        lambda: C.born.days_since(tz=tz),
        lambda: C.born.days_until_anniversary(tz=tz, leap_day="02-28"),
        lambda: C.born.in_last_days(3, tz=tz, include_today=True),
    ):
        with pytest.raises(InvalidValueError, match=r"^tz must be the IANA name of a zone"):
            use()


def test_what_is_no_day_is_refused():
    with pytest.raises(
        InvalidTypeError, match=r"^born must be a day, got '2000-01-01' in Customer\.born\.days_since\("
    ):
        (C.born.days_since(tz="UTC") >= 3).matches({"born": "2000-01-01"}, as_of=at(2026, 3, 1))
    with pytest.raises(InvalidTypeError, match=r"^born must be a day, got datetime\.datetime"):
        (C.born.days_since(tz="UTC") >= 3).matches({"born": at(2026, 3, 1)}, as_of=at(2026, 3, 1))


def test_a_reason_tells_the_number_of_days():
    p = C.born.days_until_anniversary(tz="UTC", leap_day="02-28") <= 7
    [reason] = p.explain({"born": date(1990, 3, 11)}, as_of=at(2026, 3, 1)).reasons
    assert (reason.code, reason.found, reason.needed) == ("failed", 10, "<= 7")


def test_the_last_year_has_no_next_anniversary():
    value = C.born.days_until_anniversary(tz="UTC", leap_day="02-28")
    end = at(9999, 12, 31)
    assert (value == 0).matches({"born": date(2000, 12, 31)}, as_of=end)
    for born in (date(2000, 1, 1), date(2000, 12, 30)):
        assert value.is_missing().matches({"born": born}, as_of=end)
        assert not (value <= 365).matches({"born": born}, as_of=end)
        assert (value <= 365).explain({"born": born}, as_of=end).could_change
