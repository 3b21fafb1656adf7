"""Spoilt documents by the hundred thousand: each is refused with a `DocumentError`, or loads, and then every evaluator agrees.

Run with the number of documents, and a seed if another is wanted; ends with 1 if anything was violated.
"""

import gc
import os
import sqlite3
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1]))  # what tests share

from described import MISSING, Customer, Tier, value_in
from mutations import EVENTS, KEYS, NO_JSON, NOON, NUMBERS, ORIGINALS, WORDS, Document, copied, mutated, places

from cxkit.calendar import days, months
from cxkit.codec import from_dict, to_dict
from cxkit.errors import CxError, DocumentError, UnsupportedError
from cxkit.journey import Journey, Touchpoint
from cxkit.predicates import Predicate, Storage, any_of, bucket
from cxkit.predicates._compile import _compiled
from cxkit.segments import Profile, events

C = Customer
SEED = 20261122
SECONDS = 0.05  # for one document
CHUNK = 2_500  # documents of one seed; the same ones, however many processes share them
TRUSTED = [
    *ORIGINALS,
    *map(
        to_dict,
        (
            C.country.matches("^(D|F)[A-Z]?$")
            & ~C.code.matches(r"\d{2,}|a*b+")
            & C.country.casefold().matches("[de]+"),
            (C.born.isoweekday() == 7) | (C.joined.date(tz="UTC").month() >= 2) | (C.born.days_since(tz="UTC") <= 90),
            C.joined.within(timedelta(days=2)) & C.seen.within(days(3)).is_false() & (C.joined.hour(tz="UTC") < 20),
            bucket(C.orders, salt="x", share=0.5) & (C.address.city == C.country) & ~C.address.city.contains("B"),
            C.tier.not_in([Tier.GOLD]) | (C.tier == Tier.SILVER) | C.country.casefold(ascii_only=True).starts_with("d"),
            (C.born.day() >= 29) & (C.born.days_since(tz="Asia/Tokyo") > 3) & ~C.joined.within(timedelta(hours=12)),
            (C.orders < C.visits)
            | C.interests.contains_all(["a"]) & ~C.country.ends_with("E") & (C.address.floor >= 0),
            C.country.casefold(ascii_only=True).contains("E") & (C.score <= 1) & C.churned.eq(C.seen.within(days(9))),
            C.joined.date(tz="UTC").eq(NOON.date())
            | (C.seen <= C.joined)
            | ~C.spend.is_in([0, Decimal("9.9")])
            | any_of(),
            (events("order").count() >= 2)
            | ~(EVENTS.within(months(1)).count() == 3)
            | C.spend.between(0, Decimal("9.99")),
        ),
    ),
]
ROLES: dict[str, list[Any]] = defaultdict(list)  # the parts of the documents by their key, those of lists as terms
for _container, _key in (place for original in TRUSTED for place in places(original["where"])):
    ROLES[_key if isinstance(_key, str) else "term"].append(_container[_key])
SOUND: list[dict[str, Any]] = [
    {},
    dict.fromkeys([*C.fields, "address"]),
    {"country": "DE", "code": "a1", "orders": 3, "visits": 2, "score": 0.5, "spend": Decimal("9.90"), "churned": True},
    {
        "country": "de",
        "code": "B",
        "orders": -1,
        "visits": 3,
        "score": 1,
        "spend": 10,
        "churned": False,
        "tier": "gold",
    },
    {"joined": NOON, "seen": NOON - timedelta(days=1), "born": date(2000, 2, 29), "tier": Tier.SILVER, "orders": 0},
    {
        "joined": NOON.astimezone(timezone(timedelta(hours=9))),
        "seen": NOON + timedelta(microseconds=1),
        "born": date(2026, 3, 1),
        "interests": ["a", "b"],
        "address": {"city": "Berlin", "floor": 3},
    },
    {
        "country": "Straße",
        "interests": {"x"},
        "address": {"city": "Straße"},
        "joined": datetime(1969, 7, 20, tzinfo=timezone.utc),
    },
    {
        "country": "FR",
        "interests": [],
        "address": {"city": "", "floor": 0},
        "tier": Tier.BASIC,
        "visits": 0,
        "orders": 0,
    },
    {  # the repeated hour of Berlin: an hour before, and then half an hour after what its clocks show
        "joined": datetime(2026, 10, 25, 2, 45, tzinfo=ZoneInfo("Europe/Berlin")),
        "seen": datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1),
    },
]
ILL: list[dict[str, Any]] = [
    *(dict.fromkeys([*C.fields, "address"], mark) for mark in MISSING[1:4]),
    dict.fromkeys(C.fields, "?"),
    dict.fromkeys(C.fields, 3),
    {"joined": datetime(2026, 1, 1), "seen": datetime(2026, 1, 2)},  # noqa: DTZ001
    {
        "country": 3,
        "orders": "3",
        "interests": "abc",
        "joined": date(2026, 3, 1),
        "born": "2026-03-01",
        "tier": "golden",
    },
]
ANNA = Journey("anna", [Touchpoint("order", NOON - timedelta(days=day), channel="web", value=day) for day in range(5)])
STORAGES = (
    Storage(),
    Storage(moments="seconds"),
    Storage(money="minor_units", moments="microseconds"),
)
NESTED = {"address.city": "city", "address.floor": "floor"}
Outcome = bool | type[BaseException]


class Violation(Exception):  # noqa: N818 - what the script looks for
    """Something that must never happen."""


def recombined(random: Random) -> Document:
    """Return a document in which parts stand where such parts stand in others; many of these load."""
    original = random.choice(TRUSTED)
    document = original | {"where": copied(original["where"])}
    for _ in range(random.choice([1, 1, 2, 4])):
        container, key = random.choice(list(places(document["where"])))
        role = key if isinstance(key, str) else "term"
        container[key] = copied(random.choice(ROLES[role]))
    return document


def spoilt(random: Random) -> Document:
    """Return a spoilt document; in one of five, it is the envelope that is spoilt too."""
    if random.random() < 0.35:
        return recombined(random)
    document = mutated(random, TRUSTED)
    if random.random() < 0.35:
        action = random.choice(["replace", "remove", "add", "strange"])
        key = random.choice(["cxkit", "type", "where"])
        if action == "replace":
            document[key] = random.choice([*WORDS, *NUMBERS, *NO_JSON, None, True, [], {}])
        elif action == "remove":
            del document[key]
        elif action == "add":
            document[random.choice(KEYS)] = random.choice(WORDS)
        else:
            return random.choice([None, [], "x", 3, [document], {}, {"where": document}, document["where"]])
    return document


def read(document: Document, *, trusted: bool) -> Predicate | None:
    """Load a document, in time; `None` where it is refused."""
    for _ in range(3):  # a machine may be busy with something else once
        began = time.process_time()
        try:
            found: Predicate | None = from_dict(document, Predicate, fields=C, trusted=trusted)
        except DocumentError:
            found = None
        spent = time.process_time() - began
        if spent <= SECONDS:
            return found
    raise Violation(f"took {spent * 1000:.0f} ms to read, three times")


def outcome(call: Callable[[], object]) -> object:
    """Return what comes out: an answer, or the type of an error of the library."""
    try:
        return call()
    except CxError as error:
        return type(error)


def agree(name: str, found: object, expected: object) -> None:
    if found == expected:
        return
    if isinstance(found, list) and isinstance(expected, list):  # tell of the first record that differs
        pairs = zip(found, expected, strict=True)
        place, (found, expected) = next((place, pair) for place, pair in enumerate(pairs) if pair[0] != pair[1])
        name = f"{name}, record {place},"
    raise Violation(f"{name} gives {found}, and the closure {expected}")


def first_error(outcomes: list[object]) -> object:
    """Say what a table of rows gives as a whole."""
    return next((found for found in outcomes if isinstance(found, type)), outcomes)


def compare(predicate: Predicate, tables: "Tables") -> str:
    """Ask every evaluator, and compare; say what SQL did."""
    records = [*SOUND, *ILL]
    _compiled.cache_clear()  # equal predicates share a function, but ask ill-typed records in another order
    match = predicate.compile(as_of=NOON)
    expected = [outcome(lambda record=record: predicate.matches(record, as_of=NOON)) for record in records]
    agree("compile", [outcome(lambda record=record: match(record)) for record in records], expected)
    shaped = [SimpleNamespace(**record) for record in records]
    agree("compile of objects", [outcome(lambda record=record: match(record)) for record in shaped], expected)
    subjects = [ANNA, Profile(SOUND[2], ANNA)]
    agree(
        "compile of profiles",
        [outcome(lambda record=record: match(record)) for record in subjects],
        [outcome(lambda record=record: predicate.matches(record, as_of=NOON)) for record in subjects],
    )
    if predicate.about <= {C}:
        for rows, answers in ((SOUND, expected[: len(SOUND)]), (ILL, expected[len(SOUND) :])):
            columns = {field: [value_in(row, field) for row in rows] for field in C.fields}
            agree("mask", outcome(lambda columns=columns: predicate.mask(columns, as_of=NOON)), first_error(answers))
    answers = expected[: len(SOUND)]
    if any(isinstance(answer, type) for answer in answers):
        return "no sql: an error"
    read_ = {source.base.label for leaf in predicate.leaves() for source in leaf.sources}
    named = {field: column for field, column in NESTED.items() if field in read_}
    asked = 0
    for storage in STORAGES:
        try:
            where = predicate.to_sql("sqlite", columns=named, storage=storage, as_of=NOON)
        except UnsupportedError:
            continue
        asked += 1
        agree(f"sql {where} with {storage}", tables.ask(storage, where.text, where.parameters), answers)
    return "sql" if asked else "no sql: unsupported"


class Tables:
    """The sound records in SQLite, as each storage holds them."""

    def __init__(self) -> None:
        self.database = sqlite3.connect(":memory:")
        names = [NESTED.get(field, field) for field in C.fields]
        for number, storage in enumerate(STORAGES):
            self.database.execute(f"CREATE TABLE t{number} (number, {', '.join(names)})")
            for row, record in enumerate(SOUND):
                cells = [_stored(value_in(record, field), storage) for field in C.fields]
                places = ", ".join("?" * (1 + len(cells)))
                self.database.execute(f"INSERT INTO t{number} VALUES ({places})", [row, *cells])  # noqa: S608

    def ask(self, storage: Storage, where: str, parameters: tuple[Any, ...]) -> list[bool]:
        """Say which rows a condition keeps."""
        query = f"SELECT number FROM t{STORAGES.index(storage)} WHERE {where}"  # noqa: S608
        try:
            kept = {number for (number,) in self.database.execute(query, parameters)}
        except (sqlite3.Error, OverflowError, UnicodeError, ValueError) as error:
            raise Violation(f"SQLite refuses {where}: {error}") from error
        return [number in kept for number in range(len(SOUND))]


def _stored(value: Any, storage: Storage) -> object:
    """Say how a column holds a value of the sound records."""
    match value:
        case Tier():
            return value.value
        case bool():
            return int(value)
        case Decimal():
            return float(value) if storage.money == "number" else int(value * 100)
        case 10 if storage.money == "minor_units":  # the one amount that is an int
            return 1000
        case datetime():
            since = value - datetime(1970, 1, 1, tzinfo=timezone.utc)
            return {
                "text": value.astimezone(timezone.utc).isoformat(),
                "seconds": since.total_seconds(),
                "microseconds": since // timedelta(microseconds=1),
            }[storage.moments]
        case date():
            return value.isoformat()
        case set() | list():
            return "[" + ", ".join(f'"{tag}"' for tag in value) + "]"
        case _:
            return value


def check(document: Document, tables: Tables) -> Iterator[str]:
    """Yield what happened to a document."""
    predicate = read(document, trusted=True)
    untrusted = read(document, trusted=False)
    if untrusted is not None and untrusted != predicate:
        raise Violation(f"reads as {untrusted!r}, but trusted as {predicate!r}")
    if predicate is None:
        yield "refused"
        return
    yield "loaded"
    if untrusted is None:
        yield "loaded when trusted only"
    if from_dict(to_dict(predicate), Predicate, fields=C, trusted=True) != predicate:
        raise Violation(f"{predicate!r} is stored as another")
    yield compare(predicate, tables)
    yield "agreeing"


def run(seed: int, number: int) -> tuple[Counter[str], list[str]]:
    """Check some documents."""
    random, tables = Random(seed), Tables()
    counts: Counter[str] = Counter()
    violations = []
    gc.freeze()  # what is imported needs no collecting, which would count as time for a document
    for index in range(number):
        document = spoilt(random)
        try:
            counts.update(check(document, tables))
        except Exception as error:  # noqa: BLE001 - any other error is what is looked for
            text = repr(document)
            violations.append(f"seed {seed}, document {index}: {type(error).__name__}: {error}\n    {text[:1_500]}")
    return counts, violations


def main(number: int = 100_000, seed: int = SEED) -> int:
    """Check documents in all processors; return how many violated what must hold."""
    began = time.monotonic()
    sizes = [min(CHUNK, number - start) for start in range(0, number, CHUNK)]
    counts: Counter[str] = Counter()
    violations: list[str] = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for part, told in pool.map(run, range(seed, seed + len(sizes)), sizes):
            counts += part
            violations += told
    for name, count in sorted(counts.items()):
        print(f"{count:8}  {name}")
    print(f"{len(violations):8}  violations, among {number} documents, in {time.monotonic() - began:.0f} s")
    for violation in violations[:20]:
        print(violation)
    return len(violations)


if __name__ == "__main__":
    sys.exit(bool(main(*map(int, sys.argv[1:]))))
