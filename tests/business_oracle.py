"""Business time by looking at the clock on the wall every minute, or at each day, with the standard library alone."""

from datetime import datetime, time, timedelta, timezone
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


def shifts(calendar, day):
    """Give the stretches of a day in UTC; no clock is changed where one starts or ends."""
    periods = calendar.hours.get(WEEKDAYS[day.weekday()], ()) if day not in calendar.holidays else ()
    for period in calendar.special.get(day, periods):
        yield tuple(
            datetime.combine(day, time.fromisoformat(edge), ZoneInfo(calendar.tz)).astimezone(timezone.utc)
            for edge in period
        )


def elapsed_by_days(calendar, start, end):
    """Add up what lies between two moments, day by day."""
    days = (start.date() + number * DAY for number in range(-1, (end - start) // DAY + 3))
    parts = (min(end, closing) - max(start, opening) for day in days for opening, closing in shifts(calendar, day))
    return sum((part for part in parts if part > timedelta()), timedelta())


def add_by_days(calendar, moment, length, most=3000):
    """Take off what each day has until nothing is left; `None` where that takes too many days."""
    if not length:
        return moment
    for number in range(-1, most):
        for opening, closing in shifts(calendar, moment.date() + number * DAY):
            start = max(moment, opening)
            if length <= closing - start:
                return start + length
            length -= max(closing - start, timedelta())
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


@st.composite
def daytimes(draw):
    """Draw periods of a day that are far from all clock changes."""
    edges = sorted(draw(st.sets(st.integers(300, 1320), max_size=6)))
    return [(clock(start), clock(end)) for start, end in zip(edges[::2], edges[1::2], strict=False)]


@st.composite
def daytime_settings(draw):
    """Draw a calendar of the daytime with special days over some years, and two moments within these."""
    start = datetime(2020, 1, 1, tzinfo=timezone.utc)
    near = st.integers(0, 1500).map(lambda number: (start + number * DAY).date())
    calendar = BusinessCalendar(
        draw(st.dictionaries(st.sampled_from(WEEKDAYS), daytimes(), min_size=1)),
        tz=draw(st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])),
        holidays=draw(st.sets(near, max_size=30)),
        special=draw(st.dictionaries(near, daytimes(), max_size=10)),
    )
    moments = st.integers(0, 1500 * 86_400 * 10**6).map(lambda number: start + timedelta(microseconds=number))
    return calendar, *sorted([draw(moments), draw(moments)])


def utc(text):
    """Read a moment."""
    return datetime.fromisoformat(text).astimezone(timezone.utc)
