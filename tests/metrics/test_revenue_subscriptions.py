"""Subscriptions: what customers pay at a moment, and what was known of it."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from revenue_logs import COUPONS, MOMENTS, brute_mrr, day, shops

from cxkit.calendar import Period, days
from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Journey, Touchpoint, journeys
from cxkit.metrics import Coupon, MrrPolicy, Subscription, Subscriptions, mrr_movements

MONTHLY = {"per": "month", "currency": "EUR"}
KINDS = st.sampled_from(["subscribed", "cancelled", "order"])


def known(touchpoints):
    return [Journey(customer, theirs) for customer, theirs in touchpoints.items()]


@st.composite
def logs(draw):
    found = {}
    for customer in ("anna", "ben"):
        found[customer] = [
            Touchpoint(
                draw(KINDS),
                at,
                recorded_at=at + timedelta(days=draw(st.sampled_from([0, 0, 5]))),
                value=Decimal(draw(st.integers(0, 3))),
                properties={"subscription": draw(st.sampled_from(["A", "B"]))},
            )
            for at in draw(st.lists(MOMENTS, max_size=6))
        ]
    return found


def test_the_end_of_a_subscription_is_the_first_moment_without_it():
    shop = Subscriptions("EUR", [Subscription("anna", 30, day(2), day(9), **MONTHLY)])

    assert [shop.mrr(day(number)) for number in (1, 2, 8, 9)] == [0, 30, 30, 0]
    assert [shop.subscriptions[0].is_running(day(number)) for number in (1, 2, 8, 9)] == [False, True, True, False]
    assert Subscription("anna", 30, day(2), **MONTHLY).is_running(day(900))


def test_a_coupon_that_ends_lowers_mrr_until_then():
    half = Coupon(percent=50, until=day(9))
    shop = Subscriptions("EUR", [Subscription("anna", 30, day(2), coupon=half, **MONTHLY)])

    assert [shop.mrr(day(number), coupons="all") for number in (1, 2, 8, 9)] == [0, 15, 15, 30]
    assert [shop.mrr(day(number), coupons="forever") for number in (1, 2, 8, 9)] == [0, 30, 30, 30]
    with pytest.raises(InvalidValueError, match="systems disagree"):
        shop.mrr(day(2))


def test_a_subscription_says_what_it_comes_to_in_a_month():
    half = Subscription("anna", 120, day(2), coupon=Coupon(percent=50, until=day(9)), per="year", currency="EUR")

    assert (half.monthly(coupons="all"), half.monthly(coupons="forever")) == (5, 10)
    with pytest.raises(InvalidValueError, match="systems disagree"):
        half.monthly()


@pytest.mark.parametrize(("start", "end"), [(day(12), None), (day(2), day(5))])
def test_a_coupon_beyond_its_subscription_changes_nothing_else(start, end):
    half = Coupon(percent=50, until=day(9))
    shop = Subscriptions("EUR", [Subscription("anna", 30, start, end, coupon=half, **MONTHLY)])

    assert shop.mrr(start, coupons="all") == (30 if end is None else 15)
    assert shop.mrr(day(10), coupons="all") == 0
    assert shop.mrr(day(20), coupons="all") == (30 if end is None else 0)


@given(shops(), MOMENTS, COUPONS)
def test_mrr_is_the_sum_over_what_runs(shop, at, coupons):
    exact = brute_mrr(shop, at, coupons)

    assert abs(Fraction(shop.mrr(at, coupons=coupons)) - sum(exact.values())) <= Fraction(1, 200)
    for customer in ("anna", "ben"):
        found = shop.mrr(at, customer=customer, coupons=coupons)
        assert abs(Fraction(found) - exact[customer]) <= Fraction(1, 200)


@given(shops())
def test_a_shop_comes_back_from_its_document(shop):
    assert from_dict(to_dict(shop), Subscriptions) == shop


@given(shops(), st.randoms(use_true_random=False))
def test_the_order_of_subscriptions_of_different_starts_means_nothing(shop, random):
    shuffled = list(shop.subscriptions)
    random.shuffle(shuffled)

    assert Subscriptions("EUR", shuffled).mrr(day(9), coupons="all") == shop.mrr(day(9), coupons="all")


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        (("", 1, day(1)), {}, InvalidValueError, "customer must not be blank"),
        (("anna", 1.5, day(1)), {}, InvalidTypeError, r"write Decimal\('1.5'\)"),
        (("anna", -1, day(1)), {}, InvalidValueError, "amount must not be negative"),
        (("anna", 1, day(2), day(1)), {}, InvalidValueError, "must not end before it starts"),
        (("anna", 1, "2026"), {}, InvalidTypeError, "the start of a subscription must be a datetime"),
        (("anna", 1, day(1), "2026"), {}, InvalidTypeError, "the end of a subscription must be a datetime"),
        (("anna", 1, day(1)), {"per": "fortnight"}, InvalidValueError, "per must be one of"),
        (("anna", 1, day(1)), {"currency": "EURO"}, InvalidValueError, "currency must be an ISO 4217 code"),
        (("anna", 1, day(1)), {"coupon": 10}, InvalidTypeError, "coupon must be a Coupon"),
        (("anna", 1, day(1)), {"plan": " "}, InvalidValueError, "plan must not be blank"),
        (("anna", 1, day(1)), {"id": 7}, InvalidTypeError, "id must be text"),
        (("anna", 1, day(1)), {"term": days(0)}, InvalidValueError, "term must not be zero"),
        (("anna", 1, day(1)), {"term": 12}, InvalidTypeError, "term must be a timedelta or a span"),
    ],
)
def test_a_subscription_that_makes_no_sense_is_refused(arguments, options, error, message):
    with pytest.raises(error, match=message):
        Subscription(*arguments, **MONTHLY | options)


def test_two_currencies_never_add():
    with pytest.raises(InvalidValueError, match="two currencies never add: convert Subscription"):
        Subscriptions("USD", [Subscription("anna", 1, day(1), **MONTHLY)])


def test_only_subscriptions_are_taken():
    with pytest.raises(InvalidTypeError, match="expected a Subscription, got 'anna'"):
        Subscriptions("EUR", ["anna"])
    with pytest.raises(InvalidTypeError, match="expected a list of subscriptions, got 5"):
        Subscriptions("EUR", 5)
    with pytest.raises(InvalidValueError, match="ISO 4217"):
        Subscriptions("EURO", [])
    with pytest.raises(InvalidTypeError, match="expected Subscriptions, got"):
        mrr_movements([], Period.month(2026, 1), policy=MrrPolicy.standard())


def test_what_starts_or_ends_later_than_as_of_is_hidden():
    ending, planned = (Subscription(name, 5, day(start), day(20), **MONTHLY) for name, start in (("a", 1), ("b", 12)))

    assert Subscriptions("EUR", [ending, planned], as_of=day(11)).subscriptions == (
        Subscription("a", 5, day(1), **MONTHLY),
    )
    assert Subscriptions("EUR", [ending, planned], as_of=day(12)).mrr(day(30)) == 10
    assert Subscriptions("EUR", [ending, planned], as_of=day(20)).mrr(day(30)) == 0


def test_a_coupon_is_not_known_to_end_before_it_does():
    half = Coupon(percent=50, until=day(9))
    shop = [Subscription("anna", 30, day(2), coupon=half, **MONTHLY)]

    assert Subscriptions("EUR", shop, as_of=day(8)).mrr(day(9), coupons="all") == 15
    assert Subscriptions("EUR", shop, as_of=day(9)).mrr(day(9), coupons="all") == 30


# From journeys


def test_a_start_within_a_subscription_changes_it():
    log = journeys(
        [
            {"customer": "anna", "name": "subscribed", "at": day(1), "eur": 20, "plan": "silver"},
            {"customer": "anna", "name": "subscribed", "at": day(5), "eur": 600, "plan": "gold"},
            {"customer": "anna", "name": "ticket", "at": day(6), "eur": None, "plan": None},
            {"customer": "anna", "name": "cancelled", "at": day(9), "eur": None, "plan": None},
            {"customer": "anna", "name": "cancelled", "at": day(11), "eur": None, "plan": None},
        ],
        details={"value": "eur"},
        properties=["plan"],
    )
    shop = Subscriptions.from_journeys(
        log, currency="EUR", per={"silver": "month", "gold": "year"}, plan="properties.plan"
    )

    assert shop.subscriptions == (
        Subscription("anna", 20, day(1), day(5), plan="silver", **MONTHLY),
        Subscription("anna", 600, day(5), day(9), plan="gold", per="year", currency="EUR"),
    )


def test_several_subscriptions_at_once_are_told_apart():
    anna = Journey(
        "anna",
        [
            Touchpoint("subscribed", day(1), value=Decimal(5), properties={"subscription": "A"}),
            Touchpoint("subscribed", day(2), value=Decimal(7), properties={"subscription": "B"}),
            Touchpoint("cancelled", day(3), properties={"subscription": "A"}),
        ],
    )
    shop = Subscriptions.from_journeys([anna], currency="EUR", per="month", by="properties.subscription")

    assert [(found.id, found.end) for found in shop.subscriptions] == [("A", day(3)), ("B", None)]
    assert Subscriptions.from_journeys([anna], currency="EUR", per="month").mrr(day(2)) == 7


def test_a_start_needs_a_value_and_its_plan_a_billing_period():
    log = [Journey("anna", [Touchpoint("subscribed", day(1))])]
    priced = [Journey("anna", [Touchpoint("subscribed", day(1), value=Decimal(5), channel="gold")])]

    with pytest.raises(InvalidValueError, match="as the value of its start, got none for 'anna' at 2026-01-01"):
        Subscriptions.from_journeys(log, currency="EUR", per="month")
    with pytest.raises(InvalidValueError, match="the billing period of each plan, got none for 'gold'"):
        Subscriptions.from_journeys(priced, currency="EUR", per={"silver": "month"}, plan="channel")
    with pytest.raises(InvalidValueError, match="the billing period of each plan, got none for None"):
        Subscriptions.from_journeys(priced, currency="EUR", per={"silver": "month"})


def test_what_was_recorded_later_is_not_seen():
    late = Touchpoint("cancelled", day(5), recorded_at=day(9))
    log = [Journey("anna", [Touchpoint("subscribed", day(1), value=Decimal(5)), late])]
    options = {"currency": "EUR", "per": "month"}

    assert Subscriptions.from_journeys(log, as_of=day(8), **options).mrr(day(8)) == 5
    assert Subscriptions.from_journeys(log, as_of=day(9), **options).mrr(day(8)) == 0
    assert Subscriptions.from_journeys(log, **options).as_of is None


@given(logs(), MOMENTS)
def test_nothing_known_after_as_of_changes_an_answer(log, as_of):
    options = {"currency": "EUR", "per": "month", "by": "properties.subscription", "as_of": as_of}
    seen = {name: [point for point in points if max(point.at, point.known_at) <= as_of] for name, points in log.items()}

    found = Subscriptions.from_journeys(known(log), **options)

    assert found == Subscriptions.from_journeys(known(seen), **options)
    period = (day(-5), as_of + timedelta(days=30))
    policy = MrrPolicy.chargify()
    assert mrr_movements(found, period, policy=policy) == mrr_movements(found, period, policy=policy, as_of=as_of)


def test_subscriptions_read_without_a_moment_do_not_know_what_was_recorded_late():
    late = Touchpoint("cancelled", day(5), recorded_at=day(9))
    unrelated = Touchpoint("visit", day(6), recorded_at=day(30))
    log = [Journey("anna", [Touchpoint("subscribed", day(1), value=Decimal(5)), late, unrelated])]
    shop = Subscriptions.from_journeys(log, currency="EUR", per="month")
    january, policy = Period.month(2026, 1), MrrPolicy.chartmogul()

    assert shop.recorded_by == day(9)
    assert from_dict(json.loads(json.dumps(to_dict(shop))), Subscriptions) == shop
    assert len(mrr_movements(shop, january, policy=policy).of("churn")) == 1
    assert len(mrr_movements(shop, january, policy=policy, as_of=day(9)).of("churn")) == 1
    with pytest.raises(
        InvalidValueError, match=r"recorded late, the last on 2026-01-09T.*; read it with as_of=2026-01-08"
    ):
        mrr_movements(shop, january, policy=policy, as_of=day(8))


@given(logs(), MOMENTS)
def test_subscriptions_read_without_a_moment_say_what_those_read_as_of_it_do_or_nothing(log, as_of):
    options = {"currency": "EUR", "per": "month", "by": "properties.subscription"}
    period, policy = (day(-5), as_of + timedelta(days=30)), MrrPolicy.chargify()
    whole = Subscriptions.from_journeys(known(log), **options)
    then = Subscriptions.from_journeys(known(log), **options, as_of=as_of)

    assert then.recorded_by is None
    if whole.recorded_by is None or whole.recorded_by <= as_of:
        assert mrr_movements(whole, period, policy=policy, as_of=as_of) == mrr_movements(then, period, policy=policy)
    else:
        with pytest.raises(InvalidValueError, match="recorded late"):
            mrr_movements(whole, period, policy=policy, as_of=as_of)


def test_subscriptions_read_as_of_a_moment_say_nothing_as_of_another():
    shop = Subscriptions("EUR", [], as_of=day(5))

    with pytest.raises(InvalidValueError, match="these subscriptions were read as of 2026-01-05"):
        mrr_movements(shop, Period.month(2026, 1), policy=MrrPolicy.standard(), as_of=day(6))


def test_of_a_period_that_has_not_begun_nothing_is_known():
    with pytest.raises(InvalidValueError, match="the period begins on 2026-02-01"):
        mrr_movements(Subscriptions("EUR", []), Period.month(2026, 2), policy=MrrPolicy.standard(), as_of=day(31))


def test_a_period_has_begun_at_its_first_moment():
    shop = Subscriptions("EUR", [Subscription("anna", 5, day(1), **MONTHLY), Subscription("ben", 5, day(2), **MONTHLY)])
    found = mrr_movements(shop, Period.month(2026, 1), policy=MrrPolicy.standard(), as_of=day(1))

    assert [movement.customer for movement in found.movements] == ["anna"]
    assert not found.roll_forward().is_complete


def test_moments_are_kept_in_utc():
    zone = timezone(timedelta(hours=2))
    found = Subscription("anna", 1, datetime(2026, 1, 1, 2, tzinfo=zone), day(2).astimezone(zone), **MONTHLY)

    assert found.start.tzinfo is timezone.utc
    assert found.end.tzinfo is timezone.utc
    assert found.start == day(1)
