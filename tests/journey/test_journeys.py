"""Journeys: one customer's touchpoints in order, as they were known at a moment."""

from datetime import datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import journeys, moments, touchpoints

from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError, NaiveDatetimeError
from cxkit.journey import Journey, Touchpoint
from cxkit.predicates import Fields, text

at = datetime.fromisoformat
NINE, TEN = at("2026-03-01T09:00Z"), at("2026-03-01T10:00Z")


def names(journey):
    return [touchpoint.name for touchpoint in journey]


# Order


@pytest.mark.parametrize(
    ("given", "order"),
    [
        ([("b", TEN, None), ("a", NINE, None)], "ab"),
        ([("a", NINE, 9), ("b", TEN, 0)], "ab"),
        ([("b", NINE, 2), ("a", NINE, 1)], "ab"),
        ([("b", NINE, 0), ("a", NINE, None)], "ab"),
        ([("b", NINE, None), ("a", NINE, None)], "ba"),
        ([("b", NINE, 1), ("a", NINE, 1)], "ba"),
        ([("d", NINE, 1), ("b", NINE, None), ("c", NINE, 0), ("a", NINE, None)], "bacd"),
    ],
)
def test_touchpoints_go_by_time_then_by_sequence_then_as_they_came(given, order):
    journey = Journey("anna", (Touchpoint(name, moment, sequence=place) for name, moment, place in given))

    assert "".join(names(journey)) == order


@given(st.lists(touchpoints(), max_size=8, unique_by=lambda touchpoint: touchpoint.at), st.data())
def test_the_order_of_the_input_does_not_matter(contacts, data):
    shuffled = data.draw(st.permutations(contacts))

    assert Journey("anna", shuffled) == Journey("anna", contacts)
    assert [contact.at for contact in Journey("anna", shuffled)] == sorted(contact.at for contact in contacts)


@given(st.lists(st.tuples(moments(3), st.integers(0, 3)), unique=True, max_size=8), st.data())
def test_the_order_of_the_input_does_not_matter_between_those_with_a_sequence(places, data):
    contacts = [Touchpoint("visit", moment, sequence=sequence) for moment, sequence in places]
    journey = Journey("anna", data.draw(st.permutations(contacts)))

    assert [(contact.at, contact.sequence) for contact in journey] == sorted(places)


# Identity

SENT = Touchpoint("order", NINE, id="17", channel="web")


def test_what_a_host_sent_twice_is_one_contact():
    journey = Journey("anna", [SENT, Touchpoint("visit", NINE), attrs.evolve(SENT)])

    assert names(journey) == ["order", "visit"]


def test_equal_touchpoints_without_an_id_are_two_contacts():
    assert len(Journey("anna", [Touchpoint("visit", NINE), Touchpoint("visit", NINE)])) == 2


def test_equal_touchpoints_with_two_ids_are_two_contacts():
    assert len(Journey("anna", [SENT, attrs.evolve(SENT, id="18")])) == 2


@pytest.mark.parametrize("change", [{"channel": "app"}, {"recorded_at": TEN}, {"name": "visit"}])
def test_two_different_touchpoints_with_one_id_are_refused(change):
    other = attrs.evolve(SENT, **change)
    with pytest.raises(DuplicateError) as caught:
        Journey("anna", [SENT, other])

    assert str(caught.value) == f"two different touchpoints have the id '17': {SENT!r} and {other!r}"
    assert caught.value.found is other


# As of a moment


@given(journeys(), moments())
def test_what_came_to_be_known_later_is_hidden(journey, moment):
    known = [contact for contact in journey if contact.at <= moment and contact.recorded_at <= moment]

    assert list(journey.as_of(moment)) == known
    assert list(journey.known(moment)) == known[::-1]
    assert journey.as_of(moment).customer == journey.customer


@given(journeys(), st.lists(touchpoints()), moments())
def test_later_touchpoints_change_nothing(journey, more, moment):
    later = [contact for contact in more if contact.known_at > moment]

    assert Journey("anna", [*journey, *later]).as_of(moment) == journey.as_of(moment)


@given(journeys(), moments(), moments())
def test_what_is_hidden_stays_hidden(journey, one, other):
    assert journey.as_of(one).as_of(other) == journey.as_of(min(one, other))


def test_a_journey_that_is_wholly_known_is_itself():
    journey = Journey("anna", [Touchpoint("visit", NINE)])

    assert journey.as_of(NINE) is journey
    assert journey.as_of(NINE - timedelta(microseconds=1)) == Journey("anna")


def test_a_journey_is_not_known_at_a_naive_moment():
    with pytest.raises(NaiveDatetimeError, match=r"^as_of must be an aware datetime"):
        Journey("anna").as_of(at("2026-03-01T09:00"))


# Reading


@given(journeys(), st.slices(8))
def test_a_slice_of_a_journey_is_a_journey(journey, part):
    chosen = journey[part]

    assert (type(chosen), chosen.customer) == (Journey, "anna")
    assert sorted(chosen, key=repr) == sorted(journey.touchpoints[part], key=repr)
    assert [contact.at for contact in chosen] == sorted(contact.at for contact in chosen)


def test_a_journey_reads_like_a_sequence():
    visit, order = Touchpoint("visit", NINE), Touchpoint("order", TEN)
    journey = Journey("anna", [order, visit])

    assert (journey[0], journey[-1], list(journey), len(journey)) == (visit, order, [visit, order], 2)
    assert names(journey[1:]) == ["order"]
    with pytest.raises(IndexError):
        journey[2]


def test_a_journey_lasts_from_its_first_touchpoint_to_its_last():
    journey = Journey("anna", [Touchpoint("order", TEN), Touchpoint("visit", NINE)])

    assert (journey.start, journey.end, journey.duration) == (NINE, TEN, timedelta(hours=1))


def test_a_journey_without_touchpoints_is_still_one():
    journey = Journey("anna")

    assert (len(journey), list(journey), journey.touchpoints) == (0, [], ())
    assert (journey.start, journey.end, journey.duration) == (None, None, timedelta(0))


def test_a_journey_is_told_apart_by_customer_and_touchpoints():
    anna = Journey("anna", [Touchpoint("visit", NINE)])

    assert anna == Journey("anna", [Touchpoint("visit", NINE)])
    assert len({anna, Journey("anna", [Touchpoint("visit", NINE)]), Journey("anna"), Journey("ben")}) == 3


def test_a_journey_alone_has_no_attributes():
    class Customer(Fields):
        customer = text()

    journey = Journey("anna", [Touchpoint("visit", NINE)])

    assert (Customer.customer == "anna").explain(journey).reason == "missing"


# What is refused


@pytest.mark.parametrize(("customer", "kind"), [("", InvalidValueError), (17, InvalidTypeError)])
def test_a_journey_is_someones(customer, kind):
    with pytest.raises(kind, match=r"^customer must "):
        Journey(customer)


@pytest.mark.parametrize("stranger", ["visit", ("visit", NINE), None])
def test_a_journey_is_made_of_touchpoints(stranger):
    with pytest.raises(InvalidTypeError) as caught:
        Journey("anna", [Touchpoint("visit", NINE), stranger])

    assert str(caught.value) == f"a journey is made of touchpoints, got {stranger!r}"
    assert caught.value.found is stranger
