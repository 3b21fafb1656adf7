"""Calendar periods up to a moment, and in which of them others lie."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from cxkit._checks import UTC
from cxkit.calendar import Period

DAY_BUT_AN_INSTANT = timedelta(days=1) - timedelta.resolution


def in_a_row(first: Period, last: Period) -> list[Period]:
    """Return the periods from one to another, which is not before it."""
    periods = [first]
    while periods[-1] != last:
        periods.append(periods[-1].next())
    return periods


class _Bits(dict[int, int | None]):
    """The bit of the period that holds a day of UTC, by its ordinal; `None` for a day on which that changes."""

    def __init__(self, grid: "Grid") -> None:
        super().__init__()
        self._grid = grid

    def __missing__(self, ordinal: int) -> int | None:
        start = datetime.fromordinal(ordinal).replace(tzinfo=UTC)
        bit = self._grid.bit(start)
        self[ordinal] = bit if bit == self._grid.bit(start + DAY_BUT_AN_INSTANT) else None
        return self[ordinal]


class Grid:
    """The calendar periods up to a moment, each of which has a bit: the lowest is that of the period of the moment.

    Attributes:
        bits: The bits of days, by their ordinals in UTC.
    """

    def __init__(self, last: Period, as_of: datetime) -> None:
        self.bits = _Bits(self)
        self._as_of = as_of
        self._periods = [last]
        self._starts = [last.start]

    def day(self, age: int) -> date:
        """Return the first day of a period, by its age: 0 is that of the last one."""
        return self._periods[-1 - age].first_day

    def age(self, moment: datetime) -> int:
        """Return the age of the period of a moment that is not later than the last one."""
        if moment < self._starts[0]:
            self._reach_back(moment)
        return len(self._starts) - bisect_right(self._starts, moment)

    def bit(self, moment: datetime) -> int:
        """Return the bit of the period of a moment; 0 for one that is later than the last."""
        return 0 if moment > self._as_of else 1 << self.age(moment)

    def mask(self, moments: Iterable[datetime]) -> int:
        """Return the bits of the periods of moments."""
        mask = 0
        for moment in moments:
            bit = self.bits[moment.toordinal()]
            mask |= self.bit(moment) if bit is None else bit
        return mask

    def _reach_back(self, moment: datetime) -> None:
        older = [self._periods[0].previous()]
        while moment < older[-1].start:
            older.append(older[-1].previous())
        older.reverse()
        self._periods[:0] = older
        self._starts[:0] = [period.start for period in older]
