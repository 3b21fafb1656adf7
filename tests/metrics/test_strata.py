"""The score of a population: each group counts by its share, and the interval knows how few speak for it."""

from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import product
from math import comb, inf, nan, sqrt
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import Nps, StratifiedNps
from cxkit.tallies import Interval

COUNTS = st.integers(0, 12)
ANSWERED = st.builds(Nps, COUNTS, COUNTS, st.integers(1, 12))
PEOPLE = st.integers(1, 5000)
Z = NormalDist().inv_cdf(0.975)


@st.composite
def populations(draw, most=4):
    """Draw groups with answers, and how many people they have."""
    names = draw(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=most, unique=True))
    return {name: draw(ANSWERED) for name in names}, {name: draw(PEOPLE) for name in names}


def answers(groups, people):
    """Spread groups out into single answers with their weights."""
    everyone = sum(people.values())
    total = sum(nps.total for nps in groups.values())
    for name, nps in groups.items():
        weight = Fraction(people[name], everyone) / Fraction(nps.total, total)
        for score, count in ((100, nps.promoters), (0, nps.passives), (-100, nps.detractors)):
            yield from [(score, weight)] * count


# Values


@given(populations())
def test_the_score_is_the_weighted_mean_of_all_answers(population):
    weighed = list(answers(*population))
    score = StratifiedNps(*population)

    assert score.value == float(sum(one * weight for one, weight in weighed) / sum(weight for _, weight in weighed))
    assert score.value_or(None) == score.value
    assert score.total == len(weighed)


@given(populations())
def test_effective_answers_are_those_of_kish(population):
    weights = [weight for _, weight in answers(*population)]
    effective = sum(weights) ** 2 / sum(weight * weight for weight in weights)
    score = StratifiedNps(*population)

    assert score.effective_n == float(effective)
    assert score.design_effect == pytest.approx(float(len(weights) / effective))
    assert score.design_effect >= 1 - 1e-12


@given(populations())
def test_the_standard_error_is_that_of_the_sum(population):
    groups, people = population
    everyone = sum(people.values())
    variance = 0.0
    for name, nps in groups.items():
        scores = [100] * nps.promoters + [0] * nps.passives + [-100] * nps.detractors
        mean = sum(scores) / len(scores)
        variance += (people[name] / everyone) ** 2 * sum((score - mean) ** 2 for score in scores) / len(scores) ** 2

    assert StratifiedNps(groups, people).standard_error == pytest.approx(sqrt(variance))


def test_a_score_by_hand():
    """A third of the people gave nine tenths of the answers."""
    score = StratifiedNps({"web": Nps(60, 20, 10), "shop": Nps(2, 4, 4)}, {"web": 1, "shop": 2})

    assert score.value == pytest.approx(Fraction(500, 9) / 3 - Fraction(40, 3))
    assert [row["weight"] for row in score.rows()] == pytest.approx([100 / 270, 200 / 30])


def test_shares_as_they_answered_change_nothing():
    groups = {"web": Nps(30, 20, 10), "shop": Nps(10, 10, 20)}
    score = StratifiedNps(groups, {"web": 60, "shop": 40})

    assert score.value == (groups["web"] + groups["shop"]).value
    assert (score.effective_n, score.design_effect) == (100, 1)


@given(ANSWERED, st.sampled_from([0.8, 0.95]))
def test_one_group_is_its_own_score(nps, confidence):
    score = StratifiedNps({"all": nps}, {"all": 17})

    assert score.value == nps.value
    assert score.interval(confidence) == pytest.approx(nps.interval(confidence))
    assert score.interval(confidence, method="wald") == pytest.approx(nps.interval(confidence, method="wald"))
    assert (score.effective_n, score.standard_error) == pytest.approx((nps.total, nps.standard_error))


# Intervals


@given(populations(), st.sampled_from([0.8, 0.95]))
def test_the_interval_joins_those_of_the_groups(population, confidence):
    groups, people = population
    everyone = sum(people.values())
    score = StratifiedNps(groups, people)
    low = high = 0.0
    for name, nps in groups.items():
        share, interval = people[name] / everyone, nps.interval(confidence)
        low += (share * (nps.value - interval.low)) ** 2
        high += (share * (interval.high - nps.value)) ** 2

    interval = score.interval(confidence)
    assert type(interval) is Interval
    assert interval == pytest.approx((score.value - sqrt(low), score.value + sqrt(high)))
    assert -100 <= interval.low <= score.value <= interval.high <= 100


def test_the_wald_interval_is_the_standard_error_each_way_within_the_scale():
    score = StratifiedNps({"web": Nps(60, 20, 20), "shop": Nps(5, 5, 10)}, {"web": 3, "shop": 7})
    reach = Z * score.standard_error

    assert score.interval(method="wald") == pytest.approx((score.value - reach, score.value + reach))
    assert score.interval(0.8, method="wald").low > score.interval(method="wald").low
    edge = StratifiedNps({"web": Nps(5, 1, 0), "shop": Nps(0, 0, 0) + Nps(9)}, {"web": 9, "shop": 1})
    assert edge.interval(method="wald").high == 100
    down = StratifiedNps({"web": Nps(0, 1, 5), "shop": Nps(detractors=9)}, {"web": 9, "shop": 1})
    assert down.interval(method="wald").low == -100


def test_groups_that_agree_are_not_taken_for_sure():
    score = StratifiedNps({"web": Nps(4), "shop": Nps(detractors=4)}, {"web": 1, "shop": 1})

    assert score.interval(method="wald") == (0, 0)
    low, high = score.interval()
    assert low < -25
    assert high > 25


@cache
def interval_of(web, shop, method):
    return StratifiedNps({"web": Nps(*web), "shop": Nps(*shop)}, {"web": 3, "shop": 1}).interval(method=method)


@pytest.mark.parametrize("truth", [((0.9, 0.05), (0.8, 0.1)), ((0.5, 0.2), (0.3, 0.4)), ((0.97, 0.02), (0.5, 0.5))])
def test_the_score_interval_covers_nearly_what_it_promises_where_walds_does_not(truth):
    """Over every sample of 8 and 6 answers, with its probability."""

    def samples(total, promoters, detractors):
        for up in range(total + 1):
            for down in range(total + 1 - up):
                rest = total - up - down
                chance = comb(total, up) * comb(total - up, down) * promoters**up * detractors**down
                yield (up, rest, down), chance * max(0.0, 1 - promoters - detractors) ** rest

    value = 100 * (0.75 * (truth[0][0] - truth[0][1]) + 0.25 * (truth[1][0] - truth[1][1]))
    covered = dict.fromkeys(["score", "wald"], 0.0)
    for (web, ours), (shop, theirs) in product(samples(8, *truth[0]), samples(6, *truth[1])):
        for method in covered:
            covered[method] += ours * theirs * (value in interval_of(web, shop, method))

    assert covered["score"] > 0.935
    assert covered["score"] > covered["wald"]
    assert covered["wald"] < 0.9


# Laws


@given(populations())
def test_the_order_of_the_groups_does_not_matter(population):
    groups, people = population
    turned = StratifiedNps(dict(reversed(groups.items())), people)

    assert turned.value == StratifiedNps(groups, people).value
    assert turned.interval() == pytest.approx(StratifiedNps(groups, people).interval())
    assert turned == StratifiedNps(groups, people)


@given(populations(), st.integers(1, 4))
def test_a_group_split_into_two_that_are_alike_changes_nothing(population, times):
    groups, people = population
    parts = {"one": 1, "other": times}
    split = StratifiedNps(
        {
            (name, part): Nps(*(size * count for count in counts(nps)))
            for name, nps in groups.items()
            for part, size in parts.items()
        },
        {(name, part): size * number for name, number in people.items() for part, size in parts.items()},
    )
    whole = StratifiedNps(
        {name: Nps(*((times + 1) * count for count in counts(nps))) for name, nps in groups.items()}, people
    )

    assert split.value == whole.value
    assert split.effective_n == whole.effective_n
    assert split.standard_error == pytest.approx(whole.standard_error)


def counts(nps):
    return nps.promoters, nps.passives, nps.detractors


# Shares


@pytest.mark.parametrize(
    "shares",
    [
        {"a": 300, "b": 700},
        {"a": Fraction(3, 10), "b": Fraction(7, 10)},
        {"a": Decimal("0.3"), "b": Decimal("0.7")},
        {"a": Decimal("0.3"), "b": Fraction(7, 10)},
    ],
)
def test_shares_are_kept_exactly(shares):
    assert StratifiedNps({"a": Nps(1), "b": Nps(1)}, shares).shares == {"a": Fraction(3, 10), "b": Fraction(7, 10)}


def test_floats_that_sum_to_1_but_for_rounding_are_taken():
    score = StratifiedNps({name: Nps(1) for name in "abc"}, dict.fromkeys("abc", 1 / 3))
    assert score.shares == dict.fromkeys("abc", Fraction(1, 3))
    thirds = {"a": 0.1, "b": 0.2, "c": 0.7 + 1e-10}
    assert sum(StratifiedNps({name: Nps(1) for name in "abc"}, thirds).shares.values()) == 1


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        (
            {"a": Decimal("0.3"), "b": Decimal("0.69")},
            "shares must sum to 1, got {'a': Decimal('0.3'), 'b': Decimal('0.69')}, which sum to 0.99; or give counts of the population",
        ),
        ({"a": Decimal("0.3"), "b": Decimal("0.7000000000001")}, "shares must sum to 1, got "),
        ({"a": Fraction(1, 2), "b": 1}, "shares must sum to 1, got "),
        ({"a": 0.3, "b": 0.7001}, "shares must sum to 1, got "),
        ({"a": 30.0, "b": 70.0}, "shares must sum to 1, got "),
        ({"a": 0.3, "b": 0.7 - 1e-8}, "shares must sum to 1, got "),
        ({}, "shares must sum to 1, got {}"),
        ({"a": 0, "b": 1}, "the share of 'a' must be above 0, got 0; leave the group out of both if nobody is in it"),
        ({"a": -0.5, "b": 1.5}, "the share of 'a' must be above 0, got -0.5; "),
        ({"a": nan, "b": 1.0}, "the share of 'a' must be above 0, got nan; "),
        ({"a": Decimal("NaN"), "b": 1}, "the share of 'a' must be above 0, got Decimal('NaN'); "),
        ({"a": inf, "b": 1.0}, "the share of 'a' must be above 0, got inf; "),
        (
            {"a": 1, "c": 1},
            "groups and shares must be of the same groups, got no share of ['b'] and no answers of ['c']",
        ),
        ({"a": 1}, "groups and shares must be of the same groups, got no share of ['b'] and no answers of []"),
    ],
)
def test_shares_that_are_none_are_refused(shares, message):
    with pytest.raises(InvalidValueError) as caught:
        StratifiedNps({"a": Nps(1), "b": Nps(1)}, shares)

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("share", [True, "0.5", None, 1j])
def test_a_share_is_a_number(share):
    with pytest.raises(InvalidTypeError) as caught:
        StratifiedNps({"a": Nps(1), "b": Nps(1)}, {"a": 1, "b": share})

    assert str(caught.value) == f"the share of 'b' must be a number, or a count of the population, got {share!r}"


def test_groups_and_shares_are_mappings_of_the_right_kind():
    from cxkit.tallies import Rate

    with pytest.raises(InvalidTypeError, match=r"^shares must be a mapping from groups to their shares, got \[1\]$"):
        StratifiedNps({"a": Nps(1)}, [1])
    with pytest.raises(InvalidTypeError, match=r"^a weighted nps is made of an Nps each, got Rate\("):
        StratifiedNps({"a": Rate(1, 2)}, {"a": 1})
    with pytest.raises(InvalidTypeError, match=r"^groups must be a mapping"):
        StratifiedNps([Nps(1)], {"a": 1})
    with pytest.raises(InvalidValueError, match=r"^method must be one of 'score', 'wald', got 'adjusted-wald'$"):
        StratifiedNps({"a": Nps(1)}, {"a": 1}).interval(method="adjusted-wald")


# Groups without answers


def test_a_group_without_answers_leaves_the_score_undefined():
    score = StratifiedNps({"web": Nps(9, 1), "shop": Nps(missing=3)}, {"web": 9, "shop": 1})

    assert not score.is_defined
    assert score.value_or("none") == "none"
    assert score.interval() == score.interval(method="wald") == (-100, 100)
    for part in ("value", "standard_error", "effective_n", "design_effect"):
        with pytest.raises(UndefinedMetricError) as caught:
            getattr(score, part)
        assert str(caught.value) == (
            "nps is undefined: no responses of ['shop'], which have a share; merge them with groups that are like them"
        )
    with pytest.raises(InvalidValueError):
        score.interval(95)
    assert score.rows()[1] == {
        "group": "shop",
        "answers": 0,
        "share": 0.1,
        "weight": None,
        "nps": None,
        "low": -100.0,
        "high": 100.0,
    }
    assert str(score).splitlines()[-1].split() == ["(weighted)", "10", "1", "-", "-", "-100", "100"]


# Tables and charts


def test_it_prints_as_a_table_with_the_weighted_score_below():
    score = StratifiedNps({"web": Nps(60, 20, 20), "shop": Nps(5, 5, 10)}, {"web": 3, "shop": 7})
    web, shop = (nps.interval() for nps in score.groups.values())

    assert str(score).splitlines() == [
        "group       answers  share  weight   nps     low   high",
        f"web             100    0.3    0.36    40  {web.low:6.4g}  {web.high:5.4g}",
        f"shop             20    0.7     4.2   -25  {shop.low:6.4g}  {shop.high:5.4g}",
        f"(weighted)      120      1       -  -5.5  {score.interval().low:6.4g}  {score.interval().high:5.4g}",
    ]
    assert score.rows(0.5)[0]["low"] == score.groups["web"].interval(0.5).low


def test_the_chart_shows_the_groups_and_the_weighted_score():
    score = StratifiedNps({"web": Nps(60, 20, 20), "shop": Nps(5, 5, 10)}, {"web": 3, "shop": 7})
    chart = score.chart()

    assert [row["group"] for row in chart["data"]["values"]] == ["web", "shop", "(weighted)"]
    assert chart["data"]["values"][2]["nps"] == -5.5
    assert chart["layer"][2]["encoding"]["x"]["field"] == "nps"
    assert not any("color" in layer["encoding"] for layer in chart["layer"])


def test_it_is_a_value_that_prints_as_the_code_that_makes_it():
    score = StratifiedNps({"web": Nps(1)}, {"web": 20})

    assert eval(repr(score)) == score == StratifiedNps({"web": Nps(1)}, {"web": 1})  # noqa: S307 - the promise of a repr
    assert hash(score) == hash(StratifiedNps({"web": Nps(1)}, {"web": 1}))
