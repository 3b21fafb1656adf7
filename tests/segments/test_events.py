"""Behaviour: which touchpoints are meant, and what is made of them."""

from contextlib import suppress
from datetime import date, datetime, timedelta, timezone
from decimal import Context, Decimal
from fractions import Fraction
from math import fsum
from typing import Any

import behaviour_oracle as oracle
import pytest
from behaviour_oracle import CONTACTS, DAY, PAIRS, TICK, Choice, Customer, Person, T, choices, people
from hypothesis import example, given
from hypothesis import strategies as st

from cxkit.calendar import Period, days, months
from cxkit.errors import CxError, InvalidTypeError, InvalidValueError
from cxkit.journey import Journey, Touchpoint
from cxkit.predicates import Predicate, bucket
from cxkit.segments import Events, EventSequence, Follower, LastDays, Profile, Segment, events

UTC = timezone.utc
moments = oracle.moments()


def at(day: int, hour: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def journey(*contacts: tuple[str, datetime], **details: Any) -> Journey:
    return Journey("anna", [Touchpoint(name, when, **details) for name, when in contacts])


def tells(value: Any, found: object, subject: object, as_of: datetime) -> bool:
    """Whether a value is what was found, by all the tests that it has."""
    if found is None:
        return value.is_missing().matches(subject, as_of=as_of) and not value.eq(value).matches(subject, as_of=as_of)
    return value.is_known().matches(subject, as_of=as_of) and value.eq(found).matches(subject, as_of=as_of)


# What is meant


@given(choices(), people(), moments)
def test_events_are_those_that_are_meant(choice: Choice, person: Person, as_of: datetime):
    found = choice.pick(person, as_of)
    number = None if found is None else len(found)
    which, subject = choice.build(), person.profile
    assert tells(which.count(), number, subject, as_of)
    assert which.any().matches(subject, as_of=as_of) is bool(found)
    assert which.none().matches(subject, as_of=as_of) is (number == 0)
    assert not (which.count() > 7).matches(subject, as_of=as_of)


@given(choices(), people(), moments, st.lists(oracle.contacts(), max_size=4))
def test_nothing_later_than_as_of_changes_what_is_meant(choice: Choice, person: Person, as_of: datetime, more):
    if person.contacts is None:
        return
    later = tuple(touchpoint for touchpoint in more if touchpoint.recorded_at > as_of)
    longer = person._replace(contacts=(*later, *person.contacts))
    found = choice.pick(person, as_of)
    for subject in (longer.profile, Profile(person.attributes, longer.profile.journey.as_of(as_of))):
        assert tells(choice.build().count(), None if found is None else len(found), subject, as_of)


@pytest.mark.parametrize("include_today", [True, False])
@pytest.mark.parametrize(
    ("tz", "day"),
    [
        ("Europe/Berlin", date(2024, 3, 31)),  # 23 hours
        ("Europe/Berlin", date(2024, 10, 27)),  # 25 hours
        ("America/Havana", date(2024, 3, 10)),  # without a midnight
        ("America/Havana", date(2024, 11, 3)),  # with two
        ("Africa/Cairo", date(2024, 4, 26)),
        ("Australia/Lord_Howe", date(2024, 10, 6)),
        ("Asia/Tokyo", date(2024, 3, 31)),
    ],
)
def test_last_days_are_days_of_the_calendar_where_clocks_change(tz: str, day: date, include_today: bool):  # noqa: FBT001
    middle = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    which = events("order").in_last_days(2, tz=tz, include_today=include_today)
    halves = range(-5 * 48, 5 * 48, 5)
    for half in halves:
        happened = middle + half * timedelta(minutes=30)
        asked = middle + max(half, -half // 3) * timedelta(minutes=30)
        ago = (oracle.local(asked, tz) - oracle.local(happened, tz)).days
        expected = ago in ((0, 1) if include_today else (1, 2))
        assert which.any().matches(journey(("order", happened)), as_of=asked) is expected


def test_a_period_is_half_open_and_civil():
    march = Period.month(2026, 3, tz="Europe/Berlin")
    which = events("order").between(march)
    start, end = datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC)
    for when, inside in ((start - TICK, False), (start, True), (end - TICK, True), (end, False)):
        assert which.any().matches(journey(("order", when)), as_of=at(1, month=12)) is inside
    assert not which.any().matches(journey(("order", at(20))), as_of=at(20) - TICK)
    assert Segment("march", which.any()).next_change(journey(("order", at(20))), after=at(21)) is None


def test_since_is_after_the_moment_itself_and_missing_without_one():
    anna = journey(("order", at(1)), ("ticket", at(1)), ("ticket", at(3)))
    unhappy = events("ticket").since(events("order").last_at())
    assert tells(unhappy.count(), 1, anna, at(4))
    assert tells(unhappy.first_at(), at(3), anna, at(4))
    for missing in (
        unhappy.count(),
        unhappy.sum(T.value),
        unhappy.last_at(),
        unhappy.periods(at_least=1, period=DAY, of=2),
    ):
        assert tells(missing, None, journey(("ticket", at(3))), at(4))
    assert not unhappy.none().matches(journey(("ticket", at(3))), as_of=at(4))


def test_a_where_holds_of_the_very_same_touchpoint():
    anna = Journey(
        "anna", [Touchpoint("order", at(1), channel="web"), Touchpoint("order", at(9), channel="app", value=20)]
    )
    web = events("order").where(T.channel == "web")
    assert tells(web.count(), 1, anna, at(10))
    assert tells(web.within(days(3)).count(), 0, anna, at(10))
    assert tells(events("order").within(days(3)).where(T.channel == "web").count(), 0, anna, at(10))
    assert tells(web.where(T.value >= 10).count(), 0, anna, at(10))
    assert web.where(T.value >= 10) == events("order").where((T.channel == "web") & (T.value >= 10))
    assert web.where(T.value >= 10).count().eq(0) == events("order").where(
        (T.value >= 10) & (T.channel == "web")
    ).count().eq(0)


@pytest.mark.parametrize(
    "build",
    [
        lambda: events((T.name == "order") & T.at.within(days(3)).is_true()),
        lambda: events("order").where(T.at.within(days(3))),
        lambda: events("order").where(T.at.elapsed_days() < 3),
        lambda: events("order").followed_by(T.at.within(days(3)).is_true()),
        lambda: events("order").followed_by("visit", without=T.at.elapsed_days() >= 3),
    ],
    ids=["contact", "condition", "days of a condition", "follower", "in between"],
)
def test_which_events_are_meant_does_not_depend_on_the_moment_of_the_question(build: Any):
    """A window does; `next_change` could not tell when a predicate about one event turns."""
    with pytest.raises(InvalidValueError, match="speaks of the moment of the question"):
        build()


# What is made of them


@given(choices(), people(), moments)
def test_numbers_are_made_of_the_values_that_are_there(choice: Choice, person: Person, as_of: datetime):
    found, which, subject = choice.pick(person, as_of), choice.build(), person.profile
    if found is None:
        expected = dict.fromkeys(("distinct", "sum", "avg", "min", "max", "smile", "hour"))
    else:
        amounts = [touchpoint.value for touchpoint in found if touchpoint.value is not None]
        smiles = [touchpoint.sentiment for touchpoint in found if touchpoint.sentiment is not None]
        total = sum(amounts, Decimal(0))
        expected = {
            "distinct": len({touchpoint.channel for touchpoint in found} - {None}),
            "sum": total,
            "avg": Context(prec=30).divide(total, Decimal(len(amounts))) if amounts else None,
            "min": min(amounts, default=None),
            "max": max(amounts, default=None),
            "smile": float(sum(map(Fraction, smiles)) / len(smiles)) if smiles else None,
            "hour": max((touchpoint.at.hour for touchpoint in found), default=None),
        }
        assert tells(which.sum(T.sentiment), fsum(smiles), subject, as_of)
    assert tells(which.distinct(T.channel), expected["distinct"], subject, as_of)
    assert tells(which.sum(T.value), expected["sum"], subject, as_of)
    assert tells(which.avg(T.value), expected["avg"], subject, as_of)
    assert tells(which.min(T.value), expected["min"], subject, as_of)
    assert tells(which.max(T.value), expected["max"], subject, as_of)
    assert tells(which.avg(T.sentiment), expected["smile"], subject, as_of)
    assert tells(which.max(T.at.hour(tz="UTC")), expected["hour"], subject, as_of)


@given(choices(), people(), moments)
def test_times_are_those_of_the_first_and_the_last(choice: Choice, person: Person, as_of: datetime):
    found, which, subject = choice.pick(person, as_of), choice.build(), person.profile
    first, last = (found[0].at, found[-1].at) if found else (None, None)
    assert tells(which.first_at(), first, subject, as_of)
    assert tells(which.last_at(), last, subject, as_of)
    assert tells(which.min(T.at), first, subject, as_of)
    assert tells(which.max(T.at), last, subject, as_of)
    assert tells(which.days_since_last(), None if last is None else (as_of - last) // DAY, subject, as_of)
    day = None if last is None else oracle.local(last, "Asia/Tokyo")
    assert tells(which.last_at().date(tz="Asia/Tokyo"), day, subject, as_of)
    assert tells(which.max(T.at.date(tz="Asia/Tokyo")), day, subject, as_of)


PLAIN = st.sampled_from(
    [Choice(contact) for contact in CONTACTS] + [Choice("order", "app"), Choice("visit", since="joined")]
)


@given(PLAIN, st.sampled_from(PAIRS), people(), moments)
@example(
    Choice("order"),
    PAIRS[0],
    Person((Touchpoint("order", datetime(2024, 3, 1, tzinfo=UTC)),), {}),
    datetime(2024, 3, 3, tzinfo=UTC),
)
def test_who_stopped_restarted_or_began(choice: Choice, pair, person: Person, as_of: datetime):
    short, long = pair
    for claim in (
        oracle.stopped(choice, short, long),
        oracle.restarted(choice, short, long),
        oracle.first_within(choice, short),
    ):
        assert claim.predicate.matches(person.profile, as_of=as_of) is claim.means(person, as_of)


@given(
    PLAIN,
    st.integers(1, 3),
    st.sampled_from([timedelta(hours=30), days(1, tz="Europe/Berlin"), days(7), months(1), timedelta(0)]),
    st.integers(1, 4),
    people(),
    moments,
)
def test_periods_roll_back_from_the_moment(choice, at_least, period, of, person, as_of):
    found = oracle.in_periods(choice, at_least, period, of, person, as_of)
    assert tells(choice.build().periods(at_least=at_least, period=period, of=of), found, person.profile, as_of)


@given(PLAIN, st.integers(1, 2), st.integers(1, 3), people(), moments)
def test_regularly_is_in_enough_of_the_periods(choice, at_least, in_periods, person, as_of):
    found = oracle.in_periods(choice, at_least, days(7), 3, person, as_of)
    weekly = choice.build().regularly(at_least=at_least, period=days(7), in_periods=in_periods, of=3)
    assert weekly.matches(person.profile, as_of=as_of) is (found is not None and found >= in_periods)


def test_periods_of_months_clamp_once():
    """Two months after 31 December is 28 February, and one month is 31 January."""
    anna = journey(("order", datetime(2025, 12, 31, tzinfo=UTC)))

    def places(as_of: datetime) -> list[bool]:
        counts = [events("order").regularly(at_least=1, period=months(1), in_periods=1, of=n) for n in (1, 2, 3)]
        return [count.matches(anna, as_of=as_of) for count in counts]

    assert places(at(31, month=1) - TICK) == [True, True, True]
    assert places(at(31, month=1)) == places(at(28, month=2) - TICK) == [False, True, True]
    assert places(at(28, month=2)) == places(at(31) - TICK) == [False, False, True]
    assert places(at(31)) == [False, False, False]


# No events, no journey

NOTHING = [Journey("anna"), Profile({}, Journey("anna")), journey(("refund", at(1)))]
EVERYTHING = {
    "count": (events("order").count(), 0),
    "windowed": (events("order").within(days(3)).count(), 0),
    "distinct": (events("order").distinct(T.channel), 0),
    "sum": (events("order").sum(T.value), 0),
    "sum of real numbers": (events("order").sum(T.sentiment), 0.0),
    "avg": (events("order").avg(T.value), None),
    "min": (events("order").min(T.value), None),
    "max": (events("order").max(T.sentiment), None),
    "first": (events("order").first_at(), None),
    "last": (events("order").last_at(), None),
    "days": (events("order").days_since_last(), None),
    "periods": (events("order").periods(at_least=1, period=days(7), of=4), 0),
    "sequences": (events("order").followed_by("order").count(), 0),
    "since": (events("ticket").since(events("order").last_at()).count(), None),
}


@pytest.mark.parametrize("name", EVERYTHING)
def test_without_events_a_count_and_a_sum_are_0_and_all_else_is_missing(name: str):
    value, expected = EVERYTHING[name]
    for subject in NOTHING:
        assert tells(value, expected, subject, at(20))


@pytest.mark.parametrize("name", EVERYTHING)
def test_without_a_journey_all_is_missing(name: str):
    for subject in (Profile({"country": "DE"}), {"country": "DE"}, object()):
        assert tells(EVERYTHING[name][0], None, subject, at(20))


def test_without_values_a_sum_is_0_and_a_mean_is_missing():
    anna = journey(("order", at(1)))
    assert tells(events("order").sum(T.value), 0, anna, at(2))
    assert tells(events("order").avg(T.value), None, anna, at(2))
    assert tells(events("order").min(T.value), None, anna, at(2))
    assert tells(events("order").distinct(T.channel), 0, anna, at(2))


def test_sums_and_means_of_amounts_are_exact():
    contacts = [Touchpoint("order", at(1), value=value) for value in (Decimal("0.1"), Decimal("0.2"), Decimal("1e25"))]
    anna = Journey("anna", contacts)
    assert tells(events("order").sum(T.value), Decimal("10000000000000000000000000.3"), anna, at(2))
    third = Journey("anna", [Touchpoint("order", at(1), value=value) for value in (1, 0, 0)])
    assert tells(events("order").avg(T.value), Decimal("0." + 30 * "3"), third, at(2))
    tenth = Journey("anna", [Touchpoint("order", at(1), sentiment=value) for value in (0.1,) * 10])
    assert tells(events("order").sum(T.sentiment), 1.0, tenth, at(2))
    assert tells(events("order").avg(T.sentiment), 0.1, tenth, at(2))


def test_a_mean_of_whole_numbers_is_a_real_number():
    anna = journey(("order", at(1, 9)), ("order", at(2, 10)))
    mean = events("order").avg(T.at.hour(tz="UTC"))
    assert tells(mean, 9.5, anna, at(3))
    assert mean.kind.name == "a real number"


def test_behaviour_can_be_asked_as_of_a_moment_in_any_zone():
    berlin = at(10).astimezone(oracle.ZoneInfo("Europe/Berlin"))
    assert events("order").within(days(9)).none().matches(journey(("order", at(1))), as_of=berlin)
    assert events("order").within(days(9)).any().matches(journey(("order", at(1))), as_of=berlin - TICK)


# Sequences


@given(choices(), oracle.all_steps(), people(max_size=6), moments)
def test_a_sequence_counts_the_events_that_begin_one(choice, steps, person, as_of):
    found = oracle.beginnings(choice, steps, person, as_of)
    sequence = oracle.followed(choice, steps)
    assert tells(sequence.count(), found, person.profile, as_of)
    assert sequence.any().matches(person.profile, as_of=as_of) is bool(found)
    assert sequence.none().matches(person.profile, as_of=as_of) is (found == 0)


def test_what_follows_follows_in_the_order_of_the_journey():
    tied = Journey("anna", [Touchpoint("cart", at(1), sequence=1), Touchpoint("order", at(1), sequence=2)])
    assert events("cart").followed_by("order", within=timedelta(0)).any().matches(tied, as_of=at(1))
    assert events("order").followed_by("cart").none().matches(tied, as_of=at(1))


def test_the_end_of_a_gap_is_in_time():
    cart = events("cart").followed_by("order", within=days(1))
    assert cart.any().matches(journey(("cart", at(1)), ("order", at(2))), as_of=at(9))
    assert cart.none().matches(journey(("cart", at(1)), ("order", at(2) + TICK)), as_of=at(9))


def test_what_may_not_lie_in_between_may_lie_before_and_after():
    fine = events("cart").followed_by("order", without="ticket").any()
    assert fine.matches(journey(("ticket", at(1)), ("cart", at(2)), ("order", at(3)), ("ticket", at(4))), as_of=at(9))
    assert not fine.matches(journey(("cart", at(2)), ("ticket", at(3)), ("order", at(4))), as_of=at(9))
    alone = events("cart").followed_by("cart", without="cart").count()
    assert tells(alone, 2, journey(("cart", at(1)), ("cart", at(2)), ("cart", at(3))), at(9))


def test_an_event_follows_only_once_it_is_known():
    late = Journey("anna", [Touchpoint("cart", at(1)), Touchpoint("order", at(2), recorded_at=at(5))])
    bought = events("cart").followed_by("order").any()
    assert [bought.matches(late, as_of=at(day)) for day in (2, 4, 5)] == [False, False, True]


def test_a_touchpoint_given_twice_is_two_contacts():
    visit = Touchpoint("visit", at(1))
    again = events("visit").followed_by("visit").count()
    assert Journey("anna", [visit, visit]) == journey(("visit", at(1)), ("visit", at(1)))
    assert tells(again, 1, journey(("visit", at(1)), ("visit", at(1))), at(2))
    assert tells(again, 1, Journey("anna", [visit, visit]), at(2))


# What is refused

ORDER = events("order")
REFUSED: dict[str, tuple[Any, type[CxError]]] = {
    "two windows": (lambda: ORDER.within(days(3)).within(days(3)), InvalidValueError),
    "no rolling window": (lambda: ORDER.within(None), InvalidTypeError),
    "no period": (lambda: ORDER.between(None), InvalidTypeError),
    "a window and a period": (lambda: ORDER.within(days(3)).between(Period.month(2026, 3)), InvalidValueError),
    "a period and last days": (
        lambda: ORDER.between(Period.month(2026, 3)).in_last_days(3, tz="UTC", include_today=True),
        InvalidValueError,
    ),
    "last days and a window": (
        lambda: ORDER.in_last_days(3, tz="UTC", include_today=True).within(days(3)),
        InvalidValueError,
    ),
    "two windows at once": (lambda: Events("order", days(3), period=Period.month(2026, 3)), InvalidValueError),
    "three windows at once": (
        lambda: Events("order", days(3), last_days=LastDays(1, tz="UTC", include_today=True)),
        InvalidValueError,
    ),
    "a window of a stop": (lambda: ORDER.within(days(3)).stopped(active=days(3), silent=days(1)), InvalidValueError),
    "a window of a restart": (
        lambda: ORDER.within(days(3)).restarted(active=days(1), silent=days(3)),
        InvalidValueError,
    ),
    "a window of a first": (lambda: ORDER.within(days(3)).first_within(days(3)), InvalidValueError),
    "a window of periods": (lambda: ORDER.within(days(3)).periods(at_least=1, period=DAY, of=1), InvalidValueError),
    "a negative window": (lambda: ORDER.within(-DAY), InvalidValueError),
    "a number as a window": (lambda: ORDER.within(3), InvalidTypeError),
    "a text as a window": (lambda: ORDER.within("3 days"), InvalidTypeError),
    "no window": (lambda: ORDER.first_within(None), InvalidTypeError),
    "a text as a period": (lambda: ORDER.between("2026-03"), InvalidTypeError),
    "a length as a period": (lambda: ORDER.between(days(3)), InvalidTypeError),
    "no days": (lambda: ORDER.in_last_days(0, tz="UTC", include_today=True), InvalidValueError),
    "negative days": (lambda: ORDER.in_last_days(-1, tz="UTC", include_today=True), InvalidValueError),
    "half a day": (lambda: ORDER.in_last_days(1.5, tz="UTC", include_today=True), InvalidTypeError),
    "a flag of days": (lambda: ORDER.in_last_days(True, tz="UTC", include_today=True), InvalidTypeError),  # noqa: FBT003
    "a zone that is none": (lambda: ORDER.in_last_days(3, tz="Europe/Bonn", include_today=True), InvalidValueError),
    "no zone": (lambda: ORDER.in_last_days(3, tz=None, include_today=True), InvalidTypeError),
    "a text as a flag": (lambda: ORDER.in_last_days(3, tz="UTC", include_today="yes"), InvalidTypeError),
    "a tuple of last days": (lambda: Events("order", last_days=(3, "UTC", True)), InvalidTypeError),
    "since a day": (lambda: ORDER.since(Customer.born), InvalidTypeError),
    "since a count": (lambda: ORDER.since(ORDER.count()), InvalidTypeError),
    "since a literal": (lambda: ORDER.since(at(1)), InvalidTypeError),
    "since a source": (lambda: ORDER.since(Customer.joined.source), InvalidTypeError),
    "since a predicate": (lambda: ORDER.since(ORDER.any()), InvalidTypeError),
    "since twice": (lambda: ORDER.since(Customer.joined).since(Customer.joined), InvalidValueError),
    "after a value": (lambda: Events("order", after=Customer.joined), InvalidTypeError),
    "a condition on a customer": (lambda: ORDER.where(Customer.country == "DE"), InvalidValueError),
    "a condition on behaviour": (lambda: ORDER.where(ORDER.any()), InvalidValueError),
    "a text as a condition": (lambda: ORDER.where("channel == 'web'"), InvalidTypeError),
    "a field as a condition": (lambda: ORDER.where(T.channel), InvalidTypeError),
    "a bool as a condition": (lambda: ORDER.where(True), InvalidTypeError),  # noqa: FBT003
    "the sum of a text": (lambda: ORDER.sum(T.channel), InvalidValueError),
    "the sum of moments": (lambda: ORDER.sum(T.at), InvalidValueError),
    "the mean of moments": (lambda: ORDER.avg(T.at), InvalidValueError),
    "the least text": (lambda: ORDER.min(T.channel), InvalidValueError),
    "the greatest text": (lambda: ORDER.max(T.name), InvalidValueError),
    "the sum of a field of customers": (lambda: ORDER.sum(Customer.orders), InvalidTypeError),
    "the sum of behaviour": (lambda: ORDER.sum(ORDER.count()), InvalidTypeError),
    "the sum of what changes with time": (lambda: ORDER.sum(T.at.elapsed_days()), InvalidTypeError),
    "the name of a field": (lambda: ORDER.sum("value"), InvalidTypeError),
    "no field": (lambda: ORDER.distinct(None), InvalidTypeError),
    "a predicate as a field": (lambda: ORDER.distinct(T.channel == "web"), InvalidTypeError),
    "silent as long as active": (lambda: ORDER.stopped(active=days(7), silent=days(7)), InvalidValueError),
    "silent longer than active": (lambda: ORDER.stopped(active=days(7), silent=months(1)), InvalidValueError),
    "active as long as silent": (lambda: ORDER.restarted(silent=days(7), active=days(7)), InvalidValueError),
    "active longer than silent": (lambda: ORDER.restarted(silent=days(7), active=timedelta(8)), InvalidValueError),
    "a negative silence": (lambda: ORDER.stopped(active=days(7), silent=-DAY), InvalidValueError),
    "more periods than there are": (
        lambda: ORDER.regularly(at_least=1, period=days(7), in_periods=5, of=4),
        InvalidValueError,
    ),
    "in no period": (lambda: ORDER.regularly(at_least=1, period=days(7), in_periods=0, of=4), InvalidValueError),
    "at least none": (lambda: ORDER.regularly(at_least=0, period=days(7), in_periods=1, of=4), InvalidValueError),
    "of no periods": (lambda: ORDER.periods(at_least=1, period=days(7), of=0), InvalidValueError),
    "of half a period": (lambda: ORDER.periods(at_least=1, period=days(7), of=1.5), InvalidTypeError),
    "of too many periods": (lambda: ORDER.periods(at_least=1, period=days(7), of=1001), InvalidValueError),
    "a number as a period": (lambda: ORDER.periods(at_least=1, period=7, of=4), InvalidTypeError),
    "21 followers": (
        lambda: EventSequence(ORDER, tuple(Follower("order") for _ in range(21))),
        InvalidValueError,
    ),
    "followers that are none": (lambda: EventSequence(ORDER, ("order",)), InvalidTypeError),
    "no followers at all": (lambda: EventSequence(ORDER, None), InvalidTypeError),
    "a sequence of a name": (lambda: EventSequence("order", (Follower("order"),)), InvalidTypeError),
    "a blank follower": (lambda: ORDER.followed_by(" "), InvalidValueError),
    "a number as a follower": (lambda: ORDER.followed_by(3), InvalidTypeError),
    "a follower of customers": (lambda: ORDER.followed_by(Customer.country == "DE"), InvalidValueError),
    "a negative gap": (lambda: ORDER.followed_by("visit", within=-DAY), InvalidValueError),
    "a number as a gap": (lambda: ORDER.followed_by("visit", within=3), InvalidTypeError),
    "a blank in between": (lambda: ORDER.followed_by("visit", without=""), InvalidValueError),
    "events in between": (lambda: ORDER.followed_by("visit", without=ORDER), InvalidTypeError),
    "a count with a fraction": (lambda: ORDER.count() >= 1.5, InvalidTypeError),
    "an amount that is a float": (lambda: ORDER.sum(T.value) >= 1.5, InvalidTypeError),
    "a moment without a zone": (lambda: ORDER.first_at() >= datetime(2026, 3, 1), InvalidValueError),  # noqa: DTZ001
    "an amount against a count": (lambda: ORDER.sum(T.value) >= ORDER.count(), InvalidTypeError),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_makes_no_sense_is_refused_when_it_is_built(name: str):
    build, error = REFUSED[name]
    with pytest.raises(error) as caught:
        build()
    assert isinstance(caught.value, CxError)


def test_20_followers_are_fine():
    sequence: Any = ORDER
    for _ in range(20):
        sequence = sequence.followed_by("order")
    assert not sequence.any().matches(Journey("anna", [Touchpoint("order", at(1)) for _ in range(20)]), as_of=at(2))
    assert sequence.any().matches(Journey("anna", [Touchpoint("order", at(1)) for _ in range(21)]), as_of=at(2))
    with pytest.raises(InvalidValueError):
        sequence.followed_by("order")


RAW = {
    "a number as the activity of a stop": lambda: ORDER.stopped(active=7, silent=days(3)),
    "a text as the silence of a stop": lambda: ORDER.stopped(active=days(7), silent="3 days"),
    "a number as the silence of a restart": lambda: ORDER.restarted(active=days(7), silent=30),
    "more last days than there are": lambda: (
        ORDER.in_last_days(10**9, tz="UTC", include_today=True).any().matches(journey(("order", at(1))), as_of=at(2))
    ),
    "periods beyond the calendar": lambda: Segment(
        "x", ORDER.regularly(at_least=1, period=timedelta(days=10**6), in_periods=1, of=1000)
    ).next_change(journey(("order", at(1))), after=at(2)),
    "since a text": lambda: (
        ORDER.since(Customer.joined).any().matches(Profile({"joined": "today"}, journey(("order", at(1)))), as_of=at(2))
    ),
}


@pytest.mark.parametrize("name", RAW)
def test_what_python_refuses_is_an_error_of_the_library(name: str):
    with suppress(CxError):
        RAW[name]()


def test_the_levels_of_a_choice_count():
    deep = T.channel == "web"
    while deep.depth < 31:
        deep = ~(deep & (T.value >= deep.depth))
    asked = events("order").where(deep).any()
    assert asked.depth == deep.depth + 1
    with pytest.raises(InvalidValueError, match="32 levels"):
        _ = ~(asked | (Customer.orders > 1))


def test_a_contact_may_be_any_predicate_about_touchpoints():
    tenth = events(bucket(T.name, salt="s", share=1.0)).count()
    assert tells(tenth, 2, journey(("order", at(1)), ("visit", at(1))), at(2))
    assert isinstance(tenth >= 1, Predicate)


def test_a_window_longer_than_time_holds_everything():
    endless = events("order").within(days(10**10))
    assert (endless.count() >= 1).matches(journey(("order", at(1))), as_of=at(28))
    segment = Segment("ever", endless.any())
    assert segment.next_change(journey(("order", at(1))), after=at(28)) is None


def test_a_sequence_is_told_in_words():
    lately = events("visit").followed_by("order", within=days(3), without="ticket")
    calm = events("visit").followed_by(Touchpoint.fields.channel == "web")

    assert str(lately.count() >= 2) == (
        "the number of 'visit', then 'order' within 3 days without 'ticket' is at least 2"
    )
    assert str(calm.any()) == "the number of 'visit', then contacts of which channel is 'web' is at least 1"


def test_a_number_of_events_is_told_in_words():
    assert str(events("order").sum(Touchpoint.fields.value) > 100) == "the sum of value of 'order' is above 100"


@pytest.mark.parametrize(
    ("which", "said"),
    [
        (events("order").where(T.channel == "web"), "'order' of which channel is 'web'"),
        (events("order").between(Period.month(2026, 3)), "'order' in 2026-03"),
        (events("order").in_last_days(3, tz="UTC", include_today=True), "'order' in the last 3 days"),
        (events("order").in_last_days(3, tz="UTC", include_today=False), "'order' in the last 3 days before today"),
        (events("order").since(events("visit").last_at()), "'order' since the last of 'visit'"),
    ],
    ids=repr,
)
def test_which_events_are_meant_is_told_in_words(which: Events, said: str):
    assert str(which.any()) == f"the number of {said} is at least 1"


def test_a_habit_ends_when_its_oldest_period_has_passed():
    weekly = Segment("weekly", events("visit").periods(at_least=1, period=days(7), of=2) >= 1)
    assert weekly.next_change(journey(("visit", at(1))), after=at(2)) == at(15)
    assert weekly.next_change(journey(("visit", at(1))), after=at(15)) is None


def test_periods_that_no_time_can_hold_are_refused():
    with pytest.raises(InvalidValueError, match="all periods together must be a length of time, got 2 times"):
        events("visit").periods(at_least=1, period=timedelta.max, of=2)


def test_periods_and_times_of_events_are_told_in_words():
    often = events("visit").periods(at_least=2, period=days(7), of=4)

    assert str(often >= 3) == "the number of the last 4 times 7 days with 2 or more 'visit' is at least 3"
    assert all(value.source.words for value in (events("visit").first_at(), events("visit").count(), often))
