"""The trace: every outcome with its reasons, what is missing, who won; and codes, claims and what was used."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import attrs
import pytest
from offer_results import ANY, COFFEE, TEA, line, receipt_of, saved

from cxkit.calendar import BusinessCalendar
from cxkit.loyalty import (
    AmountOff,
    AmountOffEach,
    Basket,
    Bundle,
    BuyXGetY,
    Claim,
    DistinctSkus,
    Gift,
    Limits,
    Line,
    Offer,
    OfferPolicy,
    OfferWindow,
    Part,
    PercentOff,
    Spend,
    UnitCount,
    Usage,
    Without,
    apply_offers,
)
from cxkit.predicates import Fields, text

MONDAY_NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
TEN = Offer("ten", PercentOff(10))
RUG = [line("rug", "100.00")]


class Customer(Fields):
    tier = text()


def reasons(decision):
    return [(reason.code, reason.found, reason.needed) for reason in decision.reasons]


def lacking(decision):
    return decision.outcome, decision.units_missing, decision.money_missing, decision.beaten_by


# What the basket lacks


@pytest.mark.parametrize(
    ("condition", "units", "money", "reason"),
    [
        (UnitCount(5), 2, 0, ("units", 3, 5)),
        (UnitCount(3, TEA), 1, 0, ("units", 2, 3)),
        (UnitCount(1, Line.fields.sku == "rug"), 1, 0, ("units", 0, 1)),
        (DistinctSkus(4), 2, 0, ("skus", 2, 4)),
        (DistinctSkus(2, TEA), 1, 0, ("skus", 1, 2)),
        (Spend(12, price="running"), 0, 1, ("spend", 11, 12)),
        (Spend(Decimal("11.01"), price="list"), 0, Decimal("0.01"), ("spend", 11, Decimal("11.01"))),
        (Spend(20, TEA, price="list"), 0, 12, ("spend", 8, 20)),
        (UnitCount(5, consume=True), 2, 0, ("units", 3, 5)),
        (Spend(12, price="running", consume=True), 0, 1, ("spend", 11, 12)),
        (DistinctSkus(4, consume=True), 2, 0, ("skus", 2, 4)),
    ],
    ids=repr,
)
def test_a_condition_that_is_not_met_says_what_is_missing(condition, units, money, reason):
    lines = [line("tea", "4.00", 2), line("coffee", "3.00"), line("bag", "9.00", 9, kind="fee")]
    (decision,) = receipt_of(lines, attrs.evolve(TEN, conditions=condition)).trace

    assert lacking(decision) == ("not_met", units, money, ())
    assert reasons(decision) == [reason]
    assert (decision.discount, decision.times) == (0, 0)


@pytest.mark.parametrize("condition", [UnitCount(3), DistinctSkus(2), Spend(11, price="running")], ids=repr)
def test_a_condition_that_is_just_met_says_nothing(condition):
    lines = [line("tea", "4.00", 2), line("coffee", "3.00")]

    assert lacking(receipt_of(lines, attrs.evolve(TEN, conditions=condition)).trace[0]) == ("applied", 0, 0, ())


def test_every_condition_that_is_not_met_is_named():
    conditions = [
        UnitCount(5),
        UnitCount(1),
        UnitCount(9, TEA),
        Spend(50, price="running"),
        Spend(20, TEA, price="running"),
    ]
    (decision,) = receipt_of([line("tea", "4.00", 2)], attrs.evolve(TEN, conditions=conditions)).trace

    assert reasons(decision) == [("units", 2, 5), ("units", 2, 9), ("spend", 8, 50), ("spend", 8, 20)]
    # Seven teas at 4.00 and more would meet all.
    assert lacking(decision) == ("not_met", 7, 42, ())


def test_a_condition_is_named_before_what_the_benefit_lacks():
    free = Offer("free", BuyXGetY(buy=5, get=1, items=ANY), conditions=Spend(50, price="running"))
    (decision,) = receipt_of([line("tea", "4.00", 2)], free).trace

    assert reasons(decision) == [("spend", 8, 50)]
    assert reasons(receipt_of([line("tea", "40.00", 2)], free).trace[0]) == [("units", 2, 6)]


@pytest.mark.parametrize(
    ("benefit", "lines"),
    [
        (Bundle(20, [Part(2)]), [line("tea", "10.00", 2)]),
        (PercentOff(1), [line("tea", "0.10")]),
        (BuyXGetY(buy=1, get=1, items=ANY), [line("tea", "3.00", 2, floor_price=Decimal(3))]),
        (BuyXGetY(buy=1, get=1, items=ANY, percent=1), [line("tea", "0.10", 2)]),
    ],
    ids=repr,
)
def test_where_nothing_is_cheaper_by_an_offer_there_is_nothing_to_reduce(benefit, lines):
    (decision,) = receipt_of(lines, Offer("x", benefit)).trace

    assert (lacking(decision), reasons(decision)) == (("not_met", 0, 0, ()), [("nothing_to_reduce", None, None)])


# Where others went first


def test_units_that_others_use_are_missing():
    offers = [Offer("all", AmountOff(50)), Offer("free", BuyXGetY(buy=3, get=1, items=TEA))]
    receipt = receipt_of([line("tea", "30.00", 4)], *offers)

    # 50 off all, against one free at 30.
    assert lacking(receipt.decision("free")) == ("units_used", 4, 0, ("all",))
    assert reasons(receipt.decision("free")) == [("units_used", 0, 4)]


def test_units_that_are_left_are_counted():
    offers = [Offer("three", Bundle(1, [Part(3)])), Offer("free", BuyXGetY(buy=3, get=1, items=TEA))]
    receipt = receipt_of([line("tea", "30.00", 5)], *offers)

    assert lacking(receipt.decision("free")) == ("units_used", 2, 0, ("three",))
    assert reasons(receipt.decision("free")) == [("units_used", 2, 4)]


def test_all_who_use_the_units_are_named():
    lines = [line("tea", "30.00"), line("coffee", "30.00"), line("rug", "30.00")]
    offers = [
        Offer("coffee", AmountOff(20, COFFEE)),
        Offer("tea", AmountOff(20, TEA)),
        Offer("rug", AmountOff(20, Line.fields.sku == "rug")),
        Offer("hot", AmountOff(5, TEA | COFFEE)),
    ]

    assert receipt_of(lines, *offers).decision("hot").beaten_by == ("coffee", "tea")


def test_units_of_a_condition_that_others_use_up_are_missing():
    offers = [
        Offer("tin", Gift(Line("tin", 1)), conditions=UnitCount(2, consume=True)),
        Offer("free", BuyXGetY(buy=1, get=1, items=ANY)),
    ]
    receipt = receipt_of([line("tea", "5.00", 2)], *offers)

    assert saved(receipt) == {"free": "5.00"}
    assert lacking(receipt.decision("tin")) == ("units_used", 2, 0, ("free",))
    assert reasons(receipt.decision("tin")) == [("units_used", 0, 2)]


def test_money_of_a_condition_that_others_use_up_is_missing():
    offers = [
        Offer("tin", Gift(Line("tin", 1)), conditions=Spend(8, price="running", consume=True)),
        Offer("free", BuyXGetY(buy=1, get=1, items=ANY)),
    ]
    receipt = receipt_of([line("tea", "5.00", 3)], *offers)

    # One tea at 5.00 is left.
    assert lacking(receipt.decision("tin")) == ("units_used", 0, 3, ("free",))


def test_an_offer_on_each_unit_that_saves_less_everywhere_is_beaten():
    offers = [TEN, Offer("tea", AmountOffEach(2, TEA)), Offer("twenty", PercentOff(20, COFFEE))]
    receipt = receipt_of([line("tea", "5.00"), line("coffee", "5.00")], *offers)

    assert lacking(receipt.decision("ten")) == ("beaten", 0, 0, ("tea", "twenty"))
    assert reasons(receipt.decision("ten")) == [("beaten", ("tea", "twenty"), None)]


def test_an_offer_on_each_unit_says_so_where_another_kind_uses_its_units():
    receipt = receipt_of(RUG, TEN, Offer("fifty", AmountOff(50)))

    assert lacking(receipt.decision("ten")) == ("units_used", 1, 0, ("fifty",))


@pytest.mark.parametrize(
    ("terms", "policy", "winner"),
    [
        ({"group": "x"}, OfferPolicy(), "b"),
        ({"combines_with": ()}, OfferPolicy(), "b"),
        ({}, OfferPolicy(within="first"), "a"),
        ({"group": "x"}, OfferPolicy(within="all"), "a"),
        ({"group": "x"}, OfferPolicy(stacking="sequence"), "a"),
        ({"exclusive": True}, OfferPolicy(), "b"),
        ({"exclusive": True}, OfferPolicy(exclusive="priority"), "a"),
    ],
)
def test_who_applies_instead_is_named(terms, policy, winner):
    lines = [line("tea", "5.00"), line("coffee", "5.00")]
    offers = [Offer("a", AmountOffEach(1, TEA), **terms), Offer("b", AmountOffEach(2, COFFEE), **terms)]
    receipt = receipt_of(lines, *offers, policy=policy)
    (loser,) = {"a", "b"} - {winner}

    assert lacking(receipt.decision(winner)) == ("applied", 0, 0, ())
    assert lacking(receipt.decision(loser)) == ("beaten", 0, 0, (winner,))
    assert reasons(receipt.decision(loser)) == [("beaten", (winner,), None)]


def test_an_offer_that_applied_says_how_often_and_for_how_much():
    (decision,) = receipt_of([line("tea", "5.00", 7)], Offer("x", Bundle(12, [Part(3)]))).trace

    assert (decision.outcome, decision.times, decision.discount) == ("applied", 2, 6)
    assert reasons(decision) == [("applied", 2, None)]
    assert str(decision) == "applied\n- applied: found 2"


# Offers that are not open


@pytest.mark.parametrize(
    ("terms", "outcome", "code", "retry_at"),
    [
        ({"window": OfferWindow(MONDAY_NOON + timedelta(1))}, "not_started", "not_started", MONDAY_NOON + timedelta(1)),
        ({"window": OfferWindow(end=MONDAY_NOON, ends="excluded")}, "expired", "expired", None),
        (
            {"hours": BusinessCalendar.weekdays("13:00", "14:00", tz="UTC")},
            "closed",
            "closed",
            MONDAY_NOON + timedelta(hours=1),
        ),
        ({"channels": {"web"}}, "not_eligible", "channel", None),
        ({"who": Customer.tier == "gold"}, "not_eligible", "who", None),
        ({"codes": {"SPRING"}}, "no_code", "no_code", None),
        ({"limits": Limits(in_all=3)}, "limit_reached", "in_all", None),
        ({"limits": Limits(per_customer=2)}, "limit_reached", "per_customer", None),
        ({"limits": Limits(budget=7)}, "limit_reached", "budget", None),
    ],
)
def test_an_offer_that_is_not_open_takes_part_in_nothing(terms, outcome, code, retry_at):
    basket = Basket(RUG, currency="EUR", at=MONDAY_NOON, channel="app", customer="anna")
    better, rest = attrs.evolve(Offer("better", PercentOff(50)), **terms), attrs.evolve(TEN, combines_with=())
    receipt = apply_offers(
        basket, [better, rest], codes=["AUTUMN"], used={"better": Usage(in_all=3, by_customer=2, spent=7)}
    )

    assert saved(receipt) == {"ten": "10.00"}
    decision = receipt.decision("better")
    assert (lacking(decision), decision.retry_at) == ((outcome, 0, 0, ()), retry_at)
    assert decision.reasons[0].code == code


# Codes


@pytest.mark.parametrize(
    ("typed", "match", "unknown", "applied"),
    [
        (["SPRING"], "exact", (), True),
        (["spring"], "exact", ("spring",), False),
        (["spring"], "any_case", (), True),
        (["zzz", "SPRING", "aaa"], "exact", ("aaa", "zzz"), True),
        (["zzz", "sPRING", "AAA"], "any_case", ("AAA", "zzz"), True),
        ([], "exact", (), False),
        (["GONE"], "exact", (), False),  # the code of an offer that is over is known
    ],
)
def test_codes_that_no_offer_knows_are_told(typed, match, unknown, applied):
    over = attrs.evolve(TEN, id="over", codes={"GONE"}, window=OfferWindow(end=MONDAY_NOON, ends="excluded"))
    basket = Basket(RUG, currency="EUR", at=MONDAY_NOON)
    receipt = apply_offers(
        basket, [attrs.evolve(TEN, codes={"SPRING", "MAY"}), over], codes=typed, policy=OfferPolicy(codes=match)
    )

    assert (receipt.unknown_codes, receipt.codes) == (unknown, frozenset(typed))
    assert (receipt.trace[0].outcome == "applied") is applied


# Claims


def test_an_offer_that_applies_claims_its_limits():
    limits = Limits(in_all=9, per_customer=8, per_code=7, budget=60, per_order=1)
    offers = [
        attrs.evolve(TEN, id="b", codes={"B"}, limits=limits),
        attrs.evolve(TEN, id="a", lane=1, limits=Limits(in_all=5)),
        Offer("not met", PercentOff(50, TEA), limits=limits, codes={"B"}),
    ]
    used = {"b": Usage(in_all=4, by_customer=3, by_code={"B": 2}, spent=Decimal("1.50"))}
    receipt = apply_offers(Basket(RUG, currency="EUR", customer="anna"), offers, codes=["B"], used=used)

    assert receipt.claims == (
        Claim(offer="a", limit="in_all", amount=1, expected=0),
        Claim(offer="b", limit="in_all", amount=1, expected=4),
        Claim(offer="b", limit="per_customer", key="anna", amount=1, expected=3),
        Claim(offer="b", limit="per_code", key="B", amount=1, expected=2),
        Claim(offer="b", limit="budget", amount=Decimal("10.00"), expected=Decimal("1.50")),
    )


def test_a_code_typed_in_another_case_is_claimed_as_the_offer_spells_it():
    offer = attrs.evolve(TEN, codes={"Spring"}, limits=Limits(per_code=2))
    receipt = receipt_of(RUG, offer, codes=["SPRING"], policy=OfferPolicy(codes="any_case"))

    assert [claim.key for claim in receipt.claims] == ["Spring"]


def test_an_offer_that_gives_way_claims_nothing():
    offers = [attrs.evolve(TEN, limits=Limits(in_all=5)), Offer("fifty", PercentOff(50))]

    assert receipt_of(RUG, *offers).claims == ()


# What the receipt keeps


def test_a_receipt_keeps_what_was_used_of_its_offers_and_nothing_else():
    used = {"ten": Usage(in_all=4), "gone": Usage(in_all=7)}

    assert receipt_of(RUG, TEN, used=used).used == {"ten": Usage(in_all=4)}
    assert receipt_of(RUG, TEN).used == {}


def test_a_receipt_without_a_search_is_optimal():
    for mode in ("first", "all", "best"):
        receipt = receipt_of(RUG, TEN, Offer("fifty", AmountOff(50)), policy=OfferPolicy(within=mode))
        assert (receipt.optimal, receipt.gap) == (True, 0)


def test_a_search_that_may_look_at_nothing_says_what_it_may_have_missed():
    lines = [line("tea", "4.00", 3), line("coffee", "4.00", 3)]
    offers = [Offer("pair", Bundle(5, [Part(1, TEA), Part(1, COFFEE)])), Offer("three", Bundle(5, [Part(3)]))]
    found = {nodes: receipt_of(lines, *offers, nodes=nodes) for nodes in (0, 1, 5000)}

    # Two bundles of three save 7 each, and three pairs 3 each.
    assert found[5000].discount == 14
    assert (found[5000].optimal, found[5000].gap) == (True, 0)
    for receipt in found.values():
        assert receipt.discount <= 14 <= receipt.discount + receipt.gap
        assert receipt.optimal is (receipt.gap == 0)


# What is used afterwards


def test_a_receipt_knows_what_is_used_of_each_offer_once_its_claims_are_committed():
    spring = Offer("spring", AmountOff(3), limits=Limits(in_all=10, per_customer=2, budget=100))
    mug = Offer("mug", Gift(Line("mug", 3)), codes={"MUG", "CUP"}, limits=Limits(per_code=5))
    never = Offer("never", AmountOff(3), conditions=UnitCount(9), limits=Limits(in_all=1))
    basket = Basket([line("tea", "5.00")], currency="EUR", customer="anna")
    used = {"spring": Usage(in_all=7, spent=Decimal("0.50")), "mug": Usage(by_code={"MUG": 1, "CUP": 4})}
    receipt = apply_offers(basket, [spring, mug, never], codes=["CUP"], used=used)

    assert receipt.used_after == {
        "mug": Usage(by_code={"MUG": 1, "CUP": 5}),
        "never": Usage(),
        "spring": Usage(in_all=8, by_customer=1, spent=Decimal("3.50")),
    }


# In words


SWEATER, TEE = Line.fields.tags.contains("sweater"), Line.fields.tags.contains("tee")


@pytest.mark.parametrize(
    ("sweaters", "tees", "said"),
    [
        (2, 0, "1 more unit (tags contains 'tee')"),
        (1, 1, "1 more unit (tags contains 'sweater')"),
        (0, 2, "2 more units (tags contains 'sweater')"),
        (1, 0, "2 more units"),
    ],
)
def test_what_is_missing_is_said_of_the_range_that_lacks_it(sweaters, tees, said):
    lines = [line(sku, "9.00", number) for sku, number in (("sweater", sweaters), ("tee", tees)) if number]
    offer = Offer("x", BuyXGetY(buy=2, get=1, items=SWEATER, rewards=TEE))

    assert receipt_of(lines, offer).trace[0].missing == (said,)


def test_what_is_missing_of_a_bundle_is_said_of_the_part_that_lacks_it():
    menu = Offer("menu", Bundle(5, [Part(1, SWEATER), Part(1, TEE)]))

    assert receipt_of([line("tee", "9.00")], menu).trace[0].missing == ("1 more unit (tags contains 'sweater')",)
    assert receipt_of([], menu).trace[0].missing == ("2 more units",)


def test_money_and_skus_are_missing_in_words():
    conditions = [Spend(20, price="list"), DistinctSkus(3, TEE)]
    offer = Offer("x", AmountOff(1), conditions=conditions)

    assert receipt_of([line("tee", "7.50", 2)], offer).trace[0].missing == (
        "5.00 EUR more",
        "2 more skus (tags contains 'tee')",
    )


def test_what_must_not_be_in_a_basket_is_told():
    offer = Offer("x", AmountOff(1), conditions=Without(TEE))

    assert receipt_of([line("mug", "7.50")], offer).trace[0].outcome == "applied"
    (decision,) = receipt_of([line("mug", "7.50"), line("tee", "9.00", 2)], offer).trace
    assert (decision.outcome, decision.missing, decision.units_missing) == ("not_met", (), 0)
    assert reasons(decision) == [("without", 2, 0)]
