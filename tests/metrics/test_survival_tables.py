"""Survival tables: what they count, that they add, and what bad input is told."""

import csv
import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from math import inf, nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import days
from cxkit.codec import from_dict, to_dict
from cxkit.errors import CxError, InvalidTypeError, InvalidValueError, NaiveDatetimeError
from cxkit.journey import Journey, Touchpoint
from cxkit.metrics import SurvivalCurve, SurvivalTable

TESTS = Path(__file__).parents[1]
TIMES = st.integers(0, 9) | st.floats(0, 9).map(lambda time: round(time, 2))
COUNTS = st.dictionaries(TIMES, st.integers(0, 4) | st.fractions(0, 3, max_denominator=7), max_size=5)
TABLES = st.builds(SurvivalTable, COUNTS, COUNTS)
WEEK = timedelta(days=7)


def at(day, hour=0):
    return datetime(2026, 3, day, hour, tzinfo=timezone.utc)


class Number:
    """A number of a class of its own, such as numpy's."""

    def __init__(self, number):
        self.number = number

    def __eq__(self, other):
        return self.number == other

    def __hash__(self):
        return hash(self.number)

    def __bool__(self):
        return bool(self.number)


@given(TABLES, TABLES, TABLES)
def test_tables_add_to_the_bit_in_any_order(one, two, three):
    assert (one + two) + three == one + (two + three)
    assert one + two == two + one
    assert SurvivalTable() + one == one == one + SurvivalTable()


@given(TABLES)
def test_a_table_is_stored_and_prints_as_the_code_that_makes_it(table):
    assert from_dict(to_dict(table), SurvivalTable) == table
    assert eval(repr(table), {"SurvivalTable": SurvivalTable, "Fraction": Fraction}) == table  # noqa: S307


def test_the_worms_of_two_halves_survive_as_those_of_the_whole():
    """tests/cases: churn-134."""
    with (TESTS / "data/waltons.csv").open(encoding="utf-8", newline="") as file:
        worms = [(float(row["T"]), row["E"] == "1") for row in csv.DictReader(file)]
    whole = SurvivalTable.from_durations(*zip(*worms, strict=True))
    halves = [SurvivalTable.from_durations(*zip(*half, strict=True)) for half in (worms[:81], worms[81:])]
    assert sum(halves, start=SurvivalTable()) == whole
    assert SurvivalCurve(whole).median.value == 56


def test_a_table_counts_who_was_lost_and_who_was_last_seen():
    table = SurvivalTable.from_durations([2, 3, 3, 5.5], [1, 0, True, False], unit="weeks")
    assert (table.events, table.censored, table.entries) == ({2: 1, 3: 1}, {3: 1, 5.5: 1}, {})
    assert table.total == 4
    assert table.is_defined
    assert not SurvivalTable(unit="weeks").is_defined


def test_numbers_and_flags_of_other_classes_are_taken_as_what_they_are():
    table = SurvivalTable.from_durations([Fraction(1, 2), 3], [Number(1), Number(0)])
    assert table == SurvivalTable({0.5: 1}, {3: 1})


def test_a_table_prints_a_row_for_each_time():
    table = SurvivalTable.from_durations([2, 4], [True, False], entry=[0, 1])
    assert str(table).splitlines() == [
        "time  at_risk  events  censored  entries",
        "   1        1       0         0        1",
        "   2        2       1         0        0",
        "   4        1       0         1        0",
    ]


def test_the_time_from_one_touchpoint_to_another_is_counted_as_it_was_known():
    def journey(customer, *touchpoints):
        return Journey(customer, [Touchpoint(name, moment, **more) for name, moment, more in touchpoints])

    log = [
        journey("anna", ("cancel", at(1), {}), ("join", at(2), {}), ("join", at(4), {}), ("cancel", at(9), {})),
        journey("ben", ("join", at(2), {})),
        journey("cleo", ("join", at(2), {}), ("cancel", at(5), {"recorded_at": at(20)})),
        journey("dora", ("visit", at(2), {})),
        journey("emil", ("join", at(20), {})),
    ]
    table = SurvivalTable.from_journeys(log, start="join", end="cancel", as_of=at(16), per=WEEK, unit="weeks")
    assert (table.events, table.censored) == ({1.0: 1}, {2.0: 2})


def test_spans_after_the_moment_do_not_count_and_ends_after_it_are_not_seen():
    spans = [(at(1), at(3)), (at(1), at(5)), (at(1), None), (at(6), at(7)), (at(4), at(4))]
    table = SurvivalTable.from_spans(spans, as_of=at(4), per=timedelta(days=1))
    assert (table.events, table.censored) == ({0.0: 1, 2.0: 1}, {3.0: 2})


def test_who_is_new_in_a_risk_table_entered_after_the_line_before():
    table = SurvivalTable.from_risk_table([{"t": 1, "at_risk": 4, "events": 1}, {"t": 3, "at_risk": 5, "events": 2}])
    assert (table.events, table.censored, table.entries) == ({1: 1, 3: 2}, {3: 3}, {1: 2})
    assert table.at_risk([1, 3]) == [4, 5]


def test_an_entry_at_nothing_is_one_from_the_start():
    assert SurvivalTable.from_durations([0, 2], [1, 1], entry=[0, 0]) == SurvivalTable.from_durations([0, 2], [1, 1])


def test_tables_of_two_units_do_not_add():
    with pytest.raises(InvalidValueError, match="they count in two units"):
        SurvivalTable({1: 1}, unit="days") + SurvivalTable({1: 1}, unit="weeks")
    with pytest.raises(TypeError, match="unsupported operand"):
        SurvivalTable() + 1


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([1, -2], [1, 1]), InvalidValueError, "finite number from 0 on, got -2"),
        (([1, inf], [1, 1]), InvalidValueError, "finite number from 0 on, got inf"),
        (([1, nan], [1, 1]), InvalidValueError, "finite number from 0 on, got nan"),
        (([1, None], [1, 1]), InvalidTypeError, "got None; leave out whose time is not known"),
        (([1, timedelta(1)], [1, 1]), InvalidTypeError, "got datetime.timedelta.*; divide it by the unit"),
        (([1, True], [1, 1]), InvalidTypeError, "a number of periods, got True"),
        (([1, Decimal(1)], [1, 1]), InvalidTypeError, "a number of periods, got Decimal"),
        (([1, 2], [1]), InvalidValueError, "observed must be given for each duration, got 1 for 2"),
        (([1, 2], [1, 2]), InvalidTypeError, "true .lost. or false .last seen. for each customer, got 2"),
        (([1, 2], [1, None]), InvalidTypeError, "got None"),
        (([1, 2], [1, "yes"]), InvalidTypeError, "got 'yes'"),
        ((5, [1]), InvalidTypeError, "expected durations, got 5"),
        (([5], 1), InvalidTypeError, "expected observed flags, got 1"),
    ],
)
def test_bad_columns_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        SurvivalTable.from_durations(*arguments)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"entry": [0, 4]}, "an entry at 4 for a duration of 4"),
        ({"entry": [0]}, "entry times must be given for each duration, got 1 for 2"),
        ({"entry": [0, -1]}, "finite number from 0 on, got -1"),
        ({"weights": [1]}, "weights must be given for each duration, got 1 for 2"),
        ({"weights": [1, -1]}, "a weight must be a number from 0 on, got -1"),
        ({"weights": [1, nan]}, "a weight must be a number from 0 on, got nan"),
        ({"weights": [1, True]}, "a weight must be a number from 0 on, got True"),
        ({"weights": [1, "2"]}, "a weight must be a number from 0 on, got '2'"),
        ({"weights": [1, inf]}, "a weight must be a number from 0 on, got inf"),
        ({"weights": [1, 10**400]}, r"from 1e-30 to below 1e\+30, got 1000"),
        ({"weights": [1, 5e-324]}, r"from 1e-30 to below 1e\+30, got Fraction"),
        ({"unit": " "}, "unit must not be blank"),
    ],
)
def test_bad_options_are_refused(columns, message):
    with pytest.raises(InvalidValueError, match=message):
        SurvivalTable.from_durations([2, 4], [1, 0], **columns)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([1], r"mappings from times to how many there were, got \[1\]"),
        ({1: 1.5}, "a whole number or a Fraction, got 1.5"),
        ({1: True}, "a whole number or a Fraction, got True"),
        ({1: -1}, "must not be negative, got -1"),
        ({"1": 1}, "a number of periods, got '1'"),
        ({1: 10**31}, r"from 1e-30 to below 1e\+30, got 1000"),
        ({1: 10**400}, r"from 1e-30 to below 1e\+30, got 1000"),
        ({1: Fraction(1, 10**31)}, r"from 1e-30 to below 1e\+30, got Fraction"),
        ({1: Fraction(1, 3) + Fraction(1, 10**400)}, "a denominator of up to 400 digits, got .*; round the weights"),
        ({Fraction(10**400): 1}, r"a survival time must be below 1e\+30, .* got Fraction"),
        ({10**400: 1}, r"a survival time must be below 1e\+30, .* got 1000"),
        ({10.0**31: 1}, r"a survival time must be below 1e\+30, .* got 1e\+31"),
    ],
)
def test_bad_counts_are_refused(counts, message):
    with pytest.raises((InvalidTypeError, InvalidValueError), match=message):
        SurvivalTable(counts)


def test_more_cannot_leave_than_were_there():
    with pytest.raises(InvalidValueError, match="more customers had left by 5 than were there"):
        SurvivalTable({2: 1, 9: 1}, {}, {5: 2, 6: 0})


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"t": 1}], "must have 't', 'at_risk' and 'events'"),
        ([7], "must have 't', 'at_risk' and 'events', got 7"),
        ([{"t": 1, "at_risk": 2, "events": 3}], "got 3 of 2 at 1"),
        ([{"t": 2, "at_risk": 2, "events": 0}, {"t": 2, "at_risk": 2, "events": 0}], "must rise, got 2 after 2"),
    ],
)
def test_bad_risk_tables_are_refused(rows, message):
    with pytest.raises((InvalidTypeError, InvalidValueError), match=message):
        SurvivalTable.from_risk_table(rows)


@pytest.mark.parametrize(
    ("spans", "error", "message"),
    [
        ([at(1)], InvalidTypeError, "a pair of moments"),
        ([(at(1),)], InvalidTypeError, "a pair of moments"),
        ([(at(3), at(2))], InvalidValueError, "must not end before it starts"),
        ([(at(3).replace(tzinfo=None), None)], NaiveDatetimeError, "the start of a span must be an aware datetime"),
    ],
)
def test_bad_spans_are_refused(spans, error, message):
    with pytest.raises(error, match=message):
        SurvivalTable.from_spans(spans, as_of=at(9), per=WEEK)


@pytest.mark.parametrize(("per", "message"), [(days(1), "must be a timedelta"), (timedelta(0), "longer than nothing")])
def test_the_unit_of_times_is_an_elapsed_length(per, message):
    with pytest.raises((InvalidTypeError, InvalidValueError), match=message):
        SurvivalTable.from_spans([], as_of=at(9), per=per)


@pytest.mark.parametrize(
    "entries",
    [
        [[1]],
        [["1", 1]],
        [[1, 1.5]],
        [[1, "a"]],
        [[1, "1/0"]],
        [[1, "1" * 2000]],
        [[1, "1e10000000"]],
        [[1, "1e-10000000"]],
        [[1, "0.5"]],
        [[1, "1_0"]],
        [[1, "-1/2"]],
        [[1, "1/" + "9" * 401]],
        [[1, 10**31]],
        [[10**31, 1]],
        [[1, 1], [1, 2]],
        [[-1, 1]],
        [[1, True]],
        {"1": 1},
    ],
)
def test_broken_documents_are_refused(entries):
    document = to_dict(SurvivalTable({1: 1})) | {"events": entries}
    with pytest.raises((CxError, ExceptionGroup)):
        from_dict(document, SurvivalTable)


@pytest.mark.parametrize(
    "count",
    [10**30 - 1, 10**29 + Fraction(1, 10**400 - 1), Fraction(1e-30), Fraction(1e29) + Fraction(1e-30), Fraction(1, 3)],
)
def test_whatever_a_table_can_hold_is_stored_and_read_again(count):
    table = SurvivalTable({1: count, 2.5: 1}, {10**29: count})
    assert from_dict(json.loads(json.dumps(to_dict(table))), SurvivalTable) == table


def test_weights_of_a_sum_that_is_too_large_do_not_add():
    many = SurvivalTable({1: 6 * 10**29})
    with pytest.raises(InvalidValueError, match=r"a count must be 0, or from 1e-30 to below 1e\+30"):
        many + many
