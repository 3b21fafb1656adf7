"""What a type checker sees of journeys, funnels and what is counted of them."""

from datetime import datetime, timedelta
from typing import Literal, assert_type

from cxkit.calendar import days
from cxkit.journey import (
    Exclusion,
    Funnel,
    FunnelOutcome,
    FunnelResult,
    FunnelStop,
    Journey,
    Step,
    Touchpoint,
    Transitions,
    journeys,
    transitions,
)
from cxkit.predicates import Choice, Predicate
from cxkit.segments import funnel_outcome
from cxkit.tallies import Durations, PopulationRate, Tally

LOG: tuple[Journey, ...] = journeys([{"customer": 7, "name": "visit", "at": "2026-03-01T09:00Z"}])
NOW: datetime | None = LOG[0].end

assert_type(LOG[0][0], Touchpoint)
assert_type(LOG[0][1:], Journey)
assert_type(LOG[0].sessions(timedelta(minutes=30), exact="splits"), tuple[Journey, ...])
LOG[0].sessions(timedelta(minutes=30), exact="maybe")  # type: ignore[arg-type]
LOG[0].touchpionts  # type: ignore[attr-defined]

funnel = Funnel(["visit", Touchpoint.fields.channel == "web", Step("order", optional=False)], within=days(7))
Funnel(["visit"], order="backwards")  # type: ignore[arg-type]
Funnel(["visit", "order"], without=["ticket", Exclusion("call", 0, 1)])

result = funnel.run(LOG, as_of=NOW)
assert_type(result, FunnelResult)
assert_type(result + result, FunnelResult)
assert_type(result.conversion, PopulationRate)
assert_type(result.times(0, 1), Durations)
metric: Tally = result
spans: Tally = result.times(0, 1)

stop = funnel.explain(LOG[0])
assert_type(stop, FunnelStop)
assert_type(stop.outcome, Literal["completed", "open", "dropped", "excluded", "not_entered"])
outcome: FunnelOutcome = stop.outcome
stop.outcome == "droped"  # type: ignore[comparison-overlap]

assert_type(funnel_outcome(funnel), Choice[str])
assert_type(funnel_outcome(funnel) == "dropped", Predicate)

assert_type(transitions(LOG, by="channel") + transitions(LOG, by="channel"), Transitions)
