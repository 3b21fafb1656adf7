"""Values: what fields and other sources give, with the tests of their kind."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, Literal, NoReturn

from typing_extensions import TypeVar, override

from cxkit._checks import a_count, a_flag
from cxkit.calendar import Length
from cxkit.errors import InvalidTypeError, InvalidValueError, UnknownFieldError
from cxkit.predicates._kinds import Kind, Shape
from cxkit.predicates._nodes import Leaf, Not
from cxkit.predicates._operators import COMPARISONS, OPERATORS, TESTS
from cxkit.predicates._predicate import Predicate
from cxkit.predicates._source import Source

T = TypeVar("T")


class Value(Generic[T]):
    """A typed value of a subject that is not known yet; its operators make predicates.

    What it is compared with is checked at once: another type is an error, never coerced. It compares with a value of
    its type, or with another field of its kind.

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
        self.source.key()  # which a field has only in a class
        if operator not in TESTS[self.kind.shape]:
            msg = f"{self!r} is {self.kind.name}; write {', '.join(_ways(self.kind.shape))}"
            raise InvalidTypeError(msg, stated)
        return Leaf(self.source, operator, self._stated(operator, stated))

    def _stated(self, operator: str, stated: object) -> object:
        if operator == "matches":
            from cxkit.predicates._pattern import Pattern

            pattern = stated if isinstance(stated, Pattern) else Pattern(stated)  # type: ignore[arg-type]
            if (
                self.kind.accept(pattern.plain) != pattern.plain
            ):  # a folded text accepts what it is compared with folded
                msg = f"{self!r} has folded texts, so write the pattern as {self.kind.accept(pattern.plain)!r} is, got {pattern!r}"
                raise InvalidValueError(msg, stated)
            return pattern
        match OPERATORS[operator].arity:
            case "none":
                return None
            case "one" if isinstance(stated, Value) and operator in COMPARISONS:
                return self._other(stated)
            case "one":
                return self._literal(stated)
            case "list":
                return self._literals(stated)
            case _:
                literals = self._literals(stated)
        if len(literals) != 2 or literals[0] > literals[1]:  # noqa: PLR2004 - low and high
            msg = f"{self!r} lies between two bounds, the lower one first, got {stated!r}"
            raise InvalidValueError(msg, stated)
        return literals

    def _other(self, value: "Value[Any]") -> Source:
        if value.kind.name != self.kind.name:
            msg = (
                f"{self!r} is {self.kind.name} and is compared with its like, got {value!r}, which is {value.kind.name}"
            )
            raise InvalidTypeError(msg, value)
        return value.source

    def _literal(self, value: object) -> Any:
        if isinstance(value, Value):
            msg = f"{self!r} is compared with values only here, got {value!r}"
            raise InvalidTypeError(msg, value)
        return self.kind.literal(value, repr(self))

    def _literals(self, values: object) -> tuple[Any, ...]:
        if isinstance(values, str | Value) or not isinstance(values, Iterable):
            msg = f"{self!r} takes a list of values here, got {values!r}"
            raise InvalidTypeError(msg, values)
        return tuple(self._literal(value) for value in values)

    def eq(self, value: "T | Value[T]") -> Predicate:
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

    def __lt__(self, value: "T | Ordered[T]") -> Predicate:
        return self.test("lt", value)

    def __le__(self, value: "T | Ordered[T]") -> Predicate:
        return self.test("le", value)

    def __gt__(self, value: "T | Ordered[T]") -> Predicate:
        return self.test("gt", value)

    def __ge__(self, value: "T | Ordered[T]") -> Predicate:
        return self.test("ge", value)

    def between(self, low: T, high: T) -> Predicate:
        """Test for lying between two values, both included."""
        return self.test("between", (low, high))


class Text(Value[str]):
    """A text. It has no order; upper and lower case differ."""

    __slots__ = ()

    def contains(self, part: str) -> Predicate:
        """Test for a part; the empty text is a part of every text."""
        return self.test("contains", part)

    def starts_with(self, part: str) -> Predicate:
        """Test for a beginning."""
        return self.test("starts_with", part)

    def ends_with(self, part: str) -> Predicate:
        """Test for an end."""
        return self.test("ends_with", part)

    def matches(self, pattern: str) -> Predicate:
        """Test for a regular expression that is found anywhere in the text.

        It is of the subset that can be searched in one pass over the text: no back-references, no look-around, no flags.
        Stored predicates that have one are read with `trusted=True` only.

        Raises:
            InvalidValueError: It is not of the subset.
        """
        return self.test("matches", pattern)

    def casefold(self, *, ascii_only: bool = False) -> "Text":
        """Return the text without regard to case, for any test; what it is compared with is folded, too.

        A regular expression cannot be: it is searched for in the folded text, and refused unless it is written like that.

        Args:
            ascii_only: Fold the letters A to Z only, as databases do, and not those of all of Unicode.

        >>> from cxkit.predicates import Fields, text
        >>> class Mention(Fields):
        ...     words = text()
        >>> Mention.words.casefold().contains("КОФЕ").matches({"words": "Мой кофе!"})
        True
        """
        from cxkit.predicates._derived import Casefolded

        return Text(Casefolded(self.source, ascii_only=ascii_only))


class OrderedText(Text, Ordered[str]):
    """A text whose order means something, such as an ISO date or a code; it is the order of code points."""

    __slots__ = ()


class Flag(Value[bool]):
    """A yes or no. By itself it is the condition that it is true: `Customer.churned & (Customer.orders >= 3)`."""

    __slots__ = ()

    def is_true(self) -> Predicate:
        """Test for yes; a missing flag is not."""
        return self.test("true")

    def is_false(self) -> Predicate:
        """Test for no; a missing flag is not."""
        return self.test("false")

    def __cxkit_predicate__(self) -> Predicate:
        """Say which condition it is by itself."""
        return self.is_true()

    def __and__(self, other: "Predicate | Flag") -> Predicate:
        return self.is_true() & other

    def __or__(self, other: "Predicate | Flag") -> Predicate:
        return self.is_true() | other

    def __invert__(self) -> Predicate:
        return ~self.is_true()

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NoReturn:
            if hasattr(Predicate, name):
                msg = f"{self!r} is a flag; write {self!r}.is_true().{name}(...)"
                raise UnknownFieldError(msg, name)
            raise AttributeError(name)

        __ror__ = Value.__ror__
        __rand__ = Value.__rand__


class Choice(Value[T]):
    """One of a few values."""

    __slots__ = ()


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


class Day(Ordered[date]):
    """A date."""

    __slots__ = ()

    def year(self) -> "Integer":
        """Return the year."""
        from cxkit.predicates._derived import DatePart

        return Integer(DatePart(self.source, "year"))

    def month(self) -> "Integer":
        """Return the month, from 1 to 12."""
        from cxkit.predicates._derived import DatePart

        return Integer(DatePart(self.source, "month"))

    def day(self) -> "Integer":
        """Return the day of the month, from 1 to 31."""
        from cxkit.predicates._derived import DatePart

        return Integer(DatePart(self.source, "day"))

    def isoweekday(self) -> "Integer":
        """Return the day of the week, from 1 for Monday to 7 for Sunday, as `date.isoweekday` does."""
        from cxkit.predicates._derived import DatePart

        return Integer(DatePart(self.source, "isoweekday"))

    def days_since(self, *, tz: str) -> "Integer":
        """Return how many calendar days ago it is, on the calendar of a zone: 0 today, negative for a day to come."""
        from cxkit.predicates._derived import DaysSince

        return Integer(DaysSince(self.source, tz=tz))

    def in_last_days(self, number: int, *, tz: str, include_today: bool) -> Predicate:
        """Test for one of the last calendar days: today and those before it, or yesterday and those before it."""
        a_count(number, "the number of days", least=1)
        first = 0 if a_flag(include_today, "include_today") else 1
        return self.days_since(tz=tz).between(first, first + number - 1)

    def days_until_anniversary(self, *, tz: str, leap_day: Literal["02-28", "03-01"]) -> "Integer":
        """Return in how many days its anniversary is, on the calendar of a zone: 0 on the day, at most 365.

        Args:
            tz: The IANA name of the zone whose calendar says what day it is.
            leap_day: When 29 February has its anniversary in a common year.

        >>> from datetime import date, datetime, timezone
        >>> from cxkit.predicates import Fields, day
        >>> class Customer(Fields):
        ...     born = day()
        >>> birthday_week = Customer.born.days_until_anniversary(tz="Europe/Berlin", leap_day="02-28") <= 7
        >>> birthday_week.matches({"born": date(1992, 2, 29)}, as_of=datetime(2026, 2, 22, tzinfo=timezone.utc))
        True
        """
        from cxkit.predicates._derived import DaysUntilAnniversary

        return Integer(DaysUntilAnniversary(self.source, tz=tz, leap_day=leap_day))


class Moment(Ordered[datetime]):
    """An aware datetime."""

    __slots__ = ()

    def date(self, *, tz: str) -> Day:
        """Return the day that it falls on in a zone."""
        from cxkit.predicates._derived import LocalDay

        return Day(LocalDay(self.source, tz=tz))

    def hour(self, *, tz: str) -> "Integer":
        """Return the hour of the day in a zone, from 0 to 23."""
        from cxkit.predicates._derived import Hour

        return Integer(Hour(self.source, tz=tz))

    def within(self, window: Length) -> Flag:
        """Ask whether it lies in a rolling window: `at <= as_of < at + window`."""
        from cxkit.predicates._derived import Within

        return Flag(Within(self.source, window))

    def elapsed_days(self) -> "Integer":
        """Return how many whole days of 24 hours have passed since; on the calendar of a zone, see `Day.days_since`."""
        from cxkit.predicates._derived import ElapsedDays

        return Integer(ElapsedDays(self.source))

    def in_last_days(self, number: int, *, tz: str, include_today: bool) -> Predicate:
        """Test for one of the last calendar days in a zone: today and those before it, or yesterday and those before.

        >>> from datetime import datetime, timezone
        >>> from cxkit.predicates import Fields, moment
        >>> class Customer(Fields):
        ...     seen = moment()
        >>> recent = Customer.seen.in_last_days(3, tz="Europe/Berlin", include_today=True)
        >>> seen = datetime(2026, 3, 1, 23, 30, tzinfo=timezone.utc)  # 2 March in Berlin
        >>> [recent.matches({"seen": seen}, as_of=datetime(2026, 3, day, tzinfo=timezone.utc)) for day in (3, 4, 5)]
        [True, True, False]
        """
        return self.date(tz=tz).in_last_days(number, tz=tz, include_today=include_today)


Integer = Ordered[int]
"""A whole number."""
Real = Ordered[float]
"""A number."""
Money = Ordered[Decimal | int]
"""An amount of money."""


_SHAPES: dict[Shape, type[Value[Any]]] = {
    "text": Text,
    "ordered text": OrderedText,
    "number": Ordered,
    "moment": Moment,
    "day": Day,
    "flag": Flag,
    "choice": Choice,
    "tags": Tags,
}


def _ways(shape: Shape) -> list[str]:
    """Return how the tests of a shape are written."""
    return [
        OPERATORS[name].code.format("..." if OPERATORS[name].arity != "none" else "").strip() for name in TESTS[shape]
    ]


def value_of(source: Source) -> Value[Any]:
    """Return the value that a source gives, with the tests of its kind."""
    return _SHAPES[source.kind.shape](source)
