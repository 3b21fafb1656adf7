"""Reasoning against worlds in which every record can be looked at: never a wrong answer, and where there must be one."""

import datetime as dt
from collections import Counter
from decimal import Decimal
from random import Random

import pytest
from enumeration import WORLDS, Description, Shop, World, build, means
from hypothesis import given, settings
from hypothesis import strategies as st

from cxkit.predicates import Predicate, all_of, any_of

PAIRS = 25  # of predicates, of each world
NAMES = {"Shop": Shop, "all_of": all_of, "any_of": any_of, "Decimal": Decimal, "datetime": dt}
WHOLE = [name for name, world in WORLDS.items() if world.whole]


def pairs(name: str, count: int = PAIRS) -> list[tuple[Description, Description]]:
    random = Random(name)  # the same ones in each run
    return [(WORLDS[name].draw(random), WORLDS[name].draw(random)) for _ in range(count)]


def number_of_leaves(predicate: Predicate) -> int:
    return len(list(predicate.leaves()))


def check_emptiness(world: World, *, is_empty: bool | None, passing: int, said: str) -> None:
    """Compare what is claimed of some records with those that there are."""
    if is_empty:
        assert not passing, f"{said} is wrong: {world.records()[passing.bit_length() - 1]}"
    if world.whole:
        assert is_empty is (passing == 0), said


def check_answers(world: World, one: Description, other: Description) -> Counter[str]:
    p, q = build(one), build(other)
    first, second = world.passing(one), world.passing(other)
    asked = {
        "is_satisfiable": (p.is_satisfiable(), first),
        "implies": (p.implies(q), first & ~second),
        "is_disjoint": (p.is_disjoint(q), first & second),
        "equivalent": (p.equivalent(q), first ^ second),
    }
    for verb, (answer, passing) in asked.items():
        is_empty = None if answer is None else answer is (verb != "is_satisfiable")
        check_emptiness(world, is_empty=is_empty, passing=passing, said=f"{verb} is {answer} of {p!r} and {q!r}")
    check_witnesses(one, other)
    return Counter(verb for verb, (answer, _) in asked.items() if answer is None)


def check_witnesses(one: Description, other: Description) -> None:
    p, q = build(one), build(other)
    difference = p.difference(q)
    assert difference.equivalent is p.equivalent(q)
    assert (difference.only_first is not None) is (p.implies(q) is False)
    assert (difference.only_second is not None) is (q.implies(p) is False)
    if difference.only_first is not None:
        assert means(one, difference.only_first)
        assert not means(other, difference.only_first)
    if difference.only_second is not None:
        assert means(other, difference.only_second)
        assert not means(one, difference.only_second)
    for description, is_claimed in ((one, p.is_satisfiable()), (("all", [one, other]), p.is_disjoint(q) is False)):
        witness = build(description).difference(any_of()).only_first
        assert (witness is not None) is bool(is_claimed)
        assert witness is None or means(description, witness)


def check_simplified(world: World, description: Description) -> None:
    predicate = build(description)
    simple = predicate.simplify()
    passing = sum(simple.matches(record) << at for at, record in enumerate(world.records()))
    assert passing == world.passing(description), f"{simple!r} is not {predicate!r}"
    assert number_of_leaves(simple) <= number_of_leaves(predicate)
    assert eval(repr(simple), dict(NAMES)) == simple  # noqa: S307 - of its own code
    assert not world.whole or repr(simple.simplify()) == repr(simple)


@pytest.mark.parametrize("name", WORLDS)
def test_no_record_contradicts_an_answer(name, record_property):
    undecided: Counter[str] = Counter()
    for one, other in pairs(name):
        undecided += check_answers(WORLDS[name], one, other)
    record_property("undecided", f"{name}: {dict(undecided)} of {PAIRS}")
    assert max(undecided.values(), default=0) <= (0 if name in WHOLE else PAIRS // 4)


@pytest.mark.parametrize("name", WORLDS)
def test_what_is_simplified_means_the_same_and_is_no_longer(name):
    for description, _ in pairs(name, PAIRS // 4):
        check_simplified(WORLDS[name], description)


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_no_record_contradicts_an_answer_about_anything(data):
    world = WORLDS[data.draw(st.sampled_from(sorted(WORLDS)))]
    one, other = data.draw(world.descriptions()), data.draw(world.descriptions())
    check_answers(world, one, other)
    check_simplified(world, one)


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_the_questions_agree_with_one_another(data):
    world = WORLDS[data.draw(st.sampled_from(WHOLE))]
    p, q = (build(data.draw(world.descriptions())) for _ in range(2))
    assert p.implies(p) is True
    assert p.equivalent(~~p) is True
    assert p.is_disjoint(~p) is True
    assert (p | ~p).equivalent(all_of()) is True
    assert p.implies(q) is (~q).implies(~p)
    assert p.is_disjoint(q) is q.is_disjoint(p) is p.implies(~q)
    assert p.equivalent(q) is (p.implies(q) and q.implies(p))
    assert (~(p & q)).equivalent(~p | ~q) is True
    assert (p & (p | q)).equivalent(p) is True
    assert (p & q).implies(p) is p.implies(p | q) is True
    assert p.is_satisfiable() is (not p.equivalent(any_of()))
