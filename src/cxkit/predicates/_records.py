"""Records that are made here: plain mappings, nested as the paths of their fields say."""

from collections.abc import Iterable
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str, ...]
Record: TypeAlias = dict[str, Any]


def record_of(values: Iterable[tuple[Path, Any]]) -> Record:
    """Build a record that holds some values, each at a path of its own; what is `None` is left out."""
    record: Record = {}
    for path, value in values:
        if value is not None:
            inner = record
            for name in path[:-1]:
                inner = inner.setdefault(name, {})
            inner[path[-1]] = value
    return record


def with_value(record: Record, path: Path, value: Any) -> Record:
    """Return a record with another value at a path; without one, where it is `None`."""
    first, *rest = path
    if rest:
        value = with_value(record.get(first, {}), tuple(rest), value) or None
    changed = {key: kept for key, kept in record.items() if key != first}
    return changed if value is None else {**changed, first: value}
