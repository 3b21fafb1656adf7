"""The Shapley value: what each label adds, on average over all orders."""

import json
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, permutations
from math import factorial, inf, nan
from pathlib import Path

import pytest
from attribution_paths import LABELS, LOGS, journeys_of, path
from hypothesis import given, settings
from hypothesis import strategies as st

from cxkit.codec import to_dict
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Linear, Shapley, attribute, shapley_values

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/journey.json").read_text(encoding="utf-8"))
}


def decimals(numbers):
    return {name: Decimal(str(number)) for name, number in numbers.items()}


def subsets(names):
    return [frozenset(members) for size in range(len(names) + 1) for members in combinations(sorted(names), size)]


def by_all_orders(names, worth):
    """Average what each player adds over all orders, as the value is defined."""
    values = dict.fromkeys(names, Fraction(0))
    for order in permutations(names):
        for place, name in enumerate(order):
            values[name] += worth(frozenset(order[: place + 1])) - worth(frozenset(order[:place]))
    return {name: value / factorial(len(names)) for name, value in values.items()}


def test_ratios_that_add_up_are_shared_as_published():
    ratio = {frozenset(members): value for members, value in decimals(CASES["J096"]["input"]["ratio"]).items()}
    worth = {frozenset(members): value for members, value in decimals(CASES["J096"]["input"]["worth"]).items()}

    for members, value in worth.items():
        assert sum(ratio[part] for part in ratio if part <= members) == value
    assert shapley_values("FLO", lambda members: worth.get(members, 0)) == decimals(CASES["J096"]["expected"])


def test_a_runway_is_paid_for_by_those_who_need_its_length():
    runway = CASES["J097"]["input"]["runway"]
    values = shapley_values(runway, lambda planes: max((runway[plane] for plane in planes), default=0))

    assert values == CASES["J097"]["expected"]


@given(st.integers(0, 4), st.data())
def test_the_value_is_the_average_over_all_orders(count, data):
    names = LABELS[:count]
    numbers = st.fractions(-5, 5, max_denominator=6)
    worths = {members: data.draw(numbers) for members in subsets(names)}

    assert shapley_values(names, worths.__getitem__) == by_all_orders(names, worths.__getitem__)


@pytest.mark.parametrize("one", [1, 1.0, Decimal(1), Fraction(1)], ids=repr)
def test_a_worth_is_any_number(one):
    assert shapley_values("AB", lambda members: one if members else 0) == {"A": Fraction(1, 2), "B": Fraction(1, 2)}


def test_a_worth_is_asked_for_once_of_each_set():
    asked = []
    shapley_values(LABELS, lambda members: asked.append(members) or 0)

    assert sorted(asked, key=sorted) == sorted(subsets(LABELS), key=sorted)


@pytest.mark.parametrize("worth", ["1", None, True, 1j])
def test_a_worth_that_is_no_number_is_refused(worth):
    with pytest.raises(InvalidTypeError, match="a worth must be a number"):
        shapley_values("A", lambda _: worth)


@pytest.mark.parametrize("worth", [inf, nan, Decimal("NaN")])
def test_a_worth_that_is_not_finite_is_refused(worth):
    with pytest.raises(InvalidValueError, match="a worth must be finite"):
        shapley_values("A", lambda _: worth)


def test_twelve_labels_are_the_most_for_a_worth_of_your_own():
    labels = [f"channel {number}" for number in range(13)]

    assert set(shapley_values(labels[:12], len).values()) == {1}
    with pytest.raises(InvalidValueError, match="for up to 12 labels, got 13"):
        shapley_values(labels, len)


# As a model


@given(LOGS)
def test_the_cumulative_worth_has_a_closed_form(log):
    shapley, linear = (
        attribute(journeys_of(log), conversion="order", model=model, currency="EUR")
        for model in (Shapley(), Linear(distinct=True))
    )

    assert shapley.credits == linear.credits


@settings(max_examples=30)
@given(LOGS)
def test_the_closed_form_is_the_value_of_the_game(log):
    def worth(members):
        return sum(1 for labels, converts, _ in log if converts and labels and members.issuperset(labels))

    converting = {label for labels, converts, _ in log if converts for label in labels}
    found = attribute(journeys_of(log), conversion="order", model=Shapley()).credits

    assert found == by_all_orders(sorted(converting), worth)


def test_observed_worths_split_each_set_by_the_rates_of_its_parts():
    log = [
        *(path("A", converts=number < 1, customer=f"a{number}") for number in range(4)),  # a rate of 1/4
        *(path("A > B", converts=number < 1, customer=f"ab{number}") for number in range(2)),  # 1/2
    ]
    found = attribute(log, conversion="order", model=Shapley("observed")).credits

    # Of {A, B}: A adds 1/4 alone and 1/2 to nothing of B, so (1/4 + 1/2) / 2; scaled to the one conversion.
    assert found == {"A": 1 + Fraction(3, 4), "B": Fraction(1, 4)}


def test_observed_worths_may_take_credit_away():
    log = [
        path("A"),
        *(path("B > A", converts=number < 1, customer=f"ab{number}", value=1) for number in range(4)),
    ]
    found = attribute(log, conversion="order", model=Shapley("observed"), currency="EUR")

    assert found.credits == {"A": Decimal("2.50"), "B": Decimal("-1.50")}


def test_a_worth_of_your_own_shares_the_total():
    log = [path("A > B", value=10), path("C", value=2), path("D", converts=False)]
    found = attribute(log, conversion="order", model=Shapley(lambda labels: len(labels - {"B"})), currency="EUR")

    assert found.credits == {"A": Decimal("6.00"), "C": Decimal("6.00"), "B": Decimal("0.00")}


def test_a_worth_of_nothing_cannot_share():
    with pytest.raises(InvalidValueError, match="all labels together must be worth something"):
        _ = attribute([path("A")], conversion="order", model=Shapley(lambda _: 0)).credits


def test_a_worth_of_your_own_has_no_stored_form():
    with pytest.raises(InvalidTypeError, match="a function has no stored form"):
        to_dict(Shapley(len))


@pytest.mark.parametrize("worth", ["rate", None, 1])
def test_a_reading_that_there_is_not_is_refused(worth):
    with pytest.raises(InvalidValueError, match="worth must be one of 'cumulative', 'observed'"):
        Shapley(worth)


@pytest.mark.parametrize("counts", [{(0, "A"): 2}, {(0, 1): 1}, {(0,): 1}, {(3, "A"): 1}, {("A", "A"): 1}], ids=str)
def test_counts_that_no_paths_make_are_refused(counts):
    import attrs

    found = attribute([path("A")], conversion="order", model=Shapley())
    with pytest.raises(InvalidValueError, match="counts must be what Shapley"):
        attrs.evolve(found, counts=counts)
