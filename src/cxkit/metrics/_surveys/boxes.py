"""Scores on a declared scale, counted."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from numbers import Rational, Real
from typing import Any, Literal, Self

import attrs
from typing_extensions import override

from cxkit import _charts, _measured, _stats
from cxkit._checks import a_count, each_answer, frozen, one_of, shown, text_hint
from cxkit._forms import INTEGER, form_of, pair, stored, table
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics._surveys.measures import MeanScore, NetBox, answers_of
from cxkit.metrics._surveys.scales import ScaleSpec
from cxkit.predicates import is_missing
from cxkit.tallies import Interval, Rate

MissingScore = Literal["omit", "unrated", "raise"]
"""What to do with a missing score: leave it out and count it apart, count it as an answer without a rating, or raise."""
MISSING: tuple[MissingScore, ...] = ("omit", "unrated", "raise")


_COUNTS = table(pair(INTEGER), "each score once")


@stored("metrics.box_score", spec=form_of(ScaleSpec), counts=_COUNTS, missing=INTEGER, unrated=INTEGER)
@attrs.frozen(repr=False)
class BoxScore(_measured.Measured, _charts.Charted):
    """The answers to a question on a declared scale, by score: CSAT, CES, stars and the like.

    An event tally: it adds over time and over shards, for one scale. Its value is the statistic that the scale names;
    the others are there by name. `BoxScore(spec)` is the identity of a scale.

    Attributes:
        spec: The scale.
        counts: How many answers there are with each score.
        missing: How many gave no score and were left out; they do not count in the total.
        unrated: How many answered without a rating, and count in the total of the boxes.

    >>> from cxkit.metrics import BoxScore, csat_scale
    >>> march = BoxScore.from_scores([5, 4, 4, 2, None], csat_scale(5))
    >>> march.value, march.mean.value, march.missing
    (0.75, 3.75, 1)
    >>> (march + march).total
    8
    """

    spec: ScaleSpec
    counts: Mapping[int, int] = attrs.field(factory=dict)
    missing: int = attrs.field(default=0, kw_only=True)
    unrated: int = attrs.field(default=0, kw_only=True)

    def __attrs_post_init__(self) -> None:
        _a_spec(self.spec)
        if not isinstance(self.counts, Mapping):
            msg = f"counts must be a mapping from scores to how many gave each, got {self.counts!r}"
            raise InvalidTypeError(msg, self.counts)
        for score, count in self.counts.items():
            _a_score(score, self.spec)
            a_count(count, f"the count of score {score}")
        kept = {int(score): count for score, count in sorted(self.counts.items()) if count}
        object.__setattr__(self, "counts", frozen(kept))
        a_count(self.missing, "missing")
        a_count(self.unrated, "unrated")

    @classmethod
    def from_scores(
        cls, scores: Iterable[float | Decimal | None], spec: ScaleSpec, *, missing: MissingScore = "omit"
    ) -> Self:
        """Count scores.

        Args:
            scores: The answers, read one by one; `None` and NaN are missing ones.
            spec: The scale.
            missing: What to do with a missing score: `"omit"` it and count it apart, count it in the total as an answer
                that is `"unrated"`, or `"raise"`.

        Raises:
            InvalidTypeError: A score is no number; a bool is not one. Or there is a set, or a mapping: see `from_counts`.
            InvalidValueError: A score is not one of the scale, or is missing where that is not allowed.
        """
        one_of(missing, MISSING, "missing")
        _a_spec(spec)
        counts = Counter[int]()
        absent = 0
        for score in each_answer(scores, "scores"):
            if type(score) is not int and is_missing(score):
                absent += 1
            else:
                counts[_a_score(score, spec)] += 1
        if absent and missing == "raise":
            msg = f"expected a score each, got {absent} missing; see missing='omit' and missing='unrated'"
            raise InvalidValueError(msg, absent)
        return cls(spec, counts, **{"unrated" if missing == "unrated" else "missing": absent})

    @classmethod
    def from_counts(cls, counts: Mapping[int, int], spec: ScaleSpec, *, missing: int = 0, unrated: int = 0) -> Self:
        """Take counts by score, as an engine or a vendor gives them; the rest is as in the class."""
        return cls(spec, counts, missing=missing, unrated=unrated)

    @property
    def total(self) -> int:
        """How many answered, with those who gave no rating where they count."""
        return sum(self.counts.values()) + self.unrated

    def rate(self, *scores: int) -> Rate:
        """Return the share of answers with some scores."""
        asked = {_a_score(score, self.spec) for score in scores}
        return self._share(asked, f"{self.spec.name} {', '.join(map(str, sorted(asked)))}")

    @property
    def top_box(self) -> Rate:
        """The share of the best scores."""
        return self._share(self._box("top_box", self.spec.top_scores), f"{self.spec.name} top box")

    @property
    def bottom_box(self) -> Rate:
        """The share of the worst scores."""
        return self._share(self._box("bottom_box", self.spec.bottom_scores), f"{self.spec.name} bottom box")

    @property
    def net(self) -> NetBox:
        """The top box less the bottom box, in points."""
        top, bottom = self.top_box.count, self.bottom_box.count
        return NetBox(self.spec, top, self.total - top - bottom, bottom)

    @property
    def mean(self) -> MeanScore:
        """The mean of the scores; those who gave no rating have no part in it."""
        return MeanScore(self.spec, self.counts)

    @property
    def distribution(self) -> Mapping[int, Rate]:
        """The share of each score, from the lowest."""
        return {score: self.rate(score) for score in self.spec.scores}

    @property
    def measure(self) -> Rate | NetBox | MeanScore:
        """The statistic that the scale names, with all that it can be asked."""
        found: Rate | NetBox | MeanScore = getattr(self, self.spec.statistic)
        return found

    @property
    def is_defined(self) -> bool:
        """Whether there are answers."""
        return self.measure.is_defined

    @property
    def value(self) -> float:
        """The scale's statistic: a share from 0 to 1, points from -100 to 100, or a mean on the scale.

        Raises:
            UndefinedMetricError: There are no answers.
        """
        return self.measure.value

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return where the value may lie; the whole range where there are no answers."""
        return self.measure.interval(confidence)

    def difference(self, baseline: "BoxScore") -> "BoxScoreDifference":
        """Return by how much this value exceeds the `baseline` of other answers on the same scale."""
        return BoxScoreDifference(self, baseline)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each score, from the lowest, and one for answers without a rating, if there are any."""
        boxes = dict.fromkeys(self.spec.top_scores, "top") | dict.fromkeys(self.spec.bottom_scores, "bottom")
        counts: list[tuple[int | None, int]] = [(score, self.counts.get(score, 0)) for score in self.spec.scores]
        counts += [(None, self.unrated)] if self.unrated else []
        return [
            {
                "score": score,
                "count": count,
                "share": count / self.total if self.total else None,
                "box": None if score is None else boxes.get(score),
            }
            for score, count in counts
        ]

    @override
    def chart(self) -> _charts.Spec:
        spec = _charts.columns(self.rows(), category="score", number="count", title=self.spec.name)
        spec["encoding"]["color"] = {"field": "box", "type": "nominal", "sort": None}
        return spec

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        _check_one_scale("add", self.spec, other.spec)
        counts = Counter(self.counts)
        counts.update(other.counts)
        return attrs.evolve(
            self, counts=counts, missing=self.missing + other.missing, unrated=self.unrated + other.unrated
        )

    @override
    def __repr__(self) -> str:
        rest = "".join(f", {name}={number}" for name in ("missing", "unrated") if (number := getattr(self, name)))
        return f"BoxScore({self.spec!r}, {self.counts!r}{rest})"

    def _share(self, scores: Iterable[int], name: str) -> Rate:
        return Rate(sum(self.counts.get(score, 0) for score in scores), self.total, name=name, unit="answers")

    def _box(self, box: str, scores: tuple[int, ...]) -> tuple[int, ...]:
        if not scores:
            msg = f"the scale {self.spec.name!r} has no {box.replace('_', ' ')}; give it {box}="
            raise InvalidValueError(msg, self.spec)
        return scores


@attrs.frozen
class BoxScoreDifference(_measured.Measured):
    """The difference of the values of two groups of answers on one scale, and how sure it is.

    Attributes:
        score: The answers.
        baseline: Those that they are compared with.

    >>> from cxkit.metrics import BoxScore, csat_scale
    >>> after, before = BoxScore(csat_scale(5), {2: 1, 5: 9}), BoxScore(csat_scale(5), {1: 7, 4: 3})
    >>> gain = after.difference(before)
    >>> low, high = gain.interval()
    >>> round(gain.value, 2), round(low, 4), round(high, 4)
    (0.6, 0.1705, 0.809)
    """

    score: BoxScore
    baseline: BoxScore

    def __attrs_post_init__(self) -> None:
        for given in (self.score, self.baseline):
            if not isinstance(given, BoxScore):
                msg = f"a box score is compared with a BoxScore, got {given!r}"
                raise InvalidTypeError(msg, given)
        _check_one_scale("compare", self.score.spec, self.baseline.spec)

    @property
    def is_defined(self) -> bool:
        """Whether there are answers on both sides."""
        return self.score.is_defined and self.baseline.is_defined

    @property
    def value(self) -> float:
        """By how much the score exceeds the baseline; raises `UndefinedMetricError` where one has no answers."""
        return self.score.value - self.baseline.value

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return where the difference may lie; the whole range where one of them has no answers.

        It is made of the two score intervals: the hybrid of Newcombe 1998, method 10, for any two numbers (Zou and
        Donner 2008).
        """
        if not self.is_defined:
            nothing = BoxScore(self.score.spec).interval(confidence)
            return Interval(nothing.low - nothing.high, nothing.high - nothing.low)
        ours, theirs = (side.interval(confidence) for side in (self.score, self.baseline))
        return Interval(*_stats.hybrid(self.score.value, ours, self.baseline.value, theirs))

    def p_value(self) -> float:
        """Return how likely a difference at least as large is, either way, if there is none.

        By the score test, which takes the variance of one answer from both groups together; an answer counts by its score
        for a mean, as 1, 0 or -1 for a net score, and as 1 or 0 for a box, of which it is the test of `RateDifference`. On
        a scale of more than two scores it is the test for a trend (Cochran 1954, Armitage 1955). It is rough for few.

        Raises:
            UndefinedMetricError: One of them has no answers.

        >>> from cxkit.metrics import BoxScore, STARS
        >>> after, before = BoxScore(STARS, {3: 2, 4: 5, 5: 13}), BoxScore(STARS, {3: 8, 4: 6, 5: 6})
        >>> round(after.difference(before).p_value(), 4)
        0.0123
        """
        _ = self.value  # raises where there is none
        ours, theirs = (answers_of(side.measure) for side in (self.score, self.baseline))
        return _stats.equal_means(ours, theirs)


def _check_one_scale(verb: str, one: ScaleSpec, other: ScaleSpec) -> None:
    parts = [part for part, value in attrs.asdict(one).items() if value != getattr(other, part)]
    if parts:
        msg = (
            f"cannot {verb} {one.name!r} and {other.name!r}: they are scores on two scales, which differ in their "
            f"{', '.join(parts)}"
        )
        raise InvalidValueError(msg, other)


def _a_spec(spec: ScaleSpec) -> ScaleSpec:
    if not isinstance(spec, ScaleSpec):
        msg = f"spec must be a ScaleSpec, got {spec!r}"
        raise InvalidTypeError(msg, spec)
    return spec


def _a_score(score: object, spec: ScaleSpec) -> int:
    """Check that a score is one of a scale; a whole one may be a float, as a column with gaps has."""
    expected = f"{spec.name} must be a whole number between {spec.low} and {spec.high}"
    if isinstance(score, bool) or not isinstance(score, Real | Decimal):  # numpy's numbers are real ones too
        msg = f"{expected}, got {shown(score)}{text_hint(score)}"
        raise InvalidTypeError(msg, score)
    number: Any = score if isinstance(score, Rational | Decimal) else float(score)
    if not spec.low <= number <= spec.high or number != int(number):
        msg = f"{expected}, got {shown(score)}"
        raise InvalidValueError(msg, score)
    return int(number)
