"""A business rule with its tests, as it would stand in a shop's own repository: `pytest examples/rules`."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from cxkit.calendar import days
from cxkit.journey import Journey, Touchpoint
from cxkit.predicates import Fields, choice, lint, money
from cxkit.segments import Profile, Segment, events


class Customer(Fields):
    """What the shop knows of a customer."""

    tier = choice("basic", "silver", "gold")
    spend = money("EUR")


WORTHY = Customer.tier.is_in(["silver", "gold"]) & (Customer.spend >= 500)
ACTIVE = events("order").within(days(90)).any()
VIP = Segment("VIP", WORTHY & ACTIVE, "invited to the summer sale")
NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize("example", WORTHY.examples(), ids=str)
def test_each_boundary_is_where_it_should_be(example):
    expected = example.record.get("tier") in ("silver", "gold") and example.record.get("spend", 0) >= 500
    assert WORTHY.matches(example.record) is example.matches is expected


def test_a_vip_is_never_a_basic_customer():
    assert VIP.where.is_disjoint(Customer.tier == "basic")


def test_a_vip_spends_what_a_good_customer_does():
    assert VIP.where.implies(Customer.spend >= 100)


def test_the_rule_says_what_it_means():
    assert lint(VIP.where) == ()


def test_a_vip_stays_one_for_90_days():
    journey = Journey("anna", [Touchpoint("order", NOON)])
    anna = Profile({"tier": "gold", "spend": Decimal(700)}, journey)
    assert VIP.contains(anna, as_of=NOON + timedelta(days=89))
    assert VIP.next_change(anna, after=NOON) == NOON + timedelta(days=90)


def test_who_is_no_vip_is_told_what_is_missing():
    why = WORTHY.explain({"tier": "gold", "spend": Decimal("487.60")})
    assert [str(change) for change in why.nearest()] == ["spend: 12.40 EUR more"]
