"""Term counts: which words, hashtags and handles mentions use, for word clouds."""

from collections import Counter
from collections.abc import Iterable, Mapping
from heapq import nsmallest
from typing import Any, Literal, Self, TypeVar, cast, get_args

import attrs
from typing_extensions import override

from cxkit import _charts, _tables
from cxkit._checks import FrozenDict, a_count, a_name, each, one_of
from cxkit._forms import INTEGER, mapping, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics._voice.mention import Mention
from cxkit.metrics._voice.tokens import terms
from cxkit.tallies import Rate

TermKind = Literal["word", "hashtag", "handle"]
"""What a term is: a word, a `#hashtag` or a `@handle`."""
ItemT = TypeVar("ItemT")
KINDS: tuple[TermKind, ...] = get_args(TermKind)
_SIGNS: Mapping[str, TermKind] = {"#": "hashtag", "@": "handle"}


def kind_of(term: str) -> TermKind:
    """Return what a term is, by its sign."""
    return _SIGNS.get(term[:1], "word")


@attrs.frozen
class TermCount:
    """How often a term is used.

    Attributes:
        term: The term, folded; a hashtag or a handle with its sign.
        count: How often.
        mentions: In how many mentions.
    """

    term: str
    count: int
    mentions: int


@attrs.frozen
class TopTerms(_charts.Charted):
    """The terms that are used most.

    Attributes:
        terms: The terms, the most frequent first, and among equals those in more mentions, then by code points.
        total: How many mentions there are in all.
    """

    terms: tuple[TermCount, ...]
    total: int

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each term, with the share of mentions that use it."""
        return [
            {"term": top.term, "count": top.count, "mentions": top.mentions, "share": top.mentions / self.total}
            for top in self.terms
        ]

    @override
    def chart(self) -> _charts.Spec:
        return _charts.bars(self.rows(), category="term", number="count", title="Most frequent terms")


def _counts(given: Any) -> Any:
    found = FrozenDict.of(given, "counts of terms")
    for term, number in found.items():
        a_count(cast("int", number), f"the count of {a_name(term, 'a term')!r}", least=1)
    return found


_FORM = mapping(INTEGER)


@stored("metrics.term_counts", counts=_FORM, found_in=_FORM, total=INTEGER)
@attrs.frozen
class TermCounts(_tables.Tabled):
    """How often mentions use each term: an event tally, which adds over time and over shards.

    A term is a word, a `#hashtag` or a `@handle`, without regard to case and composition. Nothing is left out when it is
    counted; stop words are named when it is read. It grows with the number of different terms.

    Attributes:
        counts: How often each term is used.
        found_in: In how many mentions each is.
        total: How many mentions there are in all.

    >>> from cxkit.metrics import term_counts
    >>> counts = term_counts(["The coffee, the COFFEE!", "good coffee #coffee"])
    >>> print(counts.most_common(2, without=["the"]))
    term     count  mentions  share
    coffee       3         2      1
    #coffee      1         1    0.5
    """

    counts: Mapping[str, int] = attrs.field(factory=dict, converter=_counts)
    found_in: Mapping[str, int] = attrs.field(factory=dict, converter=_counts)
    total: int = 0

    def __attrs_post_init__(self) -> None:
        a_count(self.total, "total")
        if self.counts.keys() != self.found_in.keys():
            msg = f"counts and found_in must be about the same terms, got {len(self.counts)} and {len(self.found_in)} of them"
            raise InvalidValueError(msg, self.found_in)
        for term, number in self.found_in.items():
            if number > min(self.total, self.counts[term]):
                msg = f"{term!r} cannot be in more mentions than there are, nor than it is used, got {number}"
                raise InvalidValueError(msg, number)

    @property
    def is_defined(self) -> bool:
        """Whether there are mentions."""
        return self.total > 0

    def rate(self, term: str) -> Rate:
        """Return the share of mentions that use a term; a hashtag or a handle is asked for with its sign."""
        found = _a_term(term)
        return Rate(self.found_in.get(found, 0), self.total, name=f"share of mentions with {found}", unit="mentions")

    def most_common(self, number: int, *, kinds: Iterable[TermKind] = KINDS, without: Iterable[str] = ()) -> TopTerms:
        """Return the terms that are used most.

        Args:
            number: How many.
            kinds: Which of `"word"`, `"hashtag"` and `"handle"`.
            without: Stop words: the terms of these texts are left out.
        """
        a_count(number, "the number of terms")
        asked = {one_of(kind, KINDS, "a kind of term") for kind in _listed(kinds, "kinds")}
        stop = {term for text in _listed(without, "without") for term in terms(_text_of(text))}
        kept = (term for term in self.counts if kind_of(term) in asked and term not in stop)
        best = nsmallest(number, kept, key=lambda term: (-self.counts[term], -self.found_in[term], term))
        return TopTerms(tuple(TermCount(term, self.counts[term], self.found_in[term]) for term in best), self.total)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each term, the most frequent first."""
        return self.most_common(len(self.counts)).rows()

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        return type(self)(
            Counter(self.counts) + Counter(other.counts),
            Counter(self.found_in) + Counter(other.found_in),
            self.total + other.total,
        )


def term_counts(mentions: Iterable[Mention | str]) -> TermCounts:
    """Count the terms of mentions, or of plain texts such as the comments of a survey.

    Args:
        mentions: The mentions or texts, read one by one.

    >>> from cxkit.metrics import term_counts
    >>> counts = term_counts(["Кофе, КОФЕ!", "кофе @shop"])
    >>> counts.counts["кофе"], counts.rate("Кофе").value
    (3, 1.0)
    """
    counts, found_in, total = Counter[str](), Counter[str](), 0
    for mention in _listed(mentions, "mentions"):
        found = terms(_text_of(mention))
        counts.update(found)
        found_in.update(set(found))
        total += 1
    return TermCounts(counts, found_in, total)


def _text_of(mention: Mention | str) -> str:
    if isinstance(mention, Mention):
        return mention.text
    if not isinstance(mention, str):
        msg = f"expected a Mention or a text, got {mention!r}"
        raise InvalidTypeError(msg, mention)
    return mention


def _listed(given: Iterable[ItemT], what: str) -> Iterable[ItemT]:
    if isinstance(given, str):
        msg = f"{what} must be a list, got {given!r}; write [{given!r}]"
        raise InvalidTypeError(msg, given)
    return each(given, f"a list for {what}")


def _a_term(given: str) -> str:
    """Return a text as the term that it is."""
    found = terms(given) if isinstance(given, str) else []
    if len(found) != 1:
        msg = f"expected one term, such as 'coffee', '#coffee' or '@shop', got {given!r}"
        raise (InvalidValueError if isinstance(given, str) else InvalidTypeError)(msg, given)
    return found[0]
