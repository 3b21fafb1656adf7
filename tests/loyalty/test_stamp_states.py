"""States of stamp cards: against a model, at every past moment, stored and replayed."""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, DuplicateError, InvalidTypeError, NaiveDatetimeError
from cxkit.loyalty import Basket, BuyXGetY, Line, Offer, StampCard, StampState, apply_offers

COFFEE = Line.fields.tags.contains("coffee")
THIRD_FREE = Offer("third free", BuyXGetY(buy=2, get=1, items=COFFEE))
MONDAY = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)


def bag(coffees, teas):
    lines = [Line("espresso", 2, quantity=coffees, tags={"coffee"})] if coffees else []
    return Basket(lines + ([Line("tea", 1, quantity=teas)] if teas else []), currency="EUR")


def stamps(references="abc"):
    """Draw a stamping: how many coffees and teas, whether by receipt, under which reference."""
    numbers = st.integers(0, 7), st.integers(0, 1)
    return st.tuples(st.just("stamp"), *numbers, st.booleans(), st.sampled_from(references))


def redemptions(references="abc"):
    """Draw a redemption: how many coffees and teas, how many rewards, under which reference."""
    numbers = st.integers(0, 4), st.integers(0, 1), st.integers(1, 3)
    return st.tuples(st.just("redeem"), *numbers, st.sampled_from(references))


class Model:
    """A stamp card in a few lines: what a card is, without its code."""

    def __init__(self, buy, get):
        self.buy, self.get, self.done = buy, get, {}

    def do(self, at, kind, coffees, teas, how, reference):
        """Say what becomes of an operation, and do it."""
        free = coffees // 3 if kind == "stamp" and how else 0
        units = coffees - free if kind == "stamp" else how
        content = (coffees, teas, free if kind == "stamp" else how)
        if (kind, reference) in self.done:
            return "already_applied" if self.done[kind, reference][0] == content else DuplicateError
        if kind == "stamp" and not units:
            return "nothing_to_stamp"
        if kind == "redeem" and how > min(self.shown(moment)[1] for moment in self.moments(at)):
            return "no_reward"
        if kind == "redeem" and coffees < how:
            return "no_items"
        self.done[kind, reference] = content, at, units
        return "stamped" if kind == "stamp" else "redeemed"

    def moments(self, since):
        """List a moment and those after it at which something was done."""
        return [since, *(at for _, at, _ in self.done.values() if at >= since)]

    def shown(self, moment):
        """Count stamps, rewards and operations by a moment."""
        done = [(kind, units) for (kind, _), (_, at, units) in self.done.items() if at <= moment]
        stamped, redeemed = (sum(units for kind, units in done if kind == which) for which in ("stamp", "redeem"))
        return stamped % self.buy, stamped // self.buy * self.get - redeemed, len(done)


def do(card, state, at, kind, coffees, teas, how, reference):
    """Do an operation with the library."""
    basket = bag(coffees, teas)
    if kind == "stamp":
        return card.stamp(state, apply_offers(basket, [THIRD_FREE]) if how else basket, at=at, reference=reference)
    return card.redeem(state, basket, at=at, reference=reference, rewards=how)


@given(
    st.integers(1, 4),
    st.integers(1, 3),
    st.lists(st.tuples(st.integers(0, 20), st.one_of(stamps("abcdefgh"), stamps(), redemptions())), max_size=25),
)
def test_a_card_does_what_the_model_does(buy, get, operations):
    """Operations come in any order of time: a till that was offline sends its visits late."""
    card, model = StampCard("card", buy=buy, get=get, items=COFFEE), Model(buy, get)
    state = card.open("anna")
    for hours, operation in operations:
        at = MONDAY + timedelta(hours=hours)
        expected = model.do(at, *operation)
        if expected is DuplicateError:
            with pytest.raises(DuplicateError):
                do(card, state, at, *operation)
            continue
        answer = do(card, state, at, *operation)

        assert answer.outcome == expected
        assert answer.expected_version == state.version
        assert (answer.state == state) == (expected not in ("stamped", "redeemed"))
        state = answer.state
        assert (state.stamps, state.rewards, state.version) == model.shown(MONDAY + timedelta(days=1))
        if operation[0] == "redeem":
            redone = answer.outcome in ("redeemed", "already_applied")
            assert sum(line.free_units for line in answer.receipt.lines) == (operation[3] if redone else 0)
    for hours in range(-1, 22):
        moment = MONDAY + timedelta(hours=hours)
        then = state.as_of(moment)
        assert (then.stamps, then.rewards, then.version) == model.shown(moment)
        assert then.rewards >= 0
    assert from_dict(json.loads(json.dumps(to_dict(state))), StampState) == state


@given(st.lists(st.integers(1, 9), max_size=8))
def test_replaying_the_visits_gives_the_same_state(visits):
    card = StampCard("card", buy=3, get=1, items=COFFEE)

    def replayed():
        state = card.open("anna")
        for number, coffees in enumerate(visits):
            state = card.stamp(state, bag(coffees, 0), at=MONDAY, reference=f"{number}").state
        return state

    assert replayed() == replayed()
    assert hash(replayed()) == hash(replayed())
    assert StampState("card", "anna", 3, 1, replayed().entries) == replayed()
    assert replayed().stamps == sum(visits) % 3


@pytest.mark.parametrize(
    ("as_of", "error"),
    [(datetime(2026, 3, 2), NaiveDatetimeError), ("2026-03-02", InvalidTypeError)],  # noqa: DTZ001
)
def test_a_moment_that_is_none_is_refused(as_of, error):
    with pytest.raises(error, match=r"^as_of must be "):
        StampState("card", "anna", 5, 1).as_of(as_of)


# Faults found


def card_of_five():
    return StampCard("card", buy=5, get=1, items=COFFEE)


def test_a_past_moment_is_exact_when_a_purchase_comes_in_late():
    state = card_of_five().stamp(card_of_five().open("anna"), bag(4, 0), at=MONDAY, reference="a").state
    state = card_of_five().stamp(state, bag(4, 1), at=MONDAY - timedelta(days=1), reference="b").state

    before = state.as_of(MONDAY - timedelta(hours=1))
    assert (before.stamps, before.rewards) == (4, 0)


def test_a_reward_cannot_be_redeemed_before_it_was_earned():
    state = card_of_five().stamp(card_of_five().open("anna"), bag(5, 0), at=MONDAY, reference="a").state
    redemption = card_of_five().redeem(state, bag(1, 0), at=MONDAY - timedelta(days=1), reference="b")

    assert (redemption.outcome, redemption.reasons[0].found) == ("no_reward", 0)


def test_a_late_redemption_leaves_enough_for_those_after_it():
    state = card_of_five().stamp(card_of_five().open("anna"), bag(5, 0), at=MONDAY, reference="a").state
    state = card_of_five().redeem(state, bag(1, 0), at=MONDAY + timedelta(days=2), reference="b").state
    redemption = card_of_five().redeem(state, bag(1, 0), at=MONDAY + timedelta(days=1), reference="c")

    assert (redemption.outcome, redemption.reasons[0].found) == ("no_reward", 0)


def stamped_again(first, again):
    """Stamp for a coffee with one attribute, and once more under the same reference with another."""
    card, state = card_of_five(), card_of_five().open("anna")
    for value in (first, again):
        basket = Basket([Line("espresso", 2, tags={"coffee"}, attributes={"it": value})], currency="EUR")
        stamping = card.stamp(state, basket, at=MONDAY, reference="a")
        state = stamping.state
    return stamping.outcome


@pytest.mark.parametrize(
    ("first", "again"),
    [(1, 1.0), (1, True), (MONDAY, MONDAY.astimezone(timezone(timedelta(hours=1)))), (MONDAY.date(), MONDAY.date())],
)
def test_a_retry_with_equal_attributes_is_a_retry(first, again):
    assert first == again
    assert stamped_again(first, again) == "already_applied"


@pytest.mark.parametrize(("first", "again"), [(1, "(1, 1)"), (1, 2), ("a", "b"), (-1, -2), (None, "None")])
def test_a_purchase_with_other_attributes_is_no_retry(first, again):
    with pytest.raises(DuplicateError):
        stamped_again(first, again)


def test_a_retry_with_a_text_enum_is_a_retry():
    class Sku(StrEnum):
        ESPRESSO = "espresso"

    state = card_of_five().open("anna")
    for sku, outcome in ((Sku.ESPRESSO, "stamped"), ("espresso", "already_applied")):
        basket = Basket([Line(sku, 2, tags={"coffee"})], currency="EUR")
        stamping = card_of_five().stamp(state, basket, at=MONDAY, reference="a")
        state = stamping.state
        assert stamping.outcome == outcome


@pytest.mark.parametrize(
    "weight", [{"decimal": "9" * 5000}, {"decimal": "-0." + "0" * 5000 + "1"}, 10**39], ids=["long", "fine", "whole"]
)
def test_a_strangers_number_is_refused_or_can_be_stamped(weight):
    document = to_dict(Line("espresso", 2, tags={"coffee"})) | {"attributes": [["weight", weight]]}
    try:
        basket = Basket([from_dict(document, Line)], currency="EUR")
    except DocumentError:
        return
    assert card_of_five().stamp(card_of_five().open("anna"), basket, at=MONDAY, reference="a").outcome == "stamped"


def test_a_retry_from_another_process_is_a_retry():
    code = """
from datetime import datetime, timezone
from cxkit.loyalty import Basket, Line, StampCard
line = Line("espresso", 2, tags={"milk", "oat", "soy", "sugar", "cinnamon"}, attributes={"b": 1, "a": None})
card = StampCard("card", buy=5, get=1, items=Line.fields.sku == "espresso")
at = datetime(2026, 3, 2, tzinfo=timezone.utc)
print(card.stamp(card.open("anna"), Basket([line], currency="EUR"), at=at, reference="a").state)
"""
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "12345"
    }
    assert len(told) == 1
