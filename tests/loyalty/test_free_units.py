"""Buy X, get Y: the four readings, ranges that overlap, which units are free, and what they lose."""

from decimal import Decimal

import pytest
from offer_results import ANY, COFFEE, HOT, TEA, costs, line, receipt_of, saved, units

from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.loyalty import BuyXGetY, Line, Offer, OfferPolicy, PercentOff


def free(buy, get, items=ANY, **options):
    return Offer("free", BuyXGetY(buy=buy, get=get, items=items, **options))


def missing(receipt):
    (decision,) = receipt.trace
    return decision.outcome, decision.units_missing


# The four readings


@pytest.mark.parametrize(
    ("reading", "discounts"),
    [
        ("in_basket", {2: 0, 3: 0, 4: 3, 7: 3, 8: 6, 12: 9}),
        ("included", {2: 0, 3: 3, 4: 3, 7: 6, 8: 6, 12: 12}),
        ("separate", {2: 0, 3: 3, 4: 3, 7: 6, 8: 6, 12: 12}),
        ("added", {2: 0, 3: 0, 4: 0, 7: 0, 8: 0, 12: 0}),
    ],
)
def test_buy_three_get_one_has_four_readings(reading, discounts):
    found = {number: receipt_of([line("tea", "3.00", number)], free(3, 1, reading=reading)) for number in discounts}

    assert {number: receipt.discount for number, receipt in found.items()} == discounts


@pytest.mark.parametrize(("number", "gifts"), [(2, 0), (3, 1), (5, 1), (6, 2), (12, 4)])
def test_added_units_come_as_a_line_of_gifts(number, gifts):
    receipt = receipt_of([line("tea", "3.00", number)], free(3, 1, reading="added"))
    given = [each.line for each in receipt.lines if each.line.kind == "gift"]

    assert [(each.sku, each.quantity, each.unit_price, each.list_price) for each in given] == [
        ("tea", gifts, 0, 3) for _ in range(bool(gifts))
    ]
    assert (receipt.subtotal, receipt.discount, receipt.total) == (3 * number, 0, 3 * number)
    assert receipt.trace[0].times == gifts


@pytest.mark.parametrize(("pick", "sku"), [("cheapest", "tea a"), ("dearest", "tea c")])
def test_the_unit_that_is_added_is_one_of_the_range(pick, sku):
    lines = [line("tea b", "2.00"), line("tea c", "3.00"), line("tea a", "1.00"), line("coffee", "0.50")]
    receipt = receipt_of(lines, free(3, 2, TEA, reading="added", pick=pick))

    assert [(each.line.sku, each.line.quantity) for each in receipt.lines if each.line.kind == "gift"] == [(sku, 2)]


def test_added_units_leave_what_did_not_earn_them_to_others():
    offers = [free(3, 1, reading="added"), Offer("half", PercentOff(50, ANY, units=4))]
    receipt = receipt_of([line("tea", "4.00", 4)], *offers)

    # Three units earn a gift worth 4.00, and the fourth is left: 4 + 2. Half off all four saves 8.
    assert saved(receipt) == {"half": "8.00"}
    receipt = receipt_of([line("tea", "4.00", 4)], offers[0], Offer("tenth", PercentOff(10, ANY, units=4)))
    assert saved(receipt) == {"free": "0.00", "tenth": "0.40"}


@pytest.mark.parametrize(("buy", "get", "off"), [(5, 2, "4.00"), (10, 9, "14.00"), (2, 1, "6.00"), (11, 1, "0.00")])
def test_of_every_so_many_included_units_some_are_free(buy, get, off):
    # Ten units, 1.00 four times and 2.00 six times; the cheapest are free.
    # 5 for 3: 2 groups, 4 free. 10 for 1: 9 free, 4 + 10. 2 for 1: 5 free, 4 + 2.
    lines = [line("tea a", "1.00", 4), line("tea b", "2.00", 6)]

    assert str(receipt_of(lines, free(buy, get, reading="included")).discount) == off


def test_separate_pools_may_free_everything():
    """One bought, one free, and each unit both counts and becomes free."""
    assert receipt_of([line("tea", "3.00", 2)], free(1, 1, reading="separate")).total == 0
    assert receipt_of([line("tea", "3.00", 2)], free(1, 1, reading="in_basket")).total == 3


@pytest.mark.parametrize(
    ("coffees", "teas", "off"),
    [(1, 5, "0.00"), (2, 0, "0.00"), (2, 1, "2.00"), (2, 2, "4.00"), (3, 5, "6.00"), (4, 5, "10.00"), (9, 1, "2.00")],
)
def test_separate_pools_free_as_many_rewards_as_there_are(coffees, teas, off):
    lines = [line("coffee", "3.00", coffees), *([line("tea", "2.00", teas)] if teas else [])]
    # Three teas for every two coffees.
    receipt = receipt_of(lines, free(2, 3, COFFEE, rewards=TEA, reading="separate"))

    assert str(receipt.discount) == off


def test_separate_pools_use_up_no_more_than_what_is_free_needs():
    offers = [
        free(2, 3, COFFEE, rewards=TEA, reading="separate"),
        Offer("tenth", PercentOff(10, units=9)),
    ]
    lines = [line("coffee", "3.00", 6), line("tea", "2.00", 4)]

    # Four teas are free with four coffees, and a tenth of two more is 0.60.
    assert saved(receipt_of(lines, *offers)) == {"free": "8.00", "tenth": "0.60"}
    assert receipt_of(lines, *offers).decision("free").times == receipt_of(lines, offers[0]).trace[0].times == 2


def test_in_separate_pools_a_unit_counts_and_becomes_free():
    lines = [line("coffee", "3.00"), line("tea", "2.00")]

    assert receipt_of(lines, free(2, 1, HOT, rewards=COFFEE, reading="separate")).discount == 3
    assert receipt_of(lines, free(2, 1, HOT, rewards=COFFEE, reading="in_basket")).discount == 0


def test_the_policy_says_the_reading_unless_the_benefit_does():
    lines, policy = [line("tea", "3.00", 3)], OfferPolicy(reading="included")

    assert receipt_of(lines, free(3, 1)).discount == 0
    assert receipt_of(lines, free(3, 1), policy=policy).discount == 3
    assert receipt_of(lines, free(3, 1, reading="in_basket"), policy=policy).discount == 0


# Ranges of their own for the free units


def test_rewards_of_another_range_are_its_cheapest_units():
    lines = [line("coffee", "3.00", 5), line("tea a", "1.00"), line("tea b", "2.00", 2)]
    receipt = receipt_of(lines, free(2, 1, COFFEE, rewards=TEA))

    # Five coffees make two groups: the two cheapest teas are free.
    assert costs(receipt) == {"coffee": "15.00", "tea a": "0.00", "tea b": "2.00"}
    assert (receipt.trace[0].times, receipt.trace[0].discount) == (2, 3)


@pytest.mark.parametrize(("coffees", "teas", "off"), [(9, 1, 0), (9, 2, 2), (9, 3, 2), (9, 4, 4), (3, 9, 2), (1, 9, 0)])
def test_all_free_units_of_a_group_must_be_there(coffees, teas, off):
    lines = [line("coffee", "3.00", coffees), line("tea", "1.00", teas)]

    assert receipt_of(lines, free(2, 2, COFFEE, rewards=TEA)).discount == off


@pytest.mark.parametrize(
    ("coffees", "teas", "off"),
    [
        (2, 0, 0),  # 2 units, and a group has 3
        (3, 0, 2),  # two coffees pay for the third
        (0, 3, 0),  # no coffee that could be free
        (1, 2, 2),  # both teas pay
        (3, 1, 2),  # 4 units, one group
        (2, 4, 4),  # 6 units, two groups: the teas pay
        (1, 9, 2),  # one coffee only
        (9, 0, 6),
    ],
)
def test_rewards_may_be_a_part_of_what_is_bought(coffees, teas, off):
    lines = [
        line(sku, price, number)
        for sku, price, number in (("coffee", "2.00", coffees), ("tea", "1.00", teas))
        if number
    ]

    assert receipt_of(lines, free(2, 1, HOT, rewards=COFFEE)).discount == off


@pytest.mark.parametrize(
    ("coffees", "teas", "get", "off"),
    [
        (2, 1, 1, 5),  # both coffees must pay, though a coffee is cheaper than the tea
        (3, 1, 1, 3),  # one coffee can be spared
        (2, 0, 1, 0),
        (1, 9, 1, 0),  # a coffee short
        (5, 3, 2, 18),  # two groups: four coffees pay, the fifth and three teas are free
        (4, 4, 2, 20),  # two groups, and no coffee to spare
        (5, 2, 2, 6),  # 7 units: one group; of the three coffees that need not pay, two
    ],
)
def test_a_unit_that_must_pay_is_not_free(coffees, teas, get, off):
    lines = [
        line(sku, price, number)
        for sku, price, number in (("coffee", "3.00", coffees), ("tea", "5.00", teas))
        if number
    ]

    assert receipt_of(lines, free(2, get, COFFEE, rewards=HOT)).discount == off


# Which units are free, and what they lose


@pytest.mark.parametrize(
    ("pick", "policy", "off"),
    [(None, "cheapest", 3), (None, "dearest", 7), ("cheapest", "dearest", 3), ("dearest", "cheapest", 7)],
)
def test_the_benefit_and_else_the_policy_says_which_units_are_free(pick, policy, off):
    lines = [line(f"tea {price}", f"{price}.00") for price in (3, 1, 4, 2)]

    # Two of four: 1 + 2, or 4 + 3.
    assert receipt_of(lines, free(1, 1, pick=pick), policy=OfferPolicy(pick=policy)).discount == off


def test_the_dearest_of_separate_pools_may_be_free_too():
    lines = [line("coffee", "3.00", 4), line("tea a", "1.00"), line("tea b", "2.00"), line("tea c", "4.00")]

    assert saved(receipt_of(lines, free(2, 1, COFFEE, rewards=TEA, reading="separate", pick="dearest"))) == {
        "free": "6.00"
    }


@pytest.mark.parametrize(
    ("percent", "prices", "off"),
    [
        (50, ["2.01", "3.00"], "1.01"),  # half of 2.01 is 1.005
        (50, ["2.01"] * 4, "2.01"),  # two halves, rounded once
        (Decimal("33.3"), ["1.00", "1.00"], "0.33"),
        (Decimal("0.4"), ["1.00", "1.00"], None),  # less than half a cent
    ],
)
def test_units_may_be_cheaper_instead_of_free(percent, prices, off):
    lines = [line("tea", price) for price in prices]

    assert saved(receipt_of(lines, free(1, 1, percent=percent))) == ({} if off is None else {"free": off})


def test_cents_are_spread_over_equal_units_as_evenly_as_can_be():
    receipt = receipt_of([line("tea", "2.01", 4)], free(1, 1, percent=50))

    assert units(receipt, "tea") == [(1, "1.00"), (1, "1.01"), (2, "2.01")]
    assert [(found.units, found.free_units, str(found.amount)) for found in receipt.lines[0].adjustments] == [
        (2, 0, "-2.01")
    ]


def test_a_unit_that_costs_nothing_is_the_cheapest():
    lines = [line("tea a", "0.00"), line("tea b", "5.00", 2)]

    assert costs(receipt_of(lines, free(2, 1))) == {"tea a": "0.00", "tea b": "10.00"}
    assert costs(receipt_of(lines, free(2, 1, pick="dearest"))) == {"tea a": "0.00", "tea b": "5.00"}


@pytest.mark.parametrize(
    ("floor", "offer_floor", "off"),
    [("1.00", None, "2.00"), ("1.00", 2, "1.00"), ("2.00", 1, "1.00"), (None, Decimal("0.01"), "2.99")],
)
def test_a_free_unit_stops_at_the_higher_of_its_floors(floor, offer_floor, off):
    lines = [line("tea", "3.00", 2, floor_price=None if floor is None else Decimal(floor))]
    offer = Offer("free", BuyXGetY(buy=1, get=1, items=ANY), floor=offer_floor)
    receipt = receipt_of(lines, offer)

    assert saved(receipt) == {"free": off}
    assert receipt.lines[0].free_units == 0


def test_the_cheapest_unit_is_the_free_one_even_where_its_floor_holds_all_of_it():
    lines = [line("tea a", "1.00", floor_price=Decimal("1.00")), line("tea b", "2.00")]
    (decision,) = receipt_of(lines, free(1, 1)).trace

    assert (decision.outcome, [reason.code for reason in decision.reasons]) == ("not_met", ["nothing_to_reduce"])


# What counts


@pytest.mark.parametrize(
    "other",
    [
        line("tea", "3.00", discountable=False),
        line("tea", "3.00", kind="gift"),
        line("tea", "3.00", kind="fee"),
        line("tea", "3.00", kind="shipping"),
        line("coffee", "3.00"),
    ],
    ids=["not discountable", "gift", "fee", "shipping", "another range"],
)
def test_only_goods_of_the_range_that_may_be_discounted_count(other):
    assert missing(receipt_of([line("tea", "2.00"), other], free(1, 1, TEA))) == ("not_met", 1)


@pytest.mark.parametrize(
    ("coffees", "teas", "lacking"), [(0, 0, 3), (1, 0, 2), (2, 0, 1), (9, 0, 1), (0, 9, 2), (1, 9, 1), (1, 1, 1)]
)
def test_units_of_both_ranges_may_be_missing(coffees, teas, lacking):
    lines = [line(sku, "3.00", number) for sku, number in (("coffee", coffees), ("tea", teas)) if number]

    assert missing(receipt_of(lines, free(2, 1, COFFEE, rewards=TEA))) == ("not_met", lacking)


@pytest.mark.parametrize(
    ("reading", "number", "lacking"),
    [("included", 1, 2), ("included", 2, 1), ("added", 1, 2), ("added", 2, 1), ("separate", 1, 2), ("separate", 2, 1)],
)
def test_each_reading_says_what_is_missing(reading, number, lacking):
    assert missing(receipt_of([line("tea", "3.00", number)], free(3, 1, reading=reading))) == ("not_met", lacking)


def test_where_the_rewards_of_separate_pools_are_missing_one_is_enough():
    assert missing(receipt_of([line("coffee", "3.00", 4)], free(2, 3, COFFEE, rewards=TEA, reading="separate"))) == (
        "not_met",
        1,
    )


# What is refused


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"percent": 0}, InvalidValueError, "percent must be above 0 and at most 100, got 0; 15 is 15 %"),
        ({"percent": 101}, InvalidValueError, "percent must be above 0 and at most 100, got 101; 15 is 15 %"),
        ({"percent": 0.5}, InvalidTypeError, "percent must be a Decimal or an int, got 0.5; write Decimal('0.5')"),
        ({"pick": "middle"}, InvalidValueError, "pick must be one of 'cheapest', 'dearest', got 'middle'"),
        (
            {"reading": "free"},
            InvalidValueError,
            "reading must be one of 'in_basket', 'included', 'added', 'separate', got 'free'",
        ),
        ({"rewards": "tea"}, InvalidTypeError, "rewards must be a predicate about Line.fields, got 'tea'"),
        ({"reading": "included", "get": 2}, InvalidValueError, "of every 2 units of one range, fewer must be free"),
        ({"reading": "included", "rewards": TEA}, InvalidValueError, "of every 2 units of one range, fewer must be free"),
        ({"reading": "added", "rewards": TEA}, InvalidValueError, "units are added to the basket in full and of the range"),
        ({"reading": "added", "percent": 50}, InvalidValueError, "units are added to the basket in full and of the range"),
    ],
)  # fmt: skip
def test_free_units_that_make_no_sense_are_refused(options, error, message):
    with pytest.raises(error) as caught:
        BuyXGetY(**{"buy": 2, "get": 1, "items": ANY} | options)
    assert str(caught.value).startswith(message)


def test_a_reading_of_the_policy_that_the_benefit_contradicts_is_refused():
    two_for_one = Offer("free", BuyXGetY(buy=1, get=1, items=Line.fields.sku == "tea"))

    with pytest.raises(InvalidValueError, match="of every 1 units of one range, fewer must be free, got 1 of it"):
        receipt_of([line("tea", "3.00", 2)], two_for_one, policy=OfferPolicy(reading="included"))
