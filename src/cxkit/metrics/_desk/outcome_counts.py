"""Outcomes counted: what the tallies of tickets share, each of which counts a ticket once."""

from collections.abc import Iterable
from typing import ClassVar, Self

from typing_extensions import override

from cxkit import _charts
from cxkit._checks import a_count
from cxkit.tallies import refused


class OutcomeCounts(_charts.Charted):
    """Tickets by their outcome: an event tally, which adds over different tickets counted by one rule."""

    __slots__ = ()
    _OUTCOMES: ClassVar[tuple[str, ...]]
    _MORE: ClassVar[tuple[str, ...]] = ()  # counts that are parts of an outcome
    _RULE: ClassVar[str] = "rule"
    _TITLE: ClassVar[str]

    def _check_counts(self) -> None:
        """Check that the counts are counts."""
        for what in (*self._OUTCOMES, *self._MORE):
            a_count(getattr(self, what), what)

    def _sum_of(self, outcomes: Iterable[str]) -> int:
        """Return how many have one of some outcomes."""
        return sum(getattr(self, outcome) for outcome in outcomes)

    @property
    def tickets(self) -> int:
        """How many there are."""
        return self._sum_of(self._OUTCOMES)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each outcome, with its share of the tickets."""
        total = self.tickets
        counts = {outcome: getattr(self, outcome) for outcome in self._OUTCOMES}
        return [
            {"outcome": outcome, "tickets": count, "share": count / total if total else None}
            for outcome, count in counts.items()
        ]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        nothing = type(self)()
        if nothing in (self, other):
            return other if self == nothing else self
        rule = getattr(self, self._RULE)
        if rule != getattr(other, self._RULE):
            raise refused(self, other, "they were counted by two rules")
        counts = {what: getattr(self, what) + getattr(other, what) for what in (*self._OUTCOMES, *self._MORE)}
        return type(self)(**{self._RULE: rule}, **counts)

    @override
    def chart(self) -> _charts.Spec:
        return _charts.bars(self.rows(), category="outcome", number="tickets", title=self._TITLE)
