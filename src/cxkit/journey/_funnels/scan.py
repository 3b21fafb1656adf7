"""The short way through a funnel, for when all that is asked is how far customers came, and when.

It serves steps that are filled in order, with nothing excluded, where no touchpoint can fill two of them.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import NamedTuple, TypeAlias

Way: TypeAlias = tuple[Sequence[Hashable], Sequence[datetime]]
"""What a customer did, as that which says which step it fills, and when."""


class Scan(NamedTuple):
    """What a scan asks for.

    Attributes:
        steps: Which step something fills, counted from 0; what is not here fills none.
        total: How many steps there are.
        within: How long an attempt has.
        first_only: Whether only the first entry counts.
    """

    steps: Mapping[Hashable, int]
    total: int
    within: timedelta
    first_only: bool

    def scanned(self, ways: Iterable[Way]) -> tuple[list[tuple[datetime, ...]], list[datetime | None]]:
        """Tell of each customer when the steps of the attempt that came furthest were filled, and when the last began.

        For each number of steps that were filled it keeps the attempt that began last. A later touchpoint never serves
        an attempt better than the first that fits, so each step of an attempt is filled once.
        """
        steps, total, within, first_only = self
        nothing: list[tuple[datetime, ...]] = [()] * total
        all_told: list[tuple[datetime, ...]] = []
        all_began: list[datetime | None] = []
        for contacts, moments in ways:
            attempts = nothing.copy()
            told: tuple[datetime, ...] = ()
            depth, began = 0, None
            for place, contact in enumerate(contacts):
                if contact in steps:
                    step, at = steps[contact], moments[place]
                    if step:
                        before, same = attempts[step - 1], attempts[step]
                        if not before or (same and same[0] is before[0]) or at - before[0] > within:
                            continue
                        attempts[step] = attempt = (*before, at)
                    elif first_only and depth:
                        continue
                    else:
                        began = at
                        attempts[0] = attempt = (at,)
                    if step >= depth:
                        told, depth = attempt, step + 1
                        if depth == total:
                            break
            all_told.append(told)
            all_began.append(began)
        return all_told, all_began

    def in_best_order(self, way: Way) -> Way:
        """Order the touchpoints of each instant as their steps are; those that fill none are left out."""
        found = [(at, self.steps[contact], contact) for contact, at in zip(*way, strict=True) if contact in self.steps]
        found.sort(key=itemgetter(0, 1))
        return [contact for _, _, contact in found], [at for at, _, _ in found]
