"""The Net Promoter Score."""

from collections.abc import Iterable
from numbers import Real
from typing import Literal, Self, TypeVar

import attrs
from typing_extensions import override

from cxkit import _stats
from cxkit._checks import a_count, each, one_of
from cxkit._forms import INTEGER, stored
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.predicates import is_missing
from cxkit.tallies import Interval

MissingPolicy = Literal["omit", "passive", "raise"]
"""What to do with a missing answer: leave it out and count it apart, count it as a passive one, or raise."""
MISSING: tuple[MissingPolicy, ...] = ("omit", "passive", "raise")
PROMOTER = 9
PASSIVE = 7
HIGHEST = 10
POINTS = 100

DefaultT = TypeVar("DefaultT")


@stored("metrics.nps", promoters=INTEGER, passives=INTEGER, detractors=INTEGER, missing=INTEGER)
@attrs.frozen(repr=False)
class Nps:
    """The Net Promoter Score of some answers to "how likely are you to recommend us?", from 0 to 10.

    The share of promoters (9 and 10) less that of detractors (under 7), times 100 (Reichheld 2003). Passives, from 7
    to under 9, count in the total only. An event tally: it adds over time and over shards.

    Attributes:
        promoters: How many answered 9 or 10.
        passives: How many answered 7 to under 9.
        detractors: How many answered under 7.
        missing: How many gave no answer and were left out; they do not count in the total.

    >>> from cxkit.metrics import Nps
    >>> march = Nps.from_scores([10, 9, 6, None])
    >>> march, round(march.value, 1)
    (Nps(promoters=2, passives=0, detractors=1, missing=1), 33.3)
    >>> march + Nps(passives=3) == Nps(promoters=2, passives=3, detractors=1, missing=1)
    True
    """

    promoters: int = 0
    passives: int = 0
    detractors: int = 0
    missing: int = 0

    def __attrs_post_init__(self) -> None:
        for group in ("promoters", "passives", "detractors", "missing"):
            a_count(getattr(self, group), group)

    @classmethod
    def from_scores(cls, scores: Iterable[float | None], *, missing: MissingPolicy = "omit") -> Self:
        """Count scores from 0 to 10.

        Args:
            scores: The answers, read one by one; `None` and NaN are missing ones.
            missing: What to do with a missing answer: `"omit"` it and count it apart, count it as a `"passive"`, or
                `"raise"`.

        Raises:
            InvalidTypeError: A score is no number; a bool is not one.
            InvalidValueError: A score is not between 0 and 10, or is missing where that is not allowed.
        """
        one_of(missing, MISSING, "missing")
        promoters = passives = detractors = absent = 0
        for score in each(scores, "scores"):
            if type(score) is not int and is_missing(score):
                absent += 1
                continue
            number = _checked(score)
            promoters += number >= PROMOTER
            passives += PASSIVE <= number < PROMOTER
            detractors += number < PASSIVE
        if absent and missing == "raise":
            msg = f"expected an answer each, got {absent} missing; see missing='omit' and missing='passive'"
            raise InvalidValueError(msg, absent)
        if missing == "passive":
            passives, absent = passives + absent, 0
        return cls(promoters, passives, detractors, absent)

    @property
    def total(self) -> int:
        """How many answered."""
        return self.promoters + self.passives + self.detractors

    @property
    def is_defined(self) -> bool:
        """Whether there is an answer."""
        return self.total > 0

    @property
    def value(self) -> float:
        """The score, from -100 to 100; raises `UndefinedMetricError` where nobody answered."""
        if not self.total:
            raise UndefinedMetricError.no_data("nps", "responses")  # noqa: EM101 - not a message
        return POINTS * (self.promoters - self.detractors) / self.total

    def value_or(self, default: DefaultT) -> float | DefaultT:
        """Return the score, or `default` where nobody answered."""
        return self.value if self.total else default

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return the score interval, in points; from -100 to 100 where nobody answered.

        It inverts the score test of a difference of paired proportions (May and Johnson 1997, Tango 1998), which is
        sound for few answers and for unanimous ones, where the textbook interval has no width.
        """
        low, high = _stats.net_score(self.promoters, self.passives, self.detractors, confidence)
        return Interval(POINTS * low, POINTS * high)

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        return type(self)(
            self.promoters + other.promoters,
            self.passives + other.passives,
            self.detractors + other.detractors,
            self.missing + other.missing,
        )

    @override
    def __repr__(self) -> str:
        missing = f", missing={self.missing}" if self.missing else ""
        return f"Nps(promoters={self.promoters}, passives={self.passives}, detractors={self.detractors}{missing})"


def _checked(score: object) -> float:
    """Check a score that is there."""
    if isinstance(score, bool) or not isinstance(score, Real):  # numpy's numbers are real ones too
        msg = f"nps score must be a number between 0 and 10, got {score!r}"
        raise InvalidTypeError(msg, score)
    number = float(score)
    if not 0 <= number <= HIGHEST:
        msg = f"nps score must be between 0 and 10, got {score!r}"
        raise InvalidValueError(msg, score)
    return number
