"""Windows: which moments they hold, on days of a clock change and at both ends."""

import datetime as dt
import json
import pickle
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError, NaiveDatetimeError
from cxkit.loyalty._offers.validity import OfferWindow

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/loyalty.json").read_text(encoding="utf-8"))
}
UTC = timezone.utc
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_oscar_window():
    case = CASES["oscar-window"]
    window = OfferWindow(*map(moment, case["setup"]["window"]), ends={"inclusive": "included"}[case["policy"]["end"]])

    assert [moment(day) in window for day in case["setup"]["dates"]] == case["expected"]["active"]


def test_oscar_window_on_whole_days():
    case = CASES["oscar-window"]
    window = OfferWindow.days(*map(date.fromisoformat, case["setup"]["window"]), tz="UTC")

    assert [moment(day) in window for day in case["setup"]["dates"]] == case["expected"]["active"]


@pytest.mark.parametrize(("ends", "holds"), [("included", True), ("excluded", False)])
def test_the_moment_of_the_end_belongs_as_is_said(ends, holds):
    window = OfferWindow(START, END, ends=ends)

    assert START in window
    assert START - TICK not in window
    assert END - TICK in window
    assert (END in window) is holds
    assert END + TICK not in window
    assert (window.has_started(START), window.has_started(START - TICK)) == (True, False)
    assert (window.has_ended(END - TICK), window.has_ended(END), window.has_ended(END + TICK)) == (
        False,
        not holds,
        True,
    )


def test_a_side_that_is_not_given_is_open():
    ever = [datetime.min.replace(tzinfo=UTC), START, datetime.max.replace(tzinfo=UTC)]

    assert [at in OfferWindow() for at in ever] == [True] * 3
    assert [at in OfferWindow(START) for at in ever] == [False, True, True]
    assert [at in OfferWindow(end=START, ends="included") for at in ever] == [True, True, False]
    assert [at in OfferWindow(end=START, ends="excluded") for at in ever] == [True, False, False]


def test_without_an_end_nothing_is_said_of_it():
    assert OfferWindow(START, ends="excluded") == OfferWindow(START)
    assert OfferWindow(START, ends="excluded").ends is None


@given(st.integers(-9, 50), st.sampled_from(["UTC", "Asia/Tokyo"]), st.sampled_from(["included", "excluded"]))
def test_a_moment_is_before_in_or_after_a_window(days, tz, ends):
    window, at = OfferWindow(START, END, ends=ends), (START + timedelta(days)).astimezone(ZoneInfo(tz))

    assert [not window.has_started(at), at in window, window.has_ended(at)].count(True) == 1


# Days


@pytest.mark.parametrize(
    ("day", "tz", "start", "length"),
    [
        (date(2026, 3, 28), "Europe/Berlin", "2026-03-27T23:00", 24),
        (date(2026, 3, 29), "Europe/Berlin", "2026-03-28T23:00", 23),
        (date(2026, 10, 25), "Europe/Berlin", "2026-10-24T22:00", 25),
        (date(2026, 3, 8), "America/New_York", "2026-03-08T05:00", 23),
        # Clocks went from 00:00 to 01:00 on 8 September 2024: the day began at 01:00, which is 04:00 UTC (IANA, Chile).
        (date(2024, 9, 8), "America/Santiago", "2024-09-08T04:00", 23),
        # Samoa left out 30 December 2011: the day before was followed by the 31st (IANA, Pacific/Apia).
        (date(2011, 12, 29), "Pacific/Apia", "2011-12-29T10:00", 24),
    ],
    ids=str,
)
def test_a_day_is_as_long_as_it_is_where_the_shop_is(day, tz, start, length):
    window = OfferWindow.days(day, day, tz=tz)

    assert window.start == moment(start)
    assert window.end - window.start == length * HOUR
    assert window.ends == "excluded"
    assert [at in window for at in (window.start - TICK, window.start, window.end - TICK, window.end)] == [
        False,
        True,
        True,
        False,
    ]


def test_days_hold_the_first_and_the_last():
    window = OfferWindow.days(date(2026, 3, 1), date(2026, 3, 31), tz="Europe/Berlin")

    assert (window.start, window.end) == (moment("2026-02-28T23:00"), moment("2026-03-31T22:00"))


# What is refused


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: OfferWindow(START, END),
            InvalidValueError,
            "a window with an end says whether that moment belongs to it: ends='included' or ends='excluded'",
        ),
        (
            lambda: OfferWindow(END, START, ends="included"),
            InvalidValueError,
            "a window must hold some moment, got 2026-04-01T00:00:00+00:00 to 2026-03-01T00:00:00+00:00, which is included",
        ),
        (
            lambda: OfferWindow(START, START, ends="excluded"),
            InvalidValueError,
            "a window must hold some moment, got 2026-03-01T00:00:00+00:00 to 2026-03-01T00:00:00+00:00, which is excluded",
        ),
        (
            lambda: OfferWindow(START, END, ends="in"),
            InvalidValueError,
            "ends must be one of 'included', 'excluded', got 'in'",
        ),
        (lambda: OfferWindow(START, ends=""), InvalidValueError, "ends must be one of 'included', 'excluded', got ''"),
        (lambda: OfferWindow(START.replace(tzinfo=None)), NaiveDatetimeError, "start must be an aware datetime"),
        (
            lambda: OfferWindow(end=date(2026, 3, 1), ends="included"),
            InvalidTypeError,
            "end must be a datetime, got datetime.da",
        ),
        (lambda: "2026-03-02" in OfferWindow(START), InvalidTypeError, "moment must be a datetime, got '2026-03-02'"),
        (lambda: "x" in OfferWindow(end=END, ends="included"), InvalidTypeError, "moment must be a datetime, got 'x'"),
        (
            lambda: OfferWindow.days(START, date(2026, 3, 2), tz="UTC"),
            InvalidTypeError,
            "the first and last day of a window must be dates, got datetime.datetime(2026, 3, 1, 0, 0, ",
        ),
        (
            lambda: OfferWindow.days(date(2026, 3, 2), None, tz="UTC"),
            InvalidTypeError,
            "the first and last day of a window",
        ),
        (
            lambda: OfferWindow.days(date(2026, 3, 2), date(2026, 3, 1), tz="UTC"),
            InvalidValueError,
            "a window must hold some",
        ),
        (
            lambda: OfferWindow.days(date(2026, 3, 2), date(2026, 3, 2), tz="Mars"),
            InvalidValueError,
            "tz must be the IANA name",
        ),
        (
            lambda: OfferWindow.days(date(2026, 3, 2), date.max, tz="UTC"),
            InvalidValueError,
            "the day after 9999-12-31 lies",
        ),
    ],
)
def test_a_window_that_makes_no_sense_is_refused(make, error, message):
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value).startswith(message)


def test_a_window_may_hold_one_moment():
    window = OfferWindow(START, START, ends="included")

    assert [at in window for at in (START - TICK, START, START + TICK)] == [False, True, False]


# Copies


@pytest.mark.parametrize(
    "window",
    [
        OfferWindow(),
        OfferWindow(START),
        OfferWindow(end=END, ends="included"),
        OfferWindow.days(date(2026, 3, 29), date(2026, 3, 30), tz="Europe/Berlin"),
    ],
    ids=repr,
)
def test_a_window_stores_pickles_and_prints(window):
    assert from_dict(to_dict(window), OfferWindow) == window
    assert pickle.loads(pickle.dumps(window)) == window  # noqa: S301 - our own
    assert eval(repr(window), {"OfferWindow": OfferWindow, "datetime": dt}) == window  # noqa: S307 - our own


def test_moments_are_kept_in_utc():
    window = OfferWindow(
        START.astimezone(ZoneInfo("Asia/Tokyo")), END.astimezone(ZoneInfo("Asia/Tokyo")), ends="included"
    )

    assert (window.start.tzinfo, window.end.tzinfo) == (UTC, UTC)
    assert window == OfferWindow(START, END, ends="included")
    assert attrs.evolve(window, ends="excluded") != window


@pytest.mark.parametrize(
    ("part", "value"), [("start", "2026-03-01"), ("end", "2026-02-01T00:00:00+00:00"), ("ends", None), ("ends", "in")]
)
def test_a_hostile_window_is_refused(part, value):
    with pytest.raises(DocumentError):
        from_dict({**to_dict(OfferWindow(START, END, ends="included")), part: value}, OfferWindow)
