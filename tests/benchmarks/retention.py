"""How fast retention is counted, beside pandas: ratios of one run, from the same lists."""

import random
from datetime import datetime, timedelta, timezone
from time import perf_counter

import pandas as pd

from cxkit.metrics import RetentionSettings, retention_table

EVENTS, CUSTOMERS, MONTHS = 1_000_000, 100_000, 24
START = datetime(2024, 1, 1, tzinfo=timezone.utc)
END = datetime(2026, 1, 1, tzinfo=timezone.utc)
BOUND = 2


def seconds(function, times=3):
    """Return the least of several runs."""
    best = float("inf")
    for _ in range(times):
        began = perf_counter()
        function()
        best = min(best, perf_counter() - began)
    return best


def log():
    """Draw a log of orders: who, and when to the second."""
    draw = random.Random(4)
    length = int((END - START).total_seconds())
    customers = [f"customer {draw.randrange(CUSTOMERS)}" for _ in range(EVENTS)]
    moments = [START + timedelta(seconds=draw.randrange(length)) for _ in range(EVENTS)]
    return customers, moments


def triangle_of_pandas(customers, moments, tz=None, frequency="M"):
    """Count as one does with pandas: the first period of each customer, and who is active in which period."""
    at = pd.DatetimeIndex(moments)
    local = at.tz_convert(tz).tz_localize(None) if tz else at.tz_localize(None)
    frame = pd.DataFrame({"customer": customers, "period": local.to_period(frequency).asi8})
    first = frame.groupby("customer", sort=False)["period"].transform("min")
    frame = frame.assign(first=first, column=frame["period"] - first).drop_duplicates(["customer", "column"])
    return frame.pivot_table(index="first", columns="column", aggfunc="size", fill_value=0)


def compare(name, customers, moments, settings, bound=None, **options):
    """Print how long both take, where they count alike."""

    def ours():
        return retention_table(zip(customers, moments, strict=True), settings, as_of=END - timedelta(seconds=1))

    expected = triangle_of_pandas(customers, moments, **options).to_numpy().ravel()
    counts = [cell.rate.count for cell in ours().cells if cell.rate.count]
    assert counts == [count for count in expected if count]
    mine, other = seconds(ours), seconds(lambda: triangle_of_pandas(customers, moments, **options))
    limit = f" (at most {bound})" if bound else ""
    print(f"retention {name} of {EVENTS:,} events: {mine:.2f} s, {mine / other:.2f} times pandas{limit}")


if __name__ == "__main__":
    drawn = log()
    compare("triangle by month", *drawn, RetentionSettings("month"), BOUND)
    berlin = RetentionSettings("week", tz="Europe/Berlin")
    compare("triangle by week in Berlin", *drawn, berlin, tz="Europe/Berlin", frequency="W-SUN")
