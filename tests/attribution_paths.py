"""Journeys made of paths such as `"A > B"`, for the tests of attribution."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import strategies as st

from cxkit.journey import Journey, Touchpoint

START = datetime(2026, 3, 1, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
LABELS = ("A", "B", "C", "D")


def touched(labels: Sequence[str | None], *, start: datetime = START) -> list[Touchpoint]:
    """Build a visit an hour through each channel."""
    return [Touchpoint("visit", start + place * HOUR, channel=label) for place, label in enumerate(labels)]


def path(
    text: str, *, converts: bool = True, value: Decimal | int | None = None, customer: str | None = None
) -> Journey:
    """Build the journey of a path, which ends with an order if it converts."""
    touches = touched([label for label in text.split(" > ") if label])
    order = Touchpoint("order", START + len(touches) * HOUR, value=None if value is None else Decimal(value))
    return Journey(customer or f"customer {text}", [*touches, order] if converts else touches)


LOGS = st.lists(  # the labels of a path, whether it converts, and its value in cents
    st.tuples(st.lists(st.sampled_from(LABELS), max_size=5), st.booleans(), st.integers(0, 999)), max_size=8
)


def journeys_of(log: Sequence[tuple[Sequence[str], bool, int]]) -> list[Journey]:
    """Build a journey for each path of a drawn log."""
    return [
        path(" > ".join(labels), converts=converts, value=Decimal(cents).scaleb(-2), customer=f"customer {place}")
        for place, (labels, converts, cents) in enumerate(log)
    ]
