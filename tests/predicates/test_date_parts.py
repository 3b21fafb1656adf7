"""Parts of days and moments."""

import calendar
from datetime import date, datetime, timedelta, timezone

import pytest
from described import Customer
from hypothesis import given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.predicates import Day, Predicate

C = Customer
UTC = timezone.utc
SATURDAY = date(2024, 6, 1)  # 1 June 2024 was a Saturday


def berlin_offset(moment: datetime) -> timedelta:
    """Two hours from 01:00 UTC on the last Sunday of March to that of October, else one (Directive 2000/84/EC)."""

    def change(month: int) -> datetime:
        last = max(week[calendar.SUNDAY] for week in calendar.monthcalendar(moment.year, month))
        return datetime(moment.year, month, last, 1, tzinfo=UTC)

    return timedelta(hours=2 if change(3) <= moment < change(10) else 1)


@pytest.mark.parametrize(
    ("predicate", "passing", "failing"),
    [
        (C.born.year() == 2024, [date(2024, 1, 1), date(2024, 12, 31)], [date(2023, 12, 31), date(2025, 1, 1)]),
        (C.born.month() == 2, [date(2023, 2, 1), date(2024, 2, 29)], [date(2024, 3, 1)]),
        (C.born.day() >= 29, [date(2024, 2, 29), date(2024, 1, 31)], [date(2024, 2, 28)]),
        (C.born.isoweekday().is_in([6, 7]), [SATURDAY, SATURDAY + timedelta(1)], [SATURDAY + timedelta(2)]),
        (C.born.year() < 1000, [date.min], [date.max]),
        (C.born.month() != C.born.day(), [date(2024, 2, 1)], [date(2024, 2, 2)]),
    ],
    ids=repr,
)
def test_each_part_of_a_day_is_a_whole_number(predicate, passing: list, failing: list):
    assert [predicate.matches({"born": value}) for value in passing] == [True] * len(passing)
    assert [predicate.matches({"born": value}) for value in failing] == [False] * len(failing)
    assert (~predicate).matches({}) is not predicate.matches({})


def test_every_day_of_three_years_has_the_parts_that_the_calendar_says():
    for year in (2023, 2024, 1900):
        for month in range(1, 13):
            for number in range(1, calendar.monthrange(year, month)[1] + 1):
                weekday = calendar.weekday(year, month, number) + 1
                p = (C.born.year() == year) & (C.born.month() == month) & (C.born.day() == number)
                assert (p & (C.born.isoweekday() == weekday)).matches({"born": date(year, month, number)})


def test_a_moment_falls_on_the_day_and_the_hour_of_its_zone():
    for step in range(0, 24 * 366, 5):
        moment = datetime(2026, 1, 1, 0, 30, tzinfo=UTC) + timedelta(hours=step)
        for tz, offset in (
            ("UTC", timedelta(0)),
            ("Europe/Berlin", berlin_offset(moment)),
            ("Asia/Kathmandu", timedelta(hours=5, minutes=45)),
            ("Asia/Tokyo", timedelta(hours=9)),
        ):
            shown = moment.replace(tzinfo=None) + offset
            p = (C.joined.date(tz=tz) == shown.date()) & (C.joined.hour(tz=tz) == shown.hour)
            assert p.matches({"joined": moment}), (moment, tz)


def test_the_repeated_hour_stands_twice_and_the_left_out_hour_never():
    two = C.joined.hour(tz="Europe/Berlin") == 2
    autumn = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1, 2)]  # 02:30, 02:30, 03:30
    assert [two.matches({"joined": moment}) for moment in autumn] == [True, True, False]
    spring = [datetime(2026, 3, 29, hour, 59, tzinfo=UTC) for hour in (0, 1)]  # 01:59, 03:59
    assert [two.matches({"joined": moment}) for moment in spring] == [False, False]


@given(st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)), st.integers(-12, 14))  # noqa: DTZ001
def test_the_offset_in_which_a_moment_is_written_does_not_count(clock: datetime, hours: int):
    moment = clock.replace(tzinfo=UTC)
    there = moment.astimezone(timezone(timedelta(hours=hours)))
    p = (C.joined.hour(tz="UTC") == clock.hour) & (C.joined.date(tz="UTC") == clock.date())
    assert p.matches({"joined": there})


def test_parts_of_parts_read_as_the_code_that_makes_them():
    p = C.joined.date(tz="Asia/Tokyo").isoweekday().between(6, 7) & (C.joined.hour(tz="UTC") < 6)
    assert repr(p) == (
        "Customer.joined.date(tz='Asia/Tokyo').isoweekday().between(6, 7) & (Customer.joined.hour(tz='UTC') < 6)"
    )
    assert type(C.joined.date(tz="UTC")) is Day
    assert from_dict(to_dict(p), Predicate, fields=C) == p
    assert p.about == {C}
    assert not p.timed


def test_a_missing_moment_has_no_parts():
    for value in (C.joined.date(tz="UTC"), C.joined.hour(tz="UTC"), C.joined.date(tz="UTC").year(), C.born.day()):
        assert value.is_missing().matches({})
        assert not value.is_known().matches({"joined": None, "born": None})


@pytest.mark.parametrize("use", [C.joined.date, C.joined.hour], ids=["date", "hour"])
def test_a_zone_is_named_and_known(use):
    with pytest.raises(TypeError):
        use()
    with pytest.raises(InvalidValueError, match=r"^tz must be the IANA name of a zone such as 'Europe/Berlin', got"):
        use(tz="Europe/Berlinn")
    with pytest.raises(InvalidTypeError, match=r"^tz must be the IANA name of a zone such as 'Europe/Berlin', got"):
        use(tz=UTC)


@pytest.mark.parametrize(
    ("predicate", "record", "told"),
    [
        (
            C.joined.hour(tz="Asia/Tokyo") == 3,
            {"joined": date(2026, 3, 1)},
            "joined must be a moment, got datetime.date(2026, 3, 1) in Customer.joined.hour(tz='Asia/Tokyo')",
        ),
        (C.joined.date(tz="UTC").year() == 3, {"joined": 0}, "joined must be a moment, got 0 in Customer.joined.date("),
        (C.born.year() == 3, {"born": "2024"}, "born must be a day, got '2024' in Customer.born.year()"),
        (C.born.isoweekday() == 3, {"born": 2024}, "born must be a day, got 2024 in Customer.born.isoweekday()"),
    ],
    ids=repr,
)
def test_what_is_no_day_or_moment_has_no_parts(predicate, record: dict, told: str):
    with pytest.raises(InvalidTypeError) as caught:
        predicate.matches(record)
    assert str(caught.value).startswith(told)


LAST, FIRST = datetime(9999, 12, 31, 23, tzinfo=UTC), datetime(1, 1, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "tz", "shown", "hour"),
    [
        (LAST, "Asia/Tokyo", date.max, 23),
        (datetime.max.replace(tzinfo=UTC), "Asia/Kathmandu", date.max, 23),
        (datetime(9999, 12, 31, 16, tzinfo=UTC), "Asia/Tokyo", date.max, 23),
        (datetime(9999, 12, 31, 14, 59, tzinfo=UTC), "Asia/Tokyo", date.max, 23),  # 23:59 there
        (LAST, "America/New_York", date.max, 18),
        (FIRST, "America/New_York", date.min, 0),
        (datetime.min.replace(tzinfo=UTC), "America/New_York", date.min, 0),
        (FIRST, "UTC", date.min, 1),
    ],
)
def test_a_moment_that_no_calendar_of_the_zone_holds_counts_as_its_last_or_first(
    moment: datetime, tz: str, shown: date, hour: int
):
    assert (C.joined.hour(tz=tz) == hour).matches({"joined": moment})
    assert (C.joined.date(tz=tz) == shown).matches({"joined": moment})
    assert (C.joined.date(tz=tz).year() == shown.year).matches({"joined": moment})


@pytest.mark.parametrize(
    "part", [C.born.year(), C.born.month(), C.born.day(), C.born.isoweekday(), C.born.days_since(tz="UTC")], ids=repr
)
def test_a_datetime_is_no_day(part):
    found = datetime(2026, 3, 1, 23, tzinfo=UTC)
    with pytest.raises(InvalidTypeError) as caught:
        (part == 3).matches({"born": found}, as_of=found)
    assert str(caught.value) == f"born must be a day, got {found!r} in {part!r}"
    assert caught.value.found is found
