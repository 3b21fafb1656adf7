"""Reasoning: what can be said of predicates before any record is seen.

Answers are `True`, `False`, or `None` where it cannot be decided here; never a wrong `True` or `False` for records whose
values are of the kinds that their fields are declared with.
"""

from typing import Any

import attrs

from cxkit.predicates._nodes import And, Leaf, Not, Or, all_of, any_of
from cxkit.predicates._predicate import Predicate
from cxkit.predicates._solver import STEPS, Problem

FEWER = 500  # steps of one search among many
SEARCHES = 200  # of one simplification


@attrs.frozen
class Difference:
    """Where two predicates differ.

    Attributes:
        only_first: A record that passes the first one only; `None` if none was found.
        only_second: A record that passes the second one only; `None` if none was found.
        equivalent: Whether there is none of either; `None` where that cannot be decided here.
    """

    only_first: dict[str, Any] | None
    only_second: dict[str, Any] | None
    equivalent: bool | None


def is_satisfiable(predicate: Predicate, *, steps: int = STEPS) -> bool | None:
    return Problem(predicate, steps=steps).solve().found


def is_disjoint(one: Predicate, other: Predicate) -> bool | None:
    return _not(is_satisfiable(And((one, other))))


def implies(one: Predicate, other: Predicate, *, steps: int = STEPS) -> bool | None:
    return True if one == other else _not(is_satisfiable(And((one, Not(other))), steps=steps))


def equivalent(one: Predicate, other: Predicate, *, steps: int = STEPS) -> bool | None:
    there = implies(one, other, steps=steps)
    back = there if there is False else implies(other, one, steps=steps)
    if False in (there, back):
        return False
    return None if None in (there, back) else True


def _not(answer: bool | None) -> bool | None:  # noqa: FBT001 - it is what is turned
    return None if answer is None else not answer


def difference(one: Predicate, other: Predicate) -> Difference:
    if one == other:
        return Difference(None, None, equivalent=True)
    first, second = Problem(And((one, Not(other)))).solve(), Problem(And((other, Not(one)))).solve()
    found = {first.found, second.found}
    return Difference(first.record, second.record, False if True in found else None if None in found else True)


def simplify(predicate: Predicate) -> Predicate:
    """Drop what provably makes no difference, until nothing more can be dropped."""
    simpler = _Simplifier()
    while (found := simpler.once(predicate)) != predicate:
        predicate = found
    return found


class _Simplifier:
    """One simplification, which has a number of searches to do it with."""

    def __init__(self) -> None:
        self.searches = SEARCHES

    def _asks(self) -> bool:
        self.searches -= 1
        return self.searches >= 0

    def once(self, predicate: Predicate) -> Predicate:
        """Go through a predicate once, from the inside out."""
        if self._asks() and is_satisfiable(predicate, steps=FEWER) is False:
            return any_of()
        if self._asks() and is_satisfiable(Not(predicate), steps=FEWER) is False:
            return all_of()
        match predicate:
            case Not(Leaf()) | Leaf():
                return predicate
            case Not(term):
                return ~self.once(term)
            case And(terms):
                return self.without_idle(all_of(map(self.once, terms)), And)
            case Or(terms):
                return self.without_idle(any_of(map(self.once, terms)), Or)
            case _:
                raise NotImplementedError

    def without_idle(self, predicate: Predicate, junction: type[And | Or]) -> Predicate:
        """Leave out the terms that the others make idle, the last ones first."""
        if not isinstance(predicate, junction):
            return predicate
        kept = list(predicate.terms)
        for place in reversed(range(len(kept))):
            term, rest = kept[place], kept[:place] + kept[place + 1 :]
            if self._asks() and (
                implies(And(tuple(rest)), term, steps=FEWER)
                if junction is And
                else implies(term, Or(tuple(rest)), steps=FEWER)
            ):
                kept = rest
        return all_of(kept) if junction is And else any_of(kept)
