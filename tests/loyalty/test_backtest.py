"""Backtests: what offers would have cost on orders as they were; expectations worked out by hand."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import days
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.loyalty import (
    AmountOff,
    Basket,
    BuyXGetY,
    Entitlement,
    Gift,
    Limits,
    Line,
    Offer,
    OfferWindow,
    PercentOff,
    Usage,
    apply_offers,
    backtest,
)
from cxkit.predicates import Fields, flag, text
from cxkit.segments import Segment, events
from cxkit.tallies import Rate

START = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
TEA = Line.fields.tags.contains("tea")
THREE_FOR_TWO = BuyXGetY(buy=2, get=1, items=TEA)


class Customer(Fields):
    city = text()
    member = flag()


def at(day):
    return START + timedelta(days=day)


def tea(number, price=4):
    return Line("assam", Decimal(price), tags={"tea"}, quantity=number)


def order(day, customer, *lines, currency="EUR"):
    return Basket(lines, currency=currency, customer=customer, at=at(day))


def use(result, name):
    return next(found for found in result.offers if found.offer == name)


# Use and money


def test_it_counts_orders_customers_and_money_for_each_offer():
    orders = [
        order(0, "anna", tea(3)),  # 12.00, 4.00 off
        order(1, "ben", tea(2)),  # 8.00
        order(2, "anna", tea(6), Line("cup", 10)),  # 34.00, 8.00 off
        order(3, None, tea(3)),  # 12.00, 4.00 off
    ]

    result = backtest([Offer("3 for 2", THREE_FOR_TWO), Offer("never", PercentOff(10), codes={"X"})], orders)

    found = use(result, "3 for 2")
    assert found.share == Rate(3, 4, name="share of orders", unit="orders")
    assert (found.times, found.discount) == (4, Decimal("16.00"))
    assert (found.takings.orders, found.takings.customers) == (3, 1)
    assert (found.takings.before, found.takings.after) == (Decimal("58.00"), Decimal("42.00"))
    assert found.takings.discount == Decimal("16.00")
    assert (result.takings.orders, result.takings.customers) == (4, 2)
    assert (result.takings.before, result.takings.after) == (Decimal("66.00"), Decimal("50.00"))
    assert result.share.count == 3
    assert use(result, "never").discount == Decimal("0.00")
    assert use(result, "never").takings.before == Decimal("0.00")
    assert result.unproven == 0


def test_the_discount_of_an_offer_is_its_own_and_its_takings_are_those_of_all():
    both = [Offer("a", PercentOff(10)), Offer("b", AmountOff(1), lane=1)]

    result = backtest(both, [order(0, "anna", tea(5))])  # 20.00: 2.00 and 1.00 off

    assert [found.discount for found in result.offers] == [Decimal("2.00"), Decimal("1.00")]
    assert {found.takings.after for found in result.offers} == {Decimal("17.00")}
    assert result.share.count == 1


def test_an_offer_that_takes_nothing_off_is_used_too():
    result = backtest([Offer("early access", Entitlement("early access"))], [order(0, "anna", tea(1))])

    assert result.offers[0].share.count == 1
    assert result.takings.discount == Decimal("0.00")


def test_it_counts_the_orders_whose_best_combination_is_not_proven():
    offers = [Offer(f"bundle {number}", BuyXGetY(buy=number, get=1, items=TEA)) for number in range(1, 9)]
    lines = [Line(f"tea {price}", price, tags={"tea"}, quantity=7) for price in range(1, 12)]
    orders = [order(0, "anna", *lines), order(1, "anna", tea(1))]

    expected = [apply_offers(basket, offers).optimal for basket in orders].count(False)

    assert backtest(offers, orders).unproven == expected


def test_without_orders_nothing_is_defined():
    result = backtest([Offer("3 for 2", THREE_FOR_TWO)], [])

    assert result.currency is result.takings.before is result.takings.discount is result.offers[0].discount is None
    with pytest.raises(UndefinedMetricError):
        _ = result.share.value
    assert [row["share"] for row in result.rows()] == [None, None]
    assert result.chart()["data"]["values"] == [{"offer": "3 for 2", "discount": None, "orders": 0}]


# Limits


def test_a_limit_in_all_is_used_up_in_order():
    offer = Offer("first two", THREE_FOR_TWO, limits=Limits(in_all=2))

    result = backtest([offer], [order(day, "anna", tea(3)) for day in range(4)])

    assert result.offers[0].share.count == 2
    assert result.offers[0].ran_out == at(1)
    assert result.takings.after == Decimal("40.00")


def test_a_limit_per_customer_holds_for_each():
    offer = Offer("once", THREE_FOR_TWO, limits=Limits(per_customer=1))
    customers = ["anna", "ben", "anna", "ben", "cleo"]

    result = backtest([offer], [order(day, who, tea(3)) for day, who in enumerate(customers)])

    assert (result.offers[0].share.count, result.offers[0].takings.customers) == (3, 3)
    assert result.offers[0].ran_out is None


def test_a_limit_per_code_holds_for_each_code():
    offer = Offer("coupon", PercentOff(50), codes={"A", "B"}, limits=Limits(per_code=1))
    typed = [["A"], ["A"], ["B"], [], ["B"]]

    result = backtest([offer], [(order(day, "anna", tea(1)), codes) for day, codes in enumerate(typed)])

    assert result.offers[0].share.count == 2
    assert result.offers[0].discount == Decimal("4.00")


def test_a_budget_runs_out_with_the_order_that_uses_it_up():
    offer = Offer("10 % off", PercentOff(10), limits=Limits(budget=5))

    result = backtest(
        [offer], [order(day, "anna", tea(1, 30)) for day in range(3)]
    )  # 3.00, then what is left, then none

    assert result.offers[0].discount == Decimal("5.00")
    assert (result.offers[0].share.count, result.offers[0].ran_out) == (2, at(1))


def test_a_budget_of_which_something_is_left_has_not_run_out():
    offer = Offer("10 % off", PercentOff(10), limits=Limits(budget=7))

    assert backtest([offer], [order(day, "anna", tea(1, 30)) for day in range(2)]).offers[0].ran_out is None


def test_windows_are_asked_at_the_moment_of_each_order():
    offer = Offer("one day", THREE_FOR_TWO, window=OfferWindow(at(1), at(2), ends="excluded"))

    assert backtest([offer], [order(day, "anna", tea(3)) for day in range(4)]).offers[0].share.count == 1


def test_orders_of_one_moment_are_taken_as_they_come():
    offer = Offer("first", THREE_FOR_TWO, limits=Limits(in_all=1))

    result = backtest([offer], [order(0, "anna", tea(3)), order(0, "ben", tea(6))])

    assert result.offers[0].discount == Decimal("4.00")


LIMITS = st.builds(
    Limits,
    in_all=st.none() | st.integers(1, 3),
    per_customer=st.none() | st.integers(1, 2),
    budget=st.none() | st.integers(3, 20).map(Decimal),
)
ORDERS = st.lists(st.tuples(st.sampled_from(["anna", "ben"]), st.integers(1, 7)), max_size=8)


@given(LIMITS, LIMITS, ORDERS)
def test_limits_agree_with_counting_all_orders_before_each_one_again(first, second, drawn):
    offers = [Offer("a", THREE_FOR_TWO, limits=first), Offer("b", PercentOff(10), lane=1, limits=second)]
    orders = [order(day, who, tea(number)) for day, (who, number) in enumerate(drawn)]
    receipts = []
    for basket in orders:
        used = {}
        for offer in offers:
            before = [
                (past.basket.customer, past.decision(offer.id).discount)
                for past in receipts
                if past.decision(offer.id).outcome == "applied"
            ]
            used[offer.id] = Usage(
                in_all=len(before),
                by_customer=sum(who == basket.customer for who, _ in before),
                spent=sum((off for _, off in before), start=Decimal(0)),
            )
        receipts.append(apply_offers(basket, offers, used=used))

    result = backtest(offers, orders)

    assert result.takings.orders == len(orders)
    assert (result.takings.after or 0) == sum(receipt.total for receipt in receipts)
    for offer in offers:
        applied = [
            receipt.decision(offer.id) for receipt in receipts if receipt.decision(offer.id).outcome == "applied"
        ]
        assert use(result, offer.id).share.count == len(applied)
        assert (use(result, offer.id).discount or 0) == sum(decision.discount for decision in applied)


# Margins


def test_the_margin_is_what_is_left_once_the_costs_are_off():
    orders = [order(0, "anna", tea(3)), order(1, "ben", tea(1))]  # 12.00 for 8.00, and 4.00

    result = backtest([Offer("3 for 2", THREE_FOR_TWO)], orders, costs={"assam": Decimal("1.265")})

    assert result.takings.margin_before == Decimal("10.94")  # 16 - 4 x 1.265
    assert result.takings.margin == Decimal("6.94")
    assert use(result, "3 for 2").takings.margin == Decimal("4.20")  # 8 - 3.795 = 4.205, ties to even
    assert result.units_without_cost == 0


def test_what_has_no_known_cost_has_no_part_in_the_margin():
    lines = [tea(2), Line("cup", 10, quantity=3), Line("parcel", 5, kind="shipping")]

    result = backtest([Offer("half", PercentOff(50))], [order(0, "anna", *lines)], costs={"assam": 1}.get)

    assert (result.takings.margin_before, result.takings.margin) == (Decimal("6.00"), Decimal("2.00"))
    assert result.units_without_cost == 3


def test_a_margin_without_any_known_cost_is_undefined():
    result = backtest([Offer("half", PercentOff(50))], [order(0, "anna", tea(2))], costs={})

    assert result.takings.margin is result.takings.margin_before is None
    assert result.units_without_cost == 2


def test_costs_of_currencies_without_a_minor_unit_are_whole():
    result = backtest([], [order(0, "anna", tea(2, 400), currency="JPY")], costs={"assam": 150})

    assert result.takings.margin == Decimal(500)


def test_a_gift_costs_what_it_costs():
    offer = Offer("a cup with it", Gift(Line("cup", 10)))

    result = backtest([offer], [order(0, "anna", tea(2))], costs={"assam": 1, "cup": 3})

    assert (result.takings.margin_before, result.takings.margin) == (Decimal("6.00"), Decimal("3.00"))


# Who gains


RECORDS = {
    "anna": {"city": "Berlin", "member": True},
    "ben": {"city": "Berlin", "member": False},
    "cleo": {"city": "Hamburg", "member": True},
}


def test_segments_say_who_gains():
    offer = Offer("for members", THREE_FOR_TWO, who=Customer.member.is_true())
    customers = ["anna", "ben", "cleo", "anna", "dora", None]
    orders = [order(day, who, tea(3)) for day, who in enumerate(customers)]

    result = backtest(
        [offer],
        orders,
        profiles=RECORDS,
        costs={"assam": 1},
        segments={"Berlin": Customer.city == "Berlin", "members": Customer.member, "nobody": Customer.city == "Rome"},
    )

    assert result.segment_rows() == [
        {
            "segment": "Berlin",
            "orders": 3,
            "customers": 2,
            "winners": 1,
            "share": 2 / 3,
            "discount": Decimal("8.00"),
            "after": Decimal("28.00"),
            "margin": Decimal("19.00"),
        },
        {
            "segment": "members",
            "orders": 3,
            "customers": 2,
            "winners": 2,
            "share": 1.0,
            "discount": Decimal("12.00"),
            "after": Decimal("24.00"),
            "margin": Decimal("15.00"),
        },
        {
            "segment": "nobody",
            "orders": 0,
            "customers": 0,
            "winners": 0,
            "share": None,
            "discount": Decimal("0.00"),
            "after": Decimal("0.00"),
            "margin": None,
        },
    ]
    assert result.without_profile == 2


def test_profiles_may_be_a_function_and_segments_may_speak_of_time():
    from cxkit.journey import Journey, Touchpoint
    from cxkit.segments import Profile

    journey = Journey("anna", [Touchpoint("order", at=at(0))])
    regular = Segment("regular", events("order").within(days(5)).count() >= 1)
    orders = [order(day, "anna", tea(3)) for day in (1, 9)]

    result = backtest(
        [Offer("3 for 2", THREE_FOR_TWO, who=regular)],
        orders,
        profiles=lambda customer: Profile({}, journey) if customer == "anna" else None,
        segments={"regular": regular},
    )

    assert result.offers[0].share.count == 1
    assert (result.segments[0].takings.orders, result.segments[0].winners) == (1, 1)


# Any number of orders


def test_orders_are_taken_one_by_one():
    taken = []

    def endless():
        for day in count():
            taken.append(day)
            yield order(day if day < 5 else 0, "anna", tea(1))

    with pytest.raises(InvalidValueError, match="in order of time"):
        backtest([], endless())
    assert taken == [0, 1, 2, 3, 4, 5]


# Tables


def test_it_prints_as_its_tables():
    orders = [order(0, "anna", tea(3))]
    offer = Offer("3 for 2", THREE_FOR_TWO, limits=Limits(in_all=1))

    result = backtest([offer], orders, costs={"assam": 1}, profiles=RECORDS, segments={"members": Customer.member})

    assert str(result) == (
        "offer         orders  share  times  customers  discount  before  after  margin  ran_out\n"
        "3 for 2            1      1      1          1      4.00   12.00   8.00    5.00  2026-03-01 12:00:00+00:00\n"
        "(all orders)       1      1      -          1      4.00   12.00   8.00    5.00  -\n"
        "\n"
        "segment  orders  customers  winners  share  discount  after  margin\n"
        "members       1          1        1      1      4.00   8.00    5.00"
    )
    assert str(backtest([offer], orders)).count("\n") == 2
    assert result.chart()["data"]["values"] == [{"offer": "3 for 2", "discount": 4.0, "orders": 1}]


# What is refused


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"orders": [Basket([], currency="EUR")]}, InvalidValueError, "must say when it was placed"),
        ({"orders": [order(1, "a"), order(0, "a")]}, InvalidValueError, "sort them"),
        ({"orders": [order(0, "a"), order(0, "a", currency="USD")]}, InvalidValueError, "two currencies"),
        ({"orders": ["tea"]}, InvalidTypeError, "an order must be a Basket"),
        ({"orders": [(order(0, "a"), "CODE")]}, InvalidTypeError, "an order must be a Basket"),
        ({"orders": [(order(0, "a"), 5)]}, InvalidTypeError, "a list of values"),
        ({"orders": 7}, InvalidTypeError, "baskets"),
        ({"costs": 3}, InvalidTypeError, "costs must be a mapping"),
        ({"costs": {"assam": 1.5}}, InvalidTypeError, "the cost of 'assam'"),
        ({"segments": {"a": Customer.member}}, InvalidTypeError, "pass profiles="),
        ({"segments": [Customer.member]}, InvalidTypeError, "segments must be a mapping"),
        ({"segments": {" ": Customer.member}, "profiles": {}}, InvalidValueError, "name of a segment"),
        ({"segments": {"a": "member"}, "profiles": {}}, InvalidTypeError, "predicate"),
        ({"profiles": 3}, InvalidTypeError, "profiles must be a mapping"),
        ({"policy": "best"}, InvalidTypeError, "policy"),
        ({"offers": ["3 for 2"]}, InvalidTypeError, "Offer"),
    ],
)
def test_what_makes_no_sense_is_refused(change, error, message):
    given_ = {"offers": [Offer("3 for 2", THREE_FOR_TWO)], "orders": [order(0, "anna", tea(3))]} | change

    with pytest.raises(error, match=message):
        backtest(given_.pop("offers"), given_.pop("orders"), **given_)
