"""Predicates and their reasons in words, for a colleague."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from described import Customer, Tier, build
from hypothesis import given
from strategies import descriptions, records

from cxkit.calendar import days, months
from cxkit.predicates import Fields, LeafReason, Predicate, all_of, any_of, bucket, integer, money, nested, text
from cxkit.segments import events

C = Customer
NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


class Address(Fields):
    postal_code = text()


class Account(Fields):
    total_spend = money("EUR")
    balance = money()
    past_orders = integer()
    home_address = nested(Address)
    kind_ = text(key="kind")


@pytest.mark.parametrize(
    ("predicate", "said"),
    [
        (C.country == "DE", "country is 'DE'"),
        (C.country != "DE", "country is not 'DE' (or is missing)"),
        (C.orders == 3, "orders is 3"),
        (C.orders < 3, "orders is below 3"),
        (C.orders <= 3, "orders is at most 3"),
        (C.orders > 3, "orders is above 3"),
        (C.orders >= 3, "orders is at least 3"),
        (C.score >= 0.5, "score is at least 0.5"),
        (C.orders.between(1, 3), "orders is from 1 to 3"),
        (C.country.is_in(["DE", "FR"]), "country is one of 'DE' or 'FR'"),
        (C.country.is_in(["DE", "FR", "AT"]), "country is one of 'DE', 'FR' or 'AT'"),
        (C.country.not_in(["DE", "FR"]), "country is none of 'DE' or 'FR' (or is missing)"),
        (C.country.contains("x"), "country contains 'x'"),
        (~C.country.contains("x"), "country does not contain 'x' (or is missing)"),
        (C.country.starts_with("x"), "country starts with 'x'"),
        (~C.country.starts_with("x"), "country does not start with 'x' (or is missing)"),
        (C.country.ends_with("x"), "country ends with 'x'"),
        (~C.country.ends_with("x"), "country does not end with 'x' (or is missing)"),
        (C.country.matches("^D"), "country matches '^D'"),
        (~C.country.matches("^D"), "country does not match '^D' (or is missing)"),
        (C.churned.is_true(), "churned is true"),
        (~C.churned, "churned is not true (or is missing)"),
        (C.churned.is_false(), "churned is false"),
        (C.interests.contains("tea"), "interests contains 'tea'"),
        (C.interests.contains_any(["tea", "coffee"]), "interests contains one of 'tea' or 'coffee'"),
        (~C.interests.contains_any(["tea", "coffee"]), "interests contains none of 'tea' or 'coffee' (or is missing)"),
        (C.interests.contains_all(["a", "b"]), "interests contains all of 'a' and 'b'"),
        (~C.interests.contains_all(["a", "b"]), "interests does not contain all of 'a' and 'b' (or is missing)"),
        (C.interests.is_empty(), "interests is empty"),
        (~C.interests.is_empty(), "interests is not empty (or is missing)"),
        (C.country.is_known(), "country is known"),
        (C.country.is_missing(), "country is missing"),
        (~C.orders.is_missing(), "orders is known"),
        (C.country.is_in(["DE"]), "country is 'DE'"),
        (C.country.not_in(["DE"]), "country is not 'DE' (or is missing)"),
        (C.country.is_in([]), "country is one of nothing"),
        (C.born == date(2000, 2, 29), "born is 2000-02-29"),
        (C.born < date(2000, 2, 29), "born is before 2000-02-29"),
        (C.born <= date(2000, 2, 29), "born is at or before 2000-02-29"),
        (C.born > date(2000, 2, 29), "born is after 2000-02-29"),
        (~(C.born >= date(2000, 2, 29)), "born is not at or after 2000-02-29 (or is missing)"),
        (C.born.between(date(2000, 2, 28), date(2000, 2, 29)), "born is from 2000-02-28 to 2000-02-29"),
        (C.joined >= NOON, "joined is at or after 2026-03-01 12:00:00+00:00"),
        (~(C.joined < C.seen), "joined is not before seen (or is missing)"),
        (C.born.days_since(tz="UTC") < 3, "days since born in UTC is below 3"),
        (C.joined == NOON, "joined is 2026-03-01 12:00:00+00:00"),
        (C.tier == Tier.GOLD, "tier is gold"),
        (C.tier.is_in(list(Tier)), "tier is one of basic, silver or gold"),
        (C.address.city == "Berlin", "address.city is 'Berlin'"),
        (C.orders > C.visits, "orders is above visits"),
        (C.country == C.address.city, "country is address.city"),
        (C.country.casefold() == "DE", "country, in any case is 'de'"),
        (C.born.month() == 2, "the month of born is 2"),
        (bucket(C.country, salt="sale", share=0.1), "the bucket of country (sale) is below 0.1"),
        (C.country.casefold(ascii_only=True) == "DE", "country, in any case is 'de'"),
        (C.born.year() == 2000, "the year of born is 2000"),
        (C.born.month() == 3, "the month of born is 3"),
        (C.born.day() == 1, "the day of the month of born is 1"),
        (C.born.isoweekday() == 1, "the weekday (1 is Monday) of born is 1"),
        (C.joined.date(tz="UTC").month() == 3, "the month of the day of joined in UTC is 3"),
        (C.joined.hour(tz="UTC") < 9, "the hour of joined in UTC is below 9"),
        (C.joined.elapsed_days() >= 3, "whole days since joined is at least 3"),
        (C.born.days_until_anniversary(tz="UTC", leap_day="02-28") == 0, "days until the anniversary of born is 0"),
        (C.seen.within(months(2)).is_true(), "that seen lies in the last 2 months is true"),
        (C.seen.within(months(1)).is_true(), "that seen lies in the last 1 month is true"),
        (C.seen.within(timedelta(hours=1)).is_true(), "that seen lies in the last 1:00:00 is true"),
        (~C.seen.within(days(0) + months(1)), "that seen lies in the last 1 month is not true (or is missing)"),
        (events("order").within(days(30)).count() >= 1, "the number of 'order' in the last 30 days is at least 1"),
        (events("order").count() == 0, "the number of 'order' is 0"),
        (Account.kind_ == "x", "kind is 'x'"),
        (Account.total_spend >= 100, "total spend is at least 100 EUR"),
        (Account.total_spend < Decimal("9.90"), "total spend is below 9.90 EUR"),
        (Account.total_spend < Decimal("1E+3"), "total spend is below 1000 EUR"),
        (Account.total_spend.between(1, 2), "total spend is from 1 EUR to 2 EUR"),
        (Account.balance < Decimal("9.90"), "balance is below 9.90"),
        (Account.past_orders >= 3, "past orders is at least 3"),
        (Account.home_address.postal_code == "10115", "home address.postal code is '10115'"),
        (all_of(), "always"),
        (any_of(), "never"),
        (~all_of(), "never"),
    ],
    ids=repr,
)
def test_a_test_is_said_in_words(predicate: Predicate, said: str):
    assert str(predicate) == said


P, Q, R = C.country == "DE", C.orders >= 3, C.churned.is_true()


@pytest.mark.parametrize(
    ("predicate", "said"),
    [
        (P & Q, "country is 'DE' and orders is at least 3"),
        (P | Q | R, "country is 'DE' or orders is at least 3 or churned is true"),
        ((P & Q) | R, "(country is 'DE' and orders is at least 3) or churned is true"),
        (P & (Q | R), "country is 'DE' and (orders is at least 3 or churned is true)"),
        (~(P & Q), "country is not 'DE' (or is missing) or orders is not at least 3 (or is missing)"),
        (~(~P | ~Q), "country is 'DE' and orders is at least 3"),
        (~(P & ~(Q | R)), "country is not 'DE' (or is missing) or (orders is at least 3 or churned is true)"),
        (R & ~(P & Q), "churned is true and (country is not 'DE' (or is missing) or orders is not at least 3 (or is missing))"),
        ((Q | all_of()) & R, "(orders is at least 3 or always) and churned is true"),
    ],
    ids=repr,
)  # fmt: skip
def test_junctions_are_said_with_brackets_and_complements_inside_out(predicate: Predicate, said: str):
    assert str(predicate) == said


@pytest.mark.parametrize(
    ("predicate", "record", "said"),
    [
        (P & Q, {"country": "DE", "orders": 2}, ["no match", "- failed: orders is at least 3, found 2"]),
        (P & Q, {"country": "DE", "orders": 3}, ["match", "- passed: country is 'DE', found 'DE'", "- passed: orders is at least 3, found 3"]),
        (
            (C.spend >= 100) | C.churned,
            {"spend": Decimal("87.60")},
            [
                "no match",
                "- failed: spend is at least 100 EUR, found 87.60 EUR",
                "- missing: churned is true",
                "- could change if the missing values were known",
            ],
        ),
        (C.spend >= 100, {"spend": 87}, ["no match", "- failed: spend is at least 100 EUR, found 87 EUR"]),
        (Account.balance >= 100, {"balance": Decimal("87.60")}, ["no match", "- failed: balance is at least 100, found 87.60"]),
        (P, {"country": "FR"}, ["no match", "- failed: country is 'DE', found 'FR'"]),
        (~P, {"country": "FR"}, ["match", "- passed: country is not 'DE' (or is missing), found 'FR'"]),
        (
            ~P,
            {},
            [
                "match",
                "- missing: country is not 'DE' (or is missing)",
                "- could change if the missing values were known",
            ],
        ),
        pytest.param(
            C.interests.contains("tea"),
            {"interests": {"b", "a"}},
            ["no match", "- failed: interests contains 'tea', found a, b"],
            id="tags in order",
        ),
        (C.interests.contains("tea"), {"interests": set()}, ["no match", "- failed: interests contains 'tea', found none"]),
        (C.tier == Tier.GOLD, {"tier": Tier.BASIC}, ["no match", "- failed: tier is gold, found basic"]),
        (C.born == date(2000, 2, 29), {"born": date(2000, 3, 1)}, ["no match", "- failed: born is 2000-02-29, found 2000-03-01"]),
        (
            C.joined == NOON,
            {"joined": NOON - timedelta(days=1)},
            ["no match", "- failed: joined is 2026-03-01 12:00:00+00:00, found 2026-02-28 12:00:00+00:00"],
        ),
        (all_of(), {}, ["match"]),
        (any_of(), {}, ["no match"]),
    ],
    ids=lambda value: repr(value)[:60],
)  # fmt: skip
def test_an_explanation_is_said_in_words(predicate: Predicate, record: dict, said: list[str]):
    assert str(predicate.explain(record)).split("\n") == said


def test_a_timed_explanation_is_said_too():
    why = all_of(C.joined.within(days(30))).explain({"joined": NOON}, as_of=NOON + timedelta(days=31))
    assert str(why) == "no match\n- failed: that joined lies in the last 30 days is true, found False"


@given(descriptions(), records())
def test_everything_can_be_said(description, record):
    p = build(description)
    why = p.explain(record)
    assert str(p)
    assert str(p) == str(~~p)
    assert str(why).splitlines()[0] == why.outcome.replace("_", " ")
    for reason in why.reasons:
        assert str(reason).startswith(f"{reason.code}: ")
        assert str(reason) in str(why)


@given(descriptions())
def test_brackets_are_closed_and_nothing_is_said_in_code(description):
    said = str(build(description))
    assert said.count("(") == said.count(")")
    assert "Customer." not in said


def test_a_reason_carries_its_test_which_is_not_compared():
    [reason] = (~(C.orders >= 3)).explain({"orders": 5}).reasons
    assert reason.test == ~(C.orders >= 3)
    assert reason == LeafReason("failed", 5, "not >= 3", field="orders")
    assert repr(reason) == "LeafReason(code='failed', found=5, needed='not >= 3', field='orders')"


def test_an_explanation_carries_what_was_asked_which_is_not_compared():
    why, again = (((C.orders >= 3) & other).explain({"orders": 2}) for other in (P, ~P))
    assert why.predicate == (C.orders >= 3) & P
    assert why.subject.record == {"orders": 2}
    assert again.outcome == why.outcome
    assert "predicate" not in repr(why)
    assert (C.orders >= 3).explain({"orders": 2, "country": "DE"}) == (C.orders >= 3).explain({"orders": 2})


def test_a_reason_that_was_made_by_hand_can_be_said():
    assert str(LeafReason("failed", 2, ">= 3", field="orders")) == "failed: orders >= 3, found 2"
    assert str(LeafReason("missing", None, ">= 3", field="orders")) == "missing: orders >= 3"


@pytest.mark.parametrize("kind", [set, frozenset, sorted, tuple])
def test_tags_are_said_alike_whatever_holds_them(kind):
    [reason] = C.interests.contains("tea").explain({"interests": kind({"b", "a"})}).reasons
    assert str(reason) == "failed: interests contains 'tea', found a, b"
