"""Churn: how many customers a shop loses."""

from collections.abc import Iterable
from datetime import datetime

from cxkit._checks import a_count, an_instant
from cxkit.calendar import Length, Period, a_length, a_period, earlier, later
from cxkit.errors import InvalidValueError
from cxkit.journey import Contact, Journey, a_contact, each_journey, is_contact
from cxkit.metrics._names import named
from cxkit.tallies import PopulationRate

NAME = "churn rate"
UNIT = "customers at the start"
INACTIVITY = "inactivity churn rate"


def churn_rate(
    *, start: int, end: int, new: int = 0, reactivated: int = 0, period: Period | None = None
) -> PopulationRate:
    """Return the customer churn rate of a period from counts: lost over start.

    Those lost are `start + new + reactivated - end`. The textbook formula `(start - end) / start` is the case in which
    nobody joins; with `new` left out where somebody did, it is too low, and below 0 for a shop that grows.

    Args:
        start: Customers when the period began.
        end: Customers when it ended.
        new: Those who joined within it.
        reactivated: Those who had left before and came back within it.
        period: Which period; only rates of the same one add, over disjoint customers.

    Raises:
        InvalidValueError: The counts contradict each other: more at the end than can be, or more lost than there were.

    >>> churn = churn_rate(start=500, end=450, new=100)
    >>> churn.value, churn.count, churn.total
    (0.3, 150, 500)
    """
    for number, what in ((start, "start"), (end, "end"), (new, "new"), (reactivated, "reactivated")):
        a_count(number, what)
    lost = start + new + reactivated - end
    if lost < 0:
        msg = (
            f"inconsistent counts: {end} customers at the end are more than {start} at the start, {new} new and "
            f"{reactivated} reactivated; count those who joined in new= and reactivated="
        )
        raise InvalidValueError(msg, end)
    if lost > start:
        msg = (
            f"inconsistent counts: {lost} lost of {start} at the start; some who joined left again within the period, "
            "so leave them out of new="
        )
        raise InvalidValueError(msg, end)
    window = None if period is None else a_period(period).window
    return PopulationRate(lost, start, name=NAME, unit=UNIT, window=window)


def inactivity_churn(
    journeys: Iterable[Journey], *, threshold: Length, as_of: datetime, event: Contact = "order"
) -> PopulationRate:
    """Return the share of customers who have been silent for too long: churn where there is no contract.

    A customer counts once there was an event by `as_of`. They are lost when none lies within the rolling window: none
    with `at <= as_of < at + threshold`.

    Args:
        journeys: The customers, read one by one.
        threshold: The silence from which on a customer counts as lost.
        as_of: The moment; nothing that came to be known later counts.
        event: What counts as a sign of life.

    >>> from datetime import datetime, timezone
    >>> from cxkit.calendar import days
    >>> from cxkit.journey import journeys
    >>> log = journeys([("anna", "order", "2026-01-05T09:00Z"), ("ben", "order", "2026-03-01T09:00Z")])
    >>> inactivity_churn(log, threshold=days(60), as_of=datetime(2026, 3, 31, tzinfo=timezone.utc)).value
    0.5
    """
    a_contact(event, "event")
    a_length(threshold, "threshold")
    moment = an_instant(as_of, "as_of")
    lost = total = 0
    for journey in each_journey(journeys):
        signs = [touchpoint.at for touchpoint in journey.known(moment) if is_contact(event, touchpoint)]
        total += bool(signs)
        lost += bool(signs) and all(moment >= later(at, threshold) for at in signs)
    window = (earlier(moment, threshold), moment)
    return PopulationRate(lost, total, name=named(INACTIVITY, event), unit="customers", window=window)
