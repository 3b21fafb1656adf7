"""Survival tables: how many were lost, and how many were last seen, after how long."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import compress
from math import inf
from typing import Any, Self, TypeVar

import attrs

from cxkit import _tables
from cxkit._checks import a_name, an_instant, each, shown
from cxkit._forms import TEXT, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Contact, Journey, a_contact, each_journey
from cxkit.metrics._survival.counts import (
    COUNTS,
    Count,
    Counts,
    Time,
    a_count,
    a_time,
    a_weight,
    checked,
    summed,
    together,
)
from cxkit.metrics._survival.spans import SomeSpan, a_span, a_unit, stay
from cxkit.predicates import is_missing
from cxkit.tallies import refused

T = TypeVar("T")
NEVER = (inf, 0)  # a time that does not come
TURNED = bytes.maketrans(b"\0\1", b"\1\0")
SAMPLE = 10_000


@stored("metrics.survival_table", events=COUNTS, censored=COUNTS, entries=COUNTS, unit=TEXT)
@attrs.frozen
class SurvivalTable(_tables.Tabled):
    """How many customers were lost, and how many were last seen as customers, after how long.

    All that survival estimates need of the data; it adds over disjoint customers, to the bit, so that shards and streams
    give the curve of the whole. `SurvivalTable()` is the identity. Times are below 1e30, and so are counts, which may be
    fractions from 1e-30 on.

    Attributes:
        events: How many were lost, by how long they had been there.
        censored: How many were still there when they were last looked at, by how long they had been there then. Those of
            one time with somebody lost were still at risk at that time.
        entries: How many came under observation late, by how long they had been there then; they are at risk after that
            time. Those who were observed from the start are not listed.
        unit: The unit of the times, in words; only tables of one unit add.

    >>> from cxkit.metrics import SurvivalCurve, SurvivalTable
    >>> table = SurvivalTable.from_durations([2, 3, 3, 5], [True, True, False, False], unit="months")
    >>> table
    SurvivalTable(events={2: 1, 3: 1}, censored={3: 1, 5: 1}, entries={}, unit='months')
    >>> SurvivalCurve(table + table).survival_at(3)
    0.5
    """

    events: Counts = attrs.field(factory=dict, converter=checked)
    censored: Counts = attrs.field(factory=dict, converter=checked)
    entries: Counts = attrs.field(factory=dict, converter=checked)
    unit: str = attrs.field(default="periods", kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_name(self.unit, "unit")
        if self.entries:
            _check_entries(self)

    @classmethod
    def from_durations(
        cls,
        durations: Iterable[Time],
        observed: Iterable[bool],
        *,
        entry: Iterable[Time] | None = None,
        weights: Iterable[float] | None = None,
        unit: str = "periods",
    ) -> Self:
        """Count how long customers were there.

        Args:
            durations: How long each was there, in any one unit, whole or not.
            observed: For each, whether they were lost then (true, or 1), or only last seen then (false, or 0: censored).
            entry: For each, how long they had been there when they came under observation, less than the duration; 0
                for who was observed from the start, as are all unless given.
            weights: For each, how many customers they stand for; a float is taken as the fraction that it is.
            unit: The unit, in words.

        Raises:
            InvalidValueError: A time is negative or not finite, the columns differ in length, or an entry is not before
                the end.
        """
        times, ends = _listed(durations, "durations"), _listed(observed, "observed flags")
        _same_length(times, ends, "observed")
        flags = _flags(ends)
        stayed = flags.translate(TURNED)
        whole = times if {*map(type, times)} <= {int, float} else list(map(a_time, times))
        late = [] if entry is None else list(map(a_time, each(entry, "entry times")))
        if late:
            _check_late(whole, late)
        if weights is not None:
            shares = list(map(a_weight, each(weights, "weights")))
            _same_length(times, shares, "weights")
            return cls(
                summed(compress(whole, flags), compress(shares, flags)),
                summed(compress(whole, stayed), compress(shares, stayed)),
                summed((time for time in late if time), compress(shares, late)),
                unit=unit,
            )
        lost, seen = compress(whole, flags), compress(whole, stayed)
        if len({*whole[:SAMPLE]}) > 0.9 * SAMPLE:  # hardly any time comes twice, and in order they are counted faster
            return cls(Counter(sorted(lost)), Counter(sorted(seen)), Counter(filter(None, late)), unit=unit)
        return cls(Counter(lost), Counter(seen), Counter(filter(None, late)), unit=unit)

    @classmethod
    def from_spans(cls, spans: Iterable[SomeSpan], *, as_of: datetime, per: timedelta, unit: str = "periods") -> Self:
        """Count how long customers were there from when they began and ended, as it stood at a moment.

        Args:
            spans: For each customer, when they began and when they were lost; `None` for who is still there. Whoever begins
                after the moment does not count, and whoever is lost after it was still there.
            as_of: The moment.
            per: The unit of the times, elapsed: they are floats, and not rounded.
            unit: The unit, in words.
        """
        moment, length = an_instant(as_of, "as_of"), a_unit(per)
        durations: list[float] = []
        observed: list[bool] = []
        for given in each(spans, "spans"):
            start, end = a_span(given)
            if start <= moment:
                is_over = end is not None and end <= moment
                durations.append(((end if is_over and end is not None else moment) - start) / length)
                observed.append(is_over)
        return cls.from_durations(durations, observed, unit=unit)

    @classmethod
    def from_journeys(
        cls,
        journeys: Iterable[Journey],
        *,
        start: Contact,
        end: Contact,
        as_of: datetime,
        per: timedelta,
        unit: str = "periods",
    ) -> Self:
        """Count the time from one touchpoint to another, as it was known at a moment.

        It runs from the first `start` of each journey to the first `end` from then on; who has none by `as_of` was last seen
        then, and who has no `start` does not count.

        Args:
            journeys: The customers, read one by one.
            start: What the time runs from: the name of a touchpoint, or a predicate about `Touchpoint.fields`.
            end: What it runs to.
            as_of: The moment.
            per: The unit of the times, elapsed: they are floats, and not rounded.
            unit: The unit, in words.
        """
        a_contact(start, "start")
        a_contact(end, "end")
        moment = an_instant(as_of, "as_of")
        spans = (span for journey in each_journey(journeys) for span in stay(journey, start, end, moment))
        return cls.from_spans(spans, as_of=moment, per=per, unit=unit)

    @classmethod
    def from_risk_table(cls, rows: Iterable[Mapping[str, Any]], *, unit: str = "periods") -> Self:
        """Read a table of how many were at risk and how many were lost at each time, as papers print it.

        Args:
            rows: In order of time, each with `"t"`, `"at_risk"` and `"events"`. Who is missing from the next line's
                `at_risk` was last seen at this one, and who is new in it entered then; who is left after the last line was
                last seen then.
            unit: The unit, in words.
        """
        lines = [_a_line(row) for row in each(rows, "rows of a risk table")]
        events: dict[Time, Count] = {}
        censored: dict[Time, Count] = {}
        entries: dict[Time, Count] = {}
        for place, (time, at_risk, lost) in enumerate(lines):
            upcoming = lines[place + 1] if place + 1 < len(lines) else None
            if upcoming is not None and upcoming[0] <= time:
                msg = f"the times of a risk table must rise, got {upcoming[0]} after {time}"
                raise InvalidValueError(msg, upcoming[0])
            gone = at_risk - lost - (0 if upcoming is None else upcoming[1])
            events[time] = lost
            censored[time], entries[time] = max(gone, 0), max(-gone, 0)
        return cls(events, censored, entries, unit=unit)

    @property
    def total(self) -> Count:
        """How many customers there are, or what they weigh."""
        return sum(self.events.values()) + sum(self.censored.values())

    @property
    def is_defined(self) -> bool:
        """Whether there are any."""
        return bool(self.events or self.censored)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each time: how many were at risk, lost, last seen, and entered after it."""
        times = sorted({*self.events, *self.censored, *self.entries})
        at_risk = self.at_risk(times)
        return [
            {
                "time": time,
                "at_risk": number,
                "events": self.events.get(time, 0),
                "censored": self.censored.get(time, 0),
                "entries": self.entries.get(time, 0),
            }
            for time, number in zip(times, at_risk, strict=True)
        ]

    def at_risk(self, times: Sequence[Time]) -> list[Count]:
        """Return how many were at risk at some times, which rise: those who entered before and had not left before."""
        lost, seen, late = (iter([*part.items(), NEVER]) for part in (self.events, self.censored, self.entries))
        (loss, gone), (sight, left), (entry, new) = next(lost), next(seen), next(late)
        number = self.total - sum(self.entries.values())
        found: list[Count] = []
        for time in times:
            while loss < time:
                number -= gone
                loss, gone = next(lost)
            while sight < time:
                number -= left
                sight, left = next(seen)
            while entry < time:
                number += new
                entry, new = next(late)
            found.append(number)
        return found

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        nothing = type(self)()
        if nothing in (self, other):
            return other if self == nothing else self
        if self.unit != other.unit:
            raise refused(self, other, "they count in two units")
        return type(self)(
            *(together(getattr(self, part), getattr(other, part)) for part in ("events", "censored", "entries")),
            unit=self.unit,
        )


def _listed(given: Iterable[T], what: str) -> list[T]:
    return given if type(given) is list else list(each(given, what))


def _flags(ends: list[bool]) -> bytes:
    """Return 1 for whoever was lost and 0 for whoever was last seen."""
    try:
        found = bytes(ends)  # many at once
    except (TypeError, ValueError):
        found = None
    return bytes(map(_a_flag, ends)) if found is None or found.translate(None, b"\0\1") else found


def _a_flag(flag: object) -> bool:
    """Check whether somebody was lost; a flag of a class of its own, as numpy has, is taken as what it is."""
    if is_missing(flag) or flag not in (0, 1):
        msg = f"observed must be true (lost) or false (last seen) for each customer, got {flag!r}"
        raise InvalidTypeError(msg, flag)
    return bool(flag)


def _same_length(times: Sequence[object], others: Sequence[object], what: str) -> None:
    if len(times) != len(others):
        msg = f"{what} must be given for each duration, got {len(others)} for {len(times)}"
        raise InvalidValueError(msg, len(others))


def _check_late(times: Sequence[Time], late: Sequence[Time]) -> None:
    _same_length(times, late, "entry times")
    for entry, time in zip(late, times, strict=True):
        if entry >= time and entry > 0:
            msg = f"who enters late must do so before the end, got an entry at {entry} for a duration of {time}"
            raise InvalidValueError(msg, entry)


def _check_entries(table: SurvivalTable) -> None:
    """Check that nobody leaves before they are there."""
    for time, number in zip(table.entries, table.at_risk(list(table.entries)), strict=True):
        if number < 0:
            msg = f"more customers had left by {time} than were there, got {shown(table)}"
            raise InvalidValueError(msg, number)


def _a_line(row: Mapping[str, Any]) -> tuple[Time, Count, Count]:
    """Check a line of a risk table."""
    if not isinstance(row, Mapping) or not {"t", "at_risk", "events"} <= {*row}:
        msg = f"a row of a risk table must have 't', 'at_risk' and 'events', got {shown(row)}"
        raise InvalidTypeError(msg, row)
    time, at_risk, lost = a_time(row["t"]), a_count(row["at_risk"]), a_count(row["events"])
    if lost > at_risk:
        msg = f"no more can be lost than are at risk, got {lost} of {at_risk} at {time}"
        raise InvalidValueError(msg, lost)
    return time, at_risk, lost
