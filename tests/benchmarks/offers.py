"""How fast offers are applied: beside a loop that is written by hand for one offer, on large baskets, and as both grow."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import log
from statistics import linear_regression, median
from time import perf_counter
from typing import TYPE_CHECKING

from cxkit.loyalty import (
    AmountOff,
    AmountOffEach,
    Basket,
    Benefit,
    Bundle,
    BuyXGetY,
    FixedPrice,
    Line,
    Offer,
    Part,
    PercentOff,
    Receipt,
    Spend,
    Tiered,
    TierStep,
    apply_offers,
)

if TYPE_CHECKING:
    from cxkit.predicates import Predicate

ROUNDS = 9
TIMES = 15  # as long as the loop for one offer, on 20 lines with 10 offers
SECONDS = 1.0
KINDS = ("coffee", "tea", "cake", "book", "gift")
SHELVES = [f"shelf {number}" for number in range(50)]
SHOP = [f"shelf {number}" for number in range(1_000)]
CENT = Decimal("0.01")


def basket(lines: int, *, units: int | None = None, kinds: Sequence[str] = KINDS) -> Basket:
    """Make a basket at random: lines of so many units, or of 2 to 4, each of one of the kinds."""
    draw = random.Random(7)
    return Basket(
        [
            Line(
                f"sku {number}",
                Decimal(draw.randrange(150, 900)) / 100,
                quantity=units or draw.randint(2, 4),
                tags={kinds[number % len(kinds)]},
            )
            for number in range(lines)
        ],
        currency="EUR",
    )


def campaign() -> list[Offer]:
    """Return ten offers in three lanes; three pairs of them compete for units."""
    coffee, tea, cake, book, gift = map(Line.fields.tags.contains, KINDS)
    return [
        Offer("sixth coffee free", BuyXGetY(buy=5, get=1, items=coffee)),
        Offer("coffee 15 % off", PercentOff(15, coffee)),
        Offer("3 for 2 on tea", BuyXGetY(buy=2, get=1, items=tea)),
        Offer("tea at 3.50", FixedPrice(Decimal("3.50"), tea)),
        Offer("coffee and cake for 9", Bundle(9, [Part(1, coffee), Part(1, cake)])),
        Offer("0.50 off each cake", AmountOffEach(Decimal("0.50"), cake)),
        Offer("books by number", Tiered([TierStep(3, percent=5), TierStep(5, percent=10)], book, by="units")),
        Offer("a fifth off gifts", PercentOff(20, gift)),
        Offer("5 off from 100", AmountOff(5), conditions=Spend(100, price="running"), lane=1),
        Offer("members", PercentOff(3), lane=2),
    ]


def catalogue(offers: int, kinds: Sequence[str]) -> list[Offer]:
    """Return offers of several sorts, each about the lines of one kind."""
    made: list[Callable[[Predicate], Benefit]] = [
        lambda items: PercentOff(10, items),
        lambda items: BuyXGetY(buy=2, get=1, items=items),
        lambda items: AmountOffEach(Decimal("0.25"), items),
        lambda items: Bundle(5, [Part(2, items)]),
    ]
    return [
        Offer(f"offer {number}", made[number % 4](Line.fields.tags.contains(kinds[number % len(kinds)])))
        for number in range(offers)
    ]


@dataclass(frozen=True)
class Charged:
    """What the loop by hand says of a line."""

    sku: str
    free: int
    total: Decimal


def by_hand(bought: Basket) -> list[Charged]:
    """Free the cheapest sixth of the coffees, and charge the rest: what a shop writes for this one offer."""
    coffees = [line for line in bought.lines if "coffee" in line.tags]
    left = sum(line.quantity for line in coffees) // 6
    free: dict[int, int] = {}
    for line in sorted(coffees, key=lambda line: (line.unit_price, line.sku)):
        free[id(line)] = taken = min(left, line.quantity)
        left -= taken
    charged = []
    for line in bought.lines:
        freed = free.get(id(line), 0)
        total = (line.unit_price * (line.quantity - freed)).quantize(CENT, ROUND_HALF_UP)
        charged.append(Charged(line.sku, freed, total))
    return charged


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """Time some work."""
    began = perf_counter()
    for _ in range(times):
        work()
    return (perf_counter() - began) / times


def fastest(work: Callable[[], object], rounds: int = 3) -> float:
    """Return the least of several runs."""
    return min(seconds(work) for _ in range(rounds))


def beside_a_loop() -> None:
    """Print the ratio to the loop by hand, in turns with it, so that a busy machine is busy for both."""
    bought, offers = basket(20), campaign()
    alone = apply_offers(bought, offers[:1])
    assert alone.discount
    assert [(one.line.sku, one.free_units, one.total) for one in alone.lines] == [
        (one.sku, one.free, one.total) for one in by_hand(bought)
    ]
    ratios, ones = [], []
    for _ in range(ROUNDS):
        hand = seconds(lambda: by_hand(bought), 200)
        ratios.append(seconds(lambda: apply_offers(bought, offers), 10) / hand)
        ones.append(seconds(lambda: apply_offers(bought, offers[:1]), 10) / hand)
    receipt = apply_offers(bought, offers)
    verdict = "ok" if median(ratios) <= TIMES else f"too slow, the limit is {TIMES}"
    print(
        f"20 lines x 10 offers: {median(ratios):.1f} times a loop by hand for one of them, "
        f"{median(ratios) / len(offers):.1f} times ten such loops: {verdict}; "
        f"that one alone: {median(ones):.1f} times; optimal: {receipt.optimal}"
    )


def large(name: str, bought: Basket, offers: Sequence[Offer]) -> None:
    """Print how long a large basket takes."""
    found: list[Receipt] = []
    took = fastest(lambda: found.append(apply_offers(bought, offers)))
    verdict = "ok" if took <= SECONDS else f"too slow, the limit is {SECONDS:g} s"
    applied = sum(decision.outcome == "applied" for decision in found[0].trace)
    print(f"{name}: {took:.3f} s: {verdict}; {applied} applied, optimal: {found[0].optimal}, gap {found[0].gap}")


def growth(name: str, sizes: Sequence[int], work: Callable[[int], Callable[[], object]]) -> None:
    """Print the slope of time over size, both as logarithms: 1 where twice as much takes twice as long."""
    times = [fastest(work(size)) for size in sizes]
    slope = linear_regression([log(size) for size in sizes], [log(time) for time in times]).slope
    shown = ", ".join(f"{size}: {time * 1e3:.1f} ms" for size, time in zip(sizes, times, strict=True))
    print(f"growth in {name}: log-log slope {slope:.2f} ({shown})")


def longer(lines: int) -> Callable[[], object]:
    """Apply ten offers to so many lines."""
    bought, offers = basket(lines, kinds=SHELVES[:10]), catalogue(10, SHELVES[:10])
    return lambda: apply_offers(bought, offers)


def richer(number: int) -> Callable[[], object]:
    """Apply so many offers of a whole shop to fifty lines."""
    bought, offers = basket(50, kinds=SHOP), catalogue(number, SHOP)
    return lambda: apply_offers(bought, offers)


def main() -> None:
    """Print all of them."""
    beside_a_loop()
    large("6,000 units x 50 offers", basket(60, units=100, kinds=SHELVES), catalogue(50, SHELVES))
    large("6,000 units x 50 offers, all on the same five kinds", basket(60, units=100), catalogue(50, KINDS))
    large("50 lines x 1,000 offers of a whole shop", basket(50, kinds=SHOP), catalogue(1_000, SHOP))
    large("50 lines x 1,000 offers, 20 on every line", basket(50, kinds=SHELVES), catalogue(1_000, SHELVES))
    growth("lines, 10 offers", (100, 200, 400, 800, 1_600), longer)
    growth("offers, 50 lines", (250, 500, 1_000, 2_000, 4_000), richer)


if __name__ == "__main__":
    main()
