"""Business time by looking at the clock on the wall every minute, with the standard library alone."""

from datetime import datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

from clock_changes import ZONES, moments_near_changes
from hypothesis import strategies as st

from cxkit.calendar import BusinessCalendar

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Edges of periods: any minute, and more often one from midnight to four, where clocks are changed
EDGES = st.integers(0, 1440) | st.integers(0, 240) | st.sampled_from([0, 540, 720, 1020, 1440])


def is_open(calendar, moment):
    """Look at the clock on the wall."""
    wall = moment.astimezone(ZoneInfo(calendar.tz))
    periods = calendar.hours.get(WEEKDAYS[wall.weekday()], ())
    if wall.date() in calendar.holidays:
        periods = ()
    periods = calendar.special.get(wall.date(), periods)
    shown = clock(wall.hour * 60 + wall.minute)
    return any(start <= shown < end for start, end in periods)


def runs(calendar, minute, pauses=()):
    """Whether a minute counts as business time."""
    return is_open(calendar, minute) and not any(start <= minute < end for start, end in pauses)


def elapsed(calendar, start, end, pauses=()):
    """Count the minutes, of moments on the minute."""
    minutes = (start + number * MINUTE for number in range((end - start) // MINUTE))
    return sum(runs(calendar, minute, pauses) for minute in minutes) * MINUTE


def add(calendar, moment, length, pauses=(), most=15 * DAY):
    """Wait until so many minutes have been counted; `None` where that takes too long."""
    left, end = length // MINUTE, moment + most
    while left and moment < end:
        left -= runs(calendar, moment, pauses)
        moment += MINUTE
    return None if left else moment


def subtract(calendar, moment, length, pauses=(), most=15 * DAY):
    """Go back until so many minutes have been counted; `None` where that takes too long."""
    left, start = length // MINUTE, moment - most
    while left and moment > start:
        moment -= MINUTE
        left -= runs(calendar, moment, pauses)
    return None if left else moment


def first(calendar, moment, *, opened, most=15 * DAY):
    """Wait until it is open, or closed; `None` where that takes too long."""
    end = moment + most
    while moment < end:
        if is_open(calendar, moment) is opened:
            return moment
        moment += MINUTE
    return None


def clock(minute):
    """Write a minute of the day."""
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def periods(draw):
    """Draw the periods of a day: none, one, or several, which may touch."""
    edges = sorted(draw(st.sets(EDGES, max_size=6)))
    touching = draw(st.booleans())
    pairs = pairwise(edges) if touching else zip(edges[::2], edges[1::2], strict=False)
    return [(clock(start), clock(end)) for start, end in pairs]


@st.composite
def calendars(draw, zone):
    """Draw calendars of a zone, and a moment on the minute near one of its clock changes; special days are near it."""
    moment = draw(moments_near_changes(zone)).replace(second=0, microsecond=0)
    near = st.integers(-4, 6).map(lambda number: (moment + number * DAY).date())
    return BusinessCalendar(
        draw(st.dictionaries(st.sampled_from(WEEKDAYS), periods())),
        tz=zone,
        holidays=draw(st.sets(near, max_size=2)),
        special=draw(st.dictionaries(near, periods(), max_size=2)),
    ), moment


@st.composite
def pauses_near(draw, moment):
    """Draw pauses on the minute, which may overlap and be empty."""
    edges = st.tuples(st.integers(-2000, 9000), st.integers(0, 3000))
    drawn = draw(st.lists(edges, max_size=3))
    return [(moment + start * MINUTE, moment + (start + length) * MINUTE) for start, length in drawn]


def settings(zones=ZONES):
    """Draw a calendar, a moment, and pauses."""
    both = st.sampled_from(zones).flatmap(calendars)
    return both.flatmap(lambda found: st.tuples(st.just(found[0]), st.just(found[1]), pauses_near(found[1])))


def utc(text):
    """Read a moment."""
    return datetime.fromisoformat(text).astimezone(timezone.utc)
