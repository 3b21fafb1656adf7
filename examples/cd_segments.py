"""Sort the customers of a real CD shop by RFM and by lifecycle, and show how they moved in three quarters of a year.

`read` gets the log (data/README.md), `report` does nothing but library logic, and `main` prints what comes of it and
writes the chart of the movement, out/cd_segments.vl.json: Vega-Lite, which notebooks and vega.github.io/editor draw.
"""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from cxkit.calendar import days
from cxkit.journey import journeys
from cxkit.segments import Movement, RfmModel, SegmentSizes, lifecycle, rfm_values

HERE = Path(__file__).parent
LOG = HERE / "data" / "CDNOW_sample.txt"
CHART = HERE / "out" / "cd_segments.vl.json"
SUMMER = datetime(1997, 6, 30, tzinfo=timezone.utc)
SPRING = datetime(1998, 3, 31, tzinfo=timezone.utc)
STAGES = lifecycle(at_risk_after=days(90), lapsed_after=days(180), loyal_orders=5)


class Order(NamedTuple):
    """A line of the log."""

    customer: str
    name: str
    at: datetime
    value: Decimal


class Report(NamedTuple):
    """What there is to tell."""

    model: RfmModel
    groups: Counter[str]
    sizes: SegmentSizes
    movement: Movement


def read() -> list[Order]:
    """Read the log: id in the full data, id in the sample, day, CDs, dollars."""
    return [
        Order(customer, "order", datetime.fromisoformat(day).replace(tzinfo=timezone.utc), Decimal(dollars))
        for _, customer, day, _, dollars in map(str.split, LOG.read_text(encoding="ascii").splitlines())
    ]


def report(orders: Sequence[Order]) -> Report:
    """Score and sort the customers, and follow them from summer to spring."""
    log = journeys((order._asdict() for order in orders), details={"value": "value"})
    bought = [values for journey in log if (values := rfm_values(journey, as_of=SPRING)) is not None]
    model = RfmModel.fit(bought)
    return Report(
        model,
        Counter(model.score(values).group for values in bought),
        STAGES.sizes(log, as_of=SPRING),
        STAGES.movement(log, start=SUMMER, end=SPRING),
    )


def main() -> None:
    """Print the tables, and write the chart."""
    found = report(read())
    print("What a score takes, of 5 (days since the last order, orders, dollars)\n")
    print(found.model)
    print("\nCustomers by RFM group\n")
    for group, count in found.groups.most_common():
        print(f"{count:6,}  {group}")
    print(f"\nCustomers by stage of their lifecycle, {SPRING:%d %B %Y}\n")
    print(found.sizes)
    print(f"\nHow they moved since {SUMMER:%d %B %Y}\n")
    print(found.movement)
    CHART.write_text(json.dumps(found.movement.chart(), indent=1) + "\n", encoding="utf-8")
    print(f"\nThe chart of it is in {CHART.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
