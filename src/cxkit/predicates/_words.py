"""Predicates in words, for a colleague."""

from datetime import datetime
from decimal import Decimal
from enum import Enum

from cxkit.predicates._nodes import And, Leaf, Not, Or
from cxkit.predicates._operators import OPERATORS
from cxkit.predicates._predicate import Predicate
from cxkit.predicates._source import Source


def words(predicate: Predicate, *, positive: bool = True, inside: bool = False) -> str:
    """Say a predicate in words; its complement where not `positive`, in brackets where it stands `inside` another."""
    match predicate:
        case Leaf():
            return _leaf_words(predicate, positive=positive)
        case Not(term):
            return words(term, positive=not positive, inside=inside)
        case And(terms):
            conjunction, nothing = ("and", "always") if positive else ("or", "never")
        case Or(terms):
            conjunction, nothing = ("or", "never") if positive else ("and", "always")
        case _:
            raise NotImplementedError
    said = f" {conjunction} ".join(words(term, positive=positive, inside=True) for term in terms) or nothing
    return f"({said})" if inside and terms else said


def _leaf_words(leaf: Leaf, *, positive: bool) -> str:
    operator = OPERATORS[leaf.operator]
    match operator.arity:
        case "none":
            stated: tuple[str, ...] = ()
        case "range":
            stated = tuple(literal_words(value, leaf) for value in leaf.stated)
        case "list":
            stated = (_listed(list(dict.fromkeys(literal_words(value, leaf) for value in leaf.stated)), leaf.operator),)
        case _:
            stated = (literal_words(leaf.stated, leaf),)
    said_of = _OF_TIME.get(leaf.operator, operator.words) if leaf.kind.shape in ("moment", "day") else operator.words
    if leaf.operator == "in" and len(leaf.stated) == 1:
        said_of = OPERATORS["eq"].words
    said = f"{leaf.source.words} {said_of[not positive].format(*stated)}"
    return said if positive or leaf.operator == "known" else f"{said} (or is missing)"


_OF_TIME = {
    "lt": ("is before {}", "is not before {}"),
    "le": ("is at or before {}", "is not at or before {}"),
    "gt": ("is after {}", "is not after {}"),
    "ge": ("is at or after {}", "is not at or after {}"),
}


def _listed(items: list[str], operator: str) -> str:
    conjunction = "and" if operator == "has_all" else "or"
    return (
        f" {conjunction} ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items) or "nothing"
    )


def literal_words(value: object, leaf: Predicate | None = None) -> str:
    """Say a value that a leaf tests, or that was found for it."""
    currency = next((test.kind.currency for test in leaf.leaves()), None) if leaf is not None else None
    match value:
        case Source():
            return value.words
        case Decimal() if currency is not None:
            return f"{value:f} {currency}"
        case int() if currency is not None and not isinstance(value, bool):
            return f"{value} {currency}"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.isoformat(" ")
        case Enum():
            return str(value.value)
        case str() | bool() | int() | float() | None:
            return repr(value)
        case set() | frozenset() | list() | tuple():
            return ", ".join(sorted(map(str, value))) or "none"
        case _:
            return str(value)
