"""How fast churn, retention and survival are, beside the libraries of the field: ratios of one run."""

import random
from time import perf_counter

from lifelines import KaplanMeierFitter

from cxkit.metrics import kaplan_meier

NUMBER = 1_000_000


def seconds(function, times=3):
    """Return the least of several runs."""
    best = float("inf")
    for _ in range(times):
        began = perf_counter()
        function()
        best = min(best, perf_counter() - began)
    return best


def survival(durations, name, bound):
    draw = random.Random(5)
    observed = [draw.random() < 0.6 for _ in durations]

    def ours():
        return kaplan_meier(durations, observed).band()

    def theirs():
        return KaplanMeierFitter().fit(durations, observed).confidence_interval_

    mine, other = seconds(ours), seconds(theirs)
    print(f"survival of {NUMBER:,} {name}: {mine:.2f} s, {mine / other:.2f} times lifelines (at most {bound})")


if __name__ == "__main__":
    draw = random.Random(1)
    survival([draw.randint(1, 730) for _ in range(NUMBER)], "whole days", 1)
    survival([draw.expovariate(0.01) for _ in range(NUMBER)], "distinct floats", 3)
