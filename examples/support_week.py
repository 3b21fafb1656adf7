"""Report the week of a help desk: what was promised and kept, how long customers waited, who was fast.

`read` gets the touchpoints of some twenty tickets (data/README.md), `report` does nothing but library logic, and `main`
prints what comes of it and writes the chart of the promises, out/support_week.vl.json: Vega-Lite, which Jupyter, VS Code and
vega.github.io/editor draw.
"""

import csv
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cxkit.calendar import BusinessCalendar, hours
from cxkit.journey import Journey, journeys
from cxkit.metrics import (
    AnswerRate,
    ResponseTimes,
    SlaAttainment,
    SlaPolicy,
    SlaStatus,
    TicketGroups,
    TicketRules,
    answer_rate,
    compare_groups,
    response_times,
    sla_attainment,
    sla_status,
)

HERE = Path(__file__).parent
LOG = HERE / "data" / "support_week.csv"
CHART = HERE / "out" / "support_week.vl.json"
ZONE = "Europe/Berlin"
FRIDAY = datetime(2026, 3, 6, 17, tzinfo=ZoneInfo(ZONE))  # when the week is over

OFFICE = BusinessCalendar.weekdays("09:00", "17:00", tz=ZONE)
RULES = TicketRules(first_response=TicketRules.chatwoot_like().first_response)  # it starts when the bot hands over
STANDARD = SlaPolicy(
    first_response=hours(4), next_response=hours(4), resolution=hours(16), calendar=OFFICE, rules=RULES
)
PREMIUM = SlaPolicy(first_response=hours(1), next_response=hours(2), resolution=hours(8), calendar=OFFICE, rules=RULES)
Event = dict[str, str]


class Report(NamedTuple):
    """What there is to tell."""

    statuses: list[SlaStatus]
    attainment: SlaAttainment
    by_plan: TicketGroups[SlaAttainment]
    by_agent: TicketGroups[SlaAttainment]
    times: ResponseTimes
    agents: TicketGroups[ResponseTimes]
    chats: TicketGroups[AnswerRate]


def read() -> list[Event]:
    """Read the log: the ticket, when, what, by whom, through which channel, about what, and when it was recorded."""
    with LOG.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def policy_of(ticket: Journey) -> SlaPolicy:
    """Return what is promised for a ticket."""
    return PREMIUM if ticket[0].properties["plan"] == "premium" else STANDARD


def report(events: Iterable[Event]) -> Report:
    """Judge each ticket as of Friday evening, and count how many promises are kept and how long it took."""
    log = journeys(
        events,
        customer="ticket",
        name="event",
        details={"actor": "actor", "channel": "channel", "recorded_at": "recorded_at"},
        properties=("product", "plan"),
        tz=ZONE,
    )
    return Report(
        [sla_status(ticket, policy_of(ticket), as_of=FRIDAY) for ticket in log],
        sla_attainment(log, policy_of, as_of=FRIDAY),
        sla_attainment(log, policy_of, as_of=FRIDAY, by="properties.plan"),
        sla_attainment(log, policy_of, as_of=FRIDAY, by="actor", label_of="answer"),
        response_times(log, calendar=OFFICE, rules=RULES, as_of=FRIDAY),
        response_times(log, calendar=OFFICE, rules=RULES, as_of=FRIDAY, by="actor", label_of="answer"),
        answer_rate(
            log,
            within=timedelta(minutes=30),
            calendar=OFFICE,
            rules=RULES,
            metric="first_response",
            as_of=FRIDAY,
            by="channel",
        ),
    )


def main() -> None:
    """Print the tables, and write the chart."""
    found = report(read())
    print("The tickets on Friday evening\n")
    for status in found.statuses:
        reasons = "; ".join(str(reason) for reason in status.reasons if reason.code.endswith(("missed", "pending")))
        print(f"{status.ticket}  {status.outcome:14}  {reasons}".rstrip())
    print("\nPromises kept\n")
    print(found.attainment)
    print("\nBy plan\n")
    print(found.by_plan)
    print("\nWho gave first responses in time, against the others\n")
    print(compare_groups({agent: kept.first_response for agent, kept in found.by_agent.labelled.items()}))
    print("\nHow long customers waited, in business time\n")
    print(found.times)
    print("\nWho answered, and how fast\n")
    print(found.agents)
    print("\nAnswered within half an hour\n")
    print(found.chats)
    low, high = found.attainment.overall.interval()
    print(
        f"\nAll is kept for {found.attainment.overall.value:.0%} of the tickets that are decided ({low:.0%} to {high:.0%})."
    )
    CHART.write_text(json.dumps(found.attainment.chart(), indent=2) + "\n", encoding="utf-8")
    print(f"The chart is in {CHART.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
