"""Offer policies: how offers stack, round and choose units, as data, and what shop systems do."""

from collections.abc import Mapping
from typing import Any, Literal, Self, get_args

import attrs

from cxkit._checks import DIGITS, a_flag, frozen, one_of, shown
from cxkit._forms import INTEGER, Form, Json, Reader, choice, stored, table
from cxkit._money import Rounding
from cxkit.errors import InvalidTypeError, InvalidValueError

LaneMode = Literal["best", "first", "all"]
"""Which offers of a lane apply: those that save most together, the first that applies, or all in order."""
Stacking = Literal["lanes", "sequence"]
"""Whether the offers of a lane compete for units, or every offer is a lane of its own."""
PriceBase = Literal["running", "list"]
"""Which price counts: as earlier lanes left it, or as it was before any offer."""
RoundEach = Literal["offer", "line", "unit"]
"""What is rounded to the minor unit of the currency: what an offer takes off in all, of each line, or of each unit."""
Remainder = Literal["largest", "first", "last", "rounded_first"]
"""Where the minor units go that a split leaves over: to the largest fractions, one each to the first lines, all to the last
line; or every share is rounded to the nearest (ties down), and the difference settled one each at the first lines."""
Pick = Literal["cheapest", "dearest"]
"""Which units of a range come first."""
Reading = Literal["in_basket", "included", "added", "separate"]
"""What "buy X get Y" means; see `BuyXGetY`."""
ExclusiveRule = Literal["best", "priority"]
"""Which exclusive offer wins: the one with the best total, or the first by priority that applies."""
CodeMatch = Literal["exact", "any_case"]
"""Whether the case of a code matters."""
SyliusPromotions = Literal["cart", "catalog"]
"""The two kinds of promotions that Sylius has."""
OfferLaw = Literal["best", "once_per_lane", "rounded_once", "shuffle"]
"""A law that a policy may break; see `OfferPolicy.breaks`."""


def _lanes(given: Mapping[int, LaneMode]) -> Mapping[int, LaneMode]:
    if not isinstance(given, Mapping):
        msg = f"lanes must be a mapping from lane numbers, as in {{0: 'first'}}, got {shown(given)}"
        raise InvalidTypeError(msg, given)
    return frozen(
        {a_lane(lane): one_of(given[lane], get_args(LaneMode), f"lane {lane}") for lane in sorted(given, key=a_lane)}
    )


def a_lane(number: int, what: str = "the number of a lane") -> int:
    """Check the number of a lane, or another by which things are put in order."""
    if type(number) is not int:
        msg = f"{what} must be an int, got {shown(number)}"
        raise InvalidTypeError(msg, number)
    if abs(number) >= 10**DIGITS:
        msg = f"{what} must be between -10**{DIGITS} and 10**{DIGITS}, got {shown(number)}"
        raise InvalidValueError(msg, number)
    return number


def _load_lane(data: Json, reader: Reader) -> tuple[int, LaneMode]:
    match data:
        case [number, mode]:
            return INTEGER.load(number, reader.at(0)), choice(*get_args(LaneMode)).load(mode, reader.at(1))
        case _:
            what = "a pair of a lane and its mode"
            raise reader.expected(what, data)


CHOICES: Mapping[str, tuple[str, ...]] = {
    "within": get_args(LaneMode),
    "stacking": get_args(Stacking),
    "base": get_args(PriceBase),
    "rounding": get_args(Rounding),
    "round_each": get_args(RoundEach),
    "remainder": get_args(Remainder),
    "pick": get_args(Pick),
    "payers": get_args(Pick),
    "reading": get_args(Reading),
    "exclusive": get_args(ExclusiveRule),
    "codes": get_args(CodeMatch),
}
_FORMS: Mapping[str, Form[Any]] = {setting: choice(*choices) for setting, choices in CHOICES.items()}


@stored("loyalty.offer_policy", lanes=table(Form(list, _load_lane), "each lane once"), **_FORMS)
@attrs.frozen(kw_only=True)
class OfferPolicy:
    """How offers are applied to a basket: what shop systems differ in, one setting each.

    Attributes:
        within: Which offers of a lane apply: `"best"`, those that save most together; `"first"`, the first that applies,
            by priority; `"all"`, each in order of priority, on the units that those before it left.
        lanes: The same for single lanes: `{0: "first"}`.
        stacking: `"lanes"`: in a lane a unit serves one offer. `"sequence"`: every offer is a lane of its own, in the order
            of lane, priority and id, so that all that apply add up on the same units.
        base: What later lanes reckon on: the price that earlier ones left (`"running"`), or that before any offer
            (`"list"`); a price never falls below 0.
        rounding: How a discount is rounded to the minor unit of the currency.
        round_each: What is rounded: the discount of an `"offer"`, of each `"line"`, or of each `"unit"`.
        remainder: Which lines get the minor units that are left over where a discount is spread: those with the `"largest"`
            fractions, the `"first"` ones of the basket, one each, or the `"last"` one, all of them. `"rounded_first"` rounds
            each share, halves down, and settles the difference one each at the first lines.
        pick: Which units an offer takes that does not take them all.
        payers: Which of the units left over pay for the free ones.
        reading: What "buy X get Y" means where the benefit does not say; see `BuyXGetY`.
        exclusive: Which exclusive offer wins: the one with the `"best"` total, or the first by `"priority"`.
        codes: Whether the case of a code matters: `"exact"`, or `"any_case"`.

    >>> from cxkit.loyalty import OfferPolicy
    >>> OfferPolicy().breaks, OfferPolicy(round_each="line", remainder="first").breaks
    ((), ('rounded_once', 'shuffle'))
    """

    within: LaneMode = "best"
    lanes: Mapping[int, LaneMode] = attrs.field(factory=dict, converter=_lanes)
    stacking: Stacking = "lanes"
    base: PriceBase = "running"
    rounding: Rounding = "half_up"
    round_each: RoundEach = "offer"
    remainder: Remainder = "largest"
    pick: Pick = "cheapest"
    payers: Pick = "cheapest"
    reading: Reading = "in_basket"
    exclusive: ExclusiveRule = "best"
    codes: CodeMatch = "exact"

    def __attrs_post_init__(self) -> None:
        for setting, choices in CHOICES.items():
            one_of(getattr(self, setting), choices, setting)

    def mode(self, lane: int) -> LaneMode:
        """Return which offers of a lane apply.

        >>> from cxkit.loyalty import OfferPolicy
        >>> OfferPolicy(lanes={1: "all"}).mode(1)
        'all'
        """
        return self.lanes.get(lane, self.within)

    @property
    def breaks(self) -> tuple[OfferLaw, ...]:
        """The laws of offers that a basket may break under these settings; none under the defaults.

        - `"best"`: no other choice and order of the offers of a lane saves more. It needs the mode `"best"` in every lane,
          `stacking="lanes"` and `exclusive="best"`.
        - `"once_per_lane"`: a unit serves one offer of its lane at most. `stacking="sequence"` lets all take off it.
        - `"rounded_once"`: what a percentage takes off, each time that it applies, is its exact amount, rounded. `round_each="line"` and
          `"unit"` add up what each rounding gained or lost.
        - `"shuffle"`: the order of the lines changes nothing. Every `remainder` but `"largest"` goes by it.

        No policy breaks the others: lines add up to the total, none costs less than 0 or more than before, and a line
        of 3 is the same as lines of 1 and 2, as equal things are reckoned as one, also where each line is rounded.
        """
        broken: dict[OfferLaw, bool] = {
            "best": self.exclusive == "priority"
            or self.stacking == "sequence"
            or {self.within, *self.lanes.values()} != {"best"},
            "once_per_lane": self.stacking == "sequence",
            "rounded_once": self.round_each != "offer",
            "shuffle": self.remainder != "largest",
        }
        return tuple(law for law, is_broken in broken.items() if is_broken)

    @classmethod
    def oscar_like(cls) -> Self:
        """Return a policy that applies offers as django-oscar does.

        By priority, each offer as often as units allow; a unit that one took is gone for the next. A discount is
        reckoned on the price before any offer and rounded down once per offer, and what a spread leaves over goes to
        the last line. "Buy three, cheapest free" counts the free unit among the three (`"included"`), the condition
        uses up the dearest units. Case does not matter in codes. Breaks `"best"` and `"shuffle"`.
        (django-oscar/django-oscar: `src/oscar/apps/offer/applicator.py`, `benefits.py`, `conditions.py`,
        `Benefit.round` in `abstract_models.py`; issue 2893.)

        Other than in Oscar, where the last line is the dearest one, lines of all prices keep their order; the
        cheapest unit of a line becomes free again and again, not once; and an exclusive offer applies alone in the
        basket, not on its lines. Offers that Oscar combines on a line go into later lanes. Conditions use up units with
        `consume=True`.
        """
        return cls(
            within="all",
            base="list",
            rounding="down",
            remainder="last",
            payers="dearest",
            reading="included",
            exclusive="priority",
            codes="any_case",
        )

    @classmethod
    def solidus_like(cls) -> Self:
        """Return a policy that applies offers as Solidus does.

        Lanes run one after the other on the running price, and in a lane what saves most applies. A percentage is
        rounded on each line, halves up; what a spread leaves over goes to the first lines. Case does not matter in
        codes. Breaks `"rounded_once"` and `"shuffle"`. (solidusio/solidus:
        `promotions/app/models/solidus_promotions/order_adjuster/discount_order.rb`, `calculators/percent.rb`,
        `distributed_amounts_handler.rb`, `coupon_code_normalizer.rb`.)

        Other than in Solidus, where every line chooses the best of its lane by itself and keeps its share of a spread
        amount, the offers of a lane are chosen together; and groups are filled with the cheapest units, not in the
        order of lines.
        """
        return cls(round_each="line", remainder="first", codes="any_case")

    @classmethod
    def sylius_like(cls, *, promotions: SyliusPromotions = "cart") -> Self:
        """Return a policy that applies offers as Sylius does.

        By priority, each on the running price. The first exclusive promotion that applies wins, whatever the others
        would save. The discount of an order is rounded once, halves up; of a spread, each share is rounded, halves
        down, and the first lines settle the difference. Breaks `"best"`, `"once_per_lane"` and `"shuffle"`, and
        `"rounded_once"` for promotions of the catalog. (Sylius/Sylius: `Promotion/Processor/PromotionProcessor.php`,
        `Core/Promotion/Action/PercentageDiscountPromotionActionCommand.php`,
        `Core/Distributor/ProportionalIntegerDistributor.php`.)

        Actions of one promotion that discount items are a `Together`: each is reckoned on the same price. In Sylius,
        they round on each unit.

        Args:
            promotions: Those of the `"cart"`; or those of the `"catalog"`, which round the price of each unit, halves
                up.
        """
        of_the_catalog = one_of(promotions, get_args(SyliusPromotions), "promotions") == "catalog"
        return cls(
            stacking="sequence",
            rounding="half_down" if of_the_catalog else "half_up",
            round_each="unit" if of_the_catalog else "offer",
            remainder="rounded_first",
            exclusive="priority",
        )

    @classmethod
    def odoo_like(cls) -> Self:
        """Return a policy that applies offers as Odoo does.

        Programs add up, each on the running price. "Buy three, get one" adds a free unit for every three paid. A
        discount is rounded once, halves up. Case matters in codes. Breaks `"best"` and `"once_per_lane"`. (odoo/odoo:
        `addons/sale_loyalty/models/sale_order.py`, `addons/sale_loyalty/tests/test_program_numbers.py`.)

        Odoo writes a discount as a line of its own, so that it has no remainder to place. Of the discounts on the
        whole order only one applies: give them a `group`, and the larger percentage the higher priority.
        """
        return cls(stacking="sequence", reading="added")

    @classmethod
    def medusa_like(cls) -> Self:
        """Return a policy that applies offers as Medusa does.

        Of a buy and get promotion, all units to get must be there besides those to buy, and the dearest ones become
        free; units that one such promotion used are gone for the next. Breaks `"best"`. (medusajs/medusa:
        `packages/modules/promotion/src/utils/compute-actions/buy-get.ts`, `line-items.ts`.)

        Buy and get promotions go first: give them one lane, and every other promotion a later lane of its own, as
        those add up on the running price. Medusa rounds when it shows a price; here each offer is rounded, halves up.
        Where the units to buy and to get are of one range, Medusa takes the dearest as bought; a benefit with
        `pick="cheapest"` comes closest. The order in which Medusa takes units of one price depends on that of the
        lines (issue 16396); here it does not.
        """
        return cls(within="all", pick="dearest", payers="dearest")

    @classmethod
    def vendure_like(cls) -> Self:
        """Return a policy that applies offers as Vendure does.

        Promotions add up in order, each on the running price; those on items come before those on orders, as lanes 0
        and 1. A discount is rounded once, halves up, and spread by largest remainder. Case matters in codes. Breaks
        `"best"` and `"once_per_lane"`. (vendure-ecommerce/vendure:
        `packages/core/src/service/helpers/order-calculator/order-calculator.ts`, `prorate.ts`.)

        Vendure's own "buy X get Y" frees Y once, whatever the multiple; `Limits(per_order=1)` says that here.
        """
        return cls(stacking="sequence")

    @classmethod
    def saleor_like(cls) -> Self:
        """Return a policy that applies offers as Saleor does.

        Lane 0 is the catalogue: the best promotion for each product. Lane 1 is the voucher: one, on the running
        price. A percentage is rounded on each unit, halves up; what a spread leaves over goes to the last line.
        Breaks `"best"`, `"rounded_once"` and `"shuffle"`. (saleor/saleor: `saleor/discount/utils/promotion.py`,
        `voucher.py`, `saleor/discount/tests/test_rounding_issue.py`.)

        Saleor rounds a voucher for the whole order once, not on each unit.
        """
        return cls(lanes={1: "first"}, round_each="unit", remainder="last")

    @classmethod
    def woocommerce_like(cls, *, sequential: bool = False) -> Self:
        """Return a policy that applies offers as WooCommerce does.

        Coupons add up. A percentage is rounded once per coupon, halves down. A coupon for so many items takes the
        dearest. A coupon for individual use is an exclusive offer. Case does not matter in codes. Breaks `"best"` and
        `"once_per_lane"`. (woocommerce/woocommerce: `plugins/woocommerce/includes/class-wc-discounts.php`,
        `WC_DISCOUNT_ROUNDING_MODE`.)

        WooCommerce spreads an amount evenly over the units, not in proportion to their prices, and gives cents that
        are left over to the dearest lines first; totals agree, shares may not.

        Args:
            sequential: Whether the shop has coupons apply one after the other, on the running price, and not all on the
                first one (`woocommerce_calc_discounts_sequentially`).
        """
        return cls(
            stacking="sequence",
            base="running" if a_flag(sequential, "sequential") else "list",
            rounding="half_down",
            pick="dearest",
            exclusive="priority",
            codes="any_case",
        )

    @classmethod
    def lunar_like(cls) -> Self:
        """Return a policy that applies offers as Lunar does.

        "Buy X get Y" counts what is bought and what is free apart, as far as there are units to make free, the
        cheapest first (`"separate"`). A percentage is rounded on each line, halves up. Case does not matter in codes.
        Breaks `"best"`, `"once_per_lane"`, `"rounded_once"` and `"shuffle"`. (lunarphp/lunar:
        `packages/core/src/DiscountTypes/BuyXGetY.php`, `AmountOff.php`, `AbstractDiscountType.php`.)

        Other than in Lunar, which wants more than its minimum to be spent, thresholds are inclusive; and an amount
        that is more than the basket is worth takes all of it, where Lunar leaves it out.
        """
        return cls(
            stacking="sequence",
            round_each="line",
            remainder="first",
            reading="separate",
            codes="any_case",
        )
