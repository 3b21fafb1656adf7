"""Reversals: what one return comes to, and all before it."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

import attrs
from typing_extensions import override

from cxkit import _money
from cxkit._checks import a_count, an_amount, frozen
from cxkit._forms import DECIMAL, INTEGER, form_of, many, stored
from cxkit._tables import aligned
from cxkit.answers import Reason
from cxkit.errors import InvalidValueError
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._effects import Effect
from cxkit.loyalty._line import Line
from cxkit.loyalty._offers.decision import OfferDecision
from cxkit.loyalty._receipt import Receipt
from cxkit.loyalty._returns.policy import ReturnPolicy
from cxkit.loyalty._returns.standing import kept_basket


@stored("loyalty.reversal_line", line=form_of(Line), units=INTEGER, returned=INTEGER, before=DECIMAL, after=DECIMAL)
@attrs.frozen(kw_only=True)
class ReversalLine:
    """A line of the receipt, and what a return makes of it.

    Attributes:
        line: The line as it was bought, or was given as a gift.
        units: How many units came back now.
        returned: How many came back in all, now or before.
        before: What the line cost before this return, what equal units cost in all spread evenly over their lines.
        after: What it costs now: what its kept units cost.
    """

    line: Line
    units: int
    returned: int
    before: Decimal
    after: Decimal

    def __attrs_post_init__(self) -> None:
        a_count(self.returned, "returned")
        a_count(self.units, "units")
        if not self.units <= self.returned <= self.line.quantity:
            msg = (
                f"of {self.line.quantity} units of {self.line.sku!r} at most as many come back, and now at most as many "
                f"as in all; got {self.units} now of {self.returned} in all"
            )
            raise InvalidValueError(msg, self.returned)
        for name, amount in (("before", self.before), ("after", self.after)):
            if an_amount(amount, name) < 0:
                msg = f"{name} must not be negative, got {amount}"
                raise InvalidValueError(msg, amount)

    @property
    def name(self) -> str:
        """The id of the line, or else its sku."""
        return self.line.id or self.line.sku

    @property
    def kept(self) -> int:
        """How many units are kept."""
        return self.line.quantity - self.returned

    @property
    def refund(self) -> Decimal:
        """What this return takes off the line; negative where its kept units now cost more."""
        return _money.EXACT.subtract(self.before, self.after)


@stored(
    "loyalty.reversal",
    receipt=form_of(Receipt),
    policy=form_of(ReturnPolicy),
    lines=many(form_of(ReversalLine)),
    refund=DECIMAL,
    refunded=DECIMAL,
    broken=many(form_of(OfferDecision)),
    effects=many(form_of(Effect)),
    earlier=many(form_of(Effect)),
)
@attrs.frozen(kw_only=True)
class Reversal:
    """What a return comes to: the refund, what the lines cost now, and what is to be done beside it.

    At every moment `receipt.total - refunded == total - shortfall`.

    Attributes:
        receipt: What was bought.
        policy: The policy of this return.
        lines: The lines of the receipt with what became of them, in its order.
        refund: What goes back to the customer now.
        refunded: What has gone back in all, this refund included.
        broken: What became of the offers that applied at the time and would not apply to what is kept: with what is
            missing now.
        effects: What is to be done because of this return.
        earlier: What was to be done because of those before it.

    >>> from decimal import Decimal
    >>> from cxkit.loyalty import Basket, BuyXGetY, Line, Offer, apply_offers, reverse
    >>> offer = Offer("3 for 2", BuyXGetY(buy=2, get=1, items=Line.fields.sku == "tea"))
    >>> receipt = apply_offers(Basket([Line("tea", 4, quantity=3)], currency="EUR"), [offer])
    >>> print(reverse(receipt, {"tea": 1}, policy="recompute"))
    line  returned  kept  before  after  refund
    tea          1     2    8.00   8.00    0.00
    refund 0.00 EUR
    - offer broken: found 3 for 2, needed 1 more unit
    """

    receipt: Receipt
    policy: ReturnPolicy
    lines: tuple[ReversalLine, ...] = attrs.field(eq=frozenset)
    refund: Decimal
    refunded: Decimal
    broken: tuple[OfferDecision, ...]
    effects: tuple[Effect, ...]
    earlier: tuple[Effect, ...]

    def __attrs_post_init__(self) -> None:
        if [line.line for line in self.lines] != [line.line for line in self.receipt.lines]:
            msg = "a reversal has the lines of its receipt, in their order"
            raise InvalidValueError(msg, self.lines)
        if not 0 <= self._minor(self.refund) <= self._minor(self.refunded) <= self._minor(self.receipt.total):
            msg = (
                f"a refund is 0 or more, and at most as much as was refunded in all, which is at most what was paid; "
                f"got {self.refund} of {self.refunded} of {self.receipt.total}"
            )
            raise InvalidValueError(msg, self.refund)
        if self.shortfall < 0:
            msg = f"all that is due has been refunded once a reversal stands, and {-self.shortfall} have not"
            raise InvalidValueError(msg, self.refunded)

    @property
    def total(self) -> Decimal:
        """What is kept costs now."""
        return self._money(self._total())

    @property
    def shortfall(self) -> Decimal:
        """How much more was refunded than is due by now; later refunds are less by it."""
        return self._short(self._minor(self.refunded), self._total())

    @property
    def returned(self) -> Mapping[str, int]:
        """How many units have come back in all, by the id of the line or else its sku."""
        names = Counter[str]()
        for line in self.lines:
            names[line.name] += line.returned
        return frozen(+names)

    @property
    def kept(self) -> Basket | None:
        """What is kept of the basket; `None` once all of it came back."""
        basket = kept_basket(self.receipt, tuple(line.kept for line in self.lines))
        return basket if basket.lines else None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why the refund is not just what the units were charged: offers that broke, gifts that are charged, shortfalls."""
        found = [Reason("offer_broken", found=decision.offer, needed=_missing(decision)) for decision in self.broken]
        found += [
            Reason("gift_charged", found=f"{line.name} at {line.after}")
            for line in self.lines
            if line.line.kind == "gift" and line.after
        ]
        found += [Reason("earlier_shortfall", found=short) for short in [self._earlier_shortfall()] if short]
        found += [Reason("shortfall", found=short) for short in [self.shortfall] if short]
        return tuple(found)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each line."""
        return [
            {
                "line": line.name,
                "returned": line.units,
                "kept": line.kept,
                "before": line.before,
                "after": line.after,
                "refund": line.refund,
            }
            for line in self.lines
        ]

    def _earlier_shortfall(self) -> Decimal:
        before = sum(self._minor(line.before) for line in self.lines)
        return self._short(self._minor(self.refunded) - self._minor(self.refund), before)

    def _short(self, refunded: int, total: int) -> Decimal:
        """Return how much more was refunded than is due where what is kept costs so much."""
        return self._money(refunded - self._minor(self.receipt.total) + total)

    def _total(self) -> int:
        return sum(self._minor(line.after) for line in self.lines)

    def _minor(self, amount: Decimal) -> int:
        return _money.to_minor(amount, self.receipt.currency)

    def _money(self, units: int) -> Decimal:
        return _money.from_minor(units, self.receipt.currency)

    @override
    def __str__(self) -> str:
        refund = f"refund {self.refund} {self.receipt.currency}"
        return "\n".join([aligned(self.rows()), refund, *(f"- {reason}" for reason in self.reasons)])


def _missing(decision: OfferDecision) -> str | None:
    """Say what an offer lacks, where units or money would do."""
    units, money = decision.units_missing, decision.money_missing
    parts = [f"{units} more unit{'' if units == 1 else 's'}"] if units else []
    parts += [f"{money} more"] if money else []
    return " and ".join(parts) or None
