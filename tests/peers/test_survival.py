"""Survival beside lifelines: curves, intervals, medians, late entry, weights and tests on data and on random customers."""

import csv
import random
from pathlib import Path

import pandas as pd
import pytest
from lifelines import KaplanMeierFitter, NelsonAalenFitter
from lifelines.statistics import multivariate_logrank_test
from lifelines.utils import median_survival_times, restricted_mean_survival_time

from cxkit.metrics import kaplan_meier, log_rank

TESTS = Path(__file__).parents[1]
SCENES = range(40)


def rows_of(name):
    with (TESTS / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lung():
    return [(float(row["time"]), row["status"] == "1") for row in rows_of("lung.csv")]


def worms():
    return [(float(row["T"]), row["E"] == "1") for row in rows_of("waltons.csv")]


def customers(seed):
    """Make some customers, with ties for even seeds and without for odd ones."""
    draw = random.Random(seed)
    whole = seed % 2 == 0
    times = [draw.randint(1, 12) if whole else draw.expovariate(0.1) for _ in range(draw.randint(2, 60))]
    return [(time, draw.random() < 0.7) for time in times]


SAMPLES = {"lung": lung(), "worms": worms(), **{f"scene {seed}": customers(seed) for seed in SCENES}}


@pytest.mark.parametrize("name", SAMPLES)
def test_curves_with_their_intervals_and_medians_agree(name):
    durations, observed = zip(*SAMPLES[name], strict=True)
    ours, theirs = kaplan_meier(durations, observed), KaplanMeierFitter().fit(durations, observed)
    low, high = (theirs.confidence_interval_[column] for column in theirs.confidence_interval_)
    for time, share in zip(ours.times, ours.survival, strict=True):
        assert share == pytest.approx(theirs.predict(time), abs=1e-12)
        if share > 1e-9:
            assert ours.interval_at(time) == pytest.approx((low[time], high[time]), abs=1e-9)
    if 0.5 in {round(share, 9) for share in ours.survival}:
        return  # lifelines compares the rounded product with one half
    expected = theirs.median_survival_time_
    assert ours.median.value == (None if expected == float("inf") else expected)
    if name in {"lung", "worms"}:
        found = median_survival_times(theirs.confidence_interval_)
        assert ours.median[1:] == tuple(found.iloc[0])


@pytest.mark.parametrize("name", SAMPLES)
def test_hazards_and_restricted_means_agree(name):
    durations, observed = zip(*SAMPLES[name], strict=True)
    ours = kaplan_meier(durations, observed)
    hazard = NelsonAalenFitter(nelson_aalen_smoothing=False).fit(durations, observed)
    for time in ours.times:
        assert ours.cumulative_hazard_at(time) == pytest.approx(hazard.predict(time), abs=1e-12)
    horizon = sorted(durations)[len(durations) // 2]
    expected = restricted_mean_survival_time(KaplanMeierFitter().fit(durations, observed), t=horizon)
    assert ours.restricted_mean(horizon).value == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("seed", SCENES)
def test_late_entry_and_weights_agree(seed):
    draw = random.Random(seed)
    stays = customers(seed)
    durations, observed = zip(*stays, strict=True)
    weights = [draw.randint(1, 4) for _ in stays]
    # At half a step, as lifelines has those who enter at the time of a loss at risk of it, and cxkit, as R, has not.
    entry = [0.0, *[draw.choice([0.0, draw.randint(0, 20) * duration / 21 + 1e-7]) for duration in durations[1:]]]
    ours = kaplan_meier(durations, observed, entry=entry, weights=weights)
    table = KaplanMeierFitter().fit(durations, observed, entry=entry, weights=weights).event_table
    for time, number, lost in zip(ours.times, ours.at_risk, ours.events, strict=True):
        assert (number, lost) == (table.at_risk[time], table.observed[time])


@pytest.mark.parametrize("weighting", ["log-rank", "wilcoxon", "tarone-ware", "peto"])
@pytest.mark.parametrize("seed", SCENES)
def test_comparisons_agree(seed, weighting):
    groups = {str(place): customers(3 * seed + place) for place in range(2 + seed % 3)}
    rows = [(duration, lost, name) for name, stays in groups.items() for duration, lost in stays]
    theirs = multivariate_logrank_test(
        *(pd.Series(column) for column in zip(*[(time, group, lost) for time, lost, group in rows], strict=True)),
        weightings=None if weighting == "log-rank" else weighting,
    )
    curves = {name: kaplan_meier(*zip(*stays, strict=True)) for name, stays in groups.items()}
    found = log_rank(curves, weighting=weighting)
    assert found.statistic == pytest.approx(theirs.test_statistic, rel=1e-7)
    assert found.p_value == pytest.approx(theirs.p_value, rel=1e-6, abs=1e-12)
