"""How many purchases come within a time, with customers who leave for good at one of them."""

from math import exp, expm1, lgamma, log, log1p

from cxkit._special import beta_mean, log_gamma_ratio

_SUMMED_UP_TO = 8.0  # beyond, an integral takes fewer steps
_NEGLIGIBLE = 1e-17
_LONG_TAIL = 1e5  # the odds from which a tail has millions of terms
_TINY = 1e-200
_SMALLEST = -700.0  # of a log that a float can be the power of


def expected_before_leaving(r: float, odds: float, a: float, b: float) -> float:
    """Give the mean number of purchases up to and with the one at which a customer leaves.

    Without leaving, there would be n of them, negative binomial with `r` and the mean `r * odds`; the k-th is still made with
    the probability `(b)_k / (a + b)_k`, k from 0. Summed over k and n, all terms are positive, unlike those of eq. 9 and 10 of
    Fader, Hardie and Lee (2005), which are the same but for a = 1 and a + b = 1, where they say 0 / 0. Where the sum would be
    long, it is taken as an integral over the probability p to leave, `(1 - (1 + p * odds)**-r) / p`.
    """
    none = -r * log1p(odds)
    if odds > _SUMMED_UP_TO or none < _SMALLEST:
        return beta_mean(lambda p: -expm1(-r * log1p(p * odds)) / p if p * odds > _TINY else r * odds, a, b)
    share = odds / (1.0 + odds)
    chance, still, made, total = exp(none), 1.0, 0.0, 0.0
    n = 0
    while n < r * odds or chance * made > _NEGLIGIBLE * total * (1.0 - share) or n == 0:
        chance *= (r + n) / (n + 1.0) * share
        made += still
        still *= (b + n) / (a + b + n)
        total += chance * made
        n += 1
    return total


def chance_of(n: int, r: float, odds: float) -> float:
    """Give the negative binomial probability of n purchases, whose mean is `r * odds`."""
    if odds == 0.0:
        return float(n == 0)
    log_share = -log1p(1.0 / odds)
    return exp(log_gamma_ratio(r, n) - lgamma(n + 1.0) - r * log1p(odds) + n * log_share)


def chance_of_at_least(n: int, r: float, odds: float) -> float:
    """Give the negative binomial probability of n purchases or more, from the tail that has less to add up."""
    if n <= r * odds or odds > _LONG_TAIL:
        return max(0.0, 1.0 - sum(chance_of(i, r, odds) for i in range(n)))
    total = term = chance_of(n, r, odds)
    share = odds / (1.0 + odds)
    while term > _NEGLIGIBLE * total * (1.0 - share):
        term *= (r + n) / (n + 1.0) * share
        total += term
        n += 1
    return total


def log_still_there(chances: int, a: float, b: float) -> float:
    """Give the log of the probability to have passed up some chances to leave, `(b)_k / (a + b)_k`."""
    return log_gamma_ratio(b, chances) - log_gamma_ratio(a + b, chances)


def log_odds_gone(
    r: float, alpha: float, a: float, b: float, *, bought: int, chances: int, ends: tuple[float, float]
) -> float:
    """Give the log odds that a customer left at the last purchase.

    `a / (b + k - 1) * ((alpha + T) / (alpha + t_x))**(r + x)`, after k chances; in logs, which do not overflow.
    """
    recency, age = ends
    return log(a) - log(b + (chances - 1)) + (r + bought) * log1p((age - recency) / (alpha + recency))
