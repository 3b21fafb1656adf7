"""The cases of other systems (`tests/cases/segment.json`), with the answers that are recommended for them.

What the library cannot say yet is listed in `WAITING`, case by case, so that the list can only shrink on purpose: it is
empty now. A property of an event stands in the channel of its touchpoint: predicates cannot ask for `properties`.
"""

import json
import operator
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from cxkit.calendar import Span, days
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Journey, Touchpoint
from cxkit.predicates import (
    Fields,
    Predicate,
    all_of,
    any_of,
    bucket,
    flag,
    integer,
    moment,
    nested,
    real,
    tags,
    text,
)
from cxkit.segments import Profile, Segment, events, quantile_scores

NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)
CASES: Mapping[str, dict[str, Any]] = {
    case["id"].removeprefix("segment-"): case
    for case in json.loads(Path(__file__, "../../cases/segment.json").resolve().read_text(encoding="utf-8"))
}
WAITING: dict[str, str] = {}  # reasons, with the numbers of the cases
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
JUNCTIONS = {"and": all_of, "or": any_of}
PROPERTY = "$filter_prop"  # of an event, where a case asks for one
COMPARISONS = {sign: getattr(operator, sign) for sign in ("eq", "ne", "lt", "le", "gt", "ge")}
METHODS = {
    "in": "is_in",
    "path_exists": "is_known",
    "any_item": "contains",
    "istarts_with": "starts_with",
}  # the others are called as they are here


def test_every_case_runs_or_is_listed_with_the_reason_why_not():
    assert len(CASES) == 123
    assert (len(RUNNING), len(WAITING_IDS), len(OUT_IDS), len(REFUSED_WHEN_MATCHED)) == (95, 0, 27, 1)
    assert {*RUNNING, *WAITING_IDS, *OUT_IDS, *REFUSED_WHEN_MATCHED} == CASES.keys()


def declared(value: Any, op: str):
    """Declare the field that holds such a value."""
    if op in {"any_item", "contains_all"}:
        return tags()
    if op == "before":
        return moment()
    if op in {"gt", "lt"} and isinstance(value, str) and not value.isdigit():
        return text(ordered=True)
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
    kinds: dict[str, Any] = {}
    for part in parts(case["predicate"]):
        if "field" in part:
            *way, name = part["field"].split(".")
            value, inner = case["record"], kinds
            for step in way:
                value, inner = value.get(step, {}), inner.setdefault(step, {})
            value = value.get(name)
            inner[name] = declared(part.get("value") if value in (None, "NaN") else value, part["op"])
    return fields_from(kinds, "Customer")


def fields_from(kinds: Mapping[str, Any], label: str) -> type[Fields]:
    own = {name: nested(fields_from(kind, name)) if isinstance(kind, dict) else kind for name, kind in kinds.items()}
    return type(label, (Fields,), own)


def written(predicate: Mapping[str, Any], customer: type[Fields]) -> Predicate:
    """Write the predicate of a case as a user would."""
    op = predicate["op"]
    if op in JUNCTIONS:
        return JUNCTIONS[op](written(part, customer) for part in predicate["args"])
    if op == "false":
        return any_of()
    if op == "not":
        return ~written(predicate["args"][0], customer)
    if "event" in predicate or op == "sequence":
        return behaviour(predicate)
    field = customer.fields[predicate["field"]]
    if op == "bucket_le":
        return bucket(field, salt=predicate["salt"], share=predicate["value"] / 100)
    if op.startswith("i") and op[1:] in METHODS.values():
        field = field.casefold()
    stated = [part["value"] for part in (predicate, predicate.get("item", {})) if "value" in part]
    if op == "before":
        return field < datetime.fromisoformat(*stated)
    return COMPARISONS[op](field, *stated) if op in COMPARISONS else getattr(field, METHODS.get(op, op))(*stated)


def behaviour(predicate: Mapping[str, Any]) -> Predicate:
    """Write a test of what a customer did."""

    def span(name: str) -> Span:
        return days(predicate[name])

    if predicate["op"] == "sequence":
        first, *others = predicate["steps"]
        sequence: Any = events(first).within(span("within_days"))
        for step in others:
            sequence = sequence.followed_by(step, within=span("max_gap_days"))
        return sequence.any()
    which = events(predicate["event"])
    match predicate["op"]:
        case "stopped":
            return which.stopped(active=span("did_within_days"), silent=span("not_within_days"))
        case "restarted":
            return which.restarted(silent=span("gap_from_days"), active=span("gap_to_days"))
        case "first_time":
            return which.first_within(span("within_days"))
        case "regularly":
            assert predicate["cmp"] == "ge"
            return which.regularly(
                at_least=predicate["value"],
                period=span("period_days"),
                in_periods=predicate["min_periods"],
                of=predicate["total_periods"],
            )
        case op:
            if "where" in predicate:
                which = which.where(property_of(predicate["where"]))
            recent = which.within(span("within_days")).count()
            compare, number = {"did": ("ge", 1), "did_not": ("eq", 0)}.get(op) or (predicate["cmp"], predicate["value"])
            return COMPARISONS[compare](recent, number)


def property_of(condition: Mapping[str, Any]) -> Predicate:
    """Write what must hold of the same event."""
    assert condition["field"] == PROPERTY
    return COMPARISONS[condition["op"]](Touchpoint.fields.channel, condition["value"])


def customer_of(record: Mapping[str, Any]) -> Profile:
    contacts = [
        Touchpoint(event["name"], NOW - timedelta(days=event["days_ago"]), channel=event.get(PROPERTY))
        for event in record.get("events", ())
    ]
    values = {
        name: datetime.fromisoformat(value) if name == "currentTime" else float(value) if value == "NaN" else value
        for name, value in record.items()
    }
    return Profile(values, Journey("anna", contacts))


SCORING = [number for number in RUNNING if CASES[number]["predicate"]["op"] == "rfm_score_eq"]
BUILDING = [number for number in RUNNING if CASES[number]["recommended"] != "build_error" and number not in SCORING]


@pytest.mark.parametrize("number", BUILDING)
def test_a_case_is_answered_as_recommended(number: str):
    case = CASES[number]
    segment = Segment(case["title"], written(case["predicate"], fields_of(case)))
    customer = customer_of(case["record"])
    assert segment.contains(customer, as_of=NOW) is case["recommended"]
    assert segment.where.compile(as_of=NOW)(customer) is case["recommended"]
    assert segment.explain(customer, as_of=NOW).outcome == ("match" if case["recommended"] else "no_match")


@pytest.mark.parametrize("number", sorted({*RUNNING} - {*BUILDING, *SCORING}))
def test_a_case_that_makes_no_sense_is_refused_when_it_is_built(number: str):
    fields = fields_of(CASES[number])
    with pytest.raises(InvalidValueError if CASES[number]["predicate"]["op"] == "stopped" else InvalidTypeError):
        written(CASES[number]["predicate"], fields)


@pytest.mark.parametrize("number", SCORING)
def test_a_case_of_scores_gives_the_score_of_its_row_or_is_refused(number: str):
    predicate, population = CASES[number]["predicate"], CASES[number]["record"]["population"]
    if CASES[number]["recommended"] == "build_error":
        with pytest.raises(InvalidValueError, match=r"^ties must be one of 'together', 'first', got 'qcut'$"):
            quantile_scores(population, bins=predicate["bins"], ties=predicate["ties"])
        return
    scores = quantile_scores(population, bins=predicate["bins"], ties=predicate["ties"])
    assert (scores[predicate["row"]] == predicate["value"]) is CASES[number]["recommended"]


def test_a_text_where_a_number_should_be_is_refused_when_it_is_matched():
    [case] = [CASES[number] for number in REFUSED_WHEN_MATCHED]
    above_five = written(case["predicate"], type("Customer", (Fields,), {"n": integer()}))
    with pytest.raises(InvalidTypeError, match=r"^n must be an integer, got '8' in Customer\.n > 5$"):
        above_five.matches(case["record"])
