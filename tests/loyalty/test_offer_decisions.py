"""Decisions about offers: how they are kept."""

import json
import pickle
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum

import attrs
import pytest

from cxkit.answers import Reason
from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._benefits.unit_cuts import PercentOff
from cxkit.loyalty._line import Line
from cxkit.loyalty._offers.admission import admit
from cxkit.loyalty._offers.decision import OfferDecision
from cxkit.loyalty._offers.limits import Usage
from cxkit.loyalty._offers.offer import Offer
from cxkit.predicates import Fields, LeafReason, choice, integer, tags

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
BARE = OfferDecision(outcome="applied", offer="ten", discount=Decimal("0.30"))
FULL = OfferDecision(
    outcome="beaten",
    reasons=(
        Reason("beaten", found=("a", "b")),
        Reason("spend", found=Decimal("9.50"), needed=10),
        Reason("closed", found=NOON, needed=None),
        LeafReason("failed", 2, ">= 3", field="orders"),
        LeafReason("missing", None, "== 'gold'", field="tier"),
    ),
    retry_at=NOON,
    offer="ten",
    discount=Decimal("0.00"),
    times=1,
    units_missing=2,
    money_missing=Decimal("0.50"),
    beaten_by=("a", "b"),
)


class Tier(StrEnum):
    """A choice of texts."""

    GOLD = "gold"


class Level(IntEnum):
    """A choice of numbers."""

    HIGH = 2


class Colour(Enum):
    """A choice of texts that are none."""

    RED = "red"


class Customer(Fields):
    """Who may have an offer."""

    tier = choice(Tier)
    level = choice(Level)
    colour = choice(Colour)
    interests = tags()
    orders = integer()


@pytest.mark.parametrize("decision", [BARE, FULL], ids=["bare", "full"])
def test_a_decision_stores_pickles_and_hashes(decision):
    document = json.loads(json.dumps(to_dict(decision)))

    assert from_dict(document, OfferDecision) == decision
    assert hash(from_dict(document, OfferDecision)) == hash(decision)
    assert str(from_dict(document, OfferDecision)) == str(decision)
    assert pickle.loads(pickle.dumps(decision)) == decision  # noqa: S301 - our own


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        (Tier.GOLD, "gold"),
        (Level.HIGH, 2),
        (Colour.RED, "red"),
        ({"tea", "coffee"}, ("coffee", "tea")),
        (["tea", "coffee"], ("coffee", "tea")),
        (5, 5),
        (True, True),
        (0.1, 0.1),
        (Decimal("1.50"), Decimal("1.50")),
        (NOON, NOON),
        (date(2026, 3, 2), date(2026, 3, 2)),
        ("x", "x"),
        (10**35, repr(10**35)),
        (float("inf"), "inf"),
        (Decimal("-Infinity"), "Decimal('-Infinity')"),
        (NOON.replace(tzinfo=None), "datetime.datetime(2026, 3, 2, 12, 0)"),
        (timedelta(1), "datetime.timedelta(days=1)"),
    ],
    ids=lambda value: "a set" if isinstance(value, set) else repr(value),
)
def test_what_a_test_of_the_customer_found_can_be_kept(found, kept):
    anything = Customer.orders.is_missing()  # which fails of whatever there is
    offer = Offer("ten", PercentOff(10), who=anything)
    basket = Basket([Line("tea", 3)], currency="EUR")
    decision = admit(offer, basket, profile={"orders": found}, codes=(), usage=Usage(), fold_codes=False)

    assert [reason.found for reason in decision.reasons] == [None, kept]
    assert type(decision.reasons[1].found) in (type(kept), type(found))
    assert from_dict(json.loads(json.dumps(to_dict(decision))), OfferDecision) == decision
    assert isinstance(decision.reasons[1], LeafReason)


def test_a_test_that_failed_says_so_in_words():
    offer = Offer("ten", PercentOff(10), who=Customer.interests.contains("tea") & (Customer.orders >= 3))
    profile = {"interests": {"wine", "coffee"}, "orders": 2}
    basket = Basket([Line("tea", 3)], currency="EUR")

    assert str(admit(offer, basket, profile=profile, codes=(), usage=Usage(), fold_codes=False)).splitlines() == [
        "not eligible",
        "- who",
        "- failed: interests contains 'tea', found coffee, wine",
        "- failed: orders is at least 3, found 2",
    ]


@pytest.mark.parametrize(
    ("part", "given", "error"),
    [
        ("discount", -1, InvalidValueError),
        ("discount", 0.5, InvalidTypeError),
        ("money_missing", -1, InvalidValueError),
        ("times", -1, InvalidValueError),
        ("units_missing", 1.5, InvalidTypeError),
    ],
)
def test_a_decision_counts_nothing_below_zero(part, given, error):
    with pytest.raises(error, match=f"^{part} must be"):
        attrs.evolve(BARE, **{part: given})


@pytest.mark.parametrize(
    ("part", "given"),
    [
        ("outcome", "won"),
        ("reasons", [5]),
        ("reasons", [{"code": "x", "found": {}, "needed": None}]),
        ("reasons", [{"code": "x", "found": [[1]], "needed": None}]),
        ("reasons", [{"code": "x", "found": None, "needed": None, "test": None}]),
        ("reasons", [{"code": "x", "found": None, "needed": None, "field": 3}]),
        ("times", -1),
        ("beaten_by", [1]),
    ],
)
def test_a_hostile_decision_is_refused(part, given):
    with pytest.raises(DocumentError):
        from_dict({**to_dict(FULL), part: given}, OfferDecision)
