"""Verdicts on changes: what is called one, what cannot be told, and how many answers would tell."""

from datetime import datetime, timezone
from functools import cache
from math import comb, inf, nan, sqrt
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics import (
    BoxScore,
    Nps,
    NpsScale,
    PopulationRate,
    Rate,
    ScaleSpec,
    Verdicts,
    benjamini_hochberg,
    holm,
    verdict,
    verdicts,
)
from cxkit.metrics import nps_detectable_change as planned_change
from cxkit.metrics import nps_sample_size_per_group as planned_size

COUNTS = st.integers(0, 60)
NPS = st.builds(Nps, COUNTS, COUNTS, COUNTS)
RATES = st.builds(lambda count, rest: Rate(count, count + rest), COUNTS, COUNTS)
TOP, NET, MEAN = (
    ScaleSpec(1, 5, direction="higher_is_better", statistic=statistic, top_box=2, bottom_box=2)
    for statistic in ("top_box", "net", "mean")
)
SCORES = st.dictionaries(st.integers(1, 5), st.integers(0, 30))


def boxes(spec):
    """Draw the answers to one question twice."""
    answers = st.builds(BoxScore, st.just(spec), SCORES, unrated=st.integers(0, 3))
    return st.tuples(answers, answers, st.just(10 if spec is NET else 0.1))


PAIRS = (
    st.tuples(NPS, NPS, st.just(10))
    | st.tuples(RATES, RATES, st.just(0.1))
    | st.sampled_from([TOP, NET, MEAN]).flatmap(boxes)
)
STARS = NpsScale(low=1, passive=4, promoter=5, high=5)
DEVIATE = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(0.8)


def worth(tally):
    """Return what each answer adds to the value, in quarters of an answer, and those that the plan adds."""
    if isinstance(tally, Nps):
        return [100] * 4 * tally.promoters + [0] * 4 * tally.passives + [-100] * 4 * tally.detractors, ROCKS
    if isinstance(tally, Rate):
        return [1] * 4 * tally.count + [0] * 4 * (tally.total - tally.count), AGRESTI
    if tally.spec is MEAN:
        return [score for score, count in tally.counts.items() for _ in range(4 * count)], [1] * 4 + [5] * 4
    high, low = (
        [score for score, count in tally.counts.items() if score in box for _ in range(4 * count)]
        for box in ((4, 5), (1, 2))
    )
    rest = 4 * tally.total - len(high)
    if tally.spec is TOP:
        return [1] * len(high) + [0] * rest, AGRESTI
    return [100] * len(high) + [-100] * len(low) + [0] * (rest - len(low)), ROCKS


ROCKS = [100] * 3 + [0] * 6 + [-100] * 3
AGRESTI = [1] * 4 + [0] * 4


def variance(tally):
    """Return the variance of one answer, a few added, and how many they are then."""
    answers, added = worth(tally)
    scores = answers + added
    mean = sum(scores) / len(scores)
    return sum((score - mean) ** 2 for score in scores) / len(scores), len(scores) / 4


def codes(found):
    return [reason.code for reason in found.reasons]


# One change


def test_a_change_is_one_that_test_and_interval_agree_on():
    found = verdict(Nps(450, 350, 200), Nps(400, 350, 250), smallest=5)
    difference = Nps(450, 350, 200).difference(Nps(400, 350, 250))

    assert (found.outcome, found.direction, found.change) == ("changed", "up", 10)
    assert (found.p_value, found.adjusted_p_value) == (difference.p_value(), difference.p_value())
    assert found.interval == difference.interval()
    assert (found.smallest, found.confidence, found.power) == (5, 0.95, 0.8)
    assert (found.after, found.before) == (Nps(450, 350, 200), Nps(400, 350, 250))
    assert codes(found) == ["p_value", "interval"]
    assert found.reason == "p_value"


def test_a_change_for_the_worse_is_a_change_down():
    found = verdict(Nps(400, 350, 250), Nps(450, 350, 200), smallest=5)

    assert (found.outcome, found.direction, found.change) == ("changed", "down", -10)


def test_no_evidence_is_said_only_where_a_change_that_matters_would_have_been_seen():
    after, before = Nps(405, 350, 245), Nps(400, 350, 250)
    enough, few = verdict(after, before, smallest=10), verdict(after, before, smallest=5)

    assert (enough.outcome, enough.direction, few.outcome, few.direction) == ("no_evidence", None, "too_few", None)
    assert enough.detectable_change == few.detectable_change
    assert 5 < few.detectable_change < 10
    assert codes(enough) == ["p_value", "interval", "below_smallest", "detectable_change", "answers"]
    assert codes(few) == ["detectable_change", "answers", "p_value", "interval"]
    assert few.needed > 1000 > enough.needed


def test_the_limit_between_too_few_and_no_evidence_is_the_detectable_change_itself():
    after, before = Nps(50, 35, 15), Nps(40, 35, 25)
    limit = verdict(after, before, smallest=5).detectable_change

    assert verdict(after, before, smallest=limit).outcome == "no_evidence"
    assert verdict(after, before, smallest=limit * (1 - 1e-9)).outcome == "too_few"


def test_an_interval_without_room_for_a_change_that_matters_is_no_evidence_of_one():
    """Eight hundred answers would miss more than one in five changes of 9 points, and yet these leave no room for one."""
    after, before = Nps(320, 280, 200), Nps(320, 280, 200)
    found = verdict(after, before, smallest=9)

    assert found.detectable_change > 9 > found.interval.high
    assert (found.outcome, found.reasons[2].code) == ("no_evidence", "below_smallest")
    shifted = verdict(Nps(345, 280, 175), before, smallest=9)
    assert shifted.interval.low < 0
    assert shifted.interval.high > 9
    assert shifted.outcome == verdict(before, Nps(345, 280, 175), smallest=9).outcome == "too_few"
    for some, other in ((after, Nps(322, 280, 198)), (Nps(322, 280, 198), after)):
        end = max(map(abs, verdict(some, other, smallest=9).interval))
        assert verdict(some, other, smallest=end).outcome == "too_few"
        assert verdict(some, other, smallest=end * (1 + 1e-9)).outcome == "no_evidence"


def test_of_many_groups_the_interval_that_holds_of_all_must_have_no_room():
    after, before = Nps(320, 280, 200), Nps(320, 280, 200)
    many = verdicts(dict.fromkeys("abcdefgh", after), dict.fromkeys("abcdefgh", before), smallest=9)

    assert set(many.of("too_few")) == set("abcdefgh")
    assert many.results["a"].interval == verdict(after, before, smallest=9).interval
    loose = verdicts(dict.fromkeys("abcdefgh", after), dict.fromkeys("abcdefgh", before), smallest=9, correction="none")
    assert set(loose.of("no_evidence")) == set("abcdefgh")


def test_a_verdict_says_why():
    found = verdict(Rate(30, 100), Rate(20, 100), smallest=0.2)

    assert str(found).splitlines() == [
        "no evidence",
        "- p value: found 0.1025, needed below 0.05",  # z = 0.1 / sqrt(0.25 * 0.75 * 2 / 100) = 1.633
        "- interval: found -0.02025 to 0.2167, needed without 0",
        "- detectable change: found 0.1699, needed at most 0.2",
        "- answers: found 100 and 100, needed 72 each",
    ]


def test_a_change_that_is_sure_and_does_not_matter_says_so():
    tiny = verdict(Rate(50_600, 100_000), Rate(50_000, 100_000), smallest=0.05)

    assert (tiny.outcome, tiny.direction) == ("changed", "up")
    assert codes(tiny) == ["p_value", "interval", "below_smallest"]
    assert tiny.reasons[-1].needed == "0.05 or more"
    assert codes(verdict(Rate(50_600, 100_000), Rate(50_000, 100_000), smallest=0.006)) == ["p_value", "interval"]
    assert codes(verdict(Rate(50_000, 100_000), Rate(50_600, 100_000), smallest=0.006)) == ["p_value", "interval"]


def test_a_test_that_its_interval_does_not_bear_out_is_no_change():
    """The score test says 0.035, and the hybrid interval holds 0: one of the two is wrong."""
    after, before = Rate(4, 20), Rate(0, 20)
    found = verdict(after, before, smallest=0.5)

    assert found.p_value == pytest.approx(0.035, abs=5e-4)
    assert 0 in found.interval
    assert found.outcome == "no_evidence"


def test_few_who_agree_with_many_are_no_change():
    """The adjusted test takes two promoters for less than a thousand: at 90 % it would see a change of nothing."""
    after, before = Nps(2), Nps(1000)

    assert after.difference(before).p_value() < 0.1
    assert verdict(after, before, smallest=5, confidence=0.9).outcome == "too_few"


def test_unanimous_answers_do_not_make_few_enough():
    found = verdict(Nps(3), Nps(3), smallest=10)

    assert found.outcome == "too_few"
    assert found.detectable_change == pytest.approx(
        DEVIATE * sqrt(2 * 10_000 * (0.75 - 0.25) / 6)
    )  # 3.75, 1.5, 0.75 of 6


@pytest.mark.parametrize(
    ("after", "before", "smallest"),
    [(Nps(), Nps(5), 10), (Nps(5), Nps(), 10), (Nps(), Nps(), 10), (Rate(), Rate(1, 2), 0.1)],
)
def test_without_answers_there_are_too_few(after, before, smallest):
    found = verdict(after, before, smallest=smallest)

    assert (found.outcome, found.direction, found.change, found.detectable_change) == ("too_few", None, None, None)
    assert (found.p_value, found.adjusted_p_value) == (None, None)
    assert found.interval == after.difference(before).interval()
    assert found.needed > 0
    assert str(found).splitlines()[1:3] == [
        f"- detectable change: needed at most {smallest}",
        f"- answers: found {after.total} and {before.total}, needed {found.needed} each",
    ]


# Plans


@given(PAIRS, st.sampled_from([0.9, 0.95]), st.sampled_from([0.5, 0.8, 0.9]))
def test_what_is_detectable_and_needed_is_the_textbooks(pair, confidence, power):
    after, before, smallest = pair
    found = verdict(after, before, smallest=smallest, confidence=confidence, power=power)
    deviate = NormalDist().inv_cdf((1 + confidence) / 2) + NormalDist().inv_cdf(power)
    (ours, here), (theirs, there) = variance(after), variance(before)

    needed = deviate**2 * (ours + theirs) / smallest**2 - len(worth(after)[1]) / 4
    assert max(0.5, needed) - 1e-6 <= found.needed <= max(1, needed + 1 + 1e-6)
    if after.is_defined and before.is_defined:
        assert found.detectable_change == pytest.approx(deviate * sqrt(ours / here + theirs / there))


@given(st.tuples(COUNTS, COUNTS, COUNTS).filter(any), st.tuples(COUNTS, COUNTS, COUNTS).filter(any))
def test_plans_agree_with_those_for_equal_groups(ours, theirs):
    total = sum(ours) + sum(theirs)
    after = Nps(ours[0], ours[1] + total - sum(ours), ours[2])
    before = Nps(theirs[0], theirs[1] + total - sum(theirs), theirs[2])
    variances = variance(after)[0] / 10_000, variance(before)[0] / 10_000
    found = verdict(after, before, smallest=7)

    assert found.detectable_change == pytest.approx(planned_change(answers=total, variances=variances))
    assert abs(found.needed - planned_size(change=7, variances=variances)) <= 1  # of the last bit


@given(NPS.filter(lambda nps: nps.is_defined), NPS.filter(lambda nps: nps.is_defined))
def test_what_is_detectable_is_what_the_difference_itself_says(after, before):
    expected = after.difference(before).detectable_change(power=0.7, confidence=0.9)

    assert verdict(after, before, smallest=5, power=0.7, confidence=0.9).detectable_change == pytest.approx(expected)


@cache
def outcome(after, before, size):
    return verdict(Rate(after, size), Rate(before, size), smallest=0.2).outcome


@pytest.mark.parametrize(("share", "least", "most"), [(0.5, 0.75, 0.85), (0.3, 0.0, 0.05)])
def test_the_answers_needed_see_the_change_as_often_as_promised_and_luck_seldom(share, least, most):
    """Over every sample, with its probability."""
    size = verdict(Rate(30, 100), Rate(50, 100), smallest=0.2).needed

    def chance(count, probability):
        return comb(size, count) * probability**count * (1 - probability) ** (size - count)

    seen = sum(
        chance(after, share) * chance(before, 0.3)
        for after in range(size + 1)
        for before in range(size + 1)
        if outcome(after, before, size) == "changed"
    )
    assert least < seen < most


@given(PAIRS)
def test_with_the_periods_exchanged_the_verdict_is_the_same_and_the_change_turned(pair):
    after, before, smallest = pair
    there, back = (verdict(*two, smallest=smallest) for two in ((after, before), (before, after)))

    assert (there.outcome, there.needed) == (back.outcome, back.needed)
    assert (there.p_value is None) == (back.p_value is None)
    assert {there.direction, back.direction} in ({None}, {"up", "down"})
    if there.p_value is not None:
        assert there.p_value == pytest.approx(back.p_value)
        assert there.change == -back.change
        assert there.interval == pytest.approx((-back.interval.high, -back.interval.low))


# Many changes

AFTER = {"north": Nps(460, 350, 190), "south": Nps(45, 35, 20), "west": Nps(384, 350, 266), "east": Nps(440, 350, 210)}
BEFORE = {"north": Nps(400, 350, 250), "south": Nps(41, 35, 24), "west": Nps(380, 350, 270), "east": Nps(400, 350, 250)}


@pytest.mark.parametrize(("correction", "adjust"), [("holm", holm), ("benjamini-hochberg", benjamini_hochberg)])
def test_many_changes_are_judged_by_adjusted_p_values(correction, adjust):
    alone = {group: verdict(AFTER[group], BEFORE[group], smallest=15) for group in AFTER}
    found = verdicts(AFTER, BEFORE, smallest=15, correction=correction)
    adjusted = adjust({group: one.p_value for group, one in alone.items()})

    assert found.correction == correction
    for group, one in found.results.items():
        assert one.p_value == alone[group].p_value
        assert one.adjusted_p_value == adjusted[group]
        assert one.interval == alone[group].interval
        assert (one.outcome == "changed") == (adjusted[group] < 0.05)


def test_holm_is_the_correction_unless_another_is_named():
    assert verdicts(AFTER, BEFORE, smallest=15) == verdicts(AFTER, BEFORE, smallest=15, correction="holm")
    assert verdicts(AFTER, BEFORE, smallest=15).changed == ("north",)
    assert verdicts(AFTER, BEFORE, smallest=15, correction="none").changed == ("north", "east")


def test_without_correction_each_verdict_is_that_of_the_change_alone():
    found = verdicts(AFTER, BEFORE, smallest=15, correction="none", confidence=0.9, power=0.7)

    assert dict(found.results) == {
        group: verdict(AFTER[group], BEFORE[group], smallest=15, confidence=0.9, power=0.7) for group in AFTER
    }


@pytest.mark.parametrize("correction", ["holm", "benjamini-hochberg"])
def test_with_correction_more_answers_are_needed(correction):
    """As many as a p-value takes that must be below the limit over the number of groups with answers on both sides."""
    after, before = AFTER | {"new": Nps(9)}, BEFORE | {"gone": Nps(9)}
    found = verdicts(after, before, smallest=15, correction=correction)
    strict = verdict(AFTER["west"], BEFORE["west"], smallest=15, confidence=1 - 0.05 / 4)

    assert found.results["west"].detectable_change == pytest.approx(strict.detectable_change)
    assert found.results["west"].needed == strict.needed > verdict(AFTER["west"], BEFORE["west"], smallest=15).needed
    assert found.results["west"].confidence == 0.95


def test_a_group_of_one_period_only_has_too_few_answers_in_the_other():
    found = verdicts({"web": Nps(5, 2, 2), "app": Nps(9)}, {"fax": Nps(4), "web": Nps(5, 2, 3)}, smallest=10)

    assert list(found.results) == ["fax", "web", "app"]
    assert found.of("too_few") == ("fax", "web", "app")
    assert (found.results["fax"].after, found.results["app"].before) == (Nps(), Nps())
    assert found.results["web"].adjusted_p_value == found.results["web"].p_value  # one test is one test
    stars = verdicts({"web": Nps(5, scale=STARS)}, {"fax": Nps(4, scale=STARS)}, smallest=10)
    assert stars.results["web"].before == Nps(scale=STARS)
    nobody = verdicts({"app": Nps(9)}, {"fax": Nps(9)}, smallest=10)
    assert nobody.of("too_few") == ("fax", "app")


def test_a_group_that_is_missing_is_missing_in_the_window_of_its_period():
    march, april = ((None, datetime(2026, month, 1, tzinfo=timezone.utc)) for month in (4, 5))
    after, before = PopulationRate(1, 9, name="churn", window=april), PopulationRate(2, 9, name="churn", window=march)
    found = verdicts({"web": after}, {"shop": before}, smallest=0.1)

    assert found.results["shop"].after == PopulationRate(name="churn", window=april)
    assert found.results["web"].before == PopulationRate(name="churn", window=march)


def test_groups_that_measure_two_things_are_refused_though_none_is_in_both_periods():
    with pytest.raises(InvalidValueError, match=r"they measure two things$"):
        verdicts({1: Rate(1, 2, name="opens")}, {2: Rate(1, 2, name="clicks")}, smallest=0.1)


def test_a_rate_of_nothing_at_all_goes_with_any():
    opens = Rate(1, 2, name="opens")
    found = verdicts({"web": Rate(), "shop": opens}, {"web": opens, "shop": Rate()}, smallest=0.1)

    assert found.of("too_few") == ("web", "shop")


def test_rates_are_judged_too():
    found = verdicts(
        {"web": PopulationRate(60, 400), "shop": PopulationRate(31, 300)},
        {"web": PopulationRate(20, 400), "shop": PopulationRate(30, 300)},
        smallest=0.08,
    )

    assert {group: (one.outcome, one.direction) for group, one in found.results.items()} == {
        "web": ("changed", "up"),
        "shop": ("no_evidence", None),
    }


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_groups_does_not_matter(random):
    groups = list(AFTER)
    random.shuffle(groups)
    shuffled = verdicts(
        {group: AFTER[group] for group in groups}, {group: BEFORE[group] for group in groups}, smallest=15
    )

    assert shuffled == verdicts(AFTER, BEFORE, smallest=15)


def test_many_verdicts_have_rows_a_table_and_a_chart():
    found = verdicts({"web": Nps(450, 350, 200), "app": Nps(9)}, {"web": Nps(400, 350, 250)}, smallest=10)
    web, app = found.rows()
    one = found.results["web"]

    assert web == {
        "group": "web",
        "outcome": "changed",
        "before": 15.0,
        "after": 25.0,
        "change": 10.0,
        "low": one.interval.low,
        "high": one.interval.high,
        "p": one.p_value,
        "adjusted p": one.adjusted_p_value,
        "detectable": one.detectable_change,
        "needed": one.needed,
    }
    assert [app[name] for name in ("outcome", "before", "change", "low", "high", "p", "adjusted p", "detectable")] == [
        "too_few",
        None,
        None,
        -200,
        200,
        None,
        None,
        None,
    ]
    assert str(found).splitlines()[0].split()[:3] == ["group", "outcome", "before"]
    chart = found.chart()
    assert chart["data"]["values"] == found.rows()
    assert chart["title"] == "Changes and their intervals"
    line, reach, point = chart["layer"]
    assert line["encoding"] == {"x": {"datum": 0}}
    for layer in (reach, point):
        assert layer["encoding"]["color"] == {
            "field": "outcome",
            "type": "nominal",
            "scale": {"domain": ["changed", "no_evidence", "too_few"]},
        }
        assert layer["encoding"]["y"] == {"field": "group", "type": "nominal", "sort": None}
    assert (reach["encoding"]["x"]["field"], reach["encoding"]["x2"]["field"]) == ("low", "high")
    assert point["encoding"]["x"]["field"] == "change"


def test_verdicts_are_values():
    found = verdicts(AFTER, BEFORE, smallest=15)

    assert found == Verdicts(dict(found.results), "holm")
    assert hash(found) == hash(verdicts(AFTER, BEFORE, smallest=15))
    with pytest.raises(
        InvalidValueError, match=r"^outcome must be one of 'changed', 'no_evidence', 'too_few', got 'up'$"
    ):
        found.of("up")


# What is no question


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"smallest": 0},
            InvalidValueError,
            "smallest must be above 0, got 0; it is the smallest change that matters, up or down",
        ),
        ({"smallest": -5}, InvalidValueError, "smallest must be above 0, got -5; "),
        ({"smallest": nan}, InvalidValueError, "smallest must be above 0, got nan; "),
        ({"smallest": inf}, InvalidValueError, "smallest must be above 0, got inf; "),
        ({"smallest": 200.5}, InvalidValueError, "smallest must be up to 200, got 200.5"),
        (
            {"smallest": 1e-300},
            InvalidValueError,
            "smallest must be at least 1e-09, got 1e-300; nobody has answers enough",
        ),
        ({"smallest": 10**400}, InvalidValueError, "smallest must be up to 200, got 1000"),
        ({"smallest": "5"}, InvalidTypeError, "smallest must be a number, got '5'"),
        ({"smallest": True}, InvalidTypeError, "smallest must be a number, got True"),
        (
            {"smallest": 5, "power": 0.4},
            InvalidValueError,
            "power must be from 0.5 to below 1, got 0.4; write 0.8 for 80 %",
        ),
        ({"smallest": 5, "power": 1}, InvalidValueError, "power must be from 0.5 to below 1, got 1; "),
        ({"smallest": 5, "power": None}, InvalidTypeError, "power must be a number, got None"),
        ({"smallest": 5, "confidence": 95}, InvalidValueError, "confidence must be between 0 and 1, got 95; "),
    ],
)
def test_a_question_that_is_none_is_refused(options, error, message):
    for ask in (lambda: verdict(Nps(1), Nps(2), **options), lambda: verdicts({1: Nps(1)}, {1: Nps(2)}, **options)):
        with pytest.raises(error) as caught:
            ask()
        assert str(caught.value).startswith(message)


def test_scores_on_a_scale_are_judged_by_the_statistic_that_it_names():
    """1000 answers each, of which 600 and 500 are 4 or 5: a box moves by 0.1, a net score by 10 points, a mean by 0.3."""
    after, before = {1: 400, 4: 600}, {1: 500, 4: 500}
    found = {
        spec.statistic: verdict(BoxScore(spec, after), BoxScore(spec, before), smallest=smallest)
        for spec, smallest in ((TOP, 0.1), (NET, 20), (MEAN, 0.3))
    }

    assert {name: (one.outcome, one.direction) for name, one in found.items()} == dict.fromkeys(
        found, ("changed", "up")
    )
    assert [round(one.change, 9) for one in found.values()] == [0.1, 20, 0.3]
    assert found["top_box"].p_value == verdict(Rate(600, 1000), Rate(500, 1000), smallest=0.1).p_value


def test_those_who_gave_no_rating_are_answers_where_they_count():
    """They are in the total of a box, and have no part in a mean."""
    after, before = ((lambda spec: BoxScore(spec, {4: 6}, unrated=2)), (lambda spec: BoxScore(spec, {2: 7}, unrated=1)))

    for spec, told in ((TOP, "8 and 8"), (MEAN, "6 and 7")):
        reasons = {
            reason.code: reason
            for reason in verdict(after(spec), before(spec), smallest=0.01, confidence=1 - 1e-9).reasons
        }
        assert reasons["answers"].found == told


def test_a_score_of_one_period_only_has_too_few_answers_in_the_other():
    found = verdicts({"web": BoxScore(MEAN, {5: 3})}, {"shop": BoxScore(MEAN, {4: 3})}, smallest=1)

    assert found.of("too_few") == ("shop", "web")
    assert found.results["web"].before == BoxScore(MEAN)


@pytest.mark.parametrize(("spec", "widest"), [(TOP, 1), (NET, 200), (MEAN, 4)])
def test_the_smallest_change_of_a_score_fits_its_statistic(spec, widest):
    assert verdict(BoxScore(spec, {5: 1}), BoxScore(spec, {1: 1}), smallest=widest).smallest == widest
    with pytest.raises(InvalidValueError, match=f"^smallest must be .*up to {widest}, got "):
        verdict(BoxScore(spec, {5: 1}), BoxScore(spec, {1: 1}), smallest=widest + 1)


def test_the_smallest_change_of_a_rate_is_a_share():
    assert verdict(Rate(1, 2), Rate(1, 2), smallest=1).smallest == 1
    assert verdict(Nps(1), Nps(1), smallest=200).smallest == 200
    with pytest.raises(InvalidValueError) as caught:
        verdict(Rate(1, 2), Rate(1, 2), smallest=5)
    assert str(caught.value) == "smallest must be a share up to 1, got 5; write 0.05 for five of a hundred"


@pytest.mark.parametrize(
    ("after", "before", "error", "message"),
    [
        (Nps(1), Rate(1, 2), InvalidTypeError, "they are of two kinds"),
        (Rate(1, 2), PopulationRate(1, 2), InvalidTypeError, "they are of two kinds"),
        (Rate(1, 2, name="opens"), Rate(1, 2, name="clicks"), InvalidValueError, "they measure two things"),
        (Nps(1), Nps(1, scale=STARS), InvalidValueError, "they measure two things"),
        (BoxScore(TOP, {1: 1}), BoxScore(MEAN, {1: 1}), InvalidValueError, "they measure two things"),
        (BoxScore(TOP), BoxScore(MEAN, {1: 1}), InvalidValueError, "which differ in their statistic"),
        (BoxScore(TOP), Nps(1), InvalidTypeError, "they are of two kinds"),
        (
            0.5,
            0.4,
            InvalidTypeError,
            "what is compared must be an Nps, a BoxScore, a Rate or a PopulationRate, got 0.5",
        ),
        (
            Nps(1),
            0.4,
            InvalidTypeError,
            "what is compared must be an Nps, a BoxScore, a Rate or a PopulationRate, got 0.4",
        ),
        (
            BoxScore(MEAN, {1: 1}).mean,
            BoxScore(MEAN, {1: 1}).mean,
            InvalidTypeError,
            "give the BoxScore itself, on a scale with statistic='mean'",
        ),
        (
            BoxScore(NET, {1: 1}).net,
            BoxScore(NET, {1: 1}),
            InvalidTypeError,
            "give the BoxScore itself, on a scale with statistic='net'",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(after, before, error, message):
    for ask in (
        lambda: verdict(after, before, smallest=0.5),
        lambda: verdicts({1: after}, {1: before}, smallest=0.5),
    ):
        with pytest.raises(error) as caught:
            ask()
        assert str(caught.value).endswith(message)


def test_a_correction_is_one_of_those_there_are():
    with pytest.raises(
        InvalidValueError, match=r"^correction must be one of 'holm', 'benjamini-hochberg', 'none', got 'bonferroni'$"
    ):
        verdicts(AFTER, BEFORE, smallest=15, correction="bonferroni")
