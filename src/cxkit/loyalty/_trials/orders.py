"""Orders that offers are tried on: baskets, each with the codes typed for it, and the profiles of their customers."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from cxkit._checks import as_tuple, distinct, each, shown
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.loyalty._applying.apply import apply_offers
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._line import Line
from cxkit.loyalty._offers.limits import Usage
from cxkit.loyalty._offers.offer import Offer
from cxkit.loyalty._offers.policy import OfferPolicy
from cxkit.loyalty._receipt import Receipt

Order: TypeAlias = Basket | tuple[Basket, Iterable[str]]
"""A basket; where the customer typed codes, a pair of the basket and these."""
Profiles: TypeAlias = Mapping[str, object] | Callable[[str], object]
"""The record or profile of each customer, by their id."""


class Placed(NamedTuple):
    """An order: what was bought, with which codes."""

    basket: Basket
    codes: tuple[str, ...]


def each_order(orders: Iterable[Order]) -> Iterator[Placed]:
    """Go through orders one by one; they are all in one currency, as their money adds up."""
    currency = None
    for order in each(orders, "baskets, or pairs of a basket and the codes typed"):
        placed = _placed(order)
        currency = currency or placed.basket.currency
        if placed.basket.currency != currency:
            msg = f"two currencies never add, got {currency} and {placed.basket.currency}; try the orders of each apart"
            raise InvalidValueError(msg, placed.basket)
        yield placed


def _placed(order: Order) -> Placed:
    match order:
        case Basket():
            return Placed(order, ())
        case (Basket() as basket, codes) if not isinstance(codes, str):
            return Placed(basket, as_tuple(codes))
        case _:
            msg = f"an order must be a Basket, or a pair of a basket and a list of codes, got {shown(order)}"
            raise InvalidTypeError(msg, order)


def bought(lines: Iterable[Line]) -> str:
    """Say what is in a basket, in the order of its lines.

    >>> from cxkit.loyalty import Line
    >>> bought([Line("espresso", 2, quantity=6), Line("brownie", 3)])
    '6 espresso at 2 + 1 brownie at 3'
    """
    return " + ".join(f"{line.quantity} {line.sku} at {line.unit_price}" for line in lines) or "nothing"


class Till:
    """Offers as they are applied to orders: under one policy, to customers of whom something is known."""

    def __init__(self, offers: Iterable[Offer], *, policy: OfferPolicy, profiles: Profiles | None) -> None:
        """Check the offers."""
        if profiles is not None and not isinstance(profiles, Mapping) and not callable(profiles):
            msg = f"profiles must be a mapping from customers, or a function of one, got {shown(profiles)}"
            raise InvalidTypeError(msg, profiles)
        self.offers = distinct(offers, Offer)
        self.policy = policy
        self._profiles = profiles

    def profile(self, customer: str | None) -> object | None:
        """Return what is known of a customer; `None` where nothing is."""
        if self._profiles is None or customer is None:
            return None
        return self._profiles.get(customer) if isinstance(self._profiles, Mapping) else self._profiles(customer)

    def receipt(self, placed: Placed, used: Mapping[str, Usage] | None = None) -> Receipt:
        """Return what an order costs, given what was used of the offers before it."""
        return apply_offers(
            placed.basket,
            self.offers,
            policy=self.policy,
            profile=self.profile(placed.basket.customer),
            codes=placed.codes,
            used=used or {},
        )


def applied(receipt: Receipt) -> tuple[str, ...]:
    """Return the ids of the offers that apply."""
    return tuple(decision.offer for decision in receipt.trace if decision.outcome == "applied")
