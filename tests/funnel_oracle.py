"""What funnels mean, worked out by trying every choice of touchpoints: slow, plain, and without a look at the library.

`Question` is a funnel that is described by sets of names; `Question.funnel` writes it with the library, `answer` works out
what it should say of a journey. An attempt is a choice of touchpoints, by their places in the journey, one for each step.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from itertools import chain, combinations, groupby, pairwise, permutations, product
from typing import Any

import attrs
from hypothesis import strategies as st

from cxkit.calendar import Length, days, hours, later, months
from cxkit.journey import Journey, Touchpoint

Names = frozenset[str]
Places = tuple[int, ...]
NEVER = datetime.max.replace(tzinfo=timezone.utc)
TICK = timedelta(microseconds=1)


@attrs.frozen(kw_only=True)
class Question:
    """A funnel whose steps and exclusions are sets of names.

    Attributes:
        steps: The names that each required step takes.
        optional: The optional steps: after which required step (counted from 0), and the names that it takes.
        without: The exclusions: the names, the step from which, and the step until which.
    """

    steps: tuple[Names, ...]
    optional: tuple[tuple[int, Names], ...] = ()
    within: Length | None = None
    order: str = "ordered"
    anchor: str = "any_entry"
    ties: str = "favourable"
    without: tuple[tuple[Names, int, int], ...] = ()
    repeats: bool = False
    reuse: bool = False

    @property
    def funnel(self) -> Any:
        """The funnel, written with the library."""
        from cxkit.journey import Exclusion, Funnel, Step

        steps: list[Any] = []
        for number, names in enumerate(self.steps):
            steps.append(Step(f"s{number}", contact(names)))
            steps += [
                Step(f"o{place}", contact(wanted), optional=True)
                for place, (after, wanted) in enumerate(self.optional)
                if after == number
            ]
        return Funnel(
            steps,
            within=self.within,
            order=self.order,
            anchor=self.anchor,
            ties=self.ties,
            without=[Exclusion(contact(names), start=start, end=end) for names, start, end in self.without],
            repeats=self.repeats,
            reuse=self.reuse,
        )

    def expiry(self, moment: datetime) -> datetime:
        """Say until when an attempt has time that began at a moment."""
        return NEVER if self.within is None else later(moment, self.within)


def contact(names: Names) -> Any:
    """Write a set of names: a name, or a predicate."""
    return min(names) if len(names) == 1 else Touchpoint.fields.name.is_in(sorted(names))


@attrs.frozen
class Attempt:
    """A choice of touchpoints, one for each step from the first on.

    Attributes:
        places: Their places, the entry first.
        grows: Whether a later touchpoint could still extend it, if there is time.
        spoiled: Whether an excluded touchpoint came between its steps.
    """

    places: Places
    grows: bool = True
    spoiled: bool = False


@attrs.frozen
class Answer:
    """What a funnel should say of a journey.

    Attributes:
        outcome: What became of the customer.
        depth: How many steps were reached.
        moments: When, in the attempt that is told.
        options: When its optional steps were filled; in each way, if several sets of touchpoints have these moments.
        expires_at: The moment at which the time is up, where there is one.
    """

    outcome: str
    depth: int = 0
    moments: tuple[datetime, ...] = ()
    options: frozenset[tuple[datetime | None, ...]] = frozenset()
    expires_at: datetime | None = None


def known(journey: Journey, as_of: datetime | None) -> list[Touchpoint]:
    """List what had happened and was recorded by a moment, in order."""
    return [t for t in journey.touchpoints if as_of is None or (t.at <= as_of and t.known_at <= as_of)]


def answer(question: Question, journey: Journey, as_of: datetime | None = None) -> Answer:
    """Work out what a funnel should say of a journey."""
    log = known(journey, as_of)
    every = {"ordered": ordered, "strict": strict, "any": unordered}[question.order](question, log)
    if not every:
        return Answer("not_entered")
    clean = [attempt for attempt in every if not attempt.spoiled]
    if not clean:
        return Answer("excluded")
    first = min(rank(question, log, attempt.places) for attempt in clean)
    told = [attempt.places for attempt in clean if rank(question, log, attempt.places) == first]
    moments = moments_of(log, told[0])
    options = frozenset(option for places in told for option in options_of(question, log, places))
    if len(moments) == len(question.steps):
        return Answer("completed", len(moments), moments, options)
    expiry = {attempt: question.expiry(log[attempt.places[0]].at) for attempt in clean}
    growing = [expiry[attempt] for attempt in clean if as_of and attempt.grows and as_of <= expiry[attempt]]
    ends = None if question.within is None else max(growing or expiry.values())
    return Answer("open" if growing else "dropped", len(moments), moments, options, ends)


def rank(question: Question, log: Sequence[Touchpoint], places: Places) -> tuple[Any, ...]:
    """Order attempts: the deepest first, then the one that ends earliest, begins latest, and is quickest between."""
    moments = moments_of(log, places)
    if question.ties == "input":  # of one instant, the input says what is earlier
        return -len(places), max(places), -places[0], moments
    return -len(places), moments[-1], -moments[0].timestamp(), moments


def moments_of(log: Sequence[Touchpoint], places: Places) -> tuple[datetime, ...]:
    return tuple(log[place].at for place in places)


def matching(log: Sequence[Touchpoint], names: Names) -> list[int]:
    return [place for place, touchpoint in enumerate(log) if touchpoint.name in names]


def follows(question: Question, log: Sequence[Touchpoint], one: int, other: int) -> bool:
    """Say whether one place may come before the other."""
    if question.ties == "input":
        return one < other
    if question.ties == "strict":
        return log[one].at < log[other].at
    return log[one].at <= log[other].at


def may_enter(question: Question, log: Sequence[Touchpoint], entries: list[int]) -> list[int]:
    """Keep the entries that the anchor allows."""
    if question.anchor == "any_entry" or not entries:
        return entries
    if question.ties == "input":
        return entries[:1]
    return [place for place in entries if log[place].at == log[entries[0]].at]


def choices(question: Question, log: Sequence[Touchpoint]) -> Iterator[Places]:
    """Choose touchpoints for the first steps, in every way that the anchor and the window allow."""
    entries = may_enter(question, log, matching(log, question.steps[0]))
    rest = [matching(log, names) for names in question.steps[1:]]
    for depth in range(len(question.steps)):
        for places in product(entries, *rest[:depth]):
            distinct = len(set(places)) == len(places)
            if (distinct or question.reuse) and log[places[-1]].at <= question.expiry(log[places[0]].at):
                yield places


# In order


def ordered(question: Question, log: Sequence[Touchpoint]) -> list[Attempt]:
    """Find the attempts at steps that follow one another, whatever comes between."""
    every = [
        places
        for places in choices(question, log)
        if all(follows(question, log, one, other) for one, other in pairwise(places))
    ]
    if not question.without:
        return [Attempt(places) for places in every]
    by_entry: dict[Any, list[Places]] = {}
    for places in every:
        by_entry.setdefault(places[0] if question.ties == "input" else log[places[0]].at, []).append(places)
    return [
        Attempt(places, spoiled=is_spoiled(question, log, places))
        for alike in by_entry.values()
        for places in alike
        if soonest(question, log, places) == min(soonest(question, log, others) for others in alike)
    ]


def soonest(question: Question, log: Sequence[Touchpoint], places: Places) -> tuple[Any, ...]:
    """Order the attempts of one entry: each step as early as it can be; a step that is not filled is never."""
    unfilled = len(question.steps) - len(places)
    if question.ties == "input":
        return (*places, *[len(log)] * unfilled)
    return (*moments_of(log, places), *[NEVER] * unfilled)


def is_spoiled(question: Question, log: Sequence[Touchpoint], places: Places) -> bool:
    """Say whether an excluded touchpoint comes after a step and before another, while there is time."""
    expiry = question.expiry(log[places[0]].at)
    when = range(len(log)) if question.ties == "input" else moments_of(log, tuple(range(len(log))))
    return any(
        log[place].at <= expiry
        and (len(places) > start and when[places[start]] < when[place])
        and not (len(places) > end and when[places[end]] <= when[place])
        for names, start, end in question.without
        for place in matching(log, names)
    )


def options_of(question: Question, log: Sequence[Touchpoint], places: Places) -> set[tuple[datetime | None, ...]]:
    """Fill the optional steps of an attempt, each as early as it can be; in every way, where several are as early."""
    ways: list[tuple[tuple[int | None, ...], int]] = [((), places[0])]  # what fills them, and what the last step was
    for number, (after, names) in enumerate(question.optional):
        opened = number == 0 or question.optional[number - 1][0] < after
        longer = []
        for filled, last in ways:
            before = places[after] if opened and after < len(places) else last
            free = []
            if after < len(places):
                free = [
                    place
                    for place in matching(log, names)
                    if place not in (*places, *filled)
                    and follows(question, log, before, place)
                    and log[place].at <= question.expiry(log[places[0]].at)
                    and (after + 1 == len(places) or follows(question, log, place, places[after + 1]))
                ]
            first = [place for place in free if log[place].at == log[free[0]].at]
            first = first[:1] if question.ties == "input" else first
            longer += [((*filled, place), place) for place in first] or [((*filled, None), before)]
        ways = longer
    return {tuple(None if place is None else log[place].at for place in filled) for filled, _ in ways}


# With nothing else between


def strict(question: Question, log: Sequence[Touchpoint]) -> list[Attempt]:
    """Find the attempts at steps between which nothing else comes."""
    found: set[Attempt] = set()
    for order in arrangements(question, log):
        arranged = [log[place] for place in order]
        for places in choices(question, arranged):
            if is_unbroken(question, arranged, places):
                trailing = range(places[-1] + 1, len(log))
                grows = all(repeats(question, arranged, len(places), place) for place in trailing)
                found.add(Attempt(tuple(order[place] for place in places), grows=grows))
    return list(found)


def arrangements(question: Question, log: Sequence[Touchpoint]) -> Iterable[list[int]]:
    """Put the touchpoints of each instant in every order; in the one they have, unless ties are favourable."""
    if question.ties != "favourable":
        return [list(range(len(log)))]
    instants = [list(places) for _, places in groupby(range(len(log)), key=lambda place: log[place].at)]
    return [list(chain.from_iterable(orders)) for orders in product(*map(permutations, instants))]


def is_unbroken(question: Question, log: Sequence[Touchpoint], places: Places) -> bool:
    return all(
        one < other
        and (question.ties != "strict" or log[one].at < log[other].at)
        and all(repeats(question, log, filled, place) for place in range(one + 1, other))
        for filled, (one, other) in enumerate(pairwise(places), start=1)
    )


def repeats(question: Question, log: Sequence[Touchpoint], filled: int, place: int) -> bool:
    """Say whether a touchpoint only repeats the last of the steps that are filled."""
    return question.repeats and log[place].name in question.steps[filled - 1]


# In any order


def unordered(question: Question, log: Sequence[Touchpoint]) -> list[Attempt]:
    """Find the attempts at steps in whatever order they come."""
    wanted = frozenset().union(*question.steps)
    excluded = [place for names, _, _ in question.without for place in matching(log, names)]
    when = range(len(log)) if question.ties == "input" else moments_of(log, tuple(range(len(log))))
    found = []
    for entry in may_enter(question, log, matching(log, wanted)):
        cuts = [place for place in excluded if when[entry] < when[place]]
        rest = [
            place
            for place in matching(log, wanted)
            if place != entry
            and when[entry] <= when[place]
            and log[place].at <= question.expiry(log[entry].at)
            and not any(when[cut] < when[place] for cut in cuts)
        ]
        for more in range(len(question.steps)):
            found += [
                Attempt((entry, *others), grows=not cuts)
                for others in combinations(rest, more)
                if are_steps(question, log, (entry, *others))
            ]
    return found


def are_steps(question: Question, log: Sequence[Touchpoint], places: Places) -> bool:
    """Say whether touchpoints can be assigned to steps, each to another one."""
    return any(
        all(log[place].name in names for place, names in zip(places, steps, strict=True))
        for steps in permutations(question.steps, len(places))
    )


# What the laws draw from

NAMES = ("a", "b", "c", "x")
NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
MINUTES = tuple(NOON + timedelta(minutes=minute) for minute in range(7))
ENDS_OF_MONTHS = tuple(
    datetime(2026, month, day, hour, tzinfo=timezone.utc)
    for month, day in [(1, 28), (1, 30), (1, 31), (2, 28)]
    for hour in (9, 12)
)
CLOCK_CHANGE = tuple(datetime(2026, 3, 28, 1, tzinfo=timezone.utc) + timedelta(hours=hour) for hour in range(0, 48, 6))
CLOCKS: tuple[tuple[tuple[datetime, ...], tuple[Length | None, ...]], ...] = (
    (MINUTES, (None, *[timedelta(minutes=minute) for minute in (1, 2, 3, 5)])),
    (ENDS_OF_MONTHS, (months(1), days(1), hours(3))),
    (CLOCK_CHANGE, (days(1, tz="Europe/Berlin"), hours(24))),
)


@st.composite
def questions(draw: st.DrawFn, *, order: str, anchor: str, ties: str, within: Length | None) -> Question:
    """Draw funnels of up to four steps, several of which may ask for the same names."""
    count = draw(st.integers(1, 4))
    names = st.frozensets(st.sampled_from(NAMES[:3]), min_size=1, max_size=2) | st.just(frozenset(NAMES))
    free = order == "ordered" and count > 1
    return Question(
        steps=tuple(draw(names) for _ in range(count)),
        optional=tuple(sorted(draw(rarely(st.tuples(st.integers(0, count - 2), names))), key=_first) if free else ()),
        within=within,
        order=order,
        anchor=anchor,
        ties=ties,
        without=tuple(draw(rarely(exclusions(count, order))) if order != "strict" and count > 1 else ()),
        repeats=order == "strict" and draw(st.booleans()),
        reuse=order == "ordered" and ties == "favourable" and draw(st.sampled_from([False, False, True])),
    )


def _first(pair: tuple[Any, ...]) -> Any:
    return pair[0]


def rarely(one: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Draw one or two of something, but most often none."""
    return st.just([]) | st.just([]) | st.lists(one, min_size=1, max_size=2)


@st.composite
def exclusions(draw: st.DrawFn, count: int, order: str) -> tuple[Names, int, int]:
    """Draw exclusions from a step until a later one; in any order, over all of the steps."""
    names = draw(st.frozensets(st.sampled_from(NAMES), min_size=1, max_size=2))
    start = 0 if order == "any" else draw(st.integers(0, count - 2))
    return names, start, count - 1 if order == "any" else draw(st.integers(start + 1, count - 1))


@st.composite
def logs(draw: st.DrawFn, clock: tuple[datetime, ...], *, most: int = 7, together: int = 4) -> Journey:
    """Draw journeys of a few touchpoints, some of which became known late; not too many of them in one instant."""
    late = st.sampled_from([timedelta(0)] * 4 + [timedelta(minutes=2), timedelta(hours=30)])
    drawn = draw(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(clock), late), max_size=most))
    contacts = [
        Touchpoint(name, at, recorded_at=at + delay)
        for place, (name, at, delay) in enumerate(drawn)
        if sum(other[1] == at for other in drawn[:place]) < together
    ]
    return Journey("anna", contacts)


def turns(question: Question, journey: Journey) -> list[datetime]:
    """List the moments at which an answer may change, and those a microsecond off."""
    moments = {moment for t in journey for moment in (t.at, t.known_at, question.expiry(t.at))} - {NEVER}
    return sorted({moment + step * TICK for moment in moments for step in (-1, 0, 1)})


@st.composite
def scenes(draw: st.DrawFn, order: str, anchor: str, ties: str) -> tuple[Question, Journey]:
    """Draw a funnel and a journey."""
    clock, windows = draw(st.sampled_from(CLOCKS))
    question = draw(questions(order=order, anchor=anchor, ties=ties, within=draw(st.sampled_from(windows))))
    crowded = order == "strict" and ties == "favourable"
    return question, draw(logs(clock, most=6 if crowded else 7, together=3 if crowded else 4))
