"""What a change is made of: mix and within sum to it exactly, by the definition of both."""

from datetime import datetime, timezone
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import BoxScore, MixDecomposition, MixEffect, Nps, PopulationRate, Rate, ScaleSpec

COUNTS = st.integers(0, 12)
NPS = st.builds(Nps, COUNTS, COUNTS, COUNTS)
RATES = st.builds(lambda count, rest: Rate(count, count + rest, name="churn"), COUNTS, COUNTS)
GROUPS = st.sampled_from("abcd")


@st.composite
def periods(draw):
    """Draw the groups of two periods, with answers in both."""
    tallies = draw(st.sampled_from([NPS, RATES]))
    after, before = (draw(st.dictionaries(GROUPS, tallies, min_size=1)) for _ in range(2))
    assume(all(any(tally.total for tally in period.values()) for period in (after, before)))
    return after, before


def points(tally):
    if isinstance(tally, Nps):
        return Fraction(100 * (tally.promoters - tally.detractors), tally.total)
    return Fraction(tally.count, tally.total)


def by_replacing(after, before):
    """Replace the shares and the scores one after the other, in both orders, and take the mean (Das Gupta 1978)."""
    shares, scores = [], []
    for period, other in ((after, before), (before, after)):
        total = sum(tally.total for tally in period.values())
        shares.append({group: Fraction(tally.total, total) for group, tally in period.items()})
        known = {group: points(tally) for group, tally in other.items() if tally.total}
        known |= {group: points(tally) for group, tally in period.items() if tally.total}
        scores.append(known)

    def score(period, shared):
        return sum(share * scores[period].get(group, 0) for group, share in shares[shared].items())

    within = (score(0, 0) - score(1, 0) + score(0, 1) - score(1, 1)) / 2
    mix = (score(0, 0) - score(0, 1) + score(1, 0) - score(1, 1)) / 2
    return within, mix


@given(periods())
def test_mix_and_within_are_what_replacing_one_after_the_other_gives(both):
    after, before = both
    found = MixDecomposition(after, before)

    assert (found.within, found.mix) == by_replacing(after, before)


@given(periods())
def test_the_effects_sum_to_the_change_exactly(both):
    after, before = both
    found = MixDecomposition(after, before)
    changes = [
        sum((points(tally) * tally.total for tally in period.values() if tally.total), start=Fraction())
        / sum(tally.total for tally in period.values())
        for period in both
    ]

    assert found.total == changes[0] - changes[1]
    assert found.within + found.mix == found.total
    assert sum(effect.total for effect in found.effects) == found.total
    assert {effect.group for effect in found.effects} == {*after, *before}


@given(periods())
def test_with_the_periods_exchanged_every_effect_changes_its_sign(both):
    there, back = MixDecomposition(*both), MixDecomposition(*reversed(both))
    effects = {effect.group: effect for effect in back.effects}

    assert (there.total, there.within, there.mix) == (-back.total, -back.within, -back.mix)
    for effect in there.effects:
        assert (effect.within, effect.mix) == (-effects[effect.group].within, -effects[effect.group].mix)


@given(periods())
def test_the_order_of_the_groups_does_not_matter(both):
    turned = [dict(reversed(period.items())) for period in both]
    effects = {effect.group: effect for effect in MixDecomposition(*turned).effects}

    assert all(effects[effect.group] == effect for effect in MixDecomposition(*both).effects)


@given(periods(), st.integers(1, 5))
def test_a_group_split_into_two_that_are_alike_changes_nothing(both, times):
    """One of them is so many times as large as the other; together they stand for the group."""

    def scaled(tally, by):
        if isinstance(tally, Nps):
            return Nps(tally.promoters * by, tally.passives * by, tally.detractors * by)
        return Rate(tally.count * by, tally.total * by, name="churn")

    split = [
        {(group, part): scaled(tally, part) for group, tally in period.items() for part in (1, times + 1)}
        for period in both
    ]
    whole, parts = MixDecomposition(*both), MixDecomposition(*split)

    assert (parts.total, parts.within, parts.mix) == (whole.total, whole.within, whole.mix)


def test_a_change_by_hand():
    """Shares 20 % and 80 % become 60 % and 40 %; scores 40 and 10 become 50 and 20; overall 16 becomes 38."""
    found = MixDecomposition(
        after={"web": Nps(40, 10, 10), "shop": Nps(16, 16, 8)}, before={"web": Nps(10, 8, 2), "shop": Nps(24, 40, 16)}
    )

    assert [(effect.group, effect.share_before, effect.share_after) for effect in found.effects] == [
        ("web", Fraction(1, 5), Fraction(3, 5)),
        ("shop", Fraction(4, 5), Fraction(2, 5)),
    ]
    assert [effect.within for effect in found.effects] == [4, 6]
    assert [effect.mix for effect in found.effects] == [Fraction(36, 5), Fraction(24, 5)]  # the mean of both is 27
    assert (found.within, found.mix, found.total) == (10, 12, 22)
    assert found.is_defined


def test_a_change_of_churn():
    found = MixDecomposition(
        after={"new": PopulationRate(20, 50), "old": PopulationRate(5, 50)},
        before={"new": PopulationRate(8, 20), "old": PopulationRate(8, 80)},
    )

    assert (found.within, found.mix, found.total) == (0, Fraction(9, 100), Fraction(9, 100))


def test_a_change_of_a_mean_weighs_groups_by_those_who_rated():
    """Two answers without a rating have no part: shares 1/4 and 3/4 become 1/2 each, with means of 5 and 1."""
    spec = ScaleSpec(1, 5, direction="higher_is_better", statistic="mean")
    found = MixDecomposition(
        after={"web": BoxScore(spec, {5: 2}), "shop": BoxScore(spec, {1: 2}, unrated=2)},
        before={"web": BoxScore(spec, {5: 1}), "shop": BoxScore(spec, {1: 3})},
    )

    assert (found.within, found.mix, found.total) == (0, 1, 1)


def test_a_group_that_comes_or_goes_is_mix_alone():
    found = MixDecomposition(
        after={"web": Nps(5, 5, 0), "app": Nps(10, 0, 0)}, before={"web": Nps(5, 5, 0), "fax": Nps(0, 0, 10)}
    )
    web, fax, app = found.effects

    assert (web.within, web.mix) == (0, 0)
    assert (fax.group, fax.within, fax.mix, fax.after) == ("fax", 0, Fraction(125, 2), Nps())  # -1/2 * (-100 - 25)
    assert (app.group, app.within, app.mix, app.before) == ("app", 0, Fraction(75, 2), Nps())  # 1/2 * (100 - 25)
    assert found.mix == found.total == 100


def test_a_group_that_never_answered_adds_nothing():
    found = MixDecomposition({"web": Nps(2), "fax": Nps()}, {"web": Nps(1, 1), "fax": Nps()})

    assert found.effects[1] == MixEffect("fax", Nps(), Nps(), Fraction(0), Fraction(0), Fraction(0), Fraction(0))
    assert found.total == found.within == 50


# Without answers


@pytest.mark.parametrize("both", [({"web": Nps()}, {"web": Nps(1)}), ({"web": Nps(1)}, {"web": Nps()})])
def test_a_change_from_nothing_is_undefined(both):
    found = MixDecomposition(*both)

    assert not found.is_defined
    for part in ("total", "within", "mix", "effects"):
        with pytest.raises(UndefinedMetricError) as caught:
            getattr(found, part)
        assert str(caught.value) == (
            "the change is undefined: a period has no answers; ask is_defined where that can happen"
        )
    [row] = found.rows()
    assert [row[name] for name in ("share before", "share after", "within", "mix", "total")] == [None] * 5
    assert sorted([row["before"], row["after"]], key=str) == [100, None]
    assert "(all)" not in str(found)


# Tables and charts


def test_it_prints_as_a_table_with_the_sum_below():
    found = MixDecomposition({"web": Nps(3, 1, 0), "app": Nps(1, 0, 0)}, {"web": Nps(2, 2, 0)})

    assert str(found).splitlines() == [
        "group  share before  share after  before  after  within  mix  total",
        "web               1          0.8      50     75    22.5  0.5     23",
        "app               0          0.2       -    100       0    7      7",
        "(all)             1            1      50     80    22.5  7.5     30",
    ]
    assert [row["group"] for row in found.rows()] == ["web", "app"]
    assert all(type(row["mix"]) is float for row in found.rows())


def test_the_chart_has_both_effects_of_each_group():
    found = MixDecomposition({"web": Nps(3, 1, 0), "app": Nps(1, 0, 0)}, {"web": Nps(2, 2, 0)})
    chart = found.chart()

    assert chart["data"]["values"] == [
        {"group": "web", "effect": "within", "change": 22.5},
        {"group": "web", "effect": "mix", "change": 0.5},
        {"group": "app", "effect": "within", "change": 0.0},
        {"group": "app", "effect": "mix", "change": 7.0},
    ]
    assert chart["encoding"]["color"]["field"] == "effect"
    assert chart["title"] == "What the change is made of"


def test_it_is_a_value_that_prints_as_the_code_that_makes_it():
    found = MixDecomposition({"web": Nps(1)}, {"web": Nps(2)})

    assert found == MixDecomposition({"web": Nps(1)}, {"web": Nps(2)})
    assert hash(found) == hash(MixDecomposition({"web": Nps(1)}, {"web": Nps(2)}))
    assert eval(repr(found)) == found  # noqa: S307 - the promise of a repr
    with pytest.raises(TypeError):
        found.after["app"] = Nps(1)


# What does not go together


@pytest.mark.parametrize(
    ("after", "before", "error", "message"),
    [
        (
            [Nps(1)],
            {"web": Nps(1)},
            InvalidTypeError,
            "groups must be a mapping from names to a score or a rate each, ",
        ),
        ({"web": Nps(1)}, {}, InvalidValueError, "there must be at least one group, got none"),
        (
            {"web": 0.5},
            {"web": Nps(1)},
            InvalidTypeError,
            "what is compared must be an Nps, a BoxScore, a Rate or a PopulationRate, ",
        ),
        ({"web": Nps(1), "app": Rate(1, 2)}, {"web": Nps(1)}, InvalidTypeError, "cannot compare Rate(count=1, total=2"),
        ({"web": Nps(1)}, {"web": Rate(1, 2)}, InvalidTypeError, "cannot compare Rate(count=1, total=2"),
        (
            {"web": Rate(1, 2, name="opens")},
            {"web": Rate(1, 2, name="clicks")},
            InvalidValueError,
            "cannot compare Rate(count=1, total=2, name='clicks', unit='cases') with Rate(count=1, total=2, name='opens', unit='cases'): they measure two things",
        ),
        (
            {"web": Rate(1, 2, unit="mails"), "app": Rate(1, 2, unit="calls")},
            {"web": Rate(1, 2)},
            InvalidValueError,
            "cannot compare ",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(after, before, error, message):
    with pytest.raises(error) as caught:
        MixDecomposition(after, before)

    assert str(caught.value).startswith(message)


def test_the_groups_of_a_period_are_of_one_window():
    march, april = ((None, datetime(2026, month, 1, tzinfo=timezone.utc)) for month in (4, 5))
    here, there = PopulationRate(1, 2, window=march), PopulationRate(1, 2, window=april)

    assert MixDecomposition({"a": there}, {"a": here}).total == 0
    with pytest.raises(InvalidValueError, match=r"^cannot add .*two windows"):
        MixDecomposition({"a": there, "b": here}, {"a": here})
