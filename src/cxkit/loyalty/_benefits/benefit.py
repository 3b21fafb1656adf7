"""What all benefits share."""

from abc import ABC, abstractmethod
from decimal import Decimal

from cxkit._checks import an_amount
from cxkit.errors import InvalidValueError
from cxkit.loyalty._benefits.deal import Deal
from cxkit.loyalty._benefits.spreading import Terms
from cxkit.loyalty._line import LineFields
from cxkit.predicates import Predicate, a_predicate


class Benefit(ABC):
    """What an offer gives; see the classes that are one, such as `BuyXGetY` and `PercentOff`."""

    __slots__ = ()

    @abstractmethod
    def __cxkit_deal__(self, terms: Terms) -> Deal:
        """Return what it comes to on the shelf of a lane; for the house."""


def the_items(items: Predicate | None, what: str = "items") -> Predicate | None:
    """Check a range, which is a predicate about `Line.fields`; `None` is everything."""
    return None if items is None else a_predicate(items, LineFields, what)


def a_percentage(percent: Decimal | int, what: str = "percent") -> Decimal:
    """Check a percentage that is above 0 and at most 100."""
    found = an_amount(percent, what)
    if not 0 < found <= 100:  # noqa: PLR2004 - the whole
        msg = f"{what} must be above 0 and at most 100, got {found}; 15 is 15 %"
        raise InvalidValueError(msg, percent)
    return found


def money_off(amount: Decimal | int, what: str, *, or_zero: bool = False) -> Decimal:
    """Check an amount of money that is above 0, or at least 0."""
    found = an_amount(amount, what)
    if found < 0 or (found == 0 and not or_zero):
        msg = f"{what} must be {'0 or more' if or_zero else 'above 0'}, got {found}"
        raise InvalidValueError(msg, amount)
    return found


def an_amount_off(given: Decimal | int) -> Decimal:
    """Check what is taken off."""
    return money_off(given, "amount")


def a_price(given: Decimal | int) -> Decimal:
    """Check what something costs."""
    return money_off(given, "price", or_zero=True)


def some_percentage(given: Decimal | int | None) -> Decimal | None:
    """Check a percentage that may be left out."""
    return None if given is None else a_percentage(given)


def some_amount_off(given: Decimal | int | None) -> Decimal | None:
    """Check an amount that may be left out."""
    return None if given is None else an_amount_off(given)
