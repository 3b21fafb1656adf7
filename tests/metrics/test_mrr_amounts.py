"""Prices for a year, a week or 30 days come to an exact amount in a month."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import days, hours, months, weeks, years
from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError, NaiveDatetimeError, UndefinedMetricError
from cxkit.metrics import Coupon, MoneyRatio, Subscription, Subscriptions, monthly_amount

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/churn.json").read_text(encoding="utf-8"))
    if case["input"].get("op") == "mrr"
}
START = datetime(2026, 1, 31, tzinfo=timezone.utc)
END = datetime(2026, 6, 1, tzinfo=timezone.utc)
PRICES = st.decimals(0, 10_000, places=2)
PERIODS = st.sampled_from(["day", "week", "month", "quarter", "year", months(6), days(30), weeks(2), timedelta(days=3)])


def test_every_known_case_of_monthly_amounts_is_here():
    assert set(CASES) == {"churn-024", "churn-026", "churn-027"}


@pytest.mark.parametrize("name", CASES)
def test_the_monthly_amounts_of_the_cases_add_up_to_theirs(name):
    case = CASES[name]
    total = Fraction(0)
    for plan in case["input"]["subscriptions"]:
        percent = plan.get("discount_pct")
        coupon = None if percent is None else Coupon(percent=percent)
        total += plan["count"] * monthly_amount(plan["amount"], per=plan["interval"], coupon=coupon)

    assert float(total) == pytest.approx(case["expected"]["mrr"], abs=case["tolerance"])


@pytest.mark.parametrize(
    ("per", "periods"),
    [
        ("year", Fraction(1, 12)),
        ("quarter", Fraction(1, 3)),
        ("month", 1),
        ("week", Fraction(52, 12)),
        ("day", Fraction(365, 12)),
        (years(2), Fraction(1, 24)),
        (months(6), Fraction(1, 6)),
        (weeks(1), Fraction(52, 12)),
        (days(14), Fraction(26, 12)),
        (timedelta(weeks=4), Fraction(13, 12)),
        (days(1), Fraction(365, 12)),
        (days(30), Fraction(365, 360)),
        (hours(12), Fraction(365, 6)),
        (days(1) + hours(12), Fraction(365, 18)),
        (timedelta(hours=36), Fraction(365, 18)),
    ],
)
def test_a_month_has_so_many_billing_periods(per, periods):
    assert monthly_amount(1, per=per) == periods
    assert monthly_amount(Decimal("12.34"), per=per) == Fraction(1234, 100) * periods


def test_a_thousand_yearly_prices_lose_nothing_to_rounding():
    shop = Subscriptions("EUR", [Subscription("a", 100, START, per="year", currency="EUR")] * 1000)

    assert shop.mrr(START) == Decimal("8333.33")


def test_the_coupon_is_taken_off_before_the_month_is():
    ten = Coupon(amount=Decimal(10))

    assert monthly_amount(120, per="year", coupon=ten) == Fraction(110, 12)
    assert monthly_amount(120, per="year", coupon=Coupon(percent=Decimal("12.5"))) == Fraction(105, 12)


def test_a_coupon_takes_off_no_more_than_the_price():
    assert monthly_amount(5, per="month", coupon=Coupon(amount=Decimal(10))) == 0
    assert monthly_amount(5, per="month", coupon=Coupon(percent=100)) == 0


def test_a_coupon_that_ends_counts_as_it_is_said():
    half = Coupon(percent=50, until=END)

    assert monthly_amount(100, per="month", coupon=half, coupons="forever") == 100
    assert monthly_amount(100, per="month", coupon=half, coupons="all") == 50
    with pytest.raises(InvalidValueError, match="systems disagree on coupons that end; say coupons='forever'"):
        monthly_amount(100, per="month", coupon=half)


@pytest.mark.parametrize("coupons", [None, "forever", "all"])
def test_a_coupon_that_lasts_forever_always_counts(coupons):
    assert monthly_amount(100, per="month", coupon=Coupon(percent=50), coupons=coupons) == 50


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, InvalidValueError, "either a percent or an amount, got None and None"),
        ({"percent": 10, "amount": 5}, InvalidValueError, "either a percent or an amount, got 10 and 5"),
        ({"percent": 101}, InvalidValueError, "percent of a coupon must be at most 100, got 101"),
        ({"percent": -1}, InvalidValueError, "percent of a coupon must not be negative, got -1"),
        ({"amount": -1}, InvalidValueError, "amount of a coupon must not be negative, got -1"),
        ({"amount": 1.5}, InvalidTypeError, r"got 1.5; write Decimal\('1.5'\)"),
        ({"percent": 10, "until": datetime(2026, 1, 1)}, NaiveDatetimeError, "until must be an aware"),  # noqa: DTZ001
    ],
)
def test_a_coupon_that_makes_no_sense_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        Coupon(**options)


@pytest.mark.parametrize(
    ("amount", "options", "error", "message"),
    [
        (9.99, {"per": "month"}, InvalidTypeError, r"write Decimal\('9.99'\)"),
        (True, {"per": "month"}, InvalidTypeError, "must be a Decimal or an int, got True"),
        (-1, {"per": "month"}, InvalidValueError, "amount must not be negative, got -1"),
        (Decimal("NaN"), {"per": "month"}, InvalidValueError, "must be finite"),
        (1, {"per": "fortnight"}, InvalidValueError, "per must be one of 'day', 'week'"),
        (1, {"per": 30}, InvalidTypeError, "per must be a timedelta or a span"),
        (1, {"per": days(0)}, InvalidValueError, "a billing period must not be zero"),
        (1, {"per": timedelta(0)}, InvalidValueError, "a billing period must not be zero"),
        (1, {"per": months(1) + days(1)}, InvalidValueError, "of months or of days, got months"),
        (1, {"per": months(1) + hours(1)}, InvalidValueError, "of months or of days, got months"),
        (1, {"per": "month", "coupon": 10}, InvalidTypeError, "coupon must be a Coupon, got 10"),
        (1, {"per": "month", "coupon": Coupon(percent=1), "coupons": "some"}, InvalidValueError, "one of 'forever'"),
    ],
)
def test_a_price_that_makes_no_sense_is_refused(amount, options, error, message):
    with pytest.raises(error, match=message):
        monthly_amount(amount, **options)


@given(PRICES, PRICES, PERIODS)
def test_monthly_amounts_add(one, other, per):
    assert monthly_amount(one, per=per) + monthly_amount(other, per=per) == monthly_amount(one + other, per=per)


@given(PRICES, PERIODS, st.none() | st.decimals(0, 100, places=1))
def test_subscriptions_come_back_from_their_documents(price, per, percent):
    coupon = None if percent is None else Coupon(percent=percent, until=END)
    found = Subscription("anna", price, START, END, per=per, currency="EUR", coupon=coupon, plan="gold", term=years(1))

    assert from_dict(to_dict(found), Subscription) == found


@pytest.mark.parametrize("per", ["fortnight", 1.5, None, {"months": 1}])
def test_a_document_with_an_unknown_billing_period_is_refused(per):
    document = to_dict(Subscription("anna", 1, START, per="month", currency="EUR"))

    with pytest.raises(DocumentError) as caught:
        from_dict(document | {"per": per}, Subscription)
    assert str(caught.value.exceptions[0]).startswith("$.per")


def test_a_ratio_of_money_without_a_base_is_undefined():
    nothing = MoneyRatio(Fraction(1), Fraction(0), name="quick ratio", of="losses")

    assert (nothing.is_defined, nothing.value_or(None)) == (False, None)
    with pytest.raises(UndefinedMetricError, match="quick ratio is undefined: no losses; use value_or"):
        _ = nothing.value


def test_a_ratio_of_money_is_exact():
    third = MoneyRatio(Fraction(1), Fraction(3))

    assert (third.is_defined, third.exact, third.value, third.value_or(None)) == (True, Fraction(1, 3), 1 / 3, 1 / 3)
    assert not hasattr(third, "interval")
