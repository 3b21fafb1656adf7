"""What a funnel counts, by label and by the rules of other systems."""

from datetime import timedelta
from decimal import localcontext
from zoneinfo import ZoneInfo

import attrs
import pytest
from funnel_logs import FIELDS, MINUTE, NOON, RESULT, at, journey, reached

from cxkit.codec import from_dict, to_dict
from cxkit.errors import (
    DuplicateError,
    InvalidTypeError,
    InvalidValueError,
    UndefinedMetricError,
    UnknownFieldError,
    UnsupportedError,
)
from cxkit.journey import (
    Funnel,
    FunnelBreakdown,
    FunnelGroup,
    Journey,
    ReadingDifference,
    Touchpoint,
    journeys,
)
from cxkit.tallies import Durations, PopulationRate


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


def test_a_first_step_that_never_came_is_named_in_case_its_name_is_wrong():
    log = [journey("visit@0", "order@1"), journey("visit@2", customer="ben")]
    last = [
        str(funnel.run(log)).splitlines()[-1]
        for funnel in (Funnel(["vist", "order"]), Funnel(["vist", "ordr"], order="any"), Funnel(["visit", "ordr"]))
    ]

    assert last[:2] == [
        "none of 2 customers entered: 'vist' did not come",
        "none of 2 customers entered: a step did not come",
    ]
    assert last[2].split()[:2] == ["ordr", "0"]
    assert "did not come" not in str(Funnel(["vist", "order"]).run([]))


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


def test_the_chart_of_a_breakdown_stacks_its_groups():
    log = [journey("a@0", "b@1", channel="web"), journey("a@0", customer="ben")]
    chart = Funnel(["a", "b"]).breakdown(log, by="channel").chart()

    assert chart["data"]["values"] == [
        {"step": "1 a", "customers": 1, "group": "web"},
        {"step": "2 b", "customers": 1, "group": "web"},
        {"step": "1 a", "customers": 1, "group": "(none)"},
        {"step": "2 b", "customers": 0, "group": "(none)"},
    ]
    assert (chart["encoding"]["y"]["field"], chart["encoding"]["color"]["field"]) == ("step", "group")


def test_many_customers_are_counted_as_a_few_are():
    """They are counted in batches; here the third one is not full."""
    funnel = Funnel(["a", "b", "c"], within=3 * MINUTE)
    kinds = [("a@0", "b@1", "c@2"), ("a@0", "b@4"), ("a@5", "b@6"), ("b@1",)]
    log = [journey(*kinds[number % len(kinds)], customer=str(number)) for number in range(600)]

    few = funnel.run(log[: len(kinds)], as_of=at(7))
    assert reached(few) == [3, 2, 1]
    assert funnel.run(iter(log), as_of=at(7)) == sum([few] * 149, start=few)
