"""Small shops with recurring revenue, and what they come to, counted customer by customer and moment by moment."""

from collections import defaultdict
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from cxkit.metrics import Coupon, Subscription, Subscriptions

COUPONS = st.sampled_from(["forever", "all"])
PER_MONTH = {
    "day": Fraction(365, 12),
    "week": Fraction(52, 12),
    "month": 1,
    "quarter": Fraction(1, 3),
    "year": Fraction(1, 12),
}


def day(number: int) -> datetime:
    """Return a day of January 2026, or one before or after it."""
    return datetime(2026, 1, 1, tzinfo=timezone.utc) + timedelta(days=number - 1)


MOMENTS = st.integers(1, 30).map(day)


@st.composite
def subscriptions(draw: st.DrawFn) -> Subscription:
    """Draw a subscription of anna, ben or cleo."""
    start = draw(st.integers(1, 30))
    length = draw(st.none() | st.integers(0, 12))
    coupon = draw(
        st.none()
        | st.builds(Coupon, percent=st.sampled_from([10, 50, 100]), until=st.none() | MOMENTS)
        | st.builds(Coupon, amount=st.sampled_from([Decimal(1), Decimal(7)]), until=st.none() | MOMENTS)
    )
    return Subscription(
        draw(st.sampled_from(["anna", "ben", "cleo"])),
        draw(st.sampled_from([Decimal(0), Decimal(5), Decimal(10), Decimal("9.99")])),
        day(start),
        None if length is None else day(start + length),
        per=draw(st.sampled_from(sorted(PER_MONTH))),
        currency="EUR",
        coupon=coupon,
    )


def shops() -> st.SearchStrategy[Subscriptions]:
    """Draw the subscriptions of a shop."""
    return st.lists(subscriptions(), max_size=8).map(lambda found: Subscriptions("EUR", found))


def brute_mrr(shop: Subscriptions, at: datetime, coupons: str) -> dict[str, Fraction]:
    """Return each customer's MRR at a moment, from one subscription to the next."""
    found: dict[str, Fraction] = defaultdict(Fraction)
    for subscription in shop.subscriptions:
        if subscription.start <= at and (subscription.end is None or at < subscription.end):
            found[subscription.customer] += price_at(subscription, at, coupons) * PER_MONTH[str(subscription.per)]
    return found


def price_at(subscription: Subscription, at: datetime, coupons: str) -> Fraction:
    """Return what a billing period costs at a moment."""
    price, coupon = Fraction(subscription.amount), subscription.coupon
    if coupon is None or (coupon.until is not None and (coupons == "forever" or at >= coupon.until)):
        return price
    if coupon.percent is not None:
        return price - price * Fraction(coupon.percent) / 100
    return max(Fraction(0), price - Fraction(coupon.amount or 0))
