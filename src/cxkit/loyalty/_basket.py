"""Baskets: what a customer is about to buy."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

import attrs

from cxkit import _money
from cxkit._checks import DIGITS, UTC, FrozenDict, a_count, a_name, an_amount, is_short
from cxkit._forms import ATTRIBUTES, DECIMAL, INTEGER, TEXT, Form, form_of, many, optional, stored
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError
from cxkit.predicates import Fields, Money, Tags, Text, money, predicate_form, tags, text


class LineFields(Fields, label="Line.fields"):
    """What predicates can ask of a basket line; not its quantity, so that 3 is the same as 1 and 2."""

    sku: Text = text()
    unit_price: Money = money()
    tags: Tags = tags()
    id: Text = text()


def _tags(given: Iterable[str]) -> frozenset[str]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        hint = f"; write {{{given!r}}}" if isinstance(given, str) else ""
        msg = f"tags must be a set or list of texts, got {given!r}{hint}"
        raise InvalidTypeError(msg, given)
    return frozenset([a_name(tag, "a tag") for tag in given])


def _sku(given: str) -> str:
    return a_name(given, "sku")


def _price(given: Decimal | int) -> Decimal:
    return an_amount(given, "unit_price")


def _attributes(given: Mapping[str, object]) -> FrozenDict:
    found = FrozenDict.of(given, "attributes")
    for key, value in found.items():
        if not _is_plain(value):
            msg = f"attributes of a line must be text, finite numbers, flags or dates, got {value!r} for {key!r}"
            raise InvalidTypeError(msg, value)
    return found


def _is_plain(value: object) -> bool:
    """Whether a value can be compared, hashed and stored."""
    if isinstance(value, Decimal):
        return is_short(value)
    if isinstance(value, int | float):
        return bool(-(10**DIGITS) < value < 10**DIGITS)
    return value is None or isinstance(value, str | date)


def _same(value: object) -> str:
    """Return a text that equal plain values share, in every process."""
    if isinstance(value, int | float | Decimal):
        return str(value.as_integer_ratio())
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()
    return repr(str.__str__(value) if isinstance(value, str) else value)


ITEMS_FORM = predicate_form(LineFields)
TAGS: Form[frozenset[str]] = Form(sorted, lambda data, reader: frozenset(many(TEXT).load(data, reader)))


@stored(
    "loyalty.line",
    sku=TEXT,
    unit_price=DECIMAL,
    quantity=INTEGER,
    id=optional(TEXT),
    tags=TAGS,
    attributes=ATTRIBUTES,
)
@attrs.frozen
class Line:
    """Some units of one thing, at one price.

    Attributes:
        sku: What it is.
        unit_price: The price of one unit, in the currency of the basket.
        quantity: How many units.
        id: Its identity, where the host has one; lines without one that agree in all but their quantity are one line.
        tags: What it belongs to, for offers to ask: `{"coffee"}`.
        attributes: What else is known of it.

    >>> from decimal import Decimal
    >>> from cxkit.loyalty import Line
    >>> Line.fields.tags.contains("coffee").matches(Line("espresso", Decimal("2.50"), tags={"coffee"}))
    True
    """

    fields: ClassVar[type[LineFields]] = LineFields

    sku: str = attrs.field(converter=_sku)
    unit_price: Decimal = attrs.field(converter=_price)
    quantity: int = attrs.field(default=1, kw_only=True)
    id: str | None = attrs.field(default=None, kw_only=True)
    tags: frozenset[str] = attrs.field(default=frozenset(), kw_only=True, converter=_tags)
    attributes: Mapping[str, object] = attrs.field(factory=FrozenDict, kw_only=True, converter=_attributes)

    def __attrs_post_init__(self) -> None:
        a_count(self.quantity, "quantity", least=1)
        if self.id is not None:
            a_name(self.id, "the id of a line")
        if self.unit_price < 0:
            msg = f"unit_price must not be negative, got {self.unit_price}; what is given back is an offer or a return"
            raise InvalidValueError(msg, self.unit_price)


def line_order(line: Line) -> tuple[object, ...]:
    """Return the key by which units of one price are taken, whatever order their lines came in."""
    attributes = sorted((key, _same(value)) for key, value in line.attributes.items())
    return line.sku, sorted(line.tags), attributes, line.id or ""


def _merged(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Make lines without an id that agree into one, keep one of those that a host sent twice, in order."""
    if not isinstance(lines, Iterable):
        msg = f"a basket is made of lines, got {lines!r}"
        raise InvalidTypeError(msg, lines)
    kept: dict[tuple[object, ...], Line] = {}
    for line in lines:
        if not isinstance(line, Line):
            msg = f"a basket is made of lines, got {line!r}"
            raise InvalidTypeError(msg, line)
        key = (line.sku, line.unit_price, line.tags, line.attributes) if line.id is None else (line.id,)
        found = kept.setdefault(key, line)
        if found is line:
            continue
        if line.id is None:
            kept[key] = attrs.evolve(found, quantity=found.quantity + line.quantity)
        elif found != line:
            msg = f"two different lines have the id {line.id!r}: {found!r} and {line!r}"
            raise DuplicateError(msg, line)
    return tuple(kept.values())


@stored("loyalty.basket", lines=many(form_of(Line)), currency=TEXT)
@attrs.frozen
class Basket:
    """What a customer is about to buy, in one currency.

    Two baskets are equal whatever the order of their lines, and however their units are split over lines.

    Attributes:
        lines: The lines, those that are the same made into one.
        currency: The code of ISO 4217.

    >>> from decimal import Decimal
    >>> from cxkit.loyalty import Basket, Line
    >>> Basket([Line("tea", Decimal(3)), Line("tea", Decimal(3), quantity=2)], currency="EUR").lines[0].quantity
    3
    """

    lines: tuple[Line, ...] = attrs.field(converter=_merged, eq=frozenset)
    currency: str = attrs.field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        _money.minor_unit(self.currency)
        for line in self.lines:
            unit_price(self, line)

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)


def unit_price(basket: Basket, line: Line) -> int:
    """Return the price of one unit of a line in minor units of the currency."""
    return _money.to_minor(line.unit_price, basket.currency, what=f"unit_price of {line.sku!r}")
