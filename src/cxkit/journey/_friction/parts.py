"""The parts of friction: what makes a journey hard, and where it shows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple, TypeAlias

import attrs
from typing_extensions import override

from cxkit._checks import a_name
from cxkit._forms import NUMBER, TEXT, Form, Json, Reader, form_of, many, optional, stored
from cxkit.calendar import LENGTH_FORM, Length, a_length, end_of
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError
from cxkit.journey._contacts import CONTACT_FORM, Contact, a_contact, is_contact
from cxkit.journey._maps.journey_map import JourneyMap
from cxkit.journey._maps.stages import an_emotion, listed, shown
from cxkit.journey._maps.walk import Plan, Walk
from cxkit.journey._touchpoint import Touchpoint

MOST = 1e6  # what a weight is at most


class Sign(NamedTuple):
    """A touchpoint at which friction shows, and the earlier one that makes it so."""

    touchpoint: Touchpoint
    before: Touchpoint | None = None


def _kind(part: "FrictionPart") -> str:
    return part.kind


@attrs.frozen(repr=False, kw_only=True)
class FrictionPart:
    """One kind of friction; which one, its class says.

    Attributes:
        weight: How many points each time counts.
        of: At which touchpoints it is looked for: their name, or a predicate about `Touchpoint.fields`; at all of them,
            unless given.
        name: What it is called; its kind, unless given, as in `"long_wait"`.
    """

    kind: ClassVar[str] = ""

    weight: float = 1.0
    of: Contact | None = None
    name: str = attrs.field(default=attrs.Factory(_kind, takes_self=True))

    def __attrs_post_init__(self) -> None:
        if not self.kind:
            msg = "a part of friction is of a kind, such as LongWait(days(2)), got a bare FrictionPart"
            raise InvalidTypeError(msg, self)
        a_name(self.name, "the name of a part of friction")
        object.__setattr__(self, "weight", an_emotion(self.weight, "weight", least=0, most=MOST))
        if self.of is not None:
            a_contact(self.of, "of")
        self._check()

    def _check(self) -> None:
        """Check what the kind adds."""

    def signs(self, touchpoints: Sequence[Touchpoint]) -> Iterator[Sign]:
        """Yield where it shows in a journey, in order."""
        of = self.of
        return (sign for sign in self._all(touchpoints) if of is None or is_contact(of, sign.touchpoint))

    def _all(self, touchpoints: Sequence[Touchpoint]) -> Iterator[Sign]:
        raise NotImplementedError

    @override
    def __repr__(self) -> str:
        return shown(self)


@attrs.frozen(repr=False, kw_only=True)
class _Limited(FrictionPart):
    within: Length | None = None

    @override
    def _check(self) -> None:
        if self.within is not None:
            a_length(self.within, "within")

    def _is_near(self, touchpoint: Touchpoint, before: Touchpoint) -> bool:
        if self.within is None:
            return True
        end = end_of(before.at, self.within)
        return end is None or touchpoint.at <= end


_SHARED: Mapping[str, Form[Any]] = {"weight": NUMBER, "of": optional(CONTACT_FORM), "name": TEXT}
_LIMITED: Mapping[str, Form[Any]] = {**_SHARED, "within": optional(LENGTH_FORM)}


@stored("journey.repeated_contact", **_LIMITED)
@attrs.frozen(repr=False, kw_only=True)
class RepeatedContact(_Limited):
    """The same contact again: a touchpoint of a name that the journey has had before.

    Attributes:
        within: It counts only so soon after the last one of that name; always, unless given.

    >>> from cxkit.calendar import hours
    >>> from cxkit.journey import RepeatedContact
    >>> RepeatedContact(of="payment", within=hours(1))
    RepeatedContact(of='payment', within=hours(1))
    """

    kind: ClassVar[str] = "repeated_contact"

    @override
    def _all(self, touchpoints: Sequence[Touchpoint]) -> Iterator[Sign]:
        last: dict[str, Touchpoint] = {}
        for touchpoint in touchpoints:
            before = last.get(touchpoint.name)
            if before is not None and self._is_near(touchpoint, before):
                yield Sign(touchpoint, before)
            last[touchpoint.name] = touchpoint


def _stages(given: JourneyMap | Iterable[str]) -> JourneyMap | tuple[str, ...]:
    return given if isinstance(given, JourneyMap) else listed(given)


_MAP = form_of(JourneyMap)
_NAMES = many(TEXT)
Stages: TypeAlias = JourneyMap | tuple[str, ...]


def _dump_stages(stages: Stages) -> Json:
    return _MAP.dump(stages) if isinstance(stages, JourneyMap) else _NAMES.dump(stages)


def _load_stages(data: Json, reader: Reader) -> Stages:
    return _MAP.load(data, reader) if isinstance(data, dict) else _NAMES.load(data, reader)


@stored("journey.step_back", stages=Form(_dump_stages, _load_stages), **_LIMITED)
@attrs.frozen(repr=False)
class StepBack(_Limited):
    """A step back: a touchpoint of an earlier stage than the one before it whose stage is known.

    Attributes:
        stages: The order of stages: a map, which says to which stage a touchpoint belongs, or the names of stages as
            touchpoints have them. Stages of a map that may come at any time are passed over.
        within: It counts only so soon after the touchpoint that it steps back from; always, unless given.

    >>> from cxkit.journey import StepBack
    >>> StepBack(["discover", "buy", "receive"], weight=2)
    StepBack(('discover', 'buy', 'receive'), weight=2.0)
    """

    kind: ClassVar[str] = "step_back"

    stages: Stages = attrs.field(converter=_stages)

    @override
    def _check(self) -> None:
        super()._check()
        if isinstance(self.stages, JourneyMap):
            return
        for stage in self.stages:
            a_name(stage, "the name of a stage")
        if len(set(self.stages)) < len(self.stages):
            msg = f"each stage has one place in the order, got {self.stages!r}"
            raise DuplicateError(msg, self.stages)

    @override
    def _all(self, touchpoints: Sequence[Touchpoint]) -> Iterator[Sign]:
        last: tuple[int, Touchpoint] | None = None
        for place, touchpoint in self._places(touchpoints):
            if last is not None and place < last[0] and self._is_near(touchpoint, last[1]):
                yield Sign(touchpoint, last[1])
            last = place, touchpoint

    def _places(self, touchpoints: Sequence[Touchpoint]) -> Iterator[tuple[int, Touchpoint]]:
        """Yield the touchpoints whose stage has a place in the order, and that place."""
        if isinstance(self.stages, JourneyMap):
            names = [stage.name for stage in self.stages.stages if not stage.anytime]
            placements = Walk(Plan(self.stages.stages), touchpoints).placements
            found = [(placement.stage, placement.touchpoint) for placement in placements]
        else:
            names = list(self.stages)
            found = [(touchpoint.stage, touchpoint) for touchpoint in touchpoints]
        places = {name: place for place, name in enumerate(names)}
        return ((places[stage], touchpoint) for stage, touchpoint in found if stage in places)


@stored("journey.channel_switch", **_LIMITED)
@attrs.frozen(repr=False, kw_only=True)
class ChannelSwitch(_Limited):
    """A change of channel: a touchpoint through another channel than the one before it whose channel is known.

    Attributes:
        within: It counts only so soon after the touchpoint of the other channel; always, unless given.

    >>> from cxkit.calendar import days
    >>> from cxkit.journey import ChannelSwitch
    >>> ChannelSwitch(within=days(1), weight=0.5)
    ChannelSwitch(weight=0.5, within=days(1))
    """

    kind: ClassVar[str] = "channel_switch"

    @override
    def _all(self, touchpoints: Sequence[Touchpoint]) -> Iterator[Sign]:
        before: Touchpoint | None = None
        for touchpoint in touchpoints:
            if touchpoint.channel is None:
                continue
            if before is not None and before.channel != touchpoint.channel and self._is_near(touchpoint, before):
                yield Sign(touchpoint, before)
            before = touchpoint


@stored("journey.long_wait", longer_than=LENGTH_FORM, **_SHARED)
@attrs.frozen(repr=False)
class LongWait(FrictionPart):
    """A wait: a touchpoint that came too long after the one before it. One that has no end yet does not count.

    Attributes:
        longer_than: The longest time that is no friction.

    >>> from cxkit.calendar import days
    >>> from cxkit.journey import LongWait
    >>> LongWait(days(3), of="delivery")
    LongWait(days(3), of='delivery')
    """

    kind: ClassVar[str] = "long_wait"

    longer_than: Length

    @override
    def _check(self) -> None:
        a_length(self.longer_than, "longer_than")

    @override
    def _all(self, touchpoints: Sequence[Touchpoint]) -> Iterator[Sign]:
        for before, touchpoint in pairwise(touchpoints):
            end = end_of(before.at, self.longer_than)
            if end is not None and touchpoint.at > end:
                yield Sign(touchpoint, before)


@stored("journey.bad_sentiment", below=NUMBER, **_SHARED)
@attrs.frozen(repr=False)
class BadSentiment(FrictionPart):
    """A bad feeling: a touchpoint whose sentiment is below a threshold.

    Each counts once, however bad it is; a second part with a lower threshold and another name makes worse ones count more.

    Attributes:
        below: The least sentiment that is no friction, from -1 to 1.

    >>> from cxkit.journey import BadSentiment
    >>> BadSentiment(-0.5, name="anger", weight=2)
    BadSentiment(-0.5, weight=2.0, name='anger')
    """

    kind: ClassVar[str] = "bad_sentiment"

    below: float = 0.0

    @override
    def _check(self) -> None:
        object.__setattr__(self, "below", an_emotion(self.below, "below"))

    @override
    def _all(self, touchpoints: Sequence[Touchpoint]) -> Iterator[Sign]:
        return (Sign(found) for found in touchpoints if found.sentiment is not None and found.sentiment < self.below)


@stored("journey.help_contact", **_SHARED)
@attrs.frozen(repr=False, kw_only=True)
class HelpContact(FrictionPart):
    """A contact for help; `of` says which touchpoints are.

    >>> from cxkit.journey import HelpContact
    >>> HelpContact(of="ticket", weight=3)
    HelpContact(weight=3.0, of='ticket')
    """

    kind: ClassVar[str] = "help_contact"

    @override
    def _check(self) -> None:
        if self.of is None:
            msg = "HelpContact needs of=, the touchpoints that are contacts for help, as in HelpContact(of='ticket')"
            raise InvalidValueError(msg, self)

    @override
    def _all(self, touchpoints: Sequence[Touchpoint]) -> Iterator[Sign]:
        return map(Sign, touchpoints)
