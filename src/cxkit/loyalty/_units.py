"""Units of a basket, as offers take them: in groups of one line, never one by one."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cxkit.loyalty._basket import Basket, line_order, unit_price
from cxkit.predicates import Predicate


class Units(NamedTuple):
    """Units of one line, as offers take them.

    Attributes:
        line: The place of the line in the basket.
        price: The price of one, in minor units.
        number: How many.
    """

    line: int
    price: int
    number: int


class Taking(NamedTuple):
    """What an offer takes of a basket.

    Attributes:
        free: The units that become free.
        consumed: The units that no other offer may use, the free ones among them.
    """

    free: tuple[Units, ...]
    consumed: tuple[Units, ...]

    @property
    def discount(self) -> int:
        """What the free units would have cost, in minor units."""
        return sum(units.price * units.number for units in self.free)


def cheapest(units: Sequence[Units], number: int) -> tuple[Units, ...]:
    """Return the first `number` of units that are sorted by price."""
    taken: list[Units] = []
    for group in units:
        if number <= 0:
            break
        taken.append(group._replace(number=min(group.number, number)))
        number -= group.number
    return tuple(taken)


def units_of(basket: Basket, items: Predicate, left: Mapping[int, int] | None = None) -> tuple[Units, ...]:
    """Return the units of a range, sorted by price; those of equal price by what they are, whatever the line order.

    Args:
        basket: What is bought.
        items: Which lines count.
        left: How many units of each line may still be taken; all of them, unless given.
    """
    found = [
        (unit_price(basket, line), line_order(line), Units(place, unit_price(basket, line), number))
        for place, line in enumerate(basket.lines)
        if (number := line.quantity if left is None else left[place]) and items.matches(line)
    ]
    return tuple(units for _, _, units in sorted(found, key=lambda entry: entry[:2]))
