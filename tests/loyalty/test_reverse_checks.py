"""Returns: what is refused, and how policies and reversals print, pickle and are stored."""

import pickle
from decimal import Decimal

import attrs
import pytest

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError
from cxkit.loyalty import (
    AmountOff,
    Basket,
    BuyXGetY,
    Gift,
    Line,
    Offer,
    ReturnPolicy,
    Reversal,
    ReversalLine,
    Spend,
    apply_offers,
    reverse,
)

TEA = Line("tea", 4, quantity=3)
JAM = Line("jam", Decimal("2.50"), id="7")
RECEIPT = apply_offers(Basket([TEA, JAM], currency="EUR"), [])


@pytest.mark.parametrize(
    ("returned", "error", "message"),
    [
        (
            {},
            InvalidValueError,
            "returned must name at least one unit that came back, as in {'espresso': 1}, got nothing",
        ),
        (
            ["tea"],
            InvalidTypeError,
            "returned must be a mapping from skus or line ids to units, as in {'espresso': 1}, got ",
        ),
        (
            {1: 1},
            InvalidTypeError,
            "returned must be a mapping from skus or line ids to units, as in {'espresso': 1}, got ",
        ),
        (
            None,
            InvalidTypeError,
            "returned must be a mapping from skus or line ids to units, as in {'espresso': 1}, got ",
        ),
        ({"tea": 0}, InvalidValueError, "the units of 'tea' must be at least 1, got 0"),
        ({"tea": -1}, InvalidValueError, "the units of 'tea' must be at least 1, got -1"),
        ({"tea": True}, InvalidTypeError, "the units of 'tea' must be an int, got True"),
        ({"tea": 1.0}, InvalidTypeError, "the units of 'tea' must be an int, got 1.0"),
        ({"tea": Decimal(1)}, InvalidTypeError, "the units of 'tea' must be an int, got Decimal('1')"),
        ({"tea": 10**60}, InvalidValueError, "the units of 'tea' must be below 10**60, got 1000"),
        ({"tee": 1}, InvalidValueError, "the receipt has no sku or line id 'tee'; did you mean 'tea'?"),
        ({"lamp": 1}, InvalidValueError, "the receipt has no sku or line id 'lamp'"),
        ({"tea": 4}, InvalidValueError, "4 units of 'tea' cannot come back: 3 of the 3 bought are still out"),
        ({"7": 1, "jam": 1}, InvalidValueError, "1 unit of 'jam' cannot come back: 0 of the 1 bought are still out"),
    ],
)
def test_what_cannot_come_back_is_refused(returned, error, message):
    with pytest.raises(error) as caught:
        reverse(RECEIPT, returned, policy="as_paid")
    assert str(caught.value).startswith(message)


def test_what_came_back_before_cannot_come_back_again():
    first = reverse(RECEIPT, {"tea": 2}, policy="as_paid")

    with pytest.raises(InvalidValueError, match="2 units of 'tea' cannot come back: 1 of the 3 bought are still out"):
        reverse(first, {"tea": 2}, policy="as_paid")
    everything = reverse(first, {"tea": 1, "jam": 1}, policy="as_paid")
    with pytest.raises(InvalidValueError, match="1 unit of 'jam' cannot come back: 0 of the 1 bought are still out"):
        reverse(everything, {"jam": 1}, policy="recompute")


def test_an_sku_of_lines_that_differ_is_refused():
    receipt = apply_offers(Basket([TEA, Line("tea", 5)], currency="EUR"), [])

    with pytest.raises(InvalidValueError) as caught:
        reverse(receipt, {"tea": 1}, policy="as_paid")
    assert str(caught.value) == (
        "'tea' stands on 2 lines that differ: say by the id of the line which of them came back; give lines an id= where "
        "one sku is sold at several prices"
    )
    assert caught.value.found == "tea"


@pytest.mark.parametrize(
    ("bought", "policy", "error", "message"),
    [
        (RECEIPT, "paid", InvalidValueError, "policy must be one of 'as_paid', 'recompute', got 'paid'"),
        (RECEIPT, None, InvalidTypeError, "policy must be 'as_paid', 'recompute' or a ReturnPolicy, got None"),
        (
            RECEIPT.basket,
            "as_paid",
            InvalidTypeError,
            "a return is worked out from a Receipt or a Reversal, got Basket(",
        ),
        (None, "as_paid", InvalidTypeError, "a return is worked out from a Receipt or a Reversal, got None"),
    ],
)
def test_what_is_no_receipt_or_policy_is_refused(bought, policy, error, message):
    with pytest.raises(error) as caught:
        reverse(bought, {"tea": 1}, policy=policy)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"refund": "paid"}, "refund must be one of 'as_paid', 'recompute', got 'paid'"),
        ({"gifts": "lose"}, "gifts must be one of 'return', 'keep', 'charge', got 'lose'"),
        ({"shipping": True}, "shipping must be one of 'keep', 'as_charged', 'refund_with_last', got True"),
        ({"claims": None}, "claims must be one of 'release', 'keep', got None"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(options, message):
    with pytest.raises(InvalidValueError) as caught:
        ReturnPolicy(**{"refund": "as_paid"} | options)
    assert str(caught.value) == message


def test_a_policy_prints_as_the_code_that_makes_it_and_survives_storage():
    policy = ReturnPolicy("recompute", gifts="charge", shipping="refund_with_last", claims="keep")

    assert repr(ReturnPolicy("as_paid")) == "ReturnPolicy('as_paid')"
    assert eval(repr(policy), {"ReturnPolicy": ReturnPolicy}) == policy  # noqa: S307 - it is our own
    assert from_dict(to_dict(policy), ReturnPolicy) == policy == pickle.loads(pickle.dumps(policy))  # noqa: S301


FREE = Offer("3 for 2", BuyXGetY(buy=2, get=1, items=Line.fields.sku == "tea"))
MUG = Offer("mug", Gift(Line("mug", 3)), conditions=Spend(14, price="list"))


def three_for_two():
    return apply_offers(Basket([TEA, JAM], currency="EUR"), [FREE, MUG])


def test_a_reversal_prints_as_a_table_with_its_refund_and_reasons():
    reversal = reverse(three_for_two(), {"tea": 1}, policy=ReturnPolicy("as_paid", gifts="charge"))

    assert str(reversal).splitlines() == [
        "line  returned  kept  before  after  refund",
        "tea          1     2    8.00   5.33    2.67",
        "7            0     1    2.50   2.50    0.00",
        "mug          0     1    0.00   3.00   -3.00",
        "refund 0.00 EUR",
        "- offer broken: found 3 for 2, needed 1 more unit",
        "- offer broken: found mug, needed 3.50 more",
        "- gift charged: found mug at 3.00",
        "- shortfall: found 0.33",
    ]
    assert reversal.rows()[0] == {
        "line": "tea",
        "returned": 1,
        "kept": 2,
        "before": Decimal("8.00"),
        "after": Decimal("5.33"),
        "refund": Decimal("2.67"),
    }


def test_a_reversal_without_news_prints_its_refund_alone():
    assert str(reverse(RECEIPT, {"7": 1}, policy="recompute")).splitlines()[-1] == "refund 2.50 EUR"


def test_reversals_compare_hash_pickle_and_have_a_stored_form():
    reversal = reverse(three_for_two(), {"tea": 1}, policy="recompute")

    assert reversal == reverse(three_for_two(), {"tea": 1}, policy="recompute")
    assert reversal != reverse(three_for_two(), {"tea": 1}, policy="as_paid")
    assert pickle.loads(pickle.dumps(reversal)) == reversal  # noqa: S301
    loaded = from_dict(to_dict(reversal), Reversal)
    assert loaded == reversal
    assert reverse(loaded, {"tea": 2}, policy="recompute") == reverse(reversal, {"tea": 2}, policy="recompute")


def test_a_return_in_a_currency_without_decimals():
    receipt = apply_offers(Basket([Line("tea", 100, quantity=3)], currency="JPY"), [Offer("off", AmountOff(100))])

    found = [receipt]
    for _ in range(3):
        found.append(reverse(found[-1], {"tea": 1}, policy="as_paid"))
    assert [str(reversal.refund) for reversal in found[1:]] == ["67", "66", "67"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"refund": Decimal(-1)}, "a refund is 0 or more, and at most as much as was refunded in all"),
        ({"refunded": Decimal(100)}, "a refund is 0 or more, and at most as much as was refunded in all"),
        ({"refunded": Decimal(3)}, "a refund is 0 or more, and at most as much as was refunded in all"),
        ({"refunded": Decimal("4.001")}, "amount 4.001 has 3 decimals, EUR has 2; round it first"),
        (
            {"refund": Decimal(0), "refunded": Decimal("3.99")},
            "all that is due has been refunded once a reversal stands, and 0.01 have not",
        ),
        ({"lines": ()}, "a reversal has the lines of its receipt, in their order"),
    ],
)
def test_a_reversal_that_makes_no_sense_is_refused(change, message):
    reversal = reverse(RECEIPT, {"tea": 1}, policy="as_paid")

    with pytest.raises(InvalidValueError) as caught:
        attrs.evolve(reversal, **change)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("counts", [(2, 1), (1, 4), (-1, 0), (0, -1), (True, 1)])
def test_a_line_cannot_give_back_more_than_it_has(counts):
    units, returned = counts

    with pytest.raises((InvalidValueError, InvalidTypeError)):
        ReversalLine(line=TEA, units=units, returned=returned, before=Decimal(12), after=Decimal(8))


@pytest.mark.parametrize("change", [{"before": Decimal(-1)}, {"after": Decimal("-0.01")}])
def test_a_line_never_costs_less_than_nothing(change):
    [name] = change
    options = {"line": TEA, "units": 1, "returned": 1, "before": Decimal(12), "after": Decimal(8)}

    with pytest.raises(InvalidValueError, match=f"{name} must not be negative, got -"):
        ReversalLine(**options | change)


def test_a_line_in_finer_amounts_than_the_currency_has_is_refused():
    reversal = reverse(RECEIPT, {"tea": 1}, policy="as_paid")

    with pytest.raises(InvalidValueError, match=r"amount 7\.999 has 3 decimals"):
        attrs.evolve(reversal, lines=(attrs.evolve(reversal.lines[0], after=Decimal("7.999")), reversal.lines[1]))


def test_a_hostile_reversal_is_refused_in_words():
    document = to_dict(reverse(RECEIPT, {"tea": 1}, policy="as_paid"))
    document["refunded"] = "1e9"
    with pytest.raises(DocumentError):
        from_dict(document, Reversal)
    document["refunded"] = "1000000"
    with pytest.raises(DocumentError) as caught:
        from_dict(document, Reversal)
    assert str(caught.value).endswith("got 4.00 of 1000000 of 14.50")


def test_a_billion_units_come_back_at_once():
    receipt = apply_offers(Basket([Line("tea", 4, quantity=10**9)], currency="EUR"), [FREE])
    first = reverse(receipt, {"tea": 10**9 - 1}, policy="recompute")

    assert (first.total, first.refund) == (4, receipt.total - 4)
