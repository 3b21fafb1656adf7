"""Tiers: the more a customer buys, the more comes off."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Literal

import attrs
from typing_extensions import override

from cxkit import _money
from cxkit._checks import a_flag, as_tuple, one_of
from cxkit._forms import DECIMAL, FLAG, choice, form_of, many, optional, stored
from cxkit.answers import Reason
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.loyalty._benefits.amounts import SpreadAmount
from cxkit.loyalty._benefits.benefit import Benefit, money_off, some_amount_off, some_percentage, the_items
from cxkit.loyalty._benefits.deal import Deal, Idle, Short
from cxkit.loyalty._benefits.spreading import Terms
from cxkit.loyalty._benefits.unit_cuts import UnitCuts, percent_of
from cxkit.loyalty._brief import brief
from cxkit.loyalty._line import ITEMS_FORM
from cxkit.loyalty._stock import units
from cxkit.predicates import Predicate

TierMeasure = Literal["spend", "units"]
"""What the tiers count: money, or units."""


def _at_least(given: Decimal | int) -> Decimal:
    return money_off(given, "at_least", or_zero=True)


@stored("loyalty.tier_step", at_least=DECIMAL, percent=optional(DECIMAL), amount=optional(DECIMAL))
@attrs.frozen
class TierStep:
    """What comes off from some threshold on.

    Attributes:
        at_least: The threshold, inclusive: money or units.
        percent: So many percent off.
        amount: So much off in all.
    """

    at_least: Decimal = attrs.field(converter=_at_least)
    percent: Decimal | None = attrs.field(default=None, kw_only=True, converter=some_percentage)
    amount: Decimal | None = attrs.field(default=None, kw_only=True, converter=some_amount_off)

    __repr__ = brief

    def __attrs_post_init__(self) -> None:
        if (self.percent is None) == (self.amount is None):
            msg = f"a step takes off a percent or an amount, got {self.percent} and {self.amount}; give one of the two"
            raise InvalidValueError(msg, self.percent)


def _steps(given: Iterable[TierStep]) -> tuple[TierStep, ...]:
    steps = as_tuple(given)
    for step in steps:
        if not isinstance(step, TierStep):
            msg = f"tiers are made of TierStep(at_least, percent=...) or TierStep(at_least, amount=...), got {step!r}"
            raise InvalidTypeError(msg, step)
    steps = tuple(sorted(steps, key=lambda step: step.at_least))
    if not steps or any(first.at_least == second.at_least for first, second in pairwise(steps)):
        msg = f"tiers must have at least one step, and each threshold once, got {steps!r}"
        raise InvalidValueError(msg, steps)
    return steps


@stored(
    "loyalty.tiered",
    steps=many(form_of(TierStep)),
    items=optional(ITEMS_FORM),
    by=choice("spend", "units"),
    price=choice("running", "list"),
    marginal=FLAG,
)
@attrs.frozen
class Tiered(Benefit):
    """The more of a range is bought, the more comes off it.

    What is bought is counted when the lane begins; whatever other offers of the lane then use of the range gets nothing here.

    Attributes:
        steps: The thresholds with what comes off from there on.
        items: The range, as a predicate about `Line.fields`; all goods, unless given.
        by: Count money (`spend`) or `units`.
        price: Count money at the price that earlier lanes left (`running`), or before any offer (`list`).
        marginal: Each percentage holds only for what lies between its threshold and the next; otherwise that of the highest
            threshold reached holds for everything. Of units the dearest are counted first.

    >>> from cxkit.loyalty import Basket, Line, Offer, TierStep, Tiered, apply_offers
    >>> more = Tiered([TierStep(0, percent=10), TierStep(100, percent=20)])
    >>> basket = Basket([Line("rug", 150)], currency="EUR")
    >>> apply_offers(basket, [Offer("more", more)]).discount
    Decimal('30.00')
    """

    steps: tuple[TierStep, ...] = attrs.field(converter=_steps)
    items: Predicate | None = attrs.field(default=None, converter=the_items)
    by: TierMeasure = attrs.field(default="spend", kw_only=True)
    price: Literal["running", "list"] = attrs.field(default="running", kw_only=True)
    marginal: bool = attrs.field(default=False, kw_only=True)

    __repr__ = brief

    def __attrs_post_init__(self) -> None:
        one_of(self.by, ("spend", "units"), "by")
        one_of(self.price, ("running", "list"), "price")
        a_flag(self.marginal, "marginal")
        if self.marginal and any(step.percent is None for step in self.steps):
            msg = f"marginal tiers take percentages, got an amount in {self.steps!r}"
            raise InvalidValueError(msg, self.steps)

    @override
    def __cxkit_deal__(self, terms: Terms) -> Deal:
        shelf = terms.shelf
        counted, places = shelf.range(self.items, to_discount=False), shelf.range(self.items)
        steps = [(self._threshold(step, terms), step) for step in self.steps]
        measure = (
            units(shelf.left, counted) if self.by == "units" else sum(self._worth(terms, each) for each in counted)
        )
        reached = [step for threshold, step in steps if measure >= threshold]
        if not reached:
            return Idle(terms, places, self._short(terms, steps[0][0], measure))
        if self.marginal:
            return UnitCuts(terms, *self._marginal(terms, counted, places, [(at, step.percent) for at, step in steps]))
        if reached[-1].percent is not None:
            return UnitCuts(terms, *percent_of(reached[-1].percent, places, terms))
        return SpreadAmount(terms, places, terms.minor(reached[-1].amount or Decimal(0), "amount"))

    def _short(self, terms: Terms, threshold: Fraction, measure: int) -> Short:
        """Say how far the first threshold is."""
        needed = -(-threshold // 1)
        if self.by == "units":
            return Short(Reason("units", found=measure, needed=needed), units=needed - measure, of=self.items)
        found, wanted = (_money.from_minor(amount, terms.currency) for amount in (measure, needed))
        return Short(Reason("spend", found=found, needed=wanted), money=needed - measure, of=self.items)

    def _threshold(self, step: TierStep, terms: Terms) -> Fraction:
        return Fraction(step.at_least if self.by == "units" else terms.minor(step.at_least, "threshold"))

    def _worth(self, terms: Terms, place: int) -> int:
        """Return what the units of a group cost, as the tiers count it."""
        group = terms.shelf.groups[place]
        return group.number * (group.price if self.price == "running" else terms.shelf.things.all[group.thing].price)

    def _marginal(
        self,
        terms: Terms,
        counted: tuple[int, ...],
        places: tuple[int, ...],
        steps: list[tuple[Fraction, Decimal | None]],
    ) -> tuple[Mapping[int, int], int]:
        """Return the mean percentage of the units of each group, by how they lie over the thresholds."""
        rates: dict[int, Fraction] = {}
        begin = Fraction(0)
        for place in reversed(counted):
            size = terms.shelf.left[place] if self.by == "units" else self._worth(terms, place)
            rates[place] = _mean_rate(begin, begin + size, steps)
            begin += size
        if self.by == "spend" and begin:  # money has no order: each unit has the same share in every tier
            rates = dict.fromkeys(counted, _mean_rate(Fraction(0), begin, steps))
        parts = {place: terms.shelf.bases[place] * rates[place] / 100 for place in places}
        scale = lcm(*(part.denominator for part in parts.values()))
        return {place: int(part * scale) for place, part in parts.items()}, scale


def _mean_rate(begin: Fraction, end: Fraction, steps: list[tuple[Fraction, Decimal | None]]) -> Fraction:
    """Return the mean of a percentage that rises at thresholds, from one point to another."""
    if begin == end:
        return Fraction(0)
    bounds = [threshold for threshold, _ in steps[1:]] + [max(end, steps[-1][0])]
    found = Fraction(0)
    for (threshold, percent), bound in zip(steps, bounds, strict=True):
        found += max(Fraction(0), min(end, bound) - max(begin, threshold)) * Fraction(percent or 0)
    return found / (end - begin)
