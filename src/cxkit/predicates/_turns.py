"""When an answer turns, if nothing happens but that time passes."""

from datetime import datetime, timedelta
from typing import Any

from cxkit.errors import UnsupportedError
from cxkit.predicates._cells import literals
from cxkit.predicates._predicate import Predicate
from cxkit.predicates._source import Source
from cxkit.predicates._subject import Subject

STEPS = 20_000
CYCLE = timedelta(days=9 * 366)  # after which every anniversary has come back, that of 29 February too


def next_turn(predicate: Predicate, subject: Subject, *, until: datetime | None = None) -> datetime | None:
    """Return the first moment after the subject's `as_of`, and before `until`, at which the answer is another one.

    `None` says that there is none.

    Between two turns of its sources a predicate cannot change, so it is enough to ask it at these.

    Raises:
        UnsupportedError: A source cannot tell when it turns, or the search goes on for too long.
    """
    if not predicate.timed or subject.as_of is None:
        return None
    answer = predicate.holds(subject)
    sources = _timed(predicate)
    since = subject.as_of
    for _ in range(STEPS):
        coming = [
            (moment, source) for source, stated in sources if (moment := source.turn(subject, stated)) is not None
        ]
        if not coming:
            return None
        moment, _ = min(coming, key=lambda turn: turn[0])
        if not all(source.is_periodic for _, source in coming):
            since = moment  # what comes once is still to come
        if moment - since > CYCLE or (until is not None and moment >= until):
            return None
        subject = subject._replace(as_of=moment, memo={})
        if predicate.holds(subject) is not answer:
            return moment
    msg = f"{predicate!r} has no change among its next {STEPS} turns; ask again from a later moment"
    raise UnsupportedError(msg)


def _timed(predicate: Predicate) -> list[tuple[Source, list[Any] | None]]:
    """Return the timed sources, each with what its tests state; `None` where one compares it with another source."""
    found: dict[Any, tuple[Source, list[Any]]] = {}
    for leaf in predicate.leaves():
        for source in leaf.sources:
            if source.timed:
                found.setdefault(source.key(), (source, []))[1].append(leaf)
    return [
        (source, None if any(len(leaf.sources) > 1 for leaf in leaves) else literals(leaves))
        for source, leaves in found.values()
    ]
