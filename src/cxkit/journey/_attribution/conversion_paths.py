"""Conversion paths: which touches led to which conversion, and which led to none."""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

import attrs

from cxkit._checks import UTC, a_flag
from cxkit._forms import FLAG, TEXT, Form, Json, Reader, optional, stored
from cxkit.calendar import LENGTH_FORM, Length, a_length, end_of
from cxkit.errors import InvalidValueError
from cxkit.journey._contacts import CONTACT_FORM, Contact, a_contact, is_contact
from cxkit.journey._journey import Journey, each_journey, known_touchpoints
from cxkit.journey._labels import Label, a_label
from cxkit.journey._touchpoint import Touchpoint, TouchpointFields
from cxkit.predicates import source_form, value_of

LabelOf: TypeAlias = Callable[[Touchpoint], str | None]
END_OF_TIME = datetime.max.replace(tzinfo=UTC)
_SOURCE = source_form(TouchpointFields)


def _dump_label(label: Label) -> Json:
    return label if isinstance(label, str) else {"value": _SOURCE.dump(label.source)}


def _load_label(data: Json, reader: Reader) -> Label:
    match data:
        case {"value": source, **others} if not others:
            return value_of(_SOURCE.load(source, reader.at("value")))
        case _:
            return TEXT.load(data, reader)


def _identity(label: Label) -> Hashable:
    """Return what two labels are compared by: `==` of two values would be a predicate."""
    return label if isinstance(label, str) else ("value", label.source.key())


@attrs.frozen
class ConversionPath:
    """The touches that led to a conversion, or to none.

    Attributes:
        touches: The touchpoints, in order.
        labels: Their labels, such as their channels.
        conversion: The touchpoint that converted; `None` where none did.
        unlabelled: How many more touchpoints would belong to it, had they a label.
    """

    touches: tuple[Touchpoint, ...]
    labels: tuple[str, ...]
    conversion: Touchpoint | None = None
    unlabelled: int = 0

    @property
    def end(self) -> datetime:
        """When the conversion was, or the last touch where there is none."""
        return (self.conversion or self.touches[-1]).at

    @property
    def ages(self) -> tuple[timedelta, ...]:
        """How long before the end each touch was."""
        end = self.end if self.touches else END_OF_TIME
        return tuple(end - touch.at for touch in self.touches)


@stored(
    "journey.conversion_paths",
    conversion=CONTACT_FORM,
    by=Form(_dump_label, _load_label),
    touches=optional(CONTACT_FORM),
    lookback=optional(LENGTH_FORM),
    reuse=FLAG,
    include_conversion=FLAG,
)
@attrs.frozen
class ConversionPaths:
    """The rule by which touches belong to conversions.

    A path holds the touches before a conversion and after the one before it, so that each touch belongs to one path.
    Those after the last conversion make a path that led to none. Touches of the instant of a conversion belong to it
    if they come before it in the journey.

    Attributes:
        conversion: Which touchpoints convert: their name, or a predicate about `Touchpoint.fields`.
        by: What is credited: `"channel"`, `"properties.campaign"`, or a value of `Touchpoint.fields`. A touchpoint
            without it is no touch; `ConversionPath.unlabelled` counts these.
        touches: Which of the other touchpoints are touches; all of them unless given.
        lookback: For how long a touch counts: while `conversion < touch + lookback`. Where there is no conversion, it is
            counted from the last touch. For ever unless given.
        reuse: Whether a touch belongs to each later conversion, and not to the next one alone.
        include_conversion: Whether a conversion is itself a touch, the last of its path.

    >>> from datetime import datetime, timezone
    >>> from cxkit.journey import ConversionPaths, Journey, Touchpoint
    >>> day = lambda number: datetime(2026, 3, number, tzinfo=timezone.utc)
    >>> visits = [Touchpoint("visit", day(n), channel=channel) for n, channel in ((1, "ads"), (2, "mail"), (4, "app"))]
    >>> journey = Journey("anna", [*visits, Touchpoint("order", day(3), channel="web")])
    >>> [(path.labels, path.conversion is not None) for path in ConversionPaths("order").of([journey])]
    [(('ads', 'mail'), True), (('app',), False)]
    """

    conversion: Contact
    by: Label = attrs.field(default="channel", kw_only=True, eq=_identity)
    touches: Contact | None = attrs.field(default=None, kw_only=True)
    lookback: Length | None = attrs.field(default=None, kw_only=True)
    reuse: bool = attrs.field(default=False, kw_only=True)
    include_conversion: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_contact(self.conversion, "conversion")
        a_label(self.by, "by")
        if self.touches is not None:
            a_contact(self.touches, "touches")
        if self.lookback is not None and not a_length(self.lookback, "lookback"):
            msg = f"lookback must be longer than nothing, got {self.lookback!r}; leave it out to count every touch"
            raise InvalidValueError(msg, self.lookback)
        a_flag(self.reuse, "reuse")
        a_flag(self.include_conversion, "include_conversion")

    def of(self, journeys: Iterable[Journey], *, as_of: datetime | None = None) -> Iterator[ConversionPath]:
        """Yield the paths of journeys, those without touches left out unless they converted.

        Args:
            journeys: What happened, read one by one.
            as_of: The moment; nothing that came to be known later counts. The log counts as given without it.
        """
        label_of = a_label(self.by, "by")
        for journey in each_journey(journeys):
            yield from self._of(known_touchpoints(journey, as_of), label_of)

    def _of(self, contacts: Iterable[Touchpoint], label_of: LabelOf) -> Iterator[ConversionPath]:
        gathered: list[Touchpoint] = []
        fresh = 0  # from here on, they belong to no conversion yet
        for contact in contacts:
            converts = is_contact(self.conversion, contact)
            if self.include_conversion if converts else self.touches is None or is_contact(self.touches, contact):
                gathered.append(contact)
            if converts:
                yield self._path(gathered, contact, label_of)
                fresh = len(gathered)
                if not self.reuse:
                    gathered, fresh = [], 0
        if fresh < len(gathered):
            yield self._path(gathered[fresh:], None, label_of)

    def _path(self, gathered: Sequence[Touchpoint], conversion: Touchpoint | None, label_of: LabelOf) -> ConversionPath:
        end = conversion or gathered[-1]
        within = gathered[self._first_within(gathered, end.at) :]
        labels = [label_of(touch) for touch in within]
        if None not in labels:
            return ConversionPath(tuple(within), tuple(labels), conversion)  # type: ignore[arg-type]
        known = [(touch, label) for touch, label in zip(within, labels, strict=True) if label is not None]
        touches, found = tuple(touch for touch, _ in known), tuple(label for _, label in known)
        return ConversionPath(touches, found, conversion, len(within) - len(known))

    def _first_within(self, gathered: Sequence[Touchpoint], end: datetime) -> int:
        """Return the place of the first touch that still counts; later ones count longer."""
        lookback = self.lookback
        if lookback is None:
            return 0
        return bisect_right(gathered, end, key=lambda touch: end_of(touch.at, lookback) or END_OF_TIME)
