"""Groups in rows and columns, with the totals of both."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import product
from typing import Any, Generic, Self, TypeAlias, TypeVar

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import a_count, a_flag
from cxkit._tables import aligned
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
from cxkit.metrics._suppression.choice import ranges, to_hide
from cxkit.metrics._suppression.network import Arc
from cxkit.metrics._suppression.parts import Parts, parts_of

T = TypeVar("T")
Cell: TypeAlias = tuple[str | None, str | None]
"""A place in a table: its row and its column; `None` for the total of all."""


@attrs.frozen
class SuppressedTable(_charts.Charted, Suppressed[Cell, T], Generic[T]):
    """A table of groups of which the small ones are hidden, by row and column; `None` stands for a total.

    Attributes:
        k: The fewest answers of a group that may be shown.
        shown: What may be shown: cells by row and column, the total of a row under `(row, None)`, that of a column under
            `(None, column)`, that of all under `(None, None)`.
        hidden: What can be known of the others; their values are not kept here.
        row_names: The rows, in order.
        column_names: The columns, in order of their first cell.
    """

    row_names: tuple[str, ...]
    column_names: tuple[str, ...]

    @classmethod
    def of(
        cls,
        table: Mapping[str, Mapping[str, T]],
        *,
        hide: Collection[Cell],
        k: int = LEAST,
        with_totals: bool = True,
    ) -> Self:
        """Tell how safe it is to hide some cells: `is_safe` and `exposed` say whether it is enough.

        Args:
            table: The cells of each row, by column: how many answers there are, or a tally.
            hide: What to hide, by row and column; `None` for a total.
            k: The fewest answers of a group that may be shown.
            with_totals: Whether readers know the totals.

        >>> from cxkit.metrics import SuppressedTable
        >>> table = {"north": {"men": 3, "women": 12}, "south": {"men": 9, "women": 8}}
        >>> SuppressedTable.of(table, hide=[("north", "men"), ("north", "women")]).exposed
        (('north', 'men'), ('north', 'women'))
        """
        a_count(k, "k", least=2)
        values, arcs, withheld = _numbers(table, with_totals=with_totals)
        found = ranges(arcs, hide=hideable(hide, arcs), withheld=withheld)
        hidden = told({key: arcs[key].flow for key in found}, found, k)
        columns = dict.fromkeys(column for cells in table.values() for column in cells)
        return cls(k, rest(values, {*hidden, *withheld}), hidden, tuple(table), tuple(columns))

    @property
    def total(self) -> T | None:
        """All cells together; `None` where that is not shown."""
        return self.shown.get((None, None))

    @property
    def _has_totals(self) -> bool:
        return (None, None) in self.shown or (None, None) in self.hidden

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each cell and each total, with `None` for what is hidden and no word of why."""
        totals = [None] if self._has_totals else []
        keys = [*product([*self.row_names, *totals], [*self.column_names, *totals])]
        rows: list[dict[str, object]] = [
            {"row": row or TOTAL, "column": column or TOTAL, "answers": self._answers((row, column))}
            for row, column in keys
        ]
        if self._has_values:
            for line, key in zip(rows, keys, strict=True):
                line["value"] = self._value(key)
        return rows

    @override
    def chart(self) -> _charts.Spec:
        number = "value" if self._has_values else "answers"
        title = f"Groups of at least {self.k} answers"
        return _charts.heatmap(self.rows(), x="column", y="row", number=number, title=title)

    @override
    def __str__(self) -> str:
        """Return the numbers of answers as a table; a dash is what is hidden, or not there."""
        lines: dict[object, dict[str, object]] = {}
        for row in self.rows():
            lines.setdefault(row["row"], {"": row["row"]})[str(row["column"])] = row["answers"]
        return aligned([*lines.values()])


def suppress_small_cells(
    table: Mapping[str, Mapping[str, T]], *, k: int = LEAST, with_totals: bool = True
) -> SuppressedTable[T]:
    """Hide cells and totals with fewer than `k` answers, and others where subtraction would give them away.

    Totals are kept before cells and large numbers before small ones; of equal ones, the first by name. All that is hidden
    is needed: nothing of it could be shown as well. Another choice may hide fewer answers; to find the best one is NP-hard.
    Cells without answers are shown: nobody is behind them.

    Args:
        table: The cells of each row, by column: how many answers there are, or a tally: an `Nps`, a `BoxScore`, a `Rate`,
            a `PopulationRate` or a `NetSentiment`. Of a tally the totals tell each part, such as the promoters, so more
            may have to be hidden. A cell that is left out is empty. Cells must not overlap.
        k: The fewest answers of a group that may be shown; at least 2. 5 is what most survey tools take.
        with_totals: Whether readers know the totals, from here or from elsewhere.

    >>> from cxkit.metrics import suppress_small_cells
    >>> print(suppress_small_cells({
    ...     "north": {"men": 3, "women": 12, "others": 20},
    ...     "south": {"men": 9, "women": 8, "others": 30},
    ... }))
             men  women  others  (total)
    north      -      -      20       35
    south      -      -      30       47
    (total)   12     20      50       82
    """
    a_count(k, "k", least=2)
    _, arcs, withheld = _numbers(table, with_totals=with_totals)
    order = sorted(arcs, key=lambda key: (-key.count(None), -arcs[key].flow, key[0] or "", key[1] or ""))
    hide = to_hide(arcs, k=k, order=order, withheld=withheld)
    return SuppressedTable.of(table, hide=hide - withheld, k=k, with_totals=with_totals)


def _numbers(
    table: Mapping[str, Mapping[str, T]], *, with_totals: bool
) -> tuple[Mapping[Cell, Any], Mapping[Cell, Arc], set[Cell]]:
    """Return cells and totals, how many answers each has, and what is not told anyhow."""
    cells: dict[Cell, Any] = {}
    for row, line in checked(table, "a table").items():
        cells |= {(row, column): value for column, value in checked(line, f"the row {row!r}").items()}
    check_alike(cells.values())
    parts: dict[Cell, list[Any]] = {}
    for place, value in cells.items():
        for total in ((place[0], None), (None, place[1]), (None, None)):
            parts.setdefault(total, []).append(value)
    arcs = {key: _arc(key, [value]) for key, value in cells.items()}
    arcs |= {key: _arc(key, values) for key, values in parts.items()}
    if not a_flag(with_totals, "with_totals"):
        return cells, arcs, {*parts}
    return {**cells, **{key: combined(values) for key, values in parts.items()}}, arcs, set()


def _arc(key: Cell, values: Iterable[object]) -> Arc:
    """Return the arc of a number: what flows from a row to a column by its cells flows back by the totals."""
    row, column = key
    start, end = ("row", row), ("column", column)
    parts: Parts = Counter()
    for value in values:
        parts.update(parts_of(value))
    is_margin = (row is None) != (column is None)
    return Arc(end, start, parts) if is_margin else Arc(start, end, parts)
