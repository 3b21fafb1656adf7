"""Follow the claims of the textbook log of process mining: what comes after what, how long it takes, what is done again.

`read` gets the log (data/README.md), `report` does nothing but library logic, and `main` prints what comes of it and
writes the map of the process, out/claims_process.mmd: Mermaid, which GitHub and mermaid.live draw.
"""

import csv
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from cxkit.journey import (
    EventuallyFollows,
    Paths,
    Rework,
    Transitions,
    Variants,
    durations,
    eventually_follows,
    journeys,
    paths,
    rework,
    transitions,
    variants,
)
from cxkit.tallies import Durations

HERE = Path(__file__).parent
LOG = HERE / "data" / "pm4py_running_example.csv"
MAP = HERE / "out" / "claims_process.mmd"
Event = dict[str, str]


class Report(NamedTuple):
    """What there is to tell."""

    flow: Transitions
    routes: Variants
    later: EventuallyFollows
    again: Rework
    decisions: Paths
    times: Durations


def read() -> list[Event]:
    """Read the log: the case, what was done, when, by whom and at what cost."""
    with LOG.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def report(events: Iterable[Event]) -> Report:
    """Count what directly follows what, the whole routes, the rework, and the ways to a decision."""
    cases = journeys(events, customer="case:concept:name", name="concept:name", at="time:timestamp")
    return Report(
        transitions(cases, resolution=timedelta(seconds=1)),
        variants(cases),
        eventually_follows(cases),
        rework(cases),
        paths(cases, "register request", "decide"),
        durations(cases),
    )


def main() -> None:
    """Print the tables, and write the map."""
    found = report(read())
    print("What directly follows what, and after how long\n")
    print(found.flow)
    print(f"\n{found.routes.journeys} cases take {len(found.routes.counts)} routes\n")
    print(found.routes)
    print("\nWhat is done again in one case\n")
    print(found.again)
    print("\nFrom the request to the first decision\n")
    print(found.decisions)
    share = found.later.rate("reinitiate request", "pay compensation")
    print(f"\nOf {share.total} requests that were taken up again, {share.count} ended in a compensation.")
    print(f"Half of the cases took {found.times.median} or less.")
    MAP.write_text(found.flow.to_mermaid(label="median") + "\n", encoding="utf-8")
    print(f"\nThe map of the process is in {MAP.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
