"""Shares of customers that stay the same."""

import math
import pickle
from collections import Counter
from enum import Enum
from hashlib import md5

import pytest
from described import MISSING
from hypothesis import given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError
from cxkit.predicates import Fields, Ordered, Predicate, bucket, choice, integer, moment, money, real, tags, text


class Customer(Fields):
    id = text()
    code = text(ordered=True)
    number = integer()
    score = real()
    spend = money()
    seen = moment()
    interests = tags()
    tier = choice("a", "b")


C = Customer
PEOPLE = [{"id": f"customer {number}", "number": number} for number in range(10_000)]
TWO_52 = 4_503_599_627_370_496


def position(salt: str, key: str) -> float:
    """The first 52 bits of the MD5 of `salt:key` over 2^52, by hand."""
    digest = md5(f"{salt}:{key}".encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
    return (int.from_bytes(digest[:7], "big") >> 4) / TWO_52


def is_at(predicate_value: Ordered, record: dict, place: float) -> bool:
    """Whether a value is exactly this number."""
    return (predicate_value == place).matches(record)


@pytest.mark.parametrize(
    ("salt", "key", "bits", "place"),
    [
        ("spring sale", "customer 7", 0x3579AFB0331A0, 0.20888803531406808),  # printf 'spring sale:customer 7' | md5sum
        ("a/b", "4711", 0xD0985B2B8B42B, 0.8148247700985489),  # printf 'a/b:4711' | md5sum
    ],
)
def test_the_place_of_a_key_never_changes(salt: str, key: str, bits: int, place: float):
    assert is_at(bucket(C.id, salt=salt), {"id": key}, place)
    assert is_at(bucket(C.id, salt=salt), {"id": key}, bits / 4_503_599_627_370_496)
    assert position(salt, key) == place


@given(st.text(max_size=20), st.text(min_size=1).filter(str.strip))
def test_the_place_is_that_of_the_first_52_bits_of_the_md5(key: str, salt: str):
    place = position(salt, key)
    assert is_at(bucket(C.id, salt=salt), {"id": key}, place)
    assert bucket(C.id, salt=salt, share=place).matches({"id": key}) is False
    assert bucket(C.id, salt=salt, share=min(1.0, math.nextafter(place, 2))).matches({"id": key})


def test_a_number_falls_where_its_digits_do():
    for number in (0, 7, -7, 4711, 10**20):
        assert is_at(bucket(C.number, salt="a"), {"number": number}, position("a", str(number)))


def test_half_of_a_surrogate_pair_has_a_place_too():
    assert is_at(bucket(C.id, salt="a"), {"id": "\ud800"}, position("a", "\ud800"))
    assert position("a", "\ud800") == int(md5(b"a:\xed\xa0\x80", usedforsecurity=False).hexdigest()[:13], 16) / TWO_52


def test_a_share_of_none_holds_nobody_and_a_share_of_one_everybody():
    assert not any(bucket(C.id, salt="a", share=0).matches(person) for person in PEOPLE)
    assert all(bucket(C.id, salt="a", share=1).matches(person) for person in PEOPLE)
    assert all(bucket(C.id, salt="a", share=1.0).matches(person) for person in PEOPLE[:10])


@pytest.mark.parametrize("mark", MISSING, ids=["None", "nan", "NaN", "-NaN", "NA", "NaT"])
@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_a_missing_key_is_in_no_share(mark: object, share: float):
    for record in ({"id": mark}, {}):
        assert not bucket(C.id, salt="a", share=share).matches(record)
        assert (~bucket(C.id, salt="a", share=share)).matches(record)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 9_999))
def test_a_larger_share_holds_the_smaller_one(one: float, other: float, index: int):
    small, large = sorted([one, other])
    person = PEOPLE[index]
    assert bucket(C.id, salt="a", share=small).matches(person) <= bucket(C.id, salt="a", share=large).matches(person)


def test_a_share_is_as_large_as_it_says():
    """The number of those within is binomial: within 4 standard deviations."""
    for field in (C.id, C.number):
        for share in (0.01, 0.1, 0.5, 0.9):
            found = sum(bucket(field, salt="spring sale", share=share).matches(person) for person in PEOPLE)
            assert abs(found - 10_000 * share) <= 4 * math.sqrt(10_000 * share * (1 - share))


def test_the_places_are_spread_evenly():
    place = bucket(C.id, salt="spring sale")
    arms = [place.between(low / 20, math.nextafter((low + 1) / 20, 0)) for low in range(20)]
    counts = [sum(arm.matches(person) for person in PEOPLE) for arm in arms]
    assert sum(counts) == 10_000  # the arms share nobody and leave nobody out
    assert all(abs(count - 500) <= 4 * math.sqrt(10_000 * 0.05 * 0.95) for count in counts)


def test_another_salt_picks_others_independently():
    one, other = bucket(C.id, salt="a", share=0.5), bucket(C.id, salt="b", share=0.5)
    cells = Counter((one.matches(person), other.matches(person)) for person in PEOPLE)
    assert all(abs(count - 2_500) <= 4 * math.sqrt(10_000 * 0.25 * 0.75) for count in cells.values())
    assert len(cells) == 4


def test_a_key_and_a_salt_are_not_mixed_up():
    assert bucket(C.id, salt="a") is not None
    assert position("a:b", "c") == position("a", "b:c")  # known: choose salts without a colon
    assert repr(bucket(C.id, salt="a:b")) == "bucket(Customer.id, salt='a:b')"


@pytest.mark.parametrize(
    ("field", "record"),
    [
        (C.id, {"id": 7}),
        (C.id, {"id": b"7"}),
        (C.id, {"id": ["7"]}),
        (C.number, {"number": "7"}),
        (C.number, {"number": 7.0}),
        (C.number, {"number": True}),
    ],
    ids=repr,
)
def test_a_key_of_another_type_is_refused_and_not_put_anywhere(field, record: dict):
    [(name, value)] = record.items()
    for p in (bucket(field, salt="a", share=1), ~bucket(field, salt="a", share=1)):
        with pytest.raises(InvalidTypeError) as caught:
            p.matches(record)
        assert str(caught.value) == f"{name} must be {field.kind.name}, got {value!r} in bucket({field!r}, salt='a')"


class Key(str, Enum):  # noqa: UP042 - what is older than StrEnum
    ANNA = "anna"


def test_equal_keys_fall_on_the_same_place():
    assert Key.ANNA == "anna"
    assert is_at(bucket(C.id, salt="a"), {"id": Key.ANNA}, position("a", "anna"))


@pytest.mark.parametrize("field", [C.score, C.spend, C.seen, C.interests, C.tier], ids=repr)
def test_a_bucket_is_found_by_a_text_or_a_whole_number(field):
    with pytest.raises(InvalidTypeError):
        bucket(field, salt="a")


@pytest.mark.parametrize("field", ["id", None, C.id == "a", Customer], ids=["name", "None", "predicate", "class"])
def test_a_bucket_is_found_by_a_field(field: object):
    with pytest.raises(InvalidTypeError, match=r"^a bucket is found by a field, such as Customer\.id, got "):
        bucket(field, salt="a")


@pytest.mark.parametrize(
    ("share", "error"),
    [
        ("0.1", InvalidTypeError),
        (True, InvalidTypeError),
        (1j, InvalidTypeError),
        (-0.1, InvalidValueError),
        (1.1, InvalidValueError),
        (10, InvalidValueError),  # percent
        (float("nan"), InvalidValueError),
    ],
    ids=repr,
)
def test_a_share_is_a_number_from_0_to_1(share: object, error: type[Exception]):
    with pytest.raises(error) as caught:
        bucket(C.id, salt="a", share=share)
    assert str(caught.value) == f"share must be a number from 0 to 1, got {share!r}"


@pytest.mark.parametrize(("salt", "error"), [("", InvalidValueError), (" ", InvalidValueError), (3, InvalidTypeError)])
def test_a_salt_is_a_name(salt: object, error: type[Exception]):
    with pytest.raises(error, match=r"^the salt of a bucket must "):
        bucket(C.id, salt=salt)


def test_a_bucket_can_be_found_by_a_folded_or_an_ordered_text():
    folded = bucket(C.id.casefold(), salt="a")
    assert is_at(folded, {"id": "ANNA"}, position("a", "anna"))
    assert is_at(bucket(C.code, salt="a"), {"code": "X"}, position("a", "X"))
    assert repr(folded < 0.5) == "bucket(Customer.id.casefold(), salt='a') < 0.5"


def test_a_bucket_is_a_value_like_others():
    p = bucket(C.id, salt="a", share=0.25)
    assert p == (bucket(C.id, salt="a") < 0.25)
    assert p != bucket(C.id, salt="b", share=0.25)
    assert p != bucket(C.code, salt="a", share=0.25)
    assert repr(p) == "bucket(Customer.id, salt='a') < 0.25"
    assert p.about == {C}
    assert not p.timed
    assert pickle.loads(pickle.dumps(p)) == p  # noqa: S301
    document = to_dict(p)
    assert document["where"] == {
        "value": {"type": "predicates.bucket", "of": "Customer.id", "salt": "a", "algorithm": "md5-52"},
        "test": "lt",
        "than": 0.25,
    }
    assert from_dict(document, Predicate, fields=C) == p


def test_another_algorithm_is_not_taken_for_this_one():
    document = to_dict(bucket(C.id, salt="a", share=0.25))
    document["where"]["value"]["algorithm"] = "sha256-52"
    with pytest.raises(DocumentError) as caught:
        from_dict(document, Predicate, fields=C)
    [fault] = caught.value.exceptions
    assert fault.path == "$.where.value.algorithm"


def test_a_document_says_by_which_algorithm():
    document = to_dict(bucket(C.id, salt="a", share=0.25))
    del document["where"]["value"]["algorithm"]
    with pytest.raises(DocumentError) as caught:
        from_dict(document, Predicate, fields=C)
    [fault] = caught.value.exceptions
    assert str(fault) == "$.where.value.algorithm: missing key"


def test_an_explanation_tells_the_place():
    [reason] = bucket(C.id, salt="spring sale", share=0.1).explain({"id": "customer 7"}).reasons
    assert (reason.code, reason.found, reason.needed) == ("failed", 0.20888803531406808, "< 0.1")
    assert reason.field == "bucket(id, salt='spring sale')"
