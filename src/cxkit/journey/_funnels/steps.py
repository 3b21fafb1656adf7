"""The steps of a funnel, and what may not come between them."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

import attrs

from cxkit._checks import a_count, a_flag, a_name, each
from cxkit._forms import FLAG, INTEGER, TEXT, optional, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey._contacts import CONTACT_FORM, Contact, a_contact
from cxkit.journey._journey import Journey, known_touchpoints, names_of
from cxkit.journey._touchpoint import Touchpoint

Marks: TypeAlias = Sequence[tuple[int, ...]]
"""For each touchpoint the steps that it can fill, the last first."""


@stored("journey.step", name=TEXT, contact=CONTACT_FORM, optional=FLAG)
@attrs.frozen
class Step:
    """One step of a funnel.

    Attributes:
        name: What results call it.
        contact: Which touchpoints fill it: their name, or a predicate about `Touchpoint.fields`; its own name unless given.
        optional: Whether customers may pass it by.

    >>> from cxkit.journey import Step, Touchpoint
    >>> Step("paid by card", (Touchpoint.fields.name == "payment") & (Touchpoint.fields.channel == "card")).name
    'paid by card'
    """

    name: str
    contact: Contact = attrs.Factory(lambda step: step.name, takes_self=True)
    optional: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_name(self.name, "the name of a step")
        a_contact(self.contact, "a step")
        a_flag(self.optional, "optional")


@stored("journey.exclusion", contact=CONTACT_FORM, start=INTEGER, end=optional(INTEGER))
@attrs.frozen
class Exclusion:
    """What may not come between two steps of a funnel.

    Attributes:
        contact: Which touchpoints: their name, or a predicate about `Touchpoint.fields`.
        start: The step after which they are excluded, counted from 0 among those that are not optional.
        end: The step that ends it; the last unless given.
    """

    contact: Contact
    start: int = 0
    end: int | None = None

    def __attrs_post_init__(self) -> None:
        a_contact(self.contact, "an exclusion")
        a_count(self.start, "the start of an exclusion")
        if self.end is not None and a_count(self.end, "the end of an exclusion") <= self.start:
            msg = f"an exclusion must end at a later step than it starts, got {self.start} to {self.end}"
            raise InvalidValueError(msg, self.end)

    def last(self, steps: int) -> int:
        """Return the step that ends it, of so many."""
        return steps - 1 if self.end is None else self.end


class Marker:
    """What says of each touchpoint which of some contacts it is."""

    def __init__(self, contacts: Iterable[Contact]) -> None:
        self.by_name: dict[str, tuple[int, ...]] = {}
        self.predicates: list[tuple[int, Callable[[object], bool]]] = []
        for place, contact in enumerate(contacts):
            if isinstance(contact, str):
                self.by_name[contact] = (place, *self.by_name.get(contact, ()))
            else:
                self.predicates.append((place, contact.compile()))

    @property
    def steps(self) -> Mapping[Hashable, int] | None:
        """The step that a name fills, or with predicates that a mark of one step does; `None` where a name fills two."""
        if self.predicates:
            return {(place,): place for place in range(len(self.predicates) + sum(map(len, self.by_name.values())))}
        if any(len(places) > 1 for places in self.by_name.values()):
            return None
        return {name: place for name, (place,) in self.by_name.items()}

    def marks(self, journey: Journey, as_of: datetime | None) -> Marks:
        """Return for each touchpoint that was known at a moment which of the contacts it is, the last first."""
        if not self.predicates:
            return [self.by_name.get(name, ()) for name in names_of(journey, as_of)]
        return [self._mark(touchpoint) for touchpoint in known_touchpoints(journey, as_of)]

    def _mark(self, touchpoint: Touchpoint) -> tuple[int, ...]:
        found = [place for place, matches in self.predicates if matches(touchpoint)]
        return tuple(sorted((*self.by_name.get(touchpoint.name, ()), *found), reverse=True))


def a_step(step: "Contact | Step") -> Step:
    """Make a step of what a caller gives as one: a name, a predicate, or a step."""
    if isinstance(step, Step):
        return step
    contact = a_contact(step, "a step")
    return Step(contact if isinstance(contact, str) else str(contact), contact)


def as_steps(steps: "Iterable[Contact | Step]") -> tuple[Step, ...]:
    """Keep the steps of a funnel."""
    if isinstance(steps, str):
        msg = f"steps must be a list of them, got the text {steps!r}"
        raise InvalidTypeError(msg, steps)
    return tuple(a_step(step) for step in each(steps, "a list of steps"))


def as_exclusions(without: "Iterable[Contact | Exclusion]") -> tuple[Exclusion, ...]:
    """Keep the exclusions of a funnel."""
    if isinstance(without, str):
        msg = f"without must be a list of what is excluded, got the text {without!r}"
        raise InvalidTypeError(msg, without)
    return tuple(
        given if isinstance(given, Exclusion) else Exclusion(given) for given in each(without, "a list of exclusions")
    )


def as_given(step: Step) -> object:
    """Return what a caller may have given as a step."""
    return step.contact if step == a_step(step.contact) else step
