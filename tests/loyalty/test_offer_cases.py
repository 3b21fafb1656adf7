"""Offers against the worked examples of other systems: those that can be expressed, and a count of those that wait."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from cxkit.loyalty import Basket, BuyXGetY, Line, Offer, apply_offers

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/loyalty.json").read_text(encoding="utf-8"))
}
ANY = Line.fields.sku.is_known()

# What each case waits for; whoever builds it takes its cases from here and puts them to the test.
WAITING = {
    "the dearest unit free": "dw-3for2[dearest]",
    "money off, spread over lines": """
        oscar-abs-round oscar-abs-cap oscar-abs-max1 oscar-crossrange sol-dist-1 sol-dist-2 sol-dist-4 syl-prio-1 syl-prio-2
        syl-excl-2 syl-fixed-cap syl-fixed-ship syl-dist-int syl-dist-prop ven-prorate ven-prorate-order woo-fixed-11
    """,
    "money off each unit": "oscar-unit-1 sol-groups-2 woo-fp-1 woo-fp-2 woo-fp-3",
    "percent off": """
        oscar-pct-max1 oscar-pct-all oscar-pct-round-3 sol-groups-3 sol-lanes-1 sol-lanes-2 syl-pct syl-catalog-chain
        syl-catalog-round syl-multi-action-2 sal-round sal-cheapest sal-promo-voucher sal-best odoo-b3g1-10pc
        odoo-global-once odoo-cheapest-max odoo-free-line woo-limit-seq
    """,
    "tiers of an offer": "sol-tier-flat sol-tier-pct sol-tier-qty odoo-best-global",
    "a fixed price for several": "oscar-bundle-1 oscar-bundle-3",
    "conditions on value or on distinct things": "oscar-multibuy-3 oscar-value-consume oscar-coverage",
    "two ranges, one to buy and one to get": "med-bxgy-3",
    "windows and priorities of offers": "oscar-window oscar-priority",
    "points, tiers and their expiry": """
        odoo-points-ewallet odoo-points-giftcard odoo-points-domain-1 odoo-points-domain-2 odoo-burn-multiple odoo-fifo
        sq-expiry ol-downgrade
    """,
}


def test_every_case_in_scope_is_met_or_waits():
    waiting = {case for cases in WAITING.values() for case in cases.split()}
    met = {"dw-3for2", "med-xx-2", "med-xx-4", "odoo-b3g1"}
    aside = {case for case, told in CASES.items() if "scope" in told} - met

    assert met | aside | (waiting - {"dw-3for2[dearest]"}) == set(CASES)
    assert not waiting & (met | aside)
    assert {what: len(cases.split()) for what, cases in WAITING.items()} == {
        "the dearest unit free": 1,
        "money off, spread over lines": 17,
        "money off each unit": 5,
        "percent off": 19,
        "tiers of an offer": 4,
        "a fixed price for several": 2,
        "conditions on value or on distinct things": 3,
        "two ranges, one to buy and one to get": 1,
        "windows and priorities of offers": 2,
        "points, tiers and their expiry": 8,
    }
    assert (len(CASES), len(met), len(waiting), len(aside)) == (78, 4, 62, 13)


def applied(prices, *offers):
    """Apply offers, given as (name, buy, get), to lines of (price, quantity)."""
    lines = [Line(f"sku {place}", Decimal(price), quantity=number) for place, (price, number) in enumerate(prices)]
    return apply_offers(
        Basket(lines, currency="EUR"), [Offer(name, BuyXGetY(buy=buy, get=get, items=ANY)) for name, buy, get in offers]
    )


@pytest.mark.parametrize("number", [0, 1])
def test_three_for_two(number):
    case = CASES["dw-3for2"]
    prices = case["setup"]["cases"][number]["prices"]

    assert applied([(price, 1) for price in prices], ("3 for 2", 2, 1)).total == Decimal(
        case["expected"]["total"][number]
    )


def test_all_free_units_must_be_there():
    case = CASES["med-xx-2"]
    (line,) = case["setup"]["lines"]  # its price is a third, which no currency has, and which does not matter
    receipt = applied([("3.33", line["qty"])], ("buy 2 get 2", 2, 2))

    assert {found.offer for line in receipt.lines for found in line.adjustments} == set(case["expected"]["adjustments"])


def test_units_of_one_offer_do_not_serve_the_other():
    case = CASES["med-xx-4"]
    (line,) = case["setup"]["lines"]
    receipt = applied([(line["unit_price"], line["qty"])], ("BUY50GET1000", 50, 1000), ("BUY10GET20", 10, 20))

    expected = {code: Decimal(amount) for code, amount in case["expected"]["adjustments"].items()}
    assert {decision.offer: decision.discount for decision in receipt.trace} == expected


@pytest.mark.parametrize("number", range(4))
def test_extra_units_are_free_once_they_are_in_the_basket(number):
    case = CASES["odoo-b3g1"]
    paid, free = case["setup"]["quantities"][number], case["expected"]["free_units"][number]
    receipt = applied([(case["setup"]["unit_price"], paid + free)], ("buy 3 get 1", 3, 1))

    assert receipt.lines[0].free_units == free
    assert receipt.total == paid * Decimal(case["setup"]["unit_price"])
