"""The example of the claims says of its log what plain loops over it say."""

import csv
import runpy
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
EXAMPLE = runpy.run_path(str(EXAMPLES / "claims_process.py"))


@pytest.fixture(scope="module")
def found():
    return EXAMPLE["report"](EXAMPLE["read"]())


@pytest.fixture(scope="module")
def cases():
    """Read the log again: what was done in each case, and when, in order."""
    done = defaultdict(list)
    with (EXAMPLES / "data/pm4py_running_example.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            done[row["case:concept:name"]].append((datetime.fromisoformat(row["time:timestamp"]), row["Activity"]))
    return [sorted(events) for events in done.values()]


def test_steps_and_their_times_are_those_of_a_plain_loop(found, cases):
    times = defaultdict(list)
    for events in cases:
        for (one_at, one), (other_at, other) in pairwise(events):
            times[one, other].append((other_at - one_at).total_seconds())

    rows = [row for row in found.flow.rows() if row["median"] is not None]
    assert {(row["from"], row["to"]): row["count"] for row in rows} == {step: len(some) for step, some in times.items()}
    assert {(row["from"], row["to"]): row["median"].total_seconds() for row in rows} == {
        step: median(some) for step, some in times.items()
    }


def test_routes_and_rework_are_those_of_a_plain_loop(found, cases):
    routes = [tuple(name for _, name in events) for events in cases]

    assert found.routes.counts == Counter(routes)
    assert {row["name"]: row["reworked"] for row in found.again.rows()} == {
        name: sum(route.count(name) > 1 for route in routes) for name in {name for route in routes for name in route}
    }


def test_every_claim_is_decided(found, cases):
    first = [next(at for at, name in events if name == "decide") - events[0][0] for events in cases]

    assert (found.decisions.arrived, found.decisions.open, found.decisions.expired) == (6, 0, 0)
    assert found.decisions.durations.median == timedelta(seconds=median(length.total_seconds() for length in first))
    assert found.times.median == timedelta(
        seconds=median((events[-1][0] - events[0][0]).total_seconds() for events in cases)
    )


def test_what_comes_later_is_what_a_plain_loop_finds(found, cases):
    routes = [[name for _, name in events] for events in cases]
    again = [route[route.index("reinitiate request") :] for route in routes if "reinitiate request" in route]
    rate = found.later.rate("reinitiate request", "pay compensation")

    assert (rate.count, rate.total) == (sum("pay compensation" in route for route in again), len(again))


def test_the_map_is_a_flowchart_with_an_arrow_for_each_step(found):
    lines = found.flow.to_mermaid(label="median").splitlines()
    assert (lines[0], sum("-->" in line for line in lines)) == ("flowchart LR", len(found.flow.counts))
