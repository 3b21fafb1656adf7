"""Regular expressions whose work is bounded."""

import copy
import pickle
import re
import time
import warnings
from contextlib import suppress

import pytest
from described import Customer
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError
from cxkit.predicates import Predicate
from cxkit.predicates._pattern import Pattern

C = Customer
ATOMS = [
    *("a", "b", "c", " ", "é", "-", "."),
    *(
        r"\w",
        r"\W",
        r"\d",
        r"\D",
        r"\s",
        r"\S",
        r"\n",
        r"\t",
        r"\.",
        r"\*",
        r"\[",
        r"\]",
        r"\}",
        r"\\",
        r"\-",
        r"\é",
        r"\x61",
        r"\u0062",
    ),
    *("[ab]", "[^ab]", "[a-c]", "[]a]", "[^]a]", r"[\]a]", r"[^\w]", r"[\d-]", "[a.]", "[a|(]", r"[\x61-b]"),
]
PLACES = ["^", "$", r"\b", r"\B", r"\A", r"\Z"]
REPEATS = ["*", "+", "?", "*?", "+?", "??", "{0}", "{1}", "{2}", "{0,1}", "{1,2}", "{2,}", "{0,}", "{2}?", "{1,3}?"]
TEXTS = st.text("aabbcé1_ \n-.]", max_size=7)


def _compiles(pattern: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
    except (re.error, FutureWarning):
        return False
    return True


def patterns() -> st.SearchStrategy[str]:
    """Draw expressions of the whole grammar."""
    parts = st.sampled_from(ATOMS + PLACES)

    def wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        group = st.tuples(st.sampled_from(["(", "(?:"]), inner).map(lambda drawn: f"{drawn[0]}{drawn[1]})")
        single = st.one_of(st.sampled_from(ATOMS), group)
        return st.one_of(
            group,
            st.tuples(single, st.sampled_from(REPEATS)).map("".join),
            st.lists(inner, max_size=3).map("".join),
            st.lists(inner, min_size=2, max_size=3).map("|".join),
            st.just(""),
        )

    return st.recursive(parts, wider, max_leaves=8).filter(_compiles)


def simple_patterns() -> st.SearchStrategy[str]:
    """Draw expressions that `re` itself may search: without repeats, and with few ways to go through them."""
    piece = st.sampled_from([*ATOMS, *PLACES, ""])
    group = st.lists(piece, min_size=1, max_size=3).map(lambda drawn: f"({'|'.join(drawn)})")
    return st.lists(st.one_of(piece, group), max_size=4).map("".join).filter(_compiles)


def in_one_pass(pattern: str) -> Pattern:
    """Return a pattern that is searched by the automaton, whether or not `re` could search it."""
    ours = Pattern(pattern)
    object.__setattr__(ours, "_simple", None)
    return ours


@settings(max_examples=800, deadline=None)
@given(patterns(), st.lists(TEXTS, min_size=1, max_size=5))
@example("", [""])
@example("a$", ["a\n", "a\nb", "a\n\n"])
@example(r"a\Z", ["a\n", "a"])
@example("^b", ["a\nb"])
@example("a.b", ["a\nb", "a b"])
@example(r"\b", ["", "a", " "])
@example(r"\B", ["", "a", " ", "ab"])
@example("(a|b|)+c", ["ababc", "c"])
@example("(a*)*", ["b"])
@example("(a?b??)*c", ["aabc"])
@example("(^a)*b", ["ab", "aab", "b"])
def test_it_finds_what_re_finds(pattern: str, texts: list[str]):
    ours = Pattern(pattern)
    for text in texts:
        found = re.search(pattern, text) is not None
        assert ours.is_found_in(text) is found, (pattern, text)
        assert in_one_pass(pattern).is_found_in(text) is found, (pattern, text)


@settings(deadline=None)
@given(simple_patterns(), st.lists(TEXTS, min_size=1, max_size=5))
@example("(a|b)(|c)", ["ac", "b", "c"])
def test_re_and_the_automaton_find_the_same(pattern: str, texts: list[str]):
    simple = Pattern(pattern)
    assert simple._simple is not None  # noqa: SLF001
    for text in texts:
        assert simple.is_found_in(text) is in_one_pass(pattern).is_found_in(text), (pattern, text)


@pytest.mark.parametrize("pattern", ["^de$", r"\bbad\b", "a|b|", "|".join(["ab"] * 100), "(a|b)" * 6])
def test_re_itself_searches_what_has_few_ways(pattern: str):
    assert Pattern(pattern)._simple is not None  # noqa: SLF001


@pytest.mark.parametrize(
    "pattern", ["|".join(["ab"] * 101), "(a|b)" * 7, "((a|b|c|d)|(e|f|g|h))(i|j|k|l)", "a?", "a{1}", "(a+)+$"]
)
def test_re_itself_searches_nothing_else(pattern: str):
    assert Pattern(pattern)._simple is None  # noqa: SLF001


@given(st.text(max_size=5), st.text(max_size=8))
@example("two words", "just two words")
@example(" \t\n\r\v\f", "\n")
def test_an_escaped_text_is_found_as_it_stands(part: str, text: str):
    ours = Pattern(re.escape(part))
    assert ours.is_found_in(text) is (part in text)
    assert ours.is_found_in(text + part)


@pytest.mark.parametrize("found", [3, None, b"a", ["a"], {"a": 1}], ids=repr)
def test_what_is_no_text_is_not_searched(found: object):
    for pattern in ("a|", "a*"):
        with pytest.raises(TypeError):
            Pattern(pattern).is_found_in(found)


@pytest.mark.parametrize(
    ("pattern", "found", "not_found"),
    [
        ("kaff?ee", ["kaffee", "mein kafee!"], ["tee", "Kaffee"]),
        ("^[0-9]{5}$", ["10115", "10115\n"], ["1011", "101155", "1 10115"]),
        (r"\bbad\b", ["bad", "a bad day"], ["badly", "abad"]),
        (r"(late|never) (came|arrived)", ["it never arrived"], ["late again", "late  came"]),
        (r"[\w.+-]+@[\w-]+\.\w+", ["write to a.b+c@shop.example"], ["a@b", "@x.y"]),
        ("😀+", ["😀😀"], [":-)"]),
        ("x{0}", [""], []),
        ("a||b", ["", "c"], []),
    ],
)
def test_it_is_searched_for_anywhere(pattern: str, found: list[str], not_found: list[str]):
    p = C.country.matches(pattern)
    assert [p.matches({"country": text}) for text in found] == [True] * len(found)
    assert [p.matches({"country": text}) for text in not_found] == [False] * len(not_found)


# Bounds


@pytest.mark.parametrize("pattern", ["(a+)+$", "^(a|a)*$", "(a*)*b", "(a|aa)+$", "(.*a){10}$", "(a?){30}a{30}$"])
def test_what_takes_re_years_takes_one_pass(pattern: str):
    ours = Pattern(pattern)
    text = "a" * 9_999 + "!"
    began = time.process_time()
    assert ours.is_found_in(text) is False
    assert time.process_time() - began < 5


def test_the_time_grows_with_the_text_and_not_faster():
    ours = Pattern("(a+)+$")

    def spent(length: int) -> float:
        began = time.process_time()
        for _ in range(5):
            ours.is_found_in("a" * length + "!")
        return time.process_time() - began

    spent(100)
    assert spent(8_000) < 30 * spent(1_000)  # eight times as long; quadratic would be 64 times


def test_a_text_of_ten_thousand_characters_is_searched_and_none_longer():
    p = C.country.matches("b$")
    assert p.matches({"country": "a" * 9_999 + "b"})
    with pytest.raises(InvalidValueError) as caught:
        p.matches({"country": "a" * 10_000 + "b"})
    assert str(caught.value) == "texts of up to 10000 characters are searched for 'b$', got one of 10001"


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"(a)\1", "'\\\\' is not read"),
        (r"(?P<name>a)", "groups have no flags, names or look-around"),
        (r"(?P=name)", "groups have no flags, names or look-around"),
        (r"(?=a)", "groups have no flags, names or look-around"),
        (r"(?!a)", "groups have no flags, names or look-around"),
        (r"(?<=a)b", "groups have no flags, names or look-around"),
        (r"(?<!a)b", "groups have no flags, names or look-around"),
        (r"(?i)a", "groups have no flags, names or look-around"),
        (r"(?i:a)", "groups have no flags, names or look-around"),
        (r"(?#comment)", "groups have no flags, names or look-around"),
        (r"(?>a)", "groups have no flags, names or look-around"),
        (r"(a)(?(1)b|c)", "groups have no flags, names or look-around"),
        ("a*+", "'*' is not read"),
        ("a++", "'+' is not read"),
        ("a?+", "'?' is not read"),
        ("a**", "'*' is not read"),
        ("a{2}{3}", "'{' is not read"),
        ("a{,3}", "'{' is not read"),
        ("{", "'{' is not read"),
        ("a{x}", "'{' is not read"),
        (r"\N{BULLET}", "'\\\\' is not read"),
        (r"\07", "'\\\\' is not read"),
        (r"\a", "'\\\\' is not read"),
        (r"\U0001F600", "'\\\\' is not read"),
        ("[a", "'[' is not read"),
        ("[[a]", "'[' is not read"),
        ("[]", "unterminated character set at position 0"),
        ("]", "']' is not read"),  # `re` takes these three for themselves
        ("a}", "'}' is not read"),
        ("a{2}{", "'{' is not read"),
        ("\\", "'\\\\' is not read"),
        ("a{99999}", "'{' is not read"),
        ("[a--b]", "write doubled signs in [a--b] with a backslash"),
        ("[a&&b]", "write doubled signs in [a&&b] with a backslash"),
        ("[a~~b]", "write doubled signs in [a~~b] with a backslash"),
        ("[a||b]", "write doubled signs in [a||b] with a backslash"),
        ("(", "missing ), unterminated subpattern at position 0"),
        (")", "unbalanced parenthesis at position 0"),
        ("*a", "nothing to repeat at position 0"),
        ("a|*", "nothing to repeat at position 2"),
        ("[z-a]", "bad character range z-a at position 1"),
        ("a{3,2}", "min repeat greater than max repeat at position 2"),
        ("a" * 501, "it has more than 500 characters"),
        ("a{2001}", "it repeats into more than 2000 states"),
        ("(a{1000}){3}", "it repeats into more than 2000 states"),
        ("((a{0,99}){0,99}){0,99}", "it repeats into more than 2000 states"),
        ("(" * 21 + "a" + ")" * 21, "groups are more than 20 deep"),
    ],
)
def test_what_is_not_regular_or_too_large_is_refused_when_the_test_is_built(pattern: str, why: str):
    began = time.process_time()
    with pytest.raises(InvalidValueError) as caught:
        C.country.matches(pattern)
    assert time.process_time() - began < 1
    shown = pattern if len(pattern) <= 500 else "a" * 40 + "..."
    assert str(caught.value) == f"expected a regular expression that can be searched in one pass, got {shown!r}: {why}"
    assert caught.value.found == pattern


@pytest.mark.parametrize("pattern", ["((){999}){999}", "a((a{0}){999}){999}"])
def test_repeats_of_nothing_cost_nothing(pattern: str):
    began = time.process_time()
    with suppress(InvalidValueError):  # refused is fine, too
        Pattern(pattern)
    assert time.process_time() - began < 0.05


@pytest.mark.parametrize("pattern", ["a" * 500, "a{1998}", "(" * 20 + "a" + ")" * 20, "a{0,999}", "(?:){1000}"])
def test_what_is_just_small_enough_is_taken(pattern: str):
    assert Pattern(pattern).is_found_in("a" * 2_000)


@pytest.mark.parametrize("pattern", [3, None, b"a", re.compile("a"), ["a"]], ids=repr)
def test_a_pattern_is_a_text(pattern: object):
    with pytest.raises(InvalidTypeError) as caught:
        C.country.matches(pattern)
    assert str(caught.value) == f"expected a regular expression as text, got {pattern!r}"


# As a test of a field


def test_a_missing_text_matches_nothing():
    assert not C.country.matches("").matches({})
    assert (~C.country.matches("")).matches({"country": None})


@pytest.mark.parametrize("value", [3, ["DE"], b"DE", {"D": 1}], ids=repr)
def test_what_is_no_text_is_refused(value: object):
    with pytest.raises(InvalidTypeError) as caught:
        C.country.matches("^D").matches({"country": value})
    assert str(caught.value) == f"country must be text, got {value!r} in Customer.country.matches('^D')"


def test_a_pattern_compares_prints_and_pickles_by_its_text():
    p = C.country.matches(r"^D\w$")
    assert p == C.country.matches(r"^D\w$")
    assert hash(p) == hash(C.country.matches(r"^D\w$"))
    assert p != C.country.matches(r"^D\w")
    assert repr(p) == r"Customer.country.matches('^D\\w$')"
    assert eval(repr(p), {"Customer": Customer}) == p  # noqa: S307
    for again in (pickle.loads(pickle.dumps(p)), copy.deepcopy(p), copy.copy(p)):  # noqa: S301
        assert again == p
        assert again.matches({"country": "DE"})
        assert not again.matches({"country": "FR"})


def test_a_document_with_a_pattern_is_read_from_the_host_only():
    p = (C.country.matches("^D") & (C.orders >= 3)) | C.code.matches("[0-9]")
    document = to_dict(p)
    assert document["where"]["any"][1] == {"value": "Customer.code", "test": "matches", "than": "[0-9]"}
    assert from_dict(document, Predicate, fields=C, trusted=True) == p
    with pytest.raises(DocumentError) as caught:
        from_dict(document, Predicate, fields=C)
    assert [str(fault) for fault in caught.value.exceptions] == [
        "$.where.any[0].all[0].than: a regular expression is read with trusted=True only",
        "$.where.any[1].than: a regular expression is read with trusted=True only",
    ]


@pytest.mark.parametrize(
    ("than", "told"),
    [
        ("(a", "$.where: expected a regular expression that can be searched in one pass, got '(a': missing ),"),
        (3, "$.where.than: expected text, got 3"),
        (None, "$.where.than: expected text, got None"),
    ],
    ids=repr,
)
def test_a_broken_pattern_is_a_fault_of_the_document(than: object, told: str):
    where = {"value": "Customer.country", "test": "matches", "than": than}
    with pytest.raises(DocumentError) as caught:
        from_dict({"cxkit": 1, "type": "predicates.predicate", "where": where}, Predicate, fields=C, trusted=True)
    [fault] = caught.value.exceptions
    assert str(fault).startswith(told)


def test_whether_a_document_is_trusted_is_a_yes_or_no():
    with pytest.raises(InvalidTypeError, match=r"^trusted must be True or False, got 1$"):
        from_dict(to_dict(C.country.matches("a")), Predicate, fields=C, trusted=1)
