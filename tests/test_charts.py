"""Charts as data."""

import json

import pytest

from cxkit._charts import SCHEMA, Charted, bars, heatmap

ROWS = ({"segment": "loyal", "customers": 12}, {"segment": "new", "customers": None})
MOVES = [{"from": "a", "to": "b", "n": 3}]


class Few(Charted):
    """Something with a chart."""

    def chart(self):
        return bars(ROWS, category="segment", number="customers", title="Few")

    def __str__(self):
        return "few"


def fields_in(spec: object):
    """Yield all fields that a chart shows."""
    if isinstance(spec, dict):
        yield from ([spec["field"]] if "field" in spec else [])
        for key, part in spec.items():
            if key != "data":
                yield from fields_in(part)
    elif isinstance(spec, list):
        for part in spec:
            yield from fields_in(part)


def test_bars_have_one_for_each_row_in_their_order():
    spec = bars(ROWS, category="segment", number="customers", title="Customers")
    assert spec["$schema"] == SCHEMA == "https://vega.github.io/schema/vega-lite/v5.json"
    assert spec["title"] == "Customers"
    assert spec["data"] == {"values": list(ROWS)}
    assert spec["mark"]["type"] == "bar"
    assert spec["encoding"]["y"] == {"field": "segment", "type": "nominal", "sort": None}
    assert spec["encoding"]["x"] == {"field": "customers", "type": "quantitative"}


def test_a_heatmap_has_a_square_and_a_number_for_each_row():
    spec = heatmap(MOVES, x="to", y="from", number="n", title="Moves")
    assert spec["$schema"] == SCHEMA
    assert (spec["encoding"]["x"]["field"], spec["encoding"]["y"]["field"]) == ("to", "from")
    square, number = spec["layer"]
    assert square["mark"]["type"] == "rect"
    assert square["encoding"] == {"color": {"field": "n", "type": "quantitative"}}
    assert number == {"mark": "text", "encoding": {"text": {"field": "n", "type": "quantitative"}}}
    assert "mark" not in spec


@pytest.mark.parametrize(
    ("spec", "rows"),
    [
        (bars(ROWS, category="segment", number="customers", title=""), ROWS),
        (heatmap(MOVES, x="to", y="from", number="n", title=""), MOVES),
    ],
    ids=["bars", "heatmap"],
)
def test_a_chart_is_json_and_shows_fields_that_its_rows_have(spec, rows):
    assert json.loads(json.dumps(spec)) == spec
    assert set(fields_in(spec)) <= set(rows[0])
    assert spec["data"]["values"] == list(rows)


def test_a_notebook_gets_the_chart_and_the_text_and_no_html():
    assert Few()._repr_mimebundle_() == {"application/vnd.vegalite.v5+json": Few().chart(), "text/plain": "few"}
    assert Few()._repr_mimebundle_(include=["text/plain"], exclude=[]) == Few()._repr_mimebundle_()


def test_what_has_no_chart_of_its_own_says_so():
    with pytest.raises(NotImplementedError):
        Charted().chart()
