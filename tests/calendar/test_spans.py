"""Spans: months that clamp, days by the clock on the wall, hours that elapse."""

import calendar
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import Span, days, hours, months, weeks, years
from cxkit.errors import InvalidTypeError, InvalidValueError, NaiveDatetimeError

at = datetime.fromisoformat
BERLIN, NEW_YORK, LORD_HOWE, APIA = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"
ZONES = st.sampled_from(["UTC", BERLIN, NEW_YORK, LORD_HOWE, "Asia/Kathmandu", "America/Sao_Paulo", "Africa/Cairo"])
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2037, 12, 31), timezones=st.just(timezone.utc))  # noqa: DTZ001
MAKERS = [hours, days, weeks, months, years]


def months_by_hand(moment, number):
    """Count months on the pages of the calendar: the same day and time, or the last day of a shorter month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + number, 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last_day))


# Stepping over the calendar


@given(MOMENTS, st.integers(0, 500))
def test_months_and_years_clamp_to_the_last_day(moment, number):
    assert moment + months(number) == months_by_hand(moment, number)
    assert moment - months(number) == months_by_hand(moment, -number)
    assert moment + years(number) == months_by_hand(moment, 12 * number)


@pytest.mark.parametrize("tz", ["UTC", BERLIN])
def test_years_and_weeks_are_months_and_days(tz):
    assert years(2, tz=tz) == months(24, tz=tz)
    assert weeks(2, tz=tz) == days(14, tz=tz)


@given(MOMENTS, st.integers(0, 30), st.integers(0, 800), st.integers(0, 800))
def test_months_come_first_then_days_then_hours(moment, months_, days_, hours_):
    span = months(months_) + days(days_) + hours(hours_)

    assert moment + span == months_by_hand(moment, months_) + timedelta(days=days_, hours=hours_)
    assert moment - span == months_by_hand(moment, -months_) - timedelta(days=days_, hours=hours_)


@given(MOMENTS, st.integers(1, 800), ZONES)
def test_days_keep_the_clock_on_the_wall(moment, number, name):
    zone = ZoneInfo(name)
    clock = moment.astimezone(zone).replace(tzinfo=None, fold=0) + timedelta(days=number)
    # In UTC: a datetime in a repeated hour equals none of another zone (PEP 495)
    assert moment + days(number, tz=name) == clock.replace(tzinfo=zone).astimezone(timezone.utc)
    assert moment + weeks(number, tz=name) == moment + days(7 * number, tz=name)


def test_steps_are_anchored_and_not_chained():
    january = at("2026-01-31T09:00Z")

    assert january + months(2) == at("2026-03-31T09:00Z")
    assert january + months(1) + months(1) == at("2026-03-28T09:00Z")
    assert january + (months(1) + months(1)) == january + months(2)


@pytest.mark.parametrize(
    ("start", "span", "expected"),
    [
        # Berlin skips 02:00 to 03:00 on 2026-03-29 and repeats it on 2026-10-25
        ("2026-03-28T11:00Z", days(1, tz=BERLIN), "2026-03-29T10:00Z"),
        ("2026-03-28T11:00Z", days(1), "2026-03-29T11:00Z"),
        ("2026-03-28T11:00Z", hours(24), "2026-03-29T11:00Z"),
        ("2026-03-28T01:30Z", days(1, tz=BERLIN), "2026-03-29T01:30Z"),  # 02:30 is missing: 03:30
        ("2026-02-28T01:30Z", months(1, tz=BERLIN), "2026-03-28T01:30Z"),
        ("2026-10-24T10:00Z", days(1, tz=BERLIN), "2026-10-25T11:00Z"),
        ("2026-10-24T00:30Z", days(1, tz=BERLIN), "2026-10-25T00:30Z"),  # the earlier 02:30 of two
        ("2026-03-27T23:30Z", Span(0, 1, 3, tz=BERLIN), "2026-03-29T02:30Z"),  # 00:30 the next day, then 3 hours
        # New York skips 02:00 to 03:00 on 2026-03-08 and repeats 01:00 to 02:00 on 2026-11-01
        ("2026-03-07T07:30Z", days(1, tz=NEW_YORK), "2026-03-08T07:30Z"),
        ("2026-02-08T14:00Z", months(1, tz=NEW_YORK), "2026-03-08T13:00Z"),
        ("2026-10-31T05:30Z", days(1, tz=NEW_YORK), "2026-11-01T05:30Z"),
        ("2026-10-31T16:00Z", days(1, tz=NEW_YORK), "2026-11-01T17:00Z"),
        # Lord Howe skips 02:00 to 02:30 on 2026-10-04 and repeats 01:30 to 02:00 on 2026-04-05
        ("2026-10-02T15:45Z", days(1, tz=LORD_HOWE), "2026-10-03T15:45Z"),
        ("2026-10-03T01:30Z", days(1, tz=LORD_HOWE), "2026-10-04T01:00Z"),
        ("2026-04-03T14:45Z", days(1, tz=LORD_HOWE), "2026-04-04T14:45Z"),
        ("2026-04-04T01:00Z", days(1, tz=LORD_HOWE), "2026-04-05T01:30Z"),
        # Apia went from the end of 29 December 2011 to the start of the 31st
        ("2011-12-29T22:00Z", days(1, tz=APIA), "2011-12-30T22:00Z"),
        ("2011-12-29T22:00Z", days(2, tz=APIA), "2011-12-30T22:00Z"),
        ("2011-12-29T22:00Z", days(3, tz=APIA), "2011-12-31T22:00Z"),
    ],
)
def test_a_span_survives_a_clock_change(start, span, expected):
    assert at(start) + span == at(expected)


def test_a_step_back_to_a_repeated_hour_ends_in_its_first_pass():
    assert at("2026-10-26T01:30Z") - days(1, tz=BERLIN) == at("2026-10-25T00:30Z")


@pytest.mark.parametrize("number", [0, 1, 30])
def test_hours_elapse_from_the_second_pass_of_a_repeated_hour_too(number):
    second_pass = at("2026-10-25T01:30Z")

    assert second_pass + Span(hours=number, tz=BERLIN) == second_pass + timedelta(hours=number)
    assert second_pass - Span(hours=number, tz=BERLIN) == second_pass - timedelta(hours=number)


def test_a_sum_stays_in_the_zone_of_its_moment():
    noon = datetime(2026, 3, 28, 12, tzinfo=ZoneInfo(BERLIN))

    assert (noon + days(1, tz=BERLIN)).isoformat() == "2026-03-29T12:00:00+02:00"
    assert (noon + hours(24)).isoformat() == "2026-03-29T13:00:00+02:00"
    assert (noon - days(1, tz=NEW_YORK)).tzinfo is noon.tzinfo


# Adding and comparing


def test_spans_add_by_unit():
    assert months(1) + days(3) + hours(5) + months(2) == Span(3, 3, 5)
    assert sum([days(1), weeks(1)], start=days(0)) == days(8)


def test_spans_of_two_zones_do_not_add():
    with pytest.raises(InvalidValueError) as caught:
        days(1, tz=BERLIN) + days(1)

    assert str(caught.value) == f"cannot add a span in UTC to a span in {BERLIN}; give both the same tz"
    assert caught.value.found == days(1)


def test_hours_add_to_the_days_of_any_zone():
    assert days(1, tz=BERLIN) + hours(3) == hours(3) + days(1, tz=BERLIN) == Span(0, 1, 3, tz=BERLIN)


@pytest.mark.parametrize("span", [days(1), months(1), hours(1), days(1, tz=BERLIN)])
def test_only_a_length_of_nothing_is_false(span):
    assert span
    assert not days(0, tz=span.tz)


@pytest.mark.parametrize("maker", MAKERS)
def test_spans_of_one_unit_have_an_order(maker):
    short, long = maker(2), maker(3)

    assert short < long
    assert short <= long
    assert long > short
    assert long >= short
    assert short <= maker(2)
    assert not short < maker(2)
    assert not long <= short
    assert maker(0) < short


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (days(30), months(1)),
        (hours(24), days(1)),
        (hours(720), months(1)),
        (months(1) + days(1), months(2)),
        (months(2), months(1) + hours(1)),
        (days(1) + hours(1), days(2)),
        (days(2), days(1) + hours(1)),
        (hours(2), hours(1) + months(1)),
        (days(1), days(2, tz=BERLIN)),
        (days(1), timedelta(2)),
        (days(1), 2),
    ],
)
def test_lengths_without_an_order_in_general_say_so(left, right):
    for compare in (lambda: left < right, lambda: left <= right):
        with pytest.raises(InvalidTypeError) as caught:
            compare()
        assert str(caught.value) == (
            f"{left!r} and {right!r} have no order in general; compare moments: start + a < start + b"
        )
        assert caught.value.found == right


# What is refused


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize(
    ("number", "kind"), [(-1, InvalidValueError), (1.0, InvalidTypeError), (True, InvalidTypeError)]
)
def test_a_span_is_a_count(maker, number, kind):
    with pytest.raises(kind, match=f"^{maker.__name__} must be ") as caught:
        maker(number)

    assert caught.value.found is number


@pytest.mark.parametrize("unit", ["months", "days", "hours"])
def test_each_unit_of_a_span_is_a_count(unit):
    with pytest.raises(InvalidValueError, match=f"^{unit} must be at least 0, got -1$"):
        Span(**{unit: -1})


@pytest.mark.parametrize(
    ("name", "kind"),
    [(name, InvalidValueError) for name in ["Europe/Bonn", "", "Europe", "../zone", "/etc/localtime", "\0", "\ud800"]]
    + [(None, InvalidTypeError), (timezone.utc, InvalidTypeError)],
)
def test_a_zone_has_an_iana_name(name, kind):
    with pytest.raises(kind) as caught:
        days(1, tz=name)

    assert str(caught.value) == f"tz must be the IANA name of a zone such as 'Europe/Berlin', got {name!r}"
    assert caught.value.found is name


def test_utc_needs_no_database_of_zones(monkeypatch):
    def empty(name):
        raise ZoneInfoNotFoundError(name)

    monkeypatch.setattr("cxkit.calendar._zones.ZoneInfo", empty)

    assert at("2026-01-31T09:00Z") + months(1) == at("2026-02-28T09:00Z")
    with pytest.raises(InvalidValueError):
        days(1, tz=BERLIN)


@pytest.mark.parametrize("other", [date(2026, 3, 1), timedelta(1), 1, None])
def test_a_span_is_added_to_moments_and_spans_only(other):
    for operation in (lambda: other + days(1), lambda: days(1) + other, lambda: other - days(1)):
        with pytest.raises(TypeError):
            operation()


def test_a_span_from_a_naive_moment_is_refused():
    with pytest.raises(NaiveDatetimeError, match=r"^the moment a span is added to must be an aware datetime"):
        at("2026-03-01T09:00") + days(1)
