"""The units of a basket as offers see them: in groups of equal units at one price, never one by one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, TypeAlias

import attrs

from cxkit import _money
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._line import Line, line_order, thing
from cxkit.predicates import Predicate

Left: TypeAlias = Mapping[int, int]
"""How many units of some groups of a shelf may still be taken."""


@attrs.frozen
class Thing:
    """Lines that agree in all but their ids.

    Attributes:
        line: One of them.
        price: The price of a unit before any offer, in minor units.
        floor: The price below which no offer takes a unit.
        members: The places of the lines in the basket with their quantities, in the order of their ids.
    """

    line: Line
    price: int
    floor: int
    members: tuple[tuple[int, int], ...]


class Group(NamedTuple):
    """Equal units at one price.

    Attributes:
        thing: The place of the thing.
        price: What one costs now, in minor units.
        number: How many.
        cuts: What offers took off each of them, by the id of the offer, in order.
    """

    thing: int
    price: int
    number: int
    cuts: tuple[tuple[str, int], ...] = ()


@lru_cache(maxsize=4096)
def matcher(items: Predicate) -> Callable[[object], bool]:
    """Return a range as a function: shops ask the same offers of one basket after the other."""
    return items.compile()


class MixedError(Exception):
    """Lines that differ in nothing but their ids are not alike to some offer."""


class Things:
    """What a basket holds, in an order that does not depend on that of its lines."""

    def __init__(self, basket: Basket, *, by_id: bool = False) -> None:
        """Sort the lines of a basket into things; lines with different ids are different ones where offers ask for ids."""
        self._basket = basket
        self.all: tuple[Thing, ...] = tuple(
            _in_order(_a_thing(basket, places) for places in _members(basket, by_id=by_id))
        )
        self._split = [place for place, each in enumerate(self.all) if len(each.members) > 1]
        self._matching: dict[Predicate, frozenset[int]] = {}
        self._kinds: dict[tuple[str, bool], frozenset[int]] = {}

    def matching(self, items: Predicate | None) -> frozenset[int]:
        """Return the places of the things in a range; all of them for no range.

        Raises:
            MixedError: The range holds some lines of a thing only.
        """
        if items is None:
            return frozenset(range(len(self.all)))
        found = self._matching.get(items)
        if found is None:
            asked = matcher(items)
            found = frozenset([place for place, each in enumerate(self.all) if asked(each.line)])
            for place in self._split:
                if any(asked(self._basket.lines[line]) != (place in found) for line, _ in self.all[place].members):
                    raise MixedError
            self._matching[items] = found
        return found

    def of(self, kind: str, *, to_discount: bool) -> frozenset[int]:
        """Return the places of the things of a kind, without those that are not discountable if that is wanted."""
        key = (kind, to_discount)
        found = self._kinds.get(key)
        if found is None:
            found = self._kinds[key] = frozenset(
                place
                for place, each in enumerate(self.all)
                if each.line.kind == kind and (each.line.discountable or not to_discount)
            )
        return found

    def groups(self) -> tuple[Group, ...]:
        """Return all units at their first price."""
        return tuple(
            Group(place, each.price, sum(number for _, number in each.members)) for place, each in enumerate(self.all)
        )


def _members(basket: Basket, *, by_id: bool) -> Iterable[list[int]]:
    """Return the places of the lines of each thing; without ids, a basket has made one line of each already."""
    if all(line.id is None for line in basket.lines):
        return [[place] for place in range(len(basket.lines))]
    members: dict[tuple[object, ...], list[int]] = {}
    for place, line in enumerate(basket.lines):
        members.setdefault((thing(line), line.id if by_id else None), []).append(place)
    return members.values()


def _in_order(things: Iterable[Thing]) -> Iterator[Thing]:
    """Yield things by price; what they are decides where that is the same."""
    for _, several in groupby(sorted(things, key=attrgetter("price")), key=attrgetter("price")):
        alike = list(several)
        yield from alike if len(alike) == 1 else sorted(alike, key=lambda each: line_order(each.line))


def _a_thing(basket: Basket, places: Iterable[int]) -> Thing:
    ordered = sorted(places, key=lambda place: basket.lines[place].id or "")
    line = basket.lines[ordered[0]]
    price = _money.to_minor(line.unit_price, basket.currency)
    floor = 0 if line.floor_price is None else _money.to_minor(line.floor_price, basket.currency)
    return Thing(line, price, floor, tuple((place, basket.lines[place].quantity) for place in ordered))


class Shelf:
    """What one lane finds: the groups of a basket, the cheapest first.

    Attributes:
        things: What they are units of.
        groups: The groups, by price and then by what they are.
        left: How many units each has.
        bases: The price of a unit that percentages are taken of.
    """

    def __init__(self, things: Things, groups: Iterable[Group], *, base: str) -> None:
        """Sort groups by price."""
        self.things = things
        self.groups: tuple[Group, ...] = tuple(sorted(groups, key=lambda group: (group.price, group.thing, group.cuts)))
        self.left: Left = {place: group.number for place, group in enumerate(self.groups)}
        self.bases: list[int] = [
            things.all[group.thing].price if base == "list" else group.price for group in self.groups
        ]
        self._rooms: dict[int, list[int]] = {}
        self._ranges: dict[tuple[Predicate | None, str, bool], tuple[int, ...]] = {}

    def line(self, place: int) -> Line:
        """Return a line that the units of a group are of."""
        return self.things.all[self.groups[place].thing].line

    def range(self, items: Predicate | None, *, kind: str = "goods", to_discount: bool = True) -> tuple[int, ...]:
        """Return the places of the groups of a range, the cheapest first.

        Args:
            items: The range; all, unless given.
            kind: The kind of line.
            to_discount: Leave out what is not discountable.
        """
        key = (items, kind, to_discount)
        found = self._ranges.get(key)
        if found is None:
            wanted = self.things.matching(items) & self.things.of(kind, to_discount=to_discount)
            places = [place for place, group in enumerate(self.groups) if group.thing in wanted]
            found = self._ranges[key] = tuple(places)
        return found

    def rooms(self, floor: int = 0) -> Sequence[int]:
        """Return how much may be taken off a unit of each group, for an offer with a floor of its own."""
        if floor not in self._rooms:
            floors = [max(floor, self.things.all[group.thing].floor) for group in self.groups]
            self._rooms[floor] = [max(0, group.price - floor) for group, floor in zip(self.groups, floors, strict=True)]
        return self._rooms[floor]

    def line_order(self, place: int) -> int:
        """Return where in the basket a group stands, for policies that go by the order of lines."""
        return min(place for place, _ in self.things.all[self.groups[place].thing].members)


def units(left: Left, places: Iterable[int]) -> int:
    """Return how many units are left of some groups."""
    return sum(map(left.__getitem__, places))


def without(left: Left, used: Mapping[int, int]) -> dict[int, int]:
    """Return what is left once some units have been taken."""
    rest = dict(left)
    for place, number in used.items():
        rest[place] -= number
    return rest


def taken_in_order(left: Left, places: Iterable[int], number: int) -> dict[int, int]:
    """Take a number of units from groups in the order given; as many as there are, if there are fewer."""
    taken: dict[int, int] = {}
    for place in places:
        if number <= 0:
            break
        if left[place]:
            taken[place] = min(left[place], number)
            number -= taken[place]
    return taken
