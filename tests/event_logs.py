"""Real and drawn logs for the tests of paths, read and counted without the library."""

import csv
import gzip
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from strategies import journeys as drawn_journey

from cxkit.journey import Journey, Touchpoint

ROOT = Path(__file__).parents[1]
DATA = ROOT / "examples" / "data"
START_OF_LOG = datetime(2026, 3, 1, tzinfo=timezone.utc)
Event = tuple[str, str, datetime]


def case(number: str) -> dict[str, Any]:
    """Give a case of tests/cases/journey.json."""
    cases = json.loads((ROOT / "tests/cases/journey.json").read_text(encoding="utf-8"))
    return next(found for found in cases if found["id"] == number)


def claims() -> list[Event]:
    """Read the running example of process mining."""
    with (DATA / "pm4py_running_example.csv").open(encoding="utf-8", newline="") as file:
        return [
            (row["case:concept:name"], row["concept:name"], datetime.fromisoformat(row["time:timestamp"]))
            for row in csv.DictReader(file)
        ]


def shop() -> list[Event]:
    """Read the clickstream of the shop, in the order of the file."""
    with gzip.open(DATA / "retentioneering_ecom.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return [
            (row["user_id"], row["event"], datetime.fromisoformat(row["timestamp"]).replace(tzinfo=timezone.utc))
            for row in csv.DictReader(file)
        ]


def by_customer(events: list[Event]) -> dict[str, list[Event]]:
    """Gather events by customer, each one's by time; those of one moment stay in the order of the log."""
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(event[0], []).append(event)
    return {customer: sorted(mine, key=lambda event: event[2]) for customer, mine in found.items()}


def log_of(**names: str) -> list[Journey]:
    """Build journeys from names with spaces between them, an hour apart."""
    return [journey_of(customer, text.split()) for customer, text in names.items()]


def journey_of(customer: str, names: list[str]) -> Journey:
    """Build a journey from names, an hour apart."""
    return Journey(
        customer, [Touchpoint(name, START_OF_LOG + timedelta(hours=hour)) for hour, name in enumerate(names)]
    )


@st.composite
def logs(draw: st.DrawFn, max_size: int = 5) -> list[Journey]:
    """Draw the journeys of some customers, empty ones among them."""
    number = draw(st.integers(0, max_size))
    return [draw(drawn_journey(f"customer {place}")) for place in range(number)]


def names_of_all(log: list[Journey]) -> list[list[str]]:
    """Give the names on each journey that has any."""
    return [[contact.name for contact in journey] for journey in log if len(journey)]
