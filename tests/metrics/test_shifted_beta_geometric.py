"""Renewals: what is counted, which model they lead to, and when they lead to none."""

import json
from datetime import datetime, timedelta, timezone
from itertools import count, pairwise
from math import comb, exp, fsum, inf, isclose, lgamma, log, nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import Span, days, hours, months, weeks, years
from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import DiscountRate, Geometric, RenewalCounts, RetentionFit, ShiftedBetaGeometric, SurvivalTable
from cxkit.tallies import PopulationRate

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/churn.json").read_text(encoding="utf-8"))
}
YEAR = years(1)
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]  # Fader and Hardie 2007, table 1
FACTORS = (0.01, 0.5, 0.999, 1, 1.001, 2, 100)
SURVIVORS = st.lists(st.integers(0, 300), min_size=1, max_size=8).map(lambda numbers: sorted(numbers, reverse=True))
COHORTS = st.lists(SURVIVORS, min_size=1, max_size=3)


def at(year, month=1, day=1):
    return datetime(year, month, day, tzinfo=timezone.utc)


def counts_of(survivors):
    return RenewalCounts.from_survivors(survivors, per=YEAR)


def of_case(name):
    given = CASES[name]["input"]
    if "cohorts" in given:
        return RenewalCounts.from_cohorts(given["cohorts"], per=YEAR)
    if "alive_percent" in given:
        return counts_of([round(share * given["n0"] / 100) for share in given["alive_percent"]])
    return counts_of(given["alive_counts"])


def textbook_likelihood(survivors, alpha, beta):
    """Give the log-likelihood of a cohort by the beta functions of the paper, without the sufficient statistics."""

    def log_b(a, b):
        return lgamma(a) + lgamma(b) - lgamma(a + b)

    total = 0.0
    for renewal in range(1, len(survivors)):
        lost = survivors[renewal - 1] - survivors[renewal]
        total += lost * (log_b(alpha + 1, beta + renewal - 1) - log_b(alpha, beta))
    return total + survivors[-1] * (log_b(alpha, beta + len(survivors) - 1) - log_b(alpha, beta))


# What is counted


def test_a_cohort_is_counted_by_who_came_to_each_renewal_and_who_left_there():
    counts = counts_of([1000, 631, 468])
    assert counts == RenewalCounts([1000, 631], [369, 163], per=YEAR)
    assert counts.survivors == (0.631, pytest.approx(0.468))
    assert counts.rows()[1] == {
        "renewal": 2,
        "at_risk": 631,
        "lost": 163,
        "churn": 163 / 631,
        "survivor": pytest.approx(0.468),
    }
    assert counts.first(1) == counts_of([1000, 631])
    assert counts.first(0) == counts_of([1000]) == RenewalCounts(per=YEAR)


def test_a_rate_of_churn_has_its_counts_and_none_where_nobody_came():
    counts = counts_of([1000, 631, 468])
    rate = PopulationRate(163, 631, name="churn rate at renewal 2", unit="customers")
    assert counts.churn_rate(2) == rate
    assert not counts.churn_rate(3).is_defined
    with pytest.raises(InvalidValueError, match="renewal must be at least 1"):
        counts.churn_rate(0)


def test_renewals_to_which_nobody_came_are_left_out():
    assert counts_of([5, 0, 0, 0]) == RenewalCounts([5], [5], per=YEAR)
    assert not counts_of([0, 0]).is_defined
    assert not counts_of([]).is_defined
    assert str(counts_of([])) == "(no rows)"


@given(COHORTS, COHORTS)
def test_counts_add_over_customers_whichever_way_they_are_grouped(some, others):
    def whole(cohorts):
        return RenewalCounts.from_cohorts(dict(enumerate(cohorts)), per=YEAR)

    assert whole(some) + whole(others) == whole(some + others) == whole(others + some)
    assert whole(some) + RenewalCounts(per=YEAR) == whole(some)
    assert from_dict(to_dict(whole(some)), RenewalCounts) == whole(some)


def test_contracts_of_two_lengths_do_not_add():
    with pytest.raises(InvalidValueError, match="two lengths of time"):
        counts_of([2, 1]) + RenewalCounts.from_survivors([2, 1], per=months(1))
    with pytest.raises(TypeError):
        counts_of([2, 1]) + 1
    assert counts_of([2, 1]) + RenewalCounts.from_survivors([2, 1], per=months(12)) == counts_of([4, 2])


def test_spans_are_counted_at_the_renewals_that_have_come():
    spans = [
        (at(2020, 1, 31), None),  # four renewals by May 31: Feb 29, Mar 31, Apr 30, May 31
        (at(2020, 1, 31), at(2020, 2, 29)),  # left at the first, on its day
        (at(2020, 1, 31), at(2020, 3, 1)),  # left before the second
        (at(2020, 5, 1), at(2020, 5, 20)),  # left, but the renewal is still to come
        (at(2020, 8, 1), None),  # began later
        [at(2020, 3, 15), at(2020, 7, 1)],  # has not left yet
    ]
    counts = RenewalCounts.from_spans(spans, per=months(1), as_of=at(2020, 5, 31))
    assert counts == RenewalCounts([4, 3, 1, 1], [1, 1, 0, 0], per=months(1))
    assert not RenewalCounts.from_spans([], per=months(1), as_of=at(2020)).is_defined


def test_spans_agree_with_survivors_for_days_and_hours():
    start = at(2020)
    stays = [1, 1, 2, 3, 7, 7]
    for per in (days(1), weeks(2), hours(6)):
        step = timedelta(days=per.days, hours=per.hours)
        spans = [(start, start + stay * step) for stay in stays]
        counts = RenewalCounts.from_spans(spans, per=per, as_of=start + 5 * step)
        assert counts == RenewalCounts.from_survivors([6, 4, 3, 2, 2, 2], per=per)


def test_renewals_end_with_time_itself():
    counts = RenewalCounts.from_spans([(at(9990), None)], per=years(3), as_of=at(9999, 12, 31))
    assert counts.at_risk == (1, 1, 1)


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ([at(2020)], "must be a pair of moments"),
        ([(at(2020),)], "must be a pair of moments"),
        ([(at(2021), at(2020))], "must not end before it starts"),
        ([(datetime(2020, 1, 1), None)], "aware"),  # noqa: DTZ001 - refused for that
    ],
)
def test_what_is_no_span_is_refused(spans, said):
    with pytest.raises((InvalidTypeError, InvalidValueError), match=said):
        RenewalCounts.from_spans(spans, per=YEAR, as_of=at(2022))


def test_a_survival_table_counts_renewals():
    table = SurvivalTable.from_durations([1, 1, 2.0, 3, 2.5, 0], [True, False, True, False, False, False])
    counts = RenewalCounts.from_survival(table, per=YEAR)
    assert counts == RenewalCounts([5, 3, 1], [1, 1, 0], per=YEAR)
    assert RenewalCounts.from_survival(SurvivalTable(), per=YEAR) == RenewalCounts(per=YEAR)


@given(SURVIVORS)
def test_a_survival_table_of_a_cohort_counts_as_the_cohort_does(survivors):
    lost = {time: before - after for time, (before, after) in enumerate(pairwise(survivors), start=1)}
    table = SurvivalTable(lost, {len(survivors) - 1: survivors[-1]})
    assert RenewalCounts.from_survival(table, per=YEAR) == counts_of(survivors)


def test_a_survival_table_in_other_units_is_refused():
    for table in (
        SurvivalTable({1.5: 1}),
        SurvivalTable({0: 1}),
        SurvivalTable.from_durations([3], [True], entry=[1]),
    ):
        with pytest.raises(InvalidValueError, match="times must be renewals"):
            RenewalCounts.from_survival(table, per=YEAR)
    for late in (10**5 + 1, 10**29):
        with pytest.raises(InvalidValueError, match=f"numbers of renewals, up to 100000, got {late}"):
            RenewalCounts.from_survival(SurvivalTable({late: 1}), per=YEAR)
    with pytest.raises(InvalidTypeError, match="must be an int"):
        RenewalCounts.from_survival(SurvivalTable.from_durations([1], [True], weights=[0.5]), per=YEAR)
    with pytest.raises(InvalidTypeError, match="expected a SurvivalTable"):
        RenewalCounts.from_survival([1, 2], per=YEAR)


@pytest.mark.parametrize(
    ("at_risk", "lost", "said"),
    [
        ([5, 6], [0, 0], "no more can come"),
        ([5, 4], [2, 0], "got 4 after 3"),
        ([5], [6], "got 6 of 5"),
        ([5], [], "got 0 for 1"),
        ([-1], [0], "at least 0"),
        ([1.5], [0], "must be an int"),
        ([True], [0], "must be an int"),
        (None, [0], "expected a list"),
    ],
)
def test_counts_that_cannot_be_are_refused(at_risk, lost, said):
    with pytest.raises((InvalidTypeError, InvalidValueError), match=said):
        RenewalCounts(at_risk, lost, per=YEAR)


def test_what_is_no_cohort_is_refused():
    with pytest.raises(InvalidValueError, match="must not grow, got 6 after 5"):
        counts_of([5, 6])
    with pytest.raises(InvalidTypeError, match="must be a mapping"):
        RenewalCounts.from_cohorts([[5, 4]], per=YEAR)


@pytest.mark.parametrize("per", [days(0), months(1) + days(1), months(1) + hours(1)])
def test_a_period_is_months_or_days(per):
    with pytest.raises(InvalidValueError, match="per must be some months, or some days or hours"):
        RenewalCounts(per=per)


def test_a_period_is_a_span_whatever_the_zone():
    assert RenewalCounts(per=months(1, tz="Europe/Berlin")) == RenewalCounts(per=months(1))
    with pytest.raises(InvalidTypeError, match=r"such as months\(1\)"):
        RenewalCounts(per=timedelta(days=30))


# Fits


@pytest.mark.parametrize("name", ["churn-053", "churn-059", "churn-064", "churn-066"])
def test_the_fit_finds_the_published_parameters(name):
    case = CASES[name]
    fit = ShiftedBetaGeometric.fit(of_case(name))
    assert (fit.status, fit.reason, fit.is_defined) == ("ok", None, True)
    assert fit.model.per == YEAR
    found = {"alpha": fit.model.alpha, "beta": fit.model.beta, "log_likelihood": fit.log_likelihood}
    for part, value in case["expected"].items():
        assert found[part] == pytest.approx(value, abs=case["tolerance"][part])


def test_the_first_seven_renewals_give_the_parameters_of_the_paper():
    model = ShiftedBetaGeometric.fit(counts_of(REGULAR)).model
    assert (round(model.alpha, 3), round(model.beta, 3)) == (0.704, 1.182)


def test_the_likelihood_is_that_of_the_beta_functions():
    fit = ShiftedBetaGeometric.fit(counts_of(REGULAR))
    assert fit.log_likelihood == pytest.approx(textbook_likelihood(REGULAR, fit.model.alpha, fit.model.beta), rel=1e-12)


def test_with_two_renewals_the_model_has_the_churn_that_was_seen():
    model = ShiftedBetaGeometric.fit(counts_of([1000, 800, 680])).model
    assert [model.churn_rate(1), model.churn_rate(2)] == pytest.approx([0.2, 0.15], rel=1e-9)


@given(SURVIVORS)
def test_no_model_is_likelier_than_the_fitted_one_or_the_limit(survivors):
    fit = ShiftedBetaGeometric.fit(counts_of(survivors))
    best = 0.0 if fit.log_likelihood is None else fit.log_likelihood
    candidates = [
        (mean * size, (1 - mean) * size) for mean in (0.01, 0.1, 0.3, 0.6, 0.9) for size in (0.01, 0.3, 3, 1000)
    ]
    if fit.status == "ok":
        alpha, beta = fit.model.alpha, fit.model.beta
        assert best == pytest.approx(textbook_likelihood(survivors, alpha, beta), rel=1e-6, abs=1e-6)
        candidates += [(alpha * one, beta * other) for one in FACTORS for other in FACTORS]
    for alpha, beta in candidates:
        found = textbook_likelihood(survivors, alpha, beta)
        assert found <= best + 1e-9 * (1 + abs(found))


@pytest.mark.parametrize(
    "survivors",
    [
        [10**7, 10**7 - 200_000, 10**7 - 399_999],  # all but constant
        [10**6, 999_000, 998_001, 997_003],
        [10**9, 1, 1, 0],  # nearly all at once
        [10**6, 1, 0],
        [10**6, 999_999, 999_999, 999_999, 999_998],  # nearly none
        [10**6, 500_000, 500_000, 500_000, 500_000, 499_999],  # nearly all of them at the first
        [20, 10, 9, 9, 9, 9, 9, 9, 8],
        [10**12, 10**11, 10**10 * 5, 10**10 * 4],
        [10**12, 2, 1],
    ],
)
def test_hard_counts_are_fitted(survivors):
    fit = ShiftedBetaGeometric.fit(counts_of(survivors))
    best = fit.log_likelihood
    assert fit.status in {"ok", "boundary"}
    if fit.status == "ok":
        size = fit.model.alpha + fit.model.beta
        mean = fit.model.alpha / size
        for by_mean in (0.999, 1.001):
            for by_size in (0.5, 0.9, 1.1, 2):
                near = mean * by_mean if mean < 0.5 else 1 - (1 - mean) * by_mean
                found = hazards_likelihood(survivors, near, size * by_size)
                assert found <= best + 1e-9 * abs(best)


def test_more_customers_than_a_float_can_tell_apart_are_fitted_as_well_as_it_can():
    assert ShiftedBetaGeometric.fit(counts_of([10**18, 2, 1])).model.churn_rate(1) == pytest.approx(1.0)


def hazards_likelihood(survivors, mean, size):
    """Give the log-likelihood by the churn at each renewal, which keeps its digits for large parameters."""
    total = 0.0
    for renewal in range(1, len(survivors)):
        churn = mean * size / (size + renewal - 1)
        kept = survivors[renewal]
        total += (survivors[renewal - 1] - kept) * log(churn) + (kept * log(1 - churn) if kept else 0.0)
    return total


def test_a_single_renewal_tells_the_mean_and_no_more():
    case = CASES["churn-073"]
    fit = ShiftedBetaGeometric.fit(of_case("churn-073"))
    assert (fit.status, fit.reason, fit.is_defined, fit.model_or(None)) == (
        "not_identified",
        "one_renewal",
        False,
        None,
    )
    assert fit.mean_churn == case["expected"]["alpha_over_alpha_plus_beta"]
    assert fit.log_likelihood == pytest.approx(200 * log(0.2) + 800 * log(0.8))
    with pytest.raises(UndefinedMetricError, match="with one renewal, only the mean churn is known"):
        _ = fit.model
    assert "with one renewal" in str(fit)


def test_without_losses_the_limit_is_no_churn():
    fit = ShiftedBetaGeometric.fit(of_case("churn-074"))
    assert (fit.status, fit.reason, fit.model, fit.log_likelihood) == (
        "boundary",
        "no_losses",
        Geometric(0.0, per=YEAR),
        0.0,
    )


def test_churn_that_rises_leads_to_customers_who_are_alike():
    counts = of_case("churn-075")
    fit = ShiftedBetaGeometric.fit(counts)
    assert (fit.status, fit.reason) == ("boundary", "churn_does_not_fall")
    assert fit.model == Geometric.fit(counts).model == Geometric(4960 / 26200, per=YEAR)
    assert fit.log_likelihood == Geometric.fit(counts).log_likelihood
    assert "churn does not fall" in str(fit)


def test_churn_that_is_just_constant_is_a_limit_and_a_little_less_is_not():
    assert ShiftedBetaGeometric.fit(counts_of([1000, 800, 640, 512])).reason == "churn_does_not_fall"
    assert ShiftedBetaGeometric.fit(counts_of([1000, 800, 640, 513])).status == "ok"


def test_losses_at_the_first_renewal_only_lead_to_some_who_leave_and_others_who_never_do():
    fit = ShiftedBetaGeometric.fit(counts_of([1000, 800, 800, 800]))
    assert (fit.status, fit.reason) == ("boundary", "no_later_losses")
    assert fit.model.survivors(50) == pytest.approx([0.8] * 50, rel=1e-7)
    assert fit.log_likelihood == pytest.approx(200 * log(0.2) + 800 * log(0.8))
    dear = DiscountRate(0.1, per=YEAR)
    assert fit.model.discounted_expected_lifetime(dear) == pytest.approx(1 + 0.8 / 0.1, rel=1e-7)


def test_a_rare_loss_at_the_first_renewal_has_a_limit_too():
    fit = ShiftedBetaGeometric.fit(counts_of([10**9, 10**9 - 1, 10**9 - 1]))
    assert fit.model.churn_rate(1) == pytest.approx(1e-9)


def test_nobody_at_a_renewal_leaves_everything_open():
    for family in (ShiftedBetaGeometric, Geometric):
        fit = family.fit(counts_of([1000]))
        assert (fit.status, fit.reason, fit.mean_churn, fit.log_likelihood) == (
            "not_identified",
            "no_renewals",
            None,
            None,
        )
        with pytest.raises(UndefinedMetricError, match="nobody has come to a renewal"):
            _ = fit.model


def test_constant_churn_is_the_share_lost_of_all_who_came():
    fit = Geometric.fit(counts_of([100, 80, 72]))
    assert (fit.status, fit.reason, fit.model) == ("ok", None, Geometric(28 / 180, per=YEAR))
    assert fit.log_likelihood == pytest.approx(28 * log(28 / 180) + 152 * log(152 / 180))
    assert Geometric.fit(counts_of([5, 0])).reason == "only_losses"
    assert Geometric.fit(counts_of([5, 0])).log_likelihood == 0.0
    assert Geometric.fit(counts_of([5, 5])).status == "boundary"


def test_a_fit_shows_as_a_row_and_as_the_code_that_makes_it():
    fit = Geometric.fit(counts_of([100, 80]))
    assert fit.rows() == [
        {
            "status": "ok",
            "reason": None,
            "mean churn": 0.2,
            "log likelihood": fit.log_likelihood,
            "model": Geometric(0.2, per=YEAR),
        }
    ]
    assert str(fit).splitlines()[0].split() == ["status", "reason", "mean", "churn", "log", "likelihood", "model"]
    names = {"RenewalCounts": RenewalCounts, "RetentionFit": RetentionFit, "Geometric": Geometric, "months": months}
    assert eval(repr(fit), names) == fit  # noqa: S307 - its own text


def test_only_counts_of_renewals_are_fitted():
    for family in (ShiftedBetaGeometric, Geometric):
        with pytest.raises(InvalidTypeError, match="fitted to RenewalCounts"):
            family.fit([1000, 800])


# Models


def model_of(case):
    return ShiftedBetaGeometric(case["input"]["alpha"], case["input"]["beta"], per=YEAR)


def test_retention_rises_with_tenure_as_published():
    case = CASES["churn-056"]
    model = model_of(case)
    found = [model.retention_rate(renewal) for renewal in case["input"]["t"]]
    assert found == pytest.approx(case["expected"]["r"], abs=case["tolerance"])


def test_survival_is_projected_as_published():
    case = CASES["churn-061"]
    model = model_of(case)
    found = [model.survivor(renewals) for renewals in case["input"]["t"]]
    assert found == pytest.approx(case["expected"]["S"], abs=case["tolerance"])
    assert model.survivors(12) == tuple(found[1:])


def test_survival_is_a_ratio_of_beta_functions():
    alpha, beta, renewals = 0.7, 1.2, 40
    expected = exp(lgamma(beta + renewals) + lgamma(alpha + beta) - lgamma(beta) - lgamma(alpha + beta + renewals))
    assert ShiftedBetaGeometric(alpha, beta, per=YEAR).survivor(renewals) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", ["churn-067", "churn-069", "churn-070"])
def test_expected_lifetimes_are_those_computed_to_30_digits(name):
    case = CASES[name]
    model, discount = model_of(case), DiscountRate(case["input"]["d"], per=YEAR)
    assert model.discounted_expected_lifetime(discount) == pytest.approx(case["expected"]["DEL"], abs=1e-8)
    found = [model.discounted_residual_lifetime(discount, before_renewal=n) for n in case["input"]["n"]]
    assert found == pytest.approx(case["expected"]["DERL"], abs=1e-8)


def test_an_old_customer_is_worth_more_than_the_retention_of_the_first_year_says():
    case = CASES["churn-071"]
    model, discount = model_of(case), DiscountRate(case["input"]["d"], per=YEAR)
    alike = Geometric(model.churn_rate(1), per=YEAR)
    found = [each.discounted_residual_lifetime(discount, before_renewal=5) for each in (model, alike)]
    assert found == pytest.approx([*case["expected"].values()], abs=1e-8)


@given(st.floats(0.01, 50), st.floats(0.01, 50), st.floats(0.05, 2), st.integers(0, 5))
def test_lifetimes_are_the_sums_they_stand_for(alpha, beta, rate, renewals):
    model, discount = ShiftedBetaGeometric(alpha, beta, per=YEAR).after(renewals=renewals), DiscountRate(rate, per=YEAR)
    share, terms = 1.0, []
    for time in range(1000):
        terms.append(share * (1 / (1 + rate)) ** time)
        share *= (beta + renewals + time) / (alpha + beta + renewals + time)
    assert model.discounted_expected_lifetime(discount) == pytest.approx(fsum(terms), rel=1e-9)
    residual = model.discounted_residual_lifetime(discount, before_renewal=1)
    assert residual == pytest.approx((fsum(terms) - 1) * (1 + rate), rel=1e-9, abs=1e-12)


def test_whoever_renewed_is_another_mixture_of_customers():
    model = ShiftedBetaGeometric(0.7, 1.2, per=YEAR)
    assert model.after(renewals=4) == ShiftedBetaGeometric(0.7, 5.2, per=YEAR)
    assert model.after(renewals=4).churn_rate(1) == model.churn_rate(5)
    assert Geometric(0.2, per=YEAR).after(renewals=4) == Geometric(0.2, per=YEAR)


def test_customers_who_are_alike_stay_by_a_power():
    model, discount = Geometric(0.2, per=YEAR), DiscountRate(0.1, per=YEAR)
    assert model.survivors(3) == pytest.approx([0.8, 0.64, 0.512])
    assert (model.survivor(0), model.churn_rate(9), model.retention_rate(9)) == (1.0, 0.2, 0.8)
    assert model.discounted_expected_lifetime(discount) == pytest.approx(1.1 / 0.3)
    assert model.discounted_expected_lifetime(DiscountRate(0, per=YEAR)) == 5


def test_without_a_discount_a_lifetime_may_be_infinite():
    free = DiscountRate(0, per=YEAR)
    assert ShiftedBetaGeometric(3, 4, per=YEAR).discounted_expected_lifetime(free) == 3  # (a + b - 1) / (a - 1)
    for model in (ShiftedBetaGeometric(1, 4, per=YEAR), Geometric(0, per=YEAR)):
        with pytest.raises(UndefinedMetricError, match="infinite"):
            model.discounted_expected_lifetime(free)


@pytest.mark.parametrize("sizes", [(1e-30, 1e15), (1e15, 1e-30), (1e-30, 1e-30), (1e15, 1e15), (1e-9, 1e9)])
def test_lifetimes_hold_at_the_ends_of_what_is_taken(sizes):
    found = ShiftedBetaGeometric(*sizes, per=YEAR).discounted_expected_lifetime(DiscountRate(0.1, per=YEAR))
    mean = sizes[0] / sum(sizes)
    assert 1.0 <= found <= 11.0 + 1e-9
    low, high = sorted([1 + (1 - mean) / 0.1, 1.1 / (0.1 + mean)])  # some who leave and some who stay; all alike
    assert low * (1 - 1e-9) <= found <= high * (1 + 1e-9)


@pytest.mark.parametrize("model", [Geometric(0.2, per=months(1)), ShiftedBetaGeometric(1, 2, per=weeks(1))])
def test_a_discount_per_another_period_is_refused(model):
    with pytest.raises(InvalidValueError, match=r"the discount is per months\(12\).*convert it"):
        model.discounted_expected_lifetime(DiscountRate(0.1, per=YEAR))
    with pytest.raises(InvalidTypeError, match="must be a DiscountRate"):
        model.discounted_expected_lifetime(0.1)


@pytest.mark.parametrize(("alpha", "beta"), [(0, 1), (1, 0), (-1, 1), (nan, 1), (1, inf), (1, 1e16), (1e-31, 1)])
def test_parameters_out_of_range_are_refused(alpha, beta):
    with pytest.raises(InvalidValueError, match=r"(alpha|beta) must be between 1e-30 and 1e\+15"):
        ShiftedBetaGeometric(alpha, beta, per=YEAR)


@pytest.mark.parametrize("churn", [-0.1, 1.1, nan, 20])
def test_churn_is_a_share(churn):
    with pytest.raises(InvalidValueError, match="write"):
        Geometric(churn, per=YEAR)


def test_parameters_are_numbers():
    for value in ("1", True, None):
        with pytest.raises(InvalidTypeError, match="must be a number"):
            Geometric(value, per=YEAR)
        with pytest.raises(InvalidTypeError, match="alpha must be a number"):
            ShiftedBetaGeometric(value, 1, per=YEAR)


def test_renewals_are_counted_from_one_and_survivors_from_none():
    for model in (Geometric(0.2, per=YEAR), ShiftedBetaGeometric(1, 2, per=YEAR)):
        for ask in (model.churn_rate, model.retention_rate):
            with pytest.raises(InvalidValueError, match="renewal must be at least 1, got 0"):
                ask(0)
        with pytest.raises(InvalidValueError, match="renewals must be at least 0"):
            model.survivor(-1)
        with pytest.raises(InvalidValueError, match="renewals must be at least 0"):
            model.after(renewals=-1)
        with pytest.raises(InvalidValueError, match="before_renewal must be at least 1"):
            model.discounted_residual_lifetime(DiscountRate(0.1, per=YEAR), before_renewal=0)
        assert model.survivors(0) == ()


@pytest.mark.parametrize(
    "model", [Geometric(0.2, per=months(1)), ShiftedBetaGeometric(0.668, 3.806, per=weeks(2)), RenewalCounts(per=YEAR)]
)
def test_models_are_stored(model):
    assert from_dict(to_dict(model), type(model)) == model
    with pytest.raises(DocumentError):
        from_dict(to_dict(model) | {"per": {"type": "calendar.span", "months": 0}}, type(model))
    assert eval(repr(model), {type(model).__name__: type(model), "months": months, "days": days, "Span": Span}) == model  # noqa: S307


@given(st.integers(0, 6), st.integers(1, 6))
def test_customers_who_are_drawn_once_and_flip_coins_leave_as_the_model_says(alpha, beta):
    # With whole parameters, the beta mixture of powers is a ratio of binomial coefficients.
    alpha += 1
    for renewals in range(6):
        share = ShiftedBetaGeometric(alpha, beta, per=YEAR).survivor(renewals)
        expected = comb(beta + renewals - 1, renewals) / comb(alpha + beta + renewals - 1, renewals)
        assert isclose(share, expected, rel_tol=1e-12)


HUGE = 10**400
MODEL = ShiftedBetaGeometric(0.668, 3.806, per=YEAR)


@pytest.mark.parametrize(
    "call",
    [
        lambda: RenewalCounts([HUGE, 1], [1, 0], per=YEAR),
        lambda: RenewalCounts.from_survivors([HUGE, 1], per=YEAR),
        lambda: ShiftedBetaGeometric(HUGE, 1, per=YEAR),
        lambda: ShiftedBetaGeometric(1, HUGE, per=YEAR),
        lambda: Geometric(HUGE, per=YEAR),
    ],
    ids=count(),
)
def test_numbers_beyond_what_there_is_are_refused(call):
    with pytest.raises(InvalidValueError, match="must be"):
        call()


@pytest.mark.parametrize("model", [MODEL, Geometric(0.2, per=YEAR)], ids=["differ", "alike"])
@pytest.mark.parametrize(
    "call",
    [
        lambda model, number: model.survivor(number),
        lambda model, number: model.survivors(number),
        lambda model, number: model.churn_rate(number),
        lambda model, number: model.retention_rate(number),
        lambda model, number: model.after(renewals=number),
        lambda model, number: model.discounted_residual_lifetime(DiscountRate(0.1, per=YEAR), before_renewal=number),
    ],
    ids=count(),
)
def test_renewals_are_at_most_10000(model, call):
    call(model, 10_000)
    for number, said in ((10_001, "at most 10000"), (10**12, "at most 10000"), (HUGE, "below")):
        with pytest.raises(InvalidValueError, match=said):
            call(model, number)


def test_where_all_left_at_the_one_renewal_nobody_is_left_to_wait_for():
    fit = ShiftedBetaGeometric.fit(counts_of([10, 0]))
    assert (fit.status, fit.reason, fit.mean_churn, fit.log_likelihood) == ("not_identified", "only_losses", 1.0, 0.0)
    with pytest.raises(UndefinedMetricError, match=r"nobody is left$"):
        _ = fit.model


def test_more_than_100000_renewals_of_a_customer_are_refused():
    with pytest.raises(InvalidValueError, match="up to 100000 renewals, got hours"):
        RenewalCounts.from_spans([(at(1), None)], per=hours(1), as_of=at(2026))
    assert len(RenewalCounts.from_spans([(at(2016), None)], per=hours(1), as_of=at(2026)).at_risk) == 87_672


def test_a_renewal_beyond_the_end_of_time_never_comes():
    for per in (hours(10**30), days(10**30), years(10**30), years(9_000)):
        assert not RenewalCounts.from_spans([(at(2000), at(2001))], per=per, as_of=at(2026)).is_defined


@given(
    start=st.datetimes(at(1999).replace(tzinfo=None), at(2001).replace(tzinfo=None)),
    stay=st.integers(0, 900),
    seen=st.integers(-100, 900),
    per=st.sampled_from([days(1), days(30), hours(36), months(1), months(5), YEAR]),
)
def test_renewals_of_spans_are_those_that_steps_come_to(start, stay, seen, per):
    """Step from renewal to renewal, as a calendar is read."""
    start = start.replace(tzinfo=timezone.utc)
    end, as_of = start + timedelta(days=stay), start + timedelta(days=seen)
    number, is_lost = 0, False
    while not is_lost and start + _times(per, number + 1) <= as_of:
        number += 1
        is_lost = end <= start + _times(per, number)
    counts = RenewalCounts.from_spans([(start, end)], per=per, as_of=as_of)
    assert counts == RenewalCounts([1] * number, [0] * (number - 1) + [int(is_lost)] if number else [], per=per)


def _times(per, number):
    return Span(months=per.months * number, days=per.days * number, hours=per.hours * number)
