"""Limits: how often, and for how much, an offer may be used; what was used so far, and what a purchase claims of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import reduce
from typing import Any, Literal

import attrs

from cxkit import _money
from cxkit._checks import FrozenDict, a_count, a_name, one_of
from cxkit._forms import DECIMAL, INTEGER, PLAIN, TEXT, choice, mapping, optional, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.loyalty._benefits.benefit import money_off
from cxkit.loyalty._brief import brief

LimitName = Literal["in_all", "per_customer", "per_code", "budget"]
"""A limit that outlives one basket."""
LIMIT_NAMES: tuple[LimitName, ...] = ("in_all", "per_customer", "per_code", "budget")


def _budget(given: Decimal | int | None) -> Decimal | None:
    return None if given is None else money_off(given, "budget")


@stored(
    "loyalty.limits",
    per_order=optional(INTEGER),
    per_customer=optional(INTEGER),
    in_all=optional(INTEGER),
    per_code=optional(INTEGER),
    budget=optional(DECIMAL),
)
@attrs.frozen(kw_only=True, repr=False)
class Limits:
    """How often an offer may be used; without a limit where none is given.

    Attributes:
        per_order: How often it applies in one basket.
        per_customer: In how many orders of one customer.
        in_all: In how many orders.
        per_code: In how many orders with one code.
        budget: How much it takes off in all orders together, in the currency of the baskets.

    >>> from cxkit.loyalty import Limits
    >>> Limits(per_order=1, budget=1000)
    Limits(per_order=1, budget=Decimal('1000'))
    """

    per_order: int | None = None
    per_customer: int | None = None
    in_all: int | None = None
    per_code: int | None = None
    budget: Decimal | None = attrs.field(default=None, converter=_budget)

    def __attrs_post_init__(self) -> None:
        for name in ("per_order", "per_customer", "in_all", "per_code"):
            if (limit := getattr(self, name)) is not None:
                a_count(limit, name, least=1)

    __repr__ = brief


def _a_claim(claim: "Claim") -> "Claim":
    if not isinstance(claim, Claim):
        msg = f"what is used of an offer grows by its Claim values, got {claim!r}"
        raise InvalidTypeError(msg, claim)
    return claim


def _by_code(given: Mapping[str, int]) -> Mapping[str, int]:
    found: Any = FrozenDict.of(given, "by_code")
    for code, number in given.items():
        a_count(number, f"by_code[{code!r}]")
    return found  # type: ignore[no-any-return]


def _spent(given: Decimal | int) -> Decimal:
    return money_off(given, "spent", or_zero=True)


@stored("loyalty.usage", in_all=INTEGER, by_customer=INTEGER, by_code=mapping(INTEGER), spent=DECIMAL)
@attrs.frozen(kw_only=True, repr=False)
class Usage:
    """How much of an offer was used before this basket, as the host counted it.

    Attributes:
        in_all: The orders that used it.
        by_customer: Those of the customer of this basket.
        by_code: Those of each of its codes.
        spent: What it took off in all of them.

    >>> from cxkit.loyalty import Usage
    >>> Usage(in_all=7, by_code={"SPRING": 3}).by_code["SPRING"]
    3
    """

    in_all: int = 0
    by_customer: int = 0
    by_code: Mapping[str, int] = attrs.field(factory=dict, converter=_by_code)
    spent: Decimal = attrs.field(default=Decimal(0), converter=_spent)

    def __attrs_post_init__(self) -> None:
        a_count(self.in_all, "in_all")
        a_count(self.by_customer, "by_customer")

    __repr__ = brief

    def after(self, claims: Iterable["Claim"]) -> "Usage":
        """Return what is used once the claims that a purchase makes on this one offer are committed.

        Raises:
            InvalidValueError: The claims are on several offers; see `Receipt.used_after`.

        >>> from cxkit.loyalty import Claim, Usage
        >>> Usage(in_all=7).after([Claim(offer="spring", limit="in_all", amount=1, expected=7)])
        Usage(in_all=8)
        """
        made = [_a_claim(claim) for claim in claims]
        if len(offers := {claim.offer for claim in made}) > 1:
            msg = f"usage is of one offer, got claims on {sorted(offers)}; Receipt.used_after has that of each"
            raise InvalidValueError(msg, made)
        limits = Counter(claim.limit for claim in made)
        by_code = Counter(self.by_code)
        by_code.update(claim.key for claim in made if claim.limit == "per_code" and claim.key is not None)
        spent = [claim.amount for claim in made if claim.limit == "budget"]
        return Usage(
            in_all=self.in_all + limits["in_all"],
            by_customer=self.by_customer + limits["per_customer"],
            by_code=by_code,
            spent=reduce(_money.EXACT.add, spent, self.spent),
        )


@stored("loyalty.claim", offer=TEXT, limit=choice(*LIMIT_NAMES), key=optional(TEXT), amount=PLAIN, expected=PLAIN)
@attrs.frozen(kw_only=True)
class Claim:
    """What a purchase uses up of a limit: for the host to commit if the count is still the expected one.

    Attributes:
        offer: The id of the offer.
        limit: Which of its limits.
        key: The customer or the code whose count it is; `None` for a count of all.
        amount: What is added to the count: 1, or money for a budget.
        expected: The count before, from the `Usage` that was given.

    >>> from cxkit.loyalty import Claim
    >>> claim = Claim(offer="spring", limit="per_code", key="SPRING", amount=1, expected=3)
    >>> claim.amount + claim.expected
    4
    """

    offer: str
    limit: LimitName
    key: str | None = None
    amount: int | Decimal
    expected: int | Decimal

    def __attrs_post_init__(self) -> None:
        a_name(self.offer, "the offer of a claim")
        one_of(self.limit, LIMIT_NAMES, "limit")
        keyed = self.limit in ("per_customer", "per_code")
        if keyed is (self.key is None):
            msg = f"a claim of {self.limit} {'needs a' if keyed else 'has no'} key, got {self.key!r}"
            raise InvalidValueError(msg, self.key)
        if self.key is not None:
            a_name(self.key, "key")
        for name, least in (("amount", 1), ("expected", 0)):
            self._check(name, least)

    def _check(self, name: str, least: int) -> None:
        given: Any = getattr(self, name)
        if self.limit != "budget":
            a_count(given, name, least=least)
        else:
            object.__setattr__(self, name, money_off(given, name, or_zero=not least))
