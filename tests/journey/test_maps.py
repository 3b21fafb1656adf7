"""Journey maps: what was planned, against what happened."""

from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from map_oracle import MapOracle
from strategies import moments

from cxkit.calendar import days, hours, months
from cxkit.codec import from_dict, to_dict
from cxkit.errors import (
    DuplicateError,
    InvalidTypeError,
    InvalidValueError,
    NaiveDatetimeError,
    UnknownFieldError,
)
from cxkit.journey import Journey, JourneyMap, MapOverlay, PlannedTouchpoint, Stage, StageOverlay, Touchpoint
from cxkit.tallies import Durations

NAMES = ("visit", "cart", "order", "ticket", "chat")
STAGES = ("discover", "buy", "help")


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=timezone.utc)


def journey(*touchpoints: tuple[str, datetime], customer: str = "anna") -> Journey:
    return Journey(customer, [Touchpoint(*one) for one in touchpoints])


@st.composite
def logs(draw):
    """Draw a log of few customers, with everything that a map looks at."""
    log = []
    for customer in range(draw(st.integers(0, 4))):
        touchpoints = []
        for _ in range(draw(st.integers(0, 6))):
            moment = draw(moments(10))
            touchpoints.append(
                Touchpoint(
                    draw(st.sampled_from(NAMES)),
                    moment,
                    recorded_at=moment + timedelta(hours=draw(st.sampled_from([0, 0, 30]))),
                    channel=draw(st.sampled_from([None, "web", "app"])),
                    stage=draw(st.sampled_from([None, *STAGES])),
                    sentiment=draw(st.sampled_from([None, -1, -0.35, 0.1, 0.3, 1])),
                )
            )
        log.append(Journey(f"c{customer}", touchpoints))
    return log


LENGTHS = st.none() | st.sampled_from([timedelta(0), timedelta(hours=6), days(2), months(1)])


@st.composite
def maps(draw):
    """Draw maps in which each touchpoint is planned once."""
    names = draw(st.permutations(NAMES))[: draw(st.integers(0, 5))]
    cuts = sorted(draw(st.lists(st.integers(0, len(names)), min_size=2, max_size=2)))
    parts = [names[: cuts[0]], names[cuts[0] : cuts[1]], names[cuts[1] :]]
    stages = [
        Stage(
            name,
            [PlannedTouchpoint(one, optional=draw(st.booleans()), within=draw(LENGTHS)) for one in part],
            channels=draw(st.sampled_from([(), ("web",), ("web", "app")])),
            emotion=draw(st.sampled_from([None, -0.35, 0.1, 0.3])),
            within=draw(LENGTHS),
            ordered=draw(st.booleans()),
            optional=draw(st.booleans()),
            anytime=draw(st.integers(0, 3)) == 0,
        )
        for name, part in zip(STAGES, parts, strict=True)
    ]
    return JourneyMap("drawn", stages, within=draw(LENGTHS), tolerance=draw(st.sampled_from([0, 0.05, 0.5])))


@given(maps(), logs(), st.none() | moments(12))
def test_deviations_are_those_that_a_search_finds(drawn, log, as_of):
    for one in log:
        known = [t for t in one if as_of is None or (t.at <= as_of and t.recorded_at <= as_of)]
        answer = drawn.explain(one, as_of=as_of)
        got = {(found.code, found.stage, found.touchpoint) for found in answer.deviations if found.code != "worse"}
        oracle = MapOracle(drawn, known, as_of)
        awaited = oracle.awaited()

        assert got == oracle.differences()
        assert {found.touchpoint for found in answer.awaited} == awaited
        assert answer.outcome == ("deviates" if answer.deviations else "open" if awaited else "conforms")
        assert [reason.code for reason in answer.reasons] == (
            [found.code for found in answer.deviations] or ["awaited"] * len(awaited) or ["conforms"]
        )
        assert [placed.touchpoint for placed in answer.placements] == known


@given(maps(), logs(), moments(12))
def test_an_open_journey_deviates_at_the_moment_that_it_names_and_not_before(drawn, log, as_of):
    for one in log:
        known = Journey(one.customer, list(one.as_of(as_of)))
        answer = drawn.explain(known, as_of=as_of)
        if answer.retry_at is not None:
            assert answer.outcome == "open"
            assert answer.retry_at > as_of
            assert drawn.explain(known, as_of=answer.retry_at - timedelta(microseconds=1)).outcome == "open"
            assert drawn.explain(known, as_of=answer.retry_at).outcome == "deviates"
        else:
            assert drawn.explain(known, as_of=as_of + timedelta(days=4000)).outcome == answer.outcome


@given(maps(), logs(), moments(12))
def test_nothing_that_came_to_be_known_later_changes_a_check(drawn, log, as_of):
    then = [one.as_of(as_of) for one in log]
    assert drawn.check(log, as_of=as_of) == drawn.check(then, as_of=as_of)


@given(maps(), logs(), st.none() | moments(12))
def test_a_check_of_one_journey_says_what_its_explanation_says(drawn, log, as_of):
    for one in log:
        check, answer = drawn.check([one], as_of=as_of), drawn.explain(one, as_of=as_of)
        assert check.ok == (answer.outcome != "deviates")
        assert [(d.code, d.stage, d.touchpoint) for d in check.deviations] == [
            (d.code, d.stage, d.touchpoint) for d in answer.deviations
        ]
        assert all(found.customer == one.customer for found in answer.deviations)


@given(maps(), logs(), logs(), st.none() | moments(12))
def test_overlays_add_over_disjoint_customers(drawn, log, more, as_of):
    both = drawn.overlay([*log, *more], as_of=as_of)
    assert drawn.overlay(log, as_of=as_of) + drawn.overlay(more, as_of=as_of) == both
    assert both + drawn.overlay([], as_of=as_of) == both == drawn.overlay([], as_of=as_of) + both


@given(maps(), logs())
def test_an_overlay_counts_what_was_seen_in_each_stage(drawn, log):
    overlay = drawn.overlay(log)
    stages = {one.name: stage.name for stage in drawn.stages for one in stage.touchpoints}
    for stage in overlay.stages:
        stays = [[t for t in one if stages.get(t.name) == stage.name] for one in log]
        there = [stay for stay in stays if stay]
        felt = [t.sentiment for stay in there for t in stay if t.sentiment is not None]
        waits = [
            t.at - before.at
            for one, stay in zip(log, stays, strict=True)
            for before, t in pairwise([t for t in one if t.name in stages])
            if stay and t is stay[0]
        ]
        assert (stage.customers, stage.touchpoints) == (len(there), sum(map(len, there)))
        assert stage.sentiment == (pytest.approx(sum(felt) / len(felt)) if felt else None)
        assert stage.spent == Durations.from_lengths(stay[-1].at - stay[0].at for stay in there)
        assert stage.waited == Durations.from_lengths(waits)
    assert overlay.customers == len(log)


def test_no_map_is_drafted_from_nothing():
    for log in ([], [journey()]):
        with pytest.raises(InvalidValueError, match="drafted from journeys with touchpoints"):
            JourneyMap.draft(log)


@given(logs(), st.none() | moments(12))
def test_a_log_has_no_deviations_from_the_map_that_was_drafted_from_it(log, as_of):
    if not any(len(one if as_of is None else one.as_of(as_of)) for one in log):
        with pytest.raises(InvalidValueError, match="drafted from journeys with touchpoints"):
            JourneyMap.draft(log, as_of=as_of)
        return
    drafted = JourneyMap.draft(log, as_of=as_of)
    check = drafted.check(log, as_of=as_of)
    assert check.ok, check
    assert check.overlay.deviating == 0
    assert JourneyMap.draft(log[::-1], as_of=as_of) == drafted


@given(maps())
def test_a_map_survives_storage_and_its_code_makes_it(drawn):
    assert from_dict(to_dict(drawn), JourneyMap) == drawn
    names = {"months": months, "days": days, "timedelta": timedelta, "datetime": __import__("datetime")}
    assert eval(repr(drawn), names | {kind.__name__: kind for kind in (JourneyMap, Stage, PlannedTouchpoint)}) == drawn  # noqa: S307


@given(maps(), logs(), st.none() | moments(12))
def test_an_overlay_survives_storage(drawn, log, as_of):
    overlay = drawn.overlay(log, as_of=as_of)
    assert from_dict(to_dict(overlay), MapOverlay) == overlay


SHOP = JourneyMap(
    "first order",
    [
        Stage("discover", ["visit"], channels=["search", "web"], emotion=0.2),
        Stage("buy", ["cart", "order"], within=hours(2), emotion=0.4),
        Stage("receive", [PlannedTouchpoint("delivery", within=days(3))], emotion=0.6),
        Stage("help", ["ticket", PlannedTouchpoint("reply", within=hours(4))], optional=True, anytime=True),
    ],
    persona="new customer",
)
BOUGHT = (("visit", at(1)), ("cart", at(1, 10)), ("order", at(1, 11)))


@pytest.mark.parametrize(
    ("touchpoints", "as_of", "outcome", "codes"),
    [
        ((*BOUGHT, ("delivery", at(4, 11))), None, "conforms", ["conforms"]),
        ((*BOUGHT, ("delivery", at(4, 12))), None, "deviates", ["slow"]),
        (BOUGHT, None, "deviates", ["missing"]),
        (BOUGHT, at(4, 11), "open", ["awaited"]),
        (BOUGHT, at(4, 12), "deviates", ["missing"]),
        ((*BOUGHT[:2], ("delivery", at(1, 11))), at(1, 11), "deviates", ["missing"]),
        ((("visit", at(1)), ("order", at(1, 10)), ("cart", at(1, 11))), at(1, 12), "open", ["awaited"]),
        ((("visit", at(1)), ("cart", at(1, 10)), ("order", at(1, 13))), at(1, 13), "deviates", ["slow"]),
        ((BOUGHT[1], BOUGHT[2], ("visit", at(1, 12))), at(1, 12), "deviates", ["out_of_order"]),
        ((*BOUGHT, ("visit", at(2))), at(2), "open", ["awaited"]),
        ((*BOUGHT, ("call", at(2))), at(2), "deviates", ["extra"]),
        ((*BOUGHT, ("ticket", at(2)), ("delivery", at(3)), ("reply", at(2, 13))), None, "conforms", ["conforms"]),
        ((*BOUGHT, ("ticket", at(2)), ("delivery", at(3))), at(2, 13), "open", ["awaited"] * 2),
        ((*BOUGHT, ("ticket", at(2)), ("delivery", at(3))), at(3), "deviates", ["missing"]),
        ((), None, "open", ["awaited"] * 4),
    ],
)
def test_a_journey_conforms_deviates_or_is_open(touchpoints, as_of, outcome, codes):
    answer = SHOP.explain(journey(*touchpoints), as_of=as_of)
    assert (answer.outcome, [reason.code for reason in answer.reasons]) == (outcome, codes)


def test_what_is_awaited_expires():
    answer = SHOP.explain(journey(*BOUGHT), as_of=at(2))
    assert [(one.stage, one.touchpoint, one.expires_at) for one in answer.awaited] == [
        ("receive", "delivery", at(4, 11))
    ]
    assert answer.retry_at == at(4, 11) + timedelta(microseconds=1)


def test_a_limit_beyond_the_end_of_time_never_ends():
    endless = JourneyMap("x", [Stage("a", ["visit", PlannedTouchpoint("order", within=timedelta.max)])])
    answer = endless.explain(journey(BOUGHT[0]), as_of=at(9))
    assert (answer.outcome, answer.awaited[0].expires_at, answer.retry_at) == ("open", None, None)


def test_a_channel_that_is_not_planned_is_a_deviation_and_an_unknown_one_is_not():
    log = [
        Journey("anna", [Touchpoint("visit", at(1), channel="ad")]),
        Journey("ben", [Touchpoint("visit", at(1))]),
        Journey("cleo", [Touchpoint("visit", at(1), channel="web"), Touchpoint("visit", at(2), channel="tv")]),
    ]
    found = SHOP.check(log, as_of=at(2)).having("channel")
    assert [(one.customer, one.touchpoint, one.found, one.needed) for one in found] == [
        ("anna", "visit", "ad", ("search", "web")),
        ("cleo", "visit", "tv", ("search", "web")),
    ]


def felt(customer: str, *sentiments: float | None) -> Journey:
    return Journey(customer, [Touchpoint("visit", at(1), sentiment=sentiment) for sentiment in sentiments])


@pytest.mark.parametrize(
    ("sentiments", "tolerance", "found"),
    [
        ([(0.1, 0.2), (0.3,)], 0, []),  # 0.2, exactly, though not in binary
        ([(0.1, 0.2), (0.2,)], 0, [(None, pytest.approx(1 / 6), 0.2)]),
        ([(0.1, 0.2), (0.2,)], 0.05, []),
        ([(-1,), (1,)], 0.2, []),
        ([(-1,), (0.5,)], 0.4, [(None, -0.25, 0.2)]),
        ([(None,), (None, None)], 0, []),
        ([], 0, []),
    ],
)
def test_worse_than_expected_is_asked_of_the_mean(sentiments, tolerance, found):
    feeling = JourneyMap("x", [Stage("discover", ["visit"], emotion=0.2)], tolerance=tolerance)
    check = feeling.check(felt(f"c{place}", *one) for place, one in enumerate(sentiments))
    assert [(one.customer, one.found, one.needed) for one in check.having("worse")] == found
    assert check.ok is not bool(found)
    assert check.overlay.deviating == 0


def test_one_journey_may_feel_worse_where_the_log_does_not():
    feeling = JourneyMap("x", [Stage("discover", ["visit"], emotion=0.2)])
    assert feeling.explain(felt("anna", 0.0)).reason == "worse"
    assert feeling.check([felt("anna", 0.0), felt("ben", 0.4)]).ok


def placed(drawn: JourneyMap, *names: str, stages: tuple[str | None, ...] = ()) -> list[str | None]:
    """Return the stages that touchpoints belong to."""
    own = stages or (None,) * len(names)
    touchpoints = [
        Touchpoint(name, at(1 + place), stage=stage) for place, (name, stage) in enumerate(zip(names, own, strict=True))
    ]
    return [one.stage for one in drawn.explain(Journey("anna", touchpoints)).placements]


REPEATED = JourneyMap("x", [Stage("a", ["visit"]), Stage("b", ["cart"]), Stage("c", ["visit", "order"])])


@pytest.mark.parametrize(
    ("names", "stages"),
    [
        (["visit", "visit", "cart", "visit", "visit"], ["a", "a", "b", "c", "c"]),
        (["cart", "visit"], ["b", "c"]),
        (["order", "cart", "visit", "visit"], ["c", "b", "c", "c"]),
        (["call"], [None]),
    ],
)
def test_a_touchpoint_of_several_stages_belongs_to_the_one_that_the_customer_is_in(names, stages):
    assert placed(REPEATED, *names) == stages


def test_a_stage_that_has_all_gives_way_to_the_next_that_lacks_something():
    twice = JourneyMap("x", [Stage("a", ["visit"]), Stage("b", ["visit", "cart"])])
    assert placed(twice, "visit", "visit", "visit", "cart") == ["a", "b", "b", "b"]
    assert placed(twice, "cart", "visit") == ["b", "b"]


def test_a_touchpoint_belongs_to_the_stage_that_it_names_if_that_plans_it():
    assert placed(REPEATED, "visit", "visit", "cart", stages=("c", "a", "c")) == ["c", "a", "b"]


def test_help_at_any_time_comes_before_stages_that_are_far():
    helped = JourneyMap("x", [Stage("a", ["visit"]), Stage("b", ["chat"]), Stage("help", ["chat"], anytime=True)])
    assert placed(helped, "visit", "chat") == ["a", "b"]
    far = JourneyMap("x", [Stage("a", ["visit"]), Stage("b", ["cart"]), Stage("c", ["chat"]), helped.stages[2]])
    assert placed(far, "visit", "chat") == ["a", "help"]
    only = JourneyMap("x", [helped.stages[2], Stage("more", ["chat"], anytime=True)])
    assert placed(only, "chat", "chat") == ["help", "help"]


def test_a_contact_that_is_planned_twice_must_come_twice():
    calls = JourneyMap("x", [Stage("a", ["call", "visit", "call"], ordered=True)])
    assert calls.explain(journey(("call", at(1)), ("visit", at(2)))).reason == "missing"
    assert calls.check([journey(("call", at(1)), ("visit", at(2)), ("call", at(3)))]).ok
    assert calls.explain(journey(("call", at(1)), ("call", at(2)), ("visit", at(3)))).deviations[0].found == "call"


def test_predicates_say_which_touchpoints_are_planned():
    paid = Touchpoint.fields.value >= 100
    drawn = JourneyMap("x", [Stage("a", ["visit", PlannedTouchpoint(paid, name="big order")]), Stage("b", [paid])])
    big = [Touchpoint("order", at(1 + place), value=100) for place in range(2)]
    check = drawn.check([Journey("anna", [Touchpoint("visit", at(1)), big[0]])])
    assert [(one.code, one.stage, one.touchpoint) for one in check.deviations] == [("missing", "b", repr(paid))]
    assert drawn.check([Journey("anna", [Touchpoint("visit", at(1)), *big])]).ok
    assert from_dict(to_dict(drawn), JourneyMap) == drawn


def test_what_is_ignored_is_no_deviation():
    log = [journey(("visit", at(1)), ("call", at(2)))]
    assert {one.code for one in SHOP.check(log).deviations} == {"extra", "missing"}
    assert SHOP.check(log, ignore=["extra", "missing"]).ok
    sad = JourneyMap("x", [Stage("discover", ["visit"], emotion=0.2)])
    assert sad.check([felt("anna", -1)], ignore={"worse"}).ok
    assert SHOP.check(log, ignore=["extra", "missing"]).overlay.conforming == 1


def test_a_failing_check_tells_its_story():
    log = [journey(*BOUGHT, ("call", at(2))), journey(BOUGHT[0], customer="ben")]
    check = SHOP.check(log)
    assert str(check).splitlines() == [
        "'first order': journeys 2, conforming 0, deviating 2, open 0",
        "deviation  stage    touchpoint  customers  share  times  found  needed",
        "missing    receive  delivery            2      1      2  -      delivery",
        "extra      -        call                1    0.5      1  call   -",
        "missing    buy      cart                1    0.5      1  -      cart",
        "missing    buy      order               1    0.5      1  -      order",
    ]
    assert repr(check) == (
        "<MapCheck 'first order': journeys 2, conforming 0, deviating 2, open 0; "
        "missing 'delivery' 2x; extra 'call' 1x; missing 'cart' 1x>"
    )
    assert len(check.of("ben")) == 3
    assert str(SHOP.check([])) == "'first order': journeys 0, conforming 0, deviating 0, open 0"


def test_a_map_is_drawn_as_a_mermaid_journey():
    assert SHOP.to_mermaid().splitlines()[:5] == [
        "journey",
        "  title first order",
        "  section discover",
        "    visit: 3.4: new customer, search, web",
        "  section buy",
    ]
    assert "    ticket: 3: new customer" in SHOP.to_mermaid()
    assert SHOP._repr_mimebundle_() == {"text/vnd.mermaid": SHOP.to_mermaid(), "text/plain": str(SHOP)}
    assert "customer" in JourneyMap("x", [Stage("a", ["visit"])]).to_mermaid()


def test_a_map_prints_as_a_table():
    full = Stage(
        "a", ["visit"], goal="look", channels=["web"], pain_points=["slow"], opportunities=["x", "y"], owner="web"
    )
    assert str(JourneyMap("x", [full])).splitlines() == [
        "stage  goal  touchpoints  channels  emotion  pain_points  opportunities  owner",
        "a      look  visit        web             -  slow         x; y           web",
    ]


def test_an_overlay_prints_and_charts():
    overlay = SHOP.overlay([felt("anna", 0.5), felt("ben", None)], as_of=at(9))
    assert str(overlay).splitlines()[:2] == [
        "stage     customers  share  touchpoints  waited    spent  expected  sentiment  sentiments",
        "discover          2      1            2       -  0:00:00       0.2        0.5           1",
    ]
    chart = overlay.chart()
    assert chart["data"]["values"][:3] == [
        {"stage": "discover", "line": "expected", "sentiment": 0.2, "customers": 2},
        {"stage": "discover", "line": "observed", "sentiment": 0.5, "customers": 2},
        {"stage": "buy", "line": "expected", "sentiment": 0.4, "customers": 0},
    ]
    assert {part["field"] for part in chart["encoding"].values()} == {"stage", "line", "sentiment"}
    assert (overlay.stage("discover").difference, overlay.stage("buy").difference) == (pytest.approx(0.3), None)
    assert SHOP.overlay([]).rows()[0]["share"] is None
    with pytest.raises(UnknownFieldError, match="the map has no stage 'bye'; did you mean 'buy'"):
        overlay.stage("bye")


def test_overlays_of_two_maps_do_not_add():
    other = JourneyMap("other", SHOP.stages)
    for one in (other.overlay([]), SHOP.overlay([], as_of=at(1))):
        with pytest.raises(InvalidValueError, match="for one map at one moment only"):
            _ = SHOP.overlay([]) + one
    with pytest.raises(TypeError):
        _ = SHOP.overlay([]) + 1
    with pytest.raises(TypeError):
        _ = StageOverlay("a") + 1
    with pytest.raises(InvalidValueError, match="for one map at one moment only"):
        _ = StageOverlay("a") + StageOverlay("b")


def test_a_draft_says_what_the_log_says():
    log = [
        Journey(
            "anna",
            [
                Touchpoint("visit", at(1), stage="discover", channel="web", sentiment=0.5),
                Touchpoint("order", at(2), stage="buy", channel="app"),
                Touchpoint("call", at(3), stage="help", sentiment=-0.333),
            ],
        ),
        Journey(
            "ben",
            [
                Touchpoint("visit", at(1), stage="discover", channel="search", sentiment=0.5),
                Touchpoint("cart", at(2), stage="buy"),
                Touchpoint("order", at(3), stage="buy"),
            ],
        ),
        Journey("cleo", [Touchpoint("call", at(1), stage="help")]),
        Journey("dora"),
    ]
    assert JourneyMap.draft(log, name="seen", persona="anyone") == JourneyMap(
        "seen",
        [
            Stage("discover", ["visit"], channels=["search", "web"], emotion=0.5, optional=True),
            Stage("buy", [PlannedTouchpoint("cart", optional=True), "order"], channels=["app"], optional=True),
            Stage("help", ["call"], emotion=-0.34, optional=True),
        ],
        persona="anyone",
    )


def test_a_draft_puts_the_stage_that_some_came_late_to_at_any_time():
    stages = [("a", "b"), ("a", "b"), ("b", "a")]
    log = [
        Journey(
            f"c{number}", [Touchpoint(f"in {stage}", at(1 + place), stage=stage) for place, stage in enumerate(one)]
        )
        for number, one in enumerate(stages)
    ]
    assert JourneyMap.draft(log).stages == (Stage("a", ["in a"], anytime=True), Stage("b", ["in b"]))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: JourneyMap("x", []), InvalidValueError, "a map must have stages, got none for 'x'"),
        (lambda: JourneyMap("x", "buy"), InvalidTypeError, r"got the text 'buy'; write \['buy'\]"),
        (lambda: JourneyMap("x", ["buy"]), InvalidTypeError, "a map is made of stages, got 'buy'"),
        (lambda: JourneyMap("x", [Stage("a"), Stage("a")]), DuplicateError, "two stages of the map are called 'a'"),
        (lambda: JourneyMap("x", [Stage("a")], persona=" "), InvalidValueError, "persona must not be blank"),
        (lambda: JourneyMap("x", [Stage("a")], within=3), InvalidTypeError, "within must be a timedelta or a span"),
        (lambda: JourneyMap("x", [Stage("a")], tolerance=-1), InvalidValueError, "tolerance must be between 0 and 2"),
        (lambda: Stage("a", "visit"), InvalidTypeError, "got the text 'visit'"),
        (lambda: Stage("a", 3), InvalidTypeError, "expected a list of values, got 3"),
        (lambda: Stage("a", [3]), InvalidTypeError, "a planned touchpoint must be the name of a touchpoint"),
        (lambda: Stage("a", emotion=2), InvalidValueError, "emotion must be between -1 and 1, got 2"),
        (lambda: Stage("a", emotion=True), InvalidTypeError, "emotion must be a number from -1 to 1, got True"),
        (lambda: Stage("a", emotion=float("nan")), InvalidValueError, "emotion must be between"),
        (lambda: Stage("a", ordered=1), InvalidTypeError, "ordered must be True or False"),
        (lambda: Stage("a", goal=3), InvalidTypeError, "goal and owner of a stage must be text, got 3"),
        (lambda: Stage("a", channels=[3]), InvalidTypeError, "a channel, a pain point or an opportunity must be text"),
        (lambda: Stage("a", within=3), InvalidTypeError, "within must be a timedelta"),
        (lambda: PlannedTouchpoint("a", within=-timedelta(1)), InvalidValueError, "within must not be negative"),
        (lambda: PlannedTouchpoint("a", optional=None), InvalidTypeError, "optional must be True or False"),
        (lambda: SHOP.check([3]), InvalidTypeError, "expected a Journey, got 3$"),
        (lambda: SHOP.check([], ignore="extra"), InvalidTypeError, "got the text 'extra'"),
        (lambda: SHOP.check([], ignore=["late"]), InvalidValueError, "a kind of deviation must be one of 'missing'"),
        (lambda: SHOP.explain(3), InvalidTypeError, "expected a Journey, got 3"),
        (lambda: SHOP.explain(journey(), as_of=datetime(2026, 3, 1)), NaiveDatetimeError, "aware"),  # noqa: DTZ001
        (lambda: MapOverlay("x", [3]), InvalidTypeError, "expected a StageOverlay, got 3"),
        (lambda: MapOverlay("x", [StageOverlay("a", None, 1, 1)]), InvalidValueError, "more customers than all 0"),
        (lambda: StageOverlay("a", None, 2, 1), InvalidValueError, "each customer of a stage has a touchpoint"),
        (lambda: StageOverlay("a", None, 1, 1, 1, 1_000_001), InvalidValueError, "1 sentiments from -1 to 1 cannot be"),
    ],
)
def test_what_makes_no_sense_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()
