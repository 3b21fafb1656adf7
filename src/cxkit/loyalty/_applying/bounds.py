"""Bounds: what the units that a partial plan leaves can come to at most."""

from collections.abc import Iterable, Sequence
from operator import mul

from cxkit.loyalty._applying.play import Play
from cxkit.loyalty._applying.sharing import Sharing
from cxkit.loyalty._stock import Left


class Bounds:
    """Amounts that no offers of a part exceed, in minor units.

    They go by what a unit of each group saves at most: where the unit-wise offers share it, and how much more with any offer
    that takes it in turn.
    """

    def __init__(self, plays: Sequence[Play], full: Left, *, choosy: bool) -> None:
        """Find the rates.

        Args:
            plays: The offers.
            full: All their units.
            choosy: Whether some of the unit-wise ones may not be combined, so that any of them may come to share.
        """
        unitwise = [play for play in plays if play.unitwise]
        everyone = Sharing(unitwise)
        takers = {number: play for number, play in enumerate(plays) if not play.unitwise}
        rates = {number: found for number, play in takers.items() if (found := play.rates()) is not None}
        highest = {place: everyone.rates.get(place, 0.0) for place in full}
        self._shared = list(highest.values())
        for found in rates.values():
            for place, (cut, scale) in found.items():
                highest[place] = max(highest[place], cut / scale)
        self._gains = [high - shared for high, shared in zip(highest.values(), self._shared, strict=True)]
        self._slack = sum(play.slack for play in unitwise) if choosy else everyone.slack
        self._plays = plays
        self._rated = {number: (plays[number].slack, plays[number].bound(full)) for number in rates}

    def shared(self, pool: Left) -> int:
        """Return what the unit-wise offers do not exceed on these units."""
        return _above(sum(map(mul, pool.values(), self._shared)) + self._slack)

    def in_turn(self, left: Left, takers: Iterable[int]) -> int:
        """Return by how much these offers do not exceed what is shared when they take some of these units in turn."""
        rated = [self._rated[number] for number in takers if number in self._rated]
        gains = sum(map(mul, left.values(), self._gains)) + sum([slack for slack, _ in rated])
        others = sum([self._plays[number].bound(left) for number in takers if number not in self._rated])
        return min(_above(gains), sum([most for _, most in rated])) + others


def _above(amount: float) -> int:
    """Return a whole amount that is no less, whatever floats made of it."""
    return int(amount * (1 + 1e-9)) + 1
