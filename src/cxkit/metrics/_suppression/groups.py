"""Groups in a list, with their total."""

from collections.abc import Collection, Mapping
from typing import Any, Generic, Self, TypeVar

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import a_count, a_flag, each
from cxkit._tables import aligned
from cxkit.metrics._suppression.cells import (
    LEAST,
    TOTAL,
    Suppressed,
    answers,
    check_alike,
    checked,
    combined,
    ranges,
    rest,
)
from cxkit.metrics._suppression.choice import to_hide
from cxkit.metrics._suppression.network import Arc

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
        values, arcs, withheld = _numbers(groups, with_total=with_total)
        hidden = ranges(arcs, k=k, hide=tuple(each(hide, "groups to hide")), withheld=withheld)
        return cls(k, rest(values, {*hidden, *withheld}), hidden, tuple(groups))

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

    @override
    def __str__(self) -> str:
        return aligned(self.rows())


def suppress_small(groups: Mapping[str, T], *, k: int = LEAST, with_total: bool = True) -> SuppressedGroups[T]:
    """Hide groups with fewer than `k` answers, and another one where subtraction would give them away.

    The total less what is shown is what the hidden groups have together. So where that is under `k`, or one group is
    hidden alone, the smallest of the others is hidden, too; of equal ones the last by name. Groups without answers are
    shown: nobody is behind them.

    Args:
        groups: How many answers each group has, or a tally of each, whose `total` they are. They must not overlap.
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
    _, arcs, withheld = _numbers(groups, with_total=with_total)
    order = sorted(arcs, key=lambda key: (key is not None, -arcs[key].flow, key or ""))
    hide = to_hide(arcs, k=k, order=order, withheld=withheld)
    return SuppressedGroups.of(groups, hide=hide - withheld, k=k, with_total=with_total)


def _numbers(
    groups: Mapping[str, T], *, with_total: bool
) -> tuple[Mapping[str | None, Any], Mapping[str | None, Arc], set[str | None]]:
    """Return the groups with their total, how many answers each has, and what is not told anyhow."""
    values: dict[str | None, Any] = {**checked(groups, "groups")}
    check_alike(values.values())
    arcs = {name: Arc("all", "each", answers(value)) for name, value in values.items()}
    arcs[None] = Arc("each", "all", sum(arc.flow for arc in arcs.values()))
    if not a_flag(with_total, "with_total"):
        return values, arcs, {None}
    if groups:
        values[None] = combined(groups.values())
    return values, arcs, set()
