"""What should become of a message, worked out minute by minute from the documentation, without the code under test."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import attrs
from hypothesis import strategies as st

from cxkit.aftersales import ContactPolicy, Rule
from cxkit.calendar import QuietHours
from cxkit.journey import Journey, Touchpoint

START = datetime(2026, 3, 27, 12, tzinfo=timezone.utc)  # Berlin sets its clocks forward on the 29th
QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)


def is_quiet(moment: datetime, policy: ContactPolicy) -> bool:
    """Look at the clock on the wall."""
    quiet = policy.quiet_hours
    if quiet is None:
        return False
    clock = moment.astimezone(ZoneInfo(quiet.tz)).time()
    start, end = time.fromisoformat(quiet.start), time.fromisoformat(quiet.end)
    return start <= clock < end if start < end else not end <= clock < start


def may_go_out(moment: datetime, rule: Rule, policy: ContactPolicy) -> bool:
    """Say whether a rule may reach somebody at a moment."""
    return rule.transactional or not is_quiet(moment, policy)


@attrs.frozen
class Expected:
    """What should be decided about one contact."""

    contact: Touchpoint
    occasion: tuple[object, ...]
    outcome: str
    codes: tuple[str, ...]
    retry_at: datetime | None
    due_at: datetime
    expires_at: datetime

    @property
    def told(self) -> tuple[object, ...]:
        """What a decision tells of it."""
        return self.contact, self.outcome, self.codes, self.retry_at, self.due_at, self.expires_at


def expected(
    journey: Journey, rule: Rule, policy: ContactPolicy, sent: Sequence[tuple[object, ...]], as_of: datetime
) -> list[Expected]:
    """Work out what should be decided, for rules whose contacts are names and whose lengths are timedeltas.

    Args:
        journey: The customer's.
        rule: The rule.
        policy: The policy; everything happens on a quarter of an hour.
        sent: The occasions for which a message of this rule had gone out by `as_of`.
        as_of: The moment.
    """
    known = [contact for contact in journey.touchpoints if contact.at <= as_of and contact.known_at <= as_of]
    found = []
    for place, contact in enumerate(known):
        if contact.name != rule.after:
            continue
        # Of equal contacts, those that were known earlier come first, then those that stand earlier.
        alike = [
            (like.known_at, number)
            for number, like in enumerate(known)
            if like.id is None and (like.name, like.at) == (contact.name, contact.at)
        ]
        twins = sum(like < (contact.known_at, place) for like in alike)
        occasion = ("id", contact.id) if contact.id is not None else (contact.name, contact.at, twins)
        due, end = contact.at + rule.delay, contact.at + rule.delay + rule.valid_for
        outcome, codes, retry_at = _becomes(rule, policy, as_of, due, end)
        if occasion in sent:
            outcome, codes, retry_at = "sent", ("sent",), None
        elif any(later.name == rule.unless and later.known_at < end for later in known[place + 1 :]):
            outcome, codes, retry_at = "cancelled", ("unless",), None
        found.append(Expected(contact, occasion, outcome, codes, retry_at, due, end))
    return found


def _becomes(
    rule: Rule, policy: ContactPolicy, as_of: datetime, due: datetime, end: datetime
) -> tuple[str, tuple[str, ...], datetime | None]:
    """Decide where nothing was sent or cancelled."""
    if as_of < due:
        return "not_due", ("not_due",), due
    chances = [
        moment for moment in quarters(max(due, as_of) if as_of < end else due, end) if may_go_out(moment, rule, policy)
    ]
    if as_of >= end or not chances:
        return "expired", ("expired",) if chances else ("expired", "quiet_hours"), None
    if chances[0] > as_of:
        return "hold", ("quiet_hours",), chances[0]
    return "send", ("due",), None


def quarters(start: datetime, end: datetime) -> list[datetime]:
    """List the quarters of an hour from a moment to before another."""
    return [start + number * QUARTER for number in range(-((start - end) // QUARTER))]


# What the laws draw from

POLICIES = [
    ContactPolicy(),
    *[
        ContactPolicy(quiet_hours=QuietHours(start, end, tz=tz))
        for start, end, tz in [
            ("21:00", "08:00", "Europe/Berlin"),
            ("22:30", "02:30", "Europe/Berlin"),  # 02:30 is skipped on the 29th
            ("12:00", "14:15", "America/New_York"),
            ("00:00", "23:45", "UTC"),
        ]
    ],
]


def moments(days: int = 4) -> st.SearchStrategy[datetime]:
    """Draw quarters of an hour."""
    return st.integers(0, days * 96).map(lambda number: START + number * QUARTER)


def lengths(*, least: int = 0) -> st.SearchStrategy[timedelta]:
    """Draw lengths, short and long."""
    return (st.integers(least, 8) | st.integers(least, 200)).map(lambda number: number * QUARTER)


@st.composite
def rules(draw: st.DrawFn, name: str = "rule") -> Rule:
    """Draw rules about the names that `contacts` draws."""
    return Rule(
        name,
        after=draw(st.sampled_from(["order", "visit"])),
        channel="email",
        delay=draw(lengths()),
        valid_for=draw(lengths(least=1)),
        unless=draw(st.sampled_from([None, "order", "ticket"])),
        transactional=draw(st.booleans()),
    )


@st.composite
def contacts(draw: st.DrawFn) -> Touchpoint:
    """Draw contacts without an id, of which some are equal and some become known late."""
    at = draw(st.sampled_from([START, START + DAY, START + DAY + QUARTER]) | moments(3))
    late = draw(st.sampled_from([timedelta(0), timedelta(0), QUARTER, DAY]))
    return Touchpoint(draw(st.sampled_from(["order", "visit", "ticket"])), at, recorded_at=at + late)


@st.composite
def journeys(draw: st.DrawFn) -> Journey:
    """Draw journeys, in which some contacts have an id."""
    drawn = draw(st.lists(contacts(), max_size=5))
    named = draw(st.sets(st.integers(0, 4)))
    return Journey(
        "anna", [attrs.evolve(one, id=f"c{place}") if place in named else one for place, one in enumerate(drawn)]
    )
