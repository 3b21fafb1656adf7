"""Values: what fields and other sources give, with the tests of their kind."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, NoReturn

from typing_extensions import TypeVar, override

from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.predicates._kinds import Kind, Shape
from cxkit.predicates._operators import OPERATORS, TESTS, Arity
from cxkit.predicates._predicate import Leaf, Not, Predicate
from cxkit.predicates._source import Source

T = TypeVar("T")


class Value(Generic[T]):
    """A typed value of a subject that is not known yet; its operators make predicates.

    What it is compared with is checked at once: another type is an error, never coerced.

    Attributes:
        source: Where the value comes from.
    """

    __slots__ = ("source",)

    source: Source

    def __init__(self, source: Source) -> None:
        self.source = source

    @property
    def kind(self) -> Kind:
        """What the value may be."""
        return self.source.kind

    def test(self, operator: str, stated: object = None) -> Leaf:
        """Build a test by the name of its operator, checking what it states."""
        if operator not in TESTS[self.kind.shape]:
            msg = f"{self!r} is {self.kind.name}; write {', '.join(_ways(self.kind.shape))}"
            raise InvalidTypeError(msg, stated)
        return Leaf(self.source, operator, self._stated(stated, OPERATORS[operator].arity))

    def _stated(self, stated: object, arity: Arity) -> object:
        if arity == "none":
            return None
        if arity == "one":
            return self._literal(stated)
        literals = self._literals(stated)
        if arity == "range" and (len(literals) != 2 or literals[0] > literals[1]):  # noqa: PLR2004 - low and high
            msg = f"{self!r} lies between two bounds, the lower one first, got {stated!r}"
            raise InvalidValueError(msg, stated)
        return literals

    def _literal(self, value: object) -> Any:
        if isinstance(value, Value):
            msg = f"{self!r} is compared with values only, got {value!r}"
            raise InvalidTypeError(msg, value)
        return self.kind.literal(value, repr(self))

    def _literals(self, values: object) -> tuple[Any, ...]:
        if isinstance(values, str) or not isinstance(values, Iterable):
            msg = f"{self!r} takes a list of values here, got {values!r}"
            raise InvalidTypeError(msg, values)
        return tuple(self._literal(value) for value in values)

    def eq(self, value: T) -> Predicate:
        """Test for equality: `==`, but checked by static checkers too."""
        return self.test("eq", value)

    def is_in(self, values: Iterable[T]) -> Predicate:
        """Test for being one of several values; of none, nobody is."""
        return self.test("in", values)

    def not_in(self, values: Iterable[T]) -> Predicate:
        """Test for being none of several values: the complement of `is_in`, so a missing value passes."""
        return Not(self.test("in", values))

    def is_known(self) -> Predicate:
        """Test whether there is a value."""
        return self.test("known")

    def is_missing(self) -> Predicate:
        """Test whether there is no value: no key, `None`, NaN, `NA` or `NaT`."""
        return Not(self.test("known"))

    @override
    def __eq__(self, value: object) -> Predicate:  # type: ignore[override]
        return self.test("eq", value)

    @override
    def __ne__(self, value: object) -> Predicate:  # type: ignore[override]
        return Not(self.test("eq", value))

    @override
    def __repr__(self) -> str:
        return repr(self.source)

    def _refuse(self, instead: str) -> NoReturn:
        msg = f"{self!r} is a field, not its value; write {instead}"
        raise InvalidTypeError(msg)

    @override
    def __hash__(self) -> NoReturn:  # noqa: PLE0309 - it refuses
        self._refuse("field.is_in([...]) for membership; a field cannot be a key, its name can")

    def __bool__(self) -> NoReturn:  # noqa: PLE0304 - it refuses
        self._refuse("& | ~ between predicates, and .is_true() for a flag")

    def __iter__(self) -> NoReturn:
        self._refuse("field.is_in([...]) for membership")

    def __contains__(self, value: object) -> NoReturn:
        self._refuse("field.contains(...)")

    if not TYPE_CHECKING:  # a static checker finds these by their absence

        def __lt__(self, value: object) -> NoReturn:
            msg = f"{self!r} is {self.kind.name}, which has no order; compare with == or is_in([...])"
            raise InvalidTypeError(msg, value)

        __le__ = __gt__ = __ge__ = __lt__

        def __or__(self, other: object) -> NoReturn:
            msg = f"{self!r} is a field, not a condition; put comparisons in brackets: (a >= 1) | (b >= 2)"
            raise InvalidTypeError(msg, other)

        __ror__ = __and__ = __rand__ = __or__


class Ordered(Value[T]):
    """A value with an order: a number, an amount, a moment, a day."""

    __slots__ = ()

    def __lt__(self, value: T) -> Predicate:
        return self.test("lt", value)

    def __le__(self, value: T) -> Predicate:
        return self.test("le", value)

    def __gt__(self, value: T) -> Predicate:
        return self.test("gt", value)

    def __ge__(self, value: T) -> Predicate:
        return self.test("ge", value)

    def between(self, low: T, high: T) -> Predicate:
        """Test for lying between two values, both included."""
        return self.test("between", (low, high))


class Text(Value[str]):
    """A text. It has no order; upper and lower case differ."""

    __slots__ = ()

    def contains(self, part: str) -> Predicate:
        """Test for a part."""
        return self.test("contains", part)

    def starts_with(self, part: str) -> Predicate:
        """Test for a beginning."""
        return self.test("starts_with", part)

    def ends_with(self, part: str) -> Predicate:
        """Test for an end."""
        return self.test("ends_with", part)


class Flag(Value[bool]):
    """A yes or no."""

    __slots__ = ()

    def is_true(self) -> Predicate:
        """Test for yes; a missing flag is not."""
        return self.test("true")

    def is_false(self) -> Predicate:
        """Test for no; a missing flag is not."""
        return self.test("false")


class Tags(Value[str]):
    """A set of texts."""

    __slots__ = ()

    def contains(self, tag: str) -> Predicate:
        """Test for a tag."""
        return self.test("has", tag)

    def contains_any(self, tags: Iterable[str]) -> Predicate:
        """Test for at least one of several tags; of none, never."""
        return self.test("has_any", tags)

    def contains_all(self, tags: Iterable[str]) -> Predicate:
        """Test for all of several tags; of none, always."""
        return self.test("has_all", tags)

    def is_empty(self) -> Predicate:
        """Test for a set that is there and holds nothing."""
        return self.test("empty")


def _ways(shape: Shape) -> list[str]:
    """Return how the tests of a shape are written."""
    return [
        OPERATORS[name].code.format("..." if OPERATORS[name].arity != "none" else "").strip() for name in TESTS[shape]
    ]


_SHAPES: dict[Shape, type[Value[Any]]] = {"text": Text, "ordered": Ordered, "flag": Flag, "tags": Tags}


def value_of(source: Source) -> Value[Any]:
    """Return the value that a source gives, with the tests of its kind."""
    return _SHAPES[source.kind.shape](source)


Integer = Ordered[int]
"""A whole number."""
Real = Ordered[float]
"""A number."""
Money = Ordered[Decimal | int]
"""An amount of money."""
Moment = Ordered[datetime]
"""An aware datetime."""
Day = Ordered[date]
"""A date."""
