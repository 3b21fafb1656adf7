"""Eventually-follows: which touchpoint comes anywhere after which."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Self

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._forms import INTEGER, TEXT, mapping, pair, stored
from cxkit.errors import InvalidValueError
from cxkit.journey._journey import Journey
from cxkit.journey._labels import Label
from cxkit.journey._paths.changes import TransitionChange, TransitionChanges
from cxkit.journey._paths.counted import Counted, a_label_pair, added, entries, in_per_cent, label_counts, pair_counts
from cxkit.journey._paths.nodes import NAMES, LabelReader
from cxkit.tallies import Rate

Pair = tuple[str, str]


@stored(
    "journey.eventually_follows",
    counts=entries(pair(TEXT), INTEGER),
    in_journeys=entries(pair(TEXT), INTEGER),
    occurring=mapping(INTEGER),
    by=TEXT,
    missing=INTEGER,
)
@attrs.frozen(repr=False)
class EventuallyFollows(Counted):
    """How often each touchpoint comes anywhere after each: an event tally, which adds over journeys.

    Attributes:
        counts: How many pairs there are of a touchpoint and a later one of the same journey, by their labels; where one
            comes twice before the other, these are two pairs.
        in_journeys: In how many journeys there is such a pair.
        occurring: In how many journeys there is each label.
        by: The label that the touchpoints were counted by.
        missing: How many touchpoints had no such label and were left out.

    >>> from cxkit.journey import eventually_follows, journeys
    >>> log = [("anna", what, f"2026-03-01T0{hour}:00Z") for hour, what in enumerate(("visit", "visit", "order"))]
    >>> print(eventually_follows(journeys([*log, ("ben", "visit", "2026-03-02T09:00Z")])))
    from   to     count  journeys  share
    visit  order      2         1    0.5
    visit  visit      1         1    0.5
    """

    counts: Mapping[Pair, int] = attrs.field(factory=dict, converter=pair_counts)
    in_journeys: Mapping[Pair, int] = attrs.field(factory=dict, converter=pair_counts)
    occurring: Mapping[str, int] = attrs.field(factory=dict, converter=label_counts)

    @override
    def __attrs_post_init__(self) -> None:
        Counted.__attrs_post_init__(self)
        if self.counts.keys() != self.in_journeys.keys():
            msg = "the pairs and the journeys with such a pair must be counted for the same labels"
            raise InvalidValueError(msg, self.in_journeys)
        for (source, target), number in self.in_journeys.items():
            most = min(self.counts[source, target], self.occurring.get(source, 0), self.occurring.get(target, 0))
            if number > most:
                msg = f"{target!r} cannot follow {source!r} in {number} journeys, with {most} at most that could have such a pair"
                raise InvalidValueError(msg, self.in_journeys)

    def count(self, source: str, target: str) -> int:
        """Return how many pairs there are of a touchpoint and a later one; 0 where there are none."""
        a_label_pair((source, target))
        return self.counts.get((source, target), 0)

    def rate(self, source: str, target: str) -> Rate:
        """Return in how many of the journeys with the one there is the other after it."""
        a_label_pair((source, target))
        count, total = self.in_journeys.get((source, target), 0), self.occurring.get(source, 0)
        return Rate(count, total, name=f"{source} to {target}", unit="journeys")

    def difference(self, baseline: Self, *, confidence: float = 0.95) -> TransitionChanges:
        """Compare the rates with another group of journeys, or another period; each journey counts once in a rate.

        Args:
            baseline: What to compare with.
            confidence: Of the interval of each difference, between 0 and 1.
        """
        self._check_comparable(baseline)
        pairs = {*self.counts, *baseline.counts}
        changes = [TransitionChange(*pair, self.rate(*pair), baseline.rate(*pair)) for pair in pairs]
        return TransitionChanges(changes, confidence=confidence)

    @override
    def rows(self) -> list[dict[str, object]]:
        """Return a row for each pair, the most frequent first; the share is of the journeys with the first of them."""
        return [
            {
                "from": source,
                "to": target,
                "count": count,
                "journeys": self.in_journeys[source, target],
                "share": self.rate(source, target).value,
            }
            for (source, target), count in sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))
        ]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        self._check_like(other)
        return attrs.evolve(
            self,
            counts=added(self.counts, other.counts),
            in_journeys=added(self.in_journeys, other.in_journeys),
            occurring=added(self.occurring, other.occurring),
            missing=self.missing + other.missing,
        )

    @override
    def chart(self) -> _charts.Spec:
        """Return the shares of journeys as a heatmap, in Vega-Lite v5."""
        chart = _charts.heatmap(self.rows(), x="to", y="from", number="share", title="Eventually follows")
        in_per_cent(chart)
        return chart


def eventually_follows(
    journeys: Iterable[Journey], *, as_of: datetime | None = None, by: Label = NAMES
) -> EventuallyFollows:
    """Count which touchpoint comes anywhere after which: in all pairs of touchpoints, and in journeys.

    Args:
        journeys: The journeys, consumed one by one.
        as_of: What came to be known later does not count; without it, the log counts as given.
        by: What the touchpoints are counted by: their name, or another label, such as `"channel"`. Those without the
            label are passed over, and counted apart.

    >>> from cxkit.journey import eventually_follows, journeys
    >>> log = [("anna", what, f"2026-03-01T0{hour}:00Z") for hour, what in enumerate(("visit", "call", "order"))]
    >>> eventually_follows(journeys(log)).count("visit", "order")
    1
    """
    reader = LabelReader(by, as_of)
    counts: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))  # by the later label first
    shared: defaultdict[str, Counter[str]] = defaultdict(Counter)
    occurring = Counter[str]()
    for path in reader.paths(journeys):
        last = {label: place for place, label in enumerate(path)}
        so_far: dict[str, int] = {}
        for place, label in enumerate(path):
            row = counts[label]
            for earlier, number in so_far.items():
                row[earlier] += number
            if last[label] == place:  # whatever came before any of them came before the last
                shared[label].update(so_far.keys())
            so_far[label] = so_far.get(label, 0) + 1
        occurring.update(last.keys())
    return EventuallyFollows(_by_pair(counts), _by_pair(shared), occurring, by=reader.by, missing=reader.missing)


def _by_pair(rows: Mapping[str, Mapping[str, int]]) -> Mapping[Pair, int]:
    return {(earlier, label): number for label, row in rows.items() for earlier, number in row.items()}
