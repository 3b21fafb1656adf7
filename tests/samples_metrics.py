"""Values of the types of `cxkit.metrics` that have a stored form; `samples` has those of all packages."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from fractions import Fraction

from cxkit.calendar import BusinessCalendar, Period, days, hours
from cxkit.journey import Touchpoint
from cxkit.metrics import (
    AnswerRate,
    Backlog,
    BacklogPeriod,
    BotOutcomes,
    BotRule,
    BoxScore,
    ClockRule,
    ContactCost,
    CountRatio,
    Dispositions,
    FirstContactResolution,
    FirstContactRule,
    Mention,
    NamedTogether,
    NetSentiment,
    Nps,
    NpsScale,
    Reopening,
    ResponseTimes,
    ScaleSpec,
    ShareOfVoice,
    SlaAttainment,
    SlaCounts,
    SlaPolicy,
    SurvivalTable,
    TermCounts,
    TicketEvents,
    TicketRules,
    csat_scale,
)
from cxkit.tallies import Durations

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
STARS = NpsScale(low=1, passive=4, promoter=5, high=5)
BOTH = NamedTogether(["us", "them"], 3, 1200, 1)
BOT_RULE = BotRule(
    abandoned_after=timedelta(hours=24),
    recontact_within=days(7),
    satisfied=Touchpoint.fields.sentiment > 0,
    rated="rating",
)
FIRST = FirstContactRule(window=days(7), single_interaction=True, unresolvable="needs parts", topic="properties.topic")
MARCH = BacklogPeriod(
    Period.month(2026, 3),
    before=2,
    new=3,
    resolved=4,
    reopened=1,
    ages=Durations.from_lengths([timedelta(days=1), timedelta(days=9)]),
)
METRICS: Mapping[str, object] = {
    "metrics.box_score": BoxScore(csat_scale(5), {5: 3, 4: 1, 2: 2}, missing=1, unrated=2),
    "metrics.answer_rate": AnswerRate(timedelta(minutes=10), in_time=3, late=1, open=2),
    "metrics.backlog": Backlog([MARCH], NOON),
    "metrics.backlog_period": MARCH,
    "metrics.bot_outcomes": BotOutcomes(
        rule=BOT_RULE,
        contained=5,
        recontacted=1,
        handed_off=4,
        abandoned=2,
        pending=3,
        open=1,
        no_bot=7,
        rated=3,
        satisfied=2,
    ),
    "metrics.bot_rule": BOT_RULE,
    "metrics.clock_rule": ClockRule(
        start="opened",
        stop="resolved",
        cancel="handoff",
        pause="paused",
        resume="resumed",
        restart="reopened",
        after="customer_message",
        then="continues",
    ),
    "metrics.contact_cost": ContactCost("EUR", units=745, contacts=2, without_cost=1),
    "metrics.count_ratio": CountRatio(120, 400, name="contacts per order", unit="orders"),
    "metrics.first_contact_resolution": FirstContactResolution(
        rule=FIRST,
        resolved=8,
        reopened=1,
        several_contacts=2,
        repeated=3,
        unresolvable=1,
        follow_up=3,
        pending=2,
        open=4,
    ),
    "metrics.first_contact_rule": FIRST,
    "metrics.reopening": Reopening(within=days(7), reopened=2, kept=9, pending=3, unresolved=1),
    "metrics.dispositions": Dispositions(
        complete=4,
        partial=2,
        refusals=1,
        non_contacts=1,
        others=1,
        unknown_households=1,
        unknown_others=1,
        ineligible=1,
    ),
    "metrics.mention": Mention(
        "Best #Coffee in town",
        NOON,
        id="m-1",
        recorded_at=NOON,
        channel="reviews",
        author="anna",
        brands={"us", "them"},
        place="Berlin",
        country="DE",
        language="en",
        sentiment="positive",
        score=0.75,
        reach=1200,
        url="https://example.com/1",
    ),
    "metrics.named_together": BOTH,
    "metrics.net_sentiment": NetSentiment(120, 60, 45, 3, denominator="polar"),
    "metrics.nps": Nps(promoters=3, passives=2, detractors=1, missing=4),
    "metrics.nps.stars": Nps(promoters=3, passives=2, detractors=1, missing=4, scale=STARS),
    "metrics.nps_scale": STARS,
    "metrics.response_times": ResponseTimes(
        first_response=Durations.from_lengths([timedelta(0), timedelta(minutes=8)]), unanswered=1
    ),
    "metrics.scale_spec": ScaleSpec(
        1, 7, direction="higher_is_better", statistic="net", top_box=2, bottom_box=3, name="ease"
    ),
    "metrics.share_of_voice": ShareOfVoice(
        ["us", "them"], unit="split_mention", groups=[BOTH, NamedTogether(["us"], 2)]
    ),
    "metrics.sla_attainment": SlaAttainment(
        as_of=NOON,
        tickets=SlaCounts(hit=2),
        first_responses=SlaCounts(hit=2),
        next_responses=SlaCounts(not_applicable=2),
        resolutions=SlaCounts(hit=1, pending=1),
    ),
    "metrics.sla_counts": SlaCounts(missed=1, pending=2, hit=3),
    "metrics.sla_policy": SlaPolicy(
        first_response=hours(1),
        resolution=hours(8),
        calendar=BusinessCalendar.weekdays("09:00", "17:00", tz="Europe/Berlin"),
    ),
    "metrics.survival_table": SurvivalTable({1: 3, 2.5: Fraction(1, 3)}, {4: 2}, {1: 1}, unit="months"),
    "metrics.term_counts": TermCounts({"coffee": 3, "#coffee": 1}, {"coffee": 2, "#coffee": 1}, 4),
    "metrics.ticket_events": TicketEvents(agent_reply="mail sent"),
    "metrics.ticket_rules": TicketRules.zammad_like(),
}
