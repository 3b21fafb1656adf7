"""How fast and how sure models of purchases are fitted, beside lifetimes: ratios of one run."""

import contextlib
import csv
import io
import random
import warnings
from collections import Counter
from pathlib import Path
from time import perf_counter

import numpy as np
from lifetimes import BetaGeoFitter
from lifetimes.utils import ConvergenceError

from cxkit.metrics import BetaGeometricNBD, PurchaseSummary

SETS = 200
DATA = Path(__file__).parents[1] / "data" / "cdnow_customers_summary.csv"


def seconds(function, times=5):
    """Return the least of several runs."""
    best = float("inf")
    for _ in range(times):
        began = perf_counter()
        function()
        best = min(best, perf_counter() - began)
    return best


def cdnow():
    with DATA.open(encoding="utf-8", newline="") as file:
        return [(int(row["frequency"]), float(row["recency"]), float(row["T"])) for row in csv.DictReader(file)]


def customers(seed, number=60):
    draw = random.Random(seed)
    r, alpha, a, b = draw.choice([(0.243, 4.414, 0.793, 2.426), (1, 10, 1, 3), (2, 20, 0.5, 5), (0.5, 5, 2, 2)])
    found = []
    for _ in range(number):
        rate, chance, age = draw.gammavariate(r, 1 / alpha), draw.betavariate(a, b), draw.uniform(10, 39)
        at = x = recency = 0
        while rate and (at := at + draw.expovariate(rate)) <= age:
            x, recency = x + 1, at
            if draw.random() < chance:
                break
        found.append((x, float(recency), age))
    return found


def theirs(rows):
    columns = [np.array(column, float) for column in zip(*rows, strict=True)]
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        return BetaGeoFitter().fit(*columns)


def gives_up(rows):
    try:
        theirs(rows)
    except ConvergenceError:
        return True
    return False


if __name__ == "__main__":
    rows = cdnow()
    mine = seconds(lambda: BetaGeometricNBD.fit(PurchaseSummary(Counter(rows))))
    other = seconds(lambda: theirs(rows))
    print(f"BG/NBD of CDNOW: {mine:.3f} s, {mine / other:.2f} times lifetimes (at most 0.4)")
    sets = [customers(seed) for seed in range(SETS)]
    statuses = Counter(BetaGeometricNBD.fit(PurchaseSummary(Counter(some))).status for some in sets)
    failed = SETS - sum(statuses.values())
    print(f"BG/NBD of {SETS} random sets of 60 customers: {failed} failed (none may), {dict(statuses)}")
    print(f"lifetimes gave up on {sum(map(gives_up, sets))} of them")
