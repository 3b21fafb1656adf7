"""The example of the campaign says of the log of orders what a plain loop in cents over it says."""

import runpy
from collections import defaultdict
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLE = runpy.run_path(str(ROOT / "examples" / "shop_campaign.py"))
FIRST, LAST = date(1997, 10, 1), date(1997, 12, 31)
PARCEL = 299


@pytest.fixture(scope="module")
def found():
    return EXAMPLE["report"](EXAMPLE["read"]())


@pytest.fixture(scope="module")
def orders():
    """Read the log again: customer, day and cents, the earliest first and else as it stands."""
    rows = []
    for line in (ROOT / "examples/data/CDNOW_sample.txt").read_text(encoding="ascii").splitlines():
        _, customer, day, _, dollars = line.split()
        rows.append((datetime.strptime(day, "%Y%m%d").date(), customer, int(dollars.replace(".", ""))))  # noqa: DTZ007
    return sorted(rows, key=lambda row: row[0])


@pytest.fixture(scope="module")
def before(orders):
    """The days before the campaign on which each customer ordered."""
    bought = defaultdict(list)
    for day, customer, _ in orders:
        if day < FIRST:
            bought[customer].append(day)
    return bought


def is_silent(days):
    return FIRST - max(days) >= timedelta(days=180)


def kind(days):
    if is_silent(days):
        return "silent for 180 days"
    return "up to 3 orders" if len(days) <= 3 else "4 orders or more"


def come_back(cents):
    """15 % from $20, half a cent up, at most $10."""
    return min((cents * 15 + 50) // 100, 1_000) if cents >= 2_000 else 0


def more(cents):
    """$5 from $50; from $100 it is 10 %, half a cent up."""
    if cents >= 10_000:
        return (cents + 5) // 10
    return 500 if cents >= 5_000 else 0


@pytest.fixture(scope="module")
def by_hand(orders, before):
    """Run the campaign: the offer that saves more, while its limits last; then the parcel."""
    budget, left, served, told = 30_000, 100, set(), []
    for day, customer, cents in orders:
        if not FIRST <= day <= LAST:
            continue
        letter = is_silent(before[customer]) and customer not in served
        savings = {"come back": min(come_back(cents), budget) if letter else 0, "more": more(cents) if left else 0}
        best = max(savings, key=savings.get)
        saved = savings[best]
        if saved and best == "come back":
            budget -= saved
            served.add(customer)
        elif saved:
            left -= 1
        told.append((day, customer, cents, best if saved else None, saved, cents - saved >= 4_000))
    return told


def cents(amount):
    return int(amount * 100)


def test_the_takings_are_those_of_a_plain_loop(found, by_hand):
    takings = found.campaign.takings
    saved = sum(saved + PARCEL * free for *_, saved, free in by_hand)

    assert (takings.orders, takings.customers) == (len(by_hand), len({row[1] for row in by_hand})) == (768, 404)
    assert cents(takings.before) == sum(row[2] + PARCEL for row in by_hand)
    assert cents(takings.discount) == saved
    assert found.campaign.share.count == sum(bool(saved) or free for *_, saved, free in by_hand)
    assert found.campaign.unproven == 0


def test_each_offer_costs_what_a_plain_loop_says(found, by_hand):
    uses = {use.offer: (use.share.count, cents(use.discount)) for use in found.campaign.offers}
    for name, offer in (("come back", "come back"), ("more", "5 off from 50, 10 % from 100")):
        theirs = [saved for *_, best, saved, _ in by_hand if best == name]
        assert uses[offer] == (len(theirs), sum(theirs))
    free = sum(row[-1] for row in by_hand)
    assert uses["free shipping"] == (free, free * PARCEL)


def test_limits_are_used_up_when_a_plain_loop_says(found, by_hand):
    come_back, more, shipping = (use.ran_out and use.ran_out.date() for use in found.campaign.offers)
    spent = [(row[0], row[4]) for row in by_hand if row[3] == "come back"]
    hundred = [row[0] for row in by_hand if row[3] == "more"]

    assert (sum(amount for _, amount in spent), come_back) == (30_000, spent[-1][0])
    assert (len(hundred), more, shipping) == (100, hundred[-1], None)


def test_who_gains_is_who_a_plain_loop_says(found, by_hand, before):
    for part in found.campaign.segments:
        theirs = [row for row in by_hand if kind(before[row[1]]) == part.segment]
        won = [row for row in theirs if row[4] or row[5]]
        assert part.takings.orders == len(theirs)
        assert part.takings.customers == len({row[1] for row in theirs})
        assert part.winners == len({row[1] for row in won})
        assert cents(part.takings.discount) == sum(row[4] + PARCEL * row[5] for row in won)
    assert sum(part.takings.orders for part in found.campaign.segments) == len(by_hand)


def test_cheaper_shipping_changes_what_a_plain_loop_says(found, orders, before):
    """Each basket by itself, with all limits unused."""
    cheaper = 0
    for day, customer, price in orders:
        if FIRST <= day <= LAST:
            left = price - max(come_back(price) if is_silent(before[customer]) else 0, more(price))
            cheaper += 3_000 <= left < 4_000
    change = found.change

    assert (change.compared, change.cheaper, change.dearer, change.changed) == (768, cheaper, 0, cheaper)
    assert cents(change.change) == -cheaper * PARCEL
    assert {one.gained for one in change.changes} == {("free shipping",)}


def test_the_baskets_cost_what_the_log_says():
    for order in EXAMPLE["read"]():
        bought = EXAMPLE["basket"](order)
        cds = [line for line in bought.lines if line.sku == "cd"]
        assert sum(line.quantity for line in cds) == order.cds
        assert sum(line.quantity * line.unit_price for line in cds) == order.dollars


def test_who_ordered_180_days_before_the_campaign_is_silent():
    """From 4 April to 1 October are 26 + 31 + 30 + 31 + 31 + 30 + 1 days."""
    orders = [EXAMPLE["Order"](str(day), datetime(1997, 4, day, tzinfo=timezone.utc), 1, Decimal(10)) for day in (4, 5)]
    known = EXAMPLE["customers"](orders)
    assert [known["4"]["silent"], known["5"]["silent"]] == [True, False]


def test_it_prints(capsys):
    EXAMPLE["main"]()
    printed = capsys.readouterr().out
    assert "768 orders of 404 customers" in printed
    assert "used up on" in printed
