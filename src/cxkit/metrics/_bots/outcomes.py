"""How many conversations a bot contained, and how many it handed over."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Literal, get_args

import attrs

from cxkit._checks import an_instant, one_of
from cxkit._forms import INTEGER, form_of, optional, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Journey, Label
from cxkit.metrics._bots.rule import BotOutcome, BotRule
from cxkit.metrics._desk.cases import by_customer
from cxkit.metrics._desk.outcome_counts import OutcomeCounts
from cxkit.tallies import Rate

BotMetric = Literal["containment", "deflection", "handoff", "abandonment", "satisfied_containment"]
"""What is asked of a bot."""
BotBase = Literal["ended", "conversations", "tickets"]
"""Of what the share is taken: of the conversations with a bot that have ended, of all conversations with a bot, or of all
tickets."""
OUTCOMES: tuple[BotOutcome, ...] = get_args(BotOutcome)
ENDED: tuple[BotOutcome, ...] = ("contained", "recontacted", "handed_off", "abandoned")
_UNITS: dict[BotBase, str] = {
    "ended": "ended bot conversations",
    "conversations": "bot conversations",
    "tickets": "tickets",
}


@stored(
    "metrics.bot_outcomes", rule=optional(form_of(BotRule)), **dict.fromkeys((*OUTCOMES, "rated", "satisfied"), INTEGER)
)
@attrs.frozen(kw_only=True)
class BotOutcomes(OutcomeCounts):
    """How conversations with a bot ended, each counted once: an event tally, which adds over different tickets.

    The outcomes are disjoint, and sum up to the tickets. `BotOutcomes()` is the identity.

    Attributes:
        rule: What counted as which outcome; only tallies of one rule add.
        contained: The bot ended them, and the customer did not come back in the time that the rule gives.
        recontacted: The bot ended them, and the customer came back in this time.
        handed_off: They went to a human, or a human took part.
        abandoned: Nobody ended them, and the customer fell silent.
        pending: The bot ended them, and the customer may still come back.
        open: They go on.
        no_bot: No bot took part.
        rated: The contained ones in which the customer said whether they were satisfied.
        satisfied: The contained ones in which they were.

    >>> from cxkit.metrics import BotOutcomes
    >>> march = BotOutcomes(contained=640, recontacted=60, abandoned=100, handed_off=200, rated=100, satisfied=80)
    >>> march.containment.value, march.deflection.value, march.satisfied_containment.value
    (0.64, 0.8, 0.08)
    """

    _OUTCOMES: ClassVar = OUTCOMES
    _MORE: ClassVar = ("rated", "satisfied")
    _TITLE: ClassVar = "Outcomes of bot conversations"

    rule: BotRule | None = None
    contained: int = 0
    recontacted: int = 0
    handed_off: int = 0
    abandoned: int = 0
    pending: int = 0
    open: int = 0
    no_bot: int = 0
    rated: int = 0
    satisfied: int = 0

    def __attrs_post_init__(self) -> None:
        if self.rule is not None and not isinstance(self.rule, BotRule):
            msg = f"rule must be a BotRule, got {self.rule!r}"
            raise InvalidTypeError(msg, self.rule)
        self._check_counts()
        if not self.satisfied <= self.rated <= self.contained:
            msg = f"those satisfied are among those rated, and these among those contained, got {self!r}"
            raise InvalidValueError(msg, self)

    @property
    def ended(self) -> int:
        """How many conversations with a bot have ended, for good."""
        return self._sum_of(ENDED)

    @property
    def conversations(self) -> int:
        """How many conversations a bot took part in."""
        return self.ended + self.pending + self.open

    @property
    def containment(self) -> Rate:
        """The share of the ended ones that the bot ended, and to which the customer did not come back."""
        return self.rate("containment")

    @property
    def deflection(self) -> Rate:
        """The share of the ended ones that never went to a human: contained, recontacted or abandoned."""
        return self.rate("deflection")

    @property
    def handoff(self) -> Rate:
        """The share of the ended ones that went to a human: what deflection leaves."""
        return self.rate("handoff")

    @property
    def abandonment(self) -> Rate:
        """The share of the ended ones in which the customer fell silent."""
        return self.rate("abandonment")

    @property
    def satisfied_containment(self) -> Rate:
        """The share of the ended ones that were contained and whose customer said that they were satisfied."""
        return self.rate("satisfied_containment")

    @property
    def satisfaction(self) -> Rate:
        """The share of satisfied customers among those of contained conversations who answered."""
        return Rate(self.satisfied, self.rated, name="satisfaction with the bot", unit="rated bot conversations")

    @property
    def recontact(self) -> Rate:
        """The share of those that the bot ended to which the customer came back; those with time left do not count."""
        solved = self.contained + self.recontacted
        return Rate(self.recontacted, solved, name="recontact", unit="conversations ended by a bot")

    @property
    def involvement(self) -> Rate:
        """The share of all tickets in which a bot took part."""
        return Rate(self.conversations, self.tickets, name="involvement", unit="tickets")

    def rate(self, metric: BotMetric, *, of: BotBase = "ended") -> Rate:
        """Return a share, of what a vendor takes it.

        Args:
            metric: Which one. Satisfied containment has no value where the rule does not say who is satisfied.
            of: Of the `"ended"` conversations with a bot; of all `"conversations"` with one, where those that are not
                decided count as failures; or of all `"tickets"`, which some call the automation rate.
        """
        counts: dict[BotMetric, int] = {
            "containment": self.contained,
            "deflection": self.contained + self.recontacted + self.abandoned,
            "handoff": self.handed_off,
            "abandonment": self.abandoned,
            "satisfied_containment": self.satisfied,
        }
        count = counts[one_of(metric, counts, "metric")]
        base: int = getattr(self, one_of(of, _UNITS, "of"))
        if metric == "satisfied_containment" and self.rule is not None and self.rule.satisfied is None:
            base = 0
        return Rate(count, base, name=metric.replace("_", " "), unit=_UNITS[of])


def bot_outcomes(
    journeys: Iterable[Journey],
    rule: BotRule | None = None,
    *,
    ticket: Label | None = None,
    as_of: datetime | None = None,
) -> BotOutcomes:
    """Count how conversations with a bot ended, each once, by its last outcome.

    Args:
        journeys: The tickets; or, with `ticket=`, the customers, which re-contacts need. Read one by one.
        rule: What counts as which outcome; `BotRule()` unless given.
        ticket: What names a ticket in the journey of a customer, such as `"properties.ticket"`.
        as_of: The moment; nothing that came to be known later counts. Without it the log counts as given, and all time
            is over.

    Raises:
        InvalidValueError: The rule asks for re-contacts, and nothing says which tickets are of one customer, or the
            journeys are those of tickets.

    >>> from cxkit.journey import journeys
    >>> from cxkit.metrics import bot_outcomes
    >>> log = [("T-1", "bot_reply", "2026-03-02T09:00Z"), ("T-1", "bot_resolved", "2026-03-02T09:05Z")]
    >>> log += [("T-2", "bot_reply", "2026-03-02T10:00Z"), ("T-2", "handoff", "2026-03-02T10:02Z")]
    >>> bot_outcomes(journeys(log)).containment.value
    0.5
    """
    given = BotRule() if rule is None else rule
    if not isinstance(given, BotRule):
        msg = f"rule must be a BotRule, got {given!r}"
        raise InvalidTypeError(msg, given)
    now = None if as_of is None else an_instant(as_of, "as_of")
    counts = Counter[str]()
    for theirs in by_customer(journeys, ticket, given.recontact_within, "recontact_within"):
        for decision in given.decisions(theirs, as_of=now):
            counts[decision.outcome] += 1
            if decision.outcome == "contained":
                counts["rated"] += decision.is_satisfied is not None
                counts["satisfied"] += decision.is_satisfied is True
    return BotOutcomes(rule=given, **counts)
