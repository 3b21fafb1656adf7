"""Obligations: a customer's dues, what settles them, and how they stand at a moment."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal, get_args

import attrs
from typing_extensions import override

from cxkit._checks import a_name, an_instant, each, one_of
from cxkit._forms import TEXT, form_of, many, stored
from cxkit._money import from_minor, to_minor
from cxkit._tables import aligned
from cxkit.answers import Decision, Reason
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError, UnknownFieldError
from cxkit.journey._contacts import Contact
from cxkit.journey._journey import Journey, each_journey, known_touchpoints
from cxkit.journey._obligations.due import Due, is_about
from cxkit.journey._touchpoint import Touchpoint

DueOutcome = Literal["not_known", "upcoming", "due", "overdue", "passed", "settled", "cancelled"]
"""How a due stands; see `DueDecision`."""
OPEN: tuple[DueOutcome, ...] = ("upcoming", "due", "overdue")


@attrs.frozen
class Settlement:
    """What one touchpoint brought.

    Attributes:
        touchpoint: The touchpoint.
        amount: How much of its value; `None` where no money is asked for, or it has no value.
    """

    touchpoint: Touchpoint
    amount: Decimal | None = None


@attrs.frozen(kw_only=True)
class DueDecision(Decision[DueOutcome]):
    """How one due stands at a moment.

    Attributes:
        outcome: It is `upcoming` before it is due, `due` from then on, and `overdue` at last; or it is `settled` or
            `cancelled`, whenever that was. What nothing settles is `passed` in the end. `not_known`: it was recorded later.
        due: What was planned.
        settlements: What was brought for it, in order.
        closed_at: When it was settled or cancelled.
    """

    due: Due
    settlements: tuple[Settlement, ...] = ()
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether something is still to come: it is upcoming, due or overdue."""
        return self.outcome in OPEN

    @property
    def is_late(self) -> bool:
        """Whether it is overdue, or was when it was settled."""
        if self.outcome == "settled" and self.closed_at is not None:
            return self.closed_at >= self.due.overdue_at
        return self.outcome == "overdue"

    @property
    def overdue_since(self) -> datetime | None:
        """Since when it has been overdue; `None` if it is not."""
        return self.due.overdue_at if self.outcome == "overdue" else None

    @property
    def amount_settled(self) -> Decimal | None:
        """How much has come in; `None` where no money is asked for."""
        return None if self.due.currency is None else from_minor(self._units(self.due.currency), self.due.currency)

    @property
    def amount_open(self) -> Decimal | None:
        """How much is still to come, nothing if it is settled or cancelled; `None` where no money is asked for."""
        if self.due.amount is None or self.due.currency is None:
            return None
        asked = to_minor(self.due.amount, self.due.currency)
        left = asked - self._units(self.due.currency) if self.is_open else 0
        return from_minor(left, self.due.currency)

    def _units(self, currency: str) -> int:
        return _sum((settlement.amount for settlement in self.settlements), currency)


def _sum(amounts: Iterable[Decimal | None], currency: str) -> int:
    return sum(to_minor(amount, currency) for amount in amounts if amount is not None)


class _Account:
    """One due, and what came in for it so far."""

    def __init__(self, due: Due) -> None:
        self.due = due
        self.left = 0 if due.amount is None else to_minor(due.amount, due.currency or "")
        self.settlements: list[Settlement] = []
        self.outcome: Literal["settled", "cancelled"] | None = None
        self.closed_at: datetime | None = None

    def is_meant(self, contact: Contact | None, touchpoint: Touchpoint) -> bool:
        """Whether a touchpoint settles or cancels the due, by one of the two conditions."""
        due = self.due
        return contact is not None and is_about(touchpoint, contact, due.raised_at, due.match, due.reference)

    def close(self, outcome: Literal["settled", "cancelled"], touchpoint: Touchpoint) -> None:
        if outcome == "settled" and self.due.amount is None:
            self.settlements.append(Settlement(touchpoint))
        self.outcome, self.closed_at = outcome, touchpoint.at

    def pay(self, touchpoint: Touchpoint, money: int, currency: str) -> int:
        """Take what is still open, and return what is left of the money."""
        paid = 0 if self.outcome else max(0, min(self.left, money))
        if paid:
            self.settlements.append(Settlement(touchpoint, from_minor(paid, currency)))
            self.left -= paid
            if not self.left:
                self.close("settled", touchpoint)
        return money - paid

    def decision(self, as_of: datetime) -> DueDecision:
        outcome, reason, retry_at = self._answer(as_of)
        decision = DueDecision(
            outcome=outcome,
            reasons=(reason,),
            retry_at=retry_at,
            due=self.due,
            settlements=tuple(self.settlements),
            closed_at=self.closed_at,
        )
        if not (decision.is_open and self.settlements):
            return decision
        part = Reason("partly_settled", found=decision.amount_settled, needed=self.due.amount)
        return attrs.evolve(decision, reasons=(reason, part))

    def _answer(self, as_of: datetime) -> tuple[DueOutcome, Reason, datetime | None]:
        due = self.due
        if self.outcome is not None:
            needed = due.settled_by if self.outcome == "settled" else due.cancelled_by
            return self.outcome, Reason(self.outcome, found=self.closed_at, needed=needed), None
        if as_of < due.due_at:
            return "upcoming", Reason("upcoming", found=as_of, needed=due.due_at), due.due_at
        if as_of < due.overdue_at:
            return "due", Reason("due", found=as_of, needed=due.overdue_at), due.overdue_at
        outcome: DueOutcome = "passed" if due.settled_by is None else "overdue"
        return outcome, Reason(outcome, found=as_of, needed=due.overdue_at), None


def _post(touchpoint: Touchpoint, accounts: Sequence[_Account], currency: str) -> Settlement | None:
    """Let a touchpoint settle or cancel the first open due that it is meant for; return the money that no due took.

    Money goes on from a due that is paid to the next one that it is meant for.
    """
    money: int | None = None
    is_taken = False
    for account in accounts:
        if account.is_meant(account.due.settled_by, touchpoint):
            if account.due.amount is not None:
                before = _money_of(touchpoint, currency) if money is None else money
                money = account.pay(touchpoint, before, currency)
                is_taken = is_taken or money != before
            elif account.outcome is None and not is_taken:
                account.close("settled", touchpoint)
                return None
        elif account.outcome is None and not is_taken and account.is_meant(account.due.cancelled_by, touchpoint):
            account.close("cancelled", touchpoint)
            return None
    if money is None or (is_taken and money == 0):
        return None
    return Settlement(touchpoint, None if touchpoint.value is None else from_minor(money, currency))


def _money_of(touchpoint: Touchpoint, currency: str) -> int:
    what = f"the value of {touchpoint.name!r} at {touchpoint.at.isoformat()}"
    return 0 if touchpoint.value is None else to_minor(touchpoint.value, currency, what=what)


def _rank(due: Due) -> tuple[bool, datetime, str]:
    """Order dues for a touchpoint: those whose reference it carries, then the oldest."""
    return due.match is None, due.due_at, due.id


@attrs.frozen
class Statement:
    """How the obligations of a customer stand at a moment.

    Attributes:
        customer: Whose they are.
        as_of: The moment, in UTC.
        decisions: A decision for each due that was known, by due date.
        unapplied: What touchpoints brought that no due took: paid too much, twice, or without a value.
    """

    customer: str
    as_of: datetime
    decisions: tuple[DueDecision, ...]
    unapplied: tuple[Settlement, ...] = ()

    def having(self, *outcomes: DueOutcome) -> tuple[DueDecision, ...]:
        """Return the decisions with one of some outcomes."""
        for outcome in outcomes:
            one_of(outcome, get_args(DueOutcome), "an outcome")
        return tuple(decision for decision in self.decisions if decision.outcome in outcomes)

    @property
    def open(self) -> tuple[DueDecision, ...]:
        """What is still to come: upcoming, due or overdue."""
        return self.having(*OPEN)

    @property
    def overdue(self) -> tuple[DueDecision, ...]:
        """What should have come."""
        return self.having("overdue")

    @property
    def settled(self) -> tuple[DueDecision, ...]:
        """What has come."""
        return self.having("settled")

    @property
    def retry_at(self) -> datetime | None:
        """The next moment at which time alone changes the outcome of a due; `None` if it never does."""
        return min((found.retry_at for found in self.decisions if found.retry_at is not None), default=None)

    @property
    def amount_open(self) -> Decimal | None:
        """How much is still to come in all; `None` where no due asks for money."""
        currency = next((found.due.currency for found in self.decisions if found.due.currency is not None), None)
        amounts = (found.amount_open for found in self.decisions)
        return None if currency is None else from_minor(_sum(amounts, currency), currency)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each due."""
        return [
            {
                "due": decision.due.id,
                "due_at": decision.due.due_at,
                "outcome": decision.outcome,
                "closed_at": decision.closed_at,
                "currency": decision.due.currency,
                "amount": decision.due.amount,
                "amount_open": decision.amount_open,
            }
            for decision in self.decisions
        ]

    @override
    def __str__(self) -> str:
        return aligned(self.rows())


def _in_order(dues: Iterable[Due]) -> tuple[Due, ...]:
    """Sort by due date, then by id; keep one of those that a host gave twice."""
    by_id: dict[str, Due] = {}
    for due in each(dues, "dues"):
        if not isinstance(due, Due):
            msg = f"obligations are made of dues, got {due!r}"
            raise InvalidTypeError(msg, due)
        if by_id.setdefault(due.id, due) != due:
            msg = f"two different dues have the id {due.id!r}: {by_id[due.id]!r} and {due!r}; give one of them an id="
            raise DuplicateError(msg, due)
    return tuple(sorted(by_id.values(), key=lambda due: (due.due_at, due.id)))


@stored("journey.obligations", customer=TEXT, dues=many(form_of(Due)))
@attrs.frozen
class Obligations:
    """What is planned for one customer: dues by due date, whatever order they came in.

    A touchpoint settles, or cancels, one due: one whose reference it carries, or else the oldest that it is meant for.
    Money goes on to the next such due, and what no due takes is reported.

    Attributes:
        customer: Whose they are.
        dues: The dues; those with amounts are in one currency, that of the values in the journey.

    >>> from datetime import datetime, timezone
    >>> from cxkit.journey import Due, Obligations, journeys
    >>> day = lambda number: datetime(2026, 3, number, tzinfo=timezone.utc)
    >>> visit = Due("appointment", day(9), settled_by="visit", raised_at=day(1))
    >>> call = Due("call", day(20), settled_by="call", raised_at=day(1))
    >>> anna, = journeys([("anna", "visit", day(9))])
    >>> statement = Obligations("anna", [call, visit]).statement(anna, as_of=day(10))
    >>> [(found.due.name, found.outcome) for found in statement.decisions]
    [('appointment', 'settled'), ('call', 'upcoming')]
    """

    customer: str
    dues: tuple[Due, ...] = attrs.field(default=(), converter=_in_order)

    def __attrs_post_init__(self) -> None:
        a_name(self.customer, "customer")
        if len(currencies := sorted({due.currency for due in self.dues if due.currency is not None})) > 1:
            msg = f"the values of a journey are in one currency, so are its dues, got {', '.join(currencies)}"
            raise InvalidValueError(msg, self.dues)

    def statement(self, journey: Journey, *, as_of: datetime) -> Statement:
        """Say how each due stands, and why.

        Args:
            journey: The customer's.
            as_of: The moment; no touchpoint and no due that came to be known later counts.
        """
        [journey] = each_journey([journey])
        if journey.customer != self.customer:
            msg = f"expected the journey of {self.customer!r}, got that of {journey.customer!r}"
            raise InvalidValueError(msg, journey)
        instant = an_instant(as_of, "as_of")
        known = [due for due in self.dues if due.recorded_at is None or due.recorded_at <= instant]
        currency = next((due.currency for due in known if due.currency is not None), "")
        accounts = [_Account(due) for due in sorted(known, key=_rank)]
        left = [_post(touchpoint, accounts, currency) for touchpoint in known_touchpoints(journey, instant)]
        by_id = {account.due.id: account.decision(instant) for account in accounts}
        return Statement(
            self.customer,
            instant,
            tuple(by_id[due.id] for due in known),
            tuple(settlement for settlement in left if settlement is not None),
        )

    def explain(self, due: str, journey: Journey, *, as_of: datetime) -> DueDecision:
        """Say how one due stands among the others, and why.

        Args:
            due: The id of the due.
            journey: The customer's.
            as_of: The moment; no touchpoint and no due that came to be known later counts.
        """
        planned = {one.id: one for one in self.dues}
        if a_name(due, "the id of a due") not in planned:
            raise UnknownFieldError.among("the plan", due, planned, what="due")  # noqa: EM101 - a factory
        statement = self.statement(journey, as_of=as_of)
        reason = Reason("not_known", found=statement.as_of)
        hidden = DueDecision(outcome="not_known", reasons=(reason,), due=planned[due])
        return next((decision for decision in statement.decisions if decision.due.id == due), hidden)

    def __iter__(self) -> Iterator[Due]:
        return iter(self.dues)

    def __len__(self) -> int:
        return len(self.dues)
