"""What offers would have cost: the results of a backtest."""

from datetime import datetime
from decimal import Decimal

import attrs
from typing_extensions import override

from cxkit import _charts, _money
from cxkit._tables import aligned
from cxkit.tallies import Rate


@attrs.frozen(kw_only=True)
class Takings:
    """What some orders bring in.

    Attributes:
        orders: How many orders there are.
        customers: How many customers they are of; an order that names none counts for none.
        before: What they cost without any offer; `None` where there is no order.
        after: What they cost with the offers.
        margin_before: What is left of `before` once the costs are off, for what has a known cost; `None` where nothing has.
        margin: What is left of `after`, gifts and free units included.
    """

    orders: int = 0
    customers: int = 0
    before: Decimal | None = None
    after: Decimal | None = None
    margin_before: Decimal | None = None
    margin: Decimal | None = None

    @property
    def discount(self) -> Decimal | None:
        """What all offers together take off."""
        return None if self.before is None or self.after is None else _money.EXACT.subtract(self.before, self.after)


@attrs.frozen(kw_only=True)
class OfferUse:
    """What became of one offer.

    Attributes:
        offer: The id of the offer.
        share: The share of all orders in which it applied.
        times: How often it applied; more than once in an order, where it may.
        discount: What it took off; `None` where there is no order at all.
        takings: What the orders in which it applied bring in, with all the offers that applied there.
        ran_out: When the order was placed that used up its budget, or its limit in all; `None` where neither was.
    """

    offer: str
    share: Rate
    times: int
    discount: Decimal | None
    takings: Takings
    ran_out: datetime | None = None


@attrs.frozen(kw_only=True)
class SegmentUse:
    """What the offers give to the customers of one segment.

    Attributes:
        segment: Its name.
        takings: What all the orders of its customers bring in.
        share: The share of its orders in which any offer applied.
        winners: How many of its customers had an offer in any order.
    """

    segment: str
    takings: Takings
    share: Rate
    winners: int


@attrs.frozen(kw_only=True)
class Backtest(_charts.Charted):
    """What offers would have cost on orders as they were.

    Attributes:
        currency: The currency of the amounts; `None` where there is no order.
        takings: What all orders bring in.
        share: The share of the orders in which any offer applied.
        offers: What became of each offer, in the order in which they were given.
        segments: What they give to each segment, in the order in which these were given.
        unproven: For how many orders it is not proven that no other combination of the offers saves more.
        units_without_cost: How many units have no known cost, and so no part in a margin; 0 where no costs were given.
        without_profile: How many orders are of customers of whom nothing is known, who are in no segment.
    """

    currency: str | None
    takings: Takings
    share: Rate
    offers: tuple[OfferUse, ...]
    segments: tuple[SegmentUse, ...] = ()
    unproven: int = 0
    units_without_cost: int = 0
    without_profile: int = 0

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each offer, and one for all orders."""
        rows = [
            _row(use.offer, use.share, use.takings)
            | {"times": use.times, "discount": use.discount, "ran_out": use.ran_out}
            for use in self.offers
        ]
        return [*rows, _row("(all orders)", self.share, self.takings)]

    def segment_rows(self) -> list[dict[str, object]]:
        """Return a row for each segment."""
        return [
            {
                "segment": use.segment,
                "orders": use.takings.orders,
                "customers": use.takings.customers,
                "winners": use.winners,
                "share": use.share.value_or(None),
                "discount": use.takings.discount,
                "after": use.takings.after,
                "margin": use.takings.margin,
            }
            for use in self.segments
        ]

    @override
    def __str__(self) -> str:
        return "\n\n".join([aligned(self.rows()), *([aligned(self.segment_rows())] if self.segments else [])])

    @override
    def chart(self) -> _charts.Spec:
        rows = [
            {
                "offer": use.offer,
                "discount": None if use.discount is None else float(use.discount),
                "orders": use.share.count,
            }
            for use in self.offers
        ]
        return _charts.bars(rows, category="offer", number="discount", title="Discount by offer")


def _row(offer: str, share: Rate, takings: Takings) -> dict[str, object]:
    return {
        "offer": offer,
        "orders": share.count,
        "share": share.value_or(None),
        "times": None,
        "customers": takings.customers,
        "discount": takings.discount,
        "before": takings.before,
        "after": takings.after,
        "margin": takings.margin,
        "ran_out": None,
    }
