"""Journeys from a million rows against pm4py, and a funnel against a loop that is written by hand for it."""

import random
import statistics
import time
import warnings
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pandas as pd
import pm4py

from cxkit.journey import Funnel, FunnelResult, Journey, Touchpoint, journeys, transitions, variants

ROUNDS = 5
EVENTS, CUSTOMERS = 1_000_000, 50_000
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
NAMES = [f"name {number}" for number in range(12)]
STEPS, WITHIN = NAMES[:4], timedelta(days=1)
AS_OF = START + timedelta(days=60)
SLOWEST_PATHS, SLOWEST_FUNNEL = 1.0, 1.3  # times the peer, and the loop

Row = tuple[str, str, datetime]


def log() -> list[Row]:
    """Make a log in order of time, as logs are."""
    draw = random.Random(7)
    moments = sorted(draw.randrange(30 * 86_400) for _ in range(EVENTS))
    return [
        (f"customer {draw.randrange(CUSTOMERS)}", draw.choice(NAMES), START + timedelta(seconds=moment))
        for moment in moments
    ]


def ours(rows: list[Row]) -> tuple[int, int]:
    """Count transitions and variants."""
    gathered = journeys(rows)
    return sum(transitions(gathered).counts.values()), len(variants(gathered).counts)


def theirs(frame: pd.DataFrame) -> tuple[int, int]:
    """Do the same with pm4py, from a frame that is there already."""
    formatted = pm4py.format_dataframe(frame, case_id="case", activity_key="activity", timestamp_key="time")
    follows, begins, _ = pm4py.discover_dfg(formatted)
    # We count the first and the last step of each journey as transitions, too.
    return sum(follows.values()) + 2 * sum(begins.values()), len(pm4py.get_variants(formatted))


def by_hand(people: tuple[Journey, ...]) -> list[tuple[int, int, int, float | None]]:  # noqa: C901 - as one writes it by hand
    """Say of each step how many reached it, dropped there and are open, and the median time from the step before."""
    place = {name: number for number, name in enumerate(STEPS)}
    last = len(STEPS) - 1
    reached, dropped, waiting = [0] * len(STEPS), [0] * len(STEPS), [0] * len(STEPS)
    times: list[list[float]] = [[] for _ in STEPS]
    for journey in people:
        attempts: list[tuple[datetime, ...]] = [()] * len(STEPS)
        best: tuple[datetime, ...] = ()
        for touchpoint in journey.touchpoints:
            step = place.get(touchpoint.name)
            if step is None or touchpoint.recorded_at > AS_OF:
                continue
            if step == 0:
                attempts[0] = (touchpoint.at,)
            else:
                before = attempts[step - 1]
                if not before or touchpoint.at - before[0] > WITHIN or attempts[step][:1] == before[:1]:
                    continue
                attempts[step] = (*before, touchpoint.at)
            if step >= len(best):
                best = attempts[step]
                if step == last:
                    break
        for step in range(len(best)):
            reached[step] += 1
            if step:
                times[step].append((best[step] - best[step - 1]).total_seconds())
        if best and len(best) <= last:
            stopped = waiting if AS_OF - attempts[0][0] <= WITHIN else dropped
            stopped[len(best) - 1] += 1
    medians = [statistics.median(found) if found else None for found in times]
    return list(zip(reached, dropped, waiting, medians, strict=True))


def told(result: FunnelResult) -> list[tuple[int, int, int, float | None]]:
    """Say the same of a result."""
    medians = [None, *(result.times(step - 1, step).value_or(None) for step in range(1, len(STEPS)))]
    return [(step.reached, step.dropped, step.open, median) for step, median in zip(result.steps, medians, strict=True)]


def seconds(run: Callable[[], object]) -> float:
    """Time one run."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def compare(name: str, ours: Callable[[], object], peer: Callable[[], object], limit: float) -> None:
    """Print how the two compare, in turns."""
    rounds = [(seconds(ours), seconds(peer)) for _ in range(ROUNDS)]
    ratio = statistics.median(one / other for one, other in rounds)
    fastest = [min(column) for column in zip(*rounds, strict=True)]
    verdict = "ok" if ratio <= limit else f"too slow, the limit is {limit}"
    print(f"{name}: {fastest[0]:.2f} s against {fastest[1]:.2f} s, {ratio:.2f} times: {verdict}")


def main() -> None:
    """Print a line for each comparison."""
    warnings.simplefilter("ignore")
    rows = log()
    frame = pd.DataFrame(rows, columns=["case", "activity", "time"])
    assert ours(rows) == theirs(frame)
    compare(
        f"journeys + transitions + variants of {EVENTS:,} rows, against pm4py",
        lambda: ours(rows),
        lambda: theirs(frame),
        SLOWEST_PATHS,
    )
    built = tuple(
        Journey(journey.customer, [Touchpoint(each.name, each.at) for each in journey]) for journey in journeys(rows)
    )
    funnel = Funnel(STEPS, within=WITHIN)
    assert told(funnel.run(built, as_of=AS_OF)) == by_hand(built)
    compare(
        f"funnel of {len(STEPS)} steps over {CUSTOMERS:,} built journeys, against a loop by hand",
        lambda: told(funnel.run(built, as_of=AS_OF)),
        lambda: by_hand(built),
        SLOWEST_FUNNEL,
    )


if __name__ == "__main__":
    main()
