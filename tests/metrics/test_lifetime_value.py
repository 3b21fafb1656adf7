"""Lifetime value: the conventions, what is per which period, and cents that come out exact."""

import json
from decimal import Decimal, getcontext, localcontext
from fractions import Fraction
from math import inf, log, nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import days, hours, months, weeks, years
from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import DiscountRate, Geometric, LifetimeValue, RetentionRate, ShiftedBetaGeometric, lifetime_value

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/churn.json").read_text(encoding="utf-8"))
}
YEAR = years(1)
CONVENTIONS = ("immediate", "before_renewal", "after_first_payment", "end_of_period")
SHARES = st.decimals(0, "0.999", places=3)
DISCOUNTS = st.decimals("0.001", 2, places=3)
MARGINS = st.decimals(-1000, 1000, places=2)


def valued(margin=100, retention=0.8, discount=0.1, convention="immediate", periods=None, currency="EUR"):
    kept = RetentionRate(retention, per=YEAR) if isinstance(retention, float | int | Decimal) else retention
    rate = DiscountRate(discount, per=YEAR)
    return lifetime_value(
        margin=margin, retention=kept, discount=rate, convention=convention, periods=periods, currency=currency
    )


def payments(retention, discount, convention, periods):
    """Add what each payment is worth, one by one: when it comes, and how likely it is."""
    growth = 1 + Fraction(discount)
    total = Fraction()
    for time in range(periods + 1):
        renewals = {
            "immediate": time,
            "before_renewal": time + 1,
            "after_first_payment": time,
            "end_of_period": time - 1,
        }
        if time > 0 or convention in {"immediate", "before_renewal"}:
            total += Fraction(retention) ** renewals[convention] / growth**time
    return total


def test_a_customer_who_has_just_paid():
    case = CASES["churn-039"]
    given = case["input"]
    found = valued(given["m"], given["r"], given["d"], given["convention"])
    assert float(found.exact) == pytest.approx(case["expected"]["clv"], abs=case["tolerance"])
    assert found.value == Decimal("266.67")


def test_the_conventions_differ_by_a_payment_and_by_a_period():
    case = CASES["churn-041"]
    given, expected = case["input"], case["expected"]
    now, later, end = (
        valued(Decimal(str(given["m"])), given["r"], given["d"], convention).exact
        for convention in ("immediate", "after_first_payment", "end_of_period")
    )
    assert float(now - later) == expected["immediate_minus_after_first"]
    assert float(now / end) == pytest.approx(expected["immediate_over_end"], abs=case["tolerance"])


def test_a_value_to_a_horizon_counts_the_payments_up_to_it():
    case = CASES["churn-044"]
    given = case["input"]
    found = valued(given["m"], given["r"], given["d"], periods=given["T"])
    assert float(found.exact) == pytest.approx(case["expected"]["clv"], abs=case["tolerance"])


@given(SHARES, DISCOUNTS, st.sampled_from(CONVENTIONS), st.integers(1, 12))
def test_values_to_a_horizon_are_sums_of_payments(retention, discount, convention, periods):
    assert valued(7, retention, discount, convention, periods).payments == payments(
        retention, discount, convention, periods
    )


@given(SHARES, DISCOUNTS)
def test_values_are_the_published_formulas_exactly(retention, discount):
    r, d = Fraction(retention), Fraction(discount)
    found = {convention: valued(1, retention, discount, convention).exact for convention in CONVENTIONS}
    assert found == {
        "immediate": (1 + d) / (1 + d - r),
        "before_renewal": r * (1 + d) / (1 + d - r),
        "after_first_payment": r / (1 + d - r),
        "end_of_period": 1 / (1 + d - r),
    }


@given(MARGINS, SHARES, DISCOUNTS, st.sampled_from(CONVENTIONS))
def test_values_are_the_nearest_cents(margin, retention, discount, convention):
    found = valued(margin, retention, discount, convention)
    assert abs(Fraction(found.value) - found.exact) <= Fraction(1, 200)
    assert found.value.as_tuple().exponent == -2


def test_values_do_not_depend_on_the_context_of_the_caller():
    expected = valued(Decimal("12345.67"), 0.875, 0.013).value
    with localcontext() as context:
        context.prec = 3
        assert valued(Decimal("12345.67"), 0.875, 0.013).value == expected
        assert DiscountRate(0.1234567, per=YEAR) == DiscountRate(Decimal("0.1234567"), per=YEAR)
    assert getcontext().prec > 3
    assert expected == Decimal("90624.37")  # 12506.16371 / 0.138


def test_half_a_cent_goes_to_the_even_one():
    assert valued(Decimal("0.25"), 0, 0.25, "end_of_period").value == Decimal("0.20")
    assert valued(Decimal("0.125"), 0).value == Decimal("0.12")
    assert valued(Decimal("0.135"), 0).value == Decimal("0.14")
    assert valued(Decimal(1234), currency="JPY").value == Decimal(4525)


def test_customers_who_are_alike_are_worth_the_same_either_way():
    for convention in CONVENTIONS:
        for periods in (None, 1, 7):
            expected = valued(100, 0.75, 0.1, convention, periods)
            found = valued(100, Geometric(0.25, per=YEAR), 0.1, convention, periods)
            assert float(found.payments) == pytest.approx(float(expected.payments), rel=1e-12)
            assert found.value == expected.value


def test_customers_who_differ_are_worth_their_lifetimes():
    model, discount = ShiftedBetaGeometric(0.668, 3.806, per=YEAR), DiscountRate(0.1, per=YEAR)
    expected = CASES["churn-067"]["expected"]
    assert valued(1000, model).value == Decimal(str(round(1000 * expected["DEL"], 2)))
    for renewals, residual in enumerate(expected["DERL"]):
        found = valued(1000, model.after(renewals=renewals), convention="before_renewal")
        assert float(found.exact) == pytest.approx(1000 * residual, abs=1e-4)
        same = valued(1000, model.after(renewals=renewals), convention="after_first_payment")
        assert same.exact == found.exact * discount.factor
    paid = valued(1000, model, convention="end_of_period")
    assert paid.exact == valued(1000, model).exact * discount.factor


def test_customers_who_differ_are_worth_sums_to_a_horizon():
    model = ShiftedBetaGeometric(0.7, 1.2, per=YEAR)
    shares = [model.survivor(time) for time in range(6)]
    found = {
        convention: float(valued(1, model, convention=convention, periods=4).payments) for convention in CONVENTIONS
    }
    assert found == {
        "immediate": pytest.approx(sum(shares[t] / 1.1**t for t in range(5))),
        "before_renewal": pytest.approx(sum(shares[t + 1] / 1.1**t for t in range(5))),
        "after_first_payment": pytest.approx(sum(shares[t] / 1.1**t for t in range(1, 5))),
        "end_of_period": pytest.approx(sum(shares[t - 1] / 1.1**t for t in range(1, 5))),
    }
    far = valued(1, model, periods=300)
    assert float(far.payments) == pytest.approx(float(valued(1, model).payments), rel=1e-9)


def test_what_never_ends_has_no_value_but_to_a_horizon():
    for retention in (1, Geometric(0, per=YEAR), ShiftedBetaGeometric(1, 2, per=YEAR)):
        with pytest.raises(UndefinedMetricError, match="infinite"):
            valued(100, retention, 0)
    assert valued(100, 1, 0, periods=4).value == Decimal("500.00")
    assert valued(100, 1, 0.1, "end_of_period").value == Decimal("1000.00")
    assert valued(100, 0, 0, "after_first_payment").value == Decimal("0.00")
    assert valued(100, Geometric(1, per=YEAR), 0, "after_first_payment").value == Decimal("0.00")


def test_a_value_shows_what_it_is():
    found = valued(periods=4)
    assert found.rows() == [
        {
            "convention": "immediate",
            "periods": 4,
            "margin": Decimal(100),
            "payments": pytest.approx(2.92063383649),
            "value": Decimal("292.06"),
            "currency": "EUR",
        }
    ]
    assert "292.06" in str(found)
    names = {
        "LifetimeValue": LifetimeValue,
        "RetentionRate": RetentionRate,
        "DiscountRate": DiscountRate,
        "Decimal": Decimal,
        "months": months,
    }
    assert eval(repr(found), names) == found  # noqa: S307 - its own text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"margin": 1.5}, r"margin must be a Decimal or an int, got 1.5; write Decimal\('1.5'\)"),
        ({"retention": "0.8"}, "retention must be a RetentionRate or a model"),
        ({"convention": "usual"}, "convention must be one of 'immediate'"),
        ({"periods": 0}, "periods must be at least 1"),
        ({"periods": 10_001}, "periods must be at most 10000"),
        ({"currency": "EURO"}, "ISO 4217"),
    ],
)
def test_what_has_no_value_is_refused(options, said):
    with pytest.raises((InvalidTypeError, InvalidValueError), match=said):
        valued(**options)


def test_a_month_and_a_year_do_not_meet():
    monthly, yearly = RetentionRate(0.95, per=months(1)), DiscountRate(0.1, per=YEAR)
    options = {"margin": 10, "convention": "immediate", "currency": "EUR"}
    with pytest.raises(
        InvalidValueError, match=r"per months\(12\) and the retention per months\(1\); convert it, as in"
    ):
        lifetime_value(retention=monthly, discount=yearly, **options)
    found = lifetime_value(retention=monthly, discount=yearly.to(months(1)), **options)
    assert found.value == Decimal("173.87")  # 10 * 1.0079741404 / 0.0579741404
    with pytest.raises(InvalidTypeError, match="discount must be a DiscountRate"):
        lifetime_value(retention=monthly, discount=0.1, **options)


# Rates


def test_a_yearly_discount_is_a_monthly_one():
    case = CASES["churn-045"]
    found = DiscountRate(case["input"]["annual"], per=YEAR).to(months(1))
    assert float(found.value) == pytest.approx(case["expected"]["monthly"], abs=case["tolerance"])
    assert found.per == months(1)


def test_a_yearly_discount_is_a_continuous_one_per_week():
    case = CASES["churn-046"]
    yearly = DiscountRate(case["input"]["annual"], per=YEAR)
    weekly = yearly.to(weeks(1), days_per_month=Fraction(364, 12))
    assert weekly.continuous == pytest.approx(case["expected"]["delta"], abs=case["tolerance"])
    assert yearly.continuous == pytest.approx(log(1.1))
    assert float(DiscountRate.from_continuous(yearly.continuous, per=YEAR).value) == pytest.approx(0.1)


@given(st.floats(1e-6, 5), st.integers(1, 24), st.integers(1, 24))
def test_a_discount_converted_and_back_is_the_same(rate, one, other):
    found = DiscountRate(rate, per=months(one)).to(months(other))
    assert (1 + float(found.value)) == pytest.approx((1 + rate) ** (other / one))
    assert float(found.to(months(one)).value) == pytest.approx(rate)


def test_days_weeks_and_hours_are_of_one_kind():
    assert float(DiscountRate(0.01, per=days(1)).to(weeks(1)).value) == pytest.approx(1.01**7 - 1)
    assert float(DiscountRate(0.01, per=hours(12)).to(days(1)).value) == pytest.approx(1.01**2 - 1)
    assert float(RetentionRate(0.9, per=days(1) + hours(12)).to(days(3)).value) == pytest.approx(0.81)


def test_months_and_days_meet_by_an_average_that_is_given():
    monthly = RetentionRate(0.9, per=months(1))
    with pytest.raises(InvalidValueError, match="have no fixed ratio; say how many days a month has on average"):
        monthly.to(weeks(1))
    for average in (Fraction(28), 28, 28.0, Decimal(28)):
        assert float(monthly.to(weeks(1), days_per_month=average).value) == pytest.approx(0.9 ** (1 / 4))
        assert float(monthly.to(hours(14 * 24), days_per_month=average).value) == pytest.approx(0.9**0.5)
    weekly = RetentionRate(0.9, per=weeks(1))
    assert float(weekly.to(months(2), days_per_month=28).value) == pytest.approx(0.9**8)
    for average in (0, -1, Fraction(0)):
        with pytest.raises(InvalidValueError, match="days_per_month must be from 28 to 31"):
            monthly.to(weeks(1), days_per_month=average)


def test_a_retention_over_a_year_is_a_power():
    assert float(RetentionRate(0.95, per=months(1)).to(YEAR).value) == pytest.approx(0.95**12)
    assert RetentionRate(0, per=months(1)).to(YEAR).value == 0
    assert RetentionRate(1, per=months(1)).to(YEAR).value == 1
    assert RetentionRate(1e-9, per=months(1)).to(YEAR).value == 0  # nobody is left


def test_a_discount_beyond_every_number_is_refused():
    for per in (years(100), years(10_000)):
        with pytest.raises(InvalidValueError, match=r"more per|up to 30 digits"):
            DiscountRate(9, per=days(1)).to(per, days_per_month=30)


def test_a_float_is_the_decimal_that_it_prints_as():
    assert DiscountRate(0.1, per=YEAR) == DiscountRate(Decimal("0.1"), per=YEAR)
    assert DiscountRate(0.1, per=YEAR).factor == Fraction(10, 11)
    assert RetentionRate(0.8, per=YEAR) == RetentionRate(Decimal("0.80"), per=YEAR)


@pytest.mark.parametrize("kind", [DiscountRate, RetentionRate])
@pytest.mark.parametrize("value", ["0.1", None, True, nan, inf, -0.1, Decimal("NaN")])
def test_what_is_no_rate_is_refused(kind, value):
    with pytest.raises((InvalidTypeError, InvalidValueError)):
        kind(value, per=YEAR)


def test_a_retention_is_a_share():
    with pytest.raises(InvalidValueError, match="got 80; write"):
        RetentionRate(80, per=YEAR)


@pytest.mark.parametrize("rate", [DiscountRate(0.1, per=YEAR), RetentionRate(0.8, per=weeks(1))])
def test_rates_are_stored(rate):
    assert from_dict(to_dict(rate), type(rate)) == rate
    names = {type(rate).__name__: type(rate), "Decimal": Decimal, "months": months, "days": days}
    assert eval(repr(rate), names) == rate  # noqa: S307 - its own text


@pytest.mark.parametrize(
    ("convention", "payments"),
    [("immediate", 5), ("before_renewal", 5), ("after_first_payment", 4), ("end_of_period", 4)],
)
@pytest.mark.parametrize("retention", [RetentionRate(1, per=YEAR), Geometric(0, per=YEAR)])
def test_four_periods_have_five_payments_where_the_first_is_now(convention, payments, retention):
    nothing_off = DiscountRate(0, per=YEAR)
    found = lifetime_value(
        margin=1, retention=retention, discount=nothing_off, convention=convention, currency="EUR", periods=4
    )
    assert found.payments == payments


@pytest.mark.parametrize("rate", [DiscountRate, RetentionRate])
@pytest.mark.parametrize(
    ("value", "error", "said"),
    [
        (nan, InvalidValueError, "rate must be finite, got nan"),
        (inf, InvalidValueError, "rate must be finite, got inf"),
        (Decimal("nan"), InvalidValueError, "rate must be finite"),
        (10**400, InvalidValueError, "rate must be finite and have up to 30 digits"),
        ("0.1", InvalidTypeError, "rate must be a number, got '0.1'; convert text first"),
        (True, InvalidTypeError, "rate must be a number, got True"),
        (DiscountRate(0.1, per=YEAR), InvalidTypeError, r"rate must be a number, got DiscountRate\("),
    ],
)
def test_a_rate_is_a_finite_number(rate, value, error, said):
    with pytest.raises(error, match=said):
        rate(value, per=YEAR)
