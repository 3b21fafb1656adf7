"""When customers started and when they came back, from journeys or from plain rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Any, TypeAlias

from cxkit._checks import UTC, an_instant, each, shown
from cxkit.errors import CxError, InvalidTypeError
from cxkit.journey import Contact, Journey, each_journey, is_contact, known_touchpoints
from cxkit.metrics._retention.grid import Grid

Moments: TypeAlias = Sequence[datetime]
CustomerMoment: TypeAlias = tuple[str | int, datetime]
"""A row of a log of one kind of event: whose it was, and when."""


def rows_of(log: Iterable[Any]) -> tuple[Iterable[Any], bool]:
    """Return what is to be read, and whether it is rows of a customer and a moment; if not, journeys are wanted."""
    if isinstance(log, Journey):  # it would be taken for the list of its touchpoints
        return log, False
    given = iter(each(log, "journeys or (customer, moment) rows"))
    head = list(islice(given, 1))
    return chain(head, given), isinstance(next(iter(head), None), tuple | list)


def of_journeys(
    journeys: Iterable[Journey], start: Contact, returned: Contact | None, as_of: datetime
) -> Iterator[tuple[Moments, Moments]]:
    """Yield when each customer started and came back, as it was known at a moment; once if both are one event."""
    for journey in each_journey(journeys):
        known = known_touchpoints(journey, as_of)
        starts = [touchpoint.at for touchpoint in known if is_contact(start, touchpoint)]
        if returned is None:
            yield starts, starts
        else:
            yield starts, [touchpoint.at for touchpoint in known if is_contact(returned, touchpoint)]


def of_rows(rows: Iterable[CustomerMoment], as_of: datetime) -> Iterator[tuple[Moments, Moments]]:
    """Yield when each customer was there, as a start and as a return."""
    found: defaultdict[object, list[datetime]] = defaultdict(list)
    row: object = None
    try:
        for row in rows:
            customer, at = row
            moment = at if at.__class__ is datetime and at.tzinfo is UTC else an_instant(at, "the moment")
            if moment <= as_of:
                found[customer].append(moment)
    except (TypeError, ValueError) as error:
        raise _wrong(row, error) from error
    _check_customers(found)
    return ((moments, moments) for moments in found.values())


def masks_of_rows(rows: Iterable[CustomerMoment], grid: Grid) -> Iterable[int]:
    """Return the bits of the periods in which each customer was there."""
    masks: defaultdict[object, int] = defaultdict(int)
    bits = grid.bits
    row: object = None
    try:
        for row in rows:
            customer, at = row
            moment = at if at.__class__ is datetime and at.tzinfo is UTC else an_instant(at, "the moment")
            bit = bits[moment.toordinal()]  # most days lie in one period, and need no search
            masks[customer] |= grid.bit(moment) if bit is None else bit
    except (TypeError, ValueError) as error:
        raise _wrong(row, error) from error
    _check_customers(masks)
    return masks.values()


def _wrong(row: object, error: Exception) -> CxError:
    """Say what is wrong with a row."""
    if isinstance(error, CxError):
        return type(error)(f"row {shown(row)}: {error.message}", row)
    msg = f"a row must be (customer, moment), got {shown(row)}; gather other rows with journeys(...)"
    return InvalidTypeError(msg, row)


def _check_customers(customers: Iterable[object]) -> None:
    """Check once, after all is read, that customers are told apart as they are meant to be."""
    kinds = {type(customer) for customer in customers}
    if kinds <= {str} or kinds <= {int}:
        return
    wrong = next((customer for customer in customers if type(customer) not in {str, int}), None)
    if {str, int} >= kinds:
        msg = "customers must all be text, or all whole numbers, got both"
    else:
        msg = f"a customer must be text or a whole number, got {shown(wrong)}"
    raise InvalidTypeError(msg, wrong)
