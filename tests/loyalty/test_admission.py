"""Admission: which offers are open to a customer, and what is said of those that are not."""

import decimal
import itertools
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import attrs
import pytest

from cxkit.answers import Reason
from cxkit.calendar import BusinessCalendar, days
from cxkit.errors import InvalidValueError
from cxkit.journey import Journey, Touchpoint
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._benefits.unit_cuts import PercentOff
from cxkit.loyalty._line import Line
from cxkit.loyalty._offers.admission import admit, budget_left, claims_of, code_of
from cxkit.loyalty._offers.limits import Claim, Limits, Usage
from cxkit.loyalty._offers.offer import Offer
from cxkit.loyalty._offers.validity import OfferWindow
from cxkit.predicates import Fields, integer, text
from cxkit.segments import Profile, Segment, events

UTC = timezone.utc
TICK = timedelta(microseconds=1)
START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
SUNDAY = datetime(2026, 3, 8, 12, tzinfo=UTC)
OFFICE = BusinessCalendar.weekdays("09:00", "17:00", tz="UTC")


class Customer(Fields):
    """Who may have an offer."""

    tier = text()
    orders = integer()


GOLD = Customer.tier == "gold"
TEN = Offer("ten", PercentOff(10))
BASKET = Basket([Line("tea", 3)], currency="EUR", customer="anna", at=MONDAY, channel="web")


def asked(offer=TEN, basket=BASKET, *, profile=None, codes=(), usage=Usage(), fold_codes=False, **terms):  # noqa: B008
    return admit(attrs.evolve(offer, **terms), basket, profile=profile, codes=codes, usage=usage, fold_codes=fold_codes)


def at(moment):
    return attrs.evolve(BASKET, at=moment)


def test_an_offer_without_terms_is_open_to_all():
    assert asked() is None
    assert asked(basket=Basket([], currency="EUR")) is None


def test_a_refusal_names_the_offer_and_takes_nothing_off():
    decision = asked(channels={"shop"})

    assert (decision.offer, decision.discount, decision.money_missing) == ("ten", Decimal("0.00"), Decimal("0.00"))
    assert str(decision.discount) == "0.00"
    assert (decision.times, decision.units_missing, decision.beaten_by) == (0, 0, ())


# When


@pytest.mark.parametrize(
    ("moment", "ends", "outcome", "retry_at"),
    [
        (START - TICK, "included", "not_started", START),
        (START, "included", None, None),
        (END - TICK, "excluded", None, None),
        (END, "included", None, None),
        (END, "excluded", "expired", None),
        (END + TICK, "included", "expired", None),
    ],
)
def test_an_offer_holds_in_its_window(moment, ends, outcome, retry_at):
    decision = asked(basket=at(moment), window=OfferWindow(START, END, ends=ends))

    assert (decision and decision.outcome) == outcome
    assert (decision and decision.retry_at) == retry_at
    assert decision is None or decision.reasons == (
        Reason(outcome, found=moment, needed=START if outcome == "not_started" else END),
    )


def test_an_offer_holds_at_its_hours():
    decision = asked(basket=at(SUNDAY), hours=OFFICE)
    opening = datetime(2026, 3, 9, 9, tzinfo=UTC)

    assert (decision.outcome, decision.retry_at) == ("closed", opening)
    assert decision.reasons == (Reason("closed", found=SUNDAY, needed=opening),)
    assert asked(basket=at(opening - TICK), hours=OFFICE).outcome == "closed"
    assert asked(basket=at(opening), hours=OFFICE) is None


@pytest.mark.parametrize(
    "terms",
    [
        {"hours": BusinessCalendar({}, tz="UTC")},
        {"hours": OFFICE, "window": OfferWindow(end=SUNDAY + timedelta(hours=1), ends="included")},
        {"hours": OFFICE, "window": OfferWindow(end=datetime(2026, 3, 9, 9, tzinfo=UTC), ends="excluded")},
    ],
    ids=["never open", "over before it opens", "over when it opens"],
)
def test_an_offer_that_does_not_open_again_says_no_time(terms):
    decision = asked(basket=at(SUNDAY), **terms)

    assert (decision.outcome, decision.retry_at) == ("closed", None)
    assert decision.reasons == (Reason("closed", found=SUNDAY),)


def test_an_offer_may_open_again_at_the_very_end_of_its_window():
    opening = datetime(2026, 3, 9, 9, tzinfo=UTC)

    assert asked(basket=at(SUNDAY), hours=OFFICE, window=OfferWindow(end=opening, ends="included")).retry_at == opening


def test_happy_hours_survive_a_clock_change():
    happy = BusinessCalendar.weekdays("17:00", "19:00", tz="Europe/Berlin")
    friday, monday = (datetime(2026, 3, day, 17, 30, tzinfo=UTC) for day in (27, 30))  # clocks go forward between them

    assert asked(basket=at(friday), hours=happy) is None  # 18:30 in Berlin
    assert asked(basket=at(monday), hours=happy).outcome == "closed"  # 19:30
    assert asked(basket=at(monday - timedelta(hours=2)), hours=happy) is None  # 17:30


# Where and who


@pytest.mark.parametrize(("channel", "open_"), [("web", True), ("app", True), ("shop", False), (None, False)])
def test_an_offer_holds_in_its_channels(channel, open_):
    decision = asked(basket=attrs.evolve(BASKET, channel=channel), channels={"web", "app"})

    assert (decision is None) is open_
    if decision is not None:
        assert decision.outcome == "not_eligible"
        assert decision.reasons == (Reason("channel", found=channel, needed=("app", "web")),)


def test_who_may_not_have_an_offer_learns_why():
    decision = asked(who=GOLD & (Customer.orders >= 3), profile={"tier": "basic", "orders": 5})

    assert (decision.outcome, decision.reason) == ("not_eligible", "who")
    assert [(reason.code, reason.found, reason.needed) for reason in decision.reasons] == [
        ("who", None, None),
        ("failed", "basic", "== 'gold'"),
    ]
    assert asked(who=GOLD, profile={"tier": "gold"}) is None


def test_of_a_customer_without_a_profile_nothing_is_known():
    assert [reason.code for reason in asked(who=GOLD).reasons] == ["who", "missing"]
    assert asked(who=~GOLD) is None


def test_what_a_customer_did_counts_as_of_the_basket():
    lapsed = Segment("lapsed", events("order").within(days(14)).count() == 0)
    anna = Profile({"tier": "gold"}, Journey("anna", [Touchpoint("order", MONDAY - timedelta(1))]))

    assert asked(who=lapsed, profile=anna).outcome == "not_eligible"
    assert asked(who=lapsed, profile=anna, basket=at(MONDAY + timedelta(14))) is None
    assert asked(who=lapsed.where & GOLD, profile=anna, basket=at(MONDAY + timedelta(14))) is None


# Codes


@pytest.mark.parametrize(
    ("typed", "fold_codes", "code"),
    [
        ((), False, None),
        (("SPRING",), False, "SPRING"),
        (("spring",), False, None),
        (("spring",), True, "SPRING"),
        ((" SPRING",), True, None),
        (("STRASSE",), True, "straße"),
        (("Straße",), True, "straße"),
        (("nothing", "MAY"), False, "MAY"),
        (("nothing",), True, None),
    ],
)
def test_a_code_is_matched_as_it_is_or_in_any_case(typed, fold_codes, code):
    offer = attrs.evolve(TEN, codes={"SPRING", "MAY", "straße"})
    decision = asked(offer, codes=typed, fold_codes=fold_codes)

    assert code_of(offer, typed, Usage(), fold_codes=fold_codes) == code
    assert (decision is None) is (code is not None)
    if decision is not None:
        assert decision.outcome == "no_code"
        assert decision.reasons == (Reason("no_code", found=typed or None),)


def test_a_refusal_does_not_give_codes_away():
    assert "SPRING" not in repr(asked(codes={"b", "a"}, offer=attrs.evolve(TEN, codes={"SPRING"})))
    assert asked(attrs.evolve(TEN, codes={"SPRING"}), codes={"b", "a"}).reasons == (
        Reason("no_code", found=("a", "b")),
    )


def test_an_offer_without_codes_takes_none():
    assert asked(codes=["SPRING"]) is None
    assert code_of(TEN, ["SPRING"], Usage(), fold_codes=False) is None


def test_of_several_codes_the_one_least_used_counts():
    offer = attrs.evolve(TEN, codes={"A", "B", "C"}, limits=Limits(per_code=3))
    typed = ["C", "B", "A"]

    assert code_of(offer, typed, Usage(), fold_codes=False) == "A"
    assert code_of(offer, typed, Usage(by_code={"A": 3, "B": 1, "C": 1}), fold_codes=False) == "B"
    assert asked(offer, codes=typed, usage=Usage(by_code={"A": 3, "B": 2, "C": 3})) is None
    assert asked(offer, codes=typed, usage=Usage(by_code={"A": 4, "B": 3, "C": 3})).reasons == (
        Reason("per_code", found=3, needed=3),
    )


# Limits

LIMITED = attrs.evolve(
    TEN, codes={"A"}, limits=Limits(per_order=1, per_customer=2, in_all=10, per_code=3, budget=Decimal("5.00"))
)
NEARLY = {"in_all": 9, "by_customer": 1, "by_code": {"A": 2}, "spent": Decimal("4.99")}


def test_an_offer_that_is_not_used_up_is_open():
    assert asked(LIMITED, codes=["A"], usage=Usage(**NEARLY)) is None


@pytest.mark.parametrize(
    ("used", "reason"),
    [
        ({"in_all": 10}, Reason("in_all", found=10, needed=10)),
        ({"by_customer": 2}, Reason("per_customer", found=2, needed=2)),
        ({"by_code": {"A": 3}}, Reason("per_code", found=3, needed=3)),
        ({"spent": 5}, Reason("budget", found=Decimal(5), needed=Decimal(5))),
        ({"spent": Decimal("5.01")}, Reason("budget", found=Decimal("5.01"), needed=Decimal(5))),
    ],
    ids=str,
)
def test_a_limit_that_is_reached_is_named(used, reason):
    decision = asked(LIMITED, codes=["A"], usage=Usage(**NEARLY | used))

    assert (decision.outcome, decision.reasons) == ("limit_reached", (reason,))


def test_every_limit_that_is_reached_is_named():
    usage = Usage(in_all=11, by_customer=3, by_code={"A": 4}, spent=6)

    assert [reason.code for reason in asked(LIMITED, codes=["A"], usage=usage).reasons] == [
        "in_all",
        "per_customer",
        "per_code",
        "budget",
    ]


# Order


def test_the_gates_are_asked_in_order():
    terms = {  # what closes each gate, in order
        "expired": {"window": OfferWindow(end=START, ends="excluded")},
        "closed": {"hours": OFFICE},
        "channel": {"channels": {"shop"}},
        "who": {"who": GOLD},
        "no_code": {"codes": {"A"}},
        "in_all": {"limits": Limits(in_all=1)},
    }
    for one, other in itertools.combinations(terms, 2):
        offer = attrs.evolve(TEN, **terms[one] | terms[other])
        decision = asked(offer, basket=at(SUNDAY), usage=Usage(in_all=1))
        assert decision.reason == one


@pytest.mark.parametrize(
    "terms",
    [{"window": OfferWindow(START)}, {"hours": OFFICE}, {"who": events("order").within(days(14)).any()}],
    ids=["window", "hours", "who"],
)
def test_an_offer_that_depends_on_the_time_needs_the_moment_of_the_basket(terms):
    with pytest.raises(
        InvalidValueError,
        match=r"^the offer 'ten' depends on the time; give the basket its moment: Basket\(..., at=...\)$",
    ):
        asked(basket=at(None), channels={"shop"}, **terms)


def test_an_offer_that_is_limited_per_customer_is_not_for_a_basket_of_nobody():
    decision = asked(basket=attrs.evolve(BASKET, customer=None), limits=Limits(per_customer=1))

    assert (decision.outcome, decision.reason) == ("not_eligible", "customer")
    assert decision.reasons[0].needed == "the customer of the basket"


@pytest.mark.parametrize(
    ("start", "end", "retry"),
    [
        ("2026-03-06T10:00", "2026-03-30", "2026-03-06T10:00"),  # a Friday: they are open
        ("2026-03-06T20:00", "2026-03-30", "2026-03-09T08:00"),  # after they closed: on Monday
        ("2026-03-06T20:00", "2026-03-08", None),  # it ends before they open
    ],
)
def test_an_offer_with_hours_begins_when_they_are_open(start, end, retry):
    start, end = (datetime.fromisoformat(text).replace(tzinfo=timezone.utc) for text in (start, end))
    weekdays = BusinessCalendar.weekdays("08:00", "18:00", tz="UTC")
    early = at(datetime(2026, 3, 1, 12, tzinfo=timezone.utc))
    decision = asked(basket=early, window=OfferWindow(start, end, ends="excluded"), hours=weekdays)

    assert decision.outcome == "not_started"
    assert decision.retry_at == (retry and datetime.fromisoformat(retry).replace(tzinfo=timezone.utc))


def test_a_question_about_what_is_known_needs_no_moment():
    assert asked(basket=at(None), who=GOLD, profile={"tier": "gold"}) is None
    assert asked(basket=at(None), who=GOLD).outcome == "not_eligible"


# Claims


def test_an_offer_that_applies_claims_of_each_of_its_limits():
    assert claims_of(LIMITED, BASKET, "A", Decimal("0.30"), Usage(**NEARLY)) == (
        Claim(offer="ten", limit="in_all", key=None, amount=1, expected=9),
        Claim(offer="ten", limit="per_customer", key="anna", amount=1, expected=1),
        Claim(offer="ten", limit="per_code", key="A", amount=1, expected=2),
        Claim(offer="ten", limit="budget", key=None, amount=Decimal("0.30"), expected=Decimal("4.99")),
    )


def test_an_offer_without_limits_claims_nothing():
    assert claims_of(TEN, BASKET, None, Decimal("0.30"), Usage()) == ()
    assert claims_of(attrs.evolve(TEN, limits=Limits(per_order=1)), BASKET, None, Decimal("0.30"), Usage()) == ()


def test_a_budget_is_claimed_where_money_is_taken_off():
    assert [claim.limit for claim in claims_of(LIMITED, BASKET, "A", Decimal("0.00"), Usage())] == [
        "in_all",
        "per_customer",
        "per_code",
    ]


@pytest.mark.parametrize(
    ("budget", "spent", "left"),
    [(None, 7, None), (5, 0, 5), (5, Decimal("4.99"), Decimal("0.01")), (5, 5, 0), (5, 6, 0)],
)
def test_what_is_left_of_a_budget(budget, spent, left):
    assert budget_left(attrs.evolve(TEN, limits=Limits(budget=budget)), Usage(spent=spent)) == left


def test_a_callers_decimal_context_changes_nothing():
    with decimal.localcontext(decimal.Context(prec=2, traps=[decimal.Inexact])):
        offer = attrs.evolve(TEN, limits=Limits(budget=Decimal("1234567.89")))
        assert budget_left(offer, Usage(spent=Decimal("0.01"))) == Decimal("1234567.88")
        assert asked(offer, usage=Usage(spent=Decimal("1234567.88"))) is None
