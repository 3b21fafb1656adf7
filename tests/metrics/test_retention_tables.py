"""Retention tables as values: what they show, keep and refuse."""

import pickle
from datetime import date, datetime, timedelta, timezone
from math import sqrt

import pytest

from cxkit.calendar import Period, days, hours, months
from cxkit.codec import from_dict, to_dict
from cxkit.errors import (
    DocumentError,
    DuplicateError,
    InvalidTypeError,
    InvalidValueError,
    NaiveDatetimeError,
    UndefinedMetricError,
)
from cxkit.journey import Journey, Touchpoint
from cxkit.metrics import (
    PopulationRate,
    RetentionCohort,
    RetentionMean,
    RetentionSettings,
    RetentionTable,
    retention_table,
    subscription_retention,
)

UTC = timezone.utc
JANUARY, FEBRUARY, MARCH = (Period.month(2026, month) for month in (1, 2, 3))


def at(month, day=5, hour=0):
    return datetime(2026, month, day, hour, tzinfo=UTC)


ROWS = [("anna", at(1)), ("anna", at(2)), ("ben", at(1)), ("ben", at(3)), ("cleo", at(2))]
TABLE = retention_table(ROWS, "month", as_of=at(3, 15))
WEB = Touchpoint.fields.channel == "web"


def test_a_table_prints_as_a_triangle_with_a_mark_at_what_is_not_complete():
    assert [line.split() for line in str(TABLE).splitlines()] == [
        ["cohort", "size", "0", "1", "2"],
        ["2026-01", "2", "100.0%", "50.0%", "50.0%*"],
        ["2026-02", "1", "100.0%", "0.0%*"],
        ["2026-03", "0", "-*"],
        ["weighted", "mean", "-", "100.0%", "50.0%", "-"],
        ["simple", "mean", "-", "100.0%", "50.0%", "-"],
    ]


def test_a_row_for_each_cell():
    rows = TABLE.rows()

    assert [(row["cohort"], row["column"], row["count"], row["total"], row["complete"]) for row in rows] == [
        ("2026-01", "0", 2, 2, True),
        ("2026-01", "1", 1, 2, True),
        ("2026-01", "2", 1, 2, False),
        ("2026-02", "0", 1, 1, True),
        ("2026-02", "1", 0, 1, False),
        ("2026-03", "0", 0, 0, False),
    ]
    assert [row["rate"] for row in rows] == [1.0, 0.5, 0.5, 1.0, 0.0, None]
    assert (rows[1]["low"], rows[1]["high"]) == TABLE.cells[1].rate.interval()


def test_a_cell_is_found_by_its_cohort_and_its_column():
    cell = TABLE.cell(date(2026, 1, 31), 1)

    assert cell == TABLE.cell(JANUARY, 1) == TABLE.cells[1]
    assert (cell.rate.name, cell.rate.unit) == ("retention on month 1", "customers")
    assert cell.rate.window == (JANUARY.start, at(3, 15))
    for cohort, column in ((JANUARY, 3), (FEBRUARY, 2), (Period.month(2026, 4), 0)):
        with pytest.raises(InvalidValueError, match="there is no cell of"):
            TABLE.cell(cohort, column)


WINDOWS = RetentionSettings("month", bracket=[(0, 1), (2, 6)])
TWO = RetentionSettings("month", columns=2)
A_MONTH = RetentionSettings("month")


@pytest.mark.parametrize(
    ("settings", "column", "kind", "there_are"),
    [
        *(
            (WINDOWS, column, InvalidValueError, "the windows [(0, 1), (2, 6)]")
            for column in (0, 1, -1, 99, (2, 3), ())
        ),
        *(
            (WINDOWS, column, InvalidTypeError, "the windows [(0, 1), (2, 6)]")
            for column in ("x", None, (0.0, 1), True)
        ),
        *((TWO, column, InvalidValueError, "the periods from 0 to 1") for column in (2, -1, (0, 1))),
        *((A_MONTH, column, InvalidValueError, "the periods from 0 on") for column in (-1, (1, 2))),
        *((A_MONTH, column, InvalidTypeError, "the periods from 0 on") for column in ("x", None, 1.0, True, [1, 2])),
    ],
)
@pytest.mark.parametrize("ask", ["weighted_mean", "simple_mean", "cell"])
def test_a_column_is_one_that_the_settings_have(ask, settings, column, kind, there_are):
    table = retention_table(ROWS, settings, as_of=at(3, 15))
    given = (JANUARY, column) if ask == "cell" else (column,)
    with pytest.raises(kind) as caught:
        getattr(table, ask)(*given)

    assert f"the columns are {there_are}" in str(caught.value)


def test_a_mean_of_a_column_whose_time_has_not_come_is_undefined():
    table = retention_table(ROWS, WINDOWS, as_of=at(3, 15))

    assert (table.weighted_mean((0, 1)).count, table.weighted_mean((0, 1)).total) == (2, 2)
    assert table.weighted_mean((2, 6)).value_or(None) is None
    assert TABLE.weighted_mean(99).value_or(None) is None


def test_rates_of_two_columns_are_two_metrics():
    with pytest.raises(InvalidValueError, match="they measure two things"):
        _ = TABLE.cell(JANUARY, 0).rate + TABLE.cell(JANUARY, 1).rate
    after = retention_table(ROWS, RetentionSettings("month", bracket="on_or_after"), as_of=at(3, 15))
    assert after.cell(JANUARY, 1).rate.name == "retention on or after month 1"
    visits = retention_table([], RetentionSettings("month", start="visit", first=date(2026, 1, 1)), as_of=at(3, 15))
    assert visits.cell(JANUARY, 1).rate.name == "retention on month 1 of 'visit'"
    rolling = RetentionSettings("month", rolling=days(7), returned="order", start="visit")
    log = [Journey("anna", [Touchpoint("visit", at(1)), Touchpoint("order", at(1, 13))])]
    table = retention_table(log, rolling, as_of=at(3, 15))
    assert table.cell(JANUARY, 1).rate.name == "retention on period 1"
    assert table.cell(JANUARY, 1).rate.count == 1


def test_the_two_means_weigh_cohorts_in_two_ways():
    rows = [(f"{number}", at(1)) for number in range(4)] + [("0", at(2)), ("late", at(2)), ("late", at(3))]
    table = retention_table(rows, "month", as_of=at(4, 1))
    weighted, simple = table.weighted_mean(1), table.simple_mean(1)

    assert (weighted.count, weighted.total, weighted.value) == (2, 5, 0.4)
    assert weighted.name == "weighted mean retention on month 1"
    assert simple.value == (0.25 + 1.0) / 2
    assert [rate.total for rate in simple.rates] == [4, 1]
    assert table.simple_mean(2).value == 0.0  # that of January is complete


def test_a_mean_of_nothing_has_no_value():
    simple, weighted = TABLE.simple_mean(2), TABLE.weighted_mean(2)

    assert (simple.is_defined, simple.value_or(None), simple.interval()) == (False, None, (0.0, 1.0))
    with pytest.raises(
        UndefinedMetricError, match="simple mean retention on month 2 is undefined: no complete cohorts"
    ):
        _ = simple.value
    assert weighted.value_or(None) is None


def test_the_interval_of_a_mean_narrows_with_the_cohorts():
    rate = PopulationRate(3, 10)
    low, high = rate.interval()
    one, four = RetentionMean([rate], "mean"), RetentionMean([rate] * 4, "mean")

    assert one.is_defined
    assert one.value_or(None) == pytest.approx(0.3)
    assert one.interval() == pytest.approx((low, high))
    assert four.interval() == pytest.approx((0.3 - (0.3 - low) / sqrt(4), 0.3 + (high - 0.3) / sqrt(4)))


def test_the_charts_are_a_triangle_and_curves():
    triangle, curves = TABLE.chart(), TABLE.curves_chart()

    assert triangle["data"]["values"] == TABLE.rows()
    assert triangle["encoding"]["x"]["sort"] == ["0", "1", "2"]
    assert triangle["encoding"]["opacity"]["field"] == "complete"
    assert [(row["cohort"], row["column"]) for row in curves["data"]["values"]] == [
        ("2026-01", "0"),
        ("2026-01", "1"),
        ("2026-02", "0"),
    ]
    empty = retention_table([("anna", at(1))], "month", as_of=at(4))  # nobody started in February
    assert {row["cohort"] for row in empty.curves_chart()["data"]["values"]} == {"2026-01"}
    assert "application/vnd.vegalite.v5+json" in TABLE._repr_mimebundle_()


def test_windows_are_columns_in_their_order():
    settings = RetentionSettings("month", bracket=[(2, 2), (0, 1)])
    table = retention_table(ROWS, settings, as_of=at(3, 15))

    assert table.columns == ((2, 2), (0, 1))
    assert [(str(cell.cohort), cell.label, cell.rate.count, cell.is_complete) for cell in table.cells] == [
        ("2026-01", "2-2", 1, False),
        ("2026-01", "0-1", 2, True),
        ("2026-02", "0-1", 1, False),
        ("2026-03", "0-1", 0, False),
    ]


def test_cohorts_begin_with_the_first_one_asked_for():
    settings = RetentionSettings("month", first=date(2026, 2, 20))
    table = retention_table(ROWS, settings, as_of=at(3, 15))

    assert settings.first == date(2026, 2, 1)
    assert [cohort.period for cohort in table.cohorts] == [FEBRUARY]
    assert {cell.cohort for cell in table.cells} == {FEBRUARY, MARCH}
    assert retention_table(ROWS, RetentionSettings("month", first=date(2027, 1, 1)), as_of=at(3, 15)).cells == ()
    assert len(retention_table([], RetentionSettings("month", first=date(2026, 1, 1)), as_of=at(3, 15)).cells) == 6


def test_no_more_columns_than_asked_for():
    table = retention_table(ROWS, RetentionSettings("month", columns=2), as_of=at(3, 15))

    assert table.columns == (0, 1)
    assert table.cohorts[0].counts == (2, 1)


def test_a_table_without_customers_is_empty():
    table = retention_table([], "month", as_of=at(3, 15))

    assert (table.cells, table.columns, table.cohorts) == ((), (), ())
    assert table.rows() == []
    assert str(table).splitlines()[-1].split()[:2] == ["simple", "mean"]
    assert table + TABLE == TABLE


def test_many_customers_are_counted_in_parts():
    rows = [(f"{number}", at(1)) for number in range(9000)]
    rows += [(f"{number}", at(2)) for number in range(0, 9000, 3)]
    table = retention_table(rows, "month", as_of=at(3, 1))

    assert table.cohorts == (RetentionCohort(JANUARY, 9000, (9000, 3000, 0), (9000, 9000, 9000)),)


# What is kept

SETTINGS = [
    RetentionSettings("month"),
    RetentionSettings("week", week_start="sunday", tz="Europe/Berlin", bracket="on_or_after", mode="recurring"),
    RetentionSettings("day", rolling=hours(24), bracket=[(1, 3), (4, 7)], first=date(2026, 1, 1)),
    RetentionSettings("year", rolling=timedelta(days=30), columns=12, start="signup", returned="order"),
    RetentionSettings("quarter", rolling=months(1), start=WEB),
]


@pytest.mark.parametrize("settings", SETTINGS)
def test_settings_and_tables_are_kept_and_print_as_the_code_that_makes_them(settings):
    rows = ROWS if settings.returned is None else [Journey("anna", [Touchpoint("signup", at(1))])]
    table = retention_table(rows, settings, as_of=at(9))

    assert from_dict(to_dict(settings), RetentionSettings) == settings
    assert from_dict(to_dict(table), RetentionTable) == table
    assert pickle.loads(pickle.dumps(table)).rows() == table.rows()  # noqa: S301 - our own
    if not isinstance(settings.start, str):
        return
    names = {"datetime": __import__("datetime"), "Period": Period, "hours": hours, "months": months}
    classes = {each.__name__: each for each in (RetentionTable, RetentionSettings, RetentionCohort)}
    assert eval(repr(table), {**names, **classes}) == table  # noqa: S307 - our own


def test_one_event_for_both_may_be_said_twice():
    assert RetentionSettings("month", start="visit", returned="visit") == RetentionSettings("month", start="visit")


COHORT = RetentionCohort(JANUARY, 2, (2, 1, 1), (2, 2, 2))


@pytest.mark.parametrize(
    ("cohorts", "options"),
    [
        ([RetentionCohort(Period.month(2026, 4), 1, (1,), (1,))], {}),  # after the moment
        ([RetentionCohort(Period.month(2026, 1, tz="Asia/Tokyo"), 2, (2, 1, 1), (2, 2, 2))], {}),
        ([RetentionCohort(Period.quarter(2026, 1), 2, (2,), (2,))], {}),
        ([COHORT], {"first": date(2026, 2, 1)}),
        ([RetentionCohort(JANUARY, 2, (2, 1), (2, 2))], {}),  # too few
        ([RetentionCohort(JANUARY, 2, (2, 1, 1, 1), (2, 2, 2, 2))], {}),  # too many
        ([RetentionCohort(JANUARY, 2, (2, 1, 1), (2, 1, 2))], {}),  # out of too few
        ([COHORT], {"columns": 2}),
        ([COHORT], {"columns": 2, "rolling": days(10)}),
        ([COHORT], {"bracket": [(1, 2)], "rolling": days(10)}),
        ([COHORT], {"bracket": [(0, 0), (1, 2), (3, 4)]}),
    ],
)
def test_cohorts_that_cannot_be_are_refused(cohorts, options):
    with pytest.raises(InvalidValueError, match=r"the cohorts must be periods|the totals of the cohort"):
        RetentionTable(RetentionSettings("month", **options), at(3, 15), cohorts)


def test_there_are_not_more_cohorts_than_the_days_of_a_century():
    rows = [("anna", datetime(1900, 1, 1, tzinfo=UTC)), ("ben", at(1))]

    with pytest.raises(
        InvalidValueError, match="at most 40000 cohorts, got those from 1900-01-01 to 2026-03-15; see first="
    ):
        retention_table(rows, "day", as_of=at(3, 15))
    table = retention_table(rows, RetentionSettings("day", first=date(2026, 1, 1)), as_of=at(3, 15))
    assert [cohort.size for cohort in table.cohorts] == [1]


def test_one_wrong_date_does_not_make_millions_of_cells():
    rows = [("anna", datetime(1999, 1, 1, tzinfo=UTC)), ("ben", at(1)), ("ben", at(2))]
    days_since = (date(2026, 3, 15) - date(1999, 1, 1)).days + 1

    with pytest.raises(InvalidValueError) as caught:
        retention_table(rows, "day", as_of=at(3, 15))
    assert str(caught.value) == (
        f"a retention table has at most 2000000 cells, got {days_since * (days_since + 1) // 2} from 1999-01-01 on; "
        "give first=, columns= or a longer period"
    )
    for options in ({"columns": 31}, {"bracket": [(0, 30)]}, {"first": date(2026, 1, 1)}):
        how = RetentionSettings("day", **options)
        table = retention_table(rows, how, as_of=at(3, 15))
        assert table.weighted_mean(how.column(0)).is_defined


def test_rolling_cells_are_not_too_many_either(monkeypatch):
    settings = RetentionSettings("month", rolling=days(10))
    monkeypatch.setattr("cxkit.metrics._retention.table.MOST_CELLS", 3)

    assert RetentionTable(settings, at(3, 15), [COHORT]).cohorts == (COHORT,)
    with pytest.raises(InvalidValueError, match="at most 3 cells, got 4 from 2026-01 on"):
        RetentionTable(settings, at(3, 15), [COHORT, RetentionCohort(FEBRUARY, 1, (0,), (1,))])


def test_five_years_of_days_are_not_too_many():
    rows = [("anna", datetime(2026, 1, 1, tzinfo=UTC) - timedelta(days=1998))]

    assert retention_table(rows, "day", as_of=at(1, 1)).weighted_mean(1).value == 0.0  # 1999 * 2000 / 2 cells
    with pytest.raises(InvalidValueError, match="at most 2000000 cells, got 2001000 from 2020-07-13 on"):
        retention_table(rows, "day", as_of=at(1, 2))


def test_a_table_is_made_of_its_parts():
    settings = RetentionSettings("month")

    assert RetentionTable(settings, at(3, 15), iter([RetentionCohort(FEBRUARY), COHORT])).cohorts == (COHORT,)
    with pytest.raises(InvalidTypeError, match="settings must be RetentionSettings"):
        RetentionTable("month", at(3, 15))
    with pytest.raises(InvalidTypeError, match="a retention table is made of RetentionCohort values"):
        RetentionTable(settings, at(3, 15), [JANUARY])
    with pytest.raises(DuplicateError, match="a period stands in a retention table once, got 2026-01 twice"):
        RetentionTable(settings, at(3, 15), [COHORT, COHORT])
    with pytest.raises(NaiveDatetimeError):
        RetentionTable(settings, datetime(2026, 3, 15))  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize(
    ("size", "counts", "totals"),
    [(1, (2,), (2,)), (2, (2,), (1,)), (2, (1,), ()), (-1, (), ()), (2, (-1,), (1,)), (2, (1,), (-1,))],
)
def test_counts_that_cannot_be_are_refused(size, counts, totals):
    with pytest.raises(InvalidValueError):
        RetentionCohort(JANUARY, size, counts, totals)


def test_what_is_known_of_nobody_is_not_kept():
    assert RetentionCohort(JANUARY, 2, (1, 0, 1, 0), (2, 0, 1, 0)) == RetentionCohort(JANUARY, 2, (1, 0, 1), (2, 0, 1))
    with pytest.raises(InvalidTypeError, match="a count must be an int"):
        RetentionCohort(JANUARY, 2, (True,), (2,))


def test_what_counts_in_two_ways_does_not_add():
    for other in (
        retention_table([], "week", as_of=at(3, 15)),
        retention_table([], "month", as_of=at(3, 16)),
        retention_table([], RetentionSettings("month", start="visit"), as_of=at(3, 15)),
    ):
        with pytest.raises(InvalidValueError, match="they count in two ways, or at two moments"):
            _ = TABLE + other
    with pytest.raises(InvalidValueError, match="they are of two periods"):
        _ = COHORT + RetentionCohort(FEBRUARY)
    for value in (TABLE, COHORT):
        with pytest.raises(TypeError):
            _ = value + 1


def test_broken_documents_are_refused():
    table = to_dict(TABLE)
    settings = table["settings"]
    cohort = table["cohorts"][0]
    for broken in (
        table | {"as_of": "2026-03-15"},
        table | {"settings": settings | {"period": "decade"}},
        table | {"settings": settings | {"bracket": "off"}},
        table | {"settings": settings | {"bracket": [[1]]}},
        table | {"settings": settings | {"bracket": 3}},
        table | {"settings": settings | {"mode": "last"}},
        table | {"settings": settings | {"bracket": [[1, 10**9]]}},
        table | {"cohorts": [cohort | {"size": 1}]},
        table | {"cohorts": [cohort, cohort]},
    ):
        with pytest.raises(DocumentError):
            from_dict(broken, RetentionTable)


# What is refused


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"period": "decade"}, InvalidValueError, "unit must be one of"),
        ({"tz": "Berlin"}, InvalidValueError, "tz must be"),
        ({"week_start": "someday"}, InvalidValueError, "week_start must be one of"),
        ({"rolling": days(0)}, InvalidValueError, "rolling must be at least an hour"),
        ({"rolling": timedelta(minutes=59)}, InvalidValueError, "rolling must be at least an hour"),
        ({"rolling": 7}, InvalidTypeError, "rolling must be a timedelta or a span"),
        ({"bracket": "off"}, InvalidValueError, "bracket must be one of 'on', 'on_or_after'"),
        ({"bracket": []}, InvalidValueError, "there must be at least one window"),
        ({"bracket": 3}, InvalidTypeError, "expected a bracket or windows"),
        ({"bracket": [3]}, InvalidTypeError, "a window is its first and its last period"),
        ({"bracket": [(1, 2, 3)]}, InvalidTypeError, "a window is its first and its last period"),
        ({"bracket": [(3, 1)]}, InvalidValueError, "the last period of a window must be at least 3"),
        ({"bracket": [(-1, 1)]}, InvalidValueError, "the first period of a window must be at least 0"),
        ({"bracket": [(0, 100_001)]}, InvalidValueError, "a window must end by period 100000"),
        ({"bracket": [(1, 2), (1, 2)]}, DuplicateError, "each window is a column of its own"),
        ({"bracket": [(1, 2)], "columns": 3}, InvalidValueError, "columns= is for brackets of single periods"),
        ({"mode": "last"}, InvalidValueError, "mode must be one of"),
        ({"first": "2026"}, InvalidTypeError, "a period begins on a date"),
        ({"columns": 0}, InvalidValueError, "columns must be at least 1"),
        ({"start": ""}, InvalidValueError, "start must not be blank"),
        ({"returned": 5}, InvalidTypeError, "returned must be"),
    ],
)
def test_settings_without_sense_are_refused(options, kind, message):
    with pytest.raises(kind) as caught:
        RetentionSettings(**{"period": "month", **options})

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("rolling", [None, days(7)])
@pytest.mark.parametrize(
    ("row", "kind", "message"),
    [
        (("ben", "2026-01-05"), InvalidTypeError, "row ('ben', '2026-01-05'): the moment must be a datetime"),
        (("ben", datetime(2026, 1, 5)), NaiveDatetimeError, "row ('ben', "),  # noqa: DTZ001 - what is refused
        (("ben", "order", at(1)), InvalidTypeError, "a row must be (customer, moment), got ('ben', 'order', "),
        (5, InvalidTypeError, "a row must be (customer, moment), got 5"),
        (([], at(1)), InvalidTypeError, "a row must be (customer, moment), got ([], "),
        ((None, at(1)), InvalidTypeError, "a customer must be text or a whole number, got None"),
        ((True, at(1)), InvalidTypeError, "a customer must be text or a whole number, got True"),
        ((7, at(1)), InvalidTypeError, "customers must all be text, or all whole numbers, got both"),
    ],
)
def test_rows_without_sense_are_refused(rolling, row, kind, message):
    with pytest.raises(kind) as caught:
        retention_table([("anna", at(1)), row], RetentionSettings("month", rolling=rolling), as_of=at(3))

    assert str(caught.value).startswith(message)


def test_customers_of_rows_may_be_numbers_and_moments_of_any_zone():
    east = timezone(timedelta(hours=9))
    rows = [[1, datetime(2026, 2, 1, 8, tzinfo=east)], [2, datetime(2026, 2, 1, 9, tzinfo=east)], [2, at(9)]]
    for rolling in (None, days(7)):
        table = retention_table(rows, RetentionSettings("month", rolling=rolling), as_of=at(3))
        assert [(str(cohort.period), cohort.size) for cohort in table.cohorts] == [("2026-01", 1), ("2026-02", 1)]


def test_a_log_without_sense_is_refused():
    order = Touchpoint("order", at(1))
    for log, message in (
        (5, "expected journeys or"),
        ([5], "expected a Journey"),
        (Journey("anna", [order]), "expected a list of journeys"),
    ):
        with pytest.raises(InvalidTypeError, match=message):
            retention_table(log, "month", as_of=at(3))
    with pytest.raises(InvalidValueError, match="rows of \\(customer, moment\\) are of one event"):
        retention_table(ROWS, RetentionSettings("month", returned="visit"), as_of=at(3))
    with pytest.raises(InvalidTypeError, match="settings must be RetentionSettings, or a period"):
        retention_table(ROWS, None, as_of=at(3))
    with pytest.raises(InvalidValueError, match="unit must be one of"):
        retention_table(ROWS, "decade", as_of=at(3))
    with pytest.raises(InvalidTypeError, match="as_of must be a datetime"):
        retention_table(ROWS, "month", as_of="now")


@pytest.mark.parametrize(
    ("span", "kind", "message"),
    [
        (("anna", at(1)), InvalidTypeError, "a subscription must be (customer, start, end)"),
        (5, InvalidTypeError, "a subscription must be (customer, start, end)"),
        ((None, at(1), None), InvalidTypeError, "a subscription must be (customer, start, end)"),
        (("anna", at(1), at(1)), InvalidValueError, "a subscription must be (customer, start, end)"),
        (("anna", None, at(1)), InvalidTypeError, "the start of a subscription must be a datetime"),
        (("anna", at(1), 5), InvalidTypeError, "the end of a subscription must be a datetime"),
    ],
)
def test_subscriptions_without_sense_are_refused(span, kind, message):
    with pytest.raises(kind) as caught:
        subscription_retention([span], "month", as_of=at(3))

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "options", [{"rolling": days(30)}, {"mode": "recurring"}, {"start": "visit"}, {"returned": "visit"}]
)
def test_subscriptions_have_no_events_and_no_rolling_periods(options):
    with pytest.raises(InvalidValueError, match="subscriptions are counted by calendar period"):
        subscription_retention([], RetentionSettings("month", **options), as_of=at(3))


def test_a_subscription_that_ends_with_a_period_is_there_at_its_end():
    spans = [("anna", at(1), at(2, 1)), ("ben", at(1), at(1, 31, 23))]
    [cohort] = subscription_retention(spans, "month", as_of=at(2, 1)).cohorts

    assert cohort.counts == (1, 0)


def test_tables_of_orders_and_of_subscriptions_do_not_add():
    with pytest.raises(InvalidValueError, match="they count in two ways"):
        _ = TABLE + subscription_retention([], "month", as_of=TABLE.as_of)
