"""What is known of one journey, and journeys made of others."""

import copy
import pickle
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import journeys as some_journeys

from cxkit.codec import from_dict, to_dict
from cxkit.errors import CxError, DuplicateError, InvalidTypeError, InvalidValueError
from cxkit.journey import Journey, SentimentPoint, StageEntry, Touchpoint, journeys

T = Touchpoint.fields
DAY = timedelta(days=1)
NAIVE = datetime.fromisoformat("2026-03-28T00:00:00")


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=timezone.utc)


def test_stages_are_told_once_in_the_order_in_which_they_were_reached():
    stages = ["use", None, "discover", "buy", "discover", "use"]
    journey = Journey("anna", [Touchpoint("visit", at(day), stage=stage) for day, stage in enumerate(stages, 1)])

    assert journey.stages == (StageEntry("use", at(1)), StageEntry("discover", at(3)), StageEntry("buy", at(4)))
    assert Journey("anna").stages == ()


def test_the_sentiment_curve_leaves_out_what_tells_nothing():
    feelings = [0.5, None, 0, -1]
    journey = Journey("anna", [Touchpoint("call", at(day), sentiment=mood) for day, mood in enumerate(feelings, 1)])

    assert journey.sentiment_curve == (
        SentimentPoint(at(1), "call", 0.5),
        SentimentPoint(at(3), "call", 0.0),
        SentimentPoint(at(4), "call", -1.0),
    )


def test_gaps_are_the_times_between_touchpoints():
    assert Journey("anna", [Touchpoint("visit", at(day)) for day in (1, 2, 4)]).gaps == (DAY, 2 * DAY)
    assert Journey("anna", [Touchpoint("visit", at(1))]).gaps == ()


@given(some_journeys())
def test_gaps_add_up_to_the_duration(journey):
    assert journey.gaps == tuple(after.at - before.at for before, after in pairwise(journey))
    assert sum(journey.gaps, timedelta(0)) == journey.duration


@given(some_journeys())
def test_a_filter_and_its_complement_split_a_journey(journey):
    on_the_web = T.channel == "web"

    kept, rest = journey.filter(on_the_web), journey.filter(~on_the_web)
    assert kept.merge(rest) == Journey("anna", [*kept, *rest])
    assert sorted(map(repr, [*kept, *rest])) == sorted(map(repr, journey))
    assert all(touchpoint.channel == "web" for touchpoint in kept)


def test_a_filter_takes_a_name():
    journey = Journey("anna", [Touchpoint("visit", at(1)), Touchpoint("order", at(2))])

    assert [touchpoint.name for touchpoint in journey.filter("order")] == ["order"]
    with pytest.raises(InvalidTypeError, match="what is kept must be the name of a touchpoint or a predicate"):
        journey.filter(3)


def test_two_journeys_of_one_customer_make_one():
    phone = Journey("anna", [Touchpoint("visit", at(3)), Touchpoint("order", at(4), id="o-1")])
    web = Journey(
        "anna", [Touchpoint("visit", at(1)), Touchpoint("order", at(4), id="o-1"), Touchpoint("visit", at(3))]
    )

    merged = phone.merge(web)
    assert [(each.name, each.at.day) for each in merged] == [("visit", 1), ("visit", 3), ("visit", 3), ("order", 4)]
    assert phone.merge(Journey("device 7"), customer="anna") == phone
    assert phone.merge(web, customer="anna b.").customer == "anna b."


@pytest.mark.parametrize(
    ("other", "customer", "error", "told"),
    [
        (
            Journey("ben"),
            None,
            InvalidValueError,
            "the journeys are of 'anna' and 'ben'; say whose they are with customer=",
        ),
        ([], None, InvalidTypeError, "a journey merges with a journey"),
        (Journey("anna"), "", InvalidValueError, "customer must not be blank"),
        (Journey("anna", [Touchpoint("visit", at(2), id="1")]), None, DuplicateError, "two different touchpoints"),
    ],
    ids=["two customers", "a list", "a blank", "one id twice"],
)
def test_journeys_that_do_not_fit_together_are_refused(other, customer, error, told):
    with pytest.raises(error, match=told):
        Journey("anna", [Touchpoint("visit", at(1), id="1")]).merge(other, customer=customer)


moments = st.integers(0, 2 * 86_400).map(lambda second: NAIVE + timedelta(seconds=second))
aware = st.builds(
    lambda moment, zone: moment.replace(tzinfo=zone),
    moments,
    st.sampled_from([timezone.utc, ZoneInfo("Europe/Berlin")]),
)
rows = st.lists(
    st.tuples(
        st.sampled_from(["anna", "ben", 7]), st.sampled_from(["visit", "order"]), aware | aware.map(datetime.isoformat)
    ),
    max_size=12,
)


@given(rows, st.data())
def test_a_log_makes_the_journeys_that_its_touchpoints_make(log, data):
    """Whatever the way through the loader: tuples, lists and mappings, with and without further columns."""
    made = {}
    for customer, name, moment in log:
        known = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        made.setdefault(str(customer), []).append(Touchpoint(name, known))
    expected = tuple(Journey(customer, touchpoints) for customer, touchpoints in made.items())
    kinds = [tuple, list, lambda row: dict(zip(("customer", "name", "at"), row, strict=True))]
    mixed = [data.draw(st.sampled_from(kinds))(row) for row in log]

    assert journeys(mixed) == expected
    assert journeys([kinds[2](row) | {"channel": None} for row in log], details={"channel": "channel"}) == expected


@given(rows, st.integers(-86_400, 3 * 86_400).map(lambda second: at(28, 0) + timedelta(seconds=second)))
def test_a_journey_from_a_log_answers_as_one_of_touchpoints(log, moment):
    for journey in journeys(log):
        twin = Journey(journey.customer, list(journeys([row for row in log if str(row[0]) == journey.customer])[0]))
        questions = (
            len,
            hash,
            repr,
            list,
            lambda it: (it.start, it.end, it.duration, it.gaps),
            lambda it: it.as_of(moment),
        )

        for ask in questions:
            [fresh] = [each for each in journeys(log) if each.customer == journey.customer]
            assert ask(fresh) == ask(twin)


def test_what_is_asked_of_a_journey_that_it_does_not_have_is_told():
    [anna] = journeys([("anna", "visit", at(1))])

    with pytest.raises(AttributeError, match="'Journey' object has no attribute 'touchpionts'"):
        anna.touchpionts  # noqa: B018


@pytest.mark.parametrize(
    "row",
    [
        ("anna", ["visit"], at(1)),
        (["anna"], "visit", at(1)),
        (True, "visit", at(1)),
        ("anna", "", at(1)),
        ("anna", "visit", NAIVE),
        ("anna", "visit", 3),
        ("anna", "visit"),
        {"customer": "anna", "name": "visit"},
        3,
    ],
    ids=["name", "customer", "flag", "blank", "naive", "number", "short", "column", "no row"],
)
def test_a_row_that_makes_no_sense_is_told_by_its_number(row):
    with pytest.raises(CxError, match=r"^row 2: "):
        journeys([("anna", "visit", at(1)), ("anna", "visit", at(1)), row])


@pytest.mark.parametrize(
    "copied",
    [
        copy.copy,
        copy.deepcopy,
        lambda journey: pickle.loads(pickle.dumps(journey)),  # noqa: S301 - our own
        lambda journey: from_dict(to_dict(journey), Journey),
        lambda journey: attrs.evolve(attrs.evolve(journey, customer="ben"), customer="anna"),
        lambda journey: journey[:],
        lambda journey: journey.as_of(at(9)),
    ],
    ids=["copy", "deep copy", "pickle", "document", "evolve", "slice", "as of later"],
)
def test_a_journey_from_a_log_can_be_copied_before_it_is_read(copied):
    rows = [("anna", "order", at(2)), ("anna", "visit", at(1))]
    [fresh], [read] = journeys(rows), journeys(rows)

    assert copied(fresh) == read == Journey("anna", [Touchpoint("visit", at(1)), Touchpoint("order", at(2))])
    assert hash(copied(fresh)) == hash(read)
