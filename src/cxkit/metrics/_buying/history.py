"""What each customer bought, in the four figures that the models of purchases need."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal, TypeAlias

import attrs

from cxkit._checks import COUNTABLE, a_count, a_name, an_amount, an_instant, each, one_of, shown
from cxkit._money import EXACT
from cxkit.calendar import zone
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Contact, Journey, a_contact, each_journey, is_contact, known_touchpoints
from cxkit.predicates import is_missing

PurchaseUnit = Literal["days", "weeks"]
"""A unit of time that is always as long."""
Order: TypeAlias = tuple[str, date] | tuple[str, date, Decimal | int | None]
DAYS: Final[Mapping[PurchaseUnit, int]] = {"days": 1, "weeks": 7}
MOST_PURCHASES = 36_525  # of a customer: one a day for 100 years
Spending: TypeAlias = dict[date, Decimal | None]


def a_length_of_time(value: float, what: str) -> float:
    """Check a length of time in some unit: a number from 0 to below 10**60."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        msg = f"{what} must be a number of periods, got {value!r}"
        raise InvalidTypeError(msg, value)
    if not 0.0 <= value < COUNTABLE:
        msg = f"{what} must be a finite number from 0 on and below 10**60, got {shown(value)}"
        raise InvalidValueError(msg, value)
    return value


def a_number_of_purchases(number: int, what: str) -> int:
    """Check how often one customer bought: a count up to 36,525."""
    if a_count(number, what) > MOST_PURCHASES:
        msg = f"{what} must be at most {MOST_PURCHASES}, got {shown(number)}; it counts the days on which one customer bought"
        raise InvalidValueError(msg, number)
    return number


def check_purchases(frequency: int, recency: float, age: float) -> None:
    """Check that a number of repeat purchases, the time of the last one and the time since the first go together."""
    a_number_of_purchases(frequency, "frequency")
    a_length_of_time(recency, "recency")
    if recency > a_length_of_time(age, "T"):
        msg = f"recency must not be later than T: it is when the last purchase was, since the first; got {recency} and {age}"
        raise InvalidValueError(msg, recency)
    if (frequency > 0) != (recency > 0):
        msg = f"recency must be 0 without a repeat purchase and above 0 with one, got {recency} for {frequency}"
        raise InvalidValueError(msg, recency)


@attrs.frozen(kw_only=True)
class PurchaseHistory:
    """What one customer bought: how often again, until when, of how long, and for how much.

    Attributes:
        customer: Who.
        frequency: On how many days after that of the first purchase they bought (x); up to 36,525, which is daily for 100 years.
        recency: From the first purchase to the last (t_x); 0 for who bought once.
        T: From the first purchase to the moment of looking.
        spend: What they spent on those later days; `None` where the amount of one is not known.
        unit: The unit of the times.

    >>> PurchaseHistory(customer="anna", frequency=2, recency=6.0, T=10.0, spend=Decimal(50), unit="weeks").mean_spend
    25.0
    """

    customer: str
    frequency: int
    recency: float
    T: float
    spend: Decimal | None = None
    unit: str = "periods"

    def __attrs_post_init__(self) -> None:
        a_name(self.customer, "customer")
        a_name(self.unit, "unit")
        check_purchases(self.frequency, self.recency, self.T)
        if self.spend is not None:
            an_amount(self.spend, "spend")

    @property
    def mean_spend(self) -> float | None:
        """What they spent on one of those days, on average; `None` for who bought once and where an amount is not known."""
        return float(self.spend) / self.frequency if self.frequency and self.spend is not None else None


def purchase_histories(
    journeys: Iterable[Journey],
    *,
    as_of: datetime,
    unit: PurchaseUnit,
    event: Contact = "order",
    tz: str = "UTC",
) -> Iterator[PurchaseHistory]:
    """Say of each customer who bought how often, until when, of how long and for how much, as it was known at a moment.

    Times are counted in whole days, and what is bought on one day is one purchase, as the models ask of data whose orders
    may come in parts.

    Args:
        journeys: The customers, read one by one.
        as_of: The moment; what happened or came to be known later does not count. T runs to its day.
        unit: The unit of the times.
        event: What counts as a purchase; its value is what was spent.
        tz: Whose days.

    >>> from datetime import datetime, timezone
    >>> from cxkit.journey import journeys
    >>> log = journeys([("anna", "order", "2026-01-05T09:00Z"), ("anna", "order", "2026-01-19T09:00Z")])
    >>> anna = next(purchase_histories(log, as_of=datetime(2026, 2, 2, tzinfo=timezone.utc), unit="weeks"))
    >>> anna.frequency, anna.recency, anna.T
    (1, 2.0, 4.0)
    """
    a_contact(event, "event")
    one_of(unit, DAYS, "unit")
    moment, clock = an_instant(as_of, "as_of"), zone(tz)
    today = moment.astimezone(clock).date()

    def bought(journey: Journey) -> Spending:
        orders = (touchpoint for touchpoint in known_touchpoints(journey, moment) if is_contact(event, touchpoint))
        return _by_day((order.at.astimezone(clock).date(), order.value) for order in orders)

    known = ((journey.customer, bought(journey)) for journey in each_journey(journeys))
    return (_history(customer, spending, today, unit) for customer, spending in known if spending)


def order_histories(orders: Iterable[Order], *, last_day: date, unit: PurchaseUnit) -> Iterator[PurchaseHistory]:
    """Say the same from rows of a customer, a day and an amount, as a table of orders has them.

    Args:
        orders: For each order whose it is, on which day, and what was spent, if that is known; in any order. Those after the
            last day do not count.
        last_day: The last day that counts; T runs to it.
        unit: The unit of the times.

    >>> from datetime import date
    >>> rows = [("anna", date(2026, 1, 5), 20), ("anna", date(2026, 1, 19), 30), ("anna", date(2026, 1, 19), 10)]
    >>> anna = next(order_histories(rows, last_day=date(2026, 2, 2), unit="weeks"))
    >>> anna.frequency, anna.recency, anna.T, anna.spend
    (1, 2.0, 4.0, Decimal('40'))
    """
    a_day(last_day, "last_day")
    one_of(unit, DAYS, "unit")
    by_customer: dict[str, list[tuple[date, Decimal | None]]] = {}
    for row in each(orders, "orders"):
        customer, day, spent = _an_order(row)
        if day <= last_day:
            by_customer.setdefault(customer, []).append((day, spent))
    return (_history(customer, _by_day(bought), last_day, unit) for customer, bought in by_customer.items())


def a_day(day: object, what: str) -> date:
    """Check a calendar day."""
    if isinstance(day, datetime) or not isinstance(day, date):
        hint = "; take its .date() in the zone of the shop" if isinstance(day, datetime) else ""
        msg = f"{what} must be a date, got {day!r}{hint}"
        raise InvalidTypeError(msg, day)
    return day


def _an_order(row: Order) -> tuple[str, date, Decimal | None]:
    if not isinstance(row, tuple | list) or len(row) not in (2, 3):
        msg = f"an order is (customer, day) or (customer, day, amount), got {shown(row)}"
        raise InvalidTypeError(msg, row)
    amount = row[2] if len(row) == 3 else None  # noqa: PLR2004 - with an amount
    spent = None if amount is None or is_missing(amount) else an_amount(amount, "the amount of an order")
    return a_name(row[0], "customer"), a_day(row[1], "the day of an order"), spent


def _by_day(orders: Iterable[tuple[date, Decimal | None]]) -> Spending:
    """Add up what was spent on each day; `None` where an amount is not known."""
    found: Spending = {}
    for day, spent in orders:
        before = found.get(day, Decimal(0))
        found[day] = None if before is None or spent is None else EXACT.add(before, spent)
    return found


def _history(customer: str, bought: Spending, today: date, unit: PurchaseUnit) -> PurchaseHistory:
    first, last = min(bought), max(bought)
    spend: Decimal | None = Decimal(0)
    for day, spent in bought.items():
        if day != first:
            spend = None if spend is None or spent is None else EXACT.add(spend, spent)
    return PurchaseHistory(
        customer=customer,
        frequency=len(bought) - 1,
        recency=(last - first).days / DAYS[unit],
        T=(today - first).days / DAYS[unit],
        spend=spend,
        unit=unit,
    )
