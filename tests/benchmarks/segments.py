"""Twenty segments by behaviour over 10,000 profiles, as a ratio to one pass that is written by hand for them."""

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from cxkit.calendar import days
from cxkit.journey import Journey, Touchpoint
from cxkit.segments import Profile, Segment, SegmentSet, events

ROUNDS = 5
PROFILES, EACH = 10_000, 50
LIMIT = 3.0  # times the pass by hand
AS_OF = datetime(2026, 6, 1, tzinfo=timezone.utc)
NAMES = ("order", "visit", "ticket", "cart", "email")
SINCE = {number: AS_OF - timedelta(days=number) for number in (7, 14, 30, 90)}


def profiles() -> list[Profile]:
    """Make customers whose contacts lie in the year before, at random."""
    draw = random.Random(3)
    start = AS_OF - timedelta(days=365)
    return [
        Profile(
            {"country": draw.choice(["DE", "FR", None])},
            Journey(
                f"customer {number}",
                [
                    Touchpoint(draw.choice(NAMES), start + timedelta(minutes=draw.randrange(365 * 1440)))
                    for _ in range(EACH)
                ],
            ),
        )
        for number in range(PROFILES)
    ]


def segments() -> SegmentSet:
    """Four segments for each kind of contact."""
    made = []
    for name in NAMES:
        found = events(name)
        made += [
            Segment(f"{name}: many", found.count() >= 10),
            Segment(f"{name}: stopped", (found.count() >= 1) & found.within(days(30)).none()),
            Segment(f"{name}: often", found.within(days(90)).count() >= 3),
            Segment(f"{name}: now", found.within(days(7)).any() & (found.within(days(14)).count() >= 2)),
        ]
    return SegmentSet(made, overlapping=True)


def by_hand(profile: Profile) -> tuple[str, ...]:  # noqa: C901 - as one writes it by hand
    """Do the same in one loop over the contacts."""
    counts = {name: [0, 0, 0, 0, 0] for name in NAMES}
    week, fortnight, month, quarter = SINCE.values()
    for touchpoint in profile.journey.touchpoints:
        if touchpoint.recorded_at <= AS_OF:
            at, count = touchpoint.at, counts[touchpoint.name]
            count[0] += 1
            if at > quarter:
                count[1] += 1
                if at > month:
                    count[2] += 1
                    if at > fortnight:
                        count[3] += 1
                        if at > week:
                            count[4] += 1
    found = []
    for name in NAMES:
        in_all, quarterly, monthly, fortnightly, weekly = counts[name]
        if in_all >= 10:
            found.append(f"{name}: many")
        if in_all >= 1 and monthly == 0:
            found.append(f"{name}: stopped")
        if quarterly >= 3:
            found.append(f"{name}: often")
        if weekly >= 1 and fortnightly >= 2:
            found.append(f"{name}: now")
    return tuple(found)


def seconds(work: Callable[[], list[tuple[str, ...]]]) -> tuple[float, list[tuple[str, ...]]]:
    """Time some work, and give what it found."""
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def main() -> None:
    """Print the ratio, in turns with the work by hand, so that a busy machine is busy for both."""
    customers, groups = profiles(), segments()
    ratios = []
    for _ in range(ROUNDS):
        hand, expected = seconds(lambda: [by_hand(profile) for profile in customers])
        ours, found = seconds(lambda: list(groups.assign(customers, as_of=AS_OF)))
        assert found == expected
        ratios.append(ours / hand)
    ratio = sorted(ratios)[ROUNDS // 2]
    verdict = "ok" if ratio <= LIMIT else f"too slow, the limit is {LIMIT}"
    print(
        f"20 segments, {PROFILES:,} profiles, {PROFILES * EACH:,} contacts: {ratio:.2f} times a pass by hand: {verdict}"
    )


if __name__ == "__main__":
    main()
