"""Recency, frequency and monetary value: scores that customers share when they are equal."""

import copy
import json
import pickle
from bisect import bisect_left
from collections import Counter
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import behaviour_oracle as oracle
import pytest
from behaviour_oracle import people
from hypothesis import example, given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import CxError, DocumentError, InvalidTypeError, InvalidValueError
from cxkit.journey import Journey, Touchpoint
from cxkit.segments import (
    RFM_GRID,
    Cuts,
    Profile,
    RfmGroup,
    RfmModel,
    RfmScore,
    RfmValues,
    quantile_scores,
    rfm_values,
)

UTC = timezone.utc
TIED = [1, 1, 1, 1, 1, 1, 2, 3, 5, 9]
few = st.lists(st.integers(-3, 6), max_size=25)
amounts = st.lists(st.one_of(st.integers(-5, 9), st.decimals("-2", "9", places=2)), max_size=25)


def qcut(values: list[Any], bins: int, ties: str) -> tuple[int, ...]:
    """Score as `pandas.qcut(values.rank(method=ties), bins)` does where all ranks differ: by the quantiles of 1 to n."""
    count = len(values)
    if ties == "min":
        ranks = [1 + sum(other < value for other in values) for value in values]
    else:
        ranks = [
            1 + sum(other < value or (other == value and later < place) for later, other in enumerate(values))
            for place, value in enumerate(values)
        ]
    edges = []
    for number in range(bins + 1):  # linear interpolation between the two ranks that a quantile lies between
        place = Fraction(number * (count - 1), bins)
        below = place.numerator // place.denominator
        edges.append((1 + below) * (1 - (place - below)) + min(2 + below, count) * (place - below))
    return tuple(max(1, bisect_left(edges, rank)) for rank in ranks)  # (low, high], the lowest included


# Scores


@given(few, st.integers(1, 7))
@example(TIED, 5)
def test_scores_are_the_quantiles_of_ranks(values, bins):
    assert quantile_scores(values, bins=bins) == qcut(values, bins, "min")
    assert quantile_scores(values, bins=bins, ties="first") == qcut(values, bins, "first")


def test_scores_by_hand():
    assert quantile_scores(range(1, 11)) == (1, 1, 2, 2, 3, 3, 4, 4, 5, 5)
    assert quantile_scores(TIED) == (1, 1, 1, 1, 1, 1, 4, 4, 5, 5)
    assert quantile_scores(TIED, ties="first") == (1, 1, 2, 2, 3, 3, 4, 4, 5, 5)
    assert quantile_scores([3, 1, 2], bins=3) == (3, 1, 2)
    assert quantile_scores([7, 7, 7]) == (1, 1, 1)
    assert quantile_scores([7]) == (1,)
    assert quantile_scores([]) == ()
    assert quantile_scores([5, 4, 3, 2, 1], bins=1) == (1, 1, 1, 1, 1)
    assert quantile_scores([1, 2], bins=100) == (1, 100)
    assert quantile_scores([Decimal("0.1"), Decimal("0.10"), 2]) == (1, 1, 5)
    assert quantile_scores(["a", "b"], bins=2) == (1, 2)


def test_the_usual_recipe_scores_the_same():
    """`pandas.qcut(pandas.Series(range(1, 8)), 5, labels=False) + 1`, worked out by hand: edges 1, 2.2, 3.4, 4.6, 5.8, 7."""
    assert quantile_scores(range(1, 8)) == (1, 1, 2, 3, 4, 5, 5)


@given(few, st.integers(1, 6), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_score(values, bins, random: Random):
    order = list(range(len(values)))
    random.shuffle(order)
    scores = quantile_scores(values, bins=bins)
    assert quantile_scores([values[place] for place in order], bins=bins) == tuple(scores[place] for place in order)


@given(few, st.integers(1, 6))
def test_scores_keep_the_order_of_values_and_lie_between_1_and_the_number_of_bins(values, bins):
    scores = quantile_scores(values, bins=bins)
    assert all(1 <= score <= bins for score in scores)
    assert all(
        a <= b
        for value, a in zip(values, scores, strict=True)
        for other, b in zip(values, scores, strict=True)
        if value <= other
    )


@pytest.mark.parametrize("bins", [0, -1, 1.5, True, "5"], ids=repr)
def test_there_is_at_least_one_bin(bins: object):
    with pytest.raises(CxError, match=r"^bins must be "):
        quantile_scores([1, 2], bins=bins)


@pytest.mark.parametrize("ties", ["qcut", "max", None, 1], ids=repr)
def test_another_way_with_ties_is_refused(ties: object):
    with pytest.raises(InvalidValueError, match=r"^ties must be one of 'together', 'first', got "):
        quantile_scores([1, 2], ties=ties)


UNSCORED = {
    "a missing value": lambda: quantile_scores([1, None]),
    "not a number": lambda: quantile_scores([1.0, float("nan"), 2.0]),
    "no values": lambda: quantile_scores(5),
    "values of two kinds": lambda: quantile_scores([1, "a"]),
    "cuts of a missing value": lambda: Cuts.fit([1, None], 5),
    "cuts of a float": lambda: Cuts.fit([0.5, 1.5], 2),
    "cuts that are not a number": lambda: Cuts.fit([Decimal("NaN"), 1], 2),
    "the score of a missing value": lambda: Cuts([1, 2]).score(None),
    "the score of a float": lambda: Cuts([1, 2]).score(1.5),
    "a group of one score": lambda: RfmGroup("x", 3, (1, 2)),
    "a group of three scores": lambda: RfmGroup("x", (1, 2, 3), (1, 2)),
    "a model of numbers": lambda: RfmModel(2, 3, [], []),
}


@pytest.mark.parametrize("name", [name for name in UNSCORED if name != "a model of numbers"])
def test_what_cannot_be_scored_is_refused(name: str):
    try:
        UNSCORED[name]()
    except CxError:
        return
    except Exception as error:
        raise AssertionError from error
    raise AssertionError(name)


def test_scores_of_a_generator():
    assert quantile_scores(number for number in (1, 2)) == (1, 5)


# Cuts


@given(amounts, st.integers(1, 7))
@example(TIED, 5)
@example([1, 2, 2], 5)
@example([2, 2], 5)
def test_cuts_give_the_fitted_values_their_scores(values, bins):
    cuts = Cuts.fit(values, bins)
    assert tuple(cuts.score(value) for value in values) == quantile_scores(values, bins=bins)
    assert len(cuts.points) < bins
    assert set(cuts.points) <= {Decimal(value) for value in values}


@given(amounts, st.integers(1, 7), st.randoms(use_true_random=False))
def test_cuts_do_not_depend_on_the_order_of_values(values, bins, random: Random):
    shuffled = list(values)
    random.shuffle(shuffled)
    assert Cuts.fit(shuffled, bins) == Cuts.fit(values, bins)


def test_cuts_by_hand():
    cuts = Cuts.fit(TIED, 5)
    assert cuts.points == (2, 2, 2, 5)  # nobody scores 2 or 3, so these begin where 4 does
    assert [cuts.score(value) for value in (-10, 1, 2, 3, 4, 5, 100)] == [1, 1, 4, 4, 4, 5, 5]
    assert cuts.score(Decimal("4.99")) == 4
    assert Cuts.fit([], 5) == Cuts(()) == Cuts.fit([7, 7], 5)
    assert Cuts(()).score(10) == 1


def test_cuts_rise_and_are_amounts():
    assert Cuts([1, 1, Decimal("2.5")]).points == (1, 1, Decimal("2.5"))
    with pytest.raises(InvalidValueError, match="the points of cuts must rise"):
        Cuts([2, 1])
    for wrong in ([1.5], ["1"], [None], [True]):
        with pytest.raises(InvalidTypeError, match="a point must be a Decimal or an int"):
            Cuts(wrong)
    with pytest.raises(InvalidTypeError):
        Cuts(3)
    with pytest.raises(InvalidValueError):
        Cuts([Decimal("Infinity")])
    stored = json.loads(json.dumps(to_dict(Cuts([1, Decimal("2.50")]))))
    assert from_dict(stored, Cuts) == Cuts([1, Decimal("2.5")])
    with pytest.raises(DocumentError):
        from_dict(stored | {"points": ["2", "1"]}, Cuts)


# Values of customers


def at(day: int, hour: int = 12, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def order(when: datetime, value: Any = None, **details: Any) -> Touchpoint:
    return Touchpoint(details.pop("name", "order"), when, value=value, **details)


def test_values_by_hand():
    anna = Journey(
        "anna", [order(at(1), 20), order(at(9), Decimal("0.50")), order(at(9)), order(at(12), 7, name="ticket")]
    )
    assert rfm_values(anna, as_of=at(12)) == RfmValues(3, 3, Decimal("20.50"))
    assert rfm_values(anna, as_of=at(8)) == RfmValues(7, 1, Decimal(20))
    assert rfm_values(anna, as_of=at(1) - timedelta(seconds=1)) is None
    assert rfm_values(Profile({"country": "DE"}, anna), as_of=at(12)) == rfm_values(anna, as_of=at(12))
    assert rfm_values(anna, as_of=at(12), purchase="ticket") == RfmValues(0, 1, Decimal(7))


def test_who_bought_nothing_has_no_values():
    assert rfm_values(Journey("anna"), as_of=at(12)) is None
    assert rfm_values(Profile({}), as_of=at(12)) is None
    assert rfm_values(Journey("anna", [order(at(1), name="visit")]), as_of=at(12)) is None


def test_two_equal_orders_on_one_day_are_two():
    anna = Journey("anna", [order(at(1), 20), order(at(1), 20)])
    assert rfm_values(anna, as_of=at(1)) == RfmValues(0, 2, Decimal(40))


def test_a_blank_amount_is_counted_and_adds_nothing_and_a_refund_takes_away():
    anna = Journey("anna", [order(at(1)), order(at(2), -5)])
    assert rfm_values(anna, as_of=at(3)) == RfmValues(1, 2, Decimal(-5))


def test_recency_counts_the_midnights_of_a_zone():
    anna = Journey("anna", [order(datetime(2026, 3, 1, 22, 30, tzinfo=UTC))])  # 23:30 in Berlin
    soon = datetime(2026, 3, 1, 23, 15, tzinfo=UTC)  # 00:15 of the next day there
    assert [rfm_values(anna, as_of=soon, tz=tz).recency for tz in ("UTC", "Europe/Berlin", "America/New_York")] == [
        0,
        1,
        0,
    ]
    spring = Journey("anna", [order(datetime(2026, 3, 28, 23, 30, tzinfo=UTC))])  # 00:30 on the 29th, a day of 23 hours
    assert rfm_values(spring, as_of=datetime(2026, 3, 29, 21, 59, tzinfo=UTC), tz="Europe/Berlin").recency == 0
    assert rfm_values(spring, as_of=datetime(2026, 3, 29, 22, 0, tzinfo=UTC), tz="Europe/Berlin").recency == 1


def test_a_purchase_counts_once_it_is_recorded():
    anna = Journey("anna", [order(at(1), 5), order(at(2), 10, recorded_at=at(9))])
    assert rfm_values(anna, as_of=at(8)) == RfmValues(7, 1, Decimal(5))
    assert rfm_values(anna, as_of=at(9)) == RfmValues(7, 2, Decimal(15))


def test_a_purchase_may_be_a_predicate():
    dear = Touchpoint.fields.value >= 10
    anna = Journey("anna", [order(at(1), 20), order(at(2), 5), order(at(3), 10, name="renewal")])
    assert rfm_values(anna, as_of=at(4), purchase=dear) == RfmValues(1, 2, Decimal(30))


@given(people(), oracle.moments(), st.sampled_from(oracle.ZONES), st.sampled_from(list(oracle.CONTACTS)))
def test_values_are_what_was_known(person, as_of, tz, contact):
    what, picks = oracle.CONTACTS[contact]
    found = [touchpoint for touchpoint in person.known(as_of) if picks(touchpoint)]
    expected = None
    if found:
        total = sum((touchpoint.value for touchpoint in found if touchpoint.value is not None), Decimal(0))
        expected = RfmValues((oracle.local(as_of, tz) - oracle.local(found[-1].at, tz)).days, len(found), total)
    assert rfm_values(person.profile, as_of=as_of, purchase=what, tz=tz) == expected


def test_values_are_asked_of_journeys_at_a_moment():
    anna = Journey("anna", [order(at(1))])
    for ask in (
        lambda: rfm_values({"orders": 3}, as_of=at(1)),
        lambda: rfm_values("anna", as_of=at(1)),
        lambda: rfm_values(anna, as_of="2026-03-01"),
        lambda: rfm_values(anna, as_of=datetime(2026, 3, 1)),  # noqa: DTZ001
        lambda: rfm_values(anna, as_of=at(1), purchase=3),
        lambda: rfm_values(anna, as_of=at(1), purchase=oracle.Customer.country == "DE"),
        lambda: rfm_values(anna, as_of=at(1), tz="Moon/Base"),
    ):
        with pytest.raises(CxError):
            ask()


@pytest.mark.parametrize(
    "wrong", [(-1, 1, 1), (1, 0, 1), (1, 1, 1.5), (1.0, 1, 1), (1, True, 1), (1, 1, "1"), (1, 1, None)], ids=repr
)
def test_values_are_counts_and_an_amount(wrong: tuple[Any, ...]):
    with pytest.raises(CxError):
        RfmValues(*wrong)
    assert RfmValues(0, 1, 5) == RfmValues(0, 1, Decimal(5))
    assert from_dict(to_dict(RfmValues(0, 1, 5)), RfmValues) == RfmValues(0, 1, Decimal(5))


# Models

FIVE = [RfmValues(30 * n, 6 - n, Decimal(100 - 10 * n)) for n in range(1, 6)]


def test_a_model_of_five_by_hand():
    """Each of the five customers lies in a quintile of their own."""
    model = RfmModel.fit(FIVE)
    assert [str(model.score(values)) for values in FIVE] == [
        "555 champions",
        "444 loyal customers",
        "333 need attention",
        "222 hibernating",
        "111 hibernating",
    ]
    assert model.score(RfmValues(0, 100, Decimal(10_000))) == RfmScore(5, 5, 5, "champions")
    assert model.score(RfmValues(59, 4, Decimal(79))) == RfmScore(4, 4, 3, "loyal customers")
    assert model.score(RfmValues(61, 1, Decimal(-5))) == RfmScore(3, 1, 1, "about to sleep")
    assert model.rows() == [
        {"score": 2, "recency": 120, "frequency": 2, "monetary": 60},
        {"score": 3, "recency": 90, "frequency": 3, "monetary": 70},
        {"score": 4, "recency": 60, "frequency": 4, "monetary": 80},
        {"score": 5, "recency": 30, "frequency": 5, "monetary": 90},
    ]
    assert str(model).splitlines()[0].split() == ["score", "recency", "frequency", "monetary"]


EIGHT = [
    RfmValues(1, 1, Decimal(10)),  # a
    RfmValues(2, 2, Decimal(20)),  # b
    RfmValues(3, 2, Decimal(5)),  # c
    RfmValues(4, 9, Decimal(90)),  # d
    RfmValues(50, 1, Decimal(10)),  # e
    RfmValues(60, 3, Decimal(30)),  # f
    RfmValues(70, 3, Decimal(70)),  # g
    RfmValues(80, 4, Decimal(1)),  # h
]


def test_independent_scores_by_hand():
    """Two bins: ranks above the middle of 1 to 8, which is 4.5, score 2."""
    model = RfmModel.fit(EIGHT, bins=2)
    scores = [model.score(values) for values in EIGHT]
    assert [score.recency for score in scores] == [2, 2, 2, 2, 1, 1, 1, 1]
    assert [score.frequency for score in scores] == [1, 1, 1, 2, 1, 2, 2, 2]  # ranks 1, 3, 3, 8, 1, 5, 5, 7
    assert [score.monetary for score in scores] == [1, 2, 1, 2, 1, 2, 2, 1]  # ranks 3, 5, 2, 8, 3, 6, 7, 1


def test_nested_scores_by_hand():
    """Frequency is cut among those of equal recency, monetary value among those of equal recency and frequency.

    Recent are a, b, c, d with ranks of frequency 1, 2, 2, 4: those above 2.5 score 2, which is d alone. Long ago are e, f,
    g, h with ranks 1, 2, 2, 4: h alone scores 2. Of a, b, c the amounts 10, 20, 5 have ranks 2, 3, 1: above 2 is b. Of e,
    f, g the amounts 10, 30, 70 have ranks 1, 2, 3: above 2 is g. Who is alone in a cell scores 1.
    """
    model = RfmModel.fit(EIGHT, bins=2, method="nested")
    scores = [model.score(values) for values in EIGHT]
    assert [score.recency for score in scores] == [2, 2, 2, 2, 1, 1, 1, 1]
    assert [score.frequency for score in scores] == [1, 1, 1, 2, 1, 1, 1, 2]
    assert [score.monetary for score in scores] == [1, 2, 1, 1, 1, 1, 2, 1]
    assert (len(model.frequency), len(model.monetary)) == (2, 4)


values_of = st.builds(RfmValues, st.integers(0, 9), st.integers(1, 5), st.integers(0, 9).map(Decimal))


@given(st.lists(values_of, min_size=1, max_size=30), st.integers(1, 5))
def test_independent_scores_are_the_quantiles_of_each_value(population, bins):
    model = RfmModel.fit(iter(population), bins=bins)
    scores = [model.score(values) for values in population]
    assert tuple(s.recency for s in scores) == qcut([-v.recency for v in population], bins, "min")
    assert tuple(s.frequency for s in scores) == qcut([v.frequency for v in population], bins, "min")
    assert tuple(s.monetary for s in scores) == qcut([v.monetary for v in population], bins, "min")


@given(st.lists(values_of, min_size=1, max_size=30), st.integers(1, 4), st.randoms(use_true_random=False))
def test_nested_scores_are_the_quantiles_within_each_cell(population, bins, random: Random):
    model = RfmModel.fit(population, bins=bins, method="nested")
    recency = qcut([-v.recency for v in population], bins, "min")
    frequency, monetary = [0] * len(population), [0] * len(population)
    for score in range(1, bins + 1):
        places = [place for place, found in enumerate(recency) if found == score]
        for place, found in zip(places, qcut([population[p].frequency for p in places], bins, "min"), strict=True):
            frequency[place] = found
        for inner in range(1, bins + 1):
            cell = [place for place in places if frequency[place] == inner]
            for place, found in zip(cell, qcut([population[p].monetary for p in cell], bins, "min"), strict=True):
                monetary[place] = found
    found = [model.score(values) for values in population]
    assert [(s.recency, s.frequency, s.monetary) for s in found] == list(zip(recency, frequency, monetary, strict=True))
    shuffled = list(population)
    random.shuffle(shuffled)
    assert RfmModel.fit(shuffled, bins=bins, method="nested") == model


@given(
    st.lists(values_of, min_size=1, max_size=12),
    st.sampled_from(["independent", "nested"]),
    st.integers(1, 3),
    values_of,
)
def test_a_model_scores_the_same_once_it_was_stored(population, method, bins, values):
    model = RfmModel.fit(population, bins=bins, method=method)
    again = from_dict(json.loads(json.dumps(to_dict(model))), RfmModel)
    assert again == model
    assert again.score(values) == model.score(values)
    assert pickle.loads(pickle.dumps(model)) == copy.deepcopy(model) == model  # noqa: S301
    assert hash(copy.deepcopy(model)) == hash(model)


def test_a_model_without_cuts_scores_all_alike():
    alike = RfmModel.fit([RfmValues(3, 5, Decimal(100))] * 3)
    assert alike == RfmModel(5, Cuts([]), [Cuts([])], [Cuts([])])
    assert alike.score(RfmValues(0, 50, Decimal(10_000))) == RfmScore(1, 1, 1, "hibernating")
    assert alike.rows()[0] == {"score": 2, "recency": None, "frequency": None, "monetary": None}
    assert RfmModel.fit(FIVE, bins=1).rows() == []
    assert str(RfmModel.fit(FIVE, bins=1)) == "(no rows)"


NAMES = {  # the grid of the field by hand: recency to the right from 1, frequency upwards
    5: "cannot lose them, cannot lose them, loyal customers, loyal customers, champions",
    4: "at risk, at risk, loyal customers, loyal customers, champions",
    3: "at risk, at risk, need attention, potential loyalists, potential loyalists",
    2: "hibernating, hibernating, about to sleep, potential loyalists, potential loyalists",
    1: "hibernating, hibernating, about to sleep, promising, new customers",
}


def test_each_of_the_25_cells_has_one_name():
    model = RfmModel.fit(FIVE)
    for frequency, names in NAMES.items():
        for recency, name in enumerate(names.split(", "), start=1):
            assert model.group(recency, frequency) == name
            assert [group.name for group in RFM_GRID if group.holds(recency, frequency)] == [name]
    cells = Counter(group.name for group in RFM_GRID for r in range(1, 6) for f in range(1, 6) if group.holds(r, f))
    assert sum(cells.values()) == 25
    assert len(cells) == len(RFM_GRID) == 10


def test_a_grid_of_ones_own_goes_by_its_first_group():
    grid = [RfmGroup("best", (2, 2), (2, 2)), RfmGroup("good", (2, 2), (1, 2))]
    model = RfmModel.fit(EIGHT, bins=2, grid=iter(grid))
    assert [model.group(2, 2), model.group(2, 1), model.group(1, 1)] == ["best", "good", "other"]
    assert model.score(EIGHT[4]).group == "other"
    assert RfmModel.fit(EIGHT, grid=[]).group(5, 5) == "other"


REFUSED: dict[str, Any] = {
    "bins": lambda: RfmModel.fit(FIVE, bins=0),
    "half a bin": lambda: RfmModel.fit(FIVE, bins=2.5),
    "another method": lambda: RfmModel.fit(FIVE, method="kmeans"),
    "nobody": lambda: RfmModel.fit([]),
    "nothing bought": lambda: RfmModel.fit([None]),
    "tuples": lambda: RfmModel.fit([(1, 2, 3)]),
    "a number": lambda: RfmModel.fit(3),
    "a grid of names": lambda: RfmModel.fit(FIVE, grid=["champions"]),
    "no grid": lambda: RfmModel.fit(FIVE, grid=None),
    "too many points": lambda: RfmModel(2, Cuts([1, 2]), [Cuts([])], [Cuts([])]),
    "no cuts": lambda: RfmModel(2, (1,), [Cuts([])], [Cuts([])]),
    "rows of no number": lambda: RfmModel(2, Cuts([]), [Cuts([])], [Cuts([])] * 4),
    "too few rows": lambda: RfmModel(2, Cuts([]), [Cuts([])] * 2, [Cuts([])] * 3),
    "the score of nothing": lambda: RfmModel.fit(FIVE).score(None),
    "a group from high to low": lambda: RfmGroup("x", (2, 1), (1, 1)),
    "a group from 0": lambda: RfmGroup("x", (0, 1), (1, 1)),
    "a group of halves": lambda: RfmGroup("x", (1, 1), (1, 1.5)),
    "a group without a name": lambda: RfmGroup(" ", (1, 1), (1, 1)),
    "a model of numbers": UNSCORED["a model of numbers"],
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_makes_no_model_is_refused(name: str):
    with pytest.raises(CxError):
        REFUSED[name]()


@pytest.mark.parametrize(
    "changes", [{"bins": 1}, {"frequency": []}, {"recency": {"points": ["3", "2"]}}, {"grid": [{"name": "x"}]}], ids=str
)
def test_a_faulty_document_is_refused(changes: dict[str, Any]):
    with pytest.raises(DocumentError):
        from_dict(to_dict(RfmModel.fit(FIVE)) | changes, RfmModel)


def test_nobody_makes_no_model():
    with pytest.raises(InvalidValueError, match=r"^a model is fitted to customers who bought something, got none$"):
        RfmModel.fit([])


def test_a_group_survives_a_trip_whatever_its_scores_came_in():
    group = RfmGroup("x", [1, 2], [1, 2])
    assert from_dict(to_dict(group), RfmGroup) == group
    assert hash(group) == hash(RfmGroup("x", (1, 2), (1, 2)))


def test_the_table_of_a_nested_model_shows_all_its_cuts():
    first, second = (RfmModel(2, Cuts([-9]), [Cuts([2]), Cuts([n])], [Cuts([])] * 4) for n in (3, 4))
    assert first != second
    assert first.rows() != second.rows()
