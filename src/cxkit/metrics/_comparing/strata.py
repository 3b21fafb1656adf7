"""The Net Promoter Score of a population, from answers of groups that answer more or less often."""

from collections.abc import Hashable, Mapping
from decimal import Decimal
from fractions import Fraction
from math import hypot
from typing import Any, Literal, TypeAlias, cast

import attrs
from typing_extensions import override

from cxkit import _charts, _measured, _stats
from cxkit._checks import frozen, one_of, shown
from cxkit._tables import aligned
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import Nps
from cxkit.metrics._comparing.answers import Answers
from cxkit.metrics._comparing.groups import by_group
from cxkit.metrics._nps.scale import POINTS
from cxkit.tallies import Interval

PopulationShare: TypeAlias = int | Fraction | Decimal | float
"""The share of a group in a population; a whole number counts its people."""
StratifiedMethod = Literal["score", "wald"]
"""How the interval of a weighted score is found."""
METHODS: tuple[StratifiedMethod, ...] = ("score", "wald")
ROUNDING = Fraction(1, 10**9)  # what floats that should sum to 1 may be off by


def _scores(groups: Mapping[Any, Nps]) -> Mapping[Hashable, Nps]:
    """Keep the answers of each group."""
    kept = by_group(groups)
    for nps in kept.values():
        if not isinstance(nps, Nps):
            msg = f"a weighted nps is made of an Nps each, got {nps!r}"
            raise InvalidTypeError(msg, nps)
    return cast("Mapping[Hashable, Nps]", kept)


def _shares(given: Mapping[Any, PopulationShare]) -> Mapping[Hashable, Fraction]:
    """Keep shares as fractions that sum to 1; whole numbers count the population."""
    if not isinstance(given, Mapping):
        msg = f"shares must be a mapping from groups to their shares, got {shown(given)}"
        raise InvalidTypeError(msg, given)
    found = {group: _a_share(share, group) for group, share in given.items()}
    total = sum(found.values(), start=Fraction())
    kinds = {type(share) for share in given.values()}
    slack = ROUNDING if float in kinds else 0
    if kinds != {int} and abs(total - 1) > slack:
        msg = f"shares must sum to 1, got {shown(given)}, which sum to {float(total)}; or give counts of the population"
        raise InvalidValueError(msg, given)
    return frozen({group: share / total for group, share in found.items()})


def _a_share(share: PopulationShare, group: Hashable) -> Fraction:
    if isinstance(share, bool) or not isinstance(share, int | Fraction | Decimal | float):
        msg = f"the share of {group!r} must be a number, or a count of the population, got {share!r}"
        raise InvalidTypeError(msg, share)
    try:
        exactly = Fraction(share)
    except (ValueError, OverflowError):  # NaN, infinite
        exactly = Fraction()
    if exactly <= 0:
        msg = f"the share of {group!r} must be above 0, got {share!r}; leave the group out of both if nobody is in it"
        raise InvalidValueError(msg, share)
    return exactly


@attrs.frozen
class StratifiedNps(_measured.Measured, _charts.Charted):
    """The Net Promoter Score of a population, post-stratified: each group counts by its share, however many answered.

    `sum(W * nps)` over the groups, where `W` is the share of a group in the population (Cochran 1977, chapter 5A). It is
    undefined where a group has no answers: nobody speaks for it. Merge it with one that is like it, and add the shares.

    Attributes:
        groups: The answers of each group.
        shares: The share of each group in the population. Whole numbers count its people; fractions and decimals must
            sum to 1 exactly, floats to within a billionth. Kept as fractions that sum to 1.

    >>> from cxkit.metrics import Nps, StratifiedNps
    >>> score = StratifiedNps({"web": Nps(60, 20, 20), "shop": Nps(5, 5, 10)}, {"web": 3000, "shop": 7000})
    >>> low, high = score.interval()
    >>> round(score.value, 1), round(low, 1), round(high, 1)
    (-5.5, -27.8, 21.4)
    >>> round(score.effective_n, 1), round(score.design_effect, 2)
    (39.4, 3.05)
    """

    groups: Mapping[Hashable, Nps] = attrs.field(converter=_scores)
    shares: Mapping[Hashable, Fraction] = attrs.field(converter=_shares)

    def __attrs_post_init__(self) -> None:
        if self.groups.keys() != self.shares.keys():
            unshared = [group for group in self.groups if group not in self.shares]
            unanswered = [group for group in self.shares if group not in self.groups]
            msg = f"groups and shares must be of the same groups, got no share of {unshared} and no answers of {unanswered}"
            raise InvalidValueError(msg, self.shares)

    @property
    def total(self) -> int:
        """How many answered."""
        return sum(nps.total for nps in self.groups.values())

    @property
    def is_defined(self) -> bool:
        """Whether there are answers of every group."""
        return all(nps.is_defined for nps in self.groups.values())

    @property
    def value(self) -> float:
        """The score, from -100 to 100; raises `UndefinedMetricError` where a group has no answers."""
        self._check()
        return float(sum(self.shares[group] * Answers.of(nps).value for group, nps in self.groups.items()))

    @property
    def standard_error(self) -> float:
        """The standard error in points, `sqrt(sum(W**2 * v / n))`; raises `UndefinedMetricError` where a group is empty."""
        self._check()
        return hypot(*(float(self.shares[group]) * nps.standard_error for group, nps in self.groups.items()))

    @property
    def effective_n(self) -> float:
        """How many answers of a simple random sample would tell as much about equal groups (Kish 1965).

        It is `sum(w)**2 / sum(w**2)` of the weights of all answers, each the share of its group by their number; raises
        `UndefinedMetricError` where a group has no answers.
        """
        self._check()
        return float(1 / sum(share * share / self.groups[group].total for group, share in self.shares.items()))

    @property
    def design_effect(self) -> float:
        """By how many times the weights raise the variance: answers over effective answers, at least 1."""
        return self.total / self.effective_n

    def interval(self, confidence: float = 0.95, *, method: StratifiedMethod = "score") -> Interval:
        """Return where the score may lie, in points; from -100 to 100 where a group has no answers.

        Args:
            confidence: Between 0 and 1.
            method: `"score"` joins the score intervals of the groups, `value - sqrt(sum((W * (nps - low))**2))` and the
                same upwards (Zou, Huang and Zhang 2009), and has a width for unanimous groups, too. `"wald"` is the
                textbook's: the standard error each way, cut off at the ends of the scale.
        """
        one_of(method, METHODS, "method")
        z = _stats.z_value(confidence)
        if not self.is_defined:
            return Interval(-float(POINTS), float(POINTS))
        if method == "wald":
            down = up = z * self.standard_error
        else:
            down, up = self._reach(confidence)
        return Interval(max(-float(POINTS), self.value - down), min(float(POINTS), self.value + up))

    def _reach(self, confidence: float) -> tuple[float, float]:
        """Return how far the score interval goes, down and up."""
        weighed = [
            (float(self.shares[group]), nps.value, nps.interval(confidence)) for group, nps in self.groups.items()
        ]
        return (
            hypot(*(share * (value - interval.low) for share, value, interval in weighed)),
            hypot(*(share * (interval.high - value) for share, value, interval in weighed)),
        )

    def rows(self, confidence: float = 0.95) -> list[dict[str, object]]:
        """Return a row for each group: its answers, share and weight, its score and the interval of that.

        Args:
            confidence: Of the intervals, between 0 and 1.
        """
        return [
            {
                "group": group,
                "answers": nps.total,
                "share": float(self.shares[group]),
                "weight": float(self.shares[group] * self.total / nps.total) if nps.total else None,
                "nps": nps.value_or(None),
                **nps.interval(confidence)._asdict(),
            }
            for group, nps in self.groups.items()
        ]

    @override
    def chart(self) -> _charts.Spec:
        return _charts.forest(self._with_whole(), number="nps", title="NPS by group, and weighted")

    @override
    def __str__(self) -> str:
        return aligned(self._with_whole())

    def _with_whole(self) -> list[dict[str, object]]:
        whole = {
            "group": "(weighted)",
            "answers": self.total,
            "share": 1.0,
            "weight": None,
            "nps": self.value_or(None),
            **self.interval()._asdict(),
        }
        return [*self.rows(), whole]

    def _check(self) -> None:
        if not self.is_defined:
            silent = [group for group, nps in self.groups.items() if not nps.is_defined]
            msg = f"nps is undefined: no responses of {silent}, which have a share; merge them with groups that are like them"
            raise UndefinedMetricError(msg)
