"""Customer effort: several numbers share one name, and no two of them mix."""

import json
from itertools import permutations
from pathlib import Path
from typing import get_args

import pytest

from cxkit.errors import InvalidValueError
from cxkit.metrics import BoxScore, CesVariant, ces_scale

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/feedback.json").read_text(encoding="utf-8"))
}
VARIANTS = get_args(CesVariant)


def test_the_mean_of_five_points_is_not_the_one_that_was_printed():
    """The page prints 2.82, the sum 2820 over 1000; its counts are 1010 and sum to 3020."""
    case = CASES["feedback-069"]
    counts = {int(score): count for score, count in case["input"]["counts"].items()}
    effort = BoxScore(ces_scale("cys-5-mean"), counts)

    assert effort.total == case["expected"]["n"]
    assert effort.value == pytest.approx(case["expected"]["mean"], abs=case["tolerance"])


def test_the_share_who_agree():
    case = CASES["feedback-070"]
    agreed = BoxScore(ces_scale("delighted"), {1: 2, 2: 3, 3: case["input"]["neutral"], 4: 6, 5: 4})

    assert agreed.bottom_box.count == case["input"]["disagree"]
    assert agreed.top_box.count == case["input"]["agree"]
    assert 100 * agreed.value == case["expected"]["ces"]


def test_the_mean_of_seven_points():
    """https://support.cys.group/support/solutions/articles/3000095529: 4080 over 1000."""
    counts = {1: 80, 2: 210, 3: 140, 4: 110, 5: 160, 6: 180, 7: 120}
    assert BoxScore(ces_scale("cys-7-mean"), counts).value == 4.08
    assert BoxScore(ces_scale("nicereply"), counts).value == 4.08


@pytest.mark.parametrize(
    ("variant", "statistic", "high", "top", "bottom", "direction"),
    [
        ("delighted", "top_box", 5, (4, 5), (1, 2), "higher_is_better"),
        ("simplesat", "top_box", 7, (5, 6, 7), (), "higher_is_better"),
        ("nicereply", "mean", 7, (), (), "higher_is_better"),
        ("cys-5-mean", "mean", 5, (4, 5), (1, 2), "higher_is_better"),
        ("cys-5-index", "net", 5, (4, 5), (1, 2), "higher_is_better"),
        ("cys-7-mean", "mean", 7, (), (), "higher_is_better"),
        ("cys-7-index", "net", 7, (6, 7), (1, 2, 3), "higher_is_better"),
        ("original", "mean", 5, (), (), "lower_is_better"),
    ],
)
def test_what_each_variant_counts(variant, statistic, high, top, bottom, direction):
    spec = ces_scale(variant)
    assert (spec.statistic, spec.low, spec.high) == (statistic, 1, high)
    assert (spec.top_scores, spec.bottom_scores, spec.direction) == (top, bottom, direction)
    assert spec.name == f"ces ({variant})"


def test_the_index_is_the_easy_less_the_difficult():
    counts = {7: 300, 6: 270, 5: 100, 4: 90, 3: 140, 2: 60, 1: 40}
    assert BoxScore(ces_scale("cys-7-index"), counts).value == pytest.approx(57 - 24)
    assert BoxScore(ces_scale("cys-5-index"), {1: 1, 2: 1, 3: 5, 4: 2, 5: 1}).value == 10


@pytest.mark.parametrize("pair", [*permutations(VARIANTS, 2)])
def test_no_two_variants_add_or_compare(pair):
    one, other = (BoxScore(ces_scale(variant), {1: 2, 5: 3}) for variant in pair)
    with pytest.raises(InvalidValueError, match="they are scores on two scales"):
        one + other
    with pytest.raises(InvalidValueError, match="they are scores on two scales"):
        one.difference(other)


def test_an_unknown_variant_is_refused():
    with pytest.raises(InvalidValueError, match="variant must be one of 'delighted', 'simplesat'"):
        ces_scale("gartner")
