"""Groups in a list, with their total."""

from collections.abc import Collection, Mapping
from typing import Any, Generic, Self, TypeVar

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import a_count, a_flag
from cxkit.metrics._suppression.cells import (
    LEAST,
    TOTAL,
    Suppressed,
    check_alike,
    checked,
    combined,
    hideable,
    rest,
    told,
)
from cxkit.metrics._suppression.parts import answers

T = TypeVar("T")


@attrs.frozen
class SuppressedGroups(_charts.Charted, Suppressed[str | None, T], Generic[T]):
    """Groups of which the small ones are hidden; `None` stands for the total.

    Attributes:
        k: The fewest answers of a group that may be shown.
        shown: What may be shown, by group, with the total under `None`.
        hidden: What can be known of the others; their values are not kept here.
        groups: The names of the groups, in order.
    """

    groups: tuple[str, ...]

    @classmethod
    def of(
        cls,
        groups: Mapping[str, T],
        *,
        hide: Collection[str | None],
        k: int = LEAST,
        with_total: bool = True,
    ) -> Self:
        """Tell how safe it is to hide some groups: `is_safe` and `exposed` say whether it is enough.

        Args:
            groups: How many answers each group has, or a tally of each.
            hide: The groups to hide; `None` for the total.
            k: The fewest answers of a group that may be shown.
            with_total: Whether readers know the total.

        >>> from cxkit.metrics import SuppressedGroups
        >>> SuppressedGroups.of({"men": 6, "women": 4}, hide=["women"]).exposed
        ('women',)
        """
        a_count(k, "k", least=2)
        values: dict[str | None, Any] = {**checked(groups, "groups")}
        sizes = _sizes(values)
        if a_flag(with_total, "with_total") and groups:
            values[None] = combined(groups.values())
        hidden = told(sizes, _ranges(sizes, hideable(hide, sizes), is_told=with_total), k)
        return cls(k, rest(values, hidden), hidden, tuple(groups))

    @property
    def total(self) -> T | None:
        """All groups together; `None` where that is not shown."""
        return self.shown.get(None)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each group and for the total, with `None` for what is hidden and no word of why."""
        keys = [*self.groups, *([None] if None in self.shown or None in self.hidden else [])]
        rows: list[dict[str, object]] = [{"group": key or TOTAL, "answers": self._answers(key)} for key in keys]
        if self._has_values:
            for row, key in zip(rows, keys, strict=True):
                row["value"] = self._value(key)
        return rows

    @override
    def chart(self) -> _charts.Spec:
        number = "value" if self._has_values else "answers"
        return _charts.bars(self.rows(), category="group", number=number, title=f"Groups of at least {self.k} answers")


def suppress_small(groups: Mapping[str, T], *, k: int = LEAST, with_total: bool = True) -> SuppressedGroups[T]:
    """Hide groups with fewer than `k` answers, and another one where subtraction would give them away.

    The total less what is shown is what the hidden groups have together. So where that is under `k`, or one group is
    hidden alone, the smallest of the others is hidden, too; of equal ones the last by name. Groups without answers are
    shown: nobody is behind them.

    Args:
        groups: How many answers each group has, or a tally of each: an `Nps`, a `BoxScore`, a `Rate`, a `PopulationRate`
            or a `NetSentiment`. They must not overlap.
        k: The fewest answers of a group that may be shown; at least 2. 5 is what most survey tools take.
        with_total: Whether readers know the total, from here or from elsewhere.

    >>> from cxkit.metrics import suppress_small
    >>> print(suppress_small({"men": 6, "women": 4, "others": 12}))
    group    answers
    men            -
    women          -
    others        12
    (total)       22
    """
    a_count(k, "k", least=2)
    hide = _to_hide(_sizes(checked(groups, "groups")), k, is_told=a_flag(with_total, "with_total"))
    return SuppressedGroups.of(groups, hide=hide, k=k, with_total=with_total)


def _sizes(groups: Mapping[str | None, object]) -> Mapping[str | None, int]:
    """Return how many answers each group has, and under `None` how many there are in all."""
    sizes = {name: answers(value) for name, value in groups.items()}
    check_alike(groups.values())
    return sizes | {None: sum(sizes.values())}


def _to_hide(sizes: Mapping[str | None, int], k: int, *, is_told: bool) -> set[str | None]:
    """Return the small groups and what else to hide; where the total is told, what is hidden must be `k` together."""
    small = {name for name, size in sizes.items() if name is not None and 0 < size < k}
    if not is_told or not small or sum(sizes[name] for name in small) >= k:
        return {*small}
    large = [name for name, size in sizes.items() if name is not None and size >= k]
    return {*small, max(large, key=lambda name: (-sizes[name], name), default=None)}  # else the total is small itself


def _ranges(
    sizes: Mapping[str | None, int], hidden: Collection[str | None], *, is_told: bool
) -> Mapping[str | None, tuple[int, int | None]]:
    """Return the fewest and the most answers that each hidden group may have, by all that is shown.

    Each part of a hidden group is between none and what the hidden groups have of it together, so that of tallies, too,
    the ends add up to none and to all that they have together.
    """
    behind = [name for name in hidden if name is not None]
    together = sum(sizes[name] for name in behind)
    rest_of_all = sizes[None] - together
    ends: dict[str | None, tuple[int, int | None]] = {None: (rest_of_all, None if behind else rest_of_all)}
    for name in behind:
        is_alone = len(behind) == 1
        ends[name] = (together if is_alone else 0, together) if is_told and None not in hidden else (0, None)
    return {name: ends[name] for name in sizes if name in hidden}
