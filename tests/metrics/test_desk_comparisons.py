"""Comparisons of times and groups: how much, how often, and how sure."""

from datetime import timedelta
from itertools import product
from math import inf, sqrt
from statistics import NormalDist, fmean, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError, UndefinedMetricError, UnknownFieldError
from cxkit.metrics import (
    BoxScore,
    BoxScoreDifference,
    DurationsDifference,
    GroupComparison,
    GroupDifference,
    Nps,
    ResponseTimes,
    compare_groups,
    csat_scale,
    holm,
)
from cxkit.tallies import Durations, PopulationRate, Rate

SECOND = timedelta(seconds=1)
Z = NormalDist().inv_cdf(0.975)
TIMES = st.lists(st.integers(0, 30), min_size=1, max_size=20)


def counted(seconds, resolution=SECOND):
    return Durations.from_lengths((each * SECOND for each in seconds), resolution=resolution)


def difference(ours, theirs):
    return DurationsDifference(counted(ours), counted(theirs))


# How much shorter


@given(TIMES, TIMES)
def test_the_difference_of_the_means_has_welchs_interval(ours, theirs):
    found = difference(ours, theirs)
    apart = fmean(ours) - fmean(theirs)
    assert found.value == found.value_or(None) == pytest.approx(apart, abs=1e-9)
    assert found.mean.total_seconds() == pytest.approx(apart, abs=1e-6)
    low, high = found.interval()
    if min(len(ours), len(theirs)) < 2:
        assert (low, high) == (-inf, inf)
    else:
        margin = Z * sqrt(variance(ours) / len(ours) + variance(theirs) / len(theirs))
        assert (low, high) == pytest.approx((apart - margin, apart + margin), abs=1e-9)


def test_a_published_t_statistic():
    """Student's sleep data (1908), as R's documentation of `t.test` has it: t = -1.8608 without equal variances."""
    one = [7, -16, -2, -12, -1, 34, 37, 8, 0, 20]  # tenths of an hour
    two = [19, 8, 11, 1, -1, 44, 55, 16, 46, 34]
    found = difference([each + 20 for each in one], [each + 20 for each in two])
    low, high = found.interval()

    assert round(found.value / ((high - low) / (2 * Z)), 4) == -1.8608
    assert found.value == pytest.approx(-15.8)
    assert found.p_value() == pytest.approx(2 * NormalDist().cdf(-1.8608), abs=1e-5)


def test_the_mean_is_exact_and_the_variance_is_that_of_the_counts():
    coarse = [
        Durations.from_lengths([each * SECOND for each in given], resolution=60 * SECOND)
        for given in ([61, 119], [1, 200])
    ]
    found = DurationsDifference(*coarse)

    assert found.value == 90 - 100.5
    assert found.mean == timedelta(seconds=-10.5)
    assert found.interval().high == pytest.approx(-10.5 + Z * sqrt(2 * 90.0**2 / 2))  # 0 and 3 minutes


# How often shorter


@given(TIMES, TIMES)
def test_the_probability_to_be_shorter_is_that_of_all_pairs(ours, theirs):
    won = [0.5 if one == other else float(one < other) for one, other in product(ours, theirs)]

    assert difference(ours, theirs).shorter == fmean(won)


@given(TIMES, TIMES)
def test_what_is_not_shorter_is_longer(ours, theirs):
    one, other = difference(ours, theirs), difference(theirs, ours)
    low, high = one.shorter_interval()

    assert one.shorter + other.shorter == pytest.approx(1)
    assert (1 - high, 1 - low) == pytest.approx(tuple(other.shorter_interval()), abs=1e-9)
    assert 0 <= low <= one.shorter <= high <= 1


@pytest.mark.parametrize(
    ("phases", "estimate", "low", "high"),
    [
        # The example of R's SingleCaseES, which has Newcombe's method 5; R's `uniroot` is exact to four places.
        (([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29]), 0.9166667, 0.5973406, 0.9860176),
    ],
)
def test_the_interval_is_newcombes(phases, estimate, low, high):
    found = difference(*phases)

    assert found.shorter == pytest.approx(estimate, abs=1e-7)
    assert tuple(found.shorter_interval()) == pytest.approx((low, high), abs=1e-4)


@given(TIMES, TIMES)
def test_the_interval_holds_what_the_score_test_accepts(ours, theirs):
    """Newcombe 2006, method 5, looked up on a grid."""
    found, m, n = difference(ours, theirs), len(ours), len(theirs)
    low, high = found.shorter_interval(0.9)
    z = NormalDist().inv_cdf(0.95)

    def accepted(p):
        k = (m + n) / 2 - 1
        return (found.shorter - p) ** 2 - z**2 * p * (1 - p) / m / n * (1 + k * (1 - p) / (2 - p) + k * p / (1 + p))

    for p in (step / 200 for step in range(201)):
        if min(abs(p - low), abs(p - high)) > 1e-9:
            assert (low < p < high) == (accepted(p) < 0) or p == found.shorter


@given(TIMES, TIMES)
def test_the_interval_agrees_with_the_test_of_mann_and_whitney(ours, theirs):
    """Under no difference, the statistic has the variance m * n * (m + n + 1) / 12."""
    found, m, n = difference(ours, theirs), len(ours), len(theirs)
    away = (found.shorter - 0.5) * m * n / sqrt(m * n * (m + n + 1) / 12)

    assert found.p_value(method="mann-whitney") == pytest.approx(2 * NormalDist().cdf(-abs(away)), abs=1e-12)
    low, high = found.shorter_interval()
    assert (low < 0.5 < high) == (abs(away) < Z)


# Where there is too little


def test_without_times_there_is_no_difference():
    empty = difference([], [1, 2])

    assert (empty.is_defined, empty.value_or(None)) == (False, None)
    assert empty.interval() == (-inf, inf)
    assert empty.shorter_interval() == (0, 1)
    asked = ("value", "mean", "shorter")
    for name in asked:
        with pytest.raises(UndefinedMetricError, match="difference of times is undefined: no times on one side"):
            getattr(empty, name)
    for method in ("welch", "mann-whitney"):
        with pytest.raises(UndefinedMetricError, match="difference of times is undefined"):
            empty.p_value(method=method)


@pytest.mark.parametrize(("ours", "theirs"), [([1], [2, 3]), ([1, 1], [2, 2])])
def test_a_test_of_means_needs_times_that_vary(ours, theirs):
    with pytest.raises(UndefinedMetricError, match="the p-value is undefined: it takes two times on each side"):
        difference(ours, theirs).p_value()
    assert 0 < difference(ours, theirs).p_value(method="mann-whitney") < 1


def test_times_that_cannot_be_compared_are_refused():
    with pytest.raises(InvalidTypeError, match="times are compared as Durations, got 3"):
        DurationsDifference(counted([1]), 3)
    with pytest.raises(InvalidValueError, match=r"times are compared at one resolution, got 0:00:01 and 0:01:00"):
        DurationsDifference(counted([1]), counted([1], 60 * SECOND))
    with pytest.raises(InvalidValueError, match="method must be one of 'welch', 'mann-whitney', got 't'"):
        difference([1, 2], [3, 4]).p_value(method="t")
    for ask in ("interval", "shorter_interval"):
        with pytest.raises(InvalidValueError, match="confidence must be between 0 and 1"):
            getattr(difference([1, 2], [3, 4]), ask)(95)


# Groups


SOLVED = {"anna": Rate(45, 50), "ben": Rate(30, 50), "cleo": Rate(40, 50)}


def test_each_group_is_compared_with_all_others():
    found = compare_groups(SOLVED)

    assert [(each.group, each.tally, each.against) for each in found.differences] == [
        ("anna", Rate(45, 50), Rate(70, 100)),
        ("ben", Rate(30, 50), Rate(85, 100)),
        ("cleo", Rate(40, 50), Rate(75, 100)),
    ]
    assert found.baseline is None
    assert list(found.rows()[0]) == ["group", "value", "the others", "difference", "low", "high", "p"]
    assert found.interval("ben") == Rate(30, 50).difference(Rate(85, 100)).interval()


def test_each_group_is_compared_with_a_baseline():
    found = compare_groups(SOLVED, baseline="cleo", confidence=0.8)
    row = found.rows()[1]

    assert [each.group for each in found.differences] == ["anna", "ben"]
    assert (row["value"], row["cleo"], row["difference"]) == (0.6, 0.8, pytest.approx(-0.2))
    assert (row["low"], row["high"]) == Rate(30, 50).difference(Rate(40, 50)).interval(0.8)


def test_the_p_value_of_two_rates_is_that_of_the_score_test():
    """30 of 50 against 40 of 50: z = -0.2 / sqrt(0.7 * 0.3 * 2 / 50), by hand."""
    z = -0.2 / sqrt(0.7 * 0.3 * 2 / 50)

    assert compare_groups(SOLVED, baseline="cleo").p_values["ben"] == pytest.approx(2 * NormalDist().cdf(z))


def test_the_p_values_are_what_a_correction_takes():
    found = compare_groups({**SOLVED, "dora": Rate()})
    adjusted = holm(found.p_values)

    assert list(adjusted) == ["anna", "ben", "cleo"]
    assert found.rows()[3]["p"] is None
    assert found.rows()[3]["value"] is None
    assert found.differences[3].p_value_or(1.0) == 1.0


def test_times_are_compared_by_their_means_and_by_who_is_shorter():
    found = compare_groups({"anna": counted([60, 120]), "ben": counted([180, 240]), "cleo": counted([])})
    rows = found.rows()

    assert [rows[0][what] for what in ("value", "the others", "difference", "shorter")] == [
        *(90 * SECOND, 210 * SECOND, -120 * SECOND),
        1,
    ]
    assert [rows[2][what] for what in ("value", "difference", "low", "high", "shorter")] == [None] * 5
    assert isinstance(found.differences[0].difference, DurationsDifference)


def test_times_print_as_lengths_of_time():
    """The margin is that of Welch: variances of 1800 over 2 times each; 1.96 * 42.43 is 83 seconds."""
    found = compare_groups(
        {"anna": counted([60, 120]), "ben": counted([180, 240]), "cleo": counted([7])}, baseline="ben"
    )

    assert str(found).splitlines() == [
        "group    value      ben  difference       low      high         p  shorter",
        "anna   0:01:30  0:03:30    -0:02:00  -0:03:23  -0:00:37  0.004678        1",
        "cleo   0:00:07  0:03:30    -0:03:23         -         -         -        1",
    ]
    drawn = found.chart()["data"]["values"]
    assert drawn[0]["hours"] == pytest.approx(-2 / 60)
    assert drawn[0]["low"] == pytest.approx(found.interval("anna").low / 3600)
    assert drawn[1] == {"group": "cleo", "hours": pytest.approx(-203 / 3600), "low": None, "high": None}


def test_times_are_told_to_the_resolution_of_their_counts():
    minute = 60 * SECOND
    found = compare_groups({"anna": counted([70, 85], minute), "ben": counted([185, 200], minute)}).rows()[0]
    assert (found["value"], found["the others"], found["difference"]) == (minute, 3 * minute, -2 * minute)


def test_scores_and_population_rates_are_compared_too():
    scores = compare_groups({"web": Nps(5, 3, 2), "store": Nps(2, 3, 5)})
    churn = compare_groups({"web": PopulationRate(1, 10), "store": PopulationRate(3, 10), "app": PopulationRate(2, 10)})

    assert scores.rows()[0]["difference"] == 60
    assert churn.differences[0].against == PopulationRate(5, 20)
    assert set(scores.p_values) == {"web", "store"}


def test_scores_on_a_scale_are_compared_too():
    """Of a box, as the rates that they are."""
    agents = {"anna": {5: 45, 1: 5}, "ben": {5: 30, 3: 20}, "cleo": {4: 40, 2: 10}}
    found = compare_groups({name: BoxScore(csat_scale(5), counts) for name, counts in agents.items()})

    assert found.p_values == compare_groups(SOLVED).p_values
    assert [row["difference"] for row in found.rows()] == [row["difference"] for row in compare_groups(SOLVED).rows()]
    assert isinstance(found.differences[0].difference, BoxScoreDifference)
    boxes = compare_groups({name: BoxScore(csat_scale(5), counts).top_box for name, counts in agents.items()})
    assert [row["low"] for row in boxes.rows()] == [row["low"] for row in found.rows()]


def test_a_comparison_prints_as_a_table_and_has_a_chart():
    found = compare_groups(SOLVED, baseline="cleo")
    chart = found.chart()

    assert str(found).splitlines()[0].split() == ["group", "value", "cleo", "difference", "low", "high", "p"]
    assert chart["title"] == "Difference from cleo"
    assert [list(row) for row in chart["data"]["values"]] == [["group", "difference", "low", "high"]] * 2
    assert compare_groups(SOLVED).chart()["title"] == "Difference from the others"


def test_what_cannot_be_compared_is_refused():
    one = GroupDifference("anna", Rate(1, 2), Rate(1, 2))
    for make, kind, message in (
        (lambda: compare_groups([Rate()]), InvalidTypeError, "groups must be a mapping from names to tallies"),
        (lambda: compare_groups({"anna": Rate()}), InvalidValueError, "it takes two groups to compare, got 1"),
        (lambda: compare_groups(SOLVED, baseline="bean"), UnknownFieldError, "no group 'bean'; did you mean 'ben'"),
        (lambda: compare_groups(SOLVED).interval("bean"), UnknownFieldError, "no group 'bean'; did you mean 'ben'"),
        (lambda: compare_groups(SOLVED, confidence=95), InvalidValueError, "confidence must be between 0 and 1"),
        (
            lambda: compare_groups({**SOLVED, "dora": 0.5}),
            InvalidTypeError,
            "compared by an Nps, a BoxScore, a Rate, a PopulationRate or Durations, got 0.5; of another result give the part",
        ),
        (lambda: compare_groups({"a": ResponseTimes(), "b": ResponseTimes()}), InvalidTypeError, r"\.first_response"),
        (lambda: compare_groups({**SOLVED, "dora": Nps()}), InvalidTypeError, "two kinds"),
        (lambda: compare_groups({**SOLVED, "dora": counted([])}), InvalidTypeError, "two kinds"),
        (lambda: compare_groups({"a": counted([]), "b": Rate()}), InvalidTypeError, "two kinds"),
        (lambda: compare_groups({**SOLVED, "dora": Rate(1, 2, name="late")}), InvalidValueError, "two things"),
        (
            lambda: compare_groups({" ": Rate(), "ben": Rate()}),
            InvalidValueError,
            "the name of a group must not be blank",
        ),
        (lambda: GroupComparison([one, one]), DuplicateError, "each group is compared once, got anna, anna"),
        (lambda: GroupComparison([3]), InvalidTypeError, "a comparison is made of GroupDifference values, got 3"),
        (lambda: GroupDifference("anna", counted([]), counted([], 60 * SECOND)), InvalidValueError, "one resolution"),
    ):
        with pytest.raises(kind, match=message):
            make()
