"""What questions about behaviour mean, worked out from docs alone: slow, plain, and without a look at the library.

A `Choice` says which touchpoints are meant; `Choice.build` writes it with the library, `Choice.pick` finds them one by one.
A `Quantity` pairs a value of the library with what it should be, and a `Claim` a predicate with what it should answer.
Both know the moments at which they may change, so that they can be replayed densely.
"""

import operator
from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from strategies import CHANNELS, START

from cxkit.calendar import Length, Period, days, hours, months
from cxkit.journey import Journey, Touchpoint
from cxkit.predicates import Fields, Predicate, all_of, any_of, day, integer, moment, text
from cxkit.segments import Events, Profile, events

UTC = timezone.utc
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
T = Touchpoint.fields
NAMES = ("order", "visit", "ticket")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "America/Havana", "Asia/Tokyo")  # midnight is skipped in Havana


class Customer(Fields):
    country = text()
    orders = integer()
    joined = moment()
    born = day()


class Person(NamedTuple):
    """A customer as drawn: touchpoints as they came, or none; what is known besides."""

    contacts: tuple[Touchpoint, ...] | None
    attributes: dict[str, Any]

    @property
    def profile(self) -> Profile:
        return Profile(self.attributes, None if self.contacts is None else Journey("anna", self.contacts))

    @property
    def ordered(self) -> list[Touchpoint]:
        return sorted(self.contacts or (), key=lambda t: (t.at, -1 if t.sequence is None else t.sequence))

    def known(self, as_of: datetime) -> list[Touchpoint]:
        return [touchpoint for touchpoint in self.ordered if touchpoint.recorded_at <= as_of]


@st.composite
def contacts(draw: st.DrawFn) -> Touchpoint:
    at = START + timedelta(hours=6 * draw(st.integers(0, 260)))  # until 2 April, clock changes in between
    late = draw(st.sampled_from([0, 0, 0, 6, 50, 400]))
    return Touchpoint(
        draw(st.sampled_from(NAMES)),
        at,
        recorded_at=at + timedelta(hours=late),
        sequence=draw(st.sampled_from([None, None, 0, 1])),
        channel=draw(st.sampled_from([None, *CHANNELS])),
        value=draw(st.sampled_from([None, Decimal("0.10"), Decimal("9.99"), Decimal(20), Decimal(-3)])),
        sentiment=draw(st.sampled_from([None, -1.0, 0.1, 0.2, 0.7])),
    )


@st.composite
def near(draw: st.DrawFn) -> Touchpoint:
    """Draw touchpoints close to one another, so that windows and sequences have something to tell apart."""
    at = datetime(2024, 3, 29, 22, tzinfo=UTC) + timedelta(hours=draw(st.integers(0, 72)))
    return Touchpoint(
        draw(st.sampled_from(NAMES)),
        at,
        recorded_at=at + timedelta(hours=draw(st.sampled_from([0, 0, 0, 1, 26]))),
        sequence=draw(st.sampled_from([None, None, 0, 1])),
        channel=draw(st.sampled_from([None, *CHANNELS])),
        value=draw(st.sampled_from([None, Decimal("0.10"), Decimal(20)])),
    )


def moments() -> st.SearchStrategy[datetime]:
    """Draw moments of questions: over all months, and in the days in which touchpoints are close to one another."""
    wide = st.integers(-2, 300).map(lambda step: START + timedelta(hours=6 * step))
    return st.one_of(
        wide, st.integers(0, 110).map(lambda step: datetime(2024, 3, 29, 22, tzinfo=UTC) + timedelta(hours=step))
    )


def people(max_size: int = 7) -> st.SearchStrategy[Person]:
    """Draw people: one in a few has no journey at all, and what is known of them may be missing."""
    attributes = st.fixed_dictionaries(
        {},
        optional={
            "country": st.sampled_from(["DE", "FR", None]),
            "orders": st.sampled_from([0, 1, 2, None]),
            "joined": st.one_of(st.none(), moments()),
            "born": st.sampled_from([None, date(2000, 2, 29), date(1999, 3, 10), date(2024, 3, 30)]),
        },
    )
    some = st.one_of(st.lists(contacts(), max_size=max_size), st.lists(near(), max_size=max_size)).map(tuple)
    return st.builds(Person, st.one_of(some, some, some, st.none()), attributes)


def plus(at: datetime, length: Length, times: int = 1) -> datetime:
    """Return a moment some lengths of time later: calendar steps clamp once, and the clock on the wall stays."""
    if isinstance(length, timedelta):
        return at + times * length
    zone = ZoneInfo(length.tz)
    wall = at.astimezone(zone).replace(tzinfo=None)
    year, month = divmod(wall.year * 12 + wall.month - 1 + times * length.months, 12)
    wall = wall.replace(year=year, month=month + 1, day=min(wall.day, monthrange(year, month + 1)[1]))
    wall += timedelta(days=times * length.days)
    return wall.replace(tzinfo=zone).astimezone(UTC) + timedelta(hours=times * length.hours)


def local(at: datetime, tz: str) -> date:
    return at.astimezone(ZoneInfo(tz)).date()


@lru_cache(maxsize=100_000)
def midnights(day: date, tz: str) -> set[datetime]:
    """Return the moments at which a day may begin: both, where a clock change makes two of them or none."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(tz))
    return {midnight.replace(fold=fold).astimezone(UTC) for fold in (0, 1)}


def begins(day: date, tz: str) -> datetime:
    """Return the first moment of a day."""
    return min(moment for moment in midnights(day, tz) if local(moment, tz) == day)


WINDOWS: list[Length] = [
    timedelta(0),
    timedelta(hours=30),
    hours(36),
    days(7),
    days(1, tz="Europe/Berlin"),
    days(2, tz="America/New_York"),
    months(1),
    months(1, tz="Asia/Tokyo"),
    months(1) + days(1) + hours(3),
]
PERIODS: dict[Period, Callable[[datetime], bool]] = {  # each with a reading of its own of which moments it holds
    Period.month(2024, 3, tz="Europe/Berlin"): lambda at: f"{local(at, 'Europe/Berlin'):%Y-%m}" == "2024-03",
    Period.of(date(2024, 3, 31), "day", tz="Europe/Berlin"): lambda at: local(at, "Europe/Berlin") == date(2024, 3, 31),
    Period.week(date(2024, 2, 26)): lambda at: date(2024, 2, 26) <= at.date() <= date(2024, 3, 3),
}
CONTACTS: dict[str, tuple[Any, Callable[[Touchpoint], bool]]] = {
    "order": ("order", lambda t: t.name == "order"),
    "visit": ("visit", lambda t: t.name == "visit"),
    "ticket": ("ticket", lambda t: t.name == "ticket"),
    "on the web": (T.channel == "web", lambda t: t.channel == "web"),
    "no order on the web": (
        (T.channel == "web") & (T.name != "order"),
        lambda t: t.channel == "web" and t.name != "order",
    ),
}
CONDITIONS: dict[str, tuple[Predicate, Callable[[Touchpoint], bool]]] = {
    "app": (T.channel == "app", lambda t: t.channel == "app"),
    "dear": (T.value >= 9, lambda t: t.value is not None and t.value >= 9),
    "not on the web": (T.channel != "web", lambda t: t.channel != "web"),
}


class Choice(NamedTuple):
    """Which touchpoints are meant."""

    contact: str
    condition: str | None = None
    window: Length | None = None
    period: Period | None = None
    last_days: tuple[int, str, bool] | None = None
    since: Any = None  # "joined", or another choice with "first" or "last"

    def build(self) -> Events:
        found = events(CONTACTS[self.contact][0])
        if self.condition is not None:
            found = found.where(CONDITIONS[self.condition][0])
        if self.window is not None:
            found = found.within(self.window)
        if self.period is not None:
            found = found.between(self.period)
        if self.last_days is not None:
            number, tz, today = self.last_days
            found = found.in_last_days(number, tz=tz, include_today=today)
        if self.since == "joined":
            found = found.since(Customer.joined)
        elif self.since is not None:
            other, end = self.since
            found = found.since(other.build().first_at() if end == "first" else other.build().last_at())
        return found

    def pick(self, person: Person, as_of: datetime) -> list[Touchpoint] | None:
        if person.contacts is None:
            return None
        found = [touchpoint for touchpoint in person.known(as_of) if self.holds(touchpoint, as_of)]
        if self.since is None:
            return found
        if self.since == "joined":
            since = person.attributes.get("joined")
        else:
            others = self.since[0].pick(person, as_of)
            since = (others[0] if self.since[1] == "first" else others[-1]).at if others else None
        return None if since is None else [touchpoint for touchpoint in found if touchpoint.at > since]

    def holds(self, touchpoint: Touchpoint, as_of: datetime) -> bool:
        if not CONTACTS[self.contact][1](touchpoint):
            return False
        if self.condition is not None and not CONDITIONS[self.condition][1](touchpoint):
            return False
        if self.window is not None:
            return as_of < plus(touchpoint.at, self.window)
        if self.period is not None:
            return PERIODS[self.period](touchpoint.at)
        if self.last_days is not None:
            number, tz, today = self.last_days
            ago = (local(as_of, tz) - local(touchpoint.at, tz)).days
            return ago < number if today else 1 <= ago <= number
        return True

    def edges(self, person: Person) -> set[datetime]:
        """Return all moments at which it may change, and more."""
        found = {moment for t in person.ordered for moment in (t.at, t.recorded_at)}
        if self.window is not None:
            found |= {plus(t.at, self.window) for t in person.ordered}
        if self.last_days is not None:
            number, tz, _ = self.last_days
            for t in person.ordered:
                for ahead in range(number + 3):
                    found |= midnights(local(t.at, tz) + ahead * DAY, tz)
        if isinstance(self.since, tuple):
            found |= self.since[0].edges(person)
        return found


def choices(*, rich: bool = True) -> st.SearchStrategy[Choice]:
    """Draw choices with one window at most; `rich` ones may look since another."""
    last_days = st.tuples(st.integers(1, 3), st.sampled_from(ZONES), st.booleans())
    window = st.one_of(
        st.just({}),
        st.sampled_from(WINDOWS).map(lambda length: {"window": length}),
        st.sampled_from(list(PERIODS)).map(lambda period: {"period": period}),
        last_days.map(lambda drawn: {"last_days": drawn}),
    )
    since = st.none()
    if rich:
        other = st.tuples(choices(rich=False), st.sampled_from(["first", "last"]))
        since = st.one_of(st.none(), st.none(), st.just("joined"), other)
    return st.builds(
        lambda contact, condition, window, since: Choice(contact, condition, since=since, **window),
        st.sampled_from(list(CONTACTS)),
        st.sampled_from([None, None, *CONDITIONS]),
        window,
        since,
    )


def plain_choices() -> st.SearchStrategy[Choice]:
    """Draw choices without a window."""
    return choices(rich=False).map(lambda choice: choice._replace(window=None, period=None, last_days=None))


class Step(NamedTuple):
    """A follower."""

    contact: str
    within: Length | None
    without: str | None


def followed(choice: Choice, steps: tuple[Step, ...]) -> Any:
    found: Any = choice.build()
    for step in steps:
        without = None if step.without is None else CONTACTS[step.without][0]
        found = found.followed_by(CONTACTS[step.contact][0], within=step.within, without=without)
    return found


def beginnings(choice: Choice, steps: tuple[Step, ...], person: Person, as_of: datetime) -> int | None:
    """Count the events that begin a sequence, by looking at all ways to choose what follows."""
    picked = choice.pick(person, as_of)
    if picked is None:
        return None
    known = person.known(as_of)
    begin = {id(touchpoint) for touchpoint in picked}
    ways = combinations(range(len(known)), len(steps) + 1)
    return len({way[0] for way in ways if id(known[way[0]]) in begin and _is_sequence(steps, known, way)})


def _is_sequence(steps: tuple[Step, ...], known: list[Touchpoint], way: tuple[int, ...]) -> bool:
    for step, before, after in zip(steps, way, way[1:], strict=False):
        if not CONTACTS[step.contact][1](known[after]):
            return False
        if step.within is not None and known[after].at > plus(known[before].at, step.within):
            return False
        if step.without is not None and any(map(CONTACTS[step.without][1], known[before + 1 : after])):
            return False
    return True


def all_steps() -> st.SearchStrategy[tuple[Step, ...]]:
    step = st.builds(
        Step,
        st.sampled_from(list(CONTACTS)),
        st.sampled_from([None, timedelta(0), hours(6), days(1, tz="Europe/Berlin"), months(1)]),
        st.sampled_from([None, None, *CONTACTS]),
    )
    return st.lists(step, min_size=1, max_size=3).map(tuple)


def in_periods(choice: Choice, at_least: int, period: Length, of: int, person: Person, as_of: datetime) -> int | None:
    found = choice.pick(person, as_of)
    if found is None:
        return None
    counts = [
        sum(
            (number == 0 or as_of >= plus(t.at, period, number)) and as_of < plus(t.at, period, number + 1)
            for t in found
        )
        for number in range(of)
    ]
    return sum(count >= at_least for count in counts)


class Quantity(NamedTuple):
    """A value, what it is, and when it may change."""

    value: Any
    read: Callable[[Person, datetime], Any]
    edges: Callable[[Person], set[datetime]]


class Claim(NamedTuple):
    """A predicate, what it answers, and when it may change."""

    predicate: Predicate
    means: Callable[[Person, datetime], bool]
    edges: Callable[[Person], set[datetime]]


def count_of(choice: Choice) -> Quantity:
    def read(person: Person, as_of: datetime) -> int | None:
        found = choice.pick(person, as_of)
        return None if found is None else len(found)

    return Quantity(choice.build().count(), read, choice.edges)


def days_since_last(choice: Choice) -> Quantity:
    def read(person: Person, as_of: datetime) -> int | None:
        found = choice.pick(person, as_of)
        return (as_of - found[-1].at) // DAY if found else None

    def edges(person: Person) -> set[datetime]:
        return choice.edges(person) | {t.at + number * DAY for t in person.ordered for number in range(9)}

    return Quantity(choice.build().days_since_last(), read, edges)


def periods_of(choice: Choice, at_least: int, period: Length, of: int) -> Quantity:
    def read(person: Person, as_of: datetime) -> int | None:
        return in_periods(choice, at_least, period, of, person, as_of)

    def edges(person: Person) -> set[datetime]:
        return choice.edges(person) | {plus(t.at, period, number) for t in person.ordered for number in range(of + 1)}

    return Quantity(choice.build().periods(at_least=at_least, period=period, of=of), read, edges)


def sequences_of(choice: Choice, steps: tuple[Step, ...]) -> Quantity:
    return Quantity(
        followed(choice, steps).count(),
        lambda person, as_of: beginnings(choice, steps, person, as_of),
        choice.edges,
    )


def orders() -> Quantity:
    return Quantity(Customer.orders, lambda person, _: person.attributes.get("orders"), lambda _: set())


def days_in_all(tz: str) -> Quantity:
    """How many calendar days ago they joined."""

    def read(person: Person, as_of: datetime) -> int | None:
        joined = person.attributes.get("joined")
        return None if joined is None else (local(as_of, tz) - local(joined, tz)).days

    def edges(person: Person) -> set[datetime]:
        joined = person.attributes.get("joined")
        near_by = range(-6, 9)
        return set() if joined is None else set().union(*(midnights(local(joined, tz) + n * DAY, tz) for n in near_by))

    return Quantity(Customer.joined.date(tz=tz).days_since(tz=tz), read, edges)


def elapsed() -> Quantity:
    def read(person: Person, as_of: datetime) -> int | None:
        joined = person.attributes.get("joined")
        return None if joined is None else (as_of - joined) // DAY

    def edges(person: Person) -> set[datetime]:
        joined = person.attributes.get("joined")
        return set() if joined is None else {joined + number * DAY for number in range(-6, 9)}

    return Quantity(Customer.joined.elapsed_days(), read, edges)


def quantities() -> st.SearchStrategy[Quantity]:
    """Draw whole numbers that change with time."""
    period = st.sampled_from([timedelta(hours=30), days(1, tz="Europe/Berlin"), months(1)])
    return st.one_of(
        choices().map(count_of),
        choices().map(count_of),
        choices().map(days_since_last),
        st.builds(periods_of, plain_choices(), st.integers(1, 2), period, st.integers(1, 3)),
        st.builds(sequences_of, choices(), all_steps()),
        st.sampled_from(ZONES).map(days_in_all),
        st.builds(elapsed),
        st.builds(orders),
    )


SIGNS = ("eq", "ne", "lt", "le", "gt", "ge")


def compared(quantity: Quantity, sign: str, number: int) -> Claim:
    def means(person: Person, as_of: datetime) -> bool:
        found = quantity.read(person, as_of)
        return sign == "ne" if found is None else bool(getattr(operator, sign)(found, number))

    return Claim(getattr(operator, sign)(quantity.value, number), means, quantity.edges)


def between(quantity: Quantity, sign: str, other: Quantity) -> Claim:
    def means(person: Person, as_of: datetime) -> bool:
        one, two = quantity.read(person, as_of), other.read(person, as_of)
        return sign == "ne" if one is None or two is None else bool(getattr(operator, sign)(one, two))

    return Claim(
        getattr(operator, sign)(quantity.value, other.value),
        means,
        lambda person: quantity.edges(person) | other.edges(person),
    )


def known(quantity: Quantity, *, wanted: bool) -> Claim:
    value = quantity.value
    return Claim(
        value.is_known() if wanted else value.is_missing(),
        lambda person, as_of: (quantity.read(person, as_of) is not None) is wanted,
        quantity.edges,
    )


def joined_within(length: Length) -> Claim:
    def means(person: Person, as_of: datetime) -> bool:
        joined = person.attributes.get("joined")
        return joined is not None and joined <= as_of < plus(joined, length)

    def edges(person: Person) -> set[datetime]:
        joined = person.attributes.get("joined")
        return set() if joined is None else {joined, plus(joined, length)}

    return Claim(Customer.joined.within(length).is_true(), means, edges)


def first_within(choice: Choice, length: Length) -> Claim:
    def means(person: Person, as_of: datetime) -> bool:
        found = choice.pick(person, as_of)
        return bool(found) and as_of < plus(found[0].at, length)

    def edges(person: Person) -> set[datetime]:
        return choice.edges(person) | {plus(t.at, length) for t in person.ordered}

    return Claim(choice.build().first_within(length), means, edges)


def stopped(choice: Choice, silent: Length, active: Length) -> Claim:
    def means(person: Person, as_of: datetime) -> bool:
        found = choice.pick(person, as_of) or ()
        return any(as_of < plus(t.at, active) for t in found) and not any(as_of < plus(t.at, silent) for t in found)

    def edges(person: Person) -> set[datetime]:
        return choice.edges(person) | {plus(t.at, length) for t in person.ordered for length in (silent, active)}

    return Claim(choice.build().stopped(active=active, silent=silent), means, edges)


def restarted(choice: Choice, active: Length, silent: Length) -> Claim:
    def means(person: Person, as_of: datetime) -> bool:
        found = choice.pick(person, as_of) or ()
        recent = [t for t in found if as_of < plus(t.at, active)]
        between = [t for t in found if t not in recent and as_of < plus(t.at, silent)]
        before = [t for t in found if as_of >= plus(t.at, silent)]
        return bool(recent) and not between and bool(before)

    def edges(person: Person) -> set[datetime]:
        return choice.edges(person) | {plus(t.at, length) for t in person.ordered for length in (silent, active)}

    return Claim(choice.build().restarted(silent=silent, active=active), means, edges)


PAIRS: list[tuple[Length, Length]] = [  # a shorter length of time, and a longer one
    (timedelta(hours=30), days(7)),
    (days(1, tz="Europe/Berlin"), days(3, tz="Europe/Berlin")),
    (days(7), months(1)),
]


def simple_claims() -> st.SearchStrategy[Claim]:
    plain = plain_choices()
    pair = st.sampled_from(PAIRS)
    return st.one_of(
        st.builds(compared, quantities(), st.sampled_from(SIGNS), st.integers(-1, 4)),
        st.builds(compared, quantities(), st.sampled_from(SIGNS), st.integers(0, 2)),
        st.builds(lambda quantity, wanted: known(quantity, wanted=wanted), quantities(), st.booleans()),
        st.builds(between, choices().map(count_of), st.sampled_from(SIGNS), choices().map(count_of)),
        st.builds(between, choices().map(count_of), st.sampled_from(SIGNS), st.builds(orders)),
        st.sampled_from([days(1, tz="Europe/Berlin"), months(1), timedelta(0), timedelta(hours=30)]).map(joined_within),
        st.builds(first_within, plain, st.sampled_from(WINDOWS)),
        st.builds(lambda choice, pair: stopped(choice, *pair), plain, pair),
        st.builds(lambda choice, pair: restarted(choice, *pair), plain, pair),
    )


def negation(claim: Claim) -> Claim:
    return Claim(~claim.predicate, lambda person, as_of: not claim.means(person, as_of), claim.edges)


def junction(claims: list[Claim], *, every: bool) -> Claim:
    answer = all if every else any
    return Claim(
        (all_of if every else any_of)(claim.predicate for claim in claims),
        lambda person, as_of: answer(claim.means(person, as_of) for claim in claims),
        lambda person: set().union(*(claim.edges(person) for claim in claims)),
    )


def claims() -> st.SearchStrategy[Claim]:
    """Draw compound predicates with what they mean."""
    return st.recursive(
        simple_claims(),
        lambda parts: st.one_of(
            parts.map(negation),
            st.builds(
                lambda claims, every: junction(claims, every=every),
                st.lists(parts, min_size=2, max_size=3),
                st.booleans(),
            ),
        ),
        max_leaves=4,
    )
