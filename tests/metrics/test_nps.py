"""The Net Promoter Score: who counts as what, what is missing, and how sure the score is."""

import json
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from math import inf, nan, sqrt
from numbers import Real
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import Nps
from cxkit.tallies import Interval

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/feedback.json").read_text(encoding="utf-8"))
    if "nps" in json.dumps(case).lower() or "promoters" in case["input"]
}
INTERVALS = [name for name, case in CASES.items() if "iterative_score" in case["expected"]]
CHECKED = {
    *INTERVALS,
    "feedback-035",
    "feedback-036",
    "feedback-004",
    "feedback-008",
    "feedback-015",
    "feedback-019",
    "feedback-020",
    "feedback-021",
    "feedback-022",
    "feedback-266",
}
ELSEWHERE = {"feedback-040", "feedback-041"}  # see test_nps_planning
COUNTS = st.integers(0, 30)
TALLIES = st.builds(Nps, COUNTS, COUNTS, COUNTS, COUNTS)
ANSWERS = st.lists(st.integers(0, 10) | st.floats(0, 10) | st.none() | st.just(nan), max_size=20)


@Real.register
class Float32:
    """A real number that is no float, such as numpy's."""

    def __init__(self, number):
        self.number = number

    def __float__(self):
        return self.number

    def __eq__(self, other):
        return self.number == float(other)

    def __hash__(self):
        return hash(self.number)


def from_counts(counts):
    return Nps(counts["promoters"], counts["passives"], counts["detractors"])


# What others compute


def test_every_known_case_is_checked():
    assert set(CASES) == CHECKED | ELSEWHERE
    assert (len(CASES), len(INTERVALS)) == (19, 7)


@pytest.mark.parametrize("name", INTERVALS)
def test_the_interval_is_the_score_interval_in_points(name):
    case = CASES[name]
    tally = from_counts(case["input"])
    low, high = (100 * end for end in case["expected"]["iterative_score"])

    assert tally.value == pytest.approx(100 * case["expected"]["nps"], abs=1e-4)
    assert tally.interval(case["input"]["conf"]) == pytest.approx((low, high), abs=100 * case["tolerance"])


@pytest.mark.parametrize("name", INTERVALS)
@pytest.mark.parametrize("method", ["wald", "adjusted-wald"])
def test_the_interval_of_a_method_is_that_of_others(name, method):
    """Theirs are not cut off at the ends of the scale."""
    case = CASES[name]
    expected = [100 * max(-1, min(1, end)) for end in case["expected"][method.replace("-", "_")]]

    found = from_counts(case["input"]).interval(case["input"]["conf"], method=method)
    assert found == pytest.approx(expected, abs=100 * case["tolerance"])


@pytest.mark.parametrize(("confidence", "name"), [(0.9, "conf90"), (0.99, "conf99")])
def test_the_adjusted_interval_at_other_confidences(confidence, name):
    case = CASES["feedback-035"]
    expected = [100 * end for end in case["expected"][name]]

    found = from_counts(case["input"]).interval(confidence, method="adjusted-wald")
    assert found == pytest.approx(expected, abs=100 * case["tolerance"])


@pytest.mark.parametrize(("name", "points"), [("feedback-022", 63.64), ("feedback-266", -100), ("feedback-004", 0)])
def test_the_score_is_that_of_others(name, points):
    assert from_counts(CASES[name]["input"]).value == pytest.approx(points, abs=0.005)


def test_the_category_of_every_score():
    case = CASES["feedback-015"]
    categories = dict(zip(case["input"]["scores"], case["expected"]["categories"], strict=True))

    assert len(categories) == 11
    for score, category in categories.items():
        assert Nps.from_scores([score]) == Nps(**{f"{category}s": 1})


def test_the_rule_of_thumb_for_the_width_of_a_wald_interval():
    case = CASES["feedback-019"]
    low, high = Nps(1, 1, 1).interval(method="wald")

    assert (high - low) * sqrt(3) == pytest.approx(
        case["expected"]["ci_full_width_points_times_sqrt_n"], abs=case["tolerance"]
    )


def test_the_score_and_the_variance_of_the_example_of_the_r_package():
    case = CASES["feedback-020"]
    shares = case["input"]["probabilities_0_to_10"]
    tally = Nps.from_counts({score: round(100 * share) for score, share in enumerate(shares)})
    expected = case["expected"]

    assert tally == Nps(*(round(100 * expected[group]) for group in ("promoter", "passive", "detractor")))
    assert tally.value == pytest.approx(100 * expected["nps"], abs=1e-9)
    assert tally.variance == pytest.approx(expected["var"], abs=1e-12)


def test_the_standard_error_and_the_wald_interval_of_a_thousand_answers():
    given, expected, tolerance = (CASES["feedback-021"][part] for part in ("input", "expected", "tolerance"))
    promoters, detractors = round(given["n"] * given["p"]), round(given["n"] * given["d"])
    tally = Nps(promoters, given["n"] - promoters - detractors, detractors)

    assert tally.standard_error == pytest.approx(100 * expected["se"], abs=100 * tolerance)
    assert tally.interval(method="wald") == pytest.approx(
        (100 * expected["lo"], 100 * expected["hi"]), abs=100 * tolerance
    )


def test_the_wald_interval_ends_with_the_scale():
    case = CASES["feedback-022"]
    found = from_counts(case["input"]).interval(case["input"]["conf"], method="wald")

    assert found == pytest.approx((case["expected"]["lo"], case["expected"]["hi"]), abs=case["tolerance"])


@pytest.mark.parametrize(("confidence", "factor"), [(0.9, 2.145966), (0.95, 2.447747), (0.99, 3.034854)])
def test_the_interval_of_goodman_is_wider_by_the_quantile_of_chi_squared(confidence, factor):
    """The roots of 4.60517, 5.99146 and 9.21034: tables of chi-squared with two degrees of freedom."""
    tally = Nps(promoters=57, passives=31, detractors=12)
    low, high = tally.interval(confidence, method="goodman")

    assert (low, high) == pytest.approx(
        (45 - factor * tally.standard_error, 45 + factor * tally.standard_error), abs=1e-4
    )
    assert Nps(9, 0, 2).interval(method="goodman").high == 100
    assert Nps().interval(method="goodman") == (-100, 100)


def test_no_responses_are_no_score_of_zero():
    tally = Nps.from_scores(CASES["feedback-008"]["input"]["scores"])

    assert tally.value_or(None) is CASES["feedback-008"]["expected"]["recommended"] is None


# Scores


@pytest.mark.parametrize(
    ("scores", "group"),
    [
        ([0.0, -0.0, 6.0, 6.5, 6.999, Float32(6.5)], "detractors"),
        ([7.0, 7.5, 8.5, 8.999, Fraction(17, 2), Float32(8.5)], "passives"),
        ([9.0, 9.5, 10.0, Fraction(19, 2), Float32(9.5)], "promoters"),
    ],
)
def test_a_score_between_two_grades_counts_with_the_lower(scores, group):
    for score in scores:
        assert Nps.from_scores([score]) == Nps(**{group: 1})


@pytest.mark.parametrize("score", [11, -1, 10.000001, -0.000001, inf, -inf, Fraction(101, 10), Float32(11.0)])
def test_a_score_off_the_scale_is_refused(score):
    with pytest.raises(InvalidValueError) as caught:
        Nps.from_scores([9, score])

    assert str(caught.value) == f"nps score must be between 0 and 10, got {score!r}"
    assert caught.value.found is score


@pytest.mark.parametrize(
    "score",
    [10**400, 10**5000, -(10**5000), Fraction(10**400), Decimal("1E+400"), Decimal("-Infinity")],
    ids=["401", "5001", "-5001", "fraction", "decimal", "infinite"],
)
def test_a_score_far_off_the_scale_is_refused_and_cut_short(score):
    for scores in ([score], [9, 8.5, score]):
        with pytest.raises(InvalidValueError, match=r"^nps score must be between 0 and 10, got .{1,310}$"):
            Nps.from_scores(scores)


def test_a_decimal_is_a_score_and_exact():
    scores = [Decimal(10), Decimal("8.99999999999999999999"), Decimal("6.5"), Decimal("NaN"), Decimal("sNaN"), 9]
    assert Nps.from_scores(scores) == Nps(promoters=2, passives=1, detractors=1, missing=2)
    assert Nps.from_counts({Decimal("8.99999999999999999999"): 3}) == Nps(passives=3)


@pytest.mark.parametrize("score", ["9", ""])
def test_a_score_that_is_text_is_to_be_converted(score):
    with pytest.raises(
        InvalidTypeError, match=rf"between 0 and 10, got '{score}'; convert text first, as in int\('10'\)$"
    ):
        Nps.from_scores([9, score])


@pytest.mark.parametrize(
    ("scores", "hint"),
    [
        ({10: 5, 9: 5}, r"give counts to from_counts\(...\)"),
        (Counter([10, 9]), r"give counts to from_counts\(...\)"),
        ({10, 9}, "write a list"),
        (frozenset({9}), "write a list"),
        ({9: 1}.keys(), "write a list"),
    ],
)
def test_what_holds_each_score_once_is_no_list_of_scores(scores, hint):
    with pytest.raises(
        InvalidTypeError, match=f"expected scores one by one, got .*, which holds each value once; {hint}"
    ):
        Nps.from_scores(scores)
    assert Nps.from_scores({9: 7}.values()) == Nps(passives=1)


@pytest.mark.parametrize("score", [True, False, 9 + 0j, [9]])
def test_a_score_is_a_number(score):
    with pytest.raises(InvalidTypeError) as caught:
        Nps.from_scores([9, score])

    assert str(caught.value) == f"nps score must be a number between 0 and 10, got {score!r}"
    assert caught.value.found is score


def test_scores_may_come_one_by_one():
    assert Nps.from_scores(score for score in (10, 3)) == Nps(promoters=1, detractors=1)


# Missing answers

SOME = [10, None, 7, nan, 0, Float32(nan)]


@pytest.mark.parametrize(
    ("options", "expected"),
    [({}, Nps(1, 1, 1, 3)), ({"missing": "omit"}, Nps(1, 1, 1, 3)), ({"missing": "passive"}, Nps(1, 4, 1, 0))],
)
def test_a_missing_answer_is_left_out_and_counted_apart_unless_told_otherwise(options, expected):
    assert Nps.from_scores(SOME, **options) == expected


def test_a_missing_answer_may_be_refused():
    with pytest.raises(InvalidValueError) as caught:
        Nps.from_scores(SOME, missing="raise")

    assert str(caught.value) == "expected an answer each, got 3 missing; see missing='omit' and missing='passive'"
    assert caught.value.found == 3
    assert Nps.from_scores([10, 7, 0], missing="raise") == Nps(1, 1, 1)


def test_an_unknown_way_with_missing_answers_is_refused_before_any_score_is_read():
    scores = iter([9])
    with pytest.raises(InvalidValueError, match=r"^missing must be one of 'omit', 'passive', 'raise', got 'drop'$"):
        Nps.from_scores(scores, missing="drop")

    assert list(scores) == [9]


def test_those_who_are_missing_are_not_in_the_total():
    tally = Nps(promoters=1, detractors=1, missing=8)

    assert (tally.total, tally.value) == (2, 0.0)
    assert tally.interval() == Nps(promoters=1, detractors=1).interval()


# Values


@pytest.mark.parametrize(
    ("tally", "value"),
    [(Nps(3, 2, 2), 100 / 7), (Nps(5), 100), (Nps(0, 0, 5), -100), (Nps(0, 5, 0), 0), (Nps(1, 0, 2), -100 / 3)],
)
def test_the_score_is_the_share_of_promoters_less_that_of_detractors(tally, value):
    assert tally.value == tally.value_or(None) == value
    assert tally.is_defined


@pytest.mark.parametrize("tally", [Nps(), Nps(missing=3), Nps.from_scores([])])
def test_a_score_without_answers_is_undefined(tally):
    assert not tally.is_defined
    assert tally.total == 0
    assert tally.value_or("none") == "none"
    assert tally.interval() == (-100.0, 100.0)
    with pytest.raises(UndefinedMetricError, match="no responses"):
        _ = tally.variance
    with pytest.raises(UndefinedMetricError) as caught:
        _ = tally.value
    assert str(caught.value) == "nps is undefined: no responses; use value_or(...) where that can happen"


@given(TALLIES, st.sampled_from([0.5, 0.8, 0.95, 0.99]))
def test_the_score_lies_in_its_interval_on_the_scale(tally, confidence):
    interval = tally.interval(confidence)

    assert type(interval) is Interval
    assert -100 <= interval.low <= tally.value_or(0) <= interval.high <= 100


def test_the_interval_is_at_95_percent_unless_told_otherwise():
    tally = Nps(10, 5, 5)

    assert tally.interval() == tally.interval(0.95) != tally.interval(0.9)
    with pytest.raises(InvalidValueError):
        tally.interval(confidence=95)


# Addition


@given(TALLIES, TALLIES, TALLIES)
def test_scores_add_in_any_grouping_and_have_an_identity(a, b, c):
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert a + Nps() == Nps() + a == a
    assert sum([a, b, c], start=Nps()).total == a.total + b.total + c.total


@given(ANSWERS, ANSWERS, st.sampled_from(["omit", "passive"]))
def test_the_tally_of_all_answers_is_the_sum_of_the_tallies_of_the_parts(here, there, missing):
    parts = Nps.from_scores(here, missing=missing) + Nps.from_scores(there, missing=missing)

    assert Nps.from_scores(here + there, missing=missing) == parts
    assert parts.total + parts.missing == len(here) + len(there)


@pytest.mark.parametrize("other", [1, 0, None, (1, 2, 3, 4)])
def test_a_score_adds_to_scores_only(other):
    for add in (lambda: Nps(1) + other, lambda: other + Nps(1)):
        with pytest.raises(TypeError):
            add()


@pytest.mark.parametrize("group", ["promoters", "passives", "detractors", "missing"])
@pytest.mark.parametrize(
    ("count", "kind"), [(-1, InvalidValueError), (1.0, InvalidTypeError), (True, InvalidTypeError)]
)
def test_a_group_is_a_count(group, count, kind):
    with pytest.raises(kind, match=f"^{group} must be "):
        Nps(**{group: count})


@pytest.mark.parametrize("method", ["score", "wald", "adjusted-wald", "goodman"])
def test_the_largest_counts_have_intervals_and_larger_ones_are_refused(method):
    assert Nps(10**60 - 1, 1, 1).interval(method=method) == pytest.approx((100.0, 100.0))
    with pytest.raises(InvalidValueError, match=r"promoters must be below 10\*\*60, got 1000"):
        Nps(10**400)
