"""Rates of one period as rates of another, and how long customers stay."""

import json
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from math import inf, nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import days, hours, months, weeks, years
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import ConvertedRate, PopulationRate, Rate, convert_rate, expected_lifetime

EVERY = json.loads((Path(__file__).parents[1] / "cases/churn.json").read_text(encoding="utf-8"))
CASES = {case["id"]: case for case in EVERY}
LENGTHS = {"month": months(1), "year": years(1)}


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case["input"]["op"] == "convert_rate"])
def test_a_month_becomes_a_year_as_others_have_it(name):
    case = CASES[name]
    given_, expected = case["input"], case["expected"]
    rates = given_.get("rates", [given_.get("rate")])
    found = [convert_rate(rate, from_=LENGTHS[given_["from"]], to=LENGTHS[given_["to"]]).value for rate in rates]

    assert found == pytest.approx(expected.get("rates", [expected.get("rate")]), abs=case["tolerance"])


@given(st.floats(1e-9, 0.5))
def test_there_and_back_is_the_same(rate):
    year = convert_rate(rate, from_=months(1), to=years(1))
    back = convert_rate(year.value, from_=years(1), to=months(1))

    assert rate < year.value < 1
    assert back.value == pytest.approx(rate, rel=1e-9)


@given(st.integers(0, 40), st.integers(1, 12))
def test_it_is_what_so_many_periods_leave(count, number):
    left = Fraction(1)
    for _ in range(number):
        left *= 1 - Fraction(count, 40)

    assert convert_rate(count / 40, from_=months(1), to=months(number)).value == pytest.approx(
        float(1 - left), abs=1e-14
    )


@pytest.mark.parametrize(
    ("from_", "to", "periods"),
    [
        (months(1), years(1), 12),
        (years(1), months(1), Fraction(1, 12)),
        (months(3), months(12), 4),
        (days(1), weeks(1), 7),
        (weeks(1), timedelta(days=30), Fraction(30, 7)),
        (hours(12), days(1), 2),
        (timedelta(microseconds=1), timedelta(seconds=1), 10**6),
    ],
)
def test_how_many_periods_make_the_other(from_, to, periods):
    assert convert_rate(0.5, from_=from_, to=to) == ConvertedRate(0.5, Fraction(periods))


@pytest.mark.parametrize(
    ("from_", "to", "periods"),
    [
        (months(1), days(30), Fraction(30) / Fraction("30.4375")),
        (days(30), months(1), Fraction("30.4375") / 30),
        (months(1) + days(1), months(1), Fraction("30.4375") / Fraction("31.4375")),
        (months(1), months(12), 12),
    ],
)
@pytest.mark.parametrize("average", [30.4375, Decimal("30.4375"), Fraction("30.4375")])
def test_months_and_days_convert_by_an_average_that_is_stated(from_, to, periods, average):
    assert convert_rate(0.5, from_=from_, to=to, days_per_month=average).periods == periods


def test_a_float_average_is_the_decimal_that_it_prints_as():
    assert convert_rate(0.5, from_=months(1), to=days(30), days_per_month=30.44).periods == 30 / Fraction("30.44")


@pytest.mark.parametrize(
    ("from_", "to"), [(months(1), days(30)), (days(30), months(1)), (months(1) + days(1), months(2))]
)
def test_months_have_no_fixed_number_of_days(from_, to):
    with pytest.raises(InvalidValueError, match=r"^months have no fixed number of days, got .*; say what to take with"):
        convert_rate(0.5, from_=from_, to=to)


def test_the_interval_is_converted_too():
    month = PopulationRate(5, 100)
    year = convert_rate(month, from_=months(1), to=months(12))
    low, high = month.interval(0.9)

    assert year.assumption == "constant_hazard"
    assert year.value == convert_rate(0.05, from_=months(1), to=months(12)).value
    assert year.interval(0.9) == pytest.approx((1 - (1 - low) ** 12, 1 - (1 - high) ** 12))
    with pytest.raises(InvalidTypeError, match=r"^a rate without its counts has no interval, got 0\.05"):
        convert_rate(0.05, from_=months(1), to=months(12)).interval()


def test_a_rate_of_nobody_stays_undefined():
    year = convert_rate(Rate(), from_=months(1), to=months(12))

    assert (year.is_defined, year.value_or(None), year.interval()) == (False, None, (0.0, 1.0))
    with pytest.raises(UndefinedMetricError):
        _ = year.value
    assert convert_rate(0.5, from_=months(1), to=months(1)).value_or(None) == 0.5


@pytest.mark.parametrize(
    ("rate", "options", "kind", "message"),
    [
        (5, {}, InvalidValueError, "a rate must be between 0 and 1, got 5; write 0.05 for 5 %"),
        (-0.1, {}, InvalidValueError, "a rate must be between 0 and 1"),
        (nan, {}, InvalidValueError, "a rate must be between 0 and 1"),
        (True, {}, InvalidTypeError, "a rate must be a float from 0 to 1, a Rate or a PopulationRate, got True"),
        ("5 %", {}, InvalidTypeError, "a rate must be a float"),
        (0.5, {"to": months(0)}, InvalidValueError, "to must be longer than nothing"),
        (0.5, {"from_": timedelta(0)}, InvalidValueError, "from_ must be longer than nothing"),
        (0.5, {"from_": 1}, InvalidTypeError, "the other period must be a timedelta or a span"),
        (0.5, {"to": 1}, InvalidTypeError, "to must be a timedelta or a span"),
        (0.5, {"days_per_month": "30"}, InvalidTypeError, "days_per_month must be a number such as 30.4375"),
        (0.5, {"days_per_month": True}, InvalidTypeError, "days_per_month must be a number"),
        (0.5, {"days_per_month": 27.9}, InvalidValueError, "days_per_month must be from 28 to 31"),
        (0.5, {"days_per_month": 31.1}, InvalidValueError, "days_per_month must be from 28 to 31"),
        (0.5, {"days_per_month": inf}, InvalidValueError, "days_per_month must be from 28 to 31"),
        (0.5, {"days_per_month": nan}, InvalidValueError, "days_per_month must be from 28 to 31"),
        (0.5, {"days_per_month": Decimal("sNaN")}, InvalidValueError, "days_per_month must be from 28 to 31"),
        (0.5, {"days_per_month": 10**5000}, InvalidValueError, "days_per_month must be from 28 to 31, got a"),
    ],
)
def test_what_makes_no_sense_is_refused(rate, options, kind, message):
    with pytest.raises(kind, match=f"^{message}"):
        convert_rate(rate, **{"from_": months(1), "to": months(12), **options})


def test_how_long_customers_stay():
    case = CASES["churn-018"]
    stay = expected_lifetime(case["input"]["churn"])

    assert stay.periods == stay.value == stay.value_or(None) == pytest.approx(case["expected"]["periods"], abs=1e-12)
    assert stay.assumption == "constant_hazard"
    assert (expected_lifetime(1).periods, expected_lifetime(PopulationRate(1, 4)).periods) == (1.0, 4.0)


@pytest.mark.parametrize("rate", [0, 0.0, Rate(0, 9), Rate()])
def test_who_never_leaves_has_no_expected_lifetime(rate):
    stay = expected_lifetime(rate)

    assert (stay.is_defined, stay.value_or(None)) == (False, None)
    with pytest.raises(UndefinedMetricError, match=r"^the expected lifetime is undefined: no losses"):
        _ = stay.periods
