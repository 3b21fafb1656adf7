"""Funnels against an oracle that tries every choice of touchpoints, and the laws that hold between funnels."""

from datetime import datetime, timezone
from itertools import chain, groupby, pairwise

import attrs
import pytest
from funnel_oracle import MINUTES, TICK, Question, answer, known, logs, scenes, turns
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import months
from cxkit.codec import from_dict, to_dict
from cxkit.journey import Funnel, FunnelResult, Journey, Touchpoint

ORDERS, ANCHORS, TIES = ("ordered", "strict", "any"), ("any_entry", "first_entry"), ("favourable", "input", "strict")
READINGS = [(order, anchor, ties) for order in ORDERS for anchor in ANCHORS for ties in TIES]


@st.composite
def moments(draw, **fixed):
    """Draw a funnel, a journey, and a moment at which the answer may change, or none."""
    order, anchor, ties = (
        fixed.get(name, draw(st.sampled_from(those)))
        for name, those in [("order", ORDERS), ("anchor", ANCHORS), ("ties", TIES)]
    )
    question, journey = draw(scenes(order, anchor, ties))
    return question, journey, draw(st.sampled_from([None, *turns(question, journey)]))


def last_step(question, depth):
    if not depth:
        return None
    return f"{depth} of {len(question.steps)}" if question.order == "any" else f"s{depth - 1}"


def split(question, touchpoints):
    """Split what filled the steps into the required and the optional ones."""
    if question.order == "any":
        return touchpoints, ()
    by_step = dict(zip([step.name for step in question.funnel.steps], touchpoints, strict=False))
    required = [by_step.get(f"s{number}") for number in range(len(question.steps))]
    optional = tuple(by_step.get(f"o{number}") for number in range(len(question.optional)))
    return tuple(touchpoint for touchpoint in required if touchpoint), optional


# The oracle


@pytest.mark.parametrize(("order", "anchor", "ties"), READINGS)
@given(st.data())
def test_every_funnel_answers_as_the_oracle(order, anchor, ties, data):
    question, journey, as_of = data.draw(moments(order=order, anchor=anchor, ties=ties))
    expected = answer(question, journey, as_of)
    stop = question.funnel.explain(journey, as_of=as_of)
    required, optional = split(question, stop.touchpoints)

    assert (stop.outcome, stop.depth, stop.last_step) == (
        expected.outcome,
        expected.depth,
        last_step(question, expected.depth),
    )
    assert stop.expires_at == expected.expires_at
    assert tuple(touchpoint.at for touchpoint in required) == expected.moments
    if expected.depth:
        assert tuple(touchpoint and touchpoint.at for touchpoint in optional) in expected.options


@pytest.mark.parametrize("ties", TIES)
def test_of_entries_that_repeats_join_the_last_is_told(ties):
    early, late, end = (
        datetime(2026, month, day, hour, tzinfo=timezone.utc)
        for month, day, hour in [(1, 28, 12), (1, 30, 9), (2, 1, 9)]
    )
    journey = Journey(
        "anna", [Touchpoint("a", early), Touchpoint("a", late), Touchpoint("b", late + TICK), Touchpoint("c", end)]
    )
    steps = tuple(frozenset({name}) for name in "abc")
    question = Question(steps=steps, within=months(1), order="strict", ties=ties, repeats=True)

    assert answer(question, journey).moments == (late, late + TICK, end)
    assert [touchpoint.at for touchpoint in question.funnel.explain(journey).touchpoints] == [late, late + TICK, end]


@given(moments(order="ordered"))
def test_what_is_told_is_an_attempt(scene):
    question, journey, as_of = scene
    required, optional = split(question, question.funnel.explain(journey, as_of=as_of).touchpoints)
    log = known(journey, as_of)
    filled = [touchpoint for touchpoint in (*required, *optional) if touchpoint]

    assert all(touchpoint.name in names for touchpoint, names in zip(required, question.steps, strict=False))
    assert all(
        touchpoint is None or touchpoint.name in names
        for touchpoint, (_, names) in zip(optional, question.optional, strict=True)
    )
    assert question.reuse or all(filled.count(touchpoint) <= log.count(touchpoint) for touchpoint in filled)
    if question.ties == "strict":
        assert all(one.at < other.at for one, other in pairwise(required))


@given(moments())
def test_counts_are_those_of_the_customer(scene):
    question, journey, as_of = scene
    expected = answer(question, journey, as_of)
    result = question.funnel.run([journey], as_of=as_of)
    depth = 0

    assert (result.customers, result.entered) == (1, int(expected.depth > 0))
    assert (result.completed, result.excluded) == (
        int(expected.outcome == "completed"),
        int(expected.outcome == "excluded"),
    )
    for step in result.steps:
        if step.optional:
            continue
        depth += 1
        assert step.reached == int(expected.depth >= depth)
        assert step.dropped == int(expected.depth == depth and expected.outcome == "dropped")
        assert step.open == int(expected.depth == depth and expected.outcome == "open")
    stop = question.funnel.explain(journey, as_of=as_of)
    for start, one in enumerate(stop.touchpoints):
        for end, other in enumerate(stop.touchpoints):
            if start < end:
                times = result.times(start, end)
                assert times.count == int(one is not None and other is not None)
                assert times.microseconds == ((other.at - one.at) // TICK if times.count else 0)
    for step, touchpoint in zip(result.steps, stop.touchpoints, strict=False):
        assert step.reached == int(touchpoint is not None)


# Time


@given(moments())
def test_nothing_after_the_moment_counts(scene):
    question, journey, as_of = scene
    if as_of is None:
        return
    funnel, before = question.funnel, Journey("anna", known(journey, as_of))

    assert funnel.explain(journey, as_of=as_of) == funnel.explain(before, as_of=as_of)
    assert funnel.run([journey], as_of=as_of) == funnel.run([before], as_of=as_of)


@given(moments())
def test_who_is_open_drops_out_a_microsecond_after_the_time_is_up(scene):
    question, journey, as_of = scene
    funnel = question.funnel
    stop = funnel.explain(journey, as_of=as_of)
    if stop.outcome != "open":
        assert stop.retry_at is None
        return
    assert as_of is not None
    assert (stop.retry_at is None) == (question.within is None)
    if stop.retry_at is not None:
        known_then = Journey("anna", known(journey, as_of))  # and nothing else happens
        assert stop.retry_at == stop.expires_at + TICK
        assert as_of <= stop.expires_at
        assert funnel.explain(known_then, as_of=stop.expires_at).outcome == "open"
        assert funnel.explain(known_then, as_of=stop.retry_at).outcome == "dropped"


# Counts


@given(moments(), st.data())
def test_funnels_add_and_nobody_is_lost(scene, data):
    question, first, as_of = scene
    clock = tuple(touchpoint.at for touchpoint in first) or MINUTES
    others = data.draw(st.lists(logs(clock, most=4), max_size=4))
    everyone = [attrs.evolve(journey, customer=f"c{number}") for number, journey in enumerate([first, *others])]
    funnel = question.funnel
    result = funnel.run(iter(everyone), as_of=as_of)

    assert funnel.run(everyone[:1], as_of=as_of) + funnel.run(everyone[1:], as_of=as_of) == result
    assert funnel.run([], as_of=as_of) + result == result
    assert all(step.reached == step.advanced + step.dropped + step.open for step in result.steps)
    required = [step for step in result.steps if not step.optional]
    assert all(before.advanced == step.reached for before, step in pairwise(required))
    assert required[-1].advanced == result.completed
    outcomes = [answer(question, journey, as_of).outcome for journey in everyone]
    assert result.customers == len(outcomes)
    assert (result.completed, result.excluded) == (outcomes.count("completed"), outcomes.count("excluded"))
    assert sum(step.dropped for step in required) == outcomes.count("dropped")
    assert sum(step.open for step in required) == outcomes.count("open")


# Funnels and other funnels


@given(moments(), st.randoms(use_true_random=False))
def test_the_order_within_an_instant_counts_only_where_ties_go_by_it(scene, random):
    question, journey, as_of = scene
    instants = [list(instant) for _, instant in groupby(journey, key=lambda touchpoint: touchpoint.at)]
    random.shuffle(instants)
    if question.ties == "favourable" or (question.ties == "strict" and question.order != "strict"):
        for instant in instants:
            random.shuffle(instant)
    contacts = list(chain.from_iterable(instants))
    mixed = Journey("anna", contacts)
    one, other = (question.funnel.explain(each, as_of=as_of) for each in (journey, mixed))

    assert (one.outcome, one.depth, one.expires_at) == (other.outcome, other.depth, other.expires_at)
    assert [t.at for t in split(question, one.touchpoints)[0]] == [t.at for t in split(question, other.touchpoints)[0]]


def depth(question, journey, as_of, **options):
    return attrs.evolve(question, **options).funnel.explain(journey, as_of=as_of).depth


@given(moments())
def test_who_asks_for_less_finds_no_less(scene):
    question, journey, as_of = scene
    question = attrs.evolve(question, without=(), repeats=False, reuse=False)
    found = depth(question, journey, as_of)

    assert found <= depth(question, journey, as_of, anchor="any_entry")
    assert found <= depth(question, journey, as_of, within=None)
    if question.anchor == "any_entry":
        orders = [depth(question, journey, as_of, order=order, optional=()) for order in ("strict", "ordered", "any")]
        ties = [depth(question, journey, as_of, ties=ties) for ties in ("strict", "input", "favourable")]
        assert orders == sorted(orders)
        assert ties == sorted(ties)
    if question.order == "strict":
        assert found <= depth(question, journey, as_of, repeats=True)
    if question.order == "ordered" and question.ties == "favourable":
        assert found <= depth(question, journey, as_of, reuse=True)


@given(moments())
def test_an_exclusion_of_what_never_comes_changes_nothing(scene):
    question, journey, as_of = scene
    if question.order == "strict" or len(question.steps) == 1:
        return
    never = ((frozenset({"never"}), 0, len(question.steps) - 1),)
    one, other = (
        attrs.evolve(question, without=without).funnel.explain(journey, as_of=as_of) for without in ((), never)
    )

    assert (one.outcome, one.depth, one.expires_at) == (other.outcome, other.depth, other.expires_at)
    assert [t and t.at for t in split(question, one.touchpoints)[0]] == [
        t and t.at for t in split(question, other.touchpoints)[0]
    ]


@given(moments(order="ordered"))
def test_an_optional_step_changes_nothing_for_the_others(scene):
    question, journey, as_of = scene
    one, other = (
        attrs.evolve(question, optional=optional).funnel.explain(journey, as_of=as_of)
        for optional in (question.optional, ())
    )

    assert (one.outcome, one.depth, one.expires_at) == (other.outcome, other.depth, other.expires_at)
    assert [t.at for t in split(question, one.touchpoints)[0]] == [t.at for t in other.touchpoints]


@given(moments())
def test_a_first_step_is_said_not_to_have_come_only_where_it_did_not(scene):
    question, journey, as_of = scene
    entries = question.steps if question.order == "any" else question.steps[:1]
    came = any(touchpoint.name in names for touchpoint in known(journey, as_of) for names in entries)

    assert ("did not come" in str(question.funnel.run([journey], as_of=as_of))) is not came


@given(moments())
def test_a_funnel_and_what_it_counted_can_be_kept(scene):
    question, journey, as_of = scene
    funnel = question.funnel
    result = funnel.run([journey], as_of=as_of)

    assert from_dict(to_dict(funnel), Funnel) == funnel
    assert from_dict(to_dict(result), FunnelResult) == result
