"""Spans of activity: from when to when each customer was one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Literal, NamedTuple, Self, TypeAlias, get_args

import attrs

from cxkit._checks import a_name, an_instant, each, frozen, one_of, shown
from cxkit._forms import MOMENT, choice, form_of, many, mapping, optional, stored
from cxkit.calendar import Length
from cxkit.calendar import end_of as end_of_length
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import Contact, Journey, Label, a_contact, a_label, each_journey, is_contact, known_touchpoints
from cxkit.metrics._survival.spans import a_span
from cxkit.metrics._windows import a_record

ChurnKind = Literal["voluntary", "involuntary"]
"""Whether a customer wanted to leave, or lost access, as where a payment failed."""
KINDS: tuple[ChurnKind, ...] = get_args(ChurnKind)
LEAST = timedelta(microseconds=1)


@stored("metrics.activity_span", start=MOMENT, end=optional(MOMENT), kind=optional(choice(*KINDS)))
@attrs.frozen
class ActivitySpan:
    """A stretch in which a customer was one, such as a subscription: half-open, `[start, end)`.

    The end is the first moment at which it is over. Of a subscription that is paid until the end of March it is the first
    moment of April, whenever it was cancelled.

    Attributes:
        start: Since when.
        end: Until when; `None` while it goes on.
        kind: How it ended; `None` where that is not known.
    """

    start: datetime
    end: datetime | None = None
    kind: ChurnKind | None = None

    def __attrs_post_init__(self) -> None:
        start, end = a_span((self.start, self.end))
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "end", end)
        if self.kind is not None:
            one_of(self.kind, KINDS, "kind")
            if self.end is None:
                msg = f"a span that goes on has not ended in any way, got kind={self.kind!r}; give its end="
                raise InvalidValueError(msg, self.kind)


SpanLike: TypeAlias = ActivitySpan | Sequence[Any]
"""A span, or its parts: `(start, end)` or `(start, end, kind)`."""


def _a_span(given: SpanLike) -> ActivitySpan:
    match given:
        case ActivitySpan():
            return given
        case (_, _) | (_, _, _):
            return ActivitySpan(*given)
        case _:
            msg = f"a span must be (start, end), (start, end, kind) or an ActivitySpan, got {shown(given)}"
            raise InvalidTypeError(msg, given)


def _by_customer(given: Mapping[str, Iterable[SpanLike]]) -> Mapping[str, tuple[ActivitySpan, ...]]:
    if not isinstance(given, Mapping):
        msg = f"spans must be a mapping from each customer to a list of spans, got {shown(given)}"
        raise InvalidTypeError(msg, given)
    return frozen(
        {
            a_name(customer, "customer"): tuple(map(_a_span, each(spans, f"a list of the spans of {customer!r}")))
            for customer, spans in given.items()
        }
    )


@stored(
    "metrics.customer_spans",
    spans=mapping(many(form_of(ActivitySpan))),
    as_of=optional(MOMENT),
    recorded_by=optional(MOMENT),
)
@attrs.frozen
class CustomerSpans:
    """When each customer was one: what churn is counted from.

    A customer may have several spans, one after the other or at the same time, as with two subscriptions. They are there
    while any of them lasts, so that the end of one of two is no churn, and the end of the last one is.

    Attributes:
        spans: The spans of each customer; a pair `(start, end)` serves as well, with an end of `None` while it goes on.
        as_of: The moment up to which they are known, where they were read as of one.
        recorded_by: When the last of what was recorded later than it happened was recorded, where they were read from journeys
            without a moment; they say nothing as of an earlier one.

    >>> from datetime import datetime, timezone
    >>> from cxkit.metrics import CustomerSpans
    >>> day = lambda number: datetime(2026, 3, number, tzinfo=timezone.utc)
    >>> shop = CustomerSpans({"anna": [(day(1), day(9)), (day(5), None)], "ben": [(day(2), day(7), "involuntary")]})
    >>> shop.is_active("anna", day(20)), shop.is_active("ben", day(7)), shop.joined_at("anna").day
    (True, False, 1)
    """

    spans: Mapping[str, tuple[ActivitySpan, ...]] = attrs.field(converter=_by_customer)
    as_of: datetime | None = attrs.field(default=None, kw_only=True)
    recorded_by: datetime | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        for what, moment in zip(("as_of", "recorded_by"), a_record(self.as_of, self.recorded_by), strict=True):
            object.__setattr__(self, what, moment)

    @classmethod
    def from_journeys(
        cls,
        journeys: Iterable[Journey],
        *,
        start: Contact = "subscribed",
        end: Contact = "cancelled",
        involuntary: Contact | None = None,
        by: Label | None = None,
        as_of: datetime | None = None,
    ) -> Self:
        """Read the spans from touchpoints: each goes from a start to the next end.

        A start within a span and an end without one change nothing.

        Args:
            journeys: The customers, read one by one; one without a start is left out.
            start: What begins a span: the name of a touchpoint, or a predicate about `Touchpoint.fields`.
            end: What ends one.
            involuntary: What ends one against the customer's will, such as `"payment_failed"`. With it, every end has a kind.
            by: What tells the subscriptions of a customer apart, such as `"properties.subscription"`; an end then ends a span
                of its own subscription only. Without it there is one at a time.
            as_of: The moment; nothing that came to be known later counts. Without it the log counts as given, and if part of it
                was recorded late, what was read cannot be asked about a moment before that.
        """
        a_contact(start, "start")
        a_contact(end, "end")
        if involuntary is not None:
            a_contact(involuntary, "involuntary")
        read = None if by is None else a_label(by, "by")
        moment = None if as_of is None else an_instant(as_of, "as_of")
        found: dict[str, list[ActivitySpan]] = {}
        late: list[datetime] = []
        for journey in each_journey(journeys):
            open_since: dict[str | None, datetime] = {}
            spans: list[ActivitySpan] = []
            for touchpoint in known_touchpoints(journey, moment):
                against = involuntary is not None and is_contact(involuntary, touchpoint)
                is_end, is_start = against or is_contact(end, touchpoint), is_contact(start, touchpoint)
                if not is_end and not is_start:
                    continue
                if moment is None and touchpoint.known_at > touchpoint.at:
                    late.append(touchpoint.known_at)
                label = None if read is None else read(touchpoint)
                if is_end and label in open_since:
                    kind: ChurnKind | None = "involuntary" if against else None if involuntary is None else "voluntary"
                    spans.append(ActivitySpan(open_since.pop(label), touchpoint.at, kind))
                elif is_start:
                    open_since.setdefault(label, touchpoint.at)
            spans += map(ActivitySpan, open_since.values())
            if spans:
                found.setdefault(journey.customer, []).extend(spans)
        return cls(found, as_of=moment, recorded_by=max(late, default=None))

    def is_active(self, customer: str, at: datetime) -> bool:
        """Whether a customer is there at a moment; somebody without spans never is."""
        moment = an_instant(at, "at")
        spans = self.spans.get(customer, ())
        return any(span.start <= moment and (span.end is None or moment < span.end) for span in spans)

    def joined_at(self, customer: str) -> datetime | None:
        """Return when a customer was there for the first time, however often they came back; `None` for one never there."""
        return min((span.start for span in self.spans.get(customer, ()) if span.start != span.end), default=None)


Spans: TypeAlias = CustomerSpans | Mapping[str, Iterable[SpanLike]]
"""The spans of each customer."""


def spans_known(spans: Spans, as_of: datetime | None) -> CustomerSpans:
    """Check spans, and the moment as of which they are asked about."""
    known = spans if isinstance(spans, CustomerSpans) else CustomerSpans(spans)
    if as_of is None:
        return known
    moment = an_instant(as_of, "as_of")
    if known.as_of not in (None, moment):
        msg = (
            f"these spans were read as of {known.as_of.isoformat()}, so they say nothing as of {moment.isoformat()}; "
            "read them from the journeys as of that moment"
        )
        raise InvalidValueError(msg, moment)
    return attrs.evolve(known, as_of=moment)


class Exit(NamedTuple):
    """That a stay ended.

    Attributes:
        at: The first moment without the customer.
        kind: How it ended, where that is known.
        dated: The moment as of which they count as gone.
        is_pending: Whether it is so late that they may still come back within the grace; until then they count as there.
    """

    at: datetime
    kind: ChurnKind | None
    dated: datetime
    is_pending: bool


class Stay(NamedTuple):
    """A stretch without a gap that counts.

    Attributes:
        start: Since when the customer was there.
        exit: How they left; `None` while they have not.
    """

    start: datetime
    exit: Exit | None


def stays_of(
    spans: Iterable[ActivitySpan], *, grace: Length, as_of: datetime | None, dated_back: timedelta
) -> tuple[Stay, ...]:
    """Join spans that overlap, touch, or follow one another within the grace.

    Args:
        spans: Those of one customer.
        grace: A return before so much time has passed is no churn.
        as_of: What begins or ends later is not known.
        dated_back: By how much the moment as of which somebody counts as gone precedes the end.
    """
    found: list[ActivitySpan] = []
    for span in sorted(filter(None, (_known(span, as_of) for span in spans)), key=attrgetter("start")):
        if found and _is_joined(found[-1], span, grace):
            found[-1] = _joined(found[-1], span)
        else:
            found.append(span)
    return tuple(Stay(span.start, _exit(span, grace, as_of, dated_back)) for span in found)


def _known(span: ActivitySpan, as_of: datetime | None) -> ActivitySpan | None:
    """Return what is known of a span at a moment; nothing of one that has no length, or has not begun."""
    if as_of is not None and span.start > as_of:
        return None
    if span.end is None or (as_of is not None and span.end > as_of):
        return ActivitySpan(span.start)
    return span if span.start < span.end else None


def _is_joined(stay: ActivitySpan, span: ActivitySpan, grace: Length) -> bool:
    if stay.end is None or span.start <= stay.end:
        return True
    limit = end_of_length(stay.end, grace)
    return limit is None or span.start < limit


def _joined(stay: ActivitySpan, span: ActivitySpan) -> ActivitySpan:
    if stay.end is None or span.end is None:
        return ActivitySpan(stay.start)
    if stay.end == span.end:
        return ActivitySpan(stay.start, stay.end, stay.kind if stay.kind == span.kind else None)
    return stay if span.end < stay.end else ActivitySpan(stay.start, span.end, span.kind)


def _exit(stay: ActivitySpan, grace: Length, as_of: datetime | None, dated_back: timedelta) -> Exit | None:
    if stay.end is None:
        return None
    limit = end_of_length(stay.end, grace)
    is_pending = as_of is not None and (limit is None or as_of < limit)
    return Exit(stay.end, stay.kind, stay.end - dated_back, is_pending)
