"""The shelf that offers are tried on: a few lines that stand for a catalogue, or that the offers themselves ask about."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

import attrs

from cxkit._checks import each, shown
from cxkit.errors import CxError, InvalidTypeError
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._benefits.unit_cuts import ShippingOff
from cxkit.loyalty._line import Line
from cxkit.loyalty._trials.anatomy import Anatomy, ranges_of
from cxkit.predicates import Predicate, all_of, any_of

DEAR, CHEAP, PARCEL = Decimal(10), Decimal(4), Decimal(6)  # prices of lines that nobody gave
TAX = Decimal("0.20")
MOST_RANGES = 12  # of which each two are looked for on one line
MOST_RUNGS = 10
MOST_UNITS = 10_000  # of one line
_UNSAID = {"tags", "unit_price", "kind", "list_price", "discountable", "on_sale", "id"}


def representatives(catalogue: Iterable[Line], anatomies: Sequence[Anatomy]) -> tuple[Line, ...]:
    """Return lines that stand for a catalogue.

    Lines in the same ranges differ for an offer in their prices only: of them the cheapest, the dearest and the one that is
    reduced most are kept.
    """
    asked = [items.compile() for items in ranges_of(anatomies)]
    kept: dict[object, dict[str, Line]] = {}
    for line in each(catalogue, "a list of lines"):
        if not isinstance(line, Line):
            msg = f"a catalogue is made of lines, got {shown(line)}"
            raise InvalidTypeError(msg, line)
        one = attrs.evolve(line, quantity=1)
        alike = (line.kind, line.discountable, line.floor_price is None, *(matches(line) for matches in asked))
        group = kept.setdefault(alike, {"cheapest": one, "dearest": one, "reduced": one})
        group["cheapest"] = min(group["cheapest"], one, key=_price)
        group["dearest"] = max(group["dearest"], one, key=_price)
        group["reduced"] = min(group["reduced"], one, key=_share)
    return _named(dict.fromkeys(line for group in kept.values() for line in group.values()))


def _price(line: Line) -> Decimal:
    return line.unit_price


def _share(line: Line) -> Fraction:
    """Return the share of its list price that a line costs."""
    return Fraction(line.unit_price) / Fraction(line.list_price) if line.list_price else Fraction(1)


def _named(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Give lines of one sku ids, by which a return can tell them apart."""
    found = tuple(lines)
    skus = Counter(line.sku for line in found)
    return tuple(
        attrs.evolve(line, id=f"{line.sku} {number}") if line.id is None and skus[line.sku] > 1 else line
        for number, line in enumerate(found, 1)
    )


def made_up(anatomies: Sequence[Anatomy], currency: str) -> tuple[Line, ...]:
    """Return lines that the offers ask about: of each range, and of each two of them, a cheap and a dear one.

    A range of which no line can be made up, such as one with a pattern, gives none.
    """
    asked = ranges_of(anatomies)
    pairs = combinations(asked, 2) if len(asked) <= MOST_RANGES else ()
    wanted = [all_of(), *asked, *(all_of(*pair) for pair in pairs)]
    found = [line for items in wanted for line in _lines_in(items, currency)]
    if any(isinstance(anatomy.offer.benefit, ShippingOff) for anatomy in anatomies):
        found.append(Line("shipping", PARCEL, kind="shipping", tax_rate=TAX))
    return _named(dict.fromkeys(found))


def _lines_in(items: Predicate, currency: str) -> Iterator[Line]:
    """Make up lines of a range."""
    record = all_of(items, Line.fields.kind == "goods").difference(any_of()).only_first
    for price in () if record is None else (DEAR, CHEAP):
        line = _line(record or {}, price, currency)
        if line is not None and items.matches(line):
            yield line


def _line(record: Mapping[str, Any], price: Decimal, currency: str) -> Line | None:
    """Make a line of a record that a predicate asks for; `None` where it says what no line can be."""
    known: dict[str, Any] = {"unit_price": price, "sku": _name(record, price), "tax_rate": TAX}
    of_line = {field.name for field in attrs.fields(Line)}
    given = {key: value for key, value in record.items() if value is not None and key != "on_sale"}
    try:
        line = Line(
            **(known | {key: value for key, value in given.items() if key in of_line}),
            attributes={key: value for key, value in given.items() if key not in of_line},
        )
        Basket([line], currency=currency)
    except CxError:
        return None
    return attrs.evolve(line, list_price=line.unit_price + CHEAP) if record.get("on_sale") else line


def _name(record: Mapping[str, Any], price: Decimal) -> str:
    """Call a line after what it is, so that a reader knows which range it is for."""
    said = [*sorted(record.get("tags") or ()), *(str(record[key]) for key in record if key not in _UNSAID)]
    name = " ".join(said) or "anything"
    return f"cheap {name}" if price == CHEAP else name


def ladder(line: Line, anatomies: Iterable[Anatomy]) -> tuple[int, ...]:
    """Return the quantities of a line that tell most: one, two, those at which an offer begins, and those beside them."""
    if line.kind != "goods":
        return (1,)
    begin = dict.fromkeys(
        number for anatomy in anatomies if anatomy.touches(line) for number in _beginnings(line, anatomy)
    )
    beside = [number + step for number in begin for step in (-1, 1)]
    telling = [number for number in dict.fromkeys([1, *begin, *beside, 2]) if 1 <= number <= MOST_UNITS]
    return tuple(telling[:MOST_RUNGS])


def _beginnings(line: Line, anatomy: Anatomy) -> Iterator[int]:
    """Yield the quantities of a line at which an offer begins to give something."""
    yield from anatomy.numbers
    if line.unit_price:
        yield from (-int(-Fraction(amount) // Fraction(line.unit_price)) for amount in anatomy.amounts)
