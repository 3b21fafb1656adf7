"""Declared scales: which scores there are, which end is good, and what counts; and those that the field knows by name."""

import json
from pathlib import Path

import pytest

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError
from cxkit.metrics import STARS, THUMBS, BoxScore, ScaleSpec, csat_scale

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/feedback.json").read_text(encoding="utf-8"))
}
FIVE = {"low": 1, "high": 5, "direction": "higher_is_better", "statistic": "mean"}


def scale(**changes):
    return ScaleSpec(**{**FIVE, **changes})


def counts_of(case):
    return {int(score): count for score, count in case["input"]["counts"].items()}


@pytest.mark.parametrize(
    ("direction", "top", "bottom"), [("higher_is_better", (6, 7), (1, 2, 3)), ("lower_is_better", (1, 2), (5, 6, 7))]
)
def test_the_top_box_is_at_the_good_end(direction, top, bottom):
    spec = scale(high=7, direction=direction, top_box=2, bottom_box=3)
    assert (spec.top_scores, spec.bottom_scores, spec.scores) == (top, bottom, (1, 2, 3, 4, 5, 6, 7))


def test_a_scale_without_boxes_has_no_scores_in_them():
    assert (scale().top_scores, scale().bottom_scores) == ((), ())
    assert scale(direction="lower_is_better").top_scores == ()


def test_a_scale_may_go_below_zero():
    assert scale(low=-2, high=2, top_box=1).top_scores == (2,)


def test_a_direction_and_a_statistic_have_no_default():
    for left_out in ("direction", "statistic"):
        with pytest.raises(TypeError, match=left_out):
            ScaleSpec(**{name: value for name, value in FIVE.items() if name != left_out})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"low": 1.0}, "a scale runs from one int to another, got 1.0"),
        ({"high": True}, "a scale runs from one int to another, got True"),
        ({"top_box": 2.0}, "top_box must be an int, got 2.0"),
        ({"name": 3}, "name must be text, got 3"),
    ],
)
def test_a_part_of_another_type_is_refused(changes, message):
    with pytest.raises(InvalidTypeError) as caught:
        scale(**changes)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"high": 1}, "a scale has from 2 to 101 scores, got one from 1 to 1"),
        ({"low": 0, "high": 101}, "a scale has from 2 to 101 scores, got one from 0 to 101"),
        ({"direction": "up"}, "direction must be one of 'higher_is_better', 'lower_is_better', got 'up'"),
        ({"statistic": "median"}, "statistic must be one of 'top_box', 'bottom_box', 'net', 'mean', got 'median'"),
        ({"name": " "}, "name must not be blank, got ' '"),
        ({"top_box": -1}, "top_box must be at least 0, got -1"),
        ({"bottom_box": -1}, "bottom_box must be at least 0, got -1"),
        (
            {"top_box": 3, "bottom_box": 3},
            "boxes must not overlap, nor be the whole scale of 5 scores, got a top box of 3 and a bottom box of 3",
        ),
        (
            {"top_box": 5},
            "boxes must not overlap, nor be the whole scale of 5 scores, got a top box of 5 and a bottom box of 0",
        ),
        (
            {"bottom_box": 5},
            "boxes must not overlap, nor be the whole scale of 5 scores, got a top box of 0 and a bottom box of 5",
        ),
        (
            {"statistic": "top_box"},
            "the statistic 'top_box' needs to know how many scores are in the top_box; give top_box=",
        ),
        (
            {"statistic": "bottom_box", "top_box": 1},
            "the statistic 'bottom_box' needs to know how many scores are in the bottom_box; give bottom_box=",
        ),
        (
            {"statistic": "net", "top_box": 1},
            "the statistic 'net' needs to know how many scores are in the bottom_box; give bottom_box=",
        ),
        (
            {"statistic": "net", "bottom_box": 1},
            "the statistic 'net' needs to know how many scores are in the top_box; give top_box=",
        ),
    ],
)
def test_a_scale_that_makes_no_sense_is_refused(changes, message):
    with pytest.raises(InvalidValueError) as caught:
        scale(**changes)
    assert str(caught.value) == message


def test_the_ends_of_what_a_scale_may_be():
    assert len(scale(low=0, high=100).scores) == 101
    assert scale(low=0, high=1, top_box=1, bottom_box=1).bottom_scores == (0,)
    assert scale(top_box=2, bottom_box=3).bottom_scores == (1, 2, 3)


def test_a_scale_prints_as_the_code_that_makes_it_and_is_stored():
    for spec in (STARS, THUMBS, csat_scale(5), scale(low=-3, name="mood")):
        assert eval(repr(spec), {"ScaleSpec": ScaleSpec}) == spec  # noqa: S307 - our own
        assert from_dict(to_dict(spec), ScaleSpec) == spec


@pytest.mark.parametrize(
    ("part", "value"),
    [("high", 10**40), ("high", "5"), ("direction", "up"), ("statistic", "net"), ("top_box", 9), ("name", "")],
)
def test_a_stored_scale_that_makes_no_sense_is_refused(part, value):
    with pytest.raises(DocumentError):
        from_dict({**to_dict(scale()), part: value}, ScaleSpec)


# Satisfaction


def test_chatwoot_divides_by_all_responses_rated_or_not():
    case = CASES["feedback-062"]
    counts = counts_of(case)
    unrated = case["input"]["total"] - sum(counts.values())

    assert 100 * BoxScore.from_counts(counts, csat_scale(5), unrated=unrated).value == case["expected"]["score"]
    assert BoxScore.from_counts(counts, csat_scale(5)).value == 1


def test_the_share_of_each_rating():
    case = CASES["feedback-065"]
    shares = BoxScore(csat_scale(5), counts_of(case)).distribution

    assert {str(score): 100 * rate.value for score, rate in shares.items()} == case["expected"]


@pytest.mark.parametrize(
    ("points", "system", "satisfied"),
    [
        # https://formbricks.com/docs/xm-and-surveys/surveys/question-type/rating
        (3, "formbricks", (3,)),
        (4, "formbricks", (3, 4)),
        (5, "formbricks", (4, 5)),
        (6, "formbricks", (5, 6)),
        (7, "formbricks", (6, 7)),
        (10, "formbricks", (8, 9, 10)),
        # Zencity
        (5, "zencity", (4, 5)),
        (6, "zencity", (4, 5, 6)),
        (7, "zencity", (5, 6, 7)),
        # where no two differ
        (3, None, (3,)),
        (5, None, (4, 5)),
    ],
)
def test_who_is_satisfied_by_whose_rule(points, system, satisfied):
    spec = csat_scale(points, system=system)
    assert (spec.top_scores, spec.low, spec.high, spec.statistic) == (satisfied, 1, points, "top_box")


@pytest.mark.parametrize("points", [6, 7])
def test_a_system_is_named_where_they_differ(points):
    message = f"systems differ in how many of {points} scores are satisfied ones, .*; name one as system="
    with pytest.raises(InvalidValueError, match=message):
        csat_scale(points)


def test_a_scale_that_no_system_has_is_declared():
    with pytest.raises(InvalidValueError, match=r"on 10 points, only on \[5, 6, 7\]; declare it as a ScaleSpec"):
        csat_scale(10, system="zencity")
    with pytest.raises(InvalidValueError, match=r"on 9 points, only on \[3, 4, 5, 6, 7, 10\]"):
        csat_scale(9)
    with pytest.raises(InvalidValueError, match="points must be at least 2, got 1"):
        csat_scale(1)
    for points in ("5", 5.0, [5], True):
        with pytest.raises(InvalidTypeError, match="points must be an int, got "):
            csat_scale(points)
    with pytest.raises(InvalidValueError, match="system must be one of 'formbricks', 'zencity', got 'nps'"):
        csat_scale(5, system="nps")


def test_zendesk_counts_good_over_good_and_bad():
    assert BoxScore.from_scores([1, 1, 1, 0, None], THUMBS).value == 0.75


def test_stars_are_a_mean():
    stars = BoxScore.from_scores([5, 4, 3], STARS)
    assert (stars.value, stars.top_box.value, stars.bottom_box.value) == (4, 2 / 3, 0)
