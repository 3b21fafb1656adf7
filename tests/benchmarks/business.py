"""Business hours of 5,000 tickets, as ratios to loops over the days that are written by hand for them."""

import random
import time as clocks
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from cxkit.calendar import BusinessCalendar

ROUNDS = 7
TICKETS = 5_000
LIMIT = 3.0  # times the loop by hand, which knows this one office, for each question
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
DAY, NOTHING = timedelta(days=1), timedelta()
TARGET = timedelta(hours=16)

BERLIN, OPENING, CLOSING = ZoneInfo("Europe/Berlin"), time(9), time(17)
HOLIDAYS = {date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1), date(2026, 12, 25)}
OFFICE = BusinessCalendar.weekdays(OPENING, CLOSING, tz="Europe/Berlin", holidays=HOLIDAYS)


def tickets() -> list[tuple[datetime, datetime]]:
    """Make tickets at random: when each is opened and solved, up to three days later."""
    draw = random.Random(7)
    opened = [START + timedelta(seconds=draw.randrange(300 * 86_400)) for _ in range(TICKETS)]
    return [(at, at + timedelta(seconds=draw.randrange(3 * 86_400))) for at in opened]


def hours(day: date) -> tuple[datetime, datetime] | None:
    """Return when the office opens and closes on a day."""
    if day.weekday() > 4 or day in HOLIDAYS:
        return None
    opening = datetime.combine(day, OPENING, BERLIN).astimezone(timezone.utc)
    return opening, datetime.combine(day, CLOSING, BERLIN).astimezone(timezone.utc)


def elapsed_by_hand(start: datetime, end: datetime) -> timedelta:
    """Add up the days."""
    day, last = start.astimezone(BERLIN).date(), end.astimezone(BERLIN).date()
    total = NOTHING
    while day <= last:
        if found := hours(day):
            total += max(min(end, found[1]) - max(start, found[0]), NOTHING)
        day += DAY
    return total


def add_by_hand(start: datetime, length: timedelta) -> datetime:
    """Take off what each day has."""
    day = start.astimezone(BERLIN).date()
    while True:
        if found := hours(day):
            begun = max(start, found[0])
            if length <= found[1] - begun:
                return begun + length
            length -= max(found[1] - begun, NOTHING)
        day += DAY


def is_open_by_hand(moment: datetime) -> bool:
    """Look at the clock on the wall."""
    clock = moment.astimezone(BERLIN)
    return clock.weekday() < 5 and clock.date() not in HOLIDAYS and OPENING <= clock.time() < CLOSING


def next_open_by_hand(moment: datetime) -> datetime:
    """Look at each day."""
    day = moment.astimezone(BERLIN).date()
    while not (found := hours(day)) or found[1] <= moment:
        day += DAY
    return max(moment, found[0])


def seconds(work: Callable[[], list[object]]) -> tuple[float, list[object]]:
    """Time some work, and give what it found."""
    began = clocks.perf_counter()
    found = work()
    return clocks.perf_counter() - began, found


def compare(name: str, ours: Callable[[], list[object]], hand: Callable[[], list[object]]) -> None:
    """Print the ratio, in turns with the work by hand, so that a busy machine is busy for both."""
    ratios, fastest = [], float("inf")
    for _ in range(ROUNDS):
        spent_by_hand, expected = seconds(hand)
        spent, found = seconds(ours)
        assert found == expected
        ratios.append(spent / spent_by_hand)
        fastest = min(fastest, spent)
    ratio = sorted(ratios)[ROUNDS // 2]
    verdict = "ok" if ratio <= LIMIT else f"too slow, the limit is {LIMIT}"
    each = fastest / TICKETS * 1e6
    print(f"{name:<10} {TICKETS:,} tickets: {ratio:.2f} times a loop by hand, {each:.1f} microseconds each: {verdict}")


def main() -> None:
    """Ask for each of the answers that reports are made of."""
    given = tickets()
    compare(
        "elapsed",
        lambda: [OFFICE.elapsed(opened, solved) for opened, solved in given],
        lambda: [elapsed_by_hand(opened, solved) for opened, solved in given],
    )
    compare(
        "add",
        lambda: [OFFICE.add(opened, TARGET) for opened, _ in given],
        lambda: [add_by_hand(opened, TARGET) for opened, _ in given],
    )
    compare(
        "is_open",
        lambda: [OFFICE.is_open(opened) for opened, _ in given],
        lambda: [is_open_by_hand(opened) for opened, _ in given],
    )
    compare(
        "next_open",
        lambda: [OFFICE.next_open(opened) for opened, _ in given],
        lambda: [next_open_by_hand(opened) for opened, _ in given],
    )


if __name__ == "__main__":
    main()
