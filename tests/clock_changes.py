"""Moments at which clock changes make trouble, found with the standard library alone."""

from datetime import datetime, timedelta, timezone
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

DAY = timedelta(days=1)
ZONES = (
    "Africa/Cairo",  # midnight is skipped, and 23:00 repeated
    "America/Havana",  # midnight comes twice
    "America/New_York",
    "America/Santiago",  # as in Cairo, in the south
    "America/Sao_Paulo",  # without clock changes since 2019
    "Asia/Beirut",  # midnight is skipped
    "Asia/Kathmandu",  # +05:45
    "Australia/Lord_Howe",  # half an hour
    "Europe/Berlin",
    "Europe/London",
    "Pacific/Apia",  # lost 30 December 2011
    "UTC",
)


@cache
def clock_changes(zone):
    """List the midnights of UTC, from 1990 to 2030, that a change of the zone's offset follows within a day."""
    days = [datetime(1990, 1, 1, tzinfo=timezone.utc) + number * DAY for number in range(41 * 365)]
    offsets = [day.astimezone(ZoneInfo(zone)).utcoffset() for day in days]
    return [day for day, (before, after) in zip(days, pairwise(offsets), strict=False) if before != after]


@st.composite
def moments_near_changes(draw, zone):
    """Draw moments within two days of a clock change of a zone, most of them on the minute."""
    day = draw(st.sampled_from(clock_changes(zone) or [datetime(2024, 1, 1, tzinfo=timezone.utc)]))
    minutes = draw(st.integers(-24 * 60, 48 * 60))
    return day + timedelta(minutes=minutes, seconds=draw(st.sampled_from([0, 0, 0.000001, 30, 59.999999])))
