"""Every way to ask who belongs gives the same answer, and what is written down means what it meant."""

import copy
import datetime as dt
import json
import pickle
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import behaviour_oracle as oracle
import pytest
from behaviour_oracle import Claim, Customer, Person, T, claims, people
from hypothesis import given, settings
from hypothesis import strategies as st

from cxkit.calendar import Period, days, hours, months
from cxkit.codec import from_dict, to_dict
from cxkit.errors import CxError, DocumentError, InvalidTypeError
from cxkit.journey import Journey, Touchpoint
from cxkit.predicates import Predicate, Subject, bucket
from cxkit.segments import Events, EventSequence, Follower, LastDays, Profile, Segment, SegmentSet, events
from cxkit.segments._event_values import EventCount, EventNumber, EventPeriods, EventTime

UTC = timezone.utc
moments = oracle.moments()
NOUNS = {
    "events": events,
    "days": days,
    "months": months,
    "hours": hours,
    "datetime": dt,
    "Decimal": Decimal,
    "Period": Period,
    "Touchpoint": Touchpoint,
    "Customer": Customer,
}


class Record:
    """A record that is an object with attributes."""

    def __init__(self, attributes: dict[str, Any]) -> None:
        self.__dict__.update(attributes)


def subjects(person: Person) -> list[tuple[Person, object]]:
    """Return the customer in every form that can be asked about, each with what is known of it."""
    bare = Person(None, person.attributes)
    found: list[tuple[Person, object]] = [
        (person, person.profile),
        (bare, person.attributes),
        (bare, Record(person.attributes)),
        (bare, Profile(Record(person.attributes))),
    ]
    if person.contacts is not None:
        found += [
            (Person(person.contacts, {}), Journey("anna", person.contacts)),
            (person, Profile(Record(person.attributes), person.profile.journey)),
        ]
    return found


@settings(max_examples=120)
@given(st.lists(claims(), min_size=1, max_size=3), people(max_size=5), moments)
def test_all_ways_to_ask_agree(wanted: list[Claim], person: Person, as_of: datetime):
    segments = [Segment(f"s{number}", claim.predicate) for number, claim in enumerate(wanted)]
    overlapping, first = SegmentSet(segments, overlapping=True), SegmentSet(segments)
    asked = subjects(person)
    customers = [subject for _, subject in asked]
    expected = [[claim.means(known, as_of) for claim in wanted] for known, _ in asked]
    for number, segment in enumerate(segments):
        answers = [row[number] for row in expected]
        assert [segment.contains(customer, as_of=as_of) for customer in customers] == answers
        assert [segment.where.matches(customer, as_of=as_of) for customer in customers] == answers
        assert list(map(segment.where.compile(as_of=as_of), customers)) == answers
        kept = [customer for customer, answer in zip(customers, answers, strict=True) if answer]
        assert [id(customer) for customer in segment.filter(customers, as_of=as_of)] == [id(one) for one in kept]
    names = [tuple(s.name for s, answer in zip(segments, row, strict=True) if answer) for row in expected]
    assert list(overlapping.assign(customers, as_of=as_of)) == names
    assert list(first.assign(customers, as_of=as_of)) == [found[:1] for found in names]
    assert [overlapping.names_of(customer, as_of=as_of) for customer in customers] == names


@given(claims(), people(max_size=5), moments)
def test_explain_gives_the_answer_and_its_reasons(claim: Claim, person: Person, as_of: datetime):
    answer = claim.means(person, as_of)
    why = Segment("some", claim.predicate).explain(person.profile, as_of=as_of)
    assert why.outcome == ("match" if answer else "no_match")
    assert why.reasons
    assert why.reason == why.reasons[0].code
    for reason in why.reasons:
        assert reason.test.matches(person.profile, as_of=as_of) is answer
        assert reason.code == "missing" or (reason.code == "passed") is answer
    values = [source.read(_subject(person, as_of)) for source in claim.predicate.sources]
    assert not why.could_change or None in values
    assert str(why).startswith("match" if answer else "no match")
    assert all(isinstance(str(change), str) for change in why.nearest())


def _subject(person: Person, as_of: datetime) -> Subject:
    return Subject.of(person.profile, as_of)


@settings(max_examples=100)
@given(claims(), people(max_size=4), moments)
def test_what_is_written_down_means_what_it_meant(claim: Claim, person: Person, as_of: datetime):
    where = claim.predicate
    stored = json.loads(json.dumps(to_dict(where)))
    read = from_dict(stored, Predicate, fields=Customer)
    assert read == where
    assert hash(read) == hash(where)
    assert to_dict(read) == to_dict(where)
    assert eval(repr(where), dict(NOUNS)) == where  # noqa: S307
    assert pickle.loads(pickle.dumps(where)) == copy.deepcopy(where) == where  # noqa: S301
    assert read.matches(person.profile, as_of=as_of) is claim.means(person, as_of)
    assert isinstance(str(where), str)


@settings(max_examples=60)
@given(claims(), claims(), people(max_size=4), moments)
def test_reasoning_about_behaviour_claims_nothing_that_a_customer_contradicts(one, other, person, as_of):
    first, second = one.predicate, other.predicate
    here, there = one.means(person, as_of), other.means(person, as_of)
    assert not (here and first.is_satisfiable() is False)
    assert not (here and not there and first.implies(second) is True)
    assert not (here and there and first.is_disjoint(second) is True)
    assert not (here is not there and first.equivalent(second) is True)
    assert first.simplify().matches(person.profile, as_of=as_of) is here
    assert (first & second).simplify().matches(person.profile, as_of=as_of) is (here and there)


ORDERS = events("order").count()


def test_reasoning_knows_what_is_certain():
    assert (ORDERS >= 3).implies(ORDERS >= 1) is True
    assert (ORDERS >= 3).is_disjoint(ORDERS == 0) is True
    assert (ORDERS < 0).is_satisfiable() is False
    assert (ORDERS >= 0).equivalent(ORDERS.is_known()) is True
    assert events("order").any().is_disjoint(events("order").none()) is True
    assert (events("visit").followed_by("order").count() < 0).is_satisfiable() is False
    assert (events("visit").periods(at_least=1, period=days(7), of=4) < 0).is_satisfiable() is False


def test_reasoning_does_not_guess_about_two_kinds_of_events():
    one, other = events("order").any(), events("visit").any()
    assert one.implies(other) is None
    assert one.is_disjoint(other) is None
    assert one.is_satisfiable() is not False
    assert (events("order").within(days(3)).count() >= 1).implies(ORDERS >= 1) in (None, True)


# Values

WEB = T.channel == "web"
CODES = [
    "events('order').count() >= 1",
    "events(Touchpoint.fields.channel == 'web').count() == 0",
    "events('order').where(Touchpoint.fields.value >= 50).count() >= 1",
    "events('order').within(datetime.timedelta(days=3)).count() >= 1",
    "events('order').within(months(1, tz='Europe/Berlin')).sum(Touchpoint.fields.value) >= 9",
    (
        "events('order').between(Period(unit='month', first_day=datetime.date(2026, 3, 1), tz='UTC', "
        "week_start='monday')).count() >= 1"
    ),
    "events('order').in_last_days(3, tz='Europe/Berlin', include_today=False).count() >= 1",
    "events('ticket').since(events('order').last_at()).count() >= 1",
    "events('ticket').where(Touchpoint.fields.channel == 'web').within(days(3)).since(Customer.joined).count() >= 1",
    "events('order').distinct(Touchpoint.fields.channel) >= 2",
    "events('order').avg(Touchpoint.fields.sentiment) < 0.5",
    "events('order').min(Touchpoint.fields.at.hour(tz='UTC')) < 9",
    "events('order').max(Touchpoint.fields.value) > Decimal('9.99')",
    "events('order').first_at().within(days(30)).is_true()",
    "events('order').last_at().elapsed_days() >= 3",
    "events('order').last_at().date(tz='Asia/Tokyo').days_since(tz='Asia/Tokyo') >= 3",
    "events('order').periods(at_least=2, period=days(7), of=4) >= 3",
    "events('cart').followed_by('order').count() >= 1",
    "events('cart').followed_by('order', within=hours(1), without='ticket').followed_by('visit').count() == 0",
    "events('cart').followed_by(Touchpoint.fields.channel == 'app', without=Touchpoint.fields.name == 'x').count() >= 1",
    "events('order').count() > events('ticket').count()",
    "events('order').count() == Customer.orders",
    "events('order').last_at() > Customer.joined",
    "events('order').sum(Touchpoint.fields.value) == events('order').max(Touchpoint.fields.value)",
]


@pytest.mark.parametrize("code", CODES)
def test_behaviour_prints_as_the_code_that_makes_it(code: str):
    where = eval(code, dict(NOUNS))  # noqa: S307
    assert repr(where) == code
    assert from_dict(json.loads(json.dumps(to_dict(where))), Predicate, fields=Customer) == where


def test_behaviour_that_is_written_otherwise_is_another():
    wheres = [eval(code, dict(NOUNS)) for code in CODES]  # noqa: S307
    assert len(set(wheres)) == len(CODES)
    others = [
        events("order").first_at() == events("order").last_at(),
        events("order").sum(T.value) == 3,
        events("order").max(T.value) == 3,
        events("order").sum(T.cost) == 3,
        events("order").periods(at_least=1, period=days(7), of=4) == 3,
        events("order").periods(at_least=2, period=days(7), of=4) == 3,
        events("order").periods(at_least=1, period=days(8), of=4) == 3,
        events("order").periods(at_least=1, period=days(7), of=5) == 3,
        *(
            events("a").followed_by("b", within=within, without=without).count() == 1
            for within in (None, days(1), days(2))
            for without in (None, "x", "y", WEB)
        ),
        events("a").followed_by("b").followed_by("c").count() == 1,
        events("a").followed_by("c").followed_by("b").count() == 1,
        events("order").in_last_days(3, tz="UTC", include_today=True).count() == 1,
        events("order").in_last_days(3, tz="UTC", include_today=False).count() == 1,
        events("order").in_last_days(4, tz="UTC", include_today=False).count() == 1,
        events("order").in_last_days(4, tz="Asia/Tokyo", include_today=False).count() == 1,
        events("order").since(Customer.joined).count() == 1,
        events("order").since(events("order").first_at()).count() == 1,
    ]
    assert len(set(others)) == len(others)


def test_parts_have_stored_forms_of_their_own():
    parts = [
        events("order").where(WEB).within(days(3)).since(events("visit").last_at()),
        LastDays(3, tz="Europe/Berlin", include_today=True),
        Follower(WEB, within=hours(1), without="x"),
        events("order").followed_by("visit", within=days(1)),
    ]
    for part in parts:
        stored = json.loads(json.dumps(to_dict(part)))
        assert from_dict(stored, type(part)) == part
        assert eval(repr(part), NOUNS | {"LastDays": LastDays, "Follower": Follower}) == part  # noqa: S307
        assert pickle.loads(pickle.dumps(part)) == copy.deepcopy(part) == part  # noqa: S301
        assert hash(copy.deepcopy(part)) == hash(part)


def document_of(which: Events) -> dict[str, Any]:
    """Return what is stored of events."""
    found: dict[str, Any] = to_dict(which.any())["where"]["value"]["events"]
    return found


TODAY = document_of(events("order").in_last_days(1, tz="UTC", include_today=True))["last_days"]
MARCH = document_of(events("order").between(Period.month(2026, 3)))["period"]
WEEK = document_of(events("order").within(days(7)))["window"]
FAULTY: dict[str, dict[str, Any]] = {
    "a window and a period": {"window": WEEK, "period": MARCH},
    "a period and last days": {"last_days": TODAY, "period": MARCH},
    "a negative window": {"window": WEEK | {"days": -3}},
    "a text as a window": {"window": "3 days"},
    "a blank contact": {"contact": " "},
    "a number as a contact": {"contact": 3},
    "a condition on customers": {"condition": {"value": "Customer.country", "test": "eq", "than": "DE"}},
    "no days": {"last_days": TODAY | {"number": 0}},
    "a zone that is none": {"last_days": TODAY | {"tz": "Moon/Base"}},
    "a number as a flag": {"last_days": TODAY | {"include_today": 1}},
    "a period that begins on no first day": {"period": MARCH | {"first_day": "2026-03-02"}},
    "since a text": {"after": "Customer.country"},
    "since a field that is none": {"after": "Touchpoint.fields.att"},
    "something else": {"whenever": 3},
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_document_is_refused(name: str):
    document = to_dict(events("order").any())
    assert from_dict(document, Predicate, fields=Customer) == events("order").any()
    document["where"]["value"]["events"] |= FAULTY[name]
    with pytest.raises(DocumentError):
        from_dict(document, Predicate, fields=Customer)


@pytest.mark.parametrize(
    "part", [{"window": WEEK}, {"period": MARCH}, {"last_days": TODAY}, {"after": "Customer.joined"}]
)
def test_a_document_that_is_not_faulty_is_read(part: dict[str, Any]):
    document = to_dict(events("order").any())
    document["where"]["value"]["events"] |= part
    assert to_dict(from_dict(document, Predicate, fields=Customer)) == document


@pytest.mark.parametrize(
    ("value", "changes"),
    [
        (events("order").sum(T.value), {"what": "median"}),
        (events("order").sum(T.value), {"what": "__class__"}),
        (events("order").sum(T.value), {"field": "Touchpoint.fields.name"}),
        (events("order").sum(T.value), {"field": "Customer.orders"}),
        (events("order").first_at(), {"what": "middle"}),
        (events("order").periods(at_least=1, period=days(7), of=4), {"of": 10**9}),
        (events("order").periods(at_least=1, period=days(7), of=4), {"at_least": 0}),
        (events("order").periods(at_least=1, period=days(7), of=4), {"of": 1.5}),
        (events("a").followed_by("b").count(), {"sequence": {"first": {"contact": "a"}, "followers": 3}}),
        (
            events("a").followed_by("b").count(),
            {"sequence": {"first": {"contact": "a"}, "followers": [{"contact": "a"}] * 21}},
        ),
    ],
)
def test_a_faulty_value_of_events_is_refused(value: Any, changes: dict[str, Any]):
    document = to_dict(value.is_known())
    document["where"]["value"] |= changes
    with pytest.raises(DocumentError):
        from_dict(document, Predicate, fields=Customer)


def test_values_of_events_are_checked_when_they_are_made_by_hand():
    orders = events("order")
    for build in (
        lambda: EventNumber(orders, "median", T.value.source),
        lambda: EventNumber(orders, "sum", T.value),
        lambda: EventTime(orders, "middle"),
        lambda: EventPeriods(orders, 1, "week", 3),
    ):
        with pytest.raises(CxError):
            build()
    assert (
        EventPeriods(orders.within(days(3)), 1, days(1), 2).read(_subject(Person(None, {}), datetime.now(UTC))) is None
    )


def test_a_sequence_without_followers_prints_as_its_code_or_is_refused():
    try:
        where = EventSequence(events("order"), ()).count() >= 1
    except CxError:
        return
    assert eval(repr(where), dict(NOUNS)) == where  # noqa: S307


def test_what_events_are_about_and_when_they_speak_of_time():
    assert ORDERS.source.about is Journey
    assert (ORDERS >= 1).timed
    assert events("order").followed_by("visit").any().timed
    assert events("order").within(days(3)).count().source.timing == "rolling"
    assert events("order").in_last_days(3, tz="UTC", include_today=True).count().source.timing == "calendar"
    assert ORDERS.source.timing is None
    assert events("order").periods(at_least=1, period=days(7), of=2).source.timing == "rolling"
    sequence = events("order").followed_by("visit")
    assert sequence.count().source.timing is None
    assert events("order").within(days(3)).followed_by("visit").count().source.timing == "rolling"
    today = events("order").in_last_days(3, tz="UTC", include_today=True)
    assert today.followed_by("visit").count().source.timing == "calendar"
    with pytest.raises(InvalidTypeError, match="pass as_of="):
        sequence.any().matches(Journey("anna"))


def test_a_source_says_whose_values_it_reads():
    sequence = events("order").since(Customer.joined).followed_by("visit").count()
    assert sequence.source.about is Journey
    assert (sequence >= 1).about == {Journey, Customer}
    assert events("order").followed_by("visit").any().about == {Journey}
    assert events("order").since(events("visit").since(Customer.joined).last_at()).any().about == {Journey, Customer}


def test_a_source_may_be_read_without_a_place_to_note_what_it_found():
    when = datetime(2026, 3, 1, tzinfo=UTC)
    anna = Journey("anna", [Touchpoint("order", when)])
    assert EventCount(events("order")).read(Subject(anna, anna, when)) == 1
    assert EventCount(events("order")).read(Subject(anna, anna, None)) is None


def test_the_count_of_a_source_is_the_least_it_says():
    assert EventCount(events("order")).least == 0
    assert (ORDERS >= 0).matches(Journey("anna"), as_of=datetime(2026, 3, 1, tzinfo=UTC))


# What does not matter is not asked about

ILL_TYPED = {"country": "FR", "joined": "yesterday", "orders": 3}
GERMAN = (Customer.country == "DE") & Customer.joined.within(days(3)).is_true()


def test_an_ill_typed_value_is_an_error_where_it_matters():
    as_of = datetime(2026, 3, 1, tzinfo=UTC)
    for ask in (
        lambda: Segment("g", GERMAN).contains(ILL_TYPED | {"country": "DE"}, as_of=as_of),
        lambda: list(Segment("g", GERMAN).filter([ILL_TYPED | {"country": "DE"}], as_of=as_of)),
        lambda: list(SegmentSet([Segment("g", GERMAN)]).assign([ILL_TYPED | {"country": "DE"}], as_of=as_of)),
    ):
        with pytest.raises(InvalidTypeError, match="joined must be a moment, got 'yesterday'"):
            ask()


def test_an_ill_typed_value_is_no_error_where_it_does_not_matter():
    as_of = datetime(2026, 3, 1, tzinfo=UTC)
    segment = Segment("g", GERMAN)
    assert segment.contains(ILL_TYPED, as_of=as_of) is False
    assert list(segment.filter([ILL_TYPED], as_of=as_of)) == []
    assert list(SegmentSet([segment]).assign([ILL_TYPED], as_of=as_of)) == [()]


@pytest.mark.parametrize("subject", [None, 3, "anna", ["anna"], (Journey("anna"),)], ids=repr)
def test_a_customer_is_a_profile_a_journey_or_a_record(subject: object):
    as_of = datetime(2026, 3, 1, tzinfo=UTC)
    for ask in (
        lambda: Segment("s", ORDERS >= 1).contains(subject, as_of=as_of),
        lambda: list(Segment("s", ORDERS >= 1).filter([subject], as_of=as_of)),
        lambda: list(SegmentSet([Segment("s", ORDERS >= 1)]).assign([subject], as_of=as_of)),
    ):
        with pytest.raises(InvalidTypeError):
            ask()


def test_a_hash_of_a_customer_and_their_behaviour_go_together():
    half = bucket(Customer.country, salt="s", share=0.5)
    people = [Profile({"country": str(number)}, Journey("anna", [])) for number in range(50)]
    as_of = datetime(2026, 3, 1, tzinfo=UTC)
    where = half & events("order").none()
    answers = [half.matches(profile) for profile in people]
    assert set(answers) == {True, False}
    assert [names == ("s",) for names in SegmentSet([Segment("s", where)]).assign(people, as_of=as_of)] == answers


def test_a_derived_day_of_behaviour_is_read_once_for_all_segments():
    last = events("order").last_at().date(tz="Asia/Tokyo")
    anna = Journey("anna", [Touchpoint("order", datetime(2026, 3, 1, 20, tzinfo=UTC))])
    groups = SegmentSet(
        [
            Segment("a", last == date(2026, 3, 1)),
            Segment("b", last == date(2026, 3, 2)),
            Segment("c", last.is_missing()),
        ],
        overlapping=True,
    )
    assert groups.names_of(anna, as_of=datetime(2026, 3, 2, tzinfo=UTC)) == ("b",)
    assert groups.names_of(anna, as_of=datetime(2026, 3, 1, tzinfo=UTC)) == ("c",)


def test_events_are_a_value():
    assert Events("order") == events("order")
    assert Events("order", days(3)) == events("order").within(days(3))
    assert events("order").within(timedelta(days=7)) != events("order").within(days(7))  # one elapses, one steps
