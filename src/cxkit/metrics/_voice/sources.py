"""Values of texts for predicates: without regard to case, whole words, and hashtags."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

import attrs
from typing_extensions import override

from cxkit._checks import a_name
from cxkit._forms import stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics._voice.tokens import fold, terms, without_sign, words_of
from cxkit.predicates import SOURCE_FORM, Derived, Source, Subject, Tags, Text, Value, tags, text

TEXTS = ("text", "ordered text")
_TEXT, _TAGS = text().kind, tags().kind


def hashtag(given: str) -> str:
    """Return a hashtag as it is looked for: without its sign, folded."""
    return fold(a_name(without_sign(a_name(given, "a hashtag")), "the name of a hashtag"))


def word(given: str) -> str:
    """Return a word as it is looked for; a text of several is none."""
    found = terms(given) if isinstance(given, str) else []
    if len(found) != 1 or found[0][0] == "@":
        msg = (
            f"expected one word, got {given!r}; look for a phrase in the text, as in Mention.fields.text.contains(...)"
        )
        raise (InvalidValueError if isinstance(given, str) else InvalidTypeError)(msg, given)
    return found[0].removeprefix("#")


def _text(given: str) -> str:
    accepted: str = _TEXT.accept(given)
    return fold(accepted)


@attrs.frozen(repr=False)
class TextSource(Derived):
    """What is made of a text, or of a set of texts, that another source gives; no database has words for it."""

    of: Source

    name: ClassVar[str] = ""

    @property
    @override
    def label(self) -> str:
        return f"{self.name}({self.of.label})"

    @override
    def call(self) -> str:
        return self.name

    @override
    def read(self, subject: Subject) -> object:
        known = {} if subject.memo is None else subject.memo  # many keywords are looked for in one text
        if self not in known:
            known[self] = super().read(subject)
        return known[self]

    @override
    def __repr__(self) -> str:
        return f"{self.name}({self.of!r})"


@stored("metrics.folded", of=SOURCE_FORM)
@attrs.frozen(repr=False)
class Folded(TextSource):
    """A text without regard to case and composition."""

    name = "folded"
    shapes = TEXTS
    saying = "{of}, in any case,"
    gives = _TEXT._replace(name="text without case and composition", accept=_text)

    @override
    def derive(self, value: Any, as_of: datetime | None) -> str:
        return fold(value)

    @override
    def inputs(self, value: Any) -> Iterable[object]:
        return value, value.upper()


@stored("metrics.words", of=SOURCE_FORM)
@attrs.frozen(repr=False)
class Words(TextSource):
    """The words of a text."""

    name = "words"
    shapes = TEXTS
    saying = "the set of words of {of}"
    gives = _TAGS._replace(name="a set of words", accept=word)

    @override
    def derive(self, value: Any, as_of: datetime | None) -> frozenset[str]:
        return words_of(value)

    @override
    def inputs(self, value: Any) -> Iterable[object]:
        return (" ".join(sorted(value)),)


@stored("metrics.hashtags", of=SOURCE_FORM)
@attrs.frozen(repr=False)
class Hashtags(TextSource):
    """Hashtags without regard to case and composition."""

    name = "hashtags"
    saying = "{of}, in any case,"
    shapes = ("tags",)
    gives = _TAGS._replace(name="a set of hashtags", accept=hashtag)

    @override
    def derive(self, value: Any, as_of: datetime | None) -> frozenset[str]:
        return frozenset(fold(without_sign(given)) for given in value)

    @override
    def inputs(self, value: Any) -> Iterable[object]:
        return (value,)


def folded(field: Text) -> Text:
    """Return a text field without regard to case and to how Unicode composes it; what it is compared with is folded, too.

    It is the canonical caseless match of the Unicode Standard (section 3.13, D145): `"КОФЕ"` is `"кофе"`, `"STRASSE"` is
    `"straße"`, and a letter with its accent is the same in one code point and in two.

    >>> from cxkit.metrics import folded
    >>> from cxkit.predicates import Fields, text
    >>> class Answer(Fields):
    ...     comment = text()
    >>> folded(Answer.comment).contains("КОФЕ").matches({"comment": "Мой кофе!"})
    True
    """
    return Text(Folded(_source(field)))


def words(field: Text) -> Tags:
    """Return the words of a text field as tags: `"coffee"` is a word of `"#Coffee, please"`, and none of `"coffeehouse"`.

    A word is letters, digits and marks, joined by apostrophes or underscores; addresses of web pages and `@handles` are left
    out. Chinese, Japanese and Thai, which put no spaces between words, are cut at punctuation only: look for a part of the
    text there.

    >>> from cxkit.metrics import words
    >>> from cxkit.predicates import Fields, text
    >>> class Answer(Fields):
    ...     comment = text()
    >>> asked = words(Answer.comment).contains("Coffee")
    >>> asked.matches({"comment": "good COFFEE!"}), asked.matches({"comment": "a coffeehouse"})
    (True, False)
    """
    return Tags(Words(_source(field)))


def hashtags(field: Tags) -> Tags:
    """Return a field of hashtags without regard to case, to how Unicode composes them, and to their sign."""
    return Tags(Hashtags(_source(field)))


def _source(field: Value[Any]) -> Source:
    if not isinstance(field, Value):
        msg = f"expected a field, such as Mention.fields.exact_text, got {field!r}"
        raise InvalidTypeError(msg, field)
    return field.source
