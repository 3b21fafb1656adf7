"""Inactivity: who has been silent for too long, where there is no contract, and of whom it is too early to say."""

from collections.abc import Iterable
from datetime import datetime

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import an_instant
from cxkit.calendar import Length, a_length, earlier, later
from cxkit.journey import Contact, Journey, a_contact, each_journey, is_contact, known_touchpoints
from cxkit.metrics._churning.rates import INACTIVITY
from cxkit.metrics._names import named
from cxkit.tallies import PopulationRate

Names = tuple[str, ...]


@attrs.frozen(kw_only=True)
class InactivityStates(_charts.Charted):
    """Who is lost by their silence, who is active, and of whom it is too early to say.

    Attributes:
        threshold: The silence from which on a customer counts as lost.
        as_of: The moment, in UTC.
        event: What counts as a sign of life.
        lost: Who has been silent for at least so long.
        active: Who has not, and has been a customer for at least so long.
        pending: Who has been a customer for less time than that, and so could not have been lost yet.
    """

    threshold: Length
    as_of: datetime
    event: Contact
    lost: Names
    active: Names
    pending: Names

    @property
    def rate(self) -> PopulationRate:
        """The share of those lost among those who could have been: the pending ones are left out.

        `inactivity_churn` has them in its total, so a shop with many new customers looks better by it.
        """
        name = named(INACTIVITY, self.event)
        window = (earlier(self.as_of, self.threshold), self.as_of)
        total = len(self.lost) + len(self.active)
        return PopulationRate(
            len(self.lost), total, name=f"{name} without the pending", unit="customers", window=window
        )

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each state."""
        return [{"state": state, "customers": len(getattr(self, state))} for state in ("lost", "active", "pending")]

    @override
    def chart(self) -> _charts.Spec:
        return _charts.bars(self.rows(), category="state", number="customers", title="Customers by their silence")


def inactivity_states(
    journeys: Iterable[Journey], *, threshold: Length, as_of: datetime, event: Contact = "order"
) -> InactivityStates:
    """Say who has been silent for too long, and keep those apart who have not been observed for so long.

    Those lost are those of `inactivity_churn`. Whoever came less than the threshold ago cannot be among them, however unlikely
    they are to come back: what will become of them is not known yet.

    Args:
        journeys: The customers, read one by one; one without such an event does not count.
        threshold: The silence from which on a customer counts as lost.
        as_of: The moment; nothing that came to be known later counts.
        event: What counts as a sign of life.

    >>> from datetime import datetime, timezone
    >>> from cxkit.calendar import days
    >>> from cxkit.journey import journeys
    >>> from cxkit.metrics import inactivity_states
    >>> log = [("anna", "order", "2026-01-05T09:00Z"), ("ben", "order", "2026-01-09T09:00Z")]
    >>> log += [("ben", "order", "2026-03-01T09:00Z"), ("cleo", "order", "2026-03-20T09:00Z")]
    >>> found = inactivity_states(journeys(log), threshold=days(60), as_of=datetime(2026, 3, 31, tzinfo=timezone.utc))
    >>> found.lost, found.active, found.pending, found.rate.value
    (('anna',), ('ben',), ('cleo',), 0.5)
    """
    a_length(threshold, "threshold")
    moment = an_instant(as_of, "as_of")
    states: dict[str, list[str]] = {"lost": [], "active": [], "pending": []}
    for customer, signs in signs_of_life(journeys, event, moment):
        ends = [moment < later(at, threshold) for at in signs]
        states["lost" if not any(ends) else "pending" if all(ends) else "active"].append(customer)
    names = {state: tuple(sorted(customers)) for state, customers in states.items()}
    return InactivityStates(threshold=threshold, as_of=moment, event=event, **names)


def signs_of_life(journeys: Iterable[Journey], event: Contact, as_of: datetime) -> Iterable[tuple[str, list[datetime]]]:
    """Yield when each customer gave a sign of life, in order, for those who did."""
    a_contact(event, "event")
    for journey in each_journey(journeys):
        signs = [touchpoint.at for touchpoint in known_touchpoints(journey, as_of) if is_contact(event, touchpoint)]
        if signs:
            yield journey.customer, signs
