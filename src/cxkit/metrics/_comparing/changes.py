"""Verdicts on the changes of many groups, corrected for there being many."""

from collections.abc import Callable, Hashable, Mapping
from typing import Literal, TypeVar

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import frozen, one_of
from cxkit.metrics._comparing.answers import Comparable
from cxkit.metrics._comparing.asked import Question
from cxkit.metrics._comparing.change import Verdict, VerdictOutcome, judged, p_value_of
from cxkit.metrics._comparing.corrections import benjamini_hochberg, holm
from cxkit.metrics._comparing.groups import alike, by_group, in_both, overall

GroupT = TypeVar("GroupT", bound=Hashable)
Correction = Literal["holm", "benjamini-hochberg", "none"]
"""How p-values are adjusted for being many."""
CORRECTIONS: Mapping[Correction, Callable[[Mapping[Hashable, float]], dict[Hashable, float]]] = {
    "holm": holm,
    "benjamini-hochberg": benjamini_hochberg,
    "none": dict,
}
OUTCOMES: tuple[VerdictOutcome, ...] = ("changed", "no_evidence", "too_few")


def _by_group(results: Mapping[Hashable, Verdict]) -> Mapping[Hashable, Verdict]:
    return frozen(results)


@attrs.frozen
class Verdicts(_charts.Charted):
    """Whether the groups changed, one by one, corrected for their number.

    Attributes:
        results: The verdict on each group.
        correction: How the p-values were adjusted.
    """

    results: Mapping[Hashable, Verdict] = attrs.field(converter=_by_group)
    correction: Correction

    def of(self, outcome: VerdictOutcome) -> tuple[Hashable, ...]:
        """Return the groups of one outcome, in their order."""
        one_of(outcome, OUTCOMES, "outcome")
        return tuple(group for group, found in self.results.items() if found.outcome == outcome)

    @property
    def changed(self) -> tuple[Hashable, ...]:
        """The groups that changed."""
        return self.of("changed")

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each group."""
        return [
            {
                "group": group,
                "outcome": found.outcome,
                "before": found.before.value_or(None),
                "after": found.after.value_or(None),
                "change": found.change,
                "low": found.interval.low,
                "high": found.interval.high,
                "p": found.p_value,
                "adjusted p": found.adjusted_p_value,
                "detectable": found.detectable_change,
                "needed": found.needed,
            }
            for group, found in self.results.items()
        ]

    @override
    def chart(self) -> _charts.Spec:
        color = {"field": "outcome", "type": "nominal", "scale": {"domain": list(OUTCOMES)}}
        return _charts.forest(self.rows(), number="change", title="Changes and their intervals", color=color)


def verdicts(
    after: Mapping[GroupT, Comparable],
    before: Mapping[GroupT, Comparable],
    *,
    smallest: float,
    correction: Correction = "holm",
    confidence: float = 0.95,
    power: float = 0.8,
) -> Verdicts:
    """Say of each group whether it changed, so that their number makes no change of what is luck.

    Each verdict is that of `verdict` on the adjusted p-value. Whether there are answers enough is asked at a confidence
    of `1 - (1 - confidence) / m` for m groups, so that it holds even where only one of them changed. The intervals
    that are shown are those of each group alone.

    Args:
        after: The groups of the later period: an `Nps`, `BoxScore`, `Rate` or `PopulationRate` each.
        before: Those of the earlier one. A group that is in one period only has too few answers in the other.
        smallest: The smallest change that matters, up or down, in the unit of the value: a share of a rate, points of an NPS.
        correction: `"holm"` (1979) keeps any false change unlikely; `"benjamini-hochberg"` (1995) keeps few of the
            changes false, and finds more of them where groups are many; `"none"` adjusts nothing.
        confidence: Of the intervals, and of the tests all together.
        power: How likely the smallest change that matters should be to be seen, from 0.5 to below 1.

    >>> from cxkit.metrics import Nps, verdicts
    >>> before = {"north": Nps(400, 350, 250), "south": Nps(41, 35, 24), "west": Nps(380, 350, 270)}
    >>> after = {"north": Nps(460, 350, 190), "south": Nps(45, 35, 20), "west": Nps(384, 350, 266)}
    >>> found = verdicts(after, before, smallest=15)
    >>> {group: one.outcome for group, one in found.results.items()}
    {'north': 'changed', 'south': 'too_few', 'west': 'no_evidence'}
    """
    adjust = CORRECTIONS[one_of(correction, CORRECTIONS, "correction")]
    later, earlier = by_group(after), by_group(before)
    alike((overall(later), overall(earlier)))
    pairs = in_both(later, earlier)
    raw = {group: p for group, pair in pairs.items() if (p := p_value_of(*pair)) is not None}
    adjusted = adjust(raw)
    tests = 1 if correction == "none" else max(1, len(raw))
    question = Question(smallest, confidence, power, tests)
    results = {group: judged(*pair, question, raw.get(group), adjusted.get(group)) for group, pair in pairs.items()}
    return Verdicts(results, correction)
