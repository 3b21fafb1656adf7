"""What holds of everything that is counted along journeys: transitions, variants, paths, pairs, rework and times."""

import datetime as dt
import pickle
from datetime import timedelta
from functools import partial
from random import Random

import pytest
from event_logs import log_of, logs
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import moments

from cxkit import journey
from cxkit.calendar import days
from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError, NaiveDatetimeError
from cxkit.journey import (
    EventuallyFollows,
    Journey,
    Paths,
    Rework,
    Touchpoint,
    Transitions,
    Variants,
    durations,
    eventually_follows,
    gaps,
    paths,
    rework,
    transitions,
    variants,
)
from cxkit.tallies import Durations

HOUR = timedelta(hours=1)
WEB = Touchpoint.fields.channel == "web"
COUNTED = {
    "transitions": (transitions, Transitions()),
    "timed transitions": (partial(transitions, resolution=HOUR), Transitions(resolution=HOUR)),
    "transitions by channel": (partial(transitions, by="channel"), Transitions(by="channel")),
    "timed transitions by a value": (
        partial(transitions, by=Touchpoint.fields.channel, resolution=HOUR),
        Transitions(by="Touchpoint.fields.channel", resolution=HOUR),
    ),
    "variants": (variants, Variants()),
    "collapsed variants by channel": (
        partial(variants, by="channel", collapse=True),
        Variants(by="channel", collapse=True),
    ),
    "paths": (partial(paths, start="visit", end="order"), Paths("visit", "order")),
    "paths in time": (
        partial(paths, start="visit", end=WEB, within=days(2), begin="last", collapse=True, resolution=HOUR),
        Paths("visit", WEB, within=days(2), begin="last", collapse=True, resolution=HOUR),
    ),
    "pairs": (eventually_follows, EventuallyFollows()),
    "pairs by channel": (partial(eventually_follows, by="channel"), EventuallyFollows(by="channel")),
    "rework": (rework, Rework()),
    "rework by channel": (partial(rework, by="channel"), Rework(by="channel")),
    "gaps": (gaps, Durations()),
    "gaps of some": (partial(gaps, contact=WEB, resolution=HOUR), Durations(HOUR)),
    "durations": (durations, Durations()),
}
each_count = pytest.mark.parametrize("count", [count for count, _ in COUNTED.values()], ids=COUNTED)
each_identity = pytest.mark.parametrize("nothing", [nothing for _, nothing in COUNTED.values()], ids=COUNTED)
both = pytest.mark.parametrize(("count", "nothing"), COUNTED.values(), ids=COUNTED)
few = settings(max_examples=15)  # of each of them
NAMESPACE = {name: getattr(journey, name) for name in journey.__all__} | {
    "datetime": dt,
    "Durations": Durations,
    "days": days,
}


@both
@few
@given(log=logs(), share=st.integers(0, 5), as_of=st.none() | moments())
def test_the_counts_of_two_shards_add_up_to_those_of_the_log(count, nothing, log, share, as_of):
    first, second = count(log[:share], as_of=as_of), count(log[share:], as_of=as_of)

    assert first + second == second + first == count(log, as_of=as_of)
    assert first + nothing == nothing + first == first
    assert count([], as_of=as_of) == nothing


@each_count
@few
@given(log=logs(), seed=st.integers())
def test_the_order_in_which_journeys_come_does_not_matter(count, log, seed):
    shuffled = list(log)
    Random(seed).shuffle(shuffled)
    assert count(shuffled) == count(log)
    assert str(count(shuffled)) == str(count(log))
    assert to_dict(count(shuffled)) == to_dict(count(log))


@each_count
@few
@given(log=logs(), as_of=moments())
def test_what_came_to_be_known_later_changes_nothing(count, log, as_of):
    known = [journey.as_of(as_of) for journey in log]
    begun = [journey for journey in known if len(journey)]

    assert count(log, as_of=as_of) == count(known, as_of=as_of) == count(begun, as_of=as_of)


@each_count
@few
@given(log=logs())
def test_a_journey_without_touchpoints_does_not_count(count, log):
    assert count([*log, Journey("nobody")]) == count(log)


@each_count
@few
@given(log=logs())
def test_counts_survive_storing_pickling_and_printing(count, log):
    counted = count(log)

    assert from_dict(to_dict(counted), type(counted)) == counted
    copied = pickle.loads(pickle.dumps(counted))  # noqa: S301 - it is what was pickled
    assert (copied, hash(copied)) == (counted, hash(counted))


@each_count
@few
@given(log=logs(max_size=2))
def test_counts_print_as_the_code_that_makes_them(count, log):
    counted = count(log)
    assert eval(repr(counted), dict(NAMESPACE)) == counted  # noqa: S307 - it is what was printed


@each_count
def test_journeys_are_consumed_once_and_one_by_one(count):
    log = log_of(anna="visit order", ben="visit visit")
    assert count(iter(log)) == count(log)


@each_count
def test_what_is_no_journey_is_refused(count):
    with pytest.raises(InvalidTypeError, match="expected a Journey, got 'anna'"):
        count(["anna"])
    with pytest.raises(InvalidTypeError, match="expected journeys, got 3"):
        count(3)


@each_count
def test_a_moment_without_a_zone_is_refused_even_of_no_journeys(count):
    with pytest.raises(NaiveDatetimeError, match="as_of must be an aware datetime"):
        count([], as_of=dt.datetime(2026, 3, 1))  # noqa: DTZ001 - it is what is refused


@each_identity
def test_counts_of_another_kind_do_not_add(nothing):
    with pytest.raises(TypeError, match="unsupported operand"):
        nothing + 1
    with pytest.raises(TypeError, match="unsupported operand"):
        nothing + Journey("anna")


@each_count
@few
@given(log=logs())
def test_charts_and_tables_show_the_same_rows(count, log):
    counted = count(log)
    bundle = counted._repr_mimebundle_()

    assert bundle["application/vnd.vegalite.v5+json"]["$schema"].endswith("vega-lite/v5.json")
    assert bundle["text/plain"] == str(counted)
    for row in counted.rows()[:25]:
        assert all(str(value) in str(counted) for value in row.values() if isinstance(value, str | int))
