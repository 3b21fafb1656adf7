"""What changes from one set of offers to another, basket by basket."""

from collections.abc import Iterable
from decimal import Decimal
from heapq import heappush, heappushpop

import attrs
from typing_extensions import override

from cxkit import _money
from cxkit._checks import a_count
from cxkit._tables import Tabled, aligned
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._offers.offer import Offer
from cxkit.loyalty._offers.policy import OfferPolicy
from cxkit.loyalty._receipt import Receipt
from cxkit.loyalty._trials.orders import Order, Profiles, Till, applied, bought, each_order


@attrs.frozen(kw_only=True)
class BasketChange:
    """What another set of offers changes for one basket.

    Attributes:
        place: The place of the basket among those compared, counted from 0.
        basket: The basket.
        old: What the customer paid.
        new: What the customer pays.
        gained: The offers that apply now and did not, by their ids.
        lost: The offers that applied and do not now.
    """

    place: int
    basket: Basket
    old: Decimal
    new: Decimal
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    @property
    def change(self) -> Decimal:
        """By how much the customer pays more; below zero for less."""
        return _money.EXACT.subtract(self.new, self.old)


@attrs.frozen(kw_only=True)
class OfferDiff(Tabled):
    """What changes from one set of offers to another.

    Attributes:
        currency: The currency of the amounts; `None` where no basket was compared.
        compared: How many baskets were compared.
        cheaper: How many of them the new offers make cheaper.
        dearer: How many they make dearer.
        changed: How many change at all: in price, or only in which offers apply.
        old: What all the baskets cost under the old offers; `None` where there are none.
        new: What they cost under the new ones.
        changes: The largest changes of price first, and of equal ones the earlier; no more of them than were to be kept.
    """

    currency: str | None
    compared: int
    cheaper: int
    dearer: int
    changed: int
    old: Decimal | None
    new: Decimal | None
    changes: tuple[BasketChange, ...]

    @property
    def change(self) -> Decimal | None:
        """By how much all the baskets cost more; below zero for less."""
        return None if self.old is None or self.new is None else _money.EXACT.subtract(self.new, self.old)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each change that was kept, the largest first."""
        return [
            {
                "place": found.place,
                "basket": bought(found.basket),
                "old": found.old,
                "new": found.new,
                "change": found.change,
                "gained": ", ".join(found.gained) or None,
                "lost": ", ".join(found.lost) or None,
            }
            for found in self.changes
        ]

    @override
    def __str__(self) -> str:
        said = f"{self.changed} of {self.compared} baskets change: {self.cheaper} cheaper, {self.dearer} dearer"
        money = "" if self.currency is None else f"; {self.old} to {self.new} {self.currency} in all ({self.change:+})"
        return "\n".join([*([aligned(self.rows())] if self.changes else []), said + money])


def offer_diff(
    old: Iterable[Offer],
    new: Iterable[Offer],
    baskets: Iterable[Order],
    *,
    policy: OfferPolicy = OfferPolicy(),  # noqa: B008 - a frozen value
    new_policy: OfferPolicy | None = None,
    profiles: Profiles | None = None,
    keep: int = 100,
) -> OfferDiff:
    """Compare what baskets cost under two sets of offers.

    The answer is the same in every run, so that its text can be kept as a golden file and reviewed with the change.

    Args:
        old: The offers as they are.
        new: The offers as they would be.
        baskets: Any number of baskets, consumed one by one; pairs of a basket and the codes typed for it serve, too.
        policy: How offers are applied.
        new_policy: How the new ones are; the same, unless given.
        profiles: What is known of the customers, by their ids: a mapping, or a function.
        keep: How many changes are kept; the sums and counts are of all.

    Raises:
        InvalidValueError: The baskets are in two currencies.

    >>> from cxkit.loyalty import Basket, BuyXGetY, Line, Offer, offer_diff
    >>> tea = Line.fields.tags.contains("tea")
    >>> old, new = Offer("tea", BuyXGetY(buy=2, get=1, items=tea)), Offer("tea", BuyXGetY(buy=3, get=1, items=tea))
    >>> baskets = [Basket([Line("assam", 4, tags={"tea"}, quantity=number)], currency="EUR") for number in (2, 3, 4)]
    >>> print(offer_diff([old], [new], baskets))
    place  basket         old    new  change  gained  lost
        1  3 assam at 4  8.00  12.00    4.00       -  tea
    1 of 3 baskets change: 0 cheaper, 1 dearer; 28.00 to 32.00 EUR in all (+4.00)
    """
    before = Till(old, policy=policy, profiles=profiles)
    after = Till(new, policy=new_policy or policy, profiles=profiles)
    counts = _Counts(a_count(keep, "keep"))
    for placed in each_order(baskets):
        counts.add(before.receipt(placed), after.receipt(placed))
    return counts.diff()


class _Counts:
    """What has changed so far; money in minor units."""

    def __init__(self, keep: int) -> None:
        self.keep = keep
        self.largest: list[tuple[int, int, BasketChange]] = []  # a heap, the smallest change first
        self.currency: str | None = None
        self.compared = self.cheaper = self.dearer = self.changed = self.old = self.new = 0

    def add(self, before: Receipt, after: Receipt) -> None:
        """Compare the two receipts of a basket."""
        self.currency = before.currency
        old, new = (_money.to_minor(receipt.total, self.currency) for receipt in (before, after))
        lost, gained = (set(applied(one)) - set(applied(other)) for one, other in ((before, after), (after, before)))
        self.old, self.new = self.old + old, self.new + new
        self.cheaper, self.dearer = self.cheaper + (new < old), self.dearer + (new > old)
        if new != old or gained or lost:
            self.changed += 1
            self._keep(abs(new - old), _change(self.compared, before, after, gained, lost))
        self.compared += 1

    def _keep(self, size: int, change: BasketChange) -> None:
        entry = size, -change.place, change
        if len(self.largest) < self.keep:
            heappush(self.largest, entry)
        elif self.keep:
            heappushpop(self.largest, entry)

    def diff(self) -> OfferDiff:
        changes = sorted(self.largest, reverse=True)
        return OfferDiff(
            currency=self.currency,
            compared=self.compared,
            cheaper=self.cheaper,
            dearer=self.dearer,
            changed=self.changed,
            old=self._money(self.old),
            new=self._money(self.new),
            changes=tuple(change for _, _, change in changes),
        )

    def _money(self, units: int) -> Decimal | None:
        return None if self.currency is None else _money.from_minor(units, self.currency)


def _change(place: int, before: Receipt, after: Receipt, gained: set[str], lost: set[str]) -> BasketChange:
    return BasketChange(
        place=place,
        basket=before.basket,
        old=before.total,
        new=after.total,
        gained=tuple(sorted(gained)),
        lost=tuple(sorted(lost)),
    )
