"""What more retention would be worth: on the formula, on customers who differ, and beside what is claimed."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import Period, years
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import (
    BAIN_RANGE,
    DiscountRate,
    Geometric,
    MixDecomposition,
    RetentionRate,
    ShiftedBetaGeometric,
    churn_rate,
    lifetime_value,
    retention_what_if,
)

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/churn.json").read_text(encoding="utf-8"))
}
YEAR = years(1)


def value_of(retention, *, margin=100, discount=0.1, convention="immediate"):
    kept = RetentionRate(retention, per=YEAR) if isinstance(retention, float | int | Decimal) else retention
    return lifetime_value(
        margin=margin,
        retention=kept,
        discount=DiscountRate(discount, per=YEAR),
        convention=convention,
        currency="EUR",
    )


def test_five_points_at_60_percent_bring_11_percent():
    case = CASES["churn-047"]
    given, expected = case["input"], case["expected"]
    found = retention_what_if(
        value_of(given["r"], margin=given["m"], discount=given["d"]), points=100 * given["delta_points"]
    )
    assert float(found.before.exact) == pytest.approx(expected["clv_before"], abs=case["tolerance"])
    assert float(found.after.exact) == pytest.approx(expected["clv_after"], abs=case["tolerance"])
    assert found.relative_lift == pytest.approx(expected["lift"], abs=case["tolerance"])
    assert (found.lift, found.beside_bain) == (Decimal("24.44"), "below")
    assert found.bain_lift == (Decimal("55.00"), Decimal("209.00"))


@pytest.mark.parametrize(
    ("retention", "lift", "beside"),
    [(0.6, 1 / 9, "below"), (0.8, 0.2, "below"), (0.85, 0.25, "within"), (0.9, 1 / 3, "within")],
)
def test_the_lift_grows_with_the_retention_there_is(retention, lift, beside):
    found = retention_what_if(value_of(retention), points=5)  # 0.05 / (1 + d - r - 0.05)
    assert found.relative_lift == pytest.approx(lift)
    assert found.beside_bain == beside


def test_only_a_small_discount_brings_what_is_claimed_at_most():
    assert retention_what_if(value_of(0.94, discount=0.02), points=5).beside_bain == "above"
    assert retention_what_if(value_of(0.94, discount=0.02), points=4).beside_bain is None
    assert BAIN_RANGE == (0.25, 0.95)


def test_five_percent_are_five_percent_of_the_retention():
    found = retention_what_if(value_of(0.8), percent=5)
    assert found.after.retention == RetentionRate(Decimal("0.84"), per=YEAR)
    assert found.relative_lift == pytest.approx(0.04 / 0.26)
    assert (found.unit, found.change, found.beside_bain) == ("percent", 5, "below")


def test_a_retention_that_falls_costs():
    found = retention_what_if(value_of(0.8), points=Decimal(-5))
    assert found.lift == Decimal("-52.38")  # 110 / 0.35 - 110 / 0.3
    assert retention_what_if(value_of(0.8), points=0).lift == Decimal("0.00")


def test_what_is_worth_nothing_has_no_relative_lift():
    found = retention_what_if(value_of(0, convention="after_first_payment"), points=5)
    assert found.lift == Decimal("4.76")  # 100 * 0.05 / 1.05
    assert found.beside_bain is None
    with pytest.raises(UndefinedMetricError, match="the value before is 0"):
        _ = found.relative_lift


def test_customers_who_are_alike_change_as_the_formula_does():
    formula, alike = value_of(0.75), value_of(Geometric(0.25, per=YEAR))
    for change in ({"points": 5}, {"percent": 5}, {"points": -75}):
        one, other = retention_what_if(formula, **change), retention_what_if(alike, **change)
        assert (one.lift, one.after.value) == (other.lift, other.after.value)


@given(st.floats(0.1, 10), st.floats(0.1, 10))
def test_customers_who_differ_keep_how_much_they_do(alpha, beta):
    model = ShiftedBetaGeometric(alpha, beta, per=YEAR)
    after = retention_what_if(value_of(model), percent=-10).after.retention
    assert after.alpha + after.beta == pytest.approx(alpha + beta)
    assert after.retention_rate(1) == pytest.approx(0.9 * model.retention_rate(1))


def test_customers_who_differ_are_worth_the_sums_before_and_after():
    found = retention_what_if(value_of(ShiftedBetaGeometric(2.0, 6.0, per=YEAR)), points=5)

    def payments(alpha, beta):
        share, total = 1.0, 0.0
        for time in range(500):
            total += share / 1.1**time
            share *= (beta + time) / (alpha + beta + time)
        return total

    before, after = payments(2.0, 6.0), payments(1.6, 6.4)  # the mean retention rises from 75 % to 80 %
    assert float(found.lift) == pytest.approx(100 * (after - before), abs=0.005)
    assert found.relative_lift == pytest.approx(after / before - 1)


def test_a_fall_leaves_out_the_retentions_that_it_would_end():
    for retention in (0.5, ShiftedBetaGeometric(5, 5, per=YEAR)):
        rows = retention_what_if(value_of(retention), points=-5).rows()
        assert rows[0]["retention"] == 0.1


def test_rows_run_over_retentions_and_mark_the_own_one():
    found = retention_what_if(value_of(0.62), points=5)
    rows = found.rows()
    levels = [row["retention"] for row in rows]
    assert levels == sorted(levels)
    assert levels[0] == 0.05
    assert levels[-1] == 0.9  # with 5 points more, 95 % would be all
    assert [row["retention"] for row in rows if row["here"]] == [0.62]
    row = rows[levels.index(0.6)]
    assert (row["changed to"], row["value"], row["changed value"], row["lift"]) == (
        0.65,
        Decimal("220.00"),
        Decimal("244.44"),
        Decimal("24.44"),
    )
    assert row["relative lift"] == pytest.approx(1 / 9)
    assert len(str(found).splitlines()) == 1 + len(rows)


def test_an_own_retention_of_the_grid_is_listed_once():
    rows = retention_what_if(value_of(0.6), points=5).rows()
    assert [row["retention"] for row in rows].count(0.6) == 1
    assert [row["here"] for row in rows].count(True) == 1


def test_rows_without_a_finite_value_say_so():
    few = ShiftedBetaGeometric(1.5, 1.5, per=YEAR)  # finite without a discount only where alpha is above 1
    rows = retention_what_if(value_of(few, discount=0), points=5).rows()
    [edge] = [row for row in rows if row["retention"] == 0.65]
    assert (edge["value"] is not None, edge["changed value"], edge["lift"], edge["relative lift"]) == (
        True,
        None,
        None,
        None,
    )
    assert rows[-1]["value"] is None


def test_the_chart_has_a_line_the_own_point_and_the_band_where_it_compares():
    found = retention_what_if(value_of(0.6), points=5)
    chart = found.chart()
    assert [layer["mark"]["type"] for layer in chart["layer"]] == ["rect", "line", "point"]
    assert chart["layer"][0]["data"] == {"values": [{"low": 0.25, "high": 0.95}]}
    assert chart["title"] == "What +5 points of retention would bring"
    assert len(chart["data"]["values"]) == len(found.rows())
    json.dumps(chart, allow_nan=False)
    assert len(retention_what_if(value_of(0.6), percent=-3).chart()["layer"]) == 2


@pytest.mark.parametrize("options", [{}, {"points": 5, "percent": 5}])
def test_the_change_is_given_in_one_way(options):
    with pytest.raises(InvalidValueError, match="give either points="):
        retention_what_if(value_of(0.8), **options)


def test_a_retention_stays_a_share():
    for retention in (0.97, Geometric(0.03, per=YEAR), ShiftedBetaGeometric(0.3, 9.7, per=YEAR)):
        with pytest.raises(InvalidValueError, match="the retention must stay between 0 and 1, got 1"):
            retention_what_if(value_of(retention), points=5)
    with pytest.raises(InvalidValueError, match="got -0"):
        retention_what_if(value_of(0.2), points=-30)
    assert retention_what_if(value_of(0.95), points=5).after.value == Decimal("1100.00")
    with pytest.raises(UndefinedMetricError, match="infinite"):
        retention_what_if(value_of(0.95, discount=0), points=5)


def test_a_change_is_a_number_and_a_value_is_one():
    with pytest.raises(InvalidTypeError, match="points must be"):
        retention_what_if(value_of(0.8), points="5")
    with pytest.raises(InvalidTypeError, match="expected a LifetimeValue"):
        retention_what_if(Decimal(100), points=5)


# The mix of churn


def churned(month, start, lost):
    return churn_rate(start=start, end=start - lost, period=Period.month(2026, month))


def test_churn_of_two_months_splits_exactly_into_what_changed_within_plans_and_their_mix():
    change = MixDecomposition(
        after={"monthly": churned(4, 700, 63), "yearly": churned(4, 300, 3)},
        before={"monthly": churned(3, 400, 40), "yearly": churned(3, 600, 12)},
    )
    assert change.total == Fraction(66, 1000) - Fraction(52, 1000)
    assert change.within + change.mix == change.total
    # Each plan loses fewer, and the whole loses more, as the plan that loses many has grown.
    assert (
        change.within
        == Fraction(55, 100) * Fraction(-1, 100) + Fraction(45, 100) * Fraction(-1, 100)
        == Fraction(-1, 100)
    )
    assert change.mix == Fraction(24, 1000)


def test_churn_of_one_period_may_not_be_mixed_with_that_of_another():
    with pytest.raises(InvalidValueError, match="two windows"):
        MixDecomposition(
            after={"monthly": churned(4, 700, 63), "yearly": churned(3, 300, 3)},
            before={"monthly": churned(3, 400, 40), "yearly": churned(3, 600, 12)},
        )


@pytest.mark.parametrize("unit", ["points", "percent"])
def test_a_change_that_is_no_number_is_refused(unit):
    value = lifetime_value(
        margin=100,
        retention=RetentionRate(0.6, per=years(1)),
        discount=DiscountRate(0.1, per=years(1)),
        convention="immediate",
        currency="EUR",
    )
    with pytest.raises(InvalidValueError, match=f"{unit} must be finite, got nan"):
        retention_what_if(value, **{unit: float("nan")})
    with pytest.raises(InvalidTypeError, match=f"{unit} must be a number, got '5'"):
        retention_what_if(value, **{unit: "5"})
