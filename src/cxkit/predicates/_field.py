"""Fields of records as sources of values."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any, Protocol, cast

from typing_extensions import override

from cxkit._checks import a_name
from cxkit.errors import CxError, InvalidTypeError, InvalidValueError
from cxkit.predicates._kinds import Kind
from cxkit.predicates._source import Source
from cxkit.predicates._subject import Subject


class Owner(Protocol):
    """What a field belongs to: a `Fields` class."""

    label: str
    fields: dict[str, Any]


class FieldSource(Source):
    """A named field of a record.

    Attributes:
        path: The keys that lead to the value: one, or several through nested records.
        name: What the field is called in its class, with dots through nested records.
        owner: The class.
    """

    __slots__ = ("_kind", "name", "owner", "path")

    def __init__(self, kind: Kind, key: str | None = None) -> None:
        self._kind = kind
        self.path: tuple[str, ...] = () if key is None else (a_name(key, "the key of a field"),)
        self.name = ""
        self.owner: Any = None

    def bind(self, owner: Owner, name: str) -> None:
        """Take the place in a class by which the field is known from now on."""
        if self.owner is not None:
            msg = f"{owner.label}.{name} is {self!r} already; declare a field of its own"
            raise InvalidValueError(msg, name)
        self.owner, self.name = owner, name
        self.path = self.path or (name,)

    def within(self, owner: Owner, name: str, key: str) -> "FieldSource":
        """Return this field as a part of a nested record."""
        inner = FieldSource(self._kind)
        inner.owner, inner.name, inner.path = owner, f"{name}.{self.name}", (key, *self.path)
        return inner

    @property
    @override
    def kind(self) -> Kind:
        return self._kind

    @property
    @override
    def about(self) -> type:
        return cast("type", self._bound())

    @property
    @override
    def label(self) -> str:
        return self.name

    @property
    @override
    def words(self) -> str:
        return self.name.replace("_", " ").strip()

    @override
    def key(self) -> Hashable:
        return (self._bound().label, self.path, self._kind.name, self._kind.options)

    @override
    def read(self, subject: Subject) -> object:
        value = subject.value(self.path)
        return value if value is None or self._kind.read is None else self.taken(value)

    def taken(self, value: object) -> object:
        """Bring a value into the form in which it is tested."""
        try:
            return value if self._kind.read is None else self._kind.read(value)
        except CxError as error:
            msg = f"{self.name} must be {self._kind.name}, got {value!r}: {error.message}"
            raise type(error)(msg, value) from error

    @override
    def __reduce__(self) -> "tuple[Callable[..., FieldSource], tuple[Owner, str]]":
        return _named, (self._bound(), self.name)

    @override
    def __repr__(self) -> str:
        # Not an error: attrs prints the annotations of a class while it makes it, and `fields_of` finds fields in them.
        return self._kind.name if self.owner is None else f"{self.owner.label}.{self.name}"

    def _bound(self) -> Owner:
        if self.owner is None:
            msg = "this field belongs to no Fields class; write it as an attribute of one: class Customer(Fields): ..."
            raise InvalidTypeError(msg)
        return cast("Owner", self.owner)


def _named(owner: Owner, name: str) -> FieldSource:
    """Find a field again when it is unpickled."""
    return cast("FieldSource", owner.fields[name].source)


def find_field(code: str, owners: Iterable[Any]) -> FieldSource | None:
    """Find a field by its code, such as `Customer.orders`, among those of some `Fields` classes."""
    for owner in owners:
        fields = getattr(owner, "fields", None)
        if not isinstance(fields, dict):
            continue
        for base in owner.__mro__:
            label = vars(base).get("label")  # a field is called by the class that declares it
            if isinstance(label, str) and code.startswith(f"{label}."):
                value = fields.get(code.removeprefix(f"{label}."))
                if value is not None and repr(value.source) == code:
                    return cast("FieldSource", value.source)
    return None
