"""Counts per count: how many contacts an order causes, which may be more than one."""

from collections.abc import Iterable
from datetime import datetime
from math import inf, sqrt
from typing import Self

import attrs

from cxkit import _measured, _stats
from cxkit._checks import a_count, a_name, an_instant
from cxkit._forms import INTEGER, TEXT, stored
from cxkit.calendar import Period, a_period
from cxkit.errors import UndefinedMetricError
from cxkit.journey import Contact, Journey, a_contact, each_journey, is_contact, known_touchpoints
from cxkit.tallies import Interval, refused


@stored("metrics.count_ratio", count=INTEGER, base=INTEGER, name=TEXT, unit=TEXT)
@attrs.frozen
class CountRatio(_measured.Measured):
    """So many for so many others, as an event tally; unlike a share, it may exceed 1.

    `CountRatio()` is the identity.

    Attributes:
        count: How many there were.
        base: For how many others.
        name: What the ratio is called, in errors too; only ratios of one name and unit add.
        unit: What the others are.

    >>> from cxkit.metrics import CountRatio
    >>> march = CountRatio(120, 400, name="contacts per order", unit="orders")
    >>> low, high = march.interval()
    >>> march.value, round(low, 3), round(high, 3)
    (0.3, 0.251, 0.359)
    """

    count: int = 0
    base: int = 0
    name: str = attrs.field(default="ratio", kw_only=True)
    unit: str = attrs.field(default="cases", kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_name(self.name, "name")
        a_name(self.unit, "unit")
        a_count(self.count, f"count of {self.name}")
        a_count(self.base, f"base of {self.name}")

    @property
    def is_defined(self) -> bool:
        """Whether there is anything to count for."""
        return self.base > 0

    @property
    def value(self) -> float:
        """How many there are for each, at least 0; raises `UndefinedMetricError` where the base is 0."""
        if not self.base:
            raise UndefinedMetricError.no_data(self.name, self.unit)
        return self.count / self.base

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return where the ratio may lie, if those counted come independently; from 0 to infinity where the base is 0.

        It is the score interval of a Poisson rate, `(x + z**2 / 2 +- z * sqrt(x + z**2 / 4)) / base` (Rao 1948; Barker
        2002, The American Statistician 56:85-89). Few customers with many contacts each make it too narrow.

        Args:
            confidence: Between 0 and 1.
        """
        z = _stats.z_value(confidence)
        if not self.base:
            return Interval(0.0, inf)
        reach = self.count + z * z / 2.0 + z * sqrt(self.count + z * z / 4.0)
        # The product of the two roots is known, so the smaller one needs no difference of near-equal numbers.
        return Interval(self.count * self.count / reach / self.base, reach / self.base)

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        nothing = type(self)()
        if nothing in (self, other):
            return other if self == nothing else self
        if (self.name, self.unit) != (other.name, other.unit):
            raise refused(self, other, "they measure two things")
        return attrs.evolve(self, count=self.count + other.count, base=self.base + other.base)


def contacts_per_order(
    journeys: Iterable[Journey],
    *,
    contact: Contact,
    order: Contact = "order",
    period: Period | None = None,
    as_of: datetime | None = None,
) -> CountRatio:
    """Count how many contacts there are for each order.

    Args:
        journeys: The customers, read one by one.
        contact: What counts as a contact, such as `"opened"`.
        order: What counts as an order.
        period: Where both lie; without it, anywhere in the log.
        as_of: What came to be known later does not count; without it, the log counts as given.

    >>> from cxkit.journey import journeys
    >>> from cxkit.metrics import contacts_per_order
    >>> log = [("anna", what, "2026-03-02T09:00Z") for what in ("order", "ticket", "ticket", "order")]
    >>> contacts_per_order(journeys(log), contact="ticket").value
    1.0
    """
    a_contact(contact, "contact")
    a_contact(order, "order")
    now = None if as_of is None else an_instant(as_of, "as_of")
    within = None if period is None else a_period(period).window
    count = base = 0
    for journey in each_journey(journeys):
        for touchpoint in known_touchpoints(journey, now):
            if within is None or within[0] <= touchpoint.at < within[1]:
                count += is_contact(contact, touchpoint)
                base += is_contact(order, touchpoint)
    return CountRatio(count, base, name="contacts per order", unit="orders")
