"""Refunds: how a return is worked out from a receipt, or from the return before it."""

from collections.abc import Mapping
from typing import NamedTuple

from cxkit import _money
from cxkit._checks import shown
from cxkit.errors import InvalidTypeError
from cxkit.loyalty._effects import Effect
from cxkit.loyalty._receipt import Receipt
from cxkit.loyalty._returns.alike import Units, costs
from cxkit.loyalty._returns.consequences import consequences
from cxkit.loyalty._returns.parcel import Parcel
from cxkit.loyalty._returns.policy import RefundRule, ReturnPolicy, a_return_policy
from cxkit.loyalty._returns.reversal import Reversal, ReversalLine
from cxkit.loyalty._returns.standing import Standing, has_goods, standing


def reverse(bought: Receipt | Reversal, returned: Mapping[str, int], *, policy: RefundRule | ReturnPolicy) -> Reversal:
    """Work out what goes back to the customer for units that came back.

    A policy says what is due for all units that came back so far: under `as_paid` what they were charged, under `recompute`
    what was paid less what the kept units would have cost under the same offers. Whatever of it was not refunded yet is
    refunded now. So several returns in a row come to the same as one, no refund is negative, and once all came back, all
    that was paid has been refunded.

    Args:
        bought: The receipt; or the return before this one, which knows it.
        returned: How many units came back now, by the id of a line or by sku. Where an sku stands on several lines, equal
            ones give their units in the order of their ids, and gifts come last; lines that differ must be named by id.
        policy: `"as_paid"`, `"recompute"`, or a `ReturnPolicy` that says more.

    Raises:
        InvalidValueError: A name that the receipt has not, more units than are still out, fewer than one, or an sku of
            lines that differ.

    >>> from decimal import Decimal
    >>> from cxkit.loyalty import Basket, Line, Offer, PercentOff, UnitCount, apply_offers, reverse
    >>> offer = Offer("40 % off six", PercentOff(40), conditions=UnitCount(6))
    >>> receipt = apply_offers(Basket([Line("wine", 10, quantity=6)], currency="EUR"), [offer])
    >>> receipt.total, reverse(receipt, {"wine": 5}, policy="as_paid").refund
    (Decimal('36.00'), Decimal('30.00'))
    >>> reverse(receipt, {"wine": 5}, policy="recompute").refund
    Decimal('26.00')
    """
    rule = a_return_policy(policy)
    past = _past(bought)
    receipt = past.receipt
    kept = Parcel([line.line for line in receipt.lines], past.kept).take(returned)
    now = standing(receipt, _without_shipping(receipt, kept, rule), rule)
    refunded = max(past.refunded, now.paid - now.total)
    return Reversal(
        receipt=receipt,
        policy=rule,
        lines=_lines(past, now),
        refund=_money.from_minor(refunded - past.refunded, receipt.currency),
        refunded=_money.from_minor(refunded, receipt.currency),
        broken=now.broken,
        effects=consequences(now, past.asked),
        earlier=past.asked,
    )


class Past(NamedTuple):
    """What was before a return: what is still out, what it costs, what was refunded, and what the host was asked to do."""

    receipt: Receipt
    kept: Units
    costs: Units
    refunded: int
    asked: tuple[Effect, ...]


def _past(bought: Receipt | Reversal) -> Past:
    if isinstance(bought, Receipt):
        return Past(bought, tuple(line.line.quantity for line in bought.lines), costs(bought), 0, ())
    if not isinstance(bought, Reversal):
        msg = f"a return is worked out from a Receipt or a Reversal, got {shown(bought)}"
        raise InvalidTypeError(msg, bought)
    currency = bought.receipt.currency
    kept = tuple(line.kept for line in bought.lines)
    after = tuple(_money.to_minor(line.after, currency) for line in bought.lines)
    refunded = _money.to_minor(bought.refunded, currency)
    return Past(bought.receipt, kept, after, refunded, (*bought.earlier, *bought.effects))


def _without_shipping(receipt: Receipt, kept: Units, policy: ReturnPolicy) -> Units:
    """Take shipping back with the last of the goods, where the policy says so."""
    if policy.shipping != "refund_with_last" or has_goods(receipt, kept):
        return kept
    return tuple(0 if line.line.kind == "shipping" else units for line, units in zip(receipt.lines, kept, strict=True))


def _lines(past: Past, now: Standing) -> tuple[ReversalLine, ...]:
    currency = now.receipt.currency
    return tuple(
        ReversalLine(
            line=line.line,
            units=past.kept[place] - now.kept[place],
            returned=line.line.quantity - now.kept[place],
            before=_money.from_minor(past.costs[place], currency),
            after=_money.from_minor(now.costs[place], currency),
        )
        for place, line in enumerate(now.receipt.lines)
    )
