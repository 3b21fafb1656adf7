"""Things that keep what predicates read in a record of their own, as lines of a basket and profiles do."""

from datetime import datetime, timezone

import pytest

from cxkit.errors import InvalidTypeError
from cxkit.journey import Journey, Touchpoint
from cxkit.predicates import Fields, integer
from cxkit.segments import Profile, events

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)


class Customer(Fields):
    """What is asked."""

    orders = integer()


class Keeper:
    """Keeps a record under another name, beside an attribute that is none of its fields."""

    orders = 9

    def __init__(self, kept):
        self.kept = kept

    def __cxkit_record__(self):
        return self.kept


class Buyer(Profile):
    """A profile whose record is a plain dict."""

    def __cxkit_record__(self):
        return dict(self.attributes)


class Row:
    """A record that is an object."""

    orders = 3


@pytest.mark.parametrize(
    ("kept", "outcome"),
    [({"orders": 3}, True), (Profile({"orders": 3}).attributes, True), (Row(), True), ({}, False)],
    ids=["a dict", "a mapping", "an object", "nothing"],
)
def test_a_compiled_predicate_reads_what_is_kept(kept, outcome):
    assert (Customer.orders == 3).matches(Keeper(kept)) is outcome
    assert (Customer.orders == 3).compile()(Keeper(kept)) is outcome
    assert (Customer.orders == 9).compile()(Keeper(kept)) is False


def test_a_compiled_predicate_takes_all_kinds_of_record_in_turn():
    is_three = (Customer.orders == 3).compile()
    records = [
        Keeper({"orders": 3}),
        {"orders": 3},
        Profile({"orders": 3}),
        Keeper({}),
        Keeper({"orders": 3}),
        Journey("x"),
    ]

    assert [is_three(record) for record in records] == [True, True, True, False, True, False]


def test_a_compiled_predicate_says_what_is_wrong_with_what_is_kept():
    with pytest.raises(InvalidTypeError):
        (Customer.orders == 3).compile(strict=True)(Keeper({"orders": "3"}))
    with pytest.raises(TypeError):
        (Customer.orders >= 3).compile()(Keeper({"orders": "3"}))


def test_behaviour_is_asked_of_the_keeper_and_not_of_its_record():
    buyer = Buyer({"orders": 3}, Journey("anna", [Touchpoint("order", NOON)]))
    bought = (events("order").count() == 1) & (Customer.orders == 3)

    assert bought.matches(buyer, as_of=NOON)
    assert bought.compile(as_of=NOON)(buyer)
