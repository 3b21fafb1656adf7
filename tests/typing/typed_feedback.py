"""What a type checker sees of feedback, support and voice: one result, or one for each label."""

from datetime import datetime, timedelta, timezone
from typing import assert_type

from cxkit.calendar import BusinessCalendar, Period
from cxkit.journey import Journey
from cxkit.metrics import (
    STARS,
    AnswerRate,
    Backlog,
    BotOutcomes,
    BoxScore,
    BoxScoreDifference,
    Interval,
    MeanScore,
    Mention,
    NetSentiment,
    Nps,
    NpsDifference,
    Rate,
    ResponseTimes,
    ShareOfVoice,
    SlaAttainment,
    SlaPolicy,
    SlaStatus,
    SuppressedGroups,
    TicketGroups,
    Verdict,
    answer_rate,
    backlog,
    bot_outcomes,
    response_rate,
    response_times,
    share_of_voice,
    sla_attainment,
    sla_status,
    suppress_small,
    verdict,
)

LOG: list[Journey] = []
MENTIONS: list[Mention] = []
NOW = datetime(2026, 4, 1, tzinfo=timezone.utc)

nps = Nps.from_scores([10, 9, None, 3])
assert_type(nps, Nps)
assert_type(nps + nps, Nps)
assert_type(nps.value, float)
assert_type(nps.value_or(None), float | None)
assert_type(nps.interval(), Interval)
assert_type(nps.difference(nps), NpsDifference)
assert_type(nps.difference(nps).value_or(0.0), float)
assert_type(verdict(nps, nps, smallest=5.0), Verdict)

nps.interval(method="wilson")  # type: ignore[arg-type]  # a method of rates
Nps.from_scores("10, 9")  # type: ignore[arg-type]  # numbers, not text

stars = BoxScore.from_scores([5, 4, None], STARS)
assert_type(stars.top_box, Rate)
assert_type(stars.mean, MeanScore)
assert_type(stars.value_or(None), float | None)
assert_type(stars.difference(stars), BoxScoreDifference)
assert_type(response_rate(responses=30, sent=120), Rate)
assert_type(suppress_small({"north": nps, "south": nps}), SuppressedGroups[Nps])

BoxScore.from_scores([5, 4])  # type: ignore[call-arg]  # a score means nothing without its scale

nps + stars  # type: ignore[operator]  # two metrics do not add

calendar = BusinessCalendar.always()
assert_type(response_times(LOG, calendar=calendar), ResponseTimes)
assert_type(response_times(LOG, calendar=calendar, by="channel"), TicketGroups[ResponseTimes])
policy = SlaPolicy(first_response=timedelta(hours=1), calendar=calendar)
assert_type(sla_status(Journey("ticket 1"), policy, as_of=NOW), SlaStatus)
assert_type(sla_attainment(LOG, policy, as_of=NOW), SlaAttainment)
assert_type(sla_attainment(LOG, lambda ticket: policy if ticket.customer else None, as_of=NOW), SlaAttainment)
assert_type(sla_attainment(LOG, policy, as_of=NOW, by="channel"), TicketGroups[SlaAttainment])
assert_type(answer_rate(LOG, within=timedelta(minutes=5), calendar=calendar).value_or(None), float | None)
assert_type(answer_rate(LOG, within=timedelta(minutes=5), calendar=calendar, by="channel"), TicketGroups[AnswerRate])
assert_type(backlog(LOG, [Period.month(2026, 3)]), Backlog)
assert_type(bot_outcomes(LOG), BotOutcomes)
assert_type(bot_outcomes(LOG).containment, Rate)

sla_status(Journey("ticket 1"), policy)  # type: ignore[call-arg]  # there is no clock to ask

sentiment = NetSentiment.from_mentions(MENTIONS, denominator="all")
assert_type(sentiment, NetSentiment)
assert_type(sentiment.value_or(None), float | None)
assert_type(share_of_voice(MENTIONS, brands=["ours", "theirs"], unit="brand_mention"), ShareOfVoice)
assert_type(share_of_voice(MENTIONS, brands=["ours"], unit="brand_mention").rate("ours"), Rate)
