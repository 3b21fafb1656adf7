"""Quiet hours: by the clock on the wall of a zone, through its clock changes."""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from clock_changes import ZONES, moments_near_changes
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cxkit.calendar import QuietHours
from cxkit.errors import InvalidTypeError, InvalidValueError, NaiveDatetimeError

at = datetime.fromisoformat
BERLIN = "Europe/Berlin"
NIGHT = QuietHours("21:00", "08:00", tz=BERLIN)
MINUTE = timedelta(minutes=1)
# Any minute of the day, and more often one from 22:00 to 04:00, where clocks are changed
CLOCKS = (st.integers(0, 1439) | st.integers(-120, 240)).map(lambda minute: f"{minute // 60 % 24:02}:{minute % 60:02}")


def is_quiet(hours, moment):
    """Look at the clock on the wall."""
    clock = moment.astimezone(ZoneInfo(hours.tz)).time()
    start, end = time.fromisoformat(hours.start), time.fromisoformat(hours.end)
    return start <= clock < end if start < end else not end <= clock < start


def waking(hours, moment):
    """Wait until it is no longer quiet, looking at the clock every minute."""
    if is_quiet(hours, moment):
        moment = moment.replace(second=0, microsecond=0)
    while is_quiet(hours, moment):
        moment += MINUTE
    return moment


@st.composite
def nights(draw):
    """Draw quiet hours, and a moment near a clock change of their zone."""
    zone, start, end = draw(st.sampled_from(ZONES)), draw(CLOCKS), draw(CLOCKS)
    assume(start != end)
    return QuietHours(start, end, tz=zone), draw(moments_near_changes(zone))


@given(nights())
def test_it_is_quiet_by_the_clock_on_the_wall(night):
    hours, moment = night

    assert (moment in hours) == is_quiet(hours, moment)


SET_BACK = QuietHours("23:30", "08:00", tz="Africa/Cairo"), at("2024-10-31T20:45Z")  # 23:45, which becomes 23:00
LOST_DAY = QuietHours("22:00", "08:00", tz="Pacific/Apia"), at("2011-12-30T09:00Z")  # 23:00, and no 08:00 the next day


@given(nights())
@example(SET_BACK)
@example(LOST_DAY)
def test_the_release_is_the_first_instant_that_is_not_quiet(night):
    hours, moment = night

    assert hours.release(moment) == waking(hours, moment)


@pytest.mark.parametrize(
    ("hours", "moment", "release"),
    [
        (NIGHT, "2026-03-06T19:59:59Z", "2026-03-06T19:59:59Z"),
        (NIGHT, "2026-03-06T20:00Z", "2026-03-07T07:00Z"),
        (NIGHT, "2026-03-07T06:59:59Z", "2026-03-07T07:00Z"),
        (NIGHT, "2026-03-07T07:00Z", "2026-03-07T07:00Z"),
        (QuietHours("12:00", "14:00", tz=BERLIN), "2026-03-06T12:59Z", "2026-03-06T13:00Z"),
        (QuietHours("12:00", "14:00", tz=BERLIN), "2026-03-06T13:00Z", "2026-03-06T13:00Z"),
        (QuietHours("12:00", "14:00", tz=BERLIN), "2026-03-06T10:59Z", "2026-03-06T10:59Z"),
        (QuietHours("00:00", "08:00", tz=BERLIN), "2026-03-05T23:00Z", "2026-03-06T07:00Z"),
        (QuietHours("21:00", "00:00", tz=BERLIN), "2026-03-06T22:59Z", "2026-03-06T23:00Z"),
        (QuietHours("21:00", "08:00", tz="Asia/Kathmandu"), "2026-03-06T15:15Z", "2026-03-07T02:15Z"),
        # Berlin skips 02:00 to 03:00 on 2026-03-29 and repeats it on 2026-10-25
        (NIGHT, "2026-03-28T20:00Z", "2026-03-29T06:00Z"),
        (NIGHT, "2026-10-24T19:00Z", "2026-10-25T07:00Z"),
        (QuietHours("21:00", "02:30", tz=BERLIN), "2026-03-29T00:59Z", "2026-03-29T01:00Z"),
        (QuietHours("21:00", "03:00", tz=BERLIN), "2026-03-29T00:59Z", "2026-03-29T01:00Z"),
        (QuietHours("21:00", "02:00", tz=BERLIN), "2026-03-29T00:59Z", "2026-03-29T01:00Z"),
        (QuietHours("21:00", "02:30", tz=BERLIN), "2026-10-25T00:10Z", "2026-10-25T00:30Z"),  # the first pass
        (QuietHours("21:00", "02:30", tz=BERLIN), "2026-10-25T00:45Z", "2026-10-25T00:45Z"),
        (QuietHours("21:00", "02:30", tz=BERLIN), "2026-10-25T01:10Z", "2026-10-25T01:30Z"),  # the second
        (QuietHours("02:15", "02:45", tz=BERLIN), "2026-10-25T00:20Z", "2026-10-25T00:45Z"),
        (QuietHours("02:15", "02:45", tz=BERLIN), "2026-10-25T01:20Z", "2026-10-25T01:45Z"),
        # Midnight is skipped in Cairo on 2024-04-26, and comes twice in Havana on 2025-11-02
        (QuietHours("21:00", "00:30", tz="Africa/Cairo"), "2024-04-25T20:00Z", "2024-04-25T22:00Z"),
        (QuietHours("21:00", "00:00", tz="America/Havana"), "2025-11-02T03:00Z", "2025-11-02T04:00Z"),
        (QuietHours("21:00", "00:30", tz="America/Havana"), "2025-11-02T05:10Z", "2025-11-02T05:30Z"),
        # Lord Howe repeats 01:30 to 02:00 on 2026-04-05
        (QuietHours("21:00", "01:45", tz="Australia/Lord_Howe"), "2026-04-04T14:40Z", "2026-04-04T14:45Z"),
        (QuietHours("21:00", "01:45", tz="Australia/Lord_Howe"), "2026-04-04T15:10Z", "2026-04-04T15:15Z"),
    ],
)
def test_a_night_ends_when_its_clock_says_so(hours, moment, release):
    found = hours.release(at(moment))

    assert found == at(release)
    assert found.tzinfo is timezone.utc
    assert (at(moment) in hours) == (moment != release)


@pytest.mark.parametrize(
    ("hours", "moment", "release"),
    [
        (*SET_BACK, "2024-10-31T21:00Z"),  # 23:00 for the second time, half an hour before it becomes quiet again
        (QuietHours("02:30", "08:00", tz=BERLIN), at("2026-10-25T00:45Z"), "2026-10-25T01:00Z"),
        (*LOST_DAY, "2011-12-30T18:00Z"),  # 08:00 on the 31st
        (QuietHours("02:45", "02:15", tz=BERLIN), at("2026-03-29T00:59Z"), "2026-03-30T00:15Z"),
    ],
)
def test_a_clock_change_may_cut_a_rest_short_or_skip_its_end(hours, moment, release):
    assert hours.release(moment) == at(release)


# What is refused


@pytest.mark.parametrize("start", ["21:00", time(21), "21", "2100", "21:00:00"])
def test_a_time_of_day_is_normalised(start):
    hours = QuietHours(start, time(8, 5), tz=BERLIN)

    assert (hours.start, hours.end) == ("21:00", "08:05")
    assert hours == QuietHours("21:00", "08:05", tz=BERLIN)


@pytest.mark.parametrize(
    ("clock", "kind", "message"),
    [
        ("25:00", InvalidValueError, "a time of day must read like '21:00', got '25:00'"),
        ("9pm", InvalidValueError, "a time of day must read like '21:00', got '9pm'"),
        ("", InvalidValueError, "a time of day must read like '21:00', got ''"),
        (21, InvalidTypeError, "a time of day must read like '21:00', got 21"),
        (None, InvalidTypeError, "a time of day must read like '21:00', got None"),
        ("21:00:30", InvalidValueError, "a time of day must be hours and minutes without a zone, got '21:00:30'"),
        ("21:00:00.5", InvalidValueError, "a time of day must be hours and minutes without a zone, got '21:00:00.5'"),
        ("21:00Z", InvalidValueError, "a time of day must be hours and minutes without a zone, got '21:00Z'"),
    ],
)
def test_a_time_of_day_is_hours_and_minutes(clock, kind, message):
    for make in (lambda: QuietHours(clock, "08:00", tz=BERLIN), lambda: QuietHours("21:00", clock, tz=BERLIN)):
        with pytest.raises(kind) as caught:
            make()
        assert str(caught.value).removesuffix("; the zone goes into tz=") == message
        assert caught.value.found is clock


def test_quiet_hours_that_never_end_are_refused():
    with pytest.raises(InvalidValueError) as caught:
        QuietHours("21:00", time(21), tz=BERLIN)

    assert str(caught.value) == (
        "quiet hours must not start and end at the same time, got 21:00; leave them out for none"
    )
    assert caught.value.found == "21:00"


def test_quiet_hours_name_their_zone():
    with pytest.raises(TypeError):
        QuietHours("21:00", "08:00")
    with pytest.raises(InvalidValueError, match=r"^tz must be the IANA name"):
        QuietHours("21:00", "08:00", tz="Europe/Bonn")


def test_a_naive_moment_is_neither_quiet_nor_not():
    for question in (lambda: at("2026-03-06T22:00") in NIGHT, lambda: NIGHT.release(at("2026-03-06T22:00"))):
        with pytest.raises(NaiveDatetimeError, match=r"^moment must be an aware datetime"):
            question()


BEYOND = {
    "0001-01-01T00:00:00+00:00 in America/New_York": (
        lambda: at("0001-01-01T00:00Z") in QuietHours("21:00", "08:00", tz="America/New_York")
    ),
    "9999-12-31T22:00:00+00:00 in Asia/Tokyo": (
        lambda: at("9999-12-31T22:00Z") in QuietHours("21:00", "08:00", tz="Asia/Tokyo")
    ),
    "the end of quiet hours after 9999-12-31T22:00:00+00:00": (
        lambda: QuietHours("21:00", "08:00", tz="UTC").release(at("9999-12-31T22:00Z"))
    ),
}


@pytest.mark.parametrize(("what", "question"), BEYOND.items(), ids=BEYOND)
def test_a_night_beyond_the_calendar_is_refused(what, question):
    with pytest.raises(InvalidValueError) as caught:
        question()

    assert str(caught.value) == f"{what} lies outside of the years 1 to 9999"
