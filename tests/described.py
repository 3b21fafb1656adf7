"""Predicates by description: what one means, worked out from docs/design.md alone, and the predicate that says the same.

A description is `("and", parts)`, `("or", parts)`, `("not", part)`, or `(field, test, stated)`, where `stated` holds what
the test is given. `means` never looks at the library; `build` uses nothing but its operators.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import reduce
from typing import Any, TypeAlias

from cxkit.predicates import Fields, Predicate, day, flag, integer, moment, money, real, tags, text

Description: TypeAlias = tuple[Any, ...]


class Customer(Fields):
    country = text()
    orders = integer()
    score = real()
    spend = money("EUR")
    churned = flag()
    joined = moment()
    born = day()
    interests = tags()


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


def means(description: Description, record: Mapping[str, Any]) -> bool:
    """Say whether a record passes, by the meanings of docs/design.md."""
    match description:
        case ("and", parts):
            return all(means(part, record) for part in parts)
        case ("or", parts):
            return any(means(part, record) for part in parts)
        case ("not", part):
            return not means(part, record)
        case (field, test, stated) if test in NEGATIVE:
            return not means((field, NEGATIVE[test], stated), record)
        case (field, test, stated):
            value = record.get(field)
            return not is_gone(value) and POSITIVE[test](value, *stated)
    raise AssertionError(description)


def build(description: Description) -> Predicate:
    """Make the predicate, as a user would write it."""
    match description:
        case ("and", parts):
            return reduce(operator.and_, map(build, parts))
        case ("or", parts):
            return reduce(operator.or_, map(build, parts))
        case ("not", part):
            return ~build(part)
        case (field, test, stated) if test in COMPARISONS:
            return COMPARISONS[test](Customer.fields[field], *stated)
        case (field, test, stated):
            return getattr(Customer.fields[field], test)(*stated)
    raise AssertionError(description)


def fields_of(description: Description) -> Iterator[str]:
    """Yield the names of the fields that are asked about."""
    match description:
        case ("and" | "or", parts):
            for part in parts:
                yield from fields_of(part)
        case ("not", part):
            yield from fields_of(part)
        case (field, _, _):
            yield field
