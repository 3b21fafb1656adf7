"""Business hours: against the cases of other systems, and against looking at the clock every minute."""

import json
import pickle
from datetime import date, datetime, time, timedelta, timezone
from itertools import count, pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import business_oracle as oracle
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cxkit.calendar import BusinessCalendar, QuietHours, days, hours, months
from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError, NaiveDatetimeError

at = oracle.utc
BERLIN = "Europe/Berlin"
HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
NONE = timedelta()
OFFICE = BusinessCalendar.weekdays("09:00", "17:00", tz=BERLIN)
SPLIT = BusinessCalendar({"monday": [("13:00", "17:00"), ("08:00", "12:00")]}, tz="UTC")
NEVER = BusinessCalendar({}, tz=BERLIN)
FIRST, LAST = datetime.min.replace(tzinfo=timezone.utc), datetime.max.replace(tzinfo=timezone.utc)

# The answers of other systems

EVERY = json.loads((Path(__file__).parents[1] / "cases/feedback.json").read_text(encoding="utf-8"))
CASES = {case["id"]: case for case in EVERY}
SETTLED = {  # where the systems differ: elapsed time counts, the closing instant is kept, and so are the seconds
    "feedback-102": 25 * 3600,
    "feedback-163": at("2013-06-04T16:00Z"),
    "feedback-171": at("2016-11-09T09:26:36Z"),
}


def cases_of(op):
    """Give the cases of an operation."""
    return [pytest.param(case, id=case["id"]) for case in EVERY if case["input"].get("op") == op]


def calendar_of(case):
    """Build the calendar of a case."""
    given = case["input"]["calendar"]
    names = {day[:3]: day for day in oracle.WEEKDAYS}
    return BusinessCalendar(
        {names[day]: periods for day, periods in given["hours"].items()},
        tz=given["tz"],
        holidays=map(date.fromisoformat, given.get("holidays", ())),
        special={date.fromisoformat(day): periods for day, periods in given.get("special", {}).items()},
    )


def pauses_of(case):
    """Read the pauses of a case."""
    return [(at(start), at(end)) for start, end in case["input"].get("pauses", ())]


@pytest.mark.parametrize("case", cases_of("business_elapsed"))
def test_business_time_elapses_as_in_other_systems(case):
    found = calendar_of(case).elapsed(at(case["input"]["start"]), at(case["input"]["end"]), pauses=pauses_of(case))

    assert found == timedelta(seconds=SETTLED.get(case["id"], case["expected"]["seconds"]))


@pytest.mark.parametrize("case", cases_of("business_add"))
def test_business_time_is_added_as_in_other_systems(case):
    length = timedelta(seconds=case["input"]["seconds"])
    found = calendar_of(case).add(at(case["input"]["start"]), length, pauses=pauses_of(case))

    assert found == SETTLED.get(case["id"], at(case["expected"]["at"]))


@pytest.mark.parametrize("case", cases_of("add_business_days"))
def test_business_days_are_added_as_in_other_systems(case):
    assert calendar_of(case).add_days(at(case["input"]["start"]), case["input"]["days"]) == at(case["expected"]["at"])


@pytest.mark.parametrize("case", cases_of("sla"))
def test_a_response_takes_business_time_as_in_other_systems(case):
    given = case["input"]
    found = calendar_of(case).elapsed(at(given["created"]), at(given["first_response"]))

    assert found == timedelta(minutes=case["expected"]["in_min"])


def test_a_pause_outside_of_business_hours_moves_no_deadline():
    found = CASES["feedback-199"]
    office = BusinessCalendar.weekdays("10:00", "18:00", tz="UTC")
    pause = [(at(f"{found['input'][key]}Z")) for key in ("on_hold", "resumed")]

    due = office.add(at(f"{found['input']['created']}Z"), found["input"]["target_h"] * HOUR, pauses=[pause])
    assert due == at(f"{found['expected']['business_time_due']}Z")


# The laws

MINUTES = st.integers(0, 3000).map(lambda number: timedelta(minutes=number))
FINE = st.integers(1, 200 * 3600 * 10**6).map(lambda number: timedelta(microseconds=number))


@given(oracle.settings(), st.integers(-9 * 1440, 9 * 1440))
def test_business_time_is_the_minutes_that_the_clock_on_the_wall_shows(found, minutes):
    calendar, start, pauses = found
    end = start + timedelta(minutes=minutes)
    expected = oracle.elapsed(calendar, min(start, end), max(start, end), pauses)

    assert calendar.elapsed(start, end, pauses=pauses) == (expected if minutes >= 0 else -expected)


@given(oracle.settings(), MINUTES)
def test_a_deadline_is_when_so_many_minutes_have_been_counted(found, length):
    calendar, moment, pauses = found
    expected = oracle.add(calendar, moment, length, pauses)
    assume(expected is not None)

    assert calendar.add(moment, length, pauses=pauses) == expected


@given(oracle.settings(), MINUTES)
def test_time_is_taken_off_as_it_is_counted_backwards(found, length):
    calendar, moment, pauses = found
    expected = oracle.subtract(calendar, moment, length, pauses)
    assume(expected is not None)

    assert calendar.add(moment, -length, pauses=pauses) == expected


@given(oracle.settings())
def test_it_opens_and_closes_by_the_clock_on_the_wall(found):
    calendar, moment, _ = found
    opening = oracle.first(calendar, moment, opened=True)
    assume(opening is not None)
    closing = oracle.first(calendar, opening, opened=False)
    assume(closing is not None)

    assert calendar.is_open(moment) is oracle.is_open(calendar, moment)
    assert (calendar.next_open(moment), calendar.next_close(moment)) == (opening, closing)
    assert (calendar.is_open(closing), calendar.is_open(closing - MICROSECOND)) == (False, True)


@given(oracle.settings(), FINE)
def test_elapsed_gives_back_what_was_added_to_the_microsecond(found, length):
    calendar, moment, pauses = found
    assume(calendar.hours)
    due = calendar.add(moment, length, pauses=pauses)

    assert calendar.elapsed(moment, due, pauses=pauses) == length
    assert calendar.elapsed(moment, due - MICROSECOND, pauses=pauses) == length - MICROSECOND


@given(oracle.settings(), FINE)
def test_elapsed_gives_back_what_was_taken_off_to_the_microsecond(found, length):
    calendar, moment, pauses = found
    assume(calendar.hours)
    begun = calendar.add(moment, -length, pauses=pauses)

    assert calendar.elapsed(begun, moment, pauses=pauses) == length
    assert calendar.elapsed(begun + MICROSECOND, moment, pauses=pauses) == length - MICROSECOND


@given(oracle.settings(), FINE, FINE)
def test_business_time_adds_up(found, one, other):
    calendar, start, pauses = found
    middle, end = start + one, start + one - other
    parts = calendar.elapsed(start, middle, pauses=pauses) + calendar.elapsed(middle, end, pauses=pauses)

    assert calendar.elapsed(start, end, pauses=pauses) == parts


@given(oracle.settings(), st.integers(1, 800 * 86_400 * 10**6))
def test_the_business_time_of_years_is_that_of_their_days(found, number):
    calendar, start, pauses = found
    end = start + timedelta(microseconds=number)
    edges = [*(start + number * oracle.DAY for number in range((end - start) // oracle.DAY + 1)), end]
    parts = (calendar.elapsed(*edge, pauses=pauses) for edge in pairwise(edges))

    assert calendar.elapsed(start, end, pauses=pauses) == sum(parts, NONE)


@given(oracle.daytime_settings())
def test_business_time_is_what_the_hours_of_each_day_add_up_to(found):
    calendar, start, end = found

    assert calendar.elapsed(start, end) == oracle.elapsed_by_days(calendar, start, end)


@given(oracle.daytime_settings())
def test_a_far_deadline_is_where_the_hours_of_each_day_lead_to(found):
    calendar, start, end = found
    length = oracle.elapsed_by_days(calendar, start, end)
    due, begun = calendar.add(start, length), calendar.add(end, -length)

    assert due == oracle.add_by_days(calendar, start, length)
    assert oracle.elapsed_by_days(calendar, begun, end) == length
    assert not length or oracle.elapsed_by_days(calendar, begun + MICROSECOND, end) == length - MICROSECOND


@given(oracle.settings(), st.integers(-30, 30))
def test_business_days_are_those_with_business_hours(found, number):
    calendar, moment, _ = found
    local = moment.astimezone(ZoneInfo(calendar.tz))
    step, left, day = (1 if number > 0 else -1), abs(number), local.date()
    while left and abs(day - local.date()) < timedelta(days=400):
        day += step * timedelta(days=1)
        periods = calendar.hours.get(oracle.WEEKDAYS[day.weekday()]) if day not in calendar.holidays else None
        left -= bool(calendar.special.get(day, periods))
    assume(not left)
    expected = datetime.combine(day, local.time(), ZoneInfo(calendar.tz)).astimezone(timezone.utc) if number else moment

    assert calendar.add_days(moment, number) == expected


@given(oracle.settings())
def test_a_calendar_is_stored_pickled_and_printed_as_what_it_is(found):
    calendar = found[0]

    assert from_dict(json.loads(json.dumps(to_dict(calendar))), BusinessCalendar) == calendar
    assert pickle.loads(pickle.dumps(calendar)) == calendar  # noqa: S301 - our own
    assert eval(repr(calendar), {"BusinessCalendar": BusinessCalendar, "datetime": __import__("datetime")}) == calendar  # noqa: S307
    assert hash(calendar) == hash(from_dict(to_dict(calendar), BusinessCalendar))


# Clock changes


@pytest.mark.parametrize(
    ("zone", "day", "periods", "expected"),
    [
        (BERLIN, "2026-03-29", [("00:00", "24:00")], 23),
        (BERLIN, "2026-10-25", [("00:00", "24:00")], 25),
        (BERLIN, "2026-03-29", [("02:00", "03:00")], 0),  # there is no such hour
        (BERLIN, "2026-10-25", [("02:00", "03:00")], 2),  # it comes twice
        (BERLIN, "2026-10-25", [("01:00", "02:30")], 2),  # from 01:00 to 02:30, and from 02:00 to 02:30 again
        ("Australia/Lord_Howe", "2026-04-05", [("00:00", "24:00")], 24.5),
        ("Pacific/Apia", "2011-12-30", [("00:00", "24:00")], 0),  # there was no such day
        ("America/Havana", "2026-11-01", [("00:00", "01:00")], 2),
    ],
)
def test_a_day_with_a_clock_change_has_the_time_that_elapses(zone, day, periods, expected):
    calendar = BusinessCalendar({}, tz=zone, special={date.fromisoformat(day): periods})
    noon = at(f"{day}T12:00Z")

    assert calendar.elapsed(noon - timedelta(days=3), noon + timedelta(days=3)) == expected * HOUR


def test_what_closes_in_the_hour_that_comes_twice_opens_again():
    bar = BusinessCalendar({"sunday": [("00:00", "02:30")]}, tz=BERLIN)
    closing = at("2026-10-25T00:30Z")

    assert bar.next_close(at("2026-10-24T23:00Z")) == closing
    assert bar.next_open(closing) == at("2026-10-25T01:00Z")
    assert bar.next_close(at("2026-10-25T01:00Z")) == at("2026-10-25T01:30Z")


def test_business_time_goes_on_through_a_clock_change_and_past_midnight():
    calendar = BusinessCalendar({"saturday": [("22:00", "24:00")], "sunday": [("00:00", "06:00")]}, tz=BERLIN)

    assert calendar.next_close(at("2026-03-28T21:30Z")) == at("2026-03-29T04:00Z")
    assert calendar.elapsed(at("2026-03-28T12:00Z"), at("2026-03-29T12:00Z")) == 7 * HOUR


@pytest.mark.parametrize("year", [1939, 1945, 1995, 2026, 2087, 2100, 2401, 2500, 2501, 2801, 9998])
@pytest.mark.parametrize("zone", ["Africa/Casablanca", "Africa/Freetown", "America/New_York", "Asia/Gaza", BERLIN])
def test_every_clock_change_of_every_year_counts(zone, year):
    mornings = BusinessCalendar(dict.fromkeys(oracle.WEEKDAYS, (("00:00", "12:00"),)), tz=zone)
    start, end, step, tz = at(f"{year}-01-02T00:00Z"), at(f"{year}-12-30T00:00Z"), 10 * oracle.MINUTE, ZoneInfo(zone)
    looks = (start + number * step for number in range((end - start) // step))

    assert mornings.elapsed(start, end) == sum(look.astimezone(tz).hour < 12 for look in looks) * step


def test_a_clock_change_that_is_planned_for_one_year_alone_does_not_come_again():
    mornings = BusinessCalendar(dict.fromkeys(oracle.WEEKDAYS, (("00:00", "12:00"),)), tz="Africa/Casablanca")
    noons = [
        at("2437-01-01T12:00Z") + number * oracle.DAY for number in range(365)
    ]  # as 2037, where Ramadan is planned

    assert {mornings.elapsed(*days) for days in pairwise(noons)} == {12 * HOUR}


def test_local_mean_time_counts_where_there_was_no_zone_yet():
    mornings = BusinessCalendar({"friday": [("00:00", "12:00")]}, tz=BERLIN)

    assert mornings.next_open(at("1700-01-01T00:30Z")) == at("1700-01-01T00:30Z")  # a Friday, 53:28 ahead of UTC
    assert mornings.next_close(at("1700-01-01T00:30Z")) == at("1700-01-01T11:06:32Z")


# Edges


def test_hours_are_half_open():
    opening, closing = at("2026-03-06T08:00Z"), at("2026-03-06T16:00Z")

    assert [OFFICE.is_open(moment) for moment in (opening - MICROSECOND, opening, closing - MICROSECOND, closing)] == [
        False,
        True,
        True,
        False,
    ]
    assert (OFFICE.next_open(opening), OFFICE.next_open(closing)) == (opening, at("2026-03-09T08:00Z"))
    assert (OFFICE.next_close(opening), OFFICE.next_close(closing)) == (closing, at("2026-03-09T16:00Z"))


def test_a_deadline_at_closing_time_is_when_it_closes_and_not_when_it_opens():
    opening, closing = at("2026-03-06T08:00Z"), at("2026-03-06T16:00Z")

    assert OFFICE.add(opening, 8 * HOUR) == closing
    assert OFFICE.add(closing, -8 * HOUR) == opening
    assert OFFICE.add(at("2026-03-07T12:00Z"), -8 * HOUR) == opening


def test_nothing_added_is_the_moment_itself_open_or_not():
    saturday = datetime(2026, 3, 7, 12, tzinfo=ZoneInfo(BERLIN))

    for found in (OFFICE.add(saturday, NONE), OFFICE.add(saturday, hours(0)), OFFICE.add_days(saturday, 0)):
        assert (found, found.tzinfo) == (saturday, timezone.utc)


def test_pauses_that_overlap_count_once_and_those_outside_not_at_all():
    start, end = at("2026-03-06T08:00Z"), at("2026-03-06T16:00Z")
    pauses = [
        (at("2026-03-06T10:00Z"), at("2026-03-06T12:00Z")),
        (at("2026-03-06T09:00Z"), at("2026-03-06T11:00Z")),
        (at("2026-03-06T10:30Z"), at("2026-03-06T10:45Z")),
        (at("2026-03-05T20:00Z"), at("2026-03-06T06:00Z")),
    ]

    assert OFFICE.elapsed(start, end, pauses=iter(pauses)) == 5 * HOUR
    assert OFFICE.add(start, 5 * HOUR, pauses=pauses) == end
    assert OFFICE.add(start, 1 * HOUR, pauses=pauses) == at("2026-03-06T09:00Z")  # before the pause, not after it
    assert OFFICE.add(end, -5 * HOUR, pauses=pauses) == start


FAIR = BusinessCalendar(  # special days alone: two in a row, one without hours, and one more
    {},
    tz="UTC",
    special={
        date(2026, 3, 6): [("09:00", "12:00"), ("13:00", "17:00")],
        date(2026, 3, 7): [("09:00", "12:00")],
        date(2026, 3, 8): [],
        date(2027, 3, 5): [("09:00", "17:00")],
    },
)


@pytest.mark.parametrize(
    ("hours", "due", "begun"),
    [
        (1, "2026-03-06T10:00Z", "2027-03-05T16:00Z"),
        (3, "2026-03-06T12:00Z", "2027-03-05T14:00Z"),
        (4, "2026-03-06T14:00Z", "2027-03-05T13:00Z"),
        (7, "2026-03-06T17:00Z", "2027-03-05T10:00Z"),
        (8, "2026-03-07T10:00Z", "2027-03-05T09:00Z"),
        (10, "2026-03-07T12:00Z", "2026-03-07T10:00Z"),
        (11, "2027-03-05T10:00Z", "2026-03-07T09:00Z"),
        (18, "2027-03-05T17:00Z", "2026-03-06T09:00Z"),
    ],
)
def test_special_days_alone_make_a_calendar(hours, due, begun):
    assert FAIR.add(at("2020-01-01T00:00Z"), hours * HOUR) == at(due)
    assert FAIR.add(at("2030-01-01T00:00Z"), -hours * HOUR) == at(begun)
    assert FAIR.elapsed(at("2020-01-01T00:00Z"), at(due)) == hours * HOUR
    assert FAIR.elapsed(at(begun), at("2030-01-01T00:00Z")) == hours * HOUR


def test_there_is_nothing_before_and_after_the_special_days_that_make_a_calendar():
    assert FAIR.next_open(at("2026-03-07T12:00Z")) == at("2027-03-05T09:00Z")
    assert FAIR.add_days(at("2026-03-06T10:30Z"), 2) == at("2027-03-05T10:30Z")
    assert FAIR.add_days(at("2027-03-05T10:30Z"), -2) == at("2026-03-06T10:30Z")
    for ask in (
        lambda: FAIR.add(at("2020-01-01T00:00Z"), 18 * HOUR + MICROSECOND),
        lambda: FAIR.add(at("2030-01-01T00:00Z"), -18 * HOUR - MICROSECOND),
        lambda: FAIR.next_open(at("2027-03-05T17:00Z")),
        lambda: FAIR.add_days(at("2026-03-06T10:30Z"), 3),
        lambda: FAIR.add_days(at("2026-03-06T10:30Z"), -1),
    ):
        with pytest.raises(InvalidValueError, match="lies outside of the years 1 to 9999"):
            ask()


def test_a_special_day_counts_from_midnight_to_midnight_whatever_the_order_in_which_it_is_given():
    night = BusinessCalendar(
        {"saturday": [("00:00", "24:00")]},
        tz="UTC",
        holidays=[date(2026, 3, 7), date(2026, 3, 14)],
        special={date(2026, 3, 6): [("00:00", "24:00")]},
    )
    midnight = at("2026-03-06T00:00Z")

    assert [night.is_open(midnight + number * HOUR) for number in (-1, 0, 23, 24, 47)] == [
        False,
        True,
        True,
        False,
        False,
    ]
    assert night.add(midnight, 25 * HOUR) == at("2026-03-21T01:00Z")
    assert night.add_days(at("2026-03-21T12:00Z"), -1) == at("2026-03-06T12:00Z")


def test_the_hour_that_comes_twice_is_found_from_years_away():
    night = BusinessCalendar({}, tz=BERLIN, special={date(2026, 10, 25): [("02:00", "03:00")]})

    assert night.add(at("2024-06-01T00:00Z"), 2 * HOUR) == at("2026-10-25T02:00Z")
    assert night.add(at("2028-06-01T00:00Z"), -2 * HOUR) == at("2026-10-25T00:00Z")


def test_what_is_open_on_the_first_and_the_last_day_alone_is_found():
    ends = BusinessCalendar({}, tz="UTC", special={date.min: [("09:00", "17:00")], date.max: [("09:00", "17:00")]})

    assert ends.elapsed(FIRST, LAST) == 16 * HOUR
    assert ends.elapsed(at("0001-01-02T00:00Z"), at("9999-12-30T00:00Z")) == NONE
    assert ends.next_open(at("0001-01-02T00:00Z")) == at("9999-12-31T09:00Z")
    assert ends.add(FIRST, 9 * HOUR) == at("9999-12-31T10:00Z")
    assert ends.add(LAST, -9 * HOUR) == at("0001-01-01T16:00Z")
    assert ends.add_days(at("2026-03-06T12:00Z"), 1) == at("9999-12-31T12:00Z")


def test_business_time_goes_on_at_the_end_of_a_year():
    assert OFFICE.add(at("2026-12-31T15:00Z"), 2 * HOUR) == at("2027-01-01T09:00Z")
    assert OFFICE.add(at("2027-01-01T09:00Z"), -2 * HOUR) == at("2026-12-31T15:00Z")
    assert OFFICE.elapsed(at("2025-12-31T15:00Z"), at("2027-01-01T09:00Z")) == (1 + 261 * 8 + 1) * HOUR


@pytest.mark.parametrize(
    ("pause", "left"),
    [
        (("2026-03-06T10:00Z", "2026-03-06T11:00Z"), 3),
        (("2026-03-06T05:00Z", "2026-03-06T09:00Z"), 3),
        (("2026-03-06T11:00Z", "2026-03-06T15:00Z"), 3),
        (("2026-03-06T05:00Z", "2026-03-06T06:00Z"), 4),
        (("2026-03-06T14:00Z", "2026-03-06T15:00Z"), 4),
        (("2026-03-06T05:00Z", "2026-03-06T15:00Z"), 0),
    ],
)
def test_a_pause_takes_off_what_lies_between_the_moments(pause, left):
    start, end, pauses = at("2026-03-06T08:00Z"), at("2026-03-06T12:00Z"), [tuple(map(at, pause))]
    always = BusinessCalendar.always()

    assert always.elapsed(start, end, pauses=pauses) == left * HOUR
    assert always.elapsed(end, start, pauses=iter(pauses)) == -left * HOUR


def test_special_hours_replace_those_of_the_weekday_and_of_a_holiday():
    eve, new_year = date(2026, 12, 31), date(2027, 1, 1)
    calendar = BusinessCalendar.weekdays(
        "09:00", "17:00", tz="UTC", holidays=[eve, new_year, eve], special={eve: [("10:00", "12:00")]}
    )

    assert calendar.holidays == (eve, new_year)
    assert calendar.next_open(at("2026-12-30T17:00Z")) == at("2026-12-31T10:00Z")
    assert calendar.next_open(at("2026-12-31T12:00Z")) == at("2027-01-04T09:00Z")


def test_a_special_day_may_be_closed_or_open_at_a_weekend():
    friday, saturday = date(2026, 3, 6), date(2026, 3, 7)
    calendar = BusinessCalendar.weekdays(
        "09:00", "17:00", tz="UTC", special={saturday: [("10:00", "14:00")], friday: []}
    )

    assert calendar.add_days(at("2026-03-05T12:00Z"), 1) == at("2026-03-07T12:00Z")
    assert calendar.elapsed(at("2026-03-06T00:00Z"), at("2026-03-08T00:00Z")) == 4 * HOUR


def test_a_business_day_later_keeps_the_time_on_the_wall():
    assert OFFICE.add_days(at("2026-03-27T09:00Z"), 1) == at("2026-03-30T08:00Z")  # 10:00 in winter and in summer
    early = BusinessCalendar({"sunday": [("00:00", "24:00")]}, tz=BERLIN)
    assert early.add_days(at("2026-03-28T01:30Z"), 1) == at("2026-03-29T01:30Z")  # 02:30, which is left out: 03:30
    assert early.add_days(at("2026-10-24T00:30Z"), 1) == at("2026-10-25T00:30Z")  # the first of two


def test_one_business_day_after_any_time_of_a_weekend_is_monday():
    assert OFFICE.add_days(at("2026-03-07T12:00Z"), 1) == at("2026-03-09T12:00Z")
    assert OFFICE.add_days(at("2026-03-08T12:00Z"), -1) == at("2026-03-06T12:00Z")


def test_business_time_that_never_stops_is_elapsed_time():
    always = BusinessCalendar.always(tz=BERLIN)

    assert always.elapsed(at("2026-03-01T00:00Z"), at("2026-11-01T00:00Z")) == timedelta(days=245)
    assert always.add(at("2026-03-28T23:00Z"), timedelta(days=1)) == at("2026-03-29T23:00Z")
    with pytest.raises(
        InvalidValueError, match=r"the next closing after 2026-03-01T00:00:00.* lies outside of the years"
    ):
        always.next_close(at("2026-03-01T00:00Z"))


def test_business_time_is_exact_from_the_first_instant_to_the_last():
    assert BusinessCalendar.always().elapsed(FIRST, LAST) == LAST - FIRST
    assert BusinessCalendar.always().add(FIRST, LAST - FIRST) == LAST
    assert BusinessCalendar.always().add(LAST, FIRST - LAST) == FIRST
    assert [BusinessCalendar.always().next_open(moment) for moment in (FIRST, LAST)] == [FIRST, LAST]
    assert [OFFICE.elapsed(moment, moment) for moment in (FIRST, LAST)] == [NONE, NONE]
    assert [OFFICE.add(moment, NONE) for moment in (FIRST, LAST)] == [FIRST, LAST]
    assert [OFFICE.is_open(moment) for moment in (FIRST, LAST)] == [False, False]
    assert BusinessCalendar.always(tz="Asia/Tokyo").is_open(LAST)  # the year 10000 on the wall
    assert BusinessCalendar.always(tz="America/New_York").is_open(FIRST)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: NEVER.next_open(at("2026-03-06T12:00Z")), "the next opening after 2026-03-06T12:00:00"),
        (lambda: NEVER.next_close(at("2026-03-06T12:00Z")), "the next opening after 2026-03-06T12:00:00"),
        (lambda: NEVER.add(at("2026-03-06T12:00Z"), HOUR), "1:00:00 of business time after 2026-03-06T12:00:00"),
        (lambda: NEVER.add(at("2026-03-06T12:00Z"), -HOUR), "1:00:00 of business time before 2026-03-06T12:00:00"),
        (lambda: NEVER.add_days(at("2026-03-06T12:00Z"), 1), "1 business days from 2026-03-06T12:00:00"),
        (lambda: NEVER.add_days(at("2026-03-06T12:00Z"), -1), "-1 business days from 2026-03-06T12:00:00"),
        (lambda: OFFICE.add(at("2026-03-06T12:00Z"), timedelta.max), "of business time after"),
        (lambda: OFFICE.add(at("2026-03-06T12:00Z"), timedelta.min), "of business time before"),
        (lambda: OFFICE.add(at("2026-03-06T12:00Z"), timedelta(days=10**6)), "of business time after"),
        (lambda: OFFICE.add(at("2026-03-06T12:00Z"), timedelta(days=-200_000)), "of business time before"),
        (lambda: OFFICE.add_days(at("2026-03-06T12:00Z"), 3_000_000), "3000000 business days from"),
        (lambda: BusinessCalendar.always().add(LAST, MICROSECOND), "0:00:00.000001 of business time after 9999-12-31"),
        (lambda: OFFICE.add(LAST, HOUR), "1:00:00 of business time after 9999-12-31"),
        (lambda: OFFICE.add(FIRST, -HOUR), "1:00:00 of business time before 0001-01-01"),
    ],
    ids=map(str, count()),
)
def test_what_lies_beyond_all_datetimes_is_refused(ask, message):
    with pytest.raises(InvalidValueError, match=f"{message}.* lies outside of the years 1 to 9999"):
        ask()


def test_a_calendar_without_hours_lets_no_time_elapse():
    assert NEVER.elapsed(at("2020-03-06T12:00Z"), at("2026-03-06T12:00Z")) == NONE


def test_what_a_calendar_has_worked_out_is_no_part_of_it():
    asked, fresh = (BusinessCalendar.weekdays("09:00", "17:00", tz=BERLIN) for _ in range(2))
    asked.next_close(asked.add_days(asked.add(at("2026-03-06T12:00Z"), HOUR), 1))

    assert asked == fresh
    assert (hash(asked), repr(asked), pickle.dumps(asked)) == (hash(fresh), repr(fresh), pickle.dumps(fresh))


# What is given


@pytest.mark.parametrize("text", ["24:00", "T24:00", "2400", "24", "24:00:00"])
def test_no_python_reads_the_end_of_a_day_as_its_start(text, monkeypatch):
    class Time(time):
        @classmethod
        def fromisoformat(cls, text):
            """Read as Python 3.14 does."""
            return time() if "24" in text else time.fromisoformat(text)

    monkeypatch.setattr("cxkit.calendar._quiet.time", Time)

    for build in (
        lambda: QuietHours("21:00", text, tz=BERLIN),
        lambda: BusinessCalendar.weekdays(text, "09:00", tz=BERLIN),
    ):
        with pytest.raises(InvalidValueError, match=r"must read like '21:00', got|must end after it starts, got 24:00"):
            build()


def test_hours_are_put_in_order_so_that_equal_calendars_are_equal():
    same = BusinessCalendar({"tuesday": [], "monday": [(time(8), "12:00"), ["13:00", time(17)]]}, tz="UTC")

    assert same == SPLIT
    assert SPLIT.hours == {"monday": (("08:00", "12:00"), ("13:00", "17:00"))}
    assert len({same, SPLIT}) == 1


@pytest.mark.parametrize(
    ("hours", "error", "message"),
    [
        ([("09:00", "17:00")], InvalidTypeError, "hours must be a mapping to lists of periods, got"),
        ({"mon": [("09:00", "17:00")]}, InvalidValueError, "a weekday must be one of 'monday', .*, got 'mon'"),
        ({"monday": 9}, InvalidTypeError, "expected a list of periods such as .*, got 9"),
        (
            {"monday": ("09:00", "17:00")},
            InvalidTypeError,
            "a period must be a pair .*, got '09:00'; a day takes a list",
        ),
        ({"monday": [("09:00",)]}, InvalidTypeError, "a period must be a pair"),
        ({"monday": [(9, "17:00")]}, InvalidTypeError, "a time of day must read like '21:00', got 9"),
        ({"monday": [("24:00", "24:00")]}, InvalidValueError, "must end after it starts, got 24:00 to 24:00"),
        ({"monday": [("22:00", "06:00")]}, InvalidValueError, "must end after it starts, .*; split .* at '24:00'"),
        ({"monday": [("09:00", "09:00")]}, InvalidValueError, "must end after it starts, got 09:00 to 09:00"),
        ({"monday": [("09:00:30", "10:00")]}, InvalidValueError, "hours and minutes"),
        (
            {"monday": [("12:00", "17:00"), ("09:00", "12:01")]},
            InvalidValueError,
            "must not overlap, got 09:00 to 12:01 and 12:00 to 17:00",
        ),
    ],
)
def test_hours_that_make_no_sense_are_refused(hours, error, message):
    with pytest.raises(error, match=message):
        BusinessCalendar(hours, tz=BERLIN)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"tz": "Berlin"}, InvalidValueError, "IANA name"),
        ({"holidays": date(2026, 1, 1)}, InvalidTypeError, "expected a list of days"),
        ({"holidays": ["2026-01-01"]}, InvalidTypeError, "must be a date, got '2026-01-01'"),
        ({"holidays": [datetime(2026, 1, 1, tzinfo=timezone.utc)]}, InvalidTypeError, "must be a date"),
        ({"special": [date(2026, 1, 1)]}, InvalidTypeError, "special must be a mapping"),
        ({"special": {"2026-01-01": []}}, InvalidTypeError, "must be a date"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        BusinessCalendar({}, **{"tz": BERLIN, **options})


MOMENT = at("2026-03-06T12:00Z")


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda: OFFICE.is_open(datetime(2026, 3, 6)), NaiveDatetimeError, "moment must be an aware datetime"),  # noqa: DTZ001
        (lambda: OFFICE.elapsed(MOMENT, date(2026, 3, 6)), InvalidTypeError, "end must be a datetime"),
        (lambda: OFFICE.add(MOMENT, 3600), InvalidTypeError, "business time must be a timedelta or hours"),
        (lambda: OFFICE.add(MOMENT, days(1)), InvalidTypeError, r"got days\(1\); add_days\(...\) adds business days"),
        (lambda: OFFICE.add(MOMENT, months(1)), InvalidTypeError, r"got months\(1\)"),
        (lambda: OFFICE.add_days(MOMENT, 1.5), InvalidTypeError, "a number of business days must be an int"),
        (lambda: OFFICE.elapsed(MOMENT, MOMENT, pauses=3), InvalidTypeError, "expected pauses"),
        (
            lambda: OFFICE.elapsed(MOMENT, MOMENT, pauses=0),
            InvalidTypeError,
            "expected pauses as pairs of moments, got 0",
        ),
        (
            lambda: OFFICE.elapsed(MOMENT, MOMENT, pauses=[(MOMENT, MOMENT, MOMENT)]),
            InvalidTypeError,
            "a pause must be a pair of moments, when it starts and when it ends",
        ),
        (
            lambda: OFFICE.elapsed(MOMENT, MOMENT, pauses=[MOMENT]),
            InvalidTypeError,
            "a pause must be a pair of moments",
        ),
        (
            lambda: OFFICE.add(MOMENT, HOUR, pauses=[(MOMENT, MOMENT - HOUR)]),
            InvalidValueError,
            "a pause must not end before it starts",
        ),
    ],
)
def test_questions_that_make_no_sense_are_refused(ask, error, message):
    with pytest.raises(error, match=message):
        ask()


def test_a_span_of_hours_is_business_time():
    assert OFFICE.add(at("2026-03-06T15:00Z"), hours(2)) == at("2026-03-09T09:00Z")


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        ({"hours": [["monday", [["09:00", 17]]]]}, ["$.hours[0][1][0][1]"]),
        ({"hours": [["monday", [["17:00", "09:00"]]]]}, ["$"]),
        ({"special": [["first", [["09:00", "17:00"]]]]}, ["$.special[0][0]"]),
        ({"holidays": ["tomorrow"], "tz": 3}, ["$.tz", "$.holidays[0]"]),
    ],
)
def test_faults_of_a_stored_calendar_are_reported_where_they_are(change, paths):
    with pytest.raises(DocumentError) as caught:
        from_dict({**to_dict(SPLIT), **change}, BusinessCalendar)
    assert sorted(fault.path for fault in caught.value.exceptions) == sorted(paths)
