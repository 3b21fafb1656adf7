"""Consequences: what a return asks the host to do beside the refund, once each."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

import attrs

from cxkit import _money
from cxkit._checks import FrozenDict
from cxkit.loyalty._effects import Effect
from cxkit.loyalty._line import Line, thing
from cxkit.loyalty._returns.alike import costs, kept_cuts
from cxkit.loyalty._returns.standing import Standing, gifts

NOTHING = Decimal(0)
Key = tuple[object, ...]


def consequences(standing: Standing, earlier: Sequence[Effect]) -> tuple[Effect, ...]:
    """Return what is to be done because a purchase stands as it does, and was not asked for by earlier returns."""
    return (
        *_not_asked(_releases(standing), earlier),
        *_gifts_to_return(standing, earlier),
        *_not_asked(_withdrawn(standing), earlier),
        *_not_asked(_points_back(standing), earlier),
    )


def _not_asked(due: Iterable[Effect], earlier: Iterable[Effect]) -> Iterator[Effect]:
    """Yield what is due in all, less what was asked for before."""
    asked = _asked(earlier)
    for effect in due:
        amount, key = _amount(effect), _key(effect)
        before = min(amount, asked[key])
        asked[key] = _money.EXACT.subtract(asked[key], before)
        if before == 0:
            yield effect
        elif before < amount:
            yield attrs.evolve(effect, amount=_money.EXACT.subtract(amount, before))


def _asked(effects: Iterable[Effect]) -> defaultdict[Key, Decimal]:
    asked = defaultdict[Key, Decimal](Decimal)
    for effect in effects:
        asked[_key(effect)] = _money.EXACT.add(asked[_key(effect)], _amount(effect))
    return asked


def _amount(effect: Effect) -> Decimal:
    return Decimal(1) if effect.amount is None else effect.amount


def _key(effect: Effect) -> Key:
    """Return what tells two effects apart but for how much they are about."""
    line = None if effect.line is None else thing(effect.line)
    return effect.kind, effect.offer, effect.name, line, effect.items, FrozenDict(effect.details)


def _releases(standing: Standing) -> Iterator[Effect]:
    """Yield the uses of limits that their offers no longer need."""
    if standing.policy.claims == "keep":
        return
    given = _still_given(standing)
    for claim in standing.receipt.claims:
        amount = Decimal(claim.amount)
        needed = NOTHING if claim.offer not in given else given[claim.offer] if claim.limit == "budget" else amount
        if needed < amount:
            details = FrozenDict({} if claim.key is None else {"key": claim.key})
            less = _money.EXACT.subtract(amount, needed)
            yield Effect("release_claim", claim.offer, name=claim.limit, amount=less, details=details)


def _still_given(standing: Standing) -> dict[str, Decimal]:
    """Return the offers that still give something, with how much money they still take off."""
    kept = standing.policy.gifts == "keep"
    given = {gift.offer: NOTHING for gift in gifts(standing.receipt) if kept and standing.kept[gift.place]}
    if standing.again is None:
        return given
    if standing.policy.refund == "recompute":
        return given | {made.offer: made.discount for made in standing.again.trace if made.outcome == "applied"}
    cuts = kept_cuts(standing.receipt, standing.kept)
    money = {offer: _in_money(cut, standing) for offer, cut in cuts.items() if cut}
    return given | dict.fromkeys(standing.stands, NOTHING) | money


def _in_money(cut: Fraction, standing: Standing) -> Decimal:
    units = _money.round_minor(cut.numerator, cut.denominator, "half_even")
    return _money.from_minor(units, standing.receipt.currency)


def _gifts_to_return(standing: Standing, earlier: Iterable[Effect]) -> Iterator[Effect]:
    """Yield the gifts that are owed, less those that were asked for before and are still out."""
    if standing.policy.gifts != "return":
        return
    asked, owed_now = _asked(earlier), standing.gifts_owed
    owed, back = Counter[tuple[str, Line]](), Counter[tuple[str, Line]]()
    for gift in gifts(standing.receipt):
        one = gift.offer, attrs.evolve(standing.receipt.lines[gift.place].line, quantity=1)
        owed[one] += owed_now.get(gift.place, 0)
        back[one] += gift.units - standing.kept[gift.place]
    for (offer, line), units in owed.items():
        before = int(asked[_key(Effect("return_gift", offer, line=line))])
        more = units - max(0, before - back[offer, line])
        if more > 0:
            yield Effect("return_gift", offer, amount=Decimal(more), line=attrs.evolve(line, quantity=more))


def _withdrawn(standing: Standing) -> Iterator[Effect]:
    for effect in standing.receipt.effects:
        if effect.kind == "entitlement" and effect.offer not in standing.stands:
            yield Effect("withdraw_entitlement", effect.offer, name=effect.name, details=effect.details)


def _points_back(standing: Standing) -> Iterator[Effect]:
    for effect in standing.receipt.effects:
        if effect.kind == "points_factor":
            still = effect.offer in standing.stands
            less = _counting(standing, effect, costs(standing.receipt))
            less -= _counting(standing, effect, standing.costs) if still else 0
            if less > 0:
                amount = _money.from_minor(less, standing.receipt.currency)
                details = FrozenDict({"factor": effect.amount})
                yield Effect("points_back", effect.offer, amount=amount, items=effect.items, details=details)


def _counting(standing: Standing, factor: Effect, money: Sequence[int]) -> int:
    """Return how much of the money of each line a factor for points is about."""
    return sum(
        amount
        for line, amount in zip(standing.receipt.basket.lines, money, strict=False)
        if line.kind == "goods" and (factor.items is None or factor.items.matches(line))
    )
