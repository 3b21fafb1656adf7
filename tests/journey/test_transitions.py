"""Transitions: counts, probabilities and times of what directly follows what."""

import statistics
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from itertools import pairwise

import pytest
from event_logs import START_OF_LOG, case, claims, journey_of, log_of, logs, names_of_all, shop
from hypothesis import given

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError, UndefinedMetricError, UnknownFieldError
from cxkit.journey import END, START, Journey, Terminal, Touchpoint, Transition, Transitions, journeys, transitions
from cxkit.predicates import Fields, text
from cxkit.tallies import Durations, Rate

SECOND = timedelta(seconds=1)
LOG = log_of(anna="visit cart visit", ben="visit", cleo="cart cart order")


def counts_of(log):
    """Count by hand."""
    return Counter(step for names in names_of_all(log) for step in pairwise([START, *names, END]))


def as_text(flow):
    return {f"{source}->{target}": count for (source, target), count in flow.counts.items()}


@pytest.mark.parametrize(("number", "of_row"), [("J057", "events_in_order"), ("J059", "path_of_row")])
def test_counts_are_those_of_retentioneering(number, of_row):
    found = case(number)
    names = [name for _, name in found["input"]["events_in_order"]]
    owners = [row if isinstance(row, str) else row[0] for row in found["input"][of_row]]
    log = journeys(zip(owners, names, [START_OF_LOG] * len(names), strict=True))

    assert as_text(transitions(log)) | {"total": sum(transitions(log).counts.values())} == found["expected"]


def test_a_log_is_as_large_as_pm4py_says():
    flow, expected = transitions(journeys(claims())), case("J064")["expected"]
    occurrences = {name: sum(step.count for step in flow.after(name)) for name in flow.labels}

    assert (flow.journeys, len(flow.labels)) == (expected["cases"], expected["activities"])
    assert occurrences == expected["activity_counts"]
    assert sum(occurrences.values()) == expected["events"]


def test_what_directly_follows_is_what_pm4py_says():
    flow = transitions(journeys(claims()))
    inner = {(a, b): count for (a, b), count in flow.counts.items() if a is not START and b is not END}

    assert {f"{a} -> {b}": count for (a, b), count in inner.items()} == case("J065")["expected"]
    assert {
        "start": {step.target: step.count for step in flow.after(START)},
        "end": {step.source: step.count for step in flow.before(END)},
    } == case("J066")["expected"]


def test_times_are_those_of_pm4py():
    flow = transitions(journeys(claims()), resolution=SECOND)
    assert {
        f"{a} -> {b}": {
            "mean": times.mean.total_seconds(),
            "median": times.median.total_seconds(),
            "min": times.minimum.total_seconds(),
            "max": times.maximum.total_seconds(),
            "sum": times.microseconds / 1_000_000,
        }
        for (a, b), times in flow.durations.items()
    } == case("J068")["expected"]


def test_the_clickstream_of_a_shop_counts_as_retentioneering_says():
    flow, expected = transitions(journeys(shop())), case("J079")["expected"]

    assert [[step.source, step.target, step.count] for step in flow.top(8)] == expected["top"]
    assert (sum(flow.counts.values()), len(flow.counts)) == (expected["total"], expected["edges"])


@given(logs())
def test_counts_are_those_of_a_plain_loop(log):
    flow = transitions(log)

    assert flow.counts == counts_of(log)
    assert flow.journeys == len(names_of_all(log))


@given(logs())
def test_as_many_steps_lead_to_a_touchpoint_as_come_from_it(log):
    flow = transitions(log, by="channel")
    for name in flow.labels:
        occurrences = sum(contact.channel == name for journey in log for contact in journey)
        coming, going = flow.before(name), flow.after(name)
        assert sum(step.count for step in coming) == sum(step.count for step in going) == occurrences
        assert {step.rate.total for step in (*coming, *going)} == {occurrences}
    assert flow.missing == sum(contact.channel is None for journey in log for contact in journey)


@given(logs())
def test_times_are_those_of_a_plain_loop(log):
    lengths = defaultdict(list)
    for journey in log:
        for one, other in pairwise(journey):
            lengths[one.name, other.name].append((other.at - one.at).total_seconds())
    flow = transitions(log, resolution=SECOND)

    assert flow.counts == transitions(log).counts
    assert {route: times.count for route, times in flow.durations.items()} == {k: len(v) for k, v in lengths.items()}
    for (source, target), expected in lengths.items():
        assert flow.times(source, target).median.total_seconds() == statistics.median(expected)


def test_a_touchpoint_without_the_label_is_passed_over_and_counted_apart():
    channels = ["web", None, "app", "web"]
    contacts = [Touchpoint("visit", START_OF_LOG + n * SECOND, channel=channel) for n, channel in enumerate(channels)]
    flow = transitions([Journey("anna", contacts), Journey("ben", contacts[1:2])], by="channel", resolution=SECOND)

    assert flow.count("web", "app") == flow.count("app", "web") == flow.journeys == 1
    assert flow.times("web", "app").median == 2 * SECOND
    assert flow.missing == 2
    assert "missing=2" in repr(flow)


def test_properties_and_values_are_labels():
    contacts = [Touchpoint("visit", START_OF_LOG + n * SECOND, properties={"page": n}) for n in range(2)]
    named = Touchpoint.fields.name

    assert transitions([Journey("anna", contacts)], by="properties.page").count("0", "1") == 1
    assert transitions([Journey("anna", contacts)], by=named).count("visit", "visit") == 1
    with pytest.raises(UnknownFieldError, match="did you mean 'channel'"):
        transitions([], by="chanel")


def test_the_ends_collide_with_no_name():
    names = ["(start)", "START", "start", "(end)"]
    flow = transitions([journey_of("anna", names)])

    assert flow.count(START, "(start)") == flow.count("(start)", "START") == flow.count("(end)", END) == 1
    assert flow.count(START, "START") == 0
    assert from_dict(to_dict(flow), Transitions) == flow
    assert (repr(START), str(END)) == ("START", "(end)")


def test_probabilities_are_shares_of_the_steps_from_one_place():
    flow = transitions(LOG)

    assert flow.probability("visit", "cart") == Rate(1, 3, name="visit to cart", unit="transitions")
    assert flow.probability("visit", END).value == pytest.approx(2 / 3)
    assert flow.probability(START, "visit").value == pytest.approx(2 / 3)
    assert flow.probabilities() == {
        START: {"visit": 2 / 3, "cart": 1 / 3},
        "visit": {"cart": 1 / 3, END: 2 / 3},
        "cart": {"visit": 1 / 3, "cart": 1 / 3, "order": 1 / 3},
        "order": {END: 1.0},
    }


def test_the_probability_from_what_never_happened_is_undefined():
    probability = transitions(LOG).probability("ticket", "order")

    assert (probability.is_defined, probability.total) == (False, 0)
    with pytest.raises(UndefinedMetricError, match="ticket to order is undefined: no transitions"):
        _ = probability.value


def test_what_comes_after_and_before_is_ranked_with_its_share():
    flow = transitions(LOG)

    assert flow.after(START) == (
        Transition(START, "visit", Rate(2, 3, name="(start) to visit", unit="transitions")),
        Transition(START, "cart", Rate(1, 3, name="(start) to cart", unit="transitions")),
    )
    assert [(step.source, step.count, step.rate.total) for step in flow.before("cart")] == [
        (START, 1, 3),
        ("cart", 1, 3),
        ("visit", 1, 3),
    ]
    assert flow.after("ticket") == flow.before("ticket") == ()


def test_the_top_is_cut_by_number_and_by_frequency():
    flow = transitions(LOG)

    assert [(step.source, step.target) for step in flow.top(2)] == [(START, "visit"), ("visit", END)]
    assert flow.top(least=2) == flow.top(2)
    assert flow.top(0) == ()
    for wrong in ({"number": -1}, {"least": 0}):
        with pytest.raises(InvalidValueError, match="must be at least"):
            flow.top(**wrong)


def test_names_go_by_how_often_they_occur():
    assert transitions(LOG).labels == ("cart", "visit", "order")


def test_rows_hold_counts_and_probabilities_and_times_where_they_were_kept():
    log = [journey_of("anna", ["visit", "cart"])]

    assert transitions(log).rows()[0] == {"from": "(start)", "to": "visit", "count": 1, "probability": 1.0}
    timed = transitions(log, resolution=SECOND).rows()
    assert [(row["from"], row["median"], row["p90"]) for row in timed] == [
        ("(start)", None, None),
        ("cart", None, None),
        ("visit", timedelta(hours=1), timedelta(hours=1)),
    ]


def test_times_that_were_not_kept_are_not_made_up():
    with pytest.raises(InvalidValueError, match=r"no times were kept; ask for them with transitions\(..., resolution="):
        transitions(LOG).times("visit", "cart")
    assert transitions(LOG, resolution=SECOND).times("visit", "ticket") == Durations()


def test_a_resolution_that_is_none_is_refused_before_anything_is_read():
    with pytest.raises(InvalidTypeError, match="resolution must be a timedelta"):
        transitions(iter(LOG), resolution=60)


@pytest.mark.parametrize("route", [(END, "visit"), ("visit", START), (None, "visit"), (1, "visit")])
def test_only_a_label_or_the_right_end_can_be_asked_for(route):
    with pytest.raises(InvalidTypeError, match="must be text or"):
        transitions(LOG).count(*route)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"counts": [("visit", "cart")]}, InvalidTypeError, "must be a mapping"),
        ({"counts": {"visit": 1}}, InvalidTypeError, "must be a pair"),
        ({"counts": {("visit", START): 1}}, InvalidTypeError, "must be text or END"),
        ({"counts": {(START, END): 1}}, InvalidValueError, "a journey without touchpoints"),
        ({"counts": {(START, "visit"): 1}}, InvalidValueError, "as many steps must lead to 'visit' as come from it"),
        ({"counts": {(START, "visit"): 1.0, ("visit", END): 1}}, InvalidTypeError, "must be an int"),
        ({"counts": {(START, "visit"): -1, ("visit", END): -1}}, InvalidValueError, "at least 0"),
        ({"durations": [1]}, InvalidTypeError, "must be a mapping"),
        ({"durations": {("visit", "cart"): Durations()}}, InvalidValueError, "a time for each step"),
        ({"durations": {("visit", "cart"): 3}}, InvalidTypeError, "must be Durations"),
        ({"resolution": 3}, InvalidTypeError, "resolution must be a timedelta"),
        ({"by": ""}, InvalidValueError, "by must not be blank"),
        ({"missing": -1}, InvalidValueError, "missing must be at least 0"),
    ],
)
def test_counts_that_no_journeys_could_have_are_refused(wrong, error, message):
    with pytest.raises(error, match=message):
        Transitions(**wrong)


def test_times_of_another_resolution_are_refused():
    flow = transitions(LOG, resolution=SECOND)
    other = transitions(LOG, resolution=timedelta(minutes=1))
    with pytest.raises(InvalidValueError, match="all times must be counted at the resolution"):
        Transitions(flow.counts, durations=other.durations, resolution=SECOND)


def test_counts_of_nothing_leave_no_trace():
    assert Transitions({(START, "visit"): 0, ("visit", END): 0}) == Transitions()
    assert repr(Transitions()) == "Transitions()"


@pytest.mark.parametrize("other", [Transitions(by="channel"), Transitions(resolution=SECOND)])
def test_what_was_counted_in_another_way_does_not_add(other):
    with pytest.raises(
        InvalidValueError, match=r"cannot add those with (by='channel'|resolution=.*) to Transitions with"
    ):
        transitions(LOG) + other


def test_a_stored_form_that_names_a_step_twice_is_refused():
    document = to_dict(transitions(LOG))
    document["counts"].append(document["counts"][0])
    with pytest.raises(DocumentError) as caught:
        from_dict(document, Transitions)
    assert [str(fault) for fault in caught.value.exceptions] == ["$.counts: the same key stands twice"]


def test_the_heatmap_runs_from_the_start_to_the_end():
    chart = transitions(LOG).chart()

    assert chart["encoding"]["x"]["sort"] == ["cart", "visit", "order", "(end)"]
    assert chart["encoding"]["y"]["sort"] == ["(start)", "cart", "visit", "order"]
    assert chart["data"]["values"] == transitions(LOG).rows()
    likely = transitions(LOG).chart("probability")
    assert likely["layer"][0]["encoding"]["color"]["field"] == "probability"
    assert likely["layer"][1]["encoding"]["text"]["format"] == ".0%"
    with pytest.raises(InvalidValueError, match="number must be one of 'count', 'probability', got 'median'"):
        transitions(LOG).chart("median")
    timed = transitions(LOG, resolution=SECOND).chart()
    assert timed["data"]["values"] == chart["data"]["values"]


def test_a_flowchart_shows_counts_probabilities_or_times():
    flow = transitions([journey_of("anna", ["visit", "cart"]), journey_of("ben", ["visit"])], resolution=SECOND)

    assert flow.to_mermaid().splitlines() == [
        "flowchart LR",
        '  n0["#40;start#41;"]',
        '  n1["visit"]',
        '  n2["cart"]',
        '  n3["#40;end#41;"]',
        '  n0 -->|"2"| n1',
        '  n2 -->|"1"| n3',
        '  n1 -->|"1"| n2',
        '  n1 -->|"1"| n3',
    ]
    assert flow.to_mermaid(label="probability").splitlines()[-2:] == ['  n1 -->|"50#37;"| n2', '  n1 -->|"50#37;"| n3']
    assert flow.to_mermaid(label="median").splitlines()[-2:] == ['  n1 -->|"1#58;00#58;00"| n2', "  n1 --> n3"]
    assert flow.to_mermaid(top=1).splitlines()[-1] == '  n0 -->|"2"| n1'
    assert flow.to_mermaid(least=2) == flow.to_mermaid(top=1)


def test_a_sankey_diagram_shows_what_never_comes_back():
    straight = transitions([journey_of("anna", ["visit", "cart"]), journey_of("ben", ["visit"])])

    assert straight.to_mermaid("sankey").splitlines()[:2] == ["sankey-beta", '"(start)","visit",2']
    with pytest.raises(InvalidValueError, match="cannot show flows that go in a circle"):
        transitions(LOG).to_mermaid("sankey")


@pytest.mark.parametrize("wrong", [{"kind": "pie"}, {"label": "mean"}])
def test_a_diagram_that_there_is_none_of_is_refused(wrong):
    with pytest.raises(InvalidValueError, match="must be one of"):
        transitions(LOG).to_mermaid(**wrong)


def test_a_diagram_of_times_needs_times():
    with pytest.raises(InvalidValueError, match="no times were kept"):
        transitions(LOG).to_mermaid(label="median")


def test_a_long_table_prints_its_first_rows():
    flow = transitions([journey_of("anna", [f"page {number}" for number in range(100)])])
    lines = str(flow).splitlines()

    assert len(flow.rows()) == 101
    assert (len(lines), lines[-1]) == (27, "... and 76 more; rows() has them all")


def test_the_ends_stay_themselves_when_they_are_copied():
    assert Terminal("(start)") is START
    assert [str(node) for node in (START, END)] == ["(start)", "(end)"]


def test_a_value_of_the_journey_is_no_label():
    with pytest.raises(InvalidTypeError, match="by must be the name of a label"):
        transitions(LOG, by=Decimal(1))


def test_a_value_of_something_else_is_no_label():
    class Customer(Fields):
        country = text()

    with pytest.raises(InvalidTypeError, match=r"by must be a value of Touchpoint\.fields, got Customer\.country"):
        transitions(LOG, by=Customer.country)


def test_the_channel_mix_and_its_switches_are_those_of_a_plain_loop():
    """Counted by hand: mail, web, web, (none), web, app; then web."""
    channels = ["mail", "web", "web", None, "web", "app"]
    start = datetime(2026, 3, 1, tzinfo=timezone.utc)
    anna = Journey(
        "anna", [Touchpoint("visit", start + timedelta(days=day), channel=name) for day, name in enumerate(channels)]
    )
    ben = Journey("ben", [Touchpoint("visit", start, channel="web")])
    flow = transitions([anna, ben], by="channel")

    assert list(flow.mix.items()) == [("web", 4), ("app", 1), ("mail", 1)]
    assert flow.switches == Rate(2, 4, name="switch rate", unit="steps")
    assert Transitions(by="channel").mix == {}
    assert not transitions([ben], by="channel").switches.is_defined
