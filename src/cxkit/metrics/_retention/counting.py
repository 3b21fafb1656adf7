"""Retention tables from logs and from subscriptions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TypeAlias

import attrs

from cxkit._checks import an_instant, each
from cxkit.calendar import PeriodUnit
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Journey
from cxkit.metrics._retention.cohort import RetentionCohort
from cxkit.metrics._retention.grid import in_a_row
from cxkit.metrics._retention.log import CustomerMoment
from cxkit.metrics._retention.marks import columns, counted, marked
from cxkit.metrics._retention.settings import RetentionSettings
from cxkit.metrics._retention.table import RetentionTable
from cxkit.metrics._survival.spans import SomeSpan

SubscriptionSpan: TypeAlias = tuple[str | int, datetime, datetime | None]
"""A row of a log of subscriptions: whose it was, from when, and until when; `None` for one that goes on."""
SPAN = "a subscription must be (customer, start, end), and the end None for one that goes on"


def retention_table(
    log: Iterable[Journey] | Iterable[CustomerMoment], settings: RetentionSettings | PeriodUnit, *, as_of: datetime
) -> RetentionTable:
    """Count what share of each cohort came back, after how long.

    A customer starts with the first start event that is known, or, where the mode is recurring, with the first in each period. A
    return is not before the start; where it is the same event, the start is one, of column 0.

    Args:
        log: The customers; or rows of `(customer, moment)`, each of which is a start and a return. They are read once.
        settings: How to count; `"month"` is short for `RetentionSettings("month")`.
        as_of: The moment; nothing that came to be known later counts, and what is not over by then is marked.

    >>> from datetime import datetime, timezone
    >>> from cxkit.journey import journeys
    >>> from cxkit.metrics import RetentionSettings, retention_table
    >>> log = journeys([
    ...     ("anna", "signup", "2026-01-05T09:00Z"),
    ...     ("anna", "order", "2026-01-08T09:00Z"),
    ...     ("ben", "signup", "2026-01-05T09:00Z"),
    ... ])
    >>> settings = RetentionSettings("month", start="signup", returned="order", bracket=[(0, 1), (2, 6)])
    >>> table = retention_table(log, settings, as_of=datetime(2026, 9, 1, tzinfo=timezone.utc))
    >>> table.weighted_mean((0, 1)).value, table.weighted_mean((2, 6)).value
    (0.5, 0.0)
    """
    how, moment = _settings(settings), an_instant(as_of, "as_of")
    return _table(marked(log, how, moment), how, moment)


def subscription_retention(
    spans: Iterable[SubscriptionSpan], settings: RetentionSettings | PeriodUnit, *, as_of: datetime
) -> RetentionTable:
    """Count what share of each cohort of subscribers still had a subscription at the end of each later period.

    So does Stripe, by the month in UTC. Who subscribes again stays in the cohort of the first subscription. RetentionColumn 0 is below
    100 % where somebody left before the first period ended. The period that has not ended shows how it is at the moment.

    Args:
        spans: Rows of `(customer, start, end)`, half-open, `None` for a subscription that goes on; a customer may have several.
        settings: How to count; `"month"` is short for `RetentionSettings("month")`. Cohorts are those of the first time.
        as_of: The moment; nothing later counts, and a subscription that ends later goes on.

    >>> from datetime import datetime, timezone
    >>> from cxkit.metrics import subscription_retention
    >>> at = lambda month, day: datetime(2026, month, day, tzinfo=timezone.utc)
    >>> spans = [("anna", at(1, 15), at(3, 10)), ("anna", at(6, 1), None), ("ben", at(1, 20), None)]
    >>> table = subscription_retention(spans, "month", as_of=at(7, 1))
    >>> [cell.rate.value for cell in table.cells if cell.is_complete and cell.rate.total]
    [1.0, 1.0, 0.5, 0.5, 0.5, 1.0]
    """
    how, moment = _settings(settings), an_instant(as_of, "as_of")
    if how != attrs.evolve(how, rolling=None, mode="first_time", start="order", returned=None):
        msg = (
            f"subscriptions are counted by calendar period and first time, and have no events of their own, got {how!r}"
        )
        raise InvalidValueError(msg, how)
    how = attrs.evolve(how, start="subscribed", returned="subscribed at the end")
    return _table(_subscribed(_spans(spans, moment), how, moment), how, moment)


def _settings(settings: RetentionSettings | PeriodUnit) -> RetentionSettings:
    if isinstance(settings, RetentionSettings):
        return settings
    if not isinstance(settings, str):
        msg = f"settings must be RetentionSettings, or a period such as 'month', got {settings!r}"
        raise InvalidTypeError(msg, settings)
    return RetentionSettings(settings)


def _table(marks: Iterable[tuple[date, str]], settings: RetentionSettings, as_of: datetime) -> RetentionTable:
    cohorts = counted(marks, settings.first)
    return RetentionTable(
        settings, as_of, [RetentionCohort(settings.period_of(day), *counts) for day, counts in cohorts.items()]
    )


def _spans(spans: Iterable[SubscriptionSpan], as_of: datetime) -> Iterable[list[SomeSpan]]:
    """Return the subscriptions of each customer that had begun by a moment, in order."""
    found: defaultdict[str | int, list[SomeSpan]] = defaultdict(list)
    for span in each(spans, "(customer, start, end) rows"):
        if not isinstance(span, tuple | list) or len(span) != 3 or type(span[0]) not in {str, int}:  # noqa: PLR2004
            msg = f"{SPAN}, got {span!r}"
            raise InvalidTypeError(msg, span)
        customer, given, until = span
        start = an_instant(given, "the start of a subscription")
        end = None if until is None else an_instant(until, "the end of a subscription")
        if end is not None and end <= start:
            msg = f"{SPAN}; it must end after it starts, got {span!r}"
            raise InvalidValueError(msg, span)
        if start <= as_of:
            found[customer].append((start, end))
    return found.values()


def _subscribed(
    customers: Iterable[list[SomeSpan]], settings: RetentionSettings, as_of: datetime
) -> Iterator[tuple[date, str]]:
    """Yield the cohort of each customer, and the marks of those who have a subscription at the end of a period."""
    last = settings.period_of(as_of)
    for spans in customers:
        first = settings.period_of(min(start for start, _ in spans))
        ends = [period.end for period in in_a_row(first, last)[:-1]]
        over = [any(start < end and (until is None or end <= until) for start, until in spans) for end in ends]
        now = any(until is None or as_of < until for _, until in spans)
        yield first.first_day, columns("".join(f"{is_on:d}" for is_on in (*over, now)), settings)
