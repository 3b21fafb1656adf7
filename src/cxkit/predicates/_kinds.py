"""Kinds: what a value of a predicate may be, and what may be compared with it."""

from collections.abc import Callable, Hashable, Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from math import inf, isfinite
from numbers import Integral, Rational, Real
from typing import Any, Literal, NamedTuple

from typing_extensions import override

from cxkit import _money
from cxkit._checks import UTC, an_amount, an_instant
from cxkit._forms import DAY, DECIMAL, FLAG, INTEGER, MOMENT, NUMBER, TEXT, Form, Json, Reader
from cxkit.errors import InvalidTypeError, InvalidValueError, NaiveDatetimeError

Shape = Literal["text", "ordered text", "number", "moment", "day", "flag", "choice", "tags"]


class Kind(NamedTuple):
    """What a value may be.

    Attributes:
        name: What errors call it.
        shape: Which tests it has.
        accept: Checks a literal and gives it in the one form in which it is kept.
        form: How a literal is stored.
        fits: Whether a value of a record is of this kind; what `Fields.check` and a strict evaluation ask.
        read: Brings a value of a record into one form, or refuses it; `None` where it is tested as it comes.
        currency: The currency of money, where it is stated.
        options: What a choice may be.
    """

    name: str
    shape: Shape
    accept: Callable[[Any], Any]
    form: Form[Any]
    fits: Callable[[Any], bool]
    read: Callable[[Any], Any] | None = None
    currency: str | None = None
    options: tuple[Any, ...] = ()

    @override
    def __repr__(self) -> str:
        return f"<kind: {self.name}>"

    @property
    def is_money(self) -> bool:
        """Whether it is an amount."""
        return self.form is DECIMAL

    def fitting(self, value: object) -> object:
        """Return a value of a record if it is of this kind, and raise a `TypeError` otherwise."""
        if not self.fits(value):
            raise TypeError(value)
        return value

    def literal(self, value: object, label: str) -> Any:
        """Check a value that a field is to be compared with, when the predicate is built.

        Raises:
            InvalidTypeError: It is of another kind; nothing is coerced.
        """
        try:
            return self.accept(value)
        except (InvalidTypeError, InvalidValueError) as error:
            hint = "; ask is_missing() for no value" if value is None else ""
            msg = f"{label} is {self.name}: {error.message}{hint}"
            raise type(error)(msg, value) from error


def _exactly(kind: type, hint: str) -> Callable[[Any], Any]:
    def accept(value: object) -> object:
        if type(value) is not kind:
            msg = f"expected {hint}, got {value!r}"
            raise InvalidTypeError(msg, value)
        return value

    return accept


def _real(value: object) -> float:
    if type(value) not in (int, float):
        msg = f"expected an int or a float, got {value!r}"
        raise InvalidTypeError(msg, value)
    try:
        number = float(value)  # type: ignore[arg-type]
    except OverflowError:
        number = inf
    if not isfinite(number):
        msg = f"expected a finite number that a float can hold, got {value!r}; ask is_missing() for NaN"
        raise InvalidValueError(msg, value)
    return number


def _amount(value: object) -> Decimal:
    return an_amount(value, "an amount")  # type: ignore[arg-type]


def _is_number(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kind) and not isinstance(value, bool)


def _is_real(value: object) -> bool:
    """Whether a value is a float or a whole number; fractions lie between the floats."""
    return _is_number(Real)(value) and (isinstance(value, Integral) or not isinstance(value, Rational))


def _is_flag(value: object) -> bool:
    """Whether a value is a flag; NumPy's are known by name, so that NumPy is not imported."""
    return isinstance(value, bool) or (type(value).__module__ == "numpy" and type(value).__name__ in ("bool", "bool_"))


def _a_flag(value: object) -> bool:
    if not _is_flag(value):
        raise InvalidTypeError("expected True or False", value)  # noqa: EM101 - the test says of what
    return bool(value)


def _is_moment(value: object) -> bool:
    return isinstance(value, datetime) and value.utcoffset() is not None


def _an_instant(value: object) -> object:
    """Bring a moment into UTC: in the hour that a clock change repeats, Python holds no moment equal to one elsewhere."""
    if not isinstance(value, datetime) or value.tzinfo is UTC:
        return value
    if value.utcoffset() is None:
        raise NaiveDatetimeError("expected an aware datetime", value)  # noqa: EM101 - the test says of what
    try:
        return value.astimezone(UTC)
    except OverflowError:  # at the ends of time
        return value


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _are_tags(value: object) -> bool:
    return isinstance(value, set | frozenset | list | tuple) and all(isinstance(tag, str) for tag in value)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_amount(value: object) -> bool:
    return (isinstance(value, Decimal) and value.is_finite()) or _is_number(int)(value)


INTEGER_KIND = Kind("an integer", "number", _exactly(int, "an int"), INTEGER, _is_number(Integral))
REAL_KIND = Kind("a real number", "number", _real, NUMBER, _is_real)
TEXT_KIND = Kind("text", "text", _exactly(str, "text"), TEXT, _is_text)
ORDERED_TEXT_KIND = TEXT_KIND._replace(name="ordered text", shape="ordered text")
FLAG_KIND = Kind("a flag", "flag", _exactly(bool, "True or False"), FLAG, _is_flag, _a_flag)
MOMENT_KIND = Kind("a moment", "moment", lambda value: an_instant(value, "a moment"), MOMENT, _is_moment, _an_instant)
DAY_KIND = Kind("a day", "day", _exactly(date, "a date without a time"), DAY, _is_day)
TAGS_KIND = Kind("a set of tags", "tags", _exactly(str, "text"), TEXT, _are_tags)


def money_kind(currency: str | None) -> Kind:
    """Return the kind of amounts in a currency, or in whichever the record is in."""
    if currency is None:
        return Kind("money", "number", _amount, DECIMAL, _is_amount)
    _money.minor_unit(currency)
    return Kind(f"money in {currency}", "number", _amount, DECIMAL, _is_amount, currency=currency)


def choice_kind(options: Iterable[object]) -> Kind:
    """Return the kind of values that are one of a few: texts, whole numbers, or the members of an enum of these."""
    known: dict[Hashable, Hashable] = {}  # by what is stored
    for option in options:
        plain = option.value if isinstance(option, Enum) else option
        if type(plain) not in (str, int):
            msg = f"the options of a choice must be texts or ints, or the members of an enum of these, got {option!r}"
            raise InvalidTypeError(msg, option)
        if plain in known:
            msg = f"the options of a choice must differ, got {option!r} twice"
            raise InvalidValueError(msg, option)
        known[plain] = option
    if len({type(option) for option in known.values()}) != 1:
        msg = f"the options of a choice must be one or more of one type, got {list(known.values())!r}"
        raise InvalidTypeError(msg, options)
    return _choice_kind(known)


def _choice_kind(known: dict[Hashable, Any]) -> Kind:
    options = tuple(known.values())
    kind, listed = type(options[0]), frozenset(options)
    name = f"one of {', '.join(map(repr, known))}" if kind in (str, int) else f"a member of {kind.__name__}"

    def fits(value: object) -> bool:
        return isinstance(value, Hashable) and not isinstance(value, bool) and value in listed

    def accept(value: object) -> object:
        if type(value) is not kind or value not in listed:
            msg = f"expected one of them, got {value!r}"
            raise InvalidTypeError(msg, value)
        return value

    def read(value: object) -> object:
        if not fits(value):
            hint = (
                "one of the options"
                if kind in (str, int)
                else f"a member, such as {kind.__name__}({options[0].value!r})"
            )
            msg = f"expected {hint}"
            raise InvalidTypeError(msg, value)
        return value

    def load(data: Json, reader: Reader) -> object:
        if type(data) not in (str, int) or data not in known:
            what = f"one of {', '.join(map(repr, known))}"
            raise reader.expected(what, data)
        return known[data]

    form: Form[Any] = Form(lambda value: value.value if isinstance(value, Enum) else value, load)
    return Kind(name, "choice", accept, form, fits, read, options=options)
