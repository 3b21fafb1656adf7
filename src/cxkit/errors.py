"""Every error that cxkit raises.

All of them are `CxError`; each is also the built-in that a caller would already catch, so `except ValueError`
keeps working in code that has never heard of this library. Messages say what was expected, what came and what to do.

>>> from cxkit.metrics import Nps
>>> Nps.from_scores([9, 11])
Traceback (most recent call last):
    ...
cxkit.errors.InvalidValueError: nps score must be between 0 and 10, got 11
"""

from collections.abc import Iterable, Sequence
from typing import Any, Self

from typing_extensions import override

__all__ = [
    "CxError",
    "DocumentError",
    "DocumentFault",
    "DuplicateError",
    "InvalidTypeError",
    "InvalidValueError",
    "NaiveDatetimeError",
    "UndefinedMetricError",
    "UnknownFieldError",
    "UnsupportedError",
]


class CxError(Exception):
    """The root of every error of cxkit.

    Attributes:
        found: The value that was refused, where there is one.
    """

    def __init__(self, message: str, found: object = None, *more: object) -> None:
        super().__init__(message, found, *more)
        self.found = found

    @property
    def message(self) -> str:
        """What was expected, what came, and what to do."""
        return str(self.args[0])

    @override
    def __str__(self) -> str:
        return self.message


class InvalidValueError(CxError, ValueError):
    """A value of the right type that makes no sense where it stands."""


class InvalidTypeError(CxError, TypeError):
    """A value of a type that is not taken here: a float for money, a bool for a count, text for a number."""


class NaiveDatetimeError(InvalidValueError):
    """A datetime without a zone: it names no moment, so nothing can be compared with it."""


class DuplicateError(InvalidValueError):
    """One identity was used for two different things: an id, or a reference."""


class UnknownFieldError(CxError, AttributeError):
    """A field that its `Fields` class does not declare; the message names the nearest one that it does."""

    @classmethod
    def among(cls, owner: str, name: str, known: Iterable[str], *, what: str = "field") -> Self:
        """Say which name of `what` is unknown, and which known one is nearest."""
        from difflib import get_close_matches  # noqa: PLC0415 - only needed for a mistake

        near = get_close_matches(name, list(known), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return cls(f"{owner} has no {what} {name!r}{hint}", name)


class UnsupportedError(CxError, NotImplementedError):
    """Something that is right in Python and cannot be put elsewhere: a test that a database has no exact words for."""


class UndefinedMetricError(InvalidValueError):
    """A metric without data was asked for its value; `value_or(...)` says what to use instead."""

    @classmethod
    def no_data(cls, metric: str, data: str) -> Self:
        """Say which metric lacks which data."""
        return cls(f"{metric} is undefined: no {data}; use value_or(...) where that can happen")


class DocumentFault(CxError, ValueError):  # noqa: N818 - one of several, never raised alone
    """One fault of a stored document.

    Attributes:
        path: Where in the document, as in `$.where.of[1].than`.
    """

    def __init__(self, message: str, found: object = None, path: str = "$") -> None:
        super().__init__(message, found, path)
        self.path = path

    @override
    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class DocumentError(CxError, ExceptionGroup[DocumentFault], ValueError):
    """A stored document that cannot be read: the group of all its faults."""

    def __init__(self, message: str, faults: Sequence[DocumentFault]) -> None:
        super().__init__(message, faults)

    @override
    def __str__(self) -> str:
        return "; ".join([self.message, *map(str, self.exceptions)])

    @override
    def derive(self, excs: Sequence[Any]) -> "DocumentError":  # type: ignore[override]
        return DocumentError(self.message, excs)
