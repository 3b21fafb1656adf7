"""Comparing policies: the same customers by several definitions of churn, and who makes the difference."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import as_tuple
from cxkit._tables import aligned
from cxkit.errors import DuplicateError, InvalidValueError
from cxkit.metrics._churning.counting import customer_churn
from cxkit.metrics._churning.policy import ChurnPolicy, a_policy
from cxkit.metrics._churning.result import CustomerChurn
from cxkit.metrics._churning.spans import Spans, spans_known
from cxkit.metrics._windows import ReportingPeriod

SHOWN = 5  # names in a text

Names = tuple[str, ...]


@attrs.frozen(kw_only=True)
class ChurnDifference:
    """Why one policy gives another rate than another one, of the same customers.

    Attributes:
        policy: The one.
        baseline: The other.
        counted_more: Who has losses that count by the one only, or more of them; in order of name.
        counted_less: Who has losses that count by the other only, or more of them.
        added_more: Who is in the denominator of the one only, besides those at the start.
        added_less: Who is in the denominator of the other only.
    """

    policy: CustomerChurn
    baseline: CustomerChurn
    counted_more: Names
    counted_less: Names
    added_more: Names
    added_less: Names

    @override
    def __str__(self) -> str:
        names = self.policy.policy.name, self.baseline.policy.name
        rates = (f"{name} {_percent(churn)}" for name, churn in zip(names, (self.policy, self.baseline), strict=True))
        parts = (
            (f"lost only by {names[0]}", self.counted_more),
            (f"lost only by {names[1]}", self.counted_less),
            (f"in the denominator only by {names[0]}", self.added_more),
            (f"in the denominator only by {names[1]}", self.added_less),
        )
        return "; ".join([", ".join(rates), *(f"{what}: {_listed(who)}" for what, who in parts if who)])


@attrs.frozen
class ChurnComparison(_charts.Charted):
    """The churn of the same customers by several policies.

    Attributes:
        churn: That by each policy; the others are compared with the first one.
    """

    churn: tuple[CustomerChurn, ...]

    @property
    def differences(self) -> tuple[ChurnDifference, ...]:
        """What makes the difference between each of the others and the first one."""
        return tuple(_difference(other, self.churn[0]) for other in self.churn[1:])

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each policy, with how many customers are counted otherwise than by the first one."""
        return [
            {
                "policy": churn.policy.name,
                "rate": churn.value_or(None),
                "churned": churn.churned,
                "start": churn.at_start,
                "added": len(churn.added),
                "counted more": len(difference.counted_more),
                "counted less": len(difference.counted_less),
            }
            for churn, difference in ((churn, _difference(churn, self.churn[0])) for churn in self.churn)
        ]

    @override
    def chart(self) -> _charts.Spec:
        return _charts.bars(self.rows(), category="policy", number="rate", title="Churn by policy")

    @override
    def __str__(self) -> str:
        return "\n".join([aligned(self.rows()), *map(str, self.differences)])


def compare_churn_policies(
    spans: Spans, period: ReportingPeriod, policies: Iterable[ChurnPolicy], *, as_of: datetime | None = None
) -> ChurnComparison:
    """Count the churn of one period by several policies, and name the customers who make the difference.

    Args:
        spans: When each customer was one, as for `customer_churn`.
        period: The period.
        policies: The policies, each of another name; the first is the one that the others are compared with.
        as_of: The moment, as for `customer_churn`.

    >>> from datetime import datetime, timezone
    >>> from cxkit.calendar import Period
    >>> from cxkit.metrics import ChurnPolicy, compare_churn_policies
    >>> day = lambda month, number: datetime(2026, month, number, tzinfo=timezone.utc)
    >>> spans = {
    ...     "anna": [(day(1, 5), None)],
    ...     "ben": [(day(2, 1), day(3, 14))],
    ...     "cleo": [(day(3, 2), day(3, 20))],
    ... }
    >>> march = Period.month(2026, 3)
    >>> print(compare_churn_policies(spans, march, [ChurnPolicy.chartmogul(), ChurnPolicy.stripe()]))
    policy        rate  churned  start  added  counted more  counted less
    chartmogul     0.5        1      2      0             0             0
    stripe      0.6667        2      2      1             1             0
    stripe 66.7 %, chartmogul 50.0 %; lost only by stripe: cleo; in the denominator only by stripe: cleo
    """
    asked = tuple(map(a_policy, as_tuple(policies)))
    if not asked:
        msg = "expected policies to compare, got none"
        raise InvalidValueError(msg, policies)
    for name, times in Counter(policy.name for policy in asked).items():
        if times > 1:
            msg = f"two of the policies are called {name!r}; give one of them another name="
            raise DuplicateError(msg, name)
    known = spans_known(spans, as_of)
    return ChurnComparison(tuple(customer_churn(known, period, policy=policy) for policy in asked))


def _difference(churn: CustomerChurn, baseline: CustomerChurn) -> ChurnDifference:
    ours, theirs = (
        Counter(event.customer for event in one.events if event.outcome == "counted") for one in (churn, baseline)
    )
    return ChurnDifference(
        policy=churn,
        baseline=baseline,
        counted_more=tuple(sorted(ours - theirs)),
        counted_less=tuple(sorted(theirs - ours)),
        added_more=tuple(sorted({*churn.added} - {*baseline.added})),
        added_less=tuple(sorted({*baseline.added} - {*churn.added})),
    )


def _percent(churn: CustomerChurn) -> str:
    rate = churn.value_or(None)
    return "-" if rate is None else f"{100 * rate:.1f} %"


def _listed(names: Names) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
