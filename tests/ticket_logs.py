"""Tickets in a few words, for the tests of support."""

from datetime import datetime, timedelta, timezone

from cxkit.journey import Journey, Touchpoint

MONDAY = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)


def at(minute):
    """Give the moment so many minutes after Monday, 2 March 2026, 9:00 UTC."""
    return MONDAY + timedelta(minutes=minute)


def ticket(text, name="T-1", **details):
    """Read a ticket such as `"0 opened, 5 agent_reply"`: the minute and the name of each touchpoint.

    A touchpoint that became known later says when: `"5>9 agent_reply"`.
    """
    found = []
    for part in filter(None, text.split(", ")):
        minute, what = part.split(" ")
        happened, _, known = minute.partition(">")
        recorded = at(int(known)) if known else None
        found.append(Touchpoint(what, at(int(happened)), recorded_at=recorded, **details))
    return Journey(name, found)
