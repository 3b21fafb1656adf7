"""Replay: when a customer enters and leaves, by what was known when."""

from collections.abc import Iterator
from datetime import datetime

import attrs

from cxkit.errors import InvalidValueError
from cxkit.journey import Journey
from cxkit.predicates import Predicate, Subject, next_turn
from cxkit.segments._profile import Profile, journey_of


@attrs.frozen
class Stay:
    """A time in a segment, half-open: `[start, end)`.

    Attributes:
        start: When it began, in UTC, or where the replay does.
        end: When it ended, or where the replay does.
    """

    start: datetime
    end: datetime


def next_change(
    where: Predicate, customer: object, after: datetime, *, until: datetime | None = None
) -> datetime | None:
    """Return the first moment after another, and before `until`, at which the answer turns, if nothing else happens."""
    return next_turn(where, Subject.of(_frozen(customer, after), after), until=until)


def _frozen(customer: object, as_of: datetime) -> object:
    """Return a customer as known at a moment, so that nothing that came later comes into view."""
    match customer:
        case Journey():
            return customer.as_of(as_of)
        case Profile(journey=Journey() as journey):
            return attrs.evolve(customer, journey=journey.as_of(as_of))
        case _:
            return customer


def timeline(
    where: Predicate, customer: object, start: datetime, end: datetime, *, assume_attributes: bool
) -> tuple[Stay, ...]:
    """Return the times at which the answer was yes."""
    if start > end:
        msg = f"a timeline ends after it starts, got {start.isoformat()} to {end.isoformat()}"
        raise InvalidValueError(msg, end)
    if not assume_attributes:
        check_dated(where)
    stays: list[Stay] = []
    entered = start if where.matches(customer, as_of=start) else None
    for moment in _changes(where, customer, start, end):
        if entered is None:
            entered = moment
        else:
            stays.append(Stay(entered, moment))
            entered = None
    return tuple(stays) if entered is None or entered == end else (*stays, Stay(entered, end))


def check_dated(where: Predicate) -> None:
    """Check that a condition reads nothing whose past is not known."""
    undated = {about for about in where.about if about is not Journey}
    if undated:
        names = ", ".join(sorted(str(getattr(about, "label", about)) for about in undated))
        msg = (
            f"the past of attributes is not known, and {where!r} reads {names}; "
            "pass assume_attributes=True to take them as they are for the whole time"
        )
        raise InvalidValueError(msg, where)


def _changes(where: Predicate, customer: object, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the moments at which the answer turns, up to an end."""
    journey = journey_of(Subject(None, customer, None))
    arrivals = sorted({touchpoint.known_at for touchpoint in journey or ()})
    now, answer = start, where.matches(customer, as_of=start)
    for arrival in [moment for moment in arrivals if start < moment < end] + [end]:
        while (turn := next_change(where, customer, now, until=arrival)) is not None:
            now, answer = turn, not answer
            yield turn
        now = arrival
        if arrival < end and where.matches(customer, as_of=arrival) is not answer:
            answer = not answer
            yield arrival
