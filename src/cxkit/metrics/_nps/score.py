"""The Net Promoter Score."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from operator import add
from typing import TYPE_CHECKING, Literal, Self, TypeVar

import attrs
from typing_extensions import override

from cxkit import _measured, _stats
from cxkit._checks import a_count, one_of, shown
from cxkit._forms import INTEGER, form_of, stored
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics._nps.counting import counted
from cxkit.metrics._nps.scale import POINTS, ZERO_TO_TEN, NpsGroup, NpsScale
from cxkit.tallies import Interval, refused

if TYPE_CHECKING:
    from cxkit.metrics._nps.bounds import NonresponseBounds
    from cxkit.metrics._nps.difference import NpsDifference

MissingPolicy = Literal["omit", "passive", "raise"]
"""What to do with a missing answer: leave it out and count it apart, count it as a passive one, or raise."""
NpsMethod = Literal["score", "wald", "adjusted-wald", "goodman"]
"""How the interval of a score is found."""
NPS_METHODS: tuple[NpsMethod, ...] = ("score", "wald", "adjusted-wald", "goodman")
PSEUDO_ANSWERS = (0.75, 1.5, 0.75)  # Rocks 2016
MISSING: tuple[MissingPolicy, ...] = ("omit", "passive", "raise")

ScoreT = TypeVar("ScoreT", bound=float | Decimal | None)


@stored(
    "metrics.nps",
    promoters=INTEGER,
    passives=INTEGER,
    detractors=INTEGER,
    missing=INTEGER,
    scale=form_of(NpsScale),
)
@attrs.frozen(repr=False)
class Nps(_measured.Measured):
    """The Net Promoter Score of some answers to "how likely are you to recommend us?", from 0 to 10.

    The share of promoters (9 and 10) less that of detractors (under 7), times 100 (Reichheld 2003). Passives, from 7
    to under 9, count in the total only. An event tally: it adds over time and over shards, and `Nps()` is the identity
    of the scale from 0 to 10. Answers on another scale are another tally: `Nps(scale=...)` is the identity of theirs.

    Attributes:
        promoters: How many answered 9 or 10.
        passives: How many answered 7 to under 9.
        detractors: How many answered under 7.
        missing: How many gave no answer and were left out; they do not count in the total.
        scale: Which answers make a promoter, a passive and a detractor; only scores of one scale add and compare.

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
    scale: NpsScale = attrs.field(default=ZERO_TO_TEN, kw_only=True)

    def __attrs_post_init__(self) -> None:
        for group in ("promoters", "passives", "detractors", "missing"):
            a_count(getattr(self, group), group)
        _a_scale(self.scale)

    @classmethod
    def from_scores(
        cls, scores: Iterable[float | Decimal | None], *, missing: MissingPolicy = "omit", scale: NpsScale = ZERO_TO_TEN
    ) -> Self:
        """Count scores.

        They are read some ten thousand at a time. Bytes and an `array("B")` are read fastest, a list faster than others.

        Args:
            scores: The answers, from 0 to 10 unless another scale is given; `None` and NaN are missing ones.
            missing: What to do with a missing answer: `"omit"` it and count it apart, count it as a `"passive"`, or
                `"raise"`.
            scale: Which answers make a promoter, a passive and a detractor.

        Raises:
            InvalidTypeError: A score is no number; a bool is not one. Or there is a set, or a mapping: see `from_counts`.
            InvalidValueError: A score is not on the scale, or is missing where that is not allowed.
        """
        one_of(missing, MISSING, "missing")
        return cls._of(counted(scores, _a_scale(scale)), missing, scale)

    @classmethod
    def from_counts(
        cls,
        counts: Mapping[ScoreT, int],
        *,
        missing: MissingPolicy = "omit",
        scale: NpsScale = ZERO_TO_TEN,
    ) -> Self:
        """Count the answers of a histogram, which says how many gave each score.

        Args:
            counts: How many gave each answer, by the score; `None` and NaN stand for missing ones.
            missing: What to do with missing answers, as for `from_scores`.
            scale: Which answers make a promoter, a passive and a detractor.

        >>> from cxkit.metrics import Nps
        >>> Nps.from_counts({10: 40, 8: 25, 5: 10, None: 3})
        Nps(promoters=40, passives=25, detractors=10, missing=3)
        """
        one_of(missing, MISSING, "missing")
        if not isinstance(counts, Mapping):
            msg = f"counts must be a mapping from each score to how many gave it, got {shown(counts)}"
            raise InvalidTypeError(msg, counts)
        group = _a_scale(scale).group
        found: Counter[NpsGroup] = Counter()
        for score, count in counts.items():
            found[group(score)] += a_count(count, f"the count of score {score!r}")
        return cls._of(found, missing, scale)

    @classmethod
    def _of(cls, found: Mapping[NpsGroup, int], missing: MissingPolicy, scale: NpsScale) -> Self:
        """Return the tally of so many in each group, with the missing ones where they belong."""
        passives, absent = found["passive"], found["missing"]
        if absent and missing == "raise":
            msg = f"expected an answer each, got {absent} missing; see missing='omit' and missing='passive'"
            raise InvalidValueError(msg, absent)
        if missing == "passive":
            passives, absent = passives + absent, 0
        return cls(found["promoter"], passives, found["detractor"], absent, scale=scale)

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

    @property
    def variance(self) -> float:
        """The variance of one answer, which counts 1, 0 or -1; raises `UndefinedMetricError` where nobody answered.

        It is `p + d - (p - d)**2`, of the shares of promoters and detractors: from 0 to 1, as `nps_sample_size` takes it.
        """
        _, error = self.moments("wald")
        return error * error * self.total

    @property
    def standard_error(self) -> float:
        """The standard error of the score, in points; raises `UndefinedMetricError` where nobody answered.

        It is the root of the variance over the number of answers.
        """
        return POINTS * self.moments("wald")[1]

    def interval(self, confidence: float = 0.95, *, method: NpsMethod = "score") -> Interval:
        """Return where the score may lie, in points; from -100 to 100 where nobody answered.

        Args:
            confidence: Between 0 and 1.
            method: `"score"` inverts the score test of a difference of paired proportions (May and Johnson 1997, Tango
                1998), and is sound for few answers and for unanimous ones. `"wald"` is the textbook's, which has no
                width for unanimous answers. `"adjusted-wald"` adds three answers (three quarters of a promoter and of
                a detractor, one and a half passives: Rocks 2016), and may leave the score itself out. `"goodman"` holds
                for all contrasts of the three shares at once (Goodman 1964), and so is a quarter wider than Wald's at
                95 %. What would lie outside the scale is cut off.
        """
        if one_of(method, NPS_METHODS, "method") == "score" or not self.total:
            low, high = _stats.net_score(self.promoters, self.passives, self.detractors, confidence)
        else:
            centre, error = self.moments(method)
            margin = deviate(confidence, method) * error
            low, high = max(-1.0, centre - margin), min(1.0, centre + margin)
        return Interval(POINTS * low, POINTS * high)

    def difference(self, baseline: "Nps") -> "NpsDifference":
        """Return by how many points this score exceeds the `baseline` of other answers, on the same scale."""
        from cxkit.metrics._nps.difference import NpsDifference  # noqa: PLC0415 - which is made of scores

        return NpsDifference(self, baseline)

    def nonresponse_bounds(self, *, invited: int) -> "NonresponseBounds":
        """Return how low and how high the score would be if all who were invited had answered.

        Args:
            invited: How many were asked, those who answered included.
        """
        from cxkit.metrics._nps.bounds import NonresponseBounds  # noqa: PLC0415 - which are made of scores

        return NonresponseBounds(self, invited)

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
        if self.scale != other.scale:
            raise refused(self, other, "they are answers on two scales; compare those of one question")
        return type(self)(
            self.promoters + other.promoters,
            self.passives + other.passives,
            self.detractors + other.detractors,
            self.missing + other.missing,
            scale=self.scale,
        )

    @override
    def __repr__(self) -> str:
        missing = f", missing={self.missing}" if self.missing else ""
        scale = f", scale={self.scale!r}" if self.scale != ZERO_TO_TEN else ""
        return (
            f"Nps(promoters={self.promoters}, passives={self.passives}, detractors={self.detractors}{missing}{scale})"
        )


def deviate(confidence: float, method: NpsMethod) -> float:
    """Return how many standard errors an interval of Wald's kind reaches to each side."""
    return _stats.contrast_value(confidence) if method == "goodman" else _stats.z_value(confidence)


def _a_scale(scale: NpsScale) -> NpsScale:
    if not isinstance(scale, NpsScale):
        msg = f"scale must be an NpsScale, such as NpsScale(low=1, passive=4, promoter=5, high=5), got {scale!r}"
        raise InvalidTypeError(msg, scale)
    return scale
