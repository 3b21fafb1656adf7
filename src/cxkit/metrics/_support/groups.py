"""Groups: results of tickets by a label, such as the channel or who answered."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Generic, Literal, NamedTuple, Protocol, Self, TypeVar

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import frozen, one_of
from cxkit._forms import TEXT, Form, Json, Reader, many, nested, optional, record, stored
from cxkit.errors import InvalidTypeError
from cxkit.journey import Journey, Label, a_label, known_touchpoints
from cxkit.metrics._support.clocks import Measurement

LabelSource = Literal["ticket", "answer"]
"""Which touchpoint a label is read from: the first of the ticket that has one, or the one that ended what is measured."""
SOURCES: tuple[LabelSource, ...] = ("ticket", "answer")


class Result(Protocol):
    """What there is one of for each group."""

    def rows(self) -> list[dict[str, object]]:
        """Return it as rows of a table."""
        ...

    def chart(self) -> _charts.Spec:
        """Return it as a chart."""
        ...

    def __add__(self, other: Self, /) -> Self: ...


ResultT = TypeVar("ResultT", bound=Result)


def _ordered(given: Mapping[str | None, ResultT]) -> Mapping[str | None, ResultT]:
    """Keep results by label, in the order of the labels; that of none last."""
    if not isinstance(given, Mapping):
        msg = f"groups must be a mapping from labels to results, got {given!r}"
        raise InvalidTypeError(msg, given)
    for label in given:
        if label is not None and not isinstance(label, str):
            msg = f"the label of a group must be text, or None for what has none, got {label!r}"
            raise InvalidTypeError(msg, label)
    if len(kinds := {type(result) for result in given.values()}) > 1:
        msg = f"groups have results of one kind, got {' and '.join(sorted(kind.__name__ for kind in kinds))}"
        raise InvalidTypeError(msg, given)
    return frozen({label: given[label] for label in sorted(given, key=lambda label: (label is None, label or ""))})


class _Group(NamedTuple):
    """A group as it is stored."""

    label: str | None
    result: Any


_PARTS = many(record(_Group, {"label": optional(TEXT), "result": nested(_charts.Charted)}))


def _load_groups(data: Json, reader: Reader) -> Mapping[str | None, Any]:
    parts = _PARTS.load(data, reader)
    found = dict(parts)
    if len(found) < len(parts):
        raise reader.expected("each label once", data)  # noqa: EM101 - what was expected, not a message
    return found


_GROUPS: Form[Mapping[str | None, Any]] = Form(
    lambda groups: _PARTS.dump(tuple(_Group(*group) for group in groups.items())), _load_groups
)


@stored("metrics.ticket_groups", groups=_GROUPS)
@attrs.frozen
class TicketGroups(_charts.Charted, Mapping[str | None, ResultT], Generic[ResultT]):
    """A result for each label: a mapping, in the order of the labels, that adds as its results do.

    Attributes:
        groups: The results by label; that of `None` is of what has no label.

    >>> from cxkit.calendar import BusinessCalendar
    >>> from cxkit.journey import journeys
    >>> from cxkit.metrics import response_times
    >>> names = ("customer_message", "agent_reply")
    >>> rows = [{"customer": "T-1", "name": name, "at": f"2026-03-02T09:0{n}Z", "by": f"{n}"} for n, name in enumerate(names)]
    >>> log = journeys(rows, details={"actor": "by"})
    >>> found = response_times(log, calendar=BusinessCalendar.always(), by="actor", label_of="answer")
    >>> list(found), found["1"].first_response.median, found[None].unresolved
    (['1', None], datetime.timedelta(seconds=60), 1)
    """

    groups: Mapping[str | None, ResultT] = attrs.field(converter=_ordered)

    @override
    def __getitem__(self, label: str | None) -> ResultT:
        return self.groups[label]

    @override
    def __iter__(self) -> Iterator[str | None]:
        return iter(self.groups)

    @override
    def __len__(self) -> int:
        return len(self.groups)

    @property
    def labelled(self) -> Mapping[str, ResultT]:
        """The results of what has a label, as `compare_groups` takes them; `groups.get(None)` is that of the rest."""
        return {label: result for label, result in self.groups.items() if label is not None}

    def rows(self) -> list[dict[str, object]]:
        """Return the rows of all results, each with its group; "(none)" is what has no label."""
        return [{"group": label or "(none)", **row} for label, result in self.groups.items() for row in result.rows()]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        found = dict(self.groups)
        for label, result in other.groups.items():
            found[label] = found[label] + result if label in found else result
        return type(self)(found)

    @override
    def chart(self) -> _charts.Spec:
        """Return the charts of all results, one below the other, as a Vega-Lite v5 specification."""
        charts = [{**result.chart(), "title": label or "(none)"} for label, result in self.groups.items()]
        parts = [{key: part for key, part in chart.items() if key != "$schema"} for chart in charts]
        return {"$schema": _charts.SCHEMA, "vconcat": parts}


class Labels:
    """What reads the label of a ticket, or of one of its measurements."""

    def __init__(self, by: Label | None, source: LabelSource, as_of: datetime | None) -> None:
        self.read = None if by is None else a_label(by, "by")
        self.is_of_ticket = one_of(source, SOURCES, "label_of") == "ticket"
        self.as_of = as_of

    def of(self, ticket: Journey) -> Callable[[Measurement | None], str | None]:
        """Return what gives the label of each measurement of a ticket, or of one in which nothing was measured.

        What is open has no answer, and so none of its label.
        """
        read = self.read
        if read is None:
            return lambda _: None
        if not self.is_of_ticket:
            return lambda measured: None if measured is None or measured.answer is None else read(measured.answer)
        found = map(read, known_touchpoints(ticket, self.as_of))
        label = next((label for label in found if label is not None), None)
        return lambda _: label
