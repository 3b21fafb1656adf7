"""Churn rates that are no shares."""

from fractions import Fraction

import attrs

from cxkit import _measured
from cxkit.errors import UndefinedMetricError


@attrs.frozen
class ChurnRatio(_measured.Measured):
    """A churn rate that is no share: losses over customers, or a sum of such ratios over days.

    It may exceed 1, and has no interval: its losses are not drawn from those of whom the ratio is taken.

    Attributes:
        counts: How many were lost; for each day, in a sum over days.
        totals: Of how many, exact: the mean of two counts may be a half.
        name: What it is called, in errors too.

    >>> from fractions import Fraction
    >>> from cxkit.metrics import ChurnRatio
    >>> ChurnRatio(counts=(1, 2), totals=(Fraction(10), Fraction(8)), name="daily churn").value
    0.35
    """

    counts: tuple[int, ...]
    totals: tuple[Fraction, ...]
    name: str = attrs.field(default="churn rate", kw_only=True)

    @property
    def is_defined(self) -> bool:
        """Whether there was anybody to lose, and nobody was lost of none."""
        days = [*zip(self.counts, self.totals, strict=True)]
        return any(total for _, total in days) and not any(count and not total for count, total in days)

    @property
    def exact(self) -> Fraction:
        """The rate as a fraction; raises `UndefinedMetricError` where it has none. A day without anybody adds nothing."""
        if not self.is_defined:
            raise UndefinedMetricError.no_data(self.name, "customers of whom those lost would be a part")
        return sum((count / total for count, total in zip(self.counts, self.totals, strict=True) if total), Fraction())

    @property
    def value(self) -> float:
        """The rate; raises `UndefinedMetricError` where it has none."""
        return float(self.exact)
