"""Admission: whether an offer is open to a customer at all, before anyone looks at what the basket holds."""

from collections.abc import Collection, Iterator
from datetime import datetime
from decimal import Decimal

import attrs

from cxkit import _money
from cxkit.answers import Reason
from cxkit.calendar import BusinessCalendar
from cxkit.errors import InvalidValueError
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._offers.decision import OfferDecision, OfferOutcome, storable
from cxkit.loyalty._offers.limits import Claim, LimitName, Usage
from cxkit.loyalty._offers.offer import Offer
from cxkit.loyalty._offers.validity import OfferWindow
from cxkit.predicates import a_record


def admit(
    offer: Offer, basket: Basket, *, profile: object, codes: Collection[str], usage: Usage, fold_codes: bool
) -> OfferDecision | None:
    """Return why an offer is not open to a basket, or `None` where it is.

    Its window is asked first, then its hours, channels, `who`, codes and limits; the first that refuses answers.

    Args:
        offer: The offer.
        basket: What is bought.
        profile: The customer's record or profile, for `who`; `None` for a customer of whom nothing is known.
        codes: What the customer typed.
        usage: What was used of the offer before.
        fold_codes: Whether the case of a code does not matter.

    Raises:
        InvalidValueError: The offer depends on the moment of the basket, which is not known.
    """
    _check_needs(offer, basket)
    return (
        _when(offer, basket)
        or _where(offer, basket)
        or _who(offer, basket, profile)
        or _code(offer, basket, codes, fold_codes=fold_codes)
        or _limit(offer, basket, code_of(offer, codes, usage, fold_codes=fold_codes), usage)
    )


def _check_needs(offer: Offer, basket: Basket) -> None:
    if basket.at is None and offer.needs_moment:
        msg = f"the offer {offer.id!r} depends on the time; give the basket its moment: Basket(..., at=...)"
        raise InvalidValueError(msg, basket)


def _when(offer: Offer, basket: Basket) -> OfferDecision | None:
    at, window, hours = basket.at, offer.window, offer.hours
    if at is None:  # which the offer need not know
        return None
    if window is not None and not window.has_started(at):
        reason = Reason("not_started", found=at, needed=window.start)
        return _refused(offer, basket, "not_started", reason, retry_at=_first_opening(window, hours))
    if window is not None and window.has_ended(at):
        return _refused(offer, basket, "expired", Reason("expired", found=at, needed=window.end))
    if hours is not None and not hours.is_open(at):
        opening = _next_opening(hours, at, window)
        return _refused(offer, basket, "closed", Reason("closed", found=at, needed=opening), retry_at=opening)
    return None


def _first_opening(window: OfferWindow, hours: BusinessCalendar | None) -> datetime | None:
    """Return when an offer first holds: at the start of its window, or when its hours open after that."""
    start = window.start
    if start is None or hours is None or hours.is_open(start):
        return start
    return _next_opening(hours, start, window)


def _next_opening(hours: BusinessCalendar, at: datetime, window: OfferWindow | None) -> datetime | None:
    """Return when the hours open again, if they do so within the window."""
    try:
        opening = hours.next_open(at)
    except InvalidValueError:  # never
        return None
    return opening if window is None or opening in window else None


def _where(offer: Offer, basket: Basket) -> OfferDecision | None:
    if basket.customer is None and offer.limits.per_customer is not None:  # whose uses could not be counted
        return _refused(offer, basket, "not_eligible", Reason("customer", needed="the customer of the basket"))
    if not offer.channels or basket.channel in offer.channels:
        return None
    reason = Reason("channel", found=basket.channel, needed=tuple(sorted(offer.channels)))
    return _refused(offer, basket, "not_eligible", reason)


def _who(offer: Offer, basket: Basket, profile: object) -> OfferDecision | None:
    record: object = {} if profile is None else a_record(profile)
    if offer.who is None or offer.who.matches(record, as_of=basket.at):
        return None
    tests = [
        attrs.evolve(leaf, found=storable(leaf.found)) for leaf in offer.who.explain(record, as_of=basket.at).reasons
    ]
    return _refused(offer, basket, "not_eligible", Reason("who"), *tests)


def _code(offer: Offer, basket: Basket, typed: Collection[str], *, fold_codes: bool) -> OfferDecision | None:
    if not offer.codes or _matching(offer, typed, fold_codes=fold_codes):
        return None
    # Which codes there are is not said: what is reported may be shown to the customer.
    return _refused(offer, basket, "no_code", Reason("no_code", found=tuple(sorted(typed)) or None))


def _limit(offer: Offer, basket: Basket, code: str | None, usage: Usage) -> OfferDecision | None:
    reached = [
        Reason(name, found=used, needed=limit) for name, limit, used in _counts(offer, code, usage) if used >= limit
    ]
    return _refused(offer, basket, "limit_reached", *reached) if reached else None


def _refused(
    offer: Offer, basket: Basket, outcome: OfferOutcome, *reasons: Reason, retry_at: datetime | None = None
) -> OfferDecision:
    none = _money.from_minor(0, basket.currency)
    return OfferDecision(
        outcome=outcome, reasons=reasons, retry_at=retry_at, offer=offer.id, discount=none, money_missing=none
    )


def code_of(offer: Offer, codes: Collection[str], usage: Usage, *, fold_codes: bool) -> str | None:
    """Return by which of its codes an offer is had, as the offer spells it; `None` where none of them was typed.

    Of several, the one that was used least is taken, then the first by the alphabet.
    """
    matching = _matching(offer, codes, fold_codes=fold_codes)
    return min(matching, key=lambda code: (usage.by_code.get(code, 0), code), default=None)


def _matching(offer: Offer, typed: Collection[str], *, fold_codes: bool) -> Collection[str]:
    if not fold_codes:
        return offer.codes.intersection(typed)
    folded = {code.casefold() for code in typed}
    return [code for code in offer.codes if code.casefold() in folded]


def _counts(offer: Offer, code: str | None, usage: Usage) -> Iterator[tuple[LimitName, int | Decimal, int | Decimal]]:
    """Yield the limits of an offer that outlive a basket, each with what was used of it."""
    limits = offer.limits
    used = 0 if code is None else usage.by_code.get(code, 0)
    if limits.in_all is not None:
        yield "in_all", limits.in_all, usage.in_all
    if limits.per_customer is not None:
        yield "per_customer", limits.per_customer, usage.by_customer
    if limits.per_code is not None:
        yield "per_code", limits.per_code, used
    if limits.budget is not None:
        yield "budget", limits.budget, usage.spent


def claims_of(offer: Offer, basket: Basket, code: str | None, discount: Decimal, usage: Usage) -> tuple[Claim, ...]:
    """Return what an offer that applies uses up of its limits; a budget only where money is taken off.

    Args:
        offer: The offer.
        basket: What is bought.
        code: By which code it was had, as `code_of` gives it.
        discount: What it takes off.
        usage: What was used of it before.
    """
    keys = {"per_customer": basket.customer, "per_code": code}
    return tuple(
        Claim(offer=offer.id, limit=name, key=keys.get(name), amount=discount if name == "budget" else 1, expected=used)
        for name, _, used in _counts(offer, code, usage)
        if name != "budget" or discount
    )


def budget_left(offer: Offer, usage: Usage) -> Decimal | None:
    """Return how much an offer may still take off, never below 0; `None` where it has no budget."""
    if offer.limits.budget is None:
        return None
    return max(Decimal(0), _money.EXACT.subtract(offer.limits.budget, usage.spent))
