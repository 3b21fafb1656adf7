"""Variants: whole paths, ranked, with what they cover."""

from collections import Counter
from itertools import groupby, pairwise

import pytest
from event_logs import by_customer, claims, journey_of, log_of, logs, names_of_all
from hypothesis import given

from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Variants, journeys, variants
from cxkit.tallies import Rate

LOG = log_of(a="visit order", b="visit order", c="visit visit order", d="visit", e="order")


@given(logs())
def test_each_journey_takes_one_path(log):
    paths = [tuple(names) for names in names_of_all(log)]

    assert variants(log).counts == Counter(paths)
    assert variants(log).journeys == len(paths)
    assert variants(log, collapse=True).counts == Counter(
        tuple(name for name, _ in groupby(names)) for names in names_of_all(log)
    )


def test_the_claims_take_six_paths():
    expected = Counter(tuple(name for _, name, _ in events) for events in by_customer(claims()).values())
    found = variants(journeys(claims()))

    assert found.counts == expected
    assert len(found.top()) == 6


def test_variants_are_ranked_with_their_share_and_what_they_cover():
    first, second, *_ = variants(LOG).top()

    assert (first.path, first.count) == (("visit", "order"), 2)
    assert first.rate == Rate(2, 5, name="share", unit="journeys")
    assert second.path == ("order",)  # of equally frequent ones the shorter, then by their labels
    assert second.cumulative == Rate(3, 5, name="coverage", unit="journeys")
    assert [variant.path for variant in variants(LOG).top(2)] == [first.path, second.path]
    with pytest.raises(InvalidValueError, match="number must be at least 0"):
        variants(LOG).top(-1)


@given(logs())
def test_all_variants_together_cover_all(log):
    ranked = variants(log).top()

    assert all(one.count >= other.count for one, other in pairwise(ranked))
    assert sum(variant.count for variant in ranked) == len(names_of_all(log))
    if ranked:
        assert ranked[-1].cumulative.value == 1


def test_the_fewest_variants_that_cover_a_share():
    found = variants(LOG)

    assert [len(found.covering(share)) for share in (0, 0.4, 0.41, 0.6, 1)] == [0, 1, 2, 2, 4]
    assert Variants().covering(0.5) == ()
    for wrong in (1.5, -1, "half", True):
        with pytest.raises(InvalidValueError, match=r"share must be a number from 0 to 1, got .*write 0.8"):
            found.covering(wrong)


def test_the_share_of_a_path_may_be_nothing():
    found = variants(LOG)

    assert found.rate(["visit"]) == Rate(1, 5, name="share", unit="journeys")
    assert found.rate(("ticket",)).value == 0
    assert not Variants().rate(["visit"]).is_defined
    with pytest.raises(InvalidTypeError, match="a path must be a tuple of labels, got 'visit'"):
        found.rate("visit")


def test_repeats_collapse_only_where_they_are_direct():
    found = variants(log_of(anna="visit visit cart visit visit"), collapse=True)

    assert found.counts == {("visit", "cart", "visit"): 1}
    with pytest.raises(InvalidTypeError, match="collapse must be True or False"):
        variants([], collapse=1)
    with pytest.raises(InvalidValueError, match="cannot add those with collapse=False"):
        found + variants([])


@pytest.mark.parametrize(
    ("counts", "error", "message"),
    [
        ([("visit",)], InvalidTypeError, "must be a mapping"),
        ({"visit": 1}, InvalidTypeError, "each path must be a tuple of labels, got 'visit'"),
        ({("visit", 3): 1}, InvalidTypeError, r"each path must be a tuple of labels, got \('visit', 3\)"),
        ({(): 1}, InvalidValueError, "at least one label"),
        ({("visit",): 0}, InvalidValueError, "must be at least 1, got 0"),
        ({("visit",): 1.0}, InvalidTypeError, "must be an int"),
        ({("visit",): True}, InvalidTypeError, "must be an int"),
    ],
)
def test_counts_that_no_journeys_could_have_are_refused(counts, error, message):
    with pytest.raises(error, match=message):
        Variants(counts)


def test_the_chart_shows_the_most_frequent():
    assert [row["path"] for row in variants(LOG).chart(2)["data"]["values"]] == ["visit > order", "order"]


def test_a_long_table_prints_its_first_rows():
    found = variants([journey_of(f"c{number}", [f"page {number}"]) for number in range(30)])
    assert str(found).splitlines()[-1] == "... and 5 more; rows() has them all"


def test_a_sankey_diagram_goes_position_by_position():
    assert variants(LOG).to_mermaid().splitlines() == [
        "sankey-beta",
        '"1. order","(end)",1',
        '"1. visit","2. order",2',
        '"1. visit","2. visit",1',
        '"1. visit","(end)",1',
        '"2. order","(end)",2',
        '"2. visit","3. order",1',
        '"3. order","(end)",1',
    ]
    assert variants(LOG).to_mermaid(steps=2, least=2).splitlines() == ["sankey-beta", '"1. visit","2. order",2']
    assert Variants().to_mermaid() == "sankey-beta"
    for wrong in ({"steps": 0}, {"least": 0}):
        with pytest.raises(InvalidValueError, match="must be at least 1"):
            variants(LOG).to_mermaid(**wrong)
