"""The funnels of other systems (`tests/cases/journey.json`), asked of the library and of the oracle that the laws trust."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from funnel_oracle import Question, answer

from cxkit.errors import InvalidValueError
from cxkit.journey import Exclusion, Funnel, Journey, Touchpoint

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/journey.json").read_text(encoding="utf-8"))
    if "funnel" in case["input"].get("kind", "") or case["input"].get("kind") == "time_to_convert"
}
START = datetime(2026, 3, 1, tzinfo=timezone.utc)
ANY = frozenset({name for case in CASES.values() for log in case["input"].get("users", {}).values() for _, name in log})
ORDERS = {"ordered": "ordered", "strict": "strict", "unordered": "any"}

# Which reading each case is about: as the vendor names it, or spelled out.
READINGS = {
    "posthog": """
        J003 J004 J008 J012 J013 J018 J020 J021 J022 J023 J026 J027 J034 J035 J036 J045[latest_entry_anchor_(PostHog)]
    """,
    "clickhouse": "J039 J040 J041[default] J041[strict_order] J043[default] J044[strict_order]",
    "mixpanel_classic": "J045[first_entry_anchor]",
    "the input decides between ties": "J048 J054",
    "strict, from any entry, without repeats": "J041[strict_deduplication+strict_order]",
    "each touchpoint once, ties favourable": "J043[strict_once]",
    "each touchpoint once, ties strict": "J043[strict_increase]",
}
REFUSED = {"J030": "an exclusion from a step until an earlier one", "J055": "a funnel without steps"}
ASIDE = {
    "J037": "a window of none is no limit here, and a negative one is refused: no length stands for another",
    "J044[strict_order+allow_reentry]": "to go back to the first step and yet go on from the second is a reading not offered",
    "J056": "a log without a contact of a step is a log like any other: the step is reached by nobody",
}


def test_every_case_is_met_refused_or_aside():
    met = {name for names in READINGS.values() for name in names.split()}
    assert {name.partition("[")[0] for name in met | REFUSED.keys() | ASIDE.keys()} == set(CASES)
    assert (len(met), len(CASES)) == (28, 27)


def journeys_of(case, *, of=None):
    users = case["input"]["users"]
    return [
        Journey(user, [Touchpoint(name, START + timedelta(seconds=second)) for second, name in log])
        for user, log in users.items()
        if of in (None, user)
    ]


def question_of(case, *, order="ordered", **options):
    """Read a case as a question to the oracle, and through it to the library."""
    asked = case["input"]
    seconds = asked.get("window_seconds")
    return Question(
        steps=tuple(ANY if name == "*" else frozenset({name}) for name in asked["steps"]),
        within=None if seconds is None else timedelta(seconds=seconds),
        order=ORDERS[asked.get("order", order)],
        without=tuple((frozenset({x["event"]}), x["from"], x["to"]) for x in asked.get("exclusions", ())),
        **options,
    )


def depths(question, case):
    """Return the depth of each customer as the oracle has it, after the library has said the same."""
    found = {journey.customer: answer(question, journey).depth for journey in journeys_of(case)}
    result = question.funnel.run(journeys_of(case))
    assert [step.reached for step in result.steps] == reached(found, len(question.steps))
    for customer, depth in found.items():
        steps = question.funnel.run(journeys_of(case, of=customer)).steps
        assert [step.reached for step in steps] == [int(number < depth) for number in range(len(steps))]
    return found


def reached(found, steps):
    return [sum(depth > number for depth in found.values()) for number in range(steps)]


POSTHOG = [name for name in READINGS["posthog"].split() if "[" not in name]


@pytest.mark.parametrize("name", POSTHOG)
def test_as_posthog_counts(name):
    case = CASES[name]
    question = question_of(case, repeats=case["input"].get("order") == "strict")
    found = depths(question, case)
    expected = case["expected"]

    assert question.funnel.under("posthog") == question.funnel
    assert reached(found, len(question.steps)) == expected.get("counts", reached(found, len(question.steps)))
    for told, customers in expected.items():
        what, _, number = told.rpartition("_")
        if what in ("at_step", "at_least"):
            assert {customer for customer, depth in found.items() if depth >= int(number)} == set(customers), told
        elif what == "dropped_before":
            assert {customer for customer, depth in found.items() if depth == int(number) - 1} == set(customers), told
        elif what == "count_step":
            assert reached(found, len(question.steps))[int(number) - 1] == customers, told


@pytest.mark.parametrize("name", ["J012", "J020"])
def test_the_time_from_a_step_to_the_next_is_that_of_who_took_both(name):
    case = CASES[name]
    result = question_of(case).funnel.run(journeys_of(case))

    for measure in {"average_seconds", "median_seconds"} & set(case["expected"]):
        for step, seconds in enumerate(case["expected"][measure][1:]):
            times = result.times(step, step + 1)
            assert (times.mean if measure == "average_seconds" else times.median) == timedelta(seconds=seconds)


@pytest.mark.parametrize("name", ["J035", "J036"])
def test_times_to_convert_make_a_histogram(name):
    case = CASES[name]
    asked, expected = case["input"], case["expected"]
    times = question_of(case).funnel.run(journeys_of(case)).times(asked["from_step"], asked["to_step"])

    assert times.mean == timedelta(seconds=expected["average_seconds"])
    bars = times.histogram(asked.get("bin_count"))
    assert [[bar.start // timedelta(seconds=1), bar.count] for bar in bars] == expected["bins"]


@pytest.mark.parametrize("name", ["J039", "J040"])
def test_as_clickhouse_counts_the_end_of_the_window_counts(name):
    case = CASES[name]
    question = question_of(case, reuse=True)
    found = depths(question, case)

    assert question.funnel.under("clickhouse") == question.funnel
    assert found == {"u": case["expected"]["max_step"]}
    assert reached(found, 5) == case["expected"]["counts"]


@pytest.mark.parametrize(
    ("name", "mode", "options"),
    [
        ("J041", "default", {"reuse": True}),
        ("J043", "default", {"reuse": True}),
        ("J041", "strict_order", {"order": "strict", "anchor": "first_entry", "ties": "input", "repeats": True}),
        ("J044", "strict_order", {"order": "strict", "anchor": "first_entry", "ties": "input", "repeats": True}),
    ],
)
def test_as_clickhouse_counts(name, mode, options):
    case = CASES[name]
    question = question_of(case, **options)
    expected = case["expected"][mode]

    assert question.funnel.under("clickhouse") == question.funnel
    assert depths(question, case) == (expected if isinstance(expected, dict) else {"u": expected})


@pytest.mark.parametrize(
    ("name", "mode", "options"),
    [
        ("J041", "strict_deduplication+strict_order", {"order": "strict", "ties": "input"}),
        ("J043", "strict_once", {}),
        ("J043", "strict_increase", {"ties": "strict"}),
    ],
)
def test_other_modes_of_clickhouse_can_be_spelled_out(name, mode, options):
    case = CASES[name]
    expected = case["expected"][mode]

    assert depths(question_of(case, **options), case) == (expected if isinstance(expected, dict) else {"u": expected})


@pytest.mark.parametrize(
    ("reading", "options"),
    [
        ("mixpanel_classic", {"anchor": "first_entry", "ties": "input"}),
        ("posthog", {}),
    ],
)
def test_the_anchor_decides(reading, options):
    case = CASES["J045"]
    mode = "first_entry_anchor" if reading == "mixpanel_classic" else "latest_entry_anchor_(PostHog)"
    question = question_of(case, **options)

    assert question.funnel.under(reading) == question.funnel
    assert reached(depths(question, case), 3) == case["expected"][mode]


def test_rates_name_what_they_are_of():
    case = CASES["J048"]
    expected = case["expected"]
    question = question_of(case, ties="input")
    result = question.funnel.run(journeys_of(case))

    assert reached(depths(question, case), 3) == expected["counts"]
    assert [result.of_customers(step).value for step in range(3)] == expected["conversion_rate_of_all_paths"]
    assert [result.of_previous(step).value for step in range(3)] == expected["step_conversion_rate"]
    assert [result.of_entered(step).value for step in range(3)] == [1, 2 / 3, 1 / 3]  # as PostHog and Mixpanel have it


def test_a_step_before_its_predecessor_does_not_count():
    case = CASES["J054"]
    assert reached(depths(question_of(case, ties="input"), case), 2) == case["expected"]["counts"]


def test_an_exclusion_runs_forwards():
    (exclusion,) = CASES["J030"]["input"]["exclusions"]
    with pytest.raises(InvalidValueError):
        Funnel(
            CASES["J030"]["input"]["steps"],
            without=[Exclusion(exclusion["event"], start=exclusion["from"], end=exclusion["to"])],
        )


def test_a_funnel_has_steps():
    with pytest.raises(InvalidValueError):
        Funnel(CASES["J055"]["input"]["steps"])


@pytest.mark.parametrize("number", CASES["J037"]["input"]["configured"])
def test_no_window_stands_for_another(number):
    if number is None:
        assert Funnel(["a"]).within is None
    elif number < 0:
        with pytest.raises(InvalidValueError):
            Funnel(["a"], within=timedelta(days=number))
    else:
        assert Funnel(["a"], within=timedelta(days=number)).within == timedelta(days=number)


def test_a_step_of_no_contact_is_reached_by_nobody():
    case = CASES["J056"]
    assert reached(depths(question_of(case), case), 3) == [1, 0, 0]
