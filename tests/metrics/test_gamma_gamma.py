"""The Gamma-Gamma model beside published figures, its density, and data that do not say enough."""

import csv
import json
from decimal import Decimal
from math import lgamma, log
from pathlib import Path
from random import Random

import pytest

from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import GammaGamma, PurchaseHistory

TESTS = Path(__file__).parents[1]
CASES = {case["id"]: case for case in json.loads((TESTS / "cases/churn.json").read_text(encoding="utf-8"))}
MODEL = GammaGamma(6.25, 3.74, 15.44)


def history(x, mean, customer="anna"):
    spend = None if mean is None else Decimal(str(mean)) * x
    return PurchaseHistory(customer=customer, frequency=x, recency=min(x, 9), T=10, spend=spend)


def cdnow():
    name = "data/cdnow_customers_summary_with_transactions.csv"
    with (TESTS / name).open(encoding="utf-8", newline="") as file:
        return [history(int(row["x"]), row["zbar"]) for row in csv.DictReader(file)]


def log_likelihood(model, histories):
    """Fader and Hardie 2013, eq. 1a."""
    p, q, v = model.p, model.q, model.v
    total = 0.0
    for x, mean in ((one.frequency, one.mean_spend) for one in histories if one.frequency):
        total += lgamma(p * x + q) - lgamma(p * x) - lgamma(q) + q * log(v)
        total += (p * x - 1) * log(mean) + p * x * log(x) - (p * x + q) * log(v + mean * x)
    return total


def test_cdnow_is_fitted_as_published():
    case = CASES["churn-095"]
    customers = cdnow()
    fit = GammaGamma.fit(customers)
    for name, value in case["expected"].items():
        assert getattr(fit.model, name) == pytest.approx(value, abs=case["tolerance"][name])
    assert (fit.status, fit.customers, fit.used) == ("ok", 2357, 946)
    assert fit.log_likelihood == pytest.approx(log_likelihood(fit.model, customers), rel=1e-11)
    for other in (fit.model.p * 1.01, fit.model.p * 0.99):
        assert log_likelihood(GammaGamma(other, fit.model.q, fit.model.v), customers) < fit.log_likelihood
    for other in (fit.model.q * 1.01, fit.model.q * 0.99):
        assert log_likelihood(GammaGamma(fit.model.p, other, fit.model.v), customers) < fit.log_likelihood


def test_the_mean_is_undefined_where_it_is_infinite():
    case = CASES["churn-096"]
    model = GammaGamma(case["input"]["p"], case["input"]["q"], case["input"]["v"])
    assert case["expected"]["value"] == [None]
    with pytest.raises(UndefinedMetricError, match=r"p \* x \+ q must be above 1, got 0.9"):
        _ = model.mean_spend
    assert model.expected_spend(1, 20) == pytest.approx(6.25 * 35.44 / 6.15)
    with pytest.raises(UndefinedMetricError):
        GammaGamma(0.5, 0.4, 10).expected_spend(1, 20)


def test_what_is_expected_lies_between_the_customer_and_all():
    assert MODEL.mean_spend == pytest.approx(6.25 * 15.44 / 2.74)
    assert MODEL.expected_spend(0, 99) == MODEL.mean_spend
    for mean in (5.0, 80.0):
        spends = [MODEL.expected_spend(x, mean) for x in (1, 3, 9, 1000)]
        assert spends == sorted(spends, reverse=mean < MODEL.mean_spend)
        assert spends[-1] == pytest.approx(mean, rel=0.01)
    # Fader and Hardie 2013, eq. 5: the mean of the customer weighs p * x / (p * x + q - 1).
    weight = 6.25 * 2 / (6.25 * 2 + 2.74)
    assert MODEL.expected_spend(2, 22.35) == pytest.approx(weight * 22.35 + (1 - weight) * MODEL.mean_spend)


def test_the_currency_changes_nothing_but_the_amounts():
    customers = simulated(2)
    cents = [history(one.frequency, round(one.mean_spend * 100, 2)) for one in customers]
    fit, other = GammaGamma.fit(customers), GammaGamma.fit(cents)
    assert other.model.p == pytest.approx(fit.model.p, rel=1e-4)
    assert other.model.v == pytest.approx(100 * fit.model.v, rel=1e-4)
    assert other.log_likelihood == pytest.approx(fit.log_likelihood - 60 * log(100), abs=1e-6)


def simulated(seed, number=60):
    draw = Random(seed)
    found = []
    for _ in range(number):
        x, rate = draw.randint(1, 6), draw.gammavariate(4, 1 / 15)
        found.append(history(x, round(sum(draw.gammavariate(6, 1 / rate) for _ in range(x)) / x, 4) + 0.01))
    return found


def test_simulated_customers_are_fitted():
    for seed in range(8):
        customers = simulated(seed)
        fit = GammaGamma.fit(customers)
        assert fit.status in {"ok", "boundary"}
        assert fit.log_likelihood >= log_likelihood(GammaGamma(6, 4, 15), customers)


def test_customers_who_always_spend_alike_are_a_limit():
    draw = Random(3)
    customers = [history(x, round(60 / draw.gammavariate(4, 1), 2)) for x in (1, 2, 9, 60) for _ in range(30)]
    assert GammaGamma.fit(customers).limits == ("always_the_same",)


def test_customers_who_are_all_alike_are_a_limit():
    draw = Random(4)
    customers = [history(x, round(draw.gammavariate(6 * x, 20 / (6 * x)), 4)) for x in [1, 2, 4, 8, 16] * 12]
    fit = GammaGamma.fit(customers)
    assert (fit.status, fit.limits) == ("boundary", ("all_alike",))
    assert fit.model.mean_spend == pytest.approx(20, rel=0.1)
    assert fit.model.expected_spend(16, 60) == pytest.approx(fit.model.mean_spend, rel=1e-3)


def test_a_parameter_far_out_need_not_be_at_a_limit():
    draw = Random(4)
    customers = [
        history(x, round(sum(draw.gammavariate(4, 5) for _ in range(x)) / x, 4)) for x in [1, 2, 4, 8, 16] * 12
    ]
    fit = GammaGamma.fit(customers)
    assert (fit.status, fit.limits) == ("ok", ())
    assert 500 < fit.model.q < 5000
    further = GammaGamma(fit.model.p, 1e6, fit.model.v * 1e6 / fit.model.q)
    assert log_likelihood(further, customers) < fit.log_likelihood


@pytest.mark.parametrize("customers", [[], [history(0, None)], [history(2, 5)], [history(2, 5), history(1, 5)]])
def test_one_amount_says_nothing(customers):
    fit = GammaGamma.fit(customers)
    assert (fit.status, fit.model_or(None)) == ("not_identified", None)
    with pytest.raises(UndefinedMetricError, match="not identified"):
        _ = fit.model


def test_who_spent_nothing_or_something_unknown_is_left_out():
    customers = simulated(1)
    strange = [history(2, 0), history(3, None), history(0, None), history(1, -5)]
    fit = GammaGamma.fit([*customers, *strange])
    assert (fit.customers, fit.used) == (64, 60)
    assert fit.model == GammaGamma.fit(customers).model


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: GammaGamma(0, 1, 1), InvalidValueError, "p must be finite and above 0"),
        (lambda: GammaGamma(1, "1", 1), InvalidTypeError, "q must be a number"),
        (lambda: GammaGamma.fit([3]), InvalidTypeError, "expected a PurchaseHistory, got 3"),
        (lambda: MODEL.expected_spend(-1, 2), InvalidValueError, "x must be at least 0"),
        (lambda: MODEL.expected_spend(1.5, 2), InvalidTypeError, "x must be an int"),
        (lambda: MODEL.expected_spend(1, 0), InvalidValueError, "the mean spend must be finite and above 0"),
        (lambda: MODEL.expected_spend(1, "2"), InvalidTypeError, "the mean spend must be a number"),
    ],
)
def test_wrong_arguments_are_refused(call, error, says):
    with pytest.raises(error, match=says):
        call()


def test_the_model_is_kept():
    assert from_dict(to_dict(MODEL), GammaGamma) == MODEL
    assert eval(repr(MODEL)) == MODEL  # noqa: S307 - it prints as the code that makes it


@pytest.mark.parametrize(
    ("customers", "said"),
    [
        ([history(0, None)], "0 of 1 customers can tell; it takes 2 who"),
        ([history(2, 5)], "1 of 1 customers can tell; it takes 2 who bought again and spend differently"),
        ([history(2, 5), history(1, 5)], "2 of 2 customers can tell; all of them spend the same"),
    ],
)
def test_a_fit_without_a_model_says_what_it_takes(customers, said):
    with pytest.raises(UndefinedMetricError, match=said):
        _ = GammaGamma.fit(customers).model


def test_numbers_beyond_what_there_is_are_refused():
    for call in (
        lambda: GammaGamma(10**400, 1, 1),
        lambda: MODEL.expected_spend(1, 10**400),
        lambda: MODEL.expected_spend(10**400, 1),
    ):
        with pytest.raises(InvalidValueError, match=r"below 10\*\*60"):
            call()
