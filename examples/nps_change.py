"""Tell whether the NPS of a shop changed between two quarters, in which regions, and how much of it is only the mix.

The answers are made up (data/nps_by_region.csv): the score falls in the west, hardly anywhere else, and in the second
quarter twice as many answer in the south, who were always hard to please. `read` gets the answers, `report` does
nothing but library logic, and `main` prints what comes of it and writes the changes as a chart with their intervals,
out/nps_change.vl.json: Vega-Lite, which notebooks and vega.github.io/editor draw.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

from cxkit.metrics import MixDecomposition, Nps, StratifiedNps, Verdict, Verdicts, verdict, verdicts

HERE = Path(__file__).parent
ANSWERS = HERE / "data" / "nps_by_region.csv"
CHART = HERE / "out" / "nps_change.vl.json"
CUSTOMERS = {"north": 42_000, "south": 31_000, "west": 22_000, "islands": 5_000}
SMALLEST = 10  # points that would matter to this shop
Quarters = Mapping[str, Mapping[str, Nps]]


class Report(NamedTuple):
    """What there is to tell."""

    overall: Verdict
    mix: MixDecomposition
    regions: Verdicts
    before: StratifiedNps
    after: StratifiedNps


def read() -> list[dict[str, str]]:
    """Read the answers: the quarter, the region, the score, how many gave it."""
    with ANSWERS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def count(rows: Iterable[Mapping[str, str]]) -> Quarters:
    """Count the answers of each quarter by region."""
    quarters = defaultdict[str, defaultdict[str, Nps]](lambda: defaultdict(Nps))
    for row in rows:
        quarters[row["quarter"]][row["region"]] += Nps.from_scores(repeat(int(row["score"]), int(row["answers"])))
    return quarters


def report(answers: Iterable[Mapping[str, str]]) -> Report:
    """Compare the second quarter with the first."""
    quarters = count(answers)
    before, after = quarters["Q1"], quarters["Q2"]
    return Report(
        verdict(sum(after.values(), start=Nps()), sum(before.values(), start=Nps()), smallest=SMALLEST),
        MixDecomposition(after, before),
        verdicts(after, before, smallest=SMALLEST),
        StratifiedNps(before, CUSTOMERS),
        StratifiedNps(after, CUSTOMERS),
    )


def main() -> None:
    """Print the verdicts, and write the chart."""
    found = report(read())
    low, high = found.overall.interval
    print(f"The score of all answers: {found.overall.change:+.1f} points, from {low:+.1f} to {high:+.1f}\n")
    print(found.overall)
    print("\nWhat the change is made of\n")
    print(found.mix)
    print(f"\nRegion by region, where {SMALLEST} points would matter\n")
    print(found.regions)
    print("\nWith each region as large as it is among the customers\n")
    for quarter, score in (("Q1", found.before), ("Q2", found.after)):
        low, high = score.interval()
        print(
            f"{quarter}: {score.value:.1f}, from {low:.1f} to {high:.1f} "
            f"({score.total:,} answers count as {score.effective_n:,.0f})"
        )
    CHART.parent.mkdir(exist_ok=True)
    CHART.write_text(json.dumps(found.regions.chart(), indent=1) + "\n", encoding="utf-8")
    print(f"\nThe chart of the regions is in {CHART.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
