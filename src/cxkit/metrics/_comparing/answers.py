"""What is compared, as answers: how many add how much to a value."""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from cxkit.metrics import Nps
from cxkit.metrics._nps.scale import POINTS
from cxkit.metrics._nps.score import PSEUDO_ANSWERS
from cxkit.metrics._surveys.boxes import BoxScore
from cxkit.metrics._surveys.measures import MeanScore, NetBox, answers_of
from cxkit.tallies import PopulationRate, Rate

Comparable: TypeAlias = Nps | BoxScore | Rate | PopulationRate
"""What groups and periods are compared by."""
ONE_OF_EACH: Mapping[int, float] = {1: 1.0, 0: 1.0}  # Agresti and Caffo 2000
THREE_MORE: Mapping[int, float] = dict(zip((1, 0, -1), PSEUDO_ANSWERS, strict=True))  # Rocks 2016


class Spread(NamedTuple):
    """How much answers vary, with a few added so that those that agree are not taken for sure.

    Attributes:
        variance: That of one answer.
        answers: How many there are.
        added: How many of them were added.
    """

    variance: float
    answers: float
    added: float


class Answers(NamedTuple):
    """The answers that a tally counts.

    Attributes:
        counts: How many there are by what each adds to the value.
        more: How many are added where their spread is asked for.
        unit: What the value is multiplied by.
    """

    counts: Mapping[int, int]
    more: Mapping[int, float]
    unit: int = 1

    @classmethod
    def of(cls, tally: Comparable) -> "Answers":
        """Read a tally; of a scale, the statistic that it names."""
        if isinstance(tally, Nps):
            return cls({1: tally.promoters, 0: tally.passives, -1: tally.detractors}, THREE_MORE, POINTS)
        measure = tally.measure if isinstance(tally, BoxScore) else tally
        if isinstance(measure, NetBox):
            return cls(answers_of(measure), THREE_MORE, POINTS)
        more = {measure.spec.low: 1.0, measure.spec.high: 1.0} if isinstance(measure, MeanScore) else ONE_OF_EACH
        return cls(answers_of(measure), more)

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.counts.values())

    @property
    def value(self) -> Fraction:
        """The value of a tally that has one, exact."""
        return Fraction(self.unit * sum(value * count for value, count in self.counts.items()), self.total)

    @property
    def widest(self) -> int:
        """The greatest change that is possible."""
        return self.unit * (max(self.more) - min(self.more))

    @property
    def spread(self) -> Spread:
        """How much they vary."""
        added = sum(self.more.values())
        answers = self.total + added
        counts = {value: self.counts.get(value, 0) + self.more.get(value, 0) for value in {*self.counts, *self.more}}
        mean = sum(value * count for value, count in counts.items()) / answers
        squares = sum(count * (value - mean) ** 2 for value, count in counts.items())
        return Spread(self.unit * self.unit * squares / answers, answers, added)
