"""Interval estimates: published values, exact sums, and what the definitions demand."""

import decimal
import json
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import comb, erfc, expm1, factorial, inf, log, nan, nextafter, sqrt
from pathlib import Path
from statistics import correlation
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cxkit import _stats
from cxkit._stats import (
    clopper_pearson,
    contrast_value,
    equal_means,
    hybrid,
    last,
    net_score,
    newcombe,
    wilson,
    z_value,
)
from cxkit.errors import InvalidTypeError, InvalidValueError

CASES = Path(__file__).parent / "cases"
CONFIDENCES = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99, 0.999]) | st.floats(1e-9, 1 - 1e-9)
TOTALS = st.integers(1, 30) | st.integers(1, 10**9)

Interval = Callable[[int, int, float], tuple[float, float]]


def cases(file: str, wanted: Callable[[dict[str, Any]], bool]) -> list[Any]:
    """Give the cases of a file that are wanted and in scope, each under its id."""
    every = json.loads((CASES / file).read_text(encoding="utf-8"))
    inside = [case for case in every if wanted(case) and not case.get("scope", "").startswith("out")]
    assert inside
    return [pytest.param(case, id=case["id"]) for case in inside]


def has_operation(operation: str) -> Callable[[dict[str, Any]], bool]:
    return lambda case: case["input"].get("op") == operation


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    """Give a count and a total, often at or near an end."""
    total = draw(TOTALS)
    small = draw(st.integers(0, min(3, total)))
    return draw(st.sampled_from([small, total - small, draw(st.integers(0, total))])), total


@st.composite
def answers(draw: st.DrawFn) -> tuple[int, int, int]:
    """Give promoters, passives and detractors."""
    promoters, total = draw(counts())
    detractors = draw(st.integers(0, total - promoters) | st.integers(0, min(3, total - promoters)))
    return promoters, total - promoters - detractors, detractors


# Confidence


@pytest.mark.parametrize(
    ("confidence", "z"),
    # Abramowitz and Stegun 1964, table 26.5, and the definition: the distance that leaves 1 - confidence outside
    [(0.5, 0.6744897502), (0.8, 1.2815515655), (0.9, 1.6448536270), (0.95, 1.9599639845), (0.99, 2.5758293035)],
)
def test_z_leaves_the_rest_of_the_confidence_outside(confidence: float, z: float):
    assert z_value(confidence) == pytest.approx(z, abs=1e-10)


def test_z_exists_for_every_confidence_between_zero_and_one():
    assert z_value(1 - 2**-53) == pytest.approx(8.29236, abs=1e-5)
    assert str(z_value(5e-324)) == "0.0"


@pytest.mark.parametrize("confidence", [0, 1, 0.0, 1.0, -0.1, 1.1, 95, nan, inf, -inf])
def test_a_confidence_outside_zero_to_one_is_refused(confidence: float):
    with pytest.raises(InvalidValueError) as caught:
        z_value(confidence)
    assert str(caught.value) == f"confidence must be between 0 and 1, got {confidence!r}; write 0.95 for 95 %"
    assert caught.value.found is confidence


@pytest.mark.parametrize(
    ("confidence", "ending"),
    [
        (True, "bool True"),
        (False, "bool False"),
        ("0.95", "str '0.95'"),
        (None, "NoneType None"),
        (Decimal("0.95"), "Decimal Decimal('0.95')"),
    ],
)
def test_a_confidence_that_is_no_float_is_refused(confidence: Any, ending: str):
    with pytest.raises(InvalidTypeError) as caught:
        z_value(confidence)
    assert str(caught.value) == f"confidence must be a float between 0 and 1, got the {ending}"
    assert caught.value.found is confidence


@pytest.mark.parametrize("function", [wilson, clopper_pearson, newcombe, net_score])
@pytest.mark.parametrize("confidence", [1.0, True])
def test_every_interval_checks_its_confidence_even_without_data(function: Any, confidence: float):
    nothing = {wilson: 2, clopper_pearson: 2, newcombe: 4, net_score: 3}[function] * [0]
    with pytest.raises((InvalidValueError, InvalidTypeError), match="confidence"):
        function(*nothing, confidence)


# Proportions


@pytest.mark.parametrize("case", cases("churn.json", has_operation("proportion_interval")))
@pytest.mark.parametrize("function", [wilson, clopper_pearson])
def test_a_proportion_has_the_interval_that_others_give(case: dict[str, Any], function: Any):
    given, expected = case["input"], case["expected"][function.__name__]
    assert function(given["x"], given["n"], 0.95) == pytest.approx(expected, abs=case["tolerance"])


@pytest.mark.parametrize(
    ("count", "total", "score", "exact"),
    # Newcombe 1998, Statistics in Medicine 17:857-872, table I, methods 3 and 5
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_newcombes_table_of_single_proportions(
    count: int, total: int, score: tuple[float, float], exact: tuple[float, float]
):
    assert wilson(count, total, 0.95) == pytest.approx(score, abs=5.1e-5)
    assert clopper_pearson(count, total, 0.95) == pytest.approx(exact, abs=5.1e-5)


@pytest.mark.parametrize("interval", [wilson, clopper_pearson])
def test_without_data_a_proportion_may_be_anything(interval: Interval):
    assert interval(0, 0, 0.95) == (0.0, 1.0)


@pytest.mark.parametrize("interval", [wilson, clopper_pearson])
@given(counts(), CONFIDENCES)
@example((1, 1), 0.95)
@example((0, 1), 0.95)
def test_an_interval_of_a_proportion_holds_the_proportion(
    interval: Interval, counted: tuple[int, int], confidence: float
):
    count, total = counted
    low, high = interval(count, total, confidence)
    assert 0.0 <= low <= count / total <= high <= 1.0
    assert (low == 0.0) == (count == 0)
    assert (high == 1.0) == (count == total)
    assert interval(total - count, total, confidence) == pytest.approx((1 - high, 1 - low), abs=1e-15)


@pytest.mark.parametrize("interval", [wilson, clopper_pearson])
@pytest.mark.parametrize("total", [1, 2, 20, 10**9])
def test_none_or_all_counted_give_exact_ends(interval: Interval, total: int):
    assert interval(0, total, 0.95)[0] == 0.0
    assert interval(total, total, 0.95)[1] == 1.0
    assert interval(0, total, 5e-324) == (0.0, pytest.approx(0.0, abs=0.5))


@given(counts().filter(lambda counted: 0 < counted[0] < counted[1]), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_the_score_test_is_at_its_limit_at_both_ends(counted: tuple[int, int], confidence: float):
    count, total = counted
    for end in wilson(count, total, confidence):
        p = Fraction(end)
        statistic = (Fraction(count, total) - p) ** 2 * total / (p * (1 - p))
        assert sqrt(statistic) == pytest.approx(z_value(confidence), rel=1e-6)


@pytest.mark.parametrize(
    ("count", "total", "confidence"),
    [
        (887997534847882, 887997534847883, 1 - 1e-15),  # high would be 1.0000000000000002
        (569125962, 707532570, 5e-324),  # low would be above the proportion
        (9053724918340437, 9520372905497174, 1e-15),  # high would be below it
    ],
)
def test_rounding_errors_never_push_an_end_past_its_bound(count: int, total: int, confidence: float):
    low, high = wilson(count, total, confidence)
    assert low <= count / total <= high <= 1.0


def exact_tail(at_least: int, total: int, p: Fraction) -> Fraction:
    """Give the probability of `at_least` or more successes, in exact arithmetic."""
    terms = (comb(total, k) * p**k * (1 - p) ** (total - k) for k in range(at_least, total + 1))
    return sum(terms, start=Fraction(0))


@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999999])
@pytest.mark.parametrize(
    ("count", "total"),
    [(1, 1), (1, 2), (1, 29), (28, 29), (3, 7), (13, 26), (16, 31), (15, 40), (2, 60), (59, 61), (70, 80)],
)
def test_each_clopper_pearson_end_leaves_exactly_half_the_rest(count: int, total: int, confidence: float):
    low, high = clopper_pearson(count, total, confidence)
    outside = (1 - confidence) / 2
    assert float(exact_tail(count, total, Fraction(low))) == pytest.approx(outside, rel=1e-12)
    if count < total:
        assert float(1 - exact_tail(count + 1, total, Fraction(high))) == pytest.approx(outside, rel=1e-12)


@pytest.mark.parametrize("total", [1, 2, 5, 1000, 10**6, 10**9])
def test_clopper_pearson_has_a_closed_form_for_none_and_for_all(total: int):
    high = -expm1(log(0.025) / total)  # (1 - high) ** total == 0.025
    assert clopper_pearson(0, total, 0.95) == (0.0, pytest.approx(high, rel=1e-13))
    assert clopper_pearson(total, total, 0.95) == (pytest.approx(1 - high, rel=1e-13), 1.0)


@pytest.mark.parametrize(
    ("count", "total", "expected"),
    # scipy 1.17.1, stats.beta.ppf and isf
    [
        (5_000, 10_000, (0.49015138058998053, 0.5098486194100195)),
        (333_333, 10**6, (0.33240904812383265, 0.33425791733809357)),
        (10**8, 10**9, (0.09998140680679557, 0.10001859550873175)),
        (5 * 10**8, 10**9, (0.49996900974842234, 0.5000309902515776)),
        (10**9 - 1, 10**9, (0.9999999944283566, 0.9999999999746821)),
    ],
)
def test_clopper_pearson_converges_for_large_totals(count: int, total: int, expected: tuple[float, float]):
    assert clopper_pearson(count, total, 0.95) == pytest.approx(expected, rel=1e-12)


def precise_fewer(count: int, total: int, p: float) -> Decimal:
    """Give the probability of fewer than `count` successes, to some forty digits."""
    with decimal.localcontext(decimal.Context(prec=50)):
        success = Decimal(p)
        term, probability = (1 - success) ** total, Decimal(0)
        for k in range(count):
            probability += term
            term = term * (total - k) / (k + 1) * success / (1 - success)
        return probability


@pytest.mark.parametrize("count", [1, 2, 1000])
def test_clopper_pearson_is_precise_for_rare_events_in_a_billion(count: int):
    # scipy 1.17.1 is not: beta.isf is off by 9e-9 of its value for a count of 1, beta.ppf by half of it for 1000
    low, high = clopper_pearson(count, 10**9, 0.95)
    assert float(1 - precise_fewer(count, 10**9, low)) == pytest.approx(0.025, rel=1e-11)
    assert float(precise_fewer(count + 1, 10**9, high)) == pytest.approx(0.025, rel=1e-11)


@pytest.mark.parametrize("t", [1, 2, 3, 15, 16, 17, 40, 1000])
def test_stirlings_formula_is_corrected_to_the_last_digit(t: int):
    with decimal.localcontext(decimal.Context(prec=60)):
        half_log_2pi = Decimal("0.918938533204672741780329736405617639861397473637783412817")
        exact = Decimal(factorial(t - 1)).ln() - (t - Decimal("0.5")) * Decimal(t).ln() + t - half_log_2pi
    assert _stats._stirling_rest(t) == pytest.approx(float(exact), abs=2e-16 if t >= 16 else 1e-14)  # noqa: SLF001


@pytest.mark.parametrize(("x", "a", "b"), [(5e-324, 3, 4), (1e-300, 2, 9), (1e-12, 500, 500)])
def test_a_tail_too_small_for_a_float_is_zero(x: float, a: int, b: int):
    assert _stats._beta_cdf(x, 1.0 - x, a, b) == 0.0  # noqa: SLF001


# Differences


@pytest.mark.parametrize("case", cases("churn.json", has_operation("proportion_difference_interval")))
def test_a_difference_has_the_interval_that_others_give(case: dict[str, Any]):
    given = case["input"]
    found = newcombe(given["x1"], given["n1"], given["x2"], given["n2"], 0.95)
    assert found == pytest.approx(case["expected"]["ci"], abs=case["tolerance"])


@pytest.mark.parametrize(
    ("counted", "expected"),
    # Newcombe 1998, Statistics in Medicine 17:873-890, table II, method 10
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
        ((10, 10, 0, 20), (0.6791, 1.0)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
    ],
)
def test_newcombes_table_of_differences(counted: tuple[int, int, int, int], expected: tuple[float, float]):
    assert newcombe(*counted, 0.95) == pytest.approx(expected, abs=5.1e-5)


@pytest.mark.parametrize("counted", [(0, 0, 1, 2), (1, 2, 0, 0), (0, 0, 0, 0)])
def test_without_data_on_one_side_a_difference_may_be_anything(counted: tuple[int, int, int, int]):
    assert newcombe(*counted, 0.95) == (-1.0, 1.0)


@given(counts(), counts(), CONFIDENCES)
def test_a_difference_holds_its_estimate_and_turns_round(one: tuple[int, int], two: tuple[int, int], confidence: float):
    low, high = newcombe(*one, *two, confidence)
    assert -1.0 <= low <= one[0] / one[1] - two[0] / two[1] <= high <= 1.0
    assert newcombe(*two, *one, confidence) == (-high, -low)


# Contrasts


@pytest.mark.parametrize(
    ("confidence", "quantile"),
    # Tables of chi-squared with two degrees of freedom
    [(0.5, 1.386294), (0.9, 4.605170), (0.95, 5.991465), (0.99, 9.210340), (0.999, 13.815511)],
)
def test_all_contrasts_of_three_shares_reach_as_far_as_chi_squared(confidence: float, quantile: float):
    assert contrast_value(confidence) ** 2 == pytest.approx(quantile, abs=1e-6)
    assert contrast_value(confidence) > z_value(confidence)


def test_a_contrast_asks_for_a_confidence():
    with pytest.raises(InvalidValueError, match=r"write 0\.95 for 95 %"):
        contrast_value(95)


# Net score


@pytest.mark.parametrize("case", cases("feedback.json", lambda case: "iterative_score" in str(case["expected"])))
def test_a_net_score_has_the_interval_that_others_give(case: dict[str, Any]):
    given = case["input"]
    found = net_score(given["promoters"], given["passives"], given["detractors"], given["conf"])
    assert found == pytest.approx(case["expected"]["iterative_score"], abs=case["tolerance"])


def test_without_answers_a_net_score_may_be_anything():
    assert net_score(0, 0, 0, 0.95) == (-1.0, 1.0)


@pytest.mark.parametrize("total", [1, 2, 10, 1000, 10**9])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.99])
def test_the_ends_are_exact_where_all_answered_alike(total: int, confidence: float):
    ratio = z_value(confidence) ** 2 / total
    inner = (1 - ratio) / (1 + ratio)
    assert net_score(total, 0, 0, confidence) == (pytest.approx(inner, abs=1e-14), 1.0)
    assert net_score(0, 0, total, confidence) == (-1.0, pytest.approx(-inner, abs=1e-14))
    half = ratio / (1 + ratio)
    assert net_score(0, total, 0, confidence) == pytest.approx((-half, half), rel=1e-13)


@given(counts(), CONFIDENCES)
def test_without_passives_a_net_score_is_a_stretched_proportion(counted: tuple[int, int], confidence: float):
    count, total = counted
    low, high = wilson(count, total, confidence)
    assert net_score(count, 0, total - count, confidence) == pytest.approx((2 * low - 1, 2 * high - 1), abs=1e-9)


@given(answers(), CONFIDENCES)
@example((0, 0, 1), 0.95)
@example((10**9, 10**9, 10**9), 0.95)
def test_a_net_score_holds_its_estimate_and_turns_round(counted: tuple[int, int, int], confidence: float):
    promoters, passives, detractors = counted
    low, high = net_score(*counted, confidence)
    assert -1.0 <= low <= (promoters - detractors) / sum(counted) <= high <= 1.0
    assert (high == 1.0) == (promoters == sum(counted))
    assert net_score(detractors, passives, promoters, confidence) == (-high, -low)


def likeliest(counted: tuple[int, int, int], delta: float) -> tuple[float, float]:
    """Find the shares p and d with p - d == delta under which the answers are most likely, on ever finer grids."""

    def likelihood(d: float) -> float:
        shares = (d + delta, 1 - delta - 2 * d, d)
        pairs = zip(counted, shares, strict=True)
        return sum(count and (count * log(share) if share > 0 else -inf) for count, share in pairs)

    low, high = max(0.0, -delta), (1 - delta) / 2
    for _ in range(8):
        step = (high - low) / 100
        best = max((low + k * step for k in range(101)), key=likelihood)
        low, high = max(low, best - step), min(high, best + step)
    return best + delta, best


@pytest.mark.parametrize("confidence", [0.8, 0.95])
@pytest.mark.parametrize(
    "counted",
    [(10, 5, 5), (6, 4, 7), (57, 31, 12), (7, 3, 0), (0, 3, 7), (1, 0, 8), (2, 90, 1), (1, 1, 1), (300, 20, 40)],
)
def test_each_end_is_at_the_limit_of_the_score_test(counted: tuple[int, int, int], confidence: float):
    total = sum(counted)
    estimate = (counted[0] - counted[2]) / total
    for end, sign in zip(net_score(*counted, confidence), (1, -1), strict=True):
        p, d = likeliest(counted, end)
        statistic = (estimate - end) / sqrt((p + d - end**2) / total)
        assert statistic == pytest.approx(sign * z_value(confidence), rel=1e-6)


def test_a_net_score_of_a_billion_answers_has_its_normal_width():
    low, high = net_score(8 * 10**8, 10**8, 10**8, 0.95)
    half = 1.959963985 * sqrt((0.9 - 0.7**2) / 10**9)
    assert (low, high) == pytest.approx((0.7 - half, 0.7 + half), abs=5e-9)
    assert (high - low) / 2 == pytest.approx(half, rel=1e-7)


# Two groups


def test_a_published_test_for_a_trend():
    """Malformations by what mothers drank (Graubard and Korn 1987), with scores 0, 0.5, 1.5, 4 and 7, here doubled.

    Agresti, Categorical Data Analysis, 2nd edition, 3.4.2: M**2 is 6.57, with n - 1 for n, and P is 0.010.
    """
    present = dict(zip((0, 1, 3, 8, 14), (48, 38, 5, 1, 1), strict=True))
    absent = dict(zip((0, 1, 3, 8, 14), (17066, 14464, 788, 126, 37), strict=True))

    assert equal_means(present, absent) == pytest.approx(erfc(sqrt(6.57 / 2)), abs=2e-5)


def test_answers_that_all_agree_show_no_difference():
    assert equal_means({4: 3}, {4: 8}) == equal_means({1: 2, 3: 2}, {2: 5}) == 1.0


ANSWERS = st.dictionaries(st.integers(-3, 10), st.integers(0, 20)).filter(lambda counts: any(counts.values()))


@given(ANSWERS, ANSWERS)
def test_means_are_compared_by_the_correlation_of_answers_with_the_group(ours, theirs):
    rows = [
        (value, group) for group, counts in enumerate((ours, theirs)) for value, n in counts.items() for _ in range(n)
    ]
    values, groups = zip(*rows, strict=True)
    found = equal_means(ours, theirs)

    if len(set(values)) == 1:
        assert found == 1
    else:
        chi_squared = len(rows) * correlation(values, groups) ** 2
        assert found == pytest.approx(erfc(sqrt(chi_squared / 2)), abs=1e-9)
    assert found == equal_means(theirs, ours)


@given(ANSWERS, ANSWERS, st.sampled_from([0.8, 0.95]))
def test_the_interval_of_a_difference_is_made_of_the_two(ours, theirs, confidence):
    """Of two proportions it is Newcombe's; each end is as far from the estimate as both intervals together."""
    one, two = ((counts.get(1, 0), sum(counts.values())) for counts in (ours, theirs))
    estimate1, estimate2 = one[0] / one[1], two[0] / two[1]
    low, high = hybrid(estimate1, wilson(*one, confidence), estimate2, wilson(*two, confidence))

    assert (low, high) == newcombe(*one, *two, confidence)
    assert (-high, -low) == pytest.approx(
        hybrid(estimate2, wilson(*two, confidence), estimate1, wilson(*one, confidence))
    )


def test_an_end_is_found_to_the_last_bit():
    assert last(lambda x: x <= sqrt(2), 1.0, 2.0) == sqrt(2)
    assert last(lambda x: x > 1 / 3, 1.0, 0.0) == nextafter(1 / 3, 1)
    assert last(lambda _: True, 0.5, 0.5) == 0.5


@pytest.mark.parametrize("total", [10**17, 10**20, 10**59])
def test_one_of_very_many_has_the_interval_of_a_poisson_count(total):
    # Garwood 1936: the exact interval of one event is 0.0253 to 5.5716.
    low, high = clopper_pearson(1, total, 0.95)
    assert (low * total, high * total) == pytest.approx((0.0253178, 5.5716434), rel=1e-6)
    assert clopper_pearson(total - 1, total, 0.95) == pytest.approx((1.0, 1.0))


@pytest.mark.parametrize(("total", "rank"), [(10**12, 499_999_020_017), (10**12 + 1, 499_999_020_018)])
def test_the_place_that_bounds_a_median_does_not_jump_where_the_normal_distribution_takes_over(total, rank):
    # (total - 1 - 1.959964 * sqrt(total)) / 2 is 499999020017.5 and a half more
    assert _stats.median_rank(total, 0.95) == rank


@pytest.mark.parametrize("total", [2**63 + 1, 2**64, 10**30, 10**59])
def test_the_place_that_bounds_the_median_of_very_many_is_that_of_the_normal_distribution(total):
    rank = _stats.median_rank(total, 0.95)
    assert (total - 1 - 2 * rank) / sqrt(total) == pytest.approx(1.959964)
