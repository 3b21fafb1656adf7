"""The lifecycle of a customer, from prospect to advocate, as a set of segments that everyone is in exactly one of."""

from cxkit._checks import a_count
from cxkit.calendar import Length, a_length, days
from cxkit.errors import InvalidValueError
from cxkit.journey import Contact
from cxkit.predicates import Predicate, any_of
from cxkit.segments._events import events, is_longer
from cxkit.segments._segment import Segment
from cxkit.segments._set import SegmentSet

QUARTER, HALF_YEAR = days(90), days(180)


def lifecycle(
    *,
    purchase: Contact = "order",
    at_risk_after: Length = QUARTER,
    lapsed_after: Length = HALF_YEAR,
    loyal_orders: int = 5,
    advocate: Predicate | None = None,
) -> SegmentSet:
    """Return the stages of a customer's lifecycle: everyone is in exactly one of them.

    The rules are a set of segments like any other: look at them, and change one with `SegmentSet.replace`. In order:

    - prospect: no purchase, or nothing known of them;
    - lapsed: no purchase in `lapsed_after`;
    - at risk: no purchase in `at_risk_after`;
    - won back: bought in `at_risk_after`, not between that and `lapsed_after`, and before it;
    - advocate: of the others, those of whom `advocate` holds;
    - loyal: `loyal_orders` purchases or more;
    - repeat: two purchases or more;
    - new: one.

    Args:
        purchase: What a purchase is: the name of a touchpoint, or a predicate about `Touchpoint.fields`.
        at_risk_after: The silence after which a customer is at risk.
        lapsed_after: The silence after which a customer has lapsed: a longer one.
        loyal_orders: How many purchases make a loyal customer.
        advocate: What tells an advocate, such as `Customer.referrals >= 1`; nobody is one without it.

    >>> from datetime import datetime, timezone
    >>> from cxkit.journey import journeys
    >>> from cxkit.segments import lifecycle
    >>> anna, = journeys([("anna", "order", "2026-03-02T09:00Z"), ("anna", "order", "2026-04-02T09:00Z")])
    >>> stages = lifecycle()
    >>> [stages.names_of(anna, as_of=datetime(2026, month, 1, tzinfo=timezone.utc)) for month in (3, 4, 5, 8, 12)]
    [('prospect',), ('new',), ('repeat',), ('at risk',), ('lapsed',)]
    """
    orders = events(purchase)
    a_count(loyal_orders, "loyal_orders", least=2)
    if not is_longer(a_length(lapsed_after, "lapsed_after"), a_length(at_risk_after, "at_risk_after")):
        msg = f"lapsed_after must be longer than at_risk_after, got {lapsed_after!r} and {at_risk_after!r}"
        raise InvalidValueError(msg, lapsed_after)
    silent = orders.within(at_risk_after).none()
    return SegmentSet(
        [
            Segment("prospect", ~orders.any(), "has not bought yet, or nothing is known of them"),
            Segment("lapsed", orders.within(lapsed_after).none(), "has not bought for long"),
            Segment("at risk", silent, "has not bought for a while"),
            Segment(
                "won back", orders.restarted(silent=lapsed_after, active=at_risk_after), "bought again after a silence"
            ),
            Segment("advocate", any_of() if advocate is None else advocate, "buys, and brings others"),
            Segment("loyal", orders.count() >= loyal_orders, f"bought {loyal_orders} times or more"),
            Segment("repeat", orders.count() >= 2, "bought more than once"),  # noqa: PLR2004 - more than one
            Segment("new", orders.any(), "bought once, not long ago"),
        ]
    )
