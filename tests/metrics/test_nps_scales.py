"""Scores on other scales, by a stated mapping."""

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics import Nps, NpsScale

STARS = NpsScale(low=1, passive=4, promoter=5, high=5)
TEN = NpsScale(low=0, passive=7, promoter=9, high=10)
COUNTS = st.integers(0, 30)


def test_the_standard_scale_needs_no_saying():
    assert Nps.from_scores([10, 8, 6], scale=TEN) == Nps.from_scores([10, 8, 6]) == Nps(1, 1, 1)
    assert Nps().scale == TEN
    assert "scale" not in repr(Nps(1, scale=TEN))


@pytest.mark.parametrize(
    ("score", "group"),
    [
        (1, "detractor"),
        (3.999, "detractor"),
        (4, "passive"),
        (4.5, "passive"),
        (5, "promoter"),
        (None, "missing"),
        (nan, "missing"),
    ],
)
def test_each_answer_has_a_group(score, group):
    assert STARS.group(score) == group
    assert Nps.from_scores([score], scale=STARS) == Nps.from_counts({score: 1}, scale=STARS)


@pytest.mark.parametrize("score", [0, 6, 0.5, 5.5])
def test_an_answer_off_its_scale_is_refused(score):
    for ask in (lambda: STARS.group(score), lambda: Nps.from_scores([5, score], scale=STARS)):
        with pytest.raises(InvalidValueError) as caught:
            ask()
        assert str(caught.value) == f"nps score must be between 1 and 5, got {score}"


def test_a_bool_is_no_answer_on_any_scale():
    thumbs = NpsScale(low=0, passive=1, promoter=1, high=1)
    with pytest.raises(InvalidTypeError, match="must be a number between 0 and 1, got True"):
        Nps.from_scores([1, 0, True], scale=thumbs)

    assert Nps.from_scores([1, 1, 0], scale=thumbs) == Nps(2, 0, 1, scale=thumbs)


@given(COUNTS, COUNTS, COUNTS)
def test_scores_of_another_scale_add_among_themselves(promoters, passives, detractors):
    tally = Nps(promoters, passives, detractors, scale=STARS)

    assert tally + Nps(scale=STARS) == Nps(scale=STARS) + tally == tally
    assert (tally + tally).scale == STARS
    assert tally.value_or(None) == Nps(promoters, passives, detractors).value_or(None)
    assert tally.interval() == Nps(promoters, passives, detractors).interval()


@pytest.mark.parametrize(("one", "other"), [(Nps(1), Nps(1, scale=STARS)), (Nps(1, scale=STARS), Nps())])
def test_scores_of_two_scales_do_not_add(one, other):
    assert one != other
    with pytest.raises(InvalidValueError, match="they are answers on two scales; compare those of one question"):
        _ = one + other


def test_a_score_prints_its_scale_as_the_code_that_makes_it():
    tally = Nps(1, 2, 3, 4, scale=STARS)
    printed = (
        "Nps(promoters=1, passives=2, detractors=3, missing=4, scale=NpsScale(low=1, passive=4, promoter=5, high=5))"
    )

    assert repr(tally) == printed
    assert eval(printed, {"Nps": Nps, "NpsScale": NpsScale}) == tally  # noqa: S307 - our own


@pytest.mark.parametrize(
    "value", [STARS, Nps(1, 2, 3, 4, scale=STARS), Nps(1, 2, 3)], ids=["scale", "score", "standard"]
)
def test_a_stored_value_comes_back(value):
    assert from_dict(to_dict(value), type(value)) == value


def test_a_document_of_when_there_was_one_scale_is_read():
    document = {key: part for key, part in to_dict(Nps(1, 2, 3)).items() if key != "scale"}

    assert from_dict(document, Nps) == Nps(1, 2, 3)


@pytest.mark.parametrize(
    ("grades", "error", "told"),
    [
        ((1, 1, 5, 5), InvalidValueError, "the grades of an nps scale must rise"),
        ((1, 5, 4, 5), InvalidValueError, "the grades of an nps scale must rise"),
        ((1, 4, 6, 5), InvalidValueError, "low < passive <= promoter <= high, got NpsScale(low=1, passive=4"),
        ((5, 4, 5, 1), InvalidValueError, "the grades of an nps scale must rise"),
        ((1, 4.5, 5, 5), InvalidTypeError, "a grade of an nps scale must be an int, got 4.5"),
        ((False, 1, 1, 1), InvalidTypeError, "a grade of an nps scale must be an int, got False"),
    ],
    ids=["no detractors", "crossed", "beyond", "reversed", "half", "bool"],
)
def test_a_scale_that_makes_no_sense_is_refused(grades, error, told):
    with pytest.raises(error) as caught:
        NpsScale(**dict(zip(("low", "passive", "promoter", "high"), grades, strict=True)))
    assert told in str(caught.value)


def test_a_scale_is_an_nps_scale():
    for make in (lambda: Nps(scale=(1, 4, 5, 5)), lambda: Nps.from_scores([], scale=5)):
        with pytest.raises(InvalidTypeError, match="scale must be an NpsScale, such as NpsScale"):
            make()
