"""What is asked of a change: how small a one matters, and how many answers it takes to see that."""

from math import ceil, inf, sqrt
from statistics import NormalDist

import attrs

from cxkit import _stats
from cxkit._checks import shown
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics._comparing.answers import Answers, Comparable
from cxkit.tallies import Interval

FINEST = 1e-9
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
        if not 0 < self.smallest < inf:
            msg = f"smallest must be above 0, got {self.smallest!r}; it is the smallest change that matters, up or down"
            raise InvalidValueError(msg, self.smallest)
        if self.smallest < FINEST:
            msg = f"smallest must be at least {FINEST:g}, got {self.smallest!r}; nobody has answers enough for less"
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
        widest = Answers.of(tally).widest
        if self.smallest > widest == 1:
            msg = f"smallest must be a share up to 1, got {shown(self.smallest)}; write 0.05 for five of a hundred"
            raise InvalidValueError(msg, self.smallest)
        if self.smallest > widest:
            msg = f"smallest must be up to {widest}, got {shown(self.smallest)}"
            raise InvalidValueError(msg, self.smallest)

    def detectable(self, after: Comparable, before: Comparable) -> float | None:
        """Return the change that will most likely be seen; `None` where one side has no data."""
        if not (after.is_defined and before.is_defined):
            return None
        here, there = Answers.of(after).spread, Answers.of(before).spread
        return self._deviate * sqrt(here.variance / here.answers + there.variance / there.answers)

    def needed(self, after: Comparable, before: Comparable) -> int:
        """Return how many answers each side needs for the smallest change that matters."""
        here, there = Answers.of(after).spread, Answers.of(before).spread
        variance = here.variance + there.variance
        return max(1, ceil((self._deviate / self.smallest) ** 2 * variance - here.added))

    @property
    def _deviate(self) -> float:
        """How many standard errors a change must have, to be seen with this power even if it is the only one."""
        return _stats.z_value(self.strict_confidence) + NormalDist().inv_cdf(self.power)
