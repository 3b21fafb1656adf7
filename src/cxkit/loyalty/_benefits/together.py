"""Several benefits of one offer."""

from collections.abc import Iterable
from itertools import chain

import attrs
from typing_extensions import override

from cxkit._checks import as_tuple
from cxkit._forms import many, nested, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.loyalty._benefits.benefit import Benefit
from cxkit.loyalty._benefits.deal import Deal, Short, Taking
from cxkit.loyalty._benefits.spreading import Off, Terms
from cxkit.loyalty._stock import Left


class Several(Deal):
    """Deals that take from the same units at once."""

    def __init__(self, terms: Terms, deals: Iterable[Deal]) -> None:
        """Keep the deals."""
        self._deals = tuple(deals)
        super().__init__(terms, dict.fromkeys(chain.from_iterable(deal.places for deal in self._deals)))
        self.effectual = any(deal.effectual for deal in self._deals)

    @override
    def most(self, left: Left) -> int:
        return max(min(1, deal.most(left)) for deal in self._deals)

    @override
    def take(self, left: Left, times: int, *, cap: int | None = None) -> Taking:
        takings = [deal.take(left, most) for deal in self._deals if (most := deal.most(left))]
        used: dict[int, int] = {}
        for place, number in chain.from_iterable(taking.used.items() for taking in takings):
            used[place] = max(number, used.get(place, 0))
        return Taking(
            times,
            used,
            layered(chain.from_iterable(taking.off for taking in takings), self.terms),
            tuple(chain.from_iterable(taking.added for taking in takings)),
            tuple(chain.from_iterable(taking.effects for taking in takings)),
        )

    @override
    def bound(self, left: Left) -> int:
        return sum(deal.bound(left) for deal in self._deals)

    @override
    def short(self, left: Left) -> Short | None:
        shorts = [deal.short(left) for deal in self._deals]
        lacking = [short for short in shorts if short]
        return min(lacking, key=lambda short: (short.units, short.money)) if len(lacking) == len(shorts) else None


def layered(offs: Iterable[Off], terms: Terms) -> tuple[Off, ...]:
    """Add up what is taken off the same units, each amount on the first units of its group; no unit falls below its floor."""
    runs: dict[int, list[tuple[int, int]]] = {}
    for off in offs:
        whole, rest = divmod(off.amount, off.number)
        layer = [(rest, whole + 1), (off.number - rest, whole)]
        runs[off.place] = _added(runs.get(off.place, []), [(number, cut) for number, cut in layer if number])
    return tuple(
        Off(place, number, number * min(cut, terms.rooms[place]))
        for place, cuts in sorted(runs.items())
        for number, cut in cuts
    )


def _added(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Add two runs of (units, amount off each), both from the first unit on."""
    ends = sorted({*_ends(first), *_ends(second)})
    return [(end - begin, _at(first, begin) + _at(second, begin)) for begin, end in zip([0, *ends], ends, strict=False)]


def _ends(runs: Iterable[tuple[int, int]]) -> list[int]:
    ends, end = [], 0
    for number, _ in runs:
        end += number
        ends.append(end)
    return ends


def _at(runs: Iterable[tuple[int, int]], unit: int) -> int:
    for number, cut in runs:
        if unit < number:
            return cut
        unit -= number
    return 0


def _benefits(given: Iterable[Benefit]) -> tuple[Benefit, ...]:
    benefits = as_tuple(given)
    for benefit in benefits:
        if not isinstance(benefit, Benefit) or isinstance(benefit, Together):
            msg = f"what is given together must be benefits, such as PercentOff(10), got {benefit!r}"
            raise InvalidTypeError(msg, benefit)
    if not benefits:
        msg = "at least one benefit must be given"
        raise InvalidValueError(msg, benefits)
    return benefits


@stored("loyalty.together", benefits=many(nested(Benefit)))
@attrs.frozen
class Together(Benefit):
    """Several benefits at once, each reckoned on the same prices; what they take off one unit adds up.

    Attributes:
        benefits: The benefits.

    >>> from cxkit.loyalty import Basket, Line, Offer, PercentOff, ShippingOff, Together, apply_offers
    >>> basket = Basket([Line("tea", 40), Line("parcel", 5, kind="shipping")], currency="EUR")
    >>> apply_offers(basket, [Offer("welcome", Together([PercentOff(10), ShippingOff()]))]).total
    Decimal('36.00')
    """

    benefits: tuple[Benefit, ...] = attrs.field(converter=_benefits)

    @override
    def __cxkit_deal__(self, terms: Terms) -> Deal:
        return Several(terms, (benefit.__cxkit_deal__(terms) for benefit in self.benefits))
