"""Named groups of customers."""

import copy
import json
import pickle
from datetime import datetime, timezone

import pytest
from described import Customer, build, means
from hypothesis import given
from strategies import descriptions, journeys, moments, records

from cxkit.calendar import days, months
from cxkit.codec import from_dict, to_dict
from cxkit.errors import CxError, DocumentError, InvalidTypeError, InvalidValueError
from cxkit.journey import Journey, Touchpoint
from cxkit.predicates import all_of, any_of, lint, not_
from cxkit.segments import Profile, Segment, events

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
ORDERED = events("order").count() >= 1
LAPSING = Segment("lapsing", ORDERED & (events("order").within(months(1)).count() == 0), "no order for a month")
ANNA = Journey("anna", [Touchpoint("order", datetime(2026, 1, 31, 12, tzinfo=timezone.utc))])


@given(descriptions(), records(), journeys(), moments())
def test_a_segment_and_its_complement_split_everyone_in_two(description, record, journey, as_of):
    where = build(description)
    inside, outside = Segment("inside", where | ORDERED), Segment("outside", ~(where | ORDERED))
    profile = Profile(record, journey)
    assert inside.contains(profile, as_of=as_of) is not outside.contains(profile, as_of=as_of)


@given(descriptions(), records(), moments())
def test_a_segment_holds_who_passes_its_condition(description, record, as_of):
    segment = Segment("any", build(description))
    assert segment.contains(record, as_of=as_of) is means(description, record)
    assert segment.explain(record, as_of=as_of) == build(description).explain(record)


def test_who_belongs_to_a_segment_depends_on_the_moment():
    answers = [
        LAPSING.contains(ANNA, as_of=NOON.replace(month=month, day=day)) for month, day in ((1, 30), (2, 27), (2, 28))
    ]
    assert answers == [False, False, True]  # a month after 31 January is 28 February


def test_a_segment_explains_who_belongs_to_it():
    why = LAPSING.explain(ANNA, as_of=datetime(2026, 2, 1, tzinfo=timezone.utc))
    assert (why.outcome, why.could_change) == ("no_match", False)
    assert [(reason.code, reason.field, reason.found, reason.needed) for reason in why.reasons] == [
        ("failed", "events('order').within(months(1)).count()", 1, "== 0")
    ]


def test_the_explanation_of_behaviour_without_a_journey_could_change():
    why = LAPSING.explain(Profile({"country": "DE"}), as_of=NOON)
    assert (why.outcome, why.reason, why.could_change) == ("no_match", "missing", True)
    assert [reason.field for reason in why.missing] == [
        "events('order').count()",
        "events('order').within(months(1)).count()",
    ]


@pytest.mark.parametrize("as_of", [datetime(2026, 3, 1), "2026-03-01", NOON.date()], ids=["naive", "text", "day"])  # noqa: DTZ001
def test_a_moment_that_is_none_is_refused(as_of: object):
    for ask in (LAPSING.contains, LAPSING.explain):
        with pytest.raises(CxError, match=r"^as_of must be a"):
            ask(ANNA, as_of=as_of)


@pytest.mark.parametrize(("name", "error"), [("", InvalidValueError), ("  ", InvalidValueError), (3, InvalidTypeError)])
def test_a_segment_has_a_name(name: object, error: type[CxError]):
    with pytest.raises(error, match=r"^the name of a segment must "):
        Segment(name, ORDERED)


def test_a_flag_by_itself_says_who_belongs():
    churned = Segment("churned", Customer.churned)
    assert churned.where == Customer.churned.is_true()
    assert churned.contains({"churned": True}, as_of=NOON)


@pytest.mark.parametrize("where", [True, "orders >= 1", None, Customer.country, [ORDERED]], ids=repr)
def test_a_segment_has_a_predicate(where: object):
    with pytest.raises(InvalidTypeError) as caught:
        Segment("fans", where)
    assert str(caught.value) == f"where must be a predicate, got {where!r}"
    assert caught.value.found is where


def test_a_segment_is_said_by_its_name_and_in_words():
    assert str(Segment("germans", Customer.country == "DE")) == "germans: country is 'DE'"
    assert str(LAPSING) == (
        "lapsing: the number of 'order' is at least 1 and the number of 'order' in the last 1 month is 0"
    )


def test_a_segment_serves_wherever_a_predicate_is_taken():
    big = Customer.orders >= 3
    segment = Segment("germans", Customer.country == "DE")
    assert all_of(segment, big) == segment.where & big
    assert any_of([segment, big]) == segment.where | big
    assert not_(segment) == ~segment.where
    assert big & segment == all_of(big, segment)
    assert Segment("again", segment).where == segment.where
    assert (segment.where & big).implies(segment) is True
    assert lint(segment) == lint(segment.where)
    contradiction = Segment("nobody", (Customer.orders >= 3) & (Customer.orders < 3))
    assert lint(contradiction) == lint(contradiction.where) != ()


def test_an_explanation_of_behaviour_is_said_in_words():
    active = events("order").within(days(30)).count() >= 1
    assert str(active.explain(ANNA, as_of=NOON)) == (
        "match\n- passed: the number of 'order' in the last 30 days is at least 1, found 1"
    )


def test_the_description_of_a_segment_is_text():
    with pytest.raises(InvalidTypeError):
        Segment("fans", ORDERED, description=3)


def test_the_stored_form_of_a_segment():
    segment = Segment("fans", (Customer.country == "DE") & ORDERED, "who bought")
    assert to_dict(segment) == {
        "cxkit": 1,
        "type": "segments.segment",
        "name": "fans",
        "where": {
            "all": [
                {"value": "Customer.country", "test": "eq", "than": "DE"},
                {
                    "value": {
                        "type": "segments.event_count",
                        "events": {
                            "contact": "order",
                            "window": None,
                            "condition": None,
                            "period": None,
                            "last_days": None,
                            "after": None,
                        },
                    },
                    "test": "ge",
                    "than": 1,
                },
            ]
        },
        "description": "who bought",
    }
    assert from_dict(to_dict(segment), Segment, fields=Customer) == segment


@given(descriptions())
def test_a_segment_survives_a_trip_through_json_and_copies(description):
    segment = Segment("any", build(description) | LAPSING.where, "text: ä")
    assert from_dict(json.loads(json.dumps(to_dict(segment))), Segment, fields=Customer) == segment
    assert pickle.loads(pickle.dumps(segment)) == copy.deepcopy(segment) == segment  # noqa: S301
    assert hash(copy.deepcopy(segment)) == hash(segment)


def test_a_description_may_be_absent_from_a_document():
    document = to_dict(LAPSING)
    del document["description"]
    assert from_dict(document, Segment) == Segment("lapsing", LAPSING.where)


def test_a_document_tells_all_faults_of_a_segment():
    with pytest.raises(DocumentError) as caught:
        from_dict({"cxkit": 1, "type": "segments.segment", "name": 3, "where": {"any": 1}, "else": 2}, Segment)
    assert [fault.path for fault in caught.value.exceptions] == ["$.else", "$.name", "$.where.any"]


def test_a_segment_is_a_value():
    assert Segment("a", ORDERED) == Segment("a", ~~ORDERED)
    assert Segment("a", ORDERED) != Segment("b", ORDERED)
    assert Segment("a", ORDERED) != Segment("a", ~ORDERED)
    assert eval(repr(LAPSING), {"Segment": Segment, "events": events, "months": months}) == LAPSING  # noqa: S307
