"""Where one customer stopped on the way through a funnel, and why."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never

import attrs
from typing_extensions import override

from cxkit.answers import Decision, Reason
from cxkit.journey._funnels.attempts import Case, Told
from cxkit.journey._funnels.course import Course, FunnelOutcome
from cxkit.journey._funnels.funnel import Funnel, StepOrder
from cxkit.journey._funnels.result import step_names
from cxkit.journey._journey import Journey, each_journey, known_touchpoints
from cxkit.journey._touchpoint import Touchpoint

INSTANT = timedelta(microseconds=1)
_WORDS = {
    "completed": "all steps were filled",
    "waiting": "{step} has not come yet, and there is time until {until}",
    "absent": "{step} did not come",
    "too_early": "{step} came before its turn, at {at}",
    "too_late": "{step} came at {at}, and the time was up at {until}",
    "interrupted": "{name!r} came instead of {step}, at {at}",
    "excluded": "{name!r} came in between, at {at}",
    "no_entry": "{step} did not come",
    "filled": "{step} by {name!r} at {at}",
}


@attrs.frozen
class FunnelReason(Reason):
    """What decided how a customer stands in a funnel, or how a step was filled.

    Attributes:
        code: `'completed'`, `'waiting'` (nothing yet, in time), `'absent'` (the step did not come), `'too_early'` (it
            came only before its turn), `'too_late'` (after the time was up), `'interrupted'` (something else came
            instead), `'excluded'`, `'no_entry'`; of a step, `'filled'`.
        found: The touchpoint.
        needed: When the time is up, where that matters.
        step: The name of the step.
    """

    step: str | None = attrs.field(kw_only=True, default=None)

    @override
    def __str__(self) -> str:
        found = self.found if isinstance(self.found, Touchpoint) else None
        return _WORDS[self.code].format(
            step=repr(self.step) if self.step is not None else "another step",
            name=found and found.name,
            at=found and found.at.isoformat(" "),
            until=self.needed.isoformat(" ") if isinstance(self.needed, datetime) else "the end of time",
        )


@attrs.frozen(kw_only=True)
class FunnelStop(Decision[FunnelOutcome]):
    """How far a customer came in a funnel, and what was missing.

    Attributes:
        outcome: `'completed'`, `'open'` (there is time left), `'dropped'`, `'excluded'` (something excluded ended every
            attempt), or `'not_entered'`.
        reasons: What decided it, then how each step was filled.
        last_step: The name of the last step that was filled, of those that are not optional; `None` where none was.
        depth: How many steps were filled, of those that are not optional.
        expires_at: When the last attempt runs out of time, or did; `None` without a window, and where it is over.
        touchpoints: What filled the steps of the attempt that is told; `None` for a step that was not filled.
    """

    reasons: tuple[FunnelReason, ...] = ()
    last_step: str | None = None
    depth: int = 0
    expires_at: datetime | None = None
    touchpoints: tuple[Touchpoint | None, ...] = ()

    @override
    def __str__(self) -> str:
        first, *others = self.reasons
        return "\n".join([f"{self.outcome.replace('_', ' ')}: {first}", *(f"- {reason}" for reason in others)])


def stop(funnel: Funnel, journey: Journey, as_of: datetime | None) -> FunnelStop:
    """Tell how far one customer came, by which touchpoints, and what was missing."""
    course = Course(funnel, as_of)
    [journey] = each_journey([journey])
    case = course.case(journey)
    told = course.told(case)
    passage = course.judged(journey, case, told)
    touchpoints = known_touchpoints(journey, course.as_of)
    filled = tuple(None if place is None else touchpoints[place] for place in passage.places)
    names = step_names(funnel)
    required = [name for name, optional in names if not optional]
    code, place = _decisive(case, passage.outcome, told, funnel.order)
    step = None if funnel.order == "any" or passage.depth == len(required) else required[passage.depth]
    until = case.expire(case.moments[told.places[0]]) if code == "too_late" else passage.expires_at
    decisive = FunnelReason(code, None if place is None else touchpoints[place], until, step=step)
    each = [
        FunnelReason("filled", touchpoint, step=name)
        for (name, _), touchpoint in zip(names, filled, strict=False)
        if touchpoint is not None
    ]
    return FunnelStop(
        outcome=passage.outcome,
        reasons=(decisive, *each),
        retry_at=None if passage.outcome != "open" or not passage.expires_at else passage.expires_at + INSTANT,
        last_step=required[passage.depth - 1] if passage.depth else None,
        depth=passage.depth,
        expires_at=passage.expires_at,
        touchpoints=filled,
    )


def _decisive(case: Case, outcome: FunnelOutcome, told: Told, order: StepOrder) -> tuple[str, int | None]:
    """Return what decided how a customer stands, and the touchpoint that did."""
    match outcome:
        case "completed":
            return "completed", told.places[-1]
        case "open":
            return "waiting", None
        case "not_entered":
            return "no_entry", None
        case "excluded":
            return "excluded", told.spoiler
        case "dropped":
            return _missed(case, told.places, order)
        case _:
            assert_never(outcome)


def _missed(case: Case, places: Sequence[int], order: StepOrder) -> tuple[str, int | None]:
    """Return why an attempt went no further, and the touchpoint that stood in its way or missed it."""
    last, expiry = places[-1], case.expire(case.moments[places[0]])
    others = [place for place in range(len(case.marks)) if place not in places]
    later = [place for place in others if place > last or case.moments[place] == case.moments[last]]
    in_time = [place for place in later if case.moments[place] <= expiry]
    if order == "strict":
        current = len(places) - 1
        foreign = [place for place in in_time if not (case.repeats and current in case.marks[place])]
        if foreign:
            return "interrupted", foreign[0]
    if order == "any":
        wanted = set(range(case.steps)) - {step for place in places for step in case.marks[place]}
        if case.bars and (barred := [place for place in in_time if case.bars[place]]):
            return "excluded", barred[0]
    else:
        wanted = {len(places)}
    fits = [place for place in others if wanted & set(case.marks[place])]
    if late := [place for place in fits if case.moments[place] > expiry]:
        return "too_late", late[0]
    return ("too_early", fits[-1]) if fits else ("absent", None)
