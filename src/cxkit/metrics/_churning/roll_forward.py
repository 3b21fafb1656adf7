"""Customer roll-forwards: from those at the start of each period to those at its end."""

from collections.abc import Sequence
from datetime import datetime

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit.calendar import Period, PeriodUnit, a_period
from cxkit.metrics._churning.counting import counted, parts_of
from cxkit.metrics._churning.policy import ChurnPolicy
from cxkit.metrics._churning.result import CustomerChurn
from cxkit.metrics._churning.spans import Spans


@attrs.frozen
class CustomerRollForward(_charts.Charted):
    """The customers of consecutive periods: those at the start + new + reactivated - churned - set aside are those at the end.

    Those at the end of one period are those at the start of the next.

    Attributes:
        periods: The periods.
        parts: The churn of each.
    """

    periods: tuple[Period, ...]
    parts: tuple[CustomerChurn, ...]

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each period; one that is set aside left in a way that the policy does not count."""
        return [
            {
                "period": str(period),
                "start": part.at_start,
                "new": part.new,
                "reactivated": part.reactivated,
                "churned": part.churned,
                "set aside": part.set_aside,
                "end": part.at_end,
            }
            for period, part in zip(self.periods, self.parts, strict=True)
        ]

    @override
    def chart(self) -> _charts.Spec:
        return _charts.columns(
            self.rows(), category="period", number="end", title="Customers at the end of each period"
        )


def customer_roll_forward(
    spans: Spans, period: Period, *, by: PeriodUnit, policy: ChurnPolicy, as_of: datetime | None = None
) -> CustomerRollForward:
    """Count the customers from the start to the end of each part of a period.

    Args:
        spans: When each customer was one, as for `customer_churn`.
        period: The period.
        by: Its parts, such as `"day"`; it must be made of whole ones.
        policy: What counts as lost, within each part.
        as_of: The moment, as for `customer_churn`; parts that have not begun by then have nobody who comes or leaves.

    >>> from datetime import date, datetime, timezone
    >>> from cxkit.calendar import Period
    >>> from cxkit.metrics import ChurnPolicy, customer_roll_forward
    >>> day = lambda number: datetime(2026, 3, number, tzinfo=timezone.utc)
    >>> spans = {"anna": [(day(1), None)], "ben": [(day(3), day(5))]}
    >>> week = Period.week(date(2026, 3, 2))
    >>> print(customer_roll_forward(spans, week, by="day", policy=ChurnPolicy.classical()))
    period      start  new  reactivated  churned  set aside  end
    2026-03-02      1    0            0        0          0    1
    2026-03-03      1    1            0        0          0    2
    2026-03-04      2    0            0        0          0    2
    2026-03-05      2    0            0        1          0    1
    2026-03-06      1    0            0        0          0    1
    2026-03-07      1    0            0        0          0    1
    2026-03-08      1    0            0        0          0    1
    """
    periods: Sequence[Period] = parts_of(a_period(period), by)
    return CustomerRollForward(tuple(periods), tuple(counted(spans, periods, policy, as_of)))
