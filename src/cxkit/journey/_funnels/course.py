"""How one customer went through a funnel: the funnel prepared for many journeys, and what is told of each."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from cxkit._checks import UTC, an_instant
from cxkit.calendar import Length, elapsed, end_of, horizon
from cxkit.journey._funnels.attempts import NEVER, Bars, Case, Told, in_any_order, ordered, strict
from cxkit.journey._funnels.optional import with_optional
from cxkit.journey._funnels.scan import Scan, Way
from cxkit.journey._funnels.steps import Marker, Marks
from cxkit.journey._journey import Journey, timeline_of

if TYPE_CHECKING:
    from cxkit.journey._funnels.funnel import Funnel

FunnelOutcome = Literal["completed", "open", "dropped", "excluded", "not_entered"]
"""How a customer stands in a funnel."""
BEGIN = datetime.min.replace(tzinfo=UTC)
_ENGINES = {"ordered": ordered, "strict": strict, "any": in_any_order}


class Passage(NamedTuple):
    """How a customer went through a funnel, as of a moment.

    Attributes:
        outcome: How it stands.
        depth: How many of the steps that are not optional were filled.
        places: For each step the touchpoint that filled it, by its place in what was known; `None` for one that was not.
        moments: When each of these was.
        expires_at: When the last attempt ran out of time, or will; `None` where there is no such moment.
    """

    outcome: FunnelOutcome
    depth: int
    places: Sequence[int | None]
    moments: Sequence[datetime | None]
    expires_at: datetime | None


class Course:
    """A funnel, ready for many journeys."""

    def __init__(self, funnel: "Funnel", as_of: datetime | None) -> None:
        self.funnel = funnel
        self.as_of = None if as_of is None else an_instant(as_of, "as_of")
        required = [step for step in funnel.steps if not step.optional]
        self.total = len(required)
        self.marker = Marker(step.contact for step in required)
        self.optional = Marker(step.contact for step in funnel.steps if step.optional)
        self.excluded = Marker(exclusion.contact for exclusion in funnel.without)
        self.ranges = [(exclusion.start, exclusion.last(self.total)) for exclusion in funnel.without]
        self.expire = _expiring(funnel.within)
        self.has_optional = self.total < len(funnel.steps)
        self.scan = self._scan()
        # Attempts that began by then can be open; where there is no such moment, the long way tells.
        limit = None if self.as_of is None or funnel.within is None else horizon(funnel.within, self.as_of)
        self.horizon = NEVER if self.as_of is None else limit or BEGIN

    def _scan(self) -> Scan | None:
        """Return the short way through, where it serves."""
        funnel = self.funnel
        within = timedelta.max if funnel.within is None else elapsed(funnel.within)
        is_long = funnel.order != "ordered" or funnel.ties == "strict" or funnel.without or funnel.reuse
        steps = self.marker.steps
        if within is None or is_long or self.has_optional or steps is None:
            return None
        return Scan(steps, self.total, within, funnel.anchor == "first_entry")

    def brief(self, journeys: Sequence[Journey]) -> tuple[Sequence[FunnelOutcome], Sequence[Sequence[datetime | None]]]:
        """Tell of each customer the outcome, and when each step was filled."""
        scan, marks = self.scan, None
        if scan is not None and self.marker.predicates:
            marks = [self.marker.marks(journey, self.as_of) for journey in journeys]
        if scan is None or (marks and any(len(mark) > 1 for found in marks for mark in found)):
            passages = [self.passage(journey) for journey in journeys]
            return [passage.outcome for passage in passages], [passage.moments for passage in passages]
        told, began = scan.scanned(self._ways(scan, journeys, marks))
        outcomes: list[FunnelOutcome] = [
            self._outcome(moments, start) for moments, start in zip(told, began, strict=True)
        ]
        return outcomes, told

    def _outcome(self, told: Sequence[datetime], began: datetime | None) -> FunnelOutcome:
        if began is None:
            return "not_entered"
        if len(told) == self.total:
            return "completed"
        return "open" if began >= self.horizon else "dropped"

    def _ways(self, scan: Scan, journeys: Iterable[Journey], marks: Sequence[Marks] | None) -> Iterator[Way]:
        """Yield what each customer did, by name or by mark, and when."""
        as_of, is_free = self.as_of, self.funnel.ties == "favourable"
        for number, journey in enumerate(journeys):
            moments, names, _, complete_at, is_tied = journey._timeline  # noqa: SLF001 - of the house
            if as_of is not None and complete_at > as_of:
                moments, names, *_ = journey._timeline.known(as_of)  # noqa: SLF001
            way = names if marks is None else marks[number], moments
            yield scan.in_best_order(way) if is_tied and is_free else way

    def case(self, journey: Journey) -> Case:
        """Return what a journey is before the funnel."""
        funnel = self.funnel
        return Case(
            self.marker.marks(journey, self.as_of),
            self._bars(journey),
            timeline_of(journey, self.as_of).moments,
            self.total,
            self.expire,
            funnel.anchor == "first_entry",
            funnel.ties,
            funnel.repeats,
            funnel.reuse,
        )

    def _bars(self, journey: Journey) -> Bars:
        if not self.ranges:
            return ()
        return [[self.ranges[place] for place in mark] for mark in self.excluded.marks(journey, self.as_of)]

    def told(self, case: Case) -> Told:
        """Go through the funnel."""
        return _ENGINES[self.funnel.order](case)

    def passage(self, journey: Journey) -> Passage:
        """Tell how a customer went through the funnel."""
        case = self.case(journey)
        return self.judged(journey, case, self.told(case))

    def judged(self, journey: Journey, case: Case, told: Told) -> Passage:
        """Tell what it means for a customer that they went through the funnel like that."""
        depth = len(told.places)
        expires_at = told.expires_at
        outcome: FunnelOutcome
        if depth == self.total:
            outcome, expires_at = "completed", None
        elif not depth:
            outcome = "excluded" if told.entered else "not_entered"
        elif self.as_of is not None and told.open_until is not None and self.as_of <= told.open_until:
            outcome, expires_at = "open", told.open_until
        else:
            outcome = "dropped"
        places = self._with_optional(journey, case, told.places)
        moments = [None if place is None else case.moments[place] for place in places]
        return Passage(outcome, depth, places, moments, None if expires_at == NEVER else expires_at)

    def _with_optional(self, journey: Journey, case: Case, places: Sequence[int]) -> Sequence[int | None]:
        """Return which touchpoint filled each step, the optional ones among them."""
        if not (places and self.has_optional):
            return places
        return with_optional(
            self.funnel.steps,
            places,
            self.optional.marks(journey, self.as_of),
            case.moments,
            ties=case.ties,
            expiry=case.expire(case.moments[places[0]]),
        )


def _expiring(within: Length | None) -> Callable[[datetime], datetime]:
    """Return what tells when an attempt that begins at a moment runs out of time."""
    if within is None:
        return lambda _: NEVER
    length = elapsed(within)
    if length is None:
        return lambda at: end_of(at, within) or NEVER

    def expire(at: datetime) -> datetime:
        try:
            return at + length
        except OverflowError:
            return NEVER

    return expire
