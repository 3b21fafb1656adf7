"""Lengths of time, counted."""

import statistics
from datetime import timedelta
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from math import comb, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.tallies import Bin, Durations

HOUR = timedelta(hours=1)
lengths = st.lists(st.timedeltas(timedelta(0), timedelta(days=40_000)), max_size=30)
whole = st.lists(st.integers(0, 10**6).map(lambda number: timedelta(seconds=number)), min_size=2, max_size=40)


def of_seconds(*seconds, resolution=timedelta(seconds=1)):
    return Durations.from_lengths([timedelta(seconds=number) for number in seconds], resolution=resolution)


@given(whole)
def test_percentiles_are_those_of_the_standard_library(given_lengths):
    tally = Durations.from_lengths(given_lengths)
    seconds = [length.total_seconds() for length in given_lengths]

    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    found = [tally.percentile(percent).total_seconds() for percent in range(1, 100)]
    assert found == pytest.approx(cuts, abs=1e-6)
    assert tally.median.total_seconds() == pytest.approx(statistics.median(seconds), abs=1e-6)
    assert [tally.minimum, tally.maximum] == [min(given_lengths), max(given_lengths)]


@given(
    lengths.filter(bool), st.sampled_from([timedelta(microseconds=1), timedelta(seconds=1), HOUR, timedelta(days=7)])
)
def test_the_mean_is_exact_at_every_resolution(given_lengths, resolution):
    tally = Durations.from_lengths(given_lengths, resolution=resolution)
    microseconds = [length // timedelta(microseconds=1) for length in given_lengths]

    assert tally.mean == timedelta(microseconds=round(Fraction(sum(microseconds), len(microseconds))))
    assert tally.count == len(given_lengths)


@given(lengths, lengths, lengths)
def test_tallies_add_to_the_bit(one, two, three):
    a, b, c = (Durations.from_lengths(each) for each in (one, two, three))

    assert (a + b) + c == a + (b + c) == Durations.from_lengths([*three, *one, *two])
    assert a + Durations() == a == Durations() + a
    assert sum([a, b, c], start=Durations()) == a + b + c


@given(lengths, st.sampled_from([timedelta(microseconds=1), timedelta(seconds=1), timedelta(minutes=7)]))
def test_a_stored_tally_comes_back(given_lengths, resolution):
    tally = Durations.from_lengths(given_lengths, resolution=resolution)

    assert from_dict(to_dict(tally), Durations) == tally


def test_lengths_are_counted_in_whole_units():
    tally = of_seconds(59, 60, 119, 120, resolution=timedelta(minutes=1))

    assert dict(tally.counts) == {0: 1, 1: 2, 2: 1}
    assert tally.percentile(100) == timedelta(minutes=2)
    assert tally.mean == timedelta(seconds=89, microseconds=500_000)


def test_percentiles_between_two_lengths_are_interpolated():
    assert of_seconds(10, 20).percentile(25) == timedelta(seconds=12, microseconds=500_000)
    assert of_seconds(10, 20, 40).percentile(75) == timedelta(seconds=30)


def test_nothing_has_no_percentiles():
    nothing = Durations()

    assert not nothing.is_defined
    assert nothing.value_or(None) is None
    assert nothing.interval() == (0, inf)
    assert nothing.histogram() == ()
    assert nothing.rows() == [{"count": 0, "mean": None, "median": None, "minimum": None, "maximum": None, "p90": None}]
    for asked in ("mean", "median", "minimum", "maximum", "value"):
        with pytest.raises(UndefinedMetricError, match="duration is undefined: no lengths of time"):
            getattr(nothing, asked)


@pytest.mark.parametrize("number", [1, 2, 5, 6, 10, 25, 60])
@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.999])
def test_the_interval_of_the_median_is_the_narrowest_that_is_sure_enough(number, confidence):
    """By the binomial itself: outside of the k-th and the k-th last value, the median lies with 2 P(X < k)."""
    low, high = of_seconds(*range(number)).interval(confidence)
    sure = [
        place
        for place in range(number // 2)
        if 2 * Fraction(sum(comb(number, below) for below in range(place + 1)), 2**number) <= 1 - Fraction(confidence)
    ]

    assert (low, high) == ((sure[-1], number - 1 - sure[-1]) if sure else (0, inf))


def test_the_histogram_has_bins_of_equal_width_and_one_more_for_the_longest():
    """PostHog's test_auto_bin_count_single_step and test_custom_bin_count_single_step (tests/cases: J035, J036)."""
    tally = of_seconds(3600, 2220, 82800)

    assert [(bar.start.total_seconds(), bar.count) for bar in tally.histogram()] == [(2220, 2), (42510, 0), (82800, 1)]
    assert [bar.start.total_seconds() for bar in tally.histogram(7)] == [
        2220,
        13732,
        25244,
        36756,
        48268,
        59780,
        71292,
        82804,
    ]
    assert [bar.count for bar in tally.histogram(7)] == [2, 0, 0, 0, 0, 0, 1, 0]


@given(lengths, st.integers(1, 12))
def test_every_length_is_in_one_bin(given_lengths, bins):
    tally = Durations.from_lengths(given_lengths)
    bars = tally.histogram(bins)

    assert sum(bar.count for bar in bars) == len(given_lengths)
    for number, bar in enumerate(bars):
        end = bars[number + 1].start if number + 1 < len(bars) else timedelta.max
        assert bar.count == len(
            [length for length in given_lengths if bar.start <= length - length % timedelta(seconds=1) < end]
        )


@pytest.mark.parametrize(("count", "bins"), [(1, 1), (2, 2), (8, 2), (9, 3), (27, 3), (28, 4), (1000, 10), (1001, 11)])
def test_there_are_as_many_bins_as_the_cube_root_of_the_lengths(count, bins):
    tally = Durations(
        counts={0: count - 1, 100: 1} if count > 1 else {0: 1}, microseconds=100_000_000 if count > 1 else 0
    )

    assert len(tally.histogram()) == (bins + 1 if count > 1 else 1)


def test_equal_lengths_are_one_bin():
    assert of_seconds(5, 5, 5).histogram() == (Bin(timedelta(seconds=5), 3),)


def test_however_many_lengths_there_are_a_histogram_has_500_bins_at_most():
    bars = Durations(timedelta(seconds=1), {0: 10**59, 5000: 1}, 5000 * 10**6).histogram()
    assert (len(bars), bars[0].count, bars[-1].count) == (501, 10**59, 1)
    assert len(Durations(timedelta(seconds=1), {0: 10**30, 5: 1}, 5 * 10**6).chart()["data"]["values"]) == 501


def test_a_histogram_of_more_bins_than_a_picture_has_room_for_is_refused():
    assert len(of_seconds(0, 86_400).histogram(10_000)) == 10_001
    for tally in (of_seconds(0, 86_400), Durations()):
        with pytest.raises(InvalidValueError, match="bins must be at most 10000, got 10001"):
            tally.histogram(10_001)


@pytest.mark.parametrize("count", [10**60, 10**400])
def test_a_length_that_is_there_more_often_than_anything_can_be_is_refused(count):
    with pytest.raises(InvalidValueError, match=r"the count of a length must be below 10\*\*60"):
        Durations(timedelta(seconds=1), {0: count})


def test_the_median_of_more_lengths_than_a_machine_counts_has_an_interval():
    many = Durations(timedelta(seconds=1), {1: 10**25, 2: 10**50, 3: 10**25}, (2 * 10**50 + 4 * 10**25) * 10**6)
    assert many.interval() == (2.0, 2.0)


def test_a_chart_shows_the_histogram():
    chart = of_seconds(0, 10).chart()

    assert chart["data"]["values"] == [
        {"seconds": 0.0, "count": 1},
        {"seconds": 5.0, "count": 0},
        {"seconds": 10.0, "count": 1},
    ]
    assert chart["mark"]["type"] == "bar"
    assert set(of_seconds(1)._repr_mimebundle_()) == {"application/vnd.vegalite.v5+json", "text/plain"}


def test_it_prints_as_a_table():
    assert str(of_seconds(60, 120)).splitlines() == [
        "count     mean   median  minimum  maximum      p90",
        "    2  0:01:30  0:01:30  0:01:00  0:02:00  0:01:54",
    ]


def test_the_callers_decimal_context_changes_nothing():
    with localcontext(Context(prec=1)):
        assert of_seconds(1, 2, 4).percentile(37.5) == timedelta(seconds=1.75)


REFUSED = {
    "a number as a length": (
        lambda: Durations.from_lengths([HOUR, 3]),
        InvalidTypeError,
        "a length of time must be a timedelta, got 3",
    ),
    "a negative length": (lambda: Durations.from_lengths([-HOUR]), InvalidValueError, "must not be negative"),
    "a number of lengths": (lambda: Durations.from_lengths(3), InvalidTypeError, "expected lengths of time, got 3"),
    "a number as a resolution": (lambda: Durations(60), InvalidTypeError, "resolution must be a timedelta, got 60"),
    "no resolution": (lambda: Durations(timedelta(0)), InvalidValueError, "resolution must be longer than nothing"),
    "pairs as counts": (lambda: Durations(counts=[(1, 2)]), InvalidTypeError, "counts must be a mapping"),
    "half a length": (lambda: Durations(counts={1.5: 1}), InvalidTypeError, "a length must be an int, got 1.5"),
    "a flag as a count": (
        lambda: Durations(counts={1: True}, microseconds=10**6),
        InvalidTypeError,
        "must be an int, got True",
    ),
    "a negative unit": (lambda: Durations(counts={-1: 1}), InvalidValueError, "a length must be at least 0, got -1"),
    "a negative count": (
        lambda: Durations(counts={1: -1}),
        InvalidValueError,
        "the count of a length must be at least 0, got -1",
    ),
    "too short together": (
        lambda: Durations(counts={2: 1}, microseconds=1_999_999),
        InvalidValueError,
        "cannot be 1999999 microseconds",
    ),
    "too long together": (
        lambda: Durations(counts={2: 1}, microseconds=3_000_000),
        InvalidValueError,
        "cannot be 3000000 microseconds",
    ),
    "longer than time": (
        lambda: Durations(counts={10**15: 1}, microseconds=10**21),
        InvalidValueError,
        "that a timedelta can hold",
    ),
    "two resolutions": (lambda: Durations() + Durations(HOUR), InvalidValueError, "they are counted in two units"),
    "beyond 100": (
        lambda: of_seconds(1).percentile(101),
        InvalidValueError,
        "a percentile must be between 0 and 100, got 101",
    ),
    "a share": (
        lambda: of_seconds(1).percentile(0.9),
        InvalidValueError,
        "a percentile is given in per cent, got 0.9; write 90",
    ),
    "below 0": (lambda: of_seconds(1).percentile(-0.1), InvalidValueError, "a percentile must be between 0 and 100"),
    "a decimal percentile": (
        lambda: of_seconds(1).percentile(Decimal(50)),
        InvalidTypeError,
        "a percentile must be a number",
    ),
    "a flag as a percentile": (
        lambda: of_seconds(1).percentile(percent=True),
        InvalidTypeError,
        "a percentile must be a number",
    ),
    "no bins": (lambda: of_seconds(1, 2).histogram(0), InvalidValueError, "bins must be at least 1, got 0"),
    "all confidence": (lambda: of_seconds(1).interval(1), InvalidValueError, "confidence must be between 0 and 1"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_sense_is_refused(case):
    make, error, told = REFUSED[case]
    with pytest.raises(error, match=told):
        make()


def test_counts_of_none_are_left_out():
    assert Durations(counts={1: 0, 2: 1}, microseconds=2_000_000) == of_seconds(2)


def test_a_document_counts_each_length_once():
    document = to_dict(of_seconds(2)) | {"counts": [[2, 1], [2, 1]]}

    with pytest.raises(DocumentError) as caught:
        from_dict(document, Durations)
    assert "each length once" in str(caught.value.exceptions[0])


def test_durations_add_to_durations_only():
    with pytest.raises(TypeError):
        Durations() + 3


def test_lengths_longer_together_than_time_are_counted():
    longest = timedelta.max
    tally = Durations.from_lengths([longest] * 3, resolution=timedelta(days=1))

    assert tally.microseconds == 3 * (longest // timedelta(microseconds=1))
    assert tally.mean == longest


def test_lengths_of_a_class_of_their_own_are_counted_as_such():
    """As pandas has one."""

    class Timedelta(timedelta):
        pass

    assert Durations.from_lengths([Timedelta(seconds=90)] * 1001) == of_seconds(*[90] * 1001)
