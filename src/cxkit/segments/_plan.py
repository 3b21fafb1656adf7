"""Plans: many predicates about one customer, with what they ask in common found once."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from cxkit.errors import CxError
from cxkit.predicates import Predicate, Source, Subject, of_values, sources_of
from cxkit.segments._event_values import EventSource
from cxkit.segments._log import Log
from cxkit.segments._profile import journey_of

Reader = Callable[[Subject, Log | None], Any]
Answer = Callable[[Subject, Sequence[Any]], bool]


class Plan:
    """How some predicates are answered at a moment.

    What a customer did is gone through once; each value that the predicates ask for is found once, and the predicates are
    functions of these values.
    """

    def __init__(self, predicates: Sequence[Predicate], as_of: datetime) -> None:
        self.as_of = as_of
        sources = sources_of(predicates)
        self.readers: list[Reader] = [_reader(source, as_of) for source in sources]
        self.functions: list[Answer] = [of_values(predicate, sources) for predicate in predicates]

    def _asked(self, customer: object) -> tuple[Subject, Sequence[Any]]:
        subject = Subject.of(customer, self.as_of)
        journey = journey_of(subject)
        log = None
        if journey is not None:
            log = Log(journey, self.as_of)
            subject = subject._replace(memo={Log: log})
        try:
            return subject, [read(subject, log) for read in self.readers]
        except CxError:  # a value is ill-typed: each predicate says so, if it comes to it
            return subject, ()

    def answers(self, customer: object) -> Iterable[bool]:
        """Yield the answer of each predicate."""
        subject, values = self._asked(customer)
        return (answer(subject, values) for answer in self.functions)

    def first(self, customer: object) -> int | None:
        """Return the number of the first predicate that holds, if any does."""
        subject, values = self._asked(customer)
        for place, answer in enumerate(self.functions):
            if answer(subject, values):
                return place
        return None


def _reader(source: Source, as_of: datetime) -> Reader:
    """Return how a source is read: quickly, where it knows how to be from a log."""
    quick = source.quick(as_of) if isinstance(source, EventSource) else None
    if quick is None:
        return lambda subject, _: source.read(subject)
    return lambda _, log: None if log is None else quick(log)
