"""Spans of activity: what is joined to one stay, and how they are read from journeys."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import journeys, moments, touchpoints

from cxkit.calendar import Period
from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError, NaiveDatetimeError
from cxkit.journey import Journey, Touchpoint
from cxkit.metrics import ActivitySpan, ChurnPolicy, CustomerSpans, customer_churn

at = datetime.fromisoformat
EVERY = json.loads((Path(__file__).parents[1] / "cases/churn.json").read_text(encoding="utf-8"))
CASES = {case["id"]: case for case in EVERY}
MARCH = Period.month(2024, 3)
POLICY = ChurnPolicy.stripe()


def day(number, month=3):
    return datetime.fromisoformat(f"2024-{month:02}-{number:02}T00:00Z")


def losses(*spans, policy=POLICY, as_of=None):
    churn = customer_churn({"anna": spans}, MARCH, policy=policy, as_of=as_of)
    return [(event.at.day, event.kind) for event in churn.events]


@pytest.mark.parametrize(
    ("spans", "lost"),
    [
        ([(day(1, 1), day(9)), (day(5), day(20))], [(20, None)]),  # the end of one of two is no churn
        ([(day(1, 1), day(20)), (day(5), day(9))], [(20, None)]),
        ([(day(1, 1), day(9)), (day(2), None)], []),
        ([(day(2), None), (day(1, 1), day(9))], []),
        ([(day(1, 1), None), (day(2), day(9))], []),
        ([(day(1, 1), day(9)), (day(9), day(20))], [(20, None)]),  # a renewal
        ([(day(1, 1), day(9)), (day(10), day(20))], [(9, None), (20, None)]),
        ([(day(1, 1), day(9)), (day(12), day(12))], [(9, None)]),  # what has no length is no stay
        ([(day(12), day(12))], []),
        ([(day(1, 1), day(9), "voluntary"), (day(2), day(20), "involuntary")], [(20, "involuntary")]),
        ([(day(1, 1), day(20), "voluntary"), (day(2), day(9), "involuntary")], [(20, "voluntary")]),
        ([(day(1, 1), day(20), "voluntary"), (day(2), day(20), "involuntary")], [(20, None)]),
        ([(day(1, 1), day(20), "voluntary"), (day(2), day(20), "voluntary")], [(20, "voluntary")]),
    ],
)
def test_the_last_of_several_subscriptions_is_the_loss(spans, lost):
    assert losses(*spans) == lost


def test_an_end_that_lies_ahead_is_not_known_yet():
    assert losses((day(1, 1), day(20), "voluntary"), as_of=day(19)) == []
    assert losses((day(1, 1), day(20), "voluntary"), as_of=day(20)) == [(20, "voluntary")]
    assert losses((day(1, 1), day(5)), (day(20), None), as_of=day(19)) == [(5, None)]


def test_who_subscribes_again_stays_in_their_first_cohort():
    case = CASES["churn-169"]
    spans = [[None if end is None else at(f"{end}T00:00Z") for end in span] for span in case["input"]["spans"]]
    joined = CustomerSpans({"anna": reversed(spans)}).joined_at("anna")

    assert str(Period.of(joined, "month")) == case["expected"]["cohort"]


def test_who_was_never_there_never_joined():
    spans = CustomerSpans({"anna": [(day(1), day(1))]})

    assert (spans.joined_at("anna"), spans.joined_at("ben")) == (None, None)
    assert not spans.is_active("ben", day(1))


@pytest.mark.parametrize(("number", "is_active"), [(1, False), (2, True), (8, True), (9, False)])
def test_a_span_is_half_open(number, is_active):
    assert CustomerSpans({"anna": [(day(2), day(9))]}).is_active("anna", day(number)) is is_active


# From journeys


def contact(name, number, **options):
    return Touchpoint(name, day(number), **options)


def test_a_span_goes_from_a_start_to_the_next_end():
    anna = Journey(
        "anna",
        [
            contact("cancelled", 1),
            contact("subscribed", 2),
            contact("subscribed", 3),
            contact("visit", 4),
            contact("cancelled", 5),
            contact("cancelled", 6),
            contact("subscribed", 7),
        ],
    )
    found = CustomerSpans.from_journeys(iter([anna, Journey("ben", [contact("visit", 1)])]))

    assert found == CustomerSpans({"anna": [(day(2), day(5)), (day(7), None)]})


def test_with_involuntary_ends_every_end_has_a_kind():
    anna = Journey(
        "anna",
        [contact("begin", 1), contact("stop", 2), contact("begin", 3), contact("unpaid", 4), contact("unpaid", 5)],
    )
    found = CustomerSpans.from_journeys([anna], start="begin", end="stop", involuntary="unpaid")

    assert found.spans["anna"] == (
        ActivitySpan(day(1), day(2), "voluntary"),
        ActivitySpan(day(3), day(4), "involuntary"),
    )
    failed = Touchpoint.fields.name == "stop"
    both = CustomerSpans.from_journeys([anna], start="begin", end="stop", involuntary=failed)
    assert both.spans["anna"][0].kind == "involuntary"  # of an end that is both


def test_subscriptions_are_told_apart_by_a_label():
    rows = [("subscribed", 1, "a"), ("subscribed", 2, "b"), ("cancelled", 3, "a"), ("cancelled", 4, "c")]
    anna = Journey("anna", [contact(name, number, properties={"plan": plan}) for name, number, plan in rows])

    assert CustomerSpans.from_journeys([anna], by="properties.plan").spans["anna"] == (
        ActivitySpan(day(1), day(3)),
        ActivitySpan(day(2)),
    )
    assert CustomerSpans.from_journeys([anna]).spans["anna"] == (ActivitySpan(day(1), day(3)),)


def test_several_journeys_of_a_customer_are_one_customer():
    parts = [Journey("anna", [contact("subscribed", number)]) for number in (1, 5)]

    assert CustomerSpans.from_journeys(parts) == CustomerSpans({"anna": [(day(1), None), (day(5), None)]})


def test_a_start_that_is_an_end_ends_what_is_there():
    anna = Journey("anna", [contact("visit", number) for number in (1, 2, 3)])

    assert CustomerSpans.from_journeys([anna], start="visit", end="visit") == CustomerSpans(
        {"anna": [(day(1), day(2)), (day(3), None)]}
    )


@given(journeys(), st.lists(touchpoints()), moments())
def test_what_came_to_be_known_later_changes_nothing(journey, more, as_of):
    longer = Journey("anna", [*journey, *(one for one in more if one.known_at > as_of)])
    read = [
        CustomerSpans.from_journeys([each], start="cart", end="order", involuntary="ticket", as_of=as_of)
        for each in (journey, longer)
    ]
    window = (as_of - timedelta(days=20), as_of + timedelta(days=10))

    assert read[0] == read[1]
    assert customer_churn(read[0], window, policy=POLICY) == customer_churn(read[1], window, policy=POLICY, as_of=as_of)


def test_an_end_that_was_recorded_late_is_not_known_before():
    late = Touchpoint("cancelled", day(5), recorded_at=day(12))
    log = [Journey("anna", [contact("subscribed", 1), late])]

    assert CustomerSpans.from_journeys(log, as_of=day(11)).spans["anna"] == (ActivitySpan(day(1)),)
    assert CustomerSpans.from_journeys(log, as_of=day(12)).spans["anna"] == (ActivitySpan(day(1), day(5)),)


def test_spans_read_without_a_moment_do_not_know_what_was_recorded_late():
    """Read without as_of, the cancellation of 5 March that came to be known on 12 March was counted as of 11 March."""
    late = Touchpoint("cancelled", day(5), recorded_at=day(12))
    unrelated = Touchpoint("visit", day(6), recorded_at=day(30))
    spans = CustomerSpans.from_journeys([Journey("anna", [contact("subscribed", 1), late, unrelated])])

    assert spans.recorded_by == day(12)
    assert from_dict(json.loads(json.dumps(to_dict(spans))), CustomerSpans) == spans
    assert customer_churn(spans, MARCH, policy=POLICY).churned == 1
    assert customer_churn(spans, MARCH, policy=POLICY, as_of=day(12)).churned == 1
    with pytest.raises(
        InvalidValueError, match=r"recorded late, the last on 2024-03-12T.*; read it with as_of=2024-03-11"
    ):
        customer_churn(spans, MARCH, policy=POLICY, as_of=day(11))


@given(journeys(), moments())
def test_spans_read_without_a_moment_say_what_those_read_as_of_it_do_or_nothing(journey, as_of):
    names = {"start": "cart", "end": "order", "involuntary": "ticket"}
    window = (as_of - timedelta(days=20), as_of + timedelta(days=10))
    whole = CustomerSpans.from_journeys([journey], **names)
    then = CustomerSpans.from_journeys([journey], **names, as_of=as_of)

    assert then.recorded_by is None
    if whole.recorded_by is None or whole.recorded_by <= as_of:
        assert customer_churn(whole, window, policy=POLICY, as_of=as_of) == customer_churn(then, window, policy=POLICY)
    else:
        with pytest.raises(InvalidValueError, match="recorded late"):
            customer_churn(whole, window, policy=POLICY, as_of=as_of)


def test_documents_from_before_records_were_looked_at_still_load():
    spans = CustomerSpans({"anna": [(day(1), None)]})
    document = {key: value for key, value in to_dict(spans).items() if key != "recorded_by"}

    assert from_dict(document, CustomerSpans) == spans


def test_spans_read_as_of_one_moment_say_nothing_as_of_another():
    spans = CustomerSpans.from_journeys([], as_of=day(11))

    assert customer_churn(spans, MARCH, policy=POLICY).as_of == day(11)
    with pytest.raises(
        InvalidValueError, match=r"^these spans were read as of 2024-03-11T00:00:00\+00:00, so they say"
    ):
        customer_churn(spans, MARCH, policy=POLICY, as_of=day(12))


@pytest.mark.parametrize(
    ("build", "kind", "message"),
    [
        (
            lambda: ActivitySpan(day(2), day(1)),
            InvalidValueError,
            "a span must not end before it starts, got 2024-03-02",
        ),
        (lambda: ActivitySpan(5), InvalidTypeError, "the start of a span must be a datetime"),
        (lambda: ActivitySpan(day(1), 5), InvalidTypeError, "the end of a span must be a datetime"),
        (lambda: ActivitySpan(day(1).replace(tzinfo=None)), NaiveDatetimeError, "the start of a span must be an aware"),
        (
            lambda: ActivitySpan(day(1), day(2), "bored"),
            InvalidValueError,
            "kind must be one of 'voluntary', 'involuntary'",
        ),
        (
            lambda: ActivitySpan(day(1), None, "voluntary"),
            InvalidValueError,
            "a span that goes on has not ended in any way",
        ),
        (lambda: CustomerSpans([]), InvalidTypeError, "spans must be a mapping from each customer to a list of spans"),
        (lambda: CustomerSpans({5: []}), InvalidTypeError, "customer must be text, got 5"),
        (lambda: CustomerSpans({"anna": 5}), InvalidTypeError, "expected a list of the spans of 'anna', got 5"),
        (
            lambda: CustomerSpans({"anna": [5]}),
            InvalidTypeError,
            r"a span must be \(start, end\), \(start, end, kind\) or an",
        ),
        (lambda: CustomerSpans({"anna": [(day(1),)]}), InvalidTypeError, r"a span must be \(start, end\)"),
        (lambda: CustomerSpans({"anna": ["ab"]}), InvalidTypeError, "a span must be .* got 'ab'"),
        (lambda: CustomerSpans({}, as_of=5), InvalidTypeError, "as_of must be a datetime"),
        (lambda: CustomerSpans({}, recorded_by=5), InvalidTypeError, "recorded_by must be a datetime"),
        (lambda: CustomerSpans.from_journeys([], start=""), InvalidValueError, "start must not be blank"),
        (lambda: CustomerSpans.from_journeys([], end=5), InvalidTypeError, "end must be the name of a touchpoint"),
        (lambda: CustomerSpans.from_journeys([], involuntary=5), InvalidTypeError, "involuntary must be the name"),
        (lambda: CustomerSpans({}).is_active("anna", 5), InvalidTypeError, "at must be a datetime"),
    ],
)
def test_what_makes_no_sense_is_refused(build, kind, message):
    with pytest.raises(kind, match=f"^{message}"):
        build()


def test_spans_are_stored():
    spans = CustomerSpans({"anna": [(day(1), day(2), "voluntary"), (day(3), None)]}, as_of=day(9))

    assert from_dict(json.loads(json.dumps(to_dict(spans))), CustomerSpans) == spans
    with pytest.raises(DocumentError):
        from_dict(to_dict(spans) | {"spans": [["anna", [{"start": "2024-03-02T00:00+00:00"}]], 5]}, CustomerSpans)
    assert hash(spans) == hash(CustomerSpans(dict(spans.spans), as_of=day(9)))
