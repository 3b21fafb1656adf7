"""The MRR roll-forward: it balances to the cent, and its rates say what they count."""

import datetime as dt
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from revenue_logs import brute_mrr, day, shops

from cxkit.calendar import Period, days
from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import MoneyRatio, MrrMovements, MrrPolicy, MrrRollForward, Subscriptions, mrr_movements

NAMES = {
    "Decimal": Decimal,
    "Fraction": Fraction,
    "MrrPolicy": MrrPolicy,
    "MrrRollForward": MrrRollForward,
    "datetime": dt,
    "days": days,
}
OPS = {"gross_mrr_churn_rate", "quick_ratio", "revenue_retention", "mrr_rollforward"}
CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/churn.json").read_text(encoding="utf-8"))
    if case["input"].get("op") in OPS
}
VENDORS = ("standard", "chartmogul", "stripe", "baremetrics", "profitwell", "chargify")
GAINS = ("new_business", "reactivation", "expansion")
LOSSES = ("contraction", "churn")
FLOWS = st.fractions(0, 50, max_denominator=12)
POLICIES = st.sampled_from([getattr(MrrPolicy, vendor)() for vendor in VENDORS])
WINDOWS = st.tuples(st.integers(1, 40), st.integers(1, 40)).filter(lambda ends: ends[0] < ends[1])


@st.composite
def rolls(draw, policy=MrrPolicy.standard()):  # noqa: B008 - frozen
    lines = {line: draw(FLOWS) for line in (*GAINS, *LOSSES)}
    start = draw(FLOWS) + lines["contraction"] + lines["churn"]
    return MrrRollForward("EUR", start=start, fx=draw(FLOWS), policy=policy, **lines)


def of_case(name):
    given_ = dict(CASES[name]["input"])
    del given_["op"]
    renamed = {"churned": "churn", "new": "new_business"}
    return {renamed.get(line, line): amount for line, amount in given_.items()}


# What others publish


def test_every_known_case_of_a_roll_forward_is_here():
    assert {name: case["input"]["op"] for name, case in CASES.items()} == {
        "churn-019": "gross_mrr_churn_rate",
        "churn-028": "quick_ratio",
        "churn-029": "quick_ratio",
        "churn-031": "revenue_retention",
        "churn-033": "revenue_retention",
        "churn-034": "mrr_rollforward",
    }


def test_gross_churn_is_that_of_the_case():
    case = CASES["churn-019"]
    roll = MrrRollForward("USD", policy=MrrPolicy.chartmogul(), **of_case("churn-019"))

    assert roll.gross_mrr_churn_rate().value == pytest.approx(case["expected"]["rate"], abs=case["tolerance"])
    assert roll.net_mrr_churn_rate().value == 0.1  # the same article


@pytest.mark.parametrize("name", ["churn-028", "churn-029"])
def test_the_quick_ratio_is_that_of_the_case(name):
    roll = MrrRollForward("USD", start=5000, **of_case(name))

    assert roll.quick_ratio().value_or(None) == CASES[name]["expected"]["ratio"]


@pytest.mark.parametrize("name", ["churn-031", "churn-033"])
def test_retention_is_that_of_the_case(name):
    expected = CASES[name]["expected"]
    roll = MrrRollForward("USD", **of_case(name))

    assert roll.net_revenue_retention().value_or(None) == expected["nrr"]
    assert roll.gross_revenue_retention().value_or(None) == expected["grr"]


def test_the_roll_forward_of_the_case_closes():
    expected = CASES["churn-034"]["expected"]
    roll = MrrRollForward("USD", **of_case("churn-034"))

    assert (float(roll.end), float(roll.net_new)) == (expected["end"], expected["net_new"])


# It balances


@given(rolls())
def test_the_lines_add_up_to_the_end_as_money(roll):
    gained = roll.start + roll.new_business + roll.reactivation + roll.expansion
    assert gained - roll.contraction - roll.churn + roll.fx == roll.end
    assert sum(row["amount"] for row in roll.rows()[:-1]) == roll.rows()[-1]["amount"] == roll.end
    assert roll.net_new == roll.end - roll.start


@given(rolls())
def test_no_line_is_a_cent_from_its_exact_amount(roll):
    for line, amount in roll.exact.items():
        assert abs(Fraction(getattr(roll, line)) - amount) <= Fraction(1, 100)
    for line in ("start", "end"):
        assert abs(Fraction(getattr(roll, line)) - roll.exact[line]) <= Fraction(1, 200)


def test_thirds_of_a_cent_are_carried_from_line_to_line():
    third = Fraction(1, 300)
    roll = MrrRollForward("EUR", start=third, new_business=third, reactivation=third)

    assert [str(row["amount"]) for row in roll.rows()] == [
        "0.00",
        "0.01",
        "0.00",
        "0.00",
        "0.00",
        "0.00",
        "0.00",
        "0.01",
    ]


@given(shops(), WINDOWS, POLICIES)
def test_every_policy_goes_from_the_mrr_before_to_the_mrr_after(shop, window, policy):
    roll = mrr_movements(shop, (day(window[0]), day(window[1])), policy=policy).roll_forward()
    before, after = (sum(brute_mrr(shop, day(number - 1), policy.coupons).values()) for number in window)

    assert (roll.exact["start"], roll.exact["end"]) == (before, after)


@given(shops(), POLICIES, st.integers(2, 39))
def test_two_periods_in_a_row_meet(shop, policy, middle):
    one, other = (
        mrr_movements(shop, (day(start), day(end)), policy=policy).roll_forward()
        for start, end in ((1, middle), (middle, 40))
    )

    assert one.exact["end"] == other.exact["start"]
    assert one.end == other.start


@given(shops(), WINDOWS)
def test_policies_differ_in_their_lines_only(shop, window):
    period = (day(window[0]), day(window[1]))
    ends = {
        mrr_movements(shop, period, policy=getattr(MrrPolicy, vendor)()).roll_forward().end
        for vendor in VENDORS
        if vendor != "stripe"  # which leaves coupons that end out
    }

    assert len(ends) == 1


# Rates


def test_each_rate_counts_what_it_says():
    roll = MrrRollForward(
        "EUR", start=100, new_business=40, reactivation=5, expansion=20, contraction=10, churn=15, fx=-3
    )

    assert roll.gross_mrr_churn_rate().exact == Fraction(25, 100)
    assert roll.net_mrr_churn_rate().exact == Fraction(5, 100)
    assert roll.net_mrr_churn_rate(reactivation=True).exact == 0
    assert roll.gross_revenue_retention().exact == Fraction(75, 100)
    assert roll.net_revenue_retention().exact == Fraction(95, 100)
    assert roll.net_revenue_retention(contraction=False).exact == Fraction(105, 100)
    assert roll.quick_ratio().exact == Fraction(60, 25)
    assert roll.quick_ratio(reactivation=True).exact == Fraction(65, 25)
    assert roll.growth_rate().exact == Fraction(37, 100)


def test_the_policy_says_what_a_rate_counts_unless_the_call_does():
    lines = {"start": 100, "reactivation": 5, "contraction": 10, "churn": 15}
    chartmogul = MrrRollForward("EUR", policy=MrrPolicy.chartmogul(), **lines)
    baremetrics = MrrRollForward("EUR", policy=MrrPolicy.baremetrics(), **lines)

    assert (chartmogul.net_mrr_churn_rate().value, baremetrics.net_mrr_churn_rate().value) == (0.2, 0.25)
    assert chartmogul.net_mrr_churn_rate(reactivation=False).value == 0.25
    assert (chartmogul.net_revenue_retention().value, baremetrics.net_revenue_retention().value) == (0.75, 0.85)
    assert baremetrics.net_revenue_retention(contraction=True).value == 0.75


@pytest.mark.parametrize(
    ("rate", "name"),
    [
        (MrrRollForward.gross_mrr_churn_rate, "gross MRR churn rate"),
        (MrrRollForward.net_mrr_churn_rate, "net MRR churn rate"),
        (MrrRollForward.gross_revenue_retention, "gross revenue retention"),
        (MrrRollForward.net_revenue_retention, "net revenue retention"),
        (MrrRollForward.growth_rate, "MRR growth rate"),
    ],
)
def test_without_mrr_at_the_start_a_rate_is_undefined(rate, name):
    found = rate(MrrRollForward("EUR", new_business=10))

    assert (found.is_defined, found.value_or(None)) == (False, None)
    with pytest.raises(UndefinedMetricError, match=f"{name} is undefined: no MRR at the start"):
        _ = found.exact


def test_without_losses_the_quick_ratio_is_undefined():
    with pytest.raises(UndefinedMetricError, match="quick ratio is undefined: no losses"):
        _ = MrrRollForward("EUR", start=10, new_business=10).quick_ratio().value


@given(rolls())
def test_retention_and_churn_are_two_sides_of_one_thing(roll):
    if roll.exact["start"]:
        assert roll.gross_revenue_retention().exact == 1 - roll.gross_mrr_churn_rate().exact <= 1
        assert roll.net_revenue_retention().exact == 1 - roll.net_mrr_churn_rate(reactivation=False).exact


def test_gross_retention_may_be_below_zero_where_each_change_counts():
    changes = [(10, 100), (100, 0)]
    rolls_ = [MrrMovements.from_pairs({"anna": change}, currency="EUR").roll_forward() for change in changes]
    roll = MrrRollForward("EUR", start=10, expansion=90, churn=100)

    assert [found.gross_revenue_retention().value for found in rolls_] == [1.0, 0.0]
    assert roll.gross_revenue_retention().value == -9.0


@pytest.mark.parametrize("flag", [0, "yes", 1.0])
def test_a_flag_is_a_yes_or_a_no(flag):
    roll = MrrRollForward("EUR", start=10)

    for ask in (
        lambda: roll.net_mrr_churn_rate(reactivation=flag),
        lambda: roll.net_revenue_retention(contraction=flag),
        lambda: roll.quick_ratio(reactivation=flag),
    ):
        with pytest.raises(InvalidTypeError, match="must be True or False"):
            ask()


# It is a population tally


@given(rolls(), rolls(), rolls())
def test_roll_forwards_of_different_customers_add(one, other, third):
    assert (one + other) + third == one + (other + third)
    assert one + other == other + one
    assert one + MrrRollForward("EUR") == one
    for line, amount in (one + other).exact.items():
        assert amount == one.exact[line] + other.exact[line]


@given(shops(), WINDOWS, POLICIES)
def test_the_customers_may_be_counted_in_shards(shop, window, policy):
    period = (day(window[0]), day(window[1]))
    shards = [
        Subscriptions("EUR", [found for found in shop.subscriptions if (found.customer == "anna") == is_anna])
        for is_anna in (True, False)
    ]
    one, other = (mrr_movements(shard, period, policy=policy).roll_forward() for shard in shards)

    assert one + other == mrr_movements(shop, period, policy=policy).roll_forward()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"currency": "USD"}, "they differ in their currency; a roll-forward is of one currency"),
        ({"policy": MrrPolicy.stripe()}, "they differ in their policy; a roll-forward is of one definition"),
        ({"window": (day(1), day(3))}, "they differ in their window; a roll-forward is of one period"),
        ({"as_of": day(2)}, "they differ in their as_of; a roll-forward is of one moment"),
    ],
)
def test_what_must_not_add_is_refused(options, message):
    roll = MrrRollForward("EUR", start=10, window=(day(1), day(2)))

    with pytest.raises(InvalidValueError, match=message):
        _ = roll + attrs.evolve(roll, **options)
    with pytest.raises(TypeError):
        _ = roll + 1


# What it is made of


@pytest.mark.parametrize("line", ["start", *GAINS, *LOSSES])
def test_a_line_is_not_negative(line):
    with pytest.raises(InvalidValueError, match=f"{line} must not be negative, got"):
        MrrRollForward("EUR", **{"start": 10, line: -1})


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"start": 1.5}, InvalidTypeError, r"must be a Decimal or an int, got 1.5; write Decimal\('1.5'\)"),
        ({"start": True}, InvalidTypeError, "must be a Decimal or an int, got True"),
        ({"start": 10, "churn": 11}, InvalidValueError, "what is left at the end must not be negative"),
        ({"start": 10, "fx": -11}, InvalidValueError, "what is left at the end must not be negative"),
        ({"currency": "euro"}, InvalidValueError, "ISO 4217"),
        ({"policy": "stripe"}, InvalidTypeError, "policy must be an MrrPolicy"),
        ({"window": (day(2), day(1))}, InvalidValueError, "the period must end after it starts"),
        ({"window": "2026-01"}, InvalidTypeError, "period must be a Period"),
        ({"as_of": "2026"}, InvalidTypeError, "as_of must be a datetime"),
    ],
)
def test_a_roll_forward_that_makes_no_sense_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        MrrRollForward(**{"currency": "EUR"} | options)


@given(rolls(), POLICIES, st.none() | st.just((day(1), day(2))), st.none() | st.just(day(1)))
def test_it_comes_back_from_its_document_and_from_its_repr(roll, policy, window, as_of):
    roll = attrs.evolve(roll, policy=policy, window=window, as_of=as_of)

    assert from_dict(json.loads(json.dumps(to_dict(roll))), MrrRollForward) == roll
    assert eval(repr(roll), NAMES) == roll  # noqa: S307 - what a repr says


def test_its_repr_shows_what_there_is():
    roll = MrrRollForward("EUR", start=100, churn=Fraction(1, 3))

    assert repr(roll) == "MrrRollForward('EUR', start=Decimal('100.00'), churn=Fraction(1, 3))"


@pytest.mark.parametrize("amount", ["1/0", "0.5", "1e5", 5, None, "1" * 4001, "--1", "1/-2"])
def test_a_document_with_a_broken_amount_is_refused(amount):
    document = to_dict(MrrRollForward("EUR", start=10))

    with pytest.raises(DocumentError) as caught:
        from_dict(document | {"start": amount}, MrrRollForward)
    assert "$.start: expected an exact amount as text, such as '25/3'" in str(caught.value)


def test_a_long_amount_is_read():
    long = Fraction(10**3000, 7**3000)

    assert from_dict(to_dict(MrrRollForward("EUR", start=long)), MrrRollForward).exact["start"] == long


def test_a_document_of_a_policy_comes_back():
    for vendor in VENDORS:
        policy = getattr(MrrPolicy, vendor)()
        assert from_dict(to_dict(policy), MrrPolicy) == policy
        assert policy.name == vendor


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"name": ""}, InvalidValueError, "name must not be blank"),
        ({"counted": "gross"}, InvalidValueError, "counted must be one of 'each_change', 'net'"),
        ({"joined_and_left": "in_both"}, InvalidValueError, "joined_and_left must be one of 'counted', 'excluded'"),
        ({"reactivation_within": 90}, InvalidTypeError, "reactivation_within must be a timedelta or a span"),
        ({"coupons": "some"}, InvalidValueError, "coupons must be one of 'forever', 'all'"),
        ({"reactivation_in_net_churn": 1}, InvalidTypeError, "reactivation_in_net_churn must be True or False"),
        ({"contraction_in_retention": None}, InvalidTypeError, "contraction_in_retention must be True or False"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        attrs.evolve(MrrPolicy.standard(), **options)


def test_a_period_is_complete_once_it_is_over():
    roll = MrrRollForward("EUR", window=(day(1), day(3)))

    assert roll.is_complete
    assert [attrs.evolve(roll, as_of=day(number)).is_complete for number in (2, 3)] == [False, True]
    assert MrrRollForward("EUR", as_of=day(2)).is_complete


def test_its_chart_is_a_waterfall():
    roll = MrrRollForward("EUR", start=100, new_business=20, churn=30, fx=-5)
    spec = roll.chart()
    bars = [(bar["line"], bar["from"], bar["to"], bar["kind"]) for bar in spec["data"]["values"]]

    assert bars == [
        ("start", 0, 100, "sum"),
        ("new_business", 100, 120, "gain"),
        ("reactivation", 120, 120, "gain"),
        ("expansion", 120, 120, "gain"),
        ("contraction", 120, 120, "loss"),
        ("churn", 120, 90, "loss"),
        ("fx", 90, 85, "loss"),
        ("end", 0, 85, "sum"),
    ]
    assert (spec["title"], spec["encoding"]["y2"]) == ("MRR in EUR", {"field": "from"})
    assert spec["encoding"]["color"]["field"] == "kind"
    json.dumps(spec)


def test_it_prints_as_a_table_that_adds_up():
    roll = MrrRollForward("EUR", start=Fraction(100, 3), churn=Fraction(50, 3))

    assert str(roll).splitlines()[:2] == ["line          amount", "start          33.33"]
    assert str(roll).splitlines()[-3:] == ["churn         -16.66", "fx              0.00", "end            16.67"]


def test_its_window_may_be_given_as_a_period():
    assert MrrRollForward("EUR", window=Period.month(2026, 1)).window == (day(1), day(32))


def test_a_ratio_says_what_it_is_made_of():
    found = MrrRollForward("EUR", start=100, churn=20).gross_mrr_churn_rate()

    assert found == MoneyRatio(Fraction(20), Fraction(100), name="gross MRR churn rate", of="MRR at the start")


def test_a_currency_without_decimals_has_none():
    assert str(MrrRollForward("JPY", start=Fraction(1000, 3)).end) == "333"
