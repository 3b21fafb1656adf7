"""Net sentiment: which mentions count, out of which, and how sure it is."""

import json
from datetime import datetime, timezone
from math import inf, nan, sqrt
from pathlib import Path
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import Mention, NetSentiment, sentiment_of
from cxkit.tallies import Rate

AT = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/feedback.json").read_text(encoding="utf-8"))
}
NPS_INTERVALS = [name for name, case in CASES.items() if "iterative_score" in case["expected"]]
COUNTS = st.integers(0, 30)
TALLIES = st.builds(NetSentiment, COUNTS, COUNTS, COUNTS, COUNTS, denominator=st.just("all"))
LABELS = st.lists(st.sampled_from(["positive", "neutral", "negative", None]), max_size=20)


# What others compute


def test_case_074_over_all_mentions_and_shares_of_each():
    case = CASES["feedback-074"]
    tally = NetSentiment(**case["input"], denominator="all")
    assert tally.value == case["expected"]["net"]
    polar = tally.over("polar")
    assert {
        "pos_pct": 100 * tally.rate("positive").value,
        "neg_pct": 100 * tally.rate("negative").value,
        "neu_pct": 100 * tally.rate("neutral").value,
        "pos_pct_excl_neutral": 100 * polar.rate("positive").value,
        "neg_pct_excl_neutral": 100 * polar.rate("negative").value,
    } == {key: value for key, value in case["expected"].items() if key != "net"}


def test_case_077_over_polar_mentions():
    case = CASES["feedback-077"]
    tally = NetSentiment(**case["input"])
    assert tally.value == pytest.approx(case["expected"]["net"], abs=case["tolerance"])
    assert tally.over("all").value == pytest.approx(case["expected"]["net_total_denominator"], abs=case["tolerance"])


def test_case_075_is_out():
    assert CASES["feedback-075"]["scope"] == "out: no API for it"


@pytest.mark.parametrize("name", NPS_INTERVALS)
def test_over_all_it_has_the_interval_of_a_net_score(name):
    case = CASES[name]
    counts = case["input"]
    tally = NetSentiment(counts["promoters"], counts["passives"], counts["detractors"], denominator="all")
    expected = [100 * end for end in case["expected"]["iterative_score"]]
    assert list(tally.interval()) == pytest.approx(expected, abs=100 * case["tolerance"])


@pytest.mark.parametrize(("positive", "negative"), [(8, 2), (2, 8), (0, 5), (120, 45), (1, 0)])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_over_polar_it_has_the_interval_of_a_share(positive, negative, confidence):
    z, n = NormalDist().inv_cdf((1 + confidence) / 2), positive + negative
    p = positive / n  # Wilson 1927, as printed
    centre, margin = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    ends = [(centre + sign * margin) / (1 + z * z / n) for sign in (-1, 1)]
    tally = NetSentiment(positive, 77, negative, denominator="polar")
    assert list(tally.interval(confidence)) == pytest.approx([100 * (2 * end - 1) for end in ends], abs=1e-9)


# Which sentiment a mention has


@pytest.mark.parametrize(
    ("score", "line", "label"),
    [
        (0.05, 0.05, "positive"),
        (0.0499, 0.05, "neutral"),
        (-0.0499, 0.05, "neutral"),
        (-0.05, 0.05, "negative"),
        (0, 0, "neutral"),
        (-0.0, 0, "neutral"),
        (1e-9, 0, "positive"),
        (-1e-9, 0, "negative"),
        (1, 1, "positive"),
        (-1, 1, "negative"),
        (0.999, 1, "neutral"),
    ],
)
def test_a_score_near_nothing_is_neutral(score, line, label):
    assert sentiment_of(score, neutral_below=line) == label


@pytest.mark.parametrize(
    ("score", "line", "says"),
    [
        (1.1, 0.05, "score must be between -1 and 1"),
        (0.5, -0.1, "neutral_below must be between 0 and 1, got -0.1"),
        (0.5, 1.1, "neutral_below must be between -1 and 1"),
        (0.5, inf, "neutral_below must be between"),
        (nan, 0.05, "score must be between"),
    ],
)
def test_scores_and_lines_lie_on_the_scale(score, line, says):
    with pytest.raises(InvalidValueError, match=says):
        sentiment_of(score, neutral_below=line)
    with pytest.raises(InvalidTypeError):
        sentiment_of(None, neutral_below=0.05)


def test_a_label_comes_before_a_score_and_nothing_is_missing():
    said = [
        Mention("a", AT, sentiment="negative", score=0.9),
        Mention("b", AT, score=0.9),
        Mention("c", AT, score=0.01),
        Mention("d", AT, sentiment="neutral"),
        Mention("e", AT),
    ]
    tally = NetSentiment.from_mentions(iter(said), denominator="polar", neutral_below=0.05)
    assert tally == NetSentiment(positive=1, neutral=2, negative=1, missing=1, denominator="polar")


def test_scores_without_a_line_are_refused():
    with pytest.raises(InvalidValueError, match=r"has a score and no label.*neutral_below=0.05"):
        NetSentiment.from_mentions([Mention("a", AT, score=0.0)], denominator="all")
    assert (
        NetSentiment.from_mentions([Mention("a", AT, sentiment="neutral", score=0.5)], denominator="all").neutral == 1
    )


def test_a_wrong_line_is_refused_before_anything_is_read():
    with pytest.raises(InvalidValueError, match="neutral_below"):
        NetSentiment.from_mentions([], denominator="all", neutral_below=-1)


@pytest.mark.parametrize(("wrong", "says"), [("abc", "expected a Mention, got 'a'"), (3, "expected mentions, got 3")])
def test_what_are_no_mentions_is_refused(wrong, says):
    with pytest.raises(InvalidTypeError, match=says):
        NetSentiment.from_mentions(wrong, denominator="all")


def test_labels_are_counted():
    labels = ["positive", None, nan, "negative", "negative", "neutral"]
    assert NetSentiment.from_labels(labels, denominator="all") == NetSentiment(1, 1, 2, 2, denominator="all")
    with pytest.raises(InvalidValueError, match="a label must be one of 'positive', 'neutral', 'negative', got 'good'"):
        NetSentiment.from_labels(["good"], denominator="all")


# What a tally answers


def test_what_holds_each_label_once_is_no_list_of_labels():
    with pytest.raises(
        InvalidTypeError, match=r"expected labels one by one, got .*; give counts to NetSentiment\(positive="
    ):
        NetSentiment.from_labels({"positive": 5}, denominator="all")
    with pytest.raises(InvalidTypeError, match="which holds each value once; write a list"):
        NetSentiment.from_labels({"positive"}, denominator="all")


def test_no_mentions_are_no_sentiment():
    for tally, data in (
        (NetSentiment(missing=3, denominator="all"), "mentions with a sentiment"),
        (NetSentiment(neutral=9, denominator="polar"), "polar mentions"),
    ):
        assert (tally.is_defined, tally.value_or(None), tuple(tally.interval())) == (False, None, (-100, 100))
        with pytest.raises(UndefinedMetricError, match=f"net sentiment is undefined: no {data}"):
            _ = tally.value


def test_a_value_is_given_where_there_is_one():
    assert NetSentiment(3, 0, 1, denominator="all").value_or(None) == 50.0
    assert NetSentiment(3, 4, 1, denominator="all").total == 8
    assert NetSentiment(3, 4, 1, denominator="polar").total == 4


def test_shares_are_rates_of_the_denominator():
    tally = NetSentiment(3, 4, 1, denominator="all")
    assert tally.rate("neutral") == Rate(4, 8, name="neutral share", unit="mentions with a sentiment")
    assert tally.over("polar").rate("negative") == Rate(1, 4, name="negative share", unit="polar mentions")
    with pytest.raises(InvalidValueError, match="label must be one of 'positive', 'negative'"):
        tally.over("polar").rate("neutral")
    with pytest.raises(InvalidValueError):
        tally.rate("missing")


def test_tables_and_charts():
    tally = NetSentiment(3, 4, 1, denominator="all")
    assert tally.rows() == [
        {"sentiment": "positive", "mentions": 3, "share": 0.375},
        {"sentiment": "neutral", "mentions": 4, "share": 0.5},
        {"sentiment": "negative", "mentions": 1, "share": 0.125},
    ]
    assert [row["share"] for row in tally.over("polar").rows()] == [0.75, None, 0.25]
    assert [row["share"] for row in NetSentiment(denominator="all").rows()] == [None] * 3
    assert tally.chart()["data"]["values"] == tally.rows()
    assert str(tally).splitlines()[1].split() == ["positive", "3", "0.375"]


def test_it_prints_as_its_code():
    tally = NetSentiment(3, 4, 1, denominator="all")
    assert repr(tally) == "NetSentiment(positive=3, neutral=4, negative=1, denominator='all')"
    assert eval(repr(NetSentiment(3, 4, 1, 2, denominator="polar"))) == NetSentiment(3, 4, 1, 2, denominator="polar")  # noqa: S307


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"positive": -1, "denominator": "all"}, InvalidValueError),
        ({"neutral": 1.0, "denominator": "all"}, InvalidTypeError),
        ({"missing": True, "denominator": "all"}, InvalidTypeError),
        ({"denominator": "both"}, InvalidValueError),
        ({}, TypeError),
    ],
)
def test_wrong_tallies_are_refused(wrong, error):
    with pytest.raises(error):
        NetSentiment(**wrong)


def test_two_denominators_do_not_add():
    tally = NetSentiment(1, denominator="all")
    with pytest.raises(InvalidValueError, match=r"they have two denominators; see over"):
        tally + NetSentiment(1, denominator="polar")
    with pytest.raises(TypeError):
        tally + 1


# Laws


@given(TALLIES, TALLIES, TALLIES)
def test_tallies_add(a, b, c):
    assert (a + b) + c == a + (b + c)
    assert a + NetSentiment(denominator="all") == a
    assert from_dict(to_dict(a), NetSentiment) == a


@given(LABELS, LABELS)
def test_shards_give_what_the_whole_gives(one, other):
    parts = [NetSentiment.from_labels(labels, denominator="polar") for labels in (one, other)]
    assert NetSentiment.from_labels(one + other, denominator="polar") == parts[0] + parts[1]


@given(TALLIES, st.sampled_from(["all", "polar"]))
def test_the_interval_holds_the_value_and_turns_round(tally, denominator):
    tally = tally.over(denominator)
    low, high = tally.interval()
    assert -100 <= low <= tally.value_or(low) <= high <= 100
    turned = NetSentiment(tally.negative, tally.neutral, tally.positive, denominator=denominator)
    assert tuple(turned.interval()) == pytest.approx((-high, -low))


def test_broken_documents_are_refused():
    with pytest.raises(DocumentError):
        from_dict(to_dict(NetSentiment(denominator="all")) | {"denominator": "some"}, NetSentiment)
