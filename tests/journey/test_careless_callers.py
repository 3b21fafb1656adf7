"""What people give by mistake is told in a line, and never counted as something else."""

from datetime import datetime, timedelta, timezone
from functools import partial

import pytest

from cxkit.errors import CxError, InvalidTypeError, InvalidValueError, UnknownFieldError
from cxkit.journey import (
    Due,
    Friction,
    Funnel,
    HelpContact,
    Journey,
    JourneyMap,
    Obligations,
    Stage,
    Step,
    Touchpoint,
    attribute,
    durations,
    journeys,
    transitions,
    variants,
)
from cxkit.journey import Linear as ByLinear

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
FUNNEL = Funnel(["visit", "order"])
MAP = JourneyMap("shop", [Stage("buy", ["order"])])
BIG = Journey("anna", [Touchpoint("visit", NOON, channel="web")] * 2000)
LOG_READERS = {
    "funnel": FUNNEL.run,
    "readings": FUNNEL.readings,
    "breakdown": partial(FUNNEL.breakdown, by="channel"),
    "transitions": transitions,
    "variants": variants,
    "durations": durations,
    "attribute": partial(attribute, conversion="order", model=ByLinear()),
    "check": MAP.check,
    "overlay": MAP.overlay,
    "friction": Friction([HelpContact(of="ticket")]).run,
}


@pytest.mark.parametrize("name", LOG_READERS)
def test_one_journey_is_no_list_of_them(name):
    with pytest.raises(InvalidTypeError, match=r"^expected a list of journeys, got one; write \[journey\]") as caught:
        LOG_READERS[name](BIG)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("name", LOG_READERS)
def test_rows_are_no_journeys(name):
    with pytest.raises(InvalidTypeError, match=r"expected a Journey, got .*; gather rows with journeys\(rows\)$"):
        LOG_READERS[name]([("anna", "visit", NOON)])


def test_a_list_in_the_place_of_a_journey_is_shown_in_short():
    with pytest.raises(InvalidTypeError, match="expected a Journey") as caught:
        FUNNEL.explain([BIG] * 10)
    assert len(str(caught.value)) < 600


def test_results_that_do_not_add_say_so_in_short():
    one, other = (FUNNEL.run([BIG], as_of=NOON + timedelta(days=day)) for day in (1, 2))
    with pytest.raises(InvalidValueError, match="a customer of two moments would be counted twice") as caught:
        one + other
    assert len(str(caught.value)) < 800


def test_blank_cells_are_missing():
    """As csv.DictReader gives them."""
    rows = [
        {"customer": "anna", "name": "visit", "at": "2026-03-01T09:00Z", "channel": "", "page": " "},
        {"customer": "anna", "name": "order", "at": "2026-03-02T09:00Z", "channel": "web", "page": "p"},
    ]
    log = journeys(rows, details={"channel": "channel"}, properties=["page"])

    assert log[0][0].channel is None
    assert transitions(log, by="channel").missing == 1
    assert transitions(log, by="properties.page").missing == 1
    assert attribute(log, conversion="order", model=ByLinear()).unlabelled == 1
    assert transitions([Journey("ben", [Touchpoint("visit", NOON, channel=" ")])], by="channel").missing == 1


def test_the_times_of_a_step_are_counted_from_the_last_one_that_everyone_takes():
    def went(customer, *steps):
        return Journey(customer, [Touchpoint(name, NOON + timedelta(hours=hour)) for name, hour in steps])

    funnel = Funnel(["start", Step("news", optional=True), "buy"])
    log = [
        went("anna", ("start", 0), ("buy", 96)),
        went("ben", ("start", 0), ("news", 1), ("buy", 2)),
        went("cleo", ("start", 0), ("buy", 120)),
    ]
    assert [row["median time"] for row in funnel.run(log).rows()] == [None, timedelta(hours=1), timedelta(hours=96)]


def test_the_table_of_a_funnel_tells_who_is_excluded():
    funnel = Funnel(["visit", "order"], without=["ticket"])
    spoilt = Journey("anna", [Touchpoint("visit", NOON), Touchpoint("ticket", NOON + timedelta(hours=1))])

    assert str(funnel.run([spoilt])).splitlines()[-1] == "1 of 1 customers are excluded"


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda: MAP.check([BIG]).having("mising"), "a code must be one of 'missing', 'extra'"),
        (
            lambda: Obligations("anna", [Due("call", NOON)]).statement(BIG, as_of=NOON).having("overdu"),
            "an outcome must be one of",
        ),
    ],
    ids=["check", "statement"],
)
def test_a_misspelt_filter_is_refused(ask, told):
    with pytest.raises(InvalidValueError, match=told):
        ask()


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("chanel", "has no label 'chanel'; did you mean 'channel'"),
        ("campaign", "has no label 'campaign'; a property is written as 'properties.campaign'"),
        ("propreties.campaign", "a property is written as 'properties.campaign'"),
    ],
)
def test_a_misspelt_label_is_told_with_what_to_write(label, told):
    with pytest.raises(UnknownFieldError, match=told):
        FUNNEL.breakdown([BIG], by=label)


@pytest.mark.parametrize(
    "make",
    [lambda: Funnel(["visit", ["order", "renewal"]]), lambda: BIG.filter(["visit", "order"])],
    ids=["step", "filter"],
)
def test_several_names_are_a_predicate(make):
    with pytest.raises(CxError, match=r"write Touchpoint.fields.name.is_in\(\[...\]\) for several names"):
        make()


def test_decisions_print_in_words():
    decision = MAP.explain(Journey("anna", [Touchpoint("visit", NOON)]))

    assert str(decision).splitlines() == ["deviates", "- extra: found visit", "- missing: needed order"]
