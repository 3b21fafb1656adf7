"""Values of every type that has a stored form: `tests/corpus` holds their documents, under the same names."""

import datetime as dt
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction

from samples_journey import CHECKOUT, JOURNEYS
from samples_loyalty import OFFERS
from samples_metrics import METRICS

from cxkit import aftersales, answers, calendar, journey, loyalty, metrics, predicates, segments, tallies
from cxkit.aftersales import ContactPolicy, Rule, SentMessage
from cxkit.calendar import BusinessCalendar, Period, QuietHours, days, hours, months
from cxkit.journey import Funnel, Journey, Touchpoint
from cxkit.loyalty import Basket, BuyXGetY, Line, Offer, StampCard, StampEntry, StampState
from cxkit.metrics import folded, hashtags, words
from cxkit.predicates import (
    Fields,
    all_of,
    any_of,
    bucket,
    choice,
    day,
    flag,
    integer,
    moment,
    money,
    nested,
    real,
    tags,
    text,
)
from cxkit.segments import (
    Cuts,
    Follower,
    LastDays,
    Movement,
    RfmGroup,
    RfmModel,
    RfmValues,
    Segment,
    SegmentSet,
    SegmentSizes,
    TopShare,
    events,
    funnel_last_step,
    funnel_outcome,
)
from cxkit.tallies import Durations, PopulationRate, Rate

UTC = timezone.utc
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Tier(StrEnum):
    """Stored as text."""

    BASIC = "basic"
    GOLD = "gold"


class Level(IntEnum):
    """Stored as a number."""

    LOW = 1
    HIGH = 2


class Address(Fields):
    """A record within a record."""

    city = text()
    since = day(key="moved in")


class Customer(Fields):
    """A field of every kind."""

    id = text()
    postcode = text(ordered=True)
    visits = integer()
    tier = choice(Tier)
    level = choice(Level)
    plan = choice("monthly", "yearly")
    address = nested(Address)

    country = text()
    orders = integer()
    score = real()
    spent = money("EUR")
    churned = flag()
    joined = moment()
    born = day()
    interests = tags()


COFFEE = Line.fields.tags.contains("coffee")
ESPRESSO = Line("espresso", Decimal("2.50"), quantity=4, id="l1", tags={"hot", "coffee"}, attributes={"size": "S"})
ANYTHING = {
    "text": "a",
    "number": 1.5,
    "whole": 7,
    "flag": True,
    "none": None,
    "amount": Decimal("1.50"),
    "moment": NOON,
    "day": date(2026, 3, 2),
    "": "a key may be any text",
}
ORDER = Touchpoint(
    "order",
    NOON,
    id="o-17",
    recorded_at=NOON + timedelta(minutes=90),
    sequence=2,
    channel="web",
    stage="purchase",
    sentiment=-0.5,
    value=Decimal("24.90"),
    cost=Decimal(3),
    actor="ben",
    properties=ANYTHING,
)
STAMPED = StampEntry("stamp", "order-17", NOON, 6, "0123456789abcdef")
REDEEMED = StampEntry("redeem", "order-17", NOON + timedelta(microseconds=1), 1, "1 of 0123456789abcdef")
BOUGHT = [RfmValues(10 * number, 4 - number, Decimal(100 * (4 - number))) for number in range(4)]
RFM = RfmModel(3, Cuts([-30, -7]), [Cuts([2, 5])], [Cuts([50, Decimal("99.90")])], [RfmGroup("good", (2, 3), (2, 3))])
WEB_ORDERS = events("order").where(Touchpoint.fields.channel == "web")
BOUGHT_AFTER_VISIT = (
    events("visit").within(days(30)).followed_by("order", within=hours(36), without="ticket").followed_by("review")
)

STORED: Mapping[str, object] = {
    **JOURNEYS,
    **METRICS,
    **OFFERS,
    "aftersales.contact_policy": ContactPolicy(quiet_hours=QuietHours("21:00", "08:00", tz="Europe/Berlin")),
    "aftersales.contact_policy.open": ContactPolicy(),
    "aftersales.rule": Rule(
        "survey", after="order", channel="email", valid_for=days(7), delay=hours(3), unless="ticket", id="survey-2"
    ),
    "aftersales.rule.predicates": Rule(
        "confirmation",
        after=Touchpoint.fields.name.is_in(["order", "renewal"]) & (Touchpoint.fields.value >= 100),
        channel="sms",
        valid_for=timedelta(hours=6),
        unless=Touchpoint.fields.channel != "web",
        transactional=True,
    ),
    "aftersales.sent_message": SentMessage("anna", "survey-2", "at 2026-03-02T12:00:00+00:00 #2 order", "email", NOON),
    "calendar.business_calendar": BusinessCalendar(
        {"monday": [("09:00", "12:30"), ("13:30", "17:00")], "saturday": [("22:00", "24:00")]},
        tz="Europe/Berlin",
        holidays=[date(2026, 12, 25)],
        special={date(2026, 12, 24): [("09:00", "12:00")], date(2026, 12, 31): []},
    ),
    "calendar.period": Period.month(2026, 3, tz="Europe/Berlin"),
    "calendar.period.week": Period.week(date(2026, 3, 1), starts_on="sunday"),
    "calendar.quiet_hours": QuietHours("21:00", "08:00", tz="Europe/Berlin"),
    "calendar.span": months(1, tz="Asia/Tokyo") + days(3, tz="Asia/Tokyo"),
    "calendar.span.hours": hours(36),
    "journey.journey": Journey("anna", [ORDER, Touchpoint("visit", NOON - timedelta(days=1))]),
    "journey.touchpoint": ORDER,
    "journey.touchpoint.bare": Touchpoint("visit", NOON),
    "loyalty.basket": Basket([ESPRESSO, Line("brownie", Decimal("3.20"))], currency="EUR"),
    "loyalty.basket.empty": Basket([], currency="JPY"),
    "loyalty.buy_x_get_y": BuyXGetY(buy=5, get=1, items=COFFEE),
    "loyalty.line": ESPRESSO,
    "loyalty.line.bare": Line("brownie", 3),
    "loyalty.line.attributes": Line("tea", Decimal("0.5"), attributes=ANYTHING),
    "loyalty.offer": Offer("sixth free", BuyXGetY(buy=5, get=1, items=COFFEE)),
    "loyalty.offer.items": Offer(
        "3 for 2",
        BuyXGetY(
            buy=2,
            get=1,
            items=(Line.fields.sku.is_in(["assam", "ceylon"]) | (Line.fields.unit_price < Decimal("2.50")))
            & ~Line.fields.tags.contains_any(["sale"])
            & (Line.fields.id != "l1"),
        ),
        id="tea-3-for-2",
    ),
    "loyalty.stamp_card": StampCard("coffee card", buy=5, get=1, items=COFFEE, id="card-1"),
    "loyalty.stamp_entry": STAMPED,
    "loyalty.stamp_state": StampState("card-1", "anna", 5, 1, (STAMPED, REDEEMED)),
    "loyalty.stamp_state.open": StampState("card-1", "ben", 5, 1),
    "metrics.folded": folded(Customer.country).source,
    "metrics.hashtags": hashtags(Customer.interests).source,
    "metrics.words": words(Customer.country).source,
    "predicates.bucket": bucket(Customer.id, salt="spring sale").source,
    "predicates.casefolded": Customer.country.casefold().source,
    "predicates.casefolded.ascii": Customer.address.city.casefold(ascii_only=True).source,
    "predicates.date_part": Customer.born.year().source,
    "predicates.date_part.month": Customer.joined.date(tz="Asia/Tokyo").month().source,
    "predicates.days_since": Customer.born.days_since(tz="UTC").source,
    "predicates.days_since.moment": Customer.joined.date(tz="Europe/Berlin").days_since(tz="Europe/Berlin").source,
    "predicates.days_until_anniversary": Customer.born.days_until_anniversary(tz="UTC", leap_day="02-28").source,
    "predicates.elapsed_days": Customer.joined.elapsed_days().source,
    "predicates.hour": Customer.joined.hour(tz="America/New_York").source,
    "predicates.local_day": Customer.joined.date(tz="Asia/Tokyo").source,
    "predicates.within": Customer.joined.within(months(1, tz="Europe/Berlin")).source,
    "predicates.within.elapsed": Customer.joined.within(timedelta(hours=36)).source,
    "predicates.predicate": (Customer.orders >= 3) & ~((Customer.country == "DE") | Customer.churned.is_true()),
    "predicates.predicate.text": Customer.country.is_in(["DE", "FR"])
    & Customer.country.contains("D")
    & Customer.country.starts_with("D")
    & Customer.country.ends_with("E")
    & Customer.country.is_known(),
    "predicates.predicate.numbers": (Customer.orders < 3)
    | (Customer.orders <= 3)
    | (Customer.orders > 3)
    | Customer.orders.between(1, 3)
    | (Customer.score == 1.5)
    | (Customer.spent >= Decimal("99.90"))
    | Customer.spent.is_in([1, 2]),
    "predicates.predicate.times": (Customer.joined >= NOON) & (Customer.born == date(1990, 2, 28)),
    "predicates.predicate.sets": Customer.interests.contains("tea")
    & Customer.interests.contains_any(["tea", "coffee"])
    & Customer.interests.contains_all([])
    & ~Customer.interests.is_empty()
    & (Customer.churned.is_false() | (Customer.churned == True)),  # noqa: E712 - a field
    "predicates.predicate.fields": (Customer.orders > Customer.visits)
    & (Customer.country != Customer.address.city)
    & (Customer.joined.date(tz="UTC") <= Customer.born),
    "predicates.predicate.constants": ((Customer.orders >= 3) | all_of()) & ~any_of(),
    "predicates.predicate.choices": (Customer.tier == Tier.GOLD)
    & Customer.level.is_in([Level.LOW, Level.HIGH])
    & (Customer.plan != "monthly"),
    "predicates.predicate.nested": (Customer.address.city == "Berlin")
    & (Customer.address.since.days_since(tz="Europe/Berlin") >= 30),
    "predicates.predicate.ordered": Customer.postcode.between("10000", "19999") | (Customer.postcode < "04"),
    "predicates.predicate.trusted": Customer.country.casefold().matches(r"^d(e|k)$") | Customer.id.matches("[0-9]{4}"),
    "predicates.predicate.derived": (bucket(Customer.id, salt="spring sale") < 0.25)
    & (Customer.born.days_until_anniversary(tz="Europe/Berlin", leap_day="03-01") <= 7)
    & Customer.joined.within(days(30))
    & Customer.country.casefold().contains("STRASSE")
    & (Customer.joined.hour(tz="Europe/Berlin") < 6),
    "predicates.predicate.behaviour": (events("order").within(days(14)).count() == 0)
    & (events(Touchpoint.fields.channel == "web").within(timedelta(hours=1)).count() >= 1),
    "segments.events": events("order"),
    "segments.events.window": events(Touchpoint.fields.name.starts_with("order")).within(months(1)),
    "segments.events.period": WEB_ORDERS.between(Period.month(2026, 3, tz="Europe/Berlin")),
    "segments.events.since": WEB_ORDERS.in_last_days(30, tz="Europe/Berlin", include_today=False).since(
        events("visit").first_at()
    ),
    "segments.events.since_field": events("ticket").since(Customer.joined),
    "segments.event_count": events("order").within(timedelta(days=14)).count().source,
    "segments.event_count.where": WEB_ORDERS.count().source,
    "segments.event_number": events("order").within(days(90)).sum(Touchpoint.fields.value).source,
    "segments.event_number.distinct": events("visit").distinct(Touchpoint.fields.channel).source,
    "segments.event_periods": events("visit").periods(at_least=2, period=days(7), of=4).source,
    "segments.event_time": events("order").last_at().source,
    "segments.event_time.first": WEB_ORDERS.first_at().source,
    "segments.follower": Follower(
        "order", within=hours(36), without=Touchpoint.fields.name.is_in(["ticket", "return"])
    ),
    "segments.follower.bare": Follower("order"),
    "segments.last_days": LastDays(30, tz="Europe/Berlin", include_today=False),
    "segments.sequence": BOUGHT_AFTER_VISIT,
    "segments.sequence_count": BOUGHT_AFTER_VISIT.count().source,
    "segments.cuts": Cuts([2, Decimal("3.5")]),
    "segments.movement": Movement(["new", "loyal"], {(("new",), ("loyal",)): 3, (("new",), ()): 2}),
    "segments.rfm_group": RfmGroup("champions", (5, 5), (4, 5)),
    "segments.rfm_model": RFM,
    "segments.rfm_model.nested": RfmModel.fit(BOUGHT, bins=2, method="nested"),
    "segments.rfm_values": BOUGHT[0],
    "segments.segment_sizes": SegmentSizes(["new", "loyal"], {("new",): 3, (): 2}, NOON),
    "segments.top_share": TopShare.fit([10, 20, 30, Decimal("40.50")], share="0.5"),
    "segments.top_share.none": TopShare.fit([], share="0.1"),
    "segments.segment_set": SegmentSet(
        [Segment("regular", events("order").count() >= 2), Segment("German", Customer.country == "DE", "by country")]
    ),
    "segments.segment_set.overlapping": SegmentSet([], overlapping=True),
    "segments.segment": Segment("lapsing", events("order").within(days(14)).count() == 0, "no order for two weeks"),
    "segments.funnel_standing": funnel_outcome(CHECKOUT).source,
    "segments.funnel_standing.last_step": funnel_last_step(Funnel(["visit", "order"])).source,
    "tallies.durations": Durations.from_lengths([timedelta(minutes=90), timedelta(minutes=90), timedelta(0)]),
    "tallies.durations.hours": Durations.from_lengths([timedelta(minutes=90)], resolution=timedelta(hours=1)),
    "tallies.durations.none": Durations(),
    "tallies.population_rate": PopulationRate(1, 4, name="churn", unit="customers", window=(NOON, NOON + timedelta(1))),
    "tallies.population_rate.bare": PopulationRate(),
    "tallies.rate": Rate(3, 8, name="open rate", unit="mails"),
}

_PACKAGES = (aftersales, calendar, loyalty, metrics, predicates, segments, tallies, journey)
NAMESPACE: Mapping[str, object] = {  # in which the repr of a value can be evaluated
    **{name: getattr(package, name) for package in _PACKAGES for name in package.__all__},
    "LeafReason": predicates.LeafReason,
    "Reason": answers.Reason,
    "Customer": Customer,
    "Tier": Tier,
    "Level": Level,
    "Decimal": Decimal,
    "Fraction": Fraction,
    "datetime": dt,
}
