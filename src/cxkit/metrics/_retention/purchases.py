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

    Both are counted within the period. `returning_customer_rate` looks back over all time in the numerator.

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
    return _rate(journeys, period, as_of, event, name="repeat purchase rate", looks_back=False)


def returning_customer_rate(
    journeys: Iterable[Journey],
    *,
    period: Period,
    as_of: datetime | None = None,
    event: Contact = "order",
) -> PopulationRate:
    """Return the share of a period's buyers who had bought before, within the period or at any time before it.

    So Shopify has it. Over a short period it is far higher than `repeat_purchase_rate`, which counts the orders of the
    period only, and it grows with the age of the shop.

    Args:
        journeys: The customers, read one by one, with all that they ever bought.
        period: Where an order lies that makes a buyer; orders after it do not count.
        as_of: What came to be known later does not count; without it, the log counts as given.
        event: What counts as an order.

    >>> from cxkit.calendar import Period
    >>> from cxkit.journey import journeys
    >>> log = list(journeys([
    ...     ("anna", "order", "2026-01-05T09:00Z"),
    ...     ("anna", "order", "2026-03-05T09:00Z"),
    ...     ("ben", "order", "2026-03-01T09:00Z"),
    ... ]))
    >>> march = Period.month(2026, 3)
    >>> returning_customer_rate(log, period=march).value, repeat_purchase_rate(log, period=march).value
    (0.5, 0.0)
    """
    return _rate(journeys, a_period(period), as_of, event, name="returning customer rate", looks_back=True)


def _rate(
    journeys: Iterable[Journey],
    period: Period | None,
    as_of: datetime | None,
    event: Contact,
    *,
    name: str,
    looks_back: bool,
) -> PopulationRate:
    a_contact(event, "event")
    moment = None if as_of is None else an_instant(as_of, "as_of")
    start, end = (None, None) if period is None else a_period(period).window
    again = total = 0
    for journey in each_journey(journeys):
        touchpoints = journey.touchpoints if moment is None else journey.known(moment)
        orders = [touchpoint.at for touchpoint in touchpoints if is_contact(event, touchpoint)]
        by_then = [at for at in orders if end is None or at < end]
        within = [at for at in by_then if start is None or start <= at]
        total += bool(within)
        again += bool(within) and len(by_then if looks_back else within) > 1
    if moment is not None:
        end = moment if start is None or end is None else max(start, min(end, moment))
    window = None if end is None else (start, end)
    return PopulationRate(again, total, name=named(name, event), unit="buyers", window=window)
