"""What those who did not answer could do to a Net Promoter Score."""

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import a_count
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics._nps.score import Nps
from cxkit.tallies import Interval, Rate


@attrs.frozen
class NonresponseBounds(_charts.Charted):
    """How low and how high a score would be if all who were invited had answered.

    At worst all the silent are detractors, and at best all are promoters: bounds that need no assumption about them
    (Manski 1989). No sampling error is in them: `.worst.interval().low` and `.best.interval().high` have both.

    Attributes:
        answered: The score of those who answered.
        invited: How many were asked, those who answered and those whose answer is missing included.

    >>> from cxkit.metrics import Nps
    >>> bounds = Nps(promoters=60, passives=25, detractors=15).nonresponse_bounds(invited=125)
    >>> print(bounds)
    silent are  promoters  passives  detractors  nps
    detractors         60        25          40   16
    left out           60        25          15   45
    promoters          85        25          15   56
    >>> bounds.response_rate.value, bounds.interval
    (0.8, Interval(low=16.0, high=56.0))
    """

    answered: Nps
    invited: int

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.answered, Nps):
            msg = f"the bounds are those of an Nps, got {self.answered!r}"
            raise InvalidTypeError(msg, self.answered)
        known = self.answered.total + self.answered.missing
        if a_count(self.invited, "invited") < known:
            msg = f"invited must be at least the {known} who are known to have been asked, got {self.invited}"
            raise InvalidValueError(msg, self.invited)

    @property
    def silent(self) -> int:
        """How many did not answer."""
        return self.invited - self.answered.total

    @property
    def response_rate(self) -> Rate:
        """The share of those invited who answered."""
        return Rate(self.answered.total, self.invited, name="response rate", unit="invitations")

    @property
    def worst(self) -> Nps:
        """The score if all the silent were detractors."""
        return attrs.evolve(self.answered, detractors=self.answered.detractors + self.silent, missing=0)

    @property
    def best(self) -> Nps:
        """The score if all the silent were promoters."""
        return attrs.evolve(self.answered, promoters=self.answered.promoters + self.silent, missing=0)

    @property
    def interval(self) -> Interval:
        """From the worst to the best score, in points; from -100 to 100 where nobody was invited."""
        return Interval(self.worst.value_or(-100.0), self.best.value_or(100.0))

    def rows(self) -> list[dict[str, object]]:
        """Return a row for the worst score, for the one of those who answered, and for the best."""
        cases = {"detractors": self.worst, "left out": self.answered, "promoters": self.best}
        return [
            {
                "silent are": case,
                "promoters": score.promoters,
                "passives": score.passives,
                "detractors": score.detractors,
                "nps": score.value_or(None),
            }
            for case, score in cases.items()
        ]

    @override
    def chart(self) -> _charts.Spec:
        """Return the three scores as bars, as a Vega-Lite v5 specification."""
        return _charts.bars(self.rows(), category="silent are", number="nps", title="nps if all had answered")
