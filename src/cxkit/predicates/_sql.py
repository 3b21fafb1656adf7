"""Predicates as SQL: the text of a condition, with its values apart."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NoReturn, Protocol, TypeVar

import attrs
from typing_extensions import override

from cxkit._checks import one_of
from cxkit.errors import InvalidTypeError, InvalidValueError, UnknownFieldError, UnsupportedError
from cxkit.predicates._derived import Derived
from cxkit.predicates._field import FieldSource
from cxkit.predicates._kinds import Kind
from cxkit.predicates._nodes import And, Leaf, Not, Or
from cxkit.predicates._operators import OPERATORS
from cxkit.predicates._predicate import Predicate
from cxkit.predicates._source import Source

T = TypeVar("T")
MoneyStorage = Literal["number", "minor_units"]
MomentStorage = Literal["text", "seconds", "microseconds"]


@attrs.frozen(kw_only=True)
class Storage:
    """How the columns of a table hold what a database has no type for.

    Flags are 1 and 0, days are texts as in `2026-03-01`, tags are arrays of texts in JSON, choices are the values of
    their options. What is missing is `NULL`.

    Attributes:
        money: Amounts as `"number"`, or as whole `"minor_units"` (`1240` for 12.40), for which the field has to name its
            currency. Amounts that are texts have no exact order in every version of SQLite.
        moments: Moments as `"text"`, just as `datetime.isoformat()` writes them in UTC, or as `"seconds"` or
            `"microseconds"` since 1970.
    """

    money: MoneyStorage = "number"
    moments: MomentStorage = "text"

    def __attrs_post_init__(self) -> None:
        one_of(self.money, ("number", "minor_units"), "money")
        one_of(self.moments, ("text", "seconds", "microseconds"), "moments")


@attrs.frozen
class SqlCondition:
    """A condition in SQL.

    Attributes:
        text: What stands behind `WHERE`, with a placeholder for each value; no value is in it.
        parameters: The values, in the order of their placeholders.
    """

    text: str
    parameters: tuple[Any, ...] = ()

    @override
    def __str__(self) -> str:
        return self.text


class Dialect(Protocol):
    """What a database has words for. Each method gives a text with placeholders, and the values for them."""

    def name(self, name: str) -> str:
        """Quote the name of a column or table, so that it can be nothing else."""
        ...

    def value(self, value: Any, kind: Kind) -> object:
        """Return a value as a column of its kind holds it."""
        ...

    def column(self, column: SqlCondition, kind: Kind) -> SqlCondition:
        """Return what is compared of a column."""
        ...

    def derived(self, source: Derived, of: SqlCondition, as_of: datetime | None) -> SqlCondition | None:
        """Return what is derived from something, if the database can tell exactly."""
        ...

    def test(self, leaf: Leaf, value: SqlCondition) -> SqlCondition | None:
        """Return a test other than a comparison, if the database can put it exactly."""
        ...


LEVELS = 20
SIDE_BY_SIDE = 50  # terms
_SIGNS: Mapping[str, str] = {"eq": "=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_COMPARING = (*_SIGNS, "between", "in", "known")


def to_sql(
    predicate: Predicate,
    dialect: str,
    *,
    columns: Mapping[str, str],
    table: str | None,
    storage: Storage | None,
    as_of: datetime | None,
) -> SqlCondition:
    """Write a predicate in a dialect."""
    from cxkit.predicates._sqlite import Sqlite

    one_of(dialect, ("sqlite",), "the dialect")
    if storage is not None and not isinstance(storage, Storage):
        msg = f"storage must be a Storage, got {storage!r}"
        raise InvalidTypeError(msg, storage)
    fields = {source.base.label for source in predicate.sources}
    for field in columns:
        if field not in fields:
            raise UnknownFieldError.among("the predicate", field, fields)
    if predicate.depth > LEVELS:
        msg = f"a parser of SQL takes about {LEVELS} levels, got {predicate.depth}; simplify() may help"
        raise UnsupportedError(msg, predicate)
    return _Writer(Sqlite(storage or Storage()), columns, table, as_of).condition(predicate, positive=True)


class _Writer:
    """Writes a predicate; complements are pushed down to the tests, where a missing value has to be told from a false one."""

    def __init__(self, dialect: Dialect, columns: Mapping[str, str], table: str | None, as_of: datetime | None) -> None:
        self.dialect = dialect
        self.columns = columns
        self.table = table
        self.as_of = as_of

    def condition(self, predicate: Predicate, *, positive: bool) -> SqlCondition:
        match predicate:
            case Leaf():
                return self.leaf(predicate, positive=positive)
            case Not(term):
                return self.condition(term, positive=not positive)
            case And(terms) | Or(terms):
                is_all = isinstance(predicate, And) == positive
                parts = [self.condition(term, positive=positive) for term in terms]
                return joined(" AND " if is_all else " OR ", parts) or SqlCondition("1 = 1" if is_all else "1 = 0")
            case _:
                raise NotImplementedError

    def leaf(self, leaf: Leaf, *, positive: bool) -> SqlCondition:
        test = self.test(leaf)
        # Not IS NOT TRUE: where a table has a column of that name, SQLite would take it for that.
        return test if positive else SqlCondition(f"({test.text}) IS NOT 1", test.parameters)

    def test(self, leaf: Leaf) -> SqlCondition:
        value = self.source(leaf.source, leaf)
        if isinstance(leaf.stated, Source):
            return filled(f"{{}} {_SIGNS[leaf.operator]} {{}}", value, self.source(leaf.stated, leaf))
        if leaf.operator not in _COMPARING:
            return self.exactly(leaf, lambda: self.dialect.test(leaf, value)) or self.cannot(leaf)
        stated = [self.stated(literal, leaf) for literal in listed(leaf)]
        match leaf.operator:
            case "eq" | "lt" | "le" | "gt" | "ge":
                return filled(f"{{}} {_SIGNS[leaf.operator]} {{}}", value, *stated)
            case "between":
                return filled("{} BETWEEN {} AND {}", value, *stated)
            case "in" if not stated:
                return SqlCondition("1 = 0")
            case "in":
                return filled(f"{{}} IN ({', '.join(['{}'] * len(stated))})", value, *stated)
            case _:
                return filled("{} IS NOT NULL", value)

    def stated(self, literal: Any, leaf: Leaf) -> SqlCondition:
        return self.exactly(leaf, lambda: SqlCondition("?", (self.dialect.value(literal, leaf.source.kind),)))

    def exactly(self, leaf: Leaf, write: Callable[[], T]) -> T:
        """Write a part of a test; a value that the database cannot hold is told with the test."""
        try:
            return write()
        except InvalidValueError as error:
            msg = f"{leaf!r} cannot be put exactly: {error.message}"
            raise UnsupportedError(msg, leaf) from error

    def source(self, source: Source, leaf: Leaf) -> SqlCondition:
        if isinstance(source, FieldSource):
            return self.dialect.column(SqlCondition(self.column(source)), source.kind)
        if not isinstance(source, Derived):
            self.cannot(leaf)
        of = self.source(source.of, leaf)
        return self.exactly(leaf, lambda: self.dialect.derived(source, of, self.as_of)) or self.cannot(leaf)

    def column(self, field: FieldSource) -> str:
        if field.name not in self.columns and len(field.path) > 1:
            msg = f"{field!r} has no column of its own; say which holds it, as in columns={{{field.name!r}: ...}}"
            raise UnsupportedError(msg, field.name)
        name = self.dialect.name(self.columns.get(field.name, ".".join(field.path)))
        return name if self.table is None else f"{self.dialect.name(self.table)}.{name}"

    def cannot(self, leaf: Leaf) -> NoReturn:
        msg = f"this dialect has no exact words for {leaf!r}; match the rows that the other conditions leave in Python"
        raise UnsupportedError(msg, leaf)


def listed(leaf: Leaf) -> Sequence[Any]:
    """Return what a test states as a list."""
    match OPERATORS[leaf.operator].arity:
        case "none":
            return ()
        case "one":
            return (leaf.stated,)
        case _:
            return tuple(leaf.stated)


def filled(pattern: str, *parts: SqlCondition) -> SqlCondition:
    """Put texts into a pattern, and their values into one row."""
    values = tuple(value for part in parts for value in part.parameters)
    return SqlCondition(pattern.format(*(part.text for part in parts)), values)


def joined(sign: str, parts: Sequence[SqlCondition]) -> SqlCondition | None:
    """Join conditions, in brackets; `None` where there are none."""
    if not parts:
        return None
    if len(parts) > SIDE_BY_SIDE:  # a long row of terms is a deep tree to a parser, which has its limits
        middle = len(parts) // 2
        parts = [part for half in (parts[:middle], parts[middle:]) if (part := joined(sign, half)) is not None]
    return filled(f"({sign.join(['{}'] * len(parts))})", *parts)
