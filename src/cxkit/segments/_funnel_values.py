"""How a customer stands in a funnel, as values for predicates: a drop-off is a segment, and may trigger a message."""

from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import Any, Literal, get_args

import attrs
from typing_extensions import override

from cxkit._forms import choice, form_of, stored
from cxkit.errors import InvalidTypeError
from cxkit.journey import Funnel, FunnelOutcome, FunnelStop, Journey, step_names
from cxkit.predicates import Choice, Kind, Source, Subject, choice_kind
from cxkit.segments._profile import journey_of

Standing = Literal["outcome", "last_step"]


@stored("segments.funnel_standing", funnel=form_of(Funnel), what=choice(*get_args(Standing)))
@attrs.frozen(repr=False)
class FunnelStanding(Source):
    """How a customer stands in a funnel: the outcome, or the last step that was filled.

    Attributes:
        funnel: Which.
        what: Which of the two.
    """

    funnel: Funnel
    what: Standing

    timed = True

    @property
    @override
    def depth(self) -> int:  # type: ignore[override]
        contacts = [step.contact for step in self.funnel.steps] + [part.contact for part in self.funnel.without]
        return max((contact.depth for contact in contacts if not isinstance(contact, str)), default=0)

    @property
    @override
    def kind(self) -> Kind:
        if self.what == "outcome":
            return choice_kind(get_args(FunnelOutcome))
        return choice_kind(dict.fromkeys(name for name, optional in step_names(self.funnel) if not optional))

    @property
    @override
    def about(self) -> type[Journey]:
        return Journey

    @override
    def key(self) -> Hashable:
        return (type(self).__name__, self.funnel, self.what)

    @override
    def read(self, subject: Subject) -> str | None:
        stop = self._stop(subject)
        return None if stop is None else stop.outcome if self.what == "outcome" else stop.last_step

    @override
    def turn(self, subject: Subject, stated: Sequence[Any] | None) -> datetime | None:
        stop = self._stop(subject)
        return None if stop is None else stop.retry_at

    def _stop(self, subject: Subject) -> FunnelStop | None:
        """Return how the customer of a subject stands; `None` where there is no journey, or no moment."""
        journey = journey_of(subject)
        return None if journey is None or subject.as_of is None else self.funnel.explain(journey, as_of=subject.as_of)

    @property
    @override
    def words(self) -> str:
        steps = ", ".join(step.name for step in self.funnel.steps)
        return f"the {self.what.replace('_', ' ')} of the funnel {steps}"

    @override
    def __repr__(self) -> str:
        return f"funnel_{self.what}({self.funnel!r})"


def funnel_outcome(funnel: Funnel) -> Choice[str]:
    """Ask how a customer stands in a funnel, as of a moment.

    Its values are the outcomes of `FunnelStop`: `'completed'`, `'open'`, `'dropped'`, `'excluded'`, `'not_entered'`.

    >>> from datetime import timedelta
    >>> from cxkit.journey import Funnel
    >>> from cxkit.segments import Segment, funnel_last_step, funnel_outcome
    >>> checkout = Funnel(["cart", "order"], within=timedelta(hours=2))
    >>> left_cart = Segment("left the cart", funnel_outcome(checkout) == "dropped")
    """
    return Choice(FunnelStanding(_a_funnel(funnel), "outcome"))


def funnel_last_step(funnel: Funnel) -> Choice[str]:
    """Ask for the last step of a funnel that a customer filled, by its name; missing where none was."""
    return Choice(FunnelStanding(_a_funnel(funnel), "last_step"))


def _a_funnel(funnel: Funnel) -> Funnel:
    if not isinstance(funnel, Funnel):
        msg = f"expected a Funnel, got {funnel!r}"
        raise InvalidTypeError(msg, funnel)
    return funnel
