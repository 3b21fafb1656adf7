"""Lengths of time: a `timedelta` elapses, a `Span` steps, and both stay within the calendar."""

from datetime import datetime, timedelta, timezone

import pytest

from cxkit.aftersales import Rule
from cxkit.calendar import Span, a_length, days, earlier, hours, later, months
from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError, NaiveDatetimeError

at = datetime.fromisoformat
BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (timedelta(days=30), "2026-03-02T08:00Z"),
        (timedelta(0), "2026-01-31T08:00Z"),
        (months(1), "2026-02-28T08:00Z"),
        (months(1) + hours(1), "2026-02-28T09:00Z"),
    ],
)
def test_later_elapses_or_steps_and_answers_in_utc(length, expected):
    found = later(at("2026-01-31T09:00+01:00"), length)

    assert found == at(expected)
    assert found.tzinfo is timezone.utc


def test_earlier_is_the_way_back():
    found = earlier(at("2026-03-31T09:00+01:00"), months(1))

    assert found == at("2026-02-28T08:00Z")
    assert found.tzinfo is timezone.utc
    assert earlier(at("2026-03-31T09:00Z"), timedelta(days=31)) == at("2026-02-28T09:00Z")


@pytest.mark.parametrize(
    ("step", "moment", "word"),
    [(later, "9999-12-31T09:00:00+00:00", "from"), (earlier, "0001-01-01T09:00:00+00:00", "before")],
)
def test_a_time_beyond_the_calendar_or_without_a_zone_is_refused(step, moment, word):
    with pytest.raises(InvalidValueError) as caught:
        step(at(moment), timedelta(1))
    assert str(caught.value) == f"datetime.timedelta(days=1) {word} {moment} lies outside of the years 1 to 9999"
    with pytest.raises(NaiveDatetimeError, match=r"^moment must be an aware datetime"):
        step(at("2026-01-31T09:00"), days(1))


@pytest.mark.parametrize("length", [timedelta(0), timedelta(hours=1), days(0), months(1)])
def test_a_length_is_a_timedelta_or_a_span(length):
    assert a_length(length, "gap") is length


@pytest.mark.parametrize(
    ("length", "kind", "message"),
    [
        (3, InvalidTypeError, "gap must be a timedelta or a span such as days(3), got 3"),
        (None, InvalidTypeError, "gap must be a timedelta or a span such as days(3), got None"),
        (timedelta(-1), InvalidValueError, "gap must not be negative, got datetime.timedelta(days=-1)"),
    ],
)
def test_a_length_that_is_none_is_refused(length, kind, message):
    with pytest.raises(kind) as caught:
        a_length(length, "gap")

    assert str(caught.value) == message
    assert caught.value.found is length


@pytest.mark.parametrize("tz", ["UTC", BERLIN])
@pytest.mark.parametrize(
    "step", [Span(12 * 9000), Span(0, 4_000_000), Span(10**30), Span(0, 10**12), Span(0, 0, 10**12)]
)
def test_a_span_out_of_the_calendar_is_refused(step, tz):
    span = Span(step.months, step.days, step.hours, tz=tz)
    moment = at("2026-03-01T09:00Z")
    for operation in (lambda: moment + span, lambda: moment - span, lambda: later(moment, span)):
        with pytest.raises(InvalidValueError) as caught:
            operation()
        assert str(caught.value) == f"{span!r} from 2026-03-01T09:00:00+00:00 lies outside of the years 1 to 9999"


def survey(length):
    return Rule("survey", after="order", channel="email", valid_for=length)


@pytest.mark.parametrize("length", [timedelta(hours=1), hours(1), months(1, tz=BERLIN)])
def test_a_length_keeps_its_kind_in_what_is_stored(length):
    again = from_dict(to_dict(survey(length)), Rule).valid_for

    assert (type(again), again) == (type(length), length)


@pytest.mark.parametrize("length", ["soon", 10**30, {"type": "calendar.span", "months": -1}])
def test_a_stored_length_that_is_none_is_refused(length):
    with pytest.raises(DocumentError) as caught:
        from_dict(to_dict(survey(days(1))) | {"valid_for": length}, Rule)

    assert all(fault.path.startswith("$.valid_for") for fault in caught.value.exceptions)
