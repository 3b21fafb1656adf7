"""Net sentiment: how many mentions are positive, less how many are negative."""

from collections import Counter
from collections.abc import Iterable
from typing import Literal, Self

import attrs
from typing_extensions import override

from cxkit import _charts, _measured, _stats
from cxkit._checks import a_count, each, each_answer, one_of
from cxkit._forms import INTEGER, choice, stored
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics._voice.mention import LABELS, Mention, SentimentLabel, a_score
from cxkit.predicates import is_missing
from cxkit.tallies import Interval, Rate, refused

SentimentDenominator = Literal["all", "polar"]
"""What net sentiment is a share of: all mentions that have a sentiment, or those alone that are positive or negative."""
DENOMINATORS: tuple[SentimentDenominator, ...] = ("all", "polar")
POLAR: tuple[SentimentLabel, ...] = ("positive", "negative")
POINTS = 100
COUNTED = "NetSentiment(positive=..., neutral=..., negative=...)"


def sentiment_of(score: float, *, neutral_below: float) -> SentimentLabel:
    """Return the sentiment that a score stands for: 0, and what is nearer to 0 than `neutral_below`, is neutral.

    There is no default, because each tool draws the line elsewhere; that of VADER is 0.05 (Hutto and Gilbert 2014).

    Args:
        score: From -1 to 1.
        neutral_below: From 0 to 1.

    >>> from cxkit.metrics import sentiment_of
    >>> [sentiment_of(score, neutral_below=0.05) for score in (-0.6, -0.05, 0.049, 0.05)]
    ['negative', 'negative', 'neutral', 'positive']
    """
    number = a_score(score)
    if number == 0 or abs(number) < _a_line(neutral_below):
        return "neutral"
    return "positive" if number > 0 else "negative"


def _a_line(neutral_below: float) -> float:
    line = a_score(neutral_below, "neutral_below")
    if line < 0:
        msg = f"neutral_below must be between 0 and 1, got {neutral_below!r}"
        raise InvalidValueError(msg, neutral_below)
    return line


@stored(
    "metrics.net_sentiment",
    positive=INTEGER,
    neutral=INTEGER,
    negative=INTEGER,
    missing=INTEGER,
    denominator=choice(*DENOMINATORS),
)
@attrs.frozen(repr=False)
class NetSentiment(_measured.Measured, _charts.Charted):
    """The share of positive mentions less that of negative ones, in points from -100 to 100.

    An event tally: it adds over time and over shards, for one denominator. Tools differ in it, so there is no default:
    `"all"` is `(positive - negative) / (positive + neutral + negative)`, and `"polar"` leaves the neutral mentions out.

    Attributes:
        positive: How many mentions are positive.
        neutral: How many are neutral.
        negative: How many are negative.
        missing: How many have no sentiment and were left out.
        denominator: What it is a share of.

    >>> from cxkit.metrics import NetSentiment
    >>> march = NetSentiment(positive=120, neutral=60, negative=45, denominator="all")
    >>> round(march.value, 2), round(march.over("polar").value, 2)
    (33.33, 45.45)
    >>> low, high = march.interval()
    >>> round(low, 1), round(high, 1)
    (22.6, 43.2)
    """

    positive: int = 0
    neutral: int = 0
    negative: int = 0
    missing: int = 0
    denominator: SentimentDenominator = attrs.field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        for group in (*LABELS, "missing"):
            a_count(getattr(self, group), group)
        one_of(self.denominator, DENOMINATORS, "denominator")

    @classmethod
    def from_mentions(
        cls, mentions: Iterable[Mention], *, denominator: SentimentDenominator, neutral_below: float | None = None
    ) -> Self:
        """Count mentions by their sentiment, read one by one.

        Args:
            mentions: The mentions; one without label and score is missing.
            denominator: What the net sentiment is a share of.
            neutral_below: Of a mention with a score and no label, which scores are neutral; see `sentiment_of`.

        Raises:
            InvalidValueError: A mention has a score and no label, and there is no `neutral_below`.
        """
        if neutral_below is not None:
            _a_line(neutral_below)
        labels: Iterable[SentimentLabel | None] = (
            _label(mention, neutral_below) for mention in each(mentions, "mentions")
        )
        return cls.from_labels(labels, denominator=denominator)

    @classmethod
    def from_labels(cls, labels: Iterable[SentimentLabel | None], *, denominator: SentimentDenominator) -> Self:
        """Count labels, read one by one; `None` and NaN are missing ones."""
        counts = Counter(
            None if is_missing(label) else label for label in each_answer(labels, "labels", counts=COUNTED)
        )
        missing = counts.pop(None, 0)
        for label in counts:
            one_of(label, LABELS, "a label")
        positive, neutral, negative = (counts[label] for label in LABELS)
        return cls(positive, neutral, negative, missing, denominator=denominator)

    def over(self, denominator: SentimentDenominator) -> Self:
        """Return the same counts with a denominator."""
        return attrs.evolve(self, denominator=denominator)

    @property
    def total(self) -> int:
        """How many mentions it is a share of."""
        return self.positive + self.negative + (self.neutral if self.denominator == "all" else 0)

    @property
    def is_defined(self) -> bool:
        """Whether there are such mentions."""
        return self.total > 0

    @property
    def value(self) -> float:
        """The net sentiment, from -100 to 100; raises `UndefinedMetricError` where there are no mentions."""
        if not self.total:
            raise UndefinedMetricError.no_data("net sentiment", self._unit)  # noqa: EM101 - not a message
        return POINTS * (self.positive - self.negative) / self.total

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return the score interval, in points; from -100 to 100 where there are no mentions.

        Over all mentions it inverts the score test of a difference of paired proportions (May and Johnson 1997, Tango 1998),
        as that of `Nps` does; over the polar ones it is `2 * p - 1` of the Wilson interval of the positive share `p`.
        """
        if self.denominator == "all":
            low, high = _stats.net_score(self.positive, self.neutral, self.negative, confidence)
        else:
            low, high = (2 * end - 1 for end in _stats.wilson(self.positive, self.total, confidence))
        return Interval(POINTS * low, POINTS * high)

    def rate(self, label: SentimentLabel) -> Rate:
        """Return the share of the mentions with a sentiment; the polar ones have no neutral share."""
        one_of(label, LABELS if self.denominator == "all" else POLAR, "label")
        return Rate(getattr(self, label), self.total, name=f"{label} share", unit=self._unit)

    @property
    def _unit(self) -> str:
        return "mentions with a sentiment" if self.denominator == "all" else "polar mentions"

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each sentiment, with its share of the denominator."""
        shown = LABELS if self.denominator == "all" else POLAR
        return [
            {
                "sentiment": label,
                "mentions": getattr(self, label),
                "share": self.rate(label).value_or(None) if label in shown else None,
            }
            for label in LABELS
        ]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if self.denominator != other.denominator:
            raise refused(self, other, "they have two denominators; see over(...)")
        sums = {group: getattr(self, group) + getattr(other, group) for group in (*LABELS, "missing")}
        return attrs.evolve(self, **sums)

    @override
    def chart(self) -> _charts.Spec:
        return _charts.bars(self.rows(), category="sentiment", number="mentions", title="Mentions by sentiment")

    @override
    def __repr__(self) -> str:
        missing = f", missing={self.missing}" if self.missing else ""
        return (
            f"NetSentiment(positive={self.positive}, neutral={self.neutral}, negative={self.negative}{missing}, "
            f"denominator={self.denominator!r})"
        )


def _label(mention: Mention, neutral_below: float | None) -> SentimentLabel | None:
    if not isinstance(mention, Mention):
        msg = f"expected a Mention, got {mention!r}"
        raise InvalidTypeError(msg, mention)
    if mention.sentiment is not None or mention.score is None:
        return mention.sentiment
    if neutral_below is None:
        msg = f"a mention has a score and no label, got {mention!r}; say which scores are neutral, as in neutral_below=0.05"
        raise InvalidValueError(msg, mention)
    return sentiment_of(mention.score, neutral_below=neutral_below)
