"""First-contact resolution: how many tickets were solved at the first contact."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import attrs

from cxkit._checks import an_instant
from cxkit._forms import INTEGER, form_of, optional, stored
from cxkit.errors import InvalidTypeError
from cxkit.journey import Journey, Label
from cxkit.metrics._desk.cases import by_customer
from cxkit.metrics._desk.first_contact import FirstContactOutcome, FirstContactRule
from cxkit.metrics._desk.outcome_counts import OutcomeCounts
from cxkit.tallies import Rate

FAILED: tuple[FirstContactOutcome, ...] = ("reopened", "several_contacts", "repeated")
OUTCOMES: tuple[FirstContactOutcome, ...] = ("resolved", *FAILED, "unresolvable", "follow_up", "pending", "open")


@stored(
    "metrics.first_contact_resolution", rule=optional(form_of(FirstContactRule)), **dict.fromkeys(OUTCOMES, INTEGER)
)
@attrs.frozen(kw_only=True)
class FirstContactResolution(OutcomeCounts):
    """What became of tickets, each counted once: an event tally, which adds over different tickets.

    The outcomes are disjoint, and sum up to the tickets. `FirstContactResolution()` is the identity.

    Attributes:
        rule: What counted as solved; only tallies of one rule add.
        resolved: Solved at the first contact.
        reopened: Not so: opened again.
        several_contacts: Not so: the customer had to write more than once.
        repeated: Not so: the customer came back with another ticket.
        unresolvable: Not so, and they could not have been.
        follow_up: Themselves repeat contacts, of neither side.
        pending: Resolved, and the customer may still come back.
        open: Not resolved.

    >>> from cxkit.metrics import FirstContactResolution
    >>> march = FirstContactResolution(resolved=320, repeated=40, unresolvable=40)
    >>> march.gross.value, round(march.net.value, 4)
    (0.8, 0.8889)
    """

    _OUTCOMES: ClassVar = OUTCOMES
    _TITLE: ClassVar = "First-contact resolution"

    rule: FirstContactRule | None = None
    resolved: int = 0
    reopened: int = 0
    several_contacts: int = 0
    repeated: int = 0
    unresolvable: int = 0
    follow_up: int = 0
    pending: int = 0
    open: int = 0

    def __attrs_post_init__(self) -> None:
        if self.rule is not None and not isinstance(self.rule, FirstContactRule):
            msg = f"rule must be a FirstContactRule, got {self.rule!r}"
            raise InvalidTypeError(msg, self.rule)
        self._check_counts()

    @property
    def failed(self) -> int:
        """How many could have been solved at the first contact, and were not."""
        return self._sum_of(FAILED)

    @property
    def gross(self) -> Rate:
        """The share that was solved at the first contact, of all first contacts that are decided."""
        total = self.resolved + self.failed + self.unresolvable
        return Rate(self.resolved, total, name="gross first-contact resolution", unit="first contacts")

    @property
    def net(self) -> Rate:
        """The same, less those that could not have been solved then."""
        total = self.resolved + self.failed
        return Rate(self.resolved, total, name="net first-contact resolution", unit="resolvable first contacts")


def first_contact_resolution(
    journeys: Iterable[Journey],
    rule: FirstContactRule,
    *,
    ticket: Label | None = None,
    as_of: datetime | None = None,
) -> FirstContactResolution:
    """Count what became of tickets: which were solved at the first contact.

    Args:
        journeys: The customers, which a rule with a window needs; or, without `ticket=`, the tickets. Read one by one.
        rule: What counts as solved.
        ticket: What names a ticket in the journey of a customer, such as `"properties.ticket"`.
        as_of: The moment; nothing that came to be known later counts. Without it the log counts as given, and all time
            is over.

    Raises:
        InvalidValueError: The rule has a window, and nothing says which tickets are of one customer, or the journeys are
            those of tickets.

    >>> from datetime import datetime, timezone
    >>> from cxkit.calendar import days
    >>> from cxkit.journey import Journey, Touchpoint
    >>> from cxkit.metrics import FirstContactRule, first_contact_resolution
    >>> at = lambda day: datetime(2026, 3, day, tzinfo=timezone.utc)
    >>> told = [("opened", 2, "T-1"), ("resolved", 3, "T-1"), ("opened", 20, "T-2"), ("resolved", 21, "T-2")]
    >>> anna = Journey("anna", [Touchpoint(name, at(day), properties={"ticket": of}) for name, day, of in told])
    >>> found = first_contact_resolution([anna], FirstContactRule(window=days(7)), ticket="properties.ticket", as_of=at(22))
    >>> found.resolved, found.pending, found.net.value
    (1, 1, 1.0)
    """
    if not isinstance(rule, FirstContactRule):
        msg = f"rule must be a FirstContactRule such as FirstContactRule(window=days(7)), got {rule!r}"
        raise InvalidTypeError(msg, rule)
    now = None if as_of is None else an_instant(as_of, "as_of")
    counts = Counter[str]()
    for theirs in by_customer(journeys, ticket, rule.window, "window"):
        counts.update(decision.outcome for decision in rule.decisions(theirs, as_of=now))
    return FirstContactResolution(rule=rule, **counts)
