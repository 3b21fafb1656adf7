"""Friction: where journeys are hard, counted again by search over pairs of touchpoints."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import moments

from cxkit.calendar import days, hours, months
from cxkit.codec import from_dict, to_dict
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError
from cxkit.journey import (
    BadSentiment,
    ChannelSwitch,
    Friction,
    FrictionPart,
    FrictionResult,
    HelpContact,
    Journey,
    JourneyMap,
    LongWait,
    PainPoint,
    RepeatedContact,
    Stage,
    StepBack,
    Touchpoint,
)

NAMES = ("visit", "cart", "order", "ticket")
STAGES = ("discover", "buy", "receive")
MAP = JourneyMap(
    "shop",
    [Stage("discover", ["visit"]), Stage("help", ["ticket"], anytime=True), Stage("buy", ["cart", "order"])],
)


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=timezone.utc)


@st.composite
def logs(draw):
    """Draw a log of few customers, with everything that friction looks at."""
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
                    sentiment=draw(st.sampled_from([None, -1, -0.5, 0, 1])),
                    cost=draw(st.sampled_from([None, 0, Decimal("0.10"), Decimal("2.5")])),
                )
            )
        log.append(Journey(f"c{customer}", touchpoints))
    return log


LENGTHS = st.sampled_from([timedelta(0), timedelta(hours=6), hours(30), days(2), months(1)])
LIMITS = st.none() | LENGTHS
OF = st.sampled_from([None, "order", Touchpoint.fields.channel == "web"])


def parts() -> st.SearchStrategy[list[FrictionPart]]:
    """Draw parts, each kind at most once."""
    weights = st.sampled_from([0, 1, 0.5, 3])
    shared = {"weight": weights, "of": OF}
    kinds = (
        st.builds(RepeatedContact, within=LIMITS, **shared),
        st.builds(StepBack, st.just(STAGES), within=LIMITS, **shared),
        st.builds(StepBack, st.just(MAP), within=LIMITS, name=st.just("back on the map"), **shared),
        st.builds(ChannelSwitch, within=LIMITS, **shared),
        st.builds(LongWait, LENGTHS, **shared),
        st.builds(BadSentiment, st.sampled_from([0, -0.5, 1]), **shared),
        st.builds(HelpContact, of=st.just("ticket"), weight=weights),
    )
    return st.lists(st.one_of(kinds), min_size=1, max_size=5, unique_by=lambda part: part.name)


def is_meant(of, touchpoint):
    return of is None or (touchpoint.name == of if isinstance(of, str) else touchpoint.channel == "web")


def is_near(part, before, touchpoint):
    return part.within is None or touchpoint.at <= before.at + part.within


def latest(known, end, holds):
    """Return the last touchpoint before a place of which something holds."""
    return next((known[place] for place in reversed(range(end)) if holds(known[place])), None)


def rank(part, touchpoint):
    """Return the place of a touchpoint's stage in the order."""
    on_map = {"visit": 0, "cart": 1, "order": 1}
    if isinstance(part.stages, JourneyMap):
        return on_map.get(touchpoint.name)
    return STAGES.index(touchpoint.stage) if touchpoint.stage else None


def shows(part, known, place):
    """Whether a part shows at one place of a journey."""
    touchpoint = known[place]
    if not is_meant(part.of, touchpoint):
        return False
    match part:
        case BadSentiment():
            return touchpoint.sentiment is not None and touchpoint.sentiment < part.below
        case HelpContact():
            return True
        case LongWait():
            return place > 0 and touchpoint.at > known[place - 1].at + part.longer_than
        case RepeatedContact():
            before = latest(known, place, lambda other: other.name == touchpoint.name)
            return before is not None and is_near(part, before, touchpoint)
        case ChannelSwitch():
            before = latest(known, place, lambda other: other.channel is not None)
            differs = touchpoint.channel and before is not None and before.channel != touchpoint.channel
            return bool(differs) and is_near(part, before, touchpoint)
        case StepBack():
            before = latest(known, place, lambda other: rank(part, other) is not None)
            ours = rank(part, touchpoint)
            return None not in (ours, before) and ours < rank(part, before) and is_near(part, before, touchpoint)


def found_by_search(friction, known):
    return [(part.name, place) for part in friction.parts for place in range(len(known)) if shows(part, known, place)]


@given(parts(), logs(), st.none() | moments(12))
def test_friction_shows_where_a_search_finds_it(drawn, log, as_of):
    friction = Friction(drawn, currency="EUR")
    for one in log:
        known = [t for t in one if as_of is None or (t.at <= as_of and t.recorded_at <= as_of)]
        wanted = found_by_search(friction, known)
        answer = friction.explain(one, as_of=as_of)
        weights = {part.name: part.weight for part in drawn}

        assert [(found.part, found.touchpoint) for found in answer.findings] == [(p, known[n]) for p, n in wanted]
        assert answer.outcome == ("friction" if wanted else "smooth")
        assert answer.points == sum(weights[part] for part, _ in wanted)
        assert answer.cost == sum(known[place].cost or 0 for place in {place for _, place in wanted})
        assert answer.cost.as_tuple().exponent == -2
        for row in answer.rows():
            places = [place for part, place in wanted if part == row["part"]]
            assert (row["count"], row["points"]) == (len(places), weights[row["part"]] * len(places))
            assert row["cost"] == sum(known[place].cost or 0 for place in places)


@given(parts(), logs(), st.none() | moments(12), st.sampled_from(["name", "stage", "channel"]))
def test_a_result_counts_what_explanations_say(drawn, log, as_of, by):
    friction = Friction(drawn, currency="EUR")
    answers = [friction.explain(one, as_of=as_of) for one in log]
    result = friction.run(iter(log), by=by, as_of=as_of)
    hits = [
        (found.part, getattr(found.touchpoint, by), answer.customer, found.touchpoint.cost or 0)
        for answer in answers
        for found in answer.findings
    ]

    assert {(found.part, found.label) for found in result.pain_points} == {hit[:2] for hit in hits}
    for found, row in zip(result.pain_points, result.rows(), strict=True):
        ours = [hit for hit in hits if hit[:2] == (found.part, found.label)]
        assert (found.times, found.customers) == (len(ours), len({hit[2] for hit in ours}))
        assert row["cost"] == sum(hit[3] for hit in ours)
        assert (row[by], row["points"], row["share"]) == (found.label, found.points, found.customers / len(log))
    assert (result.customers, result.affected) == (len(log), sum(answer.outcome == "friction" for answer in answers))
    assert result.cost == sum(answer.cost for answer in answers)
    assert result.points == sum(answer.points for answer in answers)
    assert [found.points for found in result.pain_points] == sorted(
        (f.points for f in result.pain_points), reverse=True
    )


@given(parts(), logs(), logs(), logs(), st.none() | moments(12))
def test_results_add_over_disjoint_customers(drawn, first, second, third, as_of):
    friction = Friction(drawn, currency="EUR")
    one, two, three = (friction.run(log, as_of=as_of) for log in (first, second, third))
    assert (one + two) + three == one + (two + three) == friction.run([*first, *second, *third], as_of=as_of)
    assert one + friction.run([], as_of=as_of) == one == friction.run([], as_of=as_of) + one


@given(parts(), logs(), moments(12))
def test_nothing_that_came_to_be_known_later_changes_friction(drawn, log, as_of):
    friction = Friction(drawn)
    assert friction.run(log, as_of=as_of) == friction.run([one.as_of(as_of) for one in log], as_of=as_of)


@given(parts(), logs(), st.none() | moments(12))
def test_friction_and_its_results_survive_storage(drawn, log, as_of):
    friction = Friction(drawn, currency="EUR")
    assert from_dict(to_dict(friction), Friction) == friction
    result = friction.run(log, by="stage", as_of=as_of)
    assert from_dict(to_dict(result), FrictionResult) == result


@pytest.mark.parametrize(
    "code",
    [
        "Friction((LongWait(days(2), weight=2.0, of='delivery', name='late'), ChannelSwitch()), currency='EUR')",
        "Friction((StepBack(('a', 'b'), within=hours(3)), RepeatedContact(), HelpContact(of='ticket')))",
        "Friction((BadSentiment(-0.5), BadSentiment(name='any')))",
    ],
)
def test_friction_prints_as_the_code_that_makes_it(code):
    kinds = (BadSentiment, ChannelSwitch, Friction, HelpContact, LongWait, RepeatedContact, StepBack)
    assert repr(eval(code, {kind.__name__: kind for kind in kinds} | {"days": days, "hours": hours})) == code  # noqa: S307


def told(*contacts: tuple[str, datetime], **more: object) -> Journey:
    return Journey("anna", [Touchpoint(name, moment, **more) for name, moment in contacts])


def test_a_step_back_counts_once_for_a_whole_visit_to_an_earlier_stage():
    stages = ["discover", "buy", "discover", "discover", None, "buy", "receive", "buy", "discover"]
    steps = Journey("anna", [Touchpoint("x", at(1 + place), stage=stage) for place, stage in enumerate(stages)])
    found = Friction([StepBack(STAGES)]).explain(steps).findings
    assert [(one.touchpoint.at, one.before.at) for one in found] == [(at(3), at(2)), (at(8), at(7)), (at(9), at(8))]


def test_a_limit_is_inclusive():
    twice = told(("pay", at(1, 9)), ("pay", at(1, 10)))
    assert Friction([RepeatedContact(within=hours(1))]).explain(twice).points == 1
    assert Friction([RepeatedContact(within=timedelta(minutes=59))]).explain(twice).outcome == "smooth"
    assert Friction([LongWait(hours(1))]).explain(twice).reason == "smooth"
    assert Friction([LongWait(timedelta(minutes=59))]).explain(twice).reason == "long_wait"


def test_a_limit_beyond_the_end_of_time_has_no_end():
    twice = told(("pay", at(1, 9)), ("pay", at(1, 10)))
    assert Friction([RepeatedContact(within=timedelta.max)]).explain(twice).points == 1
    assert Friction([LongWait(timedelta.max)]).explain(twice).points == 0


def test_a_touchpoint_in_two_parts_costs_once():
    dear = told(("ticket", at(1)), ("ticket", at(2)), cost=Decimal("4.20"))
    friction = Friction([HelpContact(of="ticket", weight=3), RepeatedContact()], currency="EUR")
    answer = friction.explain(dear)
    assert str(answer).splitlines() == [
        "part              count  weight  points  cost",
        "help_contact          2       3       6  8.40",
        "repeated_contact      1       1       1  4.20",
    ]
    assert answer.cost == friction.run([dear]).cost == Decimal("8.40")
    assert [(one.touchpoint.at, one.points) for one in answer.of("repeated_contact")] == [(at(2), 1.0)]
    assert (Friction(friction.parts).explain(dear).cost, Friction(friction.parts).run([dear]).cost) == (None, None)


def test_costs_are_exact_in_any_decimal_context():
    dear = told(("ticket", at(1)), ("ticket", at(2)), cost=Decimal("123456.78"))
    with localcontext() as context:
        context.prec = 2
        assert str(Friction([HelpContact(of="ticket")], currency="EUR").run([dear]).cost) == "246913.56"


def test_two_equal_touchpoints_are_two_contacts_that_cost():
    same = told(("ticket", at(1)), ("ticket", at(1)), cost=1)
    assert Friction([HelpContact(of="ticket")], currency="EUR").explain(same).cost == 2


def test_a_cost_finer_than_its_currency_is_refused():
    fine = told(("ticket", at(1)), cost=Decimal("0.005"))
    with pytest.raises(InvalidValueError, match=r"cost 0\.005 has 3 decimals, EUR has 2"):
        Friction([HelpContact(of="ticket")], currency="EUR").run([fine])


def test_a_result_prints_and_charts():
    log = [told(("ticket", at(1)), channel="web"), told(("ticket", at(1)))]
    result = Friction([HelpContact(of="ticket")]).run(log, by="channel")
    assert str(result).splitlines() == [
        "part          channel  points  times  customers  share  cost",
        "help_contact  web           1      1          1    0.5     -",
        "help_contact  -             1      1          1    0.5     -",
    ]
    chart = result.chart()
    assert [row["pain point"] for row in chart["data"]["values"]] == ["help_contact: web", "help_contact: (none)"]
    assert chart["encoding"]["x"]["field"] == "points"
    assert str(FrictionResult()) == "(no rows)"


def test_pain_points_can_be_grouped_by_a_value_of_fields():
    result = Friction([HelpContact(of="ticket")]).run([told(("ticket", at(1)))], by=Touchpoint.fields.name.casefold())
    assert (result.by, result.pain_points[0].label) == (repr(Touchpoint.fields.name.casefold()), "ticket")


def test_pain_points_can_be_grouped_by_the_stages_of_a_map():
    log = [told(("visit", at(1)), ("cart", at(2)), ("visit", at(3)), ("call", at(4)))]
    result = Friction([LongWait(hours(1)), RepeatedContact()]).run(log, by=MAP)
    assert result.by == "stage"
    assert {(found.part, found.label) for found in result.pain_points} == {
        ("long_wait", "buy"),
        ("long_wait", "discover"),
        ("long_wait", None),
        ("repeated_contact", "discover"),
    }


def result_of(weight: float = 1, *, by: str = "name", **more: object) -> FrictionResult:
    return FrictionResult(by, pain_points=[PainPoint("a", "b", weight, 1, 1)], customers=1, affected=1, **more)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (result_of(by="stage"), "for one grouping, one currency and one moment only"),
        (result_of(currency="EUR"), "for one grouping"),
        (result_of(as_of=at(1)), "for one grouping, one currency and one moment"),
        (result_of(2), "friction of two weights does not add"),
    ],
)
def test_results_of_different_questions_do_not_add(other, message):
    with pytest.raises(InvalidValueError, match=message):
        _ = result_of() + other


def test_a_result_adds_to_results_only():
    with pytest.raises(TypeError):
        _ = result_of() + 1
    with pytest.raises(TypeError):
        _ = PainPoint("a", "b", 1) + 1
    with pytest.raises(InvalidValueError, match="at another place"):
        _ = PainPoint("a", "b", 1) + PainPoint("a", "c", 1)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Friction([]), InvalidValueError, "friction must have parts, got none"),
        (lambda: Friction("x"), InvalidTypeError, "got the text 'x'"),
        (lambda: Friction([3]), InvalidTypeError, r"made of parts such as LongWait\(days\(2\)\), got 3"),
        (
            lambda: Friction([ChannelSwitch()] * 2),
            DuplicateError,
            "two parts of the friction are called 'channel_switch'",
        ),
        (lambda: Friction([ChannelSwitch()], currency="EURO"), InvalidValueError, "did you mean 'EUR'"),
        (lambda: Friction([ChannelSwitch()]).run([3]), InvalidTypeError, "expected a Journey, got 3$"),
        (lambda: Friction([ChannelSwitch()]).explain("x"), InvalidTypeError, "expected a Journey, got 'x'"),
        (FrictionPart, InvalidTypeError, "a part of friction is of a kind"),
        (lambda: ChannelSwitch(weight=-1), InvalidValueError, "weight must be between 0 and"),
        (lambda: ChannelSwitch(weight=True), InvalidTypeError, "weight must be a number"),
        (lambda: ChannelSwitch(of=3), InvalidTypeError, "of must be the name of a touchpoint"),
        (lambda: ChannelSwitch(name=""), InvalidValueError, "the name of a part of friction must not be blank"),
        (lambda: ChannelSwitch(within=3), InvalidTypeError, "within must be a timedelta"),
        (HelpContact, InvalidValueError, "HelpContact needs of="),
        (lambda: LongWait(-timedelta(1)), InvalidValueError, "longer_than must not be negative"),
        (lambda: BadSentiment(-2), InvalidValueError, "below must be between -1 and 1, got -2"),
        (lambda: StepBack("ab"), InvalidTypeError, "got the text 'ab'"),
        (lambda: StepBack([3]), InvalidTypeError, "the name of a stage must be text"),
        (lambda: StepBack(["a", "a"]), DuplicateError, "each stage has one place in the order"),
        (lambda: FrictionResult(pain_points=[3]), InvalidTypeError, "expected a PainPoint, got 3"),
        (lambda: FrictionResult(affected=1), InvalidValueError, "no more customers are affected than there are"),
        (lambda: FrictionResult(currency="?"), InvalidValueError, "currency must be an ISO 4217 code"),
        (lambda: PainPoint("a", None, 1, 2, 1), InvalidValueError, "each customer who is hit"),
        (lambda: PainPoint("a", None, 1, 0, 0, 0.5), InvalidTypeError, "units must be an int"),
        (lambda: PainPoint("a", None, -1), InvalidValueError, "weight must be between"),
    ],
)
def test_what_makes_no_sense_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()
