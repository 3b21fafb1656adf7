"""Tallies: counts that add, their value, and how sure it is."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.tallies import Interval, PopulationRate, Rate, RateDifference

at = datetime.fromisoformat
MARCH = at("2026-03-01T00:00Z"), at("2026-04-01T00:00Z")
APRIL = at("2026-04-01T00:00Z"), at("2026-05-01T00:00Z")
FLAGS = st.lists(st.booleans(), max_size=20)
COUNTS = st.integers(0, 40) | st.integers(0, 10**20)
KINDS = [Rate, PopulationRate]
METHODS = ["wilson", "clopper-pearson"]


def open_rate(count=0, total=0, *, name="open rate", unit="mails"):
    return Rate(count, total, name=name, unit=unit)


def churn(count=0, total=0, *, name="churn", window=MARCH):
    return PopulationRate(count, total, name=name, unit="customers", window=window)


@st.composite
def tallies(draw, make):
    count = draw(COUNTS)
    return make(count, count + draw(COUNTS))


# Values


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("count", "total", "value"), [(0, 4, 0.0), (1, 4, 0.25), (4, 4, 1.0), (10**30, 3 * 10**30, 1 / 3)]
)
def test_a_rate_is_a_share_with_its_counts(kind, count, total, value):
    rate = kind(count, total)

    assert (rate.value, rate.count, rate.total, rate.is_defined) == (value, count, total, True)
    assert rate.value_or(None) == value


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_counted_is_no_rate_of_zero(kind):
    nothing = kind(name="open rate", unit="mails")

    assert nothing == kind(0, 0, name="open rate", unit="mails")
    assert not nothing.is_defined
    assert nothing.value_or(None) is None
    assert nothing.value_or("none") == "none"
    with pytest.raises(UndefinedMetricError) as caught:
        _ = nothing.value
    assert str(caught.value) == "open rate is undefined: no mails; use value_or(...) where that can happen"


def test_a_rate_is_of_cases_unless_it_says_of_what():
    assert (Rate().name, Rate().unit) == ("rate", "cases")
    assert (PopulationRate().name, PopulationRate().unit, PopulationRate().window) == ("rate", "cases", None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("count", "total", "error", "message"),
    [
        (5, 4, InvalidValueError, "count of churn must not exceed its total of 4 customers, got 5"),
        (-1, 4, InvalidValueError, "count of churn must be at least 0, got -1"),
        (0, -1, InvalidValueError, "total of churn must be at least 0, got -1"),
        (1.0, 4, InvalidTypeError, "count of churn must be an int, got 1.0"),
        (True, 4, InvalidTypeError, "count of churn must be an int, got True"),
        (0, "4", InvalidTypeError, "total of churn must be an int, got '4'"),
    ],
)
def test_counts_that_make_no_share_are_refused(kind, count, total, error, message):
    with pytest.raises(error) as caught:
        kind(count, total, name="churn", unit="customers")

    assert str(caught.value) == message
    assert caught.value.found in (count, total)


# Addition


@pytest.mark.parametrize("make", [open_rate, churn, Rate, PopulationRate])
@given(st.data())
def test_tallies_add_in_any_grouping_and_have_an_identity(make, data):
    a, b, c = (data.draw(tallies(make)) for _ in range(3))

    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert a + make() == make() + a == a
    assert sum([a, b, c], start=make()) == make(a.count + b.count + c.count, a.total + b.total + c.total)


@given(FLAGS, FLAGS)
def test_the_tally_of_all_is_the_sum_of_the_tallies_of_its_parts(here, there):
    for make in (open_rate, churn):
        assert make(sum(here + there), len(here + there)) == make(sum(here), len(here)) + make(sum(there), len(there))


def test_a_rate_of_nothing_at_all_adds_to_any_rate():
    assert Rate() + open_rate(1, 2) == open_rate(1, 2) + Rate() == open_rate(1, 2)
    assert sum([open_rate(1, 2), open_rate(1, 2)], start=Rate()) == open_rate(2, 4)


THINGS, WINDOWS = "they measure two things", "a customer of two windows would be counted twice; compare them instead"


@pytest.mark.parametrize(
    ("left", "right", "why"),
    [
        (open_rate(1, 2), open_rate(1, 2, name="click rate"), THINGS),
        (open_rate(1, 2), open_rate(1, 2, unit="letters"), THINGS),
        (open_rate(1, 2), Rate(1, 2), THINGS),
        (churn(1, 2), churn(1, 2, name="loss"), THINGS),
        (churn(1, 2), churn(1, 2, window=APRIL), WINDOWS),
        (churn(1, 2), churn(1, 2, window=None), WINDOWS),
        (churn(0, 0, window=None), churn(1, 2), WINDOWS),
    ],
)
def test_what_differs_in_meaning_does_not_add(left, right, why):
    with pytest.raises(InvalidValueError) as caught:
        left + right

    assert str(caught.value) == f"cannot add {right!r} to {left!r}: {why}"
    assert caught.value.found is right


@pytest.mark.parametrize("other", [1, 0, None, (1, 2), Interval(0, 1)])
@pytest.mark.parametrize("rate", [Rate(1, 2), PopulationRate(1, 2)])
def test_a_tally_adds_to_its_kind_only(rate, other):
    for add in (lambda: rate + other, lambda: other + rate):
        with pytest.raises(TypeError):
            add()


def test_events_and_customers_do_not_add():
    for add in (lambda: Rate(1, 2) + PopulationRate(1, 2), lambda: PopulationRate(1, 2) + Rate(1, 2)):
        with pytest.raises(TypeError):
            add()


# Intervals


@pytest.mark.parametrize(
    ("number", "inside"),
    [(0.25, True), (0.5, True), (0.75, True), (0, False), (0.2499, False), (0.7501, False), (1, False)],
)
def test_a_number_lies_in_an_interval_with_its_ends(number, inside):
    assert (number in Interval(0.25, 0.75)) is inside


@pytest.mark.parametrize("stranger", [float("nan"), "0.5", None])
def test_what_is_no_number_lies_in_no_interval(stranger):
    assert stranger not in Interval(float("-inf"), float("inf"))


@pytest.mark.parametrize("number", [Fraction(1, 2), Decimal("0.5")])
def test_an_exact_number_lies_in_an_interval_too(number):
    assert number in Interval(0.25, 0.75)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    # Newcombe 1998, Statistics in Medicine 17:857-872, table I
    ("method", "low", "high"),
    [("wilson", 0.2553, 0.3662), ("clopper-pearson", 0.2527, 0.3676)],
)
def test_an_interval_has_a_method(kind, method, low, high):
    interval = kind(81, 263).interval(method=method)

    assert type(interval) is Interval
    assert interval == pytest.approx((low, high), abs=5e-5)


def test_the_interval_of_a_rate_is_wilsons_at_95_percent_unless_told_otherwise():
    assert Rate(81, 263).interval() == Rate(81, 263).interval(0.95, method="wilson")
    assert Rate(81, 263).interval(0.9) != Rate(81, 263).interval()


@pytest.mark.parametrize("method", METHODS)
def test_an_interval_ends_with_the_range(method):
    assert Rate(0, 0).interval(method=method) == (0.0, 1.0)
    assert Rate(0, 20).interval(method=method).low == 0.0
    assert 0 < Rate(0, 20).interval(method=method).high < 0.2
    assert Rate(20, 20).interval(method=method).high == 1.0


@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from([0.5, 0.95]), st.sampled_from(METHODS))
def test_a_rate_lies_in_its_interval(count, others, confidence, method):
    rate = Rate(count, count + others)

    assert rate.value_or(0) in rate.interval(confidence, method=method)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"method": "wald"}, InvalidValueError, "method must be one of 'wilson', 'clopper-pearson', got 'wald'"),
        ({"confidence": 95}, InvalidValueError, "confidence must be between 0 and 1, got 95; "),
        ({"confidence": "0.95"}, InvalidTypeError, "confidence must be a float "),
    ],
)
@pytest.mark.parametrize("rate", [Rate(), Rate(1, 2)])
def test_an_interval_that_is_not_one_is_refused(rate, options, error, message):
    with pytest.raises(error) as caught:
        rate.interval(**options)

    assert str(caught.value).startswith(message)


# Differences


def test_a_difference_is_the_share_less_that_of_the_baseline():
    # Newcombe 1998, Statistics in Medicine 17:873-890, method 10
    after, before = Rate(9, 10), Rate(3, 10)
    gain = after.difference(before)

    assert gain == RateDifference(after, before)
    assert gain.is_defined
    assert gain.value == gain.value_or(None) == pytest.approx(0.6)
    assert type(gain.interval()) is Interval
    assert gain.interval() == pytest.approx((0.1705, 0.8090), abs=5e-5)
    assert before.difference(after).interval() == pytest.approx((-0.8090, -0.1705), abs=5e-5)
    assert gain.interval(0.99).low < gain.interval().low


@pytest.mark.parametrize(("rate", "baseline"), [(Rate(), Rate(1, 2)), (Rate(1, 2), Rate()), (Rate(), Rate())])
def test_a_difference_from_nothing_has_no_value(rate, baseline):
    difference = rate.difference(baseline)

    assert not difference.is_defined
    assert difference.value_or(None) is None
    assert difference.interval() == (-1.0, 1.0)
    with pytest.raises(UndefinedMetricError, match=r"^rate is undefined: no cases"):
        _ = difference.value


def test_the_p_value_of_a_difference_is_that_of_the_score_test():
    """The chi-square of the table 9, 1, 3, 7 is 20 * (9 * 7 - 1 * 3)**2 / (10 * 10 * 12 * 8) = 7.5."""
    assert Rate(9, 10).difference(Rate(3, 10)).p_value() == pytest.approx(2 * NormalDist().cdf(-sqrt(7.5)))


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_the_p_value_pools_both_shares(count, rest, other_count, other_rest):
    rate, baseline = Rate(count, count + rest + 1), Rate(other_count, other_count + other_rest + 1)
    pooled = (rate.count + baseline.count) / (rate.total + baseline.total)
    error = sqrt(pooled * (1 - pooled) * (1 / rate.total + 1 / baseline.total))
    expected = 2 * NormalDist().cdf(-abs(rate.value - baseline.value) / error) if error else 1

    assert rate.difference(baseline).p_value() == pytest.approx(expected)
    assert baseline.difference(rate).p_value() == rate.difference(baseline).p_value()


def test_where_all_cases_are_alike_nothing_speaks_for_a_difference():
    assert Rate(0, 10).difference(Rate(0, 20)).p_value() == Rate(7, 7).difference(Rate(3, 3)).p_value() == 1
    assert Rate(1, 4).difference(Rate(2, 8)).p_value() == 1
    assert Rate(10, 10).difference(Rate(0, 10)).p_value() < 1e-4


def test_large_counts_have_a_p_value_too():
    half, more = Rate(10**40, 2 * 10**40), Rate(10**40 + 10**20, 2 * 10**40)
    assert more.difference(half).p_value() == pytest.approx(2 * NormalDist().cdf(-1))


@pytest.mark.parametrize(("rate", "baseline"), [(Rate(), Rate(1, 2)), (Rate(1, 2), Rate()), (Rate(), Rate())])
def test_without_a_value_there_is_no_p_value(rate, baseline):
    with pytest.raises(UndefinedMetricError, match=r"^rate is undefined: no cases"):
        rate.difference(baseline).p_value()
