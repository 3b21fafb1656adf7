"""Share of voice: how mentions count, for which brands, and that shares sum to the whole."""

import json
from datetime import datetime, timezone
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import (
    DocumentError,
    DuplicateError,
    InvalidTypeError,
    InvalidValueError,
    UndefinedMetricError,
    UnknownFieldError,
)
from cxkit.metrics import Mention, NamedTogether, ShareOfVoice, share_of_voice
from cxkit.tallies import Rate

AT = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
BRANDS = ("us", "a", "b")
UNITS = ("brand_mention", "split_mention", "reach")
CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/feedback.json").read_text(encoding="utf-8"))
}
SAID = st.lists(
    st.tuples(st.frozensets(st.sampled_from([*BRANDS, "other"])), st.none() | st.integers(0, 1000)), max_size=12
)


def mentions(*said):
    return [Mention("x", AT, brands=brands, reach=reach) for brands, reach in said]


MARCH = mentions(
    ({"us"}, 100), ({"us", "a"}, 50), ({"us", "a", "b"}, None), ({"b", "other"}, 10), ({"other"}, 7), (set(), None)
)


def of(said, unit, brands=BRANDS):
    return share_of_voice(said, brands=brands, unit=unit)


# What others compute


def test_case_079_a_brand_among_all_mentions():
    case = CASES["feedback-079"]
    counts = {"us": case["input"]["brand"], "others": case["input"]["total"] - case["input"]["brand"]}
    assert 100 * ShareOfVoice.from_counts(counts).share("us") == case["expected"]["sov"]


def test_case_080_a_brand_and_its_competitors():
    case = CASES["feedback-080"]
    tally = ShareOfVoice.from_counts(case["input"]["mentions"])
    assert {brand: 100 * tally.share(brand) for brand in tally.brands} == case["expected"]
    said = [
        Mention("x", AT, brands={brand}) for brand, number in case["input"]["mentions"].items() for _ in range(number)
    ]
    assert of(said, "brand_mention") == tally


# Units, by hand


@pytest.mark.parametrize(
    ("unit", "weights"),
    [
        ("brand_mention", [3, 2, 2]),
        ("split_mention", [Fraction(11, 6), Fraction(5, 6), Fraction(4, 3)]),
        ("reach", [150, 50, 10]),
    ],
)
def test_each_unit_counts_in_its_way(unit, weights):
    tally = of(MARCH, unit)
    assert [tally.weight(brand) for brand in BRANDS] == weights
    assert tally.total == sum(weights)
    assert [tally.share(brand) for brand in BRANDS] == [float(weight / Fraction(sum(weights))) for weight in weights]


def test_what_does_not_count_is_told():
    tally = of(MARCH, "reach")
    assert (tally.mentions, tally.unrelated, tally.without_reach) == (4, 2, 1)
    assert [tally.named(brand) for brand in BRANDS] == [3, 2, 2]


def test_a_reach_of_nobody_is_known():
    assert of(mentions(({"us"}, 0), ({"a"}, None)), "reach").without_reach == 1


def test_the_same_counts_are_read_in_another_unit():
    for unit in UNITS:
        assert of(MARCH, "reach").by(unit) == of(MARCH, unit)


def test_brand_mentions_are_a_rate():
    tally = of(MARCH, "brand_mention")
    assert tally.rate("us") == Rate(3, 7, name="share of voice of us", unit="brand mentions")
    for unit in UNITS[1:]:
        with pytest.raises(InvalidValueError, match=r"only brand mentions are counts.*by\('brand_mention'\)"):
            tally.by(unit).rate("us")


def test_nothing_said_is_no_share():
    for tally in (
        of([], "brand_mention"),
        of(mentions(({"us"}, None)), "reach"),
        of(mentions(({"other"}, 5)), "reach"),
    ):
        assert not tally.is_defined
        assert [row["share"] for row in tally.rows()] == [None] * 3
        with pytest.raises(UndefinedMetricError, match="share of voice is undefined: no"):
            tally.share("us")
    assert of([], "brand_mention").rate("us").value_or(None) is None
    assert of(MARCH, "reach").is_defined


def test_tables_and_charts():
    tally = of(MARCH, "split_mention")
    assert tally.rows() == [
        {"brand": "us", "mentions": 3, "split mentions": 11 / 6, "share": 11 / 24},
        {"brand": "a", "mentions": 2, "split mentions": 5 / 6, "share": 5 / 24},
        {"brand": "b", "mentions": 2, "split mentions": 4 / 3, "share": 8 / 24},
    ]
    assert tally.chart()["data"]["values"] == tally.rows()
    row = tally.by("reach").rows()[0]
    assert row == {"brand": "us", "mentions": 3, "reach": 150, "share": 150 / 210}
    assert type(row["reach"]) is int
    assert str(tally).splitlines()[0].split() == ["brand", "mentions", "split", "mentions", "share"]


# What must not be mixed


def test_two_sets_of_competitors_do_not_add():
    tally = of(MARCH, "reach")
    with pytest.raises(InvalidValueError, match="they have other brands"):
        tally + of(MARCH, "reach", ["us", "a"])
    with pytest.raises(InvalidValueError, match=r"they have two units; see by\(...\)"):
        tally + tally.by("brand_mention")
    with pytest.raises(TypeError):
        tally + 1


def test_the_order_of_brands_is_for_show():
    turned = of(MARCH, "reach", ["b", "us", "a"])
    assert turned == of(MARCH, "reach")
    assert [row["brand"] for row in (turned + of(MARCH, "reach")).rows()] == ["b", "us", "a"]
    assert (turned + of(MARCH, "reach")).weight("us") == 300


@pytest.mark.parametrize(
    ("brands", "error", "says"),
    [
        ("us", InvalidTypeError, "brands must be a list of texts, got 'us'; name the competitors, too"),
        (3, InvalidTypeError, "expected a list of brands"),
        (["us"], InvalidValueError, "name two or more"),
        (["us", "us"], DuplicateError, "the brands must differ"),
        (["us", ""], InvalidValueError, "a brand must not be blank"),
        (["us", 3], InvalidTypeError, "a brand must be text"),
    ],
)
def test_wrong_brands_are_refused(brands, error, says):
    with pytest.raises(error, match=says):
        share_of_voice([], brands=brands, unit="reach")


def test_wrong_questions_are_refused():
    tally = of(MARCH, "brand_mention")
    for ask in (tally.share, tally.weight, tally.named, tally.rate):
        with pytest.raises(UnknownFieldError, match="the share of voice has no brand 'uss'; did you mean 'us'"):
            ask("uss")
    with pytest.raises(InvalidValueError, match="unit must be one of 'brand_mention', 'split_mention', 'reach'"):
        of([], "mention")
    with pytest.raises(InvalidTypeError, match="expected a Mention, got 'x'"):
        of("x", "reach")
    with pytest.raises(InvalidTypeError, match="expected mentions"):
        of(3, "reach")
    with pytest.raises(InvalidTypeError, match="counts must be a mapping"):
        ShareOfVoice.from_counts([("us", 3)])
    with pytest.raises(InvalidValueError, match="mentions must be at least 0"):
        ShareOfVoice.from_counts({"us": -3, "a": 1})


def test_groups_are_checked():
    with pytest.raises(InvalidTypeError, match="expected a NamedTogether, got 3"):
        ShareOfVoice(BRANDS, unit="reach", groups=[3])
    with pytest.raises(UnknownFieldError, match="no brand 'c'"):
        ShareOfVoice(BRANDS, unit="reach", groups=[NamedTogether(["us", "c"], 1)])
    with pytest.raises(InvalidTypeError, match="brands must be a list of texts"):
        NamedTogether("us")
    for wrong in ({"mentions": 1, "without_reach": 2}, {"mentions": 1, "reach": 3, "without_reach": 1}, {"reach": 3}):
        with pytest.raises(InvalidValueError, match="the reach of no more mentions is unknown than there are"):
            NamedTogether(["us"], **wrong)
    with pytest.raises(InvalidTypeError):
        NamedTogether(["us"], 1.5)


def test_groups_are_kept_once_each_and_in_order():
    groups = [NamedTogether(["us", "a"], 1, 5), NamedTogether(["b"]), NamedTogether(["a", "us", "a"], 2, 7, 1)]
    tally = ShareOfVoice(BRANDS, unit="reach", groups=groups)
    assert tally.groups == (NamedTogether(["a", "us"], 3, 12, 1),)
    with pytest.raises(InvalidValueError, match="they name other brands"):
        groups[0] + groups[1]
    with pytest.raises(TypeError):
        groups[0] + 1


# Laws


def counted(said, brand, unit):
    """Count again, mention by mention."""
    weight = Fraction()
    for brands, reach in said:
        ours = brands & set(BRANDS)
        if brand in ours:
            weight += {"brand_mention": 1, "split_mention": Fraction(1, len(ours)), "reach": reach or 0}[unit]
    return weight


@given(SAID, st.sampled_from(UNITS))
def test_it_agrees_with_counting_mention_by_mention(said, unit):
    tally = of(mentions(*said), unit)
    assert [tally.weight(brand) for brand in BRANDS] == [counted(said, brand, unit) for brand in BRANDS]
    assert sum(tally.weight(brand) for brand in BRANDS) == tally.total
    if tally.total:
        assert sum(tally.weight(brand) / tally.total for brand in BRANDS) == 1
    if unit == "split_mention":
        assert tally.total == tally.mentions


@given(SAID, SAID, SAID, st.sampled_from(UNITS))
def test_tallies_add(one, two, three, unit):
    a, b, c = (of(mentions(*said), unit) for said in (one, two, three))
    assert (a + b) + c == a + (b + c) == of(mentions(*one, *two, *three), unit)
    assert a + of([], unit) == a
    assert from_dict(to_dict(a), ShareOfVoice) == a


def test_it_prints_as_its_code_and_hashes():
    tally = of(MARCH, "reach")
    assert eval(repr(tally)) == tally  # noqa: S307 - our own repr
    assert hash(tally) == hash(eval(repr(tally)))  # noqa: S307 - our own repr


def test_broken_documents_are_refused():
    document = to_dict(of(MARCH, "reach"))
    for wrong in ({"brands": ["us"]}, {"unit": "x"}, {"groups": [3]}, {"brands": ["us", "x"]}):
        with pytest.raises(DocumentError):
            from_dict(document | wrong, ShareOfVoice)
