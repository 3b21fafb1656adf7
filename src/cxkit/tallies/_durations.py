"""Lengths of time, counted."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from fractions import Fraction
from itertools import accumulate, islice, repeat
from math import inf
from operator import floordiv, mul
from typing import Self

import attrs
from typing_extensions import override

from cxkit import _charts, _measured, _stats
from cxkit._checks import COUNTABLE, a_count, each, frozen
from cxkit._forms import ELAPSED, INTEGER, pair, stored, table
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.tallies._tally import Interval, refused

MICROSECOND = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
NOTHING = timedelta(0)
PLAIN_BINS, MOST_BINS = 500, 10_000  # what a picture has room for
MANY = 1000  # lengths at once, which is faster than one by one
_NO_DATA = ("duration", "lengths of time")


@attrs.frozen
class Bin:
    """One bar of a histogram: the lengths from `start` to under the start of the next.

    Attributes:
        start: The least length that belongs to it.
        count: How many lengths do.
    """

    start: timedelta
    count: int


def _counts(counts: Mapping[int, int]) -> Mapping[int, int]:
    """Keep the counts of lengths; those of none are left out."""
    if not isinstance(counts, Mapping):
        msg = f"counts must be a mapping from lengths to how many there are of each, got {counts!r}"
        raise InvalidTypeError(msg, counts)
    numbers = [*counts, *counts.values()]
    is_sound = {*map(type, numbers)} <= {int} and min(numbers, default=0) >= 0 and max(numbers, default=0) < COUNTABLE
    for units, count in () if is_sound else counts.items():  # one of them is wrong, and says how
        a_count(units, "a length")
        a_count(count, "the count of a length")
    return frozen({units: count for units, count in counts.items() if count} if 0 in counts.values() else counts)


@stored("tallies.durations", resolution=ELAPSED, counts=table(pair(INTEGER), "each length once"), microseconds=INTEGER)
@attrs.frozen
class Durations(_measured.Measured, _charts.Charted):
    """Lengths of time, such as the times to a reply: an event tally that knows its percentiles.

    Lengths are counted in whole units of the resolution, rounded down, so that percentiles are exact to it, and two
    tallies add without a loss; the mean is exact. `Durations()` is the identity of those that count in seconds.

    Attributes:
        resolution: The unit in which they are counted.
        counts: How many there are of each length, by its number of units.
        microseconds: How long all of them are together, exactly.

    >>> from datetime import timedelta
    >>> from cxkit.tallies import Durations
    >>> replies = Durations.from_lengths([timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=11)])
    >>> replies.median, replies.mean, replies.percentile(90)
    (datetime.timedelta(seconds=300), datetime.timedelta(seconds=360), datetime.timedelta(seconds=588))
    >>> (replies + replies).count
    6
    """

    resolution: timedelta = SECOND
    counts: Mapping[int, int] = attrs.field(factory=dict, converter=_counts)
    microseconds: int = 0

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.resolution, timedelta):
            msg = f"resolution must be a timedelta, got {self.resolution!r}"
            raise InvalidTypeError(msg, self.resolution)
        if self.resolution <= NOTHING:
            msg = f"resolution must be longer than nothing, got {self.resolution!r}"
            raise InvalidValueError(msg, self.resolution)
        a_count(self.microseconds, "microseconds")
        if max(self.counts, default=0) > timedelta.max // self.resolution:
            msg = f"a length of time must be one that a timedelta can hold, got {max(self.counts)} times the resolution"
            raise InvalidValueError(msg, max(self.counts))
        spare = self.microseconds - sum(map(mul, self.counts, self.counts.values())) * self._unit
        if spare < 0 or spare > self.count * (self._unit - 1):
            msg = f"the lengths that are counted cannot be {self.microseconds} microseconds together"
            raise InvalidValueError(msg, self.microseconds)

    @classmethod
    def from_lengths(cls, lengths: Iterable[timedelta], *, resolution: timedelta = SECOND) -> Self:
        """Count lengths of time.

        Args:
            lengths: What to count, read one by one; none may be negative.
            resolution: The unit in which to count; percentiles are exact to it.
        """
        empty = cls(resolution)  # checks the resolution before anything is read
        counts: Counter[int] = Counter()
        total = 0
        given = iter(each(lengths, "lengths of time"))
        while some := list(islice(given, MANY)):
            known = some if {*map(type, some)} == {timedelta} else list(map(_a_timedelta, some))
            if min(known) < NOTHING:
                msg = f"a length of time must not be negative, got {min(known)!r}"
                raise InvalidValueError(msg, min(known))
            counts.update(map(floordiv, known, repeat(resolution)))
            total += _microseconds(known)
        return attrs.evolve(empty, counts=counts, microseconds=total)

    @property
    def _unit(self) -> int:
        return self.resolution // MICROSECOND

    @property
    def count(self) -> int:
        """How many lengths there are."""
        return sum(self.counts.values())

    @property
    def is_defined(self) -> bool:
        """Whether there are any."""
        return bool(self.counts)

    @property
    def mean(self) -> timedelta:
        """How long they are on average; raises `UndefinedMetricError` where there are none."""
        self._check_defined()
        return timedelta(microseconds=round(Fraction(self.microseconds, self.count)))

    @property
    def median(self) -> timedelta:
        """The length that half of them do not exceed; raises `UndefinedMetricError` where there are none."""
        return self.percentile(50)

    @property
    def minimum(self) -> timedelta:
        """The shortest, in whole units of the resolution; raises `UndefinedMetricError` where there are none."""
        return self.percentile(0)

    @property
    def maximum(self) -> timedelta:
        """The longest, in whole units of the resolution; raises `UndefinedMetricError` where there are none."""
        return self.percentile(100)

    def percentile(self, percent: float) -> timedelta:
        """Return the length that so many per cent of them do not exceed.

        Between two lengths it is interpolated, as numpy, pandas and spreadsheets do (Hyndman and Fan 1996, type 7).

        Args:
            percent: 0, or from 1 to 100.

        Raises:
            UndefinedMetricError: There are no lengths.
        """
        rank = _a_percentage(percent) / 100 * (self.count - 1)
        self._check_defined()
        low, high = self._at_ranks([int(rank), -int(-rank // 1)])
        units = low + (rank - int(rank)) * (high - low)
        return timedelta(microseconds=round(units * self._unit))

    @property
    def value(self) -> float:
        """The median in seconds; raises `UndefinedMetricError` where there are no lengths."""
        return self.median.total_seconds()

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return where the median of all such lengths may lie, in seconds.

        It runs between two of the lengths themselves, whatever their distribution (Hahn and Meeker 1991, 5.2); with
        too few of them for that (five, at 95 %), it is the whole range, from 0 to infinity.
        """
        rank = _stats.median_rank(self.count, confidence)
        if rank is None:
            return Interval(0.0, inf)
        low, high = self._at_ranks([rank, self.count - 1 - rank])
        return Interval(low * self.resolution.total_seconds(), high * self.resolution.total_seconds())

    def histogram(self, bins: int | None = None) -> tuple[Bin, ...]:
        """Count the lengths in bins of equal width, of whole units, from the shortest to the longest.

        One more bin at the end has room for the longest.

        Args:
            bins: How many, up to 10000; the cube root of the number of lengths, rounded up and 500 at most, unless given.
        """
        number = _cube_root(min(self.count, PLAIN_BINS**3)) if bins is None else a_count(bins, "bins", least=1)
        if number > MOST_BINS:
            msg = f"bins must be at most {MOST_BINS}, got {number}"
            raise InvalidValueError(msg, bins)
        if not self.counts:
            return ()
        least, most = min(self.counts), max(self.counts)
        if least == most:
            return (Bin(least * self.resolution, self.count),)
        width = -((least - most) // number)
        found = Counter[int]()
        for units, count in self.counts.items():
            found[(units - least) // width] += count
        return tuple(Bin((least + place * width) * self.resolution, found[place]) for place in range(number + 1))

    def rows(self) -> list[dict[str, object]]:
        """Return a row of what is asked most, as one does of a table; `None` where there are no lengths."""
        names = ("mean", "median", "minimum", "maximum")
        found = {name: getattr(self, name) if self.counts else None for name in names}
        return [{"count": self.count, **found, "p90": self.percentile(90) if self.counts else None}]

    @override
    def chart(self) -> _charts.Spec:
        """Return the histogram, in seconds, as a Vega-Lite v5 specification."""
        rows = [{"seconds": bar.start.total_seconds(), "count": bar.count} for bar in self.histogram()]
        return _charts.columns(rows, category="seconds", number="count", title="lengths of time")

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if self.resolution != other.resolution:
            raise refused(self, other, "they are counted in two units; count them at one resolution")
        counts = Counter(self.counts)
        counts.update(other.counts)
        return type(self)(self.resolution, counts, self.microseconds + other.microseconds)

    def _check_defined(self) -> None:
        if not self.counts:
            raise UndefinedMetricError.no_data(*_NO_DATA)

    def _at_ranks(self, ranks: Iterable[int]) -> list[int]:
        """Return the lengths at some places in the order of all, counted from 0."""
        lengths = sorted(self.counts)
        ends = list(accumulate(map(self.counts.__getitem__, lengths)))
        return [lengths[bisect_right(ends, rank)] for rank in ranks]


def _a_timedelta(length: timedelta) -> timedelta:
    """Check a length of time; one of a class of its own, as pandas has, is taken as what it is."""
    if not isinstance(length, timedelta):
        msg = f"a length of time must be a timedelta, got {length!r}"
        raise InvalidTypeError(msg, length)
    return timedelta(length.days, length.seconds, length.microseconds)


def _microseconds(lengths: Sequence[timedelta]) -> int:
    """Return how long all are together."""
    try:
        return sum(lengths, NOTHING) // MICROSECOND
    except OverflowError:  # no timedelta is as long as that
        return sum(length // MICROSECOND for length in lengths)


def _a_percentage(percent: float) -> Fraction:
    if type(percent) not in (int, float):
        msg = f"a percentile must be a number from 0 to 100, got {percent!r}"
        raise InvalidTypeError(msg, percent)
    if not 0 <= percent <= 100:  # noqa: PLR2004 - per cent
        msg = f"a percentile must be between 0 and 100, got {percent!r}"
        raise InvalidValueError(msg, percent)
    if 0 < percent < 1:
        msg = f"a percentile is given in per cent, got {percent!r}; write 90 for what nine of ten do not exceed"
        raise InvalidValueError(msg, percent)
    return Fraction(percent)


def _cube_root(number: int) -> int:
    """Return the cube root of a whole number, rounded up."""
    root = int(number ** (1 / 3))
    while root**3 < number:
        root += 1
    return root
