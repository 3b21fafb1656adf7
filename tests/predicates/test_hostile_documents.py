"""Documents from strangers: each is refused with a `DocumentError`, or is a predicate like any other."""

import copy
import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import reduce
from random import Random

import pytest
from described import MISSING, Customer
from strategies import VALUES

from cxkit.calendar import days, months
from cxkit.codec import Limits, from_dict, to_dict
from cxkit.errors import CxError, DocumentError
from cxkit.journey import Journey, Touchpoint
from cxkit.predicates import Predicate
from cxkit.segments import Profile, events

C = Customer
NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
EVENTS = events((Touchpoint.fields.channel == "web") | (Touchpoint.fields.value >= 10))
ORIGINALS = [
    to_dict(predicate)
    for predicate in (
        (C.country.is_in(["DE", "FR"]) & ~(C.orders >= 3)) | C.score.between(0, 1) | C.spend.eq(Decimal("9.90")),
        C.churned.is_true() & (C.joined < NOON) & (C.born != NOON.date()) & C.country.contains("D"),
        C.interests.contains_any(["a", "b"]) | ~C.interests.is_empty() | C.interests.contains("x"),
        (events("order").within(months(1)).count() >= 1) & (EVENTS.within(timedelta(days=3)).count() == 0),
        EVENTS.within(days(2, tz="Europe/Berlin") + months(1, tz="Europe/Berlin")).count().between(1, 3),
    )
]
WORDS = [
    *("eq", "in", "lt", "between", "contains", "has", "has_all", "empty", "true", "known", "__class__"),
    *(
        "Customer.orders",
        "Customer.country",
        "Customer.interests",
        "Touchpoint.fields.at",
        "Customer.fields",
        "Fields.fields",
    ),
    *("segments.event_count", "segments.segment", "predicates.predicate", "calendar.span", "os.system", "aftersales.x"),
    *(
        "UTC",
        "../../etc/passwd",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00+14:00",
        "2026-02-30",
        "NaN",
        "1E+999999",
    ),
    *("", "\0", "\ud800", "{0.__class__}", "%s%n", "x" * 9_999, "9" * 40, "-0", "٣"),
]
NUMBERS = [0, -1, 1, 2**63, 10**39, 10**40, 10**5000, -(10**5000), 0.5, -0.0, 1e308, float("nan"), float("inf")]
NO_JSON = [b"x", (1,), {1}, Decimal(1), NOON, object(), Predicate, 1j]
KEYS = ["all", "any", "not", "value", "test", "than", "type", "where", "cxkit", "window", "contact", "", 3, None]
RECORDS = [
    {},
    {field: values[0] for field, values in VALUES.items()},
    {field: values[-1] for field, values in VALUES.items()},
    *(dict.fromkeys(VALUES, mark) for mark in MISSING),
    dict.fromkeys(VALUES, "?"),
    dict.fromkeys(VALUES, 3),
]
ANNA = Journey("anna", [Touchpoint("order", NOON - timedelta(days=day), channel="web", value=day) for day in range(40)])


def places(data: object) -> Iterator[tuple[object, object]]:
    """Yield each container below an intact envelope with each of its keys."""
    if isinstance(data, dict):
        yield from ((data, key) for key in data)
        for part in data.values():
            yield from places(part)
    elif isinstance(data, list):
        yield from ((data, index) for index in range(len(data)))
        for part in data:
            yield from places(part)


def bomb(depth: int, core: object, wrap: str) -> object:
    return reduce(lambda data, _: [data] if wrap == "[]" else {wrap: data}, range(depth), core)


def replacement(random: Random, old: object, others: list[object]) -> object:
    return random.choice(
        [
            lambda: random.choice(WORDS),
            lambda: random.choice(NUMBERS),
            lambda: random.choice([None, True, False, [], {}]),
            lambda: random.choice(NO_JSON),
            lambda: random.choice(others),
            lambda: [old] * random.choice([1, 2, 50]),
            lambda: bomb(random.choice([1, 10, 40]), old, random.choice(["not", "all", "[]"])),
        ]
    )()


def mutated(random: Random) -> dict[str, object]:
    """Return a document with a few of its parts below the envelope spoilt."""
    original = random.choice(ORIGINALS)
    below = [copy.deepcopy(original["where"])]
    for _ in range(random.choice([1, 1, 2, 3])):
        container, key = random.choice(list(places(below)))
        others = [part[place] for part, place in places(copy.deepcopy(random.choice(ORIGINALS)))]
        action = random.choice(["replace", "replace", "replace", "remove", "add"])
        if action == "replace" or container is below:
            container[key] = replacement(random, container[key], others)
        elif action == "remove":
            del container[key]
        elif isinstance(container, dict):
            container[random.choice(KEYS)] = random.choice(others)
        else:
            container.append(random.choice(others))
    return original | {"where": below[0]}


def use(predicate: Predicate) -> None:
    """Ask a loaded predicate everything; it may refuse, but with an error of the library."""
    assert from_dict(json.loads(json.dumps(to_dict(predicate))), Predicate, fields=C) == predicate
    assert hash(predicate) == hash(~~predicate)
    assert repr(predicate)
    for record in RECORDS:
        for subject in (record, Profile(record, ANNA)):
            try:
                why = predicate.explain(subject, as_of=NOON)
                assert predicate.matches(subject, as_of=NOON) is (why.outcome == "match")
            except CxError:
                continue


@pytest.mark.parametrize("seed", range(30))
def test_a_spoilt_document_is_refused_or_loads_as_any_other(seed: int):
    random = Random(seed)  # noqa: S311
    refused = 0
    for _ in range(100):
        document = mutated(random)
        began = time.process_time()
        try:
            predicate = from_dict(document, Predicate, fields=C)
        except DocumentError as error:
            refused += 1
            told = [str(fault) for fault in error.exceptions]
            assert all(fault.startswith("$") for fault in told)
        else:
            use(predicate)
        assert time.process_time() - began < 5
    assert 0 < refused < 100


@pytest.mark.parametrize("original", range(len(ORIGINALS)))
def test_an_intact_document_loads(original: int):
    predicate = from_dict(json.loads(json.dumps(ORIGINALS[original])), Predicate, fields=C)
    assert to_dict(predicate) == ORIGINALS[original]
    use(predicate)


@pytest.mark.parametrize("wrap", ["not", "all", "[]"])
@pytest.mark.parametrize("depth", [60, 100_000])
def test_a_deep_document_is_refused_before_it_is_read(wrap: str, depth: int):
    document = ORIGINALS[0] | {"where": bomb(depth, ORIGINALS[0]["where"], wrap)}
    with pytest.raises(DocumentError) as caught:
        from_dict(document, Predicate, fields=C)
    assert str(caught.value) == "the document has 1 fault; $: more than 60 levels deep"


def test_a_wide_document_tells_each_fault():
    wrong = {"value": "Customer.orders", "test": "eq", "than": "x"}
    document = ORIGINALS[0] | {"where": {"all": [wrong] * 10_000}}
    with pytest.raises(DocumentError) as caught:
        from_dict(document, Predicate, fields=C)
    assert len(caught.value.exceptions) == 10_000


def test_a_number_beyond_every_float_is_a_fault_however_long_numbers_may_be():
    document = ORIGINALS[0] | {"where": {"value": "Customer.score", "test": "eq", "than": 10**400}}
    with pytest.raises(DocumentError) as caught:
        from_dict(document, Predicate, fields=C, limits=Limits(digits=1000))
    [fault] = caught.value.exceptions
    assert str(fault) == "$.where.than: expected a number that a float can hold, got a int"
