"""Values of the types of `cxkit.journey` that have a stored form; `samples` has those of all packages."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from cxkit.calendar import Period, days, hours, months, years
from cxkit.journey import (
    END,
    START,
    Aging,
    AgingBucket,
    BadSentiment,
    ChannelSwitch,
    Contract,
    ConversionPaths,
    Due,
    EventuallyFollows,
    Exclusion,
    First,
    Friction,
    FrictionResult,
    Funnel,
    HelpContact,
    Journey,
    JourneyMap,
    Last,
    Linear,
    LongWait,
    Markov,
    Obligations,
    PainPoint,
    Paths,
    PlannedTouchpoint,
    PositionBased,
    Promise,
    Recurring,
    RepeatedContact,
    Repeats,
    Rework,
    Shapley,
    Stage,
    StageOverlay,
    Step,
    StepBack,
    TimeDecay,
    Touchpoint,
    Transitions,
    Variants,
    attribute,
)
from cxkit.tallies import Durations

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
BIG = (Touchpoint.fields.name == "order") & (Touchpoint.fields.value >= 100)

CHECKOUT = Funnel(
    ["visit", Step("basket", "cart", optional=True), Step("big order", BIG)],
    within=days(7),
    anchor="first_entry",
    ties="input",
    without=["ticket", Exclusion(Touchpoint.fields.channel == "phone", end=1)],
    resolution=MINUTE,
)
VISITS = [
    Journey("anna", [Touchpoint("visit", NOON, channel="web"), Touchpoint("cart", NOON + MINUTE)]),
    Journey("ben", [Touchpoint("visit", NOON), Touchpoint("order", NOON + 90 * MINUTE, value=Decimal(120))]),
    Journey("cleo", [Touchpoint("visit", NOON, channel="mail"), Touchpoint("ticket", NOON + MINUTE)]),
]
COUNTED = CHECKOUT.run(VISITS, as_of=NOON + timedelta(days=1))
BY_CHANNEL = CHECKOUT.breakdown(VISITS, by="channel")

INVOICE = Due(
    "invoice",
    Period("day", date(2026, 3, 31), tz="Europe/Berlin"),
    reference="17",
    settled_by=Touchpoint.fields.name.is_in(["payment", "credit note"]),
    cancelled_by="cancellation",
    match="properties.invoice",
    amount=Decimal("99.50"),
    currency="EUR",
    grace=days(3),
    raised_at=NOON,
    recorded_at=NOON + timedelta(days=1),
    properties={"channel": "web"},
    id="inv-17",
)
BIRTHDAY = Due("birthday", Period("day", date(1992, 2, 29), tz="Europe/Berlin"))
LATE = AgingBucket(31, "EUR", 1, Decimal("99.50"))

FIRST_ORDER = JourneyMap(
    "first order",
    [
        Stage(
            "buy",
            ["cart", PlannedTouchpoint(Touchpoint.fields.value > 0, within=hours(2), name="order")],
            goal="pay",
            channels=["web", "app"],
            emotion=0.2,
            pain_points=["too many fields"],
            opportunities=["express checkout"],
            owner="web team",
            within=days(1),
            ordered=True,
        ),
        Stage("help", ["ticket"], optional=True, anytime=True),
    ],
    persona="new customer",
    within=timedelta(days=30),
    tolerance=0.1,
)
FRICTION = Friction(
    [
        RepeatedContact(of="ticket", within=days(1)),
        StepBack(FIRST_ORDER),
        StepBack(["discover", "buy"], within=hours(3), name="back"),
        ChannelSwitch(weight=0.5),
        LongWait(days(3)),
        BadSentiment(-0.5),
        HelpContact(of=Touchpoint.fields.channel == "phone", weight=3),
    ],
    currency="EUR",
)
HARD = [
    Journey(
        "anna",
        [
            Touchpoint("order", NOON, channel="web", cost=Decimal("0.20")),
            Touchpoint("ticket", NOON + timedelta(days=5), channel="phone", sentiment=-0.8),
        ],
    )
]
LATER = NOON + timedelta(days=9)

WAITS = Durations.from_lengths([MINUTE, 3 * MINUTE], resolution=MINUTE)
CALLS = Repeats(journeys=2, reworked=1, self_loops=1, loops=2)

SHOPPING = [
    Journey(
        "anna",
        [
            Touchpoint("visit", NOON, channel="search"),
            Touchpoint("visit", NOON + timedelta(hours=1), channel="mail"),
            Touchpoint("order", NOON + timedelta(hours=2), channel="web", value=Decimal("24.90")),
        ],
    ),
    Journey("ben", [Touchpoint("visit", NOON, channel="mail")]),
]

JOURNEYS: Mapping[str, object] = {
    "journey.attribution": attribute(
        SHOPPING, conversion="order", model=Linear(), currency="EUR", as_of=NOON + timedelta(days=1)
    ),
    "journey.attribution.decay": attribute(SHOPPING, conversion="order", model=TimeDecay(timedelta(hours=1))),
    "journey.attribution.markov": attribute(SHOPPING, conversion="order", model=Markov(), lookback=days(30)),
    "journey.attribution.shapley": attribute(
        SHOPPING, conversion="order", model=Shapley("observed"), by=Touchpoint.fields.channel
    ),
    "journey.conversion_paths": ConversionPaths("order"),
    "journey.conversion_paths.all": ConversionPaths(
        Touchpoint.fields.value > 0,
        by=Touchpoint.fields.stage,
        touches="visit",
        lookback=days(30),
        reuse=True,
        include_conversion=True,
    ),
    "journey.first": First(),
    "journey.last": Last(),
    "journey.last.skip": Last(skip=["direct", "(none)"]),
    "journey.linear": Linear(),
    "journey.linear.distinct": Linear(distinct=True),
    "journey.markov": Markov(),
    "journey.position_based": PositionBased(first=30, middle=40, last=30),
    "journey.shapley": Shapley(),
    "journey.shapley.observed": Shapley("observed"),
    "journey.time_decay": TimeDecay(),
    "journey.time_decay.hours": TimeDecay(timedelta(hours=36)),
    "journey.aging": Aging(NOON, (30, 60), [AgingBucket(0, None, 2), LATE]),
    "journey.aging_bucket": LATE,
    "journey.bad_sentiment": BadSentiment(-0.5, name="anger", weight=2),
    "journey.channel_switch": ChannelSwitch(within=days(1), of="order"),
    "journey.contract": Contract(
        "phone plan",
        NOON,
        term=months(24, tz="Europe/Berlin"),
        renews=months(1, tz="Europe/Berlin"),
        notice=months(1, tz="Europe/Berlin"),
        cancelled_by="notice",
        reference="7",
        match="properties.contract",
        signed_at=NOON - timedelta(days=9),
        recorded_at=NOON,
        id="c7",
    ),
    "journey.contract.bare": Contract("course", NOON, term=timedelta(days=90), renews=None),
    "journey.due": INVOICE,
    "journey.due.bare": Due("call", NOON),
    "journey.eventually_follows": EventuallyFollows(
        {("visit", "order"): 3}, {("visit", "order"): 1}, {"order": 2, "visit": 3}, missing=1
    ),
    "journey.exclusion": Exclusion(Touchpoint.fields.channel == "phone", start=1, end=3),
    "journey.exclusion.bare": Exclusion("ticket"),
    "journey.friction": FRICTION,
    "journey.friction_result": FRICTION.run(HARD, by="channel", as_of=LATER),
    "journey.friction_result.empty": FrictionResult(),
    "journey.funnel": CHECKOUT,
    "journey.funnel.strict": Funnel(["visit", "order"], order="strict", repeats=True),
    "journey.funnel_breakdown": BY_CHANNEL,
    "journey.funnel_group": BY_CHANNEL.groups[-1],
    "journey.funnel_result": COUNTED,
    "journey.funnel_step": COUNTED.steps[0],
    "journey.help_contact": HelpContact(of="ticket", weight=3),
    "journey.journey_map": FIRST_ORDER,
    "journey.journey_map.bare": JourneyMap("bare", [Stage("a")]),
    "journey.long_wait": LongWait(days(3), of="delivery"),
    "journey.map_overlay": FIRST_ORDER.overlay(HARD, as_of=LATER),
    "journey.obligations": Obligations("anna", [INVOICE, BIRTHDAY]),
    "journey.pain_point": PainPoint("help_contact", None, 3.0, customers=1, times=2, units=1350),
    "journey.paths": Paths(
        "cart",
        BIG,
        times={("cart", "order"): WAITS},
        expired=2,
        open=1,
        within=days(7),
        begin="last",
        collapse=True,
        resolution=MINUTE,
    ),
    "journey.paths.none": Paths("visit", "order"),
    "journey.planned_touchpoint": PlannedTouchpoint("delivery", optional=True, within=days(3), name="parcel"),
    "journey.promise": Promise(
        "delivery",
        after="order",
        within=days(5),
        settled_by="delivery",
        cancelled_by="cancellation",
        match="properties.order",
        grace=hours(12),
    ),
    "journey.recurring": Recurring(BIRTHDAY, every=years(1), times=100, leap_day="02-28"),
    "journey.recurring.elapsed": Recurring(Due("call", NOON), every=timedelta(days=7)),
    "journey.repeated_contact": RepeatedContact(within=hours(1)),
    "journey.repeats": CALLS,
    "journey.rework": Rework({"call": CALLS, "visit": Repeats(3)}, 4, 1, missing=2),
    "journey.stage": FIRST_ORDER.stages[0],
    "journey.stage_overlay": StageOverlay("buy", 0.2, customers=1, touchpoints=2, sentiments=1, millionths=-300_000),
    "journey.step": CHECKOUT.steps[1],
    "journey.step_back": StepBack(FIRST_ORDER, weight=2),
    "journey.step_back.names": StepBack(["discover", "buy"]),
    "journey.transitions": Transitions(
        {(START, "visit"): 2, ("visit", "(end)"): 2, ("(end)", END): 2},
        durations={("visit", "(end)"): WAITS},
        resolution=MINUTE,
        by="properties.page",
        missing=1,
    ),
    "journey.transitions.none": Transitions(),
    "journey.variants": Variants({("visit", "order"): 3, ("visit",): 2}, collapse=True, by="channel", missing=4),
}
