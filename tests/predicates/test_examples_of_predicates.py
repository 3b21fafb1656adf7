"""Examples: records on both sides of each boundary."""

import subprocess
import sys
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from enumeration import WORLDS, Home, Shop, build, field_of, means, sources_of, value_in, with_value

from cxkit.calendar import days
from cxkit.errors import UnsupportedError
from cxkit.predicates import Fields, all_of, any_of, bucket, integer, money, nested, text
from cxkit.segments import events

S = Shop
REGULAR = S.country.is_in(["DE", "FR"]) & (S.spend >= 100) & ((S.orders >= 3) | S.vip)


@pytest.mark.parametrize("example", REGULAR.examples(), ids=str)
def test_examples_are_cases_of_a_test(example):
    meant = ("all", [("country", "is_in", ["DE", "FR"]), ("spend", ">=", 100)])
    meant = ("all", [meant, ("any", [("orders", ">=", 3), ("vip", "is_true", ())])])
    assert REGULAR.matches(example.record) is example.matches is means(meant, example.record)


def test_the_examples_of_a_boundary():
    found = (S.spend >= 100).examples()
    assert [str(example) for example in found] == [
        "in: spend=100",
        "out: spend=99.99",
        "in: spend=100.01",
        "out: spend missing",
    ]
    assert [example.record for example in found] == [
        {"spend": Decimal(100)},
        {"spend": Decimal("99.99")},
        {"spend": Decimal("100.01")},
        {},
    ]
    assert [example.value for example in found] == [Decimal(100), Decimal("99.99"), Decimal("100.01"), None]
    assert [example.is_missing for example in found] == [False, False, False, True]
    assert {example.field for example in found} == {"spend"}


def test_examples_are_nested_as_records_are():
    found = (S.home.city == "x").examples()
    assert [(str(example), example.record) for example in found] == [
        ("in: home.city=x", {"home": {"city": "x"}}),
        ("out: home.city=a", {"home": {"city": "a"}}),
        ("out: home.city missing", {}),
    ]


def test_examples_of_a_day_at_the_end_of_time():
    found = (S.born >= date.max).examples()
    assert [str(example) for example in found] == ["in: born=9999-12-31", "out: born=9999-12-30", "out: born missing"]


def test_constants_have_no_examples():
    assert all_of().examples() == any_of().examples() == ()


def test_what_nobody_passes_has_examples_that_are_all_out():
    found = ((S.orders > 3) & (S.orders < 2)).examples()
    assert found
    assert not any(example.matches for example in found)


@pytest.mark.parametrize(
    "predicate",
    [
        S.joined.within(days(3)).is_true(),
        (S.orders >= 3) & (S.born.days_since(tz="UTC") < 9),
        events("order").count() >= 3,
    ],
    ids=repr,
)
def test_what_a_record_does_not_hold_has_no_examples(predicate):
    with pytest.raises(UnsupportedError, match=r"^examples are records alone, and .* speaks of time or of behaviour$"):
        predicate.examples()


class Doubled(Fields):
    number = integer(key="n")
    amount = money(key="n")
    line = text(key="home")
    home = nested(Home)


@pytest.mark.parametrize(
    "predicate",
    [(Doubled.number == 3) & (Doubled.amount == 3), Doubled.line.is_known() & (Doubled.home.floor > 3)],
    ids=repr,
)
def test_two_fields_of_one_place_have_no_examples(predicate):
    with pytest.raises(UnsupportedError, match=r"^examples are records of one kind, and fields of .* share a key$"):
        predicate.examples()


def test_a_bucket_is_of_a_record():
    predicate = bucket(S.country, salt="s", share=0.5) | (S.orders >= 3)
    found = predicate.examples()
    assert {example.field for example in found} == {"country", "orders"}
    for example in found:
        assert isinstance(example.record, dict)
        assert predicate.matches(example.record) is example.matches


@pytest.mark.parametrize(
    "predicate", [S.country.matches("^[0-9]{3}$"), (S.born.month() == 2) & (S.born.day() == 29)], ids=repr
)
def test_where_no_record_is_found_there_are_no_examples(predicate):
    assert predicate.is_satisfiable() is None
    with pytest.raises(UnsupportedError, match=r"^no record was found that passes .*, that none can be made up for$"):
        predicate.examples()


def differing(world: Any, description: Any, field: str) -> bool:
    """Whether a value of a field makes a difference somewhere."""
    return any(
        means(description, with_value(record, field, value)) != means(description, record)
        for record in world.records()
        for value in world.values[field]
    )


def drawn(name: str, count: int = 25) -> list[Any]:
    random = Random(f"examples {name}")
    return [WORLDS[name].draw(random, 2) for _ in range(count)]


@pytest.mark.parametrize("name", WORLDS)
def test_examples_say_whether_they_match(name):
    for description in drawn(name):
        predicate = build(description)
        try:
            found = predicate.examples()
        except UnsupportedError:
            assert predicate.is_satisfiable() is None
            continue
        fields = {field_of(source) for source in sources_of(description)}
        assert {example.field for example in found} == fields
        for example in found:
            assert type(example.record) is dict
            assert example.matches is means(description, example.record), (description, example)
            assert example.value == value_in(example.record, example.field)
            assert example.is_missing is (example.value is None)
            assert str(example).startswith("in: " if example.matches else "out: ")
        for field in fields:
            assert [example.is_missing for example in found if example.field == field].count(True) == 1


ONE_FIELD = ("one integer", "days at the ends", "money", "reals", "ordered texts", "texts next to one another")


@pytest.mark.parametrize("name", ONE_FIELD)
def test_a_field_that_makes_a_difference_has_examples_on_both_sides(name):
    world, differ = WORLDS[name], 0
    for description in drawn(name, 60):
        found = build(description).examples()
        for field in {field_of(source) for source in sources_of(description)}:
            if differing(world, description, field):
                differ += 1
                sides = {example.matches for example in found if example.field == field}
                assert sides == {True, False}, (description, field)
    assert differ > 10


def test_a_field_has_examples_on_both_sides_next_to_a_negated_test():
    found = ((S.orders >= 3) | (S.country != "DE")).examples()
    assert {example.matches for example in found if example.field == "orders"} == {True, False}


def test_a_field_with_a_key_of_its_own_shows_its_value():
    class Client(Fields):
        orders = integer(key="order_count")

    assert str((Client.orders >= 3).examples()[0]) == "in: orders=3"


def test_examples_are_called_alike_in_each_run():
    code = (
        "from cxkit.predicates import *\n"
        "C = type('C', (Fields,), {'t': tags()})\n"
        "print(*map(str, C.t.contains_all(['a', 'b', 'c']).examples()))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1


def test_examples_are_called_briefly():
    class Client(Fields):
        note = text()

    predicate = Client.note == "word " * 100
    assert max(len(str(example)) for example in predicate.examples()) < 120
