"""Journey maps: what should happen between a shop and its customers."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Self

import attrs
from typing_extensions import override

from cxkit import _mermaid
from cxkit._checks import a_name, an_instant, one_of
from cxkit._forms import NUMBER, TEXT, form_of, many, optional, stored
from cxkit._tables import aligned
from cxkit.calendar import LENGTH_FORM, Length, a_length
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError
from cxkit.journey._journey import Journey, each_journey
from cxkit.journey._maps.check import CODES, DeviationCode, MapCheck, MapDecision, check, explain
from cxkit.journey._maps.draft import drafted
from cxkit.journey._maps.overlay import MapOverlay
from cxkit.journey._maps.stages import Stage, an_emotion, listed, shown


@stored(
    "journey.journey_map",
    name=TEXT,
    stages=many(form_of(Stage)),
    persona=optional(TEXT),
    within=optional(LENGTH_FORM),
    tolerance=NUMBER,
)
@attrs.frozen(repr=False)
class JourneyMap(_mermaid.Drawn):
    """What should happen: the stages of a journey, in order, as one kind of customer goes through them.

    A map is planned, a log is what happened: `check` compares them, `explain` does so for one journey, `overlay` counts
    what was seen in each stage, and `draft` makes a first map of a log. It prints as a table, and `to_mermaid` draws it.

    Attributes:
        name: What it is called.
        stages: The stages, in order.
        persona: Whose journey it is.
        within: How long it takes at most, from the first touchpoint on the map until all that it requires have come.
        tolerance: By how much the mean sentiment of a stage may stay below its expected emotion.

    >>> from datetime import datetime, timedelta, timezone
    >>> from cxkit.journey import JourneyMap, PlannedTouchpoint, Stage, journeys
    >>> first_order = JourneyMap(
    ...     "first order",
    ...     [Stage("discover", ["visit"]), Stage("buy", ["cart", PlannedTouchpoint("order", within=timedelta(hours=1))])],
    ... )
    >>> log = journeys([("anna", "visit", "2026-03-01T09:00Z"), ("anna", "order", "2026-03-01T12:00Z")])
    >>> print(first_order.check(log))
    'first order': journeys 1, conforming 0, deviating 1, open 0
    deviation  stage  touchpoint  customers  share  times    found  needed
    slow       buy    order               1      1      1  3:00:00  1:00:00
    missing    buy    cart                1      1      1        -  cart
    """

    name: str
    stages: tuple[Stage, ...] = attrs.field(converter=listed)
    persona: str | None = attrs.field(default=None, kw_only=True)
    within: Length | None = attrs.field(default=None, kw_only=True)
    tolerance: float = attrs.field(default=0.0, kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_name(self.name, "the name of a map")
        if self.persona is not None:
            a_name(self.persona, "persona")
        if self.within is not None:
            a_length(self.within, "within")
        object.__setattr__(self, "tolerance", an_emotion(self.tolerance, "tolerance", least=0, most=2))
        self._check_stages()

    def _check_stages(self) -> None:
        if not self.stages:
            msg = f"a map must have stages, got none for {self.name!r}"
            raise InvalidValueError(msg, self.stages)
        names = set[str]()
        for stage in self.stages:
            if not isinstance(stage, Stage):
                msg = f"a map is made of stages, got {stage!r}"
                raise InvalidTypeError(msg, stage)
            if stage.name in names:
                msg = f"two stages of the map are called {stage.name!r}; give one of them another name"
                raise DuplicateError(msg, stage)
            names.add(stage.name)

    @classmethod
    def draft(
        cls,
        journeys: Iterable[Journey],
        *,
        name: str = "draft",
        persona: str | None = None,
        as_of: datetime | None = None,
    ) -> Self:
        """Make a first map of a log, against which that log has no deviations.

        Stages are those that touchpoints name, in the order in which more customers came to them; touchpoints that name
        none are in a stage called `"journey"`. What not all customers had is optional, a stage that customers came to
        late is one for any time, and the expected emotion is the mean sentiment, rounded down to two decimals.

        Args:
            journeys: The log; it is kept while it is read several times.
            name: What to call the map.
            persona: Whose journey it is.
            as_of: The moment; nothing that came to be known later counts.
        """
        log = list(each_journey(journeys))
        known = log if as_of is None else [journey.as_of(as_of) for journey in log]
        return drafted(
            lambda stages: cls(name, stages, persona=persona), [journey for journey in known if len(journey)]
        )

    def explain(self, journey: Journey, *, as_of: datetime | None = None) -> MapDecision:
        """Say whether one journey goes as planned, and why not.

        Args:
            journey: The customer's.
            as_of: The moment; nothing that came to be known later counts, and what still has time is awaited. Without
                one the journey is over, and what has not come is missing. One without touchpoints has not begun.
        """
        [checked] = each_journey([journey])
        return explain(self, checked, None if as_of is None else an_instant(as_of, "as_of"))

    def check(
        self,
        journeys: Iterable[Journey],
        *,
        as_of: datetime | None = None,
        ignore: Collection[DeviationCode] = (),
    ) -> MapCheck:
        """Compare a log with the map.

        Whether customers feel worse than expected is asked of their mean sentiment in each stage, not of each customer.

        Args:
            journeys: The log, read one by one.
            as_of: As in `explain`.
            ignore: Kinds of deviation that are none here, such as `["extra"]`.
        """
        ignored = {one_of(code, CODES, "a kind of deviation") for code in listed(ignore)}
        return check(self, journeys, None if as_of is None else an_instant(as_of, "as_of"), ignored)

    def overlay(self, journeys: Iterable[Journey], *, as_of: datetime | None = None) -> MapOverlay:
        """Count what was seen in each stage; the arguments are those of `check`."""
        return self.check(journeys, as_of=as_of).overlay

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each stage."""
        return [
            {
                "stage": stage.name,
                "goal": stage.goal,
                "touchpoints": ", ".join(planned.name for planned in stage.touchpoints),
                "channels": ", ".join(stage.channels),
                "emotion": stage.emotion,
                "pain_points": "; ".join(stage.pain_points),
                "opportunities": "; ".join(stage.opportunities),
                "owner": stage.owner,
            }
            for stage in self.stages
        ]

    @override
    def to_mermaid(self) -> str:
        """Return the map as a Mermaid user journey: emotions from -1 to 1 are scores from 1 to 5.

        Where no emotion is expected, the score is 3. Those who take part are the persona and the channels.
        """
        return _mermaid.journey(self.name, [(stage.name, self._tasks(stage)) for stage in self.stages])

    def _tasks(self, stage: Stage) -> list[_mermaid.Task]:
        actors = (self.persona or "customer", *stage.channels)
        score = 3 + 2 * (stage.emotion or 0)
        return [_mermaid.Task(planned.name, score, actors) for planned in stage.touchpoints]

    @override
    def __str__(self) -> str:
        return aligned(self.rows())

    @override
    def __repr__(self) -> str:
        return shown(self)
