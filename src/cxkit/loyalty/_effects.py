"""Effects: what offers and returns do beside prices, for the host to carry out."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, get_args

import attrs

from cxkit._checks import FrozenDict, a_name, an_amount, one_of
from cxkit._forms import ATTRIBUTES, DECIMAL, TEXT, choice, form_of, optional, stored
from cxkit.loyalty._line import ITEMS_FORM, Line
from cxkit.predicates import Predicate

EffectKind = Literal[
    "points_factor", "entitlement", "gift", "release_claim", "return_gift", "withdraw_entitlement", "points_back"
]
"""What is to be done; see `Effect`."""
KINDS = get_args(EffectKind)


@stored(
    "loyalty.effect",
    kind=choice(*KINDS),
    offer=TEXT,
    name=optional(TEXT),
    amount=optional(DECIMAL),
    line=optional(form_of(Line)),
    items=optional(ITEMS_FORM),
    details=ATTRIBUTES,
)
@attrs.frozen
class Effect:
    """Something to be done beside the prices of a receipt.

    Attributes:
        kind: `points_factor`: points for the items count so many times; `entitlement`: what the customer may now do, such as
            early access; `gift`: units to put into the parcel. After a return: `release_claim`, `return_gift`,
            `withdraw_entitlement` and `points_back`.
        offer: The id of the offer that it comes from.
        name: What it is called, such as the entitlement.
        amount: The factor, the count, or an amount of money.
        line: The line of a gift.
        items: Which lines it is about; all, unless given.
        details: What else the host needs.
    """

    kind: EffectKind
    offer: str
    name: str | None = None
    amount: Decimal | None = None
    line: Line | None = None
    items: Predicate | None = None
    details: Mapping[str, object] = attrs.field(factory=FrozenDict)

    def __attrs_post_init__(self) -> None:
        one_of(self.kind, KINDS, "kind")
        a_name(self.offer, "the offer of an effect")
        if self.amount is not None:
            an_amount(self.amount, "the amount of an effect")
