"""The likelihood of renewals that differ between customers, and where it is largest."""

from collections.abc import Sequence
from math import exp, inf, log, log1p
from typing import Literal, NamedTuple

from cxkit.metrics._fits import FitStatus

RetentionFitReason = Literal[
    "churn_does_not_fall", "no_losses", "only_losses", "no_later_losses", "one_renewal", "no_renewals"
]
"""Why a fit is not an ordinary one."""
Renewals = Sequence[tuple[int, int]]  # how many came to each renewal, and how many of them were lost there
_CLOSE = 1e-9  # a step of the logs after which the next one would be within rounding
_MOST_STEPS = 200
_LONGEST = 2.0  # a step of the logs
_MOST_ODDS = 30.0  # the log of the odds of a mean that is still below 1
_TINY = 1e-300


class Estimate(NamedTuple):
    """Where the likelihood of a family of models is largest.

    Attributes:
        churn: The share lost at the first renewal; `None` where nothing is known.
        spread: By how much customers differ, `1 / (alpha + beta)`: from 0, where they are alike, to infinity. `None` where
            it is not known.
    """

    status: FitStatus
    reason: RetentionFitReason | None
    churn: float | None
    spread: float | None


def of_alike(renewals: Renewals) -> Estimate:
    """Estimate the churn of customers who are all alike: those lost over those who came to a renewal."""
    at_risk, lost = map(sum, zip(*renewals, strict=True)) if renewals else (0, 0)
    if not at_risk:
        return Estimate("not_identified", "no_renewals", None, None)
    reason: RetentionFitReason | None = "no_losses" if not lost else "only_losses" if lost == at_risk else None
    return Estimate("boundary" if reason else "ok", reason, lost / at_risk, 0.0)


def of_beta(renewals: Renewals) -> Estimate:
    """Estimate the churn of customers who differ from one another as a beta distribution does.

    With one renewal, only the mean is known. Customers who differ have a churn that falls with tenure, so where it does
    not fall on the whole, they are best taken to be alike: the likelihood falls from there, which the sign of its slope
    at `spread == 0` says in whole numbers. Where all losses are at the first renewal, it rises with the spread for ever.
    """
    alike = of_alike(renewals)
    later = sum(lost for _, lost in renewals[1:])
    if len(renewals) == 1:
        reason: RetentionFitReason = "only_losses" if alike.churn == 1.0 else "one_renewal"
        return Estimate("not_identified", reason, alike.churn, None)
    if alike.status == "not_identified" or alike.reason == "no_losses":
        return alike
    if not later:
        return Estimate("boundary", "no_later_losses", renewals[0][1] / renewals[0][0], None)
    if _slope(renewals) <= 0:
        return Estimate("boundary", "churn_does_not_fall", alike.churn, 0.0)
    return Estimate("ok", None, *_newton(renewals))


def log_likelihood(renewals: Renewals, churn: float, spread: float) -> float:
    """Give the log of the likelihood; the churn at renewal k + 1 is `churn / (1 + spread * k)`."""
    total = 0.0
    for k, (at_risk, lost) in enumerate(renewals):
        share = churn / (1.0 + spread * k)
        stays = log1p(-share) if share < 1.0 else -inf
        total += (lost and lost * log(share)) + (at_risk - lost and (at_risk - lost) * stays)
    return total


def _slope(renewals: Renewals) -> int:
    """Give a number with the sign of the likelihood's slope where customers are alike and the mean fits best, exact."""
    at_risk, lost = map(sum, zip(*renewals, strict=True))
    waited = sum(k * number for k, (number, _) in enumerate(renewals))
    lost_late = sum(k * number for k, (_, number) in enumerate(renewals))
    return lost * waited - at_risk * lost_late


def _newton(renewals: Renewals) -> tuple[float, float]:
    """Climb to the largest likelihood by Newton's method on the log odds of the mean and the log of the spread.

    With m the mean and s the spread, the likelihood is made of `lost * log(m) + kept * log(1 - m + s*k) - at_risk *
    log(1 + s*k)` for each renewal k + 1 (Fader and Hardie 2007, where `m = alpha / (alpha + beta)` and `s = 1 / (alpha +
    beta)`, with the products written out), so its slopes and curvatures need no special functions. Where it is not
    concave, the step goes uphill by the slopes; a step that goes down is halved.
    """
    odds, size = _start(renewals)
    best = log_likelihood(renewals, *_natural(odds, size))
    for _ in range(_MOST_STEPS):
        step = _step(renewals, *_natural(odds, size))
        while (found := log_likelihood(renewals, *_natural(odds + step[0], size + step[1]))) < best - abs(best) * 1e-14:
            step = step[0] / 2.0, step[1] / 2.0
        odds, size, best = odds + step[0], size + step[1], found
        if abs(step[0]) + abs(step[1]) < _CLOSE:
            break
    return _natural(odds, size)


def _start(renewals: Renewals) -> tuple[float, float]:
    """Return the log odds and the log of the spread that the first churn and the mean of the later ones suggest."""
    (at_risk, lost), *rest = renewals
    late, waited = sum(number for number, _ in rest), sum(k * number for k, (number, _) in enumerate(renewals))
    first, later = (lost + 0.5) / (at_risk + 1), (sum(number for _, number in rest) + 0.5) / (late + 1)
    odds = log((lost + 0.5) / (at_risk - lost + 0.5))
    return min(odds, _MOST_ODDS), log(max(first / later - 1.0, 0.05) * late / waited)


def _natural(odds: float, size: float) -> tuple[float, float]:
    """Return the mean and the spread."""
    return 1.0 / (1.0 + exp(-odds)), exp(size)


def _step(renewals: Renewals, mean: float, spread: float) -> tuple[float, float]:
    """Return by how much to change the log odds of the mean and the log of the spread."""
    stay = 1.0 - mean
    lost = sum(number for _, number in renewals)
    by_mean, by_both, by_spread = -lost / (mean * mean), 0.0, 0.0
    up_mean, up_spread = lost / mean, 0.0
    for k, (at_risk, gone) in enumerate(renewals):
        kept, all_ = stay + spread * k, 1.0 + spread * k
        share = (at_risk - gone) / kept
        up_mean -= share
        up_spread += k * (share - at_risk / all_)
        by_mean -= share / kept
        by_both += k * share / kept
        by_spread += k * k * (at_risk / (all_ * all_) - share / kept)
    scale = mean * stay
    up = up_mean * scale, up_spread * spread
    xx = by_mean * scale * scale + up[0] * (stay - mean)
    xy = by_both * scale * spread
    yy = by_spread * spread * spread + up[1]
    slope = xx * yy - xy * xy
    if xx < 0.0 < slope:
        step = (xy * up[1] - yy * up[0]) / slope, (xy * up[0] - xx * up[1]) / slope
    else:
        step = up[0] / (abs(xx) + _TINY), up[1] / (abs(yy) + _TINY)
    longest = max(abs(step[0]), abs(step[1]), _LONGEST) / _LONGEST
    return step[0] / longest, step[1] / longest
