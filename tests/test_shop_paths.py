"""The example of the web shop says of its log what plain loops over it say."""

import csv
import gzip
import runpy
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
EXAMPLE = runpy.run_path(str(EXAMPLES / "shop_paths.py"))
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def found():
    return EXAMPLE["report"](EXAMPLE["read"]())


@pytest.fixture(scope="module")
def visitors():
    """Read the log again: when each visitor did what, on which device; what is of one second stays in its order."""
    done = defaultdict(list)
    with gzip.open(EXAMPLES / "data/retentioneering_ecom.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            done[row["user_id"]].append((datetime.fromisoformat(row["timestamp"]), row["event"], row["platform"]))
    return [sorted(events, key=lambda event: event[0]) for events in done.values()]


@pytest.fixture(scope="module")
def visits(visitors):
    """Split where the silence is longer than half an hour."""
    split = []
    for events in visitors:
        split.append([events[0]])
        for before, event in pairwise(events):
            if event[0] - before[0] > timedelta(minutes=30):
                split.append([])
            split[-1].append(event)
    return split


def steps(visits):
    """Count the steps, with the two ends."""
    names = [["(start)", *(name for _, name, _ in visit), "(end)"] for visit in visits]
    return Counter(step for some in names for step in pairwise(some))


def test_visits_are_as_many_as_retentioneering_counts(found, visits):
    assert len(found.visits) == len(visits) == 3605  # tests/cases/journey.json, J078


def test_steps_and_routes_are_those_of_a_plain_loop(found, visits):
    routes = Counter(tuple(name for name, _ in groupby(name for _, name, _ in visit)) for visit in visits)

    assert {(row["from"], row["to"]): row["count"] for row in found.flow.rows()} == steps(visits)
    assert found.routes.counts == routes
    few = found.routes.covering(0.5)
    assert sum(count for _, count in routes.most_common(len(few))) >= len(visits) / 2
    assert sum(count for _, count in routes.most_common(len(few) - 1)) < len(visits) / 2


def test_purchases_are_those_of_a_plain_loop(found, visitors):
    arrived, expired = [], 0
    for events in visitors:
        begun = None
        for at, name, _ in events:
            if begun is not None and at - begun > DAY:
                begun, expired = None, expired + 1
            if begun is not None and name == "purchase":
                arrived.append(at - begun)
                begun = None
            if begun is None and name == "add_to_cart":
                begun = at
        expired += begun is not None  # the log is over

    assert (found.purchases.arrived, found.purchases.expired, found.purchases.open) == (len(arrived), expired, 0)
    assert found.purchases.durations.mean == timedelta(
        microseconds=round(sum(arrived, timedelta()) / timedelta(microseconds=1) / len(arrived))
    )


def test_phones_are_compared_with_desktops(found, visits):
    phones = steps(visit for visit in visits if visit[0][2] == "mobile")
    desktops = steps(visit for visit in visits if visit[0][2] == "desktop")
    rows = {(row["from"], row["to"]): row for row in found.phones.rows()}

    assert rows.keys() == {*phones, *desktops}
    for step, row in rows.items():
        ours = sum(count for other, count in phones.items() if other[0] == step[0])
        theirs = sum(count for other, count in desktops.items() if other[0] == step[0])
        assert (row["count"], row["of"]) == (phones[step], ours)
        assert (row["baseline"], row["baseline of"]) == (desktops[step], theirs)


def test_the_bug_that_only_phones_meet_is_among_the_clear_changes(found):
    clear = [(change.source, change.target) for change in found.phones.clear()]
    assert ("shipping_details", "checkout_bug") in clear
    assert ("cart", "checkout_bug") in clear


def test_the_checkout_is_that_of_a_plain_loop(found, visitors):
    """Every visit of a product may begin an attempt, and the latest in time serves every step."""
    steps = {name: number for number, name in enumerate(EXAMPLE["CHECKOUT"].steps) for name in [name.name]}
    now, week = EXAMPLE["NOON"].replace(tzinfo=None), timedelta(days=7)
    reached, still_open = Counter(), Counter()
    for events in visitors:
        begun = [None] * len(steps)  # the latest beginning of an attempt that came to each step
        for at, name, _ in events:
            number = steps.get(name)
            if at > now or number is None:
                continue
            entry = at if number == 0 else begun[number - 1]
            if entry is not None and at - entry <= week:
                begun[number] = max(entry, begun[number] or entry)
        depth = max((number + 1 for number, entry in enumerate(begun) if entry), default=0)
        reached.update(range(depth))
        if 0 < depth < len(steps) and now - begun[0] <= week:
            still_open[depth - 1] += 1

    assert [(step.reached, step.open) for step in found.checkout.steps] == [
        (reached[number], still_open[number]) for number in range(len(steps))
    ]
    assert sum(part.entered for part in found.by_device.results.values()) == found.checkout.entered
    assert found.checkout.customers == len(visitors)
