"""Tiers: whole and marginal, by what is spent and by units, and below the first step."""

from decimal import Decimal

import pytest
from offer_results import ANY, TEA, costs, line, receipt_of, saved, units

from cxkit.answers import Reason
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.loyalty import AmountOff, Basket, BuyXGetY, Offer, Tiered, TierStep, apply_offers
from cxkit.loyalty._benefits.deal import NOTHING, Idle, Short

MORE = [TierStep(50, percent=10), TierStep(100, percent=20)]
UNITS = [TierStep(3, percent=10), TierStep(6, percent=20)]


def tiered(steps, items=None, **options):
    return Offer("tiers", Tiered(steps, items, **options))


def off(lines, offer):
    return str(receipt_of(lines, offer).discount)


# The step that is reached holds for everything


@pytest.mark.parametrize(
    ("price", "discount"),
    [("49.99", "0.00"), ("50.00", "5.00"), ("99.99", "10.00"), ("100.00", "20.00"), ("200.00", "40.00")],
)
def test_a_threshold_of_what_is_spent_is_inclusive(price, discount):
    assert off([line("rug", price)], tiered(MORE)) == discount
    assert off([line("rug", price)], tiered(reversed(MORE))) == discount


@pytest.mark.parametrize(("number", "discount"), [(2, "0.00"), (3, "3.00"), (5, "5.00"), (6, "12.00"), (10, "20.00")])
def test_a_threshold_of_units_is_inclusive(number, discount):
    assert off([line("tea", "10.00", number)], tiered(UNITS, by="units")) == discount


@pytest.mark.parametrize(
    ("price", "discount"), [("49.00", "0.00"), ("50.00", "5.00"), ("99.00", "5.00"), ("100.00", "15.00")]
)
def test_a_step_may_take_an_amount_off_in_all(price, discount):
    assert off([line("rug", price)], tiered([TierStep(50, amount=5), TierStep(100, amount=15)])) == discount


def test_the_amount_of_a_step_is_spread_in_proportion_to_price():
    lines = [line("a", "20.00"), line("b", "40.00")]

    assert costs(receipt_of(lines, tiered([TierStep(50, amount=6)]))) == {"a": "18.00", "b": "36.00"}


def test_steps_may_take_off_percents_and_amounts():
    steps = [TierStep(10, percent=50), TierStep(100, amount=20)]

    assert (off([line("rug", "90.00")], tiered(steps)), off([line("rug", "110.00")], tiered(steps))) == (
        "45.00",
        "20.00",
    )


def test_a_first_step_at_zero_holds_for_every_basket():
    assert off([line("tea", "1.00")], tiered([TierStep(0, percent=10)])) == "0.10"


def test_only_the_range_counts_and_is_reduced():
    lines = [line("tea", "10.00", 3), line("coffee", "90.00", 9)]

    assert off(lines, tiered(UNITS, TEA, by="units")) == "3.00"
    assert off(lines, tiered(MORE, TEA)) == "0.00"


def test_what_may_not_be_discounted_counts_and_stays():
    lines = [line("rug", "60.00"), line("book", "40.00", discountable=False)]

    assert costs(receipt_of(lines, tiered(MORE))) == {"rug": "48.00", "book": "40.00"}
    lines = [line("rug", "60.00", 2), line("book", "40.00", discountable=False)]
    assert costs(receipt_of(lines, tiered(UNITS, by="units"))) == {"rug": "108.00", "book": "40.00"}


def test_gifts_fees_and_shipping_do_not_count():
    lines = [line("rug", "49.00"), *(line(kind, "60.00", kind=kind) for kind in ("gift", "fee", "shipping"))]

    assert off(lines, tiered(MORE)) == "0.00"


# Below the first step


def test_what_is_short_of_the_first_threshold_is_said_in_money():
    decision = receipt_of([line("rug", "20.00", 2), line("tea", "1.50")], tiered(MORE)).trace[0]

    assert (decision.outcome, decision.money_missing, decision.units_missing) == ("not_met", Decimal("8.50"), 0)
    assert [(reason.code, str(reason.found), str(reason.needed)) for reason in decision.reasons] == [
        ("spend", "41.50", "50.00")
    ]


def test_what_is_short_of_the_first_threshold_is_said_in_units():
    decision = receipt_of([line("tea", "20.00")], tiered(UNITS, by="units")).trace[0]

    assert (decision.outcome, decision.money_missing, decision.units_missing) == ("not_met", 0, 2)
    assert [(reason.code, reason.found, reason.needed) for reason in decision.reasons] == [("units", 1, 3)]


def test_a_threshold_between_two_units_needs_the_next_one():
    steps = [TierStep(Decimal("2.5"), percent=10)]

    assert receipt_of([line("tea", "10.00", 2)], tiered(steps, by="units")).trace[0].units_missing == 1
    assert off([line("tea", "10.00", 3)], tiered(steps, by="units")) == "3.00"


def test_an_empty_basket_is_below_the_first_step():
    assert receipt_of([], tiered(MORE)).trace[0].money_missing == 50
    assert receipt_of([], tiered(UNITS, by="units")).trace[0].units_missing == 3


# Marginal


@pytest.mark.parametrize(
    ("price", "discount"),
    [
        ("49.99", "0.00"),
        ("50.00", "0.00"),  # what lies above the first threshold is nothing
        ("60.00", "1.00"),
        ("100.00", "5.00"),
        ("150.00", "15.00"),  # 10 % of 50 and 20 % of 50
        ("150.05", "15.01"),
    ],
)
def test_each_percentage_holds_for_what_lies_between_two_thresholds(price, discount):
    assert off([line("rug", price)], tiered(MORE, marginal=True)) == discount


def test_marginal_percentages_of_money_fall_on_all_units_alike():
    # 150 is 5 + 10 off, a tenth of everything: of 120.00 and of 30.00.
    receipt = receipt_of([line("a", "120.00"), line("b", "15.00", 2)], tiered(MORE, marginal=True))

    assert costs(receipt) == {"a": "108.00", "b": "27.00"}
    # 160 is 5 + 12 off: 17/160 of 120.00 is 12.75, and of 40.00 it is 4.25.
    receipt = receipt_of([line("a", "120.00"), line("b", "40.00")], tiered(MORE, marginal=True))
    assert costs(receipt) == {"a": "107.25", "b": "35.75"}


def test_marginal_thresholds_of_units_count_the_dearest_first():
    lines = [line("a", "4.00"), line("b", "10.00"), line("c", "6.00"), line("d", "8.00")]

    # Half off what comes after two units: 6 and 4.
    assert costs(receipt_of(lines, tiered([TierStep(2, percent=50)], by="units", marginal=True))) == {
        "a": "2.00",
        "b": "10.00",
        "c": "3.00",
        "d": "8.00",
    }
    # A tenth of three, and half of the fourth: 1 + 0.80 + 0.60 + 2.
    assert off(lines, tiered([TierStep(0, percent=10), TierStep(3, percent=50)], by="units", marginal=True)) == "4.40"


def test_equal_units_over_a_threshold_share_what_comes_off():
    receipt = receipt_of([line("tea", "10.00", 4)], tiered([TierStep(2, percent=50)], by="units", marginal=True))

    assert units(receipt, "tea") == [(4, "7.50")]


def test_marginal_tiers_take_nothing_off_what_may_not_be_discounted():
    # 150 in all is a tenth off; 100 of it is a book.
    lines = [line("book", "100.00", discountable=False), line("rug", "50.00")]

    assert costs(receipt_of(lines, tiered(MORE, marginal=True))) == {"book": "100.00", "rug": "45.00"}
    assert off(lines[:1], tiered(MORE, marginal=True)) == "0.00"


def test_marginal_tiers_of_things_that_cost_nothing_take_nothing_off():
    steps = [TierStep(0, percent=10)]

    assert off([line("tea", "0.00", 3)], tiered(steps, marginal=True)) == "0.00"
    assert off([], tiered(steps, marginal=True)) == "0.00"
    # Of three dear units and a free one, the free one is the last.
    lines = [line("tea", "10.00", 3), line("water", "0.00")]
    assert off(lines, tiered([TierStep(3, percent=10)], by="units", marginal=True)) == "0.00"


# Which price


@pytest.mark.parametrize(("price", "discount"), [("running", "20.00"), ("list", "28.00")])
def test_money_is_counted_as_earlier_lanes_left_it_or_before_them(price, discount):
    later = Offer("tiers", Tiered([TierStep(100, percent=10)], price=price), lane=1)
    receipt = receipt_of([line("rug", "100.00")], Offer("20 off", AmountOff(20)), later)

    # 100 before any offer is enough; a tenth of the 80 that are left.
    assert str(receipt.discount) == discount
    assert receipt.trace[1].money_missing == (20 if price == "running" else 0)


def test_marginal_tiers_on_the_list_price_take_their_share_of_what_is_left():
    later = Offer("tiers", Tiered(MORE, price="list", marginal=True), lane=1)
    receipt = receipt_of([line("rug", "150.00")], Offer("50 off", AmountOff(50)), later)

    # 15 of 150 is a tenth, of the 100 that are left.
    assert saved(receipt) == {"50 off": "50.00", "tiers": "10.00"}


def test_what_other_offers_of_the_lane_use_counts_and_gets_nothing():
    free = Offer("free", BuyXGetY(buy=2, get=1, items=ANY))

    assert saved(receipt_of([line("tea", "10.00", 4)], free, tiered(UNITS, by="units"))) == {
        "free": "10.00",
        "tiers": "1.00",
    }


# What is refused


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: TierStep(-1, percent=5), InvalidValueError, "at_least must be 0 or more, got -1"),
        (lambda: TierStep(1.5, percent=5), InvalidTypeError, "at_least must be a Decimal or an int, got 1.5"),
        (lambda: TierStep(1), InvalidValueError, "a step takes off a percent or an amount, got None and None; give one of the two"),
        (lambda: TierStep(1, percent=5, amount=5), InvalidValueError, "a step takes off a percent or an amount, got 5 and 5"),
        (lambda: TierStep(1, percent=101), InvalidValueError, "percent must be above 0 and at most 100, got 101"),
        (lambda: TierStep(1, amount=0), InvalidValueError, "amount must be above 0, got 0"),
        (lambda: Tiered([]), InvalidValueError, "tiers must have at least one step, and each threshold once, got ()"),
        (lambda: Tiered([TierStep(1, percent=5), TierStep(1, amount=2)]), InvalidValueError, "tiers must have at least one step, and"),
        (lambda: Tiered([5]), InvalidTypeError, "tiers are made of TierStep(at_least, percent=...) or TierStep(at_least, amount=...)"),
        (lambda: Tiered(5), InvalidTypeError, "expected a list of values, got 5"),
        (lambda: Tiered(MORE, by="weight"), InvalidValueError, "by must be one of 'spend', 'units', got 'weight'"),
        (lambda: Tiered(MORE, price="net"), InvalidValueError, "price must be one of 'running', 'list', got 'net'"),
        (lambda: Tiered(MORE, marginal=1), InvalidTypeError, "marginal must be True or False, got 1"),
        (lambda: Tiered([TierStep(1, amount=5)], marginal=True), InvalidValueError, "marginal tiers take percentages, got an amount"),
    ],
)  # fmt: skip
def test_tiers_that_make_no_sense_are_refused(make, error, message):
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("step", "what"),
    [(TierStep(Decimal("0.005"), percent=5), "threshold"), (TierStep(0, amount=Decimal("0.005")), "amount")],
)
def test_a_step_finer_than_the_currency_is_refused_by_name(step, what):
    with pytest.raises(
        InvalidValueError, match=rf"^the {what} of 'tiers' 0.005 has 3 decimals, EUR has 2; round it first$"
    ):
        receipt_of([line("tea", "1.00")], tiered([step]))
    apply_offers(Basket([line("tea", "1.000")], currency="KWD"), [tiered([step])])


def test_what_is_below_its_first_step_takes_nothing():
    below = Idle(None, (), Short(Reason("spend"), money=100))

    assert (below.most({}), below.take({}, 0), below.bound({}), below.short({}).money) == (0, NOTHING, 0, 100)
