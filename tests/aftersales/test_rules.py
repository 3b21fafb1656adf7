"""Rules: their windows, what they explain, what is refused."""

import pickle
from datetime import datetime, timedelta

import attrs
import pytest
from samples import NAMESPACE

from cxkit.aftersales import Rule
from cxkit.answers import Reason
from cxkit.calendar import Span, days, hours, months
from cxkit.errors import CxError, InvalidTypeError, InvalidValueError, NaiveDatetimeError
from cxkit.journey import Journey, Touchpoint
from cxkit.loyalty import Line
from cxkit.predicates import Fields, text

at = datetime.fromisoformat
SURVEY = Rule("survey", after="order", delay=days(3), channel="email", valid_for=days(7), unless="ticket")
ORDER = Touchpoint("order", at("2026-03-02T09:00Z"))


def test_a_rule_is_due_at_once_for_one_kind_of_contact_unless_said_otherwise():
    rule = Rule("thanks", after="order", channel="email", valid_for=hours(1))

    assert (rule.id, rule.delay, rule.unless, rule.transactional) == ("thanks", timedelta(0), None, False)
    assert attrs.evolve(rule, id="thanks-2").name == "thanks"


@pytest.mark.parametrize(
    ("delay", "valid_for", "due", "end"),
    [
        (timedelta(0), hours(6), "2026-01-31T09:00Z", "2026-01-31T15:00Z"),
        (timedelta(hours=1), timedelta(microseconds=1), "2026-01-31T10:00Z", "2026-01-31T10:00:00.000001Z"),
        # A month from 31 January ends in February, and a month from there in March.
        (months(1), months(1), "2026-02-28T09:00Z", "2026-03-28T09:00Z"),
        # By the clocks of Berlin, which are set forward on 29 March.
        (days(58, tz="Europe/Berlin"), days(1), "2026-03-30T08:00Z", "2026-03-31T08:00Z"),
    ],
)
def test_a_window_begins_when_it_is_due(delay, valid_for, due, end):
    rule = attrs.evolve(SURVEY, delay=delay, valid_for=valid_for)

    assert rule.window(Touchpoint("order", at("2026-01-31T09:00Z"))) == (at(due), at(end))


# Explanations


def explain(*contacts, as_of="2026-03-06T09:00Z"):
    return SURVEY.explain(Journey("anna", contacts), as_of=at(as_of))


def test_a_rule_that_nothing_triggers_says_what_would():
    for decision in (
        explain(),
        explain(Touchpoint("visit", ORDER.at)),
        explain(ORDER, as_of="2026-03-02T08:59Z"),
        explain(attrs.evolve(ORDER, recorded_at=at("2026-03-06T09:01Z"))),
    ):
        assert (decision.outcome, decision.customer, decision.rule, decision.channel) == (
            "not_triggered",
            "anna",
            "survey",
            "email",
        )
        assert decision.reasons == (Reason("not_triggered", needed="order"),)
        assert (decision.touchpoint, decision.contact, decision.due_at, decision.expires_at) == (None, None, None, None)
        assert decision.retry_at is None


def test_a_rule_explains_the_latest_contact_that_triggers_it():
    latest = Touchpoint("order", at("2026-03-05T09:00Z"))
    decision = explain(ORDER, latest, Touchpoint("visit", at("2026-03-05T10:00Z")))

    assert (decision.outcome, decision.touchpoint) == ("not_due", latest)
    assert (decision.due_at, decision.expires_at) == (at("2026-03-08T09:00Z"), at("2026-03-15T09:00Z"))
    assert decision.retry_at == at("2026-03-08T09:00Z")
    assert decision.reasons == (Reason("not_due", at("2026-03-06T09:00Z"), at("2026-03-08T09:00Z")),)


def test_a_rule_may_follow_what_a_predicate_says():
    dear = attrs.evolve(SURVEY, after=Touchpoint.fields.value >= 100, unless=Touchpoint.fields.channel == "phone")
    order = Touchpoint("order", ORDER.at, value=100)
    call = Touchpoint("ticket", ORDER.at + timedelta(days=1), channel="phone")
    as_of = at("2026-03-06T09:00Z")

    assert dear.explain(Journey("anna", [order]), as_of=as_of).outcome == "send"
    assert dear.explain(Journey("anna", [attrs.evolve(order, value=99)]), as_of=as_of).outcome == "not_triggered"
    assert dear.explain(Journey("anna", [order, attrs.evolve(call, channel="chat")]), as_of=as_of).outcome == "send"
    assert dear.explain(Journey("anna", [order, call]), as_of=as_of).outcome == "cancelled"


# What is refused


class Customer(Fields):
    country = text()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"name": ""}, InvalidValueError, "the name of a rule must not be blank, got ''"),
        ({"id": 3}, InvalidTypeError, "the id of a rule must be text, got 3"),
        ({"channel": " "}, InvalidValueError, "channel must not be blank, got ' '"),
        ({"channel": None}, InvalidTypeError, "channel must be text, got None"),
        ({"after": ""}, InvalidValueError, "after must not be blank, got ''"),
        ({"after": None}, InvalidTypeError, "after must be "),
        ({"after": ["order"]}, InvalidTypeError, "after must be "),
        ({"after": Customer.country == "DE"}, InvalidValueError, "after must be a predicate about Touchpoint.fields only, got "),
        ({"after": Line.fields.sku == "tea"}, InvalidValueError, "after must be a predicate about Touchpoint.fields only, got "),
        ({"unless": ""}, InvalidValueError, "unless must not be blank, got ''"),
        ({"unless": 3}, InvalidTypeError, "unless must be "),
        ({"unless": Customer.country == "DE"}, InvalidValueError, "unless must be a predicate about Touchpoint.fields only, got "),
        ({"delay": 3}, InvalidTypeError, "delay must be a timedelta or a span such as days(3), got 3"),
        ({"delay": timedelta(-1)}, InvalidValueError, "delay must not be negative, got datetime.timedelta(days=-1)"),
        ({"valid_for": None}, InvalidTypeError, "valid_for must be a timedelta or a span such as days(3), got None"),
        ({"valid_for": timedelta(0)}, InvalidValueError, "valid_for must not be zero, got datetime.timedelta(0): the message"),
        ({"valid_for": Span()}, InvalidValueError, "valid_for must not be zero, got days(0): the message could never go out"),
        ({"transactional": 1}, InvalidTypeError, "transactional must be True or False, got 1"),
        ({"transactional": None}, InvalidTypeError, "transactional must be True or False, got None"),
    ],
)  # fmt: skip
def test_a_rule_that_makes_no_sense_is_refused(change, error, message):
    with pytest.raises(error) as caught:
        attrs.evolve(SURVEY, **change)
    assert str(caught.value).startswith(message)
    assert [caught.value.found] == list(change.values())


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"journey": [ORDER]}, InvalidTypeError, "expected a Journey, got [Touchpoint("),
        ({"policy": None}, InvalidTypeError, "expected a ContactPolicy, got None"),
        ({"as_of": datetime(2026, 3, 2)}, NaiveDatetimeError, "as_of must be an aware datetime, got the naive "),  # noqa: DTZ001
        ({"as_of": "2026-03-02"}, InvalidTypeError, "as_of must be a datetime, got '2026-03-02'"),
        ({"history": ["survey"]}, InvalidTypeError, "history is made of what decision.sent(at=...) gives, got 'survey'"),
    ],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(change, error, message):
    with pytest.raises(error) as caught:
        SURVEY.explain(**{"journey": Journey("anna"), "as_of": ORDER.at} | change)
    assert str(caught.value).startswith(message)


def test_a_window_beyond_the_calendar_is_refused():
    with pytest.raises(
        CxError, match=r"^days\(3\) from 9999-12-30T09:00:00\+00:00 lies outside of the years 1 to 9999$"
    ):
        SURVEY.window(Touchpoint("order", at("9999-12-30T09:00Z")))


# Copies


@pytest.mark.parametrize(
    "after", ["order", Touchpoint.fields.name.is_in(["order", "renewal"])], ids=["name", "predicate"]
)
def test_a_rule_pickles_and_prints_as_the_code_that_makes_it(after):
    rule = attrs.evolve(SURVEY, after=after)

    assert pickle.loads(pickle.dumps(rule)) == rule  # noqa: S301 - our own
    assert eval(repr(rule), NAMESPACE) == rule  # noqa: S307 - our own
    assert hash(eval(repr(rule), NAMESPACE)) == hash(rule)  # noqa: S307 - our own
