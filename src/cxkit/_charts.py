"""Charts as data: Vega-Lite specifications, which notebooks draw without a plotting library."""

from collections.abc import Mapping, Sequence
from typing import Any

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"

Spec = dict[str, Any]


class Charted:
    """What has a chart: a notebook shows it, and the text where it cannot."""

    __slots__ = ()

    def chart(self) -> Spec:
        """Return the chart as a Vega-Lite v5 specification."""
        raise NotImplementedError

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Spec:  # noqa: ARG002 - the protocol
        return {"application/vnd.vegalite.v5+json": self.chart(), "text/plain": str(self)}


def bars(rows: Sequence[Mapping[str, object]], *, category: str, number: str, title: str) -> Spec:
    """Return a chart with a bar for each row, in their order."""
    return {
        "$schema": SCHEMA,
        "title": title,
        "data": {"values": list(rows)},
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {
            "y": {"field": category, "type": "nominal", "sort": None},
            "x": {"field": number, "type": "quantitative"},
        },
    }


def stacked(rows: Sequence[Mapping[str, object]], *, category: str, part: str, number: str, title: str) -> Spec:
    """Return a chart with a bar for each category, made of its parts, in their order."""
    spec = bars(rows, category=category, number=number, title=title)
    spec["encoding"]["color"] = {"field": part, "type": "nominal", "sort": None}
    return spec


def columns(rows: Sequence[Mapping[str, object]], *, category: str, number: str, title: str) -> Spec:
    """Return a chart with an upright bar for each row, in their order."""
    return {
        "$schema": SCHEMA,
        "title": title,
        "data": {"values": list(rows)},
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {
            "x": {"field": category, "type": "ordinal", "sort": None},
            "y": {"field": number, "type": "quantitative"},
        },
    }


def heatmap(rows: Sequence[Mapping[str, object]], *, x: str, y: str, number: str, title: str) -> Spec:
    """Return a chart with a coloured square for each row, in their order."""
    return {
        "$schema": SCHEMA,
        "title": title,
        "data": {"values": list(rows)},
        "encoding": {
            "x": {"field": x, "type": "nominal", "sort": None},
            "y": {"field": y, "type": "nominal", "sort": None},
        },
        "layer": [
            {
                "mark": {"type": "rect", "tooltip": True},
                "encoding": {"color": {"field": number, "type": "quantitative"}},
            },
            {"mark": "text", "encoding": {"text": {"field": number, "type": "quantitative"}}},
        ],
    }


def step_band(rows: Sequence[Mapping[str, object]], *, x: str, y: str, low: str, high: str, title: str) -> Spec:
    """Return a chart with a line in steps, each of which holds until the next row, and a band around it."""
    across = {"field": x, "type": "quantitative"}
    return {
        "$schema": SCHEMA,
        "title": title,
        "data": {"values": list(rows)},
        "encoding": {"x": across},
        "layer": [
            {
                "mark": {"type": "area", "interpolate": "step-after", "opacity": 0.25},
                "encoding": {"y": {"field": low, "type": "quantitative", "title": y}, "y2": {"field": high}},
            },
            {
                "mark": {"type": "line", "interpolate": "step-after", "tooltip": True},
                "encoding": {"y": {"field": y, "type": "quantitative"}},
            },
        ],
    }
