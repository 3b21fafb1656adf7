"""Tables: rows of plain values as aligned text."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Protocol

from typing_extensions import override

NOTHING = timedelta(0)


def aligned(rows: Sequence[Mapping[str, object]]) -> str:
    """Return rows as a table in text: a line of names, and a line for each row; numbers and lengths of time stand to the right.

    >>> print(aligned([{"segment": "loyal", "customers": 12}, {"segment": "new", "customers": 7}]))
    segment  customers
    loyal           12
    new              7
    """
    if not rows:
        return "(no rows)"
    names = list(rows[0])
    cells = [[_shown(row[name]) for name in names] for row in rows]
    widths = [max(len(name), *(len(line[place]) for line in cells)) for place, name in enumerate(names)]
    right = [all(row[name] is None or _is_number(row[name]) for row in rows) for name in names]
    lines = [names, *cells]
    return "\n".join(
        "  ".join(
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    )


class HasRows(Protocol):
    """What a class must have to print as a table."""

    def rows(self) -> Sequence[Mapping[str, object]]:
        """Return a row for each part."""
        ...


class Tabled:
    """What prints as the table of its rows."""

    __slots__ = ()

    @override
    def __str__(self: HasRows) -> str:
        return aligned(self.rows())


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal | timedelta) and not isinstance(value, bool)


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, timedelta) and value < NOTHING:
        return f"-{-value}"  # Python writes a day less so many hours
    return f"{value:.4g}" if isinstance(value, float) else str(value)
