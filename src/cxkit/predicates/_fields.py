"""Fields: what the records of one kind hold."""

from collections.abc import Callable, Hashable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, cast

from typing_extensions import override

from cxkit._checks import UTC
from cxkit.errors import InvalidTypeError, InvalidValueError, UnknownFieldError
from cxkit.predicates._kinds import (
    DAY_KIND,
    FLAG_KIND,
    INTEGER_KIND,
    MOMENT_KIND,
    REAL_KIND,
    TAGS_KIND,
    TEXT_KIND,
    Kind,
    money_kind,
)
from cxkit.predicates._source import Source
from cxkit.predicates._subject import Subject
from cxkit.predicates._values import Day, Flag, Integer, Moment, Money, Real, Tags, Text, Value


class FieldSource(Source):
    """A named field of a record."""

    __slots__ = ("_kind", "name", "owner")

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self.name = ""
        self.owner: type[Fields] | None = None

    def bind(self, owner: "type[Fields]", name: str) -> None:
        """Take the place in a class by which the field is known from now on."""
        if self.owner is not None:
            msg = f"{owner.label}.{name} is {self!r} already; declare a field of its own"
            raise InvalidValueError(msg, name)
        self.owner, self.name = owner, name

    @property
    @override
    def kind(self) -> Kind:
        return self._kind

    @property
    @override
    def about(self) -> "type[Fields]":
        return self._bound()

    @property
    @override
    def label(self) -> str:
        return self.name

    @override
    def key(self) -> Hashable:
        return (self._bound().label, self.name, self._kind.name)

    @override
    def read(self, subject: Subject) -> object:
        value = subject.field(self.name)
        if self._kind is MOMENT_KIND and isinstance(value, datetime) and value.tzinfo is not None:
            # In the hour that a clock change repeats, Python holds no moment equal to one in another zone.
            with suppress(OverflowError):  # at the ends of time
                return value.astimezone(UTC)
        return value

    @override
    def __reduce__(self) -> "tuple[Callable[..., FieldSource], tuple[type[Fields], str]]":
        return _field_source, (self._bound(), self.name)

    @override
    def __repr__(self) -> str:
        return f"{self._bound().label}.{self.name}"

    def _bound(self) -> "type[Fields]":
        if self.owner is None:
            msg = "this field belongs to no Fields class; write it as an attribute of one: class Customer(Fields): ..."
            raise InvalidTypeError(msg)
        return self.owner


def _field_source(owner: "type[Fields]", name: str) -> FieldSource:
    """Find a field again when it is unpickled."""
    return cast("FieldSource", owner.fields[name].source)


class _FieldsMeta(type):
    """Answers for a field that is not there with the nearest that is."""

    if not TYPE_CHECKING:  # a static checker knows the fields, and would believe that there are all others too

        def __getattr__(cls, name: str) -> NoReturn:
            if name.startswith("_"):
                raise AttributeError(name)
            raise UnknownFieldError.among(cls.label, name, cls.fields)


class Fields(metaclass=_FieldsMeta):
    """What the records of one kind hold: subclass it, with a field for each value.

    Records stay plain: mappings, or objects with attributes. The class is used as it is, never instantiated.

    Attributes:
        label: What documents and reprs call it: the name of the class unless `label=` is given.
        fields: Its fields by name, those of base classes first.

    >>> from cxkit.predicates import Fields, integer, text
    >>> class Customer(Fields):
    ...     country = text()
    ...     orders = integer()
    >>> Customer.contry == "DE"
    Traceback (most recent call last):
        ...
    cxkit.errors.UnknownFieldError: Customer has no field 'contry'; did you mean 'country'?
    """

    label: ClassVar[str] = "Fields"
    fields: ClassVar[dict[str, Value[Any]]] = {}

    @override
    def __init_subclass__(cls, *, label: str | None = None) -> None:
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Value)}
        cls.label = label or cls.__name__
        for name, value in own.items():
            if name.startswith("_") or hasattr(Fields, name):
                msg = f"a field must not be called {name!r}: that name is taken"
                raise InvalidValueError(msg, name)
            if isinstance(value.source, FieldSource):
                value.source.bind(cls, name)
        cls.fields = {**cls.fields, **own}

    def __init__(self) -> None:
        """Refuse: the class describes records, it does not hold one."""
        msg = f"{self.label} describes records and has no instances; give predicates a mapping or an object"
        raise InvalidTypeError(msg)


def text() -> Text:
    """Declare a field that holds a text."""
    return Text(FieldSource(TEXT_KIND))


def integer() -> Integer:
    """Declare a field that holds a whole number; a flag is not one."""
    return Integer(FieldSource(INTEGER_KIND))


def real() -> Real:
    """Declare a field that holds a number."""
    return Real(FieldSource(REAL_KIND))


def money(currency: str | None = None) -> Money:
    """Declare a field that holds an amount in a currency of ISO 4217, or in the record's; compared with no float."""
    return Money(FieldSource(money_kind(currency)))


def flag() -> Flag:
    """Declare a field that holds yes or no."""
    return Flag(FieldSource(FLAG_KIND))


def moment() -> Moment:
    """Declare a field that holds an aware datetime."""
    return Moment(FieldSource(MOMENT_KIND))


def day() -> Day:
    """Declare a field that holds a date."""
    return Day(FieldSource(DAY_KIND))


def tags() -> Tags:
    """Declare a field that holds a set of texts."""
    return Tags(FieldSource(TAGS_KIND))
