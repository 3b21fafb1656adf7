"""Changes: how the transitions of two groups of journeys differ."""

from math import hypot, sqrt

import pytest
from event_logs import log_of, logs
from hypothesis import given

from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import END, START, TransitionChange, TransitionChanges, transitions
from cxkit.tallies import Rate


def flow_of(orders, others):
    """Count journeys of which some go on from a visit to an order."""
    names = {f"buyer {n}": "visit order" for n in range(orders)} | {f"other {n}": "visit" for n in range(others)}
    return transitions(log_of(**names))


def wilson(count, total, z=1.959963984540054):
    """The score interval as Wilson (1927) writes it."""
    p, shrink = count / total, 1 + z * z / total
    middle = (p + z * z / (2 * total)) / shrink
    reach = z / shrink * sqrt(p * (1 - p) / total + z * z / (4 * total * total))
    return middle - reach, middle + reach


def test_a_change_carries_both_rates_and_newcombes_interval():
    changes = flow_of(30, 10).difference(flow_of(20, 40))
    change = next(found for found in changes if (found.source, found.target) == ("visit", "order"))
    (low, high), (base_low, base_high) = wilson(30, 40), wilson(20, 60)
    p, base = 30 / 40, 20 / 60

    assert (change.rate.count, change.rate.total, change.baseline.count, change.baseline.total) == (30, 40, 20, 60)
    assert change.difference.value == pytest.approx(p - base)
    assert changes.interval(change) == pytest.approx(
        (p - base - hypot(p - low, base_high - base), p - base + hypot(high - p, base - base_low))
    )
    assert change.at_least() == changes.interval(change).low


def test_what_rose_in_one_place_fell_in_another():
    changes = {(c.source, c.target): c for c in flow_of(30, 10).difference(flow_of(20, 40))}

    assert changes["visit", END].difference.value == pytest.approx(-changes["visit", "order"].difference.value)
    assert changes["visit", END].at_least() == pytest.approx(changes["visit", "order"].at_least())
    assert changes[START, "visit"].difference.value == changes[START, "visit"].at_least() == 0


def test_a_certain_change_stands_before_a_greater_one_that_may_be_chance():
    before = transitions(log_of(**{f"c{n}": "visit order" if n % 2 else "visit" for n in range(400)}, x="call letter"))
    after = transitions(log_of(**{f"c{n}": "visit order" if n % 4 else "visit" for n in range(400)}, x="call order"))
    changes = after.difference(before)

    assert [(c.source, c.target) for c in changes][:2] == [("visit", END), ("visit", "order")]
    assert [(c.source, c.target) for c in changes.clear()] == [("visit", END), ("visit", "order")]
    assert abs(changes.changes[0].difference.value) == 0.25
    assert (changes.changes[2].source, abs(changes.changes[2].difference.value)) == ("call", 1.0)
    assert changes.changes[2].at_least() == 0


def test_a_place_that_only_one_group_came_to_has_no_difference():
    changes = flow_of(1, 1).difference(flow_of(0, 2))
    row = next(row for row in changes.rows() if row["from"] == "order")

    assert row == {
        "from": "order",
        "to": "(end)",
        "count": 1,
        "of": 1,
        "baseline": 0,
        "baseline of": 0,
        "difference": None,
        "low": -1.0,
        "high": 1.0,
    }
    assert changes.rows()[-1]["from"] in {"(start)", "order"}


@given(logs(), logs())
def test_every_step_of_either_group_is_compared_once(log, baseline):
    ours, theirs = transitions(log), transitions(baseline)
    changes = ours.difference(theirs)

    assert sorted(map(str, ((c.source, c.target) for c in changes))) == sorted(map(str, {*ours.counts, *theirs.counts}))
    assert {(c.source, c.target): c.rate.count for c in changes if c.rate.count} == ours.counts
    assert {(c.source, c.target): c.baseline.count for c in changes if c.baseline.count} == theirs.counts
    least = [c.at_least() for c in changes]
    assert least == sorted(least, reverse=True)
    assert len(changes) == len(changes.rows())


@given(logs())
def test_nothing_differs_from_itself(log):
    assert transitions(log).difference(transitions(log)).clear() == ()


def test_a_higher_confidence_makes_fewer_changes_clear():
    after, before = flow_of(12, 8), flow_of(6, 14)

    assert after.difference(before, confidence=0.5).clear()
    assert not after.difference(before, confidence=0.99).clear()
    with pytest.raises(InvalidValueError, match="confidence must be between 0 and 1"):
        after.difference(before, confidence=95)
    with pytest.raises(InvalidValueError, match="confidence must be between 0 and 1"):
        transitions([]).difference(transitions([]), confidence=95)


def test_only_transitions_by_one_label_compare():
    message = "Transitions by='name' compares with another one of that label, got by='channel'"
    with pytest.raises(InvalidValueError, match=message):
        transitions([]).difference(transitions([], by="channel"))
    with pytest.raises(InvalidTypeError, match="Transitions compares with another one, got 3"):
        transitions([]).difference(3)
    with pytest.raises(InvalidTypeError, match="changes must be TransitionChange values, got 3"):
        TransitionChanges([3])


def test_the_chart_and_the_table_show_the_first_changes():
    changes = flow_of(30, 10).difference(flow_of(20, 40))
    values = changes.chart(2)["data"]["values"]

    assert [(row["transition"], row["count"]) for row in values] == [("visit > order", 30), ("visit > (end)", 10)]
    assert str(changes).splitlines()[1].split()[:6] == ["visit", "order", "30", "40", "20", "60"]
    assert TransitionChanges(changes.changes[::-1]) == changes


def test_a_flowchart_shows_both_probabilities():
    changes = flow_of(1, 1).difference(flow_of(0, 2))
    lines = changes.to_mermaid().splitlines()

    assert '  n0 -->|"0#37; to 50#37;"| n1' in lines
    assert any('"#45; to 100#37;"' in line for line in lines)
    assert len([line for line in changes.to_mermaid(1).splitlines() if "-->" in line]) == 1
    with pytest.raises(InvalidTypeError, match="number must be an int"):
        changes.to_mermaid("all")


def test_a_change_is_made_of_two_rates():
    change = TransitionChange("visit", "order", Rate(9, 10), Rate(3, 10))
    assert [round(end, 4) for end in change.difference.interval()] == [0.1705, 0.809]  # Newcombe 1998, method 10
    assert round(change.at_least(), 4) == 0.1705
