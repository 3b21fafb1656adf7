"""Logs: journeys from rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, TypeAlias

from cxkit._checks import FrozenDict, a_name, each
from cxkit.calendar import zone
from cxkit.errors import CxError, DuplicateError, InvalidTypeError, InvalidValueError
from cxkit.journey._journey import Journey
from cxkit.journey._touchpoint import Touchpoint
from cxkit.predicates import is_missing

Row: TypeAlias = Sequence[Any] | Mapping[str, Any]
"""A row of a log: `(customer, name, at)`, or a mapping with a column for each."""
_DETAILS = ("id", "recorded_at", "sequence", "channel", "stage", "sentiment", "value", "cost", "actor")


def journeys(
    rows: Iterable[Row],
    *,
    customer: str = "customer",
    name: str = "name",
    at: str = "at",
    details: Mapping[str, str] | None = None,
    properties: Sequence[str] = (),
    tz: str | None = None,
) -> tuple[Journey, ...]:
    """Gather a log into journeys, one for each customer, in the order in which the customers first come.

    Args:
        rows: `(customer, name, at)` tuples or lists, or mappings with a column for each; in any order, read one by one.
        customer: The column that says whose contact it was; text, or a number that is turned into text.
        name: The column that says what happened.
        at: The column that says when: a datetime, or a text in ISO 8601.
        details: Which columns hold the other attributes of a touchpoint: `{"channel": "utm_source"}`.
        properties: The columns to keep as properties of the touchpoints.
        tz: The zone of the times that name none; without it they are refused.

    Raises:
        CxError: A row has no customer, no readable time or an attribute that makes no sense; the message says which
            row, counted from 0.

    >>> from cxkit.journey import journeys
    >>> rows = [("ben", "cart", "2026-03-03T10:00"), ("ben", "visit", "2026-03-03T09:00")]
    >>> ben, = journeys(rows, tz="Europe/Berlin")
    >>> [(touchpoint.name, touchpoint.at.hour) for touchpoint in ben]
    [('visit', 8), ('cart', 9)]
    """
    columns = FrozenDict.of(details or {}, "details")
    if unknown := columns.keys() - set(_DETAILS):
        msg = f"details must be among {', '.join(_DETAILS)}, got {', '.join(sorted(unknown))}; see properties="
        raise InvalidValueError(msg, details)
    attached = None if tz is None else zone(tz)
    read = _reader(customer, name, at, columns, properties, attached)
    by_customer: dict[str, list[Touchpoint]] = {}
    unseen = {*columns.values(), *properties}
    number = -1
    for number, row in enumerate(each(rows, "rows")):
        try:
            whose, touchpoint = read(row)
        except CxError as error:
            msg = f"row {number}: {error.message}"
            raise type(error)(msg, row) from error
        by_customer.setdefault(whose, []).append(touchpoint)
        if unseen and isinstance(row, Mapping):
            unseen.difference_update(row)
    if unseen and number >= 0:
        msg = f"no row has a column {', '.join(sorted(map(repr, unseen)))}, which details= or properties= names"
        raise InvalidValueError(msg, unseen)
    return tuple(_gathered(whose, touchpoints) for whose, touchpoints in by_customer.items())


def _gathered(customer: str, touchpoints: list[Touchpoint]) -> Journey:
    try:
        return Journey(customer, touchpoints)
    except DuplicateError as error:
        msg = f"customer {customer!r}: {error.message}"
        raise DuplicateError(msg, error.found) from error


def _reader(
    customer: str,
    name: str,
    at: str,
    columns: Mapping[str, Any],
    properties: Sequence[str],
    tz: tzinfo | None,
) -> Callable[[Row], tuple[str, Touchpoint]]:
    """Return the function that reads one row."""

    def from_sequence(row: Sequence[Any]) -> tuple[str, Touchpoint]:
        if len(row) != 3:  # noqa: PLR2004 - customer, name, at
            msg = f"a row must be (customer, name, at) or a mapping, got {row!r}"
            raise InvalidTypeError(msg, row)
        return _customer(row[0]), Touchpoint(row[1], _moment(row[2], tz))

    def from_mapping(row: Mapping[str, Any]) -> tuple[str, Touchpoint]:
        given = {detail: row.get(column) for detail, column in columns.items()}
        options: dict[str, Any] = {detail: value for detail, value in given.items() if not is_missing(value)}
        if "recorded_at" in options:
            options["recorded_at"] = _moment(options["recorded_at"], tz)
        if properties:
            options["properties"] = {column: row[column] for column in properties if column in row}
        return _customer(_cell(row, customer)), Touchpoint(_cell(row, name), _moment(_cell(row, at), tz), **options)

    def read(row: Row) -> tuple[str, Touchpoint]:
        if isinstance(row, tuple | list):
            return from_sequence(row)
        if isinstance(row, Mapping):
            return from_mapping(row)
        msg = f"a row must be (customer, name, at) or a mapping, got {row!r}"
        raise InvalidTypeError(msg, row)

    return read


def _cell(row: Mapping[str, Any], column: str) -> Any:
    if column not in row:
        msg = f"there is no column {column!r}; the row has {', '.join(map(repr, row))}"
        raise InvalidValueError(msg, row)
    return row[column]


def _customer(customer: object) -> str:
    if type(customer) is int:
        return str(customer)
    if not isinstance(customer, str):
        msg = f"a customer must be text or a whole number, got {customer!r}"
        raise InvalidTypeError(msg, customer)
    return a_name(customer, "customer")


def _moment(moment: object, tz: tzinfo | None) -> datetime:
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError as error:
            msg = f"a time must be a datetime or a text in ISO 8601, got {moment!r}"
            raise InvalidValueError(msg, moment) from error
    if not isinstance(moment, datetime):
        msg = f"a time must be a datetime or a text in ISO 8601, got {moment!r}"
        raise InvalidTypeError(msg, moment)
    return moment.replace(tzinfo=tz) if moment.tzinfo is None and tz is not None else moment
