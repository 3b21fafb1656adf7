"""Texts without regard to case."""

import pytest
from described import MISSING, Customer
from hypothesis import given
from hypothesis import strategies as st

from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.predicates import Text

C = Customer
FOLDED = C.country.casefold()
ASCII = C.country.casefold(ascii_only=True)


@pytest.mark.parametrize(
    ("predicate", "passing", "failing"),
    [
        (FOLDED == "Straße", ["STRASSE", "straße", "STRA\u1e9eE", "strasse"], ["strase", "STRAßE "]),
        (FOLDED.is_in(["КОФЕ", "Tee"]), ["кофе", "Кофе", "TEE"], ["кафе", ""]),
        (FOLDED.contains("КОФЕ"), ["мой кофе!", "КОФЕЙНЯ"], ["чай"]),
        (FOLDED.starts_with("ÉT"), ["été", "ÉTÉ"], ["et", "pété"]),
        (FOLDED.ends_with("λόγος"), ["ΛΌΓΟΣ", "τον λόγοσ"], ["λόγο"]),  # both small sigmas fold to one
        (FOLDED == "k", ["K", "k", "\u212a"], ["x"]),  # KELVIN SIGN
        (FOLDED != "de", ["FR", None], ["DE", "dE"]),
        (FOLDED.not_in(["de"]), ["FR", None], ["De"]),
        (ASCII == "Straße", ["STRAßE", "straße"], ["STRASSE", "STRA\u1e9eE"]),
        (ASCII.is_in(["Été", "TEE"]), ["ÉTé", "Été", "tee"], ["été", "ÉTÉ"]),
        (ASCII.contains("A.Z"), ["xa.zx"], ["x\u0410.Z"]),
        (ASCII.starts_with("ÉT"), ["Ét"], ["ét"]),
        (ASCII.ends_with("[@Z"), ["x[@z"], ["x{`z"]),  # the signs beside A and Z stay what they are
        (ASCII == "k", ["K", "k"], ["\u212a"]),
    ],
    ids=repr,
)
def test_case_makes_no_difference(predicate, passing: list, failing: list):
    assert [predicate.matches({"country": value}) for value in passing] == [True] * len(passing)
    assert [predicate.matches({"country": value}) for value in failing] == [False] * len(failing)


@given(st.text(max_size=5), st.text(max_size=5))
def test_all_of_unicode_is_folded_as_unicode_says(one: str, other: str):
    for found in (other, one.upper(), one.lower()):
        assert (one == FOLDED).matches({"country": found}) is (one.casefold() == found.casefold())


def _small(word: str) -> bytes:
    return word.encode("utf-8", "surrogatepass").lower()  # of bytes, only A to Z are


@given(st.text(max_size=5), st.text("aAzZéÉ[`", max_size=3))
def test_of_ascii_only_a_to_z_are_folded(one: str, other: str):
    assert (one == ASCII).matches({"country": other}) is (_small(one) == _small(other))
    assert ASCII.contains(other).matches({"country": one}) is (_small(other) in _small(one))


@pytest.mark.parametrize("mark", MISSING, ids=["None", "nan", "NaN", "-NaN", "NA", "NaT"])
def test_a_missing_text_stays_missing(mark: object):
    assert not FOLDED.contains("").matches({"country": mark})
    assert FOLDED.is_missing().matches({"country": mark})
    assert FOLDED.is_known().matches({"country": ""})


def test_what_it_is_compared_with_is_folded_when_the_test_is_built():
    assert repr(FOLDED == "Straße") == "Customer.country.casefold() == 'strasse'"
    assert repr(ASCII.is_in(["Straße"])) == "Customer.country.casefold(ascii_only=True).is_in(['straße'])"
    assert (FOLDED == "DE") == (FOLDED == "de")
    assert (FOLDED == "DE") != (ASCII == "DE")
    assert (FOLDED == "de") != (C.country == "de")


def test_a_reason_tells_the_text_that_was_tested():
    [reason] = (FOLDED == "FR").explain({"country": "DE"}).reasons
    assert (reason.code, reason.field, reason.found, reason.needed) == ("failed", "country.casefold()", "de", "== 'fr'")


@pytest.mark.parametrize("value", [3, b"DE", ["DE"], True], ids=repr)
def test_what_is_no_text_is_refused(value: object):
    with pytest.raises(InvalidTypeError) as caught:
        (FOLDED == "de").matches({"country": value})
    assert str(caught.value) == f"country must be text, got {value!r} in Customer.country.casefold()"


def test_literals_and_options_are_checked():
    for folded, kind in ((FOLDED, "text without case"), (ASCII, "text without ASCII case")):
        with pytest.raises(InvalidTypeError) as caught:
            folded.eq(3)
        assert str(caught.value) == f"{folded!r} is {kind}: expected text, got 3"
    with pytest.raises(InvalidTypeError, match=r"^ascii_only must be True or False, got 'yes'$"):
        C.country.casefold(ascii_only="yes")


def test_a_folded_ordered_text_has_no_order():
    assert type(C.code.casefold()) is Text
    assert C.code.casefold().eq("A1").matches({"code": "a1"})
    with pytest.raises(InvalidTypeError, match="which has no order"):
        _ = C.code.casefold() < "b"


def test_two_folded_fields_are_compared():
    p = C.country.casefold() == C.address.city.casefold()
    assert p.matches({"country": "DE", "address": {"city": "de"}})
    assert not p.matches({"country": "DE", "address": {"city": "fr"}})


@pytest.mark.parametrize(
    ("one", "other"),
    [(FOLDED, C.address.city), (FOLDED, ASCII), (ASCII, C.country), (FOLDED, C.code)],
    ids=repr,
)
def test_a_folded_text_is_compared_with_texts_folded_alike_only(one: Text, other: Text):
    for left, right in ((one, other), (other, one)):
        with pytest.raises(InvalidTypeError) as caught:
            left.eq(right)
        assert str(caught.value) == (
            f"{left!r} is {left.kind.name} and is compared with its like, got {right!r}, which is {right.kind.name}"
        )


def test_a_regular_expression_is_searched_for_in_the_folded_text():
    p = FOLDED.matches("^d(e|k)$")
    assert [p.matches({"country": text}) for text in ("DE", "Dk", "de", "AT")] == [True, True, True, False]
    assert repr(p) == "Customer.country.casefold().matches('^d(e|k)$')"
    assert FOLDED.matches(r"^\w\W\S\D$").matches({"country": "D-EX"})  # the case of an escape is none of a text
    assert C.country.matches("^DE$").matches({"country": "DE"})


@pytest.mark.parametrize(
    ("pattern", "plain"),
    [("^DE$", "^de$"), ("ß", "ss"), ("[A-Z]", "[a-z]"), (r"\wE", "e"), (r"\x41", "a"), (r"\u00C9", "é")],
)
@pytest.mark.parametrize("folded", [FOLDED, C.code.casefold()], ids=repr)
def test_a_regular_expression_that_no_folded_text_has_is_refused(folded: Text, pattern: str, plain: str):
    with pytest.raises(InvalidValueError) as caught:
        folded.matches(pattern)
    assert str(caught.value) == (f"{folded!r} has folded texts, so write the pattern as {plain!r} is, got {pattern!r}")
    assert caught.value.found == pattern


def test_of_ascii_only_a_regular_expression_is_folded_where_its_texts_are():
    with pytest.raises(InvalidValueError):
        ASCII.matches("^DE$")
    assert ASCII.matches("^de$").matches({"country": "DE"})
    assert ASCII.matches("ß$").matches({"country": "STRAß"})  # which `casefold(ascii_only=True)` leaves as it is
    assert ASCII.matches("^É").matches({"country": "ÉTÉ"})
