"""How fast a shifted-beta-geometric model is fitted, beside scipy on the same likelihood: ratios of one run."""

from time import perf_counter

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln

from cxkit.calendar import years
from cxkit.metrics import RenewalCounts, ShiftedBetaGeometric

BOUND = 0.05
SURVIVORS = {
    "regular": [1000, 631, 468, 382, 326, 289, 262, 241],  # Fader and Hardie 2007, table 1
    "high end": [1000, 869, 743, 653, 593, 551, 517, 491],
}


def seconds(function, times=200):
    """Return the least of several runs."""
    best = float("inf")
    for _ in range(times):
        began = perf_counter()
        function()
        best = min(best, perf_counter() - began)
    return best


def beside_scipy(name, survivors):
    """Fit as the paper does it in a spreadsheet, on the logs of the parameters, which keeps them above 0."""
    alive = np.array(survivors)
    lost, kept, renewals = -np.diff(alive), alive[-1], np.arange(1, len(alive))

    def loss(logs):
        alpha, beta = np.exp(logs)
        whole = betaln(alpha, beta)
        churned = lost @ (betaln(alpha + 1, beta + renewals - 1) - whole)
        return -(churned + kept * (betaln(alpha, beta + renewals[-1]) - whole))

    counts = RenewalCounts.from_survivors(survivors, per=years(1))
    ours = seconds(lambda: ShiftedBetaGeometric.fit(counts))
    likely = ShiftedBetaGeometric.fit(counts).log_likelihood
    for method in ("BFGS", "Nelder-Mead"):
        found = minimize(loss, np.zeros(2), method=method)
        theirs = seconds(lambda method=method: minimize(loss, np.zeros(2), method=method), times=20)
        print(
            f"sBG fit, {name}: {1e3 * ours:.3f} ms, {ours / theirs:.3f} times scipy's {method} (at most {BOUND}); "
            f"log-likelihood {likely:.6f} and {-found.fun:.6f}"
        )


if __name__ == "__main__":
    for name, survivors in SURVIVORS.items():
        beside_scipy(name, survivors)
