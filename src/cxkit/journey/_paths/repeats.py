"""Rework: what happens again in one journey, at once or after something else."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, Self

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import a_count
from cxkit._forms import INTEGER, TEXT, form_of, mapping, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey._journey import Journey
from cxkit.journey._labels import Label
from cxkit.journey._paths.counted import Counted, a_label_text, a_mapping, kept
from cxkit.journey._paths.nodes import NAMES, LabelReader
from cxkit.tallies import Rate

UNIT = "journeys"


@stored("journey.repeats", journeys=INTEGER, reworked=INTEGER, self_loops=INTEGER, loops=INTEGER)
@attrs.frozen
class Repeats:
    """How often one touchpoint came again.

    Every occurrence is the first one of its journey, a self-loop or a loop.

    Attributes:
        journeys: In how many journeys it occurs.
        reworked: In how many it occurs more than once.
        self_loops: How often it came directly after itself.
        loops: How often it came again after something else.

    >>> from cxkit.journey import Repeats
    >>> calls = Repeats(journeys=8, reworked=2, self_loops=3, loops=1)
    >>> calls.occurrences, calls.repeats, calls.rate.value
    (12, 4, 0.25)
    """

    journeys: int = 0
    reworked: int = 0
    self_loops: int = 0
    loops: int = 0

    def __attrs_post_init__(self) -> None:
        for part in ("journeys", "reworked", "self_loops", "loops"):
            a_count(getattr(self, part), part)
        if self.reworked > min(self.journeys, self.repeats) or (self.repeats and not self.reworked):
            msg = f"{self.repeats} repeats in {self.journeys} journeys cannot be those of {self.reworked} journeys with some"
            raise InvalidValueError(msg, self.reworked)

    @property
    def repeats(self) -> int:
        """How often it came again, at once or later."""
        return self.self_loops + self.loops

    @property
    def occurrences(self) -> int:
        """How often it occurs in all."""
        return self.journeys + self.repeats

    @property
    def rate(self) -> Rate:
        """The share of the journeys with it in which it occurs more than once."""
        return Rate(self.reworked, self.journeys, name="rework", unit=UNIT)

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        return type(self)(
            self.journeys + other.journeys,
            self.reworked + other.reworked,
            self.self_loops + other.self_loops,
            self.loops + other.loops,
        )


def _repeats(repeats: Mapping[str, Repeats]) -> Any:
    for label, found in a_mapping(repeats).items():
        if not isinstance(label, str) or not isinstance(found, Repeats):
            msg = f"rework is kept as Repeats by a label, got {label!r}: {found!r}"
            raise InvalidTypeError(msg, repeats)
    return kept((label, repeats[label]) for label in sorted(repeats) if repeats[label].journeys)


@stored(
    "journey.rework",
    repeats=mapping(form_of(Repeats)),
    journeys=INTEGER,
    reworked=INTEGER,
    by=TEXT,
    missing=INTEGER,
)
@attrs.frozen(repr=False)
class Rework(Counted):
    """What happens more than once in a journey: an event tally, which adds over journeys.

    Attributes:
        repeats: How often each touchpoint came again, by its label.
        journeys: How many journeys there are; those without touchpoints do not count.
        reworked: In how many of them anything occurs more than once.
        by: The label that the touchpoints were counted by.
        missing: How many touchpoints had no such label and were left out.

    >>> from cxkit.journey import journeys, rework
    >>> names = ("call", "call", "letter", "call")
    >>> log = [("anna", what, f"2026-03-01T0{hour}:00Z") for hour, what in enumerate(names)]
    >>> print(rework(journeys([*log, ("ben", "call", "2026-03-02T09:00Z")])))
    name    journeys  reworked  share  occurrences  self-loops  loops
    call           2         1    0.5            4           1      1
    letter         1         0      0            1           0      0
    """

    repeats: Mapping[str, Repeats] = attrs.field(factory=dict, converter=_repeats)
    journeys: int = 0
    reworked: int = 0

    @override
    def __attrs_post_init__(self) -> None:
        Counted.__attrs_post_init__(self)
        a_count(self.journeys, "journeys")
        a_count(self.reworked, "reworked")
        most = max((found.journeys for found in self.repeats.values()), default=0)
        again = [found.reworked for found in self.repeats.values()]
        if self.journeys < most or not max(again, default=0) <= self.reworked <= min(self.journeys, sum(again)):
            msg = f"{self.journeys} journeys, {self.reworked} of them with rework, cannot be those of {dict(self.repeats)!r}"
            raise InvalidValueError(msg, self.reworked)

    def __getitem__(self, label: str) -> Repeats:
        """Return how often a touchpoint came again; of one that never occurred, nothing."""
        a_label_text(label)
        return self.repeats.get(label, Repeats())

    @property
    def rate(self) -> Rate:
        """The share of the journeys in which anything occurs more than once."""
        return Rate(self.reworked, self.journeys, name="rework", unit=UNIT)

    @override
    def rows(self) -> list[dict[str, object]]:
        """Return a row for each label, those first that occur more than once in the most journeys."""
        ranked = sorted(self.repeats.items(), key=lambda item: (-item[1].reworked, -item[1].repeats, item[0]))
        return [
            {
                "name": label,
                "journeys": found.journeys,
                "reworked": found.reworked,
                "share": found.rate.value,
                "occurrences": found.occurrences,
                "self-loops": found.self_loops,
                "loops": found.loops,
            }
            for label, found in ranked
        ]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        self._check_like(other)
        return attrs.evolve(
            self,
            repeats={label: self[label] + other[label] for label in (*self.repeats, *other.repeats)},
            journeys=self.journeys + other.journeys,
            reworked=self.reworked + other.reworked,
            missing=self.missing + other.missing,
        )

    @override
    def chart(self) -> _charts.Spec:
        """Return the journeys with rework as bars, in Vega-Lite v5."""
        return _charts.bars(self.rows(), category="name", number="reworked", title="Journeys with rework")


def rework(journeys: Iterable[Journey], *, as_of: datetime | None = None, by: Label = NAMES) -> Rework:
    """Count what happens more than once in a journey: directly after itself, or again after something else.

    Args:
        journeys: The journeys, consumed one by one; those without touchpoints do not count.
        as_of: What came to be known later does not count; without it, the log counts as given.
        by: What the touchpoints are counted by: their name, or another label, such as `"channel"`. Those without the
            label are passed over, and counted apart.

    >>> from cxkit.journey import journeys, rework
    >>> log = [("anna", what, f"2026-03-01T0{hour}:00Z") for hour, what in enumerate(("call", "call", "mail", "call"))]
    >>> rework(journeys(log))["call"]
    Repeats(journeys=1, reworked=1, self_loops=1, loops=1)
    """
    reader = LabelReader(by, as_of)
    number = again = 0
    occurring, reworked, self_loops, repeats = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for path in reader.paths(journeys):
        number += 1
        counts = Counter(path)
        occurring.update(counts.keys())
        if len(counts) < len(path):
            again += 1
            repeated = {label: count - 1 for label, count in counts.items() if count > 1}
            reworked.update(repeated.keys())
            repeats.update(repeated)
            self_loops.update([label for label, following in pairwise(path) if label == following])
    found = {
        label: Repeats(count, reworked[label], self_loops[label], repeats[label] - self_loops[label])
        for label, count in occurring.items()
    }
    return Rework(found, number, again, by=reader.by, missing=reader.missing)
