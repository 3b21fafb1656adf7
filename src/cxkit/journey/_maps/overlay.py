"""Overlays: what was seen in each stage of a journey map."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Self

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import a_count, a_name, an_instant, as_tuple
from cxkit._forms import INTEGER, MOMENT, NUMBER, TEXT, form_of, many, optional, stored
from cxkit.errors import InvalidTypeError, InvalidValueError, UnknownFieldError
from cxkit.journey._maps.stages import Stage, an_emotion
from cxkit.journey._touchpoint import Touchpoint
from cxkit.tallies import Durations, refused

_ONE_MAP = "overlays add for one map at one moment only"
MILLION = 1_000_000  # sentiments are counted in millionths, so that sums are exact


def in_millionths(sentiment: float) -> int:
    return round(sentiment * MILLION)


def summed(touchpoints: Iterable[Touchpoint]) -> tuple[int, int]:
    """Return how many of some touchpoints have a sentiment, and the sum of these in millionths."""
    known = [in_millionths(found.sentiment) for found in touchpoints if found.sentiment is not None]
    return len(known), sum(known)


@stored(
    "journey.stage_overlay",
    name=TEXT,
    emotion=optional(NUMBER),
    customers=INTEGER,
    touchpoints=INTEGER,
    sentiments=INTEGER,
    millionths=INTEGER,
    waited=form_of(Durations),
    spent=form_of(Durations),
)
@attrs.frozen
class StageOverlay:
    """What was seen in one stage.

    Attributes:
        name: The name of the stage.
        emotion: What the map expects, from -1 to 1.
        customers: How many customers were there.
        touchpoints: How many touchpoints they had there.
        sentiments: How many of these say how the customer felt.
        millionths: The sum of these, in millionths.
        waited: How long customers took to get there, from their last touchpoint on the map before it.
        spent: How long they were there, from their first touchpoint of the stage to their last.
    """

    name: str
    emotion: float | None = None
    customers: int = 0
    touchpoints: int = 0
    sentiments: int = 0
    millionths: int = 0
    waited: Durations = attrs.field(factory=Durations)
    spent: Durations = attrs.field(factory=Durations)

    def __attrs_post_init__(self) -> None:
        a_name(self.name, "the name of a stage")
        if self.emotion is not None:
            object.__setattr__(self, "emotion", an_emotion(self.emotion, "emotion"))
        for what in ("customers", "touchpoints", "sentiments"):
            a_count(getattr(self, what), what)
        if type(self.millionths) is not int or abs(self.millionths) > MILLION * self.sentiments:
            msg = f"{self.sentiments} sentiments from -1 to 1 cannot be {self.millionths!r} millionths together"
            raise InvalidValueError(msg, self.millionths)
        if not self.customers <= self.touchpoints >= self.sentiments:
            msg = f"each customer of a stage has a touchpoint there, and each sentiment is one's, got {self!r}"
            raise InvalidValueError(msg, self)

    @property
    def sentiment(self) -> float | None:
        """How customers felt there on average, from -1 to 1; `None` where nobody said."""
        return self.millionths / self.sentiments / MILLION if self.sentiments else None

    @property
    def difference(self) -> float | None:
        """The mean sentiment less the expected emotion; `None` where one of them is not known."""
        if self.emotion is None or not self.sentiments:
            return None
        return (self.millionths - in_millionths(self.emotion) * self.sentiments) / self.sentiments / MILLION

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if (self.name, self.emotion) != (other.name, other.emotion):
            raise refused(self, other, _ONE_MAP)
        counts = [field.name for field in attrs.fields(StageOverlay)[2:]]
        return type(self)(self.name, self.emotion, *(getattr(self, what) + getattr(other, what) for what in counts))


@stored(
    "journey.map_overlay",
    name=TEXT,
    stages=many(form_of(StageOverlay)),
    conforming=INTEGER,
    deviating=INTEGER,
    open=INTEGER,
    as_of=optional(MOMENT),
)
@attrs.frozen
class MapOverlay(_charts.Charted):
    """What was seen in each stage of a map: a population tally, which adds over disjoint customers.

    Attributes:
        name: The name of the map.
        stages: What was seen in each stage.
        conforming: How many customers' journeys go as planned.
        deviating: How many do not.
        open: How many are not finished.
        as_of: The moment up to which it looked, in UTC; `None` for all of the log.
    """

    name: str
    stages: tuple[StageOverlay, ...] = attrs.field(converter=as_tuple)
    conforming: int = 0
    deviating: int = 0
    open: int = 0
    as_of: datetime | None = None

    def __attrs_post_init__(self) -> None:
        a_name(self.name, "the name of a map")
        for what in ("conforming", "deviating", "open"):
            a_count(getattr(self, what), what)
        if self.as_of is not None:
            object.__setattr__(self, "as_of", an_instant(self.as_of, "as_of"))
        for stage in self.stages:
            if not isinstance(stage, StageOverlay):
                msg = f"expected a StageOverlay, got {stage!r}"
                raise InvalidTypeError(msg, stage)
            if stage.customers > self.customers:
                msg = f"a stage cannot have more customers than all {self.customers}, got {stage!r}"
                raise InvalidValueError(msg, stage)

    @property
    def customers(self) -> int:
        """How many customers there are in all."""
        return self.conforming + self.deviating + self.open

    def stage(self, name: str) -> StageOverlay:
        """Return what was seen in one stage."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise UnknownFieldError.among("the map", name, [stage.name for stage in self.stages], what="stage")  # noqa: EM101 - a factory

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each stage; `None` where there is nothing to tell."""
        return [
            {
                "stage": stage.name,
                "customers": stage.customers,
                "share": stage.customers / self.customers if self.customers else None,
                "touchpoints": stage.touchpoints,
                "waited": stage.waited.median if stage.waited.is_defined else None,
                "spent": stage.spent.median if stage.spent.is_defined else None,
                "expected": stage.emotion,
                "sentiment": stage.sentiment,
                "sentiments": stage.sentiments,
            }
            for stage in self.stages
        ]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if self._key() != other._key():
            raise refused(self, other, _ONE_MAP)
        return type(self)(
            self.name,
            tuple(ours + theirs for ours, theirs in zip(self.stages, other.stages, strict=True)),
            self.conforming + other.conforming,
            self.deviating + other.deviating,
            self.open + other.open,
            self.as_of,
        )

    def _key(self) -> tuple[object, ...]:
        return self.name, self.as_of, [(stage.name, stage.emotion) for stage in self.stages]

    @override
    def chart(self) -> _charts.Spec:
        """Return the emotion by stage, expected and observed, as a Vega-Lite v5 specification."""
        lines = (("expected", "emotion"), ("observed", "sentiment"))
        points = [
            {"stage": stage.name, "line": line, "sentiment": getattr(stage, what), "customers": stage.customers}
            for stage in self.stages
            for line, what in lines
        ]
        return {
            "$schema": _charts.SCHEMA,
            "title": f"Sentiment by stage: {self.name}",
            "data": {"values": points},
            "mark": {"type": "line", "point": True, "tooltip": True},
            "encoding": {
                "x": {"field": "stage", "type": "ordinal", "sort": None},
                "y": {"field": "sentiment", "type": "quantitative", "scale": {"domain": [-1, 1]}},
                "color": {"field": "line", "type": "nominal", "sort": None},
            },
        }


class Sight:
    """What is being seen in one stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.touchpoints = self.sentiments = self.millionths = 0
        self.waited: list[timedelta] = []
        self.spent: list[timedelta] = []

    def add(self, stay: Sequence[Touchpoint], came_from: Touchpoint | None) -> None:
        """Take in what one customer did there."""
        count, millionths = summed(stay)
        self.touchpoints += len(stay)
        self.sentiments += count
        self.millionths += millionths
        self.spent.append(stay[-1].at - stay[0].at)
        if came_from is not None:
            self.waited.append(stay[0].at - came_from.at)

    def overlay(self) -> StageOverlay:
        return StageOverlay(
            self.stage.name,
            self.stage.emotion,
            customers=len(self.spent),
            touchpoints=self.touchpoints,
            sentiments=self.sentiments,
            millionths=self.millionths,
            waited=Durations.from_lengths(self.waited),
            spent=Durations.from_lengths(self.spent),
        )
