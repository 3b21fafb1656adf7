"""Churn of two sets of customers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import Period
from cxkit.errors import InvalidTypeError
from cxkit.metrics import ChurnOfSets, churn_of_sets, churn_rate

NAMES = st.lists(st.sampled_from("abcdefgh"), max_size=12)
MARCH = Period.month(2024, 3)


@given(NAMES, NAMES)
def test_it_is_the_rate_of_the_counts(before, after):
    churn = churn_of_sets(iter(before), iter(after), period=MARCH)
    counts = churn_rate(start=len(set(before)), end=len(set(after)), new=len(churn.new), period=MARCH)

    assert churn.rate == counts
    assert {*churn.lost} | {*churn.retained} == {*before}
    assert {*churn.new} | {*churn.retained} == {*after}
    assert len(churn.lost) + len(churn.retained) == len({*before})


def test_nobody_before_is_no_churn_of_zero():
    churn = churn_of_sets([], ["anna"])

    assert churn.rate.value_or(None) is None
    assert churn.rate.window is None


def test_it_is_a_table():
    churn = churn_of_sets(["anna", "ben"], ["ben", "cleo", "dora"])

    assert [(row["group"], row["customers"]) for row in churn.rows()] == [("lost", 1), ("retained", 1), ("new", 2)]
    assert str(churn).splitlines()[3].split() == ["new", "2"]
    assert json.dumps(churn.chart())
    assert eval(repr(churn), {"ChurnOfSets": ChurnOfSets}) == churn  # noqa: S307 - our own


@pytest.mark.parametrize(
    ("before", "options", "message"),
    [
        ("anna", {}, r"expected the names of customers, got the text 'anna'; write \['anna'\]"),
        (5, {}, "expected names of customers, got 5"),
        ([5], {}, "customer must be text, got 5"),
        ([], {"period": "2024-03"}, "period must be a Period"),
    ],
)
def test_customers_have_names(before, options, message):
    with pytest.raises(InvalidTypeError, match=f"^{message}"):
        churn_of_sets(before, [], **options)
