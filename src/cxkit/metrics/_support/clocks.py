"""Clocks: from when to when a ticket waited for something, and when the waiting did not count."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, get_args

import attrs

from cxkit._checks import an_instant, each, one_of
from cxkit._forms import choice, many, stored
from cxkit.calendar import BusinessCalendar
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Touchpoint
from cxkit.metrics._support.vocabulary import EVENTS, TicketEvent, TicketMoment

ClockEnd = Literal["done", "idle", "resumes", "continues"]
"""What a clock does after it has stopped."""
ENDS: tuple[ClockEnd, ...] = get_args(ClockEnd)
Pauses: TypeAlias = tuple[tuple[datetime, datetime], ...]
Events: TypeAlias = tuple[TicketEvent, ...]
_EVENTS = many(choice(*EVENTS))


@attrs.frozen
class Measurement:
    """One stretch of time that a clock measured, or is measuring.

    Attributes:
        started: When it began, in UTC.
        stopped: When it ended; `None` while it is open.
        pauses: From when to when it was paused.
        paused_at: Since when it is paused; `None` unless it is.
        answer: The touchpoint that ended it; it does not count in comparisons.

    >>> from datetime import datetime, timezone
    >>> from cxkit.calendar import BusinessCalendar
    >>> from cxkit.metrics import Measurement
    >>> at = lambda hour: datetime(2026, 3, 2, hour, tzinfo=timezone.utc)
    >>> wait = Measurement(at(9), at(15), pauses=((at(10), at(12)),))
    >>> wait.elapsed(BusinessCalendar.weekdays("09:00", "14:00", tz="UTC"))
    datetime.timedelta(seconds=10800)
    """

    started: datetime
    stopped: datetime | None = None
    pauses: Pauses = ()
    paused_at: datetime | None = None
    answer: Touchpoint | None = attrs.field(default=None, repr=False, eq=False)

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.stopped is None

    def elapsed(self, calendar: BusinessCalendar, as_of: datetime | None = None) -> timedelta:
        """Return the business time that it took, or has taken up to a moment; 0 is a length of time as any other.

        Args:
            calendar: What counts as business time.
            as_of: The moment, for one that is open.

        Raises:
            InvalidValueError: It is open, and no moment is given, or one before all that is known of it.
        """
        if self.stopped is not None:
            return calendar.elapsed(self.started, self.stopped, pauses=self.pauses)
        if as_of is None:
            msg = f"what began at {self.started.isoformat()} has not ended; say up to when with as_of="
            raise InvalidValueError(msg, as_of)
        now = an_instant(as_of, "as_of")
        if now < (self.paused_at or self.started):
            msg = f"as_of must not be before what is known of {self!r}, got {now.isoformat()}"
            raise InvalidValueError(msg, as_of)
        pauses = self.pauses if self.paused_at is None else (*self.pauses, (self.paused_at, now))
        return calendar.elapsed(self.started, now, pauses=pauses)


def _pauses(measured: Measurement, until: datetime) -> Pauses:
    """Return the pauses of a measurement, the one that goes on closed; one that takes no time is none."""
    since = measured.paused_at
    return measured.pauses if since is None or since == until else (*measured.pauses, (since, until))


def _stopped(measured: Measurement, moment: TicketMoment) -> Measurement:
    return Measurement(measured.started, moment.at, _pauses(measured, moment.at), answer=moment.touchpoint)


def _continued(measured: Measurement, at: datetime, *, counting: bool) -> Measurement:
    """Return a measurement that had ended as it is when it goes on; the time in between counts, or is a pause."""
    started, pauses = measured.started, measured.pauses
    return Measurement(
        started, pauses=pauses if counting else _pauses(Measurement(started, None, pauses, measured.stopped), at)
    )


def _events(given: TicketEvent | Iterable[TicketEvent]) -> Events:
    """Check events, and order them; one may be given without a list around it."""
    found = [given] if isinstance(given, str) else [*each(given, "a list of ticket events")]
    for event in found:
        one_of(event, EVENTS, "a ticket event")
    return tuple(event for event in EVENTS if event in found)


@stored(
    "metrics.clock_rule",
    start=_EVENTS,
    stop=_EVENTS,
    cancel=_EVENTS,
    pause=_EVENTS,
    resume=_EVENTS,
    restart=_EVENTS,
    after=_EVENTS,
    then=choice(*ENDS),
)
@attrs.frozen(kw_only=True)
class ClockRule:
    """When the clock of a ticket starts, stops and pauses.

    It looks at each moment of the ticket once, in order. A clock that is idle can start; where the same touchpoint stops
    it as well, what is measured is 0. One that is running or paused stops, or else is cancelled, or else starts anew, or
    else is paused or resumed: the first of these that the moment has an event for.

    Attributes:
        start: Any of these events starts it, and begins a measurement.
        stop: Ends the measurement.
        cancel: Drops the measurement, as if it had not begun.
        pause: From then on no time counts.
        resume: From then on time counts again.
        restart: Begins the measurement anew, while it is open.
        after: It cannot start until one of these has happened, in an earlier touchpoint; nothing to wait for, where
            there are none.
        then: What it does once it has stopped. `"done"`: nothing more. `"idle"`: it can start again, which begins
            another measurement. `"resumes"` and `"continues"`: when it starts again, the same measurement goes on; the
            time in between is a pause (`"resumes"`), or counts (`"continues"`).

    >>> from datetime import datetime, timezone
    >>> from cxkit.journey import Journey, Touchpoint
    >>> from cxkit.metrics import ClockRule, TicketEvents
    >>> names = ("customer_message", "agent_reply", "customer_message")
    >>> at = lambda minute: datetime(2026, 3, 2, 9, minute, tzinfo=timezone.utc)
    >>> ticket = Journey("T-1", [Touchpoint(name, at(10 * place)) for place, name in enumerate(names)])
    >>> replies = ClockRule(start="customer_message", stop="agent_reply", then="idle")
    >>> [(found.started.minute, found.is_open) for found in replies.measure(TicketEvents().moments(ticket))]
    [(0, False), (20, True)]
    """

    start: Events = attrs.field(converter=_events)
    stop: Events = attrs.field(converter=_events)
    cancel: Events = attrs.field(default=(), converter=_events)
    pause: Events = attrs.field(default=(), converter=_events)
    resume: Events = attrs.field(default=(), converter=_events)
    restart: Events = attrs.field(default=(), converter=_events)
    after: Events = attrs.field(default=(), converter=_events)
    then: ClockEnd = "done"
    _while_open: frozenset[TicketEvent] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        telling = frozenset((*self.stop, *self.cancel, *self.restart, *self.pause, *self.resume))
        object.__setattr__(self, "_while_open", telling)
        one_of(self.then, ENDS, "then")
        for what in ("start", "stop"):
            if not getattr(self, what):
                msg = f"a clock must have events that {what} it, got none"
                raise InvalidValueError(msg, getattr(self, what))
        if bool(self.pause) != bool(self.resume):
            msg = f"a clock that pauses must resume, got pause={self.pause!r} and resume={self.resume!r}; give both"
            raise InvalidValueError(msg, self)

    def measure(self, moments: Iterable[TicketMoment]) -> tuple[Measurement, ...]:
        """Return what the clock measured in a ticket, in order; the last may be open.

        Args:
            moments: What happened to the ticket, in order, as `TicketEvents.moments` gives it.
        """
        found: list[Measurement] = []
        is_free = not self.after
        for moment in each(moments, "the moments of a ticket"):
            if not isinstance(moment, TicketMoment):
                msg = f"expected what TicketEvents.moments(ticket) gives, got {moment!r}"
                raise InvalidTypeError(msg, moment)
            events = moment.events
            if found and found[-1].stopped is None:
                if not events.isdisjoint(self._while_open):
                    found[-1:] = self._next(found[-1], moment)
            elif is_free and not events.isdisjoint(self.start):
                self._start(found, moment)
            is_free = is_free or not events.isdisjoint(self.after)
        return tuple(found)

    def _start(self, found: list[Measurement], moment: TicketMoment) -> None:
        """Begin a measurement, or go on with the last one."""
        if not found or self.then == "idle":
            found.append(Measurement(moment.at))
        elif self.then != "done":
            found[-1] = _continued(found[-1], moment.at, counting=self.then == "continues")
        if found[-1].stopped is None and not moment.events.isdisjoint(self.stop):
            found[-1] = _stopped(found[-1], moment)

    def _next(self, running: Measurement, moment: TicketMoment) -> tuple[Measurement, ...]:
        """Return what becomes of an open measurement: another one, or none."""
        events, at = moment.events, moment.at
        if not events.isdisjoint(self.stop):
            return (_stopped(running, moment),)
        if not events.isdisjoint(self.cancel):
            return ()
        if not events.isdisjoint(self.restart):
            return (Measurement(at),)
        if running.paused_at is None and not events.isdisjoint(self.pause):
            return (Measurement(running.started, None, running.pauses, at),)
        if running.paused_at is not None and not events.isdisjoint(self.resume):
            return (Measurement(running.started, None, _pauses(running, at)),)
        return (running,)
