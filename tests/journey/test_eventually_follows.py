"""Eventually-follows: all ordered pairs, and the journeys that have them."""

from collections import Counter
from itertools import combinations

import pytest
from event_logs import case, claims, log_of, logs, names_of_all, shop
from hypothesis import given

from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import EventuallyFollows, eventually_follows, journeys
from cxkit.tallies import Rate

VISIT = ("visit", "visit")


@given(logs())
def test_every_pair_of_places_counts_once(log):
    pairs = [list(combinations(names, 2)) for names in names_of_all(log)]
    found = eventually_follows(log)

    assert found.counts == Counter(pair for some in pairs for pair in some)
    assert found.in_journeys == Counter(pair for some in pairs for pair in set(some))
    assert found.occurring == Counter(name for names in names_of_all(log) for name in set(names))


def test_pairs_are_those_of_pm4py():
    found = eventually_follows(journeys(claims()))
    assert {f"{a} -> {b}": count for (a, b), count in found.counts.items()} == case("J070")["expected"]


def test_a_large_log_counts_as_a_plain_loop_does():
    log = journeys(shop()[:3000])
    assert eventually_follows(log).counts == Counter(p for names in names_of_all(log) for p in combinations(names, 2))


def test_the_rate_is_of_the_journeys_with_the_first_of_the_pair():
    found = eventually_follows(log_of(a="visit order", b="visit visit", c="order visit", d="order"))

    assert found.rate("visit", "order") == Rate(1, 3, name="visit to order", unit="journeys")
    assert found.rate("visit", "ticket").value == 0
    assert not found.rate("ticket", "visit").is_defined
    assert (found.count("visit", "visit"), found.count("ticket", "visit")) == (1, 0)


def test_rates_of_journeys_compare():
    after, before = (
        log_of(a="visit order", b="visit x order", c="visit"),
        log_of(a="visit visit", b="visit order order"),
    )
    changes = eventually_follows(after).difference(eventually_follows(before))
    rates = {(c.source, c.target): (c.rate.count, c.rate.total, c.baseline.count, c.baseline.total) for c in changes}

    assert rates == {
        ("visit", "order"): (2, 3, 1, 2),
        ("visit", "x"): (1, 3, 0, 2),
        ("x", "order"): (1, 1, 0, 0),
        ("visit", "visit"): (0, 3, 1, 2),
        ("order", "order"): (0, 2, 1, 1),
    }
    with pytest.raises(InvalidTypeError, match="EventuallyFollows compares with another one"):
        eventually_follows(after).difference(after)


def test_only_labels_can_be_asked_for():
    found = eventually_follows([])
    for ask in (found.count, found.rate):
        with pytest.raises(InvalidTypeError, match="a pair must be two labels"):
            ask("visit", None)


def test_rows_and_chart_are_ranked():
    found = eventually_follows(log_of(a="visit visit order", b="visit"))

    assert found.rows() == [
        {"from": "visit", "to": "order", "count": 2, "journeys": 1, "share": 0.5},
        {"from": "visit", "to": "visit", "count": 1, "journeys": 1, "share": 0.5},
    ]
    assert found.chart()["data"]["values"] == found.rows()


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"counts": {("visit",): 1}}, InvalidTypeError, "a pair must be two labels"),
        ({"counts": {VISIT: 1}}, InvalidValueError, "must be counted for the same labels"),
        ({"occurring": {3: 1}}, InvalidTypeError, "a label must be text, got 3"),
        ({"counts": {VISIT: 1}, "in_journeys": {VISIT: 2}, "occurring": {"visit": 2}}, InvalidValueError, "1 at most"),
        ({"counts": {VISIT: 2}, "in_journeys": {VISIT: 2}, "occurring": {"visit": 1}}, InvalidValueError, "1 at most"),
        ({"counts": {VISIT: 2}, "in_journeys": {VISIT: 2}}, InvalidValueError, "0 at most"),
    ],
)
def test_counts_that_no_journeys_could_have_are_refused(wrong, error, message):
    with pytest.raises(error, match=message):
        EventuallyFollows(**wrong)
