"""Backtests: orders that were placed, run again under other offers."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from cxkit import _money
from cxkit._checks import a_name, shown
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._offers.decision import OfferDecision
from cxkit.loyalty._offers.limits import Claim, Limits, Usage
from cxkit.loyalty._offers.offer import Offer
from cxkit.loyalty._offers.policy import OfferPolicy
from cxkit.loyalty._trials.orders import Order, Placed, Profiles, Till, each_order
from cxkit.loyalty._trials.sums import Costs, OneOrder, Sums, UnitCost, amount, unit_costs
from cxkit.loyalty._trials.takings import Backtest, OfferUse, SegmentUse
from cxkit.predicates import Predicate, as_predicate
from cxkit.tallies import Rate

UNLIMITED = Limits()


def backtest(
    offers: Iterable[Offer],
    orders: Iterable[Order],
    *,
    policy: OfferPolicy = OfferPolicy(),  # noqa: B008 - a frozen value
    profiles: Profiles | None = None,
    costs: Costs | None = None,
    segments: Mapping[str, object] | None = None,
) -> Backtest:
    """Run orders again under offers: what would these have cost, who would have had them, when would they have run out?

    The limits of the offers hold over the run: each order finds of them what the orders before it left. The orders are taken as
    they were. Under other offers customers would have bought something else, so this is no forecast, and no bound of one.

    Args:
        offers: The offers.
        orders: Any number of baskets, each at its moment, in order of time, consumed one by one; pairs of a basket and the
            codes typed for it serve, too.
        policy: How offers are applied.
        profiles: What is known of the customers, by their ids: a mapping, or a function.
        costs: What one unit costs the shop, by sku, with the tax where the prices hold it: a mapping, or a function.
        segments: Predicates about customers, by the names of their segments: who gains?

    Raises:
        InvalidValueError: An order has no moment or is before the one before it, or there are two currencies.

    >>> from datetime import datetime, timezone
    >>> from cxkit.loyalty import Basket, BuyXGetY, Limits, Line, Offer, backtest
    >>> tea = Line.fields.tags.contains("tea")
    >>> offer = Offer("3 for 2", BuyXGetY(buy=2, get=1, items=tea), limits=Limits(in_all=1))
    >>> orders = [
    ...     Basket(
    ...         [Line("assam", 4, tags={"tea"}, quantity=number)],
    ...         currency="EUR",
    ...         customer=customer,
    ...         at=datetime(2026, 3, day, tzinfo=timezone.utc),
    ...     )
    ...     for day, customer, number in [(2, "anna", 2), (3, "ben", 3), (4, "anna", 3)]
    ... ]
    >>> result = backtest([offer], orders, costs={"assam": 3})
    >>> result.takings.after, result.takings.margin, result.offers[0].ran_out.day
    (Decimal('28.00'), Decimal('4.00'), 3)
    """
    till = Till(offers, policy=policy, profiles=profiles)
    run = _Run(till, unit_costs(costs), _conditions(segments, profiles))
    last: datetime | None = None
    for placed in each_order(orders):
        last = _moment(placed.basket, last)
        run.add(placed)
    return run.result()


def _moment(basket: Basket, last: datetime | None) -> datetime:
    if basket.at is None:
        msg = f"an order of a backtest must say when it was placed, as in Basket(..., at=...), got {shown(basket)}"
        raise InvalidValueError(msg, basket)
    if last is not None and basket.at < last:
        msg = (
            f"the orders of a backtest must be in order of time, got {basket.at.isoformat()} after {last.isoformat()}; "
            "sort them, as limits are used up one order after another"
        )
        raise InvalidValueError(msg, basket)
    return basket.at


def _conditions(segments: Mapping[str, object] | None, profiles: Profiles | None) -> Mapping[str, Predicate]:
    if segments is None:
        return {}
    if not isinstance(segments, Mapping):
        msg = f"segments must be a mapping from names to predicates about customers, got {shown(segments)}"
        raise InvalidTypeError(msg, segments)
    if profiles is None:
        msg = "segments are asked of what is known of the customers; pass profiles="
        raise InvalidTypeError(msg, segments)
    return {a_name(name, "the name of a segment"): as_predicate(condition) for name, condition in segments.items()}


class _Use:
    """What became of one offer so far, and how much of its limits is left."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.sums = Sums()
        self.times = self.discount = self.claimed = 0
        self.spent = Decimal(0)
        self.by_customer, self.by_code = Counter[str](), Counter[str]()
        self.ran_out: datetime | None = None

    def usage(self, customer: str | None) -> Usage:
        """Return what was used so far."""
        of_customer = 0 if customer is None else self.by_customer[customer]
        return Usage(in_all=self.claimed, by_customer=of_customer, by_code=self.by_code, spent=self.spent)

    def add(self, decision: OfferDecision, order: OneOrder) -> None:
        """Take in an order that used it."""
        self.sums.add(order)
        self.times += decision.times
        self.discount += _money.to_minor(decision.discount, order.basket.currency)

    def claim(self, claim: Claim, at: datetime | None) -> None:
        """Commit what an order claims of a limit, as a host would."""
        if claim.limit == "budget":
            self.spent = _money.EXACT.add(self.spent, claim.amount)
        elif claim.limit == "in_all":
            self.claimed += 1
        else:
            (self.by_customer if claim.limit == "per_customer" else self.by_code)[str(claim.key)] += 1
        if self.claimed == self.limits.in_all or self.spent == self.limits.budget:  # nothing is claimed after
            self.ran_out = at


class _Run:
    """A backtest that is under way."""

    def __init__(
        self,
        till: Till,
        unit_cost: UnitCost | None,
        segments: Mapping[str, Predicate],
    ) -> None:
        self.till, self.unit_cost, self.segments = till, unit_cost, segments
        self.currency: str | None = None
        self.all, self.with_offers = Sums(), 0
        self.uses = {offer.id: _Use(offer.limits) for offer in till.offers}
        self.unproven = self.without_cost = self.without_profile = 0
        self.in_segments = {name: (Sums(), Sums()) for name in segments}

    def add(self, placed: Placed) -> None:
        """Run one order, and commit what it claims."""
        customer = placed.basket.customer
        used = {offer: use.usage(customer) for offer, use in self.uses.items() if use.limits != UNLIMITED}
        receipt = self.till.receipt(placed, used)
        order = OneOrder(receipt, self.unit_cost)
        self.currency = receipt.currency
        self.all.add(order)
        won = [decision for decision in receipt.trace if decision.outcome == "applied"]
        self.with_offers += bool(won)
        for decision in won:
            self.uses[decision.offer].add(decision, order)
        for claim in receipt.claims:
            self.uses[claim.offer].claim(claim, placed.basket.at)
        self.unproven += not receipt.optimal
        self.without_cost += order.without_cost
        self._add_to_segments(order, won=bool(won))

    def _add_to_segments(self, order: OneOrder, *, won: bool) -> None:
        profile = self.till.profile(order.basket.customer)
        self.without_profile += bool(self.segments) and profile is None
        for name, who in self.segments.items() if profile is not None else ():
            if who.matches(profile, as_of=order.basket.at):
                every, winning = self.in_segments[name]
                every.add(order)
                if won:
                    winning.add(order)

    def result(self) -> Backtest:
        return Backtest(
            currency=self.currency,
            takings=self.all.takings(self.currency),
            share=_share(self.with_offers, self.all),
            offers=tuple(self._use(offer, use) for offer, use in self.uses.items()),
            segments=tuple(self._segment(name, *sums) for name, sums in self.in_segments.items()),
            unproven=self.unproven,
            units_without_cost=self.without_cost,
            without_profile=self.without_profile,
        )

    def _use(self, offer: str, use: _Use) -> OfferUse:
        return OfferUse(
            offer=offer,
            share=_share(use.sums.orders, self.all),
            times=use.times,
            discount=amount(use.discount, self.currency),
            takings=use.sums.takings(self.currency),
            ran_out=use.ran_out,
        )

    def _segment(self, name: str, every: Sums, winning: Sums) -> SegmentUse:
        return SegmentUse(
            segment=name,
            takings=every.takings(self.currency),
            share=_share(winning.orders, every),
            winners=len(winning.customers),
        )


def _share(orders: int, of: Sums) -> Rate:
    return Rate(orders, of.orders, name="share of orders", unit="orders")
