"""The course of a conversation with a bot: who had it last, by the last-outcome rule."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple

from cxkit.metrics._support.vocabulary import TicketEvent, TicketMoment

BOT: frozenset[TicketEvent] = frozenset({"bot_reply", "bot_resolved", "handoff"})
OPENING: frozenset[TicketEvent] = frozenset({"opened", "reopened"})


class Course(NamedTuple):
    """Where a conversation stands.

    Attributes:
        ending: How it ended so far.
        reason: The event that made it so.
        at: When that was.
    """

    ending: Literal["open", "contained", "handed_off"]
    reason: TicketEvent
    at: datetime

    def after(self, moment: TicketMoment, *, human: bool) -> "Course":
        """Return where it stands after one more moment.

        Args:
            moment: What happened.
            human: Whether a human has answered by then; what a human took part in, no bot contains any more.
        """
        at, events, _ = moment
        if human:
            return self if self.ending == "handed_off" else Course("handed_off", "agent_reply", at)
        if "handoff" in events:
            return Course("handed_off", "handoff", at)
        if "bot_resolved" in events:
            return Course("contained", "bot_resolved", at)
        if "resolved" in events and self.ending == "open":
            return Course("contained", "resolved", at)
        if events & OPENING and self.ending == "contained":
            return Course("open", "reopened", at)
        return self


def course_of(moments: Iterable[TicketMoment]) -> Course | None:
    """Follow a conversation; `None` where no bot took part in it."""
    known = list(moments)
    if not any(moment.events & BOT for moment in known):
        return None
    course = Course("open", "opened", known[0].at)
    human = False
    for moment in known:
        human = human or "agent_reply" in moment.events
        course = course.after(moment, human=human)
    return course
