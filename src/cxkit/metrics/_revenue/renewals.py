"""Renewals: of the contracts whose term ends in a period, how many go on."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, Self

import attrs

from cxkit import _tables
from cxkit._checks import UTC, a_count, a_flag, an_instant, shown
from cxkit._forms import INTEGER, MOMENT, TEXT, optional, pair, stored
from cxkit._money import minor_unit
from cxkit.calendar import Length, Span, elapsed, end_of
from cxkit.errors import InvalidValueError
from cxkit.metrics._revenue.amounts import FRACTION, ZERO, MoneyRatio, exact, signed, to_money
from cxkit.metrics._revenue.billing import CouponRule
from cxkit.metrics._revenue.subscriptions import MrrCourse, Subscription, Subscriptions, subscriptions_known
from cxkit.metrics._windows import ReportingPeriod, window_of
from cxkit.tallies import PopulationRate, refused

COUNTS = ("due", "renewed", "contracts", "ended_early")
AMOUNTS = ("mrr_due", "mrr_kept", "mrr_renewed")
MOST = 10_000  # terms of one contract that end in a period
_DAY = timedelta(days=1)
_LAST = datetime.max.replace(tzinfo=UTC)


def _mrr(amount: Decimal | int | Fraction) -> Fraction:
    return signed(amount, "MRR")


@stored(
    "metrics.renewal_rate",
    currency=TEXT,
    **dict.fromkeys(COUNTS, INTEGER),
    **dict.fromkeys(AMOUNTS, FRACTION),
    window=optional(pair(MOMENT)),
    as_of=optional(MOMENT),
)
@attrs.frozen
class RenewalRate(_tables.Tabled):
    """How many of the contracts that came up for renewal went on, as a population tally in one currency.

    A year's contract cannot end in eleven months of twelve. In a churn rate of all contracts it makes a month look good;
    the renewal rate asks only those that had the choice. Those that ended before their term had none: they are no part of
    any rate of those due, so look at `ended_early` as well.

    Attributes:
        currency: The currency of the amounts.
        due: How many terms ended in the period.
        renewed: After how many of them the contract went on.
        contracts: How many contracts there were: those that ran just before the period or in it.
        ended_early: How many of them ended in the period at a moment at which no term of theirs did, and so were not due.
        mrr_due: The MRR of those due just before, exact.
        mrr_kept: How much of it went on, exact: for each the smaller of before and after.
        mrr_renewed: The MRR of those due right after, exact, which counts higher prices too.
        window: From when until before when, in UTC; a `Period` serves as well. Only rates of one window and currency add,
            over different customers.
        as_of: The moment up to which things were known, where one was given.

    >>> from cxkit.metrics import RenewalRate
    >>> march = RenewalRate("EUR", due=100, renewed=88, contracts=1200)
    >>> march.by_count.value, march.lapsed_of_due.value, march.lapsed_of_all.value
    (0.88, 0.12, 0.01)
    """

    currency: str
    due: int = attrs.field(default=0, kw_only=True)
    renewed: int = attrs.field(default=0, kw_only=True)
    contracts: int = attrs.field(default=0, kw_only=True)
    ended_early: int = attrs.field(default=0, kw_only=True)
    mrr_due: Fraction = attrs.field(default=ZERO, converter=_mrr, kw_only=True)
    mrr_kept: Fraction = attrs.field(default=ZERO, converter=_mrr, kw_only=True)
    mrr_renewed: Fraction = attrs.field(default=ZERO, converter=_mrr, kw_only=True)
    window: tuple[datetime, datetime] | None = attrs.field(
        default=None, converter=attrs.converters.optional(window_of), kw_only=True
    )
    as_of: datetime | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        minor_unit(self.currency)
        for what in COUNTS:
            a_count(getattr(self, what), what)
        for what in AMOUNTS:
            exact(getattr(self, what), what)
        for part, whole in (
            ("renewed", "due"),
            ("ended", "contracts"),
            ("mrr_kept", "mrr_due"),
            ("mrr_kept", "mrr_renewed"),
        ):
            if getattr(self, part) > getattr(self, whole):
                msg = f"{part} must not exceed {whole}, got {getattr(self, part)} of {getattr(self, whole)}"
                raise InvalidValueError(msg, getattr(self, part))
        if self.as_of is not None:
            object.__setattr__(self, "as_of", an_instant(self.as_of, "as_of"))

    @property
    def lapsed(self) -> int:
        """How many contracts did not go on at the end of a term."""
        return self.due - self.renewed

    @property
    def ended(self) -> int:
        """How many contracts ended in the period: at the end of a term, or early."""
        return self.lapsed + self.ended_early

    @property
    def by_count(self) -> PopulationRate:
        """The renewal rate: those that went on, of those due."""
        return self._rate("renewal rate", self.renewed, self.due, "contracts due")

    @property
    def lapsed_of_due(self) -> PopulationRate:
        """Those that did not go on, of those due."""
        return self._rate("lapse rate of contracts due", self.lapsed, self.due, "contracts due")

    @property
    def lapsed_of_all(self) -> PopulationRate:
        """Those due that did not go on, of all contracts, most of which had no choice: the diluted rate."""
        return self._rate("lapse rate of all contracts", self.lapsed, self.contracts, "contracts")

    def by_value(self, *, uplift: bool = False) -> MoneyRatio:
        """Return the MRR that was renewed over the MRR that was due.

        Args:
            uplift: Whether higher amounts after the renewal count; without it, the rate is at most 1.
        """
        amount = self.mrr_renewed if a_flag(uplift, "uplift") else self.mrr_kept
        return MoneyRatio(amount, self.mrr_due, name="renewal rate by value", of="contracts due")

    def _rate(self, name: str, count: int, total: int, unit: str) -> PopulationRate:
        return PopulationRate(count, total, name=name, unit=unit, window=self.window)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for the number of terms that ended, and one for their MRR; contracts that ended early stand beside."""
        money = [to_money(getattr(self, what), self.currency) for what in AMOUNTS]
        return [
            {
                "of": "contracts",
                "due": self.due,
                "renewed": self.renewed,
                "rate": self.by_count.value_or(None),
                "ended early": self.ended_early,
            },
            {
                "of": f"MRR in {self.currency}",
                "due": money[0],
                "renewed": money[1],
                "rate": self.by_value().value_or(None),
                "ended early": None,
            },
        ]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if any(getattr(self, what) != getattr(other, what) for what in ("currency", "window", "as_of")):
            raise refused(self, other, "they are of two currencies, periods or moments")
        return attrs.evolve(self, **{what: getattr(self, what) + getattr(other, what) for what in (*COUNTS, *AMOUNTS)})


def renewal_rate(
    subscriptions: Subscriptions,
    period: ReportingPeriod,
    *,
    coupons: CouponRule | None = None,
    as_of: datetime | None = None,
) -> RenewalRate:
    """Count the contracts whose term ends in a period, and those of them that go on.

    Terms are counted from the start of a subscription, without chaining: a month from the 31st does not wander. Subscriptions of
    one customer and id that follow one another without a gap are one contract, so that a new price is no new contract; its
    terms are counted anew where their length changes. It is due whenever a term ends: that of a week several times in a month.
    A contract that ends before its term does, if only by a minute, is not due then; it is one of those `ended_early`.

    Args:
        subscriptions: Who pays how much, with `term=` where it is not the billing period.
        period: The period; a pair of moments for one that the calendar has no name for.
        coupons: Which coupons lower the amounts; to be said where there are some that end.
        as_of: The moment; what is due later is not counted, and what starts or ends later is not known. Without it the
            subscriptions count as given, or as of when they were read.

    Raises:
        InvalidValueError: Two subscriptions of one customer and id overlap, or more than 10000 terms of a contract end in the
            period.

    >>> from datetime import datetime, timezone
    >>> from cxkit.calendar import Period
    >>> from cxkit.metrics import Subscription, Subscriptions, renewal_rate
    >>> day = lambda year, month: datetime(year, month, 9, tzinfo=timezone.utc)
    >>> yearly = {"per": "year", "currency": "EUR"}
    >>> shop = Subscriptions(
    ...     "EUR",
    ...     [
    ...         Subscription("anna", 1200, day(2025, 3), **yearly),
    ...         Subscription("ben", 600, day(2025, 3), day(2026, 3), **yearly),
    ...         Subscription("cleo", 600, day(2025, 7), **yearly),
    ...     ],
    ... )
    >>> print(renewal_rate(shop, Period.month(2026, 3)))
    of             due  renewed    rate  ended early
    contracts        2        1     0.5            0
    MRR in EUR  150.00   100.00  0.6667            -
    """
    start, end = window_of(period)
    known = subscriptions_known(subscriptions, as_of)
    contracts = [_Contract(parts, MrrCourse.of(parts, coupons, known.as_of)) for parts in _chains(known)]
    until = end if known.as_of is None else min(end, known.as_of + timedelta.resolution)
    dues = [(contract, [*contract.dues(start, until)]) for contract in contracts]
    terms = [(contract, due) for contract, theirs in dues for due in theirs]
    before = [contract.course.before(due) for contract, due in terms]
    after = [contract.course.at(due) for contract, due in terms]
    return RenewalRate(
        known.currency,
        due=len(terms),
        renewed=sum(contract.goes_on(due) for contract, due in terms),
        contracts=sum(contract.ran(start, end) for contract in contracts),
        ended_early=sum(contract.ended(start, end) and contract.end not in theirs for contract, theirs in dues),
        mrr_due=sum(before, start=ZERO),
        mrr_kept=sum(map(min, before, after), start=ZERO),
        mrr_renewed=sum(after, start=ZERO),
        window=(start, end),
        as_of=known.as_of,
    )


class _Contract(NamedTuple):
    """Subscriptions that follow one another as one contract, and what they come to in a month."""

    parts: Sequence[Subscription]
    course: MrrCourse

    @property
    def end(self) -> datetime | None:
        """The first moment without it; `None` while it goes on."""
        return self.parts[-1].end

    def goes_on(self, moment: datetime) -> bool:
        """Whether it runs at a moment that is not before its start."""
        return self.end is None or moment < self.end

    def ended(self, start: datetime, end: datetime) -> bool:
        """Whether it ended in a period."""
        return self.end is not None and start <= self.end < end

    def ran(self, start: datetime, end: datetime) -> bool:
        """Whether it ran just before a period, or in it."""
        return self.parts[0].start < end and (self.end is None or start <= self.end)

    def dues(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Yield when a term ends in a period."""
        anchor, term = self.parts[0].start, self.parts[0].agreed_for
        for part in self.parts:
            if part.agreed_for != term:
                anchor, term = part.start, part.agreed_for
            for due in _ends(anchor, term, max(start, part.start), end):
                if part.end is not None and due > part.end:
                    break
                if due > part.start:
                    yield due


def _chains(known: Subscriptions) -> Iterator[list[Subscription]]:
    """Yield the subscriptions that are one contract, in order."""
    by_id: dict[tuple[str, str], list[Subscription]] = defaultdict(list)
    for subscription in known.subscriptions:
        if subscription.id is None:
            yield [subscription]
        else:
            by_id[subscription.customer, subscription.id].append(subscription)
    for parts in by_id.values():
        chain = parts[:1]
        for one, other in pairwise(parts):
            if one.end is None or other.start < one.end:
                msg = f"two subscriptions of {one.customer!r} with the id {one.id!r} overlap: {shown(one)} and {shown(other)}"
                raise InvalidValueError(msg, other)
            if other.start > one.end:
                yield chain
                chain = []
            chain.append(other)
        yield chain


def _ends(anchor: datetime, term: Length, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the ends of terms in a period, without going through those before."""
    length = elapsed(term) or term  # where it is the same from every moment, adding is quick
    if (end - start) / _DAY / _most_days(length) > MOST:
        msg = f"expected up to {MOST} terms of a contract in a period, got more of {term!r}; give it a longer term="
        raise InvalidValueError(msg, term)

    def at(number: int) -> datetime:
        return end_of(anchor, _times(length, number)) or _LAST

    number = max(1, int((start - anchor) / _DAY / _most_days(length)) - 1)  # one before, for the hours of a zone
    while at(number) < start:
        number += 1
    while (due := at(number)) < end:
        yield due
        number += 1


def _most_days(term: Length) -> float:
    """Return how many days a term has at most, the hours of a zone aside."""
    if isinstance(term, timedelta):
        return term / _DAY
    return 31 * term.months + term.days + term.hours / 24


def _times(length: Length, number: int) -> Length:
    if isinstance(length, timedelta):
        return length * number
    return Span(length.months * number, length.days * number, length.hours * number, tz=length.tz)
