"""Operators: what a test does with a value, and how it reads."""

import operator
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from cxkit.errors import InvalidTypeError
from cxkit.predicates._kinds import Shape

Arity = Literal["none", "one", "range", "list"]


class Operator(NamedTuple):
    """A test of one value against what the predicate states.

    Attributes:
        holds: Whether a value that is there passes.
        code: How the test reads as code, `{}` standing for what is stated.
        negation: How its complement reads as code, where there is a word for it.
        arity: What is stated: nothing, one literal, two, or a list.
    """

    holds: Callable[[Any, Any], bool]
    code: str
    negation: str | None = None
    arity: Arity = "one"


def _tags(value: object) -> frozenset[str]:
    if isinstance(value, str):
        msg = f"tags must be a set or list of texts, got the text {value!r}"
        raise InvalidTypeError(msg, value)
    return frozenset(value)  # type: ignore[call-overload, no-any-return]


def _between(value: Any, bounds: Any) -> bool:
    return bool(bounds[0] <= value <= bounds[1])


OPERATORS: Mapping[str, Operator] = {
    "eq": Operator(operator.eq, " == {}", " != {}"),
    "lt": Operator(operator.lt, " < {}"),
    "le": Operator(operator.le, " <= {}"),
    "gt": Operator(operator.gt, " > {}"),
    "ge": Operator(operator.ge, " >= {}"),
    "between": Operator(_between, ".between({})", arity="range"),
    "in": Operator(lambda value, choices: value in choices, ".is_in({})", ".not_in({})", arity="list"),
    "contains": Operator(lambda value, part: part in value, ".contains({})"),
    "starts_with": Operator(lambda value, part: value.startswith(part), ".starts_with({})"),
    "ends_with": Operator(lambda value, part: value.endswith(part), ".ends_with({})"),
    "has": Operator(lambda value, tag: tag in _tags(value), ".contains({})"),
    "has_any": Operator(lambda value, tags: not _tags(value).isdisjoint(tags), ".contains_any({})", arity="list"),
    "has_all": Operator(lambda value, tags: _tags(value).issuperset(tags), ".contains_all({})", arity="list"),
    "empty": Operator(lambda value, _: not _tags(value), ".is_empty()", arity="none"),
    "true": Operator(lambda value, _: value is True, ".is_true()", arity="none"),
    "false": Operator(lambda value, _: value is False, ".is_false()", arity="none"),
    "known": Operator(lambda _value, _: True, ".is_known()", ".is_missing()", arity="none"),
}


TESTS: Mapping[Shape, tuple[str, ...]] = {
    "text": ("eq", "in", "contains", "starts_with", "ends_with", "known"),
    "ordered": ("eq", "in", "lt", "le", "gt", "ge", "between", "known"),
    "flag": ("eq", "in", "true", "false", "known"),
    "tags": ("has", "has_any", "has_all", "empty", "known"),
}  # the tests of each shape of value


def literal_code(value: object) -> str:
    """Return the code of a literal; whole amounts read as the ints that they may be written as."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return str(int(value))
    return repr(value)


def stated_code(stated: object, arity: Arity) -> str:
    """Return the code of what a test states."""
    match arity:
        case "none":
            return ""
        case "one":
            return literal_code(stated)
        case _:
            parts: Collection[object] = stated  # type: ignore[assignment]
            listed = ", ".join(map(literal_code, parts))
            return listed if arity == "range" else f"[{listed}]"
