"""The top of a population."""

import copy
import json
import pickle
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import CxError, DocumentError, InvalidTypeError, InvalidValueError
from cxkit.predicates import Fields, any_of, integer, money, real, text
from cxkit.segments import TopShare

values = st.lists(st.one_of(st.integers(-3, 6), st.decimals("-1", "4", places=1)), max_size=25)
shares = st.one_of(
    st.decimals(0, 1, places=2), st.sampled_from([Decimal(0), Decimal(1), Decimal("0.1"), Decimal("0.5")])
)


class Customer(Fields):
    spend = money("EUR")
    budget = money()
    orders = integer()
    score = real()
    country = text()


@given(values, shares)
@example([10, 20, 20, 30, 500], Decimal("0.4"))
@example([1, 1, 1], Decimal("0.99"))
def test_the_top_is_the_largest_that_is_not_larger_than_its_share(population, share):
    top = TopShare.fit(iter(population), share=share)
    inside = [value for value in population if top.contains(value)]
    assert len(inside) <= Fraction(share) * len(population)
    tops = [[v for v in population if v >= least] for least in set(population)]  # ties together: all there can be
    fitting = [found for found in tops if len(found) <= Fraction(share) * len(population)]
    assert sorted(inside) == sorted(max(fitting, key=len, default=[]))
    assert top.threshold == min(inside, default=None)
    assert (top.share, top.total) == (share, len(population))


@given(values, shares, st.randoms(use_true_random=False))
def test_the_top_does_not_depend_on_the_order_of_customers(population, share, random: Random):
    shuffled = list(population)
    random.shuffle(shuffled)
    assert TopShare.fit(shuffled, share=share) == TopShare.fit(population, share=share)


def test_the_top_by_hand():
    spend = [10, 20, 20, 30, 500]
    thresholds = [
        TopShare.fit(spend, share=share).threshold for share in ("0", "0.19", "0.2", "0.4", "0.6", "0.8", "1")
    ]
    assert thresholds == [None, None, 500, 30, 30, 20, 10]  # three of five would split the two with 20
    assert TopShare.fit([7, 7, 7], share="0.9").threshold is None
    assert TopShare.fit([7, 7, 7], share="1").threshold == 7
    assert TopShare.fit(range(10), share=Decimal("0.3")).threshold == 7  # 0.3 * 10 is 3, and no less


def test_the_top_of_nobody_is_empty():
    for share in ("0", "0.5", "1"):
        top = TopShare.fit([], share=share)
        assert top == TopShare(Decimal(share), None, 0)
        assert not top.contains(10**6)
        assert top.predicate(Customer.spend) == any_of()


def test_a_missing_value_is_not_in_the_top():
    top = TopShare.fit([1, 2], share="1")
    assert not top.contains(None)
    assert top.contains(1)
    assert not top.predicate(Customer.spend).matches({})
    assert not top.predicate(Customer.spend).matches({"spend": None})


@given(values, shares)
def test_the_predicate_holds_of_those_in_the_top(population, share):
    top = TopShare.fit(population, share=share)
    for field in (Customer.spend, Customer.budget):
        where = top.predicate(field)
        assert [where.matches({field.source.name: v}) for v in population] == [top.contains(v) for v in population]
    where = top.predicate(Customer.score)
    assert [where.matches({"score": float(v)}) for v in population] == [top.contains(v) for v in population]
    whole = [int(v) for v in population if v == int(v)]
    of_whole = TopShare.fit(whole, share=share)
    where = of_whole.predicate(Customer.orders)
    assert [where.matches({"orders": v}) for v in whole] == [of_whole.contains(v) for v in whole]


def test_a_threshold_with_cents_never_means_another_on_whole_numbers():
    """Whole numbers of 11 or more are in; this is refused at once now, rather than answered wrongly."""
    top = TopShare.fit([Decimal("10.50"), 3], share="0.5")
    try:
        where = top.predicate(Customer.orders)
    except InvalidTypeError as error:
        assert "Customer.orders is an integer" in str(error)  # noqa: PT017 - either is fine
    else:
        assert [where.matches({"orders": number}) for number in (10, 11)] == [False, True]
    assert repr(top.predicate(Customer.score)) == "Customer.score >= 10.5"
    assert top.predicate(Customer.spend) == (Customer.spend >= Decimal("10.5"))


def test_the_top_has_a_stored_form():
    for top in (TopShare.fit([1, 2, Decimal("3.50")], share="0.4"), TopShare.fit([], share="0.4")):
        assert from_dict(json.loads(json.dumps(to_dict(top))), TopShare) == top
        assert pickle.loads(pickle.dumps(top)) == copy.deepcopy(top) == top  # noqa: S301
        assert hash(copy.deepcopy(top)) == hash(top)
        assert eval(repr(top), {"TopShare": TopShare, "Decimal": Decimal}) == top  # noqa: S307
    with pytest.raises(DocumentError):
        from_dict(to_dict(TopShare.fit([1], share="1")) | {"share": "2"}, TopShare)


REFUSED: dict[str, tuple[Any, type[CxError]]] = {
    "a share that is a float": (lambda: TopShare.fit([1], share=0.5), InvalidTypeError),
    "a share in percent": (lambda: TopShare.fit([1], share=Decimal(10)), InvalidValueError),
    "a share that is an int": (lambda: TopShare.fit([1], share=1), InvalidTypeError),
    "a negative share": (lambda: TopShare.fit([1], share="-0.1"), InvalidValueError),
    "no share": (lambda: TopShare.fit([1], share=None), InvalidTypeError),
    "a missing value": (lambda: TopShare.fit([1, None], share="0.5"), InvalidTypeError),
    "a value that is a float": (lambda: TopShare.fit([1, 2.5], share="0.5"), InvalidTypeError),
    "a value that is a flag": (lambda: TopShare.fit([True], share="0.5"), InvalidTypeError),
    "a value that is none": (lambda: TopShare.fit([Decimal("NaN")], share="0.5"), InvalidValueError),
    "no values": (lambda: TopShare.fit(3, share="0.5"), InvalidTypeError),
    "a question about a float": (lambda: TopShare.fit([1], share="1").contains(1.5), InvalidTypeError),
    "a threshold that is a float": (lambda: TopShare(Decimal("0.5"), 1.5, 3), InvalidTypeError),
    "a negative total": (lambda: TopShare(Decimal("0.5"), Decimal(1), -3), InvalidValueError),
    "a text field": (lambda: TopShare.fit([1], share="1").predicate(Customer.country), InvalidTypeError),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_makes_no_top_is_refused(name: str):
    build, error = REFUSED[name]
    with pytest.raises(error):
        build()


RAW = {
    "a share that is no number": lambda: TopShare.fit([1], share="ten percent"),
    "a share that is not a number": lambda: TopShare.fit([1], share=Decimal("NaN")),
    "a field that is none": lambda: TopShare.fit([1], share="1").predicate("spend"),
}


@pytest.mark.parametrize("name", RAW)
def test_what_python_refuses_is_an_error_of_the_library(name: str):
    try:
        RAW[name]()
    except CxError:
        return
    except Exception as error:
        raise AssertionError from error


def test_the_top_by_an_integer_field_starts_at_the_next_whole_number():
    top = TopShare.fit([Decimal("2.5"), 1, 1, 1], share="0.25").predicate(Customer.orders)
    assert top == (Customer.orders >= 3)
