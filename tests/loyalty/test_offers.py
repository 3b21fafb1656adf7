"""Offers: worked examples, what the trace says, which goes first."""

import decimal
from decimal import Decimal

import pytest

from cxkit.loyalty import Basket, BuyXGetY, Line, Offer, apply_offers

TEA = Line.fields.tags.contains("tea")
COFFEE = Line.fields.tags.contains("coffee")
ANY = Line.fields.sku.is_known()


def basket(*lines, currency="EUR"):
    """Make a basket of (sku, price, quantity) with the sku's first word as its tag."""
    made = [Line(sku, Decimal(price), quantity=number, tags={sku.split()[0]}) for sku, price, number in lines]
    return Basket(made, currency=currency)


def offer(buy, get, items=ANY, name=None):
    return Offer(name or f"buy {buy} get {get}", BuyXGetY(buy=buy, get=get, items=items))


def free(receipt):
    return {line.line.sku: line.free_units for line in receipt.lines if line.free_units}


# Worked by hand


@pytest.mark.parametrize(
    ("lines", "buy", "get", "freed", "total"),
    [
        ([], 1, 1, {}, "0.00"),
        ([("tea", "3.00", 1)], 1, 1, {}, "3.00"),
        ([("tea", "3.00", 2)], 1, 1, {"tea": 1}, "3.00"),
        ([("tea", "3.00", 3)], 1, 1, {"tea": 1}, "6.00"),
        ([("tea", "3.00", 3)], 2, 1, {"tea": 1}, "6.00"),
        ([("tea", "3.00", 5)], 2, 1, {"tea": 1}, "12.00"),
        ([("tea", "3.00", 6)], 2, 1, {"tea": 2}, "12.00"),
        # All free units must be in the basket: 3 of "buy 2 get 2" earn nothing, 7 earn 2.
        ([("tea", "3.00", 3)], 2, 2, {}, "9.00"),
        ([("tea", "3.00", 7)], 2, 2, {"tea": 2}, "15.00"),
        # The cheapest of the range, not of each group: 10+9+8 and 3+2+1 come to 1+2 free, not 8+1.
        (
            [("tea a", "10", 1), ("tea b", "9", 1), ("tea c", "8", 1), ("tea d", "3", 1), ("tea e", "2", 1), ("tea f", "1", 1)],
            2, 1, {"tea e": 1, "tea f": 1}, "30.00",
        ),
        # The cheapest units come from several lines, the last of them in part.
        ([("tea a", "1.50", 1), ("tea b", "2.00", 4), ("tea c", "5.00", 4)], 2, 1, {"tea a": 1, "tea b": 2}, "24.00"),
        # What costs nothing is the cheapest of all, and an offer that takes nothing off does not apply.
        ([("tea a", "0.00", 1), ("tea b", "2.00", 2)], 2, 1, {}, "4.00"),
        ([("tea a", "0.00", 1), ("tea b", "2.00", 5)], 2, 1, {"tea b": 1}, "8.00"),
        # Of equal prices, the first by its sku.
        ([("tea b", "2.00", 1), ("tea a", "2.00", 1)], 1, 1, {"tea a": 1}, "2.00"),
    ],
)  # fmt: skip
def test_the_cheapest_units_of_the_range_are_free(lines, buy, get, freed, total):
    receipt = apply_offers(basket(*lines), [offer(buy, get)])

    assert free(receipt) == freed
    assert str(receipt.total) == total


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Line("a", 2), Line("b", 2)),
        (Line("b", 2), Line("a", 3)),
        (Line("a", 2), Line("a", 2, tags={"x"})),
        (Line("a", 2, tags={"x", "z"}), Line("a", 2, tags={"y"})),
        (Line("a", 2, attributes={"size": "L"}), Line("a", 2, attributes={"size": "S"})),
        (Line("a", 2, attributes={"a": 2, "b": 1}), Line("a", 2, attributes={"b": 1, "c": 0})),
        (Line("a", 2), Line("a", 2, id="A")),
        (Line("a", 2, id="l1"), Line("a", 2, id="l2")),
    ],
)
def test_of_equal_prices_the_first_by_what_it_is_is_free_whatever_the_order(first, second):
    for lines in ([first, second], [second, first]):
        receipt = apply_offers(Basket(lines, currency="EUR"), [offer(1, 1)])
        assert [line.line for line in receipt.lines if line.free_units] == [first]


def test_only_units_of_the_range_count():
    mixed = basket(("tea", "3.00", 1), ("coffee", "1.00", 5))

    assert free(apply_offers(mixed, [offer(1, 1, TEA)])) == {}
    assert free(apply_offers(mixed, [offer(1, 1, COFFEE)])) == {"coffee": 2}


@pytest.mark.parametrize(
    ("currency", "price", "subtotal", "discount", "total"),
    [
        ("EUR", "2.5", "7.50", "2.50", "5.00"),
        ("JPY", "250", "750", "250", "500"),
        ("KWD", "0.125", "0.375", "0.125", "0.250"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(currency, price, subtotal, discount, total):
    receipt = apply_offers(basket(("tea", price, 3), currency=currency), [offer(2, 1)])

    assert [str(amount) for amount in (receipt.subtotal, receipt.discount, receipt.total)] == [
        subtotal,
        discount,
        total,
    ]
    assert str(receipt.trace[0].discount) == discount
    assert receipt.currency == currency


def test_a_thousand_million_units_are_not_taken_apart():
    receipt = apply_offers(
        basket(("tea", "0.01", 10**9), ("coffee", "0.02", 10**9)), [offer(2, 1), offer(1, 1, COFFEE)]
    )

    # One in two coffees first, 10 million EUR; then one in three teas.
    assert receipt.total == 10_000_000 + 20_000_000 - 10_000_000 - Decimal("3333333.33")


@pytest.mark.parametrize("rounding", [decimal.ROUND_UP, decimal.ROUND_FLOOR])
def test_a_callers_decimal_context_changes_nothing(rounding):
    lines = basket(("tea", "1234.56", 5), ("coffee", "999.99", 2))
    expected = apply_offers(lines, [offer(2, 1)])
    signals = [*decimal.Context().flags]
    with decimal.localcontext(decimal.Context(prec=2, rounding=rounding, traps=signals)):
        receipt = apply_offers(lines, [offer(2, 1)])
        amounts = [str(amount) for amount in (receipt.subtotal, receipt.discount, receipt.total)]

    # The two coffees at 999.99 are the two free ones of six.
    assert amounts == ["8172.78", "1999.98", "6172.80"]
    assert receipt == expected


# The trace


def test_an_offer_that_applies_says_what_it_gave():
    (decision,) = apply_offers(basket(("tea", "3.00", 7)), [offer(2, 1)]).trace

    assert (decision.outcome, decision.offer, decision.discount) == ("applied", "buy 2 get 1", Decimal("6.00"))
    assert (decision.reason, decision.reasons[0].found, decision.reasons[0].needed) == ("applied", 2, None)
    assert (decision.units_missing, decision.retry_at) == (0, None)


@pytest.mark.parametrize(("number", "missing"), [(1, 4), (3, 2), (4, 1)])
def test_an_offer_that_is_not_met_says_how_many_units_are_missing(number, missing):
    (decision,) = apply_offers(basket(("tea", "3.00", number), ("coffee", "1.00", 9)), [offer(3, 2, TEA)]).trace

    assert (decision.outcome, decision.discount, decision.units_missing) == ("not_met", Decimal("0.00"), missing)
    assert (decision.reason, decision.reasons[0].found, decision.reasons[0].needed) == ("units", number, 5)


def test_an_offer_for_units_that_are_not_there_says_that_all_are_missing():
    assert apply_offers(basket(), [offer(3, 2)]).trace[0].units_missing == 5


def test_an_offer_whose_units_went_to_another_says_so():
    # Both take all five coffees; "b" frees two of them, "a" one. "c" needs what they leave: one of five.
    offers = [offer(4, 1, COFFEE, "a"), offer(3, 2, COFFEE, "b"), offer(2, 1, ANY, "c")]
    receipt = apply_offers(basket(("coffee", "2.00", 5), ("tea", "1.00", 1)), offers)

    by_offer = {decision.offer: decision for decision in receipt.trace}
    assert [(name, by_offer[name].outcome, by_offer[name].discount) for name in "abc"] == [
        ("a", "units_used", Decimal("0.00")),
        ("b", "applied", Decimal("4.00")),
        ("c", "units_used", Decimal("0.00")),
    ]
    assert [(by_offer[name].reason, by_offer[name].units_missing) for name in "ac"] == [
        ("units_used", 5),
        ("units_used", 2),
    ]
    assert [(by_offer[name].reasons[0].found, by_offer[name].reasons[0].needed) for name in "ac"] == [(0, 5), (1, 3)]


def test_an_offer_on_things_that_cost_nothing_does_not_apply():
    (decision,) = apply_offers(basket(("tea", "0.00", 2)), [offer(1, 1)]).trace

    assert (decision.outcome, decision.reason) == ("not_met", "nothing_to_reduce")
    assert (decision.discount, decision.units_missing) == (Decimal("0.00"), 0)


def test_the_trace_comes_in_the_order_of_the_offers_and_the_offers_by_id():
    offers = [offer(1, 1, TEA, "b"), offer(1, 1, COFFEE, "c"), offer(2, 1, ANY, "a")]
    receipt = apply_offers(basket(("tea", "3.00", 1)), iter(offers))

    assert [decision.offer for decision in receipt.trace] == ["b", "c", "a"]
    assert [given.id for given in receipt.offers] == ["a", "b", "c"]


def test_explain_tells_of_the_offer_alone():
    lines = basket(("tea", "3.00", 3))

    assert offer(2, 1).explain(lines) == apply_offers(lines, [offer(2, 1)]).trace[0]
    assert offer(3, 1).explain(lines).units_missing == 1


# Which of several goes first


@pytest.mark.parametrize(
    ("lines", "offers", "applied"),
    [
        # A tea and a coffee save more than the two teas that one offer would free.
        ([("coffee", "4.00", 2), ("tea", "3.00", 2)], [offer(1, 1, ANY, "a"), offer(1, 1, COFFEE, "b")],
         {"a": "3.00", "b": "4.00"}),
        # The larger discount: 4.00 for two coffees, or 3.00 for a tea.
        ([("coffee", "4.00", 2), ("tea", "3.00", 1)], [offer(1, 1, ANY, "a"), offer(1, 1, COFFEE, "b")], {"b": "4.00"}),
        # Of equal discounts, fewer units: one of three, or one of two.
        ([("tea", "3.00", 3)], [offer(2, 1, TEA, "a"), offer(1, 1, TEA, "b")], {"b": "3.00"}),
        # Of equal units too, the first id.
        ([("tea", "3.00", 2)], [offer(1, 1, ANY, "b"), offer(1, 1, TEA, "a")], {"a": "3.00"}),
        # What pays is the next cheapest, which leaves the dearest to others.
        ([("tea a", "5.00", 1), ("tea b", "6.00", 1), ("coffee", "2.00", 2), ("coffee z", "1.00", 2)],
         [offer(1, 1, TEA, "a"), offer(2, 2, ANY, "b")], {"a": "5.00", "b": "2.00"}),
    ],
)  # fmt: skip
def test_where_offers_compete_those_apply_that_save_most(lines, offers, applied):
    for order in (offers, offers[::-1]):
        trace = apply_offers(basket(*lines), order).trace
        assert {found.offer: str(found.discount) for found in trace if found.outcome == "applied"} == applied
