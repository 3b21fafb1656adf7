"""Baskets: what a customer is about to buy."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import ClassVar

import attrs

from cxkit import _money
from cxkit._checks import FrozenDict, a_count, a_name
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
    if isinstance(given, str):
        msg = f"tags must be a set or list of texts, got the text {given!r}; write {{{given!r}}}"
        raise InvalidTypeError(msg, given)
    found = frozenset(given)
    for tag in found:
        a_name(tag, "a tag")
    return found


def _price(given: Decimal | int) -> Decimal:
    if type(given) is int:
        return Decimal(given)
    if not isinstance(given, Decimal):
        written = f"; write Decimal('{given}')" if isinstance(given, float) else ""
        msg = f"unit_price must be a Decimal or an int, got {given!r}{written}"
        raise InvalidTypeError(msg, given)
    return given


def _attributes(given: Mapping[str, object]) -> FrozenDict:
    found = FrozenDict.of(given, "attributes")
    try:
        hash(found)
    except TypeError as error:
        msg = f"attributes of a line must be plain values, which can be compared and hashed, got {given!r}"
        raise InvalidTypeError(msg, given) from error
    return found


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

    sku: str
    unit_price: Decimal = attrs.field(converter=_price)
    quantity: int = attrs.field(default=1, kw_only=True)
    id: str | None = attrs.field(default=None, kw_only=True)
    tags: frozenset[str] = attrs.field(default=frozenset(), kw_only=True, converter=_tags)
    attributes: Mapping[str, object] = attrs.field(factory=FrozenDict, kw_only=True, converter=_attributes)

    def __attrs_post_init__(self) -> None:
        a_name(self.sku, "sku")
        a_count(self.quantity, "quantity", least=1)
        if self.id is not None:
            a_name(self.id, "the id of a line")
        if not self.unit_price.is_finite() or self.unit_price.is_signed():
            msg = f"unit_price must not be negative, got {self.unit_price}; what is given back is an offer or a return"
            raise InvalidValueError(msg, self.unit_price)

    def same(self) -> tuple[object, ...]:
        """Return what lines must agree in to be one line."""
        return self.id, self.sku, self.unit_price, self.tags, self.attributes

    def order(self) -> tuple[object, ...]:
        """Return the key by which units of one price are taken, whatever order their lines came in."""
        attributes = sorted((key, repr(value)) for key, value in self.attributes.items())
        return self.sku, sorted(self.tags), attributes, self.id or ""


def _merged(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Make lines without an id that agree into one, keep one of those that a host sent twice, in order."""
    kept: dict[tuple[object, ...], Line] = {}
    for line in lines:
        if not isinstance(line, Line):
            msg = f"a basket is made of lines, got {line!r}"
            raise InvalidTypeError(msg, line)
        key = line.same() if line.id is None else (line.id,)
        found = kept.setdefault(key, line)
        if found is line:
            continue
        if line.id is None:
            kept[key] = attrs.evolve(found, quantity=found.quantity + line.quantity)
        elif found != line:
            msg = f"two different lines have the id {line.id!r}: {found!r} and {line!r}"
            raise DuplicateError(msg, line)
    return tuple(kept.values())


def in_any_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return the lines in an order of their own, for comparing."""
    return tuple(sorted(lines, key=lambda line: (line.order(), line.unit_price, line.quantity)))


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

    lines: tuple[Line, ...] = attrs.field(converter=_merged, eq=in_any_order)
    currency: str = attrs.field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        for line in self.lines:
            self.minor(line)
        _money.minor_unit(self.currency)

    def minor(self, line: Line) -> int:
        """Return the price of one unit of a line in minor units of the currency."""
        return _money.to_minor(line.unit_price, self.currency, what=f"unit_price of {line.sku!r}")

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)
