"""Examples: records on both sides of each boundary of a predicate, for tests."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import attrs
from typing_extensions import override

from cxkit.errors import UnsupportedError
from cxkit.predicates._field import FieldSource
from cxkit.predicates._predicate import Predicate
from cxkit.predicates._records import Record, with_value
from cxkit.predicates._solver import Problem

SHOWN = 60  # characters of a value
STARTS = 200  # records that pass, among which one is looked for whose answer hangs on a field


@attrs.frozen
class Example:
    """A record at a boundary of a predicate.

    Attributes:
        record: The record; what the predicate does not need is left out.
        matches: Whether it passes.
        field: The field whose value stands at a boundary, or is missing.
        value: That value; `None` where it is missing.
    """

    record: dict[str, Any]
    matches: bool
    field: str
    value: Any = None

    @property
    def is_missing(self) -> bool:
        """Whether the value of that field is missing."""
        return self.value is None

    @override
    def __str__(self) -> str:
        said = f"{self.field} missing" if self.is_missing else f"{self.field}={_short(self.value)}"
        return f"{'in' if self.matches else 'out'}: {said}"


def _short(value: Any) -> str:
    """Say a value, the same in every run, and not at any length."""
    said = ",".join(sorted(value)) or "none" if isinstance(value, frozenset) else str(value)
    return said if len(said) <= SHOWN else f"{said[:SHOWN]}..."


def examples(predicate: Predicate) -> tuple[Example, ...]:
    """Vary each field in a record whose answer hangs on it."""
    problem = Problem(predicate)
    if predicate.timed:
        msg = f"examples are records alone, and {predicate!r} speaks of time or of behaviour"
        raise UnsupportedError(msg)
    if problem.is_tangled:
        msg = f"examples are records of one kind, and fields of {predicate!r} share a key"
        raise UnsupportedError(msg)
    starts = [*islice(problem.records(), STARTS), *islice(problem.records(wholly=True), STARTS)]
    if not starts and problem.solve().found is None:
        msg = f"no record was found that passes {predicate!r}; it has tests, such as patterns, that none can be made up for"
        raise UnsupportedError(msg)
    return tuple(example for key, field in problem.fields.items() for example in _around(problem, key, field, starts))


def _around(problem: Problem, key: Any, field: FieldSource, starts: Sequence[Record]) -> Iterator[Example]:
    """Vary one field in the first record whose answer hangs on it; in the first of all, where there is none."""
    values = [*dict.fromkeys(problem.values(key)), None]
    first: list[Example] = []
    for start in starts or [{}]:
        found = [_example(problem.predicate, start, field, value) for value in values]
        if len({example.matches for example in found}) > 1:
            yield from found
            return
        first = first or found
    yield from first


def _example(predicate: Predicate, start: Record, field: FieldSource, value: Any) -> Example:
    record = with_value(start, field.path, value)
    return Example(record, predicate.matches(record), field.label, value)
