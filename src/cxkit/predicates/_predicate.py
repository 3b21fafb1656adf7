"""Predicates: conditions as values."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NoReturn, TypeAlias

import attrs
from typing_extensions import override

from cxkit.errors import InvalidTypeError
from cxkit.predicates._explain import ORDER, Explanation, LeafReason
from cxkit.predicates._operators import OPERATORS, Operator, stated_code
from cxkit.predicates._source import Source
from cxkit.predicates._subject import Subject

Key: TypeAlias = tuple[object, ...]


class Predicate:
    """A typed condition, as a value.

    Predicates compose with `&`, `|` and `~`. They are two-valued: a test of a value that is missing fails, and `~` is
    the exact complement, so `p | ~p` matches everyone. Two of them are equal when their normal forms are: order,
    repetition, double negation and De Morgan do not count.

    They are built from the fields of a `Fields` class, never directly.
    """

    __slots__ = ()

    @property
    def timed(self) -> bool:
        """Whether the answer depends on `as_of`."""
        return any(leaf.source.timed for leaf in self.leaves())

    @property
    def about(self) -> frozenset[type]:
        """The `Fields` classes, and other kinds of subject, that the tests read."""
        return frozenset(leaf.source.about for leaf in self.leaves())

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
        )

    def _subject(self, record: object, as_of: datetime | None) -> Subject:
        if as_of is None and self.timed:
            msg = f"{self!r} speaks of time; pass as_of="
            raise InvalidTypeError(msg)
        return Subject.of(record, as_of)

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

    def __and__(self, other: "Predicate") -> "Predicate":
        return _joined(And, self, other)

    def __or__(self, other: "Predicate") -> "Predicate":
        return _joined(Or, self, other)

    def __invert__(self) -> "Predicate":
        return Not(self)

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

    def __bool__(self) -> NoReturn:
        msg = (
            f"{self!r} is a condition, not an answer; write & | ~ for and, or, not, a.between(x, y) for x <= a <= y, "
            "and predicate.matches(record) for the answer"
        )
        raise InvalidTypeError(msg)


@attrs.frozen(eq=False, repr=False)
class Leaf(Predicate):
    """One test of one value: a leaf."""

    source: Source
    operator: str
    stated: object = None

    @property
    def _operator(self) -> Operator:
        return OPERATORS[self.operator]

    @override
    def holds(self, subject: Subject) -> bool:
        value = self.source.read(subject)
        return value is not None and self._passes(value)

    def _passes(self, value: object) -> bool:
        try:
            return bool(self._operator.holds(value, self.stated))
        except (TypeError, AttributeError, ValueError) as error:
            msg = f"{self.source.label} must be {self.source.kind.name}, got {value!r} in {self!r}"
            raise InvalidTypeError(msg, value) from error

    @override
    def if_known(self, subject: Subject) -> bool | None:
        value = self.source.read(subject)
        return None if value is None else self._passes(value)

    @override
    def responsible(self, subject: Subject, *, positive: bool) -> Iterator[LeafReason]:
        value = self.source.read(subject)
        needed = self.condition(positive=positive)
        if value is None and self.operator != "known":
            code = "missing"
        else:
            code = "passed" if self.holds(subject) == positive else "failed"
        yield LeafReason(code, value, needed, field=self.source.label)

    @override
    def leaves(self) -> Iterator["Leaf"]:
        yield self

    @override
    def key(self, *, positive: bool = True) -> Key:
        stated = frozenset(self.stated) if self._operator.arity == "list" else self.stated  # type: ignore[call-overload]
        return ("test", self.source.key(), self.operator, stated, positive)

    def condition(self, *, positive: bool) -> str:
        """Return the code of what is asked of the value, or of its complement: `>= 3`."""
        stated = stated_code(self.stated, self._operator.arity)
        pattern = self._operator.code if positive else self._operator.negation
        if pattern is None:
            return f"not {self.condition(positive=True)}"
        return pattern.format(stated).lstrip(" .")

    @override
    def code(self, *, inside: bool = False, positive: bool = True) -> str:
        pattern = self._operator.code if positive else self._operator.negation
        if pattern is None:
            return f"~{self.code(inside=True)}"
        text = repr(self.source) + pattern.format(stated_code(self.stated, self._operator.arity))
        return f"({text})" if inside and pattern.startswith(" ") else text


@attrs.frozen(eq=False, repr=False)
class Not(Predicate):
    """The exact complement."""

    term: Predicate

    @override
    def holds(self, subject: Subject) -> bool:
        return not self.term.holds(subject)

    @override
    def if_known(self, subject: Subject) -> bool | None:
        known = self.term.if_known(subject)
        return None if known is None else not known

    @override
    def responsible(self, subject: Subject, *, positive: bool) -> Iterator[LeafReason]:
        return self.term.responsible(subject, positive=not positive)

    @override
    def leaves(self) -> Iterator[Leaf]:
        return self.term.leaves()

    @override
    def key(self, *, positive: bool = True) -> Key:
        return self.term.key(positive=not positive)

    @override
    def code(self, *, inside: bool = False) -> str:
        if isinstance(self.term, Leaf):
            return self.term.code(inside=inside, positive=False)
        return f"~{self.term.code(inside=True)}"

    @override
    def __invert__(self) -> Predicate:
        return self.term


@attrs.frozen(eq=False, repr=False)
class _Junction(Predicate):
    """What `&` and `|` share: several terms, of which one can settle the answer."""

    terms: tuple[Predicate, ...]

    settles = False  # the answer of one term that settles the whole
    names = ("and", "or")  # of the junction and of its dual, which De Morgan makes of it below a `~`
    sign = " & "

    @override
    def holds(self, subject: Subject) -> bool:
        for term in self.terms:
            if term.holds(subject) is self.settles:
                return self.settles
        return not self.settles

    @override
    def if_known(self, subject: Subject) -> bool | None:
        answers = {term.if_known(subject) for term in self.terms}
        if self.settles in answers:
            return self.settles
        return None if None in answers else not self.settles

    @override
    def responsible(self, subject: Subject, *, positive: bool) -> Iterator[LeafReason]:
        answers = [(term, term.holds(subject)) for term in self.terms]
        settled = any(answer is self.settles for _, answer in answers)
        for term, answer in answers:
            if (answer is self.settles) == settled:
                yield from term.responsible(subject, positive=positive)

    @override
    def leaves(self) -> Iterator[Leaf]:
        for term in self.terms:
            yield from term.leaves()

    @override
    def key(self, *, positive: bool = True) -> Key:
        name = self.names[0] if positive else self.names[1]
        parts: set[Key] = set()
        for term in self.terms:
            part = term.key(positive=positive)
            parts |= part[1] if part[0] == name else {part}  # type: ignore[arg-type]
        return parts.pop() if len(parts) == 1 else (name, frozenset(parts))

    @override
    def code(self, *, inside: bool = False) -> str:
        text = self.sign.join(term.code(inside=True) for term in self.terms)
        return f"({text})" if inside else text


class And(_Junction):
    """All of several predicates."""

    __slots__ = ()


class Or(_Junction):
    """Any of several predicates."""

    __slots__ = ()

    settles = True
    names = ("or", "and")
    sign = " | "


def _joined(junction: type[_Junction], *predicates: object) -> Predicate:
    return junction(tuple(_terms(junction, predicates)))


def _terms(junction: type[_Junction], predicates: Iterable[object]) -> Iterator[Predicate]:
    """Yield the terms, those of a junction of the same kind one by one."""
    for predicate in predicates:
        if not isinstance(predicate, Predicate):
            msg = f"a predicate combines with predicates only, got {predicate!r}"
            raise InvalidTypeError(msg, predicate)
        if isinstance(predicate, junction):
            yield from predicate.terms
        else:
            yield predicate
