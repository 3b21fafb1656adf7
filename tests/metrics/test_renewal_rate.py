"""The renewal rate: of the contracts that had the choice, how many went on."""

import json
from datetime import datetime, timedelta, timezone
from fractions import Fraction

import attrs
import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st
from revenue_logs import day

from cxkit.calendar import Period, days, months, years
from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import Coupon, RenewalRate, Subscription, Subscriptions, renewal_rate
from cxkit.tallies import PopulationRate

YEARLY = {"per": "year", "currency": "EUR"}
MONTHLY = {"per": "month", "currency": "EUR"}
MARCH = Period.month(2026, 3)
UTC = timezone.utc
STEPS = {
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
    "year": relativedelta(years=1),
    "week": relativedelta(days=7),
}
LEVELS = {"month": Fraction(1), "quarter": Fraction(1, 3), "year": Fraction(1, 12), "week": Fraction(52, 12)}


def date(year, month, number=9):
    return datetime(year, month, number, tzinfo=UTC)


def a_shop(*subscriptions):
    return Subscriptions("EUR", subscriptions)


def told(found):
    return found.due, found.renewed, found.contracts


# The due base


def test_a_year_has_one_month_in_which_its_contract_can_end():
    """The dilution of the field's example: 100 of 1,200 contracts are due, and 12 leave."""
    starts = [date(2025, 1 + number % 12) for number in range(1200)]
    leaving = [place for place, start in enumerate(starts) if start.month == 3][:12]
    shop = a_shop(
        *(
            Subscription(f"c{place:04}", 120, start, date(2026, 3) if place in leaving else None, **YEARLY)
            for place, start in enumerate(starts)
        )
    )
    found = renewal_rate(shop, MARCH)

    assert told(found) == (100, 88, 1200)
    assert (found.lapsed_of_due.value, found.lapsed_of_all.value, found.by_count.value) == (0.12, 0.01, 0.88)
    assert found.by_value().exact == Fraction(88, 100)
    assert found.by_count == PopulationRate(88, 100, name="renewal rate", unit="contracts due", window=MARCH.window)
    assert (found.lapsed_of_all.count, found.lapsed_of_all.total) == (12, 1200)
    assert found.lapsed_of_due.interval() == PopulationRate(12, 100).interval()


def test_who_leaves_before_the_term_ends_was_never_due():
    shop = a_shop(Subscription("anna", 120, date(2025, 3), date(2026, 3, 5), **YEARLY))

    found = renewal_rate(shop, MARCH)
    assert told(found) == (0, 0, 1)
    assert (found.ended_early, found.ended) == (1, 1)


@pytest.mark.parametrize(
    ("end", "due", "ended_early"),
    [
        (date(2026, 3) - timedelta(minutes=1), 0, 1),
        (date(2026, 3), 1, 0),
        (date(2026, 3) + timedelta(minutes=1), 1, 1),
        (date(2026, 3, 1) - timedelta(days=9), 0, 0),
        (MARCH.start, 0, 1),
        (MARCH.end, 1, 0),
        (None, 1, 0),
    ],
)
def test_who_ends_within_a_term_ended_early(end, due, ended_early):
    found = renewal_rate(a_shop(Subscription("anna", 120, date(2025, 3), end, **YEARLY)), MARCH)

    assert (found.due, found.ended_early) == (due, ended_early)


def test_a_shop_may_bleed_at_a_renewal_rate_of_one():
    leaving = [Subscription(f"c{number}", 120, date(2025, 3), date(2026, 3, 8), **YEARLY) for number in range(9)]
    found = renewal_rate(a_shop(Subscription("anna", 120, date(2025, 3), **YEARLY), *leaving), MARCH)

    assert (found.by_count.value, found.ended_early, found.contracts) == (1.0, 9, 10)


def test_a_new_price_is_no_early_end():
    parts = [
        Subscription("anna", 120, date(2025, 3), date(2026, 3, 20), id="A", **YEARLY),
        Subscription("anna", 150, date(2026, 3, 20), date(2026, 3, 30), id="A", **YEARLY),
    ]

    assert renewal_rate(a_shop(parts[0], attrs.evolve(parts[1], end=None)), MARCH).ended_early == 0
    assert renewal_rate(a_shop(*(attrs.evolve(part, id=None) for part in parts)), MARCH).ended_early == 2
    assert renewal_rate(a_shop(*parts), MARCH).ended_early == 1
    assert renewal_rate(a_shop(*parts), MARCH, as_of=date(2026, 3, 29)).ended_early == 0
    assert renewal_rate(a_shop(*parts), MARCH, as_of=date(2026, 3, 30)).ended_early == 1


def test_a_week_is_due_several_times_in_a_month():
    shop = a_shop(Subscription("anna", 7, date(2026, 1), per="week", currency="EUR"))

    assert told(renewal_rate(shop, MARCH)) == (4, 4, 1)


def test_a_document_from_before_early_ends_were_counted_still_loads():
    rate = RenewalRate("EUR", due=3, renewed=2, contracts=9)
    document = {key: value for key, value in to_dict(rate).items() if key != "ended_early"}

    assert from_dict(document, RenewalRate) == rate


def test_who_is_due_at_the_first_moment_is_due_and_at_the_last_is_not():
    shop = a_shop(
        Subscription("anna", 120, date(2025, 3, 1), date(2026, 3, 1), **YEARLY),
        Subscription("ben", 120, date(2025, 4, 1), **YEARLY),
    )

    assert told(renewal_rate(shop, MARCH)) == (1, 0, 2)


def test_the_start_of_a_contract_is_no_renewal():
    assert told(renewal_rate(a_shop(Subscription("anna", 120, date(2026, 3), **YEARLY)), MARCH)) == (0, 0, 1)


def test_terms_are_counted_from_the_start_without_wandering():
    shop = a_shop(Subscription("anna", 10, date(2026, 1, 31), **MONTHLY))
    ends = [(date(2026, 2, 28), date(2026, 3, 1)), (date(2026, 3, 31), date(2026, 4, 1))]

    assert [told(renewal_rate(shop, window)) for window in ends] == [(1, 1, 1)] * 2
    assert told(renewal_rate(shop, (date(2026, 3, 1), date(2026, 3, 31)))) == (0, 0, 1)


def test_a_monthly_contract_is_due_three_times_in_a_quarter():
    shop = a_shop(Subscription("anna", 10, date(2025, 12), date(2026, 3), **MONTHLY))

    assert told(renewal_rate(shop, Period.quarter(2026, 1))) == (3, 2, 1)


def test_the_term_may_be_longer_than_the_billing_period():
    shop = a_shop(Subscription("anna", 10, date(2025, 3), term=years(1), **MONTHLY))

    assert told(renewal_rate(shop, MARCH)) == (1, 1, 1)
    assert told(renewal_rate(shop, Period.month(2026, 2))) == (0, 0, 1)


def test_contracts_outside_of_the_period_are_not_counted():
    shop = a_shop(
        Subscription("anna", 10, date(2025, 1), date(2026, 2), **MONTHLY),
        Subscription("ben", 10, date(2026, 4, 1), **MONTHLY),
    )

    assert told(renewal_rate(shop, MARCH)) == (0, 0, 0)


# Prices that change


def test_a_new_price_under_one_id_is_a_renewal_at_that_price():
    shop = a_shop(
        Subscription("anna", 120, date(2025, 3), date(2026, 3), id="A", **YEARLY),
        Subscription("anna", 150, date(2026, 3), id="A", **YEARLY),
        Subscription("ben", 120, date(2025, 3), date(2026, 3), id="B", **YEARLY),
        Subscription("ben", 60, date(2026, 3), id="B", **YEARLY),
    )
    found = renewal_rate(shop, MARCH)

    assert told(found) == (2, 2, 2)
    assert (found.mrr_due, found.mrr_kept, found.mrr_renewed) == (20, 15, Fraction(35, 2))
    assert found.by_value().exact == Fraction(15, 20)
    assert found.by_value(uplift=True).exact == Fraction(35, 40)


def test_without_an_id_each_is_a_contract_of_its_own():
    shop = a_shop(
        Subscription("anna", 120, date(2025, 3), date(2026, 3), **YEARLY),
        Subscription("anna", 150, date(2026, 3), **YEARLY),
    )

    assert told(renewal_rate(shop, MARCH)) == (1, 0, 2)


def test_a_change_within_a_term_does_not_move_its_end():
    shop = a_shop(
        Subscription("anna", 120, date(2025, 3), date(2025, 7), id="A", **YEARLY),
        Subscription("anna", 240, date(2025, 7), id="A", **YEARLY),
    )

    assert told(renewal_rate(shop, MARCH)) == (1, 1, 1)
    assert told(renewal_rate(shop, Period.month(2026, 7))) == (0, 0, 1)


def test_a_change_of_the_term_counts_anew():
    shop = a_shop(
        Subscription("anna", 120, date(2025, 3), date(2025, 7), id="A", **YEARLY),
        Subscription("anna", 30, date(2025, 7), id="A", term=months(6), **MONTHLY),
    )

    assert told(renewal_rate(shop, MARCH)) == (0, 0, 1)
    assert told(renewal_rate(shop, Period.month(2026, 1))) == (1, 1, 1)


def test_after_a_gap_it_is_another_contract():
    shop = a_shop(
        Subscription("anna", 120, date(2025, 3), date(2026, 3), id="A", **YEARLY),
        Subscription("anna", 120, date(2026, 3, 10), id="A", **YEARLY),
    )

    assert told(renewal_rate(shop, MARCH)) == (1, 0, 2)


@pytest.mark.parametrize("end", [None, date(2026, 4)])
def test_two_of_one_id_must_not_overlap(end):
    shop = a_shop(
        Subscription("anna", 120, date(2025, 3), end, id="A", **YEARLY),
        Subscription("anna", 120, date(2026, 3), id="A", **YEARLY),
    )

    with pytest.raises(InvalidValueError, match="two subscriptions of 'anna' with the id 'A' overlap"):
        renewal_rate(shop, MARCH)


def test_a_coupon_that_ends_with_the_term_is_an_uplift():
    half = Coupon(percent=50, until=date(2026, 3))
    shop = a_shop(Subscription("anna", 120, date(2025, 3), coupon=half, **YEARLY))
    found = renewal_rate(shop, MARCH, coupons="all")

    assert (found.by_value().value, found.by_value(uplift=True).value) == (1, 2)
    assert renewal_rate(shop, MARCH, coupons="forever").by_value(uplift=True).value == 1
    with pytest.raises(InvalidValueError, match="systems disagree"):
        renewal_rate(shop, MARCH)


# As of


def test_what_is_due_later_than_as_of_is_not_counted():
    shop = a_shop(
        Subscription("anna", 120, date(2025, 3, 5), **YEARLY),
        Subscription("ben", 120, date(2025, 3, 9), date(2026, 3, 9), **YEARLY),
        Subscription("cleo", 120, date(2025, 3, 20), date(2026, 3, 20), **YEARLY),
    )

    assert told(renewal_rate(shop, MARCH, as_of=date(2026, 3, 8))) == (1, 1, 3)
    assert told(renewal_rate(shop, MARCH, as_of=date(2026, 3, 9))) == (2, 1, 3)
    assert told(renewal_rate(shop, MARCH)) == (3, 1, 3)
    assert renewal_rate(shop, MARCH, as_of=date(2026, 3, 9)).as_of == date(2026, 3, 9)


# By brute force


@st.composite
def contracts(draw):
    per = draw(st.sampled_from(sorted(STEPS)))
    start = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=draw(st.integers(0, 800)))
    lasts = draw(st.none() | st.integers(0, 8))
    end = None if lasts is None else start + lasts * STEPS[per] + timedelta(days=draw(st.sampled_from([0, 0, 3])))
    return Subscription(draw(st.sampled_from("abc")), draw(st.integers(0, 9)), start, end, per=per, currency="EUR")


def brute(shop, start, end):
    due = renewed = running = early = 0
    mrr_due = mrr_kept = Fraction(0)
    for one in shop.subscriptions:
        running += one.start < end and (one.end is None or one.end >= start)
        number, moment = 1, one.start + STEPS[one.per]
        while moment < end and (one.end is None or moment <= one.end):
            if moment >= start:
                goes_on = one.end is None or moment < one.end
                due, renewed = due + 1, renewed + goes_on
                mrr_due += Fraction(one.amount) * LEVELS[one.per]
                mrr_kept += Fraction(one.amount) * LEVELS[one.per] * goes_on
            number += 1
            moment = one.start + number * STEPS[one.per]
        ends = [one.start + count * STEPS[one.per] for count in range(1, number + 1)]
        early += one.end is not None and start <= one.end < end and one.end not in ends
    return due, renewed, running, early, mrr_due, mrr_kept


SHOPS = st.lists(contracts(), max_size=6).map(lambda found: Subscriptions("EUR", found))
PERIODS = st.builds(Period.month, st.integers(2025, 2027), st.integers(1, 12))


@given(SHOPS, PERIODS | PERIODS.map(lambda period: Period.of(period.first_day, "quarter")))
def test_it_is_what_a_look_at_every_term_finds(shop, period):
    found = renewal_rate(shop, period)

    assert (*told(found), found.ended_early, found.mrr_due, found.mrr_kept) == brute(shop, *period.window)
    assert found.mrr_renewed == found.mrr_kept


@given(SHOPS, PERIODS)
def test_the_customers_may_be_counted_in_shards(shop, period):
    shards = [[one for one in shop.subscriptions if (one.customer == "a") == is_a] for is_a in (True, False)]
    one, other = (renewal_rate(Subscriptions("EUR", shard), period) for shard in shards)

    assert one + other == renewal_rate(shop, period)


@pytest.mark.parametrize("term", [days(1), timedelta(hours=36), months(1, tz="Europe/Berlin"), years(9000)])
def test_terms_of_any_length_serve(term):
    start = datetime(2000, 1, 1, tzinfo=UTC)
    shop = a_shop(Subscription("anna", 1, start, term=term, **MONTHLY))
    moments = [] if term == years(9000) else list(_moments(start, term))

    found = renewal_rate(shop, MARCH)

    assert found.due == sum(MARCH.start <= moment < MARCH.end for moment in moments)
    assert found.renewed == found.due


def test_terms_too_short_to_count_are_refused():
    shop = a_shop(Subscription("anna", 1, date(2026, 1), term=timedelta(seconds=1), **MONTHLY))

    with pytest.raises(InvalidValueError, match="expected up to 10000 terms of a contract in a period, got more"):
        renewal_rate(shop, MARCH)


def _moments(start, term):
    if term == months(1, tz="Europe/Berlin"):
        return (start + months(number, tz="Europe/Berlin") for number in range(1, 400))
    length = timedelta(days=1) if term == days(1) else term
    return (start + number * length for number in range(1, 10_000))


# It is a population tally

COUNTS = st.integers(0, 5)


@st.composite
def rates(draw):
    due, renewed, more = (*sorted([draw(COUNTS), draw(COUNTS)], reverse=True), draw(COUNTS))
    kept, lost, uplift = (draw(st.fractions(0, 9, max_denominator=12)) for _ in range(3))
    return RenewalRate(
        "EUR",
        due=due,
        renewed=renewed,
        contracts=due + more,
        ended_early=draw(st.integers(0, more)),
        mrr_due=kept + lost,
        mrr_kept=kept,
        mrr_renewed=kept + uplift,
        window=MARCH,
    )


@given(rates(), rates(), rates())
def test_rates_of_different_customers_add(one, other, third):
    assert (one + other) + third == one + (other + third)
    assert one + RenewalRate("EUR", window=MARCH) == one
    assert from_dict(json.loads(json.dumps(to_dict(one))), RenewalRate) == one
    assert (one + other).by_count == one.by_count + other.by_count


@pytest.mark.parametrize("options", [{"currency": "USD"}, {"window": Period.month(2026, 4)}, {"as_of": day(5)}])
def test_what_must_not_add_is_refused(options):
    rate = RenewalRate("EUR", window=MARCH)

    with pytest.raises(InvalidValueError, match="they are of two currencies, periods or moments"):
        _ = rate + attrs.evolve(rate, **options)
    with pytest.raises(TypeError):
        _ = rate + 1


def test_without_contracts_due_it_is_undefined():
    nothing = RenewalRate("EUR", contracts=5)

    assert [row["rate"] for row in nothing.rows()] == [None, None]
    assert nothing.lapsed_of_all.value == 0
    with pytest.raises(UndefinedMetricError, match="renewal rate is undefined: no contracts due"):
        _ = nothing.by_count.value
    with pytest.raises(UndefinedMetricError, match="renewal rate by value is undefined: no contracts due"):
        _ = nothing.by_value().value


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"currency": "euro"}, InvalidValueError, "ISO 4217"),
        ({"due": -1}, InvalidValueError, "due must be at least 0"),
        ({"due": 1.0}, InvalidTypeError, "due must be an int"),
        ({"renewed": 1}, InvalidValueError, "renewed must not exceed due, got 1 of 0"),
        ({"due": 3, "contracts": 2}, InvalidValueError, "ended must not exceed contracts, got 3 of 2"),
        ({"ended_early": -1}, InvalidValueError, "ended_early must be at least 0"),
        (
            {"due": 1, "ended_early": 2, "contracts": 2},
            InvalidValueError,
            "ended must not exceed contracts, got 3 of 2",
        ),
        ({"mrr_due": 1.5}, InvalidTypeError, "MRR must be a Decimal or an int, got 1.5"),
        ({"mrr_due": -1}, InvalidValueError, "mrr_due must not be negative"),
        ({"mrr_kept": 1, "mrr_renewed": 1}, InvalidValueError, "mrr_kept must not exceed mrr_due, got 1 of 0"),
        ({"mrr_kept": 1, "mrr_due": 1}, InvalidValueError, "mrr_kept must not exceed mrr_renewed, got 1 of 0"),
        ({"window": 5}, InvalidTypeError, "period must be a Period"),
        ({"as_of": 5}, InvalidTypeError, "as_of must be a datetime"),
    ],
)
def test_a_rate_that_makes_no_sense_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        RenewalRate(**{"currency": "EUR"} | options)


def test_it_prints_as_a_table():
    rate = RenewalRate(
        "EUR",
        due=4,
        renewed=3,
        contracts=9,
        ended_early=2,
        mrr_due=Fraction(100, 3),
        mrr_kept=25,
        mrr_renewed=40,
    )

    assert str(rate).splitlines() == [
        "of            due  renewed  rate  ended early",
        "contracts       4        3  0.75            2",
        "MRR in EUR  33.33    25.00  0.75            -",
    ]


def test_uplift_is_a_yes_or_a_no():
    with pytest.raises(InvalidTypeError, match="uplift must be True or False"):
        RenewalRate("EUR").by_value(uplift=1)
