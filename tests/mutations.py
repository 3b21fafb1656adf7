"""Documents of predicates, and how they are spoilt: what strangers may send."""

import pickle
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import reduce
from random import Random
from typing import Any

from described import Customer, Tier

from cxkit.calendar import days, months
from cxkit.codec import to_dict
from cxkit.journey import Touchpoint
from cxkit.predicates import Predicate, all_of, any_of, bucket
from cxkit.segments import events

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
        (C.orders > C.visits) & (C.country != C.address.city) & C.joined.is_in([NOON])
        | (C.tier == Tier.GOLD)
        | all_of(),
        C.country.casefold().contains("De") & C.code.between("a", "b") & ~C.tier.is_in(list(Tier)) & ~any_of(),
        bucket(C.country.casefold(), salt="sale", share=0.5) | (C.address.floor >= 3) | (C.born.year() < C.orders),
        C.joined.within(months(1)) & C.seen.in_last_days(3, tz="Europe/Berlin", include_today=True)
        | (C.born.days_until_anniversary(tz="Asia/Tokyo", leap_day="03-01") <= C.joined.hour(tz="UTC")),
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
    *("matches", "gold", "md5-52", "year", "02-28", "Customer.address", "Customer.address.city", "Customer.born"),
    *("predicates.bucket", "predicates.casefolded", "predicates.date_part", "predicates.hour", "predicates.within"),
    *("predicates.days_since", "predicates.days_until_anniversary", "predicates.local_day", "Asia/Tokyo"),
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
Document = dict[str, object]
NUMBERS = [0, -1, 1, 2**63, 10**39, 10**40, 10**5000, -(10**5000), 0.5, -0.0, 1e308, float("nan"), float("inf")]
NO_JSON = [b"x", (1,), {1}, Decimal(1), NOON, object(), Predicate, 1j]
KEYS = ["all", "any", "not", "value", "test", "than", "type", "where", "cxkit", "window", "contact", "", 3, None]
KEYS += ["always", "than_value", "of", "tz", "salt", "algorithm", "part", "leap_day", "ascii_only", "currency"]


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


def copied(data: object) -> Any:
    """Return a copy of a document or a part of it."""
    return pickle.loads(pickle.dumps(data))  # noqa: S301 - several times as fast as copy.deepcopy


def mutated(random: Random, originals: Sequence[Document] = ORIGINALS) -> Document:
    """Return a document with a few of its parts below the envelope spoilt."""
    original = random.choice(originals)
    below = [copied(original["where"])]
    for _ in range(random.choice([1, 1, 2, 3])):
        container, key = random.choice(list(places(below)))
        others = [part[place] for part, place in places(copied(random.choice(originals)))]
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
