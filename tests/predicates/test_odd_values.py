"""Values whose comparisons are not what they seem."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import attrs
import pytest
from described import MISSING, Customer

from cxkit.errors import InvalidTypeError
from cxkit.predicates import is_missing

C = Customer


@pytest.mark.parametrize("mark", MISSING, ids=["None", "nan", "NaN", "-NaN", "NA", "NaT"])
def test_each_mark_of_a_missing_value_is_known(mark: object):
    assert is_missing(mark)


def test_a_signalling_nan_is_missing():
    assert C.spend.is_missing().matches({"spend": Decimal("sNaN")})


class Numpyish(float):
    """Like `numpy.float64`: its comparisons give truth values that are not the `bool` ones."""

    def __ge__(self, other: object):
        return NumpyishBool(float(self) >= other)

    __hash__ = float.__hash__


@attrs.frozen
class NumpyishBool:
    value: bool

    def __bool__(self):
        return self.value


def test_an_answer_is_a_bool_whatever_the_comparison_gives():
    record = {"score": Numpyish(2.0), "orders": 1}
    assert (C.score >= 3).matches(record) is False
    assert not ((C.score >= 3) & (C.orders == 1)).matches(record)
    assert ((C.score >= 1) | (C.orders == 3)).matches(record)


class Table:
    """Like a `numpy` array: comparisons give another one, whose truth is ambiguous."""

    def __ge__(self, other: object):
        return Table()

    def __bool__(self):
        message = "the truth value of a table is ambiguous"
        raise ValueError(message)


def test_a_comparison_that_is_neither_true_nor_false_is_refused():
    with pytest.raises(InvalidTypeError):
        (C.score >= 3).matches({"score": Table()})
    with pytest.raises(InvalidTypeError):
        (~(C.score >= 3)).matches({"score": Table()})


def test_the_same_moment_in_the_repeated_hour_of_another_zone_is_equal():
    moment = datetime(2026, 10, 25, 0, 30, tzinfo=timezone.utc)
    assert (C.joined == moment).matches({"joined": moment.astimezone(ZoneInfo("Europe/Berlin"))})


@pytest.mark.parametrize(
    ("moment", "later"),
    [
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5))), True),
        (datetime(1, 1, 1, 1, tzinfo=timezone(timedelta(hours=5))), False),
    ],
    ids=["last", "first"],
)
def test_the_ends_of_time_in_another_zone_compare_as_any_moment(moment: datetime, later: bool):  # noqa: FBT001
    assert (C.joined >= datetime(2026, 3, 1, tzinfo=timezone.utc)).matches({"joined": moment}) is later
