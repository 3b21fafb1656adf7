"""Pictures of a retention table: in text, as a triangle of colours, as curves."""

from collections.abc import Iterable, Mapping, Sequence

from cxkit import _charts
from cxkit._tables import aligned
from cxkit.calendar import Period
from cxkit.metrics._retention.cohort import RetentionCell

Rows = Sequence[Mapping[str, object]]
WIDTH = len("100.0%*")


def in_text(
    sizes: Mapping[Period, int],
    cells: Iterable[RetentionCell],
    columns: Sequence[str],
    means: Mapping[str, Sequence[float | None]],
) -> str:
    """Return a line for each cohort and for each mean, in per cent; a `*` marks what is not complete."""
    shown = {
        (cell.cohort.first_day, cell.label): _shown(cell.rate.value_or(None), is_complete=cell.is_complete)
        for cell in cells
    }
    lines: list[dict[str, object]] = [
        {
            "cohort": str(period),
            "size": size,
            **{_head(column): shown.get((period.first_day, column), "") for column in columns},
        }
        for period, size in sizes.items()
    ]
    for name, values in means.items():
        texts = [_shown(value, is_complete=True) for value in values]
        lines.append({"cohort": name, "size": None, **dict(zip(map(_head, columns), texts, strict=True))})
    return aligned(lines)


def _shown(rate: float | None, *, is_complete: bool) -> str:
    text = "-" if rate is None else f"{rate:.1%}"
    return (text + (" " if is_complete else "*")).rjust(WIDTH)


def _head(column: str) -> str:
    return f"{column} ".rjust(WIDTH)


def triangle(rows: Rows, columns: Sequence[str]) -> _charts.Spec:
    """Return a coloured square for each cell, paler where it is not complete."""
    spec = _charts.heatmap(rows, x="column", y="cohort", number="rate", title="Retention")
    spec["encoding"]["x"]["sort"] = list(columns)
    spec["encoding"]["opacity"] = {
        "field": "complete",
        "type": "nominal",
        "scale": {"domain": [True, False], "range": [1, 0.4]},
    }
    spec["layer"][1]["encoding"]["text"]["format"] = ".0%"
    return spec


def curves(rows: Rows, columns: Sequence[str]) -> _charts.Spec:
    """Return a line for each cohort, of its complete cells."""
    return {
        "$schema": _charts.SCHEMA,
        "title": "Retention",
        "data": {"values": [row for row in rows if row["complete"] and row["rate"] is not None]},
        "mark": {"type": "line", "point": True, "tooltip": True},
        "encoding": {
            "x": {"field": "column", "type": "ordinal", "sort": list(columns)},
            "y": {"field": "rate", "type": "quantitative", "axis": {"format": "%"}, "scale": {"domainMin": 0}},
            "color": {"field": "cohort", "type": "ordinal", "sort": None},
        },
    }
