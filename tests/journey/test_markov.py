"""Attribution by a Markov chain: removal effects, exactly."""

import json
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import attrs
import pytest
from attribution_paths import LOGS, journeys_of, path
from hypothesis import given, settings
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidValueError
from cxkit.journey import Attribution, Linear, Markov, attribute

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/journey.json").read_text(encoding="utf-8"))
    if case["input"].get("kind") == "attribution_markov"
}


def solved(journeys):
    return attribute(journeys, conversion="order", model=Markov())


def journeys_of_case(case):
    for one in case["input"]["paths"]:
        for number in range(one["conversions"] + one["nulls"]):
            yield path(one["path"], converts=number < one["conversions"], customer=f"customer {number}")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_removal_effects_and_credits_are_what_the_cases_say(case):
    found, expected = solved(journeys_of_case(case)), case["expected"]

    assert found.credits == {label: Fraction(credit) for label, credit in expected["credit_exact"].items()}
    assert found.p_conversion == pytest.approx(expected["p_conversion"])
    assert found.removal_effects == pytest.approx(expected["removal_effect"])


# Two other ways to the same answer: walking on until hardly anyone is left, and solving the chain again without each label


def transitions_of(log):
    steps = Counter()
    for labels, converts, _ in log:
        if labels:
            states = ["(start)", *labels, "(conversion)" if converts else "(null)"]
            steps.update(pairwise(states))
    return steps


def p_by_walking(steps, without=None):
    leaving = Counter()
    for (state, _), count in steps.items():
        leaving[state] += count
    there, converted = {"(start)": 1.0}, 0.0
    for _ in range(2_000):
        arrived = Counter()
        for (state, other), count in steps.items():
            if state in there and other != without:
                arrived[other] += there[state] * count / leaving[state]
        converted += arrived.pop("(conversion)", 0.0)
        arrived.pop("(null)", None)
        there = arrived
    return converted


def p_by_solving(steps, without=None):
    """Solve v = Q v + r for the probability to convert from each state, by plain elimination in fractions."""
    states = sorted({state for state, _ in steps if state != without})
    leaving = Counter()
    for (state, _), count in steps.items():
        leaving[state] += count
    rows = []
    for state in states:
        row = [Fraction(state == other) - Fraction(steps.get((state, other), 0), leaving[state]) for other in states]
        rows.append([*row, Fraction(steps.get((state, "(conversion)"), 0), leaving[state])])
    for place in range(len(rows)):
        pivot = next(number for number in range(place, len(rows)) if rows[number][place])
        rows[place], rows[pivot] = rows[pivot], rows[place]
        rows[place] = [value / rows[place][place] for value in rows[place]]
        for number, row in enumerate(rows):
            if number != place and row[place]:
                rows[number] = [ours - row[place] * theirs for ours, theirs in zip(row, rows[place], strict=True)]
    return rows[states.index("(start)")][-1] if rows else Fraction(0)


@given(LOGS)
def test_removal_effects_are_what_is_lost_when_each_label_is_taken_out(log):
    found, steps = solved(journeys_of(log)), transitions_of(log)
    converting = p_by_solving(steps)
    wanted = {
        label: 1 - p_by_solving(steps, without=label) / converting
        for label in sorted({label for labels, *_ in log for label in labels})
        if converting
    }

    assert found.p_conversion == (converting if steps else None)
    assert found.removal_effects == wanted
    if wanted:
        attributed = found.total - found.unattributed
        assert found.credits == {label: effect * attributed / sum(wanted.values()) for label, effect in wanted.items()}


@settings(max_examples=20)
@given(LOGS)
def test_walking_the_chain_comes_to_the_same(log):
    found, steps = solved(journeys_of(log)), transitions_of(log)
    converting = p_by_walking(steps)

    assert float(found.p_conversion or 0) == pytest.approx(converting, abs=1e-6)
    for label, effect in found.removal_effects.items():
        assert float(effect) == pytest.approx(1 - p_by_walking(steps, without=label) / converting, abs=1e-6)


@given(LOGS)
def test_dropping_repeats_changes_no_removal_effect(log):
    def once(labels):
        return [label for place, label in enumerate(labels) if place == 0 or labels[place - 1] != label]

    dropped = [(once(labels), converts, cents) for labels, converts, cents in log]

    assert solved(journeys_of(dropped)).removal_effects == solved(journeys_of(log)).removal_effects


def test_the_value_is_shared_as_the_number_is():
    log = [path("A > B", value=90), path("B", value=10), path("A", converts=False)]
    valued = attribute(log, conversion="order", model=Markov(), currency="EUR")
    shares = {label: credit / 2 for label, credit in solved(log).credits.items()}

    assert valued.exact == {label: 10_000 * share for label, share in shares.items()}


def test_touches_after_the_last_conversion_lead_to_null():
    converted = path("A > B")
    later = path("A > B > C", converts=False, customer="later")
    both = attrs.evolve(converted, touchpoints=[*converted, *shifted(later)])

    assert solved([both]).counts == solved([converted, later]).counts


def shifted(journey):
    from datetime import timedelta

    return [attrs.evolve(touch, at=touch.at + timedelta(days=1), recorded_at=None) for touch in journey]


def test_a_label_that_never_leads_to_a_conversion_has_no_credit():
    found = solved([path("A"), path("B", converts=False)])

    assert found.credits == {"A": 1, "B": 0}
    assert found.removal_effects == {"A": 1, "B": 0}


def test_nothing_that_converts_has_no_removal_effects():
    found = solved([path("A", converts=False)])

    assert (found.p_conversion, found.removal_effects, found.credits) == (0, {}, {})


def test_no_paths_have_no_probability():
    assert (solved([]).p_conversion, solved([]).removal_effects) == (None, {})


def test_other_models_have_no_chain():
    found = attribute([path("A")], conversion="order", model=Linear())

    assert (found.p_conversion, found.removal_effects) == (None, None)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.lists(st.sampled_from("ABCDEFGHI"), max_size=9), st.booleans(), st.just(0)), max_size=12))
def test_more_labels_are_solved_as_exactly(log):
    found, steps = solved(journeys_of(log)), transitions_of(log)
    converting = p_by_solving(steps)

    assert found.p_conversion == (converting if steps else None)
    for label, effect in found.removal_effects.items():
        assert effect == 1 - p_by_solving(steps, without=label) / converting


# Documents


@pytest.mark.parametrize(
    "counts",
    [
        {(0, "A"): 1},
        {(0, "A"): 2, ("A", 1): 1},
        {(0, "A"): 1, ("A", 1): 1, (0, 2): 1},
        {(0, "A"): 1, ("A", 0): 1},
        {("A", "A", "A"): 1},
        {(3, "A"): 1, ("A", 1): 1},
        {(0, "A"): 1, ("A", 1): 1, ("B", "C"): 1, ("C", "B"): 1},  # which go round for ever
        {(0, "A"): 1, ("A", 1): 1, ("B", "C"): 0},
    ],
    ids=str,
)
def test_transitions_that_no_paths_make_are_refused(counts):
    with pytest.raises(InvalidValueError, match=r"counts must be what Markov\(\) counts"):
        attrs.evolve(solved([path("A")]), counts=counts)


@pytest.mark.parametrize(
    "change",
    [
        {"counts": []},
        {"counts": [{"key": [0, "A"], "number": 1}, {"key": ["A", 2], "number": 1}]},  # nothing of which converts
        {"unattributed_units": 2},
        {"counts": [], "units": 0, "unattributed_units": 1},
    ],
    ids=str,
)
def test_conversions_that_the_transitions_do_not_hold_are_refused(change):
    document = to_dict(solved([path("A")])) | change
    with pytest.raises(DocumentError):
        from_dict(document, Attribution)


def test_the_table_shows_the_removal_effects():
    found = solved([path("A > B"), path("A", converts=False), path("")])

    assert found.rows() == [
        {"label": "A", "credit": 0.5, "share": 0.25, "removal_effect": 1.0},
        {"label": "B", "credit": 0.5, "share": 0.25, "removal_effect": 1.0},
        {"label": "(unattributed)", "credit": 1.0, "share": 0.5, "removal_effect": None},
    ]
