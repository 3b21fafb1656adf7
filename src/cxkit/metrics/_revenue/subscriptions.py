"""Subscriptions: who pays how much, how often, and from when to when."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import NamedTuple, Self

import attrs

from cxkit._checks import a_name, an_amount, an_instant, each, shown
from cxkit._forms import DECIMAL, MOMENT, TEXT, form_of, many, optional, stored
from cxkit._money import minor_unit
from cxkit.calendar import LENGTH_FORM, Length, a_length
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Contact, Journey, Label, a_contact, a_label, each_journey, is_contact, known_touchpoints
from cxkit.metrics._revenue.amounts import ZERO, exact, to_money
from cxkit.metrics._revenue.billing import (
    BILLING_PERIOD,
    BillingPeriod,
    Coupon,
    CouponRule,
    in_a_month,
    is_deducted,
    length_of,
    monthly_amount,
    per_month,
)
from cxkit.metrics._windows import a_record


@stored(
    "metrics.subscription",
    customer=TEXT,
    amount=DECIMAL,
    start=MOMENT,
    end=optional(MOMENT),
    per=BILLING_PERIOD,
    currency=TEXT,
    coupon=optional(form_of(Coupon)),
    plan=optional(TEXT),
    id=optional(TEXT),
    term=optional(LENGTH_FORM),
)
@attrs.frozen
class Subscription:
    """What a customer pays for each billing period, over a stretch of time: half-open, `[start, end)`.

    A change of price, quantity or plan ends one and starts the next at the same moment. A pause is a gap, or an amount of 0.

    Attributes:
        customer: Who pays.
        amount: How much for each billing period, before the coupon and without taxes.
        start: Since when; a trial is no part of it.
        end: The first moment without it; `None` while it goes on.
        per: The billing period: a name, or a length of time such as `months(6)`.
        currency: The currency of the amount.
        coupon: What is taken off each bill.
        plan: What it is for.
        id: Which subscription of the customer it is, where an amount changes in the course of a term; see `renewal_rate`.
        term: How long it is agreed for; the billing period unless given.

    >>> from datetime import datetime, timezone
    >>> from cxkit.metrics import Subscription
    >>> start = datetime(2026, 1, 15, tzinfo=timezone.utc)
    >>> Subscription("anna", 600, start, per="year", currency="EUR").monthly()
    Fraction(50, 1)
    """

    customer: str
    amount: Decimal
    start: datetime
    end: datetime | None = None
    per: BillingPeriod = attrs.field(kw_only=True)
    currency: str = attrs.field(kw_only=True)
    coupon: Coupon | None = attrs.field(default=None, kw_only=True)
    plan: str | None = attrs.field(default=None, kw_only=True)
    id: str | None = attrs.field(default=None, kw_only=True)
    term: Length | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_name(self.customer, "customer")
        exact(self.amount, "amount")
        keep = object.__setattr__
        keep(self, "amount", an_amount(self.amount, "amount"))
        keep(self, "start", an_instant(self.start, "the start of a subscription"))
        if self.end is not None:
            keep(self, "end", an_instant(self.end, "the end of a subscription"))
            if self.end < self.start:
                times = f"{self.start.isoformat()} to {self.end.isoformat()}"
                msg = f"a subscription must not end before it starts, got {times}"
                raise InvalidValueError(msg, self.end)
        per_month(self.per)
        minor_unit(self.currency)
        if self.coupon is not None:
            is_deducted(self.coupon, "all")
        for what in ("plan", "id"):
            if (given := getattr(self, what)) is not None:
                a_name(given, what)
        if self.term is not None and not a_length(self.term, "term"):
            msg = f"term must not be zero, got {self.term!r}"
            raise InvalidValueError(msg, self.term)

    def monthly(self, *, coupons: CouponRule | None = None) -> Fraction:
        """Return what it comes to in a month, exactly, while its coupon lasts; see `monthly_amount`."""
        return monthly_amount(self.amount, per=self.per, coupon=self.coupon, coupons=coupons)

    @property
    def agreed_for(self) -> Length:
        """How long it is agreed for: its term, or else its billing period."""
        return length_of(self.per) if self.term is None else self.term

    def is_running(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        moment = an_instant(at, "at")
        return self.start <= moment and (self.end is None or moment < self.end)

    def _known(self, as_of: datetime) -> "Subscription | None":
        """Return what is known of it at a moment; `None` before it starts."""
        if self.start > as_of:
            return None
        return attrs.evolve(self, end=None) if self.end is not None and self.end > as_of else self

    def _steps(self, coupons: CouponRule | None) -> list[tuple[datetime, Fraction]]:
        """Return by how much it changes its customer's MRR, and when."""
        full = in_a_month(self.amount, self.per, None)
        levels = [(self.start, full)]
        if self.coupon is not None and is_deducted(self.coupon, coupons):
            levels = [(self.start, in_a_month(self.amount, self.per, self.coupon))]
            if self.coupon.until is not None:
                levels.append((max(self.start, self.coupon.until), full))
        if self.end is not None:
            levels = [(min(at, self.end), level) for at, level in levels] + [(self.end, ZERO)]
        changes = [(at, level - before) for (_, before), (at, level) in pairwise(levels)]
        return [levels[0], *changes]


class MrrCourse(NamedTuple):
    """One customer's MRR over time: from each moment on, until the next one.

    Attributes:
        moments: When it changes, in order.
        levels: What it is from each of them on; no two neighbours are equal.
    """

    moments: tuple[datetime, ...]
    levels: tuple[Fraction, ...]

    @classmethod
    def of(cls, subscriptions: Iterable[Subscription], coupons: CouponRule | None, as_of: datetime | None) -> Self:
        """Add what subscriptions come to, up to the moment up to which they are known."""
        steps: dict[datetime, Fraction] = defaultdict(Fraction)
        for subscription in subscriptions:
            for at, step in subscription._steps(coupons):  # noqa: SLF001 - of this module
                steps[at] += step
        moments = sorted(at for at, step in steps.items() if step and (as_of is None or at <= as_of))
        return cls(tuple(moments), tuple(accumulate(steps[at] for at in moments)))

    def before(self, moment: datetime) -> Fraction:
        """Return the MRR just before a moment."""
        return self._after_steps(bisect_left(self.moments, moment))

    def at(self, moment: datetime) -> Fraction:
        """Return the MRR at a moment."""
        return self._after_steps(bisect_right(self.moments, moment))

    def _after_steps(self, number: int) -> Fraction:
        return self.levels[number - 1] if number else ZERO


def _in_order(given: Iterable[Subscription]) -> tuple[Subscription, ...]:
    found = list(each(given, "a list of subscriptions"))
    for subscription in found:
        if not isinstance(subscription, Subscription):
            msg = f"expected a Subscription, got {shown(subscription)}"
            raise InvalidTypeError(msg, subscription)
    return tuple(sorted(found, key=lambda subscription: (subscription.customer, subscription.start)))


@stored(
    "metrics.subscriptions",
    currency=TEXT,
    subscriptions=many(form_of(Subscription)),
    as_of=optional(MOMENT),
    recorded_by=optional(MOMENT),
)
@attrs.frozen
class Subscriptions:
    """The subscriptions of a shop in one currency: what recurring revenue is counted from.

    They are as known now: who ends one today changes what is said of next month, not of the last. To see a past month as it
    was reported then, read them from journeys as of then.

    Attributes:
        currency: The currency of them all; convert those of another one first.
        subscriptions: By customer and start; two equal ones are two.
        as_of: The moment up to which they are known, where they were read as of one; what starts or ends later is hidden.
        recorded_by: When the last of what was recorded later than it happened was recorded, where they were read from journeys
            without a moment; they say nothing as of an earlier one.

    >>> from datetime import datetime, timezone
    >>> from cxkit.metrics import Subscription, Subscriptions
    >>> day = lambda month, number: datetime(2026, month, number, tzinfo=timezone.utc)
    >>> shop = Subscriptions(
    ...     "EUR",
    ...     [
    ...         Subscription("anna", 100, day(1, 15), per="year", currency="EUR"),
    ...         Subscription("ben", 30, day(2, 1), day(3, 1), per="month", currency="EUR"),
    ...     ],
    ... )
    >>> shop.mrr(day(2, 1)), shop.mrr(day(3, 1)), shop.mrr(day(2, 1), customer="ben")
    (Decimal('38.33'), Decimal('8.33'), Decimal('30.00'))
    """

    currency: str
    subscriptions: tuple[Subscription, ...] = attrs.field(converter=_in_order)
    as_of: datetime | None = attrs.field(default=None, kw_only=True)
    recorded_by: datetime | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        minor_unit(self.currency)
        for subscription in self.subscriptions:
            if subscription.currency != self.currency:
                msg = f"two currencies never add: convert {shown(subscription)} to {self.currency} first"
                raise InvalidValueError(msg, subscription)
        moment, recorded_by = a_record(self.as_of, self.recorded_by)
        keep = object.__setattr__
        keep(self, "as_of", moment)
        keep(self, "recorded_by", recorded_by)
        if moment is not None:
            known = (subscription._known(moment) for subscription in self.subscriptions)  # noqa: SLF001 - of this module
            object.__setattr__(self, "subscriptions", tuple(filter(None, known)))

    @classmethod
    def from_journeys(
        cls,
        journeys: Iterable[Journey],
        *,
        currency: str,
        per: BillingPeriod | Mapping[str, BillingPeriod],
        plan: Label | None = None,
        start: Contact = "subscribed",
        end: Contact = "cancelled",
        by: Label | None = None,
        as_of: datetime | None = None,
    ) -> Self:
        """Read the subscriptions from touchpoints: each goes from a start to the next one, or to an end.

        The value of a start is what is paid for a billing period from then on; a start within a subscription changes it. An end
        without one changes nothing.

        Args:
            journeys: The customers, read one by one.
            currency: The currency of the log.
            per: The billing period; or that of each plan, where `plan` tells them apart.
            plan: What says the plan of a start, such as `"properties.plan"`.
            start: What begins or changes a subscription: the name of a touchpoint, or a predicate about `Touchpoint.fields`.
            end: What ends one.
            by: What tells the subscriptions of a customer apart, such as `"properties.subscription"`; without it there is one at
                a time.
            as_of: The moment; nothing that came to be known later counts. Without it the log counts as given, and if part of it
                was recorded late, what was read cannot be asked about a moment before that.

        Raises:
            InvalidValueError: A start has no value, or its plan has no billing period.

        >>> from datetime import datetime, timezone
        >>> from decimal import Decimal
        >>> from cxkit.journey import Journey, Touchpoint
        >>> from cxkit.metrics import Subscriptions
        >>> day = lambda number: datetime(2026, 3, number, tzinfo=timezone.utc)
        >>> left = Touchpoint("cancelled", day(9), recorded_at=day(12))
        >>> anna = Journey("anna", [Touchpoint("subscribed", day(2), value=Decimal(30)), left])
        >>> [
        ...     Subscriptions.from_journeys([anna], currency="EUR", per="month", as_of=day(number)).mrr(day(10))
        ...     for number in (11, 12)
        ... ]
        [Decimal('30.00'), Decimal('0.00')]
        """
        a_contact(start, "start")
        a_contact(end, "end")
        plan_of = None if plan is None else a_label(plan, "plan")
        id_of = None if by is None else a_label(by, "by")
        moment = None if as_of is None else an_instant(as_of, "as_of")
        found: list[Subscription] = []
        late: list[datetime] = []
        for journey in each_journey(journeys):
            running: dict[str | None, Subscription] = {}
            for touchpoint in known_touchpoints(journey, moment):
                id_ = None if id_of is None else id_of(touchpoint)
                is_end = is_contact(end, touchpoint)
                if not is_end and not is_contact(start, touchpoint):
                    continue
                if moment is None and touchpoint.known_at > touchpoint.at:
                    late.append(touchpoint.known_at)
                if id_ in running:
                    found.append(attrs.evolve(running.pop(id_), end=touchpoint.at))
                if not is_end:
                    name = None if plan_of is None else plan_of(touchpoint)
                    running[id_] = Subscription(
                        journey.customer,
                        _value_of(touchpoint.value, journey.customer, touchpoint.at),
                        touchpoint.at,
                        per=_period_of(per, name),
                        currency=currency,
                        plan=name,
                        id=id_,
                    )
            found += running.values()
        return cls(currency, found, as_of=moment, recorded_by=max(late, default=None))

    def courses(self, coupons: CouponRule | None) -> Mapping[str, MrrCourse]:
        """Return each customer's MRR over time, exactly."""
        by_customer: dict[str, list[Subscription]] = defaultdict(list)
        for subscription in self.subscriptions:
            by_customer[subscription.customer].append(subscription)
        return {customer: MrrCourse.of(theirs, coupons, self.as_of) for customer, theirs in by_customer.items()}

    def mrr(self, at: datetime, *, customer: str | None = None, coupons: CouponRule | None = None) -> Decimal:
        """Return the monthly recurring revenue at a moment, to the minor unit, half to even.

        Args:
            at: The moment.
            customer: Whose; that of all unless given.
            coupons: Which coupons lower it; to be said where there are some that end.
        """
        moment = an_instant(at, "at")
        theirs = [found for found in self.subscriptions if customer in (None, found.customer)]
        course = MrrCourse.of(theirs, coupons, self.as_of)
        return to_money(course.at(moment), self.currency)


def _value_of(value: Decimal | None, customer: str, at: datetime) -> Decimal:
    if value is None:
        msg = f"a subscription needs what is paid for it as the value of its start, got none for {customer!r} at {at.isoformat()}"
        raise InvalidValueError(msg, value)
    return value


def _period_of(per: BillingPeriod | Mapping[str, BillingPeriod], plan: str | None) -> BillingPeriod:
    if not isinstance(per, Mapping):
        return per
    if plan is None or plan not in per:
        msg = f"per must have the billing period of each plan, got none for {plan!r}"
        raise InvalidValueError(msg, plan)
    return per[plan]


def subscriptions_known(given: Subscriptions, as_of: datetime | None) -> Subscriptions:
    """Check subscriptions, and the moment as of which they are asked about."""
    if not isinstance(given, Subscriptions):
        msg = f"expected Subscriptions, got {shown(given)}"
        raise InvalidTypeError(msg, given)
    if as_of is None:
        return given
    moment = an_instant(as_of, "as_of")
    if given.as_of not in (None, moment):
        msg = (
            f"these subscriptions were read as of {given.as_of.isoformat()}, so they say nothing as of "
            f"{moment.isoformat()}; read them from the journeys as of that moment"
        )
        raise InvalidValueError(msg, moment)
    return attrs.evolve(given, as_of=moment)
