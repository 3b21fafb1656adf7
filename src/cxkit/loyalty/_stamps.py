"""Stamp cards: buy X, get Y across visits."""

from datetime import datetime
from typing import Literal

import attrs

from cxkit._checks import a_count, a_name, an_instant
from cxkit._forms import INTEGER, TEXT, stored
from cxkit.answers import Decision, Reason
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.loyalty._applying.lanes import after
from cxkit.loyalty._applying.lines import lines_of
from cxkit.loyalty._basket import Basket, unit_price
from cxkit.loyalty._benefits.deal import Taking
from cxkit.loyalty._benefits.spreading import Off
from cxkit.loyalty._line import ITEMS_FORM, LineFields, line_order
from cxkit.loyalty._receipt import Receipt
from cxkit.loyalty._stamp_state import StampEntry, StampState
from cxkit.loyalty._stock import Shelf, Things, taken_in_order, units
from cxkit.predicates import Predicate, a_predicate

StampOutcome = Literal["stamped", "nothing_to_stamp", "already_applied"]
"""What can become of a purchase on a stamp card; see `Stamping`."""
RedeemOutcome = Literal["redeemed", "no_reward", "no_items", "already_applied"]
"""What can become of a wish to redeem; see `Redemption`."""


@attrs.frozen(kw_only=True)
class Stamping(Decision[StampOutcome]):
    """What became of a purchase on a stamp card.

    Attributes:
        outcome: `stamped`; `nothing_to_stamp` where nothing bought earns a stamp; `already_applied` for a retry.
        state: The state to keep.
        expected_version: The version of the state that this must replace.
    """

    state: StampState
    expected_version: int


@attrs.frozen(kw_only=True)
class Redemption(Decision[RedeemOutcome]):
    """What became of a wish to redeem.

    Attributes:
        outcome: `redeemed`; `no_reward` where there are too few; `no_items` where the basket holds too few units to make
            free; `already_applied` for a retry.
        state: The state to keep.
        expected_version: The version of the state that this must replace.
        receipt: What the basket costs: with its free units where they were redeemed, in full where not.
    """

    state: StampState
    expected_version: int
    receipt: Receipt


@stored("loyalty.stamp_card", name=TEXT, buy=INTEGER, get=INTEGER, items=ITEMS_FORM, id=TEXT)
@attrs.frozen
class StampCard:
    """Every `buy` units bought, over any number of visits, earn `get` rewards of one free unit each.

    State goes in and comes out; the card itself never changes. Free units earn no stamp.

    Attributes:
        name: What customers call it.
        buy: How many stamps fill it.
        get: How many rewards a full card gives.
        items: Which lines earn stamps and can be redeemed, as a predicate about `Line.fields`.
        id: Its identity; the name, unless given.

    >>> from datetime import datetime, timezone
    >>> from cxkit.loyalty import Basket, Line, StampCard
    >>> card = StampCard("coffee card", buy=5, get=1, items=Line.fields.tags.contains("coffee"))
    >>> round_of = Basket([Line("espresso", 2, quantity=6, tags={"coffee"})], currency="EUR")
    >>> monday = datetime(2026, 3, 2, tzinfo=timezone.utc)
    >>> stamping = card.stamp(card.open("anna"), round_of, at=monday, reference="order-17")
    >>> stamping.outcome, stamping.state.stamps, stamping.state.rewards
    ('stamped', 1, 1)
    >>> card.stamp(stamping.state, round_of, at=monday, reference="order-17").outcome
    'already_applied'
    """

    name: str
    buy: int = attrs.field(kw_only=True)
    get: int = attrs.field(kw_only=True)
    items: Predicate = attrs.field(kw_only=True)
    id: str = attrs.field(kw_only=True, default=attrs.Factory(lambda self: self.name, takes_self=True))

    def __attrs_post_init__(self) -> None:
        a_name(self.name, "the name of a stamp card")
        a_name(self.id, "the id of a stamp card")
        a_count(self.buy, "buy", least=1)
        a_count(self.get, "get", least=1)
        a_predicate(self.items, LineFields, "items")

    def open(self, customer: str) -> StampState:
        """Return the empty state of a customer's card."""
        return StampState(self.id, a_name(customer, "customer"), self.buy, self.get)

    def explain(self, state: StampState) -> Decision[Literal["reward", "collecting"]]:
        """Say whether there is a reward to redeem, and how far the next one is."""
        self._check_state(state)
        stamps = Reason("stamps", found=state.stamps, needed=self.buy)
        if state.rewards:
            return Decision(outcome="reward", reasons=(Reason("rewards", found=state.rewards, needed=1), stamps))
        return Decision(outcome="collecting", reasons=(stamps,))

    def stamp(self, state: StampState, bought: Basket | Receipt, *, at: datetime, reference: str) -> Stamping:
        """Stamp the card for what was bought.

        Args:
            state: The customer's state.
            bought: The basket, or its receipt, whose free units earn nothing.
            at: When.
            reference: The host's name for the purchase; the same one again changes nothing.

        Raises:
            DuplicateError: The reference stands for a purchase of something else.
        """
        version = self._check(state, at, reference)
        content = _fingerprint(bought)
        if state.holds("stamp", reference, content):
            return Stamping(outcome="already_applied", state=state, expected_version=version)
        earning = self._earning(bought)
        if not earning:
            reason = Reason("nothing_to_stamp", found=0, needed=1)
            return Stamping(outcome="nothing_to_stamp", reasons=(reason,), state=state, expected_version=version)
        entry = StampEntry("stamp", reference, at, earning, content)
        reason = Reason("stamped", found=earning)
        return Stamping(outcome="stamped", reasons=(reason,), state=state.after(entry), expected_version=version)

    def redeem(
        self, state: StampState, basket: Basket, *, at: datetime, reference: str, rewards: int = 1
    ) -> Redemption:
        """Redeem rewards: as many of the cheapest units become free.

        Args:
            state: The customer's state.
            basket: What is bought.
            at: When.
            reference: The host's name for the redemption; the same one again changes nothing.
            rewards: How many to redeem.

        Raises:
            DuplicateError: The reference stands for another redemption.
        """
        a_count(rewards, "rewards", least=1)
        if not isinstance(basket, Basket):
            msg = f"rewards are redeemed against a Basket, got {basket!r}"
            raise InvalidTypeError(msg, basket)
        version = self._check(state, at, reference)
        content = f"{rewards} of {_fingerprint(basket)}"
        things = Things(basket, by_id=True)
        shelf = Shelf(things, things.groups(), base="running")
        covered = shelf.range(self.items)
        outcome, reasons = _answer(state.redeemable(at), units(shelf.left, covered), rewards)
        if state.holds("redeem", reference, content):
            outcome, reasons = "already_applied", ()
        elif outcome == "redeemed":
            state = state.after(StampEntry("redeem", reference, at, rewards, content))
        number = rewards if outcome in ("redeemed", "already_applied") else 0
        free = taken_in_order(shelf.left, covered, number)
        taking = Taking(
            1, free, tuple(Off(place, some, some * shelf.groups[place].price) for place, some in free.items())
        )
        return Redemption(
            outcome=outcome,
            reasons=reasons,
            state=state,
            expected_version=version,
            receipt=Receipt(basket=basket, lines=lines_of(basket, things, after(shelf, {self.id: taking})), trace=()),
        )

    def _check(self, state: StampState, at: datetime, reference: str) -> int:
        """Check what an operation is given, whatever will come of it; return the version of the state."""
        self._check_state(state)
        an_instant(at, "at")
        a_name(reference, "reference")
        return state.version

    def _check_state(self, state: StampState) -> None:
        if not isinstance(state, StampState):
            msg = f"expected the StampState of a customer, as {self.name!r}.open(...) gives it, got {state!r}"
            raise InvalidTypeError(msg, state)
        if (state.card, state.buy, state.get) != (self.id, self.buy, self.get):
            msg = (
                f"this is the card {self.id!r} of {self.buy} and {self.get}, the state is of {state.card!r} with "
                f"{state.buy} and {state.get}; a card with other terms needs an id of its own"
            )
            raise InvalidValueError(msg, state)

    def _earning(self, bought: Basket | Receipt) -> int:
        """Return how many units earn a stamp."""
        if isinstance(bought, Basket):
            return sum(line.quantity for line in bought.lines if line.kind == "goods" and self.items.matches(line))
        goods = [line for line in bought.lines if line.line.kind == "goods" and self.items.matches(line.line)]
        return sum(line.line.quantity - line.free_units for line in goods)


def _answer(redeemable: int, covered: int, rewards: int) -> tuple[RedeemOutcome, tuple[Reason, ...]]:
    """Say whether a redemption that is no retry may go ahead."""
    if redeemable < rewards:
        return "no_reward", (Reason("no_reward", found=redeemable, needed=rewards),)
    if covered < rewards:
        return "no_items", (Reason("no_items", found=covered, needed=rewards),)
    return "redeemed", (Reason("redeemed", found=rewards),)


def _fingerprint(bought: Basket | Receipt) -> str:
    """Return a short text that two purchases share only if the same was bought, whatever the order of its lines."""
    from hashlib import sha256  # noqa: PLC0415 - not free, and few who import the package stamp cards

    basket = bought.basket if isinstance(bought, Receipt) else bought
    if not isinstance(basket, Basket):
        msg = f"what is bought must be a Basket or its Receipt, got {bought!r}"
        raise InvalidTypeError(msg, bought)
    free = {line.line: line.free_units for line in bought.lines} if isinstance(bought, Receipt) else {}
    content = sorted(
        (line_order(line), unit_price(basket, line), line.quantity, free.get(line, 0)) for line in basket.lines
    )
    return sha256(repr((basket.currency, content)).encode()).hexdigest()[:16]
