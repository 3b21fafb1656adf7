"""Summaries of purchases: how many customers bought how often again, until when, of how long."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Self, TypeAlias

import attrs

from cxkit import _tables
from cxkit._checks import a_count, a_name, each, frozen, shown
from cxkit._forms import TEXT, Form, Json, Reader, stored, table
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Contact, Journey
from cxkit.metrics._buying.history import PurchaseHistory, PurchaseUnit, check_purchases, purchase_histories
from cxkit.tallies import refused

Purchases: TypeAlias = tuple[int, float, float]
ENTRY = "a frequency, a recency, T, and how many customers have them"


def _counts(given: Mapping[Purchases, int]) -> Mapping[Purchases, int]:
    """Check how many customers bought alike, and order them."""
    if not isinstance(given, Mapping):
        msg = f"a purchase summary takes a mapping from (frequency, recency, T) to how many customers, got {given!r}"
        raise InvalidTypeError(msg, given)
    for purchases, number in given.items():
        if not isinstance(purchases, tuple) or len(purchases) != 3:  # noqa: PLR2004 - frequency, recency and T
            msg = f"customers are counted by (frequency, recency, T), got {shown(purchases)}"
            raise InvalidTypeError(msg, purchases)
        check_purchases(*purchases)
        a_count(number, "a number of customers")
    return frozen({purchases: given[purchases] for purchases in sorted(given) if given[purchases]})


def _load_entry(data: Json, reader: Reader) -> tuple[Purchases, int]:
    match data:
        case [int() as frequency, int() | float() as recency, int() | float() as age, int() as number]:
            return (frequency, recency, age), number
    raise reader.expected(ENTRY, data)


_COUNTS = table(Form(lambda entry: [*entry[0], entry[1]], _load_entry), "each frequency, recency and T once")


@stored("metrics.purchase_summary", counts=_COUNTS, unit=TEXT)
@attrs.frozen
class PurchaseSummary(_tables.Tabled):
    """How many customers bought how often again, until when, of how long.

    All that the models of purchases need of the data; it adds over disjoint customers, looked at on the same day, so that
    shards give the model of the whole. `PurchaseSummary()` is the identity.

    Attributes:
        counts: How many customers there are for each frequency, recency and T (see `PurchaseHistory`).
        unit: The unit of the times, in words; only summaries of one unit add.

    >>> summary = PurchaseSummary({(0, 0.0, 30.0): 12, (2, 20.0, 30.0): 3}, unit="weeks")
    >>> (summary + summary).customers, summary.repeat_customers
    (30, 3)
    """

    counts: Mapping[Purchases, int] = attrs.field(factory=dict, converter=_counts)
    unit: str = attrs.field(default="periods", kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_name(self.unit, "unit")

    @classmethod
    def from_histories(cls, histories: Iterable[PurchaseHistory]) -> Self:
        """Count customers whose histories are known, one by one; all must have one unit."""
        counts: Counter[Purchases] = Counter()
        unit: str | None = None
        for history in each(histories, "purchase histories"):
            if not isinstance(history, PurchaseHistory):
                msg = f"expected a PurchaseHistory, got {shown(history)}; see purchase_histories(...)"
                raise InvalidTypeError(msg, history)
            unit = unit or history.unit
            if history.unit != unit:
                msg = f"histories must have one unit, got {history.unit!r} and {unit!r}"
                raise InvalidValueError(msg, history)
            counts[history.frequency, history.recency, history.T] += 1
        return cls(counts) if unit is None else cls(counts, unit=unit)

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return sum(self.counts.values())

    @property
    def repeat_customers(self) -> int:
        """How many of them bought again."""
        return sum(number for (frequency, _, _), number in self.counts.items() if frequency)

    @property
    def repeat_purchases(self) -> int:
        """How often they bought again, in all."""
        return sum(frequency * number for (frequency, _, _), number in self.counts.items())

    @property
    def is_defined(self) -> bool:
        """Whether there are any customers."""
        return bool(self.counts)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each frequency, recency and T."""
        return [
            {"frequency": frequency, "recency": recency, "T": age, "customers": number}
            for (frequency, recency, age), number in self.counts.items()
        ]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        nothing = type(self)()
        if nothing in (self, other):
            return other if self == nothing else self
        if self.unit != other.unit:
            raise refused(self, other, "they count in two units")
        return type(self)(Counter(self.counts) + Counter(other.counts), unit=self.unit)


def purchase_summary(
    journeys: Iterable[Journey],
    *,
    as_of: datetime,
    unit: PurchaseUnit,
    event: Contact = "order",
    tz: str = "UTC",
) -> PurchaseSummary:
    """Count the customers of a log by how often they bought again, until when, of how long, as it was known at a moment.

    Args:
        journeys: The customers, read one by one.
        as_of: The moment; what happened or came to be known later does not count. T runs to its day.
        unit: The unit of the times.
        event: What counts as a purchase; all of one day are one.
        tz: Whose days.

    >>> from datetime import datetime, timezone
    >>> from cxkit.journey import journeys
    >>> log = journeys([("anna", "order", "2026-01-05T09:00Z"), ("anna", "order", "2026-01-19T09:00Z")])
    >>> purchase_summary(log, as_of=datetime(2026, 2, 2, tzinfo=timezone.utc), unit="weeks")
    PurchaseSummary(counts={(1, 2.0, 4.0): 1}, unit='weeks')
    """
    histories = purchase_histories(journeys, as_of=as_of, unit=unit, event=event, tz=tz)
    return PurchaseSummary.from_histories(histories) + PurchaseSummary(unit=unit)
