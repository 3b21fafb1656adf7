"""Kinds: what a value of a predicate may be, and what may be compared with it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from math import inf, isfinite
from typing import Any, Literal, NamedTuple

from cxkit import _money
from cxkit._checks import an_amount, an_instant
from cxkit._forms import DAY, DECIMAL, FLAG, INTEGER, MOMENT, NUMBER, TEXT, Form
from cxkit.errors import InvalidTypeError, InvalidValueError

Shape = Literal["text", "ordered", "flag", "tags"]


class Kind(NamedTuple):
    """What a value may be.

    Attributes:
        name: What errors call it.
        shape: Which tests it has.
        accept: Checks a literal and gives it in the one form in which it is kept.
        form: How a literal is stored.
        currency: The currency of money, where it is stated.
    """

    name: str
    shape: Shape
    accept: Callable[[Any], Any]
    form: Form[Any]
    currency: str | None = None

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


INTEGER_KIND = Kind("an integer", "ordered", _exactly(int, "an int"), INTEGER)
REAL_KIND = Kind("a real number", "ordered", _real, NUMBER)
TEXT_KIND = Kind("text", "text", _exactly(str, "text"), TEXT)
FLAG_KIND = Kind("a flag", "flag", _exactly(bool, "True or False"), FLAG)
MOMENT_KIND = Kind("a moment", "ordered", lambda value: an_instant(value, "a moment"), MOMENT)
DAY_KIND = Kind("a day", "ordered", _exactly(date, "a date without a time"), DAY)
TAGS_KIND = Kind("a set of tags", "tags", _exactly(str, "text"), TEXT)


def money_kind(currency: str | None) -> Kind:
    """Return the kind of amounts in a currency, or in whichever the record is in."""
    if currency is None:
        return Kind("money", "ordered", _amount, DECIMAL)
    _money.minor_unit(currency)
    return Kind(f"money in {currency}", "ordered", _amount, DECIMAL, currency)
