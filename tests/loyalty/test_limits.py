"""Limits, what was used of them, and what a purchase claims."""

import decimal
import pickle
from decimal import Decimal

import attrs
import pytest

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError
from cxkit.loyalty._offers.limits import Claim, Limits, Usage

FULL = Limits(per_order=1, per_customer=2, in_all=1000, per_code=3, budget=Decimal("5000.50"))
USED = Usage(in_all=7, by_customer=1, by_code={"SPRING": 3, "MAY": 0}, spent=Decimal("12.50"))
CLAIMS = [
    Claim(offer="spring", limit="in_all", amount=1, expected=7),
    Claim(offer="spring", limit="per_customer", key="anna", amount=1, expected=0),
    Claim(offer="spring", limit="per_code", key="SPRING", amount=1, expected=3),
    Claim(offer="spring", limit="budget", amount=Decimal("2.50"), expected=Decimal("12.50")),
    Claim(offer="spring", limit="budget", amount=Decimal("2.50"), expected=Decimal(0)),
]


@pytest.mark.parametrize("value", [Limits(), FULL, Usage(), USED, *CLAIMS], ids=repr)
def test_limits_and_what_is_used_of_them_store_pickle_print_and_hash(value):
    names = {"Limits": Limits, "Usage": Usage, "Claim": Claim, "Decimal": Decimal}

    assert from_dict(to_dict(value), type(value)) == value
    assert hash(from_dict(to_dict(value), type(value))) == hash(value)
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own
    assert eval(repr(value), names) == value  # noqa: S307 - our own


def test_there_is_no_limit_unless_one_is_given_and_nothing_was_used():
    assert attrs.astuple(Limits()) == (None,) * 5
    assert attrs.astuple(Usage()) == (0, 0, {}, Decimal(0))


def test_a_budget_and_what_was_spent_are_amounts():
    assert type(Limits(budget=5).budget) is Decimal
    assert type(Usage(spent=5).spent) is Decimal
    assert type(Claim(offer="x", limit="budget", amount=1, expected=0).expected) is Decimal


def test_what_was_used_of_codes_is_copied_and_cannot_be_changed():
    counts = {"SPRING": 3}
    usage = Usage(by_code=counts)
    counts["SPRING"] = 4

    assert usage.by_code == {"SPRING": 3}
    with pytest.raises(InvalidTypeError):
        usage.by_code["SPRING"] = 4


@pytest.mark.parametrize("name", ["per_order", "per_customer", "in_all", "per_code"])
@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (0, InvalidValueError, "must be at least 1, got 0"),
        (-1, InvalidValueError, "must be at least 1, got -1"),
        (10**60, InvalidValueError, "must be below 10**60"),
        (True, InvalidTypeError, "must be an int, got True"),
        (1.0, InvalidTypeError, "must be an int, got 1.0"),
        ("1", InvalidTypeError, "must be an int, got '1'"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(name, given, error, message):
    with pytest.raises(error) as caught:
        Limits(**{name: given})
    assert str(caught.value).startswith(f"{name} {message}")


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Limits(budget=0), InvalidValueError, "budget must be above 0, got 0"),
        (lambda: Limits(budget=-5), InvalidValueError, "budget must be above 0, got -5"),
        (lambda: Limits(budget=5.0), InvalidTypeError, "budget must be a Decimal or an int, got 5.0"),
        (lambda: Usage(in_all=-1), InvalidValueError, "in_all must be at least 0, got -1"),
        (lambda: Usage(in_all=None), InvalidTypeError, "in_all must be an int, got None"),
        (lambda: Usage(by_customer=-1), InvalidValueError, "by_customer must be at least 0, got -1"),
        (lambda: Usage(by_customer=1.0), InvalidTypeError, "by_customer must be an int, got 1.0"),
        (lambda: Usage(by_code={"A": -1}), InvalidValueError, "by_code['A'] must be at least 0, got -1"),
        (lambda: Usage(by_code={"A": "1"}), InvalidTypeError, "by_code['A'] must be an int, got '1'"),
        (lambda: Usage(by_code={1: 1}), InvalidTypeError, "by_code must be a mapping from text, got {1: 1}"),
        (lambda: Usage(by_code="A"), InvalidTypeError, "by_code must be a mapping from text, got 'A'"),
        (lambda: Usage(spent=-1), InvalidValueError, "spent must be 0 or more, got -1"),
        (lambda: Usage(spent=0.5), InvalidTypeError, "spent must be a Decimal or an int, got 0.5"),
    ],
)
def test_limits_and_usage_that_make_no_sense_are_refused(make, error, message):
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"offer": ""}, InvalidValueError, "the offer of a claim must not be blank, got ''"),
        (
            {"limit": "per_order"},
            InvalidValueError,
            "limit must be one of 'in_all', 'per_customer', 'per_code', 'budget'",
        ),
        ({"limit": "in_all"}, InvalidValueError, "a claim of in_all has no key, got 'anna'"),
        ({"limit": "budget"}, InvalidValueError, "a claim of budget has no key, got 'anna'"),
        ({"key": None}, InvalidValueError, "a claim of per_customer needs a key, got None"),
        ({"limit": "per_code", "key": None}, InvalidValueError, "a claim of per_code needs a key, got None"),
        ({"key": " "}, InvalidValueError, "key must not be blank, got ' '"),
        ({"amount": 0}, InvalidValueError, "amount must be at least 1, got 0"),
        ({"amount": Decimal(1)}, InvalidTypeError, "amount must be an int, got Decimal('1')"),
        ({"expected": -1}, InvalidValueError, "expected must be at least 0, got -1"),
        ({"limit": "budget", "key": None, "amount": 0}, InvalidValueError, "amount must be above 0, got 0"),
        ({"limit": "budget", "key": None, "expected": -1}, InvalidValueError, "expected must be 0 or more, got -1"),
        ({"limit": "budget", "key": None, "expected": 0.5}, InvalidTypeError, "expected must be a Decimal or an int"),
    ],
)
def test_a_claim_that_makes_no_sense_is_refused(options, error, message):
    claim = {"offer": "spring", "limit": "per_customer", "key": "anna", "amount": 1, "expected": 0}
    with pytest.raises(error) as caught:
        Claim(**claim | options)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("value", "part", "given", "message"),
    [
        (FULL, "budget", "-5", "budget must be above 0, got -5"),
        (FULL, "per_order", "1", "expected a whole number, got '1'"),
        (USED, "by_code", [["A", -1]], "by_code['A'] must be at least 0, got -1"),
        (USED, "by_code", {"A": 1}, "expected a list, got {'A': 1}"),
        (CLAIMS[0], "limit", "all", "expected one of in_all, per_customer, per_code, budget, got 'all'"),
        (CLAIMS[0], "amount", "1", "amount must be an int, got '1'"),
        (CLAIMS[3], "amount", 0, "amount must be above 0, got 0"),
    ],
)
def test_a_hostile_document_is_refused(value, part, given, message):
    with pytest.raises(DocumentError) as caught:
        from_dict({**to_dict(value), part: given}, type(value))
    assert [fault.message for fault in caught.value.exceptions] == [message]


def test_a_callers_decimal_context_changes_nothing():
    with decimal.localcontext(decimal.Context(prec=2, traps=[decimal.Inexact])):
        limits, usage = Limits(budget=Decimal("1234.56")), Usage(spent=Decimal("1234.56"))

    assert (limits.budget, usage.spent) == (Decimal("1234.56"), Decimal("1234.56"))


def test_what_a_purchase_claims_is_added_to_what_was_used():
    claims = [
        Claim(offer="spring", limit="in_all", amount=1, expected=7),
        Claim(offer="spring", limit="per_customer", key="anna", amount=1, expected=1),
        Claim(offer="spring", limit="per_code", key="SPRING", amount=1, expected=3),
        Claim(offer="spring", limit="per_code", key="JUNE", amount=1, expected=0),
        Claim(offer="spring", limit="budget", amount=Decimal("2.50"), expected=Decimal("12.50")),
    ]

    assert USED.after(claims) == Usage(
        in_all=8, by_customer=2, by_code={"SPRING": 4, "MAY": 0, "JUNE": 1}, spent=Decimal("15.00")
    )
    assert USED.after([]) == USED
    elsewhere = Claim(offer="autumn", limit="in_all", amount=1, expected=7)
    with pytest.raises(InvalidValueError, match=r"usage is of one offer, got claims on \['autumn', 'spring'\]"):
        USED.after([*claims, elsewhere])
    with pytest.raises(InvalidTypeError, match="what is used of an offer grows by its Claim values, got 1"):
        USED.after([1])


def test_money_that_was_used_adds_up_whatever_the_callers_decimal_context():
    claim = Claim(offer="spring", limit="budget", amount=Decimal("0.01"), expected=Decimal(0))
    with decimal.localcontext(decimal.Context(prec=1)):
        assert Usage(spent=Decimal("1234.56")).after([claim]).spent == Decimal("1234.57")
