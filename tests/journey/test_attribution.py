"""Attribution: who brought the conversions, exactly and to the cent."""

import decimal
import json
import pickle
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import attrs
import pytest
from attribution_paths import HOUR, LABELS, LOGS, START, journeys_of, path, touched
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import journeys, moments

from cxkit.calendar import days, months
from cxkit.codec import from_dict, to_dict
from cxkit.errors import CxError, DocumentError, InvalidTypeError, InvalidValueError, UnknownFieldError
from cxkit.journey import (
    Attribution,
    ConversionPaths,
    First,
    Journey,
    Last,
    Linear,
    Markov,
    PositionBased,
    Shapley,
    TimeDecay,
    Touchpoint,
    attribute,
)

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/journey.json").read_text(encoding="utf-8"))
}
MODELS = [
    First(),
    Last(),
    Last(skip=["A", "B"]),
    Linear(),
    Linear(distinct=True),
    PositionBased(),
    PositionBased(first=1, middle=0, last=2),
    TimeDecay(timedelta(hours=3)),
    Markov(),
    Shapley(),
    Shapley("observed"),
    Shapley(lambda labels: len(labels) ** 2),
]
NAMES = [repr(model).partition(" at 0x")[0] for model in MODELS]  # the same in each process
EVERY_MODEL = pytest.mark.parametrize("model", MODELS, ids=NAMES)
STORED = MODELS[:-1]


def numbers(journeys, model, **options):
    return attribute(journeys, conversion="order", model=model, **options).credits


def euros(journeys, model, **options):
    credited = attribute(journeys, conversion="order", model=model, currency="EUR", **options).credits
    return {label: str(credit) for label, credit in credited.items()}


# What other systems say


@pytest.mark.parametrize(
    ("case", "model"),
    [("J080", First()), ("J082", Linear()), ("J083", PositionBased()), ("J094", Shapley("observed"))],
    ids=lambda value: value if isinstance(value, str) else repr(value),
)
def test_nine_paths_give_what_other_systems_give(case, model):
    paths = CASES[case]["input"]["paths"]
    credited = numbers_of_value([path(text, value=Decimal(str(value))) for text, value in paths], model)

    assert credited == {label: Decimal(str(credit)) for label, credit in CASES[case]["expected"].items()}


def numbers_of_value(journeys, model):
    return attribute(journeys, conversion="order", model=model, currency="EUR").credits


@pytest.mark.parametrize(("text", "first"), [("A", "len1_first"), ("A > B", "len2_first"), ("A > B > C", "len3_first")])
def test_the_first_touch_gets_less_the_longer_the_path(text, first):
    credited = numbers_of_value([path(text, value=3)], PositionBased())

    assert credited["A"] == Decimal(str(CASES["J084"]["expected"][first]))


@pytest.mark.parametrize("text", CASES["J085"]["input"]["paths"])
def test_the_last_touch_that_is_not_skipped_gets_all(text):
    credited = numbers_of_value([path(text, value=3)], Last(skip="A"))

    assert [credited[label] for label in text.split(" > ")] == CASES["J085"]["expected"][text]


@pytest.mark.parametrize("text", CASES["J086"]["input"]["paths"])
def test_a_path_that_is_skipped_as_a_whole_credits_its_last_touch(text):
    credited = numbers([path(text)], Last(skip=["Direct"]))

    assert [label for label, credit in credited.items() if credit] == [CASES["J086"]["expected"][text]]


# Each model against its definition


def shares_by_definition(model, labels, ages):
    """Give the part of each touch, straight from the definitions."""
    count = len(labels)
    match model:
        case First():
            return [Fraction(place == 0) for place in range(count)]
        case Last():
            wanted = [place for place in range(count) if labels[place] not in model.skip] or [count - 1]
            return [Fraction(place == wanted[-1]) for place in range(count)]
        case Linear(distinct=True):
            return [Fraction(1, len(set(labels)) * labels.count(label)) for label in labels]
        case Linear():
            return [Fraction(1, count)] * count
        case PositionBased():
            if count == 1:
                return [Fraction(1)]
            ends = model.first + model.last
            if count == 2:
                return [Fraction(model.first, ends), Fraction(model.last, ends)]
            whole = ends + model.middle
            middle = [Fraction(model.middle, whole * (count - 2))] * (count - 2)
            return [Fraction(model.first, whole), *middle, Fraction(model.last, whole)]
        case TimeDecay():
            weights = [0.5 ** (age / model.half_life) for age in ages]
            return [weight / sum(weights) for weight in weights]


@pytest.mark.parametrize("model", MODELS[:8], ids=NAMES[:8])
@given(LOGS)
def test_a_path_is_shared_as_the_model_is_defined(model, log):
    wanted = dict.fromkeys(LABELS, 0)
    for labels, converts, _ in log:
        if converts and labels:
            ages = [(len(labels) - place) * HOUR for place in range(len(labels))]
            for label, share in zip(labels, shares_by_definition(model, labels, ages), strict=True):
                wanted[label] += share
    credited = numbers(journeys_of(log), model)
    exact = not isinstance(model, TimeDecay)

    for label, credit in wanted.items():
        assert credited.get(label, 0) == (credit if exact else pytest.approx(credit, abs=1e-9))


def test_time_decay_halves_with_each_half_life():
    visits = [Touchpoint("visit", START + days, channel=channel) for channel, days in DAYS_BEFORE]
    journey = Journey("anna", [*visits, Touchpoint("order", START + timedelta(days=21))])

    assert numbers([journey], TimeDecay()) == pytest.approx({"C": 4 / 7, "B": 2 / 7, "A": 1 / 7}, abs=1e-11)


DAYS_BEFORE = [("A", timedelta(0)), ("B", timedelta(days=7)), ("C", timedelta(days=14))]


def test_touches_of_one_moment_decay_alike():
    visits = [Touchpoint("visit", START, channel=channel) for channel in "ABC"]
    journey = Journey("anna", [*visits, Touchpoint("order", START + HOUR)])

    assert numbers([journey], TimeDecay(HOUR)) == dict.fromkeys("ABC", Fraction(1, 3))


def test_a_half_life_in_months_is_measured_back_from_the_conversion():
    first, last = START - timedelta(days=28), START  # all of February
    visits = [Touchpoint("visit", first, channel="A"), Touchpoint("visit", last, channel="B")]
    journey = Journey("anna", [*visits, Touchpoint("order", START)])

    assert numbers([journey], TimeDecay(months(1))) == {"B": Fraction(2, 3), "A": Fraction(1, 3)}


def test_paths_long_before_their_conversion_are_shared_all_the_same():
    order = Touchpoint("order", START + timedelta(days=20_000))
    journey = Journey("anna", [*touched(["A", "B"]), order])

    assert numbers([journey], TimeDecay(HOUR)) == {"B": Fraction(2, 3), "A": Fraction(1, 3)}


def test_a_model_of_your_own_gives_weights():
    class Doubling:
        def weights(self, path):
            return [2**place for place in range(len(path.labels))]

    assert numbers([path("A > B > C")], Doubling()) == {"C": Fraction(4, 7), "B": Fraction(2, 7), "A": Fraction(1, 7)}


@pytest.mark.parametrize(
    "weights",
    [
        [],
        [1],
        [1, 1, 1],
        [0, 0],
        None,
        "ab",
        {1, 2},
        [True, 1],
        [1, -1],
        [2, -1],
        [0.5, 0.5],
        [Fraction(1), Fraction(1)],
    ],
)
def test_weights_that_cannot_share_are_refused(weights):
    class Mistaken:
        def weights(self, _):
            return weights

    with pytest.raises(InvalidValueError, match="a whole number to each of 2 touches"):
        numbers([path("A > B")], Mistaken())


# Laws


@EVERY_MODEL
@settings(max_examples=25)
@given(LOGS)
def test_credits_and_what_is_unattributed_sum_to_the_total(model, log):
    counted = attribute(journeys_of(log), conversion="order", model=model)
    valued = attribute(journeys_of(log), conversion="order", model=model, currency="EUR")

    assert sum(counted.credits.values()) + counted.unattributed == counted.total == counted.conversions
    assert sum(valued.credits.values()) + valued.unattributed == valued.total
    assert valued.total == Decimal(sum(cents for _, converts, cents in log if converts)).scaleb(-2)


@EVERY_MODEL
@settings(max_examples=25)
@given(
    st.lists(journeys(), max_size=4),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, timedelta(days=9), months(1)]),
)
def test_nothing_vanishes_whatever_the_paths_are(model, log, reuse, include_conversion, lookback):
    found = attribute(
        log,
        conversion="order",
        model=model,
        reuse=reuse,
        include_conversion=include_conversion,
        lookback=lookback,
        touches=Touchpoint.fields.name != "ticket",
    )

    assert sum(found.credits.values()) + found.unattributed == found.total
    assert found.total == sum(touchpoint.name == "order" for journey in log for touchpoint in journey)


@EVERY_MODEL
@settings(max_examples=25)
@given(LOGS)
def test_money_is_rounded_to_the_cent_above_or_below(model, log):
    valued = attribute(journeys_of(log), conversion="order", model=model, currency="EUR")

    for label, credit in valued.credits.items():
        assert abs(Fraction(credit) * 100 - valued.exact[label]) < 1


@EVERY_MODEL
@settings(max_examples=25)
@given(LOGS, st.data())
def test_the_order_of_the_journeys_does_not_matter(model, log, data):
    given, shuffled = journeys_of(log), data.draw(st.permutations(journeys_of(log)))
    once, again = (attribute(each, conversion="order", model=model, currency="EUR") for each in (given, shuffled))

    assert once == again
    assert [*once.credits.items()] == [*again.credits.items()]
    assert repr(once) == repr(again)


@EVERY_MODEL
@settings(max_examples=25)
@given(st.lists(journeys(), max_size=4), moments())
def test_nothing_later_changes_an_answer(model, log, as_of):
    known = [journey.as_of(as_of) for journey in log]

    assert attribute(log, conversion="order", model=model, as_of=as_of) == attribute(
        known, conversion="order", model=model, as_of=as_of
    )


@EVERY_MODEL
@settings(max_examples=25)
@given(LOGS, LOGS, LOGS)
def test_attributions_of_disjoint_customers_add_up(model, first, second, third):
    a, b, c = (
        attribute(journeys_of(log), conversion="order", model=model, currency="EUR") for log in (first, second, third)
    )
    nobody = attribute([], conversion="order", model=model, currency="EUR")
    everyone = attribute(journeys_of([*first, *second, *third]), conversion="order", model=model, currency="EUR")

    assert (a + b) + c == a + (b + c) == everyone
    assert everyone.credits == ((a + b) + c).credits
    assert nobody + a == a + nobody == a


@EVERY_MODEL
@settings(max_examples=25)
@given(LOGS, st.integers(2, 5))
def test_as_many_journeys_of_each_kind_have_as_many_times_the_credit(model, log, times):
    once, often = journeys_of(log), [journey for journey in journeys_of(log) for _ in range(times)]

    assert numbers(often, model) == {label: times * credit for label, credit in numbers(once, model).items()}


# Money


def test_cents_that_are_left_over_go_to_the_largest_remainder_and_then_by_label():
    assert euros([path("C > B > A", value=1)], Linear()) == {"A": "0.34", "B": "0.33", "C": "0.33"}
    assert euros([path("C > B > B", value=Decimal("0.05"))], Linear()) == {"B": "0.03", "C": "0.02"}


def test_credit_has_the_decimals_of_its_currency():
    yen = attribute([path("A > B > C", value=100)], conversion="order", model=Linear(), currency="JPY")

    assert {label: str(credit) for label, credit in yen.credits.items()} == {"A": "34", "B": "33", "C": "33"}


def test_shares_are_exact_until_they_are_shown():
    thirds = [path("A > B > C", value=Decimal("0.01"), customer=f"customer {number}") for number in range(3)]

    assert euros(thirds, Linear()) == {"A": "0.01", "B": "0.01", "C": "0.01"}


@EVERY_MODEL
def test_the_callers_decimal_context_changes_nothing(model):
    log = [
        path("A > B > C", value=Decimal("12345.67")),
        path("A", converts=False),
        path("B > A", value=Decimal("0.02")),
    ]
    wanted = euros(log, model)
    with decimal.localcontext(decimal.Context(prec=1, Emin=0, Emax=1, traps=[*decimal.Context().flags])):
        found = attribute(log, conversion="order", model=model, currency="EUR")
        shown = [row["credit"] for row in found.rows()]

    assert [str(credit) for credit in shown] == [*wanted.values()]


def test_a_conversion_without_a_value_is_worth_nothing_and_is_counted():
    found = attribute([path("A"), path("B", value=5)], conversion="order", model=Last(), currency="EUR")

    assert (found.conversions, found.unvalued, found.total) == (2, 1, Decimal("5.00"))
    assert found.credits == {"B": Decimal("5.00"), "A": Decimal("0.00")}


def test_a_value_is_not_looked_at_where_conversions_are_counted():
    found = attribute([path("A"), path("B", value=-5)], conversion="order", model=Last())

    assert (found.unvalued, found.total) == (0, 2)


def test_a_negative_value_is_refused():
    with pytest.raises(InvalidValueError, match="the value of a conversion must not be negative"):
        euros([path("A", value=-1)], Linear())


def test_a_value_that_is_finer_than_its_currency_is_refused():
    with pytest.raises(InvalidValueError, match=r"the value of a conversion 1\.005 has 3 decimals, EUR has 2"):
        euros([path("A", value=Decimal("1.005"))], Linear())


# What is credited


def test_the_channel_of_the_conversion_has_no_credit_unless_it_is_asked_for():
    order = Touchpoint("order", START + 9 * HOUR, channel="web")
    journey = Journey("anna", [*touched(["A"]), order])

    assert numbers([journey], Linear()) == {"A": 1}
    assert numbers([journey], Linear(), include_conversion=True) == {"A": Fraction(1, 2), "web": Fraction(1, 2)}


def test_a_conversion_without_touches_is_unattributed():
    found = attribute([path("", value=7), path("A", value=2)], conversion="order", model=Linear(), currency="EUR")

    assert (found.unattributed, found.total) == (Decimal("7.00"), Decimal("9.00"))
    assert found.rows()[-1] == {"label": "(unattributed)", "credit": Decimal("7.00"), "share": 7 / 9}


def test_touches_without_a_label_are_counted_apart():
    journey = Journey("anna", [*touched(["A", None, None]), Touchpoint("order", START + 9 * HOUR)])
    found = attribute([journey], conversion="order", model=Last())

    assert (found.credits, found.unlabelled) == ({"A": 1}, 2)


def test_what_never_came_is_named_in_case_its_name_is_wrong():
    log = [path("A > B"), path("A")]
    paid = Touchpoint.fields.channel == "paid"
    by_campaign = attribute(log, conversion="order", model=Linear(), by="properties.campain")

    assert str(attribute(log, conversion="ordr", model=Markov())).endswith("no conversions: 'ordr' did not come")
    assert str(attribute(log, conversion=paid, model=Linear())).splitlines()[1:] == [
        "no conversions: contacts of which channel is 'paid' did not come",
    ]
    assert str(by_campaign).splitlines()[-1] == "nothing to credit: 3 touches have no 'properties.campain'"
    assert len(str(attribute(log, conversion="order", model=Linear())).splitlines()) == 3


@pytest.mark.parametrize("by", ["properties.campaign", Touchpoint.fields.actor], ids=repr)
def test_any_label_can_be_credited(by):
    visits = [
        Touchpoint("visit", START, channel="ads", actor=campaign, properties={"campaign": campaign})
        for campaign in ("spring", "summer")
    ]
    journey = Journey("anna", [*visits, Touchpoint("order", START + HOUR)])

    assert numbers([journey], Linear(), by=by) == {"spring": Fraction(1, 2), "summer": Fraction(1, 2)}


def test_the_largest_credit_comes_first_and_equal_ones_go_by_label():
    log = [path("C"), path("B"), path("A > D"), path("C", customer="again")]

    assert [*numbers(log, Linear())] == ["C", "B", "A", "D"]


def test_every_label_on_a_path_that_converts_is_there():
    assert numbers([path("A > B"), path("C", converts=False)], First()) == {"A": 1, "B": 0}


def test_a_share_is_of_the_total():
    found = attribute([path("A > B"), path("")], conversion="order", model=Linear())

    assert (found.share("A"), found.share("nobody")) == (0.25, 0.0)


def test_no_conversions_give_no_credit():
    found = attribute([path("A", converts=False)], conversion="order", model=Linear(), currency="EUR")

    assert (found.total, found.credits, found.rows()) == (Decimal("0.00"), {}, [])
    assert str(found) == "(no rows)\nno conversions: 'order' did not come"
    with pytest.raises(InvalidValueError, match="share of a label is undefined: no conversions of any value"):
        found.share("A")


def test_conversions_that_are_worth_nothing_have_no_shares():
    found = attribute([path("A", value=0)], conversion="order", model=Linear(), currency="EUR")

    assert found.rows() == [{"label": "A", "credit": Decimal("0.00"), "share": None}]


# The result


def test_a_result_prints_as_a_table():
    found = attribute([path("A > B", value=10), path("", value=5)], conversion="order", model=Linear(), currency="EUR")

    assert str(found).splitlines() == [
        "label           credit   share",
        "A                 5.00  0.3333",
        "B                 5.00  0.3333",
        "(unattributed)    5.00  0.3333",
    ]


def test_a_result_has_a_chart():
    found = attribute([path("A > B", value=10)], conversion="order", model=Linear(), currency="EUR")
    chart = found.chart()

    assert chart["title"] == "Credit by channel"
    assert json.loads(json.dumps(chart))["data"]["values"][0] == {"label": "A", "credit": 5.0, "share": 0.5}
    assert set(found._repr_mimebundle_()) == {"application/vnd.vegalite.v5+json", "text/plain"}


@pytest.mark.parametrize("model", STORED, ids=repr)
@settings(max_examples=25)
@given(LOGS)
def test_a_result_survives_storing(model, log):
    found = attribute(
        journeys_of(log),
        conversion="order",
        model=model,
        by=Touchpoint.fields.channel,
        lookback=days(3),
        as_of=START + timedelta(days=1),
    )
    document = json.loads(json.dumps(to_dict(found)))

    assert from_dict(document, Attribution) == found
    assert from_dict(document, Attribution).credits == found.credits
    assert from_dict(to_dict(model), type(model)) == model


def test_a_result_pickles_and_compares_by_what_it_counts():
    found = attribute([path("A > B")], conversion="order", model=Linear())

    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own
    assert hash(found) == hash(attribute([path("A > B")], conversion="order", model=Linear()))
    assert found.credits
    assert found == attribute([path("A > B")], conversion="order", model=Linear())


def test_a_result_prints_as_the_code_that_makes_it():
    found = attribute([path("A > B")], conversion="order", model=Linear(), as_of=START + timedelta(days=1))

    import datetime as dt

    names = {kind.__name__: kind for kind in (Attribution, ConversionPaths, Linear)}
    assert eval(repr(found), names | {"datetime": dt}) == found  # noqa: S307


def test_what_a_result_gives_away_does_not_change_it():
    found = attribute([path("A > B")], conversion="order", model=Markov())
    found.credits.clear()
    found.exact.clear()
    found.removal_effects.clear()

    assert found.credits == {"A": Fraction(1, 2), "B": Fraction(1, 2)}
    assert found.removal_effects == {"A": 1, "B": 1}


LIKE = {"conversion": "order", "model": Linear(), "currency": "EUR", "as_of": START}


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("model", {"model": First()}),
        ("currency", {"currency": "USD"}),
        ("currency", {"currency": None}),
        ("as_of", {"as_of": START + HOUR}),
        ("paths", {"conversion": "sale"}),
        ("paths", {"by": "actor"}),
        ("paths", {"by": Touchpoint.fields.channel}),
        ("paths", {"lookback": days(3)}),
        ("paths", {"reuse": True}),
    ],
)
def test_attributions_that_differ_in_what_they_ask_do_not_add(part, other):
    with pytest.raises(InvalidValueError, match=f"cannot add attributions with two values of {part}"):
        attribute([], **LIKE) + attribute([], **(LIKE | other))


def test_an_attribution_adds_to_nothing_else():
    with pytest.raises(TypeError):
        attribute([], **LIKE) + 1


# Bad input


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"model": Linear}, InvalidTypeError, r"a model must be one such as Linear\(\)"),
        ({"model": "linear"}, InvalidTypeError, r"a model must be one such as Linear\(\)"),
        ({"conversion": ""}, InvalidValueError, "conversion must not be blank"),
        ({"by": "chanel"}, UnknownFieldError, "did you mean 'channel'"),
        ({"currency": "EURO"}, InvalidValueError, "did you mean 'EUR'"),
        ({"touches": 3}, InvalidTypeError, "touches must be the name of a touchpoint"),
        ({"reuse": 1}, InvalidTypeError, "reuse must be True or False"),
        ({"include_conversion": None}, InvalidTypeError, "include_conversion must be True or False"),
        ({"as_of": START.replace(tzinfo=None)}, InvalidValueError, "as_of must be an aware datetime"),
        ({"lookback": 30}, InvalidTypeError, "lookback must be a timedelta or a span"),
        ({"lookback": days(0)}, InvalidValueError, "lookback must be longer than nothing"),
        ({"lookback": -HOUR}, InvalidValueError, "lookback must not be negative"),
    ],
    ids=str,
)
def test_a_mistake_is_refused_before_anything_is_read(options, error, message):
    def never():
        pytest.fail("was read")
        yield

    with pytest.raises(error, match=message):
        attribute(never(), **({"conversion": "order", "model": Linear()} | options))


@pytest.mark.parametrize("journeys", [3, [3], [Touchpoint("visit", START)]])
def test_what_are_no_journeys_is_refused(journeys):
    with pytest.raises(InvalidTypeError):
        attribute(journeys, conversion="order", model=Linear())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Last(skip=3), "expected labels to skip"),
        (lambda: Last(skip=[3]), "a label to skip must be text"),
        (lambda: Linear(distinct=1), "distinct must be True or False"),
        (lambda: PositionBased(first=0.4), "first must be an int"),
        (lambda: PositionBased(middle=-1), "middle must be at least 0"),
        (lambda: PositionBased(first=0, last=0), "first and last must not both be 0"),
        (lambda: TimeDecay(7), "half_life must be a timedelta or a span"),
        (lambda: TimeDecay(timedelta(0)), "half_life must be longer than nothing"),
    ],
)
def test_a_model_that_makes_no_sense_is_refused(make, message):
    with pytest.raises(CxError, match=message):
        make()


@pytest.mark.parametrize(
    "change",
    [
        {"units": -1},
        {"conversions": 1.5},
        {"counts": [{"key": ["A", 1], "number": -1}]},
        {"counts": [{"key": "A", "number": 1}]},
        {"counts": [{"key": ["A"], "number": 1}]},
        {"counts": [{"key": [1, "A"], "number": 1}]},
        {"counts": [{"key": ["A", 0], "number": 1}]},
        {"counts": [{"key": ["A", 2], "number": 1}]},
        {"counts": [{"key": ["A", 2], "number": 3}]},
        {"counts": [{"key": ["A", 2], "number": 1}, {"key": ["A", 3], "number": 2}]},
        {"unattributed_units": 3},
        {"currency": "EURO"},
        {"model": {"type": "journey.touchpoint"}},
        {"model": {"type": "journey.journey", "customer": "anna", "touchpoints": []}},
    ],
    ids=str,
)
def test_a_document_that_makes_no_sense_is_refused(change):
    document = to_dict(attribute([path("A > A")], conversion="order", model=Linear()))
    with pytest.raises(DocumentError):
        from_dict(document | change, Attribution)


def test_counts_are_a_mapping_from_tuples():
    found = attribute([path("A")], conversion="order", model=Linear())
    for counts in ([1], {"A": 1}):
        with pytest.raises(InvalidTypeError, match="counts must be a mapping from tuples"):
            attrs.evolve(found, counts=counts)
