"""Stored forms: values as JSON-ready data, and back.

`to_dict` puts what a host configures or keeps into an envelope with a format and a type name; `from_dict` reads such
documents from strangers: bounded in depth, size and numbers, never running code, and with all their faults reported at
once, each with its path. What an older version wrote stays readable.

>>> from cxkit.calendar import QuietHours
>>> from cxkit.codec import from_dict, to_dict
>>> document = to_dict(QuietHours("21:00", "08:00", tz="Europe/Berlin"))
>>> document
{'cxkit': 1, 'type': 'calendar.quiet_hours', 'start': '21:00', 'end': '08:00', 'tz': 'Europe/Berlin'}
>>> from_dict(document, QuietHours)
QuietHours(start='21:00', end='08:00', tz='Europe/Berlin')
>>> from_dict(document | {"start": 9, "tz": None}, QuietHours)
Traceback (most recent call last):
    ...
cxkit.errors.DocumentError: the document has 2 faults; $.start: expected text, got 9; $.tz: expected text, got None
"""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import TypeVar

import attrs

from cxkit._checks import a_flag, each
from cxkit._forms import Json, Reader, Unreadable, dump_typed, load_typed
from cxkit.errors import DocumentError, InvalidTypeError

__all__ = ["Limits", "from_dict", "to_dict"]

T = TypeVar("T")
FORMAT = 1


@attrs.frozen
class Limits:
    """How much of a document is read; a host may raise the bounds for documents of its own.

    Attributes:
        depth: Levels of objects and lists.
        nodes: Objects, lists and values in all.
        text: Characters of one text.
        digits: Digits of one whole number.
    """

    depth: int = 120
    nodes: int = 100_000
    text: int = 10_000
    digits: int = 40


def to_dict(value: object) -> dict[str, Json]:
    """Return the stored form of a value: data for `json.dumps`, in an envelope with format and type name.

    Raises:
        InvalidTypeError: The value is of a class that has no stored form.
    """
    return {"cxkit": FORMAT, **dump_typed(value)}


def from_dict(
    document: Mapping[str, Json],
    type_: type[T],
    *,
    fields: type | Iterable[type] = (),
    limits: Limits = Limits(),
    trusted: bool = False,
) -> T:
    """Read a stored form; documents from strangers are safe to read.

    Args:
        document: What `to_dict` gave, after any trip through JSON.
        type_: The class that is expected; a document of another type is refused.
        fields: The `Fields` class, or classes, that the predicates in the document are about.
        limits: How much is read.
        trusted: Whether the document comes from the host itself; such a one may hold regular expressions.

    Raises:
        DocumentError: The group of all faults, each with its path.
    """
    if not isinstance(type_, type):
        msg = f"type_ must be a class such as Segment, got {type_!r}"
        raise InvalidTypeError(msg, type_)
    classes = (fields,) if isinstance(fields, type) else tuple(each(fields, "Fields classes"))
    reader = Reader("$", [], classes, a_flag(trusted, "trusted"))
    try:
        return _load_document(document, type_, limits, reader)
    except Unreadable:
        number = len(reader.faults)
        msg = f"the document has {number} fault{'s' * (number > 1)}"
        raise DocumentError(msg, reader.faults) from None


def _load_document(document: Mapping[str, Json], type_: type[T], limits: Limits, reader: Reader) -> T:
    if not isinstance(document, Mapping):
        raise reader.expected("an object", document)
    _measure(dict(document), limits, reader)
    found = document.get("cxkit")
    if type(found) is not int or not 1 <= found <= FORMAT:
        raise reader.at("cxkit").expected(f"a format from 1 to {FORMAT}, the newest that this version reads", found)
    return load_typed({key: data for key, data in document.items() if key != "cxkit"}, type_, reader)


def _measure(document: Json, limits: Limits, reader: Reader) -> None:
    """Refuse what is too deep, too large or no JSON, without recursion, before anything is built."""
    waiting: list[tuple[Json, int]] = [(document, 1)]
    nodes = 0
    while waiting:
        data, depth = waiting.pop()
        nodes += 1
        if nodes > limits.nodes:
            raise reader.fault(f"more than {limits.nodes} nodes")
        if not isinstance(data, dict | list):
            _measure_scalar(data, limits, reader)
            continue
        if depth > limits.depth:
            raise reader.fault(f"more than {limits.depth} levels deep")
        if isinstance(data, dict):
            for key in data:
                _measure_scalar(key, limits, reader)
        waiting += ((part, depth + 1) for part in (data.values() if isinstance(data, dict) else data))


def _measure_scalar(data: Json, limits: Limits, reader: Reader) -> None:
    match data:
        case str() if len(data) > limits.text:
            raise reader.fault(f"a text of more than {limits.text} characters")
        case bool() | None | str():
            return
        case int() if abs(data) >= 10**limits.digits:
            raise reader.fault(f"a number of more than {limits.digits} digits")
        case float() if not isfinite(data):
            raise reader.expected("a finite number", data)
        case int() | float():
            return
        case _:
            raise reader.expected("JSON data", data)
