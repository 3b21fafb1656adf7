"""Survival curves in one call."""

from collections.abc import Iterable

from cxkit.metrics._survival.counts import Time
from cxkit.metrics._survival.curve import SurvivalCurve
from cxkit.metrics._survival.table import SurvivalTable


def kaplan_meier(
    durations: Iterable[Time],
    observed: Iterable[bool],
    *,
    entry: Iterable[Time] | None = None,
    weights: Iterable[float] | None = None,
    unit: str = "periods",
) -> SurvivalCurve:
    """Estimate the share of customers that is still there after each time (Kaplan and Meier 1958).

    Args:
        durations: How long each customer was there, in any one unit, whole or not.
        observed: For each, whether they were lost then (true), or only last seen then (false: censored).
        entry: For each, how long they had been there when they came under observation; 0, unless given.
        weights: For each, how many customers they stand for; 1, unless given.
        unit: The unit of the durations, in words.

    >>> from cxkit.metrics import kaplan_meier
    >>> kaplan_meier([6, 6, 6, 7, 10], [True, True, True, True, False]).survival_at(6)
    0.4
    """
    return SurvivalCurve(SurvivalTable.from_durations(durations, observed, entry=entry, weights=weights, unit=unit))
