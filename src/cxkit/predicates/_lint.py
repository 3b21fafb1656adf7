"""Lint: what is allowed and likely not meant."""

from collections.abc import Iterator
from itertools import combinations
from typing import Literal

import attrs
from typing_extensions import override

from cxkit.predicates._bucket import Bucket
from cxkit.predicates._field import FieldSource
from cxkit.predicates._nodes import And, Leaf, Not, Or
from cxkit.predicates._predicate import Predicate, as_predicate
from cxkit.predicates._reasoning import FEWER, equivalent, is_disjoint, is_satisfiable
from cxkit.predicates._values import Flag

FindingCode = Literal[
    "always_matches", "mixed_windows", "money_without_currency", "negated_missing", "never_matches", "salt_reuse"
]


@attrs.frozen
class Finding:
    """Something that is likely not meant.

    Attributes:
        code: `negated_missing`, `never_matches`, `always_matches`, `money_without_currency`, `mixed_windows` or
            `salt_reuse`.
        message: What it is, and what to write instead.
        predicate: The part that it is about.
    """

    code: FindingCode
    message: str
    predicate: Predicate

    @override
    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def lint(*predicates: Predicate | Flag) -> tuple[Finding, ...]:
    """Look for what is allowed and likely not meant.

    - `negated_missing`: a negated test takes those without a value, too.
    - `never_matches`, `always_matches`: a part that no record passes, or that every one does.
    - `money_without_currency`: an amount is compared whose field names no currency.
    - `mixed_windows`: calendar days and a rolling window in one predicate: they differ by up to a day.
    - `salt_reuse`: two predicates take overlapping shares with one salt, so they pick the same customers.

    Args:
        predicates: What is used together, so that the salts of its buckets should differ.

    >>> from cxkit.predicates import Fields, lint, text
    >>> class Customer(Fields):
    ...     country = text()
    >>> for finding in lint(Customer.country != "DE"):
    ...     print(finding)
    negated_missing: Customer.country != 'DE' also takes who has no country; add & Customer.country.is_known()
    >>> lint((Customer.country != "DE") & Customer.country.is_known())
    ()
    """
    given = [as_predicate(predicate) for predicate in predicates]
    alone = (finding for predicate in given for finding in _alone(predicate))
    return (*alone, *_salts(given))


def _alone(predicate: Predicate) -> Iterator[Finding]:
    settled = list(_settled(predicate))
    yield from settled
    if not any(finding.predicate is predicate for finding in settled):
        yield from _negated(predicate)
    for leaf in predicate.leaves():
        if leaf.kind.is_money and leaf.kind.currency is None and leaf.operator != "known":
            yield Finding(
                "money_without_currency",
                f"{leaf!r} compares amounts of any currency; declare {leaf.field} as money('EUR') or the like",
                leaf,
            )
    if len({source.timing for source in predicate.sources} - {None}) > 1:
        yield Finding(
            "mixed_windows",
            f"{predicate!r} has calendar days and a rolling window, which differ by up to a day; choose one",
            predicate,
        )


def _settled(predicate: Predicate) -> Iterator[Finding]:
    """Find the parts whose answer is settled, the largest ones only."""
    if is_satisfiable(predicate, steps=FEWER) is False:
        yield Finding("never_matches", f"no record passes {predicate!r}", predicate)
    elif is_satisfiable(Not(predicate), steps=FEWER) is False:
        yield Finding("always_matches", f"every record passes {predicate!r}", predicate)
    else:
        match predicate:
            case And(terms) | Or(terms):
                for term in terms:
                    yield from _settled(term)
            case Not(term):
                yield from _settled(term)
            case _:
                pass


def _negated(predicate: Predicate) -> Iterator[Finding]:
    """Find the negated tests that a missing value passes, and with it the whole."""
    for leaf in dict.fromkeys(_negative_leaves(predicate, positive=True)):
        field = leaf.source.base
        if isinstance(field, FieldSource) and leaf.operator != "known":
            known = Leaf(field, "known")
            asking = _replaced(predicate, leaf, Or((leaf, Not(known))))
            if equivalent(predicate, asking, steps=FEWER) is False:
                message = f"{Not(leaf)!r} also takes who has no {field.label}; add & {known!r}"
                yield Finding("negated_missing", message, Not(leaf))


def _replaced(predicate: Predicate, leaf: Leaf, other: Predicate) -> Predicate:
    """Put another condition in the place of a test."""
    match predicate:
        case Leaf():
            return other if predicate == leaf else predicate
        case Not(term):
            return Not(_replaced(term, leaf, other))
        case And(terms) | Or(terms):
            return type(predicate)(tuple(_replaced(term, leaf, other) for term in terms))
        case _:
            raise NotImplementedError


def _negative_leaves(predicate: Predicate, *, positive: bool) -> Iterator[Leaf]:
    match predicate:
        case Leaf():
            if not positive:
                yield predicate
        case Not(term):
            yield from _negative_leaves(term, positive=not positive)
        case And(terms) | Or(terms):
            for term in terms:
                yield from _negative_leaves(term, positive=positive)
        case _:
            raise NotImplementedError


def _salts(predicates: list[Predicate]) -> Iterator[Finding]:
    shares = [[leaf for leaf in predicate.leaves() if isinstance(leaf.source, Bucket)] for predicate in predicates]
    for ours, theirs in combinations(shares, 2):
        for one in ours:
            for other in theirs:
                if one.source.key() == other.source.key() and is_disjoint(one, other) is not True:
                    message = f"{one!r} and {other!r} pick the same customers; give one of them another salt"
                    yield Finding("salt_reuse", message, other)
