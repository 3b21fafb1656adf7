"""Results of two groups of customers add up to the result of both."""

from datetime import datetime, timedelta, timezone

import pytest

from cxkit.journey import (
    BadSentiment,
    ChannelSwitch,
    Friction,
    Funnel,
    Journey,
    JourneyMap,
    Linear,
    Stage,
    Touchpoint,
    attribute,
    eventually_follows,
    paths,
    rework,
    transitions,
    variants,
)

START = datetime(2026, 3, 1, 9, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
MAP = JourneyMap("shop", [Stage("look", ["visit"], emotion=0.5), Stage("buy", ["order"])])


def journey(customer: str, *contacts: tuple[str, str | None, float]) -> Journey:
    touchpoints = [
        Touchpoint(name, START + hour * HOUR, channel=channel, sentiment=mood)
        for hour, (name, channel, mood) in enumerate(contacts)
    ]
    return Journey(customer, touchpoints)


ANNA = journey("anna", ("visit", "web", 0.5), ("chat", None, -1), ("visit", "app", -1), ("order", "web", 1))
BEN = journey("ben", ("visit", "web", -0.5), ("visit", "app", 0), ("order", "app", 0))
RESULTS = {
    "attribution": lambda log: attribute(log, conversion="order", model=Linear()),
    "eventually follows": eventually_follows,
    "friction": Friction([ChannelSwitch(), BadSentiment()]).run,
    "funnel": Funnel(["visit", "order"]).run,
    "map": MAP.overlay,
    "paths": lambda log: paths(log, "visit", "order"),
    "rework": rework,
    "times": lambda log: transitions(log, resolution=HOUR),
    "transitions": transitions,
    "variants": variants,
}


@pytest.mark.parametrize("count", RESULTS.values(), ids=RESULTS)
def test_results_of_disjoint_customers_add_up(count):
    assert count([ANNA]) + count([BEN]) == count([ANNA, BEN])
    assert count([ANNA]) + count([]) == count([ANNA])


def test_channels_switch_over_what_has_none_and_points_add():
    result = RESULTS["friction"]([ANNA, BEN])
    switches = {(point.customers, point.times) for point in result.pain_points if point.part == "channel_switch"}

    assert switches == {(2, 2), (1, 1)}  # to the app, for both; back to the web, for Anna
    assert result.points == sum(point.points for point in result.pain_points) == 6


def test_of_two_journeys_that_come_twice_both_are_reworked():
    rate = rework([ANNA, BEN, Journey("cleo", [Touchpoint("visit", START)])]).rate
    assert (rate.count, rate.total) == (2, 3)
