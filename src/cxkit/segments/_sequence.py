"""Sequences: events that others follow, in time, and without something in between."""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import cache

import attrs
from typing_extensions import override

from cxkit._checks import as_tuple
from cxkit._forms import form_of, many, optional, stored
from cxkit.calendar import LENGTH_FORM, Length, a_length, end_of
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey import CONTACT_FORM, Contact, Touchpoint, a_contact, contact_words
from cxkit.predicates import Integer, Predicate, Subject, span_words
from cxkit.segments._event_values import EventSource
from cxkit.segments._events import Events, at_of
from cxkit.segments._log import Log

LONGEST = 20  # followers


@stored("segments.follower", contact=CONTACT_FORM, within=optional(LENGTH_FORM), without=optional(CONTACT_FORM))
@attrs.frozen
class Follower:
    """What follows an event.

    Attributes:
        contact: Its name, or a predicate about it.
        within: How long after at most, that moment included.
        without: What may not lie in between.
    """

    contact: Contact
    within: Length | None = attrs.field(default=None, kw_only=True)
    without: Contact | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        a_contact(self.contact, "what follows")
        if self.within is not None:
            a_length(self.within, "within")
        if self.without is not None:
            a_contact(self.without, "what may not lie in between")


@stored("segments.sequence", first=form_of(Events), followers=many(form_of(Follower)))
@attrs.frozen(repr=False)
class EventSequence:
    """Events that others follow, each later in the journey than the one before.

    Attributes:
        first: Where a sequence begins.
        followers: What follows, one after another.
    """

    first: Events
    followers: tuple[Follower, ...] = attrs.field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        if not 1 <= len(self.followers) <= LONGEST:
            msg = f"a sequence has from 1 to {LONGEST} followers, got {len(self.followers)}"
            raise InvalidValueError(msg, self.followers)
        if not isinstance(self.first, Events) or not all(isinstance(part, Follower) for part in self.followers):
            msg = f"a sequence is events and their followers, got {self.first!r} and {self.followers!r}"
            raise InvalidTypeError(msg, self.followers)

    def followed_by(
        self, contact: Contact, *, within: Length | None = None, without: Contact | None = None
    ) -> "EventSequence":
        """Keep those that another contact follows in turn; the arguments are those of `Events.followed_by`."""
        return EventSequence(self.first, (*self.followers, Follower(contact, within=within, without=without)))

    def count(self) -> Integer:
        """Return how many events begin such a sequence."""
        return Integer(SequenceCount(self))

    def any(self) -> Predicate:
        """Test whether there is such a sequence."""
        return self.count() >= 1

    def none(self) -> Predicate:
        """Test whether there is none; where there is no journey, that is not known, and so does not hold."""
        return self.count() == 0

    def number(self, subject: Subject) -> int | None:
        """Count the events that begin such a sequence."""
        number: int | None = SequenceCount(self).read(subject)
        return number

    @override
    def __repr__(self) -> str:
        return "".join([repr(self.first), *map(_code, self.followers)])


def _places(known: Sequence[Touchpoint], found: Iterable[Touchpoint]) -> Iterator[int]:
    """Yield the places of some touchpoints among those in which they stand in the same order."""
    place = -1
    for touchpoint in found:
        place += 1
        while known[place] is not touchpoint:
            place += 1
        yield place


class _Search:
    """The search for what follows, in one log."""

    def __init__(self, log: Log, followers: Iterable[Follower]) -> None:
        self.known = log.known
        self.followers = tuple(followers)
        self.wanted = [list(_places(log.known, log.of(follower.contact))) for follower in self.followers]
        self.unwanted = [
            [] if follower.without is None else list(_places(log.known, log.of(follower.without)))
            for follower in self.followers
        ]
        self.follows = cache(self._follows)

    def _follows(self, step: int, place: int) -> bool:
        """Whether the rest of the sequence follows the touchpoint at a place."""
        if step == len(self.followers):
            return True
        wanted, last = self.wanted[step], self._last(step, place)
        for number in range(bisect_right(wanted, place), len(wanted)):
            if wanted[number] > last:
                return False
            if self.follows(step + 1, wanted[number]):
                return True
        return False

    def _last(self, step: int, place: int) -> int:
        """Return the last place at which a step may follow: in time, and not beyond what may not lie in between."""
        within, unwanted = self.followers[step].within, self.unwanted[step]
        end = None if within is None else end_of(self.known[place].at, within)
        last = len(self.known) if end is None else bisect_right(self.known, end, key=at_of) - 1
        number = bisect_right(unwanted, place)
        return min(last, unwanted[number]) if number < len(unwanted) else last


@stored("segments.sequence_count", sequence=form_of(EventSequence))
@attrs.frozen(repr=False)
class SequenceCount(EventSource):
    """How many events begin a sequence."""

    sequence: EventSequence

    least = 0

    @property
    @override
    def events(self) -> Events:  # type: ignore[override]
        return self.sequence.first

    @property
    @override
    def depth(self) -> int:  # type: ignore[override]
        contacts = [part for follower in self.sequence.followers for part in (follower.contact, follower.without)]
        deep = (contact.depth for contact in contacts if not isinstance(contact, str | None))
        return max(0, self.events.depth, *deep)

    @override
    def details(self) -> tuple[Hashable, ...]:
        return tuple(
            (_key(follower.contact), follower.within, None if follower.without is None else _key(follower.without))
            for follower in self.sequence.followers
        )

    @override
    def value(self, found: Sequence[Touchpoint], log: Log) -> int:
        search = _Search(log, self.sequence.followers)
        return sum(search.follows(0, place) for place in _places(log.known, found))

    @property
    @override
    def words(self) -> str:
        followed = ", then ".join(_said(follower) for follower in self.sequence.followers)
        return f"the number of {self.events.words}, then {followed}"

    @override
    def __repr__(self) -> str:
        return f"{self.sequence!r}.count()"


def _key(contact: Contact) -> Hashable:
    return contact if isinstance(contact, str) else contact.key()


def _said(follower: Follower) -> str:
    within = "" if follower.within is None else f" within {span_words(follower.within)}"
    without = "" if follower.without is None else f" without {contact_words(follower.without)}"
    return f"{contact_words(follower.contact)}{within}{without}"


def _code(follower: Follower) -> str:
    options = [f"{name}={value!r}" for name in ("within", "without") if (value := getattr(follower, name)) is not None]
    return f".followed_by({', '.join([repr(follower.contact), *options])})"
