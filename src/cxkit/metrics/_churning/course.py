"""What one customer did in one stretch of time, as a policy reads it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple, get_args

import attrs

from cxkit._checks import a_name, an_instant, one_of
from cxkit._forms import MOMENT, TEXT, choice, optional, stored
from cxkit.metrics._churning.policy import ChurnPolicy
from cxkit.metrics._churning.spans import KINDS, ChurnKind, Exit, Stay

ChurnOutcome = Literal["counted", "joined_and_left", "returned", "repeated", "other_kind", "pending"]
"""Whether a loss counts, or why it does not."""
OUTCOMES: tuple[ChurnOutcome, ...] = get_args(ChurnOutcome)
UNDONE = ("joined_and_left", "returned", "repeated")  # which an entry that does not count makes up for


@stored(
    "metrics.churn_event",
    customer=TEXT,
    at=MOMENT,
    outcome=choice(*OUTCOMES),
    kind=optional(choice(*KINDS)),
)
@attrs.frozen
class ChurnEvent:
    """That a customer left, and whether it counts.

    Attributes:
        customer: Who.
        at: The first moment at which they were not there.
        outcome: `"counted"`, or why not: `"joined_and_left"` within the period, `"returned"` within it, `"repeated"` (a later
            loss of the same customer counts), `"other_kind"` (the policy counts others), or `"pending"`: the grace is not over.
        kind: How it ended, where that is known.
    """

    customer: str
    at: datetime
    outcome: ChurnOutcome = "counted"
    kind: ChurnKind | None = None

    def __attrs_post_init__(self) -> None:
        a_name(self.customer, "customer")
        object.__setattr__(self, "at", an_instant(self.at, "at"))
        one_of(self.outcome, OUTCOMES, "outcome")
        if self.kind is not None:
            one_of(self.kind, KINDS, "kind")


class Course(NamedTuple):
    """What one customer did in one stretch.

    Attributes:
        new: 1 for who came for the first time, and counts as new.
        reactivated: How often they came back, as far as that counts.
        is_added: Whether the denominator has them although they were not there at the start.
        events: When they left, and what that counts as.
    """

    new: int
    reactivated: int
    is_added: bool
    events: tuple[ChurnEvent, ...]


def course(customer: str, stays: Sequence[Stay], window: tuple[datetime, datetime], policy: ChurnPolicy) -> Course:
    """Read what a customer did in a window in which they came or left.

    An entry and an exit take turns. For every exit that does not count, an entry does not count either, so that those at the
    start + new + reactivated - lost are those at the end, whatever the policy.
    """
    start, end = window
    was_there = any(stay.start < start and (stay.exit is None or start <= stay.exit.dated) for stay in stays)
    exits = [stay.exit for stay in stays if stay.exit is not None and start <= stay.exit.dated < end]
    entries = [stay.start for stay in stays if start <= stay.start < end]
    outcomes = _outcomes(exits, entries, policy, was_there=was_there)
    entered = len(entries) - sum(outcome in UNDONE for outcome in outcomes)
    new = int(entered > 0 and stays[0].start in entries)
    events = (
        ChurnEvent(customer, exit_.at, outcome, exit_.kind) for exit_, outcome in zip(exits, outcomes, strict=True)
    )
    is_added = not was_there and _is_added(policy, new=new, entered=entered, is_lost="counted" in outcomes)
    return Course(new, entered - new, is_added, tuple(events))


def _outcomes(
    exits: Sequence[Exit], entries: Sequence[datetime], policy: ChurnPolicy, *, was_there: bool
) -> list[ChurnOutcome]:
    outcomes: list[ChurnOutcome] = [_outcome(exit_, entries, policy, was_there=was_there) for exit_ in exits]
    if policy.repeated == "customers":
        counted = [place for place, outcome in enumerate(outcomes) if outcome == "counted"]
        for place in counted[:-1]:
            outcomes[place] = "repeated"
    return outcomes


def _outcome(exit_: Exit, entries: Sequence[datetime], policy: ChurnPolicy, *, was_there: bool) -> ChurnOutcome:
    if exit_.is_pending:
        return "pending"
    if not was_there and policy.joined_and_left == "excluded":
        return "joined_and_left"
    if policy.returned == "excluded" and any(exit_.at < entry for entry in entries):
        return "returned"
    return "counted" if policy.kinds in ("all", exit_.kind) else "other_kind"


def _is_added(policy: ChurnPolicy, *, new: int, entered: int, is_lost: bool) -> bool:
    """Whether the denominator has somebody who was not there at the start."""
    if is_lost and policy.joined_and_left == "in_both":
        return True
    match policy.denominator:
        case "start_and_new":
            return new > 0
        case "everyone":
            return entered > 0
        case _:
            return False
