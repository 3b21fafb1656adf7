"""Promises: when the time that a measurement may take is used up, and what that makes of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal, get_args

import attrs

from cxkit.calendar import BusinessCalendar, Length, Span
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics._support.clocks import Measurement

SlaOutcome = Literal["missed", "pending", "paused", "hit", "not_applicable"]
"""What became of a promise: broken, still to be kept, on hold, kept, or never due."""
OUTCOMES: tuple[SlaOutcome, ...] = get_args(SlaOutcome)
NOT_APPLICABLE: SlaOutcome = "not_applicable"
NOTHING = timedelta(0)


def a_target(length: Length, what: str) -> timedelta:
    """Check how much business time something may take."""
    found = timedelta(hours=length.hours) if isinstance(length, Span) and not (length.months or length.days) else length
    if not isinstance(found, timedelta):
        msg = f"{what} must be a timedelta or hours(...) of business time, got {length!r}"
        raise InvalidTypeError(msg, length)
    if found <= NOTHING:
        msg = f"{what} must be longer than nothing, got {length!r}"
        raise InvalidValueError(msg, length)
    return found


def a_calendar(calendar: BusinessCalendar) -> BusinessCalendar:
    """Check what says what business time is."""
    if not isinstance(calendar, BusinessCalendar):
        msg = f"calendar must be a BusinessCalendar, got {calendar!r}; BusinessCalendar.always() counts all time"
        raise InvalidTypeError(msg, calendar)
    return calendar


def due_of(measured: Measurement, target: timedelta, calendar: BusinessCalendar) -> datetime | None:
    """Return the first instant at which a measurement has used up its target; `None` while it is paused before that."""
    due = calendar.add(measured.started, target, pauses=measured.pauses)
    return None if measured.paused_at is not None and measured.paused_at < due else due


def judged(measured: Measurement, due: datetime | None, as_of: datetime) -> SlaOutcome:
    """Return what became of a measurement; what ends or is open at the instant at which it is due is in time."""
    if due is None:
        return "paused"
    if measured.stopped is None:
        return "missed" if due < as_of else "pending"
    return "missed" if due < measured.stopped else "hit"


def outcome_of(measured: Measurement, target: timedelta, calendar: BusinessCalendar, as_of: datetime) -> SlaOutcome:
    """Return the same without the due moment, where less time than the target has gone by in all."""
    if measured.paused_at is None and (measured.stopped or as_of) - measured.started <= target:
        return "pending" if measured.stopped is None else "hit"
    return judged(measured, due_of(measured, target, calendar), as_of)


def together(outcomes: Sequence[SlaOutcome]) -> SlaOutcome:
    """Return what became of all measurements of one clock, in order: only the last can be open."""
    if "missed" in outcomes:
        return "missed"
    return outcomes[-1] if outcomes else NOT_APPLICABLE


def worst(outcomes: Iterable[SlaOutcome]) -> SlaOutcome:
    """Return the outcome of several promises: the first that any of them has, in the order of `SlaOutcome`."""
    found = set(outcomes)
    for outcome in OUTCOMES:
        if outcome in found:
            return outcome
    return NOT_APPLICABLE


@attrs.frozen
class SlaClock:
    """One measurement, and what became of the promise for it.

    Attributes:
        measurement: What was measured.
        outcome: `"hit"` where it ended when it was due or before, `"missed"` where it did not, `"pending"` where it has
            time left, and `"paused"` where it had time left when it was paused.
        target: How much business time it may take.
        due: When that is used up, in UTC; `None` while it is paused.
        as_of: The moment of the question, in UTC.
        calendar: What counts as business time.
    """

    measurement: Measurement
    outcome: SlaOutcome
    target: timedelta
    due: datetime | None
    as_of: datetime
    calendar: BusinessCalendar = attrs.field(repr=False)

    @classmethod
    def of(cls, measured: Measurement, target: timedelta, calendar: BusinessCalendar, as_of: datetime) -> "SlaClock":
        """Judge a measurement."""
        due = due_of(measured, target, calendar)
        return cls(measured, judged(measured, due, as_of), target, due, as_of, calendar)

    @property
    def at(self) -> datetime | None:
        """When it ended, in UTC; `None` while it is open."""
        return self.measurement.stopped

    @property
    def elapsed(self) -> timedelta:
        """The business time that it took, or has taken up to now."""
        return self.measurement.elapsed(self.calendar, self.as_of)

    @property
    def left(self) -> timedelta | None:
        """The business time that is left; `None` where the promise is kept or broken."""
        return self.target - self.elapsed if self.outcome in ("pending", "paused") else None

    @property
    def overdue_by(self) -> timedelta | None:
        """The business time by which it is, or was, too late; `None` where it is not.

        It is 0 for what was due when business hours ended, and came before they began again: the instant decides.
        """
        return self.elapsed - self.target if self.outcome == "missed" else None
