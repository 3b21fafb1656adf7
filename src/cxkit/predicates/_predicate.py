"""Predicates: conditions as values, and all that can be asked of them."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from typing_extensions import override

from cxkit._checks import an_instant, each
from cxkit.errors import CxError, InvalidTypeError
from cxkit.predicates._explain import ORDER, Explanation, LeafReason
from cxkit.predicates._subject import Subject

# What few programs ask for is imported when it is asked for: `import cxkit` is budgeted.
if TYPE_CHECKING:
    from cxkit.predicates._examples import Example
    from cxkit.predicates._nodes import Leaf
    from cxkit.predicates._reasoning import Difference
    from cxkit.predicates._source import Source
    from cxkit.predicates._sql import SqlCondition, Storage
    from cxkit.predicates._values import Flag
    from cxkit.predicates._visitor import Visitor

T = TypeVar("T")
Key = tuple[Hashable, ...]


class Predicate:
    """A typed condition, as a value.

    Predicates compose with `&`, `|` and `~`. They are two-valued: a test of a value that is missing fails, and `~` is
    the exact complement, so `p | ~p` matches everyone. Two of them are equal when their normal forms are: order,
    repetition, double negation and De Morgan do not count. `repr` is the code that makes one, `str` says it in words.

    They are built from the fields of a `Fields` class, never directly.
    """

    __slots__ = ()

    depth: int
    """How many levels of `&`, `|`, `~` and tests it has; there may be 32."""
    timed: bool
    """Whether the answer depends on `as_of`."""

    @property
    def about(self) -> frozenset[type]:
        """The `Fields` classes, and other kinds of subject, that the tests read."""
        return frozenset(subject for source in self.sources for subject in source.subjects)

    @property
    def sources(self) -> tuple["Source", ...]:
        """Where the tests read, in reading order: fields, what is derived from them, or behaviour."""
        return tuple(source for leaf in self.leaves() for source in leaf.sources)

    def matches(self, record: object, *, as_of: datetime | None = None) -> bool:
        """Whether a record passes.

        Args:
            record: A mapping or an object with attributes; for behaviour, a profile or a journey.
            as_of: The moment of the question, for predicates that speak of time.

        Raises:
            InvalidTypeError: A value is of a type that Python will not compare, or `as_of` is needed and not given.
        """
        return self.holds(self._subject(record, as_of))

    def explain(self, record: object, *, as_of: datetime | None = None) -> Explanation:
        """Say which tests carried the answer; the arguments are those of `matches`."""
        subject = self._subject(record, as_of)
        outcome = self.holds(subject)
        reasons = sorted(self.responsible(subject, positive=True), key=lambda reason: ORDER[reason.code])
        return Explanation(
            outcome="match" if outcome else "no_match",
            reasons=tuple(reasons),
            could_change=self.if_known(subject) is None,
            predicate=self,
            subject=subject,
        )

    def compile(self, *, strict: bool = False, as_of: datetime | None = None) -> Callable[[object], bool]:
        """Return a plain function that says whether a record passes: for many records, as fast as one written by hand.

        Args:
            strict: Check every value that the predicate reads, and raise where one is of another kind than its field.
            as_of: The moment of the question, for predicates that speak of time.

        >>> from cxkit.predicates import Fields, integer
        >>> class Customer(Fields):
        ...     orders = integer()
        >>> is_regular = (Customer.orders >= 3).compile()
        >>> [is_regular({"orders": number}) for number in (2, 3, None)]
        [False, True, False]
        """
        from cxkit.predicates._compile import compiled

        return compiled(self, strict=strict, as_of=self._moment(as_of))

    def filter(self, records: Iterable[T], *, as_of: datetime | None = None) -> Iterator[T]:
        """Yield the records that pass, one by one as they come; the arguments are otherwise those of `matches`."""
        return _passing(self.compile(as_of=as_of), each(records, "records"))

    def mask(self, columns: Mapping[str, Sequence[Any]], *, as_of: datetime | None = None) -> list[bool]:
        """Say for each row of a table whether it passes.

        Args:
            columns: A mapping, or a dataframe: the values of each field, in the order of the rows, by the key that the field has in a record; the
                parts of a nested record stand under their path, as in `"address.city"`.
            as_of: The moment of the question, for predicates that speak of time.

        Raises:
            UnknownFieldError: A column that the predicate reads is not there.
            InvalidValueError: The columns differ in length.

        >>> from cxkit.predicates import Fields, integer
        >>> class Customer(Fields):
        ...     orders = integer()
        >>> (Customer.orders >= 3).mask({"orders": [2, 3, None]})
        [False, True, False]
        """
        from cxkit.predicates._columns import mask

        return mask(self, columns, as_of=self._moment(as_of))

    def is_satisfiable(self) -> bool | None:
        """Whether any record can pass; `None` where that cannot be decided here."""
        from cxkit.predicates._reasoning import is_satisfiable

        return is_satisfiable(self)

    def implies(self, other: "Predicate | Flag") -> bool | None:
        """Whether every record that passes this passes another, too; `None` where that cannot be decided here."""
        from cxkit.predicates._reasoning import implies

        return implies(self, as_predicate(other))

    def is_disjoint(self, other: "Predicate | Flag") -> bool | None:
        """Whether no record passes both; `None` where that cannot be decided here."""
        from cxkit.predicates._reasoning import is_disjoint

        return is_disjoint(self, as_predicate(other))

    def equivalent(self, other: "Predicate | Flag") -> bool | None:
        """Whether the same records pass both; `None` where that cannot be decided here.

        `==` asks less: whether the two are written alike, but for order, repetition and the rules of `~`.
        """
        from cxkit.predicates._reasoning import equivalent

        return equivalent(self, as_predicate(other))

    def difference(self, other: "Predicate | Flag") -> "Difference":
        """Return a record that passes this only, and one that passes the other only.

        >>> from cxkit.predicates import Fields, integer
        >>> class Customer(Fields):
        ...     orders = integer()
        >>> (Customer.orders >= 3).difference(Customer.orders >= 5)
        Difference(only_first={'orders': 3}, only_second=None, equivalent=False)
        """
        from cxkit.predicates._reasoning import difference

        return difference(self, as_predicate(other))

    def simplify(self) -> "Predicate":
        """Return a predicate that means the same, without the terms that provably make no difference.

        >>> from cxkit.predicates import Fields, integer
        >>> class Customer(Fields):
        ...     orders = integer()
        >>> ((Customer.orders >= 3) & (Customer.orders >= 1) & Customer.orders.is_known()).simplify()
        Customer.orders >= 3
        """
        from cxkit.predicates._reasoning import simplify

        return simplify(self)

    def examples(self) -> tuple["Example", ...]:
        """Return records on both sides of each boundary, and with each value missing: cases for a test.

        >>> from cxkit.predicates import Fields, integer
        >>> class Customer(Fields):
        ...     orders = integer()
        >>> for example in (Customer.orders >= 3).examples():
        ...     print(example)
        in: orders=3
        out: orders=2
        in: orders=4
        out: orders missing
        """
        from cxkit.predicates._examples import examples

        return examples(self)

    def to_sql(
        self,
        dialect: str,
        *,
        columns: Mapping[str, str] | None = None,
        table: str | None = None,
        storage: "Storage | None" = None,
        as_of: datetime | None = None,
    ) -> "SqlCondition":
        """Return the text of a `WHERE` with its parameters, for a table that has a column for each field.

        The rows that it keeps are the records that pass: a value that is missing is `NULL`, and passes no test.

        Args:
            dialect: `"sqlite"`.
            columns: The names of columns that are not called as the key of their field, by field.
            table: The name of the table, where the columns need it before them.
            storage: How the columns hold what the database has no type for; see `Storage`.
            as_of: The moment of the question, for predicates that speak of time.

        Raises:
            UnsupportedError: A test that the dialect cannot put exactly.
        """
        from cxkit.predicates._sql import to_sql

        return to_sql(self, dialect, columns=columns or {}, table=table, storage=storage, as_of=self._moment(as_of))

    def accept(self, visitor: "Visitor[T]") -> T:
        """Let a visitor build something from the tests upwards: another language's condition, for instance."""
        raise NotImplementedError

    def _moment(self, as_of: datetime | None) -> datetime | None:
        if as_of is None and self.timed:
            msg = f"{self!r} speaks of time; pass as_of="
            raise InvalidTypeError(msg)
        return None if as_of is None else an_instant(as_of, "as_of")

    def _subject(self, record: object, as_of: datetime | None) -> Subject:
        return Subject.of(record, self._moment(as_of))

    def holds(self, subject: Subject) -> bool:
        """Whether a subject passes."""
        raise NotImplementedError

    def if_known(self, subject: Subject) -> bool | None:
        """Whether a subject would pass whatever its missing values are; `None` if that depends on them (Kleene)."""
        raise NotImplementedError

    def responsible(self, subject: Subject, *, positive: bool) -> Iterator[LeafReason]:
        """Yield the tests that carried the answer; not `positive` below an odd number of `~`."""
        raise NotImplementedError

    def leaves(self) -> Iterator["Leaf"]:
        """Yield the tests at the leaves, in reading order."""
        raise NotImplementedError

    def key(self, *, positive: bool = True) -> Key:
        """Return the normal form, or that of the complement."""
        raise NotImplementedError

    def code(self, *, inside: bool = False) -> str:
        """Return the code that makes it, in brackets where it stands `inside` another and needs them."""
        raise NotImplementedError

    def __and__(self, other: "Predicate | Flag") -> "Predicate":
        from cxkit.predicates._nodes import all_of

        return all_of(self, other)

    def __or__(self, other: "Predicate | Flag") -> "Predicate":
        from cxkit.predicates._nodes import any_of

        return any_of(self, other)

    def __invert__(self) -> "Predicate":
        from cxkit.predicates._nodes import Not, shallow

        return shallow(Not(self))

    @override
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Predicate):
            return NotImplemented
        return self.key() == other.key()

    @override
    def __hash__(self) -> int:
        return hash(self.key())

    @override
    def __repr__(self) -> str:
        return self.code()

    @override
    def __str__(self) -> str:
        from cxkit.predicates._words import words

        return words(self)

    def __bool__(self) -> NoReturn:
        msg = (
            f"{self!r} is a condition, not an answer; write & | ~ for and, or, not, a.between(x, y) for x <= a <= y, "
            "and predicate.matches(record) for the answer"
        )
        raise InvalidTypeError(msg)


def _passing(match: Callable[[object], bool], records: Iterable[T]) -> Iterator[T]:
    """Yield the records that pass; of one that cannot be tested, the error notes which one it is."""
    for number, record in enumerate(records):
        try:
            passes = match(record)
        except CxError as error:
            error.add_note(f"in record {number}, counted from 0")
            raise
        if passes:
            yield record


def as_predicate(condition: object) -> Predicate:
    """Return a condition as a predicate: a flag by itself asks whether it is true."""
    if isinstance(condition, Predicate):
        return condition
    ask = getattr(type(condition), "__cxkit_predicate__", None)
    if ask is None:
        msg = f"a predicate combines with predicates only, got {condition!r}"
        raise InvalidTypeError(msg, condition)
    predicate: Predicate = ask(condition)
    return predicate
