"""Receipts: what a basket costs once its offers have been applied, and why."""

from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import attrs

from cxkit import _money
from cxkit.answers import Decision
from cxkit.loyalty._basket import Basket, Line

if TYPE_CHECKING:
    from cxkit.loyalty._offer import Offer

OfferOutcome = Literal["applied", "not_met", "units_used"]
"""What can become of an offer; see `OfferDecision`."""


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
class OfferDecision(Decision[OfferOutcome]):
    """What became of one offer.

    Attributes:
        outcome: `applied`; `not_met` where the basket lacks something; `units_used` where other offers took the units.
        offer: The id of the offer.
        discount: What it took off.
        units_missing: How many more units of its range would make it apply; 0 where it does.
    """

    offer: str
    discount: Decimal
    units_missing: int


def _lines_in_any_order(lines: tuple[ReceiptLine, ...]) -> tuple[ReceiptLine, ...]:
    return tuple(sorted(lines, key=lambda line: (line.line.order(), line.line.unit_price)))


def _trace_in_any_order(trace: tuple[OfferDecision, ...]) -> tuple[OfferDecision, ...]:
    return tuple(sorted(trace, key=lambda decision: decision.offer))


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
    lines: tuple[ReceiptLine, ...] = attrs.field(eq=_lines_in_any_order)
    trace: tuple[OfferDecision, ...] = attrs.field(eq=_trace_in_any_order)
    offers: "tuple[Offer, ...]" = ()

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
