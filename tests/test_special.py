"""Special functions beside their series in 40 digits, and beside closed forms; the fitting of smooth functions."""

from decimal import Decimal, localcontext
from math import comb, exp, inf, isclose, lgamma, log, log1p, pi

import pytest

from cxkit._fitting import maximise
from cxkit._special import beta_mean, digamma, log_beta, log_gamma_ratio

EULER = 0.57721566490153286


def series(a, b, c, z):
    """Sum the hypergeometric series in 40 digits."""
    with localcontext() as context:
        context.prec = 40
        a, b, c, z = map(Decimal, (a, b, c, z))
        total = term = Decimal(1)
        n = 0
        while term > total * (1 - z) * Decimal("1e-20"):
            term *= (a + n) * (b + n) / ((c + n) * (1 + n)) * z
            total += term
            n += 1
        return float(total)


def of_euler(a, b, c, z):
    """Give the hypergeometric function as a mean of a beta distribution: Euler's integral, Abramowitz and Stegun 15.3.1."""
    return beta_mean(lambda p: exp(-a * log1p(p * z / (1.0 - z))), c - b, b) * exp(-a * log1p(-z))


@pytest.mark.parametrize("z", [0.0, 0.3, 0.9, 0.99, 1 / 1.001])
@pytest.mark.parametrize(
    ("a", "b", "c"),
    [(1.0, 1.0, 2.0), (1.0, 1.2, 1.9), (1.0, 0.003, 130.0), (1.0, 900.0, 903.5), (2.5, 2.4, 4.0), (4.0, 0.004, 770.0)],
)
def test_a_mean_of_a_beta_distribution_is_the_hypergeometric_series(a, b, c, z):
    assert isclose(of_euler(a, b, c, z), series(a, b, c, z), rel_tol=2e-13)


@pytest.mark.parametrize("z", [0.5, 1 - 1e-6, 1 - 1e-9, 1 - 1e-12])
def test_a_mean_has_the_closed_forms_of_that_function_as_near_to_one_as_you_like(z):
    assert isclose(of_euler(1.0, 1.0, 2.0, z), -log1p(-z) / z, rel_tol=1e-13)
    assert isclose(of_euler(1.0, 2.0, 3.0, z), -2.0 * (log1p(-z) + z) / z**2, rel_tol=1e-13)  # DLMF 15.4


@pytest.mark.parametrize("a", [1e-4, 0.02, 1.0, 3.7, 250.0, 1e6])
@pytest.mark.parametrize("b", [1e-4, 0.5, 1.0, 41.0, 1e5])
def test_means_of_a_beta_distribution_are_its_moments(a, b):
    assert isclose(beta_mean(lambda p: p, a, b), a / (a + b), rel_tol=1e-12)
    assert isclose(beta_mean(lambda p: 1.0 - p, b, a), a / (a + b), rel_tol=1e-9)
    assert isclose(beta_mean(lambda p: p * p, a, b), a * (a + 1) / ((a + b) * (a + b + 1)), rel_tol=1e-12)


def test_digamma_is_the_slope_of_log_gamma():
    assert isclose(digamma(1.0), -EULER, rel_tol=1e-15)
    assert isclose(digamma(0.5), -EULER - 2.0 * log(2.0), rel_tol=1e-15)
    assert isclose(digamma(0.25), -EULER - pi / 2.0 - 3.0 * log(2.0), rel_tol=1e-15)
    assert isclose(digamma(31.0), sum(1.0 / n for n in range(1, 31)) - EULER, rel_tol=1e-14)
    assert isclose(digamma(1e12), log(1e12) - 0.5e-12, rel_tol=1e-15)


@pytest.mark.parametrize("x", [0.001, 0.7, 9.99, 10.0, 10.01, 47.3, 1e6, 1e15])
def test_ratios_of_gammas_are_products(x):
    for n in (0, 1, 2, 7, 30):
        assert isclose(log_gamma_ratio(x, n), sum(log(x + i) for i in range(n)), rel_tol=1e-13, abs_tol=1e-13)


@pytest.mark.parametrize(
    ("a", "b", "inverse"), [(1, 1, 1), (2, 3, 12), (3, 2, 12), (0.5, 0.5, 1 / pi), (12, 15, 15 * comb(26, 11))]
)
def test_the_beta_function_is_known_for_whole_numbers(a, b, inverse):
    assert isclose(exp(-log_beta(a, b)), inverse, rel_tol=1e-13)


def test_the_beta_function_does_not_lose_its_digits_in_large_numbers():
    assert isclose(log_beta(1e15, 1.0), -log(1e15), rel_tol=1e-15)
    assert lgamma(1e15) + lgamma(1.0) - lgamma(1e15 + 1.0) != -log(1e15)


def valley(point):
    """Rosenbrock's valley, upside down: one maximum, at (1, 1)."""
    x, y = point
    return -((1 - x) ** 2) - 100 * (y - x * x) ** 2, (2 * (1 - x) + 400 * x * (y - x * x), -200 * (y - x * x))


def test_the_top_of_a_bent_ridge_is_found():
    top = maximise(valley, (-1.2, 1.0))
    assert top.point == pytest.approx((1.0, 1.0), abs=1e-7)
    assert top.iterations < 60


def test_a_function_that_rises_for_ever_is_followed_until_it_is_flat():
    end = maximise(lambda at: (-exp(-at[0]), (exp(-at[0]),)), (0.0,))
    assert end.value == pytest.approx(0.0, abs=1e-8)


def test_a_function_that_bends_upwards_is_left_behind():
    top = maximise(lambda at: (-((at[0] ** 2 - 4) ** 2) / 16, (-at[0] * (at[0] ** 2 - 4) / 4,)), (0.01,))
    assert top.point[0] == pytest.approx(2.0, abs=1e-8)


def test_a_kink_is_an_answer():
    top = maximise(lambda at: (-abs(at[0] - 0.3), (1.0 if at[0] < 0.3 else -1.0,)), (0.0,))
    assert top.point[0] == pytest.approx(0.3, abs=1e-6)


def test_who_never_arrives_stops():
    endless = maximise(lambda at: (at[0], (1.0,)), (0.0,))
    assert endless.iterations == 300


def test_a_slope_that_lies_ends_the_climb():
    assert maximise(lambda at: (-at[0], (1.0,)), (0.0,)).point == (0.0,)
    assert maximise(lambda at: (-inf if at[0] else 0.0, (1.0,)), (0.0,)).iterations == 0
