"""Offer policies: settings, presets, and the laws that they break."""

import pickle
import re
from decimal import Decimal
from itertools import permutations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit import _money
from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError
from cxkit.loyalty import (
    AmountOff,
    AmountOffEach,
    Basket,
    Bundle,
    BuyXGetY,
    Line,
    Offer,
    OfferPolicy,
    Part,
    PercentOff,
    apply_offers,
)
from cxkit.loyalty._offers.policy import CHOICES

ANY = Line.fields.sku.is_known()
PRESETS = {
    "oscar_like": OfferPolicy.oscar_like(),
    "solidus_like": OfferPolicy.solidus_like(),
    "sylius_like": OfferPolicy.sylius_like(),
    "odoo_like": OfferPolicy.odoo_like(),
    "medusa_like": OfferPolicy.medusa_like(),
    "vendure_like": OfferPolicy.vendure_like(),
    "saleor_like": OfferPolicy.saleor_like(),
    "woocommerce_like": OfferPolicy.woocommerce_like(),
    "lunar_like": OfferPolicy.lunar_like(),
}


TEN, TWENTY = Offer("10 %", PercentOff(10), priority=1), Offer("20 %", PercentOff(20))
ONE_RUG = [Line("rug", 100)]


def receipt_of(lines, *offers, policy):
    return apply_offers(Basket(lines, currency="EUR"), offers, policy=policy)


# Settings


@pytest.mark.parametrize("setting", [field.name for field in attrs.fields(OfferPolicy) if field.name != "lanes"])
def test_a_setting_that_there_is_not_is_refused(setting):
    with pytest.raises(InvalidValueError, match=rf"^{setting} must be one of '.*', got 'greedy'$"):
        OfferPolicy(**{setting: "greedy"})


@pytest.mark.parametrize(
    ("lanes", "error", "says"),
    [
        ("first", InvalidTypeError, r"lanes must be a mapping from lane numbers, as in \{0: 'first'\}, got 'first'"),
        ({"0": "first"}, InvalidTypeError, r"the number of a lane must be an int, got '0'"),
        ({True: "first"}, InvalidTypeError, r"the number of a lane must be an int, got True"),
        (
            {10**30: "first"},
            InvalidValueError,
            r"the number of a lane must be between -10\*\*30 and 10\*\*30, got 1000",
        ),
        ({2: "none"}, InvalidValueError, r"lane 2 must be one of 'best', 'first', 'all', got 'none'"),
    ],
)
def test_lanes_that_make_no_sense_are_refused(lanes, error, says):
    with pytest.raises(error, match=says):
        OfferPolicy(lanes=lanes)


def test_a_lane_has_the_mode_of_the_policy_unless_it_has_its_own():
    policy = OfferPolicy(within="all", lanes={2: "first", -1: "best"})

    assert [policy.mode(lane) for lane in (-1, 0, 2)] == ["best", "all", "first"]


def test_a_policy_is_a_value():
    policy = OfferPolicy(lanes={2: "first", 1: "all"}, rounding="down")

    assert eval(repr(policy)) == policy  # noqa: S307 - it prints as the code that makes it
    assert pickle.loads(pickle.dumps(policy)) == policy  # noqa: S301 - pickled in the line itself
    assert len({policy, OfferPolicy(lanes={1: "all", 2: "first"}, rounding="down"), OfferPolicy()}) == 2
    assert "lanes={1: 'all', 2: 'first'}" in repr(policy)
    with pytest.raises(InvalidTypeError, match="read-only"):
        policy.lanes[1] = "best"


def policies(**settings):
    """Draw policies; some settings may be given, each as the choices for it."""
    lanes = st.dictionaries(st.integers(-1, 2), st.sampled_from(CHOICES["within"]), max_size=2)
    drawn = {setting: st.sampled_from(settings.get(setting, CHOICES[setting])) for setting in CHOICES}
    return st.builds(OfferPolicy, lanes=settings.get("lanes", lanes), **drawn)


@given(policies())
def test_a_policy_survives_its_stored_form(policy):
    document = to_dict(policy)

    assert document["type"] == "loyalty.offer_policy"
    assert from_dict(document, OfferPolicy) == policy


@pytest.mark.parametrize(
    ("part", "content", "path"),
    [
        ("lanes", [[1, "first"], [1, "all"]], "lanes"),  # each lane once
        ("lanes", [[1, "none"]], "lanes[0][1]"),
        ("lanes", [["1", "all"]], "lanes[0][0]"),
        ("lanes", [[1]], "lanes[0]"),
        ("lanes", {"1": "all"}, "lanes"),
        ("rounding", "up and down", "rounding"),
        ("within", None, "within"),
    ],
)
def test_a_stored_policy_that_makes_no_sense_is_refused_with_the_place(part, content, path):
    document = to_dict(OfferPolicy()) | {part: content}

    with pytest.raises(DocumentError) as caught:
        from_dict(document, OfferPolicy)
    assert [fault.path.removeprefix("$.") for fault in caught.value.exceptions] == [path]


def test_a_number_of_a_stored_lane_is_bounded():
    with pytest.raises(DocumentError) as caught:
        from_dict(to_dict(OfferPolicy()) | {"lanes": [[-(10**30), "all"]]}, OfferPolicy)
    assert "the number of a lane must be between" in caught.value.exceptions[0].message


# Presets


def test_the_presets_break_the_laws_that_their_docstrings_name():
    for name, policy in PRESETS.items():
        words = " ".join(getattr(OfferPolicy, name).__doc__.split())
        (told,) = re.findall(r"Breaks ([^(.]+?)(?:, and [^.]+ for [^.]+)?\.", words)
        assert tuple(re.findall(r'`"(\w+)"`', told)) == policy.breaks, name


def test_promotions_of_the_catalog_are_rounded_on_each_unit():
    catalog = OfferPolicy.sylius_like(promotions="catalog")

    assert catalog == attrs.evolve(OfferPolicy.sylius_like(), rounding="half_down", round_each="unit")
    assert catalog.breaks == ("best", "once_per_lane", "rounded_once", "shuffle")
    with pytest.raises(InvalidValueError, match=r"^promotions must be one of 'cart', 'catalog', got 'both'$"):
        OfferPolicy.sylius_like(promotions="both")


def test_coupons_run_one_after_the_other_where_the_shop_says_so():
    sequential = OfferPolicy.woocommerce_like(sequential=True)

    assert sequential == attrs.evolve(OfferPolicy.woocommerce_like(), base="running")
    with pytest.raises(InvalidTypeError, match=r"^sequential must be True or False, got 'yes'$"):
        OfferPolicy.woocommerce_like(sequential="yes")


def test_the_defaults_break_no_law():
    assert OfferPolicy().breaks == ()


# What sets the presets apart; tests/loyalty/test_offer_cases.py has the worked examples of the systems themselves


def presets_where(found):
    return {name.removesuffix("_like") for name, policy in PRESETS.items() if found(policy)}


def test_where_the_case_of_a_code_does_not_matter():
    offer = Offer("off", PercentOff(10), codes={"SPRING"})
    basket = Basket([Line("a", 10)], currency="EUR")

    def applies(policy):
        return apply_offers(basket, [offer], policy=policy, codes=["spring"]).trace[0].outcome == "applied"

    assert presets_where(applies) == {"oscar", "solidus", "woocommerce", "lunar"}


def test_where_the_second_discount_is_reckoned_on_the_price_before_the_first():
    offers = [Offer("first", PercentOff(10)), Offer("second", PercentOff(10), lane=1)]

    assert presets_where(lambda policy: receipt_of(ONE_RUG, *offers, policy=policy).total == 80) == {
        "oscar",
        "woocommerce",
    }


def test_where_offers_of_one_lane_add_up():
    offers = [Offer("first", PercentOff(10)), Offer("second", PercentOff(10))]

    assert presets_where(lambda policy: receipt_of(ONE_RUG, *offers, policy=policy).total < 90) == {
        "sylius",
        "odoo",
        "vendure",
        "woocommerce",
        "lunar",
    }


def test_where_the_offer_of_higher_priority_takes_the_units_of_a_better_one():
    assert presets_where(lambda policy: receipt_of(ONE_RUG, TEN, TWENTY, policy=policy).total == 90) == {
        "oscar",
        "medusa",
    }


def test_where_only_one_voucher_applies():
    offers = [Offer(name, AmountOffEach(5, Line.fields.sku == name), lane=1) for name in "ab"]
    lines_ = [Line("a", 10), Line("b", 10)]

    assert presets_where(lambda policy: receipt_of(lines_, *offers, policy=policy).total > 10) == {"saleor"}


def test_where_the_first_exclusive_offer_wins_whatever_the_others_save():
    offers = [attrs.evolve(offer, exclusive=True) for offer in (TEN, TWENTY)]

    assert presets_where(lambda policy: receipt_of(ONE_RUG, *offers, policy=policy).total == 90) == {
        "oscar",
        "sylius",
        "woocommerce",
    }


def test_how_half_a_cent_and_more_is_rounded():
    def off(policy, price):
        return receipt_of([Line("a", Decimal(price))], Offer("off", PercentOff(10)), policy=policy).discount

    assert presets_where(lambda policy: not off(policy, "0.05")) == {"oscar", "woocommerce"}
    assert presets_where(lambda policy: not off(policy, "0.09")) == {"oscar"}


def test_what_is_rounded():
    two_lines, two_units = (
        [Line("a", Decimal("0.10")), Line("b", Decimal("0.10"))],
        [Line("a", Decimal("0.10"), quantity=2)],
    )
    offer = Offer("off", PercentOff(5))

    def rounded_up_twice(bought):
        return presets_where(lambda policy: receipt_of(bought, offer, policy=policy).discount == Decimal("0.02"))

    assert rounded_up_twice(two_lines) == {"solidus", "saleor", "lunar"}
    assert rounded_up_twice(two_units) == {"saleor"}


@pytest.mark.parametrize(
    ("sku", "systems"),
    [
        ("a", {"odoo", "medusa", "vendure", "woocommerce"}),  # the largest fractions; of equal ones the first sku
        ("b", {"solidus", "sylius", "lunar"}),  # the first line
        ("c", {"oscar", "saleor"}),  # the last
    ],
)
def test_which_line_gets_the_cent_that_is_left_over(sku, systems):
    bought = [Line(name, 2) for name in "bac"]

    def off(policy):
        receipt = receipt_of(bought, Offer("off", AmountOff(4)), policy=policy)
        return next(line.discount for line in receipt.lines if line.line.sku == sku)

    assert presets_where(lambda policy: off(policy) == Decimal("1.34")) == systems


def test_which_units_are_discounted_first():
    bought = [Line("a", 10), Line("b", 20)]
    offer = Offer("off", PercentOff(50, units=1))

    assert presets_where(lambda policy: receipt_of(bought, offer, policy=policy).discount == 10) == {
        "medusa",
        "woocommerce",
    }


@pytest.mark.parametrize(
    ("system", "paid", "units"),
    [("oscar", 20, 3), ("solidus", 30, 3), ("odoo", 30, 4), ("lunar", 20, 3)],
)
def test_what_buy_3_get_1_means(system, paid, units):
    receipt = receipt_of(
        [Line("a", 10, quantity=3)],
        Offer("free", BuyXGetY(buy=3, get=1, items=ANY)),
        policy=PRESETS[f"{system}_like"],
    )

    assert (receipt.total, sum(line.line.quantity for line in receipt.lines)) == (paid, units)


def test_lunar_frees_as_many_units_as_there_are():
    sweater, tee = Line.fields.sku == "sweater", Line.fields.sku == "tee"
    offer = Offer("free", BuyXGetY(buy=2, get=2, items=sweater, rewards=tee))
    bought = [Line("sweater", 40, quantity=2), Line("tee", 15)]

    assert receipt_of(bought, offer, policy=PRESETS["lunar_like"]).discount == 15
    assert receipt_of(bought, offer, policy=PRESETS["medusa_like"]).discount == 0


@pytest.mark.parametrize(("system", "left"), [("oscar", "b"), ("medusa", "a"), ("solidus", "d")])
def test_which_units_pay_for_the_free_ones(system, left):
    """Oscar frees the cheapest of four and Medusa the dearest; the dearest others pay, where else the cheapest others do."""
    bought = [Line(sku, price) for sku, price in zip("abcd", (10, 20, 30, 40), strict=True)]
    three_for_two = Offer("free", BuyXGetY(buy=2, get=1, items=ANY, reading="in_basket"), priority=1)
    receipt = receipt_of(bought, three_for_two, Offer("rest", PercentOff(1)), policy=PRESETS[f"{system}_like"])

    rest = [line.line.sku for line in receipt.lines for found in line.adjustments if found.offer == "rest"]
    assert rest == [left]


# Laws: each with a basket that shows the breach under every setting that declares it


def line_totals(receipt):
    return sorted((line.line.sku, line.line.id or "", line.total) for line in receipt.lines)


def saves_most(lines, offers, policy):
    """Whether no choice and order of the offers, each as often as it goes, saves more in one lane."""
    greedy = attrs.evolve(policy, within="all", lanes={})
    orders = [order for number in range(1, len(offers) + 1) for order in permutations(offers, number)]
    others = [
        receipt_of(lines, *(attrs.evolve(offer, priority=-place) for place, offer in enumerate(order)), policy=greedy)
        for order in orders
    ]
    return receipt_of(lines, *offers, policy=policy).discount >= max(other.discount for other in others)


def each_unit_once_in_a_lane(lines, offers, policy):
    """Whether no unit has something off by two offers of one lane."""
    lanes = {offer.id: offer.lane for offer in offers}
    for line in receipt_of(lines, *offers, policy=policy).lines:
        for group in line.groups:
            cut_in = [lanes[cut.offer] for cut in group.cuts]
            if len(set(cut_in)) < len(cut_in):
                return False
    return True


def rounded_once(lines, percent, policy):
    """Whether a percentage of everything is its exact amount, rounded."""
    receipt = receipt_of(lines, Offer("off", PercentOff(percent)), policy=policy)
    exact = _money.to_minor(receipt.subtotal, "EUR") * percent
    return _money.to_minor(receipt.discount, "EUR") == _money.round_minor(exact, 100, policy.rounding)


def same_shuffled(lines, offers, policy):
    """Whether every line costs the same in every order of the lines."""
    found = [line_totals(receipt_of(order, *offers, policy=policy)) for order in permutations(lines)]
    return all(totals == found[0] for totals in found)


@pytest.mark.parametrize(
    ("policy", "offers"),
    [
        (OfferPolicy(within="first"), (TEN, TWENTY)),
        (OfferPolicy(within="all"), (TEN, TWENTY)),
        (OfferPolicy(lanes={0: "first"}), (TEN, TWENTY)),
        (OfferPolicy(stacking="sequence"), (Offer("10 off", AmountOff(10), priority=1), TWENTY)),
        (OfferPolicy(exclusive="priority"), (attrs.evolve(TEN, exclusive=True), attrs.evolve(TWENTY, exclusive=True))),
    ],
    ids=["first", "all", "lanes", "sequence", "priority"],
)
def test_under_some_settings_another_choice_would_save_more(policy, offers):
    assert "best" in policy.breaks
    assert not saves_most(ONE_RUG, offers, policy)
    assert saves_most(ONE_RUG, offers, OfferPolicy())


def test_in_a_sequence_offers_of_one_lane_take_off_the_same_unit():
    policy = OfferPolicy(stacking="sequence")

    assert "once_per_lane" in policy.breaks
    assert not each_unit_once_in_a_lane(ONE_RUG, (TEN, TWENTY), policy)
    assert each_unit_once_in_a_lane(ONE_RUG, (TEN, TWENTY), OfferPolicy())


@pytest.mark.parametrize("each", ["line", "unit"])
def test_what_is_rounded_in_parts_may_add_up_to_something_else(each):
    """The basket of saleor/discount/tests/test_rounding_issue.py: 1.04 in parts, 1.02 of the whole."""
    policy = OfferPolicy(round_each=each)
    lines = [Line(f"sku {price}", Decimal(price)) for price in ("1.06", "2.06", "3.06", "4.06")]

    assert "rounded_once" in policy.breaks
    assert not rounded_once(lines, 10, policy)
    assert rounded_once(lines, 10, OfferPolicy())


@pytest.mark.parametrize("remainder", ["first", "last", "rounded_first"])
def test_what_a_split_leaves_over_may_go_by_the_order_of_lines(remainder):
    policy = OfferPolicy(remainder=remainder)
    lines, offers = [Line(sku, 2) for sku in "abc"], [Offer("off", AmountOff(4))]

    assert "shuffle" in policy.breaks
    assert not same_shuffled(lines, offers, policy)
    assert same_shuffled(lines, offers, OfferPolicy())


# ... and a law that it holds under all the others


def lines(prices):
    """Draw lines of up to three things."""
    return st.lists(st.tuples(prices, st.integers(1, 3)), min_size=1, max_size=3).map(
        lambda drawn: [Line("abc"[place], price, quantity=number) for place, (price, number) in enumerate(drawn)]
    )


CENTS = st.integers(1, 2000).map(lambda cents: _money.from_minor(cents, "EUR"))
TENS = st.integers(1, 9).map(lambda tens: 10 * tens)


LANE_0, TWO_LANES = st.just(0), st.integers(0, 1)
NEVER, SELDOM = st.sampled_from([False]), st.sampled_from([False] * 5 + [True])


def offers(benefits, *, lanes=TWO_LANES, exclusive=NEVER):
    """Draw up to three offers."""
    terms = st.tuples(benefits, lanes, st.integers(0, 2), exclusive)
    return st.lists(terms, min_size=1, max_size=3).map(
        lambda drawn: [
            Offer(f"offer {place}", benefit, lane=lane, priority=priority, exclusive=alone)
            for place, (benefit, lane, priority, alone) in enumerate(drawn)
        ]
    )


BUY_2_GET_1 = BuyXGetY(buy=2, get=1, items=ANY)
WHOLE = st.one_of(  # on prices in tens, nothing of these is ever rounded
    st.builds(PercentOff, TENS),
    st.builds(PercentOff, TENS, units=st.integers(1, 2)),
    st.builds(AmountOff, st.integers(1, 40)),
    st.builds(AmountOffEach, st.integers(1, 9)),
    st.just(BUY_2_GET_1),
    st.builds(Bundle, TENS, st.just([Part(2)])),
)
ANYTHING = st.one_of(
    st.builds(PercentOff, st.integers(1, 100)),
    st.builds(PercentOff, st.integers(1, 100), units=st.integers(1, 2)),
    st.builds(AmountOff, CENTS),
    st.builds(AmountOffEach, CENTS),
    st.just(BUY_2_GET_1),
    st.builds(Bundle, CENTS, st.just([Part(2)])),
)


@given(
    lines(TENS),
    offers(WHOLE, lanes=LANE_0, exclusive=SELDOM),
    policies(
        within=["best"],
        lanes=st.just({}),
        stacking=["lanes"],
        exclusive=["best"],
        reading=["in_basket", "included", "separate"],  # what is added is worth something, and takes nothing off
    ),
)
def test_the_best_combination_saves_most(bought, drawn, policy):
    assert "best" not in policy.breaks
    assert saves_most(bought, drawn, policy)


@given(lines(CENTS), offers(ANYTHING), policies(stacking=["lanes"]))
def test_in_lanes_each_unit_serves_one_offer_of_a_lane(bought, drawn, policy):
    assert "once_per_lane" not in policy.breaks
    assert each_unit_once_in_a_lane(bought, drawn, policy)


@given(lines(CENTS), st.integers(1, 100), policies(round_each=["offer"]))
def test_a_percentage_is_its_exact_amount_rounded(bought, percent, policy):
    assert "rounded_once" not in policy.breaks
    assert rounded_once(bought, percent, policy)


@given(lines(CENTS), offers(ANYTHING), policies(remainder=["largest"]))
def test_the_order_of_lines_changes_nothing(bought, drawn, policy):
    assert "shuffle" not in policy.breaks
    assert same_shuffled(bought, drawn, policy)


@given(lines(CENTS), offers(ANYTHING), policies())
def test_no_policy_tells_a_line_of_three_from_lines_of_one_and_two(bought, drawn, policy):
    split = [
        attrs.evolve(line, quantity=number, id=f"{line.sku} {place}")
        for line in bought
        for place, number in enumerate((1, line.quantity - 1))
        if number
    ]
    whole = receipt_of(bought, *drawn, policy=policy)

    assert receipt_of(split, *drawn, policy=policy).total == whole.total


@given(lines(CENTS), offers(ANYTHING), policies())
def test_under_every_policy_lines_add_up_and_stay_between_nothing_and_their_price(bought, drawn, policy):
    receipt = receipt_of(bought, *drawn, policy=policy)

    assert sum(line.total for line in receipt.lines) == receipt.total
    assert all(0 <= line.total <= line.subtotal for line in receipt.lines)
    assert all(
        group.price >= 0 and all(cut.amount >= 0 for cut in group.cuts)
        for line in receipt.lines
        for group in line.groups
    )


def test_settling_a_difference_makes_no_line_dearer():
    """Shares of 0.4, 0.6, 0.6, 0.6 and 0.8 round to four cents of three; the first line has none to give back."""
    bought = [Line(sku, price) for sku, price in zip("abcde", (4, 6, 6, 6, 8), strict=True)]
    policy = OfferPolicy(remainder="rounded_first")
    receipt = receipt_of(bought, Offer("off", AmountOff(Decimal("0.03"))), policy=policy)

    assert receipt.discount == Decimal("0.03")
    assert [line.discount for line in receipt.lines] == [0, 0, *[Decimal("0.01")] * 3]
