"""Small worlds in which every record can be looked at: what a predicate means there is known without any reasoning.

A world has a few fields, the values that each may have (`None` for a missing one), and the tests that are asked. A
description of a predicate is `("all", parts)`, `("any", parts)`, `("not", part)` or `(source, test, stated)`; a source is
the name of a field, or that and what is derived from it (`("born", "month")`). `World.passing` says with one bit for each
record which ones pass; it knows nothing of the library. `build` writes the predicate down as a user would.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import reduce
from itertools import combinations, product
from math import inf, nextafter
from random import Random
from sys import float_info
from typing import Any, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from cxkit.predicates import (
    Fields,
    Predicate,
    all_of,
    any_of,
    choice,
    day,
    flag,
    integer,
    moment,
    money,
    nested,
    real,
    tags,
    text,
)

Description: TypeAlias = tuple[Any, ...]
Path: TypeAlias = tuple[str, ...]
UTC = timezone.utc
KOLKATA = "Asia/Kolkata"  # half an hour from all others


class Home(Fields):
    city = text()
    floor = integer()


class Shop(Fields):
    country = text()
    town = text()
    code = text(ordered=True)
    other_code = text(ordered=True)
    orders = integer()
    visits = integer()
    score = real()
    rating = real()
    spend = money("EUR")
    price = money("EUR")
    vip = flag()
    gift = flag()
    joined = moment()
    seen = moment()
    born = day()
    due = day()
    tier = choice("a", "b", "c")
    level = choice("a", "b", "c")
    interests = tags()
    home = nested(Home)


SIGNS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
MEANINGS: Mapping[str, Callable[[Any, Any], bool]] = {  # of a value that is there
    "==": lambda value, stated: value == stated,
    "<": lambda value, stated: value < stated,
    "<=": lambda value, stated: value < stated or value == stated,
    ">": lambda value, stated: stated < value,
    ">=": lambda value, stated: stated < value or value == stated,
    "between": lambda value, stated: not (value < stated[0] or stated[1] < value),
    "is_in": lambda value, stated: any(value == one for one in stated),
    "has part": lambda value, stated: any(value[at : at + len(stated)] == stated for at in range(len(value) + 1)),
    "starts_with": lambda value, stated: value[: len(stated)] == stated,
    "ends_with": lambda value, stated: len(stated) <= len(value) and value[len(value) - len(stated) :] == stated,
    "has tag": lambda value, stated: any(stated == tag for tag in value),
    "contains_any": lambda value, stated: any(one == tag for tag in value for one in stated),
    "contains_all": lambda value, stated: all(any(one == tag for tag in value) for one in stated),
    "is_empty": lambda value, _: len(value) == 0,
    "is_true": lambda value, _: value is True,
    "is_false": lambda value, _: value is False,
    "is_known": lambda _value, _stated: True,
}
COMPLEMENTS = {"!=": "==", "not_in": "is_in", "is_missing": "is_known"}
ALONE = ("is_empty", "is_true", "is_false", "is_known", "is_missing")  # tests that state nothing
_LETTERS = {letter: letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
DERIVED: Mapping[str, Callable[[Any], Any]] = {
    "casefold": lambda value: value.casefold(),
    "ascii": lambda value: "".join(_LETTERS.get(letter, letter) for letter in value),
    "year": lambda value: int(value.isoformat()[:4]),
    "month": lambda value: int(value.isoformat()[5:7]),
    "day": lambda value: int(value.isoformat()[8:10]),
    "isoweekday": lambda value: (value.toordinal() - 1) % 7 + 1,
    "date": lambda value: value.astimezone(ZoneInfo(KOLKATA)).date(),
    "hour": lambda value: value.astimezone(ZoneInfo(KOLKATA)).hour,
}


def value_in(record: Any, name: str) -> Any:
    for key in name.split("."):
        record = record.get(key) if isinstance(record, dict) else None
    return record


def read(source: Any, record: Mapping[str, Any]) -> Any:
    name, *calls = (source,) if isinstance(source, str) else source
    value = value_in(record, name)
    for call in calls:
        value = None if value is None else DERIVED[call](value)
    return value


def means(description: Description, record: Mapping[str, Any]) -> bool:
    """Say whether a record passes."""
    match description:
        case ("all", parts):
            return all(means(part, record) for part in parts)
        case ("any", parts):
            return any(means(part, record) for part in parts)
        case ("not", part):
            return not means(part, record)
        case (source, "than", (sign, other)):
            if sign in COMPLEMENTS:
                return not means((source, "than", (COMPLEMENTS[sign], other)), record)
            value, than = read(source, record), read(other, record)
            return value is not None and than is not None and bool(MEANINGS[sign](value, than))
        case (source, test, stated) if test in COMPLEMENTS:
            return not means((source, COMPLEMENTS[test], stated), record)
        case (source, test, stated):
            calls = () if isinstance(source, str) else source[1:]
            for call in calls:
                if call in ("casefold", "ascii"):
                    fold = DERIVED[call]
                    stated = fold(stated) if isinstance(stated, str) else [fold(one) for one in stated or ()]
            value = read(source, record)
            return value is not None and bool(MEANINGS[test](value, stated))
    raise AssertionError(description)


def sources_of(description: Description) -> Iterator[Any]:
    match description:
        case ("all" | "any", parts):
            for part in parts:
                yield from sources_of(part)
        case ("not", part):
            yield from sources_of(part)
        case (source, "than", (_, other)):
            yield from (source, other)
        case (source, _, _):
            yield source


def field_of(source: Any) -> str:
    return source if isinstance(source, str) else source[0]


def build(description: Description) -> Predicate:
    """Write the predicate as a user would."""
    match description:
        case ("all", []):
            return all_of()
        case ("any", []):
            return any_of()
        case ("all", parts):
            return reduce(operator.and_, map(build, parts))
        case ("any", parts):
            return reduce(operator.or_, map(build, parts))
        case ("not", part):
            return ~build(part)
        case (source, "than", (sign, other)):
            return SIGNS[sign](_value(source), _value(other))
        case (source, test, stated):
            return _tested(_value(source), test, stated)
    raise AssertionError(description)


def _tested(value: Any, test: str, stated: Any) -> Predicate:
    if test in SIGNS:
        return SIGNS[test](value, stated)
    if test in ALONE:
        return getattr(value, test)()
    if test in ("has part", "has tag"):
        return value.contains(stated)
    return value.between(*stated) if test == "between" else getattr(value, test)(stated)


def _value(source: Any) -> Any:
    name, *calls = (source,) if isinstance(source, str) else source
    value: Any = Shop.fields[name]
    for call in calls:
        if call == "ascii":
            value = value.casefold(ascii_only=True)
        elif call in ("date", "hour"):
            value = getattr(value, call)(tz=KOLKATA)
        else:
            value = getattr(value, call)()
    return value


def with_value(record: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """Return a record with another value of a field; without one, where it is `None`."""
    first, _, rest = name.partition(".")
    if rest:
        value = with_value(record.get(first, {}), rest, value) or None
    changed = {key: kept for key, kept in record.items() if key != first}
    return changed if value is None else {**changed, first: value}


class World(NamedTuple):
    """All records of a few fields, and the tests to ask of them.

    Attributes:
        values: What each field may hold, `None` among it.
        tests: The tests that predicates are made of.
        whole: Whether the values are all that the tests could tell apart, so that what holds here holds everywhere.
    """

    name: str
    values: dict[str, Sequence[Any]]
    tests: Sequence[Description]
    whole: bool = True

    def records(self) -> list[dict[str, Any]]:
        if self.name not in _RECORDS:
            _RECORDS[self.name] = [
                reduce(lambda record, pair: with_value(record, *pair), zip(self.values, chosen, strict=True), {})
                for chosen in product(*self.values.values())
            ]
        return _RECORDS[self.name]

    def passing(self, description: Description) -> int:
        """Return one bit for each record, in their order: whether it passes."""
        everyone = (1 << len(self.records())) - 1
        match description:
            case ("all", parts):
                return reduce(operator.and_, map(self.passing, parts), everyone)
            case ("any", parts):
                return reduce(operator.or_, map(self.passing, parts), 0)
            case ("not", part):
                return everyone & ~self.passing(part)
        key = (self.name, repr(description))
        if key not in _MASKS:
            _MASKS[key] = sum(means(description, record) << at for at, record in enumerate(self.records()))
        return _MASKS[key]

    def draw(self, random: Random, levels: int = 3) -> Description:
        """Draw a description."""
        if levels == 0 or random.random() < 0.25:
            return random.choice(self.tests) if random.random() < 0.97 else (random.choice(["all", "any"]), [])
        if random.random() < 0.2:
            return ("not", self.draw(random, levels - 1))
        parts = [self.draw(random, levels - 1) for _ in range(random.choice([2, 2, 2, 3]))]
        return (random.choice(["all", "any"]), parts)

    def descriptions(self) -> st.SearchStrategy[Description]:
        return st.recursive(
            st.one_of(st.sampled_from(self.tests), st.sampled_from([("all", []), ("any", [])])),
            lambda parts: st.one_of(
                st.tuples(st.just("not"), parts),
                st.tuples(st.sampled_from(["all", "any"]), st.lists(parts, min_size=2, max_size=3)),
            ),
            max_leaves=6,
        )


_RECORDS: dict[str, list[dict[str, Any]]] = {}
_MASKS: dict[Any, int] = {}


def ordered(source: Any, stated: Sequence[Any]) -> list[Description]:
    """Return the tests of a value with an order."""
    lists: list[Any] = [[], list(stated), list(stated[:2])]
    return [
        *equal(source, stated),
        *((source, sign, one) for sign in ("<", "<=", ">", ">=") for one in stated),
        *((source, "between", pair) for pair in combinations(stated, 2)),
        *((source, "between", (one, one)) for one in stated),
        *((source, "is_in", one) for one in lists),
    ]


def equal(source: Any, stated: Sequence[Any]) -> list[Description]:
    lists: list[Any] = [[], list(stated), list(stated[1:])]
    return [
        *((source, sign, one) for sign in ("==", "!=") for one in stated),
        *((source, test, one) for test in ("is_in", "not_in") for one in lists),
        *known(source),
    ]


def known(source: Any) -> list[Description]:
    return [(source, "is_known", ()), (source, "is_missing", ())]


def partial(source: Any, stated: Sequence[str]) -> list[Description]:
    return [(source, test, part) for test in ("has part", "starts_with", "ends_with") for part in stated]


def compared(*pairs: tuple[Any, Any], signs: Sequence[str] = tuple(SIGNS)) -> list[Description]:
    return [(one, "than", (sign, other)) for one, other in pairs for sign in signs]


def words(letters: str, most: int) -> list[str]:
    return ["".join(chosen) for length in range(most + 1) for chosen in product(letters, repeat=length)]


def _flags() -> World:
    flags = ("vip", "gift")
    asked = [(name, test, ()) for name in flags for test in ("is_true", "is_false")]
    asked += [test for name in flags for test in equal(name, [True, False])]
    asked += [test for name in ("tier", "level") for test in equal(name, ["a", "b"])]
    states = (True, False, None)
    options = ("a", "b", "c", None)
    return World("flags and choices", {"vip": states, "gift": states, "tier": options, "level": options}, asked)


def _tags() -> World:
    stated = ("x", "y", "z")
    sets = [frozenset(few) for size in range(5) for few in combinations((*stated, "other"), size)]
    lists = [[], ["x"], ["x", "y"], ["y", "z"], list(stated)]
    asked = [("interests", "has tag", one) for one in stated]
    asked += [("interests", test, some) for test in ("contains_any", "contains_all") for some in lists]
    asked += [("interests", "is_empty", ()), *known("interests"), ("vip", "is_true", ())]
    return World("tags", {"interests": (*sets, None), "vip": (True, False, None)}, asked)


def _moments() -> World:
    start, tick = datetime(2024, 3, 31, 1, tzinfo=UTC), timedelta(microseconds=1)
    stated = [start, start + tick, start + 3 * tick]
    near = [start + number * tick for number in range(-1, 5)]
    return World(
        "moments", {"joined": (*near, None), "seen": (*near, None)}, [*ordered("joined", stated), ("seen", ">", start)]
    )


CENT = Decimal("0.01")
AMOUNTS = (Decimal(0), Decimal("0.01"), Decimal("9.99"), Decimal(10))
TINY = Decimal("0.000001")
_AMOUNTS = sorted({amount + more for amount in AMOUNTS for more in (0, CENT, -CENT, TINY, -TINY)})
_HALF, _LARGE, _MOST = 0.5, 2.0**53, float_info.max
REALS = (-1.5, 0.5, nextafter(0.5, inf), 2.0**53, 2.0**53 + 2, _MOST)
WEEK = [date(2024, 2, 26) + timedelta(days=number) for number in range(7)]
_ALL_YEAR = [date(2023, 12, 30) + timedelta(days=number) for number in range(64)]
_HOURS = [datetime(2024, 2, 29, 12, 15, tzinfo=UTC) + timedelta(hours=number) for number in range(27)]

WORLDS = {
    world.name: world
    for world in (
        World("one integer", {"orders": (*range(-1, 6), None)}, ordered("orders", range(4))),
        World(
            "integers",
            {"orders": (*range(-1, 5), None), "home.floor": (*range(-1, 5), None), "vip": (True, False, None)},
            [*ordered("orders", range(4)), *ordered("home.floor", range(3)), ("vip", "is_true", ())],
        ),
        _flags(),
        _tags(),
        World(
            "texts",
            {"country": ("", "a", "b", "ab", "other", None), "town": ("", "a", "other", None)},
            [*equal("country", ["", "a", "b", "ab"]), *equal("town", ["", "a"])],
        ),
        World(
            "ordered texts",
            {"code": ("", "\0", "A", "a", "aa", "ab", "ab\0", "ac", "b", "b0", "c", "\U0010ffff", None)},
            ordered("code", ["", "a", "ab", "b"]),
        ),
        World(
            "texts next to one another",
            {"code": ("", "A", "a", "a\0", "a\0\0", "a\0\0\0", "a\0\0a", "a\0a", "a0", "b", None)},
            ordered("code", ["", "a", "a\0", "a\0\0\0"]),
        ),
        World(
            "days",
            {"born": (*WEEK, None), "due": (*WEEK[:3], None)},
            [*ordered("born", WEEK[2:5]), ("due", "==", WEEK[1])],
        ),
        World(
            "days at the ends",
            {"born": (date.min, date(1, 1, 2), WEEK[0], date(9999, 12, 30), date.max, None)},
            ordered("born", [date.min, date(1, 1, 2), date(9999, 12, 30), date.max]),
        ),
        _moments(),
        World(
            "money",
            {"spend": (*_AMOUNTS, 5, 10, None)},
            ordered("spend", AMOUNTS),
        ),
        World(
            "reals",
            {
                "score": (
                    *(-inf, -2, nextafter(-1.5, -inf), -1.5, nextafter(-1.5, inf), 0, nextafter(_HALF, -inf), _HALF),
                    *(nextafter(_HALF, inf), nextafter(nextafter(_HALF, inf), inf), 1, _LARGE - 1, int(_LARGE), _LARGE),
                    *(int(_LARGE) + 1, _LARGE + 2, int(_LARGE) + 3, _LARGE + 4, nextafter(_MOST, 0), _MOST),
                    *(int(_MOST) - 1, int(_MOST) + 1, inf, None),
                )
            },
            ordered("score", REALS),
        ),
        World(
            "numbers compared",
            {"orders": (*range(-1, 5), None), "visits": (*range(-1, 5), None), "home.floor": (0, 1, 2, 3, None)},
            [
                *compared(("orders", "visits"), ("visits", "orders"), ("orders", "orders"), ("visits", "home.floor")),
                *compared(("home.floor", "orders")),
                *[(name, sign, one) for name in ("orders", "visits") for sign in ("<", "==", ">=") for one in (1, 2)],
                *known("orders"),
            ],
            whole=False,
        ),
        World(
            "texts compared",
            {
                "country": ("", "a", "b", "q", "r", None),
                "home.city": ("", "a", "q", None),
                "town": ("a", "b", "r", None),
            },
            [
                *compared(("country", "home.city"), ("home.city", "town"), ("town", "country"), signs=("==", "!=")),
                *compared(("country", "country"), signs=("==", "!=")),
                *equal("country", ["", "a", "b"]),
                *equal("home.city", ["a"]),
            ],
            whole=False,
        ),
        World(
            "amounts compared",
            {
                "spend": (Decimal("0.99"), 1, Decimal("1.005"), Decimal("1.01"), None),
                "price": (0, 1, Decimal("1.01"), None),
            },
            [*compared(("spend", "price")), *ordered("spend", [1]), *ordered("price", [Decimal("1.01")])],
            whole=False,
        ),
        World(
            "others compared",
            {
                "code": ("", "a", "b", None),
                "other_code": ("", "a", "ab", None),
                "tier": ("a", "b", "c", None),
                "level": ("a", "b", "c", None),
                "vip": (True, False, None),
                "gift": (True, False, None),
            },
            [
                *compared(("code", "other_code"), ("other_code", "code")),
                *compared(("tier", "level"), ("vip", "gift"), ("gift", "gift"), signs=("==", "!=")),
                *ordered("code", ["", "a"]),
                *partial("other_code", ["a", "b"]),
                *equal("tier", ["a", "b"]),
                *equal("level", ["c"]),
                ("vip", "is_true", ()),
                ("gift", "is_false", ()),
                *known("gift"),
            ],
            whole=False,
        ),
        World(
            "derived compared",
            {
                "born": (*_ALL_YEAR[::9], date(2024, 2, 29), date(2024, 12, 31), date.max, None),
                "due": (date(2023, 12, 31), date(2024, 2, 29), date(2024, 3, 2), None),
                "joined": (*_HOURS[::5], None),
            },
            [
                *compared(("born", "due"), ("due", ("joined", "date")), (("joined", "date"), "born")),
                *compared((("born", "month"), ("due", "month")), (("born", "year"), ("due", "month"))),
                *compared((("born", "day"), ("joined", "hour")), (("born", "month"), ("born", "day"))),
                *ordered("born", [date(2024, 1, 1), date(2024, 2, 29)]),
                *ordered(("due", "month"), [2, 3]),
                *known("joined"),
            ],
            whole=False,
        ),
        World(
            "parts of texts",
            {"country": (*words("ab", 6), *words("abc", 3), None)},
            [*partial("country", ["", "a", "b", "ab", "ba", "aba"]), *equal("country", ["", "ab", "aab"])],
            whole=False,
        ),
        World(
            "parts of ordered texts",
            {"code": (*words("ab", 5), "c", "ac", "abc", None)},
            [*partial("code", ["", "a", "ab", "ba"]), *ordered("code", ["a", "ab", "b"])],
            whole=False,
        ),
        World(
            "folded texts",
            {"country": (*words("aAb", 2), "ß", "SS", "ss", "ẞ", "É", "é", "aß", "asS", None)},
            [
                *equal("country", ["a", "A", "ss", "ß"]),
                *equal(("country", "casefold"), ["a", "A", "SS", "ß", "é"]),
                *equal(("country", "ascii"), ["A", "SS", "É"]),
                *partial(("country", "casefold"), ["A", "s", "ß"]),
                *partial("country", ["a", "A"]),
            ],
            whole=False,
        ),
        World(
            "parts of days",
            {"born": (*_ALL_YEAR, date(2023, 5, 31), date.min, date.max, None)},
            [
                *ordered("born", [date(2024, 1, 1), date(2024, 2, 29)]),
                *ordered(("born", "year"), [2023, 2024]),
                *ordered(("born", "month"), [1, 2, 12]),
                *ordered(("born", "day"), [1, 29, 31]),
                *ordered(("born", "isoweekday"), [1, 6, 7]),
                *compared((("born", "month"), ("born", "day")), (("born", "day"), ("born", "isoweekday"))),
            ],
            whole=False,
        ),
        World(
            "parts of moments",
            {"joined": (*_HOURS, None)},
            [
                *ordered("joined", [_HOURS[3], _HOURS[5]]),
                *ordered(("joined", "date"), [date(2024, 2, 29), date(2024, 3, 1)]),
                *ordered(("joined", "hour"), [0, 5, 23]),
            ],
            whole=False,
        ),
        World(
            "mixed",
            {
                "orders": (0, 1, 2, 3, None),
                "country": ("", "a", "ab", "b", "other", None),
                "interests": (frozenset(), frozenset("x"), frozenset("xy"), frozenset("q"), None),
                "vip": (True, False, None),
                "home.floor": (0, 1, None),
            },
            [
                *ordered("orders", [1, 2]),
                *equal("country", ["a", "b"]),
                *partial("country", ["a"]),
                ("interests", "has tag", "x"),
                ("interests", "contains_any", ["x", "y"]),
                *known("interests"),
                ("vip", "is_true", ()),
                *equal("home.floor", [0]),
                *compared(("orders", "home.floor")),
            ],
            whole=False,
        ),
    )
}
