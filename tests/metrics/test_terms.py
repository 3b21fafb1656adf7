"""Terms: how texts are folded and cut, again letter by letter, and how the terms are counted."""

import re
from collections import Counter
from datetime import datetime, timezone
from unicodedata import category, normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError
from cxkit.metrics import Mention, TermCount, TermCounts, TopTerms, term_counts
from cxkit.metrics._voice.tokens import fold, terms, words_of
from cxkit.tallies import Rate

AT = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
APOSTROPHES = "'\u2019"
SIGNS = {"#": "#", "\uff03": "#", "@": "@", "\uff20": "@"}
# Letters, marks, joiners, digits, signs, and what stands between: enough to build every kind of token
ALPHABET = "aZé1_ßяИ\u0301\u0327\u0939\u093f\u4e2d \n.,-#@\uff03\uff20'\u2019\u200d\u00adhttps://w\U0001d165😀"
TEXTS = st.text(ALPHABET, max_size=25)


def caseless(said):
    """Fold as the Unicode Standard says, section 3.13, D145."""
    return normalize("NFD", normalize("NFD", said).casefold())


def is_letter(letter):
    return letter == "_" or letter.isalnum()


def is_inside(letter):
    return is_letter(letter) or category(letter)[0] == "M" or letter in "\u200c\u200d"


def cut(said):
    """Cut a text letter by letter."""
    found, at = [], 0
    while at < len(said):
        address = re.match(r"(https?://|www\.)\S", said[at:], re.IGNORECASE | re.ASCII)
        if address:
            while at < len(said) and not said[at].isspace():
                at += 1
            continue
        sign = ""
        if said[at] in SIGNS and not (at and (is_letter(said[at - 1]) or category(said[at - 1])[0] == "M")):
            sign = SIGNS[said[at]]
        start = at + bool(sign)
        if start >= len(said) or not is_letter(said[start]):
            at += 1
            continue
        end = start
        while end < len(said) and (
            is_inside(said[end]) or (said[end] in APOSTROPHES and end + 1 < len(said) and is_letter(said[end + 1]))
        ):
            end += 1
        found.append((sign, said[start:end]))
        at = end
    return [term for sign, name in found if len(sign) + len(name) <= 100 and (term := told(sign, name))]


def told(sign, name):
    if sign:
        name = re.split(f"[{APOSTROPHES}]", name)[0]
    if sign == "@" or (sign and any(letter.isalpha() for letter in name)):
        return sign + normalize("NFC", caseless(name))
    return normalize("NFC", caseless(name)).replace("\u2019", "'").strip("_")


# Folding


@pytest.mark.parametrize("step", range(16))
def test_every_letter_folds_as_unicode_says_and_folding_twice_changes_nothing(step):
    for code in range(step, 0x20000, 16):
        for said in (chr(code), f"a{chr(code)}", f"{chr(code)}\u0301"):
            assert normalize("NFD", fold(said)) == caseless(said)
            assert fold(fold(said)) == fold(said)


@given(st.text(max_size=20))
def test_texts_that_are_the_same_fold_to_the_same(said):
    assert fold(normalize("NFD", said)) == fold(normalize("NFC", said)) == fold(said)
    assert normalize("NFD", fold(said)) == caseless(said)


def test_long_rows_of_marks_are_parted_in_long_texts_only():
    marks = "\u0301\u0327" * 20
    assert fold(f"A{marks}") == normalize("NFC", f"a{marks}")
    long = fold("x" * 1000 + f"A{marks}")
    assert long.count("\u034f") == 1
    assert fold("x" * 1000 + "É" + "\u0327" * 29) == "x" * 1000 + normalize("NFC", "é" + "\u0327" * 29)


@pytest.mark.parametrize(
    "hostile",
    [
        "a" + "\u0301\u0327" * 125_000,
        "a" * 250_000,
        "#" * 250_000,
        "a'" * 125_000,
        "http://" * 35_000,
        "_" * 250_000,
        "@a" * 125_000,
        "#1" * 125_000,
        "\u4e2d" * 250_000,
        "w" * 250_000,
        "a\u0301" * 125_000,
    ],
    ids=[
        "marks",
        "letters",
        "signs",
        "apostrophes",
        "addresses",
        "underscores",
        "handles",
        "numbers",
        "cjk",
        "w",
        "nfd",
    ],
)
def test_a_long_hostile_text_is_read_at_once(hostile):
    # What goes back and tries again, or sorts in quadratic time, would take many minutes here.
    assert len(Mention(hostile, AT).hashtags) <= 1
    found = term_counts([hostile, hostile])
    assert len(found.counts) <= 2
    assert Mention.fields.text.contains("b").matches({"text": hostile}) is False


# Cutting


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("", []),
        ("The coffee, the COFFEE!", ["the", "coffee", "the", "coffee"]),
        ("don't DON\u2019T rock'n'roll 'tis dogs' a''b", ["don't", "don't", "rock'n'roll", "tis", "dogs", "a", "b"]),
        ("l\u2019été ÉTÉ", ["l'été", "été"]),
        (normalize("NFD", "café"), ["café"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("Привет, Мир", ["привет", "мир"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("می‌خواهم", ["می‌خواهم"]),
        ("العَرَبِيَّة", ["العَرَبِيَّة"]),
        ("咖啡很好喝,真的", ["咖啡很好喝", "真的"]),
        ("e-mail 4.5 stars", ["e", "mail", "4", "5", "stars"]),
        ("_this_ is snake_case ___", ["this", "is", "snake_case"]),
        ("#Coffee #1 #_ @Shop @shop's #tea's", ["#coffee", "1", "@shop", "@shop", "#tea"]),
        ("\uff03Tea \uff20Shop", ["#tea", "@shop"]),
        ("mail info@shop.com a#b", ["mail", "info", "shop", "com", "a", "b"]),
        ("é#b e\u0301#b e\u0301@b", ["é", "b", "é", "b", "é", "b"]),
        ("see HTTPS://x.com/#a?b=c or www.x.com, now", ["see", "or", "now"]),
        ("http:// x https: www. www", ["http", "x", "https", "www", "www"]),
        ("coffee😀tea 👩\u200d👧", ["coffee", "tea"]),
        ("x" * 100 + " " + "y" * 101 + " #" + "z" * 99 + " #" + "z" * 100, ["x" * 100, "#" + "z" * 99]),
    ],
)
def test_texts_are_cut_into_terms(said, found):
    assert terms(said) == found
    assert terms(said) == cut(said)


@given(TEXTS)
@example("a\u0301'b@c#d")
@example("#a\u2019b_")
@example("www.a http://b")
def test_texts_are_cut_as_letter_by_letter(said):
    assert terms(said) == cut(said)


@given(st.text(max_size=30))
def test_all_texts_are_cut_as_letter_by_letter(said):
    assert terms(said) == cut(said)


@given(TEXTS)
def test_hashtags_and_words_are_those_of_the_terms(said):
    found = terms(said)
    assert {fold(tag) for tag in Mention(said, AT).hashtags} == {term[1:] for term in found if term[0] == "#"}
    assert words_of(said) == {term.removeprefix("#") for term in found if term[0] != "@"}


# Counting

SAID = ["The coffee, the COFFEE! #Coffee", "good coffee @shop", "Tea? #coffee #Tea", ""]


def test_terms_are_counted_with_the_mentions_that_use_them():
    tally = term_counts(Mention(said, AT) for said in SAID)
    assert tally == term_counts(SAID)
    assert tally.counts == {"the": 2, "coffee": 3, "#coffee": 2, "good": 1, "@shop": 1, "tea": 1, "#tea": 1}
    assert tally.found_in == {"the": 1, "coffee": 2, "#coffee": 2, "good": 1, "@shop": 1, "tea": 1, "#tea": 1}
    assert (tally.total, tally.is_defined, term_counts([]).is_defined) == (4, True, False)


def test_the_most_common_come_in_one_order():
    tally = term_counts(SAID)
    assert [top.term for top in tally.most_common(9).terms] == [
        "coffee",
        "#coffee",
        "the",
        "#tea",
        "@shop",
        "good",
        "tea",
    ]
    assert tally.most_common(2) == TopTerms((TermCount("coffee", 3, 2), TermCount("#coffee", 2, 2)), 4)
    assert tally.most_common(0).terms == ()
    assert [top.term for top in term_counts(reversed(SAID)).most_common(3).terms] == ["coffee", "#coffee", "the"]


def test_kinds_and_stop_words_are_said_when_it_is_read():
    tally = term_counts(SAID)
    assert [top.term for top in tally.most_common(9, kinds=["hashtag"]).terms] == ["#coffee", "#tea"]
    assert [top.term for top in tally.most_common(9, kinds=["handle"]).terms] == ["@shop"]
    assert [top.term for top in tally.most_common(9, kinds=["word"], without=["THE", "good tea", ""]).terms] == [
        "coffee"
    ]
    assert "#coffee" not in {top.term for top in tally.most_common(9, without=["#COFFEE"]).terms}
    assert tally.most_common(9, kinds=[]).terms == ()


def test_shares_of_mentions_are_rates():
    tally = term_counts(SAID)
    assert tally.rate("Coffee") == Rate(2, 4, name="share of mentions with coffee", unit="mentions")
    assert (tally.rate("#TEA").count, tally.rate("milk").count) == (1, 0)
    assert term_counts([]).rate("tea").value_or(None) is None


def test_tables_and_charts():
    top = term_counts(SAID).most_common(2)
    assert top.rows() == [
        {"term": "coffee", "count": 3, "mentions": 2, "share": 0.5},
        {"term": "#coffee", "count": 2, "mentions": 2, "share": 0.5},
    ]
    assert top.chart()["data"]["values"] == top.rows()
    assert str(top).splitlines()[1].split() == ["coffee", "3", "2", "0.5"]
    tally = term_counts(SAID)
    assert tally.rows()[:2] == top.rows()
    assert len(tally.rows()) == 7
    assert str(tally).splitlines()[1] == str(tally).splitlines()[1].strip()
    assert str(term_counts([])) == "(no rows)"
    assert eval(repr(tally)) == tally  # noqa: S307 - our own repr
    assert hash(eval(repr(tally))) == hash(tally)  # noqa: S307 - our own repr


@pytest.mark.parametrize(
    ("ask", "error", "says"),
    [
        (lambda: term_counts("abc"), InvalidTypeError, r"mentions must be a list, got 'abc'; write \['abc'\]"),
        (lambda: term_counts(3), InvalidTypeError, "expected a list for mentions"),
        (lambda: term_counts([3]), InvalidTypeError, "expected a Mention or a text, got 3"),
        (lambda: term_counts(SAID).most_common(-1), InvalidValueError, "the number of terms must be at least 0"),
        (lambda: term_counts(SAID).most_common(2, without="the"), InvalidTypeError, "without must be a list"),
        (
            lambda: term_counts(SAID).most_common(2, without=[4]),
            InvalidTypeError,
            "expected a Mention or a text, got 4",
        ),
        (lambda: term_counts(SAID).most_common(2, kinds="word"), InvalidTypeError, "kinds must be a list"),
        (lambda: term_counts(SAID).most_common(2, kinds=["x"]), InvalidValueError, "a kind of term must be one of"),
        (lambda: term_counts(SAID).rate("flat white"), InvalidValueError, "expected one term"),
        (lambda: term_counts(SAID).rate(3), InvalidTypeError, "expected one term"),
        (lambda: TermCounts({"a": 0}, {"a": 1}, 1), InvalidValueError, "the count of 'a' must be at least 1"),
        (lambda: TermCounts({"a": 1.0}, {"a": 1}, 1), InvalidTypeError, "the count of 'a' must be an int"),
        (lambda: TermCounts({" ": 1}, {" ": 1}, 1), InvalidValueError, "a term must not be blank"),
        (lambda: TermCounts([("a", 1)], {"a": 1}, 1), InvalidTypeError, "counts of terms must be a mapping"),
        (lambda: TermCounts({"a": 1}, {"b": 1}, 1), InvalidValueError, "must be about the same terms, got 1 and 1"),
        (lambda: TermCounts({"a": 1}, {"a": 2}, 3), InvalidValueError, "'a' cannot be in more mentions"),
        (lambda: TermCounts({"b": 3}, {"b": 2}, 1), InvalidValueError, "'b' cannot be in more mentions"),
        (lambda: TermCounts(total=-1), InvalidValueError, "total must be at least 0"),
        (lambda: TermCounts() + 1, TypeError, "unsupported"),
    ],
)
def test_wrong_values_are_refused(ask, error, says):
    with pytest.raises(error, match=says):
        ask()


# Laws

LOGS = st.lists(st.text("abA# ", max_size=8), max_size=8)


@given(LOGS)
def test_counts_agree_with_counting_again(log):
    tally = term_counts(log)
    every = [cut(said) for said in log]
    assert tally.counts == Counter(term for found in every for term in found)
    assert tally.found_in == Counter(term for found in every for term in set(found))
    assert [row["term"] for row in tally.rows()] == sorted(
        tally.counts, key=lambda term: (-tally.counts[term], -tally.found_in[term], term)
    )


@given(LOGS, LOGS, LOGS)
def test_tallies_add(one, two, three):
    a, b, c = map(term_counts, (one, two, three))
    assert (a + b) + c == a + (b + c) == term_counts([*one, *two, *three])
    assert a + TermCounts() == TermCounts() + a == a
    assert from_dict(to_dict(a), TermCounts) == a


def test_broken_documents_are_refused():
    document = to_dict(term_counts(SAID))
    for wrong in ({"counts": []}, {"total": 0}, {"counts": [["a", "b"]]}, {"found_in": {"a": 1}}):
        with pytest.raises(DocumentError):
            from_dict(document | wrong, TermCounts)
