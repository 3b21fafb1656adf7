"""Projection beside scipy: the fit on the same likelihood, and expected lifetimes by its hypergeometric function."""

import random

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import hyp2f1, xlog1py, xlogy

from cxkit.calendar import years
from cxkit.metrics import DiscountRate, RenewalCounts, ShiftedBetaGeometric

YEAR = years(1)


def cohort(seed):
    """Draw customers who differ, and let them renew or not."""
    draw = random.Random(seed)
    alpha, beta = draw.uniform(0.3, 4), draw.uniform(0.5, 12)
    churn = [draw.betavariate(alpha, beta) for _ in range(draw.randint(50, 2000))]
    left = [next((time for time in range(1, 9) if draw.random() < share), 9) for share in churn]
    return [sum(time > renewals for time in left) for renewals in range(draw.randint(4, 9))]


def loss(survivors):
    """Give what to minimise, from the churn at each renewal: differences of beta functions lose their digits at a limit."""
    alive = np.array(survivors)
    lost, kept, renewals = -np.diff(alive), alive[1:], np.arange(1, len(alive))

    def of_logs(logs):
        alpha, beta = np.exp(logs)
        churn = alpha / (alpha + beta + renewals - 1)
        return -(xlogy(lost, churn) + xlog1py(kept, -churn)).sum()

    return of_logs


@pytest.mark.parametrize("seed", range(30))
def test_scipy_finds_no_likelier_model(seed):
    survivors = cohort(seed)
    fit = ShiftedBetaGeometric.fit(RenewalCounts.from_survivors(survivors, per=YEAR))
    found = minimize(loss(survivors), np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
    assert fit.log_likelihood >= -found.fun - 1e-7
    if fit.status == "ok":
        assert fit.log_likelihood == pytest.approx(-found.fun, rel=1e-9)
        assert (fit.model.alpha, fit.model.beta) == pytest.approx(np.exp(found.x), rel=1e-4)


@pytest.mark.parametrize("rate", [1.0, 0.1, 0.01])
@pytest.mark.parametrize("sizes", [(0.3, 0.4), (0.668, 3.806), (3.8, 15.19), (40.0, 9.0)])
def test_expected_lifetimes_are_the_hypergeometric_function(sizes, rate):
    alpha, beta = sizes
    model, discount = ShiftedBetaGeometric(alpha, beta, per=YEAR), DiscountRate(rate, per=YEAR)
    expected = hyp2f1(1.0, beta, alpha + beta, 1.0 / (1.0 + rate))
    assert model.discounted_expected_lifetime(discount) == pytest.approx(expected, rel=1e-10)
    for renewal in (1, 4):
        later = beta + renewal
        share = (later - 1) / (alpha + later - 1)
        expected = share * hyp2f1(1.0, later, alpha + later, 1.0 / (1.0 + rate))
        found = model.discounted_residual_lifetime(discount, before_renewal=renewal)
        assert found == pytest.approx(expected, rel=1e-10)
