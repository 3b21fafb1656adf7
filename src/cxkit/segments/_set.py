"""Sets of segments: who is in which, how many, and how customers move between them."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain, product, repeat
from typing import Any, Self, TypeVar

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import FrozenDict, a_count, a_flag, an_instant, as_tuple, each
from cxkit._forms import FLAG, INTEGER, MOMENT, TEXT, Form, Json, form_of, many, optional, pair, record, stored
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError, UnknownFieldError
from cxkit.predicates import Predicate
from cxkit.segments._plan import Plan
from cxkit.segments._replay import check_dated
from cxkit.segments._segment import Segment
from cxkit.tallies import PopulationRate

Names = tuple[str, ...]
T = TypeVar("T")


@stored("segments.segment_set", segments=many(form_of(Segment)), overlapping=FLAG)
@attrs.frozen
class SegmentSet:
    """Segments that are used together.

    Attributes:
        segments: The segments, in order.
        overlapping: Whether a customer may be in several of them; otherwise the first one that fits is theirs alone.

    >>> from datetime import datetime, timezone
    >>> from cxkit.journey import journeys
    >>> from cxkit.segments import Segment, SegmentSet, events
    >>> orders = events("order").count()
    >>> groups = SegmentSet([Segment("regular", orders >= 2), Segment("buyer", orders >= 1)])
    >>> log = [("anna", "order", "2026-03-02T09:00Z"), ("anna", "order", "2026-03-09T09:00Z"), ("ben", "order", "2026-03-04T09:00Z")]
    >>> print(groups.sizes(journeys(log), as_of=datetime(2026, 3, 10, tzinfo=timezone.utc)))
    segment  customers  share
    regular          1    0.5
    buyer            1    0.5
    """

    segments: tuple[Segment, ...] = attrs.field(converter=as_tuple)
    overlapping: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_flag(self.overlapping, "overlapping")
        names: set[str] = set()
        for segment in self.segments:
            if not isinstance(segment, Segment):
                msg = f"a set holds segments, got {segment!r}"
                raise InvalidTypeError(msg, segment)
            if segment.name in names:
                msg = f"two segments of a set are called {segment.name!r}; rename one of them"
                raise DuplicateError(msg, segment)
            names.add(segment.name)

    @property
    def names(self) -> Names:
        """The names of the segments, in order."""
        return tuple(segment.name for segment in self.segments)

    def replace(self, name: str, where: Predicate) -> Self:
        """Return a set in which a segment has another condition."""
        _known(name, self.names)
        changed = (attrs.evolve(segment, where=where) if segment.name == name else segment for segment in self.segments)
        return attrs.evolve(self, segments=changed)

    def names_of(self, customer: object, *, as_of: datetime) -> Names:
        """Return the names of the segments that a customer is in: at most one, unless they may overlap."""
        [names] = self.assign([customer], as_of=as_of)
        return names

    def assign(self, customers: Iterable[object], *, as_of: datetime) -> Iterator[Names]:
        """Yield for each customer the names of their segments, in one pass over what they did.

        Args:
            customers: Profiles, bare journeys, or records with the attributes alone; they are consumed one by one.
            as_of: The moment; nothing that came to be known later counts.
        """
        plan = Plan([segment.where for segment in self.segments], an_instant(as_of, "as_of"))
        return map(self._all_of if self.overlapping else self._first_of, repeat(plan), each(customers, "customers"))

    def _all_of(self, plan: Plan, customer: object) -> Names:
        return tuple(name for name, answer in zip(self.names, plan.answers(customer), strict=True) if answer)

    def _first_of(self, plan: Plan, customer: object) -> Names:
        place = plan.first(customer)
        return () if place is None else (self.segments[place].name,)

    def sizes(self, customers: Iterable[object], *, as_of: datetime) -> "SegmentSizes":
        """Count the customers of each segment; the arguments are those of `assign`."""
        groups = Counter(self.assign(customers, as_of=as_of))
        return SegmentSizes(self.names, groups, an_instant(as_of, "as_of"))

    def movement(
        self, customers: Iterable[object], *, start: datetime, end: datetime, assume_attributes: bool = False
    ) -> "Movement":
        """Count who moved from which segment to which between two moments, by replaying what was known then.

        Args:
            customers: As in `assign`.
            start: The first moment.
            end: The second one.
            assume_attributes: Take the attributes of the customers as those of both moments. They have no dates, so
                without this a condition that reads them is refused; see `Movement.between` for two sets of records.
        """
        start, end = an_instant(start, "start"), an_instant(end, "end")
        if start > end:
            msg = f"a movement goes from an earlier moment to a later one, got {start.isoformat()} to {end.isoformat()}"
            raise InvalidValueError(msg, end)
        if not a_flag(assume_attributes, "assume_attributes"):
            for segment in self.segments:
                check_dated(segment.where)
        both = list(each(customers, "customers"))
        pairs = zip(self.assign(both, as_of=start), self.assign(both, as_of=end), strict=True)
        return Movement(self.names, Counter(pairs), (start, end))


def _counts(key: Form[T]) -> Form[Mapping[T, int]]:
    """Return the form of counts by a key: a list of pairs."""
    one = record(lambda key, number: (key, a_count(number, "number")), {"key": key, "number": INTEGER})

    def dump(counts: Mapping[T, int]) -> Json:
        return [{"key": key.dump(group), "number": number} for group, number in counts.items()]

    return Form(dump, lambda data, reader: dict(many(one).load(data, reader)))


_NAMES = many(TEXT)


def _counted(groups: Mapping[Any, int]) -> Any:
    """Keep the groups that are not empty, in an order of their own."""
    if not isinstance(groups, Mapping):
        msg = f"counts of customers must be a mapping by the names of segments, got {groups!r}"
        raise InvalidTypeError(msg, groups)
    for number in groups.values():
        a_count(number, "a number of customers")
    return FrozenDict({key: number for key, number in sorted(groups.items()) if number})


@stored("segments.segment_sizes", names=_NAMES, groups=_counts(_NAMES), as_of=MOMENT)
@attrs.frozen
class SegmentSizes(_charts.Charted):
    """How many customers are in which segments at a moment: a population tally, which adds over disjoint customers.

    Attributes:
        names: The names of the segments, in order.
        groups: How many customers are in just these segments, by their names; `()` for those in none.
        as_of: The moment, in UTC.
    """

    names: Names = attrs.field(converter=as_tuple)
    groups: Mapping[Names, int] = attrs.field(converter=_counted)
    as_of: datetime

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "as_of", an_instant(self.as_of, "as_of"))
        for name in chain.from_iterable(self.groups):
            _known(name, self.names)

    @property
    def total(self) -> int:
        """How many customers there are in all."""
        return sum(self.groups.values())

    @property
    def uncovered(self) -> int:
        """How many are in no segment."""
        return self.groups.get((), 0)

    def rate(self, name: str) -> PopulationRate:
        """Return the share of a segment."""
        _known(name, self.names)
        count = sum(number for names, number in self.groups.items() if name in names)
        return PopulationRate(count, self.total, name=f"share of {name}", unit="customers", window=(None, self.as_of))

    def overlap(self, name: str, other: str) -> int:
        """Return how many customers are in both of two segments."""
        _known(name, self.names)
        _known(other, self.names)
        return sum(number for names, number in self.groups.items() if name in names and other in names)

    def overlaps(self) -> list[dict[str, object]]:
        """Return the matrix of overlaps as rows: each segment with how many of its customers are in each."""
        return [{"segment": name, **{other: self.overlap(name, other) for other in self.names}} for name in self.names]

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each segment, and one for those in none, if there are any."""
        counts = [(name, self.rate(name).count) for name in self.names]
        counts += [("(none)", self.uncovered)] if self.uncovered else []
        return [
            {"segment": name, "customers": count, "share": count / self.total if self.total else None}
            for name, count in counts
        ]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if (self.names, self.as_of) != (other.names, other.as_of):
            msg = "sizes add for the same segments at the same moment only: a customer would be counted twice"
            raise InvalidValueError(msg, other)
        return attrs.evolve(self, groups=Counter(self.groups) + Counter(other.groups))

    @override
    def chart(self) -> _charts.Spec:
        return _charts.bars(self.rows(), category="segment", number="customers", title="Customers by segment")


@stored("segments.movement", names=_NAMES, moves=_counts(pair(_NAMES)), window=optional(pair(MOMENT)))
@attrs.frozen
class Movement(_charts.Charted):
    """How many customers moved between segments: a population tally, which adds over disjoint customers.

    Attributes:
        names: The names of the segments, in order.
        moves: How many customers were in just these segments, and are in just those.
        window: From when to when they moved, in UTC; `None` where that is not known.
    """

    names: Names = attrs.field(converter=as_tuple)
    moves: Mapping[tuple[Names, Names], int] = attrs.field(converter=_counted)
    window: tuple[datetime, datetime] | None = None

    def __attrs_post_init__(self) -> None:
        for name in chain.from_iterable(names for move in self.moves for names in move):
            _known(name, self.names)
        if self.window is not None:
            start, end = self.window
            object.__setattr__(self, "window", (an_instant(start, "start"), an_instant(end, "end")))

    @classmethod
    def between(
        cls, names: Iterable[str], before: Mapping[Hashable, Names], after: Mapping[Hashable, Names]
    ) -> "Movement":
        """Compare two assignments of customers, by what tells these apart; who is missing in one is in no segment there.

        Args:
            names: The names of the segments, in order.
            before: The names of each customer's segments at the first moment, as `names_of` gives them.
            after: The same at the second moment.
        """
        for given in (before, after):
            if not isinstance(given, Mapping):
                msg = f"an assignment is a mapping from customers to the names of their segments, got {given!r}"
                raise InvalidTypeError(msg, given)
        everyone: Collection[Hashable] = {**before, **after}
        return cls(tuple(names), Counter((tuple(before.get(who, ())), tuple(after.get(who, ()))) for who in everyone))

    @property
    def total(self) -> int:
        """How many customers there are in all."""
        return sum(self.moves.values())

    def moved(self, start: str | None, end: str | None) -> int:
        """Return how many were in one segment and are in another; `None` is no segment at all."""
        for name in (start, end):
            if name is not None:
                _known(name, self.names)
        return sum(number for (old, new), number in self.moves.items() if _is_in(start, old) and _is_in(end, new))

    def stayed(self, name: str) -> int:
        """Return how many were in a segment and are."""
        return self.moved(name, name)

    def entered(self, name: str) -> int:
        """Return how many are in a segment and were not."""
        _known(name, self.names)
        return sum(number for (old, new), number in self.moves.items() if name in new and name not in old)

    def left(self, name: str) -> int:
        """Return how many were in a segment and are not."""
        _known(name, self.names)
        return sum(number for (old, new), number in self.moves.items() if name in old and name not in new)

    def changes(self) -> list[dict[str, object]]:
        """Return for each segment how many stayed, entered and left."""
        return [
            {"segment": name, "stayed": self.stayed(name), "entered": self.entered(name), "left": self.left(name)}
            for name in self.names
        ]

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each pair of segments between which anyone moved or stayed; "(none)" is no segment."""
        ends = [*self.names, None]
        return [
            {"from": start or "(none)", "to": end or "(none)", "customers": count}
            for start, end in product(ends, ends)
            if (count := self.moved(start, end))
        ]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if (self.names, self.window) != (other.names, other.window):
            msg = "movements add for the same segments between the same moments only: a customer would be counted twice"
            raise InvalidValueError(msg, other)
        return attrs.evolve(self, moves=Counter(self.moves) + Counter(other.moves))

    @override
    def chart(self) -> _charts.Spec:
        return _charts.heatmap(self.rows(), x="to", y="from", number="customers", title="Customers who moved")


def _known(name: str, names: Names) -> None:
    """Check that a segment is one of a set."""
    if name not in names:
        raise UnknownFieldError.among("the set", name, names, what="segment")  # noqa: EM101 - a factory


def _is_in(name: str | None, names: Names) -> bool:
    return not names if name is None else name in names
