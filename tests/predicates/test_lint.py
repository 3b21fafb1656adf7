"""Lint: each finding where it is meant, and not where it is not."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cxkit.calendar import days
from cxkit.errors import InvalidTypeError
from cxkit.predicates import (
    Fields,
    all_of,
    any_of,
    bucket,
    choice,
    day,
    flag,
    integer,
    lint,
    moment,
    money,
    nested,
    tags,
    text,
)
from cxkit.segments import events


class Address(Fields):
    city = text()


class Client(Fields):
    id = text()
    country = text()
    orders = integer()
    visits = integer()
    spend = money("EUR")
    anything = money()
    churned = flag()
    joined = moment()
    seen = moment()
    born = day()
    tier = choice("basic", "gold")
    interests = tags()
    address = nested(Address)


C = Client
A = C.country != "DE"
KNOWN = C.country.is_known()


def codes(*predicates):
    return [finding.code for finding in lint(*predicates)]


SOUND = [
    C.churned,
    C.orders >= 3,
    (C.orders >= 3) & (C.country == "DE"),
    (C.orders >= 3) | C.churned,
    C.orders.is_missing(),
    ~C.orders.is_known(),
    C.spend >= 100,
    C.anything.is_known(),
    C.joined.within(days(3)) & C.seen.within(days(5)),
    C.born.days_since(tz="UTC") < 9,
    bucket(C.id, salt="s", share=0.5),
]


@pytest.mark.parametrize("predicate", SOUND)
def test_what_is_meant_is_not_found(predicate):
    assert lint(predicate) == ()


def test_nothing_is_found_in_nothing():
    assert lint() == ()


def test_what_is_no_predicate_is_refused():
    with pytest.raises(InvalidTypeError):
        lint(C.orders)


# negated_missing


NEGATED = [
    (A, "Client.country != 'DE'"),
    (C.country.not_in(["DE", "FR"]), "Client.country.not_in(['DE', 'FR'])"),
    (~(C.orders >= 3), "~(Client.orders >= 3)"),
    (~C.churned, "~Client.churned.is_true()"),
    (~C.interests.contains("x"), "~Client.interests.contains('x')"),
    (C.address.city != "x", "Client.address.city != 'x'"),
    (A & (C.orders >= 3), "Client.country != 'DE'"),
    ((C.orders >= 3) & ~((C.country == "DE") | C.churned.is_false() & C.churned.is_true()), "Client.country != 'DE'"),
]


@pytest.mark.parametrize(("predicate", "part"), NEGATED, ids=repr)
def test_a_negated_test_takes_those_without_a_value(predicate, part):
    found = [finding for finding in lint(predicate) if finding.code == "negated_missing"]
    assert part in [repr(finding.predicate) for finding in found]
    assert all("also takes who has no" in finding.message for finding in found)


def test_the_finding_says_what_to_write():
    (finding,) = lint(A)
    assert str(finding) == (
        "negated_missing: Client.country != 'DE' also takes who has no country; add & Client.country.is_known()"
    )
    assert finding.predicate == A
    assert [finding.message for finding in lint(C.address.city != "x")] == [
        "Client.address.city != 'x' also takes who has no address.city; add & Client.address.city.is_known()"
    ]


def test_a_test_that_is_negated_twice_is_found_once():
    assert codes(A & (C.country != "DE")) == ["negated_missing"]
    assert codes(A & (C.country != "FR")) == ["negated_missing"] * 2


SILENCED = [
    A & KNOWN,
    KNOWN & A,
    A & ~C.country.is_missing(),
    ~(~A | ~KNOWN),
    ~((C.country == "DE") | C.country.is_missing()),
    A & C.country.is_in(["FR", "IT"]),
    A & (C.country == "FR"),
    A & C.country.contains(""),
    A & C.country.starts_with("F"),
    (A & KNOWN & (C.orders >= 3)) | (KNOWN & A & C.churned),
    (KNOWN & (C.orders >= 3)) & (A | C.churned),
    all_of(A, C.orders >= 3, KNOWN),
    ~(C.orders >= 3) & C.orders.between(0, 2),
    ~C.churned & C.churned.is_false(),
    ~C.churned & C.churned.is_known(),
    ~C.interests.contains("x") & C.interests.is_known(),
    ~C.interests.contains("x") & C.interests.contains_all([]),
]


@pytest.mark.parametrize("predicate", SILENCED)
def test_that_the_value_is_known_may_be_said_in_any_way(predicate):
    assert "negated_missing" not in codes(predicate)


def test_a_value_of_another_field_does_not_silence_it():
    assert codes(A & C.orders.is_known()) == ["negated_missing"]
    assert codes((A & KNOWN) | (A & C.churned)) == ["negated_missing"]


def test_a_test_below_two_negations_is_positive():
    assert lint(~(A | C.churned.is_false()) & C.churned) == ()


# never_matches, always_matches


def test_a_part_that_no_record_passes():
    nobody = (C.orders > 3) & (C.orders < 2)
    (finding,) = lint(nobody)
    assert (finding.code, finding.predicate) == ("never_matches", nobody)
    assert finding.message == f"no record passes {nobody!r}"
    assert codes(nobody | (C.visits >= 3)) == ["never_matches"]
    assert lint(nobody | (C.visits >= 3))[0].predicate == nobody
    assert codes(C.orders.is_in([])) == ["never_matches"]
    assert codes(any_of()) == ["never_matches"]
    assert "always_matches" in codes(~(nobody & (C.visits > 3)) & C.churned)


def test_a_part_that_every_record_passes():
    everyone = (C.orders >= 3) | C.orders.is_missing() | (C.orders < 5)
    (finding,) = lint(everyone)
    assert (finding.code, finding.predicate) == ("always_matches", everyone)
    assert finding.message == f"every record passes {everyone!r}"
    assert codes(everyone & (C.visits >= 3)) == ["always_matches"]
    assert codes(all_of()) == ["always_matches"]
    assert codes(C.interests.contains_all([])) == []  # not of a missing value


def test_a_part_of_a_complement_is_found():
    nobody = (C.orders > 3) & (C.orders < 2)
    found = lint(~(nobody | (C.visits >= 3)) & C.visits.is_known())
    assert [finding.predicate for finding in found if finding.code == "never_matches"] == [nobody]


def test_only_the_largest_part_is_found():
    nobody = (C.orders > 3) & (C.orders < 2)
    assert codes(nobody & C.churned) == ["never_matches"]


def test_what_time_may_turn_is_not_settled():
    assert codes(C.joined.within(days(3)).is_true()) == []
    assert codes(C.joined.within(days(3)) & ~C.joined.within(days(3))) == ["never_matches"]


# money_without_currency


def test_an_amount_without_a_currency():
    (finding,) = lint(C.anything >= 100)
    assert (finding.code, finding.predicate) == ("money_without_currency", C.anything >= 100)
    assert finding.message == (
        "Client.anything >= 100 compares amounts of any currency; declare anything as money('EUR') or the like"
    )
    assert codes((C.spend >= Decimal("0.1")) & (C.anything < C.anything)) == ["never_matches", "money_without_currency"]


# mixed_windows


def test_calendar_days_and_a_rolling_window():
    both = C.joined.within(days(3)) & C.joined.in_last_days(3, tz="UTC", include_today=True)
    (finding,) = lint(both)
    assert (finding.code, finding.predicate) == ("mixed_windows", both)
    assert "calendar days and a rolling window" in finding.message
    assert codes(C.joined.within(timedelta(days=3)) | (C.born.days_since(tz="UTC") < 9)) == ["mixed_windows"]
    assert codes(C.joined.within(days(3)), C.born.days_since(tz="UTC") < 9) == []  # two predicates
    assert codes(C.joined.within(days(3)) & (C.born >= date(2024, 1, 1))) == []


def test_the_windows_of_events_are_windows():
    rolling = events("order").within(days(3)).any()
    calendar = events("order").in_last_days(3, tz="UTC", include_today=True).any()
    assert codes(rolling & calendar) == ["mixed_windows"]
    assert codes(rolling & rolling) == codes(calendar) == []


# salt_reuse


def test_one_salt_picks_the_same_customers():
    one, other = bucket(C.id, salt="s", share=0.5), bucket(C.id, salt="s", share=0.2)
    (finding,) = lint(one, other)
    assert (finding.code, finding.predicate) == ("salt_reuse", other)
    assert finding.message == f"{one!r} and {other!r} pick the same customers; give one of them another salt"
    assert codes(one & C.churned, C.churned | other) == ["salt_reuse"]
    assert codes(one, one) == ["salt_reuse"]


def test_arms_and_other_salts_pick_others():
    position = bucket(C.id, salt="s")
    assert codes(position < 0.5, position >= 0.5) == []
    assert codes(position.between(0.0, 0.25), position.between(0.5, 0.75)) == []
    assert codes(position < 0.5, bucket(C.id, salt="t") < 0.5) == []
    assert codes(position < 0.5, bucket(C.country, salt="s") < 0.5) == []
    assert codes((position < 0.5) | (position < 0.2)) == []  # within one predicate


def test_findings_come_one_predicate_after_the_other():
    assert codes(C.anything >= 1, C.orders.is_in([])) == ["money_without_currency", "never_matches"]


def test_a_branch_in_which_the_value_is_known_is_sound():
    assert lint((A & KNOWN) | (C.orders >= 3)) == ()


def test_a_negated_test_next_to_is_missing_is_meant():
    assert lint(C.country.is_missing() | A) == ()


def test_a_comparison_with_another_field_says_that_the_value_is_known():
    assert "negated_missing" not in codes(~(C.orders >= 3) & (C.orders >= C.visits))
