"""Purchases beside lifetimes: summaries, fits, and what the models expect, on the CDNOW log and on random customers."""

import csv
import random
from collections import Counter
from datetime import datetime, timezone
from decimal import Decimal
from math import exp, log, log1p
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lifetimes import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter
from lifetimes.utils import ConvergenceError, summary_data_from_transaction_data

from cxkit.journey import Journey, Touchpoint
from cxkit.metrics import (
    BetaGeometricNBD,
    GammaGamma,
    ModifiedBetaGeometricNBD,
    PurchaseHistory,
    PurchaseSummary,
    purchase_histories,
)

pytestmark = pytest.mark.filterwarnings("ignore")
ROOT = Path(__file__).parents[2]
PAIRS = ((BetaGeometricNBD, BetaGeoFitter), (ModifiedBetaGeometricNBD, ModifiedBetaGeoFitter))


def customers(seed, number=60):
    draw = random.Random(seed)
    r, alpha, a, b = draw.choice([(0.243, 4.414, 0.793, 2.426), (1, 10, 1, 3), (2, 20, 0.5, 5), (0.5, 5, 2, 2)])
    found = []
    for _ in range(number):
        rate, chance, age = draw.gammavariate(r, 1 / alpha), draw.betavariate(a, b), draw.uniform(10, 39)
        at = x = recency = 0
        while rate and (at := at + draw.expovariate(rate)) <= age:
            x, recency = x + 1, at
            if draw.random() < chance:
                break
        found.append((x, float(recency), age))
    return found


def cdnow():
    with (ROOT / "tests/data/cdnow_customers_summary.csv").open(encoding="utf-8", newline="") as file:
        return [(int(row["frequency"]), float(row["recency"]), float(row["T"])) for row in csv.DictReader(file)]


def log_likelihood(rows, *, first, r, alpha, a, b):
    """Sum logs rather than take gammas, so that the noise of large parameters does not decide."""
    total = 0.0
    for x, recency, age in rows:
        k = x + first
        total += sum(log(r + i) - log(alpha) for i in range(x))
        total += sum(log(b + i) - log(a + b + i) for i in range(k - 1))
        alive = (b + (k - 1)) / (a + b + (k - 1)) * exp(-(r + x) * log1p(age / alpha)) if k else (1 + age / alpha) ** -r
        gone = a / (a + b + (k - 1)) * exp(-(r + x) * log1p(recency / alpha)) if k else 0.0
        total += log(alive + gone)
    return total


def fitted(fitter, rows):
    """Fit with lifetimes; `None` where it gives up."""
    try:
        return fitter().fit(*(np.array(column, float) for column in zip(*rows, strict=True)))
    except ConvergenceError:
        return None


@pytest.mark.parametrize(("kind", "fitter"), PAIRS)
def test_cdnow_is_fitted_alike(kind, fitter):
    rows = cdnow()
    fit, other = kind.fit(PurchaseSummary(Counter(rows))), fitted(fitter, rows)
    assert fit.status == "ok"
    for name, value in other.params_.items():
        assert getattr(fit.model, name) == pytest.approx(value, rel=1e-4)
    first = kind is ModifiedBetaGeometricNBD
    assert fit.log_likelihood >= log_likelihood(rows, first=first, **other.params_) - 1e-6


@pytest.mark.parametrize(("kind", "fitter"), PAIRS)
def test_random_customers_are_never_fitted_worse(kind, fitter, capsys):
    first, given_up = kind is ModifiedBetaGeometricNBD, 0
    for seed in range(60):
        rows = customers(seed)
        fit, other = kind.fit(PurchaseSummary(Counter(rows))), fitted(fitter, rows)
        assert fit.is_defined
        given_up += other is None
        if other is not None:
            assert fit.log_likelihood >= log_likelihood(rows, first=first, **other.params_) - 1e-6
    capsys.readouterr()  # lifetimes prints why it gives up
    assert given_up > 5


@pytest.mark.parametrize(("kind", "fitter"), PAIRS)
def test_customers_are_seen_alike(kind, fitter):
    other = fitted(fitter, cdnow())
    model = kind(**other.params_)
    for row in sorted({*cdnow()})[::9]:
        assert model.p_alive(*row) == pytest.approx(
            float(np.ravel(other.conditional_probability_alive(*row))[0]), rel=1e-8
        )
        theirs = other.conditional_expected_number_of_purchases_up_to_time(39, *row)
        assert model.expected_purchases(39, *row) == pytest.approx(float(np.ravel(theirs)[0]), rel=1e-8)
    for time in (1, 30, 400):
        theirs = other.expected_number_of_purchases_up_to_time(time)
        assert model.expected_purchases_of_new(time) == pytest.approx(float(theirs), rel=1e-8)
    for number in range(6):
        theirs = other.probability_of_n_purchases_up_to_time(30, number)
        assert model.probability_of(number, 30) == pytest.approx(float(theirs), rel=1e-8)


def test_the_log_is_summed_up_alike():
    lines = (ROOT / "examples/data/CDNOW_sample.txt").read_text(encoding="utf-8").splitlines()
    rows = [
        (row[1], datetime.strptime(row[2], "%Y%m%d").replace(tzinfo=timezone.utc), row[4])
        for row in map(str.split, lines)
    ]
    orders = {}
    for customer, when, spent in rows:
        orders.setdefault(customer, []).append(Touchpoint("order", when, value=Decimal(spent)))
    log = [Journey(customer, touchpoints) for customer, touchpoints in orders.items()]
    ours = {
        one.customer: one
        for one in purchase_histories(log, as_of=datetime(1997, 9, 30, tzinfo=timezone.utc), unit="days")
    }
    frame = pd.DataFrame(
        {
            "id": [row[0] for row in rows],
            "day": [row[1].date() for row in rows],
            "spent": [float(row[2]) for row in rows],
        }
    )
    theirs = summary_data_from_transaction_data(
        frame, "id", "day", "spent", observation_period_end="1997-09-30", freq="D"
    )
    assert len(ours) == len(theirs)
    for customer, row in theirs.iterrows():
        one = ours[customer]
        assert (one.frequency, one.recency, one.T) == (row["frequency"], row["recency"], row["T"])
        assert (one.mean_spend or 0.0) == pytest.approx(row["monetary_value"], rel=1e-12)


def test_spend_is_fitted_alike():
    with (ROOT / "tests/data/cdnow_customers_summary_with_transactions.csv").open(encoding="utf-8", newline="") as file:
        rows = [(int(row["x"]), row["zbar"]) for row in csv.DictReader(file) if int(row["x"])]
    histories = [
        PurchaseHistory(customer="x", frequency=x, recency=1, T=2, spend=Decimal(mean) * x) for x, mean in rows
    ]
    frequency, mean = np.array([x for x, _ in rows]), np.array([float(mean) for _, mean in rows])
    other = GammaGammaFitter().fit(frequency, mean)
    model = GammaGamma.fit(histories).model
    for name, value in other.params_.items():
        assert getattr(model, name) == pytest.approx(value, rel=1e-3)
    same = GammaGamma(**other.params_)
    theirs = other.conditional_expected_average_profit(frequency, mean)
    assert [same.expected_spend(int(x), float(m)) for x, m in zip(frequency, mean, strict=True)] == pytest.approx(
        theirs
    )
