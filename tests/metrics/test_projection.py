"""Projections: what a model makes of the first renewals, and how far off it is at the others."""

import json
from pathlib import Path

import pytest

from cxkit.calendar import years
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import Geometric, HoldoutError, RenewalCounts, ShiftedBetaGeometric, project

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/churn.json").read_text(encoding="utf-8"))
}
YEAR = years(1)
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394]


def counts_of(survivors):
    return RenewalCounts.from_survivors(survivors, per=YEAR)


def test_seven_renewals_project_the_next_five_as_published():
    case = CASES["churn-061"]
    found = project(counts_of(HIGH_END), periods=12, fitted=7)
    assert found.survivors == pytest.approx(case["expected"]["S"][1:], abs=case["tolerance"])
    assert found.fitted == 7
    assert found.holdout.observed == pytest.approx(case["expected"]["actual"][8:])
    errors = [abs(s - a) for s, a in list(zip(case["expected"]["S"], case["expected"]["actual"], strict=True))[8:]]
    assert found.holdout.value == pytest.approx(sum(errors) / 5, abs=1e-6)
    shares = [error / a for error, a in zip(errors, case["expected"]["actual"][8:], strict=True)]
    assert found.holdout.mape == pytest.approx(sum(shares) / 5, abs=1e-6)


def test_constant_churn_projects_worse():
    counts = counts_of(HIGH_END)
    mixed, alike = (project(counts, periods=12, fitted=7, model=model) for model in (ShiftedBetaGeometric, Geometric))
    assert isinstance(alike.fit.model, Geometric)
    assert 5 * mixed.holdout.value < alike.holdout.value


def test_rows_have_what_was_observed_where_it_was():
    found = project(counts_of([1000, 800, 680, 600]), periods=4, fitted=2)
    rows = found.rows()
    assert [row["fitted"] for row in rows] == [True, True, False, False]
    assert [row["survivor"] for row in rows] == [0.8, pytest.approx(0.68), pytest.approx(0.6), None]
    assert [row["churn"] for row in rows] == [0.2, pytest.approx(0.15), pytest.approx(80 / 680), None]
    assert [row["projected churn"] for row in rows[:3]] == pytest.approx([0.2, 0.15, 0.12])  # 0.2 / (1 + t / 3)
    assert [row["projected survivor"] for row in rows[:3]] == pytest.approx([0.8, 0.68, 0.5984])
    assert str(found).splitlines()[4].split() == ["4", "False", "-", "0.1", "-", "0.5386"]


def test_the_chart_begins_with_everybody_and_marks_where_the_fit_ends():
    chart = project(counts_of([1000, 800, 680, 600]), periods=4, fitted=2).chart()
    values = chart["data"]["values"]
    assert (values[0]["survivor"], values[0]["projected survivor"]) == (1.0, 1.0)
    assert [value["renewal"] for value in values] == [0, 1, 2, 3, 4]
    assert chart["layer"][2]["data"] == {"values": [{"fitted": 2}]}
    json.dumps(chart, allow_nan=False)


def test_all_that_was_observed_is_fitted_unless_told_otherwise_and_nothing_is_held_out():
    found = project(counts_of([1000, 800, 680]), periods=5)
    assert found.fitted == 2
    assert (found.holdout.is_defined, found.holdout.value_or(None)) == (False, None)
    for ask in ("value", "mape"):
        with pytest.raises(UndefinedMetricError, match="no renewals after those fitted"):
            getattr(found.holdout, ask)


def test_what_lies_beyond_the_projection_is_not_compared():
    assert len(project(counts_of(HIGH_END), periods=9, fitted=7).holdout.observed) == 2
    assert not project(counts_of(HIGH_END), periods=5, fitted=7).holdout.is_defined


def test_the_error_has_no_percentage_where_nobody_is_left():
    error = HoldoutError((0.5, 0.0), (0.4, 0.3))
    assert error.value == pytest.approx(0.2)
    assert error.value_or(None) == error.value
    with pytest.raises(UndefinedMetricError, match="nobody was left"):
        _ = error.mape


def test_a_single_renewal_is_nothing_to_project_from():
    with pytest.raises(UndefinedMetricError, match="wait for another renewal"):
        project(counts_of([1000, 800]), periods=5)
    with pytest.raises(UndefinedMetricError, match="wait for another renewal"):
        project(counts_of(HIGH_END), periods=5, fitted=1)
    assert project(counts_of([1000, 800]), periods=2, model=Geometric).survivors == pytest.approx((0.8, 0.64))


def test_a_limit_is_projected_and_says_that_it_is_one():
    found = project(counts_of([10000, 9000, 7200, 5040]), periods=5)
    assert found.fit.status == "boundary"
    assert len({row["projected churn"] for row in found.rows()}) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"periods": 0}, "periods must be at least 1"),
        ({"periods": 10_001}, "periods must be at most 10000, got 10001"),
        ({"periods": 10**39}, "periods must be at most 10000"),
        ({"periods": 10**400}, "periods must be below"),
        ({"periods": 3, "fitted": 0}, "fitted must be at least 1"),
        ({"periods": 3, "fitted": 13}, "must not exceed the 12 renewals observed, got 13"),
        ({"periods": 3, "model": "sbg"}, "model must be Geometric or ShiftedBetaGeometric"),
    ],
)
def test_what_cannot_be_projected_is_refused(options, said):
    with pytest.raises((InvalidTypeError, InvalidValueError), match=said):
        project(counts_of(HIGH_END), **options)


def test_only_counts_of_renewals_are_projected():
    with pytest.raises(InvalidTypeError, match="expected RenewalCounts"):
        project(HIGH_END, periods=3)
