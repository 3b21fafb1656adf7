"""Funnels and their results as values: what they refuse, how they are stored and printed."""

import copy
import pickle
from datetime import datetime, timedelta

import attrs
import pytest
from funnel_logs import FIELDS, MINUTE, RESULT, at, journey

from cxkit.calendar import days, months
from cxkit.codec import from_dict, to_dict
from cxkit.errors import (
    CxError,
    DocumentError,
    InvalidTypeError,
    InvalidValueError,
    NaiveDatetimeError,
)
from cxkit.journey import (
    Exclusion,
    Funnel,
    FunnelResult,
    FunnelStep,
    Step,
    Touchpoint,
)
from cxkit.predicates import Fields, text

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
