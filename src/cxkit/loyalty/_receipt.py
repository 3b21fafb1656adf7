"""Receipts: what a basket costs once its offers have been applied, and why."""

from collections.abc import Mapping
from decimal import Decimal

import attrs

from cxkit import _money, _tables
from cxkit._checks import a_count, a_name, frozen
from cxkit._forms import DECIMAL, FLAG, INTEGER, TEXT, form_of, many, mapping, stored
from cxkit.errors import InvalidValueError
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._benefits.benefit import money_off
from cxkit.loyalty._effects import Effect
from cxkit.loyalty._line import NAMES, Line
from cxkit.loyalty._offers.decision import OfferDecision
from cxkit.loyalty._offers.limits import Claim, Usage
from cxkit.loyalty._offers.offer import Offer
from cxkit.loyalty._offers.policy import OfferPolicy


@stored("loyalty.cut", offer=TEXT, amount=DECIMAL)
@attrs.frozen
class Cut:
    """What an offer took off each of some units.

    Attributes:
        offer: The id of the offer.
        amount: What it took off one unit.
    """

    offer: str
    amount: Decimal

    def __attrs_post_init__(self) -> None:
        a_name(self.offer, "the offer of a cut")
        money_off(self.amount, "the amount of a cut", or_zero=True)


@stored("loyalty.unit_group", number=INTEGER, price=DECIMAL, cuts=many(form_of(Cut)))
@attrs.frozen
class UnitGroup:
    """Units of a line that cost the same.

    Attributes:
        number: How many.
        price: What one costs, once the offers have been applied.
        cuts: What offers took off each of them, in order.
    """

    number: int
    price: Decimal
    cuts: tuple[Cut, ...] = ()

    def __attrs_post_init__(self) -> None:
        a_count(self.number, "the number of units", least=1)
        money_off(self.price, "the price of a unit", or_zero=True)

    @property
    def is_free(self) -> bool:
        """Whether an offer made them free."""
        return bool(self.cuts) and self.price == 0


@attrs.frozen
class Adjustment:
    """What one offer did to one line.

    Attributes:
        offer: The id of the offer.
        units: How many units it touched.
        free_units: The units that it made free.
        amount: What is added to the line for it: negative for a discount.
    """

    offer: str
    units: int
    free_units: int
    amount: Decimal


@stored("loyalty.receipt_line", line=form_of(Line), currency=TEXT, groups=many(form_of(UnitGroup)))
@attrs.frozen
class ReceiptLine:
    """A line and what was done to it.

    Attributes:
        line: The line of the basket, or a gift that an offer added.
        currency: Its currency.
        groups: Its units by what they cost, the cheapest first.
    """

    line: Line
    currency: str
    groups: tuple[UnitGroup, ...]

    def __attrs_post_init__(self) -> None:
        price = _money.to_minor(self.line.unit_price, self.currency, what="unit_price")
        if sum(group.number for group in self.groups) != self.line.quantity:
            msg = f"the groups of {self.line!r} must hold as many units as it has, got {self.groups!r}"
            raise InvalidValueError(msg, self.groups)
        for group in self.groups:
            off = sum(_money.to_minor(cut.amount, self.currency) for cut in group.cuts)
            if _money.to_minor(group.price, self.currency) + off != price:
                msg = f"what a unit costs and what was taken off it must come to {self.line.unit_price}, got {group!r}"
                raise InvalidValueError(msg, group)

    @property
    def adjustments(self) -> tuple[Adjustment, ...]:
        """What the offers did to it, by the id of the offer."""
        found: dict[str, list[tuple[int, int, int]]] = {}
        for group in self.groups:
            for place, cut in enumerate(group.cuts):
                free = group.number if group.is_free and place == len(group.cuts) - 1 else 0
                off = group.number * _money.to_minor(cut.amount, self.currency)
                found.setdefault(cut.offer, []).append((group.number, free, off))
        return tuple(
            Adjustment(
                offer,
                sum(number for number, _, _ in parts),
                sum(free for _, free, _ in parts),
                _money.from_minor(-sum(off for _, _, off in parts), self.currency),
            )
            for offer, parts in sorted(found.items())
        )

    @property
    def free_units(self) -> int:
        """How many units are free: those that an offer made so, and gifts."""
        if self.line.kind == "gift":
            return self.line.quantity
        return sum(group.number for group in self.groups if group.is_free)

    @property
    def subtotal(self) -> Decimal:
        """What the units cost before any offer."""
        return _money.from_minor(self._subtotal(), self.currency)

    @property
    def discount(self) -> Decimal:
        """What the offers took off."""
        return _money.from_minor(self._subtotal() - self._total(), self.currency)

    @property
    def total(self) -> Decimal:
        """What the units cost."""
        return _money.from_minor(self._total(), self.currency)

    def _subtotal(self) -> int:
        return self.line.quantity * _money.to_minor(self.line.unit_price, self.currency)

    def _total(self) -> int:
        return sum(group.number * _money.to_minor(group.price, self.currency) for group in self.groups)


def _usages(given: Mapping[str, Usage]) -> Mapping[str, Usage]:
    return frozen(given)


@stored(
    "loyalty.receipt",
    basket=form_of(Basket),
    lines=many(form_of(ReceiptLine)),
    trace=many(form_of(OfferDecision)),
    offers=many(form_of(Offer)),
    effects=many(form_of(Effect)),
    claims=many(form_of(Claim)),
    policy=form_of(OfferPolicy),
    codes=NAMES,
    used=mapping(form_of(Usage)),
    unknown_codes=many(TEXT),
    optimal=FLAG,
    gap=DECIMAL,
)
@attrs.frozen(kw_only=True)
class Receipt(_tables.Tabled):
    """What a basket costs, line by line, and what became of every offer.

    All money lands on lines. Two receipts are equal whatever the order of lines and offers was. It holds all it was computed
    from but the customer's profile, so that `reverse` needs nothing else.

    Attributes:
        basket: What was bought.
        lines: Its lines with what was done to them, in the order of the basket, and then the gifts.
        trace: What became of each offer, in the order in which they were given.
        offers: The offers, in the order of their ids.
        effects: What is to be done beside prices.
        claims: What is used up of limits, for the host to commit.
        policy: How the offers were applied.
        codes: What the customer typed.
        used: What was used of the offers before, by their ids.
        unknown_codes: Those of the codes that no offer knows.
        optimal: Whether each lane in the mode `best` is proven to have its best combination.
        gap: How much more a combination might save that was not looked at; 0 where it is optimal.
    """

    basket: Basket
    lines: tuple[ReceiptLine, ...] = attrs.field(eq=frozenset)
    trace: tuple[OfferDecision, ...] = attrs.field(eq=frozenset)
    offers: tuple[Offer, ...] = ()
    effects: tuple[Effect, ...] = ()
    claims: tuple[Claim, ...] = ()
    policy: OfferPolicy = attrs.field(factory=OfferPolicy)
    codes: frozenset[str] = frozenset()
    used: Mapping[str, Usage] = attrs.field(factory=dict, converter=_usages)
    unknown_codes: tuple[str, ...] = ()
    optimal: bool = True
    gap: Decimal = Decimal(0)

    def __attrs_post_init__(self) -> None:
        bought = tuple(line.line for line in self.lines[: len(self.basket)])
        gifts = self.lines[len(self.basket) :]
        if bought != self.basket.lines or any(gift.line.kind != "gift" for gift in gifts):
            msg = f"the lines of a receipt must be those of its basket, and then gifts, got {self.lines!r}"
            raise InvalidValueError(msg, self.lines)
        if {line.currency for line in self.lines} - {self.basket.currency}:
            msg = f"the lines of a receipt must be in its currency, {self.basket.currency}, got {self.lines!r}"
            raise InvalidValueError(msg, self.lines)
        money_off(self.gap, "gap", or_zero=True)

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

    def decision(self, offer: str) -> OfferDecision:
        """Return what became of an offer, by its id.

        Raises:
            InvalidValueError: There was no such offer.
        """
        for decision in self.trace:
            if decision.offer == offer:
                return decision
        msg = f"there was no offer {offer!r}; there were {[decision.offer for decision in self.trace]}"
        raise InvalidValueError(msg, offer)

    @property
    def used_after(self) -> Mapping[str, Usage]:
        """What is used of each offer once the claims are committed, by their ids; `by_customer` is of this customer."""
        return {
            offer.id: self.used.get(offer.id, Usage()).after(claim for claim in self.claims if claim.offer == offer.id)
            for offer in self.offers
        }

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each line: what it is, how many, what it costs, and which offers changed that."""
        return [
            {
                "sku": line.line.sku,
                "kind": line.line.kind,
                "units": line.line.quantity,
                "free": line.free_units,
                "subtotal": line.subtotal,
                "discount": line.discount,
                "total": line.total,
                "offers": ", ".join(found.offer for found in line.adjustments) or None,
            }
            for line in self.lines
        ]

    def _sum(self, amounts: list[Decimal]) -> Decimal:
        return _money.from_minor(sum(_money.to_minor(amount, self.currency) for amount in amounts), self.currency)
