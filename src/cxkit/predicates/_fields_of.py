"""Fields derived from the annotations of a class, so that what its records hold is written once."""

import dataclasses
import typing
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from keyword import iskeyword
from types import NoneType, UnionType, new_class
from typing import Annotated, Any, Final, Literal, NewType, NotRequired, Required, cast, get_args, get_origin

import attrs
from typing_extensions import ReadOnly, TypeAliasType, is_typeddict

from cxkit._checks import each
from cxkit.errors import CxError, InvalidTypeError, InvalidValueError, UnknownFieldError
from cxkit.predicates._field import FieldSource
from cxkit.predicates._fields import (
    Fields,
    _Nested,
    choice,
    day,
    flag,
    integer,
    moment,
    money,
    nested,
    real,
    tags,
    text,
)
from cxkit.predicates._values import Text, Value, value_of

_ALIASES = (TypeAliasType, getattr(typing, "TypeAliasType", TypeAliasType))  # two classes before Python 3.14
_COLLECTIONS = frozenset({Collection, Sequence, AbstractSet, frozenset, list, set, tuple})
_PLAIN: dict[type, Value[Any]] = {
    str: text(),
    bool: flag(),
    int: integer(),
    float: real(),
    datetime: moment(),
    date: day(),
}
_QUALIFIERS = frozenset({Final, NotRequired, ReadOnly, Required})
_UNIONS = frozenset({typing.Union, UnionType})


def fields_of(cls: type, *, label: str | None = None, currency: str | None = None, exclude: Iterable[str] = ()) -> Any:
    """Derive the fields of an attrs class, a dataclass or a `TypedDict` from its annotations.

    Each type gives the field of its kind: `str` a text, `Decimal` money, `Literal` and `Enum` a choice, a collection of
    `str` tags, another such class a nested record; `X | None` is `X`. `Annotated` says it otherwise: with a declaration,
    as in `Annotated[Decimal | None, money("USD")]`, or with the `Fields` class of a nested record.

    It is a `Fields` class, whose fields a static checker does not know; write one by hand where that matters.

    Args:
        cls: The class; its instances match predicates about the fields, and so do mappings with the same keys.
        label: What reprs, documents and pickles call the fields: the name of the class unless given. Predicates read as
            the code that makes them, and pickle, where the module of the class knows the fields by this name.
        currency: The currency of what is annotated as `Decimal`; without one, amounts are in the record's.
        exclude: The attributes that are left out; those of a nested record by their path, as in `"address.geo"`.

    Raises:
        InvalidTypeError: No kind fits an annotation, or it cannot be resolved.
        InvalidValueError: No field can have the name of an attribute.
        UnknownFieldError: `exclude` names an attribute that is not there.

    >>> from decimal import Decimal
    >>> import attrs
    >>> from cxkit.predicates import fields_of
    >>> @attrs.frozen
    ... class Order:
    ...     country: str
    ...     total: Decimal
    >>> OrderFields = fields_of(Order, label="OrderFields", currency="EUR")
    >>> large = OrderFields.total >= 100
    >>> large.matches(Order("DE", Decimal("129.90")))
    True
    """
    if not _is_record(cls):
        msg = f"expected an attrs class, a dataclass or a TypedDict, got {cls!r}; write its Fields class by hand"
        raise InvalidTypeError(msg, cls)
    if isinstance(exclude, str):
        msg = f"exclude must be a list of names, got {exclude!r}; write [{exclude!r}]"
        raise InvalidTypeError(msg, exclude)
    names = tuple(each(exclude, "a list of names to exclude"))
    derivation = _Derivation(cls, names, {**_PLAIN, Decimal: money(currency)})
    fields = derivation.fields(label or cls.__name__)
    derivation.end()
    return fields


@attrs.frozen
class _Derivation:
    """The derivation of one class, at a path within others, which collect what no kind fits in one place."""

    cls: type
    exclude: Sequence[str]
    plain: Mapping[type, Value[Any]]
    path: str = ""
    outer: tuple[type, ...] = ()
    faults: dict[str, str] = attrs.Factory(dict)

    def fields(self, label: str) -> type[Fields]:
        known = _resolved(self.cls)
        for given in self.exclude:
            if given not in known and not _is_record(known.get(given.partition(".")[0])):
                raise UnknownFieldError.among(self.cls.__name__, given, known)
        kept = {name: found for name, found in known.items() if name not in self.exclude}
        self._check_names([name for name in kept if not _can_be_field(name)])
        space = {name: self._member(name, found) for name, found in kept.items()}
        space["__module__"] = self.cls.__module__
        return cast("type[Fields]", new_class(label, (Fields,), exec_body=lambda own: own.update(space)))

    def _check_names(self, taken: Sequence[str]) -> None:
        if taken:
            msg = (
                f"no field can have the name of {', '.join(f'{self.cls.__name__}.{name}' for name in taken)}; "
                f"leave {_them(taken)} out with exclude={[self.path + name for name in taken]!r}, "
                f"or write the Fields class by hand, with key="
            )
            raise InvalidValueError(msg, tuple(taken))

    def _member(self, name: str, found: Any) -> object:
        if isinstance(found, Value | _Nested):
            return found
        if _is_record(found) and found not in (self.cls, *self.outer):
            return nested(self._within(name, found).fields(found.__name__))
        try:
            return self._declaration(found)
        except CxError as error:
            shown = _shown(_annotations(self.cls, include_extras=False)[name])
            why = f"{shown}: {error.message}" if error.message else shown
            self.faults[self.path + name] = f"{self.cls.__name__}.{name} ({why})"
            return None

    def _within(self, name: str, cls: type) -> "_Derivation":
        path, outer = f"{name}.", (*self.outer, self.cls)
        exclude = [given.removeprefix(path) for given in self.exclude if given.startswith(path)]
        return attrs.evolve(self, cls=cls, exclude=exclude, path=self.path + path, outer=outer)

    def _declaration(self, found: Any) -> object:
        """Declare what fits a type; a subclass is what its base is, such as text."""
        if get_origin(found) is Literal:
            return choice(*[option for option in get_args(found) if option is not None])
        if isinstance(found, type) and issubclass(found, Enum):
            return choice(found)
        if _is_collection_of_text(found):
            return tags()
        for base in found.__mro__ if isinstance(found, type) else ():
            if base in self.plain:
                return _declared(self.plain[base])
        raise InvalidTypeError("a record within itself" if _is_record(found) else "")

    def end(self) -> None:
        if self.faults:
            listed, paths = ", ".join(self.faults.values()), list(self.faults)
            them = _them(paths)
            msg = (
                f"no kind of field fits {listed}; leave {them} out with exclude={paths!r}, "
                f'or annotate {them} as Annotated[..., money("EUR")] or the like'
            )
            raise InvalidTypeError(msg, tuple(paths))


def _annotations(cls: Any, *, include_extras: bool) -> dict[str, Any]:
    """Return what the attributes of a record are annotated with; neither attrs nor dataclasses list a `ClassVar`."""
    hints = typing.get_type_hints(cls, include_extras=include_extras)
    if is_typeddict(cls):
        return hints
    attributes: Iterable[Any] = attrs.fields(cls) if attrs.has(cls) else dataclasses.fields(cls)
    return {attribute.name: hints.get(attribute.name, attribute.type) for attribute in attributes}


def _resolved(cls: type) -> dict[str, Any]:
    """Return the type or the declaration that each attribute comes down to."""
    try:
        return {name: _known(found) for name, found in _annotations(cls, include_extras=True).items()}
    except (AttributeError, NameError, SyntaxError, TypeError) as error:
        msg = (
            f"expected annotations of {cls.__name__} that resolve at run time, got {type(error).__name__}: {error}; "
            f"import what they name outside of `if TYPE_CHECKING:`, define it at the top of a module, and write None "
            f'inside of Annotated[Decimal | None, money("EUR")]'
        )
        raise InvalidTypeError(msg, cls) from error


def _known(annotation: Any) -> Any:
    """Take off everything that says nothing about the kind of a value, and `None`, which is a missing one."""
    bare = _bare(annotation)
    if get_origin(bare) in _UNIONS:
        others = [option for option in get_args(bare) if option is not NoneType]
        return _known(others[0]) if len(others) == 1 else bare
    return bare


def _bare(annotation: Any) -> Any:
    origin = get_origin(annotation)
    if origin is Annotated:
        declared = [again for item in annotation.__metadata__ if (again := _declared(item)) is not None]
        return declared[-1] if declared else _bare(annotation.__origin__)
    if origin in _QUALIFIERS:
        return _bare(get_args(annotation)[0])
    if isinstance(annotation, NewType):
        return _bare(annotation.__supertype__)
    return _bare(annotation.__value__) if isinstance(annotation, _ALIASES) else annotation


def _is_record(found: object) -> bool:
    return isinstance(found, type) and (attrs.has(found) or dataclasses.is_dataclass(found) or is_typeddict(found))


def _is_collection_of_text(found: object) -> bool:
    origin, args = get_origin(found), get_args(found)
    if origin not in _COLLECTIONS or not args or args[1:] != ((...,) if origin is tuple else ()):
        return False
    item = _bare(args[0])
    return isinstance(item, Text) or (isinstance(item, type) and issubclass(item, str))


def _declared(item: object) -> Any:
    """Declare again what metadata declares, or `None`: a field has one place in one class, and metadata serves many."""
    if isinstance(item, _Nested):
        return nested(item._fields, key=item._key)  # noqa: SLF001 - of this package
    if isinstance(item, type) and issubclass(item, Fields):
        return nested(item)
    if not (isinstance(item, Value) and isinstance(item.source, FieldSource)):
        return None
    # A field of another class lends its kind; where it is found there says nothing about this record.
    key = item.source.path[0] if item.source.owner is None and item.source.path else None
    return value_of(FieldSource(item.source.kind, key))


def _can_be_field(name: str) -> bool:
    return name.isidentifier() and not iskeyword(name) and not name.startswith("_") and not hasattr(Fields, name)


def _them(named: Sequence[str]) -> str:
    return "it" if len(named) == 1 else "them"


def _shown(annotation: Any) -> str:
    if annotation is None:
        return "not annotated"
    return annotation.__qualname__ if isinstance(annotation, type) else repr(annotation)
