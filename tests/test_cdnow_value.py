"""The example of who is worth calling says of its log what plain loops over it, and the papers, say."""

import csv
import runpy
from datetime import date, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLE = runpy.run_path(str(ROOT / "examples" / "cdnow_value.py"))
FITTED, LAST = date(1997, 9, 30), date(1998, 6, 30)


@pytest.fixture(scope="module")
def found():
    return EXAMPLE["report"](EXAMPLE["read"]())


@pytest.fixture(scope="module")
def days():
    """Read the log again: the days on which each customer bought."""
    bought = {}
    for line in (ROOT / "examples/data/CDNOW_sample.txt").read_text(encoding="ascii").splitlines():
        _, customer, day, _, _ = line.split()
        bought.setdefault(customer, set()).add(datetime.strptime(day, "%Y%m%d").date())  # noqa: DTZ007 - a day
    return {customer: sorted(some) for customer, some in bought.items()}


def test_the_models_are_those_of_the_papers(found):
    """Fader, Hardie and Lee 2005, table 2; Fader and Hardie 2013, section 4."""
    model, spend = found.purchases.model, found.spend.model
    assert (model.r, model.alpha, model.a, model.b) == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=6e-4)
    assert (spend.p, spend.q, spend.v) == pytest.approx((6.25, 3.74, 15.44), abs=0.02)
    assert (found.purchases.status, found.purchases.customers, found.purchases.used) == ("ok", 2357, 946)


def test_purchases_are_those_that_happened(found, days):
    assert found.happened == sum(FITTED < day <= LAST for some in days.values() for day in some) == 1882
    assert found.expected == pytest.approx(sum(outlook.purchases for outlook in found.outlooks))
    assert 0.8 < found.expected / found.happened < 1.0


def test_the_silence_is_that_of_a_plain_loop(found, days):
    """Within a year nobody was last seen, so that the share is a plain one."""
    for weeks in (4, 13, 26, 52):
        silent = sum(len(some) < 2 or (some[1] - some[0]).days > 7 * weeks for some in days.values())
        assert found.silence.survival_at(weeks) == pytest.approx(silent / len(days))


def test_the_cohort_is_that_of_a_plain_loop(found, days):
    new = [some for some in days.values() if some[0] < date(1997, 2, 1)]
    back = sum(any(date(1997, 3, 1) <= day < date(1997, 4, 1) for day in some) for some in new)
    cell = found.cohorts.cell(date(1997, 1, 1), 2)
    assert (cell.rate.count, cell.rate.total) == (back, len(new))


def test_those_worth_most_come_first(found, days):
    values = [outlook.value for outlook in found.outlooks]
    assert values == sorted(values, reverse=True)
    assert len(values) == len(days)
    top, rest = found.outlooks[:236], found.outlooks[236:]
    later = {customer: sum(FITTED < day <= LAST for day in some) for customer, some in days.items()}
    assert sum(later[one.customer] for one in top) / 236 > 4 * sum(later[one.customer] for one in rest) / len(rest)


def test_it_prints(capsys):
    EXAMPLE["main"]()
    assert "there were 1,882" in capsys.readouterr().out


def test_the_figures_of_customers_are_those_published(found):
    with (ROOT / "tests/data/cdnow_customers_summary.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["ID"].zfill(4): row for row in csv.DictReader(file)}
    for outlook in found.outlooks[::50]:
        row = rows[outlook.customer]
        seen = int(row["frequency"]), float(row["recency"]), float(row["T"])
        assert outlook.p_alive == pytest.approx(found.purchases.model.p_alive(*seen), abs=1e-3)
