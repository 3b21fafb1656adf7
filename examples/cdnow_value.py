"""Ask the log of a CD shop who comes back, who is still a customer, and who is worth calling.

`read` gets the log (data/README.md), `report` does nothing but library logic, and `main` prints what comes of it. The models
are fitted to the first 39 weeks, as in the papers, and what they expect of the next 39 stands beside what happened then.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from cxkit.journey import Journey, journeys
from cxkit.metrics import (
    BetaGeometricNBD,
    GammaGamma,
    PurchaseFit,
    PurchaseOutlook,
    PurchaseSummary,
    RetentionSettings,
    RetentionTable,
    SurvivalCurve,
    kaplan_meier,
    purchase_histories,
    retention_table,
)

HERE = Path(__file__).parent
LOG = HERE / "data" / "CDNOW_sample.txt"
FITTED = datetime(1997, 9, 30, tzinfo=timezone.utc)  # the last day that the models see
LAST = datetime(1998, 6, 30, tzinfo=timezone.utc)  # the last day of the log
AHEAD = (LAST - FITTED).days / 7  # weeks
MOST = 10  # customers to call
Order = dict[str, object]


class Report(NamedTuple):
    """What there is to tell."""

    cohorts: RetentionTable
    silence: SurvivalCurve
    purchases: PurchaseFit[BetaGeometricNBD]
    spend: PurchaseFit[GammaGamma]
    outlooks: Sequence[PurchaseOutlook]
    expected: float
    happened: int


def read() -> list[Order]:
    """Read the log: the customer, the day and the dollars of each order."""
    lines = map(str.split, LOG.read_text(encoding="ascii").splitlines())
    return [{"customer": line[1], "name": "order", "at": line[2], "dollars": Decimal(line[4])} for line in lines]


def report(orders: Iterable[Order]) -> Report:
    """Fit the models, and ask them about every customer."""
    log = journeys(orders, details={"value": "dollars"}, tz="UTC")
    known = list(purchase_histories(log, as_of=FITTED, unit="weeks"))
    later = purchase_histories(log, as_of=LAST, unit="weeks")
    purchases = BetaGeometricNBD.fit(PurchaseSummary.from_histories(known))
    spend = GammaGamma.fit(known)
    outlooks = [purchases.model.outlook(one, AHEAD, spend=spend.model) for one in known]
    return Report(
        retention_table(log, RetentionSettings("month", columns=7), as_of=LAST),
        silence(log),
        purchases,
        spend,
        sorted(outlooks, key=attrgetter("value"), reverse=True),
        sum(outlook.purchases for outlook in outlooks),
        sum(one.frequency for one in later) - sum(one.frequency for one in known),
    )


def silence(log: Iterable[Journey]) -> SurvivalCurve:
    """Return the share of customers who have not come back, by weeks since the first order."""
    days = [sorted({contact.at for contact in journey}) for journey in log]
    ends = [some[1] if len(some) > 1 else LAST for some in days]
    weeks = [(end - some[0]).days / 7 for some, end in zip(days, ends, strict=True)]
    return kaplan_meier(weeks, [len(some) > 1 for some in days], unit="weeks")


def main() -> None:
    """Print what the log says."""
    found = report(read())
    print("Who comes back, by the month of the first order, and how many months later\n")
    for cohort in found.cohorts.cohorts[:3]:  # nobody came for the first time after March
        shares = [cell.rate.value for cell in found.cohorts.cells if cell.cohort == cohort.period]
        print(f"  {f'{cohort.period.start:%B %Y}':14}{cohort.size:5,} ", *(f"{share:6.1%}" for share in shares))
    print("\nOf all customers, have not come back")
    for weeks in (4, 13, 26, 52):
        low, high = found.silence.interval_at(weeks)
        print(f"  after {weeks:2} weeks {found.silence.survival_at(weeks):.1%} ({low:.1%} to {high:.1%})")
    print(f"\nPurchases up to {FITTED:%d %B %Y}, {found.purchases.customers:,} customers (BG/NBD): {found.purchases}")
    print(f"\nSpend at a purchase, {found.spend.used} customers (Gamma-Gamma): {found.spend}")
    print(
        f"\nIn the {AHEAD:.0f} weeks after, {found.expected:,.0f} purchases are expected; there were {found.happened:,}."
    )
    print("\nWho is worth calling: still there, will buy, at dollars each\n")
    for one in found.outlooks[:MOST]:
        print(f"  {one.customer}  {one.p_alive:4.0%}  {one.purchases:5.1f}  {one.spend:7.2f}  = {one.value:8.2f}")
    top = sum(one.value or 0.0 for one in found.outlooks[: len(found.outlooks) // 10])
    print(
        f"\nA tenth of the customers stand for {top / sum(one.value or 0.0 for one in found.outlooks):.0%} of what is expected."
    )


if __name__ == "__main__":
    main()
