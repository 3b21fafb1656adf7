"""Bundles: one part and several, parts that overlap, repeats, never dearer."""

from decimal import Decimal

import pytest
from offer_results import ANY, COFFEE, HOT, TEA, costs, line, receipt_of, saved, units

from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.loyalty import Bundle, BuyXGetY, Limits, Line, Offer, OfferPolicy, Part, PercentOff

THREE_FOR_20 = Offer("3 for 20", Bundle(20, [Part(3)]))


def sku(*names):
    return Line.fields.sku.is_in(names)


def bundle(price, *parts, **options):
    return Offer("bundle", Bundle(price, parts, **options))


def priced(*prices):
    """Return a unit at each price, in no order."""
    return [line(f"sku {place}", f"{price}.00") for place, price in enumerate(prices)]


# One part


@pytest.mark.parametrize(
    ("number", "total", "times"), [(2, "16.00", 0), (3, "20.00", 1), (5, "36.00", 1), (6, "40.00", 2), (7, "48.00", 2)]
)
def test_a_bundle_repeats_as_often_as_it_is_full(number, total, times):
    receipt = receipt_of([line("sock", "8.00", number)], THREE_FOR_20)

    assert (str(receipt.total), receipt.trace[0].times) == (total, times)


@pytest.mark.parametrize(
    ("pick", "off", "left"),
    [
        (None, "10.00", [5]),  # 12 + 10 + 8 for 20
        ("dearest", "10.00", [5]),
        ("cheapest", "3.00", [12]),  # 5 + 8 + 10 for 20
    ],
)
@pytest.mark.parametrize("policy", ["cheapest", "dearest"])
def test_the_dearest_units_go_first_unless_the_bundle_says_otherwise(pick, off, left, policy):
    receipt = receipt_of(priced(8, 12, 5, 10), bundle(20, Part(3), pick=pick), policy=OfferPolicy(pick=policy))

    assert saved(receipt) == {"bundle": off}
    assert [each.line.unit_price for each in receipt.lines if not each.adjustments] == left


@pytest.mark.parametrize(
    ("prices", "off", "times"),
    [
        ((5, 5, 5), 0, 0),
        ((7, 7, 6), 0, 0),  # just 20
        ((7, 7, 7), 1, 1),
        ((12, 12, 12, 5, 5, 5), 16, 1),  # 36 for 20, and 15 stays
        ((12, 10, 8, 7, 7, 7), 11, 2),  # 30 for 20 and 21 for 20
        ((30, 1, 1, 1, 1, 1), 12, 1),  # 32 for 20
    ],
)
def test_a_bundle_is_never_dearer_than_its_units(prices, off, times):
    decision = receipt_of(priced(*prices), THREE_FOR_20).trace[0]

    assert (decision.discount, decision.times) == (off, times)
    assert decision.outcome == ("applied" if times else "not_met")
    assert [reason.code for reason in decision.reasons] == (["applied"] if times else ["nothing_to_reduce"])


def test_what_a_bundle_saves_is_spread_in_proportion_to_price():
    # 10 off 12, 10 and 8: 4, 3.33 and 2.67.
    receipt = receipt_of([line("a", "12.00"), line("b", "10.00"), line("c", "8.00")], THREE_FOR_20)

    assert costs(receipt) == {"a": "8.00", "b": "6.67", "c": "5.33"}


def test_cents_of_a_bundle_fall_on_some_of_equal_units():
    assert units(receipt_of([line("sock", "8.00", 4)], THREE_FOR_20), "sock") == [(1, "6.66"), (2, "6.67"), (1, "8.00")]


@pytest.mark.parametrize(("floor", "off"), [("6.00", "4.00"), ("7.00", "3.00"), ("8.00", "0.00")])
def test_a_bundle_stops_at_the_floors_of_its_units(floor, off):
    receipt = receipt_of([line("sock", "8.00", 3, floor_price=Decimal(floor))], THREE_FOR_20)

    assert str(receipt.discount) == off


def test_a_bundle_for_nothing_frees_its_units():
    receipt = receipt_of([line("sock", "8.00", 4)], bundle(0, Part(3)))

    assert (receipt.total, receipt.lines[0].free_units) == (8, 3)


def test_only_goods_of_the_range_that_may_be_discounted_fill_a_bundle():
    others = [line("tea", "9.00", discountable=False), line("tea bag", "9.00", kind="fee"), line("coffee", "9.00")]
    decision = receipt_of([line("tea", "8.00", 2), *others], bundle(20, Part(3, TEA))).trace[0]

    assert (decision.outcome, decision.units_missing) == ("not_met", 1)
    assert [(reason.code, reason.found, reason.needed) for reason in decision.reasons] == [("units", 2, 3)]


def test_a_bundle_applies_no_more_often_than_it_may():
    offer = Offer("once", Bundle(20, [Part(3)]), limits=Limits(per_order=1))
    receipt = receipt_of([line("sock", "8.00", 9)], offer)

    assert (receipt.total, receipt.trace[0].times) == (68, 1)


# Several parts


@pytest.mark.parametrize(
    ("coffees", "teas", "off", "times"), [(2, 1, 2, 1), (5, 3, 4, 2), (4, 1, 2, 1), (1, 5, 0, 0), (6, 3, 6, 3)]
)
def test_each_part_of_a_bundle_must_be_there(coffees, teas, off, times):
    lines = [line("coffee", "3.00", coffees), line("tea", "4.00", teas)]
    decision = receipt_of(lines, bundle(8, Part(2, COFFEE), Part(1, TEA))).trace[0]

    # Each costs 10 apart.
    assert (decision.discount, decision.times) == (off, times)


def test_the_dearest_of_each_part_go_together():
    lines = [line("coffee a", "5.00"), line("coffee b", "3.00"), line("tea a", "4.00"), line("tea b", "2.00")]

    # 9 for 5, and then the other two are no more than 5.
    assert saved(receipt_of(lines, bundle(5, Part(1, COFFEE), Part(1, TEA)))) == {"bundle": "4.00"}
    # 5 for 4 in a second one.
    assert saved(receipt_of(lines, bundle(4, Part(1, COFFEE), Part(1, TEA)))) == {"bundle": "6.00"}


@pytest.mark.parametrize(
    ("coffees", "teas", "lacking"), [(0, 0, 3), (1, 0, 2), (2, 0, 1), (9, 0, 1), (0, 9, 2), (1, 9, 1)]
)
def test_the_units_that_a_bundle_lacks_are_counted_in_all_its_parts(coffees, teas, lacking):
    lines = [line(name, "3.00", number) for name, number in (("coffee", coffees), ("tea", teas)) if number]

    assert receipt_of(lines, bundle(5, Part(2, COFFEE), Part(1, TEA))).trace[0].units_missing == lacking


# Parts that overlap


@pytest.mark.parametrize("parts", [[Part(1, HOT), Part(1, COFFEE)], [Part(1, COFFEE), Part(1, HOT)]])
def test_a_unit_gives_way_where_it_fits_another_part(parts):
    """The coffee is the dearest and goes first; the tea fits one part only."""
    assert saved(receipt_of([line("coffee", "4.00"), line("tea", "3.00")], bundle(5, *parts))) == {"bundle": "2.00"}


def test_several_units_give_way_in_turn():
    # The dearest, c, takes the place of b, which takes that of a: all three move on when a comes.
    parts = [Part(1, sku("a", "b")), Part(1, sku("b", "c")), Part(1, sku("c"))]
    lines = [line("a", "7.00"), line("b", "8.00"), line("c", "9.00")]

    assert saved(receipt_of(lines, bundle(20, *parts))) == {"bundle": "4.00"}
    assert saved(receipt_of(lines, bundle(20, *reversed(parts)))) == {"bundle": "4.00"}


@pytest.mark.parametrize(
    ("coffees", "teas", "off"),
    [
        (2, 2, 4),  # 8 + 6 for 10
        (3, 1, 5),  # 12 + 3
        (4, 0, 6),
        (1, 3, 0),  # a coffee short
        (4, 4, 6),  # the dearest first: 16 for 10, which leaves no coffee
        (5, 3, 6),  # and here it leaves one, where two are needed
        (6, 2, 10),  # 16 for 10, and 14 for 10
    ],
)
def test_some_of_the_units_of_a_part_may_give_way(coffees, teas, off):
    lines = [
        line(name, price, number)
        for name, price, number in (("coffee", "4.00", coffees), ("tea", "3.00", teas))
        if number
    ]

    assert receipt_of(lines, bundle(10, Part(2, HOT), Part(2, COFFEE))).discount == off


def test_the_dearest_units_that_fit_are_used():
    lines = [line("coffee a", "4.00"), line("coffee b", "2.00"), line("tea", "3.00")]
    receipt = receipt_of(lines, bundle(1, Part(1, HOT), Part(1, COFFEE)))

    # The coffee at 4 and the tea, 7 for 1; not both coffees.
    assert saved(receipt) == {"bundle": "6.00"}
    assert costs(receipt)["coffee b"] == "2.00"


@pytest.mark.parametrize(
    ("names", "lacking"),
    [("", 2), ("coffee", 1), ("tea", 1), ("tea tea tea", 1), ("coffee coffee", 0), ("coffee tea", 0)],
)
def test_what_a_bundle_of_parts_that_overlap_lacks(names, lacking):
    lines = [line(name, "3.00") for name in names.split()]
    decision = receipt_of(lines, bundle(1, Part(1, HOT), Part(1, COFFEE))).trace[0]

    assert (decision.units_missing, decision.outcome) == (lacking, "not_met" if lacking else "applied")


def test_the_same_part_twice_is_one_of_twice_as_many():
    lines = [line("tea", "4.00", 5), line("coffee", "9.00")]

    assert costs(receipt_of(lines, bundle(6, Part(1, TEA), Part(1, TEA)))) == {"tea": "16.00", "coffee": "9.00"}
    assert (
        receipt_of(lines, bundle(6, Part(1, TEA), Part(1, TEA))).total
        == receipt_of(lines, bundle(6, Part(2, TEA))).total
    )


# Beside other offers


@pytest.mark.parametrize(("number", "expected"), [(3, {"bundle": "4.00"}), (4, {"bundle": "8.00"})])
def test_bundles_of_different_sizes_share_the_units_as_is_best(number, expected):
    # 3 for 20 saves 4, and so does 2 for 12: of four units, the small one twice. Of three, both save 4, and of plans that
    # save the same that which takes fewer units wins.
    assert saved(receipt_of([line("sock", "8.00", number)], THREE_FOR_20, bundle(12, Part(2)))) == expected


def test_bundles_of_different_sizes_go_together():
    assert saved(receipt_of([line("sock", "8.00", 5)], THREE_FOR_20, bundle(12, Part(2)))) == {
        "3 for 20": "4.00",
        "bundle": "4.00",
    }


def test_a_bundle_gives_up_an_application_where_others_save_more():
    offers = [THREE_FOR_20, Offer("one free", BuyXGetY(buy=1, get=1, items=ANY))]

    # Seven units at 8: three pairs save 24. Bundles of three save 4 each.
    assert saved(receipt_of([line("sock", "8.00", 7)], *offers)) == {"one free": "24.00"}
    # A bundle may do without the second application: one bundle and two pairs use all seven; 3 pairs leave one over.
    dear = [Offer("3 for 15", Bundle(15, [Part(3)])), offers[1]]
    assert saved(receipt_of([line("sock", "8.00", 7)], *dear)) == {"3 for 15": "9.00", "one free": "16.00"}


def test_a_bundle_that_may_apply_once_leaves_the_other_units():
    once = Limits(per_order=1)
    offers = [
        Offer("3 for 15", Bundle(15, [Part(3)]), limits=once),
        Offer("one free", BuyXGetY(buy=1, get=1, items=ANY), limits=once),
    ]

    # 24 for 15, and one of two more.
    assert saved(receipt_of([line("sock", "8.00", 6)], *offers)) == {"3 for 15": "9.00", "one free": "8.00"}


def test_a_bundle_gives_up_its_cheaper_units_where_another_saves_more_on_them():
    free = BuyXGetY(buy=1, get=1, items=ANY, pick="dearest", percent=90)
    offers = [THREE_FOR_20, Offer("90 % off", free, limits=Limits(per_order=1))]

    # Two bundles save 16 and 7. One and 90 % of a mug at 9.00 are 24.10; 90 % of a cup at 12.00 comes to 10.80, and the
    # bundle of two cups and a mug to 13.
    assert saved(receipt_of([line("cup", "12.00", 3), line("mug", "9.00", 3)], *offers)) == {
        "3 for 20": "16.00",
        "90 % off": "8.10",
    }


def test_a_bundle_leaves_units_for_separate_pools():
    offers = [
        Offer("pair", Bundle(1, [Part(1, COFFEE), Part(1, TEA)]), limits=Limits(per_order=2)),
        Offer("free tea", BuyXGetY(buy=2, get=1, items=COFFEE, rewards=TEA, reading="separate")),
    ]

    # Two pairs save 4 each and leave two coffees and a tea; two free teas save 2 each.
    assert saved(receipt_of([line("coffee", "3.00", 4), line("tea", "2.00", 3)], *offers)) == {
        "pair": "8.00",
        "free tea": "2.00",
    }


def test_units_in_a_bundle_serve_no_other_offer_of_the_lane():
    receipt = receipt_of([line("sock", "8.00", 4)], THREE_FOR_20, Offer("tenth", PercentOff(10)))

    # 4 for the bundle and 0.80 for the unit left over, not 3.20 for all.
    assert saved(receipt) == {"3 for 20": "4.00", "tenth": "0.80"}


# What is refused


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Bundle(-1, [Part(3)]), InvalidValueError, "price must be 0 or more, got -1"),
        (lambda: Bundle(1.5, [Part(3)]), InvalidTypeError, "price must be a Decimal or an int, got 1.5"),
        (lambda: Bundle(20, []), InvalidValueError, "a bundle must have at least one part"),
        (lambda: Bundle(20, [3]), InvalidTypeError, "a bundle is made of Part(quantity, items), got 3"),
        (lambda: Bundle(20, 3), InvalidTypeError, "expected a list of values, got 3"),
        (lambda: Bundle(20, "ab"), InvalidTypeError, "a bundle is made of Part(quantity, items), got 'a'"),
        (lambda: Bundle(20, [Part(3)], pick="any"), InvalidValueError, "pick must be one of 'cheapest', 'dearest', got 'any'"),
        (lambda: Part(0), InvalidValueError, "quantity must be at least 1, got 0"),
        (lambda: Part(True), InvalidTypeError, "quantity must be an int, got True"),  # noqa: FBT003
        (lambda: Part(10**60), InvalidValueError, "quantity must be below 10**60"),
        (lambda: Part(1, "tea"), InvalidTypeError, "items must be a predicate about Line.fields, got 'tea'"),
    ],
)  # fmt: skip
def test_a_bundle_that_makes_no_sense_is_refused(make, error, message):
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value).startswith(message)


def test_a_bundle_of_one_part_needs_no_list():
    assert Bundle(20, Part(3)) == Bundle(20, [Part(3)])


def test_a_price_finer_than_the_currency_is_refused_by_name():
    with pytest.raises(
        InvalidValueError, match=r"^the price of 'bundle' 0.005 has 3 decimals, EUR has 2; round it first$"
    ):
        receipt_of([line("tea", "1.00")], bundle(Decimal("0.005"), Part(1)))
