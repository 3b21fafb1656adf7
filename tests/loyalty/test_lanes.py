"""Lanes: which offers apply in one, what the next one finds, and who may apply beside whom."""

import itertools
from decimal import Decimal

import pytest
from offer_results import ANY, COFFEE, TEA, costs, line, receipt_of, saved, units

from cxkit.loyalty import (
    AmountOff,
    AmountOffEach,
    Bundle,
    BuyXGetY,
    FixedPrice,
    Limits,
    Line,
    Offer,
    OfferPolicy,
    Part,
    PercentOff,
    UnitCount,
)

RUG = [line("rug", "100.00")]
LIST = OfferPolicy(base="list")


def percent(number, name=None, **terms):
    return Offer(name or f"{number} %", PercentOff(number), **terms)


def amount(number, name=None, **terms):
    return Offer(name or f"{number} off", AmountOff(number), **terms)


def off(sku, number, **terms):
    """Return an offer of an amount off one thing, named after it."""
    return Offer(sku, AmountOffEach(number, Line.fields.sku == sku), **terms)


def became(receipt):
    """Say what became of each offer, and because of which others."""
    return {found.offer: (found.outcome, found.beaten_by) for found in receipt.trace}


# One lane after the other


def test_each_lane_reckons_on_the_prices_that_those_before_it_left():
    offers = [percent(10), amount(10, lane=1), percent(25, lane=2)]

    for order in itertools.permutations(offers):
        # 100 - 10 - 10 - 20
        assert saved(receipt_of(RUG, *order)) == {"10 %": "10.00", "10 off": "10.00", "25 %": "20.00"}


def test_lanes_run_by_their_number_whatever_the_priority():
    first, last = percent(50, lane=-5, priority=-9), amount(20, lane=0, priority=9)

    assert receipt_of(RUG, last, first).total == 30


def test_a_later_lane_finds_units_of_one_thing_at_several_prices():
    offers = [
        Offer("one free", BuyXGetY(buy=2, get=1, items=ANY)),
        Offer("half", PercentOff(50, units=2, pick="dearest"), lane=1),
    ]
    receipt = receipt_of([line("tea", "4.00", 4)], *offers)

    assert units(receipt, "tea") == [(1, "0.00"), (2, "2.00"), (1, "4.00")]


def test_in_a_later_lane_the_cheapest_unit_is_the_one_that_is_cheapest_by_then():
    lines = [line("a", "10.00"), line("b", "8.00")]
    receipt = receipt_of(lines, off("a", 5), Offer("half", PercentOff(50, units=1), lane=1))

    assert costs(receipt) == {"a": "2.50", "b": "8.00"}


def test_units_that_are_free_already_are_the_cheapest_of_the_next_lane():
    free = [Offer(name, BuyXGetY(buy=1, get=1, items=ANY), lane=lane) for lane, name in enumerate("ab")]

    assert units(receipt_of([line("tea", "4.00", 2)], *free), "tea") == [(1, "0.00"), (1, "4.00")]
    # Two of four units are free, and would be free again.
    assert units(receipt_of([line("tea", "4.00", 4)], *free), "tea") == [(2, "0.00"), (2, "4.00")]


@pytest.mark.parametrize(
    ("first", "second", "running", "on_list"),
    [
        (percent(10), percent(10, "again", lane=1), "81.00", "80.00"),
        (percent(60), percent(60, "again", lane=1), "16.00", "0.00"),
        (amount(30), percent(50, lane=1), "35.00", "20.00"),
        (percent(10), amount(30, lane=1), "60.00", "60.00"),
        (percent(10), Offer("fixed", FixedPrice(70), lane=1), "70.00", "70.00"),
        (percent(10), Offer("each", AmountOffEach(30), lane=1), "60.00", "60.00"),
    ],
)
def test_later_percentages_are_of_the_running_price_or_of_the_first(first, second, running, on_list):
    assert costs(receipt_of(RUG, first, second)) == {"rug": running}
    assert costs(receipt_of(RUG, first, second, policy=LIST)) == {"rug": on_list}


def test_the_first_lane_that_runs_reckons_on_the_first_price_in_any_case():
    assert costs(receipt_of(RUG, percent(10, lane=7), policy=LIST)) == {"rug": "90.00"}


def test_cheaper_units_of_a_later_lane_are_of_the_first_price_too():
    half = Offer("half", BuyXGetY(buy=1, get=1, items=ANY, percent=50), lane=1)
    lines = [line("tea", "10.00", 2)]

    # 9 + 9, and then half of 9, or of 10.
    assert receipt_of(lines, percent(10), half).total == Decimal("13.50")
    assert receipt_of(lines, percent(10), half, policy=LIST).total == 13


# Which offers of a lane apply


def test_the_best_of_a_lane_save_most_together():
    offers = [amount(30, priority=9), percent(40), off("cup", 3)]
    receipt = receipt_of([*RUG, line("cup", "5.00")], *offers)

    # 40 of 100 and 3 of 5. The 30 would be all there is.
    assert saved(receipt) == {"40 %": "40.00", "cup": "3.00"}
    assert receipt.decision("30 off").outcome == "units_used"


def test_a_cent_more_is_more():
    assert saved(receipt_of(RUG, amount(Decimal("9.99"), "a"), amount(10, "b"))) == {"b": "10.00"}
    assert saved(receipt_of(RUG, amount(10, "a"), amount(Decimal("9.99"), "b"))) == {"a": "10.00"}


def test_an_offer_that_frees_what_costs_nothing_keeps_no_other_out():
    lines = [line("water", "0.00", 4), line("tea", "4.00", 2)]
    offers = [
        Offer("free", BuyXGetY(buy=1, get=1, items=ANY)),
        Offer("free water", BuyXGetY(buy=1, get=1, items=ANY, rewards=Line.fields.sku == "water")),
        Offer("off", AmountOff(1, TEA)),
    ]

    # Three of six are free: waters.
    assert receipt_of(lines, *offers).discount == 1
    assert saved(receipt_of(lines, *offers))["off"] == "1.00"


def test_what_is_rounded_up_counts():
    offers = [
        Offer("both", Bundle(Decimal("0.03"), [Part(1, TEA), Part(1, COFFEE)])),
        Offer("half a coffee", PercentOff(50, COFFEE, units=1)),
        Offer("half a tea", PercentOff(50, TEA, units=1)),
    ]

    # Half of 0.03 is 0.02 twice; the bundle saves 0.03.
    assert saved(receipt_of([line("tea", "0.03"), line("coffee", "0.03")], *offers)) == {
        "half a coffee": "0.02",
        "half a tea": "0.02",
    }


def test_offers_on_each_unit_share_the_units_of_a_lane():
    offers = [percent(10), Offer("2 off each", AmountOffEach(2))]
    receipt = receipt_of([line("cup", "10.00"), line("rug", "50.00"), line("mug", "20.00")], *offers)

    # 2 is more than 1, 5 is more than 2; at 20 both save 2, and the id decides.
    assert saved(receipt) == {"10 %": "7.00", "2 off each": "2.00"}
    assert costs(receipt) == {"cup": "8.00", "rug": "45.00", "mug": "18.00"}


@pytest.mark.parametrize(("priorities", "winner"), [((0, 0), "a"), ((0, 1), "b"), ((1, 0), "a"), ((-1, 0), "b")])
@pytest.mark.parametrize("kind", [AmountOff, AmountOffEach])
def test_of_offers_that_save_the_same_the_first_by_priority_and_id_applies(priorities, winner, kind):
    offers = [Offer(name, kind(5), priority=number) for name, number in zip("ab", priorities, strict=True)]

    assert saved(receipt_of(RUG, *offers)) == saved(receipt_of(RUG, *offers[::-1])) == {winner: "5.00"}


def test_the_first_offer_of_a_lane_is_the_first_that_applies():
    first = OfferPolicy(within="first")
    offers = [
        percent(30, priority=3, conditions=UnitCount(2)),
        percent(10, priority=2),
        percent(20, priority=2),
        percent(50, priority=1),
    ]
    receipt = receipt_of(RUG, *offers, policy=first)

    assert became(receipt) == {
        "30 %": ("not_met", ()),
        "10 %": ("applied", ()),
        "20 %": ("beaten", ("10 %",)),
        "50 %": ("beaten", ("10 %",)),
    }


def test_the_first_offer_leaves_units_of_other_ranges_alone():
    lines, first = [line("tea", "4.00"), line("coffee", "5.00")], OfferPolicy(within="first")

    assert saved(receipt_of(lines, off("tea", 1), off("coffee", 2), policy=first)) == {"coffee": "2.00"}
    assert saved(receipt_of(lines, off("tea", 1, priority=1), off("coffee", 2), policy=first)) == {"tea": "1.00"}


def test_all_offers_of_a_lane_take_what_those_before_them_left():
    offers = [
        Offer("one", PercentOff(10, units=1), priority=2),
        Offer("two", PercentOff(50, units=2), priority=1),
        percent(20),
    ]
    receipt = receipt_of([line(sku, "10.00") for sku in "abcd"], *offers, policy=OfferPolicy(within="all"))

    assert costs(receipt) == {"a": "9.00", "b": "5.00", "c": "5.00", "d": "8.00"}


def test_of_all_offers_of_a_lane_those_go_without_that_find_no_unit():
    receipt = receipt_of(RUG, percent(10, priority=1), amount(50), policy=OfferPolicy(within="all"))

    assert became(receipt) == {"10 %": ("applied", ()), "50 off": ("units_used", ("10 %",))}
    assert [(reason.found, reason.needed) for reason in receipt.decision("50 off").reasons] == [(0, 1)]


def test_each_lane_has_a_mode_of_its_own():
    policy = OfferPolicy(within="all", lanes={1: "first", 2: "best"})
    offers = [
        Offer(f"{name}{lane}", AmountOffEach(number, units=1), lane=lane)
        for lane in (0, 1, 2)
        for name, number in (("a", 1), ("b", 3))
    ]
    receipt = receipt_of(RUG, *offers, policy=policy)

    # In order; the first; the better one.
    assert saved(receipt) == {"a0": "1.00", "a1": "1.00", "b2": "3.00"}


@pytest.mark.parametrize(
    ("offers", "total"),
    [
        ((percent(10, priority=1), amount(20)), 70),
        ((percent(10), amount(20, priority=1)), 72),
        ((percent(10), amount(20)), 70),  # by id
        ((percent(10, lane=1, priority=1), amount(20)), 72),
    ],
)
def test_in_a_sequence_all_offers_take_off_the_same_unit(offers, total):
    for order in (offers, offers[::-1]):
        receipt = receipt_of(RUG, *order, policy=OfferPolicy(stacking="sequence", within="first"))
        assert receipt.total == total
        assert len(saved(receipt)) == 2


# Exclusive offers


@pytest.mark.parametrize(
    ("alone", "applied"),
    [(35, {"20 %": "20.00", "again": "16.00"}), (37, {"alone": "37.00"})],
)
def test_an_exclusive_offer_applies_alone_where_it_saves_more_than_all_others(alone, applied):
    offers = [percent(20), percent(20, "again", lane=1), percent(alone, "alone", lane=1, exclusive=True)]
    receipt = receipt_of(RUG, *offers)

    # 20 and 16 make 36.
    assert saved(receipt) == applied
    losers = {"alone", "20 %", "again"} - set(applied)
    assert {name: became(receipt)[name] for name in losers} == {
        name: ("beaten", tuple(sorted(applied))) for name in losers
    }


def test_the_best_exclusive_offer_wins_or_the_first_by_priority():
    offers = [percent(10, exclusive=True, priority=1), percent(30, exclusive=True), percent(50)]

    assert saved(receipt_of(RUG, *offers[:2])) == {"30 %": "30.00"}
    assert saved(receipt_of(RUG, *offers)) == {"50 %": "50.00"}
    assert saved(receipt_of(RUG, *offers, policy=OfferPolicy(exclusive="priority"))) == {"10 %": "10.00"}


def test_an_exclusive_offer_that_cannot_apply_keeps_no_other_out():
    never = percent(90, exclusive=True, priority=9, conditions=UnitCount(2))
    policy = OfferPolicy(exclusive="priority")

    assert saved(receipt_of(RUG, never, percent(10, exclusive=True), percent(50), policy=policy)) == {"10 %": "10.00"}
    assert saved(receipt_of(RUG, never, percent(50), policy=policy)) == {"50 %": "50.00"}


@pytest.mark.parametrize("rule", ["best", "priority"])
@pytest.mark.parametrize("others", [(), (percent(50),)], ids=["alone", "beside another"])
def test_an_exclusive_offer_that_the_basket_does_not_meet_says_what_is_missing(rule, others):
    policy = OfferPolicy(exclusive=rule)
    decision = receipt_of(RUG, percent(90, exclusive=True, conditions=UnitCount(3)), *others, policy=policy).trace[0]

    assert (decision.outcome, decision.units_missing) == ("not_met", 2)
    decision = receipt_of(
        RUG, Offer("free", BuyXGetY(buy=2, get=1, items=ANY), exclusive=True), *others, policy=policy
    ).trace[0]
    assert (decision.outcome, decision.units_missing) == ("not_met", 2)


def test_where_an_exclusive_offer_wins_others_still_say_what_the_basket_lacks():
    offers = [percent(50, exclusive=True), Offer("free", BuyXGetY(buy=2, get=1, items=ANY))]
    receipt = receipt_of(RUG, *offers)

    assert saved(receipt) == {"50 %": "50.00"}
    assert (receipt.trace[1].outcome, receipt.trace[1].units_missing) == ("not_met", 2)


def test_what_may_be_used_only_once_is_used_once_when_alone():
    offer = Offer("free", BuyXGetY(buy=1, get=1, items=ANY), exclusive=True, limits=Limits(per_order=1))

    assert saved(receipt_of([line("tea", "4.00", 6)], offer)) == {"free": "4.00"}


# Groups


def test_at_most_one_offer_of_a_group_applies():
    lines = [line("tea", "9.00"), line("coffee", "9.00"), line("cup", "9.00")]
    offers = [off("tea", 1, group="drinks"), off("coffee", 2, group="drinks"), off("cup", 3, group="things")]
    receipt = receipt_of(lines, *offers)

    assert saved(receipt) == {"coffee": "2.00", "cup": "3.00"}
    assert became(receipt)["tea"] == ("beaten", ("coffee",))


def test_an_offer_of_a_group_that_applied_keeps_the_others_out_of_later_lanes():
    lines = [line("tea", "9.00"), line("coffee", "9.00"), line("cup", "9.00")]
    offers = [off("tea", 1, group="drinks"), off("coffee", 2, group="drinks", lane=1), off("cup", 3, lane=1)]

    receipt = receipt_of(lines, *offers)
    assert saved(receipt) == {"tea": "1.00", "cup": "3.00"}
    assert became(receipt)["coffee"] == ("beaten", ("tea",))
    # Without a tea, it stays in.
    assert saved(receipt_of(lines[1:], *offers)) == {"coffee": "2.00", "cup": "3.00"}


@pytest.mark.parametrize(
    ("cup", "applied"),
    [
        (2, {"tea": "5.00", "coffee": "3.00"}),  # 8, not 5
        (4, {"tea": "5.00", "coffee": "3.00"}),  # 8, not 7
        (6, {"coffee": "3.00", "cup": "6.00"}),  # 9
    ],
)
def test_an_offer_may_choose_beside_which_groups_it_applies(cup, applied):
    lines = [line("tea", "9.00"), line("coffee", "9.00"), line("cup", "9.00")]
    offers = [off("tea", 5, combines_with={"b"}), off("coffee", 3, group="b"), off("cup", cup)]
    receipt = receipt_of(lines, *offers)

    assert saved(receipt) == applied
    (loser,) = {"tea", "coffee", "cup"} - set(applied)
    assert became(receipt)[loser] == ("beaten", ("cup",) if loser == "tea" else ("tea",))


@pytest.mark.parametrize("mode", ["all", "best", "first"])
def test_both_sides_are_asked_in_every_mode(mode):
    lines = [line("tea", "9.00"), line("coffee", "9.00")]
    offers = [off("tea", 5, group="a", combines_with={"b"}), off("coffee", 3, group="b", combines_with={"c"})]
    receipt = receipt_of(lines, *offers, policy=OfferPolicy(within=mode))

    winner, loser = ("tea", "coffee") if mode == "best" else ("coffee", "tea")
    assert became(receipt) == {winner: ("applied", ()), loser: ("beaten", (winner,))}


@pytest.mark.parametrize(
    ("choosy", "applied"), [(0, {"10 %": "10.00"}), (1, {"10 %": "10.00"}), (None, {"10 %": "10.00", "5 off": "5.00"})]
)
def test_offers_that_do_not_combine_do_not_across_lanes_either(choosy, applied):
    terms = [{"combines_with": ()} if place == choosy else {} for place in range(2)]
    receipt = receipt_of(RUG, percent(10, **terms[0]), amount(5, lane=1, **terms[1]))

    assert saved(receipt) == applied
    if choosy is not None:
        assert became(receipt)["5 off"] == ("beaten", ("10 %",))


def test_in_a_sequence_offers_of_a_group_keep_each_other_out():
    receipt = receipt_of(RUG, percent(10, group="x"), amount(50, group="x"), policy=OfferPolicy(stacking="sequence"))

    assert became(receipt) == {"10 %": ("applied", ()), "50 off": ("beaten", ("10 %",))}


def test_an_offer_on_each_unit_that_may_not_go_with_another_is_weighed_against_it():
    lines = [line("tea", "10.00"), line("coffee", "10.00")]
    offers = [
        Offer("all", PercentOff(20), group="x"),
        Offer("tea", PercentOff(30, TEA), group="x"),
        Offer("coffee", AmountOff(3, COFFEE)),
    ]

    # 2 + 3, or 3 + 3, or 2 + 2.
    assert saved(receipt_of(lines, *offers)) == {"tea": "3.00", "coffee": "3.00"}
    assert saved(receipt_of(lines, *offers[:2])) == {"all": "4.00"}
