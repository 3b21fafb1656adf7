"""Attribution models that share each conversion among the touches of its own path."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Protocol

import attrs

from cxkit._checks import a_count, a_flag, a_name, each
from cxkit._forms import FLAG, INTEGER, TEXT, many, stored
from cxkit.calendar import LENGTH_FORM, Length, a_length, days, earlier
from cxkit.errors import InvalidValueError
from cxkit.journey._attribution.conversion_paths import ConversionPath

WHOLE = 2**40  # so many parts at most: totals that hardly differ have small common denominators
WEEK = days(7)


class PathModel(Protocol):
    """What shares a conversion among the touches of its path; a model of your own needs no more than this.

    Credits are kept as fractions of the sums of weights, so let these be small, or few.
    """

    def weights(self, path: ConversionPath) -> Sequence[int]:
        """Return the weight of each touch of a path that converted: whole numbers, not all of them 0."""
        ...


@stored("journey.first")
@attrs.frozen
class First:
    """All credit to the first touch.

    >>> from cxkit.journey import First
    >>> First()
    First()
    """

    def weights(self, path: ConversionPath) -> Sequence[int]:
        """Return the weight of each touch of a path."""
        return _only(0, path)


def _labels(skip: Iterable[str]) -> tuple[str, ...]:
    given = [skip] if isinstance(skip, str) else each(skip, "labels to skip")
    return tuple(sorted({a_name(label, "a label to skip") for label in given}))


@stored("journey.last", skip=many(TEXT))
@attrs.frozen
class Last:
    """All credit to the last touch, or to the last one that is not skipped, as in last non-direct.

    Attributes:
        skip: The labels to pass over. A path of nothing else credits its last touch.

    >>> from cxkit.journey import Last
    >>> Last(skip="direct")
    Last(skip=('direct',))
    """

    skip: tuple[str, ...] = attrs.field(default=(), converter=_labels)

    def weights(self, path: ConversionPath) -> Sequence[int]:
        """Return the weight of each touch of a path."""
        last = len(path.labels) - 1
        return _only(next((place for place in range(last, -1, -1) if path.labels[place] not in self.skip), last), path)


@stored("journey.linear", distinct=FLAG)
@attrs.frozen
class Linear:
    """Equal credit to all touches.

    Attributes:
        distinct: Give equal credit to each label of a path instead, however many touches it has.

    >>> from cxkit.journey import Linear
    >>> Linear(distinct=True)
    Linear(distinct=True)
    """

    distinct: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_flag(self.distinct, "distinct")

    def weights(self, path: ConversionPath) -> Sequence[int]:
        """Return the weight of each touch of a path: of a label that comes again, the first touch carries it."""
        if not self.distinct:
            return [1] * len(path.labels)
        firsts = {label: place for place, label in reversed([*enumerate(path.labels)])}
        return [int(firsts[label] == place) for place, label in enumerate(path.labels)]


@stored("journey.position_based", first=INTEGER, middle=INTEGER, last=INTEGER)
@attrs.frozen
class PositionBased:
    """Fixed parts to the first touch and the last; those between them share the rest.

    A single touch gets all. Two have no middle, and share in the proportion of first and last.

    Attributes:
        first: The part of the first touch.
        middle: The part that the touches between them share.
        last: The part of the last touch.

    >>> from cxkit.journey import PositionBased
    >>> PositionBased(first=30, middle=40, last=30)
    PositionBased(first=30, middle=40, last=30)
    """

    first: int = attrs.field(default=40, kw_only=True)
    middle: int = attrs.field(default=20, kw_only=True)
    last: int = attrs.field(default=40, kw_only=True)

    def __attrs_post_init__(self) -> None:
        for part in ("first", "middle", "last"):
            a_count(getattr(self, part), part)
        if not self.first + self.last:
            msg = "first and last must not both be 0: two touches would have nothing to share"
            raise InvalidValueError(msg, self.first)

    def weights(self, path: ConversionPath) -> Sequence[int]:
        """Return the weight of each touch of a path."""
        between = len(path.labels) - 2
        if between < 0:
            return [1]
        return [self.first * (between or 1), *[self.middle] * between, self.last * (between or 1)]


@stored("journey.time_decay", half_life=LENGTH_FORM)
@attrs.frozen
class TimeDecay:
    """More credit the nearer to the conversion: `0.5 ** (age / half_life)`, in proportion.

    The weights are irrational. They are counted in whole parts of about 2**40, of which a path has all, so that its
    credits sum exactly, and touches of one moment have equal ones.

    Attributes:
        half_life: The age at which a touch counts half; a calendar span is measured back from the conversion.

    >>> from cxkit.calendar import days
    >>> from cxkit.journey import TimeDecay
    >>> TimeDecay(days(14))
    TimeDecay(half_life=days(14))
    """

    half_life: Length = WEEK

    def __attrs_post_init__(self) -> None:
        if not a_length(self.half_life, "half_life"):
            msg = f"half_life must be longer than nothing, got {self.half_life!r}; Last() credits the last touch alone"
            raise InvalidValueError(msg, self.half_life)

    def weights(self, path: ConversionPath) -> Sequence[int]:
        """Return the weight of each touch of a path."""
        ages, half_life = path.ages, self._half_life(path)
        # From the last touch, because all weights of a path long before its conversion would be 0.
        parts = [int(WHOLE * 0.5 ** ((age - ages[-1]) / half_life)) for age in ages]
        total = sum(parts)
        return [part * WHOLE // total for part in parts]

    def _half_life(self, path: ConversionPath) -> timedelta:
        if isinstance(self.half_life, timedelta):
            return self.half_life
        return path.end - earlier(path.end, self.half_life)


def _only(place: int, path: ConversionPath) -> Sequence[int]:
    weights = [0] * len(path.labels)
    weights[place] = 1
    return weights
