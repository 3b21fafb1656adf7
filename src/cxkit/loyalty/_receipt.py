"""Receipts: what a basket costs once its offers have been applied, and why."""

from decimal import Decimal

import attrs

from cxkit import _money
from cxkit.loyalty._basket import Basket, Line
from cxkit.loyalty._offer import Offer, OfferDecision


@attrs.frozen
class Adjustment:
    """What one offer did to one line.

    Attributes:
        offer: The id of the offer.
        free_units: The units that it made free.
        amount: What is added to the line for it: negative for a discount.
    """

    offer: str
    free_units: int
    amount: Decimal


@attrs.frozen
class ReceiptLine:
    """A line and what was done to it.

    Attributes:
        line: The line of the basket.
        currency: Its currency.
        adjustments: What the offers did to it, by the id of the offer.
    """

    line: Line
    currency: str
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def free_units(self) -> int:
        """How many units are free."""
        return sum(adjustment.free_units for adjustment in self.adjustments)

    @property
    def subtotal(self) -> Decimal:
        """What the units cost before any offer."""
        return _money.from_minor(self._subtotal(), self.currency)

    @property
    def discount(self) -> Decimal:
        """What the offers took off."""
        return _money.from_minor(self._discount(), self.currency)

    @property
    def total(self) -> Decimal:
        """What the units cost."""
        return _money.from_minor(self._subtotal() - self._discount(), self.currency)

    def _subtotal(self) -> int:
        return self.line.quantity * _money.to_minor(self.line.unit_price, self.currency)

    def _discount(self) -> int:
        return -sum(_money.to_minor(adjustment.amount, self.currency) for adjustment in self.adjustments)


@attrs.frozen(kw_only=True)
class Receipt:
    """What a basket costs, line by line, and what became of every offer.

    All money lands on lines. Two receipts are equal whatever the order of lines and offers was.

    Attributes:
        basket: What was bought.
        lines: Its lines with what was done to them, in the order of the basket.
        trace: What became of each offer, in the order in which they were given.
        offers: The offers, in the order of their ids.
    """

    basket: Basket
    lines: tuple[ReceiptLine, ...] = attrs.field(eq=frozenset)
    trace: tuple[OfferDecision, ...] = attrs.field(eq=frozenset)
    offers: tuple[Offer, ...] = ()

    @property
    def currency(self) -> str:
        """The currency of all its amounts."""
        return self.basket.currency

    @property
    def subtotal(self) -> Decimal:
        """What the units cost before any offer."""
        return self._sum([line.subtotal for line in self.lines])

    @property
    def discount(self) -> Decimal:
        """What the offers took off."""
        return self._sum([line.discount for line in self.lines])

    @property
    def total(self) -> Decimal:
        """What the customer pays."""
        return self._sum([line.total for line in self.lines])

    def _sum(self, amounts: list[Decimal]) -> Decimal:
        return _money.from_minor(sum(_money.to_minor(amount, self.currency) for amount in amounts), self.currency)
