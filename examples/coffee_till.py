"""Run the till of a coffee shop for a day: what each guest pays, and what became of every offer.

`read` gets the tickets of the day (data/README.md), `report` does nothing but library logic, and `main` prints the receipts.
A code is good for two tickets in all: the till keeps the count, as a shop's database would, and hands it in with each basket.
"""

import csv
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import attrs

from cxkit.calendar import BusinessCalendar
from cxkit.loyalty import (
    AmountOff,
    Basket,
    Bundle,
    BuyXGetY,
    Gift,
    Limits,
    Line,
    Offer,
    OfferDecision,
    OfferWindow,
    Part,
    PercentOff,
    Receipt,
    Spend,
    Usage,
    apply_offers,
)
from cxkit.predicates import Fields, flag

LOG = Path(__file__).parent / "data" / "coffee_till.csv"
ZONE = "Europe/Berlin"
CLOCK = ZoneInfo(ZONE)
TODAY = date(2026, 3, 4)
MENU = {
    "espresso": (Decimal("2.20"), {"coffee"}),
    "cappuccino": (Decimal("3.20"), {"coffee"}),
    "flat white": (Decimal("3.60"), {"coffee"}),
    "tea": (Decimal("2.80"), set[str]()),
    "water": (Decimal("1.90"), set[str]()),
    "croissant": (Decimal("2.40"), set[str]()),
    "brownie": (Decimal("3.10"), set[str]()),
    "sandwich": (Decimal("5.90"), set[str]()),
}


class Guest(Fields):
    """What the shop knows of a guest."""

    student = flag()


COFFEE = Line.fields.tags.contains("coffee")
CROISSANT = Line.fields.sku == "croissant"
ITEMS, GUESTS, CODES, GIFTS = range(4)  # lanes: each works on the prices that the one before it left
OFFERS = [
    Offer("every sixth coffee free", BuyXGetY(buy=5, get=1, items=COFFEE), lane=ITEMS),
    Offer(
        "happy hour",
        PercentOff(20, COFFEE),
        hours=BusinessCalendar.weekdays("15:00", "17:00", tz=ZONE),
        lane=ITEMS,
    ),
    Offer("breakfast for 5", Bundle(5, [Part(1, COFFEE), Part(1, CROISSANT)]), lane=ITEMS),
    Offer("students", PercentOff(10), who=Guest.student.is_true(), lane=GUESTS),
    Offer(
        "rainy day",
        AmountOff(1),
        conditions=Spend(8, price="running"),
        codes={"RAINY"},
        window=OfferWindow.days(TODAY, TODAY, tz=ZONE),
        limits=Limits(in_all=2),
        lane=CODES,
    ),
    Offer("a cookie from 20", Gift(Line("cookie", Decimal("1.80"))), conditions=Spend(20, price="running"), lane=GIFTS),
]


class Ticket(NamedTuple):
    """What a guest brought to the till."""

    number: str
    basket: Basket
    guest: Mapping[str, object]
    codes: tuple[str, ...]


class Sale(NamedTuple):
    """A ticket and its receipt."""

    ticket: Ticket
    receipt: Receipt


class Used(NamedTuple):
    """What became of one offer over the day."""

    offer: str
    tickets: int
    discount: Decimal
    almost: int  # tickets that were one unit short


class Report(NamedTuple):
    """What there is to tell."""

    sales: list[Sale]
    offers: list[Used]


def read() -> list[Ticket]:
    """Read the tickets of the day: a row for each item of one, with its moment, the guest and the code that was shown."""
    with LOG.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [ticket(number, list(items)) for number, items in groupby(rows, key=itemgetter("ticket"))]


def ticket(number: str, rows: list[dict[str, str]]) -> Ticket:
    """Make a ticket of its rows. Whether somebody is a student may be unknown."""
    first = rows[0]
    lines = [
        Line(row["item"], MENU[row["item"]][0], quantity=int(row["quantity"]), tags=MENU[row["item"]][1])
        for row in rows
    ]
    at = datetime.fromisoformat(first["at"]).replace(tzinfo=CLOCK)
    return Ticket(
        number,
        Basket(lines, currency="EUR", customer=first["guest"] or None, at=at),
        {"student": first["student"] == "yes"} if first["student"] else {},
        (first["code"],) if first["code"] else (),
    )


def report(tickets: Iterable[Ticket]) -> Report:
    """Ring up one ticket after the other, each with what the ones before it have used up."""
    used: dict[str, Usage] = {}
    sales = []
    for one in tickets:
        receipt = apply_offers(one.basket, OFFERS, profile=one.guest, codes=one.codes, used=used)
        commit(used, receipt)
        sales.append(Sale(one, receipt))
    return Report(sales, [over_the_day(offer, sales) for offer in OFFERS])


def commit(used: dict[str, Usage], receipt: Receipt) -> None:
    """Count what a receipt claims of an offer."""
    for claim in receipt.claims:
        before = used.get(claim.offer, Usage())
        used[claim.offer] = attrs.evolve(before, in_all=before.in_all + 1)


def over_the_day(offer: Offer, sales: Iterable[Sale]) -> Used:
    """Count what became of an offer."""
    told = [decision for sale in sales for decision in sale.receipt.trace if decision.offer == offer.id]
    return Used(
        offer.name,
        sum(decision.outcome == "applied" for decision in told),
        sum((decision.discount for decision in told), Decimal(0)),
        sum(decision.outcome == "not_met" and decision.units_missing == 1 for decision in told),
    )


def in_words(decision: OfferDecision) -> str:
    """Say what became of an offer, as one would at the till."""
    match decision.outcome:
        case "applied":
            return f"-{decision.discount}" if decision.discount else "yours"
        case "not_met" if decision.units_missing:
            return f"{decision.units_missing} more"
        case "not_met" if decision.money_missing:
            return f"spend {decision.money_missing} more"
        case "not_met":  # a menu may cost more than its parts
            return "would save nothing"
        case "closed" if decision.retry_at:
            return f"from {decision.retry_at.astimezone(CLOCK):%H:%M on %A}"
        case "beaten" | "units_used":
            return f"{' and '.join(decision.beaten_by)} is better"
        case outcome:
            return outcome.replace("_", " ")


def main() -> None:
    """Print the receipts, and what the day was like."""
    found = report(read())
    for one, receipt in found.sales:
        guest = one.basket.customer or "a guest"
        print(f"\nTicket {one.number}, {one.basket.at.astimezone(CLOCK):%H:%M}, {guest}")
        for line in receipt.lines:
            print(f"  {line.line.quantity:3} {line.line.sku:26}{line.total:>8}")
        print(f"  {'to pay':30}{receipt.total:>8}")
        for decision in receipt.trace:
            print(f"      {decision.offer}: {in_words(decision)}")
    print("\nThe day\n")
    for offer in found.offers:
        print(f"  {offer.offer:26}{offer.tickets:3} tickets{offer.discount:>8}  {offer.almost} were one short")
    print(f"\n  taken in: {sum(sale.receipt.total for sale in found.sales)}")


if __name__ == "__main__":
    main()
