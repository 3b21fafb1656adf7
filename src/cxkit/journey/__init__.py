"""What happened between a shop and its customers: touchpoints, and the journeys that they make.

A touchpoint is one contact at a time. A journey is one customer's touchpoints in order, whatever order they came in.
What happened (`at`) and when it became known (`recorded_at`) are two things, so that a journey can be read as it was
known at any moment.

>>> from datetime import timedelta
>>> from cxkit.journey import journeys
>>> rows = [
...     ("anna", "visit", "2026-03-01T09:00Z"),
...     ("ben", "visit", "2026-03-01T09:30Z"),
...     ("anna", "order", "2026-03-02T09:00Z"),
... ]
>>> anna, ben = journeys(rows)
>>> anna.customer, [touchpoint.name for touchpoint in anna], anna.duration
('anna', ['visit', 'order'], datetime.timedelta(days=1))
>>> [len(session) for session in anna.sessions(gap=timedelta(minutes=30))]
[1, 1]
"""

from cxkit.journey._contacts import CONTACT_FORM as CONTACT_FORM  # this and the like: for the other packages of cxkit
from cxkit.journey._contacts import Contact
from cxkit.journey._contacts import a_contact as a_contact
from cxkit.journey._contacts import is_contact as is_contact
from cxkit.journey._journey import Journey
from cxkit.journey._journey import each_journey as each_journey
from cxkit.journey._load import Row, journeys
from cxkit.journey._touchpoint import Touchpoint, TouchpointFields

__all__ = [
    "Contact",
    "Journey",
    "Row",
    "Touchpoint",
    "TouchpointFields",
    "journeys",
]
