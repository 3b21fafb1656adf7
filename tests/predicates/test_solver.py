"""The search for records: what it gives up, and what it cannot find out."""

from datetime import datetime, timedelta, timezone

import pytest
from described import Customer

from cxkit.answers import Reason
from cxkit.errors import InvalidValueError, UnsupportedError
from cxkit.journey import Touchpoint
from cxkit.predicates import Explanation, Fields, LeafReason, Source, all_of, integer, text
from cxkit.segments import events

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


def test_more_values_than_can_be_looked_at_are_not_decided():
    many = type("Many", (Fields,), {f"f{number}": integer() for number in range(301)})
    predicate = all_of(field >= 1 for field in many.fields.values())
    assert predicate.is_satisfiable() is None
    assert predicate.implies(many.f0 >= 1) is None


def test_a_test_that_cannot_be_tried_on_a_value_stays_open():
    folded = Customer.country.casefold().matches("a+")
    assert (folded & (Customer.country == "x" * 10_001)).is_satisfiable() is None
    assert (folded & (Customer.country == "b")).is_satisfiable() is False
    assert (folded & (Customer.country == "baab")).is_satisfiable() is True


def test_a_stated_moment_with_many_windows_around_it_is_not_decided():
    windows = all_of(Customer.joined.within(timedelta(days=number)).is_true() for number in range(1, 11))
    assert ((Customer.joined == NOON) & windows).is_satisfiable() is None


def test_examples_of_very_many_values_are_found_all_the_same():
    wide = type("Wide", (Fields,), {f"f{number}": text() for number in range(12)})
    predicate = all_of(field.is_in(["a", "b", "c"]) for field in wide.fields.values())
    examples = predicate.examples()
    assert {example.matches for example in examples if example.field == "f11"} == {True, False}


def test_two_fields_in_one_place_have_no_nearest_change():
    doubled = type("Doubled", (Fields,), {"number": integer(key="n"), "words": text(key="n")})
    why = ((doubled.number >= 3) & (doubled.words == "x")).explain({"n": 1})
    assert why.nearest() == ()
    with pytest.raises(UnsupportedError):
        ((doubled.number >= 3) & (doubled.words == "x")).examples()


def test_an_explanation_that_was_made_by_hand_has_no_nearest_change():
    made = Explanation(outcome="no_match", reasons=(LeafReason("failed", 2, ">= 3", field="orders"),))
    assert made.nearest() == ()
    assert isinstance(made.reasons[0], Reason)


def test_periods_are_a_length_of_time_together():
    with pytest.raises(InvalidValueError, match="all periods together must be a length of time"):
        events("order").regularly(at_least=1, period=timedelta.max, in_periods=1, of=2)


@pytest.mark.parametrize(
    "predicate",
    [
        Customer.country.matches("^[0-9]{4}$") & ~Customer.country.matches("^1"),
        ~Customer.country.matches("^1") & Customer.country.matches("^[0-9]{4}$"),
        Customer.country.matches("^[0-9]{4}$") & ~Customer.country.contains("1"),
        Customer.country.matches("^[0-9]{4}$") & Customer.country.matches("^1"),
        Customer.country.matches("^[0-9]{4}$") & Customer.country.starts_with("1") & Customer.country.ends_with("4"),
        Customer.country.matches("^[0-9]{4}$") & Customer.country.starts_with("1") & Customer.country.contains("23"),
    ],
    ids=repr,
)
def test_what_only_an_unknown_text_passes_is_not_taken_for_impossible(predicate):
    assert predicate.matches({"country": "1234"}) or predicate.matches({"country": "2345"})
    assert predicate.is_satisfiable() is not False


TWELVE = [f"t{number}" for number in range(12)]


@pytest.mark.parametrize(
    ("one", "other", "implied"),
    [
        (Customer.interests.contains_all(TWELVE), Customer.interests.contains("t3"), True),
        (Customer.interests.contains_all(TWELVE), Customer.interests.contains_any(["t3", "x"]), True),
        (Customer.interests.contains_all(TWELVE), Customer.interests.contains_all(["t3", "t4"]), True),
        (Customer.interests.contains_all(TWELVE), ~Customer.interests.is_empty(), True),
        (Customer.interests.contains_all(TWELVE), Customer.interests.is_known(), True),
        (Customer.interests.contains("t3"), Customer.interests.contains_any(TWELVE), True),
        (
            Customer.interests.contains("t3"),
            ~Customer.interests.is_empty() | Customer.interests.contains_all(TWELVE),
            True,
        ),
        (Customer.interests.contains_any(TWELVE), ~Customer.interests.is_empty(), True),
        (Customer.interests.contains_any(TWELVE), Customer.interests.contains("t3"), False),
        (Customer.interests.contains_all(TWELVE), Customer.interests.contains("x"), False),
    ],
)
def test_many_tags_are_reasoned_about_by_what_their_tests_entail(one, other, implied):
    assert one.implies(other) is implied


def test_what_is_derived_from_behaviour_is_not_decided():
    last = events("order").last_at()
    assert ((last >= NOON) & (last.date(tz="UTC").month() == 3)).is_satisfiable() is None


def test_a_source_of_another_package_is_called_by_its_code():
    class Fixed(Source):
        def __repr__(self) -> str:
            return "fixed()"

    assert Fixed().words == "fixed()"


def test_a_sum_is_said_in_words():
    spent = events("order").sum(Touchpoint.fields.value) >= 100
    assert str(spent) == "the sum of value of 'order' is at least 100"
