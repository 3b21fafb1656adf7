"""The example of the till charges what was worked out by hand from the menu, and says what became of each offer."""

import runpy
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest

EXAMPLE = runpy.run_path(str(Path(__file__).parents[1] / "examples" / "coffee_till.py"))
SIXTH, HAPPY, BREAKFAST, STUDENTS, RAINY, COOKIE = (offer.name for offer in EXAMPLE["OFFERS"])

# By ticket: what it costs without offers, and what each offer takes off, in cents.
BY_HAND = {
    "1": (600, {BREAKFAST: 100, STUDENTS: 50}),  # 3.60 + 2.40 for 5; a tenth of 5.00
    "2": (460, {}),  # 2.20 + 2.40: breakfast for 5 would be dearer
    "3": (2560, {SIXTH: 320}),  # 4 x 3.60 + 2 x 3.20 + 2 x 2.40: a cappuccino; two breakfasts would save 2.00
    "4": (1600, {RAINY: 100}),
    "5": (590, {STUDENTS: 59}),  # 5.31 is left, too little for the code
    "6": (1090, {RAINY: 100}),  # nobody knows whether she studies
    "7": (1250, {HAPPY: 188}),  # a fifth of 2 x 3.60 + 2.20; the code has been used twice
    "8": (2160, {HAPPY: 432, STUDENTS: 173}),  # a fifth saves more than one cup of six; a tenth of 17.28 is 1.728
    "9": (560, {HAPPY: 64, STUDENTS: 50}),  # 0.64 against 0.60 for breakfast; a tenth of 4.96 is 0.496
    "10": (360, {}),  # at 17:00 it is over
    "11": (2640, {SIXTH: 440}),  # two of twelve
}


@pytest.fixture(scope="module")
def found():
    return EXAMPLE["report"](EXAMPLE["read"]())


@pytest.fixture(scope="module")
def told(found):
    """What became of each offer, by ticket."""
    return {sale.ticket.number: {decision.offer: decision for decision in sale.receipt.trace} for sale in found.sales}


def cents(amount):
    return int(amount * 100)


@pytest.mark.parametrize("number", BY_HAND)
def test_a_ticket_costs_what_was_worked_out_by_hand(found, told, number):
    price, discounts = BY_HAND[number]
    [receipt] = [sale.receipt for sale in found.sales if sale.ticket.number == number]

    assert cents(receipt.subtotal) == price
    assert {name: cents(one.discount) for name, one in told[number].items() if one.discount} == discounts
    assert cents(receipt.total) == price - sum(discounts.values())
    assert receipt.optimal


def test_every_offer_says_what_became_of_it(told):
    outcomes = {(number, name): one.outcome for number, ticket in told.items() for name, one in ticket.items()}
    expected = {
        ("1", HAPPY): "closed",
        ("1", STUDENTS): "applied",
        ("2", BREAKFAST): "not_met",
        ("3", STUDENTS): "not_eligible",
        ("4", SIXTH): "not_met",
        ("5", RAINY): "not_met",
        ("6", STUDENTS): "not_eligible",
        ("7", RAINY): "limit_reached",
        ("8", SIXTH): "units_used",
        ("8", RAINY): "no_code",
        ("9", BREAKFAST): "units_used",
        ("10", HAPPY): "closed",
        ("11", COOKIE): "applied",
    }
    assert {key: outcomes[key] for key in expected} == expected


def test_what_is_missing_is_said_in_units_and_in_money(told):
    assert (told["4"][SIXTH].units_missing, told["1"][SIXTH].units_missing) == (1, 5)
    assert told["5"][RAINY].money_missing == Decimal("2.69")  # 8.00 - 5.31
    assert told["4"][COOKIE].money_missing == Decimal("5.00")  # 20.00 - 15.00


def test_the_happy_hour_says_when_it_begins(told):
    assert told["1"][HAPPY].retry_at == datetime(2026, 3, 4, 14, tzinfo=timezone.utc)
    assert told["10"][HAPPY].retry_at == datetime(2026, 3, 5, 14, tzinfo=timezone.utc)


def test_who_spends_twenty_gets_a_cookie(found):
    with_cookie = {
        sale.ticket.number for sale in found.sales for line in sale.receipt.lines if line.line.sku == "cookie"
    }
    assert with_cookie == {"3", "11"}  # 22.40 and 22.00; ticket 8 comes to 15.55


def test_a_code_serves_two_tickets(found):
    claims = [
        (sale.ticket.number, claim.offer, claim.expected) for sale in found.sales for claim in sale.receipt.claims
    ]
    assert claims == [("4", RAINY, 0), ("6", RAINY, 1)]


def test_the_day_adds_up(found):
    offers = {one.offer: (one.tickets, cents(one.discount), one.almost) for one in found.offers}
    by_offer = {name: [discounts[name] for _, discounts in BY_HAND.values() if name in discounts] for name in offers}
    assert {name: one[1] for name, one in offers.items()} == {name: sum(some) for name, some in by_offer.items()}
    assert [offers[name][0] for name in (SIXTH, HAPPY, BREAKFAST, STUDENTS, RAINY, COOKIE)] == [2, 3, 1, 4, 2, 2]
    assert offers[SIXTH][2] == 1  # ticket 4
    assert sum(cents(sale.receipt.total) for sale in found.sales) == 11_794


def test_it_prints(capsys):
    EXAMPLE["main"]()
    printed = capsys.readouterr().out
    assert f"{SIXTH}: 1 more\n" in printed
    assert f"{RAINY}: spend 2.69 more\n" in printed
    assert f"{BREAKFAST}: would save nothing\n" in printed
    assert f"{HAPPY}: from 15:00 on Wednesday\n" in printed
    assert f"{SIXTH}: {HAPPY} is better\n" in printed
    assert "taken in: 117.94" in printed
