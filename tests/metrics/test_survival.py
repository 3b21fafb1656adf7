"""Survival curves: the published numbers, what is not reached or not observed, and what bad input is told."""

import csv
import json
import math
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import SurvivalCurve, SurvivalTable, kaplan_meier

TESTS = Path(__file__).parents[1]
CASES = {case["id"]: case for case in json.loads((TESTS / "cases/churn.json").read_text(encoding="utf-8"))}
STAYS = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=30)


def lung():
    with (TESTS / "data/lung.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return kaplan_meier([int(row["time"]) for row in rows], [row["status"] == "1" for row in rows], unit="days")


def of_case(name):
    given = CASES[name]["input"]
    return kaplan_meier(given["durations"], given["observed"])


@pytest.mark.parametrize(("name", "method"), [("churn-102", "log"), ("churn-103", "plain")])
def test_intervals_are_those_that_r_prints(name, method):
    expected = CASES[name]["expected"]
    curve = of_case(name)
    assert list(curve.times) == expected["t"]
    low, high = band = curve.band(method=method)
    assert low == pytest.approx(expected["lower"], abs=1e-7)
    assert high == pytest.approx(expected["upper"], abs=1e-7)
    assert curve.interval_at(8, method=method) == (band.low[1], band.high[1])


def test_the_medians_of_the_leukaemia_trial_are_23_and_8_weeks():
    case = CASES["churn-104"]
    found = {arm: kaplan_meier(*columns).median.value for arm, columns in case["input"]["arms"].items()}
    assert found == case["expected"]


def test_the_median_of_the_lung_trial_has_the_published_interval():
    median = lung().quantile(0.5, method="log")
    assert median == (310, *CASES["churn-111"]["expected"]["ci"])
    assert lung().table.total == CASES["churn-111"]["expected"]["n"]
    assert sum(lung().events) == CASES["churn-111"]["expected"]["events"]


def test_the_log_log_interval_of_that_median_differs_as_the_field_note_says():
    assert lung().median == (310, 284, 361)


def test_survival_after_a_year_of_the_lung_trial():
    expected = CASES["churn-114"]["expected"]
    curve = lung()
    assert curve.survival_at(365.25) == pytest.approx(expected["S"], abs=1e-5)
    assert curve.standard_error_at(365.25) == pytest.approx(expected["se"], abs=1e-5)
    assert curve.interval_at(365.25, method="log") == pytest.approx(expected["ci"], abs=1e-5)


def test_a_risk_table_gives_the_published_curve():
    case = CASES["churn-122"]
    curve = SurvivalCurve(SurvivalTable.from_risk_table(case["input"]["rows"], unit="months"))
    assert curve.survival == pytest.approx(case["expected"]["S"], abs=1e-6)
    assert [curve.standard_error_at(t) for t in curve.times] == pytest.approx(case["expected"]["se"], abs=1e-5)
    for *found, expected in zip(*curve.band(method="log"), case["expected"]["ci"], strict=True):
        assert found == pytest.approx(expected, abs=1e-5)


def test_where_all_are_lost_at_once_nobody_is_left_and_nothing_raises():
    curve = of_case("churn-126")
    expected = CASES["churn-126"]["expected"]
    assert list(curve.survival) == expected["S"]
    assert curve.standard_error_at(4) == expected["se"][0]
    assert curve.median.value == expected["median"]
    assert curve.interval_at(4) == (0.0, 1.0)  # nothing but the time before says how many may have stayed
    assert curve.survival_at(1000) == 0.0


def test_a_last_customer_who_stayed_keeps_the_curve_up():
    curve = of_case("churn-127")
    assert [curve.survival_at(t) for t in (1, 2, 3, 4)] == CASES["churn-127"]["expected"]["S"]
    with pytest.raises(UndefinedMetricError, match="nobody was observed for longer than 4"):
        curve.survival_at(4.5)


def test_the_restricted_mean_is_the_area_under_the_curve():
    first, second = CASES["churn-131"]["input"]["cases"]
    expected = CASES["churn-131"]["expected"]["rmst"]
    curve = kaplan_meier(first["durations"], first["observed"])
    assert curve.restricted_mean(first["tau"]).value == pytest.approx(expected[0], abs=1e-6)
    assert lung().restricted_mean(second["tau"]).value == pytest.approx(expected[1], abs=1e-6)


def test_the_restricted_mean_has_its_published_standard_error():
    """By hand: 4 customers, lost at 1 and 3, seen until 4; up to 4 the areas after the losses are 3 and 1 half."""
    mean = kaplan_meier([1, 3, 4, 4], [1, 1, 0, 0]).restricted_mean(4)
    after_first, after_second = 0.75 * 2 + 0.5 * 1, 0.5 * 1
    variance = after_first**2 * 1 / (4 * 3) + after_second**2 * 1 / (3 * 2)
    assert mean.value == 1 + 0.75 * 2 + 0.5
    assert mean.standard_error == pytest.approx(math.sqrt(variance), rel=1e-14)
    low, high = mean.interval()
    assert high == pytest.approx(min(4, 3 + 1.959963985 * math.sqrt(variance)), rel=1e-9)
    assert low == pytest.approx(3 - 1.959963985 * math.sqrt(variance), rel=1e-9)


def test_a_restricted_mean_stays_within_its_horizon():
    mean = kaplan_meier([1, 2], [1, 1]).restricted_mean(2)
    assert mean.value == 1.5
    assert mean.interval(0.999999) == (0.0, 2.0)


def test_up_to_the_last_loss_nobody_of_whom_is_left_adds_no_variance():
    """By hand: the loss at 1 leaves an area of 0.5 up to 2; the one at 2 leaves none."""
    assert kaplan_meier([1, 2], [1, 1]).restricted_mean(3).standard_error == pytest.approx(math.sqrt(0.25 / 2))


def test_the_cumulative_hazard_is_the_sum_of_lost_over_at_risk():
    """By hand: 1/4 + 1/3, with the variance 1/16 + 1/9."""
    curve = kaplan_meier([1, 2, 3, 4], [1, 1, 0, 0])
    hazard, error = 1 / 4 + 1 / 3, math.sqrt(1 / 16 + 1 / 9)
    assert curve.cumulative_hazard_at(2.5) == pytest.approx(hazard, rel=1e-14)
    low, high = curve.cumulative_hazard_interval_at(2.5)
    reach = math.exp(1.959963984540054 * error / hazard)
    assert (low, high) == (pytest.approx(hazard / reach), pytest.approx(hazard * reach))
    assert curve.cumulative_hazard_at(0.5) == 0.0
    assert curve.cumulative_hazard_interval_at(0.5) == (0.0, 0.0)


def test_a_median_that_is_not_reached_is_none():
    median = kaplan_meier([1, 2, 3, 4], [1, 0, 0, 0]).median
    assert (median.value, median.is_reached) == (None, False)


def test_a_flat_step_at_one_half_begins_the_median_whatever_the_rounding():
    """Ten of twenty lost one by one: the product of nineteen factors is one half but for its rounding."""
    assert kaplan_meier(range(1, 21), [True] * 20).median.value == 10


def test_once_nobody_is_left_the_interval_reaches_to_where_it_did_before():
    curve = kaplan_meier([1, 2, 3], [1, 1, 1])
    low, high = curve.band()
    assert (low[2], high[2]) == (0.0, high[1]) == curve.interval_at(3) == curve.interval_at(99)
    assert 0 < high[1] < 1


def test_many_times_that_all_differ_are_counted_as_others_are():
    times = [float(place) for place in range(10_000)]
    assert SurvivalTable.from_durations(times[::-1], [True] * 10_000) == SurvivalTable(dict.fromkeys(times, 1))


def test_before_the_first_loss_all_are_there():
    curve = kaplan_meier([3, 5], [1, 0])
    assert (curve.survival_at(2.9), curve.standard_error_at(0), curve.interval_at(1)) == (1.0, 0.0, (1.0, 1.0))


def test_who_was_last_seen_when_another_was_lost_was_still_at_risk():
    assert kaplan_meier([5, 5], [True, False]).at_risk == (2,)


def test_who_enters_late_is_at_risk_only_afterwards():
    """By hand: at 3 the two of the start are at risk, at 5 also who entered at 3, and at 7 who entered at 3 and 6."""
    curve = kaplan_meier([3, 5, 7, 9], [1, 1, 1, 0], entry=[0, 0, 3, 6])
    assert curve.at_risk == (2, 2, 2)
    assert curve.table.entries == {3: 1, 6: 1}


def test_once_nobody_is_left_the_curve_stays_down():
    """After a gap without anybody at risk, what is left of none is none."""
    curve = kaplan_meier([2, 8, 9], [1, 1, 1], entry=[0, 5, 5])
    assert curve.survival == (0.0, 0.0, 0.0)
    assert curve.interval_at(9) == curve.interval_at(2) == (0.0, 1.0)
    assert curve.band() == ((0.0,) * 3, (1.0,) * 3)


def test_a_weight_is_that_many_customers():
    assert kaplan_meier([2, 4], [1, 0], weights=[3, 2], entry=[0, 1]).table == SurvivalTable(
        {2: 3}, {4: 2}, {1: 2}, unit="periods"
    )


def test_weights_that_are_floats_add_without_rounding():
    table = kaplan_meier([2] * 10, [1] * 10, weights=[0.1] * 10).table
    assert table.events == {2: 10 * Fraction(0.1)}
    assert table.total != 1  # a float 0.1 is a little more than a tenth


def test_nobody_at_all_has_no_survival():
    nobody = kaplan_meier([], [])
    assert not nobody.is_defined
    with pytest.raises(UndefinedMetricError, match="no customers; ask is_defined where that can happen"):
        nobody.survival_at(1)
    assert nobody.median == (None, None, None)
    assert nobody.rows() == []


def test_a_curve_prints_as_a_table_and_draws_steps():
    curve = kaplan_meier([2, 4], [True, False], unit="months")
    assert str(curve).splitlines() == [
        "time  at_risk  events  survival       low    high",
        "   2        2       1       0.5  0.005983  0.9104",
    ]
    spec = curve.chart()
    assert [row["survival"] for row in spec["data"]["values"]] == [1.0, 0.5]
    assert spec["title"] == "still there after (months)"
    assert {layer["mark"]["interpolate"] for layer in spec["layer"]} == {"step-after"}
    assert eval(repr(curve), {"SurvivalCurve": SurvivalCurve, "SurvivalTable": SurvivalTable}) == curve  # noqa: S307


@given(STAYS)
def test_without_anybody_last_seen_the_curve_is_the_share_that_is_left(stays):
    durations = [duration for duration, _ in stays]
    curve = kaplan_meier(durations, [True] * len(durations))
    for time in range(13):
        left = sum(duration > time for duration in durations) / len(durations)
        assert curve.survival_at(time) == pytest.approx(left, abs=1e-12)


@given(STAYS, st.sampled_from(["log-log", "log", "plain"]), st.floats(0.5, 0.99))
def test_intervals_hold_their_curve_and_stay_within_0_and_1(stays, method, confidence):
    curve = kaplan_meier(*zip(*stays, strict=True))
    for share, low, high in zip(curve.survival, *curve.band(confidence, method=method), strict=True):
        assert 0 <= low <= share + 1e-12
        assert share - 1e-12 <= high <= 1


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (lambda curve: curve.survival_at(-1), "a finite number from 0 on, got -1"),
        (lambda curve: curve.survival_at(math.nan), "a finite number from 0 on, got nan"),
        (lambda curve: curve.quantile(0), "a float between 0 and 1, got 0"),
        (lambda curve: curve.quantile(share=True), "a float between 0 and 1, got True"),
        (lambda curve: curve.quantile(1.0), "a float between 0 and 1, got 1.0"),
        (lambda curve: curve.interval_at(1, method="exact"), "method must be one of 'log-log', 'log', 'plain'"),
        (lambda curve: curve.band(95), "write 0.95 for 95 %"),
        (lambda curve: curve.restricted_mean(10), "nobody was observed for longer than 5"),
    ],
)
def test_what_cannot_be_asked_says_what_can(asked, message):
    with pytest.raises((InvalidValueError, UndefinedMetricError), match=message):
        asked(kaplan_meier([3, 5], [1, 0]))


@pytest.mark.parametrize(
    ("time", "message"),
    [
        (True, "a number of periods, got True"),
        ("1", "a number of periods, got '1'$"),
        (timedelta(days=1), "got datetime.timedelta.*; divide it by the unit"),
    ],
)
def test_a_time_that_is_no_number_is_of_the_wrong_type(time, message):
    with pytest.raises(InvalidTypeError, match=message):
        kaplan_meier([3, 5], [1, 0]).survival_at(time)


@pytest.mark.parametrize("horizon", [10**400, math.inf])
def test_a_horizon_without_an_end_is_refused(horizon):
    with pytest.raises(InvalidValueError, match=r"below 1e\+30, and a finite number"):
        kaplan_meier([3, 5], [1, 1]).restricted_mean(horizon)


def test_weights_that_sum_to_1_over_a_million_customers_have_intervals():
    curve = kaplan_meier([1, 2], [True, True], weights=[1e-6, 1.0])
    share, spread = 1 / 1.000001, math.sqrt(1e-6 / 1.000001)  # Greenwood: 1e-6 / (1.000001 * 1)
    assert curve.interval_at(1, method="log-log") == (
        0.0,
        1.0,
    )  # exp(1.96 / sqrt(1e-6)) times the logarithm, either way
    assert curve.interval_at(1, method="plain").low == pytest.approx(share - 1.959964 * share * spread)


def test_one_lost_of_more_than_a_float_can_tell_leaves_an_interval_at_1():
    curve = kaplan_meier([1, 2], [True, True], weights=[1, 10**20])
    assert curve.survival == (1.0, 0.0)
    assert curve.band() == ((1.0, 0.0), (1.0, 1.0))


@pytest.mark.parametrize("method", ["log-log", "log", "plain"])
@pytest.mark.parametrize("weights", [(1, 1e-10), (1e-10, 1), (1e-25, 1e-30), (1e-30, 1e29)])
def test_weights_of_any_size_have_intervals_within_0_and_1(weights, method):
    curve = kaplan_meier([1, 2], [True, True], weights=weights)
    assert curve.interval_at(1, method=method).low >= 0
    assert curve.interval_at(1, method=method).high <= 1
    low, high = curve.cumulative_hazard_interval_at(2)
    assert 0 <= low <= curve.cumulative_hazard_at(2) <= high


def test_a_curve_is_made_of_a_table():
    with pytest.raises(InvalidTypeError, match=r"made of a SurvivalTable, got \[1\]; see kaplan_meier"):
        SurvivalCurve([1])
