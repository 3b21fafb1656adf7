"""MRR movements: why recurring revenue changed, customer by customer."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal, Self, TypeAlias

import attrs

from cxkit import _tables
from cxkit._checks import a_name, an_instant, each, one_of, shown
from cxkit._money import from_minor, minor_unit
from cxkit.calendar import Length, end_of
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics._revenue.amounts import ZERO, exact, signed, to_money, to_units, total_of
from cxkit.metrics._revenue.policy import MrrPolicy, an_mrr_policy
from cxkit.metrics._revenue.roll_forward import MrrRollForward
from cxkit.metrics._revenue.subscriptions import MrrCourse, Subscriptions, subscriptions_known
from cxkit.metrics._windows import ReportingPeriod, window_of

MrrMovementKind = Literal["new_business", "reactivation", "expansion", "contraction", "churn", "fx"]
"""Why a customer's MRR changed; `"fx"` is what a changed exchange rate did, in pairs of amounts only."""
KINDS: tuple[MrrMovementKind, ...] = ("new_business", "reactivation", "expansion", "contraction", "churn", "fx")
Pairs: TypeAlias = Mapping[str, tuple[Decimal | int, Decimal | int]]
"""Each customer's MRR at the start and at the end."""


@attrs.frozen
class MrrMovement:
    """One change of a customer's MRR.

    Attributes:
        customer: Whose.
        kind: Why: `"new_business"` from nothing for the first time, `"reactivation"` from nothing after a churn,
            `"expansion"` and `"contraction"` of what there is, `"churn"` to nothing, and `"fx"`.
        before: The MRR before, exact.
        after: The MRR after, exact.
        currency: The currency.
        at: When; `None` for the net change over a period.

    >>> from fractions import Fraction
    >>> from cxkit.metrics import MrrMovement
    >>> first = MrrMovement("anna", "new_business", before=Fraction(0), after=Fraction(500, 3), currency="EUR")
    >>> first.amount, first.change
    (Decimal('166.67'), Fraction(500, 3))
    """

    customer: str
    kind: MrrMovementKind
    before: Fraction = attrs.field(kw_only=True)
    after: Fraction = attrs.field(kw_only=True)
    currency: str = attrs.field(kw_only=True)
    at: datetime | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_name(self.customer, "customer")
        one_of(self.kind, KINDS, "kind")
        minor_unit(self.currency)
        for what in ("before", "after"):
            object.__setattr__(self, what, exact(getattr(self, what), f"the MRR {what}"))
        if self.at is not None:
            object.__setattr__(self, "at", an_instant(self.at, "at"))

    @property
    def change(self) -> Fraction:
        """By how much it changed, exactly; below 0 for a loss."""
        return self.after - self.before

    @property
    def amount(self) -> Decimal:
        """By how much it changed: the MRR after, as money, less that before, so that a customer's movements add up."""
        return from_minor(to_units(self.after, self.currency) - to_units(self.before, self.currency), self.currency)


@attrs.frozen(kw_only=True)
class MrrMovements(_tables.Tabled):
    """The MRR movements of a period, customer by customer.

    Attributes:
        currency: The currency.
        start: The MRR of all just before the period, exact.
        movements: The movements, by customer and time.
        policy: By which definition.
        window: From when until before when, in UTC; `None` where it was not said.
        as_of: The moment up to which things were known, where one was given.
    """

    currency: str
    start: Fraction
    movements: tuple[MrrMovement, ...]
    policy: MrrPolicy
    window: tuple[datetime, datetime] | None = None
    as_of: datetime | None = None

    def __attrs_post_init__(self) -> None:
        minor_unit(self.currency)

    @classmethod
    def from_pairs(
        cls,
        pairs: Pairs,
        *,
        currency: str,
        returning: Collection[str] = (),
        fx: Mapping[str, Decimal | int] | None = None,
        policy: MrrPolicy | None = None,
        period: ReportingPeriod | None = None,
    ) -> Self:
        """Classify the net changes between two moments, from each customer's MRR at both.

        Args:
            pairs: For each customer the MRR at the start and at the end; 0 for none.
            currency: The currency of them all.
            returning: Who of those without MRR at the start had some before, and is back.
            fx: How much of a customer's MRR at the end is due to changed exchange rates; below 0 for a loss.
            policy: Which flags the rates take; `MrrPolicy.standard()` unless given. It must count the net change.
            period: The period between the two moments; only roll-forwards of the same one add.

        Raises:
            InvalidValueError: An amount is negative, changed rates are all that there is of somebody's MRR, or `returning` or
                `fx` names somebody who is not in the pairs.

        >>> from cxkit.metrics import MrrMovements
        >>> quarter = MrrMovements.from_pairs({"anna": (50, 80), "ben": (30, 0), "cleo": (0, 20)}, currency="EUR")
        >>> print(quarter)
        customer  kind          at  before  after  amount
        anna      expansion      -   50.00  80.00   30.00
        ben       churn          -   30.00   0.00  -30.00
        cleo      new_business   -    0.00  20.00   20.00
        """
        rule = an_mrr_policy(MrrPolicy.standard() if policy is None else policy)
        if rule.counted != "net":
            msg = f"pairs hold the net change only; give a policy with counted='net', got {rule.counted!r}"
            raise InvalidValueError(msg, policy)
        window = None if period is None else window_of(period)
        back = {a_name(customer, "returning") for customer in each(returning, "the customers who are back")}
        start, found = ZERO, list[MrrMovement]()
        for customer, (before, after) in sorted(_checked(pairs)):
            rates = signed((fx or {}).get(customer, 0), f"fx of {customer!r}")
            start += before
            found += _of_pair(customer, before, after, rates, currency, is_back=customer in back)
        for what, of in (("returning", back), ("fx", {*(fx or {})})):
            if unknown := of - set(pairs):
                msg = f"{what} must be of customers in the pairs, got {shown(sorted(unknown, key=str))}"
                raise InvalidValueError(msg, unknown)
        return cls(currency=currency, start=start, movements=tuple(found), policy=rule, window=window)

    def of(self, kind: MrrMovementKind) -> tuple[MrrMovement, ...]:
        """Return the movements of a kind."""
        one_of(kind, KINDS, "kind")
        return tuple(movement for movement in self.movements if movement.kind == kind)

    def roll_forward(self) -> MrrRollForward:
        """Add the movements up."""
        sums = {kind: total_of(movement.change for movement in self.of(kind)) for kind in KINDS}
        return MrrRollForward(
            self.currency,
            start=self.start,
            new_business=sums["new_business"],
            reactivation=sums["reactivation"],
            expansion=sums["expansion"],
            contraction=-sums["contraction"],
            churn=-sums["churn"],
            fx=sums["fx"],
            policy=self.policy,
            window=self.window,
            as_of=self.as_of,
        )

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each movement."""
        return [
            {
                "customer": movement.customer,
                "kind": movement.kind,
                "at": movement.at,
                "before": to_money(movement.before, self.currency),
                "after": to_money(movement.after, self.currency),
                "amount": movement.amount,
            }
            for movement in self.movements
        ]


def mrr_movements(
    subscriptions: Subscriptions, period: ReportingPeriod, *, policy: MrrPolicy, as_of: datetime | None = None
) -> MrrMovements:
    """Classify how the MRR of each customer changed in a period, by a policy.

    The MRR at the start is that just before the period, so that what begins or ends at its first moment is a movement of it.
    A customer's subscriptions count together: the end of one of two is a contraction, the end of the last one churn.

    Args:
        subscriptions: Who pays how much.
        period: The period; a pair of moments for one that the calendar has no name for, such as the last 30 days.
        policy: What is classified, and how, such as `MrrPolicy.chartmogul()`.
        as_of: The moment; what starts or ends later is not known. Without it the subscriptions count as given, or as of when
            they were read.

    Raises:
        InvalidValueError: The period has not begun, the subscriptions were read as of another moment, or some were recorded
            after `as_of`.

    >>> from datetime import datetime, timezone
    >>> from cxkit.calendar import Period
    >>> from cxkit.metrics import MrrPolicy, Subscription, Subscriptions, mrr_movements
    >>> day = lambda month, number: datetime(2026, month, number, tzinfo=timezone.utc)
    >>> shop = Subscriptions(
    ...     "EUR",
    ...     [
    ...         Subscription("anna", 600, day(1, 5), per="year", currency="EUR"),
    ...         Subscription("anna", 20, day(3, 9), per="month", currency="EUR"),
    ...         Subscription("ben", 30, day(2, 1), day(3, 14), per="month", currency="EUR"),
    ...     ],
    ... )
    >>> march = mrr_movements(shop, Period.month(2026, 3), policy=MrrPolicy.chartmogul())
    >>> [(movement.customer, movement.kind, str(movement.amount)) for movement in march.movements]
    [('anna', 'expansion', '20.00'), ('ben', 'churn', '-30.00')]
    >>> march.roll_forward().end
    Decimal('70.00')
    """
    rule = an_mrr_policy(policy)
    window = window_of(period)
    known = subscriptions_known(subscriptions, as_of)
    if known.as_of is not None and known.as_of < window[0]:
        msg = f"the period begins on {window[0].isoformat()}, so nothing is known of it as of {known.as_of.isoformat()}"
        raise InvalidValueError(msg, known.as_of)
    courses = known.courses(rule.coupons)
    return MrrMovements(
        currency=known.currency,
        start=total_of(course.before(window[0]) for course in courses.values()),
        movements=tuple(
            movement
            for customer, course in courses.items()
            for movement in _of_course(customer, course, window, rule, known.currency)
        ),
        policy=rule,
        window=window,
        as_of=known.as_of,
    )


def _of_course(
    customer: str, course: MrrCourse, window: tuple[datetime, datetime], policy: MrrPolicy, currency: str
) -> list[MrrMovement]:
    """Return the movements of one customer in a window."""
    first, stop = (bisect_left(course.moments, moment) for moment in window)
    levels = (ZERO, *course.levels)  # up to each change, and after the last one
    steps = [(first, stop)] if policy.counted == "net" else [(place, place + 1) for place in range(first, stop)]
    found = [
        MrrMovement(
            customer,
            _kind(levels[place], levels[then]) or _kind_of_start(course, place, policy.reactivation_within),
            before=levels[place],
            after=levels[then],
            currency=currency,
            at=None if policy.counted == "net" else course.moments[place],
        )
        for place, then in steps
        if levels[place] != levels[then]
    ]
    is_left_out = policy.joined_and_left == "excluded" and not levels[stop]
    return [] if is_left_out and found and found[0].kind == "new_business" else found


def _kind(before: Fraction, after: Fraction) -> MrrMovementKind | None:
    """Tell a change of MRR apart; `None` where there was none before."""
    if not before:
        return None
    if not after:
        return "churn"
    return "expansion" if after > before else "contraction"


def _kind_of_start(course: MrrCourse, place: int, within: Length | None) -> MrrMovementKind:
    """Tell a first start from a return, at the change from nothing that has a place in the course."""
    if place == 0:
        return "new_business"
    limit = None if within is None else end_of(course.moments[place - 1], within)
    return "reactivation" if limit is None or course.moments[place] <= limit else "new_business"


def _of_pair(
    customer: str, before: Fraction, after: Fraction, fx: Fraction, currency: str, *, is_back: bool
) -> Iterator[MrrMovement]:
    """Yield the net movement of one customer at the old rates, then what the new ones did."""
    at_old_rates = after - fx
    if at_old_rates < 0 or (after == 0) != (at_old_rates == 0):
        msg = f"fx of {customer!r} must be a part of the MRR at the end, {shown(after)}, got {shown(fx)}"
        raise InvalidValueError(msg, fx)
    if before != at_old_rates:
        kind = _kind(before, at_old_rates) or ("reactivation" if is_back else "new_business")
        yield MrrMovement(customer, kind, before=before, after=at_old_rates, currency=currency)
    if fx:
        yield MrrMovement(customer, "fx", before=at_old_rates, after=after, currency=currency)


def _checked(pairs: Pairs) -> Iterator[tuple[str, tuple[Fraction, Fraction]]]:
    if not isinstance(pairs, Mapping):
        msg = f"pairs must be a mapping from each customer to its MRR at the start and at the end, got {shown(pairs)}"
        raise InvalidTypeError(msg, pairs)
    for customer, pair in pairs.items():
        match pair:
            case (before, after):
                who = a_name(customer, "customer")
                yield (
                    who,
                    (exact(before, f"the MRR of {who!r} at the start"), exact(after, f"the MRR of {who!r} at the end")),
                )
            case _:
                msg = f"each customer must have a pair of amounts, got {shown(pair)} for {customer!r}"
                raise InvalidTypeError(msg, pair)
