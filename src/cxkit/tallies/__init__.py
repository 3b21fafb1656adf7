"""Counts that can be added, asked for their value, and asked how sure that value is.

A tally is built from data or from counts, so that streaming, shards and one batch give the same answer to the bit.
There are two kinds. An *event* tally (`Rate`, `Nps`) adds over time and over shards. A *population* tally
(`PopulationRate`) describes the customers of one window: it adds over disjoint customers in that same window, and
refuses anything else, because a customer must not be counted twice.

>>> from cxkit.tallies import Rate
>>> on_time = Rate(9, 10, name="on-time rate", unit="deliveries") + Rate(8, 10, name="on-time rate", unit="deliveries")
>>> on_time.value, on_time.count, on_time.total
(0.85, 17, 20)
>>> low, high = on_time.interval()
>>> round(low, 3), round(high, 3)
(0.64, 0.948)
"""

from cxkit.tallies._durations import Bin, Durations
from cxkit.tallies._rates import PopulationRate, Proportion, ProportionMethod, Rate, RateDifference
from cxkit.tallies._tally import Interval, Tally, Window
from cxkit.tallies._tally import refused as refused  # for the other packages of cxkit

__all__ = [
    "Bin",
    "Durations",
    "Interval",
    "PopulationRate",
    "Proportion",
    "ProportionMethod",
    "Rate",
    "RateDifference",
    "Tally",
    "Window",
]
