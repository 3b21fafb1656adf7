"""Percentages, amounts and fixed prices: caps, units, groups, floors, rounding, and where the last cents go."""

from decimal import Decimal

import attrs
import pytest
from offer_results import ANY, COFFEE, TEA, costs, line, receipt_of, saved, units

from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.loyalty import (
    AmountOff,
    AmountOffEach,
    Basket,
    FixedPrice,
    Line,
    Offer,
    OfferPolicy,
    PercentOff,
    apply_offers,
)

THREE_PRICES = [line("a", "10.00"), line("b", "20.00"), line("c", "30.00")]


def off(benefit, lines, **options):
    """Return what a benefit takes off, as text."""
    return str(receipt_of(lines, Offer("off", benefit), **options).discount)


def only(benefit, lines, **options):
    """Return what became of an offer alone."""
    return receipt_of(lines, Offer("off", benefit), **options).trace[0]


# Which units


@pytest.mark.parametrize(
    ("benefit", "discount"),
    [
        (PercentOff(50), "30.00"),
        (PercentOff(50, units=1), "5.00"),
        (PercentOff(50, units=2), "15.00"),
        (PercentOff(50, units=9), "30.00"),
        (PercentOff(50, units=2, pick="dearest"), "25.00"),
        (PercentOff(50, Line.fields.unit_price >= 20, units=1), "10.00"),
        (PercentOff(50, groups_of=2), "15.00"),
        (PercentOff(50, groups_of=2, pick="dearest"), "25.00"),
        (AmountOffEach(4), "12.00"),
        (AmountOffEach(15), "40.00"),  # 10 + 15 + 15
        (AmountOffEach(15, units=1), "10.00"),
        (AmountOffEach(15, units=1, pick="dearest"), "15.00"),
        (AmountOffEach(4, groups_of=3), "12.00"),
        (AmountOffEach(4, groups_of=4), "0.00"),
        (FixedPrice(8), "36.00"),  # 2 + 12 + 22
        (FixedPrice(25), "5.00"),
        (FixedPrice(0), "60.00"),
        (FixedPrice(8, units=2), "14.00"),
        (FixedPrice(8, units=2, pick="dearest"), "34.00"),
        (FixedPrice(8, groups_of=2), "14.00"),
        (AmountOff(6), "6.00"),
        (AmountOff(60), "60.00"),
        (AmountOff(61), "60.00"),
    ],
)
def test_what_a_benefit_takes_off_three_prices(benefit, discount):
    assert off(benefit, THREE_PRICES) == discount


@pytest.mark.parametrize("kind", [PercentOff, AmountOffEach, FixedPrice])
def test_the_policy_says_which_units_come_first_unless_the_benefit_does(kind):
    dearest = OfferPolicy(pick="dearest")
    first, last = kind(5, units=1, pick="cheapest"), kind(5, units=1, pick="dearest")

    assert off(kind(5, units=1), THREE_PRICES) == off(first, THREE_PRICES)
    assert off(kind(5, units=1), THREE_PRICES, policy=dearest) == off(last, THREE_PRICES)
    assert off(first, THREE_PRICES, policy=dearest) == off(first, THREE_PRICES)


@pytest.mark.parametrize(
    ("number", "units_", "reduced"),
    [(2, None, 0), (3, None, 3), (7, None, 6), (7, 3, 3), (7, 5, 3), (2, 5, 0), (9, 6, 6)],
)
def test_only_full_groups_count_within_the_number_of_units(number, units_, reduced):
    assert off(AmountOffEach(1, units=units_, groups_of=3), [line("tea", "4.00", number)]) == f"{reduced}.00"


@pytest.mark.parametrize(("number", "lacking"), [(1, 3), (3, 1)])
def test_a_group_that_is_not_full_says_what_is_missing(number, lacking):
    decision = only(PercentOff(10, TEA, groups_of=4), [line("tea", "4.00", number), line("coffee", "4.00", 9)])

    assert (decision.outcome, decision.units_missing) == ("not_met", lacking)
    assert [(reason.code, reason.found, reason.needed) for reason in decision.reasons] == [("units", number, 4)]


@pytest.mark.parametrize("benefit", [PercentOff(50), AmountOff(5), AmountOffEach(5), FixedPrice(0)], ids=repr)
def test_money_comes_off_goods_that_may_be_discounted_and_nothing_else(benefit):
    others = [
        line("book", "9.00", discountable=False),
        line("parcel", "9.00", kind="shipping"),
        line("bag", "9.00", kind="fee"),
        line("tin", "9.00", kind="gift"),
    ]
    paid = costs(receipt_of([line("tea", "5.00"), *others], Offer("off", benefit)))

    assert {sku: paid[sku] for sku in ("book", "parcel", "bag", "tin")} == dict.fromkeys(
        ("book", "parcel", "bag", "tin"), "9.00"
    )
    assert paid["tea"] == {PercentOff(50): "2.50"}.get(benefit, "0.00")


@pytest.mark.parametrize("benefit", [PercentOff(50, TEA), AmountOff(5, TEA), AmountOffEach(5, TEA), FixedPrice(0, TEA)])
def test_without_a_unit_of_the_range_one_is_missing(benefit):
    decision = only(benefit, [line("coffee", "5.00")])

    assert (decision.outcome, decision.units_missing) == ("not_met", 1)
    assert [(reason.code, reason.found, reason.needed) for reason in decision.reasons] == [("units", 0, 1)]


@pytest.mark.parametrize(
    ("benefit", "bought"),
    [
        (PercentOff(10), line("tea", "0.00")),
        (AmountOff(5), line("tea", "0.00")),
        (AmountOffEach(5), line("tea", "0.00")),
        (FixedPrice(4), line("tea", "4.00")),
        (FixedPrice(4), line("tea", "3.00")),
        (PercentOff(10), line("tea", "3.00", floor_price=Decimal(3))),
        (AmountOff(5), line("tea", "3.00", floor_price=Decimal(3))),
        (PercentOff(10), line("tea", "0.04")),
        (PercentOff(Decimal("0.01")), line("tea", "9.99")),
    ],
    ids=repr,
)
def test_where_the_units_are_there_and_none_can_be_cheaper_nothing_is_missing(benefit, bought):
    decision = only(benefit, [bought])

    assert (decision.outcome, decision.units_missing, decision.discount) == ("not_met", 0, 0)
    assert [reason.code for reason in decision.reasons] == ["nothing_to_reduce"]


# Caps


@pytest.mark.parametrize(
    ("prices", "paid"),
    [
        (["60.00", "40.00"], ["57.00", "38.00"]),  # 20 % is 20; of the 5, in proportion
        (["15.00", "10.00"], ["12.00", "8.00"]),  # 20 % is just 5
        (["10.00", "5.00"], ["8.00", "4.00"]),
    ],
)
@pytest.mark.parametrize("round_each", ["offer", "line", "unit"])
def test_a_cap_is_the_most_that_a_percentage_takes_off(prices, paid, round_each):
    lines = [line(sku, price) for sku, price in zip("ab", prices, strict=True)]
    receipt = receipt_of(lines, Offer("off", PercentOff(20, cap=5)), policy=OfferPolicy(round_each=round_each))

    assert list(costs(receipt).values()) == paid


def test_a_cap_holds_for_the_units_that_are_picked():
    assert off(PercentOff(50, units=2, cap=12), THREE_PRICES) == "12.00"
    assert off(PercentOff(50, units=2, cap=16), THREE_PRICES) == "15.00"


def test_what_a_floor_blocks_of_a_capped_percentage_goes_to_the_others():
    # 50 % is 5 and 5, of which a floor blocks 4: 1 + 5, capped at 4. In proportion to those it is 0.67 + 3.33.
    lines = [line("a", "10.00", floor_price=Decimal(9)), line("b", "10.00")]

    assert costs(receipt_of(lines, Offer("off", PercentOff(50, cap=4)))) == {"a": "9.33", "b": "6.67"}


# Rounding


@pytest.mark.parametrize(
    ("rounding", "discount"),
    [
        ("half_up", "0.02"),
        ("half_even", "0.02"),
        ("half_down", "0.01"),
        ("up", "0.02"),
        ("down", "0.01"),
        ("floor", "0.01"),
        ("ceiling", "0.02"),
    ],
)
def test_a_percentage_is_rounded_once_as_the_policy_says(rounding, discount):
    # 10 % of 3 units at 0.05 is 1.5 cents.
    assert off(PercentOff(10), [line("tea", "0.05", 3)], policy=OfferPolicy(rounding=rounding)) == discount


def test_cents_that_do_not_divide_fall_on_some_units_of_a_line():
    receipt = receipt_of([line("tea", "0.05", 3)], Offer("off", PercentOff(10)))

    assert units(receipt, "tea") == [(2, "0.04"), (1, "0.05")]
    assert units(receipt_of([line("tea", "1.00", 3)], Offer("off", AmountOff(Decimal("0.05")))), "tea") == [
        (2, "0.98"),
        (1, "0.99"),
    ]


@pytest.mark.parametrize(
    ("currency", "price", "discount"),
    [("EUR", "19.99", "3.00"), ("JPY", "999", "150"), ("KWD", "0.125", "0.019"), ("EUR", "0.03", "0.00")],
)
def test_a_percentage_has_the_decimals_of_the_currency(currency, price, discount):
    receipt = apply_offers(Basket([line("tea", price)], currency=currency), [Offer("off", PercentOff(15))])

    # 2.9985, 149.85, 0.01875, and 0.0045.
    assert str(receipt.discount) == discount


def test_percentages_of_many_digits_are_exact():
    # 12.345678 % of 81 units at 100.00 is 999.999918: not a cent more or less.
    assert off(PercentOff(Decimal("12.345678")), [line("rug", "100.00", 81)]) == "1000.00"
    assert (
        off(PercentOff(Decimal("12.345678")), [line("rug", "100.00", 81)], policy=OfferPolicy(rounding="down"))
        == "999.99"
    )


# An amount over a range


@pytest.mark.parametrize(
    ("remainder", "paid"),
    [
        # 5 cents over three equal prices: 1.67 each. The lines stand in the order c, b, a.
        ("largest", {"c": "0.99", "b": "0.98", "a": "0.98"}),
        ("first", {"c": "0.98", "b": "0.98", "a": "0.99"}),
        ("last", {"c": "0.99", "b": "0.99", "a": "0.97"}),
        ("rounded_first", {"c": "0.99", "b": "0.98", "a": "0.98"}),
    ],
)
def test_the_policy_says_which_lines_get_the_last_cents(remainder, paid):
    lines = [line(sku, "1.00") for sku in "cba"]
    receipt = receipt_of(lines, Offer("off", AmountOff(Decimal("0.05"))), policy=OfferPolicy(remainder=remainder))

    assert costs(receipt) == paid


@pytest.mark.parametrize(
    ("amount", "paid"),
    [
        ("0.04", {"c": "0.98", "b": "0.99", "a": "0.99"}),  # 1.33 each, rounded to 1, and one is left over
        ("0.02", {"c": "1.00", "b": "0.99", "a": "0.99"}),  # 0.67 each, rounded to 1, and there is one too many
    ],
)
def test_rounded_shares_are_settled_at_the_first_lines(amount, paid):
    lines = [line(sku, "1.00") for sku in "cba"]
    receipt = receipt_of(lines, Offer("off", AmountOff(Decimal(amount))), policy=OfferPolicy(remainder="rounded_first"))

    assert costs(receipt) == paid


def test_what_the_last_line_cannot_bear_goes_to_the_others():
    # 8 cents over 1.00, 1.00, 1.00 and 0.01 in this order, rounded down: 2 + 2 + 2 + 0. The last bears one of the two left
    # over; 7 over the others are 2 + 2 and the rest, 3.
    lines = [line("d", "1.00"), line("c", "1.00"), line("b", "1.00"), line("a", "0.01")]
    receipt = receipt_of(lines, Offer("off", AmountOff(Decimal("0.08"))), policy=OfferPolicy(remainder="last"))

    assert costs(receipt) == {"d": "0.98", "c": "0.98", "b": "0.97", "a": "0.00"}


def test_the_largest_fractions_get_the_last_cents():
    # 10 cents over 20, 10 and 5: 5.71, 2.86 and 1.43.
    lines = [line("a", "5.00"), line("b", "10.00"), line("c", "20.00")]

    assert costs(receipt_of(lines, Offer("off", AmountOff(Decimal("0.10"))))) == {
        "a": "4.99",
        "b": "9.97",
        "c": "19.94",
    }


@pytest.mark.parametrize(
    ("amount", "paid"),
    [
        (3, {"a": "9.00", "b": "9.00", "c": "9.00"}),
        (6, {"a": "9.00", "b": "7.50", "c": "7.50"}),  # 2 each, but a bears 1: 2.50 for the others
        (9, {"a": "9.00", "b": "7.00", "c": "5.00"}),  # 3 each; then 4 each, but b bears 3; and 5 for c
        (14, {"a": "9.00", "b": "7.00", "c": "0.00"}),
        (20, {"a": "9.00", "b": "7.00", "c": "0.00"}),
    ],
)
def test_what_floors_block_goes_to_the_others(amount, paid):
    lines = [
        line("a", "10.00", floor_price=Decimal(9)),
        line("b", "10.00", floor_price=Decimal(7)),
        line("c", "10.00"),
    ]

    assert costs(receipt_of(lines, Offer("off", AmountOff(amount)))) == paid


def test_the_floor_of_an_offer_holds_for_all_units():
    lines = [line("a", "10.00"), line("b", "4.00"), line("c", "3.00")]

    # b bears 1, and c nothing.
    assert costs(receipt_of(lines, Offer("off", AmountOff(20), floor=3))) == {"a": "3.00", "b": "3.00", "c": "3.00"}
    assert costs(receipt_of(lines, Offer("off", AmountOff(4), floor=3))) == {"a": "7.00", "b": "3.00", "c": "3.00"}


# Floors of single units


@pytest.mark.parametrize(
    ("benefit", "paid"),
    [
        (PercentOff(50), {"a": "8.00", "b": "5.00"}),
        (AmountOffEach(4), {"a": "8.00", "b": "6.00"}),
        (FixedPrice(3), {"a": "8.00", "b": "3.00"}),
        (PercentOff(10), {"a": "9.00", "b": "9.00"}),
    ],
    ids=repr,
)
def test_a_unit_stops_at_its_floor_and_the_others_get_no_more(benefit, paid):
    lines = [line("a", "10.00", floor_price=Decimal(8)), line("b", "10.00")]

    assert costs(receipt_of(lines, Offer("off", benefit))) == paid


def test_the_higher_floor_holds():
    half, lines = (
        Offer("off", PercentOff(50), floor=7),
        [line("a", "10.00", floor_price=Decimal(8)), line("b", "10.00")],
    )

    assert costs(receipt_of(lines, half)) == {"a": "8.00", "b": "7.00"}
    assert costs(receipt_of(lines, attrs.evolve(half, floor=9))) == {"a": "9.00", "b": "9.00"}


# What is refused


@pytest.mark.parametrize("kind", [PercentOff, AmountOff, AmountOffEach, FixedPrice])
@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (-1, InvalidValueError, "{} must be {}"),
        (1.5, InvalidTypeError, "{} must be a Decimal or an int, got 1.5; write Decimal('1.5')"),
        (True, InvalidTypeError, "{} must be a Decimal or an int, got True"),
        ("1", InvalidTypeError, "{} must be a Decimal or an int, got '1'"),
        (None, InvalidTypeError, "{} must be a Decimal or an int, got None"),
        (Decimal("NaN"), InvalidValueError, "{} must be finite and have up to 30 digits, got Decimal('NaN')"),
        (Decimal("Infinity"), InvalidValueError, "{} must be finite and have up to 30 digits"),
        (10**40, InvalidValueError, "{} must be finite and have up to 30 digits"),
        (Decimal("1e999999999"), InvalidValueError, "{} must be finite and have up to 30 digits"),
    ],
    ids=repr,
)
def test_an_amount_that_makes_no_sense_is_refused(kind, given, error, message):
    what = {PercentOff: "percent", FixedPrice: "price"}.get(kind, "amount")
    must = {PercentOff: "above 0 and at most 100", FixedPrice: "0 or more"}.get(kind, "above 0")
    with pytest.raises(error) as caught:
        kind(given)
    assert str(caught.value).startswith(message.format(what, must))


@pytest.mark.parametrize("kind", [PercentOff, AmountOff, AmountOffEach])
def test_nothing_off_is_no_benefit(kind):
    with pytest.raises(InvalidValueError, match="must be above 0"):
        kind(0)


@pytest.mark.parametrize("kind", [PercentOff, AmountOffEach, FixedPrice])
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"units": 0}, InvalidValueError, "units must be at least 1, got 0"),
        ({"units": 1.0}, InvalidTypeError, "units must be an int, got 1.0"),
        ({"groups_of": 0}, InvalidValueError, "groups_of must be at least 1, got 0"),
        ({"groups_of": None}, InvalidTypeError, "groups_of must be an int, got None"),
        ({"pick": "best"}, InvalidValueError, "pick must be one of 'cheapest', 'dearest', got 'best'"),
        (
            {"units": 2, "groups_of": 3},
            InvalidValueError,
            "units must be at least groups_of, got 2 units in groups of 3",
        ),
        ({"items": "tea"}, InvalidTypeError, "items must be a predicate about Line.fields, got 'tea'"),
    ],
    ids=repr,
)
def test_units_that_make_no_sense_are_refused(kind, options, error, message):
    with pytest.raises(error) as caught:
        kind(5, **options)
    assert str(caught.value).startswith(message)


def test_units_may_just_fill_a_group():
    assert off(PercentOff(50, units=3, groups_of=3), THREE_PRICES) == "30.00"


@pytest.mark.parametrize(
    ("cap", "error", "message"),
    [
        (0, InvalidValueError, "cap must be above 0, got 0"),
        (-1, InvalidValueError, "cap must be above 0, got -1"),
        (0.5, InvalidTypeError, "cap must be a Decimal or an int, got 0.5"),
    ],
)
def test_a_cap_that_makes_no_sense_is_refused(cap, error, message):
    with pytest.raises(error) as caught:
        PercentOff(5, cap=cap)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("offer", "what"),
    [
        (Offer("off", AmountOff(Decimal("0.005"))), "amount"),
        (Offer("off", AmountOffEach(Decimal("0.005"))), "amount"),
        (Offer("off", FixedPrice(Decimal("0.005"))), "price"),
        (Offer("off", PercentOff(5, cap=Decimal("0.005"))), "cap"),
        (Offer("off", PercentOff(5), floor=Decimal("0.005")), "floor"),
    ],
    ids=["amount", "each", "fixed", "cap", "floor"],
)
def test_an_amount_finer_than_the_currency_is_refused_by_name(offer, what):
    with pytest.raises(
        InvalidValueError, match=rf"^the {what} of 'off' 0.005 has 3 decimals, EUR has 2; round it first$"
    ):
        receipt_of([line("tea", "1.00")], offer)
    # In another currency it makes sense.
    apply_offers(Basket([line("tea", "1.000")], currency="KWD"), [offer])


def test_offers_of_single_units_do_not_see_the_units_of_one_another():
    lines = [line("tea", "4.00"), line("coffee", "5.00")]
    receipt = receipt_of(
        lines, Offer("a", FixedPrice(3, TEA)), Offer("b", AmountOffEach(1, COFFEE)), Offer("c", PercentOff(1, ANY))
    )

    # On each unit something else saves more than 1 %.
    assert saved(receipt) == {"a": "1.00", "b": "1.00"}
