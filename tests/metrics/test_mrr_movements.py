"""MRR movements: why each customer's recurring revenue changed."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from revenue_logs import brute_mrr, day, shops

from cxkit.calendar import Period, days, months
from cxkit.errors import InvalidTypeError, InvalidValueError, NaiveDatetimeError
from cxkit.metrics import MrrMovement, MrrMovements, MrrPolicy, Subscription, Subscriptions, mrr_movements

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/churn.json").read_text(encoding="utf-8"))
    if case["input"].get("op") in ("classify_mrr_movements", "classify_return")
}
MONTHLY = {"per": "month", "currency": "EUR"}
JANUARY = Period.month(2026, 1)
ANY = attrs.evolve(MrrPolicy.standard(), counted="each_change")
WINDOWS = st.tuples(st.integers(1, 40), st.integers(1, 40)).filter(lambda ends: ends[0] < ends[1])
POLICIES = st.builds(
    MrrPolicy,
    counted=st.sampled_from(["each_change", "net"]),
    joined_and_left=st.sampled_from(["counted", "excluded"]),
    reactivation_within=st.sampled_from([None, days(0), days(3), timedelta(days=10)]),
    coupons=st.sampled_from(["forever", "all"]),
    reactivation_in_net_churn=st.booleans(),
)


def told(found):
    return [(movement.customer, movement.kind, movement.amount) for movement in found.movements]


def a_shop(*subscriptions):
    return Subscriptions("EUR", [Subscription(*parts, **MONTHLY) for parts in subscriptions])


# What others publish


def test_every_known_case_of_movements_is_here():
    assert set(CASES) == {"churn-023", "churn-180"}


def test_one_customers_life_is_told_as_in_the_case():
    """Of churn-023: four seats of 500 a year, two more of 30 a month, which go; the year ends, and three of 50 a month come."""
    case = CASES["churn-023"]["expected"]["movements"]
    start, end = datetime(2025, 1, 1, tzinfo=timezone.utc), datetime(2026, 1, 1, tzinfo=timezone.utc)
    yearly = {"per": "year", "currency": "USD"}
    monthly = {"per": "month", "currency": "USD"}
    shop = Subscriptions(
        "USD",
        [
            Subscription("Syncalytics", 4 * 500, start, end, **yearly),
            Subscription("Syncalytics", 2 * 30, start + days(3), start + days(17), **monthly),
            Subscription("Syncalytics", 3 * 50, end + days(40), **monthly),
        ],
    )
    found = mrr_movements(shop, (start, end + days(60)), policy=MrrPolicy.chartmogul()).movements

    assert [movement.kind for movement in found] == [kind for kind, _ in case]
    for movement, (_, amount) in zip(found, case, strict=True):
        assert float(movement.change) == pytest.approx(amount, abs=1e-8)
        assert float(movement.amount) == pytest.approx(amount, abs=CASES["churn-023"]["tolerance"])
    assert found[3].at == end


@pytest.mark.parametrize(("vendor", "kind"), CASES["churn-180"]["expected"].items())
def test_a_return_after_a_hundred_days_is_what_the_vendor_calls_it(vendor, kind):
    gap = CASES["churn-180"]["input"]["gap_days"]
    shop = a_shop(("anna", 10, day(1), day(5)), ("anna", 10, day(5 + gap)))
    [movement] = mrr_movements(shop, (day(6), day(200)), policy=getattr(MrrPolicy, vendor)()).movements

    assert movement.kind == {"new": "new_business"}.get(kind, kind)


# Customer by customer


def brute_movements(shop, first, stop, policy):
    """Look at each customer on each day."""
    found = []
    customers = sorted({subscription.customer for subscription in shop.subscriptions})
    levels = {number: brute_mrr(shop, day(number), policy.coupons) for number in range(-1, 60)}
    for customer in customers:
        mrr = {number: theirs.get(customer, 0) for number, theirs in levels.items()}
        theirs = []
        steps = [(number - 1, number) for number in range(first, stop)]
        for before, after in steps if policy.counted == "each_change" else [(first - 1, stop - 1)]:
            if mrr[before] == mrr[after]:
                continue
            kind = "expansion" if mrr[after] > mrr[before] else "contraction"
            if mrr[after] == 0:
                kind = "churn"
            if mrr[before] == 0:
                back = next(number for number in range(before + 1, 60) if mrr[number])
                paid = [number for number in range(-1, before) if mrr[number]]
                within = policy.reactivation_within
                is_back = paid and (within is None or day(back) <= day(paid[-1] + 1) + within)
                kind = "reactivation" if is_back else "new_business"
            theirs.append((customer, kind, mrr[before], mrr[after]))
        joined = theirs and theirs[0][1] == "new_business" and mrr[stop - 1] == 0
        if not (joined and policy.joined_and_left == "excluded"):
            found += theirs
    return found


@given(shops(), WINDOWS, POLICIES)
def test_movements_are_those_found_day_by_day(shop, window, policy):
    first, stop = window
    found = mrr_movements(shop, (day(first), day(stop)), policy=policy)

    expected = brute_movements(shop, first, stop, policy)
    assert [(one.customer, one.kind, one.before, one.after) for one in found.movements] == expected
    assert found.start == sum(brute_mrr(shop, day(first - 1), policy.coupons).values())


@given(shops(), WINDOWS, POLICIES)
def test_a_customers_movements_add_up_to_the_cent(shop, window, policy):
    start, end = day(window[0]), day(window[1])
    found = mrr_movements(shop, (start, end), policy=policy)

    for customer in ("anna", "ben", "cleo"):
        amounts = [one.amount for one in found.movements if one.customer == customer]
        before, after = (
            shop.mrr(moment - timedelta(days=1), customer=customer, coupons=policy.coupons) for moment in (start, end)
        )
        assert sum(amounts) == after - before


def test_the_end_of_one_of_two_is_a_contraction_and_of_the_last_one_churn():
    shop = a_shop(("anna", 10, day(-3), day(5)), ("anna", 20, day(-2), day(9)))

    assert told(mrr_movements(shop, JANUARY, policy=ANY)) == [
        ("anna", "contraction", -10),
        ("anna", "churn", -20),
    ]


def test_a_change_of_plan_is_no_churn():
    shop = a_shop(("anna", 10, day(-3), day(5)), ("anna", 25, day(5)))

    assert told(mrr_movements(shop, JANUARY, policy=ANY)) == [("anna", "expansion", 15)]


def test_who_pays_nothing_is_no_customer():
    shop = a_shop(("anna", 0, day(-9), day(5)), ("anna", 10, day(5), day(7)), ("anna", 0, day(7)), ("ben", 0, day(2)))

    assert told(mrr_movements(shop, JANUARY, policy=ANY)) == [("anna", "new_business", 10), ("anna", "churn", -10)]


def test_what_begins_or_ends_at_the_first_moment_is_of_the_period_and_at_the_last_is_not():
    shop = a_shop(("anna", 10, day(-9), day(1)), ("ben", 10, day(1), day(32)), ("cleo", 10, day(32)))
    january = mrr_movements(shop, JANUARY, policy=ANY)

    assert told(january) == [("anna", "churn", -10), ("ben", "new_business", 10)]
    assert (january.start, january.roll_forward().end) == (10, 10)


def test_the_net_change_has_no_moment():
    shop = a_shop(("anna", 10, day(-9), day(3)), ("anna", 30, day(3), day(9)), ("anna", 15, day(9)))
    [movement] = mrr_movements(shop, JANUARY, policy=MrrPolicy.standard()).movements

    assert (movement.kind, movement.amount, movement.at) == ("expansion", 5, None)


@pytest.mark.parametrize(("gap", "kind"), [(89, "reactivation"), (90, "reactivation"), (91, "new_business")])
@pytest.mark.parametrize("counted", ["each_change", "net"])
def test_a_return_within_the_window_is_a_reactivation_the_last_moment_included(gap, kind, counted):
    shop = a_shop(("anna", 10, day(1), day(5)), ("anna", 10, day(5 + gap)))
    policy = attrs.evolve(MrrPolicy.chargify(), counted=counted)
    [movement] = mrr_movements(shop, (day(40), day(200)), policy=policy).movements

    assert movement.kind == kind


def test_a_window_beyond_the_end_of_time_is_always():
    shop = a_shop(("anna", 10, day(1), day(5)), ("anna", 10, day(50)))
    policy = attrs.evolve(MrrPolicy.chargify(), reactivation_within=months(12 * 9000))

    assert told(mrr_movements(shop, (day(6), day(60)), policy=policy)) == [("anna", "reactivation", 10)]


def test_who_came_and_left_counts_or_not():
    shop = a_shop(("anna", 10, day(2), day(5)), ("ben", 10, day(2), day(5)), ("ben", 10, day(9)))

    assert len(mrr_movements(shop, JANUARY, policy=MrrPolicy.stripe()).movements) == 5
    assert told(mrr_movements(shop, JANUARY, policy=MrrPolicy.profitwell())) == [
        ("ben", "new_business", 10),
        ("ben", "churn", -10),
        ("ben", "reactivation", 10),
    ]


def test_who_came_back_and_left_again_is_counted_where_who_came_is_not():
    shop = a_shop(("anna", 10, day(-9), day(-5)), ("anna", 10, day(2), day(5)))

    assert [kind for _, kind, _ in told(mrr_movements(shop, JANUARY, policy=MrrPolicy.profitwell()))] == [
        "reactivation",
        "churn",
    ]


def test_movements_are_found_by_kind_and_print_as_a_table():
    found = mrr_movements(a_shop(("anna", 10, day(2), day(5))), JANUARY, policy=ANY)

    assert [movement.amount for movement in found.of("churn")] == [-10]
    assert str(found).splitlines() == [
        "customer  kind          at                         before  after  amount",
        "anna      new_business  2026-01-02 00:00:00+00:00    0.00  10.00   10.00",
        "anna      churn         2026-01-05 00:00:00+00:00   10.00   0.00  -10.00",
    ]
    with pytest.raises(InvalidValueError, match="kind must be one of 'new_business'"):
        found.of("upgrade")


@pytest.mark.parametrize(
    ("period", "error", "message"),
    [
        ((day(2), day(2)), InvalidValueError, "the period must end after it starts"),
        ((day(2), None), InvalidTypeError, "period must be a Period"),
        ("2026-01", InvalidTypeError, "or two moments, got '2026-01'"),
        ((day(2), datetime(2026, 3, 1)), NaiveDatetimeError, "the end of the period"),  # noqa: DTZ001
        ((datetime(2026, 1, 1), day(2)), NaiveDatetimeError, "the start of the period"),  # noqa: DTZ001
    ],
)
def test_a_period_that_is_none_is_refused(period, error, message):
    with pytest.raises(error, match=message):
        mrr_movements(a_shop(), period, policy=ANY)


def test_a_policy_is_an_mrr_policy():
    with pytest.raises(InvalidTypeError, match="policy must be an MrrPolicy such as"):
        mrr_movements(a_shop(), JANUARY, policy="stripe")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"customer": ""}, InvalidValueError, "customer must not be blank"),
        ({"kind": "upgrade"}, InvalidValueError, "kind must be one of"),
        ({"before": -1}, InvalidValueError, "the MRR before must not be negative"),
        ({"after": 1.5}, InvalidTypeError, "the MRR after must be a Decimal"),
        ({"currency": "euro"}, InvalidValueError, "ISO 4217"),
        ({"at": "2026"}, InvalidTypeError, "at must be a datetime"),
    ],
)
def test_a_movement_that_makes_no_sense_is_refused(options, error, message):
    sound = {"customer": "anna", "kind": "churn", "before": 1, "after": 0, "currency": "EUR", "at": day(1)}

    assert MrrMovement(**sound).amount == -1
    with pytest.raises(error, match=message):
        MrrMovement(**sound | options)


# Pairs

AMOUNTS = st.integers(0, 3)
PAIRS = st.dictionaries(st.sampled_from("abcdef"), st.tuples(AMOUNTS, AMOUNTS))


@given(shops(), WINDOWS)
def test_pairs_give_the_net_movements_of_their_subscriptions(shop, window):
    policy = MrrPolicy.standard()
    start, end = day(window[0]), day(window[1])
    net = mrr_movements(shop, (start, end), policy=policy)
    before, after = (brute_mrr(shop, moment - timedelta(days=1), "all") for moment in (start, end))
    earlier = [brute_mrr(shop, day(number), "all") for number in range(-1, window[0])]
    pairs = {name: (before.get(name, Fraction(0)), after.get(name, Fraction(0))) for name in ("anna", "ben", "cleo")}
    # Who came for the first time within the period, left and came back, is new over the period.
    back = {name for name in pairs if any(mrr.get(name) for mrr in earlier)}

    found = MrrMovements.from_pairs(pairs, currency="EUR", returning=back, period=(start, end))

    assert found == net


@given(PAIRS)
def test_retention_is_that_of_the_pairs(pairs):
    roll = MrrMovements.from_pairs(pairs, currency="EUR").roll_forward()
    start = sum(before for before, _ in pairs.values())
    kept = sum(min(before, after) for before, after in pairs.values())
    existing = sum(after for before, after in pairs.values() if before)

    assert roll.gross_revenue_retention().value_or(None) == (kept / start if start else None)
    assert roll.net_revenue_retention().value_or(None) == (existing / start if start else None)
    assert 0 <= roll.gross_revenue_retention().value_or(1) <= 1


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"returning": {"zz"}}, InvalidValueError, r"returning must be of customers in the pairs, got \['zz'\]"),
        ({"returning": "anna"}, InvalidValueError, "returning must be of customers in the pairs, got"),
        ({"returning": [5]}, InvalidTypeError, "returning must be text, got 5"),
        ({"returning": 5}, InvalidTypeError, "expected the customers who are back, got 5"),
        ({"fx": {"zz": 3}}, InvalidValueError, r"fx must be of customers in the pairs, got \['zz'\]"),
    ],
)
def test_what_is_told_of_others_than_those_in_the_pairs_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        MrrMovements.from_pairs({"anna": (0, 5)}, currency="EUR", **options)


def test_who_is_back_is_told_by_the_host():
    found = MrrMovements.from_pairs({"anna": (0, 5), "ben": (0, 7)}, currency="EUR", returning={"ben"})

    assert told(found) == [("anna", "new_business", 5), ("ben", "reactivation", 7)]


def test_what_exchange_rates_did_is_a_movement_of_its_own():
    found = MrrMovements.from_pairs(
        {"anna": (100, 95), "ben": (100, 120), "cleo": (0, 45)},
        currency="EUR",
        fx={"anna": -5, "ben": Decimal("2.50"), "cleo": -5},
    )

    assert told(found) == [
        ("anna", "fx", -5),
        ("ben", "expansion", Decimal("17.50")),
        ("ben", "fx", Decimal("2.50")),
        ("cleo", "new_business", 50),
        ("cleo", "fx", -5),
    ]
    roll = found.roll_forward()
    assert (roll.start, roll.fx, roll.end) == (200, Decimal("-7.50"), 260)


@pytest.mark.parametrize(
    ("pairs", "options", "error", "message"),
    [
        ([("anna", 1, 2)], {}, InvalidTypeError, "pairs must be a mapping from each customer"),
        ({"anna": 5}, {}, InvalidTypeError, "must have a pair of amounts, got 5 for 'anna'"),
        ({"anna": (1, 2, 3)}, {}, InvalidTypeError, "must have a pair of amounts"),
        ({"": (1, 2)}, {}, InvalidValueError, "customer must not be blank"),
        ({"anna": (1.5, 2)}, {}, InvalidTypeError, "the MRR of 'anna' at the start must be a Decimal"),
        ({"anna": (1, -2)}, {}, InvalidValueError, "the MRR of 'anna' at the end must not be negative"),
        ({"anna": (1, 2)}, {"currency": "euro"}, InvalidValueError, "ISO 4217"),
        ({"anna": (1, 2)}, {"policy": MrrPolicy.stripe()}, InvalidValueError, "pairs hold the net change only"),
        ({"anna": (1, 2)}, {"policy": "net"}, InvalidTypeError, "policy must be an MrrPolicy"),
        ({"anna": (1, 2)}, {"period": "2026"}, InvalidTypeError, "period must be a Period"),
        ({"anna": (1, 2)}, {"fx": {"ben": 1}}, InvalidValueError, r"in the pairs, got \['ben'\]"),
        ({"anna": (1, 2)}, {"fx": {"anna": 1.5}}, InvalidTypeError, "fx of 'anna' must be a Decimal"),
        ({"anna": (1, 2)}, {"fx": {"anna": 2}}, InvalidValueError, "fx of 'anna' must be a part of the MRR at the end"),
        ({"anna": (1, 2)}, {"fx": {"anna": 3}}, InvalidValueError, "fx of 'anna' must be a part"),
        ({"anna": (1, 0)}, {"fx": {"anna": -1}}, InvalidValueError, "fx of 'anna' must be a part"),
    ],
)
def test_pairs_that_make_no_sense_are_refused(pairs, options, error, message):
    with pytest.raises(error, match=message):
        MrrMovements.from_pairs(pairs, **{"currency": "EUR"} | options)
