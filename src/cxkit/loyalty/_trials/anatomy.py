"""The anatomy of offers: which lines they ask about, and from where on they apply."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Self

import attrs

from cxkit.loyalty._benefits.bundle import Part
from cxkit.loyalty._benefits.free_units import BuyXGetY
from cxkit.loyalty._benefits.tiered import TierStep
from cxkit.loyalty._benefits.unit_cuts import AmountOffEach, FixedPrice, PercentOff
from cxkit.loyalty._line import Line
from cxkit.loyalty._offers.conditions import DistinctSkus, Spend, UnitCount
from cxkit.loyalty._offers.offer import Offer
from cxkit.predicates import Predicate


def parts(value: object) -> Iterator[object]:
    """Yield a value and all that it is made of, but for what predicates and lines are made of."""
    yield value
    if isinstance(value, tuple):
        for part in value:
            yield from parts(part)
    elif attrs.has(kind := type(value)) and not isinstance(value, Predicate | Line):
        for field in attrs.fields(kind):
            yield from parts(getattr(value, field.name))


@attrs.frozen
class Anatomy:
    """What an offer says of a basket.

    Attributes:
        offer: The offer.
        ranges: The ranges of lines that it asks about, each once.
        numbers: The numbers of units at which it begins to give something, or gives something else.
        amounts: The sums of money from which on it gives something.
    """

    offer: Offer
    ranges: tuple[Predicate, ...]
    numbers: tuple[int, ...]
    amounts: tuple[Decimal, ...]

    @classmethod
    def of(cls, offer: Offer) -> Self:
        """Take an offer apart."""
        terms = tuple(parts((offer.conditions, offer.benefit)))
        ranges = dict.fromkeys(term for term in terms if isinstance(term, Predicate))
        amounts = [term.at_least for term in terms if isinstance(term, Spend | TierStep)]
        return cls(offer, tuple(ranges), tuple(_numbers(terms)), tuple(amounts))

    def touches(self, line: Line) -> bool:
        """Whether a line is in any of the ranges."""
        return line.kind == "goods" and (not self.ranges or any(items.matches(line) for items in self.ranges))


def ranges_of(anatomies: Iterable[Anatomy]) -> tuple[Predicate, ...]:
    """Return the ranges that offers ask about, each once."""
    return tuple(dict.fromkeys(items for anatomy in anatomies for items in anatomy.ranges))


def _numbers(terms: Iterable[object]) -> Iterator[int]:
    for term in terms:
        match term:
            case UnitCount(at_least=number) | DistinctSkus(at_least=number) | Part(quantity=number):
                yield number
            case BuyXGetY(buy=buy, get=get):
                yield from (buy, buy + get)
            case TierStep(at_least=least):
                yield max(1, int(least))
            case PercentOff() | AmountOffEach() | FixedPrice():
                yield term.groups_of
            case _:
                pass
