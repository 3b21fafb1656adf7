"""Attribution models side by side, and why one journey credits what it does."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from attribution_paths import HOUR, LOGS, START, journeys_of, path, touched
from hypothesis import given, settings

from cxkit.calendar import days
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError, UnsupportedError
from cxkit.journey import (
    First,
    Journey,
    Last,
    Linear,
    Markov,
    PositionBased,
    Shapley,
    Touchpoint,
    attribute,
    compare_models,
)

NINE = [
    path(text, value=3) for text in ("A", "A > B", "A > B > C", "B", "B > A", "B > C > A", "C", "C > A", "C > B > A")
]
MODELS = {"first": First(), "last": Last(), "linear": Linear(), "markov": Markov(), "shapley": Shapley()}


@settings(max_examples=30)
@given(LOGS)
def test_a_comparison_says_what_each_model_says_alone(log):
    together = compare_models(journeys_of(log), MODELS, conversion="order", currency="EUR")

    for name, model in MODELS.items():
        alone = attribute(journeys_of(log), conversion="order", model=model, currency="EUR")
        assert together.attributions[name] == alone
        assert {each.label: each.credits[name] for each in together.labels if each.credits[name]} == {
            label: credit for label, credit in alone.credits.items() if credit
        }


def test_labels_are_ranked_under_each_model_with_ties_at_the_better_rank():
    together = compare_models(NINE, [First(), Last(), PositionBased()], conversion="order")
    ranks = {each.label: [*each.ranks.values()] for each in together.labels}

    # First: 3, 3, 3; last: 5, 2, 2; position: 3.7, 2.8, 2.5
    assert ranks == {"A": [1, 1, 1], "B": [1, 2, 2], "C": [1, 2, 3]}
    assert together.robust == ("A",)


def test_the_spread_is_between_the_largest_and_the_smallest_share():
    [first, *_] = compare_models(NINE, [First(), Last()], conversion="order").labels

    assert (first.label, first.credits, first.spread) == (
        "A",
        {"First()": 3, "Last(skip=())": 5},
        float(Fraction(2, 9)),
    )


def test_a_label_that_a_model_does_not_know_has_no_credit_there():
    log = [path("A", value=1), path("B", converts=False)]
    together = compare_models(log, {"linear": Linear(), "markov": Markov()}, conversion="order", currency="EUR")

    assert together.rows() == [
        {"label": "A", "linear": Decimal("1.00"), "markov": Decimal("1.00"), "spread": 0.0, "robust": True},
        {"label": "B", "linear": Decimal("0.00"), "markov": Decimal("0.00"), "spread": 0.0, "robust": True},
    ]


def test_a_comparison_without_conversions_has_no_spread():
    [each] = compare_models([path("A", value=0)], [Linear()], conversion="order", currency="EUR").labels

    assert each.spread is None


def test_a_comparison_prints_as_a_table():
    together = compare_models(NINE, {"first": First(), "last": Last()}, conversion="order")

    assert str(together).splitlines() == [
        "label  first  last  spread  robust",
        "A          3     5  0.2222  True",
        "B          3     2  0.1111  False",
        "C          3     2  0.1111  False",
    ]


def test_a_comparison_has_a_chart():
    chart = compare_models(NINE, {"first": First(), "last": Last()}, conversion="order").chart()

    assert json.loads(json.dumps(chart))["data"]["values"][:2] == [
        {"label": "A", "model": "first", "credit": 3.0},
        {"label": "A", "model": "last", "credit": 5.0},
    ]
    assert chart["encoding"]["yOffset"]["field"] == "model"


def test_the_journeys_are_read_once():
    together = compare_models(iter(NINE), MODELS, conversion="order")

    assert {found.conversions for found in together.attributions.values()} == {9}


@pytest.mark.parametrize(
    ("models", "error", "message"),
    [
        ([], InvalidValueError, "there must be a model to compare"),
        ({}, InvalidValueError, "there must be a model to compare"),
        ([First(), First()], DuplicateError, r"two of the models to compare are First\(\)"),
        ({"": First()}, InvalidValueError, "the name of a model must not be blank"),
        ([First], InvalidTypeError, "a model must be one such as"),
        (First(), InvalidTypeError, "expected models"),
    ],
)
def test_models_that_make_no_comparison_are_refused(models, error, message):
    with pytest.raises(error, match=message):
        compare_models([], models, conversion="order")


# One journey


def explained(journey, model=None, **options):
    return attribute([], conversion="order", model=model or PositionBased(), **options).explain(journey)


def test_each_touch_is_told_with_its_share_and_its_credit():
    why = explained(path("A > B > C", value=Decimal("0.99")), currency="EUR")

    assert (why.outcome, why.reason) == ("credited", "credited")
    assert [(each.label, each.share, each.credit) for each in why.credits] == [
        ("A", Fraction(2, 5), Decimal("0.40")),
        ("B", Fraction(1, 5), Decimal("0.20")),
        ("C", Fraction(2, 5), Decimal("0.39")),
    ]
    assert {each.conversion.name for each in why.credits} == {"order"}


@settings(max_examples=30)
@given(LOGS)
def test_what_is_told_of_each_journey_adds_up_to_the_whole(log):
    whole = attribute(journeys_of(log), conversion="order", model=PositionBased())
    told = dict.fromkeys(whole.credits, Fraction(0))
    for journey in journeys_of(log):
        for each in whole.explain(journey).credits:
            told[each.label] += each.share

    assert told == whole.credits


def test_touches_that_are_not_credited_have_their_reasons():
    contacts = [
        Touchpoint("visit", START - days(9), channel="old"),
        *touched(["A", None, "B"]),
        Touchpoint("bounce", START + 4 * HOUR, channel="mail"),
        Touchpoint("order", START + 5 * HOUR),
        Touchpoint("visit", START + 6 * HOUR, channel="C"),
    ]
    why = explained(Journey("anna", contacts), Last(), lookback=days(7), touches="visit")

    assert [(reason.code, getattr(reason.found, "channel", None)) for reason in why.reasons] == [
        ("credited", "B"),
        ("outside_lookback", "old"),
        ("no_credit", "A"),
        ("no_label", None),
        ("not_a_touch", "mail"),
        ("after_conversion", "C"),
    ]
    assert [reason.needed for reason in why.reasons[1:]] == [days(7), None, "channel", "visit", "order"]


def test_a_conversion_without_touches_is_told():
    why = explained(path(""))

    assert (why.outcome, why.reason, why.reasons[0].found.name, why.credits) == (
        "unattributed",
        "no_touch",
        "order",
        (),
    )
    assert str(why) == "(no rows)"


def test_a_journey_without_a_conversion_is_told():
    why = explained(path("A", converts=False))

    assert (why.outcome, why.reason, why.reasons[0].needed) == ("no_conversion", "no_conversion", "order")


def test_what_was_not_known_yet_is_not_told():
    assert explained(path("A"), as_of=START).outcome == "no_conversion"


def test_an_explanation_prints_as_a_table():
    assert str(explained(path("A > B"), Linear())).splitlines() == [
        "touch  at                         label  conversion                 share  credit",
        "visit  2026-03-01T00:00:00+00:00  A      2026-03-01T02:00:00+00:00    0.5     0.5",
        "visit  2026-03-01T01:00:00+00:00  B      2026-03-01T02:00:00+00:00    0.5     0.5",
    ]


@pytest.mark.parametrize("model", [Markov(), Shapley()], ids=repr)
def test_models_of_all_journeys_tell_nothing_of_one(model):
    with pytest.raises(UnsupportedError, match="credits labels over all journeys"):
        explained(path("A"), model)
