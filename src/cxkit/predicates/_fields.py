"""Fields: what the records of one kind hold."""

from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NoReturn, TypeVar, cast, overload

from typing_extensions import override

from cxkit.errors import InvalidTypeError, InvalidValueError, UnknownFieldError
from cxkit.predicates._field import FieldSource
from cxkit.predicates._kinds import (
    DAY_KIND,
    FLAG_KIND,
    INTEGER_KIND,
    MOMENT_KIND,
    ORDERED_TEXT_KIND,
    REAL_KIND,
    TAGS_KIND,
    TEXT_KIND,
    choice_kind,
    money_kind,
)
from cxkit.predicates._values import (
    Choice,
    Day,
    Flag,
    Integer,
    Moment,
    Money,
    OrderedText,
    Real,
    Tags,
    Text,
    Value,
    value_of,
)

if TYPE_CHECKING:
    from cxkit.predicates._check import RecordCheck

EnumT = TypeVar("EnumT", bound=Enum)
PlainT = TypeVar("PlainT", str, int)
FieldsT = TypeVar("FieldsT", bound="Fields")


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
        fields: Its fields by name, those of base classes first; the parts of nested records by their path.

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
        own: dict[str, Value[Any]] = {}
        members = list(vars(cls).items())
        cls.label = label or cls.__name__
        for name, declared in members:
            if not isinstance(declared, Value | _Nested):
                continue
            if name.startswith("_") or hasattr(Fields, name):
                msg = f"a field must not be called {name!r}: that name is taken; write {name.strip('_')}_ = ...(key={name!r})"
                raise InvalidValueError(msg, name)
            if isinstance(declared, _Nested):
                own |= declared._bind(cls, name)  # noqa: SLF001 - of this module
            else:
                own[name] = declared
                if isinstance(declared.source, FieldSource):
                    declared.source.bind(cast("Any", cls), name)
        cls.fields = {**cls.fields, **own}

    def __init__(self) -> None:
        """Refuse: the class describes records, it does not hold one."""
        msg = f"{self.label} describes records and has no instances; give predicates a mapping or an object"
        raise InvalidTypeError(msg)

    @classmethod
    def check(cls, record: object) -> "RecordCheck":
        """Say what is wrong with a record: unknown keys, values of another kind, and which values are missing.

        Args:
            record: A mapping or an object with attributes; of an object, only the declared fields are looked at.

        >>> from cxkit.predicates import Fields, integer, text
        >>> class Customer(Fields):
        ...     country = text()
        ...     orders = integer()
        >>> print(Customer.check({"contry": "DE", "orders": "3"}))
        faulty
        - unknown: contry; did you mean 'country'?
        - ill_typed: orders is an integer, found '3'
        - missing: country
        """
        from cxkit.predicates._check import check

        return check(cls.fields, record)


class _Nested:
    """A record within a record: its fields, known by their path."""

    def __init__(self, fields: type[Fields], key: str | None) -> None:
        self._fields = fields
        self._key = key
        self._parts: dict[str, Any] = {}
        self._label = ""

    def _bind(self, owner: Any, name: str) -> dict[str, Value[Any]]:
        """Take the place in a class; return the fields by path."""
        if self._label:
            msg = f"{owner.label}.{name} is {self._label} already; declare a nested record of its own"
            raise InvalidValueError(msg, name)
        self._label = f"{owner.label}.{name}"
        found: dict[str, Value[Any]] = {}
        for path, value in self._fields.fields.items():
            if isinstance(value.source, FieldSource):
                bound = value_of(value.source.within(owner, name, self._key or name))
                found[f"{name}.{path}"] = bound
                self._place(path, bound)
        return found

    def _place(self, path: str, value: Value[Any]) -> None:
        """Put a field where the dots of its path lead."""
        first, _, rest = path.partition(".")
        if not rest:
            self._parts[first] = value
            return
        inner = self._parts.setdefault(first, _Nested(self._fields, None))
        inner._label = f"{self._label}.{first}"  # noqa: SLF001 - of the same class
        inner._place(rest, value)  # noqa: SLF001

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._parts:
            raise UnknownFieldError.among(self._label, name, self._parts)
        return self._parts[name]

    @override
    def __repr__(self) -> str:
        return self._label or f"nested({self._fields.label})"


def nested(fields: type[FieldsT], *, key: str | None = None) -> type[FieldsT]:
    """Declare a record within the record, with fields of its own; if any part of the way is missing, so is the value.

    >>> from cxkit.predicates import Fields, nested, text
    >>> class Address(Fields):
    ...     city = text()
    >>> class Customer(Fields):
    ...     address = nested(Address)
    >>> (Customer.address.city == "Berlin").matches({"address": {"city": "Berlin"}})
    True
    """
    if not (isinstance(fields, type) and issubclass(fields, Fields)):
        msg = f"a nested record is described by a Fields class, got {fields!r}"
        raise InvalidTypeError(msg, fields)
    return cast("type[FieldsT]", _Nested(fields, key))


@overload
def text(*, ordered: Literal[True], key: str | None = None) -> OrderedText: ...
@overload
def text(*, ordered: Literal[False] = False, key: str | None = None) -> Text: ...
def text(*, ordered: bool = False, key: str | None = None) -> Text:
    """Declare a field that holds a text; it has an order, that of code points, only where `ordered` says so.

    Args:
        ordered: Whether texts of this field may be compared with `<` and the like.
        key: The key of the record, where it is not the name of the field; so for all other kinds.
    """
    return OrderedText(FieldSource(ORDERED_TEXT_KIND, key)) if ordered else Text(FieldSource(TEXT_KIND, key))


def integer(*, key: str | None = None) -> Integer:
    """Declare a field that holds a whole number; a flag is not one."""
    return Integer(FieldSource(INTEGER_KIND, key))


def real(*, key: str | None = None) -> Real:
    """Declare a field that holds a number."""
    return Real(FieldSource(REAL_KIND, key))


def money(currency: str | None = None, *, key: str | None = None) -> Money:
    """Declare a field that holds an amount in a currency of ISO 4217, or in the record's; compared with no float."""
    return Money(FieldSource(money_kind(currency), key))


def flag(*, key: str | None = None) -> Flag:
    """Declare a field that holds yes or no."""
    return Flag(FieldSource(FLAG_KIND, key))


def moment(*, key: str | None = None) -> Moment:
    """Declare a field that holds an aware datetime."""
    return Moment(FieldSource(MOMENT_KIND, key))


def day(*, key: str | None = None) -> Day:
    """Declare a field that holds a date."""
    return Day(FieldSource(DAY_KIND, key))


def tags(*, key: str | None = None) -> Tags:
    """Declare a field that holds a set of texts."""
    return Tags(FieldSource(TAGS_KIND, key))


@overload
def choice(options: type[EnumT], /, *, key: str | None = None) -> Choice[EnumT]: ...
@overload
def choice(*options: PlainT, key: str | None = None) -> Choice[PlainT]: ...
def choice(*options: Any, key: str | None = None) -> Choice[Any]:
    """Declare a field that holds one of a few values.

    Args:
        options: An `Enum` class whose values are texts or whole numbers, or such values themselves. A record holds
            members of the enum, or what equals them, as the texts do that a `StrEnum` stands for.
        key: The key of the record, where it is not the name of the field.

    >>> from cxkit.predicates import Fields, choice
    >>> class Customer(Fields):
    ...     tier = choice("basic", "silver", "gold")
    >>> Customer.tier == "golden"
    Traceback (most recent call last):
        ...
    cxkit.errors.InvalidTypeError: Customer.tier is one of 'basic', 'silver', 'gold': expected one of them, got 'golden'
    """
    listed: Iterable[object] = options
    if len(options) == 1 and isinstance(options[0], type):
        listed = options[0] if issubclass(options[0], Enum) else options
    return Choice(FieldSource(choice_kind(listed), key))
