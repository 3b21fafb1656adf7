"""Comparisons of survival: the published statistics, several groups, and what bad input is told."""

import json
import math
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import SurvivalComparison, SurvivalTable, kaplan_meier, log_rank

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/churn.json").read_text(encoding="utf-8"))
}
STAYS = st.lists(st.tuples(st.integers(1, 6), st.booleans()), min_size=1, max_size=8)


def of_rows(name):
    """Read the groups of a case that lists one customer after another."""
    given = CASES[name]["input"]
    rows = list(zip(given["durations"], given["observed"], given["group"], strict=True))
    return {
        str(group): kaplan_meier(*zip(*[row[:2] for row in rows if row[2] == group], strict=True))
        for group in sorted(set(given["group"]))
    }


def test_the_leukaemia_trial_has_its_published_statistic():
    case = CASES["churn-105"]
    found = log_rank({arm: kaplan_meier(*columns) for arm, columns in case["input"]["groups"].items()})
    expected = case["expected"]
    assert found.statistic == pytest.approx(expected["statistic"], abs=1e-5)
    assert found.p_value == pytest.approx(expected["p_value"], abs=1e-8)
    assert list(found.observed.values()) == expected["observed"]
    assert list(found.expected.values()) == pytest.approx(expected["expected"], abs=1e-6)
    assert found.degrees == 1


@pytest.mark.parametrize(("name", "weighting"), [("churn-107", "tarone-ware"), ("churn-108", "peto")])
def test_weighted_statistics_are_the_published_ones(name, weighting):
    assert log_rank(of_rows(name), weighting=weighting).statistic == pytest.approx(
        CASES[name]["expected"]["statistic"], abs=1e-5
    )


def test_ties_have_the_variance_of_draws_without_putting_back():
    expected = CASES["churn-109"]["expected"]
    found = log_rank(of_rows("churn-109"))
    assert found.statistic == pytest.approx(expected["statistic"], abs=1e-5)
    assert found.p_value == pytest.approx(expected["p_value"], abs=1e-5)


def brute(groups, weight):
    """Take two groups, customer by customer, in fractions: observed, expected and variance of the first."""
    everyone = [(time, lost, name) for name, stays in groups.items() for time, lost in stays]
    first = next(iter(groups))
    apart, variance = Fraction(0), Fraction(0)
    for at in sorted({time for time, lost, _ in everyone if lost}):
        risk = [each for each in everyone if each[0] >= at]
        gone = [each for each in risk if each[0] == at and each[1]]
        total, number = len(risk), sum(each[2] == first for each in risk)
        factor = weight(total)
        apart += factor * (sum(each[2] == first for each in gone) - Fraction(len(gone) * number, total))
        if total > 1:
            share = Fraction(number, total)
            variance += factor**2 * share * (1 - share) * Fraction(len(gone) * (total - len(gone)), total - 1)
    return apart, variance


@given(STAYS, STAYS)
def test_two_groups_agree_with_a_count_by_hand(one, two):
    groups = {"one": one, "two": two}
    tables = {name: SurvivalTable.from_durations(*zip(*stays, strict=True)) for name, stays in groups.items()}
    for weighting, weight in {"log-rank": lambda _: 1, "wilcoxon": lambda total: total}.items():
        apart, variance = brute(groups, weight)
        if not variance:
            with pytest.raises(UndefinedMetricError, match="more than one group was at risk"):
                log_rank(tables, weighting=weighting)
        else:
            found = log_rank(tables, weighting=weighting)
            assert found.statistic == pytest.approx(float(apart**2 / variance), rel=1e-9, abs=1e-12)


@given(st.lists(STAYS, min_size=3, max_size=4), st.randoms())
def test_the_order_of_groups_changes_nothing(stays, random):
    tables = [
        (f"group {place}", SurvivalTable.from_durations(*zip(*some, strict=True))) for place, some in enumerate(stays)
    ]
    mixed = random.sample(tables, len(tables))
    try:
        found = log_rank(dict(tables))
    except UndefinedMetricError:
        with pytest.raises(UndefinedMetricError):
            log_rank(dict(mixed))
    else:
        again = log_rank(dict(mixed))
        assert again.statistic == pytest.approx(found.statistic, rel=1e-6, abs=1e-9)
        assert again.degrees == found.degrees


def test_a_group_that_nobody_could_be_lost_of_takes_no_degree_of_freedom():
    """A group that was last seen before anybody was lost."""
    groups = {"one": kaplan_meier([2, 5], [1, 0]), "two": kaplan_meier([3, 5], [1, 0]), "gone": kaplan_meier([1], [0])}
    assert log_rank(groups).degrees == 1


def test_three_groups_have_the_tail_of_two_degrees():
    """With two degrees of freedom, the tail of chi-squared is exp(-x / 2)."""
    groups = {name: kaplan_meier([1 + place, 4 + place], [1, 1]) for place, name in enumerate("abc")}
    found = log_rank(groups)
    assert found.degrees == 2
    assert found.p_value == pytest.approx(math.exp(-found.statistic / 2), rel=1e-14)


@pytest.mark.parametrize(
    ("statistic", "degrees", "p"),
    [
        (3.841459, 1, 0.05),
        (5.991465, 2, 0.05),
        (7.814728, 3, 0.05),
        (9.487729, 4, 0.05),
        (11.070498, 5, 0.05),
        (20.515006, 5, 0.001),
    ],
)
def test_the_tail_of_chi_squared_is_that_of_the_tables(statistic, degrees, p):
    """The percentage points of Pearson and Hartley's table 8."""
    assert SurvivalComparison({}, {}, statistic, degrees, "log-rank").p_value == pytest.approx(p, rel=1e-5)


def test_a_comparison_prints_its_groups_and_what_was_found():
    groups = {"one": kaplan_meier([1, 3], [1, 1]), "two": kaplan_meier([2, 4], [1, 0])}
    lines = str(log_rank(groups)).splitlines()
    assert lines[0].split() == ["group", "observed", "expected"]
    assert lines[-1].startswith("chi-squared ")
    assert log_rank(groups).rows()[0]["group"] == "one"


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ([1], r"a mapping from the names of groups to their survival tables, got \[1\]"),
        ({"one": SurvivalTable({1: 1})}, "two groups or more, got 1"),
        ({"one": SurvivalTable({1: 1}), "two": 5}, "group 'two' must be a SurvivalTable or a SurvivalCurve, got 5"),
        (
            {"one": SurvivalTable({1: 1}, unit="days"), "two": SurvivalTable({1: 1}, unit="weeks")},
            "must share a unit to be compared, got 'days', 'weeks'",
        ),
    ],
)
def test_bad_groups_are_refused(groups, message):
    with pytest.raises((InvalidTypeError, InvalidValueError), match=message):
        log_rank(groups)


def test_a_weighting_that_there_is_not_is_refused():
    groups = {"one": SurvivalTable({1: 1}), "two": SurvivalTable({2: 1})}
    with pytest.raises(InvalidValueError, match="weighting must be one of 'log-rank', 'wilcoxon'"):
        log_rank(groups, weighting="gehan")
