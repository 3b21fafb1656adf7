"""The state of a stamp card: what was done with it, from which everything else is read."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import attrs

from cxkit._checks import a_count, a_name, an_instant, one_of
from cxkit._forms import INTEGER, MOMENT, TEXT, choice, form_of, many, stored
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError

Operation = Literal["stamp", "redeem"]


@stored(
    "loyalty.stamp_entry",
    operation=choice("stamp", "redeem"),
    reference=TEXT,
    at=MOMENT,
    units=INTEGER,
    content=TEXT,
)
@attrs.frozen
class StampEntry:
    """One thing that was done with a stamp card.

    Attributes:
        operation: What was done.
        reference: The host's name for it, by which a retry is known.
        at: When.
        units: How many units earned a stamp, or became free.
        content: A fingerprint of what was bought, which a retry must share.
    """

    operation: Operation
    reference: str
    at: datetime
    units: int
    content: str

    def __attrs_post_init__(self) -> None:
        one_of(self.operation, ("stamp", "redeem"), "operation")
        a_name(self.reference, "reference")
        a_count(self.units, "units", least=1)
        object.__setattr__(self, "at", an_instant(self.at, "at"))


def _entries(given: Iterable[StampEntry]) -> tuple[StampEntry, ...]:
    entries = tuple(given)
    known: set[tuple[Operation, str]] = set()
    for entry in entries:
        if not isinstance(entry, StampEntry):
            msg = f"the entries of a stamp card are StampEntry values, got {entry!r}"
            raise InvalidTypeError(msg, entry)
        if (entry.operation, entry.reference) in known:
            msg = f"two entries have the reference {entry.reference!r} for a {entry.operation}"
            raise DuplicateError(msg, entry)
        known.add((entry.operation, entry.reference))
    return entries


@stored(
    "loyalty.stamp_state",
    card=TEXT,
    customer=TEXT,
    buy=INTEGER,
    get=INTEGER,
    entries=many(form_of(StampEntry)),
)
@attrs.frozen
class StampState:
    """The stamps and rewards of one customer on one card: the entries that made them.

    Entries may come late, and out of order: whatever is read from them goes by their times.

    Attributes:
        card: The id of the card.
        customer: Whose it is.
        buy: How many stamps fill the card.
        get: How many rewards a full card gives.
        entries: What was done, in the order in which the host did it.
    """

    card: str
    customer: str
    buy: int
    get: int
    entries: tuple[StampEntry, ...] = attrs.field(default=(), converter=_entries)

    def __attrs_post_init__(self) -> None:
        a_name(self.card, "card")
        a_name(self.customer, "customer")
        a_count(self.buy, "buy", least=1)
        a_count(self.get, "get", least=1)
        for moment, rewards in self._balances().items():
            if rewards < 0:
                msg = f"more rewards are redeemed than there are on {moment.isoformat()}: {-rewards} too many"
                raise InvalidValueError(msg, self.entries)

    @property
    def stamps(self) -> int:
        """The stamps towards the next reward."""
        return self._units("stamp") % self.buy

    @property
    def rewards(self) -> int:
        """The rewards to redeem, one free unit each."""
        return self._units("stamp") // self.buy * self.get - self._units("redeem")

    @property
    def version(self) -> int:
        """Which state this is, for a host to see that somebody else wrote in between."""
        return len(self.entries)

    def _units(self, operation: Operation) -> int:
        return sum(entry.units for entry in self.entries if entry.operation == operation)

    def as_of(self, moment: datetime) -> "StampState":
        """Return the state at a moment: what was done by then."""
        instant = an_instant(moment, "as_of")
        return attrs.evolve(self, entries=tuple(entry for entry in self.entries if entry.at <= instant))

    def redeemable(self, at: datetime) -> int:
        """Return how many rewards can be redeemed at a moment so that no redemption after it falls short."""
        instant = an_instant(at, "at")
        now, later = 0, []
        for moment, rewards in self._balances().items():
            if moment <= instant:
                now = rewards
            else:
                later.append(rewards)
        return min([now, *later])

    def _balances(self) -> dict[datetime, int]:
        """Return the rewards there were after each instant at which something was done, in order of time."""
        stamped = redeemed = 0
        balances: dict[datetime, int] = {}
        for entry in sorted(self.entries, key=lambda entry: entry.at):
            if entry.operation == "stamp":
                stamped += entry.units
            else:
                redeemed += entry.units
            balances[entry.at] = stamped // self.buy * self.get - redeemed
        return balances

    def after(self, entry: StampEntry) -> "StampState":
        """Return the state with one entry more."""
        return attrs.evolve(self, entries=(*self.entries, entry))

    def holds(self, operation: Operation, reference: str, content: str) -> bool:
        """Whether an operation was done before; raises `DuplicateError` where its reference stands for something else."""
        for entry in self.entries:
            if (entry.operation, entry.reference) == (operation, reference):
                if entry.content == content:
                    return True
                msg = (
                    f"the reference {reference!r} stands for another {operation} of {entry.at.isoformat()}; "
                    "a reference names one purchase, and a retry must repeat it as it was"
                )
                raise DuplicateError(msg, reference)
        return False
