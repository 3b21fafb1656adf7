"""How much speed matters: who came back, by how long they had waited."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Self, TypeAlias

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import a_count, an_instant, as_tuple, shown
from cxkit._forms import ELAPSED, INTEGER, MOMENT, many, stored
from cxkit.calendar import LENGTH_FORM, Length, a_length, elapsed, end_of
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import CONTACT_FORM, Contact, Journey, a_contact, each_journey, is_contact
from cxkit.metrics._retention.trends import Lift, TrendTest, trend_of
from cxkit.predicates import is_missing
from cxkit.tallies import PopulationRate, RateDifference, refused

Waits: TypeAlias = Mapping[str, Length | None] | Callable[[Journey], Length | None]
"""How long customers waited: by customer, or what tells it of a journey; `None` where nobody answered."""
NOTHING = timedelta(0)
NAME = "return rate"
PENDING, UNKNOWN = "pending", "unknown"
ALIKE = ("bands", "start", "returned", "within", "as_of")


@stored(
    "metrics.rates_by_band",
    bands=many(ELAPSED),
    start=CONTACT_FORM,
    returned=CONTACT_FORM,
    within=LENGTH_FORM,
    as_of=MOMENT,
    counts=many(INTEGER),
    totals=many(INTEGER),
    pending=INTEGER,
    unknown=INTEGER,
)
@attrs.frozen(kw_only=True)
class RatesByBand(_charts.Charted):
    """Who came back, by how long they had waited: a population tally, which adds over disjoint customers.

    It shows whether speed and return go together, and not that one makes the other: customers who are answered at once may differ
    from others in what they asked, when they asked it and what they are worth.

    Attributes:
        bands: Where one band ends and the next begins.
        start: What customers waited after; the first time counts.
        returned: What it is to come back.
        within: How soon after the start that must be.
        as_of: The moment; nothing that came to be known later counts.
        counts: How many came back, by band; the last are those whom nobody answered.
        totals: Out of how many.
        pending: Of how many it is not known yet, as their time is not over; they are in no band.
        unknown: How many there are of whom no wait is given; they are in no band.
    """

    bands: tuple[timedelta, ...] = attrs.field(converter=as_tuple)
    start: Contact
    returned: Contact
    within: Length
    as_of: datetime
    counts: tuple[int, ...] = attrs.field(converter=as_tuple)
    totals: tuple[int, ...] = attrs.field(converter=as_tuple)
    pending: int = 0
    unknown: int = 0

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "bands", _bounds(self.bands))
        object.__setattr__(self, "as_of", an_instant(self.as_of, "as_of"))
        a_contact(self.start, "start")
        a_contact(self.returned, "returned")
        if not a_length(self.within, "within"):
            msg = f"within must be longer than nothing, such as days(30), got {self.within!r}"
            raise InvalidValueError(msg, self.within)
        a_count(self.pending, "pending")
        a_count(self.unknown, "unknown")
        number = len(self.bands) + 2
        if {len(self.counts), len(self.totals)} != {number}:
            msg = f"{len(self.bands)} bounds make {number} counts and totals, with those who were never answered, got {len(self.counts)} and {len(self.totals)}"
            raise InvalidValueError(msg, self.counts)
        for place in range(number):
            self._rate(place)  # checks the counts

    @property
    def rates(self) -> tuple[PopulationRate, ...]:
        """The share that came back, of each band of those who were answered, the fastest first."""
        return tuple(self._rate(place) for place in range(len(self.bands) + 1))

    @property
    def never(self) -> PopulationRate:
        """The share that came back of those whom nobody answered."""
        return self._rate(len(self.bands) + 1)

    @property
    def labels(self) -> tuple[str, ...]:
        """The bands in words, that of those who were never answered the last."""
        middle = [f"{low} to under {high}" for low, high in pairwise(self.bands)]
        return (f"under {self.bands[0]}", *middle, f"{self.bands[-1]} or more", "never")

    def difference(self) -> RateDifference:
        """Return by how much the rate of the fastest band exceeds that of the slowest."""
        return self.rates[0].difference(self.rates[-1])

    def lift(self) -> Lift:
        """Return by how much it does so in proportion: 0.42 where fast service goes with 42 % more who come back."""
        return Lift(self.rates[0], self.rates[-1])

    def trend(self) -> TrendTest:
        """Test whether the rate rises or falls from band to band, of those who were answered (Cochran and Armitage).

        Raises:
            UndefinedMetricError: Customers are in one band only, or all of them came back, or none.
        """
        return trend_of(self.rates)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each band; `rate` is `None` where it has no customers."""
        return [
            {
                "wait": label,
                "count": rate.count,
                "total": rate.total,
                "rate": rate.value_or(None),
                "low": rate.interval().low,
                "high": rate.interval().high,
            }
            for label, rate in zip(self.labels, (*self.rates, self.never), strict=True)
        ]

    @override
    def chart(self) -> _charts.Spec:
        """Return the rates and their intervals as a Vega-Lite v5 specification."""
        place = {"field": "wait", "type": "ordinal", "sort": None}
        rate: dict[str, Any] = {"type": "quantitative", "title": NAME, "axis": {"format": "%"}}
        return {
            "$schema": _charts.SCHEMA,
            "title": "Who came back, by how long they had waited",
            "data": {"values": [row for row in self.rows() if row["total"]]},
            "encoding": {"x": place},
            "layer": [
                {"mark": "rule", "encoding": {"y": {"field": "low", **rate}, "y2": {"field": "high"}}},
                {
                    "mark": {"type": "point", "filled": True, "tooltip": True},
                    "encoding": {"y": {"field": "rate", **rate}},
                },
            ],
        }

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if any(getattr(self, part) != getattr(other, part) for part in ALIKE):
            raise refused(self, other, "they ask two things, or at two moments; compare them instead")
        return attrs.evolve(
            self,
            counts=[sum(both) for both in zip(self.counts, other.counts, strict=True)],
            totals=[sum(both) for both in zip(self.totals, other.totals, strict=True)],
            pending=self.pending + other.pending,
            unknown=self.unknown + other.unknown,
        )

    def _rate(self, place: int) -> PopulationRate:
        window = (None, self.as_of)
        name = f"{NAME} after a wait of {self.labels[place]}"
        return PopulationRate(self.counts[place], self.totals[place], name=name, unit="customers", window=window)


def rates_by_band(
    journeys: Iterable[Journey],
    waits: Waits,
    *,
    bands: Sequence[Length],
    within: Length,
    as_of: datetime,
    start: Contact = "ticket",
    returned: Contact = "order",
) -> RatesByBand:
    """Count who came back, by how long they had waited: what speed goes with in a shop's own data.

    Each customer counts once, with the first start. Of those whose time to come back is over, it is asked whether there was a
    return after the start and within it. An answer after the moment is none.

    Args:
        journeys: The customers, read one by one.
        waits: How long each customer waited after the first start: by customer, or what tells it of a journey as it was known at
            the moment. `None` is a customer whom nobody answered; one whom the mapping lacks is counted apart. Elapsed, as bands are.
        bands: Where one band ends and the next begins: `[timedelta(minutes=5), hours(1)]`, elapsed and rising.
        within: How soon after the start a return must come; half-open, and longer than nothing.
        as_of: The moment; nothing that came to be known later counts.
        start: What customers waited after.
        returned: What it is to come back.

    >>> from datetime import datetime, timedelta, timezone
    >>> from cxkit.calendar import days, hours
    >>> from cxkit.journey import journeys
    >>> from cxkit.metrics import rates_by_band
    >>> log = journeys([
    ...     ("anna", "ticket", "2026-01-05T09:00Z"),
    ...     ("anna", "order", "2026-01-20T09:00Z"),
    ...     ("ben", "ticket", "2026-01-06T09:00Z"),
    ...     ("cleo", "ticket", "2026-01-07T09:00Z"),
    ... ])
    >>> waits = {"anna": timedelta(minutes=4), "ben": timedelta(hours=7), "cleo": None}
    >>> print(rates_by_band(log, waits, bands=[hours(1)], within=days(60), as_of=datetime(2026, 6, 1, tzinfo=timezone.utc)))
    wait             count  total  rate     low    high
    under 1:00:00        1      1     1  0.2065       1
    1:00:00 or more      0      1     0       0  0.7935
    never                0      1     0       0  0.7935
    """
    if not (isinstance(waits, Mapping) or callable(waits)):
        msg = (
            f"waits must be a mapping from customers to lengths of time, or a function of a journey, got {shown(waits)}"
        )
        raise InvalidTypeError(msg, waits)
    bounds = _bounds(bands)
    number = len(bounds) + 2
    moment = an_instant(as_of, "as_of")
    empty = RatesByBand(
        bands=bounds,
        start=start,
        returned=returned,
        within=within,
        as_of=moment,
        counts=[0] * number,
        totals=[0] * number,
    )
    found = Counter(_place(journey.as_of(moment), waits, empty) for journey in each_journey(journeys))
    places = range(number)
    return attrs.evolve(
        empty,
        counts=[found[place, True] for place in places],
        totals=[found[place, True] + found[place, False] for place in places],
        pending=found[PENDING],
        unknown=found[UNKNOWN],
    )


def _place(journey: Journey, waits: Waits, asked: RatesByBand) -> tuple[int, bool] | str | None:
    """Return the band of a customer and whether they came back, or why they are in none; `None` for who never started."""
    started = next((touchpoint.at for touchpoint in journey if is_contact(asked.start, touchpoint)), None)
    if started is None:
        return None
    end = end_of(started, asked.within)
    if end is None or end > asked.as_of:
        return PENDING
    if isinstance(waits, Mapping) and journey.customer not in waits:
        return UNKNOWN
    wait = waits[journey.customer] if isinstance(waits, Mapping) else waits(journey)
    is_back = any(started < touchpoint.at < end and is_contact(asked.returned, touchpoint) for touchpoint in journey)
    length = None if wait is None or is_missing(wait) else _exact(wait, "a wait")
    if length is None or length > asked.as_of - started:
        return len(asked.bands) + 1, is_back
    return bisect_right(asked.bands, length), is_back


def _bounds(bands: Iterable[Length]) -> tuple[timedelta, ...]:
    """Return the bounds of bands as elapsed time."""
    bounds = tuple(_exact(bound, "the bound of a band") for bound in as_tuple(bands))
    if not bounds or any(low >= high for low, high in pairwise((NOTHING, *bounds))):
        msg = f"bands must be bounds that rise from above nothing, such as [hours(1), hours(4)], got {bands!r}"
        raise InvalidValueError(msg, bands)
    return bounds


def _exact(length: Length, what: str) -> timedelta:
    exact = elapsed(a_length(length, what))
    if exact is None:
        msg = f"{what} must be elapsed time, such as a timedelta or hours(4), got {length!r}"
        raise InvalidValueError(msg, length)
    return exact
