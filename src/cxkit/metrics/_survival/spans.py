"""Spans: from when to when a customer was there."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeAlias

from cxkit._checks import an_instant
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Contact, Journey, is_contact, known_touchpoints

SomeSpan: TypeAlias = tuple[datetime, datetime | None]
"""When a customer began, and when they were lost; `None` for who is still there."""


def a_span(given: SomeSpan) -> SomeSpan:
    """Check a span; its moments are kept in UTC."""
    if not isinstance(given, tuple | list) or len(given) != 2:  # noqa: PLR2004 - a start and an end
        msg = f"a span must be a pair of moments, the second None for who is still there, got {given!r}"
        raise InvalidTypeError(msg, given)
    start = an_instant(given[0], "the start of a span")
    end = None if given[1] is None else an_instant(given[1], "the end of a span")
    if end is not None and end < start:
        msg = f"a span must not end before it starts, got {start.isoformat()} to {end.isoformat()}"
        raise InvalidValueError(msg, end)
    return start, end


def a_unit(per: timedelta) -> timedelta:
    """Check the unit of times."""
    if not isinstance(per, timedelta):
        msg = f"per must be a timedelta, the unit of the times, got {per!r}"
        raise InvalidTypeError(msg, per)
    if per <= timedelta(0):
        msg = f"per must be longer than nothing, got {per!r}"
        raise InvalidValueError(msg, per)
    return per


def stay(journey: Journey, start: Contact, end: Contact, moment: datetime) -> Iterable[SomeSpan]:
    """Return from when to when a customer was there, if they ever were."""
    begun: datetime | None = None
    for touchpoint in known_touchpoints(journey, moment):
        if begun is not None and is_contact(end, touchpoint):
            return [(begun, touchpoint.at)]
        if begun is None and is_contact(start, touchpoint):
            begun = touchpoint.at
    return [] if begun is None else [(begun, None)]
