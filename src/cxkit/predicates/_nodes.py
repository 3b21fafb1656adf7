"""The nodes that predicates are made of: tests at the leaves, and what joins them."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar, cast

import attrs
from typing_extensions import override

from cxkit.errors import CxError, InvalidTypeError, InvalidValueError
from cxkit.predicates._explain import LeafReason
from cxkit.predicates._kinds import Kind
from cxkit.predicates._operators import OPERATORS, Operator, stated_code
from cxkit.predicates._predicate import Key, Predicate, as_predicate
from cxkit.predicates._source import Source
from cxkit.predicates._subject import Subject

if TYPE_CHECKING:
    from cxkit.predicates._values import Flag
    from cxkit.predicates._visitor import Visitor

T = TypeVar("T")
DEPTH = 32  # levels: more than anyone reads, and few enough for every evaluator


def _above(predicate: Predicate, parts: Collection[Predicate | Source]) -> None:
    """Note of a predicate what its parts say: how deep it is, and whether it speaks of time."""
    depth = 1 + max((part.depth for part in parts), default=0)
    object.__setattr__(predicate, "depth", depth)
    object.__setattr__(predicate, "timed", any(part.timed for part in parts))


@attrs.frozen(eq=False, repr=False)
class Leaf(Predicate):
    """One test of one value: a leaf of a predicate.

    Attributes:
        source: Where the value comes from: a field, or what is derived from one.
        operator: The name of the test, such as `"ge"`.
        stated: What the value is tested against: a literal, a pair or tuple of them, or another source; `None` where
            the test needs nothing.
        depth: 1, or more where the source holds predicates.
        timed: Whether the value depends on `as_of`.
    """

    source: Source
    operator: str
    stated: Any = None
    depth: int = attrs.field(init=False)
    timed: bool = attrs.field(init=False)

    _choices: Any = attrs.field(init=False)  # what is tested against: a set finds one of many at once

    def __attrs_post_init__(self) -> None:
        _above(self, self.sources)
        object.__setattr__(self, "_choices", frozenset(self.stated) if self.operator == "in" else self.stated)

    @property
    def field(self) -> str:
        """The name of the field that is tested, or the code of another kind of value."""
        return self.source.label

    @property
    def path(self) -> tuple[str, ...] | None:
        """The keys that lead to the value in a record; `None` where it is made of another, or no field at all."""
        return getattr(self.source, "path", None)

    @property
    def kind(self) -> Kind:
        """What the value may be."""
        return self.source.kind

    @property
    @override
    def sources(self) -> tuple[Source, ...]:
        """Where the test reads: one source, or two where values are compared with one another."""
        return (self.source, self.stated) if isinstance(self.stated, Source) else (self.source,)

    @property
    def _operator(self) -> Operator:
        return OPERATORS[self.operator]

    @override
    def accept(self, visitor: "Visitor[T]") -> T:
        return visitor.leaf(self)

    @override
    def holds(self, subject: Subject) -> bool:
        return bool(self._answer(subject))

    @override
    def if_known(self, subject: Subject) -> bool | None:
        return self._answer(subject)

    def _answer(self, subject: Subject) -> bool | None:
        """Return whether a subject passes; `None` where there is no value to test."""
        value = self.source.read(subject)
        if value is None:
            return None
        if not isinstance(self.stated, Source):
            return self.passes(value, self._choices)
        other = self.stated.read(subject)
        return None if other is None else self.passes(value, other)

    def tests(self, value: object) -> bool | None:
        """Whether a value passes what is stated; `None` where that cannot be found out."""
        try:
            return self.passes(value, self._choices)
        except CxError:
            return None

    def passes(self, value: object, stated: object) -> bool:
        """Whether a value that is there passes."""
        try:
            return bool(self._operator.holds(value, stated))
        except CxError:
            raise
        except (TypeError, AttributeError, ValueError, ArithmeticError) as error:
            if isinstance(self.stated, Source):
                msg = f"expected two values that compare, got {value!r} and {stated!r} in {self!r}"
            else:
                msg = f"{self.source.label} must be {self.source.kind.name}, got {value!r} in {self!r}"
            raise InvalidTypeError(msg, value) from error

    @override
    def responsible(self, subject: Subject, *, positive: bool) -> Iterator[LeafReason]:
        answer = self._answer(subject)
        if answer is None and self.operator != "known":
            code = "missing"
        else:
            code = "passed" if bool(answer) == positive else "failed"
        yield LeafReason(
            code,
            self.source.read(subject),
            self.condition(positive=positive),
            field=self.source.label,
            test=self if positive else ~self,
        )

    @override
    def leaves(self) -> Iterator["Leaf"]:
        yield self

    @override
    def key(self, *, positive: bool = True) -> Key:
        stated = self.stated
        if isinstance(stated, Source):
            stated = ("source", stated.key())
        elif self._operator.arity == "list":
            stated = frozenset(stated)
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
    depth: int = attrs.field(init=False)
    timed: bool = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        _above(self, (self.term,))

    @override
    def accept(self, visitor: "Visitor[T]") -> T:
        return visitor.not_(self.term.accept(visitor))

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
    depth: int = attrs.field(init=False)
    timed: bool = attrs.field(init=False)

    settles = False  # the answer of one term that settles the whole
    names = ("and", "or")  # of the junction and of its dual, which De Morgan makes of it below a `~`
    sign = " & "
    builder = "all_of"

    def __attrs_post_init__(self) -> None:
        _above(self, self.terms)

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
        if not self.terms:
            return f"{self.builder}()"
        text = self.sign.join(term.code(inside=True) for term in self.terms)
        return f"({text})" if inside else text


class And(_Junction):
    """All of several predicates; of none, always true."""

    __slots__ = ()

    @override
    def accept(self, visitor: "Visitor[T]") -> T:
        return visitor.all_of([term.accept(visitor) for term in self.terms])


class Or(_Junction):
    """Any of several predicates; of none, never true."""

    __slots__ = ()

    settles = True
    names = ("or", "and")
    sign = " | "
    builder = "any_of"

    @override
    def accept(self, visitor: "Visitor[T]") -> T:
        return visitor.any_of([term.accept(visitor) for term in self.terms])


def all_of(*predicates: "Predicate | Flag | Iterable[Predicate | Flag]") -> Predicate:
    """Join predicates that must all hold, as `&` does; of none, everyone passes.

    Args:
        predicates: The predicates, or iterables of them.

    >>> from cxkit.predicates import Fields, all_of, integer
    >>> class Customer(Fields):
    ...     orders = integer()
    >>> all_of(Customer.orders >= least for least in (1, 2))
    (Customer.orders >= 1) & (Customer.orders >= 2)
    >>> all_of().matches({})
    True
    """
    return _joined(And, predicates)


def any_of(*predicates: "Predicate | Flag | Iterable[Predicate | Flag]") -> Predicate:
    """Join predicates of which one must hold, as `|` does; of none, nobody passes.

    Args:
        predicates: The predicates, or iterables of them.
    """
    return _joined(Or, predicates)


def not_(predicate: "Predicate | Flag") -> Predicate:
    """Return the exact complement of a predicate, as `~` does."""
    return ~as_predicate(predicate)


def shallow(predicate: Predicate) -> Predicate:
    """Check that a predicate that was put together is not too deep; what is built for a moment only may be."""
    if predicate.depth > DEPTH:
        msg = f"a predicate has up to {DEPTH} levels; join many terms with all_of and any_of, side by side"
        raise InvalidValueError(msg, predicate.depth)
    return predicate


def _joined(junction: Callable[[tuple[Predicate, ...]], Predicate], given: Iterable[object]) -> Predicate:
    terms = tuple(_terms(junction, given))
    return terms[0] if len(terms) == 1 else shallow(junction(terms))


def _terms(junction: object, given: Iterable[object]) -> Iterator[Predicate]:
    """Yield the terms, those of a junction of the same kind one by one."""
    for item in given:
        if _is_group(item):
            yield from _terms(junction, cast("Iterable[object]", item))
            continue
        predicate = as_predicate(item)
        if type(predicate) is junction:
            yield from predicate.terms  # type: ignore[attr-defined]
        else:
            yield predicate


def _is_group(item: object) -> Any:
    """Whether an item is an iterable of predicates, and not one of them, nor a field or a text."""
    return isinstance(item, Iterable) and not isinstance(item, str | Predicate) and not hasattr(item, "source")
