"""Baskets: what a customer is about to buy."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

import attrs

from cxkit import _money
from cxkit._checks import a_name, an_instant, one_of
from cxkit._forms import MOMENT, TEXT, choice, form_of, many, optional, stored
from cxkit.errors import DuplicateError, InvalidTypeError
from cxkit.loyalty._line import Line, thing

Prices = Literal["gross", "net"]
"""Whether prices hold the tax."""


def _merged(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Make lines without an id that agree into one, keep one of those that a host sent twice, in order."""
    if not isinstance(lines, Iterable):
        msg = f"a basket is made of lines, got {lines!r}"
        raise InvalidTypeError(msg, lines)
    kept: dict[object, Line] = {}
    for line in lines:
        if not isinstance(line, Line):
            msg = f"a basket is made of lines, got {line!r}"
            raise InvalidTypeError(msg, line)
        key = thing(line) if line.id is None else line.id
        found = kept.setdefault(key, line)
        if found is line:
            continue
        if line.id is None:
            kept[key] = attrs.evolve(found, quantity=found.quantity + line.quantity)
        elif found != line:
            msg = f"two different lines have the id {line.id!r}: {found!r} and {line!r}"
            raise DuplicateError(msg, line)
    return tuple(kept.values())


def _instant(given: datetime | None) -> datetime | None:
    return None if given is None else an_instant(given, "at")


@stored(
    "loyalty.basket",
    lines=many(form_of(Line)),
    currency=TEXT,
    customer=optional(TEXT),
    at=optional(MOMENT),
    channel=optional(TEXT),
    prices=optional(choice("gross", "net")),
)
@attrs.frozen
class Basket:
    """What a customer is about to buy, in one currency.

    Two baskets are equal whatever the order of their lines, and however their units are split over lines.

    Attributes:
        lines: The lines, those that are the same made into one.
        currency: The code of ISO 4217.
        customer: Who buys: the host's id for them.
        at: When, for offers that depend on it; kept in UTC.
        channel: Where, as in `"web"`.
        prices: Whether the prices hold the tax: `gross` or `net`; only thresholds of the other kind ask for it.

    >>> from decimal import Decimal
    >>> from cxkit.loyalty import Basket, Line
    >>> Basket([Line("tea", Decimal(3)), Line("tea", Decimal(3), quantity=2)], currency="EUR").lines[0].quantity
    3
    """

    lines: tuple[Line, ...] = attrs.field(converter=_merged, eq=frozenset)
    currency: str = attrs.field(kw_only=True)
    customer: str | None = attrs.field(default=None, kw_only=True)
    at: datetime | None = attrs.field(default=None, kw_only=True, converter=_instant)
    channel: str | None = attrs.field(default=None, kw_only=True)
    prices: Prices | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        _money.minor_unit(self.currency)
        for line in self.lines:
            _check_prices(self, line)
        if self.customer is not None:
            a_name(self.customer, "customer")
        if self.channel is not None:
            a_name(self.channel, "channel")
        if self.prices is not None:
            one_of(self.prices, ("gross", "net"), "prices")

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)


def unit_price(basket: Basket, line: Line) -> int:
    """Return the price of one unit of a line in minor units of the currency."""
    return _money.to_minor(line.unit_price, basket.currency, what=f"unit_price of {line.sku!r}")


def _check_prices(basket: Basket, line: Line) -> None:
    """Check that the currency has as many decimals as the prices of a line need."""
    unit_price(basket, line)
    if line.list_price is not None:
        _money.to_minor(line.list_price, basket.currency, what=f"list_price of {line.sku!r}")
    if line.floor_price is not None:
        _money.to_minor(line.floor_price, basket.currency, what=f"floor_price of {line.sku!r}")
