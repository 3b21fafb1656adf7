"""Optional steps of a funnel: filled by what lies between the steps that an attempt filled, and in nobody's way."""

from collections.abc import Sequence
from datetime import datetime

from cxkit.journey._funnels.steps import Marks, Step


def with_optional(
    steps: Sequence[Step],
    places: Sequence[int],
    marks: Marks,
    moments: Sequence[datetime],
    *,
    ties: str,
    expiry: datetime,
) -> list[int | None]:
    """Return which touchpoint filled each step; `None` for those that were not filled.

    Args:
        steps: The steps, optional ones among them.
        places: The touchpoints that filled the others, as far as the attempt came.
        marks: For each touchpoint the optional steps that it can fill, counted among these.
        moments: When each touchpoint was.
        ties: What touchpoints of one instant may do.
        expiry: When the attempt ran out of time, or will.
    """

    def follows(place: int, other: int) -> bool:
        if ties == "input":
            return place > other
        return moments[place] > moments[other] or (ties == "favourable" and moments[place] == moments[other])

    used = set(places)
    filled: list[int | None] = []
    required = optional = 0
    last = -1
    for step in steps:
        place: int | None = None
        if not step.optional:
            place = places[required] if required < len(places) else None
            required += 1
        else:
            if required <= len(places):
                between = (
                    place
                    for place, mark in enumerate(marks)
                    if optional in mark
                    and place not in used
                    and follows(place, last)
                    and moments[place] <= expiry
                    and (required == len(places) or follows(places[required], place))
                )
                place = next(between, None)
            optional += 1
        filled.append(place)
        if place is not None:
            used.add(place)
            last = place
    return filled
