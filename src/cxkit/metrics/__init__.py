"""How well it goes: metrics as tallies, which add, have a value and say how sure it is.

Each metric is built from data or from counts, keeps its counts, and answers `.value`, `.interval()`, `.is_defined` and
`.value_or(default)`. One without data has no value: never 0, never NaN.

>>> from cxkit.metrics import Nps, churn_rate
>>> march = Nps.from_scores([10, 9, 9, 8, 7, 6, 3])
>>> low, high = march.interval()
>>> round(march.value, 1), round(low, 1), round(high, 1)
(14.3, -43.5, 63.1)
>>> Nps().value_or(None), churn_rate(start=500, end=450).value
(None, 0.1)
"""

from typing import TYPE_CHECKING

from cxkit._forms import register_late
from cxkit._late import late
from cxkit.metrics._churning.rates import churn_rate, inactivity_churn
from cxkit.metrics._retention.purchases import repeat_purchase_rate, returning_customer_rate
from cxkit.metrics._rooms import NAMES, TYPES
from cxkit.tallies import Interval, PopulationRate, Rate, RateDifference, Tally

if TYPE_CHECKING:
    from cxkit.metrics._bots.outcomes import BotBase, BotMetric, BotOutcomes, bot_outcomes
    from cxkit.metrics._bots.rule import BotDecision, BotOutcome, BotRule
    from cxkit.metrics._buying.fit import PurchaseFit, PurchaseFitLimit
    from cxkit.metrics._buying.history import PurchaseHistory, PurchaseUnit, order_histories, purchase_histories
    from cxkit.metrics._buying.models import BetaGeometricNBD, ModifiedBetaGeometricNBD
    from cxkit.metrics._buying.outlook import PurchaseOutlook
    from cxkit.metrics._buying.spend import GammaGamma
    from cxkit.metrics._buying.summary import PurchaseSummary, purchase_summary
    from cxkit.metrics._churning.comparison import ChurnComparison, ChurnDifference, compare_churn_policies
    from cxkit.metrics._churning.conversion import ConvertedRate, ExpectedLifetime, convert_rate, expected_lifetime
    from cxkit.metrics._churning.counting import customer_churn
    from cxkit.metrics._churning.course import ChurnEvent, ChurnOutcome
    from cxkit.metrics._churning.inactivity import InactivityStates, inactivity_states
    from cxkit.metrics._churning.policy import ChurnPolicy
    from cxkit.metrics._churning.ratio import ChurnRatio
    from cxkit.metrics._churning.result import CustomerChurn
    from cxkit.metrics._churning.roll_forward import CustomerRollForward, customer_roll_forward
    from cxkit.metrics._churning.sets import ChurnOfSets, churn_of_sets
    from cxkit.metrics._churning.spans import ActivitySpan, ChurnKind, CustomerSpans
    from cxkit.metrics._churning.thresholds import InactivityThreshold, InactivityThresholds, inactivity_thresholds
    from cxkit.metrics._comparing.answers import Comparable
    from cxkit.metrics._comparing.change import Direction, Verdict, VerdictOutcome, verdict
    from cxkit.metrics._comparing.changes import Correction, Verdicts, verdicts
    from cxkit.metrics._comparing.corrections import benjamini_hochberg, holm
    from cxkit.metrics._comparing.mix import MixDecomposition, MixEffect
    from cxkit.metrics._comparing.strata import PopulationShare, StratifiedMethod, StratifiedNps
    from cxkit.metrics._desk.comparisons import GroupComparison, GroupDifference, GroupTally, compare_groups
    from cxkit.metrics._desk.costs import ContactCost, cost_per_contact
    from cxkit.metrics._desk.differences import DurationsDifference, TimesTest
    from cxkit.metrics._desk.first_contact import FirstContactDecision, FirstContactOutcome, FirstContactRule
    from cxkit.metrics._desk.open_tickets import Backlog, BacklogPeriod, backlog, open_ages
    from cxkit.metrics._desk.ratios import CountRatio, contacts_per_order
    from cxkit.metrics._desk.reopening import Reopening, reopen_rate
    from cxkit.metrics._desk.resolution import FirstContactResolution, first_contact_resolution
    from cxkit.metrics._fits import FitStatus
    from cxkit.metrics._lifetime.value import LifetimeValue, PaymentConvention, lifetime_value
    from cxkit.metrics._lifetime.what_if import BAIN_RANGE, RetentionWhatIf, retention_what_if
    from cxkit.metrics._nps.bounds import NonresponseBounds
    from cxkit.metrics._nps.difference import NpsDifference, NpsTest
    from cxkit.metrics._nps.planning import (
        PlanningMethod,
        nps_detectable_change,
        nps_sample_size,
        nps_sample_size_per_group,
    )
    from cxkit.metrics._nps.scale import NpsGroup, NpsScale
    from cxkit.metrics._nps.score import MissingPolicy, Nps, NpsMethod
    from cxkit.metrics._projection.counts import RenewalCounts
    from cxkit.metrics._projection.fits import RetentionFit
    from cxkit.metrics._projection.likelihood import RetentionFitReason
    from cxkit.metrics._projection.models import Geometric, RetentionModel, ShiftedBetaGeometric
    from cxkit.metrics._projection.projection import HoldoutError, Projection, project
    from cxkit.metrics._projection.rates import DiscountRate, RetentionRate
    from cxkit.metrics._retention.bands import RatesByBand, Waits, rates_by_band
    from cxkit.metrics._retention.cohort import RetentionCell, RetentionCohort, RetentionMean
    from cxkit.metrics._retention.counting import (
        SubscriptionSpan,
        retention_table,
        subscription_retention,
    )
    from cxkit.metrics._retention.log import CustomerMoment
    from cxkit.metrics._retention.settings import Bracket, CohortMode, RetentionColumn, RetentionSettings
    from cxkit.metrics._retention.table import RetentionTable
    from cxkit.metrics._retention.trends import Lift, TrendTest
    from cxkit.metrics._revenue.amounts import MoneyRatio
    from cxkit.metrics._revenue.billing import BillingPeriod, Coupon, CouponRule, monthly_amount
    from cxkit.metrics._revenue.comparison import MrrComparison, MrrDifference, compare_mrr_policies
    from cxkit.metrics._revenue.movements import MrrMovement, MrrMovementKind, MrrMovements, mrr_movements
    from cxkit.metrics._revenue.policy import MrrCounted, MrrJoinedAndLeft, MrrPolicy
    from cxkit.metrics._revenue.renewals import RenewalRate, renewal_rate
    from cxkit.metrics._revenue.roll_forward import MrrLine, MrrRollForward
    from cxkit.metrics._revenue.subscriptions import Subscription, Subscriptions
    from cxkit.metrics._support.answering import AnswerRate, answer_rate
    from cxkit.metrics._support.attainment import SlaAttainment, SlaCounts, SlaPolicyOf, sla_attainment
    from cxkit.metrics._support.clocks import ClockEnd, ClockRule, Measurement
    from cxkit.metrics._support.groups import LabelSource, TicketGroups
    from cxkit.metrics._support.promises import SlaClock, SlaOutcome
    from cxkit.metrics._support.rules import PlainResolution, TicketMetric, TicketRules, ZendeskResolution
    from cxkit.metrics._support.sla import SlaMetric, SlaPolicy, SlaStatus, sla_status
    from cxkit.metrics._support.times import ResponseTimes, response_times
    from cxkit.metrics._support.vocabulary import TicketEvent, TicketEvents, TicketMoment, tickets
    from cxkit.metrics._suppression.cells import HiddenGroup, HiddenReason
    from cxkit.metrics._suppression.crosstab import SuppressedTable, suppress_small_cells
    from cxkit.metrics._suppression.groups import SuppressedGroups, suppress_small
    from cxkit.metrics._surveys.boxes import BoxScore, BoxScoreDifference, MissingScore
    from cxkit.metrics._surveys.measures import MeanMethod, MeanScore, NetBox
    from cxkit.metrics._surveys.presets import STARS, THUMBS, CesVariant, CsatSystem, ces_scale, csat_scale
    from cxkit.metrics._surveys.responses import (
        CountedRate,
        Dispositions,
        EstimatedRate,
        EstimatedResponseRate,
        response_rate,
    )
    from cxkit.metrics._surveys.scales import ScaleDirection, ScaleSpec, Statistic
    from cxkit.metrics._survival.comparison import LogRankWeighting, SurvivalComparison, log_rank
    from cxkit.metrics._survival.curve import Band, Quantile, RestrictedMean, SurvivalCurve, SurvivalMethod
    from cxkit.metrics._survival.estimate import kaplan_meier
    from cxkit.metrics._survival.table import SurvivalTable
    from cxkit.metrics._voice.mention import Mention, MentionFields, SentimentLabel
    from cxkit.metrics._voice.sentiments import NetSentiment, SentimentDenominator, sentiment_of
    from cxkit.metrics._voice.shares import NamedTogether, ShareOfVoice, VoiceUnit, share_of_voice
    from cxkit.metrics._voice.sources import folded, hashtags, words
    from cxkit.metrics._voice.term_tally import TermCount, TermCounts, TermKind, TopTerms, term_counts
    from cxkit.metrics._windows import ReportingPeriod

__all__ = [
    "BAIN_RANGE",
    "STARS",
    "THUMBS",
    "ActivitySpan",
    "AnswerRate",
    "Backlog",
    "BacklogPeriod",
    "Band",
    "BetaGeometricNBD",
    "BillingPeriod",
    "BotBase",
    "BotDecision",
    "BotMetric",
    "BotOutcome",
    "BotOutcomes",
    "BotRule",
    "BoxScore",
    "BoxScoreDifference",
    "Bracket",
    "CesVariant",
    "ChurnComparison",
    "ChurnDifference",
    "ChurnEvent",
    "ChurnKind",
    "ChurnOfSets",
    "ChurnOutcome",
    "ChurnPolicy",
    "ChurnRatio",
    "ClockEnd",
    "ClockRule",
    "CohortMode",
    "Comparable",
    "ContactCost",
    "ConvertedRate",
    "Correction",
    "CountRatio",
    "CountedRate",
    "Coupon",
    "CouponRule",
    "CsatSystem",
    "CustomerChurn",
    "CustomerMoment",
    "CustomerRollForward",
    "CustomerSpans",
    "Direction",
    "DiscountRate",
    "Dispositions",
    "DurationsDifference",
    "EstimatedRate",
    "EstimatedResponseRate",
    "ExpectedLifetime",
    "FirstContactDecision",
    "FirstContactOutcome",
    "FirstContactResolution",
    "FirstContactRule",
    "FitStatus",
    "GammaGamma",
    "Geometric",
    "GroupComparison",
    "GroupDifference",
    "GroupTally",
    "HiddenGroup",
    "HiddenReason",
    "HoldoutError",
    "InactivityStates",
    "InactivityThreshold",
    "InactivityThresholds",
    "Interval",
    "LabelSource",
    "LifetimeValue",
    "Lift",
    "LogRankWeighting",
    "MeanMethod",
    "MeanScore",
    "Measurement",
    "Mention",
    "MentionFields",
    "MissingPolicy",
    "MissingScore",
    "MixDecomposition",
    "MixEffect",
    "ModifiedBetaGeometricNBD",
    "MoneyRatio",
    "MrrComparison",
    "MrrCounted",
    "MrrDifference",
    "MrrJoinedAndLeft",
    "MrrLine",
    "MrrMovement",
    "MrrMovementKind",
    "MrrMovements",
    "MrrPolicy",
    "MrrRollForward",
    "NamedTogether",
    "NetBox",
    "NetSentiment",
    "NonresponseBounds",
    "Nps",
    "NpsDifference",
    "NpsGroup",
    "NpsMethod",
    "NpsScale",
    "NpsTest",
    "PaymentConvention",
    "PlainResolution",
    "PlanningMethod",
    "PopulationRate",
    "PopulationShare",
    "Projection",
    "PurchaseFit",
    "PurchaseFitLimit",
    "PurchaseHistory",
    "PurchaseOutlook",
    "PurchaseSummary",
    "PurchaseUnit",
    "Quantile",
    "Rate",
    "RateDifference",
    "RatesByBand",
    "RenewalCounts",
    "RenewalRate",
    "Reopening",
    "ReportingPeriod",
    "ResponseTimes",
    "RestrictedMean",
    "RetentionCell",
    "RetentionCohort",
    "RetentionColumn",
    "RetentionFit",
    "RetentionFitReason",
    "RetentionMean",
    "RetentionModel",
    "RetentionRate",
    "RetentionSettings",
    "RetentionTable",
    "RetentionWhatIf",
    "ScaleDirection",
    "ScaleSpec",
    "SentimentDenominator",
    "SentimentLabel",
    "ShareOfVoice",
    "ShiftedBetaGeometric",
    "SlaAttainment",
    "SlaClock",
    "SlaCounts",
    "SlaMetric",
    "SlaOutcome",
    "SlaPolicy",
    "SlaPolicyOf",
    "SlaStatus",
    "Statistic",
    "StratifiedMethod",
    "StratifiedNps",
    "Subscription",
    "SubscriptionSpan",
    "Subscriptions",
    "SuppressedGroups",
    "SuppressedTable",
    "SurvivalComparison",
    "SurvivalCurve",
    "SurvivalMethod",
    "SurvivalTable",
    "Tally",
    "TermCount",
    "TermCounts",
    "TermKind",
    "TicketEvent",
    "TicketEvents",
    "TicketGroups",
    "TicketMetric",
    "TicketMoment",
    "TicketRules",
    "TimesTest",
    "TopTerms",
    "TrendTest",
    "Verdict",
    "VerdictOutcome",
    "Verdicts",
    "VoiceUnit",
    "Waits",
    "ZendeskResolution",
    "answer_rate",
    "backlog",
    "benjamini_hochberg",
    "bot_outcomes",
    "ces_scale",
    "churn_of_sets",
    "churn_rate",
    "compare_churn_policies",
    "compare_groups",
    "compare_mrr_policies",
    "contacts_per_order",
    "convert_rate",
    "cost_per_contact",
    "csat_scale",
    "customer_churn",
    "customer_roll_forward",
    "expected_lifetime",
    "first_contact_resolution",
    "folded",
    "hashtags",
    "holm",
    "inactivity_churn",
    "inactivity_states",
    "inactivity_thresholds",
    "kaplan_meier",
    "lifetime_value",
    "log_rank",
    "monthly_amount",
    "mrr_movements",
    "nps_detectable_change",
    "nps_sample_size",
    "nps_sample_size_per_group",
    "open_ages",
    "order_histories",
    "project",
    "purchase_histories",
    "purchase_summary",
    "rates_by_band",
    "renewal_rate",
    "reopen_rate",
    "repeat_purchase_rate",
    "response_rate",
    "response_times",
    "retention_table",
    "retention_what_if",
    "returning_customer_rate",
    "sentiment_of",
    "share_of_voice",
    "sla_attainment",
    "sla_status",
    "subscription_retention",
    "suppress_small",
    "suppress_small_cells",
    "term_counts",
    "tickets",
    "verdict",
    "verdicts",
    "words",
]

# What few programs ask for is imported when it is asked for. The rooms are private packages, and this names their modules.
for _room, _types in TYPES.items():
    register_late(f"{__name__}.{_room}", *(f"metrics.{name}" for name in _types))

if not TYPE_CHECKING:
    __getattr__ = late(__name__, NAMES)
    __dir__ = __all__.copy  # what is imported late stands there, too
