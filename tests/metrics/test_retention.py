"""Retention tables: against sets of customers kept by hand, and what other systems published."""

import json
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st
from strategies import journeys, moments, touchpoints

from cxkit.calendar import Span, days, hours, months
from cxkit.journey import Journey, Touchpoint
from cxkit.journey import journeys as gather
from cxkit.metrics import RetentionSettings, retention_table, subscription_retention

OPERATIONS = {"retention_table", "rolling_retention_day", "mean_retention", "bracket_retention", "subscription_cohort"}
CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/churn.json").read_text(encoding="utf-8"))
    if case["input"]["op"] in OPERATIONS
}
OUT = {"churn-157", "churn-159", "churn-160"}  # a least number of returns, and the truncation to hours
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UTC = timezone.utc
at = datetime.fromisoformat


def instant(text):
    return at(text).replace(tzinfo=UTC) if at(text).tzinfo is None else at(text)


# An independent count: sets of customers, and dates on the wall


def first_day(moment, settings):
    day = moment.astimezone(ZoneInfo(settings.tz)).date()
    if settings.period == "week":
        return day - timedelta(days=(day.weekday() - WEEKDAYS.index(settings.week_start)) % 7)
    month = {"month": day.month, "quarter": 3 * ((day.month - 1) // 3) + 1, "year": 1}.get(settings.period)
    return day if month is None else day.replace(month=month, day=1)


def days_in_a_row(first, last, period):
    step = {
        "day": relativedelta(days=1),
        "week": relativedelta(weeks=1),
        "month": relativedelta(months=1),
        "quarter": relativedelta(months=3),
        "year": relativedelta(years=1),
    }[period]
    found = [first]
    while found[-1] < last:
        found.append(first + step * len(found))
    return found


def bound(start, length, number):
    if isinstance(length, timedelta):
        return start + number * length
    local = start.astimezone(ZoneInfo(length.tz)).replace(tzinfo=None)
    local += relativedelta(months=number * length.months, days=number * length.days)
    return local.replace(tzinfo=ZoneInfo(length.tz)).astimezone(UTC) + timedelta(hours=number * length.hours)


def is_in(moment, first, last, settings, start, rows):
    """Whether a return lies in periods after a start, of which `rows` are the first days."""
    if settings.rolling is None:
        here, age = first_day(moment, settings), rows.index(first_day(start, settings))
        return here in rows[age + first : age + last + 1]
    return bound(start, settings.rolling, first) <= moment < bound(start, settings.rolling, last + 1)


def cohorts_of(log, settings):
    """Return who started in which period, and when, as `{first day: {customer: start}}`."""
    cohorts = {}
    for customer, (starts, _) in log.items():
        firsts = {}
        for start in sorted(starts):
            firsts.setdefault(first_day(start, settings), start)
        for day in sorted(firsts)[: 1 if settings.mode == "first_time" else None]:
            cohorts.setdefault(day, {})[customer] = firsts[day]
    return cohorts


def asked_of(members, first, last, settings, begun, as_of):
    """Return those of whom a cell tells, and whether it is complete; `None` where there is no cell."""
    if settings.rolling is None:
        return None if first >= begun else (members, last < begun - 1)
    asked = {who: start for who, start in members.items() if bound(start, settings.rolling, last + 1) <= as_of}
    return (asked, asked == members and begun > 1) if asked else None


def by_hand(log, settings, as_of):
    """Return `{(cohort, column): (count, total, complete)}` of a log of `{customer: (starts, returns)}`."""
    cohorts = cohorts_of(log, settings)
    earliest, now = settings.first or min(cohorts, default=None), first_day(as_of, settings)
    cells = {}
    if earliest is None or earliest > now:
        return cells
    everything = days_in_a_row(min([earliest, *cohorts]), now, settings.period)
    columns = settings.windows or [(place, place) for place in range(settings.columns or 400)]
    for begun, day in enumerate(reversed(everything), 1):
        for first, last in columns if day >= earliest else ():
            if found := asked_of(cohorts.get(day, {}), first, last, settings, begun, as_of):
                asked, complete = found
                reach = 5000 if settings.bracket == "on_or_after" else last
                back = {
                    who
                    for who, start in asked.items()
                    for moment in log[who][1]
                    if moment >= start and is_in(moment, first, reach, settings, start, everything)
                }
                column = (first, last) if settings.windows else first
                cells[day, column] = (len(back), len(asked), complete)
    return cells


def cells_of(table):
    return {
        (cell.cohort.first_day, cell.column): (cell.rate.count, cell.rate.total, cell.is_complete)
        for cell in table.cells
    }


ROLLING = st.sampled_from(
    [
        None,
        None,
        None,
        timedelta(days=7),
        timedelta(hours=36),
        days(10),
        months(1),
        days(9, tz="Europe/Berlin"),
        hours(30),
    ]
)
SETTINGS = st.builds(
    lambda columns, bracket, **options: RetentionSettings(
        **options, bracket=bracket, columns=columns if isinstance(bracket, str) else None
    ),
    period=st.sampled_from(["day", "week", "month", "quarter", "year"]),
    rolling=ROLLING,
    tz=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Tokyo", "America/New_York"]),
    week_start=st.sampled_from(["monday", "sunday", "thursday"]),
    bracket=st.sampled_from(["on", "on_or_after", [(1, 3), (4, 7), (8, 30)], [(2, 5), (0, 0), (1, 6)]]),
    mode=st.sampled_from(["first_time", "recurring"]),
    first=st.sampled_from([None, None, date(2024, 2, 10), date(2024, 1, 5), date(2024, 12, 1)]),
    columns=st.sampled_from([None, None, 1, 4]),
    start=st.sampled_from(["order", "visit"]),
    returned=st.sampled_from([None, "order", "cart"]),
)
CUSTOMERS = st.lists(journeys(), max_size=6).map(
    lambda drawn: [Journey(f"customer {number}", journey.touchpoints) for number, journey in enumerate(drawn)]
)


def known(customers, settings, as_of):
    returned = settings.returned or settings.start
    log = {
        each.customer: tuple(
            [one.at for one in each if one.name == name and one.at <= as_of and one.recorded_at <= as_of]
            for name in (settings.start, returned)
        )
        for each in customers
    }
    return {customer: both for customer, both in log.items() if both[0]}


@given(CUSTOMERS, SETTINGS, moments(100))
def test_a_table_counts_as_sets_of_customers_do(customers, settings, as_of):
    table = retention_table(iter(customers), settings, as_of=as_of)

    assert cells_of(table) == by_hand(known(customers, settings, as_of), settings, as_of)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), moments()), max_size=25), SETTINGS, moments(100))
def test_rows_count_as_journeys_of_one_event_do(rows, settings, as_of):
    settings = RetentionSettings(
        settings.period,
        rolling=settings.rolling,
        tz=settings.tz,
        week_start=settings.week_start,
        bracket=settings.bracket,
        mode=settings.mode,
        first=settings.first,
        columns=settings.columns,
    )
    log = gather([(customer, "order", moment) for customer, moment in rows])

    assert retention_table(iter(rows), settings, as_of=as_of) == retention_table(log, settings, as_of=as_of)


@given(CUSTOMERS, CUSTOMERS, SETTINGS, moments(100))
def test_tables_of_disjoint_customers_add(here, there, settings, as_of):
    there = [Journey(f"other {each.customer}", each.touchpoints) for each in there]
    ours, theirs, both, none = (
        retention_table(part, settings, as_of=as_of) for part in (here, there, here + there, [])
    )

    assert ours + theirs == theirs + ours == both
    assert ours + none == none + ours == ours


@given(journeys(), st.lists(touchpoints()), SETTINGS, moments(100))
def test_what_came_to_be_known_later_changes_no_table(journey, more, settings, as_of):
    longer = Journey("anna", [*journey, *(one for one in more if one.known_at > as_of)])

    assert retention_table([longer], settings, as_of=as_of) == retention_table([journey], settings, as_of=as_of)


@given(CUSTOMERS, SETTINGS, moments(100))
def test_complete_cells_stay_as_they_are_where_nothing_was_late(customers, settings, as_of):
    customers = [
        Journey(each.customer, [Touchpoint(one.name, one.at) for one in each if one.at <= as_of]) for each in customers
    ]
    before = retention_table(customers, settings, as_of=as_of)
    after = cells_of(retention_table(customers, settings, as_of=as_of + timedelta(days=40)))

    for place, (count, total, complete) in cells_of(before).items():
        if complete and settings.bracket != "on_or_after":
            assert after[place] == (count, total, True)


@given(CUSTOMERS, SETTINGS, moments(100))
def test_on_or_after_is_never_less_than_on_and_never_rises(customers, settings, as_of):
    options = {name: getattr(settings, name) for name in ("period", "rolling", "tz", "mode", "start", "returned")}
    on, after = (
        cells_of(retention_table(customers, RetentionSettings(**options, bracket=bracket), as_of=as_of))
        for bracket in ("on", "on_or_after")
    )

    assert on.keys() == after.keys()
    for (day, column), (count, total, _) in after.items():
        assert count >= on[day, column][0]
        assert total == on[day, column][1]
        if column and settings.rolling is None:
            assert count <= after[day, column - 1][0]


# What other systems published


def test_every_known_case_is_checked():
    assert set(CASES) - OUT == {"churn-152", "churn-156", "churn-163", "churn-166", "churn-167", "churn-169"}


@pytest.mark.parametrize("name", ["churn-152", "churn-156"])
def test_the_tables_of_posthog(name):
    case = CASES[name]["input"]
    settings = RetentionSettings(
        case["period"],
        mode=case["mode"],
        bracket=case.get("bracket", "on"),
        first=date.fromisoformat(case["first_period"]),
        tz=case.get("tz", "UTC"),
    )
    after = days_in_a_row(settings.first, date(2021, 1, 1), case["period"])[case["periods"]]
    rows = [(customer, instant(moment)) for customer, moment in case["events"]]
    table = retention_table(rows, settings, as_of=instant(after.isoformat()) - timedelta(hours=1))
    found = {}
    for cell in table.cells:
        found.setdefault(cell.cohort, []).append(cell.rate.count)

    assert list(found.values()) == CASES[name]["expected"]["counts"]


def test_means_include_cohorts_of_which_nobody_came_back():
    case = CASES["churn-163"]
    rows = []
    for month, cohort in enumerate(case["input"]["cohorts"], 1):
        for number in range(cohort["size"]):
            rows.append((f"{month}-{number}", datetime(2026, month, 5, tzinfo=UTC)))
            if number < cohort["retained"]:
                rows.append((f"{month}-{number}", datetime(2026, month + 1, 5, tzinfo=UTC)))
    table = retention_table(rows, "month", as_of=at("2026-04-01T00:00+00:00"))

    assert table.weighted_mean(1).value == pytest.approx(case["expected"]["weighted"], abs=case["tolerance"])
    assert table.simple_mean(1).value == pytest.approx(case["expected"]["simple"], abs=case["tolerance"])


@pytest.mark.parametrize("rolling", [None, days(1)])
def test_windows_of_days_hold_both_their_ends(rolling):
    case = CASES["churn-166"]
    start = instant(case["input"]["start"])
    rows = [(customer, start) for customer in case["input"]["returns_day"]]
    rows += [
        (customer, start + timedelta(days=day))
        for customer, returns in case["input"]["returns_day"].items()
        for day in returns
    ]
    settings = RetentionSettings("day", rolling=rolling, bracket=case["input"]["brackets"])
    table = retention_table(rows, settings, as_of=start + timedelta(days=60))

    rates = [table.weighted_mean(tuple(window)).value for window in case["input"]["brackets"]]
    assert rates == pytest.approx(case["expected"]["rates"], abs=case["tolerance"])
    assert [cell.label for cell in table.cells[:3]] == ["1-3", "4-7", "8-30"]


@pytest.mark.parametrize("tz", CASES["churn-167"]["input"]["tz"])
def test_the_same_events_make_other_cohorts_in_another_zone(tz):
    case = CASES["churn-167"]
    rows = [(customer, instant(moment)) for customer, moment in case["input"]["events"]]
    table = retention_table(rows, RetentionSettings("day", tz=tz), as_of=at("2024-05-10T00:00+00:00"))
    [cohort] = table.cohorts

    assert cohort.period.first_day.isoformat() == case["expected"][tz]["cohort"]
    assert cohort.counts[: case["expected"][tz]["day"] + 1] == (1, 1)


def test_who_subscribes_again_stays_in_the_first_cohort():
    case = CASES["churn-169"]
    spans = [("anna", instant(start), end and instant(end)) for start, end in case["input"]["spans"]]
    [cohort] = subscription_retention(spans, "month", as_of=at("2023-09-15T00:00+00:00")).cohorts

    assert str(cohort.period) == case["expected"]["cohort"]
    assert cohort.counts == (1, 1, 0, 0, 0, 1, 1, 1, 1)


SPANS = st.lists(
    st.tuples(
        st.sampled_from("abcd"), moments(), st.none() | st.integers(1, 200).map(lambda step: timedelta(hours=6 * step))
    ),
    max_size=10,
).map(lambda drawn: [(who, start, length and start + length) for who, start, length in drawn])


@given(SPANS, st.sampled_from(["day", "week", "month"]), st.sampled_from(["UTC", "Europe/Berlin"]), moments(100))
def test_subscribers_are_retained_who_have_a_subscription_at_the_end_of_a_period(spans, period, tz, as_of):
    table = subscription_retention(spans, RetentionSettings(period, tz=tz), as_of=as_of)
    first, held = {}, {}
    for who, start, end in spans:
        if start <= as_of:
            first[who] = min(start, first.get(who, start))
            held.setdefault(who, []).append((start, end))

    assert sum(cohort.size for cohort in table.cohorts) == len(first)
    for cohort in table.cohorts:
        members = [who for who, start in first.items() if start in cohort.period]
        assert cohort.size == len(members)
        here = cohort.period
        for count in cohort.counts:
            last = min(here.end - timedelta(microseconds=1), as_of)
            assert count == sum(any(s <= last and (e is None or last < e) for s, e in held[who]) for who in members)
            here = here.next()


@given(SPANS, SPANS, moments(100))
def test_tables_of_disjoint_subscribers_add(here, there, as_of):
    there = [(f"other {who}", start, end) for who, start, end in there]
    ours, theirs, both = (subscription_retention(part, "week", as_of=as_of) for part in (here, there, here + there))

    assert ours + theirs == both


def test_a_day_that_a_zone_left_out_is_a_period_without_time():
    # Samoa went from 29 to 31 December 2011.
    rows = [("anna", at("2011-12-29T12:00-10:00")), ("anna", at("2011-12-31T12:00+14:00"))]
    table = retention_table(rows, RetentionSettings("day", tz="Pacific/Apia"), as_of=at("2012-01-02T00:00+14:00"))

    assert table.cohorts[0].counts == (1, 0, 1, 0, 0)


def test_periods_end_with_the_wall_clock_where_the_clocks_change():
    berlin = RetentionSettings("day", tz="Europe/Berlin")  # 29 March 2026 has 23 hours
    rows = [
        ("anna", at("2026-03-28T23:30+00:00")),
        ("ben", at("2026-03-29T21:59:59+00:00")),
        ("cleo", at("2026-03-29T22:00+00:00")),
    ]
    table = retention_table(rows, berlin, as_of=at("2026-03-30T12:00+00:00"))

    assert [(str(cohort.period), cohort.size) for cohort in table.cohorts] == [("2026-03-29", 2), ("2026-03-30", 1)]


def test_a_rolling_month_is_anchored_on_the_start():
    start = at("2026-01-31T12:00+00:00")
    rows = [
        ("anna", start),
        ("anna", at("2026-03-31T11:59+00:00")),
        ("ben", start),
        ("ben", at("2026-03-31T12:00+00:00")),
    ]
    table = retention_table(rows, RetentionSettings("year", rolling=months(1)), as_of=at("2026-06-01T00:00+00:00"))

    assert table.cohorts[0].counts == (2, 1, 1, 0)
    assert table.cohorts[0].totals == (2, 2, 2, 2)


def test_rolling_columns_have_only_those_whose_time_is_over():
    rows = [("anna", at("2026-01-01T00:00+00:00")), ("ben", at("2026-01-03T00:00+00:00"))]
    settings = RetentionSettings("month", rolling=timedelta(days=10))
    table = retention_table(rows, settings, as_of=at("2026-01-31T00:00+00:00"))

    assert table.cohorts[0].totals == (2, 2, 1)
    assert not any(cell.is_complete for cell in table.cells)  # somebody may still join
    later = retention_table(rows, settings, as_of=at("2026-02-01T00:00+00:00"))
    assert [cell.is_complete for cell in later.cells] == [True, True, False]


def test_a_span_of_months_and_days_and_hours_is_a_rolling_period():
    span = Span(months=1, days=2, hours=3)
    rows = [("anna", at("2026-01-31T12:00+00:00")), ("anna", at("2026-04-04T18:00+00:00"))]
    table = retention_table(rows, RetentionSettings("year", rolling=span), as_of=at("2026-12-01T00:00+00:00"))

    # 2 months to 31 March, 4 days to 4 April, 6 hours to 18:00
    assert table.cohorts[0].counts[:4] == (1, 0, 1, 0)


def test_a_return_of_another_event_is_not_before_the_start():
    rows = [
        ("before", "order", "2026-01-05"),
        ("before", "signup", "2026-01-10"),
        ("also before", "order", "2026-01-06"),
        ("also before", "signup", "2026-01-10"),
        ("before and after", "order", "2025-12-05"),
        ("before and after", "signup", "2026-01-10"),
        ("before and after", "order", "2026-01-20"),
        ("at once", "signup", "2026-01-10"),
        ("at once", "order", "2026-01-10"),
        ("later", "signup", "2026-01-10"),
        ("later", "order", "2026-02-10"),
    ]
    log = gather(rows, tz="UTC")
    for rolling in (None, months(1)):
        settings = RetentionSettings("month", rolling=rolling, start="signup", returned="order")
        [cohort] = retention_table(log, settings, as_of=at("2026-04-12T00:00+00:00")).cohorts
        assert cohort.counts[:2] == (2, 1)


def test_a_recurring_cohort_starts_with_the_first_start_of_its_period():
    rows = [("signup", "2026-01-20"), ("order", "2026-01-15"), ("signup", "2026-01-10"), ("signup", "2026-02-25")]
    log = gather([("anna", name, day) for name, day in rows], tz="UTC")
    settings = RetentionSettings("month", mode="recurring", start="signup", returned="order")
    cohorts = retention_table(log, settings, as_of=at("2026-04-12T00:00+00:00")).cohorts

    assert [cohort.counts for cohort in cohorts] == [(1, 0, 0, 0), (0, 0, 0)]


def test_what_happens_at_the_moment_is_known():
    rows = [("anna", at("2026-01-05T09:00+00:00")), ("anna", at("2026-02-05T09:00+00:00"))]
    for rolling in (None, days(10)):
        settings = RetentionSettings("month", rolling=rolling, bracket="on_or_after")
        on, before = (
            retention_table(rows, settings, as_of=rows[1][1] - wait).cohorts[0].counts[1]
            for wait in (timedelta(0), timedelta(microseconds=1))
        )
        assert (on, before) == (1, 0)


@pytest.mark.parametrize("rolling", [months(1), timedelta(days=31), days(31, tz="Europe/London")])
def test_a_rolling_period_is_over_at_the_instant_it_ends(rolling):
    start = at("2026-01-05T09:00+00:00")
    settings = RetentionSettings("month", rolling=rolling)
    at_end, before = (
        retention_table([("anna", start)], settings, as_of=moment).cohorts[0].totals
        for moment in (at("2026-02-05T09:00+00:00"), at("2026-02-05T08:59:59+00:00"))
    )

    assert (at_end, before) == ((1,), ())
