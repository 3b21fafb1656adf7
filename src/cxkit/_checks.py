"""The checks that every room shares: what comes in is right, or the error says what would be."""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, timezone
from decimal import Decimal
from math import isfinite
from reprlib import Repr
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar, cast

from typing_extensions import override

from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError, NaiveDatetimeError

__all__ = [
    "COUNTABLE",
    "UTC",
    "FrozenDict",
    "a_count",
    "a_flag",
    "a_name",
    "an_amount",
    "an_instant",
    "as_tuple",
    "distinct",
    "each",
    "each_answer",
    "frozen",
    "is_short",
    "one_of",
    "shown",
    "text_hint",
]

ItemT = TypeVar("ItemT")
KeyT = TypeVar("KeyT")
HasIdT = TypeVar("HasIdT", bound="HasId")
UTC = timezone.utc
_SHORT = Repr()
_SHORT.maxother = _MOST_SHOWN = 300  # characters
_SHORT.maxlist = _SHORT.maxtuple = 3
DIGITS = 30  # more than any amount of money has
COUNTABLE = 10**60  # more than there is to count; the arithmetic of floats takes it


def shown(value: object) -> str:
    """Show a value in an error, cut short where it is long."""
    try:
        found = _SHORT.repr(value)
    except ValueError:  # Python does not write an int of more than 4300 digits
        return f"a {type(value).__name__} with too many digits to show"
    return found if len(found) <= _MOST_SHOWN else f"{found[:_MOST_SHOWN]}..."


def a_count(number: int, what: str, *, least: int = 0) -> int:
    """Check a count: an `int` (no bool), at least `least` and below 10**60."""
    if type(number) is not int:
        msg = f"{what} must be an int, got {number!r}"
        raise InvalidTypeError(msg, number)
    if not least <= number < COUNTABLE:
        bound = f"at least {least}" if number < least else "below 10**60"
        msg = f"{what} must be {bound}, got {shown(number)}"
        raise InvalidValueError(msg, number)
    return number


def text_hint(value: object) -> str:
    """Say what to do with a text where a number is expected."""
    return "; convert text first, as in int('10')" if isinstance(value, str) else ""


def a_flag(flag: bool, what: str) -> bool:  # noqa: FBT001 - it is what is checked
    """Check a yes or no."""
    if not isinstance(flag, bool):
        msg = f"{what} must be True or False, got {flag!r}"
        raise InvalidTypeError(msg, flag)
    return flag


def a_name(name: str, what: str) -> str:
    """Check a name or an id: text that is not blank."""
    if not isinstance(name, str):
        msg = f"{what} must be text, got {name!r}"
        raise InvalidTypeError(msg, name)
    if not name.strip():
        msg = f"{what} must not be blank, got {name!r}"
        raise InvalidValueError(msg, name)
    return str.__str__(name)  # of an enum of texts, the text


def an_instant(moment: datetime, what: str) -> datetime:
    """Check that a datetime is aware, and give the same instant in UTC.

    Two datetimes of one zone compare by their wall clocks, which is wrong in the hour that a clock change repeats;
    two UTC datetimes never have that trouble, and compare fast.
    """
    if not isinstance(moment, datetime):
        msg = f"{what} must be a datetime, got {moment!r}"
        raise InvalidTypeError(msg, moment)
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() is None:
        msg = (
            f"{what} must be an aware datetime, got the naive {moment.isoformat()}; attach its zone, "
            f"as in moment.replace(tzinfo=ZoneInfo('Europe/Berlin')), or give tz= to a bulk constructor"
        )
        raise NaiveDatetimeError(msg, moment)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        msg = f"{what} must lie in the years 1 to 9999 in UTC, got {moment.isoformat()}"
        raise InvalidValueError(msg, moment) from error


def one_of(choice: ItemT, choices: Collection[ItemT], what: str) -> ItemT:
    """Check that an option is one of those there are."""
    if not any(choice is known or (type(choice) is type(known) and choice == known) for known in choices):
        msg = f"{what} must be one of {', '.join(map(repr, choices))}, got {choice!r}"
        raise InvalidValueError(msg, choice)
    return choice


def is_short(number: Decimal) -> bool:
    """Whether a number is finite and needs no more digits than any amount of money does, written out."""
    return number.is_finite() and -DIGITS <= number.adjusted() < DIGITS and len(number.as_tuple().digits) <= DIGITS


def an_amount(amount: Decimal | int, what: str) -> Decimal:
    """Check an amount of money: a `Decimal` or an `int`, never a `float`, finite and of a size that money has."""
    if type(amount) is int:
        amount = Decimal(amount)
    if not isinstance(amount, Decimal):
        hint = f"; write Decimal('{amount}')" if isinstance(amount, float) and isfinite(amount) else ""
        msg = f"{what} must be a Decimal or an int, got {amount!r}{hint}"
        raise InvalidTypeError(msg, amount)
    if not is_short(amount):
        msg = f"{what} must be finite and have up to {DIGITS} digits, got {amount!r}"
        raise InvalidValueError(msg, amount)
    return amount


def each(given: Iterable[ItemT], what: str) -> Iterable[ItemT]:
    """Check that there is something to go through."""
    if not isinstance(given, Iterable):
        msg = f"expected {what}, got {given!r}"
        raise InvalidTypeError(msg, given)
    return given


def each_answer(given: Iterable[ItemT], what: str, *, counts: str = "from_counts(...)") -> Iterable[ItemT]:
    """Check that there is something to go through that may hold a value twice."""
    if isinstance(given, Mapping | AbstractSet):
        instead = f"; give counts to {counts}" if isinstance(given, Mapping) else "; write a list"
        msg = f"expected {what} one by one, got {shown(given)}, which holds each value once{instead}"
        raise InvalidTypeError(msg, given)
    return each(given, what)


def as_tuple(given: Iterable[Any]) -> tuple[Any, ...]:
    """Keep what is given as a tuple; the class that keeps it checks what is in it."""
    return tuple(each(given, "a list of values"))


class HasId(Protocol):
    """What a host may give twice by mistake: an offer, a rule."""

    @property
    def id(self) -> str:
        """Its identity."""
        ...


def distinct(given: Iterable[HasIdT], kind: type[HasIdT]) -> tuple[HasIdT, ...]:
    """Check that all are of a kind, and that no two of them share an id."""
    found: dict[str, HasIdT] = {}
    for item in each(given, f"a list of {kind.__name__} values"):
        if not isinstance(item, kind):
            msg = f"expected {'an' if kind.__name__[0] in 'AEIO' else 'a'} {kind.__name__}, got {item!r}"
            raise InvalidTypeError(msg, item)
        if item.id in found:
            msg = f"two of the {kind.__name__.lower()}s have the id {item.id!r}; give one of them an id= of its own"
            raise DuplicateError(msg, item)
        found[item.id] = item
    return tuple(found.values())


class FrozenDict(dict[str, object]):
    """A dict that cannot be changed: a `MappingProxyType` that pickles, copies and hashes."""

    __slots__ = ()

    if not TYPE_CHECKING:  # a static checker sees what is returned as a Mapping, which has none of these

        def _refuse(self, *_args: object, **_options: object) -> NoReturn:
            msg = "this mapping is read-only; build a new value with the changed mapping instead"
            raise InvalidTypeError(msg)

        __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    @classmethod
    def of(cls, mapping: Mapping[str, object], what: str) -> "FrozenDict":
        """Copy a mapping from text."""
        if type(mapping) is cls:
            return mapping
        if not isinstance(mapping, Mapping) or not all(isinstance(key, str) for key in mapping):
            msg = f"{what} must be a mapping from text, got {mapping!r}"
            raise InvalidTypeError(msg, mapping)
        return cls(mapping)

    @override
    def __hash__(self) -> int:  # type: ignore[override]
        try:
            return hash(frozenset(self.items()))
        except TypeError as error:
            msg = f"a mapping has a hash where all its values have one, such as a tuple in place of a list, got {shown(self)}"
            raise InvalidTypeError(msg, self) from error

    @override
    def __reduce__(self) -> tuple[type["FrozenDict"], tuple[dict[str, object]]]:
        return FrozenDict, (dict(self),)


def frozen(mapping: Mapping[KeyT, ItemT]) -> Mapping[KeyT, ItemT]:
    """Copy a mapping, whatever its keys are, into one that cannot be changed."""
    return cast("Mapping[KeyT, ItemT]", FrozenDict(cast("Mapping[str, object]", mapping)))
