"""Periods that no calendar has: each is refused when it is built or asked for, and says why."""

from datetime import date, datetime

import pytest

from cxkit.calendar import Period
from cxkit.errors import CxError, InvalidTypeError, InvalidValueError, NaiveDatetimeError

at = datetime.fromisoformat
BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("unit", "day", "message"),
    [
        ("week", date(2026, 3, 4), "a week that holds 2026-03-04 begins on 2026-03-02; use Period.of(...) to find it"),
        (
            "month",
            date(2026, 3, 4),
            "a month that holds 2026-03-04 begins on 2026-03-01; use Period.of(...) to find it",
        ),
    ],
)
def test_a_period_begins_on_its_first_day(unit, day, message):
    with pytest.raises(InvalidValueError) as caught:
        Period(unit, day)

    assert str(caught.value) == message
    assert caught.value.found == day


@pytest.mark.parametrize("day", ["2026-03-01", 20260301, None])
def test_a_period_is_found_by_a_moment_or_a_date(day):
    with pytest.raises(InvalidTypeError) as caught:
        Period.of(day, "month")

    assert str(caught.value) == f"a period begins on a date, got {day!r}"
    assert caught.value.found is day


def test_the_first_day_of_a_period_is_no_datetime():
    with pytest.raises(InvalidTypeError, match=r"^a period begins on a date, got datetime"):
        Period("day", at("2026-03-01T00:00Z"))


TZ = "tz must be the IANA name of a zone such as 'Europe/Berlin', got 'Bonn'"
NO_CALENDAR = {
    "unit": (lambda: Period.of(date(2026, 3, 1), "fortnight"), "unit must be one of 'day', 'week', 'month', "),
    "weekday": (lambda: Period.week(date(2026, 3, 1), starts_on="sun"), "week_start must be one of 'monday', "),
    "weekday of a day": (lambda: Period("day", date(2026, 3, 1), week_start=0), "week_start must be one of 'monday', "),
    "month 0": (lambda: Period.month(2026, 0), "month must be one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, got 0"),
    "month 13": (lambda: Period.month(2026, 13), "month must be one of 1, 2, "),
    "quarter 0": (lambda: Period.quarter(2026, 0), "quarter must be one of 1, 2, 3, 4, got 0"),
    "quarter 5": (lambda: Period.quarter(2026, 5), "quarter must be one of 1, 2, "),
    "zone": (lambda: Period.month(2026, 3, tz="Bonn"), TZ),
    "zone of a moment": (lambda: Period.of(at("2026-03-01T00:00Z"), "day", tz="Bonn"), TZ),
}


@pytest.mark.parametrize(("make", "message"), NO_CALENDAR.values(), ids=NO_CALENDAR)
def test_a_period_of_no_calendar_is_refused(make, message):
    with pytest.raises(InvalidValueError) as caught:
        make()

    assert str(caught.value).startswith(message)


def test_a_naive_moment_lies_in_no_period():
    naive = at("2026-03-01T09:00")
    for question in (lambda: Period.of(naive, "day"), lambda: naive in Period.month(2026, 3)):
        with pytest.raises(NaiveDatetimeError, match=r"^moment must be an aware datetime"):
            question()


OUTSIDE = "lies outside of the years 1 to 9999"
BEYOND = {
    "the end of the last month": (lambda: Period.month(9999, 12).end, f"the month after 9999-12 {OUTSIDE}"),
    "after the last day": (lambda: Period.of(date.max, "day").next(), f"the day after 9999-12-31 {OUTSIDE}"),
    "before the first month": (lambda: Period.month(1, 1).previous(), "the month before "),
    "a start before the year 1": (lambda: Period.month(1, 1, tz=BERLIN).start, "0001-01-01T00:00:00 in Europe/Berlin"),
    "a week from before the year 1": (
        lambda: Period.week(date.min, starts_on="tuesday"),
        f"the week of 0001-01-01 {OUTSIDE}",
    ),
    "a local day before the year 1": (
        lambda: Period.of(at("0001-01-01T00:00Z"), "day", tz="America/New_York"),
        f"0001-01-01T00:00:00+00:00 in America/New_York {OUTSIDE}",
    ),
    "the year 0": (lambda: Period.month(0, 1), "year must be at least 1, got 0"),
    "the year 10000": (lambda: Period.quarter(10000, 1), f"the year 10000 {OUTSIDE}"),
    "a year without end": (lambda: Period.month(10**30, 1), f"the year 1{'0' * 30} {OUTSIDE}"),
    "no whole year": (lambda: Period.month(2026.5, 1), "year must be an int, got 2026.5"),
    "no whole month": (lambda: Period.month(2026, 3.0), "month must be one of "),
    "a flag for a month": (lambda: Period.month(2026, True), "month must be one of "),  # noqa: FBT003
    "a list for a unit": (lambda: Period.of(date(2026, 3, 1), ["day"]), "unit must be one of "),
}


@pytest.mark.parametrize(("make", "message"), BEYOND.values(), ids=BEYOND)
def test_a_period_beyond_the_calendar_is_refused(make, message):
    with pytest.raises(CxError) as caught:
        make()

    assert str(caught.value).startswith(message)
