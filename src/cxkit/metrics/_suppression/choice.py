"""What to hide: the small groups, and as few others as it takes to keep them from being worked out."""

from collections.abc import Collection, Mapping
from typing import TypeVar

from cxkit.metrics._suppression.network import Arc, Network

KeyT = TypeVar("KeyT")


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
    network = Network(arcs)
    hidden = {key for key in arcs if arcs[key].flow or key in withheld}
    small = [key for key in arcs if 0 < arcs[key].flow < k and key not in withheld]
    supports = {key: network.support(key, hidden, k) for key in small}
    for key in order:
        if arcs[key].flow < k or key in withheld:
            continue
        hidden.discard(key)
        ends = frozenset(arcs[key][:2])
        found = {other: network.support(other, hidden, k) for other in small if ends in (supports[other] or ())}
        if None in found.values():
            hidden.add(key)
        else:
            supports |= found
    return hidden
