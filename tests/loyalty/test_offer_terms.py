"""Offers: what they say, which of them may apply beside one another, and what is refused."""

import datetime as dt
import pickle
from datetime import datetime, timezone
from decimal import Decimal

import attrs
import pytest

from cxkit.calendar import BusinessCalendar, days
from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._benefits.unit_cuts import PercentOff
from cxkit.loyalty._line import Line
from cxkit.loyalty._offers.conditions import DistinctSkus, Spend, UnitCount
from cxkit.loyalty._offers.limits import Limits, Usage
from cxkit.loyalty._offers.offer import Offer
from cxkit.loyalty._offers.policy import OfferPolicy
from cxkit.loyalty._offers.validity import OfferWindow
from cxkit.predicates import Fields, flag, moment, text
from cxkit.segments import Segment, events

UTC = timezone.utc
START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
OFFICE = BusinessCalendar.weekdays("09:00", "17:00", tz="Europe/Berlin")
COFFEE = Line.fields.tags.contains("coffee")


class Customer(Fields):
    """Who may have an offer."""

    tier = text()
    member = flag()
    joined = moment()


GOLD = Customer.tier == "gold"
BARE = Offer("ten off", PercentOff(10))
FULL = Offer(
    "coffee week",
    PercentOff(10, COFFEE),
    id="week-12",
    conditions=[UnitCount(2, COFFEE), DistinctSkus(2), Spend(10, price="running")],
    who=GOLD & (Customer.joined <= START),
    channels={"web", "app"},
    window=OfferWindow(START, END, ends="excluded"),
    hours=OFFICE,
    codes={"COFFEE", "WEEK"},
    lane=2,
    priority=-1,
    group="weeks",
    combines_with={"base", "coupons"},
    limits=Limits(per_order=1, per_code=3, budget=1000),
    floor=1,
)
NAMES = {
    **{each.__name__: each for each in [Offer, PercentOff, UnitCount, DistinctSkus, Spend, OfferWindow, Limits]},
    "Line": Line,
    "Customer": Customer,
    "BusinessCalendar": BusinessCalendar,
    "Decimal": Decimal,
    "datetime": dt,
}


@pytest.mark.parametrize("offer", [BARE, FULL, Offer("x", PercentOff(5), exclusive=True)], ids=lambda offer: offer.id)
def test_an_offer_stores_pickles_prints_and_hashes(offer):
    assert from_dict(to_dict(offer), Offer, fields=Customer) == offer
    assert hash(from_dict(to_dict(offer), Offer, fields=Customer)) == hash(offer)
    assert pickle.loads(pickle.dumps(offer)) == offer  # noqa: S301 - our own
    assert eval(repr(offer), NAMES) == offer  # noqa: S307 - our own


def test_an_offer_prints_what_it_says_and_no_more():
    assert repr(attrs.evolve(BARE, conditions=UnitCount(2, COFFEE), codes={"X"})) == (
        f"Offer('ten off', {PercentOff(10)!r}, conditions=(UnitCount(2, items=Line.fields.tags.contains('coffee')),), "
        "codes=frozenset({'X'}))"
    )


def test_an_offer_asks_for_nothing_unless_it_says_so():
    assert (BARE.id, BARE.conditions, BARE.who, BARE.window, BARE.hours) == ("ten off", (), None, None, None)
    assert (BARE.channels, BARE.codes, BARE.combines_with, BARE.group) == (frozenset(), frozenset(), None, None)
    assert (BARE.lane, BARE.priority, BARE.exclusive, BARE.limits, BARE.floor) == (0, 0, False, Limits(), None)


def test_an_offer_of_an_older_document_asks_for_nothing():
    document = to_dict(BARE)

    assert from_dict({key: document[key] for key in ("cxkit", "type", "name", "benefit", "id")}, Offer) == BARE


def test_one_condition_is_enough():
    assert Offer("x", PercentOff(10), conditions=UnitCount(2)).conditions == (UnitCount(2),)
    assert Offer("x", PercentOff(10), conditions=iter([UnitCount(2)])).conditions == (UnitCount(2),)


def test_a_segment_and_a_flag_say_who_too():
    regulars = Segment("regulars", events("order").count() >= 3)

    assert Offer("x", PercentOff(10), who=regulars).who == regulars.where
    assert Offer("x", PercentOff(10), who=Customer.member).who == Customer.member.is_true()


def test_a_stored_offer_needs_the_fields_it_asks_of_the_customer():
    with pytest.raises(DocumentError):
        from_dict(to_dict(FULL), Offer)


@pytest.mark.parametrize(
    ("terms", "needed"),
    [
        ({}, False),
        ({"who": GOLD}, False),
        ({"limits": Limits(budget=5)}, False),
        ({"who": events("order").within(days(14)).any()}, True),
        ({"window": OfferWindow(START)}, True),
        ({"hours": OFFICE}, True),
    ],
    ids=["bare", "who", "limits", "when", "window", "hours"],
)
def test_an_offer_says_whether_it_needs_the_moment(terms, needed):
    assert attrs.evolve(BARE, **terms).needs_moment is needed


def test_an_offer_alone_says_what_would_become_of_it():
    basket = Basket([Line("tea", 5)], currency="EUR")
    offer = Offer("x", PercentOff(Decimal("12.5")), who=GOLD, codes={"A"}, limits=Limits(in_all=1))
    known = {"profile": {"tier": "gold"}, "codes": ["a"], "policy": OfferPolicy(codes="any_case", rounding="down")}

    assert offer.explain(basket).outcome == "not_eligible"
    assert offer.explain(basket, **known).discount == Decimal("0.62")
    assert offer.explain(basket, **known, used=Usage(in_all=1)).outcome == "limit_reached"
    assert offer.explain(basket, **known | {"policy": OfferPolicy()}).outcome == "no_code"


# Which offers may apply beside one another

A, B, LOOSE = ({"group": "a"}, {"group": "b"}, {})


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [
        (LOOSE, LOOSE, True),
        (A, B, True),
        (A, LOOSE, True),
        (A, A, False),
        ({"exclusive": True}, LOOSE, False),
        (A | {"combines_with": {"b"}}, B, True),
        (A | {"combines_with": ["a", "b"]}, A, False),
        (A | {"combines_with": {"b"}}, LOOSE, False),
        (A | {"combines_with": {"c"}}, B, False),
        (A | {"combines_with": ()}, B, False),
        (A | {"combines_with": {"b"}}, B | {"combines_with": {"a"}}, True),
        (A | {"combines_with": {"b"}}, B | {"combines_with": {"c"}}, False),
    ],
)
def test_both_offers_are_asked_whether_they_combine(one, other, may):
    first, second = (Offer(name, PercentOff(10), **terms) for name, terms in [("x", one), ("y", other)])

    assert first.combines(second) is may
    assert second.combines(first) is may


# What is refused


@pytest.mark.parametrize(
    ("terms", "error", "message"),
    [
        ({"name": ""}, InvalidValueError, "the name of an offer must not be blank, got ''"),
        ({"name": 7, "id": "x"}, InvalidTypeError, "the name of an offer must be text, got 7"),
        ({"id": " "}, InvalidValueError, "the id of an offer must not be blank, got ' '"),
        ({"benefit": 10}, InvalidTypeError, "benefit must be a Benefit, got 10; such as PercentOff(10)"),
        ({"benefit": None}, InvalidTypeError, "benefit must be a Benefit, got None; such as PercentOff(10)"),
        ({"conditions": 2}, InvalidTypeError, "expected a condition, or a list of them, got 2"),
        (
            {"conditions": [2]},
            InvalidTypeError,
            "a condition must be a UnitCount, DistinctSkus, Spend or Without, got 2",
        ),
        ({"conditions": COFFEE}, InvalidTypeError, "expected a condition, or a list of them, got Line.fields.tags"),
        ({"who": "gold"}, InvalidTypeError, "who must be a predicate or a segment, got 'gold'"),
        (
            {"who": COFFEE & GOLD},
            InvalidValueError,
            f"who asks about the customer, and {COFFEE & GOLD!r} is about lines; conditions= asks about those",
        ),
        ({"channels": "web"}, InvalidTypeError, "channels must be a set or list of texts, got 'web'; write {'web'}"),
        ({"channels": [""]}, InvalidValueError, "a channel must not be blank, got ''"),
        ({"window": "2026"}, InvalidTypeError, "window must be a OfferWindow, got '2026'"),
        ({"hours": "09:00"}, InvalidTypeError, "hours must be a BusinessCalendar, got '09:00'"),
        ({"limits": None}, InvalidTypeError, "limits must be a Limits, got None"),
        ({"limits": 3}, InvalidTypeError, "limits must be a Limits, got 3"),
        ({"codes": "SPRING"}, InvalidTypeError, "codes must be a set or list of texts, got 'SPRING'; write {'SPRING'}"),
        ({"codes": 7}, InvalidTypeError, "codes must be a set or list of texts, got 7"),
        ({"codes": [7]}, InvalidTypeError, "a code must be text, got 7"),
        ({"lane": 1.0}, InvalidTypeError, "lane must be an int, got 1.0"),
        ({"priority": None}, InvalidTypeError, "priority must be an int, got None"),
        ({"priority": 10**40}, InvalidValueError, "priority must be between -10**30 and 10**30, got"),
        ({"exclusive": 1}, InvalidTypeError, "exclusive must be True or False, got 1"),
        ({"group": ""}, InvalidValueError, "group must not be blank, got ''"),
        (
            {"combines_with": "a"},
            InvalidTypeError,
            "combines_with must be a set or list of texts, got 'a'; write {'a'}",
        ),
        ({"combines_with": [""]}, InvalidValueError, "a group must not be blank, got ''"),
        ({"floor": -1}, InvalidValueError, "floor must be 0 or more, got -1"),
        ({"floor": 1.5}, InvalidTypeError, "floor must be a Decimal or an int, got 1.5; write Decimal('1.5')"),
        (
            {"limits": Limits(per_code=1)},
            InvalidValueError,
            "the limit per_code of 'x' counts the uses of its codes, and it has none; give it codes=",
        ),
        (
            {"exclusive": True, "combines_with": {"a"}},
            InvalidValueError,
            "'x' is exclusive, so it combines with none; leave combines_with out",
        ),
    ],
    ids=str,
)
def test_an_offer_that_makes_no_sense_is_refused(terms, error, message):
    with pytest.raises(error) as caught:
        Offer(**{"name": "x", "benefit": PercentOff(10)} | terms)
    assert str(caught.value).startswith(message)


def test_lanes_and_priorities_may_lie_below_zero():
    offer = Offer("x", PercentOff(10), lane=-1, priority=-5, floor=0)

    assert (offer.lane, offer.priority, offer.floor) == (-1, -5, 0)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("benefit", {"type": "loyalty.line"}),
        ("conditions", [{"type": "loyalty.limits"}]),
        ("codes", []),
        ("lane", 10**70),
        ("exclusive", True),
        ("limits", {"in_all": 0}),
        ("channels", "web"),
    ],
)
def test_a_hostile_offer_is_refused(part, value):
    with pytest.raises(DocumentError):
        from_dict({**to_dict(FULL), part: value}, Offer, fields=Customer)
