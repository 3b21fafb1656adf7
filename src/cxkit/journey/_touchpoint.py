"""Touchpoints: one contact between a customer and the shop."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

import attrs
from typing_extensions import override

from cxkit._checks import FrozenDict, a_count, a_name, an_amount, an_instant
from cxkit._forms import ATTRIBUTES, DECIMAL, INTEGER, MOMENT, NUMBER, TEXT, optional, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.predicates import Fields, Moment, Money, Real, Text, moment, money, real, text

NAME = "the name of a touchpoint"


class TouchpointFields(Fields, label="Touchpoint.fields"):
    """What predicates can ask of a touchpoint."""

    name: Text = text()
    at: Moment = moment()
    recorded_at: Moment = moment()
    id: Text = text()
    channel: Text = text()
    stage: Text = text()
    sentiment: Real = real()
    value: Money = money()
    cost: Money = money()
    actor: Text = text()


@stored(
    "journey.touchpoint",
    name=TEXT,
    at=MOMENT,
    id=optional(TEXT),
    recorded_at=optional(MOMENT),
    sequence=optional(INTEGER),
    channel=optional(TEXT),
    stage=optional(TEXT),
    sentiment=optional(NUMBER),
    value=optional(DECIMAL),
    cost=optional(DECIMAL),
    actor=optional(TEXT),
    properties=ATTRIBUTES,
)
@attrs.frozen(repr=False)
class Touchpoint:
    """One contact, at a time.

    Attributes:
        name: What happened, as in `"order"`.
        at: When it happened; kept in UTC.
        id: Its identity, where the host has one: in one journey, equal touchpoints with one id are one contact.
        recorded_at: When it became known; `at` unless given, and never before it.
        sequence: Its place among the touchpoints of the same instant.
        channel: Through which channel, as in `"web"`.
        stage: In which stage of the journey, as in `"consideration"`.
        sentiment: How the customer felt, from -1 to 1.
        value: What it was worth to the shop, in the currency of the log.
        cost: What it cost the shop, in the currency of the log.
        actor: Who acted for the shop, or `"customer"`.
        properties: What else is known of it.

    >>> from datetime import datetime, timezone
    >>> from cxkit.journey import Touchpoint
    >>> Touchpoint("visit", datetime(2026, 3, 1, 9, tzinfo=timezone.utc), channel="search")
    Touchpoint('visit', datetime.datetime(2026, 3, 1, 9, 0, tzinfo=datetime.timezone.utc), channel='search')
    """

    fields: ClassVar[type[TouchpointFields]] = TouchpointFields

    name: str
    at: datetime
    id: str | None = attrs.field(default=None, kw_only=True)
    recorded_at: datetime | None = attrs.field(default=None, kw_only=True)
    sequence: int | None = attrs.field(default=None, kw_only=True)
    channel: str | None = attrs.field(default=None, kw_only=True)
    stage: str | None = attrs.field(default=None, kw_only=True)
    sentiment: float | None = attrs.field(default=None, kw_only=True)
    value: Decimal | None = attrs.field(default=None, kw_only=True)
    cost: Decimal | None = attrs.field(default=None, kw_only=True)
    actor: str | None = attrs.field(default=None, kw_only=True)
    properties: Mapping[str, object] = attrs.field(factory=FrozenDict, kw_only=True)

    def __attrs_post_init__(self) -> None:
        for given in (self.channel, self.stage, self.actor):
            if given is not None and not isinstance(given, str):
                msg = f"channel, stage and actor of a touchpoint must be text, got {given!r}"
                raise InvalidTypeError(msg, given)
        if self.sequence is not None:
            a_count(self.sequence, "sequence")
        keep = object.__setattr__
        keep(self, "name", a_name(self.name, NAME))
        if self.id is not None:
            keep(self, "id", a_name(self.id, "the id of a touchpoint"))
        keep(self, "at", an_instant(self.at, "at"))
        keep(self, "recorded_at", self._recorded())
        if self.sentiment is not None:
            keep(self, "sentiment", _sentiment(self.sentiment))
        if self.value is not None:
            keep(self, "value", an_amount(self.value, "value"))
        if self.cost is not None:
            keep(self, "cost", an_amount(self.cost, "cost"))
        keep(self, "properties", FrozenDict.of(self.properties, "properties"))

    def _recorded(self) -> datetime:
        if self.recorded_at is None:
            return self.at
        recorded = an_instant(self.recorded_at, "recorded_at")
        if recorded < self.at:
            msg = f"recorded_at must not be before at, got {recorded.isoformat()} for {self.at.isoformat()}"
            raise InvalidValueError(msg, self.recorded_at)
        return recorded

    @property
    def known_at(self) -> datetime:
        """When it became known."""
        return self.recorded_at or self.at

    @override
    def __repr__(self) -> str:
        shown = [repr(self.name), repr(self.at)]
        for field in attrs.fields(Touchpoint)[2:]:
            value = getattr(self, field.name)
            if value not in (None, {}) and not (field.name == "recorded_at" and value == self.at):
                shown.append(f"{field.name}={value!r}")
        return f"Touchpoint({', '.join(shown)})"


def _sentiment(sentiment: float) -> float:
    if type(sentiment) not in (int, float):
        msg = f"sentiment must be a number from -1 to 1, got {sentiment!r}"
        raise InvalidTypeError(msg, sentiment)
    if not -1 <= sentiment <= 1:
        msg = f"sentiment must be between -1 and 1, got {sentiment!r}"
        raise InvalidValueError(msg, sentiment)
    return float(sentiment)
