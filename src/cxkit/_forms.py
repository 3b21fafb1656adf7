"""Forms: how each kind of value is written as JSON-ready data and read back, and the registry of the classes that are.

A form is a pair of functions. Scalars, sequences, records and nested classes are built from one another, so that a
class says in one line what its stored form holds; `cxkit.codec` puts the envelope around it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from math import isfinite
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

import attrs

from cxkit._checks import FrozenDict, an_instant
from cxkit.errors import CxError, DocumentFault, InvalidTypeError

Json: TypeAlias = Any
T = TypeVar("T")
KeyT = TypeVar("KeyT", bound=Any)
ClassT = TypeVar("ClassT", bound=type)

_ROOMS = frozenset(
    {"aftersales", "calendar", "journey", "loyalty", "metrics", "predicates", "segments", "tallies"}
)  # where a type name may live: `loyalty.offer` is in cxkit.loyalty, which is imported when a document names it
SHOWN = 60  # characters of what was found that a fault repeats
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


class Unreadable(Exception):  # noqa: N818 - a signal between loaders, which no caller sees
    """Raised through the loaders where a part could not be read; its fault has been noted."""


class Reader(NamedTuple):
    """One place of a document that is being read.

    Attributes:
        path: Where it is.
        faults: What was found wrong so far, in the whole document.
        fields: The `Fields` classes that predicates may be about.
        trusted: Whether the document comes from the host itself, and may hold regular expressions.
    """

    path: str
    faults: list[DocumentFault]
    fields: tuple[type, ...]
    trusted: bool = False

    def at(self, step: str | int) -> "Reader":
        """Return the reader of a part."""
        return self._replace(path=f"{self.path}[{step}]" if isinstance(step, int) else f"{self.path}.{step}")

    def fault(self, message: str, found: object = None) -> Unreadable:
        """Note a fault of this place; raise what it returns."""
        self.faults.append(DocumentFault(message, found, self.path))
        return Unreadable()

    def expected(self, what: str, found: object) -> Unreadable:
        """Note that something else was expected here."""
        return self.fault(f"expected {what}, got {_shown(found)}", found)

    def build(self, make: Callable[..., T], *args: object, **fields: object) -> T:
        """Build a value, turning what it refuses into a fault of this place."""
        try:
            return make(*args, **fields)
        except CxError as error:
            raise self.fault(error.message, error.found) from error


def _shown(found: object) -> str:
    """Show what was found if it is plain and short: what a stranger sent may be deep, or long."""
    parts: list[object] = [found]
    if isinstance(found, list | dict) and len(found) < SHOWN:
        parts = [*found.keys(), *found.values()] if isinstance(found, dict) else found
    if all(_is_plain(part) for part in parts) and len(shown := repr(found)) <= SHOWN:
        return shown
    return f"a {type(found).__name__}"


def _is_plain(part: object) -> bool:
    return part is None or isinstance(part, str | float) or (isinstance(part, int) and abs(part) < 10**SHOWN)


class Form(NamedTuple, Generic[T]):
    """How one kind of value is written and read."""

    dump: Callable[[T], Json]
    load: Callable[[Json, Reader], T]


def _scalar(what: str, kind: type[T]) -> Form[T]:
    def load(data: Json, reader: Reader) -> T:
        if type(data) is not kind:
            raise reader.expected(what, data)
        return data

    return Form(lambda value: value, load)


def _from_text(what: str, dump: Callable[[T], str], parse: Callable[[str], T]) -> Form[T]:
    def load(data: Json, reader: Reader) -> T:
        if not isinstance(data, str):
            raise reader.expected(what, data)
        try:
            return parse(data)
        except ValueError:
            raise reader.expected(what, data) from None

    return Form(dump, load)


def _decimal(text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


TEXT = Form(str.__str__, _scalar("text", str).load)  # of an enum of texts, the text
INTEGER = _scalar("a whole number", int)
FLAG = _scalar("true or false", bool)
DECIMAL: Form[Decimal] = _from_text("a decimal number as text", lambda value: f"{value:f}", _decimal)
MOMENT: Form[datetime] = _from_text(
    "an ISO 8601 time with its offset",
    datetime.isoformat,
    lambda text: an_instant(datetime.fromisoformat(text), "the time"),
)
DAY: Form[date] = _from_text("an ISO 8601 date", date.isoformat, date.fromisoformat)


def _load_number(data: Json, reader: Reader) -> float:
    if type(data) not in (int, float):
        raise reader.expected("a number", data)
    try:
        return float(data)
    except OverflowError:
        raise reader.expected("a number that a float can hold", data) from None


def _load_elapsed(data: Json, reader: Reader) -> timedelta:
    try:
        return timedelta(microseconds=INTEGER.load(data, reader))
    except OverflowError:
        raise reader.expected("a length of time", data) from None


NUMBER: Form[float] = Form(float, _load_number)
ELAPSED: Form[timedelta] = Form(lambda value: value // timedelta(microseconds=1), _load_elapsed)


def choice(*words: str) -> Form[Any]:
    """Return the form of a text that is one of a few words."""

    def load(data: Json, reader: Reader) -> str:
        if data not in words:
            raise reader.expected(f"one of {', '.join(words)}", data)
        return str(data)

    return Form(lambda value: value, load)


def optional(form: Form[T]) -> Form[T | None]:
    """Return the form of a value that may be absent."""
    return Form(
        lambda value: None if value is None else form.dump(value),
        lambda data, reader: None if data is None else form.load(data, reader),
    )


def many(form: Form[T]) -> Form[tuple[T, ...]]:
    """Return the form of a sequence."""

    def load(data: Json, reader: Reader) -> tuple[T, ...]:
        if not isinstance(data, list):
            raise reader.expected("a list", data)
        return tuple(_all_of([(reader.at(index), form, item) for index, item in enumerate(data)]))

    return Form(lambda values: [form.dump(value) for value in values], load)


def pair(form: Form[T]) -> Form[tuple[T, T]]:
    """Return the form of two values of one kind."""
    both = many(form)

    def load(data: Json, reader: Reader) -> tuple[T, T]:
        match both.load(data, reader):
            case (first, second):
                return first, second
            case _:
                raise reader.expected("two values", data)

    return Form(both.dump, load)


def mapping(form: Form[T]) -> Form[Mapping[str, T]]:
    """Return the form of a mapping from text, as a list of pairs: its keys may be any text."""

    def dump(values: Mapping[str, T]) -> Json:
        return [[key, form.dump(value)] for key, value in values.items()]

    def load(data: Json, reader: Reader) -> Mapping[str, T]:
        pairs = many(Form(list, _pair)).load(data, reader)
        values = _all_of([(reader.at(index).at(1), form, pair[1]) for index, pair in enumerate(pairs)])
        return dict(zip((key for key, _ in pairs), values, strict=True))

    return Form(dump, load)


def table(entry: Form[tuple[KeyT, T]], once: str) -> Form[Mapping[KeyT, T]]:
    """Return the form of a mapping whose keys have an order, as a list of pairs in that order.

    Args:
        entry: The form of a pair.
        once: What is expected where a key comes twice, as in `"each score once"`.
    """
    pairs = many(entry)

    def load(data: Json, reader: Reader) -> Mapping[KeyT, T]:
        found = pairs.load(data, reader)
        if len(dict(found)) < len(found):
            raise reader.expected(once, data)
        return dict(found)

    return Form(lambda values: pairs.dump(tuple(sorted(values.items()))), load)


def _pair(data: Json, reader: Reader) -> tuple[str, Json]:
    match data:
        case [str(key), value]:
            return key, value
        case _:
            raise reader.expected("a pair of a text and a value", data)


def _all_of(parts: Iterable[tuple[Reader, Form[T], Json]]) -> list[T]:
    """Load every part, so that all their faults are noted, then give them or fail."""
    values: list[T] = []
    broken = False
    for reader, form, data in parts:
        try:
            values.append(form.load(data, reader))
        except Unreadable:
            broken = True
    if broken:
        raise Unreadable
    return values


def record(make: Callable[..., T], forms: Mapping[str, Form[Any]], defaults: frozenset[str] = frozenset()) -> Form[T]:
    """Return the form of an object that is built from named parts.

    Args:
        make: Builds it, from keyword arguments.
        forms: The form of each part.
        defaults: Parts that may be absent, in documents of a time when there was no such part.
    """

    def dump(value: T) -> Json:
        return {key: form.dump(getattr(value, key)) for key, form in forms.items()}

    def load(data: Json, reader: Reader) -> T:
        if not isinstance(data, dict):
            raise reader.expected("an object", data)
        unknown = [key for key in data if key not in forms and key != "type"]
        missing = [key for key in forms if key not in data and key not in defaults]
        sound = not unknown and not missing
        for key in unknown:
            reader.at(key).fault("unknown key")
        for key in missing:
            reader.at(key).fault("missing key")
        known = [key for key in forms if key in data]
        values = _all_of([(reader.at(key), forms[key], data[key]) for key in known])
        if not sound:
            raise Unreadable
        return reader.build(make, **dict(zip(known, values, strict=True)))

    return Form(dump, load)


_BY_NAME: dict[str, tuple[type, Form[Any]]] = {}
_BY_CLASS: dict[type, tuple[str, Form[Any]]] = {}


def register(name: str, cls: type[T], form: Form[T]) -> None:
    """Give a class its type name and form; subclasses share them unless they have their own."""
    _BY_NAME[name] = (cls, form)
    _BY_CLASS[cls] = (name, form)


_LATE: dict[str, str] = {}


def register_late(module: str, *names: str) -> None:
    """Say which module gives some type names their classes, once it is imported: for classes that few programs need."""
    _LATE.update(dict.fromkeys(names, module))


def stored(name: str, /, **forms: Form[Any]) -> Callable[[ClassT], ClassT]:
    """Give an attrs class a stored form with a part for each of its fields."""

    def decorate(cls: ClassT) -> ClassT:
        fields = {field.alias: field for field in attrs.fields(cls)}
        defaults = frozenset(key for key in forms if fields[key].default is not attrs.NOTHING)
        register(name, cls, record(cls, forms, defaults))
        return cls

    return decorate


def form_of(cls: type[T]) -> Form[T]:
    """Return the form of a stored class, without its type name: for a part that can be nothing else."""
    form: Form[T] = _BY_CLASS[cls][1]
    return form


def nested(base: type[T]) -> Form[T]:
    """Return the form of a value of any stored class below `base`, with its type name beside its parts."""

    def load(data: Json, reader: Reader) -> T:
        if not isinstance(data, dict):
            raise reader.expected("an object", data)
        return load_typed(data, base, reader)

    return Form(dump_typed, load)


def dump_typed(value: object) -> dict[str, Json]:
    for cls in type(value).__mro__:
        if cls in _BY_CLASS:
            name, form = _BY_CLASS[cls]
            return {"type": name, **form.dump(value)}
    msg = f"{type(value).__name__} has no stored form, got {value!r}"
    raise InvalidTypeError(msg, value)


def load_typed(data: dict[str, Json], base: type[T], reader: Reader) -> T:
    name = data.get("type")
    found = _find(name) if isinstance(name, str) else None
    if found is None or not (issubclass(found[0], base) or issubclass(base, found[0])):
        raise reader.at("type").expected(f"the type name of a {base.__name__}", name)
    loaded = found[1].load(data, reader)
    if not isinstance(loaded, base):  # the form is shared by several classes, and this is another of them
        raise reader.expected(f"a {base.__name__}", data)
    return loaded


def _find(name: str) -> tuple[type, Form[Any]] | None:
    """Look a type name up, importing the package that it names if it is one of cxkit's."""
    room = name.partition(".")[0]
    if name not in _BY_NAME and room in _ROOMS:
        import_module(f"cxkit.{room}")
        import_module(_LATE.get(name, f"cxkit.{room}"))  # of classes that few programs need, the module
    return _BY_NAME.get(name)


def _dump_plain(value: object) -> Json:
    match value:
        case None | bool() | int() | str():
            return value
        case float() if isfinite(value):
            return value
        case Decimal() if value.is_finite():
            return {"decimal": DECIMAL.dump(value)}
        case datetime() if value.tzinfo is not None:
            return {"moment": MOMENT.dump(value)}
        case date() if not isinstance(value, datetime):
            return {"day": DAY.dump(value)}
        case _:
            msg = (
                "a stored attribute must be text, a flag, a finite number or Decimal, an aware datetime or a date, "
                f"got {value!r}"
            )
            raise InvalidTypeError(msg, value)


_TAGGED: Mapping[str, Form[Any]] = {"decimal": DECIMAL, "moment": MOMENT, "day": DAY}


def _load_plain(data: Json, reader: Reader) -> object:
    if not isinstance(data, dict | list):
        return data
    if isinstance(data, dict) and len(data) == 1 and (tag := next(iter(data))) in _TAGGED:
        return _TAGGED[tag].load(data[tag], reader.at(tag))
    raise reader.expected("a plain value", data)


PLAIN: Form[Any] = Form(_dump_plain, _load_plain)
ATTRIBUTES: Form[Any] = Form(mapping(PLAIN).dump, lambda data, reader: FrozenDict(mapping(PLAIN).load(data, reader)))
