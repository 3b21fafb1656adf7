"""Rework: what comes again in one journey."""

from collections import Counter

import pytest
from event_logs import case, claims, log_of, logs, names_of_all
from hypothesis import given

from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Repeats, Rework, journeys, rework
from cxkit.tallies import Rate


def test_rework_is_that_of_pm4py():
    found = rework(journeys(claims()))
    assert {name: repeats.reworked for name, repeats in found.repeats.items() if repeats.reworked} == case("J071")[
        "expected"
    ]


@given(logs())
def test_every_occurrence_is_the_first_a_self_loop_or_a_loop(log):
    expected = {}
    for names in names_of_all(log):
        for place, name in enumerate(names):
            kind = "first" if name not in names[:place] else "self" if names[place - 1] == name else "loop"
            expected.setdefault(name, Counter())[kind] += 1
    found = rework(log)

    assert {
        name: {"first": repeats.journeys, "self": repeats.self_loops, "loop": repeats.loops}
        for name, repeats in found.repeats.items()
    } == {name: {kind: kinds[kind] for kind in ("first", "self", "loop")} for name, kinds in expected.items()}
    assert {name: repeats.occurrences for name, repeats in found.repeats.items()} == Counter(
        name for names in names_of_all(log) for name in names
    )


@given(logs())
def test_journeys_are_reworked_where_anything_comes_twice(log):
    paths = names_of_all(log)
    found = rework(log)

    assert found.rate == Rate(
        sum(len(set(names)) < len(names) for names in paths), len(paths), name="rework", unit="journeys"
    )
    for name, repeats in found.repeats.items():
        assert repeats.reworked == sum(names.count(name) > 1 for names in paths)
        assert repeats.rate.total == sum(name in names for names in paths)


def test_a_self_loop_is_no_loop():
    found = rework(log_of(anna="call call call letter call", ben="letter"))

    assert found["call"] == Repeats(journeys=1, reworked=1, self_loops=2, loops=1)
    assert (found["call"].repeats, found["call"].occurrences) == (3, 4)
    assert found["letter"] == Repeats(journeys=2)
    assert found["mail"] == Repeats()
    with pytest.raises(InvalidTypeError, match="a label must be text, got 0"):
        _ = found[0]
    assert (found.journeys, found.reworked) == (2, 1)


def test_rows_begin_with_what_comes_again_most():
    found = rework(log_of(anna="mail call call", ben="call call letter letter mail letter"))

    assert [(row["name"], row["reworked"], row["self-loops"], row["loops"]) for row in found.rows()] == [
        ("call", 2, 2, 0),
        ("letter", 1, 1, 1),
        ("mail", 0, 0, 0),
    ]
    assert found.chart()["data"]["values"] == found.rows()


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"journeys": -1}, InvalidValueError, "journeys must be at least 0"),
        ({"loops": 1.0}, InvalidTypeError, "loops must be an int"),
        ({"journeys": 1, "reworked": 2, "loops": 2}, InvalidValueError, "cannot be those of 2 journeys"),
        ({"journeys": 2, "reworked": 2, "loops": 1}, InvalidValueError, "cannot be those of 2 journeys"),
        ({"journeys": 2, "loops": 1}, InvalidValueError, "cannot be those of 0 journeys"),
    ],
)
def test_repeats_that_no_journeys_could_have_are_refused(wrong, error, message):
    with pytest.raises(error, match=message):
        Repeats(**wrong)


TWICE = {"call": Repeats(journeys=2, reworked=1, loops=1)}


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"repeats": [1]}, InvalidTypeError, "must be a mapping"),
        ({"repeats": {1: Repeats()}}, InvalidTypeError, "rework is kept as Repeats by a label"),
        ({"repeats": {"call": 1}}, InvalidTypeError, "rework is kept as Repeats by a label"),
        ({"repeats": TWICE, "journeys": 1, "reworked": 1}, InvalidValueError, "cannot be those of"),
        ({"repeats": TWICE, "journeys": 2, "reworked": 0}, InvalidValueError, "cannot be those of"),
        ({"repeats": TWICE, "journeys": 2, "reworked": 2}, InvalidValueError, "cannot be those of"),
        ({"journeys": 1.0}, InvalidTypeError, "journeys must be an int"),
    ],
)
def test_rework_that_no_journeys_could_have_is_refused(wrong, error, message):
    with pytest.raises(error, match=message):
        Rework(**wrong)


def test_what_never_occurred_leaves_no_trace():
    assert Rework({"call": Repeats()}) == Rework()


def test_repeats_add_and_are_stored():
    both = TWICE["call"] + Repeats(journeys=1, reworked=1, self_loops=4)

    assert both == Repeats(journeys=3, reworked=2, self_loops=4, loops=1)
    assert from_dict(to_dict(both), Repeats) == both
    with pytest.raises(TypeError, match="unsupported operand"):
        both + 1
