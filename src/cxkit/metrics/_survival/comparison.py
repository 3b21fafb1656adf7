"""Comparisons of survival: whether groups leave at different rates."""

from collections.abc import Iterator, Mapping, Sequence
from math import erfc, exp, pi, sqrt
from operator import mul
from typing import Literal

import attrs
from typing_extensions import override

from cxkit import _tables
from cxkit._checks import frozen, one_of
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics._survival.counts import Count
from cxkit.metrics._survival.curve import SurvivalCurve
from cxkit.metrics._survival.table import SurvivalTable

LogRankWeighting = Literal["log-rank", "wilcoxon", "tarone-ware", "peto"]
"""How much each time counts in a comparison of survival."""
WEIGHTINGS: tuple[LogRankWeighting, ...] = ("log-rank", "wilcoxon", "tarone-ware", "peto")


@attrs.frozen
class SurvivalComparison:
    """Whether groups of customers leave at different rates: the log-rank test.

    Attributes:
        observed: How many of each group were lost; weighted, as the test has it.
        expected: How many would have been, if all groups left at one rate.
        statistic: How far the two are apart: chi-squared.
        degrees: Its degrees of freedom: one less than the groups that anybody could be lost of.
        weighting: How much each time counted.
    """

    observed: Mapping[str, float]
    expected: Mapping[str, float]
    statistic: float
    degrees: int
    weighting: LogRankWeighting

    @property
    def p_value(self) -> float:
        """How likely a difference at least as large is if there is none."""
        return chi_squared_tail(self.statistic, self.degrees)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each group."""
        return [
            {"group": group, "observed": lost, "expected": self.expected[group]}
            for group, lost in self.observed.items()
        ]

    @override
    def __str__(self) -> str:
        found = f"chi-squared {self.statistic:.4g}, df {self.degrees}, p = {self.p_value:.3g}"
        return f"{_tables.aligned(self.rows())}\n{found}"


def log_rank(
    groups: Mapping[str, SurvivalTable | SurvivalCurve], *, weighting: LogRankWeighting = "log-rank"
) -> SurvivalComparison:
    """Test whether groups leave at different rates (Mantel 1966), any number of groups, of any unit that they share.

    Args:
        groups: The tables, or the curves, of two or more groups.
        weighting: `"log-rank"` weighs all losses alike, and is best where one rate is a multiple of the other; `"wilcoxon"`
            (Gehan 1965, Breslow 1970) weighs a time by how many are at risk, `"tarone-ware"` (1977) by the root of that, and
            `"peto"` (Peto and Peto 1972, by the survival of all with one more at risk) by how many are left: the three look at
            early losses first.

    Raises:
        UndefinedMetricError: Nobody was lost while more than one group was at risk.

    >>> from cxkit.metrics import kaplan_meier, log_rank
    >>> paid = kaplan_meier([10, 20, 30], [True, True, True])
    >>> organic = kaplan_meier([10, 20, 50], [True, True, True])
    >>> found = log_rank({"paid": paid, "organic": organic})
    >>> round(found.statistic, 6), round(found.p_value, 6)
    (0.254237, 0.614107)
    """
    tables = _tables_of(groups)
    one_of(weighting, WEIGHTINGS, "weighting")
    times = sorted({time for table in tables.values() for time in table.events})
    at_risk = _columns([table.at_risk(times) for table in tables.values()])
    events = _columns([[table.events.get(time, 0) for time in times] for table in tables.values()])
    test = _Test(len(tables))
    for numbers, lost, weight in zip(at_risk, events, _weights(weighting, at_risk, events), strict=True):
        test.take(numbers, lost, weight)
    statistic, degrees = test.outcome()
    observed, expected = (frozen(dict(zip(tables, sums, strict=True))) for sums in (test.observed, test.expected))
    return SurvivalComparison(observed, expected, statistic, degrees, weighting)


class _Test:
    """The sums of a log-rank test, taken time by time."""

    def __init__(self, groups: int) -> None:
        self.observed = [0.0] * groups
        self.expected = [0.0] * groups
        self.covariance = [[0.0] * groups for _ in range(groups)]

    def take(self, numbers: Sequence[float], lost: Sequence[float], weight: float) -> None:
        """Take a time at which somebody was lost: how many of each group were at risk, and were lost."""
        total, gone = sum(numbers), sum(lost)
        shares = [number / total for number in numbers]
        # The variance of draws without putting back.
        spread = weight * weight * gone * (total - gone) / (total - 1.0) if total > 1.0 else 0.0
        for one, share in enumerate(shares):
            self.observed[one] += weight * lost[one]
            self.expected[one] += weight * gone * share
            for other, other_share in enumerate(shares):
                self.covariance[one][other] += spread * share * ((one == other) - other_share)

    def outcome(self) -> tuple[float, int]:
        """Return how far observed and expected are apart, and the degrees of freedom."""
        varying = [place for place, row in enumerate(self.covariance) if row[place] > 0.0]
        held = varying[1:]  # the first follows from the rest
        if not held:
            msg = "the comparison is undefined: nobody was lost while more than one group was at risk"
            raise UndefinedMetricError(msg)
        apart = [self.observed[place] - self.expected[place] for place in held]
        found = _solved([[self.covariance[one][other] for other in held] for one in held], apart)
        return sum(map(mul, apart, found)), len(held)


def _tables_of(groups: Mapping[str, SurvivalTable | SurvivalCurve]) -> dict[str, SurvivalTable]:
    """Check what is compared."""
    if not isinstance(groups, Mapping):
        msg = f"log_rank takes a mapping from the names of groups to their survival tables, got {groups!r}"
        raise InvalidTypeError(msg, groups)
    tables: dict[str, SurvivalTable] = {}
    for name, group in groups.items():
        table = group.table if isinstance(group, SurvivalCurve) else group
        if not isinstance(table, SurvivalTable):
            msg = f"group {name!r} must be a SurvivalTable or a SurvivalCurve, got {group!r}"
            raise InvalidTypeError(msg, group)
        tables[name] = table
    if len(tables) < 2:  # noqa: PLR2004 - nothing to compare with
        msg = f"a comparison takes two groups or more, got {len(tables)}"
        raise InvalidValueError(msg, groups)
    if len(units := {table.unit for table in tables.values()}) > 1:
        msg = f"groups must share a unit to be compared, got {', '.join(sorted(map(repr, units)))}"
        raise InvalidValueError(msg, groups)
    return tables


def _columns(rows: Sequence[Sequence[Count]]) -> list[list[float]]:
    """Turn a row for each group into a row for each time."""
    return [[float(number) for number in column] for column in zip(*rows, strict=True)]


def _weights(
    weighting: LogRankWeighting, at_risk: Sequence[Sequence[float]], events: Sequence[Sequence[float]]
) -> Iterator[float]:
    """Return how much each time counts."""
    left = 1.0
    for numbers, lost in zip(at_risk, events, strict=True):
        total = sum(numbers)
        left *= 1.0 - sum(lost) / (total + 1.0)
        yield {"log-rank": 1.0, "wilcoxon": total, "tarone-ware": sqrt(total), "peto": left}[weighting]


def _solved(rows: list[list[float]], right: Sequence[float]) -> list[float]:
    """Solve linear equations of a covariance, which is positive: by elimination, in order."""
    lines = [[*row, number] for row, number in zip(rows, right, strict=True)]
    for place, line in enumerate(lines):
        for below in lines[place + 1 :]:
            factor = below[place] / line[place]
            below[place:] = [mine - factor * theirs for mine, theirs in zip(below[place:], line[place:], strict=True)]
    found: list[float] = []
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place]
        known = sum(map(mul, line[place + 1 : -1], reversed(found)))
        found.append((line[-1] - known) / line[place])
    return found[::-1]


def chi_squared_tail(statistic: float, degrees: int) -> float:
    """Return how likely chi-squared with some degrees of freedom is to be larger.

    By the recursion of Abramowitz and Stegun 26.4.8, which ends at the normal and the exponential tail.
    """
    half = statistic / 2.0
    if degrees % 2:
        tail, term, order = erfc(sqrt(half)), 2.0 * sqrt(half / pi) * exp(-half), 1
    else:
        tail, term, order = exp(-half), half * exp(-half), 2
    while order < degrees:
        tail += term
        order += 2
        term *= statistic / order
    return tail
