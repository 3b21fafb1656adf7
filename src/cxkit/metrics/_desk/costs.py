"""Costs: what a contact costs."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Self, TypeVar

import attrs

from cxkit import _tables
from cxkit._checks import a_count, an_instant
from cxkit._forms import INTEGER, TEXT, stored
from cxkit._money import from_minor, minor_unit, round_minor, to_minor
from cxkit.calendar import Period, a_period
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.journey import Contact, Journey, a_contact, each_journey, is_contact, known_touchpoints
from cxkit.tallies import refused

DefaultT = TypeVar("DefaultT")


@stored("metrics.contact_cost", currency=TEXT, units=INTEGER, contacts=INTEGER, without_cost=INTEGER)
@attrs.frozen
class ContactCost(_tables.Tabled):
    """What contacts cost, as an event tally in one currency.

    Attributes:
        currency: The currency; only costs of one add. `ContactCost("EUR")` is the identity of those in euros.
        units: What the contacts cost together, in minor units.
        contacts: How many have a cost.
        without_cost: How many have none, and are left out.

    >>> from cxkit.metrics import ContactCost
    >>> march = ContactCost("EUR", units=100000, contacts=300, without_cost=12)
    >>> march.total, march.value
    (Decimal('1000.00'), Decimal('3.33'))
    """

    currency: str
    units: int = 0
    contacts: int = 0
    without_cost: int = 0

    def __attrs_post_init__(self) -> None:
        minor_unit(self.currency)
        if type(self.units) is not int:  # a credit note may make it negative
            msg = f"units must be an int, got {self.units!r}"
            raise InvalidTypeError(msg, self.units)
        a_count(self.contacts, "contacts")
        a_count(self.without_cost, "without_cost")
        if self.units and not self.contacts:
            msg = f"what costs are contacts, got {self.units} minor units and no contact"
            raise InvalidValueError(msg, self.units)

    @property
    def is_defined(self) -> bool:
        """Whether there are contacts with a cost."""
        return self.contacts > 0

    @property
    def total(self) -> Decimal:
        """What they cost together."""
        return from_minor(self.units, self.currency)

    @property
    def value(self) -> Decimal:
        """What one costs on average, to the minor unit, half to even; raises `UndefinedMetricError` without contacts."""
        if not self.contacts:
            raise UndefinedMetricError.no_data("cost per contact", "contacts with a cost")  # noqa: EM101 - not a message
        return from_minor(round_minor(self.units, self.contacts, "half_even"), self.currency)

    def value_or(self, default: DefaultT) -> Decimal | DefaultT:
        """Return what one costs on average, or `default` where no contact has a cost."""
        return self.value if self.contacts else default

    def rows(self) -> list[dict[str, object]]:
        """Return a row."""
        row = {"contacts": self.contacts, "without cost": self.without_cost, "total": self.total}
        return [{**row, "cost per contact": self.value_or(None), "currency": self.currency}]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if self.currency != other.currency:
            raise refused(self, other, "two currencies never add")
        counts = (self.units + other.units, self.contacts + other.contacts, self.without_cost + other.without_cost)
        return type(self)(self.currency, *counts)


def cost_per_contact(
    journeys: Iterable[Journey],
    *,
    contact: Contact,
    currency: str,
    period: Period | None = None,
    as_of: datetime | None = None,
) -> ContactCost:
    """Add what contacts cost; those without a cost are counted apart.

    Args:
        journeys: The customers, or the tickets, read one by one.
        contact: What counts as a contact.
        currency: The currency of the log.
        period: Where contacts lie; without it, anywhere in the log.
        as_of: What came to be known later does not count; without it, the log counts as given.

    >>> from datetime import datetime, timezone
    >>> from decimal import Decimal
    >>> from cxkit.journey import Journey, Touchpoint
    >>> from cxkit.metrics import cost_per_contact
    >>> at = datetime(2026, 3, 2, tzinfo=timezone.utc)
    >>> calls = [Touchpoint("call", at, cost=Decimal("4.10")), Touchpoint("call", at, cost=Decimal("2.00"))]
    >>> print(cost_per_contact([Journey("anna", [*calls, Touchpoint("call", at)])], contact="call", currency="EUR"))
    contacts  without cost  total  cost per contact  currency
           2             1   6.10              3.05  EUR
    """
    a_contact(contact, "contact")
    now = None if as_of is None else an_instant(as_of, "as_of")
    within = None if period is None else a_period(period).window
    costs: list[Decimal | None] = []
    for journey in each_journey(journeys):
        costs += [
            touchpoint.cost
            for touchpoint in known_touchpoints(journey, now)
            if (within is None or within[0] <= touchpoint.at < within[1]) and is_contact(contact, touchpoint)
        ]
    known = [to_minor(cost, currency, what="cost") for cost in costs if cost is not None]
    return ContactCost(currency, sum(known), len(known), len(costs) - len(known))
