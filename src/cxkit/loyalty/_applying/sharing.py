"""Offers that work unit by unit share the units of a lane: each unit goes to the offer that saves most on it."""

from collections.abc import Iterable

from cxkit.loyalty._applying.play import Play
from cxkit.loyalty._benefits.deal import Taking
from cxkit.loyalty._benefits.unit_cuts import UnitCuts
from cxkit.loyalty._stock import Left


class Sharing:
    """Which of some unit-wise offers each group goes to.

    Attributes:
        rates: About how much a unit of each group saves, in minor units; for bounds.
        slack: By how much rounding may make them exceed their rates.
    """

    def __init__(self, plays: Iterable[Play]) -> None:
        """Find the best offer for each group; of equal ones the first in order."""
        best: dict[int, tuple[int, int, Play]] = {}
        for play in plays:
            for place, (cut, scale) in (play.rates() or {}).items():
                known = best.get(place)
                if known is None or cut * known[1] > known[0] * scale:
                    best[place] = (cut, scale, play)
        self.rates = {place: cut / scale for place, (cut, scale, _) in best.items()}
        owned: dict[str, tuple[Play, int, dict[int, int]]] = {}
        for place, (cut, scale, play) in sorted(best.items(), key=lambda item: (item[1][2].order, item[0])):
            owned.setdefault(play.offer.id, (play, scale, {}))[2][place] = cut
        self._deals = {offer: UnitCuts(play.deal.terms, each, scale) for offer, (play, scale, each) in owned.items()}
        self.slack = sum(deal.slack for deal in self._deals.values())

    def takings(self, pool: Left) -> dict[str, Taking]:
        """Return what each offer takes of units that no other offer wants, by its id."""
        return {offer: deal.take(pool, 1) for offer, deal in self._deals.items() if deal.most(pool)}

    def value(self, pool: Left) -> int:
        """Return what they save."""
        return sum([deal.worth(pool) for deal in self._deals.values()])

    def applied(self, pool: Left) -> int:
        """Return how many of them find a unit."""
        return sum(deal.most(pool) for deal in self._deals.values())

    def units(self, pool: Left) -> int:
        """Return how many units they take."""
        return sum(pool[place] for place in self.rates)
