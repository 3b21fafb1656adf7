"""How many answers a score needs."""

import json
from math import sqrt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics import Nps, nps_detectable_change, nps_sample_size, nps_sample_size_per_group

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/feedback.json").read_text(encoding="utf-8"))
}
Z95, Z80 = 1.959963984540054, 0.8416212335729143  # tables of the normal distribution


@pytest.mark.parametrize("name", ["feedback-040", "feedback-041"])
@pytest.mark.parametrize(("method", "expected"), [("wald", "plain"), ("adjusted-wald", "adjusted")])
def test_the_sample_size_for_a_margin_is_that_of_others(name, method, expected):
    asked = CASES[name]["input"]
    found = nps_sample_size(
        margin=100 * asked["margin"], variance=asked["variance"], confidence=asked["conf"], method=method
    )
    assert found == CASES[name]["expected"][expected]


@given(st.integers(5, 40), st.floats(0.05, 1), st.floats(0.5, 0.99))
def test_so_many_answers_are_enough_and_fewer_are_not(margin, variance, confidence):
    """By the width of a Wald interval of so many answers."""
    from statistics import NormalDist

    number = nps_sample_size(margin=margin, variance=variance, confidence=confidence, method="wald")
    z = NormalDist().inv_cdf((1 + confidence) / 2)

    assert 100 * z * sqrt(variance / number) <= margin * (1 + 1e-9)
    if number > 1:
        assert 100 * z * sqrt(variance / (number - 1)) > margin * (1 - 1e-9)


@pytest.mark.parametrize(("method", "expected"), [("wald", "n_per_group"), ("adjusted-wald", "adjusted")])
def test_the_sample_size_for_a_change(method, expected):
    """By hand: (1.95996 + 0.84162)**2 * (0.4875 + 0.4875) / 0.1**2 = 765.3."""
    asked = CASES["feedback-043"]["input"]
    variances = (asked["var_each"], asked["var_each"])
    found = nps_sample_size_per_group(
        change=100 * asked["delta"], variances=variances, power=asked["power"], method=method
    )
    assert found == CASES["feedback-043"]["expected"][expected]


def test_what_so_many_answers_detect_is_that_of_others():
    asked, expected = CASES["feedback-044"]["input"], CASES["feedback-044"]["expected"]
    for power, change in ((asked["power"], expected["mdc"]), (0.5, expected["lsd_power50"])):
        found = nps_detectable_change(
            answers=asked["n_each"], variances=(asked["var_each"],) * 2, power=power, method="wald"
        )
        assert found == pytest.approx(100 * change, abs=1e-4)


@given(
    st.integers(1, 10_000), st.tuples(st.floats(0.1, 1), st.floats(0.1, 1)), st.sampled_from(["wald", "adjusted-wald"])
)
def test_what_can_be_detected_goes_with_how_many_it_takes(answers, variances, method):
    change = nps_detectable_change(answers=answers, variances=variances, method=method)
    more = 3 if method == "adjusted-wald" else 0

    assert change == pytest.approx(100 * (Z95 + Z80) * sqrt(sum(variances) / (answers + more)))
    if change <= 200:
        needed = nps_sample_size_per_group(change=change, variances=variances, method=method)
        assert answers <= needed <= answers + 1  # rounded up


@given(st.integers(1, 10_000), st.integers(1, 10_000), st.sampled_from(["wald", "adjusted-wald"]))
def test_groups_may_have_unlike_numbers_of_answers(one, other, method):
    found = nps_detectable_change(answers=(one, other), variances=(0.5, 0.8), method=method)
    more = 3 if method == "adjusted-wald" else 0

    assert found == pytest.approx(100 * (Z95 + Z80) * sqrt(0.5 / (one + more) + 0.8 / (other + more)))


def test_a_margin_that_anything_meets_needs_one_answer():
    assert nps_sample_size(margin=200) == 1
    assert nps_sample_size(margin=5, variance=0) == 1


def test_the_variance_is_that_of_the_standard_error():
    score = Nps(promoters=57, passives=31, detractors=12)

    assert (score.standard_error / 100) ** 2 * score.total == pytest.approx(score.variance)
    assert score.variance == pytest.approx(0.4875)  # p + d - (p - d)**2 of the example of the R package NPS


@pytest.mark.parametrize(
    ("ask", "error", "told"),
    [
        (lambda: nps_sample_size(margin=0), InvalidValueError, "margin must be a number of points above 0"),
        (lambda: nps_sample_size(margin=201), InvalidValueError, "up to 200, got 201"),
        (lambda: nps_sample_size(margin="5"), InvalidTypeError, "margin must be a number of points, got '5'"),
        (lambda: nps_sample_size(margin=5, variance=6667), InvalidValueError, "an answer counts 1, 0 or -1"),
        (
            lambda: nps_sample_size(margin=5, variance=None),
            InvalidTypeError,
            "the variance of an answer must be a number",
        ),
        (lambda: nps_sample_size(margin=5, method="score"), InvalidValueError, "method must be one of"),
        (lambda: nps_sample_size(margin=5, confidence=95), InvalidValueError, "write 0.95 for 95 %"),
        (lambda: nps_sample_size_per_group(change=-1), InvalidValueError, "change must be a number of points"),
        (lambda: nps_sample_size_per_group(change=5, power=1.0), InvalidValueError, "write 0.8 for 80 %"),
        (lambda: nps_sample_size_per_group(change=5, power=80), InvalidTypeError, "power must be a float"),
        (lambda: nps_detectable_change(answers=0), InvalidValueError, "answers must be at least 1"),
        (lambda: nps_detectable_change(answers=(5, 0)), InvalidValueError, "answers must be at least 1"),
        (lambda: nps_detectable_change(answers=2.5), InvalidTypeError, "answers must be an int"),
        (lambda: nps_sample_size(margin=1e-200), InvalidValueError, "at least 1e-09 and up to 200, got 1e-200"),
        (lambda: nps_sample_size(margin=10**400), InvalidValueError, "up to 200, got 1000"),
        (
            lambda: nps_sample_size_per_group(change=5, variances=0.5),
            InvalidTypeError,
            "variances must be a pair, one for each of the two groups, got 0.5",
        ),
        (
            lambda: nps_detectable_change(answers=9, variances=0.5),
            InvalidTypeError,
            "variances must be a pair, one for",
        ),
        (lambda: nps_detectable_change(answers=(1, 2, 3)), InvalidTypeError, "answers must be a pair, .* got .1, 2, 3"),
    ],
    ids=[
        "no margin",
        "beyond the scale",
        "text",
        "variance",
        "no variance",
        "method",
        "confidence",
        "negative",
        "power",
        "power in per cent",
        "nobody",
        "nobody in one group",
        "half an answer",
        "next to no margin",
        "an endless margin",
        "one variance",
        "one variance for two groups",
        "three groups",
    ],
)
def test_what_makes_no_sense_is_refused(ask, error, told):
    with pytest.raises(error, match=told):
        ask()
