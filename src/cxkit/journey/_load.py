"""Logs: journeys from rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from operator import itemgetter
from typing import Any, TypeAlias

from cxkit._checks import UTC, FrozenDict, a_name, an_instant, each
from cxkit.calendar import zone
from cxkit.errors import CxError, DuplicateError, InvalidTypeError, InvalidValueError
from cxkit.journey._journey import Journey
from cxkit.journey._touchpoint import NAME, Touchpoint
from cxkit.predicates import is_missing

Row: TypeAlias = Sequence[Any] | Mapping[str, Any]
"""A row of a log: `(customer, name, at)`, or a mapping with a column for each."""
Columns: TypeAlias = tuple[str, str, str]  # of whose contact it was, what it was and when
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
        details: Which columns hold the other attributes of a touchpoint: `{"channel": "utm_source"}`. A blank cell is
            missing; amounts are to be `Decimal` or `int`, and sentiment a number.
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
    cells = (customer, name, at)
    if not columns and not properties:
        return _plain(each(rows, "rows"), cells, attached)
    return _detailed(each(rows, "rows"), cells, columns, properties, attached)


def _plain(rows: Iterable[Row], columns: Columns, tz: tzinfo | None) -> tuple[Journey, ...]:
    """Gather contacts of which no more is kept than whose they were, what and when."""
    log: dict[str, tuple[list[datetime], list[str]]] = {}
    names: set[str] = set()
    of_mapping = itemgetter(*columns)
    for number, row in enumerate(rows):
        whose: Any
        name: Any
        moment: Any
        try:
            whose, name, moment = row if row.__class__ is tuple else of_mapping(row)
            # Most rows are like one before them, and need no more than these few looks.
            is_utc = moment.__class__ is datetime and moment.tzinfo is UTC
            is_like = is_utc and whose.__class__ is str and whose in log and name.__class__ is str and name in names
        except (TypeError, ValueError, LookupError):
            whose = name = moment = None
            is_like = False
        if not is_like:
            try:
                whose, name, moment = _checked(row, columns, tz)
            except CxError as error:
                raise _located(error, number, row) from error
            names.add(name)
            log.setdefault(whose, ([], []))
        moments, contacts = log[whose]
        moments.append(moment)
        contacts.append(name)
    return tuple(Journey._of_log(whose, *contacts) for whose, contacts in log.items())  # noqa: SLF001 - of the house


def _checked(row: Row, columns: Columns, tz: tzinfo | None) -> tuple[str, str, datetime]:
    """Return whose contact a row tells of, what it was, and when in UTC."""
    whose, name, moment = _cells(row, columns)
    return _customer(whose), a_name(name, NAME), an_instant(_moment(moment, tz), "at")


def _detailed(
    rows: Iterable[Row],
    columns: Columns,
    details: Mapping[str, Any],
    properties: Sequence[str],
    tz: tzinfo | None,
) -> tuple[Journey, ...]:
    """Gather contacts with what else the rows tell of them."""
    log: dict[str, list[Touchpoint]] = {}
    unseen = {*details.values(), *properties}
    number = -1
    for number, row in enumerate(rows):
        try:
            whose, name, moment = _cells(row, columns)
            options = _options(row, details, properties, tz) if isinstance(row, Mapping) else {}
            touchpoint = Touchpoint(name, _moment(moment, tz), **options)
            log.setdefault(_customer(whose), []).append(touchpoint)
        except CxError as error:
            raise _located(error, number, row) from error
        if unseen and isinstance(row, Mapping):
            unseen.difference_update(row)
    if unseen and number >= 0:
        msg = f"no row has a column {', '.join(sorted(map(repr, unseen)))}, which details= or properties= names"
        raise InvalidValueError(msg, unseen)
    return tuple(_gathered(whose, touchpoints) for whose, touchpoints in log.items())


def _located(error: CxError, number: int, row: Row) -> CxError:
    """Tell which row an error is about."""
    return type(error)(f"row {number}: {error.message}", row)


def _gathered(customer: str, touchpoints: list[Touchpoint]) -> Journey:
    try:
        return Journey(customer, touchpoints)
    except DuplicateError as error:
        msg = f"customer {customer!r}: {error.message}"
        raise DuplicateError(msg, error.found) from error


def _cells(row: Row, columns: Columns) -> tuple[Any, Any, Any]:
    """Return whose contact a row tells of, what it was and when, as they stand there."""
    if isinstance(row, Mapping):
        whose, name, moment = (_cell(row, column) for column in columns)
        return whose, name, moment
    if isinstance(row, tuple | list) and len(row) == 3:  # noqa: PLR2004 - customer, name, at
        whose, name, moment = row
        return whose, name, moment
    msg = f"a row must be (customer, name, at) or a mapping, got {row!r}"
    raise InvalidTypeError(msg, row)


def _options(
    row: Mapping[str, Any], details: Mapping[str, Any], properties: Sequence[str], tz: tzinfo | None
) -> dict[str, Any]:
    """Return what else a row tells of its contact."""
    given = {detail: row.get(column) for detail, column in details.items()}
    options: dict[str, Any] = {detail: value for detail, value in given.items() if not is_blank(value)}
    if "recorded_at" in options:
        options["recorded_at"] = _moment(options["recorded_at"], tz)
    if properties:
        options["properties"] = {column: row[column] for column in properties if column in row}
    return options


def is_blank(value: object) -> bool:
    """Whether a cell holds nothing: it is missing, or blank, as an empty cell of a CSV file is."""
    return is_missing(value) or (isinstance(value, str) and not value.strip())


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
