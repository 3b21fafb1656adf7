"""Small logs for funnels, written as texts, and what a funnel tells of them."""

from datetime import datetime, timedelta, timezone
from itertools import combinations

from cxkit.journey import (
    Funnel,
    Journey,
    Touchpoint,
)
from cxkit.tallies import Durations

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
MINUTE, TICK = timedelta(minutes=1), timedelta(microseconds=1)
FIELDS = Touchpoint.fields


def at(minute):
    return NOON + minute * MINUTE


def journey(*contacts, customer="anna", **details):
    """Write a journey as texts such as "visit@3": what, and in which minute."""
    touchpoints = []
    for contact in contacts:
        name, _, minute = contact.partition("@")
        touchpoints.append(Touchpoint(name, at(int(minute)), **details))
    return Journey(customer, touchpoints)


def told(funnel, *contacts, as_of=None):
    """Tell the outcome, and in which minutes the steps were filled; a count of this customer alone says the same."""
    one, moment = journey(*contacts), None if as_of is None else at(as_of)
    stop, result = funnel.explain(one, as_of=moment), funnel.run([one], as_of=moment)
    minutes = [touchpoint and (touchpoint.at - NOON) // MINUTE for touchpoint in stop.touchpoints]

    filled = [minute is not None for minute in minutes]
    assert reached(result) == filled + [0] * (len(result.steps) - len(filled))
    assert (result.completed, result.excluded) == (stop.outcome == "completed", stop.outcome == "excluded")
    assert [any(step.open for step in result.steps), any(step.dropped for step in result.steps)] == [
        stop.outcome == "open",
        stop.outcome == "dropped",
    ]
    for (start, first), (end, last) in combinations(enumerate(minutes), 2):
        both = first is not None and last is not None
        assert result.times(start, end) == Durations.from_lengths([(last - first) * MINUTE] if both else [])
    return stop.outcome, minutes


def reached(result):
    return [step.reached for step in result.steps]


RESULT = Funnel(["a", "b"], within=5 * MINUTE).run(
    [journey("a@0", "b@2"), journey("a@1", customer="ben"), journey("x@1", customer="cleo")], as_of=at(4)
)
