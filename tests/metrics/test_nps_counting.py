"""Counting many scores at a time gives what counting them one by one gives, errors included."""

from array import array
from decimal import Decimal
from fractions import Fraction
from itertools import count
from math import inf, isnan, nan
from numbers import Real

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics import Nps, NpsScale
from cxkit.metrics._nps.counting import MANY

STARS = NpsScale(low=1, passive=4, promoter=5, high=5)
TEN = NpsScale(low=0, passive=7, promoter=9, high=10)
AROUND_ZERO = NpsScale(low=-2, passive=0, promoter=2, high=2)
WIDE = NpsScale(low=-300, passive=100, promoter=290, high=300)
SCALES = st.sampled_from([TEN, STARS, AROUND_ZERO, WIDE, NpsScale(low=0, passive=1, promoter=1, high=1)])
PLENTY = MANY + 3


class Index:
    """What can stand for an integer, such as an array of one."""

    def __init__(self, number):
        self.number = number

    def __index__(self):
        return self.number

    def __repr__(self):
        return f"Index({self.number})"


SOUND = st.integers(0, 10) | st.floats(0, 10) | st.none() | st.just(nan) | st.integers(0, 10).map(Index)
ODD = st.sampled_from([True, False, 11, -1, 256, 2**70, inf, 10.5, "9", b"9", [9], Fraction(17, 2), Decimal("8.5")])
SCORES = st.lists(SOUND | st.integers(-3, 12), max_size=12) | st.lists(SOUND | ODD, max_size=8)


def one_by_one(scores, scale):
    """Count in a plain loop."""
    promoters = passives = detractors = missing = 0
    for score in scores:
        if score is None or (isinstance(score, float | Decimal) and isnan(score)):
            missing += 1
            continue
        if isinstance(score, bool) or not (isinstance(score, Real | Decimal) or hasattr(score, "__index__")):
            hint = "; convert text first, as in int('10')" if isinstance(score, str) else ""
            raise InvalidTypeError(
                f"nps score must be a number between {scale.low} and {scale.high}, got {score!r}{hint}"
            )
        number = float(score)
        if not scale.low <= number <= scale.high:
            raise InvalidValueError(f"nps score must be between {scale.low} and {scale.high}, got {score!r}")
        if number >= scale.promoter:
            promoters += 1
        elif number >= scale.passive:
            passives += 1
        else:
            detractors += 1
    return Nps(promoters, passives, detractors, missing, scale=scale)


def outcome(make):
    try:
        return make()
    except (InvalidTypeError, InvalidValueError) as error:
        return type(error), str(error)


@given(SCORES, SCALES, st.sampled_from([list, tuple, iter]))
@example([True], TEN, list)
@example([9, None, True], TEN, list)
@example([1, 1, True, 1], TEN, list)
@example([None, 8.5, 10], TEN, tuple)
@example([-2, 0, 1, 2], AROUND_ZERO, list)
@example([255, 256, 300, -300, 290], WIDE, list)
def test_scores_count_as_in_a_plain_loop(scores, scale, kind):
    assert outcome(lambda: Nps.from_scores(kind(scores), scale=scale)) == outcome(lambda: one_by_one(scores, scale))


@given(st.lists(st.integers(0, 255), max_size=20) | st.lists(st.integers(0, 10), max_size=20), SCALES)
def test_bytes_count_as_a_list_of_their_numbers(numbers, scale):
    expected = outcome(lambda: one_by_one(numbers, scale))
    for kept in (bytes, bytearray, lambda found: array("B", found), lambda found: memoryview(bytes(found))):
        assert outcome(lambda kept=kept: Nps.from_scores(kept(numbers), scale=scale)) == expected


@given(st.lists(st.integers(-3, 12), max_size=20), st.sampled_from("bhiqd"))
def test_other_arrays_count_as_what_they_hold(numbers, code):
    held = array(code, numbers)
    assert outcome(lambda: Nps.from_scores(held)) == outcome(lambda: one_by_one(list(held), TEN))


def test_bytes_in_rows_are_no_scores():
    table = memoryview(bytes([9, 10, 3, 4])).cast("B", shape=[2, 2])
    with pytest.raises(NotImplementedError):  # as for any who read it in order
        Nps.from_scores(table)


@pytest.mark.parametrize("kind", [list, tuple, bytes, iter])
@pytest.mark.parametrize("number", [0, 1, MANY - 1, MANY, MANY + 1, 2 * MANY + 5])
def test_many_scores_are_all_counted(kind, number):
    scores = [(10, 7, 3)[place % 3] for place in range(number)]

    assert Nps.from_scores(kind(scores)) == Nps(-(-number // 3), (number + 1) // 3, number // 3)


@pytest.mark.parametrize("place", [0, MANY - 1, MANY, PLENTY - 1])
@pytest.mark.parametrize("odd", [True, False, 11, -1, "9", 10.5])
def test_one_bad_score_among_many_is_found(place, odd):
    scores = [1] * PLENTY
    scores[place] = odd
    with pytest.raises((InvalidTypeError, InvalidValueError)) as caught:
        Nps.from_scores(scores)

    assert caught.value.found is odd
    assert str(caught.value) == outcome(lambda: one_by_one(scores, TEN))[1]


def test_the_first_of_two_bad_scores_is_named():
    with pytest.raises(InvalidValueError, match="got 11"):
        Nps.from_scores([9, 11, "9"])
    with pytest.raises(InvalidTypeError, match="got '9'"):
        Nps.from_scores([9, "9", 11])


@pytest.mark.parametrize(
    ("missing", "expected"), [("omit", Nps(MANY, 0, 1, 2)), ("passive", Nps(MANY, 2, 1)), ("raise", None)]
)
def test_missing_answers_among_many_count_as_told(missing, expected):
    scores = [10] * (MANY - 1) + [None, 10, nan, 3]
    if expected is None:
        with pytest.raises(InvalidValueError, match="expected an answer each, got 2 missing"):
            Nps.from_scores(scores, missing=missing)
    else:
        assert Nps.from_scores(scores, missing=missing) == expected


def test_scores_are_read_some_at_a_time():
    """A bad score among the first ends the reading, of scores without an end, too."""
    read = count()
    with pytest.raises(InvalidValueError, match="got 11"):
        Nps.from_scores(read)

    assert next(read) == MANY


def test_what_a_generator_raises_is_not_hidden():
    def broken():
        yield 9
        raise TypeError("no more")

    with pytest.raises(TypeError, match=r"^no more$"):
        Nps.from_scores(broken())


@pytest.mark.parametrize("scores", [3, None])
def test_what_is_no_list_of_scores_is_refused(scores):
    with pytest.raises(InvalidTypeError, match=r"^expected scores, got "):
        Nps.from_scores(scores)


def test_every_other_byte_counts_as_what_is_left():
    assert Nps.from_scores(memoryview(bytes([10, 1, 7, 2, 3, 255]))[::2]) == Nps(1, 1, 1)


# Histograms


@given(st.dictionaries(st.integers(0, 10) | st.floats(0, 10) | st.none(), st.integers(0, 5), max_size=8))
def test_a_histogram_counts_as_the_answers_it_stands_for(counts):
    answers = [score for score, number in counts.items() for _ in range(number)]

    assert Nps.from_counts(counts) == Nps.from_scores(answers)
    assert Nps.from_counts(counts, missing="passive") == Nps.from_scores(answers, missing="passive")


def test_a_histogram_of_stars():
    assert Nps.from_counts({5: 3, 4: 2, 1: 1}, scale=STARS) == Nps(3, 2, 1, scale=STARS)


@pytest.mark.parametrize(
    ("counts", "options", "error", "told"),
    [
        ({True: 3}, {}, InvalidTypeError, "nps score must be a number between 0 and 10, got True"),
        ({11: 3}, {}, InvalidValueError, "nps score must be between 0 and 10, got 11"),
        ({9: 2.5}, {}, InvalidTypeError, "the count of score 9 must be an int, got 2.5"),
        ({9: -1}, {}, InvalidValueError, "the count of score 9 must be at least 0, got -1"),
        ([10, 9], {}, InvalidTypeError, "counts must be a mapping from each score to how many gave it"),
        ({None: 2}, {"missing": "raise"}, InvalidValueError, "expected an answer each, got 2 missing"),
        ({9: 1}, {"missing": "drop"}, InvalidValueError, "missing must be one of"),
        ({9: 1}, {"scale": 5}, InvalidTypeError, "scale must be an NpsScale"),
    ],
    ids=["bool", "off the scale", "half", "negative", "a list", "missing", "policy", "scale"],
)
def test_a_histogram_that_makes_no_sense_is_refused(counts, options, error, told):
    with pytest.raises(error) as caught:
        Nps.from_counts(counts, **options)

    assert str(caught.value).startswith(told)
