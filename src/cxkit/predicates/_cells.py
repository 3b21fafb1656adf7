"""Cells: values that stand for all others, as far as some tests can tell them apart.

The tests of one value cut its domain into cells within which they all answer alike: the points that are stated, and the
gaps between them. One value of each cell is enough to decide about all.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import chain, combinations, pairwise, product
from math import inf, nextafter
from typing import Any, NamedTuple

from cxkit import _money
from cxkit._money import EXACT
from cxkit.predicates._kinds import Kind
from cxkit.predicates._nodes import Leaf
from cxkit.predicates._pattern import Pattern
from cxkit.predicates._source import Source

TAGS = 8  # of which all sets are looked at
PARTS = 6  # of texts, of which all combinations are looked at
PLAIN_FLOATS = 2.0**53  # up to here no whole number lies between two floats

Answers = tuple[bool, ...]


class Cells(NamedTuple):
    """Values of a kind.

    Attributes:
        values: At least one of each cell that is known.
        exact: Whether there is no other cell.
    """

    values: tuple[Any, ...]
    exact: bool = True


def literals(leaves: Iterable[Leaf]) -> list[Any]:
    """Return what tests state, each value once, in reading order."""
    found: dict[Any, None] = {}
    for leaf in leaves:
        stated = leaf.stated
        if isinstance(stated, tuple):
            found.update(dict.fromkeys(stated))
        elif stated is not None and not isinstance(stated, Source | Pattern):
            found[stated] = None
    return list(found)


def cells(source: Source, leaves: Sequence[Leaf]) -> Cells:
    """Return values of a source that stand for all that its tests can tell apart."""
    stated = literals(leaves)
    match source.kind.shape:
        case "flag":
            return Cells((True, False))
        case "choice":
            return Cells(source.kind.options)
        case "tags":
            return _sets(stated)
        case "text" | "ordered text":
            return _texts(stated, leaves, ordered=source.kind.shape == "ordered text")
        case _:
            edges: list[Any] = [edge for edge in (source.least, source.most) if edge is not None]
            points = sorted({*stated, *edges})
            points = points or _anything(source.kind)
            around = dict.fromkeys(chain(points, *(_around(point, source.kind) for point in points)))
            around |= dict.fromkeys(_between(points))
            return Cells(tuple(value for value in around if is_within(value, source)))


def is_within(value: Any, source: Source) -> bool:
    """Whether a source can give a value."""
    least, most = source.least, source.most
    return (least is None or value >= least) and (most is None or value <= most)


def _anything(kind: Kind) -> list[Any]:
    """Return some value of a kind that no test states one of."""
    match kind:
        case Kind(shape="moment"):
            return [datetime(2024, 1, 1, tzinfo=timezone.utc)]
        case Kind(shape="day"):
            return [date(2024, 1, 1)]
        case Kind(name="an integer"):
            return [0]
        case Kind(name="a real number"):
            return [0.0]
        case _:
            return [Decimal(0)]


def step(kind: Kind) -> Any:
    """Return the least step between two values of a kind that a person would write."""
    match kind:
        case Kind(shape="moment"):
            return timedelta(microseconds=1)
        case Kind(shape="day"):
            return timedelta(days=1)
        case Kind(name="an integer"):
            return 1
        case Kind(currency=str(currency)):
            return _money.from_minor(1, currency)
        case _:
            return Decimal("0.01")


def _around(point: Any, kind: Kind) -> Iterator[Any]:
    """Yield the nearest values below and above a point."""
    if kind.name == "a real number":
        yield from (nextafter(point, -inf), nextafter(point, inf))
        if abs(point) >= PLAIN_FLOATS:  # here whole numbers lie between the floats, and beyond them all
            yield from (int(point) - 1, int(point) + 1)
        return
    for sign in (-1, 1):
        try:
            yield moved(point, sign, step(kind))
        except OverflowError:  # the end of time, beyond which there are the moments of other zones
            if kind.shape == "moment":
                yield point.replace(tzinfo=timezone(timedelta(hours=-14 * sign)))


def moved(point: Any, sign: int, by: Any) -> Any:
    """Return a point moved by a step, up or down."""
    if isinstance(point, float):
        return nextafter(point, sign * inf)
    if isinstance(point, Decimal):
        return EXACT.add(point, by) if sign > 0 else EXACT.subtract(point, by)
    return point + sign * by


def _between(points: Sequence[Any]) -> Iterator[Any]:
    """Yield an amount between each two: those of records may have more places than those that are stated."""
    if isinstance(points[0], Decimal):
        for low, high in pairwise(points):
            yield EXACT.multiply(EXACT.add(low, high), Decimal("0.5"))


def _sets(stated: list[Any]) -> Cells:
    """Return sets of tags: all of those that are stated, with and without another one."""
    other = unused(stated)
    if len(stated) <= TAGS:
        subsets = chain.from_iterable(combinations([*stated, other], size) for size in range(len(stated) + 2))
        return Cells(tuple(map(frozenset, subsets)))
    few = [
        (),
        (other,),
        *((tag,) for tag in stated),
        stated,
        *(stated[:at] + stated[at + 1 :] for at in range(len(stated))),
    ]
    return Cells(tuple(map(frozenset, few)), exact=False)


def unused(texts: Iterable[str]) -> str:
    """Return a letter that is in none of some texts."""
    used = set(chain.from_iterable(texts))
    return next(letter for code in range(ord("a"), ord("a") + len(used) + 2) if (letter := chr(code)) not in used)


def _texts(stated: list[str], leaves: Sequence[Leaf], *, ordered: bool) -> Cells:
    parts = [leaf for leaf in leaves if is_partial(leaf)]
    whole = literals(leaf for leaf in leaves if not is_partial(leaf))
    found = dict.fromkeys([*whole, unused(stated)])
    if ordered:
        found |= dict.fromkeys(_gaps(sorted(whole)))
    if not parts:
        return Cells(tuple(found))
    found |= dict.fromkeys(_joined(parts, unused(stated)))
    return Cells(tuple(found), exact=False)


def _gaps(points: list[str]) -> Iterator[str]:
    """Yield a text below some texts, between each two, and above."""
    yield ""
    for low, high in pairwise(points):
        yield low + "0" if low + "0" < high else low + "\0"  # the next text of all
    if points:
        yield points[-1] + "0"


def is_partial(leaf: Leaf) -> bool:
    """Whether a test looks at a part of a text."""
    return leaf.operator in ("contains", "starts_with", "ends_with", "matches")


def _joined(leaves: list[Leaf], between: str) -> Iterator[str]:
    """Yield texts with each combination of a beginning, an end and some parts."""

    def stated(operator: str) -> list[str]:
        return list(dict.fromkeys(leaf.stated for leaf in leaves if leaf.operator == operator))

    inner = stated("contains")[:PARTS]
    subsets = list(chain.from_iterable(combinations(inner, size) for size in range(len(inner) + 1)))
    for first, last in product(["", *stated("starts_with")[:PARTS]], ["", *stated("ends_with")[:PARTS]]):
        for subset in subsets:
            yield between.join([first, *subset, last])
        if first:
            yield first + last


def possible(source: Source, leaves: Sequence[Leaf]) -> list[Answers] | None:
    """Return all combinations of answers that the tests of a known value can give, and perhaps more; `None` if too many."""
    found = cells(source, leaves)
    is_tags = source.kind.shape == "tags"
    open_ones = {} if found.exact else {number for number, leaf in enumerate(leaves) if is_tags or is_partial(leaf)}
    combined: set[Answers] = set()
    for value in found.values:
        answers = [leaf.tests(value) for leaf in leaves]
        free = {number for number, answer in enumerate(answers) if answer is None}
        if not _is_stated(leaves, answers):
            free |= set(open_ones)
        if len(free) > TAGS:
            return None
        for chosen in product((False, True), repeat=len(free)):
            changed = answers.copy()
            for number, answer in zip(sorted(free), chosen, strict=True):
                changed[number] = answer
            if not free or not _is_absurd(leaves, changed):
                combined.add(tuple(map(bool, changed)))
    return sorted(combined)


def _is_stated(leaves: Sequence[Leaf], answers: Sequence[bool | None]) -> bool:
    """Whether a value is one that a test states, so that it is known as a whole."""
    return any(leaf.operator in ("eq", "in") and answer for leaf, answer in zip(leaves, answers, strict=True))


def _is_absurd(leaves: Sequence[Leaf], answers: Sequence[bool | None]) -> bool:
    """Whether answers contradict one another."""
    tests = [(leaf.operator, leaf.stated) for leaf in leaves]
    holding = [test for test, answer in zip(tests, answers, strict=True) if answer]
    failing = [test for test, answer in zip(tests, answers, strict=True) if not answer]
    return (
        any(_is_certain(*test) for test in failing)
        or any(_is_hopeless(*test) for test in holding)
        or any(_entails(one, other) for one in holding for other in failing)
        or any(_excludes(one, other) for one, other in combinations(holding, 2))
    )


_PARTS = ("contains", "starts_with", "ends_with")
_ENDS: dict[str, Callable[[str, str], bool]] = {"starts_with": str.startswith, "ends_with": str.endswith}


def _is_certain(operator: str, stated: Any) -> bool:
    """Whether every value that is there passes."""
    return (operator in _PARTS and stated == "") or (operator == "has_all" and not stated) or operator == "known"


def _is_hopeless(operator: str, stated: Any) -> bool:
    """Whether no value passes."""
    return operator == "has_any" and not stated


def _entails(one: tuple[str, Any], other: tuple[str, Any]) -> bool:
    """Whether a value that passes one test passes another."""
    (first, ours), (second, theirs) = one, other
    if first in _PARTS and second in _PARTS:
        if second == "contains":
            return theirs in ours
        return first == second and _ENDS[first](ours, theirs)
    if first in ("has", "has_all"):
        sure = {ours} if first == "has" else set(ours)
        match second:
            case "has":
                return theirs in sure
            case "has_any":
                return not sure.isdisjoint(theirs)
            case "has_all":
                return sure.issuperset(theirs)
    return False


def _excludes(one: tuple[str, Any], other: tuple[str, Any]) -> bool:
    """Whether no value passes both tests."""
    operators = {one[0], other[0]}
    if "empty" in operators and operators != {"empty"}:
        test = other if one[0] == "empty" else one
        return test[0] in ("has", "has_any") or (test[0] == "has_all" and bool(test[1]))
    return one[0] == other[0] and one[0] in _ENDS and not _entails(one, other) and not _entails(other, one)
