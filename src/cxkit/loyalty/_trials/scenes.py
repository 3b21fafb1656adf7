"""Scenes: which offers may meet in one basket, by their windows, hours, channels and customers."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations, product

import attrs

from cxkit._checks import UTC
from cxkit.errors import InvalidValueError
from cxkit.loyalty._offers.limits import Limits
from cxkit.loyalty._offers.offer import Offer
from cxkit.predicates import Predicate

MONDAY = datetime(2000, 1, 3, tzinfo=UTC)  # any week serves where no offer names a moment
WEEK = timedelta(days=7)
FIRST, LAST = datetime.min.replace(tzinfo=UTC) + WEEK, datetime.max.replace(tzinfo=UTC) - WEEK
MOST = 100  # sets of offers that one customer may have


@attrs.frozen
class Scene:
    """A moment and a channel at which some offers may meet.

    Attributes:
        offers: The offers, open to everyone: what remains of them is about the basket.
        at: The moment; `None` where it does not matter.
        channel: The channel; `None` where it does not matter.
    """

    offers: tuple[Offer, ...]
    at: datetime | None
    channel: str | None


def scenes(offers: Sequence[Offer], as_of: datetime | None) -> list[Scene]:
    """Return the scenes in which as many offers as possible meet; none that is a part of another.

    Offers for customers who cannot be one and the same never meet. All codes are taken to be typed, and no limit to be reached.
    """
    found: dict[frozenset[str], Scene] = {}
    for at, channel in product(_moments(offers, as_of), _channels(offers)):
        met = [offer for offer in offers if _is_open(offer, at, channel)]
        for together in _for_one_customer(met):
            found.setdefault(
                frozenset(offer.id for offer in together), Scene(tuple(map(_opened, together)), at, channel)
            )
    return [scene for ids, scene in found.items() if ids and not any(ids < other for other in found)]


def _moments(offers: Sequence[Offer], as_of: datetime | None) -> Sequence[datetime | None]:
    """Return the moments at which offers begin to hold; any two that ever meet do so at one of them."""
    if not any(offer.needs_moment for offer in offers):
        return [None]
    windows = [offer.window for offer in offers if offer.window is not None]
    ends = [window.end for window in windows if window.end is not None]
    early = as_of or max(FIRST, min(ends, default=MONDAY)) - WEEK
    starts = {early, *(window.start for window in windows if window.start is not None and window.start > early)}
    openings = {moment for start in starts for offer in offers for moment in _openings(offer, start)}
    return sorted(starts | openings)


def _openings(offer: Offer, start: datetime) -> Iterator[datetime]:
    """Yield when the hours of an offer begin in the week from a moment on."""
    moment, end = start, min(start, LAST) + WEEK
    while offer.hours is not None and moment < end:
        try:
            moment = offer.hours.next_open(moment)
            yield moment
            moment = offer.hours.next_close(moment)
        except InvalidValueError:  # it never opens again, or never closes
            return


def _channels(offers: Sequence[Offer]) -> Sequence[str | None]:
    return sorted({channel for offer in offers for channel in offer.channels}) or [None]


def _is_open(offer: Offer, at: datetime | None, channel: str | None) -> bool:
    """Whether an offer holds at a moment in a channel."""
    if offer.channels and channel not in offer.channels:
        return False
    if at is None:
        return True
    return (offer.window is None or at in offer.window) and (offer.hours is None or offer.hours.is_open(at))


def _for_one_customer(offers: Sequence[Offer]) -> list[list[Offer]]:
    """Return the largest sets of offers that one customer may have."""
    asked = list(dict.fromkeys(offer.who for offer in offers if offer.who is not None))
    apart = {pair for pair in combinations(asked, 2) if pair[0].is_disjoint(pair[1]) is True}
    sets: list[list[Predicate]] = [[]]
    for who in asked:
        fitting = [[*(one for one in group if (one, who) not in apart), who] for group in sets]
        kept = [group for group in sets if any((one, who) in apart for one in group)]
        sets = _largest([*fitting, *kept])[:MOST]
    return [[offer for offer in offers if offer.who is None or offer.who in group] for group in sets]


def _largest(sets: list[list[Predicate]]) -> list[list[Predicate]]:
    """Return the sets that are part of no other, each once."""
    distinct = list({frozenset(group): group for group in sets}.values())
    return [group for group in distinct if not any(set(group) < set(other) for other in distinct)]


def _opened(offer: Offer) -> Offer:
    limits = Limits(per_order=offer.limits.per_order, budget=offer.limits.budget)
    return attrs.evolve(offer, who=None, channels=(), window=None, hours=None, codes=(), limits=limits)
