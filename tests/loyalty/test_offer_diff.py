"""Offer diffs: which baskets change from one set of offers to another; expectations worked out by hand."""

from decimal import Decimal
from itertools import count, islice

import pytest

from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.loyalty import AmountOff, Basket, BuyXGetY, Entitlement, Line, Offer, OfferPolicy, PercentOff, offer_diff
from cxkit.predicates import Fields, flag

TEA = Line.fields.tags.contains("tea")


class Customer(Fields):
    member = flag()


def tea(number, **options):
    return Basket([Line("assam", 4, tags={"tea"}, quantity=number)], currency="EUR", **options)


def free(buy, name="tea"):
    return Offer(name, BuyXGetY(buy=buy, get=1, items=TEA))


def test_it_says_which_baskets_change_and_by_how_much():
    diff = offer_diff([free(2)], [free(3)], [tea(number) for number in (2, 3, 4, 6)])

    # 2: 8, 8. 3: 8, 12. 4: 12, 12. 6: 16, 20.
    assert (diff.compared, diff.changed, diff.cheaper, diff.dearer) == (4, 2, 0, 2)
    assert (diff.old, diff.new, diff.change) == (Decimal("44.00"), Decimal("52.00"), Decimal("8.00"))
    assert [(found.place, found.old, found.new) for found in diff.changes] == [
        (1, Decimal("8.00"), Decimal("12.00")),
        (3, Decimal("16.00"), Decimal("20.00")),
    ]
    assert [found.lost for found in diff.changes] == [("tea",), ()]


def test_offers_that_come_and_go_are_named():
    old = [free(2, "old"), Offer("stays", PercentOff(10), lane=1)]
    new = [old[1], free(2, "new"), Offer("more", AmountOff(1), lane=2)]

    [change] = offer_diff(old, new, [tea(3)]).changes

    assert (change.gained, change.lost) == (("more", "new"), ("old",))
    assert change.change == Decimal("-1.00")


def test_a_basket_changes_too_where_only_its_offers_do():
    diff = offer_diff([], [Offer("early access", Entitlement("early access"))], [tea(1)])

    assert (diff.changed, diff.cheaper, diff.dearer, diff.change) == (1, 0, 0, Decimal("0.00"))
    assert diff.changes[0].gained == ("early access",)


def test_the_largest_changes_are_kept_and_all_are_counted():
    baskets = [tea(number) for number in (3, 9, 6, 12, 6)]

    diff = offer_diff([], [free(2)], baskets, keep=3)

    assert [(found.place, found.change) for found in diff.changes] == [
        (3, Decimal("-16.00")),
        (1, Decimal("-12.00")),
        (2, Decimal("-8.00")),
    ]
    assert (diff.changed, diff.cheaper, diff.change) == (5, 5, Decimal("-48.00"))
    assert offer_diff([], [free(2)], baskets, keep=0).changes == ()


def test_another_policy_changes_baskets():
    offers = [Offer("a", AmountOff(1), priority=1), Offer("b", PercentOff(50))]

    diff = offer_diff(offers, offers, [tea(1)], policy=OfferPolicy(within="first"), new_policy=OfferPolicy())

    assert (diff.old, diff.new) == (Decimal("3.00"), Decimal("2.00"))
    assert offer_diff(offers, offers, [tea(1)], policy=OfferPolicy(within="first")).changed == 0


def test_codes_and_profiles_are_those_of_the_basket():
    offers = [
        Offer("coupon", AmountOff(1), codes={"X"}),
        Offer("members", AmountOff(2), who=Customer.member.is_true(), lane=1),
    ]
    baskets = [tea(1), (tea(1), ["X"]), tea(1, customer="anna"), tea(1, customer="ben")]

    diff = offer_diff([], offers, baskets, profiles={"anna": {"member": True}})

    assert [(found.place, found.gained) for found in diff.changes] == [(2, ("members",)), (1, ("coupon",))]


def test_baskets_are_taken_one_by_one():
    endless = (tea(number) for number in count(1))

    assert offer_diff([free(2)], [free(2)], islice(endless, 10)).compared == 10
    assert next(endless) == tea(11)


def test_it_prints_for_a_golden_file():
    assert str(offer_diff([free(2)], [], [tea(2), tea(3)])) == (
        "place  basket         old    new  change  gained  lost\n"
        "    1  3 assam at 4  8.00  12.00    4.00       -  tea\n"
        "1 of 2 baskets change: 0 cheaper, 1 dearer; 16.00 to 20.00 EUR in all (+4.00)"
    )
    assert str(offer_diff([], [], [tea(2)])) == (
        "0 of 1 baskets change: 0 cheaper, 0 dearer; 8.00 to 8.00 EUR in all (+0.00)"
    )


def test_without_baskets_there_are_no_sums():
    diff = offer_diff([free(2)], [], [])

    assert diff.currency is diff.old is diff.new is diff.change is None
    assert str(diff) == "0 of 0 baskets change: 0 cheaper, 0 dearer"
    assert diff.rows() == []


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"baskets": [tea(1), Basket([], currency="USD")]}, InvalidValueError, "two currencies"),
        ({"baskets": [[tea(1)]]}, InvalidTypeError, "an order must be a Basket"),
        ({"keep": -1}, InvalidValueError, "keep"),
        ({"profiles": "anna"}, InvalidTypeError, "profiles"),
        ({"old": [free(2), free(2)]}, InvalidValueError, "two of the offers"),
        ({"new_policy": "best"}, InvalidTypeError, "policy"),
    ],
)
def test_what_makes_no_sense_is_refused(options, error, message):
    given = {"old": [], "new": [], "baskets": [tea(1)]} | options

    with pytest.raises(error, match=message):
        offer_diff(given.pop("old"), given.pop("new"), given.pop("baskets"), **given)
