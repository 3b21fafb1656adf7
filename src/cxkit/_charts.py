"""Charts as data: Vega-Lite specifications, which notebooks draw without a plotting library."""

from collections.abc import Mapping, Sequence
from typing import Any

from cxkit._tables import Tabled

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"

Spec = dict[str, Any]


class Charted(Tabled):
    """What has a chart: a notebook shows it, and the table where it cannot."""

    __slots__ = ()

    def chart(self) -> Spec:
        """Return the chart as a Vega-Lite v5 specification."""
        raise NotImplementedError

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Spec:  # noqa: ARG002 - the protocol
        return {"application/vnd.vegalite.v5+json": self.chart(), "text/plain": str(self)}


def bars(rows: Sequence[Mapping[str, object]], *, category: str, number: str, title: str) -> Spec:
    """Return a chart with a bar for each row, in their order."""
    encoding = {
        "y": {"field": category, "type": "nominal", "sort": None},
        "x": {"field": number, "type": "quantitative"},
    }
    return _chart(rows, title, mark={"type": "bar", "tooltip": True}, encoding=encoding)


def stacked(rows: Sequence[Mapping[str, object]], *, category: str, part: str, number: str, title: str) -> Spec:
    """Return a chart with a bar for each category, made of its parts, in their order."""
    spec = bars(rows, category=category, number=number, title=title)
    spec["encoding"]["color"] = {"field": part, "type": "nominal", "sort": None}
    return spec


def columns(rows: Sequence[Mapping[str, object]], *, category: str, number: str, title: str) -> Spec:
    """Return a chart with an upright bar for each row, in their order."""
    encoding = {
        "x": {"field": category, "type": "ordinal", "sort": None},
        "y": {"field": number, "type": "quantitative"},
    }
    return _chart(rows, title, mark={"type": "bar", "tooltip": True}, encoding=encoding)


def heatmap(rows: Sequence[Mapping[str, object]], *, x: str, y: str, number: str, title: str) -> Spec:
    """Return a chart with a coloured square for each row, in their order."""
    encoding = {
        "x": {"field": x, "type": "nominal", "sort": None},
        "y": {"field": y, "type": "nominal", "sort": None},
    }
    of_number = {"field": number, "type": "quantitative"}
    squares = {"mark": {"type": "rect", "tooltip": True}, "encoding": {"color": of_number}}
    return _chart(rows, title, encoding=encoding, layer=[squares, {"mark": "text", "encoding": {"text": of_number}}])


def step_band(rows: Sequence[Mapping[str, object]], *, x: str, y: str, low: str, high: str, title: str) -> Spec:
    """Return a chart with a line in steps, each of which holds until the next row, and a band around it."""
    band = {
        "mark": {"type": "area", "interpolate": "step-after", "opacity": 0.25},
        "encoding": {"y": {"field": low, "type": "quantitative", "title": y}, "y2": {"field": high}},
    }
    line = {
        "mark": {"type": "line", "interpolate": "step-after", "tooltip": True},
        "encoding": {"y": {"field": y, "type": "quantitative"}},
    }
    return _chart(rows, title, encoding={"x": {"field": x, "type": "quantitative"}}, layer=[band, line])


def forest(rows: Sequence[Mapping[str, object]], *, number: str, title: str, color: Spec | None = None) -> Spec:
    """Return a chart with a point at a number and a line from `low` to `high` for each group, in their order.

    Args:
        rows: Rows with `group`, `low`, `high` and the number.
        number: The field of the estimate.
        title: What stands above.
        color: The channel of the colours, if there are any.
    """
    shared = {"y": {"field": "group", "type": "nominal", "sort": None}, **({"color": color} if color else {})}
    nothing = {"mark": {"type": "rule", "strokeDash": [4, 4]}, "encoding": {"x": {"datum": 0}}}
    low = {"field": "low", "type": "quantitative", "title": number}
    reach = {"mark": {"type": "rule", "tooltip": True}, "encoding": {**shared, "x": low, "x2": {"field": "high"}}}
    point = {
        "mark": {"type": "point", "filled": True, "size": 60, "tooltip": True},
        "encoding": {**shared, "x": {"field": number, "type": "quantitative"}},
    }
    return _chart(rows, title, layer=[nothing, reach, point])


def _chart(rows: Sequence[Mapping[str, object]], title: str, **parts: object) -> Spec:
    return {"$schema": SCHEMA, "title": title, "data": {"values": list(rows)}, **parts}
