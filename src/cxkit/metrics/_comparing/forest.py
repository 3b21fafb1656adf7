"""Forest plots: an estimate and its interval for each group, against a line."""

from collections.abc import Mapping, Sequence

from cxkit._charts import SCHEMA, Spec


def forest(rows: Sequence[Mapping[str, object]], *, number: str, title: str, color: Spec | None = None) -> Spec:
    """Return a chart with a point at a number and a line from `low` to `high` for each group, in their order.

    Args:
        rows: Rows with `group`, `low`, `high` and the number.
        number: The field of the estimate.
        title: What stands above.
        color: The channel of the colours, if there are any.
    """
    group = {"y": {"field": "group", "type": "nominal", "sort": None}}
    colors = {"color": color} if color else {}
    low = {"field": "low", "type": "quantitative", "title": number}
    return {
        "$schema": SCHEMA,
        "title": title,
        "data": {"values": list(rows)},
        "layer": [
            {"mark": {"type": "rule", "strokeDash": [4, 4]}, "encoding": {"x": {"datum": 0}}},
            {
                "mark": {"type": "rule", "tooltip": True},
                "encoding": {**group, "x": low, "x2": {"field": "high"}, **colors},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 60, "tooltip": True},
                "encoding": {**group, "x": {"field": number, "type": "quantitative"}, **colors},
            },
        ],
    }
