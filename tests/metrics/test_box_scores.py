"""Scores on a declared scale: boxes, net scores and means, each with how sure it is."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import inf, log, nan, sqrt
from statistics import NormalDist, correlation, mean, stdev

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import STARS, BoxScore, Nps, ScaleSpec, ces_scale, csat_scale
from cxkit.tallies import Rate

CSAT = csat_scale(5)
INDEX = ces_scale("cys-7-index")
GRIM = ScaleSpec(1, 5, direction="lower_is_better", statistic="bottom_box", bottom_box=1, top_box=2, name="effort")
COUNTS = st.dictionaries(st.integers(1, 5), st.integers(0, 30))
TALLIES = st.builds(BoxScore, st.just(CSAT), COUNTS, missing=st.integers(0, 3), unrated=st.integers(0, 3))
ANSWERS = st.lists(st.integers(1, 5) | st.sampled_from([1.0, 5.0]) | st.none() | st.just(nan), max_size=20)


# Counting


def test_scores_are_counted_and_the_missing_ones_apart():
    march = BoxScore.from_scores([5, 4.0, Fraction(4), 2, None, nan], CSAT)

    assert (march.counts, march.missing, march.unrated, march.total) == ({2: 1, 4: 2, 5: 1}, 2, 0, 4)
    assert all(type(score) is int for score in march.counts)
    assert (
        march
        == BoxScore.from_counts({2: 1, 4: 2, 5: 1}, CSAT, missing=2)
        == BoxScore(CSAT, {5: 1, 4: 2, 2: 1}, missing=2)
    )


def test_an_answer_without_a_rating_counts_where_that_is_said():
    scores = [5, 4, None, 2]

    assert BoxScore.from_scores(scores, CSAT, missing="unrated").value == 2 / 4
    assert BoxScore.from_scores(scores, CSAT, missing="unrated").mean.value == 11 / 3
    with pytest.raises(InvalidValueError, match="expected a score each, got 1 missing; see missing='omit'"):
        BoxScore.from_scores(scores, CSAT, missing="raise")
    assert BoxScore.from_scores([5], CSAT, missing="raise").total == 1
    with pytest.raises(InvalidValueError, match="missing must be one of 'omit', 'unrated', 'raise'"):
        BoxScore.from_scores(scores, CSAT, missing="passive")


@pytest.mark.parametrize("score", [0, 6, 4.5, 0.999, inf, -inf, Fraction(9, 2), Decimal("4.5")])
def test_a_score_that_is_not_on_the_scale_is_refused(score):
    with pytest.raises(InvalidValueError) as caught:
        BoxScore.from_scores([5, score], CSAT)
    assert str(caught.value) == f"csat must be a whole number between 1 and 5, got {score!r}"
    with pytest.raises(InvalidValueError):
        BoxScore(CSAT, {score: 1})


@pytest.mark.parametrize(
    "score",
    [10**400, 10**5000, -(10**5000), Fraction(10**400), Decimal("1E+400")],
    ids=["401", "5001", "-5001", "fraction", "decimal"],
)
def test_a_score_far_off_the_scale_is_refused_and_cut_short(score):
    with pytest.raises(InvalidValueError, match=r"^csat must be a whole number between 1 and 5, got .{1,310}$"):
        BoxScore.from_scores([5, score], CSAT)


def test_a_decimal_is_a_score_where_it_is_whole():
    assert BoxScore.from_scores([Decimal(5), Decimal("4.0"), Decimal("NaN")], CSAT) == BoxScore(
        CSAT, {4: 1, 5: 1}, missing=1
    )


def test_a_score_that_is_text_is_to_be_converted():
    with pytest.raises(InvalidTypeError, match=r"between 1 and 5, got '5'; convert text first, as in int\('10'\)$"):
        BoxScore.from_scores(["5"], CSAT)


@pytest.mark.parametrize(
    ("scores", "hint"),
    [
        ({5: 5, 4: 5}, r"give counts to from_counts\(...\)"),
        (Counter([5, 4]), r"give counts to from_counts\(...\)"),
        ({5, 4}, "write a list"),
        (frozenset({5}), "write a list"),
        ({5: 1}.keys(), "write a list"),
    ],
)
def test_what_holds_each_score_once_is_no_list_of_scores(scores, hint):
    with pytest.raises(
        InvalidTypeError, match=f"expected scores one by one, got .*, which holds each value once; {hint}"
    ):
        BoxScore.from_scores(scores, CSAT)


@pytest.mark.parametrize("score", [True, [5], 5j])
def test_what_is_no_score_is_refused(score):
    with pytest.raises(InvalidTypeError) as caught:
        BoxScore.from_scores([score], CSAT)
    assert str(caught.value) == f"csat must be a whole number between 1 and 5, got {score!r}"


def test_what_is_no_tally_is_refused():
    with pytest.raises(InvalidTypeError, match="spec must be a ScaleSpec, got 5"):
        BoxScore.from_scores([1], 5)
    with pytest.raises(InvalidTypeError, match="spec must be a ScaleSpec, got 'csat'"):
        BoxScore("csat")
    with pytest.raises(InvalidTypeError, match="counts must be a mapping from scores"):
        BoxScore(CSAT, [1, 2])
    with pytest.raises(InvalidTypeError, match="expected scores"):
        BoxScore.from_scores(5, CSAT)
    with pytest.raises(InvalidValueError, match="the count of score 4 must be at least 0, got -1"):
        BoxScore(CSAT, {4: -1})
    for part in ("missing", "unrated"):
        with pytest.raises(InvalidValueError, match=f"{part} must be at least 0"):
            BoxScore(CSAT, **{part: -1})


# Boxes


def test_the_boxes_are_rates():
    march = BoxScore(CSAT, {5: 3, 4: 2, 1: 5})

    assert march.top_box == Rate(5, 10, name="csat top box", unit="answers")
    assert march.interval() == march.top_box.interval() == Rate(5, 10).interval()
    assert march.rate(4, 1) == Rate(7, 10, name="csat 1, 4", unit="answers")
    assert march.rate(4, 4).count == 2
    assert march.rate() == Rate(0, 10, name="csat ", unit="answers")


def test_the_top_box_of_a_reversed_scale_is_its_low_end():
    effort = BoxScore(GRIM, {1: 5, 2: 1, 5: 2})
    assert (effort.top_box.count, effort.bottom_box.count, effort.value) == (6, 2, 0.25)
    assert effort.bottom_box.name == "effort bottom box"


def test_a_box_that_the_scale_does_not_have_is_asked_for_in_vain():
    for ask in ("bottom_box", "net"):
        with pytest.raises(InvalidValueError, match="the scale 'csat' has no bottom box; give it bottom_box="):
            getattr(BoxScore(CSAT, {5: 1}), ask)
    with pytest.raises(InvalidValueError, match="has no top box; give it top_box="):
        _ = BoxScore(ces_scale("original")).top_box


def test_the_net_score_is_an_nps_of_the_boxes():
    index = BoxScore(INDEX, {7: 3, 6: 7, 5: 2, 4: 3, 3: 2, 1: 3}, unrated=1)
    same = Nps(promoters=10, passives=6, detractors=5)

    assert (index.value, index.interval(0.9)) == (same.value, same.interval(0.9))
    assert (index.net.top, index.net.neutral, index.net.bottom, index.net.total) == (10, 6, 5, 21)
    assert index.net.value_or(None) == index.value


# Means


@given(st.lists(st.integers(1, 5), min_size=2, max_size=30))
def test_the_mean_is_that_of_the_standard_library(scores):
    found = BoxScore.from_scores(scores, STARS).mean

    assert (found.value, found.exact, found.total) == (mean(scores), Fraction(sum(scores), len(scores)), len(scores))
    assert found.standard_deviation == pytest.approx(stdev(scores))
    assert found.standard_error == pytest.approx(stdev(scores) / sqrt(len(scores)))


def test_the_normal_interval_by_hand():
    """Mean 3, standard deviation sqrt(2.5), five scores."""
    stars = BoxScore.from_scores([1, 2, 3, 4, 5], STARS)
    margin = NormalDist().inv_cdf(0.975) * sqrt(2.5 / 5)

    assert stars.mean.interval(method="wald") == pytest.approx((3 - margin, 3 + margin))
    assert BoxScore.from_scores([1, 5], STARS).mean.interval(method="wald") == (1, 5)
    assert BoxScore.from_scores([4, 4], STARS).mean.interval(method="wald") == (4, 4)
    assert BoxScore.from_scores([4], STARS).mean.interval(method="wald") == (1, 5)
    with pytest.raises(InvalidValueError, match="method must be one of 'score', 'wald', got 't'"):
        stars.mean.interval(method="t")
    with pytest.raises(InvalidValueError, match="confidence must be between 0 and 1"):
        BoxScore(STARS).mean.interval(95, method="wald")


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_interval_of_a_mean_on_two_points_is_wilsons(bad, good):
    assume(bad + good)
    spec = ScaleSpec(0, 1, direction="higher_is_better", statistic="mean")
    assert BoxScore(spec, {0: bad, 1: good}).interval() == pytest.approx(Rate(good, bad + good).interval(), abs=1e-9)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_the_interval_of_a_mean_on_three_points_is_that_of_the_nps(bad, middling, good):
    assume(bad + middling + good)
    spec = ScaleSpec(-1, 1, direction="higher_is_better", statistic="mean")
    low, high = Nps(good, middling, bad).interval(0.9)
    found = BoxScore(spec, {-1: bad, 0: middling, 1: good}).interval(0.9)
    assert found == pytest.approx((low / 100, high / 100), abs=1e-9)


@pytest.mark.parametrize(
    "counts",
    [{1: 1}, {4: 1}, {4: 6}, {1: 2, 4: 1}, {1: 1, 2: 2, 3: 3, 4: 4}, {2: 3, 3: 4}, {1: 9, 3: 1}, {2: 1, 3: 20}],
)
def test_the_interval_of_a_mean_by_trying_shares_on_a_grid(counts):
    """The likeliest of all shares with a mean, within a grid: it has the variance by which the mean is tested."""
    steps, total = 60, sum(counts.values())
    spec = ScaleSpec(1, 4, direction="higher_is_better", statistic="mean")
    low, high = BoxScore(spec, counts).interval()
    answered = sum(score * count for score, count in counts.items()) / total
    likeliest = {}
    for one, two, three in product(range(steps + 1), repeat=3):
        if (four := steps - one - two - three) < 0:
            continue
        shares = dict(zip((1, 2, 3, 4), (one, two, three, four), strict=True))
        if all(shares[score] for score in counts):
            likelihood = sum(count * log(shares[score] / steps) for score, count in counts.items())
            middle = sum(score * share for score, share in shares.items())
            likeliest[middle] = max(likeliest.get(middle, (-inf, {})), (likelihood, tuple(shares.items())))
    z = NormalDist().inv_cdf(0.975)

    def accepts(middle):
        m = middle / steps
        variance = sum(share / steps * (score - m) ** 2 for score, share in likeliest[middle][1])
        return total * (answered - m) ** 2 <= z * z * variance

    accepted = [middle / steps for middle in likeliest if accepts(middle)]
    assert min(accepted) == pytest.approx(low, abs=0.06)
    assert max(accepted) == pytest.approx(high, abs=0.06)


@given(COUNTS, st.sampled_from([0.8, 0.95, 0.99]))
def test_the_interval_of_a_mean_holds_it_stays_on_the_scale_and_turns_round(counts, confidence):
    assume(any(counts.values()))
    tally, mirrored = BoxScore(STARS, counts), BoxScore(STARS, {6 - score: count for score, count in counts.items()})
    low, high = tally.interval(confidence)

    assert 1 <= low <= tally.value <= high <= 5
    assert low < high
    assert mirrored.interval(confidence) == pytest.approx((6 - high, 6 - low))
    twice_low, twice_high = (tally + tally).interval(confidence)
    assert low - 1e-9 <= twice_low
    assert twice_high <= high + 1e-9


def test_many_answers_agree_with_the_normal_interval():
    stars = BoxScore(STARS, {1: 10_000, 2: 20_000, 3: 30_000, 4: 50_000, 5: 40_000})
    assert stars.interval() == pytest.approx(stars.mean.interval(method="wald"), abs=1e-4)


def test_a_damped_mean_ranks_many_good_answers_above_one_perfect_one():
    one, many = BoxScore(STARS, {5: 1}).mean, BoxScore(STARS, {5: 80, 4: 20}).mean

    assert one.value > many.value
    assert one.damped(prior=3, weight=10) == (30 + 5) / 11
    assert many.damped(prior=3, weight=10) == (30 + 480) / 110
    assert BoxScore(STARS).mean.damped(prior=3.5, weight=1) == 3.5
    for prior, error in (
        (True, InvalidTypeError),
        ("3", InvalidTypeError),
        (0.9, InvalidValueError),
        (5.1, InvalidValueError),
        (nan, InvalidValueError),
    ):
        with pytest.raises(error, match="prior must"):
            one.damped(prior=prior, weight=10)
    with pytest.raises(InvalidValueError, match="weight must be at least 1, got 0"):
        one.damped(prior=3, weight=0)


# No data


@pytest.mark.parametrize(
    ("spec", "whole", "message"),
    [
        (CSAT, (0, 1), "csat top box is undefined: no answers"),
        (GRIM, (0, 1), "effort bottom box is undefined: no answers"),
        (INDEX, (-100, 100), r"ces \(cys-7-index\) net is undefined: no answers"),
        (STARS, (1, 5), "stars mean is undefined: no scores"),
    ],
)
def test_no_answers_are_no_score(spec, whole, message):
    nobody = BoxScore(spec, missing=3)

    assert (nobody.is_defined, nobody.value_or(None), nobody.interval()) == (False, None, whole)
    assert nobody.measure.value_or("none") == "none"
    with pytest.raises(UndefinedMetricError, match=message):
        _ = nobody.value
    difference = nobody.difference(BoxScore(spec, {1: 5}))
    assert (difference.is_defined, difference.value_or(None)) == (False, None)
    assert difference.interval() == (whole[0] - whole[1], whole[1] - whole[0])
    with pytest.raises(UndefinedMetricError):
        _ = difference.value


def test_one_score_has_no_standard_deviation():
    with pytest.raises(UndefinedMetricError, match="the standard deviation of stars is undefined: it needs two scores"):
        _ = BoxScore(STARS, {5: 1}).mean.standard_deviation
    with pytest.raises(UndefinedMetricError, match="stars mean is undefined: no scores"):
        _ = BoxScore(STARS).mean.standard_error


def test_unrated_answers_alone_have_a_box_and_no_mean():
    silent = BoxScore(STARS, unrated=4)
    assert (silent.total, silent.top_box.value, silent.is_defined, silent.interval()) == (4, 0, False, (1, 5))


# Differences


def test_the_difference_of_two_shares_is_newcombes():
    """Newcombe 1998, table 2, the cases of 9 of 10 and 3 of 10."""
    after, before = BoxScore(CSAT, {5: 9, 1: 1}), BoxScore(CSAT, {5: 3, 1: 7})
    gain = after.difference(before)

    assert gain.value == gain.value_or(None) == pytest.approx(0.6)
    assert gain.interval() == pytest.approx((0.1705, 0.8090), abs=5e-5)
    assert before.difference(after).interval() == pytest.approx((-0.8090, -0.1705), abs=5e-5)


def test_the_difference_of_two_net_scores_is_that_of_two_nps():
    one, other = {7: 57, 5: 31, 1: 12}, {7: 45, 5: 35, 1: 20}
    found = BoxScore(INDEX, one).difference(BoxScore(INDEX, other))
    expected = Nps(57, 31, 12).difference(Nps(45, 35, 20))

    assert (found.value, found.interval()) == (expected.value, pytest.approx(expected.interval()))


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(InvalidTypeError, match="a box score is compared with a BoxScore, got 3"):
        BoxScore(CSAT).difference(3)
    with pytest.raises(InvalidValueError, match="they are scores on two scales"):
        BoxScore(CSAT).difference(BoxScore(STARS))


# The laws of a tally


@given(TALLIES, TALLIES, TALLIES)
def test_box_scores_add_in_any_grouping(one, two, three):
    assert (one + two) + three == one + (two + three)
    assert sum([one, two], start=BoxScore(CSAT)) == one + two == two + one
    assert one + BoxScore(CSAT) == one


@given(ANSWERS, ANSWERS, st.sampled_from(["omit", "unrated"]))
def test_shards_add_up_to_the_whole(one, two, missing):
    parts = [BoxScore.from_scores(scores, CSAT, missing=missing) for scores in (one, two)]
    assert parts[0] + parts[1] == BoxScore.from_scores([*one, *two], CSAT, missing=missing)


@pytest.mark.parametrize(
    "change",
    [
        {"high": 6},
        {"low": 0},
        {"direction": "lower_is_better"},
        {"statistic": "mean"},
        {"top_box": 1},
        {"bottom_box": 1},
        {"name": "delivery"},
    ],
)
def test_scores_on_two_scales_never_add(change):
    parts = {"low": 1, "high": 5, "direction": "higher_is_better", "statistic": "top_box", "top_box": 2, "name": "csat"}
    assert ScaleSpec(**parts) == CSAT
    with pytest.raises(InvalidValueError, match="they are scores on two scales"):
        BoxScore(CSAT, {5: 1}) + BoxScore(ScaleSpec(**{**parts, **change}), {5: 1})


def test_what_differs_between_two_scales_is_said():
    with pytest.raises(InvalidValueError) as caught:
        BoxScore(CSAT) + BoxScore(csat_scale(7, system="zencity"))
    assert str(caught.value) == (
        "cannot add 'csat' and 'csat': they are scores on two scales, which differ in their high, top_box"
    )


def test_a_box_score_adds_to_its_like_only():
    with pytest.raises(TypeError):
        BoxScore(CSAT) + 1
    with pytest.raises(TypeError):
        BoxScore(CSAT) + Nps()


@given(TALLIES)
def test_a_box_score_is_stored_hashed_and_prints_as_code(tally):
    assert from_dict(to_dict(tally), BoxScore) == tally
    assert eval(repr(tally), {"BoxScore": BoxScore, "ScaleSpec": ScaleSpec}) == tally  # noqa: S307 - our own
    assert len({tally, BoxScore(CSAT, dict(tally.counts), missing=tally.missing, unrated=tally.unrated)}) == 1


def test_what_is_not_zero_shows():
    assert repr(BoxScore(CSAT, {5: 1, 4: 0})) == f"BoxScore({CSAT!r}, {{5: 1}})"
    assert repr(BoxScore(CSAT, missing=2, unrated=1)) == f"BoxScore({CSAT!r}, {{}}, missing=2, unrated=1)"


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("counts", [[5, 1], [5, 2]]),
        ("counts", [[6, 1]]),
        ("counts", [[5, -1]]),
        ("counts", {"5": 1}),
        ("missing", -1),
        ("spec", {}),
    ],
)
def test_a_stored_box_score_that_makes_no_sense_is_refused(part, value):
    with pytest.raises(DocumentError):
        from_dict({**to_dict(BoxScore(CSAT, {5: 1})), part: value}, BoxScore)


# Tests


@given(COUNTS, COUNTS)
def test_a_box_is_tested_as_the_rate_that_it_is(ours, theirs):
    one, other = BoxScore(CSAT, ours, unrated=1), BoxScore(CSAT, theirs, unrated=2)

    assert one.difference(other).p_value() == one.top_box.difference(other.top_box).p_value()


@pytest.mark.parametrize(
    ("spec", "worth"),
    [
        (STARS, {1: 1, 2: 2, 3: 3, 4: 4, 5: 5}),
        (ScaleSpec(1, 5, direction="lower_is_better", statistic="net", top_box=2, bottom_box=1), {1: 1, 2: 1, 5: -1}),
        (GRIM, {5: 1}),
    ],
)
def test_an_answer_counts_as_what_it_adds_to_the_statistic(spec, worth):
    """Those without a rating add nothing to a share, and are no part of a mean; chi-squared is total * r**2."""
    ours, theirs = BoxScore(spec, {1: 3, 3: 4, 5: 9}, unrated=2), BoxScore(spec, {1: 6, 2: 5, 5: 3}, unrated=1)
    rows = [
        (worth.get(score, 0), group)
        for group, tally in enumerate((ours, theirs))
        for score, count in [*tally.counts.items(), *([] if spec is STARS else [(0, tally.unrated)])]
        for _ in range(count)
    ]
    chi_squared = len(rows) * correlation(*zip(*rows, strict=True)) ** 2

    assert ours.difference(theirs).p_value() == pytest.approx(2 * NormalDist().cdf(-sqrt(chi_squared)))


def test_without_answers_nothing_is_tested():
    for one, other in (({}, {5: 1}), ({5: 1}, {})):
        with pytest.raises(UndefinedMetricError, match="csat"):
            BoxScore(CSAT, one).difference(BoxScore(CSAT, other)).p_value()
    assert BoxScore(CSAT, {5: 1}).difference(BoxScore(CSAT, {5: 7})).p_value() == 1


# Tables


def test_a_table_has_a_row_for_each_score():
    march = BoxScore(
        ScaleSpec(1, 3, direction="higher_is_better", statistic="net", top_box=1, bottom_box=1), {3: 3}, unrated=1
    )

    assert march.rows() == [
        {"score": 1, "count": 0, "share": 0, "box": "bottom"},
        {"score": 2, "count": 0, "share": 0, "box": None},
        {"score": 3, "count": 3, "share": 0.75, "box": "top"},
        {"score": None, "count": 1, "share": 0.25, "box": None},
    ]
    assert str(march).splitlines()[1:3] == ["    1      0      0  bottom", "    2      0      0  -"]
    assert march.chart()["data"]["values"] == march.rows()
    assert march.chart()["encoding"]["color"]["field"] == "box"
    assert BoxScore(CSAT).rows()[0] == {"score": 1, "count": 0, "share": None, "box": None}
    assert [row["score"] for row in BoxScore(CSAT).rows()] == [1, 2, 3, 4, 5]
    assert {score: rate.value_or(None) for score, rate in BoxScore(CSAT).distribution.items()} == dict.fromkeys(
        CSAT.scores
    )


@pytest.mark.parametrize("spec", [CSAT, STARS, INDEX], ids=["box", "mean", "net"])
def test_large_counts_have_intervals_and_larger_ones_are_refused(spec):
    low, high = BoxScore(spec, {1: 10**59, 5: 10**59}).interval()
    assert low == pytest.approx(high)
    with pytest.raises(InvalidValueError, match=r"the count of score 1 must be below 10\*\*60, got 1000"):
        BoxScore(spec, {1: 10**400})
