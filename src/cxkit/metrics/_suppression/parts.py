"""What a group is made of: the counts that are handed out with it, and add each for itself."""

from collections import Counter
from typing import TypeAlias

from cxkit._checks import a_count, shown
from cxkit.errors import InvalidTypeError
from cxkit.metrics._nps.score import Nps
from cxkit.metrics._surveys.boxes import BoxScore
from cxkit.metrics._voice.sentiments import NetSentiment
from cxkit.tallies import Proportion

Parts: TypeAlias = Counter[str]
"""How many answers of each kind a group has."""


def parts_of(group: object) -> Parts:
    """Return the answers of a group by their kind: by the score, say. A number of answers has one part, itself.

    Missing answers are none. What is not listed here is refused, since nobody knows what its totals give away.
    """
    if isinstance(group, Nps):
        return Counter(promoters=group.promoters, passives=group.passives, detractors=group.detractors)
    if isinstance(group, BoxScore):
        rated = {str(score): count for score, count in group.counts.items()}
        return Counter(rated | {"unrated": group.unrated})
    if isinstance(group, Proportion):
        return Counter(count=group.count, others=group.total - group.count)
    if isinstance(group, NetSentiment):
        neutral = {"neutral": group.neutral} if group.denominator == "all" else {}
        return Counter(positive=group.positive, negative=group.negative, **neutral)
    if type(group) is not int:
        msg = (
            "a group must be a number of answers, or an Nps, a BoxScore, a Rate, a PopulationRate or a NetSentiment, got "
            f"{shown(group)}; of other tallies, give the number of answers"
        )
        raise InvalidTypeError(msg, group)
    return Counter(answers=a_count(group, "answers of a group"))


def answers(group: object) -> int:
    """Return how many answers a group has."""
    return parts_of(group).total()
