"""Rules: what first response, next response and resolution mean, and what help desks mean by them."""

from datetime import datetime
from typing import Literal, Self, get_args

import attrs

from cxkit._checks import one_of
from cxkit._forms import form_of, stored
from cxkit.errors import InvalidTypeError
from cxkit.journey import Journey
from cxkit.metrics._support.clocks import ClockRule, Events, Measurement
from cxkit.metrics._support.vocabulary import TicketEvents, a_vocabulary, the_events

TicketMetric = Literal["first_response", "next_response", "resolution"]
"""What is measured of a ticket."""
METRICS: tuple[TicketMetric, ...] = get_args(TicketMetric)
ZendeskResolution = Literal["requester_wait_time", "total_resolution_time", "full_resolution_time"]
"""What Zendesk measures until a ticket is solved."""
PlainResolution = Literal["first", "total"]
"""What Plain measures until a ticket is done."""

SOLVED: Events = ("bot_resolved", "resolved")
BEGUN: Events = ("opened", "customer_message", "handoff", "reopened")  # a handover after the bot had solved it, too
FIRST_RESPONSE = ClockRule(start=BEGUN, stop="agent_reply", cancel=SOLVED)
NEXT_RESPONSE = ClockRule(start="customer_message", stop="agent_reply", cancel=SOLVED, after="agent_reply", then="idle")
RESOLUTION = ClockRule(
    start=BEGUN,
    stop=SOLVED,
    pause="paused",
    resume="resumed",
    then="resumes",
)


@stored(
    "metrics.ticket_rules",
    events=form_of(TicketEvents),
    first_response=form_of(ClockRule),
    next_response=form_of(ClockRule),
    resolution=form_of(ClockRule),
)
@attrs.frozen(kw_only=True)
class TicketRules:
    """What the first response, the next response and the resolution of a ticket are.

    Unless given otherwise: the first response is the first reply of a human after the ticket was opened; each next one
    is the reply to the oldest customer message since the last reply; a ticket that is resolved leaves nothing to respond
    to, until it is opened again. The resolution takes until the ticket is resolved for the last time, but for the times
    in which it was paused or resolved. The presets measure as help desks do.

    A resolution by the bot is one, everywhere: it stops the clock of the resolution, and the customer waits for no
    response after it until they write again or the bot hands over.

    Attributes:
        events: What the touchpoints mean.
        first_response: The clock of the first response.
        next_response: The clock of the responses after the first.
        resolution: The clock of the resolution.

    >>> from cxkit.metrics import ClockRule, TicketRules
    >>> TicketRules(resolution=ClockRule(start="opened", stop="resolved")).resolution.then
    'done'
    """

    events: TicketEvents = attrs.field(factory=TicketEvents)
    first_response: ClockRule = FIRST_RESPONSE
    next_response: ClockRule = NEXT_RESPONSE
    resolution: ClockRule = RESOLUTION

    def __attrs_post_init__(self) -> None:
        a_vocabulary(self.events)
        for metric in METRICS:
            if not isinstance(getattr(self, metric), ClockRule):
                msg = f"{metric} must be a ClockRule, got {getattr(self, metric)!r}"
                raise InvalidTypeError(msg, getattr(self, metric))

    def measurements(
        self, ticket: Journey, metric: TicketMetric, *, as_of: datetime | None = None
    ) -> tuple[Measurement, ...]:
        """Return what one of the clocks measured in a ticket, in order; the last may be open.

        Args:
            ticket: The ticket.
            metric: Which clock.
            as_of: What came to be known later does not count; without it, the ticket counts as given.

        >>> from datetime import datetime, timezone
        >>> from cxkit.journey import Journey, Touchpoint
        >>> from cxkit.metrics import TicketRules
        >>> at = lambda minute: datetime(2026, 3, 2, 9, minute, tzinfo=timezone.utc)
        >>> ticket = Journey("T-1", [Touchpoint("opened", at(0)), Touchpoint("agent_reply", at(30))])
        >>> found, = TicketRules().measurements(ticket, "first_response")
        >>> found.stopped - found.started
        datetime.timedelta(seconds=1800)
        """
        return self.clock(metric).measure(self.events.moments(ticket, as_of=as_of))

    def clock(self, metric: TicketMetric) -> ClockRule:
        """Return the clock of a metric."""
        rule: ClockRule = getattr(self, one_of(metric, METRICS, "metric"))
        return rule

    @classmethod
    def zendesk_like(
        cls, *, events: TicketEvents | None = None, resolution: ZendeskResolution = "requester_wait_time"
    ) -> Self:
        """Return rules that measure as Zendesk does.

        The first reply time runs from the creation of the ticket to the first public reply of an agent; solving the
        ticket does not end it, but for what the bot solved, which no agent has to reply to. The next reply time runs from the oldest unanswered message of the customer. Zendesk has
        several metrics of resolution: see `resolution`. (Zendesk help, "About native Support time duration metrics"; the
        statuses that each metric counts, in GitLab's handbook of support operations, "Metrics definitions".)

        Args:
            events: What the touchpoints mean. In Zendesk, a ticket that an agent opens waits for no reply until the
                customer writes: let `opened` be those of customers.
            resolution: `"requester_wait_time"` counts the time in which the ticket is neither solved nor paused;
                `"total_resolution_time"`, in which it is not solved; `"full_resolution_time"`, all of it up to the last
                time that it is solved.
        """
        started = ClockRule(
            start=BEGUN,
            stop=SOLVED,
            then="continues" if resolution == "full_resolution_time" else "resumes",
        )
        waits = one_of(resolution, get_args(ZendeskResolution), "resolution") == "requester_wait_time"
        return cls(
            events=the_events(events),
            first_response=ClockRule(start=BEGUN, stop="agent_reply", cancel="bot_resolved"),
            next_response=NEXT_RESPONSE,
            resolution=attrs.evolve(started, pause="paused", resume="resumed") if waits else started,
        )

    @classmethod
    def intercom_like(cls, *, events: TicketEvents | None = None) -> Self:
        """Return rules that measure as Intercom does.

        The first response is that of a teammate to the first message of the customer, and each next one to the oldest
        message since; closing the conversation leaves nothing to respond to, whoever closes it. Clocks never pause, and the time to close
        ends when the conversation is closed for the first time. (Intercom help, "Set SLAs for conversations and tickets",
        "SLAs and office hours".) Intercom marks what is late as missed when a teammate replies; here it is missed as
        soon as it is late.

        Args:
            events: What the touchpoints mean.
        """
        return cls(
            events=the_events(events),
            first_response=ClockRule(start=("customer_message", "handoff"), stop="agent_reply", cancel=SOLVED),
            next_response=NEXT_RESPONSE,
            resolution=ClockRule(start="customer_message", stop=SOLVED),
        )

    @classmethod
    def chatwoot_like(cls, *, events: TicketEvents | None = None) -> Self:
        """Return rules that measure as Chatwoot does.

        The clock of the first human response starts at the last of these before it: the conversation is created or
        opened again, the bot hands it over, the bot takes it as resolved. Chatwoot writes `resolved` beside the latter,
        which ends the wait; a log that lacks it goes on waiting. The next response is waited for while a message is
        unanswered, and no longer once it is resolved. Clocks never pause, and the resolution is the first, by the bot or not.
        (chatwoot/chatwoot: `spec/helpers/reporting_event_helper_spec.rb`, `Sla::EvaluateAppliedSlaService`; issue 10178.)

        Args:
            events: What the touchpoints mean.
        """
        return cls(
            events=the_events(events),
            first_response=ClockRule(
                start=BEGUN,  # `bot_resolved` begins a wait anew, but none after the `resolved` beside it, in either order
                stop="agent_reply",
                cancel="resolved",
                restart=("opened", "reopened", "handoff", "bot_resolved"),
            ),
            next_response=NEXT_RESPONSE,
            resolution=ClockRule(start=("opened", "customer_message"), stop=SOLVED),
        )

    @classmethod
    def zammad_like(cls, *, events: TicketEvents | None = None) -> Self:
        """Return rules that measure as Zammad does.

        While a ticket is pending or closed, by the bot or not, no clock runs; opened again, it goes on. The update time (here the next
        response) is that of every unanswered message, the first one too. The solution time ends when the ticket is
        closed for the first time. (zammad/zammad: `lib/escalation.rb`, `lib/escalation/ticket_biz_break.rb`,
        `app/models/ticket/sets_close_time.rb`.) Zammad cuts times to minutes; here they are exact.

        Args:
            events: What the touchpoints mean.
        """
        pause: Events = ("paused", *SOLVED)
        resume: Events = ("resumed", "reopened", "handoff")
        return cls(
            events=the_events(events),
            first_response=ClockRule(
                start=("opened", "customer_message"), stop="agent_reply", pause=pause, resume=resume
            ),
            next_response=ClockRule(
                start="customer_message", stop="agent_reply", pause=pause, resume=resume, then="idle"
            ),
            resolution=ClockRule(start=("opened", "customer_message"), stop=SOLVED, pause="paused", resume="resumed"),
        )

    @classmethod
    def plain_like(cls, *, events: TicketEvents | None = None, resolution: PlainResolution = "total") -> Self:
        """Return rules that measure as Plain does.

        The first response time runs from the first message of the customer, not from the creation of the thread; what
        bots write does not end it, but what a bot solved waits for nobody. The next response time is that of its SLA, from each new message of the customer.
        Resolution pauses while the thread waits for the customer. (plain.com/docs: "First response time",
        `FirstResolutionTimeServiceLevelAgreement`, `TotalResolutionTimeServiceLevelAgreement`.)

        Args:
            events: What the touchpoints mean. Threads that an agent opened do not count in Plain: leave them out.
            resolution: `"first"` ends when the thread is done for the first time; `"total"` goes on when it is opened
                again, and counts the time in between, so that it may be missed at once.
        """
        total = one_of(resolution, get_args(PlainResolution), "resolution") == "total"
        return cls(
            events=the_events(events),
            first_response=ClockRule(start=("customer_message", "handoff"), stop="agent_reply", cancel="bot_resolved"),
            next_response=NEXT_RESPONSE,
            resolution=attrs.evolve(RESOLUTION, then="continues" if total else "done"),
        )


def a_rules(rules: TicketRules) -> TicketRules:
    """Check the rules of tickets."""
    if not isinstance(rules, TicketRules):
        msg = f"rules must be TicketRules, such as TicketRules.zendesk_like(), got {rules!r}"
        raise InvalidTypeError(msg, rules)
    return rules
