"""Checks of records against the fields that are declared for them."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Literal

import attrs
from typing_extensions import override

from cxkit.answers import Decision, Reason
from cxkit.predicates._field import FieldSource
from cxkit.predicates._subject import NO_RECORD, Subject

FieldCode = Literal["unknown", "ill_typed", "missing"]


@attrs.frozen
class FieldReason(Reason):
    """What a check found about one field.

    Attributes:
        code: `unknown`, `ill_typed` or `missing`.
        found: The value of the record.
        needed: The kind that the field is declared with; for an unknown key, the nearest field that there is.
        field: The name of the field, or the unknown key.
    """

    field: str = attrs.field(kw_only=True)

    @override
    def __str__(self) -> str:
        match self.code:
            case "unknown":
                hint = "" if self.needed is None else f"; did you mean {self.needed!r}?"
                if self.needed == self.field:
                    hint = "; a nested record holds it, not a key with dots"
            case "ill_typed":
                hint = f" is {self.needed}, found {self.found!r}"
            case _:
                hint = ""
        return f"{self.code}: {self.field}{hint}"


@attrs.frozen(kw_only=True)
class RecordCheck(Decision[Literal["sound", "faulty"]]):
    """What `Fields.check` found: a record is faulty if a key is unknown or a value of another kind than its field.

    Attributes:
        outcome: `sound` or `faulty`.
        reasons: The unknown keys, then the ill-typed values, then the missing ones, which are no fault.
    """

    reasons: tuple[FieldReason, ...] = ()

    @property
    def unknown(self) -> tuple[str, ...]:
        """The keys that no field is declared for."""
        return self._coded("unknown")

    @property
    def ill_typed(self) -> tuple[str, ...]:
        """The fields whose value is of another kind."""
        return self._coded("ill_typed")

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields without a value."""
        return self._coded("missing")

    def _coded(self, code: FieldCode) -> tuple[str, ...]:
        return tuple(reason.field for reason in self.reasons if reason.code == code)

    @override
    def __str__(self) -> str:
        return "\n".join([self.outcome, *(f"- {reason}" for reason in self.reasons)])


def check(fields: Mapping[str, Any], record: object) -> RecordCheck:
    """Compare a record with the fields that are declared for it, by name."""
    subject = Subject.of(record, None)
    fields = {name: value for name, value in fields.items() if isinstance(value.source, FieldSource)}
    paths = {value.source.path: value for value in fields.values()}
    unknown = [
        FieldReason("unknown", found, _nearest(path, paths), field=".".join(path))
        for path, found in _strangers(subject.record, (), set(paths))
    ]
    ways = dict.fromkeys(path[:end] for path in paths for end in range(1, len(path)))
    wrong = [
        FieldReason("ill_typed", found, "a nested record", field=".".join(way))
        for way in ways
        if (found := subject.value(way)) is not None and isinstance(found, NO_RECORD)
    ]
    missing = []
    for name, value in fields.items():
        found = subject.value(value.source.path)
        if found is None:
            missing.append(FieldReason("missing", None, value.kind.name, field=name))
        elif not value.kind.fits(found):
            wrong.append(FieldReason("ill_typed", found, value.kind.name, field=name))
    return RecordCheck(outcome="faulty" if unknown or wrong else "sound", reasons=(*unknown, *wrong, *missing))


def _nearest(path: tuple[str, ...], known: Mapping[tuple[str, ...], object]) -> str | None:
    return next(iter(get_close_matches(".".join(path), [".".join(other) for other in known], n=1)), None)


def _strangers(record: object, path: tuple[str, ...], known: set[tuple[str, ...]]) -> Any:
    """Yield the paths of a mapping that lead to no field, with their values."""
    if not isinstance(record, Mapping):
        return
    for key, value in record.items():
        here = (*path, str(key))
        if any(other[: len(here)] == here and len(other) > len(here) for other in known):
            yield from _strangers(value, here, known)
        elif here not in known:
            yield here, value
