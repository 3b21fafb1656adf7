"""Offers, and parts of them, that can have no effect, whatever is bought."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from cxkit._checks import UTC
from cxkit.calendar import BusinessCalendar
from cxkit.errors import InvalidValueError
from cxkit.loyalty._line import Line
from cxkit.loyalty._offers.offer import Offer
from cxkit.loyalty._offers.validity import OfferWindow
from cxkit.loyalty._trials.anatomy import parts
from cxkit.loyalty._trials.finding import OfferFinding, OfferFindingKind
from cxkit.predicates import Predicate, all_of

EVER = datetime.min.replace(tzinfo=UTC)
GOODS = Line.fields.kind == "goods"


def without_effect(
    offers: Sequence[Offer], catalogue: Sequence[Line], as_of: datetime | None
) -> Iterator[OfferFinding]:
    """Find what can have no effect by the offers alone, and by the prices of a catalogue where there is one."""
    groups = {offer.group for offer in offers if offer.group is not None}
    for offer in offers:
        yield from _contradictions(offer)
        yield from _above_all_prices(offer, catalogue)
        yield from _alone(offer, groups)
        yield from _dead_window(offer, as_of)


def _contradictions(offer: Offer) -> Iterator[OfferFinding]:
    """Find predicates that nothing passes."""
    if offer.who is not None and offer.who.is_satisfiable() is False:
        yield _finding("never_applies", offer, f"no customer can pass {offer.who!r}")
    for items in dict.fromkeys(_asked(offer.conditions)):
        if all_of(items, GOODS).is_satisfiable() is False:
            yield _finding("never_applies", offer, f"no goods can be in its range {items!r}")
    above = Line.fields.unit_price > (offer.floor or Decimal(0))
    for items in dict.fromkeys(_asked(offer.benefit)):
        if all_of(items, GOODS, above).is_satisfiable() is False:
            yield _finding("never_applies", offer, f"no goods above {offer.floor or 0} can be in its range {items!r}")


def _above_all_prices(offer: Offer, catalogue: Sequence[Line]) -> Iterator[OfferFinding]:
    """Find floors that no price is above."""
    asked = list(_asked(offer.benefit))
    prices = [
        line.unit_price
        for line in catalogue
        if line.kind == "goods" and (not asked or any(items.matches(line) for items in asked))
    ]
    if offer.floor is not None and prices and max(prices) <= offer.floor:
        found = f"its floor is {offer.floor}, and no line in its range costs more than {max(prices)}"
        yield _finding("never_applies", offer, found)


def _asked(of: object) -> Iterator[Predicate]:
    return (term for term in parts(of) if isinstance(term, Predicate))


def _finding(kind: OfferFindingKind, offer: Offer, found: str) -> OfferFinding:
    return OfferFinding(kind=kind, offers=(offer.id,), found=found)


def _alone(offer: Offer, groups: set[str]) -> Iterator[OfferFinding]:
    """Find groups with which an offer is to combine, and that no offer has."""
    for group in sorted((offer.combines_with or frozenset()) - groups):
        yield _finding("never_combines", offer, f"it combines with the group {group!r}, and no offer is in it")


def _dead_window(offer: Offer, as_of: datetime | None) -> Iterator[OfferFinding]:
    """Find windows that are over, and hours that never come."""
    window = offer.window or OfferWindow()
    if as_of is not None and window.has_ended(as_of):
        yield _finding("dead_window", offer, f"its window ended at {window.end}")
    elif offer.hours is not None and not _is_ever_open(offer.hours, window, as_of):
        yield _finding("dead_window", offer, "its hours never come within its window")


def _is_ever_open(hours: BusinessCalendar, window: OfferWindow, as_of: datetime | None) -> bool:
    """Whether some hours come within a window, from a moment on."""
    earliest = max(filter(None, (window.start, as_of)), default=EVER)
    try:
        return not window.has_ended(hours.next_open(earliest))
    except InvalidValueError:  # they never come
        return False
