"""Return policies: what the field disagrees on where something comes back."""

from typing import Literal, get_args

import attrs

from cxkit._checks import one_of, shown
from cxkit._forms import choice, stored
from cxkit.errors import InvalidTypeError
from cxkit.loyalty._brief import brief

RefundRule = Literal["as_paid", "recompute"]
"""Whether a refund is what the units were charged, or the difference to what the rest would have cost."""
GiftRule = Literal["return", "keep", "charge"]
"""Whether a gift whose offer no longer applies comes back, stays, or is charged at its value."""
ShippingRule = Literal["keep", "as_charged", "refund_with_last"]
"""Whether what was paid for shipping stays paid, stays as it was charged, or goes back with the last of the goods."""
ClaimRule = Literal["release", "keep"]
"""Whether a use of a coupon or a limit is given back once the offer gives nothing any more."""


@stored(
    "loyalty.return_policy",
    refund=choice(*get_args(RefundRule)),
    gifts=choice(*get_args(GiftRule)),
    shipping=choice(*get_args(ShippingRule)),
    claims=choice(*get_args(ClaimRule)),
)
@attrs.frozen
class ReturnPolicy:
    """What a shop does when something comes back.

    Attributes:
        refund: `as_paid`: what the units were charged, what equal units cost in all spread evenly over them. `recompute`:
            what was paid, less what the kept units would have cost under the same offers, whose conditions are asked again.
        gifts: A gift whose offer no longer applies must come back (`return`), is the customer's (`keep`), or is charged at
            its list price (`charge`) until it comes back.
        shipping: What was paid for shipping is refunded where it is named among what came back, and otherwise stays paid
            (`keep`) or goes back with the last of the goods (`refund_with_last`). Fees go back where they are named. Where a
            recomputed return breaks an offer of free shipping, shipping is charged, unless it stays `as_charged`.
        claims: A use of a coupon or a limit is given back (`release`) once its offer gives nothing any more, or stays used
            (`keep`).

    >>> from cxkit.loyalty import ReturnPolicy
    >>> ReturnPolicy("as_paid", shipping="refund_with_last")
    ReturnPolicy('as_paid', shipping='refund_with_last')
    """

    refund: RefundRule
    gifts: GiftRule = attrs.field(default="return", kw_only=True)
    shipping: ShippingRule = attrs.field(default="keep", kw_only=True)
    claims: ClaimRule = attrs.field(default="release", kw_only=True)
    __repr__ = brief

    def __attrs_post_init__(self) -> None:
        one_of(self.refund, get_args(RefundRule), "refund")
        one_of(self.gifts, get_args(GiftRule), "gifts")
        one_of(self.shipping, get_args(ShippingRule), "shipping")
        one_of(self.claims, get_args(ClaimRule), "claims")


def a_return_policy(given: RefundRule | ReturnPolicy) -> ReturnPolicy:
    """Make a policy of its plain word."""
    if isinstance(given, ReturnPolicy):
        return given
    if not isinstance(given, str):
        msg = f"policy must be 'as_paid', 'recompute' or a ReturnPolicy, got {shown(given)}"
        raise InvalidTypeError(msg, given)
    return ReturnPolicy(one_of(given, get_args(RefundRule), "policy"))
