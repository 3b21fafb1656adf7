"""What customers did, counted from their journeys."""

import copy
import datetime as dt
import json
import pickle
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta
from described import Customer
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import NAMES, journeys, moments, touchpoints

from cxkit.calendar import days, hours, months
from cxkit.codec import from_dict, to_dict
from cxkit.errors import CxError, InvalidTypeError, InvalidValueError
from cxkit.journey import Journey, Touchpoint
from cxkit.predicates import Fields, Ordered, Predicate
from cxkit.segments import Events, events

UTC = timezone.utc
WEB = Touchpoint.fields.channel == "web"
BERLIN = ZoneInfo("Europe/Berlin")


def day(number: int, month: int = 1, hour: int = 0) -> datetime:
    return datetime(2026, month, number, hour, tzinfo=UTC)


def counted(which: Events, subject: object, as_of: datetime) -> int | None:
    """Find the one number for which `count() == number` holds; it is missing where none does."""
    if which.count().is_missing().matches(subject, as_of=as_of):
        return None
    [number] = [n for n in range(30) if (which.count() == n).matches(subject, as_of=as_of)]
    return number


def a_day_in_berlin(at: datetime) -> datetime:
    """Take one step on the calendar of Berlin, the clock on the wall standing still."""
    return (at.astimezone(BERLIN).replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=BERLIN).astimezone(UTC)


WINDOWS = [  # each with a reading of its own of when an event leaves the window
    (timedelta(hours=30), lambda at: at + timedelta(hours=30)),
    (timedelta(0), lambda at: at),
    (hours(36), lambda at: at + timedelta(hours=36)),
    (days(7), lambda at: at + timedelta(days=7)),
    (days(1, tz="Europe/Berlin"), a_day_in_berlin),
]
CLAMPED = Journey("anna", [Touchpoint("order", day(30, hour=12)), Touchpoint("order", day(31))])


def oracle(journey: Journey, name: str, as_of: datetime, leaves=None) -> int:
    return sum(
        touchpoint.name == name
        and touchpoint.at <= as_of
        and touchpoint.recorded_at <= as_of
        and (leaves is None or as_of < leaves(touchpoint.at))
        for touchpoint in journey.touchpoints
    )


@given(journeys(), st.sampled_from(NAMES), moments())
def test_a_count_holds_what_had_happened_and_was_known(journey, name, as_of):
    assert counted(events(name), journey, as_of) == oracle(journey, name, as_of)


@given(journeys(), st.sampled_from(NAMES), moments(), st.sampled_from(WINDOWS))
def test_a_window_holds_the_events_that_have_not_left_it(journey, name, as_of, window):
    length, leaves = window
    assert counted(events(name).within(length), journey, as_of) == oracle(journey, name, as_of, leaves)


@given(journeys(), st.sampled_from(NAMES), moments(), st.sampled_from([1, 2, 12]))
@example(CLAMPED, "order", day(28, month=2, hour=6), 1)
def test_a_window_of_months_holds_the_events_that_have_not_left_it(journey, name, as_of, number):
    def leaves(at: datetime) -> datetime:
        return at + relativedelta(months=number)

    assert counted(events(name).within(months(number)), journey, as_of) == oracle(journey, name, as_of, leaves)


def test_a_window_of_days_holds_the_events_that_have_not_left_it_when_clocks_change():
    first, second = datetime(2026, 3, 28, 1, 45, tzinfo=UTC), datetime(2026, 3, 28, 2, 15, tzinfo=UTC)
    anna = Journey("anna", [Touchpoint("order", first), Touchpoint("order", second)])
    as_of, one_day = datetime(2026, 3, 29, 1, 30, tzinfo=UTC), days(1, tz="Europe/Berlin")
    assert second + one_day <= as_of < first + one_day  # 02:45 is skipped, and 03:15 is not
    assert counted(events("order").within(one_day), anna, as_of) == 1


@given(journeys(), moments(), st.lists(touchpoints(), max_size=5), st.sampled_from([None, *WINDOWS]))
def test_nothing_later_than_as_of_changes_a_count(journey, as_of, others, window):
    which = events("order") if window is None else events("order").within(window[0])
    later = [touchpoint for touchpoint in others if max(touchpoint.at, touchpoint.recorded_at) > as_of]
    longer = Journey("anna", [*journey.touchpoints, *later])
    assert counted(which, longer, as_of) == counted(which, journey, as_of)
    assert counted(which, journey.as_of(as_of), as_of) == counted(which, journey, as_of)


@given(journeys(), moments())
def test_a_predicate_picks_touchpoints_as_a_name_does(journey, as_of):
    assert counted(events(Touchpoint.fields.name == "order"), journey, as_of) == oracle(journey, "order", as_of)
    assert counted(events(WEB), journey, as_of) == len([t for t in journey.as_of(as_of) if t.channel == "web"])


def test_an_event_enters_with_its_moment_and_leaves_with_the_end_of_the_window():
    anna = Journey("anna", [Touchpoint("order", day(10))])
    in_time = events("order").within(days(7))
    moment = timedelta(microseconds=1)
    ends = [day(10) - moment, day(10), day(17) - moment, day(17)]
    assert [counted(in_time, anna, as_of) for as_of in ends] == [0, 1, 1, 0]
    assert [counted(in_time, anna, as_of.astimezone(BERLIN)) for as_of in ends] == [0, 1, 1, 0]


def test_an_event_counts_from_when_it_was_recorded():
    anna = Journey("anna", [Touchpoint("order", day(10), recorded_at=day(12))])
    assert [counted(events("order"), anna, day(number)) for number in (10, 11, 12)] == [0, 0, 1]
    assert counted(events("order").within(days(2)), anna, day(12)) == 0  # known only when it had left


def test_the_filter_and_the_window_hold_for_the_same_event():
    anna = Journey("anna", [Touchpoint("order", day(1), channel="web"), Touchpoint("order", day(9), channel="app")])
    recent = events((Touchpoint.fields.name == "order") & WEB).within(days(3))
    assert counted(recent, anna, day(10)) == 0


def test_a_journey_without_such_events_counts_none():
    assert counted(events("order"), Journey("anna"), day(1)) == 0
    assert counted(events("refund"), CLAMPED, day(31)) == 0


def test_behaviour_needs_a_moment():
    p = (events("order").count() >= 1) & (Customer.country == "DE")
    assert p.timed
    for ask in (p.matches, p.explain, (~p).matches):
        with pytest.raises(InvalidTypeError, match=r"speaks of time; pass as_of=$"):
            ask(CLAMPED)


def test_behaviour_is_about_journeys():
    assert ((events("order").count() >= 1) & (Customer.country == "DE")).about == {Journey, Customer}


def test_a_count_is_a_whole_number():
    assert isinstance(events("order").count(), Ordered)
    with pytest.raises(InvalidTypeError) as caught:
        _ = events("order").count() >= 1.5
    assert str(caught.value) == "events('order').count() is an integer: expected an int, got 1.5"


def test_a_count_can_be_kept_under_a_name():
    class Activity(Fields):
        orders = events("order").count()

    assert (Activity.orders >= 2).matches(CLAMPED, as_of=day(31))


@pytest.mark.parametrize(
    ("contact", "error", "message"),
    [
        ("", InvalidValueError, "the events must not be blank, got ''"),
        (
            3,
            InvalidTypeError,
            "the events must be the name of a touchpoint or a predicate about Touchpoint.fields, got 3",
        ),
        (
            None,
            InvalidTypeError,
            "the events must be the name of a touchpoint or a predicate about Touchpoint.fields, got None",
        ),
        (
            Customer.country == "DE",
            InvalidValueError,
            "the events must be a predicate about Touchpoint.fields only, got Customer.country == 'DE'",
        ),
        (
            WEB & (events("order").count() >= 1),
            InvalidValueError,
            f"the events must be a predicate about Touchpoint.fields only, got ({WEB!r}) & (events('order').count() >= 1)",
        ),
    ],
    ids=["blank", "number", "none", "other fields", "behaviour"],
)
def test_events_are_named_or_picked_by_a_predicate_about_touchpoints(contact, error: type[CxError], message: str):
    with pytest.raises(error) as caught:
        events(contact)
    assert str(caught.value) == message
    assert caught.value.found is contact


@pytest.mark.parametrize("window", [0, 7, "7 days"], ids=repr)
def test_a_window_is_a_length_of_time(window: object):
    with pytest.raises(InvalidTypeError, match=r"^the window must be a timedelta or a span such as days\(3\), got "):
        events("order").within(window)


def test_a_window_does_not_reach_into_the_future():
    with pytest.raises(InvalidValueError, match=r"^the window must not be negative, got "):
        events("order").within(timedelta(seconds=-1))


@pytest.mark.parametrize(
    "window", [timedelta.max, days(10**7), days(10**7, tz="Europe/Berlin"), months(10**6)], ids=repr
)
def test_a_window_that_reaches_beyond_the_calendar_never_ends(window):
    assert counted(events("order").within(window), CLAMPED, day(31)) == 2
    assert counted(events("order").within(window), CLAMPED, datetime.max.replace(tzinfo=UTC)) == 2
    assert counted(events("order").within(window), CLAMPED, day(30)) == 0  # to come


CODES = [
    "events('order').count() >= 1",
    "events('order').within(days(7)).count() == 0",
    "events('order').within(months(1, tz='Europe/Berlin')).count().between(1, 3)",
    "events('order').within(datetime.timedelta(seconds=90)).count().is_missing()",
    "events(Touchpoint.fields.channel == 'web').count() < 3",
    "(events((Touchpoint.fields.channel == 'web') & (Touchpoint.fields.value > 9)).count() < 3) | (Customer.orders >= 3)",
]
NOUNS = {
    "events": events,
    "days": days,
    "months": months,
    "datetime": dt,
    "Touchpoint": Touchpoint,
    "Customer": Customer,
}


@pytest.mark.parametrize("code", CODES)
def test_behaviour_prints_as_its_code_and_survives_copies_and_json(code: str):
    p = eval(code, NOUNS)  # noqa: S307
    assert repr(p) == code
    stored = json.loads(json.dumps(to_dict(p)))
    for again in (pickle.loads(pickle.dumps(p)), copy.deepcopy(p), from_dict(stored, Predicate, fields=Customer)):  # noqa: S301
        assert again == p
        assert hash(again) == hash(p)


def test_counts_of_other_events_and_windows_differ():
    counts = [eval(code, NOUNS) for code in CODES]  # noqa: S307
    assert len(set(counts)) == len(CODES)
    assert events("order").count().eq(1) == events("order").count().eq(1)
    assert events("order").count().eq(1) != events("visit").count().eq(1)
    assert events("order").within(days(1)).count().eq(1) != events("order").count().eq(1)


def test_events_have_one_window():
    with pytest.raises(InvalidValueError) as caught:
        events("order").within(days(3)).within(days(30))
    assert str(caught.value) == "events('order').within(days(3)) has its window already; start from events('order')"
