"""The example of segments says of a real log what a plain loop over it says."""

import runpy
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

EXAMPLE = runpy.run_path(str(Path(__file__).parents[1] / "examples/cd_segments.py"))
SUMMER = datetime(1997, 6, 30, tzinfo=timezone.utc)
SPRING = datetime(1998, 3, 31, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def orders():
    return EXAMPLE["read"]()


@pytest.fixture(scope="module")
def found(orders):
    return EXAMPLE["report"](orders)


def stage(times: list[datetime], as_of: datetime) -> str:
    """Say the stage of a customer from the times of the orders, as the page on segments states the rules."""
    ages = sorted(as_of - at for at in times if at <= as_of)
    if not ages:
        return "prospect"
    if ages[0] >= timedelta(days=180):
        return "lapsed"
    if ages[0] >= timedelta(days=90):
        return "at risk"
    if ages[-1] >= timedelta(days=180) and not any(timedelta(days=90) <= age < timedelta(days=180) for age in ages):
        return "won back"
    if len(ages) >= 5:
        return "loyal"
    return "repeat" if len(ages) > 1 else "new"


def test_the_movement_is_what_a_plain_loop_counts(orders, found):
    times = defaultdict(list)
    for order in orders:
        times[order.customer].append(order.at)
    expected = Counter((stage(mine, SUMMER), stage(mine, SPRING)) for mine in times.values())

    assert sum(expected.values()) == 2357
    assert {(row["from"], row["to"]): row["customers"] for row in found.movement.rows()} == expected
    assert {row["segment"]: row["customers"] for row in found.sizes.rows() if row["customers"]} == Counter(
        stage(mine, SPRING) for mine in times.values()
    )


def test_the_groups_hold_every_customer_once(found):
    assert sum(found.groups.values()) == 2357
    assert found.groups.keys() <= {group.name for group in found.model.grid}


def test_the_chart_is_vega_lite(found):
    chart = found.movement.chart()
    assert chart["$schema"] == "https://vega.github.io/schema/vega-lite/v5.json"
    assert sum(row["customers"] for row in chart["data"]["values"]) == 2357
