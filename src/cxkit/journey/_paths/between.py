"""Paths between two touchpoints: how customers get from one to the other, how many do, and how long it takes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, Self, TypeAlias

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import a_count, a_flag, an_instant, one_of
from cxkit._forms import ELAPSED, FLAG, INTEGER, choice, form_of, optional, stored
from cxkit.calendar import LENGTH_FORM, Length, a_length, later
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey._contacts import CONTACT_FORM, Contact, a_contact, contact_words, is_contact
from cxkit.journey._journey import Journey, each_journey, known_touchpoints, timeline_of
from cxkit.journey._paths.counted import SHOWN, a_mapping, added_times, as_code, entries, kept, merged, shortened
from cxkit.journey._paths.nodes import Path
from cxkit.journey._paths.whole import PATH, Variant, as_path, collapsed, ranked, shown
from cxkit.tallies import Durations, Rate

Begin: TypeAlias = Literal["first", "last"]
"""Which start a path begins with where another one comes before the end: the first, or the last."""
SECOND = timedelta(seconds=1)
UNIT = "attempts"


def _times(times: Mapping[Path, Durations]) -> Any:
    return kept((as_path(path), found) for path, found in a_mapping(times).items())


def _start(contact: Contact) -> Contact:
    return a_contact(contact, "start")


def _end(contact: Contact) -> Contact:
    return a_contact(contact, "end")


@stored(
    "journey.paths",
    start=CONTACT_FORM,
    end=CONTACT_FORM,
    times=entries(PATH, form_of(Durations)),
    expired=INTEGER,
    open=INTEGER,
    within=optional(LENGTH_FORM),
    begin=choice("first", "last"),
    collapse=FLAG,
    resolution=ELAPSED,
)
@attrs.frozen(repr=False)
class Paths(_charts.Charted):
    """How customers get from one touchpoint to another: an event tally, which adds over journeys.

    `Paths(start, end)` is the identity of those between these two.

    Attributes:
        start: Where they come from: the name of touchpoints, or a predicate about `Touchpoint.fields`.
        end: Where they go to.
        times: How long each path took that arrived, by the names on it, both ends included.
        expired: How many attempts did not arrive within the time.
        open: How many had not arrived yet, and still could.
        within: How long an attempt may take; `None` for any time.
        begin: Which start an attempt begins with where several come before the end.
        collapse: Whether what was directly repeated counts once in a path.
        resolution: The unit in which times are counted.

    >>> from cxkit.journey import Paths
    >>> Paths("visit", "order", expired=2) + Paths("visit", "order", open=1)
    Paths(start='visit', end='order', expired=2, open=1)
    """

    start: Contact = attrs.field(converter=_start)
    end: Contact = attrs.field(converter=_end)
    times: Mapping[Path, Durations] = attrs.field(factory=dict, converter=_times, kw_only=True)
    expired: int = attrs.field(default=0, kw_only=True)
    open: int = attrs.field(default=0, kw_only=True)
    within: Length | None = attrs.field(default=None, kw_only=True)
    begin: Begin = attrs.field(default="first", kw_only=True)
    collapse: bool = attrs.field(default=False, kw_only=True)
    resolution: timedelta = attrs.field(default=SECOND, kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_count(self.expired, "expired")
        a_count(self.open, "open")
        a_flag(self.collapse, "collapse")
        one_of(self.begin, ("first", "last"), "begin")
        if self.within is not None:
            a_length(self.within, "within")
        Durations(self.resolution)  # checks it
        for path, found in self.times.items():
            if not isinstance(found, Durations):
                msg = f"the times of a path must be Durations, got {found!r}"
                raise InvalidTypeError(msg, found)
            if not path or not found.count or found.resolution != self.resolution:
                msg = f"each path must have names, and times at the resolution of {self.resolution!r}, got {path!r}: {found!r}"
                raise InvalidValueError(msg, self.times)

    @property
    def arrived(self) -> int:
        """How many attempts arrived."""
        return sum(self._counts().values())

    @property
    def begun(self) -> int:
        """How many attempts there were: as many as arrived, expired or are open."""
        return self.arrived + self.expired + self.open

    @property
    def rate(self) -> Rate:
        """The share of the attempts that arrived; those that are open count among all."""
        return Rate(self.arrived, self.begun, name="arrived", unit=UNIT)

    @property
    def durations(self) -> Durations:
        """How long it took those that arrived."""
        return merged(Durations(self.resolution), self.times.values())

    def top(self, number: int | None = None) -> tuple[Variant, ...]:
        """Return the most frequent paths, of all that arrived.

        Args:
            number: How many of them at most; all unless given.
        """
        return ranked(self._counts(), number, UNIT)

    def rows(self, number: int | None = None) -> list[dict[str, object]]:
        """Return a row for each path that arrived, the most frequent first, with its share and its times.

        Args:
            number: How many of them at most; all unless given.
        """
        return [self._row(variant) for variant in self.top(number)]

    def _row(self, variant: Variant) -> dict[str, object]:
        times = self.times[variant.path]
        return {
            "path": shown(variant.path),
            "count": variant.count,
            "share": variant.rate.value,
            "coverage": variant.cumulative.value,
            "median": times.median,
            "p90": times.percentile(90),
        }

    def _counts(self) -> Mapping[Path, int]:
        return {path: found.count for path, found in self.times.items()}

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        for part in ("start", "end", "within", "begin", "collapse", "resolution"):
            ours, theirs = getattr(self, part), getattr(other, part)
            if ours != theirs:
                msg = f"cannot add paths with {part}={theirs!r} to those with {part}={ours!r}: they count two things"
                raise InvalidValueError(msg, other)
        return attrs.evolve(
            self,
            times=added_times(self.times, other.times),
            expired=self.expired + other.expired,
            open=self.open + other.open,
        )

    @override
    def chart(self, number: int = 20) -> _charts.Spec:
        """Return the most frequent paths as bars, in Vega-Lite v5.

        Args:
            number: How many.
        """
        rows = [{name: row[name] for name in ("path", "count", "share")} for row in self.rows(number)]
        return _charts.bars(rows, category="path", number="count", title="Paths")

    @override
    def __repr__(self) -> str:
        return as_code(self)

    @override
    def __str__(self) -> str:
        table = shortened(self.rows(SHOWN), len(self.times))
        none = "" if self.begun else f"; {contact_words(self.start)} did not come"
        return (
            f"{table}\n{self.arrived:,} of {self.begun:,} arrived, {self.expired:,} expired, {self.open:,} open{none}"
        )


class _Seen(NamedTuple):
    """What an attempt needs to know of a journey."""

    moments: Sequence[datetime]
    names: Sequence[str]
    starts: Sequence[bool]
    ends: Sequence[bool]


class _Attempt(NamedTuple):
    """A stretch of a journey: from where to where; an open one has no end, an expired one has no places."""

    outcome: Literal["arrived", "expired", "open"]
    first: int = 0
    last: int = 0


def paths(
    journeys: Iterable[Journey],
    start: Contact,
    end: Contact,
    *,
    as_of: datetime | None = None,
    within: Length | None = None,
    begin: Begin = "first",
    collapse: bool = False,
    resolution: timedelta = SECOND,
) -> Paths:
    """Count the paths from one touchpoint to another, and how long they take.

    An attempt begins with a start while none is under way, and arrives with the first end after it, so that no
    touchpoint lies on two paths; one that is both an end and a start ends one and begins the next.

    Args:
        journeys: The journeys, consumed one by one.
        start: Where paths begin: the name of touchpoints, or a predicate about `Touchpoint.fields`.
        end: Where they end; it may be the same.
        as_of: What came to be known later does not count; without it, the log counts as given.
        within: How long an attempt may take, its last moment included; any time unless given. One that has not arrived
            by then has expired; one that could still arrive is open. Without `as_of` the log is over, and none is open.
        begin: Where several starts come before the end, an attempt begins with the `"first"` of them or the `"last"`.
        collapse: Whether what is directly repeated counts once in a path.
        resolution: The unit in which times are counted.

    >>> from cxkit.journey import journeys, paths
    >>> log = [("anna", "visit", "2026-03-01T09:00Z"), ("anna", "cart", "2026-03-01T10:00Z"), ("anna", "order", "2026-03-01T11:00Z")]
    >>> found = paths(journeys([*log, ("ben", "visit", "2026-03-02T09:00Z")]), "visit", "order")
    >>> print(found)
    path                  count  share  coverage   median      p90
    visit > cart > order      1      1         1  2:00:00  2:00:00
    1 of 2 arrived, 1 expired, 0 open
    >>> found.rate.value
    0.5
    """
    empty = Paths(start, end, within=within, begin=begin, collapse=collapse, resolution=resolution)
    now = None if as_of is None else an_instant(as_of, "as_of")
    lengths: defaultdict[Path, list[timedelta]] = defaultdict(list)
    others = Counter[str]()
    for journey in each_journey(journeys):
        seen = _seen(journey, empty, now)
        for attempt in _attempts(seen, empty, now):
            if attempt.outcome == "arrived":
                stretch = seen.names[attempt.first : attempt.last + 1]
                path = collapsed(stretch) if collapse else tuple(stretch)
                lengths[path].append(seen.moments[attempt.last] - seen.moments[attempt.first])
            else:
                others[attempt.outcome] += 1
    times = {path: Durations.from_lengths(found, resolution=resolution) for path, found in lengths.items()}
    return attrs.evolve(empty, times=times, expired=others["expired"], open=others["open"])


def _seen(journey: Journey, asked: Paths, as_of: datetime | None) -> _Seen:
    """Tell of each touchpoint that was known when it was, its name, and whether it is a start or an end."""
    if isinstance(asked.start, str) and isinstance(asked.end, str):
        timeline = timeline_of(journey, as_of)
        names = timeline.names
        return _Seen(
            timeline.moments, names, [name == asked.start for name in names], [name == asked.end for name in names]
        )
    known = known_touchpoints(journey, as_of)
    return _Seen(
        [contact.at for contact in known],
        [contact.name for contact in known],
        [is_contact(asked.start, contact) for contact in known],
        [is_contact(asked.end, contact) for contact in known],
    )


def _attempts(seen: _Seen, asked: Paths, as_of: datetime | None) -> Iterator[_Attempt]:
    """Yield the attempts of one journey."""
    first: int | None = None
    deadline: datetime | None = None
    for place, moment in enumerate(seen.moments):
        if first is not None and deadline is not None and moment > deadline:
            yield _Attempt("expired")
            first = None
        if first is not None and seen.ends[place]:
            yield _Attempt("arrived", first, place)
            first = None
        if seen.starts[place] and (first is None or asked.begin == "last"):
            first = place
            deadline = None if asked.within is None else later(moment, asked.within)
    if first is not None:
        is_open = as_of is not None and (deadline is None or as_of <= deadline)
        yield _Attempt("open" if is_open else "expired")
