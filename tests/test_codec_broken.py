"""Many broken documents, documents that are read first of all, and values that had better not be written."""

import copy
import json
import os
import random
import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import settings
from samples import NOON, STORED, Customer

from cxkit.calendar import Period
from cxkit.codec import Limits, from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError
from cxkit.journey import Touchpoint
from cxkit.loyalty import Line


@pytest.mark.parametrize("imported", ["", "import cxkit.predicates"])
@pytest.mark.parametrize(
    ("cls", "name"),
    [
        ("cxkit.predicates.Predicate", "predicates.predicate.behaviour"),
        ("cxkit.segments.Segment", "segments.segment"),
        ("cxkit.loyalty.Offer", "loyalty.offer.items"),
        ("cxkit.aftersales.Rule", "aftersales.rule"),
        ("cxkit.aftersales.ContactPolicy", "aftersales.contact_policy"),
        ("builtins.object", "journey.journey"),
        ("builtins.object", "metrics.nps"),
        ("builtins.object", "tallies.population_rate"),
    ],
)
def test_reading_does_not_depend_on_what_was_imported_before(imported, cls, name):
    package, _, noun = cls.rpartition(".")
    document = to_dict(STORED[name])
    code = f"""
from cxkit.codec import from_dict, to_dict
{imported}
from {package} import {noun}
assert to_dict(from_dict({document!r}, {noun})) == {document!r}
"""

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr == ""


def test_a_period_before_all_time_is_a_fault():
    document = to_dict(STORED["calendar.period.week"]) | {"first_day": "0001-01-01"}

    with pytest.raises(DocumentError):
        from_dict(document, Period)


def test_faults_are_told_in_one_order_by_every_process():
    code = """
from cxkit.codec import from_dict
from cxkit.tallies import Rate
try:
    from_dict({"cxkit": 1, "type": "tallies.rate", "red": 1, "green": 2, "blue": 3}, Rate)
except ValueError as error:
    print(error)
"""
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "12345"
    }
    assert len(told) == 1


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity"), datetime(2026, 3, 2), [1], {"size": "S"}],  # noqa: DTZ001
    ids=str,
)
def test_what_could_not_be_read_is_not_written(value):
    visit = Touchpoint("visit", NOON, properties={"it": value})

    with pytest.raises(InvalidTypeError, match=r"^a stored attribute must be text, a flag, a finite number or "):
        to_dict(visit)


def test_what_is_written_is_plain():
    class Sku(StrEnum):
        ESPRESSO = "espresso"

    assert from_dict(to_dict(Line(Sku.ESPRESSO, 2)), Line) == Line("espresso", 2)


@pytest.mark.parametrize(
    "value", [10**40, Decimal("1E+50"), Decimal("9" * 5000), "x" * 10_001], ids=["int", "exponent", "digits", "text"]
)
def test_a_host_reads_its_own_large_values_with_larger_limits(value):
    visit = Touchpoint("visit", NOON, properties={"it": value})

    assert from_dict(to_dict(visit), Touchpoint, limits=Limits(text=100_000, digits=100)) == visit


# Thousands of broken documents

RUBBISH = (
    None,
    True,
    False,
    0,
    1,
    -1,
    2,
    10**39,
    1.5,
    -0.0,
    "",
    " ",
    "EUR",
    "2026-03-02",
    "12:00",
    "\ud800",
    [],
    {},
    [[]],
)


def places(data):
    """List every place of a document: its container and its key."""
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    found = []
    for key, part in parts:
        found += [(data, key), *places(part)]
    return found


def mutate(document, chance, others):
    """Change a document at one place: take away, replace, repeat, rename, or graft a part of another."""
    container, key = chance.choice(places(document))
    match chance.randrange(6):
        case 0:
            del container[key]
        case 1 | 2:
            container[key] = copy.deepcopy(chance.choice(RUBBISH))
        case 3:
            container[key] = [container[key], container[key]]
        case 4:
            source, place = chance.choice(places(chance.choice(others)))
            container[key] = json.loads(json.dumps(source[place]))
        case _ if isinstance(container, dict):
            container[chance.choice(["type", "x", "", key.upper()])] = container.pop(key)
        case _:
            container.insert(key, copy.deepcopy(chance.choice(RUBBISH)))


TRIALS = max(600, 30 * settings().max_examples)  # of each type; with fewer, some meet no rubbish


def value_or_error(document):
    try:
        return from_dict(document, object, fields=Customer)
    except DocumentError as error:
        return error


@pytest.mark.parametrize("type_name", sorted({to_dict(value)["type"] for value in STORED.values()}))
def test_a_broken_document_is_refused_or_means_something(type_name):
    chance = random.Random(type_name)  # the same documents each time
    documents = [to_dict(value) for value in STORED.values()]
    texts = [json.dumps(document) for document in documents if document["type"] == type_name]
    refused = 0
    for _ in range(TRIALS):
        document = json.loads(chance.choice(texts))
        for _ in range(chance.randint(1, 3)):
            if places(document):
                mutate(document, chance, documents)
        read = value_or_error(document)
        if isinstance(read, DocumentError):
            refused += 1
            assert all(fault.path.startswith("$") for fault in read.exceptions)
        else:
            assert from_dict(to_dict(read), object, fields=Customer) == read
    assert TRIALS / 6 < refused < TRIALS
