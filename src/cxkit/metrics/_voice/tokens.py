"""Text as it is searched and counted: without regard to case and composition, and cut into terms."""

import re
from functools import cache, lru_cache
from itertools import chain, groupby
from unicodedata import category, normalize

LONGEST = 100  # letters: what is longer is no word, and a hostile text must not fill the memory
_UNSORTED = 30  # combining marks in a row: the Stream-Safe Text Format, UAX #15, section 13
_SHORT = 1000  # letters, of which even the worst order is put right at once
_JOINER = "\u034f"  # the combining grapheme joiner, which the Stream-Safe Text Format parts long rows with
_WITHIN = "\u200c\u200d"  # the joiners that stand within words of Persian and of scripts of India
_HASHES = "#\uff03"
_SIGNS = {**dict.fromkeys(_HASHES, "#"), **dict.fromkeys("@\uff20", "@")}
_ADDRESS = r"(?:[Hh][Tt][Tt][Pp][Ss]?://|[Ww]{3}\.)\S+"


def fold(text: str) -> str:
    """Return a text without regard to case and to how its letters are composed.

    It is the canonical caseless match of the Unicode Standard (section 3.13, D145), composed (NFC).

    >>> fold("КОФЕ"), fold("Straße"), fold("cafe\u0301") == fold("CAFÉ")
    ('кофе', 'strasse', True)
    """
    if text.isascii():
        return text.lower()
    if len(text) > _SHORT:  # Python sorts the marks of a letter in quadratic time (python/cpython issue 149079)
        text = _long_row().sub(rf"\g<0>{_JOINER}", text)
    return normalize("NFC", normalize("NFD", text).casefold())


def terms(text: str) -> list[str]:
    """Return the terms of a text, in order: its words, its `#hashtags` and its `@handles`, folded.

    >>> terms("Don't miss #КофеДень at @shop, see https://example.com/coffee!")
    ["don't", 'miss', '#кофедень', 'at', '@shop', 'see']
    """
    return [term for found in _token().findall(text) if len(found) <= LONGEST and (term := _term(found))]


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text, those of its hashtags among them; a handle is a name."""
    return frozenset(term.removeprefix("#") for term in set(terms(text)) if term[0] != "@")


def hashtags_of(text: str) -> frozenset[str]:
    """Return the hashtags of a text as they are written, without their sign."""
    if not any(sign in text for sign in _HASHES):
        return frozenset()
    found = (token[1:] for token in _hashtag().findall(text) if 0 < len(token) <= LONGEST)
    return frozenset(name for name in found if _is_name(name))


def without_sign(hashtag: str) -> str:
    """Return a hashtag without its sign."""
    return hashtag[1:] if hashtag[:1] in {*_HASHES} else hashtag


@lru_cache(maxsize=2**14)
def _term(token: str) -> str:
    """Return the term that a token is; nothing for an address, and for underscores alone."""
    sign, name = _SIGNS.get(token[:1]), _name(token)
    if sign == "#" and not _is_name(name):
        sign = None  # "#1" is a number
    folded = fold(name)
    return f"{sign}{folded}" if sign else folded.replace("\u2019", "'").strip("_")


def _is_name(hashtag: str) -> bool:
    return any(map(str.isalpha, hashtag))


def _name(token: str) -> str:
    """Return a token without its sign; the name behind a sign ends at an apostrophe."""
    return re.split("['\u2019]", token[1:], maxsplit=1)[0] if token[:1] in _SIGNS else token


@cache
def _token() -> re.Pattern[str]:
    """Return the pattern of a token; that of an address captures nothing. It never goes back, whatever the text."""
    return re.compile(rf"{_ADDRESS}|((?:{_sign(''.join(_SIGNS))})?{_word()}(?:['\u2019]{_word()})*)")


@cache
def _hashtag() -> re.Pattern[str]:
    return re.compile(rf"{_ADDRESS}|({_sign(_HASHES)}{_word()})")


def _sign(signs: str) -> str:
    """Return the pattern of a sign that does not stand within a word, as that of an address of mail does."""
    return rf"[{signs}](?<![\w{_marks()}].)"


def _word() -> str:
    # Looking away from what cannot be a mark halves the time: a set of hundreds of ranges is slow.
    return rf"\w+(?:(?![\0-\u02ff])[{_marks()}{_WITHIN}]+\w*)*"


@cache
def _long_row() -> re.Pattern[str]:
    return re.compile(rf"[{_marks()}]{{{_UNSORTED}}}(?=[{_marks()}])")


@cache
def _marks() -> str:
    """Return all combining marks, as ranges for a pattern, which has no name for them."""
    planes = chain(range(0x300, 0x20000), range(0xE0100, 0xE01F0))  # there are none elsewhere
    marks = [code for code in planes if category(chr(code))[0] == "M"]
    rows = [[code for _, code in row] for _, row in groupby(enumerate(marks), lambda placed: placed[1] - placed[0])]
    return "".join(f"{chr(row[0])}-{chr(row[-1])}" for row in rows)
