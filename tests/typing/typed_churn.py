"""What a type checker sees of churn, retention, revenue and value: exact money, rates by policy, and models of a kind."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import assert_type

from cxkit.calendar import Period, months, years
from cxkit.journey import Journey
from cxkit.metrics import (
    BetaGeometricNBD,
    ChurnComparison,
    ChurnPolicy,
    ChurnRatio,
    CustomerChurn,
    CustomerSpans,
    DiscountRate,
    FitStatus,
    Geometric,
    LifetimeValue,
    MoneyRatio,
    MrrPolicy,
    PopulationRate,
    PurchaseSummary,
    RenewalCounts,
    RetentionFit,
    RetentionMean,
    RetentionRate,
    RetentionTable,
    ShiftedBetaGeometric,
    Subscription,
    Subscriptions,
    compare_churn_policies,
    convert_rate,
    customer_churn,
    kaplan_meier,
    lifetime_value,
    mrr_movements,
    purchase_summary,
    rates_by_band,
    renewal_rate,
    retention_table,
    subscription_retention,
)

LOG: list[Journey] = []
NOW = datetime(2026, 4, 1, tzinfo=timezone.utc)
START = datetime(2026, 3, 1, tzinfo=timezone.utc)
MARCH = Period.month(2026, 3)

spans = CustomerSpans({"anna": [(START, None)], "ben": [(START, NOW), (NOW, None)]})
churn = customer_churn(spans, MARCH, policy=ChurnPolicy.chartmogul())
assert_type(churn, CustomerChurn)
assert_type(churn.rate, PopulationRate | ChurnRatio)
assert_type(churn.value, float)
assert_type(churn.value_or(None), float | None)
assert_type(churn + churn, CustomerChurn)
customer_churn({"anna": [(START, None)]}, (START, NOW), policy=ChurnPolicy.stripe(), as_of=NOW)
assert_type(CustomerSpans.from_journeys(LOG, as_of=NOW), CustomerSpans)
assert_type(compare_churn_policies(spans, MARCH, [ChurnPolicy.stripe()]), ChurnComparison)
assert_type(convert_rate(0.05, from_=months(1), to=years(1)).value_or(0.0), float)

churn.rate.interval()  # type: ignore[union-attr]  # not every policy gives a share, and only a share has an interval
customer_churn(spans, MARCH)  # type: ignore[call-arg]  # the field does not agree on one policy
customer_churn(spans, "2026-03", policy=ChurnPolicy.stripe())  # type: ignore[arg-type]  # a Period, which knows its zone

table = retention_table(LOG, "month", as_of=NOW)
assert_type(table, RetentionTable)
assert_type(table.weighted_mean(1), PopulationRate)
assert_type(table.simple_mean((0, 1)), RetentionMean)
assert_type(table.simple_mean(1).value_or(None), float | None)
retention_table([(7, START), (7, NOW)], "week", as_of=NOW)
subscription_retention([("anna", START, None), ("ben", START, NOW)], "month", as_of=NOW)
bands = rates_by_band(LOG, {"anna": None}, bands=[timedelta(hours=1)], within=months(3), as_of=NOW)
assert_type(bands.lift().value_or(None), float | None)

retention_table(LOG, "fortnight", as_of=NOW)  # type: ignore[arg-type]  # there is no such period

shop = Subscriptions("EUR", [Subscription("anna", Decimal(600), START, per="year", currency="EUR")])
roll = mrr_movements(shop, MARCH, policy=MrrPolicy.stripe()).roll_forward()
assert_type(shop.mrr(NOW), Decimal)
assert_type(roll.end, Decimal)
assert_type(roll.net_revenue_retention(), MoneyRatio)
assert_type(roll.quick_ratio().value_or(None), float | None)
assert_type(renewal_rate(shop, (START, NOW)).by_count, PopulationRate)

mrr_movements(shop, MARCH)  # type: ignore[call-arg]  # the field does not agree on one policy

renewals = RenewalCounts.from_spans([(START, None), (START, NOW)], per=months(1), as_of=NOW)
fit = ShiftedBetaGeometric.fit(renewals)
assert_type(fit, RetentionFit[ShiftedBetaGeometric | Geometric])
assert_type(fit.status, FitStatus)
assert_type(fit.model, ShiftedBetaGeometric | Geometric)
assert_type(fit.model_or(None), ShiftedBetaGeometric | Geometric | None)
value = lifetime_value(
    margin=Decimal(100),
    retention=RetentionRate(Decimal("0.8"), per=years(1)),
    discount=DiscountRate(Decimal("0.1"), per=years(1)),
    convention="immediate",
    currency="EUR",
)
assert_type(value, LifetimeValue)
assert_type(value.value, Decimal)

summary = purchase_summary(LOG, as_of=NOW, unit="weeks")
assert_type(summary, PurchaseSummary)
buying = BetaGeometricNBD.fit(summary)
assert_type(buying.status, FitStatus)
assert_type(buying.model, BetaGeometricNBD)
assert_type(buying.model_or(None), BetaGeometricNBD | None)

assert_type(kaplan_meier([6, 7], [True, False]).survival_at(6), float)
