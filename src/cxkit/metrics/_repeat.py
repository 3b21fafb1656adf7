"""Repeat purchases: how many customers come back."""

from collections.abc import Iterable
from datetime import datetime

from cxkit._checks import an_instant
from cxkit.calendar import Period, a_period
from cxkit.journey import Contact, Journey, a_contact, each_journey, is_contact
from cxkit.metrics._names import named
from cxkit.tallies import PopulationRate


def repeat_purchase_rate(
    journeys: Iterable[Journey],
    *,
    period: Period | None = None,
    as_of: datetime | None = None,
    event: Contact = "order",
) -> PopulationRate:
    """Return the share of buyers who bought more than once: those with two orders or more over those with one or more.

    Both are counted within the period. A rate that looks back over all time in the numerator only is another metric,
    the returning customer rate.

    Args:
        journeys: The customers, read one by one.
        period: Where the orders lie; without it, anywhere in the log.
        as_of: What came to be known later does not count; without it, the log counts as given.
        event: What counts as an order.

    >>> from cxkit.journey import journeys
    >>> log = journeys([
    ...     ("anna", "order", "2026-01-05T09:00Z"),
    ...     ("anna", "order", "2026-02-05T09:00Z"),
    ...     ("ben", "order", "2026-03-01T09:00Z"),
    ... ])
    >>> rate = repeat_purchase_rate(log)
    >>> rate.value, rate.count, rate.total
    (0.5, 1, 2)
    """
    a_contact(event, "event")
    moment = None if as_of is None else an_instant(as_of, "as_of")
    start, end = (None, None) if period is None else a_period(period).window
    again = total = 0
    for journey in each_journey(journeys):
        touchpoints = journey.touchpoints if moment is None else journey.known(moment)
        orders = sum(
            is_contact(event, touchpoint) for touchpoint in touchpoints if period is None or touchpoint.at in period
        )
        total += orders > 0
        again += orders > 1
    if moment is not None:
        end = moment if start is None or end is None else max(start, min(end, moment))
    window = None if end is None else (start, end)
    return PopulationRate(again, total, name=named("repeat purchase rate", event), unit="buyers", window=window)
