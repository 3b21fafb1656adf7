"""A verdict on one change: is there one, or too little to tell?"""

from typing import Literal

import attrs

from cxkit.answers import Decision, Reason
from cxkit.metrics._comparing.answers import Answers, Comparable
from cxkit.metrics._comparing.asked import Question
from cxkit.metrics._comparing.groups import a_comparable, alike, compared
from cxkit.tallies import Interval

VerdictOutcome = Literal["changed", "no_evidence", "too_few"]
"""There is a change; there is none to be seen, though one that matters would have been; there are too few to tell."""
Direction = Literal["up", "down"]
"""Which way a value moved; whether that is good is for the host to say."""


@attrs.frozen(kw_only=True)
class Verdict(Decision[VerdictOutcome]):
    """Whether a value changed, and why that is said.

    Attributes:
        outcome: `"changed"`, `"no_evidence"` or `"too_few"`.
        reasons: What decided, with what would have been needed: `p_value`, `interval`, `detectable_change`, `answers`, and
            `below_smallest` where the interval has no room for a change that matters.
        after: The tally after.
        before: The tally before.
        smallest: The smallest change that matters, in the unit of the value: a share of a rate, points of an NPS.
        confidence: Of the interval and the test.
        power: How likely a change that matters is to be seen, where answers are planned.
        change: The value after less that before; `None` where one of them has none.
        interval: Where the change may lie; that of this change alone, whatever else was asked.
        p_value: How likely so large a change is if there is none; `None` where a value is missing.
        adjusted_p_value: The same, corrected for the changes that were asked together.
        detectable_change: What these answers will most likely show; `None` where one side has none.
        needed: How many answers each side needs, so that the smallest change that matters will most likely be seen.
    """

    after: Comparable
    before: Comparable
    smallest: float
    confidence: float
    power: float
    change: float | None
    interval: Interval
    p_value: float | None
    adjusted_p_value: float | None
    detectable_change: float | None
    needed: int

    @property
    def direction(self) -> Direction | None:
        """Which way it changed; `None` unless it did."""
        if self.outcome != "changed":
            return None
        return "up" if self.interval.low > 0 else "down"


def verdict(
    after: Comparable, before: Comparable, *, smallest: float, confidence: float = 0.95, power: float = 0.8
) -> Verdict:
    """Say whether a score or a rate changed, whether there is no evidence of that, or too few answers to tell.

    - `"changed"`: the p-value is below `1 - confidence`, and the interval of the change leaves 0 out.
    - `"no_evidence"`: else, where a change that matters would most likely have been seen: the detectable change,
      `(z + z_power) * sqrt(v1 / n1 + v2 / n2)`, is no larger. Or where the interval has no room for one.
    - `"too_few"`: else.

    The variances are those with a few answers added (three to a net score: Rocks 2016; two to a rate, one of each kind:
    Agresti and Caffo 2000; likewise two to a mean, at the ends of its scale), so that few answers that agree are not taken
    for sure. The size of the change that was found has no part in this: a
    power computed from it would only be the p-value again (Hoenig and Heisey 2001).

    Args:
        after: An `Nps`, `BoxScore`, `Rate` or `PopulationRate`.
        before: What it is compared with, of the same kind, about others or answered independently.
        smallest: The smallest change that matters, up or down, in the unit of the value: a share of a rate, points of an NPS.
        confidence: Of the interval and the two-sided test, between 0 and 1.
        power: How likely the smallest change that matters should be to be seen, from 0.5 to below 1.

    >>> from cxkit.metrics import Nps, verdict
    >>> found = verdict(Nps(450, 350, 200), Nps(400, 350, 250), smallest=10)
    >>> found.outcome, found.direction, found.change
    ('changed', 'up', 10.0)
    >>> few = verdict(Nps(45, 35, 20), Nps(40, 35, 25), smallest=10)
    >>> few.outcome, few.needed
    ('too_few', 948)
    """
    question = Question(smallest, confidence, power)
    p_value = p_value_of(after, before)
    return judged(after, before, question, p_value, p_value)


def p_value_of(after: Comparable, before: Comparable) -> float | None:
    """Return how likely so large a change is if there is none; `None` where one side has no data."""
    alike((a_comparable(after), a_comparable(before)))
    difference = compared(after, before)
    return difference.p_value() if difference.is_defined else None


def judged(
    after: Comparable, before: Comparable, question: Question, p_value: float | None, adjusted: float | None
) -> Verdict:
    """Answer a question about one change."""
    question.check_fits(after)
    difference = compared(after, before)
    interval = difference.interval(question.confidence)
    is_seen = adjusted is not None and adjusted < question.limit and 0 not in interval
    is_small = question.is_below(difference.interval(question.strict_confidence))
    detectable, needed = question.detectable(after, before), question.needed(after, before)
    is_enough = is_small or (detectable is not None and detectable <= question.smallest)
    test = (
        Reason("p_value", _brief(adjusted), f"below {_brief(question.limit)}"),
        Reason("interval", f"{_brief(interval.low)} to {_brief(interval.high)}", "without 0"),
    )
    plan = (
        Reason("detectable_change", _brief(detectable), f"at most {question.smallest}"),
        Reason("answers", f"{Answers.of(after).total} and {Answers.of(before).total}", f"{needed} each"),
    )
    small = (Reason("below_smallest", test[1].found, f"{question.smallest} or more"),) if is_small else ()
    return Verdict(
        outcome="changed" if is_seen else "no_evidence" if is_enough else "too_few",
        reasons=(*test, *small) if is_seen else (*test, *small, *plan) if is_enough else (*plan, *test),
        after=after,
        before=before,
        smallest=question.smallest,
        confidence=question.confidence,
        power=question.power,
        change=difference.value_or(None),
        interval=interval,
        p_value=p_value,
        adjusted_p_value=adjusted,
        detectable_change=detectable,
        needed=needed,
    )


def _brief(number: float | None) -> float | None:
    """Round a number to what a reader needs; the verdict has it in full."""
    return None if number is None else float(f"{number:.4g}")
