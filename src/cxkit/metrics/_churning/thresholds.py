"""Thresholds of inactivity: what each would mean for a shop's own customers."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, Self

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import an_instant, as_tuple
from cxkit.calendar import earlier
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.journey import Contact, Journey
from cxkit.metrics._churning.inactivity import signs_of_life
from cxkit.metrics._churning.rates import INACTIVITY
from cxkit.metrics._names import named
from cxkit.metrics._survival.curve import SurvivalCurve
from cxkit.metrics._survival.table import SurvivalTable
from cxkit.tallies import PopulationRate

DAY = timedelta(days=1)
PERCENTILES = (50, 75, 80, 90, 95)


@attrs.frozen(kw_only=True)
class InactivityThreshold:
    """What a threshold would mean.

    Attributes:
        threshold: The silence from which on a customer would count as lost.
        percentile: Which percentile of the gaps that ended it is; `None` for one that was given.
        flagged: The share of the customers whom it flags now.
        silences: How many silences have lasted so long: what the shares rest on.
        alarm: The share of all silences that last so long, and so set off an alarm.
        false_alarm: Of those, the share that ends with a return after all, as far as can be seen; `None` where none lasts so long.
        lost: The share of all silences that do not end, as far as can be seen: each is noticed late, by the threshold.
    """

    threshold: timedelta
    percentile: float | None
    flagged: PopulationRate
    silences: int
    alarm: float
    false_alarm: float | None
    lost: float

    def cost(self, false_alarm: timedelta) -> timedelta:
        """Return what the threshold costs for each silence: false alarms, and losses that are noticed late.

        `(alarm - lost) * false_alarm + lost * threshold`, in time.

        Args:
            false_alarm: By how much later a loss might be noticed to make up for one false alarm.
        """
        return (self.alarm - self.lost) * _a_positive(
            false_alarm, "the cost of a false alarm"
        ) + self.lost * self.threshold


@attrs.frozen
class InactivityThresholds(_charts.Charted):
    """Candidates for the threshold of inactivity, by what the gaps of a shop's own customers say of each.

    Attributes:
        candidates: The thresholds, from the shortest to the longest.
        curve: How long silences last (Kaplan and Meier 1958), in days: one that ended with a return is an event, one that goes
            on is censored.
    """

    candidates: tuple[InactivityThreshold, ...]
    curve: SurvivalCurve

    def cheapest(self, *, false_alarm: timedelta) -> InactivityThreshold:
        """Return the candidate that costs least, the shortest of several.

        Args:
            false_alarm: By how much later a loss might be noticed to make up for one false alarm: 30 days if a needless
                discount does as much harm as noticing a loss 30 days later.
        """
        if not self.candidates:
            raise UndefinedMetricError.no_data("the cheapest threshold", "gaps")  # noqa: EM101 - not a message
        return min(self.candidates, key=lambda candidate: candidate.cost(false_alarm))

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each candidate."""
        return [
            {
                "percentile": candidate.percentile,
                "threshold": candidate.threshold,
                "flagged": candidate.flagged.value_or(None),
                "silences": candidate.silences,
                "alarm": candidate.alarm,
                "false alarm": candidate.false_alarm,
            }
            for candidate in self.candidates
        ]

    @override
    def chart(self) -> _charts.Spec:
        return self.curve.chart()


def inactivity_thresholds(
    journeys: Iterable[Journey],
    *,
    as_of: datetime,
    event: Contact = "order",
    percentiles: Iterable[float] = PERCENTILES,
    thresholds: Iterable[timedelta] = (),
) -> InactivityThresholds:
    """Say what several thresholds of inactivity would mean, by the gaps between the events of a shop's own customers.

    The candidates are percentiles of the gaps that ended with a return (the smallest gap that so many per cent do not exceed),
    and the thresholds given. How long silences last is estimated from all gaps, with those that go on as censored, because
    the longest ones are mostly those that have not ended yet. With the share `S(t)` of silences that last longer than `t`,
    `S(t-)` that of those that last at least so long, and `S(end)` where the curve ends:

    - a threshold `t` raises an alarm in `S(t-)` of all silences;
    - `1 - S(end) / S(t-)` of these alarms are false: the customer returns within the longest gap that was observed. Who would
      return later still counts as lost, so it is what can be known, and no more.

    Each gap counts once, so customers who come often weigh more than others; and the gaps of one customer are alike, so there
    is no interval.

    Args:
        journeys: The customers, read one by one; one without such an event does not count.
        as_of: The moment; nothing that came to be known later counts.
        event: What counts as a sign of life.
        percentiles: Which percentiles of the gaps, above 0 and up to 100.
        thresholds: Other candidates, elapsed.

    >>> from datetime import datetime, timedelta, timezone
    >>> from cxkit.journey import journeys
    >>> from cxkit.metrics import inactivity_thresholds
    >>> log = [("anna", "order", f"2026-01-{day:02}T09:00Z") for day in (1, 8, 15, 29)]
    >>> log += [("ben", "order", "2026-01-01T09:00Z"), ("ben", "order", "2026-01-22T09:00Z")]
    >>> found = inactivity_thresholds(journeys(log), as_of=datetime(2026, 3, 30, 9, tzinfo=timezone.utc), percentiles=[50, 75])
    >>> print(found)
    percentile         threshold  flagged  silences   alarm  false alarm
            50   7 days, 0:00:00        1         6       1       0.6667
            75  14 days, 0:00:00        1         4  0.6667          0.5
    >>> found.cheapest(false_alarm=timedelta(days=30)).percentile
    75
    """
    moment = an_instant(as_of, "as_of")
    asked = tuple(map(_a_percentile, as_tuple(percentiles)))
    given = [_a_positive(threshold, "a threshold") for threshold in as_tuple(thresholds)]
    silences = _Silences.of([signs for _, signs in signs_of_life(journeys, event, moment)], moment)
    candidates: list[tuple[timedelta, float | None]] = [(threshold, None) for threshold in given]
    if silences.ended:
        candidates += ((_percentile(silences.ended, percent), percent) for percent in asked)
    candidates.sort(key=lambda pair: (pair[0], pair[1] or 0))
    name = named(INACTIVITY, event)
    found = (_candidate(threshold, percent, silences, name, moment) for threshold, percent in candidates)
    return InactivityThresholds(tuple(found), silences.curve)


class _Silences(NamedTuple):
    """How long the customers of a shop were silent.

    Attributes:
        ended: Until they came back, from the shortest.
        ongoing: Until now, for each customer.
        curve: Both, in days, with the latter as censored.
    """

    ended: Sequence[timedelta]
    ongoing: Sequence[timedelta]
    curve: SurvivalCurve

    @classmethod
    def of(cls, customers: Sequence[Sequence[datetime]], as_of: datetime) -> Self:
        """Read them from the signs of life of each customer."""
        ended = sorted(following - at for signs in customers for at, following in pairwise(signs))
        ongoing = [as_of - signs[-1] for signs in customers]
        observed = [True] * len(ended) + [False] * len(ongoing)
        gaps = [gap / DAY for gap in (*ended, *ongoing)]
        return cls(ended, ongoing, SurvivalCurve(SurvivalTable.from_durations(gaps, observed, unit="days")))


def _candidate(
    threshold: timedelta, percentile: float | None, silences: _Silences, name: str, as_of: datetime
) -> InactivityThreshold:
    shares = (1.0, *silences.curve.survival)
    alarm, lost = shares[bisect_left(silences.curve.times, threshold / DAY)], shares[-1]
    flagged = sum(gap >= threshold for gap in silences.ongoing)
    window = (earlier(as_of, threshold), as_of)
    return InactivityThreshold(
        threshold=threshold,
        percentile=percentile,
        flagged=PopulationRate(flagged, len(silences.ongoing), name=name, unit="customers", window=window),
        silences=flagged + sum(gap >= threshold for gap in silences.ended),
        alarm=alarm,
        false_alarm=1.0 - lost / alarm if alarm else None,
        lost=lost,
    )


def _percentile(ended: Sequence[timedelta], percent: float) -> timedelta:
    """Return the smallest gap that so many per cent of the gaps do not exceed."""
    rank = -(-Fraction(percent) * len(ended) // 100)
    return ended[int(rank) - 1]


def _a_percentile(percent: float) -> float:
    if isinstance(percent, bool) or not isinstance(percent, int | float):
        msg = f"a percentile must be a number above 0 and up to 100, got {percent!r}"
        raise InvalidTypeError(msg, percent)
    if not 0 < percent <= 100:  # noqa: PLR2004 - per cent
        msg = f"a percentile must be above 0 and at most 100, got {percent!r}; write 90 for what nine of ten do not exceed"
        raise InvalidValueError(msg, percent)
    return percent


def _a_positive(length: timedelta, what: str) -> timedelta:
    if not isinstance(length, timedelta):
        msg = f"{what} must be a timedelta, got {length!r}"
        raise InvalidTypeError(msg, length)
    if length <= timedelta(0):
        msg = f"{what} must be longer than nothing, got {length!r}"
        raise InvalidValueError(msg, length)
    return length
