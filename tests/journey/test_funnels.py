"""Funnels: how far customers come along some steps."""

import copy
import pickle
from datetime import datetime, timedelta, timezone
from decimal import localcontext
from itertools import combinations
from zoneinfo import ZoneInfo

import attrs
import pytest

from cxkit.calendar import days, hours, months, years
from cxkit.codec import from_dict, to_dict
from cxkit.errors import (
    CxError,
    DocumentError,
    DuplicateError,
    InvalidTypeError,
    InvalidValueError,
    NaiveDatetimeError,
    UndefinedMetricError,
    UnknownFieldError,
    UnsupportedError,
)
from cxkit.journey import (
    Exclusion,
    Funnel,
    FunnelBreakdown,
    FunnelGroup,
    FunnelResult,
    FunnelStep,
    Journey,
    ReadingDifference,
    Step,
    Touchpoint,
    journeys,
)
from cxkit.predicates import Fields, text
from cxkit.tallies import Durations, PopulationRate

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
MINUTE, TICK = timedelta(minutes=1), timedelta(microseconds=1)
FIELDS = Touchpoint.fields


def at(minute):
    return NOON + minute * MINUTE


def journey(*contacts, customer="anna", **details):
    """Write a journey as texts such as "visit@3": what, and in which minute."""
    touchpoints = []
    for contact in contacts:
        name, _, minute = contact.partition("@")
        touchpoints.append(Touchpoint(name, at(int(minute)), **details))
    return Journey(customer, touchpoints)


def told(funnel, *contacts, as_of=None):
    """Tell the outcome, and in which minutes the steps were filled; a count of this customer alone says the same."""
    one, moment = journey(*contacts), None if as_of is None else at(as_of)
    stop, result = funnel.explain(one, as_of=moment), funnel.run([one], as_of=moment)
    minutes = [touchpoint and (touchpoint.at - NOON) // MINUTE for touchpoint in stop.touchpoints]

    filled = [minute is not None for minute in minutes]
    assert reached(result) == filled + [0] * (len(result.steps) - len(filled))
    assert (result.completed, result.excluded) == (stop.outcome == "completed", stop.outcome == "excluded")
    assert [any(step.open for step in result.steps), any(step.dropped for step in result.steps)] == [
        stop.outcome == "open",
        stop.outcome == "dropped",
    ]
    for (start, first), (end, last) in combinations(enumerate(minutes), 2):
        both = first is not None and last is not None
        assert result.times(start, end) == Durations.from_lengths([(last - first) * MINUTE] if both else [])
    return stop.outcome, minutes


def reached(result):
    return [step.reached for step in result.steps]


# What happened by when


def test_who_still_has_time_is_open_and_not_dropped():
    funnel = Funnel(["visit", "cart", "order"], within=7 * MINUTE)
    everyone = [
        journey("visit@0", "cart@1", "order@2"),
        journey("visit@2", "cart@3", customer="ben"),
        journey("visit@8", customer="cleo"),
        journey("order@1", customer="dora"),
    ]
    result = funnel.run(everyone, as_of=at(10))

    assert [(step.name, step.reached, step.advanced, step.dropped, step.open) for step in result.steps] == [
        ("visit", 3, 2, 0, 1),
        ("cart", 2, 1, 1, 0),
        ("order", 1, 1, 0, 0),
    ]
    assert (result.customers, result.entered, result.completed, result.excluded) == (4, 3, 1, 0)
    assert [step.open for step in funnel.run(everyone).steps] == [0, 0, 0]  # without a moment nobody is


def test_the_window_includes_its_end():
    funnel = Funnel(["a", "b"], within=5 * MINUTE)

    assert told(funnel, "a@0", "b@5") == ("completed", [0, 5])
    assert told(funnel, "a@0", "b@6") == ("dropped", [0])
    assert told(funnel, "a@0", as_of=5) == ("open", [0])
    assert told(funnel, "a@0", as_of=6) == ("dropped", [0])
    assert told(Funnel(["a", "b"], within=timedelta(0)), "b@0", "a@0", "b@1") == ("completed", [0, 0])


def test_without_a_window_there_is_always_time():
    stop = Funnel(["a", "b"]).explain(journey("a@0"), as_of=NOON + timedelta(days=9999))
    assert (stop.outcome, stop.expires_at, stop.retry_at) == ("open", None, None)


@pytest.mark.parametrize("within", [timedelta.max, years(9000), months(10**6), days(10**7), hours(10**9)])
@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
def test_a_window_may_end_after_the_end_of_time(within, order):
    funnel = Funnel(["a", "b"], within=within, order=order)

    assert told(funnel, "a@0", "b@9") == ("completed", [0, 9])
    assert told(funnel, "a@0", as_of=99) == ("open", [0])
    assert funnel.explain(journey("a@0"), as_of=at(1)).expires_at is None
    assert funnel.run([journey("a@0")], as_of=at(1)).steps[0].open == 1


@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
def test_a_window_of_months_may_end_later_for_an_earlier_entry(order):
    funnel = Funnel(["a", "b"], within=months(1), order=order, repeats=order == "strict")
    early, late = (datetime(2026, 1, day, hour, tzinfo=timezone.utc) for day, hour in [(28, 12), (31, 9)])
    noon = datetime(2026, 2, 28, 12, tzinfo=timezone.utc)
    both = [Touchpoint("a", early), Touchpoint("a", late)]

    assert funnel.explain(Journey("anna", both), as_of=late).expires_at == noon
    assert funnel.run([Journey("anna", [*both, Touchpoint("b", noon)])]).completed == 1


def test_what_is_recorded_late_is_not_known_before():
    late = Journey("anna", [Touchpoint("a", at(0)), Touchpoint("b", at(1), recorded_at=at(9))])
    funnel = Funnel(["a", "b"], within=5 * MINUTE)
    outcomes = [funnel.explain(late, as_of=at(minute)).outcome for minute in (0, 1, 5, 6, 8, 9)]

    assert outcomes == ["open", "open", "open", "dropped", "dropped", "completed"]


def test_who_is_open_is_told_when_to_ask_again():
    stop = Funnel(["a", "b"], within=5 * MINUTE).explain(journey("a@0", "a@2"), as_of=at(3))

    assert (stop.outcome, stop.last_step, stop.depth) == ("open", "a", 1)
    assert (stop.expires_at, stop.retry_at) == (at(7), at(7) + TICK)
    assert (stop.reason, str(stop).splitlines()[0]) == (
        "waiting",
        "open: 'b' has not come yet, and there is time until 2026-03-02 12:07:00+00:00",
    )


def test_a_moment_names_its_zone():
    for ask in (Funnel(["a"]).run, Funnel(["a"]).explain):
        with pytest.raises(NaiveDatetimeError, match=r"^as_of must be an aware datetime"):
            ask([journey("a@0")] if ask.__name__ == "run" else journey("a@0"), as_of=datetime(2026, 3, 2))  # noqa: DTZ001 - it is what is refused


# Which attempt


def test_a_later_entry_starts_a_window_of_its_own():
    assert told(Funnel(["a", "b"], within=5 * MINUTE), "a@0", "a@4", "b@8") == ("completed", [4, 8])
    assert told(Funnel(["a", "b"], within=5 * MINUTE, anchor="first_entry"), "a@0", "a@4", "b@8") == ("dropped", [0])


def test_the_attempt_that_came_furthest_is_told_then_the_first_there_then_the_last_begun():
    assert told(Funnel(["a", "b", "c"]), "a@0", "b@1", "a@2") == ("dropped", [0, 1])
    assert told(Funnel(["a", "b"]), "a@0", "b@1", "a@2", "b@3") == ("completed", [0, 1])
    assert told(Funnel(["a", "b"]), "a@0", "a@1", "b@2", "b@3") == ("completed", [1, 2])
    assert told(Funnel(["a", "b", "c"]), "a@0", "b@1", "b@2", "c@3") == ("completed", [0, 1, 3])


def test_one_touchpoint_fills_one_step_unless_it_may_fill_several():
    assert told(Funnel(["a", "a"]), "a@0") == ("dropped", [0])
    assert told(Funnel(["a", "a"]), "a@0", "a@0") == ("completed", [0, 0])
    assert told(Funnel(["a", "a"], reuse=True), "a@0") == ("completed", [0, 0])


def test_touchpoints_are_shared_out_so_that_most_steps_are_filled():
    cheap = FIELDS.channel == "web"
    both, web = Touchpoint("a", NOON, channel="web"), Touchpoint("z", NOON, channel="web")
    stop = Funnel(["a", cheap]).explain(Journey("anna", [both, web]))

    assert stop.touchpoints == (both, web)
    assert Funnel([cheap, "a"]).explain(Journey("anna", [both, web])).touchpoints == (web, both)
    assert Funnel(["a", cheap]).run([Journey("anna", [both, web])]).completed == 1


@pytest.mark.parametrize(
    ("ties", "outcomes"),
    [
        ("favourable", ["completed", "completed", "completed"]),
        ("input", ["completed", "dropped", "completed"]),
        ("strict", ["dropped", "dropped", "completed"]),
    ],
)
def test_ties_say_what_comes_first_in_an_instant(ties, outcomes):
    funnel = Funnel(["a", "b"], ties=ties)
    logs = [("a@0", "b@0"), ("b@0", "a@0"), ("a@0", "b@1")]

    assert [told(funnel, *log)[0] for log in logs] == outcomes
    assert [funnel.run([journey(*log)]).completed for log in logs] == [outcome == "completed" for outcome in outcomes]


def test_a_sequence_is_an_order_within_an_instant():
    contacts = [Touchpoint("b", NOON, sequence=2), Touchpoint("a", NOON, sequence=1)]
    assert Funnel(["a", "b"], ties="input").run([Journey("anna", contacts)]).completed == 1


# In which order


def test_in_a_strict_order_nothing_else_comes_between():
    funnel = Funnel(["a", "b"], order="strict")

    assert told(funnel, "a@0", "b@1") == ("completed", [0, 1])
    assert told(funnel, "a@0", "x@1", "b@2") == ("dropped", [0])
    assert told(funnel, "a@0", "x@1", "a@2", "b@3") == ("completed", [2, 3])
    assert told(funnel, "x@0", "a@0", "b@0") == ("completed", [0, 0])
    assert told(funnel, "a@0", as_of=9) == ("open", [0])
    assert told(funnel, "a@0", "x@1", as_of=9) == ("dropped", [0])  # it can no longer go on


def test_in_a_strict_order_a_step_may_be_repeated_if_the_funnel_says_so():
    funnel = Funnel(["a", "b", "c"], order="strict")
    log = ("a@0", "b@1", "b@2", "c@3")

    assert told(funnel, *log) == ("dropped", [0, 1])
    assert told(attrs.evolve(funnel, repeats=True), *log) == ("completed", [0, 1, 3])
    assert told(attrs.evolve(funnel, repeats=True), "a@0", "b@1", "a@2", "c@3") == ("dropped", [0, 1])


@pytest.mark.parametrize(
    ("steps", "options", "log", "expected"),
    [
        (
            "ab",
            {"ties": "strict", "repeats": True},
            "a@0 a@1 b@1",
            ("completed", [0, 1]),
        ),  # the second a comes too late
        ("caa", {"ties": "strict", "repeats": True}, "c@0 c@1 a@1", ("dropped", [0, 1])),
        ("ca", {"ties": "strict", "repeats": True}, "c@0 c@1 a@2", ("completed", [1, 2])),
        ("vvv", {}, "v@0 v@0 v@1 v@1", ("completed", [0, 0, 1])),
        ("xbc", {}, "b@0 x@0 c@1 b@1", ("completed", [0, 0, 1])),
        ("bab", {"repeats": True}, "b@0 a@0 a@1 b@2", ("completed", [0, 0, 2])),
        ("xxa", {"repeats": True, "anchor": "first_entry"}, "x@0 x@1 x@2 a@3", ("completed", [0, 1, 3])),
        (
            "aac",
            {"ties": "input", "repeats": True, "anchor": "first_entry"},
            "a@0 a@0 a@1 c@1",
            ("completed", [0, 0, 1]),
        ),
        ("cca", {"ties": "input", "repeats": True}, "c@0 c@0 c@1 a@2", ("completed", [0, 1, 2])),
    ],
)
def test_in_a_strict_order_each_step_is_filled_as_early_as_it_can_be(steps, options, log, expected):
    assert told(Funnel(list(steps), order="strict", **options), *log.split()) == expected


@pytest.mark.parametrize("order", ["ordered", "any"])
def test_where_ties_go_by_the_input_the_first_place_is_the_earliest(order):
    assert told(Funnel(["v", "v"], ties="input", order=order), "v@0", "v@1", "v@1") == ("completed", [0, 1])
    assert told(Funnel(["v", "v"], order=order), "v@0", "v@1", "v@1") == ("completed", [1, 1])


def test_in_any_order_it_counts_how_many_steps_were_filled():
    funnel = Funnel(["a", "b", "c"], order="any", within=5 * MINUTE)
    everyone = [journey("c@0", "a@1"), journey("b@0", "b@1"), journey("c@0", "b@3", "a@5"), journey("x@0")]
    result = funnel.run(everyone)

    assert [(step.name, step.reached) for step in result.steps] == [("1 of 3", 3), ("2 of 3", 2), ("3 of 3", 1)]
    assert funnel.explain(everyone[0]).last_step == "2 of 3"
    assert result.times(0, 1) == Durations.from_lengths([MINUTE, 3 * MINUTE])


# What may not come, and what may


def test_an_exclusion_takes_a_customer_out_of_the_whole_funnel():
    funnel = Funnel(["a", "b"], within=5 * MINUTE, without=["x"])
    result = funnel.run([journey("a@0", "x@1", "b@2"), journey("a@0", "b@1", "x@2", customer="ben")])

    assert (reached(result), result.excluded, result.entered, result.customers) == ([1, 1], 1, 1, 2)
    stop = funnel.explain(journey("a@0", "x@1", "b@2"))
    assert (stop.outcome, stop.touchpoints, stop.last_step, stop.expires_at) == ("excluded", (), None, None)
    assert told(funnel, "a@0", "x@1", "b@2", "a@3", "b@4") == ("completed", [3, 4])  # a clean entry rescues
    assert told(funnel, "a@0", "x@6") == ("dropped", [0])  # after the time was up
    assert told(funnel, "x@0", "a@0", "b@1") == ("completed", [0, 1])
    assert told(funnel, "a@0", "x@0", "b@1") == ("completed", [0, 1])  # of one instant, it may have been before
    assert told(attrs.evolve(funnel, ties="input"), "a@0", "x@0", "b@1") == ("excluded", [])


def test_an_exclusion_holds_from_one_step_to_another():
    funnel = Funnel(["a", Step("o", "o", optional=True), "b", "c"], without=[Exclusion("x", 1)])

    assert told(funnel, "a@0", "x@1", "b@2", "c@3") == ("completed", [0, None, 2, 3])
    assert told(funnel, "a@0", "b@1", "x@2", "c@3") == ("excluded", [])
    assert told(attrs.evolve(funnel, without=[Exclusion("x", 0, 1)]), "a@0", "b@1", "x@2", "c@3") == (
        "completed",
        [0, None, 1, 3],
    )


def test_in_any_order_an_exclusion_ends_the_attempts_under_way():
    funnel = Funnel(["a", "b"], order="any", without=["x"])

    assert told(funnel, "a@0", "x@1", "b@2") == ("dropped", [0])
    assert told(funnel, "a@0", "x@1", "b@2", as_of=1) == ("dropped", [0])
    assert told(funnel, "a@0", "x@1", "b@1") == ("completed", [0, 1])


def test_an_optional_step_is_in_nobodys_way():
    funnel = Funnel(["a", Step("gift", "g", optional=True), "b"], within=9 * MINUTE)
    everyone = [journey("a@0", "g@1", "b@3"), journey("a@0", "b@2"), journey("a@0", "g@4"), journey("g@0", "b@1")]
    result = funnel.run(everyone, as_of=at(5))
    gift = result.steps[1]

    assert reached(result) == [3, 2, 2]
    assert (gift.optional, gift.advanced, gift.dropped, gift.open) == (True, 1, 0, 1)
    assert (result.times(0, 1).mean, result.times(0, 2).mean) == (2.5 * MINUTE, 2.5 * MINUTE)
    assert result.times(1, 2) == Durations.from_lengths([2 * MINUTE])
    assert (result.of_previous(1).value, result.of_previous(2).value) == (2 / 3, 2 / 3)  # of the required step before


def test_optional_steps_are_filled_one_after_the_other():
    funnel = Funnel(["a", Step("o", "o", optional=True), Step("p", "p", optional=True), "b"], within=5 * MINUTE)

    assert told(funnel, "a@0", "o@1", "p@2", "b@3") == ("completed", [0, 1, 2, 3])
    assert told(funnel, "a@0", "p@1", "o@2", "b@3") == ("completed", [0, 2, None, 3])
    assert told(funnel, "a@0", "p@1", "b@3", "o@4") == ("completed", [0, None, 1, 3])
    assert told(funnel, "a@0", "o@4", "p@6") == ("dropped", [0, 4, None, None])  # after the time was up


def test_steps_are_names_or_predicates():
    funnel = Funnel(
        ["visit", (FIELDS.name == "order") & (FIELDS.channel == "web"), Step("any chat", FIELDS.channel == "chat")]
    )
    one = Journey(
        "anna",
        [
            Touchpoint("visit", at(0)),
            Touchpoint("order", at(1), channel="store"),
            Touchpoint("order", at(2), channel="web"),
            Touchpoint("ticket", at(3), channel="chat"),
        ],
    )
    assert [touchpoint.at for touchpoint in funnel.explain(one).touchpoints] == [at(0), at(2), at(3)]
    assert [step.name for step in funnel.steps][::2] == ["visit", "any chat"]
    assert reached(funnel.run([one])) == [1, 1, 1]


# Why


@pytest.mark.parametrize(
    ("options", "log", "code", "found", "line"),
    [
        ({}, "a@0 b@1 c@2", "completed", "c@2", "completed: all steps were filled"),
        ({}, "a@0 b@1", "absent", None, "dropped: 'c' did not come"),
        ({}, "c@0 a@1 b@2", "too_early", "c@0", "dropped: 'c' came before its turn, at 2026-03-02 12:00:00+00:00"),
        (
            {"within": 5 * MINUTE},
            "a@0 b@1 c@7",
            "too_late",
            "c@7",
            "dropped: 'c' came at 2026-03-02 12:07:00+00:00, and the time was up at 2026-03-02 12:05:00+00:00",
        ),
        (
            {"within": 2 * MINUTE},
            "a@0 b@1 c@4 a@5",
            "too_late",
            "c@4",
            "dropped: 'c' came at 2026-03-02 12:04:00+00:00, and the time was up at 2026-03-02 12:02:00+00:00",
        ),
        (
            {"within": 5 * MINUTE, "ties": "input"},
            "a@0 c@5 b@5",
            "too_early",
            "c@5",
            "dropped: 'c' came before its turn, at 2026-03-02 12:05:00+00:00",
        ),
        (
            {"order": "strict"},
            "a@0 b@1 x@2 c@3",
            "interrupted",
            "x@2",
            "dropped: 'x' came instead of 'c', at 2026-03-02 12:02:00+00:00",
        ),
        (
            {"without": ["x"]},
            "a@0 x@1 b@2 c@3",
            "excluded",
            "x@1",
            "excluded: 'x' came in between, at 2026-03-02 12:01:00+00:00",
        ),
        (
            {"without": [Exclusion("x", 1)]},
            "a@0 x@1 b@2 x@3",
            "excluded",
            "x@3",
            "excluded: 'x' came in between, at 2026-03-02 12:03:00+00:00",
        ),
        (
            {"without": ["x"]},
            "a@0 x@0 x@3",
            "excluded",
            "x@3",
            "excluded: 'x' came in between, at 2026-03-02 12:03:00+00:00",
        ),
        (
            {"without": ["x"], "order": "any"},
            "a@0 x@1 b@2",
            "excluded",
            "x@1",
            "dropped: 'x' came in between, at 2026-03-02 12:01:00+00:00",
        ),
        ({"order": "any"}, "a@0 b@1", "absent", None, "dropped: another step did not come"),
        ({}, "b@0 c@1", "no_entry", None, "not entered: 'a' did not come"),
    ],
)
def test_a_funnel_tells_why(options, log, code, found, line):
    stop = Funnel(["a", "b", "c"], **options).explain(journey(*log.split()))
    reason = stop.reasons[0]

    assert (stop.reason, str(stop).splitlines()[0]) == (code, line)
    assert reason.found == (None if found is None else journey(found).touchpoints[0])
    assert [(why.code, why.found) for why in stop.reasons[1:]] == [
        ("filled", touchpoint) for touchpoint in stop.touchpoints if touchpoint
    ]


def test_it_tells_what_filled_each_step():
    stop = Funnel(["a", Step("gift", "g", optional=True), "b"]).explain(journey("a@0", "g@1"))

    assert str(stop).splitlines()[1:] == [
        "- 'a' by 'a' at 2026-03-02 12:00:00+00:00",
        "- 'gift' by 'g' at 2026-03-02 12:01:00+00:00",
    ]
    assert [reason.step for reason in stop.reasons] == ["b", "a", "gift"]


# What was counted

RESULT = Funnel(["a", "b"], within=5 * MINUTE).run(
    [journey("a@0", "b@2"), journey("a@1", customer="ben"), journey("x@1", customer="cleo")], as_of=at(4)
)


def test_rates_say_of_what_they_are():
    assert [RESULT.of_customers(step).value for step in (0, 1)] == [2 / 3, 1 / 3]
    assert [RESULT.of_entered(step).value for step in (0, 1)] == [1, 1 / 2]
    assert [RESULT.of_previous(step).value for step in (0, 1)] == [2 / 3, 1 / 2]
    assert RESULT.of_entered(-1) == RESULT.conversion
    assert isinstance(RESULT.conversion, PopulationRate)
    assert (RESULT.conversion.count, RESULT.conversion.total) == (1, 2)


def test_a_result_is_a_tally_of_conversion():
    assert (RESULT.is_defined, RESULT.value, RESULT.value_or(None)) == (True, 0.5, 0.5)
    assert RESULT.interval() == RESULT.conversion.interval()  # Wilson, see there
    assert Funnel(["a"]).run([journey("a@0")]).is_defined
    nobody = Funnel(["a"]).run([journey("x@0")])
    assert (nobody.is_defined, nobody.value_or(None), tuple(nobody.interval())) == (False, None, (0.0, 1.0))
    with pytest.raises(UndefinedMetricError):
        _ = nobody.value


def test_it_has_a_row_for_each_step_and_prints_as_a_table():
    assert RESULT.rows() == [
        {
            "step": "a",
            "reached": 2,
            "of entered": 1.0,
            "of previous": None,
            "dropped": 0,
            "open": 1,
            "median time": None,
        },
        {
            "step": "b",
            "reached": 1,
            "of entered": 0.5,
            "of previous": 0.5,
            "dropped": 0,
            "open": 0,
            "median time": 2 * MINUTE,
        },
    ]
    assert [line.split() for line in str(RESULT).splitlines()][1:] == [
        ["a", "2", "1", "-", "0", "1", "-"],
        ["b", "1", "0.5", "0.5", "0", "0", "0:02:00"],
    ]


def test_a_moment_is_kept_in_utc():
    berlin = at(4).astimezone(ZoneInfo("Europe/Berlin"))
    for result in (RESULT.funnel.run([], as_of=berlin), attrs.evolve(RESULT, as_of=berlin)):
        assert result.as_of == at(4)
        assert result.as_of.utcoffset() == timedelta(0)


def test_its_chart_stacks_what_became_of_those_at_each_step():
    chart = RESULT.chart()
    assert chart["$schema"] == "https://vega.github.io/schema/vega-lite/v5.json"
    assert [(row["step"], row["outcome"], row["customers"]) for row in chart["data"]["values"]] == [
        ("1 a", "advanced", 1),
        ("1 a", "open", 1),
        ("1 a", "dropped", 0),
        ("2 b", "advanced", 1),
        ("2 b", "open", 0),
        ("2 b", "dropped", 0),
    ]
    assert RESULT._repr_mimebundle_() == {"application/vnd.vegalite.v5+json": chart, "text/plain": str(RESULT)}


def test_its_chart_has_a_bar_for_each_of_two_steps_of_one_name():
    chart = Funnel(["a", "a"]).run([journey("a@0", "a@1")]).chart()
    assert len({row[chart["encoding"]["y"]["field"]] for row in chart["data"]["values"]}) == 2


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (Funnel(["a", "b"]).run([], as_of=at(4)), "two funnels"),
        (Funnel(["a", "b"], within=5 * MINUTE).run([], as_of=at(5)), "two moments"),
        (Funnel(["a", "b"], within=5 * MINUTE).run([]), "two moments"),
    ],
)
def test_results_of_two_funnels_or_moments_do_not_add(other, why):
    with pytest.raises(InvalidValueError, match=f"^cannot add .*{why}"):
        RESULT + other


def test_a_result_adds_to_results_only():
    nothing = RESULT.funnel.run([], as_of=at(4))
    assert RESULT + nothing == nothing + RESULT == RESULT
    assert (RESULT + RESULT) + RESULT == RESULT + (RESULT + RESULT)
    with pytest.raises(TypeError, match="unsupported operand"):
        RESULT + 1


def test_journeys_are_read_one_by_one_and_once():
    read = []

    def log():
        for number in range(3):
            read.append(number)
            yield journey("a@0", customer=f"c{number}")

    assert Funnel(["a"]).run(log()).customers == 3
    assert Funnel(["a"]).breakdown(log(), by="name").results["a"].customers == 3
    assert Funnel(["a"]).readings(log()).results["as given"].customers == 3
    assert read == [0, 1, 2] * 3


@pytest.mark.parametrize(("ask", "options"), [("run", {}), ("readings", {}), ("breakdown", {"by": "channel"})])
def test_it_counts_journeys_only(ask, options):
    with pytest.raises(InvalidTypeError, match=r"^expected journeys"):
        getattr(Funnel(["a"]), ask)(3, **options)
    with pytest.raises(InvalidTypeError, match=r"^expected a Journey"):
        getattr(Funnel(["a"]), ask)(["a"], **options)


def test_it_explains_a_journey_only():
    with pytest.raises(InvalidTypeError, match=r"Journey, got 3"):
        Funnel(["a"]).explain(3)


def test_a_log_counts_as_its_journeys():
    rows = [("anna", "a", at(0)), ("anna", "b", at(1)), ("ben", "b", at(0)), ("ben", "a", at(1)), ("cleo", "a", at(2))]
    built = [
        Journey(who, [Touchpoint(what, when) for name, what, when in rows if name == who])
        for who in ("anna", "ben", "cleo")
    ]
    for funnel in (
        Funnel(["a", "b"], within=MINUTE),
        Funnel(["a", "b"], order="strict"),
        Funnel(["a", FIELDS.name == "b"]),
    ):
        for moment in (None, at(0), at(1), at(2), at(3)):
            assert funnel.run(journeys(rows), as_of=moment) == funnel.run(built, as_of=moment)


def test_the_callers_decimal_context_changes_nothing():
    with localcontext(prec=1):
        again = RESULT.funnel.run(
            [journey("a@0", "b@2"), journey("a@1", customer="ben"), journey("x@1", customer="cleo")], as_of=at(4)
        )
    assert again == RESULT


def test_times_are_counted_in_the_resolution_that_is_asked_for():
    funnel = Funnel(["a", "b"], resolution=timedelta(milliseconds=1))
    one = Journey("anna", [Touchpoint("a", NOON), Touchpoint("b", NOON + timedelta(microseconds=1500))])

    assert funnel.run([one]).times(0, 1) == Durations.from_lengths(
        [timedelta(microseconds=1500)], resolution=funnel.resolution
    )


@pytest.mark.parametrize("step", [2, -3, True, 1.0, "b", None])
def test_a_step_is_counted_from_0(step):
    for ask in (RESULT.of_entered, RESULT.of_previous, RESULT.of_customers):
        with pytest.raises((InvalidValueError, InvalidTypeError), match=r"^a step must be a number from 0 to 1"):
            ask(step)


@pytest.mark.parametrize("pair", [(1, 0), (0, 0), (-1, 0), (1, -1)])
def test_times_go_forwards(pair):
    with pytest.raises(InvalidValueError, match=r"^times go from a step to a later one"):
        RESULT.times(*pair)
    assert RESULT.times(-2, -1) == RESULT.times(0, 1)


# By a label


def visits(*contacts, customer="anna"):
    """Write a journey as texts such as "visit@3 web": what, in which minute, and through which channel."""
    parts = [contact.split() for contact in contacts]
    return Journey(
        customer,
        [
            Touchpoint(name, at(int(minute)), channel=channel[0] if channel else None)
            for (name, _, minute), channel in ((what.partition("@"), channel) for what, *channel in parts)
        ],
    )


GROUPS = [
    visits("a@0 web", "b@1 app", customer="anna"),
    visits("a@0 web", customer="ben"),
    visits("a@0", "b@1 app", customer="cleo"),
    visits("a@0", customer="dora"),
    visits("b@0 app", customer="emil"),
]


@pytest.mark.parametrize(
    ("touch", "expected"),
    [("first", {"web": [2, 1], "app": [1, 1], None: [1, 0]}), ("last", {"app": [2, 2], "web": [1, 0], None: [1, 0]})],
)
def test_a_breakdown_puts_each_customer_into_one_group(touch, expected):
    funnel = Funnel(["a", "b"])
    groups = funnel.breakdown(GROUPS, by="channel", touch=touch)

    assert {label: reached(result) for label, result in groups.results.items()} == expected
    assert groups.results[None].customers == 2  # who did not enter has no attempt, and so no label
    assert sum(groups.results.values(), start=funnel.run([])) == funnel.run(GROUPS)
    assert [group.label for group in groups.groups] == list(expected)
    assert groups.rows()[0] == {"group": next(iter(expected)), **groups.groups[0].result.rows()[0]}
    assert len(str(groups).splitlines()) == 7


@pytest.mark.parametrize(("touch", "label"), [("first", "web"), ("last", "app")])
def test_the_first_or_the_last_touchpoint_that_has_a_label_says_it(touch, label):
    one = visits("a@0", "b@1 web", "c@2 app", "d@3")
    assert list(Funnel(["a", "b", "c", "d"]).breakdown([one], by="channel", touch=touch).results) == [label]


def test_breakdowns_add():
    funnel = Funnel(["a", "b"])
    halves = [funnel.breakdown(GROUPS[:2], by="channel"), funnel.breakdown(GROUPS[2:], by="channel")]

    assert halves[0] + halves[1] == funnel.breakdown(GROUPS, by="channel")
    assert (halves[1] + halves[1]).results["app"] == halves[1].results["app"] + halves[1].results["app"]
    assert from_dict(to_dict(halves[1]), FunnelBreakdown) == halves[1]
    with pytest.raises(TypeError, match="unsupported operand"):
        halves[0] + 1


def test_a_label_has_one_group():
    group = FunnelGroup("web", RESULT)
    with pytest.raises(DuplicateError, match=r"^two groups have one label"):
        FunnelBreakdown([group, group])


def test_a_breakdown_is_by_a_label_of_touchpoints():
    assert list(Funnel(["a"]).breakdown(GROUPS, by=FIELDS.channel).results) == ["web", None]
    with pytest.raises(UnknownFieldError, match="chanel"):
        Funnel(["a"]).breakdown(GROUPS, by="chanel")
    with pytest.raises(InvalidValueError, match=r"^touch must be one of 'first', 'last'"):
        Funnel(["a"]).breakdown(GROUPS, by="channel", touch="middle")


# By other rules


def test_readings_tell_who_is_told_differently():
    everyone = [journey("a@0", "a@1", "b@2"), journey("a@0", "b@1", customer="ben")]
    readings = Funnel(["a", "b"], within=MINUTE).readings(iter(everyone))

    assert {reading: reached(result) for reading, result in readings.results.items()} == {
        "as given": [2, 2],
        "amplitude": [2, 2],
        "clickhouse": [2, 2],
        "mixpanel_classic": [2, 1],
        "posthog": [2, 2],
    }
    assert [(one.customer, one.depths["mixpanel_classic"], one.depths["posthog"]) for one in readings.differences] == [
        ("anna", 1, 2)
    ]
    assert isinstance(readings.differences[0], ReadingDifference)
    assert [row["reading"] for row in readings.rows()] == list(readings.results)
    assert readings.rows()[3] == {"reading": "mixpanel_classic", "1 a": 2, "2 b": 1, "excluded": 0}
    assert len(str(readings).splitlines()) == 6


def test_a_reading_that_has_no_such_order_is_left_out():
    funnel = Funnel(["a", "b"], order="any")
    assert "clickhouse" not in funnel.readings([]).results
    with pytest.raises(UnsupportedError, match="windowFunnel"):
        funnel.under("clickhouse")


@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
@pytest.mark.parametrize("reading", ["amplitude", "mixpanel_classic", "posthog"])
def test_a_reading_replaces_the_rules_and_keeps_the_rest(order, reading):
    funnel = Funnel(["a", "b"], order=order, within=MINUTE, anchor="first_entry", ties="strict").under(reading)

    assert (funnel.order, funnel.within, [step.name for step in funnel.steps]) == (order, MINUTE, ["a", "b"])
    assert (funnel.anchor, funnel.ties, funnel.repeats) == {
        "amplitude": ("any_entry", "input", False),
        "mixpanel_classic": ("first_entry", "input", False),
        "posthog": ("any_entry", "favourable", order == "strict"),
    }[reading]
    assert not funnel.reuse


def test_windowfunnel_lets_one_touchpoint_fill_several_steps():
    assert Funnel(["a", "a"]).under("clickhouse") == Funnel(["a", "a"], reuse=True)
    assert Funnel(["a", "b"], order="strict").under("clickhouse") == Funnel(
        ["a", "b"], order="strict", anchor="first_entry", ties="input", repeats=True
    )
    assert Funnel(["a"], reuse=True).under("posthog") == Funnel(["a"])


def test_a_reading_is_one_of_those_there_are():
    with pytest.raises(InvalidValueError, match=r"^reading must be one of 'amplitude'"):
        Funnel(["a"]).under("heap")


# Values

FUNNELS = [
    Funnel(["a"]),
    Funnel(["a", FIELDS.channel == "web", Step("o", "b", optional=True), "c"], within=months(1), ties="input"),
    Funnel(["a", "b"], within=MINUTE, anchor="first_entry", without=["x", Exclusion(FIELDS.cost > 5, 0, 1)]),
    Funnel(["a", "b"], within=days(1, tz="Europe/Berlin"), order="strict", repeats=True, resolution=timedelta(hours=1)),
    Funnel(["a", "b"], reuse=True),
]


@pytest.mark.parametrize("funnel", FUNNELS, ids=range(len(FUNNELS)))
def test_a_funnel_is_a_value(funnel):
    names = {"Funnel": Funnel, "Step": Step, "Exclusion": Exclusion, "Touchpoint": Touchpoint}
    names |= {"datetime": __import__("datetime"), "months": months, "days": days}

    assert eval(repr(funnel), names) == funnel  # noqa: S307 - it is the code that makes it
    assert from_dict(to_dict(funnel), Funnel) == funnel
    assert pickle.loads(pickle.dumps(funnel)) == copy.copy(funnel) == funnel  # noqa: S301 - our own
    result = funnel.run([journey("a@0", "b@1")], as_of=at(5))
    assert from_dict(to_dict(result), FunnelResult) == result


def test_a_funnel_prints_as_short_as_it_may():
    assert repr(Funnel(["a", Step("b")])) == "Funnel(['a', 'b'])"
    assert Funnel(["a", Exclusion("b").contact]) == Funnel([Step("a"), Step("b", "b")])


@pytest.mark.parametrize(
    "change", [{"order": "backwards"}, {"steps": []}, {"ties": None}, {"within": -1}, {"repeats": True}, {"reuse": 1}]
)
def test_a_stored_funnel_is_checked(change):
    with pytest.raises(DocumentError):
        from_dict(to_dict(Funnel(["a", "b"])) | change, Funnel)


class Customer(Fields):
    country = text()


@pytest.mark.parametrize(
    ("steps", "options", "kind", "message"),
    [
        ([], {}, InvalidValueError, "a funnel needs at least one step"),
        ("ab", {}, InvalidTypeError, "steps must be a list of them, got the text 'ab'"),
        (3, {}, InvalidTypeError, "expected a list of steps, got 3"),
        ([3], {}, InvalidTypeError, "a step must be the name of a touchpoint or a predicate"),
        ([""], {}, InvalidValueError, "a step must"),
        ([Customer.country == "DE"], {}, InvalidValueError, "a step must be a predicate about Touchpoint.fields only"),
        (["a"], {"within": 7}, InvalidTypeError, "within must be a timedelta or a span"),
        (["a"], {"within": -MINUTE}, InvalidValueError, "within must not be negative"),
        (["a"], {"order": "sorted"}, InvalidValueError, "order must be one of 'ordered', 'strict', 'any'"),
        (["a"], {"anchor": "last"}, InvalidValueError, "anchor must be one of 'any_entry', 'first_entry'"),
        (["a"], {"ties": "random"}, InvalidValueError, "ties must be one of 'favourable', 'input', 'strict'"),
        (["a"], {"repeats": 1}, InvalidTypeError, "repeats must be True or False"),
        (["a"], {"reuse": 1}, InvalidTypeError, "reuse must be True or False"),
        (["a"], {"resolution": 1}, InvalidTypeError, "resolution must be a timedelta"),
        (["a"], {"resolution": timedelta(0)}, InvalidValueError, "resolution must be longer than nothing"),
        (["a"], {"repeats": True}, InvalidValueError, "repeats is about a strict order"),
        (["a"], {"reuse": True, "order": "strict"}, InvalidValueError, "reuse is about order='ordered'"),
        (["a"], {"reuse": True, "ties": "input"}, InvalidValueError, "reuse is about order='ordered'"),
        (["a", "b"], {"without": "x"}, InvalidTypeError, "without must be a list of what is excluded"),
        (["a", "b"], {"without": 3}, InvalidTypeError, "expected a list of exclusions"),
        (["a", "b"], {"without": [3]}, InvalidTypeError, "an exclusion must be the name of a touchpoint"),
        (["a"], {"without": ["x"]}, InvalidValueError, "an exclusion must start and end at steps from 0 to 0"),
        (["a", "b"], {"without": [Exclusion("x", 0, 2)]}, InvalidValueError, "an exclusion must start and end"),
        (["a", "b"], {"without": [Exclusion("x", 1)]}, InvalidValueError, "an exclusion must start and end"),
        (["a", "b"], {"without": ["x"], "order": "strict"}, InvalidValueError, "in a strict order"),
        (
            ["a", "b", "c"],
            {"without": [Exclusion("x", 1)], "order": "any"},
            InvalidValueError,
            "in any order an exclusion holds from the first step to the last",
        ),
        ([Step("a", optional=True), "b"], {}, InvalidValueError, "the first and the last step of a funnel cannot"),
        (["a", Step("b", optional=True)], {}, InvalidValueError, "the first and the last step of a funnel cannot"),
        (["a", Step("b", optional=True), "c"], {"order": "any"}, InvalidValueError, "a step may be optional where"),
        (["a", Step("b", optional=True), "c"], {"order": "strict"}, InvalidValueError, "a step may be optional where"),
    ],
)
def test_a_funnel_that_makes_no_sense_is_refused(steps, options, kind, message):
    with pytest.raises(kind) as raised:
        Funnel(steps, **options)
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(
    ("part", "given", "kind"),
    [
        (Step, {"name": ""}, InvalidValueError),
        (Step, {"name": 3}, InvalidTypeError),
        (Step, {"name": "a", "contact": 3}, InvalidTypeError),
        (Step, {"name": "a", "optional": 1}, InvalidTypeError),
        (Exclusion, {"contact": 3}, InvalidTypeError),
        (Exclusion, {"contact": "x", "start": -1}, InvalidValueError),
        (Exclusion, {"contact": "x", "start": "1"}, InvalidTypeError),
        (Exclusion, {"contact": "x", "start": 1, "end": 1}, InvalidValueError),
        (Exclusion, {"contact": "x", "start": 2, "end": 1}, InvalidValueError),
        (FunnelStep, {"name": ""}, InvalidValueError),
        (FunnelStep, {"name": "a", "reached": -1}, InvalidValueError),
        (FunnelStep, {"name": "a", "reached": 1, "dropped": 1, "open": 1}, InvalidValueError),
        (FunnelStep, {"name": "a", "reached": True}, InvalidTypeError),
    ],
    ids=lambda given: getattr(given, "__name__", str(given)),
)
def test_a_part_that_makes_no_sense_is_refused(part, given, kind):
    with pytest.raises(kind):
        part(**given)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"customers": 1}, InvalidValueError),
        ({"excluded": 2}, InvalidValueError),
        ({"customers": 2.5}, InvalidTypeError),
        ({"steps": RESULT.steps[:1]}, InvalidValueError),
        ({"steps": RESULT.steps[::-1]}, InvalidValueError),
        ({"lengths": ()}, InvalidValueError),
        ({"as_of": datetime(2026, 3, 2)}, NaiveDatetimeError),  # noqa: DTZ001 - it is what is refused
        ({"funnel": 3}, InvalidTypeError),
        ({"steps": (1, 2)}, InvalidTypeError),
        ({"lengths": (1,)}, CxError),
        ({"steps": (FunnelStep("a", 1), FunnelStep("b", 2))}, InvalidValueError),
    ],
    ids=str,
)
def test_a_result_that_makes_no_sense_is_refused(change, kind):
    with pytest.raises(kind):
        attrs.evolve(RESULT, **change)
