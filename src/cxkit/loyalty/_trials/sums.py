"""Sums over orders: what they bring in, and what is left of it once the costs are off."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from cxkit import _money
from cxkit._checks import an_amount, shown
from cxkit.errors import InvalidTypeError
from cxkit.loyalty._receipt import Receipt, ReceiptLine
from cxkit.loyalty._trials.takings import Takings

Costs: TypeAlias = Mapping[str, Decimal | int] | Callable[[str], Decimal | int | None]
"""What one unit costs the shop, by sku; `None`, or nothing in a mapping, where that is not known."""
UnitCost: TypeAlias = Callable[[str], Fraction | None]


def unit_costs(costs: Costs | None) -> UnitCost | None:
    """Return what says the cost of a unit."""
    if costs is None:
        return None
    if not isinstance(costs, Mapping) and not callable(costs):
        msg = f"costs must be a mapping from skus, or a function of one, got {shown(costs)}"
        raise InvalidTypeError(msg, costs)
    look_up = costs.get if isinstance(costs, Mapping) else costs

    def unit_cost(sku: str) -> Fraction | None:
        cost = look_up(sku)
        return None if cost is None else Fraction(an_amount(cost, f"the cost of {sku!r}"))

    return unit_cost


class OneOrder:
    """What one order comes to; money in minor units."""

    def __init__(self, receipt: Receipt, unit_cost: UnitCost | None) -> None:
        self.basket = receipt.basket
        self.before, self.after = (
            _money.to_minor(found, receipt.currency) for found in (receipt.subtotal, receipt.total)
        )
        self.margins: tuple[Fraction, Fraction] | None = None
        self.without_cost = 0
        if unit_cost is not None:
            for line in receipt.lines:
                self._add(line, unit_cost(line.line.sku))

    def _add(self, line: ReceiptLine, cost: Fraction | None) -> None:
        """Add the margin of a line; a gift that an offer put in would have cost nothing without it."""
        if cost is None:
            self.without_cost += line.line.quantity if line.line.kind in ("goods", "gift") else 0
            return
        costs = cost * line.line.quantity * 10 ** _money.minor_unit(self.basket.currency)
        before, after = self.margins or (Fraction(), Fraction())
        if line.line in self.basket.lines:
            before += _money.to_minor(line.subtotal, self.basket.currency) - costs
        self.margins = before, after + _money.to_minor(line.total, self.basket.currency) - costs


class Sums:
    """What some orders bring in so far; money in minor units, costs exact."""

    def __init__(self) -> None:
        self.orders = self.before = self.after = 0
        self.margins: tuple[Fraction, Fraction] | None = None
        self.customers = set[str]()

    def add(self, order: OneOrder) -> None:
        """Take in an order."""
        self.orders += 1
        self.before += order.before
        self.after += order.after
        if order.basket.customer is not None:
            self.customers.add(order.basket.customer)
        if order.margins is not None:
            before, after = self.margins or (Fraction(), Fraction())
            self.margins = before + order.margins[0], after + order.margins[1]

    def takings(self, currency: str | None) -> Takings:
        """Return what they bring in."""
        before, after = self.margins or (None, None)
        return Takings(
            orders=self.orders,
            customers=len(self.customers),
            before=amount(self.before, currency),
            after=amount(self.after, currency),
            margin_before=amount(before, currency),
            margin=amount(after, currency),
        )


def amount(units: Fraction | int | None, currency: str | None) -> Decimal | None:
    """Write minor units as money, rounded where unit costs are finer than they."""
    if units is None or currency is None:
        return None
    return _money.from_minor(_money.round_minor(units.numerator, units.denominator, "half_even"), currency)
