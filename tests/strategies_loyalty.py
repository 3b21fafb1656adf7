"""Baskets and offers to draw, and what offers must come to, worked out unit by unit."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import attrs
from hypothesis import strategies as st

from cxkit.loyalty import Basket, BuyXGetY, Line, Offer
from cxkit.predicates import Predicate

PLACES = {"EUR": 2, "JPY": 0, "KWD": 3}

# Ranges as the library asks for them, and what they mean.
RANGES: Sequence[tuple[Predicate, Callable[[Line], bool]]] = (
    (Line.fields.tags.contains("tea"), lambda line: "tea" in line.tags),
    (Line.fields.tags.contains("coffee"), lambda line: "coffee" in line.tags),
    (~Line.fields.tags.contains("tea"), lambda line: "tea" not in line.tags),
    (Line.fields.sku.is_in(["a", "b"]), lambda line: line.sku in ("a", "b")),
    (Line.fields.unit_price <= 1, lambda line: line.unit_price <= 1),
    (Line.fields.sku.is_known(), lambda _: True),
)


@st.composite
def lines(draw: st.DrawFn, currency: str = "EUR") -> Line:
    """Draw lines without an id, so close to one another that some are the same."""
    minor = draw(st.sampled_from([0, 1, 99, 100, 101, 250]))
    return Line(
        draw(st.sampled_from("abc")),
        Decimal(minor).scaleb(-PLACES[currency]),
        quantity=draw(st.integers(1, 6)),
        tags=draw(st.sets(st.sampled_from(["tea", "coffee"]))),
        attributes=draw(st.sampled_from([{}, {"size": "S"}])),
    )


def bags(currency: str = "EUR", min_size: int = 0) -> st.SearchStrategy[list[Line]]:
    """Draw the lines of a basket, some of which have an id."""
    bare = st.lists(lines(currency), min_size=min_size, max_size=5)
    named = st.lists(lines(currency), max_size=3).map(
        lambda drawn: [attrs.evolve(line, id=f"line {place}") for place, line in enumerate(drawn)]
    )
    return st.tuples(bare, named).map(lambda both: both[0] + both[1])


def baskets(currency: str = "EUR", min_size: int = 0) -> st.SearchStrategy[Basket]:
    """Draw baskets."""
    return bags(currency, min_size).map(lambda drawn: Basket(drawn, currency=currency))


def terms() -> st.SearchStrategy[tuple[int, int, int]]:
    """Draw what an offer says: buy, get, and the place of its range in `RANGES`."""
    return st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(0, len(RANGES) - 1))


def an_offer(name: str, buy: int, get: int, place: int) -> Offer:
    """Make the offer of some terms."""
    return Offer(name, BuyXGetY(buy=buy, get=get, items=RANGES[place][0]))


def competing(max_size: int = 3) -> st.SearchStrategy[dict[str, tuple[int, int, int]]]:
    """Draw the terms of several offers, by their ids."""
    return st.dictionaries(st.sampled_from(["x", "y", "z"]), terms(), min_size=1, max_size=max_size)


@attrs.frozen
class Taken:
    """What an offer takes of a bag of single units: the places of their lines."""

    free: tuple[int, ...]
    consumed: tuple[int, ...]
    discount: Decimal


def unit_by_unit(bag: Sequence[Line], offers: Mapping[str, tuple[int, int, int]]) -> dict[str, Taken]:
    """Apply offers as their documentation says, to units taken apart one by one."""
    left = [place for place, line in enumerate(bag) for _ in range(line.quantity)]
    left.sort(key=lambda place: (bag[place].unit_price, what_it_is(bag[place])))
    waiting, applied = dict(offers), {}
    while True:
        takings = {}
        for name, (buy, get, place) in waiting.items():
            covered = [unit for unit in left if RANGES[place][1](bag[unit])]
            groups = len(covered) // (buy + get)
            free = covered[: groups * get]
            discount = sum((bag[unit].unit_price for unit in free), Decimal(0))
            takings[name] = Taken(tuple(free), tuple(covered[: groups * (buy + get)]), discount)
        ready = [name for name, taken in takings.items() if taken.discount]
        if not ready:
            return applied
        best = min(ready, key=lambda name: (-takings[name].discount, len(takings[name].consumed), name))
        applied[best] = takings[best]
        del waiting[best]
        for unit in takings[best].consumed:
            left.remove(unit)


def what_it_is(line: Line) -> tuple[object, ...]:
    """Return what orders units of one price."""
    return line.sku, sorted(line.tags), sorted(line.attributes), line.id or ""
