"""Thresholds with and without the tax: exact, per line, and only where they are asked for."""

from decimal import Decimal

import pytest
from offer_results import TEA, line

from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.loyalty import AmountOff, Basket, Gift, Line, Offer, PercentOff, Spend, apply_offers

NET, GROSS = "net", "gross"


def taxed(price, rate, number=1, sku="tea", **more):
    return line(sku, price, number, tax_rate=None if rate is None else Decimal(rate), **more)


def decision(lines, prices, at_least, tax, **options):
    """Say what becomes of an offer on a basket with prices of a kind, from some sum on."""
    spend = Spend(Decimal(at_least), price="running", tax=tax, **options)
    basket = Basket(lines, currency="EUR", prices=prices)
    return apply_offers(basket, [Offer("x", PercentOff(10), conditions=spend)]).trace[0]


def is_met(*args, **options):
    return decision(*args, **options).outcome == "applied"


@pytest.mark.parametrize(
    ("price", "prices", "tax", "met"),
    [
        ("119.00", GROSS, NET, True),  # just 100 net
        ("118.99", GROSS, NET, False),
        ("84.04", NET, GROSS, True),  # 100.0076
        ("84.03", NET, GROSS, False),  # 99.9957, which would be 100.00 if it were rounded
        ("100.00", GROSS, GROSS, True),
        ("99.99", GROSS, GROSS, False),
        ("100.00", NET, NET, True),
        ("99.99", NET, NET, False),
        ("100.00", GROSS, None, True),
        ("100.00", NET, None, True),
        ("99.99", None, None, False),
    ],
)
def test_a_threshold_is_asked_with_or_without_the_tax(price, prices, tax, met):
    assert is_met([taxed(price, "0.19")], prices, 100, tax) is met


def test_each_line_has_a_rate_of_its_own():
    # 59.50 and 53.50 hold 9.50 and 3.50 of tax; the book at 10.00 holds none.
    lines = [taxed("59.50", "0.19"), taxed("53.50", "0.07", sku="bread"), taxed("10.00", "0", sku="stamp")]

    assert is_met(lines, GROSS, "110.00", NET)
    assert not is_met(lines, GROSS, "110.01", NET)


def test_nothing_is_rounded_on_the_way():
    # 0.10 with 20 % is 0.08333... net: three of them are just 0.25, and would be 0.24 if each were rounded.
    assert is_met([taxed("0.10", "0.2", 3)], GROSS, "0.25", NET)
    assert is_met([taxed("0.10", "0.2", sku=sku) for sku in "abc"], GROSS, "0.25", NET)
    # Two are 0.1666..., less than 0.17.
    assert not is_met([taxed("0.10", "0.2", 2)], GROSS, "0.17", NET)


def test_what_is_missing_is_said_in_the_money_that_is_counted():
    # 118.00 is 99.1596... net.
    found = decision([taxed("118.00", "0.19")], GROSS, 100, NET)

    assert (found.outcome, found.money_missing, found.units_missing) == ("not_met", Decimal("0.85"), 0)
    assert [(reason.code, str(reason.found), str(reason.needed)) for reason in found.reasons] == [
        ("spend", "99.15", "100.00")
    ]


def test_a_threshold_that_is_used_up_counts_the_tax_too():
    # 5.95 is 5.00 net: two make 10.
    spend = Spend(10, price="running", tax=NET, consume=True)
    gift = Offer("x", Gift(Line("tin", 1), each_time=True), conditions=spend)

    for number, times in ((1, 0), (2, 1), (3, 1), (4, 2)):
        basket = Basket([taxed("5.95", "0.19", number)], currency="EUR", prices=GROSS)
        assert apply_offers(basket, [gift]).trace[0].times == times


@pytest.mark.parametrize(("price", "met"), [("running", False), ("list", True)])
def test_the_tax_is_reckoned_on_the_price_that_counts(price, met):
    later = Offer("x", PercentOff(10), conditions=Spend(100, price=price, tax=NET), lane=1)
    basket = Basket([taxed("119.00", "0.19")], currency="EUR", prices=GROSS)
    receipt = apply_offers(basket, [Offer("1.19 off", AmountOff(Decimal("1.19"))), later])

    assert (receipt.decision("x").outcome == "applied") is met
    assert receipt.decision("x").money_missing == (0 if met else 1)


@pytest.mark.parametrize(("prices", "tax"), [(GROSS, NET), (NET, GROSS)])
def test_a_threshold_needs_the_rate_of_each_line_that_counts(prices, tax):
    lines = [taxed("10.00", "0.19"), taxed("10.00", None, sku="bread")]

    with pytest.raises(InvalidValueError) as caught:
        decision(lines, prices, 10, tax)
    assert str(caught.value).startswith(
        f"'x' asks for what is spent {tax}, which needs the tax_rate of its lines; got Line('bread', Decimal('10.00')"
    )
    # Lines of other ranges and kinds need none.
    assert is_met(lines, prices, 5, tax, items=TEA)
    assert is_met([lines[0], taxed("5.00", None, kind="shipping")], prices, 5, tax)


def test_a_threshold_needs_to_know_what_the_prices_are():
    with pytest.raises(InvalidValueError) as caught:
        decision([taxed("10.00", "0.19")], None, 10, NET)
    assert str(caught.value).startswith(
        "'x' asks for what is spent net, which needs Basket(..., prices='gross' or 'net'); got Line('tea'"
    )


@pytest.mark.parametrize(("prices", "tax"), [(GROSS, GROSS), (NET, NET), (None, None), (GROSS, None)])
def test_prices_that_are_as_asked_need_no_rate(prices, tax):
    assert is_met([taxed("10.00", None)], prices, 10, tax)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Spend(5, price="running", tax="vat"), InvalidValueError, "tax must be one of 'net', 'gross', got 'vat'"),
        (lambda: taxed("1.00", "1"), InvalidValueError, "tax_rate must be a share below 1, got 1; write Decimal('0.19')"),
        (lambda: taxed("1.00", "-0.1"), InvalidValueError, "tax_rate must not be negative, got -0.1"),
        (lambda: Line("tea", 1, tax_rate=0.19), InvalidTypeError, "tax_rate must be a Decimal or an int, got 0.19"),
        (lambda: Basket([], currency="EUR", prices="both"), InvalidValueError, "prices must be one of 'gross', 'net', got 'both'"),
    ],
)  # fmt: skip
def test_tax_that_makes_no_sense_is_refused(make, error, message):
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value).startswith(message)
