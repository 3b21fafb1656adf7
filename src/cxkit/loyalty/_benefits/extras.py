"""Benefits that are no money: gifts, points, and what customers may do."""

from collections.abc import Mapping
from decimal import Decimal

import attrs
from typing_extensions import override

from cxkit._checks import FrozenDict, a_flag, a_name
from cxkit._forms import ATTRIBUTES, DECIMAL, FLAG, TEXT, form_of, optional, stored
from cxkit.errors import InvalidTypeError
from cxkit.loyalty._benefits.benefit import Benefit, money_off, the_items
from cxkit.loyalty._benefits.deal import Added, Deal, Taking
from cxkit.loyalty._benefits.spreading import Terms
from cxkit.loyalty._brief import brief
from cxkit.loyalty._effects import Effect
from cxkit.loyalty._line import ITEMS_FORM, Line
from cxkit.loyalty._stock import Left
from cxkit.predicates import Predicate


class Extras(Deal):
    """Something that takes no unit."""

    effectual = True

    def __init__(
        self, terms: Terms, *, gift: Line | None = None, each_time: bool = False, effect: Effect | None = None
    ) -> None:
        """Keep what is given."""
        super().__init__(terms, ())
        self._gift, self._each_time = gift, each_time
        self._effects = () if effect is None else (effect,)
        self._price = 0 if gift is None else terms.minor(gift.unit_price, "gift")

    @override
    def most(self, left: Left) -> int:
        return 1

    @override
    def take(self, left: Left, times: int, *, cap: int | None = None) -> Taking:
        if self._gift is None:
            return Taking(times, effects=self._effects)
        often = self.terms.multiple if self._each_time else 1
        number = self._gift.quantity * often
        return Taking(times * often, added=(Added(self._gift, number, number * self._price, once=not self._each_time),))

    @override
    def bound(self, left: Left) -> int:
        return self.take(left, 1).value


@stored("loyalty.gift", line=form_of(Line), each_time=FLAG)
@attrs.frozen
class Gift(Benefit):
    """Units that come with the basket for nothing.

    They stand on the receipt as a line of the kind `gift` at price 0, with their price as the list price. They earn nothing
    and meet no condition.

    Attributes:
        line: What is given, with its quantity and its price.
        each_time: Give it as many times as the conditions of the offer are met by the whole basket, or each time that ones
            which use up units are; once, unless set.

    >>> from cxkit.loyalty import Basket, Gift, Line, Offer, apply_offers
    >>> receipt = apply_offers(Basket([Line("tea", 4)], currency="EUR"), [Offer("a tin", Gift(Line("tin", 9)))])
    >>> [(line.line.sku, line.line.kind, line.total) for line in receipt.lines]
    [('tea', 'goods', Decimal('4.00')), ('tin', 'gift', Decimal('0.00'))]
    """

    line: Line
    each_time: bool = attrs.field(default=False, kw_only=True)

    __repr__ = brief

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.line, Line):
            msg = f"a gift is a Line, got {self.line!r}"
            raise InvalidTypeError(msg, self.line)
        a_flag(self.each_time, "each_time")

    @override
    def __cxkit_deal__(self, terms: Terms) -> Deal:
        return Extras(terms, gift=self.line, each_time=self.each_time)


def _factor(given: Decimal | int) -> Decimal:
    return money_off(given, "factor")


@stored("loyalty.points_factor", factor=DECIMAL, items=optional(ITEMS_FORM))
@attrs.frozen
class PointsFactor(Benefit):
    """Points count so many times; an effect for whoever keeps the points.

    Attributes:
        factor: How many times: 2 is double points.
        items: For which lines, as a predicate about `Line.fields`; all, unless given.
    """

    factor: Decimal = attrs.field(converter=_factor)
    items: Predicate | None = attrs.field(default=None, converter=the_items)

    __repr__ = brief

    @override
    def __cxkit_deal__(self, terms: Terms) -> Deal:
        return Extras(terms, effect=Effect("points_factor", terms.offer, amount=self.factor, items=self.items))


def _details(given: Mapping[str, object]) -> FrozenDict:
    return FrozenDict.of(given, "details")


@stored("loyalty.entitlement", name=TEXT, details=ATTRIBUTES)
@attrs.frozen
class Entitlement(Benefit):
    """Something the customer may do, such as early access; an effect for the host.

    Attributes:
        name: What it is called.
        details: What else the host needs.
    """

    name: str
    details: Mapping[str, object] = attrs.field(factory=FrozenDict, converter=_details)

    __repr__ = brief

    def __attrs_post_init__(self) -> None:
        a_name(self.name, "the name of an entitlement")

    @override
    def __cxkit_deal__(self, terms: Terms) -> Deal:
        return Extras(terms, effect=Effect("entitlement", terms.offer, name=self.name, details=self.details))
