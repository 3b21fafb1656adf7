"""Follow the visitors of a web shop: how they go through a visit, how they get to a purchase, and where phones differ.

`read` gets the log (data/README.md), `report` does nothing but library logic, and `main` prints what comes of it and
writes the beginning of the visits as a Sankey diagram, out/shop_paths.mmd: Mermaid, which GitHub and mermaid.live draw.
"""

import csv
import gzip
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

from cxkit.journey import (
    Funnel,
    FunnelBreakdown,
    FunnelResult,
    Journey,
    Paths,
    Touchpoint,
    TransitionChanges,
    Transitions,
    Variants,
    journeys,
    paths,
    transitions,
    variants,
)

HERE = Path(__file__).parent
LOG = HERE / "data" / "retentioneering_ecom.csv.gz"
PICTURE = HERE / "out" / "shop_paths.mmd"
VISIT = timedelta(minutes=30)  # of silence end a visit
CHECKOUT = Funnel(
    ["product_view", "add_to_cart", "shipping_details", "payment_details", "purchase"], within=timedelta(days=7)
)
NOON = datetime(2024, 6, 28, 12, tzinfo=timezone.utc)  # of the last day but one: some still have time
Event = dict[str, str]


class Report(NamedTuple):
    """What there is to tell."""

    visits: tuple[Journey, ...]
    flow: Transitions
    routes: Variants
    purchases: Paths
    phones: TransitionChanges
    checkout: FunnelResult
    by_device: FunnelBreakdown


def read() -> list[Event]:
    """Read the log: the visitor, the page or the action, when, on which device."""
    with gzip.open(LOG, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def report(events: Iterable[Event]) -> Report:
    """Split what visitors did into visits, and count how they go through them."""
    visitors = journeys(events, customer="user_id", name="event", at="timestamp", properties=["platform"], tz="UTC")
    visits = tuple(visit for visitor in visitors for visit in visitor.sessions(gap=VISIT))
    on_phones = [visit for visit in visits if _device(visit[0]) == "mobile"]
    on_desktops = [visit for visit in visits if _device(visit[0]) == "desktop"]
    return Report(
        visits,
        transitions(visits),
        variants(visits, collapse=True),
        paths(visitors, "add_to_cart", "purchase", within=timedelta(days=1), collapse=True),
        transitions(on_phones).difference(transitions(on_desktops)),
        CHECKOUT.run(visitors, as_of=NOON),
        CHECKOUT.breakdown(visitors, by="properties.platform", as_of=NOON),
    )


def _device(contact: Touchpoint) -> object:
    return contact.properties["platform"]


def main() -> None:
    """Print the tables, and write the picture."""
    found = report(read())
    print(f"The most frequent steps of {len(found.visits):,} visits\n")
    print(found.flow)
    few = found.routes.covering(0.5)
    print(f"\nHalf of the visits take {len(few):,} of {len(found.routes.counts):,} routes\n")
    print(found.routes)
    print("\nFrom the cart to a purchase within a day\n")
    print(found.purchases)
    print(f"\nHalf of the purchases took {found.purchases.durations.median} or less.")
    print(
        "\nWhat visitors on a phone do more or less often than those at a desktop, those first that are most certain\n"
    )
    print(found.phones)
    print(f"\nFrom a product to a purchase within a week, as of {NOON:%d %B %Y}\n")
    print(found.checkout)
    print("\nThe same by device\n")
    print(found.by_device)
    PICTURE.write_text(found.routes.to_mermaid(steps=4, least=20) + "\n", encoding="utf-8")
    print(f"\nThe first steps of the visits are in {PICTURE.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
