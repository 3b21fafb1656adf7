"""Measured values: what has a value where there are data for it."""

from typing import Protocol, TypeVar

DefaultT = TypeVar("DefaultT")


class HasValue(Protocol):
    """What a class must have to be asked for its value."""

    @property
    def is_defined(self) -> bool:
        """Whether there are data enough for a value."""
        ...

    @property
    def value(self) -> float:
        """The value; raises `UndefinedMetricError` where there is none."""
        ...


class Measured:
    """What is asked for its value, or for a default: a metric, and the difference of two."""

    __slots__ = ()

    def value_or(self: HasValue, default: DefaultT) -> float | DefaultT:
        """Return the value, or `default` where there is none."""
        return self.value if self.is_defined else default
