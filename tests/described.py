"""Predicates by description: what one means, worked out from docs/design.md alone, and the predicate that says the same.

A description is `("and", parts)`, `("or", parts)`, `("not", part)`, `("always",)`, `("never",)`, or
`(field, test, stated)`, where `stated` holds what the test is given: a sign and another field for `"than"`, whether only
A to Z count and a test with its own `stated` for `"casefold"`, nothing for `"alone"`, a flag by itself. `means` never
looks at the library; `build` uses nothing but its operators.
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from typing import Any, TypeAlias

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


class Tier(StrEnum):
    BASIC = "basic"
    SILVER = "silver"
    GOLD = "gold"


class Address(Fields):
    city = text()
    floor = integer()


class Customer(Fields):
    country = text()
    code = text(ordered=True)
    orders = integer()
    visits = integer()
    score = real()
    spend = money("EUR")
    churned = flag()
    joined = moment()
    seen = moment()
    born = day()
    tier = choice(Tier)
    interests = tags()
    address = nested(Address)


class NAType:
    """Like `pandas.NA`: comparisons give itself again, which is neither true nor false."""

    def _itself(self, _other: object) -> "NAType":
        return self

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _itself
    __hash__ = None

    def __bool__(self):
        message = "boolean value of NA is ambiguous"
        raise TypeError(message)


class NaTType:
    """Like `pandas.NaT`: not even equal to itself."""

    def _no(self, _other: object) -> bool:
        return False

    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = _no
    __hash__ = None

    def __ne__(self, _other: object) -> bool:
        return True


MISSING = (None, float("nan"), Decimal("NaN"), Decimal("-NaN"), NAType(), NaTType())

COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
POSITIVE: Mapping[str, Callable[..., bool]] = {  # of a value that is there
    **{sign: COMPARISONS[sign] for sign in ("==", "<", "<=", ">", ">=")},
    "between": lambda value, low, high: value >= low and value <= high,
    "is_in": lambda value, choices: any(value == choice for choice in choices),
    "contains": lambda value, part: part in value,
    "starts_with": lambda value, part: value[: len(part)] == part,
    "ends_with": lambda value, part: value[len(value) - len(part) :] == part,
    "contains_any": lambda value, wanted: any(tag in value for tag in wanted),
    "contains_all": lambda value, wanted: all(tag in value for tag in wanted),
    "is_empty": lambda value: len(value) == 0,
    "is_true": lambda value: value,
    "is_false": lambda value: not value,
    "is_known": lambda _value: True,
}
NEGATIVE = {"!=": "==", "not_in": "is_in", "is_missing": "is_known"}  # each the exact complement of another


def is_gone(value: object) -> bool:
    return any(value is mark for mark in MISSING)


def value_in(record: object, field: str) -> object:
    """Find the value of a field, on a way through nested mappings; `None` where the way ends before it."""
    for key in field.split("."):
        record = record.get(key) if isinstance(record, Mapping) else None
    return record


def folded(text: str, *, ascii_only: bool) -> str:
    """Fold the case of the few letters that are drawn."""
    small = {letter: chr(ord(letter) + 32) for letter in map(chr, range(65, 91))}
    if not ascii_only:
        small |= {"ß": "ss", "É": "é"}
    return "".join(small.get(letter, letter) for letter in text)


def _folded_all(stated: object, *, ascii_only: bool) -> Any:
    if isinstance(stated, str):
        return folded(stated, ascii_only=ascii_only)
    return [folded(choice, ascii_only=ascii_only) for choice in stated]


def means(description: Description, record: Mapping[str, Any]) -> bool:
    """Say whether a record passes, by the meanings of docs/design.md."""
    match description:
        case ("and", parts):
            return all(means(part, record) for part in parts)
        case ("or", parts):
            return any(means(part, record) for part in parts)
        case ("not", part):
            return not means(part, record)
        case ("always",) | ("never",):
            return description == ("always",)
        case (field, "than", (sign, other)):
            return _passes(sign, value_in(record, field), [value_in(record, other)])
        case (field, "casefold", (ascii_only, test, stated)):
            value = value_in(record, field)
            known = value if is_gone(value) else folded(value, ascii_only=ascii_only)
            return _passes(test, known, [_folded_all(part, ascii_only=ascii_only) for part in stated])
        case (field, test, stated):
            return _passes("is_true" if test == "alone" else test, value_in(record, field), stated)
    raise AssertionError(description)


def _passes(test: str, value: object, stated: Iterable[Any]) -> bool:
    if test in NEGATIVE:
        return not _passes(NEGATIVE[test], value, stated)
    return not is_gone(value) and not any(map(is_gone, stated)) and POSITIVE[test](value, *stated)


def build(description: Description) -> Predicate:
    """Make the predicate, as a user would write it."""
    return all_of(_built(description))  # a flag by itself becomes a predicate


def _built(description: Description) -> Any:
    match description:
        case ("and", parts):
            return reduce(operator.and_, map(_built, parts))
        case ("or", parts):
            return reduce(operator.or_, map(_built, parts))
        case ("not", part):
            return ~_built(part)
        case ("always",) | ("never",):
            return all_of() if description == ("always",) else any_of()
        case (field, "alone", _):
            return Customer.fields[field]
        case (field, "than", (sign, other)):
            return COMPARISONS[sign](Customer.fields[field], Customer.fields[other])
        case (field, "casefold", (ascii_only, test, stated)):
            return _tested(Customer.fields[field].casefold(ascii_only=ascii_only), test, stated)
        case (field, test, stated):
            return _tested(Customer.fields[field], test, stated)
    raise AssertionError(description)


def _tested(value: Any, test: str, stated: tuple[Any, ...]) -> Predicate:
    if test in COMPARISONS:
        return COMPARISONS[test](value, *stated)
    return getattr(value, test)(*stated)


def fields_of(description: Description) -> Iterator[str]:
    """Yield the names of the fields that are asked about."""
    match description:
        case ("and" | "or", parts):
            for part in parts:
                yield from fields_of(part)
        case ("not", part):
            yield from fields_of(part)
        case (field, "than", (_, other)):
            yield from (field, other)
        case (field, _, _):
            yield field
