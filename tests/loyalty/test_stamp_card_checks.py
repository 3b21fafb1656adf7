"""Stamp cards: what is refused, and that cards and states are values."""

import pickle
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import attrs
import pytest
from samples import NAMESPACE

from cxkit.answers import Reason
from cxkit.errors import InvalidTypeError, InvalidValueError, NaiveDatetimeError
from cxkit.loyalty import Basket, Line, StampCard, StampEntry, StampState

CARD = StampCard("coffee card", buy=5, get=2, items=Line.fields.tags.contains("coffee"))
BASKET = Basket([Line("espresso", 2, quantity=6, tags={"coffee"})], currency="EUR")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
STAMPING = CARD.stamp(CARD.open("anna"), BASKET, at=MONDAY, reference="order-17")
STATE = STAMPING.state
REDEMPTION = CARD.redeem(STATE, BASKET, at=MONDAY, reference="r")


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"name": ""}, InvalidValueError, "the name of a stamp card must not be blank, got ''"),
        ({"id": ""}, InvalidValueError, "the id of a stamp card must not be blank, got ''"),
        ({"buy": 0}, InvalidValueError, "buy must be at least 1, got 0"),
        ({"get": 0}, InvalidValueError, "get must be at least 1, got 0"),
        ({"buy": 2.0}, InvalidTypeError, "buy must be an int, got 2.0"),
        ({"get": True}, InvalidTypeError, "get must be an int, got True"),
        ({"items": "coffee"}, InvalidTypeError, "items must be a predicate about Line.fields, got 'coffee'"),
    ],
)
def test_a_card_that_makes_no_sense_is_refused(change, error, message):
    with pytest.raises(error) as caught:
        attrs.evolve(CARD, **change)
    assert str(caught.value) == message


@pytest.mark.parametrize("customer", ["", 3])
def test_a_card_belongs_to_somebody(customer):
    with pytest.raises(ValueError if customer == "" else TypeError, match=r"^customer must"):
        CARD.open(customer)


OPERATIONS = {
    "stamp": lambda **options: CARD.stamp(
        **{"state": STATE, "bought": BASKET, "at": MONDAY, "reference": "r"} | options
    ),
    "redeem": lambda **options: CARD.redeem(
        **{"state": STATE, "basket": BASKET, "at": MONDAY, "reference": "r"} | options
    ),
}


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"at": datetime(2026, 3, 2)}, NaiveDatetimeError, "at must be an aware datetime, got the naive 2026-03-02"),  # noqa: DTZ001
        ({"at": "2026-03-02"}, InvalidTypeError, "at must be a datetime, got '2026-03-02'"),
        ({"reference": ""}, InvalidValueError, "reference must not be blank, got ''"),
        ({"reference": 17}, InvalidTypeError, "reference must be text, got 17"),
        (
            {"state": None},
            InvalidTypeError,
            "expected the StampState of a customer, as 'coffee card'.open(...) gives it, ",
        ),
        (
            {"state": CARD},
            InvalidTypeError,
            "expected the StampState of a customer, as 'coffee card'.open(...) gives it, ",
        ),
        *[
            ({"state": attrs.evolve(STATE, **other)}, InvalidValueError, "this is the card 'coffee card' of 5 and 2, ")
            for other in ({"card": "x"}, {"buy": 6}, {"get": 1})
        ],
    ],
)
def test_an_operation_that_makes_no_sense_is_refused(operation, change, error, message):
    with pytest.raises(error) as caught:
        OPERATIONS[operation](**change)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("bought", [None, [Line("tea", 1)], STATE], ids=["none", "lines", "state"])
def test_what_is_no_basket_is_refused(bought):
    with pytest.raises(InvalidTypeError, match=r"^what is bought must be a Basket or its Receipt, got "):
        OPERATIONS["stamp"](bought=bought)
    with pytest.raises(InvalidTypeError, match=r"^rewards are redeemed against a Basket, got "):
        OPERATIONS["redeem"](basket=bought)


def test_a_receipt_cannot_be_redeemed_against():
    with pytest.raises(InvalidTypeError, match=r"^rewards are redeemed against a Basket, got Receipt\("):
        OPERATIONS["redeem"](basket=REDEMPTION.receipt)


@pytest.mark.parametrize(
    ("rewards", "error", "message"),
    [
        (0, InvalidValueError, "rewards must be at least 1, got 0"),
        (-1, InvalidValueError, "rewards must be at least 1, got -1"),
        (True, InvalidTypeError, "rewards must be an int, got True"),
        (1.0, InvalidTypeError, "rewards must be an int, got 1.0"),
    ],
)
def test_a_number_of_rewards_that_is_none_is_refused(rewards, error, message):
    with pytest.raises(error) as caught:
        OPERATIONS["redeem"](rewards=rewards)
    assert str(caught.value) == message


def test_a_state_of_another_card_is_not_explained():
    with pytest.raises(InvalidValueError) as caught:
        CARD.explain(StampState("x", "anna", 3, 1))
    assert str(caught.value) == (
        "this is the card 'coffee card' of 5 and 2, the state is of 'x' with 3 and 1; "
        "a card with other terms needs an id of its own"
    )


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"reference": ""}, InvalidValueError, "reference must not be blank, got ''"),
        ({"units": 0}, InvalidValueError, "units must be at least 1, got 0"),
        ({"units": True}, InvalidTypeError, "units must be an int, got True"),
        ({"at": datetime(2026, 3, 2)}, NaiveDatetimeError, "at must be an aware datetime, got the naive "),  # noqa: DTZ001
    ],
)
def test_an_entry_that_makes_no_sense_is_refused(change, error, message):
    with pytest.raises(error) as caught:
        attrs.evolve(*STATE.entries, **change)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"card": ""}, InvalidValueError, "card must not be blank, got ''"),
        ({"customer": 3}, InvalidTypeError, "customer must be text, got 3"),
        ({"buy": 0}, InvalidValueError, "buy must be at least 1, got 0"),
        ({"get": True}, InvalidTypeError, "get must be an int, got True"),
    ],
)
def test_a_state_that_makes_no_sense_is_refused(change, error, message):
    with pytest.raises(error) as caught:
        attrs.evolve(STATE, **change)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "make",
    [
        lambda: attrs.evolve(STATE, entries=(STATE,)),
        lambda: StampEntry("stmp", "r", MONDAY, 1, "x"),
        lambda: attrs.evolve(STATE, entries=(StampEntry("redeem", "r", MONDAY, 1, "x"),)),
        lambda: attrs.evolve(STATE, entries=STATE.entries * 2),
    ],
    ids=["no entry", "no operation", "more redeemed than earned", "one reference twice"],
)
def test_a_state_that_cannot_be_is_refused(make):
    with pytest.raises((ValueError, TypeError)):
        make()


def test_a_time_is_kept_in_utc():
    berlin = MONDAY.astimezone(ZoneInfo("Europe/Berlin"))
    (entry,) = CARD.stamp(CARD.open("anna"), BASKET, at=berlin, reference="order-17").state.entries

    assert entry == STATE.entries[0]
    assert entry.at.tzinfo is timezone.utc


# Copies


def test_a_card_is_its_name_unless_an_id_is_given():
    assert CARD.id == "coffee card"
    assert StampCard("coffee card", buy=5, get=2, items=CARD.items, id="c").open("anna").card == "c"


@pytest.mark.parametrize("value", [CARD, STATE, STAMPING, REDEMPTION], ids=lambda value: type(value).__name__)
def test_a_value_pickles_and_prints_as_the_code_that_makes_it(value):
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own
    assert eval(repr(value), {**NAMESPACE, "Reason": Reason}) == value  # noqa: S307 - our own


def test_entries_may_come_in_a_list():
    assert hash(attrs.evolve(STATE, entries=list(STATE.entries))) == hash(STATE)
