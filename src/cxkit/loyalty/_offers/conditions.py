"""Conditions: what a basket must hold for an offer to apply."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Literal, TypeAlias

import attrs

from cxkit._checks import a_count, a_flag, one_of
from cxkit._forms import DECIMAL, FLAG, INTEGER, Form, Json, Reader, choice, dump_typed, form_of, optional, stored
from cxkit.errors import InvalidTypeError
from cxkit.loyalty._benefits.benefit import money_off, the_items
from cxkit.loyalty._brief import brief
from cxkit.loyalty._line import ITEMS_FORM, LineFields
from cxkit.predicates import Predicate, a_predicate

SpendPrice = Literal["running", "list"]
"""Which prices are summed: as the offers of earlier lanes left them, or before any offer."""
SpendTax = Literal["net", "gross"]
"""Whether the sum is without or with the tax."""


def _range(given: Predicate) -> Predicate:
    return a_predicate(given, LineFields, "items")


def _amount(given: Decimal | int) -> Decimal:
    return money_off(given, "at_least")


@stored("loyalty.unit_count", at_least=INTEGER, items=optional(ITEMS_FORM), consume=FLAG)
@attrs.frozen(repr=False)
class UnitCount:
    """At least so many units of a range.

    Attributes:
        at_least: How many.
        items: Which lines count, as a predicate about `Line.fields`; all goods, unless given.
        consume: Whether each application uses up the units that fulfil it, the dearest first, so that the offer applies as
            often as there are units; otherwise it is asked once.

    >>> from cxkit.loyalty import AmountOff, Basket, Line, Offer, UnitCount, apply_offers
    >>> offer = Offer("1 off from 3", AmountOff(1), conditions=UnitCount(3, Line.fields.tags.contains("coffee")))
    >>> basket = Basket([Line("espresso", 2, quantity=2, tags={"coffee"})], currency="EUR")
    >>> apply_offers(basket, [offer]).trace[0].missing
    ("1 more unit (tags contains 'coffee')",)
    """

    at_least: int
    items: Predicate | None = attrs.field(default=None, converter=the_items)
    consume: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_count(self.at_least, "at_least", least=1)
        a_flag(self.consume, "consume")

    __repr__ = brief


@stored("loyalty.distinct_skus", at_least=INTEGER, items=optional(ITEMS_FORM), consume=FLAG)
@attrs.frozen(repr=False)
class DistinctSkus:
    """Units of at least so many different things of a range, told apart by their sku.

    Attributes:
        at_least: How many.
        items: As in `UnitCount`.
        consume: As in `UnitCount`: one unit of each of so many things is used up.

    >>> from cxkit.loyalty import DistinctSkus
    >>> DistinctSkus(3)
    DistinctSkus(3)
    """

    at_least: int
    items: Predicate | None = attrs.field(default=None, converter=the_items)
    consume: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_count(self.at_least, "at_least", least=1)
        a_flag(self.consume, "consume")

    __repr__ = brief


@stored(
    "loyalty.spend",
    at_least=DECIMAL,
    items=optional(ITEMS_FORM),
    price=choice("running", "list"),
    tax=optional(choice("net", "gross")),
    consume=FLAG,
)
@attrs.frozen(repr=False)
class Spend:
    """Units of a range that cost at least so much; a sum of just so much is enough.

    Attributes:
        at_least: How much, in the currency of the basket.
        items: As in `UnitCount`.
        price: Whether prices count as the offers of earlier lanes left them (`running`), or before any offer (`list`).
        tax: Whether they count with the tax (`gross`) or without (`net`), worked out exactly from `Line.tax_rate` and
            `Basket.prices`; as they are given, unless stated.
        consume: As in `UnitCount`.

    >>> from cxkit.loyalty import Spend
    >>> Spend(50, price="running")
    Spend(Decimal('50'), price='running')
    """

    at_least: Decimal = attrs.field(converter=_amount)
    items: Predicate | None = attrs.field(default=None, converter=the_items)
    price: SpendPrice = attrs.field(kw_only=True)
    tax: SpendTax | None = attrs.field(default=None, kw_only=True)
    consume: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        one_of(self.price, ("running", "list"), "price")
        if self.tax is not None:
            one_of(self.tax, ("net", "gross"), "tax")
        a_flag(self.consume, "consume")

    __repr__ = brief


@stored("loyalty.without", items=ITEMS_FORM)
@attrs.frozen(repr=False)
class Without:
    """No unit of a range, such as things that are on sale.

    Attributes:
        items: The range, as a predicate about `Line.fields`.

    >>> from cxkit.loyalty import AmountOff, Basket, Line, Offer, Without, apply_offers
    >>> offer = Offer("5 off", AmountOff(5), conditions=Without(Line.fields.on_sale.is_true()))
    >>> basket = Basket([Line("tea", 20), Line("cup", 8, list_price=10)], currency="EUR")
    >>> apply_offers(basket, [offer]).trace[0].reason
    'without'
    """

    at_least: ClassVar[int] = 0
    consume: ClassVar[bool] = False

    items: Predicate = attrs.field(converter=_range)

    __repr__ = brief


Condition: TypeAlias = UnitCount | DistinctSkus | Spend | Without
"""What a basket must hold."""

_FORMS: Mapping[str, Form[Any]] = {
    "loyalty.unit_count": form_of(UnitCount),
    "loyalty.distinct_skus": form_of(DistinctSkus),
    "loyalty.spend": form_of(Spend),
    "loyalty.without": form_of(Without),
}


def _load(data: Json, reader: Reader) -> Condition:
    match data:
        case {"type": str(name)} if name in _FORMS:
            condition: Condition = _FORMS[name].load(data, reader)
            return condition
        case _:
            what = f"a condition, whose type is one of {', '.join(_FORMS)}"
            raise reader.expected(what, data)


CONDITION_FORM: Form[Condition] = Form(dump_typed, _load)


def a_condition(given: Condition) -> Condition:
    """Check one condition."""
    if not isinstance(given, Condition):
        hint = "; as in UnitCount(2, items)" if isinstance(given, Predicate) else ""
        msg = f"a condition must be a UnitCount, DistinctSkus, Spend or Without, got {given!r}{hint}"
        raise InvalidTypeError(msg, given)
    return given
