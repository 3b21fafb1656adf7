"""When membership changes: the next time, and all the times there were."""

from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import behaviour_oracle as oracle
import pytest
from behaviour_oracle import DAY, TICK, ZONES, Claim, Customer, Person, begins, claims, people
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cxkit.calendar import days, hours, months, years
from cxkit.errors import CxError, InvalidTypeError, InvalidValueError, UnsupportedError
from cxkit.journey import Journey, Touchpoint
from cxkit.predicates import INTEGER_KIND, Integer, Predicate, Source, Subject, all_of, any_of, next_turn
from cxkit.segments import Profile, Segment, SegmentSet, Stay, events

UTC = timezone.utc
FOREVER = datetime(2060, 1, 1, tzinfo=UTC)
moments = oracle.moments()


def at(day: int, hour: int = 0, month: int = 3, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def turn(where: Predicate, subject: object, after: datetime) -> datetime | None:
    return Segment("some", where).next_change(subject, after=after)


def first_change(claim: Claim, person: Person, after: datetime) -> datetime | None:
    """Find the first change by looking at each moment at which there may be one, and beside it."""
    frozen = person if person.contacts is None else person._replace(contacts=tuple(person.known(after)))
    answer = claim.means(frozen, after)
    for edge in sorted(claim.edges(frozen)):
        for moment in (edge - TICK, edge, edge + TICK):
            if moment > after and claim.means(frozen, moment) is not answer:
                return moment
    return None


@settings(max_examples=200)
@given(claims(), people(max_size=5), moments, st.sampled_from([timedelta(0), -TICK, TICK]))
def test_the_next_change_is_the_first_moment_with_another_answer(claim, person, after, nudge):
    after += nudge
    assert turn(claim.predicate, person.profile, after) == first_change(claim, person, after)


@settings(max_examples=60)
@given(claims(), people(max_size=5), moments)
def test_time_alone_leads_from_one_change_to_the_next(claim, person, after):
    """Follow the changes to their end; the answer turns at each of them, and nowhere in between."""
    frozen = person if person.contacts is None else person._replace(contacts=tuple(person.known(after)))
    where, edges = claim.predicate, sorted(claim.edges(frozen))
    now = after
    while (change := turn(where, frozen.profile, now)) is not None:
        before, then = (where.matches(frozen.profile, as_of=moment) for moment in (change - TICK, change))
        assert before is not then
        assert before is where.matches(frozen.profile, as_of=now)
        between = [edge for edge in edges if now < edge < change]
        assert all(where.matches(frozen.profile, as_of=edge) is before for edge in between[::3])
        now = change
    rest = [edge for edge in edges if edge > now]
    assert all(claim.means(frozen, edge) is claim.means(frozen, now) for edge in rest)


def test_an_event_leaves_at_the_end_of_its_window():
    anna = Journey("anna", [Touchpoint("order", at(2, 9))])
    active = events("order").within(days(14)).any()
    assert turn(active, anna, at(10)) == at(16, 9)
    assert turn(active, anna, at(16, 9) - TICK) == at(16, 9)
    assert turn(active, anna, at(16, 9)) is None
    assert turn(active, anna, at(1)) is None  # not known yet
    assert turn(~active, anna, at(10)) == at(16, 9)
    assert turn(active, anna, at(10).astimezone(oracle.ZoneInfo("Asia/Tokyo"))) == at(16, 9)


def test_a_window_of_months_clamps():
    anna = Journey("anna", [Touchpoint("order", at(30, 12, month=1)), Touchpoint("order", at(31, month=1))])
    recent = events("order").within(months(1)).count()
    assert turn(recent == 2, anna, at(31, month=1)) == at(28, 0, month=2)
    assert turn(recent == 0, anna, at(31, month=1)) == at(28, 12, month=2)
    leap = Journey("ben", [Touchpoint("order", at(31, month=1, year=2028))])
    assert turn(recent >= 1, leap, at(1, month=2, year=2028)) == at(29, month=2, year=2028)


@pytest.mark.parametrize(
    ("first", "leaves"),
    [
        (datetime(2026, 3, 28, 1, 30, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # 02:30 becomes 03:30
        (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 11, tzinfo=UTC)),  # 23 hours
        (datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 13, tzinfo=UTC)),  # 25 hours
        (datetime(2026, 10, 24, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # the first 02:30
    ],
)
def test_a_window_of_days_keeps_the_clock_on_the_wall_both_ways(first: datetime, leaves: datetime):
    anna = Journey("anna", [Touchpoint("order", first)])
    assert turn(events("order").within(days(1, tz="Europe/Berlin")).any(), anna, first) == leaves
    assert turn(events("order").within(hours(24)).any(), anna, first) == first + DAY


def test_of_two_events_the_later_may_leave_first_when_clocks_change():
    first, second = datetime(2026, 3, 28, 1, 45, tzinfo=UTC), datetime(2026, 3, 28, 2, 15, tzinfo=UTC)
    anna = Journey("anna", [Touchpoint("order", first), Touchpoint("order", second)])
    recent = events("order").within(days(1, tz="Europe/Berlin"))
    assert turn(recent.count() == 2, anna, second) == datetime(2026, 3, 29, 1, 15, tzinfo=UTC)
    assert turn(recent.count() == 0, anna, second) == datetime(2026, 3, 29, 1, 45, tzinfo=UTC)
    assert turn(recent.last_at() == second, anna, second) == datetime(2026, 3, 29, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize("tz", ZONES)
def test_the_days_of_a_calendar_change_at_its_midnights(tz: str):
    order = datetime(2024, 3, 9, 18, tzinfo=UTC)
    anna = Journey("anna", [Touchpoint("order", order)])
    today = events("order").in_last_days(1, tz=tz, include_today=True).any()
    yesterday = events("order").in_last_days(1, tz=tz, include_today=False).any()
    midnight = begins(oracle.local(order, tz) + DAY, tz)
    assert turn(today, anna, order) == midnight
    assert turn(yesterday, anna, order) == midnight
    assert turn(yesterday, anna, midnight) == begins(oracle.local(order, tz) + 2 * DAY, tz)
    assert turn(today, anna, midnight) is None


def test_what_was_recorded_later_does_not_count():
    anna = Journey("anna", [Touchpoint("order", at(1)), Touchpoint("order", at(2), recorded_at=at(9))])
    active = events("order").within(days(14)).any()
    assert turn(active, anna, at(5)) == at(15)
    assert turn(active, anna, at(9)) == at(16)
    assert turn(events("order").count() >= 2, anna, at(5)) is None


def test_without_time_in_it_nothing_changes():
    anna = Profile({"country": "DE"}, Journey("anna", [Touchpoint("order", at(1))]))
    for where in (Customer.country == "DE", all_of(), any_of(), events("order").count() >= 1, events("order").any()):
        assert turn(where, anna, at(2)) is None
    assert turn(events("order").within(days(3)).any(), Profile({"country": "DE"}), at(2)) is None
    assert turn(events("order").in_last_days(3, tz="UTC", include_today=True).any(), {}, at(2)) is None
    assert next_turn(events("order").within(days(3)).any(), Subject.of(anna, None)) is None


def test_both_answers_may_last_for_years():
    anna = Journey("anna", [Touchpoint("order", at(1))])
    assert turn(events("order").within(years(12)).any(), anna, at(2)) == at(1, year=2038)
    assert turn(events("order").days_since_last() >= 10_000, anna, at(2)) == at(1) + timedelta(days=10_000)
    assert turn(events("order").within(timedelta(days=10**6)).any(), anna, at(2)) == at(1) + timedelta(days=10**6)


def test_what_lies_beyond_the_calendar_never_changes():
    anna = Journey("anna", [Touchpoint("order", at(1))])
    assert turn(events("order").within(timedelta.max).any(), anna, at(2)) is None
    assert turn(events("order").within(months(12 * 9000)).any(), anna, at(2)) is None
    assert turn(events("order").days_since_last() >= 10**7, anna, at(2)) is None
    assert turn(events("order").days_since_last() >= 10**12, anna, at(2)) is None


# Attributes

JOINED = [at(9, 18, year=2024), at(31, 1, year=2024), at(29, month=2, year=2024)]


@pytest.mark.parametrize("joined", JOINED, ids=str)
@pytest.mark.parametrize(
    "length", [timedelta(hours=30), days(1, tz="Europe/Berlin"), months(1), years(1), timedelta(0)]
)
def test_a_moment_of_a_customer_lies_in_a_window_from_itself_on(joined: datetime, length: Any):
    recent = Customer.joined.within(length).is_true()
    ends = oracle.plus(joined, length)
    subject = {"joined": joined.astimezone(oracle.ZoneInfo("Europe/Berlin"))}
    assert turn(recent, subject, joined - 400 * DAY) == (joined if length else None)
    assert turn(recent, subject, joined) == (ends if length else None)
    assert turn(recent, subject, ends) is None
    assert turn(recent, {"joined": None}, joined) is None
    assert turn(recent, {}, joined) is None


@pytest.mark.parametrize("tz", ZONES)
@pytest.mark.parametrize("joined", JOINED, ids=str)
@pytest.mark.parametrize("number", [-2, 0, 1, 30])
def test_days_since_turn_at_the_midnights_of_a_zone(joined: datetime, tz: str, number: int):
    day = oracle.local(joined, tz)
    since = Customer.born.days_since(tz=tz)
    starts, ends = (begins(day + n * DAY, tz) for n in (number, number + 1))
    before = joined - 10 * DAY
    for value, subject in ((since, {"born": day}), (Customer.joined.date(tz=tz).days_since(tz=tz), {"joined": joined})):
        assert turn(value >= number, subject, before) == starts
        assert turn(value == number, subject, before) == starts
        assert turn(value == number, subject, starts) == ends
        assert turn(value != number, subject, starts - TICK) == starts
        assert turn(value <= number, subject, before) == ends
        assert turn(value.between(number, number + 1), subject, starts) == begins(day + (number + 2) * DAY, tz)
        assert turn(value.is_in([number, 99]), subject, ends) == begins(day + 99 * DAY, tz)
        assert turn(value.is_known(), subject, before) is None


@pytest.mark.parametrize("number", [-2, 0, 1, 30])
def test_elapsed_days_turn_every_24_hours(number: int):
    joined = at(9, 18, year=2024)
    elapsed, subject, before = Customer.joined.elapsed_days(), {"joined": joined}, joined - 10 * DAY
    assert turn(elapsed >= number, subject, before) == joined + number * DAY
    assert turn(elapsed > number, subject, before) == joined + (number + 1) * DAY
    assert turn(elapsed == number, subject, joined + number * DAY) == joined + (number + 1) * DAY
    assert turn(elapsed == number, subject, joined + (number + 1) * DAY) is None


def anniversary(born: date, year: int, leap_day: str) -> date:
    if (born.month, born.day) == (2, 29) and not (year % 4 == 0 and (year % 100 or year % 400 == 0)):
        return date(year, 2, 28) if leap_day == "02-28" else date(year, 3, 1)
    return date(year, born.month, born.day)


def days_until(born: date, today: date, leap_day: str) -> int:
    return min(
        (found - today).days
        for year in (today.year, today.year + 1)
        if (found := anniversary(born, year, leap_day)) >= today
    )


@settings(max_examples=40)
@given(
    st.sampled_from([date(2000, 2, 29), date(2000, 3, 1), date(1999, 12, 31), date(1990, 3, 10), date(1990, 3, 31)]),
    st.sampled_from(ZONES),
    st.sampled_from(["02-28", "03-01"]),
    st.sampled_from([("eq", 0), ("le", 7), ("eq", 364), ("eq", 365), ("eq", 366), ("ge", 365), ("ne", 1), ("lt", 365)]),
    st.integers(0, 3000),
    st.sampled_from([0, 5, 23]),
)
@example(date(2000, 2, 29), "UTC", "02-28", ("eq", 365), 0, 0)
@example(date(2000, 2, 29), "UTC", "02-28", ("eq", 365), 26_400, 0)  # from April 2096, over 2100
def test_an_anniversary_comes_back(born, tz, leap_day, test, start, hour):
    sign, number = test
    after = datetime(2024, 1, 15, hour, tzinfo=UTC) + start * DAY
    where = Customer.born.days_until_anniversary(tz=tz, leap_day=leap_day).test("eq" if sign == "ne" else sign, number)
    where = ~where if sign == "ne" else where

    def means(day: date) -> bool:
        return bool(getattr(oracle.operator, sign)(days_until(born, day, leap_day), number))

    today = oracle.local(after, tz)
    answer = means(today)
    assert where.matches({"born": born}, as_of=after) is answer
    changed = next((today + n * DAY for n in range(1, 12 * 366) if means(today + n * DAY) is not answer), None)
    expected = None if changed is None else begins(changed, tz)
    assert turn(where, {"born": born}, after) == expected


def test_a_birthday_and_a_window_change_together():
    where = (Customer.born.days_until_anniversary(tz="UTC", leap_day="02-28") == 0) & events("order").within(
        years(3)
    ).any()
    anna = Profile({"born": date(2000, 2, 29)}, Journey("anna", [Touchpoint("order", at(1, month=3, year=2024))]))
    changes, now = [], at(2, month=3, year=2024)
    while (change := turn(where, anna, now)) is not None:
        changes.append(change)
        now = change
    assert changes == [
        *(at(28, month=2, year=2025), at(1, year=2025)),
        *(at(28, month=2, year=2026), at(1, year=2026)),
        *(at(28, month=2, year=2027), at(1, year=2027)),
    ]


def test_a_birthday_after_many_years_is_found():
    birthday = Customer.born.days_until_anniversary(tz="UTC", leap_day="02-28") == 0
    where = (Customer.joined.elapsed_days() >= 4000) & birthday
    subject = {"joined": at(1, month=1), "born": date(2000, 6, 1)}
    change = datetime(2037, 6, 1, tzinfo=UTC)  # 4000 days end on 14 December 2036
    assert not any(
        where.matches(subject, as_of=at(1, month=1) + n * DAY) for n in range((change - at(1, month=1)).days)
    )
    assert where.matches(subject, as_of=change)
    assert turn(where, subject, at(1, month=1)) == change


class Beat(Source):
    """A source that changes with time, and may not say when."""

    timed = True

    def __init__(self, turns: bool) -> None:  # noqa: FBT001
        self.turns = turns

    kind = INTEGER_KIND
    about = Journey

    def key(self):
        return ("beat", self.turns)

    def read(self, subject):
        return int(subject.as_of.timestamp()) % 2

    def turn(self, subject, stated):
        return subject.as_of + timedelta(seconds=1) if self.turns else super().turn(subject, stated)

    def __repr__(self):
        return "beat"


def test_a_source_that_cannot_tell_is_not_guessed_about():
    where = Integer(Beat(turns=False)) == 1
    with pytest.raises(UnsupportedError, match="cannot tell when it will change"):
        turn(where, Journey("anna"), at(1))
    assert turn(Integer(Beat(turns=True)) == 1, Journey("anna"), at(1)) == at(1) + timedelta(seconds=1)


def test_a_search_that_goes_on_for_too_long_is_given_up():
    where = Integer(Beat(turns=True)) >= 0
    with pytest.raises(UnsupportedError, match="no change among its next 20000 turns"):
        turn(where, Journey("anna"), at(1))


@pytest.mark.parametrize("after", [datetime(2026, 3, 1), "2026-03-01", date(2026, 3, 1), None], ids=repr)  # noqa: DTZ001
def test_the_moment_of_the_question_is_an_aware_datetime(after: object):
    with pytest.raises(CxError, match=r"^after must be a"):
        turn(all_of(), Journey("anna"), after)


def test_an_ill_typed_value_that_does_not_matter_is_no_error():
    where = (Customer.country == "DE") & Customer.joined.within(days(3)).is_true()
    subject = {"country": "FR", "joined": "yesterday"}
    assert not where.matches(subject, as_of=at(1))
    try:
        assert turn(where, subject, at(1)) is None
    except CxError:  # an error of the library would do, too
        return


def test_a_day_does_not_come_back():
    """At 00:01 on 7 November 2010 clocks went back to 23:01; the day that had begun goes on, as in Period.of."""
    change = datetime(2010, 11, 7, 2, 31, tzinfo=UTC)
    today = Customer.born.days_since(tz="America/St_Johns") == 0
    subject, before = {"born": date(2010, 11, 7)}, change - timedelta(seconds=30)
    assert today.matches(subject, as_of=before)
    after = today.matches(subject, as_of=change)
    found = turn(today, subject, before)
    assert (found == change) is (not after)
    assert after


# Timelines


def replayed(claim: Claim, person: Person, start: datetime, end: datetime) -> list[Stay]:
    """Ask at each moment at which the answer may change, by what was known then."""
    asked = sorted(
        {start, *(moment for edge in claim.edges(person) for moment in (edge, edge + TICK) if start < moment < end)}
    )
    stays: list[Stay] = []
    entered = None
    for moment in asked:
        inside = claim.means(person, moment)
        if inside and entered is None:
            entered = moment
        if not inside and entered is not None:
            stays.append(Stay(entered, moment))
            entered = None
    if entered is not None and start < end:
        stays.append(Stay(entered, end))
    return stays


@settings(max_examples=200)
@given(claims(), people(max_size=5), moments, st.integers(0, 60), st.sampled_from([timedelta(0), TICK]))
def test_a_timeline_says_when_the_answer_was_yes(claim, person, start, length, nudge):
    end = start + length * DAY + nudge
    stays = Segment("some", claim.predicate).timeline(person.profile, start, end, assume_attributes=True)
    assert list(stays) == replayed(claim, person, start, end)
    assert all(stay.start < stay.end for stay in stays)
    assert all(one.end < other.start for one, other in pairwise(stays))


BUYER = Segment("buyer", events("order").within(days(3)).any())


def test_a_stay_is_half_open_and_goes_on_where_another_event_comes_in_time():
    anna = Journey("anna", [Touchpoint("order", at(day)) for day in (1, 4, 10)])
    assert BUYER.timeline(anna, at(1, month=1), at(1, month=12)) == (Stay(at(1), at(7)), Stay(at(10), at(13)))
    assert BUYER.timeline(anna, at(2), at(11)) == (Stay(at(2), at(7)), Stay(at(10), at(11)))
    assert BUYER.timeline(anna, at(7), at(10)) == ()
    assert BUYER.timeline(anna, at(2), at(2)) == ()
    assert BUYER.timeline(anna, at(2), at(2) + TICK) == (Stay(at(2), at(2) + TICK),)


def test_an_event_arrives_when_it_is_recorded():
    late = Journey(
        "anna", [Touchpoint("order", at(1), recorded_at=at(2)), Touchpoint("order", at(5), recorded_at=at(20))]
    )
    assert BUYER.timeline(late, at(1, month=1), at(1, month=12)) == (Stay(at(2), at(4)),)
    assert Segment("any", events("order").count() >= 2).timeline(late, at(1), at(25)) == (Stay(at(20), at(25)),)


def test_a_timeline_is_in_utc():
    berlin = oracle.ZoneInfo("Europe/Berlin")
    anna = Journey("anna", [Touchpoint("order", at(1))])
    [stay] = BUYER.timeline(anna, at(2).astimezone(berlin), at(3).astimezone(berlin))
    assert (stay.start.tzinfo, stay.end.tzinfo) == (UTC, UTC)
    assert stay == Stay(at(2), at(3))


def test_a_timeline_ends_after_it_starts():
    with pytest.raises(InvalidValueError, match="a timeline ends after it starts"):
        BUYER.timeline(Journey("anna"), at(2), at(1))
    for start, end in ((datetime(2026, 3, 1), at(2)), (at(1), "later"), (None, at(2))):  # noqa: DTZ001
        with pytest.raises(CxError, match=r"must be a"):
            BUYER.timeline(Journey("anna"), start, end)
    with pytest.raises(InvalidTypeError, match="assume_attributes must be True or False"):
        BUYER.timeline(Journey("anna"), at(1), at(2), assume_attributes="yes")


def test_the_past_of_attributes_is_not_known():
    german = Segment("german", (Customer.country == "DE") & events("order").any())
    anna = Profile({"country": "DE"}, Journey("anna", [Touchpoint("order", at(3))]))
    with pytest.raises(InvalidValueError, match="reads Customer; pass assume_attributes=True"):
        german.timeline(anna, at(1), at(5))
    with pytest.raises(InvalidValueError, match="reads Customer"):
        SegmentSet([german]).movement([anna], start=at(1), end=at(5))
    assert german.timeline(anna, at(1), at(5), assume_attributes=True) == (Stay(at(3), at(5)),)
    assert Segment("all", all_of()).timeline(anna, at(1), at(5)) == (Stay(at(1), at(5)),)


def test_the_moment_of_a_customer_since_which_events_count_is_an_attribute():
    where = events("order").since(Customer.joined).any()
    assert where.about == {Journey, Customer}
    with pytest.raises(InvalidValueError, match="reads Customer"):
        Segment("s", where).timeline(Profile({"joined": at(1)}, Journey("anna")), at(1), at(5))


def test_a_timeline_looks_no_further_than_its_end():
    class Other(oracle.Fields):
        seen = oracle.moment()

    where = Customer.joined.elapsed_days() > Other.seen.elapsed_days()
    subject = {"joined": at(1), "seen": at(2, 5)}
    stays = Segment("s", where).timeline(subject, at(3), at(9), assume_attributes=True)
    assert stays == (Stay(at(3), at(9)),)
