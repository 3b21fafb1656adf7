"""Conditions on a shelf: what they find, what they lack, and which units they use up."""

from collections.abc import Mapping
from fractions import Fraction
from typing import assert_never

from cxkit import _money
from cxkit.answers import Reason
from cxkit.errors import InvalidValueError
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._benefits.deal import Short
from cxkit.loyalty._benefits.spreading import Terms
from cxkit.loyalty._offers.conditions import Condition, DistinctSkus, Spend, UnitCount, Without
from cxkit.loyalty._stock import Left, taken_in_order, units


class Measured:
    """A condition that counts units or money on the shelf of a lane."""

    def __init__(self, condition: Condition, terms: Terms, basket: Basket) -> None:
        """Find its range, and what a unit of each group counts."""
        self.condition = condition
        shelf = terms.shelf
        self._shelf = shelf
        self._currency = terms.currency
        self.places = shelf.range(condition.items, to_discount=False)
        self._dearest = self.places[::-1]
        self.needed: int = 0
        self._each: Mapping[int, Fraction | int] = {}
        if not isinstance(condition, Spend):
            self.needed = condition.at_least
        else:
            self.needed = terms.minor(condition.at_least, "threshold")
            self._each = {place: _counted(condition, terms, basket, place) for place in self.places}

    def found(self, left: Left) -> Fraction | int:
        """Return what it counts: units, skus, or minor units of money."""
        match self.condition:
            case UnitCount() | Without():
                return units(left, self.places)
            case DistinctSkus():
                return len({self._shelf.line(place).sku for place in self.places if left[place]})
            case Spend():
                return sum([left[place] * self._each[place] for place in self.places])
            case _:
                assert_never(self.condition)

    def short(self, left: Left) -> Short | None:
        """Return how far it is from being met, or `None` where it is."""
        found = self.found(left)
        if isinstance(self.condition, Without):
            return Short(Reason("without", found=int(found), needed=0), of=self.condition.items) if found else None
        if found >= self.needed:
            return None
        missing = -(-(self.needed - found) // 1)
        if isinstance(self.condition, Spend):
            amount, needed = (_money.from_minor(int(part), self._currency) for part in (found, self.needed))
            return Short(Reason("spend", found=amount, needed=needed), money=missing, of=self.condition.items)
        code = "units" if isinstance(self.condition, UnitCount) else "skus"
        return Short(Reason(code, found=int(found), needed=self.needed), units=missing, of=self.condition.items)

    def used_up(self, left: Left, used: Mapping[int, int]) -> dict[int, int] | None:
        """Return the further units that meeting it once uses up, the dearest first; `None` where there are too few.

        Args:
            left: What is left once the benefit has taken its units.
            used: What the benefit took, which counts first.
        """
        dearest = self._dearest
        counted = {place: number for place, number in used.items() if place in self.places}
        if isinstance(self.condition, DistinctSkus):
            return self._skus(left, dearest, counted)
        if isinstance(self.condition, UnitCount):
            wanted = max(0, self.needed - sum(counted.values()))
            taken = taken_in_order(left, dearest, wanted)
            return taken if sum(taken.values()) == wanted else None
        return self._money(left, dearest, counted)

    def _skus(self, left: Left, dearest: tuple[int, ...], counted: Mapping[int, int]) -> dict[int, int] | None:
        skus = {self._shelf.line(place).sku for place in counted}
        taken: dict[int, int] = {}
        for place in dearest:
            if len(skus) < self.needed and left[place] and self._shelf.line(place).sku not in skus:
                skus.add(self._shelf.line(place).sku)
                taken[place] = 1
        return taken if len(skus) >= self.needed else None

    def _money(self, left: Left, dearest: tuple[int, ...], counted: Mapping[int, int]) -> dict[int, int] | None:
        wanted = self.needed - sum([number * self._each[place] for place, number in counted.items()])
        taken: dict[int, int] = {}
        for place in dearest:
            if wanted > 0 and left[place] and self._each[place]:
                taken[place] = min(left[place], int(-(-wanted // self._each[place])))
                wanted -= taken[place] * self._each[place]
        return taken if wanted <= 0 else None


def _counted(condition: Spend, terms: Terms, basket: Basket, place: int) -> Fraction | int:
    """Return what one unit of a group counts towards a threshold."""
    shelf = terms.shelf
    group = shelf.groups[place]
    price = group.price if condition.price == "running" else shelf.things.all[group.thing].price
    if condition.tax is None or condition.tax == basket.prices:
        return price
    line = shelf.line(place)
    if basket.prices is None or line.tax_rate is None:
        needed = "the tax_rate of its lines" if basket.prices else "Basket(..., prices='gross' or 'net')"
        msg = f"{terms.offer!r} asks for what is spent {condition.tax}, which needs {needed}; got {line!r}"
        raise InvalidValueError(msg, line)
    factor = 1 + Fraction(line.tax_rate)
    return price * factor if condition.tax == "gross" else price / factor
