"""What every tally answers."""

from datetime import datetime
from typing import NamedTuple, Protocol, Self, TypeVar

from typing_extensions import override

from cxkit._checks import shown
from cxkit.errors import InvalidValueError

DefaultT = TypeVar("DefaultT")
Window = tuple[datetime | None, datetime | None]
"""From when to when, in UTC; `None` for an end that is open."""


class Interval(NamedTuple):
    """A confidence interval; `in` asks whether a number lies inside, ends included.

    Attributes:
        low: Its lower end.
        high: Its upper end.
    """

    low: float
    high: float

    @override
    def __contains__(self, number: object) -> bool:
        try:
            return bool(self.low <= number <= self.high)  # type: ignore[operator]
        except TypeError:
            return False


class Tally(Protocol):
    """What every metric answers: a value, how sure it is, whether there is one, and `+`."""

    @property
    def is_defined(self) -> bool:
        """Whether there are data enough for a value."""
        ...

    @property
    def value(self) -> float:
        """The metric; raises `UndefinedMetricError` where it has none."""
        ...

    def value_or(self, default: DefaultT) -> float | DefaultT:
        """Return the value, or `default` where there is none."""
        ...

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return where the value may lie; the whole range where there are no data."""
        ...

    def __add__(self, other: Self) -> Self: ...


def refused(left: object, right: object, why: str) -> InvalidValueError:
    """Build the error of two tallies that must not be added."""
    return InvalidValueError(f"cannot add {shown(right)} to {shown(left)}: {why}", right)
