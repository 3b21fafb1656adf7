"""How a customer stands in a funnel, as a condition."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError
from cxkit.journey import Exclusion, Funnel, Journey, Step, Touchpoint
from cxkit.segments import Profile, Segment, SegmentSet, Stay, funnel_last_step, funnel_outcome

START = datetime(2026, 3, 1, tzinfo=timezone.utc)
HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
FUNNELS = [
    Funnel(["visit", "cart", "order"], within=3 * HOUR),
    Funnel(["visit", Step("news", optional=True), "order"], within=2 * HOUR, without=[Exclusion("ticket")]),
    Funnel(["visit", "order"], order="strict", within=4 * HOUR),
    Funnel(["visit", "order"], order="any", within=HOUR, anchor="first_entry"),
    Funnel([Touchpoint.fields.name.starts_with("v"), "cart"]),
]
logs = st.lists(
    st.tuples(st.sampled_from(["visit", "cart", "order", "news", "ticket"]), st.integers(0, 10)), max_size=6
).map(lambda log: Journey("anna", [Touchpoint(name, START + hour * HOUR) for name, hour in log]))


@given(st.sampled_from(FUNNELS), logs, st.integers(0, 20))
def test_the_values_are_those_that_explain_tells(funnel, journey, half_hours):
    as_of = START + half_hours * HOUR / 2
    stop = funnel.explain(journey, as_of=as_of)

    assert (funnel_outcome(funnel) == stop.outcome).matches(journey, as_of=as_of)
    assert (funnel_outcome(funnel) != "open").matches(journey, as_of=as_of) == (stop.outcome != "open")
    last = funnel_last_step(funnel)
    if stop.last_step is None:
        assert last.is_missing().matches(journey, as_of=as_of)
    else:
        assert (last == stop.last_step).matches(Profile({}, journey), as_of=as_of)


@given(st.sampled_from(FUNNELS), st.sampled_from(["open", "dropped", "completed"]), logs, st.integers(-1, 12))
def test_the_next_change_is_the_first_moment_with_another_answer(funnel, outcome, journey, hour):
    """Nothing can turn but where something happens, and a tick after a window ends."""
    segment = Segment("it", funnel_outcome(funnel) == outcome)
    after = START + hour * HOUR
    known = journey.as_of(after)
    within = funnel.within or 100 * HOUR
    turns = sorted({touchpoint.at + within + TICK for touchpoint in known})
    now = segment.contains(known, as_of=after)
    expected = next((at for at in turns if at > after and segment.contains(known, as_of=at) != now), None)

    assert segment.next_change(known, after=after) == expected


def test_a_drop_off_is_a_segment_with_a_timeline():
    ben = Journey("ben", [Touchpoint("visit", START), Touchpoint("cart", START + HOUR)])
    left = Segment("left", (funnel_outcome(FUNNELS[0]) == "dropped") & (funnel_last_step(FUNNELS[0]) == "cart"))

    assert left.timeline(ben, start=START, end=START + 9 * HOUR) == (Stay(START + 3 * HOUR + TICK, START + 9 * HOUR),)
    assert SegmentSet([left]).names_of(ben, as_of=START + 4 * HOUR) == ("left",)


@pytest.mark.parametrize("funnel", FUNNELS, ids=range(len(FUNNELS)))
def test_a_condition_about_a_funnel_is_stored_with_it(funnel):
    segment = Segment("it", (funnel_outcome(funnel) == "open") | funnel_last_step(funnel).is_missing())

    assert from_dict(to_dict(segment), Segment) == segment


def test_without_a_journey_it_is_missing():
    assert funnel_outcome(FUNNELS[0]).is_missing().matches(Profile({}), as_of=START)
    assert not (funnel_outcome(FUNNELS[0]) == "not_entered").matches(Profile({}), as_of=START)


def test_it_is_told_in_words():
    dropped = funnel_outcome(FUNNELS[0]) == "dropped"

    assert str(dropped) == "the outcome of the funnel visit, cart, order is 'dropped'"
    assert repr(funnel_last_step(FUNNELS[2]) == "visit").startswith(
        "funnel_last_step(Funnel(['visit', 'order'], within="
    )


def test_what_it_can_never_be_is_refused():
    with pytest.raises(InvalidTypeError, match=r"^funnel_outcome\(.*\) is one of 'completed', 'open'"):
        funnel_outcome(FUNNELS[0]) == "droped"  # noqa: B015
    with pytest.raises(InvalidTypeError, match=r"^funnel_last_step\(.*\) is one of 'visit', 'order'"):
        funnel_last_step(FUNNELS[1]) == "news"  # noqa: B015
    with pytest.raises(InvalidTypeError, match="expected a Funnel, got 3"):
        funnel_outcome(3)


def test_conditions_of_one_funnel_are_reasoned_about():
    outcome = funnel_outcome(FUNNELS[0])

    assert (outcome == "open").is_disjoint(outcome == "dropped")
    assert (outcome == "open").implies(outcome.is_in(["open", "completed"]))
