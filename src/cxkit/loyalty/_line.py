"""Lines: some units of one thing, and what offers can ask of them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, ClassVar, Literal

import attrs

from cxkit._checks import DIGITS, UTC, FrozenDict, a_count, a_flag, a_name, an_amount, is_short, one_of
from cxkit._forms import ATTRIBUTES, DECIMAL, FLAG, INTEGER, TEXT, Form, choice, many, optional, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.loyalty._brief import brief
from cxkit.predicates import Choice, Fields, Flag, Money, Tags, Text, flag, money, predicate_form, tags, text
from cxkit.predicates import choice as one_choice

LineKind = Literal["goods", "shipping", "fee", "gift"]
"""What a line is: offers are about goods, free shipping about shipping, and fees and gifts count nowhere."""
KINDS: tuple[LineKind, ...] = ("goods", "shipping", "fee", "gift")


class LineFields(Fields, label="Line.fields"):
    """What predicates can ask of a basket line; not its quantity, so that 3 is the same as 1 and 2.

    A subclass adds fields of the host's own, which are read from the attributes of the line.

    >>> from cxkit.loyalty import Line, LineFields
    >>> from cxkit.predicates import integer
    >>> class Wine(LineFields):
    ...     vintage = integer()
    >>> (Wine.vintage < 2000).matches(Line("rioja", 40, attributes={"vintage": 1994}))
    True
    """

    sku: Text = text()
    unit_price: Money = money()
    tags: Tags = tags()
    id: Text = text()
    kind: Choice[str] = one_choice(*KINDS)
    list_price: Money = money()
    tax_class: Text = text()
    discountable: Flag = flag()
    on_sale: Flag = flag()


def some_names(given: Iterable[str], what: str, each: str) -> frozenset[str]:
    """Check a set of names; a text alone is none."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        hint = f"; write {{{given!r}}}" if isinstance(given, str) else ""
        msg = f"{what} must be a set or list of texts, got {given!r}{hint}"
        raise InvalidTypeError(msg, given)
    return frozenset([a_name(name, each) for name in given])


def _tags(given: Iterable[str]) -> frozenset[str]:
    return some_names(given, "tags", "a tag")


def _sku(given: str) -> str:
    return a_name(given, "sku")


def _price(given: Decimal | int) -> Decimal:
    price = an_amount(given, "unit_price")
    if price < 0:
        msg = f"unit_price must not be negative, got {price}; what is given back is an offer or a return"
        raise InvalidValueError(msg, given)
    return price


def _not_negative(amount: Decimal | int, what: str) -> Decimal:
    """Check an amount of money that is 0 or more."""
    found = an_amount(amount, what)
    if found < 0:
        msg = f"{what} must not be negative, got {found}"
        raise InvalidValueError(msg, amount)
    return found


def _list_price(given: Decimal | int | None) -> Decimal | None:
    return None if given is None else _not_negative(given, "list_price")


def _floor_price(given: Decimal | int | None) -> Decimal | None:
    return None if given is None else _not_negative(given, "floor_price")


def _tax_rate(given: Decimal | int | None) -> Decimal | None:
    if given is None:
        return None
    rate = _not_negative(given, "tax_rate")
    if rate >= 1:
        msg = f"tax_rate must be a share below 1, got {rate}; write Decimal('0.19') for 19 %"
        raise InvalidValueError(msg, given)
    return rate


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


ITEMS_FORM = predicate_form(LineFields)
NAMES: Form[frozenset[str]] = Form(sorted, lambda data, reader: frozenset(many(TEXT).load(data, reader)))


@stored(
    "loyalty.line",
    sku=TEXT,
    unit_price=DECIMAL,
    quantity=INTEGER,
    id=optional(TEXT),
    tags=NAMES,
    attributes=ATTRIBUTES,
    kind=choice(*KINDS),
    list_price=optional(DECIMAL),
    floor_price=optional(DECIMAL),
    tax_rate=optional(DECIMAL),
    tax_class=optional(TEXT),
    discountable=FLAG,
)
@attrs.frozen(repr=False)
class Line:
    """Some units of one thing, at one price.

    Attributes:
        sku: What it is.
        unit_price: The price of one unit, in the currency of the basket.
        quantity: How many units.
        id: Its identity, where the host has one; lines without one that agree in all but their quantity are one line.
        tags: What it belongs to, for offers to ask: `{"coffee"}`.
        attributes: What else is known of it; a subclass of `LineFields` lets offers ask it.
        kind: `goods`, or `shipping`, a `fee` or a `gift`.
        list_price: What one unit costs where it is not on sale.
        floor_price: The price of one unit below which no offer takes it; one above `unit_price` keeps all offers off.
        tax_rate: The tax as a share, below 1: `Decimal("0.19")`; of the net price.
        tax_class: What the host calls its tax; carried through.
        discountable: Whether offers may take anything off it.

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
    kind: LineKind = attrs.field(default="goods", kw_only=True)
    list_price: Decimal | None = attrs.field(default=None, kw_only=True, converter=_list_price)
    floor_price: Decimal | None = attrs.field(default=None, kw_only=True, converter=_floor_price)
    tax_rate: Decimal | None = attrs.field(default=None, kw_only=True, converter=_tax_rate)
    tax_class: str | None = attrs.field(default=None, kw_only=True)
    discountable: bool = attrs.field(default=True, kw_only=True)
    _record: dict[str, Any] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        a_count(self.quantity, "quantity", least=1)
        if self.id is not None:
            a_name(self.id, "the id of a line")
        one_of(self.kind, KINDS, "kind")
        if self.tax_class is not None:
            a_name(self.tax_class, "tax_class")
        a_flag(self.discountable, "discountable")
        object.__setattr__(self, "_record", _record_of(self))

    __repr__ = brief

    @property
    def on_sale(self) -> bool:
        """Whether it costs less than its list price, where that is known."""
        return self.list_price is not None and self.list_price > self.unit_price

    def __cxkit_record__(self) -> dict[str, Any]:
        """Say what predicates read: the fields of a line, and its attributes where they have other names."""
        return self._record


def _record_of(line: Line) -> dict[str, Any]:
    return {
        **line.attributes,
        "sku": line.sku,
        "unit_price": line.unit_price,
        "tags": line.tags,
        "id": line.id,
        "kind": line.kind,
        "list_price": line.list_price,
        "tax_class": line.tax_class,
        "discountable": line.discountable,
        "on_sale": line.on_sale,
    }


thing = attrgetter(*[field.name for field in attrs.fields(Line) if field.eq and field.name not in ("quantity", "id")])
"""Return what a line is of: a key that lines share where they differ in id and quantity only."""


def line_order(line: Line) -> tuple[Any, ...]:
    """Return the key by which units of one price are taken, whatever order their lines came in: things before ids."""
    known = sorted((key, _same(value)) for key, value in line.attributes.items())
    return line.sku, sorted(line.tags), [*known, *_special(line)], line.id or ""


def _special(line: Line) -> list[tuple[str, str, str]]:
    """Return what is not as most lines have it; nothing for a plain line, whose key is kept in stamp cards."""
    names = ("kind", "list_price", "floor_price", "tax_rate", "tax_class", "discountable")
    return [("", name, _same(value)) for name in names if (value := getattr(line, name)) != _USUAL[name]]


def _same(value: object) -> str:
    """Return a text that equal plain values share, in every process."""
    if isinstance(value, int | float | Decimal):
        return str(value.as_integer_ratio())
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()
    return repr(str.__str__(value) if isinstance(value, str) else value)


_USUAL = {field.name: field.default for field in attrs.fields(Line)}
