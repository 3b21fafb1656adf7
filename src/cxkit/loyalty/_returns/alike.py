"""Alike: which lines of a receipt are of equal units, and what each of them costs then."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import attrs

from cxkit import _money
from cxkit.loyalty._line import Line, thing
from cxkit.loyalty._receipt import Receipt
from cxkit.predicates import Predicate

Units = tuple[int, ...]
"""A number of units, or of minor units of money, for each line of a receipt."""


def costs(receipt: Receipt) -> Units:
    """Return what each line costs in minor units: what equal units cost in all, spread evenly over their lines."""
    found = dict(cost for places in _alike(receipt) for cost in _spread(receipt, places))
    return tuple(found[place] for place in range(len(receipt.lines)))


def part(total: int, units: int, of: int) -> int:
    """Return what the first of some equal units cost together, to the minor unit."""
    return _money.round_minor(total * units, of, "half_even")


def kept_cuts(receipt: Receipt, kept: Units) -> Mapping[str, Fraction]:
    """Return how much of what each offer took off lies on kept units, evenly over equal ones, in minor units."""
    found: dict[str, Fraction] = {}
    for places in _alike(receipt):
        share = Fraction(sum(kept[place] for place in places), sum(_quantities(receipt, places)))
        for place in places:
            for cut in receipt.lines[place].adjustments:
                amount = -_money.to_minor(cut.amount, receipt.currency) * share
                found[cut.offer] = found.get(cut.offer, Fraction(0)) + amount
    return found


def _quantities(receipt: Receipt, places: Sequence[int]) -> list[int]:
    return [receipt.lines[place].line.quantity for place in places]


def _spread(receipt: Receipt, places: Sequence[int]) -> Iterator[tuple[int, int]]:
    quantities = _quantities(receipt, places)
    total = sum(_money.to_minor(receipt.lines[place].total, receipt.currency) for place in places)
    first = 0
    for place, quantity in zip(places, quantities, strict=True):
        yield place, part(total, first + quantity, sum(quantities)) - part(total, first, sum(quantities))
        first += quantity


def _alike(receipt: Receipt) -> Iterator[list[int]]:
    """Yield the places of lines that agree in all but their ids, in the order of these; apart, where offers ask for ids."""
    things: dict[object, list[int]] = {}
    for place, line in enumerate(receipt.lines):
        things.setdefault(thing(line.line), []).append(place)
    for places in things.values():
        if len(places) > 1 and not _are_alike(receipt, [receipt.lines[place].line for place in places]):
            yield from ([place] for place in places)
        else:
            yield sorted(places, key=lambda place: receipt.lines[place].line.id or "")


def _are_alike(receipt: Receipt, lines: Sequence[Line]) -> bool:
    asked = [predicate for offer in receipt.offers for predicate in _ranges(offer.benefit)]
    return all(len({predicate.matches(line) for line in lines}) == 1 for predicate in asked)


def _ranges(value: object) -> Iterator[Predicate]:
    """Yield the ranges of a benefit, wherever in it they stand."""
    if isinstance(value, Predicate):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _ranges(each)
    elif attrs.has(cls := type(value)):
        for field in attrs.fields(cls):
            yield from _ranges(getattr(value, field.name))
