"""Nodes: what journeys pass through, and the two ends that no touchpoint can be."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from enum import Enum
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias

from typing_extensions import override

from cxkit._checks import an_instant
from cxkit._forms import TEXT, Form, Json, Reader, optional, pair
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey._journey import Journey, each_journey, known_touchpoints, names_of, timeline_of
from cxkit.journey._labels import Label, a_label
from cxkit.journey._touchpoint import Touchpoint

NAMES = "name"  # what paths are made of unless a label is given


class Terminal(Enum):
    """Where journeys begin and where they end: `START` and `END`, which are no touchpoint, whatever it is called."""

    START = "(start)"
    END = "(end)"

    @override
    def __repr__(self) -> str:
        return self.name

    @override
    def __str__(self) -> str:
        return self.value


START: Final = Terminal.START
"""Where every journey comes from."""
END: Final = Terminal.END
"""Where every journey goes to."""
Node: TypeAlias = str | Terminal
"""A label of touchpoints, such as a name, or `START` or `END`."""
Route: TypeAlias = tuple[Node, Node]
Place: TypeAlias = tuple[int, str]
RoutePlace: TypeAlias = tuple[Place, Place]
Path: TypeAlias = tuple[str, ...]
ReadLabel: TypeAlias = Callable[[Touchpoint], str | None]


def a_source(node: Node) -> Node:
    """Check what a step may come from."""
    return _a_node(node, START, "where a step comes from must be text or START")


def a_target(node: Node) -> Node:
    """Check what a step may lead to."""
    return _a_node(node, END, "where a step leads to must be text or END")


def _a_node(node: Node, end: Terminal, expected: str) -> Node:
    if not isinstance(node, str) and node is not end:
        msg = f"{expected}, got {node!r}"
        raise InvalidTypeError(msg, node)
    return node


def a_route(route: Any) -> None:
    """Check what a step comes from and leads to."""
    match route:
        case (source, target):
            a_source(source)
            a_target(target)
        case _:
            msg = f"a transition must be a pair of what it comes from and leads to, got {route!r}"
            raise InvalidTypeError(msg, route)
    if (source, target) == (START, END):
        msg = "a journey without touchpoints has no transitions, got one from START to END"
        raise InvalidValueError(msg, route)


def place_of(node: Node) -> Place:
    """Tell where a node comes in an ordered table: the start, the labels, the end."""
    return (1, node) if isinstance(node, str) else (0 if node is START else 2, "")


def place_of_route(route: Route) -> RoutePlace:
    """Tell where a step comes in an ordered table: by what it comes from, then by what it leads to."""
    return place_of(route[0]), place_of(route[1])


def _dump(route: Route) -> Json:
    return [node if isinstance(node, str) else None for node in route]


def _load(data: Json, reader: Reader) -> Route:
    source, target = pair(optional(TEXT)).load(data, reader)
    return START if source is None else source, END if target is None else target


ROUTE: Form[Route] = Form(_dump, _load)


class Walk(NamedTuple):
    """When a journey passed through which labels."""

    moments: Sequence[datetime]
    names: Path


class LabelReader:
    """Reads journeys as the labels of their touchpoints, and counts the touchpoints that have none.

    Attributes:
        by: The label, as text.
        missing: How many touchpoints had none so far.
    """

    def __init__(self, by: Label, as_of: datetime | None) -> None:
        read = a_label(by, "by")
        self._as_of = None if as_of is None else an_instant(as_of, "as_of")
        self._read: ReadLabel | None = None if isinstance(by, str) and by == NAMES else read
        self.by = by if isinstance(by, str) else repr(by)
        self.missing = 0

    def paths(self, journeys: Iterable[Journey]) -> Iterator[Path]:
        """Yield the labels of each journey, in order; journeys that have none are left out."""
        if self._read is None:
            return filter(None, map(partial(names_of, as_of=self._as_of), each_journey(journeys)))
        return (walk.names for walk in self.walks(journeys))

    def walks(self, journeys: Iterable[Journey]) -> Iterator[Walk]:
        """Yield the labels of each journey with their moments; journeys that have none are left out."""
        return (walk for journey in each_journey(journeys) if (walk := self._walk(journey)).names)

    def _walk(self, journey: Journey) -> Walk:
        if self._read is None:
            timeline = timeline_of(journey, self._as_of)
            return Walk(timeline.moments, timeline.names)
        known = known_touchpoints(journey, self._as_of)
        found = [(contact.at, label) for contact in known if (label := self._read(contact)) is not None]
        self.missing += len(known) - len(found)
        return Walk([at for at, _ in found], tuple([label for _, label in found]))
