"""Funnels: how far customers come along some steps."""

from datetime import datetime, timedelta, timezone

import attrs
import pytest
from funnel_logs import FIELDS, MINUTE, NOON, TICK, at, journey, reached, told

from cxkit.calendar import days, hours, months, years
from cxkit.errors import (
    NaiveDatetimeError,
)
from cxkit.journey import (
    Exclusion,
    Funnel,
    Journey,
    Step,
    Touchpoint,
)
from cxkit.tallies import Durations

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
