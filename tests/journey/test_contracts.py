"""Contracts: terms, renewals, and the notice that ends them."""

import json
import pickle
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import days, hours, months, years
from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Contract, ContractDecision, Due, Journey, Obligations, Touchpoint

UTC = timezone.utc


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


START = utc(2026, 1, 31)
PLAN = Contract("plan", START, term=months(3), renews=months(1), notice=days(14), cancelled_by="notice")
FIXED = Contract("course", START, term=months(3), renews=None, cancelled_by="notice")


def gave(*moments: datetime, **options: object) -> Journey:
    return Journey("anna", [Touchpoint("notice", moment, **options) for moment in moments])


def stands(contract: Contract, journey: Journey, as_of: datetime) -> ContractDecision:
    return contract.explain(journey, as_of=as_of)


def test_a_contract_that_was_cancelled_has_its_end_ahead_and_no_renewal():
    told = gave(utc(2026, 2, 1))
    assert [(due.name, due.at) for due in PLAN.dues(told, as_of=utc(2026, 2, 2), until=utc(2026, 9, 1))] == [
        ("end", utc(2026, 4, 30)),
    ]
    assert PLAN.dues(told, as_of=utc(2026, 2, 2), until=utc(2026, 4, 1)) == ()


@pytest.mark.parametrize(
    ("given_at", "ends_at", "codes"),
    [  # terms end on 30 April, 31 May, 30 June; deadlines are on 16 April, 17 May, 16 June
        (utc(2026, 2, 1), utc(2026, 4, 30), ["cancelled"]),
        (utc(2026, 4, 15, 23, 59), utc(2026, 4, 30), ["cancelled"]),
        (utc(2026, 4, 16), utc(2026, 5, 31), ["cancelled", "notice_late"]),
        (utc(2026, 4, 30), utc(2026, 5, 31), ["cancelled"]),
        (utc(2026, 5, 17), utc(2026, 6, 30), ["cancelled", "notice_late"]),
    ],
)
def test_notice_before_the_deadline_ends_the_term_and_later_the_next_one(given_at, ends_at, codes):
    decision = stands(PLAN, gave(given_at), given_at)

    assert (decision.outcome, decision.ends_at, decision.retry_at) == ("cancelled", ends_at, ends_at)
    assert [reason.code for reason in decision.reasons] == codes
    assert decision.cancelled_at == given_at
    assert (decision.renews_at, decision.notice_by, decision.earliest_end) == (None, None, None)
    assert stands(PLAN, gave(given_at), ends_at - timedelta.resolution).outcome == "cancelled"
    ended = stands(PLAN, gave(given_at), ends_at)
    assert (ended.outcome, ended.reason, ended.retry_at, ended.ends_at) == ("ended", "ended", None, ends_at)


def test_a_running_contract_tells_what_is_next():
    early, late = stands(PLAN, Journey("anna"), utc(2026, 4, 15)), stands(PLAN, Journey("anna"), utc(2026, 4, 16))

    assert (early.outcome, early.renews_at) == ("running", utc(2026, 4, 30))
    assert (early.notice_by, early.earliest_end) == (utc(2026, 4, 16), utc(2026, 4, 30))
    assert (late.outcome, late.renews_at) == ("running", utc(2026, 4, 30))
    assert (late.notice_by, late.earliest_end) == (utc(2026, 5, 17), utc(2026, 5, 31))
    assert (early.ends_at, early.retry_at, early.cancelled_at) == (None, None, None)
    assert (early.reasons[0].code, early.reasons[0].needed) == ("running", early.notice_by)


def test_a_contract_that_does_not_renew_ends_with_its_term():
    end = utc(2026, 4, 30)

    for journey in (Journey("anna"), gave(utc(2026, 3, 1)), gave(end)):
        decisions = [stands(FIXED, journey, moment) for moment in (START, end - timedelta.resolution, end)]
        given_in_time = journey.start is not None and journey.start < end
        assert [decision.ends_at for decision in decisions] == [end] * 3
        assert decisions[0].outcome == "running"
        assert decisions[1].outcome == ("cancelled" if given_in_time else "running")
        assert (decisions[2].outcome, decisions[2].cancelled_at) == (
            "ended",
            utc(2026, 3, 1) if given_in_time else None,
        )
        assert [decision.retry_at for decision in decisions] == [end, end, None]


def test_a_contract_starts_after_it_was_signed_and_can_be_cancelled_in_between():
    signed = Contract("plan", START, term=months(3), renews=months(1), cancelled_by="notice", signed_at=utc(2026, 1, 1))
    early = utc(2026, 1, 10)

    assert stands(signed, Journey("anna"), utc(2025, 12, 31)).outcome == "not_known"
    waiting = stands(signed, Journey("anna"), early)
    assert (waiting.outcome, waiting.retry_at, waiting.renews_at) == ("not_started", START, utc(2026, 4, 30))
    assert stands(signed, gave(early), early).ends_at == utc(2026, 4, 30)
    assert stands(signed, gave(utc(2025, 12, 30)), early).outcome == "not_started"
    fixed = Contract("course", START, term=months(3), renews=None, signed_at=utc(2026, 1, 1))
    assert (stands(fixed, gave(early), early).outcome, stands(fixed, gave(early), early).retry_at) == (
        "not_started",
        START,
    )


def test_only_the_notice_for_this_contract_counts_and_the_first_one():
    plan = Contract(
        "plan",
        START,
        term=months(3),
        renews=months(1),
        cancelled_by="notice",
        reference="7",
        match="properties.contract",
    )
    other = gave(utc(2026, 2, 1), properties={"contract": "8"})
    twice = gave(utc(2026, 4, 1), utc(2026, 5, 5), properties={"contract": 7})

    assert (plan.id, stands(plan, other, utc(2026, 2, 2)).outcome) == ("plan 7", "running")
    assert stands(plan, twice, utc(2026, 5, 6)).ends_at == utc(2026, 4, 30)


def test_what_was_recorded_late_is_not_known_before():
    late = Journey("anna", [Touchpoint("notice", utc(2026, 4, 1), recorded_at=utc(2026, 4, 20))])

    assert stands(PLAN, late, utc(2026, 4, 19)).outcome == "running"
    assert stands(PLAN, late, utc(2026, 4, 20)).ends_at == utc(2026, 4, 30)  # it was given in time
    hidden = Contract("plan", START, term=months(3), renews=None, recorded_at=utc(2026, 3, 1))
    decision = stands(hidden, Journey("anna"), utc(2026, 2, 1))
    assert (decision.outcome, decision.reason, decision.retry_at, decision.ends_at) == (
        "not_known",
        "not_known",
        None,
        None,
    )
    assert hidden.dues(Journey("anna"), as_of=utc(2026, 2, 1), until=utc(2027, 1, 1)) == ()


def test_terms_follow_the_midnights_of_a_zone():
    start = datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    plan = Contract("plan", start, term=months(6, tz="Europe/Berlin"), renews=months(1, tz="Europe/Berlin"))

    assert stands(plan, Journey("anna"), utc(2026, 1, 1)).renews_at == utc(2026, 6, 30, 22)
    assert stands(plan, Journey("anna"), utc(2026, 12, 1)).renews_at == utc(2026, 12, 31, 23)


@pytest.mark.parametrize(
    ("term", "renews", "ends"),
    [
        (months(1), months(1), [utc(2026, 2, 28), utc(2026, 3, 31), utc(2026, 4, 30)]),
        (timedelta(days=10), timedelta(days=5), [utc(2026, 2, 10), utc(2026, 2, 15), utc(2026, 2, 20)]),
        (timedelta(days=29), months(1), [utc(2026, 3, 1), utc(2026, 4, 1), utc(2026, 5, 1)]),
        (months(1), hours(36), [utc(2026, 2, 28), utc(2026, 3, 1, 12), utc(2026, 3, 3)]),
    ],
)
def test_terms_are_anchored_on_the_start(term, renews, ends):
    plan = Contract("plan", START, term=term, renews=renews)
    found = plan.dues(Journey("anna"), as_of=START, until=ends[-1] + timedelta(1))
    renewals = [due.at for due in found if due.name == "renewal"]

    assert renewals[:3] == ends


# An oracle: every term, one after the other.


def course(
    notice: int, renews: int | None, given_at: datetime | None
) -> tuple[list[datetime], list[datetime], datetime | None]:
    """The ends of terms of two months and then of `renews`, their deadlines, and the end of the contract."""
    ends = [START + relativedelta(months=2 + number * (renews or 0)) for number in range(60 if renews else 1)]
    deadlines = [end - timedelta(days=notice) for end in ends]
    if renews is None:
        return ends, deadlines, ends[0]
    over = None if given_at is None else next(e for e, d in zip(ends, deadlines, strict=True) if given_at < d)
    return ends, deadlines, over


moments = st.integers(0, 500).map(lambda step: START + timedelta(hours=12 * step))


@given(st.sampled_from([0, 10, 40, 100]), st.sampled_from([None, 1, 3]), st.none() | moments, moments)
def test_a_contract_agrees_with_an_oracle_that_lists_its_terms(notice, renews, given_at, as_of):
    length = None if renews is None else months(renews)
    plan = Contract("plan", START, term=months(2), renews=length, notice=days(notice), cancelled_by="notice")
    journey = Journey("anna") if given_at is None else gave(given_at)
    known = given_at if given_at is not None and given_at <= as_of else None
    ends, deadlines, over = course(notice, renews, known)
    decision = plan.explain(journey, as_of=as_of)
    is_cancelled = known is not None and known < over
    outcome = "ended" if over and as_of >= over else "cancelled" if is_cancelled else "running"

    assert (decision.outcome, decision.ends_at, decision.reason) == (outcome, over, outcome)
    assert decision.cancelled_at == (known if is_cancelled else None)
    assert decision.retry_at == (over if over and as_of < over else None)
    if over is None:
        number = next(n for n, deadline in enumerate(deadlines) if deadline > as_of)
        assert (decision.notice_by, decision.earliest_end) == (deadlines[number], ends[number])
        assert decision.renews_at == next(end for end in ends if end > as_of)
        promised = plan.explain(gave(as_of), as_of=as_of)
        assert promised.ends_at == decision.earliest_end
    until = as_of + timedelta(days=150)
    wanted = [(end, "renewal") for end in ends if as_of <= end < until and (over is None or end < over)]
    wanted += [(deadline, "notice") for deadline in deadlines if as_of <= deadline < until and over is None]
    wanted += [(over, "end")] if over and as_of <= over < until else []
    assert sorted((due.at, due.name) for due in plan.dues(journey, as_of=as_of, until=until)) == sorted(wanted)


@given(moments, moments, moments)
def test_nothing_after_as_of_changes_a_contract(given_at, recorded, as_of):
    late = Touchpoint("notice", given_at, recorded_at=max(given_at, recorded))
    journey = Journey("anna", [late])

    assert PLAN.explain(journey, as_of=as_of) == PLAN.explain(journey.as_of(as_of), as_of=as_of)


def test_dues_of_a_contract_are_obligations_that_pass():
    ahead = PLAN.dues(Journey("anna"), as_of=utc(2026, 4, 16), until=utc(2026, 5, 31))
    stated = Obligations("anna", ahead).statement(Journey("anna"), as_of=utc(2026, 5, 1))

    assert [(due.id, due.at, due.reference) for due in ahead] == [
        ("plan notice 1", utc(2026, 4, 16), "plan"),
        ("plan renewal 1", utc(2026, 4, 30), "plan"),
        ("plan notice 2", utc(2026, 5, 17), "plan"),
    ]
    assert [decision.outcome for decision in stated.decisions] == ["passed", "passed", "upcoming"]
    assert {due.recorded_at for due in ahead} == {START}
    assert [type(due) for due in ahead] == [Due] * 3


def test_short_terms_are_found_without_going_through_all():
    seconds = Contract("rental", utc(1, 1, 1), term=timedelta(seconds=1), renews=timedelta(microseconds=1))

    assert stands(seconds, Journey("anna"), utc(2026, 1, 1)).renews_at == utc(2026, 1, 1, 0, 0, 0, 1)
    with pytest.raises(InvalidValueError, match=r"^expected up to 10000 dues"):
        seconds.dues(Journey("anna"), as_of=utc(2026, 1, 1), until=utc(2026, 1, 2))


def test_a_contract_at_the_end_of_time_says_so():
    plan = Contract("plan", utc(9999, 1, 1), term=months(1), renews=months(8), cancelled_by="notice")

    assert stands(plan, Journey("anna"), utc(9999, 2, 2)).renews_at == utc(9999, 10, 1)
    with pytest.raises(InvalidValueError, match=r"lies outside of the years 1 to 9999"):
        stands(plan, Journey("anna"), utc(9999, 10, 2))
    with pytest.raises(InvalidValueError, match=r"lies outside of the years 1 to 9999"):
        stands(plan, Journey("anna"), datetime.max.replace(tzinfo=UTC))


@pytest.mark.parametrize("contract", [PLAN, FIXED, Contract("x", START, term=years(1), renews=hours(1), id="x1")])
def test_a_contract_survives_storage_and_prints_as_code(contract):
    names = {"Contract": Contract, "datetime": __import__("datetime"), "months": months, "days": days, "hours": hours}

    assert from_dict(json.loads(json.dumps(to_dict(contract))), Contract) == contract
    assert pickle.loads(pickle.dumps(contract)) == contract  # noqa: S301 - our own bytes
    assert eval(repr(contract), names) == contract  # noqa: S307 - our own text


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"name": ""}, InvalidValueError, "the name of a contract must not be blank"),
        ({"id": ""}, InvalidValueError, "the id of a contract must not be blank"),
        ({"start": "today"}, InvalidTypeError, "start must be a datetime"),
        ({"signed_at": "today"}, InvalidTypeError, "signed_at must be a datetime"),
        ({"recorded_at": "today"}, InvalidTypeError, "recorded_at must be a datetime"),
        ({"term": 12}, InvalidTypeError, "term must be a timedelta or a span"),
        ({"term": days(0)}, InvalidValueError, "term must not be zero"),
        ({"renews": timedelta(0)}, InvalidValueError, "renews must not be zero"),
        ({"renews": True}, InvalidTypeError, "renews must be a timedelta or a span"),
        ({"notice": 14}, InvalidTypeError, "notice must be a timedelta or a span"),
        ({"notice": days(14)}, InvalidValueError, "notice is given by a touchpoint; say which with cancelled_by="),
        (
            {"notice": days(10**6), "cancelled_by": "notice"},
            InvalidValueError,
            "days.1000000. from .* lies outside of the years",
        ),
        ({"cancelled_by": 7}, InvalidTypeError, "cancelled_by must be the name of a touchpoint"),
        ({"match": "channel"}, InvalidValueError, "match='channel' needs the reference="),
        ({"renews": months(1, tz="Europe/Berlin")}, InvalidValueError, "cannot add a span in Europe/Berlin"),
        ({"term": years(9999)}, InvalidValueError, ".* lies outside of the years 1 to 9999"),
    ],
)
def test_a_contract_says_what_is_wrong(options, kind, message):
    with pytest.raises(kind, match="^" + message):
        Contract(**({"name": "plan", "start": START, "term": months(12), "renews": months(1)} | options))


def test_a_contract_is_asked_about_a_journey():
    with pytest.raises(InvalidTypeError, match=r"^expected a Journey, got 7"):
        PLAN.explain(7, as_of=START)
    with pytest.raises(InvalidTypeError, match=r"^expected a Journey, got 7"):
        PLAN.dues(7, as_of=START, until=START)
