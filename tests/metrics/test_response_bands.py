"""Who came back, by how long they had waited."""

from datetime import datetime, timedelta, timezone
from math import inf, sqrt
from statistics import NormalDist

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import journeys, moments, touchpoints

from cxkit.calendar import days, hours, months
from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.journey import Journey, Touchpoint
from cxkit.metrics import Lift, PopulationRate, RatesByBand, TrendTest, rates_by_band

UTC = timezone.utc
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
BANDS = [timedelta(minutes=5), hours(1)]
NEVER = None


def band_counts(counts, totals, **options):
    given = {"bands": BANDS, "start": "ticket", "returned": "order", "within": days(30), "as_of": START}
    return RatesByBand(**{**given, "counts": counts, "totals": totals, **options})


def shopper(customer, *contacts):
    return Journey(customer, [Touchpoint(name, START + timedelta(hours=after)) for name, after in contacts])


CUSTOMERS = st.lists(journeys(), max_size=8).map(
    lambda drawn: [Journey(f"customer {number}", journey.touchpoints) for number, journey in enumerate(drawn)]
)
WAITS = st.dictionaries(
    st.integers(0, 9).map(lambda number: f"customer {number}"),
    st.none() | st.integers(0, 60).map(lambda step: timedelta(hours=6 * step)),
)
WITHIN = st.sampled_from([timedelta(days=20), days(10), months(1)])
WIDE = [timedelta(hours=12), days(3), timedelta(days=9)]


def ask(customers, waits, as_of, within=timedelta(days=20)):
    return rates_by_band(customers, waits, bands=WIDE, within=within, as_of=as_of, returned="visit")


@given(CUSTOMERS, WAITS, moments(140), WITHIN)
def test_customers_are_counted_one_by_one_as_by_hand(customers, waits, as_of, within):
    result = ask(iter(customers), waits, as_of, within)
    bounds = [timedelta(hours=12), timedelta(days=3), timedelta(days=9)]
    counts, totals, pending, unknown = [0] * 5, [0] * 5, 0, 0
    for customer in customers:
        known = [one for one in customer if one.at <= as_of and one.recorded_at <= as_of]
        tickets = [one.at for one in known if one.name == "ticket"]
        if not tickets:
            continue
        first = min(tickets)
        end = first + within
        if end > as_of:
            pending += 1
        elif customer.customer not in waits:
            unknown += 1
        else:
            wait = waits[customer.customer]
            place = 4 if wait is None or first + wait > as_of else sum(bound <= wait for bound in bounds)
            totals[place] += 1
            counts[place] += any(one.name == "visit" and first < one.at < end for one in known)

    assert (result.counts, result.totals) == (tuple(counts), tuple(totals))
    assert (result.pending, result.unknown) == (pending, unknown)
    assert [(rate.count, rate.total) for rate in (*result.rates, result.never)] == list(
        zip(counts, totals, strict=True)
    )


@given(CUSTOMERS, CUSTOMERS, WAITS, moments(140))
def test_disjoint_customers_add(here, there, waits, as_of):
    ours, theirs, both, none = (ask(part, waits, as_of) for part in (here, there, here + there, []))

    assert ours + theirs == both
    assert ours + none == none + ours == ours


@given(journeys("customer 1"), st.lists(touchpoints()), WAITS, moments(140))
def test_what_came_to_be_known_later_changes_no_rate(journey, more, waits, as_of):
    longer = Journey("customer 1", [*journey, *(one for one in more if one.known_at > as_of)])

    assert ask([longer], waits, as_of) == ask([journey], waits, as_of)


def test_an_answer_after_the_moment_is_none():
    customer = shopper("anna", ("ticket", 0))
    options = {"bands": BANDS, "within": timedelta(days=1)}
    result = rates_by_band([customer], {"anna": timedelta(days=3)}, as_of=START + timedelta(days=2), **options)
    later = rates_by_band([customer], {"anna": timedelta(days=3)}, as_of=START + timedelta(days=3), **options)

    assert result.totals == (0, 0, 0, 1)
    assert later.totals == (0, 0, 1, 0)


def test_the_wait_may_be_read_from_the_journey_as_it_was_known():
    def wait(journey):
        moments = {touchpoint.name: touchpoint.at for touchpoint in journey}
        return moments["reply"] - moments["ticket"] if "reply" in moments else None

    customers = [
        shopper("anna", ("ticket", 0), ("reply", 0.05), ("order", 48)),
        shopper("ben", ("ticket", 0), ("reply", 5)),
        shopper("cleo", ("ticket", 0), ("reply", 24 * 90)),
        shopper("dora", ("order", 0)),
    ]
    result = rates_by_band(customers, wait, bands=BANDS, within=days(30), as_of=START + timedelta(days=60))

    assert (result.counts, result.totals) == ((1, 0, 0, 0), (1, 0, 1, 1))


def test_a_return_comes_after_the_start_and_before_the_window_ends():
    customers = [
        shopper("at once", ("ticket", 0), ("order", 0)),
        shopper("too late", ("ticket", 0), ("order", 24)),
        shopper("before", ("ticket", 0), ("order", -1)),
        shopper("in time", ("ticket", 0), ("order", 23.99)),
    ]
    waits = {customer.customer: timedelta(0) for customer in customers}
    result = rates_by_band(customers, waits, bands=BANDS, within=days(1), as_of=START + timedelta(days=1))

    assert (result.counts[0], result.totals[0], result.pending) == (1, 4, 0)
    early = rates_by_band(
        customers, waits, bands=BANDS, within=days(1), as_of=START + timedelta(days=1, microseconds=-1)
    )
    assert (early.totals[0], early.pending) == (0, 4)


def test_a_window_that_reaches_beyond_time_is_never_over():
    result = rates_by_band([shopper("anna", ("ticket", 0))], {}, bands=BANDS, within=days(10**7), as_of=START)

    assert result.pending == 1


def test_a_bound_belongs_to_the_slower_band():
    customers = [shopper(f"{minutes}", ("ticket", 0)) for minutes in (4, 5, 59, 60)]
    waits = {customer.customer: timedelta(minutes=int(customer.customer)) for customer in customers}
    result = rates_by_band(customers, waits, bands=BANDS, within=days(1), as_of=START + timedelta(days=9))

    assert result.totals == (1, 2, 1, 0)
    assert result.labels == ("under 0:05:00", "0:05:00 to under 1:00:00", "1:00:00 or more", "never")


# What the rates say


def test_the_difference_and_the_lift_are_of_the_fastest_and_the_slowest_band():
    result = band_counts([71, 10, 50, 1], [100, 20, 100, 9])

    assert result.difference().value == pytest.approx(0.21)
    assert result.difference().rate.total == 100
    assert result.lift().value == pytest.approx(0.42)
    assert result.never.total == 9
    low, high = result.lift().interval()
    assert -1 < low < 0.42 < high


SOME = st.integers(1, 60).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))


@given(SOME, SOME, st.sampled_from([0.8, 0.95, 0.99]))
def test_the_ends_of_a_lift_are_where_the_difference_to_so_many_times_the_baseline_may_be_nothing(
    ours, theirs, confidence
):
    rate, base = (PopulationRate(*counts) for counts in (ours, theirs))
    lift = Lift(rate, base)
    assume(lift.is_defined)
    (low, high), (base_low, base_high) = rate.interval(confidence), base.interval(confidence)
    p, q = rate.value, base.value
    below, above = (end + 1 for end in lift.interval(confidence))

    # Donner and Zou 2012: the hybrid interval of p - ratio * q ends at 0.
    assert p - below * q - sqrt((p - low) ** 2 + (below * (base_high - q)) ** 2) == pytest.approx(0, abs=1e-9)
    assert p - above * q + sqrt((high - p) ** 2 + (above * (q - base_low)) ** 2) == pytest.approx(0, abs=1e-9 * above)
    assert below - 1 <= lift.value + 1e-12
    assert lift.value <= above - 1 + 1e-12


@pytest.mark.parametrize(("ours", "theirs"), [((0, 0), (1, 2)), ((1, 2), (0, 2)), ((1, 2), (0, 0))])
def test_a_lift_without_rates_has_no_value(ours, theirs):
    lift = Lift(PopulationRate(*ours), PopulationRate(*theirs))

    assert (lift.is_defined, lift.value_or(None), lift.interval()) == (False, None, (-1.0, inf))
    with pytest.raises(UndefinedMetricError, match="the lift is undefined"):
        _ = lift.value


def test_the_trend_is_that_of_the_test_of_cochran_and_armitage():
    # Smokers among four groups of patients: R, prop.trend.test(c(83, 90, 129, 70), c(86, 93, 136, 82)),
    # X-squared = 8.2249, df = 1, p-value = 0.004132.
    result = band_counts([83, 90, 129, 70, 0], [86, 93, 136, 82, 7], bands=[hours(1), hours(2), hours(3)])
    trend = result.trend()

    assert trend.statistic**2 == pytest.approx(8.2249, abs=5e-5)
    assert trend.statistic < 0
    assert trend.p_value == pytest.approx(0.004132, abs=5e-7)


@given(SOME, SOME)
def test_the_trend_of_two_bands_is_their_difference(fast, slow):
    counts, totals = zip(fast, slow, (0, 0), strict=True)
    assume(0 < sum(counts) < sum(totals))
    result = band_counts(counts, totals, bands=[hours(1)])

    assert result.trend().p_value == pytest.approx(result.difference().p_value())
    assert result.trend().p_value == pytest.approx(2 * NormalDist().cdf(-abs(result.trend().statistic)))


@pytest.mark.parametrize(
    ("counts", "totals"),
    [([0] * 4, [0] * 4), ([1, 0, 0, 0], [3, 0, 0, 5]), ([3, 2, 1, 0], [3, 2, 1, 5]), ([0] * 4, [3, 2, 1, 5])],
)
def test_where_bands_do_not_differ_there_is_no_trend(counts, totals):
    with pytest.raises(UndefinedMetricError, match="the trend is undefined"):
        band_counts(counts, totals).trend()


def test_a_result_prints_shows_and_is_kept():
    result = band_counts([3, 0, 1, 0], [4, 0, 2, 1], pending=2, unknown=1)

    assert str(result).splitlines()[2].split() == ["0:05:00", "to", "under", "1:00:00", "0", "0", "-", "0", "1"]
    assert [row["wait"] for row in result.chart()["data"]["values"]] == ["under 0:05:00", "1:00:00 or more", "never"]
    assert from_dict(to_dict(result), RatesByBand) == result
    assert isinstance(band_counts([1, 1, 1, 0], [2, 2, 2, 0]).trend(), TrendTest)


def test_what_is_asked_in_two_ways_does_not_add():
    result = band_counts([3, 0, 1, 0], [4, 0, 2, 1])

    for other in ({"within": days(31)}, {"start": "chat"}, {"as_of": START + hours(1)}, {"returned": "visit"}):
        with pytest.raises(InvalidValueError, match="they ask two things, or at two moments"):
            _ = result + band_counts([0] * 4, [0] * 4, **other)
    with pytest.raises(InvalidValueError, match="two things"):
        _ = result + band_counts([0] * 3, [0] * 3, bands=[hours(1)])
    with pytest.raises(TypeError):
        _ = result + 1


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"bands": []}, InvalidValueError, "bands must be bounds that rise"),
        ({"bands": [hours(2), hours(1)]}, InvalidValueError, "bands must be bounds that rise"),
        ({"bands": [hours(0)]}, InvalidValueError, "bands must be bounds that rise"),
        ({"bands": [months(1)]}, InvalidValueError, "the bound of a band must be elapsed time"),
        ({"bands": [5]}, InvalidTypeError, "the bound of a band must be a timedelta"),
        ({"bands": 5}, InvalidTypeError, "expected a list"),
        ({"within": 30}, InvalidTypeError, "within must be"),
        ({"within": days(0)}, InvalidValueError, "within must be longer than nothing"),
        ({"within": timedelta(0)}, InvalidValueError, "within must be longer than nothing"),
        ({"start": ""}, InvalidValueError, "start must not be blank"),
        ({"returned": 3}, InvalidTypeError, "returned must be"),
        ({"as_of": "now"}, InvalidTypeError, "as_of must be"),
        ({"waits": 5}, InvalidTypeError, "waits must be a mapping from customers"),
    ],
)
def test_a_question_without_sense_is_refused_before_anyone_is_read(options, kind, message):
    customers = iter([shopper("anna", ("ticket", 0))])
    given = {"bands": BANDS, "within": days(30), "as_of": START, "waits": {}, **options}
    with pytest.raises(kind) as caught:
        rates_by_band(customers, given.pop("waits"), **given)

    assert str(caught.value).startswith(message)
    assert len(list(customers)) == 1


@pytest.mark.parametrize("wait", [timedelta(hours=3), hours(3)])
def test_a_wait_is_given_as_bounds_are(wait):
    customers = [shopper("anna", ("ticket", 0), ("order", 5))]
    result = rates_by_band(customers, {"anna": wait}, bands=[hours(1)], within=days(1), as_of=START + timedelta(days=3))

    assert [rate.total for rate in (*result.rates, result.never)] == [0, 1, 0]


@pytest.mark.parametrize(
    ("wait", "kind", "message"),
    [
        (5, InvalidTypeError, "a wait must be a timedelta or a span"),
        ("1 hour", InvalidTypeError, "a wait must be a timedelta or a span"),
        (timedelta(-1), InvalidValueError, "a wait must not be negative"),
        (months(1), InvalidValueError, "a wait must be elapsed time"),
    ],
)
def test_a_wait_is_a_length_of_time(wait, kind, message):
    with pytest.raises(kind, match=message):
        rates_by_band(
            [shopper("anna", ("ticket", 0))],
            {"anna": wait},
            bands=BANDS,
            within=days(1),
            as_of=START + timedelta(days=3),
        )


@pytest.mark.parametrize(
    ("counts", "totals", "options"),
    [
        ([1] * 3, [1] * 4, {}),
        ([1] * 4, [1] * 5, {}),
        ([2, 0, 0, 0], [1] * 4, {}),
        ([1] * 4, [1] * 4, {"pending": -1}),
        ([1] * 4, [1] * 4, {"unknown": -1}),
    ],
)
def test_counts_that_cannot_be_are_refused(counts, totals, options):
    with pytest.raises(InvalidValueError):
        band_counts(counts, totals, **options)


def test_a_broken_document_is_refused():
    document = to_dict(band_counts([3, 0, 1, 0], [4, 0, 2, 1])) | {"totals": [1]}

    with pytest.raises(DocumentError):
        from_dict(document, RatesByBand)
