"""Retention tables: what share of each cohort came back, after how long."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import pairwise
from typing import Self

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import an_instant, each
from cxkit._forms import MOMENT, form_of, many, stored
from cxkit.calendar import Period
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError
from cxkit.metrics._names import named
from cxkit.metrics._retention import pictures
from cxkit.metrics._retention.cohort import RetentionCell, RetentionCohort, RetentionMean
from cxkit.metrics._retention.grid import in_a_row
from cxkit.metrics._retention.settings import RetentionColumn, RetentionSettings, label
from cxkit.tallies import PopulationRate, refused

UNIT = "customers"
MOST = 40_000  # cohorts: the days of a century
MOST_CELLS = 2_000_000  # the days of five years, by as many


def _in_order(cohorts: Iterable[RetentionCohort]) -> tuple[RetentionCohort, ...]:
    """Sort the cohorts by period; those of nobody are left out."""
    found = list(each(cohorts, "cohorts"))
    for cohort in found:
        if not isinstance(cohort, RetentionCohort):
            msg = f"a retention table is made of RetentionCohort values, got {cohort!r}"
            raise InvalidTypeError(msg, cohort)
    found.sort(key=lambda cohort: cohort.period.first_day)
    for one, other in pairwise(found):
        if one.period.first_day == other.period.first_day:
            msg = f"a period stands in a retention table once, got {one.period} twice"
            raise DuplicateError(msg, other)
    return tuple([cohort for cohort in found if cohort.size])


@stored(
    "metrics.retention_table",
    settings=form_of(RetentionSettings),
    as_of=MOMENT,
    cohorts=many(form_of(RetentionCohort)),
)
@attrs.frozen
class RetentionTable(_charts.Charted):
    """What share of each cohort came back: a population tally, which adds over disjoint customers.

    Make one with `retention_table`, or with `subscription_retention`. A cell of calendar periods counts from the begin of
    its period on, and is complete once that has ended. A cell of rolling periods has those customers only for whom the period has
    ended, and is complete once that is all of them and nobody can join. Means are those of complete cells.

    Attributes:
        settings: How it counts.
        as_of: The moment; nothing that came to be known later counts.
        cohorts: The cohorts that have customers, in order.

    >>> from datetime import date, datetime, timezone
    >>> from cxkit.metrics import retention_table
    >>> at = lambda month, day: datetime(2026, month, day, tzinfo=timezone.utc)
    >>> rows = [("anna", at(1, 5)), ("anna", at(2, 7)), ("ben", at(1, 9)), ("ben", at(3, 2)), ("cleo", at(2, 1))]
    >>> table = retention_table(rows, "month", as_of=at(3, 15))
    >>> print(table)
    cohort         size       0        1        2
    2026-01           2  100.0%    50.0%    50.0%*
    2026-02           1  100.0%     0.0%*
    2026-03           0       -*
    weighted mean     -  100.0%    50.0%        -
    simple mean       -  100.0%    50.0%        -
    >>> february = table.cell(date(2026, 1, 1), 1)
    >>> february.rate.count, february.rate.total, february.is_complete
    (1, 2, True)
    """

    settings: RetentionSettings
    as_of: datetime
    cohorts: tuple[RetentionCohort, ...] = attrs.field(default=(), converter=_in_order)
    _rows: tuple[tuple[RetentionCohort, int], ...] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.settings, RetentionSettings):
            msg = f"settings must be RetentionSettings, got {self.settings!r}"
            raise InvalidTypeError(msg, self.settings)
        object.__setattr__(self, "as_of", an_instant(self.as_of, "as_of"))
        object.__setattr__(self, "_rows", _rows(self.cohorts, self.settings, self.as_of))

    @property
    def cells(self) -> tuple[RetentionCell, ...]:
        """The cells, cohort by cohort, those of cohorts without customers too."""
        return tuple(
            cell
            for cohort, begun in self._rows
            for cell in self._cells(cohort, begun, _places(cohort, self.settings, begun))
        )

    @property
    def columns(self) -> tuple[RetentionColumn, ...]:
        """The columns of which any cohort has a cell, in order."""
        found = {place for cohort, begun in self._rows for place in _places(cohort, self.settings, begun)}
        return tuple([self.settings.column(place) for place in sorted(found)])

    def cell(self, cohort: Period | date, column: RetentionColumn) -> RetentionCell:
        """Return a cell.

        Args:
            cohort: The period in which its customers started, or a day of it.
            column: How many periods later they came back, or a window as the settings have it.

        Raises:
            InvalidValueError: There is no such column, or no such cell, as the time has not come.
        """
        place = self.settings.place(column)
        period = cohort if isinstance(cohort, Period) else self.settings.period_of(cohort)
        for row, begun in self._rows:
            if row.period == period and place in _places(row, self.settings, begun):
                return next(self._cells(row, begun, [place]))
        msg = f"there is no cell of {period} and {column!r} by {self.as_of.isoformat()}"
        raise InvalidValueError(msg, (cohort, column))

    def weighted_mean(self, column: RetentionColumn) -> PopulationRate:
        """Return the share of the customers of all cohorts that are complete in a column; large ones weigh more.

        It is undefined where none is complete yet; a column that the settings do not have raises.
        """
        place = self.settings.place(column)
        rates = self._complete(place)
        count, total = sum(rate.count for rate in rates), sum(rate.total for rate in rates)
        return attrs.evolve(self._rate(place, count, total), name=f"weighted mean {self._name(place)}")

    def simple_mean(self, column: RetentionColumn) -> RetentionMean:
        """Return the mean of the rates of all cohorts that are complete in a column; those of 0 % count, too."""
        place = self.settings.place(column)
        return RetentionMean(self._complete(place), f"simple mean {self._name(place)}")

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each cell; `rate` is `None` where there are no customers."""
        return [
            {
                "cohort": str(cell.cohort),
                "column": cell.label,
                "count": cell.rate.count,
                "total": cell.rate.total,
                "rate": cell.rate.value_or(None),
                **cell.rate.interval()._asdict(),
                "complete": cell.is_complete,
            }
            for cell in self.cells
        ]

    @override
    def chart(self) -> _charts.Spec:
        """Return the table as a triangle of colours; those of cells that are not complete are pale."""
        return pictures.triangle(self.rows(), [label(column) for column in self.columns])

    def curves_chart(self) -> _charts.Spec:
        """Return a line for each cohort, of its complete cells."""
        return pictures.curves(self.rows(), [label(column) for column in self.columns])

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if (self.settings, self.as_of) != (other.settings, other.as_of):
            raise refused(self, other, "they count in two ways, or at two moments; compare them instead")
        found = {cohort.period.first_day: cohort for cohort in self.cohorts}
        for cohort in other.cohorts:
            day = cohort.period.first_day
            found[day] = found[day] + cohort if day in found else cohort
        return attrs.evolve(self, cohorts=found.values())

    @override
    def __str__(self) -> str:
        """Return the triangle in text, in per cent; a `*` marks what is not complete."""
        columns = self.columns
        means = {
            "weighted mean": [self.weighted_mean(column).value_or(None) for column in columns],
            "simple mean": [self.simple_mean(column).value_or(None) for column in columns],
        }
        sizes = {cohort.period: cohort.size for cohort, _ in self._rows}
        return pictures.in_text(sizes, self.cells, [label(column) for column in columns], means)

    def _complete(self, place: int) -> tuple[PopulationRate, ...]:
        """Return the rates of a column that are final, of cohorts that have customers."""
        rows = [row for row in self._rows if row[0].size and self._is_over(*row, place)]
        return tuple(cell.rate for row in rows for cell in self._cells(*row, [place]))

    def _is_over(self, cohort: RetentionCohort, begun: int, place: int) -> bool:
        """Whether the time of a column is over for all of a cohort."""
        if self.settings.rolling is None:
            return self.settings.ends(place)[1] < begun - 1
        return cohort.of(place)[1] == cohort.size and begun > 1

    def _cells(self, cohort: RetentionCohort, begun: int, places: Iterable[int]) -> Iterator[RetentionCell]:
        start = cohort.period.start
        for place in places:
            rate = self._rate(place, *cohort.of(place), start)
            yield RetentionCell(cohort.period, self.settings.column(place), rate, self._is_over(cohort, begun, place))

    def _rate(self, place: int, count: int, total: int, start: datetime | None = None) -> PopulationRate:
        return PopulationRate(count, total, name=self._name(place), unit=UNIT, window=(start, self.as_of))

    def _name(self, place: int) -> str:
        when = "on or after" if self.settings.bracket == "on_or_after" else "on"
        period = self.settings.period if self.settings.rolling is None else "period"
        return named(
            f"retention {when} {period} {label(self.settings.column(place))}",
            self.settings.returned or self.settings.start,
        )


def _rows(
    cohorts: tuple[RetentionCohort, ...], settings: RetentionSettings, as_of: datetime
) -> tuple[tuple[RetentionCohort, int], ...]:
    """Return all cohorts up to a moment, those without customers too, and how many periods have begun from each on."""
    last = settings.period_of(as_of)
    known = {cohort.period: cohort for cohort in cohorts}
    first = settings.first or (cohorts[0].period.first_day if cohorts else None)
    periods = [] if first is None else _up_to(settings.period_of(first), last)
    if strangers := known.keys() - set(periods):
        stranger = min(strangers)
        msg = f"the cohorts must be periods as the settings have them, up to {as_of.isoformat()}, got {stranger!r}"
        raise InvalidValueError(msg, stranger)
    found = tuple(
        (known.get(period, RetentionCohort(period)), len(periods) - place) for place, period in enumerate(periods)
    )
    _check_number(found, settings)
    for cohort, begun in found:
        if cohort.size:
            _check(cohort, settings, begun)
    return found


def _up_to(first: Period, last: Period) -> list[Period]:
    """Return the periods from one to another; none where it is before it."""
    if first.first_day > last.first_day:
        return []
    if (last.first_day - first.first_day) > MOST * (first.next().first_day - first.first_day):
        msg = f"a retention table has at most {MOST} cohorts, got those from {first} to {last}; see first="
        raise InvalidValueError(msg, first)
    return in_a_row(first, last)


def _check_number(rows: tuple[tuple[RetentionCohort, int], ...], settings: RetentionSettings) -> None:
    """Check that there are not more cells than anybody can wait for: one wrong date makes millions of days."""
    is_calendar = settings.rolling is None
    number = sum(settings.places(begun) if is_calendar else len(cohort.totals) for cohort, begun in rows)
    if number > MOST_CELLS:
        first = rows[0][0].period
        msg = f"a retention table has at most {MOST_CELLS} cells, got {number} from {first} on; give first=, columns= or a longer period"
        raise InvalidValueError(msg, first)


def _check(cohort: RetentionCohort, settings: RetentionSettings, begun: int) -> None:
    """Check that the totals of a cohort are those that there can be."""
    places = range(settings.places(max(begun, len(cohort.totals))))
    if settings.rolling is None:
        totals = [cohort.size if settings.ends(place)[0] < begun else 0 for place in places]
        expected = RetentionCohort(cohort.period, cohort.size, [0] * len(totals), totals).totals
    else:
        expected = cohort.totals[: len(places)]
    if cohort.totals != expected:
        msg = f"the totals of the cohort of {cohort.period} must be {list(expected)}, got {list(cohort.totals)}"
        raise InvalidValueError(msg, cohort.totals)


def _places(cohort: RetentionCohort, settings: RetentionSettings, begun: int) -> list[int]:
    """Return the places of the columns of which a cohort has a cell."""
    if settings.rolling is not None:
        return [place for place, total in enumerate(cohort.totals) if total]
    return [place for place in range(settings.places(begun)) if settings.ends(place)[0] < begun]
