"""The BG/NBD and MBG/NBD models beside published figures, their formulas taken by integral, and simulated customers."""

import csv
import json
import random
from collections import Counter
from decimal import Decimal
from itertools import count
from math import comb, exp, gamma, isclose, isinf, log, log1p
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import (
    BetaGeometricNBD,
    GammaGamma,
    ModifiedBetaGeometricNBD,
    PurchaseFit,
    PurchaseHistory,
    PurchaseSummary,
)

TESTS = Path(__file__).parents[1]
CASES = {case["id"]: case for case in json.loads((TESTS / "cases/churn.json").read_text(encoding="utf-8"))}
CUSTOMERS = [name for name, case in CASES.items() if case["input"].get("op") == "bgnbd_customer"]
CHANCES = [name for name, case in CASES.items() if case["input"].get("op") == "bgnbd_pmf"]
MODELS = (BetaGeometricNBD, ModifiedBetaGeometricNBD)
MODEL = BetaGeometricNBD(0.243, 4.414, 0.793, 2.426, unit="weeks")
MODIFIED = ModifiedBetaGeometricNBD(0.525, 6.183, 0.891, 1.614, unit="weeks")
PARAMETERS = st.floats(0.1, 5)


def model_of(given):
    return BetaGeometricNBD(given["r"], given["alpha"], given["a"], given["b"])


def cdnow():
    with (TESTS / "data/cdnow_customers_summary.csv").open(encoding="utf-8", newline="") as file:
        rows = [(int(row["frequency"]), float(row["recency"]), float(row["T"])) for row in csv.DictReader(file)]
    return PurchaseSummary(Counter(rows), unit="weeks")


def log_likelihood(model, summary):
    """Say how likely purchases are, by the products that the gamma and beta functions of the papers stand for."""
    first = isinstance(model, ModifiedBetaGeometricNBD)
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    total = 0.0
    for (x, recency, age), number in summary.counts.items():
        k = x + first
        bought = sum(log(r + i) - log(alpha) for i in range(x))
        passed = sum(log(b + i) - log(a + b + i) for i in range(k - 1))
        alive = (b + (k - 1)) / (a + b + (k - 1)) * exp(-(r + x) * log1p(age / alpha)) if k else (1 + age / alpha) ** -r
        gone = a / (a + b + (k - 1)) * exp(-(r + x) * log1p(recency / alpha)) if k else 0.0
        total += number * (bought + passed + log(alive + gone))
    return total


def customers(seed, number=60):
    """Let customers buy and leave as the models say, at random."""
    draw = random.Random(seed)
    r, alpha, a, b = draw.choice([(0.243, 4.414, 0.793, 2.426), (1, 10, 1, 3), (2, 20, 0.5, 5), (0.5, 5, 2, 2)])
    found = Counter()
    for _ in range(number):
        rate, chance, age = draw.gammavariate(r, 1 / alpha), draw.betavariate(a, b), draw.uniform(10, 39)
        at = x = recency = 0
        while rate and (at := at + draw.expovariate(rate)) <= age:
            x, recency = x + 1, at
            if draw.random() < chance:
                break
        found[x, float(recency), age] += 1
    return PurchaseSummary(found)


@pytest.mark.parametrize("name", CUSTOMERS)
def test_customers_of_the_papers(name):
    given, expected = CASES[name]["input"], CASES[name]["expected"]
    purchases = given["x"], given["t_x"], given["T"]
    tolerance = CASES[name]["tolerance"]
    assert model_of(given).p_alive(*purchases) == pytest.approx(expected["p_alive"], rel=tolerance)
    assert model_of(given).expected_purchases(given["t"], *purchases) == pytest.approx(
        expected["expected_purchases"], rel=tolerance
    )


@pytest.mark.parametrize("name", CHANCES)
def test_chances_of_the_manual(name):
    given, expected = CASES[name]["input"], CASES[name]["expected"]
    numbers, chances = ([given["x"]], [expected["p"]]) if isinstance(given["x"], int) else (given["x"], expected["p"])
    assert [model_of(given).probability_of(n, given["t"]) for n in numbers] == pytest.approx(chances, rel=1e-5)


def test_the_cases_are_those_meant():
    assert {"churn-081", "churn-084", "churn-085"} <= {*CUSTOMERS}
    assert {"churn-090", "churn-091"} <= {*CHANCES}


def test_cdnow_is_fitted_as_published():
    """Fader, Hardie and Lee 2005, table 2: r 0.243, alpha 4.414, a 0.793, b 2.426, log-likelihood -9582.4."""
    summary = cdnow()
    fit = BetaGeometricNBD.fit(summary)
    model = fit.model
    assert (model.r, model.alpha, model.a, model.b) == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=6e-4)
    assert (fit.status, fit.limits, fit.customers, fit.used) == ("ok", (), 2357, 946)
    assert fit.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert fit.log_likelihood == pytest.approx(log_likelihood(model, summary), abs=1e-8)
    assert model.unit == "weeks"


def test_no_other_parameters_make_cdnow_more_likely():
    summary = cdnow()
    for kind in MODELS:
        fit = kind.fit(summary)
        values = [fit.model.r, fit.model.alpha, fit.model.a, fit.model.b]
        for place in range(4):
            for factor in (0.99, 1.01):
                other = kind(*(value * (factor if here == place else 1.0) for here, value in enumerate(values)))
                assert log_likelihood(other, summary) < fit.log_likelihood


@pytest.mark.parametrize("kind", MODELS)
def test_no_set_of_sixty_customers_fails(kind):
    statuses = Counter()
    for seed in range(40):
        summary = customers(seed)
        fit = kind.fit(summary)
        statuses[fit.status] += 1
        assert fit.log_likelihood == pytest.approx(log_likelihood(fit.model, summary), abs=1e-5)
        for start in ((0.243, 4.414, 0.793, 2.426), (1, 10, 1, 3), (2, 20, 0.5, 5), (0.5, 5, 2, 2)):
            assert fit.log_likelihood >= log_likelihood(kind(*start), summary)
    assert statuses["ok"] > 15
    assert statuses["boundary"] > 5


def test_the_limit_of_a_model_is_said():
    regular = PurchaseSummary({(x, 38.0, 39.0): 50 for x in (3, 4, 5)})
    fit = BetaGeometricNBD.fit(regular)
    assert (fit.status, fit.limits) == ("boundary", ("same_rate", "nobody_leaves"))
    assert fit.model.p_alive(4, 38.0, 39.0) > 0.9999
    assert fit.model.expected_purchases(39, 4, 38.0, 39.0) == pytest.approx(4.0, abs=0.01)
    # Without leaving, and with one rate, purchases are Poisson: 4 in 39 weeks, on average.
    assert fit.log_likelihood == pytest.approx(50 * (12 * log(4 / 39) - 3 * 4), abs=1e-3)


def test_all_at_once_or_never_is_a_limit():
    either = PurchaseSummary({(1, 1.0, 39.0): 30, (30, 38.5, 39.0): 30})
    fit = BetaGeometricNBD.fit(either)
    assert "at_once_or_never" in fit.limits
    assert fit.model.p_alive(30, 38.5, 39.0) > 0.9999
    assert fit.model.p_alive(1, 1.0, 39.0) < 0.001


@pytest.mark.parametrize(
    "summary",
    [PurchaseSummary(), PurchaseSummary({(0, 0.0, 9.0): 7}), PurchaseSummary({(0, 0.0, 0.0): 7})],
)
@pytest.mark.parametrize("kind", MODELS)
def test_without_repeat_purchases_there_is_no_model(kind, summary):
    fit = kind.fit(summary)
    assert (fit.status, fit.model_or(None), fit.log_likelihood, fit.is_defined) == ("not_identified", None, None, False)
    assert (fit.customers, fit.used, fit.rows()) == (summary.customers, 0, [])
    assert str(fit) == "not_identified\n(no rows)"
    with pytest.raises(UndefinedMetricError, match="not identified: 0 of"):
        _ = fit.model


def test_one_repeat_purchase_each_says_nothing_of_how_alike_customers_are():
    summary = PurchaseSummary({(0, 0.0, 9.0): 7, (1, 3.0, 9.0): 4})
    assert BetaGeometricNBD.fit(summary).status == "not_identified"
    assert ModifiedBetaGeometricNBD.fit(summary).is_defined  # the first purchase is a chance to leave, too


@pytest.mark.parametrize("summary", [PurchaseSummary(), PurchaseSummary({(2, 3.0, 9.0): 7, (0, 0.0, 9.0): 9})])
@pytest.mark.parametrize("kind", MODELS)
def test_a_fit_prints_as_the_code_that_makes_it(kind, summary):
    fit = kind.fit(summary)
    assert eval(repr(fit), {"PurchaseFit": PurchaseFit, kind.__name__: kind}) == fit  # noqa: S307 - its own text


def test_a_fit_prints_as_a_table():
    fit = BetaGeometricNBD.fit(cdnow())
    assert [row["parameter"] for row in fit.rows()] == ["r", "alpha", "a", "b"]
    assert str(fit).splitlines()[:3] == ["ok", "parameter   value", "r          0.2426"]
    assert fit.is_defined


def test_shards_are_fitted_as_the_whole():
    whole = cdnow()
    rows = list(whole.counts.items())
    halves = [PurchaseSummary(dict(part), unit="weeks") for part in (rows[::2], rows[1::2])]
    assert BetaGeometricNBD.fit(halves[0] + halves[1]) == BetaGeometricNBD.fit(whole)


def mean_over_customers(model, value, *, x, age):
    """Average over the rates and probabilities that a customer who is there may have, by a fine grid of both."""
    first = isinstance(model, ModifiedBetaGeometricNBD)
    shape, pace, a, b = model.r + x, model.alpha + age, model.a, model.b + x + first
    steps = 400
    rates = [exp(-9 + 12 * (i + 0.5) / steps) for i in range(steps)]
    by_rate = [rate**shape * exp(-pace * rate) for rate in rates]
    odds = [-16 + 30 * (i + 0.5) / steps for i in range(steps)]
    chances = [1 / (1 + exp(-one)) for one in odds]
    by_chance = [p**a * (1 - p) ** b for p in chances]
    total = sum(
        u * w * value(rate, p)
        for rate, u in zip(rates, by_rate, strict=True)
        for p, w in zip(chances, by_chance, strict=True)
    )
    return total / (sum(by_rate) * sum(by_chance))


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize(("x", "recency", "age", "t"), [(2, 30.0, 38.0, 39.0), (4, 5.0, 8.0, 100.0)])
def test_expectations_are_means_over_customers(kind, x, recency, age, t):
    model = kind(1.4, 6.0, 1.3, 2.2)
    there = mean_over_customers(model, lambda rate, p: (1 - exp(-rate * p * t)) / p, x=x, age=age)
    assert model.expected_purchases(t, x, recency, age) == pytest.approx(
        model.p_alive(x, recency, age) * there, rel=1e-6
    )


@pytest.mark.parametrize("model", [MODEL, MODIFIED, BetaGeometricNBD(2, 5, 1, 3), BetaGeometricNBD(2, 5, 0.3, 0.7)])
def test_chances_sum_to_one_and_have_the_mean_expected(model):
    """Where a = 1 or a + b = 1, the published formula is 0 / 0."""
    chances = [model.probability_of(n, 12.0) for n in range(300)]
    assert sum(chances) == pytest.approx(1.0, abs=1e-12)
    assert sum(n * chance for n, chance in enumerate(chances)) == pytest.approx(
        model.expected_purchases_of_new(12.0), rel=1e-10
    )


@pytest.mark.parametrize("odds", [0.3, 7.9, 8.1, 50.0, 1e6, 1e12])
def test_expectations_have_closed_forms_however_long_the_time(odds):
    """For a = b = 1 and r = 1 or 2, the integral over p is elementary."""
    assert BetaGeometricNBD(1, 1, 1, 1).expected_purchases_of_new(odds) == pytest.approx(log1p(odds), rel=1e-11)
    assert BetaGeometricNBD(2, 1, 1, 1).expected_purchases_of_new(odds) == pytest.approx(
        log1p(odds) + odds / (1 + odds), rel=1e-11
    )


def test_the_published_formula_agrees_where_it_holds():
    """Fader, Hardie and Lee 2005, eq. 9, for b = a + b - 1, where the hypergeometric function is a power."""
    r, alpha, a, b, t = 0.7, 3.0, 1.0 + 1e-3, 2.0, 10.0
    z = t / (alpha + t)
    series = term = 1.0
    for n in range(2000):
        term *= (r + n) * (b + n) / ((a + b - 1 + n) * (1 + n)) * z
        series += term
    published = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * series)
    assert BetaGeometricNBD(r, alpha, a, b).expected_purchases_of_new(t) == pytest.approx(published, rel=1e-10)


def test_chances_are_those_of_the_negative_binomial_where_nobody_leaves():
    model = BetaGeometricNBD(2, 5, 1e-12, 1)
    for n in range(5):
        assert model.probability_of(n, 10) == pytest.approx((n + 1) * (1 / 3) ** 2 * (2 / 3) ** n, rel=1e-9)
    assert isclose(gamma(2 + 3) / (gamma(2) * gamma(4)), comb(4, 3))


def test_no_time_brings_no_purchases():
    for model in (MODEL, MODIFIED):
        assert model.expected_purchases(0, 2, 30.43, 38.86) == 0.0
        assert model.expected_purchases_of_new(0) == 0.0
        assert model.probability_of(0, 0) == pytest.approx(1.0, abs=1e-14)
        assert model.probability_of(3, 0) == 0.0


def test_who_never_came_back_is_there_in_one_model_only():
    assert MODEL.p_alive(0, 0, 500) == 1.0
    assert MODIFIED.p_alive(0, 0, 0) == pytest.approx(MODIFIED.b / (MODIFIED.a + MODIFIED.b))
    assert MODIFIED.p_alive(0, 0, 500) < MODIFIED.p_alive(0, 0, 50) < MODIFIED.p_alive(0, 0, 0)


@pytest.mark.parametrize("kind", MODELS)
def test_large_numbers_do_not_overflow(kind):
    """The ratio of powers overflows from a thousand purchases on; see lifetimes #332."""
    model = kind(0.243, 4.414, 0.793, 2.426)
    assert model.p_alive(5000, 10.0, 400.0) == 0.0
    assert model.p_alive(5000, 399.99, 400.0) > 0.5
    assert model.expected_purchases(52, 5000, 399.99, 400.0) > 1.0
    assert model.expected_purchases(5000, 20000, 399.9999, 400.0) > 1.0
    assert 0.0 <= model.probability_of(3000, 1e6) < 1.0
    assert not isinf(kind(1e9, 1e9, 1e-9, 1e9).expected_purchases_of_new(1e9))


@given(PARAMETERS, PARAMETERS, PARAMETERS, PARAMETERS, st.integers(1, 9), st.floats(0.1, 20), st.floats(0.1, 20))
def test_silence_and_time_work_as_they_should(r, alpha, a, b, x, recency, silence):
    for kind in MODELS:
        model = kind(r, alpha, a, b)
        alive = model.p_alive(x, recency, recency + silence)
        assert 0.0 <= alive <= 1.0
        assert model.p_alive(x, recency, recency + silence + 1) <= alive
        purchases = [model.expected_purchases(t, x, recency, recency + silence) for t in (1, 2, 4)]
        assert purchases == sorted(purchases)
        assert purchases[0] >= 0.0
        assert purchases[2] - purchases[1] <= 2 * (purchases[1] - purchases[0]) * (1 + 1e-9) + 1e-12


@given(PARAMETERS, PARAMETERS, PARAMETERS, PARAMETERS)
def test_another_unit_changes_nothing_but_the_numbers(r, alpha, a, b):
    weekly = BetaGeometricNBD(r, alpha, a, b, unit="weeks")
    daily = weekly.in_unit("days", per=1 / 7)
    assert daily.unit == "days"
    assert daily.p_alive(2, 70, 140) == pytest.approx(weekly.p_alive(2, 10, 20), rel=1e-9)
    assert daily.expected_purchases(70, 2, 70, 140) == pytest.approx(weekly.expected_purchases(10, 2, 10, 20), rel=1e-9)
    assert from_dict(to_dict(weekly), BetaGeometricNBD) == weekly


def test_an_outlook_puts_the_models_together():
    spend = GammaGamma(6.25, 3.74, 15.44)
    anna = PurchaseHistory(customer="anna", frequency=2, recency=30.43, T=38.86, spend=Decimal("44.69"), unit="weeks")
    outlook = MODEL.outlook(anna, 39, spend=spend)
    assert (outlook.customer, outlook.p_alive) == ("anna", MODEL.p_alive(2, 30.43, 38.86))
    assert outlook.purchases == pytest.approx(1.226, abs=5e-4)
    assert outlook.spend == spend.expected_spend(2, 44.69 / 2)
    assert outlook.value == outlook.purchases * outlook.spend
    assert MODEL.outlook(anna, 39).value is None
    ben = PurchaseHistory(customer="ben", frequency=0, recency=0, T=38.86, unit="weeks")
    free = PurchaseHistory(customer="free", frequency=1, recency=3, T=38.86, spend=Decimal(0), unit="weeks")
    assert MODEL.outlook(ben, 39, spend=spend).spend == spend.mean_spend
    assert MODEL.outlook(free, 39, spend=spend).spend == spend.mean_spend


def test_a_weekly_model_takes_no_history_in_days():
    history = PurchaseHistory(customer="anna", frequency=0, recency=0, T=38, unit="days")
    with pytest.raises(InvalidValueError, match=r"counts in weeks, the history in days; see in_unit\(...\)"):
        MODEL.outlook(history, 39)
    assert MODEL.in_unit("days", per=1 / 7).outlook(history, 39).p_alive == 1.0


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: BetaGeometricNBD(0, 1, 1, 1), InvalidValueError, "r must be finite and above 0"),
        (lambda: BetaGeometricNBD(1, float("inf"), 1, 1), InvalidValueError, "alpha must be finite"),
        (lambda: BetaGeometricNBD(1, 1, a=True, b=1), InvalidTypeError, "a must be a number, got True"),
        (lambda: BetaGeometricNBD(1, 1, 1, "1"), InvalidTypeError, "b must be a number"),
        (lambda: BetaGeometricNBD(1, 1, 1, 1, unit=" "), InvalidValueError, "unit must not be blank"),
        (lambda: BetaGeometricNBD.fit([(1, 2, 3)]), InvalidTypeError, "fitted to a PurchaseSummary"),
        (lambda: MODEL.p_alive(1, 3, 2), InvalidValueError, "recency must not be later"),
        (lambda: MODEL.expected_purchases(-1, 1, 2, 3), InvalidValueError, "t must be a finite number from 0 on"),
        (lambda: MODEL.expected_purchases(1, 1.5, 2, 3), InvalidTypeError, "frequency must be an int"),
        (lambda: MODEL.expected_purchases_of_new("1"), InvalidTypeError, "t must be a number"),
        (lambda: MODEL.probability_of(-1, 1), InvalidValueError, "n must be at least 0"),
        (lambda: MODEL.in_unit("months", per=0), InvalidValueError, "per must be finite and above 0"),
        (lambda: MODEL.outlook("anna", 3), InvalidTypeError, "outlook is that of a PurchaseHistory"),
    ],
)
def test_wrong_arguments_are_refused(call, error, says):
    with pytest.raises(error, match=says):
        call()


def test_models_are_kept():
    for model in (MODEL, MODIFIED):
        assert from_dict(to_dict(model), type(model)) == model
        assert eval(repr(model)) == model  # noqa: S307 - it prints as the code that makes it


@pytest.mark.parametrize("kind", MODELS)
def test_tiny_parameters_keep_their_digits(kind):
    """After one chance, the odds to have left are a / b, whatever the size of both, at T = t_x."""
    model = kind(1, 1, 3e-14, 1e-14)
    once = (1, 5.0, 5.0) if kind is BetaGeometricNBD else (0, 0.0, 0.0)
    assert model.p_alive(*once) == pytest.approx(0.25, rel=1e-9)
    assert model.probability_of(1, 1e9) == pytest.approx(0.75 if kind is BetaGeometricNBD else 0.0, abs=1e-8)


def test_of_several_local_maxima_the_largest_is_found():
    """The customers of this seed have two under the MBG/NBD model; the other one is 0.39 lower."""
    summary = customers(123)
    highest = ModifiedBetaGeometricNBD(1.18125, 8.53479, 0.223646, 0.154719)
    lower = ModifiedBetaGeometricNBD(0.236896, 3.54652, 0.449635, 2.69449)
    fit = ModifiedBetaGeometricNBD.fit(summary)
    assert fit.log_likelihood >= log_likelihood(highest, summary) > log_likelihood(lower, summary) + 0.38


HUGE = 10**400


@pytest.mark.parametrize("frequency", [36_526, 10**12, HUGE], ids=["one more", "many", "huge"])
def test_more_purchases_than_days_in_a_century_are_refused(frequency):
    with pytest.raises(InvalidValueError, match="frequency must be"):
        PurchaseSummary({(frequency, 30.0, 39.0): 3, (0, 0.0, 39.0): 4})
    stored = to_dict(PurchaseSummary({(1, 30.0, 39.0): 3}))
    assert PurchaseSummary({(36_525, 30.0, 39.0): 1}).repeat_purchases == 36_525
    with pytest.raises(DocumentError) as caught:
        from_dict({**stored, "counts": [[frequency, 30.0, 39.0, 3]]}, PurchaseSummary)
    assert any(said in str(caught.value) for said in ("frequency must be", "more than 40 digits"))


def test_the_chance_of_many_purchases_in_a_very_long_time_is_found_soon():
    """The tail has 1e10 terms; with r = 1 the number is geometric, and who leaves uniformly does so at chance k with 1 / k / (k + 1)."""
    model = BetaGeometricNBD(1, 1, 1, 1)
    assert model.probability_of(30_000, 1e9) == pytest.approx(1 / 30_000 / 30_001, rel=1e-3)
    assert BetaGeometricNBD(1e-9, 1, 1, 1).probability_of(30_000, 1e9) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    "call",
    [
        lambda model: model.p_alive(HUGE, 1, 2),
        lambda model: model.p_alive(1, 1, HUGE),
        lambda model: model.expected_purchases(1, HUGE, 1, 2),
        lambda model: model.expected_purchases(HUGE, 1, 1, 2),
        lambda model: model.expected_purchases_of_new(HUGE),
        lambda model: model.probability_of(HUGE, 1),
        lambda model: model.probability_of(36_526, 1),
        lambda model: model.probability_of(1, HUGE),
        lambda model: model.in_unit("months", per=HUGE),
        lambda model: model.outlook(PurchaseHistory(customer="anna", frequency=1, recency=1, T=2), HUGE),
        lambda _: PurchaseHistory(customer="anna", frequency=1, recency=1, T=HUGE),
        lambda model: type(model)(HUGE, 1, 1, 1),
        lambda model: type(model)(1, 1, 1, 10**60),
    ],
    ids=count(),
)
@pytest.mark.parametrize("kind", MODELS)
def test_numbers_beyond_what_there_is_are_refused(kind, call):
    with pytest.raises(InvalidValueError, match=r"below 10\*\*60|at most 36525"):
        call(kind(0.243, 4.414, 0.793, 2.426))


def test_a_fit_without_a_model_says_what_it_takes():
    once = PurchaseSummary({(1, 3.0, 9.0): 5, (0, 0.0, 9.0): 5})
    said = r"5 of 10 customers can tell; it takes a customer who bought again twice$"
    with pytest.raises(UndefinedMetricError, match=said):
        _ = BetaGeometricNBD.fit(once).model
    assert ModifiedBetaGeometricNBD.fit(once).reason is None
    never = ModifiedBetaGeometricNBD.fit(PurchaseSummary({(0, 0.0, 9.0): 5}))
    assert never.reason == "it takes a customer who bought again"
