"""Frequency, recency, T and spend of customers, and the summaries that add."""

import csv
from collections import Counter
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError
from cxkit.journey import Journey, Touchpoint
from cxkit.metrics import PurchaseHistory, PurchaseSummary, order_histories, purchase_histories, purchase_summary

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


def at(day, hour=9):
    return datetime(2026, 1, day, hour, tzinfo=timezone.utc)


def cdnow():
    """Read the log: customer, day, dollars."""
    lines = (ROOT / "examples/data/CDNOW_sample.txt").read_text(encoding="utf-8").splitlines()
    fields = [line.split() for line in lines]
    return [
        (row[1], datetime.strptime(row[2], "%Y%m%d").replace(tzinfo=timezone.utc), Decimal(row[4])) for row in fields
    ]


def published(name):
    with (ROOT / "tests/data" / name).open(encoding="utf-8", newline="") as file:
        return {row["ID"].zfill(4): row for row in csv.DictReader(file)}


CDNOW_ROWS = [(customer, when.date(), spent) for customer, when, spent in cdnow()]


def from_rows():
    return {one.customer: one for one in order_histories(CDNOW_ROWS, last_day=date(1997, 9, 30), unit="weeks")}


def test_the_customers_of_cdnow_are_those_published():
    ours, theirs = from_rows(), published("cdnow_customers_summary_with_transactions.csv")
    assert ours.keys() == theirs.keys()
    for customer, row in theirs.items():
        one = ours[customer]
        assert one.frequency == int(row["x"])
        assert (one.recency, one.T) == pytest.approx((float(row["t_x"]), float(row["T"])), abs=0.0051)
        assert (one.mean_spend or 0.0) == pytest.approx(float(row["zbar"]), abs=0.0051)


def test_journeys_and_rows_say_the_same():
    log = [
        Journey(customer, [Touchpoint("order", when, value=spent) for _, when, spent in orders])
        for customer, orders in by_customer().items()
    ]
    as_of = datetime(1997, 9, 30, tzinfo=timezone.utc)
    assert {one.customer: one for one in purchase_histories(log, as_of=as_of, unit="weeks")} == from_rows()
    summary = purchase_summary(log, as_of=as_of, unit="weeks")
    assert summary == PurchaseSummary.from_histories(from_rows().values())
    assert (summary.customers, summary.repeat_customers, len(summary.counts)) == (2357, 946, 1016)
    assert summary.repeat_purchases == sum(one.frequency for one in from_rows().values())


def by_customer():
    found = {}
    for row in cdnow():
        found.setdefault(row[0], []).append(row)
    return found


def one(*touchpoints, **options):
    """Return the history of one customer."""
    options = {"as_of": NOW, "unit": "days"} | options
    (found,) = purchase_histories([Journey("anna", touchpoints)], **options)
    return found


def test_orders_of_one_day_are_one_purchase():
    history = one(
        *(Touchpoint("order", at(5, hour), value=10) for hour in (1, 9, 22)), Touchpoint("order", at(7), value=4)
    )
    assert (history.frequency, history.recency, history.T, history.spend) == (1, 2.0, 55.0, Decimal(4))


def test_a_day_is_that_of_the_zone():
    late, early = Touchpoint("order", at(5, 23)), Touchpoint("order", at(6, 1))
    assert one(late, early).frequency == 1
    assert one(late, early, tz="Europe/Berlin").frequency == 0
    assert one(late, as_of=at(6, 23)).T == 1.0
    assert one(late, as_of=at(6, 23), tz="Europe/Berlin").T == 1.0


def test_nothing_after_the_moment_counts():
    first, second = Touchpoint("order", at(5)), Touchpoint("order", at(9), recorded_at=at(20))
    assert one(first, second, as_of=at(8)).frequency == 0
    assert one(first, second, as_of=at(19)).frequency == 0
    assert one(first, second, as_of=at(20)).frequency == 1
    assert not list(purchase_histories([Journey("anna", [first])], as_of=at(4), unit="days"))


def test_an_order_without_an_amount_leaves_the_spend_open():
    known, unknown = Touchpoint("order", at(9), value=5), Touchpoint("order", at(9, 10))
    first = Touchpoint("order", at(5))
    assert one(first, known).mean_spend == 5.0
    assert one(first, known, unknown).mean_spend is None
    assert one(first, unknown, known).spend is None
    assert one(first, Touchpoint("order", at(7)), known).spend is None
    assert one(first).mean_spend is None
    assert [
        other.spend
        for other in order_histories(
            [("a", date(2026, 1, day)) for day in (1, 2)], last_day=date(2026, 1, 2), unit="days"
        )
    ] == [None]


def test_other_contacts_do_not_count():
    journey = Journey("anna", [Touchpoint("visit", at(1)), Touchpoint("sale", at(2))])
    assert not list(purchase_histories([journey], as_of=NOW, unit="days"))
    assert purchase_summary([journey], as_of=NOW, unit="weeks") == PurchaseSummary(unit="weeks")
    assert purchase_summary([journey], as_of=NOW, unit="days", event="sale").customers == 1
    assert purchase_summary([journey], as_of=NOW, unit="days", event=Touchpoint.fields.name == "sale").customers == 1


def test_rows_after_the_last_day_do_not_count():
    rows = [
        ("ben", date(2026, 1, 9), 5),
        ("anna", date(2026, 1, 5), None),
        ("anna", date(2026, 1, 3), 7),
        ("anna", date(2026, 1, 8), 2),
    ]
    (anna,) = order_histories(rows, last_day=date(2026, 1, 7), unit="days")
    assert (anna.customer, anna.frequency, anna.recency, anna.T, anna.spend) == ("anna", 1, 2.0, 4.0, None)


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (("anna",), InvalidTypeError),
        ("anna", InvalidTypeError),
        (("anna", date(2026, 1, 1), 1, 2), InvalidTypeError),
        (("anna", datetime(2026, 1, 1)), InvalidTypeError),  # noqa: DTZ001 - the mistake
        (("anna", "2026-01-01"), InvalidTypeError),
        (("anna", date(2026, 1, 1), 2.5), InvalidTypeError),
        ((3, date(2026, 1, 1)), InvalidTypeError),
        ((" ", date(2026, 1, 1)), InvalidValueError),
    ],
)
def test_rows_are_checked(row, error):
    with pytest.raises(error):
        order_histories([row], last_day=date(2026, 1, 7), unit="days")


def test_arguments_are_checked_at_once():
    with pytest.raises(InvalidValueError, match="unit must be one of 'days', 'weeks', got 'months'"):
        purchase_histories([], as_of=NOW, unit="months")
    with pytest.raises(InvalidValueError, match="unit"):
        order_histories([], last_day=date(2026, 1, 1), unit="months")
    with pytest.raises(InvalidTypeError, match=r"last_day must be a date, got .*; take its \.date"):
        order_histories([], last_day=NOW, unit="days")
    with pytest.raises(InvalidTypeError, match="event must be"):
        purchase_histories([], as_of=NOW, unit="days", event=3)
    with pytest.raises(InvalidTypeError, match="tz must be"):
        purchase_histories([], as_of=NOW, unit="days", tz=3)


@pytest.mark.parametrize(
    ("frequency", "recency", "age", "error", "says"),
    [
        (1.0, 1, 2, InvalidTypeError, "frequency must be an int"),
        (-1, 1, 2, InvalidValueError, "at least 0"),
        (1, True, 2, InvalidTypeError, "recency must be a number of periods"),
        (1, "1", 2, InvalidTypeError, "recency must be a number of periods"),
        (1, -1, 2, InvalidValueError, "finite number from 0 on"),
        (1, float("nan"), 2, InvalidValueError, "finite number from 0 on"),
        (1, 1, float("inf"), InvalidValueError, "T must be a finite number"),
        (1, 3, 2, InvalidValueError, "must not be later than T"),
        (0, 1, 2, InvalidValueError, "recency must be 0 without a repeat purchase"),
        (2, 0, 2, InvalidValueError, "and above 0 with one"),
    ],
)
def test_what_cannot_be_is_refused(frequency, recency, age, error, says):
    with pytest.raises(error, match=says):
        PurchaseHistory(customer="anna", frequency=frequency, recency=recency, T=age)
    with pytest.raises(error, match=says):
        PurchaseSummary({(frequency, recency, age): 1})


def test_summaries_check_what_they_count():
    with pytest.raises(InvalidTypeError, match="takes a mapping"):
        PurchaseSummary([(0, 0, 1)])
    with pytest.raises(InvalidTypeError, match="counted by"):
        PurchaseSummary({(0, 0): 1})
    with pytest.raises(InvalidTypeError, match="counted by"):
        PurchaseSummary({"abc": 1})
    with pytest.raises(InvalidTypeError, match="number of customers"):
        PurchaseSummary({(0, 0.0, 1.0): 1.5})
    with pytest.raises(InvalidTypeError, match="expected a PurchaseHistory"):
        PurchaseSummary.from_histories([3])
    weekly, daily = (
        PurchaseHistory(customer="a", frequency=0, recency=0, T=3, unit=unit) for unit in ("weeks", "days")
    )
    with pytest.raises(InvalidValueError, match="one unit, got 'days' and 'weeks'"):
        PurchaseSummary.from_histories([weekly, daily])


CUSTOMERS = st.one_of(
    st.tuples(st.just(0), st.just(0.0), st.integers(0, 5).map(float)),
    st.tuples(st.integers(1, 3), st.integers(1, 4).map(float), st.integers(4, 6).map(float)),
)
SUMMARIES = st.dictionaries(CUSTOMERS, st.integers(0, 4)).map(lambda counts: PurchaseSummary(counts, unit="weeks"))


@given(SUMMARIES, SUMMARIES, SUMMARIES)
def test_summaries_add(one, other, third):
    assert (one + other) + third == one + (other + third)
    assert one + PurchaseSummary() == one == PurchaseSummary() + one
    both = Counter(one.counts)
    both.update(other.counts)
    assert dict((one + other).counts) == dict(both)
    assert (one + other).customers == one.customers + other.customers
    assert (one + other).repeat_customers == one.repeat_customers + other.repeat_customers
    assert from_dict(to_dict(one), PurchaseSummary) == one


def test_summaries_of_two_units_do_not_add():
    weekly = PurchaseSummary({(0, 0.0, 4.0): 1}, unit="weeks")
    with pytest.raises(InvalidValueError, match="two units"):
        weekly + PurchaseSummary({(0, 0.0, 4.0): 1}, unit="days")
    with pytest.raises(TypeError):
        weekly + 3


def test_what_nobody_has_is_left_out():
    summary = PurchaseSummary({(1, 1.0, 2.0): 0, (0, 0.0, 2.0): 2})
    assert list(summary.counts) == [(0, 0.0, 2.0)]
    assert summary.is_defined
    assert not PurchaseSummary().is_defined
    assert summary.rows() == [{"frequency": 0, "recency": 0.0, "T": 2.0, "customers": 2}]
    assert str(summary).splitlines()[0] == "frequency  recency  T  customers"
    assert eval(repr(summary)) == summary  # noqa: S307 - it prints as the code that makes it


@pytest.mark.parametrize(
    "entry", [3, [1, 2.0, 3.0], [1.5, 2.0, 3.0, 1], [0, 0.0, "3", 1], [1, 9.0, 3.0, 1], [0, 0.0, 3.0, -1]]
)
def test_broken_documents_are_refused(entry):
    document = to_dict(PurchaseSummary({(0, 0.0, 2.0): 2}))
    with pytest.raises(DocumentError):
        from_dict(document | {"counts": [entry]}, PurchaseSummary)


def test_documents_name_everything_once():
    document = to_dict(PurchaseSummary({(0, 0.0, 2.0): 2}))
    with pytest.raises(DocumentError) as caught:
        from_dict(document | {"counts": document["counts"] * 2}, PurchaseSummary)
    assert "each frequency, recency and T once" in str(caught.value)


def test_a_host_can_keep_times_that_are_no_days():
    assert PurchaseHistory(customer="a", frequency=1, recency=0.5, T=2).T == 2
    with pytest.raises(InvalidTypeError, match="spend must be"):
        PurchaseHistory(customer="a", frequency=1, recency=0.5, T=2, spend=2.5)
