"""RFM: how recently, how often and for how much customers buy, in scores and named groups."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from math import ceil
from typing import Any, Literal

import attrs
from typing_extensions import override

from cxkit import _money
from cxkit._checks import a_count, a_name, an_amount, an_instant, as_tuple, each, one_of
from cxkit._forms import DECIMAL, INTEGER, TEXT, form_of, many, pair, stored
from cxkit._tables import aligned
from cxkit.calendar import Period
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Contact, Journey, a_contact, each_journey
from cxkit.segments._log import Log
from cxkit.segments._profile import Profile

Ties = Literal["together", "first"]
"""How equal values are ranked."""
RfmMethod = Literal["independent", "nested"]
"""Whether values are cut each by itself, or within one another."""
Number = int | Decimal


@stored("segments.rfm_values", recency=INTEGER, frequency=INTEGER, monetary=DECIMAL)
@attrs.frozen
class RfmValues:
    """What a customer bought, as marketing counts it.

    These are not the numbers of a buy-till-you-die model, which bear the same names: there, frequency counts repeat
    purchases and recency is the time between the first purchase and the last.

    Attributes:
        recency: Days on the calendar from the last purchase until the date that is asked about: the fewer the better.
        frequency: How many purchases there were in all.
        monetary: What they were worth together.
    """

    recency: int
    frequency: int
    monetary: Decimal

    def __attrs_post_init__(self) -> None:
        a_count(self.recency, "recency")
        a_count(self.frequency, "frequency", least=1)
        object.__setattr__(self, "monetary", an_amount(self.monetary, "monetary"))


def rfm_values(
    customer: Journey | Profile, *, as_of: datetime, purchase: Contact = "order", tz: str = "UTC"
) -> RfmValues | None:
    """Return recency, frequency and monetary value of a customer's purchases; `None` where there are none.

    Args:
        customer: A journey, or a profile with one.
        as_of: The moment that is asked about; recency is counted up to its day.
        purchase: What a purchase is: the name of a touchpoint, or a predicate about `Touchpoint.fields`.
        tz: The IANA name of the zone on whose calendar days are counted.

    >>> from datetime import datetime, timezone
    >>> from cxkit.journey import journeys
    >>> from cxkit.segments import rfm_values
    >>> rows = [
    ...     {"customer": "anna", "name": "order", "at": "2026-03-02T09:00Z", "value": 20},
    ...     {"customer": "anna", "name": "order", "at": "2026-03-09T09:00Z", "value": 30},
    ... ]
    >>> anna, = journeys(rows, details={"value": "value"})
    >>> rfm_values(anna, as_of=datetime(2026, 3, 12, tzinfo=timezone.utc))
    RfmValues(recency=3, frequency=2, monetary=Decimal('50'))
    """
    a_contact(purchase, "a purchase")
    journey = customer.journey if isinstance(customer, Profile) else customer
    if journey is None:
        return None
    [journey] = each_journey([journey])
    instant = an_instant(as_of, "as_of")
    found = Log(journey, instant).of(purchase)
    if not found:
        return None
    today, last = (Period.of(moment, "day", tz=tz).first_day for moment in (instant, found[-1].at))
    total = Decimal(0)
    for touchpoint in found:
        total = _money.EXACT.add(total, touchpoint.value or Decimal(0))
    return RfmValues((today - last).days, len(found), total)


def quantile_scores(values: Sequence[Any], *, bins: int = 5, ties: Ties = "together") -> tuple[int, ...]:
    """Score values from 1 to `bins` by the quantile in which their rank lies; the greatest values score highest.

    A rank r of n scores `ceil((r - 1) * bins / (n - 1))`, and at least 1: the quantiles of the ranks by linear
    interpolation, as in the usual recipes with `pandas.qcut`.

    Args:
        values: The values, of one kind.
        bins: How many scores there are.
        ties: `"together"` gives equal values the lowest of their ranks, and so one score. `"first"` ranks them in the
            order in which they come, as those recipes and `NTILE` of SQL do: equal customers then score differently,
            and otherwise when the rows are shuffled.

    >>> from cxkit.segments import quantile_scores
    >>> quantile_scores([1, 1, 1, 1, 1, 1, 2, 3, 5, 9])
    (1, 1, 1, 1, 1, 1, 4, 4, 5, 5)
    >>> quantile_scores([1, 1, 1, 1, 1, 1, 2, 3, 5, 9], ties="first")
    (1, 1, 2, 2, 3, 3, 4, 4, 5, 5)
    """
    a_count(bins, "bins", least=1)
    one_of(ties, ("together", "first"), "ties")
    given = tuple(each(values, "values"))
    if any(value != value for value in given):  # noqa: PLR0124 - only NaN differs from itself
        msg = "a value that is scored must be a number, got NaN; leave out who has none"
        raise InvalidValueError(msg, values)
    try:
        order = sorted(range(len(given)), key=lambda place: given[place])
    except TypeError as error:
        msg = f"values that are scored must be of one kind with an order, got {given!r}"
        raise InvalidTypeError(msg, values) from error
    values = given
    scores = [0] * len(values)
    rank = 0
    for before, place in enumerate(order):
        if ties == "first" or before == 0 or values[place] != values[order[before - 1]]:
            rank = before
        scores[place] = max(1, ceil(rank * bins / max(1, len(values) - 1)))
    return tuple(scores)


@stored("segments.cuts", points=many(DECIMAL))
@attrs.frozen
class Cuts:
    """Where scores begin: a value scores 1, and one more for each of these points that it reaches.

    Attributes:
        points: The points, in rising order.
    """

    points: tuple[Decimal, ...] = attrs.field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        points = tuple(an_amount(point, "a point") for point in self.points)
        if list(points) != sorted(points):
            msg = f"the points of cuts must rise, got {self.points!r}"
            raise InvalidValueError(msg, self.points)
        object.__setattr__(self, "points", points)

    @classmethod
    def fit(cls, values: Sequence[Number], bins: int) -> "Cuts":
        """Return the cuts that give values the scores of their quantiles, equal ones together."""
        values = [an_amount(value, "a value") for value in values]
        scores = quantile_scores(values, bins=bins)
        least: dict[int, Decimal] = {}
        for value, score in zip(values, scores, strict=True):
            least[score] = min(Decimal(value), least.get(score, Decimal(value)))
        points: list[Decimal | None] = []
        last: Decimal | None = None
        for score in range(bins, 1, -1):  # a score that nobody has begins where the next one does
            last = least.get(score, last)
            points.append(last)
        return cls([point for point in reversed(points) if point is not None])

    def score(self, value: Number) -> int:
        """Return the score of a value."""
        return 1 + bisect_right(self.points, an_amount(value, "a value"))


@attrs.frozen
class RfmScore:
    """The scores of one customer, each from 1 to the number of bins, the highest the best.

    Attributes:
        recency: How recently they bought.
        frequency: How often.
        monetary: For how much.
        group: The name of the group in the grid.
    """

    recency: int
    frequency: int
    monetary: int
    group: str

    @override
    def __str__(self) -> str:
        return f"{self.recency}{self.frequency}{self.monetary} {self.group}"


@stored("segments.rfm_group", name=TEXT, recency=pair(INTEGER), frequency=pair(INTEGER))
@attrs.frozen
class RfmGroup:
    """A part of a grid of scores.

    Attributes:
        name: What it is called.
        recency: The lowest and the highest score of recency in it.
        frequency: The lowest and the highest score of frequency in it.
    """

    name: str
    recency: tuple[int, int]
    frequency: tuple[int, int]

    def __attrs_post_init__(self) -> None:
        a_name(self.name, "the name of a group")
        for name in ("recency", "frequency"):
            scores = getattr(self, name)
            if not isinstance(scores, tuple | list) or len(scores) != 2:  # noqa: PLR2004 - the lowest and the highest
                msg = f"{name} must be the lowest and the highest score, got {scores!r}"
                raise InvalidTypeError(msg, scores)
            object.__setattr__(self, name, tuple(scores))
            low, high = scores
            if a_count(low, "the lowest score", least=1) > a_count(high, "the highest score", least=1):
                msg = f"a group goes from a lower score to a higher one, got {low} to {high} for {self.name!r}"
                raise InvalidValueError(msg, (low, high))

    def holds(self, recency: int, frequency: int) -> bool:
        """Whether two scores lie in it."""
        return self.recency[0] <= recency <= self.recency[1] and self.frequency[0] <= frequency <= self.frequency[1]


# The grid that the field uses most, over scores from 1 to 5: recency to the right, frequency upwards.
RFM_GRID: tuple[RfmGroup, ...] = (
    RfmGroup("champions", (5, 5), (4, 5)),
    RfmGroup("loyal customers", (3, 4), (4, 5)),
    RfmGroup("potential loyalists", (4, 5), (2, 3)),
    RfmGroup("new customers", (5, 5), (1, 1)),
    RfmGroup("promising", (4, 4), (1, 1)),
    RfmGroup("need attention", (3, 3), (3, 3)),
    RfmGroup("about to sleep", (3, 3), (1, 2)),
    RfmGroup("cannot lose them", (1, 2), (5, 5)),
    RfmGroup("at risk", (1, 2), (3, 4)),
    RfmGroup("hibernating", (1, 2), (1, 2)),
)
"""The grid of groups unless another is given: names by the scores of recency and frequency."""


@stored(
    "segments.rfm_model",
    bins=INTEGER,
    recency=form_of(Cuts),
    frequency=many(form_of(Cuts)),
    monetary=many(form_of(Cuts)),
    grid=many(form_of(RfmGroup)),
)
@attrs.frozen
class RfmModel:
    """How customers are scored: cut points that were found once, and score each customer alike from then on.

    Attributes:
        bins: How many scores there are.
        recency: The cuts of recency, of the days taken negative, so that the fewest days score highest.
        frequency: The cuts of frequency: one for all, or one for each score of recency.
        monetary: The cuts of monetary value: one for all, or one for each pair of scores, by recency, then frequency.
        grid: The groups; the first one that holds the scores of recency and frequency names the customer's.
    """

    bins: int
    recency: Cuts
    frequency: tuple[Cuts, ...] = attrs.field(converter=as_tuple)
    monetary: tuple[Cuts, ...] = attrs.field(converter=as_tuple)
    grid: tuple[RfmGroup, ...] = attrs.field(default=RFM_GRID, converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        a_count(self.bins, "bins", least=1)
        for cuts in (self.recency, *self.frequency, *self.monetary):
            if not isinstance(cuts, Cuts) or len(cuts.points) >= self.bins:
                msg = f"{self.bins} scores have cuts of up to {self.bins - 1} points, got {cuts!r}"
                raise InvalidValueError(msg, cuts)
        if (len(self.frequency), len(self.monetary)) not in ((1, 1), (self.bins, self.bins**2)):
            msg = (
                f"{self.bins} scores have one row of cuts each, or {self.bins} and {self.bins**2} of them where they are "
                f"nested, got {len(self.frequency)} and {len(self.monetary)}"
            )
            raise InvalidValueError(msg, (len(self.frequency), len(self.monetary)))
        if not all(isinstance(group, RfmGroup) for group in self.grid):
            msg = f"a grid is made of RfmGroup values, got {self.grid!r}"
            raise InvalidTypeError(msg, self.grid)

    @classmethod
    def fit(
        cls,
        values: Iterable[RfmValues],
        *,
        bins: int = 5,
        method: RfmMethod = "independent",
        grid: Iterable[RfmGroup] = RFM_GRID,
    ) -> "RfmModel":
        """Find the cut points of customers by quantiles, equal values together.

        Args:
            values: What the customers bought; those who bought nothing have none.
            bins: How many scores there are.
            method: `"independent"` cuts each value by itself; `"nested"` cuts frequency within each score of recency, and
                monetary value within each pair of these.
            grid: The groups; the usual ones are meant for 5 scores.

        >>> from decimal import Decimal
        >>> from cxkit.segments import RfmModel, RfmValues
        >>> model = RfmModel.fit([RfmValues(30 * n, 6 - n, Decimal(100 - 10 * n)) for n in range(1, 6)])
        >>> print(model.score(RfmValues(30, 5, Decimal(90))))
        555 champions
        """
        one_of(method, ("independent", "nested"), "method")
        given = [_a_values(item) for item in each(values, "RfmValues")]
        if not given:
            msg = "a model is fitted to customers who bought something, got none"
            raise InvalidValueError(msg, given)
        recency = Cuts.fit([-item.recency for item in given], bins)
        if method == "independent":
            frequency = [Cuts.fit([item.frequency for item in given], bins)]
            monetary = [Cuts.fit([item.monetary for item in given], bins)]
            return cls(bins, recency, frequency, monetary, grid)
        frequency, monetary = [], []
        for of_recency in _by_score(given, bins, lambda item: recency.score(-item.recency)):
            cuts = Cuts.fit([item.frequency for item in of_recency], bins)
            frequency.append(cuts)
            of_both = _by_score(of_recency, bins, partial(_frequency_score, cuts))
            monetary += [Cuts.fit([item.monetary for item in group], bins) for group in of_both]
        return cls(bins, recency, frequency, monetary, grid)

    def score(self, values: RfmValues) -> RfmScore:
        """Score one customer."""
        values = _a_values(values)
        nested = len(self.frequency) > 1
        recency = self.recency.score(-values.recency)
        frequency = self.frequency[recency - 1 if nested else 0].score(values.frequency)
        place = (recency - 1) * self.bins + frequency - 1 if nested else 0
        return RfmScore(recency, frequency, self.monetary[place].score(values.monetary), self.group(recency, frequency))

    def group(self, recency: int, frequency: int) -> str:
        """Return the name of the group that two scores lie in; "other" where the grid has none."""
        return next((group.name for group in self.grid if group.holds(recency, frequency)), "other")

    def rows(self) -> list[dict[str, object]]:
        """Return the cut points: a row for each score, with the least values that reach it.

        Where they are nested, there is a row for each value within each score of the one before.
        """
        if len(self.frequency) != 1:
            return self._nested_rows()
        cuts = {"recency": self.recency, "frequency": self.frequency[0], "monetary": self.monetary[0]}
        return [
            {"score": score, **{name: _point(name, own, score) for name, own in cuts.items()}}
            for score in range(2, self.bins + 1)
        ]

    def _nested_rows(self) -> list[dict[str, object]]:
        scores = range(1, self.bins + 1)
        cuts = [("recency", "all", self.recency)]
        cuts += [("frequency", f"R{r}", self.frequency[r - 1]) for r in scores]
        cuts += [("monetary", f"R{r} F{f}", self.monetary[(r - 1) * self.bins + f - 1]) for r in scores for f in scores]
        return [
            {"value": name, "within": within, "score": score, "from": _point(name, own, score)}
            for name, within, own in cuts
            for score in scores[1:]
            if _point(name, own, score) is not None
        ]

    @override
    def __str__(self) -> str:
        return aligned(self.rows())


def _point(name: str, cuts: Cuts, score: int) -> Decimal | None:
    """Return where a score begins; of recency in days, of which fewer are better."""
    point = cuts.points[score - 2] if score - 2 < len(cuts.points) else None
    return point if point is None or name != "recency" else point.copy_abs()


def _a_values(values: RfmValues) -> RfmValues:
    if not isinstance(values, RfmValues):
        msg = f"expected RfmValues, got {values!r}; rfm_values(...) gives them, and None for who bought nothing"
        raise InvalidTypeError(msg, values)
    return values


def _frequency_score(cuts: Cuts, values: RfmValues) -> int:
    return cuts.score(values.frequency)


def _by_score(values: Iterable[RfmValues], bins: int, score: Callable[[RfmValues], int]) -> list[list[RfmValues]]:
    groups: list[list[RfmValues]] = [[] for _ in range(bins)]
    for item in values:
        groups[score(item) - 1].append(item)
    return groups
