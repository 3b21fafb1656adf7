"""What is asked of a change: how small a one matters, and how many answers it takes to see that."""

from math import ceil, isfinite, sqrt
from statistics import NormalDist
from typing import NamedTuple

import attrs

from cxkit import _stats
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics import Nps
from cxkit.metrics._comparing.groups import POINTS, Comparable
from cxkit.tallies import Interval

EVEN = 0.5  # a chance below it is no plan


@attrs.frozen
class Question:
    """What is asked of changes.

    Attributes:
        smallest: The smallest change that matters.
        confidence: Of the interval and the test.
        power: How likely a change that matters is to be seen.
        tests: How many changes are asked together, where the answers are corrected for that.
    """

    smallest: float
    confidence: float
    power: float
    tests: int = 1

    def __attrs_post_init__(self) -> None:
        _stats.z_value(self.confidence)  # checks it
        for number, what in ((self.smallest, "smallest"), (self.power, "power")):
            if isinstance(number, bool) or not isinstance(number, int | float):
                msg = f"{what} must be a number, got {number!r}"
                raise InvalidTypeError(msg, number)
        if not (self.smallest > 0 and isfinite(self.smallest)):
            msg = f"smallest must be above 0, got {self.smallest!r}; it is the smallest change that matters, up or down"
            raise InvalidValueError(msg, self.smallest)
        if not EVEN <= self.power < 1:
            msg = f"power must be from 0.5 to below 1, got {self.power!r}; write 0.8 for 80 %"
            raise InvalidValueError(msg, self.power)

    @property
    def limit(self) -> float:
        """What a p-value must be below."""
        return 1.0 - self.confidence

    @property
    def strict_confidence(self) -> float:
        """The confidence of each interval that holds of all together."""
        return 1.0 - self.limit / self.tests

    def is_below(self, interval: Interval) -> bool:
        """Whether an interval has no room for a change that matters."""
        return -self.smallest < interval.low and interval.high < self.smallest

    def check_fits(self, tally: Comparable) -> None:
        """Check that a change of that size is possible."""
        if not isinstance(tally, Nps) and self.smallest > 1:
            msg = f"smallest must be a share up to 1, got {self.smallest!r}; write 0.05 for five of a hundred"
            raise InvalidValueError(msg, self.smallest)
        if self.smallest > 2 * POINTS:
            msg = f"smallest must be up to {2 * POINTS} points, got {self.smallest!r}"
            raise InvalidValueError(msg, self.smallest)

    def detectable(self, after: Comparable, before: Comparable) -> float | None:
        """Return the change that will most likely be seen; `None` where one side has no data."""
        if not (after.is_defined and before.is_defined):
            return None
        here, there = _spread(after), _spread(before)
        return self._deviate * sqrt(here.variance / here.answers + there.variance / there.answers)

    def needed(self, after: Comparable, before: Comparable) -> int:
        """Return how many answers each side needs for the smallest change that matters."""
        here, there = _spread(after), _spread(before)
        variance = here.variance + there.variance
        return max(1, ceil((self._deviate / self.smallest) ** 2 * variance - here.added))

    @property
    def _deviate(self) -> float:
        """How many standard errors a change must have, to be seen with this power even if it is the only one."""
        return _stats.z_value(self.strict_confidence) + NormalDist().inv_cdf(self.power)


class Spread(NamedTuple):
    """How much answers vary, with a few added so that those that agree are not taken for sure.

    Attributes:
        variance: That of one answer.
        answers: How many there are.
        added: How many of them were added.
    """

    variance: float
    answers: int
    added: int


def _spread(tally: Comparable) -> Spread:
    if isinstance(tally, Nps):  # Rocks 2016: three quarters of a promoter and of a detractor, one and a half passives
        answers = tally.total + 3
        up, down = (tally.promoters + 0.75) / answers, (tally.detractors + 0.75) / answers
        return Spread(POINTS * POINTS * (up + down - (up - down) ** 2), answers, 3)
    answers = tally.total + 2  # Agresti and Caffo 2000: one of each kind
    share = (tally.count + 1) / answers
    return Spread(share * (1.0 - share), answers, 2)
