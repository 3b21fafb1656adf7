"""The nearest changes that would turn an answer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import combinations, islice, permutations, product
from typing import Any

import attrs
from typing_extensions import override

from cxkit._checks import is_short
from cxkit._money import EXACT
from cxkit.predicates._cells import is_within, literals, moved, step, unused
from cxkit.predicates._field import FieldSource
from cxkit.predicates._nodes import Not
from cxkit.predicates._predicate import Predicate
from cxkit.predicates._records import record_of
from cxkit.predicates._solver import Problem
from cxkit.predicates._source import Source
from cxkit.predicates._subject import Subject
from cxkit.predicates._words import literal_words

TOGETHER = 4  # fields of which all choices are looked at; of more, one that is found is made as small as it can be
TRIES = 5_000  # of all searches together
ALONE = 2_000  # new values of one field that is changed alone
EACH = 12  # of one that is changed with others
TURNED = 20  # records with the other answer, to be brought near
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)

Values = dict[FieldSource, Any]
_COUNTED = ("number", "moment", "day")


@attrs.frozen
class Step:
    """One value that would have to be another.

    Attributes:
        field: The name of the field.
        found: The value that it has.
        needed: The nearest value that would do; `None` where any other than what is stated would.
        by: How much more that is, or less, where that can be said: a number, an amount, a `timedelta`.
        currency: The currency of an amount.
    """

    field: str
    found: object
    needed: object
    by: Any = None
    currency: str | None = None

    @override
    def __str__(self) -> str:
        return f"{self.field}: {self._said()}"

    def _said(self) -> str:
        unit = "" if self.currency is None else f" {self.currency}"
        if self.by is None or isinstance(self.needed, float):
            return "another value" if self.needed is None else f"{_rounded(self.needed)}{unit}"
        if isinstance(self.by, timedelta) and abs(self.by) < SECOND:
            return f"just {'after' if self.by > timedelta(0) else 'before'} {literal_words(self.found)}"
        if isinstance(self.by, timedelta):
            return f"{_length(self.by)} {'later' if self.by > timedelta(0) else 'earlier'}"
        amount = f"{self.by.copy_abs():f}" if isinstance(self.by, Decimal) else _rounded(abs(self.by))
        return f"{amount}{unit} {'more' if self.by > 0 else 'less'}"


def _length(by: timedelta) -> str:
    days, rest = divmod(abs(by), DAY)
    whole = f"{days} day{'s' if days != 1 else ''}"
    return f"{whole}, {rest}" if days and rest else whole if days else str(rest)


def _rounded(value: object) -> str:
    """Say a value; of a number with more digits than anyone reads, on which side of a short one it is."""
    if not isinstance(value, float) or value == (short := float(f"{value:.12g}")):
        return literal_words(value)
    return f"just {'over' if value > short else 'under'} {short:g}"


@attrs.frozen
class Change:
    """Values that would turn an answer if they were others: all of them together.

    Attributes:
        steps: The values.
    """

    steps: tuple[Step, ...]

    @override
    def __str__(self) -> str:
        return " and ".join(map(str, self.steps))


def nearest(predicate: Predicate, subject: Subject) -> tuple[Change, ...]:
    """Return the changes of the fewest fields that turn the answer, one for each choice of fields."""
    search = _Search(predicate, subject)
    if search.problem.is_tangled:
        return ()
    for together in range(1, TOGETHER + 1):
        found = [change for fields in combinations(search.fields, together) if (change := search.change(fields))]
        if found:
            return tuple(found)
    return search.brought_near()


class _Search:
    """A search for values of fields that turn the answer."""

    def __init__(self, predicate: Predicate, subject: Subject) -> None:
        self.predicate = predicate
        self.subject = subject
        self.problem = Problem(predicate)
        self.answer = predicate.holds(subject)
        self.current: Values = {field: field.read(subject) for field in self.problem.fields.values()}
        asked = {
            source.base.key()
            for reason in predicate.responsible(subject, positive=True)
            for source in reason.test.sources
        }
        self.fields = [field for key, field in self.problem.fields.items() if key in asked]
        self.others = {field: self.candidates(field) for field in self.fields}
        self.tries = TRIES

    def change(self, fields: Sequence[FieldSource]) -> Change | None:
        """Return a change of just these fields."""
        most = ALONE if len(fields) == 1 else EACH
        ranks = product(*(range(min(most, len(self.others[field]))) for field in fields))
        for chosen in sorted(ranks, key=sum) if self.tries > 0 else ():
            self.tries -= 1
            values = {field: self.others[field][rank] for field, rank in zip(fields, chosen, strict=True)}
            if self.tries < 0:
                return None
            if self.turns(values):
                return self.told(values)
        return None

    def brought_near(self) -> tuple[Change, ...]:
        """Return the smallest of some changes to records with the other answer, each brought as near as it goes."""
        turned = Problem(Not(self.predicate) if self.answer else self.predicate)
        best: Values | None = None
        for record in islice(turned.records(), TURNED) if not self.predicate.timed else ():
            subject = Subject(record, record, None)
            values = {field: value for field in self.current if (value := subject.value(field.path)) is not None}
            if not self.turns(values):
                continue
            for field in list(values):
                fewer = {other: value for other, value in values.items() if other is not field}
                values = fewer if self.turns(fewer) else values
            best = values if best is None or len(values) < len(best) else best
        return () if best is None else (self.told(best),)

    def turns(self, values: Mapping[FieldSource, Any]) -> bool:
        record = record_of((field.path, value) for field, value in {**self.current, **values}.items())
        return self.predicate.holds(self.subject._replace(record=record)) is not self.answer

    def candidates(self, field: FieldSource) -> list[Any]:
        """Return other values of a field, the nearest ones first."""
        found = self.current[field]
        if field.kind.shape == "tags":
            return list(_sets(frozenset(found or ()), literals(self.problem.leaves_of(field))))
        given = (value for value in self.problem.values(field.key()) if field.kind.fits(value))
        values = dict.fromkeys(plain for value in (*given, *self.compared(field)) for plain in _plain(value, field))
        others = [value for value in values if value != found]
        if _counts(found, field):
            others.sort(key=lambda value: _size(_by(found, value)))
        return others

    def compared(self, field: FieldSource) -> Iterator[Any]:
        """Yield values at and around those that a field is compared with."""
        for leaf in self.problem.leaves_of(field):
            for mine, other in permutations(leaf.sources, 2):
                value = other.read(self.subject) if mine.base is field else None
                if value is not None and mine.kind.fits(value) and is_within(value, mine):
                    for near in (value, *(_around(value, mine) if mine.kind.shape in _COUNTED else ())):
                        yield from mine.origins(near)

    def told(self, values: Values) -> Change:
        return Change(tuple(self.step(field, value) for field, value in values.items()))

    def step(self, field: FieldSource, value: Any) -> Step:
        found, leaves = self.current[field], self.problem.leaves_of(field)
        is_plain = all(leaf.operator in ("eq", "in", "known") and leaf.sources == (field,) for leaf in leaves)
        is_text = field.kind.shape in ("text", "ordered text")
        is_other = is_plain and is_text and value == unused(literals(leaves))
        by = _by(found, value) if _counts(found, field) else None
        return Step(field.label, found, None if is_other else value, by, field.kind.currency)


def _counts(found: Any, field: FieldSource) -> bool:
    """Whether it can be said by how much a value differs from the one that is there."""
    if found is None or field.kind.shape not in _COUNTED:
        return False
    return not isinstance(found, Decimal) or is_short(found)


def _by(found: Any, value: Any) -> Any:
    if isinstance(value, Decimal):
        return EXACT.subtract(value, Decimal(found) if isinstance(found, int) else found)
    return value - found


def _size(by: Any) -> Any:
    return by.copy_abs() if isinstance(by, Decimal) else abs(by)


def _around(value: Any, source: Source) -> Iterator[Any]:
    for sign in (1, -1):
        try:
            near = moved(value, sign, step(source.kind))
        except (OverflowError, TypeError):  # the end of time, or a value of another kind
            continue
        if is_within(near, source):
            yield near


def _plain(value: Any, field: FieldSource) -> Iterator[Any]:
    """Yield an amount in whole minor units, down and up; any other value as it is."""
    if not isinstance(value, Decimal):
        yield value
        return
    unit = step(field.kind)
    down = EXACT.multiply(Decimal(int(EXACT.divide_int(value, unit))), unit)
    yield down.quantize(unit, context=EXACT)
    if down != value:
        up = EXACT.add(down, unit if value > down else -unit)
        yield up.quantize(unit, context=EXACT)


def _sets(found: frozenset[str], stated: Iterable[str]) -> Iterator[frozenset[str]]:
    """Yield sets of tags, those with the fewest tags put in or taken out first, then the empty one."""
    known = list(stated)[:EACH]
    for size in range(1, len(known) + 1):
        yield from (found ^ frozenset(tags) for tags in combinations(known, size))
    if found:
        yield frozenset()
    else:
        yield frozenset({unused(known)})
