"""Where dues come from: from the calendar, again and again, and from what happened, which promises something."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta

import attrs

from cxkit._checks import UTC, a_count, a_name, an_instant, one_of
from cxkit._forms import INTEGER, TEXT, choice, form_of, optional, stored
from cxkit.calendar import LENGTH_FORM, LeapDay, Length, Period, Span, a_length, later
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey._contacts import CONTACT_FORM, Contact, a_contact, is_contact
from cxkit.journey._journey import Journey, each_journey, known_touchpoints
from cxkit.journey._obligations.due import AT_ONCE, Due, a_match, label_of
from cxkit.journey._obligations.obligations import Obligations, Statement
from cxkit.journey._touchpoint import Touchpoint

LEAP_DAYS = ("02-28", "03-01")
MOST = 10_000  # dues of one call
LAST = datetime.max.replace(tzinfo=UTC)


def times(length: Length, number: int) -> Length:
    """Return a length of time several times over, as one length: steps over the calendar are not chained."""
    if isinstance(length, timedelta):
        return length * number
    return Span(length.months * number, length.days * number, length.hours * number, tz=length.tz)


def or_last(find: Callable[[], datetime]) -> datetime:
    """Return a moment, or the last one there is for one that lies beyond it."""
    try:
        return find()
    except (InvalidValueError, OverflowError):
        return LAST


def between(at: Callable[[int], datetime], start: datetime, end: datetime) -> range:
    """Return the numbers of the rising moments with `start <= at(number) < end`, without going through those before.

    Raises:
        InvalidValueError: There are more than 10000.
    """
    low, high = first_from(at, start), first_from(at, end)
    if high - low > MOST:
        msg = f"expected up to {MOST} dues, got {high - low} from {start.isoformat()} to {end.isoformat()}"
        raise InvalidValueError(msg, end)
    return range(low, high)


def first_from(at: Callable[[int], datetime], moment: datetime) -> int:
    """Return the number of the first of rising moments that is not before another moment."""
    high = 1
    while at(high) < moment:
        high *= 2
    return bisect_left(range(high), moment, key=at)


@stored(
    "journey.recurring",
    first=form_of(Due),
    every=LENGTH_FORM,
    times=optional(INTEGER),
    leap_day=optional(choice(*LEAP_DAYS)),
)
@attrs.frozen
class Recurring:
    """A due that comes back: a birthday every year, a rent every month.

    Each is anchored on the first one, so that 31 January comes back on 28 February and on 31 March. When a due was
    raised moves with it, and its id ends in its number: `#0` for the first one.

    Attributes:
        first: The first due.
        every: After how long it comes back: days, weeks, months or years where the first one is due on a day.
        times: How many there are; without end, unless given.
        leap_day: When 29 February comes back in a common year; to be said for a day that comes back every year.

    >>> from datetime import date, datetime, timezone
    >>> from cxkit.calendar import Period, years
    >>> from cxkit.journey import Due, Recurring
    >>> born = Due("birthday", Period("day", date(1992, 2, 29), tz="Europe/Berlin"))
    >>> birthday = Recurring(born, every=years(1), leap_day="02-28")
    >>> [str(due.at) for due in birthday.dues(*Period("year", date(2026, 1, 1)).window)]
    ['2026-02-28']
    """

    first: Due
    every: Length = attrs.field(kw_only=True)
    times: int | None = attrs.field(default=None, kw_only=True)
    leap_day: LeapDay | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.first, Due):
            msg = f"first must be a Due, got {self.first!r}"
            raise InvalidTypeError(msg, self.first)
        if not a_length(self.every, "every"):
            msg = f"every must not be zero, got {self.every!r}"
            raise InvalidValueError(msg, self.every)
        if self.times is not None:
            a_count(self.times, "times", least=1)
        if self.leap_day is not None:
            one_of(self.leap_day, LEAP_DAYS, "leap_day")
        if isinstance(self.first.at, Period):
            self._check_days(self.first.at)

    def _check_days(self, period: Period) -> None:
        if not isinstance(self.every, Span) or self.every.hours:
            msg = f"a day comes back after days, weeks, months or years, got {self.every!r}"
            raise InvalidValueError(msg, self.every)
        if self._is_leap(period.first_day) and self.leap_day is None:
            msg = "leap_day must say when 29 February comes back in a common year: '02-28' or '03-01'"
            raise InvalidValueError(msg, self.first)

    def dues(self, start: datetime, end: datetime) -> tuple[Due, ...]:
        """Return the dues of a stretch of time: those with `start <= due_at < end`.

        Raises:
            InvalidValueError: There are more than 10000.
        """
        found = between(self._due_at, an_instant(start, "start"), an_instant(end, "end"))
        return tuple(self._due(number) for number in found if self.times is None or number < self.times)

    def _due(self, number: int) -> Due:
        raised = self.first.raised_at
        return attrs.evolve(
            self.first,
            at=self._at(number),
            raised_at=None if raised is None else later(raised, times(self.every, number)),
            id=f"{self.first.id} #{number}",
        )

    def _due_at(self, number: int) -> datetime:
        def find() -> datetime:
            at = self._at(number)
            return at.start if isinstance(at, Period) else at

        return or_last(find)

    def _at(self, number: int) -> datetime | Period:
        first, step = self.first.at, times(self.every, number)
        if not isinstance(first, Period):
            return later(first, step)
        day = later(datetime.combine(first.first_day, time(), UTC), step).date()
        if self.leap_day == "03-01" and self._is_leap(first.first_day) and day.day == 28:  # noqa: PLR2004 - of February
            day += timedelta(days=1)
        return Period.of(day, first.unit, tz=first.tz, week_start=first.week_start)

    def _is_leap(self, day: date) -> bool:
        """Whether the first day is a 29 February that comes back every year, or after some years."""
        is_yearly = isinstance(self.every, Span) and self.every.months and not self.every.months % 12
        return bool(is_yearly and not self.every.days and (day.month, day.day) == (2, 29))


@stored(
    "journey.promise",
    name=TEXT,
    after=CONTACT_FORM,
    within=LENGTH_FORM,
    settled_by=CONTACT_FORM,
    cancelled_by=optional(CONTACT_FORM),
    match=optional(TEXT),
    grace=LENGTH_FORM,
)
@attrs.frozen
class Promise:
    """What each contact of a kind promises: an order a delivery, a ticket an answer.

    Each such contact raises a due of its own; of several that carry one reference, the first does.

    Attributes:
        name: What is promised; the name of the dues.
        after: Which touchpoints promise it.
        within: After how long it is due.
        settled_by: Which touchpoints keep the promise.
        cancelled_by: Which touchpoints release the shop from it.
        match: Which property both carry, as in `"properties.order"`; without it, the oldest promise is kept first.
        grace: For how long it is not yet overdue once it is due.

    >>> from datetime import datetime, timezone
    >>> from cxkit.calendar import days
    >>> from cxkit.journey import Promise, journeys
    >>> anna, = journeys([("anna", "order", "2026-03-02T09:00Z"), ("anna", "order", "2026-03-04T09:00Z")])
    >>> delivery = Promise("delivery", after="order", within=days(5), settled_by="delivery")
    >>> statement = delivery.statement(anna, as_of=datetime(2026, 3, 8, tzinfo=timezone.utc))
    >>> [found.outcome for found in statement.open]
    ['overdue', 'upcoming']
    """

    name: str
    after: Contact = attrs.field(kw_only=True)
    within: Length = attrs.field(kw_only=True)
    settled_by: Contact = attrs.field(kw_only=True)
    cancelled_by: Contact | None = attrs.field(default=None, kw_only=True)
    match: str | None = attrs.field(default=None, kw_only=True)
    grace: Length = attrs.field(default=AT_ONCE, kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_name(self.name, "the name of a promise")
        a_contact(self.after, "after")
        a_contact(self.settled_by, "settled_by")
        if self.cancelled_by is not None:
            a_contact(self.cancelled_by, "cancelled_by")
        a_length(self.within, "within")
        a_length(self.grace, "grace")
        a_match(self.match, self.name)  # each due has a reference of its own

    def dues(self, journey: Journey, *, as_of: datetime | None = None) -> tuple[Due, ...]:
        """Return what a journey promises, in order.

        Args:
            journey: A customer's.
            as_of: The moment; no touchpoint that came to be known later counts.
        """
        [journey] = each_journey([journey])
        instant = None if as_of is None else an_instant(as_of, "as_of")
        found = [contact for contact in known_touchpoints(journey, instant) if is_contact(self.after, contact)]
        found.sort(key=lambda contact: (contact.at, contact.known_at))  # of equal ones, the one recorded late is last
        return tuple(self._dues(found))

    def statement(self, journey: Journey, *, as_of: datetime) -> Statement:
        """Say how what a journey promises stands at a moment; its open decisions are what is outstanding."""
        dues = self.dues(journey, as_of=as_of)
        return Obligations(journey.customer, dues).statement(journey, as_of=as_of)

    def _reference_of(self, contact: Touchpoint) -> str | None:
        found = None if self.match is None else label_of(self.match)(contact)
        return found if found and found.strip() else None

    def _dues(self, contacts: Iterable[Touchpoint]) -> Iterator[Due]:
        alike: Counter[str] = Counter()
        for contact in contacts:
            reference = self._reference_of(contact)
            known_as = reference or _known_as(contact)
            alike[known_as] += 1
            if reference and alike[known_as] > 1:
                continue
            yield Due(
                self.name,
                later(contact.at, self.within),
                reference=reference,
                settled_by=self.settled_by,
                cancelled_by=self.cancelled_by,
                match=self.match if reference else None,
                grace=self.grace,
                raised_at=contact.at,
                recorded_at=contact.known_at,
                id=f"{self.name} {known_as}" + (f" #{alike[known_as]}" if alike[known_as] > 1 else ""),
            )


def _known_as(contact: Touchpoint) -> str:
    """Return the text by which a contact without a reference is known again: by its id, or by its time and name."""
    return f"at {contact.at.isoformat()} {contact.name}" if contact.id is None else f"id {contact.id}"
