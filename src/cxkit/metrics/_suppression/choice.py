"""A table with gaps: what can be worked out of it, and what to hide so that nothing can."""

from collections.abc import Collection, Iterable, Mapping
from typing import Generic, TypeVar

from cxkit.metrics._suppression.network import Arc, Network, Step

KeyT = TypeVar("KeyT")
Support = frozenset[frozenset[object]]
"""Pairs of nodes: while the numbers between these stay hidden, another may be large."""


class Gaps(Generic[KeyT]):
    """The numbers of a table, some of which are hidden.

    What is shown tells each part of a number. Nothing ties the parts of the hidden ones together, so each part has ranges
    of its own, and a hidden number of answers is exactly between the sums of their ends.
    """

    def __init__(self, arcs: Mapping[KeyT, Arc], hidden: Iterable[KeyT]) -> None:
        parts = dict.fromkeys(part for arc in arcs.values() for part in arc.parts)
        keys = [*hidden]
        self._arcs = arcs
        self._networks = [Network(arcs, part, keys) for part in parts]

    def hide(self, key: KeyT) -> None:
        """Hide a number as well."""
        for network in self._networks:
            network.hide(key)

    def show(self, key: KeyT) -> None:
        """Show a number that was hidden."""
        for network in self._networks:
            network.show(key)

    def range_of(self, key: KeyT) -> tuple[int, int | None]:
        """Return the fewest and the most answers that a hidden number may be; `None` where nothing bounds it."""
        found = [network.range_of(key) for network in self._networks]
        most = [high for _, high in found if high is not None]
        return sum(low for low, _ in found), sum(most) if len(most) == len(found) else None

    def support(self, key: KeyT, least: int) -> Support | None:
        """Return what a hidden number leans on to be possibly as large as `least`; `None` where it cannot be."""
        missing = least - self._arcs[key].flow
        steps: list[Step] = []
        for network in self._networks:
            more, taken = network.growth(key, missing)
            missing -= more
            steps += taken
        return None if missing > 0 else frozenset(map(frozenset, steps))


def ranges(
    arcs: Mapping[KeyT, Arc], *, hide: Collection[KeyT], withheld: Collection[KeyT]
) -> Mapping[KeyT, tuple[int, int | None]]:
    """Return the fewest and the most answers that each number which is hidden may be, by all that is shown."""
    gaps = Gaps(arcs, {*hide, *withheld})
    return {key: gaps.range_of(key) for key in arcs if key in hide}


def to_hide(arcs: Mapping[KeyT, Arc], *, k: int, order: Collection[KeyT], withheld: Collection[KeyT]) -> set[KeyT]:
    """Return which numbers of a table to hide, so that every small one might be as large as `k`.

    All is hidden at first, which is safe, but for the zeros, which nobody is behind. Then one number after the other is
    shown if the small ones stay safe. What is hidden in the end is needed: hiding more never makes anything less safe,
    so what could not be shown earlier cannot be shown later.

    Args:
        arcs: The numbers.
        k: The least number of answers that may be shown.
        order: The numbers in the order in which they are tried, what is wanted most first.
        withheld: Numbers that are not shown anyhow.
    """
    sizes = {key: arc.flow for key, arc in arcs.items()}
    hidden = {key for key, size in sizes.items() if size or key in withheld}
    gaps = Gaps(arcs, hidden)
    supports = {key: gaps.support(key, k) for key, size in sizes.items() if 0 < size < k and key not in withheld}
    for key in order:
        if sizes[key] < k or key in withheld:
            continue
        gaps.show(key)
        ends = frozenset(arcs[key][:2])
        found = {other: gaps.support(other, k) for other, support in supports.items() if ends in (support or ())}
        if None in found.values():
            gaps.hide(key)
        else:
            hidden.discard(key)
            supports |= found
    return hidden
