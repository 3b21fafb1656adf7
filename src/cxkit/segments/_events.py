"""Behaviour: what a customer did, as values that predicates can test."""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs
from typing_extensions import override

from cxkit._checks import a_count, a_flag
from cxkit._forms import FLAG, INTEGER, TEXT, form_of, optional, stored
from cxkit.calendar import LENGTH_FORM, Length, Period, a_length, a_period, end_of, horizon, later, zone
from cxkit.errors import CxError, InvalidTypeError, InvalidValueError
from cxkit.journey import CONTACT_FORM, Contact, Journey, Touchpoint, a_contact, contact_words
from cxkit.predicates import (
    SOURCE_FORM,
    Integer,
    Moment,
    Predicate,
    Source,
    Subject,
    Value,
    a_predicate,
    all_of,
    as_predicate,
    predicate_form,
    span_words,
    value_of,
)
from cxkit.segments._log import Log, log_of

if TYPE_CHECKING:
    from cxkit.segments._sequence import EventSequence

_EPOCH = datetime(2024, 1, 1, tzinfo=zone("UTC"))
_ABOUT = Touchpoint.fields


@stored("segments.last_days", number=INTEGER, tz=TEXT, include_today=FLAG)
@attrs.frozen
class LastDays:
    """The last days of a calendar: today and those before it, or yesterday and those before it.

    Attributes:
        number: How many days.
        tz: The IANA name of the zone whose calendar it is.
        include_today: Whether today is one of them.
    """

    number: int
    tz: str = attrs.field(kw_only=True)
    include_today: bool = attrs.field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_count(self.number, "the number of days", least=1)
        zone(self.tz)
        a_flag(self.include_today, "include_today")

    def window(self, as_of: datetime) -> tuple[datetime, datetime | None]:
        """Return the first moment of the days, and the first one after them; `None` where they are not over."""
        today = Period.of(as_of, "day", tz=self.tz)
        try:
            first_day = today.first_day - timedelta(days=self.number - self.include_today)
            start = attrs.evolve(today, first_day=first_day).start
        except (OverflowError, CxError):  # before all days
            start = datetime.min.replace(tzinfo=as_of.tzinfo)
        return start, None if self.include_today else today.start


@stored(
    "segments.events",
    contact=CONTACT_FORM,
    window=optional(LENGTH_FORM),
    condition=optional(predicate_form(_ABOUT)),
    period=optional(form_of(Period)),
    last_days=optional(form_of(LastDays)),
    after=optional(SOURCE_FORM),
)
@attrs.frozen(repr=False)
class Events:
    """Some of the touchpoints of a customer, as `events(...)` says which.

    Attributes:
        contact: Their name, or a predicate about them.
        window: How far back they count, where that rolls with the moment of the question.
        condition: What else must hold of each of them.
        period: The stretch of the calendar in which they lie.
        last_days: The last days in which they lie.
        after: The moment after which they lie, where it is another value of the customer.
    """

    contact: Contact
    window: Length | None = None
    condition: Predicate | None = attrs.field(default=None, kw_only=True)
    period: Period | None = attrs.field(default=None, kw_only=True)
    last_days: LastDays | None = attrs.field(default=None, kw_only=True)
    after: Source | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_contact(self.contact, "the events")
        if self.condition is not None:
            a_predicate(self.condition, _ABOUT, "what holds of the events")
        if self.window is not None:
            a_length(self.window, "the window")
        if self.period is not None:
            a_period(self.period)
        if self.last_days is not None and not isinstance(self.last_days, LastDays):
            msg = f"last_days must be LastDays, got {self.last_days!r}; write in_last_days(...)"
            raise InvalidTypeError(msg, self.last_days)
        if sum(window is not None for window in (self.window, self.period, self.last_days)) > 1:
            msg = f"events have one window, got more of them for {self.contact!r}"
            raise InvalidValueError(msg, self.contact)
        if self.after is not None and not (isinstance(self.after, Source) and self.after.kind.shape == "moment"):
            msg = f"events are counted since a moment, got {self.after!r}"
            raise InvalidTypeError(msg, self.after)

    @property
    def subjects(self) -> frozenset[type]:
        """What they are read from: a journey, and whatever holds the moment since which they count."""
        return frozenset({Journey}) | (frozenset() if self.after is None else self.after.subjects)

    @property
    def depth(self) -> int:
        """How deep the predicates are that they are chosen by."""
        chosen = (part.depth for part in (self.contact, self.condition, self.after) if not isinstance(part, str | None))
        return max(chosen, default=0)

    def key(self) -> Hashable:
        """Return their identity, for the normal form of predicates about them."""
        contact = self.contact if isinstance(self.contact, str) else self.contact.key()
        condition = None if self.condition is None else self.condition.key()
        after = None if self.after is None else self.after.key()
        return (contact, condition, self.window, self.period, self.last_days, after)

    def where(self, condition: Predicate) -> "Events":
        """Keep those of which something holds: of the very same touchpoint, by a predicate about `Touchpoint.fields`."""
        asked = as_predicate(condition)
        return attrs.evolve(self, condition=asked if self.condition is None else all_of(self.condition, asked))

    def within(self, window: Length) -> "Events":
        """Keep those of a rolling window: the events with `at <= as_of < at + window`."""
        self._check_free(window)
        return attrs.evolve(self, window=a_length(window, "the window"))

    def between(self, period: Period) -> "Events":
        """Keep those of a period."""
        self._check_free(period)
        return attrs.evolve(self, period=a_period(period))

    def in_last_days(self, number: int, *, tz: str, include_today: bool) -> "Events":
        """Keep those of the last calendar days in a zone: today and those before it, or yesterday and those before."""
        self._check_free(number)
        return attrs.evolve(self, last_days=LastDays(number, tz=tz, include_today=include_today))

    def since(self, moment: Moment) -> "Events":
        """Keep those after a moment, itself excluded: `events("order").last_at()`, or a field of the customer.

        Where there is no such moment, all that is asked of them is missing.

        >>> from cxkit.segments import events
        >>> unhappy = events("ticket").since(events("order").last_at()).any()
        """
        if not isinstance(moment, Value):
            msg = f"since takes a moment of the customer, such as events('order').last_at(), got {moment!r}"
            raise InvalidTypeError(msg, moment)
        if self.after is not None:
            msg = f"{self!r} count since a moment already"
            raise InvalidValueError(msg, moment)
        return attrs.evolve(self, after=moment.source)

    def _check_free(self, window: object) -> None:
        if (self.window, self.period, self.last_days) != (None, None, None):
            msg = f"{self!r} has its window already; start from events({self.contact!r})"
            raise InvalidValueError(msg, window)

    def count(self) -> Integer:
        """Return how many there are: 0 where there are none, missing where there is no journey."""
        from cxkit.segments._event_values import EventCount

        return Integer(EventCount(self))

    def any(self) -> Predicate:
        """Test whether there are any."""
        return self.count() >= 1

    def none(self) -> Predicate:
        """Test whether there are none; where there is no journey, that is not known, and so does not hold."""
        return self.count() == 0

    def distinct(self, field: Value[Any]) -> Integer:
        """Return how many different values a field of theirs has, as in `distinct(Touchpoint.fields.channel)`."""
        return Integer(self._number("distinct", field))

    def sum(self, field: Value[Any]) -> Value[Any]:
        """Return the sum of a field of theirs: 0 where there are none."""
        return value_of(self._number("sum", field))

    def avg(self, field: Value[Any]) -> Value[Any]:
        """Return the mean of a field of theirs, missing where none has a value; of amounts, to 30 digits."""
        return value_of(self._number("avg", field))

    def min(self, field: Value[Any]) -> Value[Any]:
        """Return the least value of a field of theirs, missing where none has a value."""
        return value_of(self._number("min", field))

    def max(self, field: Value[Any]) -> Value[Any]:
        """Return the greatest value of a field of theirs, missing where none has a value."""
        return value_of(self._number("max", field))

    def _number(self, what: str, field: Value[Any]) -> Source:
        from cxkit.segments._event_values import EventNumber

        if not isinstance(field, Value):
            msg = f"{what} is asked of a field of touchpoints, such as Touchpoint.fields.value, got {field!r}"
            raise InvalidTypeError(msg, field)
        return EventNumber(self, what, field.source)  # type: ignore[arg-type]  # it checks the word

    def first_at(self) -> Moment:
        """Return when the first of them was; missing where there are none."""
        from cxkit.segments._event_values import EventTime

        return Moment(EventTime(self, "first"))

    def last_at(self) -> Moment:
        """Return when the last of them was; missing where there are none."""
        from cxkit.segments._event_values import EventTime

        return Moment(EventTime(self, "last"))

    def days_since_last(self) -> Integer:
        """Return how many whole days of 24 hours have passed since the last of them; missing where there are none."""
        return self.last_at().elapsed_days()

    def first_within(self, window: Length) -> Predicate:
        """Test whether the first of them ever lies in a rolling window."""
        self._check_free(window)
        return self.first_at().within(window).is_true()

    def stopped(self, *, active: Length, silent: Length) -> Predicate:
        """Test whether there were some in a rolling window, and none in a shorter one since."""
        if not is_longer(a_length(active, "active"), a_length(silent, "silent")):
            msg = f"silent must be shorter than active, got {silent!r} and {active!r}"
            raise InvalidValueError(msg, silent)
        return self.within(active).any() & self.within(silent).none()

    def restarted(self, *, silent: Length, active: Length) -> Predicate:
        """Test for a comeback: some in the `active` window, none from there back to the end of `silent`, some before it.

        So the silence was at least as long as `silent` is longer than `active`.
        """
        if not is_longer(a_length(silent, "silent"), a_length(active, "active")):
            msg = f"active must be shorter than silent, got {active!r} and {silent!r}"
            raise InvalidValueError(msg, active)
        recent, lately = self.within(active).count(), self.within(silent).count()
        return (recent >= 1) & (lately == recent) & (self.count() > lately)

    def periods(self, *, at_least: int, period: Length, of: int) -> Integer:
        """Return in how many of the last rolling periods there are at least so many; see `regularly`."""
        from cxkit.segments._event_values import EventPeriods

        self._check_free(period)
        return Integer(EventPeriods(self, at_least, period, of))

    def regularly(self, *, at_least: int, period: Length, in_periods: int, of: int) -> Predicate:
        """Test whether at least so many lie in enough of the last rolling periods.

        Args:
            at_least: How many in one period.
            period: How long a period is; the last one ends now.
            in_periods: In how many of them.
            of: Of how many.

        >>> from cxkit.calendar import days
        >>> from cxkit.segments import events
        >>> weekly = events("visit").regularly(at_least=1, period=days(7), in_periods=3, of=4)
        """
        a_count(in_periods, "in_periods", least=1)
        if in_periods > a_count(of, "of", least=1):
            msg = f"in_periods must not exceed of={of}, got {in_periods}"
            raise InvalidValueError(msg, in_periods)
        return self.periods(at_least=at_least, period=period, of=of) >= in_periods

    def followed_by(
        self, contact: Contact, *, within: Length | None = None, without: Contact | None = None
    ) -> "EventSequence":
        """Keep those that another contact follows: in time, and without something in between.

        Args:
            contact: What follows, by name or by a predicate about `Touchpoint.fields`.
            within: How long after at most, that moment included.
            without: What may not lie in between.

        >>> from cxkit.calendar import hours
        >>> from cxkit.segments import events
        >>> quick = events("cart").followed_by("order", within=hours(1), without="ticket").any()
        """
        from cxkit.segments._sequence import EventSequence, Follower

        return EventSequence(self, (Follower(contact, within=within, without=without),))

    def select(self, subject: Subject) -> Sequence[Touchpoint] | None:
        """Return them in order; `None` where there is no journey, or no moment since which to count."""
        log = log_of(subject)
        if log is None:
            return None
        found = log.of(self.contact)
        if self.condition is not None:
            kept = set(map(id, log.of(self.condition)))
            found = [touchpoint for touchpoint in found if id(touchpoint) in kept]
        if self.window is not None:
            found = _rolling(found, self.window, log.as_of)
        elif self.period is not None:
            start, end = self.period.window
            found = [touchpoint for touchpoint in found if start <= touchpoint.at < end]
        elif self.last_days is not None:
            start, over = self.last_days.window(log.as_of)
            found = [
                touchpoint for touchpoint in found if start <= touchpoint.at and (over is None or touchpoint.at < over)
            ]
        if self.after is None:
            return found
        since: Any = self.after.read(subject)
        if since is not None and not self.after.kind.fits(since):
            msg = f"{self.after.label} must be {self.after.kind.name}, got {since!r} in {self!r}"
            raise InvalidTypeError(msg, since)
        return None if since is None else [touchpoint for touchpoint in found if touchpoint.at > since]

    def quick(self, as_of: datetime) -> Callable[[Log], Sequence[Touchpoint]] | None:
        """Return how they are found in a log of a moment, where that is simple: by name, in no window or an elapsed one."""
        name = self.contact
        if not isinstance(name, str) or (self.condition, self.period, self.last_days, self.after) != (None,) * 4:
            return None
        if self.window is None:
            return lambda log: log.by_name.get(name, ())
        begin = horizon(self.window, as_of)
        if begin is None:
            return None

        def recent(log: Log) -> Sequence[Touchpoint]:
            found = log.by_name.get(name, ())
            return found[bisect_right(found, begin, key=at_of) :]

        return recent

    def turn(self, subject: Subject) -> datetime | None:
        """Return the next moment at which they may become others, if nothing else happens."""
        log = log_of(subject)
        if log is None:
            return None
        coming = [] if self.after is None else [self.after.turn(subject, None)]
        if self.window is not None:
            coming += [end_of(touchpoint.at, self.window) for touchpoint in self.select(subject) or ()]
        if self.last_days is not None:
            start, _ = self.last_days.window(log.as_of)
            if any(touchpoint.at >= start for touchpoint in log.of(self.contact)):
                coming.append(Period.of(log.as_of, "day", tz=self.last_days.tz).end)
        return min((moment for moment in coming if moment is not None and moment > log.as_of), default=None)

    @property
    def words(self) -> str:
        """What a colleague calls them."""
        said = [contact_words(self.contact)]
        if self.condition is not None:
            said.append(f"of which {self.condition}")
        if self.window is not None:
            said.append(f"in the last {span_words(self.window)}")
        if self.period is not None:
            said.append(f"in {self.period}")
        if self.last_days is not None:
            said.append(
                f"in the last {self.last_days.number} days{'' if self.last_days.include_today else ' before today'}"
            )
        if self.after is not None:
            said.append(f"since {self.after.words}")
        return " ".join(said)

    @override
    def __repr__(self) -> str:
        parts = [f"events({self.contact!r})"]
        if self.condition is not None:
            parts.append(f"where({self.condition!r})")
        if self.window is not None:
            parts.append(f"within({self.window!r})")
        if self.period is not None:
            parts.append(f"between({self.period!r})")
        if self.last_days is not None:
            days = self.last_days
            parts.append(f"in_last_days({days.number}, tz={days.tz!r}, include_today={days.include_today})")
        if self.after is not None:
            parts.append(f"since({self.after!r})")
        return ".".join(parts)


def _rolling(found: Sequence[Touchpoint], window: Length, as_of: datetime) -> Sequence[Touchpoint]:
    begin = horizon(window, as_of)
    if begin is None:
        return [touchpoint for touchpoint in found if (end := end_of(touchpoint.at, window)) is None or as_of < end]
    return found[bisect_right(found, begin, key=at_of) :]


def at_of(touchpoint: Touchpoint) -> datetime:
    """Return when a touchpoint was."""
    return touchpoint.at


def is_longer(one: Length, other: Length) -> bool:
    """Whether one length of time is longer than another, reckoned from the beginning of a year."""
    return later(_EPOCH, one) > later(_EPOCH, other)


def events(contact: Contact) -> Events:
    """Ask about the touchpoints of a customer, by their name or by a predicate about `Touchpoint.fields`.

    >>> from cxkit.calendar import days
    >>> from cxkit.segments import events
    >>> (events("order").count() >= 1) & (events("order").within(days(90)).count() == 0)
    (events('order').count() >= 1) & (events('order').within(days(90)).count() == 0)
    """
    return Events(contact)
