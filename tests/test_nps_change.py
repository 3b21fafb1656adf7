"""The example of the NPS says of its answers what plain arithmetic on them says."""

import csv
import json
import runpy
from collections import Counter
from fractions import Fraction
from math import sqrt
from pathlib import Path
from statistics import NormalDist

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
EXAMPLE = runpy.run_path(str(EXAMPLES / "nps_change.py"))


@pytest.fixture(scope="module")
def found():
    return EXAMPLE["report"](EXAMPLE["read"]())


@pytest.fixture(scope="module")
def answers():
    """Count what each answer adds to a score, 100, 0 or -100, by quarter and region."""
    counts = {}
    with (EXAMPLES / "data/nps_by_region.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            score = int(row["score"])
            points = 100 if score >= 9 else 0 if score >= 7 else -100
            counts.setdefault(row["quarter"], {}).setdefault(row["region"], Counter())[points] += int(row["answers"])
    return counts


def mean(counts):
    return Fraction(sum(points * number for points, number in counts.items()), counts.total())


def error(counts):
    """Return the standard error of a score with three answers added: 3/4, 3/2 and 3/4."""
    more = Counter({100: Fraction(3, 4), 0: Fraction(3, 2), -100: Fraction(3, 4)}) + counts
    centre = mean(more)
    return centre, sqrt(sum(number * (points - centre) ** 2 for points, number in more.items())) / more.total()


def p_value(after, before):
    (centre, ours), (other, theirs) = error(after), error(before)
    return 2 * NormalDist().cdf(-abs(centre - other) / sqrt(ours**2 + theirs**2))


def test_the_overall_score_fell(found, answers):
    before, after = (sum(regions.values(), Counter()) for regions in (answers["Q1"], answers["Q2"]))

    assert (found.overall.outcome, found.overall.direction) == ("changed", "down")
    assert found.overall.change == pytest.approx(float(mean(after) - mean(before)))
    assert found.overall.p_value == pytest.approx(p_value(after, before))


def test_the_fall_is_mix_and_within_to_the_last_bit(found, answers):
    shares, scores = (
        [{region: of(region, answers[quarter]) for region in answers[quarter]} for quarter in ("Q1", "Q2")]
        for of in (
            lambda region, regions: Fraction(
                regions[region].total(), sum(counts.total() for counts in regions.values())
            ),
            lambda region, regions: mean(regions[region]),
        )
    )
    within = sum((shares[0][r] + shares[1][r]) / 2 * (scores[1][r] - scores[0][r]) for r in scores[0])
    mix = sum((shares[1][r] - shares[0][r]) * (scores[1][r] + scores[0][r]) / 2 for r in scores[0])

    assert (found.mix.within, found.mix.mix) == (within, mix)
    assert mix / found.mix.total > Fraction(1, 3)


def test_only_the_west_changed(found, answers):
    """By Holm: the smallest p-value times the number of regions, and so on."""
    p_values = {region: p_value(answers["Q2"][region], answers["Q1"][region]) for region in answers["Q1"]}

    assert min(p_values, key=p_values.__getitem__) == "west"
    assert found.regions.results["west"].adjusted_p_value == pytest.approx(4 * p_values["west"])
    assert {region: one.outcome for region, one in found.regions.results.items()} == {
        "north": "no_evidence",
        "south": "too_few",
        "west": "changed",
        "islands": "too_few",
    }


def test_each_region_counts_as_its_customers(found, answers):
    customers = {"north": 42, "south": 31, "west": 22, "islands": 5}
    for quarter, score in (("Q1", found.before), ("Q2", found.after)):
        expected = sum(customers[region] * mean(counts) for region, counts in answers[quarter].items()) / 100
        assert score.value == float(expected)
        assert score.total == sum(counts.total() for counts in answers[quarter].values())


def test_the_chart_is_vega_lite(found):
    chart = found.regions.chart()

    assert chart["$schema"].endswith("vega-lite/v5.json")
    assert [row["group"] for row in chart["data"]["values"]] == ["north", "south", "west", "islands"]
    assert json.loads(json.dumps(chart)) == chart
