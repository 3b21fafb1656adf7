"""Values of events: how many, how much, when; sources for predicates."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from decimal import Context, Decimal
from fractions import Fraction
from math import fsum
from typing import Any, Literal, get_args

import attrs
from typing_extensions import override

from cxkit import _money
from cxkit._checks import a_count, one_of
from cxkit._forms import INTEGER, choice, form_of, stored
from cxkit.calendar import LENGTH_FORM, Length, Span, a_length, end_of
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Journey, Touchpoint
from cxkit.predicates import INTEGER_KIND, MOMENT_KIND, REAL_KIND, Kind, Source, Subject, source_form, span_words
from cxkit.segments._events import Events
from cxkit.segments._log import Log, log_of

Aggregate = Literal["distinct", "sum", "avg", "min", "max"]
_AGGREGATES: tuple[Aggregate, ...] = get_args(Aggregate)
_MEANS = Context(prec=30)  # as many digits as an amount may have


class EventSource(Source):
    """What the values of events share."""

    __slots__ = ()

    gives: Kind = INTEGER_KIND
    """The kind of what it gives, where that is always the same."""

    events: Events

    @property
    @override
    def kind(self) -> Kind:
        return self.gives

    @property
    @override
    def timed(self) -> bool:  # type: ignore[override]
        return True  # what is known of them depends on the moment

    @property
    @override
    def depth(self) -> int:  # type: ignore[override]
        return self.events.depth

    @property
    @override
    def timing(self) -> Literal["calendar", "rolling"] | None:  # type: ignore[override]
        if self.events.last_days is not None:
            return "calendar"
        return None if self.events.window is None else "rolling"

    @property
    @override
    def about(self) -> type[Journey]:
        return Journey

    @property
    @override
    def subjects(self) -> frozenset[type]:
        return self.events.subjects

    @override
    def key(self) -> Hashable:
        return (type(self).__name__, self.events.key(), *self.details())

    def details(self) -> tuple[Hashable, ...]:
        """Return what else tells it apart."""
        return ()

    @override
    def turn(self, subject: Subject, stated: Sequence[Any] | None) -> datetime | None:
        return self.events.turn(subject)

    @override
    def read(self, subject: Subject) -> Any:
        log, found = log_of(subject), self.events.select(subject)
        return None if log is None or found is None else self.value(found, log)

    def value(self, found: Sequence[Touchpoint], log: Log) -> object:
        """Return the value of some touchpoints of a log; `None` where it is missing."""
        raise NotImplementedError

    def quick(self, as_of: datetime) -> Callable[[Log], object] | None:
        """Return how the value is found in a log of a moment, where that is simple."""
        select = self.events.quick(as_of)
        return None if select is None else lambda log: self.value(select(log), log)


@stored("segments.event_count", events=form_of(Events))
@attrs.frozen(repr=False)
class EventCount(EventSource):
    """How many of some events there are."""

    events: Events

    least = 0

    @override
    def value(self, found: Sequence[Touchpoint], log: Log) -> int:
        return len(found)

    @property
    @override
    def words(self) -> str:
        return f"the number of {self.events.words}"

    @override
    def __repr__(self) -> str:
        return f"{self.events!r}.count()"


@stored(
    "segments.event_number", events=form_of(Events), what=choice(*_AGGREGATES), field=source_form(Touchpoint.fields)
)
@attrs.frozen(repr=False)
class EventNumber(EventSource):
    """A number made of a field of some events: their sum, mean, least or greatest value, or how many differ."""

    events: Events
    what: Aggregate
    field: Source

    def __attrs_post_init__(self) -> None:
        one_of(self.what, _AGGREGATES, "what is asked of events")
        if not isinstance(self.field, Source) or self.field.about is not Touchpoint.fields or self.field.timed:
            msg = f"{self.what} is asked of a field of touchpoints, such as Touchpoint.fields.value, got {self.field!r}"
            raise InvalidTypeError(msg, self.field)
        shape = self.field.kind.shape
        taken = {"sum": ("number",), "avg": ("number",), "distinct": (shape,)}
        if shape not in taken.get(self.what, ("number", "moment", "day", "ordered text")):
            msg = (
                f"{self.what} needs a field that can be {_NEEDS[self.what]}, got {self.field!r}, {self.field.kind.name}"
            )
            raise InvalidValueError(msg, self.field)

    @property
    @override
    def kind(self) -> Kind:
        if self.what == "distinct":
            return INTEGER_KIND
        is_mean_of_integers = self.what == "avg" and self.field.kind.name == INTEGER_KIND.name
        return REAL_KIND if is_mean_of_integers else self.field.kind

    @override
    def value(self, found: Sequence[Touchpoint], log: Log) -> object:
        read = (self.field.read(Subject(touchpoint, touchpoint, None)) for touchpoint in found)
        values: list[Any] = [value for value in read if value is not None]
        match self.what:
            case "distinct":
                return len({frozenset(value) if isinstance(value, set | list) else value for value in values})
            case "sum":
                return _sum(values, self.field.kind)
            case "avg":
                return _mean(values, self.field.kind) if values else None
            case "min":
                return min(values, default=None)
            case "max":
                return max(values, default=None)
            case _:
                raise NotImplementedError

    @property
    @override
    def words(self) -> str:
        return f"{_SAID[self.what]} {self.field.words} of {self.events.words}"

    @override
    def __repr__(self) -> str:
        return f"{self.events!r}.{self.what}({self.field!r})"

    @override
    def details(self) -> tuple[Hashable, ...]:
        return self.what, self.field.key()


_SAID: Mapping[str, str] = {
    "distinct": "how many kinds of",
    "sum": "the sum of",
    "avg": "the mean",
    "min": "the least",
    "max": "the greatest",
}
_NEEDS: Mapping[str, str] = {"sum": "added", "avg": "added", "min": "ordered", "max": "ordered"}


def _sum(values: Sequence[Any], kind: Kind) -> object:
    if kind.is_money:
        total = Decimal(0)
        for value in values:
            total = _money.EXACT.add(total, value)
        return total
    return fsum(values) if kind.name == REAL_KIND.name else sum(values)


def _mean(values: Sequence[Any], kind: Kind) -> object:
    if kind.is_money:
        total: Any = _sum(values, kind)
        return _MEANS.divide(total, len(values))
    return float(Fraction(sum(map(Fraction, values))) / len(values))


@stored("segments.event_time", events=form_of(Events), what=choice("first", "last"))
@attrs.frozen(repr=False)
class EventTime(EventSource):
    """When the first or the last of some events was."""

    events: Events
    what: Literal["first", "last"]

    gives = MOMENT_KIND

    def __attrs_post_init__(self) -> None:
        one_of(self.what, ("first", "last"), "which of the events")

    @override
    def value(self, found: Sequence[Touchpoint], log: Log) -> datetime | None:
        return found[0 if self.what == "first" else -1].at if found else None

    @property
    @override
    def words(self) -> str:
        return f"the {self.what} of {self.events.words}"

    @override
    def __repr__(self) -> str:
        return f"{self.events!r}.{self.what}_at()"

    @override
    def details(self) -> tuple[Hashable, ...]:
        return (self.what,)


@stored("segments.event_periods", events=form_of(Events), at_least=INTEGER, period=LENGTH_FORM, of=INTEGER)
@attrs.frozen(repr=False)
class EventPeriods(EventSource):
    """In how many of the last rolling periods there are at least so many events.

    An event lies in the period before the last one, say, from one length of time after it until two of them.
    """

    events: Events
    at_least: int
    period: Length
    of: int

    least = 0

    def __attrs_post_init__(self) -> None:
        a_count(self.at_least, "at_least", least=1)
        a_count(self.of, "of", least=1)
        a_length(self.period, "period")
        if self.of > LONGEST:
            msg = f"of must be at most {LONGEST} periods, got {self.of}"
            raise InvalidValueError(msg, self.of)
        try:
            times(self.period, self.of)
        except OverflowError as error:
            msg = f"all periods together must be a length of time, got {self.of} times {self.period!r}"
            raise InvalidValueError(msg, self.period) from error

    @property
    @override
    def timing(self) -> Literal["rolling"]:  # type: ignore[override]
        return "rolling"

    @override
    def value(self, found: Sequence[Touchpoint], log: Log) -> int:
        counts = [0] * self.of
        for touchpoint in found:
            for number in range(self.of):
                end = end_of(touchpoint.at, times(self.period, number + 1))
                if end is None or log.as_of < end:
                    counts[number] += 1
                    break
        return sum(count >= self.at_least for count in counts)

    @override
    def turn(self, subject: Subject, stated: Sequence[Any] | None) -> datetime | None:
        found = self.events.select(subject) or ()
        ends = (
            end_of(touchpoint.at, times(self.period, number + 1)) for touchpoint in found for number in range(self.of)
        )
        coming = [self.events.turn(subject), *ends]
        as_of = subject.as_of
        return min((end for end in coming if end is not None and as_of is not None and end > as_of), default=None)

    @property
    @override
    def words(self) -> str:
        return f"the number of the last {self.of} times {span_words(self.period)} with {self.at_least} or more {self.events.words}"

    @override
    def __repr__(self) -> str:
        return f"{self.events!r}.periods(at_least={self.at_least}, period={self.period!r}, of={self.of})"

    @override
    def details(self) -> tuple[Hashable, ...]:
        return self.at_least, self.period, self.of


LONGEST = 100  # periods


def times(length: Length, number: int) -> Length:
    """Return a length of time so many times over; its months clamp once."""
    if isinstance(length, Span):
        return Span(length.months * number, length.days * number, length.hours * number, tz=length.tz)
    return length * number
