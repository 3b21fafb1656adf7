"""Operators: what a test does with a value, and how it reads."""

import operator
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, NamedTuple

from cxkit.predicates._kinds import Shape
from cxkit.predicates._source import Source

Arity = Literal["none", "one", "range", "list"]


class Operator(NamedTuple):
    """A test of one value against what the predicate states.

    Attributes:
        holds: Whether a value that is there passes.
        code: How the test reads as code, `{}` standing for what is stated.
        negation: How its complement reads as code, where there is a word for it.
        arity: What is stated: nothing, one literal, two, or a list.
        words: How the test reads in words, and how its complement does.
    """

    holds: Callable[[Any, Any], bool]
    code: str
    negation: str | None = None
    arity: Arity = "one"
    words: tuple[str, str] = ("", "")


def tagged(value: object) -> Collection[object]:
    """Check that a value can be a set of tags: a text is not one, although it has parts."""
    if isinstance(value, str):
        raise TypeError(value)
    return frozenset(value)  # type: ignore[call-overload, no-any-return]


def _between(value: Any, bounds: Any) -> bool:
    return bool(bounds[0] <= value <= bounds[1])


OPERATORS: Mapping[str, Operator] = {
    "eq": Operator(operator.eq, " == {}", " != {}", words=("is {}", "is not {}")),
    "lt": Operator(operator.lt, " < {}", words=("is below {}", "is not below {}")),
    "le": Operator(operator.le, " <= {}", words=("is at most {}", "is not at most {}")),
    "gt": Operator(operator.gt, " > {}", words=("is above {}", "is not above {}")),
    "ge": Operator(operator.ge, " >= {}", words=("is at least {}", "is not at least {}")),
    "between": Operator(_between, ".between({})", arity="range", words=("is from {} to {}", "is not from {} to {}")),
    "in": Operator(
        lambda value, choices: value in choices,
        ".is_in({})",
        ".not_in({})",
        "list",
        ("is one of {}", "is none of {}"),
    ),
    "contains": Operator(
        lambda value, part: part in value, ".contains({})", words=("contains {}", "does not contain {}")
    ),
    "starts_with": Operator(
        lambda value, part: value.startswith(part),
        ".starts_with({})",
        words=("starts with {}", "does not start with {}"),
    ),
    "ends_with": Operator(
        lambda value, part: value.endswith(part), ".ends_with({})", words=("ends with {}", "does not end with {}")
    ),
    "matches": Operator(
        lambda value, pattern: pattern.is_found_in(value),
        ".matches({})",
        words=("matches {}", "does not match {}"),
    ),
    "has": Operator(
        lambda value, tag: tag in tagged(value), ".contains({})", words=("contains {}", "does not contain {}")
    ),
    "has_any": Operator(
        lambda value, tags: not tagged(value).isdisjoint(tags),  # type: ignore[attr-defined]
        ".contains_any({})",
        arity="list",
        words=("contains one of {}", "contains none of {}"),
    ),
    "has_all": Operator(
        lambda value, tags: tagged(value).issuperset(tags),  # type: ignore[attr-defined]
        ".contains_all({})",
        arity="list",
        words=("contains all of {}", "does not contain all of {}"),
    ),
    "empty": Operator(lambda value, _: not tagged(value), ".is_empty()", None, "none", ("is empty", "is not empty")),
    "true": Operator(lambda value, _: value is True, ".is_true()", None, "none", ("is true", "is not true")),
    "false": Operator(lambda value, _: value is False, ".is_false()", None, "none", ("is false", "is not false")),
    "known": Operator(lambda _value, _: True, ".is_known()", ".is_missing()", "none", ("is known", "is missing")),
}

_ORDER = ("lt", "le", "gt", "ge", "between")
_TEXT = ("contains", "starts_with", "ends_with", "matches")
TESTS: Mapping[Shape, tuple[str, ...]] = {
    "text": ("eq", "in", *_TEXT, "known"),
    "ordered text": ("eq", "in", *_ORDER, *_TEXT, "known"),
    "number": ("eq", "in", *_ORDER, "known"),
    "moment": ("eq", "in", *_ORDER, "known"),
    "day": ("eq", "in", *_ORDER, "known"),
    "flag": ("eq", "in", "true", "false", "known"),
    "choice": ("eq", "in", "known"),
    "tags": ("has", "has_any", "has_all", "empty", "known"),
}  # the tests of each shape of value
COMPARISONS = ("eq", "lt", "le", "gt", "ge")  # the tests that compare two values of one kind


def literal_code(value: object) -> str:
    """Return the code of a literal; whole amounts read as the ints that they may be written as."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return str(int(value))
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    return repr(value)


def stated_code(stated: object, arity: Arity) -> str:
    """Return the code of what a test states."""
    match arity:
        case "none":
            return ""
        case "one":
            return repr(stated) if isinstance(stated, Source) else literal_code(stated)
        case _:
            parts: Collection[object] = stated  # type: ignore[assignment]
            listed = ", ".join(map(literal_code, parts))
            return listed if arity == "range" else f"[{listed}]"
