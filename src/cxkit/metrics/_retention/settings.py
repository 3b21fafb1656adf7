"""How a retention table counts."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from math import inf
from typing import Literal, TypeAlias

import attrs

from cxkit._checks import UTC, a_count, each, one_of, shown
from cxkit._forms import DAY, INTEGER, TEXT, Form, Json, Reader, choice, many, optional, pair, stored
from cxkit.calendar import LENGTH_FORM, Length, Period, PeriodUnit, Weekday, a_length, later
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError
from cxkit.journey import CONTACT_FORM, Contact, a_contact

Bracket: TypeAlias = Literal["on", "on_or_after"]
"""When a customer must come back: in a period itself, or in it or any later one."""
CohortMode = Literal["first_time", "recurring"]
"""Of which cohorts a customer is: only that of the first start, or that of every period with a start."""
RetentionColumn: TypeAlias = int | tuple[int, int]
"""A column of a retention table: a period after the start, from 0, or the first and the last of a window."""
Windows: TypeAlias = tuple[tuple[int, int], ...]

BRACKETS: tuple[Bracket, ...] = ("on", "on_or_after")
MODES: tuple[CohortMode, ...] = ("first_time", "recurring")
NEW_YEAR = datetime(2000, 1, 1, tzinfo=UTC)  # a day on which periods of any length can begin
SHORTEST = timedelta(hours=1)  # of which there are not too many in a life
LONGEST = 100_000  # periods that a window may reach


def _bracket(bracket: Bracket | Iterable[tuple[int, int]]) -> Bracket | Windows:
    if isinstance(bracket, str):
        return one_of(bracket, BRACKETS, "bracket")
    windows = tuple(_window(window) for window in each(bracket, "a bracket or windows such as [(1, 3), (4, 7)]"))
    if not windows:
        msg = "there must be at least one window such as (1, 3), got none"
        raise InvalidValueError(msg, windows)
    if len(set(windows)) < len(windows):
        msg = f"each window is a column of its own, got {windows!r}"
        raise DuplicateError(msg, windows)
    return windows


def _window(window: tuple[int, int]) -> tuple[int, int]:
    if not isinstance(window, tuple | list) or len(window) != 2:  # noqa: PLR2004 - the first and the last
        msg = f"a window is its first and its last period, such as (1, 3), got {window!r}"
        raise InvalidTypeError(msg, window)
    first, last = window
    a_count(first, "the first period of a window")
    a_count(last, "the last period of a window", least=first)
    if last > LONGEST:
        msg = f"a window must end by period {LONGEST}, got {window!r}"
        raise InvalidValueError(msg, window)
    return first, last


_WINDOWS = many(pair(INTEGER))


def _load_bracket(data: Json, reader: Reader) -> Bracket | Windows:
    loaded: Bracket | Windows = TEXT.load(data, reader) if isinstance(data, str) else _WINDOWS.load(data, reader)  # type: ignore[assignment]
    return loaded


_BRACKET: Form[Bracket | Windows] = Form(
    lambda bracket: bracket if isinstance(bracket, str) else _WINDOWS.dump(bracket), _load_bracket
)


@stored(
    "metrics.retention_settings",
    period=TEXT,
    rolling=optional(LENGTH_FORM),
    tz=TEXT,
    week_start=TEXT,
    bracket=_BRACKET,
    mode=choice(*MODES),
    first=optional(DAY),
    columns=optional(INTEGER),
    start=CONTACT_FORM,
    returned=optional(CONTACT_FORM),
)
@attrs.frozen
class RetentionSettings:
    """How a retention table counts; only tables of equal settings add.

    Attributes:
        period: The calendar period of a cohort, which those belong to who started in it.
        rolling: The length of a column, counted from each customer's own start; the columns are calendar periods where it
            is `None`.
        tz: The IANA name of the zone whose midnights bound calendar periods.
        week_start: The day on which weeks begin.
        bracket: Whether a customer must come back `"on"` a period or `"on_or_after"` it, or the windows of periods in
            one of which they must, ends included.
        mode: Whether a customer is in the cohort of the `"first_time"` only, or of every period with a start.
        first: The first day of the first cohort; the first that anybody is in, where it is `None`.
        columns: The most columns there are; as many as there was time for, where it is `None`.
        start: What makes a customer start: the name of a touchpoint, or a predicate about `Touchpoint.fields`.
        returned: What is a return; the event that is a start, where it is `None`.

    >>> from cxkit.metrics import RetentionSettings
    >>> RetentionSettings("week", week_start="sunday", bracket=[(1, 4), (5, 8)]).windows
    ((1, 4), (5, 8))
    """

    period: PeriodUnit
    rolling: Length | None = attrs.field(default=None, kw_only=True)
    tz: str = attrs.field(default="UTC", kw_only=True)
    week_start: Weekday = attrs.field(default="monday", kw_only=True)
    bracket: Bracket | Windows = attrs.field(default="on", kw_only=True, converter=_bracket)
    mode: CohortMode = attrs.field(default="first_time", kw_only=True)
    first: date | None = attrs.field(default=None, kw_only=True)
    columns: int | None = attrs.field(default=None, kw_only=True)
    start: Contact = attrs.field(default="order", kw_only=True)
    returned: Contact | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        self.period_of(date(2000, 1, 1))  # checks the unit, the zone and the weekday
        one_of(self.mode, MODES, "mode")
        a_contact(self.start, "start")
        if self.returned is not None and a_contact(self.returned, "returned") == self.start:
            object.__setattr__(self, "returned", None)
        if self.rolling is not None and later(NEW_YEAR, a_length(self.rolling, "rolling")) < NEW_YEAR + SHORTEST:
            msg = f"rolling must be at least an hour, got {self.rolling!r}"
            raise InvalidValueError(msg, self.rolling)
        if self.first is not None:
            object.__setattr__(self, "first", self.period_of(self.first).first_day)
        if self.columns is not None:
            a_count(self.columns, "columns", least=1)
            if self.windows is not None:
                msg = "columns= is for brackets of single periods; windows are as many columns as there are"
                raise InvalidValueError(msg, self.columns)

    @property
    def windows(self) -> Windows | None:
        """The windows of periods, where they are the columns."""
        return None if isinstance(self.bracket, str) else self.bracket

    def period_of(self, day: date) -> Period:
        """Return the cohort's period that holds a day of the zone's calendar, or a moment."""
        return Period.of(day, self.period, tz=self.tz, week_start=self.week_start)

    def column(self, place: int) -> RetentionColumn:
        """Return a column by its place."""
        return place if self.windows is None else self.windows[place]

    def place(self, column: RetentionColumn) -> int:
        """Return the place of a column that the settings have, whether or not its time has come."""
        parts = column if isinstance(column, tuple) else (column,)
        if not all(type(part) is int for part in parts):
            msg = (
                f"a column must be a period, or a window of two; the columns are {self._there_are}, got {shown(column)}"
            )
            raise InvalidTypeError(msg, column)
        if self.windows is not None and column in self.windows:
            return self.windows.index(column)
        if self.windows is None and isinstance(column, int) and 0 <= column < (self.columns or inf):
            return column
        msg = f"there is no column {shown(column)}; the columns are {self._there_are}"
        raise InvalidValueError(msg, column)

    def places(self, periods: int) -> int:
        """Return how many columns a cohort can have of which so many periods have begun, its own among them."""
        if self.windows is not None:
            return len(self.windows)
        return periods if self.columns is None else min(periods, self.columns)

    def ends(self, place: int) -> tuple[int, int]:
        """Return the first and the last period of a column by its place."""
        return (place, place) if self.windows is None else self.windows[place]

    @property
    def _there_are(self) -> str:
        if self.windows is not None:
            return f"the windows {shown(list(self.windows))}"
        return "the periods from 0 on" if self.columns is None else f"the periods from 0 to {self.columns - 1}"


def label(column: RetentionColumn) -> str:
    """Return a column in words."""
    return str(column) if isinstance(column, int) else f"{column[0]}-{column[1]}"
