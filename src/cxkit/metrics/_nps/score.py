"""The Net Promoter Score."""

from collections.abc import Iterable
from math import hypot
from numbers import Real
from operator import add
from statistics import NormalDist
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
NpsMethod = Literal["score", "wald", "adjusted-wald"]
"""How the interval of a score is found."""
NPS_METHODS: tuple[NpsMethod, ...] = ("score", "wald", "adjusted-wald")
PSEUDO_ANSWERS = (0.75, 1.5, 0.75)  # Rocks 2016
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

    @property
    def standard_error(self) -> float:
        """The standard error of the score, in points; raises `UndefinedMetricError` where nobody answered.

        It is the root of `(p + d - (p - d)**2) / n`, of the shares of promoters and detractors among n answers.
        """
        return POINTS * self.moments("wald")[1]

    def interval(self, confidence: float = 0.95, *, method: NpsMethod = "score") -> Interval:
        """Return where the score may lie, in points; from -100 to 100 where nobody answered.

        Args:
            confidence: Between 0 and 1.
            method: `"score"` inverts the score test of a difference of paired proportions (May and Johnson 1997, Tango
                1998), and is sound for few answers and for unanimous ones. `"wald"` is the textbook's, which has no
                width for unanimous answers. `"adjusted-wald"` adds three answers (three quarters of a promoter and of
                a detractor, one and a half passives: Rocks 2016), and may leave the score itself out. What would lie
                outside the scale is cut off.
        """
        if one_of(method, NPS_METHODS, "method") == "score" or not self.total:
            low, high = _stats.net_score(self.promoters, self.passives, self.detractors, confidence)
        else:
            centre, error = self.moments(method)
            margin = _stats.z_value(confidence) * error
            low, high = max(-1.0, centre - margin), min(1.0, centre + margin)
        return Interval(POINTS * low, POINTS * high)

    def difference(self, baseline: "Nps") -> "NpsDifference":
        """Return by how many points this score exceeds the `baseline` of other answers."""
        return NpsDifference(self, baseline)

    def moments(self, method: NpsMethod) -> tuple[float, float]:
        """Return the centre of a Wald interval and its standard error, as shares."""
        if not self.total:
            raise UndefinedMetricError.no_data("nps", "responses")  # noqa: EM101 - not a message
        more = PSEUDO_ANSWERS if method == "adjusted-wald" else (0.0, 0.0, 0.0)
        counts = (self.promoters, self.passives, self.detractors)
        return _stats.net_moments(*map(add, counts, more))

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


@attrs.frozen
class NpsDifference:
    """The difference of the scores of two groups of answers, and how sure it is.

    Attributes:
        score: The score.
        baseline: The score that it is compared with.

    >>> from cxkit.metrics import Nps
    >>> change = Nps(promoters=57, passives=31, detractors=12).difference(Nps(promoters=45, passives=35, detractors=20))
    >>> low, high = change.interval()
    >>> round(change.value, 1), round(low, 1), round(high, 1), round(change.p_value(), 3)
    (20.0, -0.6, 40.0, 0.058)
    """

    score: Nps
    baseline: Nps

    def __attrs_post_init__(self) -> None:
        for given in (self.score, self.baseline):
            if not isinstance(given, Nps):
                msg = f"an nps is compared with an Nps, got {given!r}"
                raise InvalidTypeError(msg, given)

    @property
    def is_defined(self) -> bool:
        """Whether there are answers on both sides."""
        return self.score.is_defined and self.baseline.is_defined

    @property
    def value(self) -> float:
        """By how many points the score exceeds the baseline; raises `UndefinedMetricError` where one has no answers."""
        return self.score.value - self.baseline.value

    def value_or(self, default: DefaultT) -> float | DefaultT:
        """Return the difference, or `default` where one of the scores has no answers."""
        return self.value if self.is_defined else default

    def interval(self, confidence: float = 0.95, *, method: NpsMethod = "score") -> Interval:
        """Return where the difference may lie, in points; from -200 to 200 where one of the scores has no answers.

        Args:
            confidence: Between 0 and 1.
            method: `"score"` is made of the two score intervals (the hybrid of Newcombe 1998, method 10, for net scores:
                Zou and Donner 2008); `"wald"` and `"adjusted-wald"` of the standard errors.
        """
        one_of(method, NPS_METHODS, "method")
        if not self.is_defined:
            _stats.z_value(confidence)  # checks it
            return Interval(-2.0 * POINTS, 2.0 * POINTS)
        if method != "score":
            centre, error = self._moments(method)
            margin = _stats.z_value(confidence) * error
            return Interval(max(-2.0 * POINTS, centre - margin), min(2.0 * POINTS, centre + margin))
        ours, theirs = self.score.interval(confidence), self.baseline.interval(confidence)
        return Interval(
            self.value - hypot(self.score.value - ours.low, theirs.high - self.baseline.value),
            self.value + hypot(ours.high - self.score.value, self.baseline.value - theirs.low),
        )

    def p_value(self, *, method: Literal["wald", "adjusted-wald"] = "adjusted-wald") -> float:
        """Return how likely a difference at least as large is, either way, if there is none: the test of its normal deviate.

        Args:
            method: Whether three answers are added to each group (`"adjusted-wald"`) or none (`"wald"`).

        Raises:
            UndefinedMetricError: One of the scores has no answers, or by `"wald"` all answers of each group agree.
        """
        one_of(method, NPS_METHODS[1:], "method")
        centre, error = self._moments(method)
        if not error:
            msg = "the p-value is undefined: all answers of each group agree; use method='adjusted-wald'"
            raise UndefinedMetricError(msg)
        return 2.0 * NormalDist().cdf(-abs(centre / error))

    def _moments(self, method: NpsMethod) -> tuple[float, float]:
        """Return the difference that a method takes, and its standard error, in points."""
        (centre, error), (other, other_error) = self.score.moments(method), self.baseline.moments(method)
        return POINTS * (centre - other), POINTS * hypot(error, other_error)


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
