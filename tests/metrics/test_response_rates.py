"""How many of those who were asked answered."""

from fractions import Fraction
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import Dispositions, response_rate
from cxkit.tallies import Interval, Rate

COUNTS = st.integers(0, 30)
PARTS = (
    "complete",
    "partial",
    "refusals",
    "non_contacts",
    "others",
    "unknown_households",
    "unknown_others",
    "ineligible",
)
CASES = st.builds(Dispositions, **dict.fromkeys(PARTS, COUNTS))
# https://github.com/ropensci/outcomerate README
OUTCOMES = Dispositions(
    complete=4,
    partial=2,
    refusals=1,
    non_contacts=1,
    others=1,
    unknown_households=1,
    unknown_others=1,
    ineligible=1,
)


def test_responses_over_what_was_sent():
    assert response_rate(responses=30, sent=120) == Rate(30, 120, name="response rate", unit="surveys")
    assert response_rate(responses=30, sent=120, undelivered=20) == Rate(30, 100, name="response rate", unit="surveys")
    assert response_rate(responses=100, sent=120, undelivered=20).value == 1
    assert response_rate(responses=0, sent=0).value_or(None) is None


def test_more_responses_than_surveys_are_refused():
    with pytest.raises(InvalidValueError) as caught:
        response_rate(responses=101, sent=120, undelivered=20)
    assert str(caught.value) == "101 responses and 20 undelivered surveys are more than the 120 that were sent"
    for part in ("responses", "sent", "undelivered"):
        with pytest.raises(InvalidTypeError, match=f"{part} must be an int"):
            response_rate(**{"responses": 1, "sent": 2, "undelivered": 0, part: 1.0})


@pytest.mark.parametrize(("rate", "value"), [("RR1", 0.364), ("RR2", 0.545), ("RR5", 0.444), ("RR6", 0.667)])
def test_the_counted_rates_are_those_of_others(rate, value):
    found = OUTCOMES.response_rate(rate)
    assert (round(found.value, 3), found.name, found.unit) == (value, rate, "cases")


@pytest.mark.parametrize(("rate", "value"), [("RR3", 0.370), ("RR4", 0.556)])
def test_the_estimated_rates_are_those_of_others(rate, value):
    found = OUTCOMES.estimated_response_rate(rate, eligible=OUTCOMES.eligible_share.value)
    assert (round(found.value, 3), found.name) == (value, rate)
    assert OUTCOMES.eligible_share == Rate(9, 10, name="eligible share", unit="known cases")


def test_each_kind_of_case_has_its_place():
    """With counts that no two sums share, by hand from the formulas of AAPOR."""
    cases = Dispositions(
        complete=1,
        partial=2,
        refusals=4,
        non_contacts=8,
        others=16,
        unknown_households=32,
        unknown_others=64,
        ineligible=128,
    )
    counted = {rate: cases.response_rate(rate) for rate in ("RR1", "RR2", "RR5", "RR6")}
    assert {rate: (found.count, found.total) for rate, found in counted.items()} == {
        "RR1": (1, 127),
        "RR2": (3, 127),
        "RR5": (1, 31),
        "RR6": (3, 31),
    }
    three, four = (cases.estimated_response_rate(rate, eligible=Fraction(1, 3)) for rate in ("RR3", "RR4"))
    assert (three.count, four.count, three.total, four.total) == (1, 3, 63, 63)
    assert (three.value, four.value_or(None)) == (1 / 63, 3 / 63)
    assert cases.eligible_share.total == 159


@given(CASES, st.fractions(0, 1))
def test_an_estimate_lies_between_what_is_certain(cases, eligible):
    estimate = cases.estimated_response_rate("RR3", eligible=eligible)
    if estimate.is_defined:
        assert estimate.value in estimate.bounds
        assert estimate.total == cases.eligible + eligible * cases.unknown
    else:
        assert estimate.bounds == Interval(0, 1)
    if cases.eligible:
        assert estimate.bounds == (cases.response_rate("RR1").value, cases.response_rate("RR5").value)


def test_the_total_of_an_estimate_is_exact():
    estimate = Dispositions(complete=1, unknown_others=3).estimated_response_rate("RR3", eligible=Fraction(1, 3))
    assert (estimate.total, estimate.value) == (2, 0.5)
    assert Dispositions(complete=1, unknown_others=3).estimated_response_rate("RR3", eligible=1).value == 0.25


def test_without_cases_there_is_no_rate():
    nobody = Dispositions().estimated_response_rate("RR4", eligible=0.5)

    assert (nobody.is_defined, nobody.value_or(None), nobody.bounds) == (False, None, Interval(0, 1))
    with pytest.raises(UndefinedMetricError, match="RR4 is undefined: no eligible cases"):
        _ = nobody.value
    assert not Dispositions(unknown_others=5).estimated_response_rate("RR3", eligible=0).is_defined
    assert Dispositions(unknown_others=5).estimated_response_rate("RR3", eligible=0.1).value == 0
    assert not Dispositions(ineligible=5).response_rate("RR5").is_defined


def test_a_counted_rate_is_not_estimated_and_the_other_way_round():
    with pytest.raises(InvalidValueError, match="rate must be one of 'RR1', 'RR2', 'RR5', 'RR6', got 'RR3'"):
        OUTCOMES.response_rate("RR3")
    with pytest.raises(InvalidValueError, match="rate must be one of 'RR3', 'RR4', got 'RR1'"):
        OUTCOMES.estimated_response_rate("RR1", eligible=0.5)


@pytest.mark.parametrize(
    ("eligible", "error"),
    [
        (True, InvalidTypeError),
        ("0.5", InvalidTypeError),
        (None, InvalidTypeError),
        (1.01, InvalidValueError),
        (-0.01, InvalidValueError),
        (nan, InvalidValueError),
    ],
)
def test_a_share_that_is_none_is_refused(eligible, error):
    with pytest.raises(error, match="the share of eligible cases must be"):
        OUTCOMES.estimated_response_rate("RR3", eligible=eligible)


@given(CASES, CASES, CASES)
def test_dispositions_are_an_event_tally(one, two, three):
    assert (one + two) + three == one + (two + three)
    assert one + Dispositions() == one
    assert (one + two).eligible == one.eligible + two.eligible
    assert from_dict(to_dict(one), Dispositions) == one


def test_dispositions_are_checked():
    for part in PARTS:
        with pytest.raises(InvalidValueError, match=f"{part} must be at least 0, got -1"):
            Dispositions(**{part: -1})
        with pytest.raises(DocumentError):
            from_dict({**to_dict(OUTCOMES), part: -1}, Dispositions)
    with pytest.raises(TypeError):
        OUTCOMES + 1
