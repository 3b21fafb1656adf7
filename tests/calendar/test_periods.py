"""Periods: half-open stretches of the calendar of a zone, which tile time."""

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from clock_changes import ZONES, moments_near_changes
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import Period

at = datetime.fromisoformat
BERLIN = "Europe/Berlin"
UNITS = ["day", "week", "month", "quarter", "year"]
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("unit", "start", "end", "label"),
    [
        ("day", "2024-02-29T00:00Z", "2024-03-01T00:00Z", "2024-02-29"),
        ("week", "2024-02-26T00:00Z", "2024-03-04T00:00Z", "week of 2024-02-26"),
        ("month", "2024-02-01T00:00Z", "2024-03-01T00:00Z", "2024-02"),
        ("quarter", "2024-01-01T00:00Z", "2024-04-01T00:00Z", "2024-Q1"),
        ("year", "2024-01-01T00:00Z", "2025-01-01T00:00Z", "2024"),
    ],
)
def test_a_period_holds_a_moment_from_its_start_to_before_its_end(unit, start, end, label):
    period = Period.of(at("2024-02-29T12:00Z"), unit)

    assert (period.start, period.end, str(period)) == (at(start), at(end), label)
    assert period.start in period
    assert period.end - MICROSECOND in period
    assert period.start - MICROSECOND not in period
    assert period.end not in period
    assert period.window == (at(start), at(end))
    assert (period.start.tzinfo, period.end.tzinfo) == (timezone.utc, timezone.utc)


@pytest.mark.parametrize(
    ("month", "quarter", "label"),
    [
        (1, 1, "2026-Q1"),
        (3, 1, "2026-Q1"),
        (4, 2, "2026-Q2"),
        (6, 2, "2026-Q2"),
        (7, 3, "2026-Q3"),
        (9, 3, "2026-Q3"),
        (10, 4, "2026-Q4"),
        (12, 4, "2026-Q4"),
    ],
)
def test_a_quarter_is_three_months(month, quarter, label):
    period = Period.of(date(2026, month, 15), "quarter")

    assert period == Period.quarter(2026, quarter)
    assert str(period) == label
    assert period.start == Period.month(2026, 3 * quarter - 2).start
    assert period.end == Period.month(2026, 3 * quarter).end


@pytest.mark.parametrize(
    ("starts_on", "first_day"),
    # 2026-03-04 is a Wednesday
    [*zip(WEEKDAYS, ["03-02", "03-03", "03-04", "02-26", "02-27", "02-28", "03-01"], strict=True)],
)
def test_a_week_begins_on_its_weekday(starts_on, first_day):
    week = Period.week(date(2026, 3, 4), starts_on=starts_on)

    assert week.first_day == date.fromisoformat(f"2026-{first_day}")
    assert week.end - week.start == timedelta(days=7)
    assert week.next().week_start == starts_on


def test_a_period_is_named_or_found():
    assert Period.month(2026, 3, tz=BERLIN) == Period.of(at("2026-02-28T23:00Z"), "month", tz=BERLIN)
    assert Period.quarter(2026, 1, tz=BERLIN) == Period("quarter", date(2026, 1, 1), tz=BERLIN)
    assert Period.week(date(2026, 3, 4), tz=BERLIN) == Period.of(at("2026-03-04T12:00Z"), "week", tz=BERLIN)
    assert Period.month(2026, 3) != Period.month(2026, 3, tz=BERLIN)
    assert Period.month(2026, 3) == Period.month(2026, 3)


def test_periods_follow_each_other():
    assert Period.month(2026, 12).next() == Period.month(2027, 1)
    assert Period.month(2026, 1).previous() == Period.month(2025, 12)
    assert Period.quarter(2026, 4).next() == Period.quarter(2027, 1)
    assert Period.of(date(2024, 2, 28), "day").next() == Period.of(date(2024, 2, 29), "day")


def test_periods_sort_by_their_start_and_then_by_their_end():
    march, quarter, april = Period.month(2026, 3), Period.quarter(2026, 1), Period.month(2026, 4)
    january, first_of_march = Period.month(2026, 1), Period.of(date(2026, 3, 1), "day")

    assert sorted([april, quarter, march, january, first_of_march]) == [january, quarter, first_of_march, march, april]
    assert not march < march  # noqa: PLR0124
    assert Period.month(2026, 3, tz=BERLIN) < march


# Clock changes


@pytest.mark.parametrize(
    ("zone", "day", "start", "end"),
    [
        (BERLIN, "2026-03-29", "2026-03-28T23:00Z", "2026-03-29T22:00Z"),  # 23 hours
        (BERLIN, "2026-10-25", "2026-10-24T22:00Z", "2026-10-25T23:00Z"),  # 25 hours
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00Z", "2026-04-05T13:30Z"),  # 24 and a half
        ("Australia/Lord_Howe", "2025-10-05", "2025-10-04T13:30Z", "2025-10-05T13:00Z"),  # 23 and a half
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00Z", "2018-11-05T02:00Z"),  # begins at 01:00
        ("America/Toronto", "1919-03-31", "1919-03-31T04:30Z", "1919-04-01T04:00Z"),  # begins at 00:30, from 23:30
        ("Asia/Beirut", "2021-03-28", "2021-03-27T22:00Z", "2021-03-28T21:00Z"),  # begins at 01:00
        ("Africa/Cairo", "2024-04-26", "2024-04-25T22:00Z", "2024-04-26T21:00Z"),  # begins at 01:00
        ("America/Havana", "2025-11-02", "2025-11-02T04:00Z", "2025-11-03T05:00Z"),  # has two midnights
        ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00Z", "2011-12-30T10:00Z"),
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00Z", "2011-12-30T10:00Z"),  # never was
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00Z", "2011-12-31T10:00Z"),
    ],
)
def test_a_day_survives_a_clock_change(zone, day, start, end):
    period = Period.of(date.fromisoformat(day), "day", tz=zone)

    assert (period.start, period.end) == (at(start), at(end))


@given(st.data(), st.sampled_from(ZONES), st.sampled_from(UNITS), st.sampled_from(WEEKDAYS))
def test_periods_tile_time(data, zone, unit, week_start):
    moment = data.draw(moments_near_changes(zone))
    period = Period.of(moment, unit, tz=zone, week_start=week_start)

    assert moment in period
    assert moment not in period.previous()
    assert moment not in period.next()
    assert period.previous().end == period.start
    assert period.end == period.next().start
    assert period.previous().next() == period == period.next().previous()


@given(st.data(), st.sampled_from(ZONES), st.sampled_from(UNITS))
def test_a_period_starts_with_the_first_clock_past_its_first_midnight(data, zone, unit):
    period = Period.of(data.draw(moments_near_changes(zone)), unit, tz=zone)
    midnight = datetime.combine(period.first_day, datetime.min.time())
    showing, before = (
        moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for moment in (period.start, period.start - MICROSECOND)
    )

    assert before < midnight <= showing


@pytest.mark.parametrize("minutes", [0, 1, 30, 58])
def test_a_clock_set_back_across_midnight_stays_in_one_day(minutes):
    # St. John's went from 00:01 on 7 November 2010 back to 23:01 on the 6th
    moment = at("2010-11-07T02:31Z") + timedelta(minutes=minutes)

    assert moment in Period.of(moment, "day", tz="America/St_Johns")


def test_the_first_and_the_last_month_are_there():
    assert Period.month(1, 1).start == at("0001-01-01T00:00Z")
    assert Period.month(9999, 12).start == at("9999-12-01T00:00Z")
