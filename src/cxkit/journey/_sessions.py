"""Sessions: where one visit of a customer ends and the next begins."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from itertools import pairwise
from typing import Literal, get_args

from cxkit._checks import one_of
from cxkit.calendar import Length, a_length, later, zone
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey._labels import Label, a_label
from cxkit.journey._touchpoint import Touchpoint

ExactGap = Literal["joins", "splits"]
"""What a touchpoint does that comes after exactly the longest silence within a session."""


def session_bounds(
    touchpoints: Sequence[Touchpoint], gap: Length, exact: ExactGap, midnight: str | None, on: Label | None
) -> Iterator[tuple[int, int]]:
    """Return from which to before which touchpoint each session goes."""
    a_length(gap, "gap")
    one_of(exact, get_args(ExactGap), "exact")
    moments = [touchpoint.at for touchpoint in touchpoints]
    starts = {0, len(moments)} | {
        place
        for place, (before, at) in enumerate(pairwise(moments), 1)
        if at > (end := later(before, gap)) or (exact == "splits" and at == end)
    }
    if midnight is not None:
        tz = _zone_of(midnight)
        starts |= _changes([moment.astimezone(tz).date() for moment in moments])
    if on is not None:
        starts |= _changes(list(map(a_label(on, "on"), touchpoints)))
    return pairwise(sorted(starts))


def _zone_of(midnight: str) -> tzinfo:
    """Return the zone at whose midnights sessions end."""
    try:
        return zone(midnight)
    except (InvalidTypeError, InvalidValueError) as error:
        msg = f"midnight must be the IANA name of a zone such as 'Europe/Berlin', got {midnight!r}"
        raise type(error)(msg, midnight) from error


def _changes(values: Sequence[object]) -> set[int]:
    """Return where another value comes than the last one that is known."""
    found = set()
    last = None
    for place, value in enumerate(values):
        if value is not None:
            if last not in (None, value):
                found.add(place)
            last = value
    return found
