"""Renewals counted: how many customers could renew for the first, second, third time, and how many left instead."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from itertools import accumulate, pairwise, zip_longest
from typing import Self

import attrs

from cxkit import _tables
from cxkit._checks import a_count, an_instant, as_tuple, each
from cxkit._forms import INTEGER, many, stored
from cxkit.calendar import Span, elapsed, later
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics._projection.rates import SPAN, a_period_length
from cxkit.metrics._survival.spans import SomeSpan, a_span
from cxkit.metrics._survival.table import SurvivalTable
from cxkit.tallies import PopulationRate, refused

Counts = tuple[int, ...]
MOST = 100_000  # renewals: those of 270 years, daily


@stored("metrics.renewal_counts", at_risk=many(INTEGER), lost=many(INTEGER), per=SPAN)
@attrs.frozen
class RenewalCounts(_tables.Tabled):
    """How many customers came to their first, second, third renewal, and how many of them left there.

    All that a model of renewals needs of the data (Fader and Hardie 2007). A population tally: it adds over disjoint
    customers with contracts of one length, to whichever renewals these have come. `RenewalCounts(per=years(1))` is the
    identity of those per year.

    Attributes:
        at_risk: How many came to each renewal, from the first on.
        lost: How many of them did not renew.
        per: The time from one renewal to the next.

    >>> from cxkit.calendar import years
    >>> from cxkit.metrics import RenewalCounts
    >>> old = RenewalCounts.from_survivors([1000, 631, 468], per=years(1))
    >>> print(old + RenewalCounts.from_survivors([1000, 669], per=years(1)))
    renewal  at_risk  lost   churn  survivor
          1     2000   700    0.35      0.65
          2      631   163  0.2583    0.4821
    """

    at_risk: Counts = attrs.field(default=(), converter=as_tuple)
    lost: Counts = attrs.field(default=(), converter=as_tuple)
    per: Span = attrs.field(kw_only=True, converter=a_period_length)

    def __attrs_post_init__(self) -> None:
        for number in (*self.at_risk, *self.lost):
            a_count(number, "a number of customers")
        if len(self.at_risk) != len(self.lost):
            msg = f"lost must be given for each renewal, got {len(self.lost)} for {len(self.at_risk)}"
            raise InvalidValueError(msg, self.lost)
        for number, lost, upcoming in zip(self.at_risk, self.lost, (*self.at_risk, 0)[1:], strict=True):
            if lost > number:
                msg = f"no more can be lost at a renewal than come to it, got {lost} of {number}"
                raise InvalidValueError(msg, lost)
            if upcoming > number - lost:
                msg = f"no more can come to a renewal than renewed before, got {upcoming} after {number - lost}"
                raise InvalidValueError(msg, upcoming)
        known = sum(map(bool, self.at_risk))  # whoever is at risk later was before
        object.__setattr__(self, "at_risk", self.at_risk[:known])
        object.__setattr__(self, "lost", self.lost[:known])

    @classmethod
    def from_survivors(cls, survivors: Iterable[int], *, per: Span) -> Self:
        """Count a cohort from how many of it there were.

        Args:
            survivors: How many there were at first, after the first renewal, after the second, and so on.
            per: The time from one renewal to the next.
        """
        numbers = [a_count(number, "a number of survivors") for number in each(survivors, "numbers of survivors")]
        for before, after in pairwise(numbers):
            if after > before:
                msg = f"survivors must not grow, got {after} after {before}; a cohort takes nobody in later"
                raise InvalidValueError(msg, after)
        return cls(numbers[:-1], [before - after for before, after in pairwise(numbers)], per=per)

    @classmethod
    def from_cohorts(cls, cohorts: Mapping[Hashable, Iterable[int]], *, per: Span) -> Self:
        """Count several cohorts, each as in `from_survivors`; later ones have come to fewer renewals."""
        if not isinstance(cohorts, Mapping):
            msg = f"cohorts must be a mapping from names to numbers of survivors, got {cohorts!r}"
            raise InvalidTypeError(msg, cohorts)
        return sum((cls.from_survivors(survivors, per=per) for survivors in cohorts.values()), start=cls(per=per))

    @classmethod
    def from_spans(cls, spans: Iterable[SomeSpan], *, per: Span, as_of: datetime) -> Self:
        """Count the renewals of customers from when they began and left.

        A renewal counts once its day has come: who left before or at it, since the last one, is lost there.

        Args:
            spans: For each customer, when they began and when they left; `None` for who is still there.
            per: The time from one renewal to the next, counted from when each customer began; 100,000 renewals at most.
            as_of: The moment; renewals after it do not count.
        """
        length, moment = a_period_length(per), an_instant(as_of, "as_of")
        came, gone = Counter[int](), Counter[int]()
        for given in each(spans, "spans"):
            renewals, is_lost = _renewals(*a_span(given), length, moment)
            came[renewals] += 1
            gone[renewals] += is_lost
        most = max(came, default=0)
        if most > MOST:
            msg = f"per must be so long that there are up to {MOST} renewals, got {per!r} and {most}"
            raise InvalidValueError(msg, per)
        at_risk = [*accumulate(came[place] for place in range(most, 0, -1))][::-1]
        return cls(at_risk, [gone[place] for place in range(1, most + 1)], per=length)

    @classmethod
    def from_survival(cls, table: SurvivalTable, *, per: Span) -> Self:
        """Count from a survival table in which times are renewals.

        Args:
            table: Who was lost at 3 did not renew for the third time; who was last seen at 3 did.
            per: The time from one renewal to the next.

        Raises:
            InvalidValueError: Somebody was lost between two renewals, or came under observation late.
        """
        if not isinstance(table, SurvivalTable):
            msg = f"expected a SurvivalTable, got {table!r}"
            raise InvalidTypeError(msg, table)
        between = [time for time in table.events if time < 1 or time % 1]
        if between or table.entries:
            msg = f"times must be renewals, from 1, of customers seen from the start, got {between or table.entries}"
            raise InvalidValueError(msg, table)
        places = range(1, int(max((0, *table.events, *table.censored))) + 1)
        if places.stop - 1 > MOST:
            msg = f"times must be numbers of renewals, up to {MOST}, got {places.stop - 1}"
            raise InvalidValueError(msg, table)
        at_risk = table.at_risk(places)
        return cls(at_risk, [table.events.get(place, 0) for place in places], per=per)

    @property
    def is_defined(self) -> bool:
        """Whether anybody came to a renewal."""
        return bool(self.at_risk)

    @property
    def survivors(self) -> tuple[float, ...]:
        """The share that is left after each renewal: the product of the shares that renewed (Kaplan and Meier 1958)."""
        share, shares = 1.0, list[float]()
        for number, lost in zip(self.at_risk, self.lost, strict=True):
            share *= (number - lost) / number
            shares.append(share)
        return tuple(shares)

    def first(self, renewals: int) -> Self:
        """Return the counts of the first renewals only."""
        number = a_count(renewals, "renewals")
        return attrs.evolve(self, at_risk=self.at_risk[:number], lost=self.lost[:number])

    def churn_rate(self, renewal: int) -> PopulationRate:
        """Return the share of those who came to a renewal that was lost there, with its interval.

        Args:
            renewal: Which, from 1.
        """
        place = a_count(renewal, "renewal", least=1) - 1
        at_risk, lost = (numbers[place] if place < len(numbers) else 0 for numbers in (self.at_risk, self.lost))
        return PopulationRate(lost, at_risk, name=f"churn rate at renewal {renewal}", unit="customers")

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each renewal, with how many came to it, were lost, and the share that is left after it."""
        return [
            {"renewal": place, "at_risk": number, "lost": lost, "churn": lost / number, "survivor": share}
            for place, (number, lost, share) in enumerate(
                zip(self.at_risk, self.lost, self.survivors, strict=True), start=1
            )
        ]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if self.per != other.per:
            raise refused(self, other, "their contracts run for two lengths of time")
        at_risk, lost = (
            [ours + theirs for ours, theirs in zip_longest(one, another, fillvalue=0)]
            for one, another in ((self.at_risk, other.at_risk), (self.lost, other.lost))
        )
        return attrs.evolve(self, at_risk=at_risk, lost=lost)


def _renewals(start: datetime, end: datetime | None, per: Span, moment: datetime) -> tuple[int, bool]:
    """Return to how many renewals a customer has come, and whether they were lost at the last of them."""
    known = _periods(start, moment, per)
    if end is None:
        return known, False
    stayed = _periods(start, end, per)
    lost_at = stayed if stayed and later(start, _times(per, stayed)) == end else stayed + 1
    return min(known, lost_at), lost_at <= known


def _periods(start: datetime, end: datetime, per: Span) -> int:
    """Return how many whole periods there are from one moment to another."""
    if end < start:
        return 0
    if not per.months:
        step = elapsed(per)
        return (end - start) // step if step else 0  # without one, it is longer than time
    number = ((end.year - start.year) * 12 + end.month - start.month) // per.months
    return number - (later(start, _times(per, number)) > end)


def _times(per: Span, number: int) -> Span:
    """Return a span so many times as long: counted from the start, so that each month clamps anew."""
    return Span(per.months * number, per.days * number, per.hours * number)
