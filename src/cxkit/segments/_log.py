"""Logs: what was known of a journey at a moment, ready to be asked about."""

from collections.abc import Sequence
from datetime import datetime

from cxkit.journey import Contact, Journey, Touchpoint
from cxkit.predicates import Subject
from cxkit.segments._profile import journey_of


class Log:
    """What was known of a journey at a moment, in order; the questions of one moment share it.

    Attributes:
        as_of: The moment, in UTC.
        known: The touchpoints.
        by_name: The touchpoints of each name.
    """

    __slots__ = ("_chosen", "as_of", "by_name", "known")

    def __init__(self, journey: Journey, as_of: datetime) -> None:
        self.as_of = as_of
        self.known = [
            touchpoint
            for touchpoint in journey.touchpoints
            if touchpoint.recorded_at <= as_of  # type: ignore[operator]  # always there, and never before `at`
        ]
        self.by_name: dict[str, list[Touchpoint]] = {}
        for touchpoint in self.known:
            self.by_name.setdefault(touchpoint.name, []).append(touchpoint)
        self._chosen: dict[int, Sequence[Touchpoint]] = {}

    def of(self, contact: Contact) -> Sequence[Touchpoint]:
        """Return the touchpoints of a name, or those that pass a predicate."""
        if isinstance(contact, str):
            return self.by_name.get(contact, ())
        if id(contact) not in self._chosen:
            self._chosen[id(contact)] = [
                touchpoint for touchpoint in self.known if contact.holds(Subject(touchpoint, touchpoint, self.as_of))
            ]
        return self._chosen[id(contact)]


def log_of(subject: Subject) -> Log | None:
    """Return the log of a subject; `None` where it has no journey, or there is no moment."""
    if subject.memo is not None and Log in subject.memo:
        found: Log = subject.memo[Log]
        return found
    journey = journey_of(subject)
    if journey is None or subject.as_of is None:
        return None
    log = Log(journey, subject.as_of)
    if subject.memo is not None:
        subject.memo[Log] = log
    return log
