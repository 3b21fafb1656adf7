"""How offers are applied to a basket."""

from collections.abc import Iterable, Mapping

from cxkit import _money
from cxkit._checks import distinct
from cxkit.answers import Reason
from cxkit.errors import InvalidTypeError
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._offer import Offer, OfferDecision, OfferOutcome
from cxkit.loyalty._receipt import Adjustment, Receipt, ReceiptLine
from cxkit.loyalty._units import Taking, units_of


def apply_offers(basket: Basket, offers: Iterable[Offer]) -> Receipt:
    """Apply offers to a basket: a pure function, whose result does not depend on the order of lines or offers.

    No unit serves two offers. Where offers compete for units, the one with the larger discount goes first; of equal
    ones that which consumes fewer units, then the one whose id comes first.

    Args:
        basket: What is bought.
        offers: The offers, each of an id of its own.

    Raises:
        DuplicateError: Two offers have the same id.

    >>> from cxkit.loyalty import Basket, BuyXGetY, Line, Offer, apply_offers
    >>> offer = Offer("3 for 2", BuyXGetY(buy=2, get=1, items=Line.fields.tags.contains("tea")))
    >>> apply_offers(Basket([Line("assam", 4, tags={"tea"}, quantity=3)], currency="EUR"), [offer]).total
    Decimal('8.00')
    """
    if not isinstance(basket, Basket):
        msg = f"offers apply to a Basket, got {basket!r}"
        raise InvalidTypeError(msg, basket)
    given = distinct(offers, Offer)
    left = {place: line.quantity for place, line in enumerate(basket.lines)}
    applied: dict[str, Taking] = {}
    while found := _best(basket, [offer for offer in given if offer.id not in applied], left):
        offer, taking = found
        applied[offer.id] = taking
        for units in taking.consumed:
            left[units.line] -= units.number
    return Receipt(
        basket=basket,
        lines=receipt_lines(basket, applied),
        trace=tuple(_decision(basket, offer, applied.get(offer.id), left) for offer in given),
        offers=tuple(sorted(given, key=lambda offer: offer.id)),
    )


def _best(basket: Basket, offers: list[Offer], left: Mapping[int, int]) -> tuple[Offer, Taking] | None:
    takings = [(offer, offer.benefit.take(units_of(basket, offer.benefit.items, left))) for offer in offers]
    return min(((offer, taking) for offer, taking in takings if taking.free), key=_rank, default=None)


def _rank(entry: tuple[Offer, Taking]) -> tuple[int, int, str]:
    offer, taking = entry
    return -taking.discount, sum(units.number for units in taking.consumed), offer.id


def receipt_lines(basket: Basket, takings: Mapping[str, Taking]) -> tuple[ReceiptLine, ...]:
    """Return the lines of a receipt from what each offer took, by its id."""
    adjustments: dict[int, list[Adjustment]] = {}
    for offer, taking in sorted(takings.items()):
        for units in taking.free:
            amount = _money.from_minor(-units.price * units.number, basket.currency)
            adjustments.setdefault(units.line, []).append(Adjustment(offer, units.number, amount))
    return tuple(
        ReceiptLine(line, basket.currency, tuple(adjustments.get(place, ()))) for place, line in enumerate(basket.lines)
    )


def _decision(basket: Basket, offer: Offer, taking: Taking | None, left: Mapping[int, int]) -> OfferDecision:
    discount = _money.from_minor(taking.discount if taking else 0, basket.currency)
    if taking:
        reason = Reason("applied", found=sum(units.number for units in taking.free), needed=offer.benefit.get)
        return OfferDecision(outcome="applied", reasons=(reason,), offer=offer.id, discount=discount, units_missing=0)
    all_units = units_of(basket, offer.benefit.items)
    units_left = units_of(basket, offer.benefit.items, left)
    outcome: OfferOutcome = "not_met" if offer.benefit.units_missing(all_units) else "units_used"
    needed = offer.benefit.buy + offer.benefit.get
    return OfferDecision(
        outcome=outcome,
        reasons=(Reason(outcome, found=sum(units.number for units in units_left), needed=needed),),
        offer=offer.id,
        discount=discount,
        units_missing=offer.benefit.units_missing(units_left),
    )
