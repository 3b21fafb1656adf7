"""Comparing MRR policies: what each of them makes of the same subscriptions, and whom they tell differently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from revenue_logs import day, shops

from cxkit.calendar import Period
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError
from cxkit.metrics import Coupon, MrrPolicy, Subscription, Subscriptions, compare_mrr_policies, mrr_movements

MONTHLY = {"per": "month", "currency": "EUR"}
JANUARY = Period.month(2026, 1)
VENDORS = [
    MrrPolicy.chartmogul(),
    MrrPolicy.stripe(),
    MrrPolicy.baremetrics(),
    MrrPolicy.profitwell(),
    MrrPolicy.chargify(),
    MrrPolicy.standard(),
]
SHOP = Subscriptions(
    "EUR",
    [
        Subscription("anna", 50, day(-400), day(-200), **MONTHLY),  # back after more than 90 days
        Subscription("anna", 50, day(9), **MONTHLY),
        Subscription("ben", 30, day(2), day(14), **MONTHLY),  # came and left
        Subscription("cleo", 40, day(-9), coupon=Coupon(percent=50, until=day(20)), **MONTHLY),
        Subscription("dora", 20, day(-9), day(5), **MONTHLY),  # up and down again
        Subscription("dora", 35, day(5), day(8), **MONTHLY),
        Subscription("dora", 20, day(8), **MONTHLY),
        Subscription("emil", 70, day(-9), day(8), **MONTHLY),  # churn by all of them
    ],
)


def kinds(movements):
    return [movement.kind for movement in movements]


def test_the_customers_behind_each_difference_are_named():
    found = compare_mrr_policies(SHOP, JANUARY, VENDORS)

    assert [(one.policy, one.customer) for one in found.differences] == [
        ("stripe", "cleo"),
        ("profitwell", "ben"),
        ("chargify", "anna"),
        ("standard", "ben"),
        ("standard", "dora"),
    ]
    stripe, profitwell, chargify, *_ = found.differences
    assert (kinds(stripe.baseline), kinds(stripe.movements)) == (["expansion"], [])
    assert (kinds(profitwell.baseline), kinds(profitwell.movements)) == (["new_business", "churn"], [])
    assert (kinds(chargify.baseline), kinds(chargify.movements)) == (["reactivation"], ["new_business"])


def test_it_prints_as_a_table_and_the_differences():
    found = compare_mrr_policies(SHOP, JANUARY, [MrrPolicy.chargify(), MrrPolicy.profitwell()])

    assert str(found).splitlines() == [
        "policy       start  new_business  reactivation  expansion  contraction    churn    fx     end  gross churn  net churn",
        "chargify    110.00         80.00          0.00      35.00       -15.00  -100.00  0.00  110.00        1.045     0.7273",
        "profitwell  110.00          0.00         50.00      35.00       -15.00   -70.00  0.00  110.00       0.7727     0.4545",
        "profitwell, anna: reactivation 50.00; not new_business 50.00",
        "profitwell, ben: nothing; not new_business 30.00, churn -30.00",
    ]


def test_without_mrr_at_the_start_a_row_shows_no_rate():
    [row] = compare_mrr_policies(Subscriptions("EUR", []), JANUARY, [MrrPolicy.stripe()]).rows()

    assert (row["gross churn"], row["net churn"], row["end"]) == (None, None, 0)


@given(shops(), st.lists(st.sampled_from(VENDORS), min_size=1, unique_by=lambda policy: policy.name))
def test_who_is_not_named_is_told_alike(shop, policies):
    found = compare_mrr_policies(shop, JANUARY, policies, as_of=day(60))
    named = {(one.policy, one.customer) for one in found.differences}

    def sums(movements, customer):
        theirs = [movement for movement in movements.movements if movement.customer == customer]
        return {kind: sum(one.change for one in theirs if one.kind == kind) for kind in kinds(theirs)}

    assert found.movements == tuple(mrr_movements(shop, JANUARY, policy=one, as_of=day(60)) for one in policies)
    for other in found.movements:
        for customer in ("anna", "ben", "cleo"):
            is_alike = sums(other, customer) == sums(found.movements[0], customer)
            assert is_alike == ((other.policy.name, customer) not in named)


def test_policies_to_compare_are_policies_of_different_names():
    with pytest.raises(InvalidValueError, match="expected policies to compare, got none"):
        compare_mrr_policies(SHOP, JANUARY, [])
    with pytest.raises(DuplicateError, match="two of the policies are called 'stripe'"):
        compare_mrr_policies(SHOP, JANUARY, [MrrPolicy.stripe(), MrrPolicy.stripe()])
    with pytest.raises(InvalidTypeError, match="policy must be an MrrPolicy"):
        compare_mrr_policies(SHOP, JANUARY, ["stripe"])
