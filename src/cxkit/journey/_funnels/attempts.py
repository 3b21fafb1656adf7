"""Attempts to go through a funnel: which touchpoints fill its steps.

An attempt begins with a touchpoint that fills the first step (in any order: any step) and ends when its window does.
What is told of a customer is the attempt that came furthest; among those, the one that was there first, and of those
the one that began last. Everything here is about places of touchpoints in a journey; `_scan` is a shorter way for
what most funnels are.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from itertools import groupby
from typing import NamedTuple, TypeAlias

from cxkit.journey._funnels.steps import Marks

NEVER = datetime.max.replace(tzinfo=timezone.utc)  # the end of an attempt that has no window
Bars: TypeAlias = Sequence[Sequence[tuple[int, int]]]
"""For each touchpoint the exclusions that it falls under, each from after which step until which."""


class Attempt(NamedTuple):
    """One attempt.

    Attributes:
        places: The touchpoints that filled its steps.
        expiry: When it runs out of time.
    """

    places: tuple[int, ...]
    expiry: datetime


UnderWay: TypeAlias = tuple[Attempt, dict[int, int]]  # in any order: which touchpoint fills each step so far


class Told(NamedTuple):
    """What is told of a customer.

    Attributes:
        places: The touchpoints that filled the steps of the attempt that came furthest.
        entered: Whether there was an attempt at all.
        expires_at: When the last attempt ran out of time, or will; `None` where there is none that counts.
        open_until: When the last of those runs out of time that can still go on; `None` where there is none.
        spoiler: What was excluded and ended an attempt, the last such touchpoint; `None` where nothing did.
    """

    places: tuple[int, ...] = ()
    entered: bool = False
    expires_at: datetime | None = None
    open_until: datetime | None = None
    spoiler: int | None = None


class Case(NamedTuple):
    """One customer's touchpoints before one funnel.

    Attributes:
        marks: For each touchpoint the steps that it can fill, the last first.
        bars: For each touchpoint the exclusions that it falls under; empty where there are none.
        moments: When each touchpoint was.
        steps: How many steps there are.
        expire: Tells when an attempt that begins at a moment runs out of time.
        first_only: Whether only the first entry counts.
        ties: What touchpoints of one instant may do.
        repeats: Whether a step may be repeated, in a strict order.
        reuse: Whether one touchpoint may fill several steps.
    """

    marks: Marks
    bars: Bars
    moments: Sequence[datetime]
    steps: int
    expire: Callable[[datetime], datetime]
    first_only: bool = False
    ties: str = "favourable"
    repeats: bool = False
    reuse: bool = False

    def groups(self, places: Iterable[int]) -> Iterator[list[int]]:
        """Yield touchpoints that count at once: those of one instant, or each by itself."""
        if self.ties == "input":
            return ([place] for place in places)
        return (list(group) for _, group in groupby(places, key=self.moments.__getitem__))

    def of_interest(self) -> list[int]:
        """Return the touchpoints that fill a step, or are excluded."""
        if not self.bars:
            return [place for place, mark in enumerate(self.marks) if mark]
        return [place for place, mark in enumerate(self.marks) if mark or self.bars[place]]

    def fill(self, group: Sequence[int], first: int, most: int) -> tuple[int, ...]:
        """Return the touchpoints of a group that fill as many steps as can be, from `first` on and each once."""
        if self.reuse:
            return tuple(self._reused(group, first, most))
        taken: dict[int, int] = {}
        for step in range(first, min(self.steps, first + most)):
            if not _placed(step, group, self.marks, taken, set()):
                break
        return tuple(sorted(taken, key=taken.__getitem__))

    def _reused(self, group: Sequence[int], first: int, most: int) -> Iterator[int]:
        for step in range(first, min(self.steps, first + most)):
            place = next((place for place in group if step in self.marks[place]), None)
            if place is None:
                return
            yield place

    def best(self, attempts: Iterable[Attempt]) -> Attempt:
        """Return the attempt to tell: the furthest, of those the one that was there first, of those the latest."""
        return max(attempts, key=lambda attempt: (len(attempt.places), self.left(attempt)[-1], *self.entry(attempt)))

    def left(self, attempt: Attempt) -> list[tuple[timedelta, int]]:
        """Return for each step what is greater the earlier it was filled."""
        return [(NEVER - self.moments[place], -place if self.ties == "input" else 0) for place in attempt.places]

    def entry(self, attempt: Attempt) -> tuple[datetime, int, list[tuple[timedelta, int]]]:
        """Return what is greater the later an attempt began, and the earlier it went on."""
        first = attempt.places[0]
        return self.moments[first], first if self.ties == "input" else 0, self.left(attempt)

    def told(self, ended: Sequence[Attempt], live: Sequence[Attempt], *, entered: bool) -> Told:
        """Tell of a customer by all attempts that count."""
        attempts = [*ended, *live]
        if not attempts:
            return Told(entered=entered)
        return Told(
            self.best(attempts).places,
            entered=True,
            expires_at=max(attempt.expiry for attempt in attempts),
            open_until=max((attempt.expiry for attempt in live), default=None),
        )


def _placed(step: int, group: Sequence[int], marks: Marks, taken: dict[int, int], tried: set[int]) -> bool:
    """Find a touchpoint for a step, moving others to other touchpoints if need be (Kuhn's algorithm)."""
    for place in group:
        if step in marks[place] and place not in tried:
            tried.add(place)
            if place not in taken or _placed(taken[place], group, marks, taken, tried):
                taken[place] = step
                return True
    return False


def ordered(case: Case) -> Told:
    """Go through a funnel in its order, with anything in between but what is excluded."""
    live: list[Attempt] = []
    ended: list[Attempt] = []
    entered = False
    spoiler: int | None = None
    most = case.steps if case.ties == "favourable" else 1
    for group in case.groups(case.of_interest()):
        at = case.moments[group[0]]
        going: list[Attempt] = []
        for attempt in live:
            if at > attempt.expiry:
                ended.append(attempt)
                continue
            grown = Attempt(attempt.places + case.fill(group, len(attempt.places), most), attempt.expiry)
            spoilers = _spoilers(case, group, len(attempt.places), len(grown.places))
            if len(grown.places) == case.steps or not spoilers:
                going.append(grown)
            else:
                spoiler = spoilers[0]
        if not (case.first_only and entered) and (places := case.fill(group, 0, most)):
            entered = True
            going.append(Attempt(places, case.expire(at)))
        if done := [attempt for attempt in going if len(attempt.places) == case.steps]:
            return case.told(done, [], entered=True)
        live = going if case.bars else _foremost(going, ended)
    return case.told(ended, live, entered=entered)._replace(spoiler=spoiler)


def _spoilers(case: Case, group: Sequence[int], before: int, after: int) -> list[int]:
    """Return what in a group may not come where an attempt stands, which has filled some steps before and after it."""
    if not case.bars:
        return []
    return [place for place in group if any(start < before and after <= end for start, end in case.bars[place])]


def _foremost(going: Sequence[Attempt], ended: list[Attempt]) -> list[Attempt]:
    """Keep the attempts that another one, as far and with more time left, does not leave behind."""
    kept: list[Attempt] = []
    for attempt in reversed(going):  # the latest first
        if any(len(other.places) >= len(attempt.places) and other.expiry >= attempt.expiry for other in kept):
            ended.append(attempt)
        else:
            kept.append(attempt)
    return kept[::-1]


def strict(case: Case) -> Told:
    """Go through a funnel with nothing else in between."""
    live: list[Attempt] = []
    ended: list[Attempt] = []
    first: datetime | None = None
    singly = case if case.ties == "favourable" else case._replace(ties="input")
    for group in singly.groups(range(len(case.marks))):
        at = case.moments[group[0]]
        going: list[Attempt] = []
        for attempt in live:
            if at > attempt.expiry:
                ended.append(attempt)
                continue
            further, broken = _strictly(case, attempt, group)
            going += further
            ended.append(broken)
        places = case.fill(group, 0, case.steps)
        if places and (not case.first_only or first is None or (case.ties == "strict" and at == first)):
            first = at
            # Whatever else there is at this instant may have come before.
            going += [Attempt(places[: number + 1], case.expire(at)) for number in range(len(places))]
        if done := [attempt for attempt in (*going, *ended) if len(attempt.places) == case.steps]:
            return case.told(done, [], entered=True)
        live = _latest(case, going, at)
        ended += [attempt for attempt in going if attempt not in live]
    return case.told(ended, live, entered=first is not None)


def _strictly(case: Case, attempt: Attempt, group: Sequence[int]) -> tuple[list[Attempt], Attempt]:
    """Return how an attempt can go on through all of a group, and how far it comes if it ends there."""
    filled = len(attempt.places)
    is_tied = case.ties == "strict" and case.moments[group[0]] == case.moments[attempt.places[-1]]
    places = () if is_tied else case.fill(group, filled, case.steps)
    further = []
    for number in range(len(places) + 1):
        at_hand = range(filled - 1, filled + number)
        fits = number == len(group) or (
            case.repeats and all(any(step in at_hand for step in case.marks[place]) for place in group)
        )
        if fits:
            further.append(attempt._replace(places=attempt.places + case.fill(group, filled, number)))
    return further, attempt._replace(places=attempt.places + places)


def _latest(case: Case, going: Iterable[Attempt], at: datetime) -> list[Attempt]:
    """Keep of attempts that stand at one step the one that began last, and others only if they have more time left.

    Those that came there at this very instant are apart: where ties are strict, they have to wait for a later one.
    """

    def stand(attempt: Attempt) -> tuple[int, bool]:
        return len(attempt.places), case.moments[attempt.places[-1]] == at

    kept: list[Attempt] = []
    for attempt in sorted(going, key=case.entry, reverse=True):
        if not any(stand(other) == stand(attempt) and other.expiry >= attempt.expiry for other in kept):
            kept.append(attempt)
    return kept


def in_any_order(case: Case) -> Told:
    """Fill the steps of a funnel in whatever order; what is excluded ends the attempts that are under way."""
    live: list[UnderWay] = []
    ended: list[Attempt] = []
    entered = False
    for group in case.groups(case.of_interest()):
        at = case.moments[group[0]]
        ended += [attempt for attempt, _ in live if at > attempt.expiry]
        live = [_joined(case, group, *under_way) for under_way in live if at <= under_way[0].expiry]
        if case.bars and any(case.bars[place] for place in group):
            ended += [attempt for attempt, _ in live]
            live = []
        fresh = _joined(case, group, Attempt((), case.expire(at)), {})
        if fresh[0].places and not (case.first_only and entered):
            entered = True
            live.append(fresh)
        if done := [
            attempt for attempt in (*ended, *(attempt for attempt, _ in live)) if len(attempt.places) == case.steps
        ]:
            return case.told(done, [], entered=True)
        # A later attempt that has filled as many steps could fill whatever else an earlier one can, so it stays.
        behind = [any(_is_ahead(later, pair) for later in live[number + 1 :]) for number, pair in enumerate(live)]
        ended += [attempt for (attempt, _), is_behind in zip(live, behind, strict=True) if is_behind]
        live = [pair for pair, is_behind in zip(live, behind, strict=True) if not is_behind]
    return case.told(ended, [attempt for attempt, _ in live], entered=entered)


def _is_ahead(one: UnderWay, other: UnderWay) -> bool:
    return len(one[1]) >= len(other[1]) and one[0].expiry >= other[0].expiry


def _joined(
    case: Case, group: Sequence[int], attempt: Attempt, taken: dict[int, int]
) -> tuple[Attempt, dict[int, int]]:
    """Let the touchpoints of a group fill what steps are left of an attempt, moving others if need be."""
    by_step = dict(taken)
    joined = [place for place in group if _seated(place, case.marks, by_step, set())]
    return attempt._replace(places=attempt.places + tuple(joined)), by_step


def _seated(place: int, marks: Marks, by_step: dict[int, int], tried: set[int]) -> bool:
    """Find a step for a touchpoint, moving others to other steps if need be."""
    for step in marks[place]:
        if step not in tried:
            tried.add(step)
            if step not in by_step or _seated(by_step[step], marks, by_step, tried):
                by_step[step] = place
                return True
    return False
