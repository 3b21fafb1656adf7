"""Tell the owner of a real CD shop how it is doing, from nothing but its order log: `python3 dev.py demo`.

`read` gets the log (data/README.md), `report` does nothing but library logic, and `main` prints what comes of it and
writes the same as a page, out/cd_shop.html. The log knows days only: an order counts as placed at 00:00 UTC.
"""

import textwrap
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from decimal import Decimal
from functools import partial
from html import escape
from itertools import groupby
from pathlib import Path
from string import Template
from typing import NamedTuple

from cxkit.aftersales import ContactPolicy, MessageOutcome, Rule
from cxkit.calendar import Period, QuietHours, days
from cxkit.journey import Journey, journeys
from cxkit.loyalty import Basket, Line, StampCard, StampState
from cxkit.metrics import PopulationRate, Rate, inactivity_churn, repeat_purchase_rate
from cxkit.predicates import Fields, money
from cxkit.segments import Profile, Segment, events
from cxkit.tallies import Proportion

HERE = Path(__file__).parent
LOG = HERE / "data" / "CDNOW_sample.txt"
PAGE = HERE / "out" / "cd_shop.html"
WIDTH = 100  # columns in a terminal
TODAY = datetime(1998, 6, 30, tzinfo=timezone.utc)
SILENCE = days(180)
OFTEN, MUCH = 5, 200


class Customer(Fields):
    """What the shop knows of a customer, beside the orders."""

    spent = money("USD")


ORDERS = events("order").count()
RECENT = events("order").within(SILENCE).count()
IN_WORDS = {"spent": "dollars spent", repr(ORDERS): "orders in all", repr(RECENT): "orders in 180 days"}
LOYAL = Segment("Loyal customers", (ORDERS >= OFTEN) & (RECENT >= 1), f"{OFTEN} orders or more, one in 180 days")
ONCE = Segment("One-time buyers", ORDERS == 1, "one order, and none since")
LAPSED = Segment("Lapsed big spenders", (Customer.spent >= MUCH) & (RECENT == 0), f"${MUCH} or more, none in 180 days")
CARD = StampCard("buy 5 CDs, get 1 free", buy=5, get=1, items=Line.fields.sku == "cd")
WIN_BACK = Rule("win-back", after="order", delay=SILENCE, valid_for=days(30), unless="order", channel="email")
POLICY = ContactPolicy(quiet_hours=QuietHours("21:00", "09:00", tz="UTC"))
OUTCOMES: Mapping[MessageOutcome, tuple[str, str]] = {
    "send": ("Send now", "last order 180 to 209 days ago"),
    "hold": ("Send at 09:00", "last order 180 to 209 days ago; no mail from 21:00 to 09:00"),
    "not_due": ("Not yet", "last order less than 180 days ago"),
    "expired": ("Too late", "last order 210 days ago or more"),
}

Row = tuple[str, tuple[Proportion, ...], str]


class Order(NamedTuple):
    """A line of the log."""

    customer: str
    at: datetime
    cds: int
    dollars: Decimal


class Section(NamedTuple):
    """A chapter of the report; a row of its table has a label, shares and a remark."""

    title: str
    lead: str
    head: tuple[str, ...]
    rows: Sequence[Row]
    notes: Sequence[str]


class Report(NamedTuple):
    """All that there is to tell, with the number of orders by month and by the month of the customer's first order."""

    lead: str
    months: Counter[tuple[Period, Period]]
    sections: Sequence[Section]


def read() -> list[Order]:
    """Read the log, the earliest order first: id in the full data, id in the sample, day, CDs, dollars."""
    orders = [
        Order(customer, datetime.fromisoformat(day).replace(tzinfo=timezone.utc), int(cds), Decimal(dollars))
        for _, customer, day, cds, dollars in map(str.split, LOG.read_text(encoding="ascii").splitlines())
    ]
    return sorted(orders, key=lambda order: order.at)


def report(orders: Sequence[Order]) -> Report:
    """Work out what the log tells."""
    log = journeys((order.customer, "order", order.at) for order in orders)
    first = {journey.customer: Period.of(journey[0].at, "month") for journey in log}
    cohorts = {month: list(members) for month, members in groupby(log, key=lambda journey: first[journey.customer])}
    months = Counter((Period.of(order.at, "month"), first[order.customer]) for order in orders)
    lead = (
        f"{len(log):,} customers who first ordered in January to March 1997, and all that they ordered up to {day(TODAY)}: "
        f"{len(orders):,} orders, {sum(order.cds for order in orders):,} CDs, ${sum(order.dollars for order in orders):,}."
    )
    return Report(lead, months, (came_back(log, cohorts), groups(log, orders), stamps(orders), win_back(log)))


def came_back(log: Sequence[Journey], cohorts: Mapping[Period, Sequence[Journey]]) -> Section:
    """Count those who ordered again and those who fell silent, by the month of their first order."""
    again = partial(repeat_purchase_rate, as_of=TODAY)
    silent = partial(inactivity_churn, threshold=SILENCE, as_of=TODAY)
    shares = {f"{month.first_day:%B %Y}": (again(members), silent(members)) for month, members in cohorts.items()}
    # Nobody is in two cohorts, so that their rates add up to those of the whole shop.
    returned, lost = zip(*shares.values(), strict=True)
    shares["Added up"] = (sum(returned, start=again(())), sum(lost, start=silent(())))
    return Section(
        "Do customers come back?",
        f"{again(log).count:,} of {len(log):,} ordered again. {silent(log).count:,} have ordered nothing for 180 days.",
        ("First order in", "Ordered again", "Silent for 180 days"),
        [(label, pair, f"of {pair[0].total:,}") for label, pair in shares.items()],
        ["The ranges (95% intervals) say how far chance alone may have moved each share."],
    )


def groups(log: Sequence[Journey], orders: Sequence[Order]) -> Section:
    """Sort the customers into segments, and say of one of them why."""
    spent: defaultdict[str, Decimal] = defaultdict(Decimal)
    for order in orders:
        spent[order.customer] += order.dollars
    profiles = {journey.customer: Profile({"spent": spent[journey.customer]}, journey) for journey in log}
    members = {
        segment: [customer for customer, profile in profiles.items() if segment.contains(profile, as_of=TODAY)]
        for segment in (LOYAL, ONCE, LAPSED)
    }
    best = max(members[LAPSED], key=spent.__getitem__)
    return Section(
        "Who are they?",
        "Some groups of customers; one can be in several, or in none.",
        ("Group", "Customers"),
        [(segment.name, (Rate(len(who), len(log)),), segment.description) for segment, who in members.items()],
        [why(segment, best, profiles[best]) for segment in (LAPSED, LOYAL)],
    )


def why(segment: Segment, customer: str, profile: Profile) -> str:
    """Say why a customer belongs to a segment, or does not."""
    answer = segment.explain(profile, as_of=TODAY)
    reasons = []
    for test in answer.reasons:
        found = "unknown" if test.code == "missing" else f"{test.found:,}"
        needed = str(test.needed).replace(">=", "at least").replace("==", "exactly")
        reasons.append(f"{found} {IN_WORDS[test.field]} (needed: {needed})")
    belongs = "is" if answer.outcome == "match" else "is not"
    return f"Customer {customer} {belongs} among the {segment.name.lower()}: {', '.join(reasons)}."


def stamps(orders: Sequence[Order]) -> Section:
    """Stamp a card for every order, as if the offer had been there from the start."""
    states: dict[str, StampState] = {}
    for row, order in enumerate(orders):
        state = states.get(order.customer) or CARD.open(order.customer)
        states[order.customer] = CARD.stamp(state, basket(order), at=order.at, reference=f"row {row}").state
    free = sum(state.rewards for state in states.values())
    price = sum(order.dollars for order in orders) / sum(order.cds for order in orders)
    found = Counter(CARD.explain(state).outcome for state in states.values())
    return Section(
        f'What would "{CARD.name}" have given?',
        f"{free:,} free CDs, worth about ${free * price:,.0f} at the average of ${price:,.2f} for a CD.",
        ("Stamp cards", "Customers"),
        [
            ("Free CD earned", (Rate(found["reward"], len(states)),), "5 CDs or more, in one order or in several"),
            ("Still collecting", (Rate(found["collecting"], len(states)),), "1 to 4 CDs so far"),
        ],
        [
            "Every CD bought is a stamp, and none expires; free CDs would come on top and earn none.",
            "The log has the dollars of an order only; they are spread evenly over its CDs, to the cent.",
        ],
    )


def basket(order: Order) -> Basket:
    """Spread the dollars of an order evenly over its CDs; what is left over makes some of them a cent dearer."""
    cents, dearer = divmod(int(order.dollars * 100), order.cds)
    prices = ((cents, order.cds - dearer), (cents + 1, dearer))
    return Basket([Line("cd", Decimal(price) / 100, quantity=cds) for price, cds in prices if cds], currency="USD")


def win_back(log: Sequence[Journey]) -> Section:
    """Decide who gets a win-back mail."""
    decisions = [WIN_BACK.explain(journey, as_of=TODAY, policy=POLICY) for journey in log]
    rows: list[Row] = []
    notes = []
    for outcome, (label, remark) in OUTCOMES.items():
        if such := [decision for decision in decisions if decision.outcome == outcome]:
            rows.append((label, (Rate(len(such), len(log)),), remark))
            one = such[0]
            due, end, again = map(day, (one.due_at, one.expires_at, one.retry_at))
            notes.append(f"{label}, like customer {one.customer}: due {due}, too late from {end}; ask again: {again}.")
            if outcome in ("send", "hold"):
                notes.append(f"{label}, all {len(such)}: {' '.join(decision.customer for decision in such)}.")
    lead = "It is due 180 days after the last order and makes sense for 30 days; a new order makes it pointless."
    return Section("Who should get a win-back mail?", lead, (f"{day(TODAY)}, at midnight", "Customers"), rows, notes)


def day(moment: datetime | None) -> str:
    """Write a moment as people do."""
    return f"{moment.day} {moment:%B %Y}{moment:, %H:%M}".removesuffix(", 00:00") if moment else "never"


def between(of: Proportion) -> str:
    """Write the interval of a share that was measured."""
    low, high = of.interval()
    return f"{low:.1%} to {high:.1%}" if isinstance(of, PopulationRate) else ""


def printed(shop: Report) -> str:
    """Lay the report out for a terminal."""
    lines = [f"How is the CD shop doing? {day(TODAY)}", *textwrap.wrap(shop.lead, WIDTH)]
    for section in shop.sections:
        rows = [(*section.head, "")]
        for label, shares, remark in section.rows:
            rows.append((label, *(f"{of.count:,} {of.value:6.1%} {between(of)}".rstrip() for of in shares), remark))
        first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
        lines += ["", section.title, section.lead]
        for label, *numbers, remark in rows:
            lines.append("   ".join([f"  {label:{first}}", *map(str.rjust, numbers, others), remark]).rstrip())
        lines += [line for note in section.notes for line in textwrap.wrap(f"- {note}", WIDTH, subsequent_indent="  ")]
    return "\n".join(lines)


def page(shop: Report, template: str) -> str:
    """Lay the report out for a browser."""
    texts = {"day": escape(day(TODAY)), "lead": escape(shop.lead), "months": columns(shop.months)}
    return Template(template).substitute(texts, sections="\n".join(map(chapter, shop.sections)))


def chapter(section: Section) -> str:
    """Write a section in HTML."""
    title, lead, *head = map(escape, (section.title, section.lead, *section.head))
    table = "<tr>" + "".join(f'<th scope="col">{name}</th>' for name in head)
    for label, shares, remark in section.rows:
        table += f'<tr><th scope="row">{escape(label)}<small>{escape(remark)}</small></th>{"".join(map(cell, shares))}'
    notes = "".join(f"<p>{escape(note)}</p>" for note in section.notes)
    return f"<section><h2>{title}</h2><p>{lead}</p><table>{table}</table>{notes}</section>"


def cell(of: Proportion) -> str:
    """Write a share in HTML and draw it, with the interval of one that was measured."""
    low, high = of.interval()
    line = f'<path d="M{100 * low:.1f} 4H{100 * high:.1f}"/>' if between(of) else ""
    drawn = f'<rect width="100" height="8"/><rect class="of" width="{100 * of.value:.1f}" height="8"/>{line}'
    bar = f'<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{drawn}</svg>'
    return f"<td><b>{of.count:,}</b> {of.value:.1%}{bar}<small>{between(of)}</small></td>"


def columns(orders: Counter[tuple[Period, Period]]) -> str:
    """Draw the orders of each month, those of the youngest customers on top."""
    months, firsts = map(dict.fromkeys, zip(*orders, strict=True))
    totals = [sum(orders[month, first] for first in firsts) for month in months]
    drawn = []
    for place, (month, total) in enumerate(zip(months, totals, strict=True)):
        left, top = 40 * place, 270.0
        for number, first in enumerate(firsts):
            height = 250 * orders[month, first] / max(totals)
            top -= height
            drawn.append(f'<rect class="c{number}" x="{left}" y="{top:.1f}" width="34" height="{height:.1f}"/>')
        if place % 3 == 0 or total == max(totals):
            drawn.append(f'<text x="{left}" y="{top - 6:.1f}">{total:,}</text>')
        if place % 3 == 0:
            drawn.append(f'<text x="{left}" y="294">{month.first_day:%b %Y}</text>')
    return "\n".join(drawn)


def main() -> None:
    """Print the report and write the page."""
    shop = report(read())
    print(printed(shop))
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(shop, (HERE / "cd_shop.html").read_text(encoding="utf-8")), encoding="utf-8")
    print(f"\nThe same to look at: {PAGE}")


if __name__ == "__main__":
    main()
