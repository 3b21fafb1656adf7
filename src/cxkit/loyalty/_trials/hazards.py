"""Hazards: what may go wrong when offers meet in a basket.

Each looks at one basket under some offers, and says what it finds there; the search shows it many.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple, TypeAlias

import attrs

from cxkit import _money
from cxkit.loyalty._offers.offer import Offer
from cxkit.loyalty._receipt import ReceiptLine, UnitGroup
from cxkit.loyalty._returns.policy import RefundRule, ReturnPolicy, a_return_policy
from cxkit.loyalty._returns.refunds import reverse
from cxkit.loyalty._trials.plans import Picks
from cxkit.loyalty._trials.trial import Trial, less


class Sign(NamedTuple):
    """What a hazard shows in one basket.

    Attributes:
        offers: The ids of the offers that may be behind it.
        picks: The basket.
        found: As in `OfferFinding`.
        needed: As in `OfferFinding`.
        then: As in `OfferFinding`.
    """

    offers: frozenset[str]
    picks: Picks
    found: Decimal
    needed: Decimal
    then: Picks | None = None


Hazard: TypeAlias = Callable[[Trial, Picks], Iterator[Sign]]
"""Yields what it shows in a basket."""


def order(trial: Trial, picks: Picks) -> Iterator[Sign]:
    """Look whether the order in which two offers are taken changes the price.

    Where their priorities differ, only an order that is cheaper than theirs counts: the other way round it is meant.
    """
    for one, other in combinations(_rivals(trial, picks), 2):
        stated = trial.of([one, other]).cost(picks)
        costs = [_with_first(trial, one, other, picks), _with_first(trial, other, one, picks)]
        if min(costs) < stated or (max(costs) > stated and one.priority == other.priority):
            differing = next(cost for cost in costs if cost != stated)
            yield _sign(trial, frozenset({one.id, other.id}), picks, stated, differing)


def _rivals(trial: Trial, picks: Picks) -> list[Offer]:
    """Return the offers that apply, or that others keep from it, where the best combination is not taken whatever the order."""
    if "best" not in trial.policy.breaks:
        return []
    in_sequence = trial.policy.stacking == "sequence"  # in which an offer may keep another from its threshold
    there = {
        decision.offer
        for decision in trial.receipt(picks).trace
        if decision.outcome in {"applied", "units_used", "beaten"} or in_sequence
    }
    return sorted((offer for offer in trial.offers if offer.id in there), key=lambda offer: offer.id)


def _with_first(trial: Trial, first: Offer, second: Offer, picks: Picks) -> int:
    """Return what a basket costs if one of two offers is taken first."""
    return trial.of([attrs.evolve(first, priority=second.priority + 1), second]).cost(picks)


def below_floor(trial: Trial, picks: Picks) -> Iterator[Sign]:
    """Look for units that cost less than the floor of an offer that took something off them."""
    floors = {offer.id: offer.floor for offer in trial.offers if offer.floor is not None}
    for line, group, offers in _cut_groups(trial, picks):
        floor = max([floors[offer] for offer in offers if offer in floors], default=group.price)
        if group.price < floor:
            yield Sign(trial.applied(picks), picks, group.price, _money.quantise(floor, line.currency, "up"))


def _cut_groups(trial: Trial, picks: Picks) -> Iterator[tuple[ReceiptLine, UnitGroup, frozenset[str]]]:
    """Yield the goods off which offers took something, with these."""
    for line in trial.receipt(picks).lines:
        for group in line.groups if line.line.kind == "goods" else ():
            if group.cuts:
                yield line, group, frozenset(cut.offer for cut in group.cuts)


def below_share(least: Decimal) -> Hazard:
    """Return what looks for units that cost less than a share of their list price, but for those that one offer made free."""

    def look(trial: Trial, picks: Picks) -> Iterator[Sign]:
        for line, group, offers in _cut_groups(trial, picks):
            price = max(line.line.unit_price, line.line.list_price or line.line.unit_price)
            needed = _share_of(price, least, line.currency, "up")
            if group.price < needed and (group.price or len(offers) > 1):
                yield Sign(trial.applied(picks), picks, group.price, needed)

    return look


def _share_of(amount: Decimal, share: Decimal, currency: str, rounding: _money.Rounding) -> Decimal:
    exact = Fraction(_money.to_minor(amount, currency)) * Fraction(share)
    return _money.from_minor(_money.round_minor(exact.numerator, exact.denominator, rounding), currency)


def stacking(most: Decimal) -> Hazard:
    """Return what looks for baskets off which several offers together take more than a share."""

    def look(trial: Trial, picks: Picks) -> Iterator[Sign]:
        receipt = trial.receipt(picks)
        offers = [decision for decision in receipt.trace if decision.discount]
        needed = _share_of(receipt.subtotal, most, receipt.currency, "down")
        if len(offers) > 1 and receipt.discount > needed:
            yield Sign(trial.applied(picks), picks, receipt.discount, needed)

    return look


def cliff(trial: Trial, picks: Picks) -> Iterator[Sign]:
    """Look whether the basket would cost more with a unit less."""
    for place in picks:
        before = less(picks, place)
        if trial.cost(picks) < trial.cost(before):
            offers = trial.applied(picks) | trial.applied(before)
            yield _sign(trial, offers, before, trial.cost(picks), trial.cost(before), picks)


def farming(policy: RefundRule | ReturnPolicy) -> Hazard:
    """Return what looks for returns after which what is kept cost less than alone, by more than rounding explains.

    A refund that is recomputed leaves what is kept at what it costs alone, or is nothing.
    """
    rule = a_return_policy(policy)

    def look(trial: Trial, picks: Picks) -> Iterator[Sign]:
        receipt = trial.receipt(picks)
        for kept in _kept(trial, picks) if receipt.discount and rule.refund == "as_paid" else ():
            alone = trial.cost(kept) - sum(kept.values())  # less a minor unit for each, by which it may be rounded
            if _share_of_kept(trial, picks, kept) < alone:
                refund = reverse(receipt, _returned(trial, picks, kept), policy=rule).refund
                paid = trial.cost(picks) - _money.to_minor(refund, receipt.currency)
                if paid < alone:
                    yield _sign(trial, trial.applied(picks), picks, paid, trial.cost(kept), kept)

    return look


def _share_of_kept(trial: Trial, picks: Picks, kept: Picks) -> Fraction:
    """Return what the units that are kept were charged if equal ones share it evenly: quick, but for the minor units."""
    receipt = trial.receipt(picks)
    charged = zip(sorted(picks), receipt.lines, strict=False)  # gifts come last
    return sum(
        (
            Fraction(_money.to_minor(line.total, line.currency) * kept.get(place, 0), picks[place])
            for place, line in charged
        ),
        start=Fraction(),
    )


def _kept(trial: Trial, picks: Picks) -> list[dict[int, int]]:
    """Return what goods may be kept of a basket: one unit, or all but a unit."""
    goods = [place for place in picks if trial.lines[place].kind == "goods"]
    rest = {place: number for place, number in picks.items() if place not in goods}
    ways = [{**rest, place: 1} for place in goods]
    ways += [fewer for place in goods if (fewer := less(picks, place)) not in [*ways, rest]]
    return [kept for kept in ways if kept != picks]


def _returned(trial: Trial, picks: Picks, kept: Picks) -> dict[str, int]:
    lines = {place: trial.lines[place] for place in picks}
    back = {line.id or line.sku: picks[place] - kept.get(place, 0) for place, line in lines.items()}
    return {name: number for name, number in back.items() if number}


def _sign(
    trial: Trial, offers: frozenset[str], picks: Picks, found: int, needed: int, then: Picks | None = None
) -> Sign:
    currency = trial.like.currency
    return Sign(offers, picks, _money.from_minor(found, currency), _money.from_minor(needed, currency), then)
