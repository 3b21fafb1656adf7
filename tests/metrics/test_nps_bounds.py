"""What the silent could do to a score."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import NonresponseBounds, Nps, NpsScale

COUNTS = st.integers(0, 12)
SCORES = st.builds(Nps, COUNTS, COUNTS, COUNTS, COUNTS)


def test_the_bounds_are_the_scores_if_all_had_answered():
    """By hand: 60 promoters and 15 detractors of 125, with 25 more of one or the other."""
    bounds = Nps(60, 25, 15).nonresponse_bounds(invited=125)

    assert (bounds.worst, bounds.best) == (Nps(60, 25, 40), Nps(85, 25, 15))
    assert bounds.interval == (100 * (60 - 40) / 125, 100 * (85 - 15) / 125)
    assert (bounds.response_rate.count, bounds.response_rate.total, bounds.silent) == (100, 125, 25)


@given(SCORES, COUNTS, COUNTS)
def test_whatever_the_silent_say_the_score_lies_within(score, promoters, detractors):
    silent = promoters + detractors + 3
    invited = score.total + max(silent, score.missing)
    bounds = score.nonresponse_bounds(invited=invited)
    passives = invited - score.total - promoters - detractors
    after = score + Nps(promoters, passives, detractors)

    assert bounds.interval.low <= after.value <= bounds.interval.high
    assert bounds.worst.total == bounds.best.total == invited


def test_those_who_are_missing_are_silent():
    bounds = Nps(1, 0, 0, missing=1).nonresponse_bounds(invited=4)

    assert bounds.silent == 3
    assert (bounds.worst, bounds.best) == (Nps(1, 0, 3), Nps(4))


def test_if_all_answered_the_score_is_known():
    bounds = Nps(3, 2, 1).nonresponse_bounds(invited=6)

    assert bounds.worst == bounds.best == bounds.answered
    assert bounds.interval.low == bounds.interval.high == bounds.answered.value


def test_without_answers_anything_may_be():
    assert Nps().nonresponse_bounds(invited=10).interval == (-100, 100)
    nobody = Nps().nonresponse_bounds(invited=0)

    assert nobody.interval == (-100, 100)
    assert [row["nps"] for row in nobody.rows()] == [None, None, None]
    with pytest.raises(UndefinedMetricError, match="response rate is undefined: no invitations"):
        _ = nobody.response_rate.value


def test_the_bounds_keep_the_scale():
    stars = NpsScale(low=1, passive=4, promoter=5, high=5)

    assert Nps(1, scale=stars).nonresponse_bounds(invited=2).best == Nps(2, scale=stars)


def test_bounds_print_as_a_table_and_have_a_chart():
    bounds = Nps(60, 25, 15).nonresponse_bounds(invited=125)

    assert str(bounds).splitlines()[0] == "silent are  promoters  passives  detractors  nps"
    assert [row["nps"] for row in bounds.chart()["data"]["values"]] == [16, 45, 56]
    assert [row["silent are"] for row in bounds.rows()] == ["detractors", "left out", "promoters"]
    assert set(bounds._repr_mimebundle_()) == {"application/vnd.vegalite.v5+json", "text/plain"}
    assert eval(repr(bounds), {"Nps": Nps, "NonresponseBounds": NonresponseBounds}) == bounds  # noqa: S307 - our own


@pytest.mark.parametrize(
    ("make", "error", "told"),
    [
        (lambda: Nps(3, 2, 1, 4).nonresponse_bounds(invited=9), InvalidValueError, "at least the 10 who are known"),
        (lambda: Nps(3).nonresponse_bounds(invited=9.5), InvalidTypeError, "invited must be an int"),
        (lambda: NonresponseBounds(45.0, 10), InvalidTypeError, "the bounds are those of an Nps, got 45.0"),
    ],
    ids=["too few", "half", "a number"],
)
def test_what_makes_no_sense_is_refused(make, error, told):
    with pytest.raises(error, match=told):
        make()
