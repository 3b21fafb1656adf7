"""Percentiles: the top of a population, as a condition on one customer."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import ceil, floor
from typing import Any

import attrs

from cxkit._checks import a_count, an_amount, each
from cxkit._forms import DECIMAL, INTEGER, optional, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.predicates import INTEGER_KIND, Ordered, Predicate, Value, any_of


@stored("segments.top_share", share=DECIMAL, threshold=optional(DECIMAL), total=INTEGER)
@attrs.frozen
class TopShare:
    """The top of a population, such as the top 10 % by spend: the least value that belongs to it, found once.

    Customers with equal values are in it together, or not: `threshold` is the least value of which so many customers or
    fewer have it or more, so the top is never larger than its share.

    Attributes:
        share: How large a part of the population the top may be, from 0 to 1.
        threshold: The least value that belongs to it; `None` where none does.
        total: How many customers it was found from.

    >>> from cxkit.predicates import Fields, money
    >>> from cxkit.segments import TopShare
    >>> class Customer(Fields):
    ...     spend = money("EUR")
    >>> top = TopShare.fit([10, 20, 20, 30, 500], share="0.4")
    >>> top.threshold, top.contains(20), top.predicate(Customer.spend)
    (Decimal('30'), False, Customer.spend >= 30)
    """

    share: Decimal
    threshold: Decimal | None
    total: int

    def __attrs_post_init__(self) -> None:
        _a_share(self.share)
        if self.threshold is not None:
            object.__setattr__(self, "threshold", an_amount(self.threshold, "threshold"))
        a_count(self.total, "total")

    @classmethod
    def fit(cls, values: Iterable[Decimal | int], *, share: Decimal | str) -> "TopShare":
        """Find the threshold of a population.

        Args:
            values: One for each customer.
            share: How large the top may be: a `Decimal`, or its text, such as `"0.1"`.
        """
        try:
            part = _a_share(Decimal(share) if isinstance(share, str) else share)
        except InvalidOperation as error:
            msg = f"share must be a Decimal or its text, such as '0.1', got {share!r}"
            raise InvalidValueError(msg, share) from error
        given = sorted((an_amount(value, "a value") for value in each(values, "values")), reverse=True)
        most = floor(Fraction(part) * len(given))
        # Of equal values at the edge none belongs to the top, which would be larger than its share otherwise.
        while 0 < most < len(given) and given[most - 1] == given[most]:
            most -= 1
        return cls(part, given[most - 1] if most else None, len(given))

    def contains(self, value: Decimal | int | None) -> bool:
        """Whether a value belongs to the top; a missing one does not."""
        return value is not None and self.threshold is not None and an_amount(value, "a value") >= self.threshold

    def predicate(self, field: Ordered[Any]) -> Predicate:
        """Return the condition that a field of a customer belongs to the top."""
        if not isinstance(field, Value):
            msg = f"the top is asked of a field, such as Customer.spend, got {field!r}"
            raise InvalidTypeError(msg, field)
        if self.threshold is None:
            return any_of()
        return field.test("ge", self._least_of(field))

    def _least_of(self, field: Value[Any]) -> object:
        """Return the threshold as a value of a field: of whole numbers, the next one."""
        if field.kind.is_money or self.threshold is None:
            return self.threshold
        return ceil(self.threshold) if field.kind.name == INTEGER_KIND.name else float(self.threshold)


def _a_share(share: Decimal) -> Decimal:
    if not isinstance(share, Decimal):
        msg = f"share must be a Decimal or its text, such as '0.1', got {share!r}"
        raise InvalidTypeError(msg, share)
    if not share.is_finite() or not 0 <= share <= 1:
        msg = f"share must be from 0 to 1, got {share}"
        raise InvalidValueError(msg, share)
    return share
