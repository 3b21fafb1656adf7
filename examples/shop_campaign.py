"""Try out a campaign on the orders of a real CD shop, before any customer hears of it.

What would the last quarter of 1997 have cost under it, who would have gained, and when would its limits have been used up?
`read` gets the log (data/README.md), `report` does nothing but library logic, and `main` prints what comes of it.

The log holds no shipping and no codes. Supposed are $2.99 for each parcel, and a letter with a code to all who had ordered
nothing for 180 days when the campaign began; who had one, typed it with every order. The orders are taken as they were: under
the campaign, customers would have bought something else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import attrs

from cxkit.calendar import days
from cxkit.loyalty import (
    Backtest,
    Basket,
    Limits,
    Line,
    Offer,
    OfferDiff,
    OfferWindow,
    PercentOff,
    ShippingOff,
    Spend,
    Tiered,
    TierStep,
    backtest,
    offer_diff,
)
from cxkit.predicates import Fields, flag, integer

LOG = Path(__file__).parent / "data" / "CDNOW_sample.txt"
FIRST, LAST = date(1997, 10, 1), date(1997, 12, 31)
START = datetime(1997, 10, 1, tzinfo=timezone.utc)
SILENCE = days(180)
PARCEL = Line("parcel", Decimal("2.99"), kind="shipping")
CODE = "COMEBACK"


class Customer(Fields):
    """What the shop knew of a customer when the campaign began."""

    orders = integer()
    silent = flag()


SEGMENTS = {
    "silent for 180 days": Customer.silent.is_true(),
    "up to 3 orders": Customer.silent.is_false() & (Customer.orders <= 3),
    "4 orders or more": Customer.silent.is_false() & (Customer.orders >= 4),
}
QUARTER = OfferWindow.days(FIRST, LAST, tz="UTC")
GOODS, SHIPPING = range(2)  # lanes
COME_BACK = Offer(
    "come back",
    PercentOff(15, cap=10),
    conditions=Spend(20, price="list"),
    codes={CODE},
    window=QUARTER,
    limits=Limits(per_customer=1, budget=300),
    lane=GOODS,
)
MORE = Offer(
    "5 off from 50, 10 % from 100",
    Tiered([TierStep(50, amount=5), TierStep(100, percent=10)]),
    window=QUARTER,
    limits=Limits(in_all=100),
    lane=GOODS,
)
FREE_SHIPPING = Offer(
    "free shipping from 40",
    ShippingOff(),
    id="free shipping",
    conditions=Spend(40, price="running"),
    window=QUARTER,
    lane=SHIPPING,
)
CAMPAIGN = [COME_BACK, MORE, FREE_SHIPPING]
CHEAPER_SHIPPING = [
    COME_BACK,
    MORE,
    attrs.evolve(FREE_SHIPPING, name="free shipping from 30", conditions=Spend(30, price="running")),
]


class Order(NamedTuple):
    """A line of the log."""

    customer: str
    at: datetime
    cds: int
    dollars: Decimal


class Report(NamedTuple):
    """What there is to tell."""

    campaign: Backtest
    change: OfferDiff


def read() -> list[Order]:
    """Read the log, the earliest order first: id in the full data, id in the sample, day, CDs, dollars."""
    orders = [
        Order(customer, datetime.fromisoformat(day).replace(tzinfo=timezone.utc), int(cds), Decimal(dollars))
        for _, customer, day, cds, dollars in map(str.split, LOG.read_text(encoding="ascii").splitlines())
    ]
    return sorted(orders, key=lambda order: order.at)


def report(orders: Iterable[Order]) -> Report:
    """Run the last quarter again under the campaign, and compare it with one that ships for free from $30."""
    log = list(orders)
    known = customers(order for order in log if order.at < START)
    placed = [(basket(order), codes(known[order.customer])) for order in log if order.at in QUARTER]
    return Report(
        backtest(CAMPAIGN, placed, profiles=known, segments=SEGMENTS),
        offer_diff(CAMPAIGN, CHEAPER_SHIPPING, placed, profiles=known, keep=5),
    )


def customers(orders: Iterable[Order]) -> Mapping[str, Mapping[str, object]]:
    """Return what was known of each customer when the campaign began."""
    bought: defaultdict[str, list[datetime]] = defaultdict(list)
    for order in orders:
        bought[order.customer].append(order.at)
    return {
        customer: {"orders": len(moments), "silent": max(moments) + SILENCE <= START}
        for customer, moments in bought.items()
    }


def codes(customer: Mapping[str, object]) -> tuple[str, ...]:
    """Return the codes that a customer was sent."""
    return (CODE,) if customer["silent"] else ()


def basket(order: Order) -> Basket:
    """Make a basket of an order. The log has no prices of single CDs: they share the dollars, to the cent."""
    cents, dearer = divmod(int(order.dollars * 100), order.cds)
    lines = [
        Line("cd", Decimal(price) / 100, quantity=number)
        for price, number in ((cents, order.cds - dearer), (cents + 1, dearer))
        if number
    ]
    return Basket([*lines, PARCEL], currency="USD", customer=order.customer, at=order.at)


def main() -> None:
    """Print what the campaign would have been like."""
    found = report(read())
    takings = found.campaign.takings
    print(f"{takings.orders} orders of {takings.customers} customers, {FIRST} to {LAST}: ${takings.before:,}\n")
    for use in found.campaign.offers:
        over = f"used up on {use.ran_out:%d %B}" if use.ran_out else "not used up"
        print(f"  {use.offer:30}{use.share.count:5} orders  ${use.discount:>8}  {over}")
    print(f"\nIn all ${takings.discount}, which is {takings.discount / takings.before:.1%}. Who gains?\n")
    for part in found.campaign.segments:
        print(
            f"  {part.segment:22}{part.winners:4} of {part.takings.customers:3} customers  "
            f"${part.takings.discount:>8} of ${part.takings.before:,}"
        )
    print("\nIf shipping were free from $30:\n")
    print(found.change)


if __name__ == "__main__":
    main()
