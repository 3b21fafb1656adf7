"""Paths between two touchpoints: which, how long, and who never arrived."""

from datetime import timedelta

import pytest
from event_logs import START_OF_LOG, log_of, logs
from hypothesis import given
from hypothesis import strategies as st
from strategies import moments

from cxkit.calendar import days, months
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.journey import Journey, Paths, Touchpoint, paths
from cxkit.tallies import Durations, Rate

HOUR = timedelta(hours=1)
WEB = Touchpoint.fields.channel == "web"


def at(hour):
    return START_OF_LOG + hour * HOUR


def found(text, start="a", end="b", **options):
    """Give the paths of one journey, with an hour between touchpoints, as of the last."""
    now = at(max(0, len(text.split()) - 1))
    counted = paths(log_of(anna=text), start, end, **{"as_of": now, **options})
    return {"".join(path): times.count for path, times in counted.times.items()}, counted.expired, counted.open


@pytest.mark.parametrize(
    ("text", "expected", "still_open"),
    [
        ("a b", {"ab": 1}, 0),
        ("x a y b z", {"ayb": 1}, 0),
        ("a a b", {"aab": 1}, 0),  # from the first start
        ("a b b", {"ab": 1}, 0),  # to the first end
        ("a b a b", {"ab": 2}, 0),
        ("b a", {}, 1),
        ("b b", {}, 0),
        ("a b a", {"ab": 1}, 1),
        ("", {}, 0),
    ],
)
def test_an_attempt_goes_from_the_first_start_to_the_first_end(text, expected, still_open):
    assert found(text) == (expected, 0, still_open)


def test_an_attempt_may_begin_with_the_last_start_instead():
    assert found("a x a b", begin="last") == ({"ab": 1}, 0, 0)
    assert found("a x a", begin="last") == ({}, 0, 1)
    with pytest.raises(InvalidValueError, match="begin must be one of 'first', 'last', got 'any'"):
        found("a b", begin="any")


def test_an_end_that_is_a_start_begins_the_next_attempt():
    assert found("a x a y a", end="a") == ({"axa": 1, "aya": 1}, 0, 1)


def test_contacts_may_be_predicates():
    contacts = [
        Touchpoint(name, at(n), channel=channel)
        for n, (name, channel) in enumerate([("a", None), ("a", "web"), ("b", "app"), ("c", "web")])
    ]
    counted = paths([Journey("anna", contacts)], WEB, WEB, as_of=at(9))

    assert dict(counted.times) == {("a", "b", "c"): Durations.from_lengths([2 * HOUR])}
    assert counted.open == 1
    assert paths([Journey("anna", contacts)], "a", WEB).times.keys() == {("a", "a"), ("a", "b", "c")}
    assert paths([Journey("anna", contacts)], WEB, "b").arrived == 1


def test_the_last_moment_of_the_window_counts():
    assert found("a x b", within=2 * HOUR) == ({"axb": 1}, 0, 0)
    assert found("a x b", within=timedelta(minutes=119)) == ({}, 1, 0)


def test_a_start_after_an_expired_attempt_begins_another():
    assert found("a x a b", within=HOUR) == ({"ab": 1}, 1, 0)


def test_an_attempt_is_open_as_long_as_it_could_arrive():
    assert found("a", within=HOUR, as_of=at(1)) == ({}, 0, 1)
    assert found("a", within=HOUR, as_of=at(1) + timedelta(microseconds=1)) == ({}, 1, 0)
    assert found("a", as_of=at(1000)) == ({}, 0, 1)


@pytest.mark.parametrize("options", [{}, {"within": HOUR}], ids=["any time", "an hour"])
def test_without_a_moment_the_log_is_over(options):
    assert found("a", as_of=None, **options) == ({}, 1, 0)
    assert found("a x x", as_of=None, **options) == ({}, 1, 0)


def test_a_window_may_step_over_the_calendar():
    ends = [Touchpoint("a", at(0)), Touchpoint("b", at(24 * 31))]
    assert paths([Journey("anna", ends)], "a", "b", within=months(1)).arrived == 1
    assert paths([Journey("anna", ends)], "a", "b", within=days(30)).expired == 1


def brute(journey, within, begin, as_of):
    """Find the attempts of a journey by looking at all pairs of places, in hours."""
    names, arrived, expired, place = [c.name for c in journey], [], 0, 0
    times = [c.at for c in journey]
    while place < len(names):
        if names[place] != "visit":
            place += 1
            continue
        if begin == "last":
            while True:
                again = [n for n in range(place + 1, len(names)) if names[n] in ("visit", "order")]
                if (
                    again
                    and names[again[0]] == "visit"
                    and (within is None or times[again[0]] <= times[place] + within)
                ):
                    place = again[0]
                else:
                    break
        ends = [n for n in range(place + 1, len(names)) if names[n] == "order"]
        ends = [n for n in ends if within is None or times[n] <= times[place] + within]
        if ends:
            arrived.append((tuple(names[place : ends[0] + 1]), times[ends[0]] - times[place]))
            place = ends[0] + 1
            continue
        late = [n for n in range(place + 1, len(names)) if within is not None and times[n] > times[place] + within]
        if not late and as_of is not None and (within is None or as_of <= times[place] + within):
            return arrived, expired, 1
        expired += 1
        place = late[0] if late else len(names)
    return arrived, expired, 0


@given(
    logs(),
    st.none() | st.sampled_from([timedelta(0), HOUR * 6, HOUR * 24, HOUR * 240]),
    st.sampled_from(["first", "last"]),
    st.none() | moments(),
)
def test_attempts_are_those_of_a_plain_search(log, within, begin, as_of):
    known = log if as_of is None else [journey.as_of(as_of) for journey in log]
    expected = [brute(journey, within, begin, as_of) for journey in known]
    counted = paths(log, "visit", "order", within=within, begin=begin, as_of=as_of)
    arrived = [attempt for some, _, _ in expected for attempt in some]

    assert counted.times == {
        path: Durations.from_lengths(length for other, length in arrived if other == path) for path, _ in arrived
    }
    assert counted.expired == sum(number for _, number, _ in expected)
    assert counted.open == sum(number for _, _, number in expected)
    assert counted.durations == Durations.from_lengths(length for _, length in arrived)
    by_predicate = paths(log, Touchpoint.fields.name == "visit", "order", within=within, begin=begin, as_of=as_of)
    assert (by_predicate.times, by_predicate.expired, by_predicate.open) == (
        counted.times,
        counted.expired,
        counted.open,
    )


@given(logs(), moments())
def test_every_attempt_arrived_expired_or_is_open(log, as_of):
    counted = paths(log, "visit", "order", as_of=as_of, within=days(3))

    assert counted.begun == counted.arrived + counted.expired + counted.open
    assert counted.rate == Rate(counted.arrived, counted.begun, name="arrived", unit="attempts")
    assert sum(variant.count for variant in counted.top()) == counted.arrived == counted.durations.count


def test_paths_are_ranked_with_their_times():
    counted = paths(log_of(a="a b", b="a x b", c="a b"), "a", "b")

    assert counted.rows(1) == [
        {"path": "a > b", "count": 2, "share": 2 / 3, "coverage": 2 / 3, "median": HOUR, "p90": HOUR}
    ]
    assert [variant.path for variant in counted.top()] == [("a", "b"), ("a", "x", "b")]
    assert counted.durations.mean == timedelta(minutes=80)
    assert counted.chart(1)["data"]["values"] == [{"path": "a > b", "count": 2, "share": 2 / 3}]


def test_what_is_directly_repeated_may_count_once():
    assert found("a x x a b", collapse=True) == ({"axab": 1}, 0, 0)


def test_paths_that_nobody_took_have_no_times():
    nothing = paths([], "a", "b")

    assert (nothing.begun, nothing.rows()) == (0, [])
    assert str(nothing) == "(no rows)\n0 of 0 arrived, 0 expired, 0 open; 'a' did not come"
    with pytest.raises(UndefinedMetricError):
        _ = nothing.durations.median
    with pytest.raises(UndefinedMetricError):
        _ = nothing.rate.value


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"start": 3}, InvalidTypeError, "start must be the name of a touchpoint or a predicate"),
        ({"end": " "}, InvalidValueError, "end must not be blank"),
        ({"within": 7}, InvalidTypeError, "within must be"),
        ({"collapse": 1}, InvalidTypeError, "collapse must be True or False"),
        ({"resolution": 1}, InvalidTypeError, "resolution must be a timedelta"),
    ],
)
def test_questions_that_make_no_sense_are_refused_before_anything_is_read(wrong, error, message):
    with pytest.raises(error, match=message):
        paths(iter([3]), **({"start": "a", "end": "b"} | wrong))


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"times": [("a", "b")]}, InvalidTypeError, "must be a mapping"),
        ({"times": {"ab": Durations()}}, InvalidTypeError, "a path must be a tuple of labels"),
        ({"times": {("a", "b"): 3}}, InvalidTypeError, "the times of a path must be Durations, got 3"),
        ({"times": {("a", "b"): Durations()}}, InvalidValueError, "each path must have names, and times"),
        ({"times": {(): Durations.from_lengths([HOUR])}}, InvalidValueError, "each path must have names, and times"),
        (
            {"times": {("a", "b"): Durations.from_lengths([HOUR], resolution=HOUR)}},
            InvalidValueError,
            "each path must have names, and times at the resolution",
        ),
        ({"expired": -1}, InvalidValueError, "expired must be at least 0"),
        ({"open": 1.0}, InvalidTypeError, "open must be an int"),
    ],
)
def test_counts_that_no_journeys_could_have_are_refused(wrong, error, message):
    with pytest.raises(error, match=message):
        Paths("a", "b", **wrong)


@pytest.mark.parametrize(
    "other",
    [
        Paths("x", "b"),
        Paths("a", WEB),
        Paths("a", "b", within=HOUR),
        Paths("a", "b", begin="last"),
        Paths("a", "b", collapse=True),
        Paths("a", "b", resolution=HOUR),
    ],
    ids=repr,
)
def test_paths_of_another_question_do_not_add(other):
    with pytest.raises(InvalidValueError, match=r"cannot add paths with .*: they count two things"):
        Paths("a", "b") + other
