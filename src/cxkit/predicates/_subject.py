"""What a predicate is asked about, and which of its values are missing."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from cxkit._checks import an_instant
from cxkit.errors import InvalidTypeError

NEVER_MISSING = frozenset({str, int, bool, datetime, date, list, tuple, set, frozenset, dict})
NO_RECORD = (str, bytes, int, float, list, set, frozenset, type(None))


class Subject(NamedTuple):
    """One thing that a predicate is asked about, at a moment.

    Attributes:
        record: The mapping or object that holds the values of the fields.
        source: What the caller gave, where other kinds of leaf find what they need.
        as_of: The moment of the question, in UTC.
        memo: What sources have found out about the subject, for one another.
    """

    record: object
    source: object
    as_of: datetime | None
    memo: dict[object, Any] | None = None

    @classmethod
    def of(cls, source: object, as_of: datetime | None) -> "Subject":
        """Return the subject that a caller's object stands for."""
        a_record(source)
        moment = None if as_of is None else an_instant(as_of, "as_of")
        keeper = getattr(
            type(source), "__cxkit_record__", None
        )  # a profile keeps its attributes in a record of its own
        return cls(source if keeper is None else keeper(source), source, moment, {})

    def value(self, path: tuple[str, ...]) -> object:
        """Return the value at a path of names; `None` where it is missing, or a part of the way to it is."""
        value = self.record
        for name in path:
            if isinstance(value, Mapping):
                value = value.get(name)
            elif isinstance(value, NO_RECORD):
                return None
            else:
                value = getattr(value, name, None)
        return None if is_missing(value) else value


def a_record(source: object) -> object:
    """Check that something can hold the values of fields."""
    if isinstance(source, NO_RECORD) or type(source) is tuple:
        msg = f"a record must be a mapping or an object with attributes, got {source!r}"
        raise InvalidTypeError(msg, source)
    return source


def is_missing(value: object) -> bool:
    """Whether a value is none: `None`, NaN, or pandas' `NA` and `NaT` (known by name: pandas is not imported)."""
    if value is None:
        return True
    kind = type(value)
    if kind in NEVER_MISSING:
        return False
    if isinstance(value, Decimal):
        return value.is_nan()
    if kind.__name__ in ("NAType", "NaTType"):
        return True
    try:
        return bool(value != value)  # noqa: PLR0124 - only NaN differs from itself
    except (TypeError, ValueError):
        return False
