"""The cases of other systems (`tests/cases/segment.json`), with the answers that are recommended for them.

What the library cannot say yet is listed in `WAITING`, case by case, so that the list can only shrink on purpose.
"""

import json
import operator
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from cxkit.calendar import days
from cxkit.errors import InvalidTypeError
from cxkit.journey import Journey, Touchpoint
from cxkit.predicates import Fields, Predicate, flag, integer, moment, real, tags, text
from cxkit.segments import Profile, Segment, events

NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)
CASES: Mapping[str, dict[str, Any]] = {
    case["id"].removeprefix("segment-"): case
    for case in json.loads(Path(__file__, "../../cases/segment.json").resolve().read_text(encoding="utf-8"))
}
WAITING = {
    "regular expressions": "054 194",
    "nested paths": "003 005 006 007 008 010 127",
    "ordered text": "042 043",
    "text without regard to case": "089",
    "predicates that are always or never true": "029 116 117 145",
    "properties of touchpoints": "203 204",
    "behaviour over time: first, stopped, restarted, regularly, in sequence": "208 210 212 213 215 217 223 227",
    "buckets": "198",
    "RFM scores": "244 246 247",
}
OUT_OF_SCOPE = {
    "no such operator": "024 049 118 119 120 133 134 135 137 185 186",
    "hashes of other systems": "099 100 101 102 104 105 159 161",
    "left open: truthiness, sets of tags where a text is asked for": "016 021 057 113 114 115",
    "another area: buy till you die": "248 250",
}
REFUSED_WHEN_MATCHED = {"027"}  # the record holds a text where the field is a number
WAITING_IDS = set(" ".join(WAITING.values()).split())
OUT_IDS = set(" ".join(OUT_OF_SCOPE.values()).split())
RUNNING = sorted(CASES.keys() - WAITING_IDS - OUT_IDS - REFUSED_WHEN_MATCHED)
JUNCTIONS = {"and": operator.and_, "or": operator.or_}
COMPARISONS = {sign: getattr(operator, sign) for sign in ("eq", "ne", "lt", "le", "gt", "ge")}
METHODS = {"in": "is_in", "path_exists": "is_known", "any_item": "contains"}  # the others are called as they are here


def test_every_case_runs_or_is_listed_with_the_reason_why_not():
    assert len(CASES) == 123
    assert (len(RUNNING), len(WAITING_IDS), len(OUT_IDS), len(REFUSED_WHEN_MATCHED)) == (65, 30, 27, 1)
    assert {*RUNNING, *WAITING_IDS, *OUT_IDS, *REFUSED_WHEN_MATCHED} == CASES.keys()


def declared(value: Any, op: str):
    """Declare the field that holds such a value."""
    if op in {"any_item", "contains_all"}:
        return tags()
    if op == "before":
        return moment()
    example = value[0] if isinstance(value, list) and value else value
    return {bool: flag, int: integer, float: real}.get(type(example), text)()


def parts(predicate: Mapping[str, Any]):
    """Yield the tests of a predicate, junctions left out."""
    if "args" in predicate:
        for part in predicate["args"]:
            yield from parts(part)
    else:
        yield predicate


def fields_of(case: Mapping[str, Any]) -> type[Fields]:
    """Declare the fields of a case by what its record holds, or by what they are compared with."""
    kinds = {}
    for part in parts(case["predicate"]):
        if "field" in part:
            value = case["record"].get(part["field"])
            kinds[part["field"]] = declared(part.get("value") if value in (None, "NaN") else value, part["op"])
    return type("Customer", (Fields,), kinds)


def written(predicate: Mapping[str, Any], customer: type[Fields]) -> Predicate:
    """Write the predicate of a case as a user would."""
    op = predicate["op"]
    if op in JUNCTIONS:
        return reduce(JUNCTIONS[op], [written(part, customer) for part in predicate["args"]])
    if op == "not":
        return ~written(predicate["args"][0], customer)
    if "event" in predicate:
        recent = events(predicate["event"]).within(days(predicate["within_days"])).count()
        compare, number = {"did": ("ge", 1), "did_not": ("eq", 0)}.get(op) or (predicate["cmp"], predicate["value"])
        return COMPARISONS[compare](recent, number)
    field = customer.fields[predicate["field"]]
    stated = [part["value"] for part in (predicate, predicate.get("item", {})) if "value" in part]
    if op == "before":
        return field < datetime.fromisoformat(*stated)
    return COMPARISONS[op](field, *stated) if op in COMPARISONS else getattr(field, METHODS.get(op, op))(*stated)


def customer_of(record: Mapping[str, Any]) -> Profile:
    contacts = [
        Touchpoint(event["name"], NOW - timedelta(days=event["days_ago"])) for event in record.get("events", ())
    ]
    values = {
        name: datetime.fromisoformat(value) if name == "currentTime" else float(value) if value == "NaN" else value
        for name, value in record.items()
    }
    return Profile(values, Journey("anna", contacts))


BUILDING = [number for number in RUNNING if CASES[number]["recommended"] != "build_error"]


@pytest.mark.parametrize("number", BUILDING)
def test_a_case_is_answered_as_recommended(number: str):
    case = CASES[number]
    segment = Segment(case["title"], written(case["predicate"], fields_of(case)))
    customer = customer_of(case["record"])
    assert segment.contains(customer, as_of=NOW) is case["recommended"]
    assert segment.explain(customer, as_of=NOW).outcome == ("match" if case["recommended"] else "no_match")


@pytest.mark.parametrize("number", sorted({*RUNNING} - {*BUILDING}))
def test_a_case_that_makes_no_sense_is_refused_when_it_is_built(number: str):
    fields = fields_of(CASES[number])
    with pytest.raises(InvalidTypeError):
        written(CASES[number]["predicate"], fields)


def test_a_text_where_a_number_should_be_is_refused_when_it_is_matched():
    [case] = [CASES[number] for number in REFUSED_WHEN_MATCHED]
    above_five = written(case["predicate"], type("Customer", (Fields,), {"n": integer()}))
    with pytest.raises(InvalidTypeError, match=r"^n must be an integer, got '8' in Customer\.n > 5$"):
        above_five.matches(case["record"])
