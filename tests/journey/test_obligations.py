"""Obligations: what is planned for a customer, what settles it, and how it stands at a moment."""

import copy
import json
import pickle
from datetime import date, datetime, timedelta, timezone
from decimal import Context, Decimal, localcontext
from typing import Any, NamedTuple

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.answers import Decision
from cxkit.calendar import Period, days
from cxkit.codec import from_dict, to_dict
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError, NaiveDatetimeError, UnknownFieldError
from cxkit.journey import Due, DueDecision, Journey, Obligations, Statement, Touchpoint
from cxkit.predicates import Fields, nested, text

UTC = timezone.utc
START = datetime(2026, 3, 1, tzinfo=UTC)


def at(hour: float) -> datetime:
    return START + timedelta(hours=hour)


def paid(hour: int, value: Any, **options: Any) -> Touchpoint:
    return Touchpoint("payment", at(hour), value=None if value is None else Decimal(value), **options)


def invoice(number: str, amount: Any, hour: int = 10, **options: Any) -> Due:
    given = {"settled_by": "payment", "currency": "EUR", "raised_at": START} | options
    return Due("invoice", at(hour), reference=number, amount=Decimal(amount), **given)


def visit(hour: int, **options: Any) -> Due:
    return Due("appointment", at(hour), **({"settled_by": "visit", "raised_at": START} | options))


def statement(dues: list[Due], *touchpoints: Touchpoint, as_of: float = 100) -> Statement:
    return Obligations("anna", dues).statement(Journey("anna", touchpoints), as_of=at(as_of))


def outcomes(stated: Statement) -> list[str]:
    return [decision.outcome for decision in stated.decisions]


# An oracle that knows nothing of the library's classes: it goes through what happened coin by coin.


class Plan(NamedTuple):
    id: str
    due: int
    grace: int
    amount: int | None
    reference: str | None
    raised: int
    recorded: int
    is_settled: bool


class Event(NamedTuple):
    name: str
    at: int
    late: int
    value: int | None
    reference: str | None


HOURS = st.integers(0, 12)
REFERENCES = st.sampled_from([None, "A", "B"])
plans = st.lists(
    st.builds(
        Plan,
        id=st.sampled_from("pqrst"),
        due=HOURS,
        grace=st.sampled_from([0, 0, 3]),
        amount=st.sampled_from([None, 2, 3]),
        reference=REFERENCES,
        raised=st.integers(0, 6),
        recorded=st.integers(0, 8),
        is_settled=st.sampled_from([True, True, True, False]),
    ),
    max_size=4,
    unique_by=lambda plan: plan.id,
)
events = st.lists(
    st.builds(
        Event,
        name=st.sampled_from(["payment", "payment", "payment", "stop"]),
        at=HOURS,
        late=st.sampled_from([0, 0, 4]),
        value=st.sampled_from([None, -1, 0, 1, 2, 4]),
        reference=REFERENCES,
    ),
    max_size=6,
)


def as_due(plan: Plan) -> Due:
    pays = plan.amount is not None and plan.is_settled
    return Due(
        "thing",
        at(plan.due),
        id=plan.id,
        reference=plan.reference,
        match="properties.number" if plan.reference else None,
        settled_by="payment" if plan.is_settled else None,
        cancelled_by="stop",
        amount=Decimal(plan.amount) if pays else None,
        currency="EUR" if pays else None,
        grace=timedelta(hours=plan.grace),
        raised_at=at(plan.raised),
        recorded_at=at(plan.recorded),
    )


def as_touchpoint(event: Event) -> Touchpoint:
    return Touchpoint(
        event.name,
        at(event.at),
        recorded_at=at(event.at + event.late),
        value=None if event.value is None else Decimal(event.value),
        properties={"number": event.reference} if event.reference else {},
    )


class Standing(NamedTuple):
    outcome: str
    paid: int
    closed: int | None


def oracle(planned: list[Plan], happened: list[Event], as_of: int, known: int | None = None) -> dict[str, Standing]:
    """How things stand at `as_of` by what was known at `known`."""
    known = as_of if known is None else known
    there = sorted([p for p in planned if p.recorded <= known], key=lambda p: (p.reference is None, p.due, p.id))
    coins, closed = dict.fromkeys([p.id for p in there], 0), {}
    for event in sorted([e for e in happened if e.at + e.late <= known], key=lambda e: e.at):
        meant = [p for p in there if p.raised <= event.at and p.reference in (None, event.reference)]
        if event.name == "stop":
            if waiting := [p for p in meant if p.id not in closed]:
                closed[waiting[0].id] = ("cancelled", event.at)
            continue
        left, is_whole = max(0, event.value or 0), True
        for p in meant:
            if p.id in closed or not p.is_settled:
                continue
            if p.amount is None:
                if is_whole:
                    closed[p.id] = ("settled", event.at)
                    break
                continue
            while left and coins[p.id] < p.amount:
                left, is_whole = left - 1, False
                coins[p.id] += 1
            if coins[p.id] == p.amount:
                closed[p.id] = ("settled", event.at)
    return {p.id: Standing(*_stands(p, closed, as_of, coins)) for p in there}


def _stands(plan: Plan, closed: dict[str, tuple[str, int]], as_of: int, coins: dict[str, int]) -> Any:
    if plan.id in closed:
        outcome, when = closed[plan.id]
        return outcome, coins[plan.id], when
    if as_of < plan.due:
        return "upcoming", coins[plan.id], None
    if as_of < plan.due + plan.grace:
        return "due", coins[plan.id], None
    return "overdue" if plan.is_settled else "passed", coins[plan.id], None


@given(plans, events, st.integers(0, 18))
def test_a_statement_agrees_with_an_oracle_that_counts_coins(planned, happened, as_of):
    stated = statement([as_due(plan) for plan in planned], *map(as_touchpoint, happened), as_of=as_of)
    found = {
        decision.due.id: (decision.outcome, decision.amount_settled or 0, decision.closed_at)
        for decision in stated.decisions
    }

    assert found == {
        id_: (standing.outcome, standing.paid, None if standing.closed is None else at(standing.closed))
        for id_, standing in oracle(planned, happened, as_of).items()
    }


@given(plans, events, st.integers(0, 18))
def test_time_alone_changes_an_outcome_at_retry_at_and_not_before(planned, happened, as_of):
    stated = statement([as_due(plan) for plan in planned], *map(as_touchpoint, happened), as_of=as_of)

    for decision in stated.decisions:
        later = [oracle(planned, happened, hour, known=as_of)[decision.due.id].outcome for hour in range(as_of, 30)]
        turns = [as_of + step for step, outcome in enumerate(later) if outcome != decision.outcome]
        assert decision.retry_at == (at(turns[0]) if turns else None)
    assert stated.retry_at == min((found.retry_at for found in stated.decisions if found.retry_at), default=None)


@given(plans, events, st.integers(0, 18))
def test_nothing_after_as_of_changes_a_statement(planned, happened, as_of):
    known = [plan for plan in planned if plan.recorded <= as_of]
    by_then = [event for event in happened if event.at + event.late <= as_of]

    assert statement([as_due(plan) for plan in planned], *map(as_touchpoint, happened), as_of=as_of) == statement(
        [as_due(plan) for plan in known], *map(as_touchpoint, by_then), as_of=as_of
    )


@given(plans, events, st.integers(0, 18), st.randoms(use_true_random=False))
def test_the_order_of_dues_and_of_touchpoints_of_different_times_does_not_matter(planned, happened, as_of, rng):
    happened = list({event.at: event for event in happened}.values())
    dues, touchpoints = [as_due(plan) for plan in planned], [as_touchpoint(event) for event in happened]
    before = statement(dues, *touchpoints, as_of=as_of)
    rng.shuffle(dues)
    rng.shuffle(touchpoints)

    assert statement(dues, *touchpoints, as_of=as_of) == before


@given(plans, events, st.integers(0, 18))
def test_what_came_in_is_settled_or_unapplied_and_never_more_than_asked_for(planned, happened, as_of):
    stated = statement([as_due(plan) for plan in planned], *map(as_touchpoint, happened), as_of=as_of)
    parts = [part for decision in stated.decisions for part in decision.settlements] + list(stated.unapplied)

    for decision in stated.decisions:
        if decision.amount_settled is not None:
            assert Decimal(0) <= decision.amount_settled <= decision.due.amount
            if decision.outcome != "cancelled":
                assert decision.amount_settled + decision.amount_open == decision.due.amount
    for touchpoint in {id(part.touchpoint): part.touchpoint for part in parts}.values():
        amounts = [part.amount for part in parts if part.touchpoint is touchpoint and part.amount is not None]
        assert not amounts or sum(amounts) == touchpoint.value


@given(plans, events, st.integers(0, 18))
def test_each_decision_has_a_reason_and_explain_gives_the_same(planned, happened, as_of):
    dues = [as_due(plan) for plan in planned]
    obligations, anna = Obligations("anna", dues), Journey("anna", map(as_touchpoint, happened))
    stated = obligations.statement(anna, as_of=at(as_of))

    for due in dues:
        why = obligations.explain(due.id, anna, as_of=at(as_of))
        assert isinstance(why, Decision)
        assert why.reason == why.outcome
        assert (why.outcome == "not_known") == (due.recorded_at > at(as_of))
        assert why.outcome == "not_known" or why in stated.decisions


@given(plans)
def test_obligations_and_dues_survive_storage_and_print_as_code(planned):
    obligations = Obligations("anna", map(as_due, planned))
    document = json.loads(json.dumps(to_dict(obligations)))

    assert from_dict(document, Obligations) == obligations
    assert pickle.loads(pickle.dumps(obligations)) == copy.copy(obligations) == obligations  # noqa: S301 - our own bytes
    names = {"Due": Due, "Obligations": Obligations, "datetime": __import__("datetime"), "Decimal": Decimal}
    assert eval(repr(obligations), names) == obligations  # noqa: S307 - our own text


# Examples, by hand.


def test_a_day_is_due_from_its_midnight_to_the_next_one_in_its_zone():
    birthday = Due("birthday", Period("day", date(2026, 3, 29), tz="Europe/Berlin"))  # 23 hours long

    assert birthday.due_at == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert birthday.overdue_at == datetime(2026, 3, 29, 22, tzinfo=UTC)
    turns = [birthday.due_at - timedelta.resolution, birthday.due_at, birthday.overdue_at]
    stated = [Obligations("anna", [birthday]).statement(Journey("anna"), as_of=turn) for turn in turns]
    assert [outcomes(found)[0] for found in stated] == ["upcoming", "due", "passed"]


def test_grace_puts_off_overdue_and_not_due():
    due = visit(10, grace=days(1))

    assert [outcomes(statement([due], as_of=hour))[0] for hour in (9, 10, 33, 34)] == [
        "upcoming",
        "due",
        "due",
        "overdue",
    ]
    assert statement([due], as_of=34).decisions[0].overdue_since == at(34)
    assert statement([due], as_of=33).decisions[0].overdue_since is None


@pytest.mark.parametrize(("hour", "is_late"), [(9, False), (10, True)])
def test_what_is_settled_when_it_is_overdue_was_late(hour, is_late):
    found = statement([visit(10)], Touchpoint("visit", at(hour))).decisions[0]

    assert (found.outcome, found.is_late, found.closed_at) == ("settled", is_late, at(hour))
    assert statement([visit(10)], as_of=10).decisions[0].is_late
    assert not statement([visit(10)], as_of=9).decisions[0].is_late


def test_an_invoice_of_100_is_settled_by_40_and_60():
    due = invoice("17", 100)
    part = statement([due], paid(2, 40), as_of=5)
    full = statement([due], paid(2, 40), paid(6, 60))

    assert [(reason.code, reason.found) for reason in part.decisions[0].reasons] == [
        ("upcoming", at(5)),
        ("partly_settled", Decimal("40.00")),
    ]
    assert (part.amount_open, part.decisions[0].amount_open) == (Decimal("60.00"), Decimal("60.00"))
    assert (full.decisions[0].outcome, full.decisions[0].closed_at) == ("settled", at(6))
    assert [part.amount for part in full.decisions[0].settlements] == [Decimal("40.00"), Decimal("60.00")]
    assert full.amount_open == Decimal("0.00")


def test_one_payment_settles_the_oldest_due_first_and_goes_on():
    stated = statement([invoice("18", 50, 20), invoice("17", 100, 10)], paid(5, 120))

    assert [(found.due.reference, found.amount_settled) for found in stated.decisions] == [
        ("17", Decimal(100)),
        ("18", Decimal(20)),
    ]
    assert stated.unapplied == ()


def test_one_touchpoint_settles_one_due():
    assert outcomes(statement([visit(10), visit(20)], Touchpoint("visit", at(5)))) == ["settled", "overdue"]


def test_what_is_left_of_a_payment_settles_only_what_asks_for_money():
    thanks = Due("thanks", at(20), settled_by="payment", raised_at=START)
    stated = statement([invoice("17", 100), thanks], paid(1, 120))

    assert outcomes(stated) == ["settled", "overdue"]
    assert [part.amount for part in stated.unapplied] == [Decimal(20)]
    assert outcomes(statement([invoice("17", 100), thanks], paid(1, 100), paid(2, 5))) == ["settled", "settled"]


def test_a_reference_goes_before_age():
    old, named = invoice("17", 100, 5), invoice("18", 100, 20, match="properties.invoice", raised_at=None)
    stated = statement([old, named], paid(1, 130, properties={"invoice": "18"}))

    assert [(found.due.reference, found.amount_settled) for found in stated.decisions] == [
        ("17", Decimal(30)),
        ("18", Decimal(100)),
    ]


def test_a_number_is_matched_as_text():
    due = invoice("18", 100, match="properties.invoice")

    assert outcomes(statement([due], paid(1, 100, properties={"invoice": 18}))) == ["settled"]
    assert outcomes(statement([due], paid(1, 100))) == ["overdue"]


@pytest.mark.parametrize(
    ("touchpoints", "amounts"),
    [
        ([paid(1, 100), paid(2, 100)], [Decimal(100)]),  # twice
        ([paid(1, 130)], [Decimal(30)]),  # too much
        ([paid(1, None)], [None]),
        ([paid(1, -40), paid(2, 100)], [Decimal(-40)]),  # a chargeback
        ([paid(1, 0)], [Decimal(0)]),
        ([paid(1, 100), Touchpoint("visit", at(3), value=Decimal(9))], []),
    ],
)
def test_money_that_no_due_takes_is_unapplied(touchpoints, amounts):
    assert [part.amount for part in statement([invoice("17", 100)], *touchpoints).unapplied] == amounts


def test_a_touchpoint_before_a_due_was_raised_leaves_it_alone():
    due = visit(10, raised_at=at(5))

    assert outcomes(statement([due], Touchpoint("visit", at(4)))) == ["overdue"]
    assert outcomes(statement([due], Touchpoint("visit", at(5)))) == ["settled"]


def test_what_carries_the_number_settles_whenever_it_came():
    due = Due("delivery", at(10), reference="A1", match="properties.order", settled_by="delivery")

    assert outcomes(statement([due], Touchpoint("delivery", at(-900), properties={"order": "A1"}))) == ["settled"]


def test_a_cancelled_due_is_not_open_and_not_paid_any_more():
    due = invoice("17", 100, cancelled_by="cancellation")
    stated = statement([due], paid(1, 40), Touchpoint("cancellation", at(2)), paid(3, 60))

    assert [(found.outcome, found.closed_at, found.amount_open) for found in stated.decisions] == [
        ("cancelled", at(2), Decimal(0))
    ]
    assert (stated.decisions[0].amount_settled, stated.unapplied[0].amount) == (Decimal(40), Decimal(60))


def test_one_touchpoint_cancels_one_due():
    dues = [visit(hour, cancelled_by="cancellation") for hour in (10, 20)]

    assert outcomes(statement(dues, Touchpoint("cancellation", at(5)))) == ["cancelled", "overdue"]


def test_what_pays_does_not_cancel_as_well():
    both = [invoice("17", 100, cancelled_by="payment"), visit(20, cancelled_by="payment")]

    assert outcomes(statement(both, paid(1, 100))) == ["settled", "overdue"]


def test_a_statement_sorts_what_it_holds():
    stated = statement(
        [visit(10), visit(20), visit(30), visit(50, grace=days(9)), Due("birthday", at(1))],
        Touchpoint("visit", at(2)),
        as_of=25,
    )

    assert [found.due.at for found in stated.settled] == [at(10)]
    assert [found.due.at for found in stated.overdue] == [at(20)]
    assert [found.due.at for found in stated.open] == [at(20), at(30), at(50)]
    assert [found.due.name for found in stated.having("passed")] == ["birthday"]
    assert [found.is_open for found in stated.decisions] == [False, False, True, True, True]
    assert stated.amount_open is None
    assert stated.decisions[0].amount_open is None


def test_a_statement_prints_as_a_table():
    stated = statement([invoice("17", "99.5", 10), Due("birthday", at(20))], paid(1, 40), as_of=12)

    assert str(stated).splitlines() == [
        "due                                 due_at                     outcome   closed_at  currency  amount  amount_open",
        "invoice 17                          2026-03-01 10:00:00+00:00  overdue           -  EUR        99.50        59.50",
        "birthday 2026-03-01T20:00:00+00:00  2026-03-01 20:00:00+00:00  upcoming          -  -              -            -",
    ]
    assert str(statement([])) == "(no rows)"


def test_time_alone_changes_a_statement_when_it_first_changes_a_due():
    assert statement([visit(30), visit(20)], as_of=0).retry_at == at(20)
    assert statement([visit(30), visit(20)], as_of=25).retry_at == at(30)
    assert statement([visit(30), visit(20)], as_of=30).retry_at is None


def test_no_decimal_context_changes_money():
    with localcontext(Context(prec=1)):
        stated = statement([invoice("17", "12345.67")], paid(1, "12345.60"))
        found = stated.decisions[0]
        amounts = [stated.amount_open, found.amount_open, found.amount_settled, found.due.amount]

    assert amounts == [Decimal("0.07"), Decimal("0.07"), Decimal("12345.60"), Decimal("12345.67")]


def test_a_payment_finer_than_the_currency_is_refused_by_name():
    with pytest.raises(InvalidValueError, match=r"the value of 'payment' at 2026-03-01T01:00:00\+00:00 0.005 has 3"):
        statement([invoice("17", 1)], paid(1, "0.005"))


def test_a_due_is_known_by_its_reference_or_its_date():
    berlin = timezone(timedelta(hours=1))

    assert invoice("17", 1).id == "invoice 17"
    assert Due("call", at(1).astimezone(berlin)).id == Due("call", at(1)).id == "call 2026-03-01T01:00:00+00:00"
    assert Due("call", at(1), id="c1").id == "c1"
    assert Due("birthday", Period("day", date(2026, 3, 1))).id == "birthday 2026-03-01"


def test_equal_dues_are_one_and_different_ones_under_one_id_raise():
    assert len(Obligations("anna", [visit(10), visit(10)])) == 1
    with pytest.raises(DuplicateError, match=r"two different dues have the id 'invoice 17'"):
        Obligations("anna", [invoice("17", 1), invoice("17", 2)])


def test_obligations_compare_and_iterate_by_due_date():
    early, late = visit(10), visit(20)

    assert list(Obligations("anna", [late, early])) == [early, late]
    assert Obligations("anna", [late, early]) == Obligations("anna", [early, late])
    assert hash(Obligations("anna", [late, early])) == hash(Obligations("anna", [early, late]))


def test_predicates_can_ask_of_a_due():
    large = (Due.fields.name == "invoice") & (Due.fields.amount >= 100) & (Due.fields.due_at < at(20))

    assert [large.matches(due) for due in (invoice("17", 100), invoice("18", 99), visit(10))] == [True, False, False]


def test_a_condition_can_settle_and_is_stored():
    class Properties(Fields):
        invoice = text()

    class Paid(Touchpoint.fields):
        properties = nested(Properties)

    due = Due("invoice", at(10), settled_by=Paid.properties.invoice == "17", raised_at=START)

    assert outcomes(statement([due], Touchpoint("transfer", at(1), properties={"invoice": "17"}))) == ["settled"]
    assert from_dict(to_dict(due), Due, fields=Paid) == due


def test_a_due_evolves():
    moved = attrs.evolve(invoice("17", 1), at=at(30))

    assert (moved.due_at, moved.overdue_at, moved.id) == (at(30), at(30), "invoice 17")


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"name": " "}, InvalidValueError, "the name of a due must not be blank"),
        ({"id": ""}, InvalidValueError, "the id of a due must not be blank"),
        ({"at": date(2026, 3, 1)}, InvalidTypeError, "a due is due at a moment or in a period such as Period"),
        ({"at": datetime(2026, 3, 1)}, NaiveDatetimeError, "at must be an aware datetime"),  # noqa: DTZ001
        ({"raised_at": "now"}, InvalidTypeError, "raised_at must be a datetime"),
        ({"recorded_at": "now"}, InvalidTypeError, "recorded_at must be a datetime"),
        ({"grace": -timedelta(1)}, InvalidValueError, "grace must not be negative"),
        ({"amount": 1.0}, InvalidTypeError, "amount must be a Decimal or an int"),
        ({"amount": 0}, InvalidValueError, "amount must be more than 0, got 0"),
        ({"amount": Decimal("0.001")}, InvalidValueError, "amount 0.001 has 3 decimals, EUR has 2"),
        ({"currency": None}, InvalidValueError, "amount and currency go together"),
        ({"amount": None}, InvalidValueError, "amount and currency go together"),
        ({"settled_by": None}, InvalidValueError, "an amount needs settled_by="),
        ({"settled_by": 7}, InvalidTypeError, "settled_by must be the name of a touchpoint"),
        ({"cancelled_by": 7}, InvalidTypeError, "cancelled_by must be the name of a touchpoint"),
        (
            {"raised_at": None},
            InvalidValueError,
            "settled_by must come with raised_at= or match=, or a touchpoint of long ago would count",
        ),
        ({"match": 7}, InvalidTypeError, "match must be a text such as 'properties.invoice'"),
        ({"match": "colour"}, UnknownFieldError, "a touchpoint has no label 'colour'"),
        ({"match": "channel", "reference": None}, InvalidValueError, r"match='channel' needs the reference="),
        ({"reference": ""}, InvalidValueError, "reference must not be blank"),
        ({"properties": 7}, InvalidTypeError, "properties must be a mapping"),
    ],
)
def test_a_due_says_what_is_wrong(options, kind, message):
    given = {"name": "invoice", "at": at(1), "amount": 5, "currency": "EUR", "settled_by": "payment"}
    with pytest.raises(kind, match="^" + message):
        Due(**(given | {"reference": "17", "raised_at": START, "id": "x"} | options))


@pytest.mark.parametrize(
    ("customer", "dues", "kind", "message"),
    [
        ("", [], InvalidValueError, "customer must not be blank"),
        ("anna", [7], InvalidTypeError, "obligations are made of dues, got 7"),
        ("anna", 7, InvalidTypeError, "expected dues, got 7"),
        (
            "anna",
            [invoice("17", 1), invoice("18", 1, currency="USD")],
            InvalidValueError,
            "the values of a journey are in one currency, so are its dues, got EUR, USD",
        ),
    ],
)
def test_obligations_say_what_is_wrong(customer, dues, kind, message):
    with pytest.raises(kind, match="^" + message):
        Obligations(customer, dues)


def test_a_statement_is_of_the_journey_of_the_same_customer():
    plan = Obligations("anna", [visit(10)])

    with pytest.raises(InvalidValueError, match=r"^expected the journey of 'anna', got that of 'ben'"):
        plan.statement(Journey("ben"), as_of=START)
    with pytest.raises(InvalidTypeError, match=r"^expected a Journey, got 7"):
        plan.statement(7, as_of=START)
    with pytest.raises(NaiveDatetimeError):
        plan.statement(Journey("anna"), as_of=datetime(2026, 3, 1))  # noqa: DTZ001


def test_explain_knows_the_dues():
    plan = Obligations("anna", [Due("call", at(1), id="call 1", recorded_at=at(1))])
    hidden = plan.explain("call 1", Journey("anna"), as_of=at(0))

    assert isinstance(hidden, DueDecision)
    assert (hidden.outcome, hidden.retry_at, hidden.amount_open) == ("not_known", None, None)
    with pytest.raises(UnknownFieldError, match=r"^the plan has no due 'call'; did you mean 'call 1'\?"):
        plan.explain("call", Journey("anna"), as_of=at(0))
