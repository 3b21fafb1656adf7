"""Times: how long journeys take, and how long customers are silent in between."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from operator import sub

from cxkit._checks import an_instant
from cxkit.journey._contacts import Contact, a_contact, is_contact
from cxkit.journey._journey import Journey, each_journey, known_touchpoints, timeline_of
from cxkit.tallies import Durations

SECOND = timedelta(seconds=1)


def gaps(
    journeys: Iterable[Journey],
    contact: Contact | None = None,
    *,
    as_of: datetime | None = None,
    resolution: timedelta = SECOND,
) -> Durations:
    """Count the times between a touchpoint and the next one of the same journey.

    Args:
        journeys: The journeys, consumed one by one.
        contact: Look at these touchpoints only, as in `gaps(journeys, "order")`: their name, or a predicate about
            `Touchpoint.fields`; all of them unless given.
        as_of: What came to be known later does not count; without it, the log counts as given.
        resolution: The unit in which times are counted.

    >>> from cxkit.journey import gaps, journeys
    >>> log = [("anna", what, f"2026-03-0{day}T09:00Z") for day, what in enumerate(("order", "ticket", "order"), 1)]
    >>> gaps(journeys(log)).median, gaps(journeys(log), "order").median
    (datetime.timedelta(days=1), datetime.timedelta(days=2))
    """
    moments = _moments(journeys, contact, as_of)
    lengths = chain.from_iterable(map(sub, each[1:], each) for each in moments)
    return Durations.from_lengths(lengths, resolution=resolution)


def durations(
    journeys: Iterable[Journey], *, as_of: datetime | None = None, resolution: timedelta = SECOND
) -> Durations:
    """Count how long journeys take from the first touchpoint to the last.

    Args:
        journeys: The journeys, consumed one by one; those without touchpoints are left out, and those with one take no time.
        as_of: What came to be known later does not count; without it, the log counts as given.
        resolution: The unit in which times are counted.

    >>> from cxkit.journey import durations, journeys
    >>> log = [("anna", "visit", "2026-03-01T09:00Z"), ("anna", "order", "2026-03-03T09:00Z")]
    >>> durations(journeys(log)).mean
    datetime.timedelta(days=2)
    """
    moments = _moments(journeys, None, as_of)
    return Durations.from_lengths((each[-1] - each[0] for each in moments if each), resolution=resolution)


def _moments(
    journeys: Iterable[Journey], contact: Contact | None, as_of: datetime | None
) -> Iterator[Sequence[datetime]]:
    """Return an iterator over when the touchpoints were that are meant, journey by journey."""
    now = None if as_of is None else an_instant(as_of, "as_of")
    every = each_journey(journeys)
    if contact is None:
        return (timeline_of(journey, now).moments for journey in every)
    meant = a_contact(contact, "contact")
    return ([found.at for found in known_touchpoints(journey, now) if is_contact(meant, found)] for journey in every)
