"""Corrections for many tests: adjusted p-values are those of the procedures, by their definitions."""

import json
from itertools import combinations
from math import inf, nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics import benjamini_hochberg, holm

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/feedback.json").read_text(encoding="utf-8"))
}
P_VALUES = st.lists(st.sampled_from([0.0, 0.001, 0.01, 0.02, 0.04, 0.5, 1.0]) | st.floats(0, 1), max_size=7)
BOTH = pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])


def by_closed_testing(p_values):
    """Holm is the closed test of Bonferroni: what holds of every set of the hypotheses that has this one in it."""
    everyone = range(len(p_values))
    sets = [some for size in everyone for some in combinations(everyone, size + 1)]
    return [
        min(1.0, max(len(some) * min(p_values[one] for one in some) for some in sets if each in some))
        for each in everyone
    ]


def by_false_discoveries(p_values):
    """The smallest share of false discoveries that is expected of any limit at which this one is found."""
    return [
        min([1.0, *(t * len(p_values) / sum(p <= t for p in p_values) for t in p_values if t >= each)])
        for each in p_values
    ]


@given(P_VALUES)
def test_holm_is_the_closed_test_of_bonferroni(p_values):
    assert holm(p_values) == pytest.approx(by_closed_testing(p_values))


@given(P_VALUES)
def test_benjamini_hochberg_is_the_smallest_rate_of_false_discoveries(p_values):
    assert benjamini_hochberg(p_values) == pytest.approx(by_false_discoveries(p_values))


def test_the_published_example_of_benjamini_and_hochberg():
    case = CASES["feedback-048"]
    limit = case["input"]["q"]
    found = benjamini_hochberg(case["input"]["p"])

    assert sum(p <= limit for p in found) == case["expected"]["bh_rejects"]
    assert sum(p * 15 <= limit for p in case["input"]["p"]) == case["expected"]["bonferroni_rejects"]
    assert sum(p <= limit for p in holm(case["input"]["p"])) == 3  # section 3.2 of the paper: Holm's finds as many


def test_a_worked_example_in_the_order_in_which_it_came():
    p_values = [0.01, 0.04, 0.03, 0.005]

    assert holm(p_values) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert benjamini_hochberg(p_values) == pytest.approx((0.02, 0.04, 0.04, 0.02))


@BOTH
def test_names_are_kept_in_their_order(adjust):
    by_name = adjust({"north": 0.04, "south": 0.01, None: 0.03})

    assert list(by_name) == ["north", "south", None]
    assert tuple(by_name.values()) == adjust([0.04, 0.01, 0.03])


@BOTH
def test_of_one_test_or_none_there_is_nothing_to_correct(adjust):
    assert adjust([0.03]) == (0.03,)
    assert adjust(iter([0.03])) == (0.03,)
    assert adjust([]) == ()
    assert adjust({}) == {}


@BOTH
@given(P_VALUES, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(adjust, p_values, random):
    shuffled = list(range(len(p_values)))
    random.shuffle(shuffled)

    assert adjust([p_values[place] for place in shuffled]) == tuple(adjust(p_values)[place] for place in shuffled)


@BOTH
@given(P_VALUES)
def test_adjusted_p_values_are_no_smaller_and_keep_their_ranks(adjust, p_values):
    found = adjust(p_values)

    assert all(p <= adjusted <= 1 for p, adjusted in zip(p_values, found, strict=True))
    ranked = sorted(zip(p_values, found, strict=True))
    assert [adjusted for _, adjusted in ranked] == sorted(found)


@given(P_VALUES)
def test_holm_is_the_stricter_one(p_values):
    assert all(strict >= lax - 1e-15 for strict, lax in zip(holm(p_values), benjamini_hochberg(p_values), strict=True))


@BOTH
@pytest.mark.parametrize(
    ("p", "error", "message"),
    [
        (1.01, InvalidValueError, "a p-value must be between 0 and 1, got 1.01; leave out what has none"),
        (-0.01, InvalidValueError, "a p-value must be between 0 and 1, got -0.01; leave out what has none"),
        (nan, InvalidValueError, "a p-value must be between 0 and 1, got nan; leave out what has none"),
        (inf, InvalidValueError, "a p-value must be between 0 and 1, got inf; leave out what has none"),
        (None, InvalidTypeError, "a p-value must be a number between 0 and 1, got None; leave out what has none"),
        ("0.01", InvalidTypeError, "a p-value must be a number between 0 and 1, got '0.01'; leave out what has none"),
        (True, InvalidTypeError, "a p-value must be a number between 0 and 1, got True; leave out what has none"),
    ],
)
def test_what_is_no_p_value_is_refused(adjust, p, error, message):
    for given_ in ([0.5, p], {"north": 0.5, "south": p}):
        with pytest.raises(error) as caught:
            adjust(given_)
        assert str(caught.value) == message


@BOTH
def test_p_values_come_one_by_one(adjust):
    with pytest.raises(InvalidTypeError, match=r"^expected p-values, got 0\.05$"):
        adjust(0.05)
