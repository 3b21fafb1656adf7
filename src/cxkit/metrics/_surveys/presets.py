"""Scales that the field knows by name: CSAT, CES, stars and thumbs, each with the number that is made of it."""

from collections.abc import Mapping
from typing import Literal

from cxkit._checks import a_count, one_of
from cxkit.errors import InvalidValueError
from cxkit.metrics._surveys.scales import ScaleSpec

CsatSystem = Literal["formbricks", "zencity"]
"""By whose rule answers count as satisfied."""
CesVariant = Literal[
    "delighted", "simplesat", "nicereply", "cys-5-mean", "cys-5-index", "cys-7-mean", "cys-7-index", "original"
]
"""Which of the numbers that are called Customer Effort Score."""

# How many of the best scores count as satisfied, by the number of points
_CSAT: Mapping[CsatSystem, Mapping[int, int]] = {
    "formbricks": {3: 1, 4: 2, 5: 2, 6: 2, 7: 2, 10: 3},
    "zencity": {5: 2, 6: 3, 7: 3},
}
STARS = ScaleSpec(1, 5, direction="higher_is_better", statistic="mean", top_box=2, bottom_box=2, name="stars")
"""Star ratings from 1 to 5, by their mean."""
THUMBS = ScaleSpec(0, 1, direction="higher_is_better", statistic="top_box", top_box=1, bottom_box=1, name="thumbs")
"""Good (1) or bad (0), by the share of good ones, as Zendesk has it."""


def csat_scale(points: int, *, system: CsatSystem | None = None) -> ScaleSpec:
    """Return the scale of a customer satisfaction score: the share of the satisfied, from 1 to so many points.

    On 5 points those are 4 and 5 everywhere. On 6 and 7 points systems differ, and one must be named: Formbricks counts
    the best two, Zencity the best three.

    Args:
        points: The highest score.
        system: By whose rule; needed only where they differ.

    >>> from cxkit.metrics import csat_scale
    >>> csat_scale(5).top_scores, csat_scale(7, system="zencity").top_scores
    ((4, 5), (5, 6, 7))
    """
    a_count(points, "points", least=2)
    systems: tuple[CsatSystem, ...] = tuple(_CSAT) if system is None else (one_of(system, _CSAT, "system"),)
    found = {name: _CSAT[name][points] for name in systems if points in _CSAT[name]}
    if not found:
        known = sorted({scale for name in systems for scale in _CSAT[name]})
        msg = f"no system is known to count csat on {points} points, only on {known}; declare it as a ScaleSpec"
        raise InvalidValueError(msg, points)
    if len(set(found.values())) > 1:
        msg = f"systems differ in how many of {points} scores are satisfied ones, {found}; name one as system="
        raise InvalidValueError(msg, points)
    width = next(iter(found.values()))
    return ScaleSpec(1, points, direction="higher_is_better", statistic="top_box", top_box=width, name="csat")


def ces_scale(variant: CesVariant) -> ScaleSpec:
    """Return the scale of one of the Customer Effort Scores; no two of them add or compare.

    Args:
        variant: `"delighted"` is the share of 4 and 5 of 5, `"simplesat"` that of 5 to 7 of 7; `"nicereply"`,
            `"cys-5-mean"` and `"cys-7-mean"` are means; `"cys-5-index"` is the share of 4 and 5 less that of 1 and 2,
            `"cys-7-index"` that of 6 and 7 less that of 1 to 3. A high score is good in all of them. `"original"` is the
            mean of the effort from 1, very low, to 5, very high, where a low one is good (Dixon, Freeman and Toman 2010).

    >>> from cxkit.metrics import ces_scale
    >>> ces_scale("original").direction, ces_scale("cys-7-index").bottom_scores
    ('lower_is_better', (1, 2, 3))
    """
    return _CES[one_of(variant, _CES, "variant")]


def _easy(
    variant: CesVariant, high: int, statistic: Literal["top_box", "net", "mean"], top: int, bottom: int
) -> ScaleSpec:
    return ScaleSpec(
        1,
        high,
        direction="higher_is_better",
        statistic=statistic,
        top_box=top,
        bottom_box=bottom,
        name=f"ces ({variant})",
    )


_CES: Mapping[CesVariant, ScaleSpec] = {
    "delighted": _easy("delighted", 5, "top_box", 2, 2),
    "simplesat": _easy("simplesat", 7, "top_box", 3, 0),
    "nicereply": _easy("nicereply", 7, "mean", 0, 0),
    "cys-5-mean": _easy("cys-5-mean", 5, "mean", 2, 2),
    "cys-5-index": _easy("cys-5-index", 5, "net", 2, 2),
    "cys-7-mean": _easy("cys-7-mean", 7, "mean", 0, 0),
    "cys-7-index": _easy("cys-7-index", 7, "net", 2, 3),
    "original": ScaleSpec(1, 5, direction="lower_is_better", statistic="mean", name="ces (original)"),
}
