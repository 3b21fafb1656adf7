"""Stages: what a journey map plans."""

from collections.abc import Iterable
from typing import Any

import attrs
from typing_extensions import override

from cxkit._checks import a_flag, a_name, each
from cxkit._forms import FLAG, NUMBER, TEXT, form_of, many, optional, stored
from cxkit.calendar import LENGTH_FORM, Length, a_length
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey._contacts import CONTACT_FORM, Contact, a_contact


def shown(value: Any) -> str:
    """Write a value as the code that makes it: its positional parts, and those that are not as they are by default."""
    parts = []
    for field in sorted(attrs.fields(type(value)), key=lambda field: field.kw_only):
        part = getattr(value, field.name)
        default = field.default.factory(value) if hasattr(field.default, "factory") else field.default
        if part != default:
            parts.append(f"{field.name}={part!r}" if field.kw_only else repr(part))
    return f"{type(value).__name__}({', '.join(parts)})"


def listed(given: Iterable[Any]) -> tuple[Any, ...]:
    """Keep what is given as a tuple; one text is not a list of its letters."""
    if isinstance(given, str):
        msg = f"expected a list of values, got the text {given!r}; write [{given!r}]"
        raise InvalidTypeError(msg, given)
    return tuple(each(given, "a list of values"))


def _planned(given: "Iterable[Contact | PlannedTouchpoint]") -> "tuple[PlannedTouchpoint, ...]":
    return tuple(item if isinstance(item, PlannedTouchpoint) else PlannedTouchpoint(item) for item in listed(given))


def an_emotion(emotion: float, what: str, *, least: float = -1, most: float = 1) -> float:
    """Check a number on the scale of sentiment."""
    if type(emotion) not in (int, float):
        msg = f"{what} must be a number from {least} to {most}, got {emotion!r}"
        raise InvalidTypeError(msg, emotion)
    if not least <= emotion <= most:
        msg = f"{what} must be between {least} and {most}, got {emotion!r}"
        raise InvalidValueError(msg, emotion)
    return float(emotion)


def _name_of(planned: "PlannedTouchpoint") -> str:
    return planned.contact if isinstance(planned.contact, str) else repr(planned.contact)


@stored(
    "journey.planned_touchpoint",
    contact=CONTACT_FORM,
    optional=FLAG,
    within=optional(LENGTH_FORM),
    name=TEXT,
)
@attrs.frozen(repr=False)
class PlannedTouchpoint:
    """One touchpoint that a stage plans; it may come again.

    Attributes:
        contact: Which touchpoints are meant: their name, or a predicate about `Touchpoint.fields`.
        optional: Whether a journey may do without it.
        within: How long after the one before it, on the map, it comes at the latest: after the nearest of those
            planned before it that the customer has had.
        name: What it is called; the contact, unless given.

    >>> from cxkit.calendar import days
    >>> from cxkit.journey import PlannedTouchpoint
    >>> PlannedTouchpoint("delivery", within=days(3))
    PlannedTouchpoint('delivery', within=days(3))
    """

    contact: Contact
    optional: bool = attrs.field(default=False, kw_only=True)
    within: Length | None = attrs.field(default=None, kw_only=True)
    name: str = attrs.field(kw_only=True, default=attrs.Factory(_name_of, takes_self=True))

    def __attrs_post_init__(self) -> None:
        a_contact(self.contact, "a planned touchpoint")
        a_flag(self.optional, "optional")
        a_name(self.name, "the name of a planned touchpoint")
        if self.within is not None:
            a_length(self.within, "within")

    @override
    def __repr__(self) -> str:
        return shown(self)


@stored(
    "journey.stage",
    name=TEXT,
    touchpoints=many(form_of(PlannedTouchpoint)),
    goal=optional(TEXT),
    channels=many(TEXT),
    emotion=optional(NUMBER),
    pain_points=many(TEXT),
    opportunities=many(TEXT),
    owner=optional(TEXT),
    within=optional(LENGTH_FORM),
    ordered=FLAG,
    optional=FLAG,
    anytime=FLAG,
)
@attrs.frozen(repr=False)
class Stage:
    """One stage of a journey map: what the customer wants, does and feels there.

    Attributes:
        name: What it is called.
        touchpoints: What is planned, in order; a bare contact is one that is required.
        goal: What the customer wants to get done.
        channels: Through which channels it is planned; through any, unless given.
        emotion: How the customer should feel, from -1 to 1; nothing is expected unless given.
        pain_points: What hurts, as the team sees it.
        opportunities: What could be better.
        owner: Who answers for it.
        within: How long it takes at most, from its first touchpoint until all that it requires have come.
        ordered: Whether its touchpoints come for the first time in the planned order.
        optional: Whether a journey may do without it; one that gets there needs what it requires.
        anytime: Whether it may come at any time, such as a call for help.

    >>> from cxkit.calendar import hours
    >>> from cxkit.journey import Stage
    >>> Stage("buy", ["cart", "order"], channels=["web"], emotion=0.2, within=hours(2))
    Stage('buy', (PlannedTouchpoint('cart'), PlannedTouchpoint('order')), channels=('web',), emotion=0.2, within=hours(2))
    """

    name: str
    touchpoints: tuple[PlannedTouchpoint, ...] = attrs.field(default=(), converter=_planned)
    goal: str | None = attrs.field(default=None, kw_only=True)
    channels: tuple[str, ...] = attrs.field(default=(), converter=listed, kw_only=True)
    emotion: float | None = attrs.field(default=None, kw_only=True)
    pain_points: tuple[str, ...] = attrs.field(default=(), converter=listed, kw_only=True)
    opportunities: tuple[str, ...] = attrs.field(default=(), converter=listed, kw_only=True)
    owner: str | None = attrs.field(default=None, kw_only=True)
    within: Length | None = attrs.field(default=None, kw_only=True)
    ordered: bool = attrs.field(default=False, kw_only=True)
    optional: bool = attrs.field(default=False, kw_only=True)
    anytime: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_name(self.name, "the name of a stage")
        for text in (self.goal, self.owner):
            if text is not None:
                a_name(text, "goal and owner of a stage")
        for text in (*self.channels, *self.pain_points, *self.opportunities):
            a_name(text, "a channel, a pain point or an opportunity")
        if self.emotion is not None:
            object.__setattr__(self, "emotion", an_emotion(self.emotion, "emotion"))
        if self.within is not None:
            a_length(self.within, "within")
        for what in ("ordered", "optional", "anytime"):
            a_flag(getattr(self, what), what)

    @override
    def __repr__(self) -> str:
        return shown(self)
