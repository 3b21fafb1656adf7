"""The difference of two Net Promoter Scores, and how sure it is."""

import json
from math import sqrt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import Nps, NpsDifference, NpsScale, nps_detectable_change

[CASE] = [
    case
    for case in json.loads((Path(__file__).parents[1] / "cases/feedback.json").read_text(encoding="utf-8"))
    if case["id"] == "feedback-036"
]
COUNTS = st.integers(0, 30)
SCORES = st.builds(Nps, COUNTS, COUNTS, COUNTS).filter(lambda score: score.total)
METHODS = ["score", "wald", "adjusted-wald", "goodman"]


def of(detractors, passives, promoters):
    return Nps(promoters, passives, detractors)


DIFFERENCE = of(*CASE["input"]["x_det_pas_pro"]).difference(of(*CASE["input"]["y_det_pas_pro"]))


@pytest.mark.parametrize("method", ["wald", "adjusted-wald"])
def test_a_difference_is_that_of_others(method):
    expected = CASE["expected"][method.replace("-", "_")]
    ends = [100 * end for end in expected["ci"]]

    assert DIFFERENCE.value == pytest.approx(100 * CASE["expected"]["wald"]["diff"], abs=1e-4)
    assert DIFFERENCE.interval(method=method) == pytest.approx(ends, abs=100 * CASE["tolerance"])
    assert DIFFERENCE.p_value(method=method) == pytest.approx(expected["p"], abs=CASE["tolerance"])


def test_the_standard_error_is_that_of_the_r_package():
    """0.022079 for shares of 0.57 and 0.12 of 1000 (tests/cases: feedback-021)."""
    assert Nps(570, 310, 120).standard_error == pytest.approx(2.2079, abs=1e-4)
    with pytest.raises(UndefinedMetricError, match="no responses"):
        _ = Nps().standard_error


@given(SCORES, SCORES, st.floats(0.5, 0.999))
def test_the_score_interval_is_made_of_those_of_the_two(ours, theirs, confidence):
    """Newcombe 1998, method 10, with the score intervals of net scores in the place of Wilson's."""
    (low, high), (their_low, their_high) = ours.interval(confidence), theirs.interval(confidence)
    change = ours.value - theirs.value
    found = ours.difference(theirs).interval(confidence)

    assert found.low == pytest.approx(change - sqrt((ours.value - low) ** 2 + (their_high - theirs.value) ** 2))
    assert found.high == pytest.approx(change + sqrt((high - ours.value) ** 2 + (theirs.value - their_low) ** 2))
    assert -200 - 1e-9 <= found.low <= change <= found.high <= 200 + 1e-9


@given(SCORES, SCORES, st.sampled_from(METHODS))
def test_the_other_way_round_it_is_the_same_with_another_sign(ours, theirs, method):
    there, back = ours.difference(theirs), theirs.difference(ours)

    assert there.value == -back.value
    assert there.interval(method=method) == pytest.approx(
        (-back.interval(method=method)[1], -back.interval(method=method)[0])
    )
    assert there.p_value() == pytest.approx(back.p_value())


@given(SCORES, SCORES)
def test_an_interval_without_zero_goes_with_a_small_p_value(ours, theirs):
    change = ours.difference(theirs)
    low, high = change.interval(method="adjusted-wald")
    if abs(change.p_value() - 0.05) > 1e-9:
        assert (change.p_value() < 0.05) == (not low <= 0 <= high)


def test_the_interval_of_goodman_holds_for_all_contrasts_of_two_groups():
    """By hand: 5.99146, the quantile of chi-squared with (2 - 1) * (3 - 1) degrees of freedom (Goodman 1964)."""
    one, other = Nps(57, 31, 12), Nps(45, 35, 20)
    half = sqrt(5.991465 * (one.standard_error**2 + other.standard_error**2))

    assert one.difference(other).interval(method="goodman") == pytest.approx((20 - half, 20 + half), abs=1e-4)
    assert Nps(1).difference(Nps(0, 0, 1)).interval(method="goodman").high == 200


@pytest.mark.parametrize("method", ["wald", "adjusted-wald"])
def test_the_change_that_answers_show_has_the_power_asked(method):
    """By hand: of its deviates, the normal curve has 97.5 % and 80 % below."""
    one, other = Nps(570, 310, 120), Nps(450, 350, 200)
    more = 3 if method == "adjusted-wald" else 0
    variances = [
        (p + d) / (1000 + more) - ((p - d) / (1000 + more)) ** 2
        for p, d in ((570 + more / 4, 120 + more / 4), (450 + more / 4, 200 + more / 4))
    ]
    expected = 100 * (1.959964 + 0.841621) * sqrt(sum(variances) / (1000 + more))

    assert one.difference(other).detectable_change(method=method) == pytest.approx(expected, abs=1e-4)
    assert one.difference(other).detectable_change(method=method, power=0.5, confidence=0.8) == pytest.approx(
        expected * 1.281552 / (1.959964 + 0.841621), abs=1e-4
    )


def test_what_answers_show_is_what_is_planned_from_their_variances():
    one, other = Nps(57, 31, 12), Nps(90, 70, 40)
    planned = nps_detectable_change(answers=(100, 200), variances=(one.variance, other.variance), method="wald")

    assert one.difference(other).detectable_change(method="wald") == pytest.approx(planned)


def test_scores_of_two_scales_do_not_compare():
    stars = NpsScale(low=1, passive=4, promoter=5, high=5)
    with pytest.raises(InvalidValueError, match="two scores compare on one scale"):
        Nps(1).difference(Nps(1, scale=stars))

    assert Nps(3, 1, scale=stars).difference(Nps(1, 1, scale=stars)).value == 25


def test_without_answers_there_is_no_difference():
    nothing = Nps().difference(Nps(promoters=3))

    assert not nothing.is_defined
    assert nothing.value_or(None) is None
    assert [nothing.interval(method=method) for method in METHODS] == [(-200, 200)] * len(METHODS)
    assert DIFFERENCE.value_or(0) == DIFFERENCE.value
    for ask in (lambda: nothing.value, nothing.p_value, lambda: nothing.p_value(method="wald")):
        with pytest.raises(UndefinedMetricError, match="no responses"):
            ask()


def test_unanimous_answers_have_no_wald_test():
    change = Nps(promoters=5).difference(Nps(promoters=9))

    assert change.interval(method="wald") == (0, 0)
    with pytest.raises(UndefinedMetricError, match="all answers of each group agree"):
        change.p_value(method="wald")
    with pytest.raises(UndefinedMetricError, match="the test is undefined"):
        change.detectable_change(method="wald")
    assert change.detectable_change() > 0


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (lambda: Nps(1).difference(3), InvalidTypeError),
        (lambda: NpsDifference(14.3, Nps(1)), InvalidTypeError),
        (lambda: DIFFERENCE.interval(method="wilson"), InvalidValueError),
        (lambda: DIFFERENCE.interval(2), InvalidValueError),
        (lambda: Nps().difference(Nps()).interval(2), InvalidValueError),
        (lambda: DIFFERENCE.p_value(method="score"), InvalidValueError),
        (lambda: DIFFERENCE.p_value(method="goodman"), InvalidValueError),
        (lambda: DIFFERENCE.detectable_change(method="score"), InvalidValueError),
        (lambda: DIFFERENCE.detectable_change(power=80), InvalidTypeError),
        (lambda: Nps(1).interval(method="goodmann"), InvalidValueError),
    ],
    ids=[
        "a number",
        "a value",
        "a method",
        "a confidence",
        "a confidence of nothing",
        "a test",
        "a test of goodman",
        "a test for a change",
        "a power",
        "a method of one",
    ],
)
def test_what_makes_no_sense_is_refused(ask, error):
    with pytest.raises(error):
        ask()
