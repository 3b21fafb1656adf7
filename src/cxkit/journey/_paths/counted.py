"""What the tallies of paths share: counts by a key, a label, a printed form."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Self, TypeVar

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import FrozenDict, a_count, a_name
from cxkit._forms import Form, Json, Reader, many, record
from cxkit._tables import aligned
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey._paths.nodes import NAMES
from cxkit.tallies import Durations

K = TypeVar("K")
V = TypeVar("V")
SHOWN = 25  # rows that a long table prints


@attrs.frozen(repr=False)
class Counted(_charts.Charted):
    """A tally of what journeys pass through.

    Attributes:
        by: The label that the touchpoints were counted by.
        missing: How many touchpoints had no such label and were left out.
    """

    by: str = attrs.field(default=NAMES, kw_only=True)
    missing: int = attrs.field(default=0, kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_name(self.by, "by")
        a_count(self.missing, "missing")

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each of what is counted."""
        raise NotImplementedError

    def _check_like(self, other: Self, *parts: str) -> None:
        """Check that two tallies were counted in one way."""
        for part in ("by", *parts):
            ours, theirs = getattr(self, part), getattr(other, part)
            if ours != theirs:
                what = f"those with {part}={theirs!r} to {type(self).__name__} with {part}={ours!r}"
                msg = f"cannot add {what}: they count two things; count both in one way"
                raise InvalidValueError(msg, other)

    def _check_comparable(self, baseline: Self) -> None:
        """Check that two tallies count the same thing, of whatever journeys."""
        if type(baseline) is not type(self):
            msg = f"{type(self).__name__} compares with another one, got {baseline!r}"
            raise InvalidTypeError(msg, baseline)
        if baseline.by != self.by:
            msg = (
                f"{type(self).__name__} by={self.by!r} compares with another one of that label, got by={baseline.by!r}"
            )
            raise InvalidValueError(msg, baseline)

    @override
    def __repr__(self) -> str:
        return as_code(self)

    @override
    def __str__(self) -> str:
        rows = self.rows()
        return shortened(rows, len(rows))


def as_code(value: attrs.AttrsInstance) -> str:
    """Return the code that makes a value, without what it says by default; options come last."""
    fields = sorted(attrs.fields(type(value)), key=lambda field: bool(field.kw_only))
    values = [(field.name, getattr(value, field.name), field.default) for field in fields]
    shown = [
        f"{name}={found!r}" for name, found, default in values if found is not default and found not in (default, {})
    ]
    return f"{type(value).__name__}({', '.join(shown)})"


def shortened(rows: Sequence[Mapping[str, object]], number: int) -> str:
    """Return the first of a number of rows as a table, and say how many more there are."""
    more = f"\n... and {number - SHOWN:,} more; rows() has them all" if number > SHOWN else ""
    return aligned(rows[:SHOWN]) + more


def in_per_cent(heatmap: _charts.Spec) -> None:
    """Write the numbers of a heatmap in per cent."""
    heatmap["layer"][1]["encoding"]["text"]["format"] = ".0%"


def a_mapping(counts: Mapping[Any, V]) -> Mapping[Any, V]:
    """Check that counts are a mapping."""
    if not isinstance(counts, Mapping):
        msg = f"counts must be a mapping from what is counted, got {counts!r}"
        raise InvalidTypeError(msg, counts)
    return counts


def kept(entries: Iterable[tuple[Any, Any]]) -> Any:
    """Keep counts in a mapping that cannot be changed, whatever their keys are."""
    return FrozenDict(entries)


def kept_counts(
    counts: Mapping[Any, int], check: Callable[[Any], object], order: Callable[[Any], Any] | None = None
) -> Any:
    """Check counts by a key, and keep those that are not 0 in order of their keys."""
    for key, number in a_mapping(counts).items():
        check(key)
        a_count(number, f"the count of {key!r}")
    return kept((key, counts[key]) for key in sorted(counts, key=order) if counts[key])


def pair_counts(counts: Mapping[Any, int]) -> Any:
    """Check counts by pairs of labels."""
    return kept_counts(counts, a_label_pair)


def label_counts(counts: Mapping[Any, int]) -> Any:
    """Check counts by labels."""
    return kept_counts(counts, a_label_text)


def a_label_text(label: object) -> None:
    """Check a label."""
    if not isinstance(label, str):
        msg = f"a label must be text, got {label!r}"
        raise InvalidTypeError(msg, label)


def a_label_pair(pair: object) -> None:
    """Check a pair of labels."""
    match pair:
        case (str(), str()):
            return
        case _:
            msg = f"a pair must be two labels, got {pair!r}"
            raise InvalidTypeError(msg, pair)


def added(left: Mapping[K, int], right: Mapping[K, int]) -> Mapping[K, int]:
    """Add counts by their keys."""
    return Counter(left) + Counter(right)


def added_times(left: Mapping[K, Durations], right: Mapping[K, Durations]) -> Mapping[K, Durations]:
    """Add lengths of time by their keys."""
    return {**left, **{key: left[key] + more if key in left else more for key, more in right.items()}}


def merged(empty: Durations, times: Iterable[Durations]) -> Durations:
    """Add many tallies of times in one go, where one after the other would copy the first ones again and again."""
    parts = list(times)
    counts = Counter[int]()
    for units, count in chain.from_iterable(part.counts.items() for part in parts):
        counts[units] += count
    return Durations(empty.resolution, counts, sum(part.microseconds for part in parts))


def entries(key: Form[K], value: Form[V], order: Callable[[K], Any] | None = None) -> Form[Mapping[K, V]]:
    """Return the form of a mapping: a list of its entries, in the order of their keys, so that equal ones are written alike."""
    one = many(record(lambda key, value: (key, value), {"key": key, "value": value}))

    def dump(mapping: Mapping[K, V]) -> Json:
        names: list[Any] = sorted(mapping, key=order)
        return [{"key": key.dump(name), "value": value.dump(mapping[name])} for name in names]

    def load(data: Json, reader: Reader) -> Mapping[K, V]:
        found = one.load(data, reader)
        if len(mapping := dict(found)) < len(found):
            msg = "the same key stands twice"
            raise reader.fault(msg)
        return mapping

    return Form(dump, load)
