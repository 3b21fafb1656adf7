"""Comparing MRR policies: one period by several definitions, and whose revenue they tell differently."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

import attrs
from typing_extensions import override

from cxkit._checks import as_tuple
from cxkit._tables import aligned
from cxkit.errors import DuplicateError, InvalidValueError
from cxkit.metrics._revenue.movements import KINDS, MrrMovement, MrrMovements, mrr_movements
from cxkit.metrics._revenue.policy import MrrPolicy, an_mrr_policy
from cxkit.metrics._revenue.subscriptions import Subscriptions
from cxkit.metrics._windows import ReportingPeriod


@attrs.frozen
class MrrDifference:
    """A customer whose MRR one policy tells otherwise than another one.

    Attributes:
        customer: Who.
        policy: The name of the one.
        movements: What the customer did by it.
        baseline: What the customer did by the other.
    """

    customer: str
    policy: str
    movements: tuple[MrrMovement, ...]
    baseline: tuple[MrrMovement, ...]

    @override
    def __str__(self) -> str:
        return f"{self.policy}, {self.customer}: {_told(self.movements)}; not {_told(self.baseline)}"


@attrs.frozen
class MrrComparison:
    """The MRR movements of one period by several policies.

    Attributes:
        movements: Those by each policy; the others are compared with the first one.
    """

    movements: tuple[MrrMovements, ...]

    @property
    def differences(self) -> tuple[MrrDifference, ...]:
        """Who makes the difference between each of the others and the first one, in order of name."""
        baseline = _by_customer(self.movements[0])
        return tuple(
            MrrDifference(customer, other.policy.name, found.get(customer, ()), baseline.get(customer, ()))
            for other in self.movements[1:]
            for found in [_by_customer(other)]
            for customer in sorted(found.keys() | baseline.keys())
            if _facts(found.get(customer, ())) != _facts(baseline.get(customer, ()))
        )

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each policy."""
        rolls = [(found.policy.name, found.roll_forward()) for found in self.movements]
        return [
            {
                "policy": name,
                **{str(row["line"]): row["amount"] for row in roll.rows()},
                "gross churn": roll.gross_mrr_churn_rate().value_or(None),
                "net churn": roll.net_mrr_churn_rate().value_or(None),
            }
            for name, roll in rolls
        ]

    @override
    def __str__(self) -> str:
        return "\n".join([aligned(self.rows()), *map(str, self.differences)])


def compare_mrr_policies(
    subscriptions: Subscriptions,
    period: ReportingPeriod,
    policies: Iterable[MrrPolicy],
    *,
    as_of: datetime | None = None,
) -> MrrComparison:
    """Classify the MRR movements of one period by several policies, and name the customers who make the difference.

    Args:
        subscriptions: Who pays how much.
        period: The period, as for `mrr_movements`.
        policies: The policies, each of another name; the first is the one that the others are compared with.
        as_of: The moment, as for `mrr_movements`.

    >>> from datetime import datetime, timezone
    >>> from cxkit.calendar import Period
    >>> from cxkit.metrics import MrrPolicy, Subscription, Subscriptions, compare_mrr_policies
    >>> day = lambda month, number: datetime(2026, month, number, tzinfo=timezone.utc)
    >>> monthly = {"per": "month", "currency": "EUR"}
    >>> shop = Subscriptions(
    ...     "EUR",
    ...     [
    ...         Subscription("anna", 50, day(1, 5), **monthly),
    ...         Subscription("ben", 30, day(3, 2), day(3, 14), **monthly),
    ...     ],
    ... )
    >>> policies = [MrrPolicy.profitwell(), MrrPolicy.stripe()]
    >>> [str(difference) for difference in compare_mrr_policies(shop, Period.month(2026, 3), policies).differences]
    ['stripe, ben: new_business 30.00, churn -30.00; not nothing']
    """
    asked = tuple(map(an_mrr_policy, as_tuple(policies)))
    if not asked:
        msg = "expected policies to compare, got none"
        raise InvalidValueError(msg, policies)
    for name, times in Counter(policy.name for policy in asked).items():
        if times > 1:
            msg = f"two of the policies are called {name!r}; give one of them another name="
            raise DuplicateError(msg, name)
    return MrrComparison(tuple(mrr_movements(subscriptions, period, policy=policy, as_of=as_of) for policy in asked))


def _by_customer(found: MrrMovements) -> Mapping[str, tuple[MrrMovement, ...]]:
    by_customer: dict[str, tuple[MrrMovement, ...]] = defaultdict(tuple)
    for movement in found.movements:
        by_customer[movement.customer] += (movement,)
    return by_customer


def _facts(movements: Iterable[MrrMovement]) -> list[tuple[str, object]]:
    """Return what each kind of movement comes to, which is what a roll-forward sees."""
    sums = {kind: [movement.change for movement in movements if movement.kind == kind] for kind in KINDS}
    return [(kind, sum(changes)) for kind, changes in sums.items() if changes]


def _told(movements: Iterable[MrrMovement]) -> str:
    return ", ".join(f"{movement.kind} {movement.amount}" for movement in movements) or "nothing"
