"""A score of 10,000,000 answers and percentiles of 1,000,000 durations, as ratios to Python's sum and to numpy."""

import random
import time
from array import array
from collections.abc import Callable
from datetime import timedelta
from statistics import median

import numpy as np

from cxkit.metrics import Nps
from cxkit.tallies import Durations

ROUNDS = 7
ANSWERS, LENGTHS = 10_000_000, 1_000_000
SHARES = (2, 1, 1, 1, 1, 3, 3, 9, 22, 22, 35)  # per cent, of 0 to 10: the example of the R package NPS
PERCENTS = (50, 90, 99)
FROM_A_LIST, FROM_BYTES, LIKE_NUMPY = 2.2, 1.5, 1.0  # times sum(list), numpy.bincount, numpy.percentile


def seconds(work: Callable[[], object]) -> float:
    """Time some work."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def compare(what: str, work: Callable[[], object], floor: Callable[[], object], *, limit: float, to: str) -> None:
    """Print the ratio, in turns with what it is compared with, so that a busy machine is busy for both."""
    pairs = [(seconds(work), seconds(floor)) for _ in range(ROUNDS)]
    ratio, took = median(ours / theirs for ours, theirs in pairs), median(ours for ours, _ in pairs)
    verdict = "ok" if ratio <= limit else f"too slow, the limit is {limit}"
    print(f"{what}: {took * 1000:.0f} ms, {ratio:.2f} times {to}: {verdict}")


def answers() -> None:
    """Count scores, from what they may be kept in."""
    scores = random.Random(1).choices(range(11), SHARES, k=ANSWERS)
    data, packed = bytes(scores), array("B", scores)
    numbers = np.frombuffer(data, dtype=np.uint8)
    bins = np.bincount(numbers, minlength=11)
    expected = Nps(int(bins[9:].sum()), int(bins[7:9].sum()), int(bins[:7].sum()))
    assert all(Nps.from_scores(given) == expected for given in (scores, data, packed, numbers))

    named = f"the score of {ANSWERS:,} answers"
    compare(
        f"{named} in a list", lambda: Nps.from_scores(scores), lambda: sum(scores), limit=FROM_A_LIST, to="sum(list)"
    )
    for where, given in (("bytes", data), ("an array", packed)):
        compare(
            f"{named} in {where}",
            lambda given=given: Nps.from_scores(given),
            lambda: np.bincount(numbers),
            limit=FROM_BYTES,
            to="numpy.bincount",
        )


def durations() -> None:
    """Find percentiles of lengths of time."""
    draw = random.Random(2)
    lengths = [timedelta(seconds=int(draw.expovariate(1 / 5000))) for _ in range(LENGTHS)]
    tally, numbers = Durations.from_lengths(lengths), np.array(lengths, dtype="timedelta64[us]").astype(np.int64)
    ours = [tally.percentile(percent) // timedelta(microseconds=1) for percent in PERCENTS]
    assert np.allclose(ours, np.percentile(numbers, PERCENTS), atol=1)

    compare(
        f"percentiles of {LENGTHS:,} durations in a list",
        lambda: [*map(Durations.from_lengths(lengths).percentile, PERCENTS)],
        lambda: np.percentile(np.array(lengths, dtype="timedelta64[us]").astype(np.int64), PERCENTS),
        limit=LIKE_NUMPY,
        to="numpy",
    )


def main() -> None:
    """Print all ratios."""
    answers()
    durations()


if __name__ == "__main__":
    main()
