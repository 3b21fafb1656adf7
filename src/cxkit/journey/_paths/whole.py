"""Variants: the whole paths that journeys take, and how many take each."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import accumulate, chain, groupby, pairwise
from operator import itemgetter
from typing import Any, Self

import attrs
from typing_extensions import override

from cxkit import _charts, _mermaid
from cxkit._checks import a_count, a_flag
from cxkit._forms import FLAG, INTEGER, TEXT, many, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey._journey import Journey
from cxkit.journey._labels import Label
from cxkit.journey._paths.counted import SHOWN, Counted, a_mapping, added, entries, kept, shortened
from cxkit.journey._paths.nodes import END, NAMES, LabelReader, Path
from cxkit.tallies import Rate

PATH = many(TEXT)


def shown(path: Path) -> str:
    """Return a path as text for people."""
    return " > ".join(path)


def as_path(path: object) -> Path:
    """Check a path: labels in order, as a list or a tuple."""
    if not isinstance(path, tuple | list) or not all(isinstance(label, str) for label in path):
        msg = f"a path must be a tuple of labels, got {path!r}"
        raise InvalidTypeError(msg, path)
    return tuple(path)


def collapsed(path: Iterable[str]) -> Path:
    """Return a path in which what is directly repeated stands once."""
    return tuple([label for label, _ in groupby(path)])


def path_counts(counts: Mapping[Path, int]) -> Any:
    """Check counts of paths, in bulk: there may be as many paths as journeys."""
    if not set(map(type, a_mapping(counts))) <= {tuple} or not set(map(type, chain.from_iterable(counts))) <= {str}:
        msg = f"each path must be a tuple of labels, got {next(iter(counts))!r} and the like"
        raise InvalidTypeError(msg, counts)
    if () in counts:
        msg = "a path must have at least one label, got ()"
        raise InvalidValueError(msg, counts)
    for path, number in counts.items():
        if type(number) is not int or number < 1:
            a_count(number, f"the count of {path!r}", least=1)
    return kept(counts.items())


@attrs.frozen
class Variant:
    """One path, and how many take it.

    Attributes:
        path: The labels, in order.
        rate: How many of all take it.
        cumulative: How many of all take it or a more frequent one.

    >>> from cxkit.journey import Variants
    >>> most, *_ = Variants({("visit",): 1, ("visit", "order"): 3}).top()
    >>> most.path, most.count, most.rate.value
    (('visit', 'order'), 3, 0.75)
    """

    path: Path
    rate: Rate
    cumulative: Rate

    @property
    def count(self) -> int:
        """How many take it."""
        return self.rate.count


def ranked(counts: Mapping[Path, int], number: int | None, unit: str) -> tuple[Variant, ...]:
    """Rank paths, the most frequent first; of equally frequent ones the shorter, then by their labels."""
    if number is not None:
        a_count(number, "number")
    pairs = sorted(counts.items(), key=lambda pair: (-pair[1], len(pair[0]), pair[0]))[:number]
    total = sum(counts.values())
    sums = accumulate(map(itemgetter(1), pairs))
    return tuple(
        Variant(path, Rate(count, total, name="share", unit=unit), Rate(so_far, total, name="coverage", unit=unit))
        for (path, count), so_far in zip(pairs, sums, strict=True)
    )


@stored("journey.variants", counts=entries(PATH, INTEGER), collapse=FLAG, by=TEXT, missing=INTEGER)
@attrs.frozen(repr=False)
class Variants(Counted):
    """How many journeys took which path from their beginning to their end: an event tally, which adds over journeys.

    Attributes:
        counts: How many journeys took each path.
        collapse: Whether what was directly repeated counts once.
        by: The label that paths are made of.
        missing: How many touchpoints had no such label and were left out.

    >>> from cxkit.journey import journeys, variants
    >>> log = [(name, what, f"2026-03-01T0{hour}:00Z") for name in ("anna", "ben") for hour, what in enumerate(("visit", "order"))]
    >>> found = variants(journeys([*log, ("cleo", "visit", "2026-03-02T09:00Z")]))
    >>> print(found)
    path           journeys   share  coverage
    visit > order         2  0.6667    0.6667
    visit                 1  0.3333         1
    >>> found.rate(["visit"])
    Rate(count=1, total=3, name='share', unit='journeys')
    """

    counts: Mapping[Path, int] = attrs.field(factory=dict, converter=path_counts)
    collapse: bool = attrs.field(default=False, kw_only=True)

    @override
    def __attrs_post_init__(self) -> None:
        Counted.__attrs_post_init__(self)
        a_flag(self.collapse, "collapse")

    @property
    def journeys(self) -> int:
        """How many journeys there are; those without touchpoints do not count."""
        return sum(self.counts.values())

    def rate(self, path: Iterable[str]) -> Rate:
        """Return the share of the journeys that took a path."""
        return Rate(self.counts.get(as_path(path), 0), self.journeys, name="share", unit="journeys")

    def top(self, number: int | None = None) -> tuple[Variant, ...]:
        """Return the most frequent variants.

        Args:
            number: How many of them at most; all unless given.
        """
        return ranked(self.counts, number, "journeys")

    def covering(self, share: float) -> tuple[Variant, ...]:
        """Return the fewest variants that this share of the journeys took together.

        Args:
            share: From 0 to 1.
        """
        if type(share) not in (int, float) or not 0 <= share <= 1:
            msg = f"share must be a number from 0 to 1, got {share!r}; write 0.8 for 80 %"
            raise InvalidValueError(msg, share)
        every = self.top()
        enough = (place for place, variant in enumerate(every) if variant.cumulative.value >= share)
        return every[: next(enough, -1) + 1] if share else ()

    @override
    def rows(self, number: int | None = None) -> list[dict[str, object]]:
        """Return a row for each variant, the most frequent first, with its share and that of all rows so far.

        Args:
            number: How many of them at most; all unless given.
        """
        return [
            {
                "path": shown(variant.path),
                "journeys": variant.count,
                "share": variant.rate.value,
                "coverage": variant.cumulative.value,
            }
            for variant in self.top(number)
        ]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        self._check_like(other, "collapse")
        return attrs.evolve(self, counts=added(self.counts, other.counts), missing=self.missing + other.missing)

    @override
    def chart(self, number: int = 20) -> _charts.Spec:
        """Return the most frequent variants as bars, in Vega-Lite v5.

        Args:
            number: How many.
        """
        rows = self.rows(number)
        return _charts.bars(rows, category="path", number="journeys", title="Variants")

    @override
    def __str__(self) -> str:
        return shortened(self.rows(SHOWN), len(self.counts))

    def to_mermaid(self, *, steps: int = 5, least: int = 1) -> str:
        """Return a Sankey diagram in Mermaid text: who goes where, position by position.

        Args:
            steps: How many positions to draw, from the start of the journeys.
            least: How many journeys must take a step to be drawn.
        """
        a_count(steps, "steps", least=1)
        a_count(least, "least", least=1)
        flows = Counter[tuple[Any, Any]]()
        for path, count in self.counts.items():
            places = [*enumerate(path[:steps], 1)]
            for flow in pairwise([*places, END] if len(path) < steps else places):
                flows[flow] += count
        kept = sorted(
            (flow for flow in flows if flows[flow] >= least), key=lambda flow: (flow[0], flow[1] is END, flow)
        )
        nodes = {node: _node(node) for flow in kept for node in flow}
        return _mermaid.sankey(nodes, [(*flow, flows[flow]) for flow in kept])


def _node(node: Any) -> str:
    return str(node) if node is END else f"{node[0]}. {node[1]}"


def variants(
    journeys: Iterable[Journey],
    *,
    as_of: datetime | None = None,
    by: Label = NAMES,
    collapse: bool = False,
) -> Variants:
    """Count the paths that journeys take, from their beginning to their end.

    Args:
        journeys: The journeys, consumed one by one; those without touchpoints do not count.
        as_of: What came to be known later does not count; without it, the log counts as given.
        by: What paths are made of: the names of touchpoints, or another label, such as `"channel"`. Touchpoints without
            the label are passed over, and counted apart.
        collapse: Whether what is directly repeated counts once, as in visit, visit, order.

    >>> from cxkit.journey import journeys, variants
    >>> log = [("anna", what, f"2026-03-01T0{hour}:00Z") for hour, what in enumerate(("visit", "visit", "order"))]
    >>> variants(journeys(log), collapse=True)
    Variants(counts={('visit', 'order'): 1}, collapse=True)
    """
    a_flag(collapse, "collapse")
    reader = LabelReader(by, as_of)
    paths = reader.paths(journeys)
    counts = Counter(map(collapsed, paths) if collapse else paths)
    return Variants(counts, collapse=collapse, by=reader.by, missing=reader.missing)
