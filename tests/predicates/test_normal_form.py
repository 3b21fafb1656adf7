"""When two predicates are equal, and how they print."""

import datetime as dt
import decimal
from decimal import Decimal
from itertools import permutations

import pytest
from described import Customer, Tier, build
from hypothesis import given
from strategies import descriptions

from cxkit.errors import InvalidTypeError
from cxkit.predicates import Fields, all_of, any_of, money, text

C = Customer
P, Q, R = C.country == "DE", C.orders >= 3, C.churned.is_true()
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.timezone.utc)
NAMES = {"Customer": Customer, "Tier": Tier, "Decimal": Decimal, "datetime": dt, "all_of": all_of, "any_of": any_of}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (P & Q, Q & P),
        (P | Q, Q | P),
        (P & Q & R, P & (Q & R)),
        (P | Q | R, R | (Q | P)),
        (P & P, P),
        (P | P | Q, P | Q),
        (~~P, P),
        (~(P & Q), ~P | ~Q),
        (~(P | Q), ~P & ~Q),
        (~(P & ~(Q | R)), ~P | Q | R),
        (~(C.country == "DE"), C.country != "DE"),
        (~C.country.is_known(), C.country.is_missing()),
        (~C.country.is_in(["DE"]), C.country.not_in(["DE"])),
        (C.country.is_in(["DE", "FR"]), C.country.is_in(["FR", "DE", "FR"])),
        (C.interests.contains_any(["a", "b"]), C.interests.contains_any(["b", "a"])),
        (C.interests.contains_all(["a", "b"]), C.interests.contains_all(["b", "a"])),
        (C.spend >= 10, C.spend >= Decimal("10.00")),
        (C.score >= 1, C.score >= 1.0),
        (C.joined == NOON, C.joined == NOON.astimezone(dt.timezone(dt.timedelta(hours=5)))),
        (C.country.eq("DE"), C.country == "DE"),
    ],
)
def test_order_repetition_negation_and_spelling_do_not_count(one, other):
    assert one == other
    assert hash(one) == hash(other)
    assert ~one == ~other
    assert len({one, other}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (P, ~P),
        (P & Q, P | Q),
        (P & Q, P),
        ((P & Q) | R, P & (Q | R)),
        (~(P & Q), ~P & ~Q),
        (C.orders > 3, C.orders >= 3),
        (~(C.orders > 3), C.orders <= 3),  # a missing number passes the first alone
        (C.churned.is_false(), ~C.churned.is_true()),
        (C.country.is_known(), C.country.is_missing()),
        (C.orders.between(1, 3), C.orders.between(1, 4)),
        (C.country.contains("D"), C.country.starts_with("D")),
        (C.country.eq("DE"), C.country.is_in(["DE"])),  # equal in meaning, not in form
        (C.country.eq("1"), C.orders.eq(1)),
    ],
)
def test_different_conditions_differ(one, other):
    assert one != other
    assert hash(one) != hash(other)


def test_equality_tells_fields_apart_by_label_name_and_kind():
    def fields(**kinds):
        return type("Shop", (Fields,), kinds)

    assert fields(total=money()).total.eq(1) == fields(total=money()).total.eq(1)
    assert fields(total=money()).total.eq(1) != fields(total=money("EUR")).total.eq(1)
    assert fields(name=text()).name.eq("a") != fields(label_=text()).label_.eq("a")
    assert fields(name=text()).name.eq("a") != type("Market", (Fields,), {"name": text()}).name.eq("a")


def test_a_predicate_equals_nothing_else():
    assert P != "Customer.country == 'DE'"
    assert (P == None) is False  # noqa: E711
    assert P.__eq__(3) is NotImplemented


@given(descriptions(), descriptions())
def test_the_laws_of_junctions_hold_in_the_normal_form(one, other):
    p, q = build(one), build(other)
    assert p & q == q & p
    assert hash(p | q) == hash(q | p)
    assert ~(p & q) == ~p | ~q
    assert ~(p | q) == ~p & ~q
    assert p & p == p | p == ~~p == p
    assert (p == q) is (~p == ~q)
    assert p != ~p


@given(descriptions())
def test_a_predicate_prints_as_the_code_that_makes_it(description):
    p = build(description)
    code = repr(p)
    again = eval(code, NAMES)  # noqa: S307
    assert again == p
    assert hash(again) == hash(p)
    assert repr(again) == code


@pytest.mark.parametrize(
    "code",
    [
        "Customer.country == 'DE'",
        "Customer.country != 'DE'",
        "~(Customer.orders >= 3)",
        "~Customer.country.contains('D')",
        "~Customer.interests.is_empty()",
        "Customer.country.is_missing()",
        "Customer.country.not_in(['DE', 'FR'])",
        "Customer.country.is_in([])",
        "Customer.orders.between(-1, 3)",
        "Customer.interests.contains_all(['a', 'b'])",
        "Customer.interests.contains_any(['a'])",
        "Customer.interests.contains('a')",
        "Customer.country.ends_with('E')",
        "Customer.spend >= 100",
        "Customer.spend < Decimal('9.90')",
        "Customer.spend.is_in([1, Decimal('0.5')])",
        "Customer.score > 1e-07",
        "Customer.born <= datetime.date(2026, 3, 1)",
        "Customer.joined == datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.timezone.utc)",
        "(Customer.country == 'DE') & (Customer.orders >= 3) & Customer.churned.is_true()",
        "(Customer.country != 'DE') | Customer.churned.is_false() | ~Customer.churned.is_true()",
        "((Customer.country == 'DE') | (Customer.orders > 3)) & (Customer.orders < 9)",
        "~((Customer.country == 'DE') & Customer.churned.is_known())",
        "~((Customer.country == 'DE') | ~(Customer.orders < 1)) & Customer.churned.is_known()",
        "Customer.country == '{} \"\\'\\n'",
    ],
)
def test_the_code_of_a_predicate_is_what_a_user_would_write(code: str):
    assert repr(eval(code, NAMES)) == code  # noqa: S307


def test_no_decimal_context_of_the_caller_changes_the_code():
    p = C.spend.is_in([Decimal("1E+29"), Decimal("123456789.01"), Decimal("-0.0")])
    with decimal.localcontext(decimal.Context(prec=1, Emin=0, Emax=1, traps=[*decimal.Context().flags])):
        assert repr(p) == f"Customer.spend.is_in([{10**29}, Decimal('123456789.01'), 0])"


def test_joined_terms_stay_in_the_order_in_which_they_were_written():
    assert {repr(a & b & c) for a, b, c in permutations([P, Q, R])} == {
        " & ".join(codes)
        for codes in permutations(
            ["(Customer.country == 'DE')", "(Customer.orders >= 3)", "Customer.churned.is_true()"]
        )
    }
    assert repr(P & (Q & R)) == repr(P & Q & R)
    assert repr(P & (Q | R)) != repr(P & Q | R)
    assert repr(~~(P & Q)) == repr(P & Q)


def _chained():
    return 1 <= C.orders <= 3


@pytest.mark.parametrize(
    "use", [bool, lambda p: p and Q, lambda p: not p, lambda _: _chained()], ids=["bool", "and", "not", "chain"]
)
def test_a_predicate_is_a_condition_and_not_an_answer(use):
    with pytest.raises(InvalidTypeError) as caught:
        use(C.orders >= 1)
    assert str(caught.value) == (
        "Customer.orders >= 1 is a condition, not an answer; write & | ~ for and, or, not, a.between(x, y) for x <= a <= y, "
        "and predicate.matches(record) for the answer"
    )


@pytest.mark.parametrize("other", [True, None, "x", C.orders, 3], ids=repr)
def test_a_predicate_combines_with_predicates_only(other: object):
    for join in (lambda: P & other, lambda: P | other):
        with pytest.raises(InvalidTypeError) as caught:
            join()
        assert str(caught.value) == f"a predicate combines with predicates only, got {other!r}"
        assert caught.value.found is other
