"""The lines of a receipt, from the units of a basket at their last prices."""

from collections.abc import Iterable
from functools import lru_cache

import attrs

from cxkit import _money
from cxkit.loyalty._applying.lanes import Run
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._effects import Effect
from cxkit.loyalty._line import Line
from cxkit.loyalty._receipt import Cut, ReceiptLine, UnitGroup
from cxkit.loyalty._stock import Group, Things


def receipt_lines(basket: Basket, things: Things, found: Run) -> tuple[ReceiptLine, ...]:
    """Return the lines of a basket as a run left them, and those that offers added."""
    return (*lines_of(basket, things, found.groups), *_gifts(basket, found))


def lines_of(basket: Basket, things: Things, groups: Iterable[Group]) -> tuple[ReceiptLine, ...]:
    """Return the lines of a basket at the prices of its units; of equal lines the first by id has the cheapest units."""
    by_thing: dict[int, list[Group]] = {}
    for group in sorted(groups, key=lambda group: (group.price, group.cuts)):
        by_thing.setdefault(group.thing, []).append(group)
    found: dict[int, tuple[UnitGroup, ...]] = {}
    for place, thing in enumerate(things.all):
        waiting = by_thing[place]
        for line, quantity in thing.members:
            mine, waiting = _split(waiting, quantity) if len(thing.members) > 1 else (waiting, [])
            found[line] = tuple([_unit_group(group, basket.currency) for group in mine])
    return tuple([ReceiptLine(line, basket.currency, found[place]) for place, line in enumerate(basket.lines)])


def _split(groups: list[Group], number: int) -> tuple[list[Group], list[Group]]:
    """Split units into the first so many and the rest."""
    first: list[Group] = []
    for place, group in enumerate(groups):
        if group.number > number:
            cut = [group._replace(number=number)] if number else []
            return first + cut, [group._replace(number=group.number - number), *groups[place + 1 :]]
        first.append(group)
        number -= group.number
    return first, []


def _unit_group(group: Group, currency: str) -> UnitGroup:
    cuts = tuple([_cut(offer, amount, currency) for offer, amount in group.cuts])
    return UnitGroup(group.number, _money.from_minor(group.price, currency), cuts)


@lru_cache(maxsize=4096)
def _cut(offer: str, amount: int, currency: str) -> Cut:
    """Return what an offer took off a unit: the lines of a receipt share it, and so do many receipts."""
    return Cut(offer, _money.from_minor(amount, currency))


def _gifts(basket: Basket, found: Run) -> list[ReceiptLine]:
    gifts: list[ReceiptLine] = []
    for offer, taking in sorted(found.takings.items()):
        for added in taking.added:
            nothing = _money.from_minor(0, basket.currency)
            group = UnitGroup(added.number, nothing, (Cut(offer, nothing),))
            gifts.append(ReceiptLine(as_gift(added.line, added.number), basket.currency, (group,)))
    return gifts


def as_gift(line: Line, number: int) -> Line:
    """Return a line as a gift: at price 0, with its price as the list price."""
    price = line.unit_price if line.list_price is None or line.kind != "gift" else line.list_price
    return attrs.evolve(line, kind="gift", unit_price=0, list_price=price, floor_price=None, quantity=number, id=None)


def effects_of(found: Run) -> tuple[Effect, ...]:
    """Return what is to be done beside prices, by the id of the offer."""
    effects: list[Effect] = []
    for offer, taking in sorted(found.takings.items()):
        effects += [Effect("gift", offer, line=as_gift(added.line, added.number)) for added in taking.added]
        effects += taking.effects
    return tuple(effects)
