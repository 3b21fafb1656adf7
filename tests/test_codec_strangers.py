"""Documents made to harm: bombs, what is too large, numbers that are none, foreign objects."""

import json
from datetime import datetime, timezone
from decimal import Decimal
from types import MappingProxyType

import pytest
from samples import Customer

from cxkit.codec import Limits, from_dict, to_dict
from cxkit.errors import DocumentError
from cxkit.journey import Touchpoint
from cxkit.predicates import Predicate
from cxkit.tallies import Rate

RATE = {"cxkit": 1, "type": "tallies.rate", "count": 3, "total": 8, "name": "open rate", "unit": "mails"}


def faults(document, cls=Rate, **options):
    with pytest.raises(DocumentError) as caught:
        from_dict(document, cls, **options)
    return [str(fault) for fault in caught.value.exceptions]


# Bombs


def nested(make, levels):
    data = make(0)
    for _ in range(levels):
        data = make(data)
    return data


def a_cycle():
    data = {}
    data["x"] = [data]
    return data


MAKERS = {
    "lists": lambda part: [part],
    "objects": lambda part: {"x": part},
    "terms": lambda part: {"not": part},
    "laughs": lambda part: [part] * 10,
}
DEEP = {name: (lambda make=make: nested(make, 100_000)) for name, make in MAKERS.items()} | {"a cycle": a_cycle}
WIDE = {
    "a list": lambda: [0] * 200_000,
    "an object": lambda: dict.fromkeys(map(str, range(200_000))),
    "empty lists": lambda: [[]] * 200_000,
    "laughs": lambda: nested(MAKERS["laughs"], 50),
}


@pytest.mark.parametrize("name", DEEP)
@pytest.mark.parametrize("where", ["where", "type", "cxkit"])
def test_a_deep_document_is_answered(name, where):
    """To look at all of one that laughs would take longer than there is time."""
    document = {"cxkit": 1, "type": "predicates.predicate"} | {where: DEEP[name]()}

    assert faults(document, Predicate, fields=Customer) == ["$: more than 120 levels deep"]


@pytest.mark.parametrize("name", WIDE)
def test_a_wide_document_is_refused(name):
    document = {"cxkit": 1, "type": "predicates.predicate", "where": WIDE[name]()}

    assert faults(document, Predicate, fields=Customer) == ["$: more than 100000 nodes"]


def test_a_bomb_that_is_no_object_is_answered_too():
    assert len(faults(DEEP["lists"]())) == 1


def test_a_bomb_of_tuples_is_answered_too():
    assert len(faults(RATE | {"name": nested(lambda part: (part,), 100_000)})) == 1


# Limits


@pytest.mark.parametrize(
    ("part", "limits", "fault"),
    [
        ({"name": "x" * 10_001}, Limits(), "$: a text of more than 10000 characters"),
        ({"x" * 10_001: 1}, Limits(), "$: a text of more than 10000 characters"),
        ({"name": "x" * 13}, Limits(text=12), "$: a text of more than 12 characters"),
        ({"total": 10**40}, Limits(), "$: a number of more than 40 digits"),
        ({"total": -(10**40)}, Limits(), "$: a number of more than 40 digits"),
        ({10**40: 1}, Limits(), "$: a number of more than 40 digits"),
        ({"total": 1000}, Limits(digits=3), "$: a number of more than 3 digits"),
        ({"name": nested(lambda part: [part], 120)}, Limits(), "$: more than 120 levels deep"),
        ({"name": [[[[]]]]}, Limits(depth=4), "$: more than 4 levels deep"),
        ({"name": [0] * 100_000}, Limits(), "$: more than 100000 nodes"),
        ({"name": [0] * 20}, Limits(nodes=20), "$: more than 20 nodes"),
    ],
)
def test_what_is_too_large_is_refused(part, limits, fault):
    assert faults(RATE | part, limits=limits) == [fault]


@pytest.mark.parametrize(
    ("part", "limits"),
    [
        ({"name": "x" * 10_000}, Limits()),
        ({"name": "x" * 12, "unit": ""}, Limits(text=12)),
        ({"total": 10**40 - 1}, Limits()),
        ({"total": 10**40}, Limits(digits=41)),
        ({"total": 999}, Limits(digits=3)),
    ],
)
def test_what_is_just_small_enough_is_read(part, limits):
    assert to_dict(from_dict(RATE | part, Rate, limits=limits)) == RATE | part


def test_a_level_is_an_object_or_a_list():
    assert from_dict(RATE, Rate, limits=Limits(depth=1)) == from_dict(RATE, Rate)


def test_a_node_is_an_object_a_list_or_a_value():
    assert from_dict(RATE, Rate, limits=Limits(nodes=7)) == from_dict(RATE, Rate)


def test_a_host_may_allow_numbers_of_any_size():
    document = to_dict(Touchpoint("visit", datetime(2026, 3, 2, tzinfo=timezone.utc))) | {"sentiment": 10**400}

    assert len(faults(document, Touchpoint, limits=Limits(digits=500))) == 1


# What is no JSON


@pytest.mark.parametrize(
    "foreign",
    [{1}, (1,), b"text", Decimal(1), datetime(2026, 3, 2, tzinfo=timezone.utc), 1j, object(), range(3), int, frozenset()],
    ids=lambda foreign: type(foreign).__name__,
)  # fmt: skip
def test_foreign_objects_are_refused_wherever_they_are(foreign):
    for document in (RATE | {"count": foreign}, RATE | {"name": [{"x": foreign}]}):
        (fault,) = faults(document)
        assert fault.startswith("$: expected JSON data, got ")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_are_none_are_refused(number):
    document = json.loads(json.dumps(RATE | {"count": 0}).replace("0", number))

    assert faults(document) == [f"$: expected a finite number, got {float(number)}"]
    assert faults(RATE | {float(number): 1}) == [f"$: expected a finite number, got {float(number)}"]


def test_a_key_that_is_no_text_is_a_fault():
    assert sorted(faults(RATE | {1: 0, None: 0, 2.5: 0})) == [
        "$.2.5: unknown key",
        "$.None: unknown key",
        "$[1]: unknown key",
    ]
    assert faults(RATE | {(1, 2): 0}) == ["$: expected JSON data, got a tuple"]


def test_any_mapping_is_a_document():
    assert from_dict(MappingProxyType(RATE), Rate) == from_dict(RATE, Rate)
