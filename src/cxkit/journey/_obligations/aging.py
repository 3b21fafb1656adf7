"""Aging: what customers owe, by how long it has been overdue."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Self

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import a_count, an_instant, as_tuple, each
from cxkit._forms import DECIMAL, INTEGER, MOMENT, TEXT, form_of, many, optional, stored
from cxkit._money import from_minor, to_minor
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError
from cxkit.journey._obligations.obligations import Statement

LIMITS = (30, 60, 90)
DAY = timedelta(days=1)


@stored("journey.aging_bucket", first_day=INTEGER, currency=optional(TEXT), dues=INTEGER, amount=optional(DECIMAL))
@attrs.frozen
class AgingBucket:
    """The open dues of one age and one currency.

    Attributes:
        first_day: The first day overdue of those in it; 0 for what is not overdue.
        currency: The currency; `None` for what asks for no money.
        dues: How many there are.
        amount: How much is open.
    """

    first_day: int
    currency: str | None
    dues: int
    amount: Decimal | None = None

    def __attrs_post_init__(self) -> None:
        a_count(self.first_day, "first_day")
        a_count(self.dues, "dues")
        if (self.currency is None) != (self.amount is None):
            msg = f"currency and amount go together, got {self.currency!r} and {self.amount!r}"
            raise InvalidValueError(msg, self.amount)
        if self.currency is not None and self.amount is not None:
            amount = from_minor(to_minor(self.amount, self.currency), self.currency)
            object.__setattr__(self, "amount", amount)


def _gathered(buckets: Iterable[AgingBucket]) -> tuple[AgingBucket, ...]:
    """Add the buckets of one age and currency, leave out the empty ones, and sort them."""
    dues: Counter[tuple[int, str]] = Counter()
    units: Counter[tuple[int, str]] = Counter()
    for bucket in each(buckets, "buckets"):
        if not isinstance(bucket, AgingBucket):
            msg = f"expected an AgingBucket, got {bucket!r}"
            raise InvalidTypeError(msg, bucket)
        key = (bucket.first_day, bucket.currency or "")
        dues[key] += bucket.dues
        if bucket.amount is not None:
            units[key] += to_minor(bucket.amount, key[1])
    return tuple(
        AgingBucket(day, currency or None, number, from_minor(units[day, currency], currency) if currency else None)
        for (day, currency), number in sorted(dues.items())
        if number
    )


@stored("journey.aging", as_of=MOMENT, limits=many(INTEGER), buckets=many(form_of(AgingBucket)))
@attrs.frozen
class Aging(_charts.Charted):
    """The open dues of customers by days overdue: a population tally, which adds over disjoint customers.

    The first day overdue is the first 24 hours.

    Attributes:
        as_of: The moment, in UTC.
        limits: The last days of the buckets; what is older comes after the last one.
        buckets: What is open, by age and currency.

    >>> from datetime import datetime, timezone
    >>> from decimal import Decimal
    >>> from cxkit.journey import Aging, Due, Journey, Obligations
    >>> day = lambda number: datetime(2026, 3, number, tzinfo=timezone.utc)
    >>> invoice = Due(
    ...     "invoice", day(9), amount=Decimal(80), currency="EUR", settled_by="payment", raised_at=day(1)
    ... )
    >>> statement = Obligations("anna", [invoice]).statement(Journey("anna"), as_of=day(12))
    >>> print(Aging.from_statements([statement], as_of=day(12), limits=[7]))
    days overdue  currency  dues  amount
    none          EUR          0    0.00
    1-7           EUR          1   80.00
    over 7        EUR          0    0.00
    """

    as_of: datetime
    limits: tuple[int, ...] = attrs.field(default=LIMITS, converter=as_tuple)
    buckets: tuple[AgingBucket, ...] = attrs.field(default=(), converter=_gathered)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "as_of", an_instant(self.as_of, "as_of"))
        for low, high in pairwise((0, *self.limits)):
            if a_count(high, "a limit") <= low:
                msg = f"limits must be days in rising order from 1 on, got {self.limits!r}"
                raise InvalidValueError(msg, self.limits)
        for bucket in self.buckets:
            if bucket.first_day not in self.first_days:
                msg = f"a bucket begins on day {', '.join(map(str, self.first_days))}, got {bucket.first_day}"
                raise InvalidValueError(msg, bucket)

    @classmethod
    def from_statements(
        cls, statements: Iterable[Statement], *, as_of: datetime, limits: Iterable[int] = LIMITS
    ) -> Self:
        """Sort what is open in statements into buckets, one statement after the other.

        Args:
            statements: Those of disjoint customers, of the same moment.
            as_of: The moment.
            limits: The last days of the buckets.
        """
        empty = cls(as_of, as_tuple(limits))
        return attrs.evolve(empty, buckets=_sorted_in(_checked(statements, empty.as_of), empty.first_days))

    @property
    def first_days(self) -> tuple[int, ...]:
        """The first day overdue of each bucket; 0 for what is not overdue."""
        return (0, 1, *(limit + 1 for limit in self.limits))

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each bucket, in each currency there is."""
        found = {(bucket.first_day, bucket.currency): bucket for bucket in self.buckets}
        labels = ["none", *(f"{low + 1}-{high}" for low, high in pairwise((0, *self.limits)))]
        labels.append(f"over {self.limits[-1]}" if self.limits else "1 or more")
        empty = AgingBucket(0, None, 0)
        return [
            {
                "days overdue": label,
                "currency": currency,
                "dues": bucket.dues,
                "amount": from_minor(0, currency) if bucket is empty and currency else bucket.amount,
            }
            for currency in sorted({currency for _, currency in found}, key=lambda code: (code is None, code or ""))
            for day, label in zip(self.first_days, labels, strict=True)
            for bucket in (found.get((day, currency), empty),)
        ]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if (self.as_of, self.limits) != (other.as_of, other.limits):
            msg = "agings add for the same moment and the same limits only: a due would be counted twice"
            raise InvalidValueError(msg, other)
        return attrs.evolve(self, buckets=(*self.buckets, *other.buckets))

    @override
    def chart(self) -> _charts.Spec:
        rows = [{key: cell for key, cell in row.items() if key != "amount"} for row in self.rows()]
        return _charts.bars(rows, category="days overdue", number="dues", title="Open dues by days overdue")


def _checked(statements: Iterable[Statement], as_of: datetime) -> Iterator[Statement]:
    """Check that statements are of one moment, and that no customer comes twice."""
    seen: set[str] = set()
    for statement in each(statements, "statements"):
        if not isinstance(statement, Statement):
            msg = f"expected a Statement, got {statement!r}"
            raise InvalidTypeError(msg, statement)
        if statement.as_of != as_of:
            msg = f"expected statements as of {as_of.isoformat()}, got one as of {statement.as_of.isoformat()}"
            raise InvalidValueError(msg, statement)
        if statement.customer in seen:
            msg = f"two statements are of the customer {statement.customer!r}; put their dues into one"
            raise DuplicateError(msg, statement)
        seen.add(statement.customer)
        yield statement


def _sorted_in(statements: Iterable[Statement], first_days: Sequence[int]) -> Iterator[AgingBucket]:
    """Yield a bucket for each open due."""
    for statement in statements:
        for decision in statement.decisions:
            if not decision.is_open:
                continue
            since = decision.overdue_since
            day = 0 if since is None else (statement.as_of - since) // DAY + 1
            first_day = first_days[bisect_right(first_days, day) - 1]
            yield AgingBucket(first_day, decision.due.currency, 1, decision.amount_open)
