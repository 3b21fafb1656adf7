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
from cxkit.metrics._churn import churn_rate, inactivity_churn
from cxkit.metrics._repeat import repeat_purchase_rate
from cxkit.tallies import Interval, PopulationRate, Rate, RateDifference, Tally

if TYPE_CHECKING:
    from cxkit.metrics._bots.outcomes import BotBase, BotMetric, BotOutcomes, bot_outcomes
    from cxkit.metrics._bots.rule import BotDecision, BotOutcome, BotRule
    from cxkit.metrics._comparing.change import Direction, Verdict, VerdictOutcome, verdict
    from cxkit.metrics._comparing.changes import Correction, Verdicts, verdicts
    from cxkit.metrics._comparing.corrections import benjamini_hochberg, holm
    from cxkit.metrics._comparing.groups import Comparable
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

__all__ = [
    "STARS",
    "THUMBS",
    "AnswerRate",
    "Backlog",
    "BacklogPeriod",
    "Band",
    "BotBase",
    "BotDecision",
    "BotMetric",
    "BotOutcome",
    "BotOutcomes",
    "BotRule",
    "BoxScore",
    "BoxScoreDifference",
    "CesVariant",
    "ClockEnd",
    "ClockRule",
    "Comparable",
    "ContactCost",
    "Correction",
    "CountRatio",
    "CountedRate",
    "CsatSystem",
    "Direction",
    "Dispositions",
    "DurationsDifference",
    "EstimatedRate",
    "EstimatedResponseRate",
    "FirstContactDecision",
    "FirstContactOutcome",
    "FirstContactResolution",
    "FirstContactRule",
    "GroupComparison",
    "GroupDifference",
    "GroupTally",
    "HiddenGroup",
    "HiddenReason",
    "Interval",
    "LabelSource",
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
    "PlainResolution",
    "PlanningMethod",
    "PopulationRate",
    "PopulationShare",
    "Quantile",
    "Rate",
    "RateDifference",
    "Reopening",
    "ResponseTimes",
    "RestrictedMean",
    "ScaleDirection",
    "ScaleSpec",
    "SentimentDenominator",
    "SentimentLabel",
    "ShareOfVoice",
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
    "Verdict",
    "VerdictOutcome",
    "Verdicts",
    "VoiceUnit",
    "ZendeskResolution",
    "answer_rate",
    "backlog",
    "benjamini_hochberg",
    "bot_outcomes",
    "ces_scale",
    "churn_rate",
    "compare_groups",
    "contacts_per_order",
    "cost_per_contact",
    "csat_scale",
    "first_contact_resolution",
    "folded",
    "hashtags",
    "holm",
    "inactivity_churn",
    "kaplan_meier",
    "log_rank",
    "nps_detectable_change",
    "nps_sample_size",
    "nps_sample_size_per_group",
    "open_ages",
    "reopen_rate",
    "repeat_purchase_rate",
    "response_rate",
    "response_times",
    "sentiment_of",
    "share_of_voice",
    "sla_attainment",
    "sla_status",
    "suppress_small",
    "suppress_small_cells",
    "term_counts",
    "tickets",
    "verdict",
    "verdicts",
    "words",
]

# What few programs ask for is imported when it is asked for. The rooms are private packages, and this names their modules.
_LATE = {
    "_bots.outcomes": ("BotBase", "BotMetric", "BotOutcomes", "bot_outcomes"),
    "_bots.rule": ("BotDecision", "BotOutcome", "BotRule"),
    "_comparing.change": ("Direction", "Verdict", "VerdictOutcome", "verdict"),
    "_comparing.changes": ("Correction", "Verdicts", "verdicts"),
    "_comparing.corrections": ("benjamini_hochberg", "holm"),
    "_comparing.groups": ("Comparable",),
    "_comparing.mix": ("MixDecomposition", "MixEffect"),
    "_comparing.strata": ("PopulationShare", "StratifiedMethod", "StratifiedNps"),
    "_desk.comparisons": ("GroupComparison", "GroupDifference", "GroupTally", "compare_groups"),
    "_desk.costs": ("ContactCost", "cost_per_contact"),
    "_desk.differences": ("DurationsDifference", "TimesTest"),
    "_desk.first_contact": ("FirstContactDecision", "FirstContactOutcome", "FirstContactRule"),
    "_desk.open_tickets": ("Backlog", "BacklogPeriod", "backlog", "open_ages"),
    "_desk.ratios": ("CountRatio", "contacts_per_order"),
    "_desk.reopening": ("Reopening", "reopen_rate"),
    "_desk.resolution": ("FirstContactResolution", "first_contact_resolution"),
    "_nps.bounds": ("NonresponseBounds",),
    "_nps.difference": ("NpsDifference", "NpsTest"),
    "_nps.planning": (
        "PlanningMethod",
        "nps_detectable_change",
        "nps_sample_size",
        "nps_sample_size_per_group",
    ),
    "_nps.scale": ("NpsGroup", "NpsScale"),
    "_nps.score": ("MissingPolicy", "Nps", "NpsMethod"),
    "_support.answering": ("AnswerRate", "answer_rate"),
    "_support.attainment": ("SlaAttainment", "SlaCounts", "SlaPolicyOf", "sla_attainment"),
    "_support.clocks": ("ClockEnd", "ClockRule", "Measurement"),
    "_support.groups": ("LabelSource", "TicketGroups"),
    "_support.promises": ("SlaClock", "SlaOutcome"),
    "_support.rules": ("PlainResolution", "TicketMetric", "TicketRules", "ZendeskResolution"),
    "_support.sla": ("SlaMetric", "SlaPolicy", "SlaStatus", "sla_status"),
    "_support.times": ("ResponseTimes", "response_times"),
    "_survival.comparison": ("LogRankWeighting", "SurvivalComparison", "log_rank"),
    "_survival.curve": ("Band", "Quantile", "RestrictedMean", "SurvivalCurve", "SurvivalMethod"),
    "_survival.estimate": ("kaplan_meier",),
    "_survival.table": ("SurvivalTable",),
    "_support.vocabulary": ("TicketEvent", "TicketEvents", "TicketMoment", "tickets"),
    "_suppression.cells": ("HiddenGroup", "HiddenReason"),
    "_suppression.crosstab": ("SuppressedTable", "suppress_small_cells"),
    "_suppression.groups": ("SuppressedGroups", "suppress_small"),
    "_surveys.boxes": ("BoxScore", "BoxScoreDifference", "MissingScore"),
    "_surveys.measures": ("MeanMethod", "MeanScore", "NetBox"),
    "_surveys.presets": ("STARS", "THUMBS", "CesVariant", "CsatSystem", "ces_scale", "csat_scale"),
    "_surveys.responses": ("CountedRate", "Dispositions", "EstimatedRate", "EstimatedResponseRate", "response_rate"),
    "_surveys.scales": ("ScaleDirection", "ScaleSpec", "Statistic"),
    "_voice.mention": ("Mention", "MentionFields", "SentimentLabel"),
    "_voice.sentiments": ("NetSentiment", "SentimentDenominator", "sentiment_of"),
    "_voice.shares": ("NamedTogether", "ShareOfVoice", "VoiceUnit", "share_of_voice"),
    "_voice.sources": ("folded", "hashtags", "words"),
    "_voice.term_tally": ("TermCount", "TermCounts", "TermKind", "TopTerms", "term_counts"),
}
register_late("cxkit.metrics._bots.outcomes", "metrics.bot_outcomes")
register_late("cxkit.metrics._bots.rule", "metrics.bot_rule")
register_late("cxkit.metrics._desk.costs", "metrics.contact_cost")
register_late("cxkit.metrics._desk.first_contact", "metrics.first_contact_rule")
register_late("cxkit.metrics._desk.open_tickets", "metrics.backlog", "metrics.backlog_period")
register_late("cxkit.metrics._desk.ratios", "metrics.count_ratio")
register_late("cxkit.metrics._desk.reopening", "metrics.reopening")
register_late("cxkit.metrics._desk.resolution", "metrics.first_contact_resolution")
register_late("cxkit.metrics._nps.scale", "metrics.nps_scale")
register_late("cxkit.metrics._nps.score", "metrics.nps")
register_late("cxkit.metrics._support.answering", "metrics.answer_rate")
register_late("cxkit.metrics._support.attainment", "metrics.sla_attainment", "metrics.sla_counts")
register_late("cxkit.metrics._support.clocks", "metrics.clock_rule")
register_late("cxkit.metrics._support.rules", "metrics.ticket_rules")
register_late("cxkit.metrics._support.sla", "metrics.sla_policy")
register_late("cxkit.metrics._support.times", "metrics.response_times")
register_late("cxkit.metrics._support.vocabulary", "metrics.ticket_events")
register_late("cxkit.metrics._surveys.boxes", "metrics.box_score")
register_late("cxkit.metrics._surveys.responses", "metrics.dispositions")
register_late("cxkit.metrics._surveys.scales", "metrics.scale_spec")
register_late("cxkit.metrics._voice.mention", "metrics.mention")
register_late("cxkit.metrics._voice.sentiments", "metrics.net_sentiment")
register_late("cxkit.metrics._voice.shares", "metrics.named_together", "metrics.share_of_voice")
register_late("cxkit.metrics._voice.sources", "metrics.folded", "metrics.hashtags", "metrics.words")
register_late("cxkit.metrics._voice.term_tally", "metrics.term_counts")
register_late("cxkit.metrics._survival.table", "metrics.survival_table")

if not TYPE_CHECKING:
    __getattr__ = late(__name__, _LATE)
    __dir__ = __all__.copy  # what is imported late stands there, too
