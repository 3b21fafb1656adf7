"""What holds of the status of every ticket, under every rule, at every moment."""

from datetime import timedelta

import sla_oracle as oracle
from hypothesis import given
from hypothesis import strategies as st
from ticket_logs import at

from cxkit.calendar import BusinessCalendar
from cxkit.journey import Journey, Touchpoint
from cxkit.metrics import ClockRule, SlaPolicy, TicketEvents, TicketRules

# The minutes of one Monday, from 9:00 on: open at times, and from 11:00 until the end of the day
CALENDAR = BusinessCalendar(
    {"monday": [("09:00", "09:20"), ("09:30", "09:40"), ("10:05", "10:35"), ("11:00", "24:00")]}, tz="UTC"
)
HORIZON = 400
LOOKS = range(0, 151, 5)
MINUTE = timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)
WORDS = ("opened", "customer_message", "agent_reply", "handoff", "paused", "resumed", "resolved", "reopened")
NAMES = [*WORDS, *(f"{one}+{other}" for one in WORDS for other in WORDS if one < other)]
EVENTS = TicketEvents(
    **{word: Touchpoint.fields.name.is_in([name for name in NAMES if word in name.split("+")]) for word in WORDS}
)

some = st.lists(st.sampled_from(WORDS), max_size=2)
one_or_two = st.lists(st.sampled_from(WORDS), min_size=1, max_size=2)
names = st.sampled_from(NAMES)
minutes = st.integers(0, 150)
targets = st.integers(1, 60)


@st.composite
def rules(draw, **fixed):
    """Draw rules of a clock."""
    pauses = draw(st.booleans())
    found = {
        "start": draw(one_or_two),
        "stop": draw(one_or_two),
        "cancel": draw(some),
        "pause": ["paused", *draw(some)] if pauses else [],
        "resume": ["resumed", *draw(some)] if pauses else [],
        "restart": draw(some),
        "after": draw(st.just([]) | some),
        "then": draw(st.sampled_from(["done", "idle", "resumes", "continues"])),
    }
    return ClockRule(**{**found, **fixed})


@st.composite
def tickets(draw, *, late=False):
    """Draw tickets; some touchpoints became known later, where that may be."""
    touchpoints = []
    for minute in draw(st.lists(minutes, max_size=10)):
        known = minute + draw(st.sampled_from([0, 0, 1, 30])) if late else minute
        touchpoints.append(Touchpoint(draw(names), at(minute), recorded_at=at(known)))
    return Journey("T-1", touchpoints)


def policy_of(rule, target):
    """Promise something of one clock; it stands for any metric, as all are judged alike."""
    return SlaPolicy(resolution=target * MINUTE, calendar=CALENDAR, rules=TicketRules(events=EVENTS, resolution=rule))


def minute_of(moment):
    """Give the minute of a moment."""
    return None if moment is None else (moment - at(0)) / MINUTE


def is_open(minute):
    """Whether a minute is in business hours."""
    return CALENDAR.is_open(at(minute))


@given(tickets(late=True), rules(), targets, st.integers(0, 200))
def test_a_status_is_what_counting_the_minutes_gives(ticket, rule, target, now):
    known = sorted((each for each in ticket if each.known_at <= at(now)), key=lambda each: each.at)
    moments = [(int(minute_of(each.at)), {*each.name.split("+")}) for each in known]
    plain = {part: {*getattr(rule, part)} for part in oracle.PARTS} | {"then": rule.then}
    expected = oracle.status(moments, plain, target, is_open, now, HORIZON)

    found = policy_of(rule, target).explain(ticket, as_of=at(now)).resolution
    assert found.outcome == expected["outcome"]
    for clock, one in zip(found.clocks, expected["measurements"], strict=True):
        measured = clock.measurement
        assert [minute_of(measured.started), minute_of(measured.stopped)] == [one["started"], one["stopped"]]
        assert [(minute_of(start), minute_of(end)) for start, end in measured.pauses] == one["pauses"]
        assert (minute_of(measured.paused_at), clock.outcome) == (one["paused_at"], one["outcome"])
        assert minute_of(clock.due) == one["due"]
        assert target - clock.elapsed / MINUTE == one["left"]


@given(tickets(late=True), rules(), targets, minutes)
def test_nothing_later_changes_a_status(ticket, rule, target, now):
    policy = policy_of(rule, target)
    cut = Journey(ticket.customer, [each for each in ticket if each.known_at <= at(now)])
    assert policy.explain(ticket, as_of=at(now)) == policy.explain(cut, as_of=at(now))


@given(tickets(), rules(), targets, minutes)
def test_the_short_answer_is_that_of_explain(ticket, rule, target, now):
    policy = policy_of(rule, target)
    assert policy.outcomes(ticket, as_of=at(now))["resolution"] == policy.explain(ticket, as_of=at(now)).outcome


@given(tickets(), rules(), targets, minutes)
def test_what_is_used_up_when_it_is_due_is_the_target(ticket, rule, target, now):
    for clock in policy_of(rule, target).explain(ticket, as_of=at(now)).resolution.clocks:
        if clock.due is not None:
            used = CALENDAR.elapsed(clock.measurement.started, clock.due, pauses=clock.measurement.pauses)
            assert used == clock.target
        if clock.outcome == "missed":
            assert clock.overdue_by >= timedelta(0)
        elif clock.outcome == "hit":
            assert clock.elapsed <= clock.target
        else:
            assert clock.left >= timedelta(0)


@given(tickets(), rules(), targets)
def test_time_alone_misses_what_is_pending_right_after_it_is_due_and_turns_nothing_else(ticket, rule, target):
    policy = policy_of(rule, target)
    for now in LOOKS:
        known = ticket.as_of(at(now))
        status = policy.explain(known, as_of=at(now))
        if status.outcome == "pending":
            assert status.retry_at == status.resolution.due + MICROSECOND
            assert policy.explain(known, as_of=status.resolution.due).outcome == "pending"
            assert policy.explain(known, as_of=status.retry_at).outcome == "missed"
        else:
            assert status.retry_at is None
            assert policy.explain(known, as_of=at(HORIZON)).outcome == status.outcome


@given(tickets(), rules(cancel=(), restart=()), targets)
def test_a_miss_is_final_unless_a_clock_is_cancelled_or_begins_anew(ticket, rule, target):
    found = [policy_of(rule, target).explain(ticket, as_of=at(now)).outcome for now in LOOKS]
    assert "missed" not in found or {*found[found.index("missed") :]} == {"missed"}


@given(tickets(), rules(then="done"), targets)
def test_a_hit_is_final_where_the_clock_is_done(ticket, rule, target):
    found = [policy_of(rule, target).explain(ticket, as_of=at(now)).resolution for now in LOOKS]
    assert len({each.at for each in found if each.at is not None}) <= 1
    outcomes = [each.outcome for each in found]
    assert "hit" not in outcomes or {*outcomes[outcomes.index("hit") :]} == {"hit"}


@given(tickets(), rules(), targets, minutes)
def test_every_measurement_but_the_last_is_over(ticket, rule, target, now):
    clocks = policy_of(rule, target).explain(ticket, as_of=at(now)).resolution.clocks
    assert all(clock.measurement.stopped is not None for clock in clocks[:-1])
    assert len(clocks) <= 1 or rule.then == "idle"
    for clock in clocks:
        edges = [edge for pause in clock.measurement.pauses for edge in pause]
        ends = [clock.measurement.started, *edges, clock.measurement.paused_at or clock.at or at(now)]
        assert ends == sorted(ends)


@given(tickets(), rules(), targets, minutes)
def test_a_longer_target_is_never_worse(ticket, rule, target, now):
    short, long = (
        policy_of(rule, length).explain(ticket, as_of=at(now)).resolution.clocks for length in (target, target + 7)
    )
    for one, other in zip(short, long, strict=True):
        assert one.outcome in {"missed", other.outcome}
