"""Mentions: what somebody said about brands, in one place, at a time."""

from collections.abc import Callable, Iterable
from datetime import datetime
from numbers import Real as RealNumber
from typing import Any, ClassVar, Literal, get_args

import attrs
from typing_extensions import override

from cxkit import predicates
from cxkit._checks import a_count, a_name, an_instant, one_of
from cxkit._forms import INTEGER, MOMENT, NUMBER, TEXT, Form, choice, many, optional, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Touchpoint
from cxkit.metrics._voice import sources
from cxkit.metrics._voice.tokens import hashtags_of, without_sign
from cxkit.predicates import Choice, Fields, Integer, Moment, Real, Tags, Text, is_missing

SentimentLabel = Literal["positive", "neutral", "negative"]
"""How a mention feels."""
LABELS: tuple[SentimentLabel, ...] = get_args(SentimentLabel)
SCORES = {"positive": 1.0, "neutral": 0.0, "negative": -1.0}
_TOLD = ("author", "place", "country", "language", "url")  # what a touchpoint keeps as properties


class MentionFields(Fields, label="Mention.fields"):
    """What predicates can ask of a mention.

    `text`, `place` and `hashtags` are asked without regard to case and composition; what begins with `exact_` is asked as it
    was given, which a database can do, too.
    """

    exact_text: Text = predicates.text(key="text")
    exact_place: Text = predicates.text(key="place")
    exact_hashtags: Tags = predicates.tags(key="hashtags")
    text: Text = sources.folded(exact_text)
    words: Tags = sources.words(exact_text)
    place: Text = sources.folded(exact_place)
    hashtags: Tags = sources.hashtags(exact_hashtags)
    at: Moment = predicates.moment()
    recorded_at: Moment = predicates.moment()
    id: Text = predicates.text()
    channel: Text = predicates.text()
    author: Text = predicates.text()
    brands: Tags = predicates.tags()
    country: Text = predicates.text()
    language: Text = predicates.text()
    sentiment: Choice[str] = predicates.choice(*LABELS)
    score: Real = predicates.real()
    reach: Integer = predicates.integer()
    url: Text = predicates.text()


def _a_text(value: object, what: str) -> str:
    if not isinstance(value, str):
        msg = f"{what} of a mention must be text, got {value!r}"
        raise InvalidTypeError(msg, value)
    return str.__str__(value)


def a_score(value: float, what: str = "score") -> float:
    """Check a score of sentiment, from -1 to 1."""
    if isinstance(value, bool) or not isinstance(value, RealNumber):  # numpy's numbers are real ones too
        msg = f"{what} must be a number from -1 to 1, got {value!r}"
        raise InvalidTypeError(msg, value)
    number = float(value)
    if not -1 <= number <= 1:
        msg = f"{what} must be between -1 and 1, got {value!r}"
        raise InvalidValueError(msg, value)
    return number


_MAY_BE_MISSING: dict[str, Callable[[Any, str], object]] = {
    "id": a_name,
    "sentiment": lambda label, what: one_of(label, LABELS, what),
    "score": a_score,
    "reach": a_count,
    **dict.fromkeys(("channel", *_TOLD), _a_text),
}


def _text(given: str) -> str:
    return _a_text(given, "the text")


def _names(given: Iterable[str], what: str) -> frozenset[str]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        hint = f"; write {{{given!r}}}" if isinstance(given, str) else ""
        msg = f"{what} must be a set or list of texts, got {given!r}{hint}"
        raise InvalidTypeError(msg, given)
    return frozenset([a_name(name, f"one of the {what}") for name in given])


def _brands(given: Iterable[str]) -> frozenset[str]:
    return _names(given, "brands")


def _hashtags(given: Iterable[str]) -> frozenset[str]:
    return _names(map(without_sign, _names(given, "hashtags")), "hashtags")


_OF_THE_TEXT: Any = attrs.Factory(lambda mention: hashtags_of(mention.text), takes_self=True)
_NAMES: Form[frozenset[str]] = Form(sorted, lambda data, reader: frozenset(many(TEXT).load(data, reader)))


@stored(
    "metrics.mention",
    text=TEXT,
    at=MOMENT,
    id=optional(TEXT),
    recorded_at=optional(MOMENT),
    channel=optional(TEXT),
    author=optional(TEXT),
    brands=_NAMES,
    hashtags=_NAMES,
    place=optional(TEXT),
    country=optional(TEXT),
    language=optional(TEXT),
    sentiment=optional(choice(*LABELS)),
    score=optional(NUMBER),
    reach=optional(INTEGER),
    url=optional(TEXT),
)
@attrs.frozen(repr=False)
class Mention:
    """What somebody said about brands, in one place, at a time.

    Attributes:
        text: What was said.
        at: When; kept in UTC.
        id: Its identity, where the host has one.
        recorded_at: When it became known; `at` unless given, and never before it.
        channel: Where it was said, as in `"reviews"`.
        author: Who said it.
        brands: The brands that it names, as the host calls them.
        hashtags: Its hashtags without their sign; those of the text unless given.
        place: Where it is from, as in `"Berlin"`.
        country: In which country that is, as in `"DE"`.
        language: Its language, as in `"de"`.
        sentiment: How it feels: `"positive"`, `"neutral"` or `"negative"`.
        score: The same as a number, from -1 to 1.
        reach: How many people it may have reached.
        url: Where to read it.

    >>> from datetime import datetime, timezone
    >>> from cxkit.metrics import Mention
    >>> at = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
    >>> mention = Mention("Лучший кофе в городе! #КофеДень", at, brands={"us"}, place="Berlin")
    >>> sorted(mention.hashtags)
    ['КофеДень']
    >>> asked = Mention.fields.text.contains("КОФЕ") & Mention.fields.hashtags.contains("#кофедень")
    >>> asked.matches(mention)
    True
    """

    fields: ClassVar[type[MentionFields]] = MentionFields

    text: str = attrs.field(converter=_text)
    at: datetime
    id: str | None = attrs.field(default=None, kw_only=True)
    recorded_at: datetime | None = attrs.field(default=None, kw_only=True)
    channel: str | None = attrs.field(default=None, kw_only=True)
    author: str | None = attrs.field(default=None, kw_only=True)
    brands: frozenset[str] = attrs.field(default=frozenset(), kw_only=True, converter=_brands)
    hashtags: frozenset[str] = attrs.field(default=_OF_THE_TEXT, kw_only=True, converter=_hashtags)
    place: str | None = attrs.field(default=None, kw_only=True)
    country: str | None = attrs.field(default=None, kw_only=True)
    language: str | None = attrs.field(default=None, kw_only=True)
    sentiment: SentimentLabel | None = attrs.field(default=None, kw_only=True)
    score: float | None = attrs.field(default=None, kw_only=True)
    reach: int | None = attrs.field(default=None, kw_only=True)
    url: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        for name, checked in _MAY_BE_MISSING.items():
            value = getattr(self, name)
            if value is not None:
                keep(self, name, None if is_missing(value) else checked(value, name))
        keep(self, "at", an_instant(self.at, "at"))
        keep(self, "recorded_at", self.at if self.recorded_at is None else an_instant(self.recorded_at, "recorded_at"))
        if self.known_at < self.at:
            msg = f"recorded_at must not be before at, got {self.known_at.isoformat()} for {self.at.isoformat()}"
            raise InvalidValueError(msg, self.recorded_at)

    @property
    def known_at(self) -> datetime:
        """When it became known."""
        return self.recorded_at or self.at

    def touchpoint(self, name: str = "mention") -> Touchpoint:
        """Return the mention as a touchpoint of its author's journey.

        Its sentiment is the score; of a label alone it is 1, 0 or -1. What else is known of it goes to the properties.

        Args:
            name: The name of the touchpoint.
        """
        known = {key: value for key in ("text", *_TOLD) if (value := getattr(self, key)) is not None}
        return Touchpoint(
            name,
            self.at,
            id=self.id,
            recorded_at=self.recorded_at,
            channel=self.channel,
            sentiment=SCORES.get(self.sentiment or "") if self.score is None else self.score,
            actor="customer",
            properties=known,
        )

    @override
    def __repr__(self) -> str:
        shown = [repr(self.text), repr(self.at)]
        for name in (field.name for field in attrs.fields(Mention)[2:]):
            value = getattr(self, name)
            if not self._goes_without_saying(name, value):
                shown.append(f"{name}={_code(value)}")
        return f"Mention({', '.join(shown)})"

    def _goes_without_saying(self, name: str, value: object) -> bool:
        match name:
            case "recorded_at":
                return value == self.at
            case "hashtags":
                return value == hashtags_of(self.text)
            case _:
                return value is None or value == frozenset()


def _code(value: object) -> str:
    """Return the code of a value, of a set in one order."""
    return f"{{{', '.join(map(repr, sorted(value)))}}}" if isinstance(value, frozenset) and value else repr(value)
