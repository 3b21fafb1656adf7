"""Who the customers are, by what they are and by what they did.

A segment is a named predicate about a `Profile`: the attributes of a customer and their journey. Behaviour is counted
from the journey at a moment, `as_of`, and tested like any other value.

>>> from datetime import datetime, timezone
>>> from cxkit.calendar import days
>>> from cxkit.journey import journeys
>>> from cxkit.predicates import Fields, text
>>> from cxkit.segments import Profile, Segment, events
>>> class Customer(Fields):
...     country = text()
>>> lapsing = Segment(
...     "German and lapsing",
...     (Customer.country == "DE") & (events("order").count() >= 1) & (events("order").within(days(14)).count() == 0),
... )
>>> anna, = journeys([("anna", "order", "2026-03-02T09:00Z")])
>>> profile = Profile({"country": "DE"}, anna)
>>> [lapsing.contains(profile, as_of=datetime(2026, 3, day, tzinfo=timezone.utc)) for day in (10, 20)]
[False, True]
"""

from typing import TYPE_CHECKING

from cxkit._forms import register_late
from cxkit._late import late
from cxkit.segments import _event_values  # noqa: F401 - its classes have stored forms
from cxkit.segments._events import Events, LastDays, events
from cxkit.segments._lifecycle import lifecycle
from cxkit.segments._percentile import TopShare
from cxkit.segments._profile import Profile
from cxkit.segments._replay import Stay
from cxkit.segments._rfm import (
    RFM_GRID,
    Cuts,
    RfmGroup,
    RfmMethod,
    RfmModel,
    RfmScore,
    RfmValues,
    Ties,
    quantile_scores,
    rfm_values,
)
from cxkit.segments._segment import Segment
from cxkit.segments._sequence import EventSequence, Follower
from cxkit.segments._set import Movement, SegmentSet, SegmentSizes

if TYPE_CHECKING:
    from cxkit.segments._funnel_values import funnel_last_step, funnel_outcome

__all__ = [
    "RFM_GRID",
    "Cuts",
    "EventSequence",
    "Events",
    "Follower",
    "LastDays",
    "Movement",
    "Profile",
    "RfmGroup",
    "RfmMethod",
    "RfmModel",
    "RfmScore",
    "RfmValues",
    "Segment",
    "SegmentSet",
    "SegmentSizes",
    "Stay",
    "Ties",
    "TopShare",
    "events",
    "funnel_last_step",
    "funnel_outcome",
    "lifecycle",
    "quantile_scores",
    "rfm_values",
]

_LATE = {"_funnel_values": ("funnel_last_step", "funnel_outcome")}  # few programs need funnels
register_late("cxkit.segments._funnel_values", "segments.funnel_standing")

if not TYPE_CHECKING:
    __getattr__ = late(__name__, _LATE)
    __dir__ = __all__.copy  # what is imported late stands there, too
