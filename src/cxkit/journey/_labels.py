"""Labels: what touchpoints are grouped by, such as their channel."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeAlias

from cxkit._checks import a_name
from cxkit.errors import InvalidTypeError, UnknownFieldError
from cxkit.journey._touchpoint import Touchpoint, TouchpointFields
from cxkit.predicates import Subject, Value, is_missing

Label: TypeAlias = str | Value[Any]
"""What touchpoints are grouped by: an attribute (`"channel"`), a property (`"properties.campaign"`), or a value that is made
of `Touchpoint.fields`."""
ATTRIBUTES = ("name", "channel", "stage", "actor", "id")
PROPERTIES = "properties."


def a_label(label: Label, what: str) -> Callable[[Touchpoint], str | None]:
    """Return the function that reads a label from a touchpoint, as text; `None` where it is missing."""
    if isinstance(label, Value):
        return _of_value(label, what)
    if not isinstance(label, str):
        msg = f"{what} must be the name of a label, such as 'channel', or a value of Touchpoint.fields, got {label!r}"
        raise InvalidTypeError(msg, label)
    name = a_name(label, what)
    if name in ATTRIBUTES:
        return _of_attribute(name)
    if not name.startswith(PROPERTIES):
        error = UnknownFieldError.among("a touchpoint", name, ATTRIBUTES, what="label")
        msg = f"{error.message}; a property is written as {PROPERTIES + name.rpartition('.')[2]!r}"
        raise UnknownFieldError(msg, name)
    return _of_property(name.removeprefix(PROPERTIES))


def _of_attribute(name: str) -> Callable[[Touchpoint], str | None]:
    of = attrgetter(name)

    def read(touchpoint: Touchpoint) -> str | None:
        found = of(touchpoint)
        if type(found) is str:  # nearly always, and this is asked of every touchpoint
            return found if found.strip() else None
        return None if found is None else _as_text(found)

    return read


def _of_property(key: str) -> Callable[[Touchpoint], str | None]:
    def read(touchpoint: Touchpoint) -> str | None:
        return _as_text(touchpoint.properties.get(key))

    return read


def _of_value(value: Value[Any], what: str) -> Callable[[Touchpoint], str | None]:
    source = value.source
    if source.timed or not all(issubclass(subject, TouchpointFields) for subject in source.subjects):
        msg = f"{what} must be a value of Touchpoint.fields, got {value!r}"
        raise InvalidTypeError(msg, value)

    def read(touchpoint: Touchpoint) -> str | None:
        return _as_text(source.read(Subject.of(touchpoint, None)))

    return read


def _as_text(found: object) -> str | None:
    return None if is_missing(found) or not (text := str(found)).strip() else text
